
CREATE FUNCTION aftersale.fire_due(shop_id bigint, cutoff timestamptz, max_rows int) RETURNS bigint
LANGUAGE C VOLATILE PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'aftersale_fire_due';
COMMENT ON FUNCTION aftersale.fire_due(bigint, timestamptz, int) IS
'Lets the deadlines of one shop that passed before cutoff (never later than the clock) take effect, oldest first, at most max_rows requests, in the caller''s transaction. Rows that another session holds are left to a later call; a row that fails is parked with its error. Returns how many requests were acted on. Error RA032: an argument is NULL, or max_rows negative. Example: SELECT aftersale.fire_due(1, now(), 1000);';

CREATE PROCEDURE aftersale.sweep(max_rows int DEFAULT 100000, max_seconds int DEFAULT 45)
LANGUAGE C
AS 'MODULE_PATHNAME', 'aftersale_sweep';
COMMENT ON PROCEDURE aftersale.sweep(int, int) IS
'Lets every deadline that has passed take effect, oldest first, in batches of 1000, each committed: at most max_rows requests and about max_seconds seconds a run; the rest is the next run''s. Runs as the caller, as the only statement. A run that meets another returns at once. Rows that fail are parked with their error. Errors: 2D000 inside a transaction block, RA032 an argument is negative. Example: CALL aftersale.sweep();';
