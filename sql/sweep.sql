
CREATE FUNCTION aftersale.fire_due(shop_id bigint, cutoff timestamptz, max_rows int) RETURNS bigint
LANGUAGE C VOLATILE PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'aftersale_fire_due';
COMMENT ON FUNCTION aftersale.fire_due(bigint, timestamptz, int) IS
'Lets the deadlines of one shop that passed before cutoff (never later than the clock) take effect, oldest first, at most max_rows requests, in the caller''s transaction. Rows that another session holds are left to a later call; a row that fails is parked with its error. Returns how many requests were acted on. Error RA032: an argument is NULL, or max_rows negative. Example: SELECT aftersale.fire_due(1, now(), 1000);';

CREATE FUNCTION aftersale.unpark(shop_id bigint, request_id bigint) RETURNS boolean
LANGUAGE C VOLATILE PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'aftersale_unpark';
COMMENT ON FUNCTION aftersale.unpark(bigint, bigint) IS
'Returns a parked request to the sweep: its fault and attempts are forgotten, and the next run takes it up; also one that was overdue when it was opened, whose deadline then takes effect. For whoever may act for the shop, as the owner of the tables or by UPDATE of request.action. Returns whether it was parked. Errors: RA016 no such request, RA071 the session may not act for the shop, RA032 NULL, 42501 no right to act. Example: SELECT aftersale.unpark(1, 42);';

CREATE PROCEDURE aftersale.sweep(max_rows int DEFAULT 100000, max_seconds int DEFAULT 45, confirm_clock_jump boolean DEFAULT false)
LANGUAGE C
AS 'MODULE_PATHNAME', 'aftersale_sweep';
COMMENT ON PROCEDURE aftersale.sweep(int, int, boolean) IS
'Lets every deadline that has passed take effect, the oldest of a shop first, shops in turns, in batches of 1000, each committed: at most max_rows requests and about max_seconds seconds a run; the rest is the next run''s, and of that every shop has its share. Runs as the caller, as the only statement. A run that meets another returns at once. Rows that fail are parked with their error. confirm_clock_jump: fire although the clock ran far ahead of what can have passed since the last run. Errors: 2D000 inside a transaction block, RA032 an argument is negative, RA036 the clock jumped. Example: CALL aftersale.sweep();';
