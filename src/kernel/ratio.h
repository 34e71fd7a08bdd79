/*
 * ratio.h
 *		A refund ratio (TEMU-28): what share of the amount is refunded, 5% to
 *		100%, in hundredths of a percent.
 */
#ifndef AFTERSALE_KERNEL_RATIO_H
#define AFTERSALE_KERNEL_RATIO_H

#include <stdint.h>

#include "kernel/error.h"

/* hundredths of a percent: 3000 is 30% */
typedef int32_t AsRatio;

#define AS_RATIO_MIN		500
#define AS_RATIO_MAX		10000
#define AS_RATIO_ONE		10000	/* the whole: 100% */
#define AS_RATIO_DECIMALS	4	/* decimals of the ratio as a fraction */

/* room for the longest text form and its end: "99.99%" */
#define AS_RATIO_TEXT_SIZE	8

/* Whether the value is a refund ratio; if not, the error is 22003. */
extern bool as_ratio_check(int64_t hundredths, AsRatio *ratio, AsError *error);

/*
 * Reads "30%" or "12.5%": digits, at most two decimals, the percent sign; ASCII
 * white space around it is allowed.  Errors: 22P02 another form, 22003 a
 * percentage outside the range.
 */
extern bool as_ratio_parse(const char *text, size_t length, AsRatio *ratio, AsError *error);

/*
 * Reads the binary form, an int32 of hundredths of a percent in network order.
 * Errors: 22P03 not 4 bytes, 22003 outside the range.
 */
extern bool as_ratio_decode(const unsigned char *bytes, size_t length, AsRatio *ratio, AsError *error);

/* Writes the canonical form, without needless zeros; returns its length. */
extern size_t as_ratio_format(AsRatio ratio, char buffer[AS_RATIO_TEXT_SIZE]);

/* The fewest decimals, at least 2, that show the ratio as a fraction: 0.30, 0.125. */
extern int	as_ratio_fraction_decimals(AsRatio ratio);

#endif
