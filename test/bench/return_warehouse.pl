# One call of return_warehouse() for a return of three products, among a million
# links, as a client sees it: against two prepared look-ups in the primary key of
# the links, in CPU time of server and client together.
#	CALLS=n		how many a session makes (20000)
#	ROUNDS=n	how often (9)
use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use Bench;

my $calls = $ENV{CALLS} || 20_000;
my $rounds = $ENV{ROUNDS} || 9;

sql(<<'SQL');
DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'bench_routing') THEN CREATE ROLE bench_routing; END IF; END $$;
SELECT aftersale.install(owner => 'bench_routing');
INSERT INTO aftersale.calendar (name, calendar) VALUES ('bench', 'zone Etc/UTC; mon-sun 00:00-24:00');
INSERT INTO aftersale.shop (shop_id, platform, name) VALUES (1, 'temu', 'bench');
INSERT INTO aftersale.shop_country (shop_id, country, currency, calendar, time_zone) VALUES (1, 'US', 'USD', 'bench', 'Etc/UTC');
INSERT INTO aftersale.warehouse (shop_id, warehouse_id, external_ref) SELECT 1, w, w FROM generate_series(1, 20) AS w;
SELECT count(aftersale.set_warehouse(1, w::text, 'US', 'warehouse ' || w)) FROM generate_series(1, 20) AS w;
INSERT INTO aftersale.warehouse_product (shop_id, country, product, warehouse_id)
SELECT DISTINCT 1, 'US', p, w FROM generate_series(1, 300000) AS p, unnest(ARRAY[1 + p % 20, 1 + (p * 7 + 3) % 20, 1 + (p / 20) % 20, 1 + (p / 400) % 20]) AS w;
SQL
sql('VACUUM ANALYZE aftersale.warehouse_product');
print 'links: ', sql('SELECT count(*) FROM aftersale.warehouse_product'), "\n";

my $lookup = q{SELECT warehouse_id FROM aftersale.warehouse_product WHERE shop_id = 1 AND country = 'US' AND product = (:%s::int)::text;} . "\n";
my %script = (
	call => q{\set p random(1, 299990)
SELECT warehouse_id, basis, detail FROM aftersale.return_warehouse(1, 'US', ARRAY[(:p::int)::text, (:p::int + 1)::text, (:p::int + 2)::text]);
},
	lookups => "\\set p random(1, 299990)\n\\set q random(1, 299990)\n" . sprintf($lookup, 'p') . sprintf($lookup, 'q'),
);

# seconds of CPU, of the server's session and of pgbench
sub spent
{
	my $kind = shift;
	my $script = spew($kind, $script{$kind});
	my $client = (times)[2] + (times)[3];
	my $server = measure($kind, sub {
		my $log = qx(pgbench -n -M prepared -c 1 -t $calls -f $script "\$PGDATABASE" 2>&1);
		die $log if $? || $log !~ /number of failed transactions: 0 /;
	});
	return $server + (times)[2] + (times)[3] - $client;
}

my (%spent, @ratios);
for my $round (0 .. $rounds)
{
	my %now;
	$now{$_} = spent($_) for $round % 2 ? qw(call lookups) : qw(lookups call);
	next unless $round;    # the first warms up
	push @{ $spent{$_} }, $now{$_} for keys %now;
	push @ratios, $now{call} / $now{lookups};
}
at_most('return_warehouse(), one call, three products', 'two prepared index look-ups', median(@ratios), 2);
printf "microseconds of CPU: call %.1f, look-ups %.1f\n", map { median(@{ $spent{$_} }) / $calls * 1e6 } qw(call lookups);
verdict();
