/*
 * take_back.h
 *		Refunds that the platform's word undoes: kernel/reported.h.
 */
#ifndef AFTERSALE_TAKE_BACK_H
#define AFTERSALE_TAKE_BACK_H

#include "judge.h"
#include "rows.h"

/* Fills money->booked and money->unclaimed of a request, read as the owner of the tables. */
extern void as_refunds_booked(int64_t shop_id, int64_t request_id, AsMoney *money);

/*
 * Whether event number "number" books a refund: not where a later one of the
 * same decision takes it back.
 */
extern bool as_is_booked(const AsDecision *decision, int number);

extern void as_take_back_init(AsRows *rows);

/* Adds event number "number" of the decision, which takes refunds back. */
extern void as_take_back_add(AsRows *rows, const AsRequestRow *new, const AsJudgement *judgement, int number);

/*
 * Before others are booked: makes the refunds void, gives them back to their orders' balances and lines,
 * and withdraws the fees that were kept back from them.  Raises 40001 where a
 * worker of the outbox has taken one up meanwhile.
 */
extern void as_take_back(const AsRows *rows, Oid request_table);

#endif
