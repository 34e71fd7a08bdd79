
-- pg_cron is detected, never required.

CREATE TYPE aftersale.schedule AS (
    scheduled boolean,
    statement text
);
COMMENT ON TYPE aftersale.schedule IS
'Whether the sweep is scheduled in this database, and the statement that schedules it: done, or to be run by an administrator in the database that has pg_cron.';

CREATE FUNCTION aftersale.sweeper_statements() RETURNS text
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
AS $function$
SELECT 'CREATE ROLE aftersale_sweeper LOGIN; SELECT aftersale.grant_access(''aftersale_sweeper'', ''sweeper''); '
    || CASE WHEN EXISTS (SELECT FROM pg_catalog.pg_extension WHERE extname = 'pg_cron')
            THEN 'GRANT USAGE ON SCHEMA cron TO aftersale_sweeper; ' ELSE '' END
    || 'SET ROLE aftersale_sweeper; SELECT * FROM aftersale.start();'
$function$;
COMMENT ON FUNCTION aftersale.sweeper_statements() IS
'The statements by which an administrator has the sweep run by a role that may do nothing else, as the hints of start() give them. Example: SELECT aftersale.sweeper_statements();';

CREATE FUNCTION aftersale.start(schedule text DEFAULT '* * * * *') RETURNS aftersale.schedule
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    job text := 'aftersale:' || current_database();
    command constant text := 'CALL aftersale.sweep()';
    result aftersale.schedule;
BEGIN
    PERFORM aftersale.require_installed();
    IF (SELECT rolsuper FROM pg_catalog.pg_roles WHERE rolname = current_user) THEN
        RAISE EXCEPTION USING ERRCODE = 'RA031',
            MESSAGE = format('superuser "%s" must not schedule the sweep (RA031)', current_user),
            DETAIL = 'The sweep runs the triggers of the ERP''s tables with the rights of whoever scheduled it.',
            HINT = 'Run it as a role that does nothing else: ' || aftersale.sweeper_statements();
    END IF;
    IF aftersale.is_tables_owner() THEN
        RAISE NOTICE 'the sweep is scheduled with all rights of "%"', current_user
            USING HINT = 'It needs fewer. An administrator makes a role for it: ' || aftersale.sweeper_statements();
    ELSIF NOT EXISTS (SELECT FROM aftersale.access a WHERE a.login = current_user AND a.capability = 'sweeper') THEN
        RAISE EXCEPTION USING ERRCODE = 'RA031',
            MESSAGE = format('role "%s" may not sweep (RA031)', current_user),
            HINT = format('The owner of the tables runs: SELECT aftersale.grant_access(%L, ''sweeper'');', current_user);
    END IF;
    IF EXISTS (SELECT FROM pg_catalog.pg_extension WHERE extname = 'pg_cron') THEN
        IF NOT pg_catalog.has_schema_privilege('cron', 'USAGE') THEN
            RAISE EXCEPTION USING ERRCODE = 'RA031',
                MESSAGE = format('role "%s" may not use pg_cron (RA031)', current_user),
                HINT = format('An administrator runs: GRANT USAGE ON SCHEMA cron TO %I;', current_user);
        END IF;
        result.statement := format('SELECT cron.schedule(%L, %L, %L)', job, start.schedule, command);
        EXECUTE result.statement;
        result.scheduled := true;
    ELSE
        result.scheduled := false;
        result.statement := format('SELECT cron.schedule_in_database(%L, %L, %L, %L, %L)',
            job, start.schedule, command, current_database(), current_user);
        RAISE NOTICE 'pg_cron is not in this database: nothing is scheduled yet'
            USING HINT = 'An administrator runs the returned statement in the database that has pg_cron (SHOW cron.database_name). Without pg_cron, any scheduler may run CALL aftersale.sweep() every minute.';
    END IF;
    RETURN result;
END
$function$;
COMMENT ON FUNCTION aftersale.start(text) IS
'Schedules CALL aftersale.sweep() with pg_cron, as the caller, under the job name aftersale:<database>. schedule: a cron expression, every minute by default. Where pg_cron is not in this database, returns scheduled = false and the statement that an administrator runs in the database that has it. Says in a notice how to have it run with fewer rights than the owner''s. Error RA031: a superuser, a role that may not sweep, or one that may not use pg_cron. Example: SELECT * FROM aftersale.start();';

CREATE FUNCTION aftersale.stop() RETURNS aftersale.schedule
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    job text := 'aftersale:' || current_database();
    result aftersale.schedule;
    was_scheduled boolean;
BEGIN
    result.scheduled := false;
    result.statement := format('SELECT cron.unschedule(%L)', job);
    IF EXISTS (SELECT FROM pg_catalog.pg_extension WHERE extname = 'pg_cron')
        AND pg_catalog.has_schema_privilege('cron', 'USAGE') THEN
        EXECUTE 'SELECT EXISTS (SELECT FROM cron.job WHERE jobname = $1 AND username = current_user)'
            INTO was_scheduled USING job;
        IF was_scheduled THEN
            EXECUTE result.statement;
        END IF;
    ELSE
        RAISE NOTICE 'pg_cron is not in this database: an administrator runs the returned statement where it is';
    END IF;
    RETURN result;
END
$function$;
COMMENT ON FUNCTION aftersale.stop() IS
'Takes the job of start() away again; nothing is lost: what becomes due waits for the next sweep. Where pg_cron is not in this database, returns the statement that an administrator runs. Example: SELECT * FROM aftersale.stop();';

CREATE TYPE aftersale.health_check AS (
    name text,
    ok boolean,
    detail text,
    remedy text
);
COMMENT ON TYPE aftersale.health_check IS
'One thing that health() looked at: its name, whether it is well, what was seen, and what to do where it is not.';

-- Each of these looks at some things for health(), as the caller.

CREATE FUNCTION aftersale.health_of_tables() RETURNS SETOF aftersale.health_check
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    version int := (SELECT i.schema_version FROM aftersale.installation i);
    ours int := aftersale.tables_version();
    older boolean := aftersale.migration_definition(ours + 1) IS NOT NULL;	-- the library of this session than the SQL
    -- what sql/tables/triggers.sql creates; test/sql/health.sql finds what is missing here
    expected constant text[] := ARRAY[
        'request.aftersale_decide', 'request.aftersale_record_insert', 'request.aftersale_record_update', 'request.aftersale_keep',
        'request.aftersale_keep_truncate', 'personal.personal_changed', 'shop.aftersale_keep', 'flow.aftersale_keep', 'flow_timer.aftersale_keep', 'calendar.zz_calendar_grew', 'platform_message.message_check',
        'warehouse_version.warehouse_version_check', 'default_warehouse.default_warehouse_check',
        'warehouse_product.warehouse_product_inserted', 'warehouse_product.warehouse_product_updated',
        'rule.rule_check', 'rule.rule_overlaps_insert', 'rule.rule_overlaps_update']
        || (SELECT array_agg(t || '.config_changed') FROM unnest(ARRAY['installation', 'calendar', 'flow', 'flow_state', 'flow_transition', 'flow_timer',
            'flow_override', 'return_fee', 'shop', 'shop_country', 'role_permission', 'shop_role_permission', 'member', 'login', 'rule', 'access', 'site', 'attachment']) t)
        || (SELECT array_agg(t || g) FROM unnest(ARRAY['warehouse', 'warehouse_version', 'default_warehouse']) t, unnest(ARRAY['.routing_lock', '.routing_truncate']) g);
    missing text;
    disabled text;
    remedy text;
BEGIN
    RETURN NEXT ROW('tables', version IS NOT DISTINCT FROM ours AND NOT older, format('version %s, the library writes %s', coalesce(version::text, 'unknown'), ours),
        CASE WHEN older THEN 'Connect again: this session holds an older library than the extension'
             WHEN version < ours THEN 'SELECT aftersale.migrate();'
             WHEN version > ours THEN 'Connect again: this session may hold the library of the version before. Where that does not help, install the newer package of aftersale on this server, then: ALTER EXTENSION aftersale UPDATE;'
             WHEN version IS NULL THEN 'The row of aftersale.installation is missing: restore it from a dump' END)::aftersale.health_check;

    SELECT string_agg(e, ', ' ORDER BY e) FILTER (WHERE t.oid IS NULL),
        string_agg(e, ', ' ORDER BY e) FILTER (WHERE t.tgenabled NOT IN ('O', 'A')),
        string_agg(format('ALTER TABLE aftersale.%I ENABLE TRIGGER %I;', split_part(e, '.', 1), t.tgname), ' ' ORDER BY e)
            FILTER (WHERE t.tgenabled NOT IN ('O', 'A'))
    INTO missing, disabled, remedy
    FROM unnest(expected) e
    LEFT JOIN pg_catalog.pg_trigger t
        ON t.tgrelid = pg_catalog.to_regclass('aftersale.' || split_part(e, '.', 1)) AND t.tgname = split_part(e, '.', 2);
    RETURN NEXT ROW('triggers', missing IS NULL AND disabled IS NULL,
        coalesce(nullif(concat_ws('; ', 'missing: ' || missing, 'disabled: ' || disabled), ''), 'all enabled'),
        nullif(concat_ws(' ', remedy, CASE WHEN missing IS NOT NULL
            THEN 'Run as the owner the CREATE TRIGGER statements of what is missing, from SELECT aftersale.table_definitions();' END), ''))::aftersale.health_check;
END
$function$;
COMMENT ON FUNCTION aftersale.health_of_tables() IS
'The checks tables and triggers of health(). Example: SELECT * FROM aftersale.health_of_tables();';

CREATE FUNCTION aftersale.health_of_job() RETURNS SETOF aftersale.health_check
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    job_name text := 'aftersale:' || current_database();
    has_cron boolean := EXISTS (SELECT FROM pg_catalog.pg_extension WHERE extname = 'pg_cron');
    -- what it is called is shown to everybody, what kind it is only to some
    launcher name := (SELECT coalesce(a.datname, '?') FROM pg_catalog.pg_stat_activity a
                      WHERE a.application_name = 'pg_cron scheduler' OR a.backend_type = 'pg_cron launcher' LIMIT 1);
    swept boolean := coalesce((SELECT h.finished_at > pg_catalog.clock_timestamp() - interval '5 minutes' FROM aftersale.heartbeat h), false);
    owner oid := (SELECT c.relowner FROM pg_catalog.pg_class c WHERE c.oid = 'aftersale.installation'::regclass);
    job record;
    fault text;
    remedy text;
BEGIN
    IF pg_catalog.pg_is_in_recovery() THEN
        RETURN NEXT ROW('job', true, 'this server is a standby: the sweep runs on its primary; after a promotion ask health() again', NULL)::aftersale.health_check;
        RETURN;
    END IF;
    IF NOT has_cron THEN
        fault := CASE WHEN launcher IS NULL THEN 'this server has no pg_cron running' ELSE format('pg_cron is in database "%s"', launcher) END;
        remedy := CASE WHEN launcher IS NULL
            THEN 'Have a scheduler of yours run CALL aftersale.sweep() every minute, or install pg_cron: shared_preload_libraries, CREATE EXTENSION pg_cron'
            ELSE 'SELECT * FROM aftersale.start(); and have an administrator run what it returns there' END;
        RETURN NEXT ROW('job', swept, fault || CASE WHEN swept THEN '; the heartbeat shows that the sweep is run' ELSE '' END,
            CASE WHEN NOT swept THEN remedy END)::aftersale.health_check;
        RETURN;
    END IF;
    IF NOT pg_catalog.has_schema_privilege('cron', 'USAGE') THEN
        RETURN NEXT ROW('job', swept, 'this role may not look into pg_cron' || CASE WHEN swept THEN '; the heartbeat shows that the sweep is run' ELSE '' END,
            CASE WHEN NOT swept THEN format('An administrator runs: GRANT USAGE ON SCHEMA cron TO %I; and looks at cron.job', current_user) END)::aftersale.health_check;
    ELSE
        EXECUTE 'SELECT j.jobid, j.username, j.active, j.nodeport, r.oid AS role, r.rolsuper FROM cron.job j LEFT JOIN pg_catalog.pg_roles r ON r.rolname = j.username
            WHERE j.jobname = $1 AND j.database = current_database() ORDER BY j.active DESC, r.rolsuper LIMIT 1' INTO job USING job_name;
        IF job.jobid IS NULL THEN
            fault := CASE WHEN NOT swept THEN format('no job "%s" that this role may see', job_name) END;
            remedy := 'SELECT * FROM aftersale.start();';
        ELSIF NOT job.active THEN
            fault := format('job "%s" is inactive', job_name);
            remedy := CASE WHEN job.username = current_user THEN 'SELECT aftersale.stop(); SELECT aftersale.start();'
                ELSE format('SELECT cron.alter_job(%s, active => true);', job.jobid) END;
        ELSIF job.role IS NULL OR job.rolsuper OR NOT (pg_catalog.pg_has_role(job.role, owner, 'USAGE')
                OR EXISTS (SELECT FROM aftersale.access a WHERE a.login = job.username AND a.capability = 'sweeper')) THEN
            fault := format('job "%s" runs as "%s", which %s', job_name, job.username,
                CASE WHEN job.role IS NULL THEN 'does not exist' WHEN job.rolsuper THEN 'is a superuser' ELSE 'may not sweep' END);
            remedy := format('SELECT cron.unschedule(%s); then: %s', job.jobid, aftersale.sweeper_statements());
        ELSIF job.nodeport <> current_setting('port')::int AND current_setting('cron.use_background_workers', true) IS DISTINCT FROM 'on' THEN
            -- scheduled on another server, of which this one is a copy
            fault := format('job "%s" connects to port %s, this server listens on %s', job_name, job.nodeport, current_setting('port'));
            remedy := format('SET ROLE %I; SELECT aftersale.stop(); SELECT aftersale.start();', job.username);
        END IF;
        RETURN NEXT ROW('job', fault IS NULL, coalesce(fault, CASE WHEN job.jobid IS NULL THEN 'no job that this role may see; the heartbeat shows that the sweep is run'
            ELSE format('job "%s" is active, as "%s"', job_name, job.username) END), CASE WHEN fault IS NOT NULL THEN remedy END)::aftersale.health_check;
    END IF;
    RETURN NEXT ROW('launcher', launcher IS NOT NULL, CASE WHEN launcher IS NULL THEN 'pg_cron''s launcher is not running' ELSE 'pg_cron''s launcher is running' END,
        CASE WHEN launcher IS NULL THEN 'Look into the server''s log; shared_preload_libraries must name pg_cron, cron.database_name this database; then restart the server' END)::aftersale.health_check;
END
$function$;
COMMENT ON FUNCTION aftersale.health_of_job() IS
'The checks job and launcher of health(): how the sweep is scheduled. Example: SELECT * FROM aftersale.health_of_job();';

CREATE FUNCTION aftersale.health_of_sweep() RETURNS SETOF aftersale.health_check
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    beat record;
    fresh boolean;
    back interval;
    parked bigint;
    waiting bigint;
BEGIN
    SELECT h.* INTO beat FROM aftersale.heartbeat h;
    fresh := coalesce(beat.finished_at > pg_catalog.clock_timestamp() - interval '5 minutes', false);
    RETURN NEXT ROW('heartbeat', fresh,
        CASE WHEN NOT FOUND THEN 'the row of aftersale.heartbeat is missing' WHEN beat.finished_at IS NULL THEN 'no sweep has run'
             ELSE format('the last sweep finished %s', beat.finished_at) END,
        CASE WHEN NOT FOUND THEN 'INSERT INTO aftersale.heartbeat DEFAULT VALUES;'
             WHEN NOT fresh AND pg_catalog.pg_is_in_recovery() THEN 'On the primary: CALL aftersale.sweep(); then look at the job. Here: whether this server still receives what the primary writes'
             WHEN NOT fresh THEN 'CALL aftersale.sweep(); then look at the job, and at what the scheduler says of its runs' END)::aftersale.health_check;

    back := beat.cutoff - aftersale.clock();
    RETURN NEXT ROW('clock', beat.clock_jump IS NULL AND coalesce(back < interval '1 minute', true),
        CASE WHEN beat.clock_jump IS NOT NULL THEN format('the clock jumped ahead by %s: the sweep fires nothing', justify_hours(date_trunc('second', beat.clock_jump)))
             WHEN back >= interval '1 minute' THEN format('the clock stands %s before the last sweep', date_trunc('second', back))
             ELSE 'the clock has not jumped' END,
        CASE WHEN beat.clock_jump IS NOT NULL THEN 'Where the clock is right: CALL aftersale.sweep(confirm_clock_jump => true); where it is wrong, set it'
             WHEN back >= interval '1 minute' THEN 'Look at the server''s clock; nothing fires twice, deadlines wait until it has caught up' END)::aftersale.health_check;

    SELECT count(*), count(r.act_at) INTO parked, waiting FROM aftersale.request r WHERE r.fault IS NOT NULL;
    RETURN NEXT ROW('parked', parked = 0, format('%s requests are left to a person', parked - waiting)
            || CASE WHEN waiting > 0 THEN format(', %s failed and are tried again', waiting) ELSE '' END,
        CASE WHEN parked > 0 THEN 'SELECT shop_id, request_id, attempts, fault FROM aftersale.request WHERE fault IS NOT NULL; mend the cause, then aftersale.unpark(shop_id, request_id)' END)::aftersale.health_check;
END
$function$;
COMMENT ON FUNCTION aftersale.health_of_sweep() IS
'The checks heartbeat, clock and parked of health(). Example: SELECT * FROM aftersale.health_of_sweep();';

CREATE FUNCTION aftersale.health_of_deadlines() RETURNS SETOF aftersale.health_check
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    zone text;
    places text;
    lost text[] := '{}';
    lost_places text[] := '{}';
    unusable text[];
    moved bigint;
    provisional bigint;
    example text;
BEGIN
    -- a server that was upgraded or restored may have fewer zones than the one of before
    FOR zone, places IN
        SELECT z.zone, min(z.place) || CASE WHEN count(*) > 1 THEN format(' and %s more', count(*) - 1) ELSE '' END
        FROM (SELECT substring(c.calendar::text FROM '^zone ([^;]+)'), format('calendar "%s"', c.name) FROM aftersale.calendar c
              UNION ALL
              SELECT s.time_zone, format('%s of shop %s', s.country, s.shop_id) FROM aftersale.shop_country s) z(zone, place)
        GROUP BY z.zone ORDER BY z.zone
    LOOP
        BEGIN	-- timezone() would take abbreviations as well, which are no zones
            PERFORM ('zone ' || zone || '; mon 00:00-24:00')::aftersale.business_calendar;
        EXCEPTION WHEN data_exception THEN
            lost := lost || zone;
            lost_places := lost_places || format('"%s" (%s)', zone, places);
        END;
    END LOOP;
    unusable := ARRAY(SELECT c.name FROM aftersale.calendar c WHERE lost <> '{}' AND substring(c.calendar::text FROM '^zone ([^;]+)') = ANY (lost));
    RETURN NEXT ROW('zones', lost = '{}',
        CASE WHEN lost = '{}' THEN 'the server knows the time zones of all calendars and shops' ELSE 'the server does not know time zone ' || array_to_string(lost_places, ', ') END,
        CASE WHEN lost <> '{}' THEN 'Debian has old names in its package tzdata-legacy; or put the zones'' names of today (pg_timezone_names) into aftersale.calendar and aftersale.shop_country' END)::aftersale.health_check;

    -- what was computed by another state of the calendar or of the server's zone data
    SELECT count(*) INTO moved
    FROM (SELECT e.due_at, r.entered_at, r.opened_at, r.ordered_at, s.term, s.starts, c.calendar
          FROM aftersale.request r
          CROSS JOIN LATERAL (SELECT x.* FROM aftersale.event x
              WHERE x.shop_id = r.shop_id AND x.request_id = r.request_id AND x.facts ? 'calendar'
              ORDER BY x.event_seq DESC LIMIT 1) e
          JOIN aftersale.flow_state s ON s.flow = r.flow AND s.version = r.flow_version AND s.state = e.to_state
          JOIN aftersale.calendar c ON c.name = e.facts ->> 'calendar' AND c.name <> ALL (unusable)
          WHERE r.act_at IS NOT NULL AND r.platform_due_at IS NULL AND NOT r.provisional
            AND NOT e.facts ? 'overrides' AND s.term IS NOT NULL AND e.to_state = r.state
            -- a deadline that was paused or extended since is another, as is one that was with the state, such as resumed
            AND e.at = r.entered_at AND e.due_at = r.due_at
            AND NOT EXISTS (SELECT FROM aftersale.flow_transition t WHERE t.flow = r.flow AND t.version = r.flow_version
                AND t.from_state = e.from_state AND t.action = e.action AND t.to_state = e.to_state AND t.clock <> 'restart')
          ORDER BY r.act_at
          LIMIT 1000) d
    WHERE aftersale.deadline(CASE d.starts WHEN 'opened' THEN d.opened_at WHEN 'ordered' THEN d.ordered_at ELSE d.entered_at END,
        d.term, d.calendar) <> d.due_at;
    RETURN NEXT ROW('deadlines', moved = 0,
        format('of the next 1000 deadlines %s would be computed otherwise by the calendars and zone data of today', moved),
        CASE WHEN moved > 0 THEN 'Holidays or the server''s zone data changed since: set request.platform_due_at where the platform counts anew' END)::aftersale.health_check;

    -- a holiday that is announced later moves them
    SELECT count(*) INTO provisional FROM aftersale.request r WHERE r.provisional AND r.act_at IS NOT NULL;
    SELECT min(format('calendar "%s" is known until %s', c.name, substring(c.calendar::text FROM 'known until (\S+)'))) INTO example
    FROM (SELECT DISTINCT s.calendar FROM aftersale.request r
          JOIN aftersale.shop_country s ON s.shop_id = r.shop_id AND s.country = r.country
          WHERE r.provisional AND r.act_at IS NOT NULL) u
    JOIN aftersale.calendar c ON c.name = u.calendar AND c.calendar::text ~ 'known until ';
    RETURN NEXT ROW('holidays', provisional = 0, format('%s deadlines rest on dates whose holidays are not known yet', provisional) || coalesce('; ' || example, ''),
        CASE WHEN provisional > 0 THEN 'Bring the calendars up to date, by import_ics() or by UPDATE of aftersale.calendar: these deadlines are then computed anew' END)::aftersale.health_check;
END
$function$;
COMMENT ON FUNCTION aftersale.health_of_deadlines() IS
'The checks zones, deadlines and holidays of health(). Example: SELECT * FROM aftersale.health_of_deadlines();';

CREATE FUNCTION aftersale.health_of_books() RETURNS SETOF aftersale.health_check
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    wrong bigint;
    example text;
BEGIN
    SELECT count(*), min(format('order "%s" of shop %s: %s %s booked, %s decided', d.order_ref, d.shop_id, d.booked, d.currency, d.decided))
    INTO wrong, example
    FROM (SELECT b.shop_id, b.order_ref, b.currency, b.refunded + b.platform_extra AS booked, coalesce(r.decided, 0) AS decided
          FROM aftersale.order_balance b
          LEFT JOIN (SELECT f.shop_id, f.order_ref, f.currency, sum(f.amount) AS decided
                     FROM aftersale.refund f WHERE f.order_ref IS NOT NULL AND f.status <> 'void' GROUP BY f.shop_id, f.order_ref, f.currency) r
              ON r.shop_id = b.shop_id AND r.order_ref = b.order_ref AND r.currency = b.currency) d
    WHERE d.booked <> d.decided;
    RETURN NEXT ROW('balances', wrong = 0, format('%s balances do not match the refunds of their order', wrong) || coalesce('; ' || example, ''),
        CASE WHEN wrong > 0 THEN 'Stop claim_refunds(), find out who wrote aftersale.order_balance or aftersale.refund past the engine, and correct the rows as the owner' END)::aftersale.health_check;
END
$function$;
COMMENT ON FUNCTION aftersale.health_of_books() IS
'The check balances of health(). Reads every balance and refund: about a second for a million of them. Example: SELECT * FROM aftersale.health_of_books();';

CREATE FUNCTION aftersale.health_of_messages() RETURNS SETOF aftersale.health_check
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    faults bigint;
    example text;
    waiting bigint;
BEGIN
    SELECT count(*), min(format('shop %s, "%s": %s', m.shop_id, m.external_ref, m.message)) INTO faults, example
    FROM aftersale.platform_message m WHERE m.status IN ('unknown_code', 'failed');
    SELECT count(*) INTO waiting FROM aftersale.platform_message m
    WHERE m.status = 'new' AND m.received_at < aftersale.clock() - interval '5 minutes';
    RETURN NEXT ROW('messages', faults = 0 AND waiting = 0,
        format('%s messages of platforms were not understood or were refused', faults) || coalesce('; ' || example, '')
            || CASE WHEN waiting > 0 THEN format('; %s wait since more than 5 minutes', waiting) ELSE '' END,
        nullif(concat_ws('; ', CASE WHEN faults > 0 THEN 'SELECT * FROM aftersale.message_fault; add the codes to aftersale.status_code or mend what it says, then SELECT aftersale.replay_messages();' END,
            CASE WHEN waiting > 0 THEN 'SELECT aftersale.apply_messages();' END), ''))::aftersale.health_check;
END
$function$;
COMMENT ON FUNCTION aftersale.health_of_messages() IS
'The check messages of health(): codes of platforms that are not known, messages that were refused or that nobody applies. Example: SELECT * FROM aftersale.health_of_messages();';

CREATE FUNCTION aftersale.health_of_attachments() RETURNS SETOF aftersale.health_check
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
AS $function$
SELECT 'attachments', count(*) FILTER (WHERE NOT a.intact) = 0,
    format('%s attachments, %s not intact, %s paused', count(*), count(*) FILTER (WHERE NOT a.intact), count(*) FILTER (WHERE a.paused))
        || coalesce('; ' || min(format('"%s" on %s: %s', a.name, a.relation, a.problem)) FILTER (WHERE NOT a.intact), ''),
    CASE WHEN count(*) FILTER (WHERE NOT a.intact) > 0 THEN 'SELECT name, relation, problem, remedy FROM aftersale.attachments() WHERE NOT intact;' END
FROM aftersale.attachments() a
$function$;
COMMENT ON FUNCTION aftersale.health_of_attachments() IS
'The check attachments of health(): whether all that is attached to the ERP''s tables is intact. Example: SELECT * FROM aftersale.health_of_attachments();';

CREATE FUNCTION aftersale.health_of_bindings() RETURNS SETOF aftersale.health_check
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    bindings bigint;
    conflicts bigint;
    example text;
    waiting bigint;
BEGIN
    IF to_regclass('aftersale.binding_conflict') IS NULL THEN
        RETURN;
    END IF;
    bindings := (SELECT count(*) FROM aftersale.attachment a WHERE a.kind = 'binding');
    SELECT count(*), min(format('row "%s" of binding "%s": %s', c.row_ref, c.binding, c.message)) INTO conflicts, example
    FROM aftersale.binding_conflict c WHERE c.settled_at IS NULL;
    SELECT count(*) INTO waiting FROM aftersale.binding_outbox o
    WHERE o.handled_at IS NULL AND o.created_at < aftersale.clock() - interval '1 hour';
    IF bindings + conflicts + waiting = 0 THEN
        RETURN;
    END IF;
    RETURN NEXT ROW('bindings', conflicts = 0 AND waiting = 0,
        format('%s bindings, %s open conflicts', bindings, conflicts) || coalesce('; ' || example, '')
            || CASE WHEN waiting > 0 THEN format('; %s decisions wait in the outbox for more than an hour', waiting) ELSE '' END,
        nullif(concat_ws('; ', CASE WHEN conflicts > 0 THEN 'SELECT * FROM aftersale.binding_conflict WHERE settled_at IS NULL; mend the row or the request, then set settled_at' END,
            CASE WHEN waiting > 0 THEN 'SELECT * FROM aftersale.binding_outbox WHERE handled_at IS NULL; the ERP does them and sets handled_at' END), ''))::aftersale.health_check;
END
$function$;
COMMENT ON FUNCTION aftersale.health_of_bindings() IS
'The check bindings of health(), where there are bindings: conflicts between rows of the ERP''s and their requests that nobody has settled, decisions in binding_outbox that the ERP leaves for more than an hour. Example: SELECT * FROM aftersale.health_of_bindings();';

CREATE FUNCTION aftersale.health() RETURNS SETOF aftersale.health_check
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    version int;
BEGIN
    IF pg_catalog.to_regclass('aftersale.installation') IS NULL THEN
        PERFORM aftersale.require_installed();
    END IF;
    RETURN QUERY SELECT * FROM aftersale.health_of_tables();
    SELECT i.schema_version INTO version FROM aftersale.installation i;
    IF version IS NULL OR version < greatest(1, aftersale.tables_version() - 1) OR version > aftersale.tables_version() THEN
        RETURN;
    END IF;
    RETURN QUERY SELECT * FROM aftersale.health_of_job();
    RETURN QUERY SELECT * FROM aftersale.health_of_sweep();
    RETURN QUERY SELECT * FROM aftersale.health_of_deadlines();
    RETURN QUERY SELECT * FROM aftersale.health_of_books();
    RETURN QUERY SELECT * FROM aftersale.health_of_messages();
    RETURN QUERY SELECT * FROM aftersale.health_of_attachments();
    RETURN QUERY SELECT * FROM aftersale.health_of_bindings();
END
$function$;
COMMENT ON FUNCTION aftersale.health() IS
'Looks at the tables'' version, the triggers, the scheduled job and its launcher, the last sweep, the clock, parked requests, time zones, deadlines, holidays, balances, messages of platforms, attachments and bindings; one row each, with the remedy where something is wrong. Where the tables are of a version that the library does not work with, that is all it says. To be called by the owner of the tables. Error RA001: not installed. Example: SELECT * FROM aftersale.health() WHERE NOT ok;';
