/*
 * bind_find.c
 *		The requests of bound rows: those that they are bound to, and those of
 *		the same key that were opened otherwise, by a message of the platform's
 *		or before the table was bound.
 */
#include "postgres.h"

#include "bind_change.h"
#include "catalog/pg_type.h"
#include "config.h"
#include "executor/spi.h"
#include "statement.h"
#include "utils/array.h"
#include "utils/builtins.h"

#define FOUND_COLUMNS " r.request_id, r.state, r.closed_at IS NOT NULL, r.flow, r.flow_version"

static AsStatement find_bound = {
	"SELECT k.number," FOUND_COLUMNS
	" FROM unnest($1, $2, $3) AS k(shop_id, row_ref, number)"
	" JOIN aftersale.bound_row AS b ON b.shop_id = k.shop_id AND b.binding = $4 AND b.row_ref = k.row_ref"
	" JOIN aftersale.request AS r ON r.shop_id = b.shop_id AND r.request_id = b.request_id",
	4, {INT8ARRAYOID, TEXTARRAYOID, INT4ARRAYOID, TEXTOID}
};

/*
 * Of a matter that was opened again and again, the last: it has the row's key, or
 * that and a number.  Which one is settled before it is looked for: each is one
 * look into the index of keys.
 */
static AsStatement find_opened = {
	"SELECT k.number," FOUND_COLUMNS ", k.next,"
	" EXISTS (SELECT FROM aftersale.bound_row AS b WHERE b.shop_id = r.shop_id AND b.request_id = r.request_id)"
	" FROM (SELECT n.shop_id, n.flow, n.number, n.next, n.row_ref || CASE WHEN n.next = 2 THEN '' ELSE '#' || (n.next - 1) END AS ref FROM ("
	"  SELECT u.*, CASE WHEN (SELECT t.request_id FROM aftersale.request AS t"
	"   WHERE t.shop_id = u.shop_id AND t.flow = u.flow AND t.external_ref = u.row_ref || '#2') IS NULL THEN 2"
	"   ELSE (SELECT g.n FROM generate_series(3, 1000) AS g(n) WHERE (SELECT t.request_id FROM aftersale.request AS t"
	"    WHERE t.shop_id = u.shop_id AND t.flow = u.flow AND t.external_ref = u.row_ref || '#' || g.n) IS NULL LIMIT 1) END AS next"
	"  FROM unnest($1, $2, $3, $4) AS u(shop_id, row_ref, number, flow)"
	"  WHERE (SELECT t.request_id FROM aftersale.request AS t WHERE t.shop_id = u.shop_id AND t.flow = u.flow AND t.external_ref = u.row_ref) IS NOT NULL"
	"  OFFSET 0) AS n OFFSET 0) AS k"
	" JOIN aftersale.request AS r ON r.shop_id = k.shop_id AND r.flow = k.flow AND r.external_ref = k.ref",
	4, {INT8ARRAYOID, TEXTARRAYOID, INT4ARRAYOID, TEXTARRAYOID}
};

/* Those changes of which a statement asks */
typedef struct Asked
{
	Datum	   *shops;
	Datum	   *refs;
	Datum	   *numbers;
	Datum	   *flows;
	int			count;
} Asked;

static void
ask(Asked *asked, const AsBoundChange *change, int number)
{
	asked->shops[asked->count] = Int64GetDatum(change->shop_id);
	asked->refs[asked->count] = CStringGetTextDatum(change->row_ref);
	asked->numbers[asked->count] = Int32GetDatum(number);
	asked->flows[asked->count] = change->flow == NULL ? (Datum) 0 : CStringGetTextDatum(change->flow);
	asked->count++;
}

static void
ask_init(Asked *asked, int count)
{
	asked->count = 0;
	asked->shops = palloc_extended(sizeof(Datum) * Max(count, 1), MCXT_ALLOC_HUGE);
	asked->refs = palloc_extended(sizeof(Datum) * Max(count, 1), MCXT_ALLOC_HUGE);
	asked->numbers = palloc_extended(sizeof(Datum) * Max(count, 1), MCXT_ALLOC_HUGE);
	asked->flows = palloc_extended(sizeof(Datum) * Max(count, 1), MCXT_ALLOC_HUGE);
}

static void
execute(AsStatement *statement, const Asked *asked, Datum last)
{
	Datum		values[4];

	values[0] = PointerGetDatum(construct_array(asked->shops, asked->count, INT8OID, sizeof(int64), FLOAT8PASSBYVAL, TYPALIGN_DOUBLE));
	values[1] = PointerGetDatum(construct_array(asked->refs, asked->count, TEXTOID, -1, false, TYPALIGN_INT));
	values[2] = PointerGetDatum(construct_array(asked->numbers, asked->count, INT4OID, sizeof(int32), true, TYPALIGN_INT));
	values[3] = last;
	as_execute(statement, values, NULL, false, 0);
}

static const char *
text_of(const AsBoundChanges *changes, int row, int column)
{
	char	   *value = SPI_getvalue(SPI_tuptable->vals[row], SPI_tuptable->tupdesc, column);

	return value == NULL ? NULL : MemoryContextStrdup(changes->context, value);
}

/* Takes row i of the result into its change; flows and states are few, so the last one is kept. */
static AsBoundChange *
take_found(AsBoundChanges *changes, int i, AsBoundChange *previous)
{
	HeapTuple	row = SPI_tuptable->vals[i];
	TupleDesc	columns = SPI_tuptable->tupdesc;
	bool		isnull;
	AsBoundChange *change = &changes->list[DatumGetInt32(SPI_getbinval(row, columns, 1, &isnull))];

	change->has_request = true;
	change->request_id = DatumGetInt64(SPI_getbinval(row, columns, 2, &isnull));
	change->state = text_of(changes, i, 3);
	change->closed = DatumGetBool(SPI_getbinval(row, columns, 4, &isnull));
	change->flow = text_of(changes, i, 5);
	change->version = DatumGetInt32(SPI_getbinval(row, columns, 6, &isnull));
	if (previous != NULL && strcmp(previous->flow, change->flow) == 0)
		change->flow = previous->flow;
	return change;
}

/* Whether a row could open a request: it has none, or one that has ended elsewhere. */
static bool
may_open(const AsBoundChanges *changes, const AsBoundChange *change)
{
	const AsBoundCode *code;

	if (change->row == NULL || change->code < 0 || (change->has_request && !change->closed))
		return false;
	code = &changes->call->attached->binding->codes[change->code];
	return code->n_states > 0 && !(change->has_request && as_bound_covers(code, change->state));
}

/* For rows that could open a request: what is there under their key. */
static void
find_by_key(AsBoundChanges *changes, Asked *asked)
{
	bool		isnull;

	asked->count = 0;
	for (int i = 0; i < changes->count; i++)
	{
		AsBoundChange *change = &changes->list[i];

		if (!may_open(changes, change))
			continue;
		change->external_ref = change->row_ref;
		if (change->flow != NULL)
			ask(asked, change, i);
	}
	if (asked->count == 0)
		return;
	execute(&find_opened, asked, PointerGetDatum(construct_array(asked->flows, asked->count, TEXTOID, -1, false, TYPALIGN_INT)));
	for (uint64 i = 0; i < SPI_processed; i++)
	{
		int			next = DatumGetInt32(SPI_getbinval(SPI_tuptable->vals[i], SPI_tuptable->tupdesc, 7, &isnull));
		bool		bound = DatumGetBool(SPI_getbinval(SPI_tuptable->vals[i], SPI_tuptable->tupdesc, 8, &isnull));
		AsBoundChange *change = &changes->list[DatumGetInt32(SPI_getbinval(SPI_tuptable->vals[i], SPI_tuptable->tupdesc, 1, &isnull))];

		change->external_ref = MemoryContextStrdup(changes->context, psprintf("%s#%d", change->row_ref, next));
		if (bound)
			continue;			/* another table has that key, too */
		(void) take_found(changes, (int) i, NULL);
		change->adopted = !change->closed;
	}
}

void
as_bound_find(AsBoundChanges *changes)
{
	Asked		asked;
	AsBoundChange *previous = NULL;
	AsOwner		owner;

	as_owner_begin(&owner, as_relation("request"));
	SPI_connect();
	ask_init(&asked, changes->count);
	for (int i = 0; i < changes->count; i++)
		ask(&asked, &changes->list[i], i);
	execute(&find_bound, &asked, CStringGetTextDatum(changes->call->name));
	for (uint64 i = 0; i < SPI_processed; i++)
		previous = take_found(changes, (int) i, previous);
	find_by_key(changes, &asked);
	SPI_finish();
	as_owner_end(&owner);
}
