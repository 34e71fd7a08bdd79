/*
 * common_warehouse.c
 *		The aggregate common_warehouse().
 *
 * The state of a group is the set of warehouses that every item so far is
 * linked to.  It lives in the aggregate's context; it only ever shrinks.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "compat.h"
#include "fmgr.h"
#include "kernel/routing.h"
#include "utils/array.h"

typedef struct CommonState
{
	size_t		size;
	int64		ids[FLEXIBLE_ARRAY_MEMBER];
} CommonState;

/* The elements of one item's array, without the NULLs */
typedef struct LinkedArray
{
	const void *ids;			/* perhaps unaligned */
	size_t		count;
} LinkedArray;

/* Candidates beyond this many are sorted before they are compared. */
#define SCAN_MAX	16

static LinkedArray
array_without_nulls(Datum value)
{
	LinkedArray linked;
	Datum	   *elements;
	bool	   *nulls;
	int			count;
	int64	   *ids;

	deconstruct_array(DatumGetArrayTypeP(value), INT8OID, sizeof(int64), FLOAT8PASSBYVAL, TYPALIGN_DOUBLE,
					  &elements, &nulls, &count);
	ids = palloc(count * sizeof(int64));
	linked.count = 0;
	for (int i = 0; i < count; i++)
	{
		if (!nulls[i])
			ids[linked.count++] = DatumGetInt64(elements[i]);
	}
	linked.ids = ids;
	return linked;
}

/*
 * Reads the array where it lies, short header and all: a copy a row would be
 * most of the aggregate's time.  What follows the header is laid out as in
 * ArrayType, whose data begin at a multiple of the alignment counted from a
 * header of four bytes.
 */
static LinkedArray
linked_array(Datum value)
{
	struct varlena *array = PG_DETOAST_DATUM_PACKED(value);
	const char *body = VARDATA_ANY(array);
	LinkedArray linked;
	int32		dimensions;
	int32		data_offset;
	int32		length;

	memcpy(&dimensions, body, sizeof dimensions);
	memcpy(&data_offset, body + sizeof(int32), sizeof data_offset);
	if (dimensions == 0)
	{
		linked.ids = NULL;
		linked.count = 0;
		return linked;
	}
	if (dimensions != 1 || data_offset != 0)
		return array_without_nulls(PointerGetDatum(array));
	memcpy(&length, body + sizeof(ArrayType) - VARHDRSZ, sizeof length);
	linked.ids = body + ARR_OVERHEAD_NONULLS(1) - VARHDRSZ;
	linked.count = length;
	return linked;
}

static MemoryContext
aggregate_context(FunctionCallInfo fcinfo)
{
	MemoryContext context;

	if (!AggCheckCallContext(fcinfo, &context))
		elog(ERROR, "common_warehouse() was not called as an aggregate");
	return context;
}

static CommonState *
new_state(MemoryContext context, const void *ids, size_t count)
{
	CommonState *state = MemoryContextAlloc(context, offsetof(CommonState, ids) + count * sizeof(int64));

	if (count > 0)
		memcpy(state->ids, ids, count * sizeof(int64));
	state->size = as_set_make(state->ids, count);
	return state;
}

static void
retain(CommonState *state, LinkedArray linked)
{
	int64	   *sorted;

	if (linked.count <= SCAN_MAX)
	{
		state->size = as_set_retain(state->ids, state->size, linked.ids, linked.count);
		return;
	}
	sorted = palloc(linked.count * sizeof(int64));
	memcpy(sorted, linked.ids, linked.count * sizeof(int64));
	state->size = as_set_intersect(state->ids, state->size, sorted, as_set_make(sorted, linked.count));
	pfree(sorted);
}

PG_FUNCTION_INFO_V1(aftersale_common_warehouse_transfn);

Datum
aftersale_common_warehouse_transfn(PG_FUNCTION_ARGS)
{
	LinkedArray linked = {NULL, 0};

	if (!PG_ARGISNULL(0))
	{
		CommonState *state = (CommonState *) PG_GETARG_POINTER(0);

		/*
		 * A NULL array is a product without a link, not a missing value
		 * (TEMU-42)
		 */
		if (PG_ARGISNULL(1))
			state->size = 0;
		else if (state->size > 0)
			retain(state, linked_array(PG_GETARG_DATUM(1)));
		PG_RETURN_POINTER(state);
	}
	if (!PG_ARGISNULL(1))
		linked = linked_array(PG_GETARG_DATUM(1));
	PG_RETURN_POINTER(new_state(aggregate_context(fcinfo), linked.ids, linked.count));
}

PG_FUNCTION_INFO_V1(aftersale_common_warehouse_combinefn);

Datum
aftersale_common_warehouse_combinefn(PG_FUNCTION_ARGS)
{
	CommonState *state = PG_ARGISNULL(0) ? NULL : (CommonState *) PG_GETARG_POINTER(0);
	CommonState *other = PG_ARGISNULL(1) ? NULL : (CommonState *) PG_GETARG_POINTER(1);

	if (other == NULL)
	{
		if (state == NULL)
			PG_RETURN_NULL();
		PG_RETURN_POINTER(state);
	}
	if (state == NULL)
		PG_RETURN_POINTER(new_state(aggregate_context(fcinfo), other->ids, other->size));
	state->size = as_set_intersect(state->ids, state->size, other->ids, other->size);
	PG_RETURN_POINTER(state);
}

PG_FUNCTION_INFO_V1(aftersale_common_warehouse_serialfn);

Datum
aftersale_common_warehouse_serialfn(PG_FUNCTION_ARGS)
{
	CommonState *state = (CommonState *) PG_GETARG_POINTER(0);
	size_t		length = VARHDRSZ + state->size * sizeof(int64);
	bytea	   *result = palloc(length);

	SET_VARSIZE(result, length);
	memcpy(VARDATA(result), state->ids, state->size * sizeof(int64));
	PG_RETURN_BYTEA_P(result);
}

PG_FUNCTION_INFO_V1(aftersale_common_warehouse_deserialfn);

Datum
aftersale_common_warehouse_deserialfn(PG_FUNCTION_ARGS)
{
	bytea	   *serialized = PG_GETARG_BYTEA_PP(0);

	PG_RETURN_POINTER(new_state(CurrentMemoryContext, VARDATA_ANY(serialized),
								VARSIZE_ANY_EXHDR(serialized) / sizeof(int64)));
}

PG_FUNCTION_INFO_V1(aftersale_common_warehouse_finalfn);

Datum
aftersale_common_warehouse_finalfn(PG_FUNCTION_ARGS)
{
	CommonState *state;
	ArrayType  *result;
	int			size;

	if (PG_ARGISNULL(0))
		PG_RETURN_NULL();
	state = (CommonState *) PG_GETARG_POINTER(0);
	if (state->size == 0)
		PG_RETURN_ARRAYTYPE_P(construct_empty_array(INT8OID));
	size = ARR_OVERHEAD_NONULLS(1) + state->size * sizeof(int64);
	result = palloc0(size);
	SET_VARSIZE(result, size);
	result->ndim = 1;
	result->elemtype = INT8OID;
	ARR_DIMS(result)[0] = (int) state->size;
	ARR_LBOUND(result)[0] = 1;
	memcpy(ARR_DATA_PTR(result), state->ids, state->size * sizeof(int64));
	PG_RETURN_ARRAYTYPE_P(result);
}
