/*
 * attach_sum.c
 *		The sum guard: whatever writes the ERP's table, and at whatever isolation
 *		level, the refunds of an order never exceed what was paid.
 *
 * An AFTER STATEMENT trigger adds up per order what the statement's rows change,
 * from the transition tables, so that it sees what was really written.  One
 * statement then adds the differences to the running totals, in the order of
 * their keys, so that two bulk updates that meet in the same orders wait for each
 * other and never deadlock; the row lock of a total is what serialises the
 * refunds of its order.
 *
 * A total whose generation is not the attachment's is not known yet: it is added
 * up from the table itself while its row is locked.  Then everybody else who
 * changed the order has either committed before, and is seen by the latest
 * snapshot, or waits for the lock.  So totals need no loading before the guard
 * holds, and pausing, truncating or repairing only starts a new generation.
 */
#include "attach.h"

#include "access/table.h"
#include "access/xact.h"
#include "attach_sum.h"
#include "catalog/partition.h"
#include "catalog/pg_type.h"
#include "common/hashfn.h"
#include "config.h"
#include "errors.h"
#include "executor/spi.h"
#include "kernel/codes.h"
#include "kernel/currency.h"
#include "miscadmin.h"
#include "money.h"
#include "port/pg_bswap.h"
#include "statement.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/guc.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/snapmgr.h"

/* Totals that one execution writes */
#define CHUNK	5000

/* ---- the orders of a statement ---- */

typedef struct OrderKey
{
	int64		shop;
	uint64		prefix;			/* the first bytes of the reference, as they
								 * are ordered */
	const char *order;
	int32		length;
	char		currency[4];	/* empty: none is mapped */
} OrderKey;

typedef struct OrderSum
{
	OrderKey	key;
	uint32		hash;
	char		status;
	bool		asked;			/* for what was paid */
	bool		paid_known;
	bool		written;		/* by this statement, or to be */
	int			digits;
	int			place;			/* among those whose totals are added up */
	AsAmount	more;			/* what the statement adds */
	AsAmount	paid;
} OrderSum;

static uint32
hash_key(const OrderKey *key)
{
	return hash_combine(hash_bytes((const unsigned char *) key->order, key->length), murmurhash32((uint32) key->shop));
}

/* Most references are no longer than the prefix, which then is all of them. */
static bool
same_key(const OrderKey *a, const OrderKey *b)
{
	return a->shop == b->shop && a->prefix == b->prefix && a->length == b->length &&
		(a->length <= (int) sizeof a->prefix || memcmp(a->order, b->order, a->length) == 0) &&
		memcmp(a->currency, b->currency, sizeof a->currency) == 0;
}

#define SH_PREFIX order_sums
#define SH_ELEMENT_TYPE OrderSum
#define SH_KEY_TYPE OrderKey
#define SH_KEY key
#define SH_HASH_KEY(table, key) hash_key(&(key))
#define SH_EQUAL(table, a, b) same_key(&(a), &(b))
#define SH_SCOPE static inline
#define SH_STORE_HASH
#define SH_GET_HASH(table, element) (element)->hash
#define SH_DEFINE
#define SH_DECLARE
#include "lib/simplehash.h"

struct AsOrderSums
{
	AsAttachCall *call;
	MemoryContext context;		/* of the keys */
	order_sums_hash *table;
};

AsOrderSums *
as_order_sums(AsAttachCall *call)
{
	AsOrderSums *sums = palloc(sizeof(AsOrderSums));

	sums->call = call;
	sums->context = CurrentMemoryContext;
	sums->table = order_sums_create(CurrentMemoryContext, 256, NULL);
	return sums;
}

static OrderKey
make_key(int64 shop, const char *order, int length, const char *currency)
{
	OrderKey	key = {shop, 0, order, length, {0}};

	memcpy(&key.prefix, order, Min(length, (int) sizeof key.prefix));
	key.prefix = pg_ntoh64(key.prefix);
	memcpy(key.currency, currency, Min(strlen(currency), sizeof key.currency));
	return key;
}

static OrderSum *
sum_of(AsOrderSums *sums, int64 shop, const char *order, int length, const char *currency)
{
	OrderSum   *sum;
	bool		found;
	char	   *copy;

	sum = order_sums_insert(sums->table, make_key(shop, order, length, currency), &found);
	if (!found)
	{
		copy = MemoryContextAlloc(sums->context, length + 1);
		memcpy(copy, order, length);
		copy[length] = '\0';
		sum->key.order = copy;
		sum->asked = sum->paid_known = sum->written = false;
		sum->more = 0;
		sum->digits = 0;
		sum->place = -1;
	}
	return sum;
}

/* The sum that a total, as it was read, is of; NULL: none of ours. */
static OrderSum *
find_sum(AsOrderSums *sums, Datum shop, Datum order, const char *currency)
{
	text	   *reference = DatumGetTextPP(order);

	if (strlen(currency) >= sizeof((OrderKey *) NULL)->currency)
		return NULL;
	return order_sums_lookup(sums->table, make_key(DatumGetInt64(shop), VARDATA_ANY(reference), VARSIZE_ANY_EXHDR(reference), currency));
}

/* The sum that a row belongs to; NULL: it has no order. */
static OrderSum *
sum_of_row(AsOrderSums *sums, TupleTableSlot *row, bool old)
{
	AsAttachCall *call = sums->call;
	const char *order;
	int			length;
	int			digits;
	OrderSum   *sum;

	if (!as_attach_text(call, AS_WORD_ORDER, row, &order, &length))
		return NULL;
	digits = as_attach_digits(call, row, old);
	sum = sum_of(sums, as_attach_shop(call, row, old), order, length, call->currency);
	sum->digits = digits;
	return sum;
}

void
as_order_sums_add_key(AsOrderSums *sums, int64 shop, const char *order, const char *currency, int digits)
{
	OrderSum   *sum = sum_of(sums, shop, order, strlen(order), currency);

	sum->digits = digits;
	sum->written = true;
}

/* ---- rows ---- */

static void
take_away(AsOrderSums *sums, TupleTableSlot *row)
{
	OrderSum   *sum;

	if (!as_attach_counts(sums->call, row))
		return;
	sum = sum_of_row(sums, row, true);
	if (sum != NULL)
		sum->more -= as_attach_old_amount(sums->call, row, sum->digits);
}

static void
add(AsOrderSums *sums, TupleTableSlot *row)
{
	AsAttachCall *call = sums->call;
	bool		by_expression = call->attached->sources[AS_WORD_PAID].from == AS_FROM_SQL;
	OrderSum   *sum;
	AsAmount	amount;
	AsAmount	paid;

	sum = as_attach_counts(call, row) ? sum_of_row(sums, row, false) : NULL;
	as_attach_check_row(call, row, sum == NULL);
	if (sum == NULL || !as_attach_amount_at(call, AS_WORD_AMOUNT, row, sum->digits, &amount))
		return;
	if (__builtin_add_overflow(sum->more, amount, &sum->more))
		ereport(ERROR, (errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE), errmsg("the sum of the refunds is too large")));
	/* an expression may look something up: once an order */
	if (by_expression && sum->asked)
		return;
	sum->asked = true;
	if (as_attach_amount_at(call, AS_WORD_PAID, row, sum->digits, &paid))
	{
		sum->paid_known = true;
		sum->paid = paid;
	}
}

static void
collect(void *context, TupleTableSlot *old, TupleTableSlot *new)
{
	AsOrderSums *sums = context;
	bool		applies = new != NULL && as_attach_applies(sums->call, new);

	if (old != NULL && applies && !as_attach_touched(sums->call, old, new))
		return;
	if (old != NULL)
		take_away(sums, old);
	if (applies)
		add(sums, new);
}

/* ---- writing ---- */

typedef enum TotalParameter
{
	TOTAL_ATTACHMENT,
	TOTAL_GENERATION,			/* of a new row */
	TOTAL_CURRENT,				/* of the attachment */
	TOTAL_SHOPS,
	TOTAL_ORDERS,
	TOTAL_CURRENCIES,
	TOTAL_PAIDS,
	TOTAL_AMOUNTS,
	TOTAL_PARAMETERS
} TotalParameter;

#define TOTAL_TYPES	{TEXTOID, INT4OID, INT4OID, INT8ARRAYOID, TEXTARRAYOID, TEXTARRAYOID, NUMERICARRAYOID, NUMERICARRAYOID}
#define NUMERICARRAYOID	1231

/* What is written comes back; it is not in order where not known yet, above what was paid, or that unknown */
typedef enum TotalColumn
{
	COLUMN_IS_FAULT,
	COLUMN_SHOP,
	COLUMN_ORDER,
	COLUMN_CURRENCY,
	COLUMN_PAID,
	COLUMN_REFUNDED,
	COLUMN_GENERATION,
	COLUMNS
} TotalColumn;

#define RETURNING_TOTALS \
	" RETURNING t.generation <> $3 OR t.refunded > t.paid OR t.paid IS NULL," \
	" t.shop_id, t.order_ref, t.currency, t.paid, t.refunded, t.generation"

static AsStatement add_totals = {
	"INSERT INTO aftersale.attachment_total AS t (shop_id, attachment, order_ref, currency, paid, refunded, generation)"
	" SELECT k.shop_id, $1, k.order_ref, k.currency, k.paid, k.amount, $2"
	" FROM unnest($4, $5, $6, $7, $8) AS k(shop_id, order_ref, currency, paid, amount)"
	" ON CONFLICT (shop_id, order_ref, attachment, currency) DO UPDATE"
	" SET paid = coalesce(excluded.paid, t.paid), refunded = t.refunded + excluded.refunded"
	RETURNING_TOTALS,
	TOTAL_PARAMETERS, TOTAL_TYPES
};

static AsStatement set_totals = {
	"UPDATE aftersale.attachment_total AS t SET refunded = k.amount, generation = $2"
	" FROM unnest($4, $5, $6, $7, $8) AS k(shop_id, order_ref, currency, paid, amount)"
	" WHERE t.shop_id = k.shop_id AND t.attachment = $1 AND t.order_ref = k.order_ref AND t.currency = k.currency"
	RETURNING_TOTALS,
	TOTAL_PARAMETERS, TOTAL_TYPES
};

/* A total that is not in order */
typedef struct Fault
{
	OrderSum   *sum;
	bool		known;			/* of this generation */
	bool		paid_known;
	AsAmount	paid;
	AsAmount	refunded;
} Fault;

typedef struct Faults
{
	MemoryContext context;
	int			count;
	int			room;
	Fault	   *list;
} Faults;

static int
compare_keys(const OrderKey *a, const OrderKey *b)
{
	int			order;

	if (a->shop != b->shop)
		return a->shop < b->shop ? -1 : 1;
	if (a->prefix != b->prefix)
		return a->prefix < b->prefix ? -1 : 1;
	order = memcmp(a->order, b->order, Min(a->length, b->length));
	if (order == 0)
		order = a->length - b->length;
	return order != 0 ? order : memcmp(a->currency, b->currency, sizeof a->currency);
}

static int
compare_sums(const void *left, const void *right)
{
	return compare_keys(&(*(OrderSum *const *) left)->key, &(*(OrderSum *const *) right)->key);
}

static Datum
field(uint64 row, int number, bool *isnull)
{
	return SPI_getbinval(SPI_tuptable->vals[row], SPI_tuptable->tupdesc, number, isnull);
}

/* An amount of a total, which may have more decimals than the currency has now. */
static AsAmount
total_amount(Datum value, int digits)
{
	AsAmount	amount = 0;
	Numeric		rounded = DatumGetNumeric(DirectFunctionCall2(numeric_round, value, Int32GetDatum(digits)));

	if (as_numeric_to_scaled(rounded, digits, &amount) != AS_NUMERIC_FITS)
		elog(ERROR, "a total is out of range");
	return amount;
}

/* Takes what a statement returns, of which it keeps the faults; the keys are those of the sums. */
typedef struct FaultReceiver
{
	DestReceiver receiver;		/* first */
	AsOrderSums *sums;
	Faults	   *faults;
} FaultReceiver;

static Fault *
new_fault(Faults *faults)
{
	if (faults->count == faults->room)
	{
		faults->room = Max(16, faults->room * 2);
		faults->list = faults->list == NULL ? MemoryContextAlloc(faults->context, sizeof(Fault) * faults->room) :
			repalloc_huge(faults->list, sizeof(Fault) * faults->room);
	}
	return &faults->list[faults->count++];
}

static bool
receive_total(TupleTableSlot *slot, DestReceiver *self)
{
	FaultReceiver *receiver = (FaultReceiver *) self;
	Datum	   *values = slot->tts_values;
	Fault	   *fault;

	slot_getallattrs(slot);
	if (!DatumGetBool(values[COLUMN_IS_FAULT]))
		return true;
	fault = new_fault(receiver->faults);
	fault->sum = find_sum(receiver->sums, values[COLUMN_SHOP], values[COLUMN_ORDER], TextDatumGetCString(values[COLUMN_CURRENCY]));
	if (fault->sum == NULL)
		elog(ERROR, "a total came back that was not written");
	fault->paid_known = !slot->tts_isnull[COLUMN_PAID];
	fault->paid = fault->paid_known ? total_amount(values[COLUMN_PAID], fault->sum->digits) : 0;
	fault->refunded = total_amount(values[COLUMN_REFUNDED], fault->sum->digits);
	fault->known = DatumGetInt32(values[COLUMN_GENERATION]) == receiver->sums->call->state.generation;
	return true;
}

static void
receiver_startup(DestReceiver *self, int operation, TupleDesc columns)
{
	Assert(columns->natts == COLUMNS);
}

static void
receiver_end(DestReceiver *self)
{
}

static Datum
array_of(Datum *values, bool *nulls, int count, Oid type, int16 length, bool by_value, char alignment)
{
	int			one = 1;

	return PointerGetDatum(construct_md_array(values, nulls, 1, &count, &one, type, length, by_value, alignment));
}

/* Of an unknown currency only the decimals that there are; of what fits 64 bits, where dividing is quick. */
static Datum
total_datum(AsAmount amount, int digits)
{
	if (digits == AS_ATTACH_DECIMALS && amount == (int64) amount)
	{
		int64		small = (int64) amount;

		for (; digits > 0 && small % 10 == 0; digits--)
			small /= 10;
		amount = small;
	}
	return NumericGetDatum(as_scaled_to_numeric(amount, digits));
}

/* Executes a statement over some sums: with what they add, or with their totals. */
static void
write_chunk(AsOrderSums *sums, AsStatement *statement, OrderSum **some, const AsAmount *amounts, int count, int generation, Faults *faults)
{
	Datum		parameters[TOTAL_PARAMETERS];
	Datum	   *values = palloc(sizeof(Datum) * count * 5);
	bool	   *nulls = palloc0(sizeof(bool) * count);
	FaultReceiver receiver = {{receive_total, receiver_startup, receiver_end, receiver_end, DestNone}, sums, faults};

	for (int i = 0; i < count; i++)
	{
		const OrderSum *sum = some[i];

		values[i] = Int64GetDatum(sum->key.shop);
		values[count + i] = PointerGetDatum(cstring_to_text_with_len(sum->key.order, sum->key.length));
		values[2 * count + i] = PointerGetDatum(cstring_to_text_with_len(sum->key.currency, strnlen(sum->key.currency, sizeof sum->key.currency)));
		nulls[i] = !sum->paid_known;
		values[3 * count + i] = nulls[i] ? (Datum) 0 : total_datum(sum->paid, sum->digits);
		values[4 * count + i] = total_datum(amounts != NULL ? amounts[i] : sum->more, sum->digits);
	}
	parameters[TOTAL_ATTACHMENT] = CStringGetTextDatum(sums->call->name);
	parameters[TOTAL_GENERATION] = Int32GetDatum(generation);
	parameters[TOTAL_CURRENT] = Int32GetDatum(sums->call->state.generation);
	parameters[TOTAL_SHOPS] = array_of(values, NULL, count, INT8OID, sizeof(int64), FLOAT8PASSBYVAL, TYPALIGN_DOUBLE);
	parameters[TOTAL_ORDERS] = array_of(values + count, NULL, count, TEXTOID, -1, false, TYPALIGN_INT);
	parameters[TOTAL_CURRENCIES] = array_of(values + 2 * count, NULL, count, TEXTOID, -1, false, TYPALIGN_INT);
	parameters[TOTAL_PAIDS] = array_of(values + 3 * count, nulls, count, NUMERICOID, -1, false, TYPALIGN_INT);
	parameters[TOTAL_AMOUNTS] = array_of(values + 4 * count, NULL, count, NUMERICOID, -1, false, TYPALIGN_INT);
	as_execute_into(statement, parameters, &receiver.receiver);
}

/* The same for any number, as the owner of the totals. */
static void
write_totals(AsOrderSums *sums, AsStatement *statement, OrderSum **list, const AsAmount *amounts, int count, int generation, Faults *faults)
{
	MemoryContext chunk = AllocSetContextCreate(CurrentMemoryContext, "aftersale totals", ALLOCSET_DEFAULT_SIZES);
	AsOwner		owner;

	as_owner_begin(&owner, as_relation("attachment_total"));
	SPI_connect();
	for (int from = 0; from < count; from += CHUNK)
	{
		MemoryContext caller = MemoryContextSwitchTo(chunk);

		write_chunk(sums, statement, list + from, amounts == NULL ? NULL : amounts + from, Min(CHUNK, count - from), generation, faults);
		MemoryContextSwitchTo(caller);
		MemoryContextReset(chunk);
	}
	SPI_finish();
	as_owner_end(&owner);
	MemoryContextDelete(chunk);
}

/* ---- totals that are not known yet ---- */

static const char *
source_sql(const AsSource *source, const char *nothing)
{
	switch (source->from)
	{
		case AS_FROM_COLUMN:
			return quote_identifier(source->column);
		case AS_FROM_SQL:
			return psprintf("(%s)", source->sql);
		case AS_FROM_CONSTANT:
			return source->type == TEXTOID ? quote_literal_cstr(TextDatumGetCString(source->constant)) :
				DatumGetCString(DirectFunctionCall1(numeric_out, source->constant));
		case AS_FROM_NOTHING:
			break;
	}
	return nothing;
}

const char *
as_attach_key_columns_sql(const AsAttached *attached)
{
	const AsSource *sources = attached->sources;
	bool		integers = sources[AS_WORD_AMOUNT].type == INT8OID || sources[AS_WORD_AMOUNT].type == INT4OID;

	return psprintf("SELECT (%s)::bigint, (%s)::text, pg_catalog.rtrim((%s)::text), coalesce(pg_catalog.sum((%s)%s), 0)::numeric",
					source_sql(&sources[AS_WORD_SHOP], "0"), source_sql(&sources[AS_WORD_ORDER], "NULL"),
					source_sql(&sources[AS_WORD_CURRENCY], "''"), source_sql(&sources[AS_WORD_AMOUNT], "NULL"),
					integers ? "" : "::numeric");
}

const char *
as_attach_rows_sql(const AsAttached *attached, Relation relation)
{
	return psprintf(" FROM %s WHERE (%s) IS NOT NULL AND (%s) AND (%s)", as_attach_table(relation),
					source_sql(&attached->sources[AS_WORD_ORDER], "NULL"),
					attached->when_sql == NULL ? "true" : attached->when_sql,
					attached->counts_sql == NULL ? "true" : attached->counts_sql);
}

const char *
as_attach_order_sql(const AsAttached *attached)
{
	return source_sql(&attached->sources[AS_WORD_ORDER], "NULL");
}

void
as_attach_read_begin(AsAttachRead *read, Relation relation)
{
	CommandCounterIncrement();
	PushActiveSnapshot(GetLatestSnapshot());
	as_their_owner_begin(&read->owner, RelationGetRelid(relation));
	(void) set_config_option("row_security", "off", PGC_USERSET, PGC_S_SESSION, GUC_ACTION_SAVE, true, 0, false);
	SPI_connect();
}

void
as_attach_read_end(AsAttachRead *read)
{
	SPI_finish();
	as_owner_end(&read->owner);
	PopActiveSnapshot();
}

static bool
has_attachment(Relation relation, const char *name)
{
	TriggerDesc *triggers = relation->trigdesc;

	for (int i = 0; triggers != NULL && i < triggers->numtriggers; i++)
		if (triggers->triggers[i].tgnargs == 2 && strcmp(triggers->triggers[i].tgargs[0], name) == 0)
			return true;
	return false;
}

/*
 * The table that all rows of the attachment are in: the topmost that has it,
 * where the statement wrote straight into a partition.  To be closed.
 */
static Relation
whole_table(Relation relation, const char *name)
{
	Relation	whole = table_open(RelationGetRelid(relation), AccessShareLock);

	while (whole->rd_rel->relispartition)
	{
		Relation	parent = table_open(get_partition_parent(RelationGetRelid(whole), true), AccessShareLock);

		if (!has_attachment(parent, name))
		{
			table_close(parent, AccessShareLock);
			break;
		}
		table_close(whole, NoLock);
		whole = parent;
	}
	return whole;
}

/* The references as an array of the order's own type, for an index on it. */
static const char *
references_sql(Oid type)
{
	if (type == TEXTOID)
		return "$1";
	return psprintf("$1::%s[]", type == BPCHAROID ? "pg_catalog.bpchar" : format_type_be_qualified(type));
}

/* Adds up, from the table, what these orders come to. */
static AsAmount *
add_up(AsOrderSums *sums, OrderSum **unknown, int count)
{
	AsAttachCall *call = sums->call;
	const AsAttached *attached = call->attached;
	MemoryContext caller = CurrentMemoryContext;
	AsAmount   *amounts = palloc0(sizeof(AsAmount) * count);
	Datum	   *keys = palloc(sizeof(Datum) * count);
	Oid			types[1] = {TEXTARRAYOID};
	Datum		values[1];
	Relation	table = whole_table(call->relation, attached->name);
	AsAttachRead read;
	StringInfoData sql;

	for (int i = 0; i < count; i++)
	{
		keys[i] = PointerGetDatum(cstring_to_text_with_len(unknown[i]->key.order, unknown[i]->key.length));
		unknown[i]->place = i;
	}
	values[0] = array_of(keys, NULL, count, TEXTOID, -1, false, TYPALIGN_INT);
	initStringInfo(&sql);
	appendStringInfo(&sql, "%s%s AND (%s) = ANY (%s) GROUP BY 1, 2, 3", as_attach_key_columns_sql(attached),
					 as_attach_rows_sql(attached, table), as_attach_order_sql(attached),
					 references_sql(attached->sources[AS_WORD_ORDER].type));
	as_attach_read_begin(&read, call->relation);
	if (SPI_execute_with_args(sql.data, 1, types, values, NULL, true, 0) != SPI_OK_SELECT)
		elog(ERROR, "could not execute \"%s\"", sql.data);
	for (uint64 i = 0; i < SPI_processed; i++)
	{
		bool		isnull;
		char	   *currency = SPI_getvalue(SPI_tuptable->vals[i], SPI_tuptable->tupdesc, 3);
		OrderSum   *sum = find_sum(sums, field(i, 1, &isnull), field(i, 2, &isnull), currency == NULL ? "" : currency);

		if (sum == NULL || sum->place < 0)
			continue;			/* another currency or shop of the order */
		amounts[sum->place] = total_amount(field(i, 4, &isnull),
										   attached->sources[AS_WORD_AMOUNT].unit == AS_UNIT_MINOR ? 0 : sum->digits);
	}
	as_attach_read_end(&read);
	table_close(table, NoLock);
	MemoryContextSwitchTo(caller);
	return amounts;
}

/*
 * Makes the totals known that are not, and returns what is then not in order
 * (TEMU-07).
 */
static void
learn(AsOrderSums *sums, const Faults *faults, Faults *after)
{
	OrderSum  **unknown = palloc(sizeof(OrderSum *) * faults->count);
	int			count = 0;

	for (int i = 0; i < faults->count; i++)
		if (!faults->list[i].known)
			unknown[count++] = faults->list[i].sum;
	if (count > 0)
		write_totals(sums, &set_totals, unknown, add_up(sums, unknown, count), count, sums->call->state.generation, after);
}

/* Refuses the first that the statement made larger than it may be. */
static void
judge(AsOrderSums *sums, const Faults *faults)
{
	for (int i = 0; i < faults->count; i++)
	{
		const Fault *fault = &faults->list[i];
		const OrderSum *sum = fault->sum;
		AsError		error;
		char		currency[8] = {0};

		memcpy(currency, sum->key.currency, sizeof sum->key.currency);
		if (fault->known && sum->more > 0 &&
			!as_attach_sum(sum->key.order, currency, fault->refunded, sum->more, fault->paid_known ? &fault->paid : NULL,
						   sum->digits, &error))
			as_attach_refuse(sums->call, &error);
	}
}

int
as_order_sums_write(AsOrderSums *sums)
{
	Faults		faults = {CurrentMemoryContext, 0, 0, NULL};
	Faults		after = {CurrentMemoryContext, 0, 0, NULL};
	OrderSum  **list = MemoryContextAllocHuge(CurrentMemoryContext, sizeof(OrderSum *) * Max(sums->table->members, 1));
	int			count = 0;
	order_sums_iterator scan;
	OrderSum   *sum;

	order_sums_start_iterate(sums->table, &scan);
	while ((sum = order_sums_iterate(sums->table, &scan)) != NULL)
		if (sum->more != 0 || sum->written)
			list[count++] = sum;
	if (count == 0)
		return 0;
	qsort(list, count, sizeof(OrderSum *), compare_sums);
	write_totals(sums, &add_totals, list, NULL, count, sums->call->state.filled ? sums->call->state.generation : 0, &faults);
	judge(sums, &faults);
	if (faults.count > 0)
		learn(sums, &faults, &after);
	judge(sums, &after);
	return count;
}

/* ---- the trigger ---- */

PG_FUNCTION_INFO_V1(aftersale_attached_sum);

Datum
aftersale_attached_sum(PG_FUNCTION_ARGS)
{
	TriggerData *trigger = (TriggerData *) fcinfo->context;
	MemoryContext caller = CurrentMemoryContext;
	MemoryContext context;
	AsAttachCall *call;
	AsOrderSums *sums;

	as_attach_require_statement_trigger(fcinfo);
	call = as_attach_call(fcinfo, AS_ATTACH_REFUND_CHECK, AS_WORD_ORDER);
	if (!as_attach_works(call))
		PG_RETURN_POINTER(NULL);
	context = AllocSetContextCreate(CurrentMemoryContext, "aftersale sums", ALLOCSET_DEFAULT_SIZES);
	MemoryContextSwitchTo(context);
	sums = as_order_sums(call);
	as_attach_each_pair(call, trigger, collect, sums);
	(void) as_order_sums_write(sums);
	MemoryContextSwitchTo(caller);
	MemoryContextDelete(context);
	PG_RETURN_POINTER(NULL);
}
