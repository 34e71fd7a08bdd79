-- Whatever column of the engine's a later trigger alters, with an act or without one, the statement is refused.
\set VERBOSITY terse
SET client_min_messages = warning;
SET TIME ZONE 'UTC';
SET datestyle = ISO;
SET aftersale.test_now = '2026-11-25 10:00:00+00';
SET ROLE regress_erp;
SELECT aftersale.load_pack('temu');
INSERT INTO aftersale.calendar (name, calendar) VALUES ('later', 'zone UTC; mon-fri 00:00-24:00');
INSERT INTO aftersale.shop (shop_id, platform, name) VALUES (195, 'temu', 'later');
INSERT INTO aftersale.shop_country (shop_id, country, currency, calendar, time_zone)
VALUES (195, 'US', 'USD', 'later', 'UTC'), (195, 'JP', 'JPY', 'later', 'UTC');
INSERT INTO aftersale.request (shop_id, request_id, flow, country, external_ref) VALUES (195, 1951, 'temu/ticket', 'US', 'L1');

CREATE FUNCTION pg_temp.alter_row() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	SELECT * INTO NEW FROM jsonb_populate_record(NEW, current_setting('trap.row')::jsonb);
	RETURN NEW;
END $$;
CREATE TRIGGER zz_alter BEFORE INSERT OR UPDATE ON aftersale.request FOR EACH ROW EXECUTE FUNCTION pg_temp.alter_row();
CREATE FUNCTION pg_temp.try(statement text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
	EXECUTE statement;
	RAISE EXCEPTION 'accepted' USING ERRCODE = 'TRY00';	-- and undone
EXCEPTION WHEN OTHERS THEN
	RETURN SQLSTATE || ' ' || coalesce(substring(SQLERRM FROM '"[a-z_]*"'), regexp_replace(SQLERRM, 'request \d+', 'request N'));
END $$;
CREATE TEMP TABLE alteration (place serial, row_change jsonb);
INSERT INTO alteration (row_change) VALUES
('{"outcome": "x"}'), ('{"refund_amount": 5}'), ('{"act_at": null}'), ('{"act_at": "2030-01-01"}'), ('{"fault": "x"}'),
('{"attempts": 3}'), ('{"currency": "JPY"}'), ('{"country": "JP"}'), ('{"opened_at": "2020-01-01"}'), ('{"flow": "x"}'),
('{"flow_version": 2}'), ('{"request_id": 1959}'), ('{"last_actor": "eve"}'), ('{"last_payload": {"remark": "y"}}'),
('{"last_facts": {"by": "system"}}'), ('{"last_at": "2020-01-01"}'), ('{"platform_due_at": "2030-01-01"}'), ('{"reason": "own"}');
-- a row that nobody acts on; what is the ERP's own is accepted
SELECT row_change, (SELECT pg_temp.try('UPDATE aftersale.request SET order_ref = ''O1'' WHERE shop_id = 195 AND request_id = 1951')
	FROM set_config('trap.row', row_change::text, false)) AS without_act
FROM alteration ORDER BY place;
-- a row that is acted on
SELECT row_change, (SELECT pg_temp.try('UPDATE aftersale.request SET action = ''reply'', payload = ''{"remark": "x"}'' WHERE shop_id = 195 AND request_id = 1951')
	FROM set_config('trap.row', row_change::text, false)) AS with_act
FROM alteration ORDER BY place;
-- a row that is opened
SELECT row_change, (SELECT pg_temp.try('INSERT INTO aftersale.request (shop_id, flow, country) VALUES (195, ''temu/ticket'', ''US'')')
	FROM set_config('trap.row', row_change::text, false)) AS opening
FROM alteration WHERE NOT row_change ?| '{currency,country,request_id,flow,flow_version}' ORDER BY place;
DROP TRIGGER zz_alter ON aftersale.request;

-- a flow that is changed while the statement runs is not laid at a trigger's door; nothing is half done
CREATE FUNCTION pg_temp.change_flow() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	UPDATE aftersale.flow_transition SET outcome = 'answered' WHERE flow = 'temu/ticket' AND action = 'reply' AND priority = 0;
	RETURN NEW;
END $$;
CREATE TRIGGER zz_change BEFORE UPDATE ON aftersale.request FOR EACH ROW EXECUTE FUNCTION pg_temp.change_flow();
\set VERBOSITY default
\set SHOW_CONTEXT never
SELECT aftersale.act(195, 1951, 'reply', '{"remark": "x"}');
\set VERBOSITY terse
DROP TRIGGER zz_change ON aftersale.request;
SELECT request_id, event_seq, state, currency, order_ref, reason FROM aftersale.request WHERE shop_id = 195;
SELECT event_seq, action FROM aftersale.event WHERE shop_id = 195;
