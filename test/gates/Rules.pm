# What the marketplaces' rules are (sql/rules.sql), and which tests name them.
#
# A test names a rule where its description, a comment or a string begins with
# the rule's number ("TEMU-18: names ...", "TEMU-20 to TEMU-22, 27: ...").  In
# test/pgtap/rules that is how every description begins.
package Rules;
use strict;
use warnings;
use Exporter 'import';
use File::Find;
our @EXPORT_OK = qw(rules test_files slurp numbers_in assertions names);

my $series = qr/TEMU|TTSEA|DOUYIN|TTRET|KS/;
my $number = qr/(?:$series)-\d\d/;
my $numbers = qr/$number(?:(?:, | to |, and )(?:$number|\d\d))*/;

sub slurp { my ($file) = @_; open my $in, '<:encoding(UTF-8)', $file or die "$file: $!"; local $/; return <$in> }

# The entries of aftersale.rules(), in its order: platform, rule, says, place (undef: not built), standing.
sub rules
{
	my @rules;
	for (slurp('sql/rules.sql') =~ /^    \(('.*)$/mg)
	{
		my @entry = /^'(\w+)', '([\w-]+)', '((?:[^']|'')+)', (?:NULL|'((?:[^']|'')+)'), '(\w+)'\)/
			or die "a rule of sql/rules.sql is not as it should be: $_";
		my %rule;
		@rule{qw(platform rule says place standing)} = map { defined $_ ? s/''/'/gr : undef } @entry;
		push @rules, \%rule;
	}
	return @rules;
}

sub test_files
{
	my @files;
	find({ no_chdir => 1, wanted => sub { push @files, $_ if -f && /\.(?:sql|c|pl|spec)$/ && !m{^test/gates/} } }, 'test');
	return sort @files;
}

# "TEMU-20 to TEMU-22, 27" as TEMU-20, TEMU-21, TEMU-22, TEMU-27
sub expanded
{
	my ($text) = @_;
	my ($platform, $last, @all);
	while ($text =~ /(to )?(?:([A-Z]+)-)?(\d\d)/g)
	{
		$platform = $2 if $2;
		push @all, map { sprintf '%s-%02d', $platform, $_ } ($1 ? $last + 1 : $3) .. $3;
		$last = $3;
	}
	return @all;
}

# Whatever looks like a rule's number.
sub numbers_in { my ($text) = @_; return $text =~ /\b((?:$series)-\d+)\b/g }

# ---- pgTAP ----

my $assertion = join '|', qw(ok is isnt matches doesnt_match imatches doesnt_imatch alike ialike unalike unialike cmp_ok pass fail
  throws_ok throws_like throws_ilike throws_matching throws_imatching lives_ok performs_ok results_eq results_ne set_eq set_ne set_has set_hasnt
  bag_eq bag_ne bag_has bag_hasnt is_empty isnt_empty row_eq isa_ok);
my $string = qr/[eE]'(?:[^'\\]|''|\\.)*'|'(?:[^']|'')*'/s;
my $comment = qr{--[^\n]*|/\*.*?\*/}s;

# The arguments of a call; the text stands behind its opening parenthesis.
sub arguments
{
	my ($text) = @_;
	my ($depth, @arguments) = (1, '');
	while ($$text =~ /\G(?:($comment)|($string|\$(\w*)\$.*?\$\g3\$)|(.))/gcs)
	{
		my ($literal, $char) = ($2, $4);
		next if defined $1;
		if (defined $literal) { $arguments[-1] .= $literal; next }
		$depth++ if $char =~ /[(\[]/;
		$depth-- if $char =~ /[)\]]/;
		last if !$depth;
		if ($depth == 1 && $char eq ',') { push @arguments, '' }
		else { $arguments[-1] .= $char }
	}
	return map { s/^\s+|\s+$//gr } @arguments;
}

# The assertions of a pgTAP script: line, description (undef: none that is
# written out; what is added to one shows as "...", format()'s as it is), rules that it begins with.
sub assertions
{
	my ($sql, $line) = (@_, 1);
	my @found;
	my $at = sub { return $line + (substr($sql, 0, shift) =~ tr/\n//) };
	while ($sql =~ /\G(?:$comment|$string|\$(\w*)\$(.*?)\$\g1\$|\b(?<![.:\w])($assertion)\s*\(|(\w+|.))/gcs)
	{
		if (defined $2) { push @found, assertions($2, $at->($-[2])) }
		elsif (defined $3)
		{
			my $start = $-[3];
			my @arguments = arguments(\$sql);
			my ($begins, $more) = $arguments[-1] =~ /^(?:format\(\s*)?($string)(\s*(?:\|\||,).*)?$/s;
			my $description = defined $begins ? $begins =~ s/^[eE]?'|'$//gr =~ s/''/'/gr . ($more ? '...' : '') : undef;
			my ($rules, $says) = ($description // '') =~ /^($numbers): (.+)/s;
			push @found, { line => $at->($start), description => $description, says => $says, rules => [ $rules ? expanded($rules) : () ] };
		}
	}
	return @found;
}

# ---- any test ----

# What a file says of rules: [says (undef: it names them), rules...]
sub names
{
	my ($file) = @_;
	my $text = slurp($file);
	my @names;
	if ($file =~ /\.sql$/ && $file =~ m{^test/pgtap/})
	{
		@names = map { [ $_->{says}, @{ $_->{rules} } ] } grep { @{ $_->{rules} } } assertions($text);
	}
	elsif ($file =~ /\.c$/)
	{
		push @names, [ $2, expanded($1) ] while $text =~ /"($numbers): ((?:[^"\\]|\\.)+)"/g;
	}
	else
	{
		while ($text =~ /^\s*(?:--|#)[-\s]*($numbers): (.+(?:\n\s*(?:--|#) +(?!$number).+)*)/mg)
		{
			my ($rules, $says) = ($1, $2);
			push @names, [ $says =~ s/\s*\n\s*(?:--|#)\s*/ /gr =~ s/[\s-]+$//r, expanded($rules) ];
		}
	}
	push @names, [ undef, expanded($1) ] while $text =~ m{(?:^\s*(?:--|\*|/\*|#)[-\s]*|['"])($numbers): }mg;
	push @names, [ undef, expanded($1) ] while $text =~ /\(($numbers)(?:, ISO \d+)?\)/g;
	return @names;
}

1;
