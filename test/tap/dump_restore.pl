# Dump and restore into an empty database by the plain role that owns the
# tables: an administrator has only created the extension.
use strict;
use warnings;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('dump');
$node->init;
$node->start;
$node->safe_psql('postgres', 'CREATE ROLE erp LOGIN');
$node->safe_psql('postgres', "CREATE DATABASE $_") for qw(before after data_only disabled);

sub as_erp { return $node->safe_psql($_[0], "SET ROLE erp; $_[1]") }

$node->safe_psql('before', q{CREATE EXTENSION aftersale; SELECT aftersale.install(owner => 'erp'); GRANT CREATE ON SCHEMA public TO erp});
as_erp('before', q{
	SELECT aftersale.load_pack('temu');
	INSERT INTO aftersale.calendar (name, calendar) VALUES ('shop', 'zone America/New_York; mon-fri 00:00-24:00; off 2026-11-26');
	INSERT INTO aftersale.shop (shop_id, platform, name) VALUES (1, 'temu', 'shop');
	INSERT INTO aftersale.shop_country (shop_id, country, currency, calendar, time_zone) VALUES (1, 'US', 'USD', 'shop', 'UTC');
	INSERT INTO aftersale.rule (shop_id, name, flow, action, ratio) VALUES (1, 'small', 'temu/negotiated_refund', 'confirm', '12.5%');
	INSERT INTO aftersale.request (shop_id, flow, external_ref, ratio, items)
	SELECT 1, 'temu/ticket', 'T' || i, '30%', '[{"product": "P1", "quantity": 1}]' FROM generate_series(1, 100) i;
	UPDATE aftersale.request SET action = 'reply', payload = '{"remark": "x"}' WHERE shop_id = 1 AND request_id <= 50;
	-- what users add to the tables
	CREATE INDEX own_index ON aftersale.request ((attributes ->> 'queue'));
	CREATE FUNCTION public.own_note() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
	CREATE TRIGGER own_trigger BEFORE UPDATE ON aftersale.request FOR EACH ROW EXECUTE FUNCTION public.own_note();
	-- a table of the ERP's with attachments, renamed since
	CREATE TABLE public.returns (id int, "order" int, amount numeric, paid numeric DEFAULT 10, created timestamptz, due timestamptz, region int) PARTITION BY LIST (region);
	CREATE TABLE public.returns_1 PARTITION OF public.returns FOR VALUES IN (1);
	SELECT aftersale.attach_refund_check('public.returns', '{"order": "order", "amount": "amount", "paid": "paid"}', '{"name": "it''s money", "counts": "amount <> 7"}');
	SELECT aftersale.attach_deadline('public.returns', '{"start": "created", "due": "due"}', '1 business day', 'shop', '{"name": "due"}');
	SELECT aftersale.attach_deadline('public.returns', '{"start": "created", "key": "id"}', '24 hours', 'shop', '{"name": "beside"}');
	ALTER TABLE public.returns RENAME TO "Returns";
	INSERT INTO public."Returns" (id, "order", amount, created, region) SELECT n, n, n, '2026-11-25 15:00+00', 1 FROM generate_series(1, 9) n;
});

my @tables = split /\n/, $node->safe_psql('before',
	q{SELECT tablename FROM pg_tables WHERE schemaname = 'aftersale' ORDER BY 1});
cmp_ok(scalar @tables, '>=', 25, 'the tables are there');

sub fingerprint
{
	my ($database) = @_;
	return join "\n", map {
		"$_ " . $node->safe_psql($database,
			qq{SELECT count(*), md5(coalesce(string_agg(t::text, E'\\n' ORDER BY t::text), '')) FROM aftersale."$_" t})
	} @tables;
}

# what pg_restore complains of
sub restore
{
	my ($database, @options) = @_;
	my ($out, $err) = ('', '');
	IPC::Run::run([ 'pg_restore', @options, '-d', $node->connstr($database), $node->basedir . '/dump' ],
		'>', \$out, '2>', \$err);
	return $err;
}

my $before = fingerprint('before');
command_ok([ 'pg_dump', '-Fc', '-U', 'erp', '-f', $node->basedir . '/dump', $node->connstr('before') ], 'the owner dumps');

# the administrator's part
$node->safe_psql('after', q{CREATE EXTENSION aftersale;
	GRANT USAGE, CREATE ON SCHEMA aftersale TO erp; GRANT CREATE ON SCHEMA public TO erp});
# the owner's part: what he cannot do belongs to the administrator, and is nothing else
my $err = restore('after', '-U', 'erp');
my @errors = sort map { /ERROR:\s+(.*)/ ? $1 : () } split /\n/, $err;
is_deeply(\@errors, [ 'must be owner of extension aftersale', 'permission denied for database after' ],
	'pg_restore complains of the schema and the extension, which are the administrator\'s, and of nothing else')
	or diag($err);

is(fingerprint('after'), $before, 'every table has the same rows');
is($node->safe_psql('after', q{SELECT count(*) FROM pg_indexes WHERE indexname = 'own_index'}), '1', 'the user\'s index survives');
is($node->safe_psql('after', q{SELECT count(*) FROM pg_trigger WHERE tgname = 'own_trigger'}), '1', 'the user\'s trigger survives');
my $objects = q{
	SELECT 'trigger', tgrelid::regclass::text, tgname FROM pg_trigger WHERE NOT tgisinternal
	UNION ALL SELECT 'policy', tablename, policyname FROM pg_policies WHERE schemaname = 'aftersale'
	UNION ALL SELECT 'row security', oid::regclass::text, relrowsecurity::text FROM pg_class WHERE relnamespace = 'aftersale'::regnamespace AND relkind = 'r'
	UNION ALL SELECT 'constraint', conrelid::regclass::text, conname FROM pg_constraint WHERE connamespace = 'aftersale'::regnamespace
	UNION ALL SELECT 'index', tablename, indexname FROM pg_indexes WHERE schemaname = 'aftersale'
	UNION ALL SELECT 'owner', relname, pg_get_userbyid(relowner) FROM pg_class WHERE relnamespace = 'aftersale'::regnamespace AND relkind IN ('r', 'v', 'S')
	UNION ALL SELECT 'comment', objoid::regclass::text || '.' || objsubid, description FROM pg_description
		WHERE classoid = 'pg_class'::regclass AND objoid IN (SELECT oid FROM pg_class WHERE relnamespace = 'aftersale'::regnamespace)
	ORDER BY 1, 2, 3};
is($node->safe_psql('after', $objects), $node->safe_psql('before', $objects),
	'so do triggers, policies, constraints, indexes, owners and comments');

# the engine works at once, and sequences continue
is(as_erp('after', q{SELECT state FROM aftersale.act(1, 51, 'reply', '{"remark": "x"}')}), 'replied', 'the engine acts');
is(as_erp('after', q{INSERT INTO aftersale.request (shop_id, flow, external_ref) VALUES (1, 'temu/ticket', 'new') RETURNING request_id}),
	'101', 'sequences continue');
is(as_erp('after', q{SELECT count(*) FROM aftersale.event WHERE request_id = 101}), '1', 'history is written');

# attachments go on where they were
is(as_erp('after', q{SELECT string_agg(name || ' ' || relation || ' ' || intact, ', ' ORDER BY name) FROM aftersale.attachments()}),
	'beside public."Returns" true, due public."Returns" true, it\'s money public."Returns" true', 'attachments are restored, and intact');
my $over;
$node->psql('after', q{SET ROLE erp; INSERT INTO public."Returns" (id, "order", amount, region) VALUES (20, 5, 6, 1)}, stderr => \$over);
like($over, qr/the refunds of order "5" would come to "11", and "10" was paid \(RA045, TEMU-07\)/, '... with their totals');
is(as_erp('after', q{INSERT INTO public.returns_1 (id, "order", amount, created, region) VALUES (21, 5, 5, '2026-11-25 15:00+00', 1) RETURNING due AT TIME ZONE 'UTC'}),
	'2026-11-27 15:00:00', '... and their deadlines, in partitions too');
is(as_erp('after', q{SELECT count(*) FROM aftersale.attachment_due WHERE attachment = 'beside'}), '10', '... and those kept beside');

# a data-only restore over live triggers is refused, not half done
my $empty = q{DELETE FROM aftersale.heartbeat; DELETE FROM aftersale.installation};
$node->safe_psql('data_only', q{CREATE EXTENSION aftersale; SELECT aftersale.install(owner => 'erp')});
as_erp('data_only', 'DELETE FROM aftersale.heartbeat');
$err = restore('data_only', '-U', 'erp', '--data-only', '-t', 'shop', '-t', 'calendar', '-t', 'shop_country', '-t', 'request');
like($err, qr/column "state" of aftersale\.request is decided by the engine \(RA024\)/,
	'rows that were decided elsewhere do not slip in');
like($err, qr/pg_restore --disable-triggers/, '... and it says what to do');
is($node->safe_psql('data_only', 'SELECT count(*) FROM aftersale.request'), '0', '... nothing of the table came in');
# with triggers disabled it is the administrator's decision
$node->safe_psql('disabled', qq{CREATE EXTENSION aftersale; SELECT aftersale.install(owner => 'erp'); $empty});
is(restore('disabled', '--data-only', '--disable-triggers', '-n', 'aftersale'), '', 'a data-only restore with triggers disabled');
is(fingerprint('disabled'), $before, '... has the same rows');

$node->stop;
done_testing();
