-- Attachments: policy on the ERP's own tables, without the engine.

CREATE FUNCTION aftersale.attached_deadline() RETURNS trigger
LANGUAGE C AS 'MODULE_PATHNAME', 'aftersale_attached_deadline';
COMMENT ON FUNCTION aftersale.attached_deadline() IS
'Trigger function of attach_deadline(): stamps the deadline of a row. Error RA101: the table no longer fits the attachment.';

CREATE FUNCTION aftersale.attached_due() RETURNS trigger
LANGUAGE C AS 'MODULE_PATHNAME', 'aftersale_attached_due';
COMMENT ON FUNCTION aftersale.attached_due() IS
'Trigger function of attach_deadline() where the table has no column for it: keeps aftersale.attachment_due. Errors: RA101, RA102, RA103.';

CREATE FUNCTION aftersale.attached_refund_check() RETURNS trigger
LANGUAGE C AS 'MODULE_PATHNAME', 'aftersale_attached_refund_check';
COMMENT ON FUNCTION aftersale.attached_refund_check() IS
'Trigger function of attach_refund_check(): checks a row''s ratio (TEMU-28) and amount (TEMU-07). Errors: RA040, RA041, RA043, RA045, RA101.';

CREATE FUNCTION aftersale.attached_sum() RETURNS trigger
LANGUAGE C AS 'MODULE_PATHNAME', 'aftersale_attached_sum';
COMMENT ON FUNCTION aftersale.attached_sum() IS
'Trigger function of attach_refund_check() with an order: after a statement, checks its rows and that the refunds of no order exceed what was paid (TEMU-07). Errors: RA040, RA041, RA043, RA044, RA045, RA101, RA102, RA103.';

CREATE FUNCTION aftersale.attached_return_warehouse() RETURNS trigger
LANGUAGE C AS 'MODULE_PATHNAME', 'aftersale_attached_return_warehouse';
COMMENT ON FUNCTION aftersale.attached_return_warehouse() IS
'Trigger function of attach_return_warehouse(): fills in the return warehouse of a row (TEMU-42). Errors: RA010, RA011, RA050, RA101.';

CREATE FUNCTION aftersale.attached_truncated() RETURNS trigger
LANGUAGE C AS 'MODULE_PATHNAME', 'aftersale_attached_truncated';
COMMENT ON FUNCTION aftersale.attached_truncated() IS
'Trigger function of attachments that keep something: forgets it with the rows. Errors: RA102, RA103.';

CREATE FUNCTION aftersale.attachment_check(relation regclass, name text, definition jsonb) RETURNS void
LANGUAGE C VOLATILE STRICT AS 'MODULE_PATHNAME', 'aftersale_attachment_check';
COMMENT ON FUNCTION aftersale.attachment_check(regclass, text, jsonb) IS
'Raises RA100 where a definition, as the triggers of an attachment carry it, does not fit a table. Example: SELECT aftersale.attachment_check(''returns'', ''x'', ''{"kind": "refund_check", "columns": {"ratio": "ratio"}}'');';

CREATE FUNCTION aftersale.attachment_register(relation regclass, name text, definition jsonb, again boolean) RETURNS void
LANGUAGE C VOLATILE STRICT AS 'MODULE_PATHNAME', 'aftersale_attachment_register';
COMMENT ON FUNCTION aftersale.attachment_register(regclass, text, jsonb, boolean) IS
'For attach_*() and repair(): notes an attachment of a table of the caller''s in aftersale.attachment. Errors: RA103 not the owner, RA104 the name is taken.';

CREATE FUNCTION aftersale.attachment_begin(relation regclass, name text) RETURNS void
LANGUAGE C VOLATILE STRICT AS 'MODULE_PATHNAME', 'aftersale_attachment_begin';
COMMENT ON FUNCTION aftersale.attachment_begin(regclass, text) IS
'For attach_*(), after its triggers are made: notes that an empty table has no totals to learn. Error RA103.';

CREATE FUNCTION aftersale.attachment_pause(relation regclass, name text, paused boolean) RETURNS bigint
LANGUAGE C VOLATILE STRICT AS 'MODULE_PATHNAME', 'aftersale_attachment_pause';
COMMENT ON FUNCTION aftersale.attachment_pause(regclass, text, boolean) IS
'For pause() and resume(). Returns 1 where something changed, else 0. Error RA103.';

CREATE FUNCTION aftersale.attachment_forget(relation oid, name text) RETURNS bigint
LANGUAGE C VOLATILE STRICT AS 'MODULE_PATHNAME', 'aftersale_attachment_forget';
COMMENT ON FUNCTION aftersale.attachment_forget(oid, text) IS
'For detach(): deletes what is kept under the name; relation 0 where its table is gone. Returns 1 where it was known. Error RA103.';

CREATE FUNCTION aftersale.attachment_fill(relation regclass, name text, max_orders int, last text) RETURNS text
LANGUAGE C VOLATILE AS 'MODULE_PATHNAME', 'aftersale_attachment_fill';
COMMENT ON FUNCTION aftersale.attachment_fill(regclass, text, int, text) IS
'For fill_totals(): adds up the next max_orders orders after the last one, and returns the last of them; NULL: all are done. Error RA103.';

CREATE TYPE aftersale.attachment_trigger AS (
    attachment text,
    definition jsonb,
    relation oid,
    trigger name,
    function name,
    enabled boolean,
    is_clone boolean
);
COMMENT ON TYPE aftersale.attachment_trigger IS
'A trigger of an attachment: the attachment''s name and definition, its table, its own name, its function, whether it fires, whether it is a partition''s copy of a row trigger.';

CREATE FUNCTION aftersale.attachment_triggers() RETURNS SETOF aftersale.attachment_trigger
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
AS $function$
SELECT convert_from(substring(t.tgargs FROM 1 FOR z.at - 1), getdatabaseencoding()),
    convert_from(substring(t.tgargs FROM z.at + 1 FOR length(t.tgargs) - z.at - 1), getdatabaseencoding())::jsonb,
    t.tgrelid, t.tgname, p.proname, t.tgenabled IN ('O', 'A'), t.tgparentid <> 0
FROM pg_catalog.pg_trigger t
JOIN pg_catalog.pg_proc p ON p.oid = t.tgfoid
CROSS JOIN LATERAL (SELECT position('\x00'::bytea IN t.tgargs)) AS z(at)
WHERE p.pronamespace = 'aftersale'::regnamespace AND NOT t.tgisinternal AND t.tgnargs = 2
  AND p.proname IN ('attached_deadline', 'attached_due', 'attached_refund_check', 'attached_sum', 'attached_return_warehouse', 'attached_binding', 'attached_binding_commit', 'attached_truncated')
$function$;
COMMENT ON FUNCTION aftersale.attachment_triggers() IS
'The triggers of all attachments in the database. Example: SELECT attachment, relation::regclass, trigger FROM aftersale.attachment_triggers();';

CREATE FUNCTION aftersale.attachment_table(name text) RETURNS regclass
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    found regclass := (
        SELECT t.relation::regclass
        FROM aftersale.attachment_triggers() t
        WHERE t.attachment = attachment_table.name AND NOT t.is_clone
        -- what was attached to, as far as its name still says which; else the topmost of a partitioned table's
        ORDER BY EXISTS (SELECT FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
                         JOIN aftersale.attachment a ON a.table_schema = n.nspname AND a.table_name = c.relname
                         WHERE c.oid = t.relation AND a.name = attachment_table.name) DESC,
            (SELECT c.relispartition FROM pg_catalog.pg_class c WHERE c.oid = t.relation), (SELECT c.relkind = 'p' FROM pg_catalog.pg_class c WHERE c.oid = t.relation) DESC, t.relation LIMIT 1);
BEGIN
    PERFORM aftersale.require_installed();
    IF found IS NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'RA102',
            MESSAGE = format('there is no attachment "%s" (RA102)', attachment_table.name),
            HINT = 'SELECT name, relation FROM aftersale.attachments(); lists those that there are.';
    END IF;
    RETURN found;
END
$function$;
COMMENT ON FUNCTION aftersale.attachment_table(text) IS
'The table that an attachment is on. Error RA102: no trigger carries the name. Example: SELECT aftersale.attachment_table(''refund_check_returns'');';

CREATE TYPE aftersale.attachment_statement AS (
    trigger name,
    relation oid,
    statement text
);
COMMENT ON TYPE aftersale.attachment_statement IS
'A trigger that an attachment needs: its name, its table, and the statement that makes it.';

-- Trigger names: rows are looked at when all other BEFORE triggers are through.
CREATE FUNCTION aftersale.attachment_statements(relation regclass, name text, definition jsonb) RETURNS SETOF aftersale.attachment_statement
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    columns jsonb := attachment_statements.definition -> 'columns';
    kind text := attachment_statements.definition ->> 'kind';
    keeper text := CASE WHEN kind = 'deadline' AND NOT columns ? 'due' THEN 'attached_due'
                        WHEN kind = 'refund_check' AND columns ? 'order' THEN 'attached_sum'
                        WHEN kind = 'binding' THEN 'attached_binding' END;
BEGIN
    RETURN QUERY
        SELECT n.trigger, p.relid::oid,
            format('CREATE %s %I %s ON %s %s EXECUTE FUNCTION aftersale.%I(%L, %L)', e.what, n.trigger, e.moment, p.relid::regclass, e.how,
                e.function, attachment_statements.name, attachment_statements.definition)
        FROM (VALUES
            (keeper IS NULL, '', 'TRIGGER', 'BEFORE INSERT OR UPDATE', 'FOR EACH ROW', 'attached_' || kind, false),
            (keeper IS NOT NULL, '_insert', 'TRIGGER', 'AFTER INSERT', 'REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT', keeper, true),
            (keeper IS NOT NULL, '_update', 'TRIGGER', 'AFTER UPDATE', 'REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT', keeper, true),
            (keeper IS NOT NULL, '_delete', 'TRIGGER', 'AFTER DELETE', 'REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT', keeper, true),
            (keeper IS NOT NULL, '_truncate', 'TRIGGER', 'AFTER TRUNCATE', 'FOR EACH STATEMENT', 'attached_truncated', true),
            (attachment_statements.definition ->> 'open_at' = 'commit', '_commit', 'CONSTRAINT TRIGGER', 'AFTER INSERT', 'DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (aftersale.may_wait())',
                'attached_binding_commit', false)) AS e(needed, suffix, what, moment, how, function, keeps)
        CROSS JOIN LATERAL (SELECT ('zz_aftersale_' || attachment_statements.name || e.suffix)::name) AS n(trigger)
        -- a statement may name a partition: its own triggers see it then
        JOIN (SELECT attachment_statements.relation AS relid, 0 AS level
              UNION
              SELECT t.relid, t.level FROM pg_catalog.pg_partition_tree(attachment_statements.relation) t
              JOIN pg_catalog.pg_class c ON c.oid = t.relid AND c.relkind IN ('r', 'p')) p ON e.keeps OR p.level = 0
        WHERE e.needed
        ORDER BY p.level, p.relid, e.moment, e.what DESC;
END
$function$;
COMMENT ON FUNCTION aftersale.attachment_statements(regclass, text, jsonb) IS
'The triggers of an attachment with their CREATE TRIGGER statements, for reading before running: attach_*() executes them. Example: SELECT statement FROM aftersale.attachment_statements(''returns'', ''x'', ''{"kind": "refund_check", "columns": {"ratio": "ratio"}}'');';

CREATE FUNCTION aftersale.attach(relation regclass, definition jsonb, options jsonb) RETURNS text
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    kind text := attach.definition ->> 'kind';
    new_name text := coalesce(attach.options ->> 'name',
        left(kind || '_' || (SELECT c.relname FROM pg_catalog.pg_class c WHERE c.oid = attach.relation), 40));
    accepted text[] := CASE kind WHEN 'refund_check' THEN '{name,when,counts,on_fault}' ELSE '{name,when,on_fault}' END;
    unknown text;
    whole jsonb;
    statement text;
BEGIN
    PERFORM aftersale.require_installed();
    IF attach.relation IS NULL OR attach.options IS NULL OR jsonb_typeof(attach.options) <> 'object'
        OR attach.definition -> 'columns' IS NULL OR jsonb_typeof(attach.definition -> 'columns') <> 'object' THEN
        RAISE EXCEPTION USING ERRCODE = 'RA100', MESSAGE = 'a table, columns and options are needed, the latter two as JSON objects (RA100)';
    END IF;
    SELECT k INTO unknown FROM jsonb_object_keys(attach.options) k WHERE k <> ALL (accepted) ORDER BY k LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION USING ERRCODE = 'RA100', MESSAGE = format('there is no option "%s" (RA100)', unknown),
            HINT = format('There are: %s.', array_to_string(accepted, ', '));
    END IF;
    whole := jsonb_strip_nulls(attach.definition || jsonb_build_object('when', attach.options -> 'when', 'counts', attach.options -> 'counts',
        'on_fault', attach.options -> 'on_fault'));
    IF kind = 'deadline' AND NOT whole -> 'columns' ?| '{due,key}' THEN
        -- a row is called by its primary key
        whole := jsonb_set(whole, '{columns,key}', coalesce((
            SELECT to_jsonb(a.attname)
            FROM pg_catalog.pg_index i
            JOIN pg_catalog.pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[0]
            WHERE i.indrelid = attach.relation AND i.indisprimary AND i.indnkeyatts = 1), 'null'));
        IF whole #>> '{columns,key}' IS NULL THEN
            RAISE EXCEPTION USING ERRCODE = 'RA100',
                MESSAGE = format('attachment "%s" does not fit table "%s": neither "due" nor "key" is mapped, and there is no primary key of one column (RA100)', new_name, attach.relation);
        END IF;
    END IF;
    PERFORM aftersale.attachment_register(attach.relation, new_name, whole, false);
    PERFORM aftersale.attachment_check(attach.relation, new_name, whole);
    FOR statement IN SELECT s.statement FROM aftersale.attachment_statements(attach.relation, new_name, whole) s LOOP
        EXECUTE statement;
    END LOOP;
    PERFORM aftersale.attachment_begin(attach.relation, new_name);
    RETURN format('attachment "%s" is on table "%s"', new_name, attach.relation)
        || CASE WHEN whole -> 'columns' ? 'order' AND NOT (SELECT t.filled FROM aftersale.attachment t WHERE t.name = new_name)
                THEN format('; it holds at once; to have totals of what is there already, run: SELECT aftersale.fill_totals(%L);', new_name)
                ELSE '' END;
END
$function$;
COMMENT ON FUNCTION aftersale.attach(regclass, jsonb, jsonb) IS
'What attach_deadline(), attach_refund_check() and attach_return_warehouse() share: notes the attachment and makes its triggers. definition: {"kind", "columns", "term"}. Errors: RA100 to RA104.';

CREATE FUNCTION aftersale.attach_deadline(relation regclass, columns jsonb, term aftersale.sla_term, calendar text, options jsonb DEFAULT '{}') RETURNS text
LANGUAGE sql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $function$
SELECT aftersale.attach(relation, jsonb_build_object('kind', 'deadline', 'term', term::text, 'columns',
    CASE WHEN columns ? 'calendar' OR calendar IS NULL THEN columns ELSE columns || jsonb_build_object('calendar', jsonb_build_object('value', calendar)) END), options)
$function$;
COMMENT ON FUNCTION aftersale.attach_deadline(regclass, jsonb, aftersale.sla_term, text, jsonb) IS
'Stamps a deadline on rows of a table of the ERP''s, on INSERT, and on UPDATE where a mapped value changes. columns: start (when the term begins), due (written; without it aftersale.attachment_due keeps the deadline under key, by default the primary key), platform_due (overrides), calendar (in place of the argument), shop. Times are timestamptz, timestamp or date with {"zone"}, or numbers with {"unit": "epoch_s" or "epoch_ms"}. term: such as 1 business day; calendar: a name in aftersale.calendar. options: name; when (an SQL condition over the row: for which rows); on_fault: refuse (default), or pass: where the table no longer fits, rows pass with a warning. Run by the owner of the table. Returns a sentence. Errors: RA100 does not fit, RA103 not the owner, RA104 the name is taken. Example: SELECT aftersale.attach_deadline(''tickets'', ''{"start": {"column": "created_ms", "unit": "epoch_ms"}}'', ''1 business day'', ''us'');';

CREATE FUNCTION aftersale.attach_refund_check(relation regclass, columns jsonb, options jsonb DEFAULT '{}') RETURNS text
LANGUAGE sql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $function$
SELECT aftersale.attach(relation, jsonb_build_object('kind', 'refund_check', 'columns', columns), options)
$function$;
COMMENT ON FUNCTION aftersale.attach_refund_check(regclass, jsonb, jsonb) IS
'Checks refunds in a table of the ERP''s, on INSERT, and on UPDATE where a mapped value changes: ratio from 5% to 100% (TEMU-28), amount at most paid, and with order the sum of all refunds of an order at most paid, whatever writes them (TEMU-07). columns: ratio ({"unit": "fraction" or "percent"}), amount and paid ({"unit": "major" or "minor"}), order, currency, shop; each a column, {"value"}, or {"sql": "expression over the row"}. options: name; when (for which rows); counts (which of them consume what was paid); on_fault: refuse (default), or pass (not with order): where the table no longer fits, rows pass with a warning. Run by the owner of the table. Returns a sentence. Errors: RA100 does not fit, RA103 not the owner, RA104 the name is taken. Example: SELECT aftersale.attach_refund_check(''refunds'', ''{"amount": {"column": "refund_minor", "unit": "minor"}, "paid": {"sql": "public.paid(order_no)", "unit": "minor"}, "order": "order_no"}'');';

CREATE FUNCTION aftersale.attach_return_warehouse(relation regclass, columns jsonb, options jsonb DEFAULT '{}') RETURNS text
LANGUAGE sql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $function$
SELECT aftersale.attach(relation, jsonb_build_object('kind', 'return_warehouse', 'columns', columns), options)
$function$;
COMMENT ON FUNCTION aftersale.attach_return_warehouse(regclass, jsonb, jsonb) IS
'Fills in the return warehouse of rows of a table of the ERP''s (TEMU-42), on INSERT, and on UPDATE where shop, country, products or as_of change. columns: shop, country, products (text[]; NULL or empty: not known yet), warehouse (written: the external_ref, as the column''s type has it), basis (written), as_of (default: now). options: name; when (for which rows); on_fault: refuse (default), or pass: where the table no longer fits, rows pass with a warning. Routing reads as the owner of the table. Run by him. Returns a sentence. Errors: RA100 does not fit, RA103 not the owner, RA104 the name is taken. Example: SELECT aftersale.attach_return_warehouse(''returns'', ''{"shop": {"value": 1}, "country": "country", "products": {"sql": "public.products_of(return_no)"}, "warehouse": "warehouse_id"}'');';

CREATE FUNCTION aftersale.detach(relation regclass, name text DEFAULT NULL) RETURNS text
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    attached record;
    dropped record;
    names text;
    known bigint;
    whole regclass;
BEGIN
    PERFORM aftersale.require_installed();
    IF detach.relation IS NULL THEN
        -- the table is gone, and its triggers with it
        IF EXISTS (SELECT FROM aftersale.attachment_triggers() t WHERE t.attachment = detach.name) THEN
            RAISE EXCEPTION USING ERRCODE = 'RA102', MESSAGE = format('attachment "%s" still has a table (RA102)', detach.name),
                HINT = format('SELECT aftersale.detach(%L, %L);', aftersale.attachment_table(detach.name), detach.name);
        END IF;
        known := aftersale.attachment_forget(0, detach.name);
        names := CASE WHEN known > 0 THEN format('"%s"', detach.name) END;
    ELSE
        FOR attached IN
            SELECT DISTINCT t.attachment FROM aftersale.attachment_triggers() t
            WHERE t.relation = detach.relation AND NOT t.is_clone AND t.attachment = coalesce(detach.name, t.attachment)
            ORDER BY 1
        LOOP
            whole := aftersale.attachment_table(attached.attachment);
            FOR dropped IN
                SELECT t.trigger, t.relation::regclass AS relation FROM aftersale.attachment_triggers() t
                WHERE t.attachment = attached.attachment AND NOT t.is_clone
                  AND (t.relation = detach.relation OR t.relation IN (SELECT p.relid FROM pg_catalog.pg_partition_tree(detach.relation) p))
                ORDER BY 2, 1
            LOOP
                EXECUTE format('DROP TRIGGER %I ON %s', dropped.trigger, dropped.relation);
            END LOOP;
            -- a partition, also one that is none any more, takes nothing along
            IF whole = detach.relation THEN
                PERFORM aftersale.attachment_forget(detach.relation, attached.attachment);
            END IF;
            names := concat_ws(', ', names, format('"%s"', attached.attachment));
        END LOOP;
    END IF;
    IF names IS NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'RA102',
            MESSAGE = format('there is no attachment%s%s (RA102)', ' "' || detach.name || '"', ' on table "' || detach.relation::text || '"'),
            HINT = 'SELECT name, relation FROM aftersale.attachments(); lists those that there are.';
    END IF;
    RETURN format('detached: %s', names);
END
$function$;
COMMENT ON FUNCTION aftersale.detach(regclass, text) IS
'Takes an attachment off a table (name NULL: all of them), with its totals and deadlines; nothing is left of it. A table that is gone: relation NULL, and the name. Takes ACCESS EXCLUSIVE on the table for a moment. Run by the owner of the table. Returns a sentence. Errors: RA102 no such attachment, RA103 not the owner. Example: SELECT aftersale.detach(''refunds'');';

CREATE FUNCTION aftersale.pause(name text) RETURNS text
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $function$
BEGIN
    RETURN CASE aftersale.attachment_pause(aftersale.attachment_table(pause.name), pause.name, true)
        WHEN 1 THEN format('attachment "%s" is paused: every row passes', pause.name)
        ELSE format('attachment "%s" was paused already', pause.name) END;
END
$function$;
COMMENT ON FUNCTION aftersale.pause(text) IS
'Lets every row pass an attachment, from each session''s next statement on, without DDL: it neither checks, stamps nor counts. Run by the owner of the table, or of the tables of aftersale. Returns a sentence. Errors: RA102 no such attachment, RA103 not the owner. Example: SELECT aftersale.pause(''refund_check_refunds'');';

CREATE FUNCTION aftersale.resume(name text) RETURNS text
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    relation regclass := aftersale.attachment_table(resume.name);
BEGIN
    -- whoever wrote while it was paused has to be through: his rows are in no total
    EXECUTE format('LOCK TABLE %s IN SHARE ROW EXCLUSIVE MODE', relation);
    RETURN CASE aftersale.attachment_pause(relation, resume.name, false)
        WHEN 1 THEN format('attachment "%s" is at work again', resume.name)
        ELSE format('attachment "%s" was not paused', resume.name) END;
END
$function$;
COMMENT ON FUNCTION aftersale.resume(text) IS
'Ends pause(). Totals are added up anew, each when its order is next written to, or all by fill_totals(); deadlines that were missed come with the next change of their row. Waits for the table''s writers (SHARE ROW EXCLUSIVE). Returns a sentence. Errors: RA102, RA103. Example: SELECT aftersale.resume(''refund_check_refunds'');';

CREATE FUNCTION aftersale.repair(name text) RETURNS text
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    whole regclass := aftersale.attachment_table(repair.name);
    known jsonb;
    same boolean;
    missing text;
    made int := 0;
BEGIN
    EXECUTE format('LOCK TABLE %s IN SHARE ROW EXCLUSIVE MODE', whole);
    known := (SELECT a.definition FROM aftersale.attachment a WHERE a.name = repair.name);
    IF known IS NULL THEN
        -- the row is lost: what all its triggers say
        SELECT min(t.definition::text)::jsonb, min(t.definition::text) = max(t.definition::text) INTO known, same
        FROM aftersale.attachment_triggers() t WHERE t.attachment = repair.name;
        IF NOT same THEN
            RAISE EXCEPTION USING ERRCODE = 'RA102', MESSAGE = format('the triggers of attachment "%s" differ (RA102)', repair.name),
                HINT = format('SELECT aftersale.detach(%L, %L); and attach it anew.', whole, repair.name);
        END IF;
    END IF;
    PERFORM aftersale.attachment_check(whole, repair.name, known);
    PERFORM aftersale.attachment_register(whole, repair.name, known, true);
    FOR missing IN
        SELECT s.statement FROM aftersale.attachment_statements(whole, repair.name, known) s
        WHERE NOT EXISTS (SELECT FROM aftersale.attachment_triggers() t WHERE t.relation = s.relation AND t.trigger = s.trigger)
    LOOP
        EXECUTE missing;
        made := made + 1;
    END LOOP;
    RETURN format('attachment "%s" is repaired: %s triggers made', repair.name, made);
END
$function$;
COMMENT ON FUNCTION aftersale.repair(text) IS
'Puts an attachment in order: notes its table and owner of now, makes triggers that are missing (on partitions added since), and has its totals added up anew. Waits for the table''s writers. Run by the owner of the table. Returns a sentence. Errors: RA100, RA102, RA103. Example: SELECT aftersale.repair(''refund_check_refunds'');';

CREATE FUNCTION aftersale.fill_totals(name text, max_orders int DEFAULT 10000, after text DEFAULT NULL) RETURNS text
LANGUAGE sql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $function$
SELECT aftersale.attachment_fill(aftersale.attachment_table(name), name, max_orders, after)
$function$;
COMMENT ON FUNCTION aftersale.fill_totals(text, int, text) IS
'Adds up the totals of the next max_orders orders, in the order of their keys, after the order "after" (NULL: from the first); returns the last of them, for the next call, and NULL when all are known. The guard holds without it: an order''s total is added up when it is first written to; this makes that quick, and an index on the order makes both so. Errors: RA102, RA103. Example: SELECT aftersale.fill_totals(''refund_check_refunds'');';

CREATE TYPE aftersale.attachment_report AS (
    name text,
    kind text,
    relation text,
    paused boolean,
    intact boolean,
    problem text,
    remedy text
);
COMMENT ON TYPE aftersale.attachment_report IS
'An attachment: its name and kind; its table; whether it is paused; whether it does all that it should; if not, what is wrong and what to do.';

CREATE FUNCTION aftersale.attachment_problem(attachment text, relation regclass, definition jsonb, OUT problem text, OUT remedy text)
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    state record;
    seen record;
BEGIN
    SELECT s.* INTO state FROM aftersale.attachment s WHERE s.name = attachment_problem.attachment;
    IF NOT FOUND THEN
        problem := 'it is not noted in aftersale.attachment';
        remedy := format('SELECT aftersale.repair(%L);', attachment);
        RETURN;
    END IF;
    BEGIN
        PERFORM aftersale.attachment_check(relation, attachment, definition);
    EXCEPTION WHEN SQLSTATE 'RA100' THEN
        problem := regexp_replace(SQLERRM, '^attachment .* does not fit table .*?: (.*) \(RA100\)$', '\1');
        remedy := format('SELECT aftersale.detach(%L, %L); then attach it anew, with the names and types of now: columns %L, options %L',
            relation, attachment, definition -> 'columns', jsonb_strip_nulls(jsonb_build_object('name', attachment, 'when', definition -> 'when', 'counts', definition -> 'counts', 'on_fault', definition -> 'on_fault')));
        RETURN;
    END;
    SELECT t.trigger, t.relation::regclass AS relation INTO seen FROM aftersale.attachment_triggers() t
    WHERE t.attachment = attachment_problem.attachment AND t.definition <> state.definition ORDER BY 2, 1 LIMIT 1;
    IF FOUND THEN
        problem := format('trigger "%s" of table "%s" carries another definition', seen.trigger, seen.relation);
        remedy := format('DROP TRIGGER %I ON %s; then SELECT aftersale.repair(%L);', seen.trigger, seen.relation, attachment);
        RETURN;
    END IF;
    SELECT t.trigger, t.relation::regclass AS relation INTO seen FROM aftersale.attachment_triggers() t
    WHERE t.attachment = attachment_problem.attachment AND NOT t.enabled ORDER BY 2, 1 LIMIT 1;
    IF FOUND THEN
        problem := format('trigger "%s" of table "%s" is disabled', seen.trigger, seen.relation);
        remedy := format('ALTER TABLE %s ENABLE TRIGGER %I;', seen.relation, seen.trigger);
        RETURN;
    END IF;
    SELECT s.trigger, s.relation::regclass AS relation INTO seen FROM aftersale.attachment_statements(relation, attachment, definition) s
    WHERE NOT EXISTS (SELECT FROM aftersale.attachment_triggers() t WHERE t.relation = s.relation AND t.trigger = s.trigger) LIMIT 1;
    IF FOUND THEN
        problem := format('table "%s" lacks trigger "%s"', seen.relation, seen.trigger);
        remedy := format('SELECT aftersale.repair(%L);', attachment);
        RETURN;
    END IF;
    SELECT o.tgname, o.tgrelid::regclass AS relation INTO seen
    FROM aftersale.attachment_triggers() t
    JOIN pg_catalog.pg_trigger o ON o.tgrelid = t.relation AND NOT o.tgisinternal AND o.tgenabled <> 'D' AND o.tgname > t.trigger
        AND o.tgtype & 3 = 3 AND o.tgtype & 20 <> 0       -- BEFORE ROW of INSERT or UPDATE
        AND o.tgfoid NOT IN (SELECT p.oid FROM pg_catalog.pg_proc p WHERE p.pronamespace = 'aftersale'::regnamespace)
    WHERE t.attachment = attachment_problem.attachment AND t.function IN ('attached_deadline', 'attached_refund_check', 'attached_return_warehouse')
    ORDER BY 2, 1 LIMIT 1;
    IF FOUND THEN
        problem := format('trigger "%s" comes after it and can change what it looked at', seen.tgname);
        remedy := format('ALTER TRIGGER %I ON %s RENAME TO ...; to a name before "zz_aftersale"%s', seen.tgname, seen.relation,
            CASE definition ->> 'kind' WHEN 'refund_check' THEN '; or map "order", then the check runs after the statement' ELSE '' END);
        RETURN;
    END IF;
    IF state.owner <> (SELECT pg_catalog.pg_get_userbyid(c.relowner) FROM pg_catalog.pg_class c WHERE c.oid = relation)
        AND NOT pg_catalog.pg_has_role((SELECT c.relowner FROM pg_catalog.pg_class c WHERE c.oid = relation),
            (SELECT c.relowner FROM pg_catalog.pg_class c WHERE c.oid = 'aftersale.attachment'::regclass), 'USAGE') THEN
        problem := 'the table has another owner';
        remedy := format('SELECT aftersale.repair(%L);', attachment);
    END IF;
END
$function$;
COMMENT ON FUNCTION aftersale.attachment_problem(text, regclass, jsonb) IS
'What is wrong with an attachment, and what to do; NULL: nothing. For attachments().';

CREATE FUNCTION aftersale.attachments() RETURNS SETOF aftersale.attachment_report
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $function$
BEGIN
    PERFORM aftersale.require_installed();
    RETURN QUERY
        SELECT a.attachment, coalesce(s.kind, a.definition ->> 'kind'), a.relation::regclass::text, coalesce(s.paused, false), p.problem IS NULL, p.problem, p.remedy
        FROM (SELECT DISTINCT ON (t.attachment COLLATE "C") t.* FROM aftersale.attachment_triggers() t WHERE NOT t.is_clone
              ORDER BY t.attachment COLLATE "C", t.relation = aftersale.attachment_table(t.attachment)::oid DESC) a
        LEFT JOIN aftersale.attachment s ON s.name = a.attachment
        CROSS JOIN LATERAL aftersale.attachment_problem(a.attachment, a.relation, coalesce(s.definition, a.definition)) p
        ORDER BY a.attachment COLLATE "C";
    RETURN QUERY
        SELECT o.name, o.kind, format('%I.%I', o.table_schema, o.table_name), o.paused, false, 'its triggers are gone'::text,
            format('SELECT aftersale.detach(NULL, %L);', o.name)
        FROM aftersale.attachment o
        WHERE NOT EXISTS (SELECT FROM aftersale.attachment_triggers() t WHERE t.attachment = o.name)
        ORDER BY o.name COLLATE "C";
END
$function$;
COMMENT ON FUNCTION aftersale.attachments() IS
'All attachments: what is attached where, whether it is paused, whether it is intact, and what to do if it is not. Error RA001: not installed. Example: SELECT * FROM aftersale.attachments();';
