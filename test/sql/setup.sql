-- Runs first, in every database that tests start from: the roles, and the
-- tables as an ERP has them.  Not a test of its own.
--   regress_erp		owns the tables, as the role of an ERP does; no superuser
--   regress_clerk		a role of a person; has what a test grants it
\set VERBOSITY terse
DO $$
DECLARE
	name text;
BEGIN
	FOREACH name IN ARRAY ARRAY['regress_erp', 'regress_clerk'] LOOP
		IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = name) THEN
			EXECUTE format('CREATE ROLE %I LOGIN', name);
		END IF;
	END LOOP;
END
$$;
GRANT USAGE ON SCHEMA aftersale TO regress_clerk;
DO $$ BEGIN PERFORM aftersale.install(owner => 'regress_erp'); END $$;
