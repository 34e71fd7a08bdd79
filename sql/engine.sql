
-- The engine: requests that the database decides.

CREATE TYPE aftersale.decision AS (
    shop_id bigint,
    request_id bigint,
    external_ref text,
    action text,
    from_state text,
    state text,
    outcome text,
    due_at timestamptz,
    refund_amount numeric,
    currency text,
    event_seq bigint,
    sqlstate text,
    message text
);
COMMENT ON TYPE aftersale.decision IS
'What became of a request: its keys, the action, the state before and after, outcome, deadline, amount in currency, number of the last event; sqlstate and message where the action was refused and the caller asked to go on.';

CREATE TYPE aftersale.allowed_action AS (
    action text,
    to_state text,
    needs text[],
    due_at timestamptz,
    advice text[]
);
COMMENT ON TYPE aftersale.allowed_action IS
'An action that is allowed now: the state that it leads to, the payload keys that it needs, the deadline, what the platform advises before it (NULL: nothing).';

CREATE TYPE aftersale.explanation AS (
    at timestamptz,
    what text,
    why text
);
COMMENT ON TYPE aftersale.explanation IS
'One line of what happened to a request: when, what, and why.';

CREATE FUNCTION aftersale.request_decide() RETURNS trigger
LANGUAGE C
AS 'MODULE_PATHNAME', 'aftersale_request_decide';
COMMENT ON FUNCTION aftersale.request_decide() IS
'BEFORE ROW trigger of aftersale.request: opens, acts, refuses. For install() only. Errors: class RA, see the reference of errors.';

CREATE FUNCTION aftersale.request_record() RETURNS trigger
LANGUAGE C
AS 'MODULE_PATHNAME', 'aftersale_request_record';
COMMENT ON FUNCTION aftersale.request_record() IS
'AFTER STATEMENT trigger of aftersale.request: decides again, compares, writes events and items as the owner of the tables. For install() only. Error RA026: a later trigger altered a decision.';

CREATE FUNCTION aftersale.request_keep() RETURNS trigger
LANGUAGE C
AS 'MODULE_PATHNAME', 'aftersale_request_keep';
COMMENT ON FUNCTION aftersale.request_keep() IS
'Trigger function that refuses to delete requests or history (RA027). For install() only.';

CREATE FUNCTION aftersale.in_use_keep() RETURNS trigger
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    used boolean;
BEGIN
    -- what a request is judged by, for ever, and whose it is
    CASE TG_TABLE_NAME
        WHEN 'shop' THEN
            used := EXISTS (SELECT FROM aftersale.request r WHERE r.shop_id = OLD.shop_id);
        WHEN 'flow' THEN
            used := EXISTS (SELECT FROM aftersale.request r WHERE r.flow = OLD.flow AND r.flow_version = OLD.version);
        WHEN 'flow_timer' THEN
            used := EXISTS (SELECT FROM aftersale.timer t
                            JOIN aftersale.request r ON r.shop_id = t.shop_id AND r.request_id = t.request_id
                            WHERE t.name = OLD.name AND r.flow = OLD.flow AND r.flow_version = OLD.version);
    END CASE;
    IF used THEN
        RAISE EXCEPTION USING ERRCODE = 'RA027',
            MESSAGE = format('%s %s cannot be deleted%s: it has requests (RA027)', TG_TABLE_NAME,
                CASE TG_TABLE_NAME WHEN 'shop' THEN (to_jsonb(OLD) ->> 'shop_id')
                    WHEN 'flow_timer' THEN format('"%s" of "%s" version %s', to_jsonb(OLD) ->> 'name', to_jsonb(OLD) ->> 'flow', to_jsonb(OLD) ->> 'version')
                    ELSE format('"%s" version %s', to_jsonb(OLD) ->> 'flow', to_jsonb(OLD) ->> 'version') END,
                CASE TG_OP WHEN 'UPDATE' THEN ' or renamed' ELSE '' END),
            HINT = CASE TG_TABLE_NAME WHEN 'shop' THEN 'Requests have a history, which stays.'
                WHEN 'flow_timer' THEN 'It is armed for requests that are open. Add a version of the flow without it for new ones.'
                ELSE 'Set effective_to instead: requests that are open keep the version that they were opened under.' END;
    END IF;
    IF TG_OP = 'UPDATE' THEN
        RETURN NEW;
    END IF;
    RETURN OLD;
END
$function$;
COMMENT ON FUNCTION aftersale.in_use_keep() IS
'Trigger function of aftersale.shop, flow and flow_timer: refuses to delete what requests belong to, are judged by or wait for (RA027). For install() only.';

CREATE FUNCTION aftersale.calendar_grew() RETURNS trigger
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $function$
BEGIN
    -- requests by key, as everybody locks them
    WITH provisional AS MATERIALIZED (
        SELECT r.shop_id, r.request_id
        FROM aftersale.request r
        JOIN aftersale.shop_country c ON c.shop_id = r.shop_id AND c.country = r.country
        WHERE r.provisional AND c.calendar IN (SELECT n.name FROM changed n)
        ORDER BY r.shop_id, r.request_id
        FOR NO KEY UPDATE OF r)
    UPDATE aftersale.request r SET action = 'recompute_deadline', actor = 'system'
    FROM provisional p
    WHERE r.shop_id = p.shop_id AND r.request_id = p.request_id;
    RETURN NULL;
END
$function$;
COMMENT ON FUNCTION aftersale.calendar_grew() IS
'Trigger function of aftersale.calendar: deadlines that lay beyond what the calendar knew (request.provisional) are computed anew by the calendar as it is now, each with an event. For install() only.';

CREATE FUNCTION aftersale.act(shop_id bigint, request_id bigint, action text, payload jsonb DEFAULT '{}',
    actor text DEFAULT NULL, on_behalf_of text DEFAULT NULL) RETURNS aftersale.decision
LANGUAGE C VOLATILE PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'aftersale_act';
COMMENT ON FUNCTION aftersale.act(bigint, bigint, text, jsonb, text, text) IS
'Takes an action on a request: the same as UPDATE aftersale.request SET action = ..., with the caller''s rights. payload: what the action brings along (remark, evidence, is_effective, ...); actor: who acts (NULL: whom aftersale.login says the database role acts as, else the role; buyer, platform, carrier, erp and system are kinds of actor, every other name is a person of the shop); on_behalf_of: for whom. Returns the decision. Errors: RA015 unknown action, RA016 unknown request, RA020 not allowed in this state, RA021 too late, RA022 not this actor''s, RA023 payload incomplete, RA029 a timeout that is not due, RA030 a value of the wrong kind, RA032 an argument is NULL, RA044 and RA045 refunds, RA070 to RA072 who may. Example: SELECT state, due_at FROM aftersale.act(1, 42, ''reply'', ''{"remark": "sent on Monday"}'');';

CREATE FUNCTION aftersale.act_many(shop_ids bigint[], request_ids bigint[], action text, payload jsonb DEFAULT '{}',
    actor text DEFAULT NULL, on_error text DEFAULT 'fail') RETURNS SETOF aftersale.decision
LANGUAGE C VOLATILE PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'aftersale_act_many';
COMMENT ON FUNCTION aftersale.act_many(bigint[], bigint[], text, jsonb, text, text) IS
'Takes one action on many requests, with the caller''s rights: shop_ids and request_ids are the keys, place by place. All are locked first, by key, so that batches on overlapping sets wait instead of deadlocking; then it is one UPDATE. payload and actor as in act(). on_error fail: one refused request refuses the whole; skip: a refused request comes back with its sqlstate and message, the others are acted on. Returns a decision a request, in the order of the keys given. Errors: RA032 an argument is null, holds nulls, has more than one dimension, the arrays differ in length, a request is given twice, on_error is neither; with fail those of act(), RA016 for an unknown request first. Deadlock, serialization failure, cancellation and missing privileges are always errors of the whole. Example: SELECT request_id, state, sqlstate FROM aftersale.act_many(''{1,1}'', ''{42,43}'', ''reply'', ''{"remark": "sent"}'', on_error => ''skip'');';

CREATE FUNCTION aftersale.allowed_actions(shop_id bigint, request_id bigint, actor text DEFAULT NULL)
RETURNS SETOF aftersale.allowed_action
LANGUAGE C STABLE PARALLEL RESTRICTED
AS 'MODULE_PATHNAME', 'aftersale_allowed_actions';
COMMENT ON FUNCTION aftersale.allowed_actions(bigint, bigint, text) IS
'The actions that are allowed on a request now, deadlines that have passed taken into account whether or not the sweep has run. What the actor lacks the permission for, what the request does not qualify for and what the flow refuses are left out. advice: what the platform advises before the action (DOUYIN-14, KS-10), as advice() tells for many requests; it blocks nothing. actor: as in act(). Errors: RA016 no such request, RA071 not of the shop. Example: SELECT action, to_state, needs FROM aftersale.allowed_actions(1, 42);';

CREATE FUNCTION aftersale.explain(shop_id bigint, request_id bigint) RETURNS SETOF aftersale.explanation
LANGUAGE plpgsql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $function$
BEGIN
    PERFORM aftersale.require_installed();
    IF NOT EXISTS (SELECT FROM aftersale.request r
                   WHERE r.shop_id = explain.shop_id AND r.request_id = explain.request_id) THEN
        RAISE EXCEPTION USING ERRCODE = 'RA016',
            MESSAGE = format('request %s of shop %s does not exist (RA016)', explain.request_id, explain.shop_id);
    END IF;
    RETURN QUERY
    SELECT e.at,
        CASE WHEN e.from_state IS NULL THEN format('%s opened it in state "%s"', e.actor, e.to_state)
             WHEN e.from_state = e.to_state THEN format('%s: %s, state "%s" stays', e.actor, e.action, e.to_state)
             ELSE format('%s: %s, from state "%s" to "%s"', e.actor, e.action, e.from_state, e.to_state) END
        || CASE WHEN e.on_behalf_of IS NULL THEN '' ELSE format(', on behalf of %s', e.on_behalf_of) END,
        concat_ws('; ',
            CASE WHEN e.rule IS NOT NULL THEN 'rule ' || e.rule END,
            CASE WHEN e.from_state IS NULL
                 THEN format('flow %s version %s, in force when %s', r.flow, r.flow_version,
                     CASE WHEN f.judged_at = 'ordered' AND r.ordered_at IS NOT NULL THEN 'the order was placed' ELSE 'it was opened' END) END,
            CASE WHEN e.action = 'timeout' THEN format('the deadline passed, recorded %s', e.recorded_at) END,
            CASE WHEN e.due_at IS NULL AND e.facts ? 'platform_due' THEN 'the platform''s deadline was taken back'
                 WHEN e.due_at IS NOT NULL THEN 'due ' || e.due_at || CASE
                     WHEN e.facts ->> 'platform_due' IS NOT NULL THEN ', set by the platform'
                     WHEN e.facts ? 'calendar' THEN format(': %s from %s, by calendar %s%s',
                         CASE WHEN own.term THEN 'the shop''s own term' ELSE s.term::text END,
                         CASE s.starts WHEN 'opened' THEN 'the opening' WHEN 'ordered' THEN 'the order' ELSE 'entering the state' END,
                         e.facts ->> 'calendar',
                         CASE WHEN e.facts ? 'platform_due' THEN ', since the platform''s deadline was taken back' ELSE '' END)
                     ELSE '' END END,
            CASE WHEN e.action = 'timeout' THEN 'the shop''s own ' || nullif(concat_ws(' and ',
                 'state "' || own.leads_to || '"', 'outcome "' || own.outcome || '"'), '') END,
            CASE WHEN e.facts ? 'fire' THEN 'the shop lets the sweep act on what was overdue when opened' END,
            CASE WHEN e.facts ? 'remaining' THEN format('%s %s of the order were left to refund', e.facts ->> 'remaining', r.currency) END,
            CASE WHEN e.facts ? 'taken_back' THEN format('%s %s of refunds were taken back', e.facts ->> 'taken_back', r.currency) END,
            CASE WHEN e.facts ? 'fees' THEN 'fees: ' || (
                SELECT string_agg(format('%s %s%s', x.fee ->> 0,
                    concat_ws(' and ', nullif((x.fee ->> 1) || ' %', '0.00 %'), CASE WHEN (x.fee ->> 2)::numeric > 0 THEN x.fee ->> 2 END),
                    ' up to ' || (x.fee ->> 3)), ', ' ORDER BY x.place)
                FROM jsonb_array_elements(e.facts -> 'fees') WITH ORDINALITY AS x(fee, place)) END)
    FROM aftersale.event e
    JOIN aftersale.request r ON r.shop_id = e.shop_id AND r.request_id = e.request_id
    LEFT JOIN aftersale.flow f ON f.flow = r.flow AND f.version = r.flow_version
    LEFT JOIN aftersale.flow_state s ON s.flow = r.flow AND s.version = r.flow_version AND s.state = e.to_state
    -- the first override in force when the state was entered: the one that the decision took
    LEFT JOIN LATERAL (
        SELECT (x.own ->> 1)::boolean AS term, x.own ->> 2 AS leads_to, x.own ->> 3 AS outcome
        FROM jsonb_array_elements(e.facts -> 'overrides') WITH ORDINALITY AS x(own, place)
        CROSS JOIN LATERAL (
            SELECT coalesce(max(p.at) FILTER (WHERE e.action = 'timeout'), e.at) AS at
            FROM aftersale.event p
            WHERE p.shop_id = e.shop_id AND p.request_id = e.request_id AND p.event_seq < e.event_seq
              AND p.from_state IS DISTINCT FROM p.to_state) entered
        WHERE x.own ->> 0 = CASE e.action WHEN 'timeout' THEN e.from_state ELSE e.to_state END
          AND (x.own ->> 4)::timestamptz <= entered.at AND entered.at < (x.own ->> 5)::timestamptz
        ORDER BY x.place LIMIT 1) own ON true
    WHERE e.shop_id = explain.shop_id AND e.request_id = explain.request_id
    ORDER BY e.event_seq;
END
$function$;
COMMENT ON FUNCTION aftersale.explain(bigint, bigint) IS
'What happened to a request, one line an event: when it took effect, what, and why: the rule, the version of the flow that judges the request for ever, the deadline with its calendar and term, and what else the decision saw: the platform''s deadline, the shop''s own terms and outcomes, what was left of the order, fees. Error RA016: no such request. Example: SELECT * FROM aftersale.explain(1, 42);';

CREATE FUNCTION aftersale.event_digest(previous bytea, shop_id bigint, request_id bigint, event_seq bigint, at timestamptz,
    recorded_at timestamptz, action text, actor text, on_behalf_of text, login text, role text, from_state text, to_state text,
    due_at timestamptz, rule text, payload jsonb, facts jsonb) RETURNS bytea
LANGUAGE C IMMUTABLE PARALLEL SAFE
AS 'MODULE_PATHNAME', 'aftersale_event_digest';
COMMENT ON FUNCTION aftersale.event_digest(bytea, bigint, bigint, bigint, timestamptz, timestamptz, text, text, text, text, text, text, text, timestamptz, text, jsonb, jsonb) IS
'The digest of a line of the history: SHA-256 over previous (the digest of the line before, NULL for the first) and the columns of aftersale.event in their order. NULL where a key or an instant is NULL. Example: SELECT aftersale.event_digest(NULL, 1, 42, 1, now(), now(), ''open'', ''erp'', NULL, ''erp'', NULL, NULL, ''requested'', NULL, ''TEMU-01'', NULL, NULL);';

CREATE TYPE aftersale.history_fault AS (
    shop_id bigint,
    request_id bigint,
    event_seq bigint,
    fault text
);
COMMENT ON TYPE aftersale.history_fault IS
'A place where a history does not hold: request, number of the event (NULL: the request as a whole), and what is wrong.';

CREATE FUNCTION aftersale.verify_history(shop_id bigint, request_id bigint DEFAULT NULL) RETURNS SETOF aftersale.history_fault
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
-- tables that were never analyzed look small, and joining them row by row would take hours
SET enable_nestloop = off
-- which makes any plan look so dear that compiling it takes a thousand times as long as running it
SET jit = off
AS $function$
BEGIN
    PERFORM aftersale.require_installed();
    RETURN QUERY
    WITH line AS (
        SELECT e.*,
            lag(e.digest) OVER w AS previous,
            lag(e.to_state) OVER w AS state_before,
            lag(e.at) OVER w AS at_before,
            row_number() OVER w AS place,
            count(*) OVER (PARTITION BY e.request_id) AS places
        FROM aftersale.event e
        WHERE e.shop_id = verify_history.shop_id
          AND (verify_history.request_id IS NULL OR e.request_id = verify_history.request_id)
        WINDOW w AS (PARTITION BY e.request_id ORDER BY e.event_seq)
    ), fault AS (
        SELECT l.request_id, l.event_seq, f.fault
        FROM line l
        CROSS JOIN LATERAL (VALUES
            (CASE WHEN l.event_seq <> l.place THEN format('event %s is missing', l.place) END),
            (CASE WHEN l.digest <> aftersale.event_digest(l.previous, l.shop_id, l.request_id, l.event_seq, l.at, l.recorded_at,
                l.action, l.actor, l.on_behalf_of, l.login::text, l.role, l.from_state, l.to_state, l.due_at, l.rule, l.payload, l.facts)
                THEN 'the line or its predecessor was altered' END),
            (CASE WHEN l.from_state IS DISTINCT FROM l.state_before THEN format('it leads from state "%s", the one before to "%s"', l.from_state, l.state_before) END),
            (CASE WHEN l.at < l.at_before THEN 'it took effect before its predecessor' END)) f(fault)
        WHERE f.fault IS NOT NULL
        UNION ALL
        SELECT r.request_id, NULL, f.fault
        FROM aftersale.request r
        LEFT JOIN line l ON l.request_id = r.request_id AND l.place = l.places
        LEFT JOIN (SELECT y.request_id, sum(CASE y.status WHEN 'void' THEN 0 ELSE y.amount END) AS refunded FROM aftersale.refund y
            WHERE y.shop_id = verify_history.shop_id GROUP BY y.request_id) x ON x.request_id = r.request_id
        CROSS JOIN LATERAL (VALUES
            (CASE WHEN l.event_seq IS DISTINCT FROM r.event_seq THEN format('the request says %s events, its history has %s', r.event_seq, coalesce(l.event_seq, 0)) END),
            (CASE WHEN l.digest IS DISTINCT FROM r.last_digest THEN 'the last line is not the one that the request knows' END),
            (CASE WHEN l.to_state IS DISTINCT FROM r.state THEN format('the request is in state "%s", its history ends in "%s"', r.state, l.to_state) END),
            (CASE WHEN l.due_at IS DISTINCT FROM r.due_at THEN 'the deadline is not the one of the history' END),
            (CASE WHEN x.refunded IS DISTINCT FROM r.refund_amount THEN format('the request says %s refunded, its refunds add up to %s', coalesce(r.refund_amount, 0), coalesce(x.refunded, 0)) END)) f(fault)
        WHERE r.shop_id = verify_history.shop_id
          AND (verify_history.request_id IS NULL OR r.request_id = verify_history.request_id)
          AND f.fault IS NOT NULL
    )
    SELECT verify_history.shop_id, x.request_id, x.event_seq, x.fault
    FROM fault x
    ORDER BY x.request_id, x.event_seq NULLS LAST;
END
$function$;
COMMENT ON FUNCTION aftersale.verify_history(bigint, bigint) IS
'Replays the history of a shop''s requests (or of one): numbering, chain of digests, states, deadline and refunds; no row where all of it holds and ends in what the request says. It shows who reads the tables what was altered, not by whom. Example: SELECT * FROM aftersale.verify_history(1);';

CREATE FUNCTION aftersale.open_many(requests jsonb) RETURNS SETOF aftersale.decision
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    columns CONSTANT text[] := '{shop_id,flow,external_ref,reason,order_ref,ordered_at,country,currency,amount,ratio,warehouse_id,opened_at,platform_due_at,attributes,actor,on_behalf_of,payload,items}';
    wrong record;
    opened_shops bigint[];
    opened_ids bigint[];
BEGIN
    PERFORM aftersale.require_installed();
    IF requests IS NULL OR jsonb_typeof(requests) <> 'array' THEN
        RAISE EXCEPTION USING ERRCODE = 'RA032',
            MESSAGE = 'open_many() needs a JSON array of requests (RA032)',
            HINT = 'Such as: [{"shop_id": 1, "flow": "temu/ticket", "external_ref": "T1"}].';
    END IF;
    FOR wrong IN
        SELECT e.place,
            CASE WHEN jsonb_typeof(e.request) <> 'object' THEN 'is no JSON object'
                 WHEN (SELECT count(*) FROM jsonb_object_keys(e.request) k WHERE k <> ALL (columns)) > 0
                 THEN format('has key "%s"', (SELECT min(k) FROM jsonb_object_keys(e.request) k WHERE k <> ALL (columns)))
                 ELSE format('lacks "%s"', (SELECT n FROM unnest('{shop_id,external_ref}'::text[]) n WHERE e.request ->> n IS NULL LIMIT 1)) END AS fault
        FROM jsonb_array_elements(requests) WITH ORDINALITY AS e(request, place)
        WHERE jsonb_typeof(e.request) <> 'object' OR NOT e.request ?& '{shop_id,external_ref}'
           OR 'null' IN (e.request -> 'shop_id', e.request -> 'external_ref')
           OR CASE WHEN jsonb_typeof(e.request) = 'object' THEN (e.request - columns) <> '{}' END
        ORDER BY e.place
        LIMIT 1
    LOOP
        RAISE EXCEPTION USING ERRCODE = 'RA032',
            MESSAGE = format('request number %s of the array %s (RA032)', wrong.place, wrong.fault),
            DETAIL = format('Keys of a request: %s.', array_to_string(columns, ', ')),
            HINT = 'shop_id and external_ref say which matter it is, and are needed.';
    END LOOP;
    -- the flow belongs to the key: chosen as an INSERT chooses it
    requests := (SELECT coalesce(jsonb_agg(CASE WHEN e.request ->> 'flow' IS NULL
            THEN e.request || jsonb_build_object('flow', aftersale.choose_flow((e.request ->> 'shop_id')::bigint, e.request -> 'attributes' ->> 'type', e.request ->> 'reason'))
            ELSE e.request END ORDER BY e.place), '[]')
        FROM jsonb_array_elements(requests) WITH ORDINALITY AS e(request, place));

    WITH given AS MATERIALIZED (
        SELECT DISTINCT ON (v.shop_id, v.flow, v.external_ref) v.*
        FROM jsonb_array_elements(requests) WITH ORDINALITY AS e(request, place),
            jsonb_to_record(e.request) AS v(shop_id bigint, flow text, external_ref text, reason text, order_ref text,
                ordered_at timestamptz, country text, currency text, amount numeric, ratio aftersale.refund_ratio,
                warehouse_id bigint, opened_at timestamptz, platform_due_at timestamptz, attributes jsonb, actor text,
                on_behalf_of text, payload jsonb, items jsonb)
        ORDER BY v.shop_id, v.flow, v.external_ref, e.place),
    opened AS (
        -- by key, so that two calls with the same matters wait for each other
        INSERT INTO aftersale.request (shop_id, flow, external_ref, reason, order_ref, ordered_at, country, currency, amount,
            ratio, warehouse_id, opened_at, platform_due_at, attributes, actor, on_behalf_of, payload, items)
        SELECT g.shop_id, g.flow, g.external_ref, g.reason, g.order_ref, g.ordered_at, g.country, g.currency, g.amount,
            g.ratio, g.warehouse_id, g.opened_at, g.platform_due_at, coalesce(g.attributes, '{}'), g.actor, g.on_behalf_of,
            g.payload, g.items
        FROM given g
        WHERE NOT EXISTS (SELECT FROM aftersale.request r
            WHERE r.shop_id = g.shop_id AND r.flow = g.flow AND r.external_ref = g.external_ref)
        ORDER BY g.shop_id, g.flow, g.external_ref
        ON CONFLICT (shop_id, flow, external_ref) DO NOTHING
        RETURNING shop_id, request_id)
    SELECT array_agg(o.shop_id), array_agg(o.request_id) INTO opened_shops, opened_ids FROM opened o;

    RETURN QUERY
    SELECT r.shop_id, r.request_id, r.external_ref, CASE WHEN o.request_id IS NOT NULL THEN 'open' END, NULL::text,
        r.state, r.outcome, r.due_at, r.refund_amount, r.currency, r.event_seq, NULL::text, NULL::text
    FROM jsonb_array_elements(requests) WITH ORDINALITY AS e(request, place)
    JOIN aftersale.request r ON r.shop_id = (e.request ->> 'shop_id')::bigint AND r.flow = e.request ->> 'flow'
        AND r.external_ref = e.request ->> 'external_ref'
    LEFT JOIN unnest(opened_shops, opened_ids) AS o(shop_id, request_id) ON o.shop_id = r.shop_id AND o.request_id = r.request_id
    ORDER BY e.place;
END
$function$;
COMMENT ON FUNCTION aftersale.open_many(jsonb) IS
'Opens requests, once each, however often it is called: an array of objects with the columns of aftersale.request that an INSERT may give, items, payload and actor among them; shop_id, flow and external_ref say which matter it is; the flow is chosen as by choose_flow() where it is left out. A matter that is there already stays as it is. One refused request refuses the whole. Returns a decision an object, in their order: action is open where this call opened it, NULL where it was there. Errors: RA032 no array, no object, a key that is missing or that an INSERT may not give; those of INSERT INTO aftersale.request. Example: SELECT request_id, action, state FROM aftersale.open_many(''[{"shop_id": 1, "flow": "temu/ticket", "external_ref": "T1", "items": [{"product": "P1"}]}]'');';
