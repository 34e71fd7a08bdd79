/*
 * statement.c
 *		Constant statements with kept plans.
 */
#include "postgres.h"

#include "catalog/namespace.h"
#include "nodes/params.h"
#include "optimizer/plancat.h"
#include "statement.h"
#include "utils/guc.h"
#include "utils/lsyscache.h"
#include "utils/plancache.h"
#include "utils/resowner.h"

/* What our tables are taken to be while a statement of ours is planned, at least */
#define FULL_PAGES	100000
#define FULL_TUPLES	5e6

static bool planning = false;
static get_relation_info_hook_type next_hook = NULL;

/*
 * A plan that is kept must be right when the tables are full, and is often made
 * while they are empty, when every index looks as good as the right one.
 */
static void
take_as_full(PlannerInfo *root, Oid relation, bool inhparent, RelOptInfo *info)
{
	ListCell   *cell;

	if (next_hook != NULL)
		next_hook(root, relation, inhparent, info);
	if (!planning || get_rel_namespace(relation) != get_namespace_oid("aftersale", true))
		return;
	info->pages = Max(info->pages, FULL_PAGES);
	info->tuples = Max(info->tuples, FULL_TUPLES);
	foreach(cell, info->indexlist)
	{
		IndexOptInfo *index = lfirst(cell);

		index->pages = Max(index->pages, FULL_PAGES / 4);
		index->tuples = Max(index->tuples, FULL_TUPLES);
	}
}

void
as_statement_init(void)
{
	next_hook = get_relation_info_hook;
	get_relation_info_hook = take_as_full;
}

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

/* Sees to it that the statement has a plan that holds. */
static void
plan_it(AsStatement *statement)
{
	CachedPlan *plan;
	int			level;

	if (statement->plan != NULL && SPI_plan_is_valid(statement->plan))
		return;
	level = NewGUCNestLevel();
	switch_off("enable_seqscan");
	switch_off("enable_hashjoin");
	switch_off("enable_mergejoin");
	switch_off("enable_bitmapscan");
	switch_off("jit");			/* what these switches cost is not there to be
								 * saved */
	planning = true;
	PG_TRY();
	{
		if (statement->plan == NULL)
			prepare(statement);
		plan = SPI_plan_get_cached_plan(statement->plan);
		if (plan != NULL)
			ReleaseCachedPlan(plan, CurrentResourceOwner);
	}
	PG_FINALLY();
	{
		planning = false;
	}
	PG_END_TRY();
	AtEOXact_GUC(true, level);
}

static void
check(const AsStatement *statement, int result)
{
	if (result < 0)
		elog(ERROR, "cannot execute \"%s\": %s", statement->text, SPI_result_code_string(result));
}

void
as_execute(AsStatement *statement, Datum *values, const char *nulls, bool read_only, long limit)
{
	plan_it(statement);
	check(statement, SPI_execute_plan(statement->plan, values, nulls, read_only, limit));
}

void
as_execute_into(AsStatement *statement, Datum *values, DestReceiver *receiver)
{
	SPIExecuteOptions options = {.params = makeParamList(statement->parameters),.dest = receiver};

	for (int i = 0; i < statement->parameters; i++)
	{
		ParamExternData *parameter = &options.params->params[i];

		parameter->value = values[i];
		parameter->isnull = false;
		parameter->pflags = PARAM_FLAG_CONST;
		parameter->ptype = statement->types[i];
	}
	plan_it(statement);
	check(statement, SPI_execute_plan_extended(statement->plan, &options));
}
