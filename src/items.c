/*
 * items.c
 *		Checks the lines of a request before they are stored, so that storing
 *		them cannot fail.
 */
#include "postgres.h"

#include "errors.h"
#include "items.h"
#include "money.h"
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

static Numeric
number_of(JsonbContainer *object, const char *key, int place)
{
	JsonbValue *value = member(object, key);

	if (value == NULL)
		return NULL;
	if (value->type != jbvNumeric)
		refuse(place, psprintf("has no number for \"%s\"", key));
	return value->val.numeric;
}

/* Amounts: zero or more, no finer than the currency. */
static void
check_amount(JsonbContainer *object, const char *key, int place, int digits)
{
	Numeric		number = number_of(object, key, place);
	AsAmount	amount;

	if (number == NULL)
		return;
	if (as_numeric_to_scaled(number, digits, &amount) != AS_NUMERIC_FITS)
		refuse(place, psprintf("has a \"%s\" that is finer than the currency, or too large", key));
	if (amount < 0)
		refuse(place, psprintf("has a negative \"%s\"", key));
}

/* Quantities: above zero, whatever their decimals (goods are sold by weight, too). */
static void
check_quantity(JsonbContainer *object, int place)
{
	Numeric		number = number_of(object, "quantity", place);

	if (number != NULL &&
		DatumGetInt32(DirectFunctionCall2(numeric_cmp, NumericGetDatum(number),
										  NumericGetDatum(int64_to_numeric(0)))) <= 0)
		refuse(place, "has a \"quantity\" that is not above zero");
}

/* The line number, or the place where none is given. */
static int
line_number(JsonbContainer *object, int place)
{
	Numeric		number = number_of(object, "line_no", place);
	AsAmount	line;

	if (number == NULL)
		return place;
	if (as_numeric_to_scaled(number, 0, &line) != AS_NUMERIC_FITS || line < 1 || line > PG_INT32_MAX)
		refuse(place, "has a \"line_no\" that is no whole number from 1 to 2147483647");
	return (int) line;
}

static int
compare_lines(const void *a, const void *b)
{
	int			left = *(const int *) a;
	int			right = *(const int *) b;

	return (left > right) - (left < right);
}

void
as_check_items(Jsonb *items, int digits)
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
		JsonbValue *category;

		if (value->type != jbvBinary || !JsonContainerIsObject(value->val.binary.data))
			refuse(i + 1, "is no JSON object");
		object = value->val.binary.data;
		product = member(object, "product");
		if (product == NULL || product->type != jbvString || product->val.string.len == 0)
			refuse(i + 1, "has no \"product\"");
		sku = member(object, "sku");
		if (sku != NULL && sku->type != jbvString)
			refuse(i + 1, "has a \"sku\" that is no string");
		category = member(object, "category");
		if (category != NULL && category->type != jbvString)
			refuse(i + 1, "has a \"category\" that is no string");
		check_quantity(object, i + 1);
		check_amount(object, "paid", i + 1, digits);
		check_amount(object, "amount", i + 1, digits);
		lines[i] = line_number(object, i + 1);
	}
	qsort(lines, count, sizeof(int), compare_lines);
	for (int i = 1; i < count; i++)
		if (lines[i] == lines[i - 1])
			refuse(i + 1, psprintf("repeats the \"line_no\" %d", lines[i]));
	pfree(lines);
}
