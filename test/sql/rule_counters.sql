-- The room below a rule's cap is what was used, no more and no less: duplicates left out, rollbacks, another currency.
\set VERBOSITY terse
SET client_min_messages = warning;
SET TIME ZONE 'UTC';
SET datestyle = ISO;
SET aftersale.test_now = '2026-11-25 10:00:00+00';
SET ROLE regress_erp;
INSERT INTO aftersale.calendar (name, calendar) VALUES ('counters', 'zone UTC; mon-sun 00:00-24:00');
INSERT INTO aftersale.shop (shop_id, platform, name) VALUES (851, 'counters', 'counters');
INSERT INTO aftersale.shop_country (shop_id, country, currency, calendar, time_zone) VALUES
	(851, 'CN', 'CNY', 'counters', 'Asia/Shanghai'), (851, 'JP', 'JPY', 'counters', 'Asia/Tokyo');
INSERT INTO aftersale.flow (flow, version, platform, kind, initial_state) VALUES ('counters/refund', 1, 'counters', 'refund_only', 'open');
INSERT INTO aftersale.flow_state (flow, version, state, final) VALUES ('counters/refund', 1, 'open', false), ('counters/refund', 1, 'paid', true);
INSERT INTO aftersale.flow_transition (flow, version, from_state, action, to_state, actors, clock, effect) VALUES
	('counters/refund', 1, 'open', 'approve', 'paid', '{merchant}', 'restart', '{"refund": {"of": "asked", "executed_by": "instruct"}}');
INSERT INTO aftersale.order_balance (shop_id, order_ref, currency, paid) VALUES (851, 'O1', 'CNY', 1000), (851, 'O2', 'JPY', 1000);
CREATE FUNCTION pg_temp.open(reason text, first int, last int) RETURNS TABLE (external_ref text, state text) LANGUAGE sql AS $$
	INSERT INTO aftersale.request (shop_id, flow, country, order_ref, amount, external_ref, reason)
	SELECT 851, 'counters/refund', 'CN', 'O1', 1, concat('E', n), reason FROM generate_series(first, last) n
	ON CONFLICT (shop_id, flow, external_ref) DO NOTHING RETURNING external_ref, state $$;

-- requests that are there already use nothing, however often they come
SELECT count(*) FROM pg_temp.open('other', 1, 5);
INSERT INTO aftersale.rule (shop_id, rule_id, name, flow, reasons, action, max_per_day) VALUES (851, 8511, 'three a day', 'counters/refund', '{some}', 'approve', 3);
SELECT * FROM pg_temp.open('some', 1, 7);
-- what a subtransaction decided goes with it, and nothing else
BEGIN;
SAVEPOINT a;
SELECT * FROM pg_temp.open('some', 8, 8);
SAVEPOINT b;
SELECT * FROM pg_temp.open('some', 9, 9);
RELEASE b;
ROLLBACK TO a;
SELECT * FROM pg_temp.open('some', 10, 11);
COMMIT;
SELECT uses FROM aftersale.rule_use WHERE shop_id = 851 AND rule_id = 8511;
-- nor does a trigger of the ERP's that catches an error of its own
CREATE FUNCTION pg_temp.catch() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	BEGIN
		PERFORM 1 / 0;
	EXCEPTION WHEN division_by_zero THEN
	END;
	RETURN NEW;
END $$;
CREATE TRIGGER a_catch BEFORE INSERT ON aftersale.request FOR EACH ROW EXECUTE FUNCTION pg_temp.catch();
INSERT INTO aftersale.rule (shop_id, name, flow, reasons, action, max_per_day) VALUES (851, 'two a day', 'counters/refund', '{caught}', 'approve', 2);
SELECT * FROM pg_temp.open('caught', 12, 15);
DROP TRIGGER a_catch ON aftersale.request;
-- a rule whose currency was changed: the day's amount is finer than the new one's, and stops no opening
INSERT INTO aftersale.rule (shop_id, rule_id, name, flow, reasons, action, currency, max_amount_per_day) VALUES
	(851, 8512, 'money', 'counters/refund', '{money}', 'approve', 'CNY', 10);
INSERT INTO aftersale.request (shop_id, flow, country, order_ref, amount, reason) VALUES (851, 'counters/refund', 'CN', 'O1', 1.50, 'money') RETURNING state;
UPDATE aftersale.rule SET currency = 'JPY' WHERE shop_id = 851 AND rule_id = 8512;
INSERT INTO aftersale.request (shop_id, flow, country, order_ref, amount, reason) VALUES (851, 'counters/refund', 'JP', 'O2', 9, 'money') RETURNING state;
INSERT INTO aftersale.request (shop_id, flow, country, order_ref, amount, reason) VALUES (851, 'counters/refund', 'JP', 'O2', 8, 'money') RETURNING state;
SELECT * FROM aftersale.verify_history(851);
