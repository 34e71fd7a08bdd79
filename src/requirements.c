/*
 * requirements.c
 *		Evaluates what transitions require of a request: see requirements.h.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "config.h"
#include "owner.h"
#include "requirements.h"
#include "return_requirements.h"
#include "statement.h"
#include "utils/builtins.h"
#include "utils/fmgrprotos.h"

/* One member of a requirement, and what it is evaluated against. */
typedef struct Question
{
	const AsRequirementRequest *request;
	const JsonbValue *value;	/* of the member */
} Question;

typedef struct Member
{
	const char *key;
	bool		is_object;		/* its value is an object, else a string */
	const char *const *values;	/* that a string may be, up to NULL */
	bool		(*holds) (const Question *question);
} Member;

static bool
contains(Jsonb *whole, const JsonbValue *part)
{
	JsonbValue	copy = *part;

	return whole != NULL &&
		DatumGetBool(DirectFunctionCall2(jsonb_contains, JsonbPGetDatum(whole), JsonbPGetDatum(JsonbValueToJsonb(&copy))));
}

static bool
attributes_hold(const Question *question)
{
	return contains(question->request->attributes, question->value);
}

static bool
settings_hold(const Question *question)
{
	return contains(as_shop_settings(question->request->country, question->request->at), question->value);
}

/* ---- lists of the platform ---- */

static AsStatement find_carrier = {
	"SELECT coalesce(bool_or(code = $3 OR carrier = $3 OR $3 = ANY (aliases)), false), count(*) > 0 FROM aftersale.carrier"
	" WHERE platform = $1 AND region IN ($2, '*')",
	3, {TEXTOID, TEXTOID, TEXTOID}
};

static AsStatement find_reason = {
	"SELECT bool_or(evidence_needed) FILTER (WHERE code = $2), count(*) > 0 FROM aftersale.reason"
	" WHERE platform = $1 AND kind = 'reject'",
	2, {TEXTOID, TEXTOID}
};

/* The first columns of a row of two booleans; NULL counts as *unknown. */
static void
look_up(AsStatement *statement, Datum *values, const char *table, bool *first, bool *unknown, bool *second)
{
	AsOwner		owner;
	bool		isnull;

	as_owner_begin(&owner, as_relation(table));
	SPI_connect();
	as_execute(statement, values, NULL, false, 1);
	*first = DatumGetBool(SPI_getbinval(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 1, unknown));
	*first = *first && !*unknown;
	*second = DatumGetBool(SPI_getbinval(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 2, &isnull));
	SPI_finish();
	as_owner_end(&owner);
}

/* The payload's text of a key; NULL: it has none. */
static char *
payload_text(Jsonb *payload, const char *key)
{
	JsonbValue *value = payload == NULL ? NULL :
	getKeyJsonValueFromContainer(&payload->root, key, (int) strlen(key), NULL);

	return value == NULL || value->type != jbvString ? NULL : pnstrdup(value->val.string.val, value->val.string.len);
}

static bool
is_value(const Question *question, const char *text)
{
	return question->value->val.string.len == (int) strlen(text) &&
		memcmp(question->value->val.string.val, text, strlen(text)) == 0;
}

static const char *const carrier_values[] = {"listed", "unlisted", "unrestricted", NULL};

static bool
carrier_holds(const Question *question)
{
	char	   *carrier = payload_text(question->request->payload, "carrier");
	Datum		values[3];
	bool		listed;
	bool		unknown;
	bool		restricted;

	if (carrier == NULL)
		return false;
	values[0] = CStringGetTextDatum(question->request->shop->platform);
	values[1] = CStringGetTextDatum(question->request->country->country);
	values[2] = CStringGetTextDatum(carrier);
	look_up(&find_carrier, values, "carrier", &listed, &unknown, &restricted);
	return is_value(question, !restricted ? "unrestricted" : listed ? "listed" : "unlisted");
}

static const char *const reason_values[] = {"evidence", "no_evidence", "unlisted", "unrestricted", NULL};

static bool
reject_reason_holds(const Question *question)
{
	char	   *reason = payload_text(question->request->payload, "reason");
	Datum		values[2];
	bool		evidence;
	bool		unlisted;
	bool		restricted;

	if (reason == NULL)
		return false;
	values[0] = CStringGetTextDatum(question->request->shop->platform);
	values[1] = CStringGetTextDatum(reason);
	look_up(&find_reason, values, "reason", &evidence, &unlisted, &restricted);
	return is_value(question, !restricted ? "unrestricted" : unlisted ? "unlisted" : evidence ? "evidence" : "no_evidence");
}

/* ---- returns, and the past ---- */

/* Whether the request is a row that is being opened. */
static bool
is_opening(const Question *question)
{
	return question->request->row != NULL && question->request->opens;
}

static const char *const teller_values[] = {"merchant", "buyer", "platform", "carrier", "erp", "system", NULL};

static bool
told_by_holds(const Question *question)
{
	const AsRequestRow *row = question->request->row;
	char	   *actor = row == NULL ? NULL : as_row_text(row, AS_COL_actor);

	return actor != NULL && is_value(question, as_actor_names[as_actor_kind(actor)]);
}

static const char *const policy_values[] = {"eligible", NULL};

static bool
policy_holds(const Question *question)
{
	return is_opening(question) && as_policy_allows(question->request->row);
}

static const char *const address_values[] = {"before_order", "routed", NULL};

static bool
return_address_holds(const Question *question)
{
	if (is_value(question, "routed"))
		return question->request->row != NULL && as_return_is_routed(question->request->row, question->request->at);
	return is_opening(question) && as_address_before_order(question->request->row);
}

static Jsonb *
event_of(const Question *question)
{
	JsonbValue	copy = *question->value;

	return JsonbValueToJsonb(&copy);
}

static bool
ever_holds(const Question *question)
{
	const AsRequirementRequest *request = question->request;

	return request->row != NULL && !request->opens && as_history_has(request->row, event_of(question));
}

static bool
never_holds(const Question *question)
{
	return !ever_holds(question);
}

static bool
never_for_order_holds(const Question *question)
{
	return is_opening(question) && !as_order_history_has(question->request->row, event_of(question));
}

static const Member members[] = {
	{"attributes", true, NULL, attributes_hold},
	{"settings", true, NULL, settings_hold},
	{"carrier", false, carrier_values, carrier_holds},
	{"reject_reason", false, reason_values, reject_reason_holds},
	{"told_by", false, teller_values, told_by_holds},
	{"policy", false, policy_values, policy_holds},
	{"return_address", false, address_values, return_address_holds},
	{"ever", true, NULL, ever_holds},
	{"never", true, NULL, never_holds},
	{"never_for_order", true, NULL, never_for_order_holds},
};

/* ---- requirements ---- */

/* The member's value; NULL: the requirement has no such member. */
static JsonbValue *
member_value(Jsonb *requirement, const Member *member)
{
	return getKeyJsonValueFromContainer(&requirement->root, member->key, (int) strlen(member->key), NULL);
}

static bool
is_sound(const Member *member, const JsonbValue *value)
{
	if (member->is_object)
		return value->type == jbvBinary && JsonContainerIsObject(value->val.binary.data);
	if (value->type != jbvString)
		return false;
	for (const char *const *text = member->values; *text != NULL; text++)
		if ((int) strlen(*text) == value->val.string.len && memcmp(*text, value->val.string.val, value->val.string.len) == 0)
			return true;
	return false;
}

const char *
as_requirement_fault(Jsonb *requirement)
{
	JsonbIterator *iterator = JsonbIteratorInit(&requirement->root);
	JsonbIteratorToken token;
	JsonbValue	key;
	bool		skip_nested = true;

	(void) JsonbIteratorNext(&iterator, &key, false);
	while ((token = JsonbIteratorNext(&iterator, &key, skip_nested)) != WJB_DONE)
	{
		const Member *member = NULL;

		if (token != WJB_KEY)
			continue;
		for (size_t i = 0; i < lengthof(members); i++)
			if ((int) strlen(members[i].key) == key.val.string.len &&
				memcmp(members[i].key, key.val.string.val, key.val.string.len) == 0)
				member = &members[i];
		if (member == NULL || !is_sound(member, member_value(requirement, member)))
			return pnstrdup(key.val.string.val, key.val.string.len);
	}
	return NULL;
}

uint64_t
as_requirements_met(const AsCachedFlow *cached, const AsRequirementRequest *request, uint64_t asked)
{
	Question	question = {request, NULL};

	if (cached->flow.n_requirements < 64)
		asked &= (UINT64CONST(1) << cached->flow.n_requirements) - 1;

	/*
	 * member by member: those that ask the caches of shops and calendars come
	 * after those that look at them
	 */
	for (size_t k = 0; k < lengthof(members); k++)
	{
		for (int i = 0; i < cached->flow.n_requirements; i++)
		{
			if ((asked & (UINT64CONST(1) << i)) == 0)
				continue;
			question.value = member_value(cached->requirements[i], &members[k]);
			if (question.value != NULL && !members[k].holds(&question))
				asked &= ~(UINT64CONST(1) << i);
		}
	}
	return asked;
}
