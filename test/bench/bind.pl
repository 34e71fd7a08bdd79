# What a binding costs: status updates of 100,000 rows of an ERP's table (12
# columns, primary key, two indexes) in one statement, against the same table
# without a binding, in CPU time of the server (Bench.pm).  Each is an act: judged,
# recorded as an event with its digest, its deadline set anew; what those acts cost alone, by an
# UPDATE of aftersale.request, is told beside it; and what the writes of those acts cost alone:
# the bare table's UPDATE, the requests' and the INSERT of the events as plain SQL, no
# trigger firing and nothing decided.  No act can be cheaper than that.  The second bound
# table has its deadline in a column as well, which is written back into every row.
#	ROWS=n		how many rows (100000)
#	ROUNDS=n	how often (5)
use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use Bench;

my $rows = $ENV{ROWS} || 100_000;
my $rounds = $ENV{ROUNDS} || 5;

sql('ALTER SYSTEM SET autovacuum = off');
sql("ALTER SYSTEM SET max_wal_size = '8GB'");
sql('ALTER SYSTEM SET synchronous_commit = off');
sql('SELECT pg_reload_conf()');
sql(<<'SQL');
DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'bench_bind') THEN CREATE ROLE bench_bind; END IF; END $$;
GRANT CREATE ON SCHEMA public TO bench_bind;
SELECT aftersale.install(owner => 'bench_bind');
SET ROLE bench_bind;
INSERT INTO aftersale.calendar (name, calendar) VALUES ('bench', 'zone Asia/Shanghai; mon-fri 09:00-18:00');
INSERT INTO aftersale.shop (shop_id, platform, name) SELECT n, 'bench', 'Shop ' || n FROM generate_series(1, 7) n;
INSERT INTO aftersale.shop_country (shop_id, country, currency, calendar, time_zone) SELECT n, 'CN', 'CNY', 'bench', 'Asia/Shanghai' FROM generate_series(1, 7) n;
INSERT INTO aftersale.flow (flow, version, platform, kind, initial_state) VALUES ('bench/return', 1, 'bench', 'return', 'requested');
INSERT INTO aftersale.flow_state (flow, version, state, term, final) VALUES
	('bench/return', 1, 'requested', '2 business days', false), ('bench/return', 1, 'approved', '7 days', false), ('bench/return', 1, 'closed', NULL, true);
INSERT INTO aftersale.flow_transition (flow, version, from_state, action, to_state, actors) VALUES
	('bench/return', 1, 'requested', 'approve', 'approved', '{merchant}'), ('bench/return', 1, 'approved', 'reconsider', 'requested', '{merchant}'),
	('bench/return', 1, 'requested', 'timeout', 'closed', '{system}'), ('bench/return', 1, 'approved', 'timeout', 'closed', '{system}');
SQL
my @tables = qw(bare bound stamped);
for my $table (@tables)
{
	sql("SET ROLE bench_bind; CREATE TABLE $table (id bigint PRIMARY KEY, shop_id int NOT NULL, order_id bigint NOT NULL, sku text NOT NULL, status int NOT NULL, reason text,
		paid numeric(12,2) NOT NULL, amount numeric(12,2) NOT NULL, ratio numeric(5,4), created_at timestamptz NOT NULL, due_at timestamptz, remark text);
		CREATE INDEX ON $table (order_id); CREATE INDEX ON $table (status, created_at)");
}
for my $table ('bound', 'stamped')
{
	my $due = $table eq 'stamped' ? ', "due": "due_at"' : '';
	sql(qq{SET ROLE bench_bind; SELECT aftersale.bind('$table', 'bench/return', '{"shop": "shop_id", "state": "status", "order": "order_id", "amount": "amount", "reason": "reason"$due}',
		'{"10": "requested", "20": "approved", "90": "closed"}', '{"name": "$table"}')});
}
sql("SET ROLE bench_bind; INSERT INTO $_ SELECT n, 1 + n % 7, n / 2, 'SKU-' || n % 5000, 10, 'worn or broken', 200, 100, NULL, now() - n * interval '1 s', NULL, 'bought last week' FROM generate_series(1, $rows) n") for @tables;
sql('VACUUM ANALYZE');
for my $round (1 .. $rounds)
{
	my $to = $round % 2 ? 20 : 10;
	for my $table ($round % 2 ? @tables : reverse @tables)
	{
		sql("VACUUM $table; VACUUM aftersale.request");
		sql('CHECKPOINT');
		measure($table, sub { sql("SET ROLE bench_bind; UPDATE $table SET status = $to") });
	}
	sql("SET ROLE bench_bind; SELECT aftersale.pause('bound')");
	sql('VACUUM aftersale.request');
	sql('CHECKPOINT');
	measure('acts', sub { sql("SET ROLE bench_bind; BEGIN; UPDATE aftersale.request r SET action = CASE state WHEN 'requested' THEN 'approve' ELSE 'reconsider' END
		FROM aftersale.bound_row b WHERE b.shop_id = r.shop_id AND b.request_id = r.request_id AND b.binding = 'bound'; ROLLBACK") });
	sql("SET ROLE bench_bind; SELECT aftersale.resume('bound')");
	sql('VACUUM bare; VACUUM aftersale.request');
	sql('CHECKPOINT');
	measure('writes', sub { sql(<<"SQL") });
SET session_replication_role = replica;
BEGIN;
UPDATE bare SET status = $to + 1;
UPDATE aftersale.request r SET state = CASE state WHEN 'requested' THEN 'approved' ELSE 'requested' END, entered_at = now(), due_at = due_at + interval '1 s',
	act_at = act_at + interval '1 s', event_seq = event_seq + 1, last_action = 'approve', last_at = now(), seal = seal + 1
	FROM aftersale.bound_row b WHERE b.shop_id = r.shop_id AND b.request_id = r.request_id AND b.binding = 'bound';
INSERT INTO aftersale.event (shop_id, request_id, event_seq, at, recorded_at, action, actor, login, role, from_state, to_state, due_at, facts, digest)
	SELECT r.shop_id, r.request_id, r.event_seq, r.last_at, now(), r.last_action, r.last_actor, session_user, current_user, r.state, r.state, r.due_at, r.last_facts, r.last_digest
	FROM aftersale.request r JOIN aftersale.bound_row b ON b.shop_id = r.shop_id AND b.request_id = r.request_id AND b.binding = 'bound';
ROLLBACK;
SQL
}
printf "acts that were recorded: %s\n", sql('SELECT count(*) FROM aftersale.event WHERE event_seq > 1');
at_most("UPDATE of the status of $rows bound rows", 'the table without a binding', ratio('bound', 'bare'), 4);
printf "the same with a deadline written back: %.2f\n", ratio('stamped', 'bare');
printf "the acts alone, on aftersale.request: %.2f\n", ratio('acts', 'bare');
printf "the writes alone, as plain SQL: %.2f; with the binding %.2f times these\n", ratio('writes', 'bare'), ratio('bound', 'writes');
printf "seconds of CPU: %s\n", join ', ', map { sprintf '%s %.2f', $_, measured($_) } @tables, 'acts', 'writes';
verdict();
