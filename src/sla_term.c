/*
 * sla_term.c
 *		SQL type sla_term: text and binary form, order, hash, casts.
 */
#include "postgres.h"

#include "common/hashfn.h"
#include "compat.h"
#include "errors.h"
#include "libpq/pqformat.h"
#include "sla_term.h"
#include "utils/builtins.h"
#include "utils/timestamp.h"

PG_FUNCTION_INFO_V1(aftersale_sla_term_in);
PG_FUNCTION_INFO_V1(aftersale_sla_term_out);
PG_FUNCTION_INFO_V1(aftersale_sla_term_recv);
PG_FUNCTION_INFO_V1(aftersale_sla_term_send);
PG_FUNCTION_INFO_V1(aftersale_sla_term_eq);
PG_FUNCTION_INFO_V1(aftersale_sla_term_ne);
PG_FUNCTION_INFO_V1(aftersale_sla_term_lt);
PG_FUNCTION_INFO_V1(aftersale_sla_term_le);
PG_FUNCTION_INFO_V1(aftersale_sla_term_gt);
PG_FUNCTION_INFO_V1(aftersale_sla_term_ge);
PG_FUNCTION_INFO_V1(aftersale_sla_term_cmp);
PG_FUNCTION_INFO_V1(aftersale_sla_term_hash);
PG_FUNCTION_INFO_V1(aftersale_sla_term_hash_extended);
PG_FUNCTION_INFO_V1(aftersale_sla_term_from_interval);
PG_FUNCTION_INFO_V1(aftersale_sla_term_to_interval);

Datum
aftersale_sla_term_in(PG_FUNCTION_ARGS)
{
	AsTerm		term;
	AsError		error;

	if (!as_term_parse(PG_GETARG_CSTRING(0), &term, &error))
		return as_report_soft(AS_ESCONTEXT(fcinfo), &error);
	PG_RETURN_TERM(term);
}

Datum
aftersale_sla_term_out(PG_FUNCTION_ARGS)
{
	char		buffer[AS_TERM_TEXT];

	PG_RETURN_CSTRING(pstrdup(as_term_format(PG_GETARG_TERM(0), buffer)));
}

Datum
aftersale_sla_term_recv(PG_FUNCTION_ARGS)
{
	StringInfo	message = (StringInfo) PG_GETARG_POINTER(0);
	int			length = message->len - message->cursor;
	const char *bytes = pq_getmsgbytes(message, length);
	AsTerm		term;
	AsError		error;

	if (!as_term_decode((const unsigned char *) bytes, length, &term, &error))
		as_report(&error);
	PG_RETURN_TERM(term);
}

Datum
aftersale_sla_term_send(PG_FUNCTION_ARGS)
{
	unsigned char bytes[AS_TERM_BINARY_SIZE];
	StringInfoData message;

	as_term_encode(PG_GETARG_TERM(0), bytes);
	pq_begintypsend(&message);
	pq_sendbytes(&message, (char *) bytes, sizeof bytes);
	PG_RETURN_BYTEA_P(pq_endtypsend(&message));
}

#define COMPARISON(name, operator) \
Datum \
aftersale_sla_term_##name(PG_FUNCTION_ARGS) \
{ \
	PG_RETURN_BOOL(PG_GETARG_INT64(0) operator PG_GETARG_INT64(1)); \
}

COMPARISON(eq, ==)
COMPARISON(ne, !=)
COMPARISON(lt, <)
COMPARISON(le, <=)
COMPARISON(gt, >)
COMPARISON(ge, >=)

Datum
aftersale_sla_term_cmp(PG_FUNCTION_ARGS)
{
	int64		a = PG_GETARG_INT64(0);
	int64		b = PG_GETARG_INT64(1);

	PG_RETURN_INT32(a < b ? -1 : a > b);
}

Datum
aftersale_sla_term_hash(PG_FUNCTION_ARGS)
{
	int64		value = PG_GETARG_INT64(0);

	return hash_any((unsigned char *) &value, sizeof value);
}

Datum
aftersale_sla_term_hash_extended(PG_FUNCTION_ARGS)
{
	int64		value = PG_GETARG_INT64(0);

	return hash_any_extended((unsigned char *) &value, sizeof value, PG_GETARG_INT64(1));
}

/* Whole days alone are natural days; whole minutes alone are hours. */
Datum
aftersale_sla_term_from_interval(PG_FUNCTION_ARGS)
{
	Interval   *interval = PG_GETARG_INTERVAL_P(0);
	AsTerm		term;
	AsError		error;
	bool		days = interval->time == 0;

	if (interval->month != 0 || (interval->day != 0 && !days) || interval->time % USECS_PER_MINUTE != 0)
	{
		as_fail(&error, AS_INVALID_PARAMETER, NULL, "interval \"%s\" is no sla_term",
				DatumGetCString(DirectFunctionCall1(interval_out, PG_GETARG_DATUM(0))));
		as_detail(&error, "A term is a number of whole minutes or a number of whole days, not both, and never months.");
		as_report(&error);
	}
	if (days && interval->day == 0)
		days = false;
	if (!as_term_make(days ? interval->day : interval->time / USECS_PER_MINUTE,
					  days ? AS_CLOCK_DAYS : AS_CLOCK_HOURS, AS_DAY_ROLL, &term, &error))
		as_report(&error);
	PG_RETURN_TERM(term);
}

Datum
aftersale_sla_term_to_interval(PG_FUNCTION_ARGS)
{
	AsTerm		term = PG_GETARG_TERM(0);
	Interval   *interval = palloc0(sizeof(Interval));

	if (term.clock == AS_CLOCK_HOURS)
		interval->time = (int64) term.count * USECS_PER_MINUTE;
	else if (term.clock == AS_CLOCK_DAYS)
		interval->day = term.count;
	else
	{
		char		buffer[AS_TERM_TEXT];
		AsError		error;

		as_fail(&error, AS_INVALID_PARAMETER, NULL, "term \"%s\" has no length without a calendar",
				as_term_format(term, buffer));
		as_hint(&error, "Compute the deadline with aftersale.deadline().");
		as_report(&error);
	}
	PG_RETURN_INTERVAL_P(interval);
}
