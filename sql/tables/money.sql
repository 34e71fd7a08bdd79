-- Money: what was paid and refunded, decided refunds, and who bears a cost.

CREATE TABLE aftersale.order_balance (
    shop_id bigint NOT NULL,
    order_ref text NOT NULL,
    currency text NOT NULL,
    paid numeric NOT NULL,
    refunded numeric NOT NULL DEFAULT 0,
    platform_extra numeric NOT NULL DEFAULT 0,
    PRIMARY KEY (shop_id, order_ref, currency),
    CONSTRAINT order_balance_paid CHECK (paid >= 0 AND paid < 'Infinity'),
    CONSTRAINT order_balance_not_over_refunded CHECK (refunded >= 0 AND refunded <= paid),
    CONSTRAINT order_balance_platform_extra CHECK (platform_extra >= 0 AND platform_extra < 'Infinity')
);
COMMENT ON TABLE aftersale.order_balance IS 'What was paid for an order and what was refunded of it: refunded can never exceed paid.';
COMMENT ON COLUMN aftersale.order_balance.shop_id IS 'Shop.';
COMMENT ON COLUMN aftersale.order_balance.order_ref IS 'Order.';
COMMENT ON COLUMN aftersale.order_balance.currency IS 'Currency, ISO 4217.';
COMMENT ON COLUMN aftersale.order_balance.paid IS 'What the buyer paid; written by the ERP.';
COMMENT ON COLUMN aftersale.order_balance.refunded IS 'What was decided to be refunded; written by the engine.';
COMMENT ON COLUMN aftersale.order_balance.platform_extra IS 'What the platform refunded beyond paid: reported, never hidden.';

CREATE SEQUENCE aftersale.refund_id;
CREATE TABLE aftersale.refund (
    shop_id bigint NOT NULL,
    refund_id bigint NOT NULL DEFAULT pg_catalog.nextval('aftersale.refund_id'),
    request_id bigint NOT NULL,
    event_seq bigint NOT NULL,
    order_ref text,
    amount numeric NOT NULL CHECK (amount > 0 AND amount < 'Infinity'),
    goods numeric NOT NULL,
    tax numeric NOT NULL DEFAULT 0,
    shipping numeric NOT NULL DEFAULT 0,
    fees numeric NOT NULL DEFAULT 0,
    currency text NOT NULL,
    reason text,
    executed_by text NOT NULL CHECK (executed_by IN ('platform', 'instruct', 'shop')),
    status text NOT NULL CHECK (status IN ('held', 'pending', 'claimed', 'done', 'failed', 'void')),
    idempotency_key text NOT NULL,
    claimed_until timestamptz,
    attempts int NOT NULL DEFAULT 0,
    platform_ref text,
    error text,
    PRIMARY KEY (shop_id, refund_id),
    CONSTRAINT refund_parts CHECK (amount = goods + tax + shipping - fees),
    UNIQUE (shop_id, idempotency_key)
);
ALTER SEQUENCE aftersale.refund_id OWNED BY aftersale.refund.refund_id;
CREATE INDEX refund_request ON aftersale.refund (shop_id, request_id);
CREATE INDEX refund_outbox ON aftersale.refund (shop_id, refund_id) WHERE status IN ('pending', 'claimed', 'failed');
COMMENT ON TABLE aftersale.refund IS 'Decided refunds; those not executed by the platform are the ERP''s outbox.';
COMMENT ON COLUMN aftersale.refund.shop_id IS 'Shop.';
COMMENT ON COLUMN aftersale.refund.refund_id IS 'Number of the refund.';
COMMENT ON COLUMN aftersale.refund.request_id IS 'Request.';
COMMENT ON COLUMN aftersale.refund.event_seq IS 'The event that decided it.';
COMMENT ON COLUMN aftersale.refund.order_ref IS 'Order.';
COMMENT ON COLUMN aftersale.refund.amount IS 'Amount, in currency.';
COMMENT ON COLUMN aftersale.refund.goods IS 'Of it for the goods, before fees.';
COMMENT ON COLUMN aftersale.refund.tax IS 'Of it tax of the goods.';
COMMENT ON COLUMN aftersale.refund.shipping IS 'Of it shipping.';
COMMENT ON COLUMN aftersale.refund.fees IS 'What the shop kept back: each fee is a row of aftersale.charge.';
COMMENT ON COLUMN aftersale.refund.currency IS 'Currency, ISO 4217.';
COMMENT ON COLUMN aftersale.refund.reason IS 'Reason shown to the buyer.';
COMMENT ON COLUMN aftersale.refund.executed_by IS 'platform: it pays by itself; instruct: the ERP must tell the platform; shop: the seller pays.';
COMMENT ON COLUMN aftersale.refund.status IS 'held (until release_refunds()), pending, claimed by a worker, done, failed (offered again later), or void: the platform''s word on the request has undone it.';
COMMENT ON COLUMN aftersale.refund.idempotency_key IS 'Key under which the platform is told, unique in the shop.';
COMMENT ON COLUMN aftersale.refund.claimed_until IS 'Claimed: until when the worker has it; failed: not before this instant is it offered again.';
COMMENT ON COLUMN aftersale.refund.attempts IS 'How often it was claimed.';
COMMENT ON COLUMN aftersale.refund.platform_ref IS 'The platform''s own key of the refund.';
COMMENT ON COLUMN aftersale.refund.error IS 'Why it failed, or by which event it became void.';

CREATE TABLE aftersale.refund_notice (
    shop_id bigint PRIMARY KEY REFERENCES aftersale.shop ON DELETE CASCADE,
    refund_id bigint NOT NULL,
    told_at timestamptz NOT NULL,
    times int NOT NULL
);
COMMENT ON TABLE aftersale.refund_notice IS 'Shops that have refunds to claim and were told so by notify_refunds(): keeps it from repeating itself.';
COMMENT ON COLUMN aftersale.refund_notice.shop_id IS 'Shop.';
COMMENT ON COLUMN aftersale.refund_notice.refund_id IS 'The latest refund that there was to claim.';
COMMENT ON COLUMN aftersale.refund_notice.told_at IS 'When the shop was told last.';
COMMENT ON COLUMN aftersale.refund_notice.times IS 'How often it was told since the latest refund came: the next time is 2^times minutes later, at most an hour.';

CREATE TABLE aftersale.charge (
    shop_id bigint NOT NULL,
    request_id bigint NOT NULL,
    event_seq bigint NOT NULL,
    charge_no int NOT NULL,
    kind text NOT NULL,
    amount numeric NOT NULL CHECK (amount >= 0 AND amount < 'Infinity'),
    currency text NOT NULL,
    bearer text NOT NULL CHECK (bearer IN ('merchant', 'platform', 'buyer', 'carrier')),
    rule text,
    PRIMARY KEY (shop_id, request_id, event_seq, charge_no)
);
COMMENT ON TABLE aftersale.charge IS 'Costs that a rule gives to somebody.';
COMMENT ON COLUMN aftersale.charge.shop_id IS 'Shop.';
COMMENT ON COLUMN aftersale.charge.request_id IS 'Request.';
COMMENT ON COLUMN aftersale.charge.event_seq IS 'The event that gave it.';
COMMENT ON COLUMN aftersale.charge.charge_no IS 'Number of the charge within the event.';
COMMENT ON COLUMN aftersale.charge.kind IS 'interception_fee, return_freight, double_leg, ...';
COMMENT ON COLUMN aftersale.charge.amount IS 'Amount, in currency.';
COMMENT ON COLUMN aftersale.charge.currency IS 'Currency, ISO 4217.';
COMMENT ON COLUMN aftersale.charge.bearer IS 'Who bears it: merchant, platform, buyer or carrier.';
COMMENT ON COLUMN aftersale.charge.rule IS 'The rule''s number.';
