-- Views: what is to be done.

CREATE VIEW aftersale.worklist WITH (security_invoker = true) AS
SELECT r.shop_id,
    r.request_id,
    r.external_ref,
    r.flow,
    r.state,
    s.waits_for,
    CASE
        WHEN r.fault IS NOT NULL THEN 'parked'
        WHEN r.due_at < c.now THEN 'overdue'
        WHEN r.due_at < c.now OPERATOR(pg_catalog.+) '1 day'::pg_catalog.interval THEN 'due soon'
        ELSE 'open'
    END AS urgency,
    r.due_at,
    r.due_at OPERATOR(pg_catalog.-) c.now AS time_left,
    r.country,
    r.order_ref,
    r.amount,
    r.currency,
    r.opened_at,
    r.entered_at,
    r.fault
FROM aftersale.request r
JOIN aftersale.flow_state s ON s.flow = r.flow AND s.version = r.flow_version AND s.state = r.state
CROSS JOIN (SELECT aftersale.clock() AS now) c
WHERE NOT s.final
ORDER BY r.due_at NULLS LAST, r.shop_id, r.request_id;
COMMENT ON VIEW aftersale.worklist IS 'Every request that is not closed, by deadline: whom it waits for, and how urgent it is.';
COMMENT ON COLUMN aftersale.worklist.shop_id IS 'Shop.';
COMMENT ON COLUMN aftersale.worklist.request_id IS 'Number of the request.';
COMMENT ON COLUMN aftersale.worklist.external_ref IS 'The ERP''s or platform''s own key.';
COMMENT ON COLUMN aftersale.worklist.flow IS 'Flow.';
COMMENT ON COLUMN aftersale.worklist.state IS 'State.';
COMMENT ON COLUMN aftersale.worklist.waits_for IS 'Who has to act: merchant, buyer, platform, carrier; NULL: nobody.';
COMMENT ON COLUMN aftersale.worklist.urgency IS 'parked (left to a person), overdue (the sweep has yet to run), due soon (within a day), or open.';
COMMENT ON COLUMN aftersale.worklist.due_at IS 'Deadline; NULL: none.';
COMMENT ON COLUMN aftersale.worklist.time_left IS 'Until the deadline; negative: since.';
COMMENT ON COLUMN aftersale.worklist.country IS 'The buyer''s country.';
COMMENT ON COLUMN aftersale.worklist.order_ref IS 'The order.';
COMMENT ON COLUMN aftersale.worklist.amount IS 'What the buyer asks for, in currency.';
COMMENT ON COLUMN aftersale.worklist.currency IS 'Currency.';
COMMENT ON COLUMN aftersale.worklist.opened_at IS 'When it was opened.';
COMMENT ON COLUMN aftersale.worklist.entered_at IS 'When it entered its state.';
COMMENT ON COLUMN aftersale.worklist.fault IS 'Why it is left to a person.';

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
