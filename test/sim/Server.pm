# A server to drive: statements through one psql, their rows and SQLSTATEs; and
# chance, by which programs that drive it choose.  The server is the one of
# PGHOST, PGPORT and PGUSER; psql is on the PATH.
package Server;
use strict;
use warnings;
use Exporter qw(import);
use IPC::Open2;

our @EXPORT = qw(connect_to disconnect sql must admin text chance one_of between);
our @log;			# the statements of this connection, or the last of them
our %answers;		# how often each SQLSTATE came
my ($to, $from, $pid);

sub connect_to
{
	@log = ();
	$pid = open2($from, $to, "exec psql -XAtq -F '|' -d $_[0] 2>/dev/null");
	$to->autoflush(1);
	sql("SET client_min_messages = error; SET TIME ZONE 'UTC'; SET datestyle = ISO");
}

sub disconnect { close $to; close $from; waitpid $pid, 0 }

# Runs a statement: its rows, the SQLSTATE and the message.
sub sql
{
	my ($statement) = @_;
	push @log, "$statement;";
	splice @log, 0, 1000 if @log > 2000;
	print $to "$statement;\n\\echo ~~ :SQLSTATE :LAST_ERROR_MESSAGE\n";
	my @rows;
	while (my $line = <$from>)
	{
		chomp $line;
		if ($line =~ /^~~ (\S+) (.*)/)
		{
			$answers{$1}++;
			return (\@rows, $1, $2);
		}
		push @rows, $line;
	}
	die "the connection is lost\n";
}

sub must
{
	my ($rows, $sqlstate, $message) = sql(@_);
	die "$sqlstate $message\n$_[0]\n" if $sqlstate ne '00000';
	return $rows;
}

# Statements of the superuser, in the database of PGDATABASE.
sub admin { connect_to($ENV{PGDATABASE} // 'postgres'); must($_) for @_; disconnect() }

sub text { my ($text) = @_; return defined $text ? "'$text'" : 'NULL' }

sub chance { return rand() < $_[0] }
sub one_of { return $_[ int rand @_ ] }
sub between { my ($low, $high) = @_; return $low + int rand($high - $low + 1) }

1;
