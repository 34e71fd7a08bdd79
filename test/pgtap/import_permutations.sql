-- Repeated and out-of-order messages change nothing: whatever the order in which
-- the messages of a request come, and however often each, it ends in the state,
-- and with the refund, that a plain model computes from the ordered list.
BEGIN;
SELECT plan(5);
SET aftersale.test_now = '2026-11-25 10:00+00';
SET ROLE regress_erp;
INSERT INTO aftersale.calendar (name, calendar) VALUES ('permuted', 'zone UTC; mon-sun 00:00-24:00');
INSERT INTO aftersale.shop (shop_id, platform, name) VALUES (1, 'permuted', 'P');
INSERT INTO aftersale.shop_country (shop_id, country, currency, calendar, time_zone) VALUES (1, 'US', 'USD', 'permuted', 'UTC');
-- a flow with finer states than the platform has, acts of the platform's for some moves, and a deadline that passes
INSERT INTO aftersale.flow (flow, version, platform, kind, initial_state) VALUES ('permuted/return', 1, 'permuted', 'return', 'open');
INSERT INTO aftersale.flow_state (flow, version, state, final, term) VALUES ('permuted/return', 1, 'open', false, NULL), ('permuted/return', 1, 'waiting', false, NULL), ('permuted/return', 1, 'checked', false, NULL),
	('permuted/return', 1, 'shipped', false, '48 hours'), ('permuted/return', 1, 'paid', true, NULL), ('permuted/return', 1, 'closed', true, NULL);
INSERT INTO aftersale.flow_transition (flow, version, from_state, action, to_state, actors, effect) VALUES
	('permuted/return', 1, 'open', 'ship', 'shipped', '{platform}', '{}'), ('permuted/return', 1, 'open', 'close', 'closed', '{platform}', '{}'),
	('permuted/return', 1, 'shipped', 'refund', 'paid', '{platform}', '{"refund": {"of": "given_or_asked", "executed_by": "platform"}}'),
	('permuted/return', 1, 'waiting', 'approve', 'paid', '{merchant}', '{"refund": {"of": "asked", "executed_by": "instruct"}}'),
	('permuted/return', 1, 'shipped', 'timeout', 'paid', '{system}', '{"refund": {"of": "asked", "executed_by": "platform"}}');
INSERT INTO aftersale.flow_choice (platform, flow) VALUES ('permuted', 'permuted/return');
INSERT INTO aftersale.status_code (platform, field, code, state, covers) VALUES
	('permuted', 'status', '1', 'open', '{waiting,checked}'), ('permuted', 'status', '2', 'shipped', '{}'), ('permuted', 'status', '3', 'paid', '{}'),
	('permuted', 'status', '4', 'closed', '{}'), ('permuted', 'status', '10', 'waiting', '{checked}'), ('permuted', 'status', '9', NULL, '{}'),
	('permuted', 'sign', 'a', 'waiting', '{}'), ('permuted', 'sign', 'b', 'checked', '{}');

CREATE FUNCTION pg_temp.model(codes text[], hours int[]) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	m record;
	state text := 'open';
BEGIN
	FOR m IN SELECT DISTINCT u.hour, c.state IN ('paid', 'closed') AS closes, length(c.code) AS length, c.code COLLATE "C" AS code, c.field COLLATE "C" AS field, c.state, c.covers
		FROM unnest(codes, hours) AS u(code, hour) JOIN aftersale.status_code c ON c.platform = 'permuted' AND c.code = u.code
		WHERE c.state IS NOT NULL ORDER BY 1, 2, 3, 4, 5
	LOOP
		IF NOT state = ANY (m.covers) THEN
			state := m.state;
		END IF;
	END LOOP;
	RETURN state;
END $$;

SELECT setseed(0.20261125) \g /dev/null
CREATE TEMP TABLE lists AS
SELECT n AS list, array_agg((ARRAY['1', '2', '3', '4', '10', '9', 'a', 'b'])[1 + floor(random() * 8)]) AS codes, array_agg(floor(random() * 5)::int) AS hours
FROM generate_series(1, 120) n, generate_series(1, 2 + n % 6) k GROUP BY n;
-- each four times: in order, and three times shuffled with every message once, twice or three times
CREATE TEMP TABLE steps AS
SELECT l.list, p AS permutation, row_number() OVER (PARTITION BY l.list, p ORDER BY CASE WHEN p = 1 THEN u.hour END, random()) AS place, u.code, u.hour
FROM lists l, generate_series(1, 4) p, unnest(l.codes, l.hours) AS u(code, hour), generate_series(1, CASE WHEN p = 1 THEN 1 ELSE 1 + floor(random() * 3)::int END) times;

-- half of them message by message, half as batches
CREATE FUNCTION pg_temp.payload(code text) RETURNS jsonb LANGUAGE sql AS $$SELECT '{"amount": 25, "opened_at": "2026-11-20T00:00:00Z"}'::jsonb || CASE code WHEN '3' THEN '{"refunded": 20}' ELSE '{}' END::jsonb$$;
CREATE FUNCTION pg_temp.field(code text) RETURNS text LANGUAGE sql AS $$SELECT CASE WHEN code IN ('a', 'b') THEN 'sign' ELSE 'status' END$$;
DO $$
DECLARE
	s record;
BEGIN
	FOR s IN SELECT * FROM steps WHERE list % 2 = 0 ORDER BY list, permutation, place LOOP
		PERFORM aftersale.import_status(1, format('L%s/%s', s.list, s.permutation), s.code, timestamptz '2026-11-25 00:00+00' + s.hour * interval '1 hour', field => pg_temp.field(s.code), payload => pg_temp.payload(s.code));
	END LOOP;
	FOR s IN SELECT list % 10 AS part, place % 3 AS turn FROM steps WHERE list % 2 = 1 GROUP BY 1, 2 ORDER BY 1, 2 LOOP
		INSERT INTO aftersale.platform_message (shop_id, external_ref, field, code, reported_at, payload)
		SELECT 1, format('L%s/%s', t.list, t.permutation), pg_temp.field(t.code), t.code, timestamptz '2026-11-25 00:00+00' + t.hour * interval '1 hour', pg_temp.payload(t.code)
		FROM steps t WHERE t.list % 10 = s.part AND t.place % 3 = s.turn AND t.list % 2 = 1
		ON CONFLICT DO NOTHING;
		WHILE aftersale.apply_messages(1000) > 0 LOOP NULL; END LOOP;
	END LOOP;
END $$;

CREATE TEMP TABLE outcomes AS
SELECT l.list, p AS permutation, pg_temp.model(l.codes, l.hours) AS expected, r.state, coalesce(r.refund_amount, 0) AS refunded
FROM lists l CROSS JOIN generate_series(1, 4) p
LEFT JOIN aftersale.request r ON r.shop_id = 1 AND r.external_ref = format('L%s/%s', l.list, p)
WHERE NOT l.codes <@ ARRAY['9'];
SELECT cmp_ok((SELECT count(*) FROM outcomes)::int, '>', 450, 'permutations were applied: ' || (SELECT count(*) FROM outcomes) || ', of ' || (SELECT count(*) FROM steps) || ' messages');
SELECT is_empty('SELECT * FROM outcomes WHERE state IS DISTINCT FROM expected', 'each ends in the state of the ordered list');
SELECT is_empty($$SELECT * FROM outcomes WHERE refunded <> CASE state WHEN 'paid' THEN 20 ELSE 0 END$$, 'what is refunded is what the platform said last, once');
SELECT is_empty('SELECT * FROM aftersale.verify_history(1)', 'the histories hold');
SELECT is_empty($$SELECT status, count(*) FROM aftersale.platform_message WHERE status NOT IN ('applied', 'stale', 'repeated') GROUP BY 1$$, 'no message was left');
SELECT * FROM finish();
ROLLBACK;
