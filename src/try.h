/*
 * try.h
 *		Work that may fail without taking the transaction along.
 */
#ifndef AFTERSALE_TRY_H
#define AFTERSALE_TRY_H

#include "utils/elog.h"

/*
 * Does the work in a subtransaction.  NULL: it is done; else the error, copied
 * into the current memory context, and everything that it did is undone.
 */
extern ErrorData *as_try(void (*work) (void *context), void *context);

#endif
