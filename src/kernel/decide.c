/*
 * decide.c
 *		The engine's one decision function: see decide.h.
 *
 * Order of things in every decision: first the timeouts and timers that are
 * overdue, each at its own instant; then the act, judged in the state that the request is
 * in by then.  So the outcome does not depend on when the sweep runs.
 */
#include "kernel/decide.h"

#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "kernel/clocks.h"
#include "kernel/codes.h"
#include "kernel/reported.h"

static AsEvent *
add_event(const AsDecideInput *input, AsDecision *decision, AsError *error)
{
	if (decision->n_events == AS_MAX_EVENTS)
	{
		as_fail(error, RA_INVALID_FLOW, input->flow->rule,
				"flow \"%s\" passes through more than %d events at once", input->flow->name, AS_MAX_EVENTS);
		as_hint(error, "CALL aftersale.sweep() applies what is overdue, %d events a run.", AS_MAX_EVENTS);
		return NULL;
	}
	return memset(&decision->events[decision->n_events++], 0, sizeof(AsEvent));
}

/* Who takes a transition. */
typedef struct Taker
{
	bool		is_clock;		/* a timeout: else the actor, or a rule */
	const AsStrategy *strategy; /* NULL: no rule */
	const AsMoney *money;
} Taker;

static bool
book_refund(const Taker *taker, const AsTransition *transition, AsDecision *decision, AsEvent *event, AsError *error)
{
	AsMoney		money = taker->strategy != NULL ? as_strategy_money(taker->strategy, taker->money) : *taker->money;

	if (!as_compute_refund(&money, transition, decision->refunded, &event->refund, &event->refunds, error))
		return false;
	if (event->refunds &&
		__builtin_add_overflow(decision->refunded, event->refund.amount, &decision->refunded))
		return as_fail(error, AS_OUT_OF_RANGE, transition->rule, "the refunds of the request are too large");
	return true;
}

/* Takes a transition at an instant. */
static bool
take(const AsDecideInput *input, const AsTransition *transition, AsInstant at, const Taker *taker,
	 AsDecision *decision, AsError *error)
{
	const AsOverride *override = taker->is_clock ? as_override_of(input, decision->state, decision->entered_at) : NULL;
	const char *outcome = transition->outcome;
	int			to = transition->to;
	AsEvent    *event = add_event(input, decision, error);

	if (event == NULL)
		return false;
	if (override != NULL && override->timeout_to >= 0)
		to = override->timeout_to;
	if (override != NULL && override->timeout_outcome != NULL)
		outcome = override->timeout_outcome;

	event->at = at;
	event->action = transition->action < 0 ? AS_ACTION_REPORT : input->flow->actions[transition->action];
	event->by_clock = taker->is_clock || taker->strategy != NULL;
	event->strategy = taker->strategy;
	event->from = decision->state;
	event->to = to;
	/* a restart enters the state anew */
	event->entered = decision->state != to || transition->clock == AS_CLOCK_RESTART;
	event->rule = transition->rule;
	event->outcome = outcome;
	event->charge = event->by_clock ? NULL : transition->charge;
	event->charge_bearer = transition->charge_bearer;
	event->transition = event->by_clock ? NULL : transition;
	if (transition->refund != AS_REFUND_NOTHING &&
		!book_refund(taker, transition, decision, event, error))
		return false;

	if (outcome != NULL)
		decision->outcome = outcome;
	if (event->entered)
		decision->entered_at = at;
	decision->state = to;
	if (!as_clocks_move(input, transition, event->from, at, decision, error))
		return false;
	event->due_at = decision->due_at;
	return true;
}

/* ---- automatic rules ---- */

/* Whether the rule is among those chosen from a place on. */
static bool
has_acted(const AsDecision *decision, int first, const AsStrategy *rule)
{
	for (int i = first; i < decision->n_chosen; i++)
		if (decision->chosen[i].rule == rule)
			return true;
	return false;
}

/* The rule that acts after the last event, if it has not yet since the first of them; NULL: none. */
static const AsStrategy *
choose_rule(const AsDecideInput *input, const AsMoney *money, AsSituation *situation, int first,
			const AsDecision *decision)
{
	const AsEvent *event = &decision->events[decision->n_events - 1];
	int			winner;

	if (input->again)
		return decision->n_chosen < input->n_chosen && input->chosen[decision->n_chosen].after == decision->n_events ?
			input->chosen[decision->n_chosen].rule : NULL;
	/* what came overdue is left to a person */
	if (input->n_strategies == 0 || decision->overdue_at_opening)
		return NULL;
	situation->flow = input->flow;
	situation->meets = money == &input->request->money_before ? input->request->meets : input->command->meets;
	situation->state = decision->state;
	situation->entered = event->entered;
	situation->signal = event->from < 0 ? NULL : event->action;
	situation->from = event->from < 0 ? decision->state : event->from;
	situation->at = event->at;
	situation->money = money;
	situation->refunded = decision->refunded;
	winner = as_strategy_choose(input->strategies, input->n_strategies, situation, NULL);
	return winner < 0 || has_acted(decision, first, &input->strategies[winner]) ? NULL : &input->strategies[winner];
}

/*
 * The shop's automatic rules act at the last event's instant: on the state that
 * it entered, or on the signal that it is (TEMU-27, DOUYIN-05 to 09), and on
 * what their own acts lead to: each once, or two could call each other for ever.
 * overdue: the event is one that the act found overdue.
 */
static bool
apply_rules(const AsDecideInput *input, bool overdue, AsDecision *decision, AsError *error)
{
	const AsMoney *money = overdue ? &input->request->money_before : &input->request->money;
	AsSituation *situation = overdue ? input->before : input->situation;
	const AsStrategy *rule;
	int			first = decision->n_chosen;

	while ((rule = choose_rule(input, money, situation, first, decision)) != NULL)
	{
		const AsTransition *transition = as_strategy_transition(input->flow, decision->state, rule->action,
																overdue ? input->request->meets : input->command->meets);
		AsInstant	at = decision->events[decision->n_events - 1].at;
		Taker		taker = {false, rule, money};
		char		quoted[64];

		if (transition == NULL)
			return as_fail(error, RA_DECISION_ALTERED, NULL, "rule \"%s\" takes no action in state \"%s\" any more",
						   as_quote(quoted, sizeof quoted, rule->name, strlen(rule->name)),
						   input->flow->states[decision->state].name);
		if (!take(input, transition, at, &taker, decision, error))
			return false;
		decision->chosen[decision->n_chosen].after = decision->n_events - 1;
		decision->chosen[decision->n_chosen++].rule = rule;
	}
	return true;
}

/* A timer has run out: its event, and nothing else moves. */
static bool
run_out(const AsDecideInput *input, const AsTimer *timer, AsInstant at, AsDecision *decision, AsError *error)
{
	const AsFlowTimer *what = &input->flow->timers[timer->timer];
	AsEvent    *event = add_event(input, decision, error);

	if (event == NULL)
		return false;
	event->at = at;
	event->action = what->name;
	event->by_clock = true;
	event->from = event->to = decision->state;
	event->rule = what->rule;
	event->due_at = decision->due_at;
	as_clocks_disarm(decision, timer);
	return true;
}

static bool
is_timeout(const AsCommand *command)
{
	return command->kind == AS_COMMAND_ACT && strcmp(command->action, AS_ACTION_TIMEOUT) == 0;
}

/*
 * Whether the events are full, or all but full, and no time has passed in them.
 * as_flow_check() refuses a flow that runs in such a circle by itself; a shop's
 * overrides and automatic rules can still close one.
 */
static bool
is_endless(const AsDecision *decision, const AsError *error)
{
	return decision->n_events > AS_MAX_EVENTS / 2 && strcmp(error->sqlstate, RA_INVALID_FLOW) == 0 &&
		decision->events[0].at == decision->events[decision->n_events - 1].at;
}

static bool
refuse_endless(const AsDecideInput *input, const AsDecision *decision, AsError *error)
{
	const AsFlow *flow = input->flow;

	as_fail(error, RA_INVALID_FLOW, flow->rule,
			"the timeouts of flow \"%s\" run in a circle through state \"%s\" without end",
			flow->name, flow->states[decision->state].name);
	return as_hint(error, "Look at the shop's rows in aftersale.flow_override (a term for a state whose term counts "
				   "from the opening or the order, or a timeout_to) and aftersale.rule: one of them closes the circle.");
}

/*
 * An instant that the last event does not lie after, and no later one may lie
 * before.  It is not always last_at: an opening and what the clock does may
 * have been decided long after they took effect, and when that was must not
 * move what follows.
 */
static AsInstant
last_event_at(const AsRequest *request)
{
	if (request->event_at.known)
		return request->event_at.at;
	if (request->event_seq == 1)
		return request->opened_at;
	return request->by_clock ? request->entered_at : request->last_at;
}

AsMaybeInstant
as_decision_event_at(const AsCommand *command, const AsDecision *decision)
{
	AsMaybeInstant result = {false, 0};

	if (decision->n_events == 0)
		return result;
	result.at = decision->events[decision->n_events - 1].at;
	result.known = command->kind == AS_COMMAND_REPORT || (is_timeout(command) && result.at != decision->entered_at);
	return result;
}

/*
 * Applies every timeout and every timer that is overdue at an instant, each at
 * its own: an act at the deadline itself is in time.  The clock's own act stops
 * where the events are full, or where the next timeout cannot be applied, and
 * leaves the rest to its next run; nobody else can act before all are applied.
 */
static bool
apply_overdue(const AsDecideInput *input, AsInstant now, AsDecision *decision, AsError *error)
{
	AsInstant	last = last_event_at(input->request);
	Taker		clock = {true, NULL, &input->request->money_before};

	for (;;)
	{
		bool		is_overdue = decision->armed && decision->due_at.at < now;
		AsTimer    *timer = as_clocks_due_timer(decision, is_overdue ? decision->due_at.at + 1 : now);
		AsInstant	at = timer != NULL ? timer->at : decision->due_at.at;
		AsDecision	before;

		if ((!is_overdue && timer == NULL) ||
			(input->again && decision->n_events == input->n_events && is_timeout(input->command)))
			return true;
		if (decision->n_events > 0)
			last = decision->events[decision->n_events - 1].at;
		if (at < last)
			at = last;
		before = *decision;
		if ((timer != NULL ? run_out(input, timer, at, decision, error) :
			 take(input, as_timeout_of(input->flow, decision->state), at, &clock, decision, error)) &&
			apply_rules(input, true, decision, error))
			continue;
		if (is_endless(&before, error))
			return refuse_endless(input, &before, error);
		if (before.n_events == 0 || !is_timeout(input->command))
			return false;
		*decision = before;
		return true;
	}
}

/* The timeout that came before the act; NULL: none. */
static const AsEvent *
first_timeout(const AsDecision *decision)
{
	for (int i = 0; i < decision->n_events; i++)
		if (strcmp(decision->events[i].action, AS_ACTION_TIMEOUT) == 0)
			return &decision->events[i];
	return NULL;
}

static bool
refuse_not_allowed(const AsDecideInput *input, const AsDecision *decision, AsError *error)
{
	const AsFlow *flow = input->flow;
	const AsState *state = &flow->states[decision->state];
	char		actions[300];
	char		due[AS_INSTANT_TEXT];
	const AsEvent *timeout = first_timeout(decision);

	as_flow_actions_text(flow, decision->state, input->command->actor, actions, sizeof actions);
	if (timeout != NULL)
	{
		as_instant_text(input->request->due_at.at, due);
		as_fail(error, RA_ACTION_TOO_LATE, timeout->rule,
				"action \"%s\" came after the deadline %s of state \"%s\"",
				input->command->action, due, flow->states[input->request->state].name);
		as_detail(error, "Since then the request is in state \"%s\"; allowed there for the %s: %s.",
				  state->name, as_actor_names[input->command->actor], actions);
		return as_hint(error, "aftersale.allowed_actions() lists what can be done now.");
	}
	as_fail(error, RA_ACTION_NOT_ALLOWED, state->rule,
			"action \"%s\" is not allowed in state \"%s\" of flow \"%s\"",
			input->command->action, state->name, flow->name);
	as_detail(error, "Allowed in this state for the %s: %s.%s%s%s", as_actor_names[input->command->actor], actions,
			  state->waits_for != NULL ? " It waits for the " : "", state->waits_for != NULL ? state->waits_for : "",
			  state->waits_for != NULL ? "." : "");
	return as_hint(error, "aftersale.allowed_actions() lists what can be done, with what each action needs.");
}

static bool
refuse_unknown_action(const AsDecideInput *input, const AsDecision *decision, AsError *error)
{
	char		actions[300];
	char		name[64];

	as_fail(error, RA_UNKNOWN_ACTION, NULL, "flow \"%s\" has no action \"%s\"", input->flow->name,
			as_quote(name, sizeof name, input->command->action, strlen(input->command->action)));
	return as_hint(error, "In state \"%s\" the %s has: %s.", input->flow->states[decision->state].name,
				   as_actor_names[input->command->actor],
				   as_flow_actions_text(input->flow, decision->state, input->command->actor,
										actions, sizeof actions));
}

static bool
refuse_incomplete(const AsDecideInput *input, const AsTransition *transition, AsError *error)
{
	const AsFlow *flow = input->flow;
	uint64_t	missing = transition->needs & ~input->command->given;

	for (int i = 0; i < flow->n_keys; i++)
	{
		if ((missing & (UINT64_C(1) << i)) != 0)
		{
			as_fail(error, RA_PAYLOAD_INCOMPLETE, transition->rule, "action \"%s\" needs \"%s\"",
					input->command->action, flow->keys[i]);
			return as_hint(error, "Give it in the payload: {\"%s\": ...}.", flow->keys[i]);
		}
	}
	return as_fail(error, RA_PAYLOAD_INCOMPLETE, transition->rule,
				   "no condition of action \"%s\" holds for this payload", input->command->action);
}

static const char *
requirement_text(const AsFlow *flow, const AsTransition *transition, char *buffer, size_t size)
{
	const char *text = "";

	for (int i = 0; i < flow->n_requirements; i++)
		if ((transition->requires & (UINT64_C(1) << i)) != 0)
			text = flow->requirements[i];
	return as_quote(buffer, size, text, strlen(text));
}

/* unmet: a transition of the actor's that the request does not qualify for. */
static bool
refuse_unmet(const AsDecideInput *input, const AsTransition *unmet, AsError *error)
{
	char		text[300];

	if (input->command->kind == AS_COMMAND_OPEN)
		as_fail(error, RA_REQUIREMENT_UNMET, unmet->rule, "flow \"%s\" is not open to this request", input->flow->name);
	else
		as_fail(error, RA_REQUIREMENT_UNMET, unmet->rule, "action \"%s\" of flow \"%s\" is not open to this request",
				input->command->action, input->flow->name);
	as_detail(error, "It requires %s.", requirement_text(input->flow, unmet, text, sizeof text));
	return as_hint(error, "attributes are the request's own; settings are those of the shop in its country: "
				   "aftersale.shop_country.settings over aftersale.shop.settings, over aftersale.site.settings.");
}

static bool
refuse_taken(const AsDecideInput *input, const AsTransition *transition, AsError *error)
{
	char		text[300];
	char		why[200];

	as_quote(why, sizeof why, transition->refusal, strlen(transition->refusal));
	if (input->command->kind == AS_COMMAND_OPEN)
		as_fail(error, RA_ACTION_REFUSED, transition->rule, "the request is refused: %s", why);
	else
		as_fail(error, RA_ACTION_REFUSED, transition->rule, "action \"%s\" is refused: %s", input->command->action, why);
	if (transition->requires != 0)
		as_detail(error, "It is so where the request meets %s.",
				  requirement_text(input->flow, transition, text, sizeof text));
	return as_hint(error, "Flow \"%s\" says so in state \"%s\".", input->flow->name,
				   input->flow->states[transition->from].name);
}

/*
 * Whether the actor has what the transition asks of a member of the shop
 * (KS-02, DOUYIN-03).  Deciding again does not ask again: what was permitted
 * when it was decided stays so.
 */
static bool
is_permitted(const AsDecideInput *input, const AsTransition *transition)
{
	const AsCommand *command = input->command;

	return transition->permission < 0 || input->again || command->actor != AS_ACTOR_MERCHANT ||
		(command->permits & (UINT64_C(1) << transition->permission)) != 0;
}

static bool
refuse_unpermitted(const AsDecideInput *input, const AsTransition *transition, AsError *error)
{
	const AsCommand *command = input->command;
	const char *permission = input->flow->permissions[transition->permission];
	const char *name = command->actor_name != NULL ? command->actor_name : as_actor_names[command->actor];
	char		quoted[64];

	as_fail(error, RA_PERMISSION_MISSING, transition->rule, "action \"%s\" needs permission \"%s\", which \"%s\" does not have",
			command->action, permission, as_quote(quoted, sizeof quoted, name, strlen(name)));
	if (command->role != NULL)
		return as_detail(error, "The actor's role in the shop is \"%s\".", command->role);
	return as_detail(error, "The actor is no member of the shop, and so has no permissions.");
}

/* first: of the action in the state; none of its transitions is this actor's. */
static bool
refuse_actor(const AsDecideInput *input, const AsTransition *first, AsError *error)
{
	const AsCommand *command = input->command;
	uint32_t	actors = 0;
	char		names[80] = "";

	for (const AsTransition *t = first; t != NULL; t = as_flow_next(input->flow, t))
		actors |= t->actors;
	for (int kind = 0; kind < AS_ACTOR_KINDS; kind++)
		if ((actors & (1u << kind)) != 0)
			snprintf(names + strlen(names), sizeof names - strlen(names), "%s%s",
					 names[0] != '\0' ? ", " : "", as_actor_names[kind]);
	as_fail(error, RA_NOT_THE_ACTOR, first->rule, "the %s may not take action \"%s\" in state \"%s\"",
			as_actor_names[command->actor], command->action, input->flow->states[first->from].name);
	as_detail(error, "Who may: %s.", names[0] != '\0' ? names : "nobody");
	return as_hint(error, "Where the act is theirs, name them as the actor; else have somebody of them act. "
				   "Every name that is no kind of actor is a person of the shop, the merchant.");
}

static bool
refuse_others(const AsDecideInput *input, const AsTransition *transition, AsError *error)
{
	as_fail(error, RA_PROPOSAL, transition->rule, "action \"%s\" has to wait: %lld other requests of the order are open",
			input->command->action, (long long) input->request->others_open);
	return as_hint(error, "Have them cancelled or close them first.");
}

/* The transition that the command takes in the decision's state; NULL and the error: refused. */
static const AsTransition *
choose_transition(const AsDecideInput *input, AsDecision *decision, AsError *error)
{
	const AsCommand *command = input->command;
	int			action = as_flow_action(input->flow, command->action);
	const AsTransition *first;
	const AsTransition *incomplete = NULL;
	const AsTransition *unmet = NULL;
	bool		may = false;

	if (action < 0 || (command->kind != AS_COMMAND_OPEN && strcmp(command->action, AS_ACTION_OPEN) == 0))
	{
		refuse_unknown_action(input, decision, error);
		return NULL;
	}
	first = as_flow_first(input->flow, decision->state, action);
	for (const AsTransition *t = first; t != NULL; t = as_flow_next(input->flow, t))
	{
		/* who opens a request is whoever tells of it */
		if (command->kind != AS_COMMAND_OPEN && (t->actors & (1u << command->actor)) == 0)
			continue;
		may = true;
		if (!as_transition_is_open(t, command->meets))
		{
			if (t->refusal == NULL)
				unmet = t;		/* the last one is the most general */
			continue;
		}
		if (t->condition >= 0 && (command->holds & (UINT64_C(1) << t->condition)) == 0)
		{
			if (incomplete == NULL)
				incomplete = t;
			continue;
		}
		/* its condition holds: this is the one meant */
		if (!is_permitted(input, t))
		{
			decision->missing_permission = t->permission;
			refuse_unpermitted(input, t, error);
			return NULL;
		}
		if ((t->needs & ~command->given) != 0)
		{
			incomplete = t;
			break;
		}
		if (t->refusal != NULL)
		{
			refuse_taken(input, t, error);
			return NULL;
		}
		if (t->alone && input->request->others_open > 0)
		{
			refuse_others(input, t, error);
			return NULL;
		}
		return t;
	}
	if (incomplete != NULL)
		refuse_incomplete(input, incomplete, error);
	else if (unmet != NULL)
		refuse_unmet(input, unmet, error);
	else if (first != NULL && !may)
		refuse_actor(input, first, error);
	else
		refuse_not_allowed(input, decision, error); /* there is none, or
													 * nothing but what other
													 * requests are refused */
	return NULL;
}

/* A new deadline of the platform's, given at an instant, that leaves all else as it is. */
static bool
set_deadline(const AsDecideInput *input, AsInstant at, AsDecision *decision, AsError *error)
{
	AsEvent    *event;

	if (input->flow->states[decision->state].final)
		return refuse_not_allowed(input, decision, error);
	event = add_event(input, decision, error);
	if (event == NULL)
		return false;
	if (!as_clocks_platform_due(input, at, decision, error))
		return false;
	event->at = at;
	event->action = AS_ACTION_SET_DEADLINE;
	event->from = event->to = decision->state;
	event->rule = input->flow->states[decision->state].rule;
	event->due_at = decision->due_at;
	return true;
}

/* Whether the platform gives a deadline for the state that the request is in, and another than it has. */
static bool
has_new_deadline(const AsCommand *command, const AsFlow *flow, const AsDecision *decision)
{
	return command->sets_platform_due && !flow->states[decision->state].final &&
		(command->platform_due.known != decision->platform_due_at.known ||
		 (command->platform_due.known && command->platform_due.at != decision->platform_due_at.at));
}

/*
 * Takes the platform's word on the state.  A deadline that had passed when it
 * was said is refuted by it, and does not fire by itself.
 */
static bool
take_report(const AsDecideInput *input, AsDecision *decision, AsError *error)
{
	const AsCommand *command = input->command;
	AsReported	reported;
	Taker		platform = {false, NULL, &reported.money};
	AsEvent    *event;

	if (!as_reported(input, decision, decision->n_events > 0 ? decision->events[decision->n_events - 1].at :
					 last_event_at(input->request), &reported, error))
		return false;
	if (!reported.moves)
		return !has_new_deadline(command, input->flow, decision) ||
			set_deadline(input, reported.at, decision, error);
	decision->refunded -= reported.taken_back;
	if (!take(input, &reported.transition, reported.at, &platform, decision, error))
		return false;
	event = &decision->events[decision->n_events - 1];
	event->transition = reported.act;
	event->taken_back = reported.taken_back;
	event->withdraws = reported.withdraws;
	if (has_new_deadline(command, input->flow, decision))
	{
		if (!as_clocks_platform_due(input, reported.at, decision, error))
			return false;
		event->due_at = decision->due_at;
	}
	if (decision->armed && event->entered && decision->due_at.at < reported.at)
		decision->armed = false;
	return true;
}

static bool
open_request(const AsDecideInput *input, AsDecision *decision, AsError *error)
{
	const AsCommand *command = input->command;
	AsEvent    *event = add_event(input, decision, error);
	const AsTransition *opening = NULL;

	decision->state = input->flow->initial;
	if (as_flow_action(input->flow, AS_ACTION_OPEN) >= 0)
	{
		opening = choose_transition(input, decision, error);
		if (opening == NULL && !command->is_there)
			return false;
		if (opening != NULL)
			decision->state = opening->to;
	}
	decision->outcome = opening == NULL ? NULL : opening->outcome;
	decision->entered_at = input->request->opened_at;
	decision->platform_due_at = command->platform_due;
	if (!as_clocks_open(input, decision, error))
		return false;
	event->at = input->request->opened_at;
	event->action = AS_ACTION_OPEN;
	event->entered = true;
	event->from = -1;
	event->to = decision->state;
	event->outcome = decision->outcome;
	event->rule = opening == NULL || opening->rule == NULL ? input->flow->rule : opening->rule;
	event->due_at = decision->due_at;
	if (command->report.state >= 0 && as_is_reported_elsewhere(input, decision->state))
	{
		/* where it stands when it comes to be known: no rule sees it before */
		if (!take_report(input, decision, error))
			return false;
		if (decision->armed && decision->due_at.at < decision->at && !command->fire_overdue_at_opening)
			decision->armed = false;
		decision->overdue_at_opening = as_is_parked(input, decision);
		/* as it is with every other that was overdue when it came */
		if (decision->overdue_at_opening)
			decision->n_timers = 0;
	}
	return apply_rules(input, false, decision, error);
}

/* A provisional deadline is computed anew, from the same start by the calendar as it is now. */
static bool
recompute_deadline(const AsDecideInput *input, AsDecision *decision, AsError *error)
{
	AsEvent    *event;

	if (first_timeout(decision) != NULL && !decision->provisional)
		return true;			/* it had passed by the calendar as it was */
	if (input->command->actor != AS_ACTOR_SYSTEM || !decision->provisional)
	{
		as_fail(error, RA_ACTION_NOT_ALLOWED, NULL, "action \"%s\" is the clock's, and for provisional deadlines only",
				AS_ACTION_RECOMPUTE);
		return as_hint(error, "A change of the calendar takes it by itself.");
	}
	event = add_event(input, decision, error);
	if (event == NULL || !as_clocks_recompute(input, decision->at, decision, error))
		return false;
	event->at = decision->at;
	event->action = AS_ACTION_RECOMPUTE;
	event->by_clock = true;
	event->from = event->to = decision->state;
	event->rule = input->flow->states[decision->state].rule;
	event->due_at = decision->due_at;
	return true;
}

static bool
act(const AsDecideInput *input, AsDecision *decision, AsError *error)
{
	const AsCommand *command = input->command;
	const AsTransition *transition;
	Taker		actor = {false, NULL, &input->request->money};

	if (is_timeout(command))
	{
		char		due[AS_INSTANT_TEXT];
		int			before = decision->n_events;
		bool		waits = as_is_parked(input, decision) && decision->due_at.at < decision->at;

		if (command->actor == AS_ACTOR_BUYER || command->actor == AS_ACTOR_CARRIER)
		{
			as_fail(error, RA_NOT_THE_ACTOR, NULL, "the %s may not let a deadline take effect",
					as_actor_names[command->actor]);
			return as_detail(error, "The clock does so by itself; merchant, platform and erp may where a request is parked.");
		}

		if (before > 0 && (!waits || command->actor == AS_ACTOR_SYSTEM))
			return true;
		/* a person may let the deadline of a parked request take effect */
		if (waits)
		{
			if (command->actor == AS_ACTOR_SYSTEM)
			{
				as_fail(error, RA_NOT_THE_ACTOR, NULL, "the request is parked: the clock leaves it to a person");
				return as_hint(error, "Act as that person, without naming system as the actor.");
			}
			decision->armed = true;
			/* where timers ran out and the timeout cannot, its error is told */
			if (!apply_overdue(input, decision->at, decision, error) || decision->n_events == before)
				return false;
			decision->n_overdue = decision->n_events;
			decision->events[before].by_clock = false;	/* it was he who let it */
			return true;
		}
		as_fail(error, RA_NOT_OVERDUE, NULL, "the request is not overdue");
		if (decision->due_at.known)
			as_detail(error, "Its deadline is %s.", as_instant_text(decision->due_at.at, due));
		else
			as_detail(error, "State \"%s\" has no deadline.", input->flow->states[decision->state].name);
		return false;
	}
	transition = choose_transition(input, decision, error);
	if (transition == NULL || !take(input, transition, decision->at, &actor, decision, error))
		return false;
	if (command->sets_platform_due)
	{
		if (!as_clocks_platform_due(input, decision->at, decision, error))
			return false;
		decision->events[decision->n_events - 1].due_at = decision->due_at;
	}
	return apply_rules(input, false, decision, error);
}

static void
begin(const AsDecideInput *input, AsDecision *decision)
{
	const AsRequest *request = input->request;

	memset(decision, 0, offsetof(AsDecision, events));
	decision->at = input->command->now;
	if (input->command->kind == AS_COMMAND_OPEN)
		return;
	if (decision->at < request->last_at)
		decision->at = request->last_at;
	if (decision->at < last_event_at(request))
		decision->at = last_event_at(request);	/* opened in the future */
	decision->state = request->state;
	decision->outcome = request->outcome;
	decision->entered_at = request->entered_at;
	decision->due_at = request->due_at;
	decision->platform_due_at = request->platform_due_at;
	decision->provisional = request->provisional;
	decision->paused = request->paused;
	decision->extensions = request->extensions;
	decision->armed = request->acts && !request->parked && request->due_at.known &&
		as_timeout_of(input->flow, request->state) != NULL;
	decision->refunded = request->money.refunded;
	decision->n_timers = request->n_timers;
	memcpy(decision->timers, request->timers, sizeof(AsTimer) * (size_t) request->n_timers);
}

bool
as_advance(const AsDecideInput *input, AsDecision *decision, AsError *error)
{
	begin(input, decision);
	if (!apply_overdue(input, decision->at, decision, error))
		return false;
	decision->n_overdue = decision->n_events;
	return true;
}

bool
as_decide(const AsDecideInput *input, AsDecision *decision, AsError *error)
{
	if (input->command->kind == AS_COMMAND_OPEN)
	{
		begin(input, decision);
		return open_request(input, decision, error);
	}
	if (!as_advance(input, decision, error))
		return false;
	switch (input->command->kind)
	{
		case AS_COMMAND_SET_DEADLINE:
			if (!set_deadline(input, decision->at, decision, error))
				return false;
			break;
		case AS_COMMAND_RECOMPUTE:
			if (!recompute_deadline(input, decision, error))
				return false;
			break;
		case AS_COMMAND_REPORT:
			if (!take_report(input, decision, error) ||
				(decision->n_events > decision->n_overdue && !apply_rules(input, false, decision, error)))
				return false;
			break;
		default:
			if (!act(input, decision, error))
				return false;
	}
	decision->overdue_at_opening = as_is_parked(input, decision);
	return true;
}
