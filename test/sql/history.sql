-- History: complete, replayable, and an alteration shows.
\set VERBOSITY terse
SET client_min_messages = warning;
SET TIME ZONE 'UTC';
SET datestyle = ISO;
SET aftersale.test_now = '2026-11-25 10:00:00+00';
SET ROLE regress_erp;
SELECT aftersale.load_pack('temu');
INSERT INTO aftersale.calendar (name, calendar) VALUES ('history', 'zone UTC; mon-fri 00:00-24:00');
INSERT INTO aftersale.shop (shop_id, platform, name) VALUES (170, 'temu', 'history');
INSERT INTO aftersale.shop_country (shop_id, country, currency, calendar, time_zone) VALUES (170, 'US', 'USD', 'history', 'UTC');
INSERT INTO aftersale.order_balance (shop_id, order_ref, currency, paid) VALUES (170, 'O1', 'USD', 50);
INSERT INTO aftersale.request (shop_id, request_id, flow, order_ref, amount, payload)
SELECT 170, 1700 + i, 'temu/ticket', 'O1', 10, '{"remark": "as it came"}' FROM generate_series(1, 9) i;
SELECT count(*) FROM aftersale.act(170, 1701, 'reply', '{"remark": "one", "is_effective": false}', 'alice', 'bob');
SELECT count(*) FROM aftersale.act(170, 1701, 'reply', '{"remark": "two"}', 'alice');
SELECT count(*) FROM aftersale.act(170, 1701, 'refund', '{"amount": 4.5}', 'platform');
UPDATE aftersale.request SET platform_due_at = '2026-11-27 00:00:00+00' WHERE shop_id = 170 AND request_id = 1702;
RESET ROLE; SET aftersale.test_now = '2026-11-30 10:00:00+00'; SET ROLE regress_erp;
SELECT count(*) FROM aftersale.act(170, 1703, 'close', '{}', 'platform');
SELECT aftersale.fire_due(170, 'infinity', 100);
-- all of it holds
SELECT * FROM aftersale.verify_history(170);
SELECT count(*), count(DISTINCT digest), min(length(digest)), max(length(digest)) FROM aftersale.event WHERE shop_id = 170;
-- the digest is what everyone can compute
SELECT bool_and(digest = aftersale.event_digest(NULL, shop_id, request_id, event_seq, at, recorded_at, action, actor, on_behalf_of,
	login::text, role, from_state, to_state, due_at, rule, payload, facts)) FROM aftersale.event WHERE shop_id = 170 AND event_seq = 1;

-- whoever alters it (only the owner can) is seen, wherever it is
CREATE FUNCTION pg_temp.tamper(statement text) RETURNS SETOF text LANGUAGE plpgsql AS $$
BEGIN
	BEGIN
		EXECUTE statement;
		RETURN QUERY SELECT format('%s %s %s', f.request_id, f.event_seq, f.fault) FROM aftersale.verify_history(170) f;
		RAISE EXCEPTION USING ERRCODE = 'RATAM';
	EXCEPTION WHEN SQLSTATE 'RATAM' THEN NULL;
	END;
END $$;
SELECT pg_temp.tamper($$UPDATE aftersale.event SET payload = '{"remark": "other"}' WHERE shop_id = 170 AND request_id = 1701 AND event_seq = 2$$);
SELECT pg_temp.tamper($$UPDATE aftersale.event SET actor = 'carol' WHERE shop_id = 170 AND request_id = 1701 AND event_seq = 3$$);
SELECT pg_temp.tamper($$UPDATE aftersale.event SET on_behalf_of = NULL WHERE shop_id = 170 AND request_id = 1701 AND event_seq = 2$$);
SELECT pg_temp.tamper($$UPDATE aftersale.event SET at = at + interval '1 microsecond' WHERE shop_id = 170 AND request_id = 1703 AND event_seq = 2$$);
SELECT pg_temp.tamper($$UPDATE aftersale.event SET due_at = '2030-01-01 00:00:00+00' WHERE shop_id = 170 AND request_id = 1702 AND event_seq = 1$$);
SELECT pg_temp.tamper($$UPDATE aftersale.event SET rule = NULL WHERE shop_id = 170 AND request_id = 1704 AND event_seq = 2$$);
-- also with the digest made to fit: the next line, or the request, knows better
SELECT pg_temp.tamper($$UPDATE aftersale.event e SET actor = 'carol', digest = aftersale.event_digest(NULL, shop_id, request_id, event_seq, at, recorded_at,
	action, 'carol', on_behalf_of, login::text, role, from_state, to_state, due_at, rule, payload, facts) WHERE shop_id = 170 AND request_id = 1704 AND event_seq = 1$$);
SELECT pg_temp.tamper($$UPDATE aftersale.event e SET actor = 'carol', digest = aftersale.event_digest((SELECT p.digest FROM aftersale.event p WHERE p.shop_id = 170 AND p.request_id = 1704 AND p.event_seq = 1),
	shop_id, request_id, event_seq, at, recorded_at, action, 'carol', on_behalf_of, login::text, role, from_state, to_state, due_at, rule, payload, facts) WHERE shop_id = 170 AND request_id = 1704 AND event_seq = 2$$);
-- lines that are missing
SELECT pg_temp.tamper($$DELETE FROM aftersale.event WHERE shop_id = 170 AND request_id = 1701 AND event_seq = 2$$);
SELECT pg_temp.tamper($$DELETE FROM aftersale.event WHERE shop_id = 170 AND request_id = 1701 AND event_seq = 4$$);
SELECT pg_temp.tamper($$DELETE FROM aftersale.event WHERE shop_id = 170 AND request_id = 1701$$);
-- money
SELECT pg_temp.tamper($$UPDATE aftersale.refund SET amount = 4, goods = 4 WHERE shop_id = 170 AND request_id = 1701$$);
SELECT pg_temp.tamper($$DELETE FROM aftersale.refund WHERE shop_id = 170 AND request_id = 1701$$);
-- nothing was left behind
SELECT * FROM aftersale.verify_history(170);
SELECT * FROM aftersale.verify_history(170, 1701);
-- a trigger that alters what the digest covers refuses the statement
CREATE FUNCTION pg_temp.alter_payload() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.last_payload := '{"remark": "other"}'; RETURN NEW; END $$;
CREATE TRIGGER zz_payload BEFORE INSERT OR UPDATE ON aftersale.request FOR EACH ROW EXECUTE FUNCTION pg_temp.alter_payload();
INSERT INTO aftersale.request (shop_id, request_id, flow, payload) VALUES (170, 1790, 'temu/ticket', '{"remark": "mine"}');
DROP TRIGGER zz_payload ON aftersale.request;
