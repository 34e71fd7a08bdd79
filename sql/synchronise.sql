
-- The platform's word: what its codes mean, which flow a matter takes, and the
-- messages by which an ERP passes on what the platform reports.

CREATE TYPE aftersale.status_meaning AS (
    code text,
    state text,
    covers text[],
    action text,
    title text
);
COMMENT ON TYPE aftersale.status_meaning IS
'What a status code of a platform means: the code as the platform spells it, our state (NULL: it says nothing of the state), finer states of ours that it does not tell apart from it, the platform''s action that it reports (NULL: any), a title for people.';

CREATE FUNCTION aftersale.status_of(flow text, code text, field text DEFAULT 'status') RETURNS aftersale.status_meaning
LANGUAGE plpgsql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    result aftersale.status_meaning;
BEGIN
    PERFORM aftersale.require_installed();
    SELECT c.code, c.state, c.covers, c.action, c.title INTO result
    FROM aftersale.status_code c
    WHERE c.platform = (SELECT f.platform FROM aftersale.flow f WHERE f.flow = status_of.flow ORDER BY f.version DESC LIMIT 1)
      AND c.field = status_of.field
      AND (c.code = status_of.code OR status_of.code = ANY (c.aliases))
      AND c.flow IN (status_of.flow, '*')
    -- what the platform writes goes before what is only met, and then what holds for this flow before what holds for all
    ORDER BY c.code = status_of.code DESC, c.flow = status_of.flow DESC, c.code
    LIMIT 1;
    RETURN result;
END
$function$;
COMMENT ON FUNCTION aftersale.status_of(text, text, text) IS
'From the platform''s code to our state: the row of aftersale.status_code that holds for a flow. code: the platform''s, or another spelling that is an alias of it; field: the platform''s field, such as return_status. All NULL: no row has the code. Error RA001. Example: SELECT state FROM aftersale.status_of(''kuaishou/return_refund'', ''40'');';

CREATE TYPE aftersale.platform_code AS (
    field text,
    code text,
    covered boolean,
    title text
);
COMMENT ON TYPE aftersale.platform_code IS
'A platform''s code for a state of ours: field, code, whether it stands for another state that covers this one, and a title for people.';

CREATE FUNCTION aftersale.status_codes_of(flow text, state text, field text DEFAULT NULL) RETURNS SETOF aftersale.platform_code
LANGUAGE plpgsql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $function$
BEGIN
    PERFORM aftersale.require_installed();
    RETURN QUERY
    SELECT m.field, m.code, m.state <> status_codes_of.state, m.title
    FROM (
        SELECT DISTINCT ON (c.field, c.code) c.field, c.code, c.state, c.covers, c.title
        FROM aftersale.status_code c
        WHERE c.platform = (SELECT f.platform FROM aftersale.flow f WHERE f.flow = status_codes_of.flow ORDER BY f.version DESC LIMIT 1)
          AND c.flow IN (status_codes_of.flow, '*')
          AND (status_codes_of.field IS NULL OR c.field = status_codes_of.field)
        ORDER BY c.field, c.code, c.flow = status_codes_of.flow DESC) m
    WHERE m.state = status_codes_of.state OR status_codes_of.state = ANY (m.covers)
    ORDER BY m.field, m.state <> status_codes_of.state, length(m.code), m.code COLLATE "C";
END
$function$;
COMMENT ON FUNCTION aftersale.status_codes_of(text, text, text) IS
'From our state to the platform''s codes: the codes that status_of() turns into that state in that flow, and after them those that cover it. field: one field; NULL: every field. No row: the platform has no code for it. Error RA001. Example: SELECT field, code FROM aftersale.status_codes_of(''kuaishou/return_refund'', ''requested'');';

CREATE FUNCTION aftersale.choose_flow(shop_id bigint, type text, reason text DEFAULT NULL) RETURNS text
LANGUAGE C STABLE PARALLEL RESTRICTED
AS 'MODULE_PATHNAME', 'aftersale_choose_flow';
COMMENT ON FUNCTION aftersale.choose_flow(bigint, text, text) IS
'The flow that a request takes which is opened without one, by rows of aftersale.flow_choice for the shop''s platform. type: request.attributes, member type; reason: request.reason; NULL: not given. NULL where shop_id is. Errors: RA014 no row fits, RA071 the session is not of the shop, RA010. Example: SELECT aftersale.choose_flow(1, ''1'');';
