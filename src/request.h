/*
 * request.h
 *		What the triggers of aftersale.request share.
 */
#ifndef AFTERSALE_REQUEST_H
#define AFTERSALE_REQUEST_H

#include "commands/trigger.h"
#include "fmgr.h"
#include "request_row.h"

/* Lets the sweep write act_at, attempts and fault of a row that it parks. */
extern bool as_parking;

/* The fault of a request whose deadline is left to a person; "; " and an error may follow, of a timer that fails. */
#define AS_FAULT_OVERDUE	"overdue "
#define AS_FAULT_OPENING	AS_FAULT_OVERDUE "at opening"
#define AS_FAULT_REPORTED	AS_FAULT_OVERDUE "when reported"

/* Whether the row's fault begins so. */
extern bool as_has_fault(const AsRequestRow *row, const char *fault);

/* as_flow_epoch() when the last statement on aftersale.request began to decide. */
extern uint64 as_decided_under;

/* The trigger data, once it is sure that it is our table's trigger of that timing. */
extern TriggerData *as_request_trigger(FunctionCallInfo fcinfo, TriggerEvent timing);

/*
 * The first column that differs among those that nobody but the engine writes,
 * or among those that never change; AS_REQUEST_COLUMN_COUNT: none does.
 */
extern AsRequestColumn as_request_decided_change(const AsRequestRow *old, const AsRequestRow *new);
extern AsRequestColumn as_request_fixed_change(const AsRequestRow *old, const AsRequestRow *new);

#endif
