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

#define AS_MAX_EVENTS	16		/* events that one act may write */

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
	bool		armed;			/* the deadline fires by itself (act_at is
								 * set) */
	bool		timed_out;		/* its last event is a timeout */
	AsInstant	last_at;		/* when the last act was decided */
	int64_t		event_seq;
	int64_t		others_open;	/* other open requests of the order, as far as
								 * the act asks */
	AsMoney		money;
} AsRequest;

typedef enum AsCommandKind
{
	AS_COMMAND_OPEN,
	AS_COMMAND_ACT,
	AS_COMMAND_RECOMPUTE,		/* the deadline, which was provisional, anew */
	AS_COMMAND_SET_DEADLINE		/* nothing but a new platform_due_at */
} AsCommandKind;

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
	bool		sets_platform_due;	/* platform_due below is new */
	AsMaybeInstant platform_due;
	AsInstant	now;
	bool		fire_overdue_at_opening;
} AsCommand;

/* A deadline that was computed: kept in the facts, given back when deciding again. */
typedef struct AsComputed
{
	AsInstant	due;
	bool		provisional;
} AsComputed;

typedef struct AsDecideInput
{
	const AsFlow *flow;
	const AsRequest *request;
	const AsCommand *command;
	const AsCalendar *calendar; /* not needed when deciding again */
	int			n_overrides;
	const AsOverride *overrides;
	bool		again;			/* take deadlines from seen instead of
								 * computing them */
	int			n_seen;
	const AsComputed *seen;
} AsDecideInput;

/* One event. */
typedef struct AsEvent
{
	AsInstant	at;
	const char *action;
	bool		by_clock;		/* the actor is system, else the command's */
	int			from;			/* state; -1 at the opening */
	int			to;
	const char *rule;
	const char *outcome;
	AsMaybeInstant due_at;
	bool		refunds;
	AsRefund	refund;
	const char *charge;			/* kind of the cost that the act gives to
								 * somebody; NULL: none */
	const char *charge_bearer;
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
	bool		armed;
	bool		overdue_at_opening; /* still left to a person, because it was
									 * overdue when it came */
	AsAmount	refunded;		/* decided so far for this request, this act
								 * included */
	int			missing_permission; /* of the flow, where the act was refused
									 * with RA070 */
	int			n_events;
	AsEvent		events[AS_MAX_EVENTS];
	int			n_computed;
	AsComputed	computed[AS_MAX_EVENTS];
} AsDecision;

/* Decides; false and the error where the act is refused. */
extern bool as_decide(const AsDecideInput *input, AsDecision *decision, AsError *error);

/*
 * Where the request stands at an instant when nobody acts: applies the
 * timeouts that are overdue and nothing else.
 */
extern bool as_advance(const AsDecideInput *input, AsDecision *decision, AsError *error);

#endif
