-- The refund-only strategy and its ratio: TEMU-27, TEMU-28.
BEGIN;
\ir temu.psql

CREATE FUNCTION pg_temp.state(id bigint) RETURNS text LANGUAGE sql AS
	$$SELECT concat_ws(' ', state, '(' || outcome || ')') FROM aftersale.request WHERE shop_id = 1 AND request_id = state.id$$;
INSERT INTO aftersale.rule (shop_id, name, flow, reasons, amount_to, currency, action, ratio) VALUES
	(1, 'cheap', 'temu/refund_only', '{damaged,missing}', 20, 'USD', 'refund', '12.5%'),
	(1, 'any amount', 'temu/refund_only', '{worthless}', NULL, NULL, 'refund', NULL);

-- TEMU-27: reason and amount, both; without a step of the merchant's
SELECT pg_temp.open(1, 'temu/refund_only', '2026-11-25 10:00+00', 20, 'damaged'), pg_temp.open(2, 'temu/refund_only', '2026-11-25 10:00+00', 20.01, 'damaged'),
	pg_temp.open(3, 'temu/refund_only', '2026-11-25 10:00+00', 20, 'unwanted'), pg_temp.open(4, 'temu/refund_only', '2026-11-25 10:00+00', 20, 'damaged', 'DE'),
	pg_temp.open(5, 'temu/refund_only', '2026-11-25 10:00+00', 99.99, 'worthless'), pg_temp.open(6, 'temu/refund_only', '2026-11-25 10:00+00', 20),
	pg_temp.open(7, 'temu/refund_only', '2026-11-25 10:00+00', 0.2, 'missing') \g /dev/null
SELECT is(pg_temp.state(1), 'refunded (refunded by strategy)', 'TEMU-27: reason and amount match: refunded directly, the threshold included');
SELECT is(pg_temp.at_of(1, 'refund'), '2026-11-25 10:00+00', 'TEMU-27: at the opening');
SELECT is(pg_temp.state(2), 'requested', 'TEMU-27: a cent above the threshold is left to the merchant');
SELECT is(pg_temp.state(3), 'requested', 'TEMU-27: so is another reason');
SELECT is(pg_temp.state(4), 'requested', 'TEMU-27: and an amount in another currency');
SELECT is(pg_temp.state(6), 'requested', 'TEMU-27: and a request without a reason');
SELECT is(pg_temp.state(5), 'refunded (refunded by strategy)', 'TEMU-27: a policy may be for any amount');
SELECT is(pg_temp.money(5), '99.99 platform', 'TEMU-28: without a ratio all of it');
SELECT is((SELECT string_agg(amount || ' ' || executed_by || ' ' || status, ', ') FROM aftersale.refund WHERE request_id = 1), '2.50 platform done', 'TEMU-28: at the ratio, by the platform: booked, not for the ERP to pay');
SELECT is(pg_temp.money(7), '0.03 platform', 'TEMU-28: 2.5 cents are rounded half up');
SELECT is((SELECT count(*)::int FROM aftersale.claim_refunds(1, 100)), 0, 'TEMU-27: nothing of it is in the outbox');

-- TEMU-28: 5 % to 100 %, both included (trap 9)
SELECT is(pg_temp.sqlstate_of(format($$INSERT INTO aftersale.rule (shop_id, name, flow, action, ratio, enabled) VALUES (1, %L, 'temu/refund_only', 'refund', %L, false)$$, 'ratio ' || ratio, ratio)), code,
	format('TEMU-28: a ratio of %s is %s', ratio, CASE code WHEN 'accepted' THEN 'allowed' ELSE 'refused' END))
FROM (VALUES ('4.99%', '22003'), ('5%', 'accepted'), ('100%', 'accepted'), ('100.01%', '22003'), ('0%', '22003')) AS r (ratio, code);
INSERT INTO aftersale.rule (shop_id, name, flow, reasons, action, ratio) VALUES
	(1, 'least', 'temu/refund_only', '{five}', 'refund', '5%'), (1, 'most', 'temu/refund_only', '{hundred}', 'refund', '100%');
SELECT pg_temp.open(11, 'temu/refund_only', '2026-11-25 10:00+00', 40, 'five'), pg_temp.open(12, 'temu/refund_only', '2026-11-25 10:00+00', 40, 'hundred') \g /dev/null
SELECT is(pg_temp.money(11), '2.00 platform', 'TEMU-28: 5 % of 40');
SELECT is(pg_temp.money(12), '40.00 platform', 'TEMU-28: 100 % of 40');
SELECT pg_temp.clock('2026-11-25 10:00+00') \g /dev/null
INSERT INTO aftersale.request (shop_id, request_id, flow, country, reason, amount, shipping) VALUES (1, 13, 'temu/refund_only', 'US', 'five', 40, 4);
SELECT is(pg_temp.money(13), '6.00 platform', 'TEMU-28: the ratio is of the goods; shipping is whole');

-- left to the merchant
SELECT is(pg_temp.act(2, '2026-11-25 11:00+00', 'approve'), 'refunded', 'TEMU-27: what no strategy matched the merchant may approve');
SELECT is(pg_temp.money(2), '20.01 instruct', 'TEMU-27: then the platform is told to pay');
SELECT is(pg_temp.act(3, '2026-11-25 11:00+00', 'refund', '{}', 'alice'), 'RA022', 'TEMU-27: a person does not act for the strategy');
SELECT is(pg_temp.act(3, '2026-11-25 11:00+00', 'reject'), 'RA023', 'TEMU-27: rejecting needs a reason');
-- the offer, off by default
SELECT is((SELECT count(*)::int FROM aftersale.request WHERE state = 'awaiting_buyer_response'), 0, 'TEMU-28: nothing is offered by itself');
SELECT is(pg_temp.act(3, '2026-11-25 11:00+00', 'offer', '{"amount": 5}'), 'awaiting_buyer_response', 'TEMU-28: the merchant may offer part of it');
SELECT is(pg_temp.due(3), NULL, 'TEMU-28: for how long is not stated');
SELECT is(pg_temp.act(3, '2026-11-25 12:00+00', 'decline', '{}', 'buyer'), 'requested', 'TEMU-28: declined');
INSERT INTO aftersale.flow_override (shop_id, flow, state, term) VALUES (1, 'temu/refund_only', 'awaiting_buyer_response', '48 hours');
SELECT is(pg_temp.act(3, '2026-11-25 12:00+00', 'offer', '{"amount": 6}'), 'awaiting_buyer_response', 'TEMU-28: offered for 48 hours, the shop''s term');
SELECT is(pg_temp.swept(3, '2026-11-27 12:00:00.000001+00'), 'requested (offer lapsed)', 'TEMU-28: silent');
SELECT is(pg_temp.act(3, '2026-11-27 13:00+00', 'offer', '{"amount": 7}'), 'awaiting_buyer_response', 'TEMU-28: offered again');
SELECT is(pg_temp.act(3, '2026-11-27 14:00+00', 'accept', '{"amount": 7}', 'buyer'), 'refunded', 'TEMU-28: accepted');
SELECT is(pg_temp.money(3), '7.00 instruct', 'TEMU-28: and refunded');
SELECT * FROM finish();
ROLLBACK;
