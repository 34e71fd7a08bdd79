/*
 * return_requirements.h
 *		What transitions require of a request's past and of the shop's returns:
 *		members of flow_transition.requires, for requirements.c.
 */
#ifndef AFTERSALE_RETURN_REQUIREMENTS_H
#define AFTERSALE_RETURN_REQUIREMENTS_H

#include "judge.h"

/* Whether an application that is being opened is within the shop's own return policy (TTRET-02 to TTRET-07). */
extern bool as_policy_allows(const AsRequestRow *row);

/*
 * Where the opening was refused because of that policy: another refusal
 * instead, RA090, which names what is wrong with each line.
 */
extern void as_explain_policy(const AsJudgement *judgement, AsError *error);

/* Whether a return address was recorded, and in force, before the order was created (TTSEA-03). */
extern bool as_address_before_order(const AsRequestRow *row);

/* Whether the request names its return warehouse, or its country has a default one now (TTRET-09). */
extern bool as_return_is_routed(const AsRequestRow *row, AsInstant at);

/* Whether the request's history has an event that contains the object. */
extern bool as_history_has(const AsRequestRow *row, Jsonb *event);

/*
 * Whether that of another request of the same flow and order has one, those
 * whose attributes name another tracking_no aside (TTSEA-13).  For openings:
 * others that ask so for this order wait for this transaction, so that the
 * answer holds.
 */
extern bool as_order_history_has(const AsRequestRow *row, Jsonb *event);

#endif
