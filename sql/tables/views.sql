-- Views: what is to be done, and what was.

-- Actions are those of the party that the request waits for.  Where a deadline
-- has passed and the sweep has yet to apply it, the state allows none any more.
-- Of several transitions of an action the first one decides, by priority: none that
-- the request does not qualify for, and nothing from a refusal on.  What the act has to
-- say (carrier, reject_reason, told_by) is not known here, as in allowed_actions().
CREATE VIEW aftersale.worklist WITH (security_invoker = true) AS
SELECT r.shop_id,
    r.request_id,
    r.external_ref,
    r.flow,
    r.state,
    s.title,
    s.waits_for,
    CASE
        WHEN r.fault IS NOT NULL THEN 'parked'
        WHEN r.paused_at IS NOT NULL THEN 'paused'
        WHEN r.due_at < aftersale.statement_clock() THEN 'overdue'
        WHEN r.due_at < aftersale.statement_clock() + interval '1 day' THEN 'due soon'
        ELSE 'open'
    END AS urgency,
    r.due_at,
    r.due_at - aftersale.statement_clock() AS time_left,
    CASE
        WHEN s.waits_for IS DISTINCT FROM 'merchant' OR r.entered_at >= aftersale.statement_clock() - interval '1 day' THEN false
        WHEN r.last_at < aftersale.statement_clock() - interval '1 day' THEN true
        -- a count, since NOT EXISTS may be planned as a hash of the whole history
        ELSE (SELECT count(*) FROM aftersale.event e
            WHERE e.shop_id = r.shop_id AND e.request_id = r.request_id AND e.at >= aftersale.statement_clock() - interval '1 day'
                AND e.action <> 'timeout' AND e.actor NOT IN ('buyer', 'platform', 'carrier', 'erp', 'system')) = 0
    END AS unhandled,
    CASE WHEN r.due_at < aftersale.statement_clock() AND r.act_at IS NOT NULL AND n.times_out THEN '{}' ELSE coalesce(n.actions, '{}') END AS actions,
    CASE WHEN r.due_at < aftersale.statement_clock() AND r.act_at IS NOT NULL AND n.times_out THEN '{}' ELSE coalesce(n.lacks, '{}') END AS lacks,
    r.country,
    r.order_ref,
    r.amount,
    r.currency,
    r.opened_at,
    r.entered_at,
    r.fault
FROM aftersale.request r
JOIN aftersale.flow_state s ON s.flow = r.flow AND s.version = r.flow_version AND s.state = r.state
CROSS JOIN LATERAL (
    SELECT array_agg(DISTINCT a.action ORDER BY a.action) FILTER (WHERE a.is_theirs AND a.permitted AND NOT a.refused) AS actions,
        array_agg(DISTINCT a.permission ORDER BY a.permission) FILTER (WHERE a.is_theirs AND NOT a.permitted AND NOT a.refused) AS lacks,
        bool_or(a.action = 'timeout') AS times_out
    FROM (
        SELECT t.action, t.permission,
            s.waits_for = ANY (t.actors) AND t.action NOT IN ('timeout', 'open') AS is_theirs,
            t.permission IS NULL OR s.waits_for <> 'merchant' OR aftersale.has_permission(r.shop_id, t.permission) AS permitted,
            t.effect ? 'refuse' OR bool_or(t.effect ? 'refuse' AND t.condition = '{}')
                OVER (PARTITION BY t.action, s.waits_for = ANY (t.actors) ORDER BY t.priority DESC) AS refused
        FROM aftersale.flow_transition t
        WHERE t.flow = r.flow AND t.version = r.flow_version AND t.from_state = r.state
            AND (t.requires = '{}' OR coalesce(r.attributes @> (t.requires -> 'attributes'), true)
                AND NOT t.requires ?| ARRAY['carrier', 'reject_reason', 'told_by', 'policy', 'never_for_order']
                AND (NOT t.requires ? 'return_address' OR t.requires ->> 'return_address' = 'routed' AND (r.warehouse_id IS NOT NULL OR EXISTS (
                    SELECT FROM aftersale.default_warehouse d WHERE d.shop_id = r.shop_id AND d.country = r.country AND d.superseded_at = 'infinity'
                        AND d.effective_from <= aftersale.statement_clock() AND d.effective_to > aftersale.statement_clock())))
                AND (NOT t.requires ?| ARRAY['ever', 'never'] OR (
                    SELECT coalesce(bool_or(v.event @> (t.requires -> 'ever')), NOT t.requires ? 'ever') AND NOT coalesce(bool_or(v.event @> (t.requires -> 'never')), false)
                    FROM (SELECT jsonb_build_object('action', e.action, 'actor', e.actor, 'from_state', e.from_state, 'to_state', e.to_state,
                            'rule', e.rule, 'payload', e.payload) AS event
                        FROM aftersale.event e WHERE e.shop_id = r.shop_id AND e.request_id = r.request_id) v))
                AND (NOT t.requires ? 'settings' OR (
                    SELECT (coalesce((SELECT x.settings FROM aftersale.site x
                            WHERE x.platform = p.platform AND x.site = coalesce(c.site, c.country)
                                AND x.effective_from <= aftersale.statement_clock() AND x.effective_to > aftersale.statement_clock()
                            ORDER BY x.effective_from DESC LIMIT 1), '{}') || p.settings || c.settings) @> (t.requires -> 'settings')
                    FROM aftersale.shop p JOIN aftersale.shop_country c ON c.shop_id = p.shop_id AND c.country = r.country
                    WHERE p.shop_id = r.shop_id)))
    ) a
) n
WHERE r.closed_at IS NULL
ORDER BY r.due_at NULLS LAST, r.shop_id, r.request_id;
COMMENT ON VIEW aftersale.worklist IS 'Every request that is not closed, by deadline: whom it waits for, what is to be done next, and how urgent it is (TEMU-05, TEMU-12, TEMU-29). Each sees the requests of his shops. The fast list, by an index: SELECT * FROM aftersale.worklist WHERE shop_id = 1 LIMIT 50.';
COMMENT ON COLUMN aftersale.worklist.shop_id IS 'Shop.';
COMMENT ON COLUMN aftersale.worklist.request_id IS 'Number of the request.';
COMMENT ON COLUMN aftersale.worklist.external_ref IS 'The ERP''s or platform''s own key.';
COMMENT ON COLUMN aftersale.worklist.flow IS 'Flow.';
COMMENT ON COLUMN aftersale.worklist.state IS 'State.';
COMMENT ON COLUMN aftersale.worklist.title IS 'What the state means, for people.';
COMMENT ON COLUMN aftersale.worklist.waits_for IS 'Who has to act: merchant, buyer, platform, carrier; NULL: nobody.';
COMMENT ON COLUMN aftersale.worklist.urgency IS 'parked (left to a person), paused (its deadline stands), overdue (the sweep has yet to run, or the deadline has no timeout), due soon (within 24 hours), or open.';
COMMENT ON COLUMN aftersale.worklist.due_at IS 'Deadline; NULL: none.';
COMMENT ON COLUMN aftersale.worklist.time_left IS 'Until the deadline, in elapsed time; negative: since.';
COMMENT ON COLUMN aftersale.worklist.unhandled IS 'It waits for the merchant, and for more than 24 hours nobody of the shop has acted on it: since it entered its state, or since the last act of the shop''s people there (TEMU-05, TEMU-12, TEMU-29).';
COMMENT ON COLUMN aftersale.worklist.actions IS 'What whoever it waits for may do next, by name; of the merchant''s only what the session has the permission for; nothing that the request does not qualify for or the flow refuses. Empty where it waits for nobody, and where a deadline has passed that the sweep has yet to apply: allowed_actions() looks beyond it.';
COMMENT ON COLUMN aftersale.worklist.lacks IS 'Permissions for the merchant''s other actions, which the session does not have: a colleague has to take them. Empty: none.';
COMMENT ON COLUMN aftersale.worklist.country IS 'The buyer''s country.';
COMMENT ON COLUMN aftersale.worklist.order_ref IS 'The order.';
COMMENT ON COLUMN aftersale.worklist.amount IS 'What the buyer asks for, in currency.';
COMMENT ON COLUMN aftersale.worklist.currency IS 'Currency.';
COMMENT ON COLUMN aftersale.worklist.opened_at IS 'When it was opened.';
COMMENT ON COLUMN aftersale.worklist.entered_at IS 'When it entered its state.';
COMMENT ON COLUMN aftersale.worklist.fault IS 'Why it is left to a person.';

-- Both with the columns of worklist.
CREATE VIEW aftersale.overdue WITH (security_invoker = true) AS
SELECT * FROM aftersale.worklist w WHERE w.due_at < aftersale.statement_clock();
COMMENT ON VIEW aftersale.overdue IS 'The rows of worklist whose deadline has passed: the sweep has yet to run, a person has to look (parked), or the deadline has no timeout.';

CREATE VIEW aftersale.due_soon WITH (security_invoker = true) AS
SELECT * FROM aftersale.worklist w
WHERE w.due_at >= aftersale.statement_clock() AND w.due_at < aftersale.statement_clock() + interval '1 day';
COMMENT ON VIEW aftersale.due_soon IS 'The rows of worklist whose deadline comes within 24 hours.';

DO $do$
BEGIN
    EXECUTE (
        SELECT string_agg(format('COMMENT ON COLUMN aftersale.%I.%I IS %L', v.name, a.attname,
                   col_description(a.attrelid, a.attnum)), ';')
        FROM pg_attribute a, (VALUES ('overdue'), ('due_soon')) AS v(name)
        WHERE a.attrelid = 'aftersale.worklist'::regclass AND a.attnum > 0);
END
$do$;

-- What has run out: asked of the open requests, so that it costs what they are
-- and not what the history is.
CREATE VIEW aftersale.alert WITH (security_invoker = true) AS
SELECT r.shop_id,
    r.request_id,
    r.external_ref,
    r.flow,
    r.state,
    s.title,
    s.waits_for,
    e.name,
    e.kind,
    e.notify,
    e.at,
    r.due_at,
    r.due_at - aftersale.statement_clock() AS time_left,
    e.rule
FROM aftersale.request r
JOIN aftersale.flow_state s ON s.flow = r.flow AND s.version = r.flow_version AND s.state = r.state
CROSS JOIN LATERAL (
    SELECT v.action AS name, t.kind, t.notify, v.at, v.rule
    FROM aftersale.event v
    JOIN aftersale.flow_timer t ON t.flow = r.flow AND t.version = r.flow_version AND t.name = v.action
    WHERE v.shop_id = r.shop_id AND v.request_id = r.request_id AND v.actor = 'system' AND v.from_state = v.to_state
        AND CASE
            WHEN t.state IS NULL THEN t.kind = 'alert' OR v.at > aftersale.statement_clock() - interval '7 days'
            -- of the present stay in the state, and of the deadline that it has now
            ELSE t.state = r.state AND v.at >= r.entered_at AND (t.starts <> 'before_due' OR v.due_at = r.due_at)
        END
    OFFSET 0) e
WHERE r.closed_at IS NULL AND r.event_seq > 1
ORDER BY e.at DESC, r.shop_id, r.request_id, e.name;
COMMENT ON VIEW aftersale.alert IS 'What has run out on open requests and still matters, the newest first: warnings of the deadline that a request has now, what its present state has let run out, alerts of the request itself, and of the last 7 days its own warnings and addresses that were hidden. Each sees the requests of his shops. It knows what the sweep, or an act, has written. Example: SELECT * FROM aftersale.alert WHERE shop_id = 1 AND notify = ''supervisor''.';
COMMENT ON COLUMN aftersale.alert.shop_id IS 'Shop.';
COMMENT ON COLUMN aftersale.alert.request_id IS 'Number of the request.';
COMMENT ON COLUMN aftersale.alert.external_ref IS 'The ERP''s or platform''s own key.';
COMMENT ON COLUMN aftersale.alert.flow IS 'Flow.';
COMMENT ON COLUMN aftersale.alert.state IS 'State.';
COMMENT ON COLUMN aftersale.alert.title IS 'What the state means, for people.';
COMMENT ON COLUMN aftersale.alert.waits_for IS 'Who has to act: merchant, buyer, platform, carrier; NULL: nobody.';
COMMENT ON COLUMN aftersale.alert.name IS 'Name of the timer that ran out, as of flow_timer.';
COMMENT ON COLUMN aftersale.alert.kind IS 'warning (somebody has to act), alert (something took too long) or mask (the buyer''s personal data are hidden since then).';
COMMENT ON COLUMN aftersale.alert.notify IS 'Whom to tell: a role of the shop; NULL: whoever works on it.';
COMMENT ON COLUMN aftersale.alert.at IS 'When it ran out, whenever the sweep came by.';
COMMENT ON COLUMN aftersale.alert.due_at IS 'The deadline of the request; NULL: none.';
COMMENT ON COLUMN aftersale.alert.time_left IS 'Until the deadline, in elapsed time; negative: since.';
COMMENT ON COLUMN aftersale.alert.rule IS 'The number of the rule that the timer comes from.';

CREATE VIEW aftersale.upcoming WITH (security_invoker = true) AS
SELECT a.shop_id,
    a.request_id,
    r.external_ref,
    r.flow,
    r.state,
    s.title,
    s.waits_for,
    a.name,
    t.kind,
    t.notify,
    a.act_at,
    r.due_at,
    t.rule
FROM aftersale.timer a
JOIN aftersale.request r ON r.shop_id = a.shop_id AND r.request_id = a.request_id
JOIN aftersale.flow_state s ON s.flow = r.flow AND s.version = r.flow_version AND s.state = r.state
JOIN aftersale.flow_timer t ON t.flow = r.flow AND t.version = r.flow_version AND t.name = a.name
WHERE NOT a.stands
ORDER BY a.act_at, a.shop_id, a.request_id, a.name;
COMMENT ON VIEW aftersale.upcoming IS 'What will run out next beside the deadlines: the armed timers, the first one first, without those that stand with a paused deadline. Each sees the requests of his shops. Example: SELECT * FROM aftersale.upcoming WHERE shop_id = 1 LIMIT 50.';
COMMENT ON COLUMN aftersale.upcoming.act_at IS 'When it will run out; before now: the sweep has yet to write it.';
DO $do$
BEGIN
    EXECUTE (
        SELECT string_agg(format('COMMENT ON COLUMN aftersale.upcoming.%I IS %L', a.attname, col_description(a.attrelid, a.attnum)), ';')
        FROM pg_attribute a
        WHERE a.attrelid = 'aftersale.alert'::regclass AND a.attnum > 0 AND a.attname NOT IN ('at', 'time_left'));
    COMMENT ON COLUMN aftersale.upcoming.name IS 'Name of the timer, as of flow_timer.';
    COMMENT ON COLUMN aftersale.upcoming.kind IS 'warning (somebody will have to act), alert (something takes too long) or mask (the buyer''s personal data are hidden from then on).';
END
$do$;

-- One pass over the history: each event with what came before it in its request.
-- Only what leaves a state counts, on the day of the shop's country on which it did.
CREATE VIEW aftersale.sla_report WITH (security_invoker = true) AS
SELECT d.shop_id,
    d.flow,
    d.day,
    count(*) FILTER (WHERE d.met) AS met,
    count(*) FILTER (WHERE NOT d.met) AS missed,
    round(avg(d.met::int), 4) AS met_share,
    count(d.response) AS responses,
    percentile_cont(0.5) WITHIN GROUP (ORDER BY d.response) AS response_median,
    percentile_cont(0.95) WITHIN GROUP (ORDER BY d.response) AS response_p95,
    count(*) FILTER (WHERE d.completed) AS completed,
    count(*) FILTER (WHERE d.completed AND d.by_shop_alone) AS self_completed,
    round(avg(d.by_shop_alone::int) FILTER (WHERE d.completed), 4) AS self_completed_share,
    avg(d.at - d.opened_at) FILTER (WHERE d.completed AND d.by_shop_alone) AS self_completed_time
FROM (
    SELECT h.shop_id,
        r.flow,
        (h.at AT TIME ZONE c.time_zone)::date AS day,
        CASE WHEN f.waits_for = 'merchant' AND h.due_at IS NOT NULL THEN h.action <> 'timeout' AND h.at <= h.due_at END AS met,
        CASE WHEN f.waits_for = 'merchant' AND h.by_shop THEN aftersale.business_elapsed(h.entered_at, h.at, k.calendar) END AS response,
        t.final AND NOT f.final AS completed,
        h.shop_acted AND NOT h.others_acted AS by_shop_alone,
        h.at,
        h.opened_at
    FROM (
        SELECT e.shop_id, e.request_id, e.action, e.at, e.from_state, e.to_state, e.by_shop,
            lag(e.due_at) OVER before AS due_at,
            max(CASE WHEN e.from_state IS DISTINCT FROM e.to_state THEN e.at END)
                OVER (before ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS entered_at,
            first_value(e.at) OVER before AS opened_at,
            bool_or(e.by_shop) OVER before AS shop_acted,
            bool_or(e.action = 'timeout' OR e.by_platform) OVER before AS others_acted
        FROM (
            SELECT v.shop_id, v.request_id, v.event_seq, v.action, v.at, v.from_state, v.to_state, v.due_at,
                -- a rule of the shop acts for the merchant
                (v.action NOT IN ('open', 'timeout') AND v.actor NOT IN ('buyer', 'platform', 'carrier', 'erp', 'system'))
                    OR (v.actor = 'system' AND v.on_behalf_of IS NOT DISTINCT FROM 'merchant') AS by_shop,
                v.actor = 'platform' AND v.action NOT IN ('open', 'set_deadline') AS by_platform
            FROM aftersale.event v
        ) e
        WINDOW before AS (PARTITION BY e.shop_id, e.request_id ORDER BY e.event_seq)
    ) h
    JOIN aftersale.request r ON r.shop_id = h.shop_id AND r.request_id = h.request_id
    JOIN aftersale.flow_state f ON f.flow = r.flow AND f.version = r.flow_version AND f.state = h.from_state
    JOIN aftersale.flow_state t ON t.flow = r.flow AND t.version = r.flow_version AND t.state = h.to_state
    JOIN aftersale.shop_country c ON c.shop_id = h.shop_id AND c.country = r.country
    JOIN aftersale.calendar k ON k.name = c.calendar
    WHERE h.from_state <> h.to_state
) d
WHERE d.met IS NOT NULL OR d.response IS NOT NULL OR d.completed
GROUP BY d.shop_id, d.flow, d.day
ORDER BY d.shop_id, d.flow, d.day;
COMMENT ON VIEW aftersale.sla_report IS 'How a shop kept its deadlines, by shop, flow and day: what left a state on that day. Computed from the history; each sees his shops. Reads the whole history of the shops that it is asked for. Example: SELECT * FROM aftersale.sla_report WHERE shop_id = 1 AND day >= ''2026-11-01''.';
COMMENT ON COLUMN aftersale.sla_report.shop_id IS 'Shop.';
COMMENT ON COLUMN aftersale.sla_report.flow IS 'Flow, all versions.';
COMMENT ON COLUMN aftersale.sla_report.day IS 'The date, in the time zone of the shop''s country, on which the event took effect (a timeout: its deadline).';
COMMENT ON COLUMN aftersale.sla_report.met IS 'Deadlines of states that wait for the merchant that were met: an act led to another state at the deadline or before it.';
COMMENT ON COLUMN aftersale.sla_report.missed IS 'Those that were missed: the timeout, or an act after the deadline, led to another state.';
COMMENT ON COLUMN aftersale.sla_report.met_share IS 'met / (met + missed), 0 to 1, four decimals; NULL: there were none.';
COMMENT ON COLUMN aftersale.sla_report.responses IS 'Acts of the shop''s people that led out of a state that waits for the merchant, with a deadline or without.';
COMMENT ON COLUMN aftersale.sla_report.response_median IS 'Median of their times from entering the state to the act, in working time of the calendar of the shop''s country; between the two in the middle where they are even.';
COMMENT ON COLUMN aftersale.sla_report.response_p95 IS 'The 95th percentile of these times, interpolated.';
COMMENT ON COLUMN aftersale.sla_report.completed IS 'Requests that entered a final state.';
COMMENT ON COLUMN aftersale.sla_report.self_completed IS 'Those of them that the shop completed itself: its people, or its automatic rules, acted on the request at least once after its opening, and until then there was neither a timeout nor an act of the platform (a deadline that it sets is none).';
COMMENT ON COLUMN aftersale.sla_report.self_completed_share IS 'self_completed / completed, 0 to 1, four decimals; NULL: none was completed.';
COMMENT ON COLUMN aftersale.sla_report.self_completed_time IS 'Mean time from the opening to the final state of self_completed, in elapsed time, as Douyin counts (DOUYIN-08, DOUYIN-11).';

-- The only way to personal data but for the owner: an owner's view, whose
-- predicate on login takes the place of row-level security.
CREATE VIEW aftersale.buyer WITH (security_barrier = true) AS
SELECT p.shop_id,
    p.request_id,
    CASE v.shown WHEN 'full' THEN p.buyer_name WHEN 'masked' THEN aftersale.mask(p.buyer_name, 1) END AS buyer_name,
    CASE v.shown WHEN 'full' THEN p.phone WHEN 'masked' THEN aftersale.mask(p.phone, -3) END AS phone,
    CASE v.shown WHEN 'full' THEN p.address
                 WHEN 'masked' THEN pg_catalog.jsonb_strip_nulls(pg_catalog.jsonb_build_object('country', p.address OPERATOR(pg_catalog.->) 'country')) END AS address,
    p.visible_until,
    v.shown
FROM aftersale.personal p
CROSS JOIN LATERAL (
    SELECT CASE
        WHEN p.erased_at IS NOT NULL THEN 'erased'
        WHEN p.visible_until <= aftersale.clock() THEN 'expired'
        WHEN aftersale.has_permission(p.shop_id, 'view_personal') THEN 'full'
        ELSE 'masked' END AS shown
    OFFSET 0) v
WHERE p.shop_id = ANY (ARRAY(
    SELECT l.shop_id FROM aftersale.login l WHERE l.login = current_user
    UNION ALL
    SELECT s.shop_id FROM aftersale.shop s WHERE (SELECT aftersale.is_tables_owner())));
COMMENT ON VIEW aftersale.buyer IS 'Personal data of requests as the session may see them: in full with permission view_personal, else masked; not at all once visible_until has passed (TEMU-31) or they were erased.';
COMMENT ON COLUMN aftersale.buyer.shop_id IS 'Shop.';
COMMENT ON COLUMN aftersale.buyer.request_id IS 'Request.';
COMMENT ON COLUMN aftersale.buyer.buyer_name IS 'Name of the buyer; masked: its first character.';
COMMENT ON COLUMN aftersale.buyer.phone IS 'Phone of the buyer; masked: its last three digits.';
COMMENT ON COLUMN aftersale.buyer.address IS 'Address of the buyer; masked: its member country.';
COMMENT ON COLUMN aftersale.buyer.visible_until IS 'From this instant on nothing is shown; NULL: no end.';
COMMENT ON COLUMN aftersale.buyer.shown IS 'full, masked, expired or erased.';
