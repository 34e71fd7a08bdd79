/*
 * balance.c
 *		Reads order_balance for decisions; record.c writes it.
 */
#include "postgres.h"

#include "balance.h"
#include "catalog/pg_type.h"
#include "config.h"
#include "money.h"
#include "plans.h"
#include "utils/builtins.h"

AsMaybeAmount
as_balance_remaining(int64_t shop_id, const char *order_ref, const char *currency, int digits)
{
	static SPIPlanPtr plan = NULL;
	static const Oid types[3] = {INT8OID, TEXTOID, TEXTOID};
	AsMaybeAmount result = {false, 0};
	Datum		values[3];
	AsOwner		owner;
	bool		isnull;

	values[0] = Int64GetDatum(shop_id);
	values[1] = CStringGetTextDatum(order_ref);
	values[2] = CStringGetTextDatum(currency);
	as_owner_begin(&owner, as_relation("order_balance"));
	SPI_connect();
	as_plan("SELECT paid - refunded FROM aftersale.order_balance"
			" WHERE shop_id = $1 AND order_ref = $2 AND currency = $3", 3, types, &plan);
	if (SPI_execute_plan(plan, values, NULL, false, 1) != SPI_OK_SELECT)
		elog(ERROR, "could not read order_balance");
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
