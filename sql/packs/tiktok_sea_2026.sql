-- TikTok Shop, Southeast Asia, orders from March 2026 on, as the trade press has it: a cross-border seller chooses where failed deliveries go, a local
-- warehouse of his own, a certified third party's, or the platform's, whose the goods are then; who has not chosen has the platform's.  Not in the source of our
-- rules, so nothing of it holds unless it is loaded, after pack tiktok_sea: as version 2 of its flow.  The choice is a setting of the shop or
-- the country, {"return_solution": "own_warehouse"} or "certified_warehouse".

INSERT INTO aftersale.flow (flow, version, platform, kind, title, initial_state, judged_at, effective_from, rule, standing, pack)
SELECT f.flow, 2, f.platform, f.kind, f.title, f.initial_state, 'ordered', '2026-03-01 00:00+08', f.rule, 'external', 'tiktok_sea_2026'
FROM aftersale.flow AS f WHERE f.flow = 'tiktok_sea/failed_delivery' AND f.version = 1
ON CONFLICT DO NOTHING;

-- What becomes of a parcel once it goes somewhere is as it was.
INSERT INTO aftersale.flow_state (flow, version, state, title, final, waits_for, term, starts, pause, rule, standing)
SELECT s.flow, 2, s.state, s.title, s.final, s.waits_for, s.term, s.starts, s.pause, s.rule, s.standing
FROM aftersale.flow_state AS s WHERE s.flow = 'tiktok_sea/failed_delivery' AND s.version = 1
ON CONFLICT DO NOTHING;
INSERT INTO aftersale.flow_transition (flow, version, from_state, action, priority, to_state, actors, permission, needs, condition, requires, on_behalf_of, outcome, effect, clock, rule, standing)
SELECT t.flow, 2, t.from_state, t.action, t.priority, t.to_state, t.actors, t.permission, t.needs, t.condition, t.requires, t.on_behalf_of, t.outcome, t.effect, t.clock, t.rule, t.standing
FROM aftersale.flow_transition AS t WHERE t.flow = 'tiktok_sea/failed_delivery' AND t.version = 1 AND t.action <> 'open'
ON CONFLICT DO NOTHING;
INSERT INTO aftersale.flow_timer (flow, version, name, state, kind, term, starts, pause, notify, rule, standing)
SELECT t.flow, 2, t.name, t.state, t.kind, t.term, t.starts, t.pause, t.notify, t.rule, t.standing
FROM aftersale.flow_timer AS t WHERE t.flow = 'tiktok_sea/failed_delivery' AND t.version = 1
ON CONFLICT DO NOTHING;
INSERT INTO aftersale.flow_advice (flow, version, name, state, action, condition, advice, rule, standing)
SELECT a.flow, 2, a.name, a.state, a.action, a.condition, a.advice, a.rule, a.standing
FROM aftersale.flow_advice AS a WHERE a.flow = 'tiktok_sea/failed_delivery' AND a.version = 1
ON CONFLICT DO NOTHING;

-- Where it goes.
INSERT INTO aftersale.flow_state (flow, version, state, title, final, rule, standing)
SELECT f.flow, 2, 'surrendered', 'Goes to the platform''s warehouse, whose the goods are', true, 'TTSEA-02', 'external'
FROM aftersale.flow AS f WHERE f.flow = 'tiktok_sea/failed_delivery' AND f.version = 2
ON CONFLICT DO NOTHING;
INSERT INTO aftersale.flow_transition (flow, version, from_state, action, priority, to_state, requires, outcome, rule, standing)
SELECT f.flow, 2, f.initial_state, 'open', o.priority, o.to_state, o.requires::jsonb, o.outcome, o.rule, 'external'
FROM aftersale.flow AS f, (VALUES
    (40, 'returning', '{"settings": {"return_solution": "own_warehouse"}, "return_address": "before_order", "never_for_order": {"action": "open", "to_state": "returning"}}', NULL, 'TTSEA-03'),
    (30, 'returning', '{"settings": {"return_solution": "certified_warehouse"}, "never_for_order": {"action": "open", "to_state": "returning"}}', NULL, 'TTSEA-02'),
    (20, 'held_at_carrier', '{"settings": {"return_solution": "own_warehouse"}}', NULL, 'TTSEA-04'),
    (10, 'held_at_carrier', '{"settings": {"return_solution": "certified_warehouse"}}', NULL, 'TTSEA-04'),
    (0, 'surrendered', '{}', 'surrendered to the platform', 'TTSEA-02'))
    AS o(priority, to_state, requires, outcome, rule)
WHERE f.flow = 'tiktok_sea/failed_delivery' AND f.version = 2
ON CONFLICT DO NOTHING;
