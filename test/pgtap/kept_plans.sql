-- Statements of ours are planned once a session, often while the tables are empty:
-- the plan has to be right when they are full.  Told by the rows that are fetched,
-- which go with the rows that are changed and not with those that are there.
-- needs the tables of this version
BEGIN;
\ir bind.psql

CREATE TABLE claim (id int PRIMARY KEY, shop int, state varchar NOT NULL, amount numeric(10,2));
SELECT aftersale.bind('claim', 'own/complaint', '{"shop": "shop", "state": "state", "amount": "amount"}',
	'{"waiting": "waiting", "approved": "approved", "done": "received", "rejected": {"state": "rejected", "action": "reject"}, "cancelled": "cancelled"}', '{"name": "c"}');
-- Every statement is planned here, with next to nothing in the tables.
INSERT INTO claim VALUES (0, 1, 'waiting', 1), (-1, 1, 'waiting', 1), (-2, 1, 'waiting', 1);
UPDATE claim SET state = 'approved' WHERE id = 0;
UPDATE claim SET amount = 2 WHERE id IN (0, -1);
DELETE FROM claim WHERE id = -1;
SELECT action FROM aftersale.act(1, pg_temp.id_of('c', '-2'), 'approve');
SELECT count(*) FROM aftersale.act_many('{1}', ARRAY[pg_temp.id_of('c', '0')], 'cancel');

-- Rows of ours that were fetched so far in this transaction
CREATE FUNCTION pg_temp.fetched() RETURNS bigint LANGUAGE sql AS
	$$SELECT sum(seq_tup_read + coalesce(idx_tup_fetch, 0))::bigint FROM pg_stat_xact_user_tables WHERE schemaname = 'aftersale'$$;
-- How many for each of the rows that a statement changes
CREATE FUNCTION pg_temp.fetched_by(statement text, count int) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
	before bigint := pg_temp.fetched();
BEGIN
	EXECUTE statement;
	RETURN (pg_temp.fetched() - before) / count;
END $$;
SELECT cmp_ok(pg_temp.fetched_by('INSERT INTO claim SELECT n, 1, ''waiting'', 1 FROM generate_series(1, 3000) n', 3000), '<', 20::bigint, 'openings');
SELECT cmp_ok(pg_temp.fetched_by('UPDATE claim SET amount = 3 WHERE id BETWEEN 1 AND 1000', 1000), '<', 20::bigint, 'values that are taken over');
SELECT cmp_ok(pg_temp.fetched_by('UPDATE claim SET state = ''approved'' WHERE id BETWEEN 1 AND 1000', 1000), '<', 20::bigint, 'acts');
SELECT cmp_ok(pg_temp.fetched_by('DELETE FROM claim WHERE id BETWEEN 2001 AND 3000', 1000), '<', 20::bigint, 'rows that are gone');
SELECT cmp_ok(pg_temp.fetched_by($$SELECT aftersale.act_many(array_fill(1::bigint, '{500}'), (SELECT array_agg(b.request_id) FROM aftersale.bound_row b
	WHERE b.binding = 'c' AND b.row_ref::int BETWEEN 1001 AND 1500), 'approve')$$, 500), '<', 30::bigint, 'act_many(), for which the test reads bound_row whole');
SELECT cmp_ok(pg_temp.fetched_by($$SELECT pg_temp.swept('2026-11-25 10:00:01+00')$$, 500), '<', 30::bigint, 'the clock');
SELECT is((SELECT count(*) FROM claim WHERE state = 'rejected'), 500::bigint, '... of which the rows are told');
SELECT * FROM finish();
ROLLBACK;
