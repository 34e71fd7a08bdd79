-- What acts tell of a parcel stands in its row: the merchant's label (TEMU-17), the return (TEMU-06), reships (TEMU-32, TEMU-34).
BEGIN;
\ir temu.psql

CREATE FUNCTION pg_temp.parcel(id bigint) RETURNS text LANGUAGE sql AS
	$$SELECT string_agg(concat_ws(' ', kind, carrier, tracking_no, state), ', ' ORDER BY parcel_no) FROM aftersale.parcel WHERE shop_id = 1 AND request_id = id$$;

SELECT pg_temp.open(n, 'temu/return_refund', '2026-11-20 10:00+00') FROM generate_series(1, 2) n \g /dev/null
SELECT pg_temp.act(n, '2026-11-20 10:00+00', 'require_label', '{}', 'platform') FROM generate_series(1, 2) n \g /dev/null
SELECT is(pg_temp.act(1, '2026-11-21 10:00+00', 'upload_label', '{"carrier": "UPS", "label": "l", "accepted": false, "tracking_no": "0"}'), 'awaiting_merchant_label', 'TEMU-17: a label that was not taken');
SELECT is(pg_temp.parcel(1), NULL, 'TEMU-17: makes no parcel');
SELECT is(pg_temp.act(1, '2026-11-21 10:00+00', 'upload_label', '{"carrier": "UPS", "label": "l", "tracking_no": "1Z"}'), 'platform_review', 'TEMU-17: one to be checked');
SELECT is(pg_temp.parcel(1), 'return UPS 1Z labelled', 'TEMU-17: is the return''s');
SELECT is(pg_temp.act(2, '2026-11-21 10:00+00', 'upload_label', '{"carrier": "UPS", "label": "l", "tracking_no": "2Z", "accepted": true}'), 'awaiting_buyer_ship', 'TEMU-17: so is one that is accepted at once');
SELECT is(pg_temp.parcel(2), 'return UPS 2Z labelled', 'TEMU-17: labelled');
SELECT is(pg_temp.act(2, '2026-11-22 10:00+00', 'ship', '{}', 'buyer'), 'return_in_transit', 'TEMU-06: the buyer ships');
SELECT is(pg_temp.parcel(2), 'return UPS 2Z shipped', 'TEMU-06: shipped, under the label''s number');
SELECT is(pg_temp.act(2, '2026-11-25 10:00+00', 'receive', '{}', 'carrier'), 'awaiting_inspection', 'TEMU-06: received');
SELECT is(pg_temp.parcel(2), 'return UPS 2Z delivered', 'TEMU-06: delivered');

SELECT pg_temp.open(n, 'temu/reship_ticket', '2026-11-24 10:00+00') FROM generate_series(3, 4) n \g /dev/null
SELECT pg_temp.act(3, '2026-11-24 11:00+00', 'reply', '{"accepted": true, "sent": true, "carrier": "UPS", "tracking_no": "3Z"}'), pg_temp.act(4, '2026-11-24 11:00+00', 'reply', '{"accepted": true}'),
	pg_temp.act(4, '2026-11-25 11:00+00', 'ship', '{"carrier": "UPS", "tracking_no": "4Z"}') \g /dev/null
SELECT is(pg_temp.parcel(3), 'reship UPS 3Z shipped', 'TEMU-32: sent with the answer');
SELECT is(pg_temp.parcel(4), 'reship UPS 4Z shipped', 'TEMU-32: or after it');
SELECT pg_temp.open(n, 'temu/reship', '2026-11-24 10:00+00') FROM generate_series(5, 7) n \g /dev/null
SELECT pg_temp.act(5, '2026-11-24 11:00+00', 'approve'), pg_temp.act(5, '2026-11-25 11:00+00', 'upload_waybill', '{"carrier": "UPS", "tracking_no": "5Z"}'),
	pg_temp.act(6, '2026-11-25 11:00+00', 'upload_waybill', '{"carrier": "UPS", "tracking_no": "6Z"}'), pg_temp.act(7, '2026-11-25 11:00+00', 'approve_and_ship', '{"carrier": "UPS", "tracking_no": "7Z"}'),
	pg_temp.act(7, '2026-11-29 11:00+00', 'receive', '{}', 'carrier') \g /dev/null
SELECT is(pg_temp.parcel(5), 'reship UPS 5Z shipped', 'TEMU-34: approved, then the waybill');
SELECT is(pg_temp.parcel(6), 'reship UPS 6Z shipped', 'TEMU-34: the waybill first');
SELECT is(pg_temp.parcel(7), 'reship UPS 7Z delivered', 'TEMU-34: both at once, and received');
SELECT * FROM finish();
ROLLBACK;
