/*
 * sweep.c
 *		The clock: lets deadlines that have passed take effect.
 *
 * What is due is a predicate on committed data (act_at < cutoff); nothing is
 * remembered between runs, so a missed run heals itself.  A batch is one
 * UPDATE in a subtransaction; where it fails on a row, the batch is halved down
 * to that row, which is parked with its error and a growing delay, and
 * everything else goes on.
 */
#include "postgres.h"

#include "access/xact.h"
#include "catalog/pg_type.h"
#include "clock.h"
#include "config.h"
#include "errors.h"
#include "executor/spi.h"
#include "fmgr.h"
#include "miscadmin.h"
#include "nodes/parsenodes.h"
#include "notify.h"
#include "request.h"
#include "statement.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/elog.h"
#include "utils/memutils.h"
#include "utils/resowner.h"
#include "utils/timestamp.h"

#define BATCH_ROWS	1000

/* Requests by key, in the order in which they are to be taken up. */
typedef struct Keys
{
	int			count;
	Datum	   *shop_ids;
	Datum	   *request_ids;
} Keys;

/* A row whose error may be its own or everybody's. */
typedef struct Doubt
{
	int			at;
	ErrorData  *error;
} Doubt;

typedef struct Tally
{
	int64		fired;
	int64		parked;
	List	   *doubts;			/* of Doubt, of the batch in hand */
} Tally;

static ArrayType *
key_array(Datum *keys, int count)
{
	return construct_array(keys, count, INT8OID, sizeof(int64), FLOAT8PASSBYVAL, TYPALIGN_DOUBLE);
}

/* Copies the keys of the SPI result into the given context. */
static void
take_keys(Keys *keys, MemoryContext context)
{
	bool		isnull;

	keys->count = (int) SPI_processed;
	keys->shop_ids = MemoryContextAlloc(context, sizeof(Datum) * Max(keys->count, 1));
	keys->request_ids = MemoryContextAlloc(context, sizeof(Datum) * Max(keys->count, 1));
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
fire(const Keys *keys, int from, int count, TimestampTz cutoff)
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

/*
 * Leaves a row to a later run, each time twice as late, at most a day; not
 * where somebody has acted on it since it failed.  Returns how many it parked.
 */
static int64
park(const Keys *keys, int at, TimestampTz cutoff, const ErrorData *error)
{
	Datum		values[5];

	values[0] = keys->shop_ids[at];
	values[1] = keys->request_ids[at];
	values[2] = CStringGetTextDatum(psprintf("%s: %s", unpack_sql_state(error->sqlerrcode), error->message));
	values[3] = TimestampTzGetDatum(as_now());
	values[4] = TimestampTzGetDatum(cutoff);
	as_parking = true;
	PG_TRY();
	{
		as_execute(&park_request, values, NULL, false, 0);
	}
	PG_FINALLY();
	{
		as_parking = false;
	}
	PG_END_TRY();
	return (int64) SPI_processed;
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

/*
 * Runs fire(), or park() where there is an error to park with, in a
 * subtransaction.  Returns the error of a row, copied; NULL: it went well, and
 * *rows says on how many rows.  What is the run's is thrown on.
 */
static ErrorData *
try_rows(const Keys *keys, int from, int count, TimestampTz cutoff, const ErrorData *to_park, int64 *rows)
{
	MemoryContext context = CurrentMemoryContext;
	ResourceOwner owner = CurrentResourceOwner;
	ErrorData  *volatile error = NULL;

	BeginInternalSubTransaction(NULL);
	MemoryContextSwitchTo(context);
	PG_TRY();
	{
		*rows = to_park == NULL ? fire(keys, from, count, cutoff) : park(keys, from, cutoff, to_park);
		ReleaseCurrentSubTransaction();
	}
	PG_CATCH();
	{
		MemoryContextSwitchTo(context);
		error = CopyErrorData();
		FlushErrorState();
		RollbackAndReleaseCurrentSubTransaction();
	}
	PG_END_TRY();
	MemoryContextSwitchTo(context);
	CurrentResourceOwner = owner;
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
park_row(const Keys *keys, int at, TimestampTz cutoff, const ErrorData *error, Tally *tally)
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

/* Fires rows; on an error halves them down to the row. */
static void
fire_rows(const Keys *keys, int from, int count, TimestampTz cutoff, Tally *tally)
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
		fire_rows(keys, from, count / 2, cutoff, tally);
		fire_rows(keys, from + count / 2, count - count / 2, cutoff, tally);
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

/* A batch: what is in doubt is settled by whether any row of the run went well. */
static void
fire_batch(const Keys *keys, int from, int count, TimestampTz cutoff, Tally *tally)
{
	ListCell   *cell;

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

PG_FUNCTION_INFO_V1(aftersale_fire_due);

Datum
aftersale_fire_due(PG_FUNCTION_ARGS)
{
	static const Oid types[3] = {INT8OID, TIMESTAMPTZOID, INT4OID};
	TimestampTz now;
	TimestampTz cutoff;
	Datum		values[3];
	Keys		keys;
	Tally		tally = {0};
	AsError		error;

	(void) as_relation("request");
	for (int i = 0; i < 3; i++)
	{
		static const char *const names[] = {"shop_id", "cutoff", "max_rows"};

		if (!PG_ARGISNULL(i))
			continue;
		as_fail(&error, RA_INVALID_REQUEST, NULL, "argument \"%s\" must not be null", names[i]);
		as_report(&error);
	}
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
	take_keys(&keys, CurrentMemoryContext);
	for (int from = 0; from < keys.count; from += BATCH_ROWS)
		fire_batch(&keys, from, Min(BATCH_ROWS, keys.count - from), cutoff, &tally);
	SPI_finish();
	PG_RETURN_INT64(tally.fired);
}

/* ---- sweep() ---- */

/*
 * One run at a time: who has the heartbeat's row sweeps.  An advisory lock
 * would do, but any role could hold it and so stop the sweep.
 */
static bool
lock_sweep(void)
{
	static AsStatement lock = {"SELECT FROM aftersale.heartbeat FOR NO KEY UPDATE SKIP LOCKED", 0, {InvalidOid}};
	static AsStatement look = {"SELECT FROM aftersale.heartbeat", 0, {InvalidOid}};
	AsError		error;

	as_execute(&lock, NULL, NULL, false, 0);
	if (SPI_processed > 0)
		return true;
	as_execute(&look, NULL, NULL, false, 0);
	if (SPI_processed > 0)
		return false;
	as_fail(&error, RA_SCHEDULER, NULL, "the row of aftersale.heartbeat is missing, or hidden from this role");
	as_hint(&error, "Its owner runs: INSERT INTO aftersale.heartbeat DEFAULT VALUES;");
	as_report(&error);
}

static void
claim(TimestampTz cutoff, int max_rows, Keys *keys, MemoryContext context)
{
	static AsStatement due = {
		"SELECT shop_id, request_id FROM aftersale.request"
		" WHERE act_at OPERATOR(pg_catalog.<) $1 ORDER BY act_at LIMIT $2",
		2, {TIMESTAMPTZOID, INT4OID}
	};
	Datum		values[2] = {TimestampTzGetDatum(cutoff), Int32GetDatum(max_rows)};

	as_execute(&due, values, NULL, false, 0);
	take_keys(keys, context);
	SPI_freetuptable(SPI_tuptable);
}

static void
beat(TimestampTz started, TimestampTz cutoff, const Tally *tally, bool complete)
{
	static AsStatement write = {
		"UPDATE aftersale.heartbeat SET started_at = $1, finished_at = $2, cutoff = $3,"
		" fired = $4, parked = $5, complete = $6, login = SESSION_USER",
		6, {TIMESTAMPTZOID, TIMESTAMPTZOID, TIMESTAMPTZOID, INT8OID, INT8OID, BOOLOID}
	};
	Datum		values[6];

	values[0] = TimestampTzGetDatum(started);
	values[1] = TimestampTzGetDatum(GetCurrentTimestamp());
	values[2] = TimestampTzGetDatum(cutoff);
	values[3] = Int64GetDatum(tally->fired);
	values[4] = Int64GetDatum(tally->parked);
	values[5] = BoolGetDatum(complete);
	as_execute(&write, values, NULL, false, 0);
}

/* An argument of sweep() that must not be negative; NULL is the default. */
static int
limit_argument(FunctionCallInfo fcinfo, int argument, const char *name, int otherwise)
{
	int			limit = PG_ARGISNULL(argument) ? otherwise : PG_GETARG_INT32(argument);
	AsError		error;

	if (limit >= 0)
		return limit;
	as_fail(&error, RA_INVALID_REQUEST, NULL, "argument \"%s\" must not be negative", name);
	as_report(&error);
}

PG_FUNCTION_INFO_V1(aftersale_sweep);

Datum
aftersale_sweep(PG_FUNCTION_ARGS)
{
	CallContext *call = (CallContext *) fcinfo->context;
	int			max_rows = limit_argument(fcinfo, 0, "max_rows", 100000);
	int			max_seconds = limit_argument(fcinfo, 1, "max_seconds", 45);
	TimestampTz started = GetCurrentTimestamp();
	TimestampTz cutoff;
	MemoryContext run;
	Keys		keys;
	Tally		tally = {0};
	int			from = 0;

	if (call == NULL || !IsA(call, CallContext) || call->atomic)
		ereport(ERROR, (errcode(ERRCODE_INVALID_TRANSACTION_TERMINATION),
						errmsg("aftersale.sweep() commits by itself and cannot run inside a transaction block"),
						errhint("Run CALL aftersale.sweep() as the only statement, or aftersale.fire_due() for one shop.")));
	(void) as_relation("request");
	SPI_connect_ext(SPI_OPT_NONATOMIC);
	if (!lock_sweep())
	{
		ereport(NOTICE, (errmsg("another sweep is running")));
		SPI_finish();
		PG_RETURN_VOID();
	}
	cutoff = as_now();
	run = AllocSetContextCreate(PortalContext, "aftersale sweep", ALLOCSET_DEFAULT_SIZES);
	claim(cutoff, max_rows, &keys, run);
	while (from < keys.count && GetCurrentTimestamp() - started < max_seconds * USECS_PER_SEC)
	{
		int			count = Min(BATCH_ROWS, keys.count - from);

		fire_batch(&keys, from, count, cutoff, &tally);
		from += count;
		if (from < keys.count)
		{
			/*
			 * the lock goes with the transaction: whoever takes it in between
			 * does the rest
			 */
			SPI_commit();
			if (!lock_sweep())
				break;
		}
	}
	beat(started, cutoff, &tally, keys.count < max_rows && tally.fired + tally.parked == keys.count);
	SPI_commit();
	MemoryContextDelete(run);

	/*
	 * by itself: a full queue of notifications fails at the commit, and must
	 * take nothing along
	 */
	as_notify_refunds();
	SPI_commit();
	SPI_finish();
	PG_RETURN_VOID();
}
