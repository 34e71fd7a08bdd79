
CREATE FUNCTION aftersale.pack_definition(name text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $function$
SELECT CASE pack_definition.name
--@packs
END
$function$;
COMMENT ON FUNCTION aftersale.pack_definition(text) IS
'The statements by which load_pack() loads the policy pack of that name; NULL: there is no such pack. Example: SELECT aftersale.pack_definition(''temu'');';

CREATE FUNCTION aftersale.packs() RETURNS text[]
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $function$
SELECT ARRAY[
--@pack_names
]
$function$;
COMMENT ON FUNCTION aftersale.packs() IS
'The names of the policy packs that this version brings along. Example: SELECT aftersale.packs();';

CREATE FUNCTION aftersale.load_pack(name text, shop_id bigint DEFAULT NULL) RETURNS text
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    definition text := aftersale.pack_definition(load_pack.name);
BEGIN
    PERFORM aftersale.require_installed();
    IF definition IS NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'RA017',
            MESSAGE = format('pack "%s" does not exist (RA017)', load_pack.name),
            HINT = format('Packs of this version: %s.', array_to_string(aftersale.packs(), ', '));
    END IF;
    IF load_pack.shop_id IS NOT NULL AND NOT EXISTS (SELECT FROM aftersale.shop s WHERE s.shop_id = load_pack.shop_id) THEN
        RAISE EXCEPTION USING ERRCODE = 'RA010',
            MESSAGE = format('shop "%s" does not exist (RA010)', load_pack.shop_id),
            HINT = 'Shops are rows of table aftersale.shop.';
    END IF;
    EXECUTE definition;
    RETURN format('pack "%s" is loaded', load_pack.name);
END
$function$;
COMMENT ON FUNCTION aftersale.load_pack(text, bigint) IS
'Loads the policy data of a platform as rows; rows that are there already stay as they are. name: one of packs(); shop_id: a shop whose own rows the pack brings along (no pack of this version has such rows). Returns a sentence. Errors: RA010 unknown shop, RA017 unknown pack. Example: SELECT aftersale.load_pack(''temu'');';
