-- Every object has a comment: those of the extension, and the tables, views
-- and columns that install() makes.
BEGIN;
SELECT plan(3);

SELECT is_empty($$
	SELECT pg_describe_object(classid, objid, 0)
	FROM pg_depend
	WHERE refclassid = 'pg_extension'::regclass AND deptype = 'e'
	  AND refobjid = (SELECT oid FROM pg_extension WHERE extname = 'aftersale')
	  AND classid IN ('pg_proc'::regclass, 'pg_operator'::regclass, 'pg_type'::regclass, 'pg_cast'::regclass)
	  -- from 17 on types of arrays belong to the extension as well, which makes them by itself
	  AND NOT EXISTS (SELECT FROM pg_type WHERE typarray = objid AND classid = 'pg_type'::regclass)
	  AND coalesce(obj_description(objid, classid::regclass::name), '') = ''
	ORDER BY 1
$$, 'every function, aggregate, operator, type and cast of the extension has a comment');

CREATE TEMP VIEW ours AS
	SELECT c.oid, c.relname, c.relkind
	FROM pg_class c
	WHERE c.relnamespace = 'aftersale'::regnamespace AND c.relkind IN ('r', 'p', 'v', 'm');

SELECT is_empty($$
	SELECT relname FROM ours WHERE coalesce(obj_description(oid, 'pg_class'), '') = '' ORDER BY 1
$$, 'every table and view has a comment');

SELECT is_empty($$
	SELECT relname || '.' || attname
	FROM ours JOIN pg_attribute ON attrelid = ours.oid
	WHERE attnum > 0 AND NOT attisdropped AND coalesce(col_description(attrelid, attnum), '') = ''
	ORDER BY 1
$$, 'every column has a comment');

SELECT * FROM finish();
ROLLBACK;
