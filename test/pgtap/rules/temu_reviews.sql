-- Reviews whose timeout the source does not state: TEMU-08 to TEMU-10.
BEGIN;
\ir temu.psql

-- TEMU-08, TEMU-09
SELECT is(pg_temp.open(n, flow, pg_temp.ny('2026-11-20 18:00')), pg_temp.ny('2026-11-23 18:00'), 'TEMU-08, TEMU-09: one business day: Friday 18:00 to Monday 18:00')
FROM (VALUES (10, 'temu/missing_item'), (20, 'temu/not_received')) AS f (n, flow);
SELECT pg_temp.open(f.n + i, flow, pg_temp.ny('2026-11-20 18:00')) FROM (VALUES (10, 'temu/missing_item'), (20, 'temu/not_received')) AS f (n, flow), generate_series(1, 3) AS i \g /dev/null
SELECT is(pg_temp.act(n, pg_temp.ny('2026-11-23 18:00'), 'submit_materials'), 'RA023', 'TEMU-08, TEMU-09: materials are asked for')
FROM (VALUES (10), (20)) AS f (n);
SELECT is(pg_temp.act(n, pg_temp.ny('2026-11-23 18:00'), 'submit_materials', '{"evidence": ["photo"]}'), 'platform_review', 'TEMU-08, TEMU-09: materials at the very deadline are in time')
FROM (VALUES (10), (20)) AS f (n);
SELECT is(pg_temp.act(n, pg_temp.ny('2026-11-23 18:00'), 'approve'), 'refunded', 'TEMU-08, TEMU-09: the merchant may agree')
FROM (VALUES (11), (21)) AS f (n);
SELECT is(pg_temp.money(n), '40.00 instruct', 'TEMU-08, TEMU-09: the platform is told to refund') FROM (VALUES (11), (21)) AS f (n);
SELECT is(pg_temp.swept(n, pg_temp.ny('2026-11-23 18:00')), 'requested', 'TEMU-08, TEMU-09: at the deadline nothing fires') FROM (VALUES (12), (22)) AS f (n);
SELECT is(pg_temp.at_of(n, 'review_due_soon'), pg_temp.ny('2026-11-23 14:00'), 'TEMU-08, TEMU-09: four hours before it the merchant was warned') FROM (VALUES (12), (22)) AS f (n);
SELECT is(pg_temp.act(n, pg_temp.ny('2026-11-23 18:00') + interval '1 microsecond', 'submit_materials', '{"evidence": ["photo"]}'), 'RA021', 'TEMU-08, TEMU-09: a microsecond later it is too late')
FROM (VALUES (12), (22)) AS f (n);
-- trap 12
SELECT is(pg_temp.swept(n, pg_temp.ny('2026-11-23 18:00') + interval '1 microsecond'), 'overdue (overdue)', 'TEMU-08, TEMU-09: what follows is not stated: overdue') FROM (VALUES (12), (22)) AS f (n);
SELECT is(pg_temp.money(n), 'none', 'TEMU-08, TEMU-09: no money is moved') FROM (VALUES (12), (22)) AS f (n);
SELECT is((SELECT waits_for FROM aftersale.worklist WHERE shop_id = 1 AND request_id = n), 'platform', 'TEMU-08, TEMU-09: it waits for the platform''s word') FROM (VALUES (12), (22)) AS f (n);
SELECT is(pg_temp.act(n, pg_temp.ny('2026-11-24 18:00'), 'refund', '{}', 'platform'), 'refunded', 'TEMU-08, TEMU-09: which may be a refund') FROM (VALUES (12), (22)) AS f (n);
SELECT is(pg_temp.money(n), '40.00 platform', 'TEMU-08, TEMU-09: paid by the platform') FROM (VALUES (12), (22)) AS f (n);

-- the outcome is the shop's to configure
INSERT INTO aftersale.flow_override (shop_id, flow, state, country, timeout_to, timeout_outcome) VALUES
	(1, 'temu/missing_item', 'requested', 'DE', 'approved_by_silence', NULL), (1, 'temu/not_received', 'requested', 'DE', 'closed', 'decided for the merchant'),
	(1, 'temu/cancel', 'requested', 'DE', 'approved_by_silence', NULL);
SELECT pg_temp.open(n, flow, '2026-11-25 10:00+00', country => 'DE') FROM (VALUES (15, 'temu/missing_item'), (25, 'temu/not_received'), (35, 'temu/cancel')) AS f (n, flow) \g /dev/null
SELECT is(pg_temp.swept(15, '2026-11-26 10:00+00'), 'requested', 'TEMU-08: configured or not, the deadline is the same');
SELECT is(pg_temp.swept(15, '2026-11-26 10:00:00.000001+00'), 'refunded (approved by silence)', 'TEMU-08: a shop''s terms may say that silence approves');
SELECT is(pg_temp.money(15), '40.00 platform', 'TEMU-08: then the platform''s refund is booked, and never ours to pay');
SELECT is(pg_temp.at_of(15, 'timeout'), '2026-11-26 10:00+00', 'TEMU-08: as of the deadline');
SELECT is(pg_temp.swept(25, '2026-11-26 10:00:00.000001+00'), 'closed (decided for the merchant)', 'TEMU-09: or something else');
SELECT is(pg_temp.money(25), 'none', 'TEMU-09: without money');

-- TEMU-10: 24 hours by the clock, not a business day (trap 2)
SELECT is(pg_temp.open(30, 'temu/cancel', pg_temp.ny('2026-11-20 18:00')), pg_temp.ny('2026-11-21 18:00'), 'TEMU-10: 24 hours, over the weekend too');
SELECT is(pg_temp.open(31, 'temu/cancel', pg_temp.ny('2026-10-31 18:00')), pg_temp.ny('2026-11-01 17:00'), 'TEMU-10: 24 hours where the day has 25');
SELECT is(pg_temp.act(31, pg_temp.ny('2026-11-01 17:00'), 'approve'), 'cancelled', 'TEMU-10: approved at the very deadline');
SELECT is(pg_temp.money(31), '40.00 instruct', 'TEMU-10: the platform is told to refund');
SELECT is(pg_temp.act(30, pg_temp.ny('2026-11-21 18:00') + interval '1 microsecond', 'approve'), 'RA021', 'TEMU-10: a microsecond later it is too late');
SELECT is(pg_temp.swept(30, pg_temp.ny('2026-11-21 18:00') + interval '1 microsecond'), 'overdue (overdue)', 'TEMU-10: what follows is not stated: overdue');
SELECT is(pg_temp.money(30), 'none', 'TEMU-10: no money is moved');
SELECT is(pg_temp.act(30, pg_temp.ny('2026-11-22 18:00'), 'report_shipped', '{}', 'erp'), 'rejected', 'TEMU-10: it may still be shipped');
SELECT is(pg_temp.swept(35, '2026-11-26 10:00:00.000001+00'), 'cancelled (approved by silence)', 'TEMU-10: configured, it is approved after 24 hours');
SELECT is(pg_temp.money(35), '40.00 platform', 'TEMU-10: and refunded by the platform');
-- shipped meanwhile
SELECT pg_temp.open(32, 'temu/cancel', pg_temp.ny('2026-11-20 18:00')), pg_temp.open(33, 'temu/cancel', pg_temp.ny('2026-11-20 18:00')), pg_temp.open(34, 'temu/cancel', pg_temp.ny('2026-11-20 18:00')) \g /dev/null
SELECT is(pg_temp.act(32, pg_temp.ny('2026-11-20 19:00'), 'report_shipped', '{}', 'carrier'), 'rejected', 'TEMU-10: the order has been shipped');
SELECT is((SELECT outcome FROM aftersale.request WHERE request_id = 32), 'order has been shipped', 'TEMU-10: and says so');
SELECT throws_like($$SELECT aftersale.act(1, 32, 'approve', '{}', 'alice')$$, '%(RA020, TEMU-10)', 'TEMU-10: once shipped, approving is refused');
SELECT is(pg_temp.money(32), 'none', 'TEMU-10: nothing is refunded then');
-- partly shipped: line by line, the clock as it was
SELECT is(pg_temp.act(33, pg_temp.ny('2026-11-20 19:00'), 'report_shipped', '{"partly": true}', 'erp'), 'partly_shipped', 'TEMU-10: partly shipped');
SELECT is(pg_temp.due(33), pg_temp.ny('2026-11-21 18:00'), 'TEMU-10: the clock runs on');
SELECT is(pg_temp.act(33, pg_temp.ny('2026-11-20 20:00'), 'approve'), 'RA023', 'TEMU-10: for how much has to be said');
SELECT is(pg_temp.act(33, pg_temp.ny('2026-11-20 20:00'), 'approve', '{"amount": 40.01}'), 'RA045', 'TEMU-10: no more than was asked for');
SELECT is(pg_temp.act(33, pg_temp.ny('2026-11-20 20:00'), 'approve', '{"amount": 15}'), 'cancelled', 'TEMU-10: the lines that were not shipped');
SELECT is(pg_temp.money(33), '15.00 instruct', 'TEMU-10: are refunded');
SELECT is(pg_temp.act(34, pg_temp.ny('2026-11-20 19:00'), 'report_shipped', '{"partly": true}', 'erp'), 'partly_shipped', 'TEMU-10: another one');
SELECT is(pg_temp.swept(34, pg_temp.ny('2026-11-21 18:00') + interval '1 microsecond'), 'overdue (overdue)', 'TEMU-10: partly shipped and not reviewed: overdue');
SELECT is(pg_temp.open(36, 'temu/cancel', pg_temp.ny('2026-11-22 18:00'), platform_due_at => pg_temp.ny('2026-11-23 12:00')), pg_temp.ny('2026-11-23 12:00'), 'TEMU-10: a deadline that the platform gives');
SELECT is(pg_temp.act(36, pg_temp.ny('2026-11-22 19:00'), 'report_shipped', '{"partly": true}', 'erp'), 'partly_shipped', 'TEMU-10: partly shipped');
SELECT is(pg_temp.due(36), pg_temp.ny('2026-11-23 12:00'), 'TEMU-10: holds for what is left');
-- TEMU-10: shipped when it is opened
SELECT pg_temp.clock('2026-11-20 10:00+00') \g /dev/null
SELECT is(pg_temp.sqlstate_of($$INSERT INTO aftersale.request (shop_id, request_id, flow, country, attributes) VALUES (1, 900, 'temu/cancel', 'US', '{"shipped": true}')$$), 'RA034', 'TEMU-10: of an order that is shipped no cancellation opens');
INSERT INTO aftersale.request (shop_id, request_id, flow, country, attributes) VALUES (1, 901, 'temu/cancel', 'US', '{"shipped": false}'), (1, 902, 'temu/cancel', 'US', '{"shipped": "partly"}');
SELECT results_eq('SELECT state, due_at FROM aftersale.request WHERE request_id IN (901, 902) ORDER BY request_id', $$VALUES ('requested', '2026-11-21 10:00+00'::timestamptz), ('partly_shipped', '2026-11-21 10:00+00')$$,
	'TEMU-10: one that is shipped in part is judged by what is left, within the same 24 hours');
SELECT * FROM finish();
ROLLBACK;
