-- Kuaishou, return and refund, with the return's tracking number uploaded for the buyer (2023-07-26).  Rows that are
-- there stay.  The source gives no deadline anywhere, so no state has one of its own.

INSERT INTO aftersale.flow (flow, version, platform, kind, title, initial_state, rule, standing, pack) VALUES
    ('kuaishou/return_refund', 1, 'kuaishou', 'return_refund', 'Return and refund', 'requested', 'KS-01', 'stated', 'kuaishou')
ON CONFLICT DO NOTHING;

INSERT INTO aftersale.flow_state (flow, version, state, title, final, waits_for, rule, standing) VALUES
    ('kuaishou/return_refund', 1, 'requested', 'Awaiting the merchant''s decision', false, 'merchant', 'KS-09', 'external'),
    ('kuaishou/return_refund', 1, 'awaiting_buyer_ship', 'Awaiting the buyer''s shipment', false, 'buyer', 'KS-09', 'stated'),
    ('kuaishou/return_refund', 1, 'return_in_transit', 'On its way back, awaiting the merchant''s receipt', false, 'merchant', 'KS-01', 'external'),
    ('kuaishou/return_refund', 1, 'rejected', 'Rejected, the buyer may amend, withdraw or call the platform', false, 'buyer', 'KS-09', 'external'),
    ('kuaishou/return_refund', 1, 'dispute', 'The platform decides', false, 'platform', 'KS-09', 'external'),
    ('kuaishou/return_refund', 1, 'refunded', 'Refunded', true, NULL, 'KS-01', 'external'),
    ('kuaishou/return_refund', 1, 'cancelled', 'Withdrawn by the buyer', true, NULL, 'KS-09', 'external'),
    ('kuaishou/return_refund', 1, 'closed', 'Closed by the platform', true, NULL, 'KS-09', 'external')
ON CONFLICT DO NOTHING;

-- KS-07: carrier and number, both.  KS-09, KS-11: only while the buyer's shipment is awaited, that is while there is no
-- number: the first one holds, and amend_tracking corrects it.  KS-02: by permission, not by the name of a role.
-- KS-11: history shows the merchant's upload as done for the buyer, also where the act does not say so.
INSERT INTO aftersale.flow_transition (flow, version, from_state, action, priority, to_state, actors, permission, needs, on_behalf_of, clock, rule, standing, effect) VALUES
    ('kuaishou/return_refund', 1, 'awaiting_buyer_ship', 'ship_back', 0, 'return_in_transit', '{buyer,platform}', NULL, '{carrier,tracking_no}', NULL, 'restart', 'KS-07', 'reading', '{"parcel": {"kind": "return", "state": "shipped"}}'),
    ('kuaishou/return_refund', 1, 'awaiting_buyer_ship', 'upload_tracking', 0, 'return_in_transit', '{merchant}', 'agree_refund', '{carrier,tracking_no}', 'buyer', 'restart', 'KS-07', 'stated', '{"parcel": {"kind": "return", "state": "shipped"}}'),
    ('kuaishou/return_refund', 1, 'return_in_transit', 'amend_tracking', 10, 'return_in_transit', '{merchant}', 'agree_refund', '{carrier,tracking_no}', 'buyer', 'keep', 'KS-11', 'reading', '{"parcel": {"kind": "return"}}'),
    ('kuaishou/return_refund', 1, 'return_in_transit', 'amend_tracking', 0, 'return_in_transit', '{buyer,platform}', NULL, '{carrier,tracking_no}', NULL, 'keep', 'KS-11', 'reading', '{"parcel": {"kind": "return"}}')
ON CONFLICT DO NOTHING;

-- KS-07: where the platform's list of carriers (expressCode) is loaded into aftersale.carrier, the carrier is one of it, also of a correction.
INSERT INTO aftersale.flow_transition (flow, version, from_state, action, priority, to_state, actors, permission, needs, requires, clock, rule, standing, effect)
SELECT 'kuaishou/return_refund', 1, t.state, t.action, 20, t.state, t.actors::text[], t.permission, '{carrier,tracking_no}', '{"carrier": "unlisted"}', 'keep', 'KS-07', 'reading',
    '{"refuse": "the carrier is none of the platform''s list (aftersale.carrier)"}'
FROM (VALUES
    ('awaiting_buyer_ship', 'ship_back', '{buyer,platform}', NULL),
    ('awaiting_buyer_ship', 'upload_tracking', '{merchant}', 'agree_refund'),
    ('return_in_transit', 'amend_tracking', '{merchant,buyer,platform}', 'agree_refund'))
    AS t(state, action, actors, permission)
ON CONFLICT DO NOTHING;

-- What the merchant decides.  confirm_receipt is possible before the buyer's shipment is known (KS-10).
INSERT INTO aftersale.flow_transition (flow, version, from_state, action, to_state, actors, permission, needs, outcome, rule, standing, effect) VALUES
    ('kuaishou/return_refund', 1, 'requested', 'approve_return', 'awaiting_buyer_ship', '{merchant}', 'agree_refund', '{}', 'return agreed', 'KS-09', 'external', '{}'),
    ('kuaishou/return_refund', 1, 'requested', 'refund_without_return', 'refunded', '{merchant}', 'agree_refund', '{}', 'refunded without return', 'KS-09', 'external', '{"refund": {"of": "asked", "executed_by": "instruct"}}'),
    ('kuaishou/return_refund', 1, 'requested', 'reject', 'rejected', '{merchant}', 'agree_refund', '{reason}', 'rejected', 'KS-09', 'external', '{}'),
    ('kuaishou/return_refund', 1, 'return_in_transit', 'reject', 'rejected', '{merchant}', 'agree_refund', '{reason}', 'rejected', 'KS-09', 'external', '{}'),
    ('kuaishou/return_refund', 1, 'awaiting_buyer_ship', 'confirm_receipt', 'refunded', '{merchant}', 'agree_refund', '{}', 'refunded', 'KS-10', 'stated', '{"refund": {"of": "asked", "executed_by": "instruct"}}'),
    ('kuaishou/return_refund', 1, 'return_in_transit', 'confirm_receipt', 'refunded', '{merchant}', 'agree_refund', '{}', 'refunded', 'KS-10', 'stated', '{"refund": {"of": "asked", "executed_by": "instruct"}}')
ON CONFLICT DO NOTHING;

-- The buyer and the platform.
INSERT INTO aftersale.flow_transition (flow, version, from_state, action, to_state, actors, outcome, rule, standing, effect)
SELECT 'kuaishou/return_refund', 1, s.state, t.action, t.to_state, t.actors, t.outcome, 'KS-09', 'external', t.effect::jsonb
FROM unnest(ARRAY['requested', 'awaiting_buyer_ship', 'return_in_transit', 'rejected', 'dispute']) AS s(state), (VALUES
    ('withdraw', 'cancelled', '{buyer,platform}'::text[], 'withdrawn', '{}'),
    ('modify', 'requested', '{buyer,platform}', 'amended', '{}'),
    ('intervene', 'dispute', '{platform}', NULL, '{}'),
    ('order_return', 'awaiting_buyer_ship', '{platform}', 'return ordered by the platform', '{}'),
    ('refund', 'refunded', '{platform}', 'refunded by the platform', '{"refund": {"of": "given_or_asked", "executed_by": "platform"}}'),
    ('close', 'closed', '{platform}', 'closed by the platform', '{}'))
    AS t(action, to_state, actors, outcome, effect)
WHERE (t.action <> 'modify' OR s.state IN ('requested', 'rejected'))
  AND (t.action <> 'intervene' OR s.state <> 'dispute')
  AND (t.action <> 'order_return' OR s.state = 'dispute')
ON CONFLICT DO NOTHING;

INSERT INTO aftersale.flow_advice (flow, version, name, state, action, condition, advice, rule, standing) VALUES
    ('kuaishou/return_refund', 1, 'insured_return', 'awaiting_buyer_ship', 'confirm_receipt', '{"freight_insurance": true}',
     'The return is insured and has no tracking number yet: upload it first.', 'KS-10', 'stated')
ON CONFLICT DO NOTHING;

-- KS-02, KS-03: other roles have what the shop grants them.
INSERT INTO aftersale.role_permission (platform, role, permission, rule) VALUES
    ('kuaishou', 'main_account', '*', 'KS-02'),
    ('kuaishou', 'administrator', 'agree_refund', 'KS-02'),
    ('kuaishou', 'cs_administrator', 'agree_refund', 'KS-02')
ON CONFLICT DO NOTHING;

-- handlingWay 1 is this flow; 10 (refund only) and 3 (exchange) have none here.
INSERT INTO aftersale.flow_choice (platform, type, flow, rule, standing) VALUES
    ('kuaishou', '1', 'kuaishou/return_refund', 'KS-01', 'external'),
    ('kuaishou', 'return_refund', 'kuaishou/return_refund', 'KS-01', 'reading')
ON CONFLICT DO NOTHING;

INSERT INTO aftersale.status_code (platform, field, code, flow, state, title, covers, standing) VALUES
    ('kuaishou', 'status', '10', '*', 'requested', 'refund-only applied for', '{}', 'external'),
    ('kuaishou', 'status', '11', '*', 'requested', 'return and refund applied for', '{}', 'external'),
    ('kuaishou', 'status', '12', '*', 'rejected', 'refused by the merchant, awaiting the buyer', '{}', 'external'),
    ('kuaishou', 'status', '20', '*', 'dispute', 'the platform is involved (refund-only)', '{}', 'external'),
    ('kuaishou', 'status', '21', '*', 'dispute', 'the platform is involved (return)', '{}', 'external'),
    ('kuaishou', 'status', '22', '*', 'awaiting_buyer_ship', 'return confirmed by the platform', '{}', 'external'),
    ('kuaishou', 'status', '30', '*', 'awaiting_buyer_ship', 'return information awaited from the buyer', '{}', 'external'),
    ('kuaishou', 'status', '40', '*', 'return_in_transit', 'return information awaiting the seller''s confirmation', '{}', 'external'),
    ('kuaishou', 'status', '45', '*', 'awaiting_buyer_receipt', 'awaiting the buyer''s receipt (exchange)', '{}', 'external'),
    ('kuaishou', 'status', '50', '*', 'refunding', 'the refund is being executed', '{}', 'external'),
    ('kuaishou', 'status', '50', 'kuaishou/return_refund', 'refunded', 'the refund is being executed: decided', '{}', 'reading'),
    ('kuaishou', 'status', '60', '*', 'refunded', 'success', '{}', 'external'),
    ('kuaishou', 'status', '70', '*', 'closed', 'failed or closed', '{}', 'external'),
    ('kuaishou', 'status', '70', 'kuaishou/return_refund', 'closed', 'failed or closed, or withdrawn', '{cancelled}', 'reading')
ON CONFLICT DO NOTHING;
