/*
 * timers.c
 *		Reads and writes armed timers: see timers.h.
 *
 * Whoever holds the lock of a request's row has its timers for himself, too:
 * nobody writes them but the engine.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "config.h"
#include "timers.h"
#include "utils/builtins.h"
#include "utils/timestamp.h"

static AsStatement timers_of_request = {
	"SELECT name, event_seq, act_at, stands FROM aftersale.timer WHERE shop_id = $1 AND request_id = $2"
	" ORDER BY act_at, name",
	2, {INT8OID, INT8OID}
};

static void
read_timer(const AsFlow *flow, SPITupleTable * table, int row, AsRequest *request)
{
	AsTimer    *timer = &request->timers[request->n_timers];
	bool		isnull;

	timer->timer = as_flow_timer(flow, TextDatumGetCString(SPI_getbinval(table->vals[row], table->tupdesc, 1, &isnull)));

	/*
	 * one that the flow no longer has says nothing any more, and goes with
	 * the next act
	 */
	if (timer->timer < 0 || request->n_timers == AS_MAX_TIMERS)
		return;
	timer->event_seq = DatumGetInt64(SPI_getbinval(table->vals[row], table->tupdesc, 2, &isnull));
	timer->at = DatumGetTimestampTz(SPI_getbinval(table->vals[row], table->tupdesc, 3, &isnull));
	timer->stands = DatumGetBool(SPI_getbinval(table->vals[row], table->tupdesc, 4, &isnull));
	request->n_timers++;
}

void
as_timers_read(int64 shop_id, int64 request_id, const AsFlow *flow, AsRequest *request)
{
	Datum		values[2] = {Int64GetDatum(shop_id), Int64GetDatum(request_id)};
	AsOwner		owner;

	if (flow->n_timers == 0)
		return;
	as_owner_begin(&owner, as_relation("timer"));
	SPI_connect();
	as_execute(&timers_of_request, values, NULL, false, 0);
	for (int i = 0; i < (int) SPI_processed; i++)
		read_timer(flow, SPI_tuptable, i, request);
	SPI_finish();
	as_owner_end(&owner);
}

/* ---- writing ---- */

static const Oid forgotten_types[2] = {INT8OID, INT8OID};

static AsRowsStatement forget = AS_ROWS_STATEMENT(
												  "DELETE FROM aftersale.timer WHERE shop_id = $1 AND request_id = $2",
												  "DELETE FROM aftersale.timer AS t USING unnest($1, $2) AS r(shop_id, request_id)"
												  " WHERE t.shop_id = r.shop_id AND t.request_id = r.request_id"
);

typedef enum ArmedColumn
{
	ARMED_SHOP_ID,
	ARMED_REQUEST_ID,
	ARMED_NAME,
	ARMED_EVENT_SEQ,
	ARMED_ACT_AT,
	ARMED_STANDS,
	ARMED_COLUMNS
} ArmedColumn;

static const Oid armed_types[ARMED_COLUMNS] = {INT8OID, INT8OID, TEXTOID, INT8OID, TIMESTAMPTZOID, BOOLOID};

#define INSERT_ARMED "INSERT INTO aftersale.timer (shop_id, request_id, name, event_seq, act_at, stands) "

static AsRowsStatement arm = AS_ROWS_STATEMENT(
											   INSERT_ARMED "VALUES ($1, $2, $3, $4, $5, $6)",
											   INSERT_ARMED "SELECT * FROM unnest($1, $2, $3, $4, $5, $6)"
);

void
as_timer_rows_init(AsTimerRows *rows)
{
	as_rows_init(&rows->forgotten, lengthof(forgotten_types), forgotten_types);
	as_rows_init(&rows->armed, ARMED_COLUMNS, armed_types);
}

static bool
is_same(const AsTimer *a, const AsTimer *b)
{
	return a->timer == b->timer && a->event_seq == b->event_seq && a->at == b->at && a->stands == b->stands;
}

static bool
has_changed(const AsRequest *request, const AsDecision *decision)
{
	if (request->n_timers != decision->n_timers)
		return true;
	for (int i = 0; i < request->n_timers; i++)
		if (!is_same(&request->timers[i], &decision->timers[i]))
			return true;
	return false;
}

void
as_timer_rows_add(AsTimerRows *rows, const AsRequestRow *new, const AsJudgement *judgement)
{
	const AsDecision *decision = &judgement->decision;

	if (judgement->flow->n_timers == 0 || !has_changed(&judgement->request, decision))
		return;
	if (judgement->command.kind != AS_COMMAND_OPEN)
	{
		as_rows_begin(&rows->forgotten);
		as_rows_set(&rows->forgotten, 0, new->values[AS_COL_shop_id], false);
		as_rows_set(&rows->forgotten, 1, new->values[AS_COL_request_id], false);
		rows->forgotten.count++;
	}
	for (int i = 0; i < decision->n_timers; i++)
	{
		const AsTimer *timer = &decision->timers[i];

		as_rows_begin(&rows->armed);
		as_rows_set(&rows->armed, ARMED_SHOP_ID, new->values[AS_COL_shop_id], false);
		as_rows_set(&rows->armed, ARMED_REQUEST_ID, new->values[AS_COL_request_id], false);
		as_rows_set_text(&rows->armed, ARMED_NAME, judgement->flow->timers[timer->timer].name);
		as_rows_set(&rows->armed, ARMED_EVENT_SEQ, Int64GetDatum(timer->event_seq), false);
		as_rows_set(&rows->armed, ARMED_ACT_AT, TimestampTzGetDatum(timer->at), false);
		as_rows_set(&rows->armed, ARMED_STANDS, BoolGetDatum(timer->stands), false);
		rows->armed.count++;
	}
}

void
as_timer_rows_write(const AsTimerRows *rows)
{
	as_rows_execute(&rows->forgotten, &forget);
	as_rows_execute(&rows->armed, &arm);
}
