/*
 * act_many.c
 *		act_many(): one action on many requests, the batch's way into the engine.
 *
 * Locks every request by key order first, so that batches on overlapping sets
 * wait for each other instead of deadlocking; then it is one UPDATE, with the
 * caller's own rights.  With on_error 'skip' the UPDATE runs in a
 * subtransaction: where it fails on a row it is halved down to that row, which
 * comes back with its error, and everything else goes on.
 *
 * Everything lives in the memory of the SPI connection, and goes with it.
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "bind.h"
#include "catalog/pg_type.h"
#include "config.h"
#include "errors.h"
#include "executor/spi.h"
#include "fmgr.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "statement.h"
#include "try.h"
#include "utils/array.h"
#include "utils/builtins.h"

/* attributes of aftersale.decision */
typedef enum DecisionColumn
{
	DECISION_SHOP_ID,
	DECISION_REQUEST_ID,
	DECISION_EXTERNAL_REF,
	DECISION_ACTION,
	DECISION_DECIDED = 11,		/* so many are there of a row that was decided */
	DECISION_SQLSTATE = DECISION_DECIDED,
	DECISION_MESSAGE,
	DECISION_COLUMNS
} DecisionColumn;

typedef struct Key
{
	int64		shop_id;
	int64		request_id;
	int32		place;			/* in the arrays given, from 0 */
} Key;

typedef struct Batch
{
	int			count;
	Key		   *keys;			/* by shop_id, request_id; unknown ones at the
								 * end once locked */
	int			known;			/* so many exist */
	HeapTuple  *results;		/* by place */
	TupleDesc	descriptor;		/* of the result */
	Datum		action;
	Datum		arguments[3];	/* action, payload, actor */
	char		nulls[3];
} Batch;

/* ---- arguments ---- */

static void
invalid_argument(const char *message, const char *hint)
{
	AsError		error;

	as_fail(&error, RA_INVALID_REQUEST, NULL, "%s", message);
	if (hint != NULL)
		as_hint(&error, "%s", hint);
	as_report(&error);
}

static int64 *
key_column(ArrayType *array, const char *name, int *count)
{
	Datum	   *elements;
	int64	   *values;

	if (ARR_NDIM(array) > 1)
		invalid_argument(psprintf("argument \"%s\" must have one dimension", name), NULL);
	if (array_contains_nulls(array))
		invalid_argument(psprintf("argument \"%s\" must not hold nulls", name), NULL);
	deconstruct_array(array, INT8OID, sizeof(int64), FLOAT8PASSBYVAL, TYPALIGN_DOUBLE, &elements, NULL, count);
	values = palloc(sizeof(int64) * Max(*count, 1));
	for (int i = 0; i < *count; i++)
		values[i] = DatumGetInt64(elements[i]);
	pfree(elements);
	return values;
}

static int
compare_keys(const void *left, const void *right)
{
	const Key  *a = left;
	const Key  *b = right;

	if (a->shop_id != b->shop_id)
		return a->shop_id < b->shop_id ? -1 : 1;
	if (a->request_id != b->request_id)
		return a->request_id < b->request_id ? -1 : 1;
	return 0;
}

static void
read_keys(FunctionCallInfo fcinfo, Batch *batch)
{
	int			shops;
	int64	   *shop_ids = key_column(PG_GETARG_ARRAYTYPE_P(0), "shop_ids", &shops);
	int64	   *request_ids = key_column(PG_GETARG_ARRAYTYPE_P(1), "request_ids", &batch->count);

	if (shops != batch->count)
		invalid_argument(psprintf("%d shop_ids were given with %d request_ids", shops, batch->count),
						 "Give the shop of each request, in the same order.");
	batch->keys = palloc(sizeof(Key) * Max(batch->count, 1));
	for (int i = 0; i < batch->count; i++)
	{
		batch->keys[i].shop_id = shop_ids[i];
		batch->keys[i].request_id = request_ids[i];
		batch->keys[i].place = i;
	}
	qsort(batch->keys, batch->count, sizeof(Key), compare_keys);
	for (int i = 1; i < batch->count; i++)
		if (compare_keys(&batch->keys[i - 1], &batch->keys[i]) == 0)
			invalid_argument(psprintf("request %lld of shop %lld was given twice",
									  (long long) batch->keys[i].request_id, (long long) batch->keys[i].shop_id),
							 "An action is taken once on each request.");
}

/* True for 'skip', false for 'fail'. */
static bool
read_on_error(FunctionCallInfo fcinfo)
{
	char	   *word = PG_ARGISNULL(5) ? NULL : text_to_cstring(PG_GETARG_TEXT_PP(5));
	char		quoted[64];

	if (word != NULL && strcmp(word, "skip") == 0)
		return true;
	if (word == NULL || strcmp(word, "fail") != 0)
		invalid_argument(psprintf("on_error is %s, and neither \"fail\" nor \"skip\"", word == NULL ? "null" :
								  psprintf("\"%s\"", as_quote(quoted, sizeof quoted, word, strlen(word)))), NULL);
	return false;
}

/* ---- results ---- */

static void
put_result(Batch *batch, int place, const Datum *values, const bool *nulls)
{
	int			width = batch->descriptor->natts;
	Datum	   *all_values = palloc0(sizeof(Datum) * width);
	bool	   *all_nulls = palloc(sizeof(bool) * width);

	/* attributes that a later version adds to the composite are NULL */
	memset(all_nulls, true, sizeof(bool) * width);
	memcpy(all_values, values, sizeof(Datum) * DECISION_COLUMNS);
	memcpy(all_nulls, nulls, sizeof(bool) * DECISION_COLUMNS);
	batch->results[place] = heap_form_tuple(batch->descriptor, all_values, all_nulls);
	pfree(all_values);
	pfree(all_nulls);
}

static void
put_refused(Batch *batch, const Key *key, int sqlstate, const char *message)
{
	Datum		values[DECISION_COLUMNS] = {0};
	bool		nulls[DECISION_COLUMNS];

	memset(nulls, true, sizeof nulls);
	values[DECISION_SHOP_ID] = Int64GetDatum(key->shop_id);
	values[DECISION_REQUEST_ID] = Int64GetDatum(key->request_id);
	values[DECISION_ACTION] = batch->action;
	values[DECISION_SQLSTATE] = CStringGetTextDatum(unpack_sql_state(sqlstate));
	values[DECISION_MESSAGE] = CStringGetTextDatum(message);
	nulls[DECISION_SHOP_ID] = nulls[DECISION_REQUEST_ID] = nulls[DECISION_ACTION] = false;
	nulls[DECISION_SQLSTATE] = nulls[DECISION_MESSAGE] = false;
	put_result(batch, key->place, values, nulls);
}

/* ---- locking and acting ---- */

static void
key_arrays(const Batch *batch, int from, int count, Datum arrays[3])
{
	Datum	   *columns[3];

	for (int column = 0; column < 3; column++)
		columns[column] = palloc(sizeof(Datum) * Max(count, 1));
	for (int i = 0; i < count; i++)
	{
		columns[0][i] = Int64GetDatum(batch->keys[from + i].shop_id);
		columns[1][i] = Int64GetDatum(batch->keys[from + i].request_id);
		columns[2][i] = Int32GetDatum(from + i);
	}
	for (int column = 0; column < 2; column++)
		arrays[column] = PointerGetDatum(construct_array(columns[column], count, INT8OID, sizeof(int64),
														 FLOAT8PASSBYVAL, TYPALIGN_DOUBLE));
	arrays[2] = PointerGetDatum(construct_array(columns[2], count, INT4OID, sizeof(int32), true, TYPALIGN_INT));
	for (int column = 0; column < 3; column++)
		pfree(columns[column]);
}

/* What is bound to them comes first. */
static void
lock_bound(const Batch *batch)
{
	Datum	   *shop_ids = palloc(sizeof(Datum) * Max(batch->count, 1));
	Datum	   *request_ids = palloc(sizeof(Datum) * Max(batch->count, 1));

	for (int i = 0; i < batch->count; i++)
	{
		shop_ids[i] = Int64GetDatum(batch->keys[i].shop_id);
		request_ids[i] = Int64GetDatum(batch->keys[i].request_id);
	}
	as_bound_lock(shop_ids, request_ids, batch->count, true, NULL);
}

static AsStatement lock_requests = {
	"SELECT k.number FROM unnest($1, $2, $3) AS k(shop_id, request_id, number)"
	" JOIN aftersale.request AS r ON r.shop_id OPERATOR(pg_catalog.=) k.shop_id"
	" AND r.request_id OPERATOR(pg_catalog.=) k.request_id"
	" ORDER BY r.shop_id, r.request_id FOR NO KEY UPDATE OF r",
	3, {INT8ARRAYOID, INT8ARRAYOID, INT4ARRAYOID}, NULL
};

/* Locks all in key order; the keys of requests that do not exist go to the end. */
static void
lock_all(Batch *batch)
{
	Datum		arrays[3];
	Key		   *sorted = palloc(sizeof(Key) * Max(batch->count, 1));
	bool	   *found = palloc0(sizeof(bool) * Max(batch->count, 1));
	bool		isnull;
	int			unknown;

	key_arrays(batch, 0, batch->count, arrays);
	as_execute(&lock_requests, arrays, NULL, false, 0);
	for (uint64 i = 0; i < SPI_processed; i++)
		found[DatumGetInt32(SPI_getbinval(SPI_tuptable->vals[i], SPI_tuptable->tupdesc, 1, &isnull))] = true;
	batch->known = (int) SPI_processed;
	SPI_freetuptable(SPI_tuptable);
	unknown = batch->known;
	for (int i = 0, known = 0; i < batch->count; i++)
		sorted[found[i] ? known++ : unknown++] = batch->keys[i];
	batch->keys = sorted;
}

static AsStatement act_on_requests = {
	"UPDATE aftersale.request AS r SET action = $4, payload = $5, actor = $6"
	" FROM unnest($1, $2, $3) AS k(shop_id, request_id, number)"
	" WHERE r.shop_id OPERATOR(pg_catalog.=) k.shop_id AND r.request_id OPERATOR(pg_catalog.=) k.request_id"
	" RETURNING r.shop_id, r.request_id, r.external_ref, r.last_action,"
	" r.last_facts OPERATOR(pg_catalog.->>) 'from', r.state, r.outcome, r.due_at, r.refund_amount, r.currency,"
	" r.event_seq, k.number",
	6, {INT8ARRAYOID, INT8ARRAYOID, INT4ARRAYOID, TEXTOID, JSONBOID, TEXTOID}, NULL
};

/* One UPDATE of the keys from .. from + count; what it decided becomes results. */
static void
act_on(Batch *batch, int from, int count)
{
	Datum		arguments[6];
	char		nulls[] = "      ";
	Datum		values[DECISION_COLUMNS] = {0};
	bool		isnull[DECISION_COLUMNS];
	bool		nonumber;

	key_arrays(batch, from, count, arguments);
	memcpy(arguments + 3, batch->arguments, sizeof batch->arguments);
	memcpy(nulls + 3, batch->nulls, sizeof batch->nulls);
	as_execute(&act_on_requests, arguments, nulls, false, 0);
	if (SPI_processed != (uint64) count)
		elog(ERROR, "act_many() updated %llu of %d requests", (unsigned long long) SPI_processed, count);
	memset(isnull, true, sizeof isnull);
	for (uint64 row = 0; row < SPI_processed; row++)
	{
		HeapTuple	tuple = SPI_tuptable->vals[row];
		TupleDesc	descriptor = SPI_tuptable->tupdesc;
		int			number = DatumGetInt32(SPI_getbinval(tuple, descriptor, DECISION_DECIDED + 1, &nonumber));

		for (int i = 0; i < DECISION_DECIDED; i++)
			values[i] = SPI_getbinval(tuple, descriptor, i + 1, &isnull[i]);
		put_result(batch, batch->keys[number].place, values, isnull);
	}
	SPI_freetuptable(SPI_tuptable);
	for (int i = 0; i < 3; i++)
		pfree(DatumGetPointer(arguments[i]));
}

typedef struct Part
{
	Batch	   *batch;
	int			from;
	int			count;
} Part;

static void
act_on_part(void *context)
{
	const Part *part = context;
	bool		others_wait = as_bound_is_any_waiting();

	act_on(part->batch, part->from, part->count);

	/*
	 * rows that the ERP's triggers inserted: refused at the commit, they
	 * would undo everything
	 */
	if (!others_wait)
		as_bound_open_waiting();
}

/* The same in a subtransaction; on a row's error halved down to the row. */
static void
act_or_skip(Batch *batch, int from, int count)
{
	Part		part = {batch, from, count};
	ErrorData  *error;

	if (count == 0)
		return;
	check_stack_depth();
	error = as_try(act_on_part, &part);
	if (error == NULL)
		return;
	if (!as_is_rows_own(error->sqlerrcode))
		ReThrowError(error);
	if (count == 1)
		put_refused(batch, &batch->keys[from], error->sqlerrcode, error->message);
	FreeErrorData(error);
	if (count == 1)
		return;
	act_or_skip(batch, from, count / 2);
	act_or_skip(batch, from + count / 2, count - count / 2);
}

/* Requests that do not exist, or that the caller may not see. */
static void
refuse_unknown(Batch *batch, bool skip)
{
	for (int i = batch->known; i < batch->count; i++)
	{
		const Key  *key = &batch->keys[i];
		AsError		error;

		as_fail(&error, RA_UNKNOWN_REQUEST, NULL, "request %lld of shop %lld does not exist",
				(long long) key->request_id, (long long) key->shop_id);
		as_hint(&error, "Or this role may not see it: look with SELECT * FROM aftersale.request WHERE shop_id = %lld.",
				(long long) key->shop_id);
		if (!skip)
			as_report(&error);
		put_refused(batch, key, MAKE_SQLSTATE('R', 'A', '0', '1', '6'), error.message);
	}
}

PG_FUNCTION_INFO_V1(aftersale_act_many);

Datum
aftersale_act_many(PG_FUNCTION_ARGS)
{
	static const char *const names[] = {"shop_ids", "request_ids", "action"};
	ReturnSetInfo *result = (ReturnSetInfo *) fcinfo->resultinfo;
	Batch		batch = {0};
	bool		skip;

	(void) as_relation("request");
	for (int i = 0; i < (int) lengthof(names); i++)
		if (PG_ARGISNULL(i))
			invalid_argument(psprintf("argument \"%s\" must not be null", names[i]), NULL);
	skip = read_on_error(fcinfo);
	InitMaterializedSRF(fcinfo, 0);
	batch.descriptor = result->setDesc;
	if (batch.descriptor->natts < DECISION_COLUMNS)
		elog(ERROR, "act_many() must return aftersale.decision");
	SPI_connect();
	read_keys(fcinfo, &batch);
	batch.results = palloc0(sizeof(HeapTuple) * Max(batch.count, 1));
	batch.action = PG_GETARG_DATUM(2);
	for (int i = 0; i < 3; i++)
	{
		batch.arguments[i] = PG_GETARG_DATUM(i + 2);
		batch.nulls[i] = PG_ARGISNULL(i + 2) ? 'n' : ' ';
	}
	lock_bound(&batch);
	lock_all(&batch);
	refuse_unknown(&batch, skip);
	if (skip)
		act_or_skip(&batch, 0, batch.known);
	else if (batch.known > 0)
		act_on(&batch, 0, batch.known);
	for (int place = 0; place < batch.count; place++)
		tuplestore_puttuple(result->setResult, batch.results[place]);
	SPI_finish();
	return (Datum) 0;
}
