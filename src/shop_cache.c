/*
 * shop_cache.c
 *		Shops, their countries and their overrides.
 *
 * A hash table by shop, loaded a shop at a time; all of it goes when one of
 * its tables changes.  Shops live in one memory context of the cache.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "config.h"
#include "errors.h"
#include "executor/spi.h"
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
static uint64 loaded_epochs[4];

static void
forget_stale(void)
{
	uint64		epochs[4];
	HASHCTL		control = {0};

	epochs[0] = as_config_epoch(AS_SHOP);
	epochs[1] = as_config_epoch(AS_SHOP_COUNTRY);
	epochs[2] = as_config_epoch(AS_FLOW_OVERRIDE);
	epochs[3] = as_config_epoch(AS_RETURN_FEE);
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

static void
load_countries(AsShop *shop, MemoryContext context)
{
	query("SELECT country, currency, calendar FROM aftersale.shop_country"
		  " WHERE shop_id OPERATOR(pg_catalog.=) $1 ORDER BY country", shop->shop_id);
	shop->n_countries = (int) SPI_processed;
	shop->countries = MemoryContextAllocZero(context, sizeof(AsShopCountry) * Max(shop->n_countries, 1));
	for (int i = 0; i < shop->n_countries; i++)
	{
		shop->countries[i].country = text_column(context, i, 1);
		shop->countries[i].currency = text_column(context, i, 2);
		shop->countries[i].calendar = text_column(context, i, 3);
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
		load_overrides(shop, context);
		load_fees(shop, context);
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
