# Rules and tests agree: what aftersale.rules() says to be built has a test that
# carries its number, and no test names a rule that does not exist.  A number
# counts where a name of a test or a comment begins with it ("TEMU-18: names ..."),
# or stands in it in parentheses.
use strict;
use warnings;
use File::Find;
use Test::More;

my $number = qr/(?:TEMU|TTSEA|DOUYIN|TTRET|KS)-\d\d/;
my $numbers = qr/$number(?:(?:, | to |, and )(?:$number|\d\d))*/;

sub slurp { my ($file) = @_; open my $in, '<', $file or die "$file: $!"; local $/; return <$in> }

# "TEMU-20 to TEMU-22, 27" as TEMU-20, TEMU-21, TEMU-22, TEMU-27
sub expanded
{
	my ($text) = @_;
	my ($platform, $last, @all);
	while ($text =~ /(to )?(?:([A-Z]+)-)?(\d\d)/g)
	{
		$platform = $2 if $2;
		push @all, map { sprintf '%s-%02d', $platform, $_ } ($1 ? $last + 1 : $3) .. $3;
		$last = $3;
	}
	return @all;
}

my (%place, %standing, %tested);
for (slurp('sql/rules.sql') =~ /^    \(('.*)$/mg)
{
	my ($platform, $rule, $says, $place, $standing) = /^'(\w+)', '([\w-]+)', '((?:[^']|'')+)', (NULL|'(?:[^']|'')+'), '(\w+)'\)/
		or die "a rule of sql/rules.sql is not as it should be: $_";
	ok(!exists $place{$rule}, "$rule stands once in aftersale.rules()");
	$place{$rule} = $place eq 'NULL' ? undef : $place;
	like($standing, qr/^(?:stated|reading|external|informational)$/, "$rule has a standing");
}
my %count = (TEMU => 43, TTSEA => 18, DOUYIN => 17, TTRET => 16, KS => 11);
for my $series (sort keys %count)
{
	my $expected = join ' ', map { sprintf '%s-%02d', $series, $_ } 1 .. $count{$series};
	is(join(' ', sort grep { /^$series-/ } keys %place), $expected, "all rules of series $series are there");
}

my @files;
find({ no_chdir => 1, wanted => sub { push @files, $_ if -f && /\.(?:sql|c|pl|spec)$/ } }, 'test');
for my $file (sort grep { $_ ne 'test/gates/rules.pl' } @files)
{
	my $text = slurp($file);
	my %unknown = map { $_ => 1 } grep { !exists $place{$_} } $text =~ /\b((?:TEMU|TTSEA|DOUYIN|TTRET|KS)-\d+)\b/g;
	is(join(' ', sort keys %unknown), '', "$file names no unknown rule");
	$tested{$_} = 1 for map { expanded($_) } $text =~ /(?:^\s*(?:--|\*|\/\*|#)[-\s]*|['"])($numbers): /mg, $text =~ /\(($numbers)(?:, ISO \d+)?\)/g;
}
for my $rule (sort keys %place)
{
	ok($tested{$rule}, "$rule, which lives in $place{$rule}, has a test") if defined $place{$rule};
}
done_testing();
