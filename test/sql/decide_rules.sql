-- decide_rules() tells which rule would act, and why each other one would not.
\set VERBOSITY terse
SET client_min_messages = warning;
SET TIME ZONE 'UTC';
SET datestyle = ISO;
SET aftersale.test_now = '2026-11-23 09:00:00+00';
SET ROLE regress_erp;
INSERT INTO aftersale.calendar (name, calendar) VALUES ('decide rules', 'zone UTC; mon-fri 09:00-17:00');
INSERT INTO aftersale.flow (flow, version, platform, kind, initial_state) VALUES ('deciding/refund_only', 1, 'deciding', 'refund_only', 'requested');
INSERT INTO aftersale.flow_state (flow, version, state, final) VALUES
	('deciding/refund_only', 1, 'requested', false), ('deciding/refund_only', 1, 'waiting', false), ('deciding/refund_only', 1, 'refunded', true);
INSERT INTO aftersale.flow_transition (flow, version, from_state, action, to_state, actors, effect, clock) VALUES
	('deciding/refund_only', 1, 'requested', 'agree', 'refunded', '{merchant}', '{"refund": {"of": "asked", "executed_by": "instruct"}}', 'restart'),
	('deciding/refund_only', 1, 'requested', 'agree_after_refusal', 'waiting', '{merchant}', '{}', 'keep'),
	('deciding/refund_only', 1, 'requested', 'intercepted', 'requested', '{carrier}', '{}', 'keep'),
	('deciding/refund_only', 1, 'requested', 'cancelled', 'requested', '{erp}', '{}', 'keep'),
	('deciding/refund_only', 1, 'waiting', 'intercepted', 'waiting', '{carrier}', '{}', 'keep'),
	('deciding/refund_only', 1, 'waiting', 'agree', 'refunded', '{merchant}', '{"refund": {"of": "asked", "executed_by": "instruct"}}', 'restart');
INSERT INTO aftersale.flow (flow, version, platform, kind, initial_state) VALUES ('elsewhere/refund_only', 1, 'elsewhere', 'refund_only', 'requested');
INSERT INTO aftersale.flow_state (flow, version, state) VALUES ('elsewhere/refund_only', 1, 'requested');
INSERT INTO aftersale.shop (shop_id, platform, name) VALUES (613, 'deciding', 'a shop'), (614, 'deciding', 'another');
INSERT INTO aftersale.shop_country (shop_id, country, currency, calendar, time_zone) VALUES
	(613, 'CN', 'CNY', 'decide rules', 'Asia/Shanghai'), (613, 'JP', 'JPY', 'decide rules', 'Asia/Tokyo'), (614, 'CN', 'CNY', 'decide rules', 'Asia/Shanghai');
-- DOUYIN-05 to DOUYIN-08
INSERT INTO aftersale.rule (shop_id, rule_id, name, flow, priority, state, signal, reasons, amount_to, single_parcel, whole_parcel, action, ratio) VALUES
	(613, 6131, 'A: shipment cancelled', 'deciding/refund_only', 10, 'requested', 'cancelled', NULL, NULL, false, false, 'agree', NULL),
	(613, 6132, 'B: small amount', 'deciding/refund_only', 10, NULL, NULL, '{damaged,missing}', 20, false, false, 'agree', '30%'),
	(613, 6133, 'C: intercepted', 'deciding/refund_only', 10, NULL, 'intercepted', NULL, NULL, true, true, 'agree', NULL),
	(613, 6134, 'D: after refusal', 'deciding/refund_only', 5, NULL, NULL, NULL, NULL, false, false, 'agree_after_refusal', NULL);

SELECT name, wins, action, ratio, refund_amount, why FROM aftersale.decide_rules(613, 'deciding/refund_only', reason => 'damaged', amount => 19.99, country => 'CN');
-- both reason and amount must match (TEMU-27); the bound is inclusive (DOUYIN-06)
SELECT amount, reason, name, refund_amount
FROM (VALUES (20.00, 'damaged'), (20.01, 'damaged'), (20.00, 'late'), (NULL, 'damaged'), (0.02, 'missing')) AS r(amount, reason),
	aftersale.decide_rules(613, 'deciding/refund_only', reason => r.reason, amount => r.amount, country => 'CN')
WHERE wins;
-- a signal, in any state and in one (DOUYIN-09); one parcel, all of its goods (DOUYIN-07)
SELECT state, signal, attributes, string_agg(name, ',') FILTER (WHERE wins) AS winner, string_agg(why, '; ') FILTER (WHERE name ~ '^C') AS why_c
FROM (VALUES ('requested', 'cancelled', '{}'::jsonb), ('requested', 'intercepted', '{}'), ('requested', 'intercepted', '{"parcels": 1}'),
	('requested', 'intercepted', '{"parcels": 2, "whole_parcel": true}'), ('requested', 'intercepted', '{"parcels": "1", "whole_parcel": true}'),
	('requested', 'intercepted', '{"parcels": 1, "whole_parcel": false}'), ('requested', 'intercepted', '{"parcels": 1, "whole_parcel": true}'),
	('waiting', 'intercepted', '{"parcels": 1, "whole_parcel": true}')) AS r(state, signal, attributes),
	aftersale.decide_rules(613, 'deciding/refund_only', state => r.state, signal => r.signal, amount => 19.99, country => 'CN', attributes => r.attributes)
GROUP BY 1, 2, 3 ORDER BY 1, 2, 3;
-- a rule whose refund the act would refuse
SELECT name, wins, why FROM aftersale.decide_rules(613, 'deciding/refund_only', reason => 'damaged', amount => 0, country => 'CN') WHERE rule_id = 6132;
-- no rule watches the entry of this state
SELECT name, why FROM aftersale.decide_rules(613, 'deciding/refund_only', state => 'waiting', country => 'CN');

-- ---- goods, attributes, currency ----
INSERT INTO aftersale.rule (shop_id, rule_id, name, flow, priority, products, categories, condition, currency, amount_from, amount_to, action) VALUES
	(613, 6135, 'goods', 'deciding/refund_only', 20, '{P1,P2}', '{toys}', '{"vip": true}', 'JPY', 10.5, 100, 'agree');
SELECT country, amount, items, attributes, d.wins, d.refund_amount, d.why
FROM (VALUES
	('CN', 50, '[{"product": "P1", "category": "toys"}]'::jsonb, '{"vip": true}'::jsonb),
	('JP', 10, '[{"product": "P1", "category": "toys"}]', '{"vip": true}'),
	('JP', 101, '[{"product": "P1", "category": "toys"}]', '{"vip": true}'),
	('JP', 50, NULL, '{"vip": true}'),
	('JP', 50, '[{"product": "P1", "category": "toys"}, {"product": "P3", "category": "toys"}]', '{"vip": true}'),
	('JP', 50, '[{"product": "P1", "category": "toys"}, {"product": "P2"}]', '{"vip": true}'),
	('JP', 50, '[{"product": "P1", "category": "toys"}, {"product": "P2", "category": "food"}]', '{"vip": true}'),
	('JP', 50, '[{"product": "P1", "category": "toys"}]', '{"vip": 1}'),
	('JP', 50, '[{"product": "P1", "category": "toys"}]', NULL),
	('JP', 11, '[{"product": "P2", "category": "toys"}, {"product": "P1", "category": "toys"}, {"product": "P1", "category": "toys"}]', '{"vip": true, "b": 2}')
	) AS r(country, amount, items, attributes),
	aftersale.decide_rules(613, 'deciding/refund_only', amount => r.amount, country => r.country, items => r.items, attributes => r.attributes) AS d
WHERE d.rule_id = 6135;
DELETE FROM aftersale.rule WHERE shop_id = 613 AND rule_id = 6135;

-- ---- in force, switched on, first by priority, then by number ----
UPDATE aftersale.rule SET effective_from = '2026-11-23 09:00:00+00', effective_to = '2026-11-23 09:00:01+00' WHERE shop_id = 613 AND rule_id = 6132;
SELECT at, wins, why FROM unnest('{2026-11-23 08:59:59.999999+00,2026-11-23 09:00:00+00,2026-11-23 09:00:00.999999+00,2026-11-23 09:00:01+00}'::timestamptz[]) AS at,
	aftersale.decide_rules(613, 'deciding/refund_only', reason => 'damaged', amount => 5, country => 'CN', at => at) WHERE rule_id = 6132;
UPDATE aftersale.rule SET priority = 5 WHERE shop_id = 613 AND rule_id = 6132;
SELECT name, wins, why FROM aftersale.decide_rules(613, 'deciding/refund_only', reason => 'damaged', amount => 5, country => 'CN') WHERE rule_id IN (6132, 6134);
UPDATE aftersale.rule SET priority = 6 WHERE shop_id = 613 AND rule_id = 6134;
SELECT name, wins, why FROM aftersale.decide_rules(613, 'deciding/refund_only', reason => 'damaged', amount => 5, country => 'CN') WHERE rule_id IN (6132, 6134);
UPDATE aftersale.rule SET enabled = false WHERE shop_id = 613 AND rule_id = 6134;
SELECT name, wins, why FROM aftersale.decide_rules(613, 'deciding/refund_only', reason => 'damaged', amount => 5, country => 'CN') WHERE rule_id IN (6132, 6134);
-- a change that is rolled back leaves no trace
BEGIN; UPDATE aftersale.rule SET enabled = true WHERE shop_id = 613 AND rule_id = 6134;
SELECT name FROM aftersale.decide_rules(613, 'deciding/refund_only', reason => 'damaged', amount => 5, country => 'CN') WHERE wins;
ROLLBACK;
SELECT name FROM aftersale.decide_rules(613, 'deciding/refund_only', reason => 'damaged', amount => 5, country => 'CN') WHERE wins;

-- ---- caps; the day is the country's ----
UPDATE aftersale.rule SET effective_to = 'infinity', effective_from = '-infinity', max_per_day = 2, max_amount_per_day = 10, currency = 'CNY', max_per_buyer = 1
WHERE shop_id = 613 AND rule_id = 6132;
INSERT INTO aftersale.rule_use (shop_id, rule_id, day, uses, amount, max_uses, max_amount) VALUES (613, 6132, '2026-11-23', 1, 7.01, 2, 10), (613, 6132, '2026-11-24', 2, 1, 2, 10);
INSERT INTO aftersale.rule_buyer_use (shop_id, rule_id, buyer, uses, max_uses) VALUES (613, 6132, 'b1', 1, 1), (613, 6132, '17', 1, 1);
SELECT at, amount, attributes, wins, refund_amount, why
FROM (VALUES
	('2026-11-23 15:59:59+00', 9.97, '{"buyer": "b2"}'::jsonb), ('2026-11-23 15:59:59+00', 9.99, '{"buyer": "b2"}'), ('2026-11-23 16:00:00+00', 9.97, '{"buyer": "b2"}'),
	('2026-11-24 16:00:00+00', 20, '{"buyer": "b2"}'), ('2026-11-24 16:00:00+00', 20, '{"buyer": "b1"}'), ('2026-11-24 16:00:00+00', 20, '{"buyer": 17}'),
	('2026-11-24 16:00:00+00', 20, '{"buyer": 18}'), ('2026-11-24 16:00:00+00', 20, '{"buyer": ""}'), ('2026-11-24 16:00:00+00', 20, '{}')) AS r(moment, amount, attributes),
	aftersale.decide_rules(613, 'deciding/refund_only', reason => 'damaged', amount => r.amount, country => 'CN', attributes => r.attributes, at => r.moment::timestamptz), CAST(r.moment AS text) AS at
WHERE rule_id = 6132;
-- no row says more than its cap allowed
UPDATE aftersale.rule_use SET uses = 3 WHERE shop_id = 613 AND rule_id = 6132;
UPDATE aftersale.rule_use SET amount = 10.01 WHERE shop_id = 613 AND rule_id = 6132 AND day = '2026-11-24';
UPDATE aftersale.rule_buyer_use SET uses = 2 WHERE shop_id = 613 AND rule_id = 6132;

-- ---- arguments ----
SELECT * FROM aftersale.decide_rules(NULL, 'deciding/refund_only');
SELECT * FROM aftersale.decide_rules(613, NULL);
SELECT * FROM aftersale.decide_rules(613, 'deciding/no_such');
SELECT * FROM aftersale.decide_rules(613, 'elsewhere/refund_only');
SELECT * FROM aftersale.decide_rules(613, 'deciding/refund_only');
SELECT * FROM aftersale.decide_rules(613, 'deciding/refund_only', country => 'US');
SELECT * FROM aftersale.decide_rules(613, 'deciding/refund_only', country => 'CN', currency => 'XAU');
SELECT * FROM aftersale.decide_rules(613, 'deciding/refund_only', country => 'CN', state => 'no_such');
SELECT * FROM aftersale.decide_rules(613, 'deciding/refund_only', country => 'CN', signal => 'no_such');
SELECT * FROM aftersale.decide_rules(613, 'deciding/refund_only', country => 'CN', state => 'refunded', signal => 'intercepted');
SELECT * FROM aftersale.decide_rules(613, 'deciding/refund_only', country => 'CN', amount => -1);
SELECT * FROM aftersale.decide_rules(613, 'deciding/refund_only', country => 'CN', amount => 0.001);
SELECT * FROM aftersale.decide_rules(613, 'deciding/refund_only', country => 'CN', items => '[{"product": "P", "category": 1}]');
SELECT * FROM aftersale.decide_rules(613, 'deciding/refund_only', country => 'CN', attributes => '[]');
SELECT * FROM aftersale.decide_rules(613, 'deciding/refund_only', country => 'CN', at => 'infinity');
SELECT * FROM aftersale.decide_rules(614, 'deciding/refund_only');

-- ---- rights ----
SELECT count(*) FROM aftersale.grant_access('regress_clerk', 'employee');
INSERT INTO aftersale.login (login, shop_id, actor) VALUES ('regress_clerk', 613, 'clerk');
RESET ROLE; SET ROLE regress_clerk;
SELECT name, wins FROM aftersale.decide_rules(613, 'deciding/refund_only', country => 'CN', reason => 'damaged', amount => 5, attributes => '{"buyer": "b3"}') WHERE wins;
SELECT * FROM aftersale.decide_rules(614, 'deciding/refund_only');
RESET ROLE; SET ROLE regress_erp;
DELETE FROM aftersale.login WHERE login = 'regress_clerk' AND shop_id = 613;
SELECT count(*) FROM aftersale.revoke_access('regress_clerk', 'employee');
