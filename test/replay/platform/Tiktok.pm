# TikTok Shop, returns and refunds without a return: TTRET-01 to TTRET-16.  The
# source gives no deadline; what markets are known to give is in a pack of its own,
# which shop 2 has loaded.
package Tiktok;
use strict;
use warnings;
use Days;
use POSIX qw(strftime);
use Server qw(chance one_of between);

use constant { HOUR => 3600, DAY => 86400 };

my $flow = 'tiktok/return_refund';

# Shop 1 has a return policy and a handling fee of 10 %, shop 2 neither; in Indonesia it has a return warehouse.
sub new
{
	my ($class) = @_;
	my %id = (zone => 'Asia/Jakarta', currency => 'IDR', digits => 2, off => [qw(2025-03-31 2025-04-01)]);
	my %th = (zone => 'Asia/Bangkok', currency => 'THB', digits => 2, off => [qw(2025-04-07 2025-10-13 2025-10-23)]);
	return bless { name => 'tiktok', packs => ['tiktok'], seasons => [ '2025-03-10', '2025-09-22' ], any => { kind => 'amount', favours => 'buyer', return_address => 'Jalan 1' }, shops => {
		1 => { countries => { ID => {%id} }, statements => [
			q{INSERT INTO aftersale.return_policy (shop_id, name, term, reason_required) VALUES (1, 'everything', '15 days', true)},
			q{INSERT INTO aftersale.return_policy (shop_id, name, category, returnable) VALUES (1, 'tea', 'tea', false)},
			q{INSERT INTO aftersale.return_fee (shop_id, kind, flow, percent) VALUES (1, 'restocking', 'tiktok/return_refund', 10)} ] },
		2 => { countries => { ID => {%id}, TH => {%th} }, statements => [ q{SELECT aftersale.load_pack('tiktok_limits', 2)}, q{SELECT aftersale.set_warehouse(2, 'W-1', 'ID', 'Jakarta')} ] } } },
		$class;
}

sub opening
{
	my ($self, $now) = @_;
	my $delivered = chance(0.15) ? $now - 15 * DAY - one_of(0, 1) : $now - between(DAY, 17 * DAY);
	my $category = chance(0.1) ? 'tea' : 'cups';
	return (flow => $flow, ordered => 1, asks => 1, at_once => 1, ordered_at => $delivered - 3 * DAY, reason => chance(0.95) ? 'chipped' : undef, told_by => one_of('buyer', 'buyer', 'buyer', 'platform', undef),
		items => qq([{"product": "P1", "category": "$category"}]), category => $category, delivered => $delivered,
		facts => { chance(0.95) ? (delivered_at => strftime('%Y-%m-%d %H:%M:%S+00', gmtime $delivered)) : (), chance(0.3) ? (type => 'REFUND') : () });
}

# ---- what the rules say ----

sub acts_for { return }

# TTRET-02, TTRET-06, TTRET-07: what the platform tells of has been accepted there
sub refuses
{
	my ($self, $m) = @_;
	return if $m->{shop} != 1 || ($m->{told_by} // '') eq 'platform';
	my $late = defined $m->{facts}{delivered_at} && $m->{opened} > days_later(instant_of(substr($m->{facts}{delivered_at}, 0, 16), 'UTC') + substr($m->{facts}{delivered_at}, 17, 2), 15, $m->{country}{zone});
	return $m->{items} =~ /tea/ || $late || !defined $m->{reason} ? 'RA090' : undef;
}

my %merchant = map { $_ => 1 } qw(requested refund_requested return_in_transit awaiting_inspection dispute);

# The limits that shop 2 has loaded: how long a state may last
sub limit
{
	my ($m, $state) = @_;
	return if $m->{shop} != 2;
	my ($at, $zone, $id) = ($m->{at}, $m->{country}{days_of}, $m->{country}{code} eq 'ID');
	return $id ? $at + 48 * HOUR : business_day_later($at, $m->{country}) if $state =~ /^(requested|refund_requested)$/;
	return days_later($at, $id ? 8 : 10, $zone) if $state eq 'return_in_transit';
	return days_later($at, 5, $zone) if $state eq 'awaiting_buyer_ship' && $id;
	return $state eq 'awaiting_buyer_response' ? $at + 48 * HOUR : undef;
}

sub goes { my ($m, $state, $outcome) = @_; return $m->enter($state, outcome => $outcome, merchant => $merchant{$state}, due => scalar limit($m, $state)) }

sub open { my ($self, $m) = @_; return goes($m, ($m->{facts}{type} // '') eq 'REFUND' ? 'refund_requested' : 'requested') }

my %silence = (requested => ['overdue'], refund_requested => ['overdue'], awaiting_buyer_response => [ 'requested', 'offer lapsed' ], awaiting_buyer_ship => [ 'closed', 'not shipped in time' ],
	return_in_transit => ['overdue'], awaiting_inspection => ['overdue'], rejected => [ 'closed', 'not disputed in time' ], return_rejected => [ 'closed', 'not disputed in time' ],
	approved_by_silence => [ 'refunded', 'approved by silence' ]);

sub lapses { my ($self, $m) = @_; return defined $silence{ $m->{state} } }

sub lapse
{
	my ($self, $m) = @_;
	my $state = $m->{state};
	my ($to, $outcome) = @{ $silence{$state} };
	if ($to eq 'overdue' && $m->{shop} == 2)
	{
		return goes($m, 'awaiting_buyer_ship', 'approved by silence') if $state eq 'requested';
		return $m->enter('approved_by_silence', outcome => 'approved by silence', due => $m->{at});
	}
	$m->platform_pays($m->asked) if $to eq 'refunded';
	return $to =~ /refunded|closed/ ? $m->finish($to, $outcome) : goes($m, $to, $outcome // 'overdue');
}

sub has { my ($with, @keys) = @_; return !grep { !defined $with->{$_} } @keys }

sub instructed
{
	my ($m, $amount, $outcome, $with_fee) = @_;
	my $fee = $with_fee && $m->{shop} == 1 && $amount ? int(($amount * 10 + 50) / 100) : 0;	# TTRET-05
	my $refused = $m->instruct($amount, $fee);
	return $refused // $m->finish('refunded', $outcome);
}

# TTRET-09: the payload's address, or the return warehouse
sub approved { my ($m, $with) = @_; return $m->{shop} == 2 && $m->{country}{code} eq 'ID' || has($with, 'return_address') ? goes($m, 'awaiting_buyer_ship', 'return approved') : 'RA023' }

sub sellers_act
{
	my ($m, $what, $with) = @_;
	my $state = $m->{state};
	if ($what eq 'approve')
	{
		return approved($m, $with) if $state =~ /^(requested|rejected)$/;
		return instructed($m, $m->asked, $state eq 'refund_requested' ? 'refunded without return' : 'refunded', $state ne 'refund_requested');
	}
	return instructed($m, $m->asked, 'refunded without return') if $what eq 'refund_without_return';
	if ($what eq 'offer_partial')
	{
		return 'RA034' if $state eq 'requested' && $m->{happened}{offer_partial};
		return has($with, 'amount') ? goes($m, 'awaiting_buyer_response') : 'RA023';
	}
	if ($what eq 'approve_partly') { return has($with, qw(amount remark)) ? instructed($m, $with->{amount}, 'refunded in part') : 'RA023' }
	if ($what eq 'settle') { return has($with, 'amount') ? instructed($m, $with->{amount}, 'settled by negotiation') : 'RA023' }
	if ($state eq 'awaiting_inspection') { return has($with, qw(reason evidence)) ? goes($m, 'return_rejected', 'return rejected') : 'RA023' }
	return has($with, 'reason') ? goes($m, 'rejected', 'rejected') : 'RA023';
}

my %sellers = (approve => qr/^(requested|refund_requested|awaiting_inspection|rejected|return_rejected)$/, refund_without_return => qr/^(requested|rejected)$/, offer_partial => qr/^(requested|refund_requested)$/,
	approve_partly => qr/^awaiting_inspection$/, settle => qr/^dispute$/, reject => qr/^(requested|refund_requested|awaiting_inspection)$/);

# What the platform reports: action => the state that it leads to, and the outcome
my %reports = (approve_return => [ 'awaiting_buyer_ship', 'return approved' ], reject => [ 'rejected', 'rejected' ], report_offer => ['awaiting_buyer_response'], ship => ['return_in_transit'],
	refuse_parcel => [ 'return_rejected', 'return rejected' ], open_dispute => ['dispute'], intervene => ['platform_review'], refund => [ 'refunded', 'refunded by the platform' ], close => [ 'closed', 'closed by the platform' ]);

sub act
{
	my ($self, $m, $who, $move) = @_;
	my ($what, $with, $state) = ($move->{action}, $move->{with}, $m->{state});
	# TTRET-12
	if ($what eq 'message') { return $who =~ /carrier|erp/ ? 'RA022' : has($with, 'remark') ? $m->remains : 'RA023' }
	return 'state' if $m->{final};
	if ($what eq 'withdraw') { return $who =~ /buyer|platform/ ? $m->finish('cancelled', 'withdrawn') : 'RA022' }
	return sellers_act($m, $what, $with) if $who eq 'merchant' && $sellers{$what} && $state =~ $sellers{$what};
	if ($who eq 'buyer')
	{
		if ($what eq 'accept' && $state eq 'awaiting_buyer_response') { return has($with, 'amount') ? instructed($m, $with->{amount}, 'refunded in part') : 'RA023' }
		if ($what eq 'ship' && $state eq 'awaiting_buyer_ship')
		{
			return 'RA023' unless has($with, qw(carrier tracking_no));
			$m->parcel('return', $with);
			return goes($m, 'return_in_transit');
		}
		# TTRET-13, TTRET-15
		if ($what eq 'open_dispute' && $state =~ /rejected$/) { return has($with, qw(kind remark evidence)) ? goes($m, 'dispute') : 'RA023' }
	}
	if ($what eq 'decline' && $state eq 'awaiting_buyer_response') { return $who =~ /buyer|platform|erp/ ? goes($m, 'requested', 'offer declined') : 'RA022' }
	if ($what eq 'receive' && $state eq 'return_in_transit')
	{
		return 'RA022' if $who eq 'buyer';
		$m->parcel('return', $with);
		return $m->enter('awaiting_inspection', merchant => 1, keep => 1, fires => 1);
	}
	if ($what eq 'submit_evidence' && $state =~ /^(dispute|platform_review)$/) { return $who !~ /merchant|buyer/ ? 'RA022' : has($with, 'evidence') ? $m->remains : 'RA023' }
	if ($what eq 'escalate' && $state eq 'dispute') { return $who !~ /merchant|buyer/ ? 'RA022' : has($with, 'evidence') ? goes($m, 'platform_review') : 'RA023' }
	# TTRET-14
	if ($what eq 'decide' && $state eq 'platform_review')
	{
		return 'RA022' if $who ne 'platform';
		my $favours = $with->{favours} // '';
		return $m->finish('closed', 'decided for the merchant') if $favours eq 'merchant';
		return 'RA023' if $favours ne 'buyer';
		$m->platform_pays($with->{amount} // $m->asked);
		return $m->finish('refunded', 'decided for the buyer');
	}
	if ($what eq 'accept' && $state eq 'awaiting_buyer_response')
	{
		return 'RA022' if $who ne 'platform';
		$m->platform_pays($with->{amount});
		return $m->finish('refunded', 'refunded in part');
	}
	my ($to, $outcome) = @{ $reports{$what} // [] };
	if (!defined $to || $to eq $state) { return $sellers{$what} && $state =~ $sellers{$what} ? 'RA022' : 'state' }
	return 'RA022' if $who ne 'platform';
	$m->platform_pays($with->{amount} // $m->asked) if $what eq 'refund';
	$m->parcel('return', $with) if $what eq 'ship';
	return $to =~ /refunded|closed/ ? $m->finish($to, $outcome) : goes($m, $to, $outcome);
}

# ---- how people go about it ----

sub next_move
{
	my ($self, $m) = @_;
	my $part = { amount => between(1, $m->{amount} || 1), chance(0.9) ? (remark => 'as agreed') : () };
	return chance(0.2) ? [ one_of(qw(buyer alice)), 'message', { remark => 'thanks' } ] : undef if $m->{final};
	return [ one_of(qw(buyer alice platform)), 'message', { remark => 'hello' } ] if chance(0.1);
	return [ 'platform', one_of(sort keys %reports), {} ] if chance(0.06);
	return [ 'buyer', 'withdraw', {} ] if chance(0.03);
	my $address = chance(0.9) ? { return_address => 'Jalan 1' } : {};
	my $dispute = { kind => 'amount', remark => 'x', evidence => ['photo'] };
	return {
		requested => sub { one_of(([ 'alice', 'approve', $address ]) x 4, [ 'alice', 'reject', { reason => 'used' } ], [ 'alice', 'offer_partial', $part ], [ 'alice', 'refund_without_return', {} ]) },
		refund_requested => sub { one_of([ 'alice', 'approve', {} ], [ 'alice', 'reject', { reason => 'used' } ], [ 'alice', 'offer_partial', $part ]) },
		awaiting_buyer_response => sub { one_of([ 'buyer', 'accept', $part ], [ 'platform', 'accept', $part ], [ 'buyer', 'decline', {} ]) },
		awaiting_buyer_ship => sub { [ 'buyer', 'ship', { carrier => 'J&T', chance(0.9) ? (tracking_no => 'ID' . between(100, 999)) : () } ] },
		return_in_transit => sub { [ one_of(qw(alice carrier erp)), 'receive', {} ] },
		awaiting_inspection => sub { one_of(([ 'alice', 'approve', {} ]) x 2, [ 'alice', 'approve_partly', $part ], [ 'alice', 'reject', { reason => 'used', chance(0.9) ? (evidence => ['photo']) : () } ]) },
		overdue => sub { [ 'platform', one_of(qw(refund close approve_return)), {} ] },
		rejected => sub { one_of(([ 'buyer', 'open_dispute', $dispute ]) x 2, [ 'alice', 'approve', $address ], [ 'alice', 'refund_without_return', {} ]) },
		return_rejected => sub { one_of([ 'buyer', 'open_dispute', $dispute ], [ 'alice', 'approve', {} ]) },
		dispute => sub { one_of([ 'alice', 'settle', $part ], [ 'buyer', 'escalate', { evidence => ['photo'] } ], [ 'alice', 'submit_evidence', { evidence => ['photo'] } ]) },
		platform_review => sub { one_of([ 'platform', 'decide', { favours => one_of(qw(buyer merchant)) } ], [ 'buyer', 'submit_evidence', { evidence => ['photo'] } ], [ 'platform', 'decide', {} ]) },
	}->{ $m->{state} }->();
}

sub words { return [qw(approve refund_without_return offer_partial approve_partly settle reject accept ship open_dispute decline receive submit_evidence escalate decide message withdraw approve_return report_offer refuse_parcel intervene refund close)] }

1;
