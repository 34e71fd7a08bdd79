-- Tables of version 2, from version 1.
-- locks: ACCESS EXCLUSIVE on aftersale.installation
ALTER TABLE aftersale.installation ADD COLUMN migrated_at timestamptz;
COMMENT ON COLUMN aftersale.installation.migrated_at IS 'When migrate() brought the tables to their version; NULL: install() made them of it.';
