/*
 * flow_choice.c
 *		Which flow a request takes that is opened without naming one: rows of
 *		aftersale.flow_choice, read anew for each such request.
 */
#include "postgres.h"

#include "access.h"
#include "catalog/pg_type.h"
#include "config.h"
#include "errors.h"
#include "flow_choice.h"
#include "fmgr.h"
#include "shop_cache.h"
#include "statement.h"
#include "utils/builtins.h"
#include "utils/fmgrprotos.h"
#include "utils/numeric.h"

static AsStatement choose = {
	"SELECT c.flow FROM aftersale.flow_choice AS c WHERE c.platform OPERATOR(pg_catalog.=) $1"
	" AND (c.type OPERATOR(pg_catalog.=) $2 OR c.type OPERATOR(pg_catalog.=) '*')"
	" AND (c.reason OPERATOR(pg_catalog.=) $3 OR c.reason OPERATOR(pg_catalog.=) '*')"
	" ORDER BY c.priority DESC, c.type OPERATOR(pg_catalog.=) '*', c.reason OPERATOR(pg_catalog.=) '*' LIMIT 1",
	3, {TEXTOID, TEXTOID, TEXTOID}
};

static void
refuse(const char *platform, const char *type)
{
	AsError		error;
	char		quoted[64];

	if (type == NULL)
		as_fail(&error, RA_UNKNOWN_FLOW, NULL, "a request of platform \"%s\" needs a flow, or a type that chooses one",
				as_quote(quoted, sizeof quoted, platform, strlen(platform)));
	else
		as_fail(&error, RA_UNKNOWN_FLOW, NULL, "no flow is chosen for type \"%s\" of platform \"%s\"",
				as_quote(quoted, sizeof quoted, type, strlen(type)), platform);
	as_hint(&error, "Name the flow, or give {\"type\": ...} in request.attributes and load the platform's pack; "
			"types are rows of aftersale.flow_choice.");
	as_report(&error);
}

char *
as_choose_flow(const char *platform, const char *type, const char *reason)
{
	AsConfigLoad load;
	Datum		values[3];
	char	   *flow = NULL;

	(void) as_relation("flow_choice");
	values[0] = CStringGetTextDatum(platform);
	values[1] = CStringGetTextDatum(type == NULL ? "*" : type);
	values[2] = CStringGetTextDatum(reason == NULL ? "*" : reason);
	as_config_begin_load(&load);
	as_execute(&choose, values, NULL, true, 1);
	if (SPI_processed > 0)
	{
		char	   *found = SPI_getvalue(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 1);

		flow = SPI_palloc(strlen(found) + 1);
		strcpy(flow, found);
	}
	as_config_end_load(&load);
	if (flow == NULL)
		refuse(platform, type);
	return flow;
}

char *
as_request_type(Jsonb *attributes)
{
	JsonbValue *value = attributes == NULL || !JB_ROOT_IS_OBJECT(attributes) ? NULL :
	getKeyJsonValueFromContainer(&attributes->root, "type", 4, NULL);

	if (value != NULL && value->type == jbvString)
		return pnstrdup(value->val.string.val, value->val.string.len);
	if (value != NULL && value->type == jbvNumeric)
		return DatumGetCString(DirectFunctionCall1(numeric_out, NumericGetDatum(value->val.numeric)));
	return NULL;
}

PG_FUNCTION_INFO_V1(aftersale_choose_flow);

Datum
aftersale_choose_flow(PG_FUNCTION_ARGS)
{
	AsSpeaker	speaker;
	const char *type = PG_ARGISNULL(1) ? NULL : text_to_cstring(PG_GETARG_TEXT_PP(1));
	const char *reason = PG_ARGISNULL(2) ? NULL : text_to_cstring(PG_GETARG_TEXT_PP(2));
	char	   *platform;

	(void) as_relation("flow_choice");
	if (PG_ARGISNULL(0))
		PG_RETURN_NULL();
	as_session_speaker(PG_GETARG_INT64(0), NULL, NULL, &speaker);
	platform = pstrdup(as_shop(PG_GETARG_INT64(0))->platform);
	PG_RETURN_TEXT_P(cstring_to_text(as_choose_flow(platform, type, reason)));
}
