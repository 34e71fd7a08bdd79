/*
 * attach_row.c
 *		The BEFORE ROW triggers of attachments: stamp a deadline, check a refund's
 *		ratio and amount, fill in the return warehouse.
 *
 * They act as whoever writes the row.  Routing alone reads tables of ours, and
 * does so as the owner of the ERP's table.
 */
#include "attach.h"

#include "access/htup_details.h"
#include "catalog/pg_type.h"
#include "clock.h"
#include "config.h"
#include "executor/spi.h"
#include "miscadmin.h"
#include "return_warehouse.h"
#include "statement.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/timestamp.h"

/*
 * Whether the attachment has to look at the row; then the call's per-tuple
 * memory is empty, and *row is what will be written.
 */
static bool
begin_row(AsAttachCall *call, TriggerData *trigger, TupleTableSlot **row)
{
	if (call->state.paused)
		return false;
	ResetExprContext(call->econtext);
	if (TRIGGER_FIRED_BY_INSERT(trigger->tg_event))
	{
		*row = trigger->tg_trigslot;
		return as_attach_applies(call, *row);
	}
	*row = trigger->tg_newslot;
	return as_attach_touched(call, trigger->tg_trigslot, *row);
}

static HeapTuple
result_tuple(TriggerData *trigger)
{
	return TRIGGER_FIRED_BY_UPDATE(trigger->tg_event) ? trigger->tg_newtuple : trigger->tg_trigtuple;
}

/*
 * The row with some columns replaced.  Formed from the slot, which has them
 * apart already.
 */
static HeapTuple
replaced(TriggerData *trigger, TupleTableSlot *row, int count, const int *columns, const Datum *values, const bool *nulls)
{
	HeapTuple	before = result_tuple(trigger);
	TupleDesc	description = RelationGetDescr(trigger->tg_relation);
	HeapTuple	after;
	Datum	   *all_values = palloc(sizeof(Datum) * description->natts);
	bool	   *all_nulls = palloc(sizeof(bool) * description->natts);

	slot_getallattrs(row);
	memcpy(all_values, row->tts_values, sizeof(Datum) * description->natts);
	memcpy(all_nulls, row->tts_isnull, sizeof(bool) * description->natts);
	for (int i = 0; i < count; i++)
	{
		all_values[columns[i] - 1] = values[i];
		all_nulls[columns[i] - 1] = nulls[i];
	}
	after = heap_form_tuple(description, all_values, all_nulls);
	after->t_data->t_ctid = before->t_data->t_ctid;
	after->t_self = before->t_self;
	after->t_tableOid = before->t_tableOid;
	pfree(all_values);
	pfree(all_nulls);
	return after;
}

PG_FUNCTION_INFO_V1(aftersale_attached_deadline);

Datum
aftersale_attached_deadline(PG_FUNCTION_ARGS)
{
	TriggerData *trigger = (TriggerData *) fcinfo->context;
	AsAttachCall *call;
	TupleTableSlot *row;
	MemoryContext caller;
	const AsSource *target;
	TimestampTz due;
	bool		has_due;
	Datum		value = (Datum) 0;
	bool		isnull;
	int			column;

	if (fcinfo->flinfo->fn_extra == NULL)
		as_attach_require_row_trigger(fcinfo);
	call = as_attach_call(fcinfo, AS_ATTACH_DEADLINE, AS_WORD_DUE);
	caller = MemoryContextSwitchTo(call->econtext->ecxt_per_tuple_memory);
	if (!begin_row(call, trigger, &row))
	{
		MemoryContextSwitchTo(caller);
		return PointerGetDatum(result_tuple(trigger));
	}
	target = &call->attached->sources[AS_WORD_DUE];
	has_due = as_attach_due(call, row, &due);
	if (has_due)
		value = as_attach_instant_datum(target, due);
	MemoryContextSwitchTo(caller);
	isnull = !has_due;
	column = target->attnum;
	return PointerGetDatum(replaced(trigger, row, 1, &column, &value, &isnull));
}

PG_FUNCTION_INFO_V1(aftersale_attached_refund_check);

Datum
aftersale_attached_refund_check(PG_FUNCTION_ARGS)
{
	TriggerData *trigger = (TriggerData *) fcinfo->context;
	AsAttachCall *call;
	TupleTableSlot *row;
	MemoryContext caller;

	if (fcinfo->flinfo->fn_extra == NULL)
		as_attach_require_row_trigger(fcinfo);
	call = as_attach_call(fcinfo, AS_ATTACH_REFUND_CHECK, AS_WORD_NONE);
	caller = MemoryContextSwitchTo(call->econtext->ecxt_per_tuple_memory);
	if (begin_row(call, trigger, &row))
		as_attach_check_row(call, row, true);
	MemoryContextSwitchTo(caller);
	return PointerGetDatum(result_tuple(trigger));
}

/* ---- return warehouse ---- */

static AsStatement warehouse_ref = {
	"SELECT external_ref FROM aftersale.warehouse WHERE shop_id OPERATOR(pg_catalog.=) $1 AND warehouse_id OPERATOR(pg_catalog.=) $2",
	2, {INT8OID, INT8OID}
};

/* The products of a row; false: none yet, as in a placeholder. */
static bool
read_products(AsAttachCall *call, TupleTableSlot *row, AsProducts *products)
{
	bool		isnull;
	Datum		value = as_attach_raw(call, AS_WORD_PRODUCTS, row, &isnull);
	Datum	   *names;
	bool	   *nulls;
	int			count;

	if (isnull)
		return false;
	deconstruct_array(DatumGetArrayTypeP(value), TEXTOID, -1, false, TYPALIGN_INT, &names, &nulls, &count);
	*products = as_products(names, nulls, count);
	return count > 0;
}

/* What a column is to hold, from its text. */
static Datum
text_into(const AsSource *target, const char *text)
{
	Oid			input;
	Oid			parameter;

	getTypeInputInfo(target->type, &input, &parameter);
	return OidInputFunctionCall(input, (char *) text, parameter, target->typmod);
}

/* Routes as the owner of the table: what he may not see is no warehouse for him. */
static const char *
route(AsAttachCall *call, int64 shop, const char *country, int country_length, const AsProducts *products, TimestampTz as_of,
	  const char **basis)
{
	MemoryContext caller = CurrentMemoryContext;
	text	   *country_text = cstring_to_text_with_len(country, country_length);
	AsReturnRoute result;
	AsOwner		owner;
	Datum		values[2];
	char	   *reference;

	as_attach_require_registered(call);
	if (superuser_arg(call->relation->rd_rel->relowner))
		as_owner_begin(&owner, as_relation("warehouse"));
	else
		as_their_owner_begin(&owner, RelationGetRelid(call->relation));
	SPI_connect();
	as_return_route(shop, country_text, products, as_of, &result);
	*basis = as_basis_name(result.route.basis);
	values[0] = Int64GetDatum(shop);
	values[1] = Int64GetDatum(result.route.warehouse);
	as_execute(&warehouse_ref, values, NULL, true, 1);
	reference = SPI_processed == 1 ? SPI_getvalue(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 1) : NULL;
	if (reference == NULL)
		reference = psprintf(INT64_FORMAT, result.route.warehouse);
	reference = MemoryContextStrdup(caller, reference);
	SPI_finish();
	as_owner_end(&owner);
	return reference;
}

PG_FUNCTION_INFO_V1(aftersale_attached_return_warehouse);

Datum
aftersale_attached_return_warehouse(PG_FUNCTION_ARGS)
{
	TriggerData *trigger = (TriggerData *) fcinfo->context;
	AsAttachCall *call;
	TupleTableSlot *row;
	MemoryContext caller;
	AsProducts	products;
	const char *country;
	int			country_length;
	TimestampTz as_of;
	const char *basis;
	const char *reference;
	const AsSource *sources;
	int			columns[2];
	Datum		values[2];
	bool		nulls[2] = {false, false};
	int			count = 1;

	if (fcinfo->flinfo->fn_extra == NULL)
		as_attach_require_row_trigger(fcinfo);
	call = as_attach_call(fcinfo, AS_ATTACH_RETURN_WAREHOUSE, AS_WORD_WAREHOUSE);
	sources = call->attached->sources;
	caller = MemoryContextSwitchTo(call->econtext->ecxt_per_tuple_memory);
	if (!begin_row(call, trigger, &row) || !read_products(call, row, &products) ||
		!as_attach_text(call, AS_WORD_COUNTRY, row, &country, &country_length))
	{
		MemoryContextSwitchTo(caller);
		return PointerGetDatum(result_tuple(trigger));
	}
	if (!as_attach_instant(call, AS_WORD_AS_OF, row, &as_of))
		as_of = as_now();
	reference = route(call, as_attach_shop(call, row, false), country, country_length, &products, as_of, &basis);
	columns[0] = sources[AS_WORD_WAREHOUSE].attnum;
	values[0] = text_into(&sources[AS_WORD_WAREHOUSE], reference);
	if (sources[AS_WORD_BASIS].from == AS_FROM_COLUMN)
	{
		columns[count] = sources[AS_WORD_BASIS].attnum;
		values[count++] = text_into(&sources[AS_WORD_BASIS], basis);
	}
	MemoryContextSwitchTo(caller);
	return PointerGetDatum(replaced(trigger, row, count, columns, values, nulls));
}
