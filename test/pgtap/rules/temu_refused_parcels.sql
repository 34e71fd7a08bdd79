-- Refused return parcels, charged for both legs: TEMU-43.
BEGIN;
\ir temu.psql

SELECT is(pg_temp.open(n, 'temu/refused_parcel', pg_temp.ny('2026-10-30 18:00'), NULL), pg_temp.ny('2026-11-09 17:00'), 'TEMU-43: published for 10 times 24 hours, clock change or not') FROM generate_series(1, 6) AS n;
SELECT is(pg_temp.act(1, pg_temp.ny('2026-11-01 10:00'), 'object', '{"remark": "we took it"}'), 'RA023', 'TEMU-43: an objection needs evidence');
SELECT is(pg_temp.act(n, pg_temp.ny('2026-11-09 17:00'), 'object', '{"remark": "we took it", "evidence": ["scan"]}'), 'dispute', 'TEMU-43: an objection at the very deadline is in time') FROM generate_series(1, 4) AS n;
SELECT is(pg_temp.swept(5, pg_temp.ny('2026-11-09 17:00')), 'proposed', 'TEMU-43: at the deadline nothing fires');
SELECT is(pg_temp.at_of(5, 'objection_due_soon'), pg_temp.ny('2026-11-08 17:00'), 'TEMU-43: a day before it the merchant was warned');
SELECT is(pg_temp.act(5, pg_temp.ny('2026-11-09 17:00') + interval '1 microsecond', 'object', '{"remark": "we took it", "evidence": ["scan"]}'), 'RA021', 'TEMU-43: a microsecond later it is too late');
SELECT is(pg_temp.swept(5, pg_temp.ny('2026-11-09 17:00') + interval '1 microsecond'), 'accepted (accepted by silence)', 'TEMU-43: silence accepts the charge');
SELECT is((SELECT count(*)::int FROM aftersale.charge), 0, 'TEMU-43: which is not billed yet');
SELECT is(pg_temp.act(5, pg_temp.ny('2026-11-10 17:00'), 'bill', '{}', 'platform'), 'RA023', 'TEMU-43: a bill says how much');
SELECT is(pg_temp.act(5, pg_temp.ny('2026-11-10 17:00'), 'bill', '{"fee": 17.40}', 'platform'), 'completed', 'TEMU-43: billed');
SELECT is((SELECT string_agg(concat_ws(' ', request_id, kind, amount, bearer), ', ') FROM aftersale.charge), '5 double_leg_freight 17.40 merchant', 'TEMU-43: for both legs, to the merchant');
SELECT is(pg_temp.act(5, pg_temp.ny('2026-11-10 17:00'), 'bill', '{"fee": 17.40}', 'platform'), 'RA020', 'TEMU-43: once');
-- the carrier checks within 72 hours
SELECT is(pg_temp.due(1), pg_temp.ny('2026-11-12 17:00'), 'TEMU-43: the carrier has 72 hours');
SELECT is(pg_temp.act(1, pg_temp.ny('2026-11-12 17:00'), 'uphold', '{}', 'carrier'), 'closed', 'TEMU-43: it finds the objection right: no charge');
SELECT is(pg_temp.act(2, pg_temp.ny('2026-11-12 17:00'), 'dismiss', '{}', 'carrier'), 'awaiting_merchant_response', 'TEMU-43: it does not');
SELECT is(pg_temp.act(3, pg_temp.ny('2026-11-12 17:00'), 'dismiss', '{}', 'carrier'), 'awaiting_merchant_response', 'TEMU-43: another');
SELECT is(pg_temp.swept(4, pg_temp.ny('2026-11-12 17:00') + interval '1 microsecond'), 'overdue', 'TEMU-43: its silence decides nothing');
SELECT is(pg_temp.due(2), pg_temp.ny('2026-11-15 17:00'), 'TEMU-43: the merchant answers within 72 hours');
SELECT is(pg_temp.act(2, pg_temp.ny('2026-11-15 17:00'), 'answer', '{"remark": "see the scan", "evidence": ["scan"]}'), 'platform_review', 'TEMU-43: at the very deadline');
SELECT is(pg_temp.swept(3, pg_temp.ny('2026-11-15 17:00')), 'awaiting_merchant_response', 'TEMU-43: at it nothing fires');
SELECT is(pg_temp.swept(3, pg_temp.ny('2026-11-15 17:00') + interval '1 microsecond'), 'accepted (accepted by silence)', 'TEMU-43: silence accepts again');
SELECT is((SELECT string_agg(DISTINCT standing, ', ') FROM aftersale.flow_state WHERE flow = 'temu/refused_parcel' AND term IS NOT NULL), 'external', 'TEMU-43: every term of it is external to the source');
-- the parcel: collect or abandon within 168 hours, silence abandons
SELECT pg_temp.clock('2026-11-02 10:00+00') \g /dev/null
INSERT INTO aftersale.request (shop_id, request_id, flow, country, attributes) SELECT 1, n, 'temu/refused_parcel', 'US', '{"parcel_waits": true}' FROM generate_series(90, 93) n;
SELECT results_eq('SELECT DISTINCT state, due_at FROM aftersale.request WHERE request_id BETWEEN 90 AND 93', $$VALUES ('held_at_carrier', '2026-11-09 10:00+00'::timestamptz)$$, 'TEMU-43: a parcel that waits is held for seven days of 24 hours');
SELECT is(pg_temp.act(90, '2026-11-09 10:00+00', 'collect'), 'returning', 'TEMU-43: collected, at the very deadline');
SELECT is(pg_temp.act(90, '2026-11-12 10:00+00', 'receive', '{}', 'carrier'), 'returned', 'TEMU-43: and received');
SELECT is(pg_temp.act(91, '2026-11-05 10:00+00', 'abandon'), 'destroyed', 'TEMU-43: or abandoned');
SELECT is(pg_temp.act(92, '2026-11-09 10:00:00.000001+00', 'collect'), 'RA021', 'TEMU-43: a microsecond later it is too late');
SELECT is(pg_temp.swept(92, '2026-11-09 10:00:00.000001+00'), 'destroyed (abandoned by silence)', 'TEMU-43: silence abandons it');
SELECT * FROM finish();
ROLLBACK;
