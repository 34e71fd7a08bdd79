-- Tickets of platform customer service: TEMU-01 to TEMU-03.
BEGIN;
\ir temu.psql

SELECT pg_temp.clock('2026-11-20 12:00+00') \g /dev/null
SELECT lives_ok($$INSERT INTO aftersale.request (shop_id, request_id, flow, country) VALUES (1, 1, 'temu/ticket', 'US')$$, 'TEMU-01: a ticket about a product has no order');

-- TEMU-02: Friday 18:00 is due Monday 18:00; Saturday 10:00 when Monday ends; Thanksgiving does not count
SELECT is(pg_temp.open(2, 'temu/ticket', pg_temp.ny('2026-11-20 18:00')), pg_temp.ny('2026-11-23 18:00'), 'TEMU-02: a ticket of Friday 18:00 is due Monday 18:00');
SELECT is(pg_temp.open(3, 'temu/ticket', pg_temp.ny('2026-11-21 10:00')), pg_temp.ny('2026-11-24 00:00'), 'TEMU-02: one of Saturday is due when Monday ends');
SELECT is(pg_temp.open(4, 'temu/ticket', pg_temp.ny('2026-11-25 10:00')), pg_temp.ny('2026-11-27 10:00'), 'TEMU-02: a holiday of the ticket''s country does not count');
SELECT is(pg_temp.open(5, 'temu/ticket', pg_temp.ny('2026-11-25 10:00'), country => 'DE'), pg_temp.ny('2026-11-26 10:00'), 'TEMU-02: in another country it is a working day');
SELECT is(pg_temp.open(6, 'temu/ticket', pg_temp.ny('2026-11-20 18:00')), pg_temp.ny('2026-11-23 18:00'), 'TEMU-02: another of Friday 18:00');
SELECT is(pg_temp.act(2, pg_temp.ny('2026-11-23 18:00'), 'reply', '{"remark": "sent"}'), 'replied', 'TEMU-02: a reply at the very deadline is in time');
SELECT is(pg_temp.act(6, pg_temp.ny('2026-11-23 17:00'), 'reply', '{"remark": "we look into it", "is_effective": false}'), 'requested', 'TEMU-02: an ineffective reply');
SELECT is(pg_temp.due(6), pg_temp.ny('2026-11-23 18:00'), 'TEMU-02: does not stop the clock');
SELECT is(pg_temp.open(7, 'temu/ticket', pg_temp.ny('2026-11-20 18:00'), platform_due_at => pg_temp.ny('2026-11-24 09:00')), pg_temp.ny('2026-11-24 09:00'), 'TEMU-02: a deadline that the platform gives overrides ours');
SELECT is(pg_temp.act(7, pg_temp.ny('2026-11-23 17:00'), 'reply', '{"remark": "we look into it", "is_effective": false}'), 'requested', 'TEMU-02: an ineffective reply');
SELECT is(pg_temp.due(7), pg_temp.ny('2026-11-24 09:00'), 'TEMU-02: leaves that one, too');
SELECT is(pg_temp.act(3, pg_temp.ny('2026-11-23 18:00'), 'reply'), 'RA023', 'TEMU-02: an empty reply is none');
SELECT is(pg_temp.act(2, pg_temp.ny('2026-11-23 18:00'), 'declare_ineffective', '{}', 'platform'), 'requested', 'TEMU-02: the platform finds a reply ineffective');
SELECT is(pg_temp.due(2), pg_temp.ny('2026-11-23 18:00'), 'TEMU-02: the deadline is the one from its creation');

-- TEMU-03, trap 1: the timeout waives evidence and moves no money
SELECT is(pg_temp.swept(6, pg_temp.ny('2026-11-23 18:00')), 'requested', 'TEMU-03: nothing fires at the deadline itself');
SELECT is(pg_temp.act(6, pg_temp.ny('2026-11-23 18:00') + interval '1 microsecond', 'reply', '{"remark": "sent"}'), 'RA021', 'TEMU-03: a microsecond later a reply is too late');
SELECT is(pg_temp.swept(6, pg_temp.ny('2026-11-23 18:00') + interval '1 microsecond'), 'evidence_waived (evidence_waived)', 'TEMU-03: then evidence is waived');
SELECT is(pg_temp.money(6), 'none', 'TEMU-03: the timeout is no refund');
SELECT is(pg_temp.act(6, pg_temp.ny('2026-11-24 09:00'), 'refund', '{}', 'alice'), 'RA022', 'TEMU-03: the refund is the platform''s');
SELECT is(pg_temp.act(6, pg_temp.ny('2026-11-24 09:00'), 'refund', '{"amount": 12.5}', 'platform'), 'refunded', 'TEMU-03: which may come later');
SELECT is(pg_temp.money(6), '12.50 platform', 'TEMU-03: and is paid by the platform');
SELECT is(pg_temp.act(3, pg_temp.ny('2026-11-24 09:00'), 'close', '{}', 'platform'), 'closed', 'TEMU-03: the list is open: it may do something else');
SELECT * FROM finish();
ROLLBACK;
