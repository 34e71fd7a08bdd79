/*
 * shop_cache.c
 *		Shops, their countries, overrides, fees and rules.
 *
 * A hash table by shop, loaded a shop at a time; all of it goes when one of
 * its tables changes.  Shops live in one memory context of the cache.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "config.h"
#include "errors.h"
#include "executor/spi.h"
#include "kernel/currency.h"
#include "money.h"
#include "shop_cache.h"
#include "sla_term.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/hsearch.h"
#include "utils/memutils.h"
#include "utils/timestamp.h"

typedef struct ShopEntry
{
	int64		shop_id;		/* key */
	AsShop	   *shop;
} ShopEntry;

static MemoryContext cache_context = NULL;
static HTAB *shops = NULL;
static uint64 loaded_epochs[6];

static void
forget_stale(void)
{
	uint64		epochs[6];
	HASHCTL		control = {0};

	epochs[0] = as_config_epoch(AS_SHOP);
	epochs[1] = as_config_epoch(AS_SHOP_COUNTRY);
	epochs[2] = as_config_epoch(AS_FLOW_OVERRIDE);
	epochs[3] = as_config_epoch(AS_RETURN_FEE);
	epochs[4] = as_config_epoch(AS_RULE);
	epochs[5] = as_config_epoch(AS_SITE);
	if (shops != NULL && memcmp(epochs, loaded_epochs, sizeof epochs) == 0)
		return;
	shops = NULL;
	if (cache_context != NULL)
		MemoryContextReset(cache_context);
	else
		cache_context = AllocSetContextCreate(CacheMemoryContext, "aftersale shops", ALLOCSET_DEFAULT_SIZES);
	control.keysize = sizeof(int64);
	control.entrysize = sizeof(ShopEntry);
	control.hcxt = cache_context;
	shops = hash_create("aftersale shops", 64, &control, HASH_ELEM | HASH_BLOBS | HASH_CONTEXT);
	memcpy(loaded_epochs, epochs, sizeof epochs);
}

static void
query(const char *sql, int64 shop_id)
{
	Oid			types[1] = {INT8OID};
	Datum		values[1] = {Int64GetDatum(shop_id)};

	if (SPI_execute_with_args(sql, 1, types, values, NULL, true, 0) != SPI_OK_SELECT)
		elog(ERROR, "could not read shop " INT64_FORMAT, shop_id);
}

static char *
text_column(MemoryContext context, int row, int number)
{
	char	   *value = SPI_getvalue(SPI_tuptable->vals[row], SPI_tuptable->tupdesc, number);

	return value == NULL ? NULL : MemoryContextStrdup(context, value);
}

static Datum
column(int row, int number, bool *isnull)
{
	return SPI_getbinval(SPI_tuptable->vals[row], SPI_tuptable->tupdesc, number, isnull);
}

static Jsonb *
jsonb_column(MemoryContext context, int row, int number)
{
	bool		isnull;
	Jsonb	   *value = DatumGetJsonbP(column(row, number, &isnull));
	Jsonb	   *result = MemoryContextAlloc(context, VARSIZE(value));

	memcpy(result, value, VARSIZE(value));
	return result;
}

static void
load_countries(AsShop *shop, MemoryContext context)
{
	query("SELECT c.country, c.currency, c.calendar, c.time_zone, s.settings OPERATOR(pg_catalog.||) c.settings"
		  " FROM aftersale.shop_country AS c JOIN aftersale.shop AS s ON s.shop_id OPERATOR(pg_catalog.=) c.shop_id"
		  " WHERE c.shop_id OPERATOR(pg_catalog.=) $1 ORDER BY c.country", shop->shop_id);
	shop->n_countries = (int) SPI_processed;
	shop->countries = MemoryContextAllocZero(context, sizeof(AsShopCountry) * Max(shop->n_countries, 1));
	for (int i = 0; i < shop->n_countries; i++)
	{
		shop->countries[i].country = text_column(context, i, 1);
		shop->countries[i].currency = text_column(context, i, 2);
		shop->countries[i].calendar = text_column(context, i, 3);
		shop->countries[i].time_zone = text_column(context, i, 4);
		shop->countries[i].settings = jsonb_column(context, i, 5);
	}
}

/* After the countries. */
static void
load_sites(AsShop *shop, MemoryContext context)
{
	query("SELECT x.effective_from, x.effective_to, x.settings OPERATOR(pg_catalog.||) s.settings OPERATOR(pg_catalog.||) c.settings, c.country"
		  " FROM aftersale.shop AS s JOIN aftersale.shop_country AS c ON c.shop_id OPERATOR(pg_catalog.=) s.shop_id"
		  " JOIN aftersale.site AS x ON x.platform OPERATOR(pg_catalog.=) s.platform"
		  " AND x.site OPERATOR(pg_catalog.=) coalesce(c.site, c.country)"
		  " WHERE s.shop_id OPERATOR(pg_catalog.=) $1 ORDER BY c.country, x.effective_from DESC", shop->shop_id);
	for (int i = 0; i < shop->n_countries; i++)
	{
		AsShopCountry *country = &shop->countries[i];

		country->sites = MemoryContextAllocZero(context, sizeof(AsShopSite) * Max(SPI_processed, 1));
		for (int k = 0; k < (int) SPI_processed; k++)
		{
			AsShopSite *site = &country->sites[country->n_sites];
			bool		isnull;

			if (strcmp(text_column(CurrentMemoryContext, k, 4), country->country) != 0)
				continue;
			site->effective_from = DatumGetTimestampTz(column(k, 1, &isnull));
			site->effective_to = DatumGetTimestampTz(column(k, 2, &isnull));
			site->settings = jsonb_column(context, k, 3);
			country->n_sites++;
		}
	}
}

static void
load_overrides(AsShop *shop, MemoryContext context)
{
	query("SELECT flow, state, country, term, timeout_to, timeout_outcome, effective_from, effective_to"
		  " FROM aftersale.flow_override WHERE shop_id OPERATOR(pg_catalog.=) $1"
		  " ORDER BY country OPERATOR(pg_catalog.=) '*', flow, state, effective_from DESC", shop->shop_id);
	shop->n_overrides = (int) SPI_processed;
	shop->overrides = MemoryContextAllocZero(context, sizeof(AsShopOverride) * Max(shop->n_overrides, 1));
	for (int i = 0; i < shop->n_overrides; i++)
	{
		AsShopOverride *override = &shop->overrides[i];
		bool		isnull;
		Datum		term = column(i, 4, &isnull);

		override->flow = text_column(context, i, 1);
		override->state = text_column(context, i, 2);
		override->country = text_column(context, i, 3);
		override->has_term = !isnull;
		if (!isnull)
			override->term = DatumGetTerm(term);
		override->timeout_to = text_column(context, i, 5);
		override->timeout_outcome = text_column(context, i, 6);
		override->effective_from = DatumGetTimestampTz(column(i, 7, &isnull));
		override->effective_to = DatumGetTimestampTz(column(i, 8, &isnull));
	}
}

static Numeric
numeric_column(MemoryContext context, int row, int number)
{
	bool		isnull;
	Datum		value = column(row, number, &isnull);
	MemoryContext before;
	Numeric		result;

	if (isnull)
		return NULL;
	before = MemoryContextSwitchTo(context);
	result = DatumGetNumericCopy(value);
	MemoryContextSwitchTo(before);
	return result;
}

static void
load_fees(AsShop *shop, MemoryContext context)
{
	query("SELECT kind, flow, country, (percent OPERATOR(pg_catalog.*) 100)::pg_catalog.int4, fixed, cap,"
		  " waived_reasons, effective_from, effective_to"
		  " FROM aftersale.return_fee WHERE shop_id OPERATOR(pg_catalog.=) $1"
		  " ORDER BY kind", shop->shop_id);
	shop->n_fees = (int) SPI_processed;
	shop->fee_terms = MemoryContextAllocZero(context, sizeof(AsFeeTerms) * Max(shop->n_fees, 1));
	shop->fees = MemoryContextAllocZero(context, sizeof(AsShopFee) * Max(shop->n_fees, 1));
	for (int i = 0; i < shop->n_fees; i++)
	{
		AsFeeTerms *terms = &shop->fee_terms[i];
		AsShopFee  *fee = &shop->fees[i];
		const char **waived;
		Datum	   *reasons;
		bool		isnull;

		terms->kind = text_column(context, i, 1);
		terms->flow = text_column(context, i, 2);
		terms->country = text_column(context, i, 3);
		fee->percent = DatumGetInt32(column(i, 4, &isnull));
		fee->fixed = numeric_column(context, i, 5);
		fee->cap = numeric_column(context, i, 6);
		deconstruct_array(DatumGetArrayTypeP(column(i, 7, &isnull)), TEXTOID, -1, false, TYPALIGN_INT,
						  &reasons, NULL, &terms->n_waived);
		waived = MemoryContextAlloc(context, sizeof(char *) * Max(terms->n_waived, 1));
		for (int k = 0; k < terms->n_waived; k++)
			waived[k] = MemoryContextStrdup(context, TextDatumGetCString(reasons[k]));
		terms->waived_reasons = waived;
		terms->effective_from = DatumGetTimestampTz(column(i, 8, &isnull));
		terms->effective_to = DatumGetTimestampTz(column(i, 9, &isnull));
	}
}

/* ---- rules ---- */

/* A column of text[], as the kernel wants names: ascending, each once. */
static AsNames
names_column(MemoryContext context, int row, int number)
{
	AsNames		result = {0, NULL};
	const char **names;
	Datum	   *elements;
	bool	   *nulls;
	bool		isnull;
	Datum		value = column(row, number, &isnull);
	int			count;
	int			kept = 0;

	if (isnull)
		return result;
	deconstruct_array(DatumGetArrayTypeP(value), TEXTOID, -1, false, TYPALIGN_INT, &elements, &nulls, &count);
	names = MemoryContextAlloc(context, sizeof(char *) * Max(count, 1));
	for (int i = 0; i < count; i++)
		if (!nulls[i])
			names[kept++] = MemoryContextStrdup(context, TextDatumGetCString(elements[i]));
	return as_names(names, kept);
}

static AsMaybeCount
count_column(int row, int number)
{
	AsMaybeCount result = {false, 0};
	bool		isnull;
	Datum		value = column(row, number, &isnull);

	result.known = !isnull;
	if (!isnull)
		result.count = DatumGetInt32(value);
	return result;
}

static AsMaybeAmount
amount_column(int row, int number, const char *what, int decimals)
{
	AsMaybeAmount result = {false, 0};
	bool		isnull;
	Datum		value = column(row, number, &isnull);

	result.known = !isnull;
	if (!isnull)
		result.amount = as_numeric_require_scaled(what, DatumGetNumeric(value), decimals);
	return result;
}

/* NULL: an empty object */
static const void *
condition_column(MemoryContext context, int row, int number)
{
	Jsonb	   *condition = jsonb_column(context, row, number);

	return JB_ROOT_COUNT(condition) == 0 ? NULL : condition;
}

/* Reads the row, which begins with the flow. */
static void
read_rule(AsStrategy *rule, MemoryContext context, int row)
{
	bool		isnull;
	int			digits = 0;

	rule->rule_id = DatumGetInt64(column(row, 2, &isnull));
	rule->name = text_column(context, row, 3);
	rule->priority = DatumGetInt32(column(row, 4, &isnull));
	rule->enabled = DatumGetBool(column(row, 5, &isnull));
	rule->effective_from = DatumGetTimestampTz(column(row, 6, &isnull));
	rule->effective_to = DatumGetTimestampTz(column(row, 7, &isnull));
	rule->state = text_column(context, row, 8);
	rule->signal = text_column(context, row, 9);
	rule->reasons = names_column(context, row, 10);
	rule->currency = text_column(context, row, 11);
	rule->amount_from = amount_column(row, 12, "amount_from of a rule", AS_STRATEGY_DECIMALS);
	rule->amount_to = amount_column(row, 13, "amount_to of a rule", AS_STRATEGY_DECIMALS);
	rule->products = names_column(context, row, 14);
	rule->categories = names_column(context, row, 15);
	rule->single_parcel = DatumGetBool(column(row, 16, &isnull));
	rule->whole_parcel = DatumGetBool(column(row, 17, &isnull));
	rule->condition = condition_column(context, row, 18);
	rule->action = text_column(context, row, 19);
	rule->ratio = count_column(row, 20);
	rule->max_per_day = count_column(row, 21);
	if (rule->currency != NULL)
		digits = Max(0, as_currency_digits(rule->currency, strlen(rule->currency)));
	rule->max_amount_per_day = amount_column(row, 22, "max_amount_per_day of a rule", digits);
	rule->max_per_buyer = count_column(row, 23);
}

static void
load_strategies(AsShop *shop, MemoryContext context)
{
	AsStrategy *rules;
	int			count;

	query("SELECT flow, rule_id, name, priority, enabled, effective_from, effective_to, state, signal, reasons,"
		  " currency, amount_from, amount_to, products, categories, single_parcel, whole_parcel, condition,"
		  " action, ratio, max_per_day, max_amount_per_day, max_per_buyer"
		  " FROM aftersale.rule WHERE shop_id OPERATOR(pg_catalog.=) $1"
		  " ORDER BY flow, priority DESC, rule_id", shop->shop_id);
	count = (int) SPI_processed;
	rules = MemoryContextAllocZero(context, sizeof(AsStrategy) * Max(count, 1));
	shop->strategies = MemoryContextAllocZero(context, sizeof(AsShopStrategies) * Max(count, 1));
	for (int i = 0; i < count; i++)
	{
		AsShopStrategies *last = shop->n_strategies == 0 ? NULL : &shop->strategies[shop->n_strategies - 1];
		char	   *flow = text_column(context, i, 1);

		if (last == NULL || strcmp(last->flow, flow) != 0)
		{
			last = &shop->strategies[shop->n_strategies++];
			last->flow = flow;
			last->rules = &rules[i];
		}
		read_rule(&rules[i], context, i);
		last->count++;
		last->asks_goods = last->asks_goods || rules[i].products.count > 0 || rules[i].categories.count > 0;
	}
}

const AsShopStrategies *
as_shop_strategies(const AsShop *shop, const char *flow)
{
	for (int i = 0; i < shop->n_strategies; i++)
		if (strcmp(shop->strategies[i].flow, flow) == 0)
			return &shop->strategies[i];
	return NULL;
}

/* Loads into the given context; NULL: there is no such shop. */
static AsShop *
load(int64 shop_id, MemoryContext context)
{
	AsShop	   *shop = NULL;

	query("SELECT platform, settings OPERATOR(pg_catalog.@>) '{\"fire_overdue_at_opening\": true}'"
		  " FROM aftersale.shop WHERE shop_id OPERATOR(pg_catalog.=) $1", shop_id);
	if (SPI_processed == 1)
	{
		bool		isnull;

		shop = MemoryContextAllocZero(context, sizeof(AsShop));
		shop->shop_id = shop_id;
		shop->platform = text_column(context, 0, 1);
		shop->fire_overdue_at_opening = DatumGetBool(column(0, 2, &isnull));
		load_countries(shop, context);
		load_sites(shop, context);
		load_overrides(shop, context);
		load_fees(shop, context);
		load_strategies(shop, context);
	}
	return shop;
}

const AsShop *
as_shop(int64_t shop_id)
{
	ShopEntry  *entry;
	AsShop	   *shop;
	AsConfigLoad state;
	AsError		error;
	MemoryContext context = CurrentMemoryContext;

	forget_stale();
	entry = hash_search(shops, &shop_id, HASH_FIND, NULL);
	if (entry != NULL)
		return entry->shop;
	as_config_begin_load(&state);
	shop = load(shop_id, state.publish ? cache_context : context);
	as_config_end_load(&state);
	if (shop == NULL)
	{
		as_fail(&error, RA_UNKNOWN_SHOP, NULL, "shop \"%lld\" does not exist", (long long) shop_id);
		as_hint(&error, "Shops are rows of table aftersale.shop.");
		as_report(&error);
	}
	if (state.publish)
	{
		entry = hash_search(shops, &shop_id, HASH_ENTER, NULL);
		entry->shop = shop;
	}
	return shop;
}

static const char *
countries_text(const AsShop *shop, char *buffer, size_t size)
{
	size_t		length = 0;

	snprintf(buffer, size, "none");
	for (int i = 0; i < shop->n_countries && length + 4 < size; i++)
		length += snprintf(buffer + length, size - length, "%s%s", i > 0 ? ", " : "", shop->countries[i].country);
	return buffer;
}

const AsShopCountry *
as_shop_country(const AsShop *shop, const char *country)
{
	AsError		error;
	char		names[200];
	char		quoted[64];

	if (country == NULL && shop->n_countries == 1)
		return &shop->countries[0];
	for (int i = 0; country != NULL && i < shop->n_countries; i++)
		if (strcmp(shop->countries[i].country, country) == 0)
			return &shop->countries[i];
	if (country == NULL)
		as_fail(&error, RA_UNKNOWN_COUNTRY, NULL, "country is missing, and shop \"%lld\" does not have exactly one",
				(long long) shop->shop_id);
	else
		as_fail(&error, RA_UNKNOWN_COUNTRY, NULL, "shop \"%lld\" does not sell in country \"%s\"",
				(long long) shop->shop_id, as_quote(quoted, sizeof quoted, country, strlen(country)));
	as_hint(&error, "Countries of this shop: %s. They are rows of table aftersale.shop_country.",
			countries_text(shop, names, sizeof names));
	as_report(&error);
}

Jsonb *
as_shop_settings(const AsShopCountry *country, AsInstant at)
{
	for (int i = 0; i < country->n_sites; i++)
		if (country->sites[i].effective_from <= at && at < country->sites[i].effective_to)
			return country->sites[i].settings;
	return country->settings;
}
