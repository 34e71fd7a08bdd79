/*
 * strategy_use.h
 *		How often automatic rules were used: read for a decision, written by
 *		the record.  Only rules with caps are counted.
 */
#ifndef AFTERSALE_STRATEGY_USE_H
#define AFTERSALE_STRATEGY_USE_H

#include "kernel/strategy.h"
#include "rows.h"

/* The date of an instant in a time zone by its name, as days since 2000-01-01. */
extern int32_t as_local_day(AsInstant at, const char *time_zone);

/* Whether a rule has a cap. */
extern bool as_strategy_is_capped(const AsStrategy *rule);

/*
 * What a rule was used on a day and for a buyer (NULL: none), read as the
 * owner of the tables, and what this transaction has decided and not yet
 * recorded.  It is a reading for the decision: that the caps still hold when
 * the use is recorded is seen to by as_uses_write().
 */
extern void as_strategy_use(int64_t shop_id, const AsStrategy *rule, int32_t day, const char *buyer, int digits,
							AsStrategyUse *use);

/*
 * Says that a decision uses a capped rule: BEFORE triggers call it, so that
 * the next row of the same statement sees it.  A row that a later trigger drops
 * counts until the transaction ends.
 */
extern void as_strategy_use_decided(int64_t shop_id, const AsStrategy *rule, int32_t day, const char *buyer,
									AsAmount amount);

/* Uses collected for the record, in the caller's memory context. */
extern void as_uses_init(AsRows *uses);
extern void as_uses_add(AsRows *uses, int64_t shop_id, const AsStrategy *rule, int32_t day, const char *buyer,
						AsAmount amount, int digits);

/*
 * Counts them, with SPI connected, as the owner of the tables: rows of
 * rule_use, then of rule_buyer_use, by key.  Raises RA081 where a cap would be
 * exceeded, whatever the isolation level.
 */
extern void as_uses_write(const AsRows *uses);

/* _PG_init only. */
extern void as_strategy_use_init(void);

#endif
