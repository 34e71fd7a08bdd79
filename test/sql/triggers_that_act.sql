-- A trigger AFTER ROW that acts on the same request, before its last event is recorded, meets its timers and its goods.
\set VERBOSITY terse
SET client_min_messages = warning;
SET TIME ZONE 'UTC';
SET datestyle = ISO;
SET aftersale.test_now = '2026-11-25 10:00:00+00';
SET ROLE regress_erp;
INSERT INTO aftersale.calendar (name, calendar) VALUES ('in between', 'zone UTC; mon-sun 00:00-24:00');
INSERT INTO aftersale.shop (shop_id, platform, name) VALUES (850, 'between', 'in between');
INSERT INTO aftersale.shop_country (shop_id, country, currency, calendar, time_zone) VALUES (850, 'CN', 'CNY', 'in between', 'Asia/Shanghai');
INSERT INTO aftersale.flow (flow, version, platform, kind, initial_state) VALUES ('between/return', 1, 'between', 'return', 'open');
INSERT INTO aftersale.flow_state (flow, version, state, final, term) VALUES
	('between/return', 1, 'open', false, '48 hours'), ('between/return', 1, 'checked', false, NULL), ('between/return', 1, 'over', true, NULL);
INSERT INTO aftersale.flow_transition (flow, version, from_state, action, to_state, actors, clock) VALUES
	('between/return', 1, 'open', 'timeout', 'over', '{system}', 'restart'),
	('between/return', 1, 'open', 'note', 'open', '{merchant}', 'keep'),
	('between/return', 1, 'open', 'restart', 'open', '{merchant}', 'restart'),
	('between/return', 1, 'open', 'check', 'checked', '{merchant}', 'restart'),
	('between/return', 1, 'checked', 'close', 'over', '{merchant}', 'restart');
INSERT INTO aftersale.flow_timer (flow, version, name, state, kind, term, starts) VALUES
	('between/return', 1, 'half_time', 'open', 'alert', '24 hours', 'entered'), ('between/return', 1, 'mask', NULL, 'mask', '90 days', 'opened');
INSERT INTO aftersale.rule (shop_id, name, flow, state, products, action) VALUES (850, 'toys', 'between/return', 'checked', '{toy}', 'close');
CREATE FUNCTION pg_temp.act_again() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	IF NEW.last_action = 'open' THEN
		UPDATE aftersale.request SET action = NEW.reason WHERE shop_id = NEW.shop_id AND request_id = NEW.request_id;
	ELSIF NEW.last_action = 'restart' THEN
		UPDATE aftersale.request SET action = 'note' WHERE shop_id = NEW.shop_id AND request_id = NEW.request_id;
	END IF;
	RETURN NULL;
END $$;
CREATE TRIGGER zz_again AFTER INSERT OR UPDATE ON aftersale.request FOR EACH ROW EXECUTE FUNCTION pg_temp.act_again();
INSERT INTO aftersale.request (shop_id, request_id, flow, reason, items)
SELECT 850, 85000 + n, 'between/return', (ARRAY['note', 'restart', 'check'])[n], '[{"product": "toy"}]' FROM generate_series(1, 3) n;
DROP TRIGGER zz_again ON aftersale.request;
SELECT request_id, state, due_at, act_at, event_seq FROM aftersale.request WHERE shop_id = 850 ORDER BY 1;
SELECT request_id, name, event_seq, act_at FROM aftersale.timer WHERE shop_id = 850 ORDER BY 1, 2, 3;
SELECT * FROM aftersale.verify_history(850);
-- each timer runs out once
RESET ROLE; SET aftersale.test_now = '2026-11-28 10:00:00+00'; SET ROLE regress_erp;
SELECT aftersale.fire_due(850, 'infinity', 100);
SELECT request_id, event_seq, at, action FROM aftersale.event WHERE shop_id = 850 ORDER BY 1, 2;
SELECT request_id, name, event_seq, act_at FROM aftersale.timer WHERE shop_id = 850 ORDER BY 1, 2, 3;
SELECT * FROM aftersale.verify_history(850);
