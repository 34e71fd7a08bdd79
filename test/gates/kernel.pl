# The kernel stands alone: no header of PostgreSQL, no memory of its own, no
# clock, no state; it compiles without the server with gcc and clang.
use strict;
use warnings;
use File::Temp 'tempdir';
use Test::More;

my $build = tempdir(CLEANUP => 1);
my ($clang) = map { /(.*)/ } grep { -x } glob('/usr/bin/clang /usr/bin/clang-[0-9]*');
my @flags = qw(-std=gnu11 -O1 -Wall -Wextra -Werror -Isrc);
my %standard = map { $_ => 1 } qw(assert.h errno.h inttypes.h limits.h math.h stdarg.h
  stdbool.h stddef.h stdint.h stdio.h stdlib.h string.h);

for my $file (sort glob('src/kernel/*.[ch]'))
{
	open my $in, '<', $file or die "$file: $!";
	my @foreign = grep { !$standard{$_} && !m{^kernel/} } map { /^\s*#\s*include\s*[<"]([^>"]+)/ } <$in>;
	is("@foreign", '', "$file includes the kernel's and standard headers only");
}

for my $file (sort glob('src/kernel/*.c'))
{
	my ($name) = $file =~ m{([^/]+)\.c$};
	for my $compiler ('gcc', $clang || ())
	{
		is(system($compiler, @flags, '-fsyntax-only', $file), 0, "$file compiles with $compiler");
	}
	# without position-independent code constant tables are read-only here too
	system('gcc', @flags, '-fno-pic', '-c', '-o', "$build/$name.o", $file) == 0 or next;
	my @symbols = `nm $build/$name.o`;
	my @state = map { / [bBdDcC] (\S+)/ } @symbols;
	is("@state", '', "$file has no variable that outlives a call");
	my @outside = grep { /^(?:[mc]alloc|realloc|free|time|clock\w*|gettimeofday|localtime\w*|getenv|printf|puts|fopen|exit|abort|rand\w*|setlocale)$/ }
	  map { / U (\S+)/ } @symbols;
	is("@outside", '', "$file allocates nothing, asks no clock and prints nothing");
}
done_testing();
