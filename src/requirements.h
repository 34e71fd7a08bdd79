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

#include "flow_cache.h"
#include "request_row.h"
#include "shop_cache.h"
#include "utils/jsonb.h"

/* NULL where the object can be evaluated, else the member that cannot. */
extern const char *as_requirement_fault(Jsonb *requirement);

/* What they are asked of: a request of a shop, or one that is imagined. */
typedef struct AsRequirementRequest
{
	const AsShop *shop;
	const AsShopCountry *country;
	const AsRequestRow *row;	/* NULL: it is imagined, and has neither a
								 * past nor anybody who tells of it */
	Jsonb	   *attributes;		/* NULL: none */
	Jsonb	   *payload;		/* of the act; NULL: none */
	bool		opens;			/* it is being opened */
	AsInstant	at;				/* site and settings are those of then */
} AsRequirementRequest;

/*
 * Bits of the flow's requirements, of those that are asked for, that the
 * request meets.  At the opening of a row the caches of shops and calendars may
 * be asked: what the caller has of them is to be asked for again.
 */
extern uint64_t as_requirements_met(const AsCachedFlow *cached, const AsRequirementRequest *request, uint64_t asked);

#endif
