/*
 * reported.c
 *		The platform's word on the state of a request: see reported.h.
 */
#include "kernel/reported.h"

#include <string.h>

#include "kernel/codes.h"

bool
as_is_reported_elsewhere(const AsDecideInput *input, int state)
{
	const AsReport *report = &input->command->report;

	if (report->state == state)
		return false;
	for (int i = 0; i < report->n_covered; i++)
		if (report->covered[i] == state)
			return false;
	return true;
}

/* Whether some act refunds into the state. */
static bool
is_paid(const AsFlow *flow, int state)
{
	for (int i = 0; i < flow->n_transitions; i++)
		if (flow->transitions[i].to == state && flow->transitions[i].refund != AS_REFUND_NOTHING)
			return true;
	return false;
}

/* Whether the platform's word can be this act, which an act of that name by the platform would be now. */
static bool
can_be(const AsDecideInput *input, const AsTransition *transition, bool paid)
{
	const AsCommand *command = input->command;

	return transition->to == command->report.state && transition->refusal == NULL &&
		(transition->needs & ~command->given) == 0 && !(transition->alone && input->request->others_open > 0) &&
	/* the platform has paid: nobody else is to */
		(!paid || (transition->refund != AS_REFUND_NOTHING && transition->executor == AS_EXECUTOR_PLATFORM));
}

static bool
is_no_act(const char *action)
{
	return strcmp(action, AS_ACTION_OPEN) == 0 || strcmp(action, AS_ACTION_TIMEOUT) == 0;
}

/*
 * The act of the platform that leads from the state to the reported one: the
 * one that the report names, else the first by name.  NULL: none.
 */
static const AsTransition *
find_act(const AsDecideInput *input, int state, bool paid)
{
	const AsFlow *flow = input->flow;
	const AsCommand *command = input->command;
	const AsTransition *found = NULL;
	int			meant = -1;		/* the action whose transition was met */

	for (int i = 0; i < flow->n_transitions; i++)
	{
		const AsTransition *transition = &flow->transitions[i];

		if (transition->from != state || transition->action == meant || is_no_act(flow->actions[transition->action]) ||
			!as_transition_is_open(transition, command->meets) ||
			(transition->actors & (1u << AS_ACTOR_PLATFORM)) == 0 ||
			(transition->condition >= 0 && (command->holds & (UINT64_C(1) << transition->condition)) == 0))
			continue;
		meant = transition->action;
		if (!can_be(input, transition, paid))
			continue;
		if (transition->action == command->report.action)
			return transition;
		if (found == NULL || strcmp(flow->actions[transition->action], flow->actions[found->action]) < 0)
			found = transition;
	}
	return found;
}

static void
choose_act(const AsDecideInput *input, int state, bool paid, AsReported *reported)
{
	AsTransition *transition = &reported->transition;
	int			to = input->command->report.state;

	reported->act = find_act(input, state, paid);
	if (reported->act != NULL)
		*transition = *reported->act;
	else
	{
		memset(transition, 0, sizeof *transition);
		transition->from = state;
		transition->to = to;
		transition->action = -1;
		transition->actors = 1u << AS_ACTOR_PLATFORM;
		transition->condition = -1;
		transition->permission = -1;
		transition->clock = AS_CLOCK_RESTART;
		transition->refund = paid ? AS_REFUND_GIVEN_OR_ASKED : AS_REFUND_NOTHING;
		transition->executor = AS_EXECUTOR_PLATFORM;
		transition->outcome = "reported by the platform";
		transition->rule = input->flow->states[to].rule;
	}
	/* what it says that it has refunded is what it has */
	if (paid && input->request->money.given.known)
		transition->refund = AS_REFUND_GIVEN_OR_ASKED;
}

/* Corrects what was refunded without leaving the state. */
static void
stay(const AsDecideInput *input, int state, AsTransition *transition)
{
	memset(transition, 0, sizeof *transition);
	transition->from = transition->to = state;
	transition->action = -1;
	transition->actors = 1u << AS_ACTOR_PLATFORM;
	transition->condition = -1;
	transition->permission = -1;
	transition->clock = AS_CLOCK_KEEP;
	transition->refund = AS_REFUND_GIVEN_OR_ASKED;
	transition->executor = AS_EXECUTOR_PLATFORM;
	transition->rule = input->flow->states[state].rule;
}

/* What is booked in the platform's name, the events of this decision included. */
static AsAmount
booked(const AsDecideInput *input, const AsDecision *decision)
{
	AsAmount	sum = input->request->money.booked;

	for (int i = 0; i < decision->n_events; i++)
		if (decision->events[i].refunds && decision->events[i].refund.executor == AS_EXECUTOR_PLATFORM)
			sum += decision->events[i].refund.amount;
	return sum;
}

/*
 * The platform has paid: "amount" of the payload is all that it has refunded
 * so far.  What the ERP was to tell it and nobody has taken up is not how it
 * came to pay, and must not be paid once more.
 */
static void
settle_paid(const AsDecideInput *input, const AsDecision *decision, AsReported *reported)
{
	AsMaybeAmount *given = &reported->money.given;
	AsAmount	rest = decision->refunded - input->request->money.unclaimed;

	reported->withdraws = input->request->money.unclaimed > 0;
	reported->taken_back = input->request->money.unclaimed;
	if (!given->known || given->amount < 0)
		return;
	if (given->amount < rest)
	{
		reported->taken_back += booked(input, decision);
		rest -= booked(input, decision);
	}
	given->amount -= rest;
	if (given->amount < 0)
		given->amount = 0;		/* others than the platform have refunded more */
}

static void
settle_unpaid(const AsDecideInput *input, const AsDecision *decision, AsReported *reported)
{
	reported->taken_back = booked(input, decision);
	if (!input->flow->states[input->command->report.state].final)
		return;
	reported->withdraws = input->request->money.unclaimed > 0;
	reported->taken_back += input->request->money.unclaimed;
}

bool
as_reported(const AsDecideInput *input, const AsDecision *decision, AsInstant last, AsReported *reported, AsError *error)
{
	const AsCommand *command = input->command;
	const AsReport *report = &command->report;
	bool		paid;

	memset(reported, 0, sizeof *reported);
	if (command->actor != AS_ACTOR_PLATFORM)
	{
		as_fail(error, RA_NOT_THE_ACTOR, NULL, "the %s may not take action \"%s\"", as_actor_names[command->actor],
				AS_ACTION_REPORT);
		return as_detail(error, "It is the platform's word on the state, which aftersale.import_status() passes on.");
	}
	if (report->state < 0)
	{
		as_fail(error, RA_PAYLOAD_INCOMPLETE, NULL, "action \"%s\" needs \"state\"", AS_ACTION_REPORT);
		return as_hint(error, "Give it in the payload: {\"state\": \"a state of the flow\"}.");
	}
	reported->at = report->at.known && report->at.at < decision->at ? report->at.at : decision->at;
	if (reported->at < last)
		reported->at = last;
	reported->money = input->request->money;
	paid = is_paid(input->flow, report->state);
	if (paid)
		settle_paid(input, decision, reported);
	if (as_is_reported_elsewhere(input, decision->state))
	{
		reported->moves = true;
		choose_act(input, decision->state, paid, reported);
		if (!paid)
			settle_unpaid(input, decision, reported);
	}
	else if (paid && report->state == decision->state &&
			 (reported->taken_back > 0 || (reported->money.given.known && reported->money.given.amount != 0)))
	{
		reported->moves = true;
		stay(input, decision->state, &reported->transition);
	}
	return true;
}
