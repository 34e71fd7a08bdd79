/*
 * business_calendar.c
 *		SQL type business_calendar: text and binary form, order, hash.
 */
#include "postgres.h"

#include "business_calendar.h"
#include "common/hashfn.h"
#include "compat.h"
#include "errors.h"
#include "libpq/pqformat.h"
#include "pgtime.h"
#include "utils/builtins.h"
#include "utils/fmgrprotos.h"

PG_FUNCTION_INFO_V1(aftersale_business_calendar_in);
PG_FUNCTION_INFO_V1(aftersale_business_calendar_out);
PG_FUNCTION_INFO_V1(aftersale_business_calendar_json);
PG_FUNCTION_INFO_V1(aftersale_business_calendar_zone);
PG_FUNCTION_INFO_V1(aftersale_business_calendar_recv);
PG_FUNCTION_INFO_V1(aftersale_business_calendar_send);
PG_FUNCTION_INFO_V1(aftersale_business_calendar_eq);
PG_FUNCTION_INFO_V1(aftersale_business_calendar_ne);
PG_FUNCTION_INFO_V1(aftersale_business_calendar_lt);
PG_FUNCTION_INFO_V1(aftersale_business_calendar_le);
PG_FUNCTION_INFO_V1(aftersale_business_calendar_gt);
PG_FUNCTION_INFO_V1(aftersale_business_calendar_ge);
PG_FUNCTION_INFO_V1(aftersale_business_calendar_cmp);
PG_FUNCTION_INFO_V1(aftersale_business_calendar_hash);
PG_FUNCTION_INFO_V1(aftersale_business_calendar_hash_extended);

bool
as_zone_name(const char *name, char canonical[AS_ZONE_NAME])
{
	static const char *const digits_without_slash[] = {"EST5EDT", "CST6CDT", "MST7MDT", "PST8PDT"};
	pg_tz	   *zone = pg_tzset(name);
	const char *found;

	if (zone == NULL || !pg_tz_acceptable(zone))
		return false;
	found = pg_get_timezone_name(zone);
	if (found == NULL || strlen(found) >= AS_ZONE_NAME)
		return false;
	strcpy(canonical, found);

	/*
	 * pg_tzset() also takes POSIX strings and spells them in upper case; a
	 * zone of the database has digits only behind a slash, and lower case in
	 * front of it.
	 */
	if (strpbrk(canonical, "0123456789") == NULL)
		return true;
	if (strchr(canonical, '/') != NULL)
		return strpbrk(canonical, "abcdefghijklmnopqrstuvwxyz") != NULL;
	for (int i = 0; i < lengthof(digits_without_slash); i++)
		if (strcmp(canonical, digits_without_slash[i]) == 0)
			return true;
	return false;
}

/* Puts the zone's own spelling into the rules. */
static bool
check_zone(AsRules *rules, AsError *error)
{
	char		canonical[AS_ZONE_NAME];

	if (as_zone_name(rules->zone, canonical))
	{
		strcpy(rules->zone, canonical);
		return true;
	}
	as_fail(error, AS_INVALID_PARAMETER, NULL, "time zone \"%s\" not recognized", rules->zone);
	as_detail(error, "A business_calendar needs the name of a zone of the tz database, not an offset.");
	return as_hint(error, "The names are in view pg_timezone_names; for a fixed offset use Etc/GMT-8 (which is UTC+8).");
}

static struct varlena *
make_value(const AsRules *rules)
{
	size_t		length = as_rules_pack(rules, NULL, 0);
	struct varlena *value = palloc(VARHDRSZ + length);

	SET_VARSIZE(value, VARHDRSZ + length);
	as_rules_pack(rules, (unsigned char *) VARDATA(value), length);
	return value;
}

static void
make_room(AsRules *rules, size_t bytes)
{
	rules->date_room = AS_RULES_DATES(bytes);
	rules->dates = palloc(sizeof(AsDates) * rules->date_room);
}

void
as_calendar_rules(const struct varlena *value, AsRules *rules)
{
	AsError		error;

	make_room(rules, VARSIZE_ANY_EXHDR(value));
	if (!as_rules_unpack((const unsigned char *) VARDATA_ANY(value), VARSIZE_ANY_EXHDR(value), rules, &error))
		as_report(&error);
}

Datum
aftersale_business_calendar_in(PG_FUNCTION_ARGS)
{
	char	   *text = PG_GETARG_CSTRING(0);
	AsRules		rules;
	AsError		error;

	make_room(&rules, strlen(text));
	if (!as_rules_parse(text, &rules, &error) || !check_zone(&rules, &error))
		return as_report_soft(AS_ESCONTEXT(fcinfo), &error);
	PG_RETURN_POINTER(make_value(&rules));
}

Datum
aftersale_business_calendar_out(PG_FUNCTION_ARGS)
{
	struct varlena *value = PG_DETOAST_DATUM_PACKED(PG_GETARG_DATUM(0));
	AsRules		rules;
	size_t		length;
	char	   *text;

	as_calendar_rules(value, &rules);
	length = as_rules_format(&rules, NULL, 0);
	text = palloc(length + 1);
	as_rules_format(&rules, text, length + 1);
	PG_RETURN_CSTRING(text);
}

Datum
aftersale_business_calendar_json(PG_FUNCTION_ARGS)
{
	struct varlena *value = PG_DETOAST_DATUM_PACKED(PG_GETARG_DATUM(0));
	AsRules		rules;
	size_t		length;
	char	   *text;

	as_calendar_rules(value, &rules);
	length = as_rules_format_json(&rules, NULL, 0);
	text = palloc(length + 1);
	as_rules_format_json(&rules, text, length + 1);
	return DirectFunctionCall1(jsonb_in, CStringGetDatum(text));
}

Datum
aftersale_business_calendar_zone(PG_FUNCTION_ARGS)
{
	struct varlena *value = PG_DETOAST_DATUM_PACKED(PG_GETARG_DATUM(0));
	AsRules		rules;

	as_calendar_rules(value, &rules);
	PG_RETURN_TEXT_P(cstring_to_text(rules.zone));
}

Datum
aftersale_business_calendar_recv(PG_FUNCTION_ARGS)
{
	StringInfo	message = (StringInfo) PG_GETARG_POINTER(0);
	int			length = message->len - message->cursor;
	const char *bytes = pq_getmsgbytes(message, length);
	AsRules		rules;
	AsError		error;

	make_room(&rules, length);
	if (!as_rules_unpack((const unsigned char *) bytes, length, &rules, &error) || !check_zone(&rules, &error))
		as_report(&error);
	PG_RETURN_POINTER(make_value(&rules));
}

Datum
aftersale_business_calendar_send(PG_FUNCTION_ARGS)
{
	struct varlena *value = PG_DETOAST_DATUM_PACKED(PG_GETARG_DATUM(0));
	StringInfoData message;

	pq_begintypsend(&message);
	pq_sendbytes(&message, VARDATA_ANY(value), VARSIZE_ANY_EXHDR(value));
	PG_RETURN_BYTEA_P(pq_endtypsend(&message));
}

static int
compare_values(FunctionCallInfo fcinfo)
{
	struct varlena *a = PG_DETOAST_DATUM_PACKED(PG_GETARG_DATUM(0));
	struct varlena *b = PG_DETOAST_DATUM_PACKED(PG_GETARG_DATUM(1));
	int			length_a = VARSIZE_ANY_EXHDR(a);
	int			length_b = VARSIZE_ANY_EXHDR(b);
	int			result = memcmp(VARDATA_ANY(a), VARDATA_ANY(b), Min(length_a, length_b));

	if (result == 0)
		result = length_a - length_b;
	PG_FREE_IF_COPY(a, 0);
	PG_FREE_IF_COPY(b, 1);
	return result < 0 ? -1 : result > 0;
}

#define COMPARISON(name, operator) \
Datum \
aftersale_business_calendar_##name(PG_FUNCTION_ARGS) \
{ \
	PG_RETURN_BOOL(compare_values(fcinfo) operator 0); \
}

COMPARISON(eq, ==)
COMPARISON(ne, !=)
COMPARISON(lt, <)
COMPARISON(le, <=)
COMPARISON(gt, >)
COMPARISON(ge, >=)

Datum
aftersale_business_calendar_cmp(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT32(compare_values(fcinfo));
}

Datum
aftersale_business_calendar_hash(PG_FUNCTION_ARGS)
{
	struct varlena *value = PG_DETOAST_DATUM_PACKED(PG_GETARG_DATUM(0));
	Datum		hash = hash_any((unsigned char *) VARDATA_ANY(value), VARSIZE_ANY_EXHDR(value));

	PG_FREE_IF_COPY(value, 0);
	return hash;
}

Datum
aftersale_business_calendar_hash_extended(PG_FUNCTION_ARGS)
{
	struct varlena *value = PG_DETOAST_DATUM_PACKED(PG_GETARG_DATUM(0));
	Datum		hash = hash_any_extended((unsigned char *) VARDATA_ANY(value), VARSIZE_ANY_EXHDR(value),
										 PG_GETARG_INT64(1));

	PG_FREE_IF_COPY(value, 0);
	return hash;
}
