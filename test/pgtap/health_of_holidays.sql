-- Towards the end of what a calendar knows, health() says that deadlines rest on
-- holidays that nobody has told of yet, and is content when somebody has.
BEGIN;
SELECT plan(6);
SET LOCAL TIME ZONE 'UTC';
SET LOCAL aftersale.test_now = '2026-12-29 10:00+00';
SET ROLE regress_erp;
INSERT INTO aftersale.calendar (name, calendar) VALUES ('china', 'zone Asia/Shanghai; mon-fri 00:00-24:00; known until 2026-12-31'), ('another', 'zone Asia/Shanghai; mon-fri 00:00-24:00; known until 2026-12-30'), ('nobody''s', 'zone Asia/Shanghai; mon-fri 00:00-24:00; known until 2026-12-30'),
	('known', 'zone Asia/Shanghai; mon-fri 00:00-24:00; known until 2027-12-31'), ('for ever', 'zone Asia/Shanghai; mon-fri 00:00-24:00');
INSERT INTO aftersale.shop (shop_id, platform, name) SELECT s, 'market', 'Teapots' FROM generate_series(3311, 3314) s;
INSERT INTO aftersale.shop_country (shop_id, country, currency, calendar, time_zone) VALUES (3311, 'CN', 'CNY', 'china', 'Asia/Shanghai'), (3312, 'CN', 'CNY', 'known', 'Asia/Shanghai'), (3313, 'CN', 'CNY', 'for ever', 'Asia/Shanghai'), (3314, 'CN', 'CNY', 'another', 'Asia/Shanghai');
INSERT INTO aftersale.flow (flow, version, platform, kind, initial_state) VALUES ('market/three_days', 1, 'market', 'return', 'open');
INSERT INTO aftersale.flow_state (flow, version, state, final, term) VALUES ('market/three_days', 1, 'open', false, '3 business days'), ('market/three_days', 1, 'over', true, NULL);
INSERT INTO aftersale.flow_transition (flow, version, from_state, action, to_state, actors) VALUES ('market/three_days', 1, 'open', 'timeout', 'over', '{system}'), ('market/three_days', 1, 'open', 'answer', 'over', '{merchant}');
CREATE VIEW pg_temp.fault AS SELECT detail, remedy FROM aftersale.health() WHERE name = 'holidays' AND NOT ok;

INSERT INTO aftersale.request (shop_id, request_id, flow) VALUES (3312, 1, 'market/three_days'), (3313, 1, 'market/three_days');
SELECT is_empty('SELECT * FROM pg_temp.fault', 'a calendar that is known further, or says nothing of it, leaves no doubt');
INSERT INTO aftersale.request (shop_id, request_id, flow) SELECT 3311, i, 'market/three_days' FROM generate_series(1, 2) i;
SELECT results_eq('SELECT * FROM pg_temp.fault', $$VALUES ('2 deadlines rest on dates whose holidays are not known yet; calendar "china" is known until 2026-12-31',
	'Bring the calendars up to date, by import_ics() or by UPDATE of aftersale.calendar: these deadlines are then computed anew')$$, 'health() counts the deadlines, and names the calendar');
SELECT lives_ok($$SELECT aftersale.act(3311, 1, 'answer')$$, 'one is answered');
SELECT matches((SELECT detail FROM pg_temp.fault), '^1 deadlines', '... and counts no more');
UPDATE aftersale.calendar SET calendar = 'zone Asia/Shanghai; mon-fri 00:00-24:00; off 2027-01-01; known until 2027-12-31' WHERE name = 'china';
SELECT is_empty('SELECT * FROM pg_temp.fault', 'with the new year''s holidays all is well');
SELECT results_eq('SELECT shop_id, due_at FROM aftersale.request WHERE request_id = 2 OR shop_id = 3312', $$VALUES (3312::bigint, timestamptz '2027-01-01 10:00+00'), (3311, '2027-01-04 10:00+00')$$, '... and the deadline where it belongs');
SELECT * FROM finish();
ROLLBACK;
