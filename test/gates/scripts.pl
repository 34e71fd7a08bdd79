# Regression scripts: each has its expectation and a name of its own.
use strict;
use warnings;
use Test::More;

for my $script (sort glob('test/sql/*.sql'))
{
	my ($name) = $script =~ m{([^/]+)\.sql$};
	ok(-f "expected/$name.out", "$script has its expectation");
	# "make installcheck" would run the part of the extension in its place
	ok(!-e "sql/$name.sql", "$script has another name than every part of the extension");
}
for my $expected (sort glob('expected/*.out'))
{
	my ($name) = $expected =~ m{([^/]+?)(?:_\d)?\.out$};
	ok(-f "test/sql/$name.sql", "$expected has its script");
}
done_testing();
