/*
 * rules.h
 *		The rules of a business calendar: what its text says, nothing compiled.
 *
 * Dates are days since 2000-01-01, times of day minutes since midnight.  A
 * span may end after midnight (up to 48:00): it belongs to the day on which it
 * starts.
 */
#ifndef AFTERSALE_KERNEL_RULES_H
#define AFTERSALE_KERNEL_RULES_H

#include <stdint.h>

#include "kernel/error.h"

#define AS_ZONE_NAME		64	/* with its terminating zero */
#define AS_MAX_SPANS		12	/* spans of one day */
#define AS_MAX_PATTERNS		64	/* different working days of one calendar */
#define AS_DAY_MINUTES		1440

/* The dates that a calendar may name: 1900-01-01 to 2399-12-31 */
#define AS_FIRST_DATE		(-36524)
#define AS_LAST_DATE		146096

typedef struct AsSpan
{
	uint16_t	from;
	uint16_t	to;				/* excluded; above 1440: on the next date */
} AsSpan;

/* Working spans of a day: sorted, disjoint, not touching.  None: closed. */
typedef struct AsPattern
{
	uint16_t	count;
	AsSpan		span[AS_MAX_SPANS];
} AsPattern;

/* Dates that differ from the week: a run of dates with one pattern. */
typedef struct AsDates
{
	int32_t		first;
	int32_t		last;
	uint8_t		pattern;
} AsDates;

typedef struct AsRules
{
	char		zone[AS_ZONE_NAME];
	uint8_t		week[7];		/* pattern of Monday to Sunday */
	int			patterns;		/* pattern 0 is always "closed" */
	AsPattern	pattern[AS_MAX_PATTERNS];
	AsDates    *dates;			/* the caller's memory; sorted runs */
	int			date_count;
	int			date_room;
	bool		has_known;
	int32_t		known_until;	/* the last date whose holidays are known */
} AsRules;

/* Room for dates that a text or packed value of that many bytes may need. */
#define AS_RULES_DATES(bytes)	((int) ((bytes) / 3 + 2))

/*
 * Reads the text form.  rules->dates and date_room are the caller's; room of
 * AS_RULES_DATES(strlen(text)) is always enough.  The zone's name is taken as
 * written: the caller knows which zones exist.
 */
extern bool as_rules_parse(const char *text, AsRules *rules, AsError *error);

/*
 * Canonical order: patterns numbered by first use, dates sorted and run
 * together.  Refuses dates with two meanings, days that overlap and calendars
 * that never work.  Parse and unpack have called it.
 */
extern bool as_rules_normalize(AsRules *rules, AsError *error);

/* Writes the canonical text; returns its length without the terminating zero.
 * With size 0 nothing is written (to learn the length). */
extern size_t as_rules_format(const AsRules *rules, char *buffer, size_t size);

/*
 * Writes the same as JSON:
 * {"zone": ..., "week": {"mon": ["09:00-18:00"]}, "off": ["2026-10-01..2026-10-08"],
 * "on": {"2026-10-10": ["09:00-18:00"]}, "known_until": "2026-12-31"}
 */
extern size_t as_rules_format_json(const AsRules *rules, char *buffer, size_t size);

/*
 * The packed form: what a stored value and the binary form consist of; equal
 * rules have equal bytes.  pack returns the length; with size 0 it writes
 * nothing.  unpack believes nothing of what it reads.
 */
extern size_t as_rules_pack(const AsRules *rules, unsigned char *buffer, size_t size);
extern bool as_rules_unpack(const unsigned char *bytes, size_t length, AsRules *rules, AsError *error);

/* The pattern that holds on a date. */
extern int	as_rules_pattern(const AsRules *rules, int32_t date);

/* Monday is 0. */
static inline int
as_weekday(int32_t date)
{
	int			day = (date + 5) % 7;

	return day < 0 ? day + 7 : day;
}

/* What the name of a zone may consist of. */
static inline bool
as_zone_name_char(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
		c == '_' || c == '/' || c == '+' || c == '-';
}

extern int32_t as_date_from_civil(int year, int month, int day);
extern void as_date_to_civil(int32_t date, int *year, int *month, int *day);

/* Writes YYYY-MM-DD. */
extern const char *as_date_format(int32_t date, char buffer[16]);

#endif
