-- Ten thousand malformed texts for each type: every refusal is of class 22 and
-- names the type (a calendar without working time is RA060), every text that is
-- taken survives its own form; the server that has soft errors says the same.
--	SEED=n		what the texts are drawn from (1)
\getenv seed SEED
\if :{?seed} \else \set seed 1 \endif
BEGIN;
SELECT plan(9);
SELECT diag('the seed is ' || :seed);

CREATE TEMP TABLE type (name text PRIMARY KEY, called text, alphabet text[], samples text[]);
INSERT INTO type VALUES
('refund_ratio', 'refund[ _]ratio', string_to_array('0,1,3,5,9,.,%,-,+, ,e,,٣,％,x,0.,00,5%,.5', ',') || chr(9),
 ARRAY['30%', '12.5%', '99.99%', ' 5% ', '100%', '0.3', '-30%']),
('sla_term', 'sla_term',
 string_to_array('0,1,7,9,-,+, ,d,days,day,hour,hours,minute,business ,BUSINESS, end of day, same time,of,week,.,,日,x', ',') || chr(10),
 ARRAY['24 hours', '30 minutes', '7 days', '8 business hours', '1 business day', '-1 business day end of day', '1 business day same time']),
('business_calendar', 'business_calendar',
 string_to_array('0,1,2,9,:,-,;,..,zone ,mon,fri,off ,on ,known until ,2026-02-29,2026-10-01,24:00,09:00-18:00,Asia/Shanghai,Mars/Base, ,,月,é', ',') || ARRAY[',', chr(9)],
 ARRAY['zone Asia/Shanghai; mon-fri 09:00-12:00,13:00-18:00; off 2026-10-01..2026-10-08; on 2026-10-10 09:00-18:00; known until 2026-12-31',
 'zone UTC; sat,sun 22:00-06:00', 'zone Europe/Berlin; mon-sun 00:00-24:00; off 2026-12-25,2026-12-26']);

-- A number from 0 to below - 1, drawn by what it is for and the seed alone.
CREATE FUNCTION pg_temp.draw(seed bigint, purpose text, below int) RETURNS int LANGUAGE sql IMMUTABLE
RETURN ((hashtextextended(purpose, seed) % below + below) % below)::int;

-- A sample with one to four changes: something put in, left out, put in place or taken twice; now and then nothing but letters.
CREATE FUNCTION pg_temp.malformed(of type, seed bigint, n int) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	result text := of.samples[1 + pg_temp.draw(seed, of.name || n || 'sample', cardinality(of.samples))];
	piece text;
	place int;
	kept int;
BEGIN
	IF pg_temp.draw(seed, of.name || n || 'letters', 10) = 0 THEN
		result := '';
	END IF;
	FOR i IN 0 .. pg_temp.draw(seed, of.name || n || 'changes', 4) LOOP
		piece := of.alphabet[1 + pg_temp.draw(seed, of.name || n || 'piece' || i, cardinality(of.alphabet))];
		place := pg_temp.draw(seed, of.name || n || 'place' || i, length(result) + 1);
		kept := pg_temp.draw(seed, of.name || n || 'kept' || i, 4);
		result := CASE pg_temp.draw(seed, of.name || n || 'kind' || i, 5)
			WHEN 0 THEN left(result, place)
			WHEN 1 THEN left(result, place) || substr(result, greatest(place - 3, 1))
			WHEN 2 THEN left(result, place) || repeat(piece, pg_temp.draw(seed, of.name || n || 'times' || i, 200))
			ELSE left(result, place) || piece || substr(result, place + 1 + kept) END;
	END LOOP;
	RETURN result;
END
$$;

CREATE TEMP TABLE refused (type text, sqlstate text, message text, detail text, text text);
CREATE TEMP TABLE taken (type text, text text, again text);

-- Draws until so many were refused.
CREATE FUNCTION pg_temp.try(of type, seed bigint, wanted int) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
	text text;
	again text;
	message text;
	detail text;
	refusals int := 0;
	n int := 0;
BEGIN
	WHILE refusals < wanted LOOP
		n := n + 1;
		text := pg_temp.malformed(of, seed, n);
		BEGIN
			EXECUTE format('SELECT $1::aftersale.%I::text, ($1::aftersale.%1$I::text::aftersale.%1$I)::text', of.name) INTO text, again USING text;
			INSERT INTO taken VALUES (of.name, text, again);
		EXCEPTION WHEN OTHERS THEN
			GET STACKED DIAGNOSTICS message = MESSAGE_TEXT, detail = PG_EXCEPTION_DETAIL;
			INSERT INTO refused VALUES (of.name, SQLSTATE, message, detail, text);
			refusals := refusals + 1;
		END;
	END LOOP;
END
$$;
GRANT ALL ON type, refused, taken TO regress_clerk;
SET ROLE regress_clerk;
SELECT pg_temp.try(type, :seed, 10000) FROM type;

SELECT is((SELECT count(*)::int FROM refused WHERE refused.type = type.name), 10000, name || ': 10000 texts were refused') FROM type ORDER BY name;
SELECT is_empty(format($$SELECT DISTINCT ON (sqlstate) sqlstate, message, text FROM refused JOIN type ON name = refused.type
	WHERE name = %L AND NOT (sqlstate ~ '^22' OR name = 'business_calendar' AND sqlstate = 'RA060')$$, name),
	name || ': each with an error of class 22') FROM type ORDER BY name;
SELECT is_empty($$SELECT DISTINCT ON (name, sqlstate) name, sqlstate, message, text FROM refused JOIN type ON name = refused.type
	WHERE message || detail !~ called OR message NOT LIKE '%(' || sqlstate || '%'$$, 'each error names its type and its code');
SELECT is_empty('SELECT * FROM taken WHERE text <> again', 'what is taken survives its own form');
RESET ROLE;

SELECT current_setting('server_version_num')::int >= 160000 AS soft \gset
\if :soft
SELECT is_empty($$SELECT refused.type, text, sqlstate, told.sql_error_code FROM refused,
	pg_input_error_info(text, 'aftersale.' || refused.type) AS told
	WHERE pg_input_is_valid(text, 'aftersale.' || refused.type) OR told.sql_error_code IS DISTINCT FROM sqlstate OR told.message IS DISTINCT FROM refused.message$$,
	'soft errors say the same');
\else
SELECT skip('PostgreSQL before 16 has no soft errors of input functions', 1);
\endif
SELECT * FROM finish();
ROLLBACK;
