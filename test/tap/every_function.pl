# Every function of the extension, called with NULL, empty, extreme, toasted and
# wrong-dimension arguments: by a role that has nothing but USAGE on the schema, and
# by the owner of the tables; and the same put into every column of every table.  The calls are made from pg_proc: in each argument
# every value of its type while the others are ordinary, and combinations that are
# drawn.  The server lives, nothing ends in an internal error (class XX) or an error
# without a code (P0001), no call takes long, no plan is compiled.
#	CALLS=n		combinations for each function (10)
#	SEED=n		of the draw (1)
use strict;
use warnings;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $combinations = $ENV{CALLS} || 10;
my $seed = $ENV{SEED} || 1;
srand($seed);
note("the seed is $seed");

my $node = PostgreSQL::Test::Cluster->new('every_function');
$node->init;
$node->append_conf('postgresql.conf', "log_min_messages = log\nlog_statement = none\nstatement_timeout = '60s'\nautovacuum = off\nrestart_after_crash = on
shared_preload_libraries = 'pg_cron, pg_stat_statements'\npg_stat_statements.track = all\npg_stat_statements.max = 50000");
$node->start;
$node->safe_psql('postgres', "CREATE ROLE $_ LOGIN") for qw(erp nobody);
$node->safe_psql('postgres', q{
	CREATE EXTENSION pg_stat_statements;
	CREATE EXTENSION aftersale;
	SELECT aftersale.install(owner => 'erp');
	GRANT USAGE ON SCHEMA aftersale TO nobody;
	CREATE SCHEMA try;
	GRANT CREATE, USAGE ON SCHEMA try TO erp, nobody;
	CREATE TABLE try.erp_refund (id bigint, amount numeric, ratio text, due timestamptz);
	ALTER TABLE try.erp_refund OWNER TO erp;
	CREATE TABLE try.toasted (text text, jsonb jsonb, numeric numeric, bytea bytea, texts text[], bigints bigint[], numerics numeric[], calendar aftersale.business_calendar);
	ALTER TABLE try.toasted ALTER text SET STORAGE EXTERNAL, ALTER bigints SET STORAGE EXTERNAL;
	INSERT INTO try.toasted SELECT repeat('x', 1000000), jsonb_build_object('amount', repeat('9', 100000)), repeat('9', 100000)::numeric, decode(repeat('ff', 100000), 'hex'),
		array_agg(n::text), array_agg(n), array_agg(n), ('zone UTC; mon-fri 09:00-18:00; off ' || string_agg(to_char(date '2000-01-01' + 3 * n::int, 'YYYY-MM-DD'), ','))::aftersale.business_calendar
		FROM generate_series(1, 20000) AS n;
	GRANT SELECT ON try.toasted TO PUBLIC;
});
my @erp = (extra_params => [ '-U', 'erp' ]);
$node->safe_psql('postgres', q{
	SELECT aftersale.load_pack('temu');
	INSERT INTO aftersale.calendar (name, calendar) VALUES ('shop', 'zone UTC; mon-sun 00:00-24:00');
	INSERT INTO aftersale.shop (shop_id, platform, name) VALUES (1, 'temu', 'shop');
	INSERT INTO aftersale.shop_country (shop_id, country, currency, calendar, time_zone) VALUES (1, 'US', 'USD', 'shop', 'UTC');
	INSERT INTO aftersale.request (shop_id, request_id, flow, order_ref, country) VALUES (1, 1, 'temu/ticket', 'o1', 'US');
}, @erp);

# ---- values of each type; the first is the ordinary one ----

my @arrays = ("'{NULL}'", "'{}'");
my %values = (
	'text' => [ "'temu'", "''", "E'\\t\\n'", "'%s%n%'", "'x'';--'", "'\x{c3}\x{a9}'", "'24 hours'", "'zone'", '(SELECT text FROM try.toasted)' ],
	'name' => [ "'erp'", "''", "'nobody'", 'repeat(\'x\', 63)' ],
	'cstring' => [ "'30%'", "''", "' '", "'24 hours'", '(SELECT textout(text) FROM try.toasted)' ],
	'boolean' => [ 'true', 'false' ],
	'bigint' => [ '1', '0', '-1', '9223372036854775807', "'-9223372036854775808'" ],
	'integer' => [ '1', '0', '-1', '2147483647', "'-2147483648'" ],
	'oid' => [ "'try.erp_refund'::regclass", '0', '4294967295', "'pg_class'::regclass" ],
	'regclass' => [ "'try.erp_refund'", "'0'", "'4294967295'", "'pg_class'", "'aftersale.request'", "'aftersale.request_pkey'", "'aftersale.worklist'" ],
	'numeric' => [ '1', '0', '-1', '0.05', "'NaN'", "'Infinity'", "'-Infinity'", '170141183460469231731687303715884105728', '1e-16383', '(SELECT numeric FROM try.toasted)' ],
	'date' => [ "'2026-11-25'", "'infinity'", "'-infinity'", "'4713-01-01 BC'", "'5874897-12-31'" ],
	'timestamp with time zone' => [ "'2026-11-25 10:00Z'", "'infinity'", "'-infinity'", "'4713-01-01 BC'", "'294276-12-31 23:59:59Z'" ],
	'interval' => [ "'1 hour'", "'0'", "'1 mon -1 day'", "'178000000 years'", "'-178000000 years'", "'2562047788:00:54.775807'" ],
	'jsonb' => [ "'{}'", "'[]'", "'null'", "'1'", "'\"x\"'", "'{\"amount\": 1e400, \"state\": null, \"tracking_no\": {}}'", "'{\"\": [[[]]]}'",
		"(repeat('[', 5000) || repeat(']', 5000))::jsonb", '(SELECT jsonb FROM try.toasted)' ],
	'bytea' => [ "'x'", "''", '(SELECT bytea FROM try.toasted)' ],
	'text[]' => [ "'{temu}'", @arrays, "'{{a,b},{c,d}}'", "'[5:6]={a,b}'", "'[-2:-2][3:3]={{a}}'", '(SELECT texts FROM try.toasted)' ],
	'bigint[]' => [ "'{1}'", @arrays, "'{{1,2},{3,4}}'", "'[5:6]={1,2}'", "'{9223372036854775807,-9223372036854775808}'", '(SELECT bigints FROM try.toasted)' ],
	'integer[]' => [ "'{1}'", @arrays, "'{{1,2},{3,4}}'", "'[5:6]={1,2}'", "'{2147483647,-2147483648}'" ],
	'numeric[]' => [ "'{1}'", @arrays, "'{{1,2},{3,4}}'", "'[5:6]={1,2}'", "'{NaN,Infinity}'", '(SELECT numerics FROM try.toasted)' ],
	'date[]' => [ "'{2026-11-25}'", @arrays, "'{infinity,-infinity}'", "'{{2026-11-25},{2026-11-26}}'", "'[7:7]={2026-11-25}'" ],
	'tstzrange[]' => [ map({ "'$_'" } '{"[2026-11-25,2026-11-26)"}', '{empty}', '{"(,)"}', '{"[2026-11-25,)","(-infinity,infinity)"}', '{{empty},{empty}}'), @arrays ],
	'aftersale.refund_ratio' => [ "'30%'", "'5%'", "'100%'" ],
	'aftersale.sla_term' => [ "'24 hours'", "'0 days'", "'1000000 hours'", "'-1000000 hours'", "'100000 business days'", "'-100000 business days same time'" ],
	'aftersale.business_calendar' => [ "'zone UTC; mon-fri 09:00-18:00'", "'zone Pacific/Apia; mon-sun 00:00-24:00'", "'zone UTC; on 2399-12-31 23:59-24:00'", '(SELECT calendar FROM try.toasted)' ]);

sub values_of
{
	my ($type) = @_;
	$type =~ s/^"any"$/text/;
	return map { "CAST($_ AS $type)" } @{ $values{$type} || die "no values of type $type" }, 'NULL';
}

# ---- the calls ----

my @functions = map { my ($name, $kind, $types) = split /\|/; [ $name, $kind, split /;/, $types // '' ] } split /\n/,
  $node->safe_psql('postgres', q{SELECT 'aftersale.' || quote_ident(proname), prokind,
	(SELECT string_agg(format_type(t, NULL), ';' ORDER BY n) FROM unnest(proargtypes) WITH ORDINALITY AS a(t, n))
	FROM pg_proc WHERE oid IN (SELECT objid FROM pg_depend WHERE classid = 'pg_proc'::regclass AND refclassid = 'pg_extension'::regclass AND deptype = 'e'
			AND refobjid = (SELECT oid FROM pg_extension WHERE extname = 'aftersale'))
		AND NOT proargtypes::oid[] @> ARRAY['internal'::regtype::oid] AND prorettype <> 'trigger'::regtype
	ORDER BY 1, 3});
cmp_ok(scalar @functions, '>', 150, scalar(@functions) . ' functions are called');

my %columns;
push @{ $columns{ $_->[0] } }, [ @$_[ 1, 2 ] ] for map { [ split /\|/ ] } split /\n/,
  $node->safe_psql('postgres', q{SELECT attrelid::regclass, quote_ident(attname), format_type(atttypid, NULL) FROM pg_attribute JOIN pg_class c ON c.oid = attrelid
	WHERE relnamespace = 'aftersale'::regnamespace AND relkind = 'r' AND attnum > 0 AND NOT attisdropped AND attgenerated = '' ORDER BY 1, attnum});
push @functions, map { [ $_, 't' ] } sort keys %columns;
cmp_ok(scalar keys %columns, '>', 40, scalar(keys %columns) . ' tables are written to');

# A row of nothing else, and a change of those that there are.
sub writes
{
	my ($table) = @_;
	my @writes = ("INSERT INTO $table DEFAULT VALUES");
	for my $column (@{ $columns{$table} })
	{
		my ($name, $type) = @$column;
		push @writes, map { ("INSERT INTO $table ($name) VALUES ($_)", "UPDATE $table SET $name = $_") } $values{$type} ? values_of($type) : 'NULL';
	}
	return (@writes, "DELETE FROM $table", "TRUNCATE $table");
}

sub calls
{
	my ($function) = @_;
	my ($name, $kind, @types) = @$function;
	return writes($name) if $kind eq 't';
	my @pools = map { [ values_of($_) ] } @types;
	my @ordinary = map { $_->[0] } @pools;
	my %call;
	my $call = sub { my $sql = ($kind eq 'p' ? 'CALL ' : 'SELECT ') . "$name(" . join(', ', @_) . ')'; $call{$sql} = 1 };
	$call->(@ordinary);
	$call->(map { $_->[-1] } @pools);
	for my $i (0 .. $#pools)
	{
		$call->(@ordinary[ 0 .. $i - 1 ], $_, @ordinary[ $i + 1 .. $#ordinary ]) for @{ $pools[$i] };
	}
	$call->(map { $_->[ rand @$_ ] } @pools) for 1 .. (@pools > 1 ? $combinations : 0);
	return sort keys %call;
}

# Makes the calls in one session, each undone; returns what became of each: "SQLSTATE milliseconds message" in the order of the calls.
sub become
{
	my ($role, @calls) = @_;
	my $list = join(', ', map { '$call$' . $_ . '$call$' } @calls);
	my ($status, $out, $err) = $node->psql('postgres', qq{
		SET client_min_messages = error;
		DO \$do\$
		DECLARE
			call text;
			begun timestamptz;
		BEGIN
			CREATE TEMP TABLE become (n serial, told text);
			FOREACH call IN ARRAY ARRAY[$list] LOOP
				begun := clock_timestamp();
				BEGIN
					EXECUTE call;
					RAISE EXCEPTION USING ERRCODE = 'ZZ000', MESSAGE = 'done';
				EXCEPTION WHEN OTHERS THEN
					INSERT INTO become (told) VALUES (SQLSTATE || ' ' || (1000 * extract(epoch FROM clock_timestamp() - begun))::int || ' ' || left(replace(SQLERRM, E'\\n', ' '), 200));
				END;
			END LOOP;
		END
		\$do\$;
		SELECT told FROM become ORDER BY n;
	}, extra_params => [ '-U', $role ]);
	$node->poll_query_until('postgres', 'SELECT true') if $status != 0;
	return ($status == 0 ? '' : "ended with $status: $err", split /\n/, $out);
}

sub slow_again { my ($ends, $told) = become(@_); return $ends ne '' || $told =~ /^\S+ (\d+) / && $1 > 5000 }

# No line, or the first of them.
sub none
{
	my ($name, @lines) = @_;
	ok(!@lines, $name) or diag(map { substr($_, 0, 400) . "\n" } splice @lines, 0, 30);
}

for my $role (qw(nobody erp))
{
	my $made = 0;
	my (@broken, @internal, @uncoded, @slow, @misnamed, %codes, %took);
	for my $function (@functions)
	{
		my @calls = calls($function);
		my ($broke, @told) = become($role, @calls);
		if ($broke ne '' || @told != @calls)	# which of them?
		{
			push @broken, grep { my ($ends) = become($role, $_); $ends ne '' } @calls;
			push @broken, "$function->[0]: $broke" if !@broken;
		}
		$made += @calls;
		for my $i (0 .. $#told)
		{
			my ($sqlstate, $milliseconds, $message) = $told[$i] =~ /^(\S+) (\d+) (.*)/ or next;
			my $line = "$calls[$i]: $told[$i]";
			$codes{$sqlstate}++;
			$took{ $function->[0] } += $milliseconds;
			push @internal, $line if $sqlstate =~ /^XX/;
			push @uncoded, $line if $sqlstate =~ /^P0/;
			push @slow, $line if $milliseconds > 5000 && slow_again($role, $calls[$i]);	# a machine may have stood still
			push @misnamed, $line if $sqlstate eq '42601' && $function->[0] ne 'aftersale.execute_as_owner' ||	# which takes SQL
				 $message =~ /^function aftersale\.\S+ (?:does not exist|is not unique)|cannot cast type/;
		}
	}
	note("$role: $made calls; " . join(', ', map { "$_ $codes{$_}" } sort keys %codes));
	note('slowest: ' . join(', ', map { "$_ $took{$_} ms" } (sort { $took{$b} <=> $took{$a} } keys %took)[ 0 .. 5 ]));
	cmp_ok($codes{ZZ000} // 0, '>', 200, "$role: calls, many of which end well ($made, $codes{ZZ000})");
	none("$role: no session ends", @broken);
	none("$role: no internal error", @internal);
	none("$role: no error without a code of its own", @uncoded);
	none("$role: no call takes five seconds", @slow);
	none("$role: every call reaches its function", @misnamed);
}
# to compile a plan takes a second; over a few rows nothing may look so dear
my $compiled = q{SELECT left(query, 200) FROM pg_stat_statements WHERE jit_functions > 0};
none('no statement over a few rows is compiled', split /^/m, $node->safe_psql('postgres', $compiled));
SKIP:
{
	$node->safe_psql('postgres', 'SET jit_above_cost = 0; SELECT count(*) FROM pg_class');
	my $seen = $node->safe_psql('postgres', $compiled);
	skip 'this server compiles nothing (no jit)', 1 if $seen eq '';
	like($seen, qr/FROM pg_class/, '... where one that is compiled is seen');
}
is($node->safe_psql('postgres', 'SELECT count(*) FROM aftersale.request'), 1, 'every call was undone');
none('no process of the server ended', grep { /was terminated by signal|PANIC|TRAP:/ } split /\n/, slurp_file($node->logfile));
done_testing();
