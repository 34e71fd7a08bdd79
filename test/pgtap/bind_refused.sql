-- needs the tables of this version
-- bind(): what could not work is refused when it is asked for; names, codes and
-- keys may be whatever a table allows.
BEGIN;
\ir bind.psql

CREATE TABLE claim (id int PRIMARY KEY, s text, at timestamptz, naive timestamp, k text, day date UNIQUE, raw bytea UNIQUE, part text);
CREATE UNIQUE INDEX ON claim (part) WHERE s IS NOT NULL;
CREATE TEMP TABLE short (id int PRIMARY KEY, s text);
CREATE VIEW seen AS SELECT * FROM claim;
CREATE TABLE ruled (id int PRIMARY KEY, s text);
CREATE RULE ruled AS ON UPDATE TO ruled DO INSTEAD NOTHING;
CREATE FUNCTION pg_temp.refused(relation text, columns text, states text, options text DEFAULT '{}', flow text DEFAULT 'own/complaint') RETURNS text LANGUAGE sql AS
	$$SELECT regexp_replace(pg_temp.error_of(format('SELECT aftersale.bind(%L, %L, ''{"shop": {"value": 1}, "state": "s"}''::jsonb || %L, %L, %L)', relation, flow, columns, states, options)), '^(\S+) (attachment .* does not fit table "\S*": )?', '\1 ')$$;

SELECT is(pg_temp.refused('short', '{}', '{"w": "waiting"}'), 'RA100 it is temporary, and other sessions act on its requests (RA100)', 'a temporary table');
SELECT is(pg_temp.refused('seen', '{"key": "id"}', '{"w": "waiting"}'), 'RA100 "erp.seen" is no table (RA100)', 'a view');
SELECT is(pg_temp.refused('ruled', '{}', '{"w": "waiting"}'), 'RA100 it has a rule on UPDATE (RA100)', 'a rule that makes something else of an UPDATE');
SELECT is(pg_temp.refused('claim', '{"key": "k"}', '{"w": "waiting"}'), 'RA100 table "erp.claim" has no unique index on its "key" alone (RA100)', 'a key that is not unique');
SELECT is(pg_temp.refused('claim', '{"key": "part"}', '{"w": "waiting"}'), 'RA100 table "erp.claim" has no unique index on its "key" alone (RA100)', '... or only in part');
SELECT is(pg_temp.refused('claim', '{"key": "day"}', '{"w": "waiting"}'), 'RA100 "key" cannot be of type date (RA100)', 'a key that depends on DateStyle');
SELECT is(pg_temp.refused('claim', '{"key": "raw"}', '{"w": "waiting"}'), 'RA100 "key" cannot be of type bytea (RA100)', '... on bytea_output');
SELECT is(pg_temp.refused('claim', '{"key": {"sql": "id"}}', '{"w": "waiting"}'), 'RA100 "key" is not a column (RA100)', '... that is no column');
SELECT is(pg_temp.refused('claim', '{"state": {"value": "w"}}', '{"w": "waiting"}'), 'RA100 "state" is a constant (RA100)', 'a constant state');
SELECT is(pg_temp.refused('claim', '{}', '{"w": {"state": "waiting", "action": "aproove"}}'), 'RA100 flow "own/complaint" has no action "aproove" (RA100)', 'an action that the flow has not');
SELECT is(pg_temp.refused('claim', '{}', '{"w": "waiting"}', '{"on_delete": "go"}'), 'RA100 flow "own/complaint" has no action "go" (RA100)', '... for deletions');
SELECT is(pg_temp.refused('claim', '{}', '{"w": {"state": "waiting", "action": "go"}}', flow => '{"sql": "k"}'), 'RA100 no flow has no action "go" (RA100)', '... or no flow has');
SELECT is(pg_temp.refused('claim', '{}', '{"w": {"state": "waiting", "actor": 17}}'), 'RA100 "actor" is no string (RA100)', 'what is of the wrong type is not taken for what is not there');
SELECT is(pg_temp.refused('claim', '{}', '{"w": {"state": "waiting", "write_back": 1}}'), 'RA100 "write_back" is no string (RA100)', '... a mode');
SELECT is(pg_temp.refused('claim', '{}', '{"w": "waiting"}', '{"on_conflict": true}'), 'RA100 "on_conflict" is no string (RA100)', '... on_conflict');
SELECT is(pg_temp.refused('claim', '{}', '{"w": "waiting"}', '{"when": false}'), 'RA100 "when" is no string (RA100)', '... a condition');
SELECT is(pg_temp.refused('claim', '{}', '{"w": "waiting"}', '{"touch": [{"column": "naive", "zone": "Mars"}]}'), 'RA100 time zone "Mars" of "touch" does not exist (RA100)', 'a zone');
SELECT matches(pg_temp.refused('claim', '{}', '{"w": "waiting"}', '{"touch": [{"column": "at", "sql": "now()), s = (''x''"}]}'), '^42601 ', 'an expression that is two');
SELECT matches(pg_temp.refused('claim', '{}', '{"w": "waiting"}', '{"when": "true) OR (false"}'), '^RA100 when: syntax error', 'a condition that is two');
SELECT is((SELECT count(*) FROM aftersale.attachment), 0::bigint, 'nothing of it is left');

-- ---- several actions lead to one state ----

CREATE TABLE forked (id int PRIMARY KEY, s text);
SELECT aftersale.bind('forked', 'own/complaint', '{"shop": {"value": 1}, "state": "s"}', '{"w": "waiting", "r": "rejected"}', '{"name": "f"}') \g /dev/null
INSERT INTO forked VALUES (1, 'w');
SELECT matches(pg_temp.error_of($$UPDATE forked SET s = 'r'$$), '^RA105 row "1" of table "erp.forked" has come to "r", and several actions lead request \d+ of shop 1 there from state "waiting" \(RA105\)$', 'a row that does not say which is refused');
SELECT is(pg_temp.request_of('f', '1'), 'waiting', '... and its request stays');
SELECT aftersale.unbind('forked') \g /dev/null

-- ---- names, codes, keys ----

CREATE TABLE "T.a ""b" ("i d" text PRIMARY KEY, "Shop" int, "s'tate" varchar(3), "left" timestamptz, "a\b" text, "where" text, "k" text);
SELECT lives_ok($$SELECT aftersale.bind('"T.a ""b"', 'own/complaint', '{"shop": "Shop", "state": "s''tate", "due": "left", "outcome": "a\\b"}',
	'{"w''\"": "waiting", "\\": {"state": "approved", "set": {"where": "it''s \\ \" $1 %s", "k": "é"}}, "": "cancelled", "r": "rejected"}', '{"name": "n''a\"me"}')$$, 'names and codes that need quotes');
INSERT INTO "T.a ""b" ("i d", "Shop", "s'tate") SELECT k, 1, 'w''"'
	FROM unnest(ARRAY['', ' ', 'a''b', 'a"b', '{a,b}', 'a\b', E'a\nb', '$1', '%s', 'A', 'a', 'é', 'NULL', repeat('x', 2000), 'A#2']) k;
SELECT is((SELECT count(*) FROM aftersale.bound_row b JOIN "T.a ""b" ON "i d" COLLATE "C" = b.row_ref), 15::bigint, 'keys of every kind');
SELECT aftersale.act_many(array_agg(shop_id), array_agg(request_id), 'approve') FROM aftersale.bound_row WHERE length(row_ref) < 3 \g /dev/null
SELECT results_eq($$SELECT DISTINCT "s'tate", "where", k FROM "T.a ""b" WHERE length("i d") < 3$$, $$VALUES ('\'::varchar, 'it''s \ " $1 %s', 'é')$$, 'written back');
SELECT aftersale.act_many(array_agg(shop_id), array_agg(request_id), 'cancel') FROM aftersale.bound_row WHERE length(row_ref) < 3 \g /dev/null
SELECT is((SELECT count(*) FROM "T.a ""b" WHERE "s'tate" = ''), 7::bigint, '... an empty code');
SELECT pg_temp.swept('2026-11-25 10:00:01+00') \g /dev/null
SELECT results_eq($$SELECT "s'tate", count(*) FROM "T.a ""b" GROUP BY 1 ORDER BY 1$$, $$VALUES (''::varchar, 7::bigint), ('r', 8)$$, 'all of them');
UPDATE "T.a ""b" SET "s'tate" = 'w''"' WHERE "i d" LIKE 'A%';
SELECT results_eq($$SELECT row_ref COLLATE "default", external_ref FROM aftersale.bound_row JOIN aftersale.request USING (shop_id, request_id) WHERE row_ref LIKE 'A%' ORDER BY row_ref$$,
	$$VALUES ('A', 'A#3'), ('A#2', 'A#2#2')$$, 'a key that looks like one opened again');

-- ---- row-level security that the owner has put upon himself ----

CREATE TABLE hidden (id int PRIMARY KEY, s text, mine boolean NOT NULL DEFAULT true);
SELECT aftersale.bind('hidden', 'own/complaint', '{"shop": {"value": 1}, "state": "s"}', '{"w": "waiting", "a": "approved", "r": {"state": "rejected", "action": "reject"}}', '{"name": "h"}') \g /dev/null
SELECT pg_temp.clock('2026-11-25 11:00+00');
INSERT INTO hidden VALUES (1, 'w'), (2, 'w');
UPDATE hidden SET mine = false WHERE id = 2;
ALTER TABLE hidden ENABLE ROW LEVEL SECURITY;
ALTER TABLE hidden FORCE ROW LEVEL SECURITY;
CREATE POLICY mine ON hidden USING (mine);
SELECT matches(pg_temp.error_of($$SELECT aftersale.act(1, pg_temp.id_of('h', '2'), 'approve')$$), '^RA101 .*: row-level security is forced upon its owner', 'is an error, not a row that is not written');
ALTER TABLE hidden NO FORCE ROW LEVEL SECURITY;
SELECT is((SELECT state FROM aftersale.act(1, pg_temp.id_of('h', '2'), 'approve')), 'approved', '... where it is not forced, he sees all');
SELECT is((SELECT count(*) FROM hidden WHERE s = 'a'), 1::bigint, '... and writes');
SELECT * FROM finish();
ROLLBACK;
