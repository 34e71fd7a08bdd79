
-- ---- a flow, drawn from its rows ----

CREATE TYPE aftersale.flow_part AS (
    part text,
    id text,
    to_id text,
    lines text[]
);
COMMENT ON TYPE aftersale.flow_part IS
'A part of the picture of a flow. part: flow (its heading), start (an arrow from nowhere: the opening, to to_id), state, final (a state that is one), move (an arrow: id to to_id), timeout (the clock''s arrow), refusal (what state id refuses), timer (of state id). id: of letters, digits and underscores, whatever the state is called. lines: what is written on it. See flow_parts().';

CREATE FUNCTION aftersale.drawn_version(flow text, version int) RETURNS int
LANGUAGE plpgsql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    now_at CONSTANT timestamptz := aftersale.statement_clock();
    versions text;
    drawn int;
BEGIN
    PERFORM aftersale.require_installed();
    SELECT string_agg(f.version::text, ', ' ORDER BY f.version),
        max(f.version) FILTER (WHERE CASE WHEN drawn_version.version IS NULL
            THEN f.effective_from <= now_at AND now_at < f.effective_to ELSE f.version = drawn_version.version END)
    INTO versions, drawn
    FROM aftersale.flow f
    WHERE f.flow = drawn_version.flow;
    IF versions IS NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'RA014',
            MESSAGE = format('flow "%s" does not exist (RA014)', left(drawn_version.flow, 60)),
            HINT = coalesce((SELECT format('Flows here: %s.', string_agg(DISTINCT f.flow, ', ' ORDER BY f.flow)) FROM aftersale.flow f HAVING count(*) > 0),
                'No flow is loaded. Run: SELECT aftersale.load_pack(''temu'');');
    ELSIF drawn IS NULL AND drawn_version.version IS NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'RA014',
            MESSAGE = format('no version of flow "%s" is in force now (RA014)', left(drawn_version.flow, 60)),
            HINT = format('Name one of its versions: %s.', versions);
    ELSIF drawn IS NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'RA014',
            MESSAGE = format('flow "%s" has no version %s (RA014)', left(drawn_version.flow, 60), drawn_version.version),
            HINT = format('Its versions: %s.', versions);
    END IF;
    RETURN drawn;
END
$function$;
COMMENT ON FUNCTION aftersale.drawn_version(text, int) IS
'The version of a flow that a picture shows: the one that is asked for, or, where version is NULL, the highest that is in force at statement_clock(). Errors: RA001; RA014 no such flow or version, or none is in force. Example: SELECT aftersale.drawn_version(''temu/ticket'', NULL);';

CREATE FUNCTION aftersale.condition_text(condition jsonb) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $function$
SELECT CASE WHEN length(t.text) > 60 THEN left(t.text, 59) || '…' ELSE t.text END
FROM (SELECT string_agg(e.key || ' = ' || (e.value #>> '{}'), ', ' ORDER BY e.key COLLATE "C")
      FROM jsonb_each(condition) e) t(text)
$function$;
COMMENT ON FUNCTION aftersale.condition_text(jsonb) IS
'An object that a payload or the attributes must contain, for people: its keys and values, at most 60 characters; NULL where it asks for nothing. Example: SELECT aftersale.condition_text(''{"accepted": true, "sent": true}'');';

CREATE FUNCTION aftersale.provided_text(requires jsonb, condition jsonb) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $function$
SELECT nullif(concat_ws('; ',
    aftersale.condition_text(condition),
    'request: ' || aftersale.condition_text(requires -> 'attributes'),
    'shop: ' || aftersale.condition_text(requires -> 'settings'),
    aftersale.condition_text(requires - '{attributes,settings}'::text[])), '')
$function$;
COMMENT ON FUNCTION aftersale.provided_text(jsonb, jsonb) IS
'When a transition is considered, for people: what the payload, the request''s attributes, the shop''s settings and the platform''s lists must say; NULL: always. requires, condition: as in flow_transition. Example: SELECT aftersale.provided_text(''{"settings": {"label": "own"}}'', ''{"accepted": true}'');';

CREATE FUNCTION aftersale.effect_text(effect jsonb, clock text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $function$
SELECT nullif(concat_ws(', ',
    '¤ ' || CASE effect #>> '{refund,executed_by}' WHEN 'platform' THEN 'platform pays' WHEN 'instruct' THEN 'ERP tells platform to pay' WHEN 'shop' THEN 'shop pays' END
        || CASE effect #>> '{refund,of}' WHEN 'given' THEN ' a part' WHEN 'remainder' THEN ' what is left' ELSE '' END,
    (effect #>> '{parcel,kind}') || ' parcel' || coalesce(' ' || (effect #>> '{parcel,state}'), ''),
    (effect #>> '{charge,bearer}') || ' bears ' || (effect #>> '{charge,kind}'),
    CASE clock WHEN 'pause' THEN 'deadline stands' WHEN 'resume' THEN 'deadline goes on' WHEN 'extend' THEN 'deadline + ' || (effect ->> 'extend') END), '')
$function$;
COMMENT ON FUNCTION aftersale.effect_text(jsonb, text) IS
'What a transition does besides leading to its state, for people: who pays a refund, who bears a charge, which parcel it is about, what becomes of the deadline where it neither starts anew nor stays as it is; NULL: nothing. effect, clock: as in flow_transition. Example: SELECT aftersale.effect_text(''{"refund": {"of": "asked", "executed_by": "platform"}}'', ''restart'');';

CREATE FUNCTION aftersale.flow_parts(flow text, version int DEFAULT NULL) RETURNS SETOF aftersale.flow_part
LANGUAGE plpgsql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    drawn CONSTANT int := aftersale.drawn_version(flow_parts.flow, flow_parts.version);
BEGIN
    RETURN QUERY
    WITH state AS (
        SELECT s.*, s.state = f.initial_state AS initial, coalesce(nullif(btrim(s.title), ''), s.state) AS name,
            CASE WHEN s.state COLLATE "C" ~ '^[A-Za-z0-9_]+$' THEN 's_' || s.state
                 ELSE 'x' || row_number() OVER (ORDER BY s.state COLLATE "C") END AS id
        FROM aftersale.flow f
        JOIN aftersale.flow_state s ON s.flow = f.flow AND s.version = f.version
        WHERE f.flow = flow_parts.flow AND f.version = drawn
    ), act AS (
        SELECT t.*, t.effect ->> 'refuse' AS refuses,
            concat_ws(' ', t.action, '[' || aftersale.provided_text(t.requires, t.condition) || ']',
                CASE WHEN t.action NOT IN ('timeout', 'open') THEN 'by ' || array_to_string(t.actors, '/') || coalesce(' for ' || t.on_behalf_of, '') END) AS line
        FROM aftersale.flow_transition t
        WHERE t.flow = flow_parts.flow AND t.version = drawn
    ), part AS (
        SELECT 1 AS kind, '' AS place, 'flow' AS part, NULL::text AS id, NULL::text AS to_id,
            ARRAY[concat_ws(': ', format('%s, version %s', f.flow, f.version), f.title)] AS lines
        FROM aftersale.flow f
        WHERE f.flow = flow_parts.flow AND f.version = drawn
        UNION ALL
        SELECT 2, s.state, 'start', NULL, s.id, coalesce(array_agg(o.line ORDER BY o.priority DESC) FILTER (WHERE o.line IS NOT NULL), '{}')
        FROM state s
        LEFT JOIN act o ON o.action = 'open' AND o.to_state = s.state AND o.refuses IS NULL
        WHERE o.line IS NOT NULL OR s.initial AND NOT EXISTS (SELECT FROM act x WHERE x.action = 'open')
        GROUP BY s.state, s.id
        UNION ALL
        SELECT CASE WHEN s.initial THEN 3 WHEN s.final THEN 5 ELSE 4 END, s.state, CASE WHEN s.final THEN 'final' ELSE 'state' END, s.id, NULL,
            ARRAY[s.name, nullif(s.state, s.name),
                nullif(concat_ws(', ', 'waits for ' || s.waits_for,
                    'within ' || s.term || CASE s.starts WHEN 'opened' THEN ' of the opening' WHEN 'ordered' THEN ' of the order' ELSE '' END), '')]
        FROM state s
        UNION ALL
        SELECT 6, a.state || E'\n' || b.state, CASE WHEN t.action = 'timeout' THEN 'timeout' ELSE 'move' END, a.id, b.id,
            array_agg(concat_ws(', ', t.line, aftersale.effect_text(t.effect, t.clock)) ORDER BY t.action COLLATE "C", t.priority DESC)
        FROM act t
        JOIN state a ON a.state = t.from_state
        JOIN state b ON b.state = t.to_state
        WHERE t.action <> 'open' AND t.refuses IS NULL
        GROUP BY a.state, a.id, b.state, b.id, t.action = 'timeout'
        UNION ALL
        SELECT 7, t.line, 'refusal', s.id, NULL, ARRAY[t.line || ' is refused', t.refuses]
        FROM act t
        JOIN state s ON s.state = t.from_state
        WHERE t.refuses IS NOT NULL
        UNION ALL
        SELECT 8, t.name, 'timer', s.id, NULL,
            ARRAY[format('%s %s', t.kind, t.name),
                t.term || CASE t.starts WHEN 'before_due' THEN ' before the deadline' WHEN 'entered' THEN ' after it is entered'
                    WHEN 'ordered' THEN ' after the order' ELSE ' after the opening' END || CASE WHEN t.state IS NULL THEN ', in every state' ELSE '' END,
                'tells ' || t.notify]
        FROM aftersale.flow_timer t
        JOIN state s ON s.state = t.state OR t.state IS NULL AND s.initial
        WHERE t.flow = flow_parts.flow AND t.version = drawn
    )
    SELECT p.part, p.id, p.to_id, array_remove(p.lines, NULL)
    FROM part p
    ORDER BY p.kind, p.place COLLATE "C", p.part, p.id, p.to_id;
END
$function$;
COMMENT ON FUNCTION aftersale.flow_parts(text, int) IS
'A flow as what flow_mermaid() and flow_dot() draw, for pictures of another kind: heading, opening, states, arrows, timers, in an order that depends on the rows alone. Transitions from one state to another share an arrow, one line each; timeouts have their own. version: NULL is the one in force now. Errors: RA001, RA014. Example: SELECT part, id, to_id, lines FROM aftersale.flow_parts(''temu/ticket'');';

CREATE FUNCTION aftersale.mermaid_text(lines text[]) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $function$
-- everything of ASCII that means something to Mermaid or Markdown goes in as its number; at the start of a line that is "-", too
SELECT coalesce(string_agg(l.escaped, '<br/>' ORDER BY l.place), ' ')
FROM (
    SELECT line.place, string_agg(CASE
        WHEN c.c COLLATE "C" ~ '[[:cntrl:]]' THEN ' '
        WHEN c.c COLLATE "C" !~ '[\x21-\x7e]' OR c.c COLLATE "C" ~ '[A-Za-z0-9_,=/''[\]]' OR c.c = '-' AND c.place > 1 THEN c.c
        ELSE format('#%s;', ascii(c.c)) END, '' ORDER BY c.place) AS escaped
    FROM unnest(lines) WITH ORDINALITY AS line(line, place),
        regexp_split_to_table(btrim(line.line, E' \t\r\n'), '') WITH ORDINALITY AS c(c, place)
    GROUP BY line.place) l
$function$;
COMMENT ON FUNCTION aftersale.mermaid_text(text[]) IS
'Lines as text of a Mermaid diagram, each character that could mean something there as its number (#58; for a colon). Example: SELECT aftersale.mermaid_text(ARRAY[''a: b'', ''"c"'']);';

CREATE FUNCTION aftersale.dot_text(lines text[]) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $function$
SELECT '"' || coalesce(string_agg(replace(replace(replace(regexp_replace(l.line COLLATE "C", '[[:cntrl:]]', ' ', 'g'),
    '&', '&amp;'), '\', '\\'), '"', '\"'), '\n' ORDER BY l.place), '') || '"'
FROM unnest(lines) WITH ORDINALITY AS l(line, place)
$function$;
COMMENT ON FUNCTION aftersale.dot_text(text[]) IS
'Lines as a quoted string of Graphviz'' DOT. Example: SELECT aftersale.dot_text(ARRAY[''a: b'', ''"c"'']);';

CREATE FUNCTION aftersale.flow_mermaid(flow text, version int DEFAULT NULL) RETURNS text
LANGUAGE plpgsql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $function$
BEGIN
    RETURN (
        SELECT string_agg(CASE p.part
            WHEN 'flow' THEN E'stateDiagram-v2\n    %% ' || p.text
            WHEN 'start' THEN format('    [*] --> %s', p.to_id) || CASE WHEN p.lines = '{}' THEN '' ELSE ' : ' || p.text END
            WHEN 'state' THEN format('    state "%s" as %s', p.text, p.id)
            WHEN 'final' THEN format(E'    state "%s" as %s\n    %s --> [*]', p.text, p.id, p.id)
            WHEN 'timeout' THEN format('    %s --> %s : ⏱ %s', p.id, p.to_id, p.text)
            WHEN 'refusal' THEN format('    note left of %s : %s', p.id, p.text)
            WHEN 'timer' THEN format('    note right of %s : %s', p.id, p.text)
            ELSE format('    %s --> %s : %s', p.id, p.to_id, p.text) END, E'\n' ORDER BY p.place) || E'\n'
        FROM (SELECT x.*, aftersale.mermaid_text(x.lines) AS text
              FROM aftersale.flow_parts(flow_mermaid.flow, flow_mermaid.version) WITH ORDINALITY AS x(part, id, to_id, lines, place)) p);
END
$function$;
COMMENT ON FUNCTION aftersale.flow_mermaid(text, int) IS
'A flow as a Mermaid stateDiagram-v2, for wherever Markdown is shown: its states with title, who is waited for and how long; its transitions with action, what they require, and actors; timeouts marked with ⏱, refunds with ¤ and who pays; its timers and what it refuses as notes. version: NULL is the one in force now. Names and titles may hold anything. Errors: RA001; RA014 no such flow or version, or none is in force. Example: SELECT aftersale.flow_mermaid(''temu/ticket'');';

CREATE FUNCTION aftersale.flow_dot(flow text, version int DEFAULT NULL) RETURNS text
LANGUAGE plpgsql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $function$
BEGIN
    RETURN (
        SELECT string_agg(CASE p.part
            WHEN 'flow' THEN format(E'digraph flow {\n    graph [label=%s, labelloc=t, fontname="sans-serif"];\n'
                '    node [shape=box, style=rounded, fontname="sans-serif"];\n    edge [fontname="sans-serif", fontsize=10];\n'
                '    start [shape=point, width=0.2];', p.text)
            WHEN 'start' THEN format('    start -> %s', p.to_id) || CASE WHEN p.lines = '{}' THEN ';' ELSE format(' [label=%s];', p.text) END
            WHEN 'state' THEN format('    %s [label=%s];', p.id, p.text)
            WHEN 'final' THEN format('    %s [label=%s, peripheries=2];', p.id, p.text)
            WHEN 'timer' THEN format(E'    n%s [shape=note, style=solid, fontsize=10, label=%s];\n    n%s -> %s [style=dotted, arrowhead=none];', p.place, p.text, p.place, p.id)
            WHEN 'refusal' THEN format(E'    n%s [shape=note, style=dashed, fontsize=10, label=%s];\n    n%s -> %s [style=dotted, arrowhead=none];', p.place, p.text, p.place, p.id)
            WHEN 'timeout' THEN format('    %s -> %s [label=%s, style=dashed, color=red, fontcolor=red];', p.id, p.to_id, p.text)
            ELSE format('    %s -> %s [label=%s];', p.id, p.to_id, p.text) END, E'\n' ORDER BY p.place) || E'\n}\n'
        FROM (SELECT x.*, aftersale.dot_text(x.lines) AS text
              FROM aftersale.flow_parts(flow_dot.flow, flow_dot.version) WITH ORDINALITY AS x(part, id, to_id, lines, place)) p);
END
$function$;
COMMENT ON FUNCTION aftersale.flow_dot(text, int) IS
'A flow as a graph in Graphviz'' DOT: as flow_mermaid(), with the timeouts'' arrows dashed and red, final states in a double frame. version: NULL is the one in force now. Names and titles may hold anything. Errors: RA001; RA014 no such flow or version, or none is in force. Example: psql -XqAt -c "SELECT aftersale.flow_dot(''temu/ticket'')" | dot -Tsvg > ticket.svg';
