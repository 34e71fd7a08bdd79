/*
 * bind_table.c
 *		Where bindings have their tables, and the locks of their rows.
 *
 * The lock order is the ERP's row first, then the request: whoever acts on
 * requests from our side locks what they are bound to before.
 */
#include "postgres.h"

#include "access/table.h"
#include "bind.h"
#include "catalog/namespace.h"
#include "catalog/pg_type.h"
#include "config.h"
#include "errors.h"
#include "executor/spi.h"
#include "nodes/makefuncs.h"
#include "parser/parse_func.h"
#include "statement.h"
#include "try.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"

const Oid	as_key_types[AS_KEY_COLUMNS] = {INT8OID, INT8OID};

/* ---- whether there is any ---- */

bool
as_is_any_bound(void)
{
	static uint64 known_at = 0;
	static bool known = false;
	uint64		epoch = as_config_epoch(AS_ATTACHMENT);
	AsConfigLoad load;
	bool		any;

	if (known_at == epoch)
		return known;
	as_config_begin_load(&load);
	if (SPI_execute("SELECT FROM aftersale.attachment WHERE kind OPERATOR(pg_catalog.=) 'binding'", true, 1) != SPI_OK_SELECT)
		elog(ERROR, "could not read the bindings");
	any = SPI_processed > 0;
	as_config_end_load(&load);
	if (load.publish)
	{
		known = any;
		known_at = epoch;
	}
	return any;
}

/* ---- tables ---- */

/* The trigger function of bindings. */
static Oid
trigger_function(void)
{
	return LookupFuncName(list_make2(makeString("aftersale"), makeString("attached_binding")), 0, NULL, false);
}

static AsAttachCall *
call_on(Oid relation, const char *name)
{
	Relation	table = OidIsValid(relation) ? try_table_open(relation, RowExclusiveLock) : NULL;
	AsAttachCall *call;
	AsOwner		owner;

	if (table == NULL)
		return NULL;

	/*
	 * his expressions are looked up, and their constants computed, with his
	 * rights
	 */
	as_their_owner_begin(&owner, relation);
	call = as_attach_call_found(table, name, trigger_function());
	as_owner_end(&owner);
	if (call == NULL)
		table_close(table, NoLock);
	return call;
}

AsAttachCall *
as_bound_table(const char *name)
{
	AsAttachState state;
	AsAttachCall *call;
	Oid			relation = as_attach_table_of(name, false);

	as_attach_state(name, &state);
	if (!state.exists || state.paused)
		return NULL;
	call = call_on(relation, name);
	if (call == NULL && as_attach_table_of(name, true) != relation)
		call = call_on(as_attach_table_of(name, false), name);
	if (call != NULL)
		as_attach_require_registered(call);
	return call;
}

void
as_bound_table_close(AsAttachCall *call)
{
	FreeExprContext(call->econtext, true);
	table_close(call->relation, NoLock);
}

/* ---- locks ---- */

static AsStatement find_bound = {
	"SELECT b.binding, b.row_ref, k.number FROM unnest($1, $2) WITH ORDINALITY AS k(shop_id, request_id, number)"
	" JOIN aftersale.bound_row AS b ON b.shop_id = k.shop_id AND b.request_id = k.request_id"
	" ORDER BY b.binding",
	2, {INT8ARRAYOID, INT8ARRAYOID}
};

/* Rows of one binding, of those that were found */
typedef struct Found
{
	char	   *binding;
	char	   *row_ref;
	int			number;			/* of the key, from 0 */
} Found;

/* Executes a statement on the rows, which returns places in found; those are locked. */
static int
mark_rows(const char *sql, const Found *found, int count, bool *locked)
{
	Oid			types[1] = {TEXTARRAYOID};
	Datum	   *refs = palloc(sizeof(Datum) * count);
	Datum		values[1];
	bool		isnull;

	for (int i = 0; i < count; i++)
		refs[i] = CStringGetTextDatum(found[i].row_ref);
	values[0] = PointerGetDatum(construct_array(refs, count, TEXTOID, -1, false, TYPALIGN_INT));
	if (SPI_execute_with_args(sql, 1, types, values, NULL, false, 0) != SPI_OK_SELECT)
		elog(ERROR, "could not execute \"%s\"", sql);
	for (uint64 i = 0; locked != NULL && i < SPI_processed; i++)
		locked[found[DatumGetInt64(SPI_getbinval(SPI_tuptable->vals[i], SPI_tuptable->tupdesc, 1, &isnull)) - 1].number] = true;
	return (int) SPI_processed;
}

/* Locks the rows; what cannot be had at once is left out where waiting is not wanted. */
static void
lock_rows(AsAttachCall *call, const Found *found, int count, bool wait, bool *locked)
{
	const AsSource *key = &call->attached->sources[AS_WORD_KEY];
	const char *column = psprintf("t.%s", quote_identifier(key->column));
	const char *table = as_attach_table(call->relation);
	const char *wanted = as_bound_keys_sql(call->attached);
	AsOwner		owner;

	as_bound_owner_begin(&owner, call->relation);
	SPI_connect();
	if (mark_rows(psprintf("SELECT k.\"aftersale place\" FROM %s AS t JOIN %s ON %s = k.\"aftersale key\" ORDER BY %s FOR NO KEY UPDATE OF t%s",
						   table, wanted, column, column, wait ? "" : " SKIP LOCKED"),
				  found, count, locked) < count && !wait)
		/* a row that is gone is nobody's: its request goes on */
		(void) mark_rows(psprintf("SELECT k.\"aftersale place\" FROM %s WHERE NOT EXISTS (SELECT FROM %s AS t WHERE %s = k.\"aftersale key\")",
								  wanted, table, column),
						 found, count, locked);
	SPI_finish();
	as_owner_end(&owner);
}

/* Rows of one binding */
typedef struct Part
{
	const Found *found;
	int			count;
	bool		wait;
	bool	   *locked;
} Part;

static void
mark(const Part *part, bool locked)
{
	for (int i = 0; part->locked != NULL && i < part->count; i++)
		part->locked[part->found[i].number] = locked;
}

static void
lock_part(void *context)
{
	Part	   *part = context;
	AsAttachCall *call = as_bound_table(part->found[0].binding);

	if (call == NULL)
		return;
	mark(part, false);
	lock_rows(call, part->found, part->count, part->wait, part->locked);
	as_bound_table_close(call);
}

/*
 * The same for the sweep, which a table that cannot be read any more must not
 * stop: its requests go on, to where that is an error of theirs.
 */
static void
try_to_lock(Part *part)
{
	ErrorData  *error = as_try(lock_part, part);

	if (error == NULL)
		return;
	switch (ERRCODE_TO_CATEGORY(error->sqlerrcode))
	{
		case ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE:
			mark(part, false);
			break;
		case ERRCODE_SYNTAX_ERROR_OR_ACCESS_RULE_VIOLATION:
			mark(part, true);
			break;
		default:
			if (!as_is_rows_own(error->sqlerrcode))
				ReThrowError(error);
			mark(part, true);
	}
	FreeErrorData(error);
}

void
as_bound_lock(const Datum *shop_ids, const Datum *request_ids, int count, bool wait, bool *locked)
{
	MemoryContext caller = CurrentMemoryContext;
	Datum		values[2];
	Found	   *found;
	int			n;
	AsOwner		owner;
	bool		isnull;

	for (int i = 0; locked != NULL && i < count; i++)
		locked[i] = true;
	if (count == 0 || !as_is_any_bound())
		return;
	values[0] = PointerGetDatum(construct_array((Datum *) shop_ids, count, INT8OID, sizeof(int64), FLOAT8PASSBYVAL, TYPALIGN_DOUBLE));
	values[1] = PointerGetDatum(construct_array((Datum *) request_ids, count, INT8OID, sizeof(int64), FLOAT8PASSBYVAL, TYPALIGN_DOUBLE));
	as_owner_begin(&owner, as_relation("request"));
	SPI_connect();
	as_execute(&find_bound, values, NULL, false, 0);
	n = (int) SPI_processed;
	found = MemoryContextAlloc(caller, sizeof(Found) * Max(n, 1));
	for (int i = 0; i < n; i++)
	{
		found[i].binding = MemoryContextStrdup(caller, SPI_getvalue(SPI_tuptable->vals[i], SPI_tuptable->tupdesc, 1));
		found[i].row_ref = MemoryContextStrdup(caller, SPI_getvalue(SPI_tuptable->vals[i], SPI_tuptable->tupdesc, 2));
		found[i].number = (int) DatumGetInt64(SPI_getbinval(SPI_tuptable->vals[i], SPI_tuptable->tupdesc, 3, &isnull)) - 1;
	}
	SPI_finish();
	as_owner_end(&owner);
	for (int from = 0, to; from < n; from = to)
	{
		Part		part = {found + from, 0, wait, locked};

		for (to = from; to < n && strcmp(found[to].binding, found[from].binding) == 0; to++);
		part.count = to - from;
		if (wait)
			lock_part(&part);
		else
			try_to_lock(&part);
	}
}
