/*
 * bind.h
 *		Bindings: a row of a table of the ERP's is a request.
 *
 * A binding is an attachment (attach.h) whose triggers run after each
 * statement: rows that enter a mapped state open requests, their changes of
 * state become acts.  What the engine decides goes back into the rows.
 */
#ifndef AFTERSALE_BIND_H
#define AFTERSALE_BIND_H

#include "attach.h"
#include "rows.h"

/* How the ERP learns that a request has come to a state. */
typedef enum AsWriteMode
{
	AS_WRITE_DIRECT,			/* the row is updated */
	AS_WRITE_OUTBOX,			/* a row of aftersale.binding_outbox, and
								 * NOTIFY */
	AS_WRITE_PROCEDURE,			/* a function or procedure of the ERP's is
								 * called */
	AS_WRITE_NONE
} AsWriteMode;

/* What is done where a request cannot follow its row. */
typedef enum AsOnConflict
{
	AS_CONFLICT_REFUSE,			/* the ERP's statement is refused */
	AS_CONFLICT_ACCEPT,			/* the row is right: the request is moved */
	AS_CONFLICT_RECORD			/* a row of aftersale.binding_conflict */
} AsOnConflict;

/* When a row that is inserted opens its request. */
typedef enum AsOpenAt
{
	AS_OPEN_AT_STATEMENT,
	AS_OPEN_AT_COMMIT
} AsOpenAt;

/* A status code of the ERP's. */
typedef struct AsBoundCode
{
	const char *code;
	int			length;
	int			n_states;		/* 0: mapped to nothing, on purpose */
	const char **states;
	const char *action;			/* NULL: found in the flow */
	const char *actor;			/* NULL: the row's, else the login's */
	Jsonb	   *payload;		/* NULL: none */
	AsWriteMode mode;
	const char *procedure;		/* its call, such as SELECT public.f($1) */
	const char *set;			/* further columns: ", a = 'x'::..." or empty */
} AsBoundCode;

typedef struct AsBinding
{
	int			n_codes;
	AsBoundCode *codes;
	AsOnConflict on_conflict;
	AsOpenAt	open_at;
	const char *on_delete;		/* action; NULL: the request is left to a
								 * person */
	const char *touch;			/* ", write_date = ..." or empty; $6 is now */
	bool		writes;			/* it has columns beside the state */
	bool		tells;			/* some state's mode is outbox or procedure */
} AsBinding;

#define AS_CODE_UNKNOWN	(-1)	/* the map does not have it */
#define AS_CODE_NULL	(-2)

/* The code that is written for a state; NULL: none. */
extern const AsBoundCode *as_bound_code_of(const AsBinding *binding, const char *state);

/* Whether the code says that the request may be in the state. */
extern bool as_bound_covers(const AsBoundCode *code, const char *state);

/* The type of a source's column, as a cast has it. */
extern const char *as_bound_type(const AsSource *source);

/*
 * $1, keys as text, for a FROM: as k("aftersale key", "aftersale place"), of the
 * key's type and numbered from 1.
 */
extern const char *as_bound_keys_sql(const AsAttached *attached);

/* The row's code: index, or one of the above. */
extern int	as_bound_code(AsAttachCall *call, TupleTableSlot *row);

/* Whether two texts are the same, NULL like NULL. */
static inline bool
as_bound_same(const char *a, const char *b)
{
	return a == b || (a != NULL && b != NULL && strcmp(a, b) == 0);
}

/* ---- bind_table.c ---- */

/* Whether there is any binding in the database; costs nothing where there is none. */
extern bool as_is_any_bound(void);

/*
 * The call of a binding on its table, open and locked for writing: NULL where
 * it has no table any more, or is paused.  Raises RA101 and RA103.
 */
extern AsAttachCall *as_bound_table(const char *name);
extern void as_bound_table_close(AsAttachCall *call);

/* Rows of aftersale.bound_row for requests that are to be locked or written to. */
#define AS_KEY_COLUMNS 2
extern const Oid as_key_types[AS_KEY_COLUMNS];

/*
 * Locks the rows of the ERP's that these requests (keys: shop_id, request_id)
 * are bound to, table by table in the order of their keys: theirs come before
 * ours.  Where waiting is not wanted, locked[i] says which could be had; what is
 * not bound always could.
 */
extern void as_bound_lock(const Datum *shop_ids, const Datum *request_ids, int count, bool wait, bool *locked);

/* ---- bind_write.c ---- */

/*
 * Writes what was decided on these requests into the rows that they are bound
 * to, in the way that the state's mode says.
 */
extern void as_bound_write(const AsRows *keys);

/* ---- bind_conflict.c ---- */

/* All rows of the binding are gone: their open requests are left to a person. */
extern void as_bound_truncated(const char *name);

/* ---- bind_open.c ---- */

extern void as_bound_open_init(void);	/* _PG_init only */

/*
 * Whether rows wait for the end of the transaction to open their requests; and
 * opening them now: what is refused of it is the error of whoever calls.
 */
extern bool as_bound_is_any_waiting(void);
extern void as_bound_open_waiting(void);

/* ---- bind_act.c ---- */

/* Requests that a trigger of a binding acts on itself, and writes back after it. */
extern bool as_bound_is_acting(int64 shop_id, int64 request_id);

#endif
