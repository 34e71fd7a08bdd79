
CREATE FUNCTION aftersale.pack_definition(name text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $function$
SELECT CASE pack_definition.name
--@packs
END
$function$;
COMMENT ON FUNCTION aftersale.pack_definition(text) IS
'The statements by which load_pack() loads the policy pack of that name; NULL: there is no such pack. Example: SELECT aftersale.pack_definition(''temu'');';
