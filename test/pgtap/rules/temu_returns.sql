-- Returns: inspection (TEMU-06, TEMU-07), labels of the merchant's own (TEMU-14, TEMU-17), the strategy without return (TEMU-28).
BEGIN;
\ir temu.psql

-- Brings a return to the merchant's hands
CREATE FUNCTION pg_temp.returned(id bigint, amount numeric DEFAULT 40) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
	PERFORM pg_temp.open(id, 'temu/return_refund', '2026-11-20 10:00+00', amount);
	PERFORM pg_temp.act(id, '2026-11-20 11:00+00', 'approve_return', '{}', 'platform'), pg_temp.act(id, '2026-11-21 11:00+00', 'ship', '{}', 'buyer');
	RETURN pg_temp.act(id, '2026-11-25 11:00+00', 'receive', '{}', 'carrier');
END $$;

-- TEMU-06
SELECT pg_temp.open(1, 'temu/return_refund', '2026-11-20 10:00+00') \g /dev/null
SELECT is(pg_temp.act(1, '2026-11-20 11:00+00', 'approve'), 'RA020', 'TEMU-06: no refund is approved before the goods came');
SELECT is(pg_temp.act(1, '2026-11-20 11:00+00', 'approve_return', '{}', 'erp'), 'awaiting_buyer_ship', 'TEMU-14: with an automatic label the buyer ships');
SELECT is(pg_temp.act(1, '2026-11-21 11:00+00', 'approve'), 'RA020', 'TEMU-06: nor while the buyer has them');
SELECT is(pg_temp.act(1, '2026-11-21 11:00+00', 'ship', '{}', 'buyer'), 'return_in_transit', 'TEMU-06: the buyer ships');
SELECT is(pg_temp.act(1, '2026-11-22 11:00+00', 'approve'), 'RA020', 'TEMU-06: nor while they are on their way');
SELECT is(pg_temp.act(1, '2026-11-25 11:00+00', 'receive', '{}', 'carrier'), 'awaiting_inspection', 'TEMU-06: received: to be inspected');
SELECT is(pg_temp.due(1), NULL, 'TEMU-06: no deadline is stated for the inspection');
SELECT is(pg_temp.act(1, '2026-11-26 11:00+00', 'approve', '{}', 'platform'), 'RA022', 'TEMU-06: the merchant inspects, nobody else');
SELECT is(pg_temp.act(1, '2026-11-26 11:00+00', 'approve'), 'refunded', 'TEMU-06: then the refund is approved');
SELECT is(pg_temp.money(1), '40.00 instruct', 'TEMU-06: in full, and the platform is told to pay');
SELECT is(pg_temp.returned(2), 'awaiting_inspection', 'TEMU-06: another return');
SELECT is(pg_temp.act(2, '2026-11-26 11:00+00', 'reject', '{"reason": "worn"}'), 'RA023', 'TEMU-06: rejecting only where the platform offers it');
SELECT is(pg_temp.act(2, '2026-11-26 11:00+00', 'reject', '{"offered": true}'), 'RA023', 'TEMU-06: with a reason');
SELECT is(pg_temp.act(2, '2026-11-26 11:00+00', 'reject', '{"offered": true, "reason": "worn"}'), 'return_rejected', 'TEMU-06: then it may');
SELECT is(pg_temp.money(2), 'none', 'TEMU-06: and nothing is refunded');

-- TEMU-07: 0 < amount <= refundable
SELECT is(pg_temp.returned(10), 'awaiting_inspection', 'TEMU-07: a return to be refunded in part');
SELECT is(pg_temp.act(10, '2026-11-26 11:00+00', 'approve_partly'), 'RA023', 'TEMU-07: how much has to be said');
SELECT is(pg_temp.act(10, '2026-11-26 11:00+00', 'approve_partly', '{"amount": 0}'), 'RA040', 'TEMU-07: 0 is no refund');
SELECT is(pg_temp.act(10, '2026-11-26 11:00+00', 'approve_partly', '{"amount": -1}'), 'RA040', 'TEMU-07: nor is less');
SELECT is(pg_temp.act(10, '2026-11-26 11:00+00', 'approve_partly', '{"amount": 40.01}'), 'RA045', 'TEMU-07: a cent above what is refundable is too much');
SELECT is(pg_temp.act(10, '2026-11-26 11:00+00', 'approve_partly', '{"amount": 0.01}'), 'refunded', 'TEMU-07: a cent is a partial refund');
SELECT is(pg_temp.money(10), '0.01 instruct', 'TEMU-07: and is what is refunded');
SELECT is((SELECT outcome FROM aftersale.request WHERE request_id = 10), 'refunded in part', 'TEMU-07: it is called by its name');
SELECT is(pg_temp.returned(11), 'awaiting_inspection', 'TEMU-07: another');
SELECT is(pg_temp.act(11, '2026-11-26 11:00+00', 'approve_partly', '{"amount": 40}'), 'refunded', 'TEMU-07: all that is refundable is allowed');

-- TEMU-17: the platform's deadline, or the shop's; at its end full refund without return, executed by the platform (trap 1)
SELECT pg_temp.open(n, 'temu/return_refund', '2026-11-20 10:00+00') FROM generate_series(20, 29) AS n \g /dev/null
SELECT is(pg_temp.act(n, '2026-11-20 10:00+00', 'require_label', '{}', 'platform'), 'awaiting_merchant_label', 'TEMU-17: the merchant supplies the label') FROM generate_series(20, 27) AS n;
SELECT is(pg_temp.due(20), NULL, 'TEMU-17: a length is not stated, and none is invented');
UPDATE aftersale.request SET platform_due_at = '2026-11-22 10:00+00' WHERE shop_id = 1 AND request_id BETWEEN 21 AND 27;
SELECT is(pg_temp.due(21), '2026-11-22 10:00+00', 'TEMU-17: the deadline is the one that the platform gives');
SELECT is(pg_temp.act(21, '2026-11-21 10:00+00', 'upload_label', '{"carrier": "UPS", "label": "label.pdf"}'), 'RA023', 'TEMU-17: a label without a tracking number is refused');
SELECT is(pg_temp.act(21, '2026-11-21 10:00+00', 'upload_label', '{"carrier": "UPS", "label": " ", "tracking_no": "1Z"}'), 'RA023', 'TEMU-17: so is one without a file');
SELECT is(pg_temp.act(21, '2026-11-21 10:00+00', 'upload_label', '{"tracking_no": "1Z", "accepted": false}'), 'awaiting_merchant_label', 'TEMU-17: one that the platform did not take is on record');
SELECT is(pg_temp.due(21), '2026-11-22 10:00+00', 'TEMU-17: and the clock keeps running');
SELECT pg_temp.act(25, '2026-11-22 09:00+00', 'upload_label', '{"carrier": "UPS", "label": "label.pdf", "tracking_no": "1Z", "accepted": true}') \g /dev/null
SELECT is(pg_temp.swept(21, '2026-11-22 10:00+00'), 'awaiting_merchant_label', 'TEMU-17: at the deadline nothing fires');
SELECT is(pg_temp.at_of(21, 'label_due_soon'), '2026-11-21 22:00+00', 'TEMU-17: twelve hours before it the merchant was warned');
SELECT is(pg_temp.act(22, '2026-11-22 10:00+00', 'upload_label', '{"carrier": "UPS", "label": "label.pdf", "tracking_no": "1Z", "accepted": true}', 'erp'), 'awaiting_buyer_ship', 'TEMU-17: a label at the very deadline is in time');
SELECT is(pg_temp.due(22), NULL, 'TEMU-17: the clock is over');
SELECT is(pg_temp.act(23, '2026-11-22 10:00+00', 'upload_label', '{"carrier": "UPS", "label": "label.pdf", "tracking_no": "1Z"}'), 'platform_review', 'TEMU-17: one that the platform has yet to check');
SELECT is(pg_temp.act(24, '2026-11-22 10:00+00', 'upload_label', '{"carrier": "UPS", "label": "label.pdf", "tracking_no": "1Z"}'), 'platform_review', 'TEMU-17: another');
SELECT is(pg_temp.act(21, '2026-11-22 10:00:00.000001+00', 'upload_label', '{"carrier": "UPS", "label": "label.pdf", "tracking_no": "1Z"}'), 'RA021', 'TEMU-17: a microsecond later it is too late');
SELECT is(pg_temp.swept(21, '2026-11-22 10:00:00.000001+00'), 'refunded (refunded without return)', 'TEMU-17: late: refunded without return');
SELECT is(pg_temp.money(21), '40.00 platform', 'TEMU-17: in full, by the platform');
SELECT is(pg_temp.swept(23, '2026-11-22 12:00+00'), 'platform_review', 'TEMU-17: what was uploaded in time is not refunded for the platform''s delay');
SELECT is(pg_temp.act(23, '2026-11-22 13:00+00', 'accept_label', '{}', 'platform'), 'awaiting_buyer_ship', 'TEMU-17: accepted later, it was in time');
SELECT is(pg_temp.act(24, '2026-11-22 13:00+00', 'refuse_label', '{}', 'platform'), 'awaiting_merchant_label', 'TEMU-17: refused');
SELECT is(pg_temp.swept(24, '2026-11-22 13:00:00.000001+00'), 'refunded (refunded without return)', 'TEMU-17: the clock had run on, and the deadline has passed');
-- false
SELECT is(pg_temp.act(25, '2026-11-22 14:00+00', 'declare_label_false', '{}', who), 'RA022', 'TEMU-17: that a label is false is not for ' || who || ' to say') FROM unnest('{alice,erp,buyer,carrier}'::text[]) AS who;
SELECT is(pg_temp.act(25, '2026-11-22 14:00+00', 'declare_label_false', '{}', 'platform'), 'refunded', 'TEMU-17: it is the platform''s verdict');
SELECT is(pg_temp.money(25), '40.00 platform', 'TEMU-17: false: full refund by the platform');
SELECT is((SELECT outcome FROM aftersale.request WHERE request_id = 25), 'refunded without return', 'TEMU-17: without return');
-- the shop's own length
INSERT INTO aftersale.flow_override (shop_id, flow, state, term) VALUES (1, 'temu/return_refund', 'awaiting_merchant_label', '48 hours');
SELECT is(pg_temp.act(28, '2026-11-23 10:00+00', 'require_label', '{}', 'platform'), 'awaiting_merchant_label', 'TEMU-17: with a term of the shop''s own');
SELECT is(pg_temp.due(28), '2026-11-25 10:00+00', 'TEMU-17: the deadline is that');

-- TEMU-28: a return that hits the refund-only strategy is refunded at the ratio, without return
INSERT INTO aftersale.rule (shop_id, name, flow, reasons, amount_to, currency, action, ratio) VALUES (1, 'cheap', 'temu/return_refund', '{damaged}', 10, 'USD', 'refund', '30%');
SELECT pg_temp.open(40, 'temu/return_refund', '2026-11-26 10:00+00', 10, 'damaged'), pg_temp.open(41, 'temu/return_refund', '2026-11-26 10:00+00', 10.01, 'damaged') \g /dev/null
SELECT is((SELECT state || ' (' || outcome || ')' FROM aftersale.request WHERE request_id = 40), 'refunded (refunded without return)', 'TEMU-28: a return that hits the strategy needs no return');
SELECT is(pg_temp.money(40), '3.00 platform', 'TEMU-28: it is refunded at the ratio, by the platform');
SELECT is((SELECT state FROM aftersale.request WHERE request_id = 41), 'requested', 'TEMU-28: others are returned');
-- TEMU-17: full is full, whatever ratio the request has
SELECT pg_temp.open(29 + n, 'temu/return_refund', '2026-11-27 10:00+00', 40, NULL, 'US', '2026-11-28 10:00+00', '30%') FROM generate_series(1, 2) n \g /dev/null
SELECT pg_temp.act(29 + n, '2026-11-27 10:00+00', 'require_label', '{}', 'platform') FROM generate_series(1, 2) n \g /dev/null
SELECT pg_temp.act(31, '2026-11-27 11:00+00', 'upload_label', '{"carrier": "UPS", "label": "label.pdf", "tracking_no": "1Z", "accepted": true}') \g /dev/null
SELECT pg_temp.act(31, '2026-11-27 12:00+00', 'declare_label_false', '{}', 'platform') \g /dev/null
SELECT is(pg_temp.money(31), '40.00 platform', 'TEMU-17: false, in full, too');
SELECT is(pg_temp.swept(30, '2026-11-30 10:00+00'), 'refunded (refunded without return)', 'TEMU-17: late, of a request with a ratio');
SELECT is(pg_temp.money(30), '40.00 platform', 'TEMU-17: is refunded in full');
SELECT results_eq($$SELECT kind, carrier, tracking_no, label, state FROM aftersale.parcel WHERE request_id = 31$$, $$VALUES ('return', 'UPS', '1Z', 'label.pdf', 'labelled')$$, 'TEMU-17: the return''s parcel has the label');
SELECT * FROM finish();
ROLLBACK;
