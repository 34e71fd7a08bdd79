# Through PgBouncer in transaction mode, where one statement and the next may
# meet different sessions, and one session serves many clients: everything works,
# and nothing of one client is left to the next.
use strict;
use warnings;
use lib 'test/lifecycle';
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Shop;
use Test::More;

my $folder = PostgreSQL::Test::Utils::tempdir_short();
my $program = `.ci/pgbouncer $folder/program 2>$folder/said`;
chomp $program;
plan skip_all => 'PgBouncer is not installed and cannot be fetched: ' . slurp_file("$folder/said") unless $program;

my $node = PostgreSQL::Test::Cluster->new('pooled');
$node->init;
$node->append_conf('postgresql.conf', 'jit = off');
$node->start;
my $admin = $node->safe_psql('postgres', 'SELECT current_user');
$node->safe_psql('postgres', "CREATE ROLE $_ LOGIN") for qw(erp clerk other sweeper);
$node->safe_psql('postgres', 'CREATE DATABASE shop');
$node->safe_psql('shop', 'CREATE EXTENSION aftersale');
Shop::open_shop($node, 'shop');
Shop::as_erp($node, 'shop', q{
	INSERT INTO aftersale.shop (shop_id, platform, name, refunds_held) VALUES (2, 'temu', 'other', false);
	INSERT INTO aftersale.shop_country (shop_id, country, currency, calendar, time_zone) VALUES (2, 'US', 'USD', 'shop', 'UTC');
	INSERT INTO aftersale.request (shop_id, flow) SELECT 2, 'temu/ticket' FROM generate_series(1, 7);
	INSERT INTO aftersale.order_balance (shop_id, order_ref, currency, paid) SELECT 1, 'P' || i, 'USD', 100 FROM generate_series(1, 400) i;
	SELECT aftersale.grant_access(r, 'employee') FROM unnest('{clerk,other}'::name[]) r;
	SELECT aftersale.grant_access('sweeper', 'sweeper');
	INSERT INTO aftersale.login (login, shop_id, actor) VALUES ('clerk', 1, 'alice'), ('other', 2, 'bob')});
# the pooled sessions have the wall clock
$node->safe_psql('shop', q{SET ROLE erp; SELECT aftersale.import_status(1, 'T' || i, '5', clock_timestamp(), 'temu/ticket') FROM generate_series(60, 61) i});

my $port = PostgreSQL::Test::Cluster::get_free_port();
my ($host, $server_port) = ($node->host, $node->port);
PostgreSQL::Test::Utils::append_to_file("$folder/users.txt", join '', map { qq{"$_" ""\n} } $admin, qw(erp clerk other sweeper));
PostgreSQL::Test::Utils::append_to_file("$folder/pgbouncer.ini", <<"INI");
[databases]
shop = host=$host port=$server_port dbname=shop
[pgbouncer]
listen_port = $port
unix_socket_dir = $folder
auth_type = trust
auth_file = $folder/users.txt
pool_mode = transaction
default_pool_size = 3
max_client_conn = 100
ignore_startup_parameters = extra_float_digits
logfile = $folder/log
pidfile = $folder/pid
INI
# a daemon of its own, which PgBouncer's pidfile names
system_or_bail(split(/ /, $program), '-d', '-q', "$folder/pgbouncer.ini");
for (my $tries = 0; !-S "$folder/.s.PGSQL.$port" && $tries < 600; $tries++) { select(undef, undef, undef, 0.05) }	# it listens some time after it has forked
END { if ($folder && -s "$folder/pid") { my $status = $?; kill 'TERM', slurp_file("$folder/pid") + 0; $? = $status } }
sub as { my ($user, $sql) = @_; return $node->safe_psql('shop', $sql, connstr => "host=$folder port=$port dbname=shop user=$user") }
sub refused { my ($user, $sql) = @_; my $err; $node->psql('shop', $sql, connstr => "host=$folder port=$port dbname=shop user=$user", stderr => \$err); return $err }

is(as('erp', 'SELECT current_user'), 'erp', 'the pooler answers');

# ---- many clients on three sessions ----
my $before = $node->safe_psql('shop', 'SELECT count(*) FROM aftersale.request');
my $script = "$folder/work.sql";
PostgreSQL::Test::Utils::append_to_file($script, <<'SQL');
\set order random(1, 400)
\set id random(1, 2000000000)
INSERT INTO aftersale.request (shop_id, flow, order_ref, amount, reason) VALUES (1, 'temu/refund_only', 'P' || :order, 9.99, 'damaged');
BEGIN;
INSERT INTO aftersale.request (shop_id, flow, external_ref) VALUES (1, 'temu/ticket', 'B' || :id) RETURNING request_id AS r \gset
SELECT state FROM aftersale.act(1, :r, 'reply', '{"remark": "x"}');
COMMIT;
INSERT INTO aftersale.request (shop_id, flow) VALUES (1, 'temu/ticket') RETURNING request_id AS r \gset
UPDATE aftersale.request SET action = 'reply', payload = '{"remark": "x"}' WHERE shop_id = 1 AND request_id = :r;
INSERT INTO public."Returns" (id, "order", amount, created, region) VALUES (:id, 1000 + :order, 0.01, now(), 1);
SELECT count(*) FROM aftersale.worklist WHERE shop_id = 1 AND request_id = :r;
SELECT (aftersale.return_warehouse(1, 'US', '{P1,P2}')).basis;
SQL
for my $protocol (qw(simple extended))
{
	my ($out, $err) = ('', '');
	IPC::Run::run([ 'pgbench', '-n', '-c', '12', '-j', '2', '-t', '15', '-M', $protocol, '-f', $script, '-h', $folder, '-p', $port, '-U', 'erp', 'shop' ], '>', \$out, '2>', \$err);
	like($out, qr{number of transactions actually processed: 180/180}, "twelve clients on three sessions, $protocol protocol") or diag($err);
	unlike($err, qr/ERROR/, '... without an error') or diag($err);
}
is($node->safe_psql('shop', 'SELECT count(*) FROM aftersale.request') - $before, 3 * 360, 'every request is there');
is($node->safe_psql('shop', q{SELECT count(*) FROM aftersale.request WHERE state = 'replied' AND request_id > 100}), 2 * 360, '... and acted on');
is($node->safe_psql('shop', 'SELECT count(*) FROM aftersale.verify_history(1)'), '0', '... the history verifies');
is($node->safe_psql('shop', q{SET ROLE erp; SELECT string_agg(name || ': ' || detail, '; ') FROM aftersale.health() WHERE name IN ('balances', 'attachments', 'parked') AND NOT ok}), '', '... and the books are right');
is($node->safe_psql('shop', q{SELECT count(DISTINCT pid) <= 3 FROM pg_stat_activity WHERE usename = 'erp' AND datname = 'shop'}), 't', '... on three sessions at most');

# ---- the other doors ----
is(as('erp', q{SELECT count(*) FROM aftersale.open_many('[{"shop_id": 1, "flow": "temu/ticket", "external_ref": "M1"}, {"shop_id": 1, "flow": "temu/ticket", "external_ref": "M2"}]')}), '2', 'open_many()');
is(as('erp', q{SELECT string_agg(d.state, ',') FROM (SELECT array_agg(shop_id) s, array_agg(request_id) r FROM aftersale.request WHERE external_ref LIKE 'M_') m, aftersale.act_many(m.s, m.r, 'reply', '{"remark": "x"}') d}), 'replied,replied', 'act_many()');
is(as('erp', q{SELECT count(*) FROM aftersale.import_status(1, 'new one', '10', clock_timestamp(), 'temu/cancel')}), '1', 'import_status()');
is(as('erp', q{SELECT count(*) FROM aftersale.claim_refunds(1, 5, '1 hour')}) >= 0, 1, 'claim_refunds()');
is(as('sweeper', 'CALL aftersale.sweep()'), '', 'the sweep, which commits by itself');
is($node->safe_psql('shop', q{SELECT login, complete FROM aftersale.heartbeat}), 'sweeper|t', '... has run');
is(as('erp', q{SELECT count(*) FROM aftersale.notify_refunds()}), '1', 'notify_refunds() is called');

# ---- each is who he is ----
is(as('clerk', 'SELECT DISTINCT shop_id FROM aftersale.worklist'), '1', 'a clerk sees his shop');
is(as('other', 'SELECT DISTINCT shop_id FROM aftersale.worklist'), '2', '... and another one his');
like(refused('clerk', q{SELECT aftersale.act(2, (SELECT 1), 'reply', '{"remark": "x"}')}), qr/RA07[0-9]|RA01[0-9]/, '... and acts on no other');

# ---- what one client configures, all see, whichever session they meet ----
my $deadline = q{SELECT aftersale.deadline('2026-11-20 10:00+00', '1 business day', 'shop') AT TIME ZONE 'UTC'};
my @seen = map { as('erp', $deadline) } 1 .. 6;
as('erp', q{UPDATE aftersale.calendar SET calendar = 'zone America/New_York; mon-fri 00:00-24:00; off 2026-11-23' WHERE name = 'shop'});
is(join(' ', map { as('erp', $deadline) } 1 .. 12), join(' ', ('2026-11-24 10:00:00') x 12), 'a calendar that one client changes holds for all') or diag("before: @seen");

# ---- an error leaves nothing ----
like(refused('erp', q{INSERT INTO aftersale.request (shop_id, flow, state) VALUES (1, 'temu/ticket', 'replied')}), qr/RA024/, 'a refusal');
like(refused('erp', q{BEGIN; INSERT INTO public."Returns" (id, "order", amount, region) VALUES (1, 1, 100, 1)}), qr/RA045/, '... in a transaction');
for my $user (qw(erp clerk))
{
	is(as($user, q{SELECT DISTINCT current_user || ' ' || current_setting('search_path') || ' ' || current_setting('role') || ' ' || current_setting('enable_hashjoin')}), qq{$user "\$user", public none on}, "a session of $user is as it was");
}
is($node->safe_psql('shop', q{SELECT count(*) FROM pg_locks l JOIN pg_stat_activity a USING (pid) WHERE l.locktype = 'advisory' AND a.datname = 'shop'}), '0', 'no lock outlives its transaction');
is($node->safe_psql('shop', q{SELECT count(*) FROM pg_class WHERE relpersistence = 't' AND relkind = 'r'}), '0', '... nor a temporary table');

$node->stop;
done_testing();
