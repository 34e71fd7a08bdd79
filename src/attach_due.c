/*
 * attach_due.c
 *		Deadlines of tables that have no column for them, kept in
 *		aftersale.attachment_due by AFTER STATEMENT triggers.
 *
 * A row of the ERP's has one there as long as the attachment applies to it and
 * it has a start.
 */
#include "attach.h"

#include "catalog/pg_type.h"
#include "config.h"
#include "miscadmin.h"
#include "rows.h"
#include "utils/builtins.h"
#include "utils/memutils.h"
#include "utils/timestamp.h"

/* Rows that one execution writes */
#define CHUNK	1000

typedef struct DueKey
{
	int64		shop;
	text	   *key;
	TimestampTz due;
	bool		has_due;
	int64		place;			/* of several of one key the last that has a
								 * deadline counts */
} DueKey;

typedef struct DueList
{
	AsAttachCall *call;
	MemoryContext context;
	int			count;
	int			room;
	DueKey	   *list;
} DueList;

static const Oid due_types[4] = {INT8OID, TEXTOID, TEXTOID, TIMESTAMPTZOID};

#define SET_DUES \
	"INSERT INTO aftersale.attachment_due AS d (shop_id, attachment, row_ref, due_at) "
#define ON_CONFLICT_DUES \
	" ON CONFLICT (shop_id, attachment, row_ref) DO UPDATE SET due_at = excluded.due_at WHERE d.due_at <> excluded.due_at"

static AsRowsStatement set_dues = AS_ROWS_STATEMENT(
													SET_DUES "VALUES ($1, $2, $3, $4)" ON_CONFLICT_DUES,
													SET_DUES "SELECT * FROM unnest($1, $2, $3, $4)" ON_CONFLICT_DUES
);

static AsRowsStatement drop_dues = AS_ROWS_STATEMENT(
													 "DELETE FROM aftersale.attachment_due WHERE shop_id = $1 AND attachment = $2 AND row_ref = $3",
													 "DELETE FROM aftersale.attachment_due AS d USING unnest($1, $2, $3) AS k(shop_id, attachment, row_ref)"
													 " WHERE d.shop_id = k.shop_id AND d.attachment = k.attachment AND d.row_ref = k.row_ref"
);

static void
note(DueList *list, TupleTableSlot *row, bool with_due)
{
	const char *key;
	int			length;
	DueKey	   *entry;
	int64		shop;
	TimestampTz due;
	bool		has_due = with_due && as_attach_due(list->call, row, &due);

	if (!as_attach_text(list->call, AS_WORD_KEY, row, &key, &length))
		return;
	shop = as_attach_shop(list->call, row, !with_due);
	if (list->count == list->room)
	{
		list->room = Max(64, list->room * 2);
		list->list = list->list == NULL ? MemoryContextAlloc(list->context, sizeof(DueKey) * list->room) :
			repalloc_huge(list->list, sizeof(DueKey) * list->room);
	}
	entry = &list->list[list->count];
	entry->shop = shop;
	entry->key = MemoryContextAlloc(list->context, VARHDRSZ + length);
	SET_VARSIZE(entry->key, VARHDRSZ + length);
	memcpy(VARDATA(entry->key), key, length);
	entry->has_due = has_due;
	entry->due = has_due ? due : 0;
	entry->place = list->count++;
}

static void
collect(void *context, TupleTableSlot *old, TupleTableSlot *new)
{
	DueList    *list = context;
	bool		applied = old != NULL && as_attach_applies(list->call, old);
	bool		applies = new != NULL && as_attach_applies(list->call, new);

	if (applied && applies && !as_attach_touched(list->call, old, new))
		return;
	if (applied)
		note(list, old, false);
	if (applies)
		note(list, new, true);
}

static int
compare_dues(const void *left, const void *right)
{
	const DueKey *a = left;
	const DueKey *b = right;
	int			length_a = VARSIZE_ANY_EXHDR(a->key);
	int			length_b = VARSIZE_ANY_EXHDR(b->key);
	int			order;

	if (a->shop != b->shop)
		return a->shop < b->shop ? -1 : 1;
	order = memcmp(VARDATA_ANY(a->key), VARDATA_ANY(b->key), Min(length_a, length_b));
	if (order == 0)
		order = length_a - length_b;
	if (order == 0)
		order = a->has_due - b->has_due;
	return order != 0 ? order : a->place < b->place ? -1 : 1;
}

static bool
is_last_of_key(const DueList *list, int i)
{
	const DueKey *entry = &list->list[i];
	const DueKey *next = i + 1 < list->count ? entry + 1 : NULL;

	return next == NULL || next->shop != entry->shop || VARSIZE_ANY_EXHDR(next->key) != VARSIZE_ANY_EXHDR(entry->key) ||
		memcmp(VARDATA_ANY(next->key), VARDATA_ANY(entry->key), VARSIZE_ANY_EXHDR(entry->key)) != 0;
}

/* Writes the deadlines that there are, or takes away those that are no more, by key. */
static void
write_dues(const DueList *list, bool with_due, AsRowsStatement *statement)
{
	MemoryContext chunk = AllocSetContextCreate(CurrentMemoryContext, "aftersale deadlines", ALLOCSET_DEFAULT_SIZES);
	MemoryContext caller = MemoryContextSwitchTo(chunk);
	Datum		name = CStringGetTextDatum(list->call->name);
	AsRows		rows;

	as_rows_init(&rows, with_due ? 4 : 3, due_types);
	for (int i = 0; i < list->count; i++)
	{
		const DueKey *entry = &list->list[i];

		if (!is_last_of_key(list, i) || entry->has_due != with_due)
			continue;
		as_rows_begin(&rows);
		as_rows_set(&rows, 0, Int64GetDatum(entry->shop), false);
		as_rows_set(&rows, 1, name, false);
		as_rows_set(&rows, 2, PointerGetDatum(entry->key), false);
		if (with_due)
			as_rows_set(&rows, 3, TimestampTzGetDatum(entry->due), false);
		rows.count++;
		if (rows.count == CHUNK)
		{
			as_rows_execute(&rows, statement);
			rows.count = 0;
		}
	}
	as_rows_execute(&rows, statement);
	MemoryContextSwitchTo(caller);
	MemoryContextDelete(chunk);
}

PG_FUNCTION_INFO_V1(aftersale_attached_due);

Datum
aftersale_attached_due(PG_FUNCTION_ARGS)
{
	TriggerData *trigger = (TriggerData *) fcinfo->context;
	MemoryContext caller = CurrentMemoryContext;
	DueList		list = {0};
	AsOwner		owner;

	as_attach_require_statement_trigger(fcinfo);
	list.call = as_attach_call(fcinfo, AS_ATTACH_DEADLINE, AS_WORD_KEY);
	if (!as_attach_works(list.call))
		PG_RETURN_POINTER(NULL);
	list.context = AllocSetContextCreate(CurrentMemoryContext, "aftersale deadlines", ALLOCSET_DEFAULT_SIZES);
	MemoryContextSwitchTo(list.context);
	as_attach_each_pair(list.call, trigger, collect, &list);
	if (list.count > 0)
	{
		qsort(list.list, list.count, sizeof(DueKey), compare_dues);
		as_owner_begin(&owner, as_relation("attachment_due"));
		SPI_connect();
		write_dues(&list, true, &set_dues);
		write_dues(&list, false, &drop_dues);
		SPI_finish();
		as_owner_end(&owner);
	}
	MemoryContextSwitchTo(caller);
	MemoryContextDelete(list.context);
	PG_RETURN_POINTER(NULL);
}
