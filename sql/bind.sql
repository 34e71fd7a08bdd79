-- Bindings: rows of a table of the ERP's are requests.

CREATE FUNCTION aftersale.attached_binding() RETURNS trigger
LANGUAGE C AS 'MODULE_PATHNAME', 'aftersale_attached_binding';
COMMENT ON FUNCTION aftersale.attached_binding() IS
'Trigger function of bind(): after a statement, opens requests for rows that enter a mapped state, and acts on the requests of rows whose state changed. Errors: RA101, RA102, RA103, RA105 the request cannot follow its row, and those of INSERT INTO and UPDATE of aftersale.request.';

CREATE FUNCTION aftersale.attached_binding_commit() RETURNS trigger
LANGUAGE C AS 'MODULE_PATHNAME', 'aftersale_attached_binding_commit';
COMMENT ON FUNCTION aftersale.attached_binding_commit() IS
'Constraint trigger function of bind() with open_at commit: at the end of the transaction, opens requests for rows that were inserted in it and are in a mapped state by then. Errors: RA101, RA103, and those of INSERT INTO aftersale.request.';

CREATE FUNCTION aftersale.may_wait() RETURNS boolean
LANGUAGE C VOLATILE PARALLEL RESTRICTED AS 'MODULE_PATHNAME', 'aftersale_may_wait';
COMMENT ON FUNCTION aftersale.may_wait() IS
'For bind() with open_at commit, the condition of its constraint trigger: whether what is inserted now may wait for the end of the transaction. False while the ERP''s triggers run within a write-back for somebody whose rights the owner of the table has not: rows open at their statement then. Example: SELECT aftersale.may_wait();';

CREATE FUNCTION aftersale.binding_check(name text) RETURNS void
LANGUAGE C VOLATILE STRICT AS 'MODULE_PATHNAME', 'aftersale_binding_check';
COMMENT ON FUNCTION aftersale.binding_check(text) IS
'For bind(): raises what keeps the statements from running that the binding would write back with, by planning them as the table''s owner. Example: SELECT aftersale.binding_check(''returns'');';

CREATE FUNCTION aftersale.binding_fill(relation regclass, name text, max_rows int, last text) RETURNS text
LANGUAGE C VOLATILE AS 'MODULE_PATHNAME', 'aftersale_binding_fill';
COMMENT ON FUNCTION aftersale.binding_fill(regclass, text, int, text) IS
'For backfill(): takes in the next max_rows rows after the key last, and returns the last of their keys; NULL: there are no more. Error RA103.';

CREATE TYPE aftersale.binding_count AS (
    code text,
    state text,
    rows bigint,
    what text
);
COMMENT ON TYPE aftersale.binding_count IS
'Rows of a table that a binding would meet: their status code, the state that it stands for, how many there are, and what would be done about them.';

CREATE FUNCTION aftersale.binding_preview(relation regclass, name text, definition jsonb) RETURNS SETOF aftersale.binding_count
LANGUAGE C VOLATILE STRICT AS 'MODULE_PATHNAME', 'aftersale_binding_preview';
COMMENT ON FUNCTION aftersale.binding_preview(regclass, text, jsonb) IS
'For bind() with dry_run: what a definition would make of the rows that a table has, without changing anything. Run by the owner of the table. Errors: RA100 it does not fit, RA103 not the owner. Example: SELECT * FROM aftersale.binding_preview(''returns'', ''x'', ''{"kind": "binding", ...}'');';

CREATE FUNCTION aftersale.binding_definition(relation regclass, flow text, columns jsonb, states jsonb, options jsonb) RETURNS jsonb
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    whole jsonb;
    state_column text := coalesce(columns #>> '{state,column}', CASE jsonb_typeof(columns -> 'state') WHEN 'string' THEN columns ->> 'state' END);
    wrong text;
BEGIN
    IF relation IS NULL OR flow IS NULL OR jsonb_typeof(columns) IS DISTINCT FROM 'object' OR jsonb_typeof(states) IS DISTINCT FROM 'object'
        OR jsonb_typeof(options) IS DISTINCT FROM 'object' THEN
        RAISE EXCEPTION USING ERRCODE = 'RA100', MESSAGE = 'a table, a flow, columns, states and options are needed, the latter three as JSON objects (RA100)';
    END IF;
    SELECT k INTO wrong FROM jsonb_object_keys(options) k
    WHERE k <> ALL ('{name,when,open_at,on_conflict,on_fault,on_delete,touch,write_back,dry_run,backfill}') ORDER BY k LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION USING ERRCODE = 'RA100', MESSAGE = format('there is no option "%s" (RA100)', wrong),
            HINT = 'There are: name, when, open_at, on_conflict, on_fault, on_delete, touch, write_back, dry_run, backfill.';
    END IF;
    IF jsonb_typeof(options -> 'when') NOT IN ('string', 'null') THEN
        RAISE EXCEPTION USING ERRCODE = 'RA100', MESSAGE = '"when" is no string (RA100)';
    END IF;
    IF NOT columns ? 'key' THEN
        columns := columns || jsonb_build_object('key', (
            SELECT a.attname
            FROM pg_catalog.pg_index i
            JOIN pg_catalog.pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[0]
            WHERE i.indrelid = binding_definition.relation AND i.indisprimary AND i.indnkeyatts = 1));
    END IF;
    whole := jsonb_build_object('kind', 'binding', 'states', states,
        'columns', columns || jsonb_build_object('flow', CASE WHEN left(ltrim(flow), 1) = '{' THEN flow::jsonb ELSE jsonb_build_object('value', flow) END))
        || (options - '{name,dry_run,backfill}'::text[]);
    -- what the catalogs know: the states of a flow, the values of an enum
    IF whole #>> '{columns,flow,value}' IS NOT NULL THEN
        IF NOT EXISTS (SELECT FROM aftersale.flow f WHERE f.flow = whole #>> '{columns,flow,value}') THEN
            RAISE EXCEPTION USING ERRCODE = 'RA014', MESSAGE = format('flow "%s" does not exist (RA014)', whole #>> '{columns,flow,value}'),
                HINT = 'SELECT DISTINCT flow FROM aftersale.flow; lists those that there are.';
        END IF;
    END IF;
    SELECT s.state INTO wrong
    FROM jsonb_each(states) AS c(code, said)
    CROSS JOIN LATERAL (SELECT CASE jsonb_typeof(c.said) WHEN 'object' THEN c.said -> 'state' ELSE c.said END) AS x(named)
    CROSS JOIN LATERAL (SELECT jsonb_array_elements_text(CASE jsonb_typeof(x.named) WHEN 'array' THEN x.named WHEN 'string' THEN jsonb_build_array(x.named) ELSE '[]' END)) AS s(state)
    WHERE NOT EXISTS (SELECT FROM aftersale.flow_state f
        WHERE f.state = s.state AND f.flow = coalesce(whole #>> '{columns,flow,value}', f.flow))
    ORDER BY s.state LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION USING ERRCODE = 'RA100',
            MESSAGE = format('%s has no state "%s" (RA100)', coalesce('flow "' || (whole #>> '{columns,flow,value}') || '"', 'no flow'), wrong),
            HINT = format('SELECT state, title FROM aftersale.flow_state WHERE flow = %L;', coalesce(whole #>> '{columns,flow,value}', '...'));
    END IF;
    SELECT x.action INTO wrong
    FROM (SELECT c.said ->> 'action' FROM jsonb_each(states) AS c(code, said) WHERE jsonb_typeof(c.said) = 'object'
          UNION ALL SELECT options ->> 'on_delete') AS x(action)
    WHERE NOT EXISTS (SELECT FROM aftersale.flow_transition t
        WHERE t.action = x.action AND t.flow = coalesce(whole #>> '{columns,flow,value}', t.flow)) AND x.action IS NOT NULL
    ORDER BY x.action LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION USING ERRCODE = 'RA100',
            MESSAGE = format('%s has no action "%s" (RA100)', coalesce('flow "' || (whole #>> '{columns,flow,value}') || '"', 'no flow'), wrong),
            HINT = format('SELECT DISTINCT action FROM aftersale.flow_transition WHERE flow = %L;', coalesce(whole #>> '{columns,flow,value}', '...'));
    END IF;
    IF (SELECT c.relkind FROM pg_catalog.pg_class c WHERE c.oid = binding_definition.relation) = 'r' AND NOT EXISTS (
        SELECT FROM pg_catalog.pg_index i
        JOIN pg_catalog.pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[0]
        WHERE i.indrelid = binding_definition.relation AND i.indisunique AND i.indisvalid AND i.indnkeyatts = 1 AND i.indpred IS NULL
          AND a.attname = coalesce(columns #>> '{key,column}', CASE jsonb_typeof(columns -> 'key') WHEN 'string' THEN columns ->> 'key' END, a.attname)) THEN
        RAISE EXCEPTION USING ERRCODE = 'RA100',
            MESSAGE = format('table "%s" has no unique index on its "key" alone (RA100)', binding_definition.relation),
            HINT = 'Rows are found again by it: make one, or map a column that has one.';
    END IF;
    SELECT e.enumlabel INTO wrong
    FROM pg_catalog.pg_attribute a
    JOIN pg_catalog.pg_enum e ON e.enumtypid = a.atttypid
    WHERE a.attrelid = binding_definition.relation AND a.attname = state_column AND NOT a.attisdropped AND NOT states ? e.enumlabel
    ORDER BY e.enumsortorder LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION USING ERRCODE = 'RA100', MESSAGE = format('status code "%s" of column "%s" is not in the map (RA100)', wrong, state_column),
            HINT = format('Map it to a state, or to nothing: {"%s": null}.', wrong);
    END IF;
    SELECT c.code INTO wrong
    FROM jsonb_object_keys(states) AS c(code)
    JOIN pg_catalog.pg_attribute a ON a.attrelid = binding_definition.relation AND a.attname = state_column AND NOT a.attisdropped
    WHERE EXISTS (SELECT FROM pg_catalog.pg_enum e WHERE e.enumtypid = a.atttypid)
      AND NOT EXISTS (SELECT FROM pg_catalog.pg_enum e WHERE e.enumtypid = a.atttypid AND e.enumlabel = c.code)
    ORDER BY 1 LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION USING ERRCODE = 'RA100', MESSAGE = format('column "%s" has no value "%s" (RA100)', state_column, wrong);
    END IF;
    RETURN whole;
END
$function$;
COMMENT ON FUNCTION aftersale.binding_definition(regclass, text, jsonb, jsonb, jsonb) IS
'For bind(): its arguments as one definition, checked against what the catalogs know. Errors: RA014 no such flow, RA100 unknown option or state, a status code of an enum that is not in the map. Example: SELECT aftersale.binding_definition(''returns'', ''temu/return_refund'', ''{"shop": "shop_id", "state": "status"}'', ''{"10": "requested"}'', ''{}'');';

CREATE FUNCTION aftersale.bind(relation regclass, flow text, columns jsonb, states jsonb, options jsonb DEFAULT '{}') RETURNS text
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    new_name text := coalesce(bind.options ->> 'name', left('binding_' || (SELECT c.relname FROM pg_catalog.pg_class c WHERE c.oid = bind.relation), 40));
    definition jsonb;
    owner name;
    statement text;
    last text;
    result text;
BEGIN
    PERFORM aftersale.require_installed();
    IF pg_catalog.to_regclass('aftersale.bound_row') IS NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'RA004',
            MESSAGE = 'the tables of aftersale are of a version without bindings (RA004)',
            HINT = 'Run: SELECT aftersale.migrate();';
    END IF;
    definition := aftersale.binding_definition(bind.relation, bind.flow, bind.columns, bind.states, bind.options);
    IF coalesce((bind.options ->> 'dry_run')::boolean, false) THEN
        RETURN (SELECT format('binding "%s" of table "%s" would find', new_name, bind.relation)
            || coalesce(string_agg(format(E'\n%s rows %s%s: %s', p.rows, coalesce('with "' || p.code || '"', 'without a status code'),
                coalesce(' (' || p.state || ')', ''), p.what), '' ORDER BY p.code COLLATE "C", p.what COLLATE "C"), ' no rows')
            FROM aftersale.binding_preview(bind.relation, new_name, definition) p);
    END IF;
    PERFORM aftersale.attachment_register(bind.relation, new_name, definition, false);
    PERFORM aftersale.attachment_check(bind.relation, new_name, definition);
    owner := (SELECT pg_catalog.pg_get_userbyid(c.relowner) FROM pg_catalog.pg_class c WHERE c.oid = bind.relation);
    IF NOT has_table_privilege(owner, 'aftersale.request', 'INSERT, UPDATE') THEN
        RAISE EXCEPTION USING ERRCODE = 'RA103',
            MESSAGE = format('role "%s", which owns table "%s", may not open requests (RA103)', owner, bind.relation),
            HINT = format('Rows become requests with the rights of their table''s owner. The owner of aftersale.request runs: SELECT aftersale.grant_access(%L, ''erp''); and gives it a row with may_speak in aftersale.login for each shop.', owner);
    END IF;
    FOR statement IN SELECT s.statement FROM aftersale.attachment_statements(bind.relation, new_name, definition) s LOOP
        EXECUTE statement;
    END LOOP;
    PERFORM aftersale.binding_check(new_name);
    result := format('binding "%s" is on table "%s"', new_name, bind.relation);
    IF NOT coalesce((bind.options ->> 'backfill')::boolean, false) THEN
        RETURN result || format('; to take in the rows that are there, run: SELECT aftersale.backfill(%L);', new_name);
    END IF;
    LOOP
        last := aftersale.binding_fill(bind.relation, new_name, 10000, last);
        EXIT WHEN last IS NULL;
    END LOOP;
    RETURN result;
END
$function$;
COMMENT ON FUNCTION aftersale.bind(regclass, text, jsonb, jsonb, jsonb) IS
'Makes rows of a table of the ERP''s requests: a row that enters a mapped state opens one, its changes of state are acts, what the engine decides is written back. flow: name, or {"sql": "expression over the row"}; NULL for a row: it is no request. columns: shop, state, key (default: the primary key), reason, order, ordered, country, currency, amount, ratio, opened, platform_due, actor, items, attributes, payload; written: due, warehouse, refund, outcome. states: the ERP''s status codes, each a state of the flow, an array of states, null (on purpose nothing), or {"state", "action", "actor", "payload", "write_back", "procedure", "set"}. options: name; when (for which rows; a soft deletion leaves it); open_at: statement (default), or commit, when rows that belong to an inserted row are there as well; on_conflict: refuse (default), accept or record, where a request cannot follow its row; on_fault: refuse (default), or pass: where the table no longer fits, rows pass with a warning, as if it were paused; on_delete: an action (default: the request is left to a person); touch: columns to set at each write-back; write_back: direct (default), outbox, procedure or none; dry_run: only tells what would be; backfill: takes in the rows that are there. Run by the owner of the table. Returns a sentence. Errors: RA004 the tables are not migrated, RA014 no such flow, RA100 does not fit, RA103 not the owner or without rights in aftersale, RA104 the name is taken. Example: SELECT aftersale.bind(''returns'', ''temu/return_refund'', ''{"shop": "shop_id", "state": "status", "due": {"column": "due_at", "zone": "UTC"}}'', ''{"10": "requested", "40": "refunded"}'');';

CREATE FUNCTION aftersale.unbind(relation regclass, name text DEFAULT NULL) RETURNS text
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    found text;
    results text;
BEGIN
    PERFORM aftersale.require_installed();
    IF unbind.relation IS NULL THEN
        RETURN aftersale.detach(NULL, unbind.name);
    END IF;
    FOR found IN
        SELECT DISTINCT t.attachment FROM aftersale.attachment_triggers() t
        WHERE t.relation = unbind.relation AND NOT t.is_clone AND t.function = 'attached_binding' AND t.attachment = coalesce(unbind.name, t.attachment)
        ORDER BY 1
    LOOP
        PERFORM aftersale.detach(unbind.relation, found);
        results := concat_ws(', ', results, format('"%s"', found));
    END LOOP;
    IF results IS NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'RA102', MESSAGE = format('there is no binding%s on table "%s" (RA102)', ' "' || unbind.name || '"', unbind.relation),
            HINT = 'SELECT name, relation FROM aftersale.attachments() WHERE kind = ''binding''; lists those that there are.';
    END IF;
    RETURN format('unbound: %s', results);
END
$function$;
COMMENT ON FUNCTION aftersale.unbind(regclass, text) IS
'Takes a binding off a table (name NULL: all of them). Requests, their history, what is in the outbox and the conflicts stay; rows and requests no longer follow each other. Bound again, rows find their requests by their keys. Run by the owner of the table. Returns a sentence. Errors: RA102 no such binding, RA103 not the owner. Example: SELECT aftersale.unbind(''returns'');';

CREATE FUNCTION aftersale.backfill(name text, max_rows int DEFAULT 10000, after text DEFAULT NULL) RETURNS text
LANGUAGE sql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $function$
SELECT aftersale.binding_fill(aftersale.attachment_table(name), name, max_rows, after)
$function$;
COMMENT ON FUNCTION aftersale.backfill(text, int, text) IS
'Takes in the next max_rows rows of a bound table, in the order of their keys, after the key "after" (NULL: from the first); returns the last of them, for the next call, and NULL when there are no more. Rows in an open state get a request, in that state: nothing fires, and what is overdue waits for a person, unless the shop lets the sweep act on it. Rows whose requests are elsewhere become conflicts. May be repeated: after resume() it takes in what was missed. Errors: RA102, RA103. Example: SELECT aftersale.backfill(''binding_returns'');';
