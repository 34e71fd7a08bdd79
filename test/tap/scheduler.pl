# A real pg_cron job closes what is overdue, as a role that may do nothing else; so
# does the command of the guide; a restart loses nothing and repeats nothing; and
# health() names what is wrong with the job.
use strict;
use warnings;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('scheduler');
$node->init;
$node->append_conf('postgresql.conf', <<'CONF');
shared_preload_libraries = 'pg_cron'
cron.database_name = 'shopdb'
cron.use_background_workers = on
max_worker_processes = 20
CONF
$node->start;
$node->safe_psql('postgres', "CREATE ROLE $_ LOGIN") for qw(erp aftersale_sweeper);
$node->safe_psql('postgres', "CREATE DATABASE $_") for qw(shopdb elsewhere);
$node->safe_psql('shopdb', q{
	CREATE EXTENSION pg_cron;
	CREATE EXTENSION aftersale;
	SELECT aftersale.install(owner => 'erp');
});

sub as_sweeper { return $node->safe_psql('shopdb', "SET ROLE aftersale_sweeper; $_[0]") }
# the check of that name: what was seen, and the remedy; nothing where all is well
sub fault { return $node->safe_psql('shopdb', "SET ROLE " . ($_[1] // 'erp') . "; SELECT detail, remedy FROM aftersale.health() WHERE name = '$_[0]' AND NOT ok") }
sub as_erp { return $node->safe_psql('shopdb', "SET ROLE erp; $_[0]") }

as_erp(q{
	SELECT aftersale.load_pack('temu');
	INSERT INTO aftersale.calendar (name, calendar) VALUES ('shop', 'zone UTC; mon-sun 00:00-24:00');
	INSERT INTO aftersale.shop (shop_id, platform, name) VALUES (1, 'temu', 'shop');
	INSERT INTO aftersale.shop_country (shop_id, country, currency, calendar, time_zone) VALUES (1, 'US', 'USD', 'shop', 'UTC');
	-- opened in time, due a few seconds from now
	INSERT INTO aftersale.request (shop_id, flow, external_ref, opened_at)
	VALUES (1, 'temu/ticket', 'T1', clock_timestamp() - interval '1 day' + interval '5 seconds'),
		(1, 'temu/ticket', 'T2', clock_timestamp());
});

# who may schedule
my ($status, $out, $err) = $node->psql('shopdb', q{SELECT aftersale.start()});
like($err, qr/superuser "\w+" must not schedule the sweep \(RA031\)/, 'a superuser does not schedule the sweep');
($status, $out, $err) = $node->psql('shopdb', q{SET ROLE erp; SELECT aftersale.start()});
like($err, qr/may not use pg_cron \(RA031\)/, 'a role without USAGE on schema cron is told what is missing');
like($err, qr/GRANT USAGE ON SCHEMA cron TO erp/, '... and how to get it');
$node->safe_psql('shopdb', 'GRANT USAGE ON SCHEMA cron TO erp');
is(as_erp('SELECT scheduled FROM aftersale.start()'), 't', 'start() schedules');
is(as_erp('SELECT scheduled FROM aftersale.start()'), 't', '... again without harm');
is($node->safe_psql('shopdb', 'SELECT jobname, username, command, count(*) OVER () FROM cron.job'),
	'aftersale:shopdb|erp|CALL aftersale.sweep()|1', 'one job, named after the database, under the role');
is(fault('job'), '', 'health() sees the job');
# it was started before its database was there, and is started again
ok($node->poll_query_until('shopdb', q{SELECT ok FROM aftersale.health() WHERE name = 'launcher'}), '... and the launcher');
is(as_erp('SELECT scheduled FROM aftersale.stop()'), 'f', 'stop() unschedules');

# ... with the least rights, as start() says
($status, $out, $err) = $node->psql('shopdb', q{SET ROLE erp; SELECT aftersale.start(); SELECT aftersale.stop()});
my ($statements) = $err =~ /It needs fewer. An administrator makes a role for it: (.*)/;
($status, $out, $err) = $node->psql('shopdb', q{SET ROLE aftersale_sweeper; SELECT aftersale.start()});
like($err, qr/permission denied for schema aftersale/, 'a role without rights does not schedule');
$statements =~ s/^CREATE ROLE \w+ LOGIN; // or fail("start() makes a role: $statements");
is(($node->psql('shopdb', $statements, on_error_stop => 1))[0], 0, 'the statements of start() work as they are') or diag($statements);
is($node->safe_psql('shopdb', 'SELECT jobname, username, command, count(*) OVER () FROM cron.job'),
	'aftersale:shopdb|aftersale_sweeper|CALL aftersale.sweep()|1', '... and schedule it as that role');

# pg_cron fires at the next minute: the one test that waits for the wall clock
ok($node->poll_query_until('shopdb', q{SELECT state = 'evidence_waived' FROM aftersale.request WHERE external_ref = 'T1'}),
	'the overdue ticket was closed by the job');
is($node->safe_psql('shopdb', q{
	SELECT e.action, e.actor, e.login, e.at = o.due_at
	FROM aftersale.event e JOIN aftersale.event o USING (shop_id, request_id) WHERE e.event_seq = 2 AND o.event_seq = 1}),
	'timeout|system|aftersale_sweeper|t', 'its event is the clock\'s, dated by the deadline, under the job\'s login');
is($node->safe_psql('shopdb', q{SELECT state FROM aftersale.request WHERE external_ref = 'T2'}), 'requested', 'what is not due stays');
is(fault('heartbeat'), '', 'health() sees the heartbeat');
is(fault('job'), '', '... which shows the owner that a job runs that he cannot see');
is(as_sweeper('SELECT scheduled FROM aftersale.stop()'), 'f', 'stop() unschedules');
is($node->safe_psql('shopdb', 'SELECT count(*) FROM cron.job'), '0', 'no job is left');
is(as_sweeper('SELECT scheduled FROM aftersale.stop()'), 'f', '... again without harm');

# what can be wrong with the job, each named with what mends it
my $admin = $node->safe_psql('postgres', 'SELECT current_user');
my $quiet = 'UPDATE aftersale.heartbeat SET finished_at = NULL';
as_erp($quiet);
is(fault('job'), 'no job "aftersale:shopdb" that this role may see|SELECT * FROM aftersale.start();', 'health() names a missing job');
as_erp('SELECT aftersale.start()');
is(fault('job'), '', '... and its remedy mends it');
my $job = $node->safe_psql('shopdb', 'SELECT jobid FROM cron.job');
$node->safe_psql('shopdb', "SELECT cron.alter_job($job, active => false)");
is(fault('job'), qq{job "aftersale:shopdb" is inactive|SELECT aftersale.stop(); SELECT aftersale.start();}, 'an inactive one');
as_erp('SELECT aftersale.stop(); SELECT aftersale.start()');
is(fault('job'), '', '... and its remedy mends it');
$job = $node->safe_psql('shopdb', 'SELECT jobid FROM cron.job');
for my $wrong ([ $admin, 'is a superuser' ], [ 'nobody_now', 'does not exist' ], [ 'clerk', 'may not sweep' ])
{
	my ($role, $why) = @$wrong;
	$node->safe_psql('shopdb', 'CREATE ROLE clerk') if $role eq 'clerk';
	$node->safe_psql('shopdb', "UPDATE cron.job SET username = '$role'");
	like(fault('job', $admin), qr/^job "aftersale:shopdb" runs as "$role", which $why\|SELECT cron.unschedule\($job\); then: CREATE ROLE aftersale_sweeper/,
		"one under a role that $why");
}
$node->safe_psql('shopdb', 'SELECT cron.unschedule(jobid) FROM cron.job');

# pg_cron dropped and restored: what becomes due in between waits, and fires once
as_erp(q{SELECT aftersale.start(); INSERT INTO aftersale.request (shop_id, flow, external_ref, opened_at)
	VALUES (1, 'temu/ticket', 'T4', clock_timestamp() - interval '1 day' + interval '5 seconds')});
$node->safe_psql('shopdb', 'DROP EXTENSION pg_cron');
like(fault("job"), qr{^(this server has no pg_cron running|pg_cron is in database "shopdb")\|.*pg_cron|start}, "health() names a pg_cron that is gone");
ok($node->poll_query_until('shopdb', q{SELECT due_at < clock_timestamp() FROM aftersale.request WHERE external_ref = 'T4'}), 'T4 is due');
$node->safe_psql('shopdb', 'CREATE EXTENSION pg_cron; GRANT USAGE ON SCHEMA cron TO erp, aftersale_sweeper');
like(fault('job'), qr/^no job/, '... restored, it has no job');
as_erp('SELECT aftersale.start()');
is(fault('job'), '', '... until start()');

# the command of the guide, as a scheduler outside runs it; it fails where the run fails
my ($command) = slurp_file('doc/guides/scheduling.md') =~ /^ExecStart=(.*)$/m;
sub guide_command
{
	local $ENV{PGHOST} = $node->host;
	local $ENV{PGPORT} = $node->port;
	local $ENV{PGDATABASE} = 'shopdb';
	local $ENV{PGUSER} = 'aftersale_sweeper';
	return system("$command 2>/dev/null");
}
is(guide_command(), 0, "the guide's command sweeps: $command");
is($node->safe_psql('shopdb', q{SELECT count(*) FROM aftersale.event WHERE action = 'timeout' AND login = 'aftersale_sweeper'}), '2', '... as the sweeper');
is(fault('heartbeat'), '', '... and beats');
as_erp(q{UPDATE aftersale.heartbeat SET cutoff = cutoff - interval '1 month'});
isnt(guide_command(), 0, '... and fails where the sweep does: the clock jumped ahead by a month');
like(fault('clock'), qr/^the clock jumped ahead by \d+ days.*\|Where the clock is right: CALL aftersale.sweep\(confirm_clock_jump => true\)/, '... which health() names');
as_erp('CALL aftersale.sweep(confirm_clock_jump => true)');
is(fault('clock'), '', '... and its remedy mends');
as_erp(q{UPDATE aftersale.heartbeat SET cutoff = cutoff - interval '1 month', server_started_at = server_started_at - interval '1 day'; CALL aftersale.sweep()});
is(fault('clock'), '', 'a server that was started since may have been down for a month');
as_erp(q{UPDATE aftersale.heartbeat SET cutoff = cutoff - interval '1 month', uptime = uptime - 31 * 86400 * 1000000::bigint; CALL aftersale.sweep()});
is(fault('clock'), '', 'a scheduler that was off for a month is no jump');

# a launcher that does not run: its database is another than the one that has pg_cron
$node->append_conf('postgresql.conf', q{cron.database_name = 'no_such_database'});
$node->restart;
like(fault('launcher'), qr/^pg_cron's launcher is not running\|Look into the server's log/, 'health() names a launcher that does not run');
$node->append_conf('postgresql.conf', q{cron.database_name = 'shopdb'});
$node->restart;
ok($node->poll_query_until('shopdb', q{SELECT ok FROM aftersale.health() WHERE name = 'launcher'}), '... and one that does');
as_erp('SELECT aftersale.stop()');

# a restart, also an immediate one, loses nothing and repeats nothing
as_erp(q{INSERT INTO aftersale.request (shop_id, flow, external_ref, opened_at)
	VALUES (1, 'temu/ticket', 'T3', clock_timestamp() - interval '1 day' + interval '5 seconds')});
$node->stop('immediate');
$node->start;
ok($node->poll_query_until('shopdb', q{SELECT due_at < clock_timestamp() FROM aftersale.request WHERE external_ref = 'T3'}), 'T3 is due');
as_erp('CALL aftersale.sweep()');
as_erp('CALL aftersale.sweep()');
is($node->safe_psql('shopdb', q{SELECT count(*) FROM aftersale.event WHERE action = 'timeout'}), '3',
	'after a crash what is due fires once');

# where pg_cron is in another database, the statement for its administrator works as it is
$node->safe_psql('elsewhere', q{CREATE EXTENSION aftersale; SELECT aftersale.install(owner => 'erp')});
my $statement = $node->safe_psql('elsewhere',
	'SET ROLE erp; SET client_min_messages = warning; SELECT statement FROM aftersale.start()');
$node->safe_psql('shopdb', $statement);
is($node->safe_psql('shopdb', 'SELECT jobname, database, username FROM cron.job'), 'aftersale:elsewhere|elsewhere|erp',
	'the returned statement schedules it from there');

$node->stop;
done_testing();
