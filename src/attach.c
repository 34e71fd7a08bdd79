/*
 * attach.c
 *		What attach_*(), detach(), pause() and their like do in our tables, for
 *		sql/attach.sql, which makes and drops the triggers.
 *
 * Each function checks that whoever calls owns the ERP's table, or has the
 * rights of the owner of ours, then writes as the latter.
 */
#include "attach_map.h"

#include "access/table.h"
#include "attach_sum.h"
#include "bind.h"
#include "catalog/pg_class.h"
#include "catalog/pg_type.h"
#include "config.h"
#include "errors.h"
#include "executor/spi.h"
#include "kernel/codes.h"
#include "kernel/currency.h"
#include "miscadmin.h"
#include "utils/acl.h"
#include "utils/builtins.h"
#include "utils/fmgrprotos.h"
#include "utils/lsyscache.h"

Relation
as_attach_open_table(Oid relation, LOCKMODE lock)
{
	Relation	table = try_table_open(relation, lock);

	if (table == NULL)
		ereport(ERROR, errcode(ERRCODE_UNDEFINED_TABLE), errmsg("there is no table of OID \"%u\" (42P01)", relation));
	return table;
}

/* ---- who may ---- */

static bool
has_our_rights(void)
{
	return has_privs_of_role(GetUserId(), as_relation_owner(as_relation("attachment")));
}

static void
require_table_owner(Oid relation)
{
	AsError		error;
	Relation	table = as_attach_open_table(relation, AccessShareLock);

	if (as_owns_relation(relation, GetUserId()))
	{
		table_close(table, AccessShareLock);
		return;
	}
	as_fail(&error, RA_ATTACHMENT_OWNER, NULL, "role \"%s\" does not own table \"%s\"", GetUserNameFromId(GetUserId(), false),
			as_attach_table(table));
	as_hint(&error, "Attaching is for the owner of the table, %s.", GetUserNameFromId(table->rd_rel->relowner, false));
	as_report(&error);
}

void
as_attach_require_owner(Oid relation, const char *name)
{
	AsAttachState state;
	Relation	table;

	if (has_our_rights())
		return;
	require_table_owner(relation);
	as_attach_state(name, &state);
	table = table_open(relation, AccessShareLock);
	as_attach_require_own(table, name, &state);
	table_close(table, NoLock);
}

/* ---- our rows ---- */

/* Executes constant SQL as the owner of our tables; $1 is the name.  Returns the rows processed. */
static uint64
execute_as_owner(const char *sql, const char *name, int count, Oid *types, Datum *values)
{
	Oid			all_types[6] = {TEXTOID};
	Datum		all_values[6] = {CStringGetTextDatum(name)};
	AsOwner		owner;
	uint64		processed;

	Assert(count < 6);
	for (int i = 0; i < count; i++)
	{
		all_types[i + 1] = types[i];
		all_values[i + 1] = values[i];
	}
	as_owner_begin(&owner, as_relation("attachment"));
	SPI_connect();
	if (SPI_execute_with_args(sql, count + 1, all_types, all_values, NULL, false, 0) < 0)
		elog(ERROR, "could not execute \"%s\"", sql);
	processed = SPI_processed;
	SPI_finish();
	as_owner_end(&owner);
	return processed;
}

static bool
is_binding(const AsAttachState *state)
{
	Jsonb	   *definition = DatumGetJsonbP(DirectFunctionCall1(jsonb_in, CStringGetDatum(pstrdup(state->definition))));
	const char *kind = as_map_string(&definition->root, "kind");

	return kind != NULL && strcmp(kind, "binding") == 0;
}

static char *
name_argument(FunctionCallInfo fcinfo, int n)
{
	return text_to_cstring(PG_GETARG_TEXT_PP(n));
}

PG_FUNCTION_INFO_V1(aftersale_attachment_check);

/* attachment_check(relation, name, definition) */
Datum
aftersale_attachment_check(PG_FUNCTION_ARGS)
{
	Relation	table = as_attach_open_table(PG_GETARG_OID(0), AccessShareLock);
	const char *name = name_argument(fcinfo, 1);
	AsOwner		owner;
	AsError		error;

	if (table->rd_rel->relkind != RELKIND_RELATION && table->rd_rel->relkind != RELKIND_PARTITIONED_TABLE)
	{
		as_fail(&error, RA_INVALID_ATTACHMENT, NULL, "\"%s\" is no table", as_attach_table(table));
		as_report(&error);
	}
	/* whoever asks need not have the rights on the schemas of his functions */
	as_their_owner_begin(&owner, RelationGetRelid(table));
	(void) as_attach_compile(table, name, PG_GETARG_JSONB_P(2), RA_INVALID_ATTACHMENT);
	as_owner_end(&owner);
	table_close(table, AccessShareLock);
	PG_RETURN_VOID();
}

/* Whether a table of that owner has triggers of the name: then it is his. */
static bool
is_in_use(const char *name, Oid owner)
{
	Oid			types[2] = {TEXTOID, OIDOID};
	Datum		values[2] = {CStringGetTextDatum(name), ObjectIdGetDatum(owner)};
	bool		result;

	SPI_connect();
	if (SPI_execute_with_args("SELECT FROM aftersale.attachment_triggers() AS t JOIN pg_catalog.pg_class AS c"
							  " ON c.oid OPERATOR(pg_catalog.=) t.relation"
							  " WHERE t.attachment OPERATOR(pg_catalog.=) $1 AND c.relowner OPERATOR(pg_catalog.=) $2",
							  2, types, values, NULL, true, 1) != SPI_OK_SELECT)
		elog(ERROR, "could not read the triggers of attachment \"%s\"", name);
	result = SPI_processed > 0;
	SPI_finish();
	return result;
}

PG_FUNCTION_INFO_V1(aftersale_attachment_register);

/* attachment_register(relation, name, definition, again): again: by repair(), for an attachment that may have its row */
Datum
aftersale_attachment_register(PG_FUNCTION_ARGS)
{
	Oid			relation = PG_GETARG_OID(0);
	char	   *name = name_argument(fcinfo, 1);
	Oid			types[4] = {JSONBOID, NAMEOID, NAMEOID, NAMEOID};
	Datum		values[4];
	Relation	table;
	AsAttachState state;
	AsError		error;
	char		quoted[80];

	require_table_owner(relation);
	if (name[0] == '\0' || strlen(name) > 40)
	{
		as_fail(&error, RA_INVALID_ATTACHMENT, NULL, "\"%s\" cannot be the name of an attachment",
				as_quote(quoted, sizeof quoted, name, strlen(name)));
		as_hint(&error, "A name has 1 to 40 bytes; give one: {\"name\": \"...\"}.");
		as_report(&error);
	}
	as_attach_state(name, &state);
	table = table_open(relation, AccessShareLock);
	if (state.exists && !PG_GETARG_BOOL(3))
	{
		as_fail(&error, RA_ATTACHMENT_TAKEN, NULL, "there is an attachment \"%s\" already", name);
		as_hint(&error, "Names are unique in the database: give another, {\"name\": \"...\"}, or detach that one first.");
		as_report(&error);
	}
	if (state.exists && !has_our_rights() && is_in_use(name, state.owner))
		as_attach_require_own(table, name, &state);
	values[0] = PG_GETARG_DATUM(2);
	values[1] = DirectFunctionCall1(namein, CStringGetDatum(get_namespace_name(RelationGetNamespace(table))));
	values[2] = DirectFunctionCall1(namein, CStringGetDatum(RelationGetRelationName(table)));
	values[3] = DirectFunctionCall1(namein, CStringGetDatum(GetUserNameFromId(table->rd_rel->relowner, false)));
	(void) execute_as_owner("INSERT INTO aftersale.attachment (name, kind, definition, table_schema, table_name, owner)"
							" VALUES ($1, $2 ->> 'kind', $2, $3, $4, $5)"
							" ON CONFLICT (name) DO UPDATE SET definition = excluded.definition, table_schema = excluded.table_schema, table_name = excluded.table_name,"
							" owner = excluded.owner, generation = attachment.generation + 1, filled = false",
							name, 4, types, values);
	table_close(table, NoLock);
	PG_RETURN_VOID();
}

PG_FUNCTION_INFO_V1(aftersale_attachment_begin);

/* attachment_begin(relation, name): the triggers are there, and their lock is held: an empty table has no totals to learn */
Datum
aftersale_attachment_begin(PG_FUNCTION_ARGS)
{
	Relation	table = as_attach_open_table(PG_GETARG_OID(0), AccessShareLock);
	char	   *name = name_argument(fcinfo, 1);
	AsAttachRead read;
	bool		empty;

	as_attach_require_owner(RelationGetRelid(table), name);
	as_attach_read_begin(&read, table);
	if (SPI_execute(psprintf("SELECT FROM %s LIMIT 1", as_attach_table(table)), true, 1) != SPI_OK_SELECT)
		elog(ERROR, "could not read table \"%s\"", as_attach_table(table));
	empty = SPI_processed == 0;
	as_attach_read_end(&read);
	if (empty)
		(void) execute_as_owner("UPDATE aftersale.attachment SET filled = true WHERE name = $1", name, 0, NULL, NULL);
	table_close(table, NoLock);
	PG_RETURN_VOID();
}

PG_FUNCTION_INFO_V1(aftersale_attachment_pause);

/* attachment_pause(relation, name, paused): what was changed meanwhile is learned anew */
Datum
aftersale_attachment_pause(PG_FUNCTION_ARGS)
{
	Oid			type = BOOLOID;
	Datum		paused = PG_GETARG_DATUM(2);

	as_attach_require_owner(PG_GETARG_OID(0), name_argument(fcinfo, 1));
	PG_RETURN_INT64(execute_as_owner("UPDATE aftersale.attachment SET paused = $2, filled = false,"
									 " generation = generation + CASE WHEN paused AND NOT $2 THEN 1 ELSE 0 END"
									 " WHERE name = $1 AND paused <> $2", name_argument(fcinfo, 1), 1, &type, &paused));
}

PG_FUNCTION_INFO_V1(aftersale_attachment_forget);

/* attachment_forget(relation, name): relation 0: there is no table of it any more */
Datum
aftersale_attachment_forget(PG_FUNCTION_ARGS)
{
	char	   *name = name_argument(fcinfo, 1);
	AsAttachState state;
	AsError		error;

	as_attach_state(name, &state);
	if (!state.exists)
		PG_RETURN_INT64(0);
	if (OidIsValid(PG_GETARG_OID(0)))
		as_attach_require_owner(PG_GETARG_OID(0), name);
	else if (!has_our_rights())
	{
		if (!OidIsValid(state.owner) || !has_privs_of_role(GetUserId(), state.owner))
		{
			as_fail(&error, RA_ATTACHMENT_OWNER, NULL, "attachment \"%s\" is not one of role \"%s\"", name,
					GetUserNameFromId(GetUserId(), false));
			as_report(&error);
		}
	}
	if (is_binding(&state))
		(void) execute_as_owner("DELETE FROM aftersale.bound_row WHERE binding = $1", name, 0, NULL, NULL);
	(void) execute_as_owner("DELETE FROM aftersale.attachment_total WHERE attachment = $1", name, 0, NULL, NULL);
	(void) execute_as_owner("DELETE FROM aftersale.attachment_due WHERE attachment = $1", name, 0, NULL, NULL);
	PG_RETURN_INT64(execute_as_owner("DELETE FROM aftersale.attachment WHERE name = $1", name, 0, NULL, NULL));
}

PG_FUNCTION_INFO_V1(aftersale_attached_truncated);

/* AFTER TRUNCATE: no deadline is left, and totals are learned anew */
Datum
aftersale_attached_truncated(PG_FUNCTION_ARGS)
{
	TriggerData *trigger = (TriggerData *) fcinfo->context;
	AsAttachState state;
	const char *name;

	if (!CALLED_AS_TRIGGER(fcinfo) || !TRIGGER_FIRED_BY_TRUNCATE(trigger->tg_event))
		ereport(ERROR, (errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED),
						errmsg("a function of an attachment was not called as its %s", "TRUNCATE trigger")));
	name = trigger->tg_trigger->tgnargs > 0 ? trigger->tg_trigger->tgargs[0] : "";
	as_attach_state(name, &state);
	as_attach_require_own(trigger->tg_relation, name, &state);
	if (!as_attach_is_of(trigger->tg_relation, name))
		PG_RETURN_POINTER(NULL);
	if (is_binding(&state))
	{
		if (!state.paused)
			as_bound_truncated(name);
		PG_RETURN_POINTER(NULL);
	}
	(void) execute_as_owner("UPDATE aftersale.attachment SET generation = generation + 1, filled = false WHERE name = $1",
							name, 0, NULL, NULL);
	(void) execute_as_owner("DELETE FROM aftersale.attachment_due WHERE attachment = $1", name, 0, NULL, NULL);
	PG_RETURN_POINTER(NULL);
}

/* ---- filling totals ---- */

/*
 * Collects the next orders after *last, of which it makes the new one, NULL: none
 * yet.  Returns how many keys that were.
 */
static uint64
next_orders(AsAttachCall *call, AsOrderSums *sums, Relation table, int max_orders, char **last)
{
	const AsAttached *attached = call->attached;
	MemoryContext caller = CurrentMemoryContext;
	const char *order = as_attach_order_sql(attached);
	Oid			types[1] = {TEXTOID};
	Datum		values[1];
	StringInfoData sql;
	AsAttachRead read;
	uint64		found;

	initStringInfo(&sql);
	appendStringInfo(&sql, "%s, (%s)%s", as_attach_key_columns_sql(attached), order, as_attach_rows_sql(attached, table));
	if (*last != NULL)
		appendStringInfo(&sql, " AND (%s) > $1::%s", order, attached->sources[AS_WORD_ORDER].type == BPCHAROID ? "pg_catalog.bpchar" :
						 format_type_be_qualified(attached->sources[AS_WORD_ORDER].type));
	else
		appendStringInfoString(&sql, " AND $1 IS NULL");
	appendStringInfo(&sql, " GROUP BY 1, 2, 3, 5 ORDER BY 5 FETCH FIRST %d ROWS WITH TIES", max_orders);
	values[0] = *last == NULL ? (Datum) 0 : CStringGetTextDatum(*last);
	as_attach_read_begin(&read, table);
	if (SPI_execute_with_args(sql.data, 1, types, values, *last == NULL ? "n" : " ", true, 0) != SPI_OK_SELECT)
		elog(ERROR, "could not execute \"%s\"", sql.data);
	found = SPI_processed;
	for (uint64 i = 0; i < found; i++)
	{
		HeapTuple	row = SPI_tuptable->vals[i];
		TupleDesc	columns = SPI_tuptable->tupdesc;
		char	   *currency = SPI_getvalue(row, columns, 3);
		bool		isnull;
		int			digits = currency == NULL || currency[0] == '\0' ? -1 : as_currency_digits(currency, strlen(currency));

		*last = SPI_getvalue(row, columns, 2);
		if (digits < 0)
			digits = attached->sources[AS_WORD_AMOUNT].unit == AS_UNIT_MINOR ? 0 : AS_ATTACH_DECIMALS;
		if (currency == NULL || strlen(currency) > 3)
			currency = "";
		as_order_sums_add_key(sums, DatumGetInt64(SPI_getbinval(row, columns, 1, &isnull)), *last, currency, digits);
	}
	if (*last != NULL)
		*last = MemoryContextStrdup(caller, *last);
	as_attach_read_end(&read);
	return found;
}

/* Whether there are more after *last. */
static bool
fill_orders(Relation table, const AsAttached *attached, int max_orders, char **last)
{
	AsAttachCall *call = as_attach_call_on(table, attached);
	AsOrderSums *sums = as_order_sums(call);
	Oid			type = INT4OID;
	Datum		generation = Int32GetDatum(call->state.generation);
	uint64		found;

	if (!call->state.exists || call->state.paused || call->state.filled)
		return false;
	found = next_orders(call, sums, table, max_orders, last);
	(void) as_order_sums_write(sums);
	if (found < max_orders)
		(void) execute_as_owner("UPDATE aftersale.attachment SET filled = true WHERE name = $1 AND generation = $2",
								attached->name, 1, &type, &generation);
	return found >= max_orders;
}

PG_FUNCTION_INFO_V1(aftersale_attachment_fill);

/* attachment_fill(relation, name, max_orders, last): the last order that is filled now; NULL: all are */
Datum
aftersale_attachment_fill(PG_FUNCTION_ARGS)
{
	Relation	table;
	char	   *name;
	int			max_orders = PG_GETARG_INT32(2);
	char	   *last = PG_ARGISNULL(3) ? NULL : name_argument(fcinfo, 3);
	AsAttachState state;
	AsAttached *attached;
	bool		more = false;

	if (PG_ARGISNULL(0) || PG_ARGISNULL(1) || PG_ARGISNULL(2))
		PG_RETURN_NULL();
	table = as_attach_open_table(PG_GETARG_OID(0), RowExclusiveLock);
	name = name_argument(fcinfo, 1);
	as_attach_require_owner(RelationGetRelid(table), name);
	as_attach_state(name, &state);
	if (state.exists && max_orders > 0)
	{
		attached = as_attach_compile(table, name, DatumGetJsonbP(DirectFunctionCall1(jsonb_in, CStringGetDatum(pstrdup(state.definition)))),
									 RA_ATTACHMENT_BROKEN);
		more = attached->sources[AS_WORD_ORDER].from != AS_FROM_NOTHING && fill_orders(table, attached, max_orders, &last);
	}
	table_close(table, NoLock);
	if (!more)
		PG_RETURN_NULL();
	PG_RETURN_TEXT_P(cstring_to_text(last));
}
