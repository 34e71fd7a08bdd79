-- A rule that could never act as it says is refused when it is saved, and an overlap is told.
\set VERBOSITY terse
SET client_min_messages = warning;
SET TIME ZONE 'UTC';
SET datestyle = ISO;
SET ROLE regress_erp;
INSERT INTO aftersale.calendar (name, calendar) VALUES ('rule saving', 'zone UTC; mon-fri 09:00-17:00');
INSERT INTO aftersale.flow (flow, version, platform, kind, initial_state) VALUES ('saving/refund_only', 1, 'saving', 'refund_only', 'requested');
INSERT INTO aftersale.flow_state (flow, version, state, final) VALUES
	('saving/refund_only', 1, 'requested', false), ('saving/refund_only', 1, 'waiting', false), ('saving/refund_only', 1, 'refunded', true);
INSERT INTO aftersale.flow_transition (flow, version, from_state, action, to_state, actors, needs, condition, clock) VALUES
	('saving/refund_only', 1, 'requested', 'agree', 'refunded', '{merchant}', '{}', '{}', 'restart'),
	('saving/refund_only', 1, 'requested', 'wait', 'waiting', '{system}', '{}', '{}', 'restart'),
	('saving/refund_only', 1, 'requested', 'reply', 'requested', '{merchant}', '{remark}', '{}', 'keep'),
	('saving/refund_only', 1, 'requested', 'settle', 'refunded', '{platform}', '{}', '{}', 'restart'),
	('saving/refund_only', 1, 'requested', 'intercepted', 'requested', '{carrier}', '{}', '{}', 'keep'),
	('saving/refund_only', 1, 'requested', 'returning', 'waiting', '{carrier}', '{}', '{}', 'restart'),
	('saving/refund_only', 1, 'waiting', 'intercepted', 'waiting', '{carrier}', '{}', '{}', 'keep'),
	('saving/refund_only', 1, 'waiting', 'agree', 'refunded', '{merchant}', '{}', '{}', 'restart'),
	('saving/refund_only', 1, 'waiting', 'timeout', 'refunded', '{system}', '{}', '{}', 'restart');
INSERT INTO aftersale.shop (shop_id, platform, name) VALUES (611, 'saving', 'rules'), (612, 'another', 'another platform');
INSERT INTO aftersale.shop_country (shop_id, country, currency, calendar, time_zone) VALUES (611, 'GB', 'GBP', 'rule saving', 'UTC');

-- ---- names ----
INSERT INTO aftersale.rule (shop_id, name, flow, action) VALUES (611, 'r', 'saving/no_such', 'agree');
INSERT INTO aftersale.rule (shop_id, name, flow, action) VALUES (612, 'r', 'saving/refund_only', 'agree');
INSERT INTO aftersale.rule (shop_id, name, flow, state, action) VALUES (611, 'r', 'saving/refund_only', 'no_such', 'agree');
INSERT INTO aftersale.rule (shop_id, name, flow, signal, action) VALUES (611, 'r', 'saving/refund_only', 'no_such', 'agree');
INSERT INTO aftersale.rule (shop_id, name, flow, state, signal, action) VALUES (611, 'r', 'saving/refund_only', 'waiting', 'returning', 'agree');
INSERT INTO aftersale.rule (shop_id, name, flow, signal, action) VALUES (611, 'r', 'saving/refund_only', 'timeout', 'agree');
INSERT INTO aftersale.rule (shop_id, name, flow, action) VALUES (611, 'r', 'saving/refund_only', 'no_such');
INSERT INTO aftersale.rule (shop_id, name, flow, state, action) VALUES (611, 'r', 'saving/refund_only', 'waiting', 'timeout');

-- ---- what it could not do ----
INSERT INTO aftersale.rule (shop_id, name, flow, action) VALUES (611, 'r', 'saving/refund_only', 'settle');
INSERT INTO aftersale.rule (shop_id, name, flow, action) VALUES (611, 'r', 'saving/refund_only', 'reply');
INSERT INTO aftersale.rule (shop_id, name, flow, state, action) VALUES (611, 'r', 'saving/refund_only', 'refunded', 'agree');
INSERT INTO aftersale.rule (shop_id, name, flow, state, action) VALUES (611, 'r', 'saving/refund_only', 'waiting', 'wait');
INSERT INTO aftersale.rule (shop_id, name, flow, signal, action) VALUES (611, 'r', 'saving/refund_only', 'returning', 'wait');

-- ---- numbers ----
INSERT INTO aftersale.rule (shop_id, name, flow, action, amount_from, amount_to) VALUES (611, 'r', 'saving/refund_only', 'agree', 5, 4.99);
INSERT INTO aftersale.rule (shop_id, name, flow, action, amount_from) VALUES (611, 'r', 'saving/refund_only', 'agree', -0.01);
INSERT INTO aftersale.rule (shop_id, name, flow, action, amount_to) VALUES (611, 'r', 'saving/refund_only', 'agree', 'NaN');
INSERT INTO aftersale.rule (shop_id, name, flow, action, amount_to) VALUES (611, 'r', 'saving/refund_only', 'agree', 'Infinity');
INSERT INTO aftersale.rule (shop_id, name, flow, action, amount_to) VALUES (611, 'r', 'saving/refund_only', 'agree', 1.00001);
INSERT INTO aftersale.rule (shop_id, name, flow, action, currency) VALUES (611, 'r', 'saving/refund_only', 'agree', 'gbp');
INSERT INTO aftersale.rule (shop_id, name, flow, action, max_amount_per_day) VALUES (611, 'r', 'saving/refund_only', 'agree', 10);
INSERT INTO aftersale.rule (shop_id, name, flow, action, max_amount_per_day, currency) VALUES (611, 'r', 'saving/refund_only', 'agree', 10.001, 'GBP');
INSERT INTO aftersale.rule (shop_id, name, flow, action, max_per_buyer) VALUES (611, 'r', 'saving/refund_only', 'agree', -1);
INSERT INTO aftersale.rule (shop_id, name, flow, action, ratio) VALUES (611, 'r', 'saving/refund_only', 'agree', '4.99%');
INSERT INTO aftersale.rule (shop_id, name, flow, action, reasons) VALUES (611, 'r', 'saving/refund_only', 'agree', '{}');
INSERT INTO aftersale.rule (shop_id, name, flow, action, categories) VALUES (611, 'r', 'saving/refund_only', 'agree', '{toys,NULL}');
SELECT count(*) FROM aftersale.rule WHERE shop_id IN (611, 612);

-- an error tells what would do
\set VERBOSITY default
\set SHOW_CONTEXT never
INSERT INTO aftersale.rule (shop_id, name, flow, action) VALUES (611, 'r', 'saving/refund_only', 'settle');
INSERT INTO aftersale.rule (shop_id, name, flow, state, signal, action) VALUES (611, 'r', 'saving/refund_only', 'waiting', 'returning', 'agree');

-- ---- good ones, and a change that is not ----
INSERT INTO aftersale.rule (shop_id, name, flow, reasons, amount_to, action, ratio) VALUES (611, 'small', 'saving/refund_only', '{damaged,missing}', 10, 'agree', '30%');
INSERT INTO aftersale.rule (shop_id, name, flow, state, signal, action) VALUES (611, 'returning', 'saving/refund_only', 'requested', 'returning', 'agree');
UPDATE aftersale.rule SET action = 'reply' WHERE shop_id = 611 AND name = 'small';

-- ---- overlaps ----
-- the same moment and priority, a reason and an amount in common
INSERT INTO aftersale.rule (shop_id, name, flow, reasons, amount_from, action) VALUES (611, 'large', 'saving/refund_only', '{missing,late}', 10, 'wait');
SELECT priority, name, other_name FROM aftersale.rule_overlap WHERE shop_id = 611;
-- no amount in common, then no reason, then another priority, then switched off: none
UPDATE aftersale.rule SET amount_from = 10.01 WHERE shop_id = 611 AND name = 'large';
UPDATE aftersale.rule SET amount_from = 10, reasons = '{late}' WHERE shop_id = 611 AND name = 'large';
UPDATE aftersale.rule SET reasons = '{missing}', priority = 1 WHERE shop_id = 611 AND name = 'large';
UPDATE aftersale.rule SET priority = 0, enabled = false WHERE shop_id = 611 AND name = 'large';
-- the same action at the same ratio does no harm
UPDATE aftersale.rule SET enabled = true, action = 'agree', ratio = '30%' WHERE shop_id = 611 AND name = 'large';
UPDATE aftersale.rule SET ratio = '31%' WHERE shop_id = 611 AND name = 'large';
-- dates, currencies, and values of an attribute that exclude each other
UPDATE aftersale.rule SET effective_to = '2026-01-01' WHERE shop_id = 611 AND name = 'small';
UPDATE aftersale.rule SET effective_from = '2026-01-01' WHERE shop_id = 611 AND name = 'large';
UPDATE aftersale.rule SET effective_from = '-infinity', currency = 'GBP' WHERE shop_id = 611 AND name = 'large';
UPDATE aftersale.rule SET currency = 'EUR' WHERE shop_id = 611 AND name = 'small';
UPDATE aftersale.rule SET condition = '{"vip": true}', currency = NULL WHERE shop_id = 611 AND name = 'small';
UPDATE aftersale.rule SET condition = '{"vip": false}' WHERE shop_id = 611 AND name = 'large';
SELECT count(*) FROM aftersale.rule_overlap WHERE shop_id = 611;
-- a signal that leads into the state whose entry another rule watches; and one that leaves it alone
INSERT INTO aftersale.rule (shop_id, name, flow, state, action, ratio) VALUES (611, 'entry', 'saving/refund_only', 'waiting', 'agree', '50%');
INSERT INTO aftersale.rule (shop_id, name, flow, signal, action, ratio) VALUES (611, 'intercepted', 'saving/refund_only', 'intercepted', 'agree', '60%');
SELECT name, other_name FROM aftersale.rule_overlap WHERE shop_id = 611;

-- ---- rights: who may write rules sees and writes those of his shops ----
SELECT count(*) FROM aftersale.grant_access('regress_clerk', 'service');
INSERT INTO aftersale.login (login, shop_id, actor) VALUES ('regress_clerk', 611, 'clerk');
RESET ROLE; SET ROLE regress_clerk;
\set VERBOSITY terse
INSERT INTO aftersale.rule (shop_id, name, flow, action) VALUES (611, 'r', 'saving/refund_only', 'settle');
INSERT INTO aftersale.rule (shop_id, name, flow, state, action, ratio) VALUES (611, 'clerk''s', 'saving/refund_only', 'waiting', 'agree', '70%');
INSERT INTO aftersale.rule (shop_id, name, flow, action) VALUES (612, 'r', 'saving/refund_only', 'agree');
SELECT name, other_name FROM aftersale.rule_overlap WHERE shop_id IN (611, 612) ORDER BY 1, 2;
INSERT INTO aftersale.rule_use (shop_id, rule_id, day, uses, amount) VALUES (611, 1, '2026-11-23', 1, 0);
UPDATE aftersale.rule_buyer_use SET uses = 0 WHERE shop_id = 611;
RESET ROLE; SET ROLE regress_erp;
DELETE FROM aftersale.login WHERE login = 'regress_clerk' AND shop_id = 611;
SELECT count(*) FROM aftersale.revoke_access('regress_clerk', 'service');
