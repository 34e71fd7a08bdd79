/*
 * request_row.c
 *		A row of aftersale.request as C sees it.  Knows columns and types, and
 *		no rule.
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "catalog/pg_type.h"
#include "compat.h"
#include "request_row.h"
#include "utils/builtins.h"
#include "utils/datum.h"
#include "utils/lsyscache.h"
#include "utils/timestamp.h"

#define AS_COLUMN_NAME(name) #name,
const char *const as_request_column_names[AS_REQUEST_COLUMN_COUNT] = {
	AS_REQUEST_COLUMNS(AS_COLUMN_NAME)
};
#undef AS_COLUMN_NAME

/* The type that the code reads a column as; InvalidOid: ratio, whose type is the extension's. */
static Oid
column_type(AsRequestColumn column)
{
	switch (column)
	{
		case AS_COL_shop_id:
		case AS_COL_request_id:
		case AS_COL_warehouse_id:
		case AS_COL_event_seq:
		case AS_COL_seal:
			return INT8OID;
		case AS_COL_flow_version:
		case AS_COL_attempts:
		case AS_COL_extensions:
			return INT4OID;
		case AS_COL_provisional:
			return BOOLOID;
		case AS_COL_amount:
		case AS_COL_tax:
		case AS_COL_shipping:
		case AS_COL_refund_amount:
			return NUMERICOID;
		case AS_COL_ordered_at:
		case AS_COL_opened_at:
		case AS_COL_entered_at:
		case AS_COL_closed_at:
		case AS_COL_platform_due_at:
		case AS_COL_due_at:
		case AS_COL_act_at:
		case AS_COL_paused_at:
		case AS_COL_paused_due_at:
		case AS_COL_last_at:
			return TIMESTAMPTZOID;
		case AS_COL_attributes:
		case AS_COL_payload:
		case AS_COL_items:
		case AS_COL_last_payload:
		case AS_COL_last_items:
		case AS_COL_last_facts:
			return JSONBOID;
		case AS_COL_last_digest:
			return BYTEAOID;
		case AS_COL_ratio:
			return InvalidOid;
		default:
			return TEXTOID;
	}
}

/* A column that was given another type would be read as garbage, or crash. */
static void
check_column_type(Form_pg_attribute attribute, AsRequestColumn column)
{
	Oid			expected = column_type(column);

	if (attribute->atttypid == expected ||
		(expected == InvalidOid && attribute->attbyval && attribute->attlen == sizeof(int32)))
		return;
	/* varchar, and domains, have the form of their base type */
	if (OidIsValid(expected))
	{
		Oid			base = getBaseType(attribute->atttypid);

		if (base == expected || (expected == TEXTOID && base == VARCHAROID))
			return;
	}
	ereport(ERROR, (errcode(ERRCODE_DATATYPE_MISMATCH),
					errmsg("column \"%s\" of table \"aftersale.request\" has type %s",
						   as_request_column_names[column], format_type_be(attribute->atttypid)),
					errhint("Columns of the tables of aftersale keep their types; change it back to %s.",
							OidIsValid(expected) ? format_type_be(expected) : "aftersale.refund_ratio")));
}

void
as_request_map(TupleDesc descriptor, AsRequestMap *map)
{
	int			at = 0;

	/* our columns usually stand in our order: look at the next one first */
	for (int column = 0; column < AS_REQUEST_COLUMN_COUNT; column++)
	{
		int			tried;

		for (tried = 0; tried < descriptor->natts; tried++, at++)
		{
			Form_pg_attribute attribute = TupleDescAttr(descriptor, at % descriptor->natts);

			if (!attribute->attisdropped &&
				strcmp(NameStr(attribute->attname), as_request_column_names[column]) == 0)
				break;
		}
		if (tried == descriptor->natts)
			ereport(ERROR, (errcode(ERRCODE_UNDEFINED_COLUMN),
							errmsg("table \"aftersale.request\" has no column \"%s\"",
								   as_request_column_names[column]),
							errhint("Columns of the tables of aftersale must not be dropped or renamed.")));
		map->index[column] = at % descriptor->natts;
		check_column_type(TupleDescAttr(descriptor, map->index[column]), column);
		at++;
	}
}

void
as_request_row_from_tuple(const AsRequestMap *map, HeapTuple tuple, TupleDesc descriptor, AsRequestRow *row)
{
	Datum	   *values = palloc(sizeof(Datum) * descriptor->natts);
	bool	   *nulls = palloc(sizeof(bool) * descriptor->natts);

	heap_deform_tuple(tuple, descriptor, values, nulls);
	for (int column = 0; column < AS_REQUEST_COLUMN_COUNT; column++)
	{
		row->values[column] = values[map->index[column]];
		row->nulls[column] = nulls[map->index[column]];
	}
	row->all_values = values;
	row->all_nulls = nulls;
}

void
as_request_row_from_slot(const AsRequestMap *map, TupleTableSlot *slot, AsRequestRow *row)
{
	slot_getallattrs(slot);
	for (int column = 0; column < AS_REQUEST_COLUMN_COUNT; column++)
	{
		row->values[column] = slot->tts_values[map->index[column]];
		row->nulls[column] = slot->tts_isnull[map->index[column]];
	}
}

HeapTuple
as_request_row_into_tuple(const AsRequestMap *map, HeapTuple tuple, TupleDesc descriptor,
						  const AsRequestRow *row)
{
	HeapTuple	result;

	for (int column = 0; column < AS_REQUEST_COLUMN_COUNT; column++)
	{
		row->all_values[map->index[column]] = row->values[column];
		row->all_nulls[map->index[column]] = row->nulls[column];
	}
	result = heap_form_tuple(descriptor, row->all_values, row->all_nulls);
	/* the identification fields, as heap_modify_tuple() keeps them */
	result->t_data->t_ctid = tuple->t_data->t_ctid;
	result->t_self = tuple->t_self;
	result->t_tableOid = tuple->t_tableOid;
	return result;
}

static bool
is_by_value(AsRequestColumn column, int16 *length)
{
	switch (column)
	{
		case AS_COL_shop_id:
		case AS_COL_request_id:
		case AS_COL_flow_version:
		case AS_COL_ordered_at:
		case AS_COL_ratio:
		case AS_COL_warehouse_id:
		case AS_COL_opened_at:
		case AS_COL_entered_at:
		case AS_COL_closed_at:
		case AS_COL_platform_due_at:
		case AS_COL_due_at:
		case AS_COL_provisional:
		case AS_COL_act_at:
		case AS_COL_paused_at:
		case AS_COL_paused_due_at:
		case AS_COL_extensions:
		case AS_COL_event_seq:
		case AS_COL_attempts:
		case AS_COL_last_at:
		case AS_COL_seal:
			*length = sizeof(Datum);
			return true;
		default:
			*length = -1;
			return false;
	}
}

/* Whether both are one value out of line: no need to fetch it twice to compare. */
static bool
is_same_toast(Datum a, Datum b)
{
	struct varlena *left = (struct varlena *) DatumGetPointer(a);
	struct varlena *right = (struct varlena *) DatumGetPointer(b);

	return VARATT_IS_EXTERNAL_ONDISK(left) && VARATT_IS_EXTERNAL_ONDISK(right) &&
		memcmp(left, right, VARSIZE_EXTERNAL(left)) == 0;
}

bool
as_request_same(const AsRequestRow *a, const AsRequestRow *b, AsRequestColumn column)
{
	int16		length;

	if (a->nulls[column] || b->nulls[column])
		return a->nulls[column] && b->nulls[column];
	if (is_by_value(column, &length))
		return a->values[column] == b->values[column];
	return a->values[column] == b->values[column] ||
		is_same_toast(a->values[column], b->values[column]) ||
		datum_image_eq(a->values[column], b->values[column], false, length);
}

char *
as_row_text(const AsRequestRow *row, AsRequestColumn column)
{
	return row->nulls[column] ? NULL : TextDatumGetCString(row->values[column]);
}

AsMaybeInstant
as_row_instant(const AsRequestRow *row, AsRequestColumn column)
{
	AsMaybeInstant result = {0};

	result.known = !row->nulls[column];
	if (result.known)
		result.at = DatumGetTimestampTz(row->values[column]);
	return result;
}

int64
as_row_int64(const AsRequestRow *row, AsRequestColumn column)
{
	return DatumGetInt64(row->values[column]);
}

Jsonb *
as_row_jsonb(const AsRequestRow *row, AsRequestColumn column)
{
	return row->nulls[column] ? NULL : DatumGetJsonbP(row->values[column]);
}

Datum
as_row_copy(const AsRequestRow *row, AsRequestColumn column)
{
	return row->nulls[column] ? (Datum) 0 : PointerGetDatum(PG_DETOAST_DATUM_COPY(row->values[column]));
}

void
as_row_set(AsRequestRow *row, AsRequestColumn column, Datum value)
{
	row->values[column] = value;
	row->nulls[column] = false;
}

void
as_row_set_null(AsRequestRow *row, AsRequestColumn column)
{
	row->values[column] = (Datum) 0;
	row->nulls[column] = true;
}

void
as_row_set_text(AsRequestRow *row, AsRequestColumn column, const char *value)
{
	if (value == NULL)
		as_row_set_null(row, column);
	else
		as_row_set(row, column, CStringGetTextDatum(value));
}

void
as_row_set_instant(AsRequestRow *row, AsRequestColumn column, AsMaybeInstant value)
{
	if (value.known)
		as_row_set(row, column, TimestampTzGetDatum(value.at));
	else
		as_row_set_null(row, column);
}

void
as_row_move(AsRequestRow *row, AsRequestColumn to, AsRequestColumn from)
{
	row->values[to] = row->values[from];
	row->nulls[to] = row->nulls[from];
	as_row_set_null(row, from);
}
