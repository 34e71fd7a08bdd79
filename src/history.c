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
#include "fmgr.h"
#include "history.h"
#include "miscadmin.h"
#include "port/pg_bswap.h"
#include "utils/builtins.h"
#include "utils/numeric.h"
#include "utils/timestamp.h"

void
as_history_session(AsHistorySession *session)
{
	session->login = GetUserNameFromId(GetSessionUserId(), false);
	session->role = GetUserId() == GetSessionUserId() ? NULL : GetUserNameFromId(GetUserId(), false);
}

static void
push(JsonbParseState **state, const char *key, JsonbValue *value)
{
	JsonbValue	name;

	name.type = jbvString;
	name.val.string.val = (char *) key;
	name.val.string.len = (int) strlen(key);
	pushJsonbValue(state, WJB_KEY, &name);
	pushJsonbValue(state, WJB_VALUE, value);
}

/* {"rule": "small amounts", "rule_id": 7, "ratio": "30%"}: which automatic rule acted */
static Jsonb *
rule_payload(const AsStrategy *rule)
{
	JsonbParseState *state = NULL;
	JsonbValue	value;
	char		ratio[AS_RATIO_TEXT_SIZE];

	pushJsonbValue(&state, WJB_BEGIN_OBJECT, NULL);
	value.type = jbvString;
	value.val.string.val = (char *) rule->name;
	value.val.string.len = (int) strlen(rule->name);
	push(&state, "rule", &value);
	if (rule->ratio.known)
	{
		as_ratio_format((AsRatio) rule->ratio.count, ratio);
		value.val.string.val = ratio;
		value.val.string.len = (int) strlen(ratio);
		push(&state, "ratio", &value);
	}
	value.type = jbvNumeric;
	value.val.numeric = int64_to_numeric(rule->rule_id);
	push(&state, "rule_id", &value);
	return JsonbValueToJsonb(pushJsonbValue(&state, WJB_END_OBJECT, NULL));
}

void
as_history_line(const AsJudgement *judgement, const AsRequestRow *new, const AsHistorySession *session, int number,
				AsHistoryLine *line)
{
	const AsDecision *decision = &judgement->decision;
	const AsEvent *event = &decision->events[number];
	const AsFlow *flow = judgement->flow;

	line->shop_id = as_row_int64(new, AS_COL_shop_id);
	line->request_id = as_row_int64(new, AS_COL_request_id);
	line->event_seq = as_judged_event_seq(judgement, new, number);
	line->at = event->at;
	line->recorded_at = decision->at;
	line->action = event->action;
	line->actor = event->by_clock ? as_actor_names[AS_ACTOR_SYSTEM] : as_row_text(new, AS_COL_last_actor);
	line->on_behalf_of = event->strategy != NULL ? as_actor_names[AS_ACTOR_MERCHANT] :
		event->by_clock ? NULL : as_row_text(new, AS_COL_last_on_behalf_of);
	if (line->on_behalf_of == NULL && event->transition != NULL)
		line->on_behalf_of = event->transition->on_behalf_of;
	line->login = session->login;
	line->role = session->role;
	line->from_state = event->from < 0 ? NULL : flow->states[event->from].name;
	line->to_state = flow->states[event->to].name;
	line->due_at = event->due_at;
	line->rule = event->rule;
	line->payload = event->strategy != NULL ? rule_payload(event->strategy) :
		event->by_clock ? NULL : as_row_jsonb(new, AS_COL_last_payload);
	line->facts = number == decision->n_events - 1 ? as_row_jsonb(new, AS_COL_last_facts) : NULL;
}

static void
set_text(Datum *values, bool *nulls, AsEventColumn column, const char *text)
{
	nulls[column] = text == NULL;
	values[column] = text == NULL ? (Datum) 0 : CStringGetTextDatum(text);
}

void
as_history_event(const AsHistoryLine *line, const uint8 digest[AS_DIGEST_SIZE], Datum values[AS_EVENT_COLUMNS],
				 bool nulls[AS_EVENT_COLUMNS])
{
	Name		login = palloc(NAMEDATALEN);

	memset(nulls, 0, sizeof(bool) * AS_EVENT_COLUMNS);
	namestrcpy(login, line->login);
	values[AS_EVENT_shop_id] = Int64GetDatum(line->shop_id);
	values[AS_EVENT_request_id] = Int64GetDatum(line->request_id);
	values[AS_EVENT_event_seq] = Int64GetDatum(line->event_seq);
	values[AS_EVENT_at] = TimestampTzGetDatum(line->at);
	values[AS_EVENT_recorded_at] = TimestampTzGetDatum(line->recorded_at);
	set_text(values, nulls, AS_EVENT_action, line->action);
	set_text(values, nulls, AS_EVENT_actor, line->actor);
	set_text(values, nulls, AS_EVENT_on_behalf_of, line->on_behalf_of);
	values[AS_EVENT_login] = NameGetDatum(login);
	set_text(values, nulls, AS_EVENT_role, line->role);
	set_text(values, nulls, AS_EVENT_from_state, line->from_state);
	set_text(values, nulls, AS_EVENT_to_state, line->to_state);
	values[AS_EVENT_due_at] = TimestampTzGetDatum(line->due_at.at);
	nulls[AS_EVENT_due_at] = !line->due_at.known;
	set_text(values, nulls, AS_EVENT_rule, line->rule);
	values[AS_EVENT_payload] = line->payload == NULL ? (Datum) 0 : JsonbPGetDatum(line->payload);
	nulls[AS_EVENT_payload] = line->payload == NULL;
	values[AS_EVENT_facts] = line->facts == NULL ? (Datum) 0 : JsonbPGetDatum(line->facts);
	nulls[AS_EVENT_facts] = line->facts == NULL;
	values[AS_EVENT_digest] = as_digest_datum(digest);
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
	add_text(&bytes, line->role);
	add_text(&bytes, line->from_state);
	add_text(&bytes, line->to_state);
	add_number(&bytes, line->due_at.known ? 1 : 0);
	add_number(&bytes, line->due_at.known ? line->due_at.at : 0);
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

/* The arguments are the predecessor's digest, then the columns of aftersale.event but the last. */

PG_FUNCTION_INFO_V1(aftersale_event_digest);

Datum
aftersale_event_digest(PG_FUNCTION_ARGS)
{
	AsHistoryLine line;
	bytea	   *previous = PG_ARGISNULL(0) ? NULL : PG_GETARG_BYTEA_PP(0);
	uint8		digest[AS_DIGEST_SIZE];
	const char *texts[AS_EVENT_COLUMNS + 1] = {NULL};

	for (int i = 1; i <= 5; i++)
		if (PG_ARGISNULL(i))
			PG_RETURN_NULL();
	line.shop_id = PG_GETARG_INT64(1);
	line.request_id = PG_GETARG_INT64(2);
	line.event_seq = PG_GETARG_INT64(3);
	line.at = PG_GETARG_TIMESTAMPTZ(4);
	line.recorded_at = PG_GETARG_TIMESTAMPTZ(5);
	for (int i = 1 + AS_EVENT_action; i <= 1 + AS_EVENT_rule; i++)
		if (i != 1 + AS_EVENT_due_at && !PG_ARGISNULL(i))
			texts[i] = text_to_cstring(PG_GETARG_TEXT_PP(i));
	line.action = texts[1 + AS_EVENT_action];
	line.actor = texts[1 + AS_EVENT_actor];
	line.on_behalf_of = texts[1 + AS_EVENT_on_behalf_of];
	line.login = texts[1 + AS_EVENT_login];
	line.role = texts[1 + AS_EVENT_role];
	line.from_state = texts[1 + AS_EVENT_from_state];
	line.to_state = texts[1 + AS_EVENT_to_state];
	line.due_at.known = !PG_ARGISNULL(1 + AS_EVENT_due_at);
	line.due_at.at = line.due_at.known ? PG_GETARG_TIMESTAMPTZ(1 + AS_EVENT_due_at) : 0;
	line.rule = texts[1 + AS_EVENT_rule];
	line.payload = PG_ARGISNULL(1 + AS_EVENT_payload) ? NULL : PG_GETARG_JSONB_P(1 + AS_EVENT_payload);
	line.facts = PG_ARGISNULL(1 + AS_EVENT_facts) ? NULL : PG_GETARG_JSONB_P(1 + AS_EVENT_facts);
	if (previous != NULL && VARSIZE_ANY_EXHDR(previous) != AS_DIGEST_SIZE)
		previous = NULL;
	as_history_digest(&line, previous == NULL ? NULL : (const uint8 *) VARDATA_ANY(previous), digest);
	PG_RETURN_DATUM(as_digest_datum(digest));
}
