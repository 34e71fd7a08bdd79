/*
 * instant.h
 *		Instants: 64-bit microseconds since 2000-01-01 00:00 UTC, as
 *		PostgreSQL's timestamptz has them.
 */
#ifndef AFTERSALE_KERNEL_INSTANT_H
#define AFTERSALE_KERNEL_INSTANT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef int64_t AsInstant;

#define AS_INSTANT_BEGIN	INT64_MIN	/* -infinity */
#define AS_INSTANT_END		INT64_MAX	/* infinity */

static inline bool
as_instant_is_finite(AsInstant instant)
{
	return instant != AS_INSTANT_BEGIN && instant != AS_INSTANT_END;
}

/* An instant that may be missing. */
typedef struct AsMaybeInstant
{
	bool		known;
	AsInstant	at;
} AsMaybeInstant;

#define AS_INSTANT_TEXT 48

/* "2026-11-25 10:00:00+00", with a fraction where there is one; returns buffer. */
extern const char *as_instant_text(AsInstant instant, char buffer[AS_INSTANT_TEXT]);

/* Reads back what as_instant_text() writes, and nothing else. */
extern bool as_instant_parse(const char *text, size_t length, AsInstant *instant);

#endif
