/*
 * bind_fill.c
 *		The rows that a table has when it is bound: what a binding would make of
 *		them, and taking them in.
 *
 * The table is read as its owner, who also is the one whose expressions are
 * evaluated.
 */
#include "postgres.h"

#include "access/table.h"
#include "attach_sum.h"
#include "bind_change.h"
#include "catalog/pg_type.h"
#include "config.h"
#include "errors.h"
#include "executor/spi.h"
#include "fmgr.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "utils/acl.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"

/* Whole rows, so that columns stand where the table has them. */
#define WHOLE_ROW	"\"aftersale row\""

/* Row i of SPI's result in the slot. */
static TupleTableSlot *
whole_row(uint64 i, TupleTableSlot *slot)
{
	bool		isnull;
	HeapTupleHeader header = DatumGetHeapTupleHeader(SPI_getbinval(SPI_tuptable->vals[i], SPI_tuptable->tupdesc, 1, &isnull));
	HeapTupleData tuple;

	tuple.t_len = HeapTupleHeaderGetDatumLength(header);
	ItemPointerSetInvalid(&tuple.t_self);
	tuple.t_tableOid = InvalidOid;
	tuple.t_data = header;
	ExecClearTuple(slot);
	return ExecStoreHeapTuple(heap_copytuple(&tuple), slot, true);
}

/* ---- rows as they are now ---- */

MinimalTuple *
as_bound_rows_now(AsBoundChanges *changes)
{
	const AsAttachCall *call = changes->call;
	const AsSource *key = &call->attached->sources[AS_WORD_KEY];
	MemoryContext caller = CurrentMemoryContext;
	MinimalTuple *rows = palloc_extended(sizeof(MinimalTuple) * changes->count, MCXT_ALLOC_HUGE | MCXT_ALLOC_ZERO);
	Datum	   *refs = palloc_extended(sizeof(Datum) * changes->count, MCXT_ALLOC_HUGE);
	TupleTableSlot *slot = MakeSingleTupleTableSlot(RelationGetDescr(call->relation), &TTSOpsHeapTuple);
	Oid			types[1] = {TEXTARRAYOID};
	Datum		values[1];
	AsOwner		owner;

	for (int i = 0; i < changes->count; i++)
		refs[i] = CStringGetTextDatum(changes->list[i].row_ref);
	values[0] = PointerGetDatum(construct_array(refs, changes->count, TEXTOID, -1, false, TYPALIGN_INT));
	as_bound_owner_begin(&owner, call->relation);
	SPI_connect();
	if (SPI_execute_with_args(psprintf("SELECT " WHOLE_ROW ", k.\"aftersale place\" FROM %s JOIN %s AS " WHOLE_ROW " ON " WHOLE_ROW ".%s = k.\"aftersale key\"",
									   as_bound_keys_sql(call->attached), as_attach_table(call->relation), quote_identifier(key->column)),
							  1, types, values, NULL, false, 0) != SPI_OK_SELECT)
		elog(ERROR, "could not read the rows of binding \"%s\"", call->name);
	for (uint64 i = 0; i < SPI_processed; i++)
	{
		bool		isnull;
		int64		place = DatumGetInt64(SPI_getbinval(SPI_tuptable->vals[i], SPI_tuptable->tupdesc, 2, &isnull));
		MemoryContext before;

		(void) whole_row(i, slot);
		before = MemoryContextSwitchTo(caller);
		rows[place - 1] = ExecCopySlotMinimalTuple(slot);
		MemoryContextSwitchTo(before);
	}
	ExecClearTuple(slot);
	SPI_finish();
	as_owner_end(&owner);
	ExecDropSingleTupleTableSlot(slot);
	return rows;
}

/* ---- backfill() ---- */

/* Reads the next rows, locked, into the changes; returns how many there were, and of the last one the key. */
static uint64
read_rows(AsBoundChanges *changes, int max_rows, char **last)
{
	const AsAttachCall *call = changes->call;
	const AsSource *key = &call->attached->sources[AS_WORD_KEY];
	const char *column = quote_identifier(key->column);
	const char *type = as_bound_type(key);
	MemoryContext caller = CurrentMemoryContext;
	TupleTableSlot *slot = MakeSingleTupleTableSlot(RelationGetDescr(call->relation), &TTSOpsHeapTuple);
	Oid			types[1] = {TEXTOID};
	Datum		values[1] = {*last == NULL ? (Datum) 0 : CStringGetTextDatum(*last)};
	AsAttachRead read;
	uint64		found;

	as_attach_read_begin(&read, call->relation);
	if (SPI_execute_with_args(psprintf("SELECT " WHOLE_ROW ", " WHOLE_ROW ".%s FROM %s AS " WHOLE_ROW
									   " WHERE $1 IS NULL OR " WHOLE_ROW ".%s > $1::%s ORDER BY " WHOLE_ROW ".%s LIMIT %d FOR NO KEY UPDATE",
									   column, as_attach_table(call->relation), column, type, column, max_rows),
							  1, types, values, *last == NULL ? "n" : " ", false, 0) != SPI_OK_SELECT)
		elog(ERROR, "could not read the rows of binding \"%s\"", call->name);
	found = SPI_processed;
	for (uint64 i = 0; i < found; i++)
	{
		ResetExprContext(call->econtext);
		as_bound_take_row(changes, whole_row(i, slot));
	}
	if (found > 0)
		*last = MemoryContextStrdup(caller, SPI_getvalue(SPI_tuptable->vals[found - 1], SPI_tuptable->tupdesc, 2));
	ExecClearTuple(slot);		/* its row is SPI's memory */
	as_attach_read_end(&read);
	ExecDropSingleTupleTableSlot(slot);
	return found;
}

PG_FUNCTION_INFO_V1(aftersale_binding_fill);

/* binding_fill(relation, name, max_rows, last): the last key that was taken in; NULL: there are no more */
Datum
aftersale_binding_fill(PG_FUNCTION_ARGS)
{
	char	   *name;
	int			max_rows;
	char	   *last = PG_ARGISNULL(3) ? NULL : text_to_cstring(PG_GETARG_TEXT_PP(3));
	AsAttachCall *call;
	AsBoundChanges changes;
	AsOwner		owner;
	uint64		found;

	if (PG_ARGISNULL(0) || PG_ARGISNULL(1) || PG_ARGISNULL(2))
		PG_RETURN_NULL();
	name = text_to_cstring(PG_GETARG_TEXT_PP(1));
	max_rows = PG_GETARG_INT32(2);
	as_attach_require_owner(PG_GETARG_OID(0), name);
	call = as_bound_table(name);
	if (call == NULL || max_rows <= 0)
		PG_RETURN_NULL();
	as_bound_changes_init(&changes, call);
	changes.backfill = true;
	found = read_rows(&changes, max_rows, &last);
	as_bound_owner_begin(&owner, call->relation);
	as_bound_follow(&changes);
	as_owner_end(&owner);
	ExecDropSingleTupleTableSlot(changes.slot);
	as_bound_table_close(call);
	if (found < (uint64) max_rows)
		PG_RETURN_NULL();
	PG_RETURN_TEXT_P(cstring_to_text(last));
}

/* ---- dry_run ---- */

/* Rows that are alike */
typedef struct Alike
{
	const char *code;
	const char *state;
	const char *what;
	int64		rows;
} Alike;

typedef struct Preview
{
	AsAttachCall *call;
	MemoryContext context;
	Alike	   *alikes;
	int			count;
	int64	   *shops;			/* that were met, */
	bool	   *known;			/* and whether they are in aftersale.shop */
	int			n_shops;
} Preview;

static bool
is_shop(Preview *preview, int64 shop)
{
	Oid			types[1] = {INT8OID};
	Datum		values[1] = {Int64GetDatum(shop)};
	AsOwner		owner;

	for (int i = 0; i < preview->n_shops; i++)
		if (preview->shops[i] == shop)
			return preview->known[i];
	preview->shops = preview->n_shops == 0 ? MemoryContextAlloc(preview->context, sizeof(int64)) :
		repalloc(preview->shops, sizeof(int64) * (preview->n_shops + 1));
	preview->known = preview->n_shops == 0 ? MemoryContextAlloc(preview->context, sizeof(bool)) :
		repalloc(preview->known, sizeof(bool) * (preview->n_shops + 1));
	as_owner_begin(&owner, as_relation("request"));
	SPI_connect();
	if (SPI_execute_with_args("SELECT FROM aftersale.shop WHERE shop_id = $1", 1, types, values, NULL, true, 1) != SPI_OK_SELECT)
		elog(ERROR, "could not look for a shop");
	preview->shops[preview->n_shops] = shop;
	preview->known[preview->n_shops++] = SPI_processed > 0;
	SPI_finish();
	as_owner_end(&owner);
	return preview->known[preview->n_shops - 1];
}

static void
count_row(Preview *preview, const char *code, const char *state, const char *what)
{
	MemoryContext before;
	Alike	   *alike;

	for (int i = 0; i < preview->count; i++)
	{
		alike = &preview->alikes[i];
		if (as_bound_same(alike->code, code) && as_bound_same(alike->state, state) && as_bound_same(alike->what, what))
		{
			alike->rows++;
			return;
		}
	}
	before = MemoryContextSwitchTo(preview->context);
	preview->alikes = preview->count == 0 ? palloc(sizeof(Alike)) : repalloc(preview->alikes, sizeof(Alike) * (preview->count + 1));
	alike = &preview->alikes[preview->count++];
	alike->code = code == NULL ? NULL : pstrdup(code);
	alike->state = state == NULL ? NULL : pstrdup(state);
	alike->what = pstrdup(what);
	alike->rows = 1;
	MemoryContextSwitchTo(before);
}

/* A row in the memory of one row. */
static void
preview_row(Preview *preview, TupleTableSlot *row)
{
	AsAttachCall *call = preview->call;
	int			code = as_bound_code(call, row);
	const AsBoundCode *mapped = code < 0 ? NULL : &call->attached->binding->codes[code];
	const char *text;
	int			length;
	const char *shown = mapped != NULL ? mapped->code : code == AS_CODE_NULL ? NULL :
	as_attach_text(call, AS_WORD_STATE, row, &text, &length) ? pnstrdup(text, length) : NULL;
	const char *state;
	bool		isnull;

	if (code == AS_CODE_NULL)
		count_row(preview, NULL, NULL, "no request");
	else if (mapped == NULL)
		count_row(preview, shown, NULL, "not in the map, left alone");
	else if (mapped->n_states == 0)
		count_row(preview, shown, NULL, "mapped to nothing");
	else if (!as_attach_text(call, AS_WORD_FLOW, row, &text, &length))
		count_row(preview, shown, NULL, "no request, since they have no flow");
	else if ((void) as_attach_raw(call, AS_WORD_SHOP, row, &isnull), isnull)
		count_row(preview, shown, NULL, "no request yet, since they have no shop");
	else if (!is_shop(preview, as_attach_shop(call, row, false)))
		count_row(preview, shown, NULL, psprintf("refused, since shop " INT64_FORMAT " is not in aftersale.shop", as_attach_shop(call, row, false)));
	else if ((state = as_bound_opens_in(call, code, pnstrdup(text, length))) == NULL)
		count_row(preview, shown, mapped->states[0], "no request, since the matter is over");
	else
		count_row(preview, shown, state, "a request each");
}

static void
preview_table(Preview *preview)
{
	AsAttachCall *call = preview->call;
	TupleTableSlot *slot = MakeSingleTupleTableSlot(RelationGetDescr(call->relation), &TTSOpsHeapTuple);
	MemoryContext row_memory = AllocSetContextCreate(CurrentMemoryContext, "aftersale preview", ALLOCSET_DEFAULT_SIZES);
	MemoryContext caller = CurrentMemoryContext;
	AsAttachRead read;
	Portal		portal;

	as_attach_read_begin(&read, call->relation);
	portal = SPI_cursor_open_with_args(NULL, psprintf("SELECT " WHOLE_ROW " FROM %s AS " WHOLE_ROW, as_attach_table(call->relation)),
									   0, NULL, NULL, NULL, true, CURSOR_OPT_NO_SCROLL);
	for (;;)
	{
		SPITupleTable *rows;
		uint64		count;

		SPI_cursor_fetch(portal, true, 1000);
		rows = SPI_tuptable;
		count = SPI_processed;
		if (count == 0)
			break;
		for (uint64 i = 0; i < count; i++)
		{
			TupleTableSlot *row;

			CHECK_FOR_INTERRUPTS();
			SPI_tuptable = rows;
			ResetExprContext(call->econtext);
			MemoryContextReset(row_memory);
			MemoryContextSwitchTo(row_memory);
			row = whole_row(i, slot);
			if (as_attach_applies(call, row))
				preview_row(preview, row);
			ExecClearTuple(slot);
			MemoryContextSwitchTo(caller);
		}
		SPI_freetuptable(rows);
	}
	SPI_cursor_close(portal);
	as_attach_read_end(&read);
	ExecDropSingleTupleTableSlot(slot);
}

PG_FUNCTION_INFO_V1(aftersale_binding_preview);

/* binding_preview(relation, name, definition) */
Datum
aftersale_binding_preview(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *result = (ReturnSetInfo *) fcinfo->resultinfo;
	Relation	table = as_attach_open_table(PG_GETARG_OID(0), AccessShareLock);
	char	   *name = text_to_cstring(PG_GETARG_TEXT_PP(1));
	Preview		preview = {0};
	AsOwner		owner;

	if (!as_owns_relation(RelationGetRelid(table), GetUserId()))
		as_attach_require_owner(RelationGetRelid(table), name);
	InitMaterializedSRF(fcinfo, 0);
	preview.context = CurrentMemoryContext;
	as_their_owner_begin(&owner, RelationGetRelid(table));
	preview.call = as_attach_call_on(table, as_attach_compile(table, name, PG_GETARG_JSONB_P(2), RA_INVALID_ATTACHMENT));
	as_owner_end(&owner);
	preview_table(&preview);
	for (int i = 0; i < preview.count; i++)
	{
		const Alike *alike = &preview.alikes[i];
		Datum		values[4];
		bool		nulls[4] = {alike->code == NULL, alike->state == NULL, false, false};

		values[0] = alike->code == NULL ? (Datum) 0 : CStringGetTextDatum(alike->code);
		values[1] = alike->state == NULL ? (Datum) 0 : CStringGetTextDatum(alike->state);
		values[2] = Int64GetDatum(alike->rows);
		values[3] = CStringGetTextDatum(alike->what);
		tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
	}
	table_close(table, AccessShareLock);
	return (Datum) 0;
}
