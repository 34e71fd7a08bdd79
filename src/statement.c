/*
 * statement.c
 *		Constant statements with kept plans.
 */
#include "postgres.h"

#include "statement.h"
#include "utils/guc.h"

static void
switch_off(const char *setting)
{
	/* GUC_ACTION_SAVE is what parallel mode allows, too */
	(void) set_config_option(setting, "off", PGC_USERSET, PGC_S_SESSION, GUC_ACTION_SAVE, true, 0, false);
}

static void
prepare(AsStatement *statement)
{
	SPIPlanPtr	plan = SPI_prepare_cursor(statement->text, statement->parameters, statement->types,
										  CURSOR_OPT_GENERIC_PLAN);

	if (plan == NULL)
		elog(ERROR, "cannot prepare \"%s\": %s", statement->text, SPI_result_code_string(SPI_result));
	if (SPI_keepplan(plan) != 0)
		elog(ERROR, "cannot keep the plan of \"%s\"", statement->text);
	statement->plan = plan;
}

void
as_execute(AsStatement *statement, Datum *values, const char *nulls, bool read_only, long limit)
{
	bool		to_plan = statement->plan == NULL || !SPI_plan_is_valid(statement->plan);
	int			level = 0;
	int			result;

	if (to_plan)
	{
		level = NewGUCNestLevel();
		switch_off("enable_seqscan");
		switch_off("enable_hashjoin");
		switch_off("enable_mergejoin");
		switch_off("jit");		/* what these switches cost is not there to be
								 * saved */
	}
	if (statement->plan == NULL)
		prepare(statement);
	result = SPI_execute_plan(statement->plan, values, nulls, read_only, limit);
	if (result < 0)
		elog(ERROR, "cannot execute \"%s\": %s", statement->text, SPI_result_code_string(result));
	if (to_plan)
		AtEOXact_GUC(true, level);
}
