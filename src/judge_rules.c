/*
 * judge_rules.c
 *		A shop's automatic rules in a judgement: see judge_rules.h.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "config.h"
#include "judge_rules.h"
#include "statement.h"
#include "strategy_use.h"
#include "utils/builtins.h"

static AsStatement goods_of_request = {
	"SELECT jsonb_agg(jsonb_build_object('product', product, 'category', category)) FROM aftersale.item"
	" WHERE shop_id = $1 AND request_id = $2",
	2, {INT8OID, INT8OID}
};

/*
 * The lines of a stored request, as far as rules ask for them; NULL: it has
 * none.  After its opening the row has them, and the table may not yet: a
 * trigger AFTER ROW acts before they are recorded.
 */
static Jsonb *
stored_goods(const AsRequestRow *row)
{
	Datum		values[2] = {row->values[AS_COL_shop_id], row->values[AS_COL_request_id]};
	Jsonb	   *result = NULL;
	AsOwner		owner;
	Datum		goods;
	bool		isnull;

	if (!row->nulls[AS_COL_last_items])
		return as_row_jsonb(row, AS_COL_last_items);
	as_owner_begin(&owner, as_relation("item"));
	SPI_connect();
	as_execute(&goods_of_request, values, NULL, false, 1);
	goods = SPI_getbinval(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 1, &isnull);
	if (!isnull)
	{
		Jsonb	   *found = DatumGetJsonbP(goods);

		result = SPI_palloc(VARSIZE(found));
		memcpy(result, found, VARSIZE(found));
	}
	SPI_finish();
	as_owner_end(&owner);
	return result;
}

static void
look_up(void *caller, int look_ups)
{
	as_judge_look_up(caller, look_ups);
}

/* The request as rules see it in a row. */
static AsSituation *
situation_of(const AsRequestRow *row, const AsShopCountry *country, Jsonb *goods, AsJudgement *judgement)
{
	AsSituation *situation = palloc0(sizeof(AsSituation));
	AsStrategyShell *shell = palloc0(sizeof(AsStrategyShell));

	shell->shop_id = judgement->shop_id;
	shell->time_zone = pstrdup(country->time_zone);
	shell->digits = judgement->request.money.digits;
	shell->attributes = as_row_jsonb(row, AS_COL_attributes);
	shell->look_up = look_up;
	shell->caller = judgement;
	situation->reason = as_row_text(row, AS_COL_reason);
	situation->currency = as_row_text(row, AS_COL_currency);
	situation->others_open = &judgement->request.others_open;
	as_strategy_goods(goods, situation);
	as_strategy_ask(shell, situation);
	return situation;
}

void
as_judge_add_rules(const AsRequestRow *old, AsJudgement *judgement)
{
	const AsRequestRow *row = judgement->row;
	const AsShopStrategies *strategies = as_shop_strategies(judgement->shop, judgement->flow->name);
	const AsShopCountry *country;
	Jsonb	   *goods;

	if (strategies == NULL || strategies->count == 0)
		return;
	if (old == NULL)
		as_judge_opening_money(row, judgement);
	country = as_shop_country(judgement->shop, as_row_text(row, AS_COL_country));
	goods = !strategies->asks_goods ? NULL : old == NULL ? as_row_jsonb(row, AS_COL_items) : stored_goods(old);
	judgement->input.n_strategies = strategies->count;
	judgement->input.strategies = strategies->rules;
	judgement->input.situation = situation_of(row, country, goods, judgement);
	judgement->input.before = old == NULL ? NULL : situation_of(old, country, goods, judgement);
}

/* by >= and an order, so that a plan made on an empty table takes the keys' own indexes */
static AsStatement find_opened = {
	"SELECT FROM ((SELECT request_id = $2 AS found FROM aftersale.request WHERE shop_id = $1 AND request_id >= $2"
	" ORDER BY request_id LIMIT 1) UNION ALL (SELECT external_ref = $4 FROM aftersale.request"
	" WHERE shop_id = $1 AND flow = $3 AND external_ref >= $4 ORDER BY external_ref LIMIT 1)) AS q WHERE q.found",
	4, {INT8OID, INT8OID, TEXTOID, TEXTOID}
};

bool
as_is_opened_twice(const AsRequestRow *row)
{
	static const AsRequestColumn key[4] = {AS_COL_shop_id, AS_COL_request_id, AS_COL_flow, AS_COL_external_ref};
	Datum		values[4];
	char		nulls[4];
	AsOwner		owner;
	bool		result;

	for (int i = 0; i < 4; i++)
	{
		values[i] = row->values[key[i]];
		nulls[i] = row->nulls[key[i]] ? 'n' : ' ';
	}
	as_owner_begin(&owner, as_relation("request"));
	SPI_connect();
	as_execute(&find_opened, values, nulls, false, 1);
	result = SPI_processed > 0;
	SPI_finish();
	as_owner_end(&owner);
	return result;
}

void
as_judge_note_uses(AsJudgement *judgement)
{
	const AsDecision *decision = &judgement->decision;
	bool		asked = judgement->command.kind != AS_COMMAND_OPEN;

	for (int i = 0; i < decision->n_chosen; i++)
	{
		const AsStrategy *rule = decision->chosen[i].rule;
		const AsEvent *event = &decision->events[decision->chosen[i].after];
		const AsSituation *situation = decision->chosen[i].after < decision->n_overdue ?
		judgement->input.before : judgement->input.situation;
		const AsStrategyShell *shell = situation->context;

		if (!as_strategy_is_capped(rule))
			continue;
		if (!asked && as_is_opened_twice(judgement->row))
			return;
		asked = true;
		judgement->uses[i].day = as_local_day(event->at, shell->time_zone);
		judgement->uses[i].buyer = shell->buyer;
		as_strategy_use_decided(judgement->shop_id, rule, judgement->uses[i].day, shell->buyer,
								event->refunds ? event->refund.amount : 0);
	}
}
