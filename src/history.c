/*
 * history.c
 *		Lines of the history, their digests, and the check of a stored history.
 *
 * A digest is SHA-256 over the predecessor's digest and the line's fields, each
 * with its length, texts in the server's encoding, jsonb in its text form: bytes
 * that the same line gives on every machine and version.
 */
#include "postgres.h"

#include "common/cryptohash.h"
#include "compat.h"
#include "facts.h"
#include "fmgr.h"
#include "history.h"
#include "miscadmin.h"
#include "port/pg_bswap.h"
#include "utils/builtins.h"
#include "utils/timestamp.h"

const char *
as_history_login(void)
{
	return GetUserNameFromId(GetSessionUserId(), false);
}

void
as_history_line(const AsJudgement *judgement, const AsRequestRow *new, const char *login, int number,
				AsHistoryLine *line)
{
	const AsDecision *decision = &judgement->decision;
	const AsEvent *event = &decision->events[number];
	const AsFlow *flow = judgement->flow;

	line->shop_id = as_row_int64(new, AS_COL_shop_id);
	line->request_id = as_row_int64(new, AS_COL_request_id);
	line->event_seq = as_row_int64(new, AS_COL_event_seq) - decision->n_events + 1 + number;
	line->at = event->at;
	line->recorded_at = decision->at;
	line->action = event->action;
	line->actor = event->by_clock ? as_actor_names[AS_ACTOR_SYSTEM] : as_row_text(new, AS_COL_last_actor);
	line->on_behalf_of = event->by_clock ? NULL : as_row_text(new, AS_COL_last_on_behalf_of);
	line->login = login;
	line->from_state = event->from < 0 ? NULL : flow->states[event->from].name;
	line->to_state = flow->states[event->to].name;
	line->rule = event->rule;
	line->payload = event->by_clock ? NULL : as_row_jsonb(new, AS_COL_last_payload);
	line->facts = number == decision->n_events - 1 ? as_row_jsonb(new, AS_COL_last_facts) : as_facts_of_event(event);
}

static void
add_number(StringInfo bytes, int64 number)
{
	uint64		ordered = pg_hton64((uint64) number);

	appendBinaryStringInfo(bytes, (const char *) &ordered, sizeof ordered);
}

static void
add_text(StringInfo bytes, const char *text)
{
	add_number(bytes, text == NULL ? -1 : (int64) strlen(text));
	if (text != NULL)
		appendBinaryStringInfo(bytes, text, strlen(text));
}

static void
add_jsonb(StringInfo bytes, Jsonb *jsonb)
{
	add_text(bytes, jsonb == NULL ? NULL : JsonbToCString(NULL, &jsonb->root, VARSIZE(jsonb)));
}

void
as_history_digest(const AsHistoryLine *line, const uint8 *previous, uint8 digest[AS_DIGEST_SIZE])
{
	StringInfoData bytes;
	pg_cryptohash_ctx *hash;

	initStringInfo(&bytes);
	if (previous != NULL)
		appendBinaryStringInfo(&bytes, (const char *) previous, AS_DIGEST_SIZE);
	add_number(&bytes, line->shop_id);
	add_number(&bytes, line->request_id);
	add_number(&bytes, line->event_seq);
	add_number(&bytes, line->at);
	add_number(&bytes, line->recorded_at);
	add_text(&bytes, line->action);
	add_text(&bytes, line->actor);
	add_text(&bytes, line->on_behalf_of);
	add_text(&bytes, line->login);
	add_text(&bytes, line->from_state);
	add_text(&bytes, line->to_state);
	add_text(&bytes, line->rule);
	add_jsonb(&bytes, line->payload);
	add_jsonb(&bytes, line->facts);

	hash = pg_cryptohash_create(PG_SHA256);
	if (hash == NULL || pg_cryptohash_init(hash) < 0 ||
		pg_cryptohash_update(hash, (const uint8 *) bytes.data, bytes.len) < 0 ||
		pg_cryptohash_final(hash, digest, AS_DIGEST_SIZE) < 0)
		elog(ERROR, "could not compute the digest of an event");
	pg_cryptohash_free(hash);
	pfree(bytes.data);
}

const uint8 *
as_row_digest(const AsRequestRow *row)
{
	bytea	   *digest;

	if (row->nulls[AS_COL_last_digest])
		return NULL;
	digest = DatumGetByteaPP(row->values[AS_COL_last_digest]);
	return VARSIZE_ANY_EXHDR(digest) == AS_DIGEST_SIZE ? (const uint8 *) VARDATA_ANY(digest) : NULL;
}

Datum
as_digest_datum(const uint8 digest[AS_DIGEST_SIZE])
{
	bytea	   *result = palloc(VARHDRSZ + AS_DIGEST_SIZE);

	SET_VARSIZE(result, VARHDRSZ + AS_DIGEST_SIZE);
	memcpy(VARDATA(result), digest, AS_DIGEST_SIZE);
	return PointerGetDatum(result);
}

/* ---- event_digest(): the digest of a stored event, for verify_history() ---- */

PG_FUNCTION_INFO_V1(aftersale_event_digest);

Datum
aftersale_event_digest(PG_FUNCTION_ARGS)
{
	AsHistoryLine line;
	bytea	   *previous = PG_ARGISNULL(0) ? NULL : PG_GETARG_BYTEA_PP(0);
	uint8		digest[AS_DIGEST_SIZE];
	const char *texts[7];

	for (int i = 1; i <= 5; i++)
		if (PG_ARGISNULL(i))
			PG_RETURN_NULL();
	line.shop_id = PG_GETARG_INT64(1);
	line.request_id = PG_GETARG_INT64(2);
	line.event_seq = PG_GETARG_INT64(3);
	line.at = PG_GETARG_TIMESTAMPTZ(4);
	line.recorded_at = PG_GETARG_TIMESTAMPTZ(5);
	for (int i = 0; i < 7; i++)
		texts[i] = PG_ARGISNULL(6 + i) ? NULL : text_to_cstring(PG_GETARG_TEXT_PP(6 + i));
	line.action = texts[0];
	line.actor = texts[1];
	line.on_behalf_of = texts[2];
	line.login = texts[3];
	line.from_state = texts[4];
	line.to_state = texts[5];
	line.rule = texts[6];
	line.payload = PG_ARGISNULL(13) ? NULL : PG_GETARG_JSONB_P(13);
	line.facts = PG_ARGISNULL(14) ? NULL : PG_GETARG_JSONB_P(14);
	if (previous != NULL && VARSIZE_ANY_EXHDR(previous) != AS_DIGEST_SIZE)
		previous = NULL;
	as_history_digest(&line, previous == NULL ? NULL : (const uint8 *) VARDATA_ANY(previous), digest);
	PG_RETURN_DATUM(as_digest_datum(digest));
}
