/*
 * aftersale.c
 *		Module start: the library's settings and callbacks.
 */
#include "postgres.h"

#include <limits.h>

#include "attach.h"
#include "bind.h"
#include "clock.h"
#include "config.h"
#include "fmgr.h"
#include "statement.h"
#include "strategy_use.h"
#include "utils/guc.h"

PG_MODULE_MAGIC;

void		_PG_init(void);

void
_PG_init(void)
{
	DefineCustomStringVariable("aftersale.test_now",
							   "The instant that aftersale takes for now, for tests.",
							   "Empty: the wall clock. Only a superuser may set it.",
							   &as_test_now, "", PGC_SUSET, GUC_NOT_IN_SAMPLE,
							   NULL, NULL, NULL);
	DefineCustomIntVariable("aftersale.test_uptime",
							"Seconds that aftersale takes the machine to have been up under test_now, for tests.",
							"-1: unknown. Only a superuser may set it.",
							&as_test_uptime, -1, -1, INT_MAX, PGC_SUSET, GUC_NOT_IN_SAMPLE | GUC_UNIT_S,
							NULL, NULL, NULL);
	MarkGUCPrefixReserved("aftersale");
	as_config_init();
	as_attach_init();
	as_bound_open_init();
	as_strategy_use_init();
	as_statement_init();
}
