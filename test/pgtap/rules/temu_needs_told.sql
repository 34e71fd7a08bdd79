-- What an act needs is told before it is taken: TEMU-07, TEMU-10, TEMU-17, TEMU-32; and what keeps a proposal from being confirmed: TEMU-26.
BEGIN;
\ir temu.psql

CREATE FUNCTION pg_temp.needs(id bigint, what text) RETURNS text LANGUAGE sql AS
	$$SELECT string_agg(needs::text, ' ' ORDER BY needs::text COLLATE "C") FROM aftersale.allowed_actions(1, id, 'alice') WHERE action = what$$;

SELECT pg_temp.open(101, 'temu/return_refund', '2026-11-20 10:00+00') \g /dev/null
SELECT pg_temp.act(101, '2026-11-20 11:00+00', 'require_label', '{}', 'platform') \g /dev/null
SELECT is(pg_temp.needs(101, 'upload_label'), '{label,carrier,tracking_no} {label,carrier,tracking_no} {}', 'TEMU-17: a label, its carrier and its number; nothing to say that it was refused');
SELECT pg_temp.act(101, '2026-11-20 11:00+00', 'upload_label', '{"carrier": "UPS", "label": "label.pdf", "tracking_no": "1Z", "accepted": true}') \g /dev/null
SELECT pg_temp.act(101, '2026-11-21 11:00+00', 'ship', '{}', 'buyer'), pg_temp.act(101, '2026-11-25 11:00+00', 'receive', '{}', 'carrier') \g /dev/null
SELECT is(pg_temp.needs(101, 'approve_partly'), '{amount}', 'TEMU-07: a partial refund needs its amount');
SELECT is(pg_temp.needs(101, 'approve'), '{}', 'TEMU-06: a full one nothing');
SELECT pg_temp.open(102, 'temu/cancel', '2026-11-25 10:00+00') \g /dev/null
SELECT pg_temp.act(102, '2026-11-25 11:00+00', 'report_shipped', '{"partly": true}', 'erp') \g /dev/null
SELECT is(pg_temp.needs(102, 'approve'), '{amount}', 'TEMU-10: of a partly shipped order what the other lines come to');
SELECT pg_temp.open(103, 'temu/reship_ticket', '2026-11-25 10:00+00') \g /dev/null
SELECT is(pg_temp.needs(103, 'reply'), '{carrier,tracking_no} {remark} {remark} {}', 'TEMU-32: sent: the parcel; no, or ineffective: a remark; promised: nothing');

-- TEMU-26: the conflict is looked at again when it is confirmed
UPDATE aftersale.shop SET settings = settings || '{"features": ["negotiated_refund"]}' WHERE shop_id = 1;
INSERT INTO aftersale.order_balance (shop_id, order_ref, currency, paid) VALUES (1, 'N1', 'USD', 30);
SELECT request_id AS proposal FROM aftersale.propose_refund(1, 'N1', 5, NULL, '{chat.png}', 'agreed', 'alice') \gset
INSERT INTO aftersale.request (shop_id, request_id, flow, order_ref, amount, country) VALUES (1, 901, 'temu/missing_item', 'N1', 5, 'US');
SELECT is(pg_temp.act(:proposal, '2026-11-25 12:00+00', 'confirm'), 'RA048', 'TEMU-26: not while a case of the order is open that came after the proposal');
SELECT is(pg_temp.money(:proposal), 'none', 'TEMU-26: nothing is paid');
SELECT is(pg_temp.act(901, '2026-11-25 12:30+00', 'withdraw', '{}', 'buyer'), 'cancelled', 'TEMU-26: once it is cancelled');
INSERT INTO aftersale.request (shop_id, request_id, flow, order_ref, country) VALUES (1, 902, 'temu/refused_parcel', 'N1', 'US');
SELECT is(pg_temp.act(:proposal, '2026-11-25 13:00+00', 'confirm'), 'RA048', 'TEMU-26: a charge that is published is a case as well, though its state is called proposed');
SELECT is(pg_temp.act(902, '2026-11-25 13:30+00', 'accept'), 'accepted', 'TEMU-43: accepted');
SELECT is(pg_temp.act(902, '2026-11-25 13:30+00', 'bill', '{"fee": 3}', 'platform'), 'completed', 'TEMU-43: and billed');
SELECT is(pg_temp.act(:proposal, '2026-11-25 14:00+00', 'confirm'), 'refunded', 'TEMU-26: with nothing open it is confirmed');
SELECT * FROM finish();
ROLLBACK;
