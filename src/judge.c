/*
 * judge.c
 *		From a row of aftersale.request to a decision of the kernel.
 *
 * Everything that a judgement points to lives in the caller's memory context
 * or in the flow and shop caches, which nothing here asks twice.
 */
#include "postgres.h"

#include "balance.h"
#include "calendar_cache.h"
#include "errors.h"
#include "facts.h"
#include "judge.h"
#include "judge_rules.h"
#include "kernel/currency.h"
#include "money.h"
#include "report_payload.h"
#include "request.h"
#include "requirements.h"
#include "return_requirements.h"
#include "take_back.h"
#include "utils/builtins.h"
#include "utils/fmgrprotos.h"
#include "utils/timestamp.h"

/* ---- payloads ---- */

typedef struct PayloadKey
{
	const char *key;
	enum jbvType type;			/* jbvBinary: an array */
	const char *type_name;
} PayloadKey;

static const PayloadKey payload_keys[] = {
	{"evidence", jbvBinary, "an array"},
	{"remark", jbvString, "a string"},
	{"reason", jbvString, "a string"},
	{"carrier", jbvString, "a string"},
	{"tracking_no", jbvString, "a string"},
	{"amount", jbvNumeric, "a number"},
	{"quantity", jbvNumeric, "a number"},
	{"fee", jbvNumeric, "a number"},
	{"is_effective", jbvBool, "true or false"},
	{"accepted", jbvBool, "true or false"},
};

/* History keeps payloads for ever, and personal data must be erasable. */
static const char *const personal_keys[] = {"buyer_name", "phone", "address"};

void
as_check_payload(Jsonb *payload)
{
	AsError		error;

	if (!JB_ROOT_IS_OBJECT(payload))
	{
		as_fail(&error, RA_INVALID_PAYLOAD, NULL, "payload must be a JSON object");
		as_hint(&error, "Such as: {\"remark\": \"...\", \"evidence\": [\"...\"]}.");
		as_report(&error);
	}
	for (size_t i = 0; i < lengthof(personal_keys); i++)
	{
		if (getKeyJsonValueFromContainer(&payload->root, personal_keys[i], (int) strlen(personal_keys[i]), NULL) == NULL)
			continue;
		as_fail(&error, RA_PERSONAL_IN_PAYLOAD, "TEMU-31", "\"%s\" must not be in the payload, which history keeps",
				personal_keys[i]);
		as_hint(&error, "Write the buyer's data to aftersale.personal, where they can be masked and erased.");
		as_report(&error);
	}
	for (size_t i = 0; i < lengthof(payload_keys); i++)
	{
		const PayloadKey *key = &payload_keys[i];
		JsonbValue *value = getKeyJsonValueFromContainer(&payload->root, key->key, (int) strlen(key->key), NULL);

		if (value == NULL || value->type == jbvNull)
			continue;
		if (value->type == key->type &&
			(value->type != jbvBinary || JsonContainerIsArray(value->val.binary.data)))
			continue;
		as_fail(&error, RA_INVALID_PAYLOAD, NULL, "\"%s\" in the payload must be %s", key->key, key->type_name);
		as_report(&error);
	}
}

/* Whether a payload's value counts as given: not null, not empty. */
static bool
is_given(const JsonbValue *value)
{
	if (value == NULL || value->type == jbvNull)
		return false;
	if (value->type == jbvString)
	{
		for (int i = 0; i < value->val.string.len; i++)
			if (!isspace((unsigned char) value->val.string.val[i]))
				return true;
		return false;
	}
	return value->type != jbvBinary || JsonContainerSize(value->val.binary.data) > 0;
}

static void
read_payload(const AsCachedFlow *cached, Jsonb *payload, AsCommand *command)
{
	const AsFlow *flow = &cached->flow;

	for (int i = 0; payload != NULL && i < flow->n_keys; i++)
		if (is_given(getKeyJsonValueFromContainer(&payload->root, flow->keys[i],
												  (int) strlen(flow->keys[i]), NULL)))
			command->given |= UINT64CONST(1) << i;
	for (int i = 0; payload != NULL && i < cached->n_conditions; i++)
		if (DatumGetBool(DirectFunctionCall2(jsonb_contains, JsonbPGetDatum(payload),
											 JsonbPGetDatum(cached->conditions[i]))))
			command->holds |= UINT64CONST(1) << i;
}

/* ---- from rows to the kernel's structs ---- */

static AsMaybeAmount
maybe_amount(const AsRequestRow *row, AsRequestColumn column, int digits)
{
	AsMaybeAmount result = {false, 0};

	if (!row->nulls[column])
	{
		result.known = true;
		result.amount = as_numeric_require_scaled(as_request_column_names[column],
												  DatumGetNumeric(row->values[column]), digits);
	}
	return result;
}

/* Amounts that the decision may turn on: asked from the new row, refunded from the old. */
static void
read_money(const AsRequestRow *old, const AsRequestRow *new, AsMoney *money)
{
	char	   *currency = as_row_text(old, AS_COL_currency);

	money->digits = as_currency_digits(currency, strlen(currency));
	money->asked = maybe_amount(new, AS_COL_amount, money->digits);
	money->tax = maybe_amount(new, AS_COL_tax, money->digits).amount;
	money->shipping = maybe_amount(new, AS_COL_shipping, money->digits).amount;
	money->has_ratio = !new->nulls[AS_COL_ratio];
	if (money->has_ratio)
		money->ratio = DatumGetInt32(new->values[AS_COL_ratio]);
	money->refunded = maybe_amount(old, AS_COL_refund_amount, money->digits).amount;
}

void
as_judge_opening_money(const AsRequestRow *row, AsJudgement *judgement)
{
	read_money(row, row, &judgement->request.money);
	judgement->request.money.refunded = 0;
}

static AsMaybeAmount
payload_amount(Jsonb *payload, const char *key, int digits)
{
	AsMaybeAmount result = {false, 0};
	JsonbValue *value = payload == NULL ? NULL :
	getKeyJsonValueFromContainer(&payload->root, key, (int) strlen(key), NULL);

	if (value != NULL && value->type == jbvNumeric)
	{
		result.known = true;
		result.amount = as_numeric_require_scaled(key, value->val.numeric, digits);
	}
	return result;
}

/* The fees that the shop keeps back from this request. */
static void
add_fees(const AsShop *shop, const AsRequestRow *new, AsJudgement *judgement)
{
	AsMoney    *money = &judgement->request.money;
	AsFeeRequest request = {judgement->flow->name, as_row_text(new, AS_COL_country),
	as_row_text(new, AS_COL_reason), judgement->request.opened_at};
	int			chosen[AS_MAX_FEES];

	money->n_fees = as_choose_fees(shop->fee_terms, shop->n_fees, &request, chosen);
	for (int i = 0; i < money->n_fees; i++)
	{
		const AsShopFee *row = &shop->fees[chosen[i]];
		AsFee	   *fee = &money->fees[i];

		fee->kind = pstrdup(shop->fee_terms[chosen[i]].kind);
		fee->percent = row->percent;
		fee->fixed = as_numeric_require_scaled("fixed fee", row->fixed, money->digits);
		fee->cap.known = row->cap != NULL;
		if (fee->cap.known)
			fee->cap.amount = as_numeric_require_scaled("cap of a fee", row->cap, money->digits);
	}
}

static void
read_request(const AsRequestRow *row, const AsFlow *flow, AsRequest *request)
{
	AsError		error;
	char	   *state = as_row_text(row, AS_COL_state);

	request->state = as_flow_state(flow, state);
	if (request->state < 0)
	{
		as_fail(&error, RA_INVALID_FLOW, NULL, "flow \"%s\" version %d has no state \"%s\"",
				flow->name, flow->version, state);
		as_report(&error);
	}
	request->outcome = as_row_text(row, AS_COL_outcome);
	request->opened_at = DatumGetTimestampTz(row->values[AS_COL_opened_at]);
	request->ordered_at = as_row_instant(row, AS_COL_ordered_at);
	request->entered_at = DatumGetTimestampTz(row->values[AS_COL_entered_at]);
	request->due_at = as_row_instant(row, AS_COL_due_at);
	request->platform_due_at = as_row_instant(row, AS_COL_platform_due_at);
	request->provisional = DatumGetBool(row->values[AS_COL_provisional]);
	request->paused.stands = !row->nulls[AS_COL_paused_at];
	request->paused.since = as_row_instant(row, AS_COL_paused_at).at;
	request->paused.due_at = as_row_instant(row, AS_COL_paused_due_at);
	request->extensions = DatumGetInt32(row->values[AS_COL_extensions]);
	request->acts = !row->nulls[AS_COL_act_at];
	/* what failed is tried again: its fault begins with an SQLSTATE */
	request->parked = as_has_fault(row, AS_FAULT_OVERDUE);
	/* rules that acted at the opening did so at its instant, too */
	request->by_clock = strcmp(as_row_text(row, AS_COL_last_action), AS_ACTION_TIMEOUT) == 0 ||
		strcmp(as_row_text(row, AS_COL_last_action), AS_ACTION_OPEN) == 0;
	request->last_at = DatumGetTimestampTz(row->values[AS_COL_last_at]);
	request->event_seq = as_row_int64(row, AS_COL_event_seq);
	request->event_at = as_facts_at(as_row_jsonb(row, AS_COL_last_facts));
}

/* The shop's overrides of this flow in this country, by the flow's states. */
static void
resolve_overrides(const AsShop *shop, const char *country, AsJudgement *judgement)
{
	AsOverride *overrides;
	int			count = 0;

	if (shop->n_overrides == 0)
		return;
	overrides = palloc(sizeof(AsOverride) * shop->n_overrides);
	for (int i = 0; i < shop->n_overrides; i++)
	{
		const AsShopOverride *row = &shop->overrides[i];
		AsOverride *override = &overrides[count];
		AsError		error;

		if (strcmp(row->flow, judgement->flow->name) != 0 ||
			(strcmp(row->country, "*") != 0 && strcmp(row->country, country) != 0))
			continue;
		override->state = as_flow_state(judgement->flow, row->state);
		override->timeout_to = row->timeout_to == NULL ? -1 : as_flow_state(judgement->flow, row->timeout_to);
		if (override->state < 0 || (row->timeout_to != NULL && override->timeout_to < 0))
		{
			as_fail(&error, RA_INVALID_FLOW, NULL, "flow_override of shop \"%lld\" names state \"%s\", which flow \"%s\" does not have",
					(long long) shop->shop_id, override->state < 0 ? row->state : row->timeout_to,
					judgement->flow->name);
			as_report(&error);
		}
		override->has_term = row->has_term;
		override->term = row->term;
		override->timeout_outcome = row->timeout_outcome == NULL ? NULL : pstrdup(row->timeout_outcome);
		override->effective_from = row->effective_from;
		override->effective_to = row->effective_to;
		count++;
	}
	judgement->input.overrides = overrides;
	judgement->input.n_overrides = count;
}

static void
begin(AsJudgement *judgement, const AsCachedFlow *cached)
{
	judgement->cached = cached;
	judgement->flow = &cached->flow;
	judgement->input.flow = judgement->flow;
	judgement->input.request = &judgement->request;
	judgement->input.command = &judgement->command;
}

/* What the configuration of the moment adds to the input. */
static void
add_configuration(const AsRequestRow *row, AsJudgement *judgement)
{
	const AsShop *shop = as_shop(as_row_int64(row, AS_COL_shop_id));
	const AsShopCountry *country = as_shop_country(shop, as_row_text(row, AS_COL_country));
	AsError		error;

	if (judgement->command.kind == AS_COMMAND_OPEN &&
		!as_check_platform(shop->shop_id, shop->platform, judgement->flow, &error))
		as_report(&error);
	judgement->shop = shop;
	judgement->shop_id = shop->shop_id;
	judgement->calendar = pstrdup(country->calendar);
	judgement->command.fire_overdue_at_opening =
		judgement->command.kind == AS_COMMAND_OPEN && shop->fire_overdue_at_opening;
	resolve_overrides(shop, country->country, judgement);
	judgement->input.calendar = as_calendar_by_name(judgement->calendar);
}

static void
add_facts(const AsRequestRow *row, AsJudgement *judgement)
{
	AsFacts    *facts = palloc(sizeof(AsFacts));
	AsComputed	due = {0};

	if (!row->nulls[AS_COL_due_at])
		due.due = DatumGetTimestampTz(row->values[AS_COL_due_at]);
	due.provisional = DatumGetBool(row->values[AS_COL_provisional]);
	as_facts_read(as_row_jsonb(row, AS_COL_last_facts), judgement->flow, judgement->request.money.digits, &due, facts);
	judgement->request.money.remaining = facts->remaining;
	judgement->request.money.booked = facts->booked;
	judgement->request.money.unclaimed = facts->unclaimed;
	judgement->request.money.n_fees = facts->n_fees;
	memcpy(judgement->request.money.fees, facts->fees, sizeof(AsFee) * facts->n_fees);
	judgement->request.money_before.remaining = facts->remaining;
	judgement->request.money_before.n_fees = facts->n_fees;
	memcpy(judgement->request.money_before.fees, facts->fees, sizeof(AsFee) * facts->n_fees);
	judgement->input.again = true;
	judgement->input.n_seen = facts->n_computed;
	judgement->input.seen = facts->computed;
	judgement->input.n_overrides = facts->n_overrides;
	judgement->input.overrides = facts->overrides;
	judgement->input.n_chosen = facts->n_chosen;
	judgement->input.chosen = facts->chosen;
	memcpy(judgement->uses, facts->uses, sizeof(AsRuleUse) * facts->n_chosen);
	judgement->command.actor = facts->actor;
	judgement->command.fire_overdue_at_opening = facts->fire_overdue_at_opening;
	judgement->command.meets = facts->meets;
	judgement->request.meets = facts->met_before;
	judgement->command.sets_platform_due = facts->sets_platform_due;
	judgement->command.platform_due = facts->platform_due;
}

/* Of the flow's requirements those of the asked that a row meets, with its shop as it is now. */
static uint64_t
requirements_met(const AsJudgement *judgement, const AsRequestRow *row, Jsonb *payload, uint64_t asked)
{
	AsRequirementRequest request = {judgement->shop, NULL, row, NULL, payload,
	judgement->command.kind == AS_COMMAND_OPEN, judgement->command.now};

	if (judgement->flow->n_requirements == 0)
		return 0;
	request.country = as_shop_country(judgement->shop, as_row_text(row, AS_COL_country));
	request.attributes = as_row_jsonb(row, AS_COL_attributes);
	return as_requirements_met(judgement->cached, &request, asked);
}

static void
decide(AsJudgement *judgement)
{
	AsError		error;

	if (as_decide(&judgement->input, &judgement->decision, &error))
		return;
	if (judgement->command.kind == AS_COMMAND_OPEN && !judgement->input.again && as_is_opened_twice(judgement->row))
	{
		judgement->command.is_there = true;
		if (as_decide(&judgement->input, &judgement->decision, &error))
			return;
	}
	if (strcmp(error.sqlstate, RA_PERMISSION_MISSING) == 0)
		as_hint_permission(judgement->shop_id, judgement->flow->permissions[judgement->decision.missing_permission],
						   judgement->command.role, &error);
	if (strcmp(error.sqlstate, RA_REQUIREMENT_UNMET) == 0 && judgement->command.kind == AS_COMMAND_OPEN)
		as_explain_policy(judgement, &error);
	as_report(&error);
}

/* ---- judging ---- */

static void
read_opening(const AsRequestRow *row, AsInstant now, AsJudgement *judgement)
{
	judgement->request.opened_at = DatumGetTimestampTz(row->values[AS_COL_opened_at]);
	judgement->request.ordered_at = as_row_instant(row, AS_COL_ordered_at);
	judgement->command.kind = AS_COMMAND_OPEN;
	judgement->command.action = AS_ACTION_OPEN;
	judgement->command.now = now;
	judgement->command.platform_due = as_row_instant(row, AS_COL_platform_due_at);
	judgement->command.sets_platform_due = judgement->command.platform_due.known;
}

/* What the platform says of a request that opens: where it stands already. */
static void
read_opening_report(const AsRequestRow *row, Jsonb *payload, AsJudgement *judgement)
{
	AsCommand  *command = &judgement->command;
	AsMaybeInstant due = command->platform_due;

	command->report.state = -1;
	if (command->actor != AS_ACTOR_PLATFORM || payload == NULL ||
		getKeyJsonValueFromContainer(&payload->root, "reported_at", 11, NULL) == NULL)
		return;
	as_read_report(payload, judgement->flow, command);
	command->platform_due = due;
	command->sets_platform_due = due.known;
	if (command->report.state < 0)
		return;
	read_payload(judgement->cached, payload, command);
	as_judge_opening_money(row, judgement);
	judgement->request.money.given = payload_amount(payload, "amount", judgement->request.money.digits);
}

static bool
has_rules(const AsJudgement *judgement)
{
	const AsShopStrategies *strategies = as_shop_strategies(judgement->shop, judgement->flow->name);

	return strategies != NULL && strategies->count > 0;
}

/* The requirements that the command may turn on: those of its action, and, where rules may act along with it, all. */
static uint64_t
requirements_asked(const AsJudgement *judgement)
{
	return has_rules(judgement) ? UINT64_MAX : as_flow_requirements(judgement->flow, judgement->command.action);
}

/* A matter of before, taken in from a bound table: no rule acts on it as it is opened. */
static bool
is_backfill(AsActorKind actor, Jsonb *payload)
{
	return actor == AS_ACTOR_PLATFORM && payload != NULL &&
		getKeyJsonValueFromContainer(&payload->root, "backfill", 8, NULL) != NULL;
}

void
as_judge_opening(const AsRequestRow *row, AsActorKind actor, AsInstant now, AsJudgement *judgement)
{
	memset(judgement, 0, offsetof(AsJudgement, decision));
	read_opening(row, now, judgement);
	begin(judgement, as_flow_in_force(as_row_text(row, AS_COL_flow), judgement->request.opened_at,
									  judgement->request.ordered_at));
	judgement->row = row;
	if (actor == AS_ACTOR_PLATFORM)
		judgement->command.actor = actor;
	add_configuration(row, judgement);
	judgement->command.meets = requirements_met(judgement, row, NULL, requirements_asked(judgement));
	if (judgement->flow->n_requirements > 0)
		add_configuration(row, judgement);	/* the caches may have been asked
											 * meanwhile */
	read_opening_report(row, as_row_jsonb(row, AS_COL_payload), judgement);
	if (!is_backfill(actor, as_row_jsonb(row, AS_COL_payload)))
		as_judge_add_rules(NULL, judgement);
	decide(judgement);
	as_judge_note_uses(judgement);
}

void
as_judge_opening_again(const AsRequestRow *new, AsJudgement *judgement)
{
	memset(judgement, 0, offsetof(AsJudgement, decision));
	read_opening(new, DatumGetTimestampTz(new->values[AS_COL_last_at]), judgement);
	begin(judgement, as_flow_version(as_row_text(new, AS_COL_flow),
									 DatumGetInt32(new->values[AS_COL_flow_version])));
	judgement->input.n_events = (int) as_row_int64(new, AS_COL_event_seq);
	if (judgement->input.n_events > 1)
		as_judge_opening_money(new, judgement); /* rules have acted */
	add_facts(new, judgement);
	read_opening_report(new, as_row_jsonb(new, AS_COL_last_payload), judgement);
	decide(judgement);
}

/* The act itself: old is the row before, new the one with the command (or last_*). */
static void
read_act(const AsRequestRow *old, const AsRequestRow *new, const char *action, Jsonb *payload, AsInstant now,
		 AsJudgement *judgement)
{
	begin(judgement, as_flow_version(as_row_text(old, AS_COL_flow),
									 DatumGetInt32(old->values[AS_COL_flow_version])));
	read_request(old, judgement->flow, &judgement->request);
	judgement->command.kind = strcmp(action, AS_ACTION_SET_DEADLINE) == 0 ? AS_COMMAND_SET_DEADLINE :
		strcmp(action, AS_ACTION_RECOMPUTE) == 0 ? AS_COMMAND_RECOMPUTE :
		strcmp(action, AS_ACTION_REPORT) == 0 ? AS_COMMAND_REPORT : AS_COMMAND_ACT;
	judgement->command.action = action;
	judgement->command.now = now;
	read_payload(judgement->cached, payload, &judgement->command);
	judgement->command.report.state = -1;
	if (judgement->command.kind == AS_COMMAND_REPORT)
		as_read_report(payload, judgement->flow, &judgement->command);
	read_money(old, new, &judgement->request.money);
	read_money(old, old, &judgement->request.money_before);
	judgement->request.money.given = payload_amount(payload, "amount", judgement->request.money.digits);
	judgement->request.money.cost = payload_amount(payload, "fee", judgement->request.money.digits);
	if (judgement->request.money.cost.amount < 0)
	{
		AsError		error;

		as_fail(&error, RA_INVALID_AMOUNT, NULL, "\"fee\" in the payload is negative");
		as_report(&error);
	}
}

/*
 * The timers that are armed, from the row: table timer says the same once the
 * last decision is recorded, which it is not yet where a trigger AFTER ROW acts.
 */
static void
read_timers(const AsRequestRow *old, AsJudgement *judgement)
{
	if (judgement->flow->n_timers > 0)
		as_facts_timers(as_row_jsonb(old, AS_COL_last_facts), judgement->flow, &judgement->request);
}

void
as_judge_look_up(AsJudgement *judgement, int look_ups)
{
	const AsRequestRow *row = judgement->row;
	AsRequest  *request = &judgement->request;
	char	   *order_ref = as_row_text(row, AS_COL_order_ref);

	look_ups &= ~judgement->looked_up;
	judgement->looked_up |= look_ups;
	if ((look_ups & AS_LOOK_UP_FEES) != 0)
		add_fees(judgement->shop, row, judgement);
	if ((look_ups & AS_LOOK_UP_OTHERS) != 0 && order_ref != NULL)
		request->others_open = as_open_others(judgement->shop_id, as_row_int64(row, AS_COL_request_id), order_ref);
	if ((look_ups & AS_LOOK_UP_BALANCE) != 0 && order_ref != NULL)
		request->money.remaining = as_balance_remaining(judgement->shop_id, order_ref, as_row_text(row, AS_COL_currency),
														request->money.digits);
	if ((look_ups & AS_LOOK_UP_BOOKED) != 0 && request->money.refunded > 0)
		as_refunds_booked(judgement->shop_id, as_row_int64(row, AS_COL_request_id), &request->money);
	/* what is overdue sees the same order and fees */
	request->money_before.remaining = request->money.remaining;
	request->money_before.n_fees = request->money.n_fees;
	memcpy(request->money_before.fees, request->money.fees, sizeof(AsFee) * request->money.n_fees);
}

void
as_judge_act(const AsRequestRow *old, const AsRequestRow *new, AsInstant now,
			 const AsSpeaker *speaker, AsJudgement *judgement)
{
	memset(judgement, 0, offsetof(AsJudgement, decision));
	read_act(old, new, as_row_text(new, AS_COL_action), as_row_jsonb(new, AS_COL_payload), now, judgement);

	/*
	 * what is overdue, and nothing else happens, is judged by the row as it
	 * was
	 */
	judgement->row = strcmp(judgement->command.action, AS_ACTION_TIMEOUT) == 0 ? old : new;
	judgement->command.actor = speaker->kind;
	judgement->command.actor_name = speaker->actor;
	judgement->command.permits = as_flow_permits(as_row_int64(old, AS_COL_shop_id), judgement->flow, speaker, &judgement->command.role);
	if (judgement->command.kind != AS_COMMAND_REPORT)	/* whose payload has it */
	{
		judgement->command.sets_platform_due = !as_request_same(old, new, AS_COL_platform_due_at);
		judgement->command.platform_due = as_row_instant(new, AS_COL_platform_due_at);
	}
	add_configuration(old, judgement);
	judgement->command.meets = requirements_met(judgement, judgement->row, as_row_jsonb(new, AS_COL_payload),
												requirements_asked(judgement));
	/* what is overdue requires nothing: only rules that it sets off do */
	judgement->request.meets = !has_rules(judgement) ? judgement->command.meets :
		requirements_met(judgement, old, NULL, UINT64_MAX);
	as_judge_look_up(judgement, as_flow_look_ups(judgement->flow, judgement->command.action));
	read_timers(old, judgement);
	as_judge_add_rules(old, judgement);
	decide(judgement);
	as_judge_note_uses(judgement);
}

void
as_judge_act_again(const AsRequestRow *old, const AsRequestRow *new, AsJudgement *judgement)
{
	memset(judgement, 0, offsetof(AsJudgement, decision));
	read_act(old, new, as_row_text(new, AS_COL_last_action), as_row_jsonb(new, AS_COL_last_payload),
			 DatumGetTimestampTz(new->values[AS_COL_last_at]), judgement);
	judgement->input.n_events = (int) (as_row_int64(new, AS_COL_event_seq) - as_row_int64(old, AS_COL_event_seq));
	read_timers(old, judgement);
	add_facts(new, judgement);
	decide(judgement);
}

void
as_judge_standing(const AsRequestRow *row, AsInstant now, AsJudgement *judgement)
{
	AsError		error;

	memset(judgement, 0, offsetof(AsJudgement, decision));
	read_act(row, row, AS_ACTION_TIMEOUT, NULL, now, judgement);
	add_configuration(row, judgement);
	judgement->command.meets = requirements_met(judgement, row, NULL, UINT64_MAX);
	judgement->request.meets = judgement->command.meets;
	if (!as_advance(&judgement->input, &judgement->decision, &error))
		as_report(&error);
}

int64
as_judged_event_seq(const AsJudgement *judgement, const AsRequestRow *new, int number)
{
	return as_row_int64(new, AS_COL_event_seq) - judgement->decision.n_events + 1 + number;
}
