/*
 * explain_deadline.c
 *		SQL functions with pauses, and the explanation of a deadline.
 */
#include "postgres.h"

#include "calendar_cache.h"
#include "catalog/pg_type.h"
#include "compat.h"
#include "config.h"
#include "errors.h"
#include "executor/spi.h"
#include "fmgr.h"
#include "funcapi.h"
#include "sla_term.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/date.h"
#include "utils/rangetypes.h"
#include "utils/timestamp.h"
#include "utils/typcache.h"

PG_FUNCTION_INFO_V1(aftersale_deadline_paused);
PG_FUNCTION_INFO_V1(aftersale_deadline_paused_named);
PG_FUNCTION_INFO_V1(aftersale_explain_deadline);
PG_FUNCTION_INFO_V1(aftersale_explain_deadline_named);

/* An argument of type tstzrange[] as pauses; empty ranges are none. */
static int
pauses_argument(FunctionCallInfo fcinfo, int argument, AsPause **pauses)
{
	ArrayType  *array = PG_GETARG_ARRAYTYPE_P(argument);
	TypeCacheEntry *type = lookup_type_cache(TSTZRANGEOID, TYPECACHE_RANGE_INFO);
	Datum	   *elements;
	bool	   *nulls;
	int			elements_count;
	int			count = 0;

	deconstruct_array(array, TSTZRANGEOID, type->typlen, type->typbyval, type->typalign,
					  &elements, &nulls, &elements_count);
	*pauses = palloc(sizeof(AsPause) * Max(elements_count, 1));
	for (int i = 0; i < elements_count; i++)
	{
		RangeBound	lower;
		RangeBound	upper;
		bool		empty;

		if (nulls[i])
			ereport(ERROR, (errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
							errmsg("a pause must not be NULL (22004)"),
							errdetail("Pauses are an array of ranges of timestamptz; NULL is element %d.", i + 1)));
		range_deserialize(type, DatumGetRangeTypeP(elements[i]), &lower, &upper, &empty);
		if (empty)
			continue;
		(*pauses)[count].from = lower.infinite ? PG_INT64_MIN : DatumGetTimestampTz(lower.val);
		(*pauses)[count].to = upper.infinite ? PG_INT64_MAX : DatumGetTimestampTz(upper.val);
		count++;
	}
	return count;
}

static AsPauseMode
mode_argument(FunctionCallInfo fcinfo, int argument)
{
	char	   *mode = text_to_cstring(PG_GETARG_TEXT_PP(argument));
	char		quoted[64];
	AsError		error;

	if (strcmp(mode, "working") == 0)
		return AS_PAUSE_WORKING;
	if (strcmp(mode, "wall") == 0)
		return AS_PAUSE_WALL;
	as_fail(&error, AS_INVALID_PARAMETER, NULL, "unknown pause mode \"%s\"",
			as_quote(quoted, sizeof quoted, mode, strlen(mode)));
	as_hint(&error, "The modes are \"working\" and \"wall\".");
	as_report(&error);
}

static Datum
deadline_paused(FunctionCallInfo fcinfo, const AsCalendar *calendar, AsPause *pauses, int count, AsPauseMode mode)
{
	int64		due;
	AsError		error;

	if (!as_deadline_paused(PG_GETARG_TIMESTAMPTZ(0), PG_GETARG_TERM(1), calendar, pauses, count, mode,
							&due, NULL, &error))
		as_report(&error);
	PG_RETURN_TIMESTAMPTZ(due);
}

Datum
aftersale_deadline_paused(PG_FUNCTION_ARGS)
{
	AsPause    *pauses;
	int			count = pauses_argument(fcinfo, 3, &pauses);
	AsPauseMode mode = mode_argument(fcinfo, 4);

	return deadline_paused(fcinfo, as_calendar_argument(fcinfo, 2), pauses, count, mode);
}

Datum
aftersale_deadline_paused_named(PG_FUNCTION_ARGS)
{
	AsPause    *pauses;
	int			count = pauses_argument(fcinfo, 3, &pauses);
	AsPauseMode mode = mode_argument(fcinfo, 4);

	return deadline_paused(fcinfo, as_named_calendar_argument(fcinfo, 2), pauses, count, mode);
}

/* Steps, collected before anything else may touch the calendar. */
typedef struct StepList
{
	AsStep	   *step;
	int			count;
	int			room;
} StepList;

static void
collect(void *context, const AsStep *step)
{
	StepList   *list = context;

	if (list->count == list->room)
	{
		list->room *= 2;
		list->step = repalloc(list->step, sizeof(AsStep) * list->room);
	}
	list->step[list->count++] = *step;
}

static void
collect_steps(FunctionCallInfo fcinfo, const AsCalendar *calendar, AsPause *pauses, int count, AsPauseMode mode,
			  StepList *list)
{
	AsError		error;

	if (!as_explain(PG_GETARG_TIMESTAMPTZ(0), PG_GETARG_TERM(1), calendar, pauses, count, mode,
					collect, list, &error))
		as_report(&error);
}

static void
begin_steps(FunctionCallInfo fcinfo, StepList *list)
{
	InitMaterializedSRF(fcinfo, 0);
	list->count = 0;
	list->room = 32;
	list->step = palloc(sizeof(AsStep) * list->room);
}

static void
append_dates(StringInfo text, const AsStep *step)
{
	char		date[16];

	appendStringInfoString(text, as_date_format(step->first_date, date));
	if (step->last_date > step->first_date)
		appendStringInfo(text, "..%s", as_date_format(step->last_date, date));
}

static const char *
why(const AsStep *step)
{
	static const char *const days[] = {"Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"};
	StringInfoData text;

	initStringInfo(&text);
	switch (step->why)
	{
		case AS_WHY_ELAPSED:
			appendStringInfoString(&text, "elapsed time");
			break;
		case AS_WHY_NATURAL_DAYS:
			appendStringInfoString(&text, "natural days, same wall time");
			break;
		case AS_WHY_WORKING:
			appendStringInfoString(&text, "working hours");
			break;
		case AS_WHY_SPECIAL:
			appendStringInfoString(&text, "working hours of ");
			append_dates(&text, step);
			break;
		case AS_WHY_CLOSED:
			appendStringInfoString(&text, "outside working hours");
			break;
		case AS_WHY_WEEKDAY_OFF:
			appendStringInfoString(&text, days[as_weekday(step->first_date)]);
			if (step->last_date > step->first_date)
				appendStringInfo(&text, " to %s", days[as_weekday(step->last_date)]);
			break;
		case AS_WHY_DATE_OFF:
			appendStringInfoString(&text, "off ");
			append_dates(&text, step);
			break;
		case AS_WHY_START_DAY:
			appendStringInfoString(&text, "rest of the day that the count starts from");
			break;
		case AS_WHY_WORKING_DAY:
		case AS_WHY_SPECIAL_DAY:
			appendStringInfo(&text, "business day %d, ", step->number);
			append_dates(&text, step);
			if (step->why == AS_WHY_SPECIAL_DAY)
				appendStringInfoString(&text, " with hours of its own");
			break;
		case AS_WHY_PAUSED:
			appendStringInfo(&text, "pause %d", step->number);
			break;
		case AS_WHY_MADE_UP:
			appendStringInfo(&text, "given back for pause %d", step->number);
			break;
	}
	return text.data;
}

/* Names of the holidays that a step consists of, read as the tables' owner; or NULL. */
static char *
holiday_names(const char *calendar, const AsStep *step)
{
	static const Oid types[3] = {TEXTOID, DATEOID, DATEOID};
	Datum		values[3];
	char	   *names = NULL;

	values[0] = CStringGetTextDatum(calendar);
	values[1] = DateADTGetDatum(step->first_date);
	values[2] = DateADTGetDatum(step->last_date);
	if (SPI_execute_with_args("SELECT pg_catalog.string_agg(h.name, ', ' ORDER BY h.first_day) FROM "
							  "(SELECT name, pg_catalog.min(day) AS first_day FROM aftersale.holiday "
							  "WHERE calendar OPERATOR(pg_catalog.=) $1 AND day OPERATOR(pg_catalog.>=) $2 "
							  "AND day OPERATOR(pg_catalog.<=) $3 AND name IS NOT NULL GROUP BY name) AS h",
							  3, (Oid *) types, values, NULL, true, 1) == SPI_OK_SELECT && SPI_processed == 1)
		names = SPI_getvalue(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 1);
	return names;
}

static void
put_steps(FunctionCallInfo fcinfo, const StepList *list, const char *calendar)
{
	ReturnSetInfo *result = (ReturnSetInfo *) fcinfo->resultinfo;

	for (int i = 0; i < list->count; i++)
	{
		const AsStep *step = &list->step[i];
		Interval	counted = {.time = step->counted,.day = step->counted_days};
		const char *reason = why(step);
		Datum		values[5];
		bool		nulls[5] = {false};

		if (calendar != NULL && (step->why == AS_WHY_DATE_OFF || step->why == AS_WHY_SPECIAL || step->why == AS_WHY_SPECIAL_DAY))
		{
			char	   *names = holiday_names(calendar, step);

			if (names != NULL)
				reason = psprintf("%s: %s", reason, names);
		}
		values[0] = Int32GetDatum(i + 1);
		values[1] = TimestampTzGetDatum(step->from);
		values[2] = TimestampTzGetDatum(step->to);
		values[3] = IntervalPGetDatum(&counted);
		values[4] = CStringGetTextDatum(reason);
		tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
	}
}

Datum
aftersale_explain_deadline(PG_FUNCTION_ARGS)
{
	AsPause    *pauses;
	int			count = pauses_argument(fcinfo, 3, &pauses);
	AsPauseMode mode = mode_argument(fcinfo, 4);
	StepList	list;

	begin_steps(fcinfo, &list);
	collect_steps(fcinfo, as_calendar_argument(fcinfo, 2), pauses, count, mode, &list);
	put_steps(fcinfo, &list, NULL);
	return (Datum) 0;
}

Datum
aftersale_explain_deadline_named(PG_FUNCTION_ARGS)
{
	AsPause    *pauses;
	int			count = pauses_argument(fcinfo, 3, &pauses);
	AsPauseMode mode = mode_argument(fcinfo, 4);
	AsConfigLoad load;
	StepList	list;

	begin_steps(fcinfo, &list);
	collect_steps(fcinfo, as_named_calendar_argument(fcinfo, 2), pauses, count, mode, &list);
	as_config_begin_load(&load);
	put_steps(fcinfo, &list, text_to_cstring(PG_GETARG_TEXT_PP(2)));
	as_config_end_load(&load);
	return (Datum) 0;
}
