/*
 * flow.h
 *		A flow: the state machine of one kind of request on one platform.
 *
 * Plain data that the shell compiles from rows.  Names are pointers into the
 * shell's memory and live as long as the flow; everything else refers to
 * states and actions by index.
 */
#ifndef AFTERSALE_KERNEL_FLOW_H
#define AFTERSALE_KERNEL_FLOW_H

#include <stdbool.h>
#include <stdint.h>

#include "kernel/calendar.h"
#include "kernel/error.h"
#include "kernel/instant.h"
#include "kernel/term.h"

#define AS_ACTION_OPEN			"open"	/* the first event of every request */
#define AS_ACTION_TIMEOUT		"timeout"	/* the clock's */
#define AS_ACTION_RECOMPUTE		"recompute_deadline"	/* the calendar has
														 * grown */
#define AS_ACTION_SET_DEADLINE	"set_deadline"	/* a deadline that the
												 * platform gave */

#define AS_ACTION_REPORT		"report_status" /* the platform's word on the
												 * state */

/* Who acts.  A person of the shop is the merchant, whatever the name. */
typedef enum AsActorKind
{
	AS_ACTOR_MERCHANT,
	AS_ACTOR_BUYER,
	AS_ACTOR_PLATFORM,
	AS_ACTOR_CARRIER,
	AS_ACTOR_ERP,
	AS_ACTOR_SYSTEM
} AsActorKind;

#define AS_ACTOR_KINDS	(AS_ACTOR_SYSTEM + 1)

extern const char *const as_actor_names[AS_ACTOR_KINDS];

/* The kind of an actor's name: the five reserved names, else the merchant. */
extern AsActorKind as_actor_kind(const char *actor);

/* From when the term of a state counts. */
typedef enum AsTermStart
{
	AS_FROM_ENTERED,
	AS_FROM_OPENED,
	AS_FROM_ORDERED
} AsTermStart;

typedef struct AsState
{
	const char *name;
	const char *waits_for;		/* NULL: nobody */
	const char *rule;			/* NULL: none */
	bool		final;
	bool		has_term;
	AsTerm		term;
	AsTermStart starts;
	AsPauseMode pause;			/* how a pause of its deadline is given back */
} AsState;

/* From when a timer counts. */
typedef enum AsTimerStart
{
	AS_TIMER_FROM_ENTERED,
	AS_TIMER_FROM_OPENED,
	AS_TIMER_FROM_ORDERED,
	AS_TIMER_BEFORE_DUE			/* before the deadline of its state */
} AsTimerStart;

/*
 * A secondary promise beside the deadline: a warning, the moment at which an
 * address must be masked, a lead time.  When its instant comes it is written
 * into the history, and nothing else moves.
 */
typedef struct AsFlowTimer
{
	const char *name;			/* the action of its event */
	int			state;			/* armed when it is entered; -1: the
								 * request's, armed at the opening, whatever
								 * its state */
	AsTerm		term;
	AsTimerStart starts;
	bool		outlasts;		/* of the request: a final state does not end
								 * it */
	bool		pauses;			/* stands while the deadline is paused */
	AsPauseMode pause;
	const char *rule;			/* NULL: none */
} AsFlowTimer;

#define AS_MAX_TIMERS	16		/* of a flow */

/* What a transition refunds. */
typedef enum AsRefundOf
{
	AS_REFUND_NOTHING,
	AS_REFUND_ASKED,			/* what the buyer asks for, at the request's
								 * ratio */
	AS_REFUND_GIVEN,			/* the payload's amount */
	AS_REFUND_GIVEN_OR_ASKED,	/* the payload's amount, else what the buyer
								 * asks for */
	AS_REFUND_REMAINDER,		/* all that remains of the order */
	AS_REFUND_FULL				/* what the buyer asks for, whatever the ratio */
} AsRefundOf;

/* Who executes a refund. */
typedef enum AsExecutor
{
	AS_EXECUTOR_PLATFORM,		/* the platform pays by itself: booked, never
								 * the outbox's */
	AS_EXECUTOR_INSTRUCT,		/* the ERP tells the platform to pay */
	AS_EXECUTOR_SHOP			/* the seller pays */
} AsExecutor;

#define AS_EXECUTORS	(AS_EXECUTOR_SHOP + 1)

extern const char *const as_executor_names[AS_EXECUTORS];

#define AS_MAX_KEYS	64			/* distinct payload keys, conditions and
								 * requirements of a flow */

/* What a transition does to the deadline. */
typedef enum AsClockMove
{
	AS_CLOCK_RESTART,			/* a new one for the new state */
	AS_CLOCK_KEEP,				/* it stays as it is, also into another state */
	AS_CLOCK_PAUSE,				/* it stands, until it is resumed or restarted */
	AS_CLOCK_RESUME,			/* it goes on, later by the time it stood */
	AS_CLOCK_EXTEND				/* it moves, once, by the transition's term */
} AsClockMove;

typedef struct AsTransition
{
	int			from;
	int			to;
	int			action;			/* index into actions */
	int			priority;
	uint32_t	actors;			/* bits 1 << AsActorKind */
	uint64_t	needs;			/* bits: payload keys that must be given */
	int			condition;		/* bit that must hold; -1: none */
	uint64_t	requires;		/* bits: requirements that the request must
								 * meet */
	const char *refusal;		/* taking it is refused, and why; NULL: it is
								 * not */
	const char *on_behalf_of;	/* for whom it is, where the act names nobody;
								 * NULL: nobody */
	const char *parcel;			/* kind of the request's parcel that it tells
								 * of; NULL: of none */
	const char *parcel_state;	/* NULL: leaves it */
	bool		parcel_attempt; /* a delivery of it was tried */
	AsClockMove clock;
	AsTerm		extension;		/* of AS_CLOCK_EXTEND */
	AsRefundOf	refund;
	AsExecutor	executor;		/* of the refund */
	bool		refund_fees;	/* the shop's fees are kept back */
	const char *charge;			/* kind of a cost that it gives to somebody;
								 * NULL: none */
	const char *charge_bearer;
	bool		alone;			/* refused while another request of the order
								 * is open (TEMU-26) */
	const char *outcome;		/* NULL: leaves it */
	int			permission;		/* index into permissions; -1: none is needed */
	const char *rule;			/* NULL: none */
} AsTransition;

typedef struct AsFlow
{
	const char *name;
	int			version;
	const char *platform;
	const char *rule;
	int			initial;		/* state */
	bool		judged_at_order;	/* the version in force when the order was
									 * created */
	AsInstant	effective_from;
	AsInstant	effective_to;
	int			n_states;
	AsState    *states;
	int			n_actions;
	const char **actions;		/* names; AS_ACTION_TIMEOUT among them where
								 * the flow has it */
	int			n_transitions;
	AsTransition *transitions;	/* by from, action, priority descending */
	int			n_keys;
	const char **keys;			/* the payload keys that "needs" bits stand
								 * for */
	int			n_requirements;
	const char **requirements;	/* as texts; at most AS_MAX_KEYS */
	int			n_permissions;
	const char **permissions;	/* at most AS_MAX_KEYS */
	int			n_timers;
	AsFlowTimer *timers;		/* by name; at most AS_MAX_TIMERS */
} AsFlow;

/* Index of a state or action by its name; -1: the flow has none of that name. */
extern int	as_flow_state(const AsFlow *flow, const char *name);
extern int	as_flow_action(const AsFlow *flow, const char *name);

/* Index of a timer by its name; -1: the flow has none of that name. */
extern int	as_flow_timer(const AsFlow *flow, const char *name);

/* Whether a request that meets so much may take the transition. */
extern bool as_transition_is_open(const AsTransition *transition, uint64_t meets);

/* The first transition of an action in a state; NULL: none. Others follow it. */
extern const AsTransition *as_flow_first(const AsFlow *flow, int state, int action);
extern const AsTransition *as_flow_next(const AsFlow *flow, const AsTransition *transition);

/*
 * Whether the flow can be run: every state that has a term has a timeout
 * without conditions, final states have neither term nor transitions out by
 * timeout, timeouts do not run in a circle in which no time passes, no
 * action or timer has a name that is the engine's own or another's, and
 * openings do nothing but choose the first state.
 * Fills the error (RA018) where not.
 */
extern bool as_flow_check(const AsFlow *flow, AsError *error);

/* What must be looked up before an action can be decided. */
#define AS_LOOK_UP_BALANCE	1	/* what remains of the order */
#define AS_LOOK_UP_OTHERS	2	/* other open requests of the order */
#define AS_LOOK_UP_FEES		4	/* what the shop keeps back */
#define AS_LOOK_UP_BOOKED	8	/* refunds that the platform's word may undo */

extern int	as_flow_look_ups(const AsFlow *flow, const char *action);

/* Bits of the requirements that transitions of an action have. */
extern uint64_t as_flow_requirements(const AsFlow *flow, const char *action);

/* The actions that an actor of this kind has in a state, as "a, b, c"; "none" where there is none. */
extern const char *as_flow_actions_text(const AsFlow *flow, int state, AsActorKind actor, char *buffer, size_t size);

#endif
