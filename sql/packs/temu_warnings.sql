-- Warnings for a Temu shop's team: not the platform's rules, but ours.  Of pack temu's flows.

-- Four hours of working days before the reply is due somebody still can.
INSERT INTO aftersale.flow_timer (flow, version, name, state, kind, term, starts, notify, rule, standing) VALUES
    ('temu/ticket', 1, 'reply_due_soon', 'requested', 'warning', '4 business hours', 'before_due', NULL, 'TEMU-02', 'own')
ON CONFLICT DO NOTHING;

-- Before every other deadline that is the merchant's: the longer the term, the earlier.
INSERT INTO aftersale.flow_timer (flow, version, name, state, kind, term, starts, notify, rule, standing) VALUES
    ('temu/return_refund', 1, 'label_due_soon', 'awaiting_merchant_label', 'warning', '12 hours', 'before_due', NULL, 'TEMU-17', 'own'),
    ('temu/missing_item', 1, 'review_due_soon', 'requested', 'warning', '4 business hours', 'before_due', NULL, 'TEMU-08', 'own'),
    ('temu/not_received', 1, 'review_due_soon', 'requested', 'warning', '4 business hours', 'before_due', NULL, 'TEMU-09', 'own'),
    ('temu/cancel', 1, 'review_due_soon', 'requested', 'warning', '4 hours', 'before_due', NULL, 'TEMU-10', 'own'),
    ('temu/reship_ticket', 1, 'reply_due_soon', 'requested', 'warning', '4 business hours', 'before_due', NULL, 'TEMU-32', 'own'),
    ('temu/reship', 1, 'review_due_soon', 'requested', 'warning', '1 day', 'before_due', NULL, 'TEMU-34', 'own'),
    ('temu/reship', 1, 'waybill_due_soon', 'awaiting_merchant_ship', 'warning', '1 day', 'before_due', NULL, 'TEMU-34', 'own'),
    ('temu/reship', 1, 'approval_due_soon', 'awaiting_approval', 'warning', '1 day', 'before_due', NULL, 'TEMU-34', 'own'),
    ('temu/refused_parcel', 1, 'objection_due_soon', 'proposed', 'warning', '24 hours', 'before_due', NULL, 'TEMU-43', 'own'),
    ('temu/refused_parcel', 1, 'answer_due_soon', 'awaiting_merchant_response', 'warning', '12 hours', 'before_due', NULL, 'TEMU-43', 'own')
ON CONFLICT DO NOTHING;
