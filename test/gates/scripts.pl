# Regression scripts: each has its expectation, a name and shops of its own.
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
# they share one database, but for what they do in one of their own
my %script_of;
for my $script (sort glob('test/sql/*.sql'))
{
	open my $in, '<', $script or die "$script: $!";
	my $sql = do { local $/; <$in> };
	$sql =~ s/^\\c regress_.*?(?:^\\c :regress_database|\z)//gms;
	for my $rows ($sql =~ /INSERT INTO (?:aftersale\.)?shop\s*\(\s*shop_id\b[^)]*\)\s*([^;]*);/g)
	{
		like($rows, qr/^VALUES\b/, "$script writes its shops out, so that their numbers can be compared");
		for my $shop ($rows =~ /\(\s*(\d+)\s*,/g)
		{
			my $other = $script_of{$shop} //= $script;
			is($other, $script, "shop $shop is of $script alone");
		}
	}
}
cmp_ok(scalar keys %script_of, '>', 0, 'scripts have shops');
for my $expected (sort glob('expected/*.out'))
{
	my ($name) = $expected =~ m{([^/]+?)(?:_\d)?\.out$};
	ok(-f "test/sql/$name.sql", "$expected has its script");
}
done_testing();
