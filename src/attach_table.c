/*
 * attach_table.c
 *		Which table an attachment is on.
 *
 * That is remembered for the session, and looked for again where the table does
 * not have it any more.
 */
#include "attach.h"

#include "catalog/partition.h"
#include "catalog/pg_type.h"
#include "config.h"
#include "executor/spi.h"
#include "utils/builtins.h"
#include "utils/hsearch.h"
#include "utils/memutils.h"

typedef struct AttachedTable
{
	char		name[NAMEDATALEN];	/* key */
	Oid			relation;		/* where it was found last */
} AttachedTable;

static HTAB *attached_tables = NULL;

static AttachedTable *
remembered(const char *name)
{
	char		key[NAMEDATALEN] = {0};
	AttachedTable *entry;
	bool		found;

	if (attached_tables == NULL)
	{
		HASHCTL		control = {.keysize = NAMEDATALEN,.entrysize = sizeof(AttachedTable),.hcxt = CacheMemoryContext};

		attached_tables = hash_create("aftersale attached tables", 16, &control, HASH_ELEM | HASH_STRINGS | HASH_CONTEXT);
	}
	strlcpy(key, name, sizeof key);
	entry = hash_search(attached_tables, key, HASH_ENTER, &found);
	if (!found)
		entry->relation = InvalidOid;
	return entry;
}

/*
 * The table that has triggers of the attachment: of several the one that it
 * was put on, as far as its name still says which, else the topmost.  InvalidOid:
 * none has.
 */
static Oid
find_table(const char *name)
{
	Oid			types[1] = {TEXTOID};
	Datum		values[1] = {CStringGetTextDatum(name)};
	AsConfigLoad load;
	Oid			found = InvalidOid;
	bool		isnull;

	as_config_begin_load(&load);
	if (SPI_execute_with_args("SELECT t.relation FROM aftersale.attachment_triggers() AS t"
							  " WHERE t.attachment OPERATOR(pg_catalog.=) $1 AND NOT t.is_clone"
							  " ORDER BY EXISTS (SELECT FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS n ON n.oid OPERATOR(pg_catalog.=) c.relnamespace"
							  "  JOIN aftersale.attachment AS a ON a.table_schema OPERATOR(pg_catalog.=) n.nspname AND a.table_name OPERATOR(pg_catalog.=) c.relname"
							  "  WHERE c.oid OPERATOR(pg_catalog.=) t.relation AND a.name OPERATOR(pg_catalog.=) $1) DESC,"
							  " (SELECT c.relispartition FROM pg_catalog.pg_class AS c WHERE c.oid OPERATOR(pg_catalog.=) t.relation),"
							  " (SELECT c.relkind OPERATOR(pg_catalog.=) 'p' FROM pg_catalog.pg_class AS c WHERE c.oid OPERATOR(pg_catalog.=) t.relation) DESC, t.relation LIMIT 1",
							  1, types, values, NULL, true, 1) != SPI_OK_SELECT)
		elog(ERROR, "could not look for the table of attachment \"%s\"", name);
	if (SPI_processed == 1)
		found = DatumGetObjectId(SPI_getbinval(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 1, &isnull));
	as_config_end_load(&load);
	return found;
}

Oid
as_attach_table_of(const char *name, bool anew)
{
	if (anew)
	{
		Oid			found = find_table(name);

		remembered(name)->relation = found;
	}
	return remembered(name)->relation;
}

static bool
is_part_of(Relation relation, Oid table)
{
	return RelationGetRelid(relation) == table ||
		(relation->rd_rel->relispartition && list_member_oid(get_partition_ancestors(RelationGetRelid(relation)), table));
}

bool
as_attach_is_of(Relation relation, const char *name)
{
	return is_part_of(relation, as_attach_table_of(name, false)) || is_part_of(relation, as_attach_table_of(name, true));
}

bool
as_attach_works(const AsAttachCall *call)
{
	if (call->state.paused)
		return false;
	as_attach_require_registered(call);
	return as_attach_is_of(call->relation, call->name);
}
