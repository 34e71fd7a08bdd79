# The examples of the documentation do what they show: in README.md and
# doc/**/*.md every ```sql block with a ```text block directly after it is
# executed, and its output compared.  The rules stand in CONTRIBUTING.md.
use strict;
use warnings;
use File::Find;
use Test::More;

my $work = $ENV{TESTDIR} || '.';

# Pairs [line, sql, expected output], in order; expected undef: only run.
sub blocks
{
	my ($file) = @_;
	open my $in, '<', $file or die "$file: $!";
	my @lines = <$in>;
	my (@blocks, $sql, $run);
	for (my $i = 0; $i < @lines; $i++)
	{
		if ($lines[$i] =~ /^(\s*)```(\w*)\s*$/)
		{
			my ($indent, $language, $start, @text) = ($1, $2, $i + 1);
			for ($i++; $i < @lines && $lines[$i] !~ /^\s*```\s*$/; $i++)
			{
				push @text, $lines[$i] =~ s/^$indent//r;
			}
			my $text = join '', @text;
			if ($language eq 'sql')
			{
				$sql = [ $start, $text, undef ];
				push @blocks, $sql if $run;
			}
			elsif ($language eq 'text' && $sql)
			{
				push @blocks, $sql unless $run;
				$sql->[2] = $text;
			}
			undef $sql unless $language eq 'sql';
			undef $run;
		}
		elsif ($lines[$i] =~ /^\s*<!--\s*run\s*-->\s*$/) { $run = 1 }
		elsif ($lines[$i] =~ /\S/) { undef $sql; undef $run }
	}
	return @blocks;
}

# What psql prints for one block after the other, in one session.
sub outputs
{
	my ($database, $name, @blocks) = @_;
	my $mark = '-- end of an example --';
	open my $out, '>', "$work/$name.sql" or die $!;
	print $out "$_->[1]\n;\\echo '$mark'\n" for @blocks;
	close $out;
	my $all = `psql -X -P pager=off -d '$database' < '$work/$name.sql' 2>&1`;
	return split /^\Q$mark\E\n/m, $all, -1;
}

# Blanks at the end of lines and empty lines do not count; nor do command tags
# ("INSERT 0 1"), where the document leaves them all out.
sub plain
{
	my ($text, $tags) = @_;
	$text =~ s/[ \t]+$//mg;
	$text =~ s/^\n//mg;
	$text =~ s/^(?:INSERT 0 \d+|(?:UPDATE|DELETE|SELECT|COPY|MERGE) \d+|SET|RESET|BEGIN|COMMIT|ROLLBACK|CALL|DO|GRANT|REVOKE|COMMENT|SAVEPOINT|(?:CREATE|ALTER|DROP|TRUNCATE)(?: [A-Z]+)+)\n//mg
	  unless $tags;
	return $text;
}

sub psql { my ($sql) = @_; system('psql', '-X', '-q', '-d', 'postgres', '-c', $sql) == 0 or die "$sql failed" }
sub roles { return `psql -X -qAt -d postgres -c "SELECT rolname FROM pg_roles ORDER BY 1"` =~ /(.+)/g }

my @files = grep { -f } 'README.md', 'README.zh-CN.md';
find({ no_chdir => 1, wanted => sub { push @files, $_ if /\.md$/ } }, 'doc') if -d 'doc';
@files = grep { m{(?:^|/)\Q$ENV{TEST}\E(?:\.md)?$} } @files if $ENV{TEST} && $ENV{TEST} ne 'examples';

my $done = 0;
for my $file (sort @files)
{
	my @blocks = blocks($file) or next;
	(my $name = $file) =~ s/\W/_/g;
	my %before = map { $_ => 1 } roles();
	# a document that creates the extension starts from nothing
	my $template = (grep { $_->[1] =~ /CREATE EXTENSION aftersale/i } @blocks) ? 'template0' : 'template_aftersale';
	psql("CREATE DATABASE \"$name\" TEMPLATE $template");
	subtest $file => sub {
		my @outputs = outputs($name, $name, @blocks);
		is(@outputs - 1, scalar @blocks, 'every block was run') or diag($outputs[-1]);
		for my $i (0 .. $#blocks)
		{
			my ($line, $sql, $expected) = @{ $blocks[$i] };
			my $got = $outputs[$i] // '';
			if (!defined $expected)
			{
				unlike($got, qr/^(?:ERROR|FATAL):/m, "$file:$line runs");
				next;
			}
			my $tags = plain($expected, 1) ne plain($expected, 0);
			is(plain($got, $tags), plain($expected, $tags), "$file:$line");
		}
	};
	psql("DROP DATABASE \"$name\" WITH (FORCE)");
	psql("DROP ROLE \"$_\"") for grep { !$before{$_} } roles();
	$done++;
}
$done ? done_testing() : plan(skip_all => 'no document has an example');
