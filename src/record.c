/*
 * record.c
 *		The AFTER STATEMENT triggers of aftersale.request: record.
 *
 * For every row of the statement that was decided, decides again from the old
 * row, last_* and last_facts, refuses the statement where some later trigger
 * altered the decision (its seal is broken), and writes the events, items, refunds and charges:
 * set-based, as the owner of the tables, from arrays.  Rows come from the
 * transition tables in chunks, so that memory stays bounded however large the
 * statement is.  Only refunds are kept to the statement's end, so that balances
 * are locked once, in the order of their keys.
 */
#include "postgres.h"

#include "bind.h"
#include "catalog/pg_trigger.h"
#include "catalog/pg_type.h"
#include "commands/trigger.h"
#include "errors.h"
#include "event_table.h"
#include "executor/executor.h"
#include "executor/spi.h"
#include "fmgr.h"
#include "history.h"
#include "judge.h"
#include "money.h"
#include "owner.h"
#include "parcels.h"
#include "refunds.h"
#include "request.h"
#include "request_row.h"
#include "rows.h"
#include "seal.h"
#include "strategy_use.h"
#include "take_back.h"
#include "timers.h"
#include "utils/memutils.h"
#include "utils/rel.h"
#include "utils/timestamp.h"
#include "utils/tuplestore.h"

/* what was collected is written after so many events, or bytes of lines */
#define CHUNK_EVENTS	1000
#define CHUNK_BYTES		(32 * 1024 * 1024)

/* ---- items ---- */

static const Oid item_types[3] = {INT8OID, INT8OID, JSONBOID};

#define ITEM_INSERT \
	"INSERT INTO aftersale.item (shop_id, request_id, line_no, product, sku, category, quantity, paid, amount) " \
	"SELECT r.shop_id, r.request_id, coalesce((i.item ->> 'line_no')::numeric::int, i.place::int)," \
	" i.item ->> 'product', i.item ->> 'sku', i.item ->> 'category', (i.item ->> 'quantity')::numeric," \
	" (i.item ->> 'paid')::numeric, (i.item ->> 'amount')::numeric FROM "
#define ITEM_LINES ", jsonb_array_elements(r.items) WITH ORDINALITY AS i(item, place)"

static AsRowsStatement insert_items = AS_ROWS_STATEMENT(
														ITEM_INSERT "(VALUES ($1, $2, $3)) AS r(shop_id, request_id, items)" ITEM_LINES,
														ITEM_INSERT "unnest($1, $2, $3) AS r(shop_id, request_id, items)" ITEM_LINES
);

/* What an event gives to somebody: fees kept back, and the cost that a rule puts on a bearer. */
typedef enum ChargeColumn
{
	CHARGE_SHOP_ID,
	CHARGE_REQUEST_ID,
	CHARGE_EVENT_SEQ,
	CHARGE_NO,
	CHARGE_KIND,
	CHARGE_AMOUNT,
	CHARGE_CURRENCY,
	CHARGE_BEARER,
	CHARGE_RULE,
	CHARGE_COLUMNS
} ChargeColumn;

static const Oid charge_types[CHARGE_COLUMNS] = {
	INT8OID, INT8OID, INT8OID, INT4OID, TEXTOID, NUMERICOID, TEXTOID, TEXTOID, TEXTOID
};

#define INSERT_CHARGES \
	"INSERT INTO aftersale.charge (shop_id, request_id, event_seq, charge_no, kind, amount, currency, bearer, rule) "

static AsRowsStatement insert_charges = AS_ROWS_STATEMENT(
														  INSERT_CHARGES "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
														  INSERT_CHARGES "SELECT * FROM unnest($1, $2, $3, $4, $5, $6, $7, $8, $9)"
);

/* ---- collecting ---- */

typedef struct Recorder
{
	Relation	relation;
	AsRequestMap map;
	AsHistorySession session;
	MemoryContext statement;	/* the statement's: the table of events, and
								 * refunds, so that balances are taken once,
								 * by key */
	MemoryContext chunk;		/* all else; reset after each flush */
	AsEventTable *events;		/* NULL: no event yet */
	AsRows		refunds;
	AsRows		taken_back;
	AsRows		uses;			/* of automatic rules, likewise */
	bool		any_bound;		/* some table of the ERP's is bound */
	AsRows		bound;			/* keys of requests that may be, for the
								 * write-back */
	int			chunk_events;
	AsRows		items;
	AsRows		charges;
	AsRows		parcels;
	AsTimerRows timers;
} Recorder;

/* Collects one event; digest is its own. */
static void
collect_event(Recorder *recorder, const AsHistoryLine *line, const uint8 digest[AS_DIGEST_SIZE])
{
	Datum		values[AS_EVENT_COLUMNS];
	bool		nulls[AS_EVENT_COLUMNS];

	if (recorder->events == NULL)
	{
		MemoryContext before = MemoryContextSwitchTo(recorder->statement);

		recorder->events = as_event_table_open();
		MemoryContextSwitchTo(before);
	}
	as_history_event(line, digest, values, nulls);
	as_event_table_add(recorder->events, values, nulls);
	recorder->chunk_events++;
}

/*
 * Collects the events of a decision: the digest of the last one is the row's,
 * which the seal covers, those of others are computed again.
 */
static void
collect_events(Recorder *recorder, const AsRequestRow *new, const AsJudgement *judgement, const uint8 *previous)
{
	uint8		digest[AS_DIGEST_SIZE];
	int			last = judgement->decision.n_events - 1;

	for (int i = 0; i <= last; i++)
	{
		AsHistoryLine line;

		as_history_line(judgement, new, &recorder->session, i, &line);
		if (i < last)
		{
			as_history_digest(&line, previous, digest);
			previous = digest;
		}
		collect_event(recorder, &line, i < last ? digest : as_row_digest(new));
	}
}

static void
collect_charge(Recorder *recorder, const AsRequestRow *new, const AsJudgement *judgement, int number,
			   int charge_no, const char *kind, AsAmount amount, const char *bearer)
{
	const AsDecision *decision = &judgement->decision;
	AsRows	   *charges = &recorder->charges;

	as_rows_begin(charges);
	as_rows_set(charges, CHARGE_SHOP_ID, new->values[AS_COL_shop_id], false);
	as_rows_set(charges, CHARGE_REQUEST_ID, new->values[AS_COL_request_id], false);
	as_rows_set(charges, CHARGE_EVENT_SEQ,
				Int64GetDatum(as_judged_event_seq(judgement, new, number)), false);
	as_rows_set(charges, CHARGE_NO, Int32GetDatum(charge_no), false);
	as_rows_set_text(charges, CHARGE_KIND, kind);
	as_rows_set_amount(charges, CHARGE_AMOUNT, amount, judgement->request.money.digits);
	as_rows_set(charges, CHARGE_CURRENCY, as_row_copy(new, AS_COL_currency), false);
	as_rows_set_text(charges, CHARGE_BEARER, bearer);
	as_rows_set_text(charges, CHARGE_RULE, decision->events[number].rule);
	charges->count++;
}

/* The fees kept back from the event's refund are the buyer's; the cost of the act is its bearer's. */
static void
collect_charges(Recorder *recorder, const AsRequestRow *new, const AsJudgement *judgement, int number)
{
	const AsEvent *event = &judgement->decision.events[number];
	const AsMoney *money = &judgement->request.money;
	int			charge_no = 0;

	if (event->charge != NULL && money->cost.known)
		collect_charge(recorder, new, judgement, number, ++charge_no, event->charge, money->cost.amount,
					   event->charge_bearer);
	for (int i = 0; event->refunds && i < event->refund.n_fees; i++)
		if (event->refund.fees[i] > 0)
			collect_charge(recorder, new, judgement, number, ++charge_no, money->fees[i].kind,
						   event->refund.fees[i], as_actor_names[AS_ACTOR_BUYER]);
}

/* The BEFORE ROW triggers that see a row after it was decided, as "a, b"; "none" where there is none. */
static const char *
later_triggers(Relation relation)
{
	TriggerDesc *triggers = relation->trigdesc;
	StringInfoData names;

	initStringInfo(&names);
	for (int i = 0; triggers != NULL && i < triggers->numtriggers; i++)
	{
		Trigger    *trigger = &triggers->triggers[i];

		if (TRIGGER_FOR_BEFORE(trigger->tgtype) && TRIGGER_FOR_ROW(trigger->tgtype) &&
			(TRIGGER_FOR_INSERT(trigger->tgtype) || TRIGGER_FOR_UPDATE(trigger->tgtype)) &&
			strcmp(trigger->tgname, "aftersale_decide") > 0)
			appendStringInfo(&names, "%s\"%s\"", names.len > 0 ? ", " : "", trigger->tgname);
	}
	return names.len > 0 ? names.data : "none";
}

/* Raises RA026; column NULL: it is not known which one was altered. */
static void
altered(Relation relation, const AsRequestRow *new, const char *column)
{
	char	   *what = psprintf("request %lld of shop %lld", (long long) as_row_int64(new, AS_COL_request_id),
								(long long) as_row_int64(new, AS_COL_shop_id));
	AsError		error;

	if (column == NULL)
		as_fail(&error, RA_DECISION_ALTERED, NULL, "a trigger altered %s after it was decided", what);
	else
		as_fail(&error, RA_DECISION_ALTERED, NULL, "a trigger altered column \"%s\" of %s after it was decided", column, what);
	as_detail(&error, "BEFORE triggers on aftersale.request that come after \"aftersale_decide\": %s.", later_triggers(relation));
	as_hint(&error, "What they may change is the ERP's own: reason, order_ref, attributes, warehouse_id and the like.");
	as_report(&error);
}

/*
 * Deciding again comes out otherwise, and yet the row is as it was decided: the
 * flow was changed in place in between.
 */
static void
differs(const AsRequestRow *new, const char *column)
{
	AsError		error;

	if (as_flow_epoch() == as_decided_under)
		elog(ERROR, "request " INT64_FORMAT " of shop " INT64_FORMAT " has another \"%s\" when it is decided again",
			 as_row_int64(new, AS_COL_request_id), as_row_int64(new, AS_COL_shop_id), column);
	as_fail(&error, RA_DECISION_ALTERED, NULL, "a flow was changed while request %lld of shop %lld was decided by it",
			(long long) as_row_int64(new, AS_COL_request_id), (long long) as_row_int64(new, AS_COL_shop_id));
	as_detail(&error, "Decided again, it has another \"%s\".", column);
	as_hint(&error, "Run the statement again.");
	as_report(&error);
}

static void
check_instant(const AsRequestRow *new, AsRequestColumn column, AsMaybeInstant decided)
{
	AsMaybeInstant stored = as_row_instant(new, column);

	if (stored.known != decided.known || (stored.known && stored.at != decided.at))
		differs(new, as_request_column_names[column]);
}

/* The row must say what deciding again says. */
static void
check_decision(const AsRequestRow *new, const AsJudgement *judgement, int64 seq_before)
{
	const AsDecision *decision = &judgement->decision;
	char	   *outcome = as_row_text(new, AS_COL_outcome);
	AsMaybeInstant entered = {true, decision->entered_at};

	if (strcmp(as_row_text(new, AS_COL_state), judgement->flow->states[decision->state].name) != 0)
		differs(new, "state");
	if ((outcome == NULL) != (decision->outcome == NULL) ||
		(outcome != NULL && strcmp(outcome, decision->outcome) != 0))
		differs(new, "outcome");
	if (as_row_int64(new, AS_COL_event_seq) != seq_before + decision->n_events)
		differs(new, "event_seq");
	if (DatumGetBool(new->values[AS_COL_provisional]) != decision->provisional)
		differs(new, "provisional");
	if (DatumGetTimestampTz(new->values[AS_COL_last_at]) != decision->at)
		differs(new, "last_at");
	check_instant(new, AS_COL_entered_at, entered);
	check_instant(new, AS_COL_closed_at, as_decision_closed_at(judgement->flow, decision));
	check_instant(new, AS_COL_due_at, decision->due_at);
	check_instant(new, AS_COL_platform_due_at, decision->platform_due_at);
	check_instant(new, AS_COL_act_at, as_decision_act_at(decision));
	check_instant(new, AS_COL_paused_at, as_paused_since(decision));
	check_instant(new, AS_COL_paused_due_at, as_paused_due_at(decision));
	if (DatumGetInt32(new->values[AS_COL_extensions]) != decision->extensions)
		differs(new, "extensions");
	if (DatumGetInt32(new->values[AS_COL_attempts]) != 0)
		differs(new, "attempts");
	if (new->nulls[AS_COL_fault] == decision->overdue_at_opening)
		differs(new, "fault");
}

/* old NULL: the request was opened. */
static void
check_refund_amount(const AsRequestRow *old, const AsRequestRow *new, const AsJudgement *judgement)
{
	const AsMoney *money = &judgement->request.money;
	AsAmount	refunded;

	if (judgement->decision.refunded == money->refunded)
	{
		if (old == NULL ? !new->nulls[AS_COL_refund_amount] : !as_request_same(old, new, AS_COL_refund_amount))
			differs(new, "refund_amount");
	}
	else if (new->nulls[AS_COL_refund_amount] ||
			 as_numeric_to_scaled(DatumGetNumeric(new->values[AS_COL_refund_amount]), money->digits,
								  &refunded) != AS_NUMERIC_FITS ||
			 refunded != judgement->decision.refunded)
		differs(new, "refund_amount");
}

/*
 * Refunds, charges, parcels and uses of rules of a decision.  What was overdue refunds
 * the order that the request had until now.  old NULL: the request was opened.
 */
static void
collect_effects(Recorder *recorder, const AsRequestRow *old, const AsRequestRow *new, const AsJudgement *judgement)
{
	const AsDecision *decision = &judgement->decision;
	MemoryContext before = MemoryContextSwitchTo(recorder->statement);

	for (int i = 0; i < decision->n_events; i++)
		if (as_is_booked(decision, i))
			as_refunds_add(&recorder->refunds, i < decision->n_overdue ? old : new, new, judgement, i);
	for (int i = 0; i < decision->n_events; i++)
		if (decision->events[i].taken_back > 0)
			as_take_back_add(&recorder->taken_back, new, judgement, i);
	for (int i = 0; i < decision->n_chosen; i++)
	{
		const AsEvent *event = &decision->events[decision->chosen[i].after];
		const AsRuleUse *use = &judgement->uses[i];

		if (as_strategy_is_capped(decision->chosen[i].rule))
			as_uses_add(&recorder->uses, as_row_int64(new, AS_COL_shop_id), decision->chosen[i].rule, use->day,
						use->buyer, event->refunds ? event->refund.amount : 0, judgement->request.money.digits);
	}
	MemoryContextSwitchTo(before);
	for (int i = 0; i < decision->n_events; i++)
	{
		collect_charges(recorder, new, judgement, i);
		as_parcels_add(&recorder->parcels, new, judgement, i);
	}
}

/* What was decided goes back into the row of the ERP's that the request is bound to. */
static void
collect_bound(Recorder *recorder, const AsRequestRow *new)
{
	MemoryContext before;

	if (!recorder->any_bound || as_bound_is_acting(as_row_int64(new, AS_COL_shop_id), as_row_int64(new, AS_COL_request_id)))
		return;
	before = MemoryContextSwitchTo(recorder->statement);
	as_rows_begin(&recorder->bound);
	as_rows_set(&recorder->bound, 0, new->values[AS_COL_shop_id], false);
	as_rows_set(&recorder->bound, 1, new->values[AS_COL_request_id], false);
	recorder->bound.count++;
	MemoryContextSwitchTo(before);
}

static void
collect_opened(Recorder *recorder, const AsRequestRow *new)
{
	AsJudgement judgement;

	if (!as_is_sealed(new))
		altered(recorder->relation, new, NULL);
	as_judge_opening_again(new, &judgement);
	check_decision(new, &judgement, 0);
	check_refund_amount(NULL, new, &judgement);
	collect_events(recorder, new, &judgement, NULL);
	as_timer_rows_add(&recorder->timers, new, &judgement);
	collect_effects(recorder, NULL, new, &judgement);
	collect_bound(recorder, new);
	if (!new->nulls[AS_COL_last_items])
	{
		AsRows	   *items = &recorder->items;

		as_rows_begin(items);
		as_rows_set(items, 0, new->values[AS_COL_shop_id], false);
		as_rows_set(items, 1, new->values[AS_COL_request_id], false);
		as_rows_set(items, 2, as_row_copy(new, AS_COL_last_items), false);
		items->count++;
	}
}

static void
collect_updated(Recorder *recorder, const AsRequestRow *old, const AsRequestRow *new)
{
	AsRequestColumn changed = as_request_fixed_change(old, new);
	AsJudgement judgement;

	/* nothing decided may have changed where nothing was decided */
	if (changed == AS_REQUEST_COLUMN_COUNT && as_request_same(old, new, AS_COL_event_seq))
	{
		changed = as_request_decided_change(old, new);
		if (changed == AS_REQUEST_COLUMN_COUNT && !as_request_same(old, new, AS_COL_platform_due_at))
			changed = AS_COL_platform_due_at;
		if (changed == AS_REQUEST_COLUMN_COUNT)
		{
			if (!as_request_same(old, new, AS_COL_warehouse_id))
				collect_bound(recorder, new);
			return;
		}
	}
	if (changed != AS_REQUEST_COLUMN_COUNT)
		altered(recorder->relation, new, as_request_column_names[changed]);
	if (!as_is_sealed(new))
		altered(recorder->relation, new, NULL);
	as_judge_act_again(old, new, &judgement);
	check_decision(new, &judgement, as_row_int64(old, AS_COL_event_seq));
	check_refund_amount(old, new, &judgement);
	collect_events(recorder, new, &judgement, as_row_digest(old));
	as_timer_rows_add(&recorder->timers, new, &judgement);
	collect_effects(recorder, old, new, &judgement);
	collect_bound(recorder, new);
}

static void
begin_chunk(Recorder *recorder)
{
	recorder->chunk_events = 0;
	as_timer_rows_init(&recorder->timers);
	as_rows_init(&recorder->items, lengthof(item_types), item_types);
	as_rows_init(&recorder->charges, CHARGE_COLUMNS, charge_types);
	as_parcels_init(&recorder->parcels);
}

static void
flush_chunk(Recorder *recorder)
{
	AsOwner		owner;

	if (recorder->items.count + recorder->charges.count + recorder->parcels.count + recorder->timers.forgotten.count + recorder->timers.armed.count > 0)
	{
		as_owner_begin(&owner, RelationGetRelid(recorder->relation));
		SPI_connect();
		as_rows_execute(&recorder->items, &insert_items);
		as_rows_execute(&recorder->charges, &insert_charges);
		as_parcels_write(&recorder->parcels);
		as_timer_rows_write(&recorder->timers);
		SPI_finish();
		as_owner_end(&owner);
	}
	MemoryContextReset(recorder->chunk);
	begin_chunk(recorder);
}

/* Counters of rules before balances, in every session. */
static void
count_uses(Recorder *recorder)
{
	AsOwner		owner;

	if (recorder->uses.count == 0)
		return;
	as_owner_begin(&owner, RelationGetRelid(recorder->relation));
	SPI_connect();
	as_uses_write(&recorder->uses);
	SPI_finish();
	as_owner_end(&owner);
}

/* ---- reading transition tables ---- */

typedef struct Reader
{
	Tuplestorestate *store;
	int			pointer;
	TupleTableSlot *slot;
	MemoryContext context;		/* of the slot and its tuple: outlives chunks */
} Reader;

static void
reader_begin(Reader *reader, Tuplestorestate *store, TupleDesc descriptor)
{
	reader->context = CurrentMemoryContext;
	reader->store = store;
	reader->pointer = tuplestore_alloc_read_pointer(store, EXEC_FLAG_REWIND);
	tuplestore_select_read_pointer(store, reader->pointer);
	tuplestore_rescan(store);
	reader->slot = MakeSingleTupleTableSlot(descriptor, &TTSOpsMinimalTuple);
}

/*
 * The next row; false at the end.  Others read the same tuplestore in between,
 * so the pointer is chosen each time; and the slot owns a copy of its tuple, in
 * the reader's context, since a spilled one would otherwise lie in whatever
 * context is current and be freed with it.
 */
static bool
reader_next(Reader *reader, const AsRequestMap *map, AsRequestRow *row)
{
	MemoryContext before = MemoryContextSwitchTo(reader->context);
	bool		found;

	tuplestore_select_read_pointer(reader->store, reader->pointer);
	found = tuplestore_gettupleslot(reader->store, true, true, reader->slot);
	MemoryContextSwitchTo(before);
	if (found)
		as_request_row_from_slot(map, reader->slot, row);
	return found;
}

PG_FUNCTION_INFO_V1(aftersale_request_record);

Datum
aftersale_request_record(PG_FUNCTION_ARGS)
{
	TriggerData *trigger = as_request_trigger(fcinfo, TRIGGER_EVENT_AFTER);
	bool		inserted = TRIGGER_FIRED_BY_INSERT(trigger->tg_event);
	TupleDesc	descriptor = RelationGetDescr(trigger->tg_relation);
	Recorder	recorder;
	Reader		new_rows;
	Reader		old_rows = {0};
	AsRequestRow old;
	AsRequestRow new;
	MemoryContext caller = CurrentMemoryContext;

	if (trigger->tg_newtable == NULL || (!inserted && trigger->tg_oldtable == NULL))
		ereport(ERROR, (errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED),
						errmsg("trigger \"%s\" lacks its transition tables", trigger->tg_trigger->tgname)));
	recorder.relation = trigger->tg_relation;
	as_history_session(&recorder.session);
	recorder.events = NULL;
	recorder.chunk = AllocSetContextCreate(caller, "aftersale record", ALLOCSET_DEFAULT_SIZES);
	as_request_map(descriptor, &recorder.map);
	reader_begin(&new_rows, trigger->tg_newtable, descriptor);
	if (!inserted)
		reader_begin(&old_rows, trigger->tg_oldtable, descriptor);

	recorder.statement = AllocSetContextCreate(caller, "aftersale statement", ALLOCSET_DEFAULT_SIZES);
	as_refunds_init(&recorder.refunds);
	as_take_back_init(&recorder.taken_back);
	as_uses_init(&recorder.uses);
	recorder.any_bound = as_is_any_bound();
	as_rows_init(&recorder.bound, AS_KEY_COLUMNS, as_key_types);
	MemoryContextSwitchTo(recorder.chunk);
	begin_chunk(&recorder);
	while (reader_next(&new_rows, &recorder.map, &new))
	{
		if (inserted)
			collect_opened(&recorder, &new);
		else
		{
			if (!reader_next(&old_rows, &recorder.map, &old))
				elog(ERROR, "transition tables of aftersale.request do not pair");
			collect_updated(&recorder, &old, &new);
		}
		if (recorder.chunk_events >= CHUNK_EVENTS ||
			MemoryContextMemAllocated(recorder.chunk, false) >= CHUNK_BYTES)
			flush_chunk(&recorder);
	}
	flush_chunk(&recorder);
	MemoryContextSwitchTo(caller);
	if (recorder.events != NULL)
		as_event_table_close(recorder.events);
	count_uses(&recorder);
	as_take_back(&recorder.taken_back, RelationGetRelid(recorder.relation));
	as_refunds_book(&recorder.refunds, RelationGetRelid(recorder.relation));
	as_bound_write(&recorder.bound);
	MemoryContextDelete(recorder.chunk);
	MemoryContextDelete(recorder.statement);
	ExecDropSingleTupleTableSlot(new_rows.slot);
	if (!inserted)
		ExecDropSingleTupleTableSlot(old_rows.slot);
	return PointerGetDatum(NULL);
}
