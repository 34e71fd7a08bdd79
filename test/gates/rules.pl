# Rules and tests agree: what aftersale.rules() says to be built has a test that
# names it, and no test names a rule that does not exist (see Rules.pm for how);
# each test in test/pgtap/rules is one of a rule.
use strict;
use warnings;
use lib 'test/gates';
use Rules qw(rules test_files slurp numbers_in assertions names);
use Test::More;

my (%rule, %tested);
for my $rule (rules())
{
	ok(!$rule{ $rule->{rule} }, "$rule->{rule} stands once in aftersale.rules()");
	like($rule->{standing}, qr/^(?:stated|reading|external|informational)$/, "$rule->{rule} has a standing");
	$rule{ $rule->{rule} } = $rule;
}
my %count = (TEMU => 43, TTSEA => 18, DOUYIN => 17, TTRET => 16, KS => 11);
for my $series (sort keys %count)
{
	my $expected = join ' ', map { sprintf '%s-%02d', $series, $_ } 1 .. $count{$series};
	is(join(' ', sort grep { /^$series-/ } keys %rule), $expected, "all rules of series $series are there");
}

for my $file (test_files())
{
	my %unknown = map { $_ => 1 } grep { !$rule{$_} } numbers_in(slurp($file));
	is(join(' ', sort keys %unknown), '', "$file names no unknown rule");
	for my $name (names($file))
	{
		my (undef, @rules) = @$name;
		$tested{$_} = 1 for @rules;
	}
}
for my $file (sort glob('test/pgtap/rules/*.sql'))
{
	my @assertions = assertions(slurp($file));
	cmp_ok(scalar @assertions, '>', 0, "$file has tests");
	my @nameless = map { "line $_->{line}: " . ($_->{description} // 'no description that is written out') } grep { !@{ $_->{rules} } } @assertions;
	is(join("\n", @nameless), '', "the description of every test in $file begins with its rule: 'TEMU-02: ...'");
}
# what only a document tells needs none
for my $rule (map { $rule{$_} } sort keys %rule)
{
	next if !defined $rule->{place} || $rule->{standing} eq 'informational' && $rule->{place} =~ m{^doc/[\w/.]+(?:, doc/[\w/.]+)*$};
	ok($tested{ $rule->{rule} }, "$rule->{rule}, which lives in $rule->{place}, has a test");
}
done_testing();
