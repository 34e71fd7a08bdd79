/*
 * errors.h
 *		The shell's side of kernel/error.h.
 */
#ifndef AFTERSALE_ERRORS_H
#define AFTERSALE_ERRORS_H

#include "compat.h"
#include "nodes/nodes.h"
#include "kernel/codes.h"
#include "kernel/error.h"

/* Raises a kernel error. */
AS_NORETURN extern void as_report(const AsError *error);

/*
 * Raises it softly where the server has soft errors and the caller's
 * fcinfo->context asks for them; then it returns, and the input function
 * returns NULL.  Use: return as_report_soft(AS_ESCONTEXT(fcinfo), &error);
 */
extern Datum as_report_soft(Node *context, const AsError *error);

/*
 * Whether an error is one row's own, so that a batch may go on without the row.
 * Cancellation, deadlock, serialization failure, lack of resources, a wrong
 * configuration of the whole are not: going on would hide the cause.
 */
extern bool as_is_rows_own(int sqlstate);

#endif
