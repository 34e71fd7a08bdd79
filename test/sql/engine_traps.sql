-- The traps of an enforcement engine in triggers.
\set VERBOSITY terse
SET client_min_messages = warning;
SET TIME ZONE 'UTC';
SET datestyle = ISO;
SET aftersale.test_now = '2026-11-25 10:00:00+00';
SET ROLE regress_erp;
SELECT aftersale.load_pack('temu');
INSERT INTO aftersale.calendar (name, calendar) VALUES ('traps', 'zone UTC; mon-fri 00:00-24:00');
INSERT INTO aftersale.shop (shop_id, platform, name) VALUES (130, 'temu', 'traps');
INSERT INTO aftersale.shop_country (shop_id, country, currency, calendar, time_zone) VALUES (130, 'US', 'USD', 'traps', 'UTC');
INSERT INTO aftersale.request (shop_id, request_id, flow, external_ref)
SELECT 130, 1300 + i, 'temu/ticket', 'A' || i FROM generate_series(1, 9) i;

-- a decision that a later BEFORE trigger alters is refused
CREATE FUNCTION pg_temp.alter_decision() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	CASE current_setting('trap.what')
		WHEN 'state' THEN NEW.state := 'closed';
		WHEN 'due_at' THEN NEW.due_at := NEW.due_at + interval '1 second';
		WHEN 'outcome' THEN NEW.outcome := 'won';
		WHEN 'event_seq' THEN NEW.event_seq := NEW.event_seq + 1;
		WHEN 'act_at' THEN NEW.act_at := NULL;
		WHEN 'last_facts' THEN NEW.last_facts := '{"by": "merchant", "due": [["2030-01-01 00:00:00+00", false]]}';
		WHEN 'refund_amount' THEN NEW.refund_amount := 5;
		WHEN 'last_action' THEN NEW.last_action := 'close';
		WHEN 'nothing' THEN NEW.reason := 'seen';
		ELSE RETURN NULL;
	END CASE;
	RETURN NEW;
END $$;
CREATE TRIGGER zz_alter BEFORE INSERT OR UPDATE ON aftersale.request FOR EACH ROW EXECUTE FUNCTION pg_temp.alter_decision();
SET trap.what = 'state';
INSERT INTO aftersale.request (shop_id, request_id, flow) VALUES (130, 1380, 'temu/ticket');
UPDATE aftersale.request SET action = 'reply', payload = '{"remark": "x"}' WHERE shop_id = 130 AND request_id = 1301;
UPDATE aftersale.request SET reason = 'x' WHERE shop_id = 130 AND request_id = 1301;
SET trap.what = 'due_at';
INSERT INTO aftersale.request (shop_id, request_id, flow) VALUES (130, 1380, 'temu/ticket');
UPDATE aftersale.request SET reason = 'x' WHERE shop_id = 130 AND request_id = 1301;
SET trap.what = 'outcome';
UPDATE aftersale.request SET action = 'reply', payload = '{"remark": "x"}' WHERE shop_id = 130 AND request_id = 1301;
SET trap.what = 'event_seq';
UPDATE aftersale.request SET action = 'reply', payload = '{"remark": "x"}' WHERE shop_id = 130 AND request_id = 1301;
SET trap.what = 'act_at';
INSERT INTO aftersale.request (shop_id, request_id, flow) VALUES (130, 1380, 'temu/ticket');
SET trap.what = 'last_facts';
INSERT INTO aftersale.request (shop_id, request_id, flow) VALUES (130, 1380, 'temu/ticket');
SET trap.what = 'refund_amount';
UPDATE aftersale.request SET action = 'reply', payload = '{"remark": "x"}' WHERE shop_id = 130 AND request_id = 1301;
SET trap.what = 'last_action';
UPDATE aftersale.request SET action = 'reply', payload = '{"remark": "x"}' WHERE shop_id = 130 AND request_id = 1301;
-- one that alters what is the ERP's own, or skips the row, is not
SET trap.what = 'nothing';
UPDATE aftersale.request SET action = 'reply', payload = '{"remark": "x"}' WHERE shop_id = 130 AND request_id = 1301 RETURNING state, reason;
SET trap.what = 'skip';
UPDATE aftersale.request SET action = 'reply', payload = '{"remark": "x"}' WHERE shop_id = 130 AND request_id = 1302 RETURNING state;
DROP TRIGGER zz_alter ON aftersale.request;
SELECT request_id, state, event_seq FROM aftersale.request WHERE shop_id = 130 AND request_id IN (1301, 1302) ORDER BY 1;
SELECT request_id, count(*) FROM aftersale.event WHERE shop_id = 130 AND request_id IN (1301, 1302) GROUP BY 1 ORDER BY 1;

-- an AFTER ROW trigger that acts on the same row: both acts are in the history
CREATE FUNCTION pg_temp.act_again() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	IF NEW.state = 'replied' THEN
		UPDATE aftersale.request SET action = 'close', actor = 'platform' WHERE shop_id = NEW.shop_id AND request_id = NEW.request_id;
	END IF;
	RETURN NULL;
END $$;
CREATE TRIGGER zz_again AFTER UPDATE ON aftersale.request FOR EACH ROW EXECUTE FUNCTION pg_temp.act_again();
UPDATE aftersale.request SET action = 'reply', payload = '{"remark": "x"}' WHERE shop_id = 130 AND request_id IN (1303, 1304);
DROP TRIGGER zz_again ON aftersale.request;
SELECT request_id, event_seq, action, from_state, to_state FROM aftersale.event WHERE shop_id = 130 AND request_id IN (1303, 1304) ORDER BY 1, 2;
SELECT request_id, state, event_seq FROM aftersale.request WHERE shop_id = 130 AND request_id IN (1303, 1304) ORDER BY 1;

-- a request has a history: it is not deleted
DELETE FROM aftersale.request WHERE shop_id = 130 AND request_id = 1305;
TRUNCATE aftersale.request;

-- with triggers switched off for a replica, nothing can be half done
RESET ROLE;
SET session_replication_role = replica;
UPDATE aftersale.request SET action = 'reply' WHERE shop_id = 130 AND request_id = 1305;
INSERT INTO aftersale.request (shop_id, flow) VALUES (130, 'temu/ticket');
RESET session_replication_role;
SET ROLE regress_erp;

-- the triggers are for their table only
CREATE TEMP TABLE other (LIKE aftersale.request);
CREATE TRIGGER decide BEFORE INSERT ON other FOR EACH ROW EXECUTE FUNCTION aftersale.request_decide();
INSERT INTO other (shop_id, flow) VALUES (130, 'temu/ticket');
SELECT aftersale.request_decide();
CREATE TRIGGER wrong_time AFTER INSERT ON aftersale.request FOR EACH ROW EXECUTE FUNCTION aftersale.request_decide();
INSERT INTO aftersale.request (shop_id, flow) VALUES (130, 'temu/ticket');
DROP TRIGGER wrong_time ON aftersale.request;

-- a changed flow holds at once, and after a rollback the former one does
BEGIN;
UPDATE aftersale.flow_transition SET needs = '{remark,evidence}' WHERE flow = 'temu/ticket' AND action = 'reply' AND priority = 0;
SAVEPOINT s;
SELECT aftersale.act(130, 1306, 'reply', '{"remark": "x"}');
ROLLBACK TO s;
SELECT state FROM aftersale.act(130, 1306, 'reply', '{"remark": "x", "evidence": ["y"]}');
ROLLBACK;
SELECT state FROM aftersale.act(130, 1306, 'reply', '{"remark": "x"}');
-- also one that was rolled back to a savepoint
BEGIN;
SAVEPOINT s;
UPDATE aftersale.flow_transition SET needs = '{evidence}' WHERE flow = 'temu/ticket' AND action = 'reply' AND priority = 0;
SELECT state FROM aftersale.act(130, 1307, 'reply', '{"evidence": ["y"]}');
ROLLBACK TO s;
SELECT aftersale.act(130, 1307, 'reply', '{"evidence": ["y"]}');
ROLLBACK;
-- a flow that cannot be run is refused, and says why; afterwards the former one works
BEGIN;
DELETE FROM aftersale.flow_transition WHERE flow = 'temu/ticket' AND action = 'timeout';
INSERT INTO aftersale.request (shop_id, flow) VALUES (130, 'temu/ticket');
ROLLBACK;
BEGIN;
UPDATE aftersale.flow_transition SET actors = '{merchant,nobody}' WHERE flow = 'temu/ticket' AND action = 'reply';
INSERT INTO aftersale.request (shop_id, flow) VALUES (130, 'temu/ticket');
ROLLBACK;
INSERT INTO aftersale.request (shop_id, flow) VALUES (130, 'temu/ticket') RETURNING state;
-- a calendar and a shop changed in the transaction hold at once
BEGIN;
UPDATE aftersale.calendar SET calendar = 'zone UTC; mon-sun 00:00-24:00' WHERE name = 'traps';
INSERT INTO aftersale.request (shop_id, flow, opened_at) VALUES (130, 'temu/ticket', '2026-11-21 09:00:00+00') RETURNING due_at;
INSERT INTO aftersale.shop_country (shop_id, country, currency, calendar, time_zone) VALUES (130, 'DE', 'EUR', 'traps', 'UTC');
INSERT INTO aftersale.request (shop_id, flow, country) VALUES (130, 'temu/ticket', 'DE') RETURNING currency;
ROLLBACK;
INSERT INTO aftersale.request (shop_id, flow, opened_at) VALUES (130, 'temu/ticket', '2026-11-21 09:00:00+00') RETURNING due_at;
INSERT INTO aftersale.request (shop_id, flow, country) VALUES (130, 'temu/ticket', 'DE');
-- TRUNCATE of a configuration table is seen
BEGIN;
TRUNCATE aftersale.flow_transition;
INSERT INTO aftersale.request (shop_id, flow) VALUES (130, 'temu/ticket');
ROLLBACK;
INSERT INTO aftersale.request (shop_id, flow) VALUES (130, 'temu/ticket') RETURNING state;

-- a shop's own term and outcome
INSERT INTO aftersale.flow_override (shop_id, flow, state, term, timeout_to, timeout_outcome)
VALUES (130, 'temu/ticket', 'requested', '2 hours', 'closed', 'given up');
INSERT INTO aftersale.request (shop_id, request_id, flow) VALUES (130, 1390, 'temu/ticket') RETURNING due_at;
RESET ROLE; SET aftersale.test_now = '2026-11-25 12:30:00+00'; SET ROLE regress_erp;
SELECT aftersale.fire_due(130, 'infinity', 100);
SELECT state, outcome FROM aftersale.request WHERE shop_id = 130 AND request_id = 1390;
SELECT at, action, from_state, to_state FROM aftersale.event WHERE shop_id = 130 AND request_id = 1390 ORDER BY event_seq;
-- one that names a state that does not exist is refused
UPDATE aftersale.flow_override SET timeout_to = 'nowhere' WHERE shop_id = 130;
INSERT INTO aftersale.request (shop_id, flow) VALUES (130, 'temu/ticket');
DELETE FROM aftersale.flow_override WHERE shop_id = 130;

-- columns of the user's own do not disturb
ALTER TABLE aftersale.request ADD COLUMN own_note text DEFAULT 'n';
INSERT INTO aftersale.request (shop_id, request_id, flow, own_note) VALUES (130, 1391, 'temu/ticket', 'mine') RETURNING own_note;
SELECT state FROM aftersale.act(130, 1391, 'reply', '{"remark": "x"}');
SELECT own_note FROM aftersale.request WHERE shop_id = 130 AND request_id = 1391;
ALTER TABLE aftersale.request DROP COLUMN own_note;
SELECT state FROM aftersale.act(130, 1391, 'close', '{}', 'platform');
