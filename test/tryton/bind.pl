# Tryton's complaints are requests: what the engine decides reaches Tryton's clients, what they
# press reaches the engine, and neither can get past the other.
use strict;
use warnings;
use FindBin qw($RealBin);
use lib $RealBin;
use Test::More;
use Tryton;

our $tryton = Tryton->new('bind', template => 'template_tryton', worker => 1);
my $known = Tryton::known();
our $client = $tryton->client;
$tryton->psql(q{CREATE EXTENSION aftersale; SELECT aftersale.install(owner => 'tryton')});
$tryton->run_guide('The words of Tryton', 'Attach');
# what is found overdue when it comes is the sweep's, too
$tryton->as_tryton(q{UPDATE aftersale.shop SET settings = '{"fire_overdue_at_opening": true}'});

my (undef, $line) = $client->sell($known, [ 100, 10 ]);
sub complaint { my $id = $client->complain($known, $line, @_ ? @_ : 1); $client->press('wait', $id); return $id }
# one that should have been answered a minute ago
sub overdue
{
	my $id = $client->complain($known, $line, 1);
	$tryton->as_tryton("UPDATE sale_complaint SET create_date = now() AT TIME ZONE 'UTC' - interval '7 days 1 minute' WHERE id = $id");
	$client->press('wait', $id);
	return $id;
}
sub request { my ($id, $what) = @_; return $tryton->psql("SELECT $what FROM aftersale.request r JOIN aftersale.bound_row b USING (shop_id, request_id) WHERE b.row_ref = '$id'") }
sub history { return request($_[0], q{(SELECT string_agg(e.action || ' ' || e.to_state, ', ' ORDER BY e.event_seq) FROM aftersale.event e WHERE e.shop_id = r.shop_id AND e.request_id = r.request_id)}) }
sub seen { return @{ $client->read_complaint($_[0], 'state', '_timestamp') }{qw(state _timestamp)} }
sub wait_for_state { my ($id, $state) = @_; return eval { Tryton::wait_for("complaint $id", sub { $client->state($id) eq $state }) } // diag($@, Tryton::tail('bind.worker.log')) }
# what a client is told that writes with what it has read before
sub write_stale
{
	my ($id, $read, %values) = @_;
	return eval { $client->request('model.sale.complaint.write', [$id], \%values, { %{ $client->{context} }, _timestamp => { "sale.complaint,$id" => $read } }); '' } // $@;
}
sub sweep { return $tryton->as_tryton('CALL aftersale.sweep()') }

# ---- Tryton alone: what a database must not do to it

my $id = complaint();
my (undef, $before) = seen($id);
$tryton->as_tryton("UPDATE sale_complaint SET state = 'approved' WHERE id = $id");
is(write_stale($id, $before, reference => 'late'), '', 'Tryton alone: a client does not notice an UPDATE that leaves write_date as it was');
my $written = $id;			# looked at again when the worker is through
my $older = complaint();

$tryton->run_guide('Bind');
is(history($older), '', 'complaints of before are none of the binding\'s');
$tryton->as_tryton("SELECT aftersale.backfill('complaints')");
like(history($older), qr/^open waiting\b/, '... until backfill() takes them in');
is(request($older, "due_at = (SELECT create_date AT TIME ZONE 'UTC' + interval '7 days' FROM sale_complaint WHERE id = $older)"), 't', '... with the deadline that they have');

# ---- what clients press

$id = complaint();
is(request($id, "state || ' ' || amount"), 'waiting 10.00', 'a complaint that waits is a request, with what it wants');
is(request($id, "due_at = (SELECT create_date AT TIME ZONE 'UTC' + interval '7 days' FROM sale_complaint WHERE id = $id)"), 't', '... with a deadline from when it was made');
$client->press('reject', $id);
is(history($id), 'open waiting, reject rejected', 'rejecting is an act');
$client->press('draft', $id);
$client->press('wait', $id);
is(history($id), 'open waiting', 'made a draft and waiting again it is another request');
$client->press('draft', $id);
is(history($id), 'open waiting, withdraw withdrawn', 'a draft is no request');

# ---- approval by the engine goes through Tryton's queue

$tryton->as_tryton(q{INSERT INTO aftersale.rule (shop_id, name, flow, amount_to, currency, action) VALUES (1, 'small', 'tryton/complaint', 5, 'USD', 'approve')});
my $small = complaint(1, '5.00');
my $large = complaint(2);
is(history($small), 'open waiting, approve approved', 'a rule approves a small one');
is($client->state($small), 'waiting', '... and Tryton has not been told otherwise: its own code has to run');
my $queued = q{SELECT count(*) FROM ir_queue WHERE dequeued_at IS NULL AND data::jsonb ->> 'method' = 'approve'};
is($tryton->psql("$queued AND data::jsonb -> 'instances' = '[$small]'"), '1', '... which is in its queue, once');
$tryton->as_tryton("SELECT aftersale.act(1, r.request_id, 'approve', '{}', 'alice') FROM aftersale.bound_row r WHERE r.row_ref = '$large'");
is($tryton->psql($queued), '2', 'so is what a person approved elsewhere');
like($client->refused('model.sale.complaint.reject', [$large]), qr/^row "$large" .* request \d+ of shop 1 is in state "approved", from which nothing leads there \(RA105\)$/m, '... and a client that rejects it before Tryton has come to that is told, with the code');
$tryton->start_worker;
wait_for_state($small, 'done');
wait_for_state($large, 'done');
is($client->state($small) . ' ' . $client->state($large), 'done done', "Tryton's worker approves them");
is($client->returned($small) . ' ' . $client->returned($large), '1 2', '... and makes the return sales');
is(history($small), 'open waiting, approve approved, return done', '... and the requests follow');
my $own = complaint();
$client->press('approve', $own);
wait_for_state($own, 'done');
is(history($own), 'open waiting, approve approved, return done', 'an approval of a client is an act, and the return sale ends it');
is($client->returned($own), '1', '... made once');
is($client->returned($written), 0, 'Tryton alone: what was approved by UPDATE has no return sale');

# ---- the clock

my $late = overdue();
like($client->refused('model.sale.complaint.approve', [$late]), qr/\(RA021\)$/m, 'approving too late is refused, and the client sees the code');
is($client->state($late), 'waiting', '... and nothing is changed');
(undef, $before) = seen($late);
sweep();
my ($state, $after) = seen($late);
is($state, 'rejected', 'the sweep rejects it, and clients see it at once');
isnt($after, $before, '... write_date was touched');
is(history($late), 'open waiting, timeout rejected', '... by the clock');
like(write_stale($late, $before, reference => 'by phone'), qr/ConcurrencyException/, 'a client that has read it before is told by Tryton when it writes');
like($client->refused('model.sale.complaint.write', [$late], { state => 'approved' }), qr/\(RA105\)$/m, '... and with a code when it writes over the rejection');
is($client->press('approve', $late), 'passed', '... the button asks for nothing that is not allowed any more');
is($client->state($late) . $client->returned($late), 'rejected0', '... and does nothing');

# the clock acts while the client approves: Tryton's snapshot is of before
my $race = overdue();
my $mark = Tryton::server_log();
my $sweeping = $tryton->session($Tryton::role);
$sweeping->("BEGIN; SELECT aftersale.fire_due(1, 'infinity', 10);");
Tryton::wait_for('the sweep', sub { $tryton->psql("SELECT count(*) FROM pg_stat_activity WHERE state = 'idle in transaction' AND query ~ 'fire_due' AND datname = current_database()") eq '1' });
my ($answer) = $tryton->at_once([ sub { $_[0]->press('approve', $race) } ], during => sub { $tryton->wait_for_waiters(1); $sweeping->('COMMIT;') });
$sweeping->();
like(Tryton::server_log($mark), qr/could not serialize access due to concurrent update/, 'a client that approves while the clock rejects has to repeat');
is($client->state($race) . ' ' . history($race), 'rejected open waiting, timeout rejected', '... and the clock was first');
is($client->returned($race), 0, '... nothing is returned');

# ---- pg_cron fires at the next full minute; until then something else

my $watched = overdue();
(undef, $before) = seen($watched);
$tryton->psql('CREATE EXTENSION pg_cron; GRANT USAGE ON SCHEMA cron TO tryton');
is($tryton->as_tryton('SELECT scheduled FROM aftersale.start()'), 't', 'pg_cron sweeps');

# a module's update, which changes the type of the state
my $open = complaint(3);
$tryton->as_tryton('ALTER TABLE sale_complaint ALTER state TYPE varchar(9)');
my ($updated, $said) = $tryton->update('sale', 'sale_complaint');
ok($updated, 'trytond-admin -u works with everything bound') or diag($said);
is($tryton->psql(q{SELECT atttypmod FROM pg_attribute WHERE attrelid = 'sale_complaint'::regclass AND attname = 'state'}), '-1', '... and altered the type of the state');
is($tryton->as_tryton('SELECT count(*), bool_and(intact) FROM aftersale.attachments()'), '3|t', '... everything is bound and intact');
$client = $tryton->client;
$client->press('reject', $open);
is(history($open), 'open waiting, reject rejected', '... and at work');

# dump and restore
$open = complaint(4);
my $restored = $tryton->dump_and_restore('restored');
{
	local $tryton = $restored;
	local $client = $restored->client;
	is($tryton->as_tryton('SELECT count(*), bool_and(intact) FROM aftersale.attachments()'), '3|t', 'restored, everything is bound and intact');
	is(history($open), 'open waiting', '... complaints are the requests that they were');
	$client->press('reject', $open);
	is(history($open), 'open waiting, reject rejected', '... clients act on them');
	$open = overdue();
	sweep();
	is($client->state($open), 'rejected', '... so does the clock');
	like($client->refused('model.sale.complaint.wait', [ $client->complain($known, $line, 1, '0.40') ]), qr/\(RA043, TEMU-28\)$/m, '... and what is attached is at work');
	$tryton->stop;
}

is(eval { Tryton::wait_for('pg_cron', sub { $client->state($watched) eq 'rejected' }, 90) } // diag($@), 1, 'pg_cron has an overdue complaint rejected, and clients see it at once');
($state, $after) = seen($watched);
isnt($after, $before, '... write_date was touched');
is(history($watched), 'open waiting, timeout rejected', '... by the clock');
is($tryton->psql(q{SELECT count(*) > 0 FROM cron.job_run_details WHERE command = 'CALL aftersale.sweep()' AND username = 'tryton' AND status = 'succeeded'}), 't', '... whose job it was');
$tryton->as_tryton('SELECT aftersale.stop()');

# ---- unbound

$tryton->as_tryton("SELECT aftersale.unbind('sale_complaint'), aftersale.detach('sale_complaint')");
is($tryton->psql(q{SELECT count(*) FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid WHERE NOT t.tgisinternal AND c.relnamespace = 'public'::regnamespace}), '0', 'unbound, no trigger is left');
is($tryton->psql("SELECT state || ' ' || outcome FROM aftersale.request WHERE external_ref = '$watched'"), 'rejected not answered', '... and the requests stay');

done_testing();
