# A sweep that fills the disk: what was committed stays, nothing is parked for it,
# and once there is room the next run does the rest; nothing fires twice.
#
# The disk is a small file system of the test's own, mounted in a namespace that
# an ordinary user may make where the system allows it.
use strict;
use warnings;
use Test::More;

sub mount { return sprintf 'mount -t tmpfs -o size=%s,mode=700 tmpfs %s', @_ }

# before PostgreSQL's modules take standard output for themselves
BEGIN
{
	if (!$ENV{SWEEP_SMALL_DISK})
	{
		my @apart = qw(unshare --map-current-user --keep-caps --mount);
		$ENV{SWEEP_SMALL_DISK} = "$ENV{TESTDATADIR}/disk";
		mkdir $ENV{SWEEP_SMALL_DISK} or die "$ENV{SWEEP_SMALL_DISK}: $!";
		my $mount = mount('1m', $ENV{SWEEP_SMALL_DISK});
		my $refusal = qx(@apart sh -c '$mount' 2>&1);
		plan skip_all => "this system lets no ordinary user mount a file system of his own: $refusal" if $?;
		exec @apart, $^X, $0 or die "unshare: $!";
	}
}
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;

my $disk = $ENV{SWEEP_SMALL_DISK};
system(mount('6m', $disk)) == 0 or die "cannot mount $disk";

my $node = PostgreSQL::Test::Cluster->new('sweep_disk_full');
$node->init;
$node->append_conf('postgresql.conf', 'autovacuum = off');
$node->start;
$node->safe_psql('postgres', 'CREATE ROLE erp LOGIN');
$node->safe_psql('postgres', q{CREATE EXTENSION aftersale; SELECT aftersale.install(owner => 'erp')});
my @erp = (extra_params => [ '-U', 'erp' ]);
sub as_erp { return $node->safe_psql('postgres', $_[0], @erp) }

as_erp(q{
	SELECT aftersale.load_pack('temu');
	INSERT INTO aftersale.calendar (name, calendar) VALUES ('shop', 'zone UTC; mon-sun 00:00-24:00');
	INSERT INTO aftersale.shop (shop_id, platform, name, settings) VALUES (1, 'temu', 'shop', '{"fire_overdue_at_opening": true}');
	INSERT INTO aftersale.shop_country (shop_id, country, currency, calendar, time_zone) VALUES (1, 'US', 'USD', 'shop', 'UTC');
	INSERT INTO aftersale.request (shop_id, request_id, flow, opened_at)
	SELECT 1, n, 'temu/ticket', timestamptz '2026-01-01' + n * interval '1 second' FROM generate_series(1, 12000) n;
});
$node->safe_psql('postgres', "CREATE TABLESPACE small LOCATION '$disk'");
$node->safe_psql('postgres', 'ALTER TABLE aftersale.event SET TABLESPACE small');

my ($status, $out, $error) = $node->psql('postgres', 'CALL aftersale.sweep()', @erp);
like($error, qr/No space left on device/, 'the run ends with the disk');
my $fired = as_erp(q{SELECT count(*) FROM aftersale.event WHERE action = 'timeout'});
cmp_ok($fired, '>', 0, "... what was committed stays: $fired of 12000");
is($fired % 1000, 0, '... whole batches');
is(as_erp('SELECT count(*) FROM aftersale.request WHERE fault IS NOT NULL OR attempts > 0'), '0', '... and nothing is parked for it');
is(as_erp('SELECT count(*) FROM aftersale.verify_history(1)'), '0', '... the history is whole');
system("mount -o remount,size=60m $disk") == 0 or die "cannot enlarge $disk";
as_erp('CALL aftersale.sweep()');
is(as_erp(q{SELECT count(*) FROM aftersale.event WHERE action = 'timeout'}), '12000', 'with room the next run does the rest');
is(as_erp(q{SELECT count(*) FROM aftersale.request r WHERE r.state <> 'evidence_waived' OR r.event_seq <> 2
	OR (SELECT count(*) FROM aftersale.event e WHERE e.shop_id = r.shop_id AND e.request_id = r.request_id) <> 2}), '0', 'each request fired exactly once');
is(as_erp('SELECT count(*) FROM aftersale.verify_history(1)'), '0', 'history is whole');
$node->stop;
done_testing();
