# Random events of seeded runs come out as a model says that is written in
# another language; make check-deep runs a thousand and more.
use strict;
use warnings;
use Cwd qw(getcwd);
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('simulation');
$node->init;
$node->append_conf('postgresql.conf', "autovacuum = off\nsynchronous_commit = off\n");
$node->start;
local $ENV{PGHOST} = $node->host;
local $ENV{PGPORT} = $node->port;
local $ENV{PGDATABASE} = 'postgres';
for my $seed (1 .. 5, 11)
{
	my $out = `perl test/sim/run $seed 2>&1`;
	is($?, 0, "500 events of seed $seed") or diag($out);
	note($out);
}
# the comparison can fail: a server on which somebody meddled with a balance
my $out = `perl test/sim/run --meddle 1 2>&1`;
isnt($?, 0, 'a balance that was meddled with is seen');
like($out, qr/seed 1, event \d+: .*again: test\/sim\/run --events 500 1/s, '... and the run says how to repeat it');
$node->stop;
done_testing();
