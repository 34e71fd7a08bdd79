/*
 * claim.c
 *		Which requests a run of the sweep takes up, and in which order.
 *
 * Reads by two indexes alone: (act_at) where all that is due fits, which costs
 * a descent where nothing is; (shop_id, act_at) where it does not, a few
 * descents a shop.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "claim.h"
#include "statement.h"
#include "utils/hsearch.h"
#include "utils/memutils.h"
#include "utils/timestamp.h"

static AsStatement due = {
	"SELECT shop_id, request_id FROM aftersale.request"
	" WHERE act_at OPERATOR(pg_catalog.<) $1 ORDER BY act_at LIMIT $2",
	2, {TIMESTAMPTZOID, INT8OID}
};

static AsStatement due_by_shares = {
	"WITH RECURSIVE shops AS ("
	"(SELECT q.shop_id FROM aftersale.request AS q WHERE q.act_at IS NOT NULL ORDER BY q.shop_id LIMIT 1)"
	" UNION ALL SELECT (SELECT q.shop_id FROM aftersale.request AS q"
	" WHERE q.act_at IS NOT NULL AND q.shop_id OPERATOR(pg_catalog.>) s.shop_id ORDER BY q.shop_id LIMIT 1)"
	" FROM shops AS s WHERE s.shop_id IS NOT NULL),"
	" with_due AS MATERIALIZED (SELECT s.shop_id FROM shops AS s WHERE EXISTS (SELECT FROM aftersale.request AS q"
	" WHERE q.shop_id OPERATOR(pg_catalog.=) s.shop_id AND q.act_at OPERATOR(pg_catalog.<) $1)),"
	" share AS MATERIALIZED (SELECT GREATEST(1::bigint, $2 OPERATOR(pg_catalog./) pg_catalog.count(*)) AS rows FROM with_due)"
	" SELECT k.shop_id, k.request_id FROM with_due AS w, LATERAL ("
	"SELECT q.shop_id, q.request_id, q.act_at FROM aftersale.request AS q"
	" WHERE q.shop_id OPERATOR(pg_catalog.=) w.shop_id AND q.act_at OPERATOR(pg_catalog.<) $1"
	" ORDER BY q.act_at LIMIT (SELECT rows FROM share)) AS k ORDER BY k.act_at LIMIT $2",
	2, {TIMESTAMPTZOID, INT8OID}
};

typedef struct ShopTurn
{
	int64		shop_id;
	int			turns;			/* that it has had so far */
} ShopTurn;

static void
take(AsStatement *statement, TimestampTz cutoff, int64 max_rows, AsKeys *keys, MemoryContext context)
{
	Datum		values[2] = {TimestampTzGetDatum(cutoff), Int64GetDatum(max_rows)};

	as_execute(statement, values, NULL, false, 0);
	as_take_keys(keys, context);
	SPI_freetuptable(SPI_tuptable);
}

/* Which turn of its shop each key is, from 0; returns the number of turns. */
static int
count_turns(const AsKeys *keys, int *turns)
{
	HASHCTL		control = {.keysize = sizeof(int64),.entrysize = sizeof(ShopTurn),.hcxt = CurrentMemoryContext};
	HTAB	   *shops = hash_create("aftersale shops of a run", 256, &control, HASH_ELEM | HASH_BLOBS | HASH_CONTEXT);
	int			most = 0;

	for (int i = 0; i < keys->count; i++)
	{
		int64		shop_id = DatumGetInt64(keys->shop_ids[i]);
		bool		found;
		ShopTurn   *shop = hash_search(shops, &shop_id, HASH_ENTER, &found);

		if (!found)
			shop->turns = 0;
		turns[i] = shop->turns++;
		most = Max(most, shop->turns);
	}
	hash_destroy(shops);
	return most;
}

/* Has the shops take turns, each of its requests in the order in which they stand. */
static void
take_turns(AsKeys *keys, MemoryContext context)
{
	Size		size = Max(keys->count, 1);
	int		   *turns = MemoryContextAllocHuge(context, sizeof(int) * size);
	int64	   *place = MemoryContextAllocHuge(context, sizeof(int64) * (size + 1));
	AsKeys		sorted = {.count = keys->count};
	int			most = count_turns(keys, turns);

	memset(place, 0, sizeof(int64) * (most + 1));
	for (int i = 0; i < keys->count; i++)
		place[turns[i] + 1]++;
	for (int turn = 0; turn < most; turn++)
		place[turn + 1] += place[turn];
	sorted.shop_ids = MemoryContextAllocHuge(context, sizeof(Datum) * size);
	sorted.request_ids = MemoryContextAllocHuge(context, sizeof(Datum) * size);
	for (int i = 0; i < keys->count; i++)
	{
		int64		at = place[turns[i]]++;

		sorted.shop_ids[at] = keys->shop_ids[i];
		sorted.request_ids[at] = keys->request_ids[i];
	}
	pfree(turns);
	pfree(place);
	pfree(keys->shop_ids);
	pfree(keys->request_ids);
	*keys = sorted;
}

bool
as_claim(TimestampTz cutoff, int max_rows, AsKeys *keys, MemoryContext context)
{
	bool		all;

	take(&due, cutoff, (int64) max_rows + 1, keys, context);
	all = keys->count <= max_rows;
	if (!all)
	{
		pfree(keys->shop_ids);
		pfree(keys->request_ids);
		take(&due_by_shares, cutoff, max_rows, keys, context);
	}
	if (keys->count > AS_BATCH_ROWS)
		take_turns(keys, context);
	return all;
}
