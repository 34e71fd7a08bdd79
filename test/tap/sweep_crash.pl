# The server dies in the middle of a sweep, again and again, at random moments:
# in the end every due request has fired exactly once, dated by its deadline.
#	CRASHES=n	how often (5)
#	SEED=n		what the moments are drawn from
use strict;
use warnings;
use IPC::Open2;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $crashes = $ENV{CRASHES} || 5;
my $seed = srand($ENV{SEED} || time);
my $batches = 4;				# of requests that become due for each crash
note("SEED=$seed");

my $node = PostgreSQL::Test::Cluster->new('sweep_crash');
$node->init;
# what a crash of the server alone can lose, not of the machine: nothing
$node->append_conf('postgresql.conf', "restart_after_crash = on\nautovacuum = off");
$node->start;
$node->safe_psql('postgres', 'CREATE ROLE erp LOGIN');
$node->safe_psql('postgres', q{CREATE EXTENSION aftersale; SELECT aftersale.install(owner => 'erp')});

sub as_erp { return $node->safe_psql('postgres', $_[0], extra_params => [ '-U', 'erp' ]) }

as_erp(q{
	SELECT aftersale.load_pack('temu');
	INSERT INTO aftersale.calendar (name, calendar) VALUES ('shop', 'zone UTC; mon-sun 00:00-24:00');
	INSERT INTO aftersale.shop (shop_id, platform, name, settings) SELECT s, 'temu', 'shop', '{"fire_overdue_at_opening": true}' FROM generate_series(1, 3) s;
	INSERT INTO aftersale.shop_country (shop_id, country, currency, calendar, time_zone) SELECT s, 'US', 'USD', 'shop', 'UTC' FROM generate_series(1, 3) s;
});
my $opened = 0;
sub open_due
{
	my ($number) = @_;
	as_erp("INSERT INTO aftersale.request (shop_id, request_id, flow, opened_at)
		SELECT 1 + n % 3, n, 'temu/ticket', timestamptz '2026-01-01' + n * interval '1 second' FROM generate_series($opened + 1, $opened + $number) n");
	$opened += $number;
}
sub done { return as_erp(q{SELECT count(*) FROM aftersale.event WHERE action = 'timeout'}) }

my $in_between = 0;
# as often as was asked, and on until one fell into the middle
for (my $crash = 1; $crash <= $crashes || (!$in_between && $crash <= 10 * $crashes); $crash++)
{
	open_due($batches * 1000);
	my $before = done();
	my $target = $before + int(rand($opened - $before));
	my $pid = open2(my $from, my $to, 'psql', '-X', '-q', '-At', '-h', $node->host, '-p', $node->port, '-U', 'erp', 'postgres', '-c', 'SELECT pg_backend_pid()', '-c', 'CALL aftersale.sweep()');
	chomp(my $backend = readline $from);
	# at the random moment, and a little more
	for (1 .. 2000) { last if done() > $target - 1000 }
	select undef, undef, undef, rand 0.03;
	if ($crash % 2) { kill 'KILL', $backend }
	else { $node->stop('immediate') }
	waitpid $pid, 0;
	$node->start unless $crash % 2;
	$node->poll_query_until('postgres', 'SELECT true');
	my $after = done();
	$in_between++ if $after > $before && $after < $opened;
}
note("$in_between were hit with some of it done");
cmp_ok($in_between, '>', 0, 'the server died while a part was done');

as_erp('CALL aftersale.sweep()');
is(as_erp('SELECT complete FROM aftersale.heartbeat'), 't', 'a last run takes up what is left');
as_erp('CALL aftersale.sweep()');
is(done(), $opened, 'every due request fired');
is(as_erp(q{SELECT count(*) FROM aftersale.request r WHERE r.state <> 'evidence_waived' OR r.event_seq <> 2 OR r.act_at IS NOT NULL OR r.fault IS NOT NULL
	OR (SELECT count(*) FROM aftersale.event e WHERE e.shop_id = r.shop_id AND e.request_id = r.request_id) <> 2}), '0', '... exactly once');
is(as_erp(q{SELECT count(*) FROM aftersale.event WHERE action = 'timeout' AND at <> timestamptz '2026-01-02' + request_id * interval '1 second'}), '0', '... at its deadline');
is(as_erp('SELECT count(*) FROM generate_series(1, 3) s, aftersale.verify_history(s)'), '0', 'history is whole');
is(as_erp(q{SELECT string_agg(name, ', ') FROM aftersale.health() WHERE NOT ok AND name NOT IN ('job', 'launcher')}), '', 'all is well');

$node->stop;
done_testing();
