-- load_pack() that changes one row after it has loaded them: by the statement in
-- the setting mutation.statement.
CREATE SCHEMA mutation;
GRANT USAGE ON SCHEMA mutation TO PUBLIC;
ALTER FUNCTION aftersale.load_pack(text, bigint) SET SCHEMA mutation;
CREATE FUNCTION aftersale.load_pack(name text, shop_id bigint DEFAULT NULL) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	answer text := mutation.load_pack(load_pack.name, load_pack.shop_id);
BEGIN
	EXECUTE current_setting('mutation.statement');
	RETURN answer;
END $$;

-- How many rows of the packs the statement changes
CREATE FUNCTION mutation.rows_changed(statement text) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
	pack text;
	found bigint;
BEGIN
	INSERT INTO aftersale.shop (shop_id, platform, name) VALUES (1, 'douyin', 'rules of a shop'), (2, 'tiktok', 'limits of a shop');
	INSERT INTO aftersale.calendar (name, calendar) VALUES ('every day', 'zone UTC; mon-sun 00:00-24:00');
	INSERT INTO aftersale.shop_country (shop_id, country, currency, calendar, time_zone) VALUES (2, 'ID', 'IDR', 'every day', 'UTC'), (2, 'TH', 'THB', 'every day', 'UTC'), (2, 'US', 'USD', 'every day', 'UTC');
	PERFORM mutation.load_pack(p, CASE p WHEN 'douyin' THEN 1 WHEN 'tiktok_limits' THEN 2 END) FROM unnest(aftersale.packs()) AS p WHERE p <> 'calendars';
	EXECUTE statement;
	GET DIAGNOSTICS found = ROW_COUNT;
	RAISE EXCEPTION USING ERRCODE = 'RAROW', MESSAGE = found;
EXCEPTION WHEN SQLSTATE 'RAROW' THEN
	RETURN SQLERRM::bigint;
END $$;
