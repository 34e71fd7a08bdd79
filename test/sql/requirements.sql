-- What transitions require of a request, openings that choose the first state or
-- refuse, acts for somebody, and the parcels that acts tell of.
\set VERBOSITY terse
SET client_min_messages = warning;
SET TIME ZONE 'UTC';
SET datestyle = ISO;
SET aftersale.test_now = '2026-11-23 09:00:00+00';
SET ROLE regress_erp;
INSERT INTO aftersale.calendar (name, calendar) VALUES ('requirements', 'zone UTC; mon-fri 00:00-24:00');
INSERT INTO aftersale.shop (shop_id, platform, name, settings) VALUES (970, 'bazaar', 'requirements', '{"features": ["labels"], "merchant_label": true}');
INSERT INTO aftersale.shop_country (shop_id, country, currency, calendar, time_zone, settings) VALUES
	(970, 'DE', 'EUR', 'requirements', 'UTC', '{}'), (970, 'FR', 'EUR', 'requirements', 'UTC', '{"merchant_label": false}');
INSERT INTO aftersale.flow (flow, version, platform, kind, initial_state, rule) VALUES ('bazaar/claim', 1, 'bazaar', 'claim', 'new', 'OWN-1');
INSERT INTO aftersale.flow_state (flow, version, state, final, term) VALUES
	('bazaar/claim', 1, 'new', false, '24 hours'), ('bazaar/claim', 1, 'held', false, '14 days'), ('bazaar/claim', 1, 'sent', false, NULL),
	('bazaar/claim', 1, 'rejected', true, NULL), ('bazaar/claim', 1, 'done', true, NULL);
INSERT INTO aftersale.flow_transition (flow, version, from_state, action, priority, to_state, actors, needs, requires, on_behalf_of, outcome, clock, rule, effect) VALUES
	('bazaar/claim', 1, 'new', 'open', 20, 'new', '{merchant}', '{}', '{"attributes": {"cancelled": true}}', NULL, NULL, 'restart', 'OWN-2', '{"refuse": "the order is cancelled"}'),
	('bazaar/claim', 1, 'new', 'open', 10, 'held', '{merchant}', '{}', '{"attributes": {"held": true}}', NULL, 'held at first', 'restart', 'OWN-3', '{}'),
	('bazaar/claim', 1, 'new', 'open', 0, 'new', '{merchant}', '{}', '{"settings": {"features": ["labels"]}}', NULL, NULL, 'restart', NULL, '{}'),
	('bazaar/claim', 1, 'new', 'timeout', 0, 'rejected', '{system}', '{}', '{}', NULL, 'lapsed', 'restart', NULL, '{}'),
	('bazaar/claim', 1, 'held', 'timeout', 0, 'rejected', '{system}', '{}', '{}', NULL, 'lapsed', 'restart', NULL, '{}'),
	('bazaar/claim', 1, 'new', 'label', 20, 'new', '{merchant}', '{carrier}', '{"carrier": "unlisted", "settings": {"merchant_label": true}}', NULL, NULL, 'keep', 'OWN-4', '{"refuse": "the carrier is none of the platform''s"}'),
	('bazaar/claim', 1, 'new', 'label', 0, 'sent', '{merchant}', '{carrier,tracking_no}', '{"settings": {"merchant_label": true}}', 'buyer', NULL, 'restart', 'OWN-5', '{"parcel": {"kind": "return", "state": "shipped"}}'),
	('bazaar/claim', 1, 'sent', 'label', 0, 'sent', '{merchant}', '{}', '{}', NULL, NULL, 'keep', NULL, '{"parcel": {"kind": "return"}}'),
	('bazaar/claim', 1, 'sent', 'attempt', 0, 'sent', '{carrier}', '{}', '{}', NULL, NULL, 'keep', NULL, '{"parcel": {"kind": "outbound", "state": "failed", "attempt": true}}'),
	('bazaar/claim', 1, 'new', 'reject', 10, 'rejected', '{merchant}', '{reason}', '{"reject_reason": "no_evidence"}', NULL, NULL, 'restart', 'OWN-6', '{}'),
	('bazaar/claim', 1, 'new', 'reject', 0, 'rejected', '{merchant}', '{reason,evidence}', '{}', NULL, NULL, 'restart', 'OWN-6', '{}');

-- where a request begins
INSERT INTO aftersale.request (shop_id, request_id, flow, country, attributes) VALUES (970, 1, 'bazaar/claim', 'DE', '{"cancelled": true, "held": true}');
INSERT INTO aftersale.request (shop_id, request_id, flow, country, attributes) VALUES
	(970, 1, 'bazaar/claim', 'DE', '{"held": true}'), (970, 2, 'bazaar/claim', 'DE', '{}'), (970, 3, 'bazaar/claim', 'FR', '{"held": false}')
RETURNING request_id, state, outcome, due_at;
SELECT request_id, to_state, rule, facts -> 'meets' AS meets FROM aftersale.event WHERE shop_id = 970 ORDER BY request_id;
UPDATE aftersale.shop SET settings = '{"merchant_label": true}' WHERE shop_id = 970;
INSERT INTO aftersale.request (shop_id, flow, country) VALUES (970, 'bazaar/claim', 'DE');
\set VERBOSITY default
\set SHOW_CONTEXT never
INSERT INTO aftersale.request (shop_id, flow, country) VALUES (970, 'bazaar/claim', 'DE');
\set VERBOSITY terse
UPDATE aftersale.shop SET settings = '{"features": ["labels"], "merchant_label": true}' WHERE shop_id = 970;
SELECT aftersale.act(970, 2, 'open');

-- what is there already is left out by ON CONFLICT, also where it would not be opened any more
INSERT INTO aftersale.request (shop_id, request_id, flow, country, external_ref) VALUES (970, 60, 'bazaar/claim', 'DE', 'X-60');
INSERT INTO aftersale.request (shop_id, request_id, flow, country, external_ref, attributes) VALUES (970, 61, 'bazaar/claim', 'DE', 'X-60', '{"cancelled": true}'), (970, 62, 'bazaar/claim', 'DE', 'X-62', '{}')
ON CONFLICT DO NOTHING RETURNING external_ref, state;
INSERT INTO aftersale.request (shop_id, request_id, flow, country, external_ref, attributes) VALUES (970, 63, 'bazaar/claim', 'DE', 'X-63', '{"cancelled": true}') ON CONFLICT DO NOTHING;
INSERT INTO aftersale.request (shop_id, request_id, flow, country, external_ref, attributes) VALUES (970, 64, 'bazaar/claim', 'DE', 'X-60', '{"cancelled": true}');

-- the country's settings go over the shop's
SELECT action, to_state, needs FROM aftersale.allowed_actions(970, 2);
SELECT action, to_state, needs FROM aftersale.allowed_actions(970, 3);
\set VERBOSITY default
SELECT aftersale.act(970, 3, 'label', '{"carrier": "DHL", "tracking_no": "1"}');
\set VERBOSITY terse

-- lists of the platform: without one nothing is restricted
INSERT INTO aftersale.request (shop_id, request_id, flow, country) SELECT 970, n, 'bazaar/claim', 'DE' FROM generate_series(10, 15) n;
SELECT state FROM aftersale.act(970, 10, 'label', '{"carrier": "anybody", "tracking_no": "1"}');
INSERT INTO aftersale.carrier (platform, code, carrier, region, aliases) VALUES ('bazaar', '17', 'dhl', 'DE', '{DHL}'), ('bazaar', '18', 'dpd', 'FR', '{}'), ('bazaar', '19', 'gls', '*', '{}');
SELECT aftersale.act(970, 11, 'label', format('{"carrier": "%s", "tracking_no": "1"}', carrier)::jsonb) FROM unnest('{18}'::text[]) carrier;
\set VERBOSITY default
SELECT aftersale.act(970, 11, 'label', '{"carrier": "dpd", "tracking_no": "1"}');
\set VERBOSITY terse
SELECT state FROM aftersale.act(970, 11, 'label', '{"carrier": "17", "tracking_no": "1"}');
SELECT state FROM aftersale.act(970, 12, 'label', '{"carrier": "DHL", "tracking_no": "2", "label": "https://label/2"}');
SELECT state FROM aftersale.act(970, 13, 'label', '{"carrier": "gls", "tracking_no": "3"}');
SELECT aftersale.act(970, 14, 'reject', '{"reason": "7"}');
INSERT INTO aftersale.reason (platform, kind, code, evidence_needed) VALUES ('bazaar', 'reject', '7', false), ('bazaar', 'reject', '8', true), ('bazaar', 'apply', '9', false);
SELECT aftersale.act(970, 14, 'reject', '{"reason": "8"}');
SELECT aftersale.act(970, 14, 'reject', '{"reason": "9"}');
SELECT state FROM aftersale.act(970, 14, 'reject', '{"reason": "7"}');

-- for whom: the transition's, unless the act says
SELECT state FROM aftersale.act(970, 15, 'label', '{"carrier": "gls", "tracking_no": "5"}', NULL, 'Wang Li');
SELECT request_id, actor, on_behalf_of FROM aftersale.event WHERE shop_id = 970 AND action = 'label' ORDER BY request_id;

-- parcels: what an act does not say stays
SELECT state FROM aftersale.act(970, 12, 'label', '{"tracking_no": "2b"}');
SELECT state FROM aftersale.act(970, 12, 'attempt', '{}', 'carrier'), generate_series(1, 1);
SELECT count(*) FROM aftersale.act_many('{970,970}', '{12,13}', 'attempt', '{"carrier": "gls"}', 'carrier');
SELECT * FROM aftersale.parcel WHERE shop_id = 970 ORDER BY request_id, parcel_no;
SELECT count(*) FROM aftersale.verify_history(970);

-- what the decision saw is what it is decided by again: settings that change in between change nothing
BEGIN;
CREATE FUNCTION pg_temp.meddle() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN
	UPDATE aftersale.shop_country SET settings = '{"merchant_label": false}' WHERE shop_id = 970 AND country = 'DE'; RETURN NEW; END$$;
CREATE TRIGGER zz_meddle BEFORE UPDATE ON aftersale.request FOR EACH ROW EXECUTE FUNCTION pg_temp.meddle();
INSERT INTO aftersale.request (shop_id, request_id, flow, country) VALUES (970, 20, 'bazaar/claim', 'DE');
SELECT state FROM aftersale.act(970, 20, 'label', '{"carrier": "17", "tracking_no": "1"}');
ROLLBACK;

-- rules take what is open to the request, and nothing that is refused
INSERT INTO aftersale.flow_transition (flow, version, from_state, action, priority, to_state, actors, requires, effect) VALUES
	('bazaar/claim', 1, 'new', 'settle', 20, 'new', '{merchant}', '{"attributes": {"fresh": true}}', '{"refuse": "goods are fresh"}'),
	('bazaar/claim', 1, 'new', 'settle', 10, 'done', '{merchant}', '{"attributes": {"small": true}}', '{}'),
	('bazaar/claim', 1, 'new', 'settle', 0, 'sent', '{merchant}', '{}', '{}');
INSERT INTO aftersale.rule (shop_id, name, flow, action) VALUES (970, 'settle all', 'bazaar/claim', 'settle');
INSERT INTO aftersale.request (shop_id, request_id, flow, country, attributes) VALUES
	(970, 30, 'bazaar/claim', 'DE', '{"fresh": true, "small": true}'), (970, 31, 'bazaar/claim', 'DE', '{"small": true}'), (970, 32, 'bazaar/claim', 'DE', '{}')
RETURNING request_id, state;
SELECT aftersale.act(970, 30, 'settle');
SELECT request_id, array_agg(action ORDER BY action) FROM generate_series(30, 31) request_id, aftersale.allowed_actions(970, request_id) GROUP BY 1;
UPDATE aftersale.flow_state SET waits_for = 'merchant' WHERE flow = 'bazaar/claim';
INSERT INTO aftersale.request (shop_id, request_id, flow, country, attributes) VALUES (970, 35, 'bazaar/claim', 'FR', '{"fresh": true}');
SELECT request_id, actions FROM aftersale.worklist WHERE shop_id = 970 AND request_id IN (30, 35) ORDER BY 1;
-- what is overdue is settled by the request as it was: the act brings other attributes along
DELETE FROM aftersale.rule WHERE shop_id = 970;
INSERT INTO aftersale.rule (shop_id, name, flow, state, action) VALUES (970, 'settle what is new', 'bazaar/claim', 'new', 'settle');
UPDATE aftersale.flow_transition SET to_state = 'new' WHERE flow = 'bazaar/claim' AND from_state = 'held' AND action = 'timeout';
INSERT INTO aftersale.request (shop_id, request_id, flow, country, attributes) VALUES (970, 33, 'bazaar/claim', 'DE', '{"held": true, "small": true}'), (970, 34, 'bazaar/claim', 'DE', '{"held": true}');
RESET ROLE; SET aftersale.test_now = '2026-12-08 09:00:00+00'; SET ROLE regress_erp;
UPDATE aftersale.request SET attributes = '{"fresh": true}', action = 'timeout' WHERE shop_id = 970 AND request_id = 33 RETURNING state, attributes;
UPDATE aftersale.request SET attributes = '{"fresh": true}', action = 'label' WHERE shop_id = 970 AND request_id = 34 RETURNING state, attributes;
SELECT event_seq, action, to_state, facts -> 'meets' AS meets, facts -> 'met_before' AS met_before FROM aftersale.event WHERE shop_id = 970 AND request_id = 34 ORDER BY event_seq;
SELECT count(*) FROM aftersale.verify_history(970);

-- flows that cannot be
\set VERBOSITY terse
CREATE FUNCTION pg_temp.try(change text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
	EXECUTE change;
	INSERT INTO aftersale.request (shop_id, flow, country) VALUES (970, 'bazaar/claim', 'DE');
	RAISE EXCEPTION 'accepted';
EXCEPTION WHEN OTHERS THEN RETURN SQLERRM;
END $$;
SELECT pg_temp.try('UPDATE aftersale.flow_transition SET ' || change || ' WHERE flow = ''bazaar/claim''') FROM unnest(ARRAY[
	$$requires = '{"attribute": {}}'$$, $$requires = '{"attributes": true}'$$, $$requires = '{"carrier": "known"}'$$, $$requires = '{"settings": {}, "reject_reason": 1}'$$,
	$$effect = '{"refuse": ""}'$$, $$effect = '{"refuse": true}'$$, $$effect = '{"parcel": {"state": "x"}}'$$, $$effect = '{"parcel": {"kind": "pigeon"}}'$$, $$effect = '{"parcel": {"kind": "return", "count": 1}}'$$]) change;
SELECT pg_temp.try('UPDATE aftersale.flow_transition SET ' || change || ' WHERE flow = ''bazaar/claim'' AND action = ''open'' AND priority = 0') FROM unnest(ARRAY[
	$$from_state = 'held'$$, $$needs = '{reason}'$$, $$permission = 'agree_refund'$$, $$clock = 'keep'$$, $$on_behalf_of = 'buyer'$$, $$condition = '{"a": 1}'$$, $$effect = '{"alone": true}'$$, $$effect = '{"parcel": {"kind": "return"}}'$$]) change;
SELECT pg_temp.try('UPDATE aftersale.flow_transition SET ' || change || ' WHERE flow = ''bazaar/claim'' AND action = ''timeout''') FROM unnest(ARRAY[
	$$requires = '{"attributes": {"a": 1}}'$$, $$effect = '{"refuse": "no"}'$$, $$on_behalf_of = 'buyer'$$, $$effect = '{"parcel": {"kind": "return"}}'$$]) change;
DELETE FROM aftersale.rule WHERE shop_id = 970;

-- one word for all: the engine, allowed_actions(), the worklist and decide_rules() see what the platform's site offers;
-- what is refused to others, or after another transition, refuses nothing
SET ROLE regress_erp;
INSERT INTO aftersale.site (platform, site, settings) VALUES ('bazaar', 'DE', '{"auto_label": true}');
INSERT INTO aftersale.site (platform, site, settings, effective_from) VALUES ('bazaar', 'DE', '{"auto_label": false}', '2027-01-01 00:00:00+00');
INSERT INTO aftersale.flow_transition (flow, version, from_state, action, priority, to_state, actors, requires, condition, effect) VALUES
	('bazaar/claim', 1, 'new', 'book', 10, 'new', '{erp}', '{}', '{}', '{"refuse": "the merchant books"}'),
	('bazaar/claim', 1, 'new', 'book', 0, 'sent', '{merchant}', '{"settings": {"auto_label": true}}', '{}', '{}'),
	('bazaar/claim', 1, 'new', 'grant', 20, 'done', '{merchant}', '{"attributes": {"tiny": true}}', '{}', '{}'),
	('bazaar/claim', 1, 'new', 'grant', 10, 'new', '{merchant}', '{}', '{}', '{"refuse": "only what is tiny"}'),
	('bazaar/claim', 1, 'new', 'haggle', 0, 'new', '{merchant}', '{}', '{"fast": true}', '{"refuse": "not so fast"}');
INSERT INTO aftersale.request (shop_id, request_id, flow, country, attributes) VALUES
	(970, 40, 'bazaar/claim', 'DE', '{"tiny": true}'), (970, 41, 'bazaar/claim', 'DE', '{"tiny": false}'), (970, 42, 'bazaar/claim', 'FR', '{}');
SELECT w.request_id, w.actions, (SELECT array_agg(DISTINCT a.action ORDER BY a.action) FROM aftersale.allowed_actions(970, w.request_id) a) = w.actions AS the_same
FROM aftersale.worklist w WHERE shop_id = 970 AND request_id >= 40 ORDER BY 1;
SET client_min_messages = error;
INSERT INTO aftersale.rule (shop_id, name, flow, priority, action) VALUES (970, 'grant it', 'bazaar/claim', 1, 'grant'), (970, 'book it', 'bazaar/claim', 0, 'book');
SET client_min_messages = warning;
SELECT country, attributes, name, wins, why FROM (VALUES ('DE', '{"tiny": true}'::jsonb), ('DE', '{}'), ('FR', NULL)) v(country, attributes),
	aftersale.decide_rules(970, 'bazaar/claim', country => country, attributes => attributes);
INSERT INTO aftersale.request (shop_id, request_id, flow, country, attributes) VALUES
	(970, 43, 'bazaar/claim', 'DE', '{"tiny": true}'), (970, 44, 'bazaar/claim', 'DE', '{}'), (970, 45, 'bazaar/claim', 'FR', '{}')
RETURNING request_id, state;
DELETE FROM aftersale.rule WHERE shop_id = 970;
-- a site that names no setting asks for none
UPDATE aftersale.site SET settings = settings || '{"cross_border_needs": null}' WHERE platform = 'bazaar';
UPDATE aftersale.shop_country SET settings = settings || '{"cross_border": true}' WHERE shop_id = 970;
INSERT INTO aftersale.warehouse (shop_id, warehouse_id, external_ref) VALUES (970, 97001, 'R1');
INSERT INTO aftersale.warehouse_version (shop_id, warehouse_id, country, name, located_in) VALUES (970, 97001, 'DE', 'Lille', 'FR') RETURNING warehouse_id;
SELECT (aftersale.return_warehouse(970, 'DE', '{P}')).basis;

-- parcels: the latest event's word holds, also where a trigger AFTER ROW acts, whose act is recorded first; empty is not told
CREATE FUNCTION pg_temp.amend() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN
	IF NEW.last_payload ->> 'tracking_no' = 'first' THEN
		UPDATE aftersale.request SET action = 'label', payload = '{"tracking_no": "second"}' WHERE shop_id = NEW.shop_id AND request_id = NEW.request_id;
	END IF;
	RETURN NULL; END$$;
CREATE TRIGGER amend AFTER UPDATE ON aftersale.request FOR EACH ROW WHEN (NEW.shop_id = 970) EXECUTE FUNCTION pg_temp.amend();
SELECT state FROM aftersale.act(970, 40, 'label', '{"carrier": "gls", "tracking_no": "first"}');
DROP TRIGGER amend ON aftersale.request;
SELECT carrier, tracking_no, label, state, attempts, told_by FROM aftersale.parcel WHERE shop_id = 970 AND request_id = 40;
SELECT state FROM aftersale.act(970, 40, 'label', '{"carrier": " ", "tracking_no": "", "label": null}');
SELECT carrier, tracking_no, label, state, attempts, told_by FROM aftersale.parcel WHERE shop_id = 970 AND request_id = 40;
SELECT count(*) FROM aftersale.verify_history(970);

-- a requirement that is changed in place meanwhile says nothing any more: what does not rest on it stands
CREATE FUNCTION pg_temp.change() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN
	UPDATE aftersale.flow_transition SET requires = '{"attributes": {"huge": true}}' WHERE flow = 'bazaar/claim' AND action = 'grant' AND priority = 20; RETURN NEW; END$$;
BEGIN;
CREATE TRIGGER zz_change BEFORE UPDATE ON aftersale.request FOR EACH ROW EXECUTE FUNCTION pg_temp.change();
INSERT INTO aftersale.request (shop_id, request_id, flow, country, attributes) VALUES (970, 46, 'bazaar/claim', 'DE', '{"tiny": true}');
SELECT state FROM aftersale.act(970, 46, 'book');
ROLLBACK;

-- where there is nothing but what other requests are refused, there is nothing
INSERT INTO aftersale.flow_transition (flow, version, from_state, action, to_state, actors, requires, effect) VALUES
	('bazaar/claim', 1, 'new', 'return', 'new', '{merchant}', '{"attributes": {"fresh": true}}', '{"refuse": "goods are fresh"}');
SELECT aftersale.act(970, 41, 'return');
SELECT pg_temp.try($$DELETE FROM aftersale.flow_transition WHERE flow = 'bazaar/claim' AND action = 'open' AND NOT effect ? 'refuse'$$);

-- names are told whole
INSERT INTO aftersale.flow_transition (flow, version, from_state, action, to_state, actors, effect) VALUES
	('bazaar/claim', 1, 'new', repeat('拒', 40), 'new', '{merchant}', '{"refuse": "never"}');
SELECT aftersale.act(970, 41, repeat('拒', 40));
DELETE FROM aftersale.site WHERE platform = 'bazaar';
