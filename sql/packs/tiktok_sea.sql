-- TikTok Shop, Southeast Asia, cross-border: parcels that are refused or not delivered.  Rows that are there stay.

INSERT INTO aftersale.flow (flow, version, platform, kind, title, initial_state, rule, standing, pack) VALUES
    ('tiktok_sea/failed_delivery', 1, 'tiktok_sea', 'failed_delivery', 'Parcel refused or not delivered', 'held_at_carrier', 'TTSEA-01', 'stated', 'tiktok_sea')
ON CONFLICT DO NOTHING;

-- TTSEA-05: the 14 days count from the arrival scan, else from the failed delivery, which is the opening.
INSERT INTO aftersale.flow_state (flow, version, state, title, final, waits_for, term, starts, rule, standing) VALUES
    ('tiktok_sea/failed_delivery', 1, 'held_at_carrier', 'Held in the carrier''s warehouse, or on its way there', false, 'buyer', '14 days', 'entered', 'TTSEA-05', 'stated'),
    ('tiktok_sea/failed_delivery', 1, 'redelivering', 'Being delivered again', false, 'carrier', NULL, 'entered', 'TTSEA-06', 'stated'),
    ('tiktok_sea/failed_delivery', 1, 'returning', 'Returns to the merchant by itself', false, 'carrier', NULL, 'entered', 'TTSEA-08', 'stated'),
    ('tiktok_sea/failed_delivery', 1, 'platform_review', 'Ticket opened, the platform has the carrier investigate', false, 'platform', NULL, 'entered', 'TTSEA-15', 'stated'),
    ('tiktok_sea/failed_delivery', 1, 'returned', 'Returned to the merchant', true, NULL, NULL, 'entered', 'TTSEA-10', 'stated'),
    ('tiktok_sea/failed_delivery', 1, 'completed', 'Delivered to the buyer after all', true, NULL, NULL, 'entered', 'TTSEA-06', 'reading'),
    ('tiktok_sea/failed_delivery', 1, 'destroyed', 'Destroyed or abandoned', true, NULL, NULL, 'entered', 'TTSEA-02', 'stated'),
    ('tiktok_sea/failed_delivery', 1, 'closed', 'Closed by the platform', true, NULL, NULL, 'entered', 'TTSEA-15', 'reading')
ON CONFLICT DO NOTHING;

-- TTSEA-03, TTSEA-18: recorded and in force before the order was created, whenever the delivery failed; an order whose creation is not
-- known is not known to be newer.  TTSEA-13: once for a parcel.
INSERT INTO aftersale.flow_transition (flow, version, from_state, action, priority, to_state, requires, outcome, rule, standing) VALUES
    ('tiktok_sea/failed_delivery', 1, 'held_at_carrier', 'open', 10, 'returning', '{"return_address": "before_order", "never_for_order": {"action": "open", "to_state": "returning"}}', NULL, 'TTSEA-03', 'stated'),
    ('tiktok_sea/failed_delivery', 1, 'held_at_carrier', 'open', 0, 'held_at_carrier', '{}', NULL, 'TTSEA-04', 'stated')
ON CONFLICT DO NOTHING;

-- The hold.  TTSEA-05: the first arrival scan starts its days anew; one after a redelivery, and any other, does not.
-- TTSEA-06: the buyer asks, through the platform; once (a reading); the platform pays.  Meanwhile the days stand, and go on where it fails.
INSERT INTO aftersale.flow_transition (flow, version, from_state, action, priority, to_state, actors, requires, on_behalf_of, outcome, clock, rule, standing, effect) VALUES
    ('tiktok_sea/failed_delivery', 1, 'held_at_carrier', 'arrive', 20, 'held_at_carrier', '{carrier,platform,erp}', '{"ever": {"action": "redelivery_failed"}}', NULL, NULL, 'keep', 'TTSEA-05', 'reading', '{}'),
    ('tiktok_sea/failed_delivery', 1, 'held_at_carrier', 'arrive', 10, 'held_at_carrier', '{carrier,platform,erp}', '{"never": {"action": "arrive"}}', NULL, NULL, 'restart', 'TTSEA-05', 'reading', '{}'),
    ('tiktok_sea/failed_delivery', 1, 'held_at_carrier', 'arrive', 0, 'held_at_carrier', '{carrier,platform,erp}', '{}', NULL, NULL, 'keep', 'TTSEA-05', 'reading', '{}'),
    ('tiktok_sea/failed_delivery', 1, 'held_at_carrier', 'request_redelivery', 10, 'redelivering', '{buyer,platform}', '{"never": {"action": "request_redelivery"}}', 'buyer', 'redelivery', 'pause', 'TTSEA-06', 'stated', '{"charge": {"kind": "redelivery_freight", "bearer": "platform"}}'),
    ('tiktok_sea/failed_delivery', 1, 'held_at_carrier', 'request_redelivery', 0, 'held_at_carrier', '{buyer,platform}', '{}', NULL, NULL, 'keep', 'TTSEA-06', 'reading', '{"refuse": "the parcel was delivered again once already"}'),
    ('tiktok_sea/failed_delivery', 1, 'held_at_carrier', 'timeout', 0, 'destroyed', '{system}', '{}', NULL, 'hold expired', 'restart', 'TTSEA-07', 'reading', '{}'),
    ('tiktok_sea/failed_delivery', 1, 'held_at_carrier', 'destroy', 0, 'destroyed', '{carrier,platform,erp}', '{}', NULL, 'destroyed', 'restart', 'TTSEA-02', 'stated', '{}'),
    ('tiktok_sea/failed_delivery', 1, 'redelivering', 'deliver', 0, 'completed', '{carrier,platform,erp}', '{}', NULL, 'delivered', 'restart', 'TTSEA-06', 'stated', '{"parcel": {"kind": "redelivery", "state": "delivered"}}'),
    ('tiktok_sea/failed_delivery', 1, 'redelivering', 'redelivery_failed', 0, 'held_at_carrier', '{carrier,platform,erp}', '{}', NULL, 'redelivery failed', 'resume', 'TTSEA-06', 'reading', '{"parcel": {"kind": "redelivery", "state": "failed"}}'),
    ('tiktok_sea/failed_delivery', 1, 'redelivering', 'attempt_failed', 0, 'redelivering', '{carrier,platform,erp}', '{}', NULL, NULL, 'keep', 'TTSEA-17', 'reading', '{"parcel": {"kind": "redelivery", "attempt": true}}')
ON CONFLICT DO NOTHING;

-- The return.  TTSEA-11: no redelivery.  TTSEA-12: where it fails there is no second hold.  TTSEA-14: whose loss that is, the cause says.
INSERT INTO aftersale.flow_transition (flow, version, from_state, action, priority, to_state, actors, needs, condition, outcome, clock, rule, standing, effect) VALUES
    ('tiktok_sea/failed_delivery', 1, 'returning', 'receive', 0, 'returned', '{carrier,platform,erp}', '{}', '{}', 'returned', 'restart', 'TTSEA-10', 'stated', '{"charge": {"kind": "return_freight", "bearer": "platform"}, "parcel": {"kind": "return", "state": "received"}}'),
    ('tiktok_sea/failed_delivery', 1, 'returning', 'request_redelivery', 0, 'returning', '{buyer,platform}', '{}', '{}', NULL, 'keep', 'TTSEA-11', 'stated', '{"refuse": "a parcel that returns by itself cannot be delivered again"}'),
    ('tiktok_sea/failed_delivery', 1, 'returning', 'return_failed', 30, 'destroyed', '{carrier,platform,erp}', '{cause}', '{"cause": "merchant_not_contacted"}', 'return failed, the merchant bears the loss', 'restart', 'TTSEA-14', 'reading', '{"charge": {"kind": "loss", "bearer": "merchant"}, "parcel": {"kind": "return", "state": "failed"}}'),
    ('tiktok_sea/failed_delivery', 1, 'returning', 'return_failed', 20, 'destroyed', '{carrier,platform,erp}', '{cause}', '{"cause": "merchant_not_reached"}', 'return failed, the merchant bears the loss', 'restart', 'TTSEA-14', 'reading', '{"charge": {"kind": "loss", "bearer": "merchant"}, "parcel": {"kind": "return", "state": "failed"}}'),
    ('tiktok_sea/failed_delivery', 1, 'returning', 'return_failed', 10, 'destroyed', '{carrier,platform,erp}', '{cause}', '{"cause": "wrong_address"}', 'return failed, the merchant bears the loss', 'restart', 'TTSEA-14', 'reading', '{"charge": {"kind": "loss", "bearer": "merchant"}, "parcel": {"kind": "return", "state": "failed"}}'),
    ('tiktok_sea/failed_delivery', 1, 'returning', 'return_failed', 0, 'destroyed', '{carrier,platform,erp}', '{cause}', '{}', 'return failed', 'restart', 'TTSEA-12', 'stated', '{"parcel": {"kind": "return", "state": "failed"}}')
ON CONFLICT DO NOTHING;

-- TTSEA-14, TTSEA-15: tickets.
INSERT INTO aftersale.flow_transition (flow, version, from_state, action, priority, to_state, actors, needs, requires, outcome, clock, rule, standing, effect) VALUES
    ('tiktok_sea/failed_delivery', 1, 'returned', 'open_ticket', 0, 'platform_review', '{merchant}', '{remark}', '{}', 'said to be returned, not received', 'restart', 'TTSEA-15', 'stated', '{}'),
    ('tiktok_sea/failed_delivery', 1, 'destroyed', 'open_ticket', 10, 'destroyed', '{merchant}', '{}', '{"ever": {"action": "return_failed", "rule": "TTSEA-14"}}', NULL, 'keep', 'TTSEA-14', 'reading', '{"refuse": "the return failed for the merchant''s reasons, who bears the loss"}'),
    ('tiktok_sea/failed_delivery', 1, 'destroyed', 'open_ticket', 0, 'platform_review', '{merchant}', '{remark}', '{"ever": {"action": "return_failed"}}', 'return failed, help asked for', 'restart', 'TTSEA-14', 'reading', '{}'),
    ('tiktok_sea/failed_delivery', 1, 'platform_review', 'receive', 0, 'returned', '{carrier,platform}', '{}', '{}', 'returned', 'restart', 'TTSEA-15', 'reading', '{}'),
    ('tiktok_sea/failed_delivery', 1, 'platform_review', 'compensate', 0, 'closed', '{platform}', '{}', '{}', 'compensated', 'restart', 'TTSEA-15', 'reading', '{"charge": {"kind": "compensation", "bearer": "platform"}}')
ON CONFLICT DO NOTHING;

-- TTSEA-17: the lead time counts from the last failed attempt; so does the hold, as long as no arrival was scanned.
INSERT INTO aftersale.flow_transition (flow, version, from_state, action, priority, to_state, actors, requires, clock, rule, standing, effect) VALUES
    ('tiktok_sea/failed_delivery', 1, 'returning', 'attempt_failed', 0, 'returning', '{carrier,platform,erp}', '{}', 'restart', 'TTSEA-17', 'reading', '{"parcel": {"kind": "outbound", "attempt": true}}'),
    ('tiktok_sea/failed_delivery', 1, 'held_at_carrier', 'attempt_failed', 10, 'held_at_carrier', '{carrier,platform,erp}', '{"ever": {"action": "redelivery_failed"}}', 'keep', 'TTSEA-17', 'reading', '{"parcel": {"kind": "outbound", "attempt": true}}'),
    ('tiktok_sea/failed_delivery', 1, 'held_at_carrier', 'attempt_failed', 5, 'held_at_carrier', '{carrier,platform,erp}', '{"never": {"action": "arrive"}}', 'restart', 'TTSEA-05', 'reading', '{"parcel": {"kind": "outbound", "attempt": true}}'),
    ('tiktok_sea/failed_delivery', 1, 'held_at_carrier', 'attempt_failed', 0, 'held_at_carrier', '{carrier,platform,erp}', '{}', 'keep', 'TTSEA-17', 'reading', '{"parcel": {"kind": "outbound", "attempt": true}}')
ON CONFLICT DO NOTHING;
INSERT INTO aftersale.flow_timer (flow, version, name, state, kind, term, starts, rule, standing) VALUES
    ('tiktok_sea/failed_delivery', 1, 'return_overdue', 'returning', 'alert', '15 days', 'entered', 'TTSEA-17', 'informational'),
    ('tiktok_sea/failed_delivery', 1, 'hold_ends_soon', 'held_at_carrier', 'warning', '3 days', 'before_due', 'TTSEA-06', 'own')
ON CONFLICT DO NOTHING;

-- The platform's word wherever a parcel is not settled.
INSERT INTO aftersale.flow_transition (flow, version, from_state, action, to_state, actors, outcome, rule, standing)
SELECT s.flow, s.version, s.state, 'close', 'closed', '{platform}', 'closed by the platform', 'TTSEA-15', 'reading'
FROM aftersale.flow_state AS s WHERE s.flow = 'tiktok_sea/failed_delivery' AND s.version = 1 AND NOT s.final
ON CONFLICT DO NOTHING;

INSERT INTO aftersale.flow_advice (flow, version, name, state, action, advice, rule, standing) VALUES
    ('tiktok_sea/failed_delivery', 1, 'ask_the_buyer', 'held_at_carrier', 'request_redelivery', 'Ask the buyer whether he still wants the parcel: he, and not you, has the platform deliver it again, before the hold ends.', 'TTSEA-06', 'stated'),
    ('tiktok_sea/failed_delivery', 1, 'no_ticket_needed', 'returning', 'open_ticket', 'The parcel returns by itself, under the number that it has: wait; a ticket is needed neither for that nor before 15 days from the last failed attempt.', 'TTSEA-09', 'stated')
ON CONFLICT DO NOTHING;

INSERT INTO aftersale.flow_choice (platform, type, flow, rule, standing) VALUES
    ('tiktok_sea', 'failed_delivery', 'tiktok_sea/failed_delivery', 'TTSEA-01', 'reading')
ON CONFLICT DO NOTHING;
