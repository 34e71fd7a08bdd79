/*
 * strategy.h
 *		The shell's part of kernel/strategy.h: what a request says about itself
 *		in its attributes and items, and the look-ups that choosing a rule asks.
 */
#ifndef AFTERSALE_STRATEGY_SHELL_H
#define AFTERSALE_STRATEGY_SHELL_H

#include "kernel/strategy.h"
#include "utils/jsonb.h"

/* Behind AsSituation.context, as long as the situation. */
typedef struct AsStrategyShell
{
	int64_t		shop_id;
	const char *time_zone;		/* of the request's country */
	int			digits;			/* of its currency */
	Jsonb	   *attributes;		/* NULL: none */
	const char *buyer;			/* NULL: none; set by as_strategy_ask() */
	/* completes the request's money; NULL: it is complete */
	void		(*look_up) (void *caller, int look_ups);
	void	   *caller;
} AsStrategyShell;

/*
 * Fills what the situation takes from the attributes (parcels, whole_parcel,
 * buyer), and its callbacks, which read the shell.  No callback asks the caches
 * of flows and shops; look_up, which is the caller's, must not either, since the
 * rules lie there.
 */
extern void as_strategy_ask(AsStrategyShell *shell, AsSituation *situation);

/* Fills products and categories from items that as_check_items() found good; NULL: none. */
extern void as_strategy_goods(Jsonb *items, AsSituation *situation);

#endif
