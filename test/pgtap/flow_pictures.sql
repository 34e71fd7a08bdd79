-- flow_mermaid() and flow_dot() draw what the rows say, and nothing that stands in a row can break the picture.
BEGIN;
SELECT * FROM no_plan();
SET LOCAL aftersale.test_now = '2026-11-20 12:00+00';
SET ROLE regress_erp;

SELECT throws_ok($$SELECT aftersale.flow_mermaid('temu/ticket')$$, 'RA014', 'flow "temu/ticket" does not exist (RA014)', 'an unknown flow is refused, also while none is loaded');
SELECT aftersale.load_pack(pack) FROM unnest(aftersale.packs()) AS pack \g /dev/null

-- ---- a picture has every row ----
INSERT INTO aftersale.flow (flow, version, platform, kind, title, initial_state, effective_from, effective_to) VALUES
	('my/claim', 1, 'my', 'claim', 'Claim', 'new', '-infinity', '2026-11-20 12:00+00'),
	('my/claim', 2, 'my', 'claim', 'Claim', 'new', '2026-11-20 12:00+00', '2026-12-01 12:00+00'),
	('my/claim', 3, 'my', 'claim', 'Claim', 'new', '2026-12-01 12:00+00', 'infinity'),
	('my/old', 1, 'my', 'claim', 'Old', 'new', '-infinity', '2026-11-20 12:00+00');
INSERT INTO aftersale.flow_state (flow, version, state, title, final, waits_for, term, starts)
SELECT 'my/claim', v, s.* FROM generate_series(1, 3) AS v, (VALUES
	('new', 'To be answered', false, 'merchant', '1 business day'::aftersale.sla_term, 'opened'),
	('waiting', NULL, false, 'buyer', '48 hours', 'entered'),
	('paid', 'Paid', true, NULL, NULL, 'entered')) AS s
WHERE s.column1 <> 'waiting' OR v > 1;
INSERT INTO aftersale.flow_transition (flow, version, from_state, action, priority, to_state, actors, condition, effect, clock) VALUES
	('my/claim', 2, 'new', 'pay', 0, 'paid', '{merchant,erp}', '{}', '{"refund": {"of": "given", "executed_by": "instruct"}}', 'restart'),
	('my/claim', 2, 'new', 'pay', 10, 'paid', '{merchant}', '{"small": true}', '{"refund": {"of": "asked", "executed_by": "shop"}, "charge": {"kind": "fee", "bearer": "buyer"}}', 'restart'),
	('my/claim', 2, 'new', 'ask', 0, 'waiting', '{merchant}', '{}', '{}', 'pause'),
	('my/claim', 2, 'new', 'timeout', 0, 'paid', '{system}', '{}', '{"refund": {"of": "asked", "executed_by": "platform"}}', 'restart'),
	('my/claim', 2, 'waiting', 'answer', 0, 'new', '{buyer}', '{}', '{}', 'resume'),
	('my/claim', 2, 'waiting', 'answer_again', 0, 'waiting', '{buyer}', '{}', '{"extend": "12 hours"}', 'extend'),
	('my/claim', 2, 'waiting', 'timeout', 0, 'paid', '{system}', '{}', '{"refund": {"of": "remainder", "executed_by": "platform"}}', 'restart');
INSERT INTO aftersale.flow_transition (flow, version, from_state, action, priority, to_state, actors, condition, requires, on_behalf_of, effect) VALUES
	('my/claim', 2, 'new', 'open', 10, 'waiting', '{merchant}', '{}', '{"attributes": {"asked": true}}', NULL, '{}'),
	('my/claim', 2, 'new', 'open', 0, 'new', '{merchant}', '{}', '{}', NULL, '{}'),
	('my/claim', 2, 'new', 'open', 20, 'new', '{merchant}', '{}', '{"settings": {"away": true}}', NULL, '{"refuse": "we are away"}'),
	('my/claim', 2, 'waiting', 'ship', 10, 'new', '{merchant}', '{"sent": true}', '{"carrier": "unlisted", "attributes": {"heavy": false}}', NULL, '{"refuse": "no such carrier"}'),
	('my/claim', 2, 'waiting', 'ship', 0, 'new', '{merchant}', '{}', '{}', 'buyer', '{"parcel": {"kind": "return", "state": "sent"}}');
INSERT INTO aftersale.flow_timer (flow, version, name, state, kind, term, starts, notify) VALUES
	('my/claim', 2, 'soon', 'new', 'warning', '4 hours', 'before_due', 'supervisor'),
	('my/claim', 2, 'hide', NULL, 'mask', '48 hours', 'opened', NULL);

SELECT is(aftersale.flow_mermaid('my/claim'), $$stateDiagram-v2
    %% my/claim, version 2#58; Claim
    [*] --> s_new : open
    [*] --> s_waiting : open [request#58; asked = true]
    state "To be answered<br/>new<br/>waits for merchant, within 1 business day of the opening" as s_new
    state "waiting<br/>waits for buyer, within 48 hours" as s_waiting
    state "Paid<br/>paid" as s_paid
    s_paid --> [*]
    s_new --> s_paid : pay [small = true] by merchant, ¤ shop pays, buyer bears fee<br/>pay by merchant/erp, ¤ ERP tells platform to pay a part
    s_new --> s_paid : ⏱ timeout, ¤ platform pays
    s_new --> s_waiting : ask by merchant, deadline stands
    s_waiting --> s_new : answer by buyer, deadline goes on<br/>ship by merchant for buyer, return parcel sent
    s_waiting --> s_paid : ⏱ timeout, ¤ platform pays what is left
    s_waiting --> s_waiting : answer_again by buyer, deadline #43; 12 hours
    note left of s_new : open [shop#58; away = true] is refused<br/>we are away
    note left of s_waiting : ship [sent = true#59; request#58; heavy = false#59; carrier = unlisted] by merchant is refused<br/>no such carrier
    note right of s_new : mask hide<br/>48 hours after the opening, in every state
    note right of s_new : warning soon<br/>4 hours before the deadline<br/>tells supervisor
$$, 'a flow as a diagram of Mermaid: the version that is in force now');
SELECT is(aftersale.flow_dot('my/claim', 2), $$digraph flow {
    graph [label="my/claim, version 2: Claim", labelloc=t, fontname="sans-serif"];
    node [shape=box, style=rounded, fontname="sans-serif"];
    edge [fontname="sans-serif", fontsize=10];
    start [shape=point, width=0.2];
    start -> s_new [label="open"];
    start -> s_waiting [label="open [request: asked = true]"];
    s_new [label="To be answered\nnew\nwaits for merchant, within 1 business day of the opening"];
    s_waiting [label="waiting\nwaits for buyer, within 48 hours"];
    s_paid [label="Paid\npaid", peripheries=2];
    s_new -> s_paid [label="pay [small = true] by merchant, ¤ shop pays, buyer bears fee\npay by merchant/erp, ¤ ERP tells platform to pay a part"];
    s_new -> s_paid [label="timeout, ¤ platform pays", style=dashed, color=red, fontcolor=red];
    s_new -> s_waiting [label="ask by merchant, deadline stands"];
    s_waiting -> s_new [label="answer by buyer, deadline goes on\nship by merchant for buyer, return parcel sent"];
    s_waiting -> s_paid [label="timeout, ¤ platform pays what is left", style=dashed, color=red, fontcolor=red];
    s_waiting -> s_waiting [label="answer_again by buyer, deadline + 12 hours"];
    n13 [shape=note, style=dashed, fontsize=10, label="open [shop: away = true] is refused\nwe are away"];
    n13 -> s_new [style=dotted, arrowhead=none];
    n14 [shape=note, style=dashed, fontsize=10, label="ship [sent = true; request: heavy = false; carrier = unlisted] by merchant is refused\nno such carrier"];
    n14 -> s_waiting [style=dotted, arrowhead=none];
    n15 [shape=note, style=solid, fontsize=10, label="mask hide\n48 hours after the opening, in every state"];
    n15 -> s_new [style=dotted, arrowhead=none];
    n16 [shape=note, style=solid, fontsize=10, label="warning soon\n4 hours before the deadline\ntells supervisor"];
    n16 -> s_new [style=dotted, arrowhead=none];
}
$$, 'and as a graph of DOT');

-- ---- which version ----
SELECT unalike(aftersale.flow_mermaid('my/claim', 1), '%waiting%', 'a version that is no longer in force can be drawn');
SELECT alike(aftersale.flow_mermaid('my/claim', 3), '%version 3%', 'and one that is not in force yet');
SELECT throws_ok($$SELECT aftersale.flow_dot('my/claim', 4)$$, 'RA014', 'flow "my/claim" has no version 4 (RA014)', 'a version that is not there is refused');
SELECT throws_ok($$SELECT aftersale.flow_dot('my/old')$$, 'RA014', 'no version of flow "my/old" is in force now (RA014)', 'a flow that is no longer in force is drawn by its version only');
SELECT throws_ok($$SELECT aftersale.flow_dot('my/' || repeat('x', 1000))$$, 'RA014', 'flow "my/' || repeat('x', 57) || '" does not exist (RA014)', 'a long name is cut in the message');
SELECT throws_ok('SELECT aftersale.flow_mermaid(NULL)', 'RA014', NULL, 'no name is no flow');
CREATE FUNCTION pg_temp.hint_of(statement text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	hint text;
BEGIN
	EXECUTE statement;
	RETURN NULL;
EXCEPTION WHEN SQLSTATE 'RA014' THEN
	GET STACKED DIAGNOSTICS hint = PG_EXCEPTION_HINT;
	RETURN hint;
END $$;
SELECT alike(pg_temp.hint_of($$SELECT aftersale.flow_dot('nothing')$$), 'Flows here: %, my/claim, my/old, temu/cancel, %.', 'the hint names the flows');
SELECT is(pg_temp.hint_of($$SELECT aftersale.flow_dot('my/claim', 4)$$), 'Its versions: 1, 2, 3.', 'or the versions');
SELECT is(pg_temp.hint_of($$SELECT aftersale.flow_dot('my/old')$$), 'Name one of its versions: 1.', 'and which can be drawn');

-- ---- hostile names: each state has every one as its title, actor, condition and so on ----
INSERT INTO aftersale.flow (flow, version, platform, kind, title, initial_state) VALUES
	(E'x"; %%{init: {}}%%\n[*] --> y', 1, 'my', 'claim', E'"]; }\\ \n---\n`$$<b>&lt;#35;', 'end');
INSERT INTO aftersale.flow_state (flow, version, state, title, final, waits_for)
SELECT f.flow, 1, s.state, s.state, s.state ~ 'z', s.state
FROM aftersale.flow f, unnest(ARRAY['end', 'state', 'note', 'default', 'X1', 's_end', '', ' ', '\', '\N', '"', '";', '--> [*] : z', '[*]', '%%{z}', E'a\nb', E'\r\n}', '- z', '1. z', '#34;',
	'&quot;', '<br/><script>', '{{z}}', '`z`', '$$z$$', ':::z', 'end note', '退款：已退', '😀 z', E'\u200f\u202ez', 'z "said: "']) AS s(state)
WHERE f.flow LIKE 'x%';
INSERT INTO aftersale.flow_transition (flow, version, from_state, action, to_state, actors, condition, effect)
SELECT a.flow, 1, a.state, b.state, b.state, ARRAY[a.state, b.state], jsonb_build_object(b.state, a.state), jsonb_build_object('charge', jsonb_build_object('kind', b.state, 'bearer', a.state))
FROM aftersale.flow_state a JOIN aftersale.flow_state b USING (flow, version) WHERE a.flow LIKE 'x%';
INSERT INTO aftersale.flow_transition (flow, version, from_state, action, priority, to_state, actors, on_behalf_of, requires, effect)
SELECT flow, 1, 'end', 'open', row_number() OVER (ORDER BY state COLLATE "C"), state, '{merchant}'::text[], NULL, jsonb_build_object('settings', jsonb_build_object(state, state)), '{}'::jsonb FROM aftersale.flow_state WHERE flow LIKE 'x%'
UNION ALL
SELECT flow, 1, state, 'no', 0, state, '{merchant}', state, jsonb_build_object('attributes', jsonb_build_object(state, state), 'carrier', state), jsonb_build_object('refuse', state) FROM aftersale.flow_state WHERE flow LIKE 'x%';
INSERT INTO aftersale.flow_timer (flow, version, name, state, kind, term, starts, notify)
SELECT flow, 1, state, state, 'warning', '1 hour', 'entered', state FROM aftersale.flow_state WHERE flow LIKE 'x%' LIMIT 16;

-- text of Mermaid: no control character, no quote, colon, semicolon, hash, brace or angle, but for numbered characters and line breaks
CREATE FUNCTION pg_temp.wrong_lines(picture text, form text) RETURNS SETOF text LANGUAGE sql AS
	$$SELECT line FROM regexp_split_to_table(rtrim(picture, E'\n'), '\n') AS line WHERE line COLLATE "C" !~ ('^(?:' || form || ')$')$$;
CREATE FUNCTION pg_temp.mermaid_form() RETURNS text LANGUAGE sql AS $$
	SELECT replace('stateDiagram-v2| {4}(?:%% TEXT|\[\*\] --> ID|state "TEXT" as ID|\[\*\] --> ID : TEXT|ID --> \[\*\]|ID --> ID : TEXT|note (?:left|right) of ID : TEXT)', 'ID', '[sx][A-Za-z0-9_]*')
$$;
SELECT is_empty(format($$
	SELECT flow, line FROM aftersale.flow, pg_temp.wrong_lines(aftersale.flow_mermaid(flow, version), %L) AS line
$$, replace(pg_temp.mermaid_form(), 'TEXT', '(?:#[0-9]+;|<br/>|[A-Za-z0-9_,=/''[\] -]|[^\x01-\x7f])+')), 'Mermaid: every line of every flow, and of names that would break it, is one that it knows');
-- a string of DOT ends at its quote, and an ampersand would begin a character's name
SELECT is_empty(format($$
	SELECT flow, line FROM aftersale.flow, pg_temp.wrong_lines(aftersale.flow_dot(flow, version), %L) AS line
$$, replace(replace('digraph flow \{|\}| {4}(?:graph \[label=TEXT, labelloc=t, fontname="sans-serif"\]|node \[[^"\]]*"sans-serif"\]|edge \[fontname="sans-serif", fontsize=10\]|start \[[^"\]]*\]|start -> ID(?: \[label=TEXT\])?'
	'|ID \[(?:shape=note, style=(?:solid|dashed), fontsize=10, )?label=TEXT(?:, peripheries=2)?\]|ID -> ID \[label=TEXT(?:, style=dashed, color=red, fontcolor=red)?\]|ID -> ID \[style=dotted, arrowhead=none\]);',
	'ID', '[nsx][A-Za-z0-9_]*'), 'TEXT', '"(?:[^"\\&\x01-\x1f]|&amp;|\\["\\n])*"')), 'DOT: and likewise');

-- every state is declared once, every arrow leads from and to one, and none is lost
CREATE TEMP VIEW hostile AS SELECT p.* FROM aftersale.flow f, aftersale.flow_parts(f.flow) p WHERE f.flow LIKE 'x%';
SELECT is((SELECT count(DISTINCT id) FROM hostile WHERE part IN ('state', 'final')), 31::bigint, 'states that are called differently have different places');
SELECT is((SELECT count(*) FROM (SELECT DISTINCT id, to_id FROM hostile WHERE part = 'move') m), 31::bigint * 31, 'arrows between them, too');
SELECT is_empty($$SELECT * FROM hostile h WHERE id IS NOT NULL AND NOT EXISTS (SELECT FROM hostile s WHERE s.part IN ('state', 'final') AND s.id = h.id)$$, 'nothing hangs on a state that is not declared');
SELECT is((SELECT array_agg(part || ' ' || n ORDER BY part) FROM (SELECT part, count(*) AS n FROM hostile GROUP BY part) g), '{"final 11","flow 1","move 961","refusal 31","start 31","state 20","timer 16"}', 'everything is in the picture');
SELECT * FROM finish();
ROLLBACK;
