/*
 * report_payload.c
 *		The platform's word, from a payload: see report_payload.h.
 */
#include "postgres.h"

#include "errors.h"
#include "fmgr.h"
#include "report_payload.h"
#include "utils/builtins.h"
#include "utils/fmgrprotos.h"
#include "utils/timestamp.h"

static void
wrong(const char *key, const char *what)
{
	AsError		error;

	as_fail(&error, RA_INVALID_PAYLOAD, NULL, "\"%s\" in the payload must be %s", key, what);
	as_report(&error);
}

/* A text of the payload; NULL: it is not there, or null. */
static char *
text_member(Jsonb *payload, const char *key)
{
	JsonbValue *value = getKeyJsonValueFromContainer(&payload->root, key, (int) strlen(key), NULL);

	if (value == NULL || value->type == jbvNull)
		return NULL;
	if (value->type != jbvString)
		wrong(key, "a string");
	return pnstrdup(value->val.string.val, value->val.string.len);
}

static AsMaybeInstant
instant_member(Jsonb *payload, const char *key)
{
	AsMaybeInstant result = {false, 0};
	char	   *text = text_member(payload, key);

	if (text == NULL)
		return result;
	result.known = true;
	result.at = DatumGetTimestampTz(DirectFunctionCall3(timestamptz_in, CStringGetDatum(text),
														ObjectIdGetDatum(InvalidOid), Int32GetDatum(-1)));
	if (!as_instant_is_finite(result.at))
		wrong(key, "a finite instant");
	return result;
}

static int
state_named(const AsFlow *flow, const char *key, const char *name)
{
	int			state = as_flow_state(flow, name);
	char		quoted[64];

	if (state < 0)
		wrong(key, psprintf("a state of flow \"%s\", and \"%s\" is none", flow->name,
							as_quote(quoted, sizeof quoted, name, strlen(name))));
	return state;
}

static void
read_covered(Jsonb *payload, const AsFlow *flow, AsReport *report)
{
	JsonbValue *value = getKeyJsonValueFromContainer(&payload->root, "covers", 6, NULL);
	JsonbContainer *array;
	int		   *covered;

	if (value == NULL || value->type == jbvNull)
		return;
	if (value->type != jbvBinary || !JsonContainerIsArray(value->val.binary.data))
		wrong("covers", "an array");
	array = value->val.binary.data;
	covered = palloc(sizeof(int) * Max(JsonContainerSize(array), 1));
	for (int i = 0; i < (int) JsonContainerSize(array); i++)
	{
		JsonbValue *name = getIthJsonbValueFromContainer(array, i);

		if (name->type != jbvString)
			wrong("covers", "an array of strings");
		covered[report->n_covered++] = state_named(flow, "covers", pnstrdup(name->val.string.val, name->val.string.len));
	}
	report->covered = covered;
}

void
as_read_report(Jsonb *payload, const AsFlow *flow, AsCommand *command)
{
	AsReport   *report = &command->report;
	char	   *state = payload == NULL ? NULL : text_member(payload, "state");
	char	   *action;

	memset(report, 0, sizeof *report);
	report->state = report->action = -1;
	if (state == NULL)
		return;
	report->state = state_named(flow, "state", state);
	read_covered(payload, flow, report);
	action = text_member(payload, "act");
	if (action != NULL)
		report->action = as_flow_action(flow, action);
	report->at = instant_member(payload, "reported_at");
	command->platform_due = instant_member(payload, "due_at");
	command->sets_platform_due = command->platform_due.known;
}
