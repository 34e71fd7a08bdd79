/*
 * owner.h
 *		Working as the owner of a table.
 */
#ifndef AFTERSALE_OWNER_H
#define AFTERSALE_OWNER_H

#include "utils/relcache.h"

typedef struct AsOwner
{
	Oid			saved_user;
	int			saved_context;
	int			guc_level;
} AsOwner;

/*
 * Switches to the owner of the table, in a security-restricted context and
 * with search_path pinned to pg_catalog, pg_temp.  Ends with as_owner_end();
 * after an error the transaction machinery restores everything by itself.
 */
extern void as_owner_begin(AsOwner *owner, Oid relation);

/*
 * The same for a table of the ERP's, which a superuser may own: what is executed
 * is then the owner's own, or constant text of ours that names no table of
 * another role.
 */
extern void as_their_owner_begin(AsOwner *owner, Oid relation);

/*
 * For writing to a bound table of the ERP's, whose own triggers run then: as its
 * owner, with the table's schema as the search path.  Security-restricted
 * unless he has the rights of the session's role, so that they may do what they
 * always do.
 */
extern void as_bound_owner_begin(AsOwner *owner, Relation table);

extern void as_owner_end(AsOwner *owner);

/* The role that owns the table. */
extern Oid	as_relation_owner(Oid relation);

#endif
