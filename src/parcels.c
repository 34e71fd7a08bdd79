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
	PARCEL_COLUMNS
} ParcelColumn;

static const Oid parcel_types[PARCEL_COLUMNS] = {INT8OID, INT8OID, TEXTOID, TEXTOID, INT4OID, JSONBOID};

/* numbered by kind, so that no number has to be looked for */
#define WRITE(rows) \
	"INSERT INTO aftersale.parcel AS p (shop_id, request_id, parcel_no, kind, carrier, tracking_no, label, state, attempts)" \
	" SELECT r.shop_id, r.request_id, array_position('{outbound,return,redelivery,reship}'::text[], r.kind), r.kind," \
	" r.payload ->> 'carrier', r.payload ->> 'tracking_no', r.payload ->> 'label', r.state, r.attempts" \
	" FROM " rows " AS r(shop_id, request_id, kind, state, attempts, payload)" \
	" ON CONFLICT (shop_id, request_id, parcel_no) DO UPDATE SET carrier = coalesce(EXCLUDED.carrier, p.carrier)," \
	" tracking_no = coalesce(EXCLUDED.tracking_no, p.tracking_no), label = coalesce(EXCLUDED.label, p.label)," \
	" state = coalesce(EXCLUDED.state, p.state), attempts = p.attempts + EXCLUDED.attempts"

static AsRowsStatement upsert = AS_ROWS_STATEMENT(WRITE("(VALUES ($1, $2, $3, $4, $5, $6))"), WRITE("unnest($1, $2, $3, $4, $5, $6)"));

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
	rows->count++;
}

void
as_parcels_write(const AsRows *rows)
{
	as_rows_execute(rows, &upsert);
}
