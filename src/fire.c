/*
 * fire.c
 *		Batches of requests whose deadline has passed: fires them, and parks
 *		those that fail.
 *
 * A batch is one UPDATE in a subtransaction; where it fails on a row, the batch
 * is split down to that row, which is parked with its error and a growing
 * delay, and everything else goes on.  Nothing is kept between batches.
 */
#include "postgres.h"

#include "access.h"
#include "bind.h"
#include "catalog/pg_type.h"
#include "clock.h"
#include "config.h"
#include "errors.h"
#include "executor/spi.h"
#include "fire.h"
#include "fmgr.h"
#include "miscadmin.h"
#include "owner.h"
#include "request.h"
#include "statement.h"
#include "try.h"
#include "utils/acl.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/elog.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/timestamp.h"

/* Into how many parts rows are split where one of them fails: what is done in
 * vain before the failure is found falls with it, the number of statements
 * grows; the least lies here, and flat. */
#define SPLIT_PARTS 8

/* A row whose error may be its own or everybody's. */
typedef struct Doubt
{
	int			at;
	ErrorData  *error;
} Doubt;

static ArrayType *
key_array(Datum *keys, int count)
{
	return construct_array(keys, count, INT8OID, sizeof(int64), FLOAT8PASSBYVAL, TYPALIGN_DOUBLE);
}

void
as_take_keys(AsKeys *keys, MemoryContext context)
{
	bool		isnull;

	keys->count = (int) SPI_processed;
	keys->shop_ids = MemoryContextAllocHuge(context, sizeof(Datum) * Max(keys->count, 1));
	keys->request_ids = MemoryContextAllocHuge(context, sizeof(Datum) * Max(keys->count, 1));
	for (int i = 0; i < keys->count; i++)
	{
		keys->shop_ids[i] = SPI_getbinval(SPI_tuptable->vals[i], SPI_tuptable->tupdesc, 1, &isnull);
		keys->request_ids[i] = SPI_getbinval(SPI_tuptable->vals[i], SPI_tuptable->tupdesc, 2, &isnull);
	}
}

/* ---- one batch ---- */

static AsStatement fire_requests = {
	"WITH d AS MATERIALIZED (SELECT q.shop_id, q.request_id"
	" FROM unnest($1, $2) AS k(shop_id, request_id)"
	" JOIN aftersale.request AS q ON q.shop_id OPERATOR(pg_catalog.=) k.shop_id"
	" AND q.request_id OPERATOR(pg_catalog.=) k.request_id"
	" WHERE q.act_at OPERATOR(pg_catalog.<) $3"
	" ORDER BY q.shop_id, q.request_id FOR NO KEY UPDATE OF q SKIP LOCKED)"
	" UPDATE aftersale.request AS r SET action = 'timeout', actor = 'system' FROM d"
	" WHERE r.shop_id OPERATOR(pg_catalog.=) d.shop_id AND r.request_id OPERATOR(pg_catalog.=) d.request_id",
	3, {INT8ARRAYOID, INT8ARRAYOID, TIMESTAMPTZOID}
};

static int64
fire(const AsKeys *keys, int from, int count, TimestampTz cutoff)
{
	Datum		values[3];

	values[0] = PointerGetDatum(key_array(keys->shop_ids + from, count));
	values[1] = PointerGetDatum(key_array(keys->request_ids + from, count));
	values[2] = TimestampTzGetDatum(cutoff);
	as_execute(&fire_requests, values, NULL, false, 0);
	return (int64) SPI_processed;
}

static AsStatement park_request = {
	"UPDATE aftersale.request SET attempts = attempts OPERATOR(pg_catalog.+) 1, fault = $3,"
	" act_at = $4 OPERATOR(pg_catalog.+) LEAST('1 day'::pg_catalog.interval, '1 minute'::pg_catalog.interval"
	" OPERATOR(pg_catalog.*) pg_catalog.power(2, LEAST(attempts, 20)::pg_catalog.float8))"
	" WHERE shop_id OPERATOR(pg_catalog.=) $1 AND request_id OPERATOR(pg_catalog.=) $2"
	" AND act_at OPERATOR(pg_catalog.<) $5",
	5, {INT8OID, INT8OID, TEXTOID, TIMESTAMPTZOID, TIMESTAMPTZOID}
};

int64
as_park(AsStatement *statement, Datum *values)
{
	as_parking = true;
	PG_TRY();
	{
		as_execute(statement, values, NULL, false, 0);
	}
	PG_FINALLY();
	{
		as_parking = false;
	}
	PG_END_TRY();
	return (int64) SPI_processed;
}

/*
 * Leaves a row to a later run, each time twice as late, at most a day; not
 * where somebody has acted on it since it failed.  Returns how many it parked.
 */
static int64
park(const AsKeys *keys, int at, TimestampTz cutoff, const ErrorData *error)
{
	Datum		values[5];

	values[0] = keys->shop_ids[at];
	values[1] = keys->request_ids[at];
	values[2] = CStringGetTextDatum(psprintf("%s: %s", unpack_sql_state(error->sqlerrcode), error->message));
	values[3] = TimestampTzGetDatum(as_now());
	values[4] = TimestampTzGetDatum(cutoff);
	return as_park(&park_request, values);
}

typedef enum Blame
{
	BLAME_ROW,
	BLAME_UNCERTAIN,
	BLAME_RUN
} Blame;

/*
 * Whose an error is.  That a role may not sweep is the run's: parking rows for
 * it would let who may not act put deadlines off.  What speaks of names,
 * rights, locks and connections may come from a wrong configuration of the
 * whole, or from one row on which the ERP's trigger goes wrong: it is the
 * row's where others go well.
 */
static Blame
blame(int sqlstate)
{
	const char *code = unpack_sql_state(sqlstate);

	if (strcmp(code, RA_NOT_OUR_TABLE) == 0 || strcmp(code, RA_NOT_OF_SHOP) == 0 ||
		strcmp(code, RA_MAY_NOT_SPEAK) == 0)
		return BLAME_RUN;
	if (as_is_rows_own(sqlstate))
		return BLAME_ROW;
	return strncmp(code, "08", 2) == 0 || strncmp(code, "42", 2) == 0 || strncmp(code, "55", 2) == 0 ?
		BLAME_UNCERTAIN : BLAME_RUN;
}

typedef struct Part
{
	const AsKeys *keys;
	int			from;
	int			count;
	TimestampTz cutoff;
	const ErrorData *to_park;	/* NULL: fire */
	int64		rows;			/* on how many it was done */
} Part;

static void
work_on_part(void *context)
{
	Part	   *part = context;
	bool		others_wait = as_bound_is_any_waiting();

	part->rows = part->to_park == NULL ? fire(part->keys, part->from, part->count, part->cutoff) :
		park(part->keys, part->from, part->cutoff, part->to_park);

	/*
	 * rows that the ERP's triggers inserted: refused at the commit, they
	 * would stop everything
	 */
	if (!others_wait)
		as_bound_open_waiting();
}

/*
 * Runs fire(), or park() where there is an error to park with, in a
 * subtransaction.  Returns the error of a row, copied; NULL: it went well, and
 * *rows says on how many rows.  What is the run's is thrown on.
 */
static ErrorData *
try_rows(const AsKeys *keys, int from, int count, TimestampTz cutoff, const ErrorData *to_park, int64 *rows)
{
	Part		part = {keys, from, count, cutoff, to_park, 0};
	ErrorData  *error = as_try(work_on_part, &part);

	*rows = part.rows;
	if (error != NULL && blame(error->sqlerrcode) == BLAME_RUN)
		ReThrowError(error);
	return error;
}

/*
 * Parks the row whose error it is.  Where not even that is possible, because a
 * trigger of the ERP refuses every update of the row, the row stays as it is,
 * due again at the next run: it must not stop all others.
 */
static void
park_row(const AsKeys *keys, int at, TimestampTz cutoff, const ErrorData *error, AsTally *tally)
{
	int64		rows = 0;
	ErrorData  *failure = try_rows(keys, at, 1, cutoff, error, &rows);

	if (failure == NULL)
	{
		tally->parked += rows;
		return;
	}
	ereport(WARNING,
			(errmsg("request %lld of shop %lld can be neither acted on nor parked: %s",
					(long long) DatumGetInt64(keys->request_ids[at]),
					(long long) DatumGetInt64(keys->shop_ids[at]), failure->message),
			 errhint("A trigger on aftersale.request refuses every update of it.")));
	tally->parked++;
	FreeErrorData(failure);
}

/* Fires rows; on an error splits them, and so on down to the row. */
static void
fire_rows(const AsKeys *keys, int from, int count, TimestampTz cutoff, AsTally *tally)
{
	int64		fired = 0;
	ErrorData  *error = try_rows(keys, from, count, cutoff, NULL, &fired);

	if (error == NULL)
	{
		tally->fired += fired;
		return;
	}
	if (count > 1)
	{
		int			parts = Min(count, SPLIT_PARTS);

		for (int i = 0; i < parts; i++)
			fire_rows(keys, from + count * i / parts, count * (i + 1) / parts - count * i / parts, cutoff, tally);
	}
	else if (blame(error->sqlerrcode) == BLAME_ROW)
		park_row(keys, from, cutoff, error, tally);
	else
	{
		Doubt	   *doubt = palloc(sizeof(Doubt));

		doubt->at = from;
		doubt->error = error;
		tally->doubts = lappend(tally->doubts, doubt);
		return;
	}
	FreeErrorData(error);
}

/*
 * Of a batch, what is not bound or whose rows of the ERP's could be locked: the
 * others are somebody's at the moment, and due again at the next run.
 */
static void
keep_lockable(const AsKeys *keys, int from, int count, AsKeys *kept)
{
	bool	   *locked = palloc(sizeof(bool) * Max(count, 1));

	as_bound_lock(keys->shop_ids + from, keys->request_ids + from, count, false, locked);
	kept->count = 0;
	kept->shop_ids = palloc(sizeof(Datum) * Max(count, 1));
	kept->request_ids = palloc(sizeof(Datum) * Max(count, 1));
	for (int i = 0; i < count; i++)
	{
		if (!locked[i])
			continue;
		kept->shop_ids[kept->count] = keys->shop_ids[from + i];
		kept->request_ids[kept->count++] = keys->request_ids[from + i];
	}
	pfree(locked);
}

void
as_fire_batch(const AsKeys *keys, int from, int count, TimestampTz cutoff, AsTally *tally)
{
	ListCell   *cell;
	AsKeys		free_keys;

	if (as_is_any_bound())
	{
		keep_lockable(keys, from, count, &free_keys);
		keys = &free_keys;
		from = 0;
		count = free_keys.count;
	}
	if (count > 0)
		fire_rows(keys, from, count, cutoff, tally);
	foreach(cell, tally->doubts)
	{
		Doubt	   *doubt = lfirst(cell);

		if (tally->fired == 0)
			ReThrowError(doubt->error);
		park_row(keys, doubt->at, cutoff, doubt->error, tally);
		FreeErrorData(doubt->error);
	}
	list_free_deep(tally->doubts);
	tally->doubts = NIL;
}

/* ---- fire_due(): one shop, in the caller's transaction ---- */

/* No argument may be NULL. */
static void
require_arguments(FunctionCallInfo fcinfo, const char *const *names, int count)
{
	AsError		error;

	for (int i = 0; i < count; i++)
	{
		if (!PG_ARGISNULL(i))
			continue;
		as_fail(&error, RA_INVALID_REQUEST, NULL, "argument \"%s\" must not be null", names[i]);
		as_report(&error);
	}
}

PG_FUNCTION_INFO_V1(aftersale_fire_due);

Datum
aftersale_fire_due(PG_FUNCTION_ARGS)
{
	static const Oid types[3] = {INT8OID, TIMESTAMPTZOID, INT4OID};
	static const char *const names[] = {"shop_id", "cutoff", "max_rows"};
	TimestampTz now;
	TimestampTz cutoff;
	Datum		values[3];
	AsKeys		keys;
	AsTally		tally = {0};
	AsError		error;

	(void) as_relation("request");
	require_arguments(fcinfo, names, lengthof(names));
	if (PG_GETARG_INT32(2) < 0)
	{
		as_fail(&error, RA_INVALID_REQUEST, NULL, "argument \"max_rows\" must not be negative");
		as_report(&error);
	}
	now = as_now();
	cutoff = Min(PG_GETARG_TIMESTAMPTZ(1), now);
	values[0] = PG_GETARG_DATUM(0);
	values[1] = TimestampTzGetDatum(cutoff);
	values[2] = PG_GETARG_DATUM(2);
	SPI_connect();
	if (SPI_execute_with_args("SELECT shop_id, request_id FROM aftersale.request"
							  " WHERE shop_id OPERATOR(pg_catalog.=) $1 AND act_at OPERATOR(pg_catalog.<) $2"
							  " ORDER BY act_at LIMIT $3", 3, (Oid *) types, values, NULL, false, 0) != SPI_OK_SELECT)
		elog(ERROR, "fire_due() could not read what is due");
	as_take_keys(&keys, CurrentMemoryContext);
	for (int from = 0; from < keys.count; from += AS_BATCH_ROWS)
		as_fire_batch(&keys, from, Min(AS_BATCH_ROWS, keys.count - from), cutoff, &tally);
	SPI_finish();
	PG_RETURN_INT64(tally.fired);
}

/* ---- unpark() ---- */

static AsStatement unpark_request = {
	"UPDATE aftersale.request SET attempts = 0, fault = NULL, act_at = LEAST(act_at, due_at, $3)"
	" WHERE shop_id OPERATOR(pg_catalog.=) $1 AND request_id OPERATOR(pg_catalog.=) $2 AND fault IS NOT NULL",
	3, {INT8OID, INT8OID, TIMESTAMPTZOID}
};

static AsStatement look_for_request = {
	"SELECT FROM aftersale.request WHERE shop_id OPERATOR(pg_catalog.=) $1 AND request_id OPERATOR(pg_catalog.=) $2",
	2, {INT8OID, INT8OID}
};

/* Whoever may act for the shop may have the clock act again, and nobody else. */
static void
require_may_act(int64 shop)
{
	Oid			relation = as_relation("request");
	AsSpeaker	speaker;

	as_session_speaker(shop, "unpark", NULL, &speaker);
	if (pg_class_aclcheck(relation, GetUserId(), ACL_UPDATE) != ACLCHECK_OK &&
		pg_attribute_aclcheck(relation, get_attnum(relation, "action"), GetUserId(), ACL_UPDATE) != ACLCHECK_OK)
		aclcheck_error(ACLCHECK_NO_PRIV, OBJECT_TABLE, "request");
}

PG_FUNCTION_INFO_V1(aftersale_unpark);

Datum
aftersale_unpark(PG_FUNCTION_ARGS)
{
	static const char *const names[] = {"shop_id", "request_id"};
	Datum		values[3];
	AsOwner		owner;
	AsError		error;
	int64		rows;

	require_arguments(fcinfo, names, lengthof(names));
	require_may_act(PG_GETARG_INT64(0));
	values[0] = PG_GETARG_DATUM(0);
	values[1] = PG_GETARG_DATUM(1);
	values[2] = TimestampTzGetDatum(as_now());
	as_owner_begin(&owner, as_relation("request"));
	SPI_connect();
	rows = as_park(&unpark_request, values);
	if (rows == 0)
	{
		as_execute(&look_for_request, values, NULL, false, 1);
		if (SPI_processed == 0)
		{
			as_fail(&error, RA_UNKNOWN_REQUEST, NULL, "request %lld of shop %lld does not exist",
					(long long) PG_GETARG_INT64(1), (long long) PG_GETARG_INT64(0));
			as_hint(&error, "Parked requests: SELECT shop_id, request_id, fault FROM aftersale.worklist WHERE urgency = 'parked';");
			as_report(&error);
		}
	}
	SPI_finish();
	as_owner_end(&owner);
	PG_RETURN_BOOL(rows > 0);
}
