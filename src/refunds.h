/*
 * refunds.h
 *		Books the refunds that the decisions of one statement contain.
 */
#ifndef AFTERSALE_REFUNDS_H
#define AFTERSALE_REFUNDS_H

#include "judge.h"
#include "request_row.h"
#include "rows.h"

extern void as_refunds_init(AsRows *refunds);

/*
 * Adds the refund of event number (from 0) of a decision; new is the row that
 * carries it, seen the one that names its order and reason.
 */
extern void as_refunds_add(AsRows *refunds, const AsRequestRow *seen, const AsRequestRow *new,
						   const AsJudgement *judgement, int number);

/*
 * Takes the refunds from the balances of their orders, writes their rows and
 * spreads them over the lines, as the owner.  Once a statement, since balances
 * are locked by key before any is written.  Raises RA045 where a balance does
 * not suffice.
 */
extern void as_refunds_book(const AsRows *refunds, Oid request_table);

#endif
