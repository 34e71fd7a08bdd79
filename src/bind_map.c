/*
 * bind_map.c
 *		What a binding has beside the words of attach_map.c: the map of status
 *		codes, and how the ERP's rows are written to.
 */
#include "postgres.h"

#include "attach_map.h"
#include "bind.h"
#include "catalog/pg_class.h"
#include "catalog/pg_proc.h"
#include "catalog/pg_type.h"
#include "pgtime.h"
#include "rewrite/prs2lock.h"
#include "utils/builtins.h"
#include "utils/fmgrprotos.h"
#include "utils/lsyscache.h"
#include "utils/rls.h"

#define KEYS_OF_CODE	"state, action, actor, payload, write_back, procedure, set"

static const char *const mode_names[] = {"direct", "outbox", "procedure", "none"};
static const char *const conflict_names[] = {"refuse", "accept", "record"};
static const char *const open_names[] = {"statement", "commit"};

static int
index_of(const char *const *names, int count, const char *name)
{
	for (int i = 0; i < count; i++)
		if (strcmp(names[i], name) == 0)
			return i;
	return -1;
}

static const char *
literal(const char *text)
{
	return quote_literal_cstr(text);
}

/* The type of a column as a cast has it. */
static const char *
cast_type(Form_pg_attribute attribute)
{
	return format_type_extended(attribute->atttypid, attribute->atttypmod, FORMAT_TYPE_TYPEMOD_GIVEN | FORMAT_TYPE_FORCE_QUALIFY);
}

/* A member that is a string, or is not there. */
static const char *
string_of(AsMapCompiler *compiler, JsonbContainer *object, const char *key)
{
	JsonbValue *value = as_map_member(object, key);

	if (value != NULL && value->type != jbvString && value->type != jbvNull)
		as_map_refuse(compiler, NULL, "\"%s\" is no string", key);
	return as_map_string(object, key);
}

/* A scalar of JSON as text; NULL: it is null. */
static const char *
scalar_text(AsMapCompiler *compiler, const JsonbValue *value)
{
	switch (value->type)
	{
		case jbvNull:
			return NULL;
		case jbvString:
			return pnstrdup(value->val.string.val, value->val.string.len);
		case jbvNumeric:
			return DatumGetCString(DirectFunctionCall1(numeric_out, NumericGetDatum(value->val.numeric)));
		case jbvBool:
			return value->val.boolean ? "true" : "false";
		default:
			as_map_refuse(compiler, NULL, "a value of \"%s\" is neither string, number, boolean nor null", compiler->word);
	}
}

/* {"column": value, ...} as ", column = value, ..." */
static const char *
read_set(AsMapCompiler *compiler, JsonbContainer *set)
{
	JsonbIterator *iterator = JsonbIteratorInit(set);
	JsonbValue	token;
	JsonbIteratorToken kind;
	StringInfoData sql;
	const char *column = NULL;

	initStringInfo(&sql);
	while ((kind = JsonbIteratorNext(&iterator, &token, true)) != WJB_DONE)
	{
		if (kind == WJB_KEY)
			column = pnstrdup(token.val.string.val, token.val.string.len);
		else if (kind == WJB_VALUE)
		{
			const char *value = scalar_text(compiler, &token);

			appendStringInfo(&sql, ", %s = %s::%s", quote_identifier(column), value == NULL ? "NULL" : literal(value),
							 cast_type(as_map_attribute(compiler, column)));
		}
	}
	return sql.data;
}

static void
read_states(AsMapCompiler *compiler, AsBoundCode *code, JsonbValue *value)
{
	if (value->type == jbvString)
	{
		code->n_states = 1;
		code->states = palloc(sizeof(char *));
		code->states[0] = pnstrdup(value->val.string.val, value->val.string.len);
		return;
	}
	if (value->type != jbvBinary || !JsonContainerIsArray(value->val.binary.data) || JsonContainerSize(value->val.binary.data) == 0)
		as_map_refuse(compiler, "Say \"10\": \"requested\", \"20\": null, or {\"state\": ...} with a state or an array of them.",
					  "status code \"%s\" has no state", code->code);
	code->states = palloc(sizeof(char *) * JsonContainerSize(value->val.binary.data));
	for (int i = 0; i < (int) JsonContainerSize(value->val.binary.data); i++)
	{
		JsonbValue *element = getIthJsonbValueFromContainer(value->val.binary.data, i);

		if (element->type != jbvString)
			as_map_refuse(compiler, NULL, "a state of status code \"%s\" is no string", code->code);
		code->states[code->n_states++] = pnstrdup(element->val.string.val, element->val.string.len);
	}
}

/* The function or procedure of one jsonb; how it is called goes into the code. */
static void
read_procedure(AsMapCompiler *compiler, AsBoundCode *code, const char *procedure)
{
	LOCAL_FCINFO(fcinfo, 1);
	Oid			found;

	if ((procedure != NULL) != (code->mode == AS_WRITE_PROCEDURE))
		as_map_refuse(compiler, "{\"write_back\": \"procedure\", \"procedure\": \"schema.name\"}",
					  "status code \"%s\" has one of write_back \"procedure\" and \"procedure\" without the other", code->code);
	if (procedure == NULL)
		return;
	InitFunctionCallInfoData(*fcinfo, NULL, 1, InvalidOid, NULL, NULL);
	fcinfo->args[0].value = CStringGetTextDatum(psprintf("%s(pg_catalog.jsonb)", procedure));
	fcinfo->args[0].isnull = false;
	found = DatumGetObjectId(to_regprocedure(fcinfo));
	if (fcinfo->isnull)
		as_map_refuse(compiler, "It takes one jsonb, and is named with its schema.", "procedure \"%s\" does not exist", procedure);
	code->procedure = psprintf("%s %s($1)", get_func_prokind(found) == PROKIND_PROCEDURE ? "CALL" : "SELECT",
							   quote_qualified_identifier(get_namespace_name(get_func_namespace(found)), get_func_name(found)));
}

static void
refuse_unknown_keys(AsMapCompiler *compiler, const AsBoundCode *code, JsonbContainer *object)
{
	static const char *const known[] = {"state", "action", "actor", "payload", "write_back", "procedure", "set"};
	JsonbIterator *iterator = JsonbIteratorInit(object);
	JsonbValue	token;
	JsonbIteratorToken kind;

	while ((kind = JsonbIteratorNext(&iterator, &token, true)) != WJB_DONE)
		if (kind == WJB_KEY && index_of(known, lengthof(known), pnstrdup(token.val.string.val, token.val.string.len)) < 0)
			as_map_refuse(compiler, "Accepted are " KEYS_OF_CODE ".", "status code \"%s\" says \"%.*s\"", code->code,
						  token.val.string.len, token.val.string.val);
}

static void
read_code_object(AsMapCompiler *compiler, AsBoundCode *code, JsonbContainer *object, AsWriteMode mode)
{
	JsonbValue *states = as_map_member(object, "state");
	JsonbValue *payload = as_map_member(object, "payload");
	JsonbValue *set = as_map_member(object, "set");
	const char *write_back = string_of(compiler, object, "write_back");
	int			found;

	refuse_unknown_keys(compiler, code, object);
	code->mode = mode;
	if (states == NULL)
		as_map_refuse(compiler, NULL, "status code \"%s\" has no \"state\"", code->code);
	read_states(compiler, code, states);
	code->action = string_of(compiler, object, "action");
	code->actor = string_of(compiler, object, "actor");
	if (payload != NULL)
	{
		if (payload->type != jbvBinary || !JsonContainerIsObject(payload->val.binary.data))
			as_map_refuse(compiler, NULL, "the payload of status code \"%s\" is no object", code->code);
		code->payload = JsonbValueToJsonb(payload);
	}
	if (write_back != NULL)
	{
		found = index_of(mode_names, lengthof(mode_names), write_back);
		if (found < 0)
			as_map_refuse(compiler, "There are direct, outbox, procedure and none.", "status code \"%s\" has write_back \"%s\"", code->code, write_back);
		code->mode = (AsWriteMode) found;
	}
	read_procedure(compiler, code, string_of(compiler, object, "procedure"));
	if (set != NULL)
	{
		if (set->type != jbvBinary || !JsonContainerIsObject(set->val.binary.data))
			as_map_refuse(compiler, NULL, "\"set\" of status code \"%s\" is no object", code->code);
		code->set = read_set(compiler, set->val.binary.data);
	}
}

static void
read_code(AsMapCompiler *compiler, AsBoundCode *code, const JsonbValue *name, JsonbValue *value, AsWriteMode mode)
{
	code->code = pnstrdup(name->val.string.val, name->val.string.len);
	code->length = name->val.string.len;
	code->set = "";
	if (value->type == jbvNull)
		code->mode = AS_WRITE_NONE;
	else if (value->type == jbvBinary && JsonContainerIsObject(value->val.binary.data))
		read_code_object(compiler, code, value->val.binary.data, mode);
	else
	{
		code->mode = mode;
		read_states(compiler, code, value);
	}
	compiler->attached->binding->tells |= code->mode == AS_WRITE_OUTBOX || code->mode == AS_WRITE_PROCEDURE;
}

/* A state that two codes could be written for is a state of which the ERP's code is unknown. */
static void
refuse_ambiguity(AsMapCompiler *compiler, const AsBinding *binding)
{
	for (int i = 0; i < binding->n_codes; i++)
		for (int j = i + 1; j < binding->n_codes; j++)
			for (int k = 0; k < binding->codes[i].n_states; k++)
				if (binding->codes[i].mode != AS_WRITE_NONE && binding->codes[j].mode != AS_WRITE_NONE &&
					as_bound_covers(&binding->codes[j], binding->codes[i].states[k]))
					as_map_refuse(compiler, "Say {\"write_back\": \"none\"} of all but the one that is to be written.",
								  "status codes \"%s\" and \"%s\" both stand for state \"%s\"",
								  binding->codes[i].code, binding->codes[j].code, binding->codes[i].states[k]);
}

static void
read_map(AsMapCompiler *compiler, JsonbContainer *map, AsWriteMode mode)
{
	AsBinding  *binding = compiler->attached->binding;
	JsonbIterator *iterator = JsonbIteratorInit(map);
	JsonbValue	name = {0};
	JsonbValue	token;
	JsonbIteratorToken kind;

	binding->codes = palloc0(sizeof(AsBoundCode) * Max(JsonContainerSize(map), 1));
	while ((kind = JsonbIteratorNext(&iterator, &token, true)) != WJB_DONE)
	{
		if (kind == WJB_KEY)
			name = token;
		else if (kind == WJB_VALUE)
			read_code(compiler, &binding->codes[binding->n_codes++], &name, &token, mode);
	}
	if (binding->n_codes == 0)
		as_map_refuse(compiler, NULL, "it maps no status code");
	refuse_ambiguity(compiler, binding);
}

/* One element of touch as ", column = ..." */
static void
read_touch(AsMapCompiler *compiler, JsonbValue *element, StringInfo sql)
{
	const char *column;
	const char *expression = NULL;
	const char *zone = NULL;
	Form_pg_attribute attribute;

	if (element->type == jbvString)
		column = pnstrdup(element->val.string.val, element->val.string.len);
	else if (element->type == jbvBinary && JsonContainerIsObject(element->val.binary.data))
	{
		column = string_of(compiler, element->val.binary.data, "column");
		expression = string_of(compiler, element->val.binary.data, "sql");
		zone = string_of(compiler, element->val.binary.data, "zone");
	}
	else
		column = NULL;
	if (column == NULL)
		as_map_refuse(compiler, "Such as {\"column\": \"write_date\", \"zone\": \"UTC\"} or {\"column\": \"version\", \"sql\": \"version + 1\"}.",
					  "an element of \"touch\" names no column");
	if (zone != NULL && pg_tzset(zone) == NULL)
		as_map_refuse(compiler, NULL, "time zone \"%s\" of \"touch\" does not exist", zone);
	attribute = as_map_attribute(compiler, column);
	appendStringInfo(sql, ", %s = ", quote_identifier(column));
	if (expression != NULL)
		appendStringInfo(sql, "(%s)", expression);
	else if (getBaseType(attribute->atttypid) == TIMESTAMPTZOID)
		appendStringInfoString(sql, "$6");
	else if (zone == NULL || (getBaseType(attribute->atttypid) != TIMESTAMPOID && getBaseType(attribute->atttypid) != DATEOID))
		as_map_refuse(compiler, "A time without zone names it: {\"column\": ..., \"zone\": \"UTC\"}; anything else takes {\"sql\": ...}.",
					  "column \"%s\" cannot be touched", column);
	else
		appendStringInfo(sql, "pg_catalog.timezone(%s, $6)::%s", literal(zone), cast_type(attribute));
}

static const char *
read_touches(AsMapCompiler *compiler, JsonbValue *touch)
{
	StringInfoData sql;

	initStringInfo(&sql);
	if (touch == NULL || touch->type == jbvNull)
		return sql.data;
	if (touch->type != jbvBinary || !JsonContainerIsArray(touch->val.binary.data))
		as_map_refuse(compiler, NULL, "\"touch\" is no array");
	for (int i = 0; i < (int) JsonContainerSize(touch->val.binary.data); i++)
		read_touch(compiler, getIthJsonbValueFromContainer(touch->val.binary.data, i), &sql);
	return sql.data;
}

/* A member that is one of some names. */
static int
read_choice(AsMapCompiler *compiler, JsonbContainer *definition, const char *key, const char *const *names, int count)
{
	const char *given = string_of(compiler, definition, key);
	int			found = given == NULL ? 0 : index_of(names, count, given);

	if (found < 0)
		as_map_refuse(compiler, NULL, "\"%s\" cannot be \"%s\"", key, given);
	return found;
}

/* A key as text means the same in every session. */
static bool
is_stable_as_text(Oid type)
{
	switch (type)
	{
		case DATEOID:
		case TIMEOID:
		case TIMETZOID:
		case TIMESTAMPOID:
		case TIMESTAMPTZOID:
		case INTERVALOID:
		case BYTEAOID:
		case CASHOID:
			return false;
		default:
			return true;
	}
}

/* Whether an UPDATE of the table is what it says. */
static bool
has_rule_on_update(Relation relation)
{
	for (int i = 0; relation->rd_rules != NULL && i < relation->rd_rules->numLocks; i++)
		if (relation->rd_rules->rules[i]->event == CMD_UPDATE)
			return true;
	return false;
}

/* What a binding cannot live with. */
static void
refuse_unfit(AsMapCompiler *compiler)
{
	const AsSource *sources = compiler->attached->sources;

	if (compiler->relation->rd_rel->relpersistence == RELPERSISTENCE_TEMP)
		as_map_refuse(compiler, NULL, "it is temporary, and other sessions act on its requests");
	if (has_rule_on_update(compiler->relation))
		as_map_refuse(compiler, "Make it a trigger.", "it has a rule on UPDATE");
	if (check_enable_rls(RelationGetRelid(compiler->relation), compiler->relation->rd_rel->relowner, true) == RLS_ENABLED)
		as_map_refuse(compiler, "ALTER TABLE ... NO FORCE ROW LEVEL SECURITY, or a role with BYPASSRLS that owns it.",
					  "row-level security is forced upon its owner, who has to see every row that he writes back to");
	if (sources[AS_WORD_STATE].from == AS_FROM_CONSTANT)
		as_map_refuse(compiler, NULL, "\"state\" is a constant");
	if (!is_stable_as_text(sources[AS_WORD_KEY].type))
		as_map_refuse(compiler, "As text it depends on the session's settings.", "\"key\" cannot be of type %s", format_type_be(sources[AS_WORD_KEY].type));
}

void
as_bind_read(AsMapCompiler *compiler, JsonbContainer *definition)
{
	AsBinding  *binding = palloc0(sizeof(AsBinding));
	const AsSource *sources = compiler->attached->sources;
	JsonbValue *states = as_map_member(definition, "states");

	compiler->attached->binding = binding;
	refuse_unfit(compiler);
	compiler->word = "states";
	if (states == NULL || states->type != jbvBinary || !JsonContainerIsObject(states->val.binary.data))
		as_map_refuse(compiler, "Such as {\"10\": \"requested\", \"20\": \"replied\", \"99\": null}.", "\"states\" is no object");
	binding->on_conflict = (AsOnConflict) read_choice(compiler, definition, "on_conflict", conflict_names, lengthof(conflict_names));
	binding->open_at = (AsOpenAt) read_choice(compiler, definition, "open_at", open_names, lengthof(open_names));
	binding->on_delete = string_of(compiler, definition, "on_delete");
	compiler->word = "set";
	read_map(compiler, states->val.binary.data,
			 (AsWriteMode) read_choice(compiler, definition, "write_back", mode_names, lengthof(mode_names)));
	compiler->word = "touch";
	binding->touch = read_touches(compiler, as_map_member(definition, "touch"));
	binding->writes = sources[AS_WORD_DUE].from != AS_FROM_NOTHING || sources[AS_WORD_WAREHOUSE].from != AS_FROM_NOTHING ||
		sources[AS_WORD_REFUND].from != AS_FROM_NOTHING || sources[AS_WORD_OUTCOME].from != AS_FROM_NOTHING;
}

/* ---- looking up ---- */

bool
as_bound_covers(const AsBoundCode *code, const char *state)
{
	for (int i = 0; i < code->n_states; i++)
		if (strcmp(code->states[i], state) == 0)
			return true;
	return false;
}

const AsBoundCode *
as_bound_code_of(const AsBinding *binding, const char *state)
{
	for (int i = 0; i < binding->n_codes; i++)
		if (binding->codes[i].mode != AS_WRITE_NONE && as_bound_covers(&binding->codes[i], state))
			return &binding->codes[i];
	return NULL;
}

int
as_bound_code(AsAttachCall *call, TupleTableSlot *row)
{
	const AsBinding *binding = call->attached->binding;
	const char *text;
	int			length;

	if (!as_attach_text(call, AS_WORD_STATE, row, &text, &length))
		return AS_CODE_NULL;
	if (call->attached->sources[AS_WORD_STATE].type == BOOLOID)
	{
		text = text[0] == 't' ? "true" : "false";
		length = strlen(text);
	}
	for (int i = 0; i < binding->n_codes; i++)
		if (binding->codes[i].length == length && memcmp(binding->codes[i].code, text, length) == 0)
			return i;
	return AS_CODE_UNKNOWN;
}

const char *
as_bound_type(const AsSource *source)
{
	return format_type_extended(source->declared, source->typmod, FORMAT_TYPE_TYPEMOD_GIVEN | FORMAT_TYPE_FORCE_QUALIFY);
}

const char *
as_bound_keys_sql(const AsAttached *attached)
{
	return psprintf("(SELECT u.k::%s, u.n FROM unnest($1) WITH ORDINALITY AS u(k, n)) AS k(\"aftersale key\", \"aftersale place\")",
					as_bound_type(&attached->sources[AS_WORD_KEY]));
}
