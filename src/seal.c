/*
 * seal.c
 *		Computes and compares seals: see seal.h.
 */
#include "postgres.h"

#include "common/hashfn.h"
#include "compat.h"
#include "fmgr.h"
#include "seal.h"

/* what the row is and what was decided; the last digest covers the rest of the event */
static const AsRequestColumn fixed_length[] = {
	AS_COL_shop_id, AS_COL_request_id, AS_COL_flow_version, AS_COL_opened_at, AS_COL_entered_at, AS_COL_closed_at, AS_COL_platform_due_at,
	AS_COL_due_at, AS_COL_provisional, AS_COL_act_at, AS_COL_paused_at, AS_COL_paused_due_at, AS_COL_extensions, AS_COL_event_seq, AS_COL_attempts, AS_COL_last_at
};

static const AsRequestColumn varying_length[] = {
	AS_COL_flow, AS_COL_country, AS_COL_currency, AS_COL_state, AS_COL_outcome, AS_COL_fault, AS_COL_last_action,
	AS_COL_refund_amount, AS_COL_last_actor, AS_COL_last_on_behalf_of, AS_COL_last_payload, AS_COL_last_items, AS_COL_last_facts,
	AS_COL_last_digest
};

static int64
compute(const AsRequestRow *row)
{
	Datum		values[lengthof(fixed_length)];
	uint64		seal = 0;

	for (size_t i = 0; i < lengthof(fixed_length); i++)
	{
		values[i] = row->nulls[fixed_length[i]] ? (Datum) 0 : row->values[fixed_length[i]];
		seal = seal << 1 | (row->nulls[fixed_length[i]] ? 1 : 0);
	}
	seal = hash_bytes_extended((const unsigned char *) values, sizeof values, seal);
	for (size_t i = 0; i < lengthof(varying_length); i++)
	{
		struct varlena *value;

		if (row->nulls[varying_length[i]])
		{
			seal += i + 1;
			continue;
		}
		value = PG_DETOAST_DATUM_PACKED(row->values[varying_length[i]]);
		seal = hash_bytes_extended((const unsigned char *) VARDATA_ANY(value), (int) VARSIZE_ANY_EXHDR(value), seal);
	}
	return (int64) seal;
}

void
as_seal(AsRequestRow *row)
{
	as_row_set(row, AS_COL_seal, Int64GetDatum(compute(row)));
}

bool
as_is_sealed(const AsRequestRow *row)
{
	return as_row_int64(row, AS_COL_seal) == compute(row);
}
