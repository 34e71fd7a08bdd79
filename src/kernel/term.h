/*
 * term.h
 *		Terms: how long somebody has, and by which clock that is counted.
 */
#ifndef AFTERSALE_KERNEL_TERM_H
#define AFTERSALE_KERNEL_TERM_H

#include <stdint.h>

#include "kernel/error.h"

typedef enum AsClock
{
	AS_CLOCK_HOURS,				/* elapsed time, counted in minutes */
	AS_CLOCK_DAYS,				/* natural days: same wall time, n local days
								 * later */
	AS_CLOCK_BUSINESS_HOURS,	/* working time, counted in minutes */
	AS_CLOCK_BUSINESS_DAYS
} AsClock;

/* How the nth business day is landed on; AS_DAY_ROLL for every other clock. */
typedef enum AsDayMode
{
	AS_DAY_ROLL,				/* roll to an opening, same wall time, kept
								 * inside that day */
	AS_DAY_END,					/* roll to an opening, closing of that day */
	AS_DAY_SAME_TIME			/* nth business day after the start's date,
								 * same wall time */
} AsDayMode;

/* count is minutes for the two hour clocks, days for the two day clocks */
typedef struct AsTerm
{
	int32_t		count;
	uint8_t		clock;			/* AsClock */
	uint8_t		mode;			/* AsDayMode */
} AsTerm;

#define AS_TERM_MAX_MINUTES	(INT32_C(1000000) * 60)
#define AS_TERM_MAX_DAYS	INT32_C(100000)

/* Longest text, with its terminating zero. */
#define AS_TERM_TEXT		64

/* The parts as a term; false with 22003 or 22P02 where they make none. */
extern bool as_term_make(int64_t count, int clock, int mode, AsTerm *term, AsError *error);

/* Reads the text form, any case and spacing. */
extern bool as_term_parse(const char *text, AsTerm *term, AsError *error);

/* Writes the canonical text form: whole hours as hours, other times as minutes. */
extern const char *as_term_format(AsTerm term, char buffer[AS_TERM_TEXT]);

/*
 * The binary form: version 1, clock, landing (one byte each), count (int32 in
 * network order).  Whatever decode refuses is 22P03.
 */
#define AS_TERM_BINARY_SIZE	7

extern void as_term_encode(AsTerm term, unsigned char bytes[AS_TERM_BINARY_SIZE]);
extern bool as_term_decode(const unsigned char *bytes, size_t length, AsTerm *term, AsError *error);

/*
 * One 64-bit number a term: its value as a Datum and the order of terms: by
 * clock, then landing, then count.
 */
static inline int64_t
as_term_pack(AsTerm term)
{
	return ((int64_t) ((term.clock << 8) | term.mode) << 32) | (uint32_t) (term.count ^ INT32_MIN);
}

static inline AsTerm
as_term_unpack(int64_t packed)
{
	AsTerm		term;

	term.count = (int32_t) ((uint32_t) packed ^ (uint32_t) INT32_MIN);
	term.clock = (uint8_t) (packed >> 40);
	term.mode = (uint8_t) (packed >> 32);
	return term;
}

#endif
