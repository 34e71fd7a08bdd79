/*
 * pause.c
 *		Deadlines of a clock that stood for a while: see calendar.h.
 */
#include "kernel/compiled.h"

#include <stdlib.h>

#include "kernel/codes.h"

static int
compare_pauses(const void *a, const void *b)
{
	const AsPause *x = a;
	const AsPause *y = b;

	return x->from < y->from ? -1 : x->from > y->from;
}

int
as_pauses_merge(AsPause *pauses, int count, int64_t start)
{
	int			kept = 0;

	if (count > 1)
		qsort(pauses, (size_t) count, sizeof *pauses, compare_pauses);
	for (int i = 0; i < count; i++)
	{
		AsPause		next = pauses[i];

		if (next.from < start)
			next.from = start;
		if (next.to <= next.from)
			continue;
		if (kept > 0 && next.from <= pauses[kept - 1].to)
		{
			if (next.to > pauses[kept - 1].to)
				pauses[kept - 1].to = next.to;
		}
		else
			pauses[kept++] = next;
	}
	return kept;
}

bool
as_pause_shift(const AsCalendar *calendar, int64_t unpaused, const AsPause *pauses, int count, AsPauseMode mode,
			   int64_t *given_back, int64_t *due, int32_t *date, AsError *error)
{
	int64_t		base = mode == AS_PAUSE_WORKING ? as_work_until(calendar, unpaused) : unpaused;

	*given_back = 0;
	*due = unpaused;
	*date = INT32_MIN;
	for (int i = 0; i < count && pauses[i].from < *due; i++)
	{
		if (pauses[i].to == INT64_MAX)
		{
			as_fail(error, RA_PAUSE_WITHOUT_END, NULL, "a pause without an end lies before the deadline");
			return as_hint(error, "While the clock stands there is no deadline; end the pause first.");
		}
		if (pauses[i].to >= AS_LAST_INSTANT || pauses[i].from < AS_FIRST_INSTANT)
		{
			as_fail(error, AS_DATETIME_OVERFLOW, NULL, "pause out of range for business time");
			return as_detail(error, "Business time covers the years 1800 to 2399.");
		}
		if (mode == AS_PAUSE_WALL)
		{
			*given_back += pauses[i].to - pauses[i].from;
			*due = base + *given_back;
		}
		else
		{
			*given_back += as_work_until(calendar, pauses[i].to) - as_work_until(calendar, pauses[i].from);
			if (*given_back > 0 && !as_instant_of_work(calendar, base + *given_back, false, due, date))
				return as_refuse_no_working_time(calendar, error);
		}
		if (*due >= AS_LAST_INSTANT)
		{
			as_fail(error, AS_DATETIME_OVERFLOW, NULL, "deadline out of range for business time");
			return as_detail(error, "Business time covers the years 1800 to 2399.");
		}
	}
	return true;
}

bool
as_deadline_paused(int64_t start, AsTerm term, const AsCalendar *calendar,
				   AsPause *pauses, int count, AsPauseMode mode,
				   int64_t *due, bool *provisional, AsError *error)
{
	int64_t		unpaused;
	int64_t		given_back;
	int32_t		date;

	if (!as_deadline(start, term, calendar, &unpaused, provisional, error))
		return false;
	if (term.count < 0 && count > 0)
	{
		as_fail(error, AS_INVALID_PARAMETER, NULL, "a negative term cannot be paused");
		return as_detail(error, "Pauses lie between a start and a later deadline.");
	}
	count = as_pauses_merge(pauses, count, start);
	if (!as_pause_shift(calendar, unpaused, pauses, count, mode, &given_back, due, &date, error))
		return false;
	if (provisional != NULL && date != INT32_MIN && calendar->rules.has_known && date > calendar->rules.known_until)
		*provisional = true;
	return true;
}
