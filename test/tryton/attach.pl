# Policy on Tryton's own tables, through Tryton's own server: each promise is first
# seen broken by Tryton alone, then kept with the attachments of doc/guides/tryton.md.
use strict;
use warnings;
use FindBin qw($RealBin);
use lib $RealBin;
use Test::More;
use Tryton;

my $tryton = Tryton->new('attach', template => 'template_tryton');
my $known = Tryton::known();
my $client = $tryton->client;
$tryton->psql(q{CREATE EXTENSION aftersale; SELECT aftersale.install(owner => 'tryton')});
my $before = $tryton->schema;

sub due { return $tryton->psql("SELECT due_at FROM aftersale.attachment_due WHERE attachment = 'answer' AND row_ref = '$_[0]'") }
sub waiting { my $id = $client->complain($known, @_); $client->press('wait', $id); return $id }

# Four clients let their complaints on one line wait at once: held up until all
# four have their snapshot and are at their UPDATE.
sub four_at_once
{
	my ($line, $quantity) = @_;
	my @complaints = map { $client->complain($known, $line, $quantity) } 1 .. 4;
	my $gate = $tryton->lock_table('sale_complaint');
	my @answers = $tryton->at_once([ map { my $id = $_; sub { $_[0]->press('wait', $id) } } @complaints ], during => sub { $tryton->wait_for_waiters(4); $gate->() });
	return (\@complaints, @answers);
}
sub approve_all { $client->press('approve', $_) for grep { $client->state($_) eq 'waiting' } @{ $_[0] }; return }

# ---- Tryton alone

my ($sale, $line) = $client->sell($known, [ 3, 10 ]);
is($client->state(waiting($line, 1, '0.40')), 'waiting', 'Tryton alone: 4 % of the price wait for approval');
is($client->state(waiting($line, 3, 11)), 'waiting', 'Tryton alone: ... and 33 of 30 paid');
my ($all, @answers) = four_at_once(($client->sell($known, [ 3, 10 ]))[1], 2);
is_deeply(\@answers, [ ('passed') x 4 ], 'Tryton alone: four complaints on one line at once all pass');
approve_all($all);
is($client->returned(@$all), 8, 'Tryton alone: ... and 8 of 3 that were sold come back');

# ---- attached

$tryton->run_guide('The words of Tryton', 'Attach');
is($tryton->as_tryton('SELECT count(*), bool_and(intact) FROM aftersale.attachments()'), '2|t', 'attached, and intact');


($sale, $line) = $client->sell($known, [ 3, 10 ]);
my $first = $client->complain($known, $line, 1);
my $stamped = q{SELECT d.due_at = c.create_date AT TIME ZONE 'UTC' + interval '7 days' FROM aftersale.attachment_due d JOIN sale_complaint c ON d.row_ref = c.id::text AND d.attachment = 'answer' WHERE c.id = };
is($tryton->psql($stamped . $first), 't', 'a deadline is stamped when a complaint is made');
# the copy of an old complaint has a deadline of its own
$tryton->as_tryton("UPDATE sale_complaint SET create_date = create_date - interval '30 days' WHERE id = $first");
my ($copy) = @{ $client->call('model.sale.complaint.copy', [$first], {}) };
is($tryton->psql($stamped . $copy), 't', '... and after copy()');
is($tryton->psql("SELECT n.due_at - o.due_at > interval '29 days' FROM aftersale.attachment_due n, aftersale.attachment_due o WHERE n.row_ref = '$copy' AND o.row_ref = '$first'"), 't', '... which is not the old one');
$client->press($_, $copy) for qw(wait reject);
is($tryton->psql("SELECT count(*) FROM aftersale.attachment_due WHERE row_ref = '$copy'"), '0', '... and is gone when the complaint is answered');

# what the client shows: the message, with code and rule
my $refusal = sub { my $id = $client->complain($known, $line, @_); return ($id, $client->refused('model.sale.complaint.wait', [$id])) };
my ($id, $text) = $refusal->(1, '0.40');
like($text, qr/^refund ratio "4%" is out of range \(RA043, TEMU-28\)$/m, 'a ratio below 5 % is refused, and the client sees code and rule');
is($client->state($id), 'draft', '... and the complaint is where it was');
($id, $text) = $refusal->(1, '0.50');
is($text, '', '... 5 % pass');
($id, $text) = $refusal->(3, '10');
like($text, qr/^the refunds of order "$sale" would come to "30.5\d*", and "30\S*" was paid \(RA045, TEMU-07\)$/m, 'a refund of more than was paid is refused, and the client sees code and rule');
is($client->state($id), 'draft', '... and the complaint is where it was');
like($text, qr/^DETAIL:  This statement adds "30\S*", and "29.5\d*" is left/m, '... and beneath it what is left');

# the sum is the order's, whichever line or the whole sale a complaint is on
my ($two, @lines) = $client->sell($known, [ 1, 10 ], [ 2, 5, $known->{products}[1] ]);
my $whole = $client->call('model.sale.complaint.create', [ { customer => $known->{customer}, type => $known->{sale_type}, origin => "sale.sale,$two", actions => [ [ 'create', [ { action => 'sale_return' } ] ] ] } ])->[0];
$client->press('wait', $whole);
($id) = map { $client->complain($known, $_, 1) } $lines[1];
like($client->refused('model.sale.complaint.wait', [$id]), qr/^the refunds of order "$two" would come to "25\S*", and "20\S*" was paid/m, 'a complaint on the whole sale counts for its lines');
$client->press('reject', $whole);
is($client->refused('model.sale.complaint.wait', [$id]), '', '... until it is rejected');

# four at once, all with a snapshot of before
($all, @answers) = ();
my $mark = Tryton::server_log();
($sale, $line) = $client->sell($known, [ 3, 10 ]);
($all, @answers) = four_at_once($line, 2);
is(scalar(grep { $_ eq 'passed' } @answers), 1, 'four complaints on one line at once: one passes');
is(scalar(grep { /^the refunds of order "$sale" would come to "40\S*", and "30\S*" was paid \(RA045, TEMU-07\)$/m } @answers), 3, '... three are refused, with the reason') or diag(@answers);
cmp_ok(scalar(() = Tryton::server_log($mark) =~ /could not serialize access due to concurrent update/g), '>=', 3, '... on their second try: PostgreSQL told Tryton to repeat');
approve_all($all);
is($client->returned(@$all), 2, '... and 2 of 3 that were sold come back');
is($tryton->psql("SELECT count(*) FROM aftersale.attachment_total WHERE order_ref = '$sale' AND refunded = 20"), '1', '... approving takes nothing twice');

# ---- the return sale's warehouse

$tryton->run_guide('Return warehouses');
my $returns = $known->{warehouses}[1];
$tryton->as_tryton("SELECT aftersale.link_products(1, 'US', w.warehouse_id, '{MUG}') FROM aftersale.warehouse w WHERE external_ref = '$returns'");
(undef, my $mug) = $client->sell($known, [ 1, 10 ]);
$id = waiting($mug, 1);
$client->press('approve', $id);
is($client->state($id), 'done', 'the return sale is made');
my $return_sale = $tryton->psql("SELECT id FROM sale_sale WHERE origin = 'sale.complaint,$id'");
is($client->call('model.sale.sale.read', [ 0 + $return_sale ], ['warehouse'])->[0]{warehouse}, $returns, '... and goes to the warehouse of its products, not the one that it was sold from (TEMU-42)');

# ---- a module's update, which changes the type of mapped columns

my $narrow = sub { $tryton->as_tryton('ALTER TABLE sale_complaint ALTER state TYPE varchar(9), ALTER origin TYPE varchar(40)') };
$narrow->();
my ($updated, $said) = $tryton->update('sale', 'sale_complaint');
ok($updated, 'trytond-admin -u works with everything attached') or diag($said);
is($tryton->psql(q{SELECT string_agg(atttypmod::text, ' ') FROM pg_attribute WHERE attrelid = 'sale_complaint'::regclass AND attname IN ('state', 'origin')}), '-1 -1', '... and altered the type of mapped columns');
is($tryton->as_tryton('SELECT count(*), bool_and(intact) FROM aftersale.attachments()'), '3|t', '... everything is attached and intact');
$client = $tryton->client;
($sale, $line) = $client->sell($known, [ 3, 10 ]);
($id, $text) = $refusal->(1, '0.40');
like($text, qr/\(RA043, TEMU-28\)$/m, '... and at work: ratio');
is($tryton->psql($stamped . $id), 't', '... deadline');
($id, $text) = $refusal->(4, '10');
like($text, qr/\(RA045, TEMU-07\)$/m, '... sum');

# the same update, where a trigger has a condition or a function a parsed body
for my $case (
	[ 'a trigger with WHEN', 'CREATE FUNCTION policy.nothing() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN RETURN NEW; END$$; CREATE TRIGGER conditional BEFORE UPDATE ON sale_complaint FOR EACH ROW WHEN (NEW.state = $$waiting$$) EXECUTE FUNCTION policy.nothing()',
		'DROP TRIGGER conditional ON sale_complaint' ],
	[ 'a function with a parsed body', 'CREATE FUNCTION policy.parsed(id int) RETURNS text LANGUAGE sql STABLE RETURN (SELECT c.state FROM public.sale_complaint c WHERE c.id = parsed.id)', 'DROP FUNCTION policy.parsed' ])
{
	my ($what, $make, $drop) = @$case;
	$narrow->();
	$tryton->as_tryton($make);
	($updated, $said) = $tryton->update('sale_complaint');
	ok(!$updated && $said =~ /cannot alter type of a column used (in a trigger definition|by a function or procedure)/, "... which $what would have stopped");
	$tryton->as_tryton($drop);
}
$tryton->as_tryton('ALTER TABLE sale_complaint ALTER state TYPE varchar, ALTER origin TYPE varchar');

# ---- detached

$tryton->as_tryton("SELECT aftersale.detach('sale_complaint'), aftersale.detach('sale_sale'); DROP SCHEMA policy CASCADE");
is($tryton->schema, $before, 'detached, nothing is left in the schema');
is($tryton->psql('SELECT (SELECT count(*) FROM aftersale.attachment) + (SELECT count(*) FROM aftersale.attachment_total) + (SELECT count(*) FROM aftersale.attachment_due)'), '0', '... nor beside it');
is($client->state(waiting($line, 3, 11)), 'waiting', '... and Tryton is alone again');

done_testing();
