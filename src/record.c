/*
 * record.c
 *		The AFTER STATEMENT triggers of aftersale.request: record.
 *
 * For every row of the statement that was decided, decides again from the old
 * row, last_* and last_facts, refuses the statement where some later trigger
 * altered the decision, and writes the events, items, refunds and charges:
 * set-based, as the owner of the tables, from arrays.  Rows come from the
 * transition tables in chunks, so that memory stays bounded however large the
 * statement is.  Only refunds are kept to the statement's end, so that balances
 * are locked once, in the order of their keys.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "commands/trigger.h"
#include "errors.h"
#include "executor/executor.h"
#include "executor/spi.h"
#include "facts.h"
#include "fmgr.h"
#include "history.h"
#include "judge.h"
#include "miscadmin.h"
#include "money.h"
#include "owner.h"
#include "request.h"
#include "request_row.h"
#include "statement.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/fmgrprotos.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/rel.h"
#include "utils/timestamp.h"
#include "utils/tuplestore.h"

/* flush when at least so many are collected, or so many bytes of payloads and items */
#define CHUNK_EVENTS	1000
#define CHUNK_BYTES		(32 * 1024 * 1024)

/* ---- columns collected for one statement ---- */

typedef struct Column
{
	Oid			type;
	Datum	   *values;
	bool	   *nulls;
} Column;

typedef struct Rows
{
	int			count;
	int			capacity;
	int			width;
	const Oid  *types;
	Column	   *columns;		/* NULL: no row yet */
} Rows;

static void
rows_init(Rows *rows, int width, const Oid *types)
{
	rows->count = 0;
	rows->capacity = 0;
	rows->width = width;
	rows->types = types;
	rows->columns = NULL;
}

static void
rows_begin(Rows *rows)
{
	if (rows->count < rows->capacity)
		return;
	if (rows->columns == NULL)
	{
		/* most statements are of one row, and most rows have but an event */
		rows->capacity = 4;
		rows->columns = palloc(sizeof(Column) * rows->width);
		for (int i = 0; i < rows->width; i++)
		{
			rows->columns[i].type = rows->types[i];
			rows->columns[i].values = palloc(sizeof(Datum) * rows->capacity);
			rows->columns[i].nulls = palloc(sizeof(bool) * rows->capacity);
		}
		return;
	}
	rows->capacity *= 2;
	for (int i = 0; i < rows->width; i++)
	{
		rows->columns[i].values = repalloc(rows->columns[i].values, sizeof(Datum) * rows->capacity);
		rows->columns[i].nulls = repalloc(rows->columns[i].nulls, sizeof(bool) * rows->capacity);
	}
}

static void
rows_set(Rows *rows, int column, Datum value, bool isnull)
{
	rows->columns[column].values[rows->count] = value;
	rows->columns[column].nulls[rows->count] = isnull;
}

static void
rows_set_text(Rows *rows, int column, const char *value)
{
	rows_set(rows, column, value == NULL ? (Datum) 0 : CStringGetTextDatum(value), value == NULL);
}

static void
rows_set_amount(Rows *rows, int column, AsAmount amount, int digits)
{
	rows_set(rows, column, NumericGetDatum(as_scaled_to_numeric(amount, digits)), false);
}

/* What is done with the rows collected: for a single one, and for arrays of them. */
typedef struct Statement
{
	AsStatement one;
	AsStatement many;
} Statement;

#define STATEMENT(one_sql, many_sql)	{{.text = (one_sql)}, {.text = (many_sql)}}

static ArrayType *
column_array(const Column *column, int count)
{
	int			dimensions[1] = {count};
	int			bounds[1] = {1};
	int16		length;
	bool		by_value;
	char		alignment;

	get_typlenbyvalalign(column->type, &length, &by_value, &alignment);
	return construct_md_array(column->values, column->nulls, 1, dimensions, bounds,
							  column->type, length, by_value, alignment);
}

/* Executes the statement for all rows collected. */
static void
rows_execute(const Rows *rows, Statement *statements)
{
	bool		single = rows->count == 1;
	AsStatement *statement = single ? &statements->one : &statements->many;
	Datum		values[AS_STATEMENT_PARAMETERS];
	char		nulls[AS_STATEMENT_PARAMETERS];

	if (rows->count == 0)
		return;
	Assert(rows->width <= AS_STATEMENT_PARAMETERS);
	statement->parameters = rows->width;
	for (int i = 0; i < rows->width; i++)
	{
		const Column *column = &rows->columns[i];

		if (statement->plan == NULL)
			statement->types[i] = single ? column->type : get_array_type(column->type);
		values[i] = single ? column->values[0] : PointerGetDatum(column_array(column, rows->count));
		nulls[i] = single && column->nulls[0] ? 'n' : ' ';
	}
	as_execute(statement, values, nulls, false, 0);
}

/* The same, and forgets them. */
static void
rows_flush(Rows *rows, Statement *statement)
{
	rows_execute(rows, statement);
	rows->count = 0;
}

/* ---- events ---- */

typedef enum EventColumn
{
	EVENT_SHOP_ID,
	EVENT_REQUEST_ID,
	EVENT_SEQ,
	EVENT_AT,
	EVENT_RECORDED_AT,
	EVENT_ACTION,
	EVENT_ACTOR,
	EVENT_ON_BEHALF_OF,
	EVENT_LOGIN,
	EVENT_FROM_STATE,
	EVENT_TO_STATE,
	EVENT_RULE,
	EVENT_PAYLOAD,
	EVENT_FACTS,
	EVENT_DIGEST,
	EVENT_COLUMNS
} EventColumn;

static const Oid event_types[EVENT_COLUMNS] = {
	INT8OID, INT8OID, INT8OID, TIMESTAMPTZOID, TIMESTAMPTZOID, TEXTOID, TEXTOID, TEXTOID, TEXTOID,
	TEXTOID, TEXTOID, TEXTOID, JSONBOID, JSONBOID, BYTEAOID
};

#define EVENT_INSERT \
	"INSERT INTO aftersale.event (shop_id, request_id, event_seq, at, recorded_at, action, actor, on_behalf_of," \
	" login, from_state, to_state, rule, payload, facts, digest) "

static Statement insert_events = STATEMENT(
										   EVENT_INSERT "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)",
										   EVENT_INSERT "SELECT * FROM unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)"
);

/* ---- items ---- */

static const Oid item_types[3] = {INT8OID, INT8OID, JSONBOID};

#define ITEM_INSERT \
	"INSERT INTO aftersale.item (shop_id, request_id, line_no, product, sku, quantity, paid, amount) " \
	"SELECT r.shop_id, r.request_id, coalesce((i.item ->> 'line_no')::numeric::int, i.place::int)," \
	" i.item ->> 'product', i.item ->> 'sku', (i.item ->> 'quantity')::numeric," \
	" (i.item ->> 'paid')::numeric, (i.item ->> 'amount')::numeric FROM "
#define ITEM_LINES ", jsonb_array_elements(r.items) WITH ORDINALITY AS i(item, place)"

static Statement insert_items = STATEMENT(
										  ITEM_INSERT "(VALUES ($1, $2, $3)) AS r(shop_id, request_id, items)" ITEM_LINES,
										  ITEM_INSERT "unnest($1, $2, $3) AS r(shop_id, request_id, items)" ITEM_LINES
);

/* ---- refunds ---- */

typedef enum RefundColumn
{
	REFUND_SHOP_ID,
	REFUND_REQUEST_ID,
	REFUND_EVENT_SEQ,
	REFUND_ORDER_REF,
	REFUND_AMOUNT,
	REFUND_GOODS,
	REFUND_TAX,
	REFUND_SHIPPING,
	REFUND_FEES,
	REFUND_CURRENCY,
	REFUND_REASON,
	REFUND_EXECUTED_BY,
	REFUND_COLUMNS
} RefundColumn;

static const Oid refund_types[REFUND_COLUMNS] = {
	INT8OID, INT8OID, INT8OID, TEXTOID, NUMERICOID, NUMERICOID, NUMERICOID, NUMERICOID, NUMERICOID,
	TEXTOID, TEXTOID, TEXTOID
};

#define REFUND_ROWS \
	"AS r(shop_id, request_id, event_seq, order_ref, amount, goods, tax, shipping, fees, currency, reason, executed_by)"
#define REFUND_ONE	"(VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)) " REFUND_ROWS
#define REFUND_MANY "unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) " REFUND_ROWS

/* Locks every balance of the statement by key, before any is written. */
#define LOCK_BALANCES(rows) \
	"SELECT FROM aftersale.order_balance AS b" \
	" JOIN (SELECT DISTINCT r.shop_id, r.order_ref, r.currency FROM " rows ") AS w" \
	" ON b.shop_id = w.shop_id AND b.order_ref = w.order_ref AND b.currency = w.currency" \
	" ORDER BY b.shop_id, b.order_ref, b.currency FOR NO KEY UPDATE OF b"

static Statement lock_balances = STATEMENT(LOCK_BALANCES(REFUND_ONE), LOCK_BALANCES(REFUND_MANY));

/*
 * The guard of the money: the running total of each order, in key order, only
 * as far as it stays within what was paid.  Whatever the isolation level, the
 * UPDATE sees the total as it is when it has the row's lock.
 */
#define TAKE_FROM_BALANCE(rows) \
	"WITH wanted AS MATERIALIZED (SELECT r.shop_id, r.order_ref, r.currency, sum(r.amount) AS amount FROM " rows \
	" WHERE r.executed_by <> 'platform' GROUP BY 1, 2, 3 ORDER BY 1, 2, 3)," \
	" taken AS (UPDATE aftersale.order_balance AS b SET refunded = b.refunded + w.amount FROM wanted AS w" \
	" WHERE b.shop_id = w.shop_id AND b.order_ref = w.order_ref AND b.currency = w.currency" \
	" AND b.refunded + w.amount <= b.paid RETURNING b.shop_id, b.order_ref, b.currency)" \
	" SELECT w.shop_id, w.order_ref, w.amount, w.currency FROM wanted AS w WHERE NOT EXISTS" \
	" (SELECT FROM taken AS t WHERE t.shop_id = w.shop_id AND t.order_ref = w.order_ref AND t.currency = w.currency)" \
	" LIMIT 1"

static Statement take_from_balance = STATEMENT(TAKE_FROM_BALANCE(REFUND_ONE), TAKE_FROM_BALANCE(REFUND_MANY));

/* The platform has paid: what exceeds the balance is kept beside it, never hidden. */
#define BOOK_PLATFORM(rows) \
	"WITH wanted AS MATERIALIZED (SELECT r.shop_id, r.order_ref, r.currency, sum(r.amount) AS amount FROM " rows \
	" WHERE r.executed_by = 'platform' GROUP BY 1, 2, 3 ORDER BY 1, 2, 3)" \
	" UPDATE aftersale.order_balance AS b SET refunded = LEAST(b.paid, b.refunded + w.amount)," \
	" platform_extra = b.platform_extra + GREATEST(0, b.refunded + w.amount - b.paid) FROM wanted AS w" \
	" WHERE b.shop_id = w.shop_id AND b.order_ref = w.order_ref AND b.currency = w.currency"

static Statement book_platform = STATEMENT(BOOK_PLATFORM(REFUND_ONE), BOOK_PLATFORM(REFUND_MANY));

#define INSERT_REFUNDS(rows) \
	"INSERT INTO aftersale.refund (shop_id, request_id, event_seq, order_ref, amount, goods, tax, shipping," \
	" fees, currency, reason, executed_by, status, idempotency_key) SELECT r.shop_id, r.request_id, r.event_seq," \
	" r.order_ref, r.amount, r.goods, r.tax, r.shipping, r.fees, r.currency, r.reason, r.executed_by, CASE WHEN r.executed_by = 'platform' THEN 'done'" \
	" WHEN s.refunds_held THEN 'held' ELSE 'pending' END," \
	" concat('aftersale-', r.shop_id, '-', r.request_id, '-', r.event_seq) FROM " rows \
	" JOIN aftersale.shop AS s ON s.shop_id = r.shop_id"

static Statement insert_refunds = STATEMENT(INSERT_REFUNDS(REFUND_ONE), INSERT_REFUNDS(REFUND_MANY));

/* What an event gives to somebody: fees kept back, and the cost that a rule puts on a bearer. */
typedef enum ChargeColumn
{
	CHARGE_SHOP_ID,
	CHARGE_REQUEST_ID,
	CHARGE_EVENT_SEQ,
	CHARGE_NO,
	CHARGE_KIND,
	CHARGE_AMOUNT,
	CHARGE_CURRENCY,
	CHARGE_BEARER,
	CHARGE_RULE,
	CHARGE_COLUMNS
} ChargeColumn;

static const Oid charge_types[CHARGE_COLUMNS] = {
	INT8OID, INT8OID, INT8OID, INT4OID, TEXTOID, NUMERICOID, TEXTOID, TEXTOID, TEXTOID
};

#define INSERT_CHARGES \
	"INSERT INTO aftersale.charge (shop_id, request_id, event_seq, charge_no, kind, amount, currency, bearer, rule) "

static Statement insert_charges = STATEMENT(
											INSERT_CHARGES "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
											INSERT_CHARGES "SELECT * FROM unnest($1, $2, $3, $4, $5, $6, $7, $8, $9)"
);

/* A refund is spread over what remains of the lines that were asked for, by largest remainder. */
#define SPREAD_REFUNDS(rows) \
	"WITH spread AS MATERIALIZED (SELECT r.shop_id, r.request_id, l.lines," \
	" aftersale.allocate(LEAST(r.amount, l.total), l.remaining, r.currency) AS parts" \
	" FROM (SELECT r.shop_id, r.request_id, r.currency, sum(r.goods) AS amount FROM " rows " GROUP BY 1, 2, 3) AS r," \
	" LATERAL (SELECT array_agg(i.line_no ORDER BY i.line_no) AS lines," \
	" array_agg(coalesce(i.amount, 0) - i.refunded ORDER BY i.line_no) AS remaining," \
	" sum(coalesce(i.amount, 0) - i.refunded) AS total FROM aftersale.item AS i" \
	" WHERE i.shop_id = r.shop_id AND i.request_id = r.request_id) AS l WHERE l.total > 0)" \
	" UPDATE aftersale.item AS i SET refunded = i.refunded + p.part FROM (SELECT s.shop_id, s.request_id, u.line_no, u.part" \
	" FROM spread AS s, unnest(s.lines, s.parts) AS u(line_no, part) WHERE u.part > 0 ORDER BY 1, 2, 3) AS p" \
	" WHERE i.shop_id = p.shop_id AND i.request_id = p.request_id AND i.line_no = p.line_no"

static Statement spread_refunds = STATEMENT(SPREAD_REFUNDS(REFUND_ONE), SPREAD_REFUNDS(REFUND_MANY));

/* Raises RA045 for the order that take_from_balance could not take from. */
static void
refuse_over_refund(void)
{
	char	   *order_ref = SPI_getvalue(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 2);
	char	   *amount = SPI_getvalue(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 3);
	char	   *currency = SPI_getvalue(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 4);
	AsError		error;

	as_fail(&error, RA_OVER_REFUND, NULL, "refunds of %s %s are more than what remains of order \"%s\"", amount,
			currency, order_ref);
	as_hint(&error, "Another refund of the order was faster, or this statement refunds it more than once. "
			"Look at aftersale.order_balance.");
	as_report(&error);
}

/* ---- collecting ---- */

typedef struct Recorder
{
	Relation	relation;
	AsRequestMap map;
	MemoryContext chunk;		/* everything collected; reset after each
								 * flush */
	MemoryContext statement;	/* refunds: kept to the statement's end, so
								 * that balances are taken once, by key */
	const char *login;
	Rows		events;
	Rows		items;
	Rows		refunds;
	Rows		charges;
} Recorder;

static Datum
copied(const AsRequestRow *row, AsRequestColumn column)
{
	return row->nulls[column] ? (Datum) 0 : PointerGetDatum(PG_DETOAST_DATUM_COPY(row->values[column]));
}

static Datum
jsonb_datum(Jsonb *jsonb)
{
	return jsonb == NULL ? (Datum) 0 : PointerGetDatum(PG_DETOAST_DATUM_COPY(JsonbPGetDatum(jsonb)));
}

/* Collects one event; digest is its predecessor's (NULL: none) and becomes its own. */
static void
collect_event(Recorder *recorder, const AsRequestRow *new, const AsJudgement *judgement, int number,
			  const uint8 *previous, uint8 digest[AS_DIGEST_SIZE])
{
	Rows	   *events = &recorder->events;
	AsHistoryLine line;

	as_history_line(judgement, new, recorder->login, number, &line);
	as_history_digest(&line, previous, digest);
	rows_begin(events);
	rows_set(events, EVENT_SHOP_ID, Int64GetDatum(line.shop_id), false);
	rows_set(events, EVENT_REQUEST_ID, Int64GetDatum(line.request_id), false);
	rows_set(events, EVENT_SEQ, Int64GetDatum(line.event_seq), false);
	rows_set(events, EVENT_AT, TimestampTzGetDatum(line.at), false);
	rows_set(events, EVENT_RECORDED_AT, TimestampTzGetDatum(line.recorded_at), false);
	rows_set_text(events, EVENT_ACTION, line.action);
	rows_set_text(events, EVENT_ACTOR, line.actor);
	rows_set_text(events, EVENT_ON_BEHALF_OF, line.on_behalf_of);
	rows_set_text(events, EVENT_LOGIN, line.login);
	rows_set_text(events, EVENT_FROM_STATE, line.from_state);
	rows_set_text(events, EVENT_TO_STATE, line.to_state);
	rows_set_text(events, EVENT_RULE, line.rule);
	rows_set(events, EVENT_PAYLOAD, jsonb_datum(line.payload), line.payload == NULL);
	rows_set(events, EVENT_FACTS, jsonb_datum(line.facts), line.facts == NULL);
	rows_set(events, EVENT_DIGEST, as_digest_datum(digest), false);
	events->count++;
}

static void
collect_refund(Recorder *recorder, const AsRequestRow *new, const AsJudgement *judgement, int number)
{
	const AsDecision *decision = &judgement->decision;
	const AsRefund *refund = &decision->events[number].refund;
	int			digits = judgement->request.money.digits;
	AsAmount	fees = 0;
	Rows	   *refunds = &recorder->refunds;
	MemoryContext before = MemoryContextSwitchTo(recorder->statement);

	for (int i = 0; i < refund->n_fees; i++)
		fees += refund->fees[i];

	rows_begin(refunds);
	rows_set(refunds, REFUND_SHOP_ID, new->values[AS_COL_shop_id], false);
	rows_set(refunds, REFUND_REQUEST_ID, new->values[AS_COL_request_id], false);
	rows_set(refunds, REFUND_EVENT_SEQ,
			 Int64GetDatum(as_row_int64(new, AS_COL_event_seq) - decision->n_events + 1 + number), false);
	rows_set(refunds, REFUND_ORDER_REF, copied(new, AS_COL_order_ref), new->nulls[AS_COL_order_ref]);
	rows_set_amount(refunds, REFUND_AMOUNT, refund->amount, digits);
	rows_set_amount(refunds, REFUND_GOODS, refund->goods, digits);
	rows_set_amount(refunds, REFUND_TAX, refund->tax, digits);
	rows_set_amount(refunds, REFUND_SHIPPING, refund->shipping, digits);
	rows_set_amount(refunds, REFUND_FEES, fees, digits);
	rows_set(refunds, REFUND_CURRENCY, copied(new, AS_COL_currency), false);
	rows_set(refunds, REFUND_REASON, copied(new, AS_COL_reason), new->nulls[AS_COL_reason]);
	rows_set_text(refunds, REFUND_EXECUTED_BY, as_executor_names[refund->executor]);
	refunds->count++;
	MemoryContextSwitchTo(before);
}

static void
collect_charge(Recorder *recorder, const AsRequestRow *new, const AsJudgement *judgement, int number,
			   int charge_no, const char *kind, AsAmount amount, const char *bearer)
{
	const AsDecision *decision = &judgement->decision;
	Rows	   *charges = &recorder->charges;

	rows_begin(charges);
	rows_set(charges, CHARGE_SHOP_ID, new->values[AS_COL_shop_id], false);
	rows_set(charges, CHARGE_REQUEST_ID, new->values[AS_COL_request_id], false);
	rows_set(charges, CHARGE_EVENT_SEQ,
			 Int64GetDatum(as_row_int64(new, AS_COL_event_seq) - decision->n_events + 1 + number), false);
	rows_set(charges, CHARGE_NO, Int32GetDatum(charge_no), false);
	rows_set_text(charges, CHARGE_KIND, kind);
	rows_set_amount(charges, CHARGE_AMOUNT, amount, judgement->request.money.digits);
	rows_set(charges, CHARGE_CURRENCY, copied(new, AS_COL_currency), false);
	rows_set_text(charges, CHARGE_BEARER, bearer);
	rows_set_text(charges, CHARGE_RULE, decision->events[number].rule);
	charges->count++;
}

/* The fees kept back from the event's refund are the buyer's; the cost of the act is its bearer's. */
static void
collect_charges(Recorder *recorder, const AsRequestRow *new, const AsJudgement *judgement, int number)
{
	const AsEvent *event = &judgement->decision.events[number];
	const AsMoney *money = &judgement->request.money;
	int			charge_no = 0;

	if (event->charge != NULL && money->cost.known)
		collect_charge(recorder, new, judgement, number, ++charge_no, event->charge, money->cost.amount,
					   event->charge_bearer);
	for (int i = 0; event->refunds && i < event->refund.n_fees; i++)
		if (event->refund.fees[i] > 0)
			collect_charge(recorder, new, judgement, number, ++charge_no, money->fees[i].kind,
						   event->refund.fees[i], as_actor_names[AS_ACTOR_BUYER]);
}

static void
altered(const AsRequestRow *new, const char *column)
{
	AsError		error;

	if (as_flow_epoch() != as_decided_under)
	{
		as_fail(&error, RA_DECISION_ALTERED, NULL,
				"a flow was changed while request %lld of shop %lld was decided by it",
				(long long) as_row_int64(new, AS_COL_request_id), (long long) as_row_int64(new, AS_COL_shop_id));
		as_detail(&error, "Decided again, it has another \"%s\".", column);
		as_hint(&error, "Run the statement again.");
		as_report(&error);
	}
	as_fail(&error, RA_DECISION_ALTERED, NULL,
			"a trigger altered column \"%s\" of request %lld of shop %lld after it was decided", column,
			(long long) as_row_int64(new, AS_COL_request_id), (long long) as_row_int64(new, AS_COL_shop_id));
	as_hint(&error, "Look for BEFORE triggers on aftersale.request whose names sort after \"aftersale_decide\".");
	as_report(&error);
}

static void
check_instant(const AsRequestRow *new, AsRequestColumn column, AsMaybeInstant decided)
{
	AsMaybeInstant stored = as_row_instant(new, column);

	if (stored.known != decided.known || (stored.known && stored.at != decided.at))
		altered(new, as_request_column_names[column]);
}

/* The row must say what deciding again says. */
static void
check_decision(const AsRequestRow *new, const AsJudgement *judgement, int64 seq_before)
{
	const AsDecision *decision = &judgement->decision;
	char	   *outcome = as_row_text(new, AS_COL_outcome);
	AsMaybeInstant entered = {true, decision->entered_at};
	AsMaybeInstant act_at = {decision->armed, decision->due_at.at};

	if (strcmp(as_row_text(new, AS_COL_state), judgement->flow->states[decision->state].name) != 0)
		altered(new, "state");
	if ((outcome == NULL) != (decision->outcome == NULL) ||
		(outcome != NULL && strcmp(outcome, decision->outcome) != 0))
		altered(new, "outcome");
	if (as_row_int64(new, AS_COL_event_seq) != seq_before + decision->n_events)
		altered(new, "event_seq");
	if (DatumGetBool(new->values[AS_COL_provisional]) != decision->provisional)
		altered(new, "provisional");
	if (DatumGetTimestampTz(new->values[AS_COL_last_at]) != decision->at)
		altered(new, "last_at");
	check_instant(new, AS_COL_entered_at, entered);
	check_instant(new, AS_COL_due_at, decision->due_at);
	check_instant(new, AS_COL_platform_due_at, decision->platform_due_at);
	check_instant(new, AS_COL_act_at, act_at);
	if (DatumGetInt32(new->values[AS_COL_attempts]) != 0)
		altered(new, "attempts");
	if (new->nulls[AS_COL_fault] == decision->overdue_at_opening)
		altered(new, "fault");
}

static void
check_refund_amount(const AsRequestRow *old, const AsRequestRow *new, const AsJudgement *judgement)
{
	const AsMoney *money = &judgement->request.money;
	AsAmount	refunded;

	if (judgement->decision.refunded == money->refunded)
	{
		if (!as_request_same(old, new, AS_COL_refund_amount))
			altered(new, "refund_amount");
	}
	else if (new->nulls[AS_COL_refund_amount] ||
			 as_numeric_to_scaled(DatumGetNumeric(new->values[AS_COL_refund_amount]), money->digits,
								  &refunded) != AS_NUMERIC_FITS ||
			 refunded != judgement->decision.refunded)
		altered(new, "refund_amount");
}

/* The last digest must be the one that BEFORE computed: nothing that it covers was altered. */
static void
check_digest(const AsRequestRow *new, const uint8 digest[AS_DIGEST_SIZE])
{
	const uint8 *stored = as_row_digest(new);

	if (stored == NULL || memcmp(stored, digest, AS_DIGEST_SIZE) != 0)
		altered(new, "last_digest");
}

static void
collect_opened(Recorder *recorder, const AsRequestRow *new)
{
	AsJudgement judgement;
	uint8		digest[AS_DIGEST_SIZE];

	as_facts_check_opening(as_row_jsonb(new, AS_COL_last_facts), as_row_text(new, AS_COL_flow),
						   as_row_text(new, AS_COL_country), as_row_text(new, AS_COL_currency));
	as_judge_opening_again(new, &judgement);
	check_decision(new, &judgement, 0);
	if (!new->nulls[AS_COL_refund_amount])
		altered(new, "refund_amount");
	collect_event(recorder, new, &judgement, 0, NULL, digest);
	check_digest(new, digest);
	if (!new->nulls[AS_COL_last_items])
	{
		Rows	   *items = &recorder->items;

		rows_begin(items);
		rows_set(items, 0, new->values[AS_COL_shop_id], false);
		rows_set(items, 1, new->values[AS_COL_request_id], false);
		rows_set(items, 2, copied(new, AS_COL_last_items), false);
		items->count++;
	}
}

static void
collect_updated(Recorder *recorder, const AsRequestRow *old, const AsRequestRow *new)
{
	AsRequestColumn changed = as_request_fixed_change(old, new);
	AsJudgement judgement;
	const uint8 *previous = as_row_digest(old);
	uint8		digest[AS_DIGEST_SIZE];

	/* nothing decided may have changed where nothing was decided */
	if (changed == AS_REQUEST_COLUMN_COUNT && as_request_same(old, new, AS_COL_event_seq))
	{
		changed = as_request_decided_change(old, new);
		if (changed == AS_REQUEST_COLUMN_COUNT && !as_request_same(old, new, AS_COL_platform_due_at))
			changed = AS_COL_platform_due_at;
		if (changed == AS_REQUEST_COLUMN_COUNT)
			return;
	}
	if (changed != AS_REQUEST_COLUMN_COUNT)
		altered(new, as_request_column_names[changed]);
	as_judge_act_again(old, new, &judgement);
	check_decision(new, &judgement, as_row_int64(old, AS_COL_event_seq));
	check_refund_amount(old, new, &judgement);
	for (int i = 0; i < judgement.decision.n_events; i++)
	{
		collect_event(recorder, new, &judgement, i, previous, digest);
		previous = digest;
		if (judgement.decision.events[i].refunds)
			collect_refund(recorder, new, &judgement, i);
		collect_charges(recorder, new, &judgement, i);
	}
	check_digest(new, digest);
}

static void
begin_chunk(Recorder *recorder)
{
	rows_init(&recorder->events, EVENT_COLUMNS, event_types);
	rows_init(&recorder->items, lengthof(item_types), item_types);
	rows_init(&recorder->charges, CHARGE_COLUMNS, charge_types);
}

/* Books the refunds of the whole statement. */
static void
flush_refunds(Recorder *recorder)
{
	Rows	   *refunds = &recorder->refunds;
	AsOwner		owner;

	if (refunds->count == 0)
		return;
	as_owner_begin(&owner, RelationGetRelid(recorder->relation));
	SPI_connect();
	if (refunds->count > 1)
		rows_execute(refunds, &lock_balances);
	rows_execute(refunds, &take_from_balance);
	if (SPI_processed > 0)
		refuse_over_refund();
	rows_execute(refunds, &book_platform);
	rows_execute(refunds, &insert_refunds);
	rows_execute(refunds, &spread_refunds);
	SPI_finish();
	as_owner_end(&owner);
}

static void
flush_chunk(Recorder *recorder)
{
	AsOwner		owner;

	if (recorder->events.count > 0)
	{
		as_owner_begin(&owner, RelationGetRelid(recorder->relation));
		SPI_connect();
		rows_flush(&recorder->events, &insert_events);
		rows_flush(&recorder->items, &insert_items);
		rows_flush(&recorder->charges, &insert_charges);
		SPI_finish();
		as_owner_end(&owner);
	}
	MemoryContextReset(recorder->chunk);
	begin_chunk(recorder);
}

/* ---- reading transition tables ---- */

typedef struct Reader
{
	Tuplestorestate *store;
	int			pointer;
	TupleTableSlot *slot;
	MemoryContext context;		/* of the slot and its tuple: outlives chunks */
} Reader;

static void
reader_begin(Reader *reader, Tuplestorestate *store, TupleDesc descriptor)
{
	reader->context = CurrentMemoryContext;
	reader->store = store;
	reader->pointer = tuplestore_alloc_read_pointer(store, EXEC_FLAG_REWIND);
	tuplestore_select_read_pointer(store, reader->pointer);
	tuplestore_rescan(store);
	reader->slot = MakeSingleTupleTableSlot(descriptor, &TTSOpsMinimalTuple);
}

/*
 * The next row; false at the end.  Others read the same tuplestore in between,
 * so the pointer is chosen each time; and the slot owns a copy of its tuple, in
 * the reader's context, since a spilled one would otherwise lie in whatever
 * context is current and be freed with it.
 */
static bool
reader_next(Reader *reader, const AsRequestMap *map, AsRequestRow *row)
{
	MemoryContext before = MemoryContextSwitchTo(reader->context);
	bool		found;

	tuplestore_select_read_pointer(reader->store, reader->pointer);
	found = tuplestore_gettupleslot(reader->store, true, true, reader->slot);
	MemoryContextSwitchTo(before);
	if (found)
		as_request_row_from_slot(map, reader->slot, row);
	return found;
}

PG_FUNCTION_INFO_V1(aftersale_request_record);

Datum
aftersale_request_record(PG_FUNCTION_ARGS)
{
	TriggerData *trigger = as_request_trigger(fcinfo, TRIGGER_EVENT_AFTER);
	bool		inserted = TRIGGER_FIRED_BY_INSERT(trigger->tg_event);
	TupleDesc	descriptor = RelationGetDescr(trigger->tg_relation);
	Recorder	recorder;
	Reader		new_rows;
	Reader		old_rows = {0};
	AsRequestRow old;
	AsRequestRow new;
	MemoryContext caller = CurrentMemoryContext;

	if (trigger->tg_newtable == NULL || (!inserted && trigger->tg_oldtable == NULL))
		ereport(ERROR, (errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED),
						errmsg("trigger \"%s\" lacks its transition tables", trigger->tg_trigger->tgname)));
	recorder.relation = trigger->tg_relation;
	recorder.login = as_history_login();
	recorder.chunk = AllocSetContextCreate(caller, "aftersale record", ALLOCSET_DEFAULT_SIZES);
	as_request_map(descriptor, &recorder.map);
	reader_begin(&new_rows, trigger->tg_newtable, descriptor);
	if (!inserted)
		reader_begin(&old_rows, trigger->tg_oldtable, descriptor);

	recorder.statement = AllocSetContextCreate(caller, "aftersale refunds", ALLOCSET_DEFAULT_SIZES);
	MemoryContextSwitchTo(recorder.statement);
	rows_init(&recorder.refunds, REFUND_COLUMNS, refund_types);
	MemoryContextSwitchTo(recorder.chunk);
	begin_chunk(&recorder);
	while (reader_next(&new_rows, &recorder.map, &new))
	{
		if (inserted)
			collect_opened(&recorder, &new);
		else
		{
			if (!reader_next(&old_rows, &recorder.map, &old))
				elog(ERROR, "transition tables of aftersale.request do not pair");
			collect_updated(&recorder, &old, &new);
		}
		if (recorder.events.count >= CHUNK_EVENTS ||
			MemoryContextMemAllocated(recorder.chunk, false) >= CHUNK_BYTES)
			flush_chunk(&recorder);
	}
	flush_chunk(&recorder);
	flush_refunds(&recorder);
	MemoryContextSwitchTo(caller);
	MemoryContextDelete(recorder.chunk);
	MemoryContextDelete(recorder.statement);
	ExecDropSingleTupleTableSlot(new_rows.slot);
	if (!inserted)
		ExecDropSingleTupleTableSlot(old_rows.slot);
	return PointerGetDatum(NULL);
}
