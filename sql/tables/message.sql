-- What platforms report, as messages in their own codes.

CREATE SEQUENCE aftersale.message_id;
CREATE TABLE aftersale.platform_message (
    shop_id bigint NOT NULL REFERENCES aftersale.shop ON DELETE CASCADE,
    message_id bigint NOT NULL DEFAULT pg_catalog.nextval('aftersale.message_id'),
    external_ref text NOT NULL,
    flow text,
    field text NOT NULL DEFAULT 'status',
    code text NOT NULL,
    reported_at timestamptz NOT NULL CHECK (pg_catalog.isfinite(reported_at)),
    due_at timestamptz CHECK (pg_catalog.isfinite(due_at)),
    payload jsonb NOT NULL DEFAULT '{}' CHECK (pg_catalog.jsonb_typeof(payload) = 'object'),
    received_at timestamptz NOT NULL DEFAULT aftersale.clock(),
    status text NOT NULL DEFAULT 'new' CHECK (status IN ('new', 'applied', 'repeated', 'stale', 'unknown_code', 'failed')),
    request_id bigint,
    state text,
    covers text[],
    closes boolean,
    event_seq bigint,
    handled_at timestamptz,
    sqlstate text,
    message text,
    PRIMARY KEY (shop_id, message_id),
    UNIQUE NULLS NOT DISTINCT (shop_id, external_ref, flow, field, code, reported_at, due_at)
);
ALTER SEQUENCE aftersale.message_id OWNED BY aftersale.platform_message.message_id;
CREATE INDEX platform_message_new ON aftersale.platform_message (shop_id, external_ref, reported_at) WHERE status = 'new';
CREATE INDEX platform_message_handled ON aftersale.platform_message (shop_id, request_id, reported_at) WHERE status IN ('applied', 'stale');
CREATE INDEX platform_message_fault ON aftersale.platform_message (shop_id, message_id) WHERE status IN ('unknown_code', 'failed');
COMMENT ON TABLE aftersale.platform_message IS 'What platforms report of requests: insert rows, then apply_messages(). import_status() does both for one. Whoever inserts speaks for the platform.';
COMMENT ON COLUMN aftersale.platform_message.shop_id IS 'Shop.';
COMMENT ON COLUMN aftersale.platform_message.message_id IS 'Number of the message.';
COMMENT ON COLUMN aftersale.platform_message.external_ref IS 'The platform''s key of the request: request.external_ref.';
COMMENT ON COLUMN aftersale.platform_message.flow IS 'The request''s flow; NULL: the one that has the key, else the one that the type in the payload chooses.';
COMMENT ON COLUMN aftersale.platform_message.field IS 'The platform''s field, as of status_code.';
COMMENT ON COLUMN aftersale.platform_message.code IS 'The platform''s code, as text.';
COMMENT ON COLUMN aftersale.platform_message.reported_at IS 'The platform''s own time of the change, such as its update_time; messages of a request are ordered by it.';
COMMENT ON COLUMN aftersale.platform_message.due_at IS 'The deadline that the platform gives for the state; NULL: none given. It overrides ours.';
COMMENT ON COLUMN aftersale.platform_message.payload IS 'refunded: what the platform has refunded of the request in all, in its currency; what an opening needs: type, order_ref, ordered_at, opened_at, country, currency, amount, tax, shipping, ratio, reason, items, attributes; anything else stays with the event. Never the buyer''s name, phone or address.';
COMMENT ON COLUMN aftersale.platform_message.received_at IS 'When the row was inserted.';
COMMENT ON COLUMN aftersale.platform_message.status IS 'new: to be applied; applied; repeated: it says what one before it said; stale: a later one holds; unknown_code: the map has no such code, or the flow no such state; failed: refused, see sqlstate and message. replay_messages() tries the last two again.';
COMMENT ON COLUMN aftersale.platform_message.request_id IS 'The request; NULL: not found out.';
COMMENT ON COLUMN aftersale.platform_message.state IS 'Our state that the code means; NULL: none.';
COMMENT ON COLUMN aftersale.platform_message.covers IS 'Finer states of ours that the code leaves as they are.';
COMMENT ON COLUMN aftersale.platform_message.closes IS 'Whether that state is final: of two messages of one instant it is the later one.';
COMMENT ON COLUMN aftersale.platform_message.event_seq IS 'The event that it made; NULL: nothing had to move.';
COMMENT ON COLUMN aftersale.platform_message.handled_at IS 'When it was last tried.';
COMMENT ON COLUMN aftersale.platform_message.sqlstate IS 'Why it is unknown_code or failed.';
COMMENT ON COLUMN aftersale.platform_message.message IS 'The same, for people.';

CREATE VIEW aftersale.message_fault WITH (security_invoker = true) AS
SELECT m.shop_id,
    s.platform,
    m.field,
    m.code,
    m.status,
    m.sqlstate,
    count(*) AS messages,
    min(m.external_ref) AS example,
    min(m.reported_at) AS first_at,
    max(m.reported_at) AS last_at,
    min(m.message) AS message
FROM aftersale.platform_message m
JOIN aftersale.shop s ON s.shop_id = m.shop_id
WHERE m.status IN ('unknown_code', 'failed')
GROUP BY m.shop_id, s.platform, m.field, m.code, m.status, m.sqlstate
ORDER BY m.shop_id, m.field, m.code, m.sqlstate;
COMMENT ON VIEW aftersale.message_fault IS 'Messages that were not understood or were refused, by code. A row in status_code, or whatever the message asks for, and replay_messages() takes them up. Each sees those of his shops.';
COMMENT ON COLUMN aftersale.message_fault.shop_id IS 'Shop.';
COMMENT ON COLUMN aftersale.message_fault.platform IS 'Platform code of the shop.';
COMMENT ON COLUMN aftersale.message_fault.field IS 'The platform''s field.';
COMMENT ON COLUMN aftersale.message_fault.code IS 'The platform''s code.';
COMMENT ON COLUMN aftersale.message_fault.status IS 'unknown_code or failed.';
COMMENT ON COLUMN aftersale.message_fault.sqlstate IS 'Why: RA035 is an unknown code.';
COMMENT ON COLUMN aftersale.message_fault.messages IS 'How many there are.';
COMMENT ON COLUMN aftersale.message_fault.example IS 'external_ref of one of them.';
COMMENT ON COLUMN aftersale.message_fault.first_at IS 'The first of them was reported then.';
COMMENT ON COLUMN aftersale.message_fault.last_at IS 'The last of them was reported then.';
COMMENT ON COLUMN aftersale.message_fault.message IS 'What one of them says, for people.';
