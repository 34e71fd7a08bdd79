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
