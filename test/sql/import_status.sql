-- The platform's word: import_status() moves the mirrored request, whatever it
-- was in, opens it where it is not known, and leaves the money honest.
\set VERBOSITY terse
\set SHOW_CONTEXT never
SET client_min_messages = warning;
SET TIME ZONE 'UTC';
SET datestyle = ISO;
SET aftersale.test_now = '2026-11-20 10:00+00';
CREATE FUNCTION pg_temp.clock(at timestamptz) RETURNS void LANGUAGE sql SECURITY DEFINER AS $$SELECT set_config('aftersale.test_now', at::text, false)$$;
SET ROLE regress_erp;
SELECT aftersale.load_pack(p) FROM unnest(ARRAY['temu', 'douyin', 'kuaishou']) p;
INSERT INTO aftersale.calendar (name, calendar) VALUES ('import', 'zone UTC; mon-sun 00:00-24:00');
INSERT INTO aftersale.shop (shop_id, platform, name, refunds_held) VALUES (985, 'temu', 'import temu', false), (986, 'douyin', 'import douyin', false), (987, 'kuaishou', 'import kuaishou', false);
INSERT INTO aftersale.shop_country (shop_id, country, currency, calendar, time_zone) VALUES (985, 'US', 'USD', 'import', 'UTC'), (986, 'CN', 'CNY', 'import', 'UTC'), (987, 'CN', 'CNY', 'import', 'UTC');
-- what becomes of a message: action, states, deadline, refund; or why not
CREATE FUNCTION pg_temp.word(shop bigint, ref text, code text, at timestamptz, payload jsonb DEFAULT '{}', due timestamptz DEFAULT NULL, field text DEFAULT NULL) RETURNS text LANGUAGE sql AS $$
	SELECT concat_ws(' ', coalesce(d.action, '-'), d.from_state, '->', d.state, '(' || d.outcome || ')', 'due ' || d.due_at, 'refunded ' || d.refund_amount, d.sqlstate, d.message)
	FROM aftersale.import_status(shop, ref, code, at, NULL, coalesce(field, CASE shop WHEN 985 THEN 'parentAfterSalesStatus' WHEN 986 THEN 'aftersale_status' ELSE 'status' END), due, payload) d $$;
CREATE FUNCTION pg_temp.id(shop bigint, ref text) RETURNS bigint LANGUAGE sql AS $$SELECT request_id FROM aftersale.request WHERE shop_id = shop AND external_ref = ref$$;
CREATE FUNCTION pg_temp.money(shop bigint, ref text) RETURNS text LANGUAGE sql AS $$
	SELECT concat_ws('; ', (SELECT string_agg(concat_ws(' ', f.amount, f.executed_by, f.status), ', ' ORDER BY f.event_seq) FROM aftersale.refund f WHERE f.shop_id = shop AND f.request_id = r.request_id),
		'in all ' || r.refund_amount, (SELECT format('order %s of %s', b.refunded, b.paid) || CASE WHEN b.platform_extra > 0 THEN format(' and %s extra', b.platform_extra) ELSE '' END FROM aftersale.order_balance b WHERE b.shop_id = shop AND b.order_ref = r.order_ref),
		'lines ' || (SELECT sum(refunded) FROM aftersale.item i WHERE i.shop_id = shop AND i.request_id = r.request_id))
	FROM aftersale.request r WHERE r.shop_id = shop AND r.external_ref = ref $$;
CREATE FUNCTION pg_temp.history(shop bigint, ref text) RETURNS TABLE (event_seq bigint, at timestamptz, action text, actor text, from_state text, to_state text, due_at timestamptz) LANGUAGE sql AS $$
	SELECT e.event_seq, e.at, e.action, e.actor, e.from_state, e.to_state, e.due_at FROM aftersale.event e WHERE e.shop_id = shop AND e.request_id = pg_temp.id(shop, ref) ORDER BY 1 $$;
INSERT INTO aftersale.order_balance (shop_id, order_ref, currency, paid)
SELECT s, 'O-' || n, CASE s WHEN 985 THEN 'USD' ELSE 'CNY' END, 100 FROM unnest(ARRAY[985, 986, 987]) s, generate_series(1, 20) n;

-- a request that is not known is opened, in the state reported: the type chooses the flow
SELECT pg_temp.word(985, 'R1', '8', '2026-11-20 08:00+00', '{"type": 2, "order_ref": "O-1", "ordered_at": "2026-11-01T00:00:00Z", "country": "US", "amount": 40, "tax": 2, "reason": "damaged", "remark": "by the platform", "attributes": {"mine": 1}, "items": [{"product": "P1", "amount": 25}, {"product": "P2", "amount": 15}]}', '2026-11-22 08:00+00');
SELECT flow, state, order_ref, ordered_at, opened_at, entered_at, currency, amount, tax, reason, attributes, platform_due_at, due_at FROM aftersale.request WHERE shop_id = 985 AND external_ref = 'R1';
SELECT line_no, product, amount FROM aftersale.item WHERE shop_id = 985 ORDER BY 1;
SELECT * FROM pg_temp.history(985, 'R1');
SELECT payload FROM aftersale.event WHERE shop_id = 985 AND event_seq = 2;
-- the same again changes nothing; nor does what is older; nor a code that nobody knows, which is kept
SELECT pg_temp.word(985, 'R1', '8', '2026-11-20 08:00+00', '{}', '2026-11-22 08:00+00');
SELECT pg_temp.word(985, 'R1', '10', '2026-11-20 07:00+00');
SELECT pg_temp.word(985, 'R1', '12', '2026-11-20 09:00+00');
SELECT pg_temp.word(985, 'R1', '5', '2026-11-20 09:00+00', '{}', NULL, 'status');
SELECT count(*) FROM pg_temp.history(985, 'R1');
-- the state stays, its deadline moves: the platform's overrides ours
SELECT pg_temp.word(985, 'R1', '8', '2026-11-20 08:30+00', '{}', '2026-11-23 08:00+00');
SELECT pg_temp.word(985, 'R1', '8', '2026-11-20 08:40+00');
-- an act of the platform that the flow has, at the platform's instant; in Temu's flows 4 is refunded
SELECT pg_temp.word(985, 'R1', '2', '2026-11-20 09:10+00');
SELECT pg_temp.word(985, 'R1', '3', '2026-11-20 09:20+00');
SELECT pg_temp.word(985, 'R1', '4', '2026-11-20 09:30+00');
SELECT pg_temp.word(985, 'R1', '5', '2026-11-20 09:40+00');
SELECT pg_temp.money(985, 'R1');
-- any state from any other, final ones included: what is refunded no more is taken back
SELECT pg_temp.word(985, 'R1', '11', '2026-11-20 09:45+00');
SELECT pg_temp.money(985, 'R1');
-- what the platform says that it has refunded is what it has: more than was asked, less than before, once more
SELECT pg_temp.word(985, 'R1', '5', '2026-11-20 09:50+00', '{"refunded": 50.00}');
SELECT pg_temp.money(985, 'R1');
SELECT pg_temp.word(985, 'R1', '5', '2026-11-20 09:51+00', '{"refunded": 30.50}');
SELECT pg_temp.word(985, 'R1', '5', '2026-11-20 09:52+00', '{"refunded": 30.50}');
SELECT pg_temp.word(985, 'R1', '5', '2026-11-20 09:53+00', '{"refunded": 142.00}');
SELECT pg_temp.money(985, 'R1');
SELECT pg_temp.word(985, 'R1', '6', '2026-11-20 09:54+00');
SELECT pg_temp.money(985, 'R1');
SELECT * FROM pg_temp.history(985, 'R1');
SELECT what, why FROM aftersale.explain(985, pg_temp.id(985, 'R1')) OFFSET 9;
SELECT * FROM aftersale.verify_history(985);

-- a timeout that the engine applied, and the platform did not: whether or not the sweep has been
SELECT pg_temp.word(986, r, '6', '2026-11-20 09:00+00', '{"type": 1, "order_ref": "O-1", "amount": 30, "items": [{"product": "P", "amount": 30}]}') FROM unnest(ARRAY['S1', 'S2', 'S3']) r;
SELECT pg_temp.clock('2026-11-22 10:00+00');
SELECT (aftersale.act(986, pg_temp.id(986, 'S1'), 'timeout', '{}', 'system')).state;
SELECT pg_temp.money(986, 'S1'), pg_temp.money(986, 'S2');
SELECT pg_temp.word(986, r, '6', '2026-11-22 09:30+00', '{}', CASE r WHEN 'S3' THEN timestamptz '2026-11-24 09:00+00' END) FROM unnest(ARRAY['S1', 'S2', 'S3']) r;
SELECT pg_temp.money(986, 'S1'), pg_temp.money(986, 'S2');
SELECT * FROM pg_temp.history(986, 'S1') EXCEPT SELECT * FROM pg_temp.history(986, 'S2');
SELECT * FROM pg_temp.history(986, 'S3');
-- reported before the timeout took effect: it holds all the same, and history does not go back
SELECT pg_temp.word(986, 'S4', '6', '2026-11-20 09:00+00', '{"type": 1, "amount": 30}', '2026-11-22 10:30+00');
SELECT pg_temp.clock('2026-11-22 11:00+00');
SELECT pg_temp.word(986, 'S4', '27', '2026-11-22 10:20+00'), pg_temp.money(986, 'S4');
SELECT pg_temp.word(986, 'S1', '12', '2026-11-22 10:30+00', '{"refunded": 30}'), pg_temp.money(986, 'S1');
SELECT pg_temp.word(986, 'S2', '27', '2026-11-22 10:30+00'), pg_temp.money(986, 'S2');
SELECT * FROM pg_temp.history(986, 'S4');
-- known only now, in a state whose deadline has passed: no money moves by itself, a person decides
SELECT pg_temp.word(986, 'S9', '1', '2026-11-10 08:00+00', '{"type": 1, "amount": 30, "order_ref": "O-9"}', field => 'agree_refuse_sign');
SELECT state, due_at, act_at, fault FROM aftersale.request WHERE shop_id = 986 AND external_ref = 'S9';
SELECT aftersale.fire_due(986, 'infinity', 100), pg_temp.money(986, 'S9');
-- covered: a state of ours that the platform does not tell apart stays
SELECT state FROM aftersale.act(986, pg_temp.id(986, 'S3'), 'agree_after_refusal');
SELECT pg_temp.word(986, 'S3', '6', '2026-11-22 10:45+00');
SELECT pg_temp.word(986, 'S3', '1', '2026-11-22 10:45+00', '{}', NULL, 'agree_refuse_sign');
SELECT pg_temp.word(986, 'S3', '51', '2026-11-22 10:50+00');
SELECT code, field, status, state, event_seq FROM aftersale.platform_message WHERE shop_id = 986 AND external_ref = 'S3' ORDER BY message_id;

-- what the ERP was to pay: the platform has closed the matter, and nobody pays; what a worker has taken up is his
INSERT INTO aftersale.return_fee (shop_id, kind, fixed) VALUES (987, 'restocking', 1);
UPDATE aftersale.flow_transition SET effect = '{"refund": {"of": "asked", "executed_by": "instruct", "fees": true}}' WHERE flow = 'kuaishou/return_refund' AND from_state = 'requested' AND action = 'refund_without_return';
SELECT pg_temp.word(987, 'K' || n, '11', '2026-11-22 09:00+00', jsonb_build_object('type', 1, 'order_ref', 'O-' || n, 'amount', 20, 'items', '[{"product": "P", "amount": 20}]'::jsonb)) FROM generate_series(1, 3) n;
SELECT state, refund_amount FROM aftersale.act_many(ARRAY[987, 987, 987], ARRAY[pg_temp.id(987, 'K1'), pg_temp.id(987, 'K2'), pg_temp.id(987, 'K3')], 'refund_without_return');
SELECT count(*) FROM aftersale.claim_refunds(987, 1);
SELECT pg_temp.word(987, r, '70', '2026-11-22 10:00+00'), pg_temp.money(987, r) FROM unnest(ARRAY['K1', 'K2']) r;
SELECT external_ref, c.amount FROM aftersale.charge c JOIN aftersale.request r USING (shop_id, request_id) WHERE shop_id = 987 ORDER BY 1;
-- not final: the ERP's refund may still be told the platform.  Once that has refunded by itself, nobody pays again
SELECT pg_temp.word(987, 'K3', '30', '2026-11-22 10:00+00'), pg_temp.money(987, 'K3');
SELECT pg_temp.word(987, 'K3', '60', '2026-11-22 10:30+00'), pg_temp.money(987, 'K3');
SELECT pg_temp.word(987, 'K4', '11', '2026-11-22 09:00+00', '{"type": 1, "order_ref": "O-4", "amount": 20}');
SELECT state FROM aftersale.act(987, pg_temp.id(987, 'K4'), 'refund_without_return');
SELECT pg_temp.word(987, 'K4', '60', '2026-11-22 10:30+00'), pg_temp.money(987, 'K4');
SELECT count(*) AS offered FROM aftersale.claim_refunds(987, 10);
-- what a worker had taken up was told it: then it is the same refund
SELECT pg_temp.word(987, 'K5', '11', '2026-11-22 09:00+00', '{"type": 1, "order_ref": "O-5", "amount": 20}');
SELECT state FROM aftersale.act(987, pg_temp.id(987, 'K5'), 'refund_without_return');
SELECT count(*) AS offered FROM aftersale.claim_refunds(987, 10);
SELECT pg_temp.word(987, 'K5', '60', '2026-11-22 10:30+00', '{"refunded": 19}'), pg_temp.money(987, 'K5');
\set VERBOSITY sqlstate
SELECT aftersale.confirm_refund(987, (SELECT min(refund_id) FROM aftersale.refund WHERE shop_id = 987 AND status = 'void'), 'done') LIKE 'x' AS never;
\set VERBOSITY terse

-- over when it comes to be known: opened and moved there, marked as history, paying nobody; no rule acts
INSERT INTO aftersale.rule (shop_id, name, flow, action) VALUES (987, 'all', 'kuaishou/return_refund', 'refund_without_return');
SELECT pg_temp.word(987, 'H1', '60', '2026-11-10 09:00+00', '{"type": 1, "order_ref": "O-9", "amount": 20}'), pg_temp.money(987, 'H1');
SELECT pg_temp.word(987, 'H2', '70', '2026-11-10 09:00+00', '{"type": 1, "order_ref": "O-9", "amount": 20}'), pg_temp.money(987, 'H2');
SELECT pg_temp.word(987, 'H3', '40', '2026-11-10 09:00+00', '{"type": 1, "order_ref": "O-9", "amount": 20}'), pg_temp.money(987, 'H3');
SELECT external_ref, attributes, closed_at FROM aftersale.request WHERE shop_id = 987 AND external_ref LIKE 'H%' ORDER BY 1;
SELECT * FROM pg_temp.history(987, 'H1');
SELECT count(*) FROM aftersale.claim_refunds(987, 10);
-- as it opens by itself it is like any other: the rule acts
SELECT pg_temp.word(987, 'H4', '11', '2026-11-22 09:00+00', '{"type": 1, "order_ref": "O-10", "amount": 20}');
UPDATE aftersale.rule SET enabled = false WHERE shop_id = 987;
-- overdue when it comes to be known: left to a person; so is a deadline of ours that had passed when the platform said otherwise
SELECT pg_temp.word(986, 'S5', '6', '2026-11-01 09:00+00', '{"type": 1}');
SELECT state, due_at, act_at, fault FROM aftersale.request WHERE shop_id = 986 AND external_ref = 'S5';
INSERT INTO aftersale.flow_override (shop_id, flow, state, term) VALUES (986, 'douyin/shipped_refund_only', 'awaiting_refusal', '1 hour');
SELECT pg_temp.word(986, 'S5', '1', '2026-11-22 09:00+00', '{}', NULL, 'agree_refuse_sign');
SELECT state, due_at, act_at, fault FROM aftersale.request WHERE shop_id = 986 AND external_ref = 'S5';
-- a warning that fails is tried again, and the deadline is no less a person's
CREATE FUNCTION pg_temp.fails() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN IF NEW.last_action = 'timeout' AND OLD.last_action <> 'timeout' THEN RAISE 'not now'; END IF; RETURN NULL; END $$;
CREATE TRIGGER fails AFTER UPDATE ON aftersale.request FOR EACH ROW EXECUTE FUNCTION pg_temp.fails();
SELECT aftersale.fire_due(986, 'infinity', 100);
SELECT state, attempts, fault FROM aftersale.request WHERE shop_id = 986 AND external_ref = 'S5';
DROP TRIGGER fails ON aftersale.request;
SELECT pg_temp.clock('2026-11-22 11:10+00') \g /dev/null
-- its warnings are told all the same, and nothing else comes of them
SELECT aftersale.fire_due(986, 'infinity', 100), aftersale.fire_due(986, 'infinity', 100);
SELECT state, refund_amount, act_at, fault, last_action FROM aftersale.request WHERE shop_id = 986 AND external_ref = 'S5';
SELECT pg_temp.clock('2026-11-22 11:00+00') \g /dev/null

-- messages that cannot be applied are kept with the reason, and taken up again
SELECT pg_temp.word(985, 'F1', '1', '2026-11-22 09:00+00', '{"type": 3}');
SELECT pg_temp.word(985, 'F1', '1', '2026-11-22 09:00+00', '{"type": 1}');
SELECT pg_temp.word(985, 'F2', '1', '2026-11-22 09:00+00', '{"type": 1, "country": "FR"}');
SELECT pg_temp.word(985, 'F3', '1', '2026-11-22 09:00+00', '{"type": 1, "amount": 1.234}');
SELECT pg_temp.word(985, 'F4', '8', '2026-11-22 09:00+00', '{"type": 1}');
SELECT platform, field, code, status, sqlstate, messages, example, message FROM aftersale.message_fault WHERE shop_id = 985;
SELECT ok, detail FROM aftersale.health_of_messages();
INSERT INTO aftersale.shop_country (shop_id, country, currency, calendar, time_zone) VALUES (985, 'FR', 'EUR', 'import', 'UTC');
INSERT INTO aftersale.status_code (platform, field, code, state) VALUES ('temu', 'parentAfterSalesStatus', '12', 'requested');
INSERT INTO aftersale.flow_choice (platform, type, flow) VALUES ('temu', '3', 'temu/refund_only');
SELECT aftersale.replay_messages(985);
SELECT external_ref, code, status, state, sqlstate FROM aftersale.platform_message WHERE shop_id = 985 AND (external_ref LIKE 'F%' OR code = '12') ORDER BY message_id;
DELETE FROM aftersale.flow_choice WHERE type = '3';
DELETE FROM aftersale.status_code WHERE code = '12' AND platform = 'temu';
-- one key, two flows: the type says which, or the flow is named
INSERT INTO aftersale.request (shop_id, flow, external_ref, country) VALUES (985, 'temu/refund_only', 'T1', 'US'), (985, 'temu/return_refund', 'T1', 'US'), (985, 'temu/ticket', 'T2', 'US');
SELECT pg_temp.word(985, 'T1', '6', '2026-11-22 09:00+00');
SELECT pg_temp.word(985, 'T1', '6', '2026-11-22 09:01+00', '{"type": 2}');
SELECT state FROM aftersale.import_status(985, 'T1', '6', '2026-11-22 09:00+00', 'temu/refund_only', 'parentAfterSalesStatus');
-- two words of one instant: the one that closes holds, whichever comes first
SELECT pg_temp.word(985, r.ref, c.code, '2026-11-22 10:00+00', '{"type": 2, "country": "US"}') FROM (VALUES ('E1', '{2,6}'::text[]), ('E2', '{6,2}')) r(ref, codes), unnest(r.codes) c(code);

-- the word is an act like any other: by hand, and by nobody but the platform
SELECT (aftersale.act(985, pg_temp.id(985, 'T2'), 'report_status', '{"state": "replied", "reported_at": "2026-11-22T09:30:00Z"}', 'platform')).state;
SELECT at, recorded_at, action, from_state, to_state FROM aftersale.event WHERE shop_id = 985 AND request_id = pg_temp.id(985, 'T2') ORDER BY event_seq;
SELECT aftersale.act(985, pg_temp.id(985, 'T2'), 'report_status', '{"state": "refunding"}', 'platform');
SELECT aftersale.act(985, pg_temp.id(985, 'T2'), 'report_status', '{"state": ["replied"]}', 'platform');
SELECT aftersale.act(985, pg_temp.id(985, 'T2'), 'report_status', '{"state": "replied", "reported_at": "infinity"}', 'platform');
SELECT aftersale.act(985, pg_temp.id(985, 'T2'), 'report_status', '{}', 'platform');
SELECT aftersale.act(985, pg_temp.id(985, 'T2'), 'report_status', '{"state": "refunded"}', a) FROM unnest(ARRAY['alice']) a;
SELECT aftersale.act(985, pg_temp.id(985, 'T2'), 'report_status', '{"state": "refunded"}', 'erp');
SELECT aftersale.act(985, pg_temp.id(985, 'T2'), 'report_status', '{"state": "refunded"}', 'system');
SELECT aftersale.act(985, pg_temp.id(985, 'T2'), 'report_status', '{"state": "refunded", "amount": -1}', 'platform');
SELECT state, last_action FROM aftersale.act(985, pg_temp.id(985, 'T2'), 'report_status', '{"state": "replied"}', 'platform') d JOIN aftersale.request r USING (shop_id, request_id, state);
INSERT INTO aftersale.flow_transition (flow, version, from_state, action, to_state) VALUES ('temu/ticket', 1, 'replied', 'report_status', 'closed');
SELECT aftersale.act(985, pg_temp.id(985, 'T2'), 'close', '{}', 'platform');
DELETE FROM aftersale.flow_transition WHERE action = 'report_status';
SELECT aftersale.import_status(985, NULL, '1', now());
SELECT aftersale.import_status(985, 'P', '1', '2026-11-22 10:00+00', payload => '{"phone": "1"}');
SELECT aftersale.import_status(985, 'P', '1', '2026-11-22 10:00+00', payload => '{"attributes": {"address": "1"}}');
SELECT aftersale.import_status(999999, 'P', '1', '2026-11-22 10:00+00');
SELECT v.* FROM generate_series(985, 987) s, aftersale.verify_history(s) v;
SELECT ok, detail FROM aftersale.health_of_books() WHERE name = 'balances';

-- ---- a batch ----
INSERT INTO aftersale.platform_message (shop_id, external_ref, field, code, reported_at, payload)
SELECT 987, 'B' || n, 'status', c.code, timestamptz '2026-11-22 09:00+00' + c.place * interval '1 minute', jsonb_build_object('type', 1, 'order_ref', 'O-11', 'amount', CASE n WHEN 2 THEN 0.001 ELSE 1 END)
FROM generate_series(1, 4) n, unnest(ARRAY['11', '30', '40', '99', '60']) WITH ORDINALITY c(code, place);
INSERT INTO aftersale.platform_message (shop_id, external_ref, field, code, reported_at) SELECT 987, 'B1', 'status', '11', '2026-11-22 09:01+00' ON CONFLICT DO NOTHING;
SELECT aftersale.apply_messages(7, 987), aftersale.apply_messages(shop_id => 987), aftersale.apply_messages(shop_id => 987), aftersale.apply_messages(1000, 986);
SELECT status, sqlstate, count(*) FROM aftersale.platform_message WHERE shop_id = 987 AND external_ref LIKE 'B%' GROUP BY 1, 2 ORDER BY 1, 2;
SELECT external_ref, state, event_seq, refund_amount FROM aftersale.request WHERE shop_id = 987 AND external_ref LIKE 'B%' ORDER BY 1;
SELECT message FROM aftersale.platform_message WHERE shop_id = 987 AND external_ref = 'B2' ORDER BY message_id LIMIT 1;
SELECT aftersale.apply_messages(-1);

-- ---- who may ----
RESET ROLE;
CREATE ROLE regress_speaker;
CREATE ROLE regress_mute;
CREATE ROLE regress_staff;
SET ROLE regress_erp;
SELECT aftersale.grant_access('regress_speaker', 'service') IS NOT NULL, aftersale.grant_access('regress_mute', 'service') IS NOT NULL, aftersale.grant_access('regress_staff', 'employee') IS NOT NULL;
INSERT INTO aftersale.login (login, shop_id, actor, may_speak) VALUES ('regress_speaker', 987, 'sync', true), ('regress_mute', 987, 'mute', false), ('regress_staff', 987, 'clerk', false);
INSERT INTO aftersale.platform_message (shop_id, external_ref, field, code, reported_at, payload) VALUES (987, 'W1', 'status', '11', '2026-11-22 09:00+00', '{"type": 1}');
RESET ROLE;
SET ROLE regress_staff;
SELECT aftersale.import_status(987, 'K3', '70', '2026-11-22 10:50+00');
INSERT INTO aftersale.platform_message (shop_id, external_ref, code, reported_at) VALUES (987, 'K3', '70', '2026-11-22 10:50+00');
SELECT aftersale.apply_messages();
SELECT aftersale.act(987, pg_temp.id(987, 'K3'), 'report_status', '{"state": "closed"}');
SELECT aftersale.act(987, pg_temp.id(987, 'K3'), 'report_status', '{"state": "closed"}', 'platform');
SELECT count(*) FROM aftersale.platform_message WHERE external_ref = 'W1';
RESET ROLE;
SET ROLE regress_mute;
SELECT aftersale.import_status(987, 'K3', '70', '2026-11-22 10:50+00');
INSERT INTO aftersale.platform_message (shop_id, external_ref, code, reported_at) VALUES (987, 'K3', '70', '2026-11-22 10:50+00');
SELECT aftersale.apply_messages(), aftersale.replay_messages();
SELECT aftersale.apply_messages(1, 987);
UPDATE aftersale.platform_message SET payload = '{}' WHERE external_ref = 'W1';
UPDATE aftersale.platform_message SET code = '70' WHERE external_ref = 'W1';
SELECT aftersale.act(987, pg_temp.id(987, 'K3'), 'report_status', '{"state": "closed"}', 'platform');
INSERT INTO aftersale.request (shop_id, flow, external_ref, payload) VALUES (987, 'kuaishou/return_refund', 'W2', '{"state": "refunded", "reported_at": "2026-11-22T10:00:00Z"}') RETURNING state;
RESET ROLE;
SET ROLE regress_speaker;
SELECT aftersale.import_status(985, 'T2', '5', '2026-11-22 10:50+00');
SELECT aftersale.apply_messages();
SELECT state, last_actor FROM aftersale.request WHERE external_ref = 'W1';
SELECT pg_temp.word(987, 'K3', '70', '2026-11-22 10:50+00');
SELECT DISTINCT shop_id FROM aftersale.platform_message;
SELECT DISTINCT shop_id FROM aftersale.message_fault;
RESET ROLE;
SELECT aftersale.revoke_access(r, c) IS NOT NULL FROM (VALUES ('regress_speaker', 'service'), ('regress_mute', 'service'), ('regress_staff', 'employee')) v(r, c);
DELETE FROM aftersale.login WHERE login IN ('regress_speaker', 'regress_mute', 'regress_staff') AND shop_id = 987;
DROP ROLE regress_speaker, regress_mute, regress_staff;
SET ROLE regress_erp;
UPDATE aftersale.flow_transition SET effect = '{"refund": {"of": "asked", "executed_by": "instruct"}}' WHERE flow = 'kuaishou/return_refund' AND from_state = 'requested' AND action = 'refund_without_return';
