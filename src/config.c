/*
 * config.c
 *		Where our tables are, whether configuration changed, and under which
 *		snapshot caches are filled.
 *
 * A change of a configuration table sends a relcache invalidation for the
 * table itself (trigger config_changed(), which covers TRUNCATE).  PostgreSQL
 * delivers it to every session at commit, and replays it locally at command
 * end and at rollback, which is exactly when caches must forget.  The callback
 * moves counters and does nothing else.
 */
#include "postgres.h"

#include "access/parallel.h"
#include "access/xact.h"
#include "catalog/namespace.h"
#include "commands/trigger.h"
#include "config.h"
#include "errors.h"
#include "executor/spi.h"
#include "fmgr.h"
#include "utils/inval.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"
#include "utils/snapmgr.h"

static const char *const config_table_names[AS_CONFIG_TABLES] = {
	"installation", "calendar", "flow", "flow_state", "flow_transition", "flow_timer", "flow_override", "return_fee",
	"shop", "shop_country", "role_permission", "shop_role_permission", "member", "login", "rule",
	"access", "site", "attachment"
};

/* OID last seen of each table, InvalidOid when not resolved, and its epoch */
static Oid	config_relations[AS_CONFIG_TABLES];
static uint64 config_epochs[AS_CONFIG_TABLES];

/* the epoch of AS_INSTALLATION at which the tables' version was found good */
static uint64 version_checked_at = 0;

/* OIDs of our tables by name, as last looked up; forgotten with any change of the table */
#define FOUND_RELATIONS 4

typedef struct FoundRelation
{
	const char *name;			/* a literal of the caller's */
	Oid			relation;
} FoundRelation;

static FoundRelation found_relations[FOUND_RELATIONS];

static void
relation_invalidated(Datum argument, Oid relation)
{
	for (int i = 0; i < FOUND_RELATIONS; i++)
		if (relation == InvalidOid || relation == found_relations[i].relation)
			found_relations[i].relation = InvalidOid;
	for (int i = 0; i < AS_CONFIG_TABLES; i++)
	{
		if (relation == InvalidOid || relation == config_relations[i])
		{
			config_epochs[i]++;
			config_relations[i] = InvalidOid;
		}
	}
}

void
as_config_init(void)
{
	for (int i = 0; i < AS_CONFIG_TABLES; i++)
		config_epochs[i] = 1;
	CacheRegisterRelcacheCallback(relation_invalidated, (Datum) 0);
}

static Oid
find_relation(const char *name)
{
	static int	next = 0;
	Oid			schema;
	Oid			relation;

	for (int i = 0; i < FOUND_RELATIONS; i++)
		if (found_relations[i].name == name && OidIsValid(found_relations[i].relation))
			return found_relations[i].relation;
	schema = get_namespace_oid("aftersale", true);
	relation = OidIsValid(schema) ? get_relname_relid(name, schema) : InvalidOid;
	found_relations[next].name = name;
	found_relations[next].relation = relation;
	next = (next + 1) % FOUND_RELATIONS;
	return relation;
}

static Oid
require_relation(const char *name)
{
	Oid			relation = find_relation(name);
	AsError		error;

	if (OidIsValid(relation))
		return relation;
	as_fail(&error, RA_NOT_INSTALLED, NULL, "the tables of aftersale are not installed in this database");
	as_detail(&error, "Table \"aftersale.%s\" does not exist.", name);
	as_hint(&error, "Run: SELECT aftersale.install(owner => 'the role that is to own the tables');");
	as_report(&error);
}

/* Reads installation.schema_version and refuses tables of another age. */
static void
check_version(void)
{
	uint64		epoch = as_config_epoch(AS_INSTALLATION);
	AsConfigLoad load;
	AsError		error;
	bool		isnull = true;
	int			version = 0;

	if (version_checked_at == epoch)
		return;
	as_config_begin_load(&load);
	if (SPI_execute("SELECT schema_version FROM aftersale.installation", true, 1) == SPI_OK_SELECT &&
		SPI_processed == 1)
		version = DatumGetInt32(SPI_getbinval(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 1, &isnull));
	as_config_end_load(&load);
	if (isnull || version < AS_TABLES_VERSION - 1 || version < 1 || version > AS_TABLES_VERSION)
	{
		as_fail(&error, RA_TABLES_VERSION, NULL,
				"the tables of aftersale have version %d, this library works with %d",
				version, AS_TABLES_VERSION);
		if (version > AS_TABLES_VERSION)
			as_hint(&error, "Connect again: this session may hold the library of the version before. "
					"Where that does not help, install the newer package of aftersale on this server, then: "
					"ALTER EXTENSION aftersale UPDATE;");
		else
			as_hint(&error, "Run: SELECT aftersale.migrate();");
		as_report(&error);
	}
	if (load.publish)
		version_checked_at = epoch;
}

Oid
as_relation(const char *name)
{
	Oid			relation = require_relation(name);

	check_version();
	return relation;
}

bool
as_is_relation(Oid relation, const char *name)
{
	return OidIsValid(relation) && find_relation(name) == relation;
}

uint64
as_config_epoch(AsConfigTable table)
{
	if (!OidIsValid(config_relations[table]))
		config_relations[table] = require_relation(config_table_names[table]);
	return config_epochs[table];
}

void
as_config_begin_load(AsConfigLoad *load)
{
	Oid			relation = require_relation("installation");

	load->publish = !IsInParallelMode();
	load->pushed = load->publish;
	if (load->pushed)
		PushActiveSnapshot(GetLatestSnapshot());
	as_owner_begin(&load->owner, relation);
	SPI_connect();
}

void
as_config_end_load(AsConfigLoad *load)
{
	SPI_finish();
	as_owner_end(&load->owner);
	if (load->pushed)
		PopActiveSnapshot();
}

PG_FUNCTION_INFO_V1(aftersale_config_changed);

Datum
aftersale_config_changed(PG_FUNCTION_ARGS)
{
	TriggerData *trigger = (TriggerData *) fcinfo->context;

	if (!CALLED_AS_TRIGGER(fcinfo))
		ereport(ERROR, (errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED),
						errmsg("function \"%s\" was not called by trigger manager", "config_changed")));
	CacheInvalidateRelcache(trigger->tg_relation);
	PG_RETURN_POINTER(NULL);
}

PG_FUNCTION_INFO_V1(aftersale_tables_version);

Datum
aftersale_tables_version(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT32(AS_TABLES_VERSION);
}

PG_FUNCTION_INFO_V1(aftersale_require_installed);

Datum
aftersale_require_installed(PG_FUNCTION_ARGS)
{
	(void) as_relation("installation");
	PG_RETURN_VOID();
}
