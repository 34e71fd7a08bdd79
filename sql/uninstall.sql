
-- Leaving: what install() made becomes plain tables, so that DROP EXTENSION has
-- nothing to take along.

CREATE TYPE aftersale.owner_statement AS (
    relation regclass,
    statement text
);
COMMENT ON TYPE aftersale.owner_statement IS
'A statement, and the table whose owner executes it.';

CREATE FUNCTION aftersale.uninstall_statements() RETURNS SETOF aftersale.owner_statement
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    ours oid[] := (SELECT array_agg(d.objid) FROM pg_catalog.pg_depend d
                   WHERE d.refclassid = 'pg_extension'::regclass AND d.deptype = 'e' AND d.classid IN ('pg_proc'::regclass, 'pg_type'::regclass)
                     AND d.refobjid = (SELECT e.oid FROM pg_catalog.pg_extension e WHERE e.extname = 'aftersale'));
    tables_owner oid := (SELECT c.relowner FROM pg_catalog.pg_class c WHERE c.oid = pg_catalog.to_regclass('aftersale.installation'));
BEGIN
    -- attachments' and bindings' too; those of partitions go with those of their table
    RETURN QUERY SELECT t.tgrelid::regclass, format('DROP TRIGGER %I ON %s', t.tgname, t.tgrelid::regclass)
    FROM pg_catalog.pg_trigger t
    WHERE t.tgfoid = ANY (ours) AND NOT t.tgisinternal AND t.tgparentid = 0
    ORDER BY t.tgrelid::regclass::text COLLATE "C", t.tgname;

    RETURN QUERY SELECT 'aftersale.installation'::regclass, format('DROP VIEW %s', string_agg(c.oid::regclass::text, ', ' ORDER BY c.relname COLLATE "C"))
    FROM pg_catalog.pg_class c
    WHERE c.relnamespace = 'aftersale'::regnamespace AND c.relkind = 'v' AND c.relowner = tables_owner
      AND c.relname::text IN (SELECT v[1] FROM regexp_matches(aftersale.table_definitions(), 'CREATE VIEW aftersale\.(\w+)', 'g') v)
    HAVING count(*) > 0;

    RETURN QUERY SELECT a.attrelid::regclass, format('ALTER TABLE %s %s', a.attrelid::regclass, string_agg(
        format('ALTER COLUMN %I SET DEFAULT pg_catalog.clock_timestamp()', a.attname), ', ' ORDER BY a.attnum))
    FROM pg_catalog.pg_attrdef d
    JOIN pg_catalog.pg_attribute a ON a.attrelid = d.adrelid AND a.attnum = d.adnum
    JOIN pg_catalog.pg_class c ON c.oid = d.adrelid AND c.relkind IN ('r', 'p')
    WHERE pg_catalog.pg_get_expr(d.adbin, d.adrelid) = 'aftersale.clock()'
    GROUP BY a.attrelid
    ORDER BY a.attrelid::regclass::text COLLATE "C";

    RETURN QUERY SELECT a.attrelid::regclass, format('ALTER TABLE %s %s', a.attrelid::regclass, string_agg(
        format(CASE t.typname WHEN 'refund_ratio' THEN 'ALTER COLUMN %1$I TYPE numeric USING %1$I::numeric' ELSE 'ALTER COLUMN %1$I TYPE text USING %1$I::text' END,
               a.attname), ', ' ORDER BY a.attnum))
    FROM pg_catalog.pg_attribute a
    JOIN pg_catalog.pg_class c ON c.oid = a.attrelid AND c.relkind IN ('r', 'p')
    JOIN pg_catalog.pg_type t ON t.oid = a.atttypid AND t.oid = ANY (ours) AND t.typtype = 'b' AND t.typelem = 0
    WHERE NOT a.attisdropped AND a.attinhcount = 0
    GROUP BY a.attrelid
    ORDER BY a.attrelid::regclass::text COLLATE "C";
END
$function$;
COMMENT ON FUNCTION aftersale.uninstall_statements() IS
'The statements by which uninstall() makes plain tables of what uses the extension, each with the table whose owner executes it, for reading before running: triggers and views that go, defaults and columns that change. Example: SELECT statement FROM aftersale.uninstall_statements();';

CREATE FUNCTION aftersale.used_by() RETURNS SETOF text
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
AS $function$
WITH member AS (
    SELECT d.classid, d.objid FROM pg_catalog.pg_depend d
    WHERE d.refclassid = 'pg_extension'::regclass AND d.deptype = 'e' AND d.refobjid = (SELECT e.oid FROM pg_catalog.pg_extension e WHERE e.extname = 'aftersale')
)
SELECT DISTINCT pg_catalog.pg_describe_object(d.classid, d.objid, d.objsubid) COLLATE "C" AS object
FROM pg_catalog.pg_depend d
JOIN member m ON m.classid = d.refclassid AND m.objid = d.refobjid
WHERE d.deptype = 'n' AND d.classid NOT IN ('pg_amop'::regclass, 'pg_amproc'::regclass)
  AND NOT EXISTS (SELECT FROM member o WHERE o.classid = d.classid AND o.objid = d.objid)
  -- the attributes of the extension's own composite types
  AND NOT EXISTS (SELECT FROM pg_catalog.pg_class c JOIN member o ON o.classid = 'pg_type'::regclass AND o.objid = c.reltype
                  WHERE d.classid = 'pg_class'::regclass AND c.oid = d.objid)
ORDER BY object
$function$;
COMMENT ON FUNCTION aftersale.used_by() IS
'What is not of the extension and depends on it: columns of its types, triggers, views, defaults and functions; it keeps DROP EXTENSION from dropping. Empty: nothing does. Example: SELECT aftersale.used_by();';

CREATE FUNCTION aftersale.uninstall(keep boolean) RETURNS text
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    tables_owner name := (SELECT pg_catalog.pg_get_userbyid(c.relowner) FROM pg_catalog.pg_class c
                          WHERE c.oid = pg_catalog.to_regclass('aftersale.installation'));
    still text;
BEGIN
    IF tables_owner IS NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'RA001',
            MESSAGE = 'the tables of aftersale are not installed in this database (RA001)',
            HINT = 'There is nothing to keep: DROP EXTENSION aftersale;';
    ELSIF NOT pg_catalog.pg_has_role(current_user, tables_owner, 'USAGE') THEN
        RAISE EXCEPTION USING ERRCODE = 'RA074',
            MESSAGE = format('role "%s" does not own the tables of aftersale (RA074)', current_user),
            HINT = format('The owner does it, or a superuser: SET ROLE %I;', tables_owner);
    ELSIF uninstall.keep IS NOT TRUE THEN
        RAISE EXCEPTION USING ERRCODE = '22023',
            MESSAGE = 'uninstall() deletes no table: keep must be true',
            HINT = 'Run: SELECT aftersale.uninstall(keep => true); then drop the tables that you do not want, as their owner.';
    END IF;
    IF EXISTS (SELECT FROM pg_catalog.pg_extension WHERE extname = 'pg_cron') AND pg_catalog.has_schema_privilege('cron', 'USAGE') THEN
        EXECUTE 'SELECT count(cron.unschedule(j.jobid)) FROM cron.job j WHERE j.jobname = $1 AND j.database = current_database()'
            USING 'aftersale:' || current_database();
    END IF;
    -- one after another: a loop over a query would hold the tables open
    PERFORM aftersale.execute_as_owner(s.relation, s.statement)
    FROM unnest(ARRAY(SELECT u FROM aftersale.uninstall_statements() u)) s;
    PERFORM aftersale.execute_as_owner('aftersale.installation', 'UPDATE aftersale.installation SET schema_version = 0');
    SELECT string_agg(u, ', ') INTO still FROM aftersale.used_by() u;
    IF still IS NOT NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'RA006',
            MESSAGE = 'other objects use aftersale (RA006)',
            DETAIL = still,
            HINT = 'Alter or drop them, then run uninstall() again: it has changed nothing.';
    END IF;
    RETURN 'the tables of aftersale are plain tables now; an administrator runs: DROP EXTENSION aftersale;';
END
$function$;
COMMENT ON FUNCTION aftersale.uninstall(boolean) IS
'Makes plain tables of the tables of aftersale, so that DROP EXTENSION takes nothing along: unschedules the sweep where the session may, drops the engine''s triggers, attachments'' triggers and the views, gives columns of the extension''s types plain ones (refund_ratio: numeric, a fraction; sla_term and business_calendar: text), in your own tables, too. No row is lost; indexes, constraints, row-level security and rights stay. keep: has to be true. All of it in the caller''s transaction, under ACCESS EXCLUSIVE locks. Returns a sentence. Errors: RA001 not installed, RA074 neither the owner nor a superuser, RA006 something else uses the extension, 22023 keep is not true; 2BP01 a view of yours uses a view of ours, 0A000 one uses a column that changes. Example: SELECT aftersale.uninstall(keep => true);';
