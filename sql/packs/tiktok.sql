-- TikTok Shop, returns (2025-03), with the names of the platform's interface (Return & Refund 202309).  Rows that are there stay.  The source gives
-- no deadline anywhere, so no state has one of its own; what a market is known to give is in pack tiktok_limits, and what the platform gives
-- with a request (platform_due_at) holds.  Where such a deadline passes and nobody has said what then, the request is overdue.

INSERT INTO aftersale.flow (flow, version, platform, kind, title, initial_state, rule, standing, pack) VALUES
    ('tiktok/return_refund', 1, 'tiktok', 'return_refund', 'Return and refund', 'requested', 'TTRET-07', 'stated', 'tiktok')
ON CONFLICT DO NOTHING;

INSERT INTO aftersale.flow_state (flow, version, state, title, final, waits_for, term, rule, standing)
SELECT 'tiktok/return_refund', 1, s.state, s.title, s.final, s.waits_for, s.term::aftersale.sla_term, s.rule, s.standing
FROM (VALUES
    ('requested', 'Return applied for, awaiting the seller''s review', false, 'merchant', NULL, 'TTRET-08', 'stated'),
    ('refund_requested', 'Refund without a return applied for, awaiting the seller''s review', false, 'merchant', NULL, 'TTRET-08', 'external'),
    ('awaiting_buyer_response', 'A part was offered, awaiting the buyer', false, 'buyer', NULL, 'TTRET-08', 'external'),
    ('awaiting_buyer_ship', 'Approved, awaiting the buyer''s parcel', false, 'buyer', NULL, 'TTRET-09', 'stated'),
    ('return_in_transit', 'The return is on its way', false, 'merchant', NULL, 'TTRET-10', 'stated'),
    ('awaiting_inspection', 'Received, to be inspected', false, 'merchant', NULL, 'TTRET-10', 'stated'),
    ('overdue', 'No answer in time: awaiting the platform', false, 'platform', NULL, 'TTRET-08', 'reading'),
    ('approved_by_silence', 'By the limits that the shop has loaded silence approves, and the platform refunds', false, 'platform', '0 hours', 'TTRET-08', 'external'),
    ('rejected', 'Refused at the review, the buyer may open a dispute', false, 'buyer', NULL, 'TTRET-08', 'stated'),
    ('return_rejected', 'Refused after inspection, the buyer may open a dispute', false, 'buyer', NULL, 'TTRET-11', 'reading'),
    ('dispute', 'In dispute, being negotiated', false, 'merchant', NULL, 'TTRET-13', 'stated'),
    ('platform_review', 'In dispute, the platform decides', false, 'platform', NULL, 'TTRET-14', 'stated'),
    ('refunded', 'Refunded', true, NULL, NULL, 'TTRET-11', 'stated'),
    ('cancelled', 'Withdrawn by the buyer', true, NULL, NULL, 'TTRET-07', 'external'),
    ('closed', 'Closed', true, NULL, NULL, 'TTRET-09', 'external'))
    AS s(state, title, final, waits_for, term, rule, standing)
ON CONFLICT DO NOTHING;

-- TTRET-02, TTRET-06, TTRET-07: an application outside the shop's own policy is refused, with the reason of each line.  One that the platform
-- itself tells of has been accepted there.  Type REFUND (return_type) is a refund without a return.
INSERT INTO aftersale.flow_transition (flow, version, from_state, action, priority, to_state, requires, rule, standing)
SELECT 'tiktok/return_refund', 1, 'requested', 'open', o.priority, o.to_state, o.requires::jsonb, 'TTRET-07', o.standing
FROM (VALUES
    (30, 'refund_requested', '{"told_by": "platform", "attributes": {"type": "REFUND"}}', 'reading'),
    (20, 'requested', '{"told_by": "platform"}', 'reading'),
    (10, 'refund_requested', '{"policy": "eligible", "attributes": {"type": "REFUND"}}', 'external'),
    (0, 'requested', '{"policy": "eligible"}', 'stated'))
    AS o(priority, to_state, requires, standing)
ON CONFLICT DO NOTHING;

-- The seller.  TTRET-09: approving gives the buyer an address: the payload's, or the return warehouse where the shop has one.  TTRET-10: receipt first,
-- then inspection by the policy's conditions.  TTRET-11: what is in order is refunded, less the handling fee (TTRET-05); a part is what the
-- seller says.  The offer of a part is made once.
INSERT INTO aftersale.flow_transition (flow, version, from_state, action, priority, to_state, actors, needs, requires, outcome, rule, standing, effect)
SELECT 'tiktok/return_refund', 1, t.from_state, t.action, t.priority, t.to_state, '{merchant}', t.needs::text[], t.requires::jsonb, t.outcome, t.rule, t.standing, t.effect::jsonb
FROM (VALUES
    ('requested', 'approve', 10, 'awaiting_buyer_ship', '{}', '{"return_address": "routed"}', 'return approved', 'TTRET-09', 'stated', '{}'),
    ('requested', 'approve', 0, 'awaiting_buyer_ship', '{return_address}', '{}', 'return approved', 'TTRET-09', 'stated', '{}'),
    ('requested', 'refund_without_return', 0, 'refunded', '{}', '{}', 'refunded without return', 'TTRET-08', 'external', '{"refund": {"of": "asked", "executed_by": "instruct"}}'),
    ('requested', 'reject', 0, 'rejected', '{reason}', '{}', 'rejected', 'TTRET-08', 'stated', '{}'),
    ('refund_requested', 'approve', 0, 'refunded', '{}', '{}', 'refunded without return', 'TTRET-08', 'external', '{"refund": {"of": "asked", "executed_by": "instruct"}}'),
    ('refund_requested', 'reject', 0, 'rejected', '{reason}', '{}', 'rejected', 'TTRET-08', 'external', '{}'),
    ('requested', 'offer_partial', 10, 'awaiting_buyer_response', '{amount}', '{"never": {"action": "offer_partial"}}', NULL, 'TTRET-08', 'external', '{}'),
    ('requested', 'offer_partial', 0, 'requested', '{}', '{}', NULL, 'TTRET-08', 'external', '{"refuse": "a part was offered once already"}'),
    ('refund_requested', 'offer_partial', 0, 'awaiting_buyer_response', '{amount}', '{}', NULL, 'TTRET-08', 'external', '{}'),
    ('awaiting_inspection', 'approve', 0, 'refunded', '{}', '{}', 'refunded', 'TTRET-11', 'stated', '{"refund": {"of": "asked", "executed_by": "instruct", "fees": true}}'),
    ('awaiting_inspection', 'approve_partly', 0, 'refunded', '{amount,remark}', '{}', 'refunded in part', 'TTRET-11', 'reading', '{"refund": {"of": "given", "executed_by": "instruct"}}'),
    ('awaiting_inspection', 'reject', 0, 'return_rejected', '{reason,evidence}', '{}', 'return rejected', 'TTRET-11', 'reading', '{}'),
    ('rejected', 'approve', 10, 'awaiting_buyer_ship', '{}', '{"return_address": "routed"}', 'return approved', 'TTRET-13', 'reading', '{}'),
    ('rejected', 'approve', 0, 'awaiting_buyer_ship', '{return_address}', '{}', 'return approved', 'TTRET-13', 'reading', '{}'),
    ('rejected', 'refund_without_return', 0, 'refunded', '{}', '{}', 'refunded without return', 'TTRET-13', 'reading', '{"refund": {"of": "asked", "executed_by": "instruct"}}'),
    ('return_rejected', 'approve', 0, 'refunded', '{}', '{}', 'refunded', 'TTRET-13', 'reading', '{"refund": {"of": "asked", "executed_by": "instruct", "fees": true}}'),
    ('dispute', 'settle', 0, 'refunded', '{amount}', '{}', 'settled by negotiation', 'TTRET-13', 'stated', '{"refund": {"of": "given", "executed_by": "instruct"}}'))
    AS t(from_state, action, priority, to_state, needs, requires, outcome, rule, standing, effect)
ON CONFLICT DO NOTHING;

-- The buyer and the carrier.  TTRET-13: a dispute is negotiated first; its kind and what happened have to be said, with evidence (TTRET-15).
-- TTRET-14: either side may then ask the platform.
INSERT INTO aftersale.flow_transition (flow, version, from_state, action, priority, to_state, actors, needs, outcome, clock, rule, standing, effect)
SELECT 'tiktok/return_refund', 1, t.from_state, t.action, 0, t.to_state, t.actors::text[], t.needs::text[], t.outcome, t.clock, t.rule, t.standing, t.effect::jsonb
FROM (VALUES
    ('awaiting_buyer_response', 'accept', 'refunded', '{buyer}', '{amount}', 'refunded in part', 'restart', 'TTRET-08', 'external', '{"refund": {"of": "given", "executed_by": "instruct"}}'),
    ('awaiting_buyer_response', 'decline', 'requested', '{buyer,platform,erp}', '{}', 'offer declined', 'restart', 'TTRET-08', 'external', '{}'),
    ('awaiting_buyer_ship', 'ship', 'return_in_transit', '{buyer}', '{carrier,tracking_no}', NULL, 'restart', 'TTRET-09', 'stated', '{"parcel": {"kind": "return", "state": "shipped"}}'),
    ('return_in_transit', 'receive', 'awaiting_inspection', '{merchant,carrier,platform,erp}', '{}', NULL, 'keep', 'TTRET-10', 'stated', '{"parcel": {"kind": "return", "state": "received"}}'),
    ('rejected', 'open_dispute', 'dispute', '{buyer}', '{kind,remark,evidence}', NULL, 'restart', 'TTRET-13', 'stated', '{}'),
    ('return_rejected', 'open_dispute', 'dispute', '{buyer}', '{kind,remark,evidence}', NULL, 'restart', 'TTRET-13', 'stated', '{}'),
    ('dispute', 'submit_evidence', 'dispute', '{merchant,buyer}', '{evidence}', NULL, 'keep', 'TTRET-15', 'stated', '{}'),
    ('platform_review', 'submit_evidence', 'platform_review', '{merchant,buyer}', '{evidence}', NULL, 'keep', 'TTRET-15', 'stated', '{}'),
    ('dispute', 'escalate', 'platform_review', '{merchant,buyer}', '{evidence}', NULL, 'restart', 'TTRET-14', 'stated', '{}'))
    AS t(from_state, action, to_state, actors, needs, outcome, clock, rule, standing, effect)
ON CONFLICT DO NOTHING;

-- TTRET-14: the platform decides from rules and evidence.
INSERT INTO aftersale.flow_transition (flow, version, from_state, action, priority, to_state, actors, needs, condition, outcome, rule, standing, effect) VALUES
    ('tiktok/return_refund', 1, 'platform_review', 'decide', 20, 'refunded', '{platform}', '{favours}', '{"favours": "buyer"}', 'decided for the buyer', 'TTRET-14', 'stated', '{"refund": {"of": "given_or_asked", "executed_by": "platform"}}'),
    ('tiktok/return_refund', 1, 'platform_review', 'decide', 10, 'closed', '{platform}', '{favours}', '{"favours": "merchant"}', 'decided for the merchant', 'TTRET-14', 'stated', '{}')
ON CONFLICT DO NOTHING;

-- Silence.  None of it is in the source: these hold where a shop has terms for the states, or the platform gave a deadline.
INSERT INTO aftersale.flow_transition (flow, version, from_state, action, to_state, actors, outcome, rule, standing, effect)
SELECT 'tiktok/return_refund', 1, t.from_state, 'timeout', t.to_state, '{system}', t.outcome, t.rule, t.standing, t.effect::jsonb
FROM (VALUES
    ('requested', 'overdue', 'overdue', 'TTRET-08', 'reading', '{}'),
    ('refund_requested', 'overdue', 'overdue', 'TTRET-08', 'reading', '{}'),
    ('awaiting_buyer_response', 'requested', 'offer lapsed', 'TTRET-08', 'external', '{}'),
    ('awaiting_buyer_ship', 'closed', 'not shipped in time', 'TTRET-09', 'external', '{}'),
    ('return_in_transit', 'overdue', 'overdue', 'TTRET-10', 'reading', '{}'),
    ('awaiting_inspection', 'overdue', 'overdue', 'TTRET-10', 'reading', '{}'),
    ('rejected', 'closed', 'not disputed in time', 'TTRET-13', 'external', '{}'),
    ('return_rejected', 'closed', 'not disputed in time', 'TTRET-13', 'external', '{}'),
    ('approved_by_silence', 'refunded', 'approved by silence', 'TTRET-08', 'external', '{"refund": {"of": "asked", "executed_by": "platform"}}'))
    AS t(from_state, to_state, outcome, rule, standing, effect)
ON CONFLICT DO NOTHING;

-- TTRET-12: both, and the platform, may write throughout: an event, and nothing moves.
INSERT INTO aftersale.flow_transition (flow, version, from_state, action, to_state, actors, needs, clock, rule, standing)
SELECT s.flow, s.version, s.state, 'message', s.state, '{merchant,buyer,platform}', '{remark}', 'keep', 'TTRET-12', 'informational'
FROM aftersale.flow_state AS s WHERE s.flow = 'tiktok/return_refund' AND s.version = 1 AND s.state <> 'approved_by_silence'
ON CONFLICT DO NOTHING;

-- The platform's word, wherever a request is open: what it reports of itself, of the seller and of the buyer.  The buyer withdraws what is open: no
-- rule says until when.
INSERT INTO aftersale.flow_transition (flow, version, from_state, action, priority, to_state, actors, outcome, rule, standing, effect)
SELECT s.flow, s.version, s.state, t.action, -10, t.to_state, '{platform}', t.outcome, t.rule, 'external', t.effect::jsonb
FROM aftersale.flow_state AS s, (VALUES
    ('approve_return', 'awaiting_buyer_ship', 'return approved', 'TTRET-09', '{}'),
    ('reject', 'rejected', 'rejected', 'TTRET-08', '{}'),
    ('report_offer', 'awaiting_buyer_response', NULL, 'TTRET-08', '{}'),
    ('ship', 'return_in_transit', NULL, 'TTRET-09', '{"parcel": {"kind": "return", "state": "shipped"}}'),
    ('refuse_parcel', 'return_rejected', 'return rejected', 'TTRET-11', '{}'),
    ('open_dispute', 'dispute', NULL, 'TTRET-13', '{}'),
    ('intervene', 'platform_review', NULL, 'TTRET-14', '{}'),
    ('refund', 'refunded', 'refunded by the platform', 'TTRET-11', '{"refund": {"of": "given_or_asked", "executed_by": "platform"}}'),
    ('close', 'closed', 'closed by the platform', 'TTRET-14', '{}'))
    AS t(action, to_state, outcome, rule, effect)
WHERE s.flow = 'tiktok/return_refund' AND s.version = 1 AND NOT s.final AND s.state NOT IN ('approved_by_silence', t.to_state)
ON CONFLICT DO NOTHING;
INSERT INTO aftersale.flow_transition (flow, version, from_state, action, to_state, actors, outcome, rule, standing)
SELECT s.flow, s.version, s.state, 'withdraw', 'cancelled', '{buyer,platform}', 'withdrawn', 'TTRET-07', 'external'
FROM aftersale.flow_state AS s WHERE s.flow = 'tiktok/return_refund' AND s.version = 1 AND NOT s.final AND s.state <> 'approved_by_silence'
ON CONFLICT DO NOTHING;
-- an offer that the platform says was accepted
INSERT INTO aftersale.flow_transition (flow, version, from_state, action, priority, to_state, actors, outcome, rule, standing, effect) VALUES
    ('tiktok/return_refund', 1, 'awaiting_buyer_response', 'accept', -10, 'refunded', '{platform}', 'refunded in part', 'TTRET-08', 'external', '{"refund": {"of": "given", "executed_by": "platform"}}')
ON CONFLICT DO NOTHING;

INSERT INTO aftersale.flow_advice (flow, version, name, state, action, advice, rule, standing) VALUES
    ('tiktok/return_refund', 1, 'instruct_clearly', 'requested', 'approve', 'Give the buyer clear instructions along with the address: what to pack, how to send it, until when.', 'TTRET-16', 'informational'),
    ('tiktok/return_refund', 1, 'keep_answering', NULL, 'message', 'Answer quickly, and go on answering until the matter is settled.', 'TTRET-16', 'informational'),
    ('tiktok/return_refund', 1, 'negotiate_first', 'dispute', 'escalate', 'Negotiate first; the platform decides by its rules from what both sides have submitted, so submit all evidence.', 'TTRET-15', 'stated')
ON CONFLICT DO NOTHING;

-- The platform's reasons for a refusal; they differ by market, which a suffix or the name says.  What evidence each of them asks for is not known.
INSERT INTO aftersale.reason (platform, kind, code, title, rule) VALUES
    ('tiktok', 'reject', 'reverse_reject_request_reason_1', 'the buyer''s reason is not valid', 'TTRET-08'),
    ('tiktok', 'reject', 'reverse_reject_request_reason_2', 'a change of mind does not qualify', 'TTRET-08'),
    ('tiktok', 'reject', 'reverse_reject_request_reason_3', 'not eligible: used or broken', 'TTRET-08'),
    ('tiktok', 'reject', 'reverse_reject_request_reason_4', 'delivery is on schedule', 'TTRET-08'),
    ('tiktok', 'reject', 'reverse_reject_request_reason_5', 'agreement reached with the buyer', 'TTRET-08'),
    ('tiktok', 'reject', 'reverse_reject_request_reason_1_uk', 'UK: the buyer''s reason is not valid', 'TTRET-08'),
    ('tiktok', 'reject', 'reverse_reject_request_reason_2_uk', 'UK: a change of mind does not qualify', 'TTRET-08'),
    ('tiktok', 'reject', 'reverse_reject_request_reason_3_uk', 'UK: not eligible: used or broken', 'TTRET-08'),
    ('tiktok', 'reject', 'reverse_reject_request_reason_4_uk', 'UK: delivery is on schedule', 'TTRET-08'),
    ('tiktok', 'reject', 'reverse_reject_request_reason_5_uk', 'UK: agreement reached with the buyer', 'TTRET-08'),
    ('tiktok', 'reject', 'reverse_reject_refund_request_correct_item', 'US: the item is the right one', 'TTRET-08'),
    ('tiktok', 'reject', 'reverse_reject_refund_request_package_delivery_multiple_boxes', 'US: delivered in several boxes', 'TTRET-08'),
    ('tiktok', 'reject', 'reverse_reject_refund_request_unclear_evidence', 'US: the evidence is not clear', 'TTRET-08'),
    ('tiktok', 'reject', 'reverse_reject_refund_request_product_function_well', 'US: the product works', 'TTRET-08'),
    ('tiktok', 'reject', 'reverse_reject_refund_request_package_delivery_timing', 'US: delivery is on time', 'TTRET-08'),
    ('tiktok', 'reject', 'reverse_reject_refund_request_no_reason_shipped_replacement', 'US: a replacement was shipped', 'TTRET-08'),
    ('tiktok', 'reject', 'reverse_reject_refund_request_no_reason_failed_delivery_attempt', 'US: a delivery was tried and failed', 'TTRET-08'),
    ('tiktok', 'reject', 'reverse_reject_refund_request_incorrect_address', 'US: the address was wrong', 'TTRET-08'),
    ('tiktok', 'reject', 'reverse_reject_return_parcel_reason_1', 'the parcel that was returned is refused, reason 1', 'TTRET-11'),
    ('tiktok', 'reject', 'reverse_reject_return_parcel_reason_2', 'the parcel that was returned is refused, reason 2', 'TTRET-11'),
    ('tiktok', 'reject', 'reverse_reject_return_parcel_reason_3', 'the parcel that was returned is refused, reason 3', 'TTRET-11'),
    ('tiktok', 'reject', 'reverse_reject_return_parcel_reason_4', 'the parcel that was returned is refused, reason 4', 'TTRET-11'),
    ('tiktok', 'reject', 'reverse_reject_return_parcel_reason_5', 'the parcel that was returned is refused, reason 5', 'TTRET-11')
ON CONFLICT DO NOTHING;

-- Status codes (Return & Refund 202309).  Replacements and cancellations have no flow here.  What a code means in this flow is a reading; states of
-- ours that it does not tell apart are covered: a dispute has a field of its own.

INSERT INTO aftersale.status_code (platform, field, code, state, title, aliases, standing) VALUES
    ('tiktok', 'return_status', 'RETURN_OR_REFUND_REQUEST_PENDING', 'requested', 'the buyer has asked, to be reviewed', '{}', 'external'),
    ('tiktok', 'return_status', 'REFUND_OR_RETURN_REQUEST_REJECT', 'rejected', 'refused', '{RETURN_OR_REFUND_REQUEST_REJECT,RETURN_OR_REFUND_REQUEST_REJECTED,REFUND_OR_RETURN_REQUEST_REJECTED}', 'external'),
    ('tiktok', 'return_status', 'AWAITING_BUYER_SHIP', 'awaiting_buyer_ship', 'approved, the buyer has to ship', '{}', 'external'),
    ('tiktok', 'return_status', 'BUYER_SHIPPED_ITEM', 'return_in_transit', 'on its way back, or with the seller', '{}', 'external'),
    ('tiktok', 'return_status', 'REJECT_RECEIVE_PACKAGE', 'return_rejected', 'inspected, the package is refused', '{}', 'external'),
    ('tiktok', 'return_status', 'RETURN_OR_REFUND_REQUEST_SUCCESS', 'refunding', 'approved, the money will go', '{}', 'external'),
    ('tiktok', 'return_status', 'RETURN_OR_REFUND_REQUEST_CANCEL', 'cancelled', 'cancelled by the buyer or the system', '{RETURN_OR_REFUND_REQUEST_CANCELLED}', 'external'),
    ('tiktok', 'return_status', 'RETURN_OR_REFUND_REQUEST_COMPLETE', 'refunded', 'the buyer is refunded', '{}', 'external'),
    ('tiktok', 'return_status', 'REPLACEMENT_REQUEST_PENDING', 'exchange_requested', 'replacement asked for', '{REPLACMENT_REQUEST_PENDING}', 'external'),
    ('tiktok', 'return_status', 'REPLACEMENT_REQUEST_REJECT', 'exchange_rejected', 'replacement refused', '{REPLACMENT_REQUEST_REJECT,REPLACEMENT_REQUEST_REJECTED}', 'external'),
    ('tiktok', 'return_status', 'REPLACEMENT_REQUEST_REFUND_SUCCESS', 'exchange_refunded', 'no stock, refunded instead', '{REPLACMENT_REQUEST_REFUND_SUCCESS}', 'external'),
    ('tiktok', 'return_status', 'REPLACEMENT_REQUEST_CANCEL', 'exchange_cancelled', 'replacement cancelled', '{REPLACMENT_REQUEST_CANCEL,REPLACEMENT_REQUEST_CANCELLED}', 'external'),
    ('tiktok', 'return_status', 'REPLACEMENT_REQUEST_COMPLETE', 'exchange_completed', 'a new order is made', '{REPLACMENT_REQUEST_COMPLETE}', 'external'),
    ('tiktok', 'return_status', 'AWAITING_BUYER_RESPONSE', 'awaiting_buyer_response', 'the buyer has to answer an offer of a partial refund', '{}', 'external'),
    ('tiktok', 'cancel_status', 'CANCELLATION_REQUEST_PENDING', 'requested', 'cancellation asked for', '{}', 'external'),
    ('tiktok', 'cancel_status', 'CANCELLATION_REQUEST_SUCCESS', 'refunding', 'cancellation approved', '{}', 'reading'),
    ('tiktok', 'cancel_status', 'CANCELLATION_REQUEST_CANCEL', 'closed', 'the request to cancel was cancelled', '{CANCELLATION_REQUEST_CANCELLED}', 'reading'),
    ('tiktok', 'cancel_status', 'CANCELLATION_REQUEST_COMPLETE', 'cancelled', 'the order is cancelled', '{}', 'reading')
ON CONFLICT DO NOTHING;
INSERT INTO aftersale.status_code (platform, field, code, flow, state, title, aliases, covers, action, standing)
SELECT 'tiktok', m.field, m.code, 'tiktok/return_refund', m.state, c.title, c.aliases, m.covers::text[], m.action, 'reading'
FROM (VALUES
    ('return_status', 'RETURN_OR_REFUND_REQUEST_PENDING', 'requested', '{refund_requested,overdue,approved_by_silence}', NULL),
    ('return_status', 'REFUND_OR_RETURN_REQUEST_REJECT', 'rejected', '{dispute,platform_review}', NULL),
    ('return_status', 'BUYER_SHIPPED_ITEM', 'return_in_transit', '{awaiting_inspection,overdue}', NULL),
    ('return_status', 'REJECT_RECEIVE_PACKAGE', 'return_rejected', '{dispute,platform_review}', NULL),
    ('return_status', 'RETURN_OR_REFUND_REQUEST_SUCCESS', 'refunded', '{}', 'refund'),
    ('return_status', 'RETURN_OR_REFUND_REQUEST_COMPLETE', 'refunded', '{}', 'refund'),
    ('return_status', 'RETURN_OR_REFUND_REQUEST_CANCEL', 'cancelled', '{closed}', 'withdraw'))
    AS m(field, code, state, covers, action)
JOIN aftersale.status_code AS c ON c.platform = 'tiktok' AND c.field = m.field AND c.code = m.code AND c.flow = '*'
ON CONFLICT DO NOTHING;
INSERT INTO aftersale.status_code (platform, field, code, flow, state, title, covers, standing) VALUES
    ('tiktok', 'arbitration_status', 'IN_PROGRESS', 'tiktok/return_refund', 'dispute', 'in dispute', '{platform_review}', 'reading'),
    ('tiktok', 'arbitration_status', 'SUPPORT_BUYER', '*', NULL, 'decided for the buyer', '{}', 'external'),
    ('tiktok', 'arbitration_status', 'SUPPORT_SELLER', '*', NULL, 'decided for the seller', '{}', 'external'),
    ('tiktok', 'arbitration_status', 'CLOSED', '*', NULL, 'closed', '{}', 'external')
ON CONFLICT DO NOTHING;

-- return_type; a replacement has no flow here.
INSERT INTO aftersale.flow_choice (platform, type, flow, rule, standing) VALUES
    ('tiktok', 'RETURN_AND_REFUND', 'tiktok/return_refund', 'TTRET-01', 'external'),
    ('tiktok', 'REFUND', 'tiktok/return_refund', 'TTRET-08', 'external'),
    ('tiktok', 'return_refund', 'tiktok/return_refund', 'TTRET-01', 'reading')
ON CONFLICT DO NOTHING;
