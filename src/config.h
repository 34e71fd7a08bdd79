/*
 * config.h
 *		Configuration tables: where they are, whether they changed, and how a
 *		cache is filled from them.
 *
 * Caches over configuration (flows, shops, calendars) keep, beside what they
 * loaded, the epoch of each table that they read.  An entry whose epochs are
 * not current is stale.  Epochs move when another session's change of the
 * table commits, when this session changes it, and when such a change is
 * rolled back.
 */
#ifndef AFTERSALE_CONFIG_H
#define AFTERSALE_CONFIG_H

#include "owner.h"
#include "utils/snapshot.h"

/* The integer schema version of the tables; migrate() brings tables to it. */
#define AS_TABLES_VERSION	2

/* Tables whose changes invalidate caches.  Each carries trigger config_changed(). */
typedef enum AsConfigTable
{
	AS_INSTALLATION,
	AS_CALENDAR,
	AS_FLOW,
	AS_FLOW_STATE,
	AS_FLOW_TRANSITION,
	AS_FLOW_TIMER,
	AS_FLOW_OVERRIDE,
	AS_RETURN_FEE,
	AS_SHOP,
	AS_SHOP_COUNTRY,
	AS_ROLE_PERMISSION,
	AS_SHOP_ROLE_PERMISSION,
	AS_MEMBER,
	AS_LOGIN,
	AS_RULE,
	AS_ACCESS,
	AS_SITE,
	AS_ATTACHMENT
} AsConfigTable;

#define AS_CONFIG_TABLES	(AS_ATTACHMENT + 1)

/*
 * The OID of a table of ours by its name.  Raises RA001, naming install(),
 * where the table does not exist, and RA004 where the tables are of a version
 * that this library does not work with.
 */
extern Oid	as_relation(const char *name);

/* Whether the relation is our table of that name; never raises. */
extern bool as_is_relation(Oid relation, const char *name);

/* The current epoch of a table; take it *before* loading. Never 0. */
extern uint64 as_config_epoch(AsConfigTable table);

/*
 * Loading: connects to SPI, switches to the owner of the tables and makes the
 * latest committed state (plus this transaction's own changes) the active
 * snapshot, so that SPI calls with read_only = true see it even in an old
 * REPEATABLE READ transaction.  In parallel mode the active snapshot is used
 * as it is and "publish" is false: the result may be used but not cached.
 */
typedef struct AsConfigLoad
{
	AsOwner		owner;
	bool		pushed;
	bool		publish;
} AsConfigLoad;

extern void as_config_begin_load(AsConfigLoad *load);
extern void as_config_end_load(AsConfigLoad *load);

extern void as_config_init(void);	/* _PG_init only */

#endif
