/*
 * routing_guard.c
 *		What holds in the routing tables whoever writes them: a function of ours
 *		or plain SQL.
 *
 * One change of a shop's warehouses at a time: a BEFORE trigger locks the
 * shop's row, before any index entry is made, so that waiting sessions cannot
 * deadlock.  AFTER triggers then judge the result of the whole statement.
 * They read as the owner of the tables and under the latest snapshot, so that
 * neither privileges nor the age of a REPEATABLE READ transaction blind them.
 */
#include "postgres.h"

#include "access.h"
#include "access/xact.h"
#include "catalog/pg_collation.h"
#include "catalog/pg_type.h"
#include "clock.h"
#include "commands/trigger.h"
#include "compat.h"
#include "config.h"
#include "errors.h"
#include "fmgr.h"
#include "kernel/routing.h"
#include "miscadmin.h"
#include "return_warehouse.h"
#include "statement.h"
#include "utils/acl.h"
#include "utils/builtins.h"
#include "utils/rel.h"
#include "utils/timestamp.h"

/* A row of warehouse_version or default_warehouse, as far as both have it */
typedef struct RoutingRow
{
	Datum		shop;
	Datum		country;
	Datum		warehouse;
	AsPeriod	period;
	bool		holds;			/* not superseded */
} RoutingRow;

static AsStatement lock_shop = {
	"SELECT FROM aftersale.shop WHERE shop_id OPERATOR(pg_catalog.=) $1 FOR NO KEY UPDATE",
	1, {INT8OID}
};

static AsStatement country_settings = {
	"SELECT settings OPERATOR(pg_catalog.@>) '{\"cross_border\": true}' FROM aftersale.shop_country"
	" WHERE shop_id OPERATOR(pg_catalog.=) $1 AND country OPERATOR(pg_catalog.=) $2",
	2, {INT8OID, TEXTOID}
};

/* Whether the site's region, if it has one, is that of the site where a warehouse stands. */
static AsStatement same_region = {
	"SELECT FROM aftersale.shop AS s JOIN aftersale.shop_country AS c ON c.shop_id OPERATOR(pg_catalog.=) s.shop_id"
	" JOIN aftersale.site AS x ON x.platform OPERATOR(pg_catalog.=) s.platform AND x.site OPERATOR(pg_catalog.=) coalesce(c.site, c.country)"
	" WHERE s.shop_id OPERATOR(pg_catalog.=) $1 AND c.country OPERATOR(pg_catalog.=) $2 AND x.settings OPERATOR(pg_catalog.?) 'region'"
	" AND x.effective_from OPERATOR(pg_catalog.<=) $4 AND x.effective_to OPERATOR(pg_catalog.>) $4"
	" AND NOT c.settings OPERATOR(pg_catalog.@>) '{\"cross_border_anywhere\": true}'"
	" AND NOT EXISTS (SELECT FROM aftersale.site AS y WHERE y.platform OPERATOR(pg_catalog.=) s.platform AND y.site OPERATOR(pg_catalog.=) $3"
	"  AND y.effective_from OPERATOR(pg_catalog.<=) $4 AND y.effective_to OPERATOR(pg_catalog.>) $4"
	"  AND y.settings OPERATOR(pg_catalog.->) 'region' OPERATOR(pg_catalog.=) (x.settings OPERATOR(pg_catalog.->) 'region'))",
	4, {INT8OID, TEXTOID, TEXTOID, TIMESTAMPTZOID}
};

static AsStatement version_periods = {
	"SELECT effective_from, effective_to FROM aftersale.warehouse_version"
	" WHERE shop_id OPERATOR(pg_catalog.=) $1 AND country OPERATOR(pg_catalog.=) $2"
	" AND warehouse_id OPERATOR(pg_catalog.=) $3 AND superseded_at OPERATOR(pg_catalog.=) 'infinity'"
	" ORDER BY effective_from",
	3, {INT8OID, TEXTOID, INT8OID}
};

static AsStatement enabled_periods = {
	"SELECT effective_from, effective_to FROM aftersale.warehouse_version"
	" WHERE shop_id OPERATOR(pg_catalog.=) $1 AND country OPERATOR(pg_catalog.=) $2"
	" AND warehouse_id OPERATOR(pg_catalog.=) $3 AND superseded_at OPERATOR(pg_catalog.=) 'infinity'"
	" AND enabled ORDER BY effective_from",
	3, {INT8OID, TEXTOID, INT8OID}
};

static AsStatement default_periods = {
	"SELECT effective_from, effective_to FROM aftersale.default_warehouse"
	" WHERE shop_id OPERATOR(pg_catalog.=) $1 AND country OPERATOR(pg_catalog.=) $2"
	" AND superseded_at OPERATOR(pg_catalog.=) 'infinity' ORDER BY effective_from",
	2, {INT8OID, TEXTOID}
};

/* Those that are not yet over */
static AsStatement default_periods_of_warehouse = {
	"SELECT effective_from, effective_to FROM aftersale.default_warehouse"
	" WHERE shop_id OPERATOR(pg_catalog.=) $1 AND country OPERATOR(pg_catalog.=) $2"
	" AND warehouse_id OPERATOR(pg_catalog.=) $3 AND superseded_at OPERATOR(pg_catalog.=) 'infinity'"
	" AND effective_to OPERATOR(pg_catalog.>) $4 ORDER BY effective_from",
	4, {INT8OID, TEXTOID, INT8OID, TIMESTAMPTZOID}
};

static AsStatement insert_default = {
	"INSERT INTO aftersale.default_warehouse (shop_id, country, warehouse_id) VALUES ($1, $2, $3)",
	3, {INT8OID, TEXTOID, INT8OID}
};

static AsStatement name_taken = {
	"SELECT warehouse_id, country, name, effective_from, effective_to FROM aftersale.warehouse_version"
	" WHERE shop_id OPERATOR(pg_catalog.=) $1 AND name_key OPERATOR(pg_catalog.=) $4"
	" AND superseded_at OPERATOR(pg_catalog.=) 'infinity'"
	" AND (country OPERATOR(pg_catalog.<>) $2 OR warehouse_id OPERATOR(pg_catalog.<>) $3)"
	" AND effective_from OPERATOR(pg_catalog.<) $6 AND effective_to OPERATOR(pg_catalog.>) $5"
	" ORDER BY effective_from",
	6, {INT8OID, TEXTOID, INT8OID, TEXTOID, TIMESTAMPTZOID, TIMESTAMPTZOID}
};

static AsStatement any_default = {
	"SELECT FROM aftersale.default_warehouse WHERE superseded_at OPERATOR(pg_catalog.=) 'infinity'",
	0
};

/* ------------------------------------------------------------- plumbing */

/*
 * A trigger function must be on a table of the owner of our tables: then
 * working as that owner gives nobody anything new.  (Not "on the table of that
 * name": on a distributed engine it is a shard.)
 */
static TriggerData *
our_trigger(FunctionCallInfo fcinfo)
{
	TriggerData *trigger = (TriggerData *) fcinfo->context;
	AsError		error;

	if (!CALLED_AS_TRIGGER(fcinfo))
		ereport(ERROR, (errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED),
						errmsg("function was not called by trigger manager")));
	if (trigger->tg_relation->rd_rel->relowner == as_relation_owner(as_relation("installation")))
		return trigger;
	as_fail(&error, RA_NOT_OUR_TABLE, NULL, "table \"%s\" is not one of aftersale's",
			RelationGetRelationName(trigger->tg_relation));
	as_hint(&error, "This trigger function is for the tables that aftersale.install() makes.");
	as_report(&error);
}

/* A column by name; without isnull one that is NOT NULL, which triggers see before it is checked. */
static Datum
column(HeapTuple row, TupleDesc description, const char *name, bool *isnull)
{
	int			number = SPI_fnumber(description, name);
	bool		null;
	Datum		value;

	if (number <= 0)
		elog(ERROR, "column \"%s\" does not exist", name);
	value = heap_getattr(row, number, description, &null);
	if (isnull != NULL)
		*isnull = null;
	else if (null)
		ereport(ERROR, errcode(ERRCODE_NOT_NULL_VIOLATION), errmsg("column \"%s\" cannot be null (23502)", name));
	return value;
}

static RoutingRow
routing_row(HeapTuple row, TupleDesc description)
{
	RoutingRow	result;

	result.shop = column(row, description, "shop_id", NULL);
	result.country = column(row, description, "country", NULL);
	result.warehouse = column(row, description, "warehouse_id", NULL);
	result.period.from = DatumGetTimestampTz(column(row, description, "effective_from", NULL));
	result.period.to = DatumGetTimestampTz(column(row, description, "effective_to", NULL));
	result.holds = TIMESTAMP_IS_NOEND(DatumGetTimestampTz(column(row, description, "superseded_at", NULL)));
	return result;
}

/* What an AFTER ROW trigger is about; a row that is absent does not hold. */
static void
changed_rows(TriggerData *trigger, RoutingRow *old_row, RoutingRow *new_row)
{
	TupleDesc	description = RelationGetDescr(trigger->tg_relation);

	old_row->holds = new_row->holds = false;
	if (TRIGGER_FIRED_BY_INSERT(trigger->tg_event))
		*new_row = routing_row(trigger->tg_trigtuple, description);
	else
		*old_row = routing_row(trigger->tg_trigtuple, description);
	if (TRIGGER_FIRED_BY_UPDATE(trigger->tg_event))
		*new_row = routing_row(trigger->tg_newtuple, description);
}

/* Periods that the statement finds; in memory of the SPI connection. */
static AsPeriod *
fetch_periods(AsStatement *statement, const RoutingRow *row, size_t *count)
{
	Datum		values[4] = {row->shop, row->country, row->warehouse,
	TimestampTzGetDatum(as_transaction_now())};
	AsPeriod   *periods;

	as_execute(statement, values, NULL, true, 0);
	*count = SPI_processed;
	periods = palloc(SPI_processed * sizeof(AsPeriod) + 1);
	for (uint64 i = 0; i < SPI_processed; i++)
	{
		HeapTuple	tuple = SPI_tuptable->vals[i];
		bool		isnull;

		periods[i].from = DatumGetTimestampTz(SPI_getbinval(tuple, SPI_tuptable->tupdesc, 1, &isnull));
		periods[i].to = DatumGetTimestampTz(SPI_getbinval(tuple, SPI_tuptable->tupdesc, 2, &isnull));
	}
	return periods;
}

/* Texts of a row for messages */
typedef struct RowNames
{
	long long	shop;
	long long	warehouse;
	char		country[20];
} RowNames;

static const char *
quote_text(char *buffer, size_t size, Datum value)
{
	text	   *content = DatumGetTextPP(value);

	return as_quote(buffer, size, VARDATA_ANY(content), VARSIZE_ANY_EXHDR(content));
}

static RowNames
row_names(const RoutingRow *row)
{
	RowNames	names = {DatumGetInt64(row->shop), DatumGetInt64(row->warehouse)};

	quote_text(names.country, sizeof names.country, row->country);
	return names;
}

/*
 * Whether the shop still sells in the country.  Where it does not, its
 * warehouses go as well (a cascade), and nothing is to be kept.
 */
static bool
country_exists(const RoutingRow *row, bool *cross_border)
{
	Datum		values[2] = {row->shop, row->country};
	bool		isnull;

	as_execute(&country_settings, values, NULL, true, 1);
	if (SPI_processed == 0)
		return false;
	*cross_border = DatumGetBool(SPI_getbinval(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 1, &isnull));
	if (*cross_border)
		*cross_border = !as_site_forbids_border(row->shop, row->country, as_now());
	return true;
}

/* ------------------------------------------------------------- the lock */

/* Nobody makes a shop wait that is not his: row-level security refuses his rows afterwards. */
static void
lock_routing(int64 shop)
{
	Datum		values[1] = {Int64GetDatum(shop)};
	AsOwner		owner;

	if (!as_works_for(shop))
		return;
	as_owner_begin(&owner, as_relation("shop"));
	SPI_connect();
	as_execute(&lock_shop, values, NULL, false, 0);
	SPI_finish();
	as_owner_end(&owner);
}

/* Whoever may not write has no business to make others wait. */
PG_FUNCTION_INFO_V1(aftersale_lock_routing);

Datum
aftersale_lock_routing(PG_FUNCTION_ARGS)
{
	Oid			user = GetUserId();

	if (pg_class_aclcheck(as_relation("warehouse_version"), user, ACL_INSERT) != ACLCHECK_OK &&
		pg_class_aclcheck(as_relation("default_warehouse"), user, ACL_INSERT) != ACLCHECK_OK)
		aclcheck_error(ACLCHECK_NO_PRIV, OBJECT_TABLE, "warehouse_version");
	lock_routing(PG_GETARG_INT64(0));
	PG_RETURN_VOID();
}

PG_FUNCTION_INFO_V1(aftersale_routing_lock);

Datum
aftersale_routing_lock(PG_FUNCTION_ARGS)
{
	TriggerData *trigger = our_trigger(fcinfo);
	HeapTuple	row = TRIGGER_FIRED_BY_UPDATE(trigger->tg_event) ? trigger->tg_newtuple : trigger->tg_trigtuple;

	lock_routing(DatumGetInt64(column(row, RelationGetDescr(trigger->tg_relation), "shop_id", NULL)));
	PG_RETURN_POINTER(row);
}

/* --------------------------------------------------------- the defaults */

static void
fail_default(const RoutingRow *row, int64 gap)
{
	RowNames	names = row_names(row);
	AsError		error;

	as_fail(&error, RA_DEFAULT_WAREHOUSE, "TEMU-40",
			"the default warehouse of country \"%s\" cannot be deleted, disabled or end-dated", names.country);
	as_detail(&error, "Warehouse \"%lld\" is the default of shop \"%lld\", and would be none from %s on.",
			  names.warehouse, names.shop, timestamptz_to_str(gap));
	as_hint(&error, "Make another warehouse the default first: "
			"SELECT aftersale.set_default_warehouse(%lld, '%s', warehouse_id);", names.shop, names.country);
	as_report(&error);
}

static void
fail_overlap(const RoutingRow *row, const char *what, const char *instead)
{
	RowNames	names = row_names(row);
	AsError		error;

	as_fail(&error, RA_EFFECTIVE_PERIOD, NULL, "%s of warehouse \"%lld\" in country \"%s\" overlap in time",
			what, names.warehouse, names.country);
	as_hint(&error, "Use aftersale.%s(), which ends what it replaces.", instead);
	as_report(&error);
}

/*
 * The instants at which the warehouse was the default while this version of it
 * was enabled must be served by other versions now (TEMU-40).  Defaults that
 * are over do not matter.
 */
static void
check_default_served(const RoutingRow *old_version)
{
	size_t		default_count;
	size_t		version_count;
	AsPeriod   *defaults = fetch_periods(&default_periods_of_warehouse, old_version, &default_count);
	AsPeriod   *versions = fetch_periods(&enabled_periods, old_version, &version_count);

	for (size_t i = 0; i < default_count; i++)
	{
		AsPeriod	whole;
		int64_t		gap;

		whole.from = Max(defaults[i].from, old_version->period.from);
		whole.to = Min(defaults[i].to, old_version->period.to);
		if (whole.from < whole.to && !as_periods_cover(versions, version_count, whole, &gap))
			fail_default(old_version, gap);
	}
}

/*
 * A default must be served by enabled versions all along.  One from -infinity
 * (the first of its country) may begin before its first version.
 */
static void
check_can_be_default(const RoutingRow *row)
{
	size_t		count;
	AsPeriod   *versions = fetch_periods(&enabled_periods, row, &count);
	AsPeriod	whole = row->period;
	int64_t		gap = whole.from;
	RowNames	names;
	AsError		error;

	if (TIMESTAMP_IS_NOBEGIN(whole.from) && count > 0)
		whole.from = versions[0].from;
	if (whole.from < whole.to && as_periods_cover(versions, count, whole, &gap))
		return;
	names = row_names(row);
	as_fail(&error, RA_DEFAULT_WAREHOUSE, "TEMU-40",
			"warehouse \"%lld\" cannot be the default of country \"%s\"", names.warehouse, names.country);
	if (count == 0)
		as_detail(&error, "It has no enabled version for this country.");
	else
		as_detail(&error, "It is not in force, or not enabled, from %s on.", timestamptz_to_str(gap));
	as_hint(&error, "See aftersale.warehouse_version where shop_id is %lld and warehouse_id %lld; "
			"aftersale.set_warehouse() adds a version that is enabled.", names.shop, names.warehouse);
	as_report(&error);
}

PG_FUNCTION_INFO_V1(aftersale_default_warehouse_check);

Datum
aftersale_default_warehouse_check(PG_FUNCTION_ARGS)
{
	TriggerData *trigger = our_trigger(fcinfo);
	RoutingRow	old_row;
	RoutingRow	new_row;
	AsConfigLoad load;
	TimestampTz now = as_transaction_now();
	bool		cross_border;
	int64_t		gap;
	size_t		count;
	AsPeriod   *defaults;

	changed_rows(trigger, &old_row, &new_row);
	CommandCounterIncrement();
	as_config_begin_load(&load);
	if (old_row.holds && old_row.period.to > now && country_exists(&old_row, &cross_border))
	{
		defaults = fetch_periods(&default_periods, &old_row, &count);
		if (!as_periods_cover(defaults, count, old_row.period, &gap))
			fail_default(&old_row, gap);
	}
	if (new_row.holds)
	{
		AsPeriod	onwards = {Max(new_row.period.from, now), DT_NOEND};

		defaults = fetch_periods(&default_periods, &new_row, &count);
		if (as_periods_overlap(defaults, count))
			fail_overlap(&new_row, "defaults", "set_default_warehouse");
		if (new_row.period.to > now)
		{
			if (!as_periods_cover(defaults, count, onwards, &gap))
				fail_default(&new_row, gap);
			check_can_be_default(&new_row);
		}
	}
	as_config_end_load(&load);
	PG_RETURN_POINTER(NULL);
}

/* --------------------------------------------------------- the versions */

/* Names are unique in the shop, among versions in force at one time (TEMU-18). */
static void
check_name(const RoutingRow *version, Datum name, Datum name_key)
{
	Datum		values[6] = {version->shop, version->country, version->warehouse, name_key,
	TimestampTzGetDatum(version->period.from), TimestampTzGetDatum(version->period.to)};
	HeapTuple	other;
	TupleDesc	description;
	char		quoted[100];
	AsError		error;

	as_execute(&name_taken, values, NULL, true, 1);
	if (SPI_processed == 0)
		return;
	other = SPI_tuptable->vals[0];
	description = SPI_tuptable->tupdesc;
	as_fail(&error, RA_WAREHOUSE_NAME_TAKEN, "TEMU-18", "warehouse name \"%s\" is taken in shop \"%lld\"",
			quote_text(quoted, sizeof quoted, name), (long long) DatumGetInt64(version->shop));
	as_detail(&error, "Warehouse \"%s\" has the name \"%s\" in country \"%s\" from %s to %s; names are compared "
			  "without blanks around them and in lower case.",
			  SPI_getvalue(other, description, 1), SPI_getvalue(other, description, 3),
			  SPI_getvalue(other, description, 2), SPI_getvalue(other, description, 4), SPI_getvalue(other, description, 5));
	as_hint(&error, "Give each warehouse, and each country of a warehouse, a name of its own.");
	as_report(&error);
}

/* A warehouse abroad takes returns only where the country's settings say so (TEMU-16). */
static void
fail_border(const RoutingRow *version, Datum name, Datum located_in)
{
	RowNames	names = row_names(version);
	char		quoted[100];
	char		located[20];
	AsError		error;

	as_fail(&error, RA_CROSS_BORDER, "TEMU-16", "warehouse \"%s\" in \"%s\" cannot take returns from \"%s\"",
			quote_text(quoted, sizeof quoted, name), quote_text(located, sizeof located, located_in), names.country);
	as_detail(&error, "The settings of country \"%s\" of shop \"%lld\" do not allow returns across this border, or the platform's site does not (aftersale.site).",
			  names.country, names.shop);
	as_hint(&error, "Where the site allows it, set {\"cross_border\": true} in aftersale.shop_country.settings, "
			"with what aftersale.site names in cross_border_needs.");
	as_report(&error);
}

/* The first warehouse of a country becomes its default (TEMU-40). */
static void
ensure_default(const RoutingRow *version)
{
	Datum		values[3] = {version->shop, version->country, version->warehouse};
	size_t		count;

	(void) fetch_periods(&default_periods, version, &count);
	if (count == 0)
		as_execute(&insert_default, values, NULL, false, 0);
}

static bool
is_same_region(const RoutingRow *version, Datum located_in)
{
	Datum		values[4] = {version->shop, version->country, located_in, TimestampTzGetDatum(as_now())};

	as_execute(&same_region, values, NULL, true, 1);
	return SPI_processed == 0;
}

static void
check_version(const RoutingRow *version, HeapTuple row, TupleDesc description, bool cross_border)
{
	Datum		name = column(row, description, "name", NULL);
	bool		at_home;
	Datum		located_in = column(row, description, "located_in", &at_home);
	size_t		count;
	AsPeriod   *periods = fetch_periods(&version_periods, version, &count);

	if (as_periods_overlap(periods, count))
		fail_overlap(version, "versions", "set_warehouse");
	check_name(version, name, column(row, description, "name_key", NULL));

	/* what is left of an older version is judged when it routes */
	if (!at_home && TIMESTAMP_IS_NOEND(version->period.to) &&
		!DatumGetBool(DirectFunctionCall2Coll(texteq, C_COLLATION_OID, located_in, version->country)) &&
		(!cross_border || !is_same_region(version, located_in)))
		fail_border(version, name, located_in);
}

PG_FUNCTION_INFO_V1(aftersale_warehouse_version_check);

Datum
aftersale_warehouse_version_check(PG_FUNCTION_ARGS)
{
	TriggerData *trigger = our_trigger(fcinfo);
	TupleDesc	description = RelationGetDescr(trigger->tg_relation);
	HeapTuple	new_tuple = TRIGGER_FIRED_BY_UPDATE(trigger->tg_event) ? trigger->tg_newtuple : trigger->tg_trigtuple;
	RoutingRow	old_row;
	RoutingRow	new_row;
	AsConfigLoad load;
	bool		cross_border;

	changed_rows(trigger, &old_row, &new_row);
	CommandCounterIncrement();
	as_config_begin_load(&load);
	if (old_row.holds && DatumGetBool(column(trigger->tg_trigtuple, description, "enabled", NULL)) &&
		country_exists(&old_row, &cross_border))
		check_default_served(&old_row);
	if (new_row.holds && country_exists(&new_row, &cross_border))
	{
		check_version(&new_row, new_tuple, description, cross_border);
		ensure_default(&new_row);
	}
	as_config_end_load(&load);
	PG_RETURN_POINTER(NULL);
}

/* --------------------------------------------------------------- TRUNCATE */

PG_FUNCTION_INFO_V1(aftersale_routing_truncate);

Datum
aftersale_routing_truncate(PG_FUNCTION_ARGS)
{
	TriggerData *trigger = our_trigger(fcinfo);
	AsConfigLoad load;
	AsError		error;
	bool		found;

	as_config_begin_load(&load);
	as_execute(&any_default, NULL, NULL, true, 1);
	found = SPI_processed > 0;
	as_config_end_load(&load);
	if (found)
	{
		as_fail(&error, RA_DEFAULT_WAREHOUSE, "TEMU-40", "table \"%s\" cannot be truncated",
				RelationGetRelationName(trigger->tg_relation));
		as_detail(&error, "There are default warehouses, which cannot be deleted.");
		as_hint(&error, "To remove a shop with all that it has: DELETE FROM aftersale.shop WHERE shop_id = ...;");
		as_report(&error);
	}
	PG_RETURN_POINTER(NULL);
}
