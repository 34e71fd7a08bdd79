-- aftersale: install script, assembled from sql/ by the build; do not edit.
\echo Use "CREATE EXTENSION aftersale" to load this file. \quit

SET LOCAL search_path TO pg_catalog, pg_temp;

-- In a schema that somebody else owns, or where anybody but a superuser left
-- functions, ours could be replaced or overloaded.  The schema of a trusted
-- extension is its creator's; what he left in it beforehand is not taken either.
DO $do$
DECLARE
    tables_owner oid := (SELECT c.relowner FROM pg_catalog.pg_class c WHERE c.oid = pg_catalog.to_regclass('aftersale.installation'));
    creator oid := (SELECT e.extowner FROM pg_catalog.pg_extension e WHERE e.extname = 'aftersale');
    stranger oid := (
        SELECT o.owner
        FROM (SELECT nullif(n.nspowner, creator) FROM pg_catalog.pg_namespace n WHERE n.nspname = 'aftersale'
              UNION ALL SELECT p.proowner FROM pg_catalog.pg_proc p WHERE p.pronamespace = 'aftersale'::regnamespace
              UNION ALL SELECT p.oprowner FROM pg_catalog.pg_operator p WHERE p.oprnamespace = 'aftersale'::regnamespace) AS o(owner)
        JOIN pg_catalog.pg_roles r ON r.oid = o.owner
        WHERE NOT r.rolsuper AND r.rolname <> current_user AND r.oid IS DISTINCT FROM tables_owner
        LIMIT 1);
BEGIN
    IF stranger IS NOT NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'RA003',
            MESSAGE = format('schema "aftersale" is there already, and is, or holds functions, of role "%s" (RA003)', pg_catalog.pg_get_userbyid(stranger)),
            HINT = 'Look at what is in it; then drop it: CREATE EXTENSION aftersale makes its own.';
    END IF;
END
$do$;

CREATE FUNCTION aftersale.clock() RETURNS timestamptz
LANGUAGE C VOLATILE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'aftersale_clock';
COMMENT ON FUNCTION aftersale.clock() IS
'The instant that aftersale takes for now: the wall clock, or the setting aftersale.test_now (only a superuser may set it; for tests). Example: SELECT aftersale.clock();';

CREATE FUNCTION aftersale.transaction_clock() RETURNS timestamptz
LANGUAGE C STABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'aftersale_transaction_clock';
COMMENT ON FUNCTION aftersale.transaction_clock() IS
'The same instant all through a transaction: that of now(), or the setting aftersale.test_now. Example: SELECT aftersale.transaction_clock();';

CREATE FUNCTION aftersale.statement_clock() RETURNS timestamptz
LANGUAGE C STABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'aftersale_statement_clock';
COMMENT ON FUNCTION aftersale.statement_clock() IS
'The same instant all through a statement: that of statement_timestamp(), or the setting aftersale.test_now. The views ask for it. Example: SELECT aftersale.statement_clock();';
