# One request as the plain model sees it: where it stands, until when, and what
# it has cost.  A platform's file says what becomes of it; here is the
# bookkeeping that all of them share.
#
# Instants are seconds since 1970; money is in minor units.  An act is answered
# with '00000' or the SQLSTATE of its refusal, and a refused one leaves no trace.
package Matter;
use strict;
use warnings;
use Days;
use List::Util qw(min);

# A platform's file is a class with new, opening (what a request may be), refuses (its opening), open, act, lapses and
# lapse (whether and what follows from the deadline), acts_for (whom), next_move (what somebody does next) and words.

# What is known of it: shop, flow, country, order, amount, shipping, reason, facts, opened
sub new
{
	my ($class, %known) = @_;
	return bless { %known, state => undef, outcome => undef, due => undef, final => 0, refunded => undef,
		happened => {}, parcels => {}, bells => [], refunds => [], charges => [], kept => [], behalf => [], story => [] }, $class;
}

# ---- what a platform's file says ----

# It is in a state now.  due: until when; fires: whether something follows from its passing; keep: the deadline stays.
sub enter
{
	my ($m, $state, %how) = @_;
	my $left = $m->{state};
	if (defined $left && $left ne $state)
	{
		push @{ $m->{kept} }, [ $m->{at}, $m->{lapsing} || $m->{at} > $m->{due} ? 'missed' : 'met' ] if $m->{merchants_turn} && defined $m->{due};
		push @{ $m->{kept} }, [ $m->{at}, 'completed' ], ($m->{shop_acted} && !$m->{others_acted} ? [ $m->{at}, 'self_completed' ] : ()) if $how{final};
	}
	@{ $m->{bells} } = grep { !$_->[2] } @{ $m->{bells} } unless $how{keep};	# what its state was to ring
	delete $m->{stood} unless $how{keep};
	$m->{state} = $state;
	$m->{outcome} = $how{outcome} if defined $how{outcome};
	$m->{merchants_turn} = $how{merchant};
	$m->{due} = $how{due} unless $how{keep};
	$m->{fires} = $how{fires} // defined $how{due};
	$m->{final} = $how{final} // 0;
	$m->{due} = undef if $m->{final};
	return '00000';
}

sub finish { my ($m, $state, $outcome) = @_; return $m->enter($state, outcome => $outcome, final => 1) }
sub remains { return '00000' }

# At that instant something is noted, whatever becomes of the request; or as long as it is in its state
sub rings { my ($m, $name, $at, $of_state) = @_; push @{ $m->{bells} }, [ $at, $name, $of_state ]; return }

# Its deadline stands, and goes on later by the time that it stood
sub pauses { my ($m, $state, %how) = @_; $m->enter($state, %how, keep => 1, fires => 0); @$m{qw(stood due)} = ([ $m->{at}, $m->{due} ], undef); return '00000' }

sub resumes
{
	my ($m, $state, %how) = @_;
	my ($since, $due) = @{ delete $m->{stood} // [] };
	$m->enter($state, %how, keep => 1, fires => 1);
	$m->{due} = $due + $m->{at} - $since if defined $due;
	return '00000';
}

# TEMU-28: half up to the minor unit, of the goods alone
sub asked
{
	my ($m, $ratio) = @_;
	return unless defined $m->{amount};
	my $left = int(($m->{amount} * ($ratio // $m->{ratio} // 100) + 50) / 100) + ($m->{shipping} // 0) - ($m->{refunded} // 0);
	return $left > 0 ? $left : 0;
}

# The platform refunds by itself: what it says, else what was asked
sub platform_pays
{
	my ($m, $amount) = @_;
	$m->pays('platform', $amount) if $amount;
	return;
}

# The platform is told to refund: never more than was asked, nor than the order has left.  The SQLSTATE of a refusal.
# A fee is what the shop keeps back of it.
sub instruct
{
	my ($m, $amount, $fee) = @_;
	my $order = $m->{order} or return 'RA044';
	my $rest = ($amount // 0) - ($fee // 0);
	return 'RA045' if !$amount || $amount > $m->asked || $rest > $order->{paid} - $order->{refunded};
	$m->pays('instruct', $rest);
	$m->charge('restocking', 'buyer', $fee) if $fee;
	return;
}

sub pays
{
	my ($m, $by, $amount) = @_;
	push @{ $m->{refunds} }, [ $by, $amount ];
	$m->{refunded} = ($m->{refunded} // 0) + $amount;
	my $order = $m->{order} or return;
	my $all = $order->{refunded} + $amount;
	$order->{refunded} = min($all, $order->{paid});
	$order->{extra} += $all - $order->{refunded};
	return;
}

sub charge { my ($m, $kind, $bearer, $amount) = @_; push @{ $m->{charges} }, [ $kind, $bearer, $amount ] if defined $amount; return }

# A strategy of the shop acts, for the merchant
sub by_rule
{
	my ($m, $action) = @_;
	$m->{happened}{$action}++;
	$m->{shop_acted} = 1;
	push @{ $m->{behalf} }, [ $action, 'system', 'merchant' ];
	return;
}

# An act tells of a parcel: who carries it and its number, where it says so
sub parcel
{
	my ($m, $kind, $with) = @_;
	my $known = $m->{parcels}{$kind} // [];
	$m->{parcels}{$kind} = [ $with->{carrier} // $known->[0], $with->{tracking_no} // $known->[1] ];
	return;
}

# ---- acts ----

my %kind = map { $_ => 1 } qw(buyer platform carrier erp);

sub kind_of { my ($actor) = @_; return $kind{$actor} ? $actor : 'merchant' }

sub copy
{
	my ($m) = @_;
	return { %$m, (map { $_ => { %{ $m->{$_} } } } qw(happened parcels)), map { $_ => [ @{ $m->{$_} } ] } qw(bells refunds charges kept behalf) };
}

# Lets pass what lies before an instant: whether a deadline did.
sub passes
{
	my ($m, $until) = @_;
	my $lapsed = 0;
	while (1)
	{
		my ($bell) = sort { $a->[0] <=> $b->[0] } @{ $m->{bells} };
		my $due = defined $m->{due} && $m->{fires} ? $m->{due} : undef;
		if (defined $due && $due < $until && !($bell && $bell->[0] <= $due))
		{
			$m->{at} = $due if $due > $m->{at};
			$m->{happened}{timeout}++;
			$m->{others_acted} = $lapsed = $m->{lapsing} = 1;
			$m->{platform}->lapse($m);
			$m->{lapsing} = 0;
			next;
		}
		return $lapsed unless $bell && $bell->[0] < $until;
		$m->{at} = $bell->[0] if $bell->[0] > $m->{at};
		$m->{happened}{ $bell->[1] }++;
		@{ $m->{bells} } = grep { $_ != $bell } @{ $m->{bells} };
	}
}

sub opens
{
	my ($m) = @_;
	$m->{at} = $m->{opened};
	$m->{happened}{open} = 1;
	$m->{platform}->open($m);
	return;
}

# move: { actor, action, with => payload, due => the platform's deadline, amount => another amount asked for }
sub acts
{
	my ($m, $now, $move) = @_;
	my $order = $m->{order};
	my ($before, $balance) = ($m->copy, $order && {%$order});
	my $late = $m->passes($now);
	my $kind = kind_of($move->{actor});
	$m->{at} = $now;
	$m->{amount} = $move->{amount} if defined $move->{amount};
	$m->{shop_acted} = 1 if $kind eq 'merchant';
	$m->{others_acted} = 1 if $kind eq 'platform' && $move->{action} ne 'set_deadline';
	my $answer = $move->{action} eq 'set_deadline' ? ($m->{final} ? 'state' : '00000') : $m->{platform}->act($m, $kind, $move);
	if ($answer ne '00000')
	{
		%$m = %$before;
		%$order = %$balance if $order;
		return $answer ne 'state' ? $answer : $late ? 'RA021' : 'RA020';
	}
	$m->{happened}{ $move->{action} }++;
	my $for = $move->{for} // $m->{platform}->acts_for($kind, $move->{action});
	push @{ $m->{behalf} }, [ $move->{action}, $kind, $for ] if defined $for;
	if (defined $move->{due})
	{
		delete $m->{stood};
		$m->{due} = $move->{due};
		$m->{fires} = $m->{platform}->lapses($m);
	}
	return $answer;
}

1;
