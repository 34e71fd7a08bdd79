/*
 * report_payload.h
 *		The platform's word on the state of a request, from a payload.
 *
 *	{"state": "requested", "covers": ["awaiting_refusal"], "act": "refund",
 *	 "reported_at": "2026-11-25T10:00:00+00:00", "due_at": "...", "amount": 12.50, ...}
 */
#ifndef AFTERSALE_REPORT_PAYLOAD_H
#define AFTERSALE_REPORT_PAYLOAD_H

#include "kernel/decide.h"
#include "utils/jsonb.h"

/*
 * Fills command->report, and sets_platform_due where the payload has a
 * deadline; state is -1 where it has none.  Raises RA030 where a key is of the
 * wrong kind or names no state of the flow.
 */
extern void as_read_report(Jsonb *payload, const AsFlow *flow, AsCommand *command);

#endif
