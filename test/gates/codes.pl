# Class RA: the registry (src/kernel/codes.h), the reference
# (doc/reference/errors.md) and what SQL raises agree.
use strict;
use warnings;
use Test::More;

sub slurp { my ($file) = @_; open my $in, '<', $file or die "$file: $!"; local $/; return <$in> }

my (%registry, %seen);
for (slurp('src/kernel/codes.h') =~ /^#define\s+(RA_\w+\s+"\w+")/mg)
{
	my ($name, $code) = /RA_(\w+)\s+"(\w+)"/;
	ok(!$seen{$code}++, "$code has one name");
	like($code, qr/^RA\d{3}$/, "$name is a code of class RA");
	$registry{$code} = lc $name;
}
my %reference;
for (slurp('doc/reference/errors.md') =~ /^(\|\s*`?RA\d{3}.*)$/mg)
{
	my (undef, $code, $name, $when, $what) = map { s/^\s+|\s+$|`//gr } split /(?<!\\)\|/;
	ok(!$reference{$code}, "$code stands once in the reference");
	$reference{$code} = $name;
	ok($when && $what, "the reference says when $code is raised and what to do");
}
is_deeply(\%reference, \%registry, 'doc/reference/errors.md lists the codes of src/kernel/codes.h by their names');

for my $file (sort glob('sql/*.sql sql/*/*.sql src/*.c src/kernel/*.c'))
{
	my @unknown = grep { !$registry{$_} } slurp($file) =~ /(?:'|\(|")(RA\d{3})\b/g;
	is("@unknown", '', "$file raises registered codes only");
}
done_testing();
