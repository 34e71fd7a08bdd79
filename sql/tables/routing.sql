-- Return warehouses: versions, defaults and links, each with the time in which
-- it is in force (effective_from to effective_to, half-open).  Versions and
-- defaults are never rewritten: a row that no longer holds is superseded, so
-- that what was known at any instant can be asked, too.

CREATE SEQUENCE aftersale.warehouse_id;
CREATE TABLE aftersale.warehouse (
    shop_id bigint NOT NULL REFERENCES aftersale.shop ON DELETE CASCADE,
    warehouse_id bigint NOT NULL DEFAULT pg_catalog.nextval('aftersale.warehouse_id'),
    external_ref text NOT NULL CHECK (external_ref <> ''),
    recorded_at timestamptz NOT NULL DEFAULT aftersale.clock(),
    PRIMARY KEY (shop_id, warehouse_id),
    UNIQUE (shop_id, external_ref)
);
ALTER SEQUENCE aftersale.warehouse_id OWNED BY aftersale.warehouse.warehouse_id;
COMMENT ON TABLE aftersale.warehouse IS 'Return warehouses (TEMU-37): what a warehouse is in each country that it serves stands in warehouse_version.';
COMMENT ON COLUMN aftersale.warehouse.shop_id IS 'Shop.';
COMMENT ON COLUMN aftersale.warehouse.warehouse_id IS 'Number of the warehouse.';
COMMENT ON COLUMN aftersale.warehouse.external_ref IS 'The ERP''s or platform''s own key, unique within the shop.';
COMMENT ON COLUMN aftersale.warehouse.recorded_at IS 'When it was first recorded: of several that serve a return equally, the oldest is taken.';

CREATE SEQUENCE aftersale.warehouse_version_no;
CREATE TABLE aftersale.warehouse_version (
    shop_id bigint NOT NULL,
    warehouse_id bigint NOT NULL,
    country text NOT NULL,
    version_no bigint NOT NULL DEFAULT pg_catalog.nextval('aftersale.warehouse_version_no'),
    located_in text CHECK (located_in ~ '^[A-Z]{2}$'),
    name text NOT NULL,
    name_key text NOT NULL GENERATED ALWAYS AS (pg_catalog.lower(pg_catalog.regexp_replace(name, '^\s+|\s+$', '', 'g'))) STORED,
    priority int NOT NULL DEFAULT 0,
    enabled boolean NOT NULL DEFAULT true,
    address jsonb,
    effective_from timestamptz NOT NULL DEFAULT '-infinity' CHECK (effective_from < 'infinity'),
    effective_to timestamptz NOT NULL DEFAULT 'infinity',
    recorded_at timestamptz NOT NULL DEFAULT aftersale.clock(),
    superseded_at timestamptz NOT NULL DEFAULT 'infinity',
    PRIMARY KEY (shop_id, warehouse_id, country, version_no),
    FOREIGN KEY (shop_id, warehouse_id) REFERENCES aftersale.warehouse ON DELETE CASCADE,
    FOREIGN KEY (shop_id, country) REFERENCES aftersale.shop_country ON DELETE CASCADE,
    CONSTRAINT warehouse_version_named CHECK (name_key <> ''),
    CONSTRAINT warehouse_version_period CHECK (effective_from < effective_to),
    CONSTRAINT warehouse_version_known CHECK (recorded_at <= superseded_at)
);
ALTER SEQUENCE aftersale.warehouse_version_no OWNED BY aftersale.warehouse_version.version_no;
CREATE UNIQUE INDEX warehouse_version_from ON aftersale.warehouse_version (shop_id, warehouse_id, country, effective_from)
    WHERE superseded_at = 'infinity';
CREATE UNIQUE INDEX warehouse_version_to ON aftersale.warehouse_version (shop_id, warehouse_id, country, effective_to)
    WHERE superseded_at = 'infinity';
CREATE INDEX warehouse_version_country ON aftersale.warehouse_version (shop_id, country)
    WHERE superseded_at = 'infinity';
CREATE INDEX warehouse_version_name ON aftersale.warehouse_version (shop_id, name_key)
    WHERE superseded_at = 'infinity';
COMMENT ON TABLE aftersale.warehouse_version IS 'What a return warehouse is in a country that it serves, version by version; set_warehouse() adds them, warehouse_now shows what holds. A row whose superseded_at is infinity holds; of one warehouse and country such rows do not overlap in time.';
COMMENT ON COLUMN aftersale.warehouse_version.shop_id IS 'Shop.';
COMMENT ON COLUMN aftersale.warehouse_version.warehouse_id IS 'Warehouse.';
COMMENT ON COLUMN aftersale.warehouse_version.country IS 'The country that it serves: the buyer''s.';
COMMENT ON COLUMN aftersale.warehouse_version.version_no IS 'Number of the version.';
COMMENT ON COLUMN aftersale.warehouse_version.located_in IS 'The country where it stands, ISO 3166-1 alpha-2; NULL: the country that it serves. Abroad only where the country''s settings say cross_border (TEMU-16).';
COMMENT ON COLUMN aftersale.warehouse_version.name IS 'Name. No two warehouses of a shop, nor one warehouse in two countries, have the same name at the same time (TEMU-18).';
COMMENT ON COLUMN aftersale.warehouse_version.name_key IS 'The name as it is compared: without blanks around it, in lower case.';
COMMENT ON COLUMN aftersale.warehouse_version.priority IS 'Of several in common the highest is taken, after the default (TEMU-42).';
COMMENT ON COLUMN aftersale.warehouse_version.enabled IS 'false: it takes no returns, its links count for nothing.';
COMMENT ON COLUMN aftersale.warehouse_version.address IS 'Where the buyer sends the return, in the ERP''s own form.';
COMMENT ON COLUMN aftersale.warehouse_version.effective_from IS 'In force from this instant on.';
COMMENT ON COLUMN aftersale.warehouse_version.effective_to IS 'No longer in force at this instant.';
COMMENT ON COLUMN aftersale.warehouse_version.recorded_at IS 'When the row was written: known from then on (TTSEA-03).';
COMMENT ON COLUMN aftersale.warehouse_version.superseded_at IS 'When other rows took its place; infinity: it holds.';

CREATE SEQUENCE aftersale.default_warehouse_version_no;
CREATE TABLE aftersale.default_warehouse (
    shop_id bigint NOT NULL,
    country text NOT NULL,
    version_no bigint NOT NULL DEFAULT pg_catalog.nextval('aftersale.default_warehouse_version_no'),
    warehouse_id bigint NOT NULL,
    effective_from timestamptz NOT NULL DEFAULT '-infinity' CHECK (effective_from < 'infinity'),
    effective_to timestamptz NOT NULL DEFAULT 'infinity',
    recorded_at timestamptz NOT NULL DEFAULT aftersale.clock(),
    superseded_at timestamptz NOT NULL DEFAULT 'infinity',
    PRIMARY KEY (shop_id, country, version_no),
    FOREIGN KEY (shop_id, warehouse_id) REFERENCES aftersale.warehouse ON DELETE CASCADE,
    FOREIGN KEY (shop_id, country) REFERENCES aftersale.shop_country ON DELETE CASCADE,
    CONSTRAINT default_warehouse_period CHECK (effective_from < effective_to),
    CONSTRAINT default_warehouse_known CHECK (recorded_at <= superseded_at)
);
ALTER SEQUENCE aftersale.default_warehouse_version_no OWNED BY aftersale.default_warehouse.version_no;
CREATE UNIQUE INDEX default_warehouse_from ON aftersale.default_warehouse (shop_id, country, effective_from)
    WHERE superseded_at = 'infinity';
CREATE UNIQUE INDEX default_warehouse_to ON aftersale.default_warehouse (shop_id, country, effective_to)
    WHERE superseded_at = 'infinity';
CREATE INDEX default_warehouse_warehouse ON aftersale.default_warehouse (shop_id, warehouse_id);
COMMENT ON TABLE aftersale.default_warehouse IS 'The default warehouse of each country, which accepts everything (TEMU-41). The first warehouse of a country becomes it by itself; set_default_warehouse() replaces it; it cannot be deleted, disabled or end-dated (TEMU-40).';
COMMENT ON COLUMN aftersale.default_warehouse.shop_id IS 'Shop.';
COMMENT ON COLUMN aftersale.default_warehouse.country IS 'The buyer''s country.';
COMMENT ON COLUMN aftersale.default_warehouse.version_no IS 'Number of the row.';
COMMENT ON COLUMN aftersale.default_warehouse.warehouse_id IS 'The default warehouse.';
COMMENT ON COLUMN aftersale.default_warehouse.effective_from IS 'In force from this instant on.';
COMMENT ON COLUMN aftersale.default_warehouse.effective_to IS 'No longer in force at this instant: the next one is.';
COMMENT ON COLUMN aftersale.default_warehouse.recorded_at IS 'When the row was written: known from then on.';
COMMENT ON COLUMN aftersale.default_warehouse.superseded_at IS 'When other rows took its place; infinity: it holds.';

CREATE TABLE aftersale.warehouse_product (
    shop_id bigint NOT NULL,
    country text NOT NULL,
    product text NOT NULL CHECK (product <> ''),
    warehouse_id bigint NOT NULL,
    effective_from timestamptz NOT NULL DEFAULT '-infinity' CHECK (effective_from < 'infinity'),
    effective_to timestamptz NOT NULL DEFAULT 'infinity',
    recorded_at timestamptz NOT NULL DEFAULT aftersale.clock(),
    PRIMARY KEY (shop_id, country, product, warehouse_id, effective_to) INCLUDE (effective_from),
    FOREIGN KEY (shop_id, warehouse_id) REFERENCES aftersale.warehouse ON DELETE CASCADE,
    FOREIGN KEY (shop_id, country) REFERENCES aftersale.shop_country ON DELETE CASCADE,
    CONSTRAINT warehouse_product_period CHECK (effective_from < effective_to)
);
CREATE INDEX warehouse_product_warehouse ON aftersale.warehouse_product (shop_id, warehouse_id);
COMMENT ON TABLE aftersale.warehouse_product IS 'Links: which products may return to which warehouse (TEMU-38). link_products() and unlink_products() write them; so may your own INSERT. The links of one product and warehouse do not overlap in time.';
COMMENT ON COLUMN aftersale.warehouse_product.shop_id IS 'Shop.';
COMMENT ON COLUMN aftersale.warehouse_product.country IS 'The buyer''s country.';
COMMENT ON COLUMN aftersale.warehouse_product.product IS 'Product (SPU, not SKU).';
COMMENT ON COLUMN aftersale.warehouse_product.warehouse_id IS 'A warehouse that takes the product''s returns.';
COMMENT ON COLUMN aftersale.warehouse_product.effective_from IS 'In force from this instant on.';
COMMENT ON COLUMN aftersale.warehouse_product.effective_to IS 'No longer in force at this instant.';
COMMENT ON COLUMN aftersale.warehouse_product.recorded_at IS 'When the row was written: known from then on.';

CREATE VIEW aftersale.warehouse_now WITH (security_invoker = true) AS
SELECT version.shop_id, version.country, version.warehouse_id, warehouse.external_ref, version.name,
       coalesce(version.located_in, version.country) AS located_in, version.priority, version.enabled,
       chosen.warehouse_id IS NOT NULL AS is_default, version.address,
       version.effective_from, version.effective_to, version.recorded_at
FROM aftersale.warehouse_version AS version
JOIN aftersale.warehouse AS warehouse
  ON warehouse.shop_id = version.shop_id AND warehouse.warehouse_id = version.warehouse_id
LEFT JOIN aftersale.default_warehouse AS chosen
  ON chosen.shop_id = version.shop_id AND chosen.country = version.country
 AND chosen.warehouse_id = version.warehouse_id AND chosen.superseded_at = 'infinity'
 AND chosen.effective_from <= aftersale.transaction_clock() AND chosen.effective_to > aftersale.transaction_clock()
WHERE version.superseded_at = 'infinity'
  AND version.effective_from <= aftersale.transaction_clock() AND version.effective_to > aftersale.transaction_clock();
COMMENT ON VIEW aftersale.warehouse_now IS 'The warehouses in force now, one row a warehouse and country that it serves.';
COMMENT ON COLUMN aftersale.warehouse_now.shop_id IS 'Shop.';
COMMENT ON COLUMN aftersale.warehouse_now.country IS 'The country that it serves: the buyer''s.';
COMMENT ON COLUMN aftersale.warehouse_now.warehouse_id IS 'Number of the warehouse.';
COMMENT ON COLUMN aftersale.warehouse_now.external_ref IS 'The ERP''s or platform''s own key.';
COMMENT ON COLUMN aftersale.warehouse_now.name IS 'Name.';
COMMENT ON COLUMN aftersale.warehouse_now.located_in IS 'The country where it stands.';
COMMENT ON COLUMN aftersale.warehouse_now.priority IS 'Priority, the highest first.';
COMMENT ON COLUMN aftersale.warehouse_now.enabled IS 'Whether it takes returns.';
COMMENT ON COLUMN aftersale.warehouse_now.is_default IS 'Whether it is the country''s default.';
COMMENT ON COLUMN aftersale.warehouse_now.address IS 'Where the buyer sends the return.';
COMMENT ON COLUMN aftersale.warehouse_now.effective_from IS 'Since when it has been so.';
COMMENT ON COLUMN aftersale.warehouse_now.effective_to IS 'Until when it will be so.';
COMMENT ON COLUMN aftersale.warehouse_now.recorded_at IS 'When that was recorded.';
