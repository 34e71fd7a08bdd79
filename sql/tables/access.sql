-- Row-level security: who connects sees the shops that login gives him.  Not
-- forced, so that the owner can dump; the triggers work as the owner.

DO $do$
DECLARE
    tenant name;
BEGIN
    FOR tenant IN
        SELECT c.relname
        FROM pg_catalog.pg_class c
        JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attname = 'shop_id'
        WHERE c.relnamespace = 'aftersale'::pg_catalog.regnamespace AND c.relkind = 'r' AND c.relname <> 'login'
    LOOP
        EXECUTE pg_catalog.format('ALTER TABLE aftersale.%I ENABLE ROW LEVEL SECURITY', tenant);
        EXECUTE pg_catalog.format('CREATE POLICY shops_of_login ON aftersale.%I USING (shop_id = ANY (ARRAY(
            SELECT l.shop_id FROM aftersale.login l WHERE l.login = current_user)))', tenant);
    END LOOP;
END
$do$;

ALTER TABLE aftersale.login ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_rows ON aftersale.login USING (login = current_user);
ALTER TABLE aftersale.access ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_rows ON aftersale.access USING (login = current_user);
