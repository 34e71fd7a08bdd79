-- needs the tables of this version
-- Bindings with open_at commit, at real ends of transactions: what is refused is
-- an error of COMMIT; who commits needs no rights; a cursor that is held writes
-- at the commit, too; unbound meanwhile, nothing opens.
\set VERBOSITY terse
\set SHOW_CONTEXT never
SET client_min_messages = warning;
SET aftersale.test_now = '2026-11-25 10:00:00+00';
CREATE SCHEMA erp_end AUTHORIZATION regress_erp;
SET ROLE regress_erp;
SET search_path = erp_end;
INSERT INTO aftersale.calendar (name, calendar) VALUES ('end', 'zone UTC; mon-sun 00:00-24:00');
INSERT INTO aftersale.shop (shop_id, platform, name) VALUES (2310, 'end', 'ends of transactions');
INSERT INTO aftersale.shop_country (shop_id, country, currency, calendar, time_zone) VALUES (2310, 'US', 'USD', 'end', 'UTC');
INSERT INTO aftersale.flow (flow, version, platform, kind, initial_state) VALUES ('end/claim', 1, 'end', 'claim', 'open');
INSERT INTO aftersale.flow_state (flow, version, state, final, term) VALUES ('end/claim', 1, 'open', false, '1 day'), ('end/claim', 1, 'over', true, NULL);
INSERT INTO aftersale.flow_transition (flow, version, from_state, action, to_state, actors) VALUES ('end/claim', 1, 'open', 'timeout', 'over', '{system}');
CREATE TABLE claim (id int PRIMARY KEY, shop int, state text);
CREATE TABLE line (claim int, sku text);
CREATE FUNCTION lines(claim int) RETURNS jsonb LANGUAGE sql STABLE AS $$SELECT jsonb_agg(jsonb_build_object('product', l.sku, 'quantity', 1) ORDER BY l.sku) FROM erp_end.line l WHERE l.claim = lines.claim$$;
REVOKE ALL ON FUNCTION lines FROM PUBLIC;
CREATE FUNCTION add(id int) RETURNS int LANGUAGE sql AS $$INSERT INTO erp_end.claim VALUES (id, 2310, 'open'); INSERT INTO erp_end.line VALUES (id, 'A'); SELECT id$$;
\a\t
SELECT aftersale.bind('claim', 'end/claim', '{"shop": "shop", "state": "state", "items": {"sql": "erp_end.lines(id)"}}', '{"open": "open", "over": "over"}', '{"name": "end", "open_at": "commit"}');
CREATE VIEW opened AS SELECT b.row_ref, r.state, (SELECT count(*) FROM aftersale.item i WHERE i.shop_id = r.shop_id AND i.request_id = r.request_id) AS lines
FROM aftersale.bound_row b JOIN aftersale.request r USING (shop_id, request_id) WHERE b.binding = 'end' ORDER BY row_ref::int;

BEGIN;
INSERT INTO claim VALUES (1, 2310, 'open');
SELECT * FROM opened;
INSERT INTO line VALUES (1, 'A'), (1, 'B');
COMMIT;
SELECT * FROM opened;
BEGIN;
INSERT INTO claim VALUES (2, 2310, 'open'), (3, 2319, 'open');
COMMIT;
SELECT count(*) FROM claim;
BEGIN;
DECLARE held CURSOR WITH HOLD FOR SELECT add(4);
COMMIT;
FETCH held;
CLOSE held;
BEGIN;
SELECT add(5);
RESET ROLE;
SET ROLE regress_clerk;
COMMIT;
RESET ROLE;
SET ROLE regress_erp;
SELECT * FROM opened;
BEGIN;
INSERT INTO claim VALUES (6, 2310, 'open');
SELECT aftersale.unbind('claim');
COMMIT;
SELECT count(*) FROM claim;
DROP TABLE claim CASCADE;
