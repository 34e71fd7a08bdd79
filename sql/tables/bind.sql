-- Bindings: which row of the ERP's is which request, what the ERP is to be told,
-- and what it said that its request could not follow.

CREATE TABLE aftersale.bound_row (
    shop_id bigint NOT NULL,
    binding text COLLATE "C" NOT NULL,
    row_ref text COLLATE "C" NOT NULL,
    request_id bigint NOT NULL,
    told_state text,
    told_entered timestamptz,
    PRIMARY KEY (shop_id, binding, row_ref)
);
CREATE UNIQUE INDEX bound_row_request ON aftersale.bound_row (shop_id, request_id);
COMMENT ON TABLE aftersale.bound_row IS 'Rows of tables of the ERP''s that are bound, and their requests.';
COMMENT ON COLUMN aftersale.bound_row.shop_id IS 'Shop.';
COMMENT ON COLUMN aftersale.bound_row.binding IS 'Name of the binding, as of aftersale.attachment.';
COMMENT ON COLUMN aftersale.bound_row.row_ref IS 'Key of the row, as text.';
COMMENT ON COLUMN aftersale.bound_row.request_id IS 'Its request; the last one, where the matter was opened again.';
COMMENT ON COLUMN aftersale.bound_row.told_state IS 'The state of which the ERP was last told by outbox or procedure.';
COMMENT ON COLUMN aftersale.bound_row.told_entered IS 'When that state was entered.';

CREATE SEQUENCE aftersale.outbox_id;
CREATE TABLE aftersale.binding_outbox (
    shop_id bigint NOT NULL,
    outbox_id bigint NOT NULL DEFAULT pg_catalog.nextval('aftersale.outbox_id'),
    binding text NOT NULL,
    row_ref text NOT NULL,
    request_id bigint NOT NULL,
    event_seq bigint NOT NULL,
    code text NOT NULL,
    state text NOT NULL,
    action text NOT NULL,
    outcome text,
    due_at timestamptz,
    refund_amount numeric,
    currency text NOT NULL,
    created_at timestamptz NOT NULL,
    handled_at timestamptz,
    PRIMARY KEY (shop_id, outbox_id)
);
ALTER SEQUENCE aftersale.outbox_id OWNED BY aftersale.binding_outbox.outbox_id;
CREATE INDEX binding_outbox_open ON aftersale.binding_outbox (binding, outbox_id) WHERE handled_at IS NULL;
COMMENT ON TABLE aftersale.binding_outbox IS 'What the engine decided on bound rows and the ERP is to do itself, by states whose write_back is outbox. The ERP sets handled_at.';
COMMENT ON COLUMN aftersale.binding_outbox.shop_id IS 'Shop.';
COMMENT ON COLUMN aftersale.binding_outbox.outbox_id IS 'Number, ascending.';
COMMENT ON COLUMN aftersale.binding_outbox.binding IS 'Name of the binding.';
COMMENT ON COLUMN aftersale.binding_outbox.row_ref IS 'Key of the ERP''s row, as text.';
COMMENT ON COLUMN aftersale.binding_outbox.request_id IS 'Request.';
COMMENT ON COLUMN aftersale.binding_outbox.event_seq IS 'Its last event then.';
COMMENT ON COLUMN aftersale.binding_outbox.code IS 'The status code that the row is to get.';
COMMENT ON COLUMN aftersale.binding_outbox.state IS 'The state that it stands for.';
COMMENT ON COLUMN aftersale.binding_outbox.action IS 'The action that led there, such as timeout.';
COMMENT ON COLUMN aftersale.binding_outbox.outcome IS 'Outcome of the request.';
COMMENT ON COLUMN aftersale.binding_outbox.due_at IS 'Its deadline.';
COMMENT ON COLUMN aftersale.binding_outbox.refund_amount IS 'What was decided to be refunded, in currency.';
COMMENT ON COLUMN aftersale.binding_outbox.currency IS 'Currency.';
COMMENT ON COLUMN aftersale.binding_outbox.created_at IS 'When it was decided.';
COMMENT ON COLUMN aftersale.binding_outbox.handled_at IS 'When the ERP had done it; NULL: not yet.';

CREATE SEQUENCE aftersale.conflict_id;
CREATE TABLE aftersale.binding_conflict (
    shop_id bigint NOT NULL,
    conflict_id bigint NOT NULL DEFAULT pg_catalog.nextval('aftersale.conflict_id'),
    binding text NOT NULL,
    row_ref text NOT NULL,
    request_id bigint,
    kind text NOT NULL CHECK (kind IN ('unmapped', 'refused', 'differs', 'gone')),
    code text,
    state text,
    sqlstate text,
    message text NOT NULL,
    at timestamptz NOT NULL,
    settled_at timestamptz,
    PRIMARY KEY (shop_id, conflict_id)
);
ALTER SEQUENCE aftersale.conflict_id OWNED BY aftersale.binding_conflict.conflict_id;
CREATE INDEX binding_conflict_open ON aftersale.binding_conflict (binding, row_ref) WHERE settled_at IS NULL;
COMMENT ON TABLE aftersale.binding_conflict IS 'What rows of the ERP''s say and their requests do not: for a person to settle, who sets settled_at.';
COMMENT ON COLUMN aftersale.binding_conflict.shop_id IS 'Shop.';
COMMENT ON COLUMN aftersale.binding_conflict.conflict_id IS 'Number, ascending.';
COMMENT ON COLUMN aftersale.binding_conflict.binding IS 'Name of the binding.';
COMMENT ON COLUMN aftersale.binding_conflict.row_ref IS 'Key of the ERP''s row, as text.';
COMMENT ON COLUMN aftersale.binding_conflict.request_id IS 'Its request; NULL: it has none.';
COMMENT ON COLUMN aftersale.binding_conflict.kind IS 'unmapped: the row has a status code that the map does not know. refused: its request cannot follow it. differs: found by backfill(). gone: the row was deleted while its request was open.';
COMMENT ON COLUMN aftersale.binding_conflict.code IS 'The row''s status code.';
COMMENT ON COLUMN aftersale.binding_conflict.state IS 'The request''s state.';
COMMENT ON COLUMN aftersale.binding_conflict.sqlstate IS 'SQLSTATE of the refusal.';
COMMENT ON COLUMN aftersale.binding_conflict.message IS 'What is the matter.';
COMMENT ON COLUMN aftersale.binding_conflict.at IS 'When it was noticed.';
COMMENT ON COLUMN aftersale.binding_conflict.settled_at IS 'When somebody settled it; NULL: open.';
