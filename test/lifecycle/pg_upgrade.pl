# pg_upgrade to another major version, of a server in use: a database of this
# version, and one of the version before, which is updated and migrated there.
# Both servers have the extension installed (.ci/pg_upgrade sees to it).
#	OLD, NEW	the folders of the two, such as /usr/lib/postgresql/15
use strict;
use warnings;
use Cwd;
use lib 'test/lifecycle';
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Shop;
use Test::More;

my ($from, $to) = map { my $path = $_; my ($major) = $path =~ /(\d+)$/; { path => $path, major => $major } } @ENV{qw(OLD NEW)};
my ($old, $new) = map { PostgreSQL::Test::Cluster->new("on_$_->{major}", install_path => $_->{path}) } $from, $to;
$_->init(extra => [ '--locale=C', '--encoding=UTF8' ]) for $old, $new;
$_->append_conf('postgresql.conf', 'jit = off') for $old, $new;
$old->start;
$old->safe_psql('postgres', "CREATE ROLE $_ LOGIN") for qw(erp service);
$old->safe_psql('postgres', "CREATE DATABASE $_") for qw(of_this of_before expected);
$old->safe_psql('of_this', 'CREATE EXTENSION aftersale');
$old->safe_psql('of_before', "CREATE EXTENSION aftersale VERSION '0.1.0'");
$old->safe_psql('expected', 'CREATE EXTENSION aftersale');
my %work;
for my $database (qw(of_this of_before expected))
{
	Shop::open_shop($old, $database);
	is(Shop::work($old, $database, 1) =~ /refunded in part/ ? 1 : 0, 1, "$database is in use");
	Shop::as_erp($old, $database, q{SELECT aftersale.grant_access('service', 'service');
		CREATE INDEX own_index ON aftersale.request ((attributes ->> 'queue'));
		CREATE INDEX own_ratio ON aftersale.request (ratio);
		CREATE TABLE public.own_table (ratio aftersale.refund_ratio, term aftersale.sla_term, calendar aftersale.business_calendar, ratios aftersale.refund_ratio[]);
		INSERT INTO public.own_table VALUES ('12.5%', '1 business day end of day', 'zone Asia/Shanghai; mon-fri 09:00-12:00,13:00-18:00; known until 2026-12-31', '{5%,NULL}')});
}
$work{$_} = Shop::work($old, 'expected', $_) for 2 .. 3;
my %before = map { $_ => Shop::fingerprint($old, $_) } qw(of_this of_before);
# texts of views differ between versions; 17 has one more privilege, and lists types of arrays as the extension's; 18 lists NOT NULL
my $objects = q{kind IN ('object', 'comment', 'privilege', 'index', 'trigger', 'policy', 'sequence') AND fact NOT LIKE 'MAINTAIN %' AND object NOT LIKE '%[]' AND object NOT LIKE 'constraint %_not_null on %'};
my $catalog = Shop::catalog($old, 'of_this', $objects);
my $version = $old->safe_psql('postgres', 'SHOW server_version');
$old->stop;

my @upgrade = ("$to->{path}/bin/pg_upgrade", '-b', "$from->{path}/bin", '-B', "$to->{path}/bin", '-d', $old->data_dir, '-D', $new->data_dir,
	'-s', $new->host, '-p', $old->port, '-P', $new->port);
my $here = getcwd();
chdir $new->basedir or die $!;	# where pg_upgrade leaves its scripts
if ($to->{major} >= 18)	# whose initdb turns data checksums on; pg_upgrade wants both servers alike
{
	command_checks_all([ @upgrade, '--check' ], 1, [qr/does not use data checksums/], [qr/^$/], 'pg_upgrade misses data checksums');
	command_ok([ "$from->{path}/bin/pg_checksums", '--enable', '-D', $old->data_dir ], 'the old server gets them while it is down');
}
command_ok([ @upgrade, '--check' ], 'pg_upgrade finds nothing in its way');
command_ok(\@upgrade, "pg_upgrade from $from->{major} to $to->{major}");
chdir $here or die $!;
$new->start;
diag("from $version to " . $new->safe_psql('postgres', 'SHOW server_version'));
is($new->safe_psql('postgres', 'SHOW server_version_num') =~ /^$to->{major}/ ? 1 : 0, 1, 'the new server is of the new version');
is(Shop::fingerprint($new, $_), $before{$_}, "$_: every row is there") for qw(of_this of_before);
is(Shop::differences($catalog, Shop::catalog($new, 'of_this', $objects)), '', 'of_this: so is every object, with its comment and rights');
is($new->safe_psql('of_this', 'TABLE public.own_table'), '12.5%|1 business day end of day|zone Asia/Shanghai; mon-fri 09:00-12:00,13:00-18:00; known until 2026-12-31|{5%,NULL}', '... and values of every type');
is($new->safe_psql('of_this', q{SET enable_seqscan = off; SELECT count(*) FROM aftersale.request WHERE ratio OPERATOR(aftersale.=) '30%'}), '100', '... and an index on one');
is(Shop::work($new, $_, 2), $work{2}, "$_: the engine works at once") for qw(of_this of_before);
is($new->safe_psql('of_before', 'SELECT extversion FROM pg_extension WHERE extname = $$aftersale$$'), '0.1.0', 'of_before: is still of the version before');
$new->safe_psql('of_before', 'ALTER EXTENSION aftersale UPDATE');
like($new->safe_psql('of_before', 'SELECT aftersale.migrate()'), qr/^the tables of aftersale were brought from version 1 to version 2; sessions .* connect again/, '... is updated and migrated');
is(Shop::work($new, $_, 3), $work{3}, "$_: ... works on") for qw(of_this of_before);
is(Shop::differences(map { Shop::catalog($new, $_) } qw(of_this of_before)), '', 'and both are the same in the catalogs');
is($new->safe_psql('of_this', q{SELECT string_agg(name, ', ') FROM aftersale.health() WHERE NOT ok AND name NOT IN ('job', 'heartbeat', 'clock', 'messages')}), '', 'health() finds nothing wrong');
$new->stop;
done_testing();
