# The library compiles without a warning with gcc and clang, and exports no name
# that could clash with another extension's.
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

my @exported = map { /^\S+ \S (\S+)/ } `nm -D --defined-only aftersale.so`;
cmp_ok(scalar @exported, '>', 0, 'the library exports its functions');
my @strange = grep { !/^(?:(?:pg_finfo_)?aftersale_|as_|_PG_init$|Pg_magic_func$)/ } @exported;
is("@strange", '', 'every exported symbol carries the prefix');
done_testing();
