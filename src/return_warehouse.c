/*
 * return_warehouse.c
 *		Routing one return: reads what is in force and known, and lets the
 *		kernel decide.
 *
 * Three statements, each one index scan or two: the country with its default,
 * its warehouses, the links of the products.  Everything is read as the current
 * user, under the caller's snapshot; nothing is cached.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "compat.h"
#include "config.h"
#include "errors.h"
#include "fmgr.h"
#include "funcapi.h"
#include "return_warehouse.h"
#include "shop.h"
#include "statement.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/jsonb.h"
#include "utils/timestamp.h"

/* The country's settings and default; its warehouses in force */
static AsStatement country_default = {
	"SELECT d.warehouse_id, c.settings OPERATOR(pg_catalog.@>) '{\"cross_border\": true}'"
	" FROM aftersale.shop_country AS c"
	" LEFT JOIN aftersale.default_warehouse AS d"
	"  ON d.shop_id OPERATOR(pg_catalog.=) $1 AND d.country OPERATOR(pg_catalog.=) $2"
	"  AND d.superseded_at OPERATOR(pg_catalog.=) 'infinity'"
	"  AND d.effective_from OPERATOR(pg_catalog.<=) $3 AND d.effective_to OPERATOR(pg_catalog.>) $3"
	" WHERE c.shop_id OPERATOR(pg_catalog.=) $1 AND c.country OPERATOR(pg_catalog.=) $2",
	3, {INT8OID, TEXTOID, TIMESTAMPTZOID}
};

static AsStatement forbidding_site = {
	"SELECT FROM aftersale.shop AS s JOIN aftersale.shop_country AS c ON c.shop_id OPERATOR(pg_catalog.=) s.shop_id"
	" JOIN aftersale.site AS x ON x.platform OPERATOR(pg_catalog.=) s.platform"
	" AND x.site OPERATOR(pg_catalog.=) coalesce(c.site, c.country)"
	" WHERE s.shop_id OPERATOR(pg_catalog.=) $1 AND c.country OPERATOR(pg_catalog.=) $2"
	" AND x.effective_from OPERATOR(pg_catalog.<=) $3 AND x.effective_to OPERATOR(pg_catalog.>) $3"
	" AND (x.settings OPERATOR(pg_catalog.@>) '{\"cross_border\": false}'"
	"  OR (x.settings OPERATOR(pg_catalog.->>) 'cross_border_needs' IS NOT NULL AND NOT c.settings OPERATOR(pg_catalog.@>)"
	"   pg_catalog.jsonb_build_object(x.settings OPERATOR(pg_catalog.->>) 'cross_border_needs', true)))",
	3, {INT8OID, TEXTOID, TIMESTAMPTZOID}
};

static AsStatement country_warehouses = {
	"SELECT warehouse_id, priority, enabled, located_in OPERATOR(pg_catalog.<>) country"
	" FROM aftersale.warehouse_version"
	" WHERE shop_id OPERATOR(pg_catalog.=) $1 AND country OPERATOR(pg_catalog.=) $2"
	" AND superseded_at OPERATOR(pg_catalog.=) 'infinity'"
	" AND effective_from OPERATOR(pg_catalog.<=) $3 AND effective_to OPERATOR(pg_catalog.>) $3",
	3, {INT8OID, TEXTOID, TIMESTAMPTZOID}
};

static AsStatement warehouse_ages = {
	"SELECT warehouse_id, recorded_at FROM aftersale.warehouse"
	" WHERE shop_id OPERATOR(pg_catalog.=) $1 AND warehouse_id OPERATOR(pg_catalog.=) ANY ($2)",
	2, {INT8OID, INT8ARRAYOID}
};

static AsStatement product_links = {
	"SELECT product, warehouse_id FROM aftersale.warehouse_product"
	" WHERE shop_id OPERATOR(pg_catalog.=) $1 AND country OPERATOR(pg_catalog.=) $2"
	" AND product OPERATOR(pg_catalog.=) ANY ($3)"
	" AND effective_from OPERATOR(pg_catalog.<=) $4 AND effective_to OPERATOR(pg_catalog.>) $4",
	4, {INT8OID, TEXTOID, TEXTARRAYOID, TIMESTAMPTZOID}
};

/* ------------------------------------------------------------- products */

static int
compare_products(const void *left, const void *right)
{
	text	   *a = DatumGetTextPP(*(const Datum *) left);
	text	   *b = DatumGetTextPP(*(const Datum *) right);
	int			length_a = VARSIZE_ANY_EXHDR(a);
	int			length_b = VARSIZE_ANY_EXHDR(b);
	int			order = memcmp(VARDATA_ANY(a), VARDATA_ANY(b), Min(length_a, length_b));

	return order != 0 ? order : length_a - length_b;
}

AsProducts
as_products(Datum *names, const bool *nulls, int count)
{
	AsProducts	products = {names, 0, false};
	int			known = 0;

	for (int i = 0; i < count; i++)
	{
		if (nulls[i])
			products.unknown = true;
		else
			names[known++] = names[i];
	}
	if (known > 1)
		qsort(names, known, sizeof(Datum), compare_products);
	for (int i = 0; i < known; i++)
	{
		if (products.count == 0 || compare_products(&names[products.count - 1], &names[i]) != 0)
			names[products.count++] = names[i];
	}
	return products;
}

static AsProducts
products_of_array(ArrayType *array)
{
	Datum	   *names;
	bool	   *nulls;
	int			count;

	deconstruct_array(array, TEXTOID, -1, false, TYPALIGN_INT, &names, &nulls, &count);
	return as_products(names, nulls, count);
}

static void
fail_no_products(const char *seen)
{
	AsError		error;

	as_fail(&error, RA_NO_PRODUCTS, NULL, "%s", seen);
	as_hint(&error, "Name at least one product, such as ARRAY['SPU-1'].");
	as_report(&error);
}

PG_FUNCTION_INFO_V1(aftersale_distinct_products);

Datum
aftersale_distinct_products(PG_FUNCTION_ARGS)
{
	AsProducts	products;
	AsError		error;

	if (PG_ARGISNULL(0))
		fail_no_products("the list of products is NULL");
	products = products_of_array(PG_GETARG_ARRAYTYPE_P(0));
	if (products.unknown || (products.count > 0 && VARSIZE_ANY_EXHDR(DatumGetTextPP(products.names[0])) == 0))
		fail_no_products("a product in the list is NULL or empty");
	if (products.count == 0)
		fail_no_products("the list of products is empty");
	if (products.count > AS_LINK_PRODUCTS_MAX)
	{
		as_fail(&error, RA_TOO_MANY_PRODUCTS, "TEMU-38", "\"%d\" products are too many for one call", products.count);
		as_detail(&error, "At most %d different products may be given at once.", AS_LINK_PRODUCTS_MAX);
		as_hint(&error, "Call the function once for every %d of them.", AS_LINK_PRODUCTS_MAX);
		as_report(&error);
	}
	PG_RETURN_ARRAYTYPE_P(construct_array(products.names, products.count, TEXTOID, -1, false, TYPALIGN_INT));
}

/* -------------------------------------------------------------- reading */

static Datum
field(uint64 row, int number, bool *isnull)
{
	return SPI_getbinval(SPI_tuptable->vals[row], SPI_tuptable->tupdesc, number, isnull);
}

static int
compare_warehouses(const void *left, const void *right)
{
	int64		a = ((const AsWarehouse *) left)->id;
	int64		b = ((const AsWarehouse *) right)->id;

	return (a > b) - (a < b);
}

bool
as_site_forbids_border(Datum shop, Datum country, TimestampTz at)
{
	Datum		values[3] = {shop, country, TimestampTzGetDatum(at)};

	as_execute(&forbidding_site, values, NULL, true, 1);
	return SPI_processed > 0;
}

static void
read_country(int64 shop, text *country, TimestampTz as_of, AsRouteInput *input, bool *cross_border)
{
	Datum		values[3] = {Int64GetDatum(shop), PointerGetDatum(country), TimestampTzGetDatum(as_of)};
	bool		isnull;

	as_execute(&country_default, values, NULL, true, 1);
	if (SPI_processed == 0)
	{
		as_require_country(shop, country);
		elog(ERROR, "country appeared while it was looked up");
	}
	input->default_id = DatumGetInt64(field(0, 1, &isnull));
	input->has_default = !isnull;
	*cross_border = DatumGetBool(field(0, 2, &isnull));
	if (*cross_border)
		*cross_border = !as_site_forbids_border(values[0], values[1], as_of);
}

/* Ages are read where they decide, and there alone: read_ages(). */
static void
read_warehouses(int64 shop, text *country, TimestampTz as_of, bool cross_border, AsRouteInput *input)
{
	Datum		values[3] = {Int64GetDatum(shop), PointerGetDatum(country), TimestampTzGetDatum(as_of)};
	AsWarehouse *warehouses;
	bool		isnull;

	as_execute(&country_warehouses, values, NULL, true, 0);
	input->warehouse_count = SPI_processed;
	input->warehouses = warehouses = palloc(SPI_processed * sizeof(AsWarehouse) + 1);
	for (uint64 i = 0; i < SPI_processed; i++)
	{
		AsWarehouse *warehouse = &warehouses[i];
		bool		abroad;

		warehouse->id = DatumGetInt64(field(i, 1, &isnull));
		warehouse->priority = DatumGetInt32(field(i, 2, &isnull));
		warehouse->recorded_at = 0;
		abroad = DatumGetBool(field(i, 4, &isnull)) && !isnull;
		warehouse->standing = !DatumGetBool(field(i, 3, &isnull)) ? AS_DISABLED :
			abroad && !cross_border ? AS_ABROAD : AS_CONSIDERED;
	}
	qsort(warehouses, input->warehouse_count, sizeof(AsWarehouse), compare_warehouses);
}

static void
read_ages(int64 shop, const AsRoute *route, AsRouteInput *input)
{
	Datum		values[2] = {Int64GetDatum(shop), (Datum) 0};
	Datum	   *ids = palloc(route->common_count * sizeof(Datum));
	bool		isnull;

	for (size_t i = 0; i < route->common_count; i++)
		ids[i] = Int64GetDatum(route->common[i]);
	values[1] = PointerGetDatum(construct_array(ids, route->common_count, INT8OID, sizeof(int64),
												FLOAT8PASSBYVAL, TYPALIGN_DOUBLE));
	as_execute(&warehouse_ages, values, NULL, true, 0);
	for (uint64 i = 0; i < SPI_processed; i++)
	{
		const AsWarehouse *warehouse = as_find_warehouse(input->warehouses, input->warehouse_count,
														 DatumGetInt64(field(i, 1, &isnull)));

		unconstify(AsWarehouse *, warehouse)->recorded_at = DatumGetTimestampTz(field(i, 2, &isnull));
	}
}

static int
compare_links(const void *left, const void *right)
{
	const AsLink *a = left;
	const AsLink *b = right;

	if (a->product != b->product)
		return a->product < b->product ? -1 : 1;
	return (a->warehouse > b->warehouse) - (a->warehouse < b->warehouse);
}

static void
read_links(int64 shop, text *country, const AsProducts *products, TimestampTz as_of, AsRouteInput *input)
{
	Datum		values[4] = {Int64GetDatum(shop), PointerGetDatum(country), (Datum) 0, TimestampTzGetDatum(as_of)};
	AsLink	   *links;

	input->links = NULL;
	input->link_count = 0;
	input->product_count = products->count + (products->unknown ? 1 : 0);
	if (products->count == 0)
		return;
	values[2] = PointerGetDatum(construct_array(products->names, products->count, TEXTOID, -1, false, TYPALIGN_INT));
	as_execute(&product_links, values, NULL, true, 0);
	links = palloc(SPI_processed * sizeof(AsLink) + 1);
	for (uint64 i = 0; i < SPI_processed; i++)
	{
		bool		isnull;
		Datum		product = field(i, 1, &isnull);
		Datum	   *found = bsearch(&product, products->names, products->count, sizeof(Datum), compare_products);

		if (found == NULL)
			continue;			/* equal only in the database's own collation */
		links[input->link_count].product = found - products->names;
		links[input->link_count++].warehouse = DatumGetInt64(field(i, 2, &isnull));
	}
	qsort(links, input->link_count, sizeof(AsLink), compare_links);
	input->links = links;
}

/* ------------------------------------------------------------- deciding */

static void
fail_no_warehouse(AsError *error, int64 shop, text *country, TimestampTz as_of, const AsRouteInput *input)
{
	char		quoted[20];
	const AsWarehouse *chosen = NULL;

	as_quote(quoted, sizeof quoted, VARDATA_ANY(country), VARSIZE_ANY_EXHDR(country));
	if (input->has_default)
		chosen = as_find_warehouse(input->warehouses, input->warehouse_count, input->default_id);
	if (!input->has_default)
	{
		as_fail(error, RA_NO_WAREHOUSE, "TEMU-42", "country \"%s\" of shop \"%lld\" has no return warehouse",
				quoted, (long long) shop);
		as_detail(error, "It had no default warehouse at %s.", timestamptz_to_str(as_of));
		as_hint(error, "Set one up: SELECT aftersale.set_warehouse(%lld, 'your reference', '%s', 'its name');",
				(long long) shop, quoted);
		return;
	}
	as_fail(error, RA_NO_WAREHOUSE, "TEMU-42",
			"the default warehouse of country \"%s\" of shop \"%lld\" cannot take the return", quoted, (long long) shop);
	if (chosen == NULL)
		as_detail(error, "Warehouse \"%lld\" was not in force at %s.", (long long) input->default_id,
				  timestamptz_to_str(as_of));
	else if (chosen->standing == AS_DISABLED)
		as_detail(error, "Warehouse \"%lld\" was disabled at %s.", (long long) input->default_id,
				  timestamptz_to_str(as_of));
	else
		as_detail(error, "Warehouse \"%lld\" stands abroad, which the country's settings do not allow (TEMU-16).",
				  (long long) input->default_id);
	as_hint(error, "Make another warehouse the default: SELECT aftersale.set_default_warehouse(%lld, '%s', warehouse_id);",
			(long long) shop, quoted);
}

void
as_return_route(int64 shop, text *country, const AsProducts *products, TimestampTz as_of, AsReturnRoute *result)
{
	AsRouteInput *input = &result->input;
	AsRoute    *route = &result->route;
	bool		cross_border;
	bool		routed;
	AsError		error;

	read_country(shop, country, as_of, input, &cross_border);
	read_warehouses(shop, country, as_of, cross_border, input);
	read_links(shop, country, products, as_of, input);
	route->common = palloc(input->warehouse_count * sizeof(int64) + 1);
	routed = as_route(input, route, &error);
	if (routed && route->chosen == AS_CHOSEN_OLDEST)
	{
		read_ages(shop, route, input);
		routed = as_route(input, route, &error);
	}
	if (routed)
		return;
	fail_no_warehouse(&error, shop, country, as_of, input);
	as_report(&error);
}

/* --------------------------------------------------------------- detail */

static void
push_key(JsonbParseState **state, const char *key)
{
	JsonbValue	value;

	value.type = jbvString;
	value.val.string.val = unconstify(char *, key);
	value.val.string.len = strlen(key);
	pushJsonbValue(state, WJB_KEY, &value);
}

static void
push_text(JsonbParseState **state, JsonbIteratorToken token, const char *content, int length)
{
	JsonbValue	value;

	value.type = jbvString;
	value.val.string.val = unconstify(char *, content);
	value.val.string.len = length;
	pushJsonbValue(state, token, &value);
}

static void
push_id(JsonbParseState **state, JsonbIteratorToken token, int64 id)
{
	JsonbValue	value;

	value.type = jbvNumeric;
	value.val.numeric = int64_to_numeric(id);
	pushJsonbValue(state, token, &value);
}

static const char *
reason(const AsRoute *route)
{
	if (route->basis == AS_BASIS_UNLINKED)
		return "a product is linked to no warehouse that takes returns: the default, for everything";
	if (route->basis == AS_BASIS_DIFFERENT)
		return "the products are linked to different warehouses: the default, for everything";
	switch (route->chosen)
	{
		case AS_CHOSEN_ONLY:
			return "the only warehouse that every product is linked to";
		case AS_CHOSEN_DEFAULT:
			return "every product is linked to several warehouses, the default among them";
		case AS_CHOSEN_PRIORITY:
			return "of the warehouses that every product is linked to, the highest priority";
		case AS_CHOSEN_OLDEST:
			break;
	}
	return "of the warehouses that every product is linked to, the oldest of the highest priority";
}

/* One product: {"product": name or null, "warehouses": [those considered]} */
static void
push_product(JsonbParseState **state, const AsRouteInput *input, const AsProducts *products, size_t index, size_t *next)
{
	JsonbValue	null_value = {.type = jbvNull};

	pushJsonbValue(state, WJB_BEGIN_OBJECT, NULL);
	push_key(state, "product");
	if (index < products->count)
	{
		text	   *name = DatumGetTextPP(products->names[index]);

		push_text(state, WJB_VALUE, VARDATA_ANY(name), VARSIZE_ANY_EXHDR(name));
	}
	else
		pushJsonbValue(state, WJB_VALUE, &null_value);
	push_key(state, "warehouses");
	pushJsonbValue(state, WJB_BEGIN_ARRAY, NULL);
	for (; *next < input->link_count && input->links[*next].product == index; (*next)++)
	{
		const AsWarehouse *warehouse = as_find_warehouse(input->warehouses, input->warehouse_count,
														 input->links[*next].warehouse);

		if (warehouse != NULL && warehouse->standing == AS_CONSIDERED)
			push_id(state, WJB_ELEM, warehouse->id);
	}
	pushJsonbValue(state, WJB_END_ARRAY, NULL);
	pushJsonbValue(state, WJB_END_OBJECT, NULL);
}

/* Links that do not count: {"product", "warehouse", "because"} */
static void
push_ignored(JsonbParseState **state, const AsRouteInput *input, const AsProducts *products)
{
	bool		begun = false;

	for (size_t i = 0; i < input->link_count; i++)
	{
		const AsLink *link = &input->links[i];
		const AsWarehouse *warehouse = as_find_warehouse(input->warehouses, input->warehouse_count, link->warehouse);
		const char *because = warehouse == NULL ? "not in force" : as_standing_name(warehouse->standing);
		text	   *name = DatumGetTextPP(products->names[link->product]);

		if (warehouse != NULL && warehouse->standing == AS_CONSIDERED)
			continue;
		if (!begun)
		{
			push_key(state, "ignored");
			pushJsonbValue(state, WJB_BEGIN_ARRAY, NULL);
			begun = true;
		}
		pushJsonbValue(state, WJB_BEGIN_OBJECT, NULL);
		push_key(state, "product");
		push_text(state, WJB_VALUE, VARDATA_ANY(name), VARSIZE_ANY_EXHDR(name));
		push_key(state, "warehouse");
		push_id(state, WJB_VALUE, link->warehouse);
		push_key(state, "because");
		push_text(state, WJB_VALUE, because, strlen(because));
		pushJsonbValue(state, WJB_END_OBJECT, NULL);
	}
	if (begun)
		pushJsonbValue(state, WJB_END_ARRAY, NULL);
}

static Jsonb *
route_detail(const AsReturnRoute *result, const AsProducts *products)
{
	const AsRouteInput *input = &result->input;
	const AsRoute *route = &result->route;
	JsonbParseState *state = NULL;
	const char *chosen = as_chosen_name(route->chosen);
	const char *why = reason(route);
	size_t		next = 0;

	pushJsonbValue(&state, WJB_BEGIN_OBJECT, NULL);
	push_key(&state, "why");
	push_text(&state, WJB_VALUE, why, strlen(why));
	push_key(&state, "chosen");
	push_text(&state, WJB_VALUE, chosen, strlen(chosen));
	push_key(&state, "products");
	pushJsonbValue(&state, WJB_BEGIN_ARRAY, NULL);
	for (size_t i = 0; i < input->product_count; i++)
		push_product(&state, input, products, i, &next);
	pushJsonbValue(&state, WJB_END_ARRAY, NULL);
	push_key(&state, "common");
	pushJsonbValue(&state, WJB_BEGIN_ARRAY, NULL);
	for (size_t i = 0; i < route->common_count; i++)
		push_id(&state, WJB_ELEM, route->common[i]);
	pushJsonbValue(&state, WJB_END_ARRAY, NULL);
	if (input->has_default)
	{
		push_key(&state, "default");
		push_id(&state, WJB_VALUE, input->default_id);
	}
	push_ignored(&state, input, products);
	return JsonbValueToJsonb(pushJsonbValue(&state, WJB_END_OBJECT, NULL));
}

/* -------------------------------------------------------------- the call */

static void
check_arguments(FunctionCallInfo fcinfo)
{
	AsError		error;

	(void) as_relation("warehouse_product");
	if (PG_ARGISNULL(0) || PG_ARGISNULL(1) || PG_ARGISNULL(3))
	{
		as_fail(&error, "22004", NULL, "the %s must not be NULL",
				PG_ARGISNULL(0) ? "shop" : PG_ARGISNULL(1) ? "country" : "instant as_of");
		as_report(&error);
	}
	if (PG_ARGISNULL(2))
		fail_no_products("the list of products is NULL");
	if (ArrayGetNItems(ARR_NDIM(PG_GETARG_ARRAYTYPE_P(2)), ARR_DIMS(PG_GETARG_ARRAYTYPE_P(2))) == 0)
		fail_no_products("the list of products is empty");
	if (TIMESTAMP_NOT_FINITE(PG_GETARG_TIMESTAMPTZ(3)))
	{
		as_fail(&error, RA_EFFECTIVE_PERIOD, NULL, "the instant as_of must be finite, not \"%s\"",
				timestamptz_to_str(PG_GETARG_TIMESTAMPTZ(3)));
		as_report(&error);
	}
}

PG_FUNCTION_INFO_V1(aftersale_return_warehouse);

Datum
aftersale_return_warehouse(PG_FUNCTION_ARGS)
{
	MemoryContext caller = CurrentMemoryContext;
	AsProducts	products;
	AsReturnRoute result;
	TupleDesc	description;
	Datum		values[3];
	bool		nulls[3] = {false, false, false};

	check_arguments(fcinfo);
	products = products_of_array(PG_GETARG_ARRAYTYPE_P(2));
	if (get_call_result_type(fcinfo, NULL, &description) != TYPEFUNC_COMPOSITE)
		elog(ERROR, "return type must be a row type");
	SPI_connect();
	as_return_route(PG_GETARG_INT64(0), PG_GETARG_TEXT_PP(1), &products, PG_GETARG_TIMESTAMPTZ(3), &result);
	MemoryContextSwitchTo(caller);
	values[0] = Int64GetDatum(result.route.warehouse);
	values[1] = CStringGetTextDatum(as_basis_name(result.route.basis));
	values[2] = JsonbPGetDatum(route_detail(&result, &products));
	SPI_finish();
	PG_RETURN_DATUM(HeapTupleGetDatum(heap_form_tuple(description, values, nulls)));
}
