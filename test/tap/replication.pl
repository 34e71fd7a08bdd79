# A standby answers every read as its primary does, sees what is configured
# there, and refuses every write with 25006; once promoted, health() says what to
# do, and the engine goes on.  Rows of every type are replicated logically, in
# both formats, and land decided as they were.
use strict;
use warnings;
use lib 'test/lifecycle';
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Shop;
use Test::More;

my $primary = PostgreSQL::Test::Cluster->new('primary');
$primary->init(allows_streaming => 'logical');
$primary->append_conf('postgresql.conf', <<'CONF');
jit = off
max_worker_processes = 20
shared_preload_libraries = 'pg_cron'
cron.database_name = 'shop'
cron.use_background_workers = off
CONF
$primary->start;
$primary->safe_psql('postgres', "CREATE ROLE $_ LOGIN") for qw(erp aftersale_sweeper);
$primary->safe_psql('postgres', 'CREATE DATABASE shop');
$primary->safe_psql('shop', 'CREATE EXTENSION pg_cron; CREATE EXTENSION aftersale');
Shop::open_shop($primary, 'shop');
Shop::work($primary, 'shop', 1);
Shop::bind_table($primary, 'shop');
Shop::as_erp($primary, 'shop', q{SELECT aftersale.grant_access('aftersale_sweeper', 'sweeper')});
$primary->safe_psql('shop', 'GRANT USAGE ON SCHEMA cron TO aftersale_sweeper; SET ROLE aftersale_sweeper; SELECT aftersale.start()');
my $sweep = "SET aftersale.test_now = '2026-11-20 10:00+00'; SET ROLE aftersale_sweeper; CALL aftersale.sweep()";
$primary->safe_psql('shop', $sweep);

$primary->backup('base');
my $standby = PostgreSQL::Test::Cluster->new('standby');
$standby->init_from_backup($primary, 'base', has_streaming => 1);
$standby->start;
$primary->wait_for_catchup($standby);

# ---- reads ----
my @reads = ((map { qq{SELECT count(*), md5(string_agg(t::text, '|' ORDER BY t::text COLLATE "C")) FROM aftersale."$_" t} }
	split /\n/, $primary->safe_psql('shop', q{SELECT relname FROM pg_class WHERE relnamespace = 'aftersale'::regnamespace AND relkind IN ('r', 'v') ORDER BY 1})),
	q{SELECT t FROM public."Returns" t}, q{SELECT t FROM public.tickets t},
	q{SELECT aftersale.allowed_actions(1, 60, 'alice')}, q{SELECT aftersale.explain(1, 1100)}, q{SELECT * FROM aftersale.verify_history(1)},
	q{SELECT aftersale.advice(1, 60)}, q{SELECT aftersale.rules()}, q{SELECT aftersale.flow_mermaid('temu/ticket')}, q{SELECT aftersale.flow_dot('temu/ticket')},
	q{SELECT aftersale.deadline('2026-11-20 10:00+00', '1 business day', 'shop')}, q{SELECT aftersale.explain_deadline('2026-11-20 10:00+00', '1 business day', 'shop')},
	q{SELECT aftersale.business_elapsed('2026-11-20', '2026-11-27', 'shop')}, q{SELECT aftersale.is_business_time(now(), 'shop')},
	q{SELECT aftersale.return_warehouse(1, 'US', '{P1,P2}', '2026-11-20')}, q{SELECT aftersale.decide_rules(1, 60)},
	q{SELECT aftersale.status_of('temu', 'parentAfterSalesStatus', '5')}, q{SELECT aftersale.choose_flow(1, 2, NULL)},
	q{SELECT aftersale.attachments()}, q{SELECT aftersale.has_permission(1, 'agree_refund', 'alice')}, q{SELECT aftersale.require_installed()},
	q{SELECT aftersale.migrate(dry_run => true)}, q{SELECT aftersale.access_statements('aftersale_sweeper', 'service')}, q{SELECT aftersale.used_by()},
	q{SELECT md5(string_agg(s::text, ';')) FROM aftersale.uninstall_statements() s},
	q{SELECT name, ok, detail FROM aftersale.health() WHERE name NOT IN ('job', 'launcher', 'heartbeat', 'clock')});
my $clock = "SET aftersale.test_now = '2026-11-20 10:00+00'; SET ROLE erp; SET TIME ZONE 'UTC';";
sub answers
{
	my ($node) = @_;
	my ($out, $err);
	# an error is an answer, too: the same has to be refused on both
	$node->psql('shop', join("\n", $clock, map { "\\echo == $_\n$_;" =~ s/== \K.*?(?=\n)/substr($&, 0, 60) =~ s{'}{}gr/er } @reads), stdout => \$out, stderr => \$err, on_error_stop => 0);
	return ($out, join "\n", $err =~ /ERROR:.*/g);
}
my ($here, $here_refused) = answers($primary);
my ($there, $there_refused) = answers($standby);
is($here_refused =~ /25006|read-only|recovery/ ? 1 : 0, 0, 'reads are reads');
is(Shop::differences([ split /\n/, $here ], [ split /\n/, $there ]), '', scalar(@reads) . ' reads are answered by the standby as by the primary');
is($there_refused, $here_refused, '... and refuse the same');

# what is configured on the primary, an open session of the standby sees
my $session = $standby->background_psql('shop');
$session->query_safe($_) for 'SET ROLE erp', "SET TIME ZONE 'UTC'";
my $deadline = q{SELECT aftersale.deadline('2026-11-20 10:00+00', '1 business day', 'shop')};
is($session->query_safe($deadline), '2026-11-23 10:00:00+00', 'a session of the standby has cached a calendar');
Shop::as_erp($primary, 'shop', q{UPDATE aftersale.calendar SET calendar = 'zone America/New_York; mon-fri 00:00-24:00; off 2026-11-23,2026-11-26' WHERE name = 'shop'});
$primary->wait_for_catchup($standby);
is($session->query_safe($deadline), '2026-11-24 10:00:00+00', '... and sees it changed on the primary');
$session->quit;

# ---- writes ----
my @writes = (
	q{INSERT INTO aftersale.request (shop_id, flow) VALUES (1, 'temu/ticket')}, q{UPDATE aftersale.request SET action = 'reply', payload = '{"remark": "x"}' WHERE request_id = 60},
	q{SELECT aftersale.act(1, 60, 'reply', '{"remark": "x"}')}, q{SELECT aftersale.act_many('{1}', '{60}', 'reply', '{"remark": "x"}')},
	q{SELECT aftersale.open_many('[{"shop_id": 1, "flow": "temu/ticket", "external_ref": "new"}]')}, q{CALL aftersale.sweep()}, q{SELECT aftersale.fire_due(1, 'infinity', 10)},
	q{SELECT aftersale.claim_refunds(1, 10, '1 hour')}, q{SELECT aftersale.import_status(1, 'T60', '5', '2026-11-20', 'temu/ticket')}, q{SELECT aftersale.apply_messages()},
	q{SELECT aftersale.set_warehouse(1, 'W9', 'US', 'Texas')}, q{SELECT aftersale.link_products(1, 'US', 1, '{P9}')}, q{SELECT aftersale.load_pack('tiktok')},
	q{SELECT aftersale.grant_permission(1, 'operator', 'agree_refund')}, q{SELECT aftersale.grant_access('aftersale_sweeper', 'sweeper')}, q{SELECT aftersale.start()},
	q{SELECT aftersale.attach_deadline('public."Returns"', '{"start": "created", "key": "id"}', '1 day', 'shop', '{"name": "more"}')}, q{SELECT aftersale.pause('due')},
	q{SELECT aftersale.migrate()}, q{SELECT aftersale.uninstall(keep => true)}, q{SELECT aftersale.unpark(1, 60)}, q{SELECT aftersale.erase_personal(1, 1)},
	q{INSERT INTO public."Returns" (id, "order", amount, region) VALUES (500, 1, 1, 1)},
	q{UPDATE public.tickets SET status = 'answered' WHERE id = 5}, q{SELECT aftersale.backfill('tickets')}, q{SELECT aftersale.unbind('public.tickets')});
for my $write (@writes)
{
	my $err;
	my $role = $write =~ /start\(\)/ ? 'aftersale_sweeper' : 'erp';
	$standby->psql('shop', "\\set VERBOSITY verbose\nSET ROLE $role; $write", stderr => \$err);
	like($err, qr/ERROR:  25006:/, "the standby refuses: $write");
}
is($standby->safe_psql('shop', q{SELECT ok, detail FROM aftersale.health() WHERE name = 'job'}), 't|this server is a standby: the sweep runs on its primary; after a promotion ask health() again', 'health() knows a standby');
is($standby->safe_psql('shop', q{SELECT count(*) FROM aftersale.health() WHERE name = 'launcher'}), '0', '... and asks for no launcher there');

# ---- logical replication ----
my $reports = PostgreSQL::Test::Cluster->new('reports');
$reports->init;
$reports->start;
$reports->safe_psql('postgres', 'CREATE ROLE erp');
my $connection = $primary->connstr('shop') =~ s/'/''/gr;
my $types = q{CREATE TABLE public.types (id int PRIMARY KEY, ratio aftersale.refund_ratio, term aftersale.sla_term, calendar aftersale.business_calendar,
	ratios aftersale.refund_ratio[], terms aftersale.sla_term[], calendars aftersale.business_calendar[])};
my $values = q{('5%', '24 hours', 'zone UTC; mon-sun 00:00-24:00'), ('12.5%', '1 business day end of day', 'zone Asia/Shanghai; mon-fri 09:00-12:00,13:00-18:00; off 2026-10-01..2026-10-08; on 2026-10-10 09:00-18:00; known until 2026-12-31'),
	('100%', '8 business hours', 'zone America/Havana; mon 00:00-24:00'), (NULL, '7 days', NULL), ('33.33%', '1 business day same time', 'zone Australia/Lord_Howe; sat-sun 10:00-12:00')};
$primary->safe_psql('shop', "$types; INSERT INTO public.types SELECT row_number() OVER (), r::aftersale.refund_ratio, t::aftersale.sla_term, c::aftersale.business_calendar,
	ARRAY[r]::aftersale.refund_ratio[], ARRAY[t]::aftersale.sla_term[], ARRAY[c]::aftersale.business_calendar[] FROM (VALUES $values) AS v(r, t, c);
	CREATE PUBLICATION types FOR TABLE public.types; CREATE PUBLICATION tables FOR TABLES IN SCHEMA aftersale");
# the messages' table has no key that identifies a row but what it is made with; all of ours have one
is($primary->safe_psql('shop', q{SELECT c.oid::regclass FROM pg_class c WHERE c.relnamespace = 'aftersale'::regnamespace AND c.relkind = 'r'
	AND NOT EXISTS (SELECT FROM pg_index i WHERE i.indrelid = c.oid AND i.indisprimary)}), '', 'every table has a primary key, so that its updates can be replicated');
my $rows = q{SELECT t FROM public.types t ORDER BY id};
for my $binary ('false', 'true')
{
	my $database = "binary_$binary";
	$reports->safe_psql('postgres', "CREATE DATABASE $database");
	$reports->safe_psql($database, "CREATE EXTENSION aftersale; $types");
	$reports->safe_psql($database, "CREATE SUBSCRIPTION $database CONNECTION '" . $connection . "' PUBLICATION types WITH (binary = $binary)");
	$reports->wait_for_subscription_sync($primary, $database, $database);
	is($reports->safe_psql($database, $rows), $primary->safe_psql('shop', $rows), "binary = $binary: every type is copied");
}
$primary->safe_psql('shop', q{INSERT INTO public.types SELECT id + 100, ratio, term, calendar, ratios, terms, calendars FROM public.types; UPDATE public.types SET ratio = '50%', term = '2 days' WHERE id = 1; DELETE FROM public.types WHERE id = 2});
for my $binary ('false', 'true')
{
	$primary->wait_for_catchup("binary_$binary");
	is($reports->safe_psql("binary_$binary", $rows), $primary->safe_psql('shop', $rows), "binary = $binary: ... and replicated");
}

# the tables themselves, into tables with triggers: what was decided is not decided again
$reports->safe_psql('postgres', 'CREATE DATABASE reports');
$reports->safe_psql('reports', q{CREATE EXTENSION aftersale; SELECT aftersale.install(owner => 'erp'); DELETE FROM aftersale.heartbeat; DELETE FROM aftersale.installation});
$reports->safe_psql('reports', "CREATE SUBSCRIPTION reports CONNECTION '" . $connection . "' PUBLICATION tables");
$reports->wait_for_subscription_sync($primary, 'reports', 'reports');
is(Shop::fingerprint($reports, 'reports'), Shop::fingerprint($primary, 'shop'), 'the tables are copied as they are');
Shop::work($primary, 'shop', 2);
$primary->wait_for_catchup('reports');
is(Shop::fingerprint($reports, 'reports'), Shop::fingerprint($primary, 'shop'), '... and a day of work is replicated');
is($reports->safe_psql('reports', 'SELECT count(*) FROM aftersale.verify_history(1)'), '0', '... with a history that verifies');
$reports->stop;

# ---- promotion ----
$primary->wait_for_catchup($standby);
$primary->stop('immediate');
my $committed = Shop::fingerprint($standby, 'shop');
$standby->append_conf('postgresql.conf', "shared_preload_libraries = ''");
$standby->restart;
$standby->promote;
sub fault { return $standby->safe_psql('shop', "SELECT detail, remedy FROM aftersale.health() WHERE name = '$_[0]' AND NOT ok") }
is(Shop::fingerprint($standby, 'shop'), $committed, 'after the promotion every row is there');
like(fault('launcher'), qr/^pg_cron's launcher is not running\|.*shared_preload_libraries must name pg_cron/, 'health() says that the new server has no pg_cron running');
$standby->append_conf('postgresql.conf', "shared_preload_libraries = 'pg_cron'");
$standby->restart;
my ($old_port, $new_port) = ($primary->port, $standby->port);
is(fault('job'), qq{job "aftersale:shop" connects to port $old_port, this server listens on $new_port|SET ROLE aftersale_sweeper; SELECT aftersale.stop(); SELECT aftersale.start();},
	'... that the job still leads to the old one');
$standby->safe_psql('shop', 'SET ROLE aftersale_sweeper; SELECT aftersale.stop(); SELECT aftersale.start()');
is(fault('job'), '', '... and what it says to do mends it');
ok($standby->poll_query_until('shop', q{SELECT ok FROM aftersale.health() WHERE name = 'launcher'}), '... with the launcher running');
is(Shop::work($standby, 'shop', 3) =~ /refunded in part/ ? 1 : 0, 1, 'the promoted server works');
like(Shop::bound_work($standby, 'shop', 1), qr/^replied\|.*\nreplied\nanswered\|.*\nt$/, '... with what is bound');
$standby->safe_psql('shop', $sweep);
is(fault('heartbeat') . fault('clock'), '', '... and sweeps');

$standby->stop;
done_testing();
