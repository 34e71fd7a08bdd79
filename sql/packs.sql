
CREATE FUNCTION aftersale.pack_definition(name text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $function$
SELECT CASE pack_definition.name
--@packs
END
$function$;
COMMENT ON FUNCTION aftersale.pack_definition(text) IS
'The statements by which load_pack() loads the policy pack of that name; what follows the line --@shop is for a shop, $1, alone. NULL: there is no such pack. Example: SELECT aftersale.pack_definition(''temu'');';

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
    -- what follows it is one statement, whose $1 is the shop
    shop_part constant text := E'\n--@shop\n';
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
    EXECUTE split_part(definition, shop_part, 1);
    IF load_pack.shop_id IS NOT NULL AND position(shop_part IN definition) > 0 THEN
        EXECUTE split_part(definition, shop_part, 2) USING load_pack.shop_id;
    END IF;
    RETURN format('pack "%s" is loaded', load_pack.name);
END
$function$;
COMMENT ON FUNCTION aftersale.load_pack(text, bigint) IS
'Loads the policy data of a platform as rows. Rows that are there already stay as they are, so it may be repeated, and a newer version of a flow lands beside the old one. name: one of packs(); shop_id: a shop of the platform that gets the rules which the pack brings along, switched off (douyin: the strategies DOUYIN-05 to DOUYIN-08); those it has by name stay as they are; tiktok_limits brings terms for its countries, in flow_override; NULL: no shop. Returns a sentence. Errors: RA010 unknown shop, RA017 unknown pack, RA080 the shop is on another platform. Example: SELECT aftersale.load_pack(''temu'');';
