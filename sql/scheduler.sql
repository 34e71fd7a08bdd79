
-- pg_cron is detected, never required.

CREATE TYPE aftersale.schedule AS (
    scheduled boolean,
    statement text
);
COMMENT ON TYPE aftersale.schedule IS
'Whether the sweep is scheduled in this database, and the statement that schedules it: done, or to be run by an administrator in the database that has pg_cron.';

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
            HINT = 'Run it as the role that owns the tables: SET ROLE erp; SELECT * FROM aftersale.start();';
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
'Schedules CALL aftersale.sweep() with pg_cron, as the caller, under the job name aftersale:<database>. schedule: a cron expression, every minute by default. Where pg_cron is not in this database, returns scheduled = false and the statement that an administrator runs in the database that has it. Error RA031: a superuser, or a role that may not use pg_cron. Example: SELECT * FROM aftersale.start();';

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

CREATE FUNCTION aftersale.health() RETURNS SETOF aftersale.health_check
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    job text := 'aftersale:' || current_database();
    version int;
    found boolean;
    active boolean;
    beat record;
    parked bigint;
    moved bigint;
    missing text;
BEGIN
    PERFORM aftersale.require_installed();
    SELECT schema_version INTO version FROM aftersale.installation;
    RETURN NEXT ROW('tables', version = aftersale.tables_version(),
        format('version %s, the library writes %s', version, aftersale.tables_version()),
        CASE WHEN version <> aftersale.tables_version() THEN 'SELECT aftersale.migrate();' END)::aftersale.health_check;

    SELECT string_agg(expected, ', ') INTO missing
    FROM unnest(ARRAY['aftersale_decide', 'aftersale_record_insert', 'aftersale_record_update', 'aftersale_keep', 'aftersale_keep_truncate']) expected
    WHERE NOT EXISTS (SELECT FROM pg_catalog.pg_trigger t
                      WHERE t.tgrelid = 'aftersale.request'::regclass AND t.tgname = expected AND t.tgenabled IN ('O', 'A'));
    RETURN NEXT ROW('triggers', missing IS NULL, coalesce('missing or disabled on aftersale.request: ' || missing, 'all enabled'),
        CASE WHEN missing IS NOT NULL THEN 'ALTER TABLE aftersale.request ENABLE TRIGGER USER;' END)::aftersale.health_check;

    IF EXISTS (SELECT FROM pg_catalog.pg_extension WHERE extname = 'pg_cron') AND pg_catalog.has_schema_privilege('cron', 'USAGE') THEN
        EXECUTE 'SELECT true, bool_or(j.active) FROM cron.job j WHERE j.jobname = $1 HAVING count(*) > 0' INTO found, active USING job;
        RETURN NEXT ROW('job', coalesce(found AND active, false),
            CASE WHEN found IS NULL THEN format('no job "%s" of this role', job) WHEN NOT active THEN format('job "%s" is inactive', job) ELSE format('job "%s" is active', job) END,
            CASE WHEN NOT coalesce(found AND active, false) THEN 'SELECT * FROM aftersale.start();' END)::aftersale.health_check;
    ELSE
        RETURN NEXT ROW('job', false, 'pg_cron is not in this database, or this role may not use it',
            'SELECT * FROM aftersale.start(); and run what it returns, or schedule CALL aftersale.sweep() elsewhere')::aftersale.health_check;
    END IF;

    SELECT h.finished_at, h.complete INTO beat FROM aftersale.heartbeat h;
    RETURN NEXT ROW('heartbeat', coalesce(beat.finished_at > pg_catalog.clock_timestamp() - interval '5 minutes', false),
        CASE WHEN beat.finished_at IS NULL THEN 'no sweep has run' ELSE format('the last sweep finished %s', beat.finished_at) END,
        CASE WHEN coalesce(beat.finished_at > pg_catalog.clock_timestamp() - interval '5 minutes', false) THEN NULL
             ELSE 'CALL aftersale.sweep(); then look at the job' END)::aftersale.health_check;

    -- what was computed by another state of the calendar or of the server's zone data
    SELECT count(*) INTO moved
    FROM (SELECT e.due_at, r.entered_at, r.opened_at, r.ordered_at, s.term, s.starts, c.calendar
          FROM aftersale.request r
          CROSS JOIN LATERAL (SELECT x.* FROM aftersale.event x
              WHERE x.shop_id = r.shop_id AND x.request_id = r.request_id AND x.facts ? 'calendar'
              ORDER BY x.event_seq DESC LIMIT 1) e
          JOIN aftersale.flow_state s ON s.flow = r.flow AND s.version = r.flow_version AND s.state = e.to_state
          JOIN aftersale.calendar c ON c.name = e.facts ->> 'calendar'
          WHERE r.act_at IS NOT NULL AND r.platform_due_at IS NULL AND NOT r.provisional
            AND NOT e.facts ? 'overrides' AND s.term IS NOT NULL AND e.to_state = r.state
          ORDER BY r.act_at
          LIMIT 1000) d
    WHERE aftersale.deadline(CASE d.starts WHEN 'opened' THEN d.opened_at WHEN 'ordered' THEN d.ordered_at ELSE d.entered_at END,
        d.term, d.calendar) <> d.due_at;
    RETURN NEXT ROW('deadlines', moved = 0,
        format('of the next 1000 deadlines %s would be computed otherwise by the calendars and zone data of today', moved),
        CASE WHEN moved > 0 THEN 'Holidays or the server''s zone data changed since: set request.platform_due_at where the platform counts anew' END)::aftersale.health_check;

    SELECT count(*) INTO parked FROM aftersale.request WHERE fault IS NOT NULL;
    RETURN NEXT ROW('parked', parked = 0, format('%s requests are left to a person', parked),
        CASE WHEN parked > 0 THEN 'SELECT shop_id, request_id, attempts, fault FROM aftersale.request WHERE fault IS NOT NULL;' END)::aftersale.health_check;
END
$function$;
COMMENT ON FUNCTION aftersale.health() IS
'Looks at the tables'' version, the triggers, the scheduled job, the last sweep and parked requests; one row each, with the remedy where something is wrong. Example: SELECT * FROM aftersale.health() WHERE NOT ok;';
