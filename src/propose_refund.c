/*
 * propose_refund.c
 *		propose_refund(): reads what a negotiated refund is judged by, and
 *		opens the request where the kernel lets it.
 *
 * Everything is read and written with the caller's rights; the function's
 * search path is pinned where it is created.
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "catalog/pg_type.h"
#include "config.h"
#include "errors.h"
#include "executor/spi.h"
#include "fmgr.h"
#include "funcapi.h"
#include "kernel/negotiate.h"
#include "money.h"
#include "statement.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/fmgrprotos.h"

typedef enum Argument
{
	ARG_SHOP_ID,
	ARG_ORDER_REF,
	ARG_AMOUNT,
	ARG_ITEMS,
	ARG_EVIDENCE,
	ARG_REMARK,
	ARG_ACTOR
} Argument;

static AsStatement find_shop = {
	"SELECT platform, coalesce(settings -> 'features' ? 'negotiated_refund', false),"
	" settings @> '{\"negotiated_full_refund\": true}', settings @> '{\"negotiated_blocked_by\": \"return_refund\"}'"
	" FROM aftersale.shop WHERE shop_id = $1",
	1, {INT8OID}
};

static AsStatement find_order = {
	"SELECT count(*), min(currency), min(paid - refunded),"
	" coalesce(jsonb_typeof($3) = 'array', false) AND jsonb_path_exists($3, '$[*].quantity')"
	" FROM aftersale.order_balance WHERE shop_id = $1 AND order_ref = $2",
	3, {INT8OID, TEXTOID, JSONBOID}
};

/* the site is the shop's country with the order's currency, the first of several */
static AsStatement find_site = {
	"SELECT min(country) FROM aftersale.shop_country WHERE shop_id = $1 AND currency = $2",
	2, {INT8OID, TEXTOID}
};

static AsStatement find_open = {
	"SELECT r.request_id, r.flow, f.kind, r.state FROM aftersale.request AS r"
	" JOIN aftersale.flow AS f ON f.flow = r.flow AND f.version = r.flow_version"
	" JOIN aftersale.flow_state AS s ON s.flow = r.flow AND s.version = r.flow_version AND s.state = r.state"
	" WHERE r.shop_id = $1 AND r.order_ref = $2 AND NOT s.final ORDER BY r.request_id",
	2, {INT8OID, TEXTOID}
};

#define NUMBER(key) "CASE WHEN jsonb_typeof(i.item -> '" key "') = 'number' THEN (i.item ->> '" key "')::numeric END"

/* pieces that were refunded before are not refundable again */
static AsStatement read_lines = {
	"SELECT " NUMBER("quantity") ", " NUMBER("ordered") ", " NUMBER("paid") ", coalesce((SELECT sum(x.quantity)"
	" FROM aftersale.item AS x JOIN aftersale.request AS r ON r.shop_id = x.shop_id AND r.request_id = x.request_id"
	" WHERE r.shop_id = $1 AND r.order_ref = $2 AND x.refunded > 0"
	" AND x.line_no = coalesce(" NUMBER("line_no") ", i.place)), 0)"
	" FROM jsonb_array_elements($3) WITH ORDINALITY AS i(item, place) ORDER BY i.place",
	3, {INT8OID, TEXTOID, JSONBOID}
};

/* by quantity each line gets its amount; the result in the order of aftersale.decision */
static AsStatement open_request = {
	"INSERT INTO aftersale.request (shop_id, flow, order_ref, reason, country, currency, amount, items, actor, payload)"
	" VALUES ($1, $2 || '/negotiated_refund', $3, 'refund by agreement', $4, $5, $6, CASE WHEN $8 IS NULL THEN $7 ELSE"
	" (SELECT jsonb_agg(i.item || jsonb_build_object('amount', i.amount))"
	" FROM ROWS FROM (jsonb_array_elements($7), unnest($8)) AS i(item, amount)) END,"
	" $9, jsonb_build_object('evidence', to_jsonb($10), 'remark', $11))"
	" RETURNING shop_id, request_id, external_ref, last_action, NULL::text, state, outcome, due_at, amount, currency,"
	" event_seq, NULL::text, NULL::text",
	11, {INT8OID, TEXTOID, TEXTOID, TEXTOID, TEXTOID, NUMERICOID, JSONBOID, NUMERICARRAYOID, TEXTOID, TEXTARRAYOID, TEXTOID}
};

/* ---- reading ---- */

static Datum
column(uint64 row, int number, bool *isnull)
{
	return SPI_getbinval(SPI_tuptable->vals[row], SPI_tuptable->tupdesc, number, isnull);
}

static char *
text_column(uint64 row, int number)
{
	return SPI_getvalue(SPI_tuptable->vals[row], SPI_tuptable->tupdesc, number);
}

/* At its own decimals; raises what no amount can be. */
static AsDecimal
decimal_of(const char *what, Numeric number)
{
	AsDecimal	result = {true, 0, Min(as_numeric_decimals(number), AS_AMOUNT_MAX_DECIMALS)};

	result.value = as_numeric_require_scaled(what, number, result.decimals);
	return result;
}

static AsDecimal
decimal_column(const char *what, uint64 row, int number)
{
	AsDecimal	result = {false, 0, 0};
	bool		isnull;
	Datum		value = column(row, number, &isnull);

	return isnull ? result : decimal_of(what, DatumGetNumeric(value));
}

static const char *
text_argument(FunctionCallInfo fcinfo, Argument argument)
{
	return PG_ARGISNULL(argument) ? NULL : text_to_cstring(PG_GETARG_TEXT_PP(argument));
}

static void
unknown_shop(FunctionCallInfo fcinfo)
{
	AsError		error;

	as_fail(&error, RA_UNKNOWN_SHOP, NULL, "shop \"%s\" does not exist",
			PG_ARGISNULL(ARG_SHOP_ID) ? "" : psprintf(INT64_FORMAT, PG_GETARG_INT64(ARG_SHOP_ID)));
	as_hint(&error, "Shops are rows of table aftersale.shop.");
	as_report(&error);
}

/* The shop's settings; returns its platform. */
static char *
read_shop(FunctionCallInfo fcinfo, AsProposal *proposal)
{
	Datum		values[1] = {PG_GETARG_DATUM(ARG_SHOP_ID)};
	bool		isnull;

	if (PG_ARGISNULL(ARG_SHOP_ID))
		unknown_shop(fcinfo);
	as_execute(&find_shop, values, NULL, false, 1);
	if (SPI_processed == 0)
		unknown_shop(fcinfo);
	proposal->shop_id = PG_GETARG_INT64(ARG_SHOP_ID);
	proposal->has_feature = DatumGetBool(column(0, 2, &isnull));
	proposal->may_refund_all = DatumGetBool(column(0, 3, &isnull));
	proposal->returns_only = DatumGetBool(column(0, 4, &isnull));
	return text_column(0, 1);
}

static void
read_order(FunctionCallInfo fcinfo, AsProposal *proposal)
{
	Datum		values[3] = {PG_GETARG_DATUM(ARG_SHOP_ID), PG_GETARG_DATUM(ARG_ORDER_REF), PG_GETARG_DATUM(ARG_ITEMS)};
	char		nulls[3] = {' ', PG_ARGISNULL(ARG_ORDER_REF) ? 'n' : ' ', PG_ARGISNULL(ARG_ITEMS) ? 'n' : ' '};
	bool		isnull;
	Datum		by_quantity;

	proposal->order_ref = PG_ARGISNULL(ARG_ORDER_REF) ? "" : text_argument(fcinfo, ARG_ORDER_REF);
	as_execute(&find_order, values, nulls, false, 0);
	proposal->balances = DatumGetInt64(column(0, 1, &isnull));
	proposal->currency = text_column(0, 2);
	proposal->remaining = decimal_column("remaining amount", 0, 3);
	proposal->remaining_text = text_column(0, 3);
	by_quantity = column(0, 4, &isnull);
	proposal->by_quantity = !isnull && DatumGetBool(by_quantity);
	if (proposal->balances == 0)
		return;

	values[1] = CStringGetTextDatum(proposal->currency);
	as_execute(&find_site, values, NULL, false, 0);
	proposal->site = text_column(0, 1);
}

static void
read_open_requests(FunctionCallInfo fcinfo, AsProposal *proposal)
{
	Datum		values[2] = {PG_GETARG_DATUM(ARG_SHOP_ID), PG_GETARG_DATUM(ARG_ORDER_REF)};
	AsOpenRequest *open;
	bool		isnull;

	if (PG_ARGISNULL(ARG_ORDER_REF))
		return;
	as_execute(&find_open, values, NULL, false, 0);
	open = palloc0(sizeof(AsOpenRequest) * Max(SPI_processed, 1));
	for (uint64 i = 0; i < SPI_processed; i++)
	{
		open[i].request_id = DatumGetInt64(column(i, 1, &isnull));
		open[i].flow = text_column(i, 2);
		open[i].kind = text_column(i, 3);
		open[i].state = text_column(i, 4);
	}
	proposal->n_open = (int) SPI_processed;
	proposal->open = open;
}

static void
read_amount(FunctionCallInfo fcinfo, AsProposal *proposal)
{
	Numeric		number;
	int			decimals;
	AsNumericFit fit;

	if (PG_ARGISNULL(ARG_AMOUNT))
		return;
	number = PG_GETARG_NUMERIC(ARG_AMOUNT);
	proposal->amount_text = DatumGetCString(DirectFunctionCall1(numeric_out, NumericGetDatum(number)));
	decimals = Min(as_numeric_decimals(number), AS_AMOUNT_MAX_DECIMALS);
	fit = as_numeric_to_scaled(number, decimals, &proposal->amount.value);
	if (fit == AS_NUMERIC_TOO_FINE)
		(void) as_numeric_require_scaled("amount", number, decimals);
	proposal->amount.known = fit == AS_NUMERIC_FITS;
	proposal->amount.decimals = decimals;
}

static void
read_items(FunctionCallInfo fcinfo, AsProposal *proposal)
{
	Datum		values[3] = {PG_GETARG_DATUM(ARG_SHOP_ID), PG_GETARG_DATUM(ARG_ORDER_REF), PG_GETARG_DATUM(ARG_ITEMS)};
	char		nulls[3] = {' ', PG_ARGISNULL(ARG_ORDER_REF) ? 'n' : ' ', ' '};
	AsProposedLine *lines;

	if (!proposal->by_quantity)
		return;
	as_execute(&read_lines, values, nulls, false, 0);
	lines = palloc(sizeof(AsProposedLine) * Max(SPI_processed, 1));
	for (uint64 i = 0; i < SPI_processed; i++)
	{
		lines[i].quantity = decimal_column("quantity", i, 1);
		lines[i].ordered = decimal_column("ordered", i, 2);
		lines[i].paid = decimal_column("paid", i, 3);
		lines[i].gone = decimal_column("quantity refunded before", i, 4);
	}
	proposal->n_lines = (int) SPI_processed;
	proposal->lines = lines;
}

static void
read_agreement(FunctionCallInfo fcinfo, AsProposal *proposal)
{
	Datum	   *elements;
	bool	   *nulls;
	const char **evidence;

	proposal->remark = text_argument(fcinfo, ARG_REMARK);
	if (PG_ARGISNULL(ARG_EVIDENCE))
		return;
	deconstruct_array(PG_GETARG_ARRAYTYPE_P(ARG_EVIDENCE), TEXTOID, -1, false, TYPALIGN_INT,
					  &elements, &nulls, &proposal->n_evidence);
	evidence = palloc(sizeof(char *) * Max(proposal->n_evidence, 1));
	for (int i = 0; i < proposal->n_evidence; i++)
		evidence[i] = nulls[i] ? NULL : TextDatumGetCString(elements[i]);
	proposal->evidence = evidence;
}

/* ---- writing ---- */

static Datum
amounts_array(const AsAmount *amounts, int count, int digits)
{
	Datum	   *elements = palloc(sizeof(Datum) * Max(count, 1));

	for (int i = 0; i < count; i++)
		elements[i] = NumericGetDatum(as_scaled_to_numeric(amounts[i], digits));
	return PointerGetDatum(construct_array(elements, count, NUMERICOID, -1, false, TYPALIGN_INT));
}

/* Opens the request; returns the decision, in the caller's memory. */
static HeapTuple
open_proposal(FunctionCallInfo fcinfo, const char *platform, const AsProposal *proposal, Datum amount, Datum amounts,
			  TupleDesc descriptor)
{
	Datum		values[11];
	char		nulls[12] = "           ";
	Datum	   *result = palloc0(sizeof(Datum) * descriptor->natts);
	bool	   *isnull = palloc(sizeof(bool) * descriptor->natts);

	values[0] = PG_GETARG_DATUM(ARG_SHOP_ID);
	values[1] = CStringGetTextDatum(platform);
	values[2] = PG_GETARG_DATUM(ARG_ORDER_REF);
	values[3] = CStringGetTextDatum(proposal->site);
	values[4] = CStringGetTextDatum(proposal->currency);
	values[5] = amount;
	values[6] = PG_GETARG_DATUM(ARG_ITEMS);
	nulls[6] = PG_ARGISNULL(ARG_ITEMS) ? 'n' : ' ';
	values[7] = amounts;
	nulls[7] = proposal->by_quantity ? ' ' : 'n';
	values[8] = PG_GETARG_DATUM(ARG_ACTOR);
	nulls[8] = PG_ARGISNULL(ARG_ACTOR) ? 'n' : ' ';
	values[9] = PG_GETARG_DATUM(ARG_EVIDENCE);
	values[10] = PG_GETARG_DATUM(ARG_REMARK);
	as_execute(&open_request, values, nulls, false, 0);
	/* attributes that a later version adds to the composite are NULL */
	memset(isnull, true, sizeof(bool) * descriptor->natts);
	for (int i = 0; i < Min(descriptor->natts, SPI_tuptable->tupdesc->natts); i++)
		result[i] = column(0, i + 1, &isnull[i]);
	return SPI_copytuple(heap_form_tuple(BlessTupleDesc(descriptor), result, isnull));
}

PG_FUNCTION_INFO_V1(aftersale_propose_refund);

Datum
aftersale_propose_refund(PG_FUNCTION_ARGS)
{
	AsProposal	proposal = {0};
	TupleDesc	descriptor;
	char	   *platform;
	AsAmount   *amounts;
	AsAmount	total;
	int			digits;
	AsError		error;
	HeapTuple	result;

	(void) as_relation("request");
	if (get_call_result_type(fcinfo, NULL, &descriptor) != TYPEFUNC_COMPOSITE)
		elog(ERROR, "propose_refund() must return aftersale.decision");
	SPI_connect();
	platform = read_shop(fcinfo, &proposal);
	read_order(fcinfo, &proposal);
	read_open_requests(fcinfo, &proposal);
	read_amount(fcinfo, &proposal);
	read_items(fcinfo, &proposal);
	read_agreement(fcinfo, &proposal);
	amounts = palloc(sizeof(AsAmount) * Max(proposal.n_lines, 1));
	if (!as_judge_proposal(&proposal, amounts, &total, &digits, &error))
		as_report(&error);
	if (proposal.by_quantity)
		result = open_proposal(fcinfo, platform, &proposal, NumericGetDatum(as_scaled_to_numeric(total, digits)),
							   amounts_array(amounts, proposal.n_lines, digits), descriptor);
	else
		result = open_proposal(fcinfo, platform, &proposal, PG_GETARG_DATUM(ARG_AMOUNT), (Datum) 0, descriptor);
	SPI_finish();
	PG_RETURN_DATUM(HeapTupleGetDatum(result));
}
