
-- Routing: which warehouse a return goes to.

CREATE FUNCTION aftersale.common_warehouse_transfn(internal, bigint[]) RETURNS internal
LANGUAGE C IMMUTABLE PARALLEL SAFE
AS 'MODULE_PATHNAME', 'aftersale_common_warehouse_transfn';
COMMENT ON FUNCTION aftersale.common_warehouse_transfn(internal, bigint[]) IS
'Takes one item into common_warehouse(). Not to be called by itself.';

CREATE FUNCTION aftersale.common_warehouse_combinefn(internal, internal) RETURNS internal
LANGUAGE C IMMUTABLE PARALLEL SAFE
AS 'MODULE_PATHNAME', 'aftersale_common_warehouse_combinefn';
COMMENT ON FUNCTION aftersale.common_warehouse_combinefn(internal, internal) IS
'Joins the states of common_warehouse() of two workers. Not to be called by itself.';

CREATE FUNCTION aftersale.common_warehouse_serialfn(internal) RETURNS bytea
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'aftersale_common_warehouse_serialfn';
COMMENT ON FUNCTION aftersale.common_warehouse_serialfn(internal) IS
'Packs the state of common_warehouse() for another worker. Not to be called by itself.';

CREATE FUNCTION aftersale.common_warehouse_deserialfn(bytea, internal) RETURNS internal
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'aftersale_common_warehouse_deserialfn';
COMMENT ON FUNCTION aftersale.common_warehouse_deserialfn(bytea, internal) IS
'Unpacks the state of common_warehouse() from another worker. Not to be called by itself.';

CREATE FUNCTION aftersale.common_warehouse_finalfn(internal) RETURNS bigint[]
LANGUAGE C IMMUTABLE PARALLEL SAFE
AS 'MODULE_PATHNAME', 'aftersale_common_warehouse_finalfn';
COMMENT ON FUNCTION aftersale.common_warehouse_finalfn(internal) IS
'The result of common_warehouse(). Not to be called by itself.';

CREATE AGGREGATE aftersale.common_warehouse(bigint[]) (
    SFUNC = aftersale.common_warehouse_transfn,
    STYPE = internal,
    SSPACE = 64,
    FINALFUNC = aftersale.common_warehouse_finalfn,
    COMBINEFUNC = aftersale.common_warehouse_combinefn,
    SERIALFUNC = aftersale.common_warehouse_serialfn,
    DESERIALFUNC = aftersale.common_warehouse_deserialfn,
    PARALLEL = SAFE
);
COMMENT ON AGGREGATE aftersale.common_warehouse(bigint[]) IS
'The warehouses that every item of a return is linked to (TEMU-42), in ascending order. Each row is one item, given as the array of the warehouses that its product is linked to, in any order; NULL elements are ignored. A NULL or empty array is a product without a link: it is not skipped, nothing is in common then and the result is {}. No rows: NULL. Example: SELECT aftersale.common_warehouse(w) FROM (VALUES (ARRAY[1, 2, 3]::bigint[]), (ARRAY[3, 2])) AS item(w); gives {2,3}.';
