-- Returns: what a shop takes back, until when, and on which conditions.

CREATE SEQUENCE aftersale.return_policy_id;
CREATE TABLE aftersale.return_policy (
    shop_id bigint NOT NULL REFERENCES aftersale.shop ON DELETE CASCADE,
    policy_id bigint NOT NULL DEFAULT pg_catalog.nextval('aftersale.return_policy_id'),
    name text NOT NULL CHECK (name <> ''),
    country text NOT NULL DEFAULT '*' CHECK (country ~ '^([A-Z]{2}|\*)$'),
    product text NOT NULL DEFAULT '*' CHECK (product <> ''),
    category text NOT NULL DEFAULT '*' CHECK (category <> ''),
    returnable boolean NOT NULL DEFAULT true,
    term aftersale.sla_term CONSTRAINT return_policy_term_above_zero CHECK (term::text ~ '^[1-9]'),
    starts text NOT NULL DEFAULT 'delivered' CHECK (starts IN ('delivered', 'ordered')),
    conditions text[] NOT NULL DEFAULT '{}' CHECK (array_position(conditions, NULL) IS NULL AND '' <> ALL (conditions)),
    refund_methods text[] NOT NULL DEFAULT '{original}'
        CHECK (refund_methods <> '{}' AND array_position(refund_methods, NULL) IS NULL AND '' <> ALL (refund_methods)),
    reason_required boolean NOT NULL DEFAULT false,
    evidence_required boolean NOT NULL DEFAULT false,
    effective_from timestamptz NOT NULL DEFAULT '-infinity' CHECK (effective_from < 'infinity'),
    effective_to timestamptz NOT NULL DEFAULT 'infinity',
    PRIMARY KEY (shop_id, policy_id),
    CONSTRAINT return_policy_version UNIQUE (shop_id, country, product, category, effective_from),
    CONSTRAINT return_policy_one_scope CHECK (product = '*' OR category = '*'),
    CONSTRAINT return_policy_period CHECK (effective_from < effective_to),
    CONSTRAINT return_policy_final_sale CHECK (returnable OR (term IS NULL AND NOT reason_required AND NOT evidence_required))
);
ALTER SEQUENCE aftersale.return_policy_id OWNED BY aftersale.return_policy.policy_id;
COMMENT ON TABLE aftersale.return_policy IS 'A shop''s own return policy (TTRET-02 to TTRET-07), for a product, a category or everything, version by version. The version in force when the order was created decides; of several in force the most particular, then the one with the latest effective_from. return_eligibility() tells what it says.';
COMMENT ON COLUMN aftersale.return_policy.shop_id IS 'Shop.';
COMMENT ON COLUMN aftersale.return_policy.policy_id IS 'Number of the version.';
COMMENT ON COLUMN aftersale.return_policy.name IS 'For people, and in refusals; versions may share it.';
COMMENT ON COLUMN aftersale.return_policy.country IS 'The buyer''s country; * is every country. A row of a country goes before one of the same scope for every country.';
COMMENT ON COLUMN aftersale.return_policy.product IS 'The one product (SPU) that it is for; *: not for one product. It goes before category and everything.';
COMMENT ON COLUMN aftersale.return_policy.category IS 'The one category that it is for, as the lines of a request have it; *: not for one category. It goes before everything.';
COMMENT ON COLUMN aftersale.return_policy.returnable IS 'false: final sale, nothing is taken back.';
COMMENT ON COLUMN aftersale.return_policy.term IS 'How long the buyer can apply (TTRET-02): days are natural days in the country''s time zone; exactly the end is in time. NULL: without end.';
COMMENT ON COLUMN aftersale.return_policy.starts IS 'From when term counts: delivered or ordered.';
COMMENT ON COLUMN aftersale.return_policy.conditions IS 'What the goods must be (TTRET-03), such as {unused,undamaged}: by these the seller approves and inspects.';
COMMENT ON COLUMN aftersale.return_policy.refund_methods IS 'By which ways money is refunded (TTRET-04), the first by default: original is the way that it was paid; others are your words.';
COMMENT ON COLUMN aftersale.return_policy.reason_required IS 'Whether an application without a reason is refused (TTRET-06).';
COMMENT ON COLUMN aftersale.return_policy.evidence_required IS 'Whether an application without evidence is refused (TTRET-07).';
COMMENT ON COLUMN aftersale.return_policy.effective_from IS 'In force for orders created from this instant on.';
COMMENT ON COLUMN aftersale.return_policy.effective_to IS 'No longer in force for orders created at this instant.';
