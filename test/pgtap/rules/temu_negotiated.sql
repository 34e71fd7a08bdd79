-- Partial refunds that the merchant negotiated: TEMU-20, TEMU-22 to TEMU-26.
BEGIN;
\ir temu.psql

INSERT INTO aftersale.order_balance (shop_id, order_ref, currency, paid, refunded) SELECT 1, 'N' || n, 'USD', 30, CASE n WHEN 9 THEN 30 ELSE 0 END FROM generate_series(1, 9) AS n;
SELECT pg_temp.clock('2026-11-25 10:00+00') \g /dev/null
-- Proposes: the number of the request, or the SQLSTATE of the refusal
CREATE FUNCTION pg_temp.propose(order_ref text, amount numeric, items jsonb DEFAULT NULL, evidence text[] DEFAULT '{chat.png}', remark text DEFAULT 'agreed') RETURNS text LANGUAGE plpgsql AS $$
BEGIN
	RETURN request_id FROM aftersale.propose_refund(1, propose.order_ref, propose.amount, propose.items, propose.evidence, propose.remark, 'alice');
EXCEPTION WHEN OTHERS THEN
	RETURN substring(SQLERRM FROM '\((RA.*)\)');
END $$;
CREATE FUNCTION pg_temp.id_of(order_ref text) RETURNS bigint LANGUAGE sql AS
	$$SELECT max(request_id) FROM aftersale.request AS r WHERE shop_id = 1 AND flow = 'temu/negotiated_refund' AND r.order_ref = id_of.order_ref$$;
CREATE FUNCTION pg_temp.pieces(quantity numeric) RETURNS jsonb LANGUAGE sql AS
	$$SELECT jsonb_build_array(jsonb_build_object('product', 'P', 'quantity', quantity, 'ordered', 3, 'paid', 30))$$;

SELECT is(pg_temp.propose('N1', 5), 'RA048, TEMU-20', 'TEMU-20: a shop without the feature may not');
UPDATE aftersale.shop SET settings = settings || '{"features": ["negotiated_refund"]}' WHERE shop_id = 1;
SELECT is(pg_temp.propose('no such order', 5), 'RA048, TEMU-22', 'TEMU-22: an order that is not known is refused');
SELECT is(pg_temp.propose('N9', 5), 'RA048, TEMU-22', 'TEMU-22: so is one that is refunded already');
SELECT is(pg_temp.propose('N1', NULL), 'RA048, TEMU-23', 'TEMU-23: neither amount nor quantity is refused');
SELECT is(pg_temp.propose('N1', 5, pg_temp.pieces(1)), 'RA048, TEMU-23', 'TEMU-23: so are both');
SELECT is(pg_temp.propose('N1', 5, evidence => '{}'), 'RA048, TEMU-23', 'TEMU-23: evidence is needed');
SELECT is(pg_temp.propose('N1', 5, remark => ' '), 'RA048, TEMU-23', 'TEMU-23: so is a remark');
SELECT is(pg_temp.propose('N1', 0), 'RA048, TEMU-23', 'TEMU-23: an amount of 0 is refused');
SELECT is(pg_temp.propose('N1', NULL, pg_temp.pieces(0)), 'RA048, TEMU-23', 'TEMU-23: so are 0 pieces');
SELECT is(pg_temp.propose('N1', NULL, pg_temp.pieces(4)), 'RA048, TEMU-23', 'TEMU-23: and more than were ordered');
SELECT is(pg_temp.propose('N1', 30), 'RA048, TEMU-23', 'TEMU-23: all that is refundable is no partial refund');
SELECT is(pg_temp.propose('N1', NULL, pg_temp.pieces(3)), 'RA048, TEMU-23', 'TEMU-23: nor are all pieces');
SELECT is(pg_temp.propose('N1', 30.01), 'RA048, TEMU-23', 'TEMU-23: more is refused anyhow');
SELECT isnt(pg_temp.propose('N1', 29.99) ~ '^RA', true, 'TEMU-23: all but a cent may be proposed');
SELECT isnt(pg_temp.propose('N2', NULL, pg_temp.pieces(2)) ~ '^RA', true, 'TEMU-23: two of three pieces');
-- TEMU-24, TEMU-25
SELECT is(pg_temp.money(pg_temp.id_of('N1')), 'none', 'TEMU-24: until it is confirmed nothing is paid');
SELECT is(pg_temp.act(pg_temp.id_of('N1'), '2026-11-25 11:00+00', 'confirm', '{}', 'buyer'), 'RA022', 'TEMU-25: the buyer has nothing to approve');
SELECT is(pg_temp.act(pg_temp.id_of('N1'), '2026-11-25 11:00+00', 'confirm'), 'refunded', 'TEMU-24: confirmed a second time it runs');
SELECT is(pg_temp.money(pg_temp.id_of('N1')), '29.99 instruct', 'TEMU-25: and the platform is told to pay');
SELECT is((SELECT outcome FROM aftersale.request WHERE request_id = pg_temp.id_of('N1')), 'refunded by agreement', 'TEMU-25: the reason shown is the agreement');
SELECT is(pg_temp.act(pg_temp.id_of('N1'), '2026-11-25 11:00+00', 'confirm'), 'RA020', 'TEMU-24: it runs once');
SELECT is(pg_temp.act(pg_temp.id_of('N2'), '2026-11-25 11:00+00', 'confirm'), 'refunded', 'TEMU-25: by quantity');
SELECT is(pg_temp.money(pg_temp.id_of('N2')), '20.00 instruct', 'TEMU-23: two of three pieces of 30.00');
-- TEMU-26: any open request of the order blocks; a setting narrows it to returns
INSERT INTO aftersale.request (shop_id, request_id, flow, order_ref, amount, country) VALUES
	(1, 901, 'temu/missing_item', 'N3', 5, 'US'), (1, 902, 'temu/return_refund', 'N4', 5, 'US'), (1, 903, 'temu/missing_item', 'N5', 5, 'US');
SELECT is(pg_temp.propose('N3', 5), 'RA048, TEMU-26', 'TEMU-26: an open request of the order blocks');
SELECT is(pg_temp.act(903, '2026-11-25 11:00+00', 'approve'), 'refunded', 'TEMU-26: a closed one');
SELECT is(pg_temp.propose('N5', 25), 'RA048, TEMU-23', 'TEMU-26: does not, but reduces what is refundable');
SELECT isnt(pg_temp.propose('N5', 24.99) ~ '^RA', true, 'TEMU-26: within that it may');
UPDATE aftersale.shop SET settings = settings || '{"negotiated_blocked_by": "return_refund"}' WHERE shop_id = 1;
SELECT isnt(pg_temp.propose('N3', 5) ~ '^RA', true, 'TEMU-26: where only returns block, a missing item does not');
SELECT is(pg_temp.propose('N4', 5), 'RA048, TEMU-26', 'TEMU-26: a return does');
SELECT is(pg_temp.act(902, '2026-11-25 12:00+00', 'withdraw', '{}', 'buyer'), 'cancelled', 'TEMU-26: once it is cancelled');
SELECT isnt(pg_temp.propose('N4', 5) ~ '^RA', true, 'TEMU-26: it no longer does');
SELECT is(pg_temp.act(pg_temp.id_of('N4'), '2026-11-25 12:00+00', 'withdraw'), 'withdrawn', 'TEMU-24: a proposal can be withdrawn');
SELECT is(pg_temp.money(pg_temp.id_of('N4')), 'none', 'TEMU-24: and nothing is paid');
SELECT * FROM finish();
ROLLBACK;
