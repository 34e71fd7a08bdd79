-- open_many(): opens each matter once, however often it is called.
\set VERBOSITY terse
\set SHOW_CONTEXT never
SET client_min_messages = warning;
SET TIME ZONE 'UTC';
SET datestyle = ISO;
SET aftersale.test_now = '2026-11-25 10:00:00+00';
SET ROLE regress_erp;
SELECT aftersale.load_pack('temu');
INSERT INTO aftersale.calendar (name, calendar) VALUES ('open_many', 'zone UTC; mon-sun 00:00-24:00');
INSERT INTO aftersale.shop (shop_id, platform, name) VALUES (485, 'temu', 'open many');
INSERT INTO aftersale.shop_country (shop_id, country, currency, calendar, time_zone) VALUES (485, 'GB', 'GBP', 'open_many', 'UTC');
CREATE FUNCTION pg_temp.opened(requests jsonb) RETURNS TABLE (external_ref text, action text, state text, due_at timestamptz, currency text, event_seq bigint)
LANGUAGE sql AS 'SELECT external_ref, action, state, due_at, currency, event_seq FROM aftersale.open_many($1)';

SELECT * FROM pg_temp.opened('[
	{"shop_id": 485, "flow": "temu/ticket", "external_ref": "T2", "amount": 12.5, "ratio": "30%", "attributes": {"a": 1}},
	{"shop_id": 485, "flow": "temu/ticket", "external_ref": "T1", "opened_at": "2026-11-25 09:00+00", "actor": "buyer",
	 "payload": {"remark": "broken"}, "items": [{"product": "P1", "quantity": 2}, {"product": "P2"}]}]');
SELECT external_ref, amount, ratio, attributes, last_actor, last_payload FROM aftersale.request WHERE shop_id = 485 ORDER BY 1;
SELECT r.external_ref, line_no, product, quantity FROM aftersale.item JOIN aftersale.request r USING (shop_id, request_id) WHERE shop_id = 485 ORDER BY 1, 2;
-- the same again, with a new one: what is there stays as it is, whatever is said of it now
SELECT state FROM aftersale.act(485, (SELECT request_id FROM aftersale.request WHERE shop_id = 485 AND external_ref = 'T1'), 'reply', '{"remark": "y"}');
SELECT * FROM pg_temp.opened('[
	{"shop_id": 485, "flow": "temu/ticket", "external_ref": "T1", "items": [{"product": "P9"}], "country": "XX"},
	{"shop_id": 485, "flow": "temu/ticket", "external_ref": "T3"},
	{"shop_id": 485, "flow": "temu/ticket", "external_ref": "T3", "reason": "later"},
	{"shop_id": 485, "flow": "temu/ticket", "external_ref": "T2"}]');
SELECT external_ref, reason, event_seq, (SELECT count(*) FROM aftersale.event e WHERE e.shop_id = r.shop_id AND e.request_id = r.request_id) AS events,
	(SELECT count(*) FROM aftersale.item i WHERE i.shop_id = r.shop_id AND i.request_id = r.request_id) AS items
FROM aftersale.request r WHERE shop_id = 485 ORDER BY 1;
SELECT * FROM pg_temp.opened('[]');
-- without a flow the type chooses it, and it is the same matter as with that flow named
SELECT * FROM pg_temp.opened('[{"shop_id": 485, "external_ref": "R1", "attributes": {"type": 2}}, {"shop_id": 485, "external_ref": "R1", "flow": null, "attributes": {"type": "2"}},
	{"shop_id": 485, "external_ref": "R1", "flow": "temu/return_refund"}, {"shop_id": 485, "external_ref": "T1", "attributes": {"type": "ticket"}}]');
SELECT flow FROM aftersale.request WHERE shop_id = 485 AND external_ref = 'R1';
-- one that is refused refuses the whole
SELECT * FROM pg_temp.opened('[{"shop_id": 485, "flow": "temu/ticket", "external_ref": "T4"}, {"shop_id": 485, "flow": "temu/ticket", "external_ref": "T5", "country": "XX"}]');
SELECT count(*) FROM aftersale.request WHERE shop_id = 485;
-- arguments
SELECT aftersale.open_many(NULL);
SELECT aftersale.open_many('{}');
SELECT aftersale.open_many('[7]');
SELECT aftersale.open_many('[["shop_id", "flow", "external_ref"]]');
SELECT aftersale.open_many('[{"shop_id": 485, "flow": "temu/ticket", "external_ref": "T6"}, {"shop_id": 485, "flow": "temu/ticket"}]');
SELECT aftersale.open_many('[{"shop_id": 485, "flow": null, "external_ref": "T6"}]');
SELECT aftersale.open_many('[{"shop_id": 485, "flow": "temu/ticket", "external_ref": "T6", "state": "replied"}]');
SELECT aftersale.open_many('[{"shop_id": 485, "flow": "temu/ticket", "external_ref": "T6", "action": "reply"}]');
SELECT aftersale.open_many('[{"shop_id": 485, "flow": "temu/ticket", "external_ref": "T6", "ratio": "3%"}]');
SELECT aftersale.open_many('[{"shop_id": 485, "flow": "temu/ticket", "external_ref": "T6", "items": {}}]');
RESET ROLE; SET ROLE regress_clerk;
SELECT aftersale.open_many('[{"shop_id": 485, "flow": "temu/ticket", "external_ref": "T6"}]');
