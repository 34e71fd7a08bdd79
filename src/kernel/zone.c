/*
 * zone.c
 *		Wall time and instants of a zone: see zone.h.
 */
#include "kernel/zone.h"

int
as_zone_find(const AsZone *zone, int64_t instant)
{
	int			low = 0;
	int			high = zone->count;

	while (low < high)
	{
		int			middle = (low + high) / 2;

		if (zone->at[middle] <= instant)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/*
 * The rule of the server's DetermineTimeZoneOffset(): look at the first
 * transition later than 24 hours before the wall time taken as UTC, and decide
 * between the offsets on its two sides.
 */
int64_t
as_zone_instant(const AsZone *zone, int64_t wall)
{
	int			next = as_zone_find(zone, wall - AS_DAY_SECONDS);
	int64_t		before = wall - zone->offset[next];
	int64_t		after;

	if (next == zone->count)
		return before;
	after = wall - zone->offset[next + 1];
	if (before < zone->at[next] && after < zone->at[next])
		return before;
	if (before > zone->at[next] && after >= zone->at[next])
		return after;
	return before > after ? before : after;
}

int64_t
as_zone_first_instant(const AsZone *zone, int32_t date)
{
	int64_t		midnight = (int64_t) date * AS_DAY_SECONDS;
	int			i = as_zone_find(zone, midnight - 2 * AS_DAY_SECONDS);

	/* the first stretch between transitions that gets past midnight */
	while (i < zone->count && zone->at[i] + zone->offset[i] <= midnight)
		i++;
	if (i > 0 && zone->at[i - 1] > midnight - zone->offset[i])
		return zone->at[i - 1];
	return midnight - zone->offset[i];
}
