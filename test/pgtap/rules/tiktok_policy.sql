-- TikTok, the merchant's own return policy: window, conditions, refund methods, reason and evidence, version by version.
BEGIN;
SELECT plan(48);
SET TIME ZONE 'UTC';
SET aftersale.test_now = '2026-11-25 10:00+00';
SELECT aftersale.grant_access('regress_clerk', 'service') \g /dev/null
SET ROLE regress_erp;
INSERT INTO aftersale.calendar (name, calendar) VALUES ('office', 'zone Asia/Shanghai; mon-fri 09:00-18:00');
INSERT INTO aftersale.shop (shop_id, platform, name) VALUES (1, 'tiktok', 'Teapots'), (2, 'tiktok', 'another');
INSERT INTO aftersale.shop_country (shop_id, country, currency, calendar, time_zone)
SELECT s, c.* FROM (VALUES ('TH', 'THB', 'office', 'Asia/Bangkok'), ('US', 'USD', 'office', 'America/New_York'), ('GB', 'GBP', 'office', 'Europe/London')) c, generate_series(1, 2) s;
INSERT INTO aftersale.login (login, shop_id, actor, may_speak) VALUES ('regress_clerk', 1, 'erp service', true);
RESET ROLE;

-- what is said of one line, or of none
CREATE FUNCTION pg_temp.said(country text, line jsonb, ordered timestamptz, delivered timestamptz, applied timestamptz, reason text DEFAULT 'r', evidence text[] DEFAULT '{e}', shop bigint DEFAULT 1)
RETURNS text LANGUAGE sql AS $$
	SELECT coalesce(v.rule, '-') || ' ' || v.code || CASE WHEN v.eligible THEN '' ELSE ' refused' END
	FROM aftersale.return_eligibility(shop, country, CASE WHEN line IS NOT NULL THEN jsonb_build_array(line) END, ordered, delivered, reason, evidence, applied) v
$$;
CREATE FUNCTION pg_temp.refused(statement text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
	EXECUTE statement;
	RETURN 'not refused';
EXCEPTION WHEN OTHERS THEN
	RETURN SQLSTATE || ' ' || SQLERRM;
END $$;

-- no policy
SELECT is(pg_temp.said('TH', '{"product": "P1"}', '2020-01-01', '2020-01-05', '2026-11-25'), '- no_policy', 'TTRET-02: where the merchant has set nothing, nothing is restricted, and that is said');

-- ---- TTRET-02, TTRET-07: the window, as the service account saves it ----
SET ROLE regress_clerk;
INSERT INTO aftersale.return_policy (shop_id, name, term) VALUES (1, 'fifteen', '15 days');
RESET ROLE;
SELECT is(pg_temp.said('TH', '{"product": "P1"}', '2026-11-01', '2026-11-05 12:00', '2026-11-20 11:59:59'), 'TTRET-02 eligible', 'TTRET-02: a second before the end of the window');
SELECT is(pg_temp.said('TH', '{"product": "P1"}', '2026-11-01', '2026-11-05 12:00', '2026-11-20 12:00'), 'TTRET-02 eligible', 'TTRET-02: exactly the end is in time');
SELECT is(pg_temp.said('TH', '{"product": "P1"}', '2026-11-01', '2026-11-05 12:00', '2026-11-20 12:00:00.000001'), 'TTRET-07 window_ended refused', 'TTRET-07: a microsecond later it has ended');
SELECT is((SELECT v.why FROM aftersale.return_eligibility(1, 'TH', NULL, '2026-11-01', '2026-11-05 12:00', at => '2026-11-21') v), 'the 15 days from delivery of policy "fifteen" ended at 2026-11-20 12:00:00+00', 'TTRET-07: and it is said why');
SELECT is((SELECT v.window_ends_at FROM aftersale.return_eligibility(1, 'TH', NULL, '2026-11-01', '2026-11-05 12:00') v), '2026-11-20 12:00+00', 'TTRET-02: the end of the window can be shown to the buyer');
SELECT is(pg_temp.said('TH', NULL, '2026-11-01', '2026-11-05 12:00', '2026-11-21'), 'TTRET-07 window_ended refused', 'TTRET-07: also where no lines are given');
SELECT is(pg_temp.said('TH', '{"product": "P1"}', '2026-11-01', '2026-11-05 12:00', '2026-11-05 11:00'), 'TTRET-02 eligible', 'TTRET-02: before delivery nothing has ended');
SELECT is(pg_temp.said('TH', '{"product": "P1"}', '2026-01-01', NULL, '2026-11-25'), 'TTRET-02 not_delivered', 'TTRET-02: a window from delivery does not end where the delivery is not known, which is said');
-- local days: New York's clocks go back on 2026-11-01, so that 15 local days are an hour longer
SELECT is((SELECT v.window_ends_at FROM aftersale.return_eligibility(1, 'US', NULL, '2026-10-20', '2026-10-25 12:00-04') v), '2026-11-09 12:00-05', 'TTRET-02: days are natural days in the time zone of the country, across a change of the clocks');
SELECT is((SELECT v.window_ends_at FROM aftersale.return_eligibility(1, 'TH', NULL, '2026-10-20', '2026-10-25 16:00+00') v), '2026-11-09 16:00+00', 'TTRET-02: which another country does not have');
SET ROLE regress_clerk;
INSERT INTO aftersale.return_policy (shop_id, name, country, term, starts) VALUES (1, 'GB from the order', 'GB', '14 days', 'ordered');
INSERT INTO aftersale.return_policy (shop_id, name, country, product, term) VALUES (1, 'five working days', 'GB', 'P-fragile', '5 business days');
RESET ROLE;
SELECT is(pg_temp.said('GB', '{"product": "P1"}', '2026-11-01 10:00', '2026-11-14 10:00', '2026-11-15 10:00'), 'TTRET-02 eligible', 'TTRET-02: counted from the order, where the merchant says so');
SELECT is(pg_temp.said('GB', '{"product": "P1"}', '2026-11-01 10:00', NULL, '2026-11-15 10:00:00.000001'), 'TTRET-07 window_ended refused', 'TTRET-07: then delivery does not matter');
SELECT is((SELECT v.window_ends_at FROM aftersale.return_eligibility(1, 'GB', '[{"product": "P-fragile"}]', '2026-11-10', '2026-11-20 04:00+00') v), '2026-11-27 04:00+00', 'TTRET-02: business days by the country''s calendar');
SELECT is(pg_temp.said('TH', '{"product": "P1"}', '2026-11-01', '2026-11-01', '2026-11-25', shop => 2), '- no_policy', 'TTRET-02: another shop''s policy is its own');

-- ---- which policy: product, category, everything; the country''s own first ----
SET ROLE regress_erp;
INSERT INTO aftersale.return_policy (shop_id, name, product, category, returnable, term) VALUES
	(1, 'shoes', '*', 'shoes', true, '30 days'), (1, 'food', '*', 'food', false, NULL), (1, 'P9', 'P9', '*', true, NULL), (1, 'P8', 'P8', '*', false, NULL);
INSERT INTO aftersale.return_policy (shop_id, name, country, category, term) VALUES (1, 'shoes in TH', 'TH', 'shoes', '20 days');
RESET ROLE;
SELECT is((SELECT string_agg(p.name, ', ' ORDER BY v.line_no) FROM aftersale.return_eligibility(1, 'TH',
	'[{"product": "P1"}, {"product": "P1", "category": "shoes"}, {"product": "P9", "category": "food"}, {"product": "P1", "category": "food"}, {"product": "P1", "category": "hats"}]', '2026-11-01', '2026-11-20') v
	JOIN aftersale.return_policy p ON p.shop_id = 1 AND p.policy_id = v.policy_id), 'fifteen, shoes in TH, P9, food, fifteen', 'TTRET-02: the policy of the product goes before that of the category, that before what is for everything');
SELECT is((SELECT p.name FROM aftersale.return_eligibility(1, 'US', '[{"product": "P1", "category": "shoes"}]', '2026-11-01', '2026-11-20') v JOIN aftersale.return_policy p ON p.shop_id = 1 AND p.policy_id = v.policy_id),
	'shoes', 'TTRET-02: a country''s own goes before that for every country, of the same scope');
SELECT is((SELECT p.name FROM aftersale.return_eligibility(1, 'GB', '[{"product": "P1", "category": "shoes"}]', '2026-11-01', '2026-11-20') v JOIN aftersale.return_policy p ON p.shop_id = 1 AND p.policy_id = v.policy_id),
	'shoes', 'TTRET-02: and the scope before the country');
SELECT is(pg_temp.said('TH', '{"product": "P1", "category": "food"}', '2026-11-24', '2026-11-24', '2026-11-24'), 'TTRET-02 final_sale refused', 'TTRET-02: what is a final sale is not taken back');
SELECT is(pg_temp.said('TH', '{"product": "P9", "category": "food"}', '2000-01-01', '2000-01-01', '2026-11-24'), 'TTRET-02 eligible', 'TTRET-02: a window without an end');

-- every line is told by itself
SELECT results_eq($$SELECT line_no, product, eligible, code FROM aftersale.return_eligibility(1, 'TH', '[{"line_no": 7, "product": "P8"}, {"product": "P9"}, {"product": "P1"}]', '2026-10-01', '2026-10-05', at => '2026-11-24')$$,
	$$VALUES (7, 'P8', false, 'final_sale'), (2, 'P9', true, 'eligible'), (3, 'P1', false, 'window_ended')$$, 'TTRET-07: of many lines each is told whether, and if not why');

-- ---- the version in force when the order was created ----
SET ROLE regress_clerk;
INSERT INTO aftersale.return_policy (shop_id, name, term, effective_from) VALUES (1, 'thirty', '30 days', '2026-11-10 00:00+07');
RESET ROLE;
SELECT is(pg_temp.said('TH', '{"product": "P1"}', '2026-11-09 16:59:59.999999+00', '2026-11-09 17:00', '2026-11-25'), 'TTRET-07 window_ended refused', 'TTRET-02: an order of a microsecond before is judged by what was in force then');
SELECT is(pg_temp.said('TH', '{"product": "P1"}', '2026-11-09 17:00+00', '2026-11-09 17:00', '2026-11-25'), 'TTRET-02 eligible', 'TTRET-02: one of the instant itself by the new version, orders compared as instants');
SELECT is(pg_temp.said('TH', '{"product": "P1"}', NULL, '2026-11-09 17:00', '2026-11-25'), 'TTRET-02 eligible', 'TTRET-02: where the order''s instant is not known, by that of the application');
SET ROLE regress_clerk;
INSERT INTO aftersale.return_policy (shop_id, name, term, effective_from, effective_to) VALUES (1, 'sale', '7 days', '2026-11-11', '2026-11-12');
RESET ROLE;
SELECT is((SELECT v.window_ends_at FROM aftersale.return_eligibility(1, 'TH', NULL, '2026-11-11', '2026-11-11') v), '2026-11-18', 'TTRET-02: of two in force the later one holds');
SELECT is((SELECT v.window_ends_at FROM aftersale.return_eligibility(1, 'TH', NULL, '2026-11-12', '2026-11-12') v), '2026-12-12', 'TTRET-02: until it ends, then the one before again');

-- ---- TTRET-03, TTRET-04 ----
SET ROLE regress_clerk;
INSERT INTO aftersale.return_policy (shop_id, name, product, term, conditions, refund_methods) VALUES (1, 'P3', 'P3', '10 days', '{unused,undamaged}', '{original,store_credit}');
RESET ROLE;
SELECT results_eq($$SELECT v.conditions, v.refund_methods FROM aftersale.return_eligibility(1, 'TH', '[{"product": "P3"}]', '2026-11-20', '2026-11-21') v$$, $$VALUES ('{unused,undamaged}'::text[], '{original,store_credit}'::text[])$$,
	'TTRET-03, TTRET-04: the conditions by which the seller inspects, and the ways of the refund, come with it');
SELECT results_eq($$SELECT v.refund_methods FROM aftersale.return_eligibility(1, 'TH', '[{"product": "P9"}]', '2026-11-20', '2026-11-21') v$$, $$VALUES ('{original}'::text[])$$, 'TTRET-04: by default as it was paid');

-- ---- TTRET-06, TTRET-07 ----
SET ROLE regress_clerk;
INSERT INTO aftersale.return_policy (shop_id, name, product, term, reason_required, evidence_required) VALUES (1, 'P4', 'P4', '10 days', true, false), (1, 'P5', 'P5', '10 days', false, true), (1, 'P6', 'P6', '10 days', true, true);
RESET ROLE;
SELECT is(pg_temp.said('TH', jsonb_build_object('product', product), '2026-11-20', '2026-11-21', '2026-11-25', reason, evidence), expected, format('TTRET-06: %s with reason %L and evidence %L', product, reason, evidence))
FROM (VALUES ('P4', NULL, NULL::text[], 'TTRET-06 reason_missing refused'), ('P4', ' ', '{e}', 'TTRET-06 reason_missing refused'), ('P4', 'too small', NULL, 'TTRET-02 eligible'),
	('P5', 'too small', NULL, 'TTRET-07 evidence_missing refused'), ('P5', NULL, '{}', 'TTRET-07 evidence_missing refused'), ('P5', NULL, '{" "}', 'TTRET-07 evidence_missing refused'), ('P5', NULL, '{photo}', 'TTRET-02 eligible'),
	('P6', NULL, NULL, 'TTRET-06 reason_missing refused'), ('P6', 'too small', '{photo}', 'TTRET-02 eligible'), ('P9', NULL, NULL, 'TTRET-02 eligible')) AS c(product, reason, evidence, expected);
SELECT is(pg_temp.said('TH', '{"product": "P6"}', '2026-11-01', '2026-11-01', '2026-11-25', NULL, NULL), 'TTRET-07 window_ended refused', 'TTRET-07: what the buyer cannot mend is told first');

-- ---- nonsense ----
SELECT matches(pg_temp.refused(statement), '^' || code, 'TTRET-02, TTRET-03, TTRET-04: refused: ' || why) FROM (VALUES
	('INSERT INTO aftersale.return_policy (shop_id, name, term, effective_from) VALUES (1, ''again'', ''9 days'', ''2026-11-10 00:00+07'')', '23505', 'two versions of one scope that begin together'),
	('INSERT INTO aftersale.return_policy (shop_id, name, product, category) VALUES (1, ''both'', ''P1'', ''shoes'')', '23514', 'a product and a category'),
	('INSERT INTO aftersale.return_policy (shop_id, name, term) VALUES (2, ''zero'', ''0 days'')', '23514', 'a window of nothing'),
	('INSERT INTO aftersale.return_policy (shop_id, name, returnable, term) VALUES (2, ''final'', false, ''3 days'')', '23514', 'a final sale with a window'),
	('INSERT INTO aftersale.return_policy (shop_id, name, refund_methods) VALUES (2, ''none'', ''{}'')', '23514', 'no way to refund'),
	('INSERT INTO aftersale.return_policy (shop_id, name, conditions) VALUES (2, ''null'', ''{unused,NULL}'')', '23514', 'a condition that is NULL'),
	('INSERT INTO aftersale.return_policy (shop_id, name, effective_from, effective_to) VALUES (2, ''never'', ''2026-11-02'', ''2026-11-02'')', '23514', 'a version that is never in force'),
	('SELECT aftersale.return_eligibility(1, ''XX'', NULL, now(), now())', 'RA011', 'a country where the shop does not sell'),
	('SELECT aftersale.return_eligibility(1, ''TH'', ''{"product": "P1"}'', now(), now())', 'RA028', 'items that are no array')) AS c(statement, code, why);

SELECT * FROM finish();
ROLLBACK;
