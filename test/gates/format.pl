# The C sources are formatted as pg_bsd_indent does it (`.ci/lint --fix`).
use strict;
use warnings;
use Test::More;

# its newer versions indent some lines otherwise
my $version = `pg_bsd_indent --version 2>/dev/null` || `find /usr/lib/postgresql -name pg_bsd_indent -exec {} --version ';' -quit 2>/dev/null`;
plan skip_all => "the sources are formatted by pg_bsd_indent 2.1.1 of PostgreSQL 15, not by this: $version" if $version =~ /indent (?!2\.1\.1\b)/;
my $diff = `.ci/lint --format 2>&1`;
plan skip_all => 'pg_bsd_indent is not installed' if $? >> 8 == 2;
is($diff, '', 'pg_bsd_indent would change nothing')
  or diag('a type of PostgreSQL that is used for the first time: .ci/lint --typedefs; then: .ci/lint --fix');
done_testing();
