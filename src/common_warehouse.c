/*
 * common_warehouse.c
 *		The aggregate common_warehouse().
 *
 * The state of a group is the set of warehouses that every item so far is
 * linked to; it only ever shrinks.  A few warehouses with small ids, as nearly
 * every product has, are the state's Datum itself, marked by its lowest bit,
 * which no pointer has set: nothing is allocated, and no memory is fetched, for
 * each of a million groups.  All others live in the aggregate's context.
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

/* From the lowest bit: the mark, how many, the ids. */
#define PACKED_MAX		3
#define PACKED_SIZE_BITS	2
#define PACKED_ID_BITS	20
#define PACKED_ID_SHIFT(i)	(1 + PACKED_SIZE_BITS + (i) * PACKED_ID_BITS)
#define PACKED_ID_LIMIT	(INT64CONST(1) << PACKED_ID_BITS)

/* A state to read, or to shrink in place */
typedef struct SetView
{
	CommonState *state;			/* NULL: it was packed */
	int64	   *ids;
	size_t		size;
	int64		packed[PACKED_MAX];
} SetView;

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

static void
view_state(Datum state, SetView *view)
{
	uint64		packed = state;

	if (!(packed & 1))
	{
		view->state = (CommonState *) DatumGetPointer(state);
		view->ids = view->state->ids;
		view->size = view->state->size;
		return;
	}
	view->state = NULL;
	view->ids = view->packed;
	view->size = packed >> 1 & ((1 << PACKED_SIZE_BITS) - 1);
	for (size_t i = 0; i < view->size; i++)
		view->packed[i] = packed >> PACKED_ID_SHIFT(i) & (PACKED_ID_LIMIT - 1);
}

/* The state that the set is; false: it takes memory. */
static bool
pack_state(const int64 *ids, size_t size, Datum *state)
{
	uint64		packed = 1 | size << 1;

	if (size > PACKED_MAX || sizeof(Datum) < sizeof(uint64))
		return false;
	for (size_t i = 0; i < size; i++)
	{
		if (ids[i] < 0 || ids[i] >= PACKED_ID_LIMIT)
			return false;
		packed |= (uint64) ids[i] << PACKED_ID_SHIFT(i);
	}
	*state = (Datum) packed;
	return true;
}

/* What a view has shrunk to. */
static Datum
viewed_state(const SetView *view)
{
	Datum		state = PointerGetDatum(view->state);

	if (view->state != NULL)
		view->state->size = view->size;
	else
		(void) pack_state(view->ids, view->size, &state);
	return state;
}

static Datum
new_state(MemoryContext context, const void *ids, size_t count)
{
	int64		few[PACKED_MAX];
	CommonState *state;
	Datum		packed;

	if (count <= PACKED_MAX)
	{
		if (count > 0)
			memcpy(few, ids, count * sizeof(int64));
		if (pack_state(few, as_set_make(few, count), &packed))
			return packed;
	}
	state = MemoryContextAlloc(context, offsetof(CommonState, ids) + count * sizeof(int64));
	memcpy(state->ids, ids, count * sizeof(int64));
	state->size = as_set_make(state->ids, count);
	return PointerGetDatum(state);
}

static void
retain(SetView *view, LinkedArray linked)
{
	int64	   *sorted;

	if (linked.count <= SCAN_MAX)
	{
		view->size = as_set_retain(view->ids, view->size, linked.ids, linked.count);
		return;
	}
	sorted = palloc(linked.count * sizeof(int64));
	memcpy(sorted, linked.ids, linked.count * sizeof(int64));
	view->size = as_set_intersect(view->ids, view->size, sorted, as_set_make(sorted, linked.count));
	pfree(sorted);
}

PG_FUNCTION_INFO_V1(aftersale_common_warehouse_transfn);

Datum
aftersale_common_warehouse_transfn(PG_FUNCTION_ARGS)
{
	LinkedArray linked = {NULL, 0};

	if (!PG_ARGISNULL(0))
	{
		SetView		view;

		view_state(PG_GETARG_DATUM(0), &view);

		/*
		 * A NULL array is a product without a link, not a missing value
		 * (TEMU-42)
		 */
		if (PG_ARGISNULL(1))
			view.size = 0;
		else if (view.size > 0)
			retain(&view, linked_array(PG_GETARG_DATUM(1)));
		PG_RETURN_DATUM(viewed_state(&view));
	}
	if (!PG_ARGISNULL(1))
		linked = linked_array(PG_GETARG_DATUM(1));
	PG_RETURN_DATUM(new_state(aggregate_context(fcinfo), linked.ids, linked.count));
}

PG_FUNCTION_INFO_V1(aftersale_common_warehouse_combinefn);

Datum
aftersale_common_warehouse_combinefn(PG_FUNCTION_ARGS)
{
	SetView		view;
	SetView		other;

	if (PG_ARGISNULL(1))
	{
		if (PG_ARGISNULL(0))
			PG_RETURN_NULL();
		PG_RETURN_DATUM(PG_GETARG_DATUM(0));
	}
	view_state(PG_GETARG_DATUM(1), &other);
	if (PG_ARGISNULL(0))
		PG_RETURN_DATUM(new_state(aggregate_context(fcinfo), other.ids, other.size));
	view_state(PG_GETARG_DATUM(0), &view);
	view.size = as_set_intersect(view.ids, view.size, other.ids, other.size);
	PG_RETURN_DATUM(viewed_state(&view));
}

PG_FUNCTION_INFO_V1(aftersale_common_warehouse_serialfn);

Datum
aftersale_common_warehouse_serialfn(PG_FUNCTION_ARGS)
{
	SetView		view;
	size_t		length;
	bytea	   *result;

	view_state(PG_GETARG_DATUM(0), &view);
	length = VARHDRSZ + view.size * sizeof(int64);
	result = palloc(length);
	SET_VARSIZE(result, length);
	memcpy(VARDATA(result), view.ids, view.size * sizeof(int64));
	PG_RETURN_BYTEA_P(result);
}

PG_FUNCTION_INFO_V1(aftersale_common_warehouse_deserialfn);

Datum
aftersale_common_warehouse_deserialfn(PG_FUNCTION_ARGS)
{
	bytea	   *serialized = PG_GETARG_BYTEA_PP(0);

	PG_RETURN_DATUM(new_state(CurrentMemoryContext, VARDATA_ANY(serialized),
							  VARSIZE_ANY_EXHDR(serialized) / sizeof(int64)));
}

PG_FUNCTION_INFO_V1(aftersale_common_warehouse_finalfn);

Datum
aftersale_common_warehouse_finalfn(PG_FUNCTION_ARGS)
{
	SetView		view;
	ArrayType  *result;
	int			size;

	if (PG_ARGISNULL(0))
		PG_RETURN_NULL();
	view_state(PG_GETARG_DATUM(0), &view);
	if (view.size == 0)
		PG_RETURN_ARRAYTYPE_P(construct_empty_array(INT8OID));
	size = ARR_OVERHEAD_NONULLS(1) + view.size * sizeof(int64);
	result = palloc0(size);
	SET_VARSIZE(result, size);
	result->ndim = 1;
	result->elemtype = INT8OID;
	ARR_DIMS(result)[0] = (int) view.size;
	ARR_LBOUND(result)[0] = 1;
	memcpy(ARR_DATA_PTR(result), view.ids, view.size * sizeof(int64));
	PG_RETURN_ARRAYTYPE_P(result);
}
