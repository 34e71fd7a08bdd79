-- Temu, semi-managed shops (source of 2025-05-30).  Rows that are there stay.

INSERT INTO aftersale.flow (flow, version, platform, kind, title, initial_state, rule, standing, pack) VALUES
    ('temu/ticket', 1, 'temu', 'ticket', 'Ticket from platform customer service', 'requested', 'TEMU-01', 'stated', 'temu')
ON CONFLICT DO NOTHING;

-- TEMU-02: one business day from the ticket's creation, whenever it was read.
INSERT INTO aftersale.flow_state (flow, version, state, title, final, waits_for, term, starts, rule, standing) VALUES
    ('temu/ticket', 1, 'requested', 'Awaiting the merchant''s reply', false, 'merchant', '1 business day', 'opened', 'TEMU-02', 'stated'),
    ('temu/ticket', 1, 'replied', 'Replied, awaiting the platform', false, 'platform', NULL, 'entered', 'TEMU-02', 'stated'),
    ('temu/ticket', 1, 'evidence_waived', 'No reply in time: evidence waived, awaiting the platform', false, 'platform', NULL, 'entered', 'TEMU-03', 'stated'),
    ('temu/ticket', 1, 'refunded', 'The platform refunded the buyer', true, NULL, NULL, 'entered', 'TEMU-03', 'stated'),
    ('temu/ticket', 1, 'closed', 'Closed by the platform', true, NULL, NULL, 'entered', 'TEMU-01', 'reading')
ON CONFLICT DO NOTHING;

-- TEMU-02: an ineffective reply does not stop the clock.
-- TEMU-03: at the timeout evidence is waived; it is not a refund, which only the platform's word can be.
INSERT INTO aftersale.flow_transition (flow, version, from_state, action, priority, to_state, actors, needs, condition, outcome, clock, rule, standing, effect) VALUES
    ('temu/ticket', 1, 'requested', 'reply', 10, 'requested', '{merchant}', '{remark}', '{"is_effective": false}', NULL, 'keep', 'TEMU-02', 'reading', '{}'),
    ('temu/ticket', 1, 'requested', 'reply', 0, 'replied', '{merchant}', '{remark}', '{}', 'replied', 'restart', 'TEMU-02', 'stated', '{}'),
    ('temu/ticket', 1, 'requested', 'timeout', 0, 'evidence_waived', '{system}', '{}', '{}', 'evidence_waived', 'restart', 'TEMU-03', 'stated', '{}'),
    ('temu/ticket', 1, 'requested', 'refund', 0, 'refunded', '{platform}', '{}', '{}', 'refunded', 'restart', 'TEMU-03', 'reading', '{"refund": {"of": "given_or_asked", "executed_by": "platform"}}'),
    ('temu/ticket', 1, 'requested', 'close', 0, 'closed', '{platform}', '{}', '{}', NULL, 'restart', 'TEMU-01', 'reading', '{}'),
    ('temu/ticket', 1, 'replied', 'declare_ineffective', 0, 'requested', '{platform,erp}', '{}', '{}', 'reply declared ineffective', 'restart', 'TEMU-02', 'reading', '{}'),
    ('temu/ticket', 1, 'replied', 'refund', 0, 'refunded', '{platform}', '{}', '{}', 'refunded', 'restart', 'TEMU-03', 'reading', '{"refund": {"of": "given_or_asked", "executed_by": "platform"}}'),
    ('temu/ticket', 1, 'replied', 'close', 0, 'closed', '{platform}', '{}', '{}', NULL, 'restart', 'TEMU-01', 'reading', '{}'),
    ('temu/ticket', 1, 'evidence_waived', 'refund', 0, 'refunded', '{platform}', '{}', '{}', 'refunded', 'restart', 'TEMU-03', 'stated', '{"refund": {"of": "given_or_asked", "executed_by": "platform"}}'),
    ('temu/ticket', 1, 'evidence_waived', 'close', 0, 'closed', '{platform}', '{}', '{}', NULL, 'restart', 'TEMU-03', 'reading', '{}')
ON CONFLICT DO NOTHING;

-- TEMU-20 to TEMU-26: a partial refund that the merchant negotiated.  propose_refund() opens it; TEMU-24: it runs
-- only when it is confirmed.  TEMU-25: the buyer does not approve; the reason shown is the agreement.
INSERT INTO aftersale.flow (flow, version, platform, kind, title, initial_state, rule, standing, pack) VALUES
    ('temu/negotiated_refund', 1, 'temu', 'negotiated_refund', 'Negotiated partial refund', 'proposed', 'TEMU-23', 'stated', 'temu')
ON CONFLICT DO NOTHING;
INSERT INTO aftersale.flow_state (flow, version, state, title, final, waits_for, term, starts, rule, standing) VALUES
    ('temu/negotiated_refund', 1, 'proposed', 'Proposed, to be confirmed by the merchant', false, 'merchant', NULL, 'entered', 'TEMU-24', 'stated'),
    ('temu/negotiated_refund', 1, 'refunded', 'Confirmed: the partial refund runs', true, NULL, NULL, 'entered', 'TEMU-25', 'stated'),
    ('temu/negotiated_refund', 1, 'withdrawn', 'Withdrawn by the merchant', true, NULL, NULL, 'entered', 'TEMU-24', 'reading')
ON CONFLICT DO NOTHING;
INSERT INTO aftersale.flow_transition (flow, version, from_state, action, priority, to_state, actors, needs, condition, outcome, clock, rule, standing, effect) VALUES
    ('temu/negotiated_refund', 1, 'proposed', 'confirm', 0, 'refunded', '{merchant}', '{}', '{}', 'refunded by agreement', 'restart', 'TEMU-26', 'stated', '{"refund": {"of": "asked", "executed_by": "instruct"}, "alone": true}'),
    ('temu/negotiated_refund', 1, 'proposed', 'withdraw', 0, 'withdrawn', '{merchant}', '{}', '{}', 'withdrawn', 'restart', 'TEMU-24', 'reading', '{}')
ON CONFLICT DO NOTHING;
