# What requests become, in plain Perl, from the words of the reference and not
# from the engine's source: numbers are integers (seconds since 1970, cents).
#
# judge() is a function of a request, a command, the clock and what remains of
# the order; it returns what is to be written, or the SQLSTATE of a refusal.
# A statement is a list of such judgements that see the same balances, and is
# written as a whole or not at all.
package Model;
use strict;
use warnings;

sub new
{
	my ($class) = @_;
	return bless { flow => {}, shop => {}, override => {}, balance => {}, request => {}, refund => {}, now => 0 }, $class;
}

# ---- deadlines ----

# hours, or in an office working hours: Monday to Friday 09:00 to 17:00 UTC
sub deadline
{
	my ($start, $term, $office) = @_;
	return $start + $term->{hours} * 3600 unless $term->{business} && $office;
	my $left = $term->{hours} * 3600;
	my $at = $start;
	while (1)
	{
		my $day = int($at / 86400);
		my $open = $day * 86400 + 9 * 3600;
		my $close = $day * 86400 + 17 * 3600;
		if (($day + 3) % 7 < 5 && $at < $close)	# 1970-01-01 was a Thursday
		{
			$at = $open if $at < $open;
			return $at + $left if $left <= $close - $at;
			$left -= $close - $at;
		}
		$at = ($day + 1) * 86400;
	}
}

sub set_due
{
	my ($self, $request, $doing) = @_;
	my $state = $request->{flow}{state}{ $doing->{state} };
	my $own = $self->{override}{ join '/', $request->{shop}, $request->{flow}{name}, $doing->{state} };
	my $term = $own && $own->{term} ? $own->{term} : $state->{term};
	$doing->{due} = undef;
	return if $state->{final} || !$term;
	my $start = $state->{starts} eq 'opened' ? $request->{opened} : $doing->{entered};
	$doing->{due} = deadline($start, $term, $self->{shop}{ $request->{shop} }{office});
}

# whether a deadline that could fire is left to a person
sub is_parked
{
	my ($request, $doing) = @_;
	return !$doing->{armed} && defined $doing->{due} && $request->{flow}{state}{ $doing->{state} }{timeout};
}

sub arm
{
	my ($request, $doing) = @_;
	$doing->{armed} = defined $doing->{due} && $request->{flow}{state}{ $doing->{state} }{timeout} ? 1 : 0;
}

# ---- money ----

sub share
{
	my ($amount, $ratio) = @_;
	return int(($amount * $ratio + 50) / 100);
}

# What a transition refunds: (cents), () for nothing, or a SQLSTATE.
sub refund_of
{
	my ($request, $transition, $doing, $remaining, $given) = @_;
	my ($of, $by) = @{ $transition->{refund} };
	my $platform = $by eq 'platform';
	my $amount;
	if ($of eq 'remainder') { $amount = $remaining }
	elsif ($of ne 'asked' && defined $given) { $amount = $given }
	elsif ($of ne 'given' && defined $request->{amount})
	{
		$amount = share($request->{amount}, $request->{ratio} // 100) - $doing->{refunded};
		$amount = 0 if $amount < 0;
	}
	return 'RA044' if !$platform && !defined $remaining;
	return $platform ? () : 'RA023' unless defined $amount;
	if ($amount <= 0)
	{
		return () if $platform && $amount == 0;
		return defined $given && $of =~ /given/ ? 'RA040' : 'RA045';
	}
	return 'RA045' if !$platform && defined $request->{amount} && $amount > $request->{amount} - $doing->{refunded};
	return 'RA045' if !$platform && $amount > $remaining - ($doing->{refunded} - $request->{refunded});
	return $amount;
}

# ---- judging ----

sub take
{
	my ($self, $request, $transition, $at, $clock, $doing, $remaining, $given) = @_;
	return 'RA018' if @{ $doing->{events} } == 16;
	my $from = $doing->{state};
	my $to = $transition->{to};
	my $outcome = $transition->{outcome};
	if ($clock && (my $own = $self->{override}{ join '/', $request->{shop}, $request->{flow}{name}, $from }))
	{
		$to = $own->{to} if defined $own->{to};
		$outcome = $own->{outcome} if defined $own->{outcome};
	}
	my $event = { at => $at, action => $transition->{action}, from => $from, to => $to };
	if ($transition->{refund})
	{
		my ($amount) = refund_of($request, $transition, $doing, $remaining, $given);
		return $amount if defined $amount && $amount =~ /^RA/;
		if (defined $amount)
		{
			@$event{ 'refund', 'by' } = ($amount, $transition->{refund}[1]);
			$doing->{refunded} += $amount;
		}
	}
	my $parked = is_parked($request, $doing);
	$doing->{outcome} = $outcome if defined $outcome;
	$doing->{entered} = $at if $from ne $to || !$transition->{keep};
	$doing->{state} = $to;
	if (!$transition->{keep})
	{
		$doing->{platform_due} = undef;
		$self->set_due($request, $doing);
	}
	elsif ($request->{flow}{state}{$to}{final}) { $doing->{due} = $doing->{platform_due} = undef }
	# a deadline that is kept stays parked where it was
	arm($request, $doing) unless $transition->{keep} && $parked;
	push @{ $doing->{events} }, $event;
	return;
}

sub overdue
{
	my ($self, $request, $doing, $by_clock) = @_;
	my $last = $request->{last_effective};
	while ($doing->{armed} && $doing->{due} < $doing->{at})
	{
		last if $by_clock && @{ $doing->{events} } == 16;
		$last = $doing->{events}[-1]{at} if @{ $doing->{events} };
		my $at = $doing->{due} < $last ? $last : $doing->{due};
		my $refused = $self->take($request, $request->{flow}{state}{ $doing->{state} }{timeout}, $at, 1, $doing, undef, undef);
		return $refused if $refused;
	}
	return;
}

# command: { kind => act | timeout | set_deadline, action, actor, payload => {}, platform_due }
sub judge
{
	my ($self, $request, $command, $remaining) = @_;
	my $flow = $request->{flow};
	my $doing = { (map { $_ => $request->{$_} } qw(state outcome entered due platform_due armed refunded)), events => [] };
	$doing->{at} = $self->{now} > $request->{last_at} ? $self->{now} : $request->{last_at};
	my $refused = $self->overdue($request, $doing, $command->{kind} eq 'timeout');
	return { refused => $refused } if $refused;
	if ($command->{kind} eq 'timeout')
	{
		return @{ $doing->{events} } ? $doing : { refused => 'RA029' };
	}
	my $late = @{ $doing->{events} } ? 'RA021' : 'RA020';
	if ($command->{kind} eq 'set_deadline')
	{
		return { refused => $late } if $flow->{state}{ $doing->{state} }{final};
		return { refused => 'RA018' } if @{ $doing->{events} } == 16;
		$doing->{platform_due} = $command->{platform_due};
		if (defined $doing->{platform_due}) { $doing->{due} = $doing->{platform_due} }
		else { $self->set_due($request, $doing) }
		arm($request, $doing);
		push @{ $doing->{events} }, { at => $doing->{at}, action => 'set_deadline', from => $doing->{state}, to => $doing->{state} };
		return $doing;
	}
	return { refused => 'RA015' } unless $flow->{action}{ $command->{action} };
	my @there = grep { $_->{from} eq $doing->{state} && $_->{action} eq $command->{action} } @{ $flow->{transition} };
	return { refused => $late } unless @there;
	@there = grep { $_->{actors}{ $command->{actor} } } @there;
	return { refused => 'RA022' } unless @there;
	for my $transition (sort { $b->{priority} <=> $a->{priority} } @there)
	{
		my $condition = $transition->{condition};
		next if defined $condition && !( defined $command->{payload}{is_effective} && $command->{payload}{is_effective} eq $condition);
		return { refused => 'RA023' } if grep { !defined $command->{payload}{$_} } @{ $transition->{needs} };
		$refused = $self->take($request, $transition, $doing->{at}, 0, $doing, $remaining, $command->{payload}{amount});
		return $refused ? { refused => $refused } : $doing;
	}
	return { refused => 'RA023' };
}

sub balance_of
{
	my ($self, $request) = @_;
	return defined $request->{order} ? $self->{balance}{"$request->{shop}/$request->{order}"} : undef;
}

sub needs_balance
{
	my ($flow, $command) = @_;
	return 0 unless $command->{kind} eq 'act';
	return scalar grep { $_->{action} eq $command->{action} && $_->{refund} && ($_->{refund}[1] ne 'platform' || $_->{refund}[0] eq 'remainder') } @{ $flow->{transition} };
}

# ---- statements ----

# Judges all, then writes all: the SQLSTATE where one is refused.
sub statement
{
	my ($self, $command, @requests) = @_;
	my (@written, %wanted);
	for my $request (@requests)
	{
		my $balance = $self->balance_of($request);
		my $remaining = $balance && needs_balance($request->{flow}, $command) ? $balance->{paid} - $balance->{refunded} : undef;
		my $doing = $self->judge($request, $command, $remaining);
		return $doing->{refused} if $doing->{refused};
		push @written, [ $request, $doing ];
		for my $event (@{ $doing->{events} })
		{
			$wanted{"$request->{shop}/$request->{order}"} += $event->{refund} if $event->{refund} && $event->{by} ne 'platform';
		}
	}
	for my $order (keys %wanted)
	{
		my $balance = $self->{balance}{$order};
		return 'RA045' if !$balance || $balance->{refunded} + $wanted{$order} > $balance->{paid};
	}
	$self->{balance}{$_}{refunded} += $wanted{$_} for keys %wanted;
	$self->write(@$_, $command) for @written;
	return;
}

sub write
{
	my ($self, $request, $doing, $command) = @_;
	for my $event (@{ $doing->{events} })
	{
		$request->{seq}++;
		push @{ $request->{events} }, { %$event, seq => $request->{seq} };
		next unless $event->{refund};
		if ($event->{by} eq 'platform' && (my $balance = $self->balance_of($request)))
		{
			my $all = $balance->{refunded} + $event->{refund};
			$balance->{refunded} = $all > $balance->{paid} ? $balance->{paid} : $all;
			$balance->{extra} += $all - $balance->{refunded};
		}
		$self->{refund}{"aftersale-$request->{shop}-$request->{id}-$request->{seq}"} = {
			shop => $request->{shop}, amount => $event->{refund}, by => $event->{by}, attempts => 0, until => undef, reference => undef,
			status => $event->{by} eq 'platform' ? 'done' : $self->{shop}{ $request->{shop} }{held} ? 'held' : 'pending' };
	}
	$request->{$_} = $doing->{$_} for qw(state outcome entered due platform_due armed refunded);
	$request->{last_at} = $doing->{at};
	$request->{last_effective} = $doing->{events}[-1]{at};
}

# As act_many() with on_error => 'skip' and the sweep do it: where the whole is refused, its halves.
sub batch
{
	my ($self, $command, @requests) = @_;
	return () unless @requests;
	my $refused = $self->statement($command, @requests);
	return map { [ $_, undef ] } @requests unless $refused;
	return ([ $requests[0], $refused ]) if @requests == 1;
	my $half = int(@requests / 2);
	my @first = $self->batch($command, @requests[ 0 .. $half - 1 ]);
	return (@first, $self->batch($command, @requests[ $half .. $#requests ]));
}

sub open_request
{
	my ($self, $request) = @_;
	my $flow = $request->{flow};
	@$request{qw(state outcome entered refunded seq)} = ($flow->{initial}, undef, $request->{opened}, 0, 1);
	$self->set_due($request, $request);
	$request->{due} = $request->{platform_due} if defined $request->{platform_due} && !$flow->{state}{ $flow->{initial} }{final};
	arm($request, $request);
	$request->{armed} = 0 if $request->{armed} && $request->{due} < $self->{now} && !$self->{shop}{ $request->{shop} }{fire};
	$request->{last_at} = $self->{now};
	$request->{last_effective} = $request->{opened};
	$request->{events} = [ { at => $request->{opened}, action => 'open', from => undef, to => $flow->{initial}, seq => 1 } ];
	$self->{request}{"$request->{shop}/$request->{id}"} = $request;
}

sub fire_due
{
	my ($self, $shop) = @_;
	my @due = grep { $_->{armed} && $_->{due} < $self->{now} && $_->{shop} == $shop } values %{ $self->{request} };
	return scalar grep { !defined $_->[1] } $self->batch({ kind => 'timeout' }, sort { $a->{id} <=> $b->{id} } @due);
}

1;
