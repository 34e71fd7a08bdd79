/*
 * attach.c
 *		What attach_refund_check() asks of a row: see attach.h.
 */
#include "kernel/attach.h"

#include <stdio.h>
#include <string.h>

#include "kernel/codes.h"

static bool
ratio_refused(const char *shown, AsError *error)
{
	as_fail(error, RA_RATIO_REFUSED, "TEMU-28", "refund ratio \"%s\" is out of range", shown);
	as_detail(error, "A refund ratio is 5%% to 100%%, with two decimals of a percent at most.");
	return false;
}

/* Without decimals that are 0; returns the length. */
static size_t
format_short(AsAmount amount, int decimals, char buffer[AS_AMOUNT_TEXT_SIZE])
{
	size_t		length = as_amount_format(amount, decimals, buffer);

	while (decimals > 0 && buffer[length - 1] == '0')
		length--;
	if (decimals > 0 && buffer[length - 1] == '.')
		length--;
	buffer[length] = '\0';
	return length;
}

/* As the currency has it; where it is unknown, with the decimals that there are. */
static const char *
amount_text(AsAmount amount, int digits, char buffer[AS_AMOUNT_TEXT_SIZE])
{
	if (digits == AS_ATTACH_DECIMALS)
		format_short(amount, digits, buffer);
	else
		as_amount_format(amount, digits, buffer);
	return buffer;
}

bool
as_attach_ratio(int64_t hundredths, AsError *error)
{
	char		shown[AS_AMOUNT_TEXT_SIZE + 1];
	size_t		length;

	if (hundredths >= AS_RATIO_MIN && hundredths <= AS_RATIO_MAX)
		return true;
	length = format_short(hundredths, 2, shown);
	snprintf(shown + length, sizeof shown - length, "%%");
	return ratio_refused(shown, error);
}

bool
as_attach_ratio_refused(const char *text, size_t length, AsError *error)
{
	char		quoted[64];

	return ratio_refused(as_quote(quoted, sizeof quoted, text, length), error);
}

static bool
is_space(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

bool
as_decimal_parse(const char *text, size_t length, int decimals, AsAmount *amount)
{
	size_t		i = 0;
	int			left = -1;		/* decimals still to come; -1: before the
								 * point */
	bool		negative;
	bool		any = false;
	AsAmount	value = 0;

	while (length > 0 && is_space(*text))
		text++, length--;
	while (length > 0 && is_space(text[length - 1]))
		length--;
	negative = length > 0 && text[0] == '-';
	for (i = negative; i < length; i++)
	{
		if (text[i] == '.' && left < 0)
		{
			left = decimals;
			continue;
		}
		if (text[i] < '0' || text[i] > '9')
			return false;
		any = true;
		if (left == 0)
		{
			if (text[i] != '0')
				return false;	/* too fine */
			continue;
		}
		if (__builtin_mul_overflow(value, (AsAmount) 10, &value) ||
			__builtin_add_overflow(value, (AsAmount) (text[i] - '0'), &value))
			return false;
		if (left > 0)
			left--;
	}
	if (left < 0)
		left = decimals;
	if (!any || __builtin_mul_overflow(value, as_power_of_ten(left), &value))
		return false;
	*amount = negative ? -value : value;
	return true;
}

bool
as_attach_ratio_text(const char *text, size_t length, bool percent, int64_t *hundredths, AsError *error)
{
	AsAmount	value;
	size_t		end = length;

	while (end > 0 && is_space(text[end - 1]))
		end--;
	if (end > 0 && text[end - 1] == '%')
	{
		percent = true;
		end--;
	}
	if (!as_decimal_parse(text, end, percent ? 2 : AS_RATIO_DECIMALS, &value) || value > INT64_MAX || value < INT64_MIN)
		return as_attach_ratio_refused(text, length, error);
	*hundredths = (int64_t) value;
	return as_attach_ratio(*hundredths, error);
}

bool
as_attach_amount(AsAmount amount, const AsAmount *paid, int digits, AsError *error)
{
	char		shown[AS_AMOUNT_TEXT_SIZE];
	char		limit[AS_AMOUNT_TEXT_SIZE];

	if (amount >= 0 && (paid == NULL || amount <= *paid))
		return true;
	amount_text(amount, digits, shown);
	if (amount < 0)
		return as_fail(error, RA_INVALID_AMOUNT, "TEMU-07", "refund \"%s\" is negative", shown);
	return as_fail(error, RA_OVER_REFUND, "TEMU-07", "a refund of \"%s\" is more than what was paid, \"%s\"", shown,
				   amount_text(*paid, digits, limit));
}

bool
as_attach_sum(const char *order, const char *currency, AsAmount refunded, AsAmount more,
			  const AsAmount *paid, int digits, AsError *error)
{
	char		sum[AS_AMOUNT_TEXT_SIZE];
	char		added[AS_AMOUNT_TEXT_SIZE];
	char		limit[AS_AMOUNT_TEXT_SIZE];
	char		quoted[64];
	const char *space = currency[0] != '\0' ? " " : "";

	as_quote(quoted, sizeof quoted, order, strlen(order));
	if (paid == NULL)
	{
		as_fail(error, RA_NO_BALANCE, "TEMU-07", "it is not known what was paid for order \"%s\"", quoted);
		return as_detail(error, "What the attachment's \"paid\" gives for the order is NULL.");
	}
	if (refunded <= *paid)
		return true;
	amount_text(refunded, digits, sum);
	amount_text(more, digits, added);
	amount_text(*paid, digits, limit);
	as_fail(error, RA_OVER_REFUND, "TEMU-07", "the refunds of order \"%s\" would come to \"%s%s%s\", and \"%s\" was paid",
			quoted, sum, space, currency, limit);
	amount_text(*paid - (refunded - more), digits, limit);
	return as_detail(error, "This statement adds \"%s\", and \"%s\" is left.", added, limit);
}
