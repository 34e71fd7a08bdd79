-- needs the tables of this version
-- bind(): who owns a table has his expressions, triggers and functions executed
-- with his own rights, whoever acts on its requests; and a table that nobody but
-- he can read does not stop the sweep.
BEGIN;
\ir bind.psql

RESET ROLE;
CREATE SCHEMA theirs AUTHORIZATION regress_clerk;
CREATE TABLE erp.seen (what text, who text);
GRANT USAGE ON SCHEMA erp TO PUBLIC;
GRANT INSERT ON erp.seen TO PUBLIC;
SET ROLE regress_erp;
SELECT aftersale.grant_access('regress_clerk', 'service') \g /dev/null
INSERT INTO aftersale.login (login, shop_id, actor, may_speak) VALUES ('regress_clerk', 1, 'clerk', true);

-- regress_clerk owns a table, and whatever can be executed by what is done to it
SET ROLE regress_clerk;
CREATE FUNCTION theirs.note(what text) RETURNS boolean LANGUAGE plpgsql AS $$BEGIN INSERT INTO erp.seen VALUES (what, current_user); RETURN true; END $$;
CREATE FUNCTION theirs.hidden(what text, value text) RETURNS text LANGUAGE plpgsql IMMUTABLE AS $$BEGIN PERFORM theirs.note(what); RETURN value; END $$;
CREATE FUNCTION theirs.fired() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN PERFORM theirs.note(TG_NAME); RETURN NEW; END $$;
CREATE FUNCTION theirs.told(m jsonb) RETURNS void LANGUAGE plpgsql AS $$BEGIN PERFORM theirs.note('procedure'); END $$;
CREATE TABLE theirs.claim (id int PRIMARY KEY, s text, touched text, made text GENERATED ALWAYS AS (theirs.hidden('generated', s)) STORED, CHECK (theirs.hidden('check', s) IS NOT NULL));
CREATE INDEX ON theirs.claim (theirs.hidden('index', s));
CREATE TRIGGER before BEFORE INSERT OR UPDATE ON theirs.claim FOR EACH ROW EXECUTE FUNCTION theirs.fired();
SELECT lives_ok($$SELECT aftersale.bind('theirs.claim', '{"sql": "theirs.hidden(''flow'', ''own/complaint'')"}',
	'{"shop": {"sql": "theirs.hidden(''shop'', ''1'')::int"}, "state": {"sql": "theirs.hidden(''state'', s)"}, "reason": {"sql": "theirs.hidden(''reason'', ''x'')"}}',
	'{"w": "waiting", "a": {"state": "approved", "set": {"s": "a"}}, "r": {"state": "rejected", "action": "reject", "set": {"s": "r"}}, "c": {"state": "cancelled", "write_back": "procedure", "procedure": "theirs.told"}}',
	'{"name": "theirs", "when": "theirs.hidden(''when'', '''') = ''''", "touch": [{"column": "touched", "sql": "theirs.hidden(''touch'', s)"}]}')$$, 'bound');
INSERT INTO theirs.claim (id, s) SELECT n, 'w' FROM generate_series(1, 5) n;

SET ROLE regress_erp;
SELECT is(has_schema_privilege('theirs', 'USAGE'), false, 'the owner of aftersale''s tables may not even see that schema');
SELECT is((SELECT state FROM aftersale.act(1, pg_temp.id_of('theirs', '1'), 'approve')), 'approved', 'and acts');
SELECT is((SELECT state FROM aftersale.act(1, pg_temp.id_of('theirs', '2'), 'cancel')), 'cancelled', '... a procedure is called');
SELECT is((SELECT bool_and(intact) FROM aftersale.attachments()), true, 'the binding is intact, whoever asks');
SELECT is((SELECT ok FROM aftersale.health() WHERE name = 'attachments'), true, '... and by health()');
SELECT is(pg_temp.swept('2026-11-25 10:00:01+00'), 3::bigint, 'the sweep acts on its requests');
RESET ROLE;
SELECT is((SELECT state FROM aftersale.act(1, pg_temp.id_of('theirs', '1'), 'cancel')), 'cancelled', 'a superuser acts');
SELECT lives_ok($$SELECT aftersale.backfill('theirs')$$, '... and takes rows in');
SELECT is((SELECT bool_and(intact) FROM aftersale.attachments()), true, '... and asks');
SELECT is((SELECT string_agg(DISTINCT who, ', ') FROM erp.seen), 'regress_clerk', 'nothing of the table''s owner was executed as anybody else');
SELECT bag_has($$SELECT what FROM erp.seen$$, $$VALUES ('generated'), ('check'), ('index'), ('before'), ('flow'), ('shop'), ('state'), ('reason'), ('when'), ('touch'), ('procedure')$$,
	'... and all of it was');

-- ---- what is left to the end of the transaction would be done as whoever commits ----

SET ROLE regress_clerk;
CREATE CONSTRAINT TRIGGER late AFTER UPDATE ON theirs.claim DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION theirs.fired();
SELECT pg_temp.clock('2026-11-25 11:00+00');
INSERT INTO theirs.claim (id, s) VALUES (11, 'w'), (12, 'w');
SELECT is((SELECT state FROM aftersale.act(1, pg_temp.id_of('theirs', '11'), 'approve')), 'approved', 'he may act on his own table');
SET ROLE regress_erp;
SELECT is(pg_temp.error_of($$SELECT aftersale.act(1, pg_temp.id_of('theirs', '12'), 'approve')$$), '42501 cannot fire deferred trigger within security-restricted operation',
	'others have no deferred trigger of his executed as them');
SELECT pg_temp.swept('2026-12-25 11:00:01+00') \g /dev/null
SELECT results_eq($$SELECT state, fault FROM aftersale.request WHERE request_id = pg_temp.id_of('theirs', '12')$$,
	$$VALUES ('waiting', '42501: cannot fire deferred trigger within security-restricted operation')$$, '... the sweep leaves such to a person');

-- ---- a table that does not fit any more stops nobody else ----

CREATE TABLE claim (id int PRIMARY KEY, s text);
SELECT aftersale.bind('claim', 'own/complaint', '{"shop": {"value": 1}, "state": "s"}', '{"w": "waiting", "r": {"state": "rejected", "action": "reject"}}', '{"name": "ours"}') \g /dev/null
INSERT INTO claim VALUES (1, 'w');
SET ROLE regress_clerk;
DROP TRIGGER late ON theirs.claim;
INSERT INTO theirs.claim (id, s) VALUES (21, 'w');
ALTER TABLE theirs.claim RENAME COLUMN s TO t;
SET ROLE regress_erp;
SELECT lives_ok($$SELECT pg_temp.swept('2026-12-28 11:00:01+00')$$, 'a column is gone, and the sweep runs');
SELECT is((SELECT s FROM claim), 'r', '... for other tables');
SELECT matches((SELECT fault FROM aftersale.request WHERE request_id = pg_temp.id_of('theirs', '21')), '^RA101: attachment "theirs" does not fit table "theirs.claim"', '... and says what is wrong with that one');

-- ---- triggers of the same name on other tables ----

CREATE TABLE other (id int PRIMARY KEY, s text);
RESET ROLE;
GRANT TRIGGER, INSERT, TRUNCATE ON erp.other TO regress_clerk;
SET ROLE regress_clerk;
SELECT format('CREATE TRIGGER x AFTER INSERT ON erp.other REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION aftersale.attached_binding(%L, %L)', t.attachment, t.definition)
FROM (SELECT DISTINCT attachment, convert_from(substring(g.tgargs FROM 6 FOR length(g.tgargs) - 6), 'UTF8') AS definition
	FROM aftersale.attachment_triggers() a JOIN pg_trigger g ON g.tgrelid = a.relation AND g.tgname = a.trigger WHERE attachment = 'ours') t \gexec
SELECT lives_ok($$CREATE TRIGGER y AFTER TRUNCATE ON erp.other FOR EACH STATEMENT EXECUTE FUNCTION aftersale.attached_truncated('ours', '{}')$$, 'whoever was granted TRIGGER makes them');
INSERT INTO erp.other VALUES (77, 'w');
TRUNCATE erp.other;
SET ROLE regress_erp;
INSERT INTO claim VALUES (2, 'w');
SET ROLE regress_clerk;
TRUNCATE erp.other;
SET ROLE regress_erp;
SELECT is(pg_temp.request_of('ours', '77'), NULL, '... and rows of that table open nothing');
SELECT results_eq($$SELECT state, fault FROM aftersale.request WHERE request_id = pg_temp.id_of('ours', '2')$$, $$VALUES ('waiting', NULL)$$, '... nor are requests of the bound one parked');
CREATE TABLE parts (id int PRIMARY KEY, s text) PARTITION BY RANGE (id);
CREATE TABLE part_1 PARTITION OF parts FOR VALUES FROM (0) TO (10);
CREATE TABLE part_2 PARTITION OF parts FOR VALUES FROM (10) TO (20);
SELECT aftersale.bind('parts', 'own/complaint', '{"shop": {"value": 1}, "state": "s"}', '{"w": "waiting", "a": "approved"}', '{"name": "parts"}') \g /dev/null
INSERT INTO parts VALUES (1, 'w'), (11, 'w'), (12, 'w');
ALTER TABLE parts DETACH PARTITION part_2;
UPDATE part_2 SET s = 'a' WHERE id = 12;
SELECT is(pg_temp.request_of('parts', '12'), 'waiting', 'a partition that was detached is none of the binding''s any more');
SELECT is((SELECT state FROM aftersale.act(1, pg_temp.id_of('parts', '1'), 'approve')), 'approved', '... acts');
SELECT is((SELECT s FROM parts WHERE id = 1), 'a', '... are written where the others are');
SELECT * FROM finish();
ROLLBACK;
