/*
 * attach.h
 *		Attachments: policy on a table of the ERP's, without the engine.
 *
 * What an attachment maps and asks stands in the arguments of its triggers, so
 * that nobody but the table's owner can change what is executed there, that a
 * dump restores it, and that renaming the table changes nothing.  What may
 * change without DDL (paused), and what must survive (totals), are rows of
 * aftersale.attachment and its tables, found by the attachment's name.
 */
#ifndef AFTERSALE_ATTACH_H
#define AFTERSALE_ATTACH_H

#include "postgres.h"

#include "commands/trigger.h"
#include "compat.h"
#include "executor/executor.h"
#include "kernel/attach.h"
#include "kernel/error.h"
#include "kernel/term.h"
#include "nodes/execnodes.h"
#include "pgtime.h"
#include "utils/jsonb.h"
#include "utils/rel.h"

typedef enum AsAttachKind
{
	AS_ATTACH_DEADLINE,
	AS_ATTACH_REFUND_CHECK,
	AS_ATTACH_RETURN_WAREHOUSE,
	AS_ATTACH_BINDING
} AsAttachKind;

/* Our words, to which columns of theirs are mapped */
typedef enum AsWord
{
	AS_WORD_START,
	AS_WORD_PLATFORM_DUE,
	AS_WORD_CALENDAR,
	AS_WORD_KEY,
	AS_WORD_RATIO,
	AS_WORD_AMOUNT,
	AS_WORD_PAID,
	AS_WORD_ORDER,
	AS_WORD_CURRENCY,
	AS_WORD_SHOP,
	AS_WORD_COUNTRY,
	AS_WORD_PRODUCTS,
	AS_WORD_AS_OF,
	AS_WORD_FLOW,
	AS_WORD_STATE,
	AS_WORD_REASON,
	AS_WORD_ORDERED,
	AS_WORD_OPENED,
	AS_WORD_ATTRIBUTES,
	AS_WORD_ITEMS,
	AS_WORD_ACTOR,
	AS_WORD_PAYLOAD,
	AS_WORD_DUE,				/* from here on: written by us */
	AS_WORD_WAREHOUSE,
	AS_WORD_BASIS,
	AS_WORD_REFUND,
	AS_WORD_OUTCOME
} AsWord;

#define AS_WORDS		(AS_WORD_OUTCOME + 1)
#define AS_WORD_NONE	((AsWord) AS_WORDS)
#define AS_WORDS_READ	AS_WORD_DUE

typedef enum AsSourceFrom
{
	AS_FROM_NOTHING,
	AS_FROM_COLUMN,
	AS_FROM_CONSTANT,
	AS_FROM_SQL
} AsSourceFrom;

typedef enum AsUnit
{
	AS_UNIT_NONE,
	AS_UNIT_MAJOR,
	AS_UNIT_MINOR,
	AS_UNIT_FRACTION,
	AS_UNIT_PERCENT,
	AS_UNIT_EPOCH_S,
	AS_UNIT_EPOCH_MS
} AsUnit;

typedef struct AsSource
{
	AsSourceFrom from;
	AsUnit		unit;
	int			attnum;
	Oid			declared;		/* of a column, as it is declared */
	Oid			type;			/* without domains */
	int32		typmod;
	int16		length;
	bool		by_value;
	const char *column;
	const char *sql;
	Datum		constant;
	Node	   *tree;			/* of the SQL, as parsed */
	pg_tz	   *zone;			/* of a time without one; NULL: UTC */
	const char *zone_name;
} AsSource;

/* A definition against the columns of one table; valid until the transaction ends. */
typedef struct AsAttached
{
	const char *name;
	AsAttachKind kind;
	AsSource	sources[AS_WORDS];
	const char *when_sql;		/* NULL: every row */
	const char *counts_sql;
	Node	   *when;
	Node	   *counts;
	AsTerm		term;			/* of a deadline */
	struct AsBinding *binding;	/* of a binding; else NULL */
} AsAttached;

/* The row of aftersale.attachment */
typedef struct AsAttachState
{
	bool		exists;
	bool		paused;
	bool		filled;			/* an order without a total of this generation
								 * has none to look for */
	int			generation;
	Oid			owner;			/* of the table; InvalidOid: no such role */
	const char *definition;		/* as the owner attached it; valid until the
								 * next state is read */
} AsAttachState;

/* What one statement needs */
typedef struct AsAttachCall
{
	const char *name;
	const AsAttached *attached; /* NULL: paused */
	AsAttachState state;
	bool		registered;		/* the trigger carries what the owner attached */
	Relation	relation;
	ExprContext *econtext;		/* its per-tuple memory is what reading uses */
	ExprState  *states[AS_WORDS];
	ExprState  *when;
	ExprState  *counts;
	char		currency[8];	/* last seen, and its decimals */
	int			digits;
} AsAttachCall;

/* ---- attach.c ---- */

/* The table of an argument; 42P01 where there is none of that OID. */
extern Relation as_attach_open_table(Oid relation, LOCKMODE lock);

/* Raises RA103 unless the user owns the attachment's table, or has the rights of the owner of ours. */
extern void as_attach_require_owner(Oid relation, const char *name);

/* ---- attach_map.c ---- */

/*
 * Reads a definition against a table, in the current memory context.  Raises
 * RA100 or RA101 (code), which name attachment and table, where they do not fit.
 */
extern AsAttached *as_attach_compile(Relation relation, const char *name, Jsonb *definition, const char *code);

/* Whether rows pass where the definition does not fit its table any more; asked before anything else of it is read. */
extern bool as_attach_passes_faults(JsonbContainer *definition);

/* How errors call the table. */
extern const char *as_attach_table(Relation relation);

/* ---- attach_cache.c ---- */

/*
 * The call of a trigger function: what fn_extra remembers or a new one.  Checks
 * that the trigger has an attachment's arguments, and that it is of that kind and
 * maps the word that the function cannot do without (anybody may make triggers
 * on tables of his).
 */
extern AsAttachCall *as_attach_call(FunctionCallInfo fcinfo, AsAttachKind kind, AsWord needed);

/*
 * The same, looked up with the rights of the table's owner, where the user of
 * now is not the one who wrote.  Raises RA102 and RA103 as
 * as_attach_require_registered() does.
 */
extern AsAttachCall *as_attach_call_as_owner(FunctionCallInfo fcinfo, AsAttachKind kind, AsWord needed);

/* The same outside a trigger, for a table that is open; in the current memory context. */
extern AsAttachCall *as_attach_call_on(Relation relation, const AsAttached *attached);

/*
 * The same for an attachment that the relation has a trigger of with that
 * function of ours; NULL: it has none, or does not fit and lets rows pass.
 * Triggers that carry another definition than was attached are not read; where
 * there are only such, RA103.
 */
extern AsAttachCall *as_attach_call_found(Relation relation, const char *name, Oid function);

/* The state of an attachment; exists is false where it has no row. */
extern void as_attach_state(const char *name, AsAttachState *state);

/*
 * Raises RA103 unless the attachment's tables may be written for this relation:
 * its owner is the one who attached, or has the rights of the tables' owner.
 */
extern void as_attach_require_own(Relation relation, const char *name, const AsAttachState *state);

/*
 * The same for what a trigger does with the rights of another role, which takes
 * the definition that the owner attached as well: who was granted TRIGGER on a
 * table may make triggers on it, but not execute anything as its owner.
 */
extern void as_attach_require_registered(const AsAttachCall *call);

extern void as_attach_init(void);	/* _PG_init only */

/* ---- attach_table.c ---- */

/* The table that the attachment is on: as remembered, or looked for anew; InvalidOid: none is known. */
extern Oid	as_attach_table_of(const char *name, bool anew);

/*
 * Whether the relation is the attachment's table or a partition of it.  Others may
 * have triggers of that name: a partition that was detached, and tables on which
 * somebody made them who was granted TRIGGER.
 */
extern bool as_attach_is_of(Relation relation, const char *name);

/*
 * Whether a trigger that writes with the rights of another role has to work: it is
 * not paused, and on the attachment's table.  Raises as as_attach_require_registered().
 */
extern bool as_attach_works(const AsAttachCall *call);

/* ---- attach_rows.c ---- */

/* One row of a statement: old NULL, it was inserted; new NULL, it was deleted. */
typedef void (*AsAttachPair) (void *context, TupleTableSlot *old, TupleTableSlot *new);

/*
 * Hands over every row of the statement of an AFTER STATEMENT trigger, in the
 * call's per-tuple memory.
 */
extern void as_attach_each_pair(AsAttachCall *call, TriggerData *trigger, AsAttachPair take, void *context);

/* ---- attach_value.c ---- */

/* Whether the row is one of the attachment's, by its "when". */
extern bool as_attach_applies(AsAttachCall *call, TupleTableSlot *row);

/* Whether it consumes the balance, by its "counts" as well. */
extern bool as_attach_counts(AsAttachCall *call, TupleTableSlot *row);

/*
 * Whether the attachment has to look at a changed row: it applies, and did not
 * before or a mapped value is another.
 */
extern bool as_attach_touched(AsAttachCall *call, TupleTableSlot *old, TupleTableSlot *new);

/* Whether a word has the same value in both. */
extern bool as_attach_is_same(AsAttachCall *call, AsWord word, TupleTableSlot *old, TupleTableSlot *new);

extern Datum as_attach_raw(AsAttachCall *call, AsWord word, TupleTableSlot *row, bool *isnull);

/* Each returns false for NULL. */
extern bool as_attach_instant(AsAttachCall *call, AsWord word, TupleTableSlot *row, TimestampTz *instant);
extern bool as_attach_amount_at(AsAttachCall *call, AsWord word, TupleTableSlot *row, int digits, AsAmount *amount);
extern bool as_attach_text(AsAttachCall *call, AsWord word, TupleTableSlot *row, const char **value, int *length);

/* The amount of a row that was there before: whatever is no amount is 0, what is too fine is rounded. */
extern AsAmount as_attach_old_amount(AsAttachCall *call, TupleTableSlot *row, int digits);

/* The shop, 0 where none is mapped.  Raises RA010 for what is none; lenient: that is 0, too. */
extern int64 as_attach_shop(AsAttachCall *call, TupleTableSlot *row, bool lenient);

/* The decimals of the row's currency, its code in call->currency ("": none is mapped). */
extern int	as_attach_digits(AsAttachCall *call, TupleTableSlot *row, bool lenient);

/* The ratio in hundredths of a percent, checked (TEMU-28). */
extern bool as_attach_ratio_at(AsAttachCall *call, TupleTableSlot *row, int64 *hundredths);

/* Ratio, amount and paid of one row (TEMU-28, TEMU-07); paid only where it is no expression, or always. */
extern void as_attach_check_row(AsAttachCall *call, TupleTableSlot *row, bool always);

/* An instant as the column wants it. */
extern Datum as_attach_instant_datum(const AsSource *target, TimestampTz instant);

/* The deadline of a row; false: it has none. */
extern bool as_attach_due(AsAttachCall *call, TupleTableSlot *row, TimestampTz *due);

/* Raises an error of the kernel, which says of which attachment and table it is where it has no detail of its own. */
AS_NORETURN extern void as_attach_refuse(AsAttachCall *call, AsError *error);

/* Whether a trigger fired for what it may be attached to. */
extern void as_attach_require_row_trigger(FunctionCallInfo fcinfo);
extern void as_attach_require_statement_trigger(FunctionCallInfo fcinfo);

#endif
