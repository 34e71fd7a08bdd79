# Dump and restore into an empty database, every way in which people do it: all
# rows, everything that users added, and an engine that works at once.
use strict;
use warnings;
use lib 'test/lifecycle';
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Shop;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('dump');
$node->init;
$node->append_conf('postgresql.conf', 'jit = off');
$node->start;
my $admin = $node->safe_psql('postgres', 'SELECT current_user');
$node->safe_psql('postgres', "CREATE ROLE $_ LOGIN") for qw(erp service sweeper);
$node->safe_psql('postgres', "CREATE DATABASE $_") for qw(before data_only disabled);
$node->safe_psql('before', 'CREATE EXTENSION aftersale');
Shop::open_shop($node, 'before');
Shop::work($node, 'before', 1);
Shop::bind_table($node, 'before');
my $bound = Shop::bound_work($node, 'before', 1);
like($bound, qr/^replied\|.*\nreplied\nanswered\|.*\nt$/, 'a row and its request follow each other');
Shop::as_erp($node, 'before', q{
	SELECT aftersale.grant_access('service', 'service'), aftersale.grant_access('sweeper', 'sweeper');
	INSERT INTO aftersale.login (login, shop_id, actor, may_speak) VALUES ('service', 1, 'erp', true);
	-- what users add to the tables
	CREATE INDEX own_index ON aftersale.request ((attributes ->> 'queue'));
	CREATE FUNCTION public.own_note() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
	CREATE TRIGGER own_trigger BEFORE UPDATE ON aftersale.request FOR EACH ROW EXECUTE FUNCTION public.own_note();
	ALTER TABLE aftersale.request ADD COLUMN own_column text DEFAULT 'mine';
	CREATE TABLE public.own_table (shop_id bigint, request_id bigint, ratio aftersale.refund_ratio, term aftersale.sla_term, calendar aftersale.business_calendar,
		FOREIGN KEY (shop_id, request_id) REFERENCES aftersale.request);
	INSERT INTO public.own_table VALUES (1, 1, '12.5%', '1 business day end of day', 'zone Asia/Shanghai; mon-fri 09:00-12:00,13:00-18:00; off 2026-10-01..2026-10-08; known until 2026-12-31');
	CREATE VIEW public.own_view AS SELECT state, count(*) FROM aftersale.worklist GROUP BY state});
cmp_ok(scalar(Shop::tables($node, 'before')), '>=', 25, 'the tables are there');

# rows of the tables of aftersale, and of the ERP's; what everything is; where sequences stand
sub all_of
{
	my ($database) = @_;
	return [ split /\n/, join "\n", Shop::fingerprint($node, $database),
		$node->safe_psql($database, q{SELECT t FROM public."Returns" t}),
		$node->safe_psql($database, 'TABLE public.own_table'),
		$node->safe_psql($database, 'TABLE public.tickets'),
		$node->safe_psql($database, q{SELECT schemaname, sequencename, last_value FROM pg_sequences}),
		$node->safe_psql($database, q{SELECT tgrelid::regclass, tgname, tgenabled, pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal}) ];
}
my $before = all_of('before');
my $catalog = Shop::catalog($node, 'before');

my %dump = map { $_ => $node->basedir . "/$_.dump" } qw(plain custom read schema);
command_ok([ 'pg_dump', '-Fp', '-U', 'erp', '-f', $dump{plain}, $node->connstr('before') ], 'the owner dumps as a script');
command_ok([ 'pg_dump', '-Fc', '-U', 'erp', '-f', $dump{custom}, $node->connstr('before') ], '... and as an archive');
# who else: row-level security would hide rows, and pg_dump says so rather than leave them out
$node->safe_psql('postgres', 'CREATE ROLE reader LOGIN IN ROLE pg_read_all_data; CREATE ROLE backup LOGIN BYPASSRLS IN ROLE pg_read_all_data');
command_fails_like([ 'pg_dump', '-Fc', '-U', 'reader', '-f', $dump{read}, $node->connstr('before') ],
	qr/query would be affected by row-level security policy/, 'a role that reads everything is refused, not given a part');
command_ok([ 'pg_dump', '-Fc', '-U', 'backup', '-f', $dump{read}, $node->connstr('before') ], 'with BYPASSRLS it dumps');

# What a restore complains of.  A plain owner's administrator has made the
# extension, and given him of the schema what install() would.
my @administrators = ('grant options cannot be granted back to your own grantor', 'must be owner of extension aftersale', 'permission denied for database %s');
sub restored
{
	my ($database, $user, @command) = @_;
	my ($out, $err) = ('', '');
	$node->safe_psql('postgres', "CREATE DATABASE $database");
	$node->safe_psql($database, 'CREATE EXTENSION aftersale; GRANT CREATE ON SCHEMA aftersale TO erp; GRANT USAGE ON SCHEMA aftersale TO erp WITH GRANT OPTION; GRANT CREATE ON SCHEMA public TO erp') if $user eq 'erp';
	IPC::Run::run([ @command, '-U', $user, '-d', $node->connstr($database) ], '>', \$out, '2>', \$err);
	return $err;
}
my $work;
for my $way (
	[ 'script_admin', $admin, 'psql', '-X', '-q', '-v', 'ON_ERROR_STOP=1', '-f', $dump{plain} ],
	[ 'script_owner', 'erp', 'psql', '-X', '-q', '-f', $dump{plain} ],
	[ 'archive_admin', $admin, 'pg_restore', '--exit-on-error', $dump{custom} ],
	[ 'archive_owner', 'erp', 'pg_restore', $dump{custom} ],
	[ 'jobs_admin', $admin, 'pg_restore', '-j', '4', $dump{custom} ],
	[ 'jobs_owner', 'erp', 'pg_restore', '-j', '4', $dump{custom} ],
	[ 'of_backup', $admin, 'pg_restore', '-j', '2', $dump{read} ])
{
	my ($database, $user, @command) = @$way;
	my $err = restored(@$way);
	my $how = join ' ', $user eq 'erp' ? 'the owner:' : 'a superuser:', grep { !m{/} } @command;
	my @errors = sort map { /ERROR:\s+(.*)/ ? $1 : () } split /\n/, $err;
	is_deeply(\@errors, [ $user eq 'erp' ? map { sprintf $_, $database } @administrators : () ],
		"$how: " . ($user eq 'erp' ? 'complains of what is the administrator\'s, and of nothing else' : 'no error')) or diag($err);
	Shop::as_erp($node, $database, 'SELECT aftersale.grant_access(login, capability) FROM aftersale.access') if $user eq 'erp';
	is(Shop::differences($before, all_of($database)), '', '... every row, sequence, and trigger is there');
	is(Shop::differences($catalog, Shop::catalog($node, $database)), '', '... and all that the catalogs say');
	my $did = Shop::work($node, $database, 2);
	$work //= $did;
	is($did, $work, '... the engine works at once');
	like($did, qr/\Q it's money public."Returns" true\E/, '... and so do attachments');
	is(Shop::bound_work($node, $database, 2), $bound, '... and bindings');
	my $next = Shop::as_erp($node, $database, q{INSERT INTO aftersale.request (shop_id, flow) VALUES (1, 'temu/ticket') RETURNING request_id});
	is($next, '114', '... sequences continue');
	is($node->safe_psql($database, q{SET ROLE service; SELECT count(*) FROM aftersale.request}) > 100, 1, '... those with a capability have it');
}
like($work, qr/RA045/, 'what is too much is refused');

# who owns the new database needs no administrator, and meets no complaint
$node->safe_psql('postgres', 'CREATE DATABASE of_owner OWNER erp');
command_ok([ 'pg_restore', '--exit-on-error', '--no-owner', '-U', 'erp', '-d', $node->connstr('of_owner'), $dump{custom} ], 'the owner of the new database restores alone');
is(Shop::differences($before, all_of('of_owner')), '', '... every row, sequence, and trigger');
is(Shop::work($node, 'of_owner', 2), $work, '... the engine works at once');
is($node->safe_psql('of_owner', q{SET ROLE service; SELECT count(*) FROM aftersale.request}) > 100, 1, '... those with a capability have it');

# over a database in use, which is dropped object by object, and all or nothing
command_ok([ 'pg_restore', '--clean', '--if-exists', '--single-transaction', '--exit-on-error', '-U', $admin, '-d', $node->connstr('archive_admin'), $dump{custom} ], 'restored over a database in use');
is(Shop::differences($before, all_of('archive_admin')), '', '... it is what was dumped');
is(Shop::differences($catalog, Shop::catalog($node, 'archive_admin')), '', '... in all that the catalogs say');
is(Shop::work($node, 'archive_admin', 2), $work, '... and the engine works at once');

# the schema alone: pg_dump leaves extensions out, unless it is asked for them
command_ok([ 'pg_dump', '-Fc', '-n', 'aftersale', '-e', 'aftersale', '-U', 'erp', '-f', $dump{schema}, $node->connstr('before') ], 'a dump of the schema and the extension');
$node->safe_psql('postgres', 'CREATE DATABASE of_schema');
$node->safe_psql('of_schema', q{CREATE FUNCTION public.own_note() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'});	# what the user's trigger calls
command_ok([ 'pg_restore', '--exit-on-error', '-U', $admin, '-d', $node->connstr('of_schema'), $dump{schema} ], '... is restored without the ERP\'s tables');
is(Shop::fingerprint($node, 'of_schema'), Shop::fingerprint($node, 'before'), '... every row is there');
is(Shop::as_erp($node, 'of_schema', q{SELECT state FROM aftersale.act(1, 60, 'reply', '{"remark": "x"}')}), 'replied', '... and the engine works at once');

# a data-only restore over live triggers is refused, not half done
sub restore_data
{
	my ($database, @options) = @_;
	my ($out, $err) = ('', '');
	IPC::Run::run([ 'pg_restore', @options, '--data-only', '-d', $node->connstr($database), $dump{custom} ], '>', \$out, '2>', \$err);
	return $err;
}
$node->safe_psql('data_only', q{CREATE EXTENSION aftersale; SELECT aftersale.install(owner => 'erp'); DELETE FROM aftersale.heartbeat;
	ALTER TABLE aftersale.request ADD COLUMN own_column text});
my $err = restore_data('data_only', '-U', 'erp', '-t', 'shop', '-t', 'calendar', '-t', 'shop_country', '-t', 'request');
like($err, qr/column "state" of aftersale\.request is decided by the engine \(RA024\)/,
	'rows that were decided elsewhere do not slip in');
like($err, qr/pg_restore --disable-triggers/, '... and it says what to do');
is($node->safe_psql('data_only', 'SELECT count(*) FROM aftersale.request'), '0', '... nothing of the table came in');
# with triggers disabled it is the administrator's decision
$node->safe_psql('disabled', q{CREATE EXTENSION aftersale; SELECT aftersale.install(owner => 'erp'); DELETE FROM aftersale.heartbeat; DELETE FROM aftersale.installation;
	ALTER TABLE aftersale.request ADD COLUMN own_column text});
is(restore_data('disabled', '--disable-triggers', '-n', 'aftersale'), '', 'a data-only restore with triggers disabled');
is(Shop::fingerprint($node, 'disabled'), Shop::fingerprint($node, 'before'), '... has the same rows');

$node->stop;
done_testing();
