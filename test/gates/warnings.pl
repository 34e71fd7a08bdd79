# The library compiles without a warning with gcc and clang.
use strict;
use warnings;
use Test::More;

my $config = $ENV{PG_CONFIG} || 'pg_config';
chomp(my $include = `$config --includedir-server`);
my ($clang) = map { /(.*)/ } grep { -x } glob('/usr/bin/clang /usr/bin/clang-[0-9]*');

# those that PostgreSQL's own headers and calling convention need
my @flags = qw(-std=gnu11 -O2 -D_GNU_SOURCE -Wall -Wextra -Werror -Wdeclaration-after-statement
  -Wmissing-prototypes -Wno-unused-parameter -Wno-sign-compare -Wno-missing-field-initializers);

for my $compiler ('gcc', $clang || ())
{
	for my $file (sort glob('src/*.c src/kernel/*.c'))
	{
		is(system($compiler, @flags, '-Isrc', '-isystem', $include, '-c', '-o', '/dev/null', $file),
			0, "$file compiles with $compiler");
	}
}
done_testing();
