
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

CREATE FUNCTION aftersale.migrate() RETURNS text
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    current_version int;
    library_version int := aftersale.tables_version();
BEGIN
    IF pg_catalog.to_regclass('aftersale.installation') IS NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'RA001',
            MESSAGE = 'the tables of aftersale are not installed in this database (RA001)',
            HINT = 'Run: SELECT aftersale.install(owner => ''the role that is to own the tables'');';
    END IF;
    SELECT schema_version INTO STRICT current_version FROM aftersale.installation;
    IF current_version > library_version THEN
        RAISE EXCEPTION USING ERRCODE = 'RA004',
            MESSAGE = format('the tables of aftersale have version %s, this library works with %s (RA004)', current_version, library_version),
            HINT = 'Install the newer package of aftersale on this server, then: ALTER EXTENSION aftersale UPDATE;';
    END IF;
    RETURN format('the tables of aftersale have version %s, nothing to do', current_version);
END
$function$;
COMMENT ON FUNCTION aftersale.migrate() IS
'Brings the tables to the version of the installed library; returns a sentence that says what was done. Errors: RA001 not installed, RA004 the tables are newer than the library. Example: SELECT aftersale.migrate();';

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
