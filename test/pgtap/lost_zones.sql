-- A server that was upgraded, or that a dump was restored on, may lack a time zone
-- that a calendar names: Debian 13 has old names, such as US/Eastern, in a package
-- of their own.  Whoever uses that calendar is told, the others go on, and health()
-- says where it stands.
BEGIN;
SELECT plan(17);
SET LOCAL aftersale.test_now = '2026-11-20 10:00:00+00';
SET LOCAL TIME ZONE 'UTC';
SET ROLE regress_erp;
SELECT aftersale.load_pack('temu');
INSERT INTO aftersale.calendar (name, calendar) VALUES ('kept', 'zone America/New_York; mon-fri 00:00-24:00'), ('lost', 'zone America/New_York; mon-fri 00:00-24:00; off 2026-11-26'),
	('lost_too', 'zone America/New_York; mon-fri 09:00-17:00'), ('lost_abbreviation', 'zone UTC; mon-fri 00:00-24:00');
INSERT INTO aftersale.shop (shop_id, platform, name) SELECT s, 'temu', 'shop' FROM generate_series(3301, 3303) s;
INSERT INTO aftersale.shop_country (shop_id, country, currency, calendar, time_zone) VALUES (3301, 'US', 'USD', 'kept', 'America/New_York'), (3302, 'US', 'USD', 'lost', 'Mars/Olympus'),
	(3303, 'US', 'USD', 'lost_abbreviation', 'PST');
INSERT INTO aftersale.request (shop_id, request_id, flow) SELECT s, 1, 'temu/ticket' FROM generate_series(3301, 3303) s;
CREATE FUNCTION pg_temp.faults() RETURNS SETOF text LANGUAGE sql AS $$SELECT concat_ws(' | ', name, detail, remedy) FROM aftersale.health() WHERE NOT ok AND name IN ('zones', 'deadlines')$$;
SELECT results_eq('SELECT * FROM pg_temp.faults()', ARRAY['zones | the server does not know time zone "Mars/Olympus" (US of shop 3302), "PST" (US of shop 3303) | Debian has old names in its package tzdata-legacy; or put the zones'' names of today (pg_timezone_names) into aftersale.calendar and aftersale.shop_country'],
	'health() knows zones of shops that the server does not know; an abbreviation is none');
UPDATE aftersale.shop_country SET time_zone = 'UTC' WHERE shop_id > 3301;
SELECT is_empty('SELECT * FROM pg_temp.faults()', '... and one that it knows');

-- what is stored, with another zone: no way leads there through SQL but this
RESET ROLE;
CREATE CAST (aftersale.business_calendar AS bytea) WITHOUT FUNCTION;
CREATE CAST (bytea AS aftersale.business_calendar) WITHOUT FUNCTION;
ALTER TABLE aftersale.calendar DISABLE TRIGGER USER;
UPDATE aftersale.calendar SET calendar = decode(replace(encode(calendar::bytea, 'hex'), encode('America/New_York', 'hex'), encode('America/New_Gone', 'hex')), 'hex')::aftersale.business_calendar
WHERE name IN ('lost', 'lost_too');
UPDATE aftersale.calendar SET calendar = decode(replace(encode(calendar::bytea, 'hex'), encode('UTC', 'hex'), encode('PST', 'hex')), 'hex')::aftersale.business_calendar WHERE name = 'lost_abbreviation';
ALTER TABLE aftersale.calendar ENABLE TRIGGER USER;
DROP CAST (bytea AS aftersale.business_calendar);
DROP CAST (aftersale.business_calendar AS bytea);
UPDATE aftersale.calendar SET name = name;	-- as in a session that begins
SET ROLE regress_erp;
SELECT is(calendar::text, 'zone America/New_Gone; mon-fri 00:00-24:00; off 2026-11-26', 'a calendar of a zone that is gone is read, and dumped') FROM aftersale.calendar WHERE name = 'lost';

SELECT throws_ok($$SELECT aftersale.deadline('2026-11-20 10:00+00', '1 business day', 'lost')$$, '22023', 'time zone "America/New_Gone" not recognized (22023)', 'a deadline by it is refused, and the zone named');
SELECT throws_ok($$INSERT INTO aftersale.request (shop_id, request_id, flow) VALUES (3302, 2, 'temu/ticket')$$, '22023', 'time zone "America/New_Gone" not recognized (22023)', '... as is a request of a shop that has it');
SELECT lives_ok($$INSERT INTO aftersale.request (shop_id, request_id, flow) VALUES (3301, 2, 'temu/ticket')$$, 'other shops go on');
SELECT lives_ok($$UPDATE aftersale.request SET action = 'reply', payload = '{"remark": "x"}' WHERE shop_id = 3301 AND request_id = 2$$, '... in every way');
SELECT is((SELECT count(*) FROM aftersale.worklist WHERE shop_id = 3302), 1::bigint, 'what there is can be read');
SELECT results_eq('SELECT * FROM pg_temp.faults()', ARRAY['zones | the server does not know time zone "America/New_Gone" (calendar "lost" and 1 more), "PST" (calendar "lost_abbreviation") | Debian has old names in its package tzdata-legacy; or put the zones'' names of today (pg_timezone_names) into aftersale.calendar and aftersale.shop_country'],
	'health() says which, and what to do');

-- the clock waits for it
RESET ROLE;
SET LOCAL aftersale.test_now = '2026-11-24 10:00:00+00';
SET ROLE regress_erp;
SELECT is(aftersale.fire_due(3301, 'infinity', 100), 1::bigint, 'what is due in other shops takes effect');
SELECT is(aftersale.fire_due(3302, 'infinity', 100), 0::bigint, '... what is due in this one waits');
SELECT results_eq('SELECT state, fault, act_at FROM aftersale.request WHERE shop_id = 3302', $$VALUES ('requested', '22023: time zone "America/New_Gone" not recognized (22023)', timestamptz '2026-11-24 10:01:00+00')$$, '... parked for a while');

-- the zone by its name of today
SELECT lives_ok($$UPDATE aftersale.calendar SET calendar = 'zone America/New_York; mon-fri 00:00-24:00; off 2026-11-26' WHERE name LIKE 'lost%'$$, 'the calendar gets the zone by its name of today');
SELECT is_empty('SELECT * FROM pg_temp.faults()', '... health() is content');
SELECT lives_ok($$INSERT INTO aftersale.request (shop_id, request_id, flow) VALUES (3302, 2, 'temu/ticket')$$, '... the shop goes on');
RESET ROLE;
SET LOCAL aftersale.test_now = '2026-11-24 10:01:01+00';
SET ROLE regress_erp;
SELECT is(aftersale.fire_due(3302, 'infinity', 100), 1::bigint, '... and what was due takes effect');
SELECT results_eq('SELECT to_state, at FROM aftersale.event WHERE shop_id = 3302 AND request_id = 1 AND event_seq = 2', $$VALUES ('evidence_waived', timestamptz '2026-11-23 10:00:00+00')$$, '... at its deadline');
SELECT * FROM finish();
ROLLBACK;
