/*
 * requirements.h
 *		What a flow's transitions require of a request: flow_transition.requires.
 *
 *	{"attributes": {...}}		the request's attributes contain it
 *	{"settings": {...}}			the shop's settings, with its country's over them, contain it
 *	{"carrier": "..."}			listed, unlisted or unrestricted: the payload's carrier in aftersale.carrier
 *	{"reject_reason": "..."}	evidence, no_evidence, unlisted or unrestricted: the payload's reason in aftersale.reason
 *	{"told_by": "platform"}		the kind of actor that opens the request or acts
 *	{"policy": "eligible"}		at the opening: the shop's return policy allows it
 *	{"return_address": "..."}	before_order, at the opening: recorded and in force before the order; routed: there is one now
 *	{"ever": {...}}, {"never": {...}}	the request's history has an event that contains it, or none
 *	{"never_for_order": {...}}	at the opening: that of no other request of the flow and the order has
 *
 * All members of an object have to hold.  unrestricted: the platform has no
 * list here.
 */
#ifndef AFTERSALE_REQUIREMENTS_H
#define AFTERSALE_REQUIREMENTS_H

#include "judge.h"

/* NULL where the object can be evaluated, else the member that cannot. */
extern const char *as_requirement_fault(Jsonb *requirement);

/*
 * Bits of the flow's requirements, of those that are asked for, that the
 * request meets as the row says, with the judgement's shop as it is.  payload
 * NULL: none.  At an opening the caches of shops and calendars may be asked:
 * what the judgement has of them is to be asked for again.
 */
extern uint64_t as_requirements_met(const AsJudgement *judgement, const AsRequestRow *row, Jsonb *payload, uint64_t asked);

#endif
