/*
 * balance.h
 *		What was paid for an order and what was refunded of it.
 */
#ifndef AFTERSALE_BALANCE_H
#define AFTERSALE_BALANCE_H

#include "kernel/decide.h"

/*
 * What remains refundable of an order, read as the owner of the tables;
 * unknown where the order has no balance in that currency.  It is a reading
 * for the decision: that it still holds when the refund is booked is seen to by
 * the record's UPDATE.
 */
extern AsMaybeAmount as_balance_remaining(int64_t shop_id, const char *order_ref, const char *currency, int digits);

#endif
