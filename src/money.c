/*
 * money.c
 *		Amounts in SQL: refund_amount(), allocate(), minor_units(), and the
 *		border between numeric and the kernel's scaled integers.
 *
 * A numeric is read where it lies, by its format on disk, which pg_upgrade
 * keeps: through its text or binary form it would cost several times the
 * computation.  test/sql/money_border.sql compares the two.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "compat.h"
#include "errors.h"
#include "fmgr.h"
#include "kernel/currency.h"
#include "money.h"
#include "refund_ratio.h"
#include "utils/array.h"
#include "utils/builtins.h"

/* The header of a numeric on disk: two bits of kind, then by kind */
#define KIND_MASK			0xC000
#define KIND_POSITIVE		0x0000	/* scale; int16 weight follows */
#define KIND_NEGATIVE		0x4000
#define KIND_SHORT			0x8000	/* sign, scale, weight in one */
#define KIND_SPECIAL		0xC000	/* NaN and the infinities */
#define SHORT_NEGATIVE		0x2000
#define SHORT_WEIGHT_SIGN	0x0040
#define SHORT_WEIGHT_MASK	0x003F
#define DIGIT_BASE			10000
#define DIGIT_DECIMALS		4

/* A finite numeric: the digits, most significant first, base 10000 */
typedef struct NumericView
{
	bool		finite;
	bool		negative;
	int			weight;			/* power of the base at the first digit */
	int			count;
	const int16 *digits;		/* no zeros at either end */
} NumericView;

static void
view_numeric(Numeric number, NumericView *view)
{
	const uint16 *words = (const uint16 *) VARDATA(number);
	int			length = (VARSIZE(number) - VARHDRSZ) / sizeof(uint16);
	int			kind = words[0] & KIND_MASK;
	int			header = 1;

	view->finite = kind != KIND_SPECIAL;
	if (!view->finite)
		return;
	if (kind == KIND_SHORT)
	{
		view->negative = (words[0] & SHORT_NEGATIVE) != 0;
		view->weight = words[0] & SHORT_WEIGHT_MASK;
		if (words[0] & SHORT_WEIGHT_SIGN)
			view->weight -= SHORT_WEIGHT_MASK + 1;
	}
	else
	{
		view->negative = kind == KIND_NEGATIVE;
		view->weight = (int16) words[header++];
	}
	view->digits = (const int16 *) words + header;
	view->count = length - header;
}

/* How many decimal zeros the digit, which is not 0, ends with. */
static int
digit_zeros(int digit)
{
	int			zeros = 0;

	for (; digit % 10 == 0; digit /= 10)
		zeros++;
	return zeros;
}

/* Decimals down to the last digit's own: may be negative, for 12000. */
static int
view_decimals(const NumericView *view)
{
	if (view->count == 0)
		return 0;
	return (view->count - 1 - view->weight) * DIGIT_DECIMALS - digit_zeros(view->digits[view->count - 1]);
}

int
as_numeric_decimals(Numeric number)
{
	NumericView view;

	view_numeric(number, &view);
	return view.finite ? Max(view_decimals(&view), 0) : 0;
}

/* Digits that fit 64 bits with room for 22 more decimals: nothing can overflow. */
#define FEW_DIGITS	4
#define FEW_DECIMALS	22

/* The value of a few digits, without the decimal zeros of the last. */
static int64
few_digits(const NumericView *view)
{
	int64		value = 0;
	int			last = view->digits[view->count - 1];

	for (int i = 0; i < view->count - 1; i++)
		value = value * DIGIT_BASE + view->digits[i];
	value = value * DIGIT_BASE + last;
	for (; last % 10 == 0; last /= 10)
		value /= 10;
	return value;
}

AsNumericFit
as_numeric_to_scaled(Numeric number, int decimals, AsAmount *amount)
{
	NumericView view;
	AsAmount	value = 0;
	int			used;			/* decimals that the value has so far */

	view_numeric(number, &view);
	if (!view.finite)
		return AS_NUMERIC_NOT_FINITE;
	*amount = 0;
	if (view.count == 0)
		return AS_NUMERIC_FITS;
	used = view_decimals(&view);
	if (used > decimals)
		return AS_NUMERIC_TOO_FINE;
	if (view.count <= FEW_DIGITS && decimals - used <= FEW_DECIMALS)
	{
		value = few_digits(&view) * as_power_of_ten(decimals - used);
		*amount = view.negative ? -value : value;
		return AS_NUMERIC_FITS;
	}
	for (int i = 0; i < view.count; i++)
	{
		int			digit = view.digits[i];
		int			step = DIGIT_BASE;

		if (i == view.count - 1)	/* without its zeros */
		{
			for (; digit % 10 == 0; digit /= 10)
				step /= 10;
		}
		if (__builtin_mul_overflow(value, (AsAmount) step, &value) ||
			__builtin_add_overflow(value, (AsAmount) digit, &value))
			return AS_NUMERIC_TOO_LARGE;
	}
	/* 10^38 times anything but 0 is out of range by the multiplication */
	if (decimals - used > 38 ||
		__builtin_mul_overflow(value, as_power_of_ten(decimals - used), &value))
		return AS_NUMERIC_TOO_LARGE;
	*amount = view.negative ? -value : value;
	return AS_NUMERIC_FITS;
}

AsAmount
as_numeric_require_scaled(const char *what, Numeric number, int decimals)
{
	AsAmount	amount;
	AsNumericFit fit = as_numeric_to_scaled(number, decimals, &amount);
	AsError		error;
	char	   *shown;
	char		quoted[64];

	if (fit == AS_NUMERIC_FITS)
		return amount;
	shown = DatumGetCString(DirectFunctionCall1(numeric_out, NumericGetDatum(number)));
	as_quote(quoted, sizeof quoted, shown, strlen(shown));
	switch (fit)
	{
		case AS_NUMERIC_NOT_FINITE:
			as_fail(&error, RA_INVALID_AMOUNT, NULL, "%s \"%s\" is not a finite number", what, quoted);
			as_detail(&error, "Amounts and weights are finite numbers.");
			break;
		case AS_NUMERIC_TOO_FINE:
			as_fail(&error, RA_AMOUNT_TOO_FINE, NULL, "%s \"%s\" has too many decimals", what, quoted);
			as_detail(&error, "At most %d decimals are allowed here, trailing zeros not counted.", decimals);
			break;
		default:
			as_fail(&error, AS_OUT_OF_RANGE, NULL, "%s \"%s\" is too large", what, quoted);
			as_detail(&error, "Without its decimal point, taken to %d decimals, it must be below 2^127.", decimals);
			break;
	}
	as_report(&error);
}

Numeric
as_scaled_to_numeric(AsAmount amount, int decimals)
{
	char		shown[AS_AMOUNT_TEXT_SIZE];

	if (amount >= PG_INT64_MIN && amount <= PG_INT64_MAX)
		return int64_div_fast_to_numeric((int64) amount, decimals);
	as_amount_format(amount, decimals, shown);
	return DatumGetNumeric(DirectFunctionCall3(numeric_in, CStringGetDatum(shown),
											   ObjectIdGetDatum(InvalidOid), Int32GetDatum(-1)));
}

/* The decimals of the currency that argument n names; raises RA012. */
static int
currency_argument(FunctionCallInfo fcinfo, int n)
{
	text	   *code = PG_GETARG_TEXT_PP(n);
	int			digits;
	AsError		error;

	if (!as_currency_require(VARDATA_ANY(code), VARSIZE_ANY_EXHDR(code), &digits, &error))
		as_report(&error);
	return digits;
}

PG_FUNCTION_INFO_V1(aftersale_minor_units);

Datum
aftersale_minor_units(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT32(currency_argument(fcinfo, 0));
}

PG_FUNCTION_INFO_V1(aftersale_refund_amount);

Datum
aftersale_refund_amount(PG_FUNCTION_ARGS)
{
	Numeric		paid = PG_GETARG_NUMERIC(0);
	int			digits = currency_argument(fcinfo, 2);
	int			decimals = Min(Max(as_numeric_decimals(paid), digits), AS_AMOUNT_MAX_DECIMALS);
	AsAmount	amount = as_numeric_require_scaled("paid amount", paid, decimals);
	AsAmount	refund;
	AsError		error;

	if (!as_refund_share(amount, decimals, PG_GETARG_RATIO(1), digits, &refund, &error))
		as_report(&error);
	PG_RETURN_NUMERIC(as_scaled_to_numeric(refund, digits));
}

static void
refuse_weights(const char *message)
{
	AsError		error;

	as_fail(&error, RA_INVALID_WEIGHTS, NULL, "%s", message);
	as_detail(&error, "The weights are an array of one dimension of numbers, none of them NULL.");
	as_report(&error);
}

/* The weights at the fewest decimals that hold them all; sets their count. */
static AsAmount *
weights_argument(ArrayType *array, int *count)
{
	Datum	   *elements;
	bool	   *nulls;
	AsAmount   *weights;
	int			decimals = 0;

	if (ARR_NDIM(array) > 1)
		refuse_weights("the array of weights has more than one dimension");
	deconstruct_array(array, NUMERICOID, -1, false, TYPALIGN_INT, &elements, &nulls, count);
	weights = palloc(sizeof(AsAmount) * Max(*count, 1));
	for (int i = 0; i < *count; i++)
	{
		if (nulls[i])
			refuse_weights(psprintf("weight %d is NULL", i + 1));
		elements[i] = NumericGetDatum(DatumGetNumeric(elements[i]));
		decimals = Max(decimals, as_numeric_decimals(DatumGetNumeric(elements[i])));
	}
	decimals = Min(decimals, AS_AMOUNT_MAX_DECIMALS);
	for (int i = 0; i < *count; i++)
		weights[i] = as_numeric_require_scaled("weight", DatumGetNumeric(elements[i]), decimals);
	return weights;
}

PG_FUNCTION_INFO_V1(aftersale_allocate);

Datum
aftersale_allocate(PG_FUNCTION_ARGS)
{
	int			digits = currency_argument(fcinfo, 2);
	AsAmount	total = as_numeric_require_scaled("total", PG_GETARG_NUMERIC(0), digits);
	ArrayType  *array = PG_GETARG_ARRAYTYPE_P(1);
	int			count;
	AsAmount   *weights = weights_argument(array, &count);
	AsAmount   *parts = palloc(sizeof(AsAmount) * Max(count, 1));
	AsAllocationSlot *slots = palloc(sizeof(AsAllocationSlot) * Max(count, 1));
	Datum	   *elements = palloc(sizeof(Datum) * Max(count, 1));
	AsError		error;

	if (!as_allocate(total, weights, count, parts, slots, &error))
		as_report(&error);
	for (int i = 0; i < count; i++)
		elements[i] = NumericGetDatum(as_scaled_to_numeric(parts[i], digits));
	/* the same subscripts as the weights' */
	PG_RETURN_ARRAYTYPE_P(construct_md_array(elements, NULL, 1, &count, ARR_LBOUND(array),
											 NUMERICOID, -1, false, TYPALIGN_INT));
}
