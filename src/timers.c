/*
 * timers.c
 *		Writes armed timers: see timers.h.
 *
 * Decisions start from the timers in the row's last_facts; table timer says the
 * same, for whoever asks when something comes up.  What is written is what the
 * row says by then, which is more than this decision's where a trigger AFTER
 * ROW has acted on the request in between.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "timers.h"

static const Oid key_types[2] = {INT8OID, INT8OID};

#define FORGET(rows) \
	"DELETE FROM aftersale.timer AS t USING " rows " AS r(shop_id, request_id)" \
	" WHERE t.shop_id = r.shop_id AND t.request_id = r.request_id"

static AsRowsStatement forget = AS_ROWS_STATEMENT(FORGET("(VALUES ($1, $2))"), FORGET("unnest($1, $2)"));

/*
 * The row is asked for by >= and an order, so that a plan made on an empty
 * table takes the primary key, and no other index that begins with the shop.
 */
#define ARM(rows) \
	"INSERT INTO aftersale.timer (shop_id, request_id, name, event_seq, act_at, stands)" \
	" SELECT q.shop_id, q.request_id, t.timer ->> 0, (t.timer ->> 1)::int8, (t.timer ->> 2)::timestamptz, (t.timer ->> 3)::boolean" \
	" FROM " rows " AS r(shop_id, request_id), LATERAL (SELECT p.shop_id, p.request_id, p.last_facts FROM aftersale.request AS p" \
	" WHERE p.shop_id = r.shop_id AND p.request_id >= r.request_id ORDER BY p.request_id LIMIT 1) AS q," \
	" jsonb_array_elements(q.last_facts -> 'timers') AS t(timer) ON CONFLICT DO NOTHING"

static AsRowsStatement arm = AS_ROWS_STATEMENT(ARM("(VALUES ($1, $2))"), ARM("unnest($1, $2)"));

void
as_timer_rows_init(AsTimerRows *rows)
{
	as_rows_init(&rows->forgotten, lengthof(key_types), key_types);
	as_rows_init(&rows->armed, lengthof(key_types), key_types);
}

static bool
is_same(const AsTimer *a, const AsTimer *b)
{
	return a->timer == b->timer && a->event_seq == b->event_seq && a->at == b->at && a->stands == b->stands;
}

static bool
has_changed(const AsRequest *request, const AsDecision *decision)
{
	if (request->n_timers != decision->n_timers)
		return true;
	for (int i = 0; i < request->n_timers; i++)
		if (!is_same(&request->timers[i], &decision->timers[i]))
			return true;
	return false;
}

static void
add_key(AsRows *keys, const AsRequestRow *row)
{
	as_rows_begin(keys);
	as_rows_set(keys, 0, row->values[AS_COL_shop_id], false);
	as_rows_set(keys, 1, row->values[AS_COL_request_id], false);
	keys->count++;
}

void
as_timer_rows_add(AsTimerRows *rows, const AsRequestRow *new, const AsJudgement *judgement)
{
	if (judgement->flow->n_timers == 0 || !has_changed(&judgement->request, &judgement->decision))
		return;
	if (judgement->command.kind != AS_COMMAND_OPEN)
		add_key(&rows->forgotten, new);
	if (judgement->decision.n_timers > 0)
		add_key(&rows->armed, new);
}

void
as_timer_rows_write(const AsTimerRows *rows)
{
	as_rows_execute(&rows->forgotten, &forget);
	as_rows_execute(&rows->armed, &arm);
}
