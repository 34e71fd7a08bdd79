-- Promises beside the deadline: warnings, the moment an address is hidden, lead
-- times.  Each runs out once, dated by its own instant, whoever comes late.
\set VERBOSITY terse
\set SHOW_CONTEXT never
SET client_min_messages = warning;
SET TIME ZONE 'UTC';
SET datestyle = ISO;
SET intervalstyle = postgres;
CREATE ROLE regress_t_ours;
CREATE ROLE regress_t_other;
SET aftersale.test_now = '2026-11-27 10:00:00+00';	-- a Friday
SET ROLE regress_erp;
INSERT INTO aftersale.calendar (name, calendar) VALUES ('timers office', 'zone UTC; mon-fri 09:00-18:00'), ('timers days', 'zone UTC; mon-fri 00:00-24:00');
INSERT INTO aftersale.shop (shop_id, platform, name) VALUES (961, 'timers', 'ours'), (962, 'timers', 'other');
INSERT INTO aftersale.shop_country (shop_id, country, currency, calendar, time_zone) VALUES
	(961, 'GB', 'GBP', 'timers office', 'UTC'), (961, 'US', 'USD', 'timers days', 'UTC'), (962, 'GB', 'GBP', 'timers office', 'UTC');
INSERT INTO aftersale.flow (flow, version, platform, kind, initial_state) VALUES ('timers/claim', 1, 'timers', 'claim', 'new');
INSERT INTO aftersale.flow_state (flow, version, state, final, waits_for, term) VALUES
	('timers/claim', 1, 'new', false, 'merchant', '1 business day'),
	('timers/claim', 1, 'returning', false, 'carrier', NULL),
	('timers/claim', 1, 'refused', false, 'platform', NULL),
	('timers/claim', 1, 'done', true, NULL, NULL);
INSERT INTO aftersale.flow_transition (flow, version, from_state, action, to_state, actors, clock) VALUES
	('timers/claim', 1, 'new', 'grant', 'returning', '{merchant}', 'restart'),
	('timers/claim', 1, 'new', 'note', 'new', '{merchant}', 'keep'),
	('timers/claim', 1, 'new', 'timeout', 'refused', '{system}', 'restart'),
	('timers/claim', 1, 'returning', 'note', 'returning', '{merchant}', 'keep'),
	('timers/claim', 1, 'returning', 'arrive', 'done', '{carrier}', 'restart'),
	('timers/claim', 1, 'refused', 'close', 'done', '{platform}', 'restart');
INSERT INTO aftersale.flow_timer (flow, version, name, state, kind, term, starts, notify, rule) VALUES
	('timers/claim', 1, 'due_soon', 'new', 'warning', '4 business hours', 'before_due', NULL, 'OWN-1'),
	('timers/claim', 1, 'due_very_soon', 'new', 'warning', '1 business hour', 'before_due', 'supervisor', 'OWN-2'),
	('timers/claim', 1, 'address_disappears', NULL, 'warning', '46 hours', 'opened', NULL, 'TEMU-31'),
	('timers/claim', 1, 'address_hidden', NULL, 'mask', '48 hours', 'opened', NULL, 'TEMU-31'),
	('timers/claim', 1, 'order_old', NULL, 'alert', '30 days', 'ordered', NULL, NULL),
	('timers/claim', 1, 'return_late', 'returning', 'alert', '15 days', 'entered', 'supervisor', 'TTSEA-17');
SELECT count(aftersale.grant_access(role, 'employee')) FROM unnest(ARRAY['regress_t_ours', 'regress_t_other']) AS role;
INSERT INTO aftersale.member (shop_id, actor, role) VALUES (961, 'olga', 'cs');
INSERT INTO aftersale.shop_role_permission (shop_id, role, permission) VALUES (961, 'cs', 'view_personal');
INSERT INTO aftersale.login (login, shop_id, actor) VALUES ('regress_t_ours', 961, 'olga'), ('regress_t_other', 962, 'otto');
CREATE VIEW pg_temp.history AS
SELECT request_id, event_seq, at, action, actor, from_state, to_state, due_at, rule FROM aftersale.event WHERE shop_id IN (961, 962) ORDER BY request_id, event_seq;

-- ---- a warning comes in time: four hours of work before Monday 10:00 are on Friday ----
INSERT INTO aftersale.request (shop_id, request_id, flow, country) VALUES (961, 96101, 'timers/claim', 'GB') RETURNING due_at, act_at;
SELECT name, event_seq, act_at, stands FROM aftersale.timer WHERE shop_id = 961 AND request_id = 96101 ORDER BY act_at, name;
-- at its very instant it has yet to run out, like a deadline
RESET ROLE; SET aftersale.test_now = '2026-11-27 15:00:00+00'; SET ROLE regress_erp;
SELECT aftersale.fire_due(961, 'infinity', 100);
RESET ROLE; SET aftersale.test_now = '2026-11-27 15:00:01+00'; SET ROLE regress_erp;
SELECT aftersale.fire_due(961, 'infinity', 100);
SELECT * FROM pg_temp.history;
SELECT state, due_at, act_at, last_action, last_actor FROM aftersale.request WHERE shop_id = 961 AND request_id = 96101;
-- once, however often the sweep runs
SELECT aftersale.fire_due(961, 'infinity', 100);
SELECT aftersale.fire_due(961, 'infinity', 100);
SELECT count(*) FROM pg_temp.history;
-- the next step of the escalation is an hour of work before: Monday 09:00, when the office opens; over the weekend the address disappears
RESET ROLE; SET aftersale.test_now = '2026-11-28 12:00:00+00'; SET ROLE regress_erp;
SELECT aftersale.fire_due(961, 'infinity', 100);
SELECT act_at FROM aftersale.request WHERE shop_id = 961 AND request_id = 96101;

-- ---- TEMU-31: a ticket of Friday 18:00; the address disappears on Sunday, the reply is due on Monday ----
RESET ROLE; SET aftersale.test_now = '2026-11-27 18:00:00+00'; SET ROLE regress_erp;
INSERT INTO aftersale.request (shop_id, request_id, flow, country) VALUES (961, 96102, 'timers/claim', 'US') RETURNING due_at, act_at;
INSERT INTO aftersale.personal (shop_id, request_id, buyer_name, address) VALUES (961, 96102, 'Wang Xiaoming', '{"country": "US"}') RETURNING visible_until;
RESET ROLE; SET aftersale.test_now = '2026-11-29 17:59:59+00'; SET ROLE regress_t_ours;
SELECT buyer_name, shown FROM aftersale.buyer WHERE request_id = 96102;
RESET ROLE; SET aftersale.test_now = '2026-11-29 18:00:01+00'; SET ROLE regress_t_ours;
-- hidden, though the sweep has not run yet
SELECT buyer_name, shown FROM aftersale.buyer WHERE request_id = 96102;
RESET ROLE; SET aftersale.test_now = '2026-12-01 00:00:00+00'; SET ROLE regress_erp;
SELECT aftersale.fire_due(961, 'infinity', 100);
SELECT request_id, event_seq, at, action, to_state, due_at, rule FROM pg_temp.history WHERE request_id IN (96101, 96102);
-- where the ERP says until when, it is so
RESET ROLE; SET aftersale.test_now = '2026-12-01 09:00:00+00'; SET ROLE regress_erp;
INSERT INTO aftersale.request (shop_id, request_id, flow, country) VALUES (961, 96103, 'timers/claim', 'US');
INSERT INTO aftersale.personal (shop_id, request_id, phone, visible_until) VALUES (961, 96103, '555 0100', '2026-12-24 00:00+00') RETURNING visible_until;
SELECT state FROM aftersale.act(961, 96103, 'grant', '{}', 'olga');
-- the request's own go on when a state is left, and that of the new state counts from now: TTSEA-17
SELECT name, event_seq, act_at FROM aftersale.timer WHERE shop_id = 961 AND request_id = 96103 ORDER BY act_at, name;
SELECT due_at, act_at FROM aftersale.request WHERE shop_id = 961 AND request_id = 96103;
RESET ROLE; SET aftersale.test_now = '2026-12-16 09:00:01+00'; SET ROLE regress_erp;
SELECT aftersale.fire_due(961, 'infinity', 100);
SELECT event_seq, at, action, from_state, to_state, rule FROM pg_temp.history WHERE request_id = 96103;
-- one that counts from the order is armed where the order's date is known; a final state ends all but the mask
INSERT INTO aftersale.request (shop_id, request_id, flow, country, ordered_at) VALUES (961, 96104, 'timers/claim', 'GB', '2026-12-01 12:00:00+00');
SELECT name, act_at FROM aftersale.timer WHERE shop_id = 961 AND request_id = 96104 AND name = 'order_old';
SELECT state FROM aftersale.act(961, 96104, 'grant', '{}', 'olga');
SELECT state FROM aftersale.act(961, 96104, 'arrive', '{}', 'carrier');
SELECT name, event_seq, act_at FROM aftersale.timer WHERE shop_id = 961 AND request_id = 96104 ORDER BY act_at, name;
SELECT state, closed_at, due_at, act_at FROM aftersale.request WHERE shop_id = 961 AND request_id = 96104;
RESET ROLE; SET aftersale.test_now = '2026-12-19 09:00:00+00'; SET ROLE regress_erp;
SELECT aftersale.fire_due(961, 'infinity', 100);
SELECT at, action, to_state FROM pg_temp.history WHERE request_id = 96104 AND event_seq > 1;
SELECT state, closed_at, act_at FROM aftersale.request WHERE shop_id = 961 AND request_id = 96104;

-- ---- a late sweep: all of it, in order, each at its own instant ----
RESET ROLE; SET aftersale.test_now = '2027-01-04 09:00:00+00'; SET ROLE regress_erp;	-- a Monday
INSERT INTO aftersale.request (shop_id, request_id, flow, country) VALUES (961, 96111, 'timers/claim', 'GB'), (961, 96112, 'timers/claim', 'GB') RETURNING due_at;
RESET ROLE; SET aftersale.test_now = '2027-01-20 00:00:00+00'; SET ROLE regress_erp;
SELECT aftersale.fire_due(961, 'infinity', 100);
SELECT event_seq, at, action, from_state, to_state, due_at FROM pg_temp.history WHERE request_id = 96111;
SELECT count(*), count(DISTINCT recorded_at), count(*) FILTER (WHERE facts IS NOT NULL) FROM aftersale.event WHERE shop_id = 961 AND request_id = 96111 AND event_seq > 1;
-- with a sweep every hour it is the same
RESET ROLE; SET aftersale.test_now = '2027-01-04 09:00:00+00'; SET ROLE regress_erp;
INSERT INTO aftersale.request (shop_id, request_id, flow, country) VALUES (962, 96211, 'timers/claim', 'GB');
RESET ROLE;
DO $$
BEGIN
	FOR hour IN 1..24 * 15 LOOP
		PERFORM set_config('aftersale.test_now', (timestamptz '2027-01-04 09:00:00+00' + hour * interval '1 hour')::text, false);
		PERFORM aftersale.fire_due(962, 'infinity', 100);
	END LOOP;
END $$;
SET ROLE regress_erp;
SELECT count(*) AS differences FROM (SELECT event_seq, at, action, from_state, to_state, due_at, rule FROM aftersale.event WHERE request_id = 96211
	EXCEPT SELECT event_seq, at, action, from_state, to_state, due_at, rule FROM aftersale.event WHERE request_id = 96111) d;

-- an act comes late: the warnings that the clock has missed are written before it, then it is judged
RESET ROLE; SET aftersale.test_now = '2027-02-01 09:00:00+00'; SET ROLE regress_erp;	-- a Monday
INSERT INTO aftersale.request (shop_id, request_id, flow, country) VALUES (961, 96121, 'timers/claim', 'GB'), (961, 96122, 'timers/claim', 'GB');
RESET ROLE; SET aftersale.test_now = '2027-02-01 17:30:00+00'; SET ROLE regress_erp;
SELECT state, due_at FROM aftersale.act(961, 96121, 'note', '{}', 'olga');
SELECT event_seq, at, action, actor FROM pg_temp.history WHERE request_id = 96121 AND event_seq > 1;
SELECT state FROM aftersale.act(961, 96122, 'grant', '{}', 'olga');
-- what the state had armed goes with it: nobody is warned of a deadline that is no more
SELECT name, event_seq, act_at FROM aftersale.timer WHERE shop_id = 961 AND request_id = 96122 ORDER BY act_at, name;
RESET ROLE; SET aftersale.test_now = '2027-02-02 10:00:00+00'; SET ROLE regress_erp;
SELECT aftersale.act(961, 96121, 'grant', '{}', 'olga');	-- after the deadline
SELECT aftersale.fire_due(961, 'infinity', 100);
SELECT request_id, event_seq, at, action, to_state FROM pg_temp.history WHERE request_id IN (96121, 96122) AND event_seq > 3;

-- the platform moves the deadline, and the warnings with it: later ones warn again, nearer ones at once
RESET ROLE; SET aftersale.test_now = '2027-03-01 09:00:00+00'; SET ROLE regress_erp;	-- a Monday
INSERT INTO aftersale.request (shop_id, request_id, flow, country) VALUES (961, 96131, 'timers/claim', 'GB');
RESET ROLE; SET aftersale.test_now = '2027-03-01 17:00:00+00'; SET ROLE regress_erp;
UPDATE aftersale.request SET platform_due_at = '2027-03-03 12:00:00+00' WHERE shop_id = 961 AND request_id = 96131 RETURNING due_at, act_at;
SELECT name, event_seq, act_at FROM aftersale.timer WHERE shop_id = 961 AND request_id = 96131 AND name LIKE 'due%' ORDER BY act_at;
UPDATE aftersale.request SET platform_due_at = '2027-03-01 17:30:00+00' WHERE shop_id = 961 AND request_id = 96131 RETURNING due_at, act_at;
SELECT name, event_seq, act_at FROM aftersale.timer WHERE shop_id = 961 AND request_id = 96131 AND name LIKE 'due%' ORDER BY name;
RESET ROLE; SET aftersale.test_now = '2027-03-01 17:10:00+00'; SET ROLE regress_erp;
SELECT aftersale.fire_due(961, 'infinity', 100);
SELECT event_seq, at, action, due_at FROM pg_temp.history WHERE request_id = 96131;

-- loaded late, but not overdue: what has passed is written when the clock comes by
RESET ROLE; SET aftersale.test_now = '2027-04-05 17:00:00+00'; SET ROLE regress_erp;	-- a Monday
INSERT INTO aftersale.request (shop_id, request_id, flow, country, opened_at) VALUES
	(961, 96141, 'timers/claim', 'GB', '2027-04-02 17:30:00+00'), (961, 96142, 'timers/claim', 'GB', '2027-04-01 09:00:00+00') RETURNING request_id, due_at, act_at, fault;
SELECT aftersale.fire_due(961, 'infinity', 100);
SELECT request_id, event_seq, at, action, to_state FROM pg_temp.history WHERE request_id IN (96141, 96142);
-- overdue when it came: nothing of it fires by itself
SELECT count(*) FROM aftersale.timer WHERE shop_id = 961 AND request_id = 96142;

-- a row that fails is parked with its timers; all others go on, and healed it comes to the same
RESET ROLE; SET aftersale.test_now = '2027-05-03 09:00:00+00'; SET ROLE regress_erp;	-- a Monday
INSERT INTO aftersale.request (shop_id, request_id, flow, country) SELECT 961, 96150 + i, 'timers/claim', 'GB' FROM generate_series(1, 5) i;
CREATE FUNCTION pg_temp.poison() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	IF NEW.request_id IN (96152, 96154) AND NEW.event_seq > OLD.event_seq AND current_setting('trap.poison', true) = 'on' THEN
		RAISE EXCEPTION 'the ERP''s own trigger fails on %', NEW.request_id USING ERRCODE = 'P0042';
	END IF;
	RETURN NEW;
END $$;
CREATE TRIGGER zz_poison BEFORE UPDATE ON aftersale.request FOR EACH ROW EXECUTE FUNCTION pg_temp.poison();
SET trap.poison = 'on';
RESET ROLE; SET aftersale.test_now = '2027-05-03 16:00:00+00'; SET ROLE regress_erp;
SELECT aftersale.fire_due(961, 'infinity', 100);
SELECT request_id, action, at FROM pg_temp.history WHERE request_id BETWEEN 96151 AND 96155 AND event_seq > 1;
SELECT request_id, attempts, act_at, fault FROM aftersale.request WHERE shop_id = 961 AND request_id BETWEEN 96151 AND 96155 ORDER BY 1;
SELECT count(*) FROM aftersale.timer WHERE shop_id = 961 AND request_id = 96152;
SET trap.poison = 'off';
RESET ROLE; SET aftersale.test_now = '2027-05-03 16:05:00+00'; SET ROLE regress_erp;
SELECT aftersale.fire_due(961, 'infinity', 100);
SELECT request_id, action, at FROM pg_temp.history WHERE request_id IN (96152, 96154) AND event_seq > 1;
SELECT request_id, attempts, act_at, fault FROM aftersale.request WHERE shop_id = 961 AND request_id IN (96152, 96154) ORDER BY 1;
DROP TRIGGER zz_poison ON aftersale.request;

-- ---- what people see of it: alert, upcoming and the worklist ----
RESET ROLE; SET aftersale.test_now = '2027-06-04 10:00:00+00'; SET ROLE regress_erp;	-- a Friday
INSERT INTO aftersale.request (shop_id, request_id, flow, country, external_ref) VALUES
	(961, 96161, 'timers/claim', 'GB', 'C-1'), (961, 96162, 'timers/claim', 'GB', 'C-2'), (961, 96163, 'timers/claim', 'GB', 'C-3'), (962, 96231, 'timers/claim', 'GB', 'other');
CREATE VIEW pg_temp.alerts AS SELECT shop_id, request_id, external_ref, state, name, kind, notify, at, due_at, time_left, rule FROM aftersale.alert WHERE request_id IN (96161, 96162, 96163, 96231);
CREATE VIEW pg_temp.upcoming AS SELECT request_id, name, kind, notify, act_at, due_at FROM aftersale.upcoming WHERE request_id IN (96161, 96162, 96163, 96231);
ALTER VIEW pg_temp.alerts SET (security_invoker = true);
ALTER VIEW pg_temp.upcoming SET (security_invoker = true);
GRANT SELECT ON pg_temp.alerts, pg_temp.upcoming TO regress_t_ours, regress_t_other;
SELECT count(*) FROM pg_temp.alerts;
RESET ROLE; SET aftersale.test_now = '2027-06-04 16:00:00+00'; SET ROLE regress_erp;
SELECT aftersale.fire_due(961, 'infinity', 100), aftersale.fire_due(962, 'infinity', 100);
RESET ROLE; SET ROLE regress_t_other;
SELECT * FROM pg_temp.alerts;
RESET ROLE; SET ROLE regress_t_ours;
SELECT * FROM pg_temp.alerts;
SELECT * FROM pg_temp.upcoming;
-- whoever acts is warned no more, nor is anybody of a deadline that was moved
SELECT state FROM aftersale.act(961, 96162, 'grant');
RESET ROLE; SET ROLE regress_erp;
UPDATE aftersale.request SET platform_due_at = '2027-06-08 12:00:00+00' WHERE shop_id = 961 AND request_id = 96163;
UPDATE aftersale.request SET platform_due_at = '2027-06-05 12:00:00+00' WHERE shop_id = 961 AND request_id = 96162;
RESET ROLE; SET ROLE regress_t_ours;
SELECT request_id, name, at, due_at FROM pg_temp.alerts;
SELECT * FROM pg_temp.upcoming LIMIT 4;
-- a note on Saturday, the clock's own events on Sunday: the request was handled within a day, until Sunday 11:00
RESET ROLE; SET aftersale.test_now = '2027-06-05 11:00:00+00'; SET ROLE regress_t_ours;
SELECT state FROM aftersale.act(961, 96161, 'note');
RESET ROLE; SET aftersale.test_now = '2027-06-06 11:00:00+00'; SET ROLE regress_erp;
SELECT aftersale.fire_due(961, 'infinity', 100), aftersale.fire_due(962, 'infinity', 100);
RESET ROLE; SET ROLE regress_t_ours;
SELECT request_id, urgency, unhandled, actions FROM aftersale.worklist WHERE request_id IN (96161, 96162, 96163);
RESET ROLE; SET aftersale.test_now = '2027-06-06 11:00:00.000001+00'; SET ROLE regress_t_ours;
SELECT request_id, unhandled FROM aftersale.worklist WHERE request_id IN (96161, 96163);
SELECT request_id, name, kind, at, due_at FROM pg_temp.alerts;
-- addresses that were hidden a week ago are no news; what a closed request had is none at all
RESET ROLE; SET aftersale.test_now = '2027-06-20 00:00:00+00'; SET ROLE regress_erp;
SELECT aftersale.fire_due(961, 'infinity', 100), aftersale.fire_due(962, 'infinity', 100);
RESET ROLE; SET ROLE regress_t_ours;
SELECT request_id, state, name, kind, notify, at FROM pg_temp.alerts;
RESET ROLE; SET ROLE regress_erp;
SELECT state FROM aftersale.act(961, 96161, 'close', '{}', 'platform');
SELECT count(*) FILTER (WHERE request_id = 96161), count(*) FILTER (WHERE shop_id = 962) AS other FROM pg_temp.alerts;

-- each sees the timers of his own shops, and nobody but the engine writes them
SET ROLE regress_erp;
INSERT INTO aftersale.request (shop_id, request_id, flow, country) VALUES (961, 96171, 'timers/claim', 'US'), (962, 96221, 'timers/claim', 'GB');
RESET ROLE; SET ROLE regress_t_ours;
SELECT count(*) > 0 AS some, count(*) FILTER (WHERE shop_id <> 961) AS others FROM aftersale.timer;
SELECT name, kind, notify FROM aftersale.flow_timer WHERE flow = 'timers/claim' ORDER BY name;
UPDATE aftersale.timer SET act_at = 'infinity';
INSERT INTO aftersale.timer (shop_id, request_id, name, event_seq, act_at) VALUES (961, 96101, 'due_soon', 1, now());
DELETE FROM aftersale.timer;
RESET ROLE; SET ROLE regress_t_other;
SELECT shop_id, request_id, name FROM aftersale.timer ORDER BY act_at, name;

-- after all of it the history is what was decided, and no timer is left whose request does not wait for it
RESET ROLE; SET ROLE regress_erp;
SELECT * FROM aftersale.verify_history(961);
SELECT * FROM aftersale.verify_history(962);
SELECT count(*) FROM (SELECT shop_id, request_id, min(act_at) AS first FROM aftersale.timer WHERE shop_id IN (961, 962) AND NOT stands GROUP BY 1, 2) t
JOIN aftersale.request r USING (shop_id, request_id)
WHERE r.act_at IS DISTINCT FROM least(t.first, CASE WHEN EXISTS (SELECT FROM aftersale.flow_transition x WHERE x.flow = r.flow AND x.version = r.flow_version AND x.from_state = r.state AND x.action = 'timeout') THEN r.due_at END);
SELECT count(aftersale.revoke_access(role, 'employee')) FROM unnest(ARRAY['regress_t_ours', 'regress_t_other']) AS role;
DELETE FROM aftersale.login WHERE login LIKE 'regress_t_%';
DROP VIEW pg_temp.alerts, pg_temp.upcoming;
RESET ROLE;
DROP ROLE regress_t_ours, regress_t_other;
-- pack temu_warnings: a ticket of Friday 18:00 is due on Monday, and warned of four hours before
BEGIN;
SET LOCAL ROLE regress_erp;
SELECT aftersale.load_pack('temu'), aftersale.load_pack('temu_warnings'), aftersale.load_pack('temu_warnings');
INSERT INTO aftersale.shop (shop_id, platform, name) VALUES (963, 'temu', 'warned');
INSERT INTO aftersale.shop_country (shop_id, country, currency, calendar, time_zone) VALUES (963, 'US', 'USD', 'timers days', 'UTC');
RESET ROLE; SET aftersale.test_now = '2027-06-18 18:00:00+00'; SET ROLE regress_erp;
INSERT INTO aftersale.request (shop_id, request_id, flow) VALUES (963, 96302, 'temu/ticket') RETURNING due_at, act_at;
SELECT name, kind, notify, act_at, rule FROM aftersale.upcoming WHERE shop_id = 963;
-- a timer that requests wait for stays in their version of the flow; a term may change, for what is armed later
UPDATE aftersale.flow_timer SET term = '2 business hours' WHERE flow = 'temu/ticket';
SAVEPOINT s;
DELETE FROM aftersale.flow_timer WHERE flow = 'temu/ticket';
ROLLBACK TO s;
UPDATE aftersale.flow_timer SET name = 'other' WHERE flow = 'temu/ticket';
ROLLBACK TO s;
SELECT state FROM aftersale.act(963, 96302, 'reply', '{"remark": "here"}');
DELETE FROM aftersale.flow_timer WHERE flow = 'temu/ticket';
ROLLBACK;
