/*
 * parcels.c
 *		The parcels of requests, as acts tell of them: see parcels.h.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "parcels.h"

typedef enum ParcelColumn
{
	PARCEL_SHOP_ID,
	PARCEL_REQUEST_ID,
	PARCEL_KIND,
	PARCEL_STATE,
	PARCEL_ATTEMPTS,
	PARCEL_PAYLOAD,
	PARCEL_EVENT_SEQ,
	PARCEL_COLUMNS
} ParcelColumn;

static const Oid parcel_types[PARCEL_COLUMNS] = {INT8OID, INT8OID, TEXTOID, TEXTOID, INT4OID, JSONBOID, INT8OID};

/* what is empty is not told */
#define GIVEN(key) "CASE WHEN r.payload ->> '" key "' ~ '\\S' THEN r.payload ->> '" key "' END"
#define TOLD_BY(column) "CASE WHEN g." column " IS NULL THEN 0 ELSE g.event_seq END"
#define LATER(column, place) column " = CASE WHEN EXCLUDED.told_by[" place "] > p.told_by[" place "] THEN EXCLUDED." column " ELSE p." column " END,"
#define LATEST(place) "greatest(EXCLUDED.told_by[" place "], p.told_by[" place "])"

/*
 * Numbered by kind, so that no number has to be looked for.  Of two events the
 * later one's word holds, also where it is written first: an act of a trigger
 * AFTER ROW is recorded before the one that fired it.
 */
#define WRITE(rows) \
	"INSERT INTO aftersale.parcel AS p (shop_id, request_id, parcel_no, kind, carrier, tracking_no, label, state, attempts, told_by)" \
	" SELECT g.shop_id, g.request_id, g.parcel_no, g.kind, g.carrier, g.tracking_no, g.label, g.state, g.attempts, ARRAY[" TOLD_BY("carrier") ", " TOLD_BY("tracking_no") ", " TOLD_BY("label") ", " TOLD_BY("state") "]" \
	" FROM (SELECT r.shop_id, r.request_id, array_position('{outbound,return,redelivery,reship}'::text[], r.kind) AS parcel_no, r.kind, " \
	GIVEN("carrier") " AS carrier, " GIVEN("tracking_no") " AS tracking_no, " GIVEN("label") " AS label, r.state, r.attempts, r.event_seq" \
	" FROM " rows " AS r(shop_id, request_id, kind, state, attempts, payload, event_seq)) AS g" \
	" ON CONFLICT (shop_id, request_id, parcel_no) DO UPDATE SET " \
	LATER("carrier", "1") LATER("tracking_no", "2") LATER("label", "3") LATER("state", "4") \
	" attempts = p.attempts + EXCLUDED.attempts," \
	" told_by = ARRAY[" LATEST("1") ", " LATEST("2") ", " LATEST("3") ", " LATEST("4") "]"

static AsRowsStatement upsert = AS_ROWS_STATEMENT(WRITE("(VALUES ($1, $2, $3, $4, $5, $6, $7))"), WRITE("unnest($1, $2, $3, $4, $5, $6, $7)"));

void
as_parcels_init(AsRows *rows)
{
	as_rows_init(rows, PARCEL_COLUMNS, parcel_types);
}

void
as_parcels_add(AsRows *rows, const AsRequestRow *new, const AsJudgement *judgement, int number)
{
	const AsTransition *transition = judgement->decision.events[number].transition;

	if (transition == NULL || transition->parcel == NULL)
		return;
	as_rows_begin(rows);
	as_rows_set(rows, PARCEL_SHOP_ID, new->values[AS_COL_shop_id], false);
	as_rows_set(rows, PARCEL_REQUEST_ID, new->values[AS_COL_request_id], false);
	as_rows_set_text(rows, PARCEL_KIND, transition->parcel);
	as_rows_set_text(rows, PARCEL_STATE, transition->parcel_state);
	as_rows_set(rows, PARCEL_ATTEMPTS, Int32GetDatum(transition->parcel_attempt ? 1 : 0), false);
	as_rows_set(rows, PARCEL_PAYLOAD, new->nulls[AS_COL_last_payload] ? (Datum) 0 : as_row_copy(new, AS_COL_last_payload),
				new->nulls[AS_COL_last_payload]);
	as_rows_set(rows, PARCEL_EVENT_SEQ, Int64GetDatum(as_judged_event_seq(judgement, new, number)), false);
	rows->count++;
}

void
as_parcels_write(const AsRows *rows)
{
	as_rows_execute(rows, &upsert);
}
