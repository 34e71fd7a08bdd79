-- needs the tables of this version
-- Every function times every role, and two shops: what a role may call, and
-- that nothing it can read or call, and no error's text, tells it of a shop
-- that is not its own, not even whether it exists.
-- A new function that is not immutable needs a line below.
\set VERBOSITY terse
SET client_min_messages = warning;
SET TIME ZONE 'UTC';
SET aftersale.test_now = '2026-11-25 10:00:00+00';
CREATE TEMP TABLE roles (role name, capability text, place serial);
INSERT INTO roles (role, capability) VALUES ('regress_erp', 'owner'), ('regress_r_service', 'service'), ('regress_r_employee', 'employee'),
	('regress_r_reporter', 'reporter'), ('regress_r_sweeper', 'sweeper'), ('regress_r_outbox', 'outbox'), ('regress_r_stranger', 'service'), ('regress_r_nobody', NULL);
DO $$
DECLARE
	name text;
BEGIN
	FOR name IN SELECT role FROM roles WHERE role <> 'regress_erp' LOOP
		EXECUTE format('CREATE ROLE %I', name);
	END LOOP;
	SET LOCAL client_min_messages = error;
	PERFORM aftersale.grant_access(r.role, r.capability) FROM (SELECT * FROM roles WHERE capability <> 'owner' ORDER BY capability <> 'sweeper', place) r;
END $$;

-- two shops with a row in every table of a shop: 430 is everybody's, 431 is the other one, whose texts say so
SET ROLE regress_erp;
SELECT aftersale.load_pack('temu');
INSERT INTO aftersale.calendar (name, calendar) VALUES ('rights', 'zone UTC; mon-fri 00:00-24:00');
INSERT INTO aftersale.shop (shop_id, platform, name) VALUES (430, 'temu', 'ours'), (431, 'temu', 'SECRET');
INSERT INTO aftersale.shop_country (shop_id, country, currency, calendar, time_zone, site)
SELECT s, 'US', 'USD', 'rights', 'UTC', CASE s WHEN 431 THEN 'SECRET' END FROM unnest(ARRAY[430, 431]) s;
INSERT INTO aftersale.login (login, shop_id, actor, may_speak) VALUES ('regress_r_service', 430, 'erp service', true),
	('regress_r_employee', 430, 'alice', false), ('regress_r_reporter', 430, 'rita', false), ('regress_r_outbox', 430, 'payer', false), ('regress_r_other', 431, 'SECRET', false);
SELECT aftersale.set_warehouse(s, 'W', 'US', CASE s WHEN 431 THEN 'SECRET' ELSE 'ours' END) > 0 AS warehouse FROM unnest(ARRAY[430, 431]) s;
SELECT aftersale.link_products(shop_id, 'US', warehouse_id, ARRAY['SECRET P']) FROM aftersale.warehouse WHERE shop_id IN (430, 431);
INSERT INTO aftersale.request (shop_id, request_id, flow, external_ref, order_ref, items)
SELECT s, s * 10 + 1, 'temu/ticket', CASE s WHEN 431 THEN 'SECRET' END, CASE s WHEN 431 THEN 'SECRET' ELSE 'O-1' END, '[{"product": "SECRET P", "quantity": 1}]'
FROM unnest(ARRAY[430, 431]) s;
-- in both shops one that is due soon and warned of, one that is overdue, and one that has left its state
INSERT INTO aftersale.flow_timer (flow, version, name, state, term) VALUES ('temu/ticket', 1, 'rights_soon', 'requested', '4 hours'), ('temu/ticket', 1, 'rights_next', 'requested', '1 hour');
INSERT INTO aftersale.request (shop_id, request_id, flow, external_ref, opened_at)
SELECT s, s * 10 + i, 'temu/ticket', CASE s WHEN 431 THEN 'SECRET ' || i ELSE 'ours ' || i END, CASE i WHEN 3 THEN timestamptz '2026-11-20 12:00+00' ELSE '2026-11-24 12:00+00' END
FROM unnest(ARRAY[430, 431]) s, unnest(ARRAY[2, 3, 4]) i;
SELECT count(aftersale.act(s, s * 10 + 4, 'reply', '{"remark": "SECRET"}', 'SECRET')), sum(aftersale.fire_due(s, 'infinity', 10)) FROM unnest(ARRAY[430, 431]) s;
RESET ROLE;
CREATE FUNCTION pg_temp.fill(tables text[]) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
	given constant jsonb := '{"request_id": "%s1", "shop_id": "%s", "executed_by": "shop", "status": "pending", "kind": "return", "bearer": "buyer", "order_ref": "SECRET", "currency": "USD", "country": "US", "effective_from": "2026-01-01", "effective_to": "2027-01-01", "claimed_until": "2026-01-01", "visible_until": "2030-01-01", "erased_at": null, "refunded": "0", "paid": "100", "fees": "2", "day": "2026-11-25", "told_by": "{1,1,1,1}"}';
	name text;
	shop bigint;
	columns text;
	content text;
BEGIN
	FOREACH name IN ARRAY tables LOOP
		FOREACH shop IN ARRAY ARRAY[430, 431] LOOP
			SELECT string_agg(quote_ident(attname), ', '), string_agg(CASE
				WHEN given ? attname THEN quote_nullable(format(given ->> attname, shop))
				WHEN atttypid IN ('text'::regtype, 'name'::regtype) THEN quote_literal('SECRET')
				WHEN atttypid = 'jsonb'::regtype THEN quote_literal('{"is": "SECRET"}')
				WHEN atttypid = 'text[]'::regtype THEN quote_literal('{SECRET}')
				WHEN atttypid = 'boolean'::regtype THEN 'false'
				WHEN atttypid = 'timestamptz'::regtype THEN quote_literal('2026-11-25')
				WHEN atttypid IN ('bigint'::regtype, 'int'::regtype, 'numeric'::regtype) THEN '1'
				ELSE 'NULL' END, ', ')
			INTO columns, content
			FROM pg_attribute WHERE attrelid = ('aftersale.' || quote_ident(name))::regclass AND attnum > 0 AND NOT attisdropped;
			EXECUTE format('INSERT INTO aftersale.%I (%s) VALUES (%s)', name, columns, content);
		END LOOP;
	END LOOP;
END $$;
SET session_replication_role = replica;
SELECT pg_temp.fill(ARRAY['flow_override', 'shop_role_permission', 'member', 'rule', 'rule_use', 'rule_buyer_use', 'timer', 'parcel', 'refund', 'refund_notice', 'charge', 'order_balance', 'personal', 'attachment_total', 'attachment_due', 'bound_row', 'binding_outbox']);
INSERT INTO aftersale.binding_conflict (shop_id, binding, row_ref, kind, message, at) SELECT s, 'SECRET', 'SECRET', 'gone', 'SECRET', '2026-11-25' FROM unnest(ARRAY[430, 431]) s;
INSERT INTO aftersale.return_fee (shop_id, kind, flow) SELECT s, 'restocking', 'SECRET' FROM unnest(ARRAY[430, 431]) s;
INSERT INTO aftersale.return_policy (shop_id, name, product) SELECT s, 'SECRET', 'SECRET P' FROM unnest(ARRAY[430, 431]) s;
INSERT INTO aftersale.platform_message (shop_id, message_id, external_ref, field, code, reported_at, status, message)
SELECT s, 1, 'SECRET', 'SECRET', 'SECRET', '2026-11-25', 'failed', 'SECRET' FROM unnest(ARRAY[430, 431]) s;
INSERT INTO aftersale.rule (shop_id, rule_id, name, flow, priority, action)	-- two that overlap
SELECT s, r, 'SECRET ' || r, 'temu/ticket', 7, 'SECRET ' || r FROM unnest(ARRAY[430, 431]) s, unnest(ARRAY[2, 3]) r;
RESET session_replication_role;

-- ---- relations ----
CREATE TEMP TABLE relations AS
SELECT c.relname AS relation, EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname = 'shop_id') AS tenant, c.relkind
FROM pg_class c WHERE c.relnamespace = 'aftersale'::regnamespace AND c.relkind IN ('r', 'p', 'v', 'm') ORDER BY 1;
CREATE FUNCTION pg_temp.attempt(role name, statement text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	answer text;
	detail text;
	hint text;
BEGIN
	PERFORM set_config('role', role, true);
	EXECUTE statement INTO answer;
	RAISE EXCEPTION USING ERRCODE = 'ZZ000';
EXCEPTION
	WHEN SQLSTATE 'ZZ000' THEN
		RETURN 'ok ' || coalesce(answer, '');
	WHEN OTHERS THEN
		GET STACKED DIAGNOSTICS detail = PG_EXCEPTION_DETAIL, hint = PG_EXCEPTION_HINT;
		RETURN concat_ws(' ', SQLSTATE, SQLERRM, detail, hint);
END $$;
-- the other shop has a row in every table and view of a shop
SELECT relation FROM relations
WHERE tenant AND pg_temp.attempt('postgres', format('SELECT count(*) > 0 FROM aftersale.%I WHERE shop_id = 431', relation)) NOT LIKE 'ok t%';
-- rows of the other shop, or its texts, that a role can see: none; the owner sees them
SELECT r.capability, count(*) FILTER (WHERE seen LIKE 'ok%') AS readable, count(*) FILTER (WHERE seen LIKE '42501%') AS denied,
	coalesce(sum(substr(seen, 4)::int) FILTER (WHERE seen LIKE 'ok%'), 0) > 0 AS leaks
FROM roles r, relations t, pg_temp.attempt(r.role, format($q$SELECT count(*) FROM aftersale.%1$I AS t WHERE (%2$s AND to_jsonb(t) ->> 'shop_id' = '431')
	OR (%2$s AND to_jsonb(t) ->> 'shop_id' <> '430' AND to_jsonb(t)::text LIKE '%%SECRET%%')$q$, t.relation, t.tenant::text)) AS seen
GROUP BY r.place, r.capability ORDER BY r.place;
-- no way round: by joins that make rows of both, by functions in the WHERE that would tell
SELECT pg_temp.attempt('regress_r_employee', 'SELECT count(*) FROM aftersale.request r FULL JOIN aftersale.event e USING (request_id) WHERE r.shop_id = 431 OR e.shop_id = 431');
CREATE FUNCTION pg_temp.tell(bigint) RETURNS boolean LANGUAGE plpgsql COST 0.000001 AS 'BEGIN IF $1 = 431 THEN RAISE ''told''; END IF; RETURN true; END';
SELECT relation, seen FROM relations t, pg_temp.attempt('regress_r_service', format('SELECT count(*) >= 0 FROM aftersale.%I WHERE pg_temp.tell(shop_id)', relation)) AS seen
WHERE tenant AND seen <> 'ok true' AND seen NOT LIKE '42501%';
-- writing into it, or moving a row there
SELECT relation, seen FROM relations t, pg_temp.attempt('regress_r_service', format('WITH moved AS (UPDATE aftersale.%I SET shop_id = 431 RETURNING 1) SELECT count(*) FROM moved', relation)) AS seen
WHERE tenant AND seen LIKE 'ok%' AND seen <> 'ok 0';

DELETE FROM aftersale.timer WHERE name LIKE 'rights_%';
DELETE FROM aftersale.flow_timer WHERE name LIKE 'rights_%';

-- ---- functions ----
CREATE TEMP TABLE calls (name text, call text);
INSERT INTO calls VALUES
	('act', $$SELECT state FROM aftersale.act({shop}, {request}, 'reply', '{"remark": "x"}')$$),
	('act_many', $$SELECT state FROM aftersale.act_many(ARRAY[{shop}], ARRAY[{request}], 'reply', '{"remark": "x"}')$$),
	('status_of', $$SELECT state FROM aftersale.status_of('temu/ticket', '1', 'parentAfterSalesStatus')$$),
	('status_codes_of', $$SELECT code FROM aftersale.status_codes_of('temu/ticket', 'requested')$$),
	('require_platforms_word', $$SELECT aftersale.require_platforms_word({shop})$$),
	('shops_spoken_for', $$SELECT cardinality(aftersale.shops_spoken_for()) > 0$$),
	('flow_of_message', $$SELECT aftersale.flow_of_message({shop}, 'SECRET', NULL, '{"type": 1}')$$),
	('open_from_message', $$SELECT aftersale.open_from_message({shop}, 'SECRET 9', 'temu/ticket', '2026-11-25', NULL, false, '{}', '{}') > 0$$),
	('state_of_messages', $$SELECT aftersale.state_of_messages({shop}, {request})$$),
	('apply_message', $$SELECT aftersale.apply_message({shop}, 1)$$),
	('try_message', $$SELECT aftersale.try_message({shop}, 1)$$),
	('import_status', $$SELECT status_of.state FROM aftersale.import_status({shop}, 'SECRET', '5', '2026-11-25', 'temu/ticket', 'parentAfterSalesStatus') status_of$$),
	('apply_messages', $$SELECT aftersale.apply_messages(10, {shop})$$),
	('replay_messages', $$SELECT aftersale.replay_messages({shop})$$),
	('INSERT INTO platform_message', $$WITH r AS (INSERT INTO aftersale.platform_message (shop_id, external_ref, code, reported_at) VALUES ({shop}, 'SECRET', '1', '2026-11-25') RETURNING 1) SELECT * FROM r$$),
	('choose_flow', $$SELECT aftersale.choose_flow({shop}, '1')$$),
	('allowed_actions', $$SELECT * FROM aftersale.allowed_actions({shop}, {request})$$),
	('advice', $$SELECT rule FROM aftersale.advice({shop}, ARRAY[{request}])$$),
	('explain', $$SELECT * FROM aftersale.explain({shop}, {request})$$),
	('drawn_version', $$SELECT aftersale.drawn_version('temu/ticket', NULL)$$),
	('flow_parts', $$SELECT count(*) > 0 FROM aftersale.flow_parts('temu/ticket')$$),
	('flow_mermaid', $$SELECT aftersale.flow_mermaid('temu/ticket') LIKE 'stateDiagram%'$$),
	('flow_dot', $$SELECT aftersale.flow_dot('temu/ticket') LIKE 'digraph%'$$),
	('verify_history', $$SELECT * FROM aftersale.verify_history({shop}, {request})$$),
	('open_many', $$SELECT state FROM aftersale.open_many('[{"shop_id": {shop}, "flow": "temu/ticket", "external_ref": "SECRET"}]')$$),
	('propose_refund', $$SELECT state FROM aftersale.propose_refund({shop}, 'SECRET', 1, NULL, '{e}', 'r')$$),
	('claim_refunds', $$SELECT refund_id FROM aftersale.claim_refunds({shop}, 10, '1 hour')$$),
	('confirm_refund', $$SELECT aftersale.confirm_refund({shop}, 1, 'done')$$),
	('release_refunds', $$SELECT aftersale.release_refunds({shop})$$),
	('notify_refunds', $$SELECT aftersale.notify_refunds() >= 0$$),
	('fire_due', $$SELECT aftersale.fire_due({shop}, 'infinity', 10)$$),
	('return_warehouse', $$SELECT basis FROM aftersale.return_warehouse({shop}, 'US', '{SECRET P}')$$),
	('require_country', $$SELECT aftersale.require_country({shop}, 'US')$$),
	('require_country, another', $$SELECT aftersale.require_country({shop}, 'DE')$$),
	('lock_routing', $$SELECT aftersale.lock_routing({shop})$$),
	('require_warehouse', $$SELECT aftersale.require_warehouse({shop}, 'US', 1)$$),
	('set_warehouse', $$SELECT aftersale.set_warehouse({shop}, 'W2', 'US', 'SECRET') > 0$$),
	('set_default_warehouse', $$SELECT aftersale.set_default_warehouse({shop}, 'US', (SELECT max(warehouse_id) FROM aftersale.warehouse WHERE shop_id = {shop}))$$),
	('link_products', $$SELECT aftersale.link_products({shop}, 'US', (SELECT max(warehouse_id) FROM aftersale.warehouse WHERE shop_id = {shop}), '{Q}')$$),
	('unlink_products', $$SELECT aftersale.unlink_products({shop}, 'US', (SELECT max(warehouse_id) FROM aftersale.warehouse WHERE shop_id = {shop}), '{Q}')$$),
	('return_address_before', $$SELECT name FROM aftersale.return_address_before({shop}, 'US', '2026-11-26')$$),
	('return_eligibility', $$SELECT code FROM aftersale.return_eligibility({shop}, 'US', '[{"product": "SECRET P"}]', '2026-11-20', '2026-11-21')$$),
	('decide_rules', $$SELECT wins FROM aftersale.decide_rules({shop}, 'temu/ticket')$$),
	('check_rule_moment', $$SELECT aftersale.check_rule_moment('r', 'temu/ticket', NULL, NULL, 'no_such')$$),
	('has_permission', $$SELECT aftersale.has_permission({shop}, 'agree_refund', 'SECRET')$$),
	('grant_permission', $$SELECT aftersale.grant_permission({shop}, 'operator', 'agree_refund')$$),
	('erase_personal', $$SELECT aftersale.erase_personal({shop}, {request})$$),
	('load_pack', $$SELECT aftersale.load_pack('temu', {shop})$$),
	('INSERT INTO request', $$WITH r AS (INSERT INTO aftersale.request (shop_id, flow, external_ref) VALUES ({shop}, 'temu/ticket', 'SECRET 2') RETURNING 1) SELECT * FROM r$$),
	('INSERT INTO request, known', $$WITH r AS (INSERT INTO aftersale.request (shop_id, request_id, flow, external_ref) VALUES ({shop}, {request}, 'temu/ticket', 'SECRET') ON CONFLICT DO NOTHING RETURNING 1) SELECT count(*) FROM r$$),
	('INSERT INTO order_balance', $$WITH r AS (INSERT INTO aftersale.order_balance (shop_id, order_ref, currency, paid) VALUES ({shop}, 'new', 'USD', 1) RETURNING 1) SELECT * FROM r$$),
	('INSERT INTO order_balance, known', $$WITH r AS (INSERT INTO aftersale.order_balance (shop_id, order_ref, currency, paid) VALUES ({shop}, 'SECRET', 'USD', 1) RETURNING 1) SELECT * FROM r$$),
	('INSERT INTO personal', $$INSERT INTO aftersale.personal (shop_id, request_id, phone) VALUES ({shop}, {request} + 1, '1') RETURNING 1$$),
	('INSERT INTO personal, known', $$INSERT INTO aftersale.personal (shop_id, request_id, phone) VALUES ({shop}, {request}, '1') RETURNING 1$$),
	('DELETE FROM event', $$WITH r AS (DELETE FROM aftersale.event WHERE shop_id = {shop} RETURNING 1) SELECT count(*) FROM r$$),
	('UPDATE order_balance', $$WITH r AS (UPDATE aftersale.order_balance SET refunded = 0 WHERE shop_id = {shop} RETURNING 1) SELECT count(*) FROM r$$),
	('health', $$SELECT count(*) > 0 FROM aftersale.health()$$),
	('health_of_tables', $$SELECT count(*) > 0 FROM aftersale.health_of_tables()$$),
	('health_of_job', $$SELECT count(*) > 0 FROM aftersale.health_of_job()$$),
	('health_of_sweep', $$SELECT count(*) > 0 FROM aftersale.health_of_sweep()$$),
	('health_of_messages', $$SELECT count(*) > 0 FROM aftersale.health_of_messages()$$),
	('health_of_books', $$SELECT count(*) > 0 FROM aftersale.health_of_books()$$),
	('health_of_deadlines', $$SELECT count(*) > 0 FROM aftersale.health_of_deadlines()$$),
	('health_of_attachments', $$SELECT count(*) > 0 FROM aftersale.health_of_attachments()$$),
	('health_of_bindings', $$SELECT count(*) > 0 FROM aftersale.health_of_bindings()$$),
	('attach', $$SELECT aftersale.attach('aftersale.charge', '{"kind": "refund_check", "columns": {"amount": "amount"}}', '{}')$$),
	('attach_deadline', $$SELECT aftersale.attach_deadline('aftersale.charge', '{"start": {"value": 1, "unit": "epoch_s"}, "key": "kind"}', '1 day', 'rights')$$),
	('attach_refund_check', $$SELECT aftersale.attach_refund_check('aftersale.charge', '{"amount": "amount"}')$$),
	('attach_return_warehouse', $$SELECT aftersale.attach_return_warehouse('aftersale.charge', '{"shop": "shop_id", "country": {"value": "US"}, "products": {"sql": "ARRAY[kind]"}, "warehouse": "kind"}')$$),
	('attachment_check', $$SELECT aftersale.attachment_check('aftersale.charge', 'x', '{"kind": "refund_check", "columns": {"amount": "amount"}}')$$),
	('attachment_register', $$SELECT aftersale.attachment_register('aftersale.charge', 'x', '{"kind": "refund_check"}', false)$$),
	('attachment_begin', $$SELECT aftersale.attachment_begin('aftersale.charge', 'x')$$),
	('attachment_pause', $$SELECT aftersale.attachment_pause('aftersale.charge', 'x', true)$$),
	('attachment_forget', $$SELECT aftersale.attachment_forget('aftersale.charge'::regclass, 'SECRET')$$),
	('attachment_fill', $$SELECT aftersale.attachment_fill('aftersale.charge', 'x', 10, NULL)$$),
	('attachment_table', $$SELECT aftersale.attachment_table('x')$$),
	('attachment_triggers', $$SELECT count(*) >= 0 FROM aftersale.attachment_triggers()$$),
	('attachment_statements', $$SELECT count(*) FROM aftersale.attachment_statements('aftersale.charge', 'x', '{"kind": "deadline", "columns": {}}')$$),
	('attachment_problem', $$SELECT problem FROM aftersale.attachment_problem('x', 'aftersale.charge', '{}')$$),
	('attachments', $$SELECT count(*) >= 0 FROM aftersale.attachments()$$),
	('bind', $$SELECT aftersale.bind('aftersale.calendar', 'temu/ticket', '{"shop": {"value": 430}, "state": "name"}', '{"x": "requested"}')$$),
	('unbind', $$SELECT aftersale.unbind('aftersale.charge')$$),
	('backfill', $$SELECT aftersale.backfill('x')$$),
	('may_wait', $$SELECT aftersale.may_wait()$$),
	('binding_check', $$SELECT aftersale.binding_check('x')$$),
	('binding_definition', $$SELECT aftersale.binding_definition('aftersale.calendar', 'temu/ticket', '{"shop": {"value": 430}, "state": "name"}', '{"x": "requested"}', '{}') IS NULL$$),
	('binding_fill', $$SELECT aftersale.binding_fill('aftersale.charge', 'x', 10, NULL)$$),
	('binding_preview', $$SELECT count(*) FROM aftersale.binding_preview('aftersale.charge', 'x', '{"kind": "binding"}')$$),
	('detach', $$SELECT aftersale.detach('aftersale.charge')$$),
	('pause', $$SELECT aftersale.pause('x')$$),
	('resume', $$SELECT aftersale.resume('x')$$),
	('repair', $$SELECT aftersale.repair('x')$$),
	('fill_totals', $$SELECT aftersale.fill_totals('x')$$),
	('sweeper_statements', $$SELECT aftersale.sweeper_statements()$$),
	('unpark', $$SELECT aftersale.unpark({shop}, {request})$$),
	('start', $$SELECT aftersale.start()$$),
	('stop', $$SELECT aftersale.stop()$$),
	('migrate', $$SELECT aftersale.migrate()$$),
	('install', $$SELECT aftersale.install()$$),
	('uninstall', $$SELECT aftersale.uninstall(keep => false)$$),
	('uninstall_statements', $$SELECT count(*) > 0 FROM aftersale.uninstall_statements()$$),
	('execute_as_owner', $$SELECT aftersale.execute_as_owner('aftersale.charge', 'SELECT 1')$$),
	('used_by', $$SELECT count(*) > 0 FROM aftersale.used_by()$$),
	('require_installed', $$SELECT aftersale.require_installed()$$),
	('access_statements', $$SELECT count(*) > 0 FROM aftersale.access_statements('regress_clerk', 'service')$$),
	('require_access_owner', $$SELECT aftersale.require_access_owner('regress_clerk', 'service')$$),
	('grant_access', $$SELECT aftersale.grant_access('regress_clerk', 'reporter')$$),
	('revoke_access', $$SELECT aftersale.revoke_access('regress_clerk', 'reporter')$$),
	('set_sweepers', $$SELECT aftersale.set_sweepers()$$),
	('is_tables_owner', $$SELECT aftersale.is_tables_owner()$$),
	('clock', $$SELECT aftersale.clock()$$),
	('transaction_clock', $$SELECT aftersale.transaction_clock()$$),
	('statement_clock', $$SELECT aftersale.statement_clock()$$),
	('import_ics', $$SELECT aftersale.import_ics('rights', E'BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n', '2027-01-01')$$),
	('deadline', $$SELECT aftersale.deadline('2026-11-25', '1 day', 'rights')$$),
	('deadline_is_provisional', $$SELECT aftersale.deadline_is_provisional('2026-11-25', '1 day', 'rights')$$),
	('business_elapsed', $$SELECT aftersale.business_elapsed('2026-11-25', '2026-11-26', 'rights')$$),
	('business_days_between', $$SELECT aftersale.business_days_between('2026-11-25', '2026-11-26', 'rights')$$),
	('is_business_time', $$SELECT aftersale.is_business_time('2026-11-25', 'rights')$$),
	('next_business_time', $$SELECT aftersale.next_business_time('2026-11-25', 'rights')$$),
	('warning_time', $$SELECT aftersale.warning_time('2026-11-25', '1 day', 'rights')$$),
	('explain_deadline', $$SELECT count(*) > 0 FROM aftersale.explain_deadline('2026-11-25', '1 day', 'rights')$$);
-- functions that have no line above: none (sweep is below; types' own functions and triggers aside)
SELECT DISTINCT p.proname FROM pg_proc p
WHERE p.pronamespace = 'aftersale'::regnamespace AND p.provolatile <> 'i' AND p.prorettype <> 'trigger'::regtype
	AND p.proname NOT IN ('sweep', 'business_calendar', 'business_calendar_in', 'business_calendar_recv', 'business_calendar_with')
	AND NOT EXISTS (SELECT FROM calls WHERE name = p.proname) ORDER BY 1;

SELECT setval('aftersale.message_id', 100) AS beyond_the_secrets;
-- in one order, since what one leaves another meets
CREATE TEMP TABLE answers AS
SELECT c.name, c.role, c.capability, c.place, c.shop, pg_temp.attempt(c.role, CASE WHEN c.call ~ '^(WITH|INSERT)' THEN c.call
	ELSE format('SELECT count(*) || '' '' || coalesce(string_agg(x::text, '',''), '''') FROM (%s) AS x', c.call) END) AS answer
FROM (SELECT k.name, r.role, r.capability, r.place, s.shop, replace(replace(k.call, '{shop}', s.shop::text), '{request}', s.shop || '1') AS call
	FROM calls k, roles r, unnest(ARRAY[430, 431, 439]) AS s(shop)
	ORDER BY k.call ~ '^(WITH|INSERT)', r.place, s.shop, k.name COLLATE "C" OFFSET 0) c;
-- what each role may call for its own shop (the owner and a superuser for any)
SELECT name, max(split_part(answer, ' ', 1)) FILTER (WHERE place = 1) AS owner, max(split_part(answer, ' ', 1)) FILTER (WHERE place = 2) AS service,
	max(split_part(answer, ' ', 1)) FILTER (WHERE place = 3) AS employee, max(split_part(answer, ' ', 1)) FILTER (WHERE place = 4) AS reporter,
	max(split_part(answer, ' ', 1)) FILTER (WHERE place = 5) AS sweeper, max(split_part(answer, ' ', 1)) FILTER (WHERE place = 6) AS outbox,
	max(split_part(answer, ' ', 1)) FILTER (WHERE place = 7) AS "no login", max(split_part(answer, ' ', 1)) FILTER (WHERE place = 8) AS nobody
FROM answers WHERE shop = 430 GROUP BY name ORDER BY name COLLATE "C";
-- for a shop that is not its own each gets (but for the sweeper, which sees the keys of all requests) the very answer that it gets for one that does not exist
SELECT a.name, a.role, a.answer, b.answer AS answer_unknown
FROM answers a JOIN answers b USING (name, role)
WHERE a.shop = 431 AND b.shop = 439 AND a.place > 1 AND a.capability IS DISTINCT FROM 'sweeper' AND replace(a.answer, '431', '439') <> b.answer
ORDER BY a.name, a.place;
-- and no text of it tells anything
SELECT name, role, answer FROM answers WHERE place > 1 AND shop = 431 AND answer LIKE '%SECRET%' ORDER BY 1, 2;

-- the sweeper sweeps every shop, and can read no more of a request than its key and its instant
SET aftersale.test_now = '2026-11-27 10:00:00+00';
SET ROLE regress_r_sweeper;
SELECT count(*) FROM aftersale.request WHERE shop_id IN (430, 431);
SELECT state FROM aftersale.request;
UPDATE aftersale.request SET act_at = now() WHERE shop_id = 430;
UPDATE aftersale.request SET action = 'reply', actor = 'alice' WHERE shop_id = 430;
UPDATE aftersale.request SET action = 'reply', actor = 'system' WHERE shop_id = 430;
UPDATE aftersale.request SET action = 'close' WHERE shop_id = 430;
UPDATE aftersale.request SET platform_due_at = now() WHERE shop_id = 430;
CALL aftersale.sweep();
INSERT INTO aftersale.heartbeat DEFAULT VALUES;
RESET ROLE;
SELECT shop_id, state, last_actor FROM aftersale.request WHERE shop_id IN (430, 431) ORDER BY shop_id, request_id;
SELECT fired >= 2 AS fired, login = session_user AS login FROM aftersale.heartbeat;
-- others' sweep takes up what they see and may change
SET ROLE regress_r_reporter;
CALL aftersale.sweep();
RESET ROLE;

-- capabilities: refusals, taking back, and what is left then
SET ROLE regress_erp;
\set VERBOSITY default
\set SHOW_CONTEXT never
SELECT aftersale.grant_access('regress_r_reporter', 'god');
SELECT aftersale.grant_access('regress_no_such_role', 'reporter');
SELECT aftersale.grant_access('regress_erp', 'service');
SELECT aftersale.grant_access('regress_r_sweeper', 'reporter');
SELECT aftersale.grant_access('regress_r_reporter', 'sweeper');
RESET ROLE;
SET ROLE regress_r_service;
SELECT aftersale.grant_access('regress_r_service', 'sweeper');
RESET ROLE;
\set VERBOSITY terse
SET ROLE regress_erp;
SELECT aftersale.grant_access('regress_r_reporter', 'outbox');
SELECT aftersale.revoke_access('regress_r_reporter', 'reporter');
RESET ROLE;
SET ROLE regress_r_reporter;
SELECT count(*) FROM aftersale.refund;
SELECT count(*) FROM aftersale.request;
RESET ROLE;
DO $$
DECLARE
	granted record;
BEGIN
	FOR granted IN SELECT a.login, a.capability FROM aftersale.access a WHERE a.login LIKE 'regress_r_%' LOOP
		PERFORM aftersale.revoke_access(granted.login, granted.capability);
	END LOOP;
END $$;
SELECT polname FROM pg_policy WHERE polrelid = 'aftersale.request'::regclass ORDER BY 1;
SELECT count(*) FROM pg_class c, aclexplode(c.relacl) x WHERE c.relnamespace = 'aftersale'::regnamespace AND x.grantee::regrole::text LIKE 'regress_r_%';
DELETE FROM aftersale.login WHERE login LIKE 'regress_r_%';
DROP ROLE regress_r_service, regress_r_employee, regress_r_reporter, regress_r_sweeper, regress_r_outbox, regress_r_stranger, regress_r_nobody;
