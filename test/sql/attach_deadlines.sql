-- attach_deadline(): a deadline stamped on rows of the ERP's, whatever its times
-- are kept as and whatever writes them; or kept beside them.
\set VERBOSITY terse
\set SHOW_CONTEXT never
SET client_min_messages = warning;
SET TIME ZONE 'America/New_York';	-- never the session's
SET datestyle = ISO;
CREATE SCHEMA erp_due AUTHORIZATION regress_erp;
SET ROLE regress_erp;
SET search_path = erp_due;
INSERT INTO aftersale.calendar (name, calendar) VALUES
	('attach', 'zone Asia/Shanghai; mon-fri 00:00-24:00'), ('attach utc', 'zone UTC; mon-sun 00:00-24:00');

-- every way to keep a time, read and written
CREATE TABLE kinds (id int PRIMARY KEY, "createdAt" timestamptz, naive timestamp, local timestamp(0), day date, s int, ms bigint, s_numeric numeric, s_float float8,
	due timestamptz, due_naive timestamp(3), due_local timestamp, due_day date, due_s int, due_ms bigint, due_numeric numeric, due_float float8);
SELECT aftersale.attach_deadline('kinds', '{"start": "createdAt", "due": "due"}', '1 business day', 'attach', '{"name": "k1"}');
SELECT aftersale.attach_deadline('kinds', '{"start": {"column": "naive", "zone": "UTC"}, "due": {"column": "due_naive", "zone": "UTC"}}', '1 business day', 'attach', '{"name": "k2"}');
SELECT aftersale.attach_deadline('kinds', '{"start": {"column": "local", "zone": "Asia/Shanghai"}, "due": {"column": "due_local", "zone": "Asia/Shanghai"}}', '1 business day', 'attach', '{"name": "k3"}');
SELECT aftersale.attach_deadline('kinds', '{"start": {"column": "day", "zone": "Asia/Shanghai"}, "due": {"column": "due_day", "zone": "Asia/Shanghai"}}', '1 business day', 'attach', '{"name": "k4"}');
SELECT aftersale.attach_deadline('kinds', '{"start": {"column": "s", "unit": "epoch_s"}, "due": {"column": "due_s", "unit": "epoch_s"}}', '1 business day', 'attach', '{"name": "k5"}');
SELECT aftersale.attach_deadline('kinds', '{"start": {"column": "ms", "unit": "epoch_ms"}, "due": {"column": "due_ms", "unit": "epoch_ms"}}', '1 business day', 'attach', '{"name": "k6"}');
SELECT aftersale.attach_deadline('kinds', '{"start": {"column": "s_numeric", "unit": "epoch_s"}, "due": {"column": "due_numeric", "unit": "epoch_s"}}', '1 business day', 'attach', '{"name": "k7"}');
SELECT aftersale.attach_deadline('kinds', '{"start": {"column": "s_float", "unit": "epoch_s"}, "due": {"column": "due_float", "unit": "epoch_ms"}}', '1 business day', 'attach', '{"name": "k8"}');
-- Friday 2026-11-27 18:00 in Shanghai, 10:00 UTC
INSERT INTO kinds VALUES (1, '2026-11-27 10:00+00', '2026-11-27 10:00', '2026-11-27 18:00', '2026-11-27', 1795773600, 1795773600123, 1795773600.5, 1795773600.25);
SET TIME ZONE 'UTC';
SELECT due, due_naive, due_local, due_day, to_timestamp(due_s) AS s, to_timestamp(due_ms / 1000.0) AS ms, to_timestamp(due_numeric) AS n, to_timestamp(due_float / 1000) AS f FROM kinds;
-- a placeholder has no start, so it has no deadline; filled in, it has
INSERT INTO kinds (id, due) VALUES (2, '2026-01-01');
SELECT due, due_s FROM kinds WHERE id = 2;
UPDATE kinds SET "createdAt" = '2026-11-30 00:00+00' WHERE id = 2 RETURNING due;
-- infinity stays out of reach of a calendar
INSERT INTO kinds (id, "createdAt") VALUES (3, 'infinity');
SELECT aftersale.detach('kinds');
SELECT count(*) FROM pg_trigger WHERE tgrelid = 'kinds'::regclass;
SELECT count(*) FROM aftersale.attachment WHERE name LIKE 'k_';

-- for which rows, by whose calendar, and when it is stamped anew
CREATE TYPE state AS ENUM ('draft', 'waiting', 'done');
CREATE TABLE tickets (id bigserial PRIMARY KEY, platform int DEFAULT 1, state state DEFAULT 'draft', calendar text DEFAULT 'attach', created timestamptz DEFAULT '2026-11-27 10:00+00',
	platform_due timestamptz, due timestamptz, remark text);
SELECT aftersale.attach_deadline('tickets', '{"start": "created", "due": "due", "calendar": "calendar", "platform_due": "platform_due"}', '1 business day', NULL, '{"name": "temu", "when": "platform = 1 AND state <> ''draft''"}');
SELECT aftersale.attach_deadline('tickets', '{"start": "created", "due": "due"}', '48 hours', 'attach utc', '{"name": "tiktok", "when": "platform = 2"}');
INSERT INTO tickets (platform, state, due) VALUES (1, 'draft', '2020-01-01'), (1, 'waiting', '2020-01-01'), (2, 'draft', '2020-01-01'), (3, 'waiting', '2020-01-01');
SELECT id, due FROM tickets ORDER BY id;
-- entering the condition stamps; a copied record's old deadline does not stand
UPDATE tickets SET state = 'waiting' WHERE id = 1 RETURNING due;
UPDATE tickets SET calendar = 'attach utc' WHERE id = 1 RETURNING due;
UPDATE tickets SET due = '2020-01-01' WHERE id = 1 RETURNING due;
UPDATE tickets SET platform_due = '2026-12-24' WHERE id = 1 RETURNING due;
-- a remark touches nothing that is mapped
ALTER TABLE tickets DISABLE TRIGGER USER;
UPDATE tickets SET due = '2020-01-01' WHERE id = 2;
ALTER TABLE tickets ENABLE TRIGGER USER;
UPDATE tickets SET remark = 'x', state = 'done' WHERE id = 2 RETURNING due;
UPDATE tickets SET calendar = 'nowhere' WHERE id = 2;
INSERT INTO tickets (state, calendar) VALUES ('waiting', 'nowhere');

-- whatever writes them
COPY tickets (platform, state) FROM stdin;
1	waiting
2	draft
\.
INSERT INTO tickets (id, platform) VALUES (1, 2) ON CONFLICT (id) DO UPDATE SET created = '2026-12-01 00:00+00', platform_due = NULL;
MERGE INTO tickets t USING (VALUES (2, '2026-12-02 00:00+00'::timestamptz), (100, '2026-12-03 00:00+00')) v(id, created) ON t.id = v.id
	WHEN MATCHED THEN UPDATE SET created = v.created, calendar = 'attach utc' WHEN NOT MATCHED THEN INSERT (id, state, created) VALUES (v.id, 'waiting', v.created);
SELECT id, due FROM tickets ORDER BY id;

-- partitions, those added later, rows that move
CREATE TABLE parts (id int, created timestamp, due timestamp, region int) PARTITION BY LIST (region);
CREATE TABLE parts_1 PARTITION OF parts FOR VALUES IN (1);
SELECT aftersale.attach_deadline('parts', '{"start": {"column": "created", "zone": "UTC"}, "due": {"column": "due", "zone": "UTC"}}', '24 hours', 'attach utc', '{"name": "parts"}');
CREATE TABLE parts_2 (due timestamp, region int, dropped int, id int, created timestamp);
ALTER TABLE parts_2 DROP COLUMN dropped;
ALTER TABLE parts ATTACH PARTITION parts_2 FOR VALUES IN (2);
INSERT INTO parts (id, created, region) VALUES (1, '2026-11-25', 1), (2, '2026-11-25', 2);
INSERT INTO parts_2 (id, created, region) VALUES (3, '2026-11-26', 2);
UPDATE parts SET region = 2, created = '2026-11-28' WHERE id = 1;
SELECT id, tableoid::regclass, due FROM parts ORDER BY id;

-- renamed, table and role of a column alike: the trigger finds itself by name
ALTER TABLE tickets RENAME TO "Tickets";
INSERT INTO "Tickets" (platform) VALUES (2) RETURNING due;
ALTER TABLE "Tickets" ALTER COLUMN created TYPE timestamptz(0), ALTER COLUMN id TYPE int;
INSERT INTO "Tickets" (platform) VALUES (2) RETURNING due;

-- no column for it: kept beside, by the primary key
CREATE TABLE complaints (id uuid PRIMARY KEY, shop int, opened bigint, open boolean DEFAULT true, remark varchar(20));
SELECT aftersale.attach_deadline('complaints', '{"start": {"column": "opened", "unit": "epoch_s"}, "shop": "shop"}', '24 hours', 'attach utc', '{"name": "complaints", "when": "open"}');
INSERT INTO complaints SELECT ('00000000-0000-0000-0000-00000000000' || n)::uuid, 720, 1795773600 + n FROM generate_series(1, 5) n;
UPDATE complaints SET open = false WHERE opened = 1795773601;
UPDATE complaints SET opened = NULL WHERE opened = 1795773602;
UPDATE complaints SET id = '00000000-0000-0000-0000-00000000000a', opened = opened + 60 WHERE opened = 1795773603;
DELETE FROM complaints WHERE opened = 1795773604;
SELECT shop_id, row_ref, due_at FROM aftersale.attachment_due WHERE attachment = 'complaints' ORDER BY row_ref;
-- two keys that change places in one statement
CREATE TABLE places (id int PRIMARY KEY DEFERRABLE, at timestamptz);
SELECT aftersale.attach_deadline('places', '{"start": "at"}', '1 hours', 'attach utc', '{"name": "places"}');
INSERT INTO places VALUES (1, '2026-11-25 01:00+00'), (2, '2026-11-25 02:00+00');
UPDATE places SET id = 3 - id;
SELECT row_ref, due_at FROM aftersale.attachment_due WHERE attachment = 'places' ORDER BY row_ref;
TRUNCATE places;
SELECT count(*) FROM aftersale.attachment_due WHERE attachment = 'places';

-- paused: nothing is stamped, without DDL
SELECT aftersale.pause('tiktok');
SELECT aftersale.pause('tiktok');
INSERT INTO "Tickets" (platform) VALUES (2) RETURNING due;
SELECT aftersale.resume('tiktok');
SELECT aftersale.resume('tiktok');
INSERT INTO "Tickets" (platform) VALUES (2) RETURNING due;

SELECT name, kind, relation, paused, intact FROM aftersale.attachments() WHERE relation LIKE 'erp_due.%' ORDER BY name COLLATE "C";
SELECT aftersale.detach('"Tickets"', 'temu');
SELECT aftersale.detach('"Tickets"');
SELECT aftersale.detach('parts');
SELECT aftersale.detach('complaints');
SELECT aftersale.detach('places');
SELECT aftersale.detach('places');
SELECT count(*) FROM aftersale.attachment_triggers() t JOIN pg_class c ON c.oid = t.relation WHERE c.relnamespace = 'erp_due'::regnamespace;
SELECT count(*) FROM aftersale.attachment_due;
RESET ROLE;
DROP SCHEMA erp_due CASCADE;
DELETE FROM aftersale.calendar WHERE name LIKE 'attach%';
