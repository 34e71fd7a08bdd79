/*
 * request_row.h
 *		A row of aftersale.request as C sees it: values by column, wherever the
 *		columns stand in the table.
 */
#ifndef AFTERSALE_REQUEST_ROW_H
#define AFTERSALE_REQUEST_ROW_H

#include "access/htup.h"
#include "access/tupdesc.h"
#include "datatype/timestamp.h"
#include "executor/tuptable.h"
#include "kernel/instant.h"
#include "utils/jsonb.h"


#define AS_REQUEST_COLUMNS(COLUMN) \
	COLUMN(shop_id) COLUMN(request_id) COLUMN(external_ref) COLUMN(flow) COLUMN(flow_version) \
	COLUMN(state) COLUMN(outcome) COLUMN(reason) COLUMN(order_ref) COLUMN(ordered_at) \
	COLUMN(country) COLUMN(currency) COLUMN(amount) COLUMN(tax) COLUMN(shipping) COLUMN(ratio) COLUMN(refund_amount) \
	COLUMN(warehouse_id) COLUMN(opened_at) COLUMN(entered_at) COLUMN(closed_at) COLUMN(platform_due_at) COLUMN(due_at) \
	COLUMN(provisional) COLUMN(act_at) COLUMN(paused_at) COLUMN(paused_due_at) COLUMN(extensions) COLUMN(event_seq) COLUMN(attributes) COLUMN(attempts) COLUMN(fault) \
	COLUMN(action) COLUMN(actor) COLUMN(on_behalf_of) COLUMN(payload) COLUMN(items) \
	COLUMN(last_action) COLUMN(last_actor) COLUMN(last_on_behalf_of) COLUMN(last_payload) \
	COLUMN(last_items) COLUMN(last_facts) COLUMN(last_at) COLUMN(last_digest) COLUMN(seal)

#define AS_COLUMN_ENUM(name) AS_COL_##name,
typedef enum AsRequestColumn
{
	AS_REQUEST_COLUMNS(AS_COLUMN_ENUM)
	AS_REQUEST_COLUMN_COUNT
} AsRequestColumn;
#undef AS_COLUMN_ENUM

extern const char *const as_request_column_names[AS_REQUEST_COLUMN_COUNT];

/* Where each column stands; made once a statement, kept in fn_extra. */
typedef struct AsRequestMap
{
	int			index[AS_REQUEST_COLUMN_COUNT]; /* attribute number - 1 */
} AsRequestMap;

typedef struct AsRequestRow
{
	Datum		values[AS_REQUEST_COLUMN_COUNT];
	bool		nulls[AS_REQUEST_COLUMN_COUNT];
	/* all columns of the tuple that it was read from, in the table's order */
	Datum	   *all_values;
	bool	   *all_nulls;
} AsRequestRow;

/* The map of the table's columns; raises where the table lacks one, or has it with another type. */
extern void as_request_map(TupleDesc descriptor, AsRequestMap *map);

/* Reads a row; its values point into the tuple or slot. */
extern void as_request_row_from_tuple(const AsRequestMap *map, HeapTuple tuple, TupleDesc descriptor,
									  AsRequestRow *row);
extern void as_request_row_from_slot(const AsRequestMap *map, TupleTableSlot *slot, AsRequestRow *row);

/* The tuple that the row was read from, with our columns replaced by the row's; other columns stay. */
extern HeapTuple as_request_row_into_tuple(const AsRequestMap *map, HeapTuple tuple, TupleDesc descriptor,
										   const AsRequestRow *row);

/* Whether a column is the same in both rows. */
extern bool as_request_same(const AsRequestRow *a, const AsRequestRow *b, AsRequestColumn column);

/* Typed access.  Texts are C strings palloc'd in the current context; NULL: SQL NULL. */
extern char *as_row_text(const AsRequestRow *row, AsRequestColumn column);
extern AsMaybeInstant as_row_instant(const AsRequestRow *row, AsRequestColumn column);
extern int64 as_row_int64(const AsRequestRow *row, AsRequestColumn column);
extern Jsonb *as_row_jsonb(const AsRequestRow *row, AsRequestColumn column);	/* NULL: SQL NULL */

/* A copy of a value of varying length in the current context; 0: SQL NULL. */
extern Datum as_row_copy(const AsRequestRow *row, AsRequestColumn column);

extern void as_row_set_text(AsRequestRow *row, AsRequestColumn column, const char *value);	/* NULL: SQL NULL */
extern void as_row_set_instant(AsRequestRow *row, AsRequestColumn column, AsMaybeInstant value);
extern void as_row_set(AsRequestRow *row, AsRequestColumn column, Datum value);
extern void as_row_set_null(AsRequestRow *row, AsRequestColumn column);
extern void as_row_move(AsRequestRow *row, AsRequestColumn to, AsRequestColumn from);	/* from becomes NULL */

#endif
