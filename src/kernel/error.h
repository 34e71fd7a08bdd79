/*
 * error.h
 *		How the kernel refuses.
 *
 * A kernel function that can fail returns false and fills an AsError; it never
 * jumps, allocates or logs.  The shell turns the AsError into an ereport
 * (errors.h).  The struct owns its texts.
 */
#ifndef AFTERSALE_KERNEL_ERROR_H
#define AFTERSALE_KERNEL_ERROR_H

#include <stdbool.h>
#include <stddef.h>

#if defined(__GNUC__)
#define AS_PRINTF(fmt, first) __attribute__((format(printf, fmt, first)))
#else
#define AS_PRINTF(fmt, first)
#endif

/* SQLSTATEs of PostgreSQL that the kernel uses; ours are class RA (codes.h) */
#define AS_INVALID_TEXT			"22P02"
#define AS_OUT_OF_RANGE			"22003"
#define AS_DATETIME_OVERFLOW	"22008"
#define AS_INVALID_PARAMETER	"22023"
#define AS_INVALID_BINARY		"22P03"

typedef struct AsError
{
	char		sqlstate[6];
	char		message[400];	/* ends with "(CODE)" or "(CODE, RULE)" */
	char		detail[600];	/* empty: none */
	char		hint[400];		/* empty: none */
} AsError;

/*
 * Fills the error and returns false, so that "return as_fail(...)" reads well.
 * rule is the rule's number ("TEMU-28") or NULL.  Values belong in double
 * quotes; as_quote() makes hostile text fit for that.
 */
extern bool as_fail(AsError *error, const char *sqlstate, const char *rule,
					const char *format,...) AS_PRINTF(4, 5);
extern bool as_detail(AsError *error, const char *format,...) AS_PRINTF(2, 3);
extern bool as_hint(AsError *error, const char *format,...) AS_PRINTF(2, 3);

/* At most the first size - 1 bytes of text, cut between characters. */
extern const char *as_quote(char *buffer, size_t size, const char *text, size_t length);

#endif
