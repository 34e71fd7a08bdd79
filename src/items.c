/*
 * items.c
 *		Checks the lines of a request before they are stored, so that storing
 *		them cannot fail.
 */
#include "postgres.h"

#include "errors.h"
#include "items.h"
#include "utils/builtins.h"
#include "utils/fmgrprotos.h"
#include "utils/numeric.h"

static void
refuse(int place, const char *what)
{
	AsError		error;

	as_fail(&error, RA_INVALID_ITEMS, NULL, "item %d %s", place, what);
	as_hint(&error, "items is an array such as [{\"line_no\": 1, \"product\": \"P1\", \"sku\": \"P1-red\", "
			"\"quantity\": 1, \"paid\": 10.00, \"amount\": 10.00}].");
	as_report(&error);
}

static JsonbValue *
member(JsonbContainer *object, const char *key)
{
	JsonbValue *value = getKeyJsonValueFromContainer(object, key, (int) strlen(key), NULL);

	return value == NULL || value->type == jbvNull ? NULL : value;
}

static void
check_number(JsonbContainer *object, const char *key, int place, bool zero_allowed)
{
	JsonbValue *value = member(object, key);
	Datum		zero = NumericGetDatum(int64_to_numeric(0));
	int			comparison;

	if (value == NULL)
		return;
	if (value->type != jbvNumeric)
		refuse(place, psprintf("has a \"%s\" that is no number", key));
	comparison = DatumGetInt32(DirectFunctionCall2(numeric_cmp, NumericGetDatum(value->val.numeric), zero));
	if (comparison < 0 || (comparison == 0 && !zero_allowed))
		refuse(place, psprintf("has a \"%s\" that is %s", key, comparison < 0 ? "negative" : "zero"));
}

/* The line number, or the place where none is given. */
static int
line_number(JsonbContainer *object, int place)
{
	JsonbValue *value = member(object, "line_no");
	Datum		truncated;

	if (value == NULL)
		return place;
	if (value->type != jbvNumeric)
		refuse(place, "has a \"line_no\" that is no number");
	truncated = DirectFunctionCall2(numeric_trunc, NumericGetDatum(value->val.numeric), Int32GetDatum(0));
	if (DatumGetInt32(DirectFunctionCall2(numeric_cmp, truncated, NumericGetDatum(value->val.numeric))) != 0 ||
		DatumGetInt32(DirectFunctionCall2(numeric_cmp, truncated, NumericGetDatum(int64_to_numeric(1)))) < 0 ||
		DatumGetInt32(DirectFunctionCall2(numeric_cmp, truncated,
										  NumericGetDatum(int64_to_numeric(PG_INT32_MAX)))) > 0)
		refuse(place, "has a \"line_no\" that is no whole number from 1 to 2147483647");
	return DatumGetInt32(DirectFunctionCall1(numeric_int4, truncated));
}

static int
compare_lines(const void *a, const void *b)
{
	int			left = *(const int *) a;
	int			right = *(const int *) b;

	return (left > right) - (left < right);
}

void
as_check_items(Jsonb *items)
{
	int			count;
	int		   *lines;

	if (!JB_ROOT_IS_ARRAY(items) || JB_ROOT_IS_SCALAR(items))
	{
		AsError		error;

		as_fail(&error, RA_INVALID_ITEMS, NULL, "items must be a JSON array");
		as_report(&error);
	}
	count = (int) JB_ROOT_COUNT(items);
	if (count > AS_MAX_ITEMS)
		refuse(AS_MAX_ITEMS + 1, "is one too many");
	lines = palloc(sizeof(int) * Max(count, 1));
	for (int i = 0; i < count; i++)
	{
		JsonbValue *value = getIthJsonbValueFromContainer(&items->root, i);
		JsonbContainer *object;
		JsonbValue *product;
		JsonbValue *sku;

		if (value->type != jbvBinary || !JsonContainerIsObject(value->val.binary.data))
			refuse(i + 1, "is no JSON object");
		object = value->val.binary.data;
		product = member(object, "product");
		if (product == NULL || product->type != jbvString || product->val.string.len == 0)
			refuse(i + 1, "has no \"product\"");
		sku = member(object, "sku");
		if (sku != NULL && sku->type != jbvString)
			refuse(i + 1, "has a \"sku\" that is no string");
		check_number(object, "quantity", i + 1, false);
		check_number(object, "paid", i + 1, true);
		check_number(object, "amount", i + 1, true);
		lines[i] = line_number(object, i + 1);
	}
	qsort(lines, count, sizeof(int), compare_lines);
	for (int i = 1; i < count; i++)
		if (lines[i] == lines[i - 1])
			refuse(i + 1, psprintf("repeats the \"line_no\" %d", lines[i]));
	pfree(lines);
}
