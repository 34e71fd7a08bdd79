# What attachments cost on a table of the ERP's: INSERT of 1M rows into 12
# columns with a primary key and two indexes, against the bare table and against
# the same rules as plpgsql triggers, in CPU time of the server (Bench.pm).
#	ROWS=n		how many rows (1000000)
#	ORDERS=n	over how many orders (ROWS / 4)
#	ROUNDS=n	how often (5)
#	FRESH=1		the orders have no totals yet
#	VERBOSE=1	each round's seconds of CPU, too
use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use Bench;

my $rows = $ENV{ROWS} || 1_000_000;
my $orders = $ENV{ORDERS} || int($rows / 4);
my $rounds = $ENV{ROUNDS} || 5;

sql('ALTER SYSTEM SET autovacuum = off');
sql("ALTER SYSTEM SET max_wal_size = '8GB'");
sql('ALTER SYSTEM SET synchronous_commit = off');
sql('SELECT pg_reload_conf()');
sql(<<'SQL');
DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'bench_attach') THEN CREATE ROLE bench_attach; END IF; END $$;
GRANT CREATE ON SCHEMA public TO bench_attach;
SELECT aftersale.install(owner => 'bench_attach');
SET ROLE bench_attach;
INSERT INTO aftersale.calendar (name, calendar) VALUES ('bench', 'zone Asia/Shanghai; mon-fri 09:00-18:00; off 2026-11-11, 2026-11-20, 2027-01-01');
CREATE TABLE holiday (day date PRIMARY KEY);
INSERT INTO holiday VALUES ('2026-11-11'), ('2026-11-20'), ('2027-01-01');
SQL

my $columns = 'id bigint PRIMARY KEY, shop_id int NOT NULL, order_id bigint NOT NULL, sku text NOT NULL, status int NOT NULL, reason text,
	paid numeric(12,2) NOT NULL, amount numeric(12,2) NOT NULL, ratio numeric(5,4) NOT NULL, created_at timestamptz NOT NULL, due_at timestamptz, remark text';
my @tables = qw(bare attached hand half guarded totalled);
sql("SET ROLE bench_attach;
	CREATE TABLE source AS SELECT n AS id, 1 + n % 7 AS shop_id, 1 + n * 7919::bigint % $orders AS order_id, 'SKU-' || n % 5000 AS sku, n % 5 AS status, 'worn or broken' AS reason,
		200.00::numeric(12,2) AS paid, (0.05 + n % 900 / 100.0)::numeric(12,2) AS amount, (0.05 + n % 90 / 100.0)::numeric(5,4) AS ratio,
		'2026-11-02 00:00+00'::timestamptz + n % 1000000 * interval '1.3 s' AS created_at, 'bought last week, arrived today' AS remark
	FROM generate_series(1, $rows) n;
	CREATE TABLE orders (order_id bigint PRIMARY KEY, paid numeric(12,2) NOT NULL, refunded numeric(12,2) NOT NULL) WITH (fillfactor = 50);");
sql("SET ROLE bench_attach; CREATE TABLE $_ ($columns); CREATE INDEX ON $_ (order_id); CREATE INDEX ON $_ (status, created_at)") for @tables;

for my $table ('attached', 'guarded')
{
	my $order = $table eq 'guarded' ? ', "order": "order_id"' : '';
	sql(qq{SET ROLE bench_attach;
		SELECT aftersale.attach_deadline('$table', '{"start": "created_at", "due": "due_at"}', '1 business day', 'bench', '{"name": "due $table"}');
		SELECT aftersale.attach_refund_check('$table', '{"ratio": "ratio", "amount": "amount", "paid": "paid"$order}', '{"name": "money $table"}')});
}
sql(<<'SQL');
SET ROLE bench_attach;
CREATE FUNCTION stamp() RETURNS trigger LANGUAGE plpgsql AS $$
<<stamp>>
DECLARE
	local timestamp := NEW.created_at AT TIME ZONE 'Asia/Shanghai';
	day date := local::date;
	hour time := local::time;
BEGIN
	IF hour >= '18:00' THEN
		day := day + 1;
		hour := '09:00';
	ELSIF hour < '09:00' THEN
		hour := '09:00';
	END IF;
	WHILE extract(isodow FROM day) > 5 OR EXISTS (SELECT FROM holiday h WHERE h.day = stamp.day) LOOP
		day := day + 1;
		hour := '09:00';
	END LOOP;
	day := day + 1;
	WHILE extract(isodow FROM day) > 5 OR EXISTS (SELECT FROM holiday h WHERE h.day = stamp.day) LOOP
		day := day + 1;
	END LOOP;
	NEW.due_at := (day + hour) AT TIME ZONE 'Asia/Shanghai';
	RETURN NEW;
END $$;
CREATE FUNCTION stamp_by_deadline() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	NEW.due_at := aftersale.deadline(NEW.created_at, '1 business day', 'bench');
	RETURN NEW;
END $$;
CREATE FUNCTION check_refund() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	IF NEW.ratio < 0.05 OR NEW.ratio > 1 THEN
		RAISE EXCEPTION 'ratio % is out of range', NEW.ratio;
	END IF;
	IF NEW.amount < 0 OR NEW.amount > NEW.paid THEN
		RAISE EXCEPTION 'a refund of % is more than %', NEW.amount, NEW.paid;
	END IF;
	RETURN NEW;
END $$;
CREATE TRIGGER stamp BEFORE INSERT OR UPDATE ON hand FOR EACH ROW EXECUTE FUNCTION stamp();
CREATE TRIGGER check_refund BEFORE INSERT OR UPDATE ON hand FOR EACH ROW EXECUTE FUNCTION check_refund();
CREATE TRIGGER stamp BEFORE INSERT OR UPDATE ON half FOR EACH ROW EXECUTE FUNCTION stamp_by_deadline();
CREATE TRIGGER check_refund BEFORE INSERT OR UPDATE ON half FOR EACH ROW EXECUTE FUNCTION check_refund();
SQL

my $list = 'id, shop_id, order_id, sku, status, reason, paid, amount, ratio, created_at, remark';
my $insert = "SELECT $list FROM source";
my %run = map { my $table = $_; $table => sub { sql("INSERT INTO $table ($list) $insert") } } qw(bare attached hand half guarded);
$run{totalled} = sub { sql("BEGIN; INSERT INTO totalled ($list) $insert;
	UPDATE orders o SET refunded = o.refunded + s.amount FROM (SELECT order_id, sum(amount) AS amount FROM totalled GROUP BY order_id) s WHERE o.order_id = s.order_id; COMMIT") };
my @order = @tables;
my (@overheads, @halves);
for my $round (1 .. $rounds)
{
	my %cost;
	sql('TRUNCATE ' . join(', ', @tables) . ', orders; TRUNCATE aftersale.attachment_total;
		SET ROLE bench_attach; UPDATE aftersale.attachment SET filled = true');
	sql("INSERT INTO orders SELECT n, 200, 0 FROM generate_series(1, $orders) n; ANALYZE orders");
	sql("INSERT INTO aftersale.attachment_total SELECT 0, 'money guarded', n::text, '', 200, 0, generation FROM generate_series(1, $orders) n, aftersale.attachment WHERE name = 'money guarded';
		ANALYZE aftersale.attachment_total") unless $ENV{FRESH};
	sql('VACUUM orders');
	sql('VACUUM aftersale.attachment_total');
	for my $table (@order)
	{
		sql('CHECKPOINT');
		$cost{$table} = measure($table, $run{$table});
	}
	# nobody is always the first, or the last
	push @order, splice @order, 0, 2;
	push @overheads, ($cost{attached} - $cost{bare}) / ($cost{hand} - $cost{bare});
	push @halves, ($cost{attached} - $cost{bare}) / ($cost{half} - $cost{bare});
	print STDERR "round $round: ", join(' ', map { sprintf('%s %.2f', $_, $cost{$_}) } @tables), "\n" if $ENV{VERBOSE};
}
die "deadlines differ\n" unless sql('SELECT count(*) FROM attached a JOIN hand h USING (id) WHERE a.due_at = h.due_at') == $rows;
die "totals differ\n" unless sql("SELECT count(*) FROM aftersale.attachment_total t JOIN orders o ON t.order_ref = o.order_id::text WHERE t.refunded = o.refunded AND t.attachment = 'money guarded'") == $orders;

at_most("INSERT of $rows rows, deadline, ratio and amount", 'the bare table', ratio('attached', 'bare'), 1.25);
at_most('our overhead', 'that of plpgsql triggers', median(@overheads), 0.25);
printf "our overhead, of that of plpgsql triggers that call deadline(): %.2f\n", median(@halves);
at_most("the same with the sum guard, $orders orders", 'bare and one UPDATE of the totals', ratio('guarded', 'totalled'), 1.15);
printf "seconds of CPU: %s\n", join ', ', map { sprintf '%s %.2f', $_, measured($_) } @tables;
verdict();
