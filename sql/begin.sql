-- aftersale: install script, assembled from sql/ by the build; do not edit.
\echo Use "CREATE EXTENSION aftersale" to load this file. \quit

SET LOCAL search_path TO pg_catalog, pg_temp;

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
