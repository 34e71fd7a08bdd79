-- What does not stop the clock leaves the platform's own deadline, too: TEMU-02, TEMU-17, TEMU-32, TEMU-34; and the warnings before ours.
BEGIN;
\ir temu.psql

SELECT pg_temp.open(1, 'temu/reship', pg_temp.ny('2026-11-06 18:00'), platform_due_at => pg_temp.ny('2026-11-10 12:00')) \g /dev/null
SELECT is(pg_temp.act(1, pg_temp.ny('2026-11-07 10:00'), 'upload_waybill', '{"carrier": "UPS", "tracking_no": "1Z"}'), 'awaiting_approval', 'TEMU-34: the waybill before the approval');
SELECT is(pg_temp.due(1), pg_temp.ny('2026-11-10 12:00'), 'TEMU-34: leaves the deadline that the platform gave');
SELECT pg_temp.open(2, 'temu/reship_ticket', pg_temp.ny('2026-11-06 18:00'), platform_due_at => pg_temp.ny('2026-11-12 12:00')) \g /dev/null
SELECT is(pg_temp.act(2, pg_temp.ny('2026-11-09 10:00'), 'reply', '{"remark": "we look", "is_effective": false}'), 'requested', 'TEMU-32: an ineffective reply');
SELECT is(pg_temp.due(2), pg_temp.ny('2026-11-12 12:00'), 'TEMU-32: leaves it');
SELECT is(pg_temp.act(2, pg_temp.ny('2026-11-10 10:00'), 'reply', '{"accepted": true, "sent": true, "carrier": "UPS"}'), 'RA023', 'TEMU-32: what was sent has a tracking number');
SELECT is(pg_temp.act(2, pg_temp.ny('2026-11-10 10:00'), 'reply', '{"accepted": true, "sent": true, "tracking_no": "1Z"}'), 'RA023', 'TEMU-32: and a carrier');

SELECT pg_temp.open(3, 'temu/cancel', pg_temp.ny('2026-11-06 18:00')) \g /dev/null
SELECT is(pg_temp.swept(3, pg_temp.ny('2026-11-07 17:00')), 'requested', 'TEMU-10: an hour before the deadline');
SELECT is(pg_temp.at_of(3, 'review_due_soon'), pg_temp.ny('2026-11-07 14:00'), 'TEMU-10: the merchant was warned four hours before it');
SELECT * FROM finish();
ROLLBACK;
