/*
 * shop.c
 *		Shops and the countries that they sell in.
 *
 * Reads as the current user: a shop that row-level security hides does not
 * exist for him.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "compat.h"
#include "config.h"
#include "errors.h"
#include "fmgr.h"
#include "shop.h"
#include "statement.h"
#include "utils/builtins.h"

static AsStatement find_country = {
	"SELECT FROM aftersale.shop_country"
	" WHERE shop_id OPERATOR(pg_catalog.=) $1 AND country OPERATOR(pg_catalog.=) $2",
	2, {INT8OID, TEXTOID}
};

static AsStatement find_shop = {
	"SELECT FROM aftersale.shop WHERE shop_id OPERATOR(pg_catalog.=) $1",
	1, {INT8OID}
};

static AsStatement list_shops = {
	"SELECT pg_catalog.string_agg(shop_id::pg_catalog.text, ', ' ORDER BY shop_id)"
	" FROM (SELECT shop_id FROM aftersale.shop ORDER BY shop_id LIMIT 20) AS first_shops",
	0
};

static AsStatement list_countries = {
	"SELECT pg_catalog.string_agg(country, ', ' ORDER BY country)"
	" FROM aftersale.shop_country WHERE shop_id OPERATOR(pg_catalog.=) $1",
	1, {INT8OID}
};

static bool
exists(AsStatement *statement, Datum *values)
{
	as_execute(statement, values, NULL, true, 1);
	return SPI_processed > 0;
}

/* The one text that the statement returns, or NULL */
static const char *
list(AsStatement *statement, Datum *values)
{
	as_execute(statement, values, NULL, true, 1);
	return SPI_processed > 0 ? SPI_getvalue(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 1) : NULL;
}

void
as_require_country(int64 shop, text *country)
{
	Datum		values[2] = {Int64GetDatum(shop), PointerGetDatum(country)};
	char		quoted[100];
	const char *known;
	AsError		error;

	if (exists(&find_country, values))
		return;
	if (!exists(&find_shop, values))
	{
		known = list(&list_shops, NULL);
		as_fail(&error, RA_UNKNOWN_SHOP, NULL, "shop \"%lld\" does not exist", (long long) shop);
		if (known != NULL)
			as_hint(&error, "The shops are: %s.", known);
		else
			as_hint(&error, "Add it to the table aftersale.shop first; there is none yet.");
		as_report(&error);
	}
	known = list(&list_countries, values);
	as_fail(&error, RA_UNKNOWN_COUNTRY, NULL, "shop \"%lld\" does not sell in country \"%s\"", (long long) shop,
			as_quote(quoted, sizeof quoted, VARDATA_ANY(country), VARSIZE_ANY_EXHDR(country)));
	if (known != NULL)
		as_hint(&error, "Its countries are: %s.", known);
	else
		as_hint(&error, "Add its countries to the table aftersale.shop_country first.");
	as_report(&error);
}

PG_FUNCTION_INFO_V1(aftersale_require_country);

Datum
aftersale_require_country(PG_FUNCTION_ARGS)
{
	(void) as_relation("shop_country");
	if (PG_ARGISNULL(0) || PG_ARGISNULL(1))
	{
		AsError		error;

		as_fail(&error, "22004", NULL, "the %s must not be NULL", PG_ARGISNULL(0) ? "shop" : "country");
		as_report(&error);
	}
	SPI_connect();
	as_require_country(PG_GETARG_INT64(0), PG_GETARG_TEXT_PP(1));
	SPI_finish();
	PG_RETURN_VOID();
}
