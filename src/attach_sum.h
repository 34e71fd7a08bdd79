/*
 * attach_sum.h
 *		Running totals of refunds by order, kept for attachments.
 */
#ifndef AFTERSALE_ATTACH_SUM_H
#define AFTERSALE_ATTACH_SUM_H

#include "attach.h"
#include "owner.h"

/* The orders that a statement changes and by how much; memory of the context current at its making. */
typedef struct AsOrderSums AsOrderSums;

extern AsOrderSums *as_order_sums(AsAttachCall *call);

/* An order whose total is only to become known. */
extern void as_order_sums_add_key(AsOrderSums *sums, int64 shop, const char *order, const char *currency, int digits);

/* Adds everything to the totals; raises RA045, RA044.  Returns how many orders that were. */
extern int	as_order_sums_write(AsOrderSums *sums);

/*
 * Reading the ERP's table, all of it and as it is now with this transaction's
 * changes: as its owner, under the latest snapshot, with SPI connected and
 * row-level security refused rather than applied.
 */
typedef struct AsAttachRead
{
	AsOwner		owner;
} AsAttachRead;

extern void as_attach_read_begin(AsAttachRead *read, Relation relation);
extern void as_attach_read_end(AsAttachRead *read);

/* Parts of its statements: "SELECT shop, order, currency, sum", " FROM table WHERE counted", the order. */
extern const char *as_attach_key_columns_sql(const AsAttached *attached);
extern const char *as_attach_rows_sql(const AsAttached *attached, Relation relation);
extern const char *as_attach_order_sql(const AsAttached *attached);

#endif
