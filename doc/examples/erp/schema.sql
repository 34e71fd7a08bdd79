-- The tables of a seller's ERP, as one meets them: status codes are integers,
-- amounts are integers in the currency's minor unit (cents; yen have none),
-- tickets keep epoch milliseconds, orders a timestamp without time zone (it is
-- UTC), returns a timestamp with one; order numbers are text; some columns need
-- quotes; one table holds the cases of four platforms and of several kinds.  Nothing here knows aftersale.  Run as the role that owns the tables.

CREATE TABLE shops (
    id int PRIMARY KEY,
    platform smallint NOT NULL,             -- 1 Temu, 2 TikTok Shop, 3 Douyin, 4 Kuaishou
    name text NOT NULL
);

CREATE TABLE shop_sites (
    shop_id int NOT NULL REFERENCES shops,
    country char(2) NOT NULL,
    currency char(3) NOT NULL,
    PRIMARY KEY (shop_id, country)
);

CREATE TABLE warehouses (
    id int PRIMARY KEY,
    country char(2) NOT NULL,
    name text NOT NULL,
    priority int NOT NULL
);

CREATE TABLE products (
    spu text PRIMARY KEY
);

CREATE TABLE product_warehouses (
    spu text NOT NULL REFERENCES products,
    warehouse_id int NOT NULL REFERENCES warehouses,
    PRIMARY KEY (spu, warehouse_id)
);

CREATE TABLE orders (
    order_no text PRIMARY KEY,
    shop_id int NOT NULL,
    country char(2) NOT NULL,
    status smallint NOT NULL,               -- 20 shipped, 30 delivered
    ordered_at timestamp NOT NULL,          -- UTC
    currency char(3) NOT NULL,
    paid_minor bigint NOT NULL,
    FOREIGN KEY (shop_id, country) REFERENCES shop_sites
);

CREATE TABLE order_lines (
    order_no text NOT NULL,
    line_no int NOT NULL,
    spu text NOT NULL,
    qty int NOT NULL,
    paid_minor bigint NOT NULL,
    PRIMARY KEY (order_no, line_no)
);

CREATE TABLE returns (
    return_no text PRIMARY KEY,
    "order" text NOT NULL REFERENCES orders,
    status smallint NOT NULL,               -- 10 applied, 20 on its way, 30 received, 40 refunded
    reason smallint NOT NULL,
    "createdAt" timestamptz NOT NULL
);

CREATE TABLE return_lines (
    return_no text NOT NULL REFERENCES returns,
    line_no int NOT NULL,                   -- of the order
    qty int NOT NULL,
    refund_minor bigint NOT NULL,
    PRIMARY KEY (return_no, line_no)
);

CREATE TABLE tickets (
    id bigserial PRIMARY KEY,
    shop_id int NOT NULL,
    country char(2) NOT NULL,
    "order" text,                           -- NULL: a question about a product
    kind smallint NOT NULL,                 -- 1 pre-sale, 2 after-sale
    topic smallint NOT NULL,                -- 1 wrong item .. 5 reship, 6 product question
    status smallint NOT NULL,               -- 10 waits for our reply, 20 replied, 30 closed
    created_ms bigint NOT NULL,             -- milliseconds since 1970, UTC
    replied_ms bigint,
    FOREIGN KEY (shop_id, country) REFERENCES shop_sites
);

-- What an ERP's newer module made of it: one table for all platforms.
CREATE TABLE cases (
    id bigserial PRIMARY KEY,
    shop_id int NOT NULL REFERENCES shops,
    platform smallint NOT NULL,             -- 1 Temu, 2 TikTok Shop, 3 Douyin, 4 Kuaishou
    kind smallint NOT NULL,                 -- 1 ticket, 2 return and refund, 3 refund without return
    "order" text REFERENCES orders,
    status smallint NOT NULL DEFAULT 0,     -- 0 draft, 10 waits for us, 15 replied, 20 agreed, 25 too late: the platform decides,
                                            -- 30 refused, 40 refunded, 90 closed
    remark text,
    refund_minor bigint,
    currency char(3) NOT NULL,
    "createdAt" bigint NOT NULL,            -- milliseconds since 1970, UTC
    due_ms bigint,
    "changedBy" text,
    write_date timestamp NOT NULL           -- UTC; clients ask for what changed since
);
