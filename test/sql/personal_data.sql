-- Personal data: apart, masked without the permission, gone when their time is
-- over (TEMU-31), erasable without a trace in the history.
\set VERBOSITY terse
SET client_min_messages = warning;
SET TIME ZONE 'UTC';
SET aftersale.test_now = '2026-11-27 18:00:00+00';	-- a Friday
CREATE ROLE regress_p_alice;
CREATE ROLE regress_p_bob;
CREATE ROLE regress_p_erp;
CREATE ROLE regress_p_other;
SET ROLE regress_erp;
SELECT aftersale.load_pack('temu');
INSERT INTO aftersale.calendar (name, calendar) VALUES ('personal', 'zone UTC; mon-fri 00:00-24:00');
INSERT INTO aftersale.shop (shop_id, platform, name) VALUES (440, 'temu', 'personal'), (441, 'temu', 'other');
INSERT INTO aftersale.shop_country (shop_id, country, currency, calendar, time_zone) SELECT s, 'US', 'USD', 'personal', 'UTC' FROM unnest(ARRAY[440, 441]) s;
INSERT INTO aftersale.member (shop_id, actor, role) VALUES (440, 'alice', 'cs'), (440, 'bob', 'cs');
INSERT INTO aftersale.shop_role_permission (shop_id, role, permission) VALUES (440, 'cs', 'view_personal'), (440, 'packer', 'pack');
UPDATE aftersale.member SET role = 'packer' WHERE shop_id = 440 AND actor = 'bob';
DO $$
BEGIN
	PERFORM aftersale.grant_access('regress_p_alice', 'employee'), aftersale.grant_access('regress_p_bob', 'employee'),
		aftersale.grant_access('regress_p_erp', 'service'), aftersale.grant_access('regress_p_other', 'service');
END $$;
INSERT INTO aftersale.login (login, shop_id, actor, may_speak) VALUES ('regress_p_alice', 440, 'alice', false), ('regress_p_bob', 440, 'bob', false),
	('regress_p_erp', 440, 'erp', true), ('regress_p_other', 441, 'other', true);
RESET ROLE;

-- the ERP writes them, and reads them through the view
SET ROLE regress_p_erp;
INSERT INTO aftersale.request (shop_id, request_id, flow) VALUES (440, 4401, 'temu/ticket'), (440, 4402, 'temu/ticket'), (440, 4403, 'temu/ticket');
INSERT INTO aftersale.personal (shop_id, request_id, buyer_name, phone, address, visible_until) VALUES
	(440, 4401, 'Wang Xiaoming', '+1 555 0100', '{"country": "US", "street": "1 Main St"}', '2026-11-29 18:00+00'),	-- TEMU-31: 48 hours
	(440, 4402, '王', '12', '"a text"', NULL), (440, 4403, NULL, NULL, NULL, NULL);
SELECT * FROM aftersale.buyer ORDER BY request_id;
SELECT phone FROM aftersale.personal;
SELECT salt FROM aftersale.personal;
INSERT INTO aftersale.personal (shop_id, request_id, phone, digest) VALUES (440, 4404, '1', '\x00');
RESET ROLE;
-- who has the permission sees them, who has not sees them masked, other shops see nothing
SET ROLE regress_p_alice;
SELECT request_id, buyer_name, phone, address, shown FROM aftersale.buyer ORDER BY request_id;
SELECT * FROM aftersale.personal;
SELECT aftersale.erase_personal(440, 4401);
RESET ROLE;
CREATE FUNCTION pg_temp.tell(text) RETURNS boolean LANGUAGE plpgsql COST 0.000001 AS 'BEGIN RAISE WARNING ''%'', $1; RETURN true; END';
SET ROLE regress_p_bob;
SELECT request_id, buyer_name, phone, address, shown FROM aftersale.buyer ORDER BY request_id;
-- a condition learns no more than the eye
SELECT count(*) FROM aftersale.buyer WHERE pg_temp.tell(buyer_name) AND pg_temp.tell(phone);
SELECT count(*) FROM aftersale.buyer WHERE buyer_name LIKE 'Wang%';
RESET ROLE;
SET ROLE regress_p_other;
SELECT count(*) FROM aftersale.buyer;
RESET ROLE;
SET ROLE regress_erp;
SELECT count(*) FROM aftersale.buyer WHERE shop_id = 440;
RESET ROLE;

-- TEMU-31: from visible_until on they are not shown, to nobody, though the reply is due later
SET aftersale.test_now = '2026-11-29 17:59:59.999999+00';
SET ROLE regress_p_alice;
SELECT shown, address FROM aftersale.buyer WHERE request_id = 4401;
RESET ROLE;
SET aftersale.test_now = '2026-11-29 18:00:00+00';
SET ROLE regress_p_alice;
SELECT b.*, r.due_at > aftersale.clock() AS reply_still_open FROM aftersale.buyer b JOIN aftersale.request r USING (shop_id, request_id) WHERE b.request_id = 4401;
RESET ROLE;
SET ROLE regress_p_erp;
SELECT shown, buyer_name FROM aftersale.buyer WHERE request_id = 4401;

-- history never holds them
\set VERBOSITY default
\set SHOW_CONTEXT never
SELECT aftersale.act(440, 4401, 'reply', '{"remark": "x", "address": "1 Main St"}');
\set VERBOSITY terse
SELECT aftersale.act(440, 4401, 'reply', '{"remark": "x", "phone": null}');
INSERT INTO aftersale.request (shop_id, flow, payload) VALUES (440, 'temu/ticket', '{"buyer_name": "Wang"}');
SELECT state FROM aftersale.act(440, 4401, 'reply', '{"remark": "x"}', 'alice');
RESET ROLE;

-- erased for good: what stays is a digest whose salt is gone; the history is what it was
SET ROLE regress_erp;
CREATE TEMP TABLE history AS SELECT * FROM aftersale.event WHERE shop_id = 440;
SELECT digest = sha256(salt || convert_to(jsonb_build_array(buyer_name, phone, address)::text, 'UTF8')) AS holds, length(salt) FROM aftersale.personal WHERE shop_id = 440 AND request_id = 4401;
SELECT a.digest <> b.digest AS salted FROM aftersale.personal a, aftersale.personal b WHERE a.request_id = 4401 AND b.request_id = 4402;
RESET ROLE;
SET ROLE regress_p_erp;
SELECT aftersale.erase_personal(440, 4401), aftersale.erase_personal(440, 4499), aftersale.erase_personal(441, 1);
SELECT aftersale.erase_personal(440, 4401);
SELECT shown, buyer_name, phone, address FROM aftersale.buyer WHERE request_id = 4401;
UPDATE aftersale.personal SET visible_until = '2027-01-01' WHERE shop_id = 440 AND request_id = 4401;
RESET ROLE;
SET ROLE regress_erp;
SELECT buyer_name, phone, address, salt, length(digest), erased_at FROM aftersale.personal WHERE shop_id = 440 AND request_id = 4401;
SELECT count(*) AS events, count(*) FILTER (WHERE h IS DISTINCT FROM e) AS changed FROM history h FULL JOIN (SELECT * FROM aftersale.event WHERE shop_id = 440) e USING (shop_id, request_id, event_seq);
SELECT count(*) FROM aftersale.event e WHERE e.shop_id = 440 AND e::text ~ 'Wang|1 Main|555 0100';
SELECT count(*) FROM aftersale.request r WHERE r.shop_id = 440 AND r::text ~ 'Wang|1 Main|555 0100';
UPDATE aftersale.personal SET request_id = 4403 WHERE shop_id = 440 AND request_id = 4402;
SELECT aftersale.mask('Alice', 1), aftersale.mask('5550100', -3), aftersale.mask('', 1), aftersale.mask(NULL, 1), aftersale.mask('abc', 0);
DO $$
BEGIN
	PERFORM aftersale.revoke_access('regress_p_alice', 'employee'), aftersale.revoke_access('regress_p_bob', 'employee'),
		aftersale.revoke_access('regress_p_erp', 'service'), aftersale.revoke_access('regress_p_other', 'service');
END $$;
DELETE FROM aftersale.login WHERE login LIKE 'regress_p_%';
RESET ROLE;
DROP ROLE regress_p_alice, regress_p_bob, regress_p_erp, regress_p_other;
