/*
 * ratio.c
 *		The refund ratio: its limits and its text form (TEMU-28).
 *
 * Owns what a valid ratio is.  The text form is plain ASCII in every locale.
 */
#include "kernel/ratio.h"

#include <stdio.h>
#include <string.h>

#define QUOTED_SIZE		81

static const char accepted_form[] =
	"A refund ratio is a percentage from 5% to 100% with at most two decimals, such as \"30%\" or \"12.5%\".";

static bool
is_space(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool
out_of_range(const char *shown, AsError *error)
{
	as_fail(error, AS_OUT_OF_RANGE, "TEMU-28", "refund ratio \"%s\" is out of range", shown);
	return as_detail(error, "%s", accepted_form);
}

/*
 * The number before the percent sign in hundredths, at most
 * AS_RATIO_MAX + 1 however large it is; false: it is no number with at most
 * two decimals.
 */
static bool
parse_hundredths(const char *text, size_t length, int *hundredths)
{
	size_t		i = 0;
	int			value = 0;
	int			decimals = 0;

	for (; i < length && is_digit(text[i]); i++)
	{
		if (value <= AS_RATIO_MAX)
			value = value * 10 + (text[i] - '0') * 100;
	}
	if (i == 0)
		return false;
	if (i < length && text[i] == '.')
	{
		for (i++; i < length && is_digit(text[i]) && decimals < 2; i++, decimals++)
			value += (text[i] - '0') * (decimals == 0 ? 10 : 1);
		if (decimals == 0)
			return false;
	}
	*hundredths = value > AS_RATIO_MAX ? AS_RATIO_MAX + 1 : value;
	return i == length;
}

/* What to write instead, where it can be guessed. */
static bool
hint_form(const char *text, size_t length, AsError *error)
{
	int			hundredths;

	for (size_t i = 0; i < length; i++)
	{
		if ((unsigned char) text[i] >= 0x80)
			return as_hint(error, "Use the ASCII characters 0 to 9, \".\" and \"%%\".");
	}
	if (parse_hundredths(text, length, &hundredths) &&
		hundredths >= AS_RATIO_MIN && hundredths <= AS_RATIO_MAX)
		return as_hint(error, "Write \"%.*s%%\".", (int) length, text);
	return false;
}

bool
as_ratio_check(int64_t hundredths, AsRatio *ratio, AsError *error)
{
	char		shown[32];
	int64_t		size = hundredths < 0 ? -(hundredths + 1) : hundredths;

	if (hundredths >= AS_RATIO_MIN && hundredths <= AS_RATIO_MAX)
	{
		*ratio = (AsRatio) hundredths;
		return true;
	}
	if (hundredths < 0)
		size++;					/* not -hundredths, which may overflow */
	snprintf(shown, sizeof shown, "%s%lld.%02d%%", hundredths < 0 ? "-" : "",
			 (long long) (size / 100), (int) (size % 100));
	return out_of_range(shown, error);
}

bool
as_ratio_parse(const char *text, size_t length, AsRatio *ratio, AsError *error)
{
	char		quoted[QUOTED_SIZE];
	const char *number = text;
	size_t		left = length;
	bool		negative;
	int			hundredths;

	while (left > 0 && is_space(*number))
		number++, left--;
	while (left > 0 && is_space(number[left - 1]))
		left--;
	negative = left > 0 && *number == '-';	/* a percentage, but out of range */
	as_quote(quoted, sizeof quoted, text, length);
	if (left < 2 || number[left - 1] != '%' ||
		!parse_hundredths(number + negative, left - 1 - negative, &hundredths))
	{
		as_fail(error, AS_INVALID_TEXT, "TEMU-28",
				"invalid input syntax for type refund_ratio: \"%s\"", quoted);
		as_detail(error, "%s", accepted_form);
		return hint_form(number, left, error);
	}
	if (negative || hundredths < AS_RATIO_MIN || hundredths > AS_RATIO_MAX)
		return out_of_range(quoted, error);
	*ratio = hundredths;
	return true;
}

/* Decimals of the percentage without needless zeros. */
static int
percent_decimals(AsRatio ratio)
{
	if (ratio % 100 == 0)
		return 0;
	return ratio % 10 == 0 ? 1 : 2;
}

size_t
as_ratio_format(AsRatio ratio, char buffer[AS_RATIO_TEXT_SIZE])
{
	int			decimals = percent_decimals(ratio);
	char		digits[16];
	int			length;

	snprintf(digits, sizeof digits, "%d.%02d", (int) (ratio / 100), (int) (ratio % 100));
	length = (int) strlen(digits) - (decimals == 0 ? 3 : 2 - decimals);
	return (size_t) snprintf(buffer, AS_RATIO_TEXT_SIZE, "%.*s%%", length, digits);
}

int
as_ratio_fraction_decimals(AsRatio ratio)
{
	return percent_decimals(ratio) + 2;
}
