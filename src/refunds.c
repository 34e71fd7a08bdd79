/*
 * refunds.c
 *		Books refunds: balances, rows of aftersale.refund, lines.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "errors.h"
#include "executor/spi.h"
#include "owner.h"
#include "refunds.h"

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

static AsRowsStatement lock_balances = AS_ROWS_STATEMENT(LOCK_BALANCES(REFUND_ONE), LOCK_BALANCES(REFUND_MANY));

/*
 * The guard of the money: the running total of each order, in key order, only
 * as far as it stays within what was paid.  Whatever the isolation level, the
 * UPDATE sees the total as it is when it has the row's lock.  EXCEPT, since
 * without hash and merge joins NOT EXISTS would compare each with each.
 */
#define TAKE_FROM_BALANCE(rows) \
	"WITH wanted AS MATERIALIZED (SELECT r.shop_id, r.order_ref, r.currency, sum(r.amount) AS amount FROM " rows \
	" WHERE r.executed_by <> 'platform' GROUP BY 1, 2, 3 ORDER BY 1, 2, 3)," \
	" taken AS (UPDATE aftersale.order_balance AS b SET refunded = b.refunded + w.amount FROM wanted AS w" \
	" WHERE b.shop_id = w.shop_id AND b.order_ref = w.order_ref AND b.currency = w.currency" \
	" AND b.refunded + w.amount <= b.paid RETURNING w.shop_id, w.order_ref, w.amount, w.currency)" \
	" SELECT shop_id, order_ref, amount, currency FROM wanted EXCEPT SELECT shop_id, order_ref, amount, currency FROM taken" \
	" LIMIT 1"

static AsRowsStatement take_from_balance = AS_ROWS_STATEMENT(TAKE_FROM_BALANCE(REFUND_ONE), TAKE_FROM_BALANCE(REFUND_MANY));

/* The platform has paid: what exceeds the balance is kept beside it, never hidden. */
#define BOOK_PLATFORM(rows) \
	"WITH wanted AS MATERIALIZED (SELECT r.shop_id, r.order_ref, r.currency, sum(r.amount) AS amount FROM " rows \
	" WHERE r.executed_by = 'platform' GROUP BY 1, 2, 3 ORDER BY 1, 2, 3)" \
	" UPDATE aftersale.order_balance AS b SET refunded = LEAST(b.paid, b.refunded + w.amount)," \
	" platform_extra = b.platform_extra + GREATEST(0, b.refunded + w.amount - b.paid) FROM wanted AS w" \
	" WHERE b.shop_id = w.shop_id AND b.order_ref = w.order_ref AND b.currency = w.currency"

static AsRowsStatement book_platform = AS_ROWS_STATEMENT(BOOK_PLATFORM(REFUND_ONE), BOOK_PLATFORM(REFUND_MANY));

#define INSERT_REFUNDS(rows) \
	"INSERT INTO aftersale.refund (shop_id, request_id, event_seq, order_ref, amount, goods, tax, shipping," \
	" fees, currency, reason, executed_by, status, idempotency_key) SELECT r.shop_id, r.request_id, r.event_seq," \
	" r.order_ref, r.amount, r.goods, r.tax, r.shipping, r.fees, r.currency, r.reason, r.executed_by, CASE WHEN r.executed_by = 'platform' THEN 'done'" \
	" WHEN s.refunds_held THEN 'held' ELSE 'pending' END," \
	" concat('aftersale-', r.shop_id, '-', r.request_id, '-', r.event_seq) FROM " rows \
	" JOIN aftersale.shop AS s ON s.shop_id = r.shop_id"

static AsRowsStatement insert_refunds = AS_ROWS_STATEMENT(INSERT_REFUNDS(REFUND_ONE), INSERT_REFUNDS(REFUND_MANY));

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

static AsRowsStatement spread_refunds = AS_ROWS_STATEMENT(SPREAD_REFUNDS(REFUND_ONE), SPREAD_REFUNDS(REFUND_MANY));

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

void
as_refunds_init(AsRows *refunds)
{
	as_rows_init(refunds, REFUND_COLUMNS, refund_types);
}

void
as_refunds_add(AsRows *refunds, const AsRequestRow *seen, const AsRequestRow *new,
			   const AsJudgement *judgement, int number)
{
	const AsDecision *decision = &judgement->decision;
	const AsRefund *refund = &decision->events[number].refund;
	int			digits = judgement->request.money.digits;
	AsAmount	fees = 0;

	for (int i = 0; i < refund->n_fees; i++)
		fees += refund->fees[i];

	as_rows_begin(refunds);
	as_rows_set(refunds, REFUND_SHOP_ID, new->values[AS_COL_shop_id], false);
	as_rows_set(refunds, REFUND_REQUEST_ID, new->values[AS_COL_request_id], false);
	as_rows_set(refunds, REFUND_EVENT_SEQ,
				Int64GetDatum(as_judged_event_seq(judgement, new, number)), false);
	as_rows_set(refunds, REFUND_ORDER_REF, as_row_copy(seen, AS_COL_order_ref), seen->nulls[AS_COL_order_ref]);
	as_rows_set_amount(refunds, REFUND_AMOUNT, refund->amount, digits);
	as_rows_set_amount(refunds, REFUND_GOODS, refund->goods, digits);
	as_rows_set_amount(refunds, REFUND_TAX, refund->tax, digits);
	as_rows_set_amount(refunds, REFUND_SHIPPING, refund->shipping, digits);
	as_rows_set_amount(refunds, REFUND_FEES, fees, digits);
	as_rows_set(refunds, REFUND_CURRENCY, as_row_copy(new, AS_COL_currency), false);
	as_rows_set(refunds, REFUND_REASON, as_row_copy(seen, AS_COL_reason), seen->nulls[AS_COL_reason]);
	as_rows_set_text(refunds, REFUND_EXECUTED_BY, as_executor_names[refund->executor]);
	refunds->count++;
}

void
as_refunds_book(const AsRows *refunds, Oid request_table)
{
	AsOwner		owner;

	if (refunds->count == 0)
		return;
	as_owner_begin(&owner, request_table);
	SPI_connect();
	if (refunds->count > 1)
		as_rows_execute(refunds, &lock_balances);
	as_rows_execute(refunds, &take_from_balance);
	if (SPI_processed > 0)
		refuse_over_refund();
	as_rows_execute(refunds, &book_platform);
	as_rows_execute(refunds, &insert_refunds);
	as_rows_execute(refunds, &spread_refunds);
	SPI_finish();
	as_owner_end(&owner);
}
