# Leaving: DROP EXTENSION is refused as long as something would go with it, and
# uninstall() leaves plain tables with every row, so that nothing does.
use strict;
use warnings;
use lib 'test/lifecycle';
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Shop;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('uninstalling');
$node->init;
$node->append_conf('postgresql.conf', 'jit = off');
$node->start;
$node->safe_psql('postgres', "CREATE ROLE $_ LOGIN") for qw(erp clerk);
$node->safe_psql('postgres', 'CREATE DATABASE leaving');
$node->safe_psql('leaving', 'CREATE EXTENSION aftersale');
Shop::open_shop($node, 'leaving');
Shop::work($node, 'leaving', 1);
Shop::bind_table($node, 'leaving');
Shop::as_erp($node, 'leaving', q{
	SELECT aftersale.grant_access('clerk', 'employee');
	INSERT INTO aftersale.login (login, shop_id, actor) VALUES ('clerk', 1, 'alice');
	CREATE INDEX own_index ON aftersale.request ((attributes ->> 'queue'));
	CREATE FUNCTION public.own_note() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
	CREATE TRIGGER own_trigger BEFORE UPDATE ON aftersale.request FOR EACH ROW EXECUTE FUNCTION public.own_note();
	CREATE TABLE public.mine (id int PRIMARY KEY, "the ratio" aftersale.refund_ratio UNIQUE, term aftersale.sla_term);
	INSERT INTO public.mine VALUES (1, '12.5%', '24 hours'), (2, NULL, '1 business day');
	CREATE VIEW public.over_ratio AS SELECT shop_id, request_id, ratio FROM aftersale.request;
	CREATE FUNCTION public.mine(r aftersale.refund_ratio) RETURNS text LANGUAGE sql AS 'SELECT $1::text'});

my ($out, $err);
sub refused { my ($sql, @more) = @_; my $code = $node->psql('leaving', "\\set VERBOSITY verbose\n$sql", stdout => \$out, stderr => \$err, @more); return $code ? $err : "not refused: $out" }
like(refused('DROP EXTENSION aftersale'), qr/2BP01: cannot drop extension aftersale because other objects depend on it/, 'DROP EXTENSION is refused');

# every row as text, each column of a type of ours in its plain form
sub rows
{
	my %rows;
	for my $table ($node->safe_psql('leaving', q{SELECT oid::regclass FROM pg_class WHERE relkind IN ('r', 'p') AND NOT relispartition
		AND (relnamespace = 'aftersale'::regnamespace OR relnamespace = 'public'::regnamespace) ORDER BY 1}) =~ /(.+)/g)
	{
		my $columns = $node->safe_psql('leaving', qq{SELECT string_agg(CASE atttypid::regtype::text
				WHEN 'aftersale.refund_ratio' THEN format('%I::numeric', attname)
				WHEN 'aftersale.sla_term' THEN format('%I::text', attname)
				WHEN 'aftersale.business_calendar' THEN format('%I::text', attname) ELSE quote_ident(attname) END, ', ' ORDER BY attnum)
			FROM pg_attribute WHERE attrelid = '$table'::regclass AND attnum > 0 AND NOT attisdropped});
		$rows{$table} = $node->safe_psql('leaving', "SELECT count(*), md5(string_agg(r, E'\\n' ORDER BY r COLLATE \"C\")) FROM (SELECT ROW($columns)::text AS r FROM $table) t");
	}
	return \%rows;
}
my $before = rows();
my $count = keys %$before;
cmp_ok($count, '>=', 40, 'there are tables, of aftersale and of the ERP');
my $kept = q{kind IN ('constraint', 'index', 'policy', 'privilege', 'sequence') AND split_part(object, '.', 2) IN
	(SELECT c.relname FROM pg_class c WHERE c.relnamespace = 'aftersale'::regnamespace AND c.relkind IN ('r', 'p', 'S', 'i'))};
my $catalog = [ map { s/\(term\)::text/term/r } @{ Shop::catalog($node, 'leaving', $kept) } ];	# what is a term becomes a text

# who may, and what is in the way
like(refused('SET ROLE clerk; SELECT aftersale.uninstall(true)'), qr/RA074/, 'only the owner leaves');
like(refused('SET ROLE erp; SELECT aftersale.uninstall(false)'), qr/22023: uninstall\(\) deletes no table: keep must be true/, '... and keeps the tables');
like(refused('SET ROLE erp; SELECT aftersale.uninstall(NULL)'), qr/22023/, '... saying so');
like(refused('SET ROLE erp; SELECT aftersale.uninstall(keep => true)'), qr/0A000: cannot alter type of a column used by a view or rule.*over_ratio/s, 'a view of the user\'s is named, and stays');
$node->safe_psql('leaving', 'DROP VIEW public.over_ratio');
like(refused('SET ROLE erp; SELECT aftersale.uninstall(keep => true)'), qr/RA006: other objects use aftersale.*DETAIL:  function public\.mine\(aftersale\.refund_ratio\)/s, 'so is a function');
is_deeply(rows(), $before, '... and nothing has changed');
is(Shop::as_erp($node, 'leaving', q{SELECT state FROM aftersale.act(1, 70, 'reply', '{"remark": "x"}')}), 'replied', '... and all works');
$node->safe_psql('leaving', 'DROP FUNCTION public.mine(aftersale.refund_ratio)');
$before = rows();

is($node->safe_psql('leaving', 'SET ROLE erp; SELECT aftersale.uninstall(keep => true)'),
	'the tables of aftersale are plain tables now; an administrator runs: DROP EXTENSION aftersale;', 'the owner leaves');
like(refused('SET ROLE erp; SELECT aftersale.require_installed()'), qr/RA004/, 'what is left says that it is no engine');
like(refused('SET ROLE erp; SELECT aftersale.migrate()'), qr/RA004.*plain tables that uninstall\(\) left/s, '... and why');
is($node->safe_psql('leaving', 'SELECT aftersale.used_by()'), '', 'nothing uses the extension');
$node->safe_psql('leaving', 'DROP EXTENSION aftersale');
my $after = rows();
delete $_->{'aftersale.installation'} for $before, $after;
is_deeply($after, $before, "every row of $count tables is there");
is(Shop::differences($catalog, Shop::catalog($node, 'leaving', $kept)), '', 'so are constraints, indexes, policies and rights');
is($node->safe_psql('leaving', q{SELECT string_agg(tgname, ', ') FROM pg_trigger WHERE NOT tgisinternal}), 'own_trigger', 'so are the user\'s triggers, and none of ours');
is($node->safe_psql('leaving', q{SELECT attname || ' ' || format_type(atttypid, NULL) FROM pg_attribute WHERE attrelid = 'public.mine'::regclass AND attnum > 0 ORDER BY attnum}),
	"id integer\nthe ratio numeric\nterm text", 'columns of the types are plain, in the ERP\'s tables, too');
$node->safe_psql('leaving', q{SET ROLE erp; UPDATE aftersale.request SET state = 'anything' WHERE request_id = 1; INSERT INTO public."Returns" (id, amount, region) VALUES (99, 1000, 1)});
pass('they are written like any tables');
like(refused(q{SET ROLE clerk; INSERT INTO aftersale.request (shop_id, flow) VALUES (2, 'x')}), qr/42501/, 'row-level security holds');

# and back again, beside what was kept
$node->safe_psql('leaving', 'ALTER SCHEMA aftersale RENAME TO kept; CREATE EXTENSION aftersale');
$node->safe_psql('leaving', q{SELECT aftersale.install(owner => 'erp')});
is($node->safe_psql('leaving', 'SELECT count(*) FROM kept.request'), '115', 'the tables that were kept lie beside new ones');

$node->stop;
done_testing();
