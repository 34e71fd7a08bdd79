# The version is written once, in aftersale.control.  The changelog may name
# released versions, and so do the names of released scripts.
use strict;
use warnings;
use File::Find;
use Test::More;

open my $control, '<', 'aftersale.control' or die $!;
my ($version) = map { /^default_version = '(.*)'/ } <$control>;
ok($version, 'aftersale.control states the version');

my @others;
find({ no_chdir => 1, wanted => sub {
	$File::Find::prune = 1 if m{^\./(?:build|results|\.git)$};
	return unless -f && -T && !m{^\./(?:aftersale\.control$|CHANGELOG\.md$|aftersale--|META\.json\.tmp)};
	open my $in, '<', $_ or return;
	while (my $line = <$in>)
	{
		push @others, "$File::Find::name:$." if $line =~ /(?<![\d.])\Q$version\E(?![\d.]*\d)/;
	}
} }, '.');
is("@others", '', 'and nothing else does');
done_testing();
