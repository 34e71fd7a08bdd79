# What the engine costs: opening, acting and not acting, against the same writes
# by other means, in CPU time of the server (Bench.pm).
#	REQUESTS=n	how many are opened (300000)
#	ACTS=n		how many acts a session takes (8000)
#	MEMORY=n	how many acts one session takes for its memory (1000000; 0: none)
use strict;
use warnings;
use File::Basename;
use FindBin;
use lib $FindBin::Bin;
use Bench;

my $requests = $ENV{REQUESTS} || 300_000;
my $acts = $ENV{ACTS} || 8_000;
my $memory = $ENV{MEMORY} // 1_000_000;
my $here = dirname($0);

sql('ALTER SYSTEM SET autovacuum = off');
sql("ALTER SYSTEM SET max_wal_size = '8GB'");
sql('ALTER SYSTEM SET synchronous_commit = off');
sql('SELECT pg_reload_conf()');
psql('-f', "$here/engine_setup.psql");

# ---- opening ----

my $opened = "(shop_id, request_id, flow, external_ref, order_ref, reason, amount)
	SELECT 1, n, 'bench/flow', 'R' || n, 'O' || n % 100000, 'broken', 12.34 FROM generate_series(1, $requests) AS n";
for (1 .. 3)
{
	sql('ALTER TABLE aftersale.request DISABLE TRIGGER USER; ALTER TABLE aftersale.event DISABLE TRIGGER USER;
		TRUNCATE aftersale.request, aftersale.event, bare.request, bare.event, hand.request, hand.event;
		ALTER TABLE aftersale.request ENABLE TRIGGER USER; ALTER TABLE aftersale.event ENABLE TRIGGER USER; CHECKPOINT');
	measure('open', sub { sql("INSERT INTO aftersale.request $opened") });
	measure('raw', sub { sql('INSERT INTO bare.request SELECT * FROM aftersale.request; INSERT INTO bare.event SELECT * FROM aftersale.event') });
	measure('open by hand', sub { sql("INSERT INTO hand.request $opened") });
}
die "the three do not hold the same\n" unless sql("SELECT count(*) = $requests FROM aftersale.request r JOIN bare.event b USING (request_id)
	JOIN hand.event h USING (request_id) WHERE b.to_state = r.state AND h.to_state = r.state") eq 't';
at_most("opening $requests requests", 'raw INSERTs of the same rows', ratio('open', 'raw'), 1 / 0.6);
at_most('', 'plpgsql row triggers', ratio('open', 'open by hand'), 0.5);
printf "seconds of CPU: %s\n", join ', ', map { sprintf '%s %.1f', $_, measured($_) } 'open', 'raw', 'open by hand';

# ---- automatic rules ----

# 50 rules that are all looked at and do not match: half by the reason, half by the amount
sql("INSERT INTO aftersale.shop (shop_id, platform, name) VALUES (2, 'bench', 'with rules');
	INSERT INTO aftersale.shop_country (shop_id, country, currency, calendar, time_zone) VALUES (2, 'GB', 'GBP', 'bench', 'UTC');
	INSERT INTO aftersale.rule (shop_id, name, flow, priority, reasons, amount_from, amount_to, action)
	SELECT 2, 'rule ' || n, 'bench/rules', n, ARRAY['worn', CASE WHEN mod(n, 2) = 0 THEN 'broken' ELSE 'other' END], 100 + n, 200 + n, 'stop' FROM generate_series(1, 50) AS n");
my $few = int($requests / 3);
for my $round (1 .. 5)
{
	for my $shop (1, 2)
	{
		sql('CHECKPOINT');
		measure("open in shop $shop", sub { sql("INSERT INTO aftersale.request (shop_id, request_id, flow, external_ref, order_ref, reason, amount)
			SELECT $shop, 10000000 + n, 'bench/rules', 'R' || n, 'O' || mod(n, 100000), 'broken', 12.34 FROM generate_series(1, $few) AS n") });
		sql('ALTER TABLE aftersale.request DISABLE TRIGGER USER; ALTER TABLE aftersale.event DISABLE TRIGGER USER;
			DELETE FROM aftersale.request WHERE request_id > 10000000; DELETE FROM aftersale.event WHERE request_id > 10000000;
			ALTER TABLE aftersale.request ENABLE TRIGGER USER; ALTER TABLE aftersale.event ENABLE TRIGGER USER');
		sql('VACUUM aftersale.request');
		sql('VACUUM aftersale.event');
	}
}
at_most("opening $few requests with 50 rules", 'the same with none', ratio('open in shop 2', 'open in shop 1'), 1.3);

# ---- not acting ----

sql('VACUUM ANALYZE');
my $tenth = int($requests / 10);
for my $round (0 .. 4)
{
	for my $table ('aftersale', 'bare')
	{
		measure("$table change", sub {
			sql("UPDATE $table.request SET attributes = jsonb_build_object('n', request_id)
				WHERE shop_id = 1 AND request_id BETWEEN $round * $tenth * 2 + 1 AND $round * $tenth * 2 + $tenth") });
	}
}
at_most("an UPDATE that does not act, $tenth rows", 'the same without our triggers', ratio('aftersale change', 'bare change'), 1.5);

# ---- acting, one act a transaction ----

my $pick = "\\set r random(1, $requests)\n";
my $payload = q('{"remark": "x"}');
my $facts = q('{"by": "merchant", "from": "here", "calendar": "bench"}');
my %act = (
	'UPDATE' => "UPDATE aftersale.request SET action = 'go', payload = $payload WHERE shop_id = 1 AND request_id = :r;\n",
	'act()' => "SELECT aftersale.act(1, :r, 'go', $payload);\n",
	'function' => "SELECT hand.act(1, :r, 'go', $payload);\n",
	'statements' => "BEGIN;
SELECT flow, flow_version, state, due_at, event_seq, last_digest, clock_timestamp() AS moment FROM hand.request WHERE shop_id = 1 AND request_id = :r FOR NO KEY UPDATE \\gset
SELECT t.to_state, s.term::text AS term FROM aftersale.flow_transition t JOIN aftersale.flow_state s ON s.flow = t.flow AND s.version = t.version AND s.state = t.to_state WHERE t.flow = :flow AND t.version = :flow_version AND t.from_state = :state AND t.action = 'go' \\gset
UPDATE hand.request SET state = :to_state, entered_at = :moment, due_at = :moment::timestamptz + :term::interval, act_at = :moment::timestamptz + :term::interval, event_seq = event_seq + 1, last_action = 'go', last_actor = current_user, last_payload = $payload, last_facts = $facts, last_at = :moment, last_digest = sha256(last_digest || convert_to(concat_ws('|', shop_id, request_id, event_seq + 1, last_at, last_action, state, $facts), 'UTF8')) WHERE shop_id = 1 AND request_id = :r RETURNING last_digest, due_at \\gset
INSERT INTO hand.event (shop_id, request_id, event_seq, at, recorded_at, action, actor, login, from_state, to_state, due_at, payload, facts, digest) VALUES (1, :r, :event_seq + 1, :moment, :moment, 'go', current_user, session_user, :state, :to_state, :due_at, $payload, $facts, :last_digest::bytea);
COMMIT;
",
	'change' => "UPDATE aftersale.request SET reason = 'changed' || :r WHERE shop_id = 1 AND request_id = :r;\n",
	'bare change' => "UPDATE bare.request SET reason = 'changed' || :r WHERE shop_id = 1 AND request_id = :r;\n",
);
sub pgbench
{
	my $kind = shift;
	my $script = spew('script', $pick . $act{$kind});
	my $log = qx(pgbench -n -M prepared -c 1 -t $acts -f $script "\$PGDATABASE" 2>&1);
	die $log if $? || $log !~ /number of failed transactions: 0 /;
}
for (1 .. 7) { for my $kind (sort keys %act) { measure($kind, sub { pgbench($kind) }) } }
at_most('one act by plain UPDATE', 'one plpgsql function, the same writes', ratio('UPDATE', 'function'), 1.15);
at_most('', 'separate prepared statements', ratio('UPDATE', 'statements'), 0.75);
at_most('act()', 'the plain UPDATE', ratio('act()', 'UPDATE'), 1.25);
at_most('an UPDATE of one row that does not act', 'the same without our triggers', ratio('change', 'bare change'), 1.5);
printf "microseconds of CPU: %s\n", join ', ', map { sprintf '%s %.0f', $_, measured($_) / $acts * 1e6 } sort keys %act;

# ---- memory ----

if ($memory)
{
	my ($before, $after) = split /\n/, sql("
		CREATE PROCEDURE pg_temp.acts(number int) LANGUAGE plpgsql AS \$\$
		BEGIN
			FOR i IN 1..number LOOP
				UPDATE aftersale.request SET action = 'note', payload = $payload WHERE shop_id = 1 AND request_id = 2 * $tenth + i % 1000 AND state = 'here';
				IF i % 100 = 0 THEN COMMIT; END IF;
			END LOOP;
		END \$\$;
		CALL pg_temp.acts(10000);
		SELECT sum(total_bytes) FROM pg_backend_memory_contexts;
		CALL pg_temp.acts($memory);
		SELECT sum(total_bytes) FROM pg_backend_memory_contexts;");
	at_most("$memory acts in one session: MB more", 'after 10000 acts', ($after - $before) / 1e6, 1);
}
verdict();
