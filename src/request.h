/*
 * request.h
 *		What the triggers of aftersale.request share.
 */
#ifndef AFTERSALE_REQUEST_H
#define AFTERSALE_REQUEST_H

#include "commands/trigger.h"
#include "fmgr.h"

/* Lets the sweep write act_at, attempts and fault of a row that it parks. */
extern bool as_parking;

/* The trigger data, once it is sure that it is our table's trigger of that timing. */
extern TriggerData *as_request_trigger(FunctionCallInfo fcinfo, TriggerEvent timing);

#endif
