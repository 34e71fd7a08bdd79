/*
 * facts.c
 *		Writing and reading the facts of a decision: see facts.h.
 */
#include "postgres.h"

#include "errors.h"
#include "facts.h"
#include "money.h"
#include "sla_term.h"
#include "utils/builtins.h"
#include "utils/jsonb.h"

/* ---- writing ---- */

static void
push_text(JsonbParseState **state, JsonbIteratorToken token, const char *text)
{
	JsonbValue	value;

	if (text == NULL)
		value.type = jbvNull;
	else
	{
		value.type = jbvString;
		value.val.string.val = pstrdup(text);
		value.val.string.len = (int) strlen(text);
	}
	pushJsonbValue(state, token, &value);
}

static void
push_bool(JsonbParseState **state, JsonbIteratorToken token, bool boolean)
{
	JsonbValue	value;

	value.type = jbvBool;
	value.val.boolean = boolean;
	pushJsonbValue(state, token, &value);
}

static void
push_instant(JsonbParseState **state, JsonbIteratorToken token, AsInstant instant)
{
	char		text[AS_INSTANT_TEXT];

	push_text(state, token, as_instant_text(instant, text));
}

static void
push_amount(JsonbParseState **state, JsonbIteratorToken token, AsMaybeAmount amount, int digits)
{
	JsonbValue	value;

	value.type = jbvNull;
	if (amount.known)
	{
		value.type = jbvNumeric;
		value.val.numeric = as_scaled_to_numeric(amount.amount, digits);
	}
	pushJsonbValue(state, token, &value);
}

/* "fees": [["restocking", percent, fixed, cap], ...] */
static void
push_fees(JsonbParseState **state, const AsMoney *money)
{
	push_text(state, WJB_KEY, "fees");
	pushJsonbValue(state, WJB_BEGIN_ARRAY, NULL);
	for (int i = 0; i < money->n_fees; i++)
	{
		const AsFee *fee = &money->fees[i];
		AsMaybeAmount percent = {true, fee->percent};
		AsMaybeAmount fixed = {true, fee->fixed};

		pushJsonbValue(state, WJB_BEGIN_ARRAY, NULL);
		push_text(state, WJB_ELEM, fee->kind);
		push_amount(state, WJB_ELEM, percent, 2);
		push_amount(state, WJB_ELEM, fixed, money->digits);
		push_amount(state, WJB_ELEM, fee->cap, money->digits);
		pushJsonbValue(state, WJB_END_ARRAY, NULL);
	}
	pushJsonbValue(state, WJB_END_ARRAY, NULL);
}

static void
push_overrides(JsonbParseState **state, const AsDecideInput *input)
{
	const AsFlow *flow = input->flow;

	push_text(state, WJB_KEY, "overrides");
	pushJsonbValue(state, WJB_BEGIN_ARRAY, NULL);
	for (int i = 0; i < input->n_overrides; i++)
	{
		const AsOverride *override = &input->overrides[i];

		pushJsonbValue(state, WJB_BEGIN_ARRAY, NULL);
		push_text(state, WJB_ELEM, flow->states[override->state].name);
		push_bool(state, WJB_ELEM, override->has_term);
		push_text(state, WJB_ELEM, override->timeout_to < 0 ? NULL : flow->states[override->timeout_to].name);
		push_text(state, WJB_ELEM, override->timeout_outcome);
		push_instant(state, WJB_ELEM, override->effective_from);
		push_instant(state, WJB_ELEM, override->effective_to);
		pushJsonbValue(state, WJB_END_ARRAY, NULL);
	}
	pushJsonbValue(state, WJB_END_ARRAY, NULL);
}

/* "timers": [["due soon", 1, "2026-11-26 06:00:00+00", false], ...]: armed from now on, by which event, for when, whether it stands */
static void
push_timers(JsonbParseState **state, const AsFlow *flow, const AsDecision *decision)
{
	push_text(state, WJB_KEY, "timers");
	pushJsonbValue(state, WJB_BEGIN_ARRAY, NULL);
	for (int i = 0; i < decision->n_timers; i++)
	{
		const AsTimer *timer = &decision->timers[i];
		AsMaybeAmount event_seq = {true, timer->event_seq};

		pushJsonbValue(state, WJB_BEGIN_ARRAY, NULL);
		push_text(state, WJB_ELEM, flow->timers[timer->timer].name);
		push_amount(state, WJB_ELEM, event_seq, 0);
		push_instant(state, WJB_ELEM, timer->at);
		push_bool(state, WJB_ELEM, timer->stands);
		pushJsonbValue(state, WJB_END_ARRAY, NULL);
	}
	pushJsonbValue(state, WJB_END_ARRAY, NULL);
}

static void
push_count(JsonbParseState **state, AsMaybeCount count)
{
	AsMaybeAmount amount = {count.known, count.count};

	push_amount(state, WJB_ELEM, amount, 0);
}

/* "rules": [[events before its own, rule_id, name, action, ratio, day, buyer, its three caps], ...] */
static void
push_rules(JsonbParseState **state, const AsDecideInput *input, const AsDecision *decision, const AsRuleUse *uses)
{
	push_text(state, WJB_KEY, "rules");
	pushJsonbValue(state, WJB_BEGIN_ARRAY, NULL);
	for (int i = 0; i < decision->n_chosen; i++)
	{
		const AsStrategy *rule = decision->chosen[i].rule;
		AsMaybeCount after = {true, decision->chosen[i].after};
		AsMaybeCount rule_id = {true, rule->rule_id};
		AsMaybeCount day = {true, uses[i].day};

		pushJsonbValue(state, WJB_BEGIN_ARRAY, NULL);
		push_count(state, after);
		push_count(state, rule_id);
		push_text(state, WJB_ELEM, rule->name);
		push_text(state, WJB_ELEM, rule->action);
		push_count(state, rule->ratio);
		push_count(state, day);
		push_text(state, WJB_ELEM, uses[i].buyer);
		push_count(state, rule->max_per_day);
		push_amount(state, WJB_ELEM, rule->max_amount_per_day, input->request->money.digits);
		push_count(state, rule->max_per_buyer);
		pushJsonbValue(state, WJB_END_ARRAY, NULL);
	}
	pushJsonbValue(state, WJB_END_ARRAY, NULL);
}

/* Whether the row's own columns say what was computed. */
static bool
is_in_row(const AsDecision *decision)
{
	return decision->n_computed == 1 && decision->due_at.known &&
		decision->due_at.at == decision->computed[0].due && decision->provisional == decision->computed[0].provisional;
}

static void
push_computed(JsonbParseState **state, const AsDecision *decision, const char *calendar)
{
	push_text(state, WJB_KEY, "calendar");
	push_text(state, WJB_VALUE, calendar);
	if (is_in_row(decision))
		return;
	push_text(state, WJB_KEY, "computed");
	pushJsonbValue(state, WJB_BEGIN_ARRAY, NULL);
	for (int i = 0; i < decision->n_computed; i++)
	{
		pushJsonbValue(state, WJB_BEGIN_ARRAY, NULL);
		push_instant(state, WJB_ELEM, decision->computed[i].due);
		push_bool(state, WJB_ELEM, decision->computed[i].provisional);
		pushJsonbValue(state, WJB_END_ARRAY, NULL);
	}
	pushJsonbValue(state, WJB_END_ARRAY, NULL);
}

/* "meets": ["{\"attributes\": {\"shipped\": true}}", ...] */
static void
push_met(JsonbParseState **state, const char *key, const AsFlow *flow, uint64_t met)
{
	push_text(state, WJB_KEY, key);
	pushJsonbValue(state, WJB_BEGIN_ARRAY, NULL);
	for (int i = 0; i < flow->n_requirements; i++)
		if ((met & (UINT64CONST(1) << i)) != 0)
			push_text(state, WJB_ELEM, flow->requirements[i]);
	pushJsonbValue(state, WJB_END_ARRAY, NULL);
}

static void
push_sum(JsonbParseState **state, const char *key, AsAmount amount, int digits)
{
	AsMaybeAmount sum = {true, amount};

	if (amount == 0)
		return;
	push_text(state, WJB_KEY, key);
	push_amount(state, WJB_VALUE, sum, digits);
}

/* What the platform's word found and took back. */
static void
push_report(JsonbParseState **state, const AsMoney *money, const AsDecision *decision)
{
	AsAmount	taken_back = 0;

	for (int i = 0; i < decision->n_events; i++)
		taken_back += decision->events[i].taken_back;
	push_sum(state, "booked", money->booked, money->digits);
	push_sum(state, "unclaimed", money->unclaimed, money->digits);
	push_sum(state, "taken_back", taken_back, money->digits);
}

Jsonb *
as_facts_write(const AsDecideInput *input, const AsDecision *decision, const char *calendar, const AsRuleUse *uses)
{
	JsonbParseState *state = NULL;
	const AsCommand *command = input->command;
	AsMaybeInstant event_at = as_decision_event_at(command, decision);

	pushJsonbValue(&state, WJB_BEGIN_OBJECT, NULL);
	push_text(&state, WJB_KEY, "by");
	push_text(&state, WJB_VALUE, as_actor_names[command->actor]);
	if (command->kind != AS_COMMAND_OPEN)
	{
		push_text(&state, WJB_KEY, "from");
		push_text(&state, WJB_VALUE, input->flow->states[input->request->state].name);
	}
	if (decision->n_computed > 0)
		push_computed(&state, decision, calendar);
	if (command->sets_platform_due)
	{
		push_text(&state, WJB_KEY, "platform_due");
		if (command->platform_due.known)
			push_instant(&state, WJB_VALUE, command->platform_due.at);
		else
			push_text(&state, WJB_VALUE, NULL);
	}
	if (input->request->money.remaining.known)
	{
		push_text(&state, WJB_KEY, "remaining");
		push_amount(&state, WJB_VALUE, input->request->money.remaining, input->request->money.digits);
	}
	if (command->kind == AS_COMMAND_REPORT)
		push_report(&state, &input->request->money, decision);
	if (event_at.known)
	{
		push_text(&state, WJB_KEY, "at");
		push_instant(&state, WJB_VALUE, event_at.at);
	}
	if (input->request->money.n_fees > 0)
		push_fees(&state, &input->request->money);
	if (command->fire_overdue_at_opening)
	{
		push_text(&state, WJB_KEY, "fire");
		push_bool(&state, WJB_VALUE, true);
	}
	if (command->meets != 0)
		push_met(&state, "meets", input->flow, command->meets);
	if (command->kind != AS_COMMAND_OPEN && input->request->meets != command->meets)
		push_met(&state, "met_before", input->flow, input->request->meets);
	if (input->n_overrides > 0)
		push_overrides(&state, input);
	if (decision->n_timers > 0)
		push_timers(&state, input->flow, decision);
	if (decision->n_chosen > 0)
		push_rules(&state, input, decision, uses);
	return JsonbValueToJsonb(pushJsonbValue(&state, WJB_END_OBJECT, NULL));
}

/* ---- reading ---- */

static void
altered(void)
{
	AsError		error;

	as_fail(&error, RA_DECISION_ALTERED, NULL, "the facts of the decision were altered");
	as_hint(&error, "A trigger on aftersale.request changes last_facts; nothing but the engine may.");
	as_report(&error);
}

static JsonbValue *
member(JsonbContainer *object, const char *key)
{
	JsonbValue *value = getKeyJsonValueFromContainer(object, key, (int) strlen(key), NULL);

	return value == NULL || value->type == jbvNull ? NULL : value;
}

static AsInstant
instant_of(const JsonbValue *value)
{
	AsInstant	instant = 0;

	if (value == NULL || value->type != jbvString)
		altered();
	if (value->val.string.len == 8 && memcmp(value->val.string.val, "infinity", 8) == 0)
		return AS_INSTANT_END;
	if (value->val.string.len == 9 && memcmp(value->val.string.val, "-infinity", 9) == 0)
		return AS_INSTANT_BEGIN;
	if (!as_instant_parse(value->val.string.val, value->val.string.len, &instant))
		altered();
	return instant;
}

static bool
bool_of(const JsonbValue *value)
{
	if (value == NULL || value->type != jbvBool)
		altered();
	return value->val.boolean;
}

static char *
text_of(const JsonbValue *value)
{
	if (value == NULL || value->type == jbvNull)
		return NULL;
	if (value->type != jbvString)
		altered();
	return pnstrdup(value->val.string.val, value->val.string.len);
}

static AsActorKind
actor_of(const JsonbValue *value)
{
	char	   *name = text_of(value);
	AsActorKind kind;

	if (name == NULL)
		altered();
	kind = as_actor_kind(name);
	if (strcmp(as_actor_names[kind], name) != 0)
		altered();
	return kind;
}

/* The container of an array member; NULL: the member is missing. */
static JsonbContainer *
array_of(const JsonbValue *value)
{
	if (value == NULL)
		return NULL;
	if (value->type != jbvBinary || !JsonContainerIsArray(value->val.binary.data))
		altered();
	return value->val.binary.data;
}

static AsMaybeAmount
amount_of(const JsonbValue *value, int digits)
{
	AsMaybeAmount result = {false, 0};

	if (value == NULL || value->type == jbvNull)
		return result;
	result.known = true;
	if (value->type != jbvNumeric ||
		as_numeric_to_scaled(value->val.numeric, digits, &result.amount) != AS_NUMERIC_FITS)
		altered();
	return result;
}

static void
read_fees(JsonbContainer *array, int digits, AsFacts *facts)
{
	for (int i = 0; i < (int) JsonContainerSize(array); i++)
	{
		JsonbContainer *row = array_of(getIthJsonbValueFromContainer(array, i));
		AsFee	   *fee = &facts->fees[i];

		if (i == AS_MAX_FEES || row == NULL || JsonContainerSize(row) != 4)
			altered();
		fee->kind = text_of(getIthJsonbValueFromContainer(row, 0));
		fee->percent = (int32) amount_of(getIthJsonbValueFromContainer(row, 1), 2).amount;
		fee->fixed = amount_of(getIthJsonbValueFromContainer(row, 2), digits).amount;
		fee->cap = amount_of(getIthJsonbValueFromContainer(row, 3), digits);
		facts->n_fees++;
	}
}

static void
read_overrides(JsonbContainer *array, const AsFlow *flow, AsFacts *facts)
{
	facts->n_overrides = (int) JsonContainerSize(array);
	facts->overrides = palloc0(sizeof(AsOverride) * Max(facts->n_overrides, 1));
	for (int i = 0; i < facts->n_overrides; i++)
	{
		JsonbContainer *row = array_of(getIthJsonbValueFromContainer(array, i));
		AsOverride *override = &facts->overrides[i];
		char	   *timeout_to;
		char	   *state;

		if (row == NULL || JsonContainerSize(row) != 6)
			altered();
		state = text_of(getIthJsonbValueFromContainer(row, 0));
		override->state = state == NULL ? -1 : as_flow_state(flow, state);
		override->has_term = bool_of(getIthJsonbValueFromContainer(row, 1));
		timeout_to = text_of(getIthJsonbValueFromContainer(row, 2));
		override->timeout_to = timeout_to == NULL ? -1 : as_flow_state(flow, timeout_to);
		override->timeout_outcome = text_of(getIthJsonbValueFromContainer(row, 3));
		override->effective_from = instant_of(getIthJsonbValueFromContainer(row, 4));
		override->effective_to = instant_of(getIthJsonbValueFromContainer(row, 5));
	}
}

/* A timer that the flow no longer has says nothing any more, and goes with the next act. */
static void
read_timer(JsonbContainer *row, const AsFlow *flow, AsRequest *request)
{
	AsTimer    *timer = &request->timers[request->n_timers];
	char	   *name;

	if (row == NULL || JsonContainerSize(row) != 4)
		altered();
	name = text_of(getIthJsonbValueFromContainer(row, 0));
	timer->timer = name == NULL ? -1 : as_flow_timer(flow, name);
	timer->event_seq = (int64) amount_of(getIthJsonbValueFromContainer(row, 1), 0).amount;
	timer->at = instant_of(getIthJsonbValueFromContainer(row, 2));
	timer->stands = bool_of(getIthJsonbValueFromContainer(row, 3));
	if (timer->timer >= 0)
		request->n_timers++;
}

void
as_facts_timers(Jsonb *jsonb, const AsFlow *flow, AsRequest *request)
{
	JsonbContainer *array;

	if (jsonb == NULL || !JB_ROOT_IS_OBJECT(jsonb))
		altered();
	array = array_of(member(&jsonb->root, "timers"));
	for (int i = 0; array != NULL && i < (int) JsonContainerSize(array); i++)
	{
		if (request->n_timers == AS_MAX_TIMERS)
			altered();
		read_timer(array_of(getIthJsonbValueFromContainer(array, i)), flow, request);
	}
}

AsMaybeInstant
as_facts_at(Jsonb *jsonb)
{
	AsMaybeInstant result = {false, 0};
	JsonbValue *at = jsonb == NULL || !JB_ROOT_IS_OBJECT(jsonb) ? NULL : member(&jsonb->root, "at");

	if (at != NULL)
	{
		result.known = true;
		result.at = instant_of(at);
	}
	return result;
}

static AsMaybeCount
count_at(JsonbContainer *row, int place)
{
	AsMaybeAmount amount = amount_of(getIthJsonbValueFromContainer(row, place), 0);
	AsMaybeCount count = {amount.known, (int64) amount.amount};

	return count;
}

static void
read_rules(JsonbContainer *array, int digits, AsFacts *facts)
{
	for (int i = 0; i < (int) JsonContainerSize(array); i++)
	{
		JsonbContainer *row = array_of(getIthJsonbValueFromContainer(array, i));
		AsStrategy *rule = &facts->rules[i];

		if (i == AS_MAX_CHOSEN || row == NULL || JsonContainerSize(row) != 10)
			altered();
		memset(rule, 0, sizeof *rule);
		facts->chosen[i].after = (int) count_at(row, 0).count;
		facts->chosen[i].rule = rule;
		rule->rule_id = count_at(row, 1).count;
		rule->name = text_of(getIthJsonbValueFromContainer(row, 2));
		rule->action = text_of(getIthJsonbValueFromContainer(row, 3));
		rule->ratio = count_at(row, 4);
		facts->uses[i].day = (int32) count_at(row, 5).count;
		facts->uses[i].buyer = text_of(getIthJsonbValueFromContainer(row, 6));
		rule->max_per_day = count_at(row, 7);
		rule->max_amount_per_day = amount_of(getIthJsonbValueFromContainer(row, 8), digits);
		rule->max_per_buyer = count_at(row, 9);
		if (rule->name == NULL || rule->action == NULL)
			altered();
		facts->n_chosen++;
	}
}

static void
read_computed(JsonbContainer *root, const AsComputed *due, AsFacts *facts)
{
	JsonbContainer *array = array_of(member(root, "computed"));

	if (array == NULL && member(root, "calendar") != NULL)
		facts->computed[facts->n_computed++] = *due;
	for (int i = 0; array != NULL && i < (int) JsonContainerSize(array); i++)
	{
		JsonbContainer *pair = array_of(getIthJsonbValueFromContainer(array, i));

		if (pair == NULL || i == AS_MAX_COMPUTED)
			altered();
		facts->computed[i].due = instant_of(getIthJsonbValueFromContainer(pair, 0));
		facts->computed[i].provisional = bool_of(getIthJsonbValueFromContainer(pair, 1));
		facts->n_computed++;
	}
}

/* A requirement that the flow no longer has, since it was changed in between, says nothing any more. */
static uint64_t
met_of(JsonbContainer *array, const AsFlow *flow)
{
	uint64_t	result = 0;

	for (int i = 0; array != NULL && i < (int) JsonContainerSize(array); i++)
	{
		char	   *text = text_of(getIthJsonbValueFromContainer(array, i));
		int			bit = 0;

		while (text != NULL && bit < flow->n_requirements && strcmp(text, flow->requirements[bit]) != 0)
			bit++;
		if (text == NULL)
			altered();
		if (bit < flow->n_requirements)
			result |= UINT64CONST(1) << bit;
	}
	return result;
}

void
as_facts_read(Jsonb *jsonb, const AsFlow *flow, int digits, const AsComputed *due, AsFacts *facts)
{
	JsonbContainer *array;
	JsonbContainer *root;

	memset(facts, 0, offsetof(AsFacts, fees));
	if (jsonb == NULL || !JB_ROOT_IS_OBJECT(jsonb))
		altered();
	root = &jsonb->root;
	facts->actor = actor_of(member(root, "by"));
	read_computed(root, due, facts);
	facts->sets_platform_due = getKeyJsonValueFromContainer(root, "platform_due", 12, NULL) != NULL;
	if (facts->sets_platform_due && member(root, "platform_due") != NULL)
	{
		facts->platform_due.known = true;
		facts->platform_due.at = instant_of(member(root, "platform_due"));
	}
	facts->remaining = amount_of(member(root, "remaining"), digits);
	facts->booked = amount_of(member(root, "booked"), digits).amount;
	facts->unclaimed = amount_of(member(root, "unclaimed"), digits).amount;
	array = array_of(member(root, "fees"));
	if (array != NULL)
		read_fees(array, digits, facts);
	facts->fire_overdue_at_opening = member(root, "fire") != NULL;
	facts->meets = met_of(array_of(member(root, "meets")), flow);
	array = array_of(member(root, "met_before"));
	facts->met_before = array == NULL ? facts->meets : met_of(array, flow);
	array = array_of(member(root, "overrides"));
	if (array != NULL)
		read_overrides(array, flow, facts);
	array = array_of(member(root, "rules"));
	if (array != NULL)
		read_rules(array, digits, facts);
}
