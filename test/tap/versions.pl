# From the released version to this one: a database that was made by this
# version, one that was updated and migrated, and one that was restored from a
# dump of the old version are the same in all that the catalogs say.  Until then
# nothing stops: this library works with the SQL and the tables of the version
# before.
use strict;
use warnings;
use lib 'test/lifecycle';
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Shop;
use Test::More;

my $old = '0.1.0';
my $node = PostgreSQL::Test::Cluster->new('versions');
$node->init;
$node->append_conf('postgresql.conf', 'jit = off');
$node->start;
$node->safe_psql('postgres', "CREATE ROLE $_ LOGIN") for qw(erp service sweeper reporter);
$node->safe_psql('postgres', "CREATE DATABASE $_") for qw(fresh updated lifted restored);

my $tables = q{SELECT aftersale.install(owner => 'erp')};
my $capabilities = join ';', map { "SELECT aftersale.grant_access('$_', '$_')" } qw(service sweeper reporter);
my $update = 'ALTER EXTENSION aftersale UPDATE';

# ---- the same in the catalogs ----
$node->safe_psql('fresh', "CREATE EXTENSION aftersale; $tables; $capabilities");
my $fresh = Shop::catalog($node, 'fresh');

$node->safe_psql('updated', "CREATE EXTENSION aftersale VERSION '$old'; $tables; $capabilities");
$node->safe_psql('updated', $update);
my $routines = q{kind IN ('function', 'aggregate', 'operator', 'cast', 'operator class', 'operator of family', 'function of family', 'extension')};
is(Shop::differences(map { Shop::catalog($node, $_, $routines) } qw(fresh updated)), '', 'the update script leaves out no function: add what stands here to the file of sql/updates');

# dry_run says what will be done, and does nothing
my $before = Shop::catalog($node, 'updated');
my $definition = $node->safe_psql('updated', 'SELECT aftersale.migrate(dry_run => true)');
like($definition, qr/^-- Tables of version 2, from version 1\.\n-- locks: /, 'dry_run prints the steps and their locks');
is(Shop::differences($before, Shop::catalog($node, 'updated')), '', '... and changes nothing');
is($node->safe_psql('updated', q{BEGIN; SELECT FROM aftersale.migrate(dry_run => true);
	SELECT mode, relation::regclass FROM pg_locks WHERE pid = pg_backend_pid() AND relation::regclass::text LIKE 'aftersale.%' AND mode <> 'AccessShareLock'}), '', '... nor locks anything');

# the locks that the steps name are those that they take on the tables that are there
my %named;
$named{"$2 $1"} = 1 while $definition =~ /^-- locks: ([A-Z ]+?) on (\S+)$/mg;
my $taken = $node->safe_psql('updated', q{
	CREATE TEMP TABLE there AS SELECT oid FROM pg_class WHERE relnamespace = 'aftersale'::regnamespace AND relkind IN ('r', 'v', 'S');
	BEGIN;
	SELECT FROM aftersale.migrate();
	SELECT DISTINCT ON (relation) relation::regclass || ' ' || words
	FROM pg_locks JOIN there ON oid = relation
	CROSS JOIN LATERAL trim(regexp_replace(upper(regexp_replace(mode, '([A-Z])', ' \1', 'g')), ' LOCK$', '')) words
	WHERE pid = pg_backend_pid() AND mode NOT IN ('AccessShareLock', 'RowShareLock', 'RowExclusiveLock')
		AND NOT (relation = 'aftersale.installation'::regclass AND mode = 'ShareRowExclusiveLock')
	ORDER BY relation, array_position('{ACCESS EXCLUSIVE,EXCLUSIVE,SHARE ROW EXCLUSIVE,SHARE,SHARE UPDATE EXCLUSIVE}', words);
	ROLLBACK});
is(join("\n", sort split /\n/, $taken), join("\n", sort keys %named), 'the locks that dry_run names are taken, and no others but that of one migration at a time');
is(Shop::differences($before, Shop::catalog($node, 'updated')), '', 'a migration that is rolled back leaves nothing');

# who may
my $err;
$node->psql('updated', 'SET ROLE service; SELECT aftersale.migrate()', stderr => \$err);
like($err, qr/role "service" does not own the tables of aftersale \(RA074\)/, 'only the owner migrates');
like($node->safe_psql('updated', 'SET ROLE erp; SELECT aftersale.migrate()'), qr/^the tables of aftersale were brought from version 1 to version 2; sessions .* connect again/, 'the owner migrates');
is($node->safe_psql('updated', 'SELECT aftersale.migrate()'), 'the tables of aftersale have version 2, nothing to do', '... once');
is($node->safe_psql('updated', 'SELECT current_user = session_user'), 't', '... and nobody is left in his place');
is(Shop::differences($fresh, Shop::catalog($node, 'updated')), '', 'fresh = updated and migrated, with the rights of those who have capabilities');

# ---- the version before goes on working ----
$node->safe_psql('fresh', 'DROP OWNED BY erp');
$node->safe_psql('fresh', 'DROP EXTENSION aftersale; DROP SCHEMA IF EXISTS aftersale; CREATE EXTENSION aftersale');
Shop::open_shop($node, 'fresh');
my @expected = map { Shop::work($node, 'fresh', $_) } 1 .. 4;
like($expected[0], qr/refunded in part\|32\.00/, 'a day of work refunds');
like($expected[0], qr/RA045/, '... and refuses what is too much');

$node->safe_psql('lifted', "CREATE EXTENSION aftersale VERSION '$old'; $tables");
Shop::open_shop($node, 'lifted');
is(Shop::work($node, 'lifted', 1), $expected[0], "the SQL and the tables of $old work with this library");
# a session that began before
my $session = $node->background_psql('lifted', on_error_stop => 0);
$session->query_safe(q{SET aftersale.test_now = '2026-11-20 10:00+00'});
$session->query_safe('SET ROLE erp');
my $act = sub { return $session->query("SELECT state FROM aftersale.act(1, $_[0], 'reply', '{\"remark\": \"x\"}')") };
is($act->(60), 'replied', 'a session acts with the SQL of before');
command_ok([ 'pg_dump', '-Fc', '-f', $node->basedir . '/old.dump', $node->connstr('lifted') ], "a dump of $old");
my $rows = Shop::fingerprint($node, 'lifted');
$node->safe_psql('lifted', $update);
is(Shop::fingerprint($node, 'lifted'), $rows, 'the update touches no row');
is($act->(61), 'replied', '... the session goes on');
is(Shop::work($node, 'lifted', 2), $expected[1], 'the SQL of this version works with the tables of before');
like($node->safe_psql('lifted', q{SELECT ok, detail, remedy FROM aftersale.health() WHERE name = 'tables'}),
	qr/^f\|version 1, the library writes 2\|SELECT aftersale\.migrate\(\);$/, '... and health() says what to do');
my $untouched = join "\n", grep { !/^installation / } split /\n/, Shop::fingerprint($node, 'lifted');
my $events = $node->safe_psql('lifted', 'SELECT count(*) FROM aftersale.event');
$node->safe_psql('lifted', 'SELECT aftersale.migrate()');
my %after = map { /^(\S+) (.*)/ ? ($1 => $2) : () } split /\n/, Shop::fingerprint($node, 'lifted');
is($node->safe_psql('lifted', 'SELECT count(*) FROM aftersale.event'), $events, 'the migration loses no history');
is($node->safe_psql('lifted', q{SELECT count(*) FROM aftersale.verify_history(1)}), '0', '... and alters none');
is($act->(62), 'replied', '... the session goes on');
$session->quit;
is(Shop::work($node, 'lifted', 3), $expected[2], 'the migrated tables work');
is($node->safe_psql('lifted', q{SELECT ok FROM aftersale.health() WHERE name IN ('tables', 'triggers', 'attachments')}), "t\nt\nt", '... and are well');

# ---- a dump of the version before, restored where this one is installed ----
command_ok([ 'pg_restore', '--exit-on-error', '-d', $node->connstr('restored'), $node->basedir . '/old.dump' ], 'it is restored');
is(Shop::fingerprint($node, 'restored'), $rows, '... with every row');
is(Shop::work($node, 'restored', 2), $expected[1], '... works at once');
$node->safe_psql('restored', 'SELECT aftersale.migrate()');
is(Shop::work($node, 'restored', 3), $expected[2], '... and migrated');
my ($lifted, $restored) = map { Shop::catalog($node, $_) } qw(lifted restored);
is(Shop::differences(Shop::catalog($node, 'fresh'), $lifted), '', 'fresh = updated, in a database in use');
is(Shop::differences($lifted, $restored), '', 'updated = restored');

# ---- the library has what the released scripts call ----
my %exported = map { /^\S+ \S (\S+)/ ? ($1 => 1) : () } `nm -D --defined-only aftersale.so`;
for my $script (glob 'sql/versions/*.sql')
{
	open my $in, '<', $script or die "$script: $!";
	my $sql = do { local $/; <$in> };
	my @missing = grep { !$exported{$_} } $sql =~ /'MODULE_PATHNAME',\s*'(\w+)'/g;
	is("@missing", '', "every function of $script is in the library");
}

$node->stop;
done_testing();
