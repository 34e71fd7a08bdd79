/*
 * money.h
 *		The border between numeric and the kernel's scaled integers.
 */
#ifndef AFTERSALE_MONEY_H
#define AFTERSALE_MONEY_H

#include "kernel/money.h"
#include "utils/numeric.h"

typedef enum AsNumericFit
{
	AS_NUMERIC_FITS,
	AS_NUMERIC_NOT_FINITE,		/* NaN, infinity */
	AS_NUMERIC_TOO_FINE,		/* more decimals than asked for */
	AS_NUMERIC_TOO_LARGE		/* beyond 128 bits at that many decimals */
} AsNumericFit;

/* Decimals of a finite number, trailing zeros not counted: 1.500 has 1. */
extern int	as_numeric_decimals(Numeric number);

/* The number times 10^decimals, exactly; amount is set if it fits. */
extern AsNumericFit as_numeric_to_scaled(Numeric number, int decimals, AsAmount *amount);

/*
 * The same, but raises what does not fit: RA040 not finite, RA041 too fine,
 * 22003 too large.  "what" names the value in the message: "paid amount".
 */
extern AsAmount as_numeric_require_scaled(const char *what, Numeric number, int decimals);

/* amount * 10^-decimals, with that many decimals shown; palloc'd. */
extern Numeric as_scaled_to_numeric(AsAmount amount, int decimals);

#endif
