/*
 * request.c
 *		The BEFORE ROW trigger of aftersale.request: decides.
 *
 * An INSERT opens a request; an UPDATE that sets action acts on it; a new
 * platform_due_at is the platform's word; any other UPDATE may change what is
 * the ERP's own and nothing that was decided.  The trigger writes nothing but
 * the row: what follows from the decision is recorded by record.c, after the
 * statement, from the row alone.
 */
#include "postgres.h"

#include "access.h"
#include "catalog/pg_inherits.h"
#include "clock.h"
#include "commands/trigger.h"
#include "config.h"
#include "errors.h"
#include "facts.h"
#include "flow_choice.h"
#include "fmgr.h"
#include "history.h"
#include "items.h"
#include "judge.h"
#include "kernel/currency.h"
#include "miscadmin.h"
#include "money.h"
#include "request.h"
#include "request_row.h"
#include "seal.h"
#include "utils/builtins.h"
#include "utils/fmgrprotos.h"
#include "utils/numeric.h"
#include "utils/rel.h"
#include "utils/timestamp.h"

/* what nobody but the engine writes */
static const AsRequestColumn decided_columns[] = {
	AS_COL_state, AS_COL_outcome, AS_COL_refund_amount, AS_COL_due_at, AS_COL_entered_at, AS_COL_closed_at, AS_COL_provisional,
	AS_COL_event_seq, AS_COL_flow_version, AS_COL_act_at, AS_COL_paused_at, AS_COL_paused_due_at, AS_COL_extensions, AS_COL_attempts, AS_COL_fault,
	AS_COL_last_action, AS_COL_last_actor, AS_COL_last_on_behalf_of, AS_COL_last_payload,
	AS_COL_last_items, AS_COL_last_facts, AS_COL_last_at, AS_COL_last_digest, AS_COL_seal
};

/* what a request is, for ever */
static const AsRequestColumn fixed_columns[] = {
	AS_COL_shop_id, AS_COL_request_id, AS_COL_flow, AS_COL_flow_version, AS_COL_country, AS_COL_currency, AS_COL_opened_at
};

/* Set while the sweep itself writes act_at, attempts and fault (sweep.c). */
bool		as_parking = false;

uint64		as_decided_under = 0;

static void
refuse_decided_column(AsRequestColumn column, bool inserting)
{
	AsError		error;

	as_fail(&error, RA_DECIDED_COLUMN, NULL, "column \"%s\" of aftersale.request is decided by the engine",
			as_request_column_names[column]);
	if (inserting)
		as_hint(&error, "Leave it out of the INSERT. To restore rows of a dump, disable the triggers of the table "
				"(pg_restore --disable-triggers).");
	else
		as_hint(&error, "Take an action instead: SELECT aftersale.act(shop_id, request_id, 'action'), "
				"or UPDATE aftersale.request SET action = '...'.");
	as_report(&error);
}

bool
as_has_fault(const AsRequestRow *row, const char *fault)
{
	return !row->nulls[AS_COL_fault] && strncmp(as_row_text(row, AS_COL_fault), fault, strlen(fault)) == 0;
}

AsRequestColumn
as_request_decided_change(const AsRequestRow *old, const AsRequestRow *new)
{
	for (size_t i = 0; i < lengthof(decided_columns); i++)
	{
		AsRequestColumn column = decided_columns[i];

		if (as_parking && (column == AS_COL_act_at || column == AS_COL_attempts || column == AS_COL_fault))
			continue;
		if (!as_request_same(old, new, column))
			return column;
	}
	return AS_REQUEST_COLUMN_COUNT;
}

AsRequestColumn
as_request_fixed_change(const AsRequestRow *old, const AsRequestRow *new)
{
	for (size_t i = 0; i < lengthof(fixed_columns); i++)
		if (!as_request_same(old, new, fixed_columns[i]))
			return fixed_columns[i];
	return AS_REQUEST_COLUMN_COUNT;
}

static void
check_same(const AsRequestRow *old, const AsRequestRow *new)
{
	AsRequestColumn column = as_request_decided_change(old, new);
	AsError		error;

	if (column != AS_REQUEST_COLUMN_COUNT)
		refuse_decided_column(column, false);
	column = as_request_fixed_change(old, new);
	if (column == AS_REQUEST_COLUMN_COUNT)
		return;
	as_fail(&error, RA_REQUEST_IMMUTABLE, NULL, "column \"%s\" of aftersale.request cannot be changed",
			as_request_column_names[column]);
	as_hint(&error, "Open a new request instead.");
	as_report(&error);
}

static void
check_instant(const AsRequestRow *row, AsRequestColumn column)
{
	AsMaybeInstant value = as_row_instant(row, column);
	AsError		error;

	if (!value.known || as_instant_is_finite(value.at))
		return;
	as_fail(&error, RA_INVALID_REQUEST, NULL, "column \"%s\" of aftersale.request must not be infinite",
			as_request_column_names[column]);
	as_report(&error);
}

/* Clocks differ a little; a day ahead is a mistake, and would date acts before the opening. */
static void
check_not_ahead(const AsRequestRow *row, AsInstant now)
{
	AsInstant	opened_at = DatumGetTimestampTz(row->values[AS_COL_opened_at]);
	AsError		error;
	char		text[AS_INSTANT_TEXT];

	if (opened_at <= now + USECS_PER_DAY)
		return;
	as_fail(&error, RA_INVALID_REQUEST, NULL, "opened_at lies more than a day ahead, at %s",
			as_instant_text(opened_at, text));
	as_hint(&error, "Give the instant at which the matter was opened on the platform.");
	as_report(&error);
}

/* Amounts are zero or more, finite, and no finer than the currency's minor unit. */
static void
check_amount(const AsRequestRow *row, AsRequestColumn column)
{
	char	   *currency;
	AsError		error;

	if (row->nulls[column])
		return;
	currency = as_row_text(row, AS_COL_currency);
	if (as_numeric_require_scaled(as_request_column_names[column], DatumGetNumeric(row->values[column]),
								  as_currency_digits(currency, strlen(currency))) >= 0)
		return;
	as_fail(&error, RA_INVALID_AMOUNT, NULL, "%s \"%s\" is negative", as_request_column_names[column],
			DatumGetCString(DirectFunctionCall1(numeric_out, row->values[column])));
	as_hint(&error, "Give what the buyer asks for, in the request's currency.");
	as_report(&error);
}

/*
 * Settles who acts, first of all: a role that has nothing to do with a shop
 * learns nothing of it, not even whether it exists.
 */
static void
settle_actor(AsRequestRow *row, const char *action, bool sets_platform_due, AsSpeaker *speaker)
{
	int64		shop = as_row_int64(row, AS_COL_shop_id);
	char	   *wanted = as_row_text(row, AS_COL_actor);

	if (sets_platform_due)
		as_require_platforms_word(shop, action, wanted);
	as_session_speaker(shop, action, wanted, speaker);
	as_row_set_text(row, AS_COL_actor, speaker->actor);
}

/* Flow, country and currency, where the INSERT left them out; returns who opens. */
static AsActorKind
complete_opening(AsRequestRow *row, AsInstant now)
{
	const AsShop *shop;
	const AsShopCountry *country;
	AsSpeaker	speaker;
	AsError		error;
	char	   *currency;

	if (row->nulls[AS_COL_shop_id])
	{
		as_fail(&error, RA_INVALID_REQUEST, NULL, "a request needs \"shop_id\"");
		as_hint(&error, "Such as: INSERT INTO aftersale.request (shop_id, flow) VALUES (1, 'temu/ticket');");
		as_report(&error);
	}
	settle_actor(row, AS_ACTION_OPEN, !row->nulls[AS_COL_platform_due_at], &speaker);
	if (row->nulls[AS_COL_flow])
		as_row_set_text(row, AS_COL_flow,
						as_choose_flow(pstrdup(as_shop(as_row_int64(row, AS_COL_shop_id))->platform),
									   as_request_type(as_row_jsonb(row, AS_COL_attributes)), as_row_text(row, AS_COL_reason)));
	shop = as_shop(as_row_int64(row, AS_COL_shop_id));
	country = as_shop_country(shop, as_row_text(row, AS_COL_country));
	as_row_set_text(row, AS_COL_country, country->country);
	if (row->nulls[AS_COL_currency])
		as_row_set_text(row, AS_COL_currency, country->currency);
	currency = as_row_text(row, AS_COL_currency);
	if (as_currency_digits(currency, strlen(currency)) < 0)
	{
		char		quoted[64];

		as_fail(&error, RA_UNKNOWN_CURRENCY, NULL, "currency \"%s\" does not exist",
				as_quote(quoted, sizeof quoted, currency, strlen(currency)));
		as_hint(&error, "Give the ISO 4217 code, such as USD, EUR or JPY.");
		as_report(&error);
	}
	if (row->nulls[AS_COL_opened_at])
		as_row_set(row, AS_COL_opened_at, TimestampTzGetDatum(now));
	check_amount(row, AS_COL_amount);
	check_amount(row, AS_COL_tax);
	check_amount(row, AS_COL_shipping);
	check_instant(row, AS_COL_opened_at);
	check_not_ahead(row, now);
	check_instant(row, AS_COL_ordered_at);
	check_instant(row, AS_COL_platform_due_at);
	return speaker.kind;
}

/* Extends the chain of digests by the events of the decision. */
static void
chain_digest(const AsJudgement *judgement, const AsHistorySession *session, AsRequestRow *row)
{
	const uint8 *previous = as_row_digest(row);
	uint8		digest[AS_DIGEST_SIZE];

	for (int i = 0; i < judgement->decision.n_events; i++)
	{
		AsHistoryLine line;

		as_history_line(judgement, row, session, i, &line);
		as_history_digest(&line, previous, digest);
		previous = digest;
	}
	as_row_set(row, AS_COL_last_digest, as_digest_datum(digest));
}

/* What is found and checked once a statement. */
typedef struct Statement
{
	AsRequestMap map;			/* the columns' places */
	AsHistorySession session;
} Statement;

/* Writes the decision into the row, and consumes the command. */
static void
apply(const Statement *statement, const AsJudgement *judgement, const char *action, AsRequestRow *row, int64 event_seq)
{
	const AsDecision *decision = &judgement->decision;

	as_row_set_text(row, AS_COL_state, judgement->flow->states[decision->state].name);
	as_row_set_text(row, AS_COL_outcome, decision->outcome);
	as_row_set(row, AS_COL_entered_at, TimestampTzGetDatum(decision->entered_at));
	as_row_set_instant(row, AS_COL_closed_at, as_decision_closed_at(judgement->flow, decision));
	as_row_set_instant(row, AS_COL_due_at, decision->due_at);
	as_row_set_instant(row, AS_COL_platform_due_at, decision->platform_due_at);
	if (decision->refunded != judgement->request.money.refunded)
		as_row_set(row, AS_COL_refund_amount,
				   NumericGetDatum(as_scaled_to_numeric(decision->refunded, judgement->request.money.digits)));
	as_row_set(row, AS_COL_provisional, BoolGetDatum(decision->provisional));
	as_row_set_instant(row, AS_COL_act_at, as_decision_act_at(decision));
	as_row_set_instant(row, AS_COL_paused_at, as_paused_since(decision));
	as_row_set_instant(row, AS_COL_paused_due_at, as_paused_due_at(decision));
	as_row_set(row, AS_COL_extensions, Int32GetDatum(decision->extensions));
	as_row_set(row, AS_COL_attempts, Int32GetDatum(0));
	as_row_set_text(row, AS_COL_fault, !decision->overdue_at_opening ? NULL :
					strcmp(action, AS_ACTION_REPORT) == 0 || as_has_fault(row, AS_FAULT_REPORTED) ? AS_FAULT_REPORTED : AS_FAULT_OPENING);
	as_row_set(row, AS_COL_event_seq, Int64GetDatum(event_seq + decision->n_events));

	as_row_set_text(row, AS_COL_last_action, action);
	as_row_set_null(row, AS_COL_action);
	as_row_move(row, AS_COL_last_actor, AS_COL_actor);
	as_row_move(row, AS_COL_last_on_behalf_of, AS_COL_on_behalf_of);
	as_row_move(row, AS_COL_last_payload, AS_COL_payload);
	as_row_move(row, AS_COL_last_items, AS_COL_items);
	as_row_set(row, AS_COL_last_facts,
			   JsonbPGetDatum(as_facts_write(&judgement->input, decision, judgement->calendar, judgement->uses)));
	as_row_set(row, AS_COL_last_at, TimestampTzGetDatum(decision->at));
	chain_digest(judgement, &statement->session, row);
	as_seal(row);
}

static void
open_request(const Statement *statement, AsRequestRow *row)
{
	AsInstant	now = as_now();
	AsActorKind actor;
	AsJudgement judgement;
	AsError		error;

	if (!row->nulls[AS_COL_action])
	{
		as_fail(&error, RA_ACTION_AT_INSERT, NULL, "an INSERT into aftersale.request opens a request and takes no action");
		as_hint(&error, "Leave column \"action\" out, then act: SELECT aftersale.act(shop_id, request_id, 'action').");
		as_report(&error);
	}
	for (size_t i = 0; i < lengthof(decided_columns); i++)
	{
		AsRequestColumn column = decided_columns[i];

		if (!row->nulls[column] &&
			!((column == AS_COL_attempts || column == AS_COL_extensions) && DatumGetInt32(row->values[column]) == 0))
			refuse_decided_column(column, true);
	}
	actor = complete_opening(row, now);
	if (!row->nulls[AS_COL_payload])
		as_check_payload(as_row_jsonb(row, AS_COL_payload));
	if (!row->nulls[AS_COL_items])
	{
		char	   *currency = as_row_text(row, AS_COL_currency);

		as_check_items(as_row_jsonb(row, AS_COL_items), as_currency_digits(currency, strlen(currency)));
	}
	as_judge_opening(row, actor, now, &judgement);
	as_row_set(row, AS_COL_flow_version, Int32GetDatum(judgement.flow->version));
	apply(statement, &judgement, AS_ACTION_OPEN, row, 0);
}

static void
check_command(const AsRequestRow *new)
{
	AsError		error;

	if (!new->nulls[AS_COL_items])
	{
		as_fail(&error, RA_INVALID_ITEMS, NULL, "items can be given only by the INSERT that opens a request");
		as_report(&error);
	}
	if (new->nulls[AS_COL_action])
	{
		for (int column = AS_COL_actor; column <= AS_COL_payload; column++)
		{
			if (new->nulls[column])
				continue;
			as_fail(&error, RA_INVALID_REQUEST, NULL, "column \"%s\" of aftersale.request was given without an action",
					as_request_column_names[column]);
			as_hint(&error, "Set column \"action\" in the same UPDATE.");
			as_report(&error);
		}
	}
	else if (!new->nulls[AS_COL_payload])
		as_check_payload(as_row_jsonb(new, AS_COL_payload));
}

/*
 * Whether an UPDATE without an action changes what a timeout is judged by, of a
 * request whose deadline has passed: the timeout must not depend on whether the
 * sweep came before, so it is applied first, by the row as it was.  Attributes
 * are nothing but the ERP's own unless the shop has automatic rules.
 */
static bool
settles_overdue(const AsRequestRow *old, const AsRequestRow *new)
{
	static const AsRequestColumn judged[] = {
		AS_COL_amount, AS_COL_tax, AS_COL_shipping, AS_COL_ratio, AS_COL_reason, AS_COL_order_ref, AS_COL_ordered_at
	};

	/* what the sweep failed on is overdue, whenever its next attempt is */
	if (old->nulls[AS_COL_act_at] ||
		(DatumGetTimestampTz(old->values[AS_COL_act_at]) >= as_now() && DatumGetInt32(old->values[AS_COL_attempts]) == 0))
		return false;
	for (size_t i = 0; i < lengthof(judged); i++)
		if (!as_request_same(old, new, judged[i]))
			return true;
	return !as_request_same(old, new, AS_COL_attributes) &&
		as_shop_strategies(as_shop(as_row_int64(old, AS_COL_shop_id)), as_row_text(old, AS_COL_flow)) != NULL;
}

/*
 * Where the sweep parks a row whose deadline is left to a person, since a timer of
 * it failed: that it is so stands before the error.
 */
static bool
keep_overdue(const AsRequestRow *old, AsRequestRow *new)
{
	if (!as_parking || !as_has_fault(old, AS_FAULT_OVERDUE) || as_request_same(old, new, AS_COL_attempts) || new->nulls[AS_COL_fault])
		return false;
	as_row_set_text(new, AS_COL_fault, psprintf("%s; %s", as_has_fault(old, AS_FAULT_REPORTED) ? AS_FAULT_REPORTED : AS_FAULT_OPENING,
												as_row_text(new, AS_COL_fault)));
	return true;
}

/* Returns false where nothing was decided: the row stays as the UPDATE made it. */
static bool
update_request(const Statement *statement, const AsRequestRow *old, AsRequestRow *new)
{
	bool		same_deadline = as_request_same(old, new, AS_COL_platform_due_at);
	AsJudgement judgement;
	AsSpeaker	speaker;
	AsError		error;

	check_same(old, new);
	check_command(new);
	if (keep_overdue(old, new))
		return true;
	if (!as_request_same(old, new, AS_COL_amount))
		check_amount(new, AS_COL_amount);
	if (!as_request_same(old, new, AS_COL_tax))
		check_amount(new, AS_COL_tax);
	if (!as_request_same(old, new, AS_COL_shipping))
		check_amount(new, AS_COL_shipping);
	if (!as_request_same(old, new, AS_COL_ordered_at))
		check_instant(new, AS_COL_ordered_at);
	if (new->nulls[AS_COL_action] && same_deadline)
	{
		if (!settles_overdue(old, new))
			return false;
		as_row_set_text(new, AS_COL_action, AS_ACTION_TIMEOUT);
		as_row_set_text(new, AS_COL_actor, as_actor_names[AS_ACTOR_SYSTEM]);
	}
	else if (new->nulls[AS_COL_action])
	{
		as_row_set_text(new, AS_COL_action, AS_ACTION_SET_DEADLINE);
		as_row_set_text(new, AS_COL_actor, as_actor_names[AS_ACTOR_PLATFORM]);
	}
	else if (same_deadline && strcmp(as_row_text(new, AS_COL_action), AS_ACTION_SET_DEADLINE) == 0)
	{
		as_fail(&error, RA_PAYLOAD_INCOMPLETE, NULL, "action \"%s\" needs a new platform_due_at", AS_ACTION_SET_DEADLINE);
		as_hint(&error, "UPDATE aftersale.request SET platform_due_at = '...' WHERE ...");
		as_report(&error);
	}
	else if (strcmp(as_row_text(new, AS_COL_action), AS_ACTION_REPORT) == 0)
	{
		/* the deadline is in its payload */
		as_row_set_instant(new, AS_COL_platform_due_at, as_row_instant(old, AS_COL_platform_due_at));
		same_deadline = true;
	}
	check_instant(new, AS_COL_platform_due_at);
	settle_actor(new, as_row_text(new, AS_COL_action), !same_deadline, &speaker);
	as_judge_act(old, new, as_now(), &speaker, &judgement);
	if (judgement.decision.n_events == 0)
	{
		/* the platform says what is so already */
		for (int column = AS_COL_action; column <= AS_COL_payload; column++)
			as_row_set_null(new, column);
		return true;
	}
	apply(statement, &judgement, judgement.command.action, new, as_row_int64(old, AS_COL_event_seq));
	return true;
}

/*
 * A statement on a parent reaches our rows and their BEFORE ROW trigger, but
 * not the AFTER STATEMENT triggers: it would decide and record nothing.
 */
static void
check_no_parent(Relation relation)
{
	AsError		error;

	if (!has_superclass(RelationGetRelid(relation)))
		return;
	as_fail(&error, RA_NOT_OUR_TABLE, NULL, "aftersale.request must not be a partition or a child of another table");
	as_detail(&error, "A statement on the parent would change requests without a history.");
	as_hint(&error, "ALTER TABLE ... DETACH PARTITION aftersale.request, or ALTER TABLE aftersale.request NO INHERIT ...");
	as_report(&error);
}

static const Statement *
begin_statement(FunctionCallInfo fcinfo, Relation relation)
{
	if (fcinfo->flinfo->fn_extra == NULL)
	{
		MemoryContext before = MemoryContextSwitchTo(fcinfo->flinfo->fn_mcxt);
		Statement  *statement = palloc(sizeof(Statement));

		check_no_parent(relation);
		as_decided_under = as_flow_epoch();
		as_request_map(RelationGetDescr(relation), &statement->map);
		as_history_session(&statement->session);
		fcinfo->flinfo->fn_extra = statement;
		MemoryContextSwitchTo(before);
	}
	return fcinfo->flinfo->fn_extra;
}

TriggerData *
as_request_trigger(FunctionCallInfo fcinfo, TriggerEvent timing)
{
	TriggerData *trigger = (TriggerData *) fcinfo->context;
	AsError		error;

	if (!CALLED_AS_TRIGGER(fcinfo))
		ereport(ERROR, (errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED),
						errmsg("this function was not called by the trigger manager")));
	if (!as_is_relation(RelationGetRelid(trigger->tg_relation), "request") ||
		(trigger->tg_event & (TRIGGER_EVENT_ROW | TRIGGER_EVENT_TIMINGMASK)) != timing ||
		(!TRIGGER_FIRED_BY_INSERT(trigger->tg_event) && !TRIGGER_FIRED_BY_UPDATE(trigger->tg_event)))
	{
		as_fail(&error, RA_NOT_OUR_TABLE, NULL, "the triggers of aftersale.request work on no other table");
		as_hint(&error, "aftersale.install() creates them.");
		as_report(&error);
	}
	(void) as_relation("request");	/* the version of the tables */
	return trigger;
}

PG_FUNCTION_INFO_V1(aftersale_request_decide);

Datum
aftersale_request_decide(PG_FUNCTION_ARGS)
{
	TriggerData *trigger = as_request_trigger(fcinfo, TRIGGER_EVENT_ROW | TRIGGER_EVENT_BEFORE);
	TupleDesc	descriptor = RelationGetDescr(trigger->tg_relation);
	const Statement *statement = begin_statement(fcinfo, trigger->tg_relation);
	const AsRequestMap *map = &statement->map;
	AsRequestRow old;
	AsRequestRow new;

	if (TRIGGER_FIRED_BY_INSERT(trigger->tg_event))
	{
		as_request_row_from_tuple(map, trigger->tg_trigtuple, descriptor, &new);
		open_request(statement, &new);
		return PointerGetDatum(as_request_row_into_tuple(map, trigger->tg_trigtuple, descriptor, &new));
	}
	as_request_row_from_tuple(map, trigger->tg_trigtuple, descriptor, &old);
	as_request_row_from_tuple(map, trigger->tg_newtuple, descriptor, &new);
	if (!update_request(statement, &old, &new))
		return PointerGetDatum(trigger->tg_newtuple);
	return PointerGetDatum(as_request_row_into_tuple(map, trigger->tg_newtuple, descriptor, &new));
}

PG_FUNCTION_INFO_V1(aftersale_request_keep);

/* BEFORE DELETE and TRUNCATE: a request has a history, and history stays. */
Datum
aftersale_request_keep(PG_FUNCTION_ARGS)
{
	AsError		error;

	as_fail(&error, RA_REQUEST_IMMUTABLE, NULL, "requests cannot be deleted: they have a history");
	as_hint(&error, "Close the request instead. To purge for good, the owner of the tables disables trigger "
			"\"aftersale_keep\" first, and deletes its rows in all tables that have a request_id.");
	as_report(&error);
}
