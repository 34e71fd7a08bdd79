-- A deadline beyond what the calendar knows is provisional, and is computed anew when the calendar grows.
\set VERBOSITY terse
SET client_min_messages = warning;
SET TIME ZONE 'UTC';
SET datestyle = ISO;
SET aftersale.test_now = '2026-12-30 10:00:00+00';	-- a Wednesday
SET ROLE regress_erp;
SELECT aftersale.load_pack('temu');
INSERT INTO aftersale.calendar (name, calendar) VALUES
	('grows', 'zone UTC; mon-fri 00:00-24:00; known until 2026-12-31'), ('other', 'zone UTC; mon-fri 00:00-24:00; known until 2026-12-31');
INSERT INTO aftersale.shop (shop_id, platform, name) VALUES (280, 'temu', 'grows'), (281, 'temu', 'other');
INSERT INTO aftersale.shop_country (shop_id, country, currency, calendar, time_zone) VALUES (280, 'US', 'USD', 'grows', 'UTC'), (281, 'US', 'USD', 'other', 'UTC');
INSERT INTO aftersale.request (shop_id, request_id, flow) VALUES (280, 28001, 'temu/ticket') RETURNING due_at, provisional;
RESET ROLE; SET aftersale.test_now = '2026-12-31 10:00:00+00'; SET ROLE regress_erp;
INSERT INTO aftersale.request (shop_id, request_id, flow) VALUES (280, 28002, 'temu/ticket'), (281, 28101, 'temu/ticket') RETURNING due_at, provisional;
-- what the platform says is not provisional
INSERT INTO aftersale.request (shop_id, request_id, flow, platform_due_at) VALUES (280, 28003, 'temu/ticket', '2027-01-02 00:00:00+00') RETURNING due_at, provisional;

-- the calendar grows: New Year's Day is off, and the year is known; another shop's stays
UPDATE aftersale.calendar SET calendar = 'zone UTC; mon-fri 00:00-24:00; off 2027-01-01; known until 2027-12-31' WHERE name = 'grows';
SELECT request_id, due_at, act_at = due_at AS armed, provisional, last_action, last_actor FROM aftersale.request WHERE shop_id IN (280, 281) ORDER BY 1;
SELECT request_id, event_seq, action, actor, from_state, to_state, due_at AS due FROM aftersale.event WHERE shop_id = 280 AND event_seq > 1 ORDER BY 1, 2;
-- one that is no longer provisional is left alone
UPDATE aftersale.calendar SET calendar = 'zone UTC; mon-fri 00:00-24:00; off 2027-01-01,2027-01-04; known until 2027-12-31' WHERE name = 'grows';
SELECT request_id, due_at, event_seq FROM aftersale.request WHERE shop_id = 280 ORDER BY 1;
-- but health() finds that it would be computed otherwise today
SELECT name, ok, remedy IS NOT NULL AS remedy FROM aftersale.health() WHERE name = 'deadlines';
-- it is the clock's, and nobody else's
SELECT aftersale.act(281, 28101, 'recompute_deadline');
SELECT aftersale.act(280, 28002, 'recompute_deadline', '{}', 'system');
-- rolled back, nothing has moved
BEGIN;
UPDATE aftersale.calendar SET calendar = 'zone UTC; mon-fri 00:00-24:00; off 2027-01-01; known until 2027-12-31' WHERE name = 'other';
SELECT due_at, provisional FROM aftersale.request WHERE shop_id = 281;
ROLLBACK;
SELECT due_at, provisional FROM aftersale.request WHERE shop_id = 281;
-- a parked one stays a person's; one that had passed by the calendar as it was has passed
RESET ROLE; SET aftersale.test_now = '2027-02-01 10:00:00+00'; SET ROLE regress_erp;
INSERT INTO aftersale.request (shop_id, request_id, flow, opened_at) VALUES (281, 28102, 'temu/ticket', '2027-01-05 00:00:00+00') RETURNING provisional, fault;
UPDATE aftersale.calendar SET calendar = 'zone UTC; mon-fri 00:00-24:00; known until 2027-12-31' WHERE name = 'other';
SELECT request_id, state, due_at, act_at, provisional, fault FROM aftersale.request WHERE shop_id = 281 ORDER BY 1;
SELECT * FROM aftersale.verify_history(280);
SELECT * FROM aftersale.verify_history(281);
