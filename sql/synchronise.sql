
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

-- ---- messages ----

CREATE FUNCTION aftersale.require_platforms_word(shop_id bigint) RETURNS void
LANGUAGE C VOLATILE PARALLEL RESTRICTED
AS 'MODULE_PATHNAME', 'aftersale_require_platforms_word';
COMMENT ON FUNCTION aftersale.require_platforms_word(bigint) IS
'Raises unless the session may speak for the platform in a shop: the owner of the tables, and logins with may_speak or whose actor is platform. Errors: RA071 not of the shop, RA072 may not speak for it, RA010 no such shop, RA032 NULL. Example: SELECT aftersale.require_platforms_word(1);';

CREATE FUNCTION aftersale.shops_spoken_for() RETURNS bigint[]
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $function$
BEGIN
    PERFORM aftersale.require_installed();
    IF aftersale.is_tables_owner() THEN
        RETURN ARRAY(SELECT s.shop_id FROM aftersale.shop s);
    END IF;
    RETURN ARRAY(SELECT l.shop_id FROM aftersale.login l
                 WHERE l.login = current_user AND (l.may_speak OR l.actor = 'platform'));
END
$function$;
COMMENT ON FUNCTION aftersale.shops_spoken_for() IS
'The shops in which the session may speak for the platform: all for the owner of the tables, else those of its logins with may_speak, or whose actor is platform. Example: SELECT aftersale.shops_spoken_for();';

CREATE FUNCTION aftersale.message_check() RETURNS trigger
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $function$
BEGIN
    PERFORM aftersale.require_platforms_word(NEW.shop_id);
    IF NEW.payload ?| '{buyer_name,phone,address}' OR NEW.payload -> 'attributes' ?| '{buyer_name,phone,address}' THEN
        RAISE EXCEPTION USING ERRCODE = 'RA075',
            MESSAGE = format('the buyer''s name, phone and address must not be in the payload of message "%s" (RA075, TEMU-31)', NEW.external_ref),
            HINT = 'Write them to aftersale.personal, where they can be masked and erased.';
    END IF;
    RETURN NEW;
END
$function$;
COMMENT ON FUNCTION aftersale.message_check() IS
'Trigger function of aftersale.platform_message: whoever inserts speaks for the platform, and must be allowed to (RA071, RA072); personal data stay out (RA075, TEMU-31). For install() only.';

CREATE FUNCTION aftersale.message_lock(shop_id bigint, external_ref text) RETURNS bigint
LANGUAGE sql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $function$
SELECT hashtextextended('aftersale.platform_message/' || shop_id || '/' || external_ref, 0)
$function$;
COMMENT ON FUNCTION aftersale.message_lock(bigint, text) IS
'The key of the advisory lock under which messages of one request are applied, one session at a time. Example: SELECT aftersale.message_lock(1, ''R1'');';

CREATE FUNCTION aftersale.flow_of_message(shop_id bigint, external_ref text, flow text, payload jsonb) RETURNS text
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    found text[];
    chosen text;
BEGIN
    IF flow_of_message.flow IS NOT NULL THEN
        RETURN flow_of_message.flow;
    END IF;
    -- by the flows of the platform, so that the key's own index serves
    SELECT array_agg(r.flow ORDER BY r.flow) INTO found
    FROM aftersale.request r
    WHERE r.shop_id = flow_of_message.shop_id AND r.external_ref = flow_of_message.external_ref
      AND r.flow = ANY (ARRAY(SELECT DISTINCT f.flow FROM aftersale.flow f
          JOIN aftersale.shop s ON s.platform = f.platform WHERE s.shop_id = flow_of_message.shop_id));
    IF cardinality(found) = 1 THEN
        RETURN found[1];
    END IF;
    IF found IS NULL OR payload ->> 'type' IS NOT NULL THEN
        chosen := aftersale.choose_flow(flow_of_message.shop_id, payload ->> 'type', payload ->> 'reason');
    END IF;
    IF found IS NULL OR chosen = ANY (found) THEN
        RETURN chosen;
    END IF;
    RAISE EXCEPTION USING ERRCODE = 'RA032',
        MESSAGE = format('several requests of shop %s are "%s": of flows %s (RA032)', flow_of_message.shop_id, flow_of_message.external_ref, array_to_string(found, ', ')),
        HINT = 'Name the flow in the message.';
END
$function$;
COMMENT ON FUNCTION aftersale.flow_of_message(bigint, text, text, jsonb) IS
'The flow of the request that a message speaks of: the one that it names, else the one that has a request of that external_ref, else by choose_flow() with type and reason of the payload. Errors: RA014 none is chosen, RA032 several requests have the key. Example: SELECT aftersale.flow_of_message(1, ''R1'', NULL, ''{"type": "2"}'');';

CREATE FUNCTION aftersale.open_from_message(shop_id bigint, external_ref text, flow text, reported_at timestamptz, due_at timestamptz,
    closes boolean, payload jsonb, word jsonb) RETURNS bigint
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    opened bigint;
BEGIN
    INSERT INTO aftersale.request (shop_id, external_ref, flow, order_ref, ordered_at, opened_at, country, currency, amount, tax, shipping,
        ratio, reason, attributes, items, platform_due_at, actor, payload)
    SELECT open_from_message.shop_id, open_from_message.external_ref, open_from_message.flow, v.order_ref, v.ordered_at,
        coalesce(v.opened_at, open_from_message.reported_at), v.country, v.currency, v.amount, v.tax, v.shipping, v.ratio, v.reason,
        coalesce(v.attributes, '{}') || jsonb_strip_nulls(jsonb_build_object('type', open_from_message.payload -> 'type'))
            || CASE WHEN closes THEN '{"history": true}' ELSE '{}' END::jsonb,
        v.items, CASE WHEN NOT closes THEN open_from_message.due_at END, 'platform', word
    FROM jsonb_to_record(open_from_message.payload) AS v(order_ref text, ordered_at timestamptz, opened_at timestamptz, country text, currency text,
        amount numeric, tax numeric, shipping numeric, ratio aftersale.refund_ratio, reason text, attributes jsonb, items jsonb)
    RETURNING request_id INTO opened;
    RETURN opened;
END
$function$;
COMMENT ON FUNCTION aftersale.open_from_message(bigint, text, text, timestamptz, timestamptz, boolean, jsonb, jsonb) IS
'Opens the request that a message speaks of, in the state that it reports: columns from payload, opened_at from it or reported_at; a request that is over when it comes to be known (closes) is marked by attributes {"history": true}. word: the payload of the opening. Returns request_id. Errors: as of INSERT INTO aftersale.request. Example: SELECT aftersale.open_from_message(1, ''R1'', ''temu/return_refund'', now(), NULL, false, ''{"order_ref": "PO-1"}'', ''{"state": "requested"}'');';

CREATE FUNCTION aftersale.state_of_messages(shop_id bigint, request_id bigint) RETURNS text
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    m record;
    result text := (SELECT e.to_state FROM aftersale.event e
                    WHERE e.shop_id = state_of_messages.shop_id AND e.request_id = state_of_messages.request_id AND e.event_seq = 1);
BEGIN
    FOR m IN
        SELECT x.state, x.covers FROM aftersale.platform_message x
        WHERE x.shop_id = state_of_messages.shop_id AND x.request_id = state_of_messages.request_id
          AND x.status IN ('applied', 'stale') AND x.state IS NOT NULL
        ORDER BY x.reported_at, x.closes, length(x.code), x.code COLLATE "C", x.field COLLATE "C", coalesce(x.due_at, '-infinity')
    LOOP
        IF result IS NULL OR NOT result = ANY (m.covers) THEN
            result := m.state;
        END IF;
    END LOOP;
    RETURN result;
END
$function$;
COMMENT ON FUNCTION aftersale.state_of_messages(bigint, bigint) IS
'The state that the messages of a request lead to, one after the other by reported_at (of one instant: those of final states last, then by the length of the code, the code, the field, the deadline): each to the state that it means, unless it covers the one before. Example: SELECT aftersale.state_of_messages(1, 42);';

CREATE FUNCTION aftersale.apply_message(shop_id bigint, message_id bigint) RETURNS text
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    m record;
    r record;
    its_flow text;
    meaning aftersale.status_meaning;
    target record;
    said text;
    says text;
    word jsonb;
    seq_before bigint;
    result text := 'applied';
BEGIN
    SELECT x.* INTO m FROM aftersale.platform_message x
    WHERE x.shop_id = apply_message.shop_id AND x.message_id = apply_message.message_id;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'shop "%" has no message "%" (22023)', apply_message.shop_id, apply_message.message_id
            USING ERRCODE = 'invalid_parameter_value';
    END IF;
    its_flow := aftersale.flow_of_message(m.shop_id, m.external_ref, m.flow, m.payload);
    SELECT q.request_id, q.flow_version, q.event_seq, q.state INTO r FROM aftersale.request q
    WHERE q.shop_id = m.shop_id AND q.flow = its_flow AND q.external_ref = m.external_ref
    FOR NO KEY UPDATE;
    seq_before := coalesce(r.event_seq, 0);
    meaning := aftersale.status_of(its_flow, m.code, m.field);
    SELECT s.state, s.final INTO target FROM aftersale.flow_state s
    WHERE s.flow = its_flow AND s.state = meaning.state
      AND s.version = coalesce(r.flow_version, (SELECT max(f.version) FROM aftersale.flow f WHERE f.flow = its_flow));
    IF meaning.code IS NULL OR (meaning.state IS NOT NULL AND target.state IS NULL) THEN
        UPDATE aftersale.platform_message x
        SET status = 'unknown_code', request_id = r.request_id, handled_at = aftersale.clock(), sqlstate = 'RA035',
            message = CASE WHEN meaning.code IS NULL
                THEN format('code "%s" of field "%s" is not known for flow "%s" (RA035)', m.code, m.field, its_flow)
                ELSE format('code "%s" of field "%s" means state "%s", which flow "%s" does not have (RA035)', m.code, m.field, meaning.state, its_flow) END
        WHERE x.shop_id = m.shop_id AND x.message_id = m.message_id;
        RETURN 'unknown_code';
    END IF;
    IF EXISTS (SELECT FROM aftersale.platform_message l
               WHERE l.shop_id = m.shop_id AND l.request_id = r.request_id AND l.status IN ('applied', 'stale')
                 AND l.reported_at = m.reported_at AND l.field = m.field AND l.code = m.code AND l.due_at IS NOT DISTINCT FROM m.due_at) THEN
        result := 'repeated';
    ELSIF EXISTS (SELECT FROM aftersale.platform_message l
                  WHERE l.shop_id = m.shop_id AND l.request_id = r.request_id AND l.status IN ('applied', 'stale') AND l.state IS NOT NULL
                    AND (l.reported_at, l.closes, length(l.code), l.code COLLATE "C", l.field COLLATE "C", coalesce(l.due_at, '-infinity'))
                      > (m.reported_at, coalesce(target.final, false), length(m.code), m.code COLLATE "C", m.field COLLATE "C", coalesce(m.due_at, '-infinity'))) THEN
        -- later ones have the word, unless they cover what this one says; then it tells them apart
        result := 'stale';
        said := aftersale.state_of_messages(m.shop_id, r.request_id);
        UPDATE aftersale.platform_message x
        SET status = result, request_id = r.request_id, state = meaning.state, covers = meaning.covers, closes = coalesce(target.final, false)
        WHERE x.shop_id = m.shop_id AND x.message_id = m.message_id;
        says := aftersale.state_of_messages(m.shop_id, r.request_id);
        IF says <> said AND r.state = said THEN
            result := 'applied';
            UPDATE aftersale.request q SET action = 'report_status', actor = 'platform',
                payload = jsonb_build_object('code', m.code, 'field', m.field, 'reported_at', m.reported_at, 'state', says)
            WHERE q.shop_id = m.shop_id AND q.request_id = r.request_id;
        END IF;
    ELSIF meaning.state IS NOT NULL THEN
        word := (m.payload - '{type,order_ref,ordered_at,opened_at,country,currency,amount,tax,shipping,ratio,items,attributes,refunded}'::text[])
            || jsonb_strip_nulls(jsonb_build_object('code', m.code, 'field', m.field, 'reported_at', m.reported_at, 'state', meaning.state,
                'covers', CASE WHEN meaning.covers <> '{}' THEN to_jsonb(meaning.covers) END, 'act', meaning.action,
                'due_at', m.due_at, 'amount', m.payload -> 'refunded'));
        IF r.request_id IS NULL THEN
            r.request_id := aftersale.open_from_message(m.shop_id, m.external_ref, its_flow, m.reported_at, m.due_at, target.final, m.payload, word);
        ELSE
            UPDATE aftersale.request q SET action = 'report_status', actor = 'platform', payload = word
            WHERE q.shop_id = m.shop_id AND q.request_id = r.request_id;
        END IF;
    ELSIF m.due_at IS NOT NULL THEN
        UPDATE aftersale.request q SET platform_due_at = m.due_at
        WHERE q.shop_id = m.shop_id AND q.request_id = r.request_id AND q.closed_at IS NULL AND q.platform_due_at IS DISTINCT FROM m.due_at;
    END IF;
    UPDATE aftersale.platform_message x
    SET status = result, request_id = r.request_id, state = meaning.state, covers = meaning.covers, closes = coalesce(target.final, false),
        event_seq = CASE WHEN result = 'applied' THEN (SELECT nullif(q.event_seq, seq_before) FROM aftersale.request q
            WHERE q.shop_id = m.shop_id AND q.request_id = r.request_id) END,
        handled_at = aftersale.clock(), sqlstate = NULL, message = NULL
    WHERE x.shop_id = m.shop_id AND x.message_id = m.message_id;
    RETURN result;
END
$function$;
COMMENT ON FUNCTION aftersale.apply_message(bigint, bigint) IS
'Applies one row of aftersale.platform_message under the lock of message_lock(), which the caller holds, and returns its status then: applied, repeated, stale or unknown_code. Errors: 22023 no such row; whatever keeps the request from being opened or moved; import_status() and apply_messages() keep them with the row. Example: SELECT aftersale.apply_message(1, 7);';

CREATE FUNCTION aftersale.try_message(shop_id bigint, message_id bigint) RETURNS text
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    raised text;
    what text;
BEGIN
    RETURN aftersale.apply_message(try_message.shop_id, try_message.message_id);
EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS raised = RETURNED_SQLSTATE, what = MESSAGE_TEXT;
    -- not the message's own: rights, locks, the server, the installation
    IF raised ~ '^(08|25|40|53|54|55|57|58|XX)' OR raised IN ('42501', 'RA001', 'RA004', 'RA071', 'RA072') THEN
        RAISE;
    END IF;
    UPDATE aftersale.platform_message x
    SET status = 'failed', handled_at = aftersale.clock(), sqlstate = raised, message = what
    WHERE x.shop_id = try_message.shop_id AND x.message_id = try_message.message_id;
    RETURN 'failed';
END
$function$;
COMMENT ON FUNCTION aftersale.try_message(bigint, bigint) IS
'apply_message(), except that a message which is refused stays as status failed with its sqlstate and message. Missing rights, deadlock, serialization failure, cancellation and what is wrong with the server are errors still. Returns the status. Example: SELECT aftersale.try_message(1, 7);';

CREATE FUNCTION aftersale.import_status(shop_id bigint, external_ref text, code text, reported_at timestamptz, flow text DEFAULT NULL,
    field text DEFAULT 'status', due_at timestamptz DEFAULT NULL, payload jsonb DEFAULT '{}') RETURNS aftersale.decision
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    m record;
    was text := 'new';
    result aftersale.decision;
BEGIN
    PERFORM aftersale.require_installed();
    IF import_status.shop_id IS NULL OR import_status.external_ref IS NULL OR import_status.code IS NULL
        OR import_status.reported_at IS NULL OR import_status.field IS NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'RA032',
            MESSAGE = 'import_status() needs a shop, an external_ref, a code, a field and reported_at (RA032)';
    END IF;
    PERFORM aftersale.require_platforms_word(import_status.shop_id);
    PERFORM pg_advisory_xact_lock(aftersale.message_lock(import_status.shop_id, import_status.external_ref));
    INSERT INTO aftersale.platform_message AS x (shop_id, external_ref, flow, field, code, reported_at, due_at, payload)
    VALUES (import_status.shop_id, import_status.external_ref, import_status.flow, import_status.field, import_status.code,
        import_status.reported_at, import_status.due_at, coalesce(import_status.payload, '{}'))
    ON CONFLICT DO NOTHING
    RETURNING x.message_id INTO m;
    IF NOT FOUND THEN
        SELECT x.message_id, x.status INTO STRICT m FROM aftersale.platform_message x
        WHERE x.shop_id = import_status.shop_id AND x.external_ref = import_status.external_ref AND x.flow IS NOT DISTINCT FROM import_status.flow
          AND x.field = import_status.field AND x.code = import_status.code AND x.reported_at = import_status.reported_at
          AND x.due_at IS NOT DISTINCT FROM import_status.due_at;
        was := m.status;
    END IF;
    IF was IN ('new', 'unknown_code', 'failed') THEN
        -- what is said now is better known than what was said before and could not be used
        UPDATE aftersale.platform_message x SET payload = import_status.payload
        WHERE x.shop_id = import_status.shop_id AND x.message_id = m.message_id AND x.payload <> import_status.payload;
        PERFORM aftersale.try_message(import_status.shop_id, m.message_id);
    END IF;
    SELECT x.shop_id, x.request_id, x.external_ref, e.action, e.from_state, r.state, r.outcome, r.due_at, r.refund_amount, r.currency, r.event_seq,
        x.sqlstate,
        CASE WHEN was NOT IN ('new', 'unknown_code', 'failed') THEN 'repeated' ELSE coalesce(x.message, nullif(x.status, 'applied')) END
    INTO result
    FROM aftersale.platform_message x
    LEFT JOIN aftersale.request r ON r.shop_id = x.shop_id AND r.request_id = x.request_id
    LEFT JOIN aftersale.event e ON e.shop_id = x.shop_id AND e.request_id = x.request_id AND e.event_seq = x.event_seq
        AND was IN ('new', 'unknown_code', 'failed')
    WHERE x.shop_id = import_status.shop_id AND x.message_id = m.message_id;
    RETURN result;
END
$function$;
COMMENT ON FUNCTION aftersale.import_status(bigint, text, text, timestamptz, text, text, timestamptz, jsonb) IS
'Passes on what the platform reports of one request: a row of aftersale.platform_message, applied at once. external_ref: the platform''s key of the request; code: its status, in its field (return_status, parentAfterSalesStatus, ...), as aftersale.status_code has it; reported_at: the platform''s own time of the change; flow: the request''s, NULL where the key or the type in the payload says it; due_at: the platform''s deadline, which overrides ours; payload: refunded (what the platform has refunded in all), and what an opening needs, see the table. A request that is not known is opened, in the state reported. The state holds from any state, also over a timeout that the engine applied. Returns the decision: action and from_state of the event that it made (NULL: nothing had to move), the request as it is now; message repeated or stale, or sqlstate and message where the code is unknown (RA035) or the request could not be opened or moved: the message is kept, nothing is raised. For sessions that may speak for the platform. Errors: RA032 an argument is NULL, RA071, RA072, RA075 personal data. Example: SELECT state, message FROM aftersale.import_status(1, ''R1'', ''40'', ''2026-11-25 10:00+00'');';

CREATE FUNCTION aftersale.apply_messages(max_rows int DEFAULT 1000, shop_id bigint DEFAULT NULL) RETURNS bigint
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    m record;
    handled bigint := 0;
    spoken_for constant bigint[] := aftersale.shops_spoken_for();
BEGIN
    PERFORM aftersale.require_installed();
    IF max_rows IS NULL OR max_rows < 0 THEN
        RAISE EXCEPTION USING ERRCODE = 'RA032', MESSAGE = 'apply_messages() needs a number of rows from 0 on (RA032)';
    END IF;
    FOR m IN
        SELECT x.shop_id, x.message_id, x.external_ref FROM aftersale.platform_message x
        WHERE x.status = 'new' AND (apply_messages.shop_id IS NULL OR x.shop_id = apply_messages.shop_id)
          AND (apply_messages.shop_id IS NOT NULL OR x.shop_id = ANY (spoken_for))
        ORDER BY x.shop_id, x.external_ref, x.reported_at, x.message_id
        LIMIT max_rows
        FOR NO KEY UPDATE SKIP LOCKED
    LOOP
        -- a request that another session is at is left to a later call
        CONTINUE WHEN NOT pg_try_advisory_xact_lock(aftersale.message_lock(m.shop_id, m.external_ref));
        PERFORM aftersale.try_message(m.shop_id, m.message_id);
        handled := handled + 1;
    END LOOP;
    RETURN handled;
END
$function$;
COMMENT ON FUNCTION aftersale.apply_messages(int, bigint) IS
'Applies at most max_rows new rows of aftersale.platform_message, of one shop or of all for which the session may speak, request by request, each in the order of reported_at. One that is refused stays as failed, one whose code nobody knows as unknown_code, and the others go on; what another session is at is left to a later call. Returns how many were handled: call it until that is 0. Errors: RA032 max_rows is NULL or negative; RA071, RA072 the session may not speak for the platform in shop_id; deadlock, serialization failure, cancellation. Example: SELECT aftersale.apply_messages(1000);';

CREATE FUNCTION aftersale.replay_messages(shop_id bigint DEFAULT NULL) RETURNS bigint
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    m record;
    handled bigint := 0;
    spoken_for constant bigint[] := aftersale.shops_spoken_for();
BEGIN
    PERFORM aftersale.require_installed();
    FOR m IN
        SELECT x.shop_id, x.message_id, x.external_ref FROM aftersale.platform_message x
        WHERE x.status IN ('unknown_code', 'failed') AND (replay_messages.shop_id IS NULL OR x.shop_id = replay_messages.shop_id)
          AND (replay_messages.shop_id IS NOT NULL OR x.shop_id = ANY (spoken_for))
        ORDER BY x.shop_id, x.external_ref, x.reported_at, x.message_id
        FOR NO KEY UPDATE SKIP LOCKED
    LOOP
        CONTINUE WHEN NOT pg_try_advisory_xact_lock(aftersale.message_lock(m.shop_id, m.external_ref));
        handled := handled + (aftersale.try_message(m.shop_id, m.message_id) NOT IN ('unknown_code', 'failed'))::int;
    END LOOP;
    RETURN handled;
END
$function$;
COMMENT ON FUNCTION aftersale.replay_messages(bigint) IS
'Tries again the messages that were not understood or were refused (view message_fault), of one shop or of all for which the session may speak: after a row was added to status_code or flow_choice, or whatever else was wrong was mended. What later messages contradict becomes stale. Returns how many are neither unknown_code nor failed any more. Errors: as of apply_messages(). Example: SELECT aftersale.replay_messages(1);';
