/*
 * clock.h
 *		The one clock of the extension.
 */
#ifndef AFTERSALE_CLOCK_H
#define AFTERSALE_CLOCK_H

#include "datatype/timestamp.h"

/* settings for tests, a superuser's */
extern char *as_test_now;		/* aftersale.test_now */
extern int	as_test_uptime;		/* aftersale.test_uptime, seconds; -1: unset */

/* The instant now: aftersale.test_now where it is set, else the wall clock. */
extern TimestampTz as_now(void);

/* The instant at which the transaction began, or aftersale.test_now. */
extern TimestampTz as_transaction_now(void);

/*
 * For how long the machine has been up, asleep or awake, in microseconds: a
 * clock that nobody sets.  False where there is none, as under
 * aftersale.test_now unless aftersale.test_uptime is set.
 */
extern bool as_uptime(int64 *uptime);

#endif
