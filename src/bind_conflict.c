/*
 * bind_conflict.c
 *		Requests that lost their row are left to a person, and what cannot follow
 *		its row is noted; both are taken back when the row is right again.
 */
#include "postgres.h"

#include "bind_change.h"
#include "catalog/pg_type.h"
#include "clock.h"
#include "config.h"
#include "executor/spi.h"
#include "fire.h"
#include "statement.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/timestamp.h"

/* ---- rows that are gone ---- */

#define ROW_GONE "its row of the ERP is gone"

/* IS TRUE: found by their keys, not by going through all that are open, or parked. */
static AsStatement park_gone = {
	"UPDATE aftersale.request AS r SET act_at = NULL, fault = '" ROW_GONE "'"
	" FROM unnest($1, $2) AS k(shop_id, request_id)"
	" WHERE r.shop_id = k.shop_id AND r.request_id = k.request_id AND (r.closed_at IS NULL) IS TRUE",
	2, {INT8ARRAYOID, INT8ARRAYOID}
};

static AsStatement unpark_back = {
	"UPDATE aftersale.request AS r SET attempts = 0, fault = NULL,"
	" act_at = LEAST(r.due_at, (SELECT min(t.act_at) FROM aftersale.timer AS t WHERE t.shop_id = r.shop_id AND t.request_id = r.request_id AND NOT t.stands))"
	" FROM unnest($1, $2) AS k(shop_id, request_id)"
	" WHERE r.shop_id = k.shop_id AND r.request_id = k.request_id AND (r.fault = '" ROW_GONE "') IS TRUE",
	2, {INT8ARRAYOID, INT8ARRAYOID}
};

static AsStatement park_all = {
	"UPDATE aftersale.request AS r SET act_at = NULL, fault = '" ROW_GONE "'"
	" FROM aftersale.bound_row AS b"
	" WHERE b.binding = $1 AND r.shop_id = b.shop_id AND r.request_id = b.request_id AND (r.closed_at IS NULL) IS TRUE",
	1, {TEXTOID}
};

void
as_bound_truncated(const char *name)
{
	Datum		values[1] = {CStringGetTextDatum(name)};
	AsOwner		owner;

	as_owner_begin(&owner, as_relation("request"));
	SPI_connect();
	(void) as_park(&park_all, values);
	SPI_finish();
	as_owner_end(&owner);
}

static bool
is_parked(const AsBoundChange *change)
{
	return change->deed == AS_DEED_PARK;
}

static bool
is_back(const AsBoundChange *change)
{
	return change->row != NULL && change->entered && change->has_request && !change->closed;
}

static void
park_or_unpark(AsBoundChanges *changes, bool (*is_one) (const AsBoundChange *change), AsStatement *statement)
{
	AsRows		keys;
	AsOwner		owner;
	Datum		values[2];

	as_rows_init(&keys, AS_KEY_COLUMNS, as_key_types);
	for (int i = 0; i < changes->count; i++)
	{
		if (!is_one(&changes->list[i]))
			continue;
		as_rows_begin(&keys);
		as_rows_set(&keys, 0, Int64GetDatum(changes->list[i].shop_id), false);
		as_rows_set(&keys, 1, Int64GetDatum(changes->list[i].request_id), false);
		keys.count++;
	}
	if (keys.count == 0)
		return;
	for (int i = 0; i < 2; i++)
		values[i] = PointerGetDatum(construct_array(keys.columns[i].values, keys.count, INT8OID, sizeof(int64), FLOAT8PASSBYVAL, TYPALIGN_DOUBLE));
	as_owner_begin(&owner, as_relation("request"));
	SPI_connect();
	(void) as_park(statement, values);
	SPI_finish();
	as_owner_end(&owner);
}

void
as_bound_park(AsBoundChanges *changes)
{
	park_or_unpark(changes, is_parked, &park_gone);
}

void
as_bound_unpark(AsBoundChanges *changes)
{
	park_or_unpark(changes, is_back, &unpark_back);
}

/* ---- conflicts ---- */

enum
{
	CONFLICT_SHOP_ID, CONFLICT_BINDING, CONFLICT_ROW_REF, CONFLICT_REQUEST_ID, CONFLICT_KIND, CONFLICT_CODE, CONFLICT_STATE, CONFLICT_SQLSTATE,
	CONFLICT_MESSAGE, CONFLICT_AT, CONFLICT_COLUMNS
};

static const Oid conflict_types[CONFLICT_COLUMNS] = {
	INT8OID, TEXTOID, TEXTOID, INT8OID, TEXTOID, TEXTOID, TEXTOID, TEXTOID, TEXTOID, TIMESTAMPTZOID
};

#define INSERT_CONFLICTS \
	"INSERT INTO aftersale.binding_conflict (shop_id, binding, row_ref, request_id, kind, code, state, sqlstate, message, at) SELECT k.* FROM "
#define CONFLICT_NAMES " AS k(shop_id, binding, row_ref, request_id, kind, code, state, sqlstate, message, at)" \
	" WHERE NOT EXISTS (SELECT FROM aftersale.binding_conflict AS c WHERE c.binding = k.binding AND c.row_ref = k.row_ref AND c.settled_at IS NULL" \
	"  AND c.shop_id = k.shop_id AND c.kind = k.kind AND c.code IS NOT DISTINCT FROM k.code)"

static AsRowsStatement insert_conflicts = AS_ROWS_STATEMENT(
															INSERT_CONFLICTS "(VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10))" CONFLICT_NAMES,
															INSERT_CONFLICTS "unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)" CONFLICT_NAMES
);

static AsStatement any_open_conflict = {
	"SELECT FROM aftersale.binding_conflict AS c WHERE c.binding = $1 AND c.settled_at IS NULL AND c.kind <> 'gone'", 1, {TEXTOID}
};

static AsStatement settle_conflicts = {
	"UPDATE aftersale.binding_conflict AS c SET settled_at = $4 FROM unnest($2, $3) AS k(shop_id, row_ref)"
	" WHERE c.binding = $1 AND c.row_ref = k.row_ref AND c.shop_id = k.shop_id AND c.settled_at IS NULL",
	4, {TEXTOID, INT8ARRAYOID, TEXTARRAYOID, TIMESTAMPTZOID}
};

/* A row that says something else by now, which its request follows. */
static bool
is_followed(const AsBoundChange *change)
{
	return change->row != NULL && change->deed != AS_DEED_CONFLICT && change->code >= 0 &&
		(change->entered || (change->changed & (UINT32_C(1) << AS_WORD_STATE)) != 0);
}

static void
settle(AsBoundChanges *changes)
{
	Datum	   *shops = palloc_extended(sizeof(Datum) * changes->count, MCXT_ALLOC_HUGE);
	Datum	   *refs = palloc_extended(sizeof(Datum) * changes->count, MCXT_ALLOC_HUGE);
	Datum		values[4];
	int			count = 0;

	values[0] = CStringGetTextDatum(changes->call->name);
	as_execute(&any_open_conflict, values, NULL, false, 1);
	if (SPI_processed == 0)
		return;
	for (int i = 0; i < changes->count; i++)
		if (is_followed(&changes->list[i]))
		{
			shops[count] = Int64GetDatum(changes->list[i].shop_id);
			refs[count++] = CStringGetTextDatum(changes->list[i].row_ref);
		}
	values[1] = PointerGetDatum(construct_array(shops, count, INT8OID, sizeof(int64), FLOAT8PASSBYVAL, TYPALIGN_DOUBLE));
	values[2] = PointerGetDatum(construct_array(refs, count, TEXTOID, -1, false, TYPALIGN_INT));
	values[3] = TimestampTzGetDatum(as_now());
	as_execute(&settle_conflicts, values, NULL, false, 0);
}

void
as_bound_note_conflicts(AsBoundChanges *changes)
{
	AsRows		rows;
	AsOwner		owner;

	as_rows_init(&rows, CONFLICT_COLUMNS, conflict_types);
	for (int i = 0; i < changes->count; i++)
	{
		const AsBoundChange *change = &changes->list[i];

		if (change->deed != AS_DEED_CONFLICT && change->deed != AS_DEED_PARK)
			continue;
		as_rows_begin(&rows);
		as_rows_set(&rows, CONFLICT_SHOP_ID, Int64GetDatum(change->shop_id), false);
		as_rows_set_text(&rows, CONFLICT_BINDING, changes->call->name);
		as_rows_set_text(&rows, CONFLICT_ROW_REF, change->row_ref);
		as_rows_set(&rows, CONFLICT_REQUEST_ID, Int64GetDatum(change->request_id), !change->has_request);
		as_rows_set_text(&rows, CONFLICT_KIND, change->kind);
		as_rows_set_text(&rows, CONFLICT_CODE, as_bound_code_text(changes, change));
		as_rows_set_text(&rows, CONFLICT_STATE, change->state);
		as_rows_set_text(&rows, CONFLICT_SQLSTATE, change->sqlstate);
		as_rows_set_text(&rows, CONFLICT_MESSAGE, change->message);
		as_rows_set(&rows, CONFLICT_AT, TimestampTzGetDatum(as_now()), false);
		rows.count++;
	}
	as_owner_begin(&owner, as_relation("request"));
	SPI_connect();
	settle(changes);
	as_rows_execute(&rows, &insert_conflicts);
	SPI_finish();
	as_owner_end(&owner);
}
