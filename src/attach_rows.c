/*
 * attach_rows.c
 *		The rows of a statement, from its transition tables.
 */
#include "postgres.h"

#include "attach.h"
#include "miscadmin.h"
#include "utils/tuplestore.h"

/* The next row; false at the end, and where there is no such table. */
static bool
next(Tuplestorestate *rows, TupleTableSlot *slot)
{
	return rows != NULL && tuplestore_gettupleslot(rows, true, false, slot);
}

void
as_attach_each_pair(AsAttachCall *call, TriggerData *trigger, AsAttachPair take, void *context)
{
	Tuplestorestate *olds = trigger->tg_oldtable;
	Tuplestorestate *news = trigger->tg_newtable;
	TupleTableSlot *old = MakeSingleTupleTableSlot(RelationGetDescr(trigger->tg_relation), &TTSOpsMinimalTuple);
	TupleTableSlot *new = MakeSingleTupleTableSlot(RelationGetDescr(trigger->tg_relation), &TTSOpsMinimalTuple);
	MemoryContext caller = CurrentMemoryContext;

	if (olds != NULL)
		tuplestore_rescan(olds);
	if (news != NULL)
		tuplestore_rescan(news);
	for (;;)
	{
		/* what a spilled table gives is the slot's, in the context of now */
		bool		had = next(olds, old);
		bool		has = next(news, new);

		if (!had && !has)
			break;
		CHECK_FOR_INTERRUPTS();
		ResetExprContext(call->econtext);
		MemoryContextSwitchTo(call->econtext->ecxt_per_tuple_memory);
		take(context, had ? old : NULL, has ? new : NULL);
		MemoryContextSwitchTo(caller);
	}
	ExecDropSingleTupleTableSlot(old);
	ExecDropSingleTupleTableSlot(new);
}
