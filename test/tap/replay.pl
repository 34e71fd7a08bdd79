# A month of a shop's life per platform, replayed from a seed, ends with the
# totals of a plain model that is written from the rules; make check-deep replays
# thousands of requests of each.
use strict;
use warnings;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('replay');
$node->init;
$node->append_conf('postgresql.conf', "autovacuum = off\nsynchronous_commit = off\n");
$node->start;
local $ENV{PGHOST} = $node->host;
local $ENV{PGPORT} = $node->port;
local $ENV{PGDATABASE} = 'postgres';
for my $platform (map { m{(\w+)\.pm$} } glob 'test/replay/platform/*.pm')
{
	my $out = `perl test/replay/run --requests 200 --sweep 60 --platform $platform 20 2>&1`;
	is($?, 0, "a month of $platform") or diag($out);
	note($out);
}

# the comparison can fail: a pack with one wrong row is noticed
for ([ 'Temu', q{UPDATE aftersale.flow_state SET term = '8 days' WHERE flow = 'temu/reship'}, 'temu/reship' ],
	[ 'Douyin', q{UPDATE aftersale.flow_transition SET clock = 'restart' WHERE action = 'agree_after_refusal'}, 'deadlines' ],
	[ 'Kuaishou', q{UPDATE aftersale.flow_transition SET permission = NULL WHERE action = 'upload_tracking'}, 'RA070' ])
{
	my ($platform, $alter, $told) = @$_;
	my $out = `perl test/replay/run --requests 60 --sweep 240 --platform $platform --alter "$alter" 20 2>&1`;
	isnt($?, 0, "$platform: a wrong row is noticed");
	like($out, qr/$told.*by the model.*again: test\/replay\/run .* --platform $platform 20/s, '... and how to repeat it is said');
}
$node->stop;
done_testing();
