# A database that an unprivileged user has prepared: every function and operator
# of pg_catalog overloaded in public, which callers search first, our names taken
# by temporary tables and types.  Nothing of it is executed, by CREATE EXTENSION,
# install() or any call, whoever makes it; and who was granted access can attach
# nothing to our tables.
use strict;
use warnings;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('hostile');
$node->init;
$node->append_conf('postgresql.conf', "log_min_messages = log\nlog_statement = none");
$node->start;
my $admin = $node->safe_psql('postgres', 'SELECT current_user');
$node->safe_psql('postgres', "CREATE ROLE $_ LOGIN") for qw(erp mallory service sweeper);
$node->safe_psql('postgres', "CREATE DATABASE $_") for qw(hostile squat);
$node->safe_psql('hostile', 'GRANT CREATE ON SCHEMA public TO mallory; GRANT CREATE ON SCHEMA public TO erp');

my $path = 'SET search_path = public, pg_catalog;';

# What mallory's functions say, since $from.
sub executed
{
	my ($from) = @_;
	my $log = substr(slurp_file($node->logfile), $from);
	my %seen;
	$seen{$_}++ for $log =~ /PWNED ([^\n]*)/g;
	return join("\n", sort keys %seen);
}

# Overloads of everything over a set of types, each of them as it stands in pg_catalog.
my $overload = <<'SQL';
SET client_min_messages = error;
SET check_function_bodies = off;
DO $do$
DECLARE
	f record;
	made int := 0;
BEGIN
	FOR f IN SELECT p.oid, p.proname, pg_get_function_identity_arguments(p.oid) AS arguments, pg_get_function_result(p.oid) AS result
		FROM pg_proc p WHERE p.pronamespace = 'pg_catalog'::regnamespace AND p.prokind = 'f'
			AND NOT p.proargtypes::oid[] && ARRAY['internal'::regtype::oid, 'cstring'::regtype::oid]
			AND p.prorettype <> ALL (ARRAY['internal'::regtype::oid, 'cstring'::regtype::oid, 'trigger'::regtype::oid, 'event_trigger'::regtype::oid])
	LOOP
		BEGIN
			EXECUTE format($q$CREATE FUNCTION public.%I(%s) RETURNS %s LANGUAGE plpgsql AS 'BEGIN RAISE LOG ''PWNED %s''; RETURN%s; END'$q$,
				f.proname, f.arguments, f.result, f.proname, CASE WHEN f.result ~ '^(SETOF|TABLE|void|record)' OR f.arguments ~ '\mOUT\M' THEN '' ELSE ' NULL' END);
			made := made + 1;
		EXCEPTION WHEN OTHERS THEN NULL;
		END;
	END LOOP;
	FOR f IN SELECT DISTINCT o.oprname, format_type(o.oprleft, NULL) AS l, format_type(o.oprright, NULL) AS r, format_type(o.oprresult, NULL) AS result
		FROM pg_operator o WHERE o.oprnamespace = 'pg_catalog'::regnamespace AND o.oprleft <> 0 AND o.oprresult <> 0
	LOOP
		BEGIN
			EXECUTE format($q$CREATE FUNCTION public."op%s"(a %s, b %s) RETURNS %s LANGUAGE plpgsql AS 'BEGIN RAISE LOG ''PWNED operator %s''; RETURN NULL; END'$q$,
				f.oprname, f.l, f.r, f.result, replace(f.oprname, '%', '%%'));
			EXECUTE format('CREATE OPERATOR public.%s (LEFTARG = %s, RIGHTARG = %s, FUNCTION = public."op%s")', f.oprname, f.l, f.r, f.oprname);
			made := made + 1;
		EXCEPTION WHEN OTHERS THEN NULL;
		END;
	END LOOP;
	-- more specific than what we call with arguments of mixed types
	FOR f IN SELECT o AS oprname, l, r FROM unnest(ARRAY['=', '<>', '<', '>', '<=', '>=', '+', '-', '*', '||', '->', '->>', '@>', '&&', '~']) o,
		unnest(ARRAY['bigint', 'int', 'text', 'name', 'numeric', 'timestamptz', 'interval', 'jsonb', 'boolean', 'text[]', 'bigint[]', 'bytea', 'smallint']) l,
		unnest(ARRAY['bigint', 'int', 'text', 'name', 'numeric', 'timestamptz', 'interval', 'jsonb', 'boolean', 'text[]', 'bigint[]', 'bytea', 'smallint']) r
	LOOP
		BEGIN
			EXECUTE format($q$CREATE FUNCTION public."op%s"(a %s, b %s) RETURNS boolean LANGUAGE plpgsql AS 'BEGIN RAISE LOG ''PWNED mixed operator %s''; RETURN NULL; END'$q$,
				f.oprname, f.l, f.r, f.oprname);
			EXECUTE format('CREATE OPERATOR public.%s (LEFTARG = %s, RIGHTARG = %s, FUNCTION = public."op%s")', f.oprname, f.l, f.r, f.oprname);
			made := made + 1;
		EXCEPTION WHEN OTHERS THEN NULL;
		END;
	END LOOP;
	RAISE LOG 'mallory made %', made;
END
$do$;
SQL
$node->safe_psql('hostile', $overload, extra_params => [ '-U', 'mallory' ]);
my ($made) = slurp_file($node->logfile) =~ /mallory made (\d+)/;
cmp_ok($made, '>', 3000, "functions and operators are overloaded ($made)");
my $from = -s $node->logfile;
$node->psql('hostile', "$path SELECT 1 = 1; SELECT upper('a'); SELECT now(); SELECT 1::bigint = 2::int", on_error_stop => 0);
my $control = executed($from);
like($control, qr/operator =/, 'a caller of his own falls for it: operators');
like($control, qr/upper/, '... and functions');

# ---- an administrator creates the extension and installs ----
$from = -s $node->logfile;
$node->safe_psql('hostile', "$path CREATE EXTENSION aftersale");
$node->safe_psql('hostile', "$path SELECT aftersale.install(owner => 'erp')");
is(executed($from), '', 'CREATE EXTENSION and install() execute nothing of it');

# our own types' operators, too
$node->safe_psql('hostile', q{GRANT USAGE ON SCHEMA aftersale TO mallory});
$node->safe_psql('hostile', <<'SQL', extra_params => [ '-U', 'mallory' ]);
DO $do$
DECLARE
	f record;
BEGIN
	FOR f IN SELECT o AS oprname, l, r FROM unnest(ARRAY['=', '<>', '<', '>', '<=', '>=']) o,
		unnest(ARRAY['aftersale.refund_ratio', 'aftersale.sla_term', 'aftersale.business_calendar', 'numeric', 'text']) l,
		unnest(ARRAY['aftersale.refund_ratio', 'aftersale.sla_term', 'aftersale.business_calendar']) r
	LOOP
		EXECUTE format($q$CREATE FUNCTION public."op%s"(a %s, b %s) RETURNS boolean LANGUAGE plpgsql AS 'BEGIN RAISE LOG ''PWNED own operator %s''; RETURN NULL; END'$q$, f.oprname, f.l, f.r, f.oprname);
		EXECUTE format('CREATE OPERATOR public.%s (LEFTARG = %s, RIGHTARG = %s, FUNCTION = public."op%s")', f.oprname, f.l, f.r, f.oprname);
	END LOOP;
END
$do$;
SQL

# ---- everybody's calls, each with what is hostile in his session ----
my @tables = split /\n/, $node->safe_psql('hostile',
	q{SELECT c.relname FROM pg_class c WHERE c.relnamespace = 'aftersale'::regnamespace AND c.relkind = 'r'});
# relations and types of pg_temp are searched before all others
my $temporary = join(' ', (map { qq{CREATE TEMP TABLE "$_" (shop_id bigint, now text);} } @tables),
	(map { qq{CREATE DOMAIN pg_temp."$_" AS pg_catalog.text CHECK (false);} } qw(int8 timestamptz jsonb numeric interval text name bool float8 decision refund_ratio)));

my @setup = (
	"SELECT aftersale.load_pack('temu')", "SELECT aftersale.load_pack('calendars')",
	"INSERT INTO aftersale.calendar (name, calendar) VALUES ('c', 'zone UTC; mon-sun 00:00-24:00')",
	"INSERT INTO aftersale.shop (shop_id, platform, name) VALUES (1, 'temu', 'shop')",
	"INSERT INTO aftersale.shop_country (shop_id, country, currency, calendar, time_zone) VALUES (1, 'US', 'USD', 'c', 'UTC')",
	"INSERT INTO aftersale.shop_role_permission (shop_id, role, permission) VALUES (1, 'cs', 'view_personal')",
	"INSERT INTO aftersale.member (shop_id, actor, role) VALUES (1, 'mallory', 'cs'), (1, 'main', 'main')",
	"INSERT INTO aftersale.login (login, shop_id, actor, may_speak) VALUES ('mallory', 1, 'mallory', false), ('service', 1, 'main', true)",
	"SELECT aftersale.grant_access('mallory', 'employee')", "SELECT aftersale.grant_access('mallory', 'outbox')",
	"SELECT aftersale.grant_access('service', 'service')", "SELECT aftersale.grant_access('sweeper', 'sweeper')",
	"SELECT aftersale.grant_permission(1, 'cs', 'agree_refund')",
);
my @calls = (
	"INSERT INTO aftersale.order_balance (shop_id, order_ref, currency, paid) VALUES (1, 'O', 'USD', 100) ON CONFLICT DO NOTHING",
	"INSERT INTO aftersale.request (shop_id, flow, order_ref, amount, ratio, items) VALUES (1, 'temu/ticket', 'O', 10, '30%', '[{\"product\": \"P\", \"quantity\": 1}]'), (1, 'temu/ticket', 'O', NULL, NULL, NULL)",
	"INSERT INTO aftersale.personal (shop_id, request_id, phone) VALUES (1, 1, '1') ON CONFLICT DO NOTHING",
	"SELECT aftersale.open_many('[{\"shop_id\": 1, \"flow\": \"temu/ticket\", \"external_ref\": \"E\"}]')",
	"UPDATE aftersale.request SET action = 'reply', payload = '{\"remark\": \"x\", \"is_effective\": false}'",
	"SELECT aftersale.act(1, 1, 'reply', '{\"remark\": \"x\"}')", "SELECT aftersale.act(1, 1, 'dance')", "SELECT aftersale.act(2, 1, 'reply')",
	"SELECT aftersale.act_many('{1,1}', '{1,2}', 'reply', '{\"remark\": \"x\"}', NULL, 'skip')",
	"SELECT aftersale.allowed_actions(1, 1)", "SELECT aftersale.explain(1, 1)", "SELECT aftersale.verify_history(1, 1)",
	"SELECT aftersale.set_warehouse(1, 'W', 'US', 'name')", "SELECT aftersale.set_warehouse(1, 'W', 'XX', 'name')", "SELECT aftersale.set_default_warehouse(1, 'US', 1)",
	"SELECT aftersale.link_products(1, 'US', 1, '{P,Q}')", "SELECT aftersale.unlink_products(1, 'US', 1, '{Q}')",
	"SELECT aftersale.return_warehouse(1, 'US', '{P}')", "SELECT aftersale.return_address_before(1, 'US', '2026-01-01')",
	"SELECT aftersale.propose_refund(1, 'O', 1, NULL, '{e}', 'r')", "SELECT aftersale.release_refunds(1)",
	"SELECT aftersale.claim_refunds(1, 10, '1 hour')", "SELECT aftersale.confirm_refund(1, 1, 'done')",
	"SELECT aftersale.fire_due(1, 'infinity', 10)", "SELECT aftersale.notify_refunds()", "CALL aftersale.sweep()", "SELECT aftersale.health()",
	"SELECT aftersale.start()", "SELECT aftersale.stop()", "SELECT aftersale.migrate()",
	"SELECT aftersale.has_permission(1, 'agree_refund')", "SELECT aftersale.grant_permission(1, 'cs', 'x')", "SELECT aftersale.erase_personal(1, 1)",
	"SELECT aftersale.grant_access('mallory', 'reporter')", "SELECT aftersale.access_statements('mallory', 'service')", "SELECT aftersale.set_sweepers()",
	"SELECT * FROM aftersale.buyer", "SELECT * FROM aftersale.worklist", "SELECT * FROM aftersale.due_soon", "SELECT * FROM aftersale.sla_report", "SELECT * FROM aftersale.warehouse_now", "SELECT * FROM aftersale.request",
	"SELECT aftersale.deadline('2026-11-25', '1 business day', 'c')", "SELECT aftersale.deadline('2026-11-25', '1 business day', 'none')",
	"SELECT aftersale.business_elapsed('2026-11-25', '2026-11-27', 'c')", "SELECT aftersale.business_days_between('2026-11-25', '2026-11-27', 'c')",
	"SELECT aftersale.is_business_time('2026-11-25', 'c')", "SELECT aftersale.next_business_time('2026-11-25', 'c')", "SELECT aftersale.explain_deadline('2026-11-25', '1 day', 'c')",
	"SELECT aftersale.warning_time('2026-11-25', '1 day', 'c')",
	"SELECT aftersale.import_ics('c', 'BEGIN:VCALENDAR', '2027-01-01')", "SELECT aftersale.refund_amount(10, '30%', 'USD')",
	"SELECT aftersale.allocate(10, '{1,2}', 'USD')", "SELECT aftersale.common_warehouse('{1}')",
	"SELECT aftersale.mask('abc', 1)", "SELECT aftersale.revoke_access('mallory', 'reporter')",
);

$from = -s $node->logfile;
my ($done, $refused) = (0, 0);
sub calls
{
	my ($user, @statements) = @_;
	# temporary objects stand in the session of him who is not the administrator
	my $before = $user eq $admin || $user eq 'erp' ? $path : "$temporary $path";
	my ($out, $err);
	$node->psql('hostile', join(";\n", "SET client_min_messages = error", $before, @statements) . ';',
		stdout => \$out, stderr => \$err, on_error_stop => 0, extra_params => [ '-U', $user ]);
	$refused += () = $err =~ /ERROR:/g;
	$done += @statements;
	return $err;
}
is(calls('erp', @setup), '', 'the owner sets up a shop');
is(executed($from), '', '... and executes nothing of mallory\'s');
for my $user ('erp', $admin, 'service', 'mallory', 'sweeper')
{
	$from = -s $node->logfile;
	my $err = calls($user, @calls);
	is(executed($from), '', "every call of $user executes nothing of it") or diag($err);
	unlike($err, qr/syntax error|violates check constraint "|does not exist at|PL\/pgSQL function public/, "... and fails on none of it") or diag($err);
}
is($node->safe_psql('hostile', q{SELECT pg_catalog.count(*) OPERATOR(pg_catalog.>) 5 FROM aftersale.event}), 't', 'requests were opened and acted on');

# ---- what a grantee can attach: nothing ----
for my $statement (
	'CREATE TRIGGER t BEFORE INSERT ON aftersale.request FOR EACH ROW EXECUTE FUNCTION public.own()',
	'CREATE RULE r AS ON INSERT TO aftersale.request DO ALSO NOTHING',
	'CREATE POLICY p ON aftersale.request USING (true)',
	'ALTER TABLE aftersale.request ADD COLUMN c int DEFAULT 1',
	'CREATE INDEX ON aftersale.request ((public.lower(state)))',
	'CREATE FUNCTION aftersale.deadline(timestamptz, text, text) RETURNS timestamptz LANGUAGE sql AS $$SELECT now()$$',
	'CREATE TABLE aftersale.t ()',
	'CREATE OR REPLACE FUNCTION aftersale.mask(value text, kept int) RETURNS text LANGUAGE sql AS $$SELECT value$$',
	'ALTER TABLE aftersale.request DISABLE TRIGGER USER',
	'ALTER TABLE aftersale.login DISABLE ROW LEVEL SECURITY',
	'SET session_replication_role = replica',
	'SET row_security = off; TABLE aftersale.request',
	'TRUNCATE aftersale.event')
{
	my $err;
	$node->psql('hostile', "SET client_min_messages = error; $statement", stderr => \$err, extra_params => [ '-U', 'service' ]);
	like($err, qr/permission denied|must be owner|would be affected by row-level security|query would be/, "a grantee: $statement");
}

my $err;
# ---- tables of the ERP's with attachments, in the schema that mallory fills ----
$from = -s $node->logfile;
my $error = calls('erp',
	'CREATE TABLE public.erp_refund (id int PRIMARY KEY, order_no text, state int DEFAULT 1, amount numeric, paid numeric, ratio numeric, at timestamp, due timestamptz, spu text[], warehouse text)',
	'GRANT ALL ON public.erp_refund TO mallory, service',
	q{SELECT aftersale.attach_deadline('public.erp_refund', '{"start": {"column": "at", "zone": "UTC"}, "due": "due"}', '1 business day', 'c', '{"name": "due"}')},
	q{SELECT aftersale.attach_deadline('public.erp_refund', '{"start": {"column": "at", "zone": "UTC"}}', '1 business day', 'c', '{"name": "beside"}')},
	q{SELECT aftersale.attach_refund_check('public.erp_refund', '{"order": {"sql": "upper(order_no)"}, "amount": {"sql": "amount + 1 - 1"}, "paid": "paid", "ratio": "ratio"}', '{"name": "money", "when": "state = 1 AND lower(order_no) <> order_no", "counts": "now() > at"}')},
	q{SELECT aftersale.attach_return_warehouse('public.erp_refund', '{"shop": {"value": 1}, "country": {"value": "US"}, "products": "spu", "warehouse": "warehouse"}', '{"name": "warehouse"}')},
	q{SELECT aftersale.fill_totals('money')}, q{SELECT aftersale.pause('money')}, q{SELECT aftersale.resume('money')}, q{SELECT aftersale.repair('money')},
	q{SELECT aftersale.attachment_statements('public.erp_refund', 'x', '{"kind": "deadline", "columns": {}}')}, 'SELECT aftersale.health()');
is($error, '', 'the owner attaches');
my $id = 0;
for my $user ('erp', $admin, 'service', 'mallory')
{
	my $first = ++$id;
	my $second = ++$id;
	$error = calls($user, "INSERT INTO public.erp_refund VALUES ($first, 'O$first', 1, 5, 10, 0.5, '2026-11-25', NULL, '{P}'), ($second, 'O$first', 1, 4, 10, 0.5, '2026-11-25', NULL, '{P,X}')",
		"UPDATE public.erp_refund SET amount = 2 WHERE id OPERATOR(pg_catalog.=) $first", "DELETE FROM public.erp_refund WHERE id OPERATOR(pg_catalog.=) $second", 'SELECT * FROM aftersale.attachments()');
	is($error, '', "$user writes rows that are stamped, counted and routed");
	$error = calls($user, "INSERT INTO public.erp_refund VALUES (-1, 'O$first', 1, 9, 10, 0.5, '2026-11-25')");
	like($error, qr/RA045/, '... and checked');
}
is(executed($from), '', 'nobody executes anything of mallory\'s, attaching, writing or looking');
is($node->safe_psql('hostile', q{SELECT pg_catalog.count(*) FROM public.erp_refund WHERE due IS NULL OR warehouse IS NULL}), '0', 'every row has its deadline and its warehouse');

# triggers that mallory makes by hand, on a table of hers
my $money = q{SELECT pg_catalog.sum(refunded) FROM aftersale.attachment_total WHERE attachment OPERATOR(pg_catalog.=) 'money'};
my $before_forgery = $node->safe_psql('hostile', $money);
my $definition = q{{"kind": "refund_check", "columns": {"order": "o", "amount": "a", "paid": {"value": 1000}}}};
$node->safe_psql('hostile', 'CREATE TABLE public.forged (o text, a numeric, d timestamptz)', extra_params => [ '-U', 'mallory' ]);
for my $forged (
	[ "AFTER INSERT ON public.forged REFERENCING NEW TABLE AS n FOR EACH STATEMENT EXECUTE FUNCTION aftersale.attached_sum('money', '$definition')", qr/RA103/ ],
	[ "AFTER INSERT ON public.forged REFERENCING NEW TABLE AS n FOR EACH STATEMENT EXECUTE FUNCTION aftersale.attached_sum('unheard of', '$definition')", qr/RA102/ ],
	[ q{AFTER INSERT ON public.forged REFERENCING NEW TABLE AS n FOR EACH STATEMENT EXECUTE FUNCTION aftersale.attached_due('beside', '{"kind": "deadline", "term": "1 day", "columns": {"start": "d", "key": "o", "calendar": {"value": "c"}}}')}, qr/RA103/ ],
	[ 'AFTER TRUNCATE ON public.forged FOR EACH STATEMENT EXECUTE FUNCTION aftersale.attached_truncated(\'money\', \'{}\')', qr/RA103/ ],
	[ 'AFTER INSERT ON public.forged FOR EACH STATEMENT EXECUTE FUNCTION aftersale.attached_sum(\'money\', \'{}\')', qr/was not called as/ ],
	[ 'BEFORE INSERT ON public.forged FOR EACH ROW EXECUTE FUNCTION aftersale.attached_deadline()', qr/was not made by aftersale/ ],
	[ 'BEFORE INSERT ON public.forged FOR EACH ROW EXECUTE FUNCTION aftersale.attached_deadline(\'x\', \'{"kind": "deadline"}\')', qr/RA101/ ],
	[ 'BEFORE INSERT ON public.forged FOR EACH ROW EXECUTE FUNCTION aftersale.attached_deadline(\'x\', \'no json\')', qr/invalid input syntax/ ],
	[ q{BEFORE INSERT ON public.forged FOR EACH ROW EXECUTE FUNCTION aftersale.attached_deadline('x', '{"kind": "refund_check", "columns": {"ratio": "a"}}')}, qr/was not made by aftersale/ ],
	[ q{BEFORE INSERT ON public.forged FOR EACH ROW EXECUTE FUNCTION aftersale.attached_return_warehouse('x', '{"kind": "refund_check", "columns": {"ratio": "a"}}')}, qr/was not made by aftersale/ ],
	[ q{AFTER INSERT ON public.forged FOR EACH ROW EXECUTE FUNCTION aftersale.attached_refund_check('x', '{"kind": "refund_check", "columns": {"ratio": "a"}}')}, qr/was not called as/ ])
{
	my ($trigger, $expected) = @$forged;
	my $message;
	$node->psql('hostile', "CREATE TRIGGER t $trigger; INSERT INTO public.forged VALUES ('O1', 7, '2026-11-25'); TRUNCATE public.forged", stderr => \$message, on_error_stop => 0, extra_params => [ '-U', 'mallory' ]);
	like($message, $expected, "forged: $trigger");
	$node->safe_psql('hostile', 'DROP TRIGGER t ON public.forged', extra_params => [ '-U', 'mallory' ]);
}
for my $statement (q{SELECT aftersale.detach('public.erp_refund')}, q{SELECT aftersale.pause('money')}, q{SELECT aftersale.repair('money')},
	q{SELECT aftersale.attachment_register('public.forged', 'money', '{"kind": "refund_check"}', true)}, q{SELECT aftersale.attachment_forget('public.forged'::pg_catalog.regclass, 'money')},
	q{SELECT aftersale.attachment_forget(0, 'money')}, q{SELECT aftersale.attachment_pause('public.forged', 'money', true)}, q{SELECT aftersale.attachment_begin('public.forged', 'money')},
	q{SELECT aftersale.attachment_fill('public.forged', 'money', 10, NULL)}, q{SELECT aftersale.attach_refund_check('public.erp_refund', '{"ratio": "ratio"}')},
	q{UPDATE aftersale.attachment SET paused = true}, 'DELETE FROM aftersale.attachment_total')
{
	my $message;
	$node->psql('hostile', $statement, stderr => \$message, extra_params => [ '-U', 'mallory' ]);
	like($message, qr/RA103|permission denied|must be owner/, "mallory may not: $statement");
}
# who was granted TRIGGER may make triggers on the table, but nothing of hers is executed as its owner
$node->safe_psql('hostile', q{CREATE FUNCTION public.evil() RETURNS boolean LANGUAGE plpgsql AS $$BEGIN RAISE LOG 'PWNED as %', current_user; RETURN true; END$$}, extra_params => [ '-U', 'mallory' ]);
$from = -s $node->logfile;
my $evil = q('{"kind": "refund_check", "columns": {"order": "order_no", "amount": "amount", "paid": "paid"}, "counts": "public.evil()"}');
$node->psql('hostile', "CREATE TRIGGER evil AFTER INSERT ON public.erp_refund REFERENCING NEW TABLE AS n FOR EACH STATEMENT EXECUTE FUNCTION aftersale.attached_sum('money', $evil);
	INSERT INTO public.erp_refund VALUES (1000, 'O1000', 1, 1, 10, 0.5, '2026-11-25')", stderr => \$err, on_error_stop => 0, extra_params => [ '-U', 'mallory' ]);
like($err, qr/carries another definition than attachment "money" has \(RA103\)/, 'a trigger with another definition is refused');
unlike(executed($from), qr/as erp/, '... and executes nothing as the owner of the table');
like($node->safe_psql('hostile', q{SELECT problem FROM aftersale.attachments() WHERE name OPERATOR(pg_catalog.=) 'money'}), qr/carries another definition/, '... and attachments() tells of it');
$node->safe_psql('hostile', 'DROP TRIGGER evil ON public.erp_refund', extra_params => [ '-U', 'erp' ]);
is($node->safe_psql('hostile', $money), $before_forgery, 'the totals are what they were');

# the clock is nobody's to set, also before the library is loaded
my $clock = q{SELECT aftersale.clock() OPERATOR(pg_catalog.<) '2090-01-01'};
is($node->safe_psql('hostile', "SET aftersale.test_now = '2099-01-01'; $clock", extra_params => [ '-U', 'mallory' ]), 't', 'mallory cannot set the clock');
$node->psql('hostile', q{ALTER ROLE mallory SET aftersale.test_now = '2099-01-01'}, extra_params => [ '-U', 'mallory' ]);
is($node->safe_psql('hostile', $clock, extra_params => [ '-U', 'mallory' ]), 't', '... nor by a setting of her role');

# ---- the schema taken beforehand ----
$node->safe_psql('squat', 'GRANT CREATE ON DATABASE squat TO mallory');
$node->safe_psql('squat', q{CREATE SCHEMA aftersale; CREATE FUNCTION aftersale.clock() RETURNS timestamptz LANGUAGE sql AS $$SELECT pg_catalog.now()$$},
	extra_params => [ '-U', 'mallory' ]);
$node->psql('squat', 'CREATE EXTENSION aftersale', stderr => \$err);
like($err, qr/schema "aftersale" is there already, and is, or holds functions, of role "mallory" \(RA003\)/, 'a schema of mallory\'s is not used');
$node->safe_psql('squat', 'ALTER SCHEMA aftersale OWNER TO CURRENT_USER; DROP FUNCTION aftersale.clock()');
$node->safe_psql('squat', 'GRANT CREATE ON SCHEMA aftersale TO mallory');
$node->safe_psql('squat', q{CREATE FUNCTION aftersale.deadline(timestamptz, text, text) RETURNS timestamptz LANGUAGE sql AS $$SELECT pg_catalog.now()$$},
	extra_params => [ '-U', 'mallory' ]);
$node->psql('squat', 'CREATE EXTENSION aftersale', stderr => \$err);
like($err, qr/RA003/, 'nor one where she left functions');
$node->safe_psql('squat', 'DROP FUNCTION aftersale.deadline(timestamptz, text, text)');
$node->safe_psql('squat', 'CREATE TABLE aftersale.request ()', extra_params => [ '-U', 'mallory' ]);
$node->safe_psql('squat', 'CREATE EXTENSION aftersale');
$node->psql('squat', q{SELECT aftersale.install(owner => 'erp')}, stderr => \$err);
like($err, qr/relation "request" already exists/, 'nor her table');
is($node->safe_psql('squat', q{SELECT count(*) FROM pg_class WHERE relnamespace = 'aftersale'::regnamespace AND relkind = 'r'}), '1', '... and nothing is half installed');

# ---- who owns a database creates the extension herself: its scripts run as the superuser, and execute nothing of hers ----
$node->safe_psql('postgres', 'CREATE DATABASE trusting OWNER mallory');
sub as_mallory { my ($sql, %more) = @_; my $message = ''; $node->psql('trusting', $sql, stderr => \$message, extra_params => [ '-U', 'mallory' ], %more); return $message }
$node->safe_psql('trusting', $overload, extra_params => [ '-U', 'mallory' ]);
like(as_mallory(qq{CREATE SCHEMA aftersale; CREATE FUNCTION aftersale.clock() RETURNS timestamptz LANGUAGE sql AS 'SELECT pg_catalog.now()'; $path CREATE EXTENSION aftersale}),
	qr/of role "mallory" \(RA003\)/, 'no schema in which she left a function');
like(as_mallory(qq{DROP FUNCTION aftersale.clock(); CREATE FUNCTION public.own_operator(a text, b text) RETURNS boolean LANGUAGE sql AS 'SELECT true';
	CREATE OPERATOR aftersale.= (LEFTARG = text, RIGHTARG = text, FUNCTION = public.own_operator); $path CREATE EXTENSION aftersale}),
	qr/of role "mallory" \(RA003\)/, '... or an operator');
like(as_mallory(qq{DROP OPERATOR aftersale.= (text, text); CREATE TYPE aftersale.decision AS (state text); $path CREATE EXTENSION aftersale}), qr/type "decision" already exists/, '... or one of our types');
$from = -s $node->logfile;
is(as_mallory(qq{SET client_min_messages = error; DROP SCHEMA aftersale CASCADE; CREATE SCHEMA aftersale; $path CREATE EXTENSION aftersale}), '', 'she creates it in a schema of hers');
is(executed($from), '', '... and nothing of hers is executed');
is($node->safe_psql('trusting', q{SELECT DISTINCT r.rolname FROM pg_catalog.pg_proc p JOIN pg_catalog.pg_roles r ON r.oid OPERATOR(pg_catalog.=) p.proowner WHERE p.pronamespace OPERATOR(pg_catalog.=) 'aftersale'::pg_catalog.regnamespace}),
	$admin, '... its functions are the superuser\'s, for nobody else to replace');
is($node->safe_psql('trusting', q{SELECT pg_catalog.count(*) FROM pg_catalog.pg_proc p WHERE p.pronamespace OPERATOR(pg_catalog.=) 'aftersale'::pg_catalog.regnamespace AND p.prosecdef}), '0', '... and none runs with his rights');
for my $statement ('DROP FUNCTION aftersale.clock()', 'ALTER FUNCTION aftersale.clock() RENAME TO o', 'ALTER TYPE aftersale.decision ADD ATTRIBUTE x int',
	q{CREATE OR REPLACE FUNCTION aftersale.mask(value text, kept int) RETURNS text LANGUAGE sql AS $$SELECT value$$}, 'ALTER FUNCTION aftersale.clock() SECURITY DEFINER')
{
	like(as_mallory($statement), qr/must be owner|extension aftersale requires it/, "she may not: $statement");
}
# an update runs as the superuser, in a schema that she has filled since
$node->safe_psql('trusting', q{DROP EXTENSION aftersale; DROP SCHEMA aftersale});
$node->safe_psql('trusting', "CREATE EXTENSION aftersale VERSION '0.1.0'");
$node->safe_psql('trusting', q{SELECT aftersale.install(owner => 'mallory')});
$node->safe_psql('trusting', q{ALTER SCHEMA aftersale OWNER TO mallory; UPDATE pg_catalog.pg_extension SET extowner = 'mallory'::pg_catalog.regrole WHERE extname OPERATOR(pg_catalog.=) 'aftersale'});
like(as_mallory(q{CREATE FUNCTION aftersale.used_by() RETURNS SETOF text LANGUAGE sql AS $$SELECT 'mine'$$; ALTER EXTENSION aftersale UPDATE}), qr/function "used_by" already exists with same argument types/, 'an update takes no function of hers for its own');
as_mallory($overload =~ s/public\./aftersale./gr =~ s/mallory made/mallory filled/r);
my ($filled) = slurp_file($node->logfile) =~ /mallory filled (\d+)/;
cmp_ok($filled, '>', 3000, "... she fills the schema ($filled)");
$from = -s $node->logfile;
is(as_mallory("DROP FUNCTION aftersale.used_by(); SET search_path = aftersale, public, pg_catalog; ALTER EXTENSION aftersale UPDATE"), '', '... the update runs');
is(executed($from), '', '... and executes nothing of hers');

# tables that she owns, with expressions of hers: the superuser who migrates or uninstalls executes them as her, and they cannot get out
like(as_mallory(q{SET search_path = pg_catalog;
	CREATE FUNCTION public.escape() RETURNS boolean LANGUAGE plpgsql AS $$BEGIN RESET ROLE; RAISE LOG 'PWNED got out as %', current_user; RETURN true; EXCEPTION WHEN OTHERS THEN RAISE LOG 'PWNED tried: %', SQLERRM; RETURN true; END$$;
	CREATE TABLE public.hers (ratio aftersale.refund_ratio, CHECK (public.escape()));
	INSERT INTO public.hers VALUES ('5%');
	ALTER TABLE aftersale.installation ADD CHECK (public.escape())}), qr/^$/, 'her tables have expressions of hers');
as_mallory(q{CREATE FUNCTION public.out() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN PERFORM public.escape(); RETURN coalesce(NEW, OLD); END$$;
	CREATE TRIGGER out BEFORE INSERT OR DELETE ON aftersale.access FOR EACH ROW EXECUTE FUNCTION public.out()});
$node->safe_psql('trusting', 'CREATE ROLE reader');
for my $call ('SELECT aftersale.migrate()', q{SELECT aftersale.grant_access('reader', 'reporter')}, q{SELECT aftersale.revoke_access('reader', 'reporter')}, 'SELECT aftersale.uninstall(keep => true)')
{
	$from = -s $node->logfile;
	$node->psql('trusting', "SET search_path = pg_catalog; $call", stderr => \$err);
	like(executed($from), qr/^tried: cannot set parameter "role" within security-\S+ \S+$/, "the superuser's $call: they are executed, and stay hers") or diag($err);
}

$node->stop;
done_testing();
