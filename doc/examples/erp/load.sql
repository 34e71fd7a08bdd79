-- Loads the example's data into the tables of schema.sql.  Run by psql in this
-- folder, as the role that owns the tables; gzip must be at hand.
--
-- The orders end today: everything is shifted by whole days, so that the last
-- order is at most a day old.  The tickets are counted back from this moment.

BEGIN;

INSERT INTO shops (id, platform, name) VALUES
    (1, 1, 'Temu, United States'), (2, 1, 'Temu, Europe'), (3, 1, 'Temu, Japan'),
    (4, 2, 'TikTok Shop, United Kingdom'), (5, 2, 'TikTok Shop, United States');

INSERT INTO shop_sites (shop_id, country, currency) VALUES
    (1, 'US', 'USD'), (2, 'GB', 'GBP'), (2, 'DE', 'EUR'), (3, 'JP', 'JPY'),
    (4, 'GB', 'GBP'), (5, 'US', 'USD');

\copy warehouses FROM PROGRAM 'gzip -dc warehouses.csv.gz' WITH (FORMAT csv, HEADER)
\copy products FROM PROGRAM 'gzip -dc products.csv.gz' WITH (FORMAT csv, HEADER)
\copy product_warehouses FROM PROGRAM 'gzip -dc product_warehouses.csv.gz' WITH (FORMAT csv, HEADER)

CREATE TEMP TABLE new_orders (order_no text, shop_id int, country char(2), ordered_at timestamp) ON COMMIT DROP;
CREATE TEMP TABLE new_lines (place serial, order_no text, spu text, qty int, unit_price bigint) ON COMMIT DROP;
CREATE TEMP TABLE new_returns (return_no text, order_no text, status smallint, reason smallint, created_at timestamptz) ON COMMIT DROP;
CREATE TEMP TABLE new_tickets (place serial, minutes_ago int, shop_id int, country char(2), order_no text, kind smallint, topic smallint,
                               status smallint, replied_after int) ON COMMIT DROP;
\copy new_orders FROM PROGRAM 'gzip -dc orders.csv.gz' WITH (FORMAT csv, HEADER)
\copy new_lines (order_no, spu, qty, unit_price) FROM PROGRAM 'gzip -dc order_lines.csv.gz' WITH (FORMAT csv, HEADER)
\copy new_returns FROM PROGRAM 'gzip -dc returns.csv.gz' WITH (FORMAT csv, HEADER)
\copy new_tickets (minutes_ago, shop_id, country, order_no, kind, topic, status, replied_after) FROM PROGRAM 'gzip -dc tickets.csv.gz' WITH (FORMAT csv, HEADER)

SELECT floor(extract(epoch FROM now() AT TIME ZONE 'UTC' - max(ordered_at)) / 86400)::int AS days FROM new_orders \gset

INSERT INTO order_lines (order_no, line_no, spu, qty, paid_minor)
SELECT order_no, row_number() OVER (PARTITION BY order_no ORDER BY place), spu, qty, qty * unit_price
FROM new_lines;

INSERT INTO orders (order_no, shop_id, country, status, ordered_at, currency, paid_minor)
SELECT o.order_no, o.shop_id, o.country,
       CASE WHEN max(o.ordered_at) OVER () - o.ordered_at < interval '9 days' THEN 20 ELSE 30 END,
       o.ordered_at + make_interval(days => :days), s.currency, l.paid
FROM new_orders o
JOIN shop_sites s USING (shop_id, country)
JOIN (SELECT order_no, sum(paid_minor) AS paid FROM order_lines GROUP BY order_no) l USING (order_no);

INSERT INTO returns (return_no, "order", status, reason, "createdAt")
SELECT return_no, order_no, status, reason, created_at + make_interval(hours => 24 * :days)
FROM new_returns;
\copy return_lines FROM PROGRAM 'gzip -dc return_lines.csv.gz' WITH (FORMAT csv, HEADER)

INSERT INTO tickets (shop_id, country, "order", kind, topic, status, created_ms, replied_ms)
SELECT shop_id, country, order_no, kind, topic, status,
       (extract(epoch FROM date_trunc('minute', now())) * 1000)::bigint - minutes_ago * 60000::bigint,
       (extract(epoch FROM date_trunc('minute', now())) * 1000)::bigint - (minutes_ago - replied_after) * 60000::bigint
FROM new_tickets
ORDER BY place;

ALTER TABLE order_lines ADD FOREIGN KEY (order_no) REFERENCES orders;

COMMIT;

ANALYZE shops, shop_sites, warehouses, products, product_warehouses, orders, order_lines, returns, return_lines, tickets;
