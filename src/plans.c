/*
 * plans.c
 *		Kept plans: see plans.h.  A plan lives as long as the session;
 *		PostgreSQL plans it anew, from its text, when what it names has changed.
 */
#include "postgres.h"

#include "plans.h"
#include "utils/guc.h"

SPIPlanPtr
as_plan(const char *sql, int width, const Oid *types, SPIPlanPtr *kept)
{
	if (*kept == NULL)
	{
		SPIPlanPtr	plan = SPI_prepare(sql, width, (Oid *) types);

		if (plan == NULL || SPI_keepplan(plan) != 0)
			elog(ERROR, "could not prepare \"%s\": %s", sql, SPI_result_code_string(SPI_result));
		*kept = plan;
	}
	return *kept;
}

int
as_pin_planner(void)
{
	static const char *const off[] = {"enable_hashjoin", "enable_mergejoin", "enable_seqscan"};
	int			level = NewGUCNestLevel();

	for (size_t i = 0; i < lengthof(off); i++)
		(void) set_config_option(off[i], "off", PGC_USERSET, PGC_S_SESSION, GUC_ACTION_SAVE, true, 0, false);
	return level;
}

void
as_unpin_planner(int level)
{
	AtEOXact_GUC(true, level);
}
