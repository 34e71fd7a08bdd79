-- Acting: what TEMU-01 to TEMU-03 say of a ticket, by UPDATE and by act().
\set VERBOSITY terse
SET client_min_messages = warning;
SET TIME ZONE 'UTC';
SET datestyle = ISO;
SET aftersale.test_now = '2026-11-25 10:00:00+00';	-- a Wednesday
SET ROLE regress_erp;
SELECT aftersale.load_pack('temu');
INSERT INTO aftersale.calendar (name, calendar) VALUES ('act US', 'zone America/New_York; mon-fri 00:00-24:00');
INSERT INTO aftersale.shop (shop_id, platform, name) VALUES (110, 'temu', 'acting');
INSERT INTO aftersale.shop_country (shop_id, country, currency, calendar, time_zone)
VALUES (110, 'US', 'USD', 'act US', 'America/New_York');
INSERT INTO aftersale.request (shop_id, request_id, flow, external_ref)
SELECT 110, 1100 + i, 'temu/ticket', 'A' || i FROM generate_series(1, 9) i;

-- TEMU-02: an effective reply answers the ticket
SELECT * FROM aftersale.act(110, 1101, 'reply', '{"remark": "sent on Monday", "evidence": ["photo-1"]}', 'alice');
-- TEMU-02: an ineffective one does not stop the clock
SELECT state, outcome, due_at, event_seq FROM aftersale.act(110, 1102, 'reply', '{"remark": "?", "is_effective": false}');
SELECT state, due_at, act_at FROM aftersale.request WHERE shop_id = 110 AND request_id = 1102;
-- nor does one that the platform declares ineffective afterwards: the deadline counts from the creation
RESET ROLE; SET aftersale.test_now = '2026-11-25 16:00:00+00'; SET ROLE regress_erp;
SELECT from_state, state, due_at FROM aftersale.act(110, 1101, 'declare_ineffective', '{}', 'platform');
SELECT state, due_at FROM aftersale.act(110, 1101, 'reply', '{"remark": "with photos"}', 'alice');
-- a plain UPDATE is the same act, and the command is consumed
UPDATE aftersale.request SET action = 'reply', payload = '{"remark": "ok"}', actor = 'bob', on_behalf_of = 'carol'
WHERE shop_id = 110 AND request_id = 1103
RETURNING state, action, actor, on_behalf_of, payload, last_action, last_actor, last_on_behalf_of, last_payload;

-- what each actor may do
SELECT * FROM aftersale.allowed_actions(110, 1102);
SELECT * FROM aftersale.allowed_actions(110, 1102, 'platform');
SELECT * FROM aftersale.allowed_actions(110, 1102, 'buyer');
SELECT aftersale.act(110, 1104, 'refund');
SELECT aftersale.act(110, 1104, 'reply', '{"remark": "x"}', 'platform');
SELECT aftersale.act(110, 1104, 'timeout', '{}', 'system');

-- an action that the state does not allow; the row is unchanged
SELECT aftersale.act(110, 1103, 'reply', '{"remark": "again"}');
SELECT aftersale.act(110, 1103, 'dance');
SELECT state, event_seq FROM aftersale.request WHERE shop_id = 110 AND request_id = 1103;
-- what it needs
SELECT aftersale.act(110, 1104, 'reply');
SELECT aftersale.act(110, 1104, 'reply', '{"remark": "   "}');
SELECT aftersale.act(110, 1104, 'reply', '{"remark": null}');
SELECT aftersale.act(110, 1104, 'reply', '{"remark": "x", "is_effective": "no"}');
SELECT aftersale.act(110, 1104, 'reply', '{"remark": "x", "evidence": "photo"}');
SELECT aftersale.act(110, 1104, 'reply', '["remark"]');
SELECT aftersale.act(110, 1104, NULL);
SELECT aftersale.act(NULL, 1104, 'reply');
SELECT aftersale.act(110, 9999, 'reply');
SELECT aftersale.act(999, 1104, 'reply');
SELECT aftersale.allowed_actions(110, 9999);
SELECT aftersale.explain(110, 9999);
UPDATE aftersale.request SET payload = '{"remark": "x"}' WHERE shop_id = 110 AND request_id = 1104;
UPDATE aftersale.request SET items = '[]' WHERE shop_id = 110 AND request_id = 1104;

-- TEMU-02: an act at exactly the deadline is in time
RESET ROLE; SET aftersale.test_now = '2026-11-26 10:00:00+00'; SET ROLE regress_erp;
SELECT state FROM aftersale.act(110, 1105, 'reply', '{"remark": "in time"}');
-- TEMU-03: one later is judged in the state after the timeout, though no sweep has run; the row is unchanged
RESET ROLE; SET aftersale.test_now = '2026-11-26 10:00:00.000001+00'; SET ROLE regress_erp;
\set VERBOSITY default
\set SHOW_CONTEXT never
SELECT aftersale.act(110, 1106, 'reply', '{"remark": "too late"}');
\set VERBOSITY terse
SELECT state, event_seq, due_at FROM aftersale.request WHERE shop_id = 110 AND request_id = 1106;
SELECT * FROM aftersale.allowed_actions(110, 1106);
SELECT * FROM aftersale.allowed_actions(110, 1106, 'platform');
-- and where the act is allowed there, both are written, each at its own instant
RESET ROLE; SET aftersale.test_now = '2026-11-28 12:00:00+00'; SET ROLE regress_erp;
SELECT from_state, state, outcome, event_seq FROM aftersale.act(110, 1106, 'refund', '{"amount": 5}', 'platform');
SELECT event_seq, at, recorded_at, action, actor, from_state, to_state, rule, payload
FROM aftersale.event WHERE shop_id = 110 AND request_id = 1106 ORDER BY event_seq;
-- TEMU-03: the timeout waives evidence and refunds nothing
SELECT aftersale.fire_due(110, '2026-11-28 12:00:00+00', 100);
SELECT request_id, state, outcome, refund_amount, due_at, act_at FROM aftersale.request WHERE shop_id = 110 ORDER BY request_id;
SELECT count(*) FROM aftersale.refund JOIN aftersale.event USING (shop_id, request_id, event_seq) WHERE shop_id = 110 AND action = 'timeout';
-- which only the platform's word is: booked as it says
SELECT request_id, event_seq, amount, currency, executed_by, status FROM aftersale.refund WHERE shop_id = 110;
SELECT * FROM aftersale.explain(110, 1106);

-- what was decided is not written directly
UPDATE aftersale.request SET state = 'replied' WHERE shop_id = 110 AND request_id = 1107;
UPDATE aftersale.request SET due_at = now() WHERE shop_id = 110 AND request_id = 1107;
UPDATE aftersale.request SET outcome = 'won' WHERE shop_id = 110 AND request_id = 1107;
UPDATE aftersale.request SET refund_amount = 1 WHERE shop_id = 110 AND request_id = 1107;
UPDATE aftersale.request SET act_at = now() WHERE shop_id = 110 AND request_id = 1107;
UPDATE aftersale.request SET last_facts = '{}' WHERE shop_id = 110 AND request_id = 1107;
UPDATE aftersale.request SET last_payload = '{}' WHERE shop_id = 110 AND request_id = 1107;
UPDATE aftersale.request SET flow = 'temu/other' WHERE shop_id = 110 AND request_id = 1107;
UPDATE aftersale.request SET opened_at = now() WHERE shop_id = 110 AND request_id = 1107;
-- what is the ERP's own is, and leaves no event
UPDATE aftersale.request SET reason = 'late', attributes = '{"seen": true}', amount = 3 WHERE shop_id = 110 AND request_id = 1107
RETURNING reason, attributes, amount, event_seq;
UPDATE aftersale.request SET ordered_at = 'infinity' WHERE shop_id = 110 AND request_id = 1107;

-- a deadline that the platform gives overrides ours, and is an event
RESET ROLE; SET aftersale.test_now = '2026-12-01 10:00:00+00'; SET ROLE regress_erp;
INSERT INTO aftersale.request (shop_id, request_id, flow) VALUES (110, 1120, 'temu/ticket') RETURNING due_at;
UPDATE aftersale.request SET platform_due_at = '2026-12-05 00:00:00+00' WHERE shop_id = 110 AND request_id = 1120
RETURNING due_at, act_at, last_action, last_actor, event_seq;
-- taken back, ours holds again
UPDATE aftersale.request SET platform_due_at = NULL WHERE shop_id = 110 AND request_id = 1120 RETURNING due_at, event_seq;
SELECT aftersale.act(110, 1120, 'set_deadline');
UPDATE aftersale.request SET platform_due_at = 'infinity' WHERE shop_id = 110 AND request_id = 1120;
-- together with an act it is the deadline of the state after the act
UPDATE aftersale.request SET action = 'reply', payload = '{"remark": "x"}', platform_due_at = '2026-12-09 00:00:00+00'
WHERE shop_id = 110 AND request_id = 1120 RETURNING state, due_at, act_at, platform_due_at;
-- a state without a timeout shows it, and nothing fires
SELECT event_seq, action, actor, from_state, to_state, due_at AS due FROM aftersale.event
WHERE shop_id = 110 AND request_id = 1120 ORDER BY event_seq;
-- a closed request has no deadline
SELECT state FROM aftersale.act(110, 1120, 'close', '{}', 'platform');
UPDATE aftersale.request SET platform_due_at = '2026-12-10 00:00:00+00' WHERE shop_id = 110 AND request_id = 1120;

-- a clock that steps back: an act is never earlier than the last event
RESET ROLE; SET aftersale.test_now = '2026-11-30 00:00:00+00'; SET ROLE regress_erp;
INSERT INTO aftersale.request (shop_id, request_id, flow) VALUES (110, 1121, 'temu/ticket');
RESET ROLE; SET aftersale.test_now = '2026-11-29 00:00:00+00'; SET ROLE regress_erp;
SELECT state FROM aftersale.act(110, 1121, 'reply', '{"remark": "x"}');
SELECT event_seq, at, recorded_at FROM aftersale.event WHERE shop_id = 110 AND request_id = 1121 ORDER BY event_seq;

-- a person cannot move the clock
SET aftersale.test_now = '2030-01-01 00:00:00+00';
