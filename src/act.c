/*
 * act.c
 *		act() and allowed_actions(): the engine for callers who prefer functions.
 *
 * act() is the UPDATE that the caller could have written, run with the
 * caller's own rights; it adds nothing to what the triggers decide.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "access.h"
#include "bind.h"
#include "clock.h"
#include "config.h"
#include "errors.h"
#include "executor/spi.h"
#include "fmgr.h"
#include "funcapi.h"
#include "judge.h"
#include "statement.h"
#include "request_row.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/timestamp.h"

#define ACT_SQL \
	"UPDATE aftersale.request SET action = $3, payload = $4, actor = $5, on_behalf_of = $6" \
	" WHERE shop_id OPERATOR(pg_catalog.=) $1 AND request_id OPERATOR(pg_catalog.=) $2" \
	" RETURNING shop_id, request_id, external_ref, last_action," \
	" last_facts OPERATOR(pg_catalog.->>) 'from', state, outcome, due_at, refund_amount, currency, event_seq"
#define ACT_COLUMNS 11			/* of the RETURNING list; sqlstate and message
								 * follow in the composite */

static AsStatement act_on_request = {ACT_SQL, 6, {INT8OID, INT8OID, TEXTOID, JSONBOID, TEXTOID, TEXTOID}};

static void
unknown_request(int64 shop_id, int64 request_id)
{
	AsError		error;

	as_fail(&error, RA_UNKNOWN_REQUEST, NULL, "request %lld of shop %lld does not exist",
			(long long) request_id, (long long) shop_id);
	as_hint(&error, "Or this role may not see it: look with SELECT * FROM aftersale.request WHERE shop_id = %lld.",
			(long long) shop_id);
	as_report(&error);
}

static void
missing_argument(const char *name)
{
	AsError		error;

	as_fail(&error, RA_INVALID_REQUEST, NULL, "argument \"%s\" must not be null", name);
	as_report(&error);
}

PG_FUNCTION_INFO_V1(aftersale_act);

Datum
aftersale_act(PG_FUNCTION_ARGS)
{
	Datum		arguments[6];
	char		nulls[6];
	TupleDesc	descriptor;
	HeapTuple	result;
	Datum		values[ACT_COLUMNS + 2] = {0};
	bool		isnull[ACT_COLUMNS + 2];

	(void) as_relation("request");
	if (PG_ARGISNULL(0) || PG_ARGISNULL(1) || PG_ARGISNULL(2))
		missing_argument(PG_ARGISNULL(0) ? "shop_id" : PG_ARGISNULL(1) ? "request_id" : "action");
	if (get_call_result_type(fcinfo, NULL, &descriptor) != TYPEFUNC_COMPOSITE ||
		descriptor->natts < ACT_COLUMNS + 2)
		elog(ERROR, "act() must return aftersale.decision");
	for (int i = 0; i < 6; i++)
	{
		arguments[i] = PG_GETARG_DATUM(i);
		nulls[i] = PG_ARGISNULL(i) ? 'n' : ' ';
	}
	as_bound_lock(&arguments[0], &arguments[1], 1, true, NULL);
	SPI_connect();
	as_execute(&act_on_request, arguments, nulls, false, 0);
	if (SPI_processed != 1)
		unknown_request(PG_GETARG_INT64(0), PG_GETARG_INT64(1));
	memset(isnull, true, sizeof isnull);
	for (int i = 0; i < ACT_COLUMNS; i++)
		values[i] = SPI_getbinval(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, i + 1, &isnull[i]);
	{
		/* attributes that a later version adds to the composite are NULL */
		Datum	   *all_values = SPI_palloc(sizeof(Datum) * descriptor->natts);
		bool	   *all_nulls = SPI_palloc(sizeof(bool) * descriptor->natts);

		memset(all_nulls, true, sizeof(bool) * descriptor->natts);
		memcpy(all_values, values, sizeof values);
		memcpy(all_nulls, isnull, sizeof isnull);
		result = SPI_copytuple(heap_form_tuple(BlessTupleDesc(descriptor), all_values, all_nulls));
	}
	SPI_finish();
	PG_RETURN_DATUM(HeapTupleGetDatum(result));
}

/* ---- allowed_actions() ---- */

/* The payload keys that a transition needs, as text[]. */
static Datum
needs_array(const AsFlow *flow, const AsTransition *transition)
{
	Datum	   *keys = palloc(sizeof(Datum) * Max(flow->n_keys, 1));
	int			count = 0;

	for (int i = 0; i < flow->n_keys; i++)
		if ((transition->needs & (UINT64CONST(1) << i)) != 0)
			keys[count++] = CStringGetTextDatum(flow->keys[i]);
	return PointerGetDatum(construct_array(keys, count, TEXTOID, -1, false, TYPALIGN_INT));
}

static AsStatement find_advice = {
	"SELECT pg_catalog.array_agg(a.advice OPERATOR(pg_catalog.||) coalesce(' (' OPERATOR(pg_catalog.||) a.rule OPERATOR(pg_catalog.||) ')', '')"
	"  ORDER BY a.name USING OPERATOR(pg_catalog.<))"
	" FROM aftersale.flow_advice AS a WHERE a.flow OPERATOR(pg_catalog.=) $1 AND a.version OPERATOR(pg_catalog.=) $2"
	" AND coalesce(a.state OPERATOR(pg_catalog.=) $3, true) AND a.action OPERATOR(pg_catalog.=) $4"
	" AND $5 OPERATOR(pg_catalog.@>) a.condition",
	5, {TEXTOID, INT4OID, TEXTOID, TEXTOID, JSONBOID}
};

/* What the platform advises before the transition's action, as text[]; *isnull: nothing. */
static Datum
advice_array(const AsFlow *flow, const AsTransition *transition, const AsRequestRow *row, bool *isnull)
{
	Datum		values[5] = {
		CStringGetTextDatum(flow->name), Int32GetDatum(flow->version),
		CStringGetTextDatum(flow->states[transition->from].name), CStringGetTextDatum(flow->actions[transition->action]),
		row->values[AS_COL_attributes]
	};
	Datum		advice;

	as_execute(&find_advice, values, NULL, true, 1);
	advice = SPI_getbinval(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 1, isnull);
	return *isnull ? (Datum) 0 : advice;
}

/* Whether every act of the transition's action is refused, for whoever may take it. */
static bool
is_refused(const AsFlow *flow, const AsTransition *transition, uint64_t meets, AsActorKind actor)
{
	for (const AsTransition *t = as_flow_first(flow, transition->from, transition->action); t != NULL && t <= transition;
		 t = as_flow_next(flow, t))
		if (t->refusal != NULL && t->condition < 0 && (t->actors & (1u << actor)) != 0 && as_transition_is_open(t, meets))
			return true;
	return false;
}

static void
put_allowed(ReturnSetInfo *result, const AsJudgement *judgement, const AsRequestRow *row, AsActorKind actor, uint64_t permits)
{
	const AsFlow *flow = judgement->flow;
	const AsDecision *standing = &judgement->decision;

	for (int i = 0; i < flow->n_transitions; i++)
	{
		const AsTransition *transition = &flow->transitions[i];
		Datum		values[5];
		bool		nulls[5] = {false, false, false, !standing->due_at.known, false};

		if (transition->from != standing->state || (transition->actors & (1u << actor)) == 0 ||
			strcmp(flow->actions[transition->action], AS_ACTION_TIMEOUT) == 0 ||
			strcmp(flow->actions[transition->action], AS_ACTION_OPEN) == 0 ||
			transition->refusal != NULL || !as_transition_is_open(transition, judgement->command.meets) ||
			is_refused(flow, transition, judgement->command.meets, actor) ||
			(actor == AS_ACTOR_MERCHANT && transition->permission >= 0 &&
			 (permits & (UINT64CONST(1) << transition->permission)) == 0))
			continue;
		values[0] = CStringGetTextDatum(flow->actions[transition->action]);
		values[1] = CStringGetTextDatum(flow->states[transition->to].name);
		values[2] = needs_array(flow, transition);
		values[3] = TimestampTzGetDatum(standing->due_at.at);
		values[4] = advice_array(flow, transition, row, &nulls[4]);
		tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
	}
}

PG_FUNCTION_INFO_V1(aftersale_allowed_actions);

Datum
aftersale_allowed_actions(PG_FUNCTION_ARGS)
{
	static const Oid types[2] = {INT8OID, INT8OID};
	ReturnSetInfo *result = (ReturnSetInfo *) fcinfo->resultinfo;
	Datum		arguments[2];
	AsRequestMap map;
	AsRequestRow row;
	AsJudgement judgement;
	AsSpeaker	speaker;
	const char *role;
	uint64_t	permits;

	(void) as_relation("request");
	if (PG_ARGISNULL(0) || PG_ARGISNULL(1))
		missing_argument(PG_ARGISNULL(0) ? "shop_id" : "request_id");
	InitMaterializedSRF(fcinfo, 0);
	arguments[0] = PG_GETARG_DATUM(0);
	arguments[1] = PG_GETARG_DATUM(1);
	SPI_connect();
	if (SPI_execute_with_args("SELECT * FROM aftersale.request WHERE shop_id OPERATOR(pg_catalog.=) $1"
							  " AND request_id OPERATOR(pg_catalog.=) $2",
							  2, (Oid *) types, arguments, NULL, true, 0) != SPI_OK_SELECT)
		elog(ERROR, "allowed_actions() could not read the request");
	if (SPI_processed != 1)
		unknown_request(PG_GETARG_INT64(0), PG_GETARG_INT64(1));
	as_request_map(SPI_tuptable->tupdesc, &map);
	as_request_row_from_tuple(&map, SPI_tuptable->vals[0], SPI_tuptable->tupdesc, &row);
	as_judge_standing(&row, as_now(), &judgement);
	as_session_speaker(PG_GETARG_INT64(0), NULL, PG_ARGISNULL(2) ? NULL : text_to_cstring(PG_GETARG_TEXT_PP(2)), &speaker);
	permits = as_flow_permits(PG_GETARG_INT64(0), judgement.flow, &speaker, &role);
	put_allowed(result, &judgement, &row, speaker.kind, permits);
	SPI_finish();
	return (Datum) 0;
}
