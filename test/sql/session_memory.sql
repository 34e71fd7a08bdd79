-- What a session caches does not grow with names that do not exist, nor with changes of the configuration.
\set VERBOSITY terse
SET client_min_messages = warning;
SET aftersale.test_now = '2026-11-25 10:00:00+00';
SET ROLE regress_erp;
SELECT aftersale.load_pack('temu');
INSERT INTO aftersale.calendar (name, calendar) VALUES ('bounded', 'zone UTC; mon-fri 00:00-24:00');
INSERT INTO aftersale.shop (shop_id, platform, name) VALUES (180, 'temu', 'bounded');
INSERT INTO aftersale.shop_country (shop_id, country, currency, calendar, time_zone) VALUES (180, 'US', 'USD', 'bounded', 'UTC');
CREATE FUNCTION pg_temp.refused(flow text, shop_id bigint) RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
	INSERT INTO aftersale.request (shop_id, flow) VALUES (shop_id, flow);
	RETURN false;
EXCEPTION WHEN SQLSTATE 'RA014' OR SQLSTATE 'RA010' THEN
	RETURN true;
END $$;
SELECT bool_and(pg_temp.refused('no/flow' || i, 180) AND pg_temp.refused('temu/ticket', -i)) FROM generate_series(1, 200) i;
RESET ROLE;
SELECT count(*) > 1 AS there, bool_and(contexts <= 2) AS few, bool_and(bytes < 200000) AS small
FROM (SELECT count(*) AS contexts, sum(total_bytes) AS bytes FROM pg_backend_memory_contexts m
	WHERE name LIKE 'aftersale %' AND coalesce(to_jsonb(m) ->> 'parent', 'CacheMemoryContext') = 'CacheMemoryContext' GROUP BY name) kind;
SET ROLE regress_erp;
CREATE PROCEDURE pg_temp.change_and_open() LANGUAGE plpgsql AS $$
BEGIN
	FOR i IN 1..50 LOOP
		UPDATE aftersale.flow SET title = title || i;
		UPDATE aftersale.shop SET name = 'bounded ' || i WHERE shop_id = 180;
		UPDATE aftersale.calendar SET title = i WHERE name = 'bounded';
		INSERT INTO aftersale.request (shop_id, flow) VALUES (180, 'temu/ticket');
	END LOOP;
END $$;
BEGIN;
CALL pg_temp.change_and_open();
ROLLBACK;
RESET ROLE;
SELECT count(*) > 1 AS there, bool_and(contexts <= 2) AS few, bool_and(bytes < 200000) AS small
FROM (SELECT count(*) AS contexts, sum(total_bytes) AS bytes FROM pg_backend_memory_contexts m
	WHERE name LIKE 'aftersale %' AND coalesce(to_jsonb(m) ->> 'parent', 'CacheMemoryContext') = 'CacheMemoryContext' GROUP BY name) kind;
