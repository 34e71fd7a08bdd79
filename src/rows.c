/*
 * rows.c
 *		Rows collected for a statement: see rows.h.
 */
#include "rows.h"

#include "money.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"

void
as_rows_init(AsRows *rows, int width, const Oid *types)
{
	rows->count = 0;
	rows->capacity = 0;
	rows->width = width;
	rows->types = types;
	rows->columns = NULL;
}

void
as_rows_begin(AsRows *rows)
{
	if (rows->count < rows->capacity)
		return;
	if (rows->columns == NULL)
	{
		/* most statements are of one row, and most rows have but an event */
		rows->capacity = 4;
		rows->columns = palloc(sizeof(AsRowsColumn) * rows->width);
		for (int i = 0; i < rows->width; i++)
		{
			rows->columns[i].type = rows->types[i];
			rows->columns[i].values = palloc(sizeof(Datum) * rows->capacity);
			rows->columns[i].nulls = palloc(sizeof(bool) * rows->capacity);
		}
		return;
	}
	rows->capacity *= 2;
	for (int i = 0; i < rows->width; i++)
	{
		rows->columns[i].values = repalloc(rows->columns[i].values, sizeof(Datum) * rows->capacity);
		rows->columns[i].nulls = repalloc(rows->columns[i].nulls, sizeof(bool) * rows->capacity);
	}
}

void
as_rows_set(AsRows *rows, int column, Datum value, bool isnull)
{
	rows->columns[column].values[rows->count] = value;
	rows->columns[column].nulls[rows->count] = isnull;
}

void
as_rows_set_text(AsRows *rows, int column, const char *value)
{
	as_rows_set(rows, column, value == NULL ? (Datum) 0 : CStringGetTextDatum(value), value == NULL);
}

void
as_rows_set_amount(AsRows *rows, int column, AsAmount amount, int digits)
{
	as_rows_set(rows, column, NumericGetDatum(as_scaled_to_numeric(amount, digits)), false);
}

static ArrayType *
column_array(const AsRowsColumn *column, int count)
{
	int			dimensions[1] = {count};
	int			bounds[1] = {1};
	int16		length;
	bool		by_value;
	char		alignment;

	get_typlenbyvalalign(column->type, &length, &by_value, &alignment);
	return construct_md_array(column->values, column->nulls, 1, dimensions, bounds,
							  column->type, length, by_value, alignment);
}

void
as_rows_execute(const AsRows *rows, AsRowsStatement *statements)
{
	bool		single = rows->count == 1;
	AsStatement *statement = single ? &statements->one : &statements->many;
	Datum		values[AS_STATEMENT_PARAMETERS];
	char		nulls[AS_STATEMENT_PARAMETERS];

	if (rows->count == 0)
		return;
	Assert(rows->width <= AS_STATEMENT_PARAMETERS);
	statement->parameters = rows->width;
	for (int i = 0; i < rows->width; i++)
	{
		const AsRowsColumn *column = &rows->columns[i];

		if (statement->plan == NULL)
			statement->types[i] = single ? column->type : get_array_type(column->type);
		values[i] = single ? column->values[0] : PointerGetDatum(column_array(column, rows->count));
		nulls[i] = single && column->nulls[0] ? 'n' : ' ';
	}
	as_execute(statement, values, nulls, false, 0);
}
