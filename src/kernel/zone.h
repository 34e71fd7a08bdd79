/*
 * zone.h
 *		A time zone as an array of transitions, and PostgreSQL's own rule from
 *		wall time to instant.
 *
 * Here instants are seconds since 2000-01-01 00:00 UTC, wall times seconds
 * since 2000-01-01 00:00 on the wall, dates days since 2000-01-01.
 */
#ifndef AFTERSALE_KERNEL_ZONE_H
#define AFTERSALE_KERNEL_ZONE_H

#include <stdint.h>

#define AS_DAY_SECONDS	86400

typedef struct AsZone
{
	int			count;			/* of transitions */
	int64_t    *at;				/* ascending */
	int32_t    *offset;			/* east of UTC; count + 1: before at[0], from
								 * at[0] on, ... */
} AsZone;

/* Number of transitions at or before the instant: the index of its offset. */
extern int	as_zone_find(const AsZone *zone, int64_t instant);

static inline int32_t
as_zone_offset(const AsZone *zone, int64_t instant)
{
	return zone->offset[as_zone_find(zone, instant)];
}

/*
 * The instant of a wall time as PostgreSQL's "timestamp AT TIME ZONE" has it:
 * in a gap by the offset before it, in an overlap by the offset after it.
 */
extern int64_t as_zone_instant(const AsZone *zone, int64_t wall);

/*
 * The first instant at which the wall shows this date or a later one.  A date
 * that the zone skipped begins when the next one does.
 */
extern int64_t as_zone_first_instant(const AsZone *zone, int32_t date);

#endif
