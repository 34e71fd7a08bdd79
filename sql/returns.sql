
-- Returns: what a shop's own policy says of an application.

CREATE TYPE aftersale.return_verdict AS (
    line_no int,
    product text,
    eligible boolean,
    code text,
    why text,
    rule text,
    policy_id bigint,
    window_ends_at timestamptz,
    conditions text[],
    refund_methods text[]
);
COMMENT ON TYPE aftersale.return_verdict IS
'Whether a line may be returned: line_no and product as given (NULL: no lines were given); eligible; code: eligible, no_policy, not_delivered (all three may be returned), final_sale, window_ended, reason_missing, evidence_missing; why, in words; rule; policy_id of the row of return_policy that says so (NULL: none); window_ends_at: the last instant that is in time (NULL: no end, or not known yet); conditions and refund_methods of the policy. See return_eligibility().';

CREATE FUNCTION aftersale.return_eligibility(shop_id bigint, country text, items jsonb, ordered_at timestamptz,
    delivered_at timestamptz, reason text DEFAULT NULL, evidence text[] DEFAULT NULL, at timestamptz DEFAULT NULL)
RETURNS SETOF aftersale.return_verdict
LANGUAGE plpgsql STABLE PARALLEL RESTRICTED
SET search_path = pg_catalog, pg_temp
AS $function$
#variable_conflict use_column
DECLARE
    asked_at timestamptz := coalesce(return_eligibility.at, aftersale.clock());
    judged_at timestamptz := coalesce(return_eligibility.ordered_at, asked_at);
    has_reason boolean := coalesce(return_eligibility.reason ~ '\S', false);
    has_evidence boolean := EXISTS (SELECT FROM unnest(return_eligibility.evidence) AS e WHERE e ~ '\S');
    lines jsonb := return_eligibility.items;
    here record;
    every_day aftersale.business_calendar;
BEGIN
    PERFORM aftersale.require_country(return_eligibility.shop_id, return_eligibility.country);
    IF NOT (isfinite(judged_at) AND isfinite(asked_at) AND isfinite(coalesce(return_eligibility.delivered_at, asked_at))) THEN
        RAISE EXCEPTION USING ERRCODE = 'RA056',
            MESSAGE = 'the instants of order, delivery and application must be finite (RA056, TTRET-02)';
    END IF;
    IF jsonb_typeof(lines) <> 'array' OR jsonb_path_exists(lines, 'strict $[*] ? (@.type() != "object")') THEN
        RAISE EXCEPTION USING ERRCODE = 'RA028', MESSAGE = 'items must be a JSON array of objects (RA028)',
            HINT = 'Such as: [{"line_no": 1, "product": "P1", "category": "shoes"}].';
    END IF;
    IF lines IS NULL OR lines = '[]' THEN
        lines := '[{"line_no": null}]';     -- judged by what is for everything
    END IF;
    SELECT c.time_zone, c.calendar INTO here FROM aftersale.shop_country AS c
    WHERE c.shop_id = return_eligibility.shop_id AND c.country = return_eligibility.country;
    every_day := format('zone %s; mon-sun 00:00-24:00', here.time_zone);

    RETURN QUERY
    SELECT line.line_no, line.product, verdict.code IN ('eligible', 'no_policy', 'not_delivered'), verdict.code,
        CASE verdict.code
            WHEN 'no_policy' THEN 'no policy of the shop is in force for it, so it is not restricted'
            WHEN 'final_sale' THEN format('policy "%s" takes nothing back', policy.name)
            WHEN 'not_delivered' THEN format('the %s from delivery of policy "%s" have not begun: it is not known to be delivered', policy.term, policy.name)
            WHEN 'reason_missing' THEN format('policy "%s" requires a reason', policy.name)
            WHEN 'evidence_missing' THEN format('policy "%s" requires evidence', policy.name)
            WHEN 'window_ended' THEN format('the %s from %s of policy "%s" ended at %s', policy.term,
                CASE policy.starts WHEN 'ordered' THEN 'the order' ELSE 'delivery' END, policy.name, to_char(ends.at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS+00'))
            ELSE CASE WHEN policy.term IS NULL THEN format('policy "%s" has no end', policy.name)
                ELSE format('within the %s from %s of policy "%s"', policy.term, CASE policy.starts WHEN 'ordered' THEN 'the order' ELSE 'delivery' END, policy.name) END
        END,
        CASE verdict.code WHEN 'window_ended' THEN 'TTRET-07' WHEN 'evidence_missing' THEN 'TTRET-07'
            WHEN 'reason_missing' THEN 'TTRET-06' WHEN 'no_policy' THEN NULL ELSE 'TTRET-02' END,
        policy.policy_id, ends.at, policy.conditions, policy.refund_methods
    FROM (SELECT CASE WHEN i.item -> 'line_no' <> 'null' THEN (i.item ->> 'line_no')::int WHEN NOT i.item ? 'line_no' THEN i.place::int END AS line_no,
                 i.item ->> 'product' AS product, i.item ->> 'category' AS category, i.place
          FROM jsonb_array_elements(lines) WITH ORDINALITY AS i(item, place)) AS line
    LEFT JOIN LATERAL (
        SELECT p.* FROM aftersale.return_policy AS p
        WHERE p.shop_id = return_eligibility.shop_id AND p.country IN ('*', return_eligibility.country)
          AND p.product IN ('*', line.product) AND p.category IN ('*', line.category)
          AND p.effective_from <= judged_at AND judged_at < p.effective_to
        ORDER BY p.product = '*', p.category = '*', p.country = '*', p.effective_from DESC
        LIMIT 1) AS policy ON true
    CROSS JOIN LATERAL (
        SELECT CASE policy.starts WHEN 'ordered' THEN judged_at ELSE return_eligibility.delivered_at END AS start) AS counted
    CROSS JOIN LATERAL (
        SELECT CASE WHEN policy.term::text ~ 'business' THEN aftersale.deadline(counted.start, policy.term, here.calendar)
            ELSE aftersale.deadline(counted.start, policy.term, every_day) END AS at) AS ends
    -- first what the buyer cannot mend, then what he can
    CROSS JOIN LATERAL (
        SELECT CASE WHEN policy.policy_id IS NULL THEN 'no_policy'
            WHEN NOT policy.returnable THEN 'final_sale'
            WHEN asked_at > ends.at THEN 'window_ended'
            WHEN policy.reason_required AND NOT has_reason THEN 'reason_missing'
            WHEN policy.evidence_required AND NOT has_evidence THEN 'evidence_missing'
            WHEN policy.term IS NOT NULL AND ends.at IS NULL THEN 'not_delivered'
            ELSE 'eligible' END AS code) AS verdict
    ORDER BY line.place;
END
$function$;
COMMENT ON FUNCTION aftersale.return_eligibility(bigint, text, jsonb, timestamptz, timestamptz, text, text[], timestamptz) IS
'Whether each line of an application may be returned by the shop''s own policy, and if not, why (TTRET-02 to TTRET-07); one row a line, in their order. shop_id: shop; country: the buyer''s; items: an array of {line_no, product, category}, NULL or empty: one row, by what is for everything; ordered_at: creation of the order, whose instant chooses the version of return_policy (NULL: at does); delivered_at: delivery, NULL: not known, so that a window that counts from it has not begun; reason and evidence: what the buyer gave, blank is nothing; at: when he applied, NULL is now. Exactly the end of the window is in time. Of several faults of a line the first is told: final sale, window, reason, evidence. A line for which no policy is in force may be returned. Errors: RA010, RA011, RA028 items, RA056 an instant is infinite, 22004 NULL. Example: SELECT line_no, eligible, why FROM aftersale.return_eligibility(1, ''TH'', ''[{"product": "P1"}]'', ''2026-11-01 10:00+07'', ''2026-11-05 10:00+07'', reason => ''too small'');';
