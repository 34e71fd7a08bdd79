
-- business time: deadlines and measures, with the calendar as a value or by name
CREATE FUNCTION aftersale.deadline(start timestamptz, term aftersale.sla_term, calendar aftersale.business_calendar) RETURNS timestamptz
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'aftersale_deadline';
COMMENT ON FUNCTION aftersale.deadline(timestamptz, aftersale.sla_term, aftersale.business_calendar) IS
'The instant at which a term that begins at start ends; an act at this very instant is in time. The calendar is a value. NULL where an argument is. Errors: 22008 infinite or outside the years 1800 to 2399, RA060 not enough working time. Example: SELECT aftersale.deadline(''2026-10-09 18:00+08'', ''1 business day'', ''zone Asia/Shanghai; mon-fri 00:00-24:00''::aftersale.business_calendar);';

CREATE FUNCTION aftersale.deadline(start timestamptz, term aftersale.sla_term, calendar text) RETURNS timestamptz
LANGUAGE C STABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'aftersale_deadline_named';
COMMENT ON FUNCTION aftersale.deadline(timestamptz, aftersale.sla_term, text) IS
'The instant at which a term that begins at start ends; an act at this very instant is in time. The calendar is a name in table aftersale.calendar. NULL where an argument is. Errors: 22008 infinite or outside the years 1800 to 2399, RA060 not enough working time, RA013 unknown calendar, RA001 not installed. Example: SELECT aftersale.deadline(now(), ''1 business day'', ''CN'');';

CREATE FUNCTION aftersale.deadline_is_provisional(start timestamptz, term aftersale.sla_term, calendar aftersale.business_calendar) RETURNS boolean
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'aftersale_deadline_is_provisional';
COMMENT ON FUNCTION aftersale.deadline_is_provisional(timestamptz, aftersale.sla_term, aftersale.business_calendar) IS
'Whether the deadline of that start and term rests on dates after the calendars "known until", so that it may change when the calendar grows. Always false for elapsed hours and natural days, and for calendars that do not say how far they are known. The calendar is a value. NULL where an argument is. Errors: 22008 infinite or outside the years 1800 to 2399, RA060 not enough working time. Example: SELECT aftersale.deadline_is_provisional(''2026-12-31 18:00+08'', ''1 business day'', ''zone Asia/Shanghai; mon-fri 00:00-24:00; known until 2026-12-31''::aftersale.business_calendar);';

CREATE FUNCTION aftersale.deadline_is_provisional(start timestamptz, term aftersale.sla_term, calendar text) RETURNS boolean
LANGUAGE C STABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'aftersale_deadline_is_provisional_named';
COMMENT ON FUNCTION aftersale.deadline_is_provisional(timestamptz, aftersale.sla_term, text) IS
'Whether the deadline of that start and term rests on dates after the calendars "known until", so that it may change when the calendar grows. Always false for elapsed hours and natural days, and for calendars that do not say how far they are known. The calendar is a name in table aftersale.calendar. NULL where an argument is. Errors: 22008 infinite or outside the years 1800 to 2399, RA060 not enough working time, RA013 unknown calendar, RA001 not installed. Example: SELECT aftersale.deadline_is_provisional(now(), ''1 business day'', ''CN'');';

CREATE FUNCTION aftersale.warning_time(due timestamptz, term aftersale.sla_term, calendar aftersale.business_calendar) RETURNS timestamptz
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'aftersale_warning_time';
COMMENT ON FUNCTION aftersale.warning_time(timestamptz, aftersale.sla_term, aftersale.business_calendar) IS
'The instant at which to warn of a deadline, a term ahead of it: elapsed hours back; natural days back at the same wall time; business hours: the last working instant from which so much working time is left until due; business days: so many business days earlier at the same wall time, or the next working instant after that. Never after due; a term of zero is due itself, or the last closing before it. The calendar is a value. NULL where an argument is. Errors: 22008 infinite or outside the years 1800 to 2399, RA060 not enough working time, 22023 a negative term. Example: SELECT aftersale.warning_time(''2026-10-12 10:00+08'', ''2 business hours'', ''zone Asia/Shanghai; mon-fri 09:00-18:00''::aftersale.business_calendar);';

CREATE FUNCTION aftersale.warning_time(due timestamptz, term aftersale.sla_term, calendar text) RETURNS timestamptz
LANGUAGE C STABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'aftersale_warning_time_named';
COMMENT ON FUNCTION aftersale.warning_time(timestamptz, aftersale.sla_term, text) IS
'The instant at which to warn of a deadline, a term ahead of it: elapsed hours back; natural days back at the same wall time; business hours: the last working instant from which so much working time is left until due; business days: so many business days earlier at the same wall time, or the next working instant after that. Never after due; a term of zero is due itself, or the last closing before it. The calendar is a name in table aftersale.calendar. NULL where an argument is. Errors: 22008 infinite or outside the years 1800 to 2399, RA060 not enough working time, 22023 a negative term, RA013 unknown calendar, RA001 not installed. Example: SELECT aftersale.warning_time(''2026-10-12 10:00+08'', ''2 business hours'', ''CN'');';

CREATE FUNCTION aftersale.business_elapsed(from_at timestamptz, to_at timestamptz, calendar aftersale.business_calendar) RETURNS interval
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'aftersale_business_elapsed';
COMMENT ON FUNCTION aftersale.business_elapsed(timestamptz, timestamptz, aftersale.business_calendar) IS
'The working time between two instants, in hours, minutes and seconds only; negative where to_at is the earlier. The calendar is a value. NULL where an argument is. Errors: 22008 infinite or outside the years 1800 to 2399. Example: SELECT aftersale.business_elapsed(''2026-10-09 17:00+08'', ''2026-10-12 10:00+08'', ''zone Asia/Shanghai; mon-fri 09:00-18:00''::aftersale.business_calendar);';

CREATE FUNCTION aftersale.business_elapsed(from_at timestamptz, to_at timestamptz, calendar text) RETURNS interval
LANGUAGE C STABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'aftersale_business_elapsed_named';
COMMENT ON FUNCTION aftersale.business_elapsed(timestamptz, timestamptz, text) IS
'The working time between two instants, in hours, minutes and seconds only; negative where to_at is the earlier. The calendar is a name in table aftersale.calendar. NULL where an argument is. Errors: 22008 infinite or outside the years 1800 to 2399, RA013 unknown calendar, RA001 not installed. Example: SELECT aftersale.business_elapsed(now() - interval ''7 days'', now(), ''CN office'');';

CREATE FUNCTION aftersale.business_days_between(from_at timestamptz, to_at timestamptz, calendar aftersale.business_calendar) RETURNS bigint
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'aftersale_business_days_between';
COMMENT ON FUNCTION aftersale.business_days_between(timestamptz, timestamptz, aftersale.business_calendar) IS
'The number of working days from the local date of from_at, included, to that of to_at, excluded; negative where to_at is the earlier. The calendar is a value. NULL where an argument is. Errors: 22008 infinite or outside the years 1800 to 2399. Example: SELECT aftersale.business_days_between(''2026-10-09 17:00+08'', ''2026-10-12 10:00+08'', ''zone Asia/Shanghai; mon-fri 00:00-24:00''::aftersale.business_calendar);';

CREATE FUNCTION aftersale.business_days_between(from_at timestamptz, to_at timestamptz, calendar text) RETURNS bigint
LANGUAGE C STABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'aftersale_business_days_between_named';
COMMENT ON FUNCTION aftersale.business_days_between(timestamptz, timestamptz, text) IS
'The number of working days from the local date of from_at, included, to that of to_at, excluded; negative where to_at is the earlier. The calendar is a name in table aftersale.calendar. NULL where an argument is. Errors: 22008 infinite or outside the years 1800 to 2399, RA013 unknown calendar, RA001 not installed. Example: SELECT aftersale.business_days_between(now() - interval ''7 days'', now(), ''CN'');';

CREATE FUNCTION aftersale.is_business_time(at timestamptz, calendar aftersale.business_calendar) RETURNS boolean
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'aftersale_is_business_time';
COMMENT ON FUNCTION aftersale.is_business_time(timestamptz, aftersale.business_calendar) IS
'Whether the instant is working time; an opening is, a closing is not. The calendar is a value. NULL where an argument is. Errors: 22008 infinite or outside the years 1800 to 2399. Example: SELECT aftersale.is_business_time(''2026-10-09 17:00+08'', ''zone Asia/Shanghai; mon-fri 00:00-24:00''::aftersale.business_calendar);';

CREATE FUNCTION aftersale.is_business_time(at timestamptz, calendar text) RETURNS boolean
LANGUAGE C STABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'aftersale_is_business_time_named';
COMMENT ON FUNCTION aftersale.is_business_time(timestamptz, text) IS
'Whether the instant is working time; an opening is, a closing is not. The calendar is a name in table aftersale.calendar. NULL where an argument is. Errors: 22008 infinite or outside the years 1800 to 2399, RA013 unknown calendar, RA001 not installed. Example: SELECT aftersale.is_business_time(now(), ''CN office'');';

CREATE FUNCTION aftersale.next_business_time(at timestamptz, calendar aftersale.business_calendar) RETURNS timestamptz
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'aftersale_next_business_time';
COMMENT ON FUNCTION aftersale.next_business_time(timestamptz, aftersale.business_calendar) IS
'The first working instant at or after the given one. The calendar is a value. NULL where an argument is. Errors: 22008 infinite or outside the years 1800 to 2399, RA060 no working time follows. Example: SELECT aftersale.next_business_time(''2026-10-10 12:00+08'', ''zone Asia/Shanghai; mon-fri 09:00-18:00''::aftersale.business_calendar);';

CREATE FUNCTION aftersale.next_business_time(at timestamptz, calendar text) RETURNS timestamptz
LANGUAGE C STABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'aftersale_next_business_time_named';
COMMENT ON FUNCTION aftersale.next_business_time(timestamptz, text) IS
'The first working instant at or after the given one. The calendar is a name in table aftersale.calendar. NULL where an argument is. Errors: 22008 infinite or outside the years 1800 to 2399, RA060 no working time follows, RA013 unknown calendar, RA001 not installed. Example: SELECT aftersale.next_business_time(now(), ''CN office'');';

CREATE TYPE aftersale.deadline_step AS (step int, from_at timestamptz, to_at timestamptz, counted interval, why text);
COMMENT ON TYPE aftersale.deadline_step IS 'A stretch of time in the explanation of a deadline.';
COMMENT ON COLUMN aftersale.deadline_step.step IS 'Number of the step, from 1, in the order of time.';
COMMENT ON COLUMN aftersale.deadline_step.from_at IS 'Where the stretch begins.';
COMMENT ON COLUMN aftersale.deadline_step.to_at IS 'Where it ends: where the next one begins.';
COMMENT ON COLUMN aftersale.deadline_step.counted IS 'What it counts towards the term: days for clocks in days, else hours, minutes and seconds; negative for negative terms.';
COMMENT ON COLUMN aftersale.deadline_step.why IS 'Why it counts or does not.';
CREATE FUNCTION aftersale.deadline(start timestamptz, term aftersale.sla_term, calendar aftersale.business_calendar, pauses tstzrange[], mode text DEFAULT 'working') RETURNS timestamptz
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'aftersale_deadline_paused';
COMMENT ON FUNCTION aftersale.deadline(timestamptz, aftersale.sla_term, aftersale.business_calendar, tstzrange[], text) IS
'The deadline of a clock that stood during the pauses, computed anew from start, term and all pauses. mode working: the working time inside the pauses is given back in working time; wall: their whole length in elapsed time. Pauses may touch and overlap; what lies before start or begins at or after the deadline does not count. The calendar is a value. NULL where an argument is. Errors: 22008 infinite or outside the years 1800 to 2399, RA060 not enough working time, RA061 a pause without an end lies before the deadline, 22023 unknown mode or a negative term with pauses, 22004 a NULL pause. Example: SELECT aftersale.deadline(''2026-10-09 18:00+08'', ''1 business day'', ''zone Asia/Shanghai; mon-fri 00:00-24:00''::aftersale.business_calendar, ARRAY[tstzrange(''2026-10-12 08:00+08'', ''2026-10-12 10:00+08'')]);';

CREATE FUNCTION aftersale.explain_deadline(start timestamptz, term aftersale.sla_term, calendar aftersale.business_calendar, pauses tstzrange[] DEFAULT '{}', mode text DEFAULT 'working') RETURNS SETOF aftersale.deadline_step
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE ROWS 10 AS 'MODULE_PATHNAME', 'aftersale_explain_deadline';
COMMENT ON FUNCTION aftersale.explain_deadline(timestamptz, aftersale.sla_term, aftersale.business_calendar, tstzrange[], text) IS
'Explains a deadline: the stretches of time between start and deadline without gaps, what each counts and why; what they count adds up to the term. Arguments as of deadline(). The calendar is a value. Errors: 22008 infinite or outside the years 1800 to 2399, RA060 not enough working time, RA061 a pause without an end lies before the deadline, 22023 unknown mode or a negative term with pauses, 22004 a NULL pause. Example: SELECT * FROM aftersale.explain_deadline(''2026-10-09 18:00+08'', ''1 business day'', ''zone Asia/Shanghai; mon-fri 00:00-24:00''::aftersale.business_calendar);';

CREATE FUNCTION aftersale.deadline(start timestamptz, term aftersale.sla_term, calendar text, pauses tstzrange[], mode text DEFAULT 'working') RETURNS timestamptz
LANGUAGE C STABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'aftersale_deadline_paused_named';
COMMENT ON FUNCTION aftersale.deadline(timestamptz, aftersale.sla_term, text, tstzrange[], text) IS
'The deadline of a clock that stood during the pauses, computed anew from start, term and all pauses. mode working: the working time inside the pauses is given back in working time; wall: their whole length in elapsed time. Pauses may touch and overlap; what lies before start or begins at or after the deadline does not count. The calendar is a name in table aftersale.calendar. NULL where an argument is. Errors: 22008 infinite or outside the years 1800 to 2399, RA060 not enough working time, RA061 a pause without an end lies before the deadline, 22023 unknown mode or a negative term with pauses, 22004 a NULL pause, RA013 unknown calendar, RA001 not installed. Example: SELECT aftersale.deadline(''2026-10-09 18:00+08'', ''1 business day'', ''CN'', ARRAY[tstzrange(''2026-10-12 08:00+08'', ''2026-10-12 10:00+08'')]);';

CREATE FUNCTION aftersale.explain_deadline(start timestamptz, term aftersale.sla_term, calendar text, pauses tstzrange[] DEFAULT '{}', mode text DEFAULT 'working') RETURNS SETOF aftersale.deadline_step
LANGUAGE C STABLE STRICT PARALLEL SAFE ROWS 10 AS 'MODULE_PATHNAME', 'aftersale_explain_deadline_named';
COMMENT ON FUNCTION aftersale.explain_deadline(timestamptz, aftersale.sla_term, text, tstzrange[], text) IS
'Explains a deadline: the stretches of time between start and deadline without gaps, what each counts and why; what they count adds up to the term. Arguments as of deadline(). The calendar is a name in table aftersale.calendar. Holidays are named where table aftersale.holiday names them. Errors: 22008 infinite or outside the years 1800 to 2399, RA060 not enough working time, RA061 a pause without an end lies before the deadline, 22023 unknown mode or a negative term with pauses, 22004 a NULL pause, RA013 unknown calendar, RA001 not installed. Example: SELECT * FROM aftersale.explain_deadline(''2026-10-09 18:00+08'', ''1 business day'', ''CN'');';
