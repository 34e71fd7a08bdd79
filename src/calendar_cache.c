/*
 * calendar_cache.c
 *		Compiled calendars, by name and by value, for the life of the session.
 *
 * Both caches own their blocks in one memory context.  Those by name are
 * stale when the epoch of table aftersale.calendar has moved; those by value
 * are never stale and leave in turn.  What fn_extra remembers is checked
 * against the caches before each use and owns nothing.
 */
#include "postgres.h"

#include "access/parallel.h"
#include "business_calendar.h"
#include "calendar_cache.h"
#include "catalog/pg_type.h"
#include "common/hashfn.h"
#include "compat.h"
#include "config.h"
#include "errors.h"
#include "executor/spi.h"
#include "nodes/primnodes.h"
#include "pgtime.h"
#include "storage/proc.h"
#include "utils/builtins.h"
#include "utils/inval.h"
#include "utils/memutils.h"
#include "utils/timestamp.h"

/* The table of days: 26 years around now; answers are the same outside it. */
#define YEARS_BEFORE	15
#define YEARS_AFTER		11

#define UNIX_TO_2000	INT64CONST(946684800)

static MemoryContext cache_context = NULL;

static MemoryContext
get_cache_context(void)
{
	if (cache_context == NULL)
		cache_context = AllocSetContextCreate(CacheMemoryContext, "aftersale calendars", ALLOCSET_SMALL_SIZES);
	return cache_context;
}

/* Compiling */

/* All transitions of a zone from 1799 to 2401, palloc'd. */
static void
load_zone(const char *name, AsZone *zone)
{
	pg_tz	   *tz = pg_tzset(name);
	pg_time_t	at = (int64) as_date_from_civil(1799, 1, 1) * SECS_PER_DAY + UNIX_TO_2000;
	pg_time_t	end = (int64) as_date_from_civil(2401, 1, 1) * SECS_PER_DAY + UNIX_TO_2000;
	int			room = 64;
	long		before,
				after;
	int			before_dst,
				after_dst;
	pg_time_t	boundary;

	if (tz == NULL)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("time zone \"%s\" not recognized (22023)", name),
						errdetail("A business_calendar that is stored names it, and the server's zone data has it no more."),
						errhint("Debian has old names in its package tzdata-legacy; or put the zone's name of today "
								"(pg_timezone_names) into the calendar.")));
	zone->count = 0;
	zone->at = palloc(sizeof(int64) * room);
	zone->offset = palloc(sizeof(int32) * (room + 1));
	for (;;)
	{
		int			found = pg_next_dst_boundary(&at, &before, &before_dst, &boundary, &after, &after_dst, tz);

		if (found < 0)
			elog(ERROR, "could not read the transitions of time zone \"%s\"", name);
		if (zone->count == 0)
			zone->offset[0] = (int32) before;
		if (found == 0 || boundary > end)
			break;
		if (zone->count == room)
		{
			room *= 2;
			zone->at = repalloc(zone->at, sizeof(int64) * room);
			zone->offset = repalloc(zone->offset, sizeof(int32) * (room + 1));
		}
		zone->at[zone->count++] = boundary - UNIX_TO_2000;
		zone->offset[zone->count] = (int32) after;
		at = boundary;
	}
}

/* Compiles a value; the result is palloc'd in the cache's context. */
static AsCalendar *
compile(const struct varlena *value)
{
	MemoryContext scratch = AllocSetContextCreate(CurrentMemoryContext, "aftersale calendar scratch",
												  ALLOCSET_DEFAULT_SIZES);
	MemoryContext caller = MemoryContextSwitchTo(scratch);
	AsRules    *rules = palloc(sizeof(AsRules));
	AsZone		zone;
	AsCalendar *built;
	AsCalendar *result;
	int			year,
				month,
				day;
	int32		first_day,
				end_day;

	as_calendar_rules(value, rules);
	load_zone(rules->zone, &zone);
	as_date_to_civil((int32) (GetCurrentTimestamp() / USECS_PER_DAY), &year, &month, &day);
	first_day = as_date_from_civil(year - YEARS_BEFORE, 1, 1);
	end_day = as_date_from_civil(year + YEARS_AFTER, 1, 1);
	built = as_calendar_compile(rules, &zone, first_day, end_day - first_day,
								palloc(as_calendar_room(rules, &zone, end_day - first_day)));
	result = as_calendar_move(built, MemoryContextAlloc(get_cache_context(), as_calendar_size(built)));
	MemoryContextSwitchTo(caller);
	MemoryContextDelete(scratch);
	return result;
}

/* By value */

#define VALUE_SLOTS	32

typedef struct ValueSlot
{
	uint64		id;				/* 0: empty; a slot taken anew gets a new one */
	uint32		hash;
	int			length;
	char	   *bytes;
	AsCalendar *calendar;
} ValueSlot;

static ValueSlot value_slots[VALUE_SLOTS];
static uint64 last_value_id = 0;
static int	next_value_slot = 0;
uint64		as_calendar_evictions = 0;

static bool
slot_holds(const ValueSlot *slot, const struct varlena *value)
{
	return slot->id != 0 && slot->length == VARSIZE_ANY_EXHDR(value) &&
		memcmp(slot->bytes, VARDATA_ANY(value), slot->length) == 0;
}

static void
empty_slot(ValueSlot *slot)
{
	if (slot->id == 0)
		return;
	as_calendar_evictions++;
	slot->id = 0;
	pfree(slot->bytes);
	pfree(slot->calendar);
}

static ValueSlot *
slot_of_value(const struct varlena *value)
{
	int			length = VARSIZE_ANY_EXHDR(value);
	uint32		hash = DatumGetUInt32(hash_any((const unsigned char *) VARDATA_ANY(value), length));
	ValueSlot  *slot;
	AsCalendar *calendar;
	char	   *bytes;

	for (int i = 0; i < VALUE_SLOTS; i++)
	{
		if (value_slots[i].hash == hash && slot_holds(&value_slots[i], value))
			return &value_slots[i];
	}
	calendar = compile(value);
	bytes = MemoryContextAlloc(get_cache_context(), length);
	memcpy(bytes, VARDATA_ANY(value), length);
	slot = &value_slots[next_value_slot];
	next_value_slot = (next_value_slot + 1) % VALUE_SLOTS;
	empty_slot(slot);
	slot->hash = hash;
	slot->length = length;
	slot->bytes = bytes;
	slot->calendar = calendar;
	slot->id = ++last_value_id;
	return slot;
}

/* What fn_extra holds for an argument by value. */
typedef struct ValueMemo
{
	AsCalendarMemo memo;		/* what the header reads */
	ValueSlot  *slot;
	uint64		id;				/* of the slot */
	bool		constant;		/* the argument is a Const */
} ValueMemo;

static bool
argument_is_constant(FunctionCallInfo fcinfo, int argument)
{
	Node	   *call = fcinfo->flinfo->fn_expr;

	return call != NULL && IsA(call, FuncExpr) &&
		argument < list_length(((FuncExpr *) call)->args) &&
		IsA(list_nth(((FuncExpr *) call)->args, argument), Const);
}

const AsCalendar *
as_find_calendar_argument(FunctionCallInfo fcinfo, int argument)
{
	ValueMemo  *memo = fcinfo->flinfo->fn_extra;
	Datum		datum = PG_GETARG_DATUM(argument);
	struct varlena *value = PG_DETOAST_DATUM_PACKED(datum);

	if (memo == NULL)
	{
		memo = MemoryContextAllocZero(fcinfo->flinfo->fn_mcxt, sizeof(ValueMemo));
		memo->constant = argument_is_constant(fcinfo, argument);
		fcinfo->flinfo->fn_extra = memo;
	}
	if (memo->slot == NULL || memo->slot->id != memo->id || !slot_holds(memo->slot, value))
		memo->slot = slot_of_value(value);
	memo->id = memo->slot->id;
	memo->memo.datum = memo->constant ? datum : (Datum) 0;
	memo->memo.calendar = memo->slot->calendar;
	memo->memo.evictions = as_calendar_evictions;
	if ((Pointer) value != DatumGetPointer(datum))
		pfree(value);
	return memo->slot->calendar;
}

/* By name */

typedef struct NamedCalendar
{
	struct NamedCalendar *next;
	uint64		epoch;			/* of table calendar when it was loaded */
	bool		published;		/* read under the latest snapshot, or in a
								 * worker that ends with it */
	LocalTransactionId lxid;	/* where not: valid for parallel mode of this
								 * transaction only */
	AsCalendar *calendar;
	char		name[FLEXIBLE_ARRAY_MEMBER];
} NamedCalendar;

static NamedCalendar *named_calendars = NULL;

static bool
is_current(const NamedCalendar *entry, uint64 epoch)
{
	return entry->epoch == epoch &&
		(entry->published || (IsInParallelMode() && entry->lxid == AS_LOCAL_XID));
}

static void
forget_stale(uint64 epoch)
{
	NamedCalendar **link = &named_calendars;

	while (*link != NULL)
	{
		NamedCalendar *entry = *link;

		if (is_current(entry, epoch))
		{
			link = &entry->next;
			continue;
		}
		*link = entry->next;
		pfree(entry->calendar);
		pfree(entry);
	}
}

/* Raises RA013 with the names there are; called within a load. */
static void
refuse_unknown(const char *name)
{
	AsError		error;
	char		quoted[128];
	char	   *names = NULL;

	if (SPI_execute("SELECT pg_catalog.string_agg(pg_catalog.format('%L', name), ', ' ORDER BY name) "
					"FROM (SELECT name FROM aftersale.calendar ORDER BY name LIMIT 40) AS first_names",
					true, 1) == SPI_OK_SELECT && SPI_processed == 1)
		names = SPI_getvalue(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 1);
	as_fail(&error, RA_UNKNOWN_CALENDAR, NULL, "calendar \"%s\" does not exist",
			as_quote(quoted, sizeof quoted, name, strlen(name)));
	if (names != NULL)
		as_hint(&error, "Calendars: %s.", names);
	else
		as_hint(&error, "There is no calendar yet; add one: INSERT INTO aftersale.calendar (name, calendar) "
				"VALUES ('CN', 'zone Asia/Shanghai; mon-fri 00:00-24:00');");
	as_report(&error);
}

static NamedCalendar *
load_named(const char *name)
{
	Oid			types[1] = {TEXTOID};
	Datum		values[1];
	AsConfigLoad load;
	NamedCalendar *entry;
	AsCalendar *calendar;
	uint64		epoch;
	bool		isnull = true;
	Datum		value = (Datum) 0;

	(void) as_relation("calendar");
	epoch = as_config_epoch(AS_CALENDAR);
	values[0] = CStringGetTextDatum(name);
	as_config_begin_load(&load);
	if (SPI_execute_with_args("SELECT calendar FROM aftersale.calendar WHERE name OPERATOR(pg_catalog.=) $1",
							  1, types, values, NULL, true, 1) == SPI_OK_SELECT && SPI_processed == 1)
		value = SPI_getbinval(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 1, &isnull);
	if (isnull)
		refuse_unknown(name);
	calendar = compile(PG_DETOAST_DATUM_PACKED(value));
	as_config_end_load(&load);
	entry = MemoryContextAlloc(get_cache_context(), offsetof(NamedCalendar, name) + strlen(name) + 1);
	strcpy(entry->name, name);
	entry->calendar = calendar;
	entry->epoch = epoch;
	entry->published = load.publish || IsParallelWorker();
	entry->lxid = AS_LOCAL_XID;
	entry->next = named_calendars;
	named_calendars = entry;
	return entry;
}

static NamedCalendar *
find_named(const char *name, uint64 epoch)
{
	for (NamedCalendar *entry = named_calendars; entry != NULL; entry = entry->next)
		if (strcmp(entry->name, name) == 0 && is_current(entry, epoch))
			return entry;
	forget_stale(epoch);
	return load_named(name);
}

const AsCalendar *
as_calendar_by_name(const char *name)
{
	return find_named(name, as_config_epoch(AS_CALENDAR))->calendar;
}

/* What fn_extra holds for an argument by name. */
typedef struct NameMemo
{
	uint64		epoch;			/* 0: nothing remembered */
	int			length;
	char		name[NAMEDATALEN];
	const AsCalendar *calendar;
} NameMemo;

const AsCalendar *
as_named_calendar_argument(FunctionCallInfo fcinfo, int argument)
{
	NameMemo   *memo = fcinfo->flinfo->fn_extra;
	text	   *name = PG_GETARG_TEXT_PP(argument);
	int			length = VARSIZE_ANY_EXHDR(name);
	uint64		epoch;
	NamedCalendar *entry;

	/*
	 * Once a statement, since one without tables takes no lock that would do
	 * it: what others have committed meanwhile counts.
	 */
	if (memo == NULL)
		AcceptInvalidationMessages();
	epoch = as_config_epoch(AS_CALENDAR);
	if (likely(memo != NULL && memo->epoch == epoch && memo->length == length &&
			   memcmp(memo->name, VARDATA_ANY(name), length) == 0))
		return memo->calendar;
	entry = find_named(text_to_cstring(name), epoch);
	if (memo == NULL)
	{
		memo = MemoryContextAllocZero(fcinfo->flinfo->fn_mcxt, sizeof(NameMemo));
		fcinfo->flinfo->fn_extra = memo;
	}
	memo->epoch = 0;
	if (entry->published && length < NAMEDATALEN)
	{
		memcpy(memo->name, VARDATA_ANY(name), length);
		memo->length = length;
		memo->calendar = entry->calendar;
		memo->epoch = entry->epoch;
	}
	return entry->calendar;
}
