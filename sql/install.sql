
-- The tables belong to the user: install() creates them, they are no members
-- of the extension, and DROP EXTENSION cannot take them along.

CREATE FUNCTION aftersale.table_definitions() RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $function$
SELECT
--@tables
$function$;
COMMENT ON FUNCTION aftersale.table_definitions() IS
'The statements that install() executes as the owner, for reading before running. Example: SELECT aftersale.table_definitions();';

CREATE FUNCTION aftersale.config_changed() RETURNS trigger
LANGUAGE C
AS 'MODULE_PATHNAME', 'aftersale_config_changed';
COMMENT ON FUNCTION aftersale.config_changed() IS
'Trigger function of the configuration tables: makes every session forget what it has cached of the table, at commit. For install() only.';

CREATE FUNCTION aftersale.install(owner name DEFAULT NULL) RETURNS text
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    caller_is_superuser boolean := (SELECT rolsuper FROM pg_catalog.pg_roles WHERE rolname = current_user);
    target name := coalesce(install.owner, current_user);
    role_before text := current_setting('role');
BEGIN
    IF pg_catalog.to_regclass('aftersale.installation') IS NOT NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'RA002',
            MESSAGE = 'the tables of aftersale are already installed (RA002)',
            HINT = 'To bring them to the installed version, run: SELECT aftersale.migrate();';
    END IF;
    IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = target) THEN
        RAISE EXCEPTION USING ERRCODE = 'RA003',
            MESSAGE = format('role "%s" does not exist (RA003)', target),
            HINT = 'Name the role that your ERP connects as: SELECT aftersale.install(owner => ''erp'');';
    END IF;
    IF (SELECT rolsuper FROM pg_catalog.pg_roles WHERE rolname = target) THEN
        RAISE EXCEPTION USING ERRCODE = 'RA003',
            MESSAGE = format('superuser "%s" must not own the tables (RA003)', target),
            DETAIL = 'The triggers of these tables act as their owner.',
            HINT = 'Name an ordinary role: SELECT aftersale.install(owner => ''erp'');';
    END IF;
    IF caller_is_superuser THEN
        EXECUTE format('GRANT USAGE ON SCHEMA aftersale TO %I WITH GRANT OPTION', target);	-- for grant_access()
        EXECUTE format('GRANT CREATE ON SCHEMA aftersale TO %I', target);
    ELSIF NOT pg_catalog.has_schema_privilege(target, 'aftersale', 'CREATE') THEN
        RAISE EXCEPTION USING ERRCODE = 'RA003',
            MESSAGE = format('role "%s" may not create tables in schema "aftersale" (RA003)', target),
            HINT = format('An administrator runs: GRANT USAGE, CREATE ON SCHEMA aftersale TO %I WITH GRANT OPTION;', target);
    END IF;
    IF target <> current_user THEN
        PERFORM pg_catalog.set_config('role', target, true);
    END IF;
    EXECUTE aftersale.table_definitions();
    PERFORM pg_catalog.set_config('role', role_before, true);
    RETURN format('the tables of aftersale are installed, owned by %I', target);
END
$function$;
COMMENT ON FUNCTION aftersale.install(name) IS
'Creates the tables, views and triggers of aftersale in schema aftersale, owned by role owner (default: the caller, who needs CREATE on the schema; a superuser must name an ordinary role, because triggers act as the owner). They are ordinary tables, not members of the extension. Returns a sentence. Errors: RA002 already installed, RA003 the role does not exist, is a superuser or may not create. Example: SELECT aftersale.install(owner => ''erp'');';

CREATE FUNCTION aftersale.execute_as_owner(relation regclass, statements text) RETURNS void
LANGUAGE C VOLATILE STRICT
AS 'MODULE_PATHNAME', 'aftersale_execute_as_owner';
COMMENT ON FUNCTION aftersale.execute_as_owner(regclass, text) IS
'For migrate() and uninstall(): executes statements as the owner of a table, in a context that expressions of his cannot leave; the search path is pg_catalog. relation: the table; statements: SQL, separated by semicolons. NULL: nothing happens. Errors: RA074 the caller has not the rights of the owner, 42P01 no such table, 42501 a statement would leave the context. Example: SELECT aftersale.execute_as_owner(''aftersale.installation'', ''COMMENT ON TABLE aftersale.installation IS mine'');';

CREATE FUNCTION aftersale.migration_definition(version int) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $function$
SELECT CASE migration_definition.version
--@migrations
END
$function$;
COMMENT ON FUNCTION aftersale.migration_definition(int) IS
'The statements by which migrate() brings the tables from the version before to this one, with the locks that they take in lines that begin "-- locks:". version: the schema version of the tables that they lead to. NULL: none lead to it. Example: SELECT aftersale.migration_definition(2);';

CREATE FUNCTION aftersale.migrate(dry_run boolean DEFAULT false) RETURNS text
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    from_version int;
    to_version constant int := aftersale.tables_version();
    tables_owner name := (SELECT pg_catalog.pg_get_userbyid(c.relowner) FROM pg_catalog.pg_class c
                          WHERE c.oid = pg_catalog.to_regclass('aftersale.installation'));
    statement text;
BEGIN
    IF tables_owner IS NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'RA001',
            MESSAGE = 'the tables of aftersale are not installed in this database (RA001)',
            HINT = 'Run: SELECT aftersale.install(owner => ''the role that is to own the tables'');';
    END IF;
    IF NOT coalesce(migrate.dry_run, true) THEN
        IF NOT pg_catalog.pg_has_role(current_user, tables_owner, 'USAGE') THEN
            RAISE EXCEPTION USING ERRCODE = 'RA074',
                MESSAGE = format('role "%s" does not own the tables of aftersale (RA074)', current_user),
                HINT = format('The owner does it, or a superuser: SET ROLE %I;', tables_owner);
        END IF;
        -- one migration at a time
        LOCK TABLE aftersale.installation IN SHARE ROW EXCLUSIVE MODE;
    END IF;
    SELECT i.schema_version INTO from_version FROM aftersale.installation i;
    IF from_version IS NULL OR from_version < 1 OR from_version > to_version THEN
        RAISE EXCEPTION USING ERRCODE = 'RA004',
            MESSAGE = format('the tables of aftersale have version %s, this library works with %s (RA004)', coalesce(from_version::text, 'unknown'), to_version),
            HINT = CASE WHEN from_version > to_version THEN 'Connect again: this session may hold the library of the version before. Where that does not help, install the newer package of aftersale on this server, then: ALTER EXTENSION aftersale UPDATE;'
                WHEN from_version = 0 THEN 'These are plain tables that uninstall() left. Move them to another schema, then: SELECT aftersale.install(owner => ''the role that is to own the tables'');'
                ELSE 'The row of aftersale.installation is missing or wrong: restore it from a dump.' END;
    END IF;
    IF aftersale.migration_definition(to_version + 1) IS NOT NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'RA004',
            MESSAGE = 'the library that this session holds is older than the extension (RA004)',
            HINT = 'Connect again.';
    END IF;
    IF from_version = to_version THEN
        RETURN format('the tables of aftersale have version %s, nothing to do', from_version);
    END IF;
    IF coalesce(migrate.dry_run, true) THEN
        RETURN (SELECT string_agg(aftersale.migration_definition(v), E'\n' ORDER BY v) FROM generate_series(from_version + 1, to_version) v)
            || E'\n-- Afterwards RA004 refuses sessions that loaded the library before the newer package was installed, until they connect again.';
    END IF;
    FOR step IN from_version + 1 .. to_version LOOP
        PERFORM aftersale.execute_as_owner('aftersale.installation', aftersale.migration_definition(step));
    END LOOP;
    PERFORM aftersale.execute_as_owner('aftersale.installation',
        format('UPDATE aftersale.installation SET schema_version = %s, migrated_at = aftersale.clock()', to_version));
    -- what a capability gives now, to the roles that have it
    FOR statement IN
        SELECT s FROM aftersale.access a
        JOIN pg_catalog.pg_roles r ON r.rolname = a.login
        CROSS JOIN LATERAL aftersale.access_statements(a.login, a.capability) s
        WHERE s NOT LIKE 'GRANT USAGE ON SCHEMA%'
    LOOP
        PERFORM aftersale.execute_as_owner('aftersale.installation', statement);
    END LOOP;
    RETURN format('the tables of aftersale were brought from version %s to version %s; sessions that loaded the library before the newer package was installed have to connect again (RA004)',
        from_version, to_version);
END
$function$;
COMMENT ON FUNCTION aftersale.migrate(boolean) IS
'Brings the tables to the version of the installed library, all of it in the caller''s transaction, and gives the roles that have a capability what it takes now. dry_run: true (or NULL) changes and locks nothing and returns the statements, each step with the locks that it takes. Else returns a sentence that says what was done. Sessions that hold an older library than the tables are refused afterwards (RA004): let them connect again beforehand. Errors: RA001 not installed, RA004 the tables or the extension are newer than the library of this session, RA074 the caller is neither the tables'' owner nor a superuser. Example: SELECT aftersale.migrate(dry_run => true);';

CREATE FUNCTION aftersale.tables_version() RETURNS int
LANGUAGE C IMMUTABLE PARALLEL SAFE
AS 'MODULE_PATHNAME', 'aftersale_tables_version';
COMMENT ON FUNCTION aftersale.tables_version() IS
'The schema version of the tables that this library writes; it also works with the one before. Example: SELECT aftersale.tables_version();';

CREATE FUNCTION aftersale.require_installed() RETURNS void
LANGUAGE C VOLATILE PARALLEL SAFE
AS 'MODULE_PATHNAME', 'aftersale_require_installed';
COMMENT ON FUNCTION aftersale.require_installed() IS
'Raises RA001, naming the statement to run, where install() has not run in this database, and RA004 where the tables are of a version that this library does not work with. Example: SELECT aftersale.require_installed();';
