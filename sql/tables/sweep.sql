-- The sweep: its heartbeat, and how it stands with what is due.

CREATE TABLE aftersale.heartbeat (
    one_row boolean PRIMARY KEY DEFAULT true CHECK (one_row),
    started_at timestamptz,
    finished_at timestamptz,
    cutoff timestamptz,
    fired bigint,
    parked bigint,
    complete boolean,
    login name,
    uptime bigint,
    server_started_at timestamptz,
    clock_jump interval
);
COMMENT ON TABLE aftersale.heartbeat IS 'One row: the last run of the sweep.';
COMMENT ON COLUMN aftersale.heartbeat.one_row IS 'Always true: keeps the table at one row.';
COMMENT ON COLUMN aftersale.heartbeat.started_at IS 'When the run began.';
COMMENT ON COLUMN aftersale.heartbeat.finished_at IS 'When it ended.';
COMMENT ON COLUMN aftersale.heartbeat.cutoff IS 'The clock of the last run that trusted it: deadlines before this instant were due.';
COMMENT ON COLUMN aftersale.heartbeat.fired IS 'How many requests it acted on.';
COMMENT ON COLUMN aftersale.heartbeat.parked IS 'How many requests failed and were left to a later run.';
COMMENT ON COLUMN aftersale.heartbeat.complete IS 'Whether it took up all that was due: false where rows were left to the next run, or another session held them.';
COMMENT ON COLUMN aftersale.heartbeat.login IS 'The database role that ran it.';
COMMENT ON COLUMN aftersale.heartbeat.uptime IS 'For how long the machine had been up at cutoff, asleep or awake, in microseconds; NULL: it cannot tell.';
COMMENT ON COLUMN aftersale.heartbeat.server_started_at IS 'The start of the server that ran it: uptime is compared within one run of a server.';
COMMENT ON COLUMN aftersale.heartbeat.clock_jump IS 'How far the clock has run ahead of what can have passed since cutoff, where the last run fired nothing for it; NULL: the clock is trusted.';
INSERT INTO aftersale.heartbeat DEFAULT VALUES;

CREATE INDEX request_fault ON aftersale.request (flow, shop_id) WHERE fault IS NOT NULL;

CREATE VIEW aftersale.status WITH (security_invoker = true) AS
SELECT f.flow,
    COALESCE(d.due, 0) AS due,
    d.oldest_at,
    c.now OPERATOR(pg_catalog.-) d.oldest_at AS lag,
    COALESCE(p.parked, 0) AS parked,
    h.finished_at AS last_run_at,
    h.complete AS last_run_complete
FROM (SELECT DISTINCT w.flow FROM aftersale.flow w) f
CROSS JOIN (SELECT aftersale.clock() AS now) c
CROSS JOIN aftersale.heartbeat h
LEFT JOIN (SELECT r.flow, pg_catalog.count(*) AS due, pg_catalog.min(r.act_at) AS oldest_at
           FROM aftersale.request r WHERE r.act_at < (SELECT aftersale.clock()) GROUP BY r.flow) d ON d.flow = f.flow
LEFT JOIN (SELECT r.flow, pg_catalog.count(*) AS parked
           FROM aftersale.request r WHERE r.fault IS NOT NULL GROUP BY r.flow) p ON p.flow = f.flow;
COMMENT ON VIEW aftersale.status IS 'How the sweep stands, one row a flow: what is due and not yet done, of the shops that the session sees.';
COMMENT ON COLUMN aftersale.status.flow IS 'Flow.';
COMMENT ON COLUMN aftersale.status.due IS 'Requests that the next run will take up.';
COMMENT ON COLUMN aftersale.status.oldest_at IS 'Since when the oldest of them waits; NULL: none does.';
COMMENT ON COLUMN aftersale.status.lag IS 'For how long it has waited.';
COMMENT ON COLUMN aftersale.status.parked IS 'Requests with a fault: those that the sweep tries again later, and those that are left to a person.';
COMMENT ON COLUMN aftersale.status.last_run_at IS 'When the last run of the sweep ended, over all shops; NULL: none has.';
COMMENT ON COLUMN aftersale.status.last_run_complete IS 'Whether it took up all that was due.';
