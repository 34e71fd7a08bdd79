/*
 * bind_write.c
 *		What the engine decided, back into the ERP's rows.
 *
 * One UPDATE for each binding and state: the status code unless the row's says
 * the same already, deadline and the like, and the touched columns, on rows
 * where something differs.  Where the ERP has to do it itself, it is told once
 * for each time that a state is entered.
 */
#include "postgres.h"

#include "bind.h"
#include "catalog/pg_type.h"
#include "clock.h"
#include "config.h"
#include "executor/spi.h"
#include "kernel/currency.h"
#include "miscadmin.h"
#include "money.h"
#include "statement.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/timestamp.h"

/* Requests that one statement writes back */
#define CHUNK	10000

/* What is written: one request and its row. */
typedef struct Decided
{
	char	   *binding;
	char	   *row_ref;
	char	   *state;
	int64		shop_id;
	int64		request_id;
	Datum		values[4];		/* due_at, warehouse, refund, outcome */
	bool		nulls[4];
	bool		told;			/* of this visit of the state */
} Decided;

enum
{
	DECIDED_DUE,
	DECIDED_WAREHOUSE,
	DECIDED_REFUND,
	DECIDED_OUTCOME
};

static AsStatement find_decided = {
	"SELECT b.binding, b.row_ref, r.state, r.shop_id, r.request_id, r.due_at, w.external_ref, r.refund_amount, r.outcome, r.currency,"
	" b.told_state = r.state AND b.told_entered = r.entered_at"
	" FROM unnest($1, $2) AS k(shop_id, request_id)"
	" JOIN aftersale.bound_row AS b ON b.shop_id = k.shop_id AND b.request_id = k.request_id"
	" JOIN aftersale.request AS r ON r.shop_id = b.shop_id AND r.request_id = b.request_id"
	" LEFT JOIN aftersale.warehouse AS w ON w.shop_id = r.shop_id AND w.warehouse_id = r.warehouse_id"
	" ORDER BY b.binding, r.state, b.row_ref",
	2, {INT8ARRAYOID, INT8ARRAYOID}
};

/* ---- the statement on the ERP's table ---- */

/* The value of a word, from what we have, as its column wants it. */
static const char *
converted(const AsSource *target, AsWord word, const char *value)
{
	const char *type = as_bound_type(target);

	if (word == AS_WORD_DUE && (target->unit == AS_UNIT_EPOCH_S || target->unit == AS_UNIT_EPOCH_MS))
		return psprintf("pg_catalog.floor(EXTRACT(epoch FROM %s) * %d)::%s", value, target->unit == AS_UNIT_EPOCH_S ? 1 : 1000, type);
	if (word == AS_WORD_DUE && (target->type == TIMESTAMPOID || target->type == DATEOID))
		return psprintf("pg_catalog.timezone(%s, %s)::%s", quote_literal_cstr(target->zone_name), value, type);
	return psprintf("%s::%s", value, type);
}

/* Whether the row's status code is none of those that say the state, as a condition. */
static const char *
not_covered_sql(const AsAttached *attached, const char *state)
{
	const AsSource *source = &attached->sources[AS_WORD_STATE];
	const char *value = psprintf("(%s)::pg_catalog.text", source->from == AS_FROM_COLUMN ? quote_identifier(source->column) : source->sql);
	StringInfoData sql;
	bool		any = false;

	initStringInfo(&sql);
	appendStringInfo(&sql, "(%s IS NULL OR %s <> ALL (ARRAY[", value, value);
	for (int i = 0; i < attached->binding->n_codes; i++)
	{
		if (!as_bound_covers(&attached->binding->codes[i], state))
			continue;
		appendStringInfo(&sql, "%s%s", any ? ", " : "", quote_literal_cstr(attached->binding->codes[i].code));
		any = true;
	}
	appendStringInfoString(&sql, "]::pg_catalog.text[]))");
	return sql.data;
}

/*
 * UPDATE of the ERP's table for requests in one state: $1 keys, $2 due_at, $3
 * warehouse, $4 refund, $5 outcome, $6 now.  NULL: there is nothing to write.
 */
static const char *
update_sql(Relation table, const AsAttached *attached, const char *state)
{
	static const struct
	{
		AsWord		word;
		const char *value;
	}			written[] = {
		{AS_WORD_DUE, "\"aftersale due\""}, {AS_WORD_WAREHOUSE, "\"aftersale warehouse\""},
		{AS_WORD_REFUND, "\"aftersale refund\""}, {AS_WORD_OUTCOME, "\"aftersale outcome\""}
	};
	const AsSource *key = &attached->sources[AS_WORD_KEY];
	const AsSource *state_source = &attached->sources[AS_WORD_STATE];
	const AsBoundCode *code = as_bound_code_of(attached->binding, state);
	bool		sets_state = code != NULL && code->mode == AS_WRITE_DIRECT;
	const char *not_covered = sets_state ? not_covered_sql(attached, state) : NULL;
	const char *name = quote_identifier(RelationGetRelationName(table));
	StringInfoData sql;
	StringInfoData differs;
	const char *separator = "";

	initStringInfo(&sql);
	initStringInfo(&differs);
	appendStringInfo(&sql, "UPDATE %s SET ", as_attach_table(table));
	if (sets_state)
	{
		appendStringInfo(&differs, "%s", not_covered);
		if (state_source->from == AS_FROM_COLUMN)
			appendStringInfo(&sql, "%s = CASE WHEN %s THEN %s ELSE %s.%s END%s", quote_identifier(state_source->column), not_covered,
							 converted(state_source, AS_WORD_STATE, quote_literal_cstr(code->code)), name,
							 quote_identifier(state_source->column), code->set);
		else if (code->set[0] != '\0')
			appendStringInfoString(&sql, code->set + 2);
		else
			sets_state = false;
		separator = sets_state ? ", " : "";
	}
	for (size_t i = 0; i < lengthof(written); i++)
	{
		const AsSource *target = &attached->sources[written[i].word];
		const char *value;

		if (target->from == AS_FROM_NOTHING)
			continue;
		value = converted(target, written[i].word, written[i].value);
		appendStringInfo(&sql, "%s%s = %s", separator, quote_identifier(target->column), value);
		appendStringInfo(&differs, "%s%s.%s IS DISTINCT FROM %s", differs.len > 0 ? " OR " : "", name, quote_identifier(target->column), value);
		separator = ", ";
	}
	if (separator[0] == '\0')
		return NULL;
	appendStringInfo(&sql, "%s FROM (SELECT u.k::%s, u.d, u.w, u.r, u.o FROM unnest($1, $2, $3, $4, $5) AS u(k, d, w, r, o))"
					 " AS \"aftersale decided\" (\"aftersale key\", \"aftersale due\", \"aftersale warehouse\", \"aftersale refund\", \"aftersale outcome\")"
					 " WHERE %s.%s = \"aftersale key\" AND ($6 IS NOT NULL) AND (%s)",
					 attached->binding->touch,
					 as_bound_type(key),
					 name, quote_identifier(key->column), differs.data);
	return sql.data;
}

static const Oid update_types[6] = {TEXTARRAYOID, TIMESTAMPTZARRAYOID, TEXTARRAYOID, NUMERICARRAYOID, TEXTARRAYOID, TIMESTAMPTZOID};

static Datum
column_array(const Decided *decided, int count, int value, Oid type)
{
	Datum	   *values = palloc(sizeof(Datum) * count);
	bool	   *nulls = palloc(sizeof(bool) * count);
	int			dimensions[1] = {count};
	int			bounds[1] = {1};
	int16		length;
	bool		by_value;
	char		alignment;

	for (int i = 0; i < count; i++)
	{
		values[i] = value < 0 ? CStringGetTextDatum(decided[i].row_ref) : decided[i].values[value];
		nulls[i] = value >= 0 && decided[i].nulls[value];
	}
	get_typlenbyvalalign(type, &length, &by_value, &alignment);
	return PointerGetDatum(construct_md_array(values, nulls, 1, dimensions, bounds, type, length, by_value, alignment));
}

static void
update_rows(AsAttachCall *call, const Decided *decided, int count)
{
	const char *sql = update_sql(call->relation, call->attached, decided[0].state);
	Datum		values[6];
	AsOwner		owner;

	if (sql == NULL)
		return;
	values[0] = column_array(decided, count, -1, TEXTOID);
	values[1] = column_array(decided, count, DECIDED_DUE, TIMESTAMPTZOID);
	values[2] = column_array(decided, count, DECIDED_WAREHOUSE, TEXTOID);
	values[3] = column_array(decided, count, DECIDED_REFUND, NUMERICOID);
	values[4] = column_array(decided, count, DECIDED_OUTCOME, TEXTOID);
	values[5] = TimestampTzGetDatum(as_now());
	as_bound_owner_begin(&owner, call->relation);
	SPI_connect();
	if (SPI_execute_with_args(sql, 6, (Oid *) update_types, values, NULL, false, 0) != SPI_OK_UPDATE)
		elog(ERROR, "could not execute \"%s\"", sql);
	SPI_finish();
	as_owner_end(&owner);
}

/* ---- telling the ERP ---- */

/* Of the rows, those whose status code does not say the state, moved to the front; returns how many. */
static int
keep_not_covered(AsAttachCall *call, Decided *decided, int count)
{
	const AsSource *key = &call->attached->sources[AS_WORD_KEY];
	Oid			types[1] = {TEXTARRAYOID};
	Datum		values[1];
	AsOwner		owner;
	bool	   *keep = palloc0(sizeof(bool) * count);
	int			kept = 0;
	bool		isnull;
	const char *sql;

	for (int i = 0; i < count; i++)
		if (!decided[i].told)
			decided[kept++] = decided[i];
	count = kept;
	if (count == 0)
		return 0;
	values[0] = column_array(decided, count, -1, TEXTOID);
	sql = psprintf("SELECT k.\"aftersale place\" FROM %s JOIN %s ON %s = k.\"aftersale key\" WHERE %s", as_bound_keys_sql(call->attached),
				   as_attach_table(call->relation), quote_identifier(key->column), not_covered_sql(call->attached, decided[0].state));
	as_bound_owner_begin(&owner, call->relation);
	SPI_connect();
	if (SPI_execute_with_args(sql, 1, types, values, NULL, false, 0) != SPI_OK_SELECT)
		elog(ERROR, "could not execute \"%s\"", sql);
	for (uint64 i = 0; i < SPI_processed; i++)
		keep[DatumGetInt64(SPI_getbinval(SPI_tuptable->vals[i], SPI_tuptable->tupdesc, 1, &isnull)) - 1] = true;
	SPI_finish();
	as_owner_end(&owner);
	kept = 0;
	for (int i = 0; i < count; i++)
		if (keep[i])
			decided[kept++] = decided[i];
	return kept;
}

static AsStatement note_told = {
	"UPDATE aftersale.bound_row AS b SET told_state = r.state, told_entered = r.entered_at"
	" FROM unnest($1, $2) AS k(shop_id, request_id)"
	" JOIN aftersale.request AS r ON r.shop_id = k.shop_id AND r.request_id = k.request_id"
	" WHERE b.shop_id = k.shop_id AND b.request_id = k.request_id",
	2, {INT8ARRAYOID, INT8ARRAYOID}
};

static AsStatement write_outbox = {
	"INSERT INTO aftersale.binding_outbox (shop_id, binding, row_ref, request_id, event_seq, code, state, action, outcome, due_at, refund_amount, currency, created_at)"
	" SELECT r.shop_id, $4, k.row_ref, r.request_id, r.event_seq, $5, r.state, r.last_action, r.outcome, r.due_at, r.refund_amount, r.currency, $6"
	" FROM unnest($1, $2, $3) AS k(shop_id, request_id, row_ref)"
	" JOIN aftersale.request AS r ON r.shop_id = k.shop_id AND r.request_id = k.request_id"
	" ORDER BY k.row_ref",
	6, {INT8ARRAYOID, INT8ARRAYOID, TEXTARRAYOID, TEXTOID, TEXTOID, TIMESTAMPTZOID}
};

/* What a procedure of the ERP's is given. */
static AsStatement find_messages = {
	"SELECT jsonb_build_object('binding', $4, 'key', k.row_ref, 'code', $5, 'shop_id', r.shop_id, 'request_id', r.request_id,"
	" 'event_seq', r.event_seq, 'state', r.state, 'action', r.last_action, 'actor', r.last_actor, 'outcome', r.outcome, 'due_at', r.due_at,"
	" 'refund_amount', r.refund_amount, 'currency', r.currency, 'order', r.order_ref, 'at', $6)"
	" FROM unnest($1, $2, $3) AS k(shop_id, request_id, row_ref)"
	" JOIN aftersale.request AS r ON r.shop_id = k.shop_id AND r.request_id = k.request_id"
	" ORDER BY k.row_ref",
	6, {INT8ARRAYOID, INT8ARRAYOID, TEXTARRAYOID, TEXTOID, TEXTOID, TIMESTAMPTZOID}
};

static AsStatement notify = {"SELECT pg_notify('aftersale_outbox', $1)", 1, {TEXTOID}};

/* Calls the procedure for each message, as the owner of the table. */
static void
call_procedure(AsAttachCall *call, const char *sql, Datum *messages, int count)
{
	Oid			types[1] = {JSONBOID};
	SPIPlanPtr	plan;
	AsOwner		owner;

	as_bound_owner_begin(&owner, call->relation);
	SPI_connect();
	plan = SPI_prepare(sql, 1, types);
	if (plan == NULL)
		elog(ERROR, "could not prepare \"%s\"", sql);
	for (int i = 0; i < count; i++)
		if (SPI_execute_plan(plan, &messages[i], NULL, false, 0) < 0)
			elog(ERROR, "could not execute \"%s\"", sql);
	SPI_finish();
	as_owner_end(&owner);
}

static void
tell(AsAttachCall *call, const AsBoundCode *code, Decided *decided, int count)
{
	MemoryContext caller = CurrentMemoryContext;
	Datum	   *messages = palloc(sizeof(Datum) * count);
	Datum	   *shops = palloc(sizeof(Datum) * count);
	Datum	   *requests = palloc(sizeof(Datum) * count);
	int			n_messages = 0;
	Datum		values[6];
	AsOwner		owner;
	bool		isnull;

	for (int i = 0; i < count; i++)
	{
		shops[i] = Int64GetDatum(decided[i].shop_id);
		requests[i] = Int64GetDatum(decided[i].request_id);
	}
	values[0] = PointerGetDatum(construct_array(shops, count, INT8OID, sizeof(int64), FLOAT8PASSBYVAL, TYPALIGN_DOUBLE));
	values[1] = PointerGetDatum(construct_array(requests, count, INT8OID, sizeof(int64), FLOAT8PASSBYVAL, TYPALIGN_DOUBLE));
	values[2] = column_array(decided, count, -1, TEXTOID);
	values[3] = CStringGetTextDatum(call->name);
	values[4] = CStringGetTextDatum(code->code);
	values[5] = TimestampTzGetDatum(as_now());
	as_owner_begin(&owner, as_relation("request"));
	SPI_connect();
	as_execute(&note_told, values, NULL, false, 0);
	if (code->mode == AS_WRITE_OUTBOX)
	{
		as_execute(&write_outbox, values, NULL, false, 0);
		as_execute(&notify, &values[3], NULL, false, 0);
	}
	else
	{
		as_execute(&find_messages, values, NULL, false, 0);
		for (; n_messages < (int) SPI_processed; n_messages++)
		{
			Datum		message = SPI_getbinval(SPI_tuptable->vals[n_messages], SPI_tuptable->tupdesc, 1, &isnull);
			MemoryContext before = MemoryContextSwitchTo(caller);

			messages[n_messages] = PointerGetDatum(PG_DETOAST_DATUM_COPY(message));
			MemoryContextSwitchTo(before);
		}
	}
	SPI_finish();
	as_owner_end(&owner);
	if (n_messages > 0)
		call_procedure(call, code->procedure, messages, n_messages);
}

/* ---- writing back ---- */

/* Requests in one state, bound to one table. */
static void
write_state(AsAttachCall *call, Decided *decided, int count)
{
	const AsBoundCode *code = as_bound_code_of(call->attached->binding, decided[0].state);

	update_rows(call, decided, count);
	if (code == NULL || (code->mode != AS_WRITE_OUTBOX && code->mode != AS_WRITE_PROCEDURE))
		return;
	count = keep_not_covered(call, decided, count);
	if (count > 0)
		tell(call, code, decided, count);
}

/* A refund as the column has it: in minor units where it says so. */
static Datum
refund_value(const AsAttached *attached, Datum amount, const char *currency)
{
	int			digits = as_currency_digits(currency, strlen(currency));

	if (attached->sources[AS_WORD_REFUND].unit != AS_UNIT_MINOR || digits < 0)
		return amount;
	return NumericGetDatum(as_scaled_to_numeric(as_numeric_require_scaled("refund", DatumGetNumeric(amount), digits), 0));
}

/* Takes the rows of SPI's result into the current context; currencies are kept aside. */
static Decided *
take_decided(MemoryContext context, int *count, char ***currencies)
{
	static const Oid value_types[4] = {TIMESTAMPTZOID, TEXTOID, NUMERICOID, TEXTOID};
	MemoryContext before = MemoryContextSwitchTo(context);
	Decided    *decided = palloc0(sizeof(Decided) * Max(SPI_processed, 1));

	*count = (int) SPI_processed;
	*currencies = palloc(sizeof(char *) * Max(*count, 1));
	for (int i = 0; i < *count; i++)
	{
		HeapTuple	row = SPI_tuptable->vals[i];
		TupleDesc	columns = SPI_tuptable->tupdesc;
		bool		isnull;

		decided[i].binding = SPI_getvalue(row, columns, 1);
		decided[i].row_ref = SPI_getvalue(row, columns, 2);
		decided[i].state = SPI_getvalue(row, columns, 3);
		decided[i].shop_id = DatumGetInt64(SPI_getbinval(row, columns, 4, &isnull));
		decided[i].request_id = DatumGetInt64(SPI_getbinval(row, columns, 5, &isnull));
		for (int v = 0; v < 4; v++)
		{
			decided[i].values[v] = SPI_getbinval(row, columns, 6 + v, &decided[i].nulls[v]);
			if (!decided[i].nulls[v] && value_types[v] != TIMESTAMPTZOID)
				decided[i].values[v] = PointerGetDatum(PG_DETOAST_DATUM_COPY(decided[i].values[v]));
		}
		(*currencies)[i] = SPI_getvalue(row, columns, 10);
		decided[i].told = DatumGetBool(SPI_getbinval(row, columns, 11, &isnull)) && !isnull;
	}
	MemoryContextSwitchTo(before);
	return decided;
}

static void
write_binding(Decided *decided, int count, char **currencies)
{
	AsAttachCall *call = as_bound_table(decided[0].binding);

	if (call == NULL)
		return;
	for (int i = 0; i < count; i++)
		if (!decided[i].nulls[DECIDED_REFUND])
			decided[i].values[DECIDED_REFUND] = refund_value(call->attached, decided[i].values[DECIDED_REFUND], currencies[i]);
	for (int from = 0, to; from < count; from = to)
	{
		for (to = from + 1; to < count && strcmp(decided[to].state, decided[from].state) == 0; to++);
		write_state(call, decided + from, to - from);
	}
	as_bound_table_close(call);
}

static void
write_chunk(const AsRows *keys, int from, int count)
{
	MemoryContext chunk = AllocSetContextCreate(CurrentMemoryContext, "aftersale write-back", ALLOCSET_DEFAULT_SIZES);
	MemoryContext caller = MemoryContextSwitchTo(chunk);
	Datum		values[2];
	AsOwner		owner;
	Decided    *decided;
	char	  **currencies;
	int			n;

	for (int i = 0; i < 2; i++)
		values[i] = PointerGetDatum(construct_array(keys->columns[i].values + from, count, INT8OID, sizeof(int64), FLOAT8PASSBYVAL, TYPALIGN_DOUBLE));
	as_owner_begin(&owner, as_relation("request"));
	SPI_connect();
	as_execute(&find_decided, values, NULL, false, 0);
	decided = take_decided(chunk, &n, &currencies);
	SPI_finish();
	as_owner_end(&owner);
	for (int at = 0, to; at < n; at = to)
	{
		for (to = at + 1; to < n && strcmp(decided[to].binding, decided[at].binding) == 0; to++);
		write_binding(decided + at, to - at, currencies + at);
	}
	MemoryContextSwitchTo(caller);
	MemoryContextDelete(chunk);
}

void
as_bound_write(const AsRows *keys)
{
	for (int from = 0; from < keys->count; from += CHUNK)
		write_chunk(keys, from, Min(CHUNK, keys->count - from));
}

PG_FUNCTION_INFO_V1(aftersale_binding_check);

/*
 * binding_check(relation, name): that every statement that the binding would
 * write can be, by its owner's word: columns, types, expressions.
 */
Datum
aftersale_binding_check(PG_FUNCTION_ARGS)
{
	char	   *name = text_to_cstring(PG_GETARG_TEXT_PP(0));
	AsAttachCall *call = as_bound_table(name);
	const AsBinding *binding;
	AsOwner		owner;

	if (call == NULL)
		PG_RETURN_VOID();
	binding = call->attached->binding;
	as_bound_owner_begin(&owner, call->relation);
	SPI_connect();
	for (int i = 0; i < binding->n_codes; i++)
		for (int j = 0; j < binding->codes[i].n_states; j++)
		{
			const char *sql = update_sql(call->relation, call->attached, binding->codes[i].states[j]);

			if (sql != NULL && SPI_prepare(sql, 6, (Oid *) update_types) == NULL)
				elog(ERROR, "could not prepare \"%s\"", sql);
		}
	SPI_finish();
	as_owner_end(&owner);
	as_bound_table_close(call);
	PG_RETURN_VOID();
}
