-- A report on a refund that is made again changes nothing and gives the same answer; what failed is offered again, each time later.
\set VERBOSITY terse
\set SHOW_CONTEXT never
SET client_min_messages = warning;
SET TIME ZONE 'UTC';
SET datestyle = ISO;
SET aftersale.test_now = '2026-11-25 10:00:00+00';
SET ROLE regress_erp;
INSERT INTO aftersale.shop (shop_id, platform, name) VALUES (164, 'reports', 'reports');
INSERT INTO aftersale.refund (shop_id, refund_id, request_id, event_seq, amount, goods, currency, executed_by, status, idempotency_key)
VALUES (164, 164001, 1, 1, 5, 5, 'USD', 'instruct', 'pending', 'reports-1'), (164, 164002, 2, 1, 6, 6, 'USD', 'shop', 'pending', 'reports-2');
CREATE TEMP VIEW rows AS SELECT refund_id, status, platform_ref, error, attempts, claimed_until, ctid AS place, xmin::text AS writer FROM aftersale.refund WHERE shop_id = 164;

-- done: the row is not even written
SELECT refund_id, idempotency_key FROM aftersale.claim_refunds(164, 1);
SELECT aftersale.confirm_refund(164, 164001, 'done', 'P-1');
CREATE TEMP TABLE before AS SELECT * FROM rows;
RESET ROLE; SET aftersale.test_now = '2026-11-25 11:00:00+00'; SET ROLE regress_erp;
SELECT aftersale.confirm_refund(164, 164001, 'done', 'P-1');
SELECT aftersale.confirm_refund(164, 164001, 'done', 'P-1', 'whatever');
SELECT aftersale.confirm_refund(164, 164001, 'done', 'P-2');
SELECT aftersale.confirm_refund(164, 164001, 'done');
SELECT aftersale.confirm_refund(164, 164001, 'failed');
SELECT refund_id, status FROM rows EXCEPT SELECT refund_id, status FROM before;
SELECT count(*) AS untouched FROM rows JOIN before USING (refund_id, status, place, writer) WHERE refund_id = 164001;
-- failed: made again later it does not put the retry off
SELECT refund_id FROM aftersale.claim_refunds(164, 9);
SELECT aftersale.confirm_refund(164, 164002, 'failed', NULL, 'busy');
SELECT status, attempts, claimed_until FROM rows WHERE refund_id = 164002;
RESET ROLE; SET aftersale.test_now = '2026-11-25 11:00:59+00'; SET ROLE regress_erp;
SELECT aftersale.confirm_refund(164, 164002, 'failed', NULL, 'busy');
SELECT status, attempts, claimed_until FROM rows WHERE refund_id = 164002;
-- under the same key as before, after 1, 2, 4, ... minutes, at most a day
SELECT count(*) FROM aftersale.claim_refunds(164, 9);
RESET ROLE; SET aftersale.test_now = '2026-11-25 11:00:00.000001+00';
CREATE FUNCTION pg_temp.fail_again() RETURNS TABLE (attempts int, wait interval, key text) LANGUAGE plpgsql AS $$
DECLARE
	at timestamptz;
BEGIN
	FOR i IN 1..13 LOOP
		SELECT r.claimed_until + interval '1 microsecond' INTO at FROM aftersale.refund r WHERE r.shop_id = 164 AND r.refund_id = 164002;
		PERFORM set_config('aftersale.test_now', at::text, false);
		SELECT c.attempts, c.idempotency_key INTO attempts, key FROM aftersale.claim_refunds(164, 9) c;
		PERFORM aftersale.confirm_refund(164, 164002, 'failed', NULL, 'busy');
		SELECT r.claimed_until - at INTO wait FROM aftersale.refund r WHERE r.shop_id = 164 AND r.refund_id = 164002;
		RETURN NEXT;
	END LOOP;
END $$;
SELECT * FROM pg_temp.fail_again();
