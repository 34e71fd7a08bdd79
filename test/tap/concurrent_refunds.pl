# Two hundred refunds on forty orders at the same time never exceed what was
# paid, at any isolation level; check-then-insert does, in the same harness.
use strict;
use warnings;
use IPC::Run qw(start finish);
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $sessions = 10;
my $orders = 40;
my $per_order = 5;				# refunds
my $tries = 12;
my @levels = ('read committed', 'repeatable read', 'serializable');

my $node = PostgreSQL::Test::Cluster->new('refunds');
$node->init;
$node->append_conf('postgresql.conf', "max_connections = 80\ndeadlock_timeout = 100ms\n");
$node->start;
$node->safe_psql('postgres', q{
	CREATE ROLE erp LOGIN;
	CREATE EXTENSION aftersale;
	SELECT aftersale.install(owner => 'erp');
	SET ROLE erp;
	INSERT INTO aftersale.calendar (name, calendar) VALUES ('always', 'zone UTC; mon-sun 00:00-24:00');
	INSERT INTO aftersale.shop (shop_id, platform, name) VALUES (1, 'market', 'shop');
	INSERT INTO aftersale.shop_country (shop_id, country, currency, calendar, time_zone) VALUES (1, 'GB', 'GBP', 'always', 'UTC');
	INSERT INTO aftersale.flow (flow, version, platform, kind, initial_state) VALUES ('market/return', 1, 'market', 'return', 'open');
	INSERT INTO aftersale.flow_state (flow, version, state, final, term) VALUES ('market/return', 1, 'open', false, '24 hours'), ('market/return', 1, 'over', true, NULL);
	INSERT INTO aftersale.flow_transition (flow, version, from_state, action, to_state, actors, clock, effect) VALUES
		('market/return', 1, 'open', 'timeout', 'over', '{system}', 'restart', '{}'),
		('market/return', 1, 'open', 'note', 'open', '{merchant}', 'keep', '{}'),
		('market/return', 1, 'open', 'partly', 'open', '{merchant}', 'keep', '{"refund": {"of": "given", "executed_by": "shop"}}');
	RESET ROLE;
	-- what each act came to, and how often it was tried again
	CREATE TABLE answer (run text, request_id bigint, sqlstate text, retries int);
	-- the naive way: look at what was refunded, insert where it fits
	CREATE TABLE naive_refund (run text, order_ref text, amount numeric);
	-- where sessions meet, so that a race is certain: each counts itself, outside of all transactions, and waits for others
	CREATE SEQUENCE met;
	CREATE PROCEDURE meet(number bigint) LANGUAGE plpgsql AS $$
	BEGIN
		PERFORM nextval('met');
		FOR i IN 1 .. 60000 LOOP
			IF (SELECT last_value FROM met) >= number THEN
				RETURN;
			END IF;
			PERFORM pg_sleep(0.001);
		END LOOP;
		RAISE EXCEPTION 'waited for % others, % came', number, (SELECT last_value FROM met);
	END $$;
});

# One session's script: for each of its requests an act in a transaction of its
# own, tried again after a serialization failure, its answer noted down.  All
# start together, when the lock that the test holds is given up.
sub script
{
	my ($run, $level, $act, @requests) = @_;
	my $script = "\\set ON_ERROR_STOP 0\nSET client_min_messages = error;\nSET default_transaction_isolation = '$level';\n";
	$script .= "SELECT pg_advisory_lock_shared(1), pg_advisory_unlock_shared(1);\n";
	for my $request (@requests)
	{
		my $acting = $act->($run, $request);
		# psql has no loop: as many tries in a row as are ever needed, each skipped once one is done
		for my $try (0 .. $tries - 1)
		{
			$script .= "\\if :again\n" if $try;
			$script .= "BEGIN;\n$acting\n\\set acted :SQLSTATE\nCOMMIT;\n\\set committed :SQLSTATE\n";
			$script .= "SELECT s AS answer, s IN ('40001', '40P01') AS again, $try AS retries
				FROM (SELECT CASE WHEN :'acted' = '00000' THEN :'committed' ELSE :'acted' END AS s) AS s \\gset\n";
		}
		$script .= "\\endif\n" x ($tries - 1);
		$script .= "INSERT INTO answer VALUES ('$run', $request, :'answer', :retries);\n";
	}
	return $script;
}

# Runs the sessions at the same time; session i works at level i modulo the levels.
sub together
{
	my ($run, $levels, $act, $share) = @_;
	my ($in, $out) = ("SELECT pg_advisory_lock(1);\n", '');
	my @psql = ('psql', '-XAtq', '-d', $node->connstr('postgres'));
	my $folder = PostgreSQL::Test::Utils::tempdir();
	my $holder = start(\@psql, '<', \$in, '>', \$out);
	$holder->pump until $in eq '';
	$node->poll_query_until('postgres', q{SELECT count(*) = 1 FROM pg_locks WHERE locktype = 'advisory' AND granted}) or die 'nobody holds the gate';
	my @running;
	for my $i (0 .. $sessions - 1)
	{
		append_to_file("$folder/script$i", script($run, $levels->[ $i % @$levels ], $act, $share->($i)));
		push @running, start([ @psql, '-f', "$folder/script$i" ], '>', "$folder/out$i", '2>', "$folder/err$i");
	}
	$node->poll_query_until('postgres', qq{SELECT count(*) = $sessions FROM pg_locks WHERE locktype = 'advisory' AND NOT granted}) or die 'the sessions do not wait';
	$in .= "\\q\n";
	finish $holder;
	finish $_ for @running;
	return join '', map { slurp_file("$folder/err$_") } 0 .. $sessions - 1;
}

sub engine_act { return "SELECT aftersale.act(1, $_[1], 'partly', '{\"amount\": 40}');" }

# forty orders of which 100 was paid, and five requests each: two refunds of 40 fit into an order
sub open_requests
{
	my ($run, $first) = @_;
	$node->safe_psql('postgres', qq{
		SET ROLE erp;
		INSERT INTO aftersale.order_balance (shop_id, order_ref, currency, paid) SELECT 1, '$run/' || o, 'GBP', 100 FROM generate_series(1, $orders) o;
		INSERT INTO aftersale.request (shop_id, request_id, flow, order_ref, amount)
		SELECT 1, $first + p * $orders + o, 'market/return', '$run/' || o, 100 FROM generate_series(1, $orders) o, generate_series(0, $per_order - 1) p});
}

# ---- no level refunds more than was paid ----

my $first = 1000;
for my $case ([ 'read committed', $levels[0] ], [ 'repeatable read', $levels[1] ], [ 'serializable', $levels[2] ], [ 'mixed', @levels ])
{
	my ($run, @used) = @$case;
	open_requests($run, $first);
	# requests of one order stand 40 apart: sessions that go through theirs by order meet in it
	my @of_session = map { [] } 1 .. $sessions;
	for my $o (1 .. $orders) { push @{ $of_session[ ($o + $_ * 2) % $sessions ] }, $first + $_ * $orders + $o for 0 .. $per_order - 1 }
	my $errors = together($run, \@used, \&engine_act, sub { return @{ $of_session[ $_[0] ] } });
	my $of_run = "b.shop_id = 1 AND b.order_ref LIKE '$run/%'";
	is($node->safe_psql('postgres', "SELECT count(*), count(DISTINCT request_id) FROM answer WHERE run = '$run'"), '200|200', "$run: 200 acts, each answered");
	is($node->safe_psql('postgres', "SELECT count(*) FROM aftersale.order_balance b WHERE $of_run AND refunded > paid"), '0', "$run: no order is refunded beyond what was paid");
	is($node->safe_psql('postgres', "SELECT string_agg(DISTINCT sqlstate, ' ' ORDER BY sqlstate) FROM answer WHERE run = '$run'"), '00000 RA045',
		"$run: every act is accepted or ends as RA045, serialization failures tried again");
	is($node->safe_psql('postgres', "SELECT count(*), min(refunded), max(refunded) FROM aftersale.order_balance b WHERE $of_run"), '40|80.00|80.00', "$run: every order took the two refunds that fit");
	is($node->safe_psql('postgres', "SELECT count(*) FROM answer WHERE run = '$run' AND sqlstate = '00000'"), '80', "$run: as many accepted as one after the other");
	is($node->safe_psql('postgres', "SELECT count(*) FROM aftersale.order_balance b WHERE $of_run AND refunded <>
		(SELECT sum(r.amount) FROM aftersale.refund r WHERE r.shop_id = 1 AND r.order_ref = b.order_ref)"), '0', "$run: balances are the sums of the refunds");
	is($node->safe_psql('postgres', "SELECT count(*) FROM aftersale.request q JOIN answer a ON a.request_id = q.request_id AND a.run = '$run'
		WHERE coalesce(q.refund_amount, 0) <> CASE a.sqlstate WHEN '00000' THEN 40 ELSE 0 END
		OR q.event_seq <> CASE a.sqlstate WHEN '00000' THEN 2 ELSE 1 END"), '0', "$run: who was refused has neither refund nor event");
	if ($run eq 'read committed')
	{
		is($node->safe_psql('postgres', "SELECT max(retries) FROM answer WHERE run = '$run'"), '0', "$run: nothing had to be tried again");
		unlike($errors, qr/deadlock|could not serialize/, "$run: no other error");
	}
	else
	{
		note("$run: " . $node->safe_psql('postgres', "SELECT sum(retries) FROM answer WHERE run = '$run'") . ' tries failed with 40001');
	}
	$first += 1000;
}

# ---- the harness can fail: check-then-insert over-refunds ----

my @of_session = map { [] } 1 .. $sessions;
for my $o (1 .. $orders) { push @{ $of_session[$_] }, $o for 0 .. $sessions - 1 }
my $naive = sub {
	my ($run, $order) = @_;
	return "SELECT coalesce(sum(amount), 0) <= 60 AS fits FROM naive_refund WHERE run = '$run' AND order_ref = '$order' \\gset
-- go on when three have looked at this order: who goes through the orders in the same way cannot be further
CALL meet(@{[ ($order - 1) * $sessions + 3 ]});
INSERT INTO naive_refund SELECT '$run', '$order', 40 WHERE :'fits'::boolean;";
};
for my $level ('read committed', 'repeatable read')
{
	$node->safe_psql('postgres', 'ALTER SEQUENCE met RESTART');
	is(together("naive $level", [$level], $naive, sub { return @{ $of_session[ $_[0] ] } }), '', "$level: check-then-insert, without an error");
	is($node->safe_psql('postgres', "SELECT count(*) FROM (SELECT FROM naive_refund WHERE run = 'naive $level' GROUP BY order_ref HAVING sum(amount) > 100) o"),
		$orders, "$level: check-then-insert refunds more than was paid, which this harness sees");
}

# ---- bulk acts on overlapping sets, fifty sessions ----

$sessions = 50;

open_requests('bulk', $first);
my $last = $first + $orders * $per_order;
$node->safe_psql('postgres', 'TRUNCATE answer');
my $bulk = sub {
	# half of the requests, chosen by the session, in an order of its own
	return "SELECT count(*) FROM aftersale.act_many(array_fill(1::bigint, '{100}'),
	ARRAY(SELECT r FROM generate_series($first + 1, $last) r ORDER BY hashint8(r * 31 + $_[1]) LIMIT 100)::bigint[], 'note');";
};
my $errors = together('bulk', ['read committed'], $bulk, sub { my $i = shift; return map { $i * 100 + $_ } 1 .. 2 });
is($node->safe_psql('postgres', "SELECT sqlstate, count(*), sum(retries) FROM answer GROUP BY 1"), '00000|100|0', 'act_many() on overlapping sets: every call done at once');
is($errors, '', '... without a deadlock or another error');
is($node->safe_psql('postgres', "SELECT sum(event_seq - 1) FROM aftersale.request WHERE request_id > $first"), 10000, '... and every act counted');
$node->safe_psql('postgres', 'TRUNCATE answer');
$bulk = sub {
	return "WITH mine AS MATERIALIZED (SELECT shop_id, request_id FROM aftersale.request WHERE shop_id = 1
	AND request_id = ANY (ARRAY(SELECT r FROM generate_series($first + 1, $last) r ORDER BY hashint8(r * 31 + $_[1]) LIMIT 100)::bigint[])
	ORDER BY shop_id, request_id FOR NO KEY UPDATE)
	UPDATE aftersale.request r SET action = 'note' FROM mine WHERE r.shop_id = mine.shop_id AND r.request_id = mine.request_id;";
};
$errors = together('bulk', ['read committed'], $bulk, sub { my $i = shift; return map { $i * 100 + $_ } 1 .. 2 });
is($node->safe_psql('postgres', "SELECT sqlstate, count(*), sum(retries) FROM answer GROUP BY 1"), '00000|100|0', 'the same in plain SQL that locks by key first');
is($errors, '', '... without a deadlock or another error');
$sessions = 10;
# the harness can fail here, too: each session locks in an order of its own, the
# first row of which two hold before they go on
$node->safe_psql('postgres', 'TRUNCATE answer; ALTER SEQUENCE met RESTART');
$bulk = sub {
	my ($one, @others) = map { "UPDATE aftersale.request SET action = 'note' WHERE shop_id = 1 AND request_id = $_;" }
		sort { ($a * 7919 + $_[1] * 104729) % 211 <=> ($b * 7919 + $_[1] * 104729) % 211 } $first + 1 .. $first + 20;
	return join "\n", $one, 'CALL meet(2);', @others;
};
$errors = together('bulk', ['read committed'], $bulk, sub { my $i = shift; return map { $i * 100 + $_ } 1 .. 2 });
like($errors, qr/deadlock detected/, 'row by row in orders of their own sessions deadlock, which this harness sees');

# ---- statements of thousands of refunds that meet in two orders ----

# each session goes through requests of its own, half of the sessions through the second order's first
$sessions = 4;
$node->safe_psql('postgres', q{
	SET ROLE erp;
	INSERT INTO aftersale.order_balance (shop_id, order_ref, currency, paid) VALUES (1, 'large/1', 'GBP', 1000000), (1, 'large/2', 'GBP', 1000000);
	INSERT INTO aftersale.request (shop_id, request_id, flow, order_ref, amount)
	SELECT 1, 1000000 + s * 10000 + i, 'market/return', 'large/' || CASE WHEN (i <= 1100) = (s % 2 = 0) THEN 1 ELSE 2 END, 100
	FROM generate_series(0, 3) s, generate_series(1, 2200) i});
$node->safe_psql('postgres', 'TRUNCATE answer');
my $large = sub {
	my $session = $_[1] % 10;
	return "UPDATE aftersale.request SET action = 'partly', payload = '{\"amount\": 0.01}'
	WHERE shop_id = 1 AND request_id BETWEEN 1000001 + $session * 10000 AND 1009999 + $session * 10000;";
};
$errors = together('large', ['read committed'], $large, sub { my $i = shift; return map { $_ * 10 + $i } 1 .. 3 });
is($errors, '', 'large statements take the balances of the whole statement by key: no deadlock');
is($node->safe_psql('postgres', q{SELECT string_agg(refunded::text, ' ') FROM aftersale.order_balance WHERE order_ref LIKE 'large/%'}),
	'132.00 132.00', '... and every refund counted');

$node->stop;
done_testing();
