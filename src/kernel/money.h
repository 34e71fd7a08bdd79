/*
 * money.h
 *		Amounts as scaled integers: the share that is refunded, and splits.
 *
 * An AsAmount counts units of 10^-decimals; the decimals travel beside it.
 * Nothing here rounds unless it says so, and nothing wraps around.
 */
#ifndef AFTERSALE_KERNEL_MONEY_H
#define AFTERSALE_KERNEL_MONEY_H

#include "kernel/error.h"
#include "kernel/ratio.h"

/* aligned as palloc aligns, not to the 16 bytes that the compiler would assume */
typedef __int128 AsAmount __attribute__((aligned(8)));

#define AS_AMOUNT_MAX			((AsAmount) ((((unsigned __int128) 1) << 127) - 1))
#define AS_AMOUNT_MAX_DECIMALS	18

/* Room for the longest text form and its end. */
#define AS_AMOUNT_TEXT_SIZE		48

/* 10^exponent, for 0 to 38. */
extern AsAmount as_power_of_ten(int exponent);

/* Writes the amount in plain decimals, such as -0.05; returns its length. */
extern size_t as_amount_format(AsAmount amount, int decimals, char buffer[AS_AMOUNT_TEXT_SIZE]);

/*
 * The share of an amount, rounded half up to digits decimals (TEMU-28).
 * paid_decimals is at most AS_AMOUNT_MAX_DECIMALS, digits at most
 * AS_CURRENCY_MAX_DIGITS.  Errors: RA040 paid is negative, 22003 overflow.
 */
extern bool as_refund_share(AsAmount paid, int paid_decimals, AsRatio ratio, int digits,
							AsAmount *refund, AsError *error);

/* One for each part; the caller's memory, contents meaningless. */
typedef struct AsAllocationSlot
{
	AsAmount	left_over;
	int			part;
} AsAllocationSlot;

/*
 * Splits total, in minor units, in proportion to the weights by largest
 * remainder, ties to the first: its absolute value is split, then the sign is
 * given.  The parts always add up to total, each is within one unit of its
 * exact share, and a part of weight 0 gets 0.  So a refund is spread over what
 * remains of the lines, the remainders being the weights: as long as it is not
 * above their sum, no part is above its line's, and the last one closes every
 * line to zero.  parts and slots have room for count elements.  Errors: RA042 no weights, a negative one, or all 0 while
 * total is not; 22003 |total| times the sum of the weights overflows.
 */
extern bool as_allocate(AsAmount total, const AsAmount *weights, int count,
						AsAmount *parts, AsAllocationSlot *slots, AsError *error);

#endif
