
-- holidays: growing a calendar, and importing iCalendar files

CREATE FUNCTION aftersale.business_calendar_with(calendar aftersale.business_calendar, off date[] DEFAULT '{}', works date[] DEFAULT '{}',
    hours text DEFAULT NULL, known_until date DEFAULT NULL) RETURNS aftersale.business_calendar
LANGUAGE plpgsql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
SET datestyle = 'ISO, YMD'
AS $function$
DECLARE
    rules jsonb := aftersale.business_calendar_json(calendar);
    working_hours jsonb := coalesce(
        to_jsonb(string_to_array(hours, ',')),
        (SELECT rules -> 'week' -> weekday
         FROM unnest(ARRAY['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun']) WITH ORDINALITY AS w(weekday, n)
         WHERE rules -> 'week' ? weekday ORDER BY n LIMIT 1));
    new_off date[] := coalesce(off, '{}');
    new_works date[] := coalesce(works, '{}');
BEGIN
    IF calendar IS NULL THEN
        RETURN NULL;
    END IF;
    IF cardinality(new_works) > 0 AND working_hours IS NULL THEN
        RAISE EXCEPTION USING ERRCODE = '22023',
            MESSAGE = 'working dates need hours (22023)',
            DETAIL = 'The calendar has no weekly hours that they could have.',
            HINT = 'Give them: hours => ''09:00-18:00''.';
    END IF;
    RETURN aftersale.business_calendar(rules
        || jsonb_build_object('off', ARRAY(
            SELECT d::text FROM (
                SELECT first_day + n AS d
                FROM (SELECT split_part(r, '..', 1)::date AS first_day, split_part(r || '..' || r, '..', CASE WHEN r LIKE '%..%' THEN 2 ELSE 1 END)::date AS last_day
                      FROM jsonb_array_elements_text(coalesce(rules -> 'off', '[]')) AS r) AS runs,
                    generate_series(0, last_day - first_day) AS n
                UNION SELECT unnest(new_off)) AS dates
            WHERE d IS NOT NULL AND d <> ALL (new_works) ORDER BY dates.d))
        || jsonb_build_object('on', (
            SELECT coalesce(jsonb_object_agg(d::text, spans), '{}') FROM (
                SELECT first_day + n AS d, spans
                FROM (SELECT split_part(r, '..', 1)::date AS first_day, split_part(r || '..' || r, '..', CASE WHEN r LIKE '%..%' THEN 2 ELSE 1 END)::date AS last_day, spans
                      FROM jsonb_each(coalesce(rules -> 'on', '{}')) AS e(r, spans)) AS runs,
                    generate_series(0, last_day - first_day) AS n
                WHERE first_day + n <> ALL (new_off || new_works)
                UNION ALL SELECT d, working_hours FROM (SELECT DISTINCT unnest(new_works) AS d) AS w WHERE d IS NOT NULL) AS dates))
        || CASE WHEN greatest(known_until, (rules ->> 'known_until')::date) IS NULL THEN '{}'
           ELSE jsonb_build_object('known_until', greatest(known_until, (rules ->> 'known_until')::date)::text) END);
END
$function$;
COMMENT ON FUNCTION aftersale.business_calendar_with(aftersale.business_calendar, date[], date[], text, date) IS
'The calendar with more dates: off become days off, works become working days (a date in both works), whatever they were before. hours: spans of the working dates, such as ''09:00-18:00''; NULL: those of the first working day of the week. known_until: how far holidays are known; never moved back; NULL leaves it. NULL without a calendar. Errors: 22023 working dates without hours, 22P02 dates or hours that a calendar cannot have. Example: SELECT aftersale.business_calendar_with(''zone UTC; mon-fri 09:00-18:00'', off => ''{2026-12-25}'');';

-- The all-day events of an iCalendar text (RFC 5545).
CREATE FUNCTION aftersale.ics_days(ics text) RETURNS TABLE (day date, works boolean, name text)
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE STRICT
SET search_path = pg_catalog, pg_temp
SET datestyle = 'ISO, YMD'
AS $function$
DECLARE
    -- a line that begins with a blank continues the one before
    lines text[] := regexp_split_to_array(regexp_replace(ics, E'\r?\n[ \t]', '', 'g'), E'\r?\n|\r');
    line text;
    property text;
    value text;
    in_event boolean := false;
    seen_calendar boolean := false;
    nested int := 0;
    number int := 0;
    first_day date;
    last_day date;
    event_works boolean;
    cancelled boolean;
    event_name text;
    fault text;
BEGIN
    FOREACH line IN ARRAY lines LOOP
        number := number + 1;
        CONTINUE WHEN line ~ '^\s*$';
        IF position(':' in line) = 0 THEN
            fault := 'a property and a colon are expected';
            EXIT;
        END IF;
        property := upper(substring(line FROM '^([^:;]*)'));
        -- parameters may hold quoted colons
        value := trim(substring(line FROM '^[^:;]*(?:;[^:;=]*=(?:"[^"]*"|[^:;"]*))*:(.*)$'));
        IF value IS NULL THEN
            fault := 'the parameters of the property cannot be read';
            EXIT;
        END IF;
        IF property = 'BEGIN' AND upper(value) = 'VCALENDAR' THEN
            seen_calendar := true;
        ELSIF NOT seen_calendar THEN
            fault := 'BEGIN:VCALENDAR is expected first';
            EXIT;
        ELSIF property = 'BEGIN' AND upper(value) = 'VEVENT' THEN
            IF in_event THEN
                fault := 'an event within an event';
                EXIT;
            END IF;
            in_event := true;
            first_day := NULL;
            last_day := NULL;
            event_works := false;
            cancelled := false;
            event_name := NULL;
        ELSIF NOT in_event THEN
            CONTINUE;
        ELSIF property = 'END' AND upper(value) = 'VEVENT' THEN
            in_event := false;
            IF first_day IS NULL THEN
                fault := 'the event that ends here has no DTSTART';
                EXIT;
            END IF;
            last_day := coalesce(last_day, first_day);
            IF last_day < first_day OR last_day - first_day > 366 THEN
                fault := 'the event that ends here does not end after its start, or lasts longer than a year';
                EXIT;
            END IF;
            IF NOT cancelled THEN
                FOR n IN 0 .. last_day - first_day LOOP
                    day := first_day + n;
                    works := event_works;
                    name := event_name;
                    RETURN NEXT;
                END LOOP;
            END IF;
        ELSIF property = 'BEGIN' THEN
            nested := nested + 1;
        ELSIF property = 'END' THEN
            nested := nested - 1;
        ELSIF nested > 0 THEN
            CONTINUE;
        ELSIF property IN ('DTSTART', 'DTEND') THEN
            -- all day: a date, or local midnights
            IF value !~ '^[0-9]{8}(T000000)?$' THEN
                fault := 'a date such as 20261001 is expected; only events of whole days can be imported';
                EXIT;
            END IF;
            BEGIN
                IF property = 'DTSTART' THEN
                    first_day := to_date(left(value, 8), 'YYYYMMDD');
                ELSE
                    last_day := to_date(left(value, 8), 'YYYYMMDD') - 1;
                END IF;
            EXCEPTION WHEN datetime_field_overflow OR invalid_datetime_format THEN
                fault := 'there is no such date';
                EXIT;
            END;
        ELSIF property = 'DURATION' THEN
            IF first_day IS NULL OR value !~ '^\+?P[0-9]{1,3}[DW]$' OR value ~ 'P0+[DW]$' THEN
                fault := 'a duration of whole days such as P1D, after DTSTART, is expected';
                EXIT;
            END IF;
            last_day := first_day - 1 + substring(value FROM '[0-9]+')::int * CASE right(value, 1) WHEN 'W' THEN 7 ELSE 1 END;
        ELSIF property IN ('RRULE', 'RDATE', 'EXDATE') THEN
            fault := 'repeating events cannot be imported; use a file that lists each date';
            EXIT;
        ELSIF property = 'SUMMARY' THEN
            event_name := regexp_replace(regexp_replace(value, '\\[nN]', ' ', 'g'), '\\([\\,;])', '\1', 'g');
        ELSIF property = 'STATUS' THEN
            cancelled := upper(value) = 'CANCELLED';
        ELSIF property = 'X-APPLE-SPECIAL-DAY' THEN
            event_works := upper(value) = 'ALTERNATE-WORKDAY';
        END IF;
    END LOOP;
    IF fault IS NULL AND (in_event OR NOT seen_calendar) THEN
        fault := CASE WHEN in_event THEN 'the last event has no end' ELSE 'the text is empty' END;
    END IF;
    IF fault IS NOT NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'RA062',
            MESSAGE = format('invalid iCalendar data at line %s: "%s" (RA062)', number, left(line, 60)),
            DETAIL = format('Line %s (continuation lines joined): %s.', number, fault);
    END IF;
END
$function$;
COMMENT ON FUNCTION aftersale.ics_days(text) IS
'The days of the all-day events of an iCalendar text (RFC 5545): works is true for make-up workdays (X-APPLE-SPECIAL-DAY:ALTERNATE-WORKDAY), name is the summary; cancelled events are left out. Errors: RA062 with the line. Example: SELECT * FROM aftersale.ics_days(E''BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART;VALUE=DATE:20261225\nSUMMARY:Christmas\nEND:VEVENT\nEND:VCALENDAR'');';

CREATE FUNCTION aftersale.import_ics(calendar text, ics text, known_until date DEFAULT NULL) RETURNS int
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    value aftersale.business_calendar;
    imported int;
BEGIN
    IF calendar IS NULL OR ics IS NULL THEN
        RAISE EXCEPTION USING ERRCODE = '22004',
            MESSAGE = 'the calendar''s name and the iCalendar text must not be NULL (22004)';
    END IF;
    PERFORM aftersale.next_business_time('2000-01-01 00:00+00', import_ics.calendar);  -- RA001 and RA013
    SELECT c.calendar INTO STRICT value FROM aftersale.calendar AS c WHERE c.name = import_ics.calendar FOR UPDATE;
    INSERT INTO aftersale.holiday AS h (calendar, day, works, name)
    SELECT import_ics.calendar, d.day, pg_catalog.bool_or(d.works), pg_catalog.string_agg(DISTINCT d.name, ', ')
    FROM aftersale.ics_days(import_ics.ics) AS d GROUP BY d.day
    ON CONFLICT ON CONSTRAINT holiday_pkey DO UPDATE SET works = excluded.works, name = excluded.name;
    GET DIAGNOSTICS imported = ROW_COUNT;
    UPDATE aftersale.calendar AS c
    SET calendar = aftersale.business_calendar_with(value,
        ARRAY(SELECT d.day FROM aftersale.ics_days(import_ics.ics) AS d),
        ARRAY(SELECT d.day FROM aftersale.ics_days(import_ics.ics) AS d WHERE d.works),
        known_until => import_ics.known_until)
    WHERE c.name = import_ics.calendar;
    RETURN imported;
END
$function$;
COMMENT ON FUNCTION aftersale.import_ics(text, text, date) IS
'Puts the all-day events of an iCalendar text into a calendar of table aftersale.calendar: days off, and make-up workdays with the hours of the first working day of the week; their names go into table aftersale.holiday. known_until: how far the file goes; NULL leaves what the calendar says. Returns the number of days. Errors: RA013 unknown calendar, RA062 invalid text, with the line, 22004 NULL, 42501 the caller may not write the table. Example: SELECT aftersale.import_ics(''CN'', pg_read_file(''/tmp/holidays.ics''), ''2026-12-31'');';
