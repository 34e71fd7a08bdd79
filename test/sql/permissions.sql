-- What a member may do: by his role on the platform, and by what the shop's
-- main account granted (KS-02, KS-03, DOUYIN-03).
\set VERBOSITY terse
SET client_min_messages = warning;
SET TIME ZONE 'UTC';
SET aftersale.test_now = '2026-11-25 10:00:00+00';
CREATE ROLE regress_perm_op;
CREATE ROLE regress_perm_main;
SET ROLE regress_erp;
INSERT INTO aftersale.calendar (name, calendar) VALUES ('perm', 'zone UTC; mon-fri 00:00-24:00');
INSERT INTO aftersale.shop (shop_id, platform, name) VALUES (420, 'ks', 'Kuaishou'), (421, 'dy', 'Douyin'), (422, 'ks', 'another one');
INSERT INTO aftersale.shop_country (shop_id, country, currency, calendar, time_zone)
SELECT s, 'CN', 'CNY', 'perm', 'UTC' FROM unnest(ARRAY[420, 421, 422]) s;
INSERT INTO aftersale.flow (flow, version, platform, kind, initial_state, rule) VALUES ('ks/return', 1, 'ks', 'return', 'awaiting_buyer', 'KS-09');
INSERT INTO aftersale.flow_state (flow, version, state, term, final) VALUES
	('ks/return', 1, 'awaiting_buyer', '7 days', false), ('ks/return', 1, 'shipped', NULL, false), ('ks/return', 1, 'lapsed', NULL, true);
INSERT INTO aftersale.flow_transition (flow, version, from_state, action, to_state, actors, permission, needs, rule) VALUES
	('ks/return', 1, 'awaiting_buyer', 'upload_tracking', 'shipped', '{merchant,buyer}', 'agree_refund', '{carrier,tracking_no}', 'KS-02'),
	('ks/return', 1, 'awaiting_buyer', 'note', 'awaiting_buyer', '{merchant}', NULL, '{remark}', NULL),
	('ks/return', 1, 'shipped', 'receive', 'lapsed', '{merchant}', 'confirm_receipt', '{}', NULL),
	('ks/return', 1, 'awaiting_buyer', 'timeout', 'lapsed', '{system}', NULL, '{}', NULL);
-- the platform's roles: the main account has everything
INSERT INTO aftersale.role_permission (platform, role, permission, rule) VALUES
	('ks', 'main_account', '*', 'KS-02'), ('ks', 'administrator', 'agree_refund', 'KS-02'), ('ks', 'cs_administrator', 'agree_refund', 'KS-02'),
	('ks', 'operator', 'view_orders', NULL), ('dy', 'main_account', '*', 'DOUYIN-03');
-- and the shop's own: a custom sub-account that holds it
INSERT INTO aftersale.shop_role_permission (shop_id, role, permission) VALUES (420, 'custom', 'agree_refund');
INSERT INTO aftersale.member (shop_id, actor, role) VALUES
	(420, 'main', 'main_account'), (420, 'admin', 'administrator'), (420, 'cs', 'cs_administrator'), (420, 'sub', 'custom'), (420, 'op', 'operator'),
	(422, 'op', 'administrator'), (421, 'main', 'main_account'), (421, 'sub', 'sub_account');
INSERT INTO aftersale.member (shop_id, actor, role) VALUES (420, 'platform', 'main_account');
INSERT INTO aftersale.request (shop_id, request_id, flow) SELECT 420, 4200 + i, 'ks/return' FROM generate_series(1, 20) i;

-- KS-02: who may, and a plain operator may not
CREATE FUNCTION pg_temp.try(request_id bigint, actor text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
	RETURN (SELECT d.state FROM aftersale.act(420, request_id, 'upload_tracking', '{"carrier": "SF", "tracking_no": "SF1"}', actor, 'buyer') d);
EXCEPTION WHEN OTHERS THEN
	RETURN SQLSTATE;
END $$;
SELECT actor, pg_temp.try(4200 + place, actor)
FROM unnest(ARRAY['main', 'admin', 'cs', 'sub', 'op', 'nobody', 'buyer']) WITH ORDINALITY AS a(actor, place) ORDER BY place;
-- the denial names the permission, the role, and who could grant it
\set VERBOSITY default
\set SHOW_CONTEXT never
SELECT aftersale.act(420, 4210, 'upload_tracking', '{}', 'op');
SELECT aftersale.act(420, 4210, 'upload_tracking', '{}', 'nobody');
\set VERBOSITY terse
-- KS-11: recorded under the merchant, on behalf of the buyer
SELECT actor, on_behalf_of, facts ->> 'by' AS kind FROM aftersale.event WHERE shop_id = 420 AND request_id = 4202 AND event_seq = 2;
-- an action that asks for none needs no member; the ERP itself needs none either
SELECT state FROM aftersale.act(420, 4211, 'note', '{"remark": "x"}', 'nobody');
SELECT state FROM aftersale.act(420, 4211, 'upload_tracking', '{"carrier": "SF", "tracking_no": "SF1"}');
-- what is allowed says so beforehand
SELECT action FROM aftersale.allowed_actions(420, 4212, 'op') ORDER BY action;
SELECT action FROM aftersale.allowed_actions(420, 4212, 'cs') ORDER BY action;
SELECT action FROM aftersale.allowed_actions(420, 4212) ORDER BY action;

-- KS-03: the main account lets operators use it, an administrator cannot, and nobody grants what he has not
SELECT aftersale.grant_permission(420, 'operator', 'agree_refund', actor => 'admin');
SELECT aftersale.grant_permission(420, 'operator', 'agree_refund', actor => 'nobody');
SELECT aftersale.grant_permission(420, 'operator', 'agree_refund', actor => 'main');
SELECT pg_temp.try(4213, 'op');
SELECT aftersale.grant_permission(420, 'administrator', 'grant_permission', actor => 'main');
SELECT aftersale.grant_permission(420, 'administrator', 'confirm_receipt', actor => 'admin');
SELECT aftersale.grant_permission(420, 'administrator', '*', actor => 'admin');
SELECT aftersale.grant_permission(420, 'operator', 'agree_refund', false, actor => 'admin');
SELECT pg_temp.try(4214, 'op');
SELECT role, permission, granted, granted_by FROM aftersale.shop_role_permission WHERE shop_id = 420 ORDER BY role, permission;
-- the shop's word goes before the platform's, on the one permission and on all
SELECT aftersale.grant_permission(420, 'cs_administrator', 'agree_refund', false);
SELECT pg_temp.try(4214, 'cs');
SELECT aftersale.grant_permission(420, 'cs_administrator', '*', true);
SELECT aftersale.has_permission(420, 'agree_refund', 'cs'), aftersale.has_permission(420, 'confirm_receipt', 'cs');
SELECT aftersale.grant_permission(420, 'administrator', '*', false);
SELECT aftersale.has_permission(420, 'agree_refund', 'admin'), aftersale.has_permission(420, 'grant_permission', 'admin');
-- another shop's roles are its own
SELECT aftersale.has_permission(422, 'agree_refund', 'op'), aftersale.has_permission(420, 'agree_refund', 'op'),
	aftersale.has_permission(422, 'agree_refund', 'cs'), aftersale.has_permission(420, NULL, 'cs');
SELECT aftersale.grant_permission(499, 'a', 'b');
SELECT aftersale.grant_permission(420, NULL, 'b');

-- DOUYIN-03: the assistant is the main account's; a sub-account needs its grant
SELECT aftersale.has_permission(421, 'use_assistant', 'main'), aftersale.has_permission(421, 'use_assistant', 'sub');
SELECT aftersale.grant_permission(421, 'sub_account', 'use_assistant', actor => 'sub');
SELECT aftersale.grant_permission(421, 'sub_account', 'use_assistant', actor => 'main');
SELECT aftersale.has_permission(421, 'use_assistant', 'sub');

-- people who connect themselves: only as themselves, by their own role
SELECT aftersale.grant_access('regress_perm_op', 'employee');
SELECT aftersale.grant_access('regress_perm_main', 'employee');
INSERT INTO aftersale.login (login, shop_id, actor) VALUES ('regress_perm_op', 420, 'op'), ('regress_perm_main', 420, 'main');
RESET ROLE;
SET ROLE regress_perm_op;
SELECT aftersale.act(420, 4214, 'upload_tracking', '{"carrier": "SF", "tracking_no": "SF1"}');
SELECT aftersale.act(420, 4214, 'upload_tracking', '{"carrier": "SF", "tracking_no": "SF1"}', 'main');
SELECT aftersale.grant_permission(420, 'operator', 'agree_refund');
SELECT aftersale.grant_permission(420, 'operator', 'agree_refund', actor => 'main');
SELECT aftersale.grant_permission(422, 'operator', 'agree_refund');
INSERT INTO aftersale.shop_role_permission (shop_id, role, permission) VALUES (420, 'operator', 'agree_refund');
UPDATE aftersale.member SET role = 'main_account' WHERE actor = 'op';
UPDATE aftersale.login SET may_speak = true;
SELECT aftersale.has_permission(420, 'agree_refund'), aftersale.has_permission(422, 'agree_refund', 'op'), aftersale.has_permission(499, 'agree_refund');
RESET ROLE;
SET ROLE regress_perm_main;
SELECT aftersale.grant_permission(420, 'operator', 'agree_refund');
RESET ROLE;
SET ROLE regress_perm_op;
SELECT state FROM aftersale.act(420, 4214, 'upload_tracking', '{"carrier": "SF", "tracking_no": "SF1"}');
RESET ROLE;

-- the cache follows changes of each table in the session, and rollbacks
SET ROLE regress_erp;
BEGIN;
UPDATE aftersale.member SET role = 'main_account' WHERE shop_id = 420 AND actor = 'op';
SELECT aftersale.has_permission(420, 'confirm_receipt', 'op');
ROLLBACK;
SELECT aftersale.has_permission(420, 'confirm_receipt', 'op');
BEGIN;
INSERT INTO aftersale.role_permission (platform, role, permission) VALUES ('ks', 'operator', 'confirm_receipt');
SELECT aftersale.has_permission(420, 'confirm_receipt', 'op');
SAVEPOINT a;
TRUNCATE aftersale.role_permission;
SELECT aftersale.has_permission(420, 'confirm_receipt', 'op');
ROLLBACK TO a;
SELECT aftersale.has_permission(420, 'confirm_receipt', 'op');
ROLLBACK;
SELECT aftersale.has_permission(420, 'confirm_receipt', 'op');
-- one statement is judged once: a trigger that takes the permission away in between breaks nothing
CREATE FUNCTION aftersale.regress_take_away() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	DELETE FROM aftersale.member WHERE shop_id = 420 AND actor = 'sub';
	RETURN NULL;
END $$;
CREATE TRIGGER a_take_away AFTER UPDATE ON aftersale.request FOR EACH ROW EXECUTE FUNCTION aftersale.regress_take_away();
SELECT state FROM aftersale.act(420, 4215, 'upload_tracking', '{"carrier": "SF", "tracking_no": "SF1"}', 'sub');
DROP TRIGGER a_take_away ON aftersale.request;
DROP FUNCTION aftersale.regress_take_away();
SELECT pg_temp.try(4216, 'sub');
-- many actors do not fill the memory of a session
SELECT count(aftersale.has_permission(420, 'agree_refund', 'nobody ' || i)) FROM generate_series(1, 20000) i;
RESET ROLE;
SELECT sum(total_bytes) < 1000000 AS small FROM pg_backend_memory_contexts WHERE name LIKE 'aftersale%' AND name NOT LIKE '%flow%';
SET ROLE regress_erp;
SELECT aftersale.revoke_access('regress_perm_op', 'employee');
SELECT aftersale.revoke_access('regress_perm_main', 'employee');
DELETE FROM aftersale.login WHERE login LIKE 'regress_perm_%';
DELETE FROM aftersale.role_permission WHERE platform IN ('ks', 'dy');
RESET ROLE;
DROP ROLE regress_perm_op, regress_perm_main;
