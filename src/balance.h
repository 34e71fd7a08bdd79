/*
 * balance.h
 *		What a decision must know of the order: what remains of what was paid,
 *		and whether other requests of it are open.
 */
#ifndef AFTERSALE_BALANCE_H
#define AFTERSALE_BALANCE_H

#include "kernel/decide.h"

/*
 * How many other requests of an order are open and keep it from being refunded
 * by agreement, as as_blocks_negotiation() decides (TEMU-26).
 */
extern int64_t as_open_others(int64_t shop_id, int64_t request_id, const char *order_ref);

/*
 * What remains refundable of an order, read as the owner of the tables;
 * unknown where the order has no balance in that currency.  It is a reading
 * for the decision: that it still holds when the refund is booked is seen to by
 * the record's UPDATE.
 */
extern AsMaybeAmount as_balance_remaining(int64_t shop_id, const char *order_ref, const char *currency, int digits);

#endif
