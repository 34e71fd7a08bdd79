-- What transitions require of a request's past, of who tells, and of return addresses.
\set VERBOSITY terse
SET client_min_messages = warning;
SET TIME ZONE 'UTC';
SET datestyle = ISO;
SET aftersale.test_now = '2026-11-23 09:00:00+00';
SET ROLE regress_erp;
INSERT INTO aftersale.calendar (name, calendar) VALUES ('past', 'zone UTC; mon-fri 00:00-24:00');
INSERT INTO aftersale.shop (shop_id, platform, name) VALUES (974, 'past', 'past'), (975, 'past', 'another');
INSERT INTO aftersale.shop_country (shop_id, country, currency, calendar, time_zone) SELECT s, c, 'EUR', 'past', 'UTC' FROM unnest('{974,975}'::int[]) s, unnest('{DE,FR}'::text[]) c;
INSERT INTO aftersale.flow (flow, version, platform, kind, initial_state, rule) VALUES ('past/claim', 1, 'past', 'claim', 'new', 'OWN-1'), ('past/other', 1, 'past', 'claim', 'new', 'OWN-1');
INSERT INTO aftersale.flow_state (flow, version, state, final) SELECT f, 1, s, s = 'done' FROM unnest('{past/claim,past/other}'::text[]) f, unnest('{new,free,done}'::text[]) s;
INSERT INTO aftersale.flow_transition (flow, version, from_state, action, priority, to_state, actors, requires, clock, rule, effect)
SELECT f, 1, t.* FROM unnest('{past/claim,past/other}'::text[]) f, (VALUES
	('new', 'open', 10, 'free', '{merchant}'::text[], '{"never_for_order": {"action": "open", "to_state": "free"}}'::jsonb, 'restart', 'OWN-2', '{}'::jsonb),
	('new', 'open', 0, 'new', '{merchant}', '{}', 'restart', 'OWN-3', '{}'),
	('new', 'note', 10, 'new', '{merchant,platform}', '{"told_by": "platform"}', 'keep', 'OWN-4', '{}'),
	('new', 'note', 0, 'new', '{merchant,platform}', '{"never": {"action": "note", "payload": {"kind": "last"}}}', 'keep', 'OWN-5', '{}'),
	('new', 'finish', 10, 'done', '{merchant}', '{"ever": {"action": "note", "actor": "platform"}}', 'restart', 'OWN-6', '{}'),
	('new', 'finish', 0, 'new', '{merchant}', '{}', 'keep', 'OWN-6', '{"refuse": "the platform has noted nothing"}'),
	('new', 'send', 0, 'new', '{merchant}', '{"return_address": "routed"}', 'keep', 'OWN-7', '{}')) AS t;

-- once an order; of another flow, shop, parcel or order it does not matter, nor without an order
INSERT INTO aftersale.request (shop_id, request_id, flow, country, order_ref, attributes) VALUES
	(974, 1, 'past/claim', 'DE', 'O-1', '{"tracking_no": "T1"}'), (974, 2, 'past/claim', 'DE', 'O-1', '{"tracking_no": "T1"}'), (974, 3, 'past/claim', 'FR', 'O-1', '{"tracking_no": "T2"}'),
	(974, 4, 'past/claim', 'DE', 'O-1', '{}'), (974, 5, 'past/other', 'DE', 'O-1', '{"tracking_no": "T1"}'), (975, 6, 'past/claim', 'DE', 'O-1', '{"tracking_no": "T1"}'),
	(974, 7, 'past/claim', 'DE', 'O-2', '{"tracking_no": "T1"}'), (974, 8, 'past/claim', 'DE', NULL, '{}'), (974, 9, 'past/claim', 'DE', NULL, '{}')
RETURNING request_id, state;
INSERT INTO aftersale.request (shop_id, request_id, flow, country, order_ref, attributes) VALUES (974, 10, 'past/claim', 'DE', 'O-1', '{"tracking_no": "T1"}'), (974, 11, 'past/claim', 'DE', 'O-1', '{"tracking_no": "T3"}') RETURNING request_id, state;
SELECT rule, facts ->> 'meets' AS meets FROM aftersale.event WHERE shop_id = 974 AND request_id IN (1, 2) ORDER BY request_id;

-- who tells; what was, and what was not
SELECT state FROM aftersale.act(974, 2, 'note', '{"kind": "first"}');
SELECT state FROM aftersale.act(974, 2, 'note', '{"kind": "last"}');
SELECT aftersale.act(974, 2, 'note', '{"kind": "first"}');
SELECT aftersale.act(974, 2, 'finish');
SELECT action, to_state FROM aftersale.allowed_actions(974, 2);
SELECT state FROM aftersale.act(974, 2, 'note', '{"kind": "first"}', 'platform');
SELECT action, to_state FROM aftersale.allowed_actions(974, 2);
SELECT state FROM aftersale.act(974, 2, 'finish');
SELECT event_seq, action, rule, to_state FROM aftersale.event WHERE shop_id = 974 AND request_id = 2 ORDER BY event_seq;
-- another's past is not one's own
SELECT aftersale.act(974, 4, 'finish');

-- a trigger that acts AFTER ROW meets what its own statement has done, though it is not recorded yet
RESET ROLE;
CREATE FUNCTION pg_temp.finish() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	IF NEW.last_action = 'note' AND NEW.state = 'new' THEN
		UPDATE aftersale.request SET action = 'finish' WHERE shop_id = NEW.shop_id AND request_id = NEW.request_id;
	END IF;
	RETURN NULL;
END $$;
CREATE TRIGGER past_finish AFTER UPDATE ON aftersale.request FOR EACH ROW WHEN (NEW.shop_id = 974) EXECUTE FUNCTION pg_temp.finish();
SET ROLE regress_erp;
SELECT event_seq FROM aftersale.act(974, 10, 'note', '{"kind": "first"}', 'platform');
RESET ROLE;
DROP TRIGGER past_finish ON aftersale.request;
SET ROLE regress_erp;
SELECT event_seq, action, to_state FROM aftersale.event WHERE shop_id = 974 AND request_id = 10 ORDER BY event_seq;

-- an address to return to: the country's default, or the request's own
\set VERBOSITY default
\set SHOW_CONTEXT never
SELECT aftersale.act(974, 4, 'send');
\set VERBOSITY terse
UPDATE aftersale.request SET warehouse_id = 7 WHERE shop_id = 974 AND request_id = 4;
SELECT state FROM aftersale.act(974, 4, 'send');
UPDATE aftersale.request SET warehouse_id = NULL WHERE shop_id = 974 AND request_id = 4;
INSERT INTO aftersale.warehouse (shop_id, warehouse_id, external_ref) VALUES (974, 97401, 'W');
INSERT INTO aftersale.warehouse_version (shop_id, warehouse_id, country, name) VALUES (974, 97401, 'FR', 'Paris');
SELECT aftersale.act(974, 4, 'send');
INSERT INTO aftersale.warehouse_version (shop_id, warehouse_id, country, name) VALUES (974, 97401, 'DE', 'Berlin');
SELECT state FROM aftersale.act(974, 4, 'send');
SELECT count(*) FROM aftersale.verify_history(974);

-- the worklist asks the same
UPDATE aftersale.flow_state SET waits_for = 'merchant' WHERE flow = 'past/claim';
INSERT INTO aftersale.shop_country (shop_id, country, currency, calendar, time_zone) VALUES (974, 'IT', 'EUR', 'past', 'UTC');
INSERT INTO aftersale.request (shop_id, request_id, flow, country, order_ref, warehouse_id) VALUES
	(974, 20, 'past/claim', 'DE', NULL, NULL), (974, 21, 'past/claim', 'IT', 'O-1', NULL), (974, 22, 'past/claim', 'IT', 'O-1', 97401), (974, 23, 'past/claim', 'IT', 'O-1', NULL);
SELECT state FROM aftersale.act(974, 22, 'note', '{"kind": "first"}', 'platform');
SELECT state FROM aftersale.act(974, 23, 'note', '{"kind": "last"}');
SELECT w.request_id, w.state, w.actions, coalesce((SELECT array_agg(DISTINCT a.action ORDER BY a.action) FROM aftersale.allowed_actions(974, w.request_id) a), '{}') = w.actions AS the_same
FROM aftersale.worklist w WHERE shop_id = 974 AND request_id >= 20 ORDER BY 1;

-- what cannot be asked
UPDATE aftersale.flow_transition SET requires = v.requires::jsonb FROM (VALUES ('{}')) AS v(requires) WHERE flow = 'past/other';
UPDATE aftersale.flow_transition SET requires = '{"told_by": "nobody"}' WHERE flow = 'past/other' AND action = 'send';
SELECT aftersale.act(974, 5, 'send');
UPDATE aftersale.flow_transition SET requires = '{"policy": true}' WHERE flow = 'past/other' AND action = 'send';
SELECT aftersale.act(974, 5, 'send');
UPDATE aftersale.flow_transition SET requires = '{"return_address": "somewhere"}' WHERE flow = 'past/other' AND action = 'send';
SELECT aftersale.act(974, 5, 'send');
UPDATE aftersale.flow_transition SET requires = '{"never": "note"}' WHERE flow = 'past/other' AND action = 'send';
SELECT aftersale.act(974, 5, 'send');
