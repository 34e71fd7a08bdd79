# The library exports no name that could clash with another extension's.
use strict;
use warnings;
use Test::More;

my @exported = map { /^\S+ \S (\S+)/ } `nm -D --defined-only aftersale.so`;
cmp_ok(scalar @exported, '>', 0, 'the library exports its functions');
my @strange = grep { !/^(?:(?:pg_finfo_)?aftersale_|as_|_PG_init$|Pg_magic_func$)/ } @exported;
is("@strange", '', 'every exported symbol carries the prefix');
done_testing();
