# Instants, as seconds since 1970, in the words of the rules: hours, natural
# days, business days.  Zones are the C library's.
package Days;
use strict;
use warnings;
use Exporter qw(import);
use POSIX ();
use Time::Local qw(timegm_modern);

our @EXPORT = qw(date_of days_later business_day_later instant_of);

# What the clocks of a zone show, as if it were UTC
sub wall
{
	my ($at, $zone) = @_;
	if (($ENV{TZ} // '') ne $zone) { $ENV{TZ} = $zone; POSIX::tzset() }
	my @shown = localtime $at;
	return timegm_modern(@shown[ 0 .. 4 ], $shown[5] + 1900);
}

# When the clocks of a zone show it: the second time where they do so twice; in
# a gap as if they had not been changed yet.
sub instant
{
	my ($wall, $zone) = @_;
	my ($before, $after) = map { wall($_, $zone) - $_ } $wall - 86400, $wall + 86400;
	return $wall - $after if wall($wall - $after, $zone) == $wall;
	return $wall - $before;
}

sub instant_of
{
	my ($text, $zone) = @_;
	my ($year, $month, $day, $hour, $minute) = $text =~ /^(\d+)-(\d+)-(\d+)(?: (\d+):(\d+))?$/ or die "no instant: $text";
	return instant(timegm_modern(0, $minute // 0, $hour // 0, $day, $month - 1, $year), $zone);
}

sub date { my ($wall) = @_; return POSIX::strftime('%Y-%m-%d', gmtime $wall) }
sub date_of { my ($at, $zone) = @_; return date(wall($at, $zone)) }

# The same wall time, so many local days later
sub days_later
{
	my ($at, $days, $zone) = @_;
	return instant(wall($at, $zone) + $days * 86400, $zone);
}

# Whether it is a working day for a country: Monday to Friday but its holidays,
# and the days that are worked instead.
sub works
{
	my ($wall, $country) = @_;
	my $date = date($wall);
	return 1 if $country->{on}{$date};
	return !$country->{off}{$date} && ($wall / 86400 + 3) % 7 < 5;	# 1970-01-01 was a Thursday
}

# TEMU-02: the same wall time on the next business day; what comes on a day off
# starts with the next business day.
sub business_day_later
{
	my ($at, $country) = @_;
	my $wall = wall($at, $country->{days_of});
	$wall = (int($wall / 86400) + 1) * 86400 until works($wall, $country);
	do { $wall += 86400 } until works($wall, $country);
	return instant($wall, $country->{days_of});
}

1;
