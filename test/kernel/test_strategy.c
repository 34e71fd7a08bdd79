/*
 * test_strategy.c
 *		Which automatic rule acts, and why the others do not.
 */
#include <string.h>

#include "kernel/strategy.h"
#include "tap.h"

enum
{
	REQUESTED, WAITING, REFUNDED, N_STATES
};
enum
{
	REFUND, AGREE, REMARK, SETTLE, PARCEL_REFUSED, PLATFORM_REFUND, N_ACTIONS
};

#define BY(kind) (1u << AS_ACTOR_##kind)
#define TAKES(from_, to_, action_, actors_, ...) \
	{.from = from_, .to = to_, .action = action_, .actors = actors_, .permission = -1, __VA_ARGS__}

static AsState states[N_STATES] = {
	[REQUESTED] = {.name = "requested"},[WAITING] = {.name = "waiting"},[REFUNDED] = {.name = "refunded",.final = true}
};
static AsTransition transitions[] = {
	TAKES(REQUESTED, REFUNDED, REFUND, BY(MERCHANT),.needs = 1,.condition = -1),
	TAKES(REQUESTED, REFUNDED, REFUND, BY(MERCHANT),.condition = 0),
	TAKES(REQUESTED, REFUNDED, REFUND, BY(MERCHANT),.condition = -1,.refund = AS_REFUND_ASKED,.executor = AS_EXECUTOR_INSTRUCT),
	TAKES(REQUESTED, WAITING, AGREE, BY(SYSTEM),.condition = -1),
	TAKES(REQUESTED, WAITING, REMARK, BY(MERCHANT),.needs = 1,.condition = -1),
	TAKES(REQUESTED, REFUNDED, SETTLE, BY(MERCHANT),.condition = -1,.alone = true),
	TAKES(REQUESTED, REFUNDED, PLATFORM_REFUND, BY(PLATFORM),.condition = -1),
	TAKES(WAITING, REFUNDED, REFUND, BY(SYSTEM),.condition = -1,.refund = AS_REFUND_ASKED,.executor = AS_EXECUTOR_PLATFORM),
	TAKES(WAITING, WAITING, PARCEL_REFUSED, BY(CARRIER),.condition = -1),
};
static const char *actions[N_ACTIONS] = {"refund", "agree", "remark", "settle", "parcel_refused", "platform_refund"};
static const char *keys[] = {"remark"};
static const AsFlow flow = {
	.name = "test/flow",.version = 1,.initial = REQUESTED,.n_states = N_STATES,.states = states,
	.n_actions = N_ACTIONS,.actions = actions,.n_transitions = sizeof transitions / sizeof transitions[0],
	.transitions = transitions,.n_keys = 1,.keys = keys
};

/* ---- the shell's part ---- */

typedef struct Shell
{
	bool		holds;
	AsStrategyUse used;
	int			asked_for_use;
	const AsStrategy *asked_about;
	AsInstant	asked_at;
	int			looked_up;
} Shell;

static Shell shell;
static AsMoney money;
static int64_t others_open;

static bool
holds(void *context, const AsStrategy *rule)
{
	return rule->condition != NULL && ((Shell *) context)->holds;
}

static void
use_of(void *context, const AsStrategy *rule, AsInstant at, AsStrategyUse *use)
{
	Shell	   *of = context;

	of->asked_for_use++;
	of->asked_about = rule;
	of->asked_at = at;
	*use = of->used;
}

static void
look_up(void *context, int look_ups)
{
	((Shell *) context)->looked_up |= look_ups;
	money.remaining.known = true;
	money.remaining.amount = 100000;
}

/* A rule without conditions, and a request just opened: 50.00 asked of 1000.00. */
static AsStrategy rule;
static AsSituation request;

static void
reset(void)
{
	memset(&rule, 0, sizeof rule);
	memset(&request, 0, sizeof request);
	memset(&money, 0, sizeof money);
	memset(&shell, 0, sizeof shell);
	others_open = 0;
	rule.rule_id = 1;
	rule.name = "rule";
	rule.enabled = true;
	rule.effective_from = AS_INSTANT_BEGIN;
	rule.effective_to = AS_INSTANT_END;
	rule.action = "refund";
	money.digits = 2;
	money.asked.known = true;
	money.asked.amount = 5000;
	request.flow = &flow;
	request.state = REQUESTED;
	request.entered = true;
	request.currency = "USD";
	request.money = &money;
	request.others_open = &others_open;
	request.context = &shell;
	request.holds = holds;
	request.use = use_of;
	request.look_up = look_up;
}

static AsVerdict
judge(void)
{
	AsVerdict	verdict;
	int			winner = as_strategy_choose(&rule, 1, &request, &verdict);

	if ((winner == 0) != (verdict.code == AS_VERDICT_WINS) || as_strategy_choose(&rule, 1, &request, NULL) != winner)
		verdict.code = (AsVerdictCode) -1;
	return verdict;
}

static bool
says(const char *expected)
{
	AsVerdict	verdict = judge();
	char		text[AS_VERDICT_TEXT];

	if (strcmp(as_verdict_text(&rule, &request, &verdict, text), expected) == 0)
		return true;
	printf("# %s\n", text);
	return false;
}

#define wins() (judge().code == AS_VERDICT_WINS)

static AsNames
names(int count, const char *const *of)
{
	AsNames		result = {count, of};

	return result;
}

static void
test_names(void)
{
	const char *of[] = {"c", "a", "b", "a", "c"};
	AsNames		tidy = as_names(of, 5);

	ok(tidy.count == 3 && strcmp(tidy.names[0], "a") == 0 && strcmp(tidy.names[1], "b") == 0 &&
	   strcmp(tidy.names[2], "c") == 0 && as_names(of, 0).count == 0 && as_names(of, 1).count == 1,
	   "names are put in order, each once");
}

/* ---- moments ---- */

static void
test_moment(void)
{
	static const struct
	{
		const char *state;		/* of the rule */
		const char *signal;
		int			now;		/* state of the request */
		bool		entered;
		const char *arrived;
		int			from;
		AsVerdictCode code;
	}			cases[] = {
		{NULL, NULL, REQUESTED, true, NULL, 0, AS_VERDICT_WINS},
		{"requested", NULL, REQUESTED, true, NULL, 0, AS_VERDICT_WINS},
		{"waiting", NULL, REQUESTED, true, NULL, 0, AS_VERDICT_OTHER_STATE},
		{NULL, NULL, WAITING, true, NULL, 0, AS_VERDICT_OTHER_STATE},
		{"waiting", NULL, WAITING, true, "agree", REQUESTED, AS_VERDICT_WINS},
		{"waiting", NULL, WAITING, false, "parcel_refused", WAITING, AS_VERDICT_OTHER_MOMENT},
		{NULL, "parcel_refused", WAITING, false, "parcel_refused", WAITING, AS_VERDICT_WINS},
		{NULL, "parcel_refused", REQUESTED, false, "parcel_refused", REQUESTED, AS_VERDICT_WINS},
		{"waiting", "parcel_refused", WAITING, false, "parcel_refused", WAITING, AS_VERDICT_WINS},
		/* the state in which it arrived counts, not the one that it leads to */
		{"requested", "agree", WAITING, true, "agree", REQUESTED, AS_VERDICT_WINS},
		{"waiting", "agree", WAITING, true, "agree", REQUESTED, AS_VERDICT_OTHER_STATE},
		{NULL, "parcel_refused", WAITING, true, "agree", REQUESTED, AS_VERDICT_OTHER_MOMENT},
		{NULL, "parcel_refused", REQUESTED, true, NULL, 0, AS_VERDICT_OTHER_MOMENT},
	};
	bool		good = true;

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
	{
		reset();
		rule.state = cases[i].state;
		rule.signal = cases[i].signal;
		request.state = cases[i].now;
		request.entered = cases[i].entered;
		request.signal = cases[i].arrived;
		request.from = cases[i].from;
		if (judge().code != cases[i].code)
		{
			printf("# case %d: %d\n", (int) i, (int) judge().code);
			good = false;
		}
	}
	ok(good, "a rule watches the entry of its state, or its signal, which stays armed across states (DOUYIN-09)");
	reset();
	rule.state = "waiting";
	rule.signal = "parcel_refused";
	good = says("it watches signal \"parcel_refused\" in state \"waiting\"");
	rule.state = NULL;
	good &= says("it watches signal \"parcel_refused\"");
	rule.signal = NULL;
	request.state = WAITING;
	good &= says("it watches the entry of state \"requested\"");
	ok(good, "the moment that a rule watches is told");
}

static void
test_in_force(void)
{
	bool		good;

	reset();
	request.at = 1000;
	rule.effective_from = 1000;
	rule.effective_to = 1001;
	good = wins();
	rule.effective_from = 1001;
	rule.effective_to = 2000;
	good &= judge().code == AS_VERDICT_NOT_IN_FORCE && says("it is in force only from 2000-01-01 00:00:00.001001+00 on");
	rule.effective_from = 0;
	rule.effective_to = 1000;
	good &= judge().code == AS_VERDICT_NOT_IN_FORCE && says("it was in force until 2000-01-01 00:00:00.001+00");
	ok(good, "a rule is in force from effective_from on, and no longer at effective_to");
	reset();
	rule.enabled = false;
	ok(judge().code == AS_VERDICT_DISABLED && says("it is switched off"), "a rule that is switched off does not act");
}

/* ---- reason and amount ---- */

static void
test_reason(void)
{
	static const char *const reasons[] = {"damaged", "missing", "wrong_size"};
	bool		good;

	reset();
	good = wins();
	rule.reasons = names(3, reasons);
	good &= judge().code == AS_VERDICT_REASON && says("the request has no reason");
	for (int i = 0; i < 3; i++)
	{
		request.reason = reasons[i];
		good &= wins();
	}
	ok(good, "each reason of the set matches, none does not");
	request.reason = "Damaged";
	good = judge().code == AS_VERDICT_REASON && says("reason \"Damaged\" is not among its reasons");
	request.reason = "";
	good &= judge().code == AS_VERDICT_REASON;
	request.reason = "zzz";
	good &= judge().code == AS_VERDICT_REASON;
	ok(good, "another reason does not match, nor one that differs in case");
}

static void
test_amount(void)
{
	static const struct
	{
		int			digits;
		AsAmount	asked;
		bool		has_from;
		AsAmount	from;
		bool		has_to;
		AsAmount	to;
		AsVerdictCode code;
	}			cases[] = {
		{2, 1000, true, 100000, true, 100000, AS_VERDICT_WINS},
		{2, 999, true, 100000, true, 200000, AS_VERDICT_AMOUNT},
		{2, 1000, true, 100000, false, 0, AS_VERDICT_WINS},
		{2, 2000, true, 100000, true, 200000, AS_VERDICT_WINS},
		{2, 2001, true, 100000, true, 200000, AS_VERDICT_AMOUNT},
		{2, 2001, false, 0, true, 200000, AS_VERDICT_AMOUNT},
		/* a bound that is finer than the currency */
		{0, 10, false, 0, true, 105000, AS_VERDICT_WINS},
		{0, 11, false, 0, true, 105000, AS_VERDICT_AMOUNT},
		{0, 10, true, 105000, false, 0, AS_VERDICT_AMOUNT},
		{3, 10500, true, 105000, true, 105000, AS_VERDICT_WINS},
		{4, 105001, false, 0, true, 105000, AS_VERDICT_AMOUNT},
		{0, AS_AMOUNT_MAX, false, 0, true, 105000, AS_VERDICT_AMOUNT},
	};
	bool		good = true;

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
	{
		reset();
		rule.action = "agree";
		money.digits = cases[i].digits;
		money.asked.amount = cases[i].asked;
		rule.amount_from.known = cases[i].has_from;
		rule.amount_from.amount = cases[i].from;
		rule.amount_to.known = cases[i].has_to;
		rule.amount_to.amount = cases[i].to;
		if (judge().code != cases[i].code)
		{
			printf("# case %d: %d\n", (int) i, (int) judge().code);
			good = false;
		}
	}
	ok(good, "both bounds are inclusive, whatever the decimals of the currency (TEMU-27, DOUYIN-06)");
	reset();
	rule.amount_from.known = rule.amount_to.known = true;
	rule.amount_from.amount = 100000;
	rule.amount_to.amount = 199900;
	good = says("amount 50.00 USD is outside its bounds, from 10 to 19.99");
	rule.amount_from.known = false;
	good &= says("amount 50.00 USD is outside its bounds, up to 19.99");
	rule.amount_to.known = false;
	rule.amount_from.known = true;
	rule.amount_from.amount = 1000000;
	good &= says("amount 50.00 USD is outside its bounds, from 100");
	ok(good, "amount and bounds are told");
	money.asked.known = false;
	good = judge().code == AS_VERDICT_NO_AMOUNT && says("the request has no amount");
	rule.amount_from.known = false;
	rule.action = "agree";
	ok(good && wins(), "a request without an amount does not match bounds");
}

static void
test_both(void)
{
	static const char *const reasons[] = {"damaged"};
	bool		good;

	reset();
	rule.reasons = names(1, reasons);
	rule.amount_to.known = true;
	rule.amount_to.amount = 500000;
	request.reason = "damaged";
	good = wins();
	money.asked.amount = 5001;
	good &= judge().code == AS_VERDICT_AMOUNT;
	money.asked.amount = 5000;
	request.reason = "other";
	good &= judge().code == AS_VERDICT_REASON;
	ok(good, "reason and amount must match, both (TEMU-27)");
	reset();
	rule.currency = "USD";
	good = wins();
	rule.currency = "EUR";
	ok(good && judge().code == AS_VERDICT_CURRENCY && says("it is for currency EUR, the request is in USD"),
	   "a rule for another currency does not match");
}

/* ---- parcels and goods ---- */

static void
test_parcels(void)
{
	bool		good;

	reset();
	rule.single_parcel = true;
	good = judge().code == AS_VERDICT_PARCELS && says("it is not known how many parcels the request has");
	request.parcels.known = true;
	request.parcels.count = 1;
	good &= wins();
	request.parcels.count = 0;
	good &= judge().code == AS_VERDICT_PARCELS;
	request.parcels.count = 2;
	ok(good && judge().code == AS_VERDICT_PARCELS && says("the request has 2 parcels, not exactly one"),
	   "single_parcel: exactly one, unknown does not match (DOUYIN-07)");
	rule.single_parcel = false;
	good = wins();
	rule.whole_parcel = true;
	good &= judge().code == AS_VERDICT_NOT_WHOLE_PARCEL;
	request.whole_parcel = true;
	ok(good && wins(), "whole_parcel: all goods are refunded, unknown does not match (DOUYIN-07)");
}

static void
test_goods(void)
{
	static const char *const set[] = {"a", "c", "e", "g"};
	static const char *const within[] = {"c", "g"};
	static const char *const beyond[] = {"c", "f"};
	bool		good;

	reset();
	rule.products = names(4, set);
	good = judge().code == AS_VERDICT_NO_ITEMS && says("the request has no items");
	request.products = names(2, within);
	good &= wins();
	request.products = names(4, set);
	good &= wins();
	request.products = names(2, beyond);
	ok(good && judge().code == AS_VERDICT_PRODUCT && says("product \"f\" is not among its products"),
	   "every product of the request must be in the set");
	reset();
	rule.categories = names(4, set);
	request.products = names(2, beyond);
	good = judge().code == AS_VERDICT_NO_CATEGORY && says("an item of the request has no category");
	request.categories = names(1, within);
	good &= judge().code == AS_VERDICT_NO_CATEGORY;
	request.categories_known = true;
	good &= wins();
	request.categories = names(2, beyond);
	ok(good && judge().code == AS_VERDICT_CATEGORY && says("category \"f\" is not among its categories"),
	   "every item must have a category of the set");
}

static void
test_condition(void)
{
	bool		good;

	reset();
	good = wins();
	rule.condition = "{}";
	good &= judge().code == AS_VERDICT_CONDITION;
	shell.holds = true;
	ok(good && wins(), "the attributes must contain the condition");
}

/* ---- the action ---- */

static void
test_action(void)
{
	bool		good;

	reset();
	good = as_strategy_transition(&flow, REQUESTED, "refund", 0) == &transitions[2] &&
		as_strategy_transition(&flow, WAITING, "refund", 0) == &transitions[7] &&
		as_strategy_transition(&flow, REFUNDED, "refund", 0) == NULL &&
		as_strategy_transition(&flow, REQUESTED, "no_such_action", 0) == NULL &&
		as_strategy_transition(&flow, REQUESTED, "remark", 0) == NULL &&
		as_strategy_transition(&flow, REQUESTED, "platform_refund", 0) == NULL;
	ok(good, "a rule acts for the merchant or the system, and gives no payload");
	rule.action = "remark";
	good = judge().code == AS_VERDICT_ACTION && says("it cannot take action \"remark\" in state \"requested\"");
	rule.action = "agree";
	good &= wins() && shell.looked_up == 0 && !judge().refunds;
	rule.action = "settle";
	good &= wins() && shell.looked_up == AS_LOOK_UP_OTHERS;
	others_open = 1;
	ok(good && judge().code == AS_VERDICT_OTHERS_OPEN, "a rule whose action cannot be taken does not match");
}

static void
test_refund(void)
{
	AsVerdict	verdict;
	bool		good;

	reset();
	money.asked.amount = 1999;
	money.given.known = true;	/* an earlier act's, no rule's */
	money.given.amount = 1;
	rule.ratio.known = true;
	rule.ratio.count = 3000;
	verdict = judge();
	good = verdict.code == AS_VERDICT_WINS && verdict.refunds && verdict.amount == 600;
	rule.ratio.count = AS_RATIO_MIN;
	good &= judge().amount == 100;
	rule.ratio.known = false;
	good &= judge().amount == 1999;
	money.has_ratio = true;
	money.ratio = 5000;
	good &= judge().amount == 1000;
	ok(good, "its refund is at the rule's ratio, else at the request's, else the whole (TEMU-28)");
	reset();
	request.look_up = NULL;
	good = judge().code == AS_VERDICT_REFUND &&
		says("its refund would be refused: it is not known what was paid for the order (RA044)");
	money.remaining.known = true;
	money.remaining.amount = 4999;
	good &= judge().code == AS_VERDICT_REFUND;
	money.remaining.amount = 5000;
	good &= wins();
	request.refunded = 1;
	money.remaining.amount = 4999;
	good &= judge().code == AS_VERDICT_REFUND;
	ok(good, "a rule whose refund would be refused does not match");
}

/* ---- caps ---- */

static void
test_caps(void)
{
	bool		good;

	reset();
	good = wins() && shell.asked_for_use == 0;
	rule.max_per_day.known = true;
	rule.max_per_day.count = 2;
	shell.used.uses = 1;
	request.at = 77;
	good &= wins() && judge().use.uses == 1 && shell.asked_about == &rule && shell.asked_at == 77;
	shell.used.uses = 2;
	good &= judge().code == AS_VERDICT_USED_TODAY && says("it was used 2 times on that day, its cap is 2");
	rule.max_per_day.count = 0;
	shell.used.uses = 0;
	good &= judge().code == AS_VERDICT_USED_TODAY;
	ok(good, "a day's cap in count");
	reset();
	rule.max_amount_per_day.known = true;
	rule.max_amount_per_day.amount = 10000;
	shell.used.amount = 5000;
	good = wins();
	shell.used.amount = 5001;
	good &= judge().code == AS_VERDICT_AMOUNT_TODAY &&
		says("it gave 50.01 USD on that day, 50.00 more would exceed its cap of 100.00");
	rule.ratio.known = true;
	rule.ratio.count = 5000;
	good &= wins();
	shell.used.amount = AS_AMOUNT_MAX;
	good &= judge().code == AS_VERDICT_AMOUNT_TODAY;
	rule.action = "agree";
	shell.used.amount = 10000;
	ok(good && wins(), "a day's cap in money, by what the rule would refund");
	reset();
	rule.max_per_buyer.known = true;
	rule.max_per_buyer.count = 1;
	good = judge().code == AS_VERDICT_NO_BUYER && shell.asked_for_use == 0;
	request.has_buyer = true;
	good &= wins();
	shell.used.buyer_uses = 1;
	ok(good && judge().code == AS_VERDICT_USED_BY_BUYER && says("it was used 1 times for the buyer, its cap is 1"),
	   "a buyer's cap; a request without a buyer does not match");
}

/* ---- several ---- */

static void
test_several(void)
{
	AsStrategy	rules[4];
	AsVerdict	verdicts[4];
	char		text[AS_VERDICT_TEXT];
	bool		good;

	reset();
	for (int i = 0; i < 4; i++)
		rules[i] = rule;
	rules[0].enabled = false;
	rules[1].name = "first";
	rules[2].max_per_day.known = true;
	good = as_strategy_choose(rules, 4, &request, verdicts) == 1 &&
		as_strategy_choose(rules, 4, &request, NULL) == 1;
	good &= verdicts[0].code == AS_VERDICT_DISABLED && verdicts[1].code == AS_VERDICT_WINS &&
		verdicts[2].code == AS_VERDICT_USED_TODAY && verdicts[3].code == AS_VERDICT_OUTRANKED && verdicts[3].amount == 5000;
	ok(good, "the first that matches wins, and each other has its reason");
	good = strcmp(as_verdict_text(&rules[3], &request, &verdicts[3], text), "it matches, but rule \"first\" comes first") == 0 &&
		strcmp(as_verdict_text(&rules[1], &request, &verdicts[1], text), "its conditions hold, and no rule that matches comes before it") == 0;
	shell.asked_for_use = 0;
	good &= as_strategy_choose(rules, 4, &request, NULL) == 1 && shell.asked_for_use == 0;
	ok(good, "behind the winner nothing is looked up");
	ok(as_strategy_choose(rules, 0, &request, NULL) == -1 && as_strategy_choose(rules, 1, &request, NULL) == -1,
	   "where none matches, nothing acts");
}

int
main(void)
{
	test_names();
	test_moment();
	test_in_force();
	test_reason();
	test_amount();
	test_both();
	test_parcels();
	test_goods();
	test_condition();
	test_action();
	test_refund();
	test_caps();
	test_several();
	return tap_end();
}
