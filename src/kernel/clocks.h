/*
 * clocks.h
 *		The clocks of a decision: its deadline and its timers.
 *
 * Between the kernel's files only.  Everything here changes the decision and
 * nothing else.  Instants are computed in an order that the input alone
 * determines, so that deciding again can take them from what was seen.
 */
#ifndef AFTERSALE_KERNEL_CLOCKS_H
#define AFTERSALE_KERNEL_CLOCKS_H

#include "kernel/decide.h"

/* The timeout of a state; NULL: it has none. */
extern const AsTransition *as_timeout_of(const AsFlow *flow, int state);

/* The override of a state that was entered at an instant; NULL: none. */
extern const AsOverride *as_override_of(const AsDecideInput *input, int state, AsInstant entered_at);

/* Whether a deadline that could fire is left to a person. */
extern bool as_is_parked(const AsDecideInput *input, const AsDecision *decision);

/* Deadline and timers of a request that has just been opened; event 1 arms them. */
extern bool as_clocks_open(const AsDecideInput *input, AsDecision *decision, AsError *error);

/*
 * What a transition does to the clocks, at an instant, once state and
 * entered_at are those after it; the last event is the transition's own.
 */
extern bool as_clocks_move(const AsDecideInput *input, const AsTransition *transition, int from, AsInstant at,
						   AsDecision *decision, AsError *error);

/* The command's platform_due, at an instant; unknown: the computed deadline holds again. */
extern bool as_clocks_platform_due(const AsDecideInput *input, AsInstant at, AsDecision *decision, AsError *error);

/* A provisional deadline anew, by the calendar as it is now. */
extern bool as_clocks_recompute(const AsDecideInput *input, AsInstant at, AsDecision *decision, AsError *error);

/* The first timer that runs out before an instant; NULL: none. */
extern AsTimer *as_clocks_due_timer(AsDecision *decision, AsInstant before);

/* Takes a timer away. */
extern void as_clocks_disarm(AsDecision *decision, const AsTimer *timer);

#endif
