# What the sweep costs, against the same writes without our triggers: to the same
# tables, of as many rows that are due at another hour, with the triggers
# switched off; in CPU time of the server (Bench.pm).  And what it costs where
# nothing is due, among 10,000 shops, in wall time.
#	OPEN=n		requests that are open (10000000: 15 GB of disk, and some ten minutes to load)
#	DUE=n		how many of them are due at a time (a hundredth)
#	ROUNDS=n	how often each is measured (3)
#	JOBS=n		how many jobs graphile-worker does (20000; 0: leave it out). It is installed
#				from npm into a temporary folder; without network it is left out, and that is said
use strict;
use warnings;
use File::Basename;
use File::Temp qw(tempdir);
use FindBin;
use lib $FindBin::Bin;
use IPC::Open2;
use Bench;

my $open = $ENV{OPEN} || 10_000_000;
my $due = $ENV{DUE} || int($open / 100);
my $rounds = $ENV{ROUNDS} || 3;
my $jobs = $ENV{JOBS} // 20_000;
my $here = dirname($0);
my $block = 10 * $due;			# of ten rows in a block four are due, at hours of their own

die "OPEN is too small for so many ROUNDS of DUE\n" if int($open / $block) * 4 < 7 * $rounds;

# buffers as a server has them that is big enough for its tables
sql("ALTER SYSTEM SET $_") for "autovacuum = off", "max_wal_size = '16GB'", "checkpoint_timeout = '1h'", "shared_buffers = '3GB'";
my $data = sql('SHOW data_directory');
system("pg_ctl restart -s -w -m fast -D $data -l $data/log >/dev/null") == 0 or die "cannot restart the server\n";
psql('-f', "$here/engine_setup.psql");
sql('DROP SCHEMA hand CASCADE; SET ROLE bench_erp;
	INSERT INTO aftersale.shop (shop_id, platform, name) SELECT n, \'bench\', n FROM generate_series(2, 10000) n;
	INSERT INTO aftersale.shop_country SELECT n, country, site, currency, calendar, time_zone, settings FROM aftersale.shop_country, generate_series(2, 100) n');

# ---- requests ----

# What the engine makes of one opening; the others are its copies.
sql("SET ROLE bench_erp; INSERT INTO aftersale.request (shop_id, request_id, flow, reason, amount) VALUES (1, 0, 'bench/flow', 'broken', 12.34);
	RESET ROLE; SET session_replication_role = replica;
	CREATE TABLE public.request AS SELECT * FROM aftersale.request;
	CREATE TABLE public.event AS SELECT * FROM aftersale.event;
	TRUNCATE aftersale.request, aftersale.event");

# The columns of a table, and what stands in them: as given, else as in the copy that was opened.
sub copied
{
	my ($table, %with) = @_;
	my @columns = split /\n/, sql("SELECT attname FROM pg_attribute WHERE attrelid = 'aftersale.$table'::regclass AND attnum > 0 AND NOT attisdropped ORDER BY attnum");
	return 'INSERT INTO aftersale.' . $table . ' (' . join(', ', @columns) . ') SELECT ' . join(', ', map { $with{$_} // "o.$_" } @columns) . " FROM public.$table o";
}

# Rows $from to $to: those of hour h become due in the course of it, all others years later.
sub load_requests
{
	my ($from, $to) = @_;
	my $opened = "d.at - interval '1 day'";
	my $rows = ", generate_series(${from}::bigint, $to) n, LATERAL (SELECT CASE WHEN (n - 1) % 10 < 4
		THEN timestamptz '2026-01-01' + make_interval(hours => ((n - 1) / $block * 4 + (n - 1) % 10)::int, secs => (n - 1) % $block * 3000.0 / $block)
		ELSE timestamptz '2030-01-01' + make_interval(secs => n * 7919 % 31536000) END AS at) d";
	sql('SET session_replication_role = replica; '
		. copied('request', shop_id => '1 + n % 100', request_id => 'n', external_ref => "'R' || n", order_ref => "'O' || n / 3",
			opened_at => $opened, entered_at => $opened, last_at => $opened, due_at => 'd.at', act_at => 'd.at', last_digest => 'sha256(n::text::bytea)') . $rows . '; '
		. copied('event', shop_id => '1 + n % 100', request_id => 'n', at => $opened, recorded_at => $opened, due_at => 'd.at', digest => 'sha256(n::text::bytea)') . $rows);
	sql('VACUUM (ANALYZE) aftersale.request, aftersale.event');
	sql('CHECKPOINT');
}

my $hour = 0;					# the next whose requests are not yet done
sub instant { return "(timestamptz '2026-01-01' + interval '$_[0] hours')" }
my $calls = "max_rows => 2147483647, max_seconds => 86400";

# The sweep, when the next hour's requests have become due.
sub sweep
{
	my ($what) = @_;
	$hour++;
	measure($what, sub { sql("SELECT set_config('aftersale.test_now', " . instant($hour) . "::text, false) \\g /dev/null\nSET ROLE bench_erp;\nCALL aftersale.sweep($calls);") });
	my ($fired, $parked) = split /\|/, sql('SELECT fired, parked FROM aftersale.heartbeat');
	return ($fired, $parked);
}
sub clean_sweep
{
	my ($what) = @_;
	my ($fired, $parked) = sweep($what);
	die "$what: $fired fired, $parked parked\n" unless $fired == $due && $parked == 0;
}

# ---- nothing due ----

# The whole CALL with its heartbeat: milliseconds as its client sees it.  Whether
# the tables' size matters is told by CPU time: at some hundredths of a
# millisecond neighbours matter more.
sub idle
{
	my ($what) = @_;
	my $script = spew('idle', "CALL aftersale.sweep();\n");
	my @runs;
	for (1 .. 5)
	{
		local $ENV{PGOPTIONS} = "-c client_min_messages=warning -c aftersale.test_now=2025-12-31";
		my $log;
		measure($what, sub { $log = qx(pgbench -n -c 1 -t 10000 -f $script "\$PGDATABASE" 2>&1) });
		die $log if $? || $log !~ /number of failed transactions: 0 /;
		push @runs, $log =~ /latency average = ([\d.]+) ms/;
	}
	return median(@runs);
}

load_requests(1, $open / 10);
idle('idle, a tenth');
load_requests($open / 10 + 1, $open);
my $idle = idle('idle');
printf "%d open requests, %d due at a time, tables of %s\n", $open, $due,
	sql("SELECT pg_size_pretty(pg_total_relation_size('aftersale.request') + pg_total_relation_size('aftersale.event'))");
at_most("nothing due, ms", 'wall', $idle, 1);
at_most('', 'the same with a tenth of them', ratio('idle', 'idle, a tenth'), 1.2);

# ---- against the same writes ----

my $as_sweep = "state = 'over', outcome = NULL, entered_at = r.due_at, closed_at = r.due_at, due_at = NULL, platform_due_at = NULL, provisional = false, act_at = NULL,
	attempts = 0, fault = NULL, event_seq = r.event_seq + 1, last_action = 'timeout', last_actor = 'system', last_on_behalf_of = NULL,
	last_payload = NULL, last_items = NULL, last_facts = '{\"by\": \"system\", \"from\": \"here\"}', last_at = moment, last_digest = digest, seal = r.seal + 1";
my $event = "INSERT INTO aftersale.event (shop_id, request_id, event_seq, at, recorded_at, action, actor, login, role, from_state, to_state, facts, digest)
	SELECT shop_id, request_id, event_seq, entered_at, last_at, last_action, last_actor, session_user, current_user, 'here', state, last_facts, last_digest FROM u";
sql("CREATE PROCEDURE public.raw_batches(cutoff timestamptz, moment timestamptz DEFAULT clock_timestamp(), digest bytea DEFAULT sha256('')) LANGUAGE plpgsql AS \$\$
DECLARE
	shops bigint[];
	requests bigint[];
BEGIN
	SELECT array_agg(k.shop_id), array_agg(k.request_id) INTO shops, requests
	FROM (SELECT shop_id, request_id FROM aftersale.request WHERE act_at < cutoff ORDER BY act_at) k;
	FOR i IN 0..(array_length(shops, 1) - 1) / 1000 LOOP
		WITH d AS MATERIALIZED (SELECT q.shop_id, q.request_id
			FROM unnest(shops[i * 1000 + 1 : i * 1000 + 1000], requests[i * 1000 + 1 : i * 1000 + 1000]) AS k(shop_id, request_id)
			JOIN aftersale.request q ON q.shop_id = k.shop_id AND q.request_id = k.request_id
			WHERE q.act_at < cutoff ORDER BY q.shop_id, q.request_id FOR NO KEY UPDATE OF q SKIP LOCKED),
		u AS (UPDATE aftersale.request r SET $as_sweep FROM d WHERE r.shop_id = d.shop_id AND r.request_id = d.request_id RETURNING r.*)
		$event;
		COMMIT;
	END LOOP;
END \$\$");
sql("CREATE FUNCTION public.raw_statement(cutoff timestamptz, moment timestamptz DEFAULT clock_timestamp(), digest bytea DEFAULT sha256('')) RETURNS void
LANGUAGE plpgsql SET enable_hashjoin = off SET enable_mergejoin = off SET enable_seqscan = off AS \$\$
BEGIN
	WITH d AS MATERIALIZED (SELECT q.shop_id, q.request_id FROM aftersale.request q WHERE q.act_at < cutoff),
	u AS (UPDATE aftersale.request r SET $as_sweep FROM d WHERE r.shop_id = d.shop_id AND r.request_id = d.request_id RETURNING r.*)
	$event;
END \$\$");
sub raw
{
	my ($what, $statement) = @_;
	$hour++;
	# a plan that was made for keys, not for the size of the arrays
	measure($what, sub { sql("SET session_replication_role = replica; SET enable_hashjoin = off; SET enable_mergejoin = off; SET enable_seqscan = off;\n"
		. sprintf($statement, instant($hour)) . ' \g /dev/null') });
	my $done = sql('SELECT count(*) FROM aftersale.request WHERE act_at >= ' . instant($hour - 1) . ' AND act_at < ' . instant($hour));
	die "$what left $done undone\n" unless $done == 0;
}
for (1 .. $rounds)
{
	clean_sweep('sweep');
	raw('raw batches', 'CALL public.raw_batches(%s)');
	raw('raw statement', 'SELECT public.raw_statement(%s)');
}
die "the three do not write the same\n" unless sql("SELECT count(*) = 3 * $rounds * $due FROM aftersale.event e
	JOIN aftersale.request r USING (shop_id, request_id) WHERE e.event_seq = 2 AND r.event_seq = 2 AND r.state = e.to_state AND r.entered_at = e.at") eq 't';
at_least("sweep of $due due, rate", 'raw batches of 1000 without triggers', 1 / ratio('sweep', 'raw batches'), 0.8);
at_least('', 'one raw statement with an index join', 1 / ratio('sweep', 'raw statement'), 0.6);

# ---- while another session holds an old snapshot ----

my $pid = open2(my $from_holder, my $to_holder, 'psql -X -q -At');
print $to_holder "BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT count(*) FROM aftersale.shop;\n";
readline $from_holder;
clean_sweep('sweep under an old snapshot') for 1 .. $rounds;
print $to_holder "COMMIT;\n\\q\n";
waitpid $pid, 0;
at_least('sweep under an old snapshot, rate', 'undisturbed', 1 / ratio('sweep under an old snapshot', 'sweep'), 0.25);

# ---- rows that fail ----

sql("ALTER TABLE aftersale.request ADD CONSTRAINT poison CHECK (reason <> 'poison' OR state <> 'over') NOT VALID");
sub poison
{
	my ($number) = @_;
	sql("SET session_replication_role = replica; UPDATE aftersale.request r SET reason = 'poison' FROM (SELECT shop_id, request_id FROM aftersale.request
		WHERE act_at >= " . instant($hour) . " AND act_at < " . instant($hour + 1) . " ORDER BY hashint8(request_id) LIMIT $number) p
		WHERE r.shop_id = p.shop_id AND r.request_id = p.request_id");
	my ($fired, $parked) = sweep("$number poison");
	die "$number poison rows: $fired fired, $parked parked\n" unless $fired == $due - $number && $parked == $number;
	sql("SET session_replication_role = replica; UPDATE aftersale.request SET act_at = NULL WHERE reason = 'poison'");
}
for (1 .. $rounds)
{
	clean_sweep('clean');
	poison(10);
	poison(100);
}
at_least("with 10 rows that fail, rate", 'without', 1 / ratio('10 poison', 'clean'), 0.8);
at_least("with 100 rows that fail, rate", 'without', 1 / ratio('100 poison', 'clean'), 0.5);
printf "microseconds of CPU a row: %s\n", join ', ', map { sprintf '%s %.1f', $_, measured($_) / $due * 1e6 }
	'sweep', 'raw batches', 'raw statement', 'sweep under an old snapshot', 'clean', '10 poison', '100 poison';

# ---- against a job queue ----

sub graphile
{
	my $folder = tempdir(CLEANUP => 1);
	my $log = qx(cd $folder && HOME=$folder npm install --no-save --ignore-scripts --silent --no-audit --no-fund graphile-worker pg 2>&1);
	if ($? || !-d "$folder/node_modules/graphile-worker")
	{
		print "SKIPPED: graphile-worker could not be installed: ", $log =~ /(.*)/, "\n";
		return;
	}
	my $version = slurp("$folder/node_modules/graphile-worker/package.json") =~ /"version": "([^"]+)"/ ? $1 : '?';
	open my $script, '>', "$folder/run.mjs" or die $!;
	print $script <<'JS';
import { runOnce, runMigrations } from 'graphile-worker';
import pg from 'pg';
const connection = { host: process.env.PGHOST, port: process.env.PGPORT, user: process.env.PGUSER, database: process.env.PGDATABASE };
const pgPool = new pg.Pool({ ...connection, max: 12 });
pgPool.on('error', console.error);
const batched = process.argv[2] === 'batched' ? { localQueue: { size: 500 }, completeJobBatchDelay: 0, failJobBatchDelay: 0 } : {};
const preset = { worker: { concurrentJobs: 10, ...batched } };
if (process.argv[2] === 'migrate') await runMigrations({ pgPool });
else await runOnce({ pgPool, preset, concurrency: 10, noHandleSignals: true, taskList: {
	async timeout(key, { query }) {
		await query({ name: 'timeout', text: "UPDATE bare.request SET state = 'over', act_at = NULL WHERE shop_id = $1 AND request_id = $2", values: [key.s, key.r] });
	} } });
await pgPool.end();
JS
	close $script;
	my $node = sub { my $said = qx(cd $folder && NO_LOG_SUCCESS=1 node run.mjs $_[0] 2>&1); die $said if $?; };
	$node->('migrate');
	for my $kind ('defaults', 'batched')
	{
		sql("TRUNCATE bare.request; INSERT INTO bare.request SELECT * FROM aftersale.request WHERE state = 'here' LIMIT $jobs");
		sql("SELECT count(graphile_worker.add_job('timeout', json_build_object('s', shop_id, 'r', request_id))) FROM bare.request");
		sql('VACUUM ANALYZE graphile_worker._private_jobs; VACUUM ANALYZE bare.request');
		measure("graphile-worker, $kind", sub { $node->($kind) });
		my $undone = sql("SELECT count(*) FROM bare.request WHERE state <> 'over' OR act_at IS NOT NULL");
		die "graphile-worker left $undone of $jobs undone\n" if $undone != 0;
	}
	at_least('sweep, rate', "graphile-worker $version, a row a job", (measured('graphile-worker, defaults') / $jobs) / (measured('sweep') / $due), 7);
	printf "microseconds of the server's CPU a job, neither adding it nor the worker's own: with its defaults %.0f, with its local queue and batched completion %.0f\n",
		map { measured("graphile-worker, $_") / $jobs * 1e6 } 'defaults', 'batched';
}
graphile() if $jobs;
verdict();
