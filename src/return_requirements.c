/*
 * return_requirements.c
 *		Asks the shop's policies, its warehouses and the history what transitions
 *		require of a request: see return_requirements.h.
 */
#include "postgres.h"

#include "access/xact.h"
#include "catalog/pg_type.h"
#include "config.h"
#include "errors.h"
#include "lib/stringinfo.h"
#include "return_requirements.h"
#include "statement.h"
#include "utils/builtins.h"
#include "utils/timestamp.h"

/* ---- the shop's own return policy ---- */

enum
{
	POLICY_SHOP, POLICY_COUNTRY, POLICY_ITEMS, POLICY_ORDERED_AT, POLICY_ATTRIBUTES, POLICY_REASON, POLICY_PAYLOAD,
	POLICY_AT, POLICY_PARAMETERS
};

/* Lines that may not be returned; evidence is the payload's, else the attributes'. */
static AsStatement refused_lines = {
	"SELECT v.line_no, v.product, v.why, v.rule FROM aftersale.return_eligibility($1, $2, $3, $4,"
	" ($5 ->> 'delivered_at')::timestamptz, $6, ARRAY(SELECT e FROM jsonb_array_elements_text("
	"  CASE WHEN jsonb_typeof($7 -> 'evidence') = 'array' THEN $7 -> 'evidence'"
	"       WHEN jsonb_typeof($5 -> 'evidence') = 'array' THEN $5 -> 'evidence' ELSE '[]' END) AS e), $8) AS v"
	" WHERE NOT v.eligible",
	POLICY_PARAMETERS, {INT8OID, TEXTOID, JSONBOID, TIMESTAMPTZOID, JSONBOID, TEXTOID, JSONBOID, TIMESTAMPTZOID}
};

/* With SPI connected, as the tables' owner: the lines that may not be returned. */
static void
find_refused_lines(const AsRequestRow *row)
{
	static const AsRequestColumn columns[POLICY_PARAMETERS] = {
		AS_COL_shop_id, AS_COL_country, AS_COL_items, AS_COL_ordered_at, AS_COL_attributes, AS_COL_reason,
		AS_COL_payload, AS_COL_opened_at
	};
	Datum		values[POLICY_PARAMETERS];
	char		nulls[POLICY_PARAMETERS + 1];

	for (int i = 0; i < POLICY_PARAMETERS; i++)
	{
		values[i] = row->values[columns[i]];
		nulls[i] = row->nulls[columns[i]] ? 'n' : ' ';
	}
	nulls[POLICY_PARAMETERS] = '\0';
	as_execute(&refused_lines, values, nulls, false, 0);
}

bool
as_policy_allows(const AsRequestRow *row)
{
	AsOwner		owner;
	bool		allows;

	as_owner_begin(&owner, as_relation("return_policy"));
	SPI_connect();
	find_refused_lines(row);
	allows = SPI_processed == 0;
	SPI_finish();
	as_owner_end(&owner);
	return allows;
}

static const char *
line_name(HeapTuple line, TupleDesc descriptor)
{
	char	   *number = SPI_getvalue(line, descriptor, 1);
	char	   *product = SPI_getvalue(line, descriptor, 2);
	char		quoted[64];

	return number == NULL ? "this" : psprintf("line %s (\"%s\")", number, as_quote(quoted, sizeof quoted, product, strlen(product)));
}

void
as_explain_policy(const AsJudgement *judgement, AsError *error)
{
	AsOwner		owner;
	bool		asks = false;

	for (int i = 0; i < judgement->flow->n_requirements; i++)
		asks = asks || getKeyJsonValueFromContainer(&judgement->cached->requirements[i]->root, "policy", 6, NULL) != NULL;
	if (!asks)
		return;
	as_owner_begin(&owner, as_relation("return_policy"));
	SPI_connect();
	find_refused_lines(judgement->row);
	if (SPI_processed > 0)
	{
		TupleDesc	descriptor = SPI_tuptable->tupdesc;
		StringInfoData lines;
		char		all[500];

		initStringInfo(&lines);
		for (uint64 i = 0; i < SPI_processed; i++)
			appendStringInfo(&lines, "%s%s: %s", i > 0 ? "; " : "", line_name(SPI_tuptable->vals[i], descriptor),
							 SPI_getvalue(SPI_tuptable->vals[i], descriptor, 3));
		as_fail(error, RA_NOT_RETURNABLE, SPI_getvalue(SPI_tuptable->vals[0], descriptor, 4), "%s cannot be returned: %s",
				line_name(SPI_tuptable->vals[0], descriptor), SPI_getvalue(SPI_tuptable->vals[0], descriptor, 3));
		as_detail(error, "What cannot be: %s.", as_quote(all, sizeof all, lines.data, (size_t) lines.len));
		as_hint(error, "Leave such lines out, or add what is missing: the reason, evidence in the payload, \"delivered_at\" "
				"in the attributes. aftersale.return_eligibility() tells of each line.");
	}
	SPI_finish();
	as_owner_end(&owner);
}

/* ---- return warehouses ---- */

static AsStatement address_before = {
	"SELECT (aftersale.return_address_before($1, $2, $3)).warehouse_id IS NOT NULL",
	3, {INT8OID, TEXTOID, TIMESTAMPTZOID}
};

static AsStatement default_warehouse = {
	"SELECT EXISTS (SELECT FROM aftersale.default_warehouse WHERE shop_id = $1 AND country = $2"
	" AND superseded_at = 'infinity' AND effective_from <= $3 AND effective_to > $3)",
	3, {INT8OID, TEXTOID, TIMESTAMPTZOID}
};

/* What a statement of one boolean says, as the owner of the table. */
static bool
ask(AsStatement *statement, Datum *values, const char *nulls, const char *table)
{
	AsOwner		owner;
	bool		answer;
	bool		isnull;

	as_owner_begin(&owner, as_relation(table));
	SPI_connect();
	as_execute(statement, values, nulls, false, 1);
	answer = DatumGetBool(SPI_getbinval(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 1, &isnull));
	SPI_finish();
	as_owner_end(&owner);
	return answer && !isnull;
}

bool
as_address_before_order(const AsRequestRow *row)
{
	Datum		values[3] = {row->values[AS_COL_shop_id], row->values[AS_COL_country], row->values[AS_COL_ordered_at]};

	/* nothing is known to be earlier than an instant that is not known */
	return !row->nulls[AS_COL_ordered_at] && ask(&address_before, values, NULL, "default_warehouse");
}

bool
as_return_is_routed(const AsRequestRow *row, AsInstant at)
{
	Datum		values[3] = {row->values[AS_COL_shop_id], row->values[AS_COL_country], TimestampTzGetDatum(at)};

	return !row->nulls[AS_COL_warehouse_id] || ask(&default_warehouse, values, NULL, "default_warehouse");
}

/* ---- history ---- */

/* A request's events, and its last act, which may not be an event yet. */
#define HISTORY_HAS(event) \
	"(jsonb_build_object('action', r.last_action, 'actor', r.last_actor, 'to_state', r.state, 'payload', r.last_payload) @> " event \
	" OR EXISTS (SELECT FROM aftersale.event AS e WHERE e.shop_id = r.shop_id AND e.request_id = r.request_id" \
	"  AND jsonb_build_object('action', e.action, 'actor', e.actor, 'from_state', e.from_state, 'to_state', e.to_state," \
	"   'rule', e.rule, 'payload', e.payload) @> " event "))"

static AsStatement own_history = {
	"SELECT EXISTS (SELECT FROM aftersale.request AS r WHERE r.shop_id = $1 AND r.request_id = $2 AND " HISTORY_HAS("$3") ")",
	3, {INT8OID, INT8OID, JSONBOID}
};

static AsStatement order_history = {
	"SELECT EXISTS (SELECT FROM aftersale.request AS r WHERE r.shop_id = $1 AND r.order_ref = $4 AND r.flow = $5"
	" AND r.request_id <> $2 AND coalesce(r.attributes ->> 'tracking_no' = $6 ->> 'tracking_no', true) AND " HISTORY_HAS("$3") ")",
	6, {INT8OID, INT8OID, JSONBOID, TEXTOID, TEXTOID, JSONBOID}
};

static AsStatement lock_order = {
	"SELECT pg_advisory_xact_lock(hashtextextended('aftersale order ' || $2, $1)) IS NULL",
	2, {INT8OID, TEXTOID}
};

bool
as_history_has(const AsRequestRow *row, Jsonb *event)
{
	Datum		values[3] = {row->values[AS_COL_shop_id], row->values[AS_COL_request_id], JsonbPGetDatum(event)};

	return ask(&own_history, values, NULL, "event");
}

bool
as_order_history_has(const AsRequestRow *row, Jsonb *event)
{
	Datum		values[6] = {row->values[AS_COL_shop_id], row->values[AS_COL_request_id], JsonbPGetDatum(event),
	row->values[AS_COL_order_ref], row->values[AS_COL_flow], row->values[AS_COL_attributes]};
	Datum		order[2] = {row->values[AS_COL_shop_id], row->values[AS_COL_order_ref]};
	AsConfigLoad latest;
	bool		answer;
	bool		isnull;

	if (row->nulls[AS_COL_order_ref])
		return false;
	(void) ask(&lock_order, order, NULL, "request");

	/*
	 * what others have committed meanwhile, whatever the isolation level, and
	 * what this statement has opened
	 */
	CommandCounterIncrement();
	(void) as_relation("event");
	as_config_begin_load(&latest);
	as_execute(&order_history, values, NULL, true, 1);
	answer = DatumGetBool(SPI_getbinval(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 1, &isnull));
	as_config_end_load(&latest);
	return answer;
}
