/*
 * errors.c
 *		Turns kernel errors into PostgreSQL errors.
 */
#include "postgres.h"

#include "compat.h"
#include "errors.h"

#define AS_ERROR_FIELDS(error) \
	(errcode(MAKE_SQLSTATE((error)->sqlstate[0], (error)->sqlstate[1], (error)->sqlstate[2], \
						   (error)->sqlstate[3], (error)->sqlstate[4])), \
	 errmsg_internal("%s", (error)->message), \
	 (error)->detail[0] ? errdetail_internal("%s", (error)->detail) : 0, \
	 (error)->hint[0] ? errhint("%s", (error)->hint) : 0)

void
as_report(const AsError *error)
{
	ereport(ERROR, AS_ERROR_FIELDS(error));
	pg_unreachable();
}

Datum
as_report_soft(Node *context, const AsError *error)
{
	as_ereturn(context, (Datum) 0, AS_ERROR_FIELDS(error));
}

bool
as_is_rows_own(int sqlstate)
{
	switch (ERRCODE_TO_CATEGORY(sqlstate))
	{
		case MAKE_SQLSTATE('0', '8', '0', '0', '0'):
		case MAKE_SQLSTATE('2', '5', '0', '0', '0'):
		case MAKE_SQLSTATE('4', '0', '0', '0', '0'):
		case MAKE_SQLSTATE('4', '2', '0', '0', '0'):
		case MAKE_SQLSTATE('5', '3', '0', '0', '0'):
		case MAKE_SQLSTATE('5', '5', '0', '0', '0'):
		case MAKE_SQLSTATE('5', '7', '0', '0', '0'):
		case MAKE_SQLSTATE('5', '8', '0', '0', '0'):
			return false;
		default:
			return sqlstate != MAKE_SQLSTATE('R', 'A', '0', '0', '1') &&
				sqlstate != MAKE_SQLSTATE('R', 'A', '0', '0', '4');
	}
}
