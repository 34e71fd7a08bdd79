/*
 * items.h
 *		The lines of a request, as jsonb: an array of
 *		{line_no, product, sku, category, quantity, paid, amount}.
 */
#ifndef AFTERSALE_ITEMS_H
#define AFTERSALE_ITEMS_H

#include "utils/jsonb.h"

#define AS_MAX_ITEMS	10000

/* Raises RA028 where the items are not such an array, with amounts of that many decimals. */
extern void as_check_items(Jsonb *items, int digits);

#endif
