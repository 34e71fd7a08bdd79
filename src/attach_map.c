/*
 * attach_map.c
 *		A definition, as the triggers' arguments carry it, against the columns of
 *		a table: which word of ours is which column, constant or expression of
 *		theirs, and whether the types can be read.
 *
 * Expressions are parsed as those of a CHECK constraint are, with nothing but
 * pg_catalog on the search path, so that what they mean does not depend on the
 * session.  They are evaluated as whoever writes the row.
 */
#include "attach_map.h"

#include "access/htup_details.h"
#include "bind.h"
#include "catalog/namespace.h"
#include "catalog/pg_type.h"
#include "errors.h"
#include "miscadmin.h"
#include "nodes/makefuncs.h"
#include "nodes/nodeFuncs.h"
#include "parser/parse_coerce.h"
#include "parser/parse_collate.h"
#include "parser/parse_expr.h"
#include "parser/parse_relation.h"
#include "parser/parser.h"
#include "sla_term.h"
#include "utils/builtins.h"
#include "utils/guc.h"
#include "utils/lsyscache.h"
#include "utils/numeric.h"
#include "utils/syscache.h"

/* What a word's value is */
typedef enum ValueClass
{
	VALUE_INSTANT,
	VALUE_AMOUNT,
	VALUE_RATIO,
	VALUE_TEXT,
	VALUE_SHOP,
	VALUE_TEXTS,
	VALUE_JSON
} ValueClass;

typedef struct WordRule
{
	const char *name;
	ValueClass	value;
	int			kinds;			/* bits */
	int			required;		/* bits */
} WordRule;

#define DEADLINE	(1 << AS_ATTACH_DEADLINE)
#define REFUND		(1 << AS_ATTACH_REFUND_CHECK)
#define WAREHOUSE	(1 << AS_ATTACH_RETURN_WAREHOUSE)
#define BINDING		(1 << AS_ATTACH_BINDING)

static const WordRule words[AS_WORDS] = {
	[AS_WORD_START] = {"start", VALUE_INSTANT, DEADLINE, DEADLINE},
	[AS_WORD_PLATFORM_DUE] = {"platform_due", VALUE_INSTANT, DEADLINE | BINDING, 0},
	[AS_WORD_CALENDAR] = {"calendar", VALUE_TEXT, DEADLINE, DEADLINE},
	[AS_WORD_KEY] = {"key", VALUE_TEXT, DEADLINE | BINDING, BINDING},
	[AS_WORD_RATIO] = {"ratio", VALUE_RATIO, REFUND | BINDING, 0},
	[AS_WORD_AMOUNT] = {"amount", VALUE_AMOUNT, REFUND | BINDING, 0},
	[AS_WORD_PAID] = {"paid", VALUE_AMOUNT, REFUND | BINDING, 0},
	[AS_WORD_ORDER] = {"order", VALUE_TEXT, REFUND | BINDING, 0},
	[AS_WORD_CURRENCY] = {"currency", VALUE_TEXT, REFUND | BINDING, 0},
	[AS_WORD_SHOP] = {"shop", VALUE_SHOP, DEADLINE | REFUND | WAREHOUSE | BINDING, WAREHOUSE | BINDING},
	[AS_WORD_COUNTRY] = {"country", VALUE_TEXT, WAREHOUSE | BINDING, WAREHOUSE},
	[AS_WORD_PRODUCTS] = {"products", VALUE_TEXTS, WAREHOUSE, WAREHOUSE},
	[AS_WORD_AS_OF] = {"as_of", VALUE_INSTANT, WAREHOUSE, 0},
	[AS_WORD_FLOW] = {"flow", VALUE_TEXT, BINDING, BINDING},
	[AS_WORD_STATE] = {"state", VALUE_TEXT, BINDING, BINDING},
	[AS_WORD_REASON] = {"reason", VALUE_TEXT, BINDING, 0},
	[AS_WORD_ORDERED] = {"ordered", VALUE_INSTANT, BINDING, 0},
	[AS_WORD_OPENED] = {"opened", VALUE_INSTANT, BINDING, 0},
	[AS_WORD_ATTRIBUTES] = {"attributes", VALUE_JSON, BINDING, 0},
	[AS_WORD_ITEMS] = {"items", VALUE_JSON, BINDING, 0},
	[AS_WORD_ACTOR] = {"actor", VALUE_TEXT, BINDING, 0},
	[AS_WORD_PAYLOAD] = {"payload", VALUE_JSON, BINDING, 0},
	[AS_WORD_DUE] = {"due", VALUE_INSTANT, DEADLINE | BINDING, 0},
	[AS_WORD_WAREHOUSE] = {"warehouse", VALUE_TEXT, WAREHOUSE | BINDING, WAREHOUSE},
	[AS_WORD_BASIS] = {"basis", VALUE_TEXT, WAREHOUSE, 0},
	[AS_WORD_REFUND] = {"refund", VALUE_AMOUNT, BINDING, 0},
	[AS_WORD_OUTCOME] = {"outcome", VALUE_TEXT, BINDING, 0},
};

static const char *const kind_names[] = {"deadline", "refund_check", "return_warehouse", "binding"};

static const struct
{
	const char *name;
	AsUnit		unit;
	ValueClass	value;
}			units[] = {
	{"major", AS_UNIT_MAJOR, VALUE_AMOUNT},
	{"minor", AS_UNIT_MINOR, VALUE_AMOUNT},
	{"fraction", AS_UNIT_FRACTION, VALUE_RATIO},
	{"percent", AS_UNIT_PERCENT, VALUE_RATIO},
	{"epoch_s", AS_UNIT_EPOCH_S, VALUE_INSTANT},
	{"epoch_ms", AS_UNIT_EPOCH_MS, VALUE_INSTANT},
};

const char *
as_attach_table(Relation relation)
{
	return quote_qualified_identifier(get_namespace_name(RelationGetNamespace(relation)),
									  RelationGetRelationName(relation));
}

void
as_map_refuse(AsMapCompiler *compiler, const char *hint, const char *format,...)
{
	StringInfoData problem;
	AsError		error;

	initStringInfo(&problem);
	for (;;)
	{
		va_list		arguments;
		int			needed;

		va_start(arguments, format);
		needed = appendStringInfoVA(&problem, format, arguments);
		va_end(arguments);
		if (needed == 0)
			break;
		enlargeStringInfo(&problem, needed);
	}
	as_fail(&error, compiler->code, NULL, "attachment \"%s\" does not fit table \"%s\": %s",
			compiler->attached->name, as_attach_table(compiler->relation), problem.data);
	if (strcmp(compiler->code, RA_ATTACHMENT_BROKEN) == 0)
		as_hint(&error, "Detach it and attach it anew with the names and types of now; "
				"until then SELECT aftersale.pause('%s'); lets rows pass. See SELECT * FROM aftersale.attachments();",
				compiler->attached->name);
	else if (hint != NULL)
		as_hint(&error, "%s", hint);
	as_report(&error);
}

/* ---- JSON ---- */

JsonbValue *
as_map_member(JsonbContainer *object, const char *key)
{
	return getKeyJsonValueFromContainer(object, key, (int) strlen(key), NULL);
}

const char *
as_map_string(JsonbContainer *object, const char *key)
{
	JsonbValue *value = as_map_member(object, key);

	return value == NULL || value->type != jbvString ? NULL : pnstrdup(value->val.string.val, value->val.string.len);
}

/* ---- expressions ---- */

static Node *
parse_in_table(AsMapCompiler *compiler, const char *sql)
{
	ParseState *state = make_parsestate(NULL);
	ParseNamespaceItem *item;
	List	   *parsed;
	SelectStmt *select;
	Node	   *tree;

	state->p_sourcetext = sql;
	item = addRangeTableEntryForRelation(state, compiler->relation, AccessShareLock, NULL, false, true);
	addNSItemToQuery(state, item, true, true, true);
	parsed = raw_parser(sql, RAW_PARSE_PLPGSQL_EXPR);
	select = castNode(SelectStmt, linitial_node(RawStmt, parsed)->stmt);
	if (list_length(select->targetList) != 1 || select->fromClause != NIL || select->whereClause != NULL ||
		select->groupClause != NIL || select->sortClause != NIL || select->distinctClause != NIL ||
		select->limitCount != NULL || select->limitOffset != NULL || select->lockingClause != NIL)
		ereport(ERROR, (errcode(ERRCODE_SYNTAX_ERROR), errmsg("it is not one expression")));
	tree = transformExpr(state, linitial_node(ResTarget, select->targetList)->val, EXPR_KIND_CHECK_CONSTRAINT);
	assign_expr_collations(state, tree);
	free_parsestate(state);
	return tree;
}

/* Parses with the search path pinned; what is wrong with the text is the attachment's error. */
static Node *
parse(AsMapCompiler *compiler, const char *sql, bool condition)
{
	MemoryContext context = CurrentMemoryContext;
	int			level = NewGUCNestLevel();
	Node	   *volatile tree = NULL;
	ErrorData  *volatile fault = NULL;

	(void) set_config_option("search_path", "pg_catalog, pg_temp", PGC_USERSET, PGC_S_SESSION,
							 GUC_ACTION_SAVE, true, 0, false);
	PG_TRY();
	{
		tree = parse_in_table(compiler, sql);
		if (condition)
			tree = coerce_to_boolean(NULL, tree, "condition");
	}
	PG_CATCH();
	{
		MemoryContextSwitchTo(context);
		fault = CopyErrorData();

		/*
		 * a schema that is gone, and a literal that its column's type of now
		 * does not take, are of other classes
		 */
		if (ERRCODE_TO_CATEGORY(fault->sqlerrcode) != ERRCODE_SYNTAX_ERROR_OR_ACCESS_RULE_VIOLATION &&
			ERRCODE_TO_CATEGORY(fault->sqlerrcode) != ERRCODE_DATA_EXCEPTION &&
			fault->sqlerrcode != ERRCODE_UNDEFINED_SCHEMA && fault->sqlerrcode != ERRCODE_FEATURE_NOT_SUPPORTED)
			PG_RE_THROW();
		FlushErrorState();
	}
	PG_END_TRY();
	/* a right that the writer lacks is no fault of the table's */
	if (fault != NULL && fault->sqlerrcode == ERRCODE_INSUFFICIENT_PRIVILEGE && strcmp(compiler->code, RA_ATTACHMENT_BROKEN) == 0)
		ReThrowError(fault);
	if (fault != NULL)
		as_map_refuse(compiler, "Functions are named with their schema; a look-up into other tables is a function of yours.",
					  "%s: %s", compiler->word, fault->message);
	AtEOXact_GUC(true, level);
	return tree;
}

/* ---- types ---- */

static bool
is_integer(Oid type)
{
	return type == INT2OID || type == INT4OID || type == INT8OID;
}

static bool
is_number(Oid type)
{
	return is_integer(type) || type == NUMERICOID || type == FLOAT4OID || type == FLOAT8OID;
}

static bool
is_text(Oid type)
{
	return type == TEXTOID || type == VARCHAROID || type == BPCHAROID;
}

static Oid
ratio_type(void)
{
	Oid			schema = get_namespace_oid("aftersale", true);

	return OidIsValid(schema) ? GetSysCacheOid2(TYPENAMENSP, Anum_pg_type_oid, CStringGetDatum("refund_ratio"), ObjectIdGetDatum(schema)) : InvalidOid;
}

static bool
type_is_right(const AsSource *source, ValueClass value)
{
	switch (value)
	{
		case VALUE_INSTANT:
			return source->type == TIMESTAMPTZOID || source->type == TIMESTAMPOID || source->type == DATEOID || is_number(source->type);
		case VALUE_AMOUNT:
			return is_number(source->type) || is_text(source->type);
		case VALUE_RATIO:
			return is_number(source->type) || is_text(source->type) || source->type == ratio_type();
		case VALUE_SHOP:
			return is_integer(source->type) || source->type == NUMERICOID || is_text(source->type);
		case VALUE_TEXTS:
			return source->type == TEXTARRAYOID || source->type == get_array_type(VARCHAROID);
		case VALUE_JSON:
			return source->type == JSONBOID;
		case VALUE_TEXT:
			return source->type != FLOAT4OID && source->type != FLOAT8OID;
	}
	return false;
}

static void
check_type(AsMapCompiler *compiler, AsSource *source, ValueClass value)
{
	const char *type;

	get_typlenbyval(source->type, &source->length, &source->by_value);
	type = format_type_be(source->type);
	if (!type_is_right(source, value))
		as_map_refuse(compiler, NULL, "\"%s\" cannot be of type %s", compiler->word, type);
	if (value == VALUE_INSTANT && is_number(source->type) && source->unit == AS_UNIT_NONE)
		as_map_refuse(compiler, "Say {\"column\": ..., \"unit\": \"epoch_s\"} or \"epoch_ms\".", "\"%s\" is of type %s and has no unit", compiler->word, type);
	if (value == VALUE_INSTANT && !is_number(source->type) && source->unit != AS_UNIT_NONE)
		as_map_refuse(compiler, NULL, "\"%s\" is of type %s and has a unit", compiler->word, type);
	if (value == VALUE_INSTANT && (source->type == TIMESTAMPOID || source->type == DATEOID) && source->zone_name == NULL)
		as_map_refuse(compiler, "Say in which zone its times are: {\"column\": ..., \"zone\": \"UTC\"}. The session's zone is never used.",
					  "\"%s\" is of type %s and has no zone", compiler->word, type);
	if (value == VALUE_AMOUNT && source->unit == AS_UNIT_MINOR && !is_integer(source->type) && source->type != NUMERICOID)
		as_map_refuse(compiler, NULL, "\"%s\" is in minor units and of type %s", compiler->word, type);
}

/* ---- words ---- */

Form_pg_attribute
as_map_attribute(AsMapCompiler *compiler, const char *column)
{
	for (int i = 0; i < RelationGetDescr(compiler->relation)->natts; i++)
	{
		Form_pg_attribute candidate = TupleDescAttr(RelationGetDescr(compiler->relation), i);

		if (candidate->attisdropped || strcmp(NameStr(candidate->attname), column) != 0)
			continue;
		if (candidate->attgenerated != '\0')
			as_map_refuse(compiler, "Map what it is computed from: {\"sql\": \"...\"}.",
						  "column \"%s\", which is its \"%s\", is generated", column, compiler->word);
		return candidate;
	}
	as_map_refuse(compiler, NULL, "column \"%s\", which is its \"%s\", does not exist", column, compiler->word);
}

static void
map_column(AsMapCompiler *compiler, AsSource *source, const char *column)
{
	Form_pg_attribute attribute = as_map_attribute(compiler, column);

	source->from = AS_FROM_COLUMN;
	source->column = column;
	source->attnum = attribute->attnum;
	source->typmod = attribute->atttypmod;
	source->declared = attribute->atttypid;
	source->type = getBaseType(attribute->atttypid);
}

/* {"value": ...}: a string, a number or a boolean */
static void
map_constant(AsMapCompiler *compiler, AsSource *source, JsonbValue *value)
{
	source->from = AS_FROM_CONSTANT;
	switch (value->type)
	{
		case jbvString:
			source->type = TEXTOID;
			source->constant = PointerGetDatum(cstring_to_text_with_len(value->val.string.val, value->val.string.len));
			break;
		case jbvNumeric:
			source->type = NUMERICOID;
			source->constant = PointerGetDatum(DatumGetNumericCopy(NumericGetDatum(value->val.numeric)));
			break;
		default:
			as_map_refuse(compiler, NULL, "the value of \"%s\" is neither a string nor a number", compiler->word);
	}
}

static void
read_unit(AsMapCompiler *compiler, AsSource *source, const char *unit, ValueClass value)
{
	for (size_t i = 0; unit != NULL && i < lengthof(units); i++)
		if (strcmp(units[i].name, unit) == 0 && units[i].value == value)
			source->unit = units[i].unit;
	if (unit != NULL && source->unit == AS_UNIT_NONE)
		as_map_refuse(compiler, "Units: major or minor for amounts, fraction or percent for ratios, epoch_s or epoch_ms for instants.",
					  "\"%s\" has no unit \"%s\"", compiler->word, unit);
	if (unit == NULL && value == VALUE_AMOUNT)
		source->unit = AS_UNIT_MAJOR;
	if (unit == NULL && value == VALUE_RATIO)
		source->unit = AS_UNIT_FRACTION;
}

static void
map_object(AsMapCompiler *compiler, AsSource *source, JsonbContainer *object, AsWord word)
{
	JsonbValue *value = as_map_member(object, "value");
	const char *column = as_map_string(object, "column");
	JsonbIterator *iterator = JsonbIteratorInit(object);
	JsonbValue	key;
	JsonbIteratorToken token;

	while ((token = JsonbIteratorNext(&iterator, &key, true)) != WJB_DONE)
	{
		static const char *const known[] = {"column", "value", "sql", "unit", "zone"};
		bool		found = token != WJB_KEY;

		for (size_t i = 0; !found && i < lengthof(known); i++)
			found = strlen(known[i]) == key.val.string.len && strncmp(known[i], key.val.string.val, key.val.string.len) == 0;
		if (!found)
			as_map_refuse(compiler, "Accepted are column, value, sql, unit and zone.", "\"%s\" says \"%.*s\"", compiler->word,
						  key.val.string.len, key.val.string.val);
	}
	source->sql = as_map_string(object, "sql");
	if ((column != NULL) + (value != NULL) + (source->sql != NULL) != 1)
		as_map_refuse(compiler, NULL, "\"%s\" is not one of column, value and sql", compiler->word);
	if (word >= AS_WORDS_READ && column == NULL)
		as_map_refuse(compiler, NULL, "\"%s\" is written, so it has to be a column", compiler->word);
	source->zone_name = as_map_string(object, "zone");
	if (source->zone_name != NULL && pg_tzset(source->zone_name) == NULL)
		as_map_refuse(compiler, NULL, "time zone \"%s\" of \"%s\" does not exist", source->zone_name, compiler->word);
	if (source->zone_name != NULL && pg_strcasecmp(source->zone_name, "UTC") != 0)
		source->zone = pg_tzset(source->zone_name);
	read_unit(compiler, source, as_map_string(object, "unit"), words[word].value);
	if (column != NULL)
		map_column(compiler, source, column);
	else if (value != NULL)
		map_constant(compiler, source, value);
	else
	{
		source->from = AS_FROM_SQL;
		source->tree = parse(compiler, source->sql, false);
		source->type = getBaseType(exprType(source->tree));
		source->typmod = -1;
		if (source->type == UNKNOWNOID)
			source->type = TEXTOID;
	}
}

static void
map_word(AsMapCompiler *compiler, AsWord word, JsonbContainer *columns)
{
	AsSource   *source = &compiler->attached->sources[word];
	JsonbValue *given = as_map_member(columns, words[word].name);
	const WordRule *rule = &words[word];

	compiler->word = rule->name;
	if (given == NULL || given->type == jbvNull)
	{
		if (rule->required & (1 << compiler->attached->kind))
			as_map_refuse(compiler, NULL, "\"%s\" is not mapped", rule->name);
		return;
	}
	if (given->type == jbvString)
	{
		read_unit(compiler, source, NULL, rule->value);
		map_column(compiler, source, pnstrdup(given->val.string.val, given->val.string.len));
	}
	else if (given->type == jbvBinary && JsonContainerIsObject(given->val.binary.data))
		map_object(compiler, source, given->val.binary.data, word);
	else
		as_map_refuse(compiler, NULL, "\"%s\" is neither the name of a column nor an object", rule->name);
	check_type(compiler, source, rule->value);
}

static void
refuse_unknown_words(AsMapCompiler *compiler, JsonbContainer *columns)
{
	JsonbIterator *iterator = JsonbIteratorInit(columns);
	JsonbValue	key;
	JsonbIteratorToken token;
	StringInfoData accepted;

	initStringInfo(&accepted);
	for (int i = 0; i < AS_WORDS; i++)
		if (words[i].kinds & (1 << compiler->attached->kind))
			appendStringInfo(&accepted, "%s%s", accepted.len > 0 ? ", " : "Words of this attachment: ", words[i].name);
	while ((token = JsonbIteratorNext(&iterator, &key, true)) != WJB_DONE)
	{
		bool		found = token != WJB_KEY;

		for (int i = 0; !found && i < AS_WORDS; i++)
			found = (words[i].kinds & (1 << compiler->attached->kind)) && strlen(words[i].name) == key.val.string.len &&
				strncmp(words[i].name, key.val.string.val, key.val.string.len) == 0;
		if (!found)
			as_map_refuse(compiler, accepted.data, "it has no \"%.*s\"", key.val.string.len, key.val.string.val);
	}
}

/* What the words need of each other */
static void
check_together(AsMapCompiler *compiler)
{
	const AsSource *sources = compiler->attached->sources;
	bool		amount = sources[AS_WORD_AMOUNT].from != AS_FROM_NOTHING;
	bool		paid = sources[AS_WORD_PAID].from != AS_FROM_NOTHING;
	bool		order = sources[AS_WORD_ORDER].from != AS_FROM_NOTHING;

	if (compiler->attached->kind == AS_ATTACH_BINDING)
	{
		if (sources[AS_WORD_KEY].from != AS_FROM_COLUMN)
			as_map_refuse(compiler, "Rows are found again by it.", "\"key\" is not a column");
		if (sources[AS_WORD_CURRENCY].from == AS_FROM_NOTHING && (sources[AS_WORD_AMOUNT].unit == AS_UNIT_MINOR || sources[AS_WORD_PAID].unit == AS_UNIT_MINOR))
			as_map_refuse(compiler, "Map \"currency\", which says how many decimals there are.", "amounts are in minor units");
		if (paid && !order)
			as_map_refuse(compiler, NULL, "\"paid\" is mapped without \"order\"");
	}
	if (compiler->attached->kind != AS_ATTACH_REFUND_CHECK)
		return;
	if (!amount && sources[AS_WORD_RATIO].from == AS_FROM_NOTHING)
		as_map_refuse(compiler, NULL, "neither \"ratio\" nor \"amount\" is mapped");
	if (paid && !amount)
		as_map_refuse(compiler, NULL, "\"paid\" is mapped without \"amount\"");
	if (order && (!amount || !paid))
		as_map_refuse(compiler, NULL, "\"order\" is mapped without \"amount\" and \"paid\"");
	if (paid && sources[AS_WORD_AMOUNT].unit != sources[AS_WORD_PAID].unit && sources[AS_WORD_CURRENCY].from == AS_FROM_NOTHING)
		as_map_refuse(compiler, "Map \"currency\", which says how many decimals there are.",
					  "\"amount\" and \"paid\" are in different units");
	if (compiler->attached->counts_sql != NULL && !order)
		as_map_refuse(compiler, NULL, "\"counts\" is given without \"order\"");
}

bool
as_attach_passes_faults(JsonbContainer *definition)
{
	const char *on_fault = as_map_string(definition, "on_fault");

	return on_fault != NULL && strcmp(on_fault, "pass") == 0;
}

static void
check_on_fault(AsMapCompiler *compiler, JsonbContainer *definition)
{
	const char *on_fault = as_map_string(definition, "on_fault");
	bool		passes = as_attach_passes_faults(definition);

	if (on_fault != NULL && !passes && strcmp(on_fault, "refuse") != 0)
		as_map_refuse(compiler, "There are: refuse, pass.", "\"on_fault\" cannot be \"%s\"", on_fault);
	if (passes && compiler->attached->kind == AS_ATTACH_REFUND_CHECK && compiler->attached->sources[AS_WORD_ORDER].from != AS_FROM_NOTHING)
		as_map_refuse(compiler, "pause() lets rows pass, and adds the totals up anew afterwards.",
					  "with \"order\", \"on_fault\" cannot be \"pass\": the totals would miss the rows");
}

static void
read_definition(AsMapCompiler *compiler, JsonbContainer *definition)
{
	AsAttached *attached = compiler->attached;
	const char *kind = as_map_string(definition, "kind");
	JsonbValue *columns = as_map_member(definition, "columns");
	const char *term = as_map_string(definition, "term");
	AsError		error;
	int			k = 0;

	while (k < lengthof(kind_names) && (kind == NULL || strcmp(kind_names[k], kind) != 0))
		k++;
	if (k == lengthof(kind_names) || columns == NULL || columns->type != jbvBinary || !JsonContainerIsObject(columns->val.binary.data))
		as_map_refuse(compiler, NULL, "its definition is no JSON object with \"kind\" and \"columns\"");
	attached->kind = (AsAttachKind) k;
	attached->when_sql = as_map_string(definition, "when");
	attached->counts_sql = as_map_string(definition, "counts");
	if (attached->kind == AS_ATTACH_DEADLINE)
	{
		if (term == NULL)
			as_map_refuse(compiler, NULL, "it has no term");
		if (!as_term_parse(term, &attached->term, &error))
			as_map_refuse(compiler, NULL, "its term \"%s\" is none", term);
	}
	refuse_unknown_words(compiler, columns->val.binary.data);
	for (int i = 0; i < AS_WORDS; i++)
		if (words[i].kinds & (1 << k))
			map_word(compiler, (AsWord) i, columns->val.binary.data);
	check_together(compiler);
	check_on_fault(compiler, definition);
	if (attached->kind == AS_ATTACH_BINDING)
		as_bind_read(compiler, definition);
	compiler->word = "when";
	if (attached->when_sql != NULL)
		attached->when = parse(compiler, attached->when_sql, true);
	compiler->word = "counts";
	if (attached->counts_sql != NULL)
		attached->counts = parse(compiler, attached->counts_sql, true);
}

AsAttached *
as_attach_compile(Relation relation, const char *name, Jsonb *definition, const char *code)
{
	AsMapCompiler compiler = {relation, palloc0(sizeof(AsAttached)), code, ""};

	compiler.attached->name = pstrdup(name);
	if (!JB_ROOT_IS_OBJECT(definition))
		as_map_refuse(&compiler, NULL, "its definition is no JSON object");
	read_definition(&compiler, &definition->root);
	return compiler.attached;
}
