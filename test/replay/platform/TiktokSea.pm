# TikTok Shop, Southeast Asia, cross-border: parcels that are refused or not
# delivered, TTSEA-01 to TTSEA-18.
package TiktokSea;
use strict;
use warnings;
use Days;
use Server qw(chance one_of between);

use constant DAY => 86400;

my $flow = 'tiktok_sea/failed_delivery';

# TTSEA-16: when the return addresses were entered, and from when on they are in force; in days of the month.  Shop 1: at
# the beginning in Thailand; on the tenth day in Vietnam; in the Philippines at the beginning, for the fifteenth day on;
# in Malaysia on the twelfth day, dated back.  Shop 2 has none.
my %address = (TH => [ 0, undef ], VN => [ 10, undef ], PH => [ 0, 15 ], MY => [ 12, -40 ]);

sub new
{
	my ($class) = @_;
	my %countries = (TH => { zone => 'Asia/Bangkok', currency => 'THB', digits => 2 }, VN => { zone => 'Asia/Ho_Chi_Minh', currency => 'VND', digits => 0 },
		PH => { zone => 'Asia/Manila', currency => 'PHP', digits => 2 }, MY => { zone => 'Asia/Kuala_Lumpur', currency => 'MYR', digits => 2 });
	return bless { name => 'tiktok_sea', packs => ['tiktok_sea'], seasons => [ '2025-03-10', '2025-09-22' ], any => { cause => 'lost' },
		shops => { 1 => { countries => \%countries }, 2 => { countries => { TH => { %{ $countries{TH} } } } } } }, $class;
}

sub happenings
{
	return map {
		my ($entered, $from) = @{ $address{$_} };
		my $since = defined $from ? ", effective_from => aftersale.clock() + interval '" . ($from - $entered) . " days'" : '';
		[ $entered * DAY, "SELECT aftersale.set_warehouse(1, 'W-$_', '$_', 'address in $_'$since)" ];
	} sort keys %address;
}

sub opening
{
	my ($self, $now, $start) = @_;
	$self->{start} = $start;
	# orders of the last weeks, some of them of the very instants that decide
	my $ordered = chance(0.15) ? $start + one_of(0, 1, 10 * DAY, 10 * DAY + 1, 12 * DAY, 12 * DAY + 1, 15 * DAY, 15 * DAY + 1) : $now - between(2 * DAY, 20 * DAY);
	return (flow => $flow, reason => one_of(qw(refused not_delivered)), ordered => 1, ordered_at => $ordered <= $now && chance(0.95) ? $ordered : undef,
		facts => chance(0.4) ? { tracking_no => one_of(qw(P1 P2 P3)) } : {});
}

# ---- what the rules say ----

sub refuses { return }
sub acts_for { my ($self, $who, $what) = @_; return $what eq 'request_redelivery' ? 'buyer' : undef }	# TTSEA-06
sub lapses { my ($self, $m) = @_; return $m->{state} eq 'held_at_carrier' }
sub lapse { my ($self, $m) = @_; return $m->finish('destroyed', 'hold expired') }	# TTSEA-07

# TTSEA-03, TTSEA-18: entered before the order was created, and in force before it: equal is not earlier
sub address_before_order
{
	my ($m) = @_;
	my $address = $m->{shop} == 1 ? $address{ $m->{country}{code} } : undef;
	return unless $address && defined $m->{ordered};
	my ($entered, $from) = map { defined ? $m->{platform}{start} + $_ * DAY : undef } @$address;
	return $entered < $m->{ordered} && (!defined $from || $from < $m->{ordered});
}

# TTSEA-13: once a parcel; of one order, whose parcels have different numbers
sub returned_before
{
	my ($m) = @_;
	my $number = $m->{facts}{tracking_no};
	return grep { $_->{by_itself} && !(defined $number && defined $_->{facts}{tracking_no} && $_->{facts}{tracking_no} ne $number) } @{ $m->{order}{matters} };
}

# TTSEA-05: fourteen natural days
sub hold { my ($m) = @_; return $m->enter('held_at_carrier', due => days_later($m->{at}, 14, $m->{country}{days_of})) }

# TTSEA-17: somebody should ask fifteen days after the last failed attempt
sub comes_back { my ($m) = @_; $m->enter('returning'); return $m->rings('return_overdue', days_later($m->{at}, 15, $m->{country}{days_of}), 1) // '00000' }

sub open
{
	my ($self, $m) = @_;
	return hold($m) unless address_before_order($m) && !returned_before($m);
	$m->{by_itself} = 1;
	return comes_back($m);
}

my $merchants_cause = qr/^(merchant_not_contacted|merchant_not_reached|wrong_address)$/;	# TTSEA-14

sub act
{
	my ($self, $m, $who, $move) = @_;
	my ($what, $with, $state) = ($move->{action}, $move->{with}, $m->{state});
	my $reporter = $who =~ /carrier|platform|erp/;
	my %had = %{ $m->{happened} };
	if ($what eq 'close') { return $m->{final} ? 'state' : $who eq 'platform' ? $m->finish('closed', 'closed by the platform') : 'RA022' }
	if ($what eq 'request_redelivery' && $state =~ /^(held_at_carrier|returning)$/)
	{
		return 'RA022' unless $who =~ /buyer|platform/;
		return 'RA034' if $state eq 'returning' || $had{request_redelivery};	# TTSEA-11; once, a reading
		$m->charge('redelivery_freight', 'platform', $with->{fee});
		return $m->pauses('redelivering', outcome => 'redelivery');
	}
	if ($state eq 'held_at_carrier' && $what =~ /^(arrive|attempt_failed|destroy)$/)
	{
		return 'RA022' unless $reporter;
		return $m->finish('destroyed', 'destroyed') if $what eq 'destroy';
		$m->parcel('outbound', $with) if $what eq 'attempt_failed';
		# the days count from the first arrival, until then from the last failure; after a redelivery they go on
		return $had{redelivery_failed} || $had{arrive} ? $m->remains : hold($m);
	}
	if ($state eq 'redelivering' && $what =~ /^(deliver|redelivery_failed|attempt_failed)$/)
	{
		return 'RA022' unless $reporter;
		$m->parcel('redelivery', $with);
		return $what eq 'deliver' ? $m->finish('completed', 'delivered') : $what eq 'attempt_failed' ? $m->remains : $m->resumes('held_at_carrier', outcome => 'redelivery failed');
	}
	if ($state eq 'returning' && $what =~ /^(receive|return_failed|attempt_failed)$/)
	{
		return 'RA022' unless $reporter;
		return 'RA023' if $what eq 'return_failed' && !defined $with->{cause};
		$m->parcel($what eq 'attempt_failed' ? 'outbound' : 'return', $with);
		return comes_back($m) if $what eq 'attempt_failed';
		if ($what eq 'receive')
		{
			$m->charge('return_freight', 'platform', $with->{fee});	# TTSEA-10
			return $m->finish('returned', 'returned');
		}
		return $m->finish('destroyed', 'return failed') if $with->{cause} !~ $merchants_cause;
		$m->charge('loss', 'merchant', $with->{fee});
		$m->{own_fault} = 1;
		return $m->finish('destroyed', 'return failed, the merchant bears the loss');
	}
	# TTSEA-14, TTSEA-15
	if ($what eq 'open_ticket' && $state =~ /^(returned|destroyed)$/)
	{
		return 'RA022' if $who ne 'merchant';
		return 'RA034' if $m->{own_fault} && $state eq 'destroyed';
		return 'RA033' if $state eq 'destroyed' && !$had{return_failed};
		return 'RA023' unless defined $with->{remark};
		return $m->enter('platform_review', outcome => $state eq 'returned' ? 'said to be returned, not received' : 'return failed, help asked for');
	}
	return 'state' unless $state eq 'platform_review' && $what =~ /^(receive|compensate)$/;
	if ($what eq 'receive') { return $who =~ /carrier|platform/ ? $m->finish('returned', 'returned') : 'RA022' }
	return 'RA022' if $who ne 'platform';
	$m->charge('compensation', 'platform', $with->{fee});
	return $m->finish('closed', 'compensated');
}

# ---- how people go about it ----

sub next_move
{
	my ($self, $m) = @_;
	my $state = $m->{state};
	my $fee = { chance(0.7) ? (fee => between(100, 3000)) : () };
	my $reporter = one_of(qw(carrier carrier platform erp));
	return chance(0.5) ? [ 'alice', 'open_ticket', { chance(0.9) ? (remark => 'nothing came') : () } ] : undef if $state =~ /^(returned|destroyed)$/;
	return if $m->{final};
	return one_of([ $reporter, 'arrive', {} ], [ $reporter, 'arrive', {} ], [ one_of(qw(buyer buyer platform alice)), 'request_redelivery', $fee ], [ $reporter, 'attempt_failed', {} ], chance(0.3) ? [ $reporter, 'destroy', {} ] : ())
		if $state eq 'held_at_carrier';
	return one_of([ $reporter, 'deliver', {} ], [ $reporter, 'redelivery_failed', {} ], [ $reporter, 'redelivery_failed', {} ], [ $reporter, 'attempt_failed', {} ]) if $state eq 'redelivering';
	return one_of(([ $reporter, 'receive', $fee ]) x 3, [ $reporter, 'return_failed', { %$fee, cause => one_of(qw(merchant_not_contacted merchant_not_reached wrong_address lost)) } ],
		[ $reporter, 'return_failed', { %$fee, cause => 'lost' } ], [ $reporter, 'attempt_failed', {} ], [ 'buyer', 'request_redelivery', {} ]) if $state eq 'returning';
	return one_of([ 'carrier', 'receive', {} ], [ 'platform', 'compensate', $fee ], [ 'platform', 'close', {} ]);
}

sub words { return [qw(arrive attempt_failed destroy request_redelivery deliver redelivery_failed receive return_failed open_ticket compensate close)] }

1;
