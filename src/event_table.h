/*
 * event_table.h
 *		Writes rows of aftersale.event, many at a time.
 */
#ifndef AFTERSALE_EVENT_TABLE_H
#define AFTERSALE_EVENT_TABLE_H

#include "postgres.h"

typedef enum AsEventColumn
{
	AS_EVENT_shop_id,
	AS_EVENT_request_id,
	AS_EVENT_event_seq,
	AS_EVENT_at,
	AS_EVENT_recorded_at,
	AS_EVENT_action,
	AS_EVENT_actor,
	AS_EVENT_on_behalf_of,
	AS_EVENT_login,
	AS_EVENT_role,
	AS_EVENT_from_state,
	AS_EVENT_to_state,
	AS_EVENT_due_at,
	AS_EVENT_rule,
	AS_EVENT_payload,
	AS_EVENT_facts,
	AS_EVENT_digest,
	AS_EVENT_COLUMNS
} AsEventColumn;

typedef struct AsEventTable AsEventTable;

/* Opens the table; everything lives in the current memory context. */
extern AsEventTable *as_event_table_open(void);

/* Adds a row; the values may go when it returns. */
extern void as_event_table_add(AsEventTable *table, const Datum *values, const bool *nulls);

/* Writes what was added and closes the table. */
extern void as_event_table_close(AsEventTable *table);

#endif
