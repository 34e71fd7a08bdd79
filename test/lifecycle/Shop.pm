# A database in use, for the tests of its life: dumps, versions, standbys.  The
# role "erp" owns the tables; the clock is set, so that what is done ends the
# same everywhere.
package Shop;
use strict;
use warnings;

my $clock = "SET aftersale.test_now = '2026-11-20 10:00+00'; SET TIME ZONE 'UTC'; SET ROLE erp;";

# Runs statements as the ERP; the rows, as text.
sub as_erp
{
	my ($node, $database, $sql, @options) = @_;
	return $node->safe_psql($database, "$clock $sql", @options);
}

# The tables of aftersale, a shop in the middle of its work, and tables of the
# ERP's with attachments, renamed since.
sub open_shop
{
	my ($node, $database) = @_;
	$node->safe_psql($database, q{SELECT aftersale.install(owner => 'erp') WHERE pg_catalog.to_regclass('aftersale.installation') IS NULL; GRANT CREATE ON SCHEMA public TO erp});
	as_erp($node, $database, q{
		SELECT aftersale.load_pack(p) FROM unnest(ARRAY['calendars', 'temu', 'temu_warnings', 'douyin', 'status_maps']) p;
		INSERT INTO aftersale.calendar (name, calendar) VALUES ('shop', 'zone America/New_York; mon-fri 00:00-24:00; off 2026-11-26');
		INSERT INTO aftersale.shop (shop_id, platform, name, refunds_held) VALUES (1, 'temu', 'shop', false);
		INSERT INTO aftersale.shop_country (shop_id, country, currency, calendar, time_zone) VALUES (1, 'US', 'USD', 'shop', 'UTC');
		INSERT INTO aftersale.member (shop_id, actor, role) VALUES (1, 'alice', 'main_account');
		INSERT INTO aftersale.order_balance (shop_id, order_ref, currency, paid) SELECT 1, 'O' || i, 'USD', 100 FROM generate_series(1, 100) i;
		INSERT INTO aftersale.rule (shop_id, name, flow, reasons, amount_to, currency, action, ratio) VALUES (1, 'small', 'temu/refund_only', '{damaged}', 10, 'USD', 'refund', '12.5%');
		SELECT aftersale.set_warehouse(1, 'W1', 'US', 'Ohio', 'US'), aftersale.set_warehouse(1, 'W2', 'US', 'Nevada', 'US');
		SELECT aftersale.link_products(1, 'US', (SELECT warehouse_id FROM aftersale.warehouse WHERE external_ref = 'W2'), '{P1,P2}');
		INSERT INTO aftersale.request (shop_id, flow, external_ref, ratio, items)
		SELECT 1, 'temu/ticket', 'T' || i, '30%', '[{"product": "P1", "quantity": 1}]' FROM generate_series(1, 100) i;
		UPDATE aftersale.request SET action = 'reply', payload = '{"remark": "x"}' WHERE shop_id = 1 AND request_id <= 50;
		INSERT INTO aftersale.personal (shop_id, request_id, buyer_name, phone) SELECT 1, i, 'Alice', '123456789' FROM generate_series(1, 9) i;
		CREATE TABLE public.returns (id int, "order" int, amount numeric, paid numeric DEFAULT 10, created timestamptz, due timestamptz, region int) PARTITION BY LIST (region);
		CREATE TABLE public.returns_1 PARTITION OF public.returns FOR VALUES IN (1);
		SELECT aftersale.attach_refund_check('public.returns', '{"order": "order", "amount": "amount", "paid": "paid"}', '{"name": "it''s money", "counts": "amount <> 7"}');
		SELECT aftersale.attach_deadline('public.returns', '{"start": "created", "due": "due"}', '1 business day', 'shop', '{"name": "due"}');
		SELECT aftersale.attach_deadline('public.returns', '{"start": "created", "key": "id"}', '24 hours', 'shop', '{"name": "beside"}');
		ALTER TABLE public.returns RENAME TO "Returns";
		INSERT INTO public."Returns" (id, "order", amount, created, region) SELECT n, n, n, '2026-11-25 15:00+00', 1 FROM generate_series(1, 9) n;
	});
}

# Tables of the ERP's whose rows are requests, of one at the end of the transaction,
# and what it does with some of them.
sub bind_table
{
	my ($node, $database) = @_;
	as_erp($node, $database, q{
		CREATE TABLE public.tickets (id int PRIMARY KEY, status text NOT NULL, due timestamptz);
		SELECT aftersale.bind('public.tickets', 'temu/ticket', '{"shop": {"value": 1}, "state": "status", "due": "due"}',
			'{"open": "requested", "answered": {"state": "replied", "payload": {"remark": "x"}}, "waived": "evidence_waived"}', '{"name": "tickets"}');
		INSERT INTO public.tickets (id, status) SELECT n, 'open' FROM generate_series(1, 10) n;
		UPDATE public.tickets SET status = 'answered' WHERE id <= 3;
		CREATE TABLE public.claims (id int PRIMARY KEY, status text NOT NULL);
		SELECT aftersale.bind('public.claims', 'temu/ticket', '{"shop": {"value": 1}, "state": "status"}', '{"open": "requested"}', '{"name": "claims", "open_at": "commit"}');
		INSERT INTO public.claims VALUES (1, 'open')});
}

# Row and request follow each other: the row's change is an act, an act changes the row.
sub bound_work
{
	my ($node, $database, $turn) = @_;
	my ($one, $other) = (3 + $turn, 6 + $turn);
	return as_erp($node, $database, qq{
		UPDATE public.tickets SET status = 'answered' WHERE id = $one;
		SELECT r.state, r.due_at FROM aftersale.request r JOIN aftersale.bound_row b USING (shop_id, request_id) WHERE b.binding = 'tickets' AND b.row_ref = '$one';
		SELECT state FROM aftersale.act(1, (SELECT request_id FROM aftersale.bound_row WHERE binding = 'tickets' AND row_ref = '$other'), 'reply', '{"remark": "x"}');
		SELECT status, due FROM public.tickets WHERE id = $other;
		INSERT INTO public.claims VALUES ($other, 'open');
		SELECT bool_and(intact) AND EXISTS (SELECT FROM aftersale.bound_row WHERE binding = 'claims' AND row_ref = '$other') FROM aftersale.attachments() WHERE name IN ('tickets', 'claims')});
}

# What a day's work comes to: every way in, and what is seen of it.  Turns begin
# at 1; each takes orders and rows of its own.  The answer of a turn is the same
# in every database.
sub work
{
	my ($node, $database, $turn) = @_;
	my ($order, $id) = ("O" . (10 + $turn), 1000 + 100 * $turn);
	my $rows = as_erp($node, $database, qq{
		INSERT INTO aftersale.request (shop_id, request_id, flow, external_ref, order_ref, amount, reason, items) VALUES
			(1, $id, 'temu/return_refund', 'R$turn', '$order', 40, 'unwanted', '[{"product": "P1", "quantity": 1, "paid": 40}, {"product": "P2", "quantity": 1, "paid": 60}]'),
			(1, $id + 1, 'temu/refund_only', 'F$turn', '$order', 9.99, 'damaged', NULL),
			(1, $id + 2, 'temu/ticket', 'Q$turn', NULL, NULL, NULL, NULL),
			(1, $id + 3, 'temu/cancel', 'C$turn', '$order', 25, 'unwanted', NULL)
		RETURNING request_id - $id, state, outcome, due_at, refund_amount;
		SELECT state FROM aftersale.act(1, $id, 'approve_return', '{}', 'platform');
		SELECT state FROM aftersale.act(1, $id, 'ship', '{}', 'buyer');
		SELECT state FROM aftersale.act(1, $id, 'receive', '{}', 'carrier');
		SELECT state, outcome, refund_amount FROM aftersale.act(1, $id, 'approve_partly', '{"amount": 32}', 'alice');
		SELECT state, sqlstate FROM aftersale.act_many(ARRAY[1, 1], ARRAY[$id + 2, $id + 3]::bigint[], 'reply', '{"remark": "x"}', 'alice', 'skip');
		SELECT state FROM aftersale.import_status(1, 'C$turn', '10', '2026-11-20 09:30+00', 'temu/cancel');
		SELECT (aftersale.return_warehouse(1, 'US', '{P1,P2}', '2026-11-20')).basis;
		SELECT paid, refunded, platform_extra FROM aftersale.order_balance WHERE shop_id = 1 AND order_ref = '$order';
		SELECT amount, executed_by, status FROM aftersale.refund WHERE shop_id = 1 AND request_id BETWEEN $id AND $id + 99 ORDER BY request_id;
		SELECT count(*) FROM aftersale.claim_refunds(1, 10, '1 hour');
		SELECT aftersale.fire_due(1, '2026-11-20 10:00+00', 100);
		SELECT count(*), min(urgency) FROM aftersale.worklist WHERE shop_id = 1 AND request_id BETWEEN $id AND $id + 99;
		SELECT count(*) FROM aftersale.allowed_actions(1, $id + 3, 'alice');
		SELECT count(*), count(what) FROM aftersale.explain(1, $id);
		SELECT count(*) FROM aftersale.verify_history(1);
		INSERT INTO public."Returns" (id, "order", amount, created, region) VALUES ($id, $id, 4, '2026-11-25 15:00+00', 1) RETURNING due;
		SELECT due_at FROM aftersale.attachment_due WHERE attachment = 'beside' AND row_ref = '$id';
		SELECT refunded FROM aftersale.attachment_total WHERE order_ref = '$id';
		SELECT string_agg(name || ' ' || relation || ' ' || intact, ', ' ORDER BY name) FROM aftersale.attachments();
		SELECT string_agg(name, ', ' ORDER BY name) FROM aftersale.health() WHERE NOT ok AND name NOT IN ('tables', 'job', 'launcher', 'heartbeat', 'clock');
	});
	my ($out, $over) = ('', '');
	$node->psql($database, qq{$clock INSERT INTO public."Returns" (id, "order", amount, region) VALUES ($id + 1, $id, 7.5, 1)}, stderr => \$over);
	my ($refused) = $over =~ /ERROR:\s+(.*)/;
	$node->psql($database, qq{$clock UPDATE aftersale.order_balance SET paid = 1 WHERE shop_id = 1 AND order_ref = '$order'}, stderr => \$out);
	my ($balance) = $out =~ /ERROR:\s+(.*)/;
	s/\b$id\b/ID/g for grep { defined } ($refused, $rows);
	return join "\n", $rows, $refused // 'an over-refund passed', $balance // 'a balance below its refunds passed';
}

sub tables
{
	my ($node, $database) = @_;
	return split /\n/, $node->safe_psql($database, q{SELECT tablename FROM pg_tables WHERE schemaname = 'aftersale' ORDER BY 1});
}

# Every row of the tables of aftersale, as a count and a digest per table.
sub fingerprint
{
	my ($node, $database) = @_;
	return join "\n", map {
		"$_ " . $node->safe_psql($database,
			qq{SET TIME ZONE 'UTC'; SELECT count(*), md5(coalesce(string_agg(t::text, E'\\n' ORDER BY t::text COLLATE "C"), '')) FROM aftersale."$_" t})
	} tables($node, $database);
}

# What the catalogs say; see catalog.sql.
sub catalog
{
	my ($node, $database, $kinds) = @_;
	open my $in, '<', 'test/lifecycle/catalog.sql' or die "catalog.sql: $!";
	my $sql = do { local $/; <$in> };
	my $text = $node->safe_psql($database, $sql . q{SELECT replace(concat_ws(' | ', kind, object, fact), E'\n', '\n') FROM catalog} . ($kinds ? " WHERE $kinds" : ''));
	return [ sort split /\n/, $text ];
}

# What the one has and the other has not, a line each.
sub differences
{
	my ($one, $other) = @_;
	my (%one, %other);
	@one{@$one} = ();
	@other{@$other} = ();
	return join "\n", map({ substr("- $_", 0, 400) } grep { !exists $other{$_} } @$one), map({ substr("+ $_", 0, 400) } grep { !exists $one{$_} } @$other);
}

1;
