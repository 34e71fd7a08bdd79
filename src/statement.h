/*
 * statement.h
 *		Constant statements with kept plans.
 */
#ifndef AFTERSALE_STATEMENT_H
#define AFTERSALE_STATEMENT_H

#include "executor/spi.h"

#define AS_STATEMENT_PARAMETERS	17

/* One for each statement, static: the text and its parameters never change. */
typedef struct AsStatement
{
	const char *text;
	int			parameters;
	Oid			types[AS_STATEMENT_PARAMETERS];
	SPIPlanPtr	plan;			/* lives as long as the session; NULL: not yet
								 * prepared */
} AsStatement;

/*
 * Executes the statement with SPI connected; results as of SPI_execute_plan().
 * nulls as for SPI, or NULL.  limit 0 is all rows.  Planned once for all
 * values, and for index scans and nested loops, never compiled, and as if our
 * tables were full: a plan made while they are empty must still be right then.
 */
extern void as_execute(AsStatement *statement, Datum *values, const char *nulls,
					   bool read_only, long limit);

/* The same without NULLs, for a statement that writes; what it returns is handed to the receiver row by row. */
extern void as_execute_into(AsStatement *statement, Datum *values, DestReceiver *receiver);

extern void as_statement_init(void);	/* _PG_init only */

#endif
