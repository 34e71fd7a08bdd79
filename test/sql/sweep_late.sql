-- The scheduler off for seven days, then one run, unattended: the same outcomes, dated by their deadlines, as with daily runs.
\set VERBOSITY terse
\set SHOW_CONTEXT never
SET client_min_messages = warning;
-- the sweep sees every shop, so it has a database of its own
SELECT current_database() AS regress_database \gset
CREATE DATABASE regress_late;
\c regress_late
SET client_min_messages = warning;
CREATE EXTENSION aftersale;
DO $$ BEGIN PERFORM aftersale.install(owner => 'regress_erp'); END $$;
SET TIME ZONE 'UTC';
SET datestyle = ISO;
SET aftersale.test_now = '2026-11-20 12:00:00+00';
SET aftersale.test_uptime = '1 h';
SET ROLE regress_erp;
SELECT aftersale.load_pack('temu');
-- a flow whose deadlines follow one another: hours, business days, a reminder that comes back, money at the end
INSERT INTO aftersale.flow (flow, version, platform, kind, initial_state) VALUES ('own/chain', 1, 'temu', 'return', 'asked');
INSERT INTO aftersale.flow_state (flow, version, state, final, term) VALUES
	('own/chain', 1, 'asked', false, '20 hours'), ('own/chain', 1, 'reminded', false, '1 business day'),
	('own/chain', 1, 'escalated', false, '8 business hours'), ('own/chain', 1, 'refunded', true, NULL);
INSERT INTO aftersale.flow_transition (flow, version, from_state, action, to_state, actors, clock, effect) VALUES
	('own/chain', 1, 'asked', 'timeout', 'reminded', '{system}', 'restart', '{}'),
	('own/chain', 1, 'reminded', 'timeout', 'escalated', '{system}', 'restart', '{}'),
	('own/chain', 1, 'escalated', 'timeout', 'refunded', '{system}', 'restart', '{"refund": {"of": "asked", "executed_by": "platform"}}');
INSERT INTO aftersale.calendar (name, calendar) VALUES ('late', 'zone America/New_York; mon-fri 09:00-17:00; off 2026-11-26');
-- shop 1 is swept daily, shop 2 once; the same requests, opened over three days
INSERT INTO aftersale.shop (shop_id, platform, name) VALUES (1, 'temu', 'daily'), (2, 'temu', 'late');
INSERT INTO aftersale.shop_country (shop_id, country, currency, calendar, time_zone) SELECT s, 'US', 'USD', 'late', 'UTC' FROM generate_series(1, 2) s;
INSERT INTO aftersale.order_balance (shop_id, order_ref, currency, paid) SELECT s, 'O' || i, 'USD', 100 FROM generate_series(1, 2) s, generate_series(1, 50) i;
INSERT INTO aftersale.request (shop_id, request_id, flow, external_ref, order_ref, amount, opened_at)
SELECT s, s * 1000 + i, CASE WHEN i % 3 = 0 THEN 'temu/ticket' ELSE 'own/chain' END, 'R' || i, 'O' || i % 50 + 1, 10.01, timestamptz '2026-11-20 12:00:00+00' + i * interval '17 minutes 13 seconds'
FROM generate_series(1, 2) s, generate_series(0, 80) i;
CALL aftersale.sweep();
RESET ROLE; SET aftersale.test_now = '2026-11-21 12:00:00+00'; SET ROLE regress_erp; SELECT aftersale.fire_due(1, 'infinity', 1000) > 0 AS fired;
RESET ROLE; SET aftersale.test_now = '2026-11-22 12:00:00+00'; SET ROLE regress_erp; SELECT aftersale.fire_due(1, 'infinity', 1000) > 0 AS fired;
RESET ROLE; SET aftersale.test_now = '2026-11-23 12:00:00+00'; SET ROLE regress_erp; SELECT aftersale.fire_due(1, 'infinity', 1000) > 0 AS fired;
RESET ROLE; SET aftersale.test_now = '2026-11-24 12:00:00+00'; SET ROLE regress_erp; SELECT aftersale.fire_due(1, 'infinity', 1000) > 0 AS fired;
RESET ROLE; SET aftersale.test_now = '2026-11-25 12:00:00+00'; SET ROLE regress_erp; SELECT aftersale.fire_due(1, 'infinity', 1000) > 0 AS fired;
RESET ROLE; SET aftersale.test_now = '2026-11-26 12:00:00+00'; SET ROLE regress_erp; SELECT aftersale.fire_due(1, 'infinity', 1000) > 0 AS fired;
RESET ROLE; SET aftersale.test_now = '2026-11-27 12:00:00+00'; SET aftersale.test_uptime = '169 h'; SET ROLE regress_erp; SELECT aftersale.fire_due(1, 'infinity', 1000) >= 0 AS fired;
SELECT shop_id, count(*) AS events FROM aftersale.event GROUP BY 1 ORDER BY 1;
-- the one run after seven days
CALL aftersale.sweep();
SELECT fired, parked, complete, clock_jump FROM aftersale.heartbeat;
SELECT shop_id, flow, state, count(*), sum(refund_amount) AS refunded FROM aftersale.request GROUP BY 1, 2, 3 ORDER BY 2, 3, 1;
-- request by request, event by event, refund by refund: what the one has the other has, but for its key, when it was written down,
-- and what the decision saw, which was one decision there and several here
CREATE VIEW pg_temp.outcome AS
SELECT r.shop_id, r.external_ref, to_jsonb(r) - ARRAY['shop_id', 'request_id', 'last_at', 'last_facts', 'last_digest', 'seal'] AS request,
	(SELECT jsonb_agg(to_jsonb(e) - ARRAY['shop_id', 'request_id', 'recorded_at', 'facts', 'digest', 'seal'] ORDER BY e.event_seq)
	 FROM aftersale.event e WHERE e.shop_id = r.shop_id AND e.request_id = r.request_id) AS events,
	(SELECT jsonb_agg(to_jsonb(f) - ARRAY['shop_id', 'request_id', 'refund_id', 'idempotency_key'] ORDER BY f.event_seq)
	 FROM aftersale.refund f WHERE f.shop_id = r.shop_id AND f.request_id = r.request_id) AS refunds
FROM aftersale.request r;
SELECT count(*) AS requests, count(*) FILTER (WHERE jsonb_array_length(a.events) = 4) AS through_all_deadlines, count(a.refunds) AS refunds
FROM pg_temp.outcome a WHERE shop_id = 2;
SELECT external_ref, a.request IS NOT DISTINCT FROM b.request AS same_request, a.events IS NOT DISTINCT FROM b.events AS same_events, a.refunds IS NOT DISTINCT FROM b.refunds AS same_refunds
FROM (SELECT * FROM pg_temp.outcome WHERE shop_id = 1) a FULL JOIN (SELECT * FROM pg_temp.outcome WHERE shop_id = 2) b USING (external_ref)
WHERE (a.request, a.events, a.refunds) IS DISTINCT FROM (b.request, b.events, b.refunds) ORDER BY 1;
SELECT order_ref, refunded FROM aftersale.order_balance GROUP BY 1, 2 HAVING count(*) <> 2;
SELECT count(*) FROM generate_series(1, 2) s, aftersale.verify_history(s);

\c :regress_database
SET client_min_messages = warning;
DROP DATABASE regress_late;
