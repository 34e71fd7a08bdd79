-- Warnings for a Temu shop's team: not the platform's rules, but ours.  Of pack temu's flows.

-- Four hours of working days before the reply is due somebody still can.
INSERT INTO aftersale.flow_timer (flow, version, name, state, kind, term, starts, notify, rule, standing) VALUES
    ('temu/ticket', 1, 'reply_due_soon', 'requested', 'warning', '4 business hours', 'before_due', NULL, 'TEMU-02', 'own')
ON CONFLICT DO NOTHING;
