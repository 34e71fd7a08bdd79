# Tryton as its users meet it: databases made from a template, the real server
# process, its worker, and clients that speak JSON-RPC with it.
#
# It finds in the environment
#	PGHOST, PGPORT		the PostgreSQL server; PGUSER is a superuser there
#	TRYTON				a folder: root/ has Tryton's packages, the rest is ours
#	SERVER_LOG			the PostgreSQL server's log
# Tryton itself connects as role "tryton", which owns its database and is no
# superuser.  What was started is stopped at the end, whatever happens.
package Tryton;
use strict;
use warnings;
use HTTP::Tiny;
use IO::Handle;
use IO::Socket::INET;
use JSON::PP;
use MIME::Base64 qw(encode_base64);
use POSIX qw(:sys_wait_h);

our $role = 'tryton';
my $folder = $ENV{TRYTON} or die "TRYTON is not set: see test/tryton/Tryton.pm\n";
my $password = 'throw-away';
my @started;

# ------------------------------------------------------------ programs

sub settings
{
	my ($name, $listen, $worker) = @_;
	my %file = (
		"$name.conf" => "[database]\nuri = postgresql://\n[web]\nlisten = 127.0.0.1:$listen\n[queue]\nworker = " . ($worker ? 'True' : 'False')
		  . "\n[session]\nauthentications = password\n[password]\npasslib = $folder/passlib.ini\n",
		# a hash of one round: the password protects nothing
		'passlib.ini' => "[passlib]\nschemes = pbkdf2_sha512\npbkdf2_sha512__default_rounds = 1\n",
		'password' => "$password\n");
	for my $file (sort keys %file)
	{
		open my $out, '>', "$folder/$file" or die "$folder/$file: $!\n";
		print $out $file{$file};
		close $out or die "$folder/$file: $!\n";
	}
	return "$folder/$name.conf";
}

sub environment
{
	my ($config) = @_;
	delete @ENV{qw(PGTZ PGDATESTYLE PGDATABASE)};
	@ENV{qw(PGUSER PYTHONPATH TRYTOND_CONFIG TRYTONPASSFILE PYTHONWARNINGS HOME)} =
	  ($role, "$folder/root/usr/lib/python3/dist-packages", $config, "$folder/password", 'ignore', $folder);
	return;
}

# One of Tryton's programs with its output in a file: a process id.
sub launch
{
	my ($config, $log, $program, @arguments) = @_;
	my $pid = fork() // die "fork: $!\n";
	return $pid if $pid;
	open STDIN, '<', '/dev/null';
	open STDOUT, '>>', "$folder/$log" or POSIX::_exit(1);
	open STDERR, '>&', \*STDOUT;
	environment($config);
	exec '/usr/bin/python3', "$folder/root/usr/bin/$program", @arguments or POSIX::_exit(127);
}

sub wait_for	# WHAT CODE [SECONDS]: until it is true
{
	my ($what, $code, $seconds) = @_;
	for (1 .. 20 * ($seconds // 60))
	{
		my $answer = $code->();
		return $answer if $answer;
		select undef, undef, undef, 0.05;
	}
	die "after " . ($seconds // 60) . " s still waiting for $what\n";
}

sub tail	# the end of a log, for a message
{
	my ($log) = @_;
	open my $in, '<', "$folder/$log" or return '';
	my @lines = <$in>;
	return join '', @lines > 40 ? @lines[ -40 .. -1 ] : @lines;
}

sub stop_process
{
	my ($pid) = @_;
	@started = grep { $_ != $pid } @started;
	kill 'INT', $pid;
	for (1 .. 200)
	{
		return if waitpid($pid, WNOHANG) != 0;
		select undef, undef, undef, 0.05;
		kill 'TERM', $pid if $_ == 100;
	}
	kill 'KILL', $pid;
	waitpid $pid, 0;
	return;
}

END
{
	my $status = $?;
	my @all = reverse @started;
	stop_process($_) for @all;
	$? = $status;
}

# ------------------------------------------------------------ a database

# The template: Tryton's modules installed into an empty database.
sub make_template
{
	my ($class, @modules) = @_;
	my $config = settings('template', 1, 0);
	local $ENV{PGOPTIONS} = '-c jit=off -c enable_nestloop=off';	# Tryton asks the information schema for each table; its plans are slow
	my $pid = launch($config, 'template.log', 'trytond-admin', '-d', 'template_tryton', '-u', @modules, '--activate-dependencies', '--email', 'admin@example.com');
	waitpid $pid, 0;
	die "trytond-admin failed:\n" . tail('template.log') if $?;
	return;
}

# A copy of a template, under a server of its own; worker: whether the queue
# waits for a worker, or every request does by itself what it has queued.
sub new
{
	my ($class, $name, %option) = @_;
	my $self = bless { name => $name, worker => $option{worker} }, $class;
	if ($option{template})
	{
		system('createdb', '-O', $role, '-T', $option{template}, $name) == 0 or die "createdb $name failed\n";
	}
	my $probe = IO::Socket::INET->new(LocalAddr => '127.0.0.1', LocalPort => 0, Listen => 1) or die "no port: $!\n";
	$self->{port} = $probe->sockport;
	close $probe;
	$self->{config} = settings($name, $self->{port}, $option{worker});
	$self->start;
	return $self;
}

sub start
{
	my ($self) = @_;
	my $log = "$self->{name}.log";
	my $pid = launch($self->{config}, $log, 'trytond', '-v', '-d', $self->{name});
	push @started, $pid;
	$self->{pid} = $pid;
	wait_for("trytond", sub {
		die "trytond ended:\n" . tail($log) if waitpid($pid, WNOHANG) == $pid;
		return IO::Socket::INET->new(PeerAddr => '127.0.0.1', PeerPort => $self->{port});
	});
	return;
}

sub start_worker
{
	my ($self) = @_;
	$self->{worker_pid} = launch($self->{config}, "$self->{name}.worker.log", 'trytond-worker', '-v', '-n', 1, '-d', $self->{name});
	push @started, $self->{worker_pid};
	return;
}

sub stop
{
	my ($self) = @_;
	stop_process($_) for grep { defined } delete @$self{qw(worker_pid pid)};
	return;
}

# trytond-admin -u MODULE...: what it says, and whether it succeeded.
sub update
{
	my ($self, @modules) = @_;
	my $log = "$self->{name}.update.log";
	unlink "$folder/$log";
	local $ENV{PGOPTIONS} = '-c jit=off -c enable_nestloop=off';
	my $pid = launch($self->{config}, $log, 'trytond-admin', '-v', '-d', $self->{name}, '-u', @modules);
	waitpid $pid, 0;
	my $status = $?;
	open my $in, '<', "$folder/$log" or die "$folder/$log: $!\n";
	local $/;
	return ($status == 0, scalar <$in>);
}

# ------------------------------------------------------------ SQL

sub psql	# SQL [ROLE]: output; dies of an error
{
	my ($self, $sql, $as) = @_;
	open my $out, '-|', 'psql', '-X', '-A', '-t', '-q', '-v', 'ON_ERROR_STOP=1', '-U', $as // $ENV{PGUSER}, '-d', $self->{name}, '-c', $sql or die "psql: $!\n";
	my $text = join '', <$out>;
	close $out or die "psql failed: $sql\n";
	return $text =~ s/\n\z//r;
}
sub as_tryton { return $_[0]->psql($_[1], $role) }

# The statements of sections of the guide, as Tryton's role.
sub run_guide
{
	my ($self, @sections) = @_;
	open my $in, '<', 'doc/guides/tryton.md' or die "the guide: $!\n";
	local $/;
	my $guide = <$in>;
	for my $section (@sections)
	{
		my ($text) = $guide =~ /^## \Q$section\E\n(.*?)(?=^## |\z)/ms or die "the guide has no section \"$section\"\n";
		my @statements = $text =~ /^```sql\n(.*?)^```/msg or die "section \"$section\" has no statements\n";
		$self->as_tryton(join '', @statements);
	}
	return;
}

# The ERP's part of the database, as a dump would have it.
sub schema
{
	my ($self) = @_;
	open my $out, '-|', 'pg_dump', '-s', '-n', 'public', '-d', $self->{name} or die "pg_dump: $!\n";
	my $text = join '', grep { !/^\\(un)?restrict / } <$out>;
	close $out or die "pg_dump failed\n";
	return $text;
}

# A session of its own: a code that executes statements, and without any ends it.
sub session
{
	my ($self, $as) = @_;
	open my $session, '|-', 'psql', '-X', '-q', '-o', '/dev/null', '-v', 'ON_ERROR_STOP=1', '-U', $as // $ENV{PGUSER}, '-d', $self->{name} or die "psql: $!\n";
	$session->autoflush(1);
	return sub { return @_ ? print $session "$_[0]\n" : close $session };
}

# Holds up whoever writes to a table, until the code that it returns is called.
sub lock_table
{
	my ($self, $table) = @_;
	my $session = $self->session;
	$session->("BEGIN; LOCK TABLE $table IN EXCLUSIVE MODE;");
	wait_for('the lock', sub { $self->psql("SELECT count(*) FROM pg_locks WHERE relation = '$table'::regclass AND mode = 'ExclusiveLock' AND granted") eq '1' });
	return sub { $session->('COMMIT;'); return $session->() };
}

# A copy of the database by pg_dump and pg_restore, with a server of its own; pg_cron
# can be in one database alone.
sub dump_and_restore
{
	my ($self, $name) = @_;
	my $file = "$folder/$name.dump";
	system('pg_dump', '-Fc', '-e', 'aftersale', '-f', $file, '-d', $self->{name}) == 0 or die "pg_dump failed\n";
	system('createdb', '-O', $role, $name) == 0 && system('pg_restore', '--exit-on-error', '-d', $name, $file) == 0 or die "pg_restore failed\n";
	return Tryton->new($name);
}

sub wait_for_waiters
{
	my ($self, $number) = @_;
	return wait_for("$number who wait for a lock", sub { $self->psql("SELECT count(*) = $number FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'") eq 't' });
}

# What PostgreSQL's log says since a mark; without a mark: the mark of now.
sub server_log
{
	my ($mark) = @_;
	return -s $ENV{SERVER_LOG} if !defined $mark;
	open my $in, '<', $ENV{SERVER_LOG} or die "$ENV{SERVER_LOG}: $!\n";
	seek $in, $mark, 0;
	local $/;
	return <$in> // '';
}

# ------------------------------------------------------------ clients

# A client that has logged in; its context is what the desktop client would send.
sub client
{
	my ($self) = @_;
	my $client = bless { url => "http://127.0.0.1:$self->{port}/$self->{name}/", http => HTTP::Tiny->new(timeout => 120, keep_alive => 0), context => {} }, 'Tryton::Client';
	my $session = $client->request('common.db.login', 'admin', { password => $password }, 'en');
	$client->{authorization} = 'Session ' . encode_base64("admin:$session->[0]:$session->[1]", '');
	$client->{context} = $client->call('model.res.user.get_preferences', JSON::PP::true);
	return $client;
}

# what is in the template
sub known
{
	open my $in, '<', "$folder/known.json" or die "$folder/known.json: $!\n";
	local $/;
	return decode_json(<$in>);
}

sub decimal { return { __class__ => 'Decimal', decimal => "$_[0]" } }

# Runs each code in a process of its own with a client of its own, all at once:
# what each returned.  After all have logged in "before" is called, and "during"
# when all have been let go.
sub at_once
{
	my ($self, $codes, %call) = @_;
	my (@readers, @gates, @pids);
	for my $code (@$codes)
	{
		pipe my $reader, my $writer or die "pipe: $!\n";
		pipe my $gate, my $opener or die "pipe: $!\n";
		my $pid = fork() // die "fork: $!\n";
		if (!$pid)
		{
			@started = ();
			my $client = $self->client;
			syswrite $writer, 'x';
			close $opener;
			sysread $gate, my $go, 1;
			my $answer = eval { $code->($client) } // $@;
			syswrite $writer, $answer;
			POSIX::_exit(0);
		}
		close $writer;
		push @readers, $reader;
		push @gates, $opener;
		push @pids, $pid;
	}
	sysread $_, my $ready, 1 for @readers;
	$call{before}->() if $call{before};
	syswrite $_, 'x' for @gates;
	$call{during}->() if $call{during};
	my @answers = map { my $reader = $_; local $/; scalar <$reader> } @readers;
	waitpid $_, 0 for @pids;
	return @answers;
}

package Tryton::Client;
use strict;
use warnings;

# One request; dies with the text that the client shows.
sub request
{
	my ($self, $method, @params) = @_;
	my $response = $self->{http}->post($self->{url}, {
		headers => { 'Content-Type' => 'application/json', $self->{authorization} ? (Authorization => $self->{authorization}) : () },
		content => JSON::PP->new->utf8->encode({ id => ++$self->{number}, method => $method, params => \@params }) });
	die "$method: HTTP $response->{status} $response->{reason}: $response->{content}\n" if !$response->{success};
	my $answer = JSON::PP->new->utf8->decode($response->{content});
	die error_text($answer->{error}) . "\n" if $answer->{error};
	return $answer->{result};
}

# Tryton's own exceptions come as (name, (message, description, ...)), all others as
# (text, traceback): the client's dialog shows the first text, the traceback is beneath.
sub error_text
{
	my ($error) = @_;
	my ($first, $second) = @$error;
	return ref $second eq 'ARRAY' ? join(': ', grep { defined && !ref } $first, @$second) : ref $second ? $first : $second =~ /^Traceback|^$|^\s*File/ ? $first : "$first: $second";
}

sub call { my ($self, $method, @params) = @_; return $self->request($method, @params, $self->{context}) }

# what the client is told when it is refused; nothing where it passes
sub refused { my ($self, @call) = @_; return eval { $self->call(@call); '' } // $@ }

# ---- the words of sales and complaints

sub press { my ($self, $button, @ids) = @_; $self->call("model.sale.complaint.$button", \@ids); return 'passed' }

sub read_complaint { my ($self, $id, @fields) = @_; return $self->call('model.sale.complaint.read', [$id], \@fields)->[0] }

sub state { my ($self, $id) = @_; return $self->read_complaint($id, 'state')->{state} }

# A confirmed sale of products, [quantity, price] each: its id and its lines'.
sub sell
{
	my ($self, $known, @lines) = @_;
	my ($sale) = @{ $self->call('model.sale.sale.create', [ {
		party => $known->{customer}, invoice_address => $known->{address}, shipment_address => $known->{address}, currency => $known->{currency},
		invoice_method => 'manual', shipment_method => 'manual', warehouse => $known->{warehouses}[0],
		lines => [ [ 'create', [ map { { product => $_->[2] // $known->{products}[0], quantity => $_->[0], unit => $known->{unit}, unit_price => Tryton::decimal($_->[1]) } } @lines ] ] ] } ]) };
	$self->call("model.sale.sale.$_", [$sale]) for qw(quote confirm);
	return ($sale, @{ $self->call('model.sale.sale.read', [$sale], ['lines'])->[0]{lines} });
}

# A complaint on a sale's line that wants a quantity back at a price.
sub complain
{
	my ($self, $known, $line, $quantity, $price, %more) = @_;
	return $self->call('model.sale.complaint.create', [ {
		customer => $known->{customer}, type => $known->{line_type}, origin => "sale.line,$line",
		actions => [ [ 'create', [ { action => 'sale_return', quantity => $quantity, unit_price => defined $price ? Tryton::decimal($price) : undef } ] ] ], %more } ])->[0];
}

# How many of a line's pieces the returns of these complaints take back.
sub returned
{
	my ($self, @complaints) = @_;
	my $sum = 0;
	my $actions = $self->call('model.sale.complaint.action.search_read', [ [ 'complaint', 'in', [ map { 0 + $_ } @complaints ] ] ], 0, undef, undef, ['result']);
	for my $action (grep { $_->{result} } @$actions)
	{
		my ($sale) = $action->{result} =~ /^sale\.sale,(\d+)$/ or next;
		my $lines = $self->call('model.sale.line.search_read', [ [ 'sale', '=', 0 + $sale ] ], 0, undef, undef, ['quantity']);
		$sum -= $_->{quantity} for @$lines;
	}
	return $sum;
}

1;
