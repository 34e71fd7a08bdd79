/*
 * bind_act.c
 *		Does what was decided about bound rows: opens requests and acts on them.
 *
 * Requests are opened and acted on as the owner of the ERP's table, with his
 * rights in aftersale; what is kept about the binding is written as the owner of
 * our tables.  Where a conflict is not to stop the ERP, deeds are done in
 * subtransactions and halved down to the row that fails.
 */
#include "postgres.h"

#include "bind_change.h"
#include "catalog/pg_type.h"
#include "clock.h"
#include "config.h"
#include "errors.h"
#include "executor/spi.h"
#include "kernel/flow.h"
#include "kernel/instant.h"
#include "kernel/ratio.h"
#include "miscadmin.h"
#include "money.h"
#include "statement.h"
#include "try.h"
#include "utils/builtins.h"
#include "utils/fmgrprotos.h"
#include "utils/hsearch.h"
#include "utils/json.h"
#include "utils/memutils.h"
#include "utils/numeric.h"
#include "utils/timestamp.h"

/* ---- requests that are acted on here ---- */

typedef struct ActingKey
{
	int64		shop_id;
	int64		request_id;
} ActingKey;

typedef struct Acting
{
	HTAB	   *keys;
	struct Acting *outer;
} Acting;

static Acting *acting = NULL;

bool
as_bound_is_acting(int64 shop_id, int64 request_id)
{
	ActingKey	key = {shop_id, request_id};

	for (Acting *level = acting; level != NULL; level = level->outer)
		if (hash_search(level->keys, &key, HASH_FIND, NULL) != NULL)
			return true;
	return false;
}

/* ---- values of rows ---- */

/* Reads words of one row, as whoever wrote it; what it returns lives in the current memory context. */
typedef struct Reading
{
	AsAttachCall *call;
	TupleTableSlot *row;
} Reading;

static void
put_text(AsRows *rows, int column, const Reading *reading, AsWord word)
{
	const char *text;
	int			length;

	if (as_attach_text(reading->call, word, reading->row, &text, &length))
		as_rows_set(rows, column, PointerGetDatum(cstring_to_text_with_len(text, length)), false);
	else
		as_rows_set(rows, column, (Datum) 0, true);
}

static void
put_instant(AsRows *rows, int column, const Reading *reading, AsWord word)
{
	TimestampTz instant = 0;
	bool		known = as_attach_instant(reading->call, word, reading->row, &instant);

	as_rows_set(rows, column, TimestampTzGetDatum(instant), !known);
}

static void
put_json(AsRows *rows, int column, const Reading *reading, AsWord word)
{
	bool		isnull;
	Datum		value = as_attach_raw(reading->call, word, reading->row, &isnull);

	as_rows_set(rows, column, isnull ? (Datum) 0 : PointerGetDatum(PG_DETOAST_DATUM_COPY(value)), isnull);
}

static void
put_amount(AsRows *rows, int column, const Reading *reading, AsWord word)
{
	int			digits = as_attach_digits(reading->call, reading->row, false);
	AsAmount	amount = 0;
	bool		known = as_attach_amount_at(reading->call, word, reading->row, digits, &amount);
	Datum		value = NumericGetDatum(as_scaled_to_numeric(amount, digits));

	if (reading->call->attached->sources[AS_WORD_CURRENCY].from == AS_FROM_NOTHING)
		value = DirectFunctionCall1(numeric_trim_scale, value);
	as_rows_set(rows, column, value, !known);
}

/* As a fraction. */
static void
put_ratio(AsRows *rows, int column, const Reading *reading)
{
	int64		hundredths = 0;
	bool		known = as_attach_ratio_at(reading->call, reading->row, &hundredths);

	as_rows_set(rows, column, NumericGetDatum(as_scaled_to_numeric(hundredths, AS_RATIO_DECIMALS)), !known);
}

/* ---- opening ---- */

enum
{
	OPEN_SHOP_ID, OPEN_REQUEST_ID, OPEN_EXTERNAL_REF, OPEN_FLOW, OPEN_REASON, OPEN_ORDER_REF, OPEN_ORDERED_AT, OPEN_COUNTRY,
	OPEN_CURRENCY, OPEN_AMOUNT, OPEN_RATIO, OPEN_OPENED_AT, OPEN_PLATFORM_DUE_AT, OPEN_ATTRIBUTES, OPEN_ITEMS, OPEN_ACTOR, OPEN_PAYLOAD,
	OPEN_COLUMNS
};

static const Oid open_types[OPEN_COLUMNS] = {
	INT8OID, INT8OID, TEXTOID, TEXTOID, TEXTOID, TEXTOID, TIMESTAMPTZOID, TEXTOID,
	TEXTOID, NUMERICOID, NUMERICOID, TIMESTAMPTZOID, TIMESTAMPTZOID, JSONBOID, JSONBOID, TEXTOID, JSONBOID
};

#define INSERT_REQUESTS \
	"INSERT INTO aftersale.request (shop_id, request_id, external_ref, flow, reason, order_ref, ordered_at, country, currency, amount, ratio," \
	" opened_at, platform_due_at, attributes, items, actor, payload) "
#define PARAMETERS_17 "$1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17"

static AsRowsStatement insert_requests = AS_ROWS_STATEMENT(
														   INSERT_REQUESTS "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11::aftersale.refund_ratio, $12, $13,"
														   " COALESCE($14, '{}'::pg_catalog.jsonb), $15, $16, $17) RETURNING shop_id, request_id, state",
														   INSERT_REQUESTS "SELECT k.a, k.b, k.c, k.d, k.e, k.f, k.g, k.h, k.i, k.j, k.k::aftersale.refund_ratio, k.l, k.m,"
														   " COALESCE(k.n, '{}'::pg_catalog.jsonb), k.o, k.p, k.q"
														   " FROM unnest(" PARAMETERS_17 ") AS k(a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q)"
														   " RETURNING shop_id, request_id, state"
);

static const Oid bound_types[4] = {INT8OID, TEXTOID, TEXTOID, INT8OID};

#define BIND_ROWS "INSERT INTO aftersale.bound_row (shop_id, binding, row_ref, request_id) "
#define BOUND_ALREADY \
	" ON CONFLICT (shop_id, binding, row_ref) DO UPDATE SET request_id = excluded.request_id, told_state = NULL, told_entered = NULL"

static AsRowsStatement bind_rows = AS_ROWS_STATEMENT(
													 BIND_ROWS "VALUES ($1, $2, $3, $4)" BOUND_ALREADY,
													 BIND_ROWS "SELECT * FROM unnest($1, $2, $3, $4)" BOUND_ALREADY
);

static AsStatement next_ids = {
	"SELECT nextval('aftersale.request_id'::regclass) FROM generate_series(1, $1)", 1, {INT4OID}
};

/* ---- acting ---- */

enum
{
	ACT_SHOP_ID, ACT_REQUEST_ID, ACT_ACTION, ACT_ACTOR, ACT_ROW_PAYLOAD, ACT_PAYLOAD, ACT_COLUMNS
};

static const Oid act_types[ACT_COLUMNS] = {INT8OID, INT8OID, TEXTOID, TEXTOID, JSONBOID, JSONBOID};

/* A row's payload and its code's, which goes before it; what is null is not given. */
#define BOTH_PAYLOADS(row, code) \
	"pg_catalog.jsonb_strip_nulls(COALESCE(" row ", '{}'::pg_catalog.jsonb) OPERATOR(pg_catalog.||) COALESCE(" code ", '{}'::pg_catalog.jsonb))"

static AsRowsStatement act_on_requests = AS_ROWS_STATEMENT(
														   "UPDATE aftersale.request AS r SET action = $3, actor = $4, payload = " BOTH_PAYLOADS("$5", "$6")
														   " WHERE r.shop_id OPERATOR(pg_catalog.=) $1 AND r.request_id OPERATOR(pg_catalog.=) $2"
														   " RETURNING r.shop_id, r.request_id, r.state",
														   "UPDATE aftersale.request AS r SET action = k.action, actor = k.actor, payload = " BOTH_PAYLOADS("k.given", "k.payload")
														   " FROM unnest($1, $2, $3, $4, $5, $6) AS k(shop_id, request_id, action, actor, given, payload)"
														   " WHERE r.shop_id OPERATOR(pg_catalog.=) k.shop_id AND r.request_id OPERATOR(pg_catalog.=) k.request_id"
														   " RETURNING r.shop_id, r.request_id, r.state"
);

/* ---- what of a row is its request's as well ---- */

enum
{
	SAME_SHOP_ID, SAME_REQUEST_ID, SAME_CHANGED, SAME_REASON, SAME_ORDER_REF, SAME_ORDERED_AT, SAME_AMOUNT, SAME_RATIO, SAME_ATTRIBUTES,
	SAME_PLATFORM_DUE_AT, SAME_COLUMNS
};

static const Oid same_types[SAME_COLUMNS] = {
	INT8OID, INT8OID, INT4OID, TEXTOID, TEXTOID, TIMESTAMPTZOID, NUMERICOID, NUMERICOID, JSONBOID, TIMESTAMPTZOID
};

static const struct
{
	AsWord		word;
	int			bit;
}			mirrored[] = {
	{AS_WORD_REASON, 1}, {AS_WORD_ORDER, 2}, {AS_WORD_ORDERED, 4}, {AS_WORD_AMOUNT, 8}, {AS_WORD_RATIO, 16}, {AS_WORD_ATTRIBUTES, 32},
	{AS_WORD_PLATFORM_DUE, 64}
};

#define NEW_OR_OLD(bit, new, old) \
	"CASE WHEN k.changed OPERATOR(pg_catalog.&) " bit " OPERATOR(pg_catalog.<>) 0 THEN " new " ELSE " old " END"
#define MIRROR \
	"UPDATE aftersale.request AS r SET reason = " NEW_OR_OLD("1", "k.reason", "r.reason") ", order_ref = " NEW_OR_OLD("2", "k.order_ref", "r.order_ref") \
	", ordered_at = " NEW_OR_OLD("4", "k.ordered_at", "r.ordered_at") ", amount = " NEW_OR_OLD("8", "k.amount", "r.amount") \
	", ratio = " NEW_OR_OLD("16", "k.ratio::aftersale.refund_ratio", "r.ratio") \
	", attributes = " NEW_OR_OLD("32", "COALESCE(k.attributes, '{}'::pg_catalog.jsonb)", "r.attributes") \
	", platform_due_at = " NEW_OR_OLD("64", "k.platform_due_at", "r.platform_due_at") " FROM "
#define MIRROR_NAMES " AS k(shop_id, request_id, changed, reason, order_ref, ordered_at, amount, ratio, attributes, platform_due_at)" \
	" WHERE r.shop_id OPERATOR(pg_catalog.=) k.shop_id AND r.request_id OPERATOR(pg_catalog.=) k.request_id" \
	" RETURNING r.shop_id, r.request_id, r.state"

static AsRowsStatement mirror = AS_ROWS_STATEMENT(
												  MIRROR "(VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10))" MIRROR_NAMES,
												  MIRROR "unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)" MIRROR_NAMES
);

/* ---- doing deeds ---- */

/* Changes by their places in the list, of which something is done. */
typedef struct Deeds
{
	AsBoundChanges *changes;
	int		   *places;
	int			count;
	void		(*execute) (struct Deeds *deeds, int from, int count);
} Deeds;

static AsBoundChange *
change_at(const Deeds *deeds, int i)
{
	return &deeds->changes->list[deeds->places[i]];
}

static Reading
reading_of(AsBoundChanges *changes, const AsBoundChange *change)
{
	Reading		reading = {changes->call, NULL};

	ResetExprContext(changes->call->econtext);
	if (change->row != NULL)
		reading.row = as_bound_row(changes, change);
	return reading;
}

/* Whether the request, in that state now, has something to write into its row. */
static bool
has_to_be_written(const AsBoundChanges *changes, const AsBoundChange *change, const char *state)
{
	const AsBinding *binding = changes->call->attached->binding;

	return change->row != NULL && (binding->writes || change->code < 0 || !as_bound_covers(&binding->codes[change->code], state));
}

static void
note_written(AsBoundChanges *changes, int64 shop_id, int64 request_id)
{
	MemoryContext before = MemoryContextSwitchTo(changes->context);
	AsRows	   *written = &changes->written;

	as_rows_begin(written);
	as_rows_set(written, 0, Int64GetDatum(shop_id), false);
	as_rows_set(written, 1, Int64GetDatum(request_id), false);
	written->count++;
	MemoryContextSwitchTo(before);
}

typedef struct ActingEntry
{
	ActingKey	key;
	AsBoundChange *change;
} ActingEntry;

/* Executes a statement on requests of changes from .. from + count, as the owner of the ERP's table. */
static void
execute_on(Deeds *deeds, int from, int count, const AsRows *rows, AsRowsStatement *statement)
{
	HASHCTL		control = {.keysize = sizeof(ActingKey),.entrysize = sizeof(ActingEntry),.hcxt = CurrentMemoryContext};
	Acting		level = {hash_create("aftersale acting", Max(count, 16), &control, HASH_ELEM | HASH_BLOBS | HASH_CONTEXT), acting};
	AsOwner		owner;

	for (int i = 0; i < count; i++)
	{
		AsBoundChange *change = change_at(deeds, from + i);
		ActingKey	key = {change->shop_id, change->request_id};
		ActingEntry *entry = hash_search(level.keys, &key, HASH_ENTER, NULL);

		entry->change = change;
	}
	acting = &level;
	PG_TRY();
	{
		as_bound_owner_begin(&owner, deeds->changes->call->relation);
		SPI_connect();
		as_rows_execute(rows, statement);
		for (uint64 i = 0; i < SPI_processed; i++)
		{
			HeapTuple	row = SPI_tuptable->vals[i];
			TupleDesc	columns = SPI_tuptable->tupdesc;
			bool		isnull;
			ActingKey	key = {DatumGetInt64(SPI_getbinval(row, columns, 1, &isnull)), DatumGetInt64(SPI_getbinval(row, columns, 2, &isnull))};
			ActingEntry *entry = hash_search(level.keys, &key, HASH_FIND, NULL);

			if (entry != NULL && has_to_be_written(deeds->changes, entry->change, SPI_getvalue(row, columns, 3)))
				note_written(deeds->changes, key.shop_id, key.request_id);
		}
		SPI_finish();
		as_owner_end(&owner);
	}
	PG_FINALLY();
	{
		acting = level.outer;
	}
	PG_END_TRY();
	hash_destroy(level.keys);
}

/* ---- openings ---- */

static Datum
word_payload(const AsBoundChanges *changes, const AsBoundChange *change)
{
	const AsBoundCode *code = &changes->call->attached->binding->codes[change->code];
	StringInfoData json;
	char		now[AS_INSTANT_TEXT];

	initStringInfo(&json);
	appendStringInfo(&json, "{\"state\": ");
	escape_json(&json, change->target);
	appendStringInfo(&json, ", \"code\": ");
	escape_json(&json, code->code);
	appendStringInfo(&json, ", \"field\": \"binding\", \"reported_at\": \"%s\"%s}",
					 as_instant_text(as_now(), now),
					 changes->backfill ? ", \"backfill\": true" : "");
	return DirectFunctionCall1(jsonb_in, CStringGetDatum(json.data));
}

static void
put_opening(AsRows *rows, AsBoundChanges *changes, const AsBoundChange *change)
{
	Reading		reading = reading_of(changes, change);
	bool		as_said = change->deed == AS_DEED_OPEN_AS;
	const AsBoundCode *code = &changes->call->attached->binding->codes[change->code];
	const char *actor = as_said ? as_actor_names[AS_ACTOR_PLATFORM] : code->actor != NULL ? code->actor : change->actor;

	as_rows_begin(rows);
	as_rows_set(rows, OPEN_SHOP_ID, Int64GetDatum(change->shop_id), false);
	as_rows_set(rows, OPEN_REQUEST_ID, Int64GetDatum(change->request_id), false);
	as_rows_set_text(rows, OPEN_EXTERNAL_REF, change->external_ref);
	as_rows_set_text(rows, OPEN_FLOW, change->flow);
	put_text(rows, OPEN_REASON, &reading, AS_WORD_REASON);
	put_text(rows, OPEN_ORDER_REF, &reading, AS_WORD_ORDER);
	put_instant(rows, OPEN_ORDERED_AT, &reading, AS_WORD_ORDERED);
	put_text(rows, OPEN_COUNTRY, &reading, AS_WORD_COUNTRY);
	put_text(rows, OPEN_CURRENCY, &reading, AS_WORD_CURRENCY);
	put_amount(rows, OPEN_AMOUNT, &reading, AS_WORD_AMOUNT);
	put_ratio(rows, OPEN_RATIO, &reading);
	put_instant(rows, OPEN_OPENED_AT, &reading, AS_WORD_OPENED);
	put_instant(rows, OPEN_PLATFORM_DUE_AT, &reading, AS_WORD_PLATFORM_DUE);
	put_json(rows, OPEN_ATTRIBUTES, &reading, AS_WORD_ATTRIBUTES);
	put_json(rows, OPEN_ITEMS, &reading, AS_WORD_ITEMS);
	as_rows_set_text(rows, OPEN_ACTOR, actor);
	if (as_said)
		as_rows_set(rows, OPEN_PAYLOAD, word_payload(changes, change), false);
	else
		put_json(rows, OPEN_PAYLOAD, &reading, AS_WORD_PAYLOAD);
	rows->count++;
}

/* Which request the row of a change is bound to. */
static void
put_bound(AsRows *bound, const AsBoundChanges *changes, const AsBoundChange *change)
{
	as_rows_begin(bound);
	as_rows_set(bound, 0, Int64GetDatum(change->shop_id), false);
	as_rows_set_text(bound, 1, changes->call->name);
	as_rows_set_text(bound, 2, change->row_ref);
	as_rows_set(bound, 3, Int64GetDatum(change->request_id), false);
	bound->count++;
}

/* Numbers for the requests, and which rows they are of, before they are opened: the record looks for that. */
static void
bind_to_new(Deeds *deeds, int from, int count)
{
	Datum		how_many = Int32GetDatum(count);
	AsRows		bound;
	AsOwner		owner;
	bool		isnull;

	as_owner_begin(&owner, as_relation("request"));
	SPI_connect();
	as_execute(&next_ids, &how_many, NULL, false, 0);
	for (int i = 0; i < count; i++)
		change_at(deeds, from + i)->request_id = DatumGetInt64(SPI_getbinval(SPI_tuptable->vals[i], SPI_tuptable->tupdesc, 1, &isnull));
	as_rows_init(&bound, lengthof(bound_types), bound_types);
	for (int i = 0; i < count; i++)
		put_bound(&bound, deeds->changes, change_at(deeds, from + i));
	as_rows_execute(&bound, &bind_rows);
	SPI_finish();
	as_owner_end(&owner);
}

/* ---- what was paid for the orders ---- */

enum
{
	PAID_SHOP_ID, PAID_ORDER_REF, PAID_COUNTRY, PAID_CURRENCY, PAID_PAID, PAID_COLUMNS
};

static const Oid paid_types[PAID_COLUMNS] = {INT8OID, TEXTOID, TEXTOID, TEXTOID, NUMERICOID};

/* By key, and no less than what was refunded already. */
#define SET_PAID \
	"INSERT INTO aftersale.order_balance AS b (shop_id, order_ref, currency, paid)" \
	" SELECT DISTINCT ON (k.shop_id, k.order_ref, c.currency) k.shop_id, k.order_ref, c.currency, k.paid FROM "
#define SET_PAID_NAMES " AS k(shop_id, order_ref, country, currency, paid)" \
	" CROSS JOIN LATERAL (SELECT COALESCE(k.currency, (SELECT s.currency FROM aftersale.shop_country AS s" \
	"  WHERE s.shop_id OPERATOR(pg_catalog.=) k.shop_id AND s.country OPERATOR(pg_catalog.=) COALESCE(k.country, s.country) LIMIT 1))) AS c(currency)" \
	" WHERE c.currency IS NOT NULL ORDER BY k.shop_id, k.order_ref, c.currency, k.paid DESC" \
	" ON CONFLICT (shop_id, order_ref, currency) DO UPDATE SET paid = excluded.paid" \
	" WHERE b.paid OPERATOR(pg_catalog.<>) excluded.paid AND excluded.paid OPERATOR(pg_catalog.>=) b.refunded"

static AsRowsStatement set_paid = AS_ROWS_STATEMENT(
													SET_PAID "(VALUES ($1, $2, $3, $4, $5))" SET_PAID_NAMES,
													SET_PAID "unnest($1, $2, $3, $4, $5)" SET_PAID_NAMES
);

static void
set_what_was_paid(Deeds *deeds, int from, int count)
{
	AsAttachCall *call = deeds->changes->call;
	AsRows		rows;
	AsOwner		owner;

	if (call->attached->sources[AS_WORD_PAID].from == AS_FROM_NOTHING)
		return;
	as_rows_init(&rows, PAID_COLUMNS, paid_types);
	for (int i = 0; i < count; i++)
	{
		const AsBoundChange *change = change_at(deeds, from + i);
		Reading		reading = reading_of(deeds->changes, change);

		as_rows_begin(&rows);
		as_rows_set(&rows, PAID_SHOP_ID, Int64GetDatum(change->shop_id), false);
		put_text(&rows, PAID_ORDER_REF, &reading, AS_WORD_ORDER);
		put_text(&rows, PAID_COUNTRY, &reading, AS_WORD_COUNTRY);
		put_text(&rows, PAID_CURRENCY, &reading, AS_WORD_CURRENCY);
		put_amount(&rows, PAID_PAID, &reading, AS_WORD_PAID);
		if (!rows.columns[PAID_ORDER_REF].nulls[rows.count] && !rows.columns[PAID_PAID].nulls[rows.count])
			rows.count++;
	}
	as_bound_owner_begin(&owner, call->relation);
	SPI_connect();
	as_rows_execute(&rows, &set_paid);
	SPI_finish();
	as_owner_end(&owner);
}

static void
open_requests(Deeds *deeds, int from, int count)
{
	AsRows		rows;

	bind_to_new(deeds, from, count);
	set_what_was_paid(deeds, from, count);
	as_rows_init(&rows, OPEN_COLUMNS, open_types);
	for (int i = 0; i < count; i++)
		put_opening(&rows, deeds->changes, change_at(deeds, from + i));
	execute_on(deeds, from, count, &rows, &insert_requests);
}

/* Requests that were there, under the row's key. */
static void
adopt_requests(AsBoundChanges *changes)
{
	AsRows		bound;
	AsOwner		owner;

	as_rows_init(&bound, lengthof(bound_types), bound_types);
	for (int i = 0; i < changes->count; i++)
	{
		const AsBoundChange *change = &changes->list[i];

		if (!change->adopted)
			continue;
		put_bound(&bound, changes, change);
		if (has_to_be_written(changes, change, change->state))
			note_written(changes, change->shop_id, change->request_id);
	}
	if (bound.count == 0)
		return;
	as_owner_begin(&owner, as_relation("request"));
	SPI_connect();
	as_rows_execute(&bound, &bind_rows);
	SPI_finish();
	as_owner_end(&owner);
}

/* ---- acts ---- */

static void
act(Deeds *deeds, int from, int count)
{
	AsRows		rows;

	as_rows_init(&rows, ACT_COLUMNS, act_types);
	for (int i = 0; i < count; i++)
	{
		AsBoundChange *change = change_at(deeds, from + i);
		const AsBoundCode *code = change->code < 0 ? NULL : &deeds->changes->call->attached->binding->codes[change->code];
		bool		moves = change->deed == AS_DEED_MOVE;

		as_rows_begin(&rows);
		as_rows_set(&rows, ACT_SHOP_ID, Int64GetDatum(change->shop_id), false);
		as_rows_set(&rows, ACT_REQUEST_ID, Int64GetDatum(change->request_id), false);
		as_rows_set_text(&rows, ACT_ACTION, moves ? AS_ACTION_REPORT : change->action);
		as_rows_set_text(&rows, ACT_ACTOR, moves ? as_actor_names[AS_ACTOR_PLATFORM] : code != NULL && code->actor != NULL ? code->actor : change->actor);
		as_rows_set(&rows, ACT_ROW_PAYLOAD, (Datum) 0, true);
		as_rows_set(&rows, ACT_PAYLOAD, code == NULL || code->payload == NULL ? (Datum) 0 : JsonbPGetDatum(code->payload), code == NULL || code->payload == NULL);
		if (moves)
			as_rows_set(&rows, ACT_PAYLOAD, word_payload(deeds->changes, change), false);
		else if (change->row != NULL)
		{
			Reading		reading = reading_of(deeds->changes, change);

			put_json(&rows, ACT_ROW_PAYLOAD, &reading, AS_WORD_PAYLOAD);
		}
		rows.count++;
	}
	execute_on(deeds, from, count, &rows, &act_on_requests);
}

/* Which of the mirrored words changed, as the statement has it. */
static int
mirrored_bits(const AsBoundChange *change)
{
	int			bits = 0;

	for (size_t i = 0; i < lengthof(mirrored); i++)
		if ((change->changed & (UINT32_C(1) << mirrored[i].word)) != 0)
			bits |= mirrored[i].bit;
	return bits;
}

static void
mirror_rows(Deeds *deeds, int from, int count)
{
	AsRows		rows;

	as_rows_init(&rows, SAME_COLUMNS, same_types);
	for (int i = 0; i < count; i++)
	{
		AsBoundChange *change = change_at(deeds, from + i);
		Reading		reading = reading_of(deeds->changes, change);

		as_rows_begin(&rows);
		as_rows_set(&rows, SAME_SHOP_ID, Int64GetDatum(change->shop_id), false);
		as_rows_set(&rows, SAME_REQUEST_ID, Int64GetDatum(change->request_id), false);
		as_rows_set(&rows, SAME_CHANGED, Int32GetDatum(mirrored_bits(change)), false);
		put_text(&rows, SAME_REASON, &reading, AS_WORD_REASON);
		put_text(&rows, SAME_ORDER_REF, &reading, AS_WORD_ORDER);
		put_instant(&rows, SAME_ORDERED_AT, &reading, AS_WORD_ORDERED);
		put_amount(&rows, SAME_AMOUNT, &reading, AS_WORD_AMOUNT);
		put_ratio(&rows, SAME_RATIO, &reading);
		put_json(&rows, SAME_ATTRIBUTES, &reading, AS_WORD_ATTRIBUTES);
		put_instant(&rows, SAME_PLATFORM_DUE_AT, &reading, AS_WORD_PLATFORM_DUE);
		rows.count++;
	}
	execute_on(deeds, from, count, &rows, &mirror);
}

/* ---- all or row by row ---- */

typedef struct Part
{
	Deeds	   *deeds;
	int			from;
	int			count;
} Part;

static void
execute_part(void *context)
{
	const Part *part = context;

	part->deeds->execute(part->deeds, part->from, part->count);
}

/*
 * A deed that the engine refuses, where the ERP is not to be stopped: by the
 * row's word alone where that is accepted, else noted.  False: it is to be tried
 * again as it is now.
 */
static bool
is_settled(const AsBoundChanges *changes, AsBoundChange *change, const ErrorData *error)
{
	bool		accepts = changes->call->attached->binding->on_conflict == AS_CONFLICT_ACCEPT;

	if (accepts && change->code >= 0 && (change->deed == AS_DEED_ACT || change->deed == AS_DEED_OPEN))
	{
		change->target = change->deed == AS_DEED_OPEN ? change->target : changes->call->attached->binding->codes[change->code].states[0];
		change->deed = change->deed == AS_DEED_OPEN ? AS_DEED_OPEN_AS : AS_DEED_MOVE;
		return false;
	}
	change->deed = AS_DEED_CONFLICT;
	change->kind = "refused";
	change->sqlstate = pstrdup(unpack_sql_state(error->sqlerrcode));
	change->message = pstrdup(error->message);
	return true;
}

static void
do_part(Deeds *deeds, int from, int count)
{
	Part		part = {deeds, from, count};
	int			written = deeds->changes->written.count;
	ErrorData  *error;

	if (count == 0)
		return;
	check_stack_depth();
	error = as_try(execute_part, &part);
	if (error == NULL)
		return;
	deeds->changes->written.count = written;
	if (!as_is_rows_own(error->sqlerrcode))
		ReThrowError(error);
	if (count > 1)
	{
		do_part(deeds, from, count / 2);
		do_part(deeds, from + count / 2, count - count / 2);
	}
	else if (!is_settled(deeds->changes, change_at(deeds, from), error))
		do_part(deeds, from, 1);
	FreeErrorData(error);
}

static void
do_deeds(AsBoundChanges *changes, bool (*is_one) (const AsBoundChange *change), void (*execute) (Deeds *deeds, int from, int count))
{
	Deeds		deeds = {changes, palloc_extended(sizeof(int) * changes->count, MCXT_ALLOC_HUGE), 0, execute};

	for (int i = 0; i < changes->count; i++)
		if (is_one(&changes->list[i]))
			deeds.places[deeds.count++] = i;
	if (deeds.count == 0)
		return;
	if (changes->call->attached->binding->on_conflict == AS_CONFLICT_REFUSE && !changes->backfill)
		execute(&deeds, 0, deeds.count);
	else
		do_part(&deeds, 0, deeds.count);
}

static bool
is_mirrored(const AsBoundChange *change)
{
	return change->row != NULL && change->has_request && !change->closed && !change->entered && mirrored_bits(change) != 0;
}

static bool
is_opening(const AsBoundChange *change)
{
	return change->deed == AS_DEED_OPEN || change->deed == AS_DEED_OPEN_AS;
}

static bool
is_act(const AsBoundChange *change)
{
	return change->deed == AS_DEED_ACT || change->deed == AS_DEED_MOVE;
}

void
as_bound_act(AsBoundChanges *changes)
{
	adopt_requests(changes);
	as_bound_unpark(changes);
	do_deeds(changes, is_mirrored, mirror_rows);
	do_deeds(changes, is_opening, open_requests);
	do_deeds(changes, is_act, act);
	as_bound_park(changes);
	as_bound_note_conflicts(changes);
}
