-- What row-level security costs: a shop's queries as the role of a person, among
-- 1,000,000 requests of 200 shops, against the same as the owner with the shop
-- named in the query.  The bar is 1.10.
\o /dev/null
CREATE ROLE bench_owner;
CREATE ROLE bench_clerk;
SELECT aftersale.install(owner => 'bench_owner');
SET ROLE bench_owner;
SELECT aftersale.grant_access('bench_clerk', 'employee');
INSERT INTO aftersale.calendar (name, calendar) VALUES ('c', 'zone UTC; mon-sun 00:00-24:00');
INSERT INTO aftersale.shop (shop_id, platform, name) SELECT s, 'temu', 'shop' FROM generate_series(1, 200) s;
INSERT INTO aftersale.login (login, shop_id, actor) VALUES ('bench_clerk', 100, 'clerk');
ALTER TABLE aftersale.request DISABLE TRIGGER USER;
INSERT INTO aftersale.request (shop_id, request_id, external_ref, flow, flow_version, state, order_ref, country, currency, amount, opened_at, entered_at,
	due_at, act_at, provisional, event_seq, last_action, last_actor, last_at, last_digest)
SELECT 1 + n % 200, n, 'X' || n, 'temu/ticket', 1, CASE n / 200 % 3 WHEN 0 THEN 'requested' WHEN 1 THEN 'replied' ELSE 'closed' END, 'O' || n / 3, 'US', 'USD', n % 1000,
	now(), now(), CASE n / 200 % 3 WHEN 0 THEN now() + n % 1000 * interval '1 hour' END, NULL, false, 1, 'open', 'erp', now(), sha256('')
FROM generate_series(1, 1000000) n;
ALTER TABLE aftersale.request ENABLE TRIGGER USER;
RESET ROLE;
VACUUM ANALYZE aftersale.request, aftersale.login;
CREATE FUNCTION public.as_role(role name, statement text, times int) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
	sum bigint := 0;
	n bigint;
BEGIN
	PERFORM set_config('role', role, true);
	FOR i IN 1..times LOOP
		EXECUTE statement INTO n;
		sum := sum + n;
	END LOOP;
	PERFORM set_config('role', 'none', true);
	RETURN sum;
END $$;
\o
SELECT public.as_role('bench_clerk', 'SELECT count(*) FROM aftersale.request', 1) AS "rows that the role sees",
	public.as_role('bench_owner', 'SELECT count(*) FROM aftersale.request WHERE shop_id = 100', 1) AS "rows of the shop";
-- planned once, as a driver's prepared statements are
CREATE FUNCTION public.one_request(role name, times int) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
	sum bigint := 0;
BEGIN
	PERFORM set_config('role', role, true);
	FOR i IN 1..times LOOP
		sum := sum + (SELECT count(*) FROM aftersale.request r WHERE r.shop_id = 100 AND r.request_id = i * 200 + 99);
	END LOOP;
	PERFORM set_config('role', 'none', true);
	RETURN sum;
END $$;
CREATE FUNCTION public.next_deadlines(role name, times int) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
	sum bigint := 0;
BEGIN
	PERFORM set_config('role', role, true);
	FOR i IN 1..times LOOP
		sum := sum + (SELECT count(*) FROM (SELECT * FROM aftersale.request r WHERE r.shop_id = 100 AND r.due_at IS NOT NULL ORDER BY r.due_at LIMIT 100) x);
	END LOOP;
	PERFORM set_config('role', 'none', true);
	RETURN sum;
END $$;
SELECT * FROM public.ratio('all requests of a shop by state, no shop named', 'the owner, with the shop''s number',
	$$SELECT public.as_role('bench_clerk', 'SELECT count(*) FROM (SELECT state, count(*), sum(amount) FROM aftersale.request GROUP BY state) x', 20)$$,
	$$SELECT public.as_role('bench_owner', 'SELECT count(*) FROM (SELECT state, count(*), sum(amount) FROM aftersale.request WHERE shop_id = 100 GROUP BY state) x', 20)$$)
UNION ALL SELECT * FROM public.ratio('the next 100 deadlines of a shop, prepared', 'the owner, the same statement',
	$$SELECT public.next_deadlines('bench_clerk', 1000)$$, $$SELECT public.next_deadlines('bench_owner', 1000)$$)
UNION ALL SELECT * FROM public.ratio('one request by its key, prepared', 'the owner, the same statement',
	$$SELECT public.one_request('bench_clerk', 4000)$$, $$SELECT public.one_request('bench_owner', 4000)$$)
UNION ALL SELECT * FROM public.ratio('one request by its key, planned each time', 'the owner, the same statement',
	$$SELECT public.as_role('bench_clerk', 'SELECT count(*) FROM aftersale.request WHERE shop_id = 100 AND request_id = 100099', 4000)$$,
	$$SELECT public.as_role('bench_owner', 'SELECT count(*) FROM aftersale.request WHERE shop_id = 100 AND request_id = 100099', 4000)$$);
\o /dev/null
SET ROLE bench_owner;
SELECT aftersale.revoke_access('bench_clerk', 'employee');
RESET ROLE;
DROP ROLE bench_clerk;
