/*
 * fire.h
 *		Batches of requests whose deadline has passed.
 */
#ifndef AFTERSALE_FIRE_H
#define AFTERSALE_FIRE_H

#include "datatype/timestamp.h"
#include "nodes/pg_list.h"
#include "statement.h"

#define AS_BATCH_ROWS	1000

/* Requests by key, in the order in which they are to be taken up. */
typedef struct AsKeys
{
	int			count;
	Datum	   *shop_ids;
	Datum	   *request_ids;
} AsKeys;

/* What a run has done so far. */
typedef struct AsTally
{
	int64		fired;
	int64		parked;
	List	   *doubts;			/* of the batch in hand; fire.c's own */
} AsTally;

/* Copies the first two columns of the SPI result, shop_id and request_id, into the context. */
extern void as_take_keys(AsKeys *keys, MemoryContext context);

/*
 * Lets the clock act on those of the keys from .. from + count - 1 that are
 * still due at cutoff; SPI must be connected.  Rows that another session has
 * locked are left alone, rows that fail are parked, and what is not a row's own
 * fault is raised.
 */
extern void as_fire_batch(const AsKeys *keys, int from, int count, TimestampTz cutoff, AsTally *tally);

/*
 * Executes a statement that writes the sweep's own columns (act_at, attempts,
 * fault), with SPI connected; returns on how many rows.
 */
extern int64 as_park(AsStatement *statement, Datum *values);

#endif
