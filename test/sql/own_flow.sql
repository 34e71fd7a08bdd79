-- A flow is data: one made by INSERTs alone runs, with several timeouts in a row.
\set VERBOSITY terse
SET client_min_messages = warning;
SET TIME ZONE 'UTC';
SET datestyle = ISO;
SET aftersale.test_now = '2026-11-23 09:00:00+00';	-- a Monday
SET ROLE regress_erp;
INSERT INTO aftersale.calendar (name, calendar) VALUES ('own', 'zone UTC; mon-fri 09:00-17:00');
INSERT INTO aftersale.shop (shop_id, platform, name) VALUES (140, 'market', 'own flow');
INSERT INTO aftersale.shop_country (shop_id, country, currency, calendar, time_zone) VALUES (140, 'GB', 'GBP', 'own', 'UTC');
INSERT INTO aftersale.flow (flow, version, platform, kind, initial_state, rule) VALUES ('market/claim', 1, 'market', 'claim', 'new', 'OWN-1');
INSERT INTO aftersale.flow_state (flow, version, state, final, waits_for, term, starts) VALUES
	('market/claim', 1, 'new', false, 'merchant', '8 business hours', 'entered'),
	('market/claim', 1, 'reminded', false, 'merchant', '24 hours', 'entered'),
	('market/claim', 1, 'shipping', false, 'buyer', '7 days', 'entered'),
	('market/claim', 1, 'settled', true, NULL, NULL, 'entered'),
	('market/claim', 1, 'lapsed', true, NULL, NULL, 'entered');
INSERT INTO aftersale.flow_transition (flow, version, from_state, action, to_state, actors, needs, outcome, clock, rule) VALUES
	('market/claim', 1, 'new', 'timeout', 'reminded', '{system}', '{}', NULL, 'restart', 'OWN-2'),
	('market/claim', 1, 'reminded', 'timeout', 'shipping', '{system}', '{}', 'granted by silence', 'restart', 'OWN-3'),
	('market/claim', 1, 'shipping', 'timeout', 'lapsed', '{system}', '{}', 'not shipped', 'restart', 'OWN-4'),
	('market/claim', 1, 'new', 'grant', 'shipping', '{merchant}', '{}', 'granted', 'restart', NULL),
	('market/claim', 1, 'reminded', 'grant', 'shipping', '{merchant}', '{}', 'granted', 'restart', NULL),
	('market/claim', 1, 'new', 'note', 'new', '{merchant,buyer}', '{remark}', NULL, 'keep', NULL),
	('market/claim', 1, 'shipping', 'track', 'settled', '{buyer,carrier}', '{carrier,tracking_no}', 'settled', 'restart', NULL);

INSERT INTO aftersale.request (shop_id, request_id, flow) SELECT 140, 1400 + i, 'market/claim' FROM generate_series(1, 4) i
RETURNING due_at;
SELECT state, due_at FROM aftersale.act(140, 1401, 'grant');
SELECT aftersale.act(140, 1401, 'track', '{"carrier": "SF"}', 'buyer');
SELECT state, outcome, due_at FROM aftersale.act(140, 1401, 'track', '{"carrier": "SF", "tracking_no": "SF1"}', 'buyer');
SELECT aftersale.act(140, 1401, 'note', '{"remark": "x"}');
SELECT state, due_at FROM aftersale.act(140, 1402, 'note', '{"remark": "x"}', 'buyer');

-- nobody acts for a month: every timeout took effect at its own deadline, whenever the sweep runs
RESET ROLE; SET aftersale.test_now = '2026-12-25 00:00:00+00'; SET ROLE regress_erp;
SELECT aftersale.act(140, 1403, 'grant');
SELECT aftersale.fire_due(140, 'infinity', 100);
SELECT request_id, event_seq, at, action, from_state, to_state, rule FROM aftersale.event
WHERE shop_id = 140 AND request_id IN (1402, 1403) ORDER BY request_id, event_seq;
SELECT request_id, state, outcome, due_at FROM aftersale.request WHERE shop_id = 140 ORDER BY request_id;

-- daily sweeps come to the same
RESET ROLE; SET aftersale.test_now = '2026-11-23 09:00:00+00'; SET ROLE regress_erp;
INSERT INTO aftersale.request (shop_id, request_id, flow) VALUES (140, 1405, 'market/claim');
RESET ROLE;
DO $$
BEGIN
	FOR day IN 1..31 LOOP
		PERFORM set_config('aftersale.test_now', (timestamptz '2026-11-23 09:00:00+00' + day * interval '1 day')::text, false);
		PERFORM aftersale.fire_due(140, 'infinity', 100);
	END LOOP;
END $$;
SET ROLE regress_erp;
SELECT count(*) FROM aftersale.event a FULL JOIN aftersale.event b
	ON b.shop_id = 140 AND b.request_id = 1405 AND b.event_seq = a.event_seq AND b.at = a.at AND b.action = a.action AND b.to_state = a.to_state
WHERE a.shop_id = 140 AND a.request_id = 1403 AND b.event_seq IS NOT NULL;

-- a new version judges new requests; those that are open keep theirs
RESET ROLE; SET aftersale.test_now = '2026-11-23 09:00:00+00'; SET ROLE regress_erp;
INSERT INTO aftersale.request (shop_id, request_id, flow) VALUES (140, 1410, 'market/claim');
INSERT INTO aftersale.flow (flow, version, platform, kind, initial_state, effective_from) VALUES ('market/claim', 2, 'market', 'claim', 'new', '2026-11-24 00:00:00+00');
INSERT INTO aftersale.flow_state (flow, version, state, final) VALUES ('market/claim', 2, 'new', false), ('market/claim', 2, 'settled', true);
INSERT INTO aftersale.flow_transition (flow, version, from_state, action, to_state) VALUES ('market/claim', 2, 'new', 'settle', 'settled');
INSERT INTO aftersale.request (shop_id, request_id, flow) VALUES (140, 1411, 'market/claim') RETURNING flow_version, due_at;
RESET ROLE; SET aftersale.test_now = '2026-11-24 00:00:00+00'; SET ROLE regress_erp;
INSERT INTO aftersale.request (shop_id, request_id, flow) VALUES (140, 1412, 'market/claim') RETURNING flow_version, due_at;
SELECT state FROM aftersale.act(140, 1410, 'grant');
SELECT state FROM aftersale.act(140, 1412, 'settle');
SELECT aftersale.act(140, 1412, 'grant');
-- no version in force, and a version that is gone
UPDATE aftersale.flow SET effective_from = '2027-01-01' WHERE flow = 'market/claim';
INSERT INTO aftersale.request (shop_id, flow) VALUES (140, 'market/claim');

-- a flow that runs in circles is followed some events a run, and nobody acts before all are applied
INSERT INTO aftersale.flow (flow, version, platform, kind, initial_state) VALUES ('market/circle', 1, 'market', 'circle', 'a');
INSERT INTO aftersale.flow_state (flow, version, state, term) VALUES ('market/circle', 1, 'a', '1 hour'), ('market/circle', 1, 'b', '1 hour');
INSERT INTO aftersale.flow_transition (flow, version, from_state, action, to_state, actors) VALUES
	('market/circle', 1, 'a', 'timeout', 'b', '{system}'), ('market/circle', 1, 'b', 'timeout', 'a', '{system}');
INSERT INTO aftersale.request (shop_id, request_id, flow) VALUES (140, 1420, 'market/circle');
RESET ROLE; SET aftersale.test_now = '2026-11-24 05:30:00+00'; SET ROLE regress_erp;
SELECT aftersale.fire_due(140, 'infinity', 100);
SELECT state, event_seq FROM aftersale.request WHERE shop_id = 140 AND request_id = 1420;
RESET ROLE; SET aftersale.test_now = '2026-11-25 00:30:00+00'; SET ROLE regress_erp;
UPDATE aftersale.request SET platform_due_at = '2027-01-01 00:00:00+00' WHERE shop_id = 140 AND request_id = 1420;
SELECT aftersale.fire_due(140, 'infinity', 100);
SELECT state, event_seq, act_at, attempts, fault FROM aftersale.request WHERE shop_id = 140 AND request_id = 1420;
SELECT aftersale.fire_due(140, 'infinity', 100);
SELECT state, event_seq, act_at, attempts, fault FROM aftersale.request WHERE shop_id = 140 AND request_id = 1420;
-- each dated by its own deadline, whichever run applied it
SELECT count(*), count(DISTINCT recorded_at), bool_and(at = '2026-11-24 00:00:00+00'::timestamptz + (event_seq - 1) * interval '1 hour')
FROM aftersale.event WHERE shop_id = 140 AND request_id = 1420;
-- one in which no time passes is refused
UPDATE aftersale.flow_state SET starts = 'opened' WHERE flow = 'market/circle';
INSERT INTO aftersale.request (shop_id, flow) VALUES (140, 'market/circle');
DELETE FROM aftersale.flow_transition WHERE flow = 'market/circle' AND from_state = 'b';
INSERT INTO aftersale.request (shop_id, flow) VALUES (140, 'market/circle');

-- a deadline that counts from the order needs the order's date
INSERT INTO aftersale.flow (flow, version, platform, kind, initial_state, judged_at) VALUES ('market/window', 1, 'market', 'window', 'open', 'ordered');
INSERT INTO aftersale.flow_state (flow, version, state, term, starts, final) VALUES ('market/window', 1, 'open', '30 days', 'ordered', false), ('market/window', 1, 'shut', NULL, 'entered', true);
INSERT INTO aftersale.flow_transition (flow, version, from_state, action, to_state, actors) VALUES ('market/window', 1, 'open', 'timeout', 'shut', '{system}');
INSERT INTO aftersale.request (shop_id, flow) VALUES (140, 'market/window');
INSERT INTO aftersale.request (shop_id, flow, ordered_at) VALUES (140, 'market/window', '2026-12-20 08:00:00+00') RETURNING due_at;
