/*
 * owner.c
 *		Working as the owner of a table: the only place of the extension that
 *		changes the current user.
 *
 * Callers have checked that the table is one of ours (config.h) or attached.
 * No state lives here; an error in between is undone by the abort of the
 * (sub)transaction, which restores user, security context and settings.
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "catalog/pg_class.h"
#include "errors.h"
#include "miscadmin.h"
#include "owner.h"
#include "utils/acl.h"
#include "utils/builtins.h"
#include "utils/guc.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"
#include "utils/syscache.h"

Oid
as_relation_owner(Oid relation)
{
	HeapTuple	tuple = SearchSysCache1(RELOID, ObjectIdGetDatum(relation));
	Oid			owner;

	if (!HeapTupleIsValid(tuple))
		elog(ERROR, "cache lookup failed for relation %u", relation);
	owner = ((Form_pg_class) GETSTRUCT(tuple))->relowner;
	ReleaseSysCache(tuple);
	return owner;
}

static void
begin(AsOwner *owner, Oid user)
{
	GetUserIdAndSecContext(&owner->saved_user, &owner->saved_context);
	SetUserIdAndSecContext(user, owner->saved_context |
						   SECURITY_LOCAL_USERID_CHANGE | SECURITY_RESTRICTED_OPERATION);
	owner->guc_level = NewGUCNestLevel();
	/* GUC_ACTION_SAVE is what parallel mode allows, too */
	(void) set_config_option("search_path", "pg_catalog, pg_temp", PGC_USERSET, PGC_S_SESSION,
							 GUC_ACTION_SAVE, true, 0, false);
}

void
as_owner_begin(AsOwner *owner, Oid relation)
{
	Oid			user = as_relation_owner(relation);

	/* triggers of the table would run as him */
	if (superuser_arg(user))
	{
		AsError		error;

		as_fail(&error, RA_INSTALL_OWNER, NULL, "superuser \"%s\" must not own the tables of aftersale",
				GetUserNameFromId(user, false));
		as_hint(&error, "Give them to an ordinary role: ALTER TABLE aftersale.request OWNER TO erp; and so on for each.");
		as_report(&error);
	}
	begin(owner, user);
}

void
as_their_owner_begin(AsOwner *owner, Oid relation)
{
	begin(owner, as_relation_owner(relation));
}

void
as_bound_owner_begin(AsOwner *owner, Relation table)
{
	Oid			user = table->rd_rel->relowner;
	int			context;

	GetUserIdAndSecContext(&owner->saved_user, &owner->saved_context);
	context = owner->saved_context | SECURITY_LOCAL_USERID_CHANGE;

	/*
	 * what his triggers leave to the end of the transaction, or in temporary
	 * tables, would meet whoever the session is
	 */
	if (!has_privs_of_role(user, GetOuterUserId()))
		context |= SECURITY_RESTRICTED_OPERATION;
	SetUserIdAndSecContext(user, context);
	owner->guc_level = NewGUCNestLevel();
	(void) set_config_option("search_path", psprintf("%s, pg_temp", quote_identifier(get_namespace_name(RelationGetNamespace(table)))),
							 PGC_USERSET, PGC_S_SESSION, GUC_ACTION_SAVE, true, 0, false);
}

void
as_owner_end(AsOwner *owner)
{
	AtEOXact_GUC(true, owner->guc_level);
	SetUserIdAndSecContext(owner->saved_user, owner->saved_context);
}
