/*
 * claim.h
 *		Which requests a run of the sweep takes up, and in which order.
 */
#ifndef AFTERSALE_CLAIM_H
#define AFTERSALE_CLAIM_H

#include "fire.h"

/*
 * The requests due before cutoff, at most max_rows, into keys, which live in
 * the context; SPI must be connected.  Returns whether these are all.
 *
 * Within a shop the oldest come first.  Shops take turns, request by request;
 * where there is more than max_rows, each has an equal share at least (or all
 * that is due, where that is less), so that no backlog starves the others.
 */
extern bool as_claim(TimestampTz cutoff, int max_rows, AsKeys *keys, MemoryContext context);

#endif
