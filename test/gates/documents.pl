# The documents that are made from the packs' rows, and of rules from the tests,
# are as they would be made now; and Graphviz reads every flow's graph.
use strict;
use warnings;
use Test::More;

sub psql { my ($sql) = @_; system('psql', '-X', '-q', '-d', 'postgres', '-c', $sql) == 0 or die "$sql failed" }

psql('CREATE DATABASE documents TEMPLATE template_aftersale');
$ENV{PGDATABASE} = 'documents';
for my $document (qw(flows rules))
{
	my $made = `doc/generate $document`;
	is($? >> 8, 0, "doc/generate $document makes a document");
	open my $in, '<', "doc/$document.md" or die "doc/$document.md: $!";
	my $committed = do { local $/; <$in> };
	ok($committed eq $made, "doc/$document.md is what the packs, rules and tests say now")
	  or diag("doc/$document.md is stale. Run: make doc");
}
SKIP: {
	skip 'Graphviz is not installed: test/pgtap/flow_pictures.sql alone looks at the graphs', 1 unless grep { -x "$_/nop" } split /:/, $ENV{PATH};
	my $load = 'DO \$\$ BEGIN PERFORM aftersale.load_pack(pack) FROM unnest(aftersale.packs()) AS pack; END \$\$';
	my $said = `psql -XqAt -v ON_ERROR_STOP=1 -c "$load" -c "SELECT aftersale.flow_dot(flow, version) FROM aftersale.flow" 2>&1 | nop -p 2>&1 >/dev/null`;
	is($said, '', 'Graphviz reads every graph');
}
$ENV{PGDATABASE} = 'postgres';
psql('DROP DATABASE documents WITH (FORCE)');
done_testing();
