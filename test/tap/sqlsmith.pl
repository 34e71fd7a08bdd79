# A minute of sqlsmith's queries over our tables, views and functions, by a role
# that owns the tables and is no superuser: the server lives, and no query ends in
# an internal error (class XX) that is ours.
#	SMITH=seconds	how long (60; 0: not at all)
#	SEED=n			of the draw (1)
use strict;
use warnings;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $seconds = $ENV{SMITH} // 60;
my $seed = $ENV{SEED} || 1;
plan skip_all => 'sqlsmith is not installed (Debian package sqlsmith)' unless grep { -x "$_/sqlsmith" } split /:/, $ENV{PATH};
plan skip_all => 'SMITH=0' if !$seconds;

my $node = PostgreSQL::Test::Cluster->new('sqlsmith');
$node->init;
$node->append_conf('postgresql.conf', "log_line_prefix = '%e '\nlog_min_messages = error\nlog_error_verbosity = verbose\nlog_statement = none\nstatement_timeout = '5s'\nrestart_after_crash = on");
$node->start;
$node->safe_psql('postgres', q{
	CREATE ROLE erp LOGIN;
	ALTER ROLE erp SET search_path = aftersale, public;
	CREATE EXTENSION aftersale;
	SELECT aftersale.install(owner => 'erp');
});
$node->safe_psql('postgres', q{
	SELECT aftersale.load_pack('temu');
	INSERT INTO aftersale.calendar (name, calendar) VALUES ('shop', 'zone UTC; mon-sun 00:00-24:00');
	INSERT INTO aftersale.shop (shop_id, platform, name) VALUES (1, 'temu', 'shop');
	INSERT INTO aftersale.shop_country (shop_id, country, currency, calendar, time_zone) VALUES (1, 'US', 'USD', 'shop', 'UTC');
	INSERT INTO aftersale.request (shop_id, flow, order_ref, country) SELECT 1, 'temu/ticket', 'o' || i, 'US' FROM generate_series(1, 50) AS i;
}, extra_params => [ '-U', 'erp' ]);

my $target = sprintf("host=%s port=%s dbname=postgres user=erp", $node->host, $node->port);
my $report = "$ENV{TESTLOGDIR}/sqlsmith.err";
my $status = system("timeout $seconds sqlsmith --exclude-catalog --verbose --seed=$seed --target='$target' >/dev/null 2>$report") >> 8;
is($status, 124, "sqlsmith went on for $seconds seconds (seed $seed)")
  or diag(substr(slurp_file($report), -500));
# a sign for each query
my $queries = () = join('', grep { /^[.eStC]+$/ } split /\n/, slurp_file($report)) =~ /./g;
cmp_ok($queries, '>', 10 * $seconds, "$queries queries were made");
is($node->safe_psql('postgres', 'SELECT 1'), '1', 'the server lives');

my $log = slurp_file($node->logfile);
my @ended = grep { /was terminated by signal|PANIC|TRAP:/ } split /\n/, $log;
ok(!@ended, 'no process of the server ended') or diag(join "\n", @ended[ 0 .. ($#ended < 10 ? $#ended : 10) ]);
# an error, and what follows it until the next.  It is ours where one of our files raised it or a function of ours was about;
# functions of PostgreSQL's own raise some when they are called with nonsense.
my @internal = grep { /^XX/ } split /^(?=\S{5} ERROR:)/m, $log;
my $ours = join '|', map { m{([^/]+)$} && quotemeta $1 } glob('src/*.c src/kernel/*.c');
my @own = grep { /^\S+ LOCATION: .* (?:$ours):\d+$/m || /^\S+ CONTEXT: .*aftersale/m } @internal;
note(scalar(@internal) - @own . " internal errors of PostgreSQL's own functions");
ok(!@own, 'no internal error of ours') or diag(map { substr($_, 0, 1500) . "\n" } splice @own, 0, 5);
done_testing();
