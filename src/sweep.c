/*
 * sweep.c
 *		The clock: CALL aftersale.sweep() lets deadlines that have passed take
 *		effect.
 *
 * What is due is a predicate on committed data (act_at < cutoff); nothing is
 * remembered between runs, so a missed run heals itself.  The heartbeat's row
 * is the lock of the run, batch by batch, and says when the clock was last
 * trusted.
 */
#include "postgres.h"

#include "access/xact.h"
#include "catalog/pg_type.h"
#include "claim.h"
#include "clock.h"
#include "config.h"
#include "errors.h"
#include "executor/spi.h"
#include "fire.h"
#include "fmgr.h"
#include "kernel/instant.h"
#include "miscadmin.h"
#include "nodes/parsenodes.h"
#include "notify.h"
#include "statement.h"
#include "utils/memutils.h"
#include "utils/timestamp.h"

/*
 * So far may the wall clock run ahead of the steady one between two runs: a
 * virtual machine that its host puts to sleep, and to the right time when it
 * wakes, looks the same from inside as a clock that went wrong.
 */
#define FAR_AHEAD	(8 * USECS_PER_DAY)

/* What the last run that trusted the clock left. */
typedef struct Reference
{
	bool		known;
	TimestampTz clock;
	bool		steady;			/* whether uptime can be compared with this
								 * server's */
	int64		uptime;			/* microseconds */
	bool		held;			/* a run since did not trust the clock */
} Reference;

typedef struct Run
{
	TimestampTz started;
	TimestampTz cutoff;
	bool		steady;
	int64		uptime;
	bool		complete;
	AsTally		tally;
} Run;

/* ---- the heartbeat ---- */

static Datum
beat_column(int column, bool *known)
{
	bool		isnull;
	Datum		value = SPI_getbinval(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, column, &isnull);

	*known = !isnull;
	return value;
}

static void
read_reference(Reference *reference)
{
	bool		known_uptime;
	bool		known_server;
	Datum		uptime = beat_column(2, &known_uptime);
	TimestampTz server = DatumGetTimestampTz(beat_column(3, &known_server));

	reference->clock = DatumGetTimestampTz(beat_column(1, &reference->known));
	reference->steady = known_uptime && known_server && server == PgStartTime;
	reference->uptime = known_uptime ? DatumGetInt64(uptime) : 0;
	(void) beat_column(4, &reference->held);
}

/*
 * One run at a time: who has the heartbeat's row sweeps.  An advisory lock
 * would do, but any role could hold it and so stop the sweep.
 */
static bool
lock_sweep(Reference *reference)
{
	static AsStatement lock = {
		"SELECT cutoff, uptime, server_started_at, clock_jump FROM aftersale.heartbeat"
		" WHERE one_row FOR NO KEY UPDATE SKIP LOCKED", 0, {InvalidOid}
	};
	static AsStatement look = {"SELECT FROM aftersale.heartbeat WHERE one_row", 0, {InvalidOid}};
	AsError		error;

	as_execute(&lock, NULL, NULL, false, 0);
	if (SPI_processed > 0)
	{
		read_reference(reference);
		return true;
	}
	as_execute(&look, NULL, NULL, false, 0);
	if (SPI_processed > 0)
		return false;
	as_fail(&error, RA_SCHEDULER, NULL, "the row of aftersale.heartbeat is missing, or hidden from this role");
	as_hint(&error, "Its owner runs: INSERT INTO aftersale.heartbeat DEFAULT VALUES;");
	as_report(&error);
}

static void
beat(const Run *run)
{
	static AsStatement write = {
		"UPDATE aftersale.heartbeat SET started_at = $1, finished_at = $2, cutoff = $3, fired = $4, parked = $5,"
		" complete = $6, login = SESSION_USER, uptime = $7, server_started_at = $8, clock_jump = NULL WHERE one_row",
		8, {TIMESTAMPTZOID, TIMESTAMPTZOID, TIMESTAMPTZOID, INT8OID, INT8OID, BOOLOID, INT8OID, TIMESTAMPTZOID}
	};
	Datum		values[8];
	char		nulls[8];

	memset(nulls, ' ', sizeof nulls);
	values[0] = TimestampTzGetDatum(run->started);
	values[1] = TimestampTzGetDatum(GetCurrentTimestamp());
	values[2] = TimestampTzGetDatum(run->cutoff);
	values[3] = Int64GetDatum(run->tally.fired);
	values[4] = Int64GetDatum(run->tally.parked);
	values[5] = BoolGetDatum(run->complete);
	values[6] = Int64GetDatum(run->uptime);
	values[7] = TimestampTzGetDatum(PgStartTime);
	if (!run->steady)
		nulls[6] = nulls[7] = 'n';
	as_execute(&write, values, nulls, false, 0);
}

/* ---- the fuse ---- */

/*
 * By how much the clock has run ahead of what can have passed since the last
 * run, in microseconds; 0: not far.  A server that was started since may have
 * been down for any time; a scheduler that was off is seen by the steady clock.
 * Once a run was held, only the clock's return or a person ends it.
 */
static int64
jump_ahead(const Reference *reference, const Run *run)
{
	int64		ahead;
	bool		steady = reference->steady && run->steady;

	if (!reference->known || !(steady || reference->held))
		return 0;
	ahead = run->cutoff - reference->clock;
	if (steady)
		ahead -= run->uptime - reference->uptime;
	return ahead > FAR_AHEAD ? ahead : 0;
}

/* Writes down that this run fired nothing, and says so. */
static void
hold(const Reference *reference, const Run *run, int64 ahead)
{
	static AsStatement write = {
		"UPDATE aftersale.heartbeat SET started_at = $1, finished_at = $2, fired = 0, parked = 0, complete = false,"
		" login = SESSION_USER, clock_jump = $3 OPERATOR(pg_catalog.*) '1 second'::pg_catalog.interval WHERE one_row",
		3, {TIMESTAMPTZOID, TIMESTAMPTZOID, FLOAT8OID}
	};
	Datum		values[3];
	char		then[AS_INSTANT_TEXT];
	char		now[AS_INSTANT_TEXT];
	AsError		error;

	values[0] = TimestampTzGetDatum(run->started);
	values[1] = TimestampTzGetDatum(GetCurrentTimestamp());
	values[2] = Float8GetDatum((double) ahead / USECS_PER_SEC);
	as_execute(&write, values, NULL, false, 0);
	SPI_commit();
	as_fail(&error, RA_CLOCK_JUMP, NULL, "the clock has jumped %lld days ahead: nothing is fired", (long long) (ahead / USECS_PER_DAY));
	as_detail(&error, "It is %s; the last sweep stood at %s, and the time in between has not passed.",
			  as_instant_text(run->cutoff, now), as_instant_text(reference->clock, then));
	as_hint(&error, "Where the clock is right: CALL aftersale.sweep(confirm_clock_jump => true). Where it is wrong, set it: the sweep goes on by itself.");
	as_report(&error);
}

/* ---- the run ---- */

/*
 * Fires the keys batch by batch, each committed, until the time is over.
 * Returns whether the run may go on.
 */
static bool
fire_all(const AsKeys *keys, Run *run, TimestampTz until)
{
	Reference	reference;

	for (int from = 0; from < keys->count; from += AS_BATCH_ROWS)
	{
		if (GetCurrentTimestamp() >= until)
			return false;
		as_fire_batch(keys, from, Min(AS_BATCH_ROWS, keys->count - from), run->cutoff, &run->tally);

		/*
		 * the lock goes with the transaction: whoever takes it in between
		 * does the rest
		 */
		if (from + AS_BATCH_ROWS < keys->count)
		{
			SPI_commit();
			if (!lock_sweep(&reference))
				return false;
		}
	}
	return true;
}

/*
 * Claims and fires until all that is due was taken up, or rows or time are used
 * up.  More than one claim is made only where shops have less than their share:
 * the next one gives what they left to the others.
 */
static void
run_claims(Run *run, int max_rows, TimestampTz until, MemoryContext context)
{
	int64		claimed = 0;
	bool		all;
	bool		goes_on;

	do
	{
		AsKeys		keys;

		MemoryContextReset(context);
		all = as_claim(run->cutoff, max_rows - (int) claimed, &keys, context);
		claimed += keys.count;
		goes_on = keys.count > 0 && fire_all(&keys, run, until);
	} while (goes_on && !all && claimed < max_rows);
	run->complete = all && run->tally.fired + run->tally.parked == claimed;
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

static void
require_nonatomic(const CallContext *call)
{
	if (call != NULL && IsA(call, CallContext) && !call->atomic)
		return;
	ereport(ERROR, (errcode(ERRCODE_INVALID_TRANSACTION_TERMINATION),
					errmsg("aftersale.sweep() commits by itself and cannot run inside a transaction block"),
					errhint("Run CALL aftersale.sweep() as the only statement, or aftersale.fire_due() for one shop.")));
}

PG_FUNCTION_INFO_V1(aftersale_sweep);

Datum
aftersale_sweep(PG_FUNCTION_ARGS)
{
	int			max_rows = limit_argument(fcinfo, 0, "max_rows", 100000);
	int			max_seconds = limit_argument(fcinfo, 1, "max_seconds", 45);
	bool		confirmed = !PG_ARGISNULL(2) && PG_GETARG_BOOL(2);
	Run			run = {.started = GetCurrentTimestamp()};
	Reference	reference;
	MemoryContext context;

	require_nonatomic((CallContext *) fcinfo->context);
	(void) as_relation("request");
	SPI_connect_ext(SPI_OPT_NONATOMIC);
	if (!lock_sweep(&reference))
	{
		ereport(NOTICE, (errmsg("another sweep is running")));
		SPI_finish();
		PG_RETURN_VOID();
	}
	run.cutoff = as_now();
	run.steady = as_uptime(&run.uptime);
	if (!confirmed)
	{
		int64		ahead = jump_ahead(&reference, &run);

		if (ahead > 0)
			hold(&reference, &run, ahead);
	}
	context = AllocSetContextCreate(PortalContext, "aftersale sweep", ALLOCSET_DEFAULT_SIZES);
	run_claims(&run, max_rows, run.started + max_seconds * USECS_PER_SEC, context);
	beat(&run);
	SPI_commit();
	MemoryContextDelete(context);

	/*
	 * by itself: a full queue of notifications fails at the commit, and must
	 * take nothing along
	 */
	as_notify_refunds();
	SPI_commit();
	SPI_finish();
	PG_RETURN_VOID();
}
