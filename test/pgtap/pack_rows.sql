-- Every row that a pack loads says which rule it comes from, and how that rule stands; and what the rows say fits together.
BEGIN;
SELECT * FROM no_plan();
SET ROLE regress_erp;
SELECT aftersale.load_pack(pack) FROM unnest(aftersale.packs()) AS pack \g /dev/null

CREATE TEMP VIEW row_of AS
	SELECT 'flow' AS tab, flow AS key, rule, standing, flow AS of_flow FROM aftersale.flow
	UNION ALL SELECT 'flow_state', concat_ws(' ', flow, version, state), rule, standing, flow FROM aftersale.flow_state
	UNION ALL SELECT 'flow_transition', concat_ws(' ', flow, version, from_state, action, priority), rule, standing, flow FROM aftersale.flow_transition
	UNION ALL SELECT 'flow_timer', concat_ws(' ', flow, version, name), rule, standing, flow FROM aftersale.flow_timer
	UNION ALL SELECT 'flow_advice', concat_ws(' ', flow, version, name), rule, standing, flow FROM aftersale.flow_advice
	UNION ALL SELECT 'flow_choice', concat_ws(' ', platform, type, reason), rule, standing, flow FROM aftersale.flow_choice
	UNION ALL SELECT 'site', concat_ws(' ', platform, site, effective_from), rule, standing, NULL FROM aftersale.site
	UNION ALL SELECT 'role_permission', concat_ws(' ', platform, role, permission), rule, NULL, NULL FROM aftersale.role_permission
	UNION ALL SELECT 'reason', concat_ws(' ', platform, kind, code), rule, NULL, NULL FROM aftersale.reason;

SELECT cmp_ok((SELECT count(*)::int FROM row_of), '>', 300, 'the packs have rows');
SELECT is_empty($$SELECT relname FROM pg_attribute a JOIN pg_class c ON c.oid = attrelid
	WHERE relnamespace = 'aftersale'::regnamespace AND relkind = 'r' AND attname = 'rule' AND NOT EXISTS (SELECT FROM pg_attribute s WHERE s.attrelid = c.oid AND s.attname = 'shop_id')
	  AND relname NOT IN (SELECT tab FROM row_of UNION VALUES ('reason'))$$, 'of every table of reference data that names rules');
SELECT is_empty($$SELECT tab, key FROM row_of WHERE rule IS NULL ORDER BY 1, 2$$, 'each names its rule');
SELECT is_empty($$SELECT tab, key, rule FROM row_of r WHERE rule IS NOT NULL AND NOT EXISTS (SELECT FROM aftersale.rules() u WHERE u.rule = r.rule) ORDER BY 1, 2$$,
	'which is one of rules()');
SELECT is_empty($$SELECT DISTINCT tab, key, r.rule, f.platform FROM row_of r JOIN aftersale.flow f ON f.flow = r.of_flow JOIN aftersale.rules() u ON u.rule = r.rule WHERE u.platform <> f.platform ORDER BY 1, 2$$,
	'of the flow''s own platform');
SELECT is_empty($$SELECT tab, key FROM row_of WHERE standing = 'own' AND tab <> 'flow_timer' ORDER BY 1, 2$$, 'and its standing; what is our own are warnings alone');
SELECT is_empty($$SELECT t.flow, t.from_state, t.action, rule FROM aftersale.flow_transition t JOIN aftersale.rules() u USING (rule) WHERE t.to_state <> t.from_state AND u.standing = 'informational' ORDER BY 1, 2, 3$$,
	'a rule that only informs moves nothing');
SELECT is_empty($$SELECT rule, place FROM aftersale.rules() u WHERE place ~ '^pack \w+, flow ' AND NOT EXISTS (
	SELECT FROM row_of r WHERE r.rule = u.rule AND u.place ~ ('flow ' || r.of_flow || '\M')) ORDER BY 1$$, 'a rule that lives in a flow has a row there');
SELECT is_empty($$SELECT flow, pack FROM aftersale.flow WHERE pack IS NULL OR pack <> ALL (aftersale.packs())$$, 'a flow names its pack');
SELECT is_empty($$SELECT rule, flow FROM aftersale.rules() u, regexp_matches(place, 'flow ([a-z_]+/[a-z_]+)', 'g') AS m(names), unnest(m.names) AS flow WHERE NOT EXISTS (SELECT FROM aftersale.flow f WHERE f.flow = m.names[1])$$,
	'and a place names a flow that there is');
SELECT is_empty($$SELECT s.platform, s.code, s.flow, s.state FROM aftersale.status_code s WHERE s.state IS NOT NULL AND s.flow <> '*' AND NOT EXISTS (SELECT FROM aftersale.flow_state f WHERE f.flow = s.flow AND f.state = s.state)$$,
	'a status code for a flow leads to a state of it');
SELECT is_empty($$SELECT f.flow, f.version, s.state FROM aftersale.flow f JOIN aftersale.flow_state s USING (flow, version)
	WHERE s.state <> f.initial_state AND s.state <> 'approved_by_silence' AND NOT EXISTS (SELECT FROM aftersale.flow_transition t WHERE t.flow = s.flow AND t.version = s.version AND t.to_state = s.state AND t.from_state <> s.state)$$,
	'some act or timeout leads to every state, but for the one that a shop''s own terms lead to');
SELECT * FROM finish();
ROLLBACK;
