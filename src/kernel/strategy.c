/*
 * strategy.c
 *		Which automatic rule acts: see strategy.h.
 *
 * Most rules lose, and openings pay for all of them: tests are ordered by what
 * they cost, and look-ups come last.
 */
#include "kernel/strategy.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define QUOTED 64

/* ---- names ---- */

static int
compare_names(const void *a, const void *b)
{
	return strcmp(*(const char *const *) a, *(const char *const *) b);
}

AsNames
as_names(const char **names, int count)
{
	AsNames		result = {0, names};

	if (count > 1)
		qsort(names, (size_t) count, sizeof(char *), compare_names);
	for (int i = 0; i < count; i++)
		if (result.count == 0 || strcmp(names[result.count - 1], names[i]) != 0)
			names[result.count++] = names[i];
	return result;
}

static bool
contains(const AsNames *names, const char *name)
{
	int			low = 0;
	int			high = names->count - 1;

	while (low <= high)
	{
		int			middle = (low + high) / 2;
		int			order = strcmp(name, names->names[middle]);

		if (order == 0)
			return true;
		if (order < 0)
			high = middle - 1;
		else
			low = middle + 1;
	}
	return false;
}

/* The first name that is not among the wanted; NULL: all are. */
static const char *
first_missing(const AsNames *wanted, const AsNames *names)
{
	for (int i = 0; i < names->count; i++)
		if (!contains(wanted, names->names[i]))
			return names->names[i];
	return NULL;
}

/* ---- conditions ---- */

static bool
is_state(const AsStrategy *rule, const AsFlow *flow, int state)
{
	if (rule->state == NULL)
		return rule->signal != NULL || state == flow->initial;
	return strcmp(rule->state, flow->states[state].name) == 0;
}

/* Whether the rule watches this moment. */
static bool
watches(const AsStrategy *rule, const AsSituation *situation, AsVerdict *verdict)
{
	if (!rule->enabled)
		verdict->code = AS_VERDICT_DISABLED;
	else if (rule->signal == NULL ? !situation->entered :
			 situation->signal == NULL || strcmp(rule->signal, situation->signal) != 0)
		verdict->code = AS_VERDICT_OTHER_MOMENT;
	else if (!is_state(rule, situation->flow, rule->signal == NULL ? situation->state : situation->from))
		verdict->code = AS_VERDICT_OTHER_STATE;
	else if (situation->at < rule->effective_from || situation->at >= rule->effective_to)
		verdict->code = AS_VERDICT_NOT_IN_FORCE;
	else
		return true;
	return false;
}

/* The amount asked for the goods with the decimals of bounds; as much as fits. */
static AsAmount
bound_amount(const AsMoney *money)
{
	AsAmount	amount;

	if (__builtin_mul_overflow(money->asked.amount, as_power_of_ten(AS_STRATEGY_DECIMALS - money->digits), &amount))
		return AS_AMOUNT_MAX;
	return amount;
}

/* TEMU-27: the reason and the amount must match, both; DOUYIN-06: bounds are inclusive. */
static bool
matches_claim(const AsStrategy *rule, const AsSituation *situation, AsVerdict *verdict)
{
	const AsMoney *money = situation->money;
	bool		bounded = rule->amount_from.known || rule->amount_to.known;

	if (rule->reasons.count > 0 && (situation->reason == NULL || !contains(&rule->reasons, situation->reason)))
		verdict->code = AS_VERDICT_REASON;
	else if (rule->currency != NULL && strcmp(rule->currency, situation->currency) != 0)
		verdict->code = AS_VERDICT_CURRENCY;
	else if (bounded && !money->asked.known)
		verdict->code = AS_VERDICT_NO_AMOUNT;
	else if ((rule->amount_from.known && bound_amount(money) < rule->amount_from.amount) ||
			 (rule->amount_to.known && bound_amount(money) > rule->amount_to.amount))
		verdict->code = AS_VERDICT_AMOUNT;
	else
		return true;
	return false;
}

/* DOUYIN-07: exactly one parcel, and all goods in it are refunded; unknown does not match. */
static bool
matches_goods(const AsStrategy *rule, const AsSituation *situation, AsVerdict *verdict)
{
	bool		asks_goods = rule->products.count > 0 || rule->categories.count > 0;

	if (rule->single_parcel && !(situation->parcels.known && situation->parcels.count == 1))
		verdict->code = AS_VERDICT_PARCELS;
	else if (rule->whole_parcel && !situation->whole_parcel)
		verdict->code = AS_VERDICT_NOT_WHOLE_PARCEL;
	else if (asks_goods && situation->products.count == 0)
		verdict->code = AS_VERDICT_NO_ITEMS;
	else if (rule->products.count > 0 &&
			 (verdict->name = first_missing(&rule->products, &situation->products)) != NULL)
		verdict->code = AS_VERDICT_PRODUCT;
	else if (rule->categories.count > 0 && !situation->categories_known)
		verdict->code = AS_VERDICT_NO_CATEGORY;
	else if (rule->categories.count > 0 &&
			 (verdict->name = first_missing(&rule->categories, &situation->categories)) != NULL)
		verdict->code = AS_VERDICT_CATEGORY;
	else if (rule->max_per_buyer.known && !situation->has_buyer)
		verdict->code = AS_VERDICT_NO_BUYER;
	else if (rule->condition != NULL && !situation->holds(situation->context, rule))
		verdict->code = AS_VERDICT_CONDITION;
	else
		return true;
	return false;
}

/* ---- the action ---- */

const AsTransition *
as_strategy_transition(const AsFlow *flow, int state, const char *action, uint64_t meets)
{
	int			number = strcmp(action, AS_ACTION_OPEN) == 0 ? -1 : as_flow_action(flow, action);
	const AsTransition *transition = number < 0 ? NULL : as_flow_first(flow, state, number);

	for (; transition != NULL; transition = as_flow_next(flow, transition))
		if ((transition->actors & (1u << AS_ACTOR_MERCHANT | 1u << AS_ACTOR_SYSTEM)) != 0 &&
			as_transition_is_open(transition, meets) && transition->condition < 0 && transition->needs == 0)
			return transition->refusal == NULL ? transition : NULL;
	return NULL;
}

AsMoney
as_strategy_money(const AsStrategy *rule, const AsMoney *money)
{
	AsMoney		result = *money;

	if (rule->ratio.known)
	{
		result.has_ratio = true;
		result.ratio = (AsRatio) rule->ratio.count;
	}
	result.given.known = result.cost.known = false;
	return result;
}

/* What the rule's action refunds; false and the error where it cannot be taken. */
static bool
refund_of(const AsStrategy *rule, const AsSituation *situation, const AsTransition *transition,
		  AsVerdict *verdict, AsError *error)
{
	AsMoney		money = as_strategy_money(rule, situation->money);
	AsRefund	refund;

	if (transition->refund == AS_REFUND_NOTHING)
		return true;
	if (!as_compute_refund(&money, transition, situation->refunded, &refund, &verdict->refunds, error))
		return false;
	if (verdict->refunds)
		verdict->amount = refund.amount;
	return true;
}

static bool
can_act(const AsStrategy *rule, const AsSituation *situation, AsVerdict *verdict)
{
	const AsTransition *transition = as_strategy_transition(situation->flow, situation->state, rule->action, situation->meets);
	int			look_ups;
	AsError		error;

	if (transition == NULL)
	{
		verdict->code = AS_VERDICT_ACTION;
		return false;
	}
	look_ups = as_flow_look_ups(situation->flow, rule->action);
	if (look_ups != 0 && situation->look_up != NULL)
		situation->look_up(situation->context, look_ups);
	if (transition->alone && *situation->others_open > 0)
		verdict->code = AS_VERDICT_OTHERS_OPEN;
	else if (!refund_of(rule, situation, transition, verdict, &error))
		verdict->code = AS_VERDICT_REFUND;
	else
		return true;
	return false;
}

static bool
exceeds(const AsMaybeAmount *cap, AsAmount used, AsAmount amount)
{
	AsAmount	sum;

	return cap->known && (__builtin_add_overflow(used, amount, &sum) || sum > cap->amount);
}

/* That a cap still holds when the use is recorded is the record's to see. */
static bool
within_caps(const AsStrategy *rule, const AsSituation *situation, AsVerdict *verdict)
{
	AsStrategyUse *use = &verdict->use;

	if (!rule->max_per_day.known && !rule->max_amount_per_day.known && !rule->max_per_buyer.known)
		return true;
	situation->use(situation->context, rule, situation->at, use);
	if (rule->max_per_day.known && use->uses >= rule->max_per_day.count)
		verdict->code = AS_VERDICT_USED_TODAY;
	else if (exceeds(&rule->max_amount_per_day, use->amount, verdict->amount))
		verdict->code = AS_VERDICT_AMOUNT_TODAY;
	else if (rule->max_per_buyer.known && use->buyer_uses >= rule->max_per_buyer.count)
		verdict->code = AS_VERDICT_USED_BY_BUYER;
	else
		return true;
	return false;
}

int
as_strategy_choose(const AsStrategy *rules, int count, const AsSituation *situation, AsVerdict *verdicts)
{
	int			winner = -1;
	AsVerdict	scratch = {0};

	for (int i = 0; i < count && (winner < 0 || verdicts != NULL); i++)
	{
		AsVerdict  *verdict = verdicts != NULL ? &verdicts[i] : &scratch;

		memset(verdict, 0, sizeof *verdict);
		if (!watches(&rules[i], situation, verdict) || !matches_claim(&rules[i], situation, verdict) ||
			!matches_goods(&rules[i], situation, verdict) || !can_act(&rules[i], situation, verdict) ||
			!within_caps(&rules[i], situation, verdict))
			continue;
		if (winner < 0)
			winner = i;
		else
		{
			verdict->code = AS_VERDICT_OUTRANKED;
			verdict->name = rules[winner].name;
		}
	}
	return winner;
}

/* ---- why ---- */

static const char *
quoted(char buffer[QUOTED], const char *text)
{
	return as_quote(buffer, QUOTED, text, strlen(text));
}

/* "the entry of state "x"" or "signal "y" in state "x"". */
static void
moment_text(const AsStrategy *rule, const AsFlow *flow, char *buffer, size_t size)
{
	char		state[QUOTED];
	char		signal[QUOTED];

	if (rule->signal == NULL)
		snprintf(buffer, size, "the entry of state \"%s\"",
				 quoted(state, rule->state != NULL ? rule->state : flow->states[flow->initial].name));
	else if (rule->state == NULL)
		snprintf(buffer, size, "signal \"%s\"", quoted(signal, rule->signal));
	else
		snprintf(buffer, size, "signal \"%s\" in state \"%s\"", quoted(signal, rule->signal), quoted(state, rule->state));
}

/* "from 5.00 to 10.00", "up to 10.00", "from 5.00", without needless zeros. */
static void
bounds_text(const AsStrategy *rule, char *buffer, size_t size)
{
	const AsMaybeAmount *bounds[2] = {&rule->amount_from, &rule->amount_to};
	char		texts[2][AS_AMOUNT_TEXT_SIZE];

	for (int i = 0; i < 2; i++)
	{
		AsAmount	amount = bounds[i]->amount;
		int			decimals = AS_STRATEGY_DECIMALS;

		while (decimals > 0 && amount % 10 == 0)
		{
			amount /= 10;
			decimals--;
		}
		as_amount_format(amount, decimals, texts[i]);
	}
	if (rule->amount_from.known && rule->amount_to.known)
		snprintf(buffer, size, "from %s to %s", texts[0], texts[1]);
	else
		snprintf(buffer, size, "%s %s", rule->amount_from.known ? "from" : "up to", texts[rule->amount_from.known ? 0 : 1]);
}

static void
amount_text(const AsStrategy *rule, const AsSituation *situation, char *buffer, size_t size)
{
	char		asked[AS_AMOUNT_TEXT_SIZE];
	char		bounds[120];

	as_amount_format(situation->money->asked.amount, situation->money->digits, asked);
	bounds_text(rule, bounds, sizeof bounds);
	snprintf(buffer, size, "amount %s %s is outside its bounds, %s", asked, situation->currency, bounds);
}

static void
refund_text(const AsStrategy *rule, const AsSituation *situation, char *buffer, size_t size)
{
	const AsTransition *transition = as_strategy_transition(situation->flow, situation->state, rule->action, situation->meets);
	AsVerdict	verdict = {0};
	AsError		error = {0};

	(void) refund_of(rule, situation, transition, &verdict, &error);
	snprintf(buffer, size, "its refund would be refused: %s", error.message);
}

static void
cap_text(const AsStrategy *rule, const AsSituation *situation, const AsVerdict *verdict, char *buffer, size_t size)
{
	char		used[AS_AMOUNT_TEXT_SIZE];
	char		more[AS_AMOUNT_TEXT_SIZE];
	char		cap[AS_AMOUNT_TEXT_SIZE];

	switch (verdict->code)
	{
		case AS_VERDICT_USED_TODAY:
			snprintf(buffer, size, "it was used %lld times on that day, its cap is %lld",
					 (long long) verdict->use.uses, (long long) rule->max_per_day.count);
			break;
		case AS_VERDICT_USED_BY_BUYER:
			snprintf(buffer, size, "it was used %lld times for the buyer, its cap is %lld",
					 (long long) verdict->use.buyer_uses, (long long) rule->max_per_buyer.count);
			break;
		default:
			as_amount_format(verdict->use.amount, situation->money->digits, used);
			as_amount_format(verdict->amount, situation->money->digits, more);
			as_amount_format(rule->max_amount_per_day.amount, situation->money->digits, cap);
			snprintf(buffer, size, "it gave %s %s on that day, %s more would exceed its cap of %s",
					 used, situation->currency, more, cap);
	}
}

/* The verdicts that say how the rule and the request differ. */
static void
difference_text(const AsStrategy *rule, const AsSituation *situation, const AsVerdict *verdict,
				char *buffer, size_t size)
{
	char		name[QUOTED];

	switch (verdict->code)
	{
		case AS_VERDICT_REASON:
			if (situation->reason == NULL)
				snprintf(buffer, size, "the request has no reason");
			else
				snprintf(buffer, size, "reason \"%s\" is not among its reasons", quoted(name, situation->reason));
			break;
		case AS_VERDICT_CURRENCY:
			snprintf(buffer, size, "it is for currency %s, the request is in %s", rule->currency, situation->currency);
			break;
		case AS_VERDICT_PARCELS:
			if (situation->parcels.known)
				snprintf(buffer, size, "the request has %lld parcels, not exactly one", (long long) situation->parcels.count);
			else
				snprintf(buffer, size, "it is not known how many parcels the request has");
			break;
		case AS_VERDICT_PRODUCT:
			snprintf(buffer, size, "product \"%s\" is not among its products", quoted(name, verdict->name));
			break;
		case AS_VERDICT_CATEGORY:
			snprintf(buffer, size, "category \"%s\" is not among its categories", quoted(name, verdict->name));
			break;
		default:
			amount_text(rule, situation, buffer, size);
	}
}

static void
moment_verdict_text(const AsStrategy *rule, const AsSituation *situation, const AsVerdict *verdict,
					char *buffer, size_t size)
{
	char		name[AS_INSTANT_TEXT + QUOTED];
	char		moment[200];

	switch (verdict->code)
	{
		case AS_VERDICT_NOT_IN_FORCE:
			if (situation->at < rule->effective_from)
				snprintf(buffer, size, "it is in force only from %s on", as_instant_text(rule->effective_from, name));
			else
				snprintf(buffer, size, "it was in force until %s", as_instant_text(rule->effective_to, name));
			break;
		case AS_VERDICT_ACTION:
			snprintf(buffer, size, "it cannot take action \"%s\"", quoted(name, rule->action));
			snprintf(buffer + strlen(buffer), size - strlen(buffer), " in state \"%s\"",
					 quoted(name, situation->flow->states[situation->state].name));
			break;
		case AS_VERDICT_OUTRANKED:
			snprintf(buffer, size, "it matches, but rule \"%s\" comes first", quoted(name, verdict->name));
			break;
		default:
			moment_text(rule, situation->flow, moment, sizeof moment);
			snprintf(buffer, size, "it watches %s", moment);
	}
}

const char *
as_verdict_text(const AsStrategy *rule, const AsSituation *situation, const AsVerdict *verdict,
				char buffer[AS_VERDICT_TEXT])
{
	static const char *const fixed[] = {
		[AS_VERDICT_WINS] = "its conditions hold, and no rule that matches comes before it",
		[AS_VERDICT_DISABLED] = "it is switched off",
		[AS_VERDICT_NO_AMOUNT] = "the request has no amount",
		[AS_VERDICT_NOT_WHOLE_PARCEL] = "it is not known that all goods of the parcel are refunded",
		[AS_VERDICT_NO_ITEMS] = "the request has no items",
		[AS_VERDICT_NO_CATEGORY] = "an item of the request has no category",
		[AS_VERDICT_NO_BUYER] = "it has a cap per buyer, and the request has no buyer",
		[AS_VERDICT_CONDITION] = "the request's attributes do not contain its condition",
		[AS_VERDICT_OTHERS_OPEN] = "another request of the order is open",
		[AS_VERDICT_USED_BY_BUYER] = NULL
	};

	if (fixed[verdict->code] != NULL)
	{
		snprintf(buffer, AS_VERDICT_TEXT, "%s", fixed[verdict->code]);
		return buffer;
	}
	switch (verdict->code)
	{
		case AS_VERDICT_REFUND:
			refund_text(rule, situation, buffer, AS_VERDICT_TEXT);
			break;
		case AS_VERDICT_USED_TODAY:
		case AS_VERDICT_AMOUNT_TODAY:
		case AS_VERDICT_USED_BY_BUYER:
			cap_text(rule, situation, verdict, buffer, AS_VERDICT_TEXT);
			break;
		case AS_VERDICT_OTHER_MOMENT:
		case AS_VERDICT_OTHER_STATE:
		case AS_VERDICT_NOT_IN_FORCE:
		case AS_VERDICT_ACTION:
		case AS_VERDICT_OUTRANKED:
			moment_verdict_text(rule, situation, verdict, buffer, AS_VERDICT_TEXT);
			break;
		default:
			difference_text(rule, situation, verdict, buffer, AS_VERDICT_TEXT);
	}
	return buffer;
}
