-- What the platforms' codes mean, code by code, and back.
BEGIN;
SELECT * FROM no_plan();
SET ROLE regress_erp;
SELECT aftersale.load_pack(p) FROM unnest(ARRAY['temu', 'douyin', 'kuaishou', 'tiktok', 'tiktok_sea', 'status_maps']) AS p \g /dev/null
-- platforms without a flow here: a flow of one's own
INSERT INTO aftersale.flow (flow, version, platform, kind, initial_state)
SELECT 'mine/' || p, 1, p, 'return_refund', 'requested' FROM unnest(ARRAY['pdd', 'taobao', 'xiaohongshu', 'tiktok']) AS p;

CREATE TEMP TABLE map (flow text, field text, code text, state text);
INSERT INTO map VALUES
	('temu/return_refund', 'parentAfterSalesStatus', '1', 'requested'), ('temu/return_refund', 'parentAfterSalesStatus', '2', 'return_in_transit'),
	('temu/return_refund', 'parentAfterSalesStatus', '3', 'awaiting_inspection'), ('temu/return_refund', 'parentAfterSalesStatus', '4', 'refunded'),
	('temu/return_refund', 'parentAfterSalesStatus', '5', 'refunded'), ('temu/return_refund', 'parentAfterSalesStatus', '6', 'cancelled'),
	('temu/return_refund', 'parentAfterSalesStatus', '7', 'return_rejected'), ('temu/return_refund', 'parentAfterSalesStatus', '8', 'awaiting_merchant_label'),
	('temu/return_refund', 'parentAfterSalesStatus', '9', 'refunded'), ('temu/return_refund', 'parentAfterSalesStatus', '10', 'requested'),
	('temu/return_refund', 'parentAfterSalesStatus', '11', 'platform_review'),
	('temu/refund_only', 'parentAfterSalesStatus', '1', 'requested'), ('temu/refund_only', 'parentAfterSalesStatus', '4', 'refunded'),
	('temu/refund_only', 'parentAfterSalesStatus', '5', 'refunded'), ('temu/refund_only', 'parentAfterSalesStatus', '6', 'cancelled'),
	('temu/refund_only', 'parentAfterSalesStatus', '7', 'rejected'), ('temu/refund_only', 'parentAfterSalesStatus', '11', 'rejected'),
	('temu/missing_item', 'parentAfterSalesStatus', '1', 'requested'), ('temu/missing_item', 'parentAfterSalesStatus', '5', 'refunded'),
	('temu/missing_item', 'parentAfterSalesStatus', '7', 'closed'), ('temu/not_received', 'parentAfterSalesStatus', '11', 'platform_review'),
	('temu/cancel', 'afterSalesStatusGroup', '8', 'requested'), ('temu/cancel', 'afterSalesStatusGroup', '9', 'cancelled'),
	('temu/cancel', 'parentAfterSalesStatus', '5', 'cancelled'), ('temu/cancel', 'parentAfterSalesStatus', '6', 'closed'),
	-- a flow that has no row of its own: the general meaning
	('temu/reship', 'parentAfterSalesStatus', '1', 'requested'), ('temu/reship', 'parentAfterSalesStatus', '4', 'refunding'),
	('temu/reship', 'parentAfterSalesStatus', '9', 'refunding'), ('temu/reship', 'parentAfterSalesStatus', '10', 'return_requested'),
	('douyin/shipped_refund_only', 'aftersale_status', '3', 'awaiting_buyer_receipt'),
	('douyin/shipped_refund_only', 'aftersale_status', '6', 'requested'), ('douyin/shipped_refund_only', 'aftersale_status', '7', 'awaiting_buyer_ship'),
	('douyin/shipped_refund_only', 'aftersale_status', '8', 'awaiting_merchant_ship'), ('douyin/shipped_refund_only', 'aftersale_status', '11', 'awaiting_inspection'),
	('douyin/shipped_refund_only', 'aftersale_status', '12', 'refunded'), ('douyin/shipped_refund_only', 'aftersale_status', '13', 'awaiting_buyer_receipt'),
	('douyin/shipped_refund_only', 'aftersale_status', '14', 'completed'), ('douyin/shipped_refund_only', 'aftersale_status', '27', 'rejected'),
	('douyin/shipped_refund_only', 'aftersale_status', '28', 'closed'), ('douyin/shipped_refund_only', 'aftersale_status', '29', 'return_rejected'),
	('douyin/shipped_refund_only', 'agree_refuse_sign', '1', 'awaiting_refusal'),
	('kuaishou/return_refund', 'status', '10', 'requested'), ('kuaishou/return_refund', 'status', '11', 'requested'), ('kuaishou/return_refund', 'status', '12', 'rejected'),
	('kuaishou/return_refund', 'status', '20', 'dispute'), ('kuaishou/return_refund', 'status', '21', 'dispute'), ('kuaishou/return_refund', 'status', '22', 'awaiting_buyer_ship'),
	('kuaishou/return_refund', 'status', '30', 'awaiting_buyer_ship'), ('kuaishou/return_refund', 'status', '40', 'return_in_transit'),
	('kuaishou/return_refund', 'status', '45', 'awaiting_buyer_receipt'), ('kuaishou/return_refund', 'status', '50', 'refunded'),
	('kuaishou/return_refund', 'status', '60', 'refunded'), ('kuaishou/return_refund', 'status', '70', 'closed'),
	('mine/taobao', 'status', 'WAIT_SELLER_AGREE', 'requested'), ('mine/taobao', 'status', 'WAIT_BUYER_RETURN_GOODS', 'awaiting_buyer_ship'),
	('mine/taobao', 'status', 'WAIT_SELLER_CONFIRM_GOODS', 'return_in_transit'), ('mine/taobao', 'status', 'SELLER_REFUSE_BUYER', 'rejected'),
	('mine/taobao', 'status', 'CLOSED', 'closed'), ('mine/taobao', 'status', 'SUCCESS', 'refunded');
INSERT INTO map SELECT 'mine/pdd', 'status', code, state FROM (VALUES
	('2', 'requested'), ('3', 'requested'), ('4', 'refunding'), ('5', 'refunding'), ('6', 'rejected'), ('7', 'awaiting_buyer_ship'), ('8', 'dispute'), ('9', 'closed'),
	('10', 'refunded'), ('11', 'cancelled'), ('12', 'closed'), ('13', 'closed'), ('14', 'requested'), ('15', 'awaiting_buyer_ship'), ('16', 'completed'), ('17', 'closed'),
	('18', 'awaiting_buyer_receipt'), ('21', 'requested'), ('22', 'awaiting_buyer_ship'), ('24', 'closed'), ('25', 'completed'), ('27', 'awaiting_buyer_receipt'),
	('31', 'awaiting_refusal'), ('32', 'awaiting_merchant_ship')) AS v(code, state);
INSERT INTO map SELECT 'mine/xiaohongshu', 'status', code, state FROM (VALUES
	('1', 'requested'), ('2', 'awaiting_buyer_ship'), ('3', 'return_in_transit'), ('4', 'refunded'), ('5', 'cancelled'), ('6', 'closed'), ('9', 'rejected'),
	('9001', 'return_rejected'), ('12', 'awaiting_merchant_ship'), ('13', 'awaiting_buyer_receipt'), ('14', 'dispute')) AS v(code, state);

INSERT INTO map SELECT 'mine/tiktok', field, code, state FROM (VALUES
	('return_status', 'RETURN_OR_REFUND_REQUEST_PENDING', 'requested'), ('return_status', 'REFUND_OR_RETURN_REQUEST_REJECT', 'rejected'),
	('return_status', 'AWAITING_BUYER_SHIP', 'awaiting_buyer_ship'), ('return_status', 'BUYER_SHIPPED_ITEM', 'return_in_transit'),
	('return_status', 'REJECT_RECEIVE_PACKAGE', 'return_rejected'), ('return_status', 'RETURN_OR_REFUND_REQUEST_SUCCESS', 'refunding'),
	('return_status', 'RETURN_OR_REFUND_REQUEST_CANCEL', 'cancelled'), ('return_status', 'RETURN_OR_REFUND_REQUEST_COMPLETE', 'refunded'),
	('return_status', 'REPLACEMENT_REQUEST_PENDING', 'exchange_requested'), ('return_status', 'REPLACEMENT_REQUEST_REJECT', 'exchange_rejected'),
	('return_status', 'REPLACEMENT_REQUEST_REFUND_SUCCESS', 'exchange_refunded'), ('return_status', 'REPLACEMENT_REQUEST_CANCEL', 'exchange_cancelled'),
	('return_status', 'REPLACEMENT_REQUEST_COMPLETE', 'exchange_completed'), ('return_status', 'AWAITING_BUYER_RESPONSE', 'awaiting_buyer_response'),
	('cancel_status', 'CANCELLATION_REQUEST_PENDING', 'requested'), ('cancel_status', 'CANCELLATION_REQUEST_SUCCESS', 'refunding'),
	('cancel_status', 'CANCELLATION_REQUEST_CANCEL', 'closed'), ('cancel_status', 'CANCELLATION_REQUEST_COMPLETE', 'cancelled')) AS v(field, code, state);
INSERT INTO map SELECT 'tiktok/return_refund', field, code, state FROM (VALUES
	('return_status', 'RETURN_OR_REFUND_REQUEST_PENDING', 'requested'), ('return_status', 'REFUND_OR_RETURN_REQUEST_REJECT', 'rejected'),
	('return_status', 'AWAITING_BUYER_SHIP', 'awaiting_buyer_ship'), ('return_status', 'BUYER_SHIPPED_ITEM', 'return_in_transit'),
	('return_status', 'REJECT_RECEIVE_PACKAGE', 'return_rejected'), ('return_status', 'RETURN_OR_REFUND_REQUEST_SUCCESS', 'refunded'),
	('return_status', 'RETURN_OR_REFUND_REQUEST_CANCEL', 'cancelled'), ('return_status', 'RETURN_OR_REFUND_REQUEST_COMPLETE', 'refunded'),
	('return_status', 'AWAITING_BUYER_RESPONSE', 'awaiting_buyer_response'), ('arbitration_status', 'IN_PROGRESS', 'dispute')) AS v(field, code, state);
SELECT is((aftersale.status_of('tiktok/return_refund', 'RETURN_OR_REFUND_REQUEST_REJECTED', 'return_status')).state, 'rejected', 'a spelling holds for the flow, too');
-- spellings that were met
SELECT is((aftersale.status_of('mine/tiktok', met, field)).code, code, met || ' is read as ' || code) FROM (VALUES
	('return_status', 'RETURN_OR_REFUND_REQUEST_REJECT', 'REFUND_OR_RETURN_REQUEST_REJECT'), ('return_status', 'RETURN_OR_REFUND_REQUEST_REJECTED', 'REFUND_OR_RETURN_REQUEST_REJECT'),
	('return_status', 'REPLACMENT_REQUEST_PENDING', 'REPLACEMENT_REQUEST_PENDING'), ('return_status', 'REPLACMENT_REQUEST_REJECT', 'REPLACEMENT_REQUEST_REJECT'),
	('return_status', 'REPLACMENT_REQUEST_REFUND_SUCCESS', 'REPLACEMENT_REQUEST_REFUND_SUCCESS'), ('return_status', 'REPLACMENT_REQUEST_CANCEL', 'REPLACEMENT_REQUEST_CANCEL'),
	('return_status', 'REPLACMENT_REQUEST_COMPLETE', 'REPLACEMENT_REQUEST_COMPLETE'), ('cancel_status', 'CANCELLATION_REQUEST_CANCELLED', 'CANCELLATION_REQUEST_CANCEL')) AS v(field, met, code);

SELECT is((aftersale.status_of(m.flow, m.code, m.field)).state, m.state, concat_ws(' ', m.flow, m.field, m.code)) FROM map m;
SELECT is((SELECT count(*) FROM aftersale.status_codes_of(m.flow, m.state, m.field) c WHERE c.code = m.code AND NOT c.covered), 1::bigint, concat_ws(' ', m.flow, m.state, 'is', m.code)) FROM map m;
-- the other direction says nothing that the first does not
SELECT is_empty($$
	SELECT f.flow, s.state, c.field, c.code
	FROM (SELECT DISTINCT flow FROM aftersale.flow) f
	JOIN aftersale.flow_state s USING (flow)
	CROSS JOIN LATERAL aftersale.status_codes_of(f.flow, s.state) c
	CROSS JOIN LATERAL aftersale.status_of(f.flow, c.code, c.field) m
	WHERE CASE WHEN c.covered THEN s.state <> ALL (m.covers) ELSE m.state IS DISTINCT FROM s.state END
$$, 'status_codes_of() is status_of() backwards');

-- codes that say nothing of the state, and codes that nobody knows
SELECT is((SELECT concat_ws(':', m.code, m.state) FROM aftersale.status_of(flow, code, field) m), code, concat_ws(' ', flow, field, code, 'is known, and says nothing of the state')) FROM (VALUES
	('douyin/shipped_refund_only', 'aftersale_status', '0'), ('douyin/shipped_refund_only', 'aftersale_status', '51'), ('douyin/shipped_refund_only', 'aftersale_status', '53'),
	('douyin/shipped_refund_only', 'agree_refuse_sign', '0'), ('douyin/shipped_refund_only', 'agree_refuse_sign', '2'),
	('mine/pdd', 'status', '0'), ('mine/pdd', 'status', '33'), ('tiktok/return_refund', 'arbitration_status', 'CLOSED')) AS v(flow, field, code);
SELECT is((aftersale.status_of(flow, code, field)).code, NULL, concat_ws(' ', flow, field, code, 'is not known')) FROM (VALUES
	('temu/return_refund', 'parentAfterSalesStatus', '12'), ('temu/return_refund', 'status', '5'), ('mine/pdd', 'status', '19'),
	('no/flow', 'status', '5'), ('mine/taobao', 'status', 'success')) AS v(flow, field, code);

-- every row that holds for one of our flows leads to a state of it, and covers states of it
SELECT is_empty($$
	SELECT c.flow, c.field, c.code, s.state
	FROM aftersale.status_code c CROSS JOIN LATERAL unnest(c.covers || c.state) AS s(state)
	WHERE c.flow <> '*' AND s.state IS NOT NULL
	  AND NOT EXISTS (SELECT FROM aftersale.flow_state f WHERE f.flow = c.flow AND f.state = s.state)
$$, 'codes for a flow lead to states of it');
SELECT is_empty($$
	SELECT c.flow, c.code, c.action FROM aftersale.status_code c
	WHERE c.action IS NOT NULL AND NOT EXISTS (SELECT FROM aftersale.flow_transition t
		WHERE t.flow = c.flow AND t.action = c.action AND t.to_state = c.state AND 'platform' = ANY (t.actors))
$$, 'and the action that they report is one of the platform''s that leads there');
SELECT is_empty($$
	SELECT a.platform, a.field, a.code, b.code FROM aftersale.status_code a JOIN aftersale.status_code b USING (platform, field)
	WHERE b.code = ANY (a.aliases) OR (a.code <> b.code AND a.aliases && b.aliases)
$$, 'no spelling stands for two codes');

-- a flow's own word goes before the general one, a code before an alias; covered states come last
INSERT INTO aftersale.status_code (platform, code, flow, state, aliases, covers) VALUES ('pdd', '10', 'mine/pdd', 'completed', '{10a,2}', '{checked}');
SELECT is((aftersale.status_of('mine/pdd', '10')).state, 'completed', 'a flow''s own row goes before the general one');
SELECT is((aftersale.status_of('mine/pdd', '10a')).state, 'completed', 'another spelling is read');
SELECT is((aftersale.status_of('mine/pdd', '10a')).code, '10', 'as the code that it stands for');
SELECT is((aftersale.status_of('mine/pdd', '2')).state, 'requested', 'what is a code is no other''s spelling');
SELECT results_eq($$SELECT code, covered FROM aftersale.status_codes_of('mine/pdd', 'checked')$$, $$VALUES ('10', true)$$, 'a state that the platform does not know is covered by a code');
SELECT results_eq($$SELECT code FROM aftersale.status_codes_of('mine/pdd', 'completed')$$, $$VALUES ('10'), ('16'), ('25')$$, 'spellings are not written');
SELECT is_empty($$SELECT code FROM aftersale.status_codes_of('mine/pdd', 'refunded')$$, 'nor the meaning that a flow''s own row replaces');

-- ---- the flow of a type ----
INSERT INTO aftersale.shop (shop_id, platform, name) VALUES (1, 'temu', 'T'), (2, 'douyin', 'D'), (3, 'kuaishou', 'K'), (4, 'pdd', 'P'), (5, 'tiktok', 'TT'), (6, 'tiktok_sea', 'TS');
SELECT is(aftersale.choose_flow(shop, type), flow, concat_ws(' ', shop, type, flow)) FROM (VALUES
	(1, '1', 'temu/refund_only'), (1, '2', 'temu/return_refund'), (1, 'refund_only', 'temu/refund_only'), (1, 'return_refund', 'temu/return_refund'), (1, 'missing_item', 'temu/missing_item'),
	(1, 'not_received', 'temu/not_received'), (1, 'cancel', 'temu/cancel'), (1, 'ticket', 'temu/ticket'), (1, 'reship_ticket', 'temu/reship_ticket'), (1, 'reship', 'temu/reship'),
	(1, 'refused_parcel', 'temu/refused_parcel'), (2, '1', 'douyin/shipped_refund_only'), (2, 'shipped_refund_only', 'douyin/shipped_refund_only'),
	(3, '1', 'kuaishou/return_refund'), (3, 'return_refund', 'kuaishou/return_refund'),
	(5, 'RETURN_AND_REFUND', 'tiktok/return_refund'), (5, 'REFUND', 'tiktok/return_refund'), (5, 'return_refund', 'tiktok/return_refund'), (6, 'failed_delivery', 'tiktok_sea/failed_delivery')) AS v(shop, type, flow);
SELECT throws_ok(format('SELECT aftersale.choose_flow(%s, %L)', shop, type), 'RA014', NULL, 'no flow for ' || concat_ws(' ', shop, type))
FROM (VALUES (1, '3'), (2, '2'), (5, 'REPLACEMENT'), (3, '10'), (4, '2'), (1, NULL), (1, '*')) AS v(shop, type);
SELECT is_empty($$SELECT c.flow FROM aftersale.flow_choice c WHERE NOT EXISTS (SELECT FROM aftersale.flow f WHERE f.flow = c.flow AND f.platform = c.platform)$$,
	'every choice is a flow of the platform');
-- the most particular row; a priority goes before
INSERT INTO aftersale.flow_choice (platform, type, reason, flow) VALUES ('pdd', '*', '*', 'any'), ('pdd', '*', 'late', 'late'), ('pdd', '2', '*', 'two'), ('pdd', '2', 'late', 'two late');
SELECT is(aftersale.choose_flow(4, type, reason), flow, concat_ws(' ', type, reason, flow)) FROM (VALUES
	(NULL, NULL, 'any'), ('9', NULL, 'any'), ('9', 'late', 'late'), ('2', NULL, 'two'), ('2', 'other', 'two'), ('2', 'late', 'two late'), (NULL, 'late', 'late')) AS v(type, reason, flow);
UPDATE aftersale.flow_choice SET priority = 1 WHERE flow = 'late';
SELECT is(aftersale.choose_flow(4, '2', 'late'), 'late', 'a higher priority goes before a more particular row');

SELECT * FROM finish();
ROLLBACK;
