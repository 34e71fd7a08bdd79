/*
 * fuzz_strategies.c
 *		A shop's automatic rules, with any texts, on a request of any flow: who
 *		wins meets every condition and is the first that would win alone; why
 *		each did or did not is a whole text.
 */
#include "flow.h"

#include "kernel/strategy.h"

#define MAX_RULES	4
#define MAX_NAMES	3

/* A rule with the memory of its names, and what the shell says of it. */
typedef struct Rule
{
	char		text[TEXT_ROOM];
	const char *names[3][MAX_NAMES];
	bool		holds;
	AsStrategyUse use;
} Rule;

typedef struct Shop
{
	FuzzFlow	flow;
	AsStrategy	strategies[MAX_RULES];
	Rule		rules[MAX_RULES];
	int			count;
	char		text[TEXT_ROOM];	/* a name that the request and rules may
									 * share */
	const char *names[2][MAX_NAMES];
	AsMoney		money;
	int64_t		others_open;
	AsSituation situation;
} Shop;

static bool
holds(void *context, const AsStrategy *rule)
{
	return ((Shop *) context)->rules[rule->rule_id].holds;
}

static void
use_of(void *context, const AsStrategy *rule, AsInstant at, AsStrategyUse *use)
{
	(void) at;
	*use = ((Shop *) context)->rules[rule->rule_id].use;
}

static const char *
take_name(Source *source, const char *own, const char *shared)
{
	switch (take(source, 8))
	{
		case 0:
			return own;
		case 1:
			return shared;
		case 2:
			return "damaged";
		case 3:
			return "refunded";
		case 4:
			return "ship";
		default:
			return "approve";
	}
}

static AsNames
take_names(Source *source, const char **room, const char *own, const char *shared)
{
	int			count = take(source, 3) > 0 ? 0 : take(source, MAX_NAMES + 1);
	AsNames		result;

	for (int i = 0; i < count; i++)
		room[i] = take_name(source, own, shared);
	result = as_names(room, count);
	require(result.count <= count && (result.count > 0) == (count > 0));
	for (int i = 1; i < result.count; i++)
		require(strcmp(result.names[i - 1], result.names[i]) < 0);
	return result;
}

static AsMaybeAmount
take_maybe(Source *source)
{
	AsMaybeAmount result = {take(source, 4) == 0, 0};

	if (result.known)
		result.amount = take_wide(source) / 2;
	if (result.amount < 0)
		result.amount = -(result.amount + 1);
	return result;
}

static AsMaybeCount
take_count(Source *source, int least, int below)
{
	AsMaybeCount result = {take(source, 4) == 0, least};

	if (result.known)
		result.count += take(source, below);
	return result;
}

static void
take_rule(Source *source, Shop *shop, int number)
{
	AsStrategy *strategy = &shop->strategies[number];
	Rule	   *rule = &shop->rules[number];
	const char *own = take_text(source, rule->text);

	memset(strategy, 0, sizeof *strategy);
	strategy->rule_id = number;
	strategy->name = own;
	strategy->enabled = take(source, 8) > 0;
	strategy->effective_from = take(source, 4) > 0 ? AS_INSTANT_BEGIN : 1;
	strategy->effective_to = take(source, 4) > 0 ? AS_INSTANT_END : 3;
	strategy->state = take(source, 3) > 0 ? NULL : take(source, 2) == 0 ? own : state_names[take(source, MAX_STATES)];
	strategy->signal = take(source, 3) > 0 ? NULL : take_name(source, own, shop->text);
	strategy->reasons = take_names(source, rule->names[0], own, shop->text);
	strategy->currency = take(source, 4) > 0 ? NULL : take(source, 4) == 0 ? "EUR" : "USD";
	strategy->amount_from = take_maybe(source);
	strategy->amount_to = take_maybe(source);
	strategy->products = take_names(source, rule->names[1], own, shop->text);
	strategy->categories = take_names(source, rule->names[2], own, shop->text);
	strategy->single_parcel = take(source, 4) == 0;
	strategy->whole_parcel = take(source, 4) == 0;
	strategy->condition = take(source, 4) == 0 ? rule : NULL;
	rule->holds = take(source, 2) == 1;
	strategy->action = take_name(source, own, shop->text);
	strategy->ratio = take_count(source, AS_RATIO_MIN, 256);
	strategy->max_per_day = take_count(source, 0, 4);
	strategy->max_amount_per_day = take_maybe(source);
	strategy->max_per_buyer = take_count(source, 0, 4);
	rule->use.uses = take(source, 4);
	/* often about the cap */
	rule->use.amount = take(source, 2) == 0 ? take_wide(source) : strategy->max_amount_per_day.amount - 4 + take(source, 8);
	rule->use.buyer_uses = take(source, 4);
}

static void
take_situation(Source *source, Shop *shop)
{
	AsSituation *situation = &shop->situation;
	const AsFlow *flow = &shop->flow.flow;

	memset(situation, 0, sizeof *situation);
	memset(&shop->money, 0, sizeof shop->money);
	shop->money.digits = take(source, 4);
	shop->money.asked = take_maybe(source);
	shop->money.remaining = take_maybe(source);
	shop->others_open = take(source, 2);
	situation->flow = flow;
	situation->state = take(source, flow->n_states);
	situation->entered = take(source, 2) == 0;
	situation->signal = take(source, 2) == 0 ? NULL : take_name(source, shop->text, shop->text);
	situation->from = take(source, flow->n_states);
	situation->meets = (uint64_t) take(source, 2);
	situation->at = take(source, 5);
	situation->reason = take(source, 4) == 0 ? NULL : take_name(source, shop->text, shop->text);
	situation->currency = "USD";
	situation->money = &shop->money;
	situation->others_open = &shop->others_open;
	situation->products = take_names(source, shop->names[0], shop->text, shop->text);
	situation->categories = take_names(source, shop->names[1], shop->text, shop->text);
	situation->categories_known = take(source, 4) > 0;
	situation->parcels = take_count(source, 0, 3);
	situation->whole_parcel = take(source, 2) == 1;
	situation->has_buyer = take(source, 2) == 1;
	situation->context = shop;
	situation->holds = holds;
	situation->use = use_of;
}

static bool
is_among(const AsNames *names, const char *name)
{
	for (int i = 0; name != NULL && i < names->count; i++)
		if (strcmp(names->names[i], name) == 0)
			return true;
	return false;
}

/* No condition, or each name is one of the rule's. */
static bool
are_among(const AsNames *wanted, const AsNames *names)
{
	for (int i = 0; i < names->count; i++)
		if (wanted->count > 0 && !is_among(wanted, names->names[i]))
			return false;
	return true;
}

/* Minor units against a bound's four decimals. */
static bool
is_within(const AsStrategy *rule, const AsMoney *money)
{
	AsAmount	amount;

	if (!rule->amount_from.known && !rule->amount_to.known)
		return true;
	if (__builtin_mul_overflow(money->asked.amount, as_power_of_ten(AS_STRATEGY_DECIMALS - money->digits), &amount))
		amount = AS_AMOUNT_MAX;
	return money->asked.known && (!rule->amount_from.known || amount >= rule->amount_from.amount) &&
		(!rule->amount_to.known || amount <= rule->amount_to.amount);
}

static void
require_conditions(const Shop *shop, const AsStrategy *rule)
{
	const AsSituation *situation = &shop->situation;
	int			state = rule->signal == NULL ? situation->state : situation->from;

	require(rule->enabled && situation->at >= rule->effective_from && situation->at < rule->effective_to);
	require(rule->signal == NULL ? situation->entered : situation->signal != NULL && strcmp(rule->signal, situation->signal) == 0);
	require(rule->state == NULL ? rule->signal != NULL || state == shop->flow.flow.initial :
			strcmp(rule->state, shop->flow.flow.states[state].name) == 0);
	require(rule->reasons.count == 0 || is_among(&rule->reasons, situation->reason));
	require(rule->currency == NULL || strcmp(rule->currency, situation->currency) == 0);
	require(is_within(rule, situation->money));
	require(!rule->single_parcel || (situation->parcels.known && situation->parcels.count == 1));
	require(!rule->whole_parcel || situation->whole_parcel);
	require(are_among(&rule->products, &situation->products) && are_among(&rule->categories, &situation->categories));
	require((rule->products.count == 0 && rule->categories.count == 0) || situation->products.count > 0);
	require(rule->categories.count == 0 || situation->categories_known);
	require(!rule->max_per_buyer.known || situation->has_buyer);
	require(rule->condition == NULL || shop->rules[rule->rule_id].holds);
}

/* What it does can be done, and is within its caps. */
static void
require_act(const Shop *shop, const AsStrategy *rule, const AsVerdict *verdict)
{
	const AsSituation *situation = &shop->situation;
	const AsStrategyUse *use = &shop->rules[rule->rule_id].use;
	const AsTransition *transition = as_strategy_transition(situation->flow, situation->state, rule->action, situation->meets);

	require(transition != NULL && transition->from == situation->state && transition->needs == 0 && transition->refusal == NULL);
	require(strcmp(situation->flow->actions[transition->action], rule->action) == 0);
	require((transition->actors & (1u << AS_ACTOR_MERCHANT | 1u << AS_ACTOR_SYSTEM)) != 0);
	require(!transition->alone || shop->others_open == 0);
	require(!verdict->refunds || verdict->amount > 0);
	if (verdict->refunds && transition->executor != AS_EXECUTOR_PLATFORM)
		require(verdict->amount <= shop->money.remaining.amount);
	require(!rule->max_per_day.known || use->uses < rule->max_per_day.count);
	require(!rule->max_per_buyer.known || use->buyer_uses < rule->max_per_buyer.count);
	if (rule->max_amount_per_day.known && use->amount >= 0)
		require(use->amount <= rule->max_amount_per_day.amount && verdict->amount <= rule->max_amount_per_day.amount - use->amount);
}

static void
check_text(const Shop *shop, int number, const AsVerdict *verdict)
{
	char		text[AS_VERDICT_TEXT];
	bool		whole = fuzz_is_utf8(shop->text, strlen(shop->text));

	for (int i = 0; i < shop->count; i++)
		whole = whole && fuzz_is_utf8(shop->rules[i].text, strlen(shop->rules[i].text));
	require(as_verdict_text(&shop->strategies[number], &shop->situation, verdict, text) == text);
	require(text[0] != '\0' && strlen(text) < sizeof text);
	require(!whole || fuzz_is_utf8(text, strlen(text)));
}

static void
check_choice(const Shop *shop)
{
	AsVerdict	verdicts[MAX_RULES];
	int			winner = as_strategy_choose(shop->strategies, shop->count, &shop->situation, verdicts);
	int			alone = -1;

	require(as_strategy_choose(shop->strategies, shop->count, &shop->situation, NULL) == winner);
	for (int i = 0; i < shop->count; i++)
	{
		bool		wins = as_strategy_choose(&shop->strategies[i], 1, &shop->situation, NULL) == 0;

		if (wins && alone < 0)
			alone = i;
		require((verdicts[i].code == AS_VERDICT_WINS) == (i == winner));
		require((verdicts[i].code == AS_VERDICT_OUTRANKED) == (wins && i != winner));
		check_text(shop, i, &verdicts[i]);
	}
	require(alone == winner);
	if (winner >= 0)
	{
		require_conditions(shop, &shop->strategies[winner]);
		require_act(shop, &shop->strategies[winner], &verdicts[winner]);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static Shop shop;
	Source		source = {data, size};
	AsError		error;

	take_flow(&source, &shop.flow);
	if (!as_flow_check(&shop.flow.flow, &error))
		return 0;
	take_text(&source, shop.text);
	take_situation(&source, &shop);
	shop.count = take(&source, MAX_RULES + 1);
	for (int i = 0; i < shop.count; i++)
		take_rule(&source, &shop, i);
	check_choice(&shop);
	return 0;
}
