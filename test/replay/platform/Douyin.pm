# Douyin, shipped goods and a refund without a return: DOUYIN-01 to DOUYIN-17.
package Douyin;
use strict;
use warnings;
use Server qw(chance one_of between);

use constant HOUR => 3600;

my $flow = 'douyin/shipped_refund_only';

# Shop 1 has strategies B and D on, shop 2 has A and C, shop 3 none; B's limit is the merchant's own, in fen.
sub new
{
	my ($class) = @_;
	my %china = (zone => 'Asia/Shanghai', currency => 'CNY', digits => 2, off => [qw(2025-04-04), map { "2025-10-0$_" } 1 .. 8], on => ['2025-10-11']);
	my %people = (alice => 'main_account', bob => 'sub_account', carol => 'sub_account');
	my $switch = sub {
		my ($shop, $rules) = @_;
		return ("SELECT aftersale.load_pack('douyin', $shop)", "UPDATE aftersale.rule SET enabled = name ~ '^douyin [$rules]:' WHERE shop_id = $shop",
			"UPDATE aftersale.rule SET amount_to = 5.00, currency = 'CNY' WHERE shop_id = $shop AND name ~ '^douyin B:'");
	};
	my $shop = sub { my ($n, $on) = @_; return { countries => { CN => {%china} }, members => {%people}, on => $on, statements => [ $switch->($n, $on || 'X') ] } };
	my $self = bless { name => 'douyin', packs => ['douyin'], seasons => [ '2025-03-10', '2025-09-22' ], any => { changed => [ one_of(qw(amount type words)) ] },
		shops => { 1 => $shop->(1, 'BD'), 2 => $shop->(2, 'AC'), 3 => $shop->(3, ''), 4 => $shop->(4, 'ABCD') } }, $class;
	# DOUYIN-15: the platform's list
	push @{ $self->{shops}{1}{statements} }, q{INSERT INTO aftersale.reason (platform, kind, code, title, evidence_needed) VALUES
		('douyin', 'reject', 'agreed', 'agreed with the buyer', false), ('douyin', 'reject', 'fresh', 'fresh goods', true)};
	# DOUYIN-03: a sub-account needs the main account's grant
	push @{ $self->{shops}{2}{statements} }, q{INSERT INTO aftersale.shop_role_permission (shop_id, role, permission) VALUES (2, 'sub_account', 'agree_refund')};
	return $self;
}

sub opening
{
	my $parcels = one_of(1, 1, 1, 2);
	return (flow => $flow, reason => one_of(qw(late unwanted)), ordered => 1, asks => 1,
		facts => { chance(0.1) ? (tracking_uploaded => one_of(qw(true false))) : (), parcels => $parcels, whole_parcel => one_of(qw(true true false)), verified => one_of(qw(true true false)) });
}

# ---- what the rules say ----

sub on { my ($m, $strategy) = @_; return index($m->{platform}{shops}{ $m->{shop} }{on}, $strategy) >= 0 }

# DOUYIN-11: 48 hours, day and night
sub application { my ($m, $outcome) = @_; return $m->enter('requested', outcome => $outcome, merchant => 1, due => $m->{at} + 48 * HOUR) }

# DOUYIN-08: agreed to refund once the parcel is refused; the deadline stays
sub await_refusal { my ($m) = @_; return $m->enter('awaiting_refusal', outcome => 'agreed after refusal', merchant => 1, keep => 1, fires => 1) }

sub approve
{
	my ($m, $by_rule) = @_;
	my $refused = $m->instruct($m->asked);
	return $refused if $refused;
	$m->by_rule('approve') if $by_rule;
	return $m->finish('refunded', 'refunded');
}

# DOUYIN-06, DOUYIN-08, DOUYIN-09: at the application, B before D
sub look_at_application
{
	my ($m) = @_;
	return if on($m, 'B') && $m->{amount} <= 500 && approve($m, 1) eq '00000';
	return unless on($m, 'D');
	$m->by_rule('agree_after_refusal');
	return await_refusal($m);
}

# DOUYIN-04: shipped is what has a valid tracking number that was uploaded
sub refuses { my ($self, $m) = @_; return ($m->{facts}{tracking_uploaded} // 'true') eq 'true' ? undef : 'RA034' }
sub acts_for { return }
sub open { my ($self, $m) = @_; application($m); look_at_application($m); return }
sub lapses { my ($self, $m) = @_; return $m->{state} =~ /^(requested|awaiting_refusal)$/ }

# DOUYIN-11: then the system refunds
sub lapse { my ($self, $m) = @_; $m->platform_pays($m->asked); $m->finish('refunded', 'refunded by timeout'); return }

# DOUYIN-03: the main account, and whom it grants it
sub may { my ($m, $actor) = @_; return $actor eq 'alice' || $actor =~ /bob|carol/ && $m->{shop} == 2 }

sub act
{
	my ($self, $m, $who, $move) = @_;
	my ($what, $with, $state) = ($move->{action}, $move->{with}, $m->{state});
	return 'state' if $m->{final};
	my $pending = $state =~ /^(requested|awaiting_refusal)$/;
	if ($what eq 'approve' || $what eq 'agree_after_refusal' && $state eq 'requested' || $what eq 'reject' && $pending)
	{
		return 'RA022' if $who ne 'merchant';
		return 'RA070' unless may($m, $move->{actor});
		return approve($m) if $what eq 'approve';
		return await_refusal($m) if $what eq 'agree_after_refusal';
		# DOUYIN-15: a reason, and evidence where the reason demands it
		my $reason = $with->{reason} // return 'RA023';
		return 'RA034' unless $reason =~ /^(agreed|fresh)$/;
		return 'RA023' unless $reason eq 'agreed' || defined $with->{evidence};
		return $m->enter('rejected', outcome => 'rejected');
	}
	# DOUYIN-05, DOUYIN-07, DOUYIN-08: reports, which only a strategy acts on
	if ($pending && $what =~ /^(shipment_(partly_)?cancelled|interception_(succeeded|failed)|parcel_(refused|signed))$/)
	{
		return 'RA022' unless $what =~ /shipment/ ? $who eq 'erp' : $who =~ /carrier|platform|erp/;
		$m->charge('interception_fee', 'merchant', $with->{fee}) if $what eq 'interception_succeeded';
		my $facts = $m->{facts};
		my $strategy = $what eq 'shipment_cancelled' ? 'A'
			: $what eq 'interception_succeeded' && $facts->{parcels} == 1 && $facts->{whole_parcel} eq 'true' && $facts->{verified} eq 'true' ? 'C' : undef;
		approve($m, 1) if $strategy && on($m, $strategy);
		return $m->remains;
	}
	# DOUYIN-17
	if ($what eq 'withdraw') { return $who =~ /buyer|platform/ ? $m->finish('cancelled', 'withdrawn') : 'RA022' }
	if ($what eq 'modify')
	{
		return 'RA022' unless $who =~ /buyer|platform/;
		my %changed = map { $_ => 1 } @{ $with->{changed} // [] };
		return 'RA023' unless %changed;
		return $m->finish('closed', 'changed to another type') if $changed{type};
		return $m->remains unless $changed{amount};
		application($m, 'amended');
		look_at_application($m);
		return '00000';
	}
	if ($what eq 'refund')
	{
		return 'RA022' if $who ne 'platform';
		$m->platform_pays($with->{amount} // $m->asked);
		return $m->finish('refunded', 'refunded by the platform');
	}
	if ($what eq 'close') { return $who eq 'platform' ? $m->finish('closed', 'closed by the platform') : 'RA022' }
	return 'state';
}

# ---- how people go about it ----

sub next_move
{
	my ($self, $m) = @_;
	return if $m->{final};
	my $me = one_of(qw(alice alice bob carol dave));
	my $amount = between(1, $m->{amount} || 1);
	my $modify = [ 'buyer', 'modify', { changed => ['amount'] }, amount => $amount ];
	return one_of([ $me, 'approve', {} ], $modify, [ 'buyer', 'withdraw', {} ], [ 'platform', 'refund', {} ], [ 'platform', 'close', {} ], [ 'platform', 'refund', { amount => $amount } ]) if $m->{state} eq 'rejected';
	return one_of([ $me, 'approve', {} ], [ $me, 'approve', {} ], [ $me, 'reject', { reason => 'fresh', evidence => ['photo'] } ], [ $me, 'reject', { reason => one_of(qw(agreed fresh whim)) } ],
		$m->{state} eq 'requested' ? ([ $me, 'agree_after_refusal', {} ]) x 2 : ([ 'platform', 'set_deadline', {}, due => between(1, 96) * HOUR ], [ one_of(qw(carrier erp)), 'parcel_refused', {} ]),
		[ 'erp', 'shipment_cancelled', {} ], [ 'erp', 'shipment_partly_cancelled', {} ], [ one_of(qw(carrier platform)), 'interception_succeeded', { chance(0.8) ? (fee => between(100, 900)) : () } ],
		[ 'carrier', 'interception_failed', {} ], [ 'carrier', 'parcel_signed', {} ], $modify, [ 'buyer', 'modify', { changed => [ one_of(qw(words type)) ] } ], [ 'buyer', 'withdraw', {} ]);
}

sub words
{
	return [qw(approve agree_after_refusal reject shipment_cancelled shipment_partly_cancelled interception_succeeded interception_failed parcel_refused parcel_signed withdraw modify refund close)];
}

1;
