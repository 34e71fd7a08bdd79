/*
 * bind_change.h
 *		What happened to bound rows, and what their requests do about it.
 */
#ifndef AFTERSALE_BIND_CHANGE_H
#define AFTERSALE_BIND_CHANGE_H

#include "bind.h"

typedef enum AsBoundDeed
{
	AS_DEED_NONE,
	AS_DEED_OPEN,				/* in the flow's first state */
	AS_DEED_OPEN_AS,			/* in the state that the row says */
	AS_DEED_ACT,
	AS_DEED_MOVE,				/* to where the row says, by its word alone */
	AS_DEED_PARK,				/* the row is gone: left to a person */
	AS_DEED_CONFLICT			/* nothing, and it is noted */
} AsBoundDeed;

/* One row of a statement. */
typedef struct AsBoundChange
{
	MinimalTuple row;			/* as it is now; NULL: it is gone */
	int64		shop_id;
	const char *row_ref;
	int			code;			/* as_bound_code() */
	uint32		changed;		/* bits 1 << AsWord; all where it is new */
	bool		entered;		/* it was none of the binding's before */
	const char *actor;			/* who brings it along; NULL: whom the table's
								 * owner acts as */

	/* its request, where it has one */
	bool		has_request;
	bool		closed;
	int64		request_id;
	const char *state;
	const char *flow;			/* of the request, else the one it would take;
								 * NULL: none */
	int			version;
	const char *external_ref;	/* of the request that it would open */
	bool		adopted;		/* the request was there, but not bound */

	/* what it does */
	AsBoundDeed deed;
	const char *action;			/* of AS_DEED_ACT */
	const char *target;			/* state, of AS_DEED_OPEN_AS and AS_DEED_MOVE */
	const char *kind;			/* of AS_DEED_CONFLICT, and where the deed is
								 * refused */
	const char *sqlstate;
	const char *message;
} AsBoundChange;

typedef struct AsBoundChanges
{
	AsAttachCall *call;
	MemoryContext context;		/* everything of the changes */
	TupleTableSlot *slot;		/* of call->relation */
	bool		backfill;		/* rows that were there: nothing is to fire */
	bool		at_commit;		/* rows that waited for it */
	AsBoundChange *list;
	int			count;
	int			capacity;
	AsRows		written;		/* keys of requests that are to be written
								 * back */
} AsBoundChanges;

/* ---- bind.c ---- */

extern void as_bound_changes_init(AsBoundChanges *changes, AsAttachCall *call);
extern AsBoundChange *as_bound_changes_add(AsBoundChanges *changes);

/* A row that is there, as backfill() meets it. */
extern void as_bound_take_row(AsBoundChanges *changes, TupleTableSlot *row);

/* Does what is to be done about all of them, and forgets them. */
extern void as_bound_follow(AsBoundChanges *changes);

/* The row of a change, in the slot of the changes. */
extern TupleTableSlot *as_bound_row(const AsBoundChanges *changes, const AsBoundChange *change);

/* The row's code, as text; NULL: none. */
extern const char *as_bound_code_text(const AsBoundChanges *changes, const AsBoundChange *change);

/* ---- bind_fill.c ---- */

/* The rows of the changes as they are in the table now, by their keys; NULL where there is none. */
extern MinimalTuple * as_bound_rows_now(AsBoundChanges *changes);

/* ---- bind_find.c ---- */

/* Finds the requests of the rows, and those that could become theirs. */
extern void as_bound_find(AsBoundChanges *changes);

/* ---- bind_decide.c ---- */

/* Sets the deeds.  Raises what is refused where the binding's conflicts are. */
extern void as_bound_decide(AsBoundChanges *changes);

/*
 * In which state a row with that code opens a request, by the flow that is in
 * force; NULL: in none.
 */
extern const char *as_bound_opens_in(const AsAttachCall *call, int code, const char *flow);

/* ---- bind_act.c ---- */

/* Does the deeds. */
extern void as_bound_act(AsBoundChanges *changes);

/* ---- bind_open.c ---- */

/* Notes a row that is inserted (old NULL), or has another key now: it opens its request at the end of the transaction. */
extern void as_bound_note_inserted(AsAttachCall *call, TupleTableSlot *old, TupleTableSlot *new);

/* Takes the openings of such rows out of the deeds, and what is to be noted of those that have no request. */
extern void as_bound_postpone(AsBoundChanges *changes);

/* ---- bind_conflict.c ---- */

/* Leaves requests whose rows are gone to a person; and lets the clock go on where a row is back. */
extern void as_bound_park(AsBoundChanges *changes);
extern void as_bound_unpark(AsBoundChanges *changes);

/* Notes what cannot follow its row, and settles what was noted of rows that are right now. */
extern void as_bound_note_conflicts(AsBoundChanges *changes);

#endif
