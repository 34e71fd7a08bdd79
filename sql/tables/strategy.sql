-- Strategies: a shop's automatic rules, and how often they were used.

CREATE SEQUENCE aftersale.rule_id;
CREATE TABLE aftersale.rule (
    shop_id bigint NOT NULL REFERENCES aftersale.shop ON DELETE CASCADE,
    rule_id bigint NOT NULL DEFAULT pg_catalog.nextval('aftersale.rule_id'),
    name text NOT NULL,
    flow text NOT NULL,
    state text,
    signal text,
    priority int NOT NULL DEFAULT 0,
    reasons text[] CHECK (reasons <> '{}'),
    amount_from numeric,
    amount_to numeric,
    currency text,
    products text[] CHECK (products <> '{}'),
    categories text[] CHECK (categories <> '{}'),
    single_parcel boolean NOT NULL DEFAULT false,
    whole_parcel boolean NOT NULL DEFAULT false,
    condition jsonb NOT NULL DEFAULT '{}' CHECK (pg_catalog.jsonb_typeof(condition) = 'object'),
    action text NOT NULL,
    ratio aftersale.refund_ratio,
    max_per_day int,
    max_amount_per_day numeric,
    max_per_buyer int,
    effective_from timestamptz NOT NULL DEFAULT '-infinity',
    effective_to timestamptz NOT NULL DEFAULT 'infinity',
    enabled boolean NOT NULL DEFAULT true,
    PRIMARY KEY (shop_id, rule_id),
    UNIQUE (shop_id, name),
    CHECK (effective_from < effective_to),
    CHECK (max_amount_per_day IS NULL OR currency IS NOT NULL)
);
ALTER SEQUENCE aftersale.rule_id OWNED BY aftersale.rule.rule_id;
COMMENT ON TABLE aftersale.rule IS 'A shop''s automatic strategies (TEMU-27, TEMU-28, DOUYIN-05 to DOUYIN-09): when, on which conditions, which action. All conditions that are set must hold.';
COMMENT ON COLUMN aftersale.rule.shop_id IS 'Shop.';
COMMENT ON COLUMN aftersale.rule.rule_id IS 'Number of the rule.';
COMMENT ON COLUMN aftersale.rule.name IS 'Name, unique in the shop.';
COMMENT ON COLUMN aftersale.rule.flow IS 'Flow that it watches.';
COMMENT ON COLUMN aftersale.rule.state IS 'Without a signal: the state whose entry it watches, NULL: the flow''s initial state, that is the opening. With a signal: the state in which the signal must arrive, NULL: any.';
COMMENT ON COLUMN aftersale.rule.signal IS 'Action whose arrival it watches, such as interception_succeeded; NULL: it watches the entry of a state.';
COMMENT ON COLUMN aftersale.rule.priority IS 'The highest of those that match acts; of equal ones the one with the smallest rule_id.';
COMMENT ON COLUMN aftersale.rule.reasons IS 'Reason codes that match; NULL: any.';
COMMENT ON COLUMN aftersale.rule.amount_from IS 'Least amount asked for the goods, inclusive; NULL: no bound.';
COMMENT ON COLUMN aftersale.rule.amount_to IS 'Greatest amount asked for the goods, inclusive; NULL: no bound.';
COMMENT ON COLUMN aftersale.rule.currency IS 'Only requests in this currency match, ISO 4217; NULL: any, and the bounds are in the request''s.';
COMMENT ON COLUMN aftersale.rule.products IS 'Every product of the request must be among these; NULL: any.';
COMMENT ON COLUMN aftersale.rule.categories IS 'Every item''s category must be among these; NULL: any.';
COMMENT ON COLUMN aftersale.rule.single_parcel IS 'true: the request''s attributes must say "parcels": 1 (DOUYIN-07).';
COMMENT ON COLUMN aftersale.rule.whole_parcel IS 'true: the request''s attributes must say "whole_parcel": true, all goods of the parcel are refunded (DOUYIN-07).';
COMMENT ON COLUMN aftersale.rule.condition IS 'What the request''s attributes must contain; {}: nothing.';
COMMENT ON COLUMN aftersale.rule.action IS 'The action that it takes: one of the flow''s that the merchant or the system may take and that needs no payload.';
COMMENT ON COLUMN aftersale.rule.ratio IS 'The ratio of the refund (TEMU-28); NULL: the request''s own, else all of it.';
COMMENT ON COLUMN aftersale.rule.max_per_day IS 'Most uses a day, by the date in the time zone of the request''s country; NULL: no cap.';
COMMENT ON COLUMN aftersale.rule.max_amount_per_day IS 'Most money that its refunds add up to on such a day, in currency, which must be set then; NULL: no cap.';
COMMENT ON COLUMN aftersale.rule.max_per_buyer IS 'Most uses a buyer, ever; the buyer is "buyer" of the request''s attributes, and a request without one does not match. NULL: no cap.';
COMMENT ON COLUMN aftersale.rule.effective_from IS 'In force from this instant on.';
COMMENT ON COLUMN aftersale.rule.effective_to IS 'No longer in force at this instant.';
COMMENT ON COLUMN aftersale.rule.enabled IS 'The switch.';

-- The caps stand beside what was used, as of the last use, so that no row can say more than its cap allowed.
CREATE TABLE aftersale.rule_use (
    shop_id bigint NOT NULL,
    rule_id bigint NOT NULL,
    day date NOT NULL,
    uses int NOT NULL,
    amount numeric NOT NULL,
    max_uses int,
    max_amount numeric,
    PRIMARY KEY (shop_id, rule_id, day),
    CONSTRAINT rule_use_cap CHECK (uses <= max_uses),
    CONSTRAINT rule_amount_cap CHECK (amount <= max_amount)
);
COMMENT ON TABLE aftersale.rule_use IS 'What rules with a cap per day were used on each day; written by the engine. A rule without such a cap is not counted.';
COMMENT ON COLUMN aftersale.rule_use.shop_id IS 'Shop.';
COMMENT ON COLUMN aftersale.rule_use.rule_id IS 'Rule.';
COMMENT ON COLUMN aftersale.rule_use.day IS 'Date in the time zone of the request''s country.';
COMMENT ON COLUMN aftersale.rule_use.uses IS 'How often it acted.';
COMMENT ON COLUMN aftersale.rule_use.amount IS 'What its refunds add up to, in the rule''s currency; 0 where the rule has no cap in money.';
COMMENT ON COLUMN aftersale.rule_use.max_uses IS 'rule.max_per_day at its last use.';
COMMENT ON COLUMN aftersale.rule_use.max_amount IS 'rule.max_amount_per_day at its last use.';

CREATE TABLE aftersale.rule_buyer_use (
    shop_id bigint NOT NULL,
    rule_id bigint NOT NULL,
    buyer text NOT NULL,
    uses int NOT NULL,
    max_uses int NOT NULL,
    PRIMARY KEY (shop_id, rule_id, buyer),
    CONSTRAINT rule_buyer_cap CHECK (uses <= max_uses)
);
COMMENT ON TABLE aftersale.rule_buyer_use IS 'How often rules with a cap per buyer were used for each; written by the engine.';
COMMENT ON COLUMN aftersale.rule_buyer_use.shop_id IS 'Shop.';
COMMENT ON COLUMN aftersale.rule_buyer_use.rule_id IS 'Rule.';
COMMENT ON COLUMN aftersale.rule_buyer_use.buyer IS 'The buyer, as the request''s attributes name him: the platform''s number of him, not his name.';
COMMENT ON COLUMN aftersale.rule_buyer_use.uses IS 'How often it acted.';
COMMENT ON COLUMN aftersale.rule_buyer_use.max_uses IS 'rule.max_per_buyer at its last use.';

CREATE VIEW aftersale.rule_overlap WITH (security_invoker = true) AS
WITH watched AS (
    SELECT r.*, coalesce(r.state, CASE WHEN r.signal IS NULL THEN
        (SELECT f.initial_state FROM aftersale.flow f WHERE f.flow = r.flow ORDER BY f.version DESC LIMIT 1) END) AS moment
    FROM aftersale.rule r WHERE r.enabled)
SELECT a.shop_id, a.flow, a.priority, a.rule_id, a.name, b.rule_id AS other_rule_id, b.name AS other_name
FROM watched a
JOIN watched b ON b.shop_id = a.shop_id AND b.flow = a.flow AND b.priority = a.priority AND b.rule_id > a.rule_id
WHERE (a.action IS DISTINCT FROM b.action OR a.ratio::text IS DISTINCT FROM b.ratio::text)
  AND a.effective_from < b.effective_to AND b.effective_from < a.effective_to
  AND CASE
      WHEN a.signal IS NULL AND b.signal IS NULL THEN a.moment = b.moment
      WHEN a.signal IS NOT NULL AND b.signal IS NOT NULL THEN a.signal = b.signal AND coalesce(a.state = b.state, true)
      -- a signal that leads into the state whose entry the other one watches
      ELSE EXISTS (SELECT FROM aftersale.flow_transition t
                   WHERE t.flow = a.flow AND t.action = coalesce(a.signal, b.signal)
                     AND t.to_state = CASE WHEN a.signal IS NULL THEN a.moment ELSE b.moment END
                     AND coalesce(t.from_state = CASE WHEN a.signal IS NULL THEN b.state ELSE a.state END, true)
                     AND (t.from_state <> t.to_state OR t.clock = 'restart'))
      END
  AND coalesce(a.reasons && b.reasons, true)
  AND coalesce(a.amount_from <= b.amount_to, true) AND coalesce(b.amount_from <= a.amount_to, true)
  AND coalesce(a.currency = b.currency, true)
  AND coalesce(a.products && b.products, true) AND coalesce(a.categories && b.categories, true)
  -- what asks for different values of one attribute cannot hold twice
  AND NOT EXISTS (SELECT FROM pg_catalog.jsonb_each(a.condition) x JOIN pg_catalog.jsonb_each(b.condition) y ON y.key = x.key
                  WHERE x.value <> y.value AND pg_catalog.jsonb_typeof(x.value) NOT IN ('object', 'array')
                    AND pg_catalog.jsonb_typeof(y.value) NOT IN ('object', 'array'));
COMMENT ON VIEW aftersale.rule_overlap IS 'Pairs of rules that are switched on and could match the same request at the same moment, with the same priority, but do different things: of those the smaller rule_id acts.';
COMMENT ON COLUMN aftersale.rule_overlap.shop_id IS 'Shop.';
COMMENT ON COLUMN aftersale.rule_overlap.flow IS 'Flow.';
COMMENT ON COLUMN aftersale.rule_overlap.priority IS 'Priority of both.';
COMMENT ON COLUMN aftersale.rule_overlap.rule_id IS 'The rule that acts where both match.';
COMMENT ON COLUMN aftersale.rule_overlap.name IS 'Its name.';
COMMENT ON COLUMN aftersale.rule_overlap.other_rule_id IS 'The rule that does not.';
COMMENT ON COLUMN aftersale.rule_overlap.other_name IS 'Its name.';
