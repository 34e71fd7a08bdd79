-- The tables can be sharded by shop (Citus): what that needs of them, read from
-- the catalog.
BEGIN;
SELECT plan(9);

CREATE TEMP VIEW ours AS
	SELECT c.oid, c.relname, s.attnum AS shop_id, s.atttypid AS shop_type, s.attnotnull AS shop_not_null
	FROM pg_class c
	LEFT JOIN pg_attribute s ON s.attrelid = c.oid AND s.attname = 'shop_id'
	WHERE c.relnamespace = 'aftersale'::regnamespace AND c.relkind IN ('r', 'p');

SELECT cmp_ok((SELECT count(*) FROM ours WHERE shop_id IS NOT NULL)::int, '>=', 15, 'the tables of a shop are there');

SELECT is_empty($$
	SELECT relname FROM ours
	WHERE shop_id IS NULL
	  AND relname NOT IN ('installation', 'heartbeat', 'calendar', 'holiday', 'flow', 'flow_state', 'flow_transition', 'flow_timer', 'flow_advice', 'flow_choice', 'role_permission', 'carrier', 'site', 'reason', 'status_code', 'access', 'attachment')
$$, 'every table is a shop''s own, but for the reference data');

SELECT is_empty($$
	SELECT relname FROM ours WHERE shop_id IS NOT NULL AND (shop_type <> 'bigint'::regtype OR NOT shop_not_null)
$$, 'shop_id is bigint NOT NULL');

-- login is looked up by the role of the session, before the shop is known
SELECT is_empty($$
	SELECT i.indexrelid::regclass::text
	FROM ours JOIN pg_index i ON i.indrelid = ours.oid
	WHERE shop_id IS NOT NULL AND i.indisunique
	  AND CASE relname WHEN 'login' THEN NOT shop_id = ANY (i.indkey) ELSE i.indkey[0] <> shop_id END
	UNION ALL
	SELECT ours.relname FROM ours
	WHERE NOT EXISTS (SELECT FROM pg_index i WHERE i.indrelid = ours.oid AND i.indisprimary)
$$, 'shop_id leads every primary key and unique index');

SELECT is_empty($$
	SELECT f.conrelid::regclass || ' ' || f.conname
	FROM pg_constraint f
	JOIN ours r ON r.oid = f.conrelid
	JOIN ours t ON t.oid = f.confrelid
	WHERE f.contype = 'f' AND t.shop_id IS NOT NULL
	  AND (f.conkey[1], f.confkey[1]) IS DISTINCT FROM (r.shop_id, t.shop_id)
$$, 'shop_id leads every foreign key between tables of a shop');

SELECT is_empty($$
	SELECT relname || '.' || attname FROM ours JOIN pg_attribute ON attrelid = ours.oid WHERE attidentity <> ''
$$, 'no identity columns');

SELECT is_empty($$
	SELECT relname || '.' || attname
	FROM ours JOIN pg_attribute ON attrelid = ours.oid JOIN pg_type t ON t.oid = atttypid
	WHERE shop_id IS NOT NULL AND attnum > 0 AND NOT attisdropped
	  AND (t.typname ~ '^reg' OR t.typname = 'oid')
$$, 'no OIDs in a shop''s rows');

SELECT is_empty($$
	SELECT t.typname
	FROM pg_type t JOIN pg_depend d ON d.classid = 'pg_type'::regclass AND d.objid = t.oid AND d.deptype = 'e'
	WHERE d.refobjid = (SELECT oid FROM pg_extension WHERE extname = 'aftersale')
	  AND t.typtype = 'b' AND (t.typsend = 0 OR t.typreceive = 0)
$$, 'every type has a binary form');

SELECT is_empty($$
	SELECT relname FROM ours JOIN pg_class c USING (oid, relname) WHERE shop_id IS NOT NULL AND NOT c.relrowsecurity
$$, 'every table of a shop has row-level security');

SELECT * FROM finish();
ROLLBACK;
