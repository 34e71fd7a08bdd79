-- What is to be done, and how deadlines were kept: worklist, overdue, due_soon,
-- sla_report, as the people of two shops see them.
\set VERBOSITY terse
SET client_min_messages = warning;
SET TIME ZONE 'Asia/Shanghai';
SET datestyle = ISO;
CREATE ROLE regress_daily_anna;
CREATE ROLE regress_daily_ben;
CREATE ROLE regress_daily_us;
CREATE ROLE regress_daily_nobody;
SET aftersale.test_now = '2026-11-23 09:00:00+08';	-- a Monday
SET ROLE regress_erp;
INSERT INTO aftersale.calendar (name, calendar) VALUES ('daily cn', 'zone Asia/Shanghai; mon-fri 09:00-12:00,13:00-18:00'), ('daily us', 'zone America/New_York; mon-fri 00:00-24:00');
INSERT INTO aftersale.shop (shop_id, platform, name) VALUES (720, 'daily', 'Chengdu'), (721, 'daily', 'Boston');
INSERT INTO aftersale.shop_country (shop_id, country, currency, calendar, time_zone) VALUES
	(720, 'CN', 'CNY', 'daily cn', 'Asia/Shanghai'), (721, 'US', 'USD', 'daily us', 'America/New_York');
INSERT INTO aftersale.flow (flow, version, platform, kind, initial_state) VALUES ('daily/claim', 1, 'daily', 'claim', 'new');
INSERT INTO aftersale.flow_state (flow, version, state, title, final, waits_for, term) VALUES
	('daily/claim', 1, 'new', 'Claimed', false, 'merchant', '8 business hours'),
	('daily/claim', 1, 'granted', 'To be sent back', false, 'buyer', '7 days'),
	('daily/claim', 1, 'checking', NULL, false, 'platform', NULL),
	('daily/claim', 1, 'settled', NULL, true, NULL, NULL),
	('daily/claim', 1, 'closed', NULL, true, NULL, NULL);
INSERT INTO aftersale.flow_transition (flow, version, from_state, action, to_state, actors, permission, clock) VALUES
	('daily/claim', 1, 'new', 'grant', 'granted', '{merchant}', 'agree_refund', 'restart'),
	('daily/claim', 1, 'new', 'reject', 'checking', '{merchant}', NULL, 'restart'),
	('daily/claim', 1, 'new', 'note', 'new', '{merchant,buyer}', NULL, 'keep'),
	('daily/claim', 1, 'new', 'withdraw', 'closed', '{buyer}', NULL, 'restart'),
	('daily/claim', 1, 'new', 'timeout', 'checking', '{system}', NULL, 'restart'),
	('daily/claim', 1, 'granted', 'track', 'settled', '{buyer,carrier}', NULL, 'restart'),
	('daily/claim', 1, 'granted', 'timeout', 'closed', '{system}', NULL, 'restart'),
	('daily/claim', 1, 'checking', 'refund', 'settled', '{platform}', NULL, 'restart');
INSERT INTO aftersale.role_permission (platform, role, permission) VALUES ('daily', 'manager', 'agree_refund');
INSERT INTO aftersale.member (shop_id, actor, role) VALUES (720, 'anna', 'manager'), (720, 'ben', 'operator'), (721, 'uma', 'manager');
SELECT count(aftersale.grant_access(role, 'employee')) FROM unnest(ARRAY['regress_daily_anna', 'regress_daily_ben', 'regress_daily_us', 'regress_daily_nobody']) AS role;
INSERT INTO aftersale.login (login, shop_id, actor) VALUES
	('regress_daily_anna', 720, 'anna'), ('regress_daily_ben', 720, 'ben'), ('regress_daily_us', 721, 'uma');

-- ---- sla_report, by hand ----
-- at AT: the clock stands there, and the action is taken; from the ERP, in the name of ACTOR
CREATE FUNCTION pg_temp.at(at timestamptz, request_id bigint, action text, actor text DEFAULT 'anna', shop_id bigint DEFAULT 720) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
	RESET ROLE;
	PERFORM set_config('aftersale.test_now', at.at::text, false);
	SET ROLE regress_erp;
	IF action = 'open' THEN
		INSERT INTO aftersale.request (shop_id, request_id, flow) VALUES (at.shop_id, at.request_id, 'daily/claim');
	ELSIF action = 'sweep' THEN
		PERFORM aftersale.fire_due(at.shop_id, 'infinity', 100);
	ELSE
		PERFORM aftersale.act(at.shop_id, at.request_id, at.action, '{}', at.actor);
	END IF;
END
$$;
-- 7201: granted after an hour of work, sent back the next day: completed by the shop in 25 hours
-- 7202: granted after 4 (the break counts nothing); never sent back: closed by the clock a week later
-- 7203: a note, then rejected after 5 hours of work; the platform decides
-- 7204: no answer in 8 hours: missed at 18:00; the platform decides
-- 7205: withdrawn by the buyer in time
-- 7206: opened at closing, granted at the very deadline, Tuesday's closing: in time, after 8 hours of work
-- 7207: loaded two days late, granted then: missed, after 17 hours of work; completed by the shop
DO $$
BEGIN
	PERFORM pg_temp.at('2026-11-23 09:00', 7201, 'open');
	PERFORM pg_temp.at('2026-11-23 09:00', 7202, 'open');
	PERFORM pg_temp.at('2026-11-23 09:00', 7204, 'open');
	PERFORM pg_temp.at('2026-11-23 10:00', 7205, 'open');
	PERFORM pg_temp.at('2026-11-23 10:00', 7201, 'grant');
	PERFORM pg_temp.at('2026-11-23 11:00', 7203, 'open');
	PERFORM pg_temp.at('2026-11-23 11:00', 7205, 'withdraw', 'buyer');
	PERFORM pg_temp.at('2026-11-23 13:00', 7203, 'note');
	PERFORM pg_temp.at('2026-11-23 14:00', 7202, 'grant');
	PERFORM pg_temp.at('2026-11-23 17:00', 7203, 'reject', 'ben');
	PERFORM pg_temp.at('2026-11-23 18:00', 7206, 'open');
	PERFORM pg_temp.at('2026-11-24 02:00', NULL, 'sweep');
	PERFORM pg_temp.at('2026-11-24 10:00', 7201, 'track', 'buyer');
	PERFORM pg_temp.at('2026-11-24 12:00', 7203, 'refund', 'platform');
	PERFORM pg_temp.at('2026-11-24 12:00', 7204, 'refund', 'platform');
	PERFORM pg_temp.at('2026-11-24 18:00', 7206, 'grant');
	PERFORM pg_temp.at('2026-11-25 12:00', 7206, 'track', 'carrier');
	PERFORM pg_temp.at('2026-12-01 09:00', NULL, 'sweep');
	PERFORM pg_temp.at('2026-11-24 10:00+08', 7211, 'open', shop_id => 721);
	PERFORM pg_temp.at('2026-11-24 11:00+08', 7211, 'grant', 'uma', 721);
END
$$;
RESET ROLE; SET aftersale.test_now = '2026-11-26 09:00'; SET ROLE regress_erp;
INSERT INTO aftersale.request (shop_id, request_id, flow, opened_at) VALUES (720, 7207, 'daily/claim', '2026-11-24 09:00') RETURNING due_at, fault;
DO $$
BEGIN
	PERFORM pg_temp.at('2026-11-26 10:00', 7207, 'grant');
	PERFORM pg_temp.at('2026-11-26 10:30', 7207, 'track', 'buyer');
END
$$;
\pset format unaligned
RESET ROLE; SET ROLE regress_daily_anna;
SELECT * FROM aftersale.sla_report;
-- 10:00 in Shanghai is the day before in Boston; each sees his own shop
RESET ROLE; SET ROLE regress_daily_us;
SELECT * FROM aftersale.sla_report;
RESET ROLE; SET ROLE regress_daily_nobody;
SELECT count(*) FROM aftersale.sla_report;
SELECT (SELECT count(*) FROM aftersale.worklist) + (SELECT count(*) FROM aftersale.overdue) + (SELECT count(*) FROM aftersale.due_soon) AS nothing;

-- ---- worklist ----
-- 7221: opened on Thursday, due on Friday; the sweep has yet to run
-- 7222: opened on Friday at 10:00, due now, which is in time
-- 7223: opened on Friday at 16:00, with a note of the shop on Sunday
-- TEMU-05, TEMU-12, TEMU-29: what nobody of the shop has looked at for a day is unhandled
-- 7224: due tomorrow before this hour; 7225: at this hour
-- 7226: granted: waits for the buyer; 7227: rejected: waits for the platform
-- 7228: overdue when it was opened: left to a person
DO $$
BEGIN
	PERFORM pg_temp.at('2026-12-03 10:00', 7221, 'open');
	PERFORM pg_temp.at('2026-12-04 10:00', 7222, 'open');
	PERFORM pg_temp.at('2026-12-04 16:00', 7223, 'open');
	PERFORM pg_temp.at('2026-12-06 12:00', 7223, 'note');
	PERFORM pg_temp.at('2026-12-07 09:30', 7224, 'open');
	PERFORM pg_temp.at('2026-12-07 10:00', 7225, 'open');
	PERFORM pg_temp.at('2026-12-07 10:00', 7226, 'open');
	PERFORM pg_temp.at('2026-12-07 10:00', 7226, 'grant');
	PERFORM pg_temp.at('2026-12-07 10:00', 7227, 'open');
	PERFORM pg_temp.at('2026-12-07 10:00', 7227, 'reject');
END
$$;
INSERT INTO aftersale.request (shop_id, request_id, flow, opened_at) VALUES (720, 7228, 'daily/claim', '2026-12-01 09:00');
RESET ROLE; SET ROLE regress_daily_anna;
SELECT request_id, state, title, waits_for, urgency, due_at, time_left, unhandled, actions, lacks FROM aftersale.worklist;
SELECT request_id, urgency FROM aftersale.overdue;
SELECT request_id, urgency FROM aftersale.due_soon;
-- who lacks the permission sees what a colleague has to do
RESET ROLE; SET ROLE regress_daily_ben;
SELECT request_id, actions, lacks FROM aftersale.worklist WHERE request_id IN (7221, 7225, 7226, 7227);
RESET ROLE; SET ROLE regress_daily_us;
SELECT shop_id, request_id, actions FROM aftersale.worklist;
SELECT count(*) FROM aftersale.worklist WHERE shop_id = 720;
SELECT count(*) FROM aftersale.overdue WHERE shop_id = 720;
-- a request that is closed is not on it, and after the sweep nothing is overdue but what is left to a person
RESET ROLE; SET ROLE regress_erp;
SELECT aftersale.fire_due(720, 'infinity', 100);
SELECT request_id, urgency FROM aftersale.overdue WHERE shop_id = 720;
SELECT count(*) FROM aftersale.worklist WHERE request_id BETWEEN 7201 AND 7207;
-- what is due is asked of the index, with nobody's rows but the shop's
CREATE FUNCTION pg_temp.index_asked(query text, asked text DEFAULT '%Index Cond: %shop_id = 720%due_at <%statement_clock()%') RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
	line text;
BEGIN
	FOR line IN EXECUTE 'EXPLAIN (COSTS OFF) ' || query LOOP
		IF line LIKE asked THEN
			RETURN true;
		END IF;
	END LOOP;
	RETURN false;
END
$$;
ANALYZE aftersale.request;
SET enable_seqscan = off;
SET enable_bitmapscan = off;
SET enable_sort = off;
SELECT pg_temp.index_asked('SELECT * FROM aftersale.due_soon WHERE shop_id = 720 LIMIT 50') AS due_soon,
	pg_temp.index_asked('SELECT * FROM aftersale.overdue WHERE shop_id = 720') AS overdue,
	-- the list as it is, those without a deadline included, in the order of the index
	pg_temp.index_asked('SELECT * FROM aftersale.worklist WHERE shop_id = 720 LIMIT 50', '%Index Scan using request_open on request%') AS worklist;
RESET ROLE; SET ROLE regress_daily_anna;
SELECT pg_temp.index_asked('SELECT * FROM aftersale.due_soon WHERE shop_id = 720 LIMIT 50') AS due_soon,
	pg_temp.index_asked('SELECT * FROM aftersale.overdue WHERE shop_id = 720') AS overdue,
	-- the list as it is, those without a deadline included, in the order of the index
	pg_temp.index_asked('SELECT * FROM aftersale.worklist WHERE shop_id = 720 LIMIT 50', '%Index Scan using request_open on request%') AS worklist;
RESET ROLE;
SET ROLE regress_erp;
SELECT count(aftersale.revoke_access(role, 'employee')) FROM unnest(ARRAY['regress_daily_anna', 'regress_daily_ben', 'regress_daily_us', 'regress_daily_nobody']) AS role;
DELETE FROM aftersale.login WHERE login LIKE 'regress_daily_%';
RESET ROLE;
DROP ROLE regress_daily_anna, regress_daily_ben, regress_daily_us, regress_daily_nobody;
