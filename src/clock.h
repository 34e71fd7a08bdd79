/*
 * clock.h
 *		The one clock of the extension.
 */
#ifndef AFTERSALE_CLOCK_H
#define AFTERSALE_CLOCK_H

#include "datatype/timestamp.h"

extern char *as_test_now;		/* aftersale.test_now, a superuser's setting */

/* The instant now: aftersale.test_now where it is set, else the wall clock. */
extern TimestampTz as_now(void);

/* The instant at which the transaction began, or aftersale.test_now. */
extern TimestampTz as_transaction_now(void);

#endif
