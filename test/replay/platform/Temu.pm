# Temu: what becomes of a request, from the words of TEMU-01 to TEMU-43; and how
# the people of its shops, buyers, carriers and the platform go about it.
package Temu;
use strict;
use warnings;
use Days;
use Server qw(chance one_of between);

use constant { HOUR => 3600, DAY => 86400 };

# ---- the shops ----

# Holidays and days of work instead, as an ERP has them of its countries
my %country = (
	US => { settings => ['fallback_label'], zone => 'America/New_York', currency => 'USD', digits => 2, off => [qw(2025-01-20 2025-02-17 2025-05-26 2025-10-13 2025-11-11 2025-11-27)] },
	GB => { zone => 'Europe/London', currency => 'GBP', digits => 2, off => [qw(2025-04-18 2025-04-21 2025-05-05)] },
	DE => { settings => ['merchant_label'], zone => 'Europe/Berlin', currency => 'EUR', digits => 2, off => [qw(2025-04-18 2025-04-21 2025-05-01 2025-10-03)] },
	ES => { settings => ['fallback_label'], zone => 'Europe/Madrid', currency => 'EUR', digits => 2, off => [qw(2025-04-17 2025-04-18 2025-05-01 2025-10-13 2025-11-01)] },
	JP => { zone => 'Asia/Tokyo', currency => 'JPY', digits => 0, off => [qw(2025-03-20 2025-04-29 2025-10-13 2025-11-03 2025-11-24)] },
);
# TEMU-02: a shop in China may count China's working days
my $china = { off => [qw(2025-04-04 2025-05-01 2025-05-02 2025-05-05), map { "2025-10-0$_" } 1 .. 8], on => [qw(2025-04-27 2025-09-28 2025-10-11)] };

sub new
{
	my ($class) = @_;
	# TEMU-27, TEMU-28: the strategies of the shops, by currency; limits in minor units
	return bless {
		name => 'temu', packs => ['temu'], seasons => [ '2025-03-06', '2025-10-06' ],
		shops => {
			1 => { countries => \%country, features => ['negotiated_refund'],
				strategies => [
					{ name => 'broken and cheap', flow => 'temu/refund_only', action => 'refund', currency => 'USD', reasons => [qw(damaged missing)], upto => 1500, ratio => 50 },
					{ name => 'broken and cheap, yen', flow => 'temu/refund_only', action => 'refund', currency => 'JPY', reasons => ['damaged'], upto => 1999, ratio => 35 },
					{ name => 'not worth a return', flow => 'temu/return_refund', action => 'refund', currency => 'EUR', reasons => ['damaged'], upto => 1000 } ] },
			2 => { countries => { US => { %{ $country{US} }, days_of => 'Asia/Shanghai', %$china }, GB => $country{GB} },
				# TEMU-10, TEMU-08: configurable to approval; how long an offer stands, and a label may take, is the shop's to say
				overrides => [
					[ 'temu/cancel', 'requested', undef, 'approved_by_silence' ], [ 'temu/missing_item', 'requested', undef, 'approved_by_silence' ],
					[ 'temu/refund_only', 'awaiting_buyer_response', '3 days', undef ], [ 'temu/return_refund', 'awaiting_merchant_label', '36 hours', undef ] ],
				# TEMU-19: the published list of one region
				statements => [ q{INSERT INTO aftersale.carrier (platform, code, carrier, region, aliases) VALUES ('temu', '2002', 'ups', 'US', '{UPS}')} ],
				strategies => [ { name => 'small change', flow => 'temu/refund_only', action => 'refund', currency => 'GBP', reasons => [qw(damaged late)], upto => 500, ratio => 5 } ] },
			# TEMU-15: not activated
			3 => { countries => { DE => { %{ $country{DE} }, settings => [] }, US => { %{ $country{US} }, settings => [] } } } } },
		$class;
}

sub silence_approves { my ($m) = @_; return $m->{shop} == 2 && $m->{flow} =~ /cancel|missing_item/ }

# ---- what the rules say ----

sub has { my ($with, @keys) = @_; return !grep { !defined $with->{$_} } @keys }
sub says { my ($with, $key, $value) = @_; return defined $with->{$key} && $with->{$key} eq $value }

my (%open, %act, %lapse);

sub open { my ($self, $m) = @_; $open{ $m->{flow} }->($m); return }
sub lapses { my ($self, $m) = @_; return defined $lapse{ $m->{flow} }{ $m->{state} } }
sub lapse { my ($self, $m) = @_; $lapse{ $m->{flow} }{ $m->{state} }->($m); return }

sub act
{
	my ($self, $m, $who, $move) = @_;
	my ($what, $with) = ($move->{action}, $move->{with});
	my $answer = $m->{final} ? undef : $act{ $m->{flow} }->($m, $what, $who, $with);
	return $answer if defined $answer;
	# the platform's own word, wherever the request is open
	return 'state' if $m->{final} || $m->{flow} =~ /negotiated|refused_parcel/;
	if ($what eq 'refund' && $m->{flow} ne 'temu/reship')
	{
		return 'RA022' if $who ne 'platform';
		$m->platform_pays($with->{amount} // $m->asked);
		return $m->finish($m->{flow} eq 'temu/cancel' ? 'cancelled' : 'refunded', 'refunded');
	}
	if ($what eq 'close') { return $who eq 'platform' ? $m->finish('closed') : 'RA022' }
	# the buyer takes back what he asked for, as long as nothing is on its way
	if ($what eq 'withdraw' && $m->{flow} !~ /ticket/ && $m->{state} !~ /^(return_in_transit|awaiting_inspection|return_rejected|awaiting_buyer_receipt)$/)
	{
		return 'RA022' if $who !~ /buyer|platform/;
		return $m->finish($m->{flow} eq 'temu/cancel' ? 'closed' : 'cancelled', 'withdrawn');
	}
	return 'state';
}

# TEMU-01 to TEMU-03: a reply within one business day of the creation; an ineffective one does not stop the clock
sub reply_due { my ($m) = @_; return (due => business_day_later($m->{opened}, $m->{country}), merchant => 1) }
$open{'temu/ticket'} = $open{'temu/reship_ticket'} = sub {
	my ($m) = @_;
	$m->enter('requested', reply_due($m));
	# TEMU-31: its address can be seen for 48 hours
	$m->rings('address_masked', $m->{opened} + 48 * HOUR) if $m->{flow} eq 'temu/reship_ticket';
};
$lapse{'temu/ticket'}{requested} = $lapse{'temu/reship_ticket'}{requested} = sub { $_[0]->enter('evidence_waived', outcome => 'evidence_waived') };
$act{'temu/ticket'} = sub {
	my ($m, $what, $who, $with) = @_;
	if ($m->{state} eq 'requested' && $what eq 'reply')
	{
		return 'RA022' if $who ne 'merchant';
		return 'RA023' unless has($with, 'remark');
		return says($with, is_effective => 'false') ? $m->remains : $m->enter('replied', outcome => 'replied');
	}
	return unless $m->{state} eq 'replied' && $what eq 'declare_ineffective';
	return $who =~ /platform|erp/ ? $m->enter('requested', outcome => 'reply declared ineffective', reply_due($m)) : 'RA022';
};

sub reshipped
{
	my ($m, $with) = @_;
	return 'RA023' unless has($with, qw(carrier tracking_no));
	$m->parcel('reship', $with);
	return $m->enter('replied', outcome => 'reshipped');
}

# TEMU-30, TEMU-32: whether he can reship; a number where the goods were sent
$act{'temu/reship_ticket'} = sub {
	my ($m, $what, $who, $with) = @_;
	if ($m->{state} eq 'requested' && $what eq 'reply')
	{
		return 'RA022' if $who ne 'merchant';
		if (says($with, is_effective => 'false')) { return has($with, 'remark') ? $m->remains : 'RA023' }
		if (says($with, accepted => 'true'))
		{
			return $m->enter('awaiting_merchant_ship', outcome => 'reship promised', merchant => 1) unless says($with, sent => 'true');
			return reshipped($m, $with);
		}
		return 'RA023' unless says($with, accepted => 'false') && has($with, 'remark');
		return $m->enter('replied', outcome => 'reship declined');
	}
	if ($m->{state} eq 'awaiting_merchant_ship' && $what eq 'ship')
	{
		return 'RA022' if $who !~ /merchant|erp/;
		return reshipped($m, $with);
	}
	return unless $m->{state} eq 'replied' && $what eq 'declare_ineffective';
	return $who =~ /platform|erp/ ? $m->enter('requested', outcome => 'reply declared ineffective', reply_due($m)) : 'RA022';
};

# TEMU-20 to TEMU-26: nothing until it is confirmed; then no other case of the order may be open
$open{'temu/negotiated_refund'} = sub { $_[0]->enter('proposed', merchant => 1) };
$act{'temu/negotiated_refund'} = sub {
	my ($m, $what, $who) = @_;
	return unless $what =~ /^(confirm|withdraw)$/;
	return 'RA022' if $who ne 'merchant';
	return $m->finish('withdrawn', 'withdrawn') if $what eq 'withdraw';
	return 'RA048' if grep { $_ != $m && is_case($_) } @{ $m->{order}{matters} };
	my $refused = $m->instruct($m->asked);
	return $refused // $m->finish('refunded', 'refunded by agreement');
};

sub is_case { my ($m) = @_; return !$m->{final} && $m->{flow} ne 'temu/negotiated_refund' }

sub acts_for { return }

# Why an opening is refused; nothing if it is not
sub refuses
{
	my ($self, $m) = @_;
	return 'RA034' if $m->{flow} eq 'temu/cancel' && says($m->{facts}, shipped => 'true');	# TEMU-10
	return if $m->{flow} ne 'temu/negotiated_refund';
	my $order = $m->{order};
	return 'RA048' if $m->{shop} != 1 || grep { is_case($_) } @{ $order->{matters} };
	return $m->{amount} >= $order->{paid} - $order->{refunded} ? 'RA048' : undef;	# TEMU-23: no partial refund
}

# TEMU-27, TEMU-28: reason and amount; the platform refunds at the ratio
sub strategy
{
	my ($m) = @_;
	for my $rule (grep { $_->{flow} eq $m->{flow} && $_->{currency} eq $m->{country}{currency} } @{ $m->{platform}{shops}{ $m->{shop} }{strategies} })
	{
		next unless $m->{amount} <= $rule->{upto} && grep { $_ eq ($m->{reason} // '') } @{ $rule->{reasons} };
		$m->by_rule('refund');
		$m->platform_pays($m->asked($rule->{ratio}));
		return $m->finish('refunded', $m->{flow} eq 'temu/refund_only' ? 'refunded by strategy' : 'refunded without return');
	}
	return;
}

# TEMU-06, TEMU-07, TEMU-17
$open{'temu/return_refund'} = sub { my ($m) = @_; $m->enter('requested'); strategy($m) };
$lapse{'temu/return_refund'}{awaiting_merchant_label} = sub {
	my ($m) = @_;
	$m->platform_pays($m->asked(100));
	$m->finish('refunded', 'refunded without return');
};

sub instructed
{
	my ($m, $amount, $outcome, $state) = @_;
	my $refused = $m->instruct($amount);
	return $refused // $m->finish($state // 'refunded', $outcome);
}

# TEMU-14, TEMU-15: the sites that are named; of others nothing is stated
sub books_labels { my ($m) = @_; return { US => 'true', GB => 'true', ES => 'true', DE => 'false' }->{ $m->{country}{code} } // 'unknown' }

# TEMU-14: a fallback channel for bulky or overweight goods, or where none could be booked; TEMU-15: any goods, once it is activated
sub may_label
{
	my ($m) = @_;
	my %set = map { $_ => 1 } @{ $m->{country}{settings} // [] };
	return $set{merchant_label} if books_labels($m) eq 'false';
	return books_labels($m) eq 'true' && $set{fallback_label} && (says($m->{facts}, bulky => 'true') || says($m->{facts}, overweight => 'true') || says($m->{facts}, auto_label => 'false'));
}

$act{'temu/return_refund'} = sub {
	my ($m, $what, $who, $with) = @_;
	my $state = $m->{state};
	# TEMU-17: a false label is the platform's verdict, and means a full refund
	if ($what eq 'declare_label_false' && $state =~ /^(awaiting_merchant_label|platform_review|awaiting_buyer_ship|return_in_transit)$/)
	{
		return 'RA022' if $who ne 'platform';
		$m->platform_pays($m->asked(100));
		return $m->finish('refunded', 'refunded without return');
	}
	if ($what eq 'refund_without_return' && $state =~ /^(requested|awaiting_merchant_label)$/)
	{
		return $who eq 'merchant' ? instructed($m, $m->asked, 'refunded without return') : 'RA022';
	}
	if ($state eq 'requested')
	{
		# TEMU-15: where the site books no labels, the merchant's own is the only channel; but what the platform says holds
		if ($what eq 'approve_return') { return $who !~ /platform|erp/ ? 'RA022' : $who eq 'erp' && books_labels($m) eq 'false' ? 'RA034' : $m->enter('awaiting_buyer_ship') }
		return unless $what eq 'require_label';
		return 'RA022' unless $who =~ /merchant|platform|erp/;
		return 'RA033' unless $who eq 'platform' || may_label($m);
		return $m->enter('awaiting_merchant_label', merchant => 1, due => $m->{shop} == 2 ? $m->{at} + 36 * HOUR : undef);
	}
	if ($state eq 'awaiting_merchant_label' && $what eq 'upload_label')
	{
		return 'RA022' unless $who =~ /merchant|erp/;
		return 'RA034' if $m->{country}{code} eq 'US' && defined $with->{carrier} && $with->{carrier} !~ /^(2002|ups|UPS)$/;	# TEMU-19
		return $m->remains if says($with, accepted => 'false');	# refused at upload: the clock runs on
		return 'RA023' unless has($with, qw(label carrier tracking_no));
		$m->parcel('return', $with);
		return $m->enter('awaiting_buyer_ship') if says($with, accepted => 'true');
		return $m->enter('platform_review', keep => 1, fires => 0);
	}
	if ($state eq 'platform_review' && $what eq 'accept_label') { return $who =~ /platform|erp/ ? $m->enter('awaiting_buyer_ship') : 'RA022' }
	if ($state eq 'platform_review' && $what eq 'refuse_label') { return $who =~ /platform|erp/ ? $m->enter('awaiting_merchant_label', merchant => 1, keep => 1, fires => 1) : 'RA022' }
	if ($state =~ /^(platform_review|awaiting_buyer_ship)$/ && $what eq 'ship')
	{
		return 'RA022' if $who eq 'merchant';
		$m->parcel('return', $with);
		return $m->enter('return_in_transit');
	}
	if ($state eq 'return_in_transit' && $what eq 'receive')
	{
		return 'RA022' if $who eq 'buyer';
		$m->parcel('return', $with);
		return $m->enter('awaiting_inspection', merchant => 1);
	}
	return unless $state eq 'awaiting_inspection' && $what =~ /^(approve|approve_partly|reject)$/;
	return 'RA022' if $who ne 'merchant';
	return instructed($m, $m->asked, 'refunded') if $what eq 'approve';
	if ($what eq 'approve_partly') { return has($with, 'amount') ? instructed($m, $with->{amount}, 'refunded in part') : 'RA023' }
	# only where the platform offers it
	return says($with, offered => 'true') && has($with, 'reason') ? $m->enter('return_rejected', outcome => 'rejected') : 'RA023';
};

# TEMU-27, TEMU-28
$open{'temu/refund_only'} = sub { my ($m) = @_; $m->enter('requested', merchant => 1); strategy($m) };
$lapse{'temu/refund_only'}{awaiting_buyer_response} = sub { $_[0]->enter('requested', outcome => 'offer lapsed', merchant => 1) };
$act{'temu/refund_only'} = sub {
	my ($m, $what, $who, $with) = @_;
	if ($m->{state} eq 'requested' && $what =~ /^(approve|offer|reject)$/)
	{
		return 'RA022' if $who ne 'merchant';
		return instructed($m, $m->asked, 'refunded') if $what eq 'approve';
		if ($what eq 'reject') { return has($with, 'reason') ? $m->enter('rejected', outcome => 'rejected') : 'RA023' }
		return 'RA023' unless has($with, 'amount');
		return $m->enter('awaiting_buyer_response', due => $m->{shop} == 2 ? days_later($m->{at}, 3, $m->{country}{days_of}) : undef);
	}
	return unless $m->{state} eq 'awaiting_buyer_response' && $what =~ /^(accept|decline)$/;
	return 'RA022' if $who =~ /merchant|carrier/;
	return $m->enter('requested', outcome => 'offer declined', merchant => 1) if $what eq 'decline';
	return has($with, 'amount') ? instructed($m, $with->{amount}, 'refunded in part') : 'RA023';
};

# TEMU-08, TEMU-09: one business day; what follows is not stated, so overdue, and no money moved, but where the shop says that silence approves
sub overdue
{
	my ($m) = @_;
	return silence_approves($m) ? $m->enter('approved_by_silence', outcome => 'overdue', due => $m->{at}) : $m->enter('overdue', outcome => 'overdue');
}

sub approved_by_silence
{
	my ($m) = @_;
	$m->platform_pays($m->asked);
	return $m->finish($m->{flow} eq 'temu/cancel' ? 'cancelled' : 'refunded', 'approved by silence');
}

for my $flow (qw(temu/missing_item temu/not_received))
{
	$open{$flow} = sub { my ($m) = @_; $m->enter('requested', reply_due($m)) };
	$lapse{$flow} = { requested => \&overdue, approved_by_silence => \&approved_by_silence };
	$act{$flow} = sub {
		my ($m, $what, $who, $with) = @_;
		return unless $m->{state} eq 'requested' && $what =~ /^(submit_materials|approve)$/;
		return 'RA022' if $who ne 'merchant';
		return instructed($m, $m->asked, 'refunded') if $what eq 'approve';
		return has($with, 'evidence') ? $m->enter('platform_review') : 'RA023';
	};
}

# TEMU-10: 24 hours; not once the order is shipped; line by line where it is shipped in part
$open{'temu/cancel'} = sub { my ($m) = @_; $m->enter(says($m->{facts}, shipped => 'partly') ? 'partly_shipped' : 'requested', merchant => 1, due => $m->{opened} + 24 * HOUR) };
$lapse{'temu/cancel'} = { requested => \&overdue, partly_shipped => sub { $_[0]->enter('overdue', outcome => 'overdue') }, approved_by_silence => \&approved_by_silence };
$act{'temu/cancel'} = sub {
	my ($m, $what, $who, $with) = @_;
	my $state = $m->{state};
	if ($what eq 'report_shipped')
	{
		return 'RA022' if $who eq 'buyer';
		return $m->enter('partly_shipped', merchant => 1, keep => 1, fires => 1) if $state eq 'requested' && says($with, partly => 'true');
		return $m->finish('rejected', 'order has been shipped');
	}
	return unless $state =~ /^(requested|partly_shipped)$/ && $what =~ /^(approve|reject)$/;
	return 'RA022' if $who ne 'merchant';
	if ($what eq 'reject') { return has($with, 'reason') ? $m->finish('rejected', 'rejected') : 'RA023' }
	return instructed($m, $m->asked, 'cancelled', 'cancelled') if $state eq 'requested';
	return has($with, 'amount') ? instructed($m, $with->{amount}, 'cancelled in part', 'cancelled') : 'RA023';
};

# TEMU-34: seven days for both acts; else it is rejected
$open{'temu/reship'} = sub { my ($m) = @_; $m->enter('requested', merchant => 1, due => days_later($m->{opened}, 7, $m->{country}{days_of})) };
$lapse{'temu/reship'}{$_} = sub { $_[0]->finish('rejected', 'rejected by timeout') } for qw(requested awaiting_merchant_ship awaiting_approval);
$act{'temu/reship'} = sub {
	my ($m, $what, $who, $with) = @_;
	my $state = $m->{state};
	my $reshipped = sub { return $m->enter('awaiting_buyer_receipt', outcome => 'reshipped') };
	if ($what eq 'approve' && $state =~ /^(requested|awaiting_approval)$/)
	{
		return 'RA022' if $who ne 'merchant';
		return $state eq 'awaiting_approval' ? $reshipped->() : $m->enter('awaiting_merchant_ship', merchant => 1, keep => 1, fires => 1);
	}
	if ($what eq 'upload_waybill' && $state =~ /^(requested|awaiting_merchant_ship)$/)
	{
		return 'RA022' unless $who =~ /merchant|erp/;
		return 'RA023' unless has($with, qw(carrier tracking_no));
		$m->parcel('reship', $with);
		return $state eq 'requested' ? $m->enter('awaiting_approval', merchant => 1, keep => 1, fires => 1) : $reshipped->();
	}
	if ($state eq 'requested' && $what =~ /^(approve_and_ship|reject)$/)
	{
		return 'RA022' if $who ne 'merchant';
		if ($what eq 'reject') { return has($with, 'reason') ? $m->finish('rejected', 'rejected') : 'RA023' }
		return 'RA023' unless has($with, qw(carrier tracking_no));
		$m->parcel('reship', $with);
		return $reshipped->();
	}
	return unless $state eq 'awaiting_buyer_receipt' && $what eq 'receive';
	return 'RA022' if $who eq 'merchant';
	$m->parcel('reship', $with);
	return $m->finish('completed');
};

# TEMU-43: published for 10 x 24 hours, an objection checked within 72, answered within 72; silence accepts
# One that waits at the carrier's is collected or abandoned within 7 x 24 hours; silence abandons it
$open{'temu/refused_parcel'} = sub {
	my ($m) = @_;
	return $m->enter('held_at_carrier', merchant => 1, due => $m->{opened} + 168 * HOUR) if says($m->{facts}, parcel_waits => 'true');
	$m->enter('proposed', merchant => 1, due => $m->{opened} + 240 * HOUR);
};
$lapse{'temu/refused_parcel'} = {
	(map { $_ => sub { $_[0]->enter('accepted', outcome => 'accepted by silence') } } qw(proposed awaiting_merchant_response)),
	held_at_carrier => sub { $_[0]->finish('destroyed', 'abandoned by silence') },
	dispute => sub { $_[0]->enter('overdue') } };
$act{'temu/refused_parcel'} = sub {
	my ($m, $what, $who, $with) = @_;
	my $state = $m->{state};
	if ($state eq 'held_at_carrier' && $what =~ /^(collect|abandon)$/)
	{
		return 'RA022' if $who ne 'merchant';
		$m->parcel('return', $with);
		return $what eq 'collect' ? $m->enter('returning', outcome => 'collected') : $m->finish('destroyed', 'abandoned');
	}
	if ($state eq 'returning' && $what eq 'receive')
	{
		return 'RA022' if $who eq 'buyer';
		$m->parcel('return', $with);
		return $m->finish('returned');
	}
	if ($what eq 'accept' && $state =~ /^(proposed|awaiting_merchant_response)$/) { return $who eq 'merchant' ? $m->enter('accepted', outcome => 'charge accepted') : 'RA022' }
	if ($what eq 'object' && $state eq 'proposed' || $what eq 'answer' && $state eq 'awaiting_merchant_response')
	{
		return 'RA022' if $who ne 'merchant';
		return 'RA023' unless has($with, qw(remark evidence));
		return $what eq 'object' ? $m->enter('dispute', due => $m->{at} + 72 * HOUR) : $m->enter('platform_review');
	}
	if ($what =~ /^(uphold|dismiss)$/ && $state =~ /^(dispute|overdue)$/)
	{
		return 'RA022' unless $who =~ /carrier|platform/;
		return $what eq 'uphold' ? $m->finish('closed', 'charge withdrawn') : $m->enter('awaiting_merchant_response', merchant => 1, due => $m->{at} + 72 * HOUR);
	}
	if ($state eq 'platform_review' && $what eq 'uphold') { return $who eq 'platform' ? $m->finish('closed', 'charge withdrawn') : 'RA022' }
	if ($state eq 'platform_review' && $what eq 'confirm_charge') { return $who eq 'platform' ? $m->enter('accepted', outcome => 'charge confirmed') : 'RA022' }
	return unless $state eq 'accepted' && $what eq 'bill';
	return 'RA022' unless $who =~ /platform|erp/;
	return 'RA023' unless has($with, 'fee');
	$m->charge('double_leg_freight', 'merchant', $with->{fee});
	return $m->finish('completed');
};

# ---- how people go about it ----

my %share = ('temu/ticket' => 18, 'temu/reship_ticket' => 10, 'temu/return_refund' => 22, 'temu/refund_only' => 14, 'temu/missing_item' => 8, 'temu/not_received' => 8,
	'temu/cancel' => 12, 'temu/reship' => 9, 'temu/refused_parcel' => 6, 'temu/negotiated_refund' => 5);
my @flows = map { ($_) x $share{$_} } sort keys %share;

# What a request may be; the order is the caller's to choose
sub opening
{
	my ($self) = @_;
	my $flow = one_of(@flows);
	my %is = (flow => $flow, reason => one_of(qw(damaged missing late unwanted)));
	$is{ordered} = $flow !~ /ticket/ || chance(0.7);
	$is{proposal} = $flow =~ /negotiated/;
	$is{asks} = $flow !~ /ticket|reship|refused|negotiated/;
	$is{shipping} = $flow =~ /return_refund|refund_only/ && chance(0.3);
	$is{ratio} = between(5, 99) if $flow =~ /return_refund/ && chance(0.1);
	$is{facts} = $flow =~ /return_refund/ ? { map { chance(0.4) ? ($_ => one_of(qw(true false))) : () } qw(bulky overweight auto_label) }
		: $flow =~ /cancel/ && chance(0.2) ? { shipped => one_of(qw(true partly false)) } : $flow =~ /refused/ && chance(0.4) ? { parcel_waits => 'true' } : {};
	return %is;
}

# An offer or a part of what is asked
sub part { my ($m) = @_; my $asked = $m->asked // 1000; return between(1, $asked > 1 ? $asked : 1) }

# Some words about a parcel, sometimes not all of them
sub parcel { return (carrier => one_of(qw(UPS UPS 2002 pigeon)), chance(0.93) ? (tracking_no => '1Z' . between(1000, 9999)) : ()) }

# What somebody does next: actor, action, payload.  Nothing: nobody does anything.
my %next = (
	'temu/ticket' => sub {
		my ($m, $me) = @_;
		return one_of([ $me, 'reply', { remark => 'sent' } ], [ $me, 'reply', { remark => 'sent' } ], [ $me, 'reply', { remark => 'wait', is_effective => 'false' } ], [ $me, 'reply', {} ]) if $m->{state} eq 'requested';
		return [ one_of(qw(platform erp)), 'declare_ineffective', {} ] if $m->{state} eq 'replied' && chance(0.2);
		return one_of([ 'platform', 'close', {} ], [ 'platform', 'refund', { chance(0.7) ? (amount => between(1, 5000)) : () } ]);
	},
	'temu/reship_ticket' => sub {
		my ($m, $me) = @_;
		return one_of([ $me, 'reply', { accepted => 'true', sent => 'true', parcel() } ], [ $me, 'reply', { accepted => 'true' } ], [ $me, 'reply', { accepted => 'false', remark => 'sold out' } ],
			[ $me, 'reply', { is_effective => 'false', remark => 'wait' } ], [ $me, 'reply', { accepted => 'false' } ]) if $m->{state} eq 'requested';
		return [ one_of($me, 'erp'), 'ship', { parcel() } ] if $m->{state} eq 'awaiting_merchant_ship' && chance(0.8);
		return [ 'platform', 'declare_ineffective', {} ] if $m->{state} eq 'replied' && chance(0.15);
		return one_of([ 'platform', 'close', {} ], [ 'platform', 'close', {} ], [ 'platform', 'refund', { amount => between(1, 5000) } ]);
	},
	'temu/negotiated_refund' => sub { my ($m, $me) = @_; return chance(0.8) ? [ $me, 'confirm', {} ] : [ $me, 'withdraw', {} ] },
	'temu/return_refund' => sub {
		my ($m, $me) = @_;
		my $label = { label => 'label.pdf', parcel() };
		return {
			requested => sub { one_of([ one_of(qw(platform erp)), 'approve_return', {} ], [ one_of($me, $me, 'erp', 'platform'), 'require_label', {}, due => $m->{shop} == 1 && chance(0.9) ? between(6, 60) * HOUR : undef ],
				[ $me, 'refund_without_return', {} ], [ 'buyer', 'withdraw', {} ]) },
			awaiting_merchant_label => sub { one_of([ $me, 'upload_label', $label ], [ $me, 'upload_label', $label ], [ $me, 'upload_label', { %$label, accepted => 'true' } ],
				[ $me, 'upload_label', { %$label, accepted => 'false' } ], [ 'platform', 'declare_label_false', {} ], [ $me, 'refund_without_return', {} ]) },
			platform_review => sub { one_of([ 'platform', 'accept_label', {} ], [ 'erp', 'accept_label', {} ], [ 'platform', 'refuse_label', {} ], [ 'buyer', 'ship', {} ], [ 'platform', 'declare_label_false', {} ]) },
			awaiting_buyer_ship => sub { one_of(([ one_of(qw(buyer carrier)), 'ship', {} ]) x 6, [ 'buyer', 'withdraw', {} ], [ 'platform', 'declare_label_false', {} ], [ 'platform', 'close', {} ]) },
			return_in_transit => sub { [ one_of(qw(carrier erp), $me), 'receive', {} ] },
			awaiting_inspection => sub { one_of([ $me, 'approve', {} ], [ $me, 'approve', {} ], [ $me, 'approve_partly', { amount => part($m) } ], [ $me, 'reject', { reason => 'used', chance(0.7) ? (offered => 'true') : () } ]) },
			return_rejected => sub { one_of([ 'platform', 'refund', { amount => part($m) } ], [ 'platform', 'refund', {} ], [ 'platform', 'close', {} ]) } }->{ $m->{state} }->();
	},
	'temu/refund_only' => sub {
		my ($m, $me) = @_;
		return one_of([ $me, 'approve', {} ], [ $me, 'offer', { amount => part($m) } ], [ $me, 'reject', { chance(0.9) ? (reason => 'unfounded') : () } ], [ 'buyer', 'withdraw', {} ]) if $m->{state} eq 'requested';
		return one_of([ 'buyer', 'accept', { amount => part($m) } ], [ 'buyer', 'decline', {} ]) if $m->{state} eq 'awaiting_buyer_response';
		return one_of([ 'platform', 'refund', {} ], [ 'platform', 'close', {} ]);
	},
	'temu/cancel' => sub {
		my ($m, $me) = @_;
		return one_of([ $me, 'approve', {} ], [ $me, 'approve', {} ], [ $me, 'reject', { reason => 'packed' } ], [ 'carrier', 'report_shipped', {} ], [ 'erp', 'report_shipped', { partly => 'true' } ],
			[ 'buyer', 'withdraw', {} ]) if $m->{state} eq 'requested';
		return one_of([ $me, 'approve', { amount => part($m) } ], [ $me, 'reject', { reason => 'packed' } ]) if $m->{state} eq 'partly_shipped';
		return one_of([ 'platform', 'refund', {} ], [ 'platform', 'close', {} ], [ 'carrier', 'report_shipped', {} ]);
	},
	'temu/reship' => sub {
		my ($m, $me) = @_;
		return one_of([ $me, 'approve', {} ], [ $me, 'approve', {} ], [ $me, 'upload_waybill', { parcel() } ], [ $me, 'approve_and_ship', { parcel() } ], [ $me, 'reject', { reason => 'sold out' } ]) if $m->{state} eq 'requested';
		return [ one_of($me, 'erp'), 'upload_waybill', { parcel() } ] if $m->{state} eq 'awaiting_merchant_ship';
		return [ $me, 'approve', {} ] if $m->{state} eq 'awaiting_approval';
		return [ one_of(qw(buyer carrier)), 'receive', {} ];
	},
	'temu/refused_parcel' => sub {
		my ($m, $me) = @_;
		my $words = { remark => 'ours', evidence => ['photo'] };
		return {
			held_at_carrier => sub { [ $me, one_of(qw(collect abandon)), {} ] },
			returning => sub { [ one_of($me, 'carrier'), 'receive', { chance(0.5) ? parcel() : () } ] },
			proposed => sub { one_of([ $me, 'accept', {} ], [ $me, 'object', $words ], [ $me, 'object', $words ], [ $me, 'object', { remark => 'ours' } ]) },
			dispute => sub { one_of([ 'carrier', 'uphold', {} ], [ 'carrier', 'dismiss', {} ], [ 'carrier', 'dismiss', {} ]) },
			overdue => sub { one_of([ 'platform', 'uphold', {} ], [ 'platform', 'dismiss', {} ]) },
			awaiting_merchant_response => sub { one_of([ $me, 'answer', $words ], [ $me, 'accept', {} ]) },
			platform_review => sub { one_of([ 'platform', 'uphold', {} ], [ 'platform', 'confirm_charge', {} ]) },
			accepted => sub { [ one_of(qw(platform erp)), 'bill', { fee => between(300, 4000) } ] } }->{ $m->{state} }->();
	},
);
$next{$_} = sub {
	my ($m, $me) = @_;
	return one_of([ $me, 'submit_materials', { evidence => ['photo'] } ], [ $me, 'submit_materials', { evidence => ['photo'] } ], [ $me, 'approve', {} ], [ $me, 'submit_materials', {} ], [ 'buyer', 'withdraw', {} ]) if $m->{state} eq 'requested';
	return one_of([ 'platform', 'refund', {} ], [ 'platform', 'refund', { amount => part($m) } ], [ 'platform', 'close', {} ]);
} for qw(temu/missing_item temu/not_received);

sub next_move { my ($self, $m) = @_; return $m->{final} ? undef : $next{ $m->{flow} }->($m, one_of(qw(alice bob))) }

# Every word that could be said of a flow's requests, for those who say the wrong one
sub words
{
	my ($self, $flow) = @_;
	return { 'temu/ticket' => [qw(reply declare_ineffective refund close)],
		'temu/reship_ticket' => [qw(reply ship declare_ineffective refund close)],
		'temu/negotiated_refund' => [qw(confirm withdraw)],
		'temu/return_refund' => [qw(approve_return require_label refund_without_return upload_label accept_label refuse_label ship receive approve approve_partly reject declare_label_false refund close withdraw)],
		'temu/refund_only' => [qw(approve offer reject accept decline refund close withdraw)],
		'temu/missing_item' => [qw(submit_materials approve refund close withdraw)],
		'temu/not_received' => [qw(submit_materials approve refund close withdraw)],
		'temu/cancel' => [qw(approve reject report_shipped refund close withdraw)],
		'temu/reship' => [qw(approve upload_waybill approve_and_ship reject receive close withdraw)],
		'temu/refused_parcel' => [qw(accept object uphold dismiss answer confirm_charge bill collect abandon receive)] }->{$flow};
}

1;
