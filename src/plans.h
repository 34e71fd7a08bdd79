/*
 * plans.h
 *		Kept plans, and the planner settings under which they are good.
 */
#ifndef AFTERSALE_PLANS_H
#define AFTERSALE_PLANS_H

#include "executor/spi.h"

/* The plan of a constant statement, prepared once a session and kept in *kept. */
extern SPIPlanPtr as_plan(const char *sql, int width, const Oid *types, SPIPlanPtr *kept);

/*
 * Plans cached while tables are small are wrong later; index scans and nested
 * loops are always right for statements that name keys.  Switches hash join,
 * merge join and sequential scan off until as_unpin_planner(), or the end of
 * the (sub)transaction.
 */
extern int	as_pin_planner(void);
extern void as_unpin_planner(int level);

#endif
