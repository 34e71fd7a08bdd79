-- A deadline that stood and goes on is not the one that its state's term gives: health() finds no fault in it.
BEGIN;
SELECT plan(4);
SET TIME ZONE 'UTC';
SET aftersale.test_now = '2026-11-20 10:00+00';
SET ROLE regress_erp;
INSERT INTO aftersale.calendar (name, calendar) VALUES ('every day', 'zone UTC; mon-sun 00:00-24:00');
INSERT INTO aftersale.shop (shop_id, platform, name) VALUES (1, 'market', 'Teapots');
INSERT INTO aftersale.shop_country (shop_id, country, currency, calendar, time_zone) VALUES (1, 'GB', 'GBP', 'every day', 'UTC');
INSERT INTO aftersale.flow (flow, version, platform, kind, initial_state) VALUES ('market/hold', 1, 'market', 'hold', 'held');
INSERT INTO aftersale.flow_state (flow, version, state, final, term) VALUES ('market/hold', 1, 'held', false, '14 days'), ('market/hold', 1, 'away', false, NULL), ('market/hold', 1, 'gone', true, NULL);
INSERT INTO aftersale.flow_transition (flow, version, from_state, action, to_state, clock) VALUES
	('market/hold', 1, 'held', 'take', 'away', 'pause'), ('market/hold', 1, 'away', 'bring', 'held', 'resume'), ('market/hold', 1, 'held', 'timeout', 'gone', 'restart');
INSERT INTO aftersale.request (shop_id, request_id, flow) VALUES (1, 1, 'market/hold'), (1, 2, 'market/hold');
SELECT aftersale.act(1, 1, 'take') \g /dev/null
RESET ROLE;
SET aftersale.test_now = '2026-11-22 10:00+00';
SET ROLE regress_erp;
SELECT aftersale.act(1, 1, 'bring') \g /dev/null
SELECT is((SELECT due_at FROM aftersale.request WHERE request_id = 1), '2026-12-06 10:00+00', 'two days later than it was');
SELECT ok((SELECT ok FROM aftersale.health() WHERE name = 'deadlines'), 'which is no fault');
UPDATE aftersale.calendar SET calendar = 'zone Asia/Tokyo; mon-sun 00:00-24:00' WHERE name = 'every day';
SELECT ok((SELECT ok FROM aftersale.health() WHERE name = 'deadlines'), 'where no clock changes, another zone makes no other deadline');
UPDATE aftersale.flow_state SET term = '15 days' WHERE state = 'held';
SELECT matches((SELECT detail FROM aftersale.health() WHERE name = 'deadlines'), ' 1 would be computed otherwise', 'one that was not paused is found, and that one alone');
SELECT * FROM finish();
ROLLBACK;
