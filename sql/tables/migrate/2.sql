-- Tables of version 2, from version 1.
-- locks: ACCESS EXCLUSIVE on aftersale.installation
ALTER TABLE aftersale.installation ADD COLUMN migrated_at timestamptz;
COMMENT ON COLUMN aftersale.installation.migrated_at IS 'When migrate() brought the tables to their version; NULL: install() made them of it.';

-- Totals of refunds are written in the order of their key.
-- locks: ACCESS EXCLUSIVE on aftersale.attachment_total
ALTER TABLE aftersale.attachment_total DROP CONSTRAINT attachment_total_pkey, ADD PRIMARY KEY (shop_id, order_ref, attachment, currency), SET (fillfactor = 50);

-- Bindings.
-- locks: SHARE UPDATE EXCLUSIVE on aftersale.attachment
COMMENT ON COLUMN aftersale.attachment.kind IS 'deadline, refund_check, return_warehouse or binding.';
--@part tables/bind
DO $do$
DECLARE
    tenant name;
BEGIN
    FOREACH tenant IN ARRAY ARRAY['bound_row', 'binding_outbox', 'binding_conflict']
    LOOP
        EXECUTE pg_catalog.format('ALTER TABLE aftersale.%I ENABLE ROW LEVEL SECURITY', tenant);
        EXECUTE pg_catalog.format('CREATE POLICY shops_of_login ON aftersale.%I USING (shop_id = ANY (ARRAY(
            SELECT l.shop_id FROM aftersale.login l WHERE l.login = current_user)))', tenant);
    END LOOP;
END
$do$;
