/*
 * clocks.c
 *		The clocks of a decision: see clocks.h.
 */
#include "kernel/clocks.h"

#include <string.h>

#include "kernel/codes.h"
#include "kernel/compiled.h"

const AsTransition *
as_timeout_of(const AsFlow *flow, int state)
{
	int			action = as_flow_action(flow, AS_ACTION_TIMEOUT);

	return action < 0 ? NULL : as_flow_first(flow, state, action);
}

const AsOverride *
as_override_of(const AsDecideInput *input, int state, AsInstant entered_at)
{
	for (int i = 0; i < input->n_overrides; i++)
	{
		const AsOverride *override = &input->overrides[i];

		if (override->state == state && override->effective_from <= entered_at && entered_at < override->effective_to)
			return override;
	}
	return NULL;
}

static bool
is_parked_in(const AsFlow *flow, int state, const AsDecision *decision)
{
	return !decision->armed && decision->due_at.known && as_timeout_of(flow, state) != NULL;
}

bool
as_is_parked(const AsDecideInput *input, const AsDecision *decision)
{
	return is_parked_in(input->flow, decision->state, decision);
}

AsMaybeInstant
as_decision_act_at(const AsDecision *decision)
{
	AsMaybeInstant result = {false, 0};

	if (decision->armed)
		result = decision->due_at;
	for (int i = 0; i < decision->n_timers; i++)
	{
		const AsTimer *timer = &decision->timers[i];

		if (timer->stands || (result.known && result.at <= timer->at))
			continue;
		result.known = true;
		result.at = timer->at;
	}
	return result;
}

AsMaybeInstant
as_decision_closed_at(const AsFlow *flow, const AsDecision *decision)
{
	AsMaybeInstant closed_at = {flow->states[decision->state].final, decision->entered_at};

	return closed_at;
}

AsMaybeInstant
as_paused_since(const AsDecision *decision)
{
	AsMaybeInstant since = {decision->paused.stands, decision->paused.since};

	return since;
}

AsMaybeInstant
as_paused_due_at(const AsDecision *decision)
{
	AsMaybeInstant due_at = {decision->paused.stands && decision->paused.due_at.known, decision->paused.due_at.at};

	return due_at;
}

/* ---- computed instants ---- */

/* The place of the next instant that is computed; filled where one decides again.  NULL and the error: there is none. */
static AsComputed *
next_computed(const AsDecideInput *input, AsDecision *decision, AsError *error)
{
	AsComputed *computed = &decision->computed[decision->n_computed];

	if (decision->n_computed == AS_MAX_COMPUTED)
	{
		as_fail(error, RA_INVALID_FLOW, input->flow->rule, "flow \"%s\" computes more than %d instants at once",
				input->flow->name, AS_MAX_COMPUTED);
		return NULL;
	}
	if (input->again)
	{
		if (decision->n_computed >= input->n_seen)
		{
			as_fail(error, RA_DECISION_ALTERED, NULL, "the facts of the decision were altered");
			return NULL;
		}
		*computed = input->seen[decision->n_computed];
	}
	else
		computed->provisional = false;
	decision->n_computed++;
	return computed;
}

/* The instant a term after another. */
static const AsComputed *
compute_after(const AsDecideInput *input, AsInstant start, AsTerm term, AsDecision *decision, AsError *error)
{
	AsComputed *computed = next_computed(input, decision, error);

	if (computed == NULL ||
		(!input->again &&
		 !as_deadline(start, term, input->calendar, &computed->due, &computed->provisional, error)))
		return NULL;
	return computed;
}

/* The instant a term before another. */
static const AsComputed *
compute_before(const AsDecideInput *input, AsInstant due, AsTerm term, AsDecision *decision, AsError *error)
{
	AsComputed *computed = next_computed(input, decision, error);

	if (computed == NULL ||
		(!input->again && !as_deadline_before(due, term, input->calendar, &computed->due, error)))
		return NULL;
	return computed;
}

/* An instant later by a pause that lasted until "to". */
static const AsComputed *
compute_resumed(const AsDecideInput *input, AsInstant due, AsInstant from, AsInstant to, AsPauseMode mode,
				AsDecision *decision, AsError *error)
{
	AsComputed *computed = next_computed(input, decision, error);
	AsPause		pause = {from, to};
	int64_t		given_back;
	int32_t		date;

	if (computed == NULL)
		return NULL;
	/* paused at the deadline itself, which is in time: nothing was left */
	if (from == due)
		computed->due = to;
	else if (!input->again &&
			 !as_pause_shift(input->calendar, due, &pause, to > from ? 1 : 0, mode, &given_back, &computed->due, &date, error))
		return NULL;
	return computed;
}

/* ---- timers ---- */

void
as_clocks_disarm(AsDecision *decision, const AsTimer *timer)
{
	int			at = (int) (timer - decision->timers);

	decision->n_timers--;
	memmove(&decision->timers[at], &decision->timers[at + 1],
			sizeof(AsTimer) * (size_t) (decision->n_timers - at));
}

AsTimer *
as_clocks_due_timer(AsDecision *decision, AsInstant before)
{
	AsTimer    *first = NULL;

	for (int i = 0; i < decision->n_timers; i++)
	{
		AsTimer    *timer = &decision->timers[i];

		if (!timer->stands && timer->at < before && (first == NULL || timer->at < first->at))
			first = timer;
	}
	return first;
}

/*
 * Disarms the timers of a state: all, or those before its deadline alone.  In a
 * final state also the request's own, except where they outlast it.
 */
static void
disarm(const AsFlow *flow, AsDecision *decision, int state, bool before_due_alone)
{
	bool		over = flow->states[decision->state].final;

	for (int i = decision->n_timers - 1; i >= 0; i--)
	{
		const AsFlowTimer *timer = &flow->timers[decision->timers[i].timer];
		bool		goes = timer->state < 0 ? over && !timer->outlasts :
		timer->state == state && (!before_due_alone || timer->starts == AS_TIMER_BEFORE_DUE);

		if (goes)
			as_clocks_disarm(decision, &decision->timers[i]);
	}
}

/*
 * Where a timer of the flow is armed: once at a time, so that they fit whatever
 * was changed in the flow since others were.
 */
static AsTimer *
place_of(AsDecision *decision, int index)
{
	for (int i = 0; i < decision->n_timers; i++)
		if (decision->timers[i].timer == index)
			return &decision->timers[i];
	return &decision->timers[decision->n_timers++];
}

/*
 * Arms a timer of the flow.  One whose instant has passed by "at" runs out at
 * once where late says so: what it says is still news; else it is left out.
 */
static bool
arm_timer(const AsDecideInput *input, int index, AsInstant at, bool late, AsDecision *decision, AsError *error)
{
	const AsFlowTimer *timer = &input->flow->timers[index];
	const AsComputed *computed;
	AsInstant	start = decision->entered_at;
	AsTimer    *armed;

	if (timer->starts == AS_TIMER_BEFORE_DUE)
	{
		if (!decision->due_at.known)
			return true;
		computed = compute_before(input, decision->due_at.at, timer->term, decision, error);
	}
	else
	{
		if (timer->starts == AS_TIMER_FROM_OPENED)
			start = input->request->opened_at;
		else if (timer->starts == AS_TIMER_FROM_ORDERED)
		{
			if (!input->request->ordered_at.known)
				return true;
			start = input->request->ordered_at.at;
		}
		computed = compute_after(input, start, timer->term, decision, error);
	}
	if (computed == NULL)
		return false;
	if (computed->due < at && !late)
		return true;
	armed = place_of(decision, index);
	armed->timer = index;
	armed->event_seq = input->request->event_seq + decision->n_events;
	armed->at = computed->due < at ? at : computed->due;
	armed->stands = false;
	return true;
}

/* Arms the timers of a state (-1: the request's own): all, or those before its deadline alone. */
static bool
arm_timers(const AsDecideInput *input, int state, bool before_due_alone, AsInstant at, bool late,
		   AsDecision *decision, AsError *error)
{
	for (int i = 0; i < input->flow->n_timers; i++)
	{
		const AsFlowTimer *timer = &input->flow->timers[i];

		if (timer->state == state && (!before_due_alone || timer->starts == AS_TIMER_BEFORE_DUE) &&
			!arm_timer(input, i, at, late, decision, error))
			return false;
	}
	return true;
}

static void
stop_timers(const AsFlow *flow, AsDecision *decision)
{
	for (int i = 0; i < decision->n_timers; i++)
		decision->timers[i].stands = flow->timers[decision->timers[i].timer].pauses;
}

/* Gives back the time that they stood: one that was armed meanwhile stands since its state was entered. */
static bool
resume_timers(const AsDecideInput *input, AsInstant at, AsDecision *decision, AsError *error)
{
	for (int i = 0; i < decision->n_timers; i++)
	{
		AsTimer    *timer = &decision->timers[i];
		AsInstant	since = decision->paused.since;
		const AsComputed *computed;

		if (!timer->stands)
			continue;
		if (input->flow->timers[timer->timer].state >= 0 && since < decision->entered_at)
			since = decision->entered_at;
		computed = compute_resumed(input, timer->at, since, at,
								   input->flow->timers[timer->timer].pause, decision, error);
		if (computed == NULL)
			return false;
		timer->stands = false;
		timer->at = computed->due;
	}
	return true;
}

/* ---- the deadline ---- */

/* Sets due_at and provisional for the state that the decision is in. */
static bool
compute_deadline(const AsDecideInput *input, AsDecision *decision, AsError *error)
{
	const AsState *state = &input->flow->states[decision->state];
	const AsOverride *override = as_override_of(input, decision->state, decision->entered_at);
	bool		has_term = (override != NULL && override->has_term) || state->has_term;
	AsTerm		term = override != NULL && override->has_term ? override->term : state->term;
	AsInstant	start = decision->entered_at;
	const AsComputed *computed;

	decision->due_at.known = false;
	decision->provisional = false;
	decision->extensions = 0;
	if (state->final || !has_term)
		return true;
	if (state->starts == AS_FROM_OPENED)
		start = input->request->opened_at;
	else if (state->starts == AS_FROM_ORDERED)
	{
		if (!input->request->ordered_at.known)
		{
			as_fail(error, RA_INVALID_REQUEST, state->rule,
					"the deadline of state \"%s\" counts from the order, and ordered_at is missing", state->name);
			return as_hint(error, "Give request.ordered_at.");
		}
		start = input->request->ordered_at.at;
	}
	computed = compute_after(input, start, term, decision, error);
	if (computed == NULL)
		return false;
	decision->due_at.known = true;
	decision->due_at.at = computed->due;
	decision->provisional = computed->provisional;
	return true;
}

/* A platform's deadline overrides the computed one. */
static void
apply_platform_due(const AsDecideInput *input, AsDecision *decision)
{
	if (decision->platform_due_at.known && !input->flow->states[decision->state].final)
	{
		decision->due_at = decision->platform_due_at;
		decision->provisional = false;
	}
}

static void
arm_deadline(const AsDecideInput *input, AsDecision *decision)
{
	decision->armed = decision->due_at.known && as_timeout_of(input->flow, decision->state) != NULL;
}

/* After a new deadline: it fires, and its warnings count anew. */
static bool
follow_deadline(const AsDecideInput *input, AsInstant at, AsDecision *decision, AsError *error)
{
	arm_deadline(input, decision);
	disarm(input->flow, decision, decision->state, true);
	return arm_timers(input, decision->state, true, at, true, decision, error);
}

/* ---- moves ---- */

bool
as_clocks_open(const AsDecideInput *input, AsDecision *decision, AsError *error)
{
	AsInstant	opened_at = input->request->opened_at;

	if (!compute_deadline(input, decision, error))
		return false;
	apply_platform_due(input, decision);
	arm_deadline(input, decision);
	if (decision->armed && decision->due_at.at < decision->at && !input->command->fire_overdue_at_opening)
	{
		/* nothing fires by itself that was overdue when it came */
		decision->armed = false;
		decision->overdue_at_opening = true;
		return true;
	}
	return arm_timers(input, -1, false, opened_at, true, decision, error) &&
		arm_timers(input, decision->state, false, opened_at, true, decision, error);
}

static bool
restart(const AsDecideInput *input, int from, AsInstant at, AsDecision *decision, AsError *error)
{
	disarm(input->flow, decision, from, false);
	if (!resume_timers(input, at, decision, error))
		return false;
	decision->paused.stands = false;
	decision->platform_due_at.known = false;
	if (!compute_deadline(input, decision, error))
		return false;
	arm_deadline(input, decision);
	return arm_timers(input, decision->state, false, at, true, decision, error);
}

/* The deadline stays, also into another state; one that was parked stays parked. */
static bool
keep(const AsDecideInput *input, int from, AsInstant at, bool was_parked, AsDecision *decision, AsError *error)
{
	if (input->flow->states[decision->state].final)
		decision->due_at.known = decision->platform_due_at.known = decision->paused.stands = false;
	if (!was_parked)
		arm_deadline(input, decision);
	if (from == decision->state)
		return true;
	disarm(input->flow, decision, from, false);
	if (was_parked)
		return true;
	if (!arm_timers(input, decision->state, false, at, false, decision, error))
		return false;
	if (decision->paused.stands)
		stop_timers(input->flow, decision);
	return true;
}

static void
pause_clocks(const AsDecideInput *input, AsInstant at, AsDecision *decision)
{
	if (decision->paused.stands || input->flow->states[decision->state].final)
		return;
	decision->paused.stands = true;
	decision->paused.since = at;
	decision->paused.due_at = decision->due_at;
	decision->due_at.known = decision->platform_due_at.known = decision->provisional = decision->armed = false;
	disarm(input->flow, decision, decision->state, true);
	stop_timers(input->flow, decision);
}

static bool
resume_clocks(const AsDecideInput *input, AsInstant at, AsDecision *decision, AsError *error)
{
	const AsComputed *computed;

	if (!decision->paused.stands)
		return true;
	if (!resume_timers(input, at, decision, error))
		return false;
	decision->paused.stands = false;
	if (!decision->paused.due_at.known)
		return true;
	computed = compute_resumed(input, decision->paused.due_at.at, decision->paused.since, at,
							   input->flow->states[decision->state].pause, decision, error);
	if (computed == NULL)
		return false;
	decision->due_at.known = true;
	decision->due_at.at = computed->due;
	return follow_deadline(input, at, decision, error);
}

static bool
extend(const AsDecideInput *input, const AsTransition *transition, AsInstant at, AsDecision *decision, AsError *error)
{
	const AsState *state = &input->flow->states[decision->state];
	const AsComputed *computed;
	int			extensions = decision->extensions;

	if (!decision->due_at.known || extensions > 0)
	{
		as_fail(error, RA_ACTION_NOT_ALLOWED, transition->rule,
				extensions > 0 ? "the deadline of state \"%s\" was extended already" : "state \"%s\" has no deadline to extend",
				state->name);
		return as_hint(error, "A deadline is extended once; aftersale.allowed_actions() lists what else can be done.");
	}
	computed = compute_after(input, decision->due_at.at, transition->extension, decision, error);
	if (computed == NULL)
		return false;
	decision->due_at.at = computed->due;
	decision->platform_due_at.known = decision->provisional = false;
	decision->extensions = extensions + 1;
	return follow_deadline(input, at, decision, error);
}

bool
as_clocks_move(const AsDecideInput *input, const AsTransition *transition, int from, AsInstant at,
			   AsDecision *decision, AsError *error)
{
	bool		was_parked = is_parked_in(input->flow, from, decision);

	if (transition->clock == AS_CLOCK_RESTART)
		return restart(input, from, at, decision, error);
	if (!keep(input, from, at, was_parked, decision, error))
		return false;
	switch (transition->clock)
	{
		case AS_CLOCK_PAUSE:
			if (!was_parked)
				pause_clocks(input, at, decision);
			return true;
		case AS_CLOCK_RESUME:
			return resume_clocks(input, at, decision, error);
		case AS_CLOCK_EXTEND:
			return extend(input, transition, at, decision, error);
		default:
			return true;
	}
}

bool
as_clocks_platform_due(const AsDecideInput *input, AsInstant at, AsDecision *decision, AsError *error)
{
	decision->platform_due_at = input->command->platform_due;
	if (!decision->platform_due_at.known && !compute_deadline(input, decision, error))
		return false;
	apply_platform_due(input, decision);
	if (!resume_timers(input, at, decision, error))
		return false;
	decision->paused.stands = false;
	return follow_deadline(input, at, decision, error);
}

bool
as_clocks_recompute(const AsDecideInput *input, AsInstant at, AsDecision *decision, AsError *error)
{
	bool		was_parked = as_is_parked(input, decision);

	if (!compute_deadline(input, decision, error))
		return false;
	return was_parked || follow_deadline(input, at, decision, error);
}
