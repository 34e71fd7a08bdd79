/*
 * explain.c
 *		Why a deadline is when it is: its stretches of time, one by one.
 */
#include "kernel/compiled.h"

/* Emits steps in order; runs of stretches that do not count are one step. */
typedef struct Narrator
{
	const AsCalendar *calendar;
	AsEmitStep	emit;
	void	   *context;
	bool		pending;
	AsStep		step;
} Narrator;

static void
flush(Narrator *narrator)
{
	if (narrator->pending)
		narrator->emit(narrator->context, &narrator->step);
	narrator->pending = false;
}

static void
tell(Narrator *narrator, const AsStep *step)
{
	AsStep	   *last = &narrator->step;

	if (narrator->pending && last->why == step->why && last->to == step->from && last->number == step->number &&
		last->counted == 0 && last->counted_days == 0 && step->counted == 0 && step->counted_days == 0)
	{
		last->to = step->to;
		last->last_date = step->last_date;
		return;
	}
	flush(narrator);
	narrator->step = *step;
	narrator->pending = true;
}

/* The run of dates that gives a date other hours than its week day has; or NULL. */
static const AsDates *
special_dates(const AsRules *rules, int32_t date)
{
	for (int i = 0; i < rules->date_count; i++)
		if (rules->dates[i].first <= date && date <= rules->dates[i].last)
			return &rules->dates[i];
	return NULL;
}

static AsWhy
why_not_working(const AsRules *rules, int32_t date)
{
	if (rules->pattern[as_rules_pattern(rules, date)].count > 0)
		return AS_WHY_CLOSED;
	return special_dates(rules, date) != NULL ? AS_WHY_DATE_OFF : AS_WHY_WEEKDAY_OFF;
}

static void
tell_stretch(Narrator *narrator, int64_t from, int64_t to, int64_t counted, AsWhy why, int32_t date)
{
	AsStep		step = {from, to, counted, 0, why, date, date, 0};

	if (from < to)
		tell(narrator, &step);
}

/* The stretch [from, to) of a business hours clock; sign is that of the term. */
static void
tell_hours(Narrator *narrator, int64_t from, int64_t to, int sign)
{
	const AsCalendar *calendar = narrator->calendar;
	const AsRules *rules = &calendar->rules;

	while (from < to)
	{
		int32_t		date = as_date_of(calendar, as_seconds_of(from));
		AsComputedDay day;
		int64_t		first;
		int64_t		end;

		as_load_day(calendar, date, &day);
		first = day.first * AS_MICROSECONDS;
		end = day.next * AS_MICROSECONDS < to ? day.next * AS_MICROSECONDS : to;
		for (int i = 0; i <= day.count; i++)
		{
			bool		rest = i == day.count;
			int64_t		opening = rest ? end : first + day.segment[i].from * AS_MICROSECONDS;
			int64_t		closing = rest ? end : first + day.segment[i].to * AS_MICROSECONDS;

			opening = opening < from ? from : opening > end ? end : opening;
			closing = closing < from ? from : closing > end ? end : closing;
			tell_stretch(narrator, from, opening, 0, why_not_working(rules, date), date);
			if (!rest)
			{
				int32_t		owner = date - day.segment[i].owner;

				tell_stretch(narrator, opening, closing, sign * (closing - opening),
							 special_dates(rules, owner) != NULL ? AS_WHY_SPECIAL : AS_WHY_WORKING, owner);
			}
			from = closing > from ? closing : from;
		}
	}
}

/* The same, cut where the clock stood. */
static void
tell_with_pauses(Narrator *narrator, int64_t from, int64_t to, const AsPause *pauses, int count, int sign,
				 bool working_time)
{
	for (int i = 0; i <= count && from < to; i++)
	{
		int64_t		end = i < count && pauses[i].from < to ? pauses[i].from : to;

		if (working_time)
			tell_hours(narrator, from, end, sign);
		else
			tell_stretch(narrator, from, end, sign * (end - from), AS_WHY_ELAPSED,
						 as_date_of(narrator->calendar, as_seconds_of(from)));
		if (end < to)
		{
			AsStep		step = {end, pauses[i].to < to ? pauses[i].to : to, 0, 0, AS_WHY_PAUSED, 0, 0, i + 1};

			step.first_date = as_date_of(narrator->calendar, as_seconds_of(step.from));
			step.last_date = as_date_of(narrator->calendar, as_seconds_of(step.to - 1));
			tell(narrator, &step);
		}
		from = i < count ? pauses[i].to : to;
	}
}

/* Business days counted from date "from_date" (not counted) to "to_date". */
static void
tell_days(Narrator *narrator, int64_t from, int64_t to, int32_t from_date, int32_t to_date, int sign)
{
	const AsCalendar *calendar = narrator->calendar;
	int32_t		low = from_date < to_date ? from_date : to_date;
	int32_t		high = from_date < to_date ? to_date : from_date;
	int			number = 0;
	int64_t		at = from;

	for (int32_t date = low; date <= high; date++)
		if (date != from_date && as_is_working_date(calendar, date))
			number++;
	if (sign > 0)
		number = 1;
	for (int32_t date = low; date <= high; date++)
	{
		AsStep		step = {at, 0, 0, 0, AS_WHY_START_DAY, date, date, 0};

		/*
		 * the last date takes whatever is left: a night may end after its
		 * midnight
		 */
		step.to = date == high ? to : as_zone_first_instant(&calendar->zone, date + 1) * AS_MICROSECONDS;
		step.to = step.to < at ? at : step.to > to ? to : step.to;
		if (date != from_date)
		{
			step.why = why_not_working(&calendar->rules, date);
			if (as_is_working_date(calendar, date))
			{
				step.why = special_dates(&calendar->rules, date) != NULL ? AS_WHY_SPECIAL_DAY : AS_WHY_WORKING_DAY;
				step.counted_days = sign;
				step.number = number;
				number += sign;
			}
		}
		if (step.from < step.to || step.counted_days != 0)
			tell(narrator, &step);
		at = step.to;
	}
}

static bool
explain_business_days(Narrator *narrator, int64_t start, AsTerm term, int64_t due, AsError *error)
{
	const AsCalendar *calendar = narrator->calendar;
	int64_t		anchor;
	int32_t		from_date;
	int32_t		to_date;

	if (!as_business_day_count(calendar, start, term, &anchor, &from_date, &to_date, error))
		return false;
	if (term.count >= 0)
	{
		tell_hours(narrator, start, anchor, 1);
		tell_days(narrator, anchor, due, from_date, to_date, 1);
	}
	else
	{
		tell_days(narrator, due, anchor, from_date, to_date, -1);
		tell_hours(narrator, anchor, start, -1);
	}
	return true;
}

/* What pauses give back after a deadline in days: one step a pause. */
static bool
tell_made_up(Narrator *narrator, int64_t unpaused, const AsPause *pauses, int count, AsPauseMode mode, AsError *error)
{
	int64_t		before = unpaused;

	for (int i = 0; i < count && pauses[i].from < before; i++)
	{
		AsStep		step = {before, before, 0, 0, AS_WHY_MADE_UP, 0, 0, i + 1};
		int64_t		given_back;
		int32_t		date;

		if (!as_pause_shift(narrator->calendar, unpaused, pauses, i + 1, mode, &given_back, &step.to, &date, error))
			return false;
		step.first_date = as_date_of(narrator->calendar, as_seconds_of(step.from));
		step.last_date = as_date_of(narrator->calendar, as_seconds_of(step.to));
		flush(narrator);
		tell(narrator, &step);
		before = step.to;
	}
	return true;
}

bool
as_explain(int64_t start, AsTerm term, const AsCalendar *calendar,
		   AsPause *pauses, int count, AsPauseMode mode,
		   AsEmitStep emit, void *context, AsError *error)
{
	Narrator	narrator = {.calendar = calendar,.emit = emit,.context = context};
	int64_t		unpaused;
	int64_t		due;
	bool		backwards = term.count < 0;

	if (!as_deadline(start, term, calendar, &unpaused, NULL, error) ||
		!as_deadline_paused(start, term, calendar, pauses, count, mode, &due, NULL, error))
		return false;
	count = as_pauses_merge(pauses, count, start);
	if ((term.clock == AS_CLOCK_BUSINESS_HOURS && mode == AS_PAUSE_WORKING) ||
		(term.clock == AS_CLOCK_HOURS && mode == AS_PAUSE_WALL))
	{
		/* here the clock simply stood: the pauses are cut out */
		tell_with_pauses(&narrator, backwards ? due : start, backwards ? start : due, pauses, count,
						 backwards ? -1 : 1, term.clock == AS_CLOCK_BUSINESS_HOURS);
	}
	else
	{
		int64_t		from = backwards ? unpaused : start;
		int64_t		to = backwards ? start : unpaused;

		if (term.clock == AS_CLOCK_BUSINESS_DAYS)
		{
			if (!explain_business_days(&narrator, start, term, unpaused, error))
				return false;
		}
		else if (term.clock == AS_CLOCK_BUSINESS_HOURS)
			tell_hours(&narrator, from, to, backwards ? -1 : 1);
		else
		{
			AsStep		step = {from, to, 0, 0, AS_WHY_ELAPSED, 0, 0, 0};

			step.first_date = as_date_of(calendar, as_seconds_of(from));
			step.last_date = as_date_of(calendar, as_seconds_of(to));
			if (term.clock == AS_CLOCK_HOURS)
				step.counted = unpaused - start;
			else
			{
				step.why = AS_WHY_NATURAL_DAYS;
				step.counted_days = term.count;
			}
			tell(&narrator, &step);
		}
		if (!tell_made_up(&narrator, unpaused, pauses, count, mode, error))
			return false;
	}
	flush(&narrator);
	return true;
}
