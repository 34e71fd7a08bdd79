/*
 * balance.c
 *		Reads order_balance for decisions; record.c writes it.
 */
#include "postgres.h"

#include "balance.h"
#include "catalog/pg_type.h"
#include "config.h"
#include "kernel/negotiate.h"
#include "money.h"
#include "statement.h"
#include "utils/builtins.h"

static AsStatement remaining_of_order = {
	"SELECT paid - refunded FROM aftersale.order_balance WHERE shop_id = $1 AND order_ref = $2 AND currency = $3",
	3, {INT8OID, TEXTOID, TEXTOID}
};

static AsStatement open_others = {
	"SELECT r.state, f.kind, p.settings @> '{\"negotiated_blocked_by\": \"return_refund\"}' FROM aftersale.request AS r"
	" JOIN aftersale.shop AS p ON p.shop_id = r.shop_id"
	" JOIN aftersale.flow AS f ON f.flow = r.flow AND f.version = r.flow_version"
	" JOIN aftersale.flow_state AS s ON s.flow = r.flow AND s.version = r.flow_version AND s.state = r.state"
	" WHERE r.shop_id = $1 AND r.order_ref = $3 AND r.request_id <> $2 AND NOT s.final",
	3, {INT8OID, INT8OID, TEXTOID}
};

AsMaybeAmount
as_balance_remaining(int64_t shop_id, const char *order_ref, const char *currency, int digits)
{
	AsMaybeAmount result = {false, 0};
	Datum		values[3];
	AsOwner		owner;
	bool		isnull;

	values[0] = Int64GetDatum(shop_id);
	values[1] = CStringGetTextDatum(order_ref);
	values[2] = CStringGetTextDatum(currency);
	as_owner_begin(&owner, as_relation("order_balance"));
	SPI_connect();
	as_execute(&remaining_of_order, values, NULL, false, 1);
	if (SPI_processed == 1)
	{
		Datum		remaining = SPI_getbinval(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 1, &isnull);

		result.known = true;
		result.amount = as_numeric_require_scaled("remaining amount", DatumGetNumeric(remaining), digits);
	}
	SPI_finish();
	as_owner_end(&owner);
	return result;
}

int64_t
as_open_others(int64_t shop_id, int64_t request_id, const char *order_ref)
{
	Datum		values[3];
	AsOwner		owner;
	int64		count = 0;
	bool		isnull;

	values[0] = Int64GetDatum(shop_id);
	values[1] = Int64GetDatum(request_id);
	values[2] = CStringGetTextDatum(order_ref);
	as_owner_begin(&owner, as_relation("request"));
	SPI_connect();
	as_execute(&open_others, values, NULL, false, 0);
	for (uint64 i = 0; i < SPI_processed; i++)
	{
		HeapTuple	row = SPI_tuptable->vals[i];
		AsOpenRequest open = {0};

		open.state = SPI_getvalue(row, SPI_tuptable->tupdesc, 1);
		open.kind = SPI_getvalue(row, SPI_tuptable->tupdesc, 2);
		count += as_blocks_negotiation(&open, DatumGetBool(SPI_getbinval(row, SPI_tuptable->tupdesc, 3, &isnull)));
	}
	SPI_finish();
	as_owner_end(&owner);
	return count;
}
