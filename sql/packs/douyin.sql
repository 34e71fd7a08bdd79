-- Douyin, shipped refund-only (copy of 2022-05).  Rows that are there stay.

INSERT INTO aftersale.flow (flow, version, platform, kind, title, initial_state, rule, standing, pack) VALUES
    ('douyin/shipped_refund_only', 1, 'douyin', 'refund_only', 'Shipped, refund only', 'requested', 'DOUYIN-01', 'stated', 'douyin')
ON CONFLICT DO NOTHING;

-- DOUYIN-11: 48 hours, day and night, from the application; from its last change of type or amount (DOUYIN-17).
-- DOUYIN-08: who agrees to refund after the refusal keeps that deadline until the platform gives one.  The term of
-- awaiting_refusal is what holds where the platform takes its deadline back.
INSERT INTO aftersale.flow_state (flow, version, state, title, final, waits_for, term, starts, rule, standing) VALUES
    ('douyin/shipped_refund_only', 1, 'requested', 'Awaiting the merchant''s decision', false, 'merchant', '48 hours', 'entered', 'DOUYIN-11', 'stated'),
    ('douyin/shipped_refund_only', 1, 'awaiting_refusal', 'Agreed to refund once the buyer refuses the parcel', false, 'merchant', '48 hours', 'opened', 'DOUYIN-08', 'reading'),
    ('douyin/shipped_refund_only', 1, 'rejected', 'Rejected, the buyer may amend, withdraw or call the platform', false, 'buyer', NULL, 'entered', 'DOUYIN-15', 'external'),
    ('douyin/shipped_refund_only', 1, 'refunded', 'Refunded', true, NULL, NULL, 'entered', 'DOUYIN-11', 'stated'),
    ('douyin/shipped_refund_only', 1, 'cancelled', 'Withdrawn by the buyer', true, NULL, NULL, 'entered', 'DOUYIN-17', 'stated'),
    ('douyin/shipped_refund_only', 1, 'closed', 'Closed by the platform, or changed to another type', true, NULL, NULL, 'entered', 'DOUYIN-17', 'reading')
ON CONFLICT DO NOTHING;

INSERT INTO aftersale.flow_timer (flow, version, name, state, kind, term, starts, rule, standing) VALUES
    ('douyin/shipped_refund_only', 1, 'refund_in_12_hours', 'requested', 'warning', '12 hours', 'before_due', 'DOUYIN-11', 'own'),
    ('douyin/shipped_refund_only', 1, 'refund_in_12_hours_unrefused', 'awaiting_refusal', 'warning', '12 hours', 'before_due', 'DOUYIN-08', 'own')
ON CONFLICT DO NOTHING;

-- DOUYIN-04: shipped is what has a valid tracking number that was uploaded in an accepted way, scanned or not.  The ERP
-- that knows of none says so; who says nothing follows the platform, which opened the case as shipped.
INSERT INTO aftersale.flow_transition (flow, version, from_state, action, priority, to_state, requires, rule, standing, effect) VALUES
    ('douyin/shipped_refund_only', 1, 'requested', 'open', 10, 'requested', '{"attributes": {"tracking_uploaded": false}}', 'DOUYIN-04', 'stated', '{"refuse": "no valid tracking number was uploaded, so the order is not shipped"}'),
    ('douyin/shipped_refund_only', 1, 'requested', 'open', 0, 'requested', '{}', 'DOUYIN-01', 'stated', '{}')
ON CONFLICT DO NOTHING;

-- What the merchant decides.  DOUYIN-15: a rejection needs its reason, and evidence unless the platform's list says
-- that this reason needs none (below).
INSERT INTO aftersale.flow_transition (flow, version, from_state, action, to_state, actors, permission, needs, outcome, clock, rule, standing, effect)
SELECT 'douyin/shipped_refund_only', 1, t.from_state, t.action, t.to_state, '{merchant}', 'agree_refund', t.needs, t.outcome, t.clock, t.rule, t.standing, t.effect::jsonb
FROM (VALUES
    ('requested', 'approve', 'refunded', '{}'::text[], 'refunded', 'restart', 'DOUYIN-13', 'stated', '{"refund": {"of": "asked", "executed_by": "instruct"}}'),
    ('requested', 'agree_after_refusal', 'awaiting_refusal', '{}', 'agreed after refusal', 'keep', 'DOUYIN-08', 'stated', '{}'),
    ('requested', 'reject', 'rejected', '{reason,evidence}', 'rejected', 'restart', 'DOUYIN-15', 'stated', '{}'),
    ('awaiting_refusal', 'approve', 'refunded', '{}', 'refunded', 'restart', 'DOUYIN-08', 'stated', '{"refund": {"of": "asked", "executed_by": "instruct"}}'),
    ('awaiting_refusal', 'reject', 'rejected', '{reason,evidence}', 'rejected', 'restart', 'DOUYIN-08', 'stated', '{}'),
    ('rejected', 'approve', 'refunded', '{}', 'refunded', 'restart', 'DOUYIN-13', 'external', '{"refund": {"of": "asked", "executed_by": "instruct"}}'))
    AS t(from_state, action, to_state, needs, outcome, clock, rule, standing, effect)
ON CONFLICT DO NOTHING;

-- DOUYIN-11: at the timeout the platform refunds by itself.
INSERT INTO aftersale.flow_transition (flow, version, from_state, action, to_state, actors, outcome, rule, standing, effect) VALUES
    ('douyin/shipped_refund_only', 1, 'requested', 'timeout', 'refunded', '{system}', 'refunded by timeout', 'DOUYIN-11', 'stated', '{"refund": {"of": "asked", "executed_by": "platform"}}'),
    ('douyin/shipped_refund_only', 1, 'awaiting_refusal', 'timeout', 'refunded', '{system}', 'refunded by timeout', 'DOUYIN-08', 'reading', '{"refund": {"of": "asked", "executed_by": "platform"}}')
ON CONFLICT DO NOTHING;

-- What the ERP, carriers and the platform report: signals for the strategies.  DOUYIN-05: a shipment cancelled in
-- part is another signal.  DOUYIN-07: the merchant bears the interception fee (payload "fee"); a failure decides nothing.
INSERT INTO aftersale.flow_transition (flow, version, from_state, action, to_state, actors, clock, rule, standing, effect)
SELECT 'douyin/shipped_refund_only', 1, s.state, t.action, s.state, t.actors, 'keep', t.rule, t.standing, t.effect::jsonb
FROM unnest(ARRAY['requested', 'awaiting_refusal']) AS s(state), (VALUES
    ('shipment_cancelled', '{erp}'::text[], 'DOUYIN-05', 'stated', '{}'),
    ('shipment_partly_cancelled', '{erp}', 'DOUYIN-05', 'reading', '{}'),
    ('interception_succeeded', '{carrier,platform,erp}', 'DOUYIN-07', 'stated', '{"charge": {"kind": "interception_fee", "bearer": "merchant"}}'),
    ('interception_failed', '{carrier,platform,erp}', 'DOUYIN-07', 'reading', '{}'),
    ('parcel_refused', '{carrier,platform,erp}', 'DOUYIN-08', 'stated', '{}'),
    ('parcel_signed', '{carrier,platform,erp}', 'DOUYIN-08', 'reading', '{}'))
    AS t(action, actors, rule, standing, effect)
ON CONFLICT DO NOTHING;

-- DOUYIN-17: the buyer withdraws or modifies; what he changed stands in the payload, {"changed": ["amount"]}.  The
-- amount restarts the clock; another type is another flow's request; anything else leaves the clock.
INSERT INTO aftersale.flow_transition (flow, version, from_state, action, priority, to_state, actors, needs, condition, outcome, clock, rule, standing, effect)
SELECT 'douyin/shipped_refund_only', 1, s.state, t.action, t.priority, coalesce(t.to_state, s.state), t.actors, t.needs, t.condition::jsonb, t.outcome, t.clock, t.rule, t.standing, t.effect::jsonb
FROM unnest(ARRAY['requested', 'awaiting_refusal', 'rejected']) AS s(state), (VALUES
    ('withdraw', 0, 'cancelled', '{buyer,platform}'::text[], '{}'::text[], '{}', 'withdrawn', 'restart', 'DOUYIN-17', 'stated', '{}'),
    ('modify', 20, 'closed', '{buyer,platform}', '{changed}', '{"changed": ["type"]}', 'changed to another type', 'restart', 'DOUYIN-17', 'reading', '{}'),
    ('modify', 10, 'requested', '{buyer,platform}', '{changed}', '{"changed": ["amount"]}', 'amended', 'restart', 'DOUYIN-17', 'reading', '{}'),
    ('modify', 0, NULL, '{buyer,platform}', '{changed}', '{}', NULL, 'keep', 'DOUYIN-17', 'reading', '{}'),
    -- the platform's own word
    ('refund', 0, 'refunded', '{platform}', '{}', '{}', 'refunded by the platform', 'restart', 'DOUYIN-11', 'reading', '{"refund": {"of": "given_or_asked", "executed_by": "platform"}}'),
    ('close', 0, 'closed', '{platform}', '{}', '{}', 'closed by the platform', 'restart', 'DOUYIN-11', 'external', '{}'))
    AS t(action, priority, to_state, actors, needs, condition, outcome, clock, rule, standing, effect)
ON CONFLICT DO NOTHING;

-- DOUYIN-15: where the platform's list of reasons (rejectReasonCodeList, with evidence_need) is loaded into
-- aftersale.reason, kind reject, the reason is one of it, and evidence is asked for where its row says so.
INSERT INTO aftersale.flow_transition (flow, version, from_state, action, priority, to_state, actors, permission, needs, requires, outcome, rule, standing, effect)
SELECT 'douyin/shipped_refund_only', 1, s.state, 'reject', t.priority, 'rejected', '{merchant}', 'agree_refund', '{reason}', t.requires::jsonb, t.outcome,
    'DOUYIN-15', 'external', t.effect::jsonb
FROM unnest(ARRAY['requested', 'awaiting_refusal']) AS s(state), (VALUES
    (20, '{"reject_reason": "unlisted"}', NULL, '{"refuse": "the reason is none of the platform''s list (aftersale.reason)"}'),
    (10, '{"reject_reason": "no_evidence"}', 'rejected', '{}'))
    AS t(priority, requires, outcome, effect)
ON CONFLICT DO NOTHING;

INSERT INTO aftersale.flow_advice (flow, version, name, state, action, advice, rule, standing) VALUES
    ('douyin/shipped_refund_only', 1, 'intercept_first', 'requested', 'approve', 'Intercept the parcel first, and agree to refund after the refusal: else goods and money may both be lost.', 'DOUYIN-14', 'informational'),
    ('douyin/shipped_refund_only', 1, 'talk_first', 'requested', 'reject', 'Intercept the parcel and agree to refund after the refusal, or agree with the buyer that he withdraws or amends, before you reject.', 'DOUYIN-14', 'informational'),
    ('douyin/shipped_refund_only', 1, 'groundless_rejection', NULL, 'reject', 'A rejection without grounds may be penalised by the platform.', 'DOUYIN-16', 'informational')
ON CONFLICT DO NOTHING;

-- DOUYIN-03: the main account may do everything; a sub-account what the main account grants it (grant_permission()).
-- That use_assistant is listed makes it needed for saving rules in shops of the platform.
INSERT INTO aftersale.role_permission (platform, role, permission, rule) VALUES
    ('douyin', 'main_account', '*', 'DOUYIN-03'),
    ('douyin', 'main_account', 'use_assistant', 'DOUYIN-03')
ON CONFLICT DO NOTHING;

-- aftersale_type 1 is this flow; the other types have none here.
INSERT INTO aftersale.flow_choice (platform, type, flow, rule, standing) VALUES
    ('douyin', '1', 'douyin/shipped_refund_only', 'DOUYIN-01', 'external'),
    ('douyin', 'shipped_refund_only', 'douyin/shipped_refund_only', 'DOUYIN-01', 'reading')
ON CONFLICT DO NOTHING;

INSERT INTO aftersale.status_code (platform, field, code, flow, state, title, standing) VALUES
    ('douyin', 'aftersale_status', '0', '*', NULL, 'initial', 'external'),
    ('douyin', 'aftersale_status', '3', '*', 'awaiting_buyer_receipt', 'awaiting the buyer''s receipt (list reply)', 'external'),
    ('douyin', 'aftersale_status', '6', '*', 'requested', 'awaiting the merchant''s consent', 'external'),
    ('douyin', 'aftersale_status', '7', '*', 'awaiting_buyer_ship', 'awaiting the buyer''s return', 'external'),
    ('douyin', 'aftersale_status', '8', '*', 'awaiting_merchant_ship', 'awaiting the merchant''s shipment (reship, repair)', 'external'),
    ('douyin', 'aftersale_status', '11', '*', 'awaiting_inspection', 'returned, awaiting the merchant''s second consent', 'external'),
    ('douyin', 'aftersale_status', '12', '*', 'refunded', 'success', 'external'),
    ('douyin', 'aftersale_status', '13', '*', 'awaiting_buyer_receipt', 'awaiting the buyer''s receipt', 'external'),
    ('douyin', 'aftersale_status', '14', '*', 'completed', 'exchange, reship or repair done', 'external'),
    ('douyin', 'aftersale_status', '27', '*', 'rejected', 'first refusal by the merchant', 'external'),
    ('douyin', 'aftersale_status', '28', '*', 'closed', 'failed or closed; withdrawn where refund_status stays 1', 'external'),
    ('douyin', 'aftersale_status', '29', '*', 'return_rejected', 'second refusal by the merchant', 'external'),
    ('douyin', 'aftersale_status', '51', '*', NULL, 'order cancelled', 'external'),
    ('douyin', 'aftersale_status', '53', '*', NULL, 'reverse trade done', 'external'),
    ('douyin', 'agree_refuse_sign', '0', '*', NULL, 'default', 'external'),
    ('douyin', 'agree_refuse_sign', '1', 'douyin/shipped_refund_only', 'awaiting_refusal', 'agreed to refund after the refusal', 'external'),
    ('douyin', 'agree_refuse_sign', '2', '*', NULL, 'not agreed', 'external')
ON CONFLICT DO NOTHING;
-- 28 also stands for what the buyer has withdrawn, and 6 for what was agreed to after the refusal: agree_refuse_sign tells them apart.
INSERT INTO aftersale.status_code (platform, field, code, flow, state, title, covers, action, standing) VALUES
    ('douyin', 'aftersale_status', '6', 'douyin/shipped_refund_only', 'requested', 'awaiting the merchant''s consent', '{awaiting_refusal}', NULL, 'reading'),
    ('douyin', 'aftersale_status', '12', 'douyin/shipped_refund_only', 'refunded', 'success', '{}', 'refund', 'reading'),
    ('douyin', 'aftersale_status', '28', 'douyin/shipped_refund_only', 'closed', 'failed or closed; withdrawn where refund_status stays 1', '{cancelled}', 'close', 'reading')
ON CONFLICT DO NOTHING;

--@shop
-- The strategies A to D (DOUYIN-05 to DOUYIN-08) as rules of the shop, switched off.  Four exactly (DOUYIN-09); A and C
-- watch signals and stay armed while the request waits for the refusal, B and D watch the opening: B goes before D.
-- The threshold of B is the merchant's own: 0 until he says.
INSERT INTO aftersale.rule (shop_id, name, flow, signal, priority, amount_to, single_parcel, whole_parcel, condition, action, enabled)
SELECT $1, r.name, 'douyin/shipped_refund_only', r.signal, r.priority, r.amount_to, r.parcel, r.parcel, r.condition::jsonb, r.action, false
FROM (VALUES
    ('douyin A: shipment cancelled', 'shipment_cancelled', 10, NULL::numeric, false, '{}', 'approve'),
    ('douyin B: small amount', NULL, 20, 0, false, '{}', 'approve'),
    ('douyin C: intercepted', 'interception_succeeded', 10, NULL, true, '{"verified": true}', 'approve'),
    ('douyin D: after refusal', NULL, 10, NULL, false, '{}', 'agree_after_refusal'))
    AS r(name, signal, priority, amount_to, parcel, condition, action)
ON CONFLICT (shop_id, name) DO NOTHING
