-- Requests and what belongs to them.

CREATE SEQUENCE aftersale.request_id;
CREATE TABLE aftersale.request (
    shop_id bigint NOT NULL,
    request_id bigint NOT NULL DEFAULT pg_catalog.nextval('aftersale.request_id'),
    external_ref text,
    flow text NOT NULL,
    flow_version int NOT NULL,
    state text NOT NULL,
    outcome text,
    reason text,
    order_ref text,
    ordered_at timestamptz,
    country text NOT NULL,
    currency text NOT NULL,
    amount numeric CHECK (amount >= 0 AND amount < 'Infinity'),
    tax numeric CHECK (tax >= 0 AND tax < 'Infinity'),
    shipping numeric CHECK (shipping >= 0 AND shipping < 'Infinity'),
    ratio aftersale.refund_ratio,
    refund_amount numeric,
    warehouse_id bigint,
    opened_at timestamptz NOT NULL,
    entered_at timestamptz NOT NULL,
    closed_at timestamptz,
    platform_due_at timestamptz,
    due_at timestamptz,
    provisional boolean NOT NULL,
    act_at timestamptz,
    paused_at timestamptz,
    paused_due_at timestamptz,
    extensions int NOT NULL DEFAULT 0,
    event_seq bigint NOT NULL,
    attributes jsonb NOT NULL DEFAULT '{}' CHECK (pg_catalog.jsonb_typeof(attributes) = 'object'),
    attempts int NOT NULL DEFAULT 0,
    fault text,
    action text,
    actor text,
    on_behalf_of text,
    payload jsonb,
    items jsonb,
    last_action text NOT NULL,
    last_actor text NOT NULL,
    last_on_behalf_of text,
    last_payload jsonb,
    last_items jsonb,
    last_facts jsonb,
    last_at timestamptz NOT NULL,
    last_digest bytea NOT NULL,
    seal bigint NOT NULL,
    PRIMARY KEY (shop_id, request_id),
    UNIQUE (shop_id, flow, external_ref),
    CONSTRAINT request_command_at_rest CHECK (action IS NULL AND actor IS NULL AND on_behalf_of IS NULL AND payload IS NULL AND items IS NULL)
);
ALTER SEQUENCE aftersale.request_id OWNED BY aftersale.request.request_id;
CREATE INDEX request_act_at ON aftersale.request (act_at) WHERE act_at IS NOT NULL;
CREATE INDEX request_shop_act_at ON aftersale.request (shop_id, act_at) WHERE act_at IS NOT NULL;
CREATE INDEX request_open ON aftersale.request (shop_id, due_at) WHERE closed_at IS NULL;
CREATE INDEX request_provisional ON aftersale.request (shop_id, request_id) WHERE provisional;
CREATE INDEX request_order_ref ON aftersale.request (shop_id, order_ref);
COMMENT ON TABLE aftersale.request IS 'One after-sales matter. INSERT opens it; UPDATE ... SET action acts on it; the database decides state, outcome and deadline.';
COMMENT ON COLUMN aftersale.request.shop_id IS 'Shop.';
COMMENT ON COLUMN aftersale.request.request_id IS 'Number of the request.';
COMMENT ON COLUMN aftersale.request.external_ref IS 'The ERP''s or platform''s own key, unique within shop and flow.';
COMMENT ON COLUMN aftersale.request.flow IS 'Flow, such as temu/ticket.';
COMMENT ON COLUMN aftersale.request.flow_version IS 'The version of the flow that judges it, for ever. Decided.';
COMMENT ON COLUMN aftersale.request.state IS 'State. Decided.';
COMMENT ON COLUMN aftersale.request.outcome IS 'How it ended or what was forfeited, such as evidence_waived. Decided.';
COMMENT ON COLUMN aftersale.request.reason IS 'The buyer''s reason, by the platform''s code.';
COMMENT ON COLUMN aftersale.request.order_ref IS 'The order; NULL for a pure product question (TEMU-01).';
COMMENT ON COLUMN aftersale.request.ordered_at IS 'When the order was created.';
COMMENT ON COLUMN aftersale.request.country IS 'The buyer''s country; NULL at INSERT takes the shop''s only one.';
COMMENT ON COLUMN aftersale.request.currency IS 'Currency; NULL at INSERT takes that of shop_country.';
COMMENT ON COLUMN aftersale.request.amount IS 'What the buyer asks back for the goods, in currency.';
COMMENT ON COLUMN aftersale.request.tax IS 'What he asks back of their tax, where it is not in amount.';
COMMENT ON COLUMN aftersale.request.shipping IS 'What he asks back of the shipping; no ratio applies to it (TEMU-28).';
COMMENT ON COLUMN aftersale.request.ratio IS 'The refund ratio in force for it; NULL: none.';
COMMENT ON COLUMN aftersale.request.refund_amount IS 'What was decided to be refunded, in currency. Decided.';
COMMENT ON COLUMN aftersale.request.warehouse_id IS 'The return warehouse.';
COMMENT ON COLUMN aftersale.request.opened_at IS 'When the matter was opened on the platform; NULL at INSERT takes now.';
COMMENT ON COLUMN aftersale.request.entered_at IS 'When it entered its state. Decided.';
COMMENT ON COLUMN aftersale.request.closed_at IS 'When it entered a final state; NULL: it is open. Decided.';
COMMENT ON COLUMN aftersale.request.platform_due_at IS 'The deadline that the platform gave for the present state; it overrides the computed one.';
COMMENT ON COLUMN aftersale.request.due_at IS 'Deadline: the instant after which the flow''s timeout applies; an act at this very instant is in time. Decided.';
COMMENT ON COLUMN aftersale.request.provisional IS 'due_at lies beyond what the calendar knows, and may move. Decided.';
COMMENT ON COLUMN aftersale.request.act_at IS 'When the sweep takes it up: the earliest of its deadline and its timers; NULL: never by itself. The sweep''s own.';
COMMENT ON COLUMN aftersale.request.paused_at IS 'Since when its deadline stands; NULL: it does not. Decided.';
COMMENT ON COLUMN aftersale.request.paused_due_at IS 'The deadline that it had then; due_at is NULL meanwhile. Decided.';
COMMENT ON COLUMN aftersale.request.extensions IS 'How often this deadline was extended. Decided.';
COMMENT ON COLUMN aftersale.request.event_seq IS 'Number of its last event. Decided.';
COMMENT ON COLUMN aftersale.request.attributes IS 'Whatever else the ERP wants to keep with it.';
COMMENT ON COLUMN aftersale.request.attempts IS 'How often the sweep failed on it in a row. The sweep''s own.';
COMMENT ON COLUMN aftersale.request.fault IS 'Why the sweep leaves it to a person, or the error of its last attempt; NULL: none. The sweep''s own.';
COMMENT ON COLUMN aftersale.request.action IS 'The command: the action to take. Always NULL at rest.';
COMMENT ON COLUMN aftersale.request.actor IS 'The command: who acts; NULL: whom aftersale.login says the database role acts as, else the role. Always NULL at rest.';
COMMENT ON COLUMN aftersale.request.on_behalf_of IS 'The command: for whom the actor acts. Always NULL at rest.';
COMMENT ON COLUMN aftersale.request.payload IS 'The command: what the action brings along: remark, evidence, is_effective, ... Always NULL at rest.';
COMMENT ON COLUMN aftersale.request.items IS 'The command: at INSERT the lines, an array of {line_no, product, sku, quantity, paid, amount}. Always NULL at rest.';
COMMENT ON COLUMN aftersale.request.last_action IS 'The last action. Decided.';
COMMENT ON COLUMN aftersale.request.last_actor IS 'Who took it. Decided.';
COMMENT ON COLUMN aftersale.request.last_on_behalf_of IS 'For whom. Decided.';
COMMENT ON COLUMN aftersale.request.last_payload IS 'What it brought along. Decided.';
COMMENT ON COLUMN aftersale.request.last_items IS 'The lines that it brought along. Decided.';
COMMENT ON COLUMN aftersale.request.last_facts IS 'What the decision saw. Decided.';
COMMENT ON COLUMN aftersale.request.last_at IS 'When the last act was decided. Decided.';
COMMENT ON COLUMN aftersale.request.last_digest IS 'Digest of its last event, which covers all before it. Decided.';
COMMENT ON COLUMN aftersale.request.seal IS 'Checksum by which a trigger that alters a decision is noticed within the statement. Decided.';

CREATE TABLE aftersale.item (
    shop_id bigint NOT NULL,
    request_id bigint NOT NULL,
    line_no int NOT NULL,
    product text NOT NULL,
    sku text,
    category text,
    quantity numeric CHECK (quantity > 0 AND quantity < 'Infinity'),
    paid numeric CHECK (paid >= 0 AND paid < 'Infinity'),
    amount numeric CHECK (amount >= 0 AND amount < 'Infinity'),
    refunded numeric NOT NULL DEFAULT 0 CHECK (refunded >= 0 AND refunded <= coalesce(amount, 0)),
    PRIMARY KEY (shop_id, request_id, line_no)
);
COMMENT ON TABLE aftersale.item IS 'The lines of a request, written by the engine from request.items.';
COMMENT ON COLUMN aftersale.item.shop_id IS 'Shop.';
COMMENT ON COLUMN aftersale.item.request_id IS 'Request.';
COMMENT ON COLUMN aftersale.item.line_no IS 'Number of the line; where none is given, its place in the array.';
COMMENT ON COLUMN aftersale.item.product IS 'Product (SPU), the unit of routing.';
COMMENT ON COLUMN aftersale.item.sku IS 'SKU.';
COMMENT ON COLUMN aftersale.item.category IS 'Category of the product, for automatic rules; NULL: not given.';
COMMENT ON COLUMN aftersale.item.quantity IS 'How many pieces.';
COMMENT ON COLUMN aftersale.item.paid IS 'What was paid for them, in the request''s currency.';
COMMENT ON COLUMN aftersale.item.amount IS 'What the buyer asks back for them, in the request''s currency.';
COMMENT ON COLUMN aftersale.item.refunded IS 'What was decided to be refunded of it: a refund is spread over what remains of the lines.';

CREATE TABLE aftersale.event (
    shop_id bigint NOT NULL,
    request_id bigint NOT NULL,
    event_seq bigint NOT NULL,
    at timestamptz NOT NULL,
    recorded_at timestamptz NOT NULL,
    action text NOT NULL,
    actor text NOT NULL,
    on_behalf_of text,
    login name NOT NULL,
    role text,
    from_state text,
    to_state text NOT NULL,
    due_at timestamptz,
    rule text,
    payload jsonb,
    facts jsonb,
    digest bytea NOT NULL,
    PRIMARY KEY (shop_id, request_id, event_seq)
);
COMMENT ON TABLE aftersale.event IS 'History, append-only: one line an event.';
COMMENT ON COLUMN aftersale.event.shop_id IS 'Shop.';
COMMENT ON COLUMN aftersale.event.request_id IS 'Request.';
COMMENT ON COLUMN aftersale.event.event_seq IS 'Number of the event within the request: 1 is the opening.';
COMMENT ON COLUMN aftersale.event.at IS 'When it took effect: a timeout at its deadline, whenever the sweep ran.';
COMMENT ON COLUMN aftersale.event.recorded_at IS 'When it was written.';
COMMENT ON COLUMN aftersale.event.action IS 'Action: open, reply, timeout, ...';
COMMENT ON COLUMN aftersale.event.actor IS 'Who acted; the clock is system.';
COMMENT ON COLUMN aftersale.event.on_behalf_of IS 'For whom (KS-11).';
COMMENT ON COLUMN aftersale.event.login IS 'The database role that was connected (session_user).';
COMMENT ON COLUMN aftersale.event.role IS 'The role that it worked as (current_user), where that is another than login.';
COMMENT ON COLUMN aftersale.event.from_state IS 'State before; NULL at the opening.';
COMMENT ON COLUMN aftersale.event.to_state IS 'State after.';
COMMENT ON COLUMN aftersale.event.due_at IS 'The deadline from then on; NULL: none.';
COMMENT ON COLUMN aftersale.event.rule IS 'The number of the rule that was applied.';
COMMENT ON COLUMN aftersale.event.payload IS 'What the action brought along.';
COMMENT ON COLUMN aftersale.event.facts IS 'What the decision saw; see the reference of the engine. NULL: the event is not the last of its decision.';
COMMENT ON COLUMN aftersale.event.digest IS 'SHA-256 over the line and the digest of its predecessor: verify_history() tells where a history was altered.';

CREATE TABLE aftersale.timer (
    shop_id bigint NOT NULL,
    request_id bigint NOT NULL,
    name text NOT NULL,
    event_seq bigint NOT NULL,
    act_at timestamptz NOT NULL,
    stands boolean NOT NULL DEFAULT false,
    attempts int NOT NULL DEFAULT 0,
    PRIMARY KEY (shop_id, request_id, name, event_seq)
);
CREATE INDEX timer_shop_act_at ON aftersale.timer (shop_id, act_at);
COMMENT ON TABLE aftersale.timer IS 'The timers of requests that are armed: warnings, masks, lead times. One that has run out is an event.';
COMMENT ON COLUMN aftersale.timer.shop_id IS 'Shop.';
COMMENT ON COLUMN aftersale.timer.request_id IS 'Request.';
COMMENT ON COLUMN aftersale.timer.name IS 'Name, as of flow_timer.';
COMMENT ON COLUMN aftersale.timer.event_seq IS 'The event that armed it.';
COMMENT ON COLUMN aftersale.timer.act_at IS 'When it runs out; request.act_at is the earliest of them and the deadline.';
COMMENT ON COLUMN aftersale.timer.stands IS 'Its clock stands with the deadline that is paused; act_at is what it was.';
COMMENT ON COLUMN aftersale.timer.attempts IS 'Unused: the sweep counts its attempts in request.attempts.';

CREATE TABLE aftersale.parcel (
    shop_id bigint NOT NULL,
    request_id bigint NOT NULL,
    parcel_no int NOT NULL,
    kind text NOT NULL CHECK (kind IN ('outbound', 'return', 'redelivery', 'reship')),
    carrier text,
    tracking_no text,
    label text,
    state text,
    attempts int NOT NULL DEFAULT 0,
    told_by bigint[] NOT NULL DEFAULT '{0,0,0,0}' CHECK (pg_catalog.cardinality(told_by) = 4),
    PRIMARY KEY (shop_id, request_id, parcel_no)
);
COMMENT ON TABLE aftersale.parcel IS 'Shipments of a request, one of each kind, as the acts told that have a parcel among their effects.';
COMMENT ON COLUMN aftersale.parcel.shop_id IS 'Shop.';
COMMENT ON COLUMN aftersale.parcel.request_id IS 'Request.';
COMMENT ON COLUMN aftersale.parcel.parcel_no IS 'Number of the parcel within the request: 1 outbound, 2 return, 3 redelivery, 4 reship.';
COMMENT ON COLUMN aftersale.parcel.kind IS 'outbound, return, redelivery or reship.';
COMMENT ON COLUMN aftersale.parcel.carrier IS 'Carrier, as the act named it.';
COMMENT ON COLUMN aftersale.parcel.tracking_no IS 'Tracking number.';
COMMENT ON COLUMN aftersale.parcel.label IS 'Where the label is.';
COMMENT ON COLUMN aftersale.parcel.state IS 'What was told of it last, such as shipped, delivered, refused; NULL: nothing.';
COMMENT ON COLUMN aftersale.parcel.attempts IS 'Deliveries that were tried so far.';
COMMENT ON COLUMN aftersale.parcel.told_by IS 'The numbers (event_seq) of the events that told carrier, tracking_no, label and state last, in this order; 0: none.';

CREATE TABLE aftersale.personal (
    shop_id bigint NOT NULL,
    request_id bigint NOT NULL,
    buyer_name text,
    phone text,
    address jsonb,
    visible_until timestamptz,
    salt bytea,
    digest bytea,
    erased_at timestamptz,
    PRIMARY KEY (shop_id, request_id)
);
COMMENT ON TABLE aftersale.personal IS 'Personal data of a request, apart so that erasing it leaves history whole.';
COMMENT ON COLUMN aftersale.personal.shop_id IS 'Shop.';
COMMENT ON COLUMN aftersale.personal.request_id IS 'Request.';
COMMENT ON COLUMN aftersale.personal.buyer_name IS 'Name of the buyer.';
COMMENT ON COLUMN aftersale.personal.phone IS 'Phone of the buyer.';
COMMENT ON COLUMN aftersale.personal.address IS 'Address of the buyer.';
COMMENT ON COLUMN aftersale.personal.visible_until IS 'From this instant on it must not be shown (TEMU-31); NULL: no end.';
COMMENT ON COLUMN aftersale.personal.salt IS 'Random; erased with the data.';
COMMENT ON COLUMN aftersale.personal.digest IS 'SHA-256 over the salt and the data; stays when they are erased.';
COMMENT ON COLUMN aftersale.personal.erased_at IS 'When they were erased; NULL: they are there.';
