-- The triggers refuse a table that is not as install() made it, and never crash on one.
\set VERBOSITY terse
SET client_min_messages = warning;
SET TIME ZONE 'UTC';
SET datestyle = ISO;
SET aftersale.test_now = '2026-11-25 10:00:00+00';
SET ROLE regress_erp;
SELECT aftersale.load_pack('temu');
INSERT INTO aftersale.calendar (name, calendar) VALUES ('shape', 'zone UTC; mon-fri 00:00-24:00');
INSERT INTO aftersale.shop (shop_id, platform, name) VALUES (190, 'temu', 'shape');
INSERT INTO aftersale.shop_country (shop_id, country, currency, calendar, time_zone) VALUES (190, 'US', 'USD', 'shape', 'UTC');
INSERT INTO aftersale.request (shop_id, request_id, flow) SELECT 190, 1900 + i, 'temu/ticket' FROM generate_series(1, 3) i;

-- on DELETE there is no new row to decide
BEGIN;
CREATE TRIGGER aa_decide BEFORE DELETE ON aftersale.request FOR EACH ROW EXECUTE FUNCTION aftersale.request_decide();
SAVEPOINT s;
DELETE FROM aftersale.request WHERE shop_id = 190;
ROLLBACK TO s;
CREATE TRIGGER aa_record AFTER DELETE ON aftersale.request REFERENCING OLD TABLE AS old_rows
FOR EACH STATEMENT EXECUTE FUNCTION aftersale.request_record();
DELETE FROM aftersale.request WHERE false;
ROLLBACK;

-- a statement on a parent would decide and record nothing: refused, as long as there is a parent
CREATE TABLE aftersale.request_parent (LIKE aftersale.request INCLUDING DEFAULTS);
ALTER TABLE aftersale.request INHERIT aftersale.request_parent;
UPDATE aftersale.request_parent SET action = 'close', actor = 'platform' WHERE shop_id = 190;
SELECT aftersale.act(190, 1901, 'reply', '{"remark": "x"}');
ALTER TABLE aftersale.request NO INHERIT aftersale.request_parent;
DROP TABLE aftersale.request_parent;
CREATE TABLE aftersale.request_partitioned (LIKE aftersale.request INCLUDING DEFAULTS) PARTITION BY LIST (shop_id);
ALTER TABLE aftersale.request_partitioned ATTACH PARTITION aftersale.request DEFAULT;
UPDATE aftersale.request_partitioned SET action = 'close', actor = 'platform' WHERE shop_id = 190;
INSERT INTO aftersale.request_partitioned (shop_id, flow) VALUES (190, 'temu/ticket');
ALTER TABLE aftersale.request_partitioned DETACH PARTITION aftersale.request;
DROP TABLE aftersale.request_partitioned;
SELECT request_id, state, event_seq FROM aftersale.request WHERE shop_id = 190 ORDER BY 1;

-- a column of another type is named, and not read as what it was
BEGIN;
ALTER TABLE aftersale.request ALTER COLUMN last_payload TYPE text;
SAVEPOINT s;
UPDATE aftersale.request SET reason = 'x' WHERE shop_id = 190;
ROLLBACK TO s;
SELECT aftersale.allowed_actions(190, 1901);
ROLLBACK;
BEGIN;
ALTER TABLE aftersale.request ALTER COLUMN attempts TYPE numeric;
INSERT INTO aftersale.request (shop_id, flow) VALUES (190, 'temu/ticket');
ROLLBACK;
BEGIN;
ALTER TABLE aftersale.request ALTER COLUMN ratio TYPE numeric USING NULL;
INSERT INTO aftersale.request (shop_id, flow) VALUES (190, 'temu/ticket');
ROLLBACK;
-- one that has the same form may be
BEGIN;
ALTER TABLE aftersale.request ALTER COLUMN last_on_behalf_of TYPE varchar;
SELECT state FROM aftersale.act(190, 1901, 'reply', '{"remark": "x"}', 'alice', 'bob');
SELECT on_behalf_of FROM aftersale.event WHERE shop_id = 190 AND request_id = 1901 AND event_seq = 2;
ROLLBACK;
SELECT state FROM aftersale.act(190, 1901, 'reply', '{"remark": "x"}');
