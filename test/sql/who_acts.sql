-- Who the session is: a database role acts as the actor that login gives it,
-- and for others only where login says so.
\set VERBOSITY terse
SET client_min_messages = warning;
SET TIME ZONE 'UTC';
SET aftersale.test_now = '2026-11-25 10:00:00+00';
DO $$
DECLARE
	name text;
BEGIN
	FOREACH name IN ARRAY ARRAY['regress_who_alice', 'regress_who_erp', 'regress_who_carrier', 'regress_who_stranger', 'regress_who_deputy'] LOOP
		EXECUTE format('CREATE ROLE %I', name);
	END LOOP;
END $$;
SET ROLE regress_erp;
SELECT aftersale.load_pack('temu');
INSERT INTO aftersale.calendar (name, calendar) VALUES ('who', 'zone UTC; mon-fri 00:00-24:00');
INSERT INTO aftersale.shop (shop_id, platform, name) VALUES (410, 'temu', 'who'), (411, 'temu', 'other');
INSERT INTO aftersale.shop_country (shop_id, country, currency, calendar, time_zone)
SELECT s, 'US', 'USD', 'who', 'UTC' FROM unnest(ARRAY[410, 411]) s;
SELECT aftersale.grant_access('regress_who_alice', 'employee');
SELECT aftersale.grant_access('regress_who_erp', 'service');
SELECT aftersale.grant_access('regress_who_carrier', 'service');
SELECT aftersale.grant_access('regress_who_stranger', 'service');
INSERT INTO aftersale.login (login, shop_id, actor, may_speak) VALUES
	('regress_who_alice', 410, 'alice', false), ('regress_who_erp', 410, 'erp', true), ('regress_who_carrier', 410, 'carrier', false);
INSERT INTO aftersale.request (shop_id, request_id, flow) SELECT 410, 4100 + i, 'temu/ticket' FROM generate_series(1, 9) i;
INSERT INTO aftersale.request (shop_id, request_id, flow) VALUES (411, 4190, 'temu/ticket');

-- the owner of the tables is itself, and may name anybody
SELECT state FROM aftersale.act(410, 4101, 'reply', '{"remark": "x"}');
SELECT state FROM aftersale.act(410, 4101, 'declare_ineffective', '{}', 'platform');
SELECT state FROM aftersale.act(410, 4101, 'reply', '{"remark": "x"}', 'bob', 'carol');
RESET ROLE;

-- alice is alice, whatever she says, and acts for nobody else; on whose behalf is hers to say (KS-11)
SET ROLE regress_who_alice;
SELECT state FROM aftersale.act(410, 4102, 'reply', '{"remark": "x"}');
SELECT state FROM aftersale.act(410, 4103, 'reply', '{"remark": "x"}', 'alice', 'buyer');
\set VERBOSITY default
\set SHOW_CONTEXT never
SELECT aftersale.act(410, 4104, 'reply', '{"remark": "x"}', 'bob');
\set VERBOSITY terse
SELECT aftersale.act(410, 4104, 'refund', '{}', 'platform');
SELECT aftersale.act(410, 4104, 'refund', '{}', 'system');
UPDATE aftersale.request SET action = 'close', actor = 'platform' WHERE shop_id = 410 AND request_id = 4104;
-- a deadline that the platform gives is the platform's word
UPDATE aftersale.request SET platform_due_at = '2027-01-01' WHERE shop_id = 410 AND request_id = 4104;
INSERT INTO aftersale.request (shop_id, flow) VALUES (410, 'temu/ticket');
-- other shops do not exist, for reading and for acting
SELECT count(*), count(*) FILTER (WHERE shop_id <> 410) AS others FROM aftersale.request;
SELECT aftersale.act(411, 4190, 'reply', '{"remark": "x"}');
SELECT aftersale.allowed_actions(411, 4190);
RESET ROLE;

-- the ERP's service account speaks for others, in its own shop
SET ROLE regress_who_erp;
SELECT state FROM aftersale.act(410, 4104, 'reply', '{"remark": "x"}', 'dave', 'buyer');
SELECT state FROM aftersale.act(410, 4104, 'declare_ineffective');
UPDATE aftersale.request SET platform_due_at = '2027-01-01' WHERE shop_id = 410 AND request_id = 4104 RETURNING due_at;
INSERT INTO aftersale.request (shop_id, request_id, flow, actor) VALUES (410, 4110, 'temu/ticket', 'buyer') RETURNING last_actor;
SELECT aftersale.act(411, 4190, 'reply', '{"remark": "x"}');
-- in the same words where the shop is hidden and where there is none
INSERT INTO aftersale.request (shop_id, flow) VALUES (411, 'temu/ticket');
INSERT INTO aftersale.request (shop_id, flow) VALUES (499, 'temu/ticket');
INSERT INTO aftersale.request (shop_id, flow, country) VALUES (411, 'temu/none', 'XX');
RESET ROLE;

-- a reserved actor may be a login's own: the carrier's webhook is the carrier, and nobody else
SET ROLE regress_who_carrier;
INSERT INTO aftersale.request (shop_id, request_id, flow) VALUES (410, 4111, 'temu/ticket') RETURNING last_actor;
INSERT INTO aftersale.request (shop_id, request_id, flow, platform_due_at) VALUES (410, 4112, 'temu/ticket', '2027-01-01');
SELECT aftersale.act(410, 4105, 'reply', '{"remark": "x"}');
SELECT aftersale.act(410, 4105, 'close', '{}', 'platform');
RESET ROLE;

-- a role without a row has the rights on the tables, and sees and does nothing
SET ROLE regress_who_stranger;
SELECT count(*) FROM aftersale.request;
INSERT INTO aftersale.request (shop_id, flow) VALUES (410, 'temu/ticket');
SELECT aftersale.act(410, 4105, 'reply', '{"remark": "x"}');
RESET ROLE;
-- not even one that row-level security does not hold back
ALTER ROLE regress_who_stranger BYPASSRLS;
SET ROLE regress_who_stranger;
SELECT count(*) > 0 AS sees FROM aftersale.request WHERE shop_id = 410;
SELECT aftersale.act(410, 4105, 'reply', '{"remark": "x"}');
RESET ROLE;
ALTER ROLE regress_who_stranger NOBYPASSRLS;

-- a member of the owner has the owner's rights
GRANT regress_erp TO regress_who_deputy;
SET ROLE regress_who_deputy;
SELECT state FROM aftersale.act(410, 4105, 'close', '{}', 'platform');
RESET ROLE;
-- so has who becomes one, or the owner, in a session that has asked before; and a rollback takes it back
SET ROLE regress_who_stranger;
SELECT aftersale.has_permission(410, 'agree_refund') FROM generate_series(1, 3);
RESET ROLE;
BEGIN;
GRANT regress_erp TO regress_who_stranger;
SET LOCAL ROLE regress_who_stranger;
SELECT aftersale.has_permission(410, 'agree_refund') FROM generate_series(1, 3);
ROLLBACK;
SET ROLE regress_who_stranger;
SELECT aftersale.has_permission(410, 'agree_refund');
RESET ROLE;
BEGIN;
ALTER TABLE aftersale.request OWNER TO regress_who_stranger;
SET LOCAL ROLE regress_who_stranger;
SELECT aftersale.has_permission(410, 'agree_refund') FROM generate_series(1, 3);
ROLLBACK;
SET ROLE regress_who_stranger;
SELECT aftersale.has_permission(410, 'agree_refund');
RESET ROLE;
-- a login follows its row at once, in a session that has cached it; and a rollback takes it back
BEGIN;
UPDATE aftersale.login SET actor = 'alice2' WHERE login = 'regress_who_alice';
SET LOCAL ROLE regress_who_alice;
SELECT state FROM aftersale.act(410, 4106, 'reply', '{"remark": "x"}');
SELECT last_actor FROM aftersale.request WHERE shop_id = 410 AND request_id = 4106;
ROLLBACK;
SET ROLE regress_who_alice;
SELECT state FROM aftersale.act(410, 4106, 'reply', '{"remark": "x"}');
SELECT last_actor FROM aftersale.request WHERE shop_id = 410 AND request_id = 4106;
RESET ROLE;
DELETE FROM aftersale.login WHERE login = 'regress_who_alice';
SET ROLE regress_who_alice;
SELECT aftersale.act(410, 4107, 'reply', '{"remark": "x"}');
RESET ROLE;

-- no setting that a user can change says who he is
SET ROLE regress_who_stranger;
SET search_path = pg_temp;
SET application_name = 'regress_erp';
SET aftersale.actor = 'erp';
SELECT aftersale.act(410, 4107, 'reply', '{"remark": "x"}');
SET aftersale.test_now = '2030-01-01';
RESET search_path;
RESET ROLE;

-- the actor, on whose behalf, and the role that was connected are in the history
SELECT request_id, event_seq, action, actor, on_behalf_of, login = session_user AS login FROM aftersale.event
WHERE shop_id = 410 AND (event_seq > 1 OR request_id > 4109) ORDER BY request_id, event_seq;

-- the clock needs nobody's permission, because the engine itself looks at it
SET aftersale.test_now = '2026-12-01 10:00:00+00';
SET ROLE regress_who_carrier;
SELECT aftersale.fire_due(410, 'infinity', 1);
RESET ROLE;
DO $$
DECLARE
	granted record;
BEGIN
	FOR granted IN SELECT a.login, a.capability FROM aftersale.access a WHERE a.login LIKE 'regress_who_%' LOOP
		PERFORM aftersale.revoke_access(granted.login, granted.capability);
	END LOOP;
END $$;
DELETE FROM aftersale.login WHERE login LIKE 'regress_who_%';
DROP ROLE regress_who_alice, regress_who_erp, regress_who_carrier, regress_who_stranger, regress_who_deputy;
