/*
 * strategy.c
 *		Automatic rules: what they ask of a request, and decide_rules().
 */
#include "postgres.h"

#include "access.h"
#include "clock.h"
#include "compat.h"
#include "config.h"
#include "errors.h"
#include "flow_cache.h"
#include "funcapi.h"
#include "items.h"
#include "kernel/currency.h"
#include "miscadmin.h"
#include "money.h"
#include "requirements.h"
#include "shop_cache.h"
#include "strategy.h"
#include "strategy_use.h"
#include "utils/acl.h"
#include "utils/builtins.h"
#include "utils/fmgrprotos.h"
#include "utils/timestamp.h"

/* ---- attributes ---- */

static JsonbValue *
attribute(Jsonb *attributes, const char *key)
{
	return attributes == NULL ? NULL :
		getKeyJsonValueFromContainer(&attributes->root, key, (int) strlen(key), NULL);
}

/* A text, or a number as it is written; NULL: neither, or empty. */
static const char *
name_of(const JsonbValue *value)
{
	if (value != NULL && value->type == jbvString && value->val.string.len > 0)
		return pnstrdup(value->val.string.val, value->val.string.len);
	if (value != NULL && value->type == jbvNumeric)
		return DatumGetCString(DirectFunctionCall1(numeric_out, NumericGetDatum(value->val.numeric)));
	return NULL;
}

/* A whole number from 0 on; anything else is unknown. */
static AsMaybeCount
count_of(const JsonbValue *value)
{
	AsMaybeCount result = {false, 0};
	AsAmount	count;

	if (value != NULL && value->type == jbvNumeric &&
		as_numeric_to_scaled(value->val.numeric, 0, &count) == AS_NUMERIC_FITS && count >= 0 && count <= PG_INT32_MAX)
	{
		result.known = true;
		result.count = (int64_t) count;
	}
	return result;
}

static bool
holds(void *context, const AsStrategy *rule)
{
	AsStrategyShell *shell = context;

	return shell->attributes != NULL &&
		DatumGetBool(DirectFunctionCall2(jsonb_contains, JsonbPGetDatum(shell->attributes),
										 JsonbPGetDatum((Jsonb *) rule->condition)));
}

static void
read_use(void *context, const AsStrategy *rule, AsInstant at, AsStrategyUse *use)
{
	AsStrategyShell *shell = context;

	as_strategy_use(shell->shop_id, rule, as_local_day(at, shell->time_zone), shell->buyer, shell->digits, use);
}

static void
look_up(void *context, int look_ups)
{
	AsStrategyShell *shell = context;

	shell->look_up(shell->caller, look_ups);
}

void
as_strategy_ask(AsStrategyShell *shell, AsSituation *situation)
{
	JsonbValue *whole = attribute(shell->attributes, "whole_parcel");

	shell->buyer = name_of(attribute(shell->attributes, "buyer"));
	situation->has_buyer = shell->buyer != NULL;
	situation->parcels = count_of(attribute(shell->attributes, "parcels"));
	situation->whole_parcel = whole != NULL && whole->type == jbvBool && whole->val.boolean;
	situation->context = shell;
	situation->holds = holds;
	situation->use = read_use;
	situation->look_up = shell->look_up != NULL ? look_up : NULL;
}

/* ---- items ---- */

/* The distinct values of a key over the items, ascending; *complete: every item has one. */
static AsNames
names_of(Jsonb *items, const char *key, bool *complete)
{
	int			count = items == NULL ? 0 : (int) JB_ROOT_COUNT(items);
	const char **names = palloc(sizeof(char *) * Max(count, 1));
	int			kept = 0;

	*complete = true;
	for (int i = 0; i < count; i++)
	{
		JsonbValue *item = getIthJsonbValueFromContainer(&items->root, i);
		const char *name = name_of(getKeyJsonValueFromContainer(item->val.binary.data, key, (int) strlen(key), NULL));

		if (name == NULL)
			*complete = false;
		else
			names[kept++] = name;
	}
	return as_names(names, kept);
}

void
as_strategy_goods(Jsonb *items, AsSituation *situation)
{
	bool		complete;

	situation->products = names_of(items, "product", &complete);
	situation->categories = names_of(items, "category", &complete);
	situation->categories_known = complete;
}

/* ---- decide_rules() ---- */

enum
{
	ARG_SHOP_ID, ARG_FLOW, ARG_STATE, ARG_SIGNAL, ARG_REASON, ARG_AMOUNT, ARG_CURRENCY, ARG_COUNTRY,
	ARG_ITEMS, ARG_ATTRIBUTES, ARG_AT
};

enum
{
	VERDICT_RULE_ID, VERDICT_NAME, VERDICT_WINS, VERDICT_ACTION, VERDICT_RATIO, VERDICT_REFUND_AMOUNT, VERDICT_WHY,
	VERDICT_COLUMNS
};

static const char *
text_argument(FunctionCallInfo fcinfo, int number)
{
	return PG_ARGISNULL(number) ? NULL : text_to_cstring(PG_GETARG_TEXT_PP(number));
}

static Jsonb *
attributes_argument(FunctionCallInfo fcinfo)
{
	Jsonb	   *attributes = PG_ARGISNULL(ARG_ATTRIBUTES) ? NULL : PG_GETARG_JSONB_P(ARG_ATTRIBUTES);
	AsError		error;

	if (attributes != NULL && !JB_ROOT_IS_OBJECT(attributes))
	{
		as_fail(&error, RA_INVALID_REQUEST, NULL, "attributes must be a JSON object");
		as_report(&error);
	}
	return attributes;
}

static int
require_state(const AsFlow *flow, const char *name)
{
	int			state = name == NULL ? flow->initial : as_flow_state(flow, name);
	char		quoted[64];
	AsError		error;

	if (state >= 0)
		return state;
	as_fail(&error, RA_INVALID_FLOW, NULL, "flow \"%s\" version %d has no state \"%s\"", flow->name, flow->version,
			as_quote(quoted, sizeof quoted, name, strlen(name)));
	as_hint(&error, "Its states: SELECT state FROM aftersale.flow_state WHERE flow = '%s';", flow->name);
	as_report(&error);
}

/* The signal has arrived in the situation's state: what it leads to. */
static void
take_signal(const char *signal, AsSituation *situation)
{
	const AsFlow *flow = situation->flow;
	int			action = as_flow_action(flow, signal);
	const AsTransition *first = action < 0 ? NULL : as_flow_first(flow, situation->state, action);
	const AsTransition *taken = first;
	char		quoted[64];
	AsError		error;

	situation->signal = signal;
	if (as_flow_timer(flow, signal) >= 0)
	{
		/* a timer has run out: nothing moves */
		situation->from = situation->state;
		situation->entered = false;
		return;
	}
	as_quote(quoted, sizeof quoted, signal, strlen(signal));
	if (action < 0)
	{
		as_fail(&error, RA_UNKNOWN_ACTION, NULL, "flow \"%s\" has no action \"%s\"", flow->name, quoted);
		as_report(&error);
	}
	if (first == NULL)
	{
		as_fail(&error, RA_ACTION_NOT_ALLOWED, flow->states[situation->state].rule,
				"action \"%s\" is not allowed in state \"%s\" of flow \"%s\"", quoted,
				flow->states[situation->state].name, flow->name);
		as_hint(&error, "state is the one in which the signal arrives.");
		as_report(&error);
	}
	while (taken != NULL && (taken->condition >= 0 || taken->refusal != NULL || !as_transition_is_open(taken, situation->meets)))
		taken = as_flow_next(flow, taken);
	if (taken == NULL)
		taken = first;			/* each asks something more */
	situation->from = taken->from;
	situation->state = taken->to;
	situation->entered = taken->from != taken->to || taken->clock == AS_CLOCK_RESTART;
}

static void
put_verdicts(ReturnSetInfo *result, const AsShopStrategies *strategies, const AsSituation *situation)
{
	AsVerdict  *verdicts = palloc(sizeof(AsVerdict) * strategies->count);
	int			columns = result->setDesc->natts;
	Datum	   *values = palloc0(sizeof(Datum) * columns);
	bool	   *nulls = palloc(sizeof(bool) * columns);
	char		why[AS_VERDICT_TEXT];

	as_strategy_choose(strategies->rules, strategies->count, situation, verdicts);
	for (int i = 0; i < strategies->count; i++)
	{
		const AsStrategy *rule = &strategies->rules[i];
		const AsVerdict *verdict = &verdicts[i];

		/* attributes that a later version adds to the composite are NULL */
		memset(nulls, true, sizeof(bool) * columns);
		memset(nulls, false, sizeof(bool) * VERDICT_COLUMNS);
		values[VERDICT_RULE_ID] = Int64GetDatum(rule->rule_id);
		values[VERDICT_NAME] = CStringGetTextDatum(rule->name);
		values[VERDICT_WINS] = BoolGetDatum(verdict->code == AS_VERDICT_WINS);
		values[VERDICT_ACTION] = CStringGetTextDatum(rule->action);
		values[VERDICT_RATIO] = Int32GetDatum((int32) rule->ratio.count);
		nulls[VERDICT_RATIO] = !rule->ratio.known;
		nulls[VERDICT_REFUND_AMOUNT] = !verdict->refunds;
		if (verdict->refunds)
			values[VERDICT_REFUND_AMOUNT] = NumericGetDatum(as_scaled_to_numeric(verdict->amount, situation->money->digits));
		values[VERDICT_WHY] = CStringGetTextDatum(as_verdict_text(rule, situation, verdict, why));
		tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
	}
}

/* The caches read as the owner: whoever may not read rules must not learn them from here. */
static void
require_select(Oid relation)
{
	AclResult	result = pg_class_aclcheck(relation, GetUserId(), ACL_SELECT);

	if (result != ACLCHECK_OK)
		aclcheck_error(result, OBJECT_TABLE, "rule");
}

/* The money of the request that is imagined: its order has just that left. */
static void
imagine_money(FunctionCallInfo fcinfo, const char *currency, AsMoney *money)
{
	AsError		error;

	memset(money, 0, sizeof *money);
	if (!as_currency_require(currency, strlen(currency), &money->digits, &error))
		as_report(&error);
	if (PG_ARGISNULL(ARG_AMOUNT))
		return;
	money->asked.known = true;
	money->asked.amount = as_numeric_require_scaled("amount", PG_GETARG_NUMERIC(ARG_AMOUNT), money->digits);
	if (money->asked.amount < 0)
	{
		as_fail(&error, RA_INVALID_AMOUNT, NULL, "amount is negative");
		as_report(&error);
	}
	money->remaining = money->asked;
}

/* The requirements that it meets, without a payload and a past. */
static uint64_t
imagine_meets(const AsCachedFlow *cached, const AsShop *shop, const AsShopCountry *country, Jsonb *attributes, AsInstant at)
{
	AsRequirementRequest request = {shop, country, NULL, attributes, NULL, false, at};

	return as_requirements_met(cached, &request, UINT64_MAX);
}

PG_FUNCTION_INFO_V1(aftersale_decide_rules);

Datum
aftersale_decide_rules(PG_FUNCTION_ARGS)
{
	static const int64_t none_open = 0;
	ReturnSetInfo *result = (ReturnSetInfo *) fcinfo->resultinfo;
	AsStrategyShell shell = {0};
	AsSituation situation = {0};
	const AsCachedFlow *cached;
	AsMaybeInstant at = {true, PG_ARGISNULL(ARG_AT) ? as_now() : PG_GETARG_TIMESTAMPTZ(ARG_AT)};
	const char *signal = text_argument(fcinfo, ARG_SIGNAL);
	const AsShopStrategies *strategies;
	const AsShopCountry *country;
	const AsShop *shop;
	Jsonb	   *items = PG_ARGISNULL(ARG_ITEMS) ? NULL : PG_GETARG_JSONB_P(ARG_ITEMS);
	AsSpeaker	speaker;
	AsMoney		money;
	AsError		error;

	require_select(as_relation("rule"));
	if (PG_ARGISNULL(ARG_SHOP_ID) || PG_ARGISNULL(ARG_FLOW) || !as_instant_is_finite(at.at))
	{
		as_fail(&error, RA_INVALID_REQUEST, NULL, "%s must not be %s",
				PG_ARGISNULL(ARG_SHOP_ID) ? "shop_id" : PG_ARGISNULL(ARG_FLOW) ? "flow" : "at",
				PG_ARGISNULL(ARG_SHOP_ID) || PG_ARGISNULL(ARG_FLOW) ? "NULL" : "infinite");
		as_report(&error);
	}
	InitMaterializedSRF(fcinfo, 0);
	shell.shop_id = PG_GETARG_INT64(ARG_SHOP_ID);
	as_session_speaker(shell.shop_id, NULL, NULL, &speaker);
	cached = as_flow_in_force(text_argument(fcinfo, ARG_FLOW), at.at, at);
	situation.flow = &cached->flow;
	shop = as_shop(shell.shop_id);
	if (!as_check_platform(shop->shop_id, shop->platform, situation.flow, &error))
		as_report(&error);
	country = as_shop_country(shop, text_argument(fcinfo, ARG_COUNTRY));
	shell.attributes = attributes_argument(fcinfo);
	situation.meets = imagine_meets(cached, shop, country, shell.attributes, at.at);

	situation.state = require_state(situation.flow, text_argument(fcinfo, ARG_STATE));
	situation.entered = true;
	if (signal != NULL)
		take_signal(signal, &situation);
	situation.at = at.at;
	situation.reason = text_argument(fcinfo, ARG_REASON);
	situation.currency = PG_ARGISNULL(ARG_CURRENCY) ? country->currency : text_argument(fcinfo, ARG_CURRENCY);
	imagine_money(fcinfo, situation.currency, &money);
	situation.money = &money;
	situation.others_open = &none_open;
	if (items != NULL)
		as_check_items(items, money.digits);
	as_strategy_goods(items, &situation);
	shell.time_zone = country->time_zone;
	shell.digits = money.digits;
	as_strategy_ask(&shell, &situation);

	strategies = as_shop_strategies(shop, situation.flow->name);
	if (strategies != NULL)
		put_verdicts(result, strategies, &situation);
	return (Datum) 0;
}
