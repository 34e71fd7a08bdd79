/*
 * strategy_use.c
 *		Counters of automatic rules: aftersale.rule_use and rule_buyer_use.
 *
 * A statement decides all its rows before it records any, so what it has
 * decided is tallied here beside what the tables say: else every row of a bulk
 * would see the same room below a cap, and the record refuse them all.  The
 * tally lives as long as the transaction, is lowered by the record, and loses
 * what a subtransaction decided that rolls back.  It is a convenience: the guard
 * is the record's.
 */
#include "postgres.h"

#include "access/xact.h"
#include "catalog/pg_type.h"
#include "common/hashfn.h"
#include "config.h"
#include "datatype/timestamp.h"
#include "errors.h"
#include "money.h"
#include "pgtime.h"
#include "strategy_use.h"
#include "utils/builtins.h"
#include "utils/date.h"
#include "utils/datetime.h"
#include "utils/hsearch.h"
#include "utils/memutils.h"
#include "utils/timestamp.h"

int32_t
as_local_day(AsInstant at, const char *time_zone)
{
	pg_tz	   *zone = pg_tzset(time_zone);
	struct pg_tm tm;
	fsec_t		fraction;
	int			offset;
	char		quoted[64];
	AsError		error;

	if (zone == NULL)
	{
		as_fail(&error, AS_INVALID_PARAMETER, NULL, "time zone \"%s\" does not exist",
				as_quote(quoted, sizeof quoted, time_zone, strlen(time_zone)));
		as_hint(&error, "Correct aftersale.shop_country.time_zone.");
		as_report(&error);
	}
	if (timestamp2tm(at, &offset, &tm, &fraction, NULL, zone) != 0)
		elog(ERROR, "the day of instant " INT64_FORMAT " is out of range", (int64) at);
	return date2j(tm.tm_year, tm.tm_mon, tm.tm_mday) - POSTGRES_EPOCH_JDATE;
}

static bool
has_day_cap(const AsStrategy *rule)
{
	return rule->max_per_day.known || rule->max_amount_per_day.known;
}

bool
as_strategy_is_capped(const AsStrategy *rule)
{
	return has_day_cap(rule) || rule->max_per_buyer.known;
}

/* ---- the tally ---- */

#define EVERY_DAY	PG_INT32_MIN	/* of a buyer's counter */

typedef struct TallyKey
{
	int64		shop_id;
	int64		rule_id;
	int64		buyer;			/* hash; of a day's counter 0.  Buyers whose
								 * hashes are the same only see less room */
	int32		day;
	int32		padding;
} TallyKey;

typedef struct TallyEntry
{
	TallyKey	key;
	int			rollbacks;		/* the stored values are of read_at, before
								 * which there were so many; 0: not read */
	CommandId	read_at;
	int64		stored_uses;
	AsAmount	stored_amount;
	int64		decided_uses;
	AsAmount	decided_amount;
} TallyEntry;

static HTAB *tally = NULL;		/* in TopTransactionContext */

/* What open subtransactions added, innermost last. */
typedef struct Addition
{
	SubTransactionId by;
	TallyEntry *entry;
	int64		uses;
	AsAmount	amount;
} Addition;

static Addition *additions = NULL;	/* in TopTransactionContext */
static int64 n_additions = 0;
static int64 max_additions = 0;
static int	rollbacks = 1;		/* of subtransactions, and one */

static void
transaction_ends(XactEvent event, void *argument)
{
	tally = NULL;
	additions = NULL;
	n_additions = max_additions = 0;
	rollbacks = 1;
}

static void
subtransaction_ends(SubXactEvent event, SubTransactionId mine, SubTransactionId parent, void *argument)
{
	if (event == SUBXACT_EVENT_ABORT_SUB)
	{
		rollbacks++;
		for (; n_additions > 0 && additions[n_additions - 1].by == mine; n_additions--)
		{
			additions[n_additions - 1].entry->decided_uses -= additions[n_additions - 1].uses;
			additions[n_additions - 1].entry->decided_amount -= additions[n_additions - 1].amount;
		}
	}
	else if (event == SUBXACT_EVENT_COMMIT_SUB && parent == TopSubTransactionId)
		n_additions = 0;
	else if (event == SUBXACT_EVENT_COMMIT_SUB)
		for (int64 i = n_additions; i > 0 && additions[i - 1].by == mine; i--)
			additions[i - 1].by = parent;
}

static void
note_addition(TallyEntry *entry, int64 uses, AsAmount amount)
{
	SubTransactionId by = GetCurrentSubTransactionId();

	if (by == TopSubTransactionId)
		return;					/* the tally goes with it */
	if (n_additions == 0 || additions[n_additions - 1].by != by || additions[n_additions - 1].entry != entry)
	{
		if (additions == NULL)
			additions = MemoryContextAlloc(TopTransactionContext, sizeof(Addition) * (max_additions = 64));
		else if (n_additions == max_additions)
			additions = repalloc_huge(additions, sizeof(Addition) * (max_additions *= 2));
		additions[n_additions++] = (Addition)
		{
			.by = by,.entry = entry
		};
	}
	additions[n_additions - 1].uses += uses;
	additions[n_additions - 1].amount += amount;
}

void
as_strategy_use_init(void)
{
	RegisterXactCallback(transaction_ends, NULL);
	RegisterSubXactCallback(subtransaction_ends, NULL);
}

static TallyEntry *
tally_entry(int64_t shop_id, int64_t rule_id, int32_t day, const char *buyer)
{
	TallyKey	key = {0};
	TallyEntry *entry;
	bool		found;

	if (tally == NULL)
	{
		HASHCTL		control = {0};

		control.keysize = sizeof(TallyKey);
		control.entrysize = sizeof(TallyEntry);
		control.hcxt = TopTransactionContext;
		tally = hash_create("aftersale rule uses", 64, &control, HASH_ELEM | HASH_BLOBS | HASH_CONTEXT);
	}
	key.shop_id = shop_id;
	key.rule_id = rule_id;
	key.day = day;
	if (buyer != NULL)
		key.buyer = (int64) hash_bytes_extended((const unsigned char *) buyer, (int) strlen(buyer), 1);
	entry = hash_search(tally, &key, HASH_ENTER, &found);
	if (!found)
		memset((char *) entry + sizeof key, 0, sizeof *entry - sizeof key);
	return entry;
}

static TallyEntry *
day_entry(int64_t shop_id, int64_t rule_id, int32_t day)
{
	return tally_entry(shop_id, rule_id, day, NULL);
}

static TallyEntry *
buyer_entry(int64_t shop_id, int64_t rule_id, const char *buyer)
{
	return tally_entry(shop_id, rule_id, EVERY_DAY, buyer);
}

/* ---- reading ---- */

/* the amount may be of another currency, which the rule had that day, and finer: it is rounded up */
static AsStatement use_of_day = {
	"SELECT uses::bigint, round(ceil(amount * power(10::numeric, $4)) / power(10::numeric, $4), $4)"
	" FROM aftersale.rule_use WHERE shop_id = $1 AND rule_id = $2 AND day = $3",
	4, {INT8OID, INT8OID, DATEOID, INT4OID}
};

static AsStatement use_of_buyer = {
	"SELECT uses::bigint, 0::numeric FROM aftersale.rule_buyer_use WHERE shop_id = $1 AND rule_id = $2 AND buyer = $3",
	3, {INT8OID, INT8OID, TEXTOID}
};

/* Fills the entry's stored values, once a command. */
static void
read_stored(TallyEntry *entry, AsStatement *statement, Datum which, int digits)
{
	CommandId	command = GetCurrentCommandId(false);
	int64		uses = 0;
	AsAmount	amount = 0;
	Datum		values[4];
	AsOwner		owner;
	bool		isnull;

	if (entry->rollbacks == rollbacks && entry->read_at == command)
		return;
	values[0] = Int64GetDatum(entry->key.shop_id);
	values[1] = Int64GetDatum(entry->key.rule_id);
	values[2] = which;
	values[3] = Int32GetDatum(digits);
	as_owner_begin(&owner, as_relation("rule_use"));
	SPI_connect();
	as_execute(statement, values, NULL, false, 1);
	if (SPI_processed == 1)
	{
		uses = DatumGetInt64(SPI_getbinval(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 1, &isnull));
		amount = as_numeric_require_scaled("amount of a rule's day",
										   DatumGetNumeric(SPI_getbinval(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 2, &isnull)),
										   digits);
	}
	SPI_finish();
	as_owner_end(&owner);
	entry->stored_uses = uses;
	entry->stored_amount = amount;
	entry->read_at = GetCurrentCommandId(false);
	entry->rollbacks = rollbacks;
}

void
as_strategy_use(int64_t shop_id, const AsStrategy *rule, int32_t day, const char *buyer, int digits,
				AsStrategyUse *use)
{
	memset(use, 0, sizeof *use);
	if (has_day_cap(rule))
	{
		TallyEntry *entry = day_entry(shop_id, rule->rule_id, day);

		read_stored(entry, &use_of_day, DateADTGetDatum(day), digits);
		use->uses = entry->stored_uses + entry->decided_uses;
		use->amount = entry->stored_amount + entry->decided_amount;
	}
	if (rule->max_per_buyer.known && buyer != NULL)
	{
		TallyEntry *entry = buyer_entry(shop_id, rule->rule_id, buyer);

		read_stored(entry, &use_of_buyer, CStringGetTextDatum(buyer), digits);
		use->buyer_uses = entry->stored_uses + entry->decided_uses;
	}
}

static void
entry_add(TallyEntry *entry, int uses, AsAmount amount)
{
	entry->decided_uses += uses;
	entry->decided_amount += amount;
	note_addition(entry, uses, amount);
}

static void
tally_add(int64_t shop_id, const AsStrategy *rule, int32_t day, const char *buyer, int uses, AsAmount amount)
{
	if (has_day_cap(rule))
		entry_add(day_entry(shop_id, rule->rule_id, day), uses, amount);
	if (rule->max_per_buyer.known && buyer != NULL)
		entry_add(buyer_entry(shop_id, rule->rule_id, buyer), uses, 0);
}

/* Money is counted where the rule has a cap on it; without one its currency is not fixed. */
static AsAmount
counted_amount(const AsStrategy *rule, AsAmount amount)
{
	return rule->max_amount_per_day.known ? amount : 0;
}

void
as_strategy_use_decided(int64_t shop_id, const AsStrategy *rule, int32_t day, const char *buyer, AsAmount amount)
{
	tally_add(shop_id, rule, day, buyer, 1, counted_amount(rule, amount));
}

/* ---- writing ---- */

typedef enum UseColumn
{
	USE_SHOP_ID,
	USE_RULE_ID,
	USE_DAY,
	USE_BUYER,
	USE_AMOUNT,
	USE_MAX_USES,
	USE_MAX_AMOUNT,
	USE_MAX_PER_BUYER,
	USE_COLUMNS
} UseColumn;

static const Oid use_types[USE_COLUMNS] = {
	INT8OID, INT8OID, DATEOID, TEXTOID, NUMERICOID, INT8OID, NUMERICOID, INT8OID
};

#define USE_ROWS	"AS r(shop_id, rule_id, day, buyer, amount, max_uses, max_amount, max_per_buyer)"
#define USE_ONE		"(VALUES ($1, $2, $3, $4, $5, $6, $7, $8)) " USE_ROWS
#define USE_MANY	"unnest($1, $2, $3, $4, $5, $6, $7, $8) " USE_ROWS

/* The rule that could not be counted; EXCEPT, as in the guard of the money. */
#define REFUSED_RULE(keys) \
	" SELECT w.rule_id, (SELECT c.name FROM aftersale.rule AS c WHERE c.shop_id = w.shop_id AND c.rule_id = w.rule_id)" \
	" FROM (SELECT " keys " FROM wanted EXCEPT SELECT " keys " FROM counted) AS w LIMIT 1"

/*
 * The guards of the caps: sums of the statement, by key, only as far as they
 * stay within.  Whatever the isolation level, the row is as it is when its lock
 * is held; a new row is guarded as well.
 */
#define COUNT_DAYS(rows) \
	"WITH wanted AS MATERIALIZED (SELECT r.shop_id, r.rule_id, r.day, count(*) AS uses, sum(r.amount) AS amount," \
	" min(r.max_uses) AS max_uses, min(r.max_amount) AS max_amount FROM " rows \
	" WHERE r.max_uses IS NOT NULL OR r.max_amount IS NOT NULL GROUP BY 1, 2, 3 ORDER BY 1, 2, 3)," \
	" counted AS (INSERT INTO aftersale.rule_use AS u (shop_id, rule_id, day, uses, amount, max_uses, max_amount)" \
	" SELECT w.shop_id, w.rule_id, w.day, w.uses, w.amount, w.max_uses, w.max_amount FROM wanted AS w" \
	" WHERE coalesce(w.uses <= w.max_uses, true) AND coalesce(w.amount <= w.max_amount, true)" \
	" ON CONFLICT (shop_id, rule_id, day) DO UPDATE SET uses = u.uses + excluded.uses," \
	" amount = u.amount + excluded.amount, max_uses = excluded.max_uses, max_amount = excluded.max_amount" \
	" WHERE coalesce(u.uses + excluded.uses <= excluded.max_uses, true)" \
	" AND coalesce(u.amount + excluded.amount <= excluded.max_amount, true)" \
	" RETURNING u.shop_id, u.rule_id, u.day)" \
	REFUSED_RULE("shop_id, rule_id, day")

static AsRowsStatement count_days = AS_ROWS_STATEMENT(COUNT_DAYS(USE_ONE), COUNT_DAYS(USE_MANY));

#define COUNT_BUYERS(rows) \
	"WITH wanted AS MATERIALIZED (SELECT r.shop_id, r.rule_id, r.buyer, count(*) AS uses," \
	" min(r.max_per_buyer) AS max_uses FROM " rows \
	" WHERE r.max_per_buyer IS NOT NULL GROUP BY 1, 2, 3 ORDER BY 1, 2, 3)," \
	" counted AS (INSERT INTO aftersale.rule_buyer_use AS u (shop_id, rule_id, buyer, uses, max_uses)" \
	" SELECT w.shop_id, w.rule_id, w.buyer, w.uses, w.max_uses FROM wanted AS w WHERE w.uses <= w.max_uses" \
	" ON CONFLICT (shop_id, rule_id, buyer) DO UPDATE SET uses = u.uses + excluded.uses, max_uses = excluded.max_uses" \
	" WHERE u.uses + excluded.uses <= excluded.max_uses RETURNING u.shop_id, u.rule_id, u.buyer)" \
	REFUSED_RULE("shop_id, rule_id, buyer")

static AsRowsStatement count_buyers = AS_ROWS_STATEMENT(COUNT_BUYERS(USE_ONE), COUNT_BUYERS(USE_MANY));

void
as_uses_init(AsRows *uses)
{
	as_rows_init(uses, USE_COLUMNS, use_types);
}

void
as_uses_add(AsRows *uses, int64_t shop_id, const AsStrategy *rule, int32_t day, const char *buyer,
			AsAmount amount, int digits)
{
	amount = counted_amount(rule, amount);
	as_rows_begin(uses);
	as_rows_set(uses, USE_SHOP_ID, Int64GetDatum(shop_id), false);
	as_rows_set(uses, USE_RULE_ID, Int64GetDatum(rule->rule_id), false);
	as_rows_set(uses, USE_DAY, DateADTGetDatum(day), false);
	as_rows_set_text(uses, USE_BUYER, buyer);
	as_rows_set_amount(uses, USE_AMOUNT, amount, digits);
	as_rows_set(uses, USE_MAX_USES, Int64GetDatum(rule->max_per_day.count), !rule->max_per_day.known);
	as_rows_set_amount(uses, USE_MAX_AMOUNT, rule->max_amount_per_day.amount, digits);
	uses->columns[USE_MAX_AMOUNT].nulls[uses->count] = !rule->max_amount_per_day.known;
	as_rows_set(uses, USE_MAX_PER_BUYER, Int64GetDatum(rule->max_per_buyer.count), !rule->max_per_buyer.known);
	uses->count++;
	tally_add(shop_id, rule, day, buyer, -1, -amount);
}

/* Raises RA081 for the rule that could not be counted. */
static void
refuse_used_up(void)
{
	char	   *rule_id = SPI_getvalue(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 1);
	char	   *name = SPI_getvalue(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 2);
	char		quoted[64];
	AsError		error;

	if (name == NULL)
		name = rule_id;
	as_fail(&error, RA_RULE_USED_UP, NULL, "rule \"%s\" has reached a cap since it was chosen",
			as_quote(quoted, sizeof quoted, name, strlen(name)));
	as_detail(&error, "Another session used it up in the meantime.");
	as_hint(&error, "Run the statement again: it is decided without the rule then.");
	as_report(&error);
}

void
as_uses_write(const AsRows *uses)
{
	if (uses->count == 0)
		return;
	as_rows_execute(uses, &count_days);
	if (SPI_processed > 0)
		refuse_used_up();
	as_rows_execute(uses, &count_buyers);
	if (SPI_processed > 0)
		refuse_used_up();
}
