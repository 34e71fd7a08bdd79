-- What a transition does to the clock: restart, keep, pause, resume and extend,
-- with the rules of the platforms that need it, as flow data.
\set VERBOSITY terse
\set SHOW_CONTEXT never
SET client_min_messages = warning;
SET TIME ZONE 'UTC';
SET datestyle = ISO;
SET aftersale.test_now = '2026-11-27 10:00:00+00';	-- a Friday
SET ROLE regress_erp;
INSERT INTO aftersale.calendar (name, calendar) VALUES ('clocks', 'zone UTC; mon-fri 09:00-18:00');
INSERT INTO aftersale.shop (shop_id, platform, name) VALUES (965, 'clocks', 'clocks');
INSERT INTO aftersale.shop_country (shop_id, country, currency, calendar, time_zone) VALUES (965, 'GB', 'GBP', 'clocks', 'UTC');
INSERT INTO aftersale.flow (flow, version, platform, kind, initial_state) VALUES
	('clocks/wall', 1, 'clocks', 'claim', 'new'), ('clocks/working', 1, 'clocks', 'claim', 'new'),
	('clocks/reship', 1, 'clocks', 'reship', 'requested'), ('clocks/refund', 1, 'clocks', 'refund_only', 'requested');
-- two of one kind: a question to the buyer stops the clock, given back as it is on the wall, or in working time
INSERT INTO aftersale.flow_state (flow, version, state, final, waits_for, term, pause)
SELECT 'clocks/' || mode, 1, state, final, waits_for, CASE WHEN state = 'new' THEN CASE mode WHEN 'wall' THEN '24 hours' ELSE '8 business hours' END::aftersale.sla_term END, mode
FROM unnest(ARRAY['wall', 'working']) AS mode,
	(VALUES ('new', false, 'merchant'), ('asked', false, 'buyer'), ('lapsed', false, 'platform'), ('done', true, NULL)) AS s(state, final, waits_for);
INSERT INTO aftersale.flow_transition (flow, version, from_state, action, to_state, actors, needs, clock, effect)
SELECT 'clocks/' || mode, 1, from_state, action, to_state, actors::text[], needs::text[], clock, effect::jsonb
FROM unnest(ARRAY['wall', 'working']) AS mode, (VALUES
	('new', 'ask', 'asked', '{merchant}', '{remark}', 'pause', '{}'),
	('new', 'hold', 'new', '{merchant}', '{}', 'pause', '{}'),
	('new', 'go_on', 'new', '{merchant}', '{}', 'resume', '{}'),
	('new', 'extend', 'new', '{merchant}', '{remark}', 'extend', '{"extend": "12 hours"}'),
	('new', 'settle', 'done', '{merchant}', '{}', 'restart', '{}'),
	('new', 'start_over', 'new', '{merchant}', '{}', 'restart', '{}'),
	('new', 'timeout', 'lapsed', '{system}', '{}', 'restart', '{}'),
	('asked', 'answer', 'new', '{buyer}', '{}', 'resume', '{}'),
	('asked', 'extend', 'asked', '{merchant}', '{}', 'extend', '{"extend": "12 hours"}'),
	('asked', 'settle', 'done', '{merchant}', '{}', 'keep', '{}'),
	('asked', 'timeout', 'lapsed', '{system}', '{}', 'restart', '{}')
) AS t(from_state, action, to_state, actors, needs, clock, effect);
INSERT INTO aftersale.flow_timer (flow, version, name, state, kind, term, starts, pause)
SELECT 'clocks/' || mode, 1, name, state, kind, term::aftersale.sla_term, starts, CASE pauses WHEN 'yes' THEN mode ELSE 'none' END
FROM unnest(ARRAY['wall', 'working']) AS mode, (VALUES
	('due_soon', 'new', 'warning', '2 business hours', 'before_due', 'no'),
	('too_long', NULL, 'alert', '5 days', 'opened', 'yes'),
	('no_answer', 'asked', 'alert', '2 days', 'entered', 'no'),
	('address_hidden', NULL, 'mask', '48 hours', 'opened', 'no')) AS t(name, state, kind, term, starts, pauses);
CREATE VIEW pg_temp.armed AS SELECT name, event_seq AS seq, act_at, stands, request_id FROM aftersale.timer WHERE shop_id = 965 ORDER BY request_id, act_at, name;
CREATE VIEW pg_temp.history AS SELECT request_id, event_seq AS seq, at, action, to_state, due_at FROM aftersale.event WHERE shop_id = 965 ORDER BY request_id, event_seq;

-- ---- pause and resume ----
-- opened on Friday at 10:00, asked at 16:00, answered on Tuesday at 10:00
INSERT INTO aftersale.request (shop_id, request_id, flow) VALUES (965, 96501, 'clocks/wall'), (965, 96502, 'clocks/working') RETURNING request_id, due_at, act_at;
RESET ROLE; SET aftersale.test_now = '2026-11-27 15:00:00+00'; SET ROLE regress_erp;
SELECT aftersale.fire_due(965, 'infinity', 100);
RESET ROLE; SET aftersale.test_now = '2026-11-27 16:00:00+00'; SET ROLE regress_erp;
WITH u AS (UPDATE aftersale.request SET action = 'ask', payload = '{"remark": "which colour?"}' WHERE shop_id = 965 RETURNING request_id, state, due_at, paused_at, paused_due_at, act_at) SELECT * FROM u ORDER BY 1;
SELECT * FROM pg_temp.armed;
SELECT request_id, urgency, waits_for, time_left FROM aftersale.worklist WHERE shop_id = 965;
SELECT * FROM aftersale.overdue WHERE shop_id = 965;
-- however late it gets, the deadline does not fire; what does not stand does
RESET ROLE; SET aftersale.test_now = '2026-12-01 10:00:00+00'; SET ROLE regress_erp;
SELECT aftersale.fire_due(965, 'infinity', 100);
SELECT aftersale.act(965, 96501, 'timeout', '{}', 'olga');
WITH u AS (UPDATE aftersale.request SET action = 'answer', actor = 'buyer' WHERE shop_id = 965 RETURNING request_id, state, due_at, paused_at, paused_due_at, act_at) SELECT * FROM u ORDER BY 1;
SELECT * FROM pg_temp.armed;
-- wall: 16:00 to 10:00 are 90 hours, so Saturday 10:00 becomes Wednesday 04:00; working: 2 + 9 + 1 hours, so Friday 18:00 becomes Tuesday 12:00
SELECT * FROM pg_temp.history;
-- closed while it stands
UPDATE aftersale.request SET action = 'ask', payload = '{"remark": "x"}' WHERE shop_id = 965 AND request_id = 96502 RETURNING due_at, paused_at;
SELECT aftersale.act(965, 96502, 'extend');	-- there is none to extend
UPDATE aftersale.request SET action = 'settle' WHERE shop_id = 965 AND request_id = 96502 RETURNING state, due_at, paused_at, paused_due_at, closed_at, act_at;
-- twice paused within one state, and resumed where nothing stands
SELECT due_at FROM aftersale.act(965, 96501, 'go_on');
RESET ROLE; SET aftersale.test_now = '2026-12-01 11:00:00+00'; SET ROLE regress_erp;
UPDATE aftersale.request SET action = 'hold' WHERE shop_id = 965 AND request_id = 96501 RETURNING due_at, paused_at, paused_due_at;
RESET ROLE; SET aftersale.test_now = '2026-12-01 12:00:00+00'; SET ROLE regress_erp;
UPDATE aftersale.request SET action = 'hold' WHERE shop_id = 965 AND request_id = 96501 RETURNING due_at, paused_at, paused_due_at;
RESET ROLE; SET aftersale.test_now = '2026-12-01 13:00:00+00'; SET ROLE regress_erp;
UPDATE aftersale.request SET action = 'go_on' WHERE shop_id = 965 AND request_id = 96501 RETURNING due_at, paused_at, paused_due_at;
-- what ends a pause else: a new clock, also for what stands beside the deadline, and a deadline of the platform's
UPDATE aftersale.request SET action = 'hold' WHERE shop_id = 965 AND request_id = 96501 RETURNING due_at, paused_at;
RESET ROLE; SET aftersale.test_now = '2026-12-01 15:00:00+00'; SET ROLE regress_erp;
UPDATE aftersale.request SET action = 'start_over' WHERE shop_id = 965 AND request_id = 96501 RETURNING due_at, paused_at, paused_due_at;
SELECT * FROM pg_temp.armed WHERE request_id = 96501;
UPDATE aftersale.request SET action = 'hold' WHERE shop_id = 965 AND request_id = 96501 RETURNING due_at, paused_at, paused_due_at;
RESET ROLE; SET aftersale.test_now = '2026-12-01 16:00:00+00'; SET ROLE regress_erp;
UPDATE aftersale.request SET platform_due_at = '2026-12-03 12:00:00+00' WHERE shop_id = 965 AND request_id = 96501 RETURNING due_at, paused_at, paused_due_at, act_at;
SELECT * FROM pg_temp.armed WHERE request_id = 96501;
-- the column is decided
UPDATE aftersale.request SET paused_at = NULL, paused_due_at = '2027-01-01' WHERE shop_id = 965 AND request_id = 96501;
UPDATE aftersale.request SET extensions = 0, closed_at = now() WHERE shop_id = 965 AND request_id = 96501;

-- ---- one extension ----
INSERT INTO aftersale.request (shop_id, request_id, flow) VALUES (965, 96511, 'clocks/wall'), (965, 96512, 'clocks/wall') RETURNING due_at, extensions;
UPDATE aftersale.request SET action = 'extend' WHERE shop_id = 965 AND request_id = 96511 RETURNING due_at, extensions;
UPDATE aftersale.request SET action = 'extend', payload = '{"remark": "the carrier searches"}' WHERE shop_id = 965 AND request_id = 96511 RETURNING due_at, extensions, act_at;
SELECT * FROM pg_temp.armed WHERE request_id = 96511;
\set VERBOSITY default
SELECT aftersale.act(965, 96511, 'extend', '{"remark": "still"}');
-- nor after a pause, nor in it; a clock that starts anew may be
UPDATE aftersale.request SET action = 'ask', payload = '{"remark": "x"}' WHERE shop_id = 965 AND request_id = 96511 RETURNING due_at, extensions;
SELECT aftersale.act(965, 96511, 'extend');
\set VERBOSITY terse
UPDATE aftersale.request SET action = 'answer', actor = 'buyer' WHERE shop_id = 965 AND request_id = 96511 RETURNING due_at, extensions;
SELECT aftersale.act(965, 96511, 'extend', '{"remark": "still"}');
UPDATE aftersale.request SET action = 'start_over' WHERE shop_id = 965 AND request_id = 96511 RETURNING due_at, extensions;
UPDATE aftersale.request SET action = 'extend', payload = '{"remark": "still"}' WHERE shop_id = 965 AND request_id = 96511 RETURNING due_at, extensions;
-- of a deadline that has passed nothing is extended
RESET ROLE; SET aftersale.test_now = '2026-12-02 16:00:01+00'; SET ROLE regress_erp;
SELECT aftersale.act(965, 96512, 'extend', '{"remark": "too late"}');
SELECT aftersale.fire_due(965, 'infinity', 100);
SELECT seq, at, action, to_state, due_at FROM pg_temp.history WHERE request_id = 96512;

-- ---- TEMU-34: approve and upload the waybill, both before one deadline, in either order; else it is rejected ----
INSERT INTO aftersale.flow_state (flow, version, state, final, waits_for, term, rule) VALUES
	('clocks/reship', 1, 'requested', false, 'merchant', '7 days', 'TEMU-34'),
	('clocks/reship', 1, 'approved', false, 'merchant', NULL, 'TEMU-34'),
	('clocks/reship', 1, 'waybill_given', false, 'merchant', NULL, 'TEMU-34'),
	('clocks/reship', 1, 'reshipped', true, NULL, NULL, 'TEMU-34'),
	('clocks/reship', 1, 'rejected', true, NULL, NULL, 'TEMU-34');
INSERT INTO aftersale.flow_transition (flow, version, from_state, action, to_state, actors, needs, outcome, clock, rule) VALUES
	('clocks/reship', 1, 'requested', 'approve', 'approved', '{merchant}', '{}', NULL, 'keep', 'TEMU-34'),
	('clocks/reship', 1, 'requested', 'upload_waybill', 'waybill_given', '{merchant}', '{carrier,tracking_no}', NULL, 'keep', 'TEMU-34'),
	('clocks/reship', 1, 'approved', 'upload_waybill', 'reshipped', '{merchant}', '{carrier,tracking_no}', 'reshipped', 'restart', 'TEMU-34'),
	('clocks/reship', 1, 'waybill_given', 'approve', 'reshipped', '{merchant}', '{}', 'reshipped', 'restart', 'TEMU-34'),
	('clocks/reship', 1, 'requested', 'timeout', 'rejected', '{system}', '{}', 'rejected', 'restart', 'TEMU-34'),
	('clocks/reship', 1, 'approved', 'timeout', 'rejected', '{system}', '{}', 'rejected', 'restart', 'TEMU-34'),
	('clocks/reship', 1, 'waybill_given', 'timeout', 'rejected', '{system}', '{}', 'rejected', 'restart', 'TEMU-34');
INSERT INTO aftersale.flow_timer (flow, version, name, state, term) VALUES
	('clocks/reship', 1, 'requested_due_soon', 'requested', '1 day'), ('clocks/reship', 1, 'approved_due_soon', 'approved', '1 day');
RESET ROLE; SET aftersale.test_now = '2026-12-07 09:00:00+00'; SET ROLE regress_erp;
INSERT INTO aftersale.request (shop_id, request_id, flow) SELECT 965, 96520 + i, 'clocks/reship' FROM generate_series(1, 5) i;
RESET ROLE; SET aftersale.test_now = '2026-12-09 09:00:00+00'; SET ROLE regress_erp;
SELECT request_id, state, due_at FROM aftersale.act_many(ARRAY[965, 965, 965], ARRAY[96521, 96523, 96525], 'approve');
SELECT request_id, state, due_at FROM aftersale.act_many(ARRAY[965, 965], ARRAY[96522, 96524], 'upload_waybill', '{"carrier": "UPS", "tracking_no": "1Z"}');
-- the last instant is in time, for either
RESET ROLE; SET aftersale.test_now = '2026-12-14 09:00:00+00'; SET ROLE regress_erp;
SELECT state, outcome, due_at FROM aftersale.act(965, 96521, 'upload_waybill', '{"carrier": "UPS", "tracking_no": "1Z"}');
SELECT state, outcome, due_at FROM aftersale.act(965, 96522, 'approve');
-- one of the two is as good as none
RESET ROLE; SET aftersale.test_now = '2026-12-14 09:00:01+00'; SET ROLE regress_erp;
SELECT aftersale.act(965, 96523, 'upload_waybill', '{"carrier": "UPS", "tracking_no": "1Z"}');
SELECT aftersale.fire_due(965, 'infinity', 100);
SELECT request_id, state, outcome FROM aftersale.request WHERE shop_id = 965 AND request_id BETWEEN 96521 AND 96525 ORDER BY 1;
SELECT * FROM pg_temp.history WHERE request_id BETWEEN 96521 AND 96525;

-- ---- DOUYIN-08, 11, 17: 48 hours; the buyer amends, withdraws and applies again; agreed, awaiting the refusal of the parcel ----
INSERT INTO aftersale.flow_state (flow, version, state, final, waits_for, term, rule) VALUES
	('clocks/refund', 1, 'requested', false, 'merchant', '48 hours', 'DOUYIN-11'),
	('clocks/refund', 1, 'awaiting_refusal', false, 'carrier', NULL, 'DOUYIN-08'),
	('clocks/refund', 1, 'withdrawn', true, NULL, NULL, 'DOUYIN-17'),
	('clocks/refund', 1, 'refunded', true, NULL, NULL, 'DOUYIN-11');
INSERT INTO aftersale.flow_transition (flow, version, from_state, action, to_state, actors, outcome, clock, effect, rule) VALUES
	('clocks/refund', 1, 'requested', 'amend', 'requested', '{buyer}', NULL, 'restart', '{}', 'DOUYIN-17'),
	('clocks/refund', 1, 'requested', 'withdraw', 'withdrawn', '{buyer}', 'withdrawn', 'restart', '{}', 'DOUYIN-17'),
	('clocks/refund', 1, 'awaiting_refusal', 'withdraw', 'withdrawn', '{buyer}', 'withdrawn', 'restart', '{}', 'DOUYIN-17'),
	('clocks/refund', 1, 'withdrawn', 'reopen', 'requested', '{buyer}', NULL, 'restart', '{}', 'DOUYIN-17'),
	('clocks/refund', 1, 'requested', 'agree_after_refusal', 'awaiting_refusal', '{merchant}', NULL, 'keep', '{}', 'DOUYIN-08'),
	('clocks/refund', 1, 'awaiting_refusal', 'refused', 'refunded', '{carrier}', 'refunded', 'restart', '{"refund": {"of": "asked", "executed_by": "platform"}}', 'DOUYIN-08'),
	('clocks/refund', 1, 'requested', 'timeout', 'refunded', '{system}', 'refunded', 'restart', '{"refund": {"of": "asked", "executed_by": "platform"}}', 'DOUYIN-11'),
	('clocks/refund', 1, 'awaiting_refusal', 'timeout', 'refunded', '{system}', 'refunded', 'restart', '{"refund": {"of": "asked", "executed_by": "platform"}}', 'DOUYIN-11');
INSERT INTO aftersale.flow_timer (flow, version, name, state, term, rule) VALUES ('clocks/refund', 1, 'refund_soon', 'requested', '6 hours', 'DOUYIN-11');
RESET ROLE; SET aftersale.test_now = '2027-01-04 10:00:00+00'; SET ROLE regress_erp;
INSERT INTO aftersale.request (shop_id, request_id, flow, order_ref, amount) SELECT 965, 96530 + i, 'clocks/refund', 'O-' || i, 50 FROM generate_series(1, 6) i;
-- an amendment restarts the clock and its warning; what it asks for holds from then on
RESET ROLE; SET aftersale.test_now = '2027-01-05 10:00:00+00'; SET ROLE regress_erp;
UPDATE aftersale.request SET action = 'amend', actor = 'buyer', amount = 30 WHERE shop_id = 965 AND request_id = 96531 RETURNING entered_at, due_at, act_at;
-- withdrawn: closed, and nothing fires any more; applied for again: open, with a clock of its own
UPDATE aftersale.request SET action = 'withdraw', actor = 'buyer' WHERE shop_id = 965 AND request_id = 96532 RETURNING state, closed_at, due_at, act_at;
SELECT state, due_at FROM aftersale.act(965, 96533, 'withdraw', '{}', 'buyer');
RESET ROLE; SET aftersale.test_now = '2027-01-06 09:00:00+00'; SET ROLE regress_erp;
UPDATE aftersale.request SET action = 'reopen', actor = 'buyer' WHERE shop_id = 965 AND request_id = 96533 RETURNING state, closed_at, due_at, act_at;
SELECT count(*) FROM aftersale.worklist WHERE shop_id = 965 AND request_id IN (96532, 96533);
-- agreed, awaiting refusal: the 48 hours stay, until the platform supplies the deadline of that state
UPDATE aftersale.request SET action = 'agree_after_refusal' WHERE shop_id = 965 AND request_id = 96534 RETURNING state, due_at, act_at;
SELECT state, due_at FROM aftersale.act(965, 96535, 'agree_after_refusal');
UPDATE aftersale.request SET platform_due_at = '2027-01-20 00:00:00+00' WHERE shop_id = 965 AND request_id = 96535 RETURNING due_at, act_at;
-- at the deadline all but these are refunded; an amendment that comes later is not heard
RESET ROLE; SET aftersale.test_now = '2027-01-06 10:00:01+00'; SET ROLE regress_erp;
UPDATE aftersale.request SET action = 'amend', actor = 'buyer', amount = 99 WHERE shop_id = 965 AND request_id = 96536;
SELECT aftersale.fire_due(965, 'infinity', 100);
SELECT request_id, state, closed_at, due_at, refund_amount FROM aftersale.request WHERE shop_id = 965 AND request_id BETWEEN 96531 AND 96536 ORDER BY 1;
RESET ROLE; SET aftersale.test_now = '2027-02-01 00:00:00+00'; SET ROLE regress_erp;
SELECT aftersale.fire_due(965, 'infinity', 100);
SELECT request_id, state, closed_at, refund_amount FROM aftersale.request WHERE shop_id = 965 AND request_id BETWEEN 96531 AND 96536 ORDER BY 1;
SELECT * FROM pg_temp.history WHERE request_id IN (96531, 96533, 96535);
-- what the buyer asks for after the deadline changes nothing of what its timeout refunds, though no sweep has come by
RESET ROLE; SET aftersale.test_now = '2027-03-01 10:00:00+00'; SET ROLE regress_erp;
INSERT INTO aftersale.request (shop_id, request_id, flow, order_ref, amount, tax, shipping)
SELECT 965, 96540 + i, 'clocks/refund', 'A-' || i, 50, 5, 3 FROM generate_series(1, 6) i;
RESET ROLE; SET aftersale.test_now = '2027-03-03 10:00:00+00'; SET ROLE regress_erp;
UPDATE aftersale.request SET amount = 40 WHERE shop_id = 965 AND request_id = 96541 RETURNING state, amount, refund_amount;
RESET ROLE; SET aftersale.test_now = '2027-03-03 10:00:00.000001+00'; SET ROLE regress_erp;
UPDATE aftersale.request SET amount = 99 WHERE shop_id = 965 AND request_id = 96542 RETURNING state, amount, refund_amount;
UPDATE aftersale.request SET tax = 0 WHERE shop_id = 965 AND request_id = 96543 RETURNING state, tax, refund_amount;
UPDATE aftersale.request SET shipping = 0 WHERE shop_id = 965 AND request_id = 96544 RETURNING state, shipping, refund_amount;
UPDATE aftersale.request SET ratio = '50%' WHERE shop_id = 965 AND request_id = 96545 RETURNING state, ratio, refund_amount;
-- what no timeout is judged by moves nothing
UPDATE aftersale.request SET attributes = '{"seen": true}' WHERE shop_id = 965 AND request_id = 96546 RETURNING state, refund_amount;
SELECT aftersale.fire_due(965, 'infinity', 100);
SELECT request_id, state, amount, refund_amount, last_actor, event_seq FROM aftersale.request WHERE shop_id = 965 AND request_id BETWEEN 96541 AND 96546 ORDER BY 1;
SELECT request_id, amount, executed_by, reason FROM aftersale.refund WHERE shop_id = 965 AND request_id BETWEEN 96541 AND 96546 ORDER BY 1;
-- nor where the sweep has failed on it and comes again later
CREATE FUNCTION pg_temp.fail() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF NEW.shop_id = 965 AND NEW.action IS NOT NULL THEN RAISE 'not now' USING ERRCODE = '22000'; END IF; RETURN NEW; END $$;
INSERT INTO aftersale.request (shop_id, request_id, flow, order_ref, amount) VALUES (965, 96550, 'clocks/refund', 'A-9', 50);
CREATE TRIGGER aa_fail BEFORE UPDATE ON aftersale.request FOR EACH ROW EXECUTE FUNCTION pg_temp.fail();
RESET ROLE; SET aftersale.test_now = '2027-03-06 10:00:00+00'; SET ROLE regress_erp;
SELECT aftersale.fire_due(965, 'infinity', 100);
DROP TRIGGER aa_fail ON aftersale.request;
SELECT state, attempts, act_at FROM aftersale.request WHERE shop_id = 965 AND request_id = 96550;
UPDATE aftersale.request SET amount = 99 WHERE shop_id = 965 AND request_id = 96550 RETURNING state, amount, refund_amount;
SELECT * FROM aftersale.verify_history(965);
