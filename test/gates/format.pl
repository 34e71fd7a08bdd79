# The C sources are formatted as pg_bsd_indent does it (`.ci/lint --fix`).
use strict;
use warnings;
use Test::More;

my $diff = `.ci/lint --format 2>&1`;
plan skip_all => 'pg_bsd_indent is not installed' if $? >> 8 == 2;
is($diff, '', 'pg_bsd_indent would change nothing')
  or diag('a type of PostgreSQL that is used for the first time: .ci/lint --typedefs; then: .ci/lint --fix');
done_testing();
