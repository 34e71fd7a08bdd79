# A real pg_cron job closes what is overdue; a restart loses nothing and repeats nothing.
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
$node->safe_psql('postgres', 'CREATE ROLE erp LOGIN');
$node->safe_psql('postgres', "CREATE DATABASE $_") for qw(shopdb elsewhere);
$node->safe_psql('shopdb', q{
	CREATE EXTENSION pg_cron;
	CREATE EXTENSION aftersale;
	SELECT aftersale.install(owner => 'erp');
});

sub as_erp { return $node->safe_psql('shopdb', "SET ROLE erp; $_[0]") }

as_erp(q{
	SELECT aftersale.load_pack('temu');
	INSERT INTO aftersale.calendar (name, calendar) VALUES ('shop', 'zone UTC; mon-sun 00:00-24:00');
	INSERT INTO aftersale.shop (shop_id, platform, name) VALUES (1, 'temu', 'shop');
	INSERT INTO aftersale.shop_country (shop_id, country, currency, calendar, time_zone) VALUES (1, 'US', 'USD', 'shop', 'UTC');
	-- opened in time, due a second from now
	INSERT INTO aftersale.request (shop_id, flow, external_ref, opened_at)
	VALUES (1, 'temu/ticket', 'T1', clock_timestamp() - interval '1 day' + interval '1 second'),
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
is(as_erp(q{SELECT ok FROM aftersale.health() WHERE name = 'job'}), 't', 'health() sees the job');

# pg_cron fires at the next minute: the one test that waits for the wall clock
ok($node->poll_query_until('shopdb', q{SELECT state = 'evidence_waived' FROM aftersale.request WHERE external_ref = 'T1'}),
	'the overdue ticket was closed by the job');
is($node->safe_psql('shopdb', q{
	SELECT e.action, e.actor, e.login, e.at = o.due_at
	FROM aftersale.event e JOIN aftersale.event o USING (shop_id, request_id) WHERE e.event_seq = 2 AND o.event_seq = 1}),
	'timeout|system|erp|t', 'its event is the clock\'s, dated by the deadline, under the job\'s login');
is($node->safe_psql('shopdb', q{SELECT state FROM aftersale.request WHERE external_ref = 'T2'}), 'requested', 'what is not due stays');
is(as_erp(q{SELECT ok FROM aftersale.health() WHERE name = 'heartbeat'}), 't', 'health() sees the heartbeat');
is(as_erp('SELECT scheduled FROM aftersale.stop()'), 'f', 'stop() unschedules');
is($node->safe_psql('shopdb', 'SELECT count(*) FROM cron.job'), '0', 'no job is left');
is(as_erp('SELECT scheduled FROM aftersale.stop()'), 'f', '... again without harm');

# a restart, also an immediate one, loses nothing and repeats nothing
as_erp(q{INSERT INTO aftersale.request (shop_id, flow, external_ref, opened_at)
	VALUES (1, 'temu/ticket', 'T3', clock_timestamp() - interval '1 day' + interval '0.2 seconds')});
$node->stop('immediate');
$node->start;
ok($node->poll_query_until('shopdb', q{SELECT due_at < clock_timestamp() FROM aftersale.request WHERE external_ref = 'T3'}), 'T3 is due');
as_erp('CALL aftersale.sweep()');
as_erp('CALL aftersale.sweep()');
is($node->safe_psql('shopdb', q{SELECT count(*) FROM aftersale.event WHERE action = 'timeout'}), '2',
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
