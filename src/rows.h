/*
 * rows.h
 *		Rows collected for a statement that is to be executed once for all of
 *		them: as scalars where there is one, as arrays where there are many.
 *
 * What is collected lives in the memory context that is current while rows are
 * added.
 */
#ifndef AFTERSALE_ROWS_H
#define AFTERSALE_ROWS_H

#include "postgres.h"

#include "kernel/money.h"
#include "statement.h"

typedef struct AsRowsColumn
{
	Oid			type;
	Datum	   *values;
	bool	   *nulls;
} AsRowsColumn;

typedef struct AsRows
{
	int			count;
	int			capacity;
	int			width;
	const Oid  *types;
	AsRowsColumn *columns;		/* NULL: no row yet */
} AsRows;

/* What is done with the rows: for a single one, and for arrays of them. */
typedef struct AsRowsStatement
{
	AsStatement one;
	AsStatement many;
} AsRowsStatement;

#define AS_ROWS_STATEMENT(one_sql, many_sql)	{{.text = (one_sql)}, {.text = (many_sql)}}

extern void as_rows_init(AsRows *rows, int width, const Oid *types);

/* Begins a row: set its columns, then count it with rows->count++. */
extern void as_rows_begin(AsRows *rows);
extern void as_rows_set(AsRows *rows, int column, Datum value, bool isnull);
extern void as_rows_set_text(AsRows *rows, int column, const char *value);
extern void as_rows_set_amount(AsRows *rows, int column, AsAmount amount, int digits);

/* Executes the statement for all rows, with SPI connected; nothing where there is none. */
extern void as_rows_execute(const AsRows *rows, AsRowsStatement *statement);

#endif
