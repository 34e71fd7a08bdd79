/*
 * decide.h
 *		What becomes of a request when somebody, or the clock, acts on it.
 *
 * Deterministic: the same input gives the same decision.  BEFORE triggers
 * decide, AFTER triggers decide again from what the first decision saw
 * (AsDecideInput.seen) and compare.
 */
#ifndef AFTERSALE_KERNEL_DECIDE_H
#define AFTERSALE_KERNEL_DECIDE_H

#include "kernel/calendar.h"
#include "kernel/flow.h"
#include "kernel/refund.h"
#include "kernel/strategy.h"

#define AS_MAX_EVENTS	16		/* events that one act may write */
#define AS_MAX_COMPUTED	64		/* instants that one act may compute */
#define AS_MAX_CHOSEN	AS_MAX_EVENTS	/* automatic rules that may act along
										 * with it */

/* A shop's own term, or timeout, of a state. */
typedef struct AsOverride
{
	int			state;
	bool		has_term;
	AsTerm		term;
	int			timeout_to;		/* state; -1: the flow's */
	const char *timeout_outcome;	/* NULL: the flow's */
	AsInstant	effective_from;
	AsInstant	effective_to;
} AsOverride;

/* A timer that is armed. */
typedef struct AsTimer
{
	int			timer;			/* index into the flow's timers */
	int64_t		event_seq;		/* the event that armed it */
	AsInstant	at;
	bool		stands;			/* its clock was paused, "at" before it stood */
} AsTimer;

/* The clock of a deadline that is paused. */
typedef struct AsPaused
{
	bool		stands;
	AsInstant	since;
	AsMaybeInstant due_at;		/* that it had then */
} AsPaused;

/* The request as it stands before the act. */
typedef struct AsRequest
{
	int			state;			/* ignored when opening */
	const char *outcome;
	AsInstant	opened_at;
	AsMaybeInstant ordered_at;
	AsInstant	entered_at;
	AsMaybeInstant due_at;
	AsMaybeInstant platform_due_at;
	bool		provisional;
	AsPaused	paused;
	int			extensions;		/* of this deadline so far */
	bool		acts;			/* something fires by itself (act_at is set) */
	bool		parked;			/* but not the deadline, which is left to a
								 * person */
	bool		by_clock;		/* its last event is the clock's: a timeout or
								 * a timer */
	AsInstant	last_at;		/* when the last act was decided */
	AsMaybeInstant event_at;	/* when the last event took effect, where
								 * as_decision_event_at() said so */
	int64_t		event_seq;
	int64_t		others_open;	/* other open requests of the order, as far as
								 * the act asks */
	uint64_t	meets;			/* requirements that it met until the act:
								 * what is overdue is settled by them */
	AsMoney		money;			/* as the act finds it */
	AsMoney		money_before;	/* as it was until the act: what is overdue is
								 * settled by it */
	int			n_timers;
	AsTimer		timers[AS_MAX_TIMERS];
} AsRequest;

typedef enum AsCommandKind
{
	AS_COMMAND_OPEN,
	AS_COMMAND_ACT,
	AS_COMMAND_RECOMPUTE,		/* the deadline, which was provisional, anew */
	AS_COMMAND_SET_DEADLINE,	/* nothing but a new platform_due_at */
	AS_COMMAND_REPORT			/* the platform's word on the state */
} AsCommandKind;

/* What the platform reports of a request. */
typedef struct AsReport
{
	int			state;			/* that it is in; -1: nothing is reported */
	int			n_covered;
	const int  *covered;		/* finer states that are the same to the
								 * platform */
	int			action;			/* of the flow, where it says which led there;
								 * -1: it does not */
	AsMaybeInstant at;			/* since when */
} AsReport;

typedef struct AsCommand
{
	AsCommandKind kind;
	const char *action;
	AsActorKind actor;
	const char *actor_name;		/* for refusals; NULL: the kind's */
	const char *role;			/* of the actor as a member of the shop; NULL:
								 * he is none */
	uint64_t	permits;		/* permissions of the flow that the actor has */
	uint64_t	given;			/* payload keys that are there and not empty */
	uint64_t	holds;			/* conditions that hold */
	uint64_t	meets;			/* requirements that the request meets as the
								 * act finds it */
	bool		sets_platform_due;	/* platform_due below is new */
	AsMaybeInstant platform_due;
	AsReport	report;
	AsInstant	now;
	bool		is_there;		/* what opens is stored already: ON CONFLICT
								 * leaves it out, whatever is decided */
	bool		fire_overdue_at_opening;
} AsCommand;

/* An instant that was computed: kept in the facts, given back when deciding again. */
typedef struct AsComputed
{
	AsInstant	due;
	bool		provisional;
} AsComputed;

/* An automatic rule that acts: kept in the facts, given back when deciding again. */
typedef struct AsChosen
{
	int			after;			/* events before its own */
	const AsStrategy *rule;
} AsChosen;

typedef struct AsDecideInput
{
	const AsFlow *flow;
	const AsRequest *request;
	const AsCommand *command;
	const AsCalendar *calendar; /* not needed when deciding again */
	int			n_overrides;
	const AsOverride *overrides;
	bool		again;			/* take instants from seen instead of
								 * computing them */
	int			n_seen;
	const AsComputed *seen;

	/*
	 * The shop's automatic rules for the flow, and the request as they see
	 * it: before the act, for what is overdue, and with it.  The moment is
	 * filled in here.  Not needed when deciding again.
	 */
	int			n_strategies;
	const AsStrategy *strategies;
	AsSituation *before;
	AsSituation *situation;

	/*
	 * when deciding again: the rules that acted, and how many events there
	 * were
	 */
	int			n_chosen;
	const AsChosen *chosen;
	int			n_events;
} AsDecideInput;

/* One event. */
typedef struct AsEvent
{
	AsInstant	at;
	const char *action;
	bool		by_clock;		/* the actor is system, else the command's */
	const AsStrategy *strategy; /* the rule that acts, for the merchant; NULL:
								 * none */
	int			from;			/* state; -1 at the opening */
	int			to;
	bool		entered;		/* the state after it was entered by it */
	const char *rule;
	const char *outcome;
	AsMaybeInstant due_at;
	bool		refunds;
	AsRefund	refund;
	AsAmount	taken_back;		/* of refunds that earlier events booked */
	bool		withdraws;		/* of these, some are the ERP's to pay */
	const char *charge;			/* kind of the cost that the act gives to
								 * somebody; NULL: none */
	const char *charge_bearer;
	const AsTransition *transition; /* that an actor took; NULL: the clock's,
									 * a rule's or no transition */
} AsEvent;

typedef struct AsDecision
{
	AsInstant	at;				/* when it was decided */
	int			state;
	const char *outcome;
	AsInstant	entered_at;
	AsMaybeInstant due_at;
	AsMaybeInstant platform_due_at;
	bool		provisional;
	AsPaused	paused;
	int			extensions;
	bool		armed;			/* the deadline fires by itself */
	bool		overdue_at_opening; /* still left to a person, because it was
									 * overdue when it came */
	AsAmount	refunded;		/* decided so far for this request, this act
								 * included */
	int			missing_permission; /* of the flow, where the act was refused
									 * with RA070 */
	int			n_events;
	int			n_overdue;		/* of the events: those that came before the
								 * act */
	int			n_computed;
	int			n_timers;
	int			n_chosen;
	/* from here on only as far as counted */
	AsEvent		events[AS_MAX_EVENTS];
	AsComputed	computed[AS_MAX_COMPUTED];
	AsTimer		timers[AS_MAX_TIMERS];
	AsChosen	chosen[AS_MAX_CHOSEN];
} AsDecision;

/* When the state that it is in was entered, where that is a final one; unknown: the request is open. */
extern AsMaybeInstant as_decision_closed_at(const AsFlow *flow, const AsDecision *decision);

/* Since when its clock stands, and the deadline that it had then; unknown: it goes. */
extern AsMaybeInstant as_paused_since(const AsDecision *decision);
extern AsMaybeInstant as_paused_due_at(const AsDecision *decision);

/* When the last event took effect, where that is neither when the act was decided nor when the state was entered. */
extern AsMaybeInstant as_decision_event_at(const AsCommand *command, const AsDecision *decision);

/* When the clock has to take the request up next: the earliest of its deadline and its timers. */
extern AsMaybeInstant as_decision_act_at(const AsDecision *decision);

/* Decides; false and the error where the act is refused. */
extern bool as_decide(const AsDecideInput *input, AsDecision *decision, AsError *error);

/*
 * Where the request stands at an instant when nobody acts: applies the
 * timeouts and timers that are overdue and nothing else.
 */
extern bool as_advance(const AsDecideInput *input, AsDecision *decision, AsError *error);

#endif
