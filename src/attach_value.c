/*
 * attach_value.c
 *		Values of the ERP's rows in our terms: instants from every kind of time,
 *		amounts from numeric, minor units, floats and text, keys as text.
 *
 * What is read lives in the per-tuple memory of the call, which the caller
 * resets row by row.
 */
#include "attach.h"

#include "calendar_cache.h"
#include "catalog/pg_type.h"
#include "errors.h"
#include "kernel/codes.h"
#include "kernel/currency.h"
#include "kernel/quick.h"
#include "money.h"
#include "refund_ratio.h"
#include "utils/builtins.h"
#include "utils/date.h"
#include "utils/datetime.h"
#include "utils/datum.h"
#include "utils/fmgrprotos.h"
#include "utils/lsyscache.h"
#include "utils/numeric.h"
#include "utils/timestamp.h"

/* A float is taken for the decimal number that it prints as; so is a ratio's. */
#define FLOAT_SLACK		1e-6

void
as_attach_refuse(AsAttachCall *call, AsError *error)
{
	char		detail[sizeof error->detail];

	memcpy(detail, error->detail, sizeof detail);
	as_detail(error, "%s%sAttachment \"%s\" of table \"%s\".", detail, detail[0] == '\0' ? "" : " ", call->name,
			  as_attach_table(call->relation));
	as_report(error);
}

/* ---- raw ---- */

static Datum
evaluate(AsAttachCall *call, ExprState *state, TupleTableSlot *row, bool *isnull)
{
	call->econtext->ecxt_scantuple = row;
	return ExecEvalExprSwitchContext(state, call->econtext, isnull);
}

Datum
as_attach_raw(AsAttachCall *call, AsWord word, TupleTableSlot *row, bool *isnull)
{
	const AsSource *source = &call->attached->sources[word];

	switch (source->from)
	{
		case AS_FROM_COLUMN:
			return slot_getattr(row, source->attnum, isnull);
		case AS_FROM_CONSTANT:
			*isnull = false;
			return source->constant;
		case AS_FROM_SQL:
			return evaluate(call, call->states[word], row, isnull);
		case AS_FROM_NOTHING:
			break;
	}
	*isnull = true;
	return (Datum) 0;
}

static bool
holds(AsAttachCall *call, ExprState *condition, TupleTableSlot *row)
{
	bool		isnull;
	Datum		value;

	if (condition == NULL)
		return true;
	value = evaluate(call, condition, row, &isnull);
	return !isnull && DatumGetBool(value);
}

bool
as_attach_applies(AsAttachCall *call, TupleTableSlot *row)
{
	return holds(call, call->when, row);
}

bool
as_attach_counts(AsAttachCall *call, TupleTableSlot *row)
{
	return holds(call, call->when, row) && holds(call, call->counts, row);
}

bool
as_attach_is_same(AsAttachCall *call, AsWord word, TupleTableSlot *old, TupleTableSlot *new)
{
	const AsSource *source = &call->attached->sources[word];
	bool		old_null;
	bool		new_null;
	Datum		old_value = as_attach_raw(call, word, old, &old_null);
	Datum		new_value = as_attach_raw(call, word, new, &new_null);

	if (old_null || new_null)
		return old_null && new_null;
	return datum_image_eq(old_value, new_value, source->by_value, source->length);
}

bool
as_attach_touched(AsAttachCall *call, TupleTableSlot *old, TupleTableSlot *new)
{
	if (!as_attach_applies(call, new))
		return false;
	if (!as_attach_applies(call, old) || as_attach_counts(call, old) != as_attach_counts(call, new))
		return true;

	/*
	 * a deadline that was written over is stamped again; a warehouse that a
	 * person chose stands
	 */
	for (int i = 0; i <= AS_WORD_DUE; i++)
	{
		AsSourceFrom from = call->attached->sources[i].from;

		if ((from == AS_FROM_COLUMN || from == AS_FROM_SQL) && !as_attach_is_same(call, (AsWord) i, old, new))
			return true;
	}
	return false;
}

/* ---- instants ---- */

static TimestampTz
instant_of_wall(Timestamp wall, pg_tz *zone)
{
	struct pg_tm tm;
	fsec_t		fsec;
	int			offset;
	TimestampTz result;

	if (zone == NULL || TIMESTAMP_NOT_FINITE(wall))
		return wall;
	if (timestamp2tm(wall, NULL, &tm, &fsec, NULL, NULL) != 0)
		ereport(ERROR, (errcode(ERRCODE_DATETIME_VALUE_OUT_OF_RANGE), errmsg("timestamp out of range")));
	offset = DetermineTimeZoneOffset(&tm, zone);
	if (tm2timestamp(&tm, fsec, &offset, &result) != 0)
		ereport(ERROR, (errcode(ERRCODE_DATETIME_VALUE_OUT_OF_RANGE), errmsg("timestamp out of range")));
	return result;
}

static Timestamp
wall_of_instant(TimestampTz instant, pg_tz *zone)
{
	struct pg_tm tm;
	fsec_t		fsec;
	int			offset;
	const char *name;
	Timestamp	result;

	if (zone == NULL || TIMESTAMP_NOT_FINITE(instant))
		return instant;
	if (timestamp2tm(instant, &offset, &tm, &fsec, &name, zone) != 0 || tm2timestamp(&tm, fsec, NULL, &result) != 0)
		ereport(ERROR, (errcode(ERRCODE_DATETIME_VALUE_OUT_OF_RANGE), errmsg("timestamp out of range")));
	return result;
}

static Timestamp
midnight(DateADT date)
{
	if (DATE_IS_NOBEGIN(date))
		return DT_NOBEGIN;
	return DATE_IS_NOEND(date) ? DT_NOEND : date * USECS_PER_DAY;
}

#define EPOCH_SECONDS	((int64) (POSTGRES_EPOCH_JDATE - UNIX_EPOCH_JDATE) * SECS_PER_DAY)

static TimestampTz
instant_of_epoch(const AsSource *source, Datum value)
{
	int64		per_unit = source->unit == AS_UNIT_EPOCH_S ? USECS_PER_SEC : 1000;
	AsAmount	microseconds;
	Numeric		number;

	if (source->type == INT8OID || source->type == INT4OID || source->type == INT2OID)
		microseconds = (AsAmount) (source->type == INT8OID ? DatumGetInt64(value) : source->type == INT4OID ? DatumGetInt32(value) :
								   DatumGetInt16(value)) * per_unit;
	else
	{
		/* a float's digits beyond the microsecond are noise */
		number = source->type == NUMERICOID ? DatumGetNumeric(value) :
			DatumGetNumeric(DirectFunctionCall1(float8_numeric, source->type == FLOAT8OID ? value :
												Float8GetDatum((float8) DatumGetFloat4(value))));
		number = DatumGetNumeric(DirectFunctionCall2(numeric_round, NumericGetDatum(number),
													 Int32GetDatum(source->unit == AS_UNIT_EPOCH_S ? 6 : 3)));
		microseconds = as_numeric_require_scaled("epoch", number, source->unit == AS_UNIT_EPOCH_S ? 6 : 3);
	}
	microseconds -= (AsAmount) EPOCH_SECONDS * USECS_PER_SEC;
	if (microseconds < MIN_TIMESTAMP || microseconds >= END_TIMESTAMP)
		ereport(ERROR, (errcode(ERRCODE_DATETIME_VALUE_OUT_OF_RANGE), errmsg("timestamp out of range")));
	return (TimestampTz) microseconds;
}

bool
as_attach_instant(AsAttachCall *call, AsWord word, TupleTableSlot *row, TimestampTz *instant)
{
	const AsSource *source = &call->attached->sources[word];
	bool		isnull;
	Datum		value = as_attach_raw(call, word, row, &isnull);

	if (isnull)
		return false;
	if (source->type == TIMESTAMPTZOID)
		*instant = DatumGetTimestampTz(value);
	else if (source->type == TIMESTAMPOID)
		*instant = instant_of_wall(DatumGetTimestamp(value), source->zone);
	else if (source->type == DATEOID)
		*instant = instant_of_wall(midnight(DatumGetDateADT(value)), source->zone);
	else
		*instant = instant_of_epoch(source, value);
	return true;
}

static Datum
epoch_datum(const AsSource *target, TimestampTz instant)
{
	int64		per_unit = target->unit == AS_UNIT_EPOCH_S ? USECS_PER_SEC : 1000;
	int64		whole = instant / per_unit - (instant % per_unit < 0 ? 1 : 0);

	whole += EPOCH_SECONDS * (USECS_PER_SEC / per_unit);
	switch (target->type)
	{
		case INT8OID:
			return Int64GetDatum(whole);
		case NUMERICOID:
			return NumericGetDatum(int64_to_numeric(whole));
		case FLOAT8OID:
			return Float8GetDatum((float8) whole);
		case INT4OID:
			return DirectFunctionCall1(int84, Int64GetDatum(whole));
		default:
			ereport(ERROR, (errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
							errmsg("column \"%s\" is too small for an epoch", target->column)));
	}
	return (Datum) 0;
}

Datum
as_attach_instant_datum(const AsSource *target, TimestampTz instant)
{
	Timestamp	wall;

	switch (target->type)
	{
		case TIMESTAMPTZOID:
			return target->typmod < 0 ? TimestampTzGetDatum(instant) :
				DirectFunctionCall2(timestamptz_scale, TimestampTzGetDatum(instant), Int32GetDatum(target->typmod));
		case TIMESTAMPOID:
			wall = wall_of_instant(instant, target->zone);
			return target->typmod < 0 ? TimestampGetDatum(wall) :
				DirectFunctionCall2(timestamp_scale, TimestampGetDatum(wall), Int32GetDatum(target->typmod));
		case DATEOID:
			return DirectFunctionCall1(timestamp_date, TimestampGetDatum(wall_of_instant(instant, target->zone)));
		default:
			return epoch_datum(target, instant);
	}
}

/* ---- text ---- */

bool
as_attach_text(AsAttachCall *call, AsWord word, TupleTableSlot *row, const char **value, int *length)
{
	const AsSource *source = &call->attached->sources[word];
	bool		isnull;
	Datum		datum = as_attach_raw(call, word, row, &isnull);
	char	   *buffer;
	struct varlena *packed;
	Oid			output;
	bool		varlena;

	if (isnull)
		return false;
	switch (source->type)
	{
		case INT2OID:
		case INT4OID:
		case INT8OID:
			buffer = palloc(MAXINT8LEN + 1);
			*length = pg_lltoa(source->type == INT8OID ? DatumGetInt64(datum) : source->type == INT4OID ? DatumGetInt32(datum) :
							   DatumGetInt16(datum), buffer);
			*value = buffer;
			return true;
		case TEXTOID:
		case VARCHAROID:
		case BPCHAROID:
			packed = PG_DETOAST_DATUM_PACKED(datum);
			*value = VARDATA_ANY(packed);
			*length = VARSIZE_ANY_EXHDR(packed);
			while (source->type == BPCHAROID && *length > 0 && (*value)[*length - 1] == ' ')
				(*length)--;
			return true;
		default:
			getTypeOutputInfo(source->type, &output, &varlena);
			*value = OidOutputFunctionCall(output, datum);
			*length = strlen(*value);
			return true;
	}
}

int64
as_attach_shop(AsAttachCall *call, TupleTableSlot *row, bool lenient)
{
	const AsSource *source = &call->attached->sources[AS_WORD_SHOP];
	const char *text;
	int			length;
	bool		isnull;
	AsAmount	number;
	AsError		error;
	char		quoted[64];

	if (source->from == AS_FROM_NOTHING)
		return 0;
	if (source->type == INT8OID || source->type == INT4OID)
	{
		Datum		value = as_attach_raw(call, AS_WORD_SHOP, row, &isnull);

		if (!isnull)
			return source->type == INT8OID ? DatumGetInt64(value) : DatumGetInt32(value);
	}
	else if (as_attach_text(call, AS_WORD_SHOP, row, &text, &length))
	{
		if (as_decimal_parse(text, length, 0, &number) && number >= PG_INT64_MIN && number <= PG_INT64_MAX)
			return (int64) number;
		if (lenient)
			return 0;
		as_fail(&error, RA_UNKNOWN_SHOP, NULL, "shop \"%s\" is no number", as_quote(quoted, sizeof quoted, text, length));
		as_attach_refuse(call, &error);
	}
	if (lenient)
		return 0;
	as_fail(&error, RA_UNKNOWN_SHOP, NULL, "the shop is NULL");
	as_attach_refuse(call, &error);
}

/* ---- money ---- */

int
as_attach_digits(AsAttachCall *call, TupleTableSlot *row, bool lenient)
{
	const AsSource *sources = call->attached->sources;
	const char *code;
	int			length;
	AsError		error;

	if (sources[AS_WORD_CURRENCY].from == AS_FROM_NOTHING)
		return sources[AS_WORD_AMOUNT].unit == AS_UNIT_MINOR ? 0 : AS_ATTACH_DECIMALS;
	if (!as_attach_text(call, AS_WORD_CURRENCY, row, &code, &length))
	{
		code = "";
		length = 0;
	}
	if (call->digits >= 0 && strncmp(call->currency, code, length) == 0 && call->currency[length] == '\0')
		return call->digits;
	if (!as_currency_require(code, length, &call->digits, &error))
	{
		call->digits = -1;
		if (!lenient)
			as_attach_refuse(call, &error);
		call->currency[0] = '\0';
		return AS_ATTACH_DECIMALS;
	}
	memcpy(call->currency, code, length);
	call->currency[length] = '\0';
	return call->digits;
}

/* A short numeric, as it lies in a row, with its header made long: in the buffer, or the datum itself. */
typedef union NumericBuffer
{
	int32		header;
	char		bytes[64];
} NumericBuffer;

static Numeric
unpacked(Datum datum, NumericBuffer *buffer)
{
	struct varlena *value = (struct varlena *) DatumGetPointer(datum);
	Size		length;

	if (!VARATT_IS_SHORT(value))
		return DatumGetNumeric(datum);
	length = VARSIZE_SHORT(value) - VARHDRSZ_SHORT;
	if (length > sizeof buffer->bytes - VARHDRSZ)
		return DatumGetNumeric(datum);
	SET_VARSIZE(buffer->bytes, VARHDRSZ + length);
	memcpy(buffer->bytes + VARHDRSZ, VARDATA_SHORT(value), length);
	return (Numeric) buffer->bytes;
}

static Numeric
numeric_of(const AsSource *source, Datum value, NumericBuffer *buffer)
{
	if (source->type == NUMERICOID)
		return unpacked(value, buffer);
	return DatumGetNumeric(DirectFunctionCall1(float8_numeric, source->type == FLOAT8OID ? value :
											   DirectFunctionCall1(float8in, CStringGetDatum(DatumGetCString(DirectFunctionCall1(float4out, value))))));
}

static bool
is_integer(Oid type)
{
	return type == INT8OID || type == INT4OID || type == INT2OID;
}

static int64
integer_of(Oid type, Datum value)
{
	return type == INT8OID ? DatumGetInt64(value) : type == INT4OID ? DatumGetInt32(value) : DatumGetInt16(value);
}

static AsAmount
integer_amount(const AsSource *source, int64 value, int digits)
{
	return source->unit == AS_UNIT_MINOR ? (AsAmount) value : (AsAmount) value * as_power_of_ten(digits);
}

bool
as_attach_amount_at(AsAttachCall *call, AsWord word, TupleTableSlot *row, int digits, AsAmount *amount)
{
	const AsSource *source = &call->attached->sources[word];
	const char *what = word == AS_WORD_PAID ? "paid amount" : "refund";
	bool		isnull;
	Datum		value = as_attach_raw(call, word, row, &isnull);
	NumericBuffer buffer;
	AsError		error;
	char		quoted[64];

	if (isnull)
		return false;
	if (is_integer(source->type))
		*amount = integer_amount(source, integer_of(source->type, value), digits);
	else if (source->type == NUMERICOID || source->type == FLOAT8OID || source->type == FLOAT4OID)
		*amount = as_numeric_require_scaled(what, numeric_of(source, value, &buffer), source->unit == AS_UNIT_MINOR ? 0 : digits);
	else
	{
		struct varlena *text = PG_DETOAST_DATUM_PACKED(value);

		if (!as_decimal_parse(VARDATA_ANY(text), VARSIZE_ANY_EXHDR(text), digits, amount))
		{
			as_fail(&error, RA_INVALID_AMOUNT, NULL, "%s \"%s\" is no amount", what,
					as_quote(quoted, sizeof quoted, VARDATA_ANY(text), VARSIZE_ANY_EXHDR(text)));
			as_detail(&error, "An amount is a decimal number with at most %d decimals.", digits);
			as_attach_refuse(call, &error);
		}
	}
	return true;
}

AsAmount
as_attach_old_amount(AsAttachCall *call, TupleTableSlot *row, int digits)
{
	const AsSource *source = &call->attached->sources[AS_WORD_AMOUNT];
	int			decimals = source->unit == AS_UNIT_MINOR ? 0 : digits;
	AsAmount	amount = 0;
	NumericBuffer buffer;
	bool		isnull;
	Datum		value = as_attach_raw(call, AS_WORD_AMOUNT, row, &isnull);

	if (isnull)
		return 0;
	if (is_integer(source->type))
		return integer_amount(source, integer_of(source->type, value), digits);
	if (source->type == NUMERICOID || source->type == FLOAT8OID || source->type == FLOAT4OID)
	{
		Numeric		rounded = DatumGetNumeric(DirectFunctionCall2(numeric_round, NumericGetDatum(numeric_of(source, value, &buffer)),
																  Int32GetDatum(decimals)));

		return as_numeric_to_scaled(rounded, decimals, &amount) == AS_NUMERIC_FITS ? amount : 0;
	}
	else
	{
		struct varlena *text = PG_DETOAST_DATUM_PACKED(value);

		return as_decimal_parse(VARDATA_ANY(text), VARSIZE_ANY_EXHDR(text), digits, &amount) ? amount : 0;
	}
}

static bool
accept_ratio(int64 number, int64 *hundredths, AsError *error)
{
	*hundredths = number;
	return as_attach_ratio(number, error);
}

/* A ratio in whole hundredths of a percent, or not. */
static bool
read_ratio(const AsSource *source, Datum value, int64 *hundredths, AsError *error)
{
	bool		percent = source->unit == AS_UNIT_PERCENT;
	int			decimals = percent ? 2 : AS_RATIO_DECIMALS;
	AsAmount	scaled;
	NumericBuffer buffer;
	char	   *shown;
	struct varlena *text;

	if (is_integer(source->type))
	{
		int64		number = integer_of(source->type, value);

		if (number >= 0 && number <= 100)
			return accept_ratio(number * (percent ? 100 : AS_RATIO_ONE), hundredths, error);
		shown = psprintf(INT64_FORMAT, number);
		return as_attach_ratio_refused(shown, strlen(shown), error);
	}
	switch (source->type)
	{
		case NUMERICOID:
			if (as_numeric_to_scaled(unpacked(value, &buffer), decimals, &scaled) == AS_NUMERIC_FITS &&
				scaled >= PG_INT64_MIN && scaled <= PG_INT64_MAX)
				return accept_ratio((int64) scaled, hundredths, error);
			shown = DatumGetCString(DirectFunctionCall1(numeric_out, value));
			return as_attach_ratio_refused(shown, strlen(shown), error);
		case FLOAT4OID:
		case FLOAT8OID:
			{
				float8		number = source->type == FLOAT8OID ? DatumGetFloat8(value) : DatumGetFloat4(value);
				float8		scale = number * (percent ? 100 : AS_RATIO_ONE);
				float8		slack = source->type == FLOAT8OID ? FLOAT_SLACK : 1e-2;

				if (fabs(scale) < 1e9 && fabs(scale - rint(scale)) < slack)
					return accept_ratio((int64) rint(scale), hundredths, error);
				shown = psprintf("%g", number);
				return as_attach_ratio_refused(shown, strlen(shown), error);
			}
		case TEXTOID:
		case VARCHAROID:
		case BPCHAROID:
			text = PG_DETOAST_DATUM_PACKED(value);
			return as_attach_ratio_text(VARDATA_ANY(text), VARSIZE_ANY_EXHDR(text), percent, hundredths, error);
		default:
			return accept_ratio(DatumGetRatio(value), hundredths, error);
	}
}

bool
as_attach_ratio_at(AsAttachCall *call, TupleTableSlot *row, int64 *hundredths)
{
	bool		isnull;
	Datum		value = as_attach_raw(call, AS_WORD_RATIO, row, &isnull);
	AsError		error;

	if (!isnull && !read_ratio(&call->attached->sources[AS_WORD_RATIO], value, hundredths, &error))
		as_attach_refuse(call, &error);
	return !isnull;
}

void
as_attach_check_row(AsAttachCall *call, TupleTableSlot *row, bool always)
{
	const AsSource *sources = call->attached->sources;
	AsAmount	amount;
	AsAmount	paid;
	int64		hundredths;
	bool		has_paid = false;
	bool		isnull;
	AsError		error;
	int			digits;

	if (sources[AS_WORD_RATIO].from != AS_FROM_NOTHING)
		(void) as_attach_ratio_at(call, row, &hundredths);
	if (sources[AS_WORD_AMOUNT].from == AS_FROM_NOTHING)
		return;
	(void) as_attach_raw(call, AS_WORD_AMOUNT, row, &isnull);
	if (isnull)
		return;
	digits = as_attach_digits(call, row, false);
	(void) as_attach_amount_at(call, AS_WORD_AMOUNT, row, digits, &amount);
	if (sources[AS_WORD_PAID].from != AS_FROM_SQL || always)
		has_paid = as_attach_amount_at(call, AS_WORD_PAID, row, digits, &paid);
	if (!as_attach_amount(amount, has_paid ? &paid : NULL, digits, &error))
		as_attach_refuse(call, &error);
}

/* ---- deadlines ---- */

bool
as_attach_due(AsAttachCall *call, TupleTableSlot *row, TimestampTz *due)
{
	const AsCalendar *calendar;
	const char *text;
	int			length;
	char		name[NAMEDATALEN];
	TimestampTz start;
	AsError		error;

	if (as_attach_instant(call, AS_WORD_PLATFORM_DUE, row, due))
		return true;
	if (!as_attach_instant(call, AS_WORD_START, row, &start) || !as_attach_text(call, AS_WORD_CALENDAR, row, &text, &length))
		return false;
	if (length >= NAMEDATALEN)
		text = pnstrdup(text, length);
	else
	{
		memcpy(name, text, length);
		name[length] = '\0';
		text = name;
	}
	calendar = as_calendar_by_name(text);
	*due = as_quick_deadline(calendar, start, call->attached->term);
	if (*due == AS_NOT_QUICK && !as_deadline(start, call->attached->term, calendar, due, NULL, &error))
		as_attach_refuse(call, &error);
	return true;
}
