-- A request is judged by the version of its flow that was in force when it was opened, or when the order was placed,
-- for ever; explain() says which version, which deadline and why, and what the decision saw.
\set VERBOSITY terse
\set SHOW_CONTEXT never
SET client_min_messages = warning;
SET TIME ZONE 'UTC';
SET datestyle = ISO;
SET aftersale.test_now = '2026-11-25 10:00:00+00';
SET ROLE regress_erp;
INSERT INTO aftersale.calendar (name, calendar) VALUES ('policies', 'zone UTC; mon-fri 00:00-24:00');
INSERT INTO aftersale.shop (shop_id, platform, name, refunds_held) VALUES (286, 'policy', 'policies', false);
INSERT INTO aftersale.shop_country (shop_id, country, currency, calendar, time_zone) VALUES (286, 'GB', 'GBP', 'policies', 'UTC');
-- two flows, each with two versions: one is judged by the opening, one by the order
INSERT INTO aftersale.flow (flow, version, platform, kind, initial_state, judged_at, effective_from, effective_to, rule)
SELECT 'policy/' || at, v, 'policy', 'return', 'open', at, CASE v WHEN 2 THEN timestamptz '2026-06-01 00:00:00+00' ELSE '-infinity' END,
	CASE v WHEN 1 THEN timestamptz '2026-06-01 00:00:00+00' ELSE 'infinity' END, 'POLICY-' || v
FROM generate_series(1, 2) v, unnest(ARRAY['opened', 'ordered']) at;
INSERT INTO aftersale.flow_state (flow, version, state, final, term, starts)
SELECT f.flow, f.version, s.state, s.final, CASE WHEN s.final THEN NULL ELSE format('%s business days', f.version)::aftersale.sla_term END, 'entered'
FROM aftersale.flow f, (VALUES ('open', false), ('closed', true), ('lost', true)) s(state, final) WHERE f.platform = 'policy';
INSERT INTO aftersale.flow_transition (flow, version, from_state, action, to_state, actors, clock, effect, rule)
SELECT f.flow, f.version, 'open', t.action, t.to_state, t.actors::text[], t.clock, t.effect::jsonb, 'POLICY-' || f.version
FROM aftersale.flow f, (VALUES (1, 'grant_v1', 'closed', '{merchant}', 'restart', '{}'), (2, 'grant_v2', 'closed', '{merchant}', 'restart', '{}'),
	(0, 'timeout', 'lost', '{system}', 'restart', '{}'), (0, 'ask', 'open', '{buyer}', 'restart', '{}'),
	(0, 'pay', 'closed', '{merchant}', 'restart', '{"refund": {"of": "asked", "executed_by": "instruct", "fees": true}}')) t(version, action, to_state, actors, clock, effect)
WHERE f.platform = 'policy' AND t.version IN (0, f.version);

-- the instant of the change is the new version's
INSERT INTO aftersale.request (shop_id, request_id, flow, opened_at, ordered_at) VALUES
	(286, 1, 'policy/opened', '2026-11-25', '2026-05-01'), (286, 3, 'policy/ordered', '2026-11-25', '2026-05-31 23:59:59.999999+00'),
	(286, 4, 'policy/ordered', '2026-11-25', '2026-06-01'), (286, 5, 'policy/ordered', '2026-11-25', NULL)
RETURNING request_id, flow_version, due_at;
RESET ROLE; SET aftersale.test_now = '2026-05-31 10:00:00+00'; SET ROLE regress_erp;
INSERT INTO aftersale.request (shop_id, request_id, flow) VALUES (286, 2, 'policy/opened') RETURNING request_id, flow_version, due_at;
-- for ever: whatever becomes of the dates, and however late somebody acts
UPDATE aftersale.flow SET effective_to = '2026-05-01' WHERE platform = 'policy' AND version = 1;
UPDATE aftersale.flow SET effective_from = '2026-05-01' WHERE platform = 'policy' AND version = 2;
INSERT INTO aftersale.request (shop_id, request_id, flow) VALUES (286, 6, 'policy/opened') RETURNING request_id, flow_version, due_at;
SELECT state, due_at FROM aftersale.act(286, 2, 'ask', '{}', 'buyer');
SELECT aftersale.act(286, 2, 'grant_v2');
SELECT state FROM aftersale.act(286, 2, 'grant_v1');
RESET ROLE; SET aftersale.test_now = '2026-11-25 10:00:00+00'; SET ROLE regress_erp;
SELECT aftersale.act(286, 3, 'grant_v2');
SELECT state FROM aftersale.act(286, 3, 'grant_v1');
SELECT aftersale.act(286, 4, 'grant_v1');
DELETE FROM aftersale.flow WHERE flow = 'policy/opened' AND version = 1;

-- explained: the version, and the term by which the deadline was computed
SELECT r.request_id, x.what, x.why FROM aftersale.request r, aftersale.explain(286, r.request_id) x WHERE r.shop_id = 286 AND r.request_id IN (2, 3, 4, 5) ORDER BY 1, x.at;
-- a deadline of the platform's, and its end
UPDATE aftersale.request SET platform_due_at = '2026-11-29 12:00:00+00' WHERE shop_id = 286 AND request_id = 4;
UPDATE aftersale.request SET platform_due_at = NULL WHERE shop_id = 286 AND request_id = 4;
INSERT INTO aftersale.request (shop_id, request_id, flow, platform_due_at) VALUES (286, 7, 'policy/opened', '2026-11-28');
SELECT what, why FROM aftersale.explain(286, 4) OFFSET 1;
SELECT what, why FROM aftersale.explain(286, 7);
-- a shop's own term and outcome: the ones in force when the state was entered
INSERT INTO aftersale.flow_override (shop_id, flow, state, term, timeout_to, timeout_outcome, effective_to) VALUES
	(286, 'policy/opened', 'open', '1 hour', 'closed', 'given up', '2026-11-25 12:00:00+00');
INSERT INTO aftersale.request (shop_id, request_id, flow) VALUES (286, 8, 'policy/opened') RETURNING due_at;
RESET ROLE; SET aftersale.test_now = '2026-11-25 12:00:00+00'; SET ROLE regress_erp;
SELECT aftersale.fire_due(286, 'infinity', 10);
INSERT INTO aftersale.request (shop_id, request_id, flow) VALUES (286, 9, 'policy/opened') RETURNING due_at;
SELECT what, why FROM aftersale.explain(286, 8);
SELECT what, why FROM aftersale.explain(286, 9);
-- money: what was left of the order, and the fees
INSERT INTO aftersale.order_balance (shop_id, order_ref, currency, paid, refunded) VALUES (286, 'P', 'GBP', 100, 12.5);
INSERT INTO aftersale.return_fee (shop_id, kind, percent, fixed, cap) VALUES (286, 'restocking', 10, 0.5, 5), (286, 'return_freight', 0, 3.5, NULL);
INSERT INTO aftersale.request (shop_id, request_id, flow, order_ref, amount) VALUES (286, 10, 'policy/opened', 'P', 40);
SELECT refund_amount FROM aftersale.act(286, 10, 'pay');
SELECT what, why FROM aftersale.explain(286, 10) OFFSET 1;
-- what was overdue when it was opened
UPDATE aftersale.shop SET settings = '{"fire_overdue_at_opening": true}' WHERE shop_id = 286;
INSERT INTO aftersale.request (shop_id, request_id, flow, opened_at) VALUES (286, 11, 'policy/opened', '2026-11-02');
SELECT what, why FROM aftersale.explain(286, 11);
SELECT * FROM aftersale.verify_history(286);
