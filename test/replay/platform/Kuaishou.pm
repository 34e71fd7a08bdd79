# Kuaishou, return and refund: KS-01 to KS-11.  The source gives no deadline; the
# platform may.
package Kuaishou;
use strict;
use warnings;
use Server qw(chance one_of between);

my $flow = 'kuaishou/return_refund';

# KS-02, KS-03: in shop 2 the role "packers" was given the permission to approve refunds
my %may = (alice => 1, admin => 1, cs => 1, packer => 0, operator => 0);

sub new
{
	my ($class) = @_;
	my %china = (zone => 'Asia/Shanghai', currency => 'CNY', digits => 2, off => [qw(2025-04-04), map { "2025-10-0$_" } 1 .. 8], on => ['2025-10-11']);
	my %people = (alice => 'main_account', admin => 'administrator', cs => 'cs_administrator', packer => 'packers', operator => 'operator');
	return bless { name => 'kuaishou', packs => ['kuaishou'], seasons => [ '2025-03-10', '2025-09-22' ], shops => {
		# KS-07: the platform's list of carriers
		1 => { countries => { CN => {%china} }, members => {%people}, statements => [ q{INSERT INTO aftersale.carrier (platform, code, carrier, aliases) VALUES ('kuaishou', '4', 'sf', '{SF}'), ('kuaishou', '6', 'yto', '{YTO}')} ] },
		2 => { countries => { CN => {%china} }, members => {%people}, statements => [ q{INSERT INTO aftersale.shop_role_permission (shop_id, role, permission) VALUES (2, 'packers', 'agree_refund')} ] } } },
		$class;
}

sub opening { return (flow => $flow, reason => one_of(qw(size colour damaged)), ordered => 1, asks => 1, facts => { freight_insurance => one_of(qw(true false)) }, shipping => chance(0.2) ? 1 : 0) }

# ---- what the rules say ----

sub open { my ($self, $m) = @_; $m->enter('requested', merchant => 1); return }
sub refuses { return }
sub lapses { return 0 }
# KS-11: the merchant's upload is for the buyer, also where he does not say so
sub acts_for { my ($self, $who, $what) = @_; return $who eq 'merchant' && $what =~ /_tracking$/ ? 'buyer' : undef }
sub may { my ($m, $actor) = @_; return $may{$actor} || $actor eq 'packer' && $m->{shop} == 2 }

# KS-07: by code, name or alias, of a correction as well
sub is_listed { my ($carrier) = @_; return $carrier =~ /^(4|6|sf|yto|SF|YTO)$/ }

sub instructed
{
	my ($m, $outcome) = @_;
	my $refused = $m->instruct($m->asked);
	return $refused // $m->finish('refunded', $outcome);
}

sub act
{
	my ($self, $m, $who, $move) = @_;
	my ($what, $with, $state) = ($move->{action}, $move->{with}, $m->{state});
	return 'state' if $m->{final};
	my $number = defined $with->{carrier} && defined $with->{tracking_no};
	# KS-07, KS-09, KS-11: while the buyer's shipment is awaited, by the buyer or for him: the first number holds
	if ($state eq 'awaiting_buyer_ship' && $what =~ /^(ship_back|upload_tracking)$/)
	{
		return 'RA022' unless $what eq 'ship_back' ? $who =~ /buyer|platform/ : $who eq 'merchant';
		return 'RA070' if $who eq 'merchant' && !may($m, $move->{actor});
		return 'RA023' unless $number;
		return 'RA034' unless is_listed($with->{carrier});
		$m->parcel('return', $with);
		return $m->enter('return_in_transit', merchant => 1);
	}
	if ($state eq 'return_in_transit' && $what eq 'amend_tracking')
	{
		return 'RA022' if $who =~ /carrier|erp/;
		return 'RA070' if $who eq 'merchant' && !may($m, $move->{actor});
		return 'RA023' unless $number;
		return 'RA034' unless is_listed($with->{carrier});
		$m->parcel('return', $with);
		return $m->remains;
	}
	# what the merchant decides; KS-10: a receipt may be confirmed before there is a number
	my %when = (approve_return => qr/^requested$/, refund_without_return => qr/^requested$/, reject => qr/^(requested|return_in_transit)$/, confirm_receipt => qr/^(awaiting_buyer_ship|return_in_transit)$/);
	if ($when{$what} && $state =~ $when{$what})
	{
		return 'RA022' if $who ne 'merchant';
		return 'RA070' unless may($m, $move->{actor});
		return $m->enter('awaiting_buyer_ship', outcome => 'return agreed') if $what eq 'approve_return';
		if ($what eq 'reject') { return defined $with->{reason} ? $m->enter('rejected', outcome => 'rejected') : 'RA023' }
		return instructed($m, $what eq 'confirm_receipt' ? 'refunded' : 'refunded without return');
	}
	# the buyer and the platform
	if ($what eq 'withdraw') { return $who =~ /buyer|platform/ ? $m->finish('cancelled', 'withdrawn') : 'RA022' }
	if ($what eq 'modify' && $state =~ /^(requested|rejected)$/) { return $who =~ /buyer|platform/ ? $m->enter('requested', outcome => 'amended', merchant => 1) : 'RA022' }
	return 'state' unless $what =~ /^(refund|close)$/ || $what eq 'intervene' && $state ne 'dispute' || $what eq 'order_return' && $state eq 'dispute';
	return 'RA022' if $who ne 'platform';
	return $m->enter('dispute') if $what eq 'intervene';
	return $m->enter('awaiting_buyer_ship', outcome => 'return ordered by the platform') if $what eq 'order_return';
	return $m->finish('closed', 'closed by the platform') if $what eq 'close';
	$m->platform_pays($with->{amount} // $m->asked);
	return $m->finish('refunded', 'refunded by the platform');
}

# ---- how people go about it ----

sub next_move
{
	my ($self, $m) = @_;
	return if $m->{final};
	my $me = one_of(qw(alice admin cs cs packer operator));
	my $number = { chance(0.95) ? (carrier => one_of(qw(SF SF 4 yto pigeon))) : (), tracking_no => 'SF' . between(1000, 9999) };
	my $amount = between(1, $m->{amount} || 1);
	return {
		requested => sub { one_of(([ $me, 'approve_return', {} ]) x 5, [ $me, 'approve_return', {}, due => between(1, 5) * 86400 ], [ $me, 'refund_without_return', {} ], [ $me, 'reject', { reason => 'worn' } ],
			[ 'buyer', 'modify', {}, amount => $amount ], [ 'buyer', 'withdraw', {} ]) },
		awaiting_buyer_ship => sub { one_of([ 'buyer', 'ship_back', $number ], ([ $me, 'upload_tracking', $number, for => 'buyer' ]) x 2, [ $me, 'upload_tracking', $number ], ([ $me, 'confirm_receipt', {} ]) x 2, [ 'buyer', 'withdraw', {} ]) },
		return_in_transit => sub { one_of(([ $me, 'confirm_receipt', {} ]) x 3, [ $me, 'amend_tracking', $number, for => 'buyer' ], [ $me, 'reject', { reason => 'worn' } ], [ $me, 'upload_tracking', $number, for => 'buyer' ]) },
		rejected => sub { one_of([ 'buyer', 'modify', {}, amount => $amount ], [ 'buyer', 'withdraw', {} ], [ 'platform', 'intervene', {} ]) },
		dispute => sub { one_of([ 'platform', 'order_return', {} ], [ 'platform', 'refund', { amount => $amount } ], [ 'platform', 'refund', {} ], [ 'platform', 'close', {} ]) } }->{ $m->{state} }->();
}

sub words { return [qw(approve_return refund_without_return reject upload_tracking ship_back amend_tracking confirm_receipt withdraw modify intervene order_return refund close)] }

1;
