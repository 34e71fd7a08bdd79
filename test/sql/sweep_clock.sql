-- A clock that jumps: far ahead nothing fires unattended, unless the time has passed; back, nothing fires twice.
\set VERBOSITY default
\set SHOW_CONTEXT never
SET client_min_messages = warning;
-- the sweep sees every shop, so it has a database of its own
SELECT current_database() AS regress_database \gset
CREATE DATABASE regress_clock;
\c regress_clock
SET client_min_messages = warning;
CREATE EXTENSION aftersale;
DO $$ BEGIN PERFORM aftersale.install(owner => 'regress_erp'); END $$;
SET TIME ZONE 'UTC';
SET datestyle = ISO;
SET intervalstyle = postgres;
SET aftersale.test_now = '2026-11-25 10:00:00+00';
SET ROLE regress_erp;
SELECT aftersale.load_pack('temu');
INSERT INTO aftersale.calendar (name, calendar) VALUES ('sweep', 'zone UTC; mon-sun 00:00-24:00');
INSERT INTO aftersale.shop (shop_id, platform, name) VALUES (1, 'temu', 'shop');
INSERT INTO aftersale.shop_country (shop_id, country, currency, calendar, time_zone) VALUES (1, 'US', 'USD', 'sweep', 'UTC');
CREATE VIEW pg_temp.clock AS SELECT h.cutoff, h.fired, h.complete, h.clock_jump, h.finished_at > clock_timestamp() - interval '1 hour' AS fresh, c.ok, c.detail, c.remedy
FROM aftersale.heartbeat h, aftersale.health() c WHERE c.name = 'clock';
\pset expanded on

-- an hour after the machine's start a run; a ticket that is due on the 26th
RESET ROLE; SET aftersale.test_uptime = '1 h'; SET ROLE regress_erp;
INSERT INTO aftersale.request (shop_id, request_id, flow) VALUES (1, 1, 'temu/ticket');
CALL aftersale.sweep();
TABLE pg_temp.clock;

-- a month ahead, a minute later: nothing fires, and again, and it is said
RESET ROLE; SET aftersale.test_now = '2026-12-25 10:01:00+00'; SET aftersale.test_uptime = '61 min'; SET ROLE regress_erp;
CALL aftersale.sweep();
CALL aftersale.sweep();
TABLE pg_temp.clock;
SELECT state FROM aftersale.request WHERE request_id = 1;
-- a restart of the machine, or a longer wait, does not explain it afterwards
RESET ROLE; SET aftersale.test_uptime = '1 min'; SET ROLE regress_erp;
CALL aftersale.sweep();
RESET ROLE; SET aftersale.test_uptime = -1; SET ROLE regress_erp;
CALL aftersale.sweep();
-- the clock set right, it goes on by itself
RESET ROLE; SET aftersale.test_now = '2026-11-25 10:05:00+00'; SET aftersale.test_uptime = '65 min'; SET ROLE regress_erp;
CALL aftersale.sweep();
TABLE pg_temp.clock;
-- or a person says that it is right
RESET ROLE; SET aftersale.test_now = '2026-12-25 10:06:00+00'; SET aftersale.test_uptime = '66 min'; SET ROLE regress_erp;
CALL aftersale.sweep();
CALL aftersale.sweep(confirm_clock_jump => true);
TABLE pg_temp.clock;
SELECT state, (SELECT at FROM aftersale.event e WHERE e.request_id = 1 AND e.event_seq = 2) FROM aftersale.request WHERE request_id = 1;

-- no jump: a scheduler that was off for seven days, for seventy, a machine that was down, a day's sleep that the machine did not count
INSERT INTO aftersale.request (shop_id, request_id, flow) VALUES (1, 2, 'temu/ticket');
RESET ROLE; SET aftersale.test_now = '2027-01-01 10:06:00+00'; SET aftersale.test_uptime = 604800 ; SET ROLE regress_erp;
CALL aftersale.sweep();
SELECT fired, clock_jump FROM aftersale.heartbeat;
INSERT INTO aftersale.request (shop_id, request_id, flow) VALUES (1, 3, 'temu/ticket');
RESET ROLE; SET aftersale.test_now = '2027-03-12 10:06:00+00'; SET aftersale.test_uptime = 6652800 ; SET ROLE regress_erp;
CALL aftersale.sweep();
SELECT fired, clock_jump FROM aftersale.heartbeat;
INSERT INTO aftersale.request (shop_id, request_id, flow) VALUES (1, 4, 'temu/ticket');
UPDATE aftersale.heartbeat SET server_started_at = server_started_at - interval '1 day';
RESET ROLE; SET aftersale.test_now = '2027-06-01 00:00:00+00'; SET aftersale.test_uptime = 60 ; SET ROLE regress_erp;
CALL aftersale.sweep();
SELECT fired, clock_jump FROM aftersale.heartbeat;
INSERT INTO aftersale.request (shop_id, request_id, flow) VALUES (1, 5, 'temu/ticket');
RESET ROLE; SET aftersale.test_now = '2027-06-03 00:00:00+00'; SET aftersale.test_uptime = 120 ; SET ROLE regress_erp;
CALL aftersale.sweep();
SELECT fired, clock_jump FROM aftersale.heartbeat;

-- back by an hour: nothing fires twice, what becomes due waits for the clock, and it is said
INSERT INTO aftersale.request (shop_id, request_id, flow, opened_at) VALUES (1, 6, 'temu/ticket', '2027-06-02 00:30:00+00');
RESET ROLE; SET aftersale.test_now = '2027-06-03 01:00:00+00'; SET aftersale.test_uptime = 3720 ; SET ROLE regress_erp;
CALL aftersale.sweep();
SELECT fired, clock_jump FROM aftersale.heartbeat;
RESET ROLE; SET aftersale.test_now = '2027-06-03 00:01:00+00'; SET aftersale.test_uptime = 3780 ; SET ROLE regress_erp;
TABLE pg_temp.clock;
CALL aftersale.sweep();
TABLE pg_temp.clock;
RESET ROLE; SET aftersale.test_now = '2027-06-03 02:00:00+00'; SET aftersale.test_uptime = 7380 ; SET ROLE regress_erp;
CALL aftersale.sweep();
TABLE pg_temp.clock;
SELECT count(*) AS timeouts, count(DISTINCT request_id) AS requests, (SELECT count(*) FROM aftersale.verify_history(1)) AS faults
FROM aftersale.event WHERE action = 'timeout';

\c :regress_database
SET client_min_messages = warning;
DROP DATABASE regress_clock;
