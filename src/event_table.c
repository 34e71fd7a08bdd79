/*
 * event_table.c
 *		Writes rows of aftersale.event, as the owner of the tables.
 *
 * Where nothing but the table itself and its indexes sees a new row, rows go
 * in as COPY puts them, a page at a time: an INSERT of arrays costs three times
 * as much.  Where the owner has added a column, a trigger, a rule, a check or a
 * NOT NULL, made it a partition, or a distributed engine has taken the table
 * over, each row is an INSERT.
 */
#include "event_table.h"

#include "access/table.h"
#include "access/tableam.h"
#include "access/xact.h"
#include "catalog/pg_type.h"
#include "compat.h"
#include "config.h"
#include "executor/executor.h"
#include "statement.h"
#include "utils/memutils.h"
#include "utils/rel.h"

#define MAX_ROWS	250			/* kept until they are written */
#define MAX_BYTES	(1024 * 1024)

struct AsEventTable
{
	MemoryContext context;		/* of the slots and their rows */
	Relation	relation;
	bool		is_plain;
	int			count;
	int			made;			/* slots that are there */
	Size		bytes;
	TupleTableSlot *slots[MAX_ROWS];
	EState	   *estate;			/* NULL: nothing was written yet */
	ResultRelInfo *result;
	MemoryContext writing;		/* of one flush */
};

typedef struct Column
{
	const char *name;
	Oid			type;
	bool		nullable;
} Column;

static const Column columns[AS_EVENT_COLUMNS] = {
	{"shop_id", INT8OID}, {"request_id", INT8OID}, {"event_seq", INT8OID}, {"at", TIMESTAMPTZOID},
	{"recorded_at", TIMESTAMPTZOID}, {"action", TEXTOID}, {"actor", TEXTOID}, {"on_behalf_of", TEXTOID, true},
	{"login", NAMEOID}, {"role", TEXTOID, true}, {"from_state", TEXTOID, true}, {"to_state", TEXTOID},
	{"due_at", TIMESTAMPTZOID, true}, {"rule", TEXTOID, true}, {"payload", JSONBOID, true}, {"facts", JSONBOID, true},
	{"digest", BYTEAOID}
};

static AsStatement insert_event = {
	"INSERT INTO aftersale.event (shop_id, request_id, event_seq, at, recorded_at, action, actor, on_behalf_of,"
	" login, role, from_state, to_state, due_at, rule, payload, facts, digest)"
	" VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)"
};

/* Whether the table is as install() made it, but for indexes, and nothing else sees its rows. */
static bool
is_plain(Relation relation)
{
	TupleDesc	descriptor = RelationGetDescr(relation);
	Form_pg_class class = relation->rd_rel;

	if (class->relkind != RELKIND_RELATION || class->relispartition || class->relhasrules ||
		class->relforcerowsecurity || relation->trigdesc != NULL || descriptor->natts != AS_EVENT_COLUMNS ||
		(descriptor->constr != NULL && (descriptor->constr->num_check > 0 || descriptor->constr->has_generated_stored)))
		return false;
	for (int i = 0; i < AS_EVENT_COLUMNS; i++)
	{
		Form_pg_attribute attribute = TupleDescAttr(descriptor, i);

		/*
		 * nobody checks here that a column is not null, or rounds to its
		 * precision
		 */
		if (attribute->attisdropped || attribute->atttypid != columns[i].type || attribute->atttypmod != -1 ||
			(columns[i].nullable && attribute->attnotnull) ||
			strcmp(NameStr(attribute->attname), columns[i].name) != 0)
			return false;
	}
	return true;
}

AsEventTable *
as_event_table_open(void)
{
	AsEventTable *table = palloc(sizeof(AsEventTable));

	table->context = CurrentMemoryContext;
	table->relation = table_open(as_relation("event"), RowExclusiveLock);
	table->is_plain = is_plain(table->relation);
	table->count = table->made = 0;
	table->bytes = 0;
	table->estate = NULL;
	return table;
}

static void
begin_writing(AsEventTable * table)
{
	table->estate = CreateExecutorState();
	table->result = makeNode(ResultRelInfo);
	InitResultRelInfo(table->result, table->relation, 1, NULL, 0);
	ExecOpenIndices(table->result, false);
	table->writing = AllocSetContextCreate(CurrentMemoryContext, "aftersale events", ALLOCSET_DEFAULT_SIZES);
}

/* The indexes' expressions, if any, run as the owner. */
static void
flush(AsEventTable * table)
{
	MemoryContext before = CurrentMemoryContext;
	AsOwner		owner;

	if (table->count == 0)
		return;
	as_owner_begin(&owner, RelationGetRelid(table->relation));
	if (table->estate == NULL)
		begin_writing(table);
	MemoryContextSwitchTo(table->writing);
	table_multi_insert(table->relation, table->slots, table->count, GetCurrentCommandId(true), 0, NULL);
	for (int i = 0; i < table->count; i++)
	{
		if (table->result->ri_NumIndices > 0)
			list_free(as_insert_index_tuples(table->result, table->slots[i], table->estate));
		ResetPerTupleExprContext(table->estate);
		ExecClearTuple(table->slots[i]);
	}
	MemoryContextSwitchTo(before);
	MemoryContextReset(table->writing);
	as_owner_end(&owner);
	table->count = 0;
	table->bytes = 0;
}

static void
insert_one(AsEventTable * table, const Datum *values, const bool *nulls)
{
	Datum		arguments[AS_EVENT_COLUMNS];
	char		absent[AS_EVENT_COLUMNS];
	AsOwner		owner;

	StaticAssertStmt(AS_EVENT_COLUMNS <= AS_STATEMENT_PARAMETERS, "an event has more columns than a statement parameters");
	insert_event.parameters = AS_EVENT_COLUMNS;
	for (int i = 0; i < AS_EVENT_COLUMNS; i++)
	{
		insert_event.types[i] = columns[i].type;
		arguments[i] = values[i];
		absent[i] = nulls[i] ? 'n' : ' ';
	}
	as_owner_begin(&owner, RelationGetRelid(table->relation));
	SPI_connect();
	as_execute(&insert_event, arguments, absent, false, 0);
	SPI_finish();
	as_owner_end(&owner);
}

void
as_event_table_add(AsEventTable * table, const Datum *values, const bool *nulls)
{
	MemoryContext before;
	HeapTuple	tuple;

	if (!table->is_plain)
	{
		insert_one(table, values, nulls);
		return;
	}
	before = MemoryContextSwitchTo(table->context);
	if (table->count == table->made)
		table->slots[table->made++] = MakeSingleTupleTableSlot(RelationGetDescr(table->relation), &TTSOpsHeapTuple);
	tuple = heap_form_tuple(RelationGetDescr(table->relation), (Datum *) values, (bool *) nulls);
	table->bytes += tuple->t_len;
	ExecStoreHeapTuple(tuple, table->slots[table->count++], true);
	if (table->count == MAX_ROWS || table->bytes >= MAX_BYTES)
		flush(table);
	MemoryContextSwitchTo(before);
}

void
as_event_table_close(AsEventTable * table)
{
	flush(table);
	for (int i = 0; i < table->made; i++)
		ExecDropSingleTupleTableSlot(table->slots[i]);
	if (table->estate != NULL)
	{
		ExecCloseIndices(table->result);
		FreeExecutorState(table->estate);
		MemoryContextDelete(table->writing);
	}
	table_close(table->relation, NoLock);
	pfree(table);
}
