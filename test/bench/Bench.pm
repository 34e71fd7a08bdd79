# What the benchmarks in Perl share: statements, the CPU time of the server,
# which is what neighbours on the machine alter least, and verdicts.  Each run is
# a session of its own, what is compared runs in turn, and the median of the
# ratios counts.
package Bench;
use strict;
use warnings;
use Exporter 'import';
use File::Temp qw(tempdir);

our @EXPORT = qw(slurp spew psql sql measure measured median ratio at_most at_least verdict);

my $scripts = tempdir(CLEANUP => 1);
my $missed = 0;
my %cpu;
$ENV{PGOPTIONS} = '-c client_min_messages=warning -c jit=off -c max_parallel_workers_per_gather=0';

sub slurp { local $/; open my $file, '<', $_[0] or die "$_[0]: $!"; return <$file> }
sub spew { my ($name, $text) = @_; my $path = "$scripts/$name"; open my $file, '>', $path or die "$path: $!"; print $file $text; close $file; return $path }
sub psql { my $out = qx(psql -X -q -At -v ON_ERROR_STOP=1 @_); die "psql failed\n" if $?; chomp $out; return $out }
sub sql { return psql('-f', spew('statement.sql', $_[0])) }

my $pid;
sub postmaster { return $pid //= (split /\n/, sql("SELECT pg_read_file('postmaster.pid')"))[0] }

# sessions that the postmaster still has, the dead ones that it has not yet buried among them
sub sessions
{
	my ($postmaster) = @_;
	my $count = 0;
	for my $process (glob('/proc/[0-9]*'))
	{
		my $stat = eval { slurp("$process/stat") } // next;
		next unless $stat =~ /^\d+ \(.*\) \S $postmaster /s;
		# while a process ends its command line is empty
		$count++ if (eval { slurp("$process/cmdline") } // '') =~ /^$|\[local\] (?!idle in transaction)/;
	}
	return $count;
}

# CPU seconds of all sessions that have ended; one that holds a transaction open, and so does nothing, is not waited for
sub ended_cpu
{
	my $postmaster = postmaster();
	for (1 .. 200) { last unless sessions($postmaster); select undef, undef, undef, 0.05 }
	my $stat = slurp("/proc/$postmaster/stat");
	$stat =~ s/^.*\) //;
	my @field = split / /, $stat;
	return ($field[13] + $field[14]) / 100;
}

# Runs it and keeps what it cost; returns that, in seconds.
sub measure
{
	my ($what, $run) = @_;
	my $before = ended_cpu();
	$run->();
	push @{ $cpu{$what} }, ended_cpu() - $before;
	return $cpu{$what}[-1];
}

sub median { my @sorted = sort { $a <=> $b } @_; return $sorted[$#sorted / 2] }
sub measured { return median(@{ $cpu{ $_[0] } }) }

# How many times the CPU of the other, round by round.
sub ratio
{
	my ($mine, $theirs) = map { $cpu{$_} } @_;
	return median(map { $mine->[$_] / $theirs->[$_] } 0 .. (@$mine < @$theirs ? $#$mine : $#$theirs));
}

sub report
{
	my ($what, $against, $value, $bar, $kept, $sense) = @_;
	$missed++ unless $kept;
	printf "%-44s %-44s %7.2f  bar %s%5.2f  %s\n", $what, $against, $value, $sense, $bar, $kept ? 'kept' : 'MISSED';
}
sub at_most { my ($what, $against, $value, $bar) = @_; report($what, $against, $value, $bar, $value <= $bar, '') }
sub at_least { my ($what, $against, $value, $bar) = @_; report($what, $against, $value, $bar, $value >= $bar, '>= ') }

sub verdict { print $missed ? "$missed bars missed\n" : "all bars kept\n" }

1;
