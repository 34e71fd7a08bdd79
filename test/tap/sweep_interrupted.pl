# A sweep that is cancelled, times out, loses its connection, finds no connection
# left or no room: what was committed stays, nothing is parked for it, the next run
# does the rest, and nothing fires twice.
#
# sweep_disk_full.pl fills a disk; here a limit on temporary files, an error of the
# same class (53), is raised where the record step spills.
use strict;
use warnings;
use IPC::Open2;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('sweep_interrupted');
$node->init;
$node->append_conf('postgresql.conf', "max_connections = 10\nsuperuser_reserved_connections = 3\nautovacuum = off");
$node->start;
$node->safe_psql('postgres', 'CREATE ROLE erp LOGIN');
$node->safe_psql('postgres', q{CREATE EXTENSION aftersale; SELECT aftersale.install(owner => 'erp')});

my @erp = (extra_params => [ '-U', 'erp' ]);
sub as_erp { return $node->safe_psql('postgres', $_[0], @erp) }
sub admin { return $node->safe_psql('postgres', $_[0]) }

# what fires for request 1500, in the second batch, waits for a gate, which the test holds
as_erp(q{
	SELECT aftersale.load_pack('temu');
	INSERT INTO aftersale.calendar (name, calendar) VALUES ('shop', 'zone UTC; mon-sun 00:00-24:00');
	INSERT INTO aftersale.shop (shop_id, platform, name, settings) VALUES (1, 'temu', 'shop', '{"fire_overdue_at_opening": true}');
	INSERT INTO aftersale.shop_country (shop_id, country, currency, calendar, time_zone) VALUES (1, 'US', 'USD', 'shop', 'UTC');
});
$node->safe_psql('postgres', q{
	CREATE TABLE public.gate ();
	GRANT SELECT ON public.gate TO erp;
	CREATE FUNCTION public.gate() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
	BEGIN
		IF NEW.request_id % 3000 = 1500 THEN
			LOCK TABLE public.gate IN ACCESS SHARE MODE;
		END IF;
		RETURN NEW;
	END $$;
	CREATE TRIGGER zz_gate BEFORE UPDATE ON aftersale.request FOR EACH ROW EXECUTE FUNCTION public.gate();
});
my $opened = 0;
sub open_due
{
	as_erp("INSERT INTO aftersale.request (shop_id, request_id, flow, opened_at)
		SELECT 1, n, 'temu/ticket', timestamptz '2026-01-01' + n * interval '1 second' FROM generate_series($opened + 1, $opened + 3000) n");
	$opened += 3000;
}
sub done { return as_erp(q{SELECT count(*) FROM aftersale.event WHERE action = 'timeout'}) }
sub parked { return as_erp(q{SELECT count(*) FROM aftersale.request WHERE fault IS NOT NULL OR attempts > 0}) }

# A session that stays: its end for statements, its answers, its process.
sub session
{
	my ($user) = @_;
	my $pid = open2(my $from, my $to, 'psql', '-X', '-q', '-At', '-h', $node->host, '-p', $node->port, '-U', $user, 'postgres');
	print $to "SELECT pg_backend_pid();\n";
	chomp(my $backend = readline $from);
	return { pid => $pid, from => $from, to => $to, backend => $backend };
}
sub leave { my ($session) = @_; print { $session->{to} } "\\q\n"; close $session->{to}; waitpid $session->{pid}, 0 }
my $superuser = admin('SELECT current_user');

# ---- in the middle of the second batch ----
for my $way ('a statement_timeout', 'pg_cancel_backend()', 'pg_terminate_backend()')
{
	open_due();
	my $before = done();
	my $gate = session($superuser);
	print { $gate->{to} } "BEGIN; LOCK TABLE public.gate IN ACCESS EXCLUSIVE MODE; SELECT 'locked';\n";
	readline $gate->{from};
	my $error;
	if ($way eq 'a statement_timeout')
	{
		# long enough for the first batch, however slow the machine is
		for (my $seconds = 2; $seconds <= 120 && done() == $before; $seconds *= 2)
		{
			(undef, undef, $error) = $node->psql('postgres', "SET statement_timeout = '${seconds}s';\nCALL aftersale.sweep();", @erp);
		}
	}
	else
	{
		my $stderr = PostgreSQL::Test::Utils::tempdir() . '/stderr';
		my $pid = fork // die $!;
		if (!$pid)
		{
			open STDERR, '>', $stderr;
			exec 'psql', '-X', '-q', '-h', $node->host, '-p', $node->port, '-U', 'erp', '-c', 'CALL aftersale.sweep()', 'postgres';
		}
		$node->poll_query_until('postgres', q{SELECT count(*) = 1 FROM pg_stat_activity WHERE query LIKE 'CALL%' AND wait_event_type = 'Lock'}) or die 'the sweep does not wait';
		admin('SELECT ' . substr($way, 0, -2) . q{(pid) FROM pg_stat_activity WHERE query LIKE 'CALL%' AND wait_event_type = 'Lock'});
		waitpid $pid, 0;
		$error = slurp_file($stderr);
	}
	leave($gate);
	like($error, qr/canceling statement due to|terminating connection due to/, "$way ends the run");
	is(done() - $before, 1000, '... what was committed stays: the first batch, and nothing of the second');
	is(parked(), 0, '... and nothing is parked for it');
	as_erp('CALL aftersale.sweep()');
	is(done(), $opened, '... the next run does the rest');
}

# ---- no connection left ----
open_due();
my @taken = map { session('erp') } 1 .. 7;
my ($status, $out, $err) = $node->psql('postgres', 'CALL aftersale.sweep()', @erp);
isnt($status, 0, 'where no connection is left the scheduler fails');
like($err, qr/remaining connection slots are reserved|too many clients/, '... with the reason');
admin(q{UPDATE aftersale.heartbeat SET finished_at = finished_at - interval '6 minutes'});
like(admin(q{SELECT detail FROM aftersale.health() WHERE name = 'heartbeat' AND NOT ok}), qr/^the last sweep finished/, '... and before long health() says that nothing sweeps');
leave($_) for @taken;
ok($node->poll_query_until('postgres', q{SELECT count(*) = 0 FROM pg_stat_activity WHERE usename = 'erp'}), 'connections are back');
as_erp('CALL aftersale.sweep()');
is(done(), $opened, '... and the next run does it all');

# ---- no room ----
open_due();
my $limited = "SET work_mem = '64kB'; SET temp_file_limit = 0; SET SESSION AUTHORIZATION erp;\nCALL aftersale.sweep();";
($status, $out, $err) = $node->psql('postgres', $limited, on_error_stop => 1);
like($err, qr/temporary file size exceeds "?temp_file_limit/, 'out of room for temporary files the run ends');
is(parked(), 0, '... and nothing is parked for it');
as_erp('CALL aftersale.sweep()');
is(done(), $opened, '... the next run, with room, does it all');

is(as_erp(q{SELECT count(*) FROM aftersale.request r WHERE r.state <> 'evidence_waived' OR r.event_seq <> 2
	OR (SELECT count(*) FROM aftersale.event e WHERE e.shop_id = r.shop_id AND e.request_id = r.request_id) <> 2}), '0', 'each request fired exactly once');
is(as_erp('SELECT count(*) FROM aftersale.verify_history(1)'), '0', 'history is whole');
$node->stop;
done_testing();
