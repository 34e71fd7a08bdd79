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

#define ACCEPTED_FORM \
	"A refund ratio is a percentage from 5% to 100% with at most two decimals, such as \"30%\" or \"12.5%\"."

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
	return as_detail(error, "%s", ACCEPTED_FORM);
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

/* Writes hundredths of a percent as a percentage without needless zeros. */
static size_t
format_percentage(char *buffer, size_t size, int64_t hundredths)
{
	uint64_t	left = hundredths < 0 ? -(uint64_t) hundredths : (uint64_t) hundredths;
	char		digits[32];
	int			length;

	length = snprintf(digits, sizeof digits, "%s%llu.%02d", hundredths < 0 ? "-" : "",
					  (unsigned long long) (left / 100), (int) (left % 100));
	while (digits[length - 1] == '0')
		length--;
	if (digits[length - 1] == '.')
		length--;
	return (size_t) snprintf(buffer, size, "%.*s%%", length, digits);
}

bool
as_ratio_check(int64_t hundredths, AsRatio *ratio, AsError *error)
{
	char		shown[32];

	if (hundredths < AS_RATIO_MIN || hundredths > AS_RATIO_MAX)
	{
		format_percentage(shown, sizeof shown, hundredths);
		return out_of_range(shown, error);
	}
	*ratio = (AsRatio) hundredths;
	return true;
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
		as_detail(error, "%s", ACCEPTED_FORM);
		return hint_form(number, left, error);
	}
	if (negative || hundredths < AS_RATIO_MIN || hundredths > AS_RATIO_MAX)
		return out_of_range(quoted, error);
	*ratio = hundredths;
	return true;
}

bool
as_ratio_decode(const unsigned char *bytes, size_t length, AsRatio *ratio, AsError *error)
{
	uint32_t	value = 0;

	if (length != sizeof value)
	{
		as_fail(error, AS_INVALID_BINARY, "TEMU-28",
				"invalid binary form of type refund_ratio: %zu bytes", length);
		return as_detail(error, "The binary form is an integer of 4 bytes that counts hundredths of a percent.");
	}
	for (size_t i = 0; i < length; i++)
		value = value << 8 | bytes[i];
	return as_ratio_check((int32_t) value, ratio, error);
}

size_t
as_ratio_format(AsRatio ratio, char buffer[AS_RATIO_TEXT_SIZE])
{
	return format_percentage(buffer, AS_RATIO_TEXT_SIZE, ratio);
}

int
as_ratio_fraction_decimals(AsRatio ratio)
{
	if (ratio % 100 == 0)
		return AS_RATIO_DECIMALS - 2;
	return ratio % 10 == 0 ? AS_RATIO_DECIMALS - 1 : AS_RATIO_DECIMALS;
}
