-- Flows that cannot be run: timers and moves of the clock that make no sense are
-- refused by every open, by the name of what is wrong, until they are mended.
\set VERBOSITY default
\set SHOW_CONTEXT never
SET client_min_messages = warning;
SET TIME ZONE 'UTC';
SET aftersale.test_now = '2026-11-27 10:00:00+00';
SET ROLE regress_erp;
INSERT INTO aftersale.calendar (name, calendar) VALUES ('refused', 'zone UTC; mon-fri 09:00-18:00');
INSERT INTO aftersale.shop (shop_id, platform, name) VALUES (966, 'refused', 'refused');
INSERT INTO aftersale.shop_country (shop_id, country, currency, calendar, time_zone) VALUES (966, 'GB', 'GBP', 'refused', 'UTC');
INSERT INTO aftersale.flow (flow, version, platform, kind, initial_state) VALUES ('refused/claim', 1, 'refused', 'claim', 'new');
INSERT INTO aftersale.flow_state (flow, version, state, final, term) VALUES ('refused/claim', 1, 'new', false, '1 business day'), ('refused/claim', 1, 'done', true, NULL);
INSERT INTO aftersale.flow_transition (flow, version, from_state, action, to_state) VALUES
	('refused/claim', 1, 'new', 'grant', 'done'), ('refused/claim', 1, 'new', 'timeout', 'done');
CREATE FUNCTION pg_temp.try(change text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	hint text;
BEGIN
	EXECUTE change;
	INSERT INTO aftersale.request (shop_id, flow) VALUES (966, 'refused/claim');
	RAISE EXCEPTION USING ERRCODE = 'ZZ000';
EXCEPTION
	WHEN SQLSTATE 'ZZ000' THEN
		RETURN 'runs';
	WHEN OTHERS THEN
		GET STACKED DIAGNOSTICS hint = PG_EXCEPTION_HINT;
		RETURN concat_ws(E'\n', SQLSTATE || ' ' || SQLERRM, nullif(hint, ''));
END $$;
CREATE FUNCTION pg_temp.timer(name text, state text, starts text, term text, kind text DEFAULT 'warning', pause text DEFAULT 'none') RETURNS text LANGUAGE sql AS $$
SELECT pg_temp.try(format('INSERT INTO aftersale.flow_timer (flow, version, name, state, starts, term, kind, pause, rule) VALUES (%L, 1, %L, %L, %L, %L, %L, %L, %L)',
	'refused/claim', name, state, starts, term, kind, pause, 'OWN-1')) $$;
CREATE FUNCTION pg_temp.move(clock text, effect text, action text DEFAULT 'grant') RETURNS text LANGUAGE sql AS $$
SELECT pg_temp.try(format('UPDATE aftersale.flow_transition SET clock = %L, effect = %L WHERE flow = %L AND action = %L', clock, effect, 'refused/claim', action)) $$;
\pset format unaligned
\pset tuples_only on

-- ---- timers ----
SELECT pg_temp.timer('warned', 'new', 'before_due', '4 business hours');
SELECT pg_temp.timer('grant', 'new', 'before_due', '4 hours');
SELECT pg_temp.timer('timeout', 'new', 'before_due', '4 hours');
SELECT pg_temp.timer('open', 'new', 'before_due', '4 hours');
SELECT pg_temp.timer('set_deadline', 'new', 'before_due', '4 hours');
SELECT pg_temp.timer('recompute_deadline', 'new', 'before_due', '4 hours');
SELECT pg_temp.timer('warned', NULL, 'before_due', '4 hours');
SELECT pg_temp.timer('warned', 'done', 'before_due', '4 hours');
SELECT pg_temp.timer('warned', NULL, 'entered', '4 hours');
SELECT pg_temp.timer('warned', 'new', 'before_due', '-4 hours');
-- in a final state from its entering, and one at once, are none of these
SELECT pg_temp.timer('archived', 'done', 'entered', '0 hours', 'alert');
-- a table's own: states that are none, masks of a state, before a deadline or that stand, unknown words
SELECT pg_temp.timer('warned', 'nowhere', 'before_due', '4 hours');
SELECT pg_temp.timer('hidden', 'new', 'opened', '48 hours', 'mask');
SELECT pg_temp.timer('hidden', NULL, 'entered', '48 hours', 'mask');
SELECT pg_temp.timer('hidden', NULL, 'opened', '48 hours', 'mask', 'wall');
SELECT pg_temp.timer('warned', 'new', 'never', '4 hours');
-- rows that came past the foreign key, as in a restore without triggers
RESET ROLE;
SELECT pg_temp.try($$SET LOCAL session_replication_role = replica;
	INSERT INTO aftersale.flow_timer (flow, version, name, state, term) VALUES ('refused/claim', 1, 'warned', 'nowhere', '4 hours');
	SET LOCAL session_replication_role = origin; UPDATE aftersale.flow SET title = title$$);
SET ROLE regress_erp;
-- sixteen are enough
SELECT pg_temp.try($$INSERT INTO aftersale.flow_timer (flow, version, name, state, term) SELECT 'refused/claim', 1, 'warned ' || i, 'new', '4 hours' FROM generate_series(10, 25) i$$);
SELECT pg_temp.try($$INSERT INTO aftersale.flow_timer (flow, version, name, state, term) SELECT 'refused/claim', 1, 'warned ' || i, 'new', '4 hours' FROM generate_series(10, 26) i$$);

-- ---- moves of the clock ----
SELECT pg_temp.move('extend', '{"extend": "12 hours"}');
SELECT pg_temp.move('extend', '{}');
SELECT pg_temp.move('restart', '{"extend": "12 hours"}');
SELECT pg_temp.move('pause', '{"extend": "12 hours"}');
SELECT pg_temp.move('extend', '{"extend": 12}');
SELECT pg_temp.move('extend', '{"extend": {"term": "12 hours"}}');
SELECT pg_temp.move('extend', '{"extend": "a while"}');
SELECT pg_temp.move('extend', '{"extend": "0 hours"}');
SELECT pg_temp.move('extend', '{"extend": "-12 hours"}');
SELECT pg_temp.move('extend', '{"extend": "12 hours", "prolong": true}');
SELECT pg_temp.move('stop', '{}');
-- the clock does not stop, resume or extend itself
SELECT pg_temp.move('pause', '{}', 'timeout');
SELECT pg_temp.move('resume', '{}', 'timeout');
SELECT pg_temp.move('extend', '{"extend": "12 hours"}', 'timeout');

-- ---- refunds and charges ----
SELECT pg_temp.move('restart', '{"refund": {"of": "asked", "executed_by": "platform", "fees": "yes"}}');
SELECT pg_temp.move('restart', '{"refund": {"of": "asked"}}');
SELECT pg_temp.move('restart', '{"refund": {"of": "everything", "executed_by": "platform"}}');
SELECT pg_temp.move('restart', '{"refund": {"of": "asked", "executed_by": "nobody"}}');
SELECT pg_temp.move('restart', '{"refund": {"of": "asked", "executed_by": "shop", "twice": true}}');
SELECT pg_temp.move('restart', '{"charge": {"kind": "freight"}}');
SELECT pg_temp.move('restart', '{"charge": {"kind": "freight", "bearer": "nobody"}}');
-- what runs
SELECT pg_temp.move('pause', '{}'), pg_temp.move('resume', '{}'), pg_temp.move('keep', '{}');
SELECT count(*) FROM aftersale.request WHERE shop_id = 966;
