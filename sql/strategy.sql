
-- Strategies: rules are checked when saved, and can be tried on a request that does not exist.

CREATE FUNCTION aftersale.refuse_rule(name text, what text, detail text, hint text, code text DEFAULT 'RA080') RETURNS void
LANGUAGE plpgsql IMMUTABLE
SET search_path = pg_catalog, pg_temp
AS $function$
BEGIN
    RAISE EXCEPTION USING ERRCODE = code,
        MESSAGE = format('rule "%s" %s (%s)', left(refuse_rule.name, 60), what, code),
        DETAIL = refuse_rule.detail, HINT = refuse_rule.hint;
END
$function$;
COMMENT ON FUNCTION aftersale.refuse_rule(text, text, text, text, text) IS
'Refuses a rule of aftersale.rule: raises code, by default RA080. For rule_check() only. Example: SELECT aftersale.refuse_rule(''small'', ''has no reasons'', ''It would never match.'', ''Name some.'');';

CREATE FUNCTION aftersale.check_rule_moment(name text, flow text, state text, signal text, action text) RETURNS void
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $function$
#variable_conflict use_variable
DECLARE
    known text;
    title text := check_rule_moment.name;
BEGIN
    IF NOT EXISTS (SELECT FROM aftersale.flow AS f WHERE f.flow = check_rule_moment.flow) THEN
        SELECT string_agg(DISTINCT f.flow, ', ' ORDER BY f.flow) INTO known FROM aftersale.flow AS f;
        PERFORM aftersale.refuse_rule(title, format('names flow "%s", which does not exist', left(flow, 60)),
            'A rule watches the requests of one flow.', format('Flows: %s.', coalesce(known, 'none; aftersale.load_pack() loads those of a platform')), 'RA014');
    END IF;
    IF state IS NOT NULL AND NOT EXISTS (SELECT FROM aftersale.flow_state AS s
                                         WHERE s.flow = check_rule_moment.flow AND s.state = check_rule_moment.state) THEN
        SELECT string_agg(DISTINCT s.state, ', ' ORDER BY s.state) INTO known FROM aftersale.flow_state AS s
        WHERE s.flow = check_rule_moment.flow;
        PERFORM aftersale.refuse_rule(title, format('names state "%s", which flow "%s" does not have', left(state, 60), flow),
            'A rule without a signal watches the entry of its state, one with a signal wants it to arrive there.', format('Its states: %s.', known));
    END IF;
    IF signal IS NOT NULL AND NOT EXISTS (SELECT FROM aftersale.flow_transition AS t
                                          WHERE t.flow = check_rule_moment.flow AND t.action = signal AND signal NOT IN ('timeout', 'open')
                                            AND (state IS NULL OR t.from_state = state))
        AND NOT EXISTS (SELECT FROM aftersale.flow_timer AS t
                        WHERE t.flow = check_rule_moment.flow AND t.name = signal
                          AND (state IS NULL OR t.state IS NULL OR t.state = check_rule_moment.state)) THEN
        SELECT string_agg(DISTINCT t.action, ', ' ORDER BY t.action) INTO known FROM aftersale.flow_transition AS t
        WHERE t.flow = check_rule_moment.flow AND t.action NOT IN ('timeout', 'open') AND (state IS NULL OR t.from_state = state);
        PERFORM aftersale.refuse_rule(title, format('waits for signal "%s", which flow "%s" does not have%s', left(signal, 60), flow,
                                                    CASE WHEN state IS NULL THEN '' ELSE format(' in state "%s"', state) END),
            'A signal is an action of the flow, whoever takes it, except the timeout, or one of its timers.', format('Its actions%s: %s.', CASE WHEN state IS NULL THEN '' ELSE ' there' END, coalesce(known, 'none')), 'RA015');
    END IF;
    IF action IN ('timeout', 'open') OR NOT EXISTS (SELECT FROM aftersale.flow_transition AS t
                                         WHERE t.flow = check_rule_moment.flow AND t.action = check_rule_moment.action) THEN
        PERFORM aftersale.refuse_rule(title, format('takes action "%s", which flow "%s" does not have', left(action, 60), flow),
            'A rule takes an action of its flow; the timeout is the clock''s.',
            format('Its actions: SELECT DISTINCT action FROM aftersale.flow_transition WHERE flow = %L;', flow), 'RA015');
    END IF;
    -- the states in which it can come to act, in one version of the flow
    IF NOT EXISTS (
        SELECT FROM aftersale.flow AS f
        JOIN aftersale.flow_transition AS t ON t.flow = f.flow AND t.version = f.version
        WHERE f.flow = check_rule_moment.flow AND t.action = check_rule_moment.action
          AND t.actors && ARRAY['merchant', 'system'] AND t.needs = '{}' AND t.condition = '{}' AND NOT t.effect ? 'refuse'
          AND CASE WHEN signal IS NULL THEN t.from_state = coalesce(state, f.initial_state)
              ELSE EXISTS (SELECT FROM aftersale.flow_transition AS s
                           WHERE s.flow = f.flow AND s.version = f.version AND s.action = signal
                             AND (state IS NULL OR s.from_state = state) AND s.to_state = t.from_state)
                  OR EXISTS (SELECT FROM aftersale.flow_timer AS s
                             WHERE s.flow = f.flow AND s.version = f.version AND s.name = signal
                               AND (state IS NULL OR t.from_state = state) AND (s.state IS NULL OR s.state = t.from_state)) END)
    THEN
        SELECT string_agg(DISTINCT format('from "%s" by %s%s', t.from_state, array_to_string(t.actors, ' or '),
                   CASE WHEN t.needs <> '{}' THEN format(', with %s in the payload', array_to_string(t.needs, ' and ')) ELSE '' END), '; ')
        INTO known
        FROM aftersale.flow_transition AS t WHERE t.flow = check_rule_moment.flow AND t.action = check_rule_moment.action;
        PERFORM aftersale.refuse_rule(title, format('could not take action "%s" at the moment that it watches', action),
            format('The action is taken %s.', left(known, 300)),
            'A rule acts in the state that it watches, or that its signal leads to; the action must be the merchant''s or the system''s and need no payload.');
    END IF;
END
$function$;
COMMENT ON FUNCTION aftersale.check_rule_moment(text, text, text, text, text) IS
'Does nothing where a rule of that name could act: its flow has the state and the signal, and the merchant or the system may take the action there without a payload. Errors: RA014 unknown flow; RA015 the flow has not that signal or action; RA080 not that state, or the action cannot be taken there. Example: SELECT aftersale.check_rule_moment(''small'', ''temu/negotiated_refund'', ''proposed'', NULL, ''withdraw'');';

CREATE FUNCTION aftersale.check_rule_numbers(name text, currency text, amounts numeric[], max_amount numeric, counts int[]) RETURNS void
LANGUAGE plpgsql IMMUTABLE
SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    amount numeric;
BEGIN
    IF check_rule_numbers.currency IS NOT NULL THEN
        PERFORM aftersale.minor_units(check_rule_numbers.currency);
    END IF;
    FOREACH amount IN ARRAY check_rule_numbers.amounts || max_amount LOOP
        IF amount < 0 OR amount >= 'Infinity' THEN
            PERFORM aftersale.refuse_rule(check_rule_numbers.name, format('has an amount of "%s"', amount), 'Amounts are 0 or more, and finite.',
                'Leave a bound or a cap NULL where there is none.');
        ELSIF scale(trim_scale(amount)) > 4 THEN
            PERFORM aftersale.refuse_rule(check_rule_numbers.name, format('has an amount of "%s"', amount), 'Amounts have at most four decimals.',
                'No currency is finer.');
        END IF;
    END LOOP;
    IF amounts[1] > amounts[2] THEN
        PERFORM aftersale.refuse_rule(check_rule_numbers.name, format('has amount_from "%s" above amount_to "%s"', amounts[1], amounts[2]),
            'No amount is within these bounds.', 'Bounds are inclusive; leave one NULL where there is none.');
    END IF;
    IF max_amount IS NOT NULL AND check_rule_numbers.currency IS NULL THEN
        PERFORM aftersale.refuse_rule(check_rule_numbers.name, 'has a cap in money and no currency',
            'Amounts in several currencies do not add up.', 'Set currency: the rule is for requests in that currency then.');
    ELSIF scale(trim_scale(max_amount)) > aftersale.minor_units(check_rule_numbers.currency) THEN
        PERFORM aftersale.refuse_rule(check_rule_numbers.name, format('has max_amount_per_day "%s"', max_amount),
            format('It is finer than the minor unit of %s.', check_rule_numbers.currency), 'Round it.');
    END IF;
    IF 0 > ANY (counts) THEN
        PERFORM aftersale.refuse_rule(check_rule_numbers.name, 'has a cap below 0', 'With a cap of 0 it never acts.', 'Leave a cap NULL where there is none.');
    END IF;
END
$function$;
COMMENT ON FUNCTION aftersale.check_rule_numbers(text, text, numeric[], numeric, int[]) IS
'Does nothing where a rule of that name has sensible numbers: amounts are amount_from and amount_to, max_amount is max_amount_per_day in currency, counts are the other caps. Errors: RA080, RA012 unknown currency. Example: SELECT aftersale.check_rule_numbers(''small'', ''USD'', ARRAY[NULL, 5.00], NULL, ARRAY[10]);';

CREATE FUNCTION aftersale.rule_check() RETURNS trigger
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    platforms text[];
    lists constant jsonb := jsonb_build_object('reasons', NEW.reasons, 'products', NEW.products, 'categories', NEW.categories);
    list text;
BEGIN
    PERFORM aftersale.check_rule_moment(NEW.name, NEW.flow, NEW.state, NEW.signal, NEW.action);
    PERFORM aftersale.check_rule_numbers(NEW.name, NEW.currency, ARRAY[NEW.amount_from, NEW.amount_to], NEW.max_amount_per_day,
                                         ARRAY[NEW.max_per_day, NEW.max_per_buyer]);
    SELECT array_agg(DISTINCT f.platform) || array_agg(DISTINCT s.platform) INTO platforms
    FROM aftersale.flow f CROSS JOIN aftersale.shop s WHERE f.flow = NEW.flow AND s.shop_id = NEW.shop_id;
    IF platforms[1] <> platforms[2] THEN
        PERFORM aftersale.refuse_rule(NEW.name, format('is for flow "%s" of platform "%s"', NEW.flow, platforms[1]),
            format('Shop "%s" is on platform "%s".', NEW.shop_id, platforms[2]),
            format('Flows of its platform: SELECT DISTINCT flow FROM aftersale.flow WHERE platform = %L;', platforms[2]));
    END IF;
    -- DOUYIN-03: where the platform lists the permission, whoever saves a rule needs it
    IF EXISTS (SELECT FROM aftersale.role_permission p WHERE p.platform = platforms[2] AND p.permission = 'use_assistant')
       AND NOT coalesce(aftersale.has_permission(NEW.shop_id, 'use_assistant'), false) THEN
        PERFORM aftersale.refuse_rule(NEW.name, 'needs permission "use_assistant", which the session does not have',
            format('On platform "%s" automatic rules are for those who have it.', platforms[2]),
            'Who has "grant_permission", as the main account, grants it: SELECT aftersale.grant_permission(shop_id, ''role'', ''use_assistant'');', 'RA070');
    END IF;
    FOR list IN SELECT l.key FROM jsonb_each(lists) AS l
                WHERE l.value = '[]' OR (jsonb_typeof(l.value) = 'array' AND l.value @> '[null]') LOOP
        PERFORM aftersale.refuse_rule(NEW.name, format('has %s that are empty or hold NULL', list),
            'Such a rule would never match.', format('Leave %s NULL where any will do.', list));
    END LOOP;
    RETURN NEW;
END
$function$;
COMMENT ON FUNCTION aftersale.rule_check() IS
'Trigger function of aftersale.rule: refuses a rule that could never act as it says (TEMU-27, TEMU-28, DOUYIN-09). For install() only. Errors: RA014 unknown flow; RA015 the flow has not the signal or the action; RA012 unknown currency; RA070 the session lacks use_assistant, where the platform has it (DOUYIN-03); RA080 anything else.';

CREATE FUNCTION aftersale.rule_overlaps() RETURNS trigger
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    overlap record;
BEGIN
    FOR overlap IN
        SELECT c.name, c.priority, string_agg(format('"%s"', left(o.name, 60)), ', ' ORDER BY o.rule_id) FILTER (WHERE o.place <= 5) AS others,
            count(*) AS total
        FROM changed c CROSS JOIN LATERAL (
            SELECT p.rule_id, p.name, row_number() OVER (ORDER BY p.rule_id) AS place
            FROM (SELECT v.other_rule_id AS rule_id, v.other_name AS name FROM aftersale.rule_overlap v
                  WHERE v.shop_id = c.shop_id AND v.rule_id = c.rule_id
                  UNION ALL
                  SELECT v.rule_id, v.name FROM aftersale.rule_overlap v
                  WHERE v.shop_id = c.shop_id AND v.other_rule_id = c.rule_id) AS p) AS o
        GROUP BY c.shop_id, c.rule_id, c.name, c.priority
        ORDER BY c.rule_id
    LOOP
        RAISE WARNING USING
            MESSAGE = format('rule "%s" overlaps %s%s of the same priority %s, which do otherwise', left(overlap.name, 60), overlap.others,
                             CASE WHEN overlap.total > 5 THEN format(' and %s more', overlap.total - 5) ELSE '' END, overlap.priority),
            DETAIL = 'Where several match the same request at the same moment, the one with the smallest rule_id acts.',
            HINT = 'Give them different priorities. View aftersale.rule_overlap lists all overlaps.';
    END LOOP;
    RETURN NULL;
END
$function$;
COMMENT ON FUNCTION aftersale.rule_overlaps() IS
'Trigger function of aftersale.rule: warns of each saved rule that could match together with another one of the same priority that does otherwise (DOUYIN-09). For install() only.';

CREATE TYPE aftersale.rule_verdict AS (
    rule_id bigint,
    name text,
    wins boolean,
    action text,
    ratio aftersale.refund_ratio,
    refund_amount numeric,
    why text
);
COMMENT ON TYPE aftersale.rule_verdict IS
'What would become of a rule: whether it wins, the action that it takes, at which ratio, what it would refund (NULL: nothing, or it did not come to that), and why it wins or not. See decide_rules().';

CREATE FUNCTION aftersale.decide_rules(shop_id bigint, flow text, state text DEFAULT NULL, signal text DEFAULT NULL,
    reason text DEFAULT NULL, amount numeric DEFAULT NULL, currency text DEFAULT NULL, country text DEFAULT NULL,
    items jsonb DEFAULT NULL, attributes jsonb DEFAULT '{}', at timestamptz DEFAULT NULL) RETURNS SETOF aftersale.rule_verdict
LANGUAGE C STABLE PARALLEL RESTRICTED
AS 'MODULE_PATHNAME', 'aftersale_decide_rules';
COMMENT ON FUNCTION aftersale.decide_rules(bigint, text, text, text, text, numeric, text, text, jsonb, jsonb, timestamptz) IS
'Which automatic rule of a shop would act on a request that does not exist, and why each other rule of the flow would not (TEMU-27, TEMU-28, DOUYIN-05 to DOUYIN-09): one row a rule, in the order in which they are looked at. state: without a signal the state that is entered, with one the state in which it arrives; NULL: the flow''s initial state. signal: the action that arrives; NULL: none. reason, amount (asked for the goods, in currency), items, attributes (among them parcels, whole_parcel, buyer) as of a request; currency: NULL is the country''s; country: NULL is the shop''s only one; at: the moment, NULL is now. Use so far is counted against caps; the order is taken to have enough left, to have no other open request, and no fee is kept back; of what transitions require, attributes and settings are asked, and it has no past, no payload and nobody who tells of it. Nothing is written. Errors: RA010 unknown shop, RA011 unknown country, RA012 unknown currency, RA014 unknown flow, RA015 unknown action, RA018 unknown state, RA020 the signal cannot arrive in that state, RA028 items, RA040 and RA041 amount, RA032 the arguments, RA071 not of the shop. Example: SELECT name, wins, refund_amount, why FROM aftersale.decide_rules(1, ''temu/ticket'', reason => ''damaged'', amount => 4.50);';
