/*
 * execute_as_owner.c
 *		execute_as_owner(): statements of migrate() and uninstall(), as the
 *		owner of the table that they change.
 *
 * A superuser may call those, and rewriting a table evaluates its owner's
 * expressions.  SET ROLE would not hold these: they could RESET ROLE.  The
 * context of owner.h does.
 */
#include "postgres.h"

#include "errors.h"
#include "executor/spi.h"
#include "fmgr.h"
#include "miscadmin.h"
#include "owner.h"
#include "utils/acl.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"

PG_FUNCTION_INFO_V1(aftersale_execute_as_owner);

/* execute_as_owner(relation, statements) */
Datum
aftersale_execute_as_owner(PG_FUNCTION_ARGS)
{
	Oid			relation = PG_GETARG_OID(0);
	char	   *name = get_rel_name(relation);
	AsOwner		owner;
	AsError		error;

	if (name == NULL)
		ereport(ERROR, (errcode(ERRCODE_UNDEFINED_TABLE), errmsg("there is no table of OID \"%u\" (42P01)", relation)));
	if (!has_privs_of_role(GetUserId(), as_relation_owner(relation)))
	{
		as_fail(&error, RA_ACCESS_OWNER, NULL, "role \"%s\" does not own table \"%s\"", GetUserNameFromId(GetUserId(), false), name);
		as_hint(&error, "The owner does it, or a superuser: SET ROLE %s;",
				quote_identifier(GetUserNameFromId(as_relation_owner(relation), false)));
		as_report(&error);
	}
	as_their_owner_begin(&owner, relation);
	SPI_connect();
	(void) SPI_execute(text_to_cstring(PG_GETARG_TEXT_PP(1)), false, 0);
	SPI_finish();
	as_owner_end(&owner);
	PG_RETURN_VOID();
}
