
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

CREATE TYPE aftersale.return_route AS (
    warehouse_id bigint,
    basis text,
    detail jsonb
);
COMMENT ON TYPE aftersale.return_route IS
'Where a return goes: warehouse_id; basis: common (every product is linked to it), default:different (no warehouse is linked to them all) or default:unlinked (a product has no link); detail: what each product is linked to, and why this warehouse. See return_warehouse().';

CREATE FUNCTION aftersale.return_warehouse(shop_id bigint, country text, products text[], as_of timestamptz DEFAULT now())
RETURNS aftersale.return_route
LANGUAGE C STABLE PARALLEL SAFE
AS 'MODULE_PATHNAME', 'aftersale_return_warehouse';
COMMENT ON FUNCTION aftersale.return_warehouse(bigint, text, text[], timestamptz) IS
'The one warehouse to which all products of a return go (TEMU-42, TEMU-41). shop_id: shop; country: the buyer''s; products: the products (SPU) of the return, repetitions count once, a NULL among them is a product without a link; as_of: the instant whose versions, defaults and links decide, as they are known now. All linked to one same warehouse: that one; several in common: the default if it is among them, else the highest priority, else the oldest; different ones, or a product without a link: the default, for everything. Warehouses that are disabled, or stand abroad where the country''s settings do not say cross_border (TEMU-16), count as unlinked. Errors: RA055 no products, RA010 unknown shop, RA011 unknown country, RA050 the country has no warehouse that could take the return, RA056 as_of is infinite, 22004 another argument is NULL. Example: SELECT warehouse_id, basis FROM aftersale.return_warehouse(1, ''US'', ARRAY[''SPU-1'', ''SPU-2'']);';

CREATE FUNCTION aftersale.require_country(shop_id bigint, country text) RETURNS void
LANGUAGE C STABLE PARALLEL SAFE
AS 'MODULE_PATHNAME', 'aftersale_require_country';
COMMENT ON FUNCTION aftersale.require_country(bigint, text) IS
'Does nothing where the shop sells in the country; else an error: RA010 unknown shop, RA011 unknown country, 22004 NULL, RA001 before install(). Example: SELECT aftersale.require_country(1, ''US'');';

CREATE FUNCTION aftersale.distinct_products(products text[]) RETURNS text[]
LANGUAGE C IMMUTABLE PARALLEL SAFE
AS 'MODULE_PATHNAME', 'aftersale_distinct_products';
COMMENT ON FUNCTION aftersale.distinct_products(text[]) IS
'The products of one call of link_products(), each once, in byte order. Errors: RA055 no products, or one that is NULL or empty; RA053 more than 500 (TEMU-38). Example: SELECT aftersale.distinct_products(ARRAY[''B'', ''A'', ''B'']); gives {A,B}.';

CREATE FUNCTION aftersale.lock_routing(shop_id bigint) RETURNS void
LANGUAGE C VOLATILE STRICT
AS 'MODULE_PATHNAME', 'aftersale_lock_routing';
COMMENT ON FUNCTION aftersale.lock_routing(bigint) IS
'Makes other changes of the shop''s warehouses and defaults wait until this transaction ends; routing does not wait. Needs INSERT on warehouse_version or default_warehouse. Example: SELECT aftersale.lock_routing(1);';

CREATE FUNCTION aftersale.require_warehouse(shop_id bigint, country text, warehouse_id bigint) RETURNS void
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    known text;
BEGIN
    PERFORM aftersale.require_country(shop_id, country);
    IF warehouse_id IS NULL THEN
        RAISE EXCEPTION USING ERRCODE = '22004', MESSAGE = 'the warehouse must not be NULL (22004)';
    END IF;
    IF EXISTS (SELECT FROM aftersale.warehouse_version AS v
               WHERE v.shop_id = require_warehouse.shop_id AND v.country = require_warehouse.country
                 AND v.warehouse_id = require_warehouse.warehouse_id AND v.superseded_at = 'infinity') THEN
        RETURN;
    END IF;
    SELECT string_agg(DISTINCT v.warehouse_id::text, ', ') INTO known
    FROM aftersale.warehouse_version AS v
    WHERE v.shop_id = require_warehouse.shop_id AND v.country = require_warehouse.country AND v.superseded_at = 'infinity';
    RAISE EXCEPTION USING ERRCODE = 'RA054',
        MESSAGE = format('shop "%s" has no warehouse "%s" that serves country "%s" (RA054)', shop_id, warehouse_id, country),
        HINT = CASE WHEN known IS NULL THEN 'None serves it yet; aftersale.set_warehouse() adds one.'
                    ELSE format('Those that serve it: %s; aftersale.set_warehouse() adds one.', known) END;
END
$function$;
COMMENT ON FUNCTION aftersale.require_warehouse(bigint, text, bigint) IS
'Does nothing where the warehouse is set up for the country, in force or not; else an error: RA054, and those of require_country(). Example: SELECT aftersale.require_warehouse(1, ''US'', 7);';

CREATE FUNCTION aftersale.set_warehouse(
    shop_id bigint, external_ref text, country text, name text,
    located_in text DEFAULT NULL, address jsonb DEFAULT NULL, priority int DEFAULT 0, enabled boolean DEFAULT true,
    effective_from timestamptz DEFAULT '-infinity') RETURNS bigint
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $function$
#variable_conflict use_column
DECLARE
    new_name text := regexp_replace(set_warehouse.name, '^\s+|\s+$', '', 'g');
    id bigint;
    known_at timestamptz := aftersale.clock();
BEGIN
    PERFORM aftersale.require_country(set_warehouse.shop_id, set_warehouse.country);
    IF coalesce(set_warehouse.external_ref, '') = '' OR coalesce(new_name, '') = '' THEN
        RAISE EXCEPTION USING ERRCODE = '22004',
            MESSAGE = format('the %s of a warehouse must not be NULL or empty (22004)',
                             CASE WHEN coalesce(new_name, '') = '' THEN 'name' ELSE 'external_ref' END);
    END IF;
    IF set_warehouse.priority IS NULL OR set_warehouse.enabled IS NULL OR set_warehouse.effective_from IS NULL THEN
        RAISE EXCEPTION USING ERRCODE = '22004',
            MESSAGE = 'priority, enabled and effective_from of a warehouse must not be NULL (22004)',
            HINT = 'Leave an argument out to have its default.';
    END IF;
    IF set_warehouse.effective_from = 'infinity' THEN
        RAISE EXCEPTION USING ERRCODE = 'RA056',
            MESSAGE = 'a version that begins at "infinity" is never in force (RA056)';
    END IF;
    IF set_warehouse.located_in !~ '^[A-Z]{2}$' THEN
        RAISE EXCEPTION USING ERRCODE = '22023',
            MESSAGE = format('"%s" is not a country code (22023)', set_warehouse.located_in),
            DETAIL = 'located_in is an ISO 3166-1 alpha-2 code in capitals, such as "DE".';
    END IF;

    PERFORM aftersale.lock_routing(set_warehouse.shop_id);
    SELECT warehouse_id INTO id FROM aftersale.warehouse AS w
    WHERE w.shop_id = set_warehouse.shop_id AND w.external_ref = set_warehouse.external_ref;
    IF NOT FOUND THEN
        INSERT INTO aftersale.warehouse (shop_id, external_ref)
        VALUES (set_warehouse.shop_id, set_warehouse.external_ref) RETURNING warehouse_id INTO id;
    END IF;
    IF EXISTS (SELECT FROM aftersale.warehouse_version AS v
               WHERE v.shop_id = set_warehouse.shop_id AND v.warehouse_id = id AND v.country = set_warehouse.country
                 AND v.superseded_at = 'infinity' AND v.effective_to = 'infinity'
                 AND v.effective_from <= set_warehouse.effective_from
                 AND (v.name, v.located_in, v.address, v.priority, v.enabled) IS NOT DISTINCT FROM
                     (new_name, set_warehouse.located_in, set_warehouse.address, set_warehouse.priority, set_warehouse.enabled)) THEN
        RETURN id;
    END IF;

    -- One statement: the guards judge its result, not what lies in between.
    WITH superseded AS (
        UPDATE aftersale.warehouse_version AS v SET superseded_at = greatest(known_at, v.recorded_at)
        WHERE v.shop_id = set_warehouse.shop_id AND v.warehouse_id = id AND v.country = set_warehouse.country
          AND v.superseded_at = 'infinity' AND v.effective_to > set_warehouse.effective_from
        RETURNING v.name, v.located_in, v.address, v.priority, v.enabled, v.effective_from
    ), held AS (
        SELECT s.name, s.located_in, s.address, s.priority, s.enabled, s.effective_from,
               set_warehouse.effective_from AS effective_to
        FROM superseded AS s WHERE s.effective_from < set_warehouse.effective_from
        UNION ALL
        SELECT new_name, set_warehouse.located_in, set_warehouse.address, set_warehouse.priority, set_warehouse.enabled,
               set_warehouse.effective_from, 'infinity'
        FROM (SELECT count(*) FROM superseded) AS all_of_them
    )
    INSERT INTO aftersale.warehouse_version (shop_id, warehouse_id, country, name, located_in, address, priority, enabled,
                                             effective_from, effective_to, recorded_at)
    SELECT set_warehouse.shop_id, id, set_warehouse.country, h.name, h.located_in, h.address, h.priority, h.enabled,
           h.effective_from, h.effective_to, known_at
    FROM held AS h;
    RETURN id;
END
$function$;
COMMENT ON FUNCTION aftersale.set_warehouse(bigint, text, text, text, text, jsonb, int, boolean, timestamptz) IS
'Says what a return warehouse is, for a country that it serves, from effective_from on (TEMU-37, TEMU-39); returns its warehouse_id. shop_id: shop; external_ref: your own key of the warehouse, which identifies it within the shop; country: the buyers'' country; name: unique in the shop, compared without blanks around it and in lower case (TEMU-18); located_in: where it stands, NULL: in that country (TEMU-16); address: in your own form; priority: the highest first; enabled: false takes no returns; effective_from: from which instant on. Every call states everything: what is left out takes its default, not its former value. Versions that would hold at or after effective_from are superseded; a call that changes nothing writes nothing. The first warehouse of a country becomes its default (TEMU-40). Errors: RA010, RA011, RA051 the name is taken, RA052 it is the default and would be disabled, RA056 effective_from is infinity, RA057 abroad where that is not allowed, 22004 NULL, 22023 located_in is no country code. Example: SELECT aftersale.set_warehouse(1, ''W-1'', ''US'', ''New Jersey'');';

CREATE FUNCTION aftersale.set_default_warehouse(shop_id bigint, country text, warehouse_id bigint, effective_from timestamptz DEFAULT now())
RETURNS void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $function$
#variable_conflict use_column
DECLARE
    known_at timestamptz := aftersale.clock();
BEGIN
    PERFORM aftersale.require_warehouse(set_default_warehouse.shop_id, set_default_warehouse.country, set_default_warehouse.warehouse_id);
    IF set_default_warehouse.effective_from IS NULL THEN
        RAISE EXCEPTION USING ERRCODE = '22004', MESSAGE = 'effective_from must not be NULL (22004)';
    END IF;
    IF set_default_warehouse.effective_from = 'infinity' THEN
        RAISE EXCEPTION USING ERRCODE = 'RA056',
            MESSAGE = 'a default that begins at "infinity" is never in force (RA056)';
    END IF;

    PERFORM aftersale.lock_routing(set_default_warehouse.shop_id);
    IF EXISTS (SELECT FROM aftersale.default_warehouse AS d
               WHERE d.shop_id = set_default_warehouse.shop_id AND d.country = set_default_warehouse.country
                 AND d.superseded_at = 'infinity' AND d.effective_to = 'infinity'
                 AND d.effective_from <= set_default_warehouse.effective_from
                 AND d.warehouse_id = set_default_warehouse.warehouse_id) THEN
        RETURN;
    END IF;
    WITH superseded AS (
        UPDATE aftersale.default_warehouse AS d SET superseded_at = greatest(known_at, d.recorded_at)
        WHERE d.shop_id = set_default_warehouse.shop_id AND d.country = set_default_warehouse.country
          AND d.superseded_at = 'infinity' AND d.effective_to > set_default_warehouse.effective_from
        RETURNING d.warehouse_id, d.effective_from
    ), held AS (
        SELECT s.warehouse_id, s.effective_from, set_default_warehouse.effective_from AS effective_to
        FROM superseded AS s WHERE s.effective_from < set_default_warehouse.effective_from
        UNION ALL
        SELECT set_default_warehouse.warehouse_id, set_default_warehouse.effective_from, 'infinity'
        FROM (SELECT count(*) FROM superseded) AS all_of_them
    )
    INSERT INTO aftersale.default_warehouse (shop_id, country, warehouse_id, effective_from, effective_to, recorded_at)
    SELECT set_default_warehouse.shop_id, set_default_warehouse.country, h.warehouse_id, h.effective_from, h.effective_to, known_at
    FROM held AS h;
END
$function$;
COMMENT ON FUNCTION aftersale.set_default_warehouse(bigint, text, bigint, timestamptz) IS
'Makes a warehouse the default of a country from effective_from on, in place of the one before (TEMU-40). It must serve the country, enabled, from then on. Defaults that would begin later are superseded; a call that changes nothing writes nothing. Errors: RA010, RA011, RA054 the warehouse is not set up for the country, RA052 it is not in force and enabled from then on, RA056 effective_from is infinity, 22004 NULL. Example: SELECT aftersale.set_default_warehouse(1, ''US'', 8);';

CREATE FUNCTION aftersale.link_products(shop_id bigint, country text, warehouse_id bigint, products text[]) RETURNS int
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $function$
#variable_conflict use_column
DECLARE
    wanted text[];
    linked int;
BEGIN
    PERFORM aftersale.require_warehouse(link_products.shop_id, link_products.country, link_products.warehouse_id);
    wanted := aftersale.distinct_products(link_products.products);
    -- in one order in every session, so that two of them cannot deadlock
    INSERT INTO aftersale.warehouse_product AS p (shop_id, country, product, warehouse_id, effective_from)
    SELECT link_products.shop_id, link_products.country, w.product, link_products.warehouse_id,
           CASE WHEN ended.effective_to IS NULL THEN '-infinity'
                ELSE greatest(ended.effective_to, aftersale.transaction_clock()) END
    FROM unnest(wanted) WITH ORDINALITY AS w (product, place)
    CROSS JOIN LATERAL (
        SELECT max(p.effective_to) AS effective_to FROM aftersale.warehouse_product AS p
        WHERE p.shop_id = link_products.shop_id AND p.country = link_products.country
          AND p.product = w.product AND p.warehouse_id = link_products.warehouse_id) AS before
    CROSS JOIN LATERAL (SELECT before.effective_to WHERE before.effective_to IS DISTINCT FROM 'infinity') AS ended
    ORDER BY w.place
    ON CONFLICT (shop_id, country, product, warehouse_id, effective_to) DO NOTHING;
    GET DIAGNOSTICS linked = ROW_COUNT;
    RETURN linked;
END
$function$;
COMMENT ON FUNCTION aftersale.link_products(bigint, text, bigint, text[]) IS
'Links products (SPU, not SKU) to a warehouse of the country: they may return to it (TEMU-38). At most 500 products a call, repetitions count once. Returns how many are newly linked; those that were linked already stay as they are. A first link holds from -infinity, one that was ended before begins anew at the transaction''s instant. Errors: RA010, RA011, RA054 the warehouse is not set up for the country, RA055 no products, or one that is NULL or empty, RA053 more than 500. Example: SELECT aftersale.link_products(1, ''US'', 7, ARRAY[''SPU-1'', ''SPU-2'']);';

CREATE FUNCTION aftersale.unlink_products(shop_id bigint, country text, warehouse_id bigint, products text[]) RETURNS int
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $function$
#variable_conflict use_column
DECLARE
    unwanted text[];
    ended_at timestamptz := aftersale.transaction_clock();
    unlinked int;
    never_held int;
BEGIN
    PERFORM aftersale.require_warehouse(unlink_products.shop_id, unlink_products.country, unlink_products.warehouse_id);
    unwanted := aftersale.distinct_products(unlink_products.products);
    PERFORM FROM aftersale.warehouse_product AS p
    WHERE p.shop_id = unlink_products.shop_id AND p.country = unlink_products.country
      AND p.product = ANY (unwanted) AND p.warehouse_id = unlink_products.warehouse_id AND p.effective_to > ended_at
    ORDER BY p.product COLLATE "C", p.effective_to FOR UPDATE;
    DELETE FROM aftersale.warehouse_product AS p
    WHERE p.shop_id = unlink_products.shop_id AND p.country = unlink_products.country
      AND p.product = ANY (unwanted) AND p.warehouse_id = unlink_products.warehouse_id
      AND p.effective_to > ended_at AND p.effective_from >= ended_at;
    GET DIAGNOSTICS never_held = ROW_COUNT;
    UPDATE aftersale.warehouse_product AS p SET effective_to = ended_at
    WHERE p.shop_id = unlink_products.shop_id AND p.country = unlink_products.country
      AND p.product = ANY (unwanted) AND p.warehouse_id = unlink_products.warehouse_id AND p.effective_to > ended_at;
    GET DIAGNOSTICS unlinked = ROW_COUNT;
    RETURN unlinked + never_held;
END
$function$;
COMMENT ON FUNCTION aftersale.unlink_products(bigint, text, bigint, text[]) IS
'Ends the links of products to a warehouse at the transaction''s instant; what held before can still be asked with as_of. At most 500 products a call, repetitions count once. Returns how many links were ended. Errors: as of link_products(). Example: SELECT aftersale.unlink_products(1, ''US'', 7, ARRAY[''SPU-1'']);';

CREATE TYPE aftersale.return_address AS (
    warehouse_id bigint,
    external_ref text,
    name text,
    located_in text,
    address jsonb,
    effective_from timestamptz,
    recorded_at timestamptz
);
COMMENT ON TYPE aftersale.return_address IS
'The version of a return warehouse that was in force and known before an order. See return_address_before().';

CREATE FUNCTION aftersale.return_address_before(shop_id bigint, country text, ordered_at timestamptz) RETURNS aftersale.return_address
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $function$
#variable_conflict use_column
DECLARE
    result aftersale.return_address;
BEGIN
    PERFORM aftersale.require_country(return_address_before.shop_id, return_address_before.country);
    IF return_address_before.ordered_at IS NULL OR NOT isfinite(return_address_before.ordered_at) THEN
        RAISE EXCEPTION USING ERRCODE = CASE WHEN return_address_before.ordered_at IS NULL THEN '22004' ELSE 'RA056' END,
            MESSAGE = format('the instant of the order must be known and finite, not "%s" (%s, TTSEA-03)',
                             coalesce(return_address_before.ordered_at::text, 'NULL'),
                             CASE WHEN return_address_before.ordered_at IS NULL THEN '22004' ELSE 'RA056' END);
    END IF;
    -- all bounds strict: neither "at the same instant" nor "recorded at the same instant" is earlier
    SELECT v.warehouse_id, w.external_ref, v.name, coalesce(v.located_in, v.country), v.address, v.effective_from, v.recorded_at
    INTO result
    FROM aftersale.default_warehouse AS d
    JOIN aftersale.warehouse_version AS v
      ON v.shop_id = d.shop_id AND v.country = d.country AND v.warehouse_id = d.warehouse_id
    JOIN aftersale.warehouse AS w ON w.shop_id = v.shop_id AND w.warehouse_id = v.warehouse_id
    WHERE d.shop_id = return_address_before.shop_id AND d.country = return_address_before.country
      AND d.effective_from < return_address_before.ordered_at AND d.effective_to >= return_address_before.ordered_at
      AND d.recorded_at < return_address_before.ordered_at AND d.superseded_at >= return_address_before.ordered_at
      AND v.effective_from < return_address_before.ordered_at AND v.effective_to >= return_address_before.ordered_at
      AND v.recorded_at < return_address_before.ordered_at AND v.superseded_at >= return_address_before.ordered_at
      AND v.enabled;
    RETURN result;
END
$function$;
COMMENT ON FUNCTION aftersale.return_address_before(bigint, text, timestamptz) IS
'The default warehouse''s version that was in force, and had been recorded, before the order was created (TTSEA-03): country is the parcel''s, ordered_at the creation of the order. At the same instant is not before. NULL: there was none, so there is no automatic return (TTSEA-04). Errors: RA010, RA011, RA056 ordered_at is infinite, 22004 NULL. Example: SELECT address FROM aftersale.return_address_before(1, ''TH'', ''2026-11-01 10:00+07'');';

CREATE FUNCTION aftersale.routing_lock() RETURNS trigger
LANGUAGE C
AS 'MODULE_PATHNAME', 'aftersale_routing_lock';
COMMENT ON FUNCTION aftersale.routing_lock() IS
'Trigger function of warehouse, warehouse_version and default_warehouse: one change of a shop''s warehouses at a time. For install() only. Error: RA005 on another table.';

CREATE FUNCTION aftersale.warehouse_version_check() RETURNS trigger
LANGUAGE C
AS 'MODULE_PATHNAME', 'aftersale_warehouse_version_check';
COMMENT ON FUNCTION aftersale.warehouse_version_check() IS
'Trigger function of warehouse_version: names (TEMU-18), cross-border (TEMU-16), the default stays served and the first warehouse becomes it (TEMU-40), versions do not overlap. For install() only. Errors: RA051, RA052, RA056, RA057, RA005 on another table.';

CREATE FUNCTION aftersale.default_warehouse_check() RETURNS trigger
LANGUAGE C
AS 'MODULE_PATHNAME', 'aftersale_default_warehouse_check';
COMMENT ON FUNCTION aftersale.default_warehouse_check() IS
'Trigger function of default_warehouse: always one default, served by enabled versions (TEMU-40). For install() only. Errors: RA052, RA056, RA005 on another table.';

CREATE FUNCTION aftersale.routing_truncate() RETURNS trigger
LANGUAGE C
AS 'MODULE_PATHNAME', 'aftersale_routing_truncate';
COMMENT ON FUNCTION aftersale.routing_truncate() IS
'Trigger function of warehouse, warehouse_version and default_warehouse: TRUNCATE would delete defaults (TEMU-40). For install() only. Errors: RA052, RA005 on another table.';

CREATE FUNCTION aftersale.warehouse_product_check() RETURNS trigger
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    clash record;
BEGIN
    SELECT n.product, n.warehouse_id, n.country INTO clash
    FROM changed AS n
    JOIN aftersale.warehouse_product AS p
      ON p.shop_id = n.shop_id AND p.country = n.country AND p.product = n.product AND p.warehouse_id = n.warehouse_id
    WHERE p.effective_to <> n.effective_to AND p.effective_from < n.effective_to AND p.effective_to > n.effective_from
    LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION USING ERRCODE = 'RA056',
            MESSAGE = format('links of product "%s" to warehouse "%s" in country "%s" overlap in time (RA056)',
                             clash.product, clash.warehouse_id, clash.country),
            HINT = 'Use aftersale.link_products() and aftersale.unlink_products().';
    END IF;
    RETURN NULL;
END
$function$;
COMMENT ON FUNCTION aftersale.warehouse_product_check() IS
'Trigger function of warehouse_product: the links of a product and a warehouse do not overlap in time. For install() only. Error: RA056.';
