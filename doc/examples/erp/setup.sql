-- From the ERP's tables to what aftersale has to know: the policies of the
-- platform, shops and their countries, return warehouses and their products.
-- Run once, as the role that owns both.

SELECT aftersale.load_pack('temu');

-- Whole working days, since the platforms count in business days.  Name your
-- holidays in yours: "off 2026-12-25..2026-12-26".  The desk that serves Japan
-- works every day.
INSERT INTO aftersale.calendar (name, calendar) VALUES
    ('us', 'zone America/Los_Angeles; mon-fri 00:00-24:00'),
    ('gb', 'zone Europe/London; mon-fri 00:00-24:00'),
    ('de', 'zone Europe/Berlin; mon-fri 00:00-24:00'),
    ('every day in japan', 'zone Asia/Tokyo; mon-sun 00:00-24:00');

INSERT INTO aftersale.shop (shop_id, platform, name)
SELECT id, CASE platform WHEN 1 THEN 'temu' WHEN 2 THEN 'tiktok' END, name
FROM shops;

INSERT INTO aftersale.shop_country (shop_id, country, currency, calendar, time_zone)
SELECT s.shop_id, s.country, s.currency, c.calendar, c.time_zone
FROM shop_sites s
JOIN (VALUES ('US', 'us', 'America/Los_Angeles'), ('GB', 'gb', 'Europe/London'), ('DE', 'de', 'Europe/Berlin'),
             ('JP', 'every day in japan', 'Asia/Tokyo')) c (country, calendar, time_zone) USING (country);

-- The first warehouse of a country becomes its default (TEMU-40).
SELECT count(aftersale.set_warehouse(shop_id, id::text, country, name, priority => priority)) AS warehouses
FROM (SELECT shop_id, country, id, name, priority FROM shop_sites JOIN warehouses USING (country) ORDER BY id) w;

-- link_products() takes at most 500 products a call, as the platform does (TEMU-38).
SELECT sum(aftersale.link_products(shop_id, country, warehouse_id, products)) AS links
FROM (
    SELECT w.shop_id, w.country, w.warehouse_id, array_agg(p.spu) AS products
    FROM aftersale.warehouse_now w
    CROSS JOIN LATERAL (
        SELECT spu, row_number() OVER (ORDER BY spu) AS place
        FROM product_warehouses p WHERE p.warehouse_id = w.external_ref::int
    ) p
    GROUP BY w.shop_id, w.country, w.warehouse_id, p.place / 500
) batch;
