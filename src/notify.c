/*
 * notify.c
 *		notify_refunds(): tells the outbox's workers that there is work.
 *
 * A convenience: polling is the contract.  Who is told what is a predicate on
 * committed data, and table refund_notice, which keeps a shop whose worker is
 * off from being told of the same refunds with every run.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "clock.h"
#include "config.h"
#include "errors.h"
#include "executor/spi.h"
#include "fmgr.h"
#include "miscadmin.h"
#include "notify.h"
#include "statement.h"
#include "utils/acl.h"
#include "utils/builtins.h"
#include "utils/timestamp.h"

/* as claim_refunds() has it */
#define CLAIMABLE \
	"q.status IN ('pending', 'claimed', 'failed') AND (q.status = 'pending' OR q.claimed_until < $1)" \
	" AND q.executed_by <> 'platform'"

/* a shop whose work is done is told at once when there is more */
static AsStatement forget_done = {
	"DELETE FROM aftersale.refund_notice AS n WHERE NOT EXISTS"
	" (SELECT FROM aftersale.refund AS q WHERE q.shop_id = n.shop_id AND " CLAIMABLE ")",
	1, {TIMESTAMPTZOID}
};

/*
 * Of the same refunds after two minutes, then after four, at most an hour
 * apart.  Goes from shop to shop by the index of the outbox, so that a run
 * costs what is in it, however many shops there are.
 */
static AsStatement tell_shops = {
	"WITH RECURSIVE shops AS ("
	"(SELECT q.shop_id FROM aftersale.refund AS q WHERE q.status IN ('pending', 'claimed', 'failed')"
	" ORDER BY q.shop_id LIMIT 1)"
	" UNION ALL SELECT (SELECT q.shop_id FROM aftersale.refund AS q WHERE q.status IN ('pending', 'claimed', 'failed')"
	" AND q.shop_id > s.shop_id ORDER BY q.shop_id LIMIT 1) FROM shops AS s WHERE s.shop_id IS NOT NULL),"
	" work AS MATERIALIZED (SELECT s.shop_id, c.refund_id FROM shops AS o JOIN aftersale.shop AS s ON s.shop_id = o.shop_id"
	" CROSS JOIN LATERAL (SELECT q.refund_id FROM aftersale.refund AS q WHERE q.shop_id = s.shop_id AND " CLAIMABLE
	" ORDER BY q.refund_id DESC LIMIT 1) AS c ORDER BY s.shop_id),"
	" told AS (INSERT INTO aftersale.refund_notice AS n (shop_id, refund_id, told_at, times)"
	" SELECT w.shop_id, w.refund_id, $1, 1 FROM work AS w ON CONFLICT (shop_id) DO UPDATE"
	" SET refund_id = EXCLUDED.refund_id, told_at = EXCLUDED.told_at,"
	" times = CASE WHEN EXCLUDED.refund_id > n.refund_id THEN 1 ELSE n.times + 1 END"
	" WHERE EXCLUDED.refund_id > n.refund_id"
	" OR n.told_at + LEAST(interval '1 hour', interval '1 minute' * power(2, LEAST(n.times, 20))) <= $1"
	" RETURNING n.shop_id)"
	" SELECT count(*) FROM (SELECT pg_notify('aftersale_refunds', t.shop_id::text) FROM told AS t OFFSET 0) AS sent",
	1, {TIMESTAMPTZOID}
};

int64
as_notify_refunds(void)
{
	Datum		values[1] = {TimestampTzGetDatum(as_now())};
	AsOwner		owner;
	int64		count;
	bool		isnull;

	as_owner_begin(&owner, as_relation("refund"));
	SPI_connect();
	as_execute(&forget_done, values, NULL, false, 0);
	as_execute(&tell_shops, values, NULL, false, 0);
	count = DatumGetInt64(SPI_getbinval(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 1, &isnull));
	SPI_finish();
	as_owner_end(&owner);
	return count;
}

/* Whether the session may learn which shops have refunds: it sees all of them, or sweeps them all. */
static bool
may_notify(Oid role, Oid relation)
{
	static AsStatement find_sweeper = {
		"SELECT FROM aftersale.access WHERE login = $1 AND capability = 'sweeper'", 1, {NAMEOID}
	};
	NameData	name = {{0}};
	Datum		values[1] = {NameGetDatum(&name)};
	AsOwner		owner;
	bool		result;

	if (has_privs_of_role(role, as_relation_owner(relation)))
		return true;
	namestrcpy(&name, GetUserNameFromId(role, false));
	as_owner_begin(&owner, relation);
	SPI_connect();
	as_execute(&find_sweeper, values, NULL, false, 1);
	result = SPI_processed > 0;
	SPI_finish();
	as_owner_end(&owner);
	return result;
}

PG_FUNCTION_INFO_V1(aftersale_notify_refunds);

Datum
aftersale_notify_refunds(PG_FUNCTION_ARGS)
{
	if (!may_notify(GetUserId(), as_relation("refund")))
	{
		AsError		error;

		as_fail(&error, RA_ACCESS_OWNER, NULL, "role \"%s\" may not tell shops of their refunds",
				GetUserNameFromId(GetUserId(), false));
		as_hint(&error, "The owner of the tables may, and a role with aftersale.grant_access(role, 'sweeper').");
		as_report(&error);
	}
	PG_RETURN_INT64(as_notify_refunds());
}
