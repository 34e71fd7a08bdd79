/*
 * access.c
 *		Who the session is and what an actor may do, cached.
 *
 * Two hash tables, one of logins by (role, shop), one of members by (shop,
 * actor), in one memory context that goes as a whole when one of their tables
 * changes or when it has grown: no session holds more than MAX_ENTRIES of
 * either.  Read as the owner of the tables, so that nobody needs rights on
 * them to be judged by them.
 */
#include "postgres.h"

#include "access.h"
#include "catalog/pg_type.h"
#include "config.h"
#include "errors.h"
#include "fmgr.h"
#include "miscadmin.h"
#include "shop_cache.h"
#include "statement.h"
#include "utils/acl.h"
#include "utils/builtins.h"
#include "utils/hsearch.h"
#include "utils/inval.h"
#include "utils/memutils.h"
#include "utils/syscache.h"
#include "utils/timestamp.h"

#define MAX_ENTRIES		2000
#define MAX_CACHED_NAME	64		/* members with longer names are looked up
								 * each time */

#define PERMISSION_GRANT	"grant_permission"

typedef struct LoginKey
{
	NameData	role;
	int64		shop;
} LoginKey;

typedef struct LoginEntry
{
	LoginKey	key;
	bool		known;
	bool		sweeper;
	bool		may_speak;
	char	   *actor;
} LoginEntry;

typedef struct MemberKey
{
	int64		shop;
	char		actor[MAX_CACHED_NAME];
} MemberKey;

typedef struct MemberEntry
{
	MemberKey	key;
	char	   *role;			/* NULL: no member of the shop */
	int			n_grants;
	AsGrant    *grants;
} MemberEntry;

static MemoryContext cache_context = NULL;
static HTAB *logins = NULL;
static HTAB *members = NULL;
static uint64 loaded_epochs[6];

/*
 * The last answer: every row of a statement asks for the same.  Good until the
 * cache is forgotten, a role changes, or who is a member of which, or the owner
 * of a table.
 */
static struct
{
	uint64		as_of;			/* of answers_epoch; 0: none */
	Oid			user;
	int64		shop;
	AsLogin		login;
}			last;
static uint64 answers_epoch = 1;

static AsStatement find_login = {
	"SELECT l.actor, l.may_speak, EXISTS (SELECT FROM aftersale.access AS a"
	" WHERE a.login OPERATOR(pg_catalog.=) $1 AND a.capability OPERATOR(pg_catalog.=) 'sweeper')"
	" FROM (VALUES (1)) AS one (row)"
	" LEFT JOIN aftersale.login AS l ON l.login OPERATOR(pg_catalog.=) $1 AND l.shop_id OPERATOR(pg_catalog.=) $2",
	2, {NAMEOID, INT8OID}
};

static AsStatement find_member = {
	"SELECT m.role, p.permission, p.own, p.granted FROM aftersale.member AS m LEFT JOIN LATERAL ("
	"SELECT s.permission, true AS own, s.granted FROM aftersale.shop_role_permission AS s"
	" WHERE s.shop_id OPERATOR(pg_catalog.=) m.shop_id AND s.role OPERATOR(pg_catalog.=) m.role"
	" UNION ALL SELECT r.permission, false, true FROM aftersale.role_permission AS r"
	" WHERE r.platform OPERATOR(pg_catalog.=) $3 AND r.role OPERATOR(pg_catalog.=) m.role) AS p ON true"
	" WHERE m.shop_id OPERATOR(pg_catalog.=) $1 AND m.actor OPERATOR(pg_catalog.=) $2",
	3, {INT8OID, TEXTOID, TEXTOID}
};

/* The roles of a shop that have a permission: as as_grants_hold() says. */
static AsStatement find_holders = {
	"SELECT pg_catalog.string_agg(h.role, ', ' ORDER BY h.role) FROM ("
	"SELECT r.role FROM aftersale.role_permission AS r WHERE r.platform OPERATOR(pg_catalog.=) $3"
	" UNION SELECT s.role FROM aftersale.shop_role_permission AS s WHERE s.shop_id OPERATOR(pg_catalog.=) $1) AS h"
	" WHERE COALESCE("
	"(SELECT s.granted FROM aftersale.shop_role_permission AS s WHERE s.shop_id OPERATOR(pg_catalog.=) $1"
	" AND s.role OPERATOR(pg_catalog.=) h.role AND s.permission OPERATOR(pg_catalog.=) $2),"
	"(SELECT s.granted FROM aftersale.shop_role_permission AS s WHERE s.shop_id OPERATOR(pg_catalog.=) $1"
	" AND s.role OPERATOR(pg_catalog.=) h.role AND s.permission OPERATOR(pg_catalog.=) '*'),"
	" EXISTS (SELECT FROM aftersale.role_permission AS r WHERE r.platform OPERATOR(pg_catalog.=) $3"
	" AND r.role OPERATOR(pg_catalog.=) h.role"
	" AND (r.permission OPERATOR(pg_catalog.=) $2 OR r.permission OPERATOR(pg_catalog.=) '*')))",
	3, {INT8OID, TEXTOID, TEXTOID}
};

static AsStatement store_grant = {
	"INSERT INTO aftersale.shop_role_permission AS s (shop_id, role, permission, granted, granted_by, granted_at)"
	" VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (shop_id, role, permission) DO UPDATE"
	" SET granted = EXCLUDED.granted, granted_by = EXCLUDED.granted_by, granted_at = EXCLUDED.granted_at",
	6, {INT8OID, TEXTOID, TEXTOID, BOOLOID, TEXTOID, TIMESTAMPTZOID}
};

/* ---- the cache ---- */

static HTAB *
make_table(const char *name, Size key, Size entry)
{
	HASHCTL		control = {0};

	control.keysize = key;
	control.entrysize = entry;
	control.hcxt = cache_context;
	return hash_create(name, 64, &control, HASH_ELEM | HASH_BLOBS | HASH_CONTEXT);
}

static void
forget_last(Datum argument, int cache, uint32 hash)
{
	answers_epoch++;
}

static void
make_context(void)
{
	cache_context = AllocSetContextCreate(CacheMemoryContext, "aftersale access", ALLOCSET_SMALL_SIZES);
	CacheRegisterSyscacheCallback(AUTHOID, forget_last, (Datum) 0);
	CacheRegisterSyscacheCallback(AUTHMEMROLEMEM, forget_last, (Datum) 0);
	CacheRegisterSyscacheCallback(RELOID, forget_last, (Datum) 0);
}

static void
forget_stale(void)
{
	static const AsConfigTable tables[lengthof(loaded_epochs)] = {
		AS_LOGIN, AS_ACCESS, AS_MEMBER, AS_ROLE_PERMISSION, AS_SHOP_ROLE_PERMISSION, AS_SHOP
	};
	uint64		epochs[lengthof(loaded_epochs)];

	for (size_t i = 0; i < lengthof(tables); i++)
		epochs[i] = as_config_epoch(tables[i]);
	if (members != NULL && memcmp(epochs, loaded_epochs, sizeof epochs) == 0 &&
		hash_get_num_entries(logins) < MAX_ENTRIES && hash_get_num_entries(members) < MAX_ENTRIES)
		return;
	logins = members = NULL;
	answers_epoch++;
	if (cache_context != NULL)
		MemoryContextReset(cache_context);
	else
		make_context();
	logins = make_table("aftersale logins", sizeof(LoginKey), sizeof(LoginEntry));
	memcpy(loaded_epochs, epochs, sizeof epochs);
	members = make_table("aftersale members", sizeof(MemberKey), sizeof(MemberEntry));
}

static Datum
column(int row, int number, bool *isnull)
{
	return SPI_getbinval(SPI_tuptable->vals[row], SPI_tuptable->tupdesc, number, isnull);
}

static char *
text_column(MemoryContext context, int row, int number)
{
	char	   *value = SPI_getvalue(SPI_tuptable->vals[row], SPI_tuptable->tupdesc, number);

	return value == NULL ? NULL : MemoryContextStrdup(context, value);
}

static LoginEntry *
load_login(const LoginKey *key)
{
	LoginEntry	loaded = {.key = *key};
	LoginEntry *entry;
	AsConfigLoad load;
	Datum		values[2] = {NameGetDatum(&key->role), Int64GetDatum(key->shop)};
	MemoryContext context = CurrentMemoryContext;
	bool		isnull;

	as_config_begin_load(&load);
	as_execute(&find_login, values, NULL, true, 1);
	loaded.actor = text_column(load.publish ? cache_context : context, 0, 1);
	loaded.known = loaded.actor != NULL;
	loaded.may_speak = loaded.known && DatumGetBool(column(0, 2, &isnull));
	loaded.sweeper = DatumGetBool(column(0, 3, &isnull));
	as_config_end_load(&load);
	entry = load.publish ? hash_search(logins, key, HASH_ENTER, NULL) : palloc(sizeof(LoginEntry));
	*entry = loaded;
	return entry;
}

static void
read_login(int64_t shop, AsLogin *login)
{
	Oid			user = GetUserId();
	Oid			requests = as_relation("request");
	LoginKey	key;
	LoginEntry *entry;
	uint64		as_of;
	bool		found;

	forget_stale();
	as_of = answers_epoch;
	if (last.as_of == as_of && last.user == user && last.shop == shop)
	{
		*login = last.login;
		return;
	}
	memset(&key, 0, sizeof key);
	namestrcpy(&key.role, GetUserNameFromId(user, false));
	key.shop = shop;
	entry = hash_search(logins, &key, HASH_FIND, &found);
	if (entry == NULL)
		entry = load_login(&key);
	login->role = NameStr(entry->key.role);
	login->owner = has_privs_of_role(user, as_relation_owner(requests));
	login->sweeper = entry->sweeper;
	login->known = entry->known;
	login->actor = entry->actor;
	login->may_speak = entry->may_speak;
	if (!found)
		return;					/* what was loaded just now may be the
								 * caller's alone */
	last.user = user;
	last.shop = shop;
	last.login = *login;
	last.as_of = as_of;
}

static MemberEntry *
load_member(const MemberKey *key, const char *actor, bool cached)
{
	MemberEntry loaded = {.key = *key};
	MemberEntry *entry;
	AsConfigLoad load;
	Datum		values[3];
	MemoryContext context = CurrentMemoryContext;
	bool		isnull;

	values[0] = Int64GetDatum(key->shop);
	values[1] = CStringGetTextDatum(actor);
	values[2] = CStringGetTextDatum(as_shop(key->shop)->platform);
	as_config_begin_load(&load);
	cached = cached && load.publish;
	if (cached)
		context = cache_context;
	as_execute(&find_member, values, NULL, true, 0);
	if (SPI_processed > 0)
	{
		loaded.role = text_column(context, 0, 1);
		loaded.grants = MemoryContextAlloc(context, sizeof(AsGrant) * SPI_processed);
	}
	for (int i = 0; i < (int) SPI_processed; i++)
	{
		AsGrant    *grant = &loaded.grants[loaded.n_grants];

		grant->permission = text_column(context, i, 2);
		if (grant->permission == NULL)
			continue;			/* a member whose role has none */
		grant->own = DatumGetBool(column(i, 3, &isnull));
		grant->granted = DatumGetBool(column(i, 4, &isnull));
		loaded.n_grants++;
	}
	as_config_end_load(&load);
	entry = cached ? hash_search(members, key, HASH_ENTER, NULL) : palloc(sizeof(MemberEntry));
	*entry = loaded;
	return entry;
}

static const MemberEntry *
find_actor(int64_t shop, const char *actor)
{
	MemberKey	key;
	MemberEntry *entry = NULL;
	bool		cached = strlen(actor) < MAX_CACHED_NAME;

	memset(&key, 0, sizeof key);
	key.shop = shop;
	strlcpy(key.actor, actor, sizeof key.actor);
	(void) as_shop(shop);		/* raises, and loads, before our tables are
								 * looked at */
	forget_stale();
	if (cached)
		entry = hash_search(members, &key, HASH_FIND, NULL);
	return entry != NULL ? entry : load_member(&key, actor, cached);
}

/* ---- for the triggers ---- */

void
as_session_speaker(int64_t shop, const char *action, const char *wanted, AsSpeaker *speaker)
{
	AsLogin		login;
	AsError		error;

	read_login(shop, &login);
	if (!as_speaker(&login, shop, action, wanted, speaker, &error))
		as_report(&error);
	speaker->actor = pstrdup(speaker->actor);	/* the cache may forget it */
}

bool
as_works_for(int64_t shop)
{
	AsLogin		login;

	read_login(shop, &login);
	return login.owner || login.known;
}

void
as_require_platforms_word(int64_t shop, const char *action, const char *wanted)
{
	AsSpeaker	speaker;

	as_session_speaker(shop, action, wanted, &speaker);
	if (speaker.kind != AS_ACTOR_PLATFORM && speaker.kind != AS_ACTOR_ERP)
		as_session_speaker(shop, action, as_actor_names[AS_ACTOR_PLATFORM], &speaker);
}

uint64_t
as_flow_permits(int64_t shop, const AsFlow *flow, const AsSpeaker *speaker, const char **role)
{
	const MemberEntry *member;
	uint64_t	bits = 0;

	*role = NULL;
	if (flow->n_permissions == 0 || speaker->kind != AS_ACTOR_MERCHANT)
		return 0;
	if (speaker->every_permission)
		return ~UINT64CONST(0);
	member = find_actor(shop, speaker->actor);
	*role = member->role;
	for (int i = 0; i < flow->n_permissions; i++)
		if (as_grants_hold(member->grants, member->n_grants, flow->permissions[i]))
			bits |= UINT64CONST(1) << i;
	return bits;
}

void
as_hint_permission(int64_t shop, const char *permission, const char *role, AsError *error)
{
	AsConfigLoad load;
	Datum		values[3];
	char	   *holders;

	values[0] = Int64GetDatum(shop);
	values[1] = CStringGetTextDatum(permission);
	values[2] = CStringGetTextDatum(as_shop(shop)->platform);
	as_config_begin_load(&load);
	as_execute(&find_holders, values, NULL, true, 1);
	holders = SPI_processed > 0 ? SPI_getvalue(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 1) : NULL;
	if (role == NULL)
		as_hint(error, "Roles that have it: %s. Make the actor a member: INSERT INTO aftersale.member (shop_id, actor, role) ...;"
				" the ERP itself leaves the actor out.", holders == NULL ? "none" : holders);
	else
		as_hint(error, "Roles that have it: %s. Who has \"" PERMISSION_GRANT "\", as the main account, grants it:"
				" SELECT aftersale.grant_permission(%lld, '%s', '%s');",
				holders == NULL ? "none" : holders, (long long) shop, role, permission);
	as_config_end_load(&load);
}

/* ---- for SQL ---- */

static bool
speaker_has(int64_t shop, const AsSpeaker *speaker, const char *permission, const char **role)
{
	const MemberEntry *member;

	*role = NULL;
	if (speaker->every_permission)
		return true;
	if (speaker->kind != AS_ACTOR_MERCHANT)
		return false;
	member = find_actor(shop, speaker->actor);
	*role = member->role;
	return as_grants_hold(member->grants, member->n_grants, permission);
}

PG_FUNCTION_INFO_V1(aftersale_has_permission);

Datum
aftersale_has_permission(PG_FUNCTION_ARGS)
{
	AsSpeaker	speaker;
	const char *role;

	if (PG_ARGISNULL(0) || PG_ARGISNULL(1))
		PG_RETURN_NULL();
	if (!as_works_for(PG_GETARG_INT64(0)))
		PG_RETURN_BOOL(false);	/* the same for a shop that does not exist */
	as_session_speaker(PG_GETARG_INT64(0), NULL, PG_ARGISNULL(2) ? NULL : text_to_cstring(PG_GETARG_TEXT_PP(2)),
					   &speaker);
	PG_RETURN_BOOL(speaker_has(PG_GETARG_INT64(0), &speaker, text_to_cstring(PG_GETARG_TEXT_PP(1)), &role));
}

PG_FUNCTION_INFO_V1(aftersale_require_platforms_word);

Datum
aftersale_require_platforms_word(PG_FUNCTION_ARGS)
{
	AsSpeaker	speaker;

	if (PG_ARGISNULL(0))
	{
		AsError		error;

		as_fail(&error, RA_INVALID_REQUEST, NULL, "argument \"shop_id\" must not be null");
		as_report(&error);
	}
	as_session_speaker(PG_GETARG_INT64(0), AS_ACTION_REPORT, as_actor_names[AS_ACTOR_PLATFORM], &speaker);
	(void) as_shop(PG_GETARG_INT64(0));
	PG_RETURN_VOID();
}

static void
require_permission(int64_t shop, const AsSpeaker *speaker, const char *permission, const char *granting)
{
	const char *role;
	AsError		error;

	if (speaker_has(shop, speaker, permission, &role))
		return;
	as_fail(&error, RA_PERMISSION_MISSING, "DOUYIN-03",
			"granting \"%s\" needs permission \"%s\", which \"%s\" does not have", granting, permission, speaker->actor);
	as_hint_permission(shop, permission, role, &error);
	as_report(&error);
}

static void
store(int64_t shop, text *role, text *permission, bool granted, const char *actor)
{
	Datum		values[6];
	AsOwner		owner;

	values[0] = Int64GetDatum(shop);
	values[1] = PointerGetDatum(role);
	values[2] = PointerGetDatum(permission);
	values[3] = BoolGetDatum(granted);
	values[4] = CStringGetTextDatum(actor);
	values[5] = TimestampTzGetDatum(GetCurrentTimestamp());
	as_owner_begin(&owner, as_relation("shop_role_permission"));
	SPI_connect();
	as_execute(&store_grant, values, NULL, false, 0);
	SPI_finish();
	as_owner_end(&owner);
}

PG_FUNCTION_INFO_V1(aftersale_grant_permission);

/*
 * The main account's grant (DOUYIN-03, KS-03): who has "grant_permission" may
 * give or take what he himself has.
 */
Datum
aftersale_grant_permission(PG_FUNCTION_ARGS)
{
	static const char *const names[] = {"shop_id", "role", "permission", "granted"};
	AsSpeaker	speaker;
	AsError		error;
	int64_t		shop;
	char	   *permission;

	for (int i = 0; i < (int) lengthof(names); i++)
	{
		if (!PG_ARGISNULL(i))
			continue;
		as_fail(&error, RA_INVALID_REQUEST, NULL, "argument \"%s\" must not be null", names[i]);
		as_report(&error);
	}
	shop = PG_GETARG_INT64(0);
	permission = text_to_cstring(PG_GETARG_TEXT_PP(2));
	as_session_speaker(shop, PERMISSION_GRANT, PG_ARGISNULL(4) ? NULL : text_to_cstring(PG_GETARG_TEXT_PP(4)), &speaker);
	(void) as_shop(shop);
	require_permission(shop, &speaker, PERMISSION_GRANT, permission);
	require_permission(shop, &speaker, permission, permission);
	store(shop, PG_GETARG_TEXT_PP(1), PG_GETARG_TEXT_PP(2), PG_GETARG_BOOL(3), speaker.actor);
	PG_RETURN_TEXT_P(cstring_to_text(psprintf("role \"%s\" of shop " INT64_FORMAT " %s permission \"%s\"",
											  text_to_cstring(PG_GETARG_TEXT_PP(1)), shop,
											  PG_GETARG_BOOL(3) ? "has" : "does not have", permission)));
}
