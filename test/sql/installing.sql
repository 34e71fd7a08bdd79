-- Installing: who may, who owns, what is said before and after.
\set VERBOSITY default
\set SHOW_CONTEXT never
SET client_min_messages = warning;
SELECT current_database() AS regress_database \gset
CREATE DATABASE regress_install;
\c regress_install
SET client_min_messages = warning;
CREATE EXTENSION aftersale;
CREATE ROLE regress_plain LOGIN;
-- before install() everything names the statement to run
SELECT aftersale.act(1, 1, 'reply');
SELECT aftersale.allowed_actions(1, 1);
SELECT aftersale.fire_due(1, now(), 1);
CALL aftersale.sweep();
SELECT aftersale.explain(1, 1);
SELECT aftersale.start();
SELECT aftersale.health();
SELECT aftersale.load_pack('temu');
SELECT aftersale.migrate();
SELECT aftersale.require_installed();
-- a superuser names an ordinary role
SELECT aftersale.install();
SELECT aftersale.install(owner => 'regress_nobody');
-- a plain role needs CREATE on the schema
SET ROLE regress_plain;
SELECT aftersale.install();
RESET ROLE;
GRANT USAGE ON SCHEMA aftersale TO regress_plain;
SET ROLE regress_plain;
SELECT aftersale.install();
RESET ROLE;
GRANT CREATE ON SCHEMA aftersale TO regress_plain;
SET ROLE regress_plain;
SELECT aftersale.install();
SELECT current_user;
-- once
SELECT aftersale.install();
SELECT aftersale.migrate();
RESET ROLE;
-- ordinary tables of that role, no members of the extension
SELECT DISTINCT tableowner FROM pg_tables WHERE schemaname = 'aftersale';
SELECT count(*) FROM pg_depend d JOIN pg_class c ON c.oid = d.objid
WHERE d.classid = 'pg_class'::regclass AND d.deptype = 'e' AND c.relnamespace = 'aftersale'::regnamespace AND c.relkind IN ('r', 'v', 'S');
-- DROP EXTENSION does not take them along silently
\set VERBOSITY terse
DROP EXTENSION aftersale;
-- tables that a superuser was given: nothing runs as him
ALTER TABLE aftersale.request OWNER TO CURRENT_USER;
SELECT aftersale.unpark(1, 1);
ALTER TABLE aftersale.request OWNER TO regress_plain;
SELECT aftersale.unpark(1, 1);
-- tables of another version
UPDATE aftersale.installation SET schema_version = 99;
SELECT aftersale.require_installed();
SELECT aftersale.migrate();
UPDATE aftersale.installation SET schema_version = 0;
SELECT aftersale.require_installed();
DELETE FROM aftersale.installation;
SELECT aftersale.require_installed();
INSERT INTO aftersale.installation (schema_version) VALUES (aftersale.tables_version());
SELECT aftersale.require_installed();
SELECT aftersale.load_pack('nothing');
SELECT aftersale.load_pack(NULL);
SET ROLE regress_plain;
SELECT aftersale.load_pack('temu');
SELECT aftersale.load_pack('temu');
SELECT aftersale.load_pack('temu', 7);
\c :regress_database
SET client_min_messages = warning;
DROP DATABASE regress_install;
DROP ROLE regress_plain;
