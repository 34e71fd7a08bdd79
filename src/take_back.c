/*
 * take_back.c
 *		Makes refunds void that the platform's word undoes: see take_back.h.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "config.h"
#include "executor/spi.h"
#include "money.h"
#include "owner.h"
#include "take_back.h"
#include "utils/builtins.h"

/* A refund in the platform's name, and one that the ERP is to pay and nobody has taken up. */
#define BOOKED "f.executed_by = 'platform' AND f.status = 'done'"
#define UNCLAIMED "f.executed_by <> 'platform' AND f.status IN ('held', 'pending') AND f.attempts = 0"

static AsStatement booked_refunds = {
	"SELECT coalesce(sum(f.amount) FILTER (WHERE " BOOKED "), 0), coalesce(sum(f.amount) FILTER (WHERE " UNCLAIMED "), 0)"
	" FROM aftersale.refund AS f WHERE f.shop_id = $1 AND f.request_id = $2",
	2, {INT8OID, INT8OID}
};

void
as_refunds_booked(int64_t shop_id, int64_t request_id, AsMoney *money)
{
	Datum		values[2] = {Int64GetDatum(shop_id), Int64GetDatum(request_id)};
	AsOwner		owner;
	bool		isnull;

	as_owner_begin(&owner, as_relation("refund"));
	SPI_connect();
	as_execute(&booked_refunds, values, NULL, false, 1);
	money->booked = as_numeric_require_scaled("booked amount",
											  DatumGetNumeric(SPI_getbinval(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 1, &isnull)), money->digits);
	money->unclaimed = as_numeric_require_scaled("unclaimed amount",
												 DatumGetNumeric(SPI_getbinval(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 2, &isnull)), money->digits);
	SPI_finish();
	as_owner_end(&owner);
}

typedef enum TakeBackColumn
{
	BACK_SHOP_ID,
	BACK_REQUEST_ID,
	BACK_EVENT_SEQ,
	BACK_AMOUNT,
	BACK_WITHDRAWS,
	BACK_COLUMNS
} TakeBackColumn;

static const Oid back_types[BACK_COLUMNS] = {INT8OID, INT8OID, INT8OID, NUMERICOID, BOOLOID};

#define BACK_ROWS "AS r(shop_id, request_id, event_seq, amount, withdraws)"
#define BACK_ONE "(VALUES ($1, $2, $3, $4, $5)) " BACK_ROWS
#define BACK_MANY "unnest($1, $2, $3, $4, $5) " BACK_ROWS

/*
 * What exceeded the balance is given back first.  Lines give back what was
 * spread over them, in proportion.  The requests whose refunds are not those
 * that the decision saw come back.
 */
#define TAKE_BACK(rows) \
	"WITH wanted AS MATERIALIZED (SELECT * FROM " rows ")," \
	" gone AS (UPDATE aftersale.refund AS f SET status = 'void', claimed_until = NULL," \
	" error = concat('taken back by event ', w.event_seq) FROM wanted AS w" \
	" WHERE f.shop_id = w.shop_id AND f.request_id = w.request_id AND f.event_seq < w.event_seq" \
	" AND ((" BOOKED ") OR (w.withdraws AND " UNCLAIMED "))" \
	" RETURNING f.shop_id, f.request_id, f.event_seq, f.order_ref, f.currency, f.amount, f.goods, f.fees)," \
	" given AS (UPDATE aftersale.order_balance AS b SET platform_extra = GREATEST(0, b.platform_extra - o.amount)," \
	" refunded = b.refunded - GREATEST(0, o.amount - b.platform_extra)" \
	" FROM (SELECT g.shop_id, g.order_ref, g.currency, sum(g.amount) AS amount FROM gone AS g GROUP BY 1, 2, 3 ORDER BY 1, 2, 3) AS o" \
	" WHERE b.shop_id = o.shop_id AND b.order_ref = o.order_ref AND b.currency = o.currency)," \
	" lines AS (UPDATE aftersale.item AS i SET refunded = i.refunded - p.part FROM (SELECT s.shop_id, s.request_id, u.line_no, u.part" \
	" FROM (SELECT q.shop_id, q.request_id, l.lines, aftersale.allocate(LEAST(q.goods, l.total), l.refunded, q.currency) AS parts" \
	" FROM (SELECT g.shop_id, g.request_id, g.currency, sum(g.goods) AS goods FROM gone AS g GROUP BY 1, 2, 3) AS q," \
	" LATERAL (SELECT array_agg(i.line_no ORDER BY i.line_no) AS lines, array_agg(i.refunded ORDER BY i.line_no) AS refunded," \
	" sum(i.refunded) AS total FROM aftersale.item AS i WHERE i.shop_id = q.shop_id AND i.request_id = q.request_id) AS l" \
	" WHERE l.total > 0) AS s, unnest(s.lines, s.parts) AS u(line_no, part) WHERE u.part > 0) AS p" \
	" WHERE i.shop_id = p.shop_id AND i.request_id = p.request_id AND i.line_no = p.line_no)," \
	" kept AS (DELETE FROM aftersale.charge AS c USING gone AS g WHERE g.fees > 0 AND c.shop_id = g.shop_id" \
	" AND c.request_id = g.request_id AND c.event_seq = g.event_seq AND c.bearer = 'buyer')" \
	" SELECT w.shop_id, w.request_id FROM wanted AS w WHERE w.amount <> (SELECT coalesce(sum(g.amount), 0) FROM gone AS g" \
	" WHERE g.shop_id = w.shop_id AND g.request_id = w.request_id) LIMIT 1"

static AsRowsStatement take_back = AS_ROWS_STATEMENT(TAKE_BACK(BACK_ONE), TAKE_BACK(BACK_MANY));

/* Whether event "by" takes back what event number "number" of the same decision would book. */
static bool
takes_back(const AsDecision *decision, int by, int number)
{
	const AsEvent *event = &decision->events[number];

	return number < by && decision->events[by].taken_back > 0 && event->refunds && event->refund.executor == AS_EXECUTOR_PLATFORM;
}

bool
as_is_booked(const AsDecision *decision, int number)
{
	for (int by = number + 1; by < decision->n_events; by++)
		if (takes_back(decision, by, number))
			return false;
	return decision->events[number].refunds;
}

void
as_take_back_init(AsRows *rows)
{
	as_rows_init(rows, BACK_COLUMNS, back_types);
}

void
as_take_back_add(AsRows *rows, const AsRequestRow *new, const AsJudgement *judgement, int number)
{
	const AsDecision *decision = &judgement->decision;
	AsAmount	amount = decision->events[number].taken_back;

	for (int i = 0; i < number; i++)
		if (takes_back(decision, number, i))
			amount -= decision->events[i].refund.amount;
	if (amount == 0)
		return;
	as_rows_begin(rows);
	as_rows_set(rows, BACK_SHOP_ID, new->values[AS_COL_shop_id], false);
	as_rows_set(rows, BACK_REQUEST_ID, new->values[AS_COL_request_id], false);
	as_rows_set(rows, BACK_EVENT_SEQ, Int64GetDatum(as_judged_event_seq(judgement, new, number)), false);
	as_rows_set_amount(rows, BACK_AMOUNT, amount, judgement->request.money.digits);
	as_rows_set(rows, BACK_WITHDRAWS, BoolGetDatum(decision->events[number].withdraws), false);
	rows->count++;
}

void
as_take_back(const AsRows *rows, Oid request_table)
{
	AsOwner		owner;

	if (rows->count == 0)
		return;
	as_owner_begin(&owner, request_table);
	SPI_connect();
	as_rows_execute(rows, &take_back);
	if (SPI_processed > 0)
		ereport(ERROR, (errcode(ERRCODE_T_R_SERIALIZATION_FAILURE),
						errmsg("refunds of request %s of shop %s were taken up while the platform's word undid them",
							   SPI_getvalue(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 2),
							   SPI_getvalue(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 1)),
						errhint("Run the statement again.")));
	SPI_finish();
	as_owner_end(&owner);
}
