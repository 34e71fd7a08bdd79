-- Reships through customer service (TEMU-30 to TEMU-32) and started by the buyer (TEMU-34).
BEGIN;
\ir temu.psql

-- TEMU-30, TEMU-31: the address ends before the reply is due (trap 3)
SELECT is(pg_temp.open(1, 'temu/reship_ticket', pg_temp.ny('2026-11-20 18:00')), pg_temp.ny('2026-11-23 18:00'), 'TEMU-32: a ticket of Friday 18:00 is to be answered by Monday 18:00');
INSERT INTO aftersale.personal (shop_id, request_id, buyer_name, address) VALUES (1, 1, 'Ann Lee', '{"street": "Elm Street 1", "country": "US"}');
SELECT is((SELECT visible_until FROM aftersale.personal WHERE request_id = 1), pg_temp.ny('2026-11-22 18:00'), 'TEMU-31: its address is visible until Sunday 18:00, 48 hours from its creation');
CREATE FUNCTION pg_temp.seen(at timestamptz) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
	PERFORM pg_temp.clock(at);
	RETURN coalesce(address ->> 'street', shown) FROM aftersale.buyer WHERE request_id = 1;
END $$;
RESET ROLE;
INSERT INTO aftersale.login (login, shop_id, actor, may_speak) VALUES ('regress_clerk', 1, 'alice', false);
INSERT INTO aftersale.member (shop_id, actor, role) VALUES (1, 'alice', 'main_account');
INSERT INTO aftersale.shop_role_permission (shop_id, role, permission) VALUES (1, 'main_account', '*');
SELECT aftersale.grant_access('regress_clerk', 'employee') \g /dev/null
SET ROLE regress_clerk;
SELECT is(pg_temp.seen(pg_temp.ny('2026-11-22 18:00') - interval '1 microsecond'), 'Elm Street 1', 'TEMU-31: a microsecond before it is seen');
SELECT is(pg_temp.seen(pg_temp.ny('2026-11-22 18:00')), 'expired', 'TEMU-31: from then on it is masked');
RESET ROLE;
SET ROLE regress_erp;
SELECT is(pg_temp.swept(1, pg_temp.ny('2026-11-23 12:00')), 'requested', 'TEMU-31: the end of the address is no deadline');
SELECT is(pg_temp.at_of(1, 'address_ends_soon'), pg_temp.ny('2026-11-21 18:00'), 'TEMU-31: a day before there was a warning');
SELECT is(pg_temp.at_of(1, 'address_masked'), pg_temp.ny('2026-11-22 18:00'), 'TEMU-31: and the end is on record');
SELECT is(pg_temp.due(1), pg_temp.ny('2026-11-23 18:00'), 'TEMU-31: the reply''s deadline is another');
SELECT is(pg_temp.open(2, 'temu/reship_ticket', pg_temp.ny('2026-11-20 18:00')), pg_temp.ny('2026-11-23 18:00'), 'TEMU-30: a second ticket');
SELECT is(pg_temp.act(2, pg_temp.ny('2026-11-20 19:00'), 'reply', '{"accepted": false, "remark": "out of stock"}'), 'replied', 'TEMU-32: no');
SELECT is(pg_temp.act(2, pg_temp.ny('2026-11-20 20:00'), 'close', '{}', 'platform'), 'closed', 'TEMU-30: closed by the platform');
SELECT is(pg_temp.swept(2, pg_temp.ny('2026-11-23 12:00')), 'closed (reship declined)', 'TEMU-32: the answer is its outcome');
SELECT is(pg_temp.at_of(2, 'address_masked'), pg_temp.ny('2026-11-22 18:00'), 'TEMU-31: a closed ticket''s address ends, too');
SELECT is(pg_temp.at_of(2, 'address_ends_soon'), NULL, 'TEMU-31: without a warning that nobody needs');

-- TEMU-32: yes or no, and the tracking number where the goods were sent
SELECT pg_temp.open(n, 'temu/reship_ticket', pg_temp.ny('2026-11-24 10:00')) FROM generate_series(3, 7) AS n \g /dev/null
SELECT is(pg_temp.act(3, pg_temp.ny('2026-11-24 11:00'), 'reply', '{"remark": "hello"}'), 'RA023', 'TEMU-32: an answer that is neither yes nor no is none');
SELECT is(pg_temp.act(3, pg_temp.ny('2026-11-24 11:00'), 'reply', '{"accepted": false}'), 'RA023', 'TEMU-32: no needs a remark');
SELECT is(pg_temp.act(3, pg_temp.ny('2026-11-24 11:00'), 'reply', '{"accepted": true, "sent": true}'), 'RA023', 'TEMU-32: sent needs a tracking number');
SELECT is(pg_temp.act(3, pg_temp.ny('2026-11-24 11:00'), 'reply', '{"accepted": true, "sent": true, "carrier": "UPS", "tracking_no": "1Z"}'), 'replied', 'TEMU-32: yes, and sent');
SELECT is(pg_temp.act(4, pg_temp.ny('2026-11-25 10:00'), 'reply', '{"accepted": true}'), 'awaiting_merchant_ship', 'TEMU-32: yes, at the very deadline, to be sent: no tracking number yet');
SELECT is(pg_temp.act(4, pg_temp.ny('2026-11-25 12:00'), 'ship', '{"carrier": "UPS"}'), 'RA023', 'TEMU-32: it comes with the parcel');
SELECT is(pg_temp.act(4, pg_temp.ny('2026-11-25 12:00'), 'ship', '{"carrier": "UPS", "tracking_no": "1Z"}'), 'replied', 'TEMU-32: sent');
SELECT is(pg_temp.act(5, pg_temp.ny('2026-11-24 11:00'), 'reply', '{"remark": "we look", "is_effective": false}'), 'requested', 'TEMU-32: an ineffective reply');
SELECT is(pg_temp.due(5), pg_temp.ny('2026-11-25 10:00'), 'TEMU-32: leaves the clock');
SELECT is(pg_temp.swept(5, pg_temp.ny('2026-11-25 10:00')), 'requested', 'TEMU-32: at the deadline nothing fires');
SELECT is(pg_temp.act(5, pg_temp.ny('2026-11-25 10:00') + interval '1 microsecond', 'reply', '{"accepted": true}'), 'RA021', 'TEMU-32: a microsecond later it is too late');
SELECT is(pg_temp.swept(5, pg_temp.ny('2026-11-25 10:00') + interval '1 microsecond'), 'evidence_waived (evidence_waived)', 'TEMU-03: it is a work order: evidence is waived');
SELECT is(pg_temp.money(5), 'none', 'TEMU-03: and no money is moved');

-- TEMU-34: approval and waybill within seven natural days, in either order (trap 4); else rejected (trap 1)
SELECT is(pg_temp.open(n, 'temu/reship', pg_temp.ny('2026-10-30 18:00')), pg_temp.ny('2026-11-06 18:00'), 'TEMU-34: seven days later at the same wall time, clock change and all') FROM generate_series(20, 29) AS n;
SELECT is(pg_temp.act(n, pg_temp.ny('2026-11-02 10:00'), 'approve'), 'awaiting_merchant_ship', 'TEMU-34: approved') FROM generate_series(21, 23) AS n;
SELECT is(pg_temp.act(n, pg_temp.ny('2026-11-02 10:00'), 'upload_waybill', '{"carrier": "UPS", "tracking_no": "1Z"}'), 'awaiting_approval', 'TEMU-34: the waybill first') FROM generate_series(24, 26) AS n;
SELECT is(pg_temp.act(28, pg_temp.ny('2026-11-02 10:00'), 'approve', '{}', 'buyer'), 'RA022', 'TEMU-34: both are the merchant''s acts');
SELECT is(pg_temp.due(n), pg_temp.ny('2026-11-06 18:00'), 'TEMU-34: one of two acts leaves the deadline') FROM unnest('{21,24}'::int[]) AS n;
SELECT is(pg_temp.act(21, pg_temp.ny('2026-11-03 10:00'), 'upload_waybill', '{"carrier": "UPS"}'), 'RA023', 'TEMU-34: a waybill without its number is none');
SELECT is(pg_temp.act(21, pg_temp.ny('2026-11-06 18:00'), 'upload_waybill', '{"carrier": "UPS", "tracking_no": "1Z"}'), 'awaiting_buyer_receipt', 'TEMU-34: approved, then the waybill at the very deadline');
SELECT is(pg_temp.act(24, pg_temp.ny('2026-11-06 18:00'), 'approve'), 'awaiting_buyer_receipt', 'TEMU-34: the waybill, then the approval at the very deadline');
SELECT is(pg_temp.act(27, pg_temp.ny('2026-11-06 18:00'), 'approve_and_ship', '{"carrier": "UPS", "tracking_no": "1Z"}'), 'awaiting_buyer_receipt', 'TEMU-34: both at once');
SELECT is(pg_temp.due(n), NULL, 'TEMU-34: both: the clock is over') FROM unnest('{21,24,27}'::int[]) AS n;
SELECT is(pg_temp.swept(n, pg_temp.ny('2026-11-06 18:00')), s, 'TEMU-34: at the deadline nothing fires') FROM (VALUES (20, 'requested'), (22, 'awaiting_merchant_ship'), (25, 'awaiting_approval')) AS r (n, s);
SELECT is(pg_temp.at_of(n, w), pg_temp.ny('2026-11-05 18:00'), 'TEMU-34: a day before it the merchant was warned: ' || w)
FROM (VALUES (20, 'review_due_soon'), (22, 'waybill_due_soon'), (25, 'approval_due_soon')) AS r (n, w);
SELECT is(pg_temp.act(22, pg_temp.ny('2026-11-06 18:00') + interval '1 microsecond', 'upload_waybill', '{"carrier": "UPS", "tracking_no": "1Z"}'), 'RA021', 'TEMU-34: a microsecond later the waybill is too late');
SELECT is(pg_temp.act(25, pg_temp.ny('2026-11-06 18:00') + interval '1 microsecond', 'approve'), 'RA021', 'TEMU-34: so is the approval');
SELECT is(pg_temp.swept(n, pg_temp.ny('2026-11-06 18:00') + interval '1 microsecond'), 'rejected (rejected by timeout)', 'TEMU-34: rejected: ' || what)
FROM (VALUES (20, 'neither'), (22, 'approved, no waybill'), (25, 'a waybill, not approved')) AS r (n, what);
SELECT is(pg_temp.money(20), 'none', 'TEMU-34: the timeout is no refund');
SELECT is(pg_temp.open(30, 'temu/reship', pg_temp.ny('2026-11-07 18:00'), platform_due_at => pg_temp.ny('2026-11-10 12:00')), pg_temp.ny('2026-11-10 12:00'), 'TEMU-34: a deadline that the platform gives');
SELECT is(pg_temp.act(30, pg_temp.ny('2026-11-08 10:00'), 'approve'), 'awaiting_merchant_ship', 'TEMU-34: approved');
SELECT is(pg_temp.due(30), pg_temp.ny('2026-11-10 12:00'), 'TEMU-34: holds for the waybill');
SELECT is(pg_temp.act(21, pg_temp.ny('2026-11-12 10:00'), 'receive', '{}', 'carrier'), 'completed', 'TEMU-34: the buyer has it');
SELECT * FROM finish();
ROLLBACK;
