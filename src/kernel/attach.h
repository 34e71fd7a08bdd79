/*
 * attach.h
 *		What attach_refund_check() asks of a row of the ERP's: ratio, amount, and
 *		the sum of what an order's refunds come to.
 */
#ifndef AFTERSALE_KERNEL_ATTACH_H
#define AFTERSALE_KERNEL_ATTACH_H

#include <stdint.h>

#include "kernel/money.h"

/*
 * The decimals at which amounts are compared where the currency is unknown.
 * With a currency it is the minor unit's.
 */
#define AS_ATTACH_DECIMALS	6

/* Whether hundredths of a percent are a ratio; RA043 if not (TEMU-28). */
extern bool as_attach_ratio(int64_t hundredths, AsError *error);

/* RA043 for a ratio that is no number of hundredths of a percent at all. */
extern bool as_attach_ratio_refused(const char *text, size_t length, AsError *error);

/*
 * Reads a decimal number such as "12.30" or "-5", ASCII white space around it
 * allowed, as a multiple of 10^-decimals.  False: no such number, or too fine,
 * or too large.
 */
extern bool as_decimal_parse(const char *text, size_t length, int decimals, AsAmount *amount);

/*
 * A ratio as text: "30%", or a plain number that is a percentage or a fraction.
 * RA043 where it is no ratio.
 */
extern bool as_attach_ratio_text(const char *text, size_t length, bool percent, int64_t *hundredths, AsError *error);

/* An amount against what was paid (NULL: unknown): RA040 negative, RA045 above it (TEMU-07). */
extern bool as_attach_amount(AsAmount amount, const AsAmount *paid, int digits, AsError *error);

/*
 * What the refunds of an order come to after the statement, of which "more" was
 * added by it.  paid NULL: unknown, which is refused with RA044.
 */
extern bool as_attach_sum(const char *order, const char *currency, AsAmount refunded, AsAmount more,
						  const AsAmount *paid, int digits, AsError *error);

#endif
