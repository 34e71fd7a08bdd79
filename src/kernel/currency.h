/*
 * currency.h
 *		Currencies: how many decimals their minor unit has (ISO 4217).
 */
#ifndef AFTERSALE_KERNEL_CURRENCY_H
#define AFTERSALE_KERNEL_CURRENCY_H

#include "kernel/error.h"

#define AS_CURRENCY_MAX_DIGITS		4
#define AS_CURRENCY_UNKNOWN			(-1)
#define AS_CURRENCY_NO_MINOR_UNIT	(-2)	/* gold, test codes */

/*
 * The decimals of the currency's minor unit, 0 to AS_CURRENCY_MAX_DIGITS, or
 * one of the negative values above.  Codes are upper case, without spaces.
 */
extern int	as_currency_digits(const char *code, size_t length);

/* The same; a currency without a minor unit is refused with RA012. */
extern bool as_currency_require(const char *code, size_t length, int *digits, AsError *error);

#endif
