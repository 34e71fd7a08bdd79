
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
    due_at timestamptz
);
COMMENT ON TYPE aftersale.allowed_action IS
'An action that is allowed now: the state that it leads to, the payload keys that it needs, the deadline.';

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

CREATE FUNCTION aftersale.act(shop_id bigint, request_id bigint, action text, payload jsonb DEFAULT '{}',
    actor text DEFAULT NULL, on_behalf_of text DEFAULT NULL) RETURNS aftersale.decision
LANGUAGE C VOLATILE PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'aftersale_act';
COMMENT ON FUNCTION aftersale.act(bigint, bigint, text, jsonb, text, text) IS
'Takes an action on a request: the same as UPDATE aftersale.request SET action = ..., with the caller''s rights. payload: what the action brings along (remark, evidence, is_effective, ...); actor: who acts (NULL: the database role; buyer, platform, carrier and erp are reserved names); on_behalf_of: for whom. Returns the decision. Errors: RA015 unknown action, RA016 unknown request, RA020 not allowed in this state, RA021 too late, RA022 not this actor''s, RA023 payload incomplete. Example: SELECT state, due_at FROM aftersale.act(1, 42, ''reply'', ''{"remark": "sent on Monday"}'');';

CREATE FUNCTION aftersale.allowed_actions(shop_id bigint, request_id bigint, actor text DEFAULT NULL)
RETURNS SETOF aftersale.allowed_action
LANGUAGE C STABLE PARALLEL RESTRICTED
AS 'MODULE_PATHNAME', 'aftersale_allowed_actions';
COMMENT ON FUNCTION aftersale.allowed_actions(bigint, bigint, text) IS
'The actions that are allowed on a request now, deadlines that have passed taken into account whether or not the sweep has run. actor: NULL or a person of the shop is the merchant; buyer, platform, carrier, erp ask for theirs. Error RA016: no such request. Example: SELECT action, to_state, needs FROM aftersale.allowed_actions(1, 42);';

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
            CASE WHEN e.action = 'timeout' THEN format('the deadline passed, recorded %s', e.recorded_at) END,
            CASE WHEN e.facts ->> 'due_at' IS NOT NULL
                 THEN 'due ' || (e.facts ->> 'due_at')::timestamptz || coalesce(' by calendar ' || (e.facts ->> 'calendar'), '') END)
    FROM aftersale.event e
    WHERE e.shop_id = explain.shop_id AND e.request_id = explain.request_id
    ORDER BY e.event_seq;
END
$function$;
COMMENT ON FUNCTION aftersale.explain(bigint, bigint) IS
'What happened to a request, one line an event: when it took effect, what, and by which rule with which deadline. Error RA016: no such request. Example: SELECT * FROM aftersale.explain(1, 42);';
