/*
 * test_reported.c
 *		The platform's word on the state of a request, without a server: which
 *		act of the flow it is, what becomes of the money, and that what was
 *		overdue has been applied before.
 */
#include <string.h>

#include "kernel/codes.h"
#include "kernel/decide.h"
#include "kernel/reported.h"
#include "tap.h"

#define HOUR		(INT64_C(3600) * 1000000)
#define START		(INT64_C(9825) * 24 * HOUR)

enum
{
	NEW, FINER, SENT, PAID, CLOSED, N_STATES
};
enum
{
	SHIP, RETURN, REFUND, GRANT, PAY, TIMEOUT, OPEN, N_ACTIONS
};

#define BY(kind) (1u << AS_ACTOR_##kind)
#define TAKES(from_, to_, action_, actors_, refund_, executor_, outcome_) \
	{.from = from_, .to = to_, .action = action_, .actors = actors_, .condition = -1, .refund = refund_, \
	 .executor = AS_EXECUTOR_##executor_, .outcome = outcome_, .permission = -1}

static AsState states[N_STATES] = {
	{.name = "new"}, {.name = "finer"}, {.name = "sent"}, {.name = "paid",.final = true}, {.name = "closed",.final = true}
};
static const char *actions[N_ACTIONS] = {"ship", "return", "refund", "grant", "pay", AS_ACTION_TIMEOUT, AS_ACTION_OPEN};

static AsTransition transitions[] = {
	TAKES(NEW, SENT, SHIP, BY(PLATFORM) | BY(MERCHANT), AS_REFUND_NOTHING, PLATFORM, "shipped"),
	TAKES(NEW, SENT, RETURN, BY(PLATFORM), AS_REFUND_NOTHING, PLATFORM, "returned"),
	TAKES(NEW, PAID, GRANT, BY(PLATFORM), AS_REFUND_ASKED, PLATFORM, "granted"),
	TAKES(NEW, PAID, PAY, BY(PLATFORM) | BY(MERCHANT), AS_REFUND_ASKED, INSTRUCT, "instructed"),
	TAKES(NEW, PAID, TIMEOUT, BY(SYSTEM), AS_REFUND_ASKED, PLATFORM, "in silence"),
	TAKES(NEW, FINER, OPEN, BY(PLATFORM), AS_REFUND_NOTHING, PLATFORM, NULL),
};

static AsFlow flow = {
	.name = "test/reported",.version = 1,.platform = "test",.initial = NEW,
	.effective_from = AS_INSTANT_BEGIN,.effective_to = AS_INSTANT_END,
	.n_states = N_STATES,.states = states,.n_actions = N_ACTIONS,.actions = actions,
	.n_transitions = sizeof transitions / sizeof *transitions,.transitions = transitions
};

static AsRequest request;
static AsCommand command;
static AsDecision decision;
static AsError error;

/* A request that asks for 40.00, and the platform's word on it an hour after its opening, told two hours after. */
static void
begin(int state, int reported)
{
	memset(&request, 0, sizeof request);
	memset(&command, 0, sizeof command);
	request.state = state;
	request.opened_at = request.entered_at = START;
	request.event_seq = 2;
	request.last_at = START;
	request.money.digits = 2;
	request.money.asked.known = true;
	request.money.asked.amount = 4000;
	command.kind = AS_COMMAND_REPORT;
	command.action = AS_ACTION_REPORT;
	command.actor = AS_ACTOR_PLATFORM;
	command.now = START + 2 * HOUR;
	command.report.state = reported;
	command.report.action = -1;
	command.report.at.known = true;
	command.report.at.at = START + HOUR;
}

static bool
decide(void)
{
	AsDecideInput input = {0};

	input.flow = &flow;
	input.request = &request;
	input.command = &command;
	request.money_before = request.money;
	return as_decide(&input, &decision, &error);
}

static const AsEvent *
last(void)
{
	return &decision.events[decision.n_events - 1];
}

static void
booked(AsAmount by_platform, AsAmount unclaimed, AsAmount others)
{
	request.money.booked = by_platform;
	request.money.unclaimed = unclaimed;
	request.money.refunded = by_platform + unclaimed + others;
}

static void
says_refunded(AsAmount amount)
{
	request.money.given.known = true;
	request.money.given.amount = amount;
}

static void
test_acts(void)
{
	begin(NEW, SENT);
	ok(decide() && decision.n_events == 1 && decision.state == SENT, "the state reported is the state");
	ok(strcmp(last()->action, "return") == 0 && strcmp(decision.outcome, "returned") == 0, "by the platform's act that leads there, the first by name");
	ok(last()->at == START + HOUR && decision.at == START + 2 * HOUR, "since the platform says, told when it was told");
	begin(NEW, SENT);
	command.report.action = SHIP;
	ok(decide() && strcmp(last()->action, "ship") == 0, "by the one that it names");
	begin(PAID, NEW);
	ok(decide() && decision.state == NEW && strcmp(last()->action, AS_ACTION_REPORT) == 0 && last()->transition == NULL,
	   "from a final state, where the flow has no act, by the engine's own");
	begin(NEW, FINER);
	ok(decide() && strcmp(last()->action, AS_ACTION_REPORT) == 0, "what opens a request is no act");
	begin(NEW, NEW);
	ok(decide() && decision.n_events == 0, "the same state: nothing moves");
	begin(FINER, NEW);
	command.report.covered = (const int[])
	{
		FINER
	};
	command.report.n_covered = 1;
	ok(decide() && decision.n_events == 0 && decision.state == FINER, "a finer state that it covers: nothing moves");
	begin(NEW, NEW);
	command.sets_platform_due = command.platform_due.known = true;
	command.platform_due.at = START + 30 * HOUR;
	ok(decide() && decision.n_events == 1 && strcmp(last()->action, AS_ACTION_SET_DEADLINE) == 0 && decision.due_at.at == START + 30 * HOUR,
	   "but for a deadline that is new");
	request.platform_due_at = request.due_at = command.platform_due;
	ok(decide() && decision.n_events == 0, "and not for one that it has");
	begin(PAID, CLOSED);
	command.sets_platform_due = command.platform_due.known = true;
	ok(decide() && !decision.due_at.known && !decision.platform_due_at.known, "a final state has none");
}

static void
test_refusals(void)
{
	for (int kind = 0; kind < AS_ACTOR_KINDS; kind++)
	{
		begin(NEW, PAID);
		command.actor = (AsActorKind) kind;
		ok(decide() == (kind == AS_ACTOR_PLATFORM) && (kind == AS_ACTOR_PLATFORM || strcmp(error.sqlstate, RA_NOT_THE_ACTOR) == 0),
		   kind == AS_ACTOR_PLATFORM ? "the platform may say it" : "nobody else may");
	}
	begin(NEW, -1);
	ok(!decide() && strcmp(error.sqlstate, RA_PAYLOAD_INCOMPLETE) == 0, "it says a state");
}

static void
test_money(void)
{
	begin(NEW, PAID);
	ok(decide() && strcmp(last()->action, "grant") == 0 && last()->refund.amount == 4000 && last()->refund.executor == AS_EXECUTOR_PLATFORM,
	   "paid: what was asked is booked as the platform's, and nobody is told to pay");
	begin(NEW, PAID);
	says_refunded(1500);
	ok(decide() && decision.refunded == 1500, "or what it says");
	begin(NEW, PAID);
	says_refunded(9900);
	ok(decide() && decision.refunded == 9900, "also where that is more");
	begin(NEW, PAID);
	says_refunded(-1);
	ok(!decide() && strcmp(error.sqlstate, RA_INVALID_AMOUNT) == 0, "but not below zero");
	begin(SENT, PAID);
	booked(0, 0, 1000);
	says_refunded(4000);
	ok(decide() && last()->refund.amount == 3000 && decision.refunded == 4000 && last()->taken_back == 0, "what the ERP has paid is part of it");
	begin(SENT, PAID);
	booked(0, 4000, 0);
	ok(decide() && last()->taken_back == 4000 && last()->withdraws && last()->refund.amount == 4000 && decision.refunded == 4000,
	   "what nobody has told the platform yet is not paid once more");
	begin(PAID, PAID);
	booked(0, 4000, 0);
	ok(decide() && decision.n_events == 1 && last()->withdraws && decision.refunded == 4000 && decision.state == PAID,
	   "nor where the request is in that state already");
	begin(PAID, PAID);
	booked(4000, 0, 0);
	ok(decide() && decision.n_events == 0, "once booked it is not booked again");
	says_refunded(4000);
	ok(decide() && decision.n_events == 0, "nor where it says as much");
	says_refunded(3500);
	ok(decide() && last()->taken_back == 4000 && last()->refund.amount == 3500 && decision.refunded == 3500 && !last()->entered, "less: it is booked anew");
	says_refunded(0);
	ok(decide() && last()->taken_back == 4000 && !last()->refunds && decision.refunded == 0, "nothing: nothing is");
	says_refunded(4100);
	ok(decide() && last()->taken_back == 0 && last()->refund.amount == 100, "more: the rest is booked");
	begin(PAID, PAID);
	booked(0, 0, 4000);
	says_refunded(3500);
	ok(decide() && decision.n_events == 0, "what the ERP has paid is not the platform's to take back");
	begin(PAID, SENT);
	booked(3000, 1000, 500);
	ok(decide() && last()->taken_back == 3000 && !last()->withdraws && decision.refunded == 1500, "not paid: what was booked in its name goes");
	begin(PAID, CLOSED);
	booked(3000, 1000, 500);
	ok(decide() && last()->taken_back == 4000 && last()->withdraws && decision.refunded == 500, "and at the end also what nobody has taken up");
}

static void
test_overdue(void)
{
	begin(NEW, SENT);
	request.acts = request.due_at.known = true;
	request.due_at.at = START + HOUR / 2;
	ok(decide() && decision.n_events == 2 && decision.state == SENT && strcmp(decision.events[0].action, AS_ACTION_TIMEOUT) == 0,
	   "a timeout that is overdue comes first, and the word holds over it");
	ok(last()->taken_back == 4000 && decision.refunded == 0, "what it booked is taken back");
	ok(last()->at == START + HOUR, "at the platform's instant");
	request.due_at.at = START + HOUR + HOUR / 2;
	ok(decide() && last()->at == request.due_at.at, "and not before what came first");
	begin(NEW, SENT);
	request.event_at.known = true;
	request.event_at.at = START + HOUR + 1;
	ok(decide() && last()->at == START + HOUR + 1, "nor before the last event");
	begin(NEW, SENT);
	command.report.at.at = START + 9 * HOUR;
	ok(decide() && last()->at == command.now, "nor in the future");
}

static void
test_opening(void)
{
	begin(NEW, PAID);
	request.event_seq = 0;
	command.kind = AS_COMMAND_OPEN;
	command.action = AS_ACTION_OPEN;
	flow.n_actions = N_ACTIONS - 1; /* without a choice of the first state */
	flow.n_transitions--;
	ok(decide() && decision.n_events == 2 && decision.state == PAID && decision.events[0].to == NEW && decision.refunded == 4000,
	   "a request that nobody knew opens, and is where the platform says");
	command.report.state = NEW;
	ok(decide() && decision.n_events == 1, "where it opens there, that is all");
	command.report.state = -1;
	ok(decide() && decision.n_events == 1, "as where nothing is said");
	flow.n_actions = N_ACTIONS;
	flow.n_transitions++;
}

int
main(void)
{
	test_acts();
	test_refusals();
	test_money();
	test_overdue();
	test_opening();
	return tap_end();
}
