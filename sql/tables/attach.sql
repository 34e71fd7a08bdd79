-- Attachments to the ERP's own tables.  What they map stands in the arguments of
-- their triggers; here is what changes without DDL, and what is kept for them.

CREATE TABLE aftersale.attachment (
    name text COLLATE "C" PRIMARY KEY,
    kind text NOT NULL,
    table_schema name NOT NULL,
    table_name name NOT NULL,
    owner name NOT NULL,
    definition jsonb NOT NULL,
    paused boolean NOT NULL DEFAULT false,
    generation int NOT NULL DEFAULT 1 CHECK (generation > 0),
    filled boolean NOT NULL DEFAULT false
);
COMMENT ON TABLE aftersale.attachment IS 'Attachments to the ERP''s own tables, by name; see attachments().';
COMMENT ON COLUMN aftersale.attachment.name IS 'Name, unique in the database; the triggers carry it.';
COMMENT ON COLUMN aftersale.attachment.kind IS 'deadline, refund_check, return_warehouse or binding.';
COMMENT ON COLUMN aftersale.attachment.table_schema IS 'Schema of the table when it was attached; for people.';
COMMENT ON COLUMN aftersale.attachment.table_name IS 'The table when it was attached; for people.';
COMMENT ON COLUMN aftersale.attachment.owner IS 'The table''s owner: triggers of tables of others may not write under this name.';
COMMENT ON COLUMN aftersale.attachment.definition IS 'What the triggers have to carry, as the table''s owner attached it; another definition is not executed with his rights.';
COMMENT ON COLUMN aftersale.attachment.paused IS 'Whether it lets every row pass; see pause().';
COMMENT ON COLUMN aftersale.attachment.generation IS 'Totals of another generation are added up anew before they count.';
COMMENT ON COLUMN aftersale.attachment.filled IS 'Whether every order that has refunds has a total of this generation.';

-- Who owns a table may attach to it and ask how that is; the triggers tell as much.
GRANT SELECT ON aftersale.attachment TO PUBLIC;

CREATE TABLE aftersale.attachment_total (
    shop_id bigint NOT NULL,
    attachment text COLLATE "C" NOT NULL,
    order_ref text COLLATE "C" NOT NULL,
    currency text COLLATE "C" NOT NULL,
    paid numeric,
    refunded numeric NOT NULL,
    generation int NOT NULL,
    PRIMARY KEY (shop_id, order_ref, attachment, currency)
) WITH (fillfactor = 50); -- a bulk statement writes every total of a page anew, which then needs no new index entries
COMMENT ON TABLE aftersale.attachment_total IS 'What the refunds in an ERP''s table come to, by order; kept by the triggers of attach_refund_check().';
COMMENT ON COLUMN aftersale.attachment_total.shop_id IS 'Shop, 0 where the attachment maps none.';
COMMENT ON COLUMN aftersale.attachment_total.attachment IS 'Attachment.';
COMMENT ON COLUMN aftersale.attachment_total.order_ref IS 'The ERP''s key of the order, or of the payment, as text.';
COMMENT ON COLUMN aftersale.attachment_total.currency IS 'Currency, empty where the attachment maps none.';
COMMENT ON COLUMN aftersale.attachment_total.paid IS 'What was paid, as the attachment last saw it; NULL: it has not been asked for yet.';
COMMENT ON COLUMN aftersale.attachment_total.refunded IS 'What the rows that count come to; in minor units where the attachment maps no currency and its amounts are.';
COMMENT ON COLUMN aftersale.attachment_total.generation IS 'Of the attachment when the total was known.';

CREATE TABLE aftersale.attachment_due (
    shop_id bigint NOT NULL,
    attachment text COLLATE "C" NOT NULL,
    row_ref text COLLATE "C" NOT NULL,
    due_at timestamptz NOT NULL,
    PRIMARY KEY (shop_id, attachment, row_ref)
);
CREATE INDEX attachment_due_at ON aftersale.attachment_due (attachment, due_at);
COMMENT ON TABLE aftersale.attachment_due IS 'Deadlines of rows of the ERP''s tables that have no column for them; kept by the triggers of attach_deadline().';
COMMENT ON COLUMN aftersale.attachment_due.shop_id IS 'Shop, 0 where the attachment maps none.';
COMMENT ON COLUMN aftersale.attachment_due.attachment IS 'Attachment.';
COMMENT ON COLUMN aftersale.attachment_due.row_ref IS 'The ERP''s key of the row, as text.';
COMMENT ON COLUMN aftersale.attachment_due.due_at IS 'The instant after which it is late.';
