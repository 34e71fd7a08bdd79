-- Shops and what is the shop's own: countries, overrides, members, logins.

CREATE TABLE aftersale.shop (
    shop_id bigint PRIMARY KEY,
    platform text NOT NULL,
    name text NOT NULL,
    settings jsonb NOT NULL DEFAULT '{}' CHECK (pg_catalog.jsonb_typeof(settings) = 'object'),
    refunds_held boolean NOT NULL DEFAULT true
);
COMMENT ON TABLE aftersale.shop IS 'A seller''s account on one platform: the tenant.';
COMMENT ON COLUMN aftersale.shop.shop_id IS 'Your number of the shop; it leads every key.';
COMMENT ON COLUMN aftersale.shop.platform IS 'Platform code: temu, tiktok, tiktok_sea, douyin, kuaishou, or your own.';
COMMENT ON COLUMN aftersale.shop.name IS 'For people.';
COMMENT ON COLUMN aftersale.shop.refunds_held IS 'Whether decided refunds wait for release_refunds(), so that loading the past pays nobody.';
COMMENT ON COLUMN aftersale.shop.settings IS 'Settings of the shop: {"fire_overdue_at_opening": true} lets the sweep act on requests that were overdue when opened; {"features": ["negotiated_refund"]}, negotiated_full_refund and negotiated_blocked_by: see propose_refund().';

CREATE TABLE aftersale.shop_country (
    shop_id bigint NOT NULL REFERENCES aftersale.shop ON DELETE CASCADE,
    country text NOT NULL CHECK (country ~ '^[A-Z]{2}$'),
    site text,
    currency text NOT NULL,
    calendar text NOT NULL REFERENCES aftersale.calendar ON UPDATE CASCADE,
    time_zone text NOT NULL,
    settings jsonb NOT NULL DEFAULT '{}' CHECK (pg_catalog.jsonb_typeof(settings) = 'object'),
    PRIMARY KEY (shop_id, country)
);
COMMENT ON TABLE aftersale.shop_country IS 'A country that a shop sells in: its money, its working time, its return modes.';
COMMENT ON COLUMN aftersale.shop_country.shop_id IS 'Shop.';
COMMENT ON COLUMN aftersale.shop_country.country IS 'Country of the buyers, ISO 3166-1 alpha-2.';
COMMENT ON COLUMN aftersale.shop_country.site IS 'The platform''s site, where it has one; NULL: the country.';
COMMENT ON COLUMN aftersale.shop_country.currency IS 'Currency, ISO 4217.';
COMMENT ON COLUMN aftersale.shop_country.calendar IS 'The business calendar by which business days and hours count.';
COMMENT ON COLUMN aftersale.shop_country.time_zone IS 'IANA time zone of the site.';
COMMENT ON COLUMN aftersale.shop_country.settings IS 'What the shop has there, over the platform''s table site: cross_border, cross_border_anywhere, auto_label, fallback_label, merchant_label, features, and what your own flows require.';

CREATE TABLE aftersale.flow_override (
    shop_id bigint NOT NULL REFERENCES aftersale.shop ON DELETE CASCADE,
    flow text NOT NULL,
    state text NOT NULL,
    country text NOT NULL DEFAULT '*',
    term aftersale.sla_term,
    timeout_to text,
    timeout_outcome text,
    effective_from timestamptz NOT NULL DEFAULT '-infinity',
    effective_to timestamptz NOT NULL DEFAULT 'infinity',
    PRIMARY KEY (shop_id, flow, state, country, effective_from),
    CHECK (effective_from < effective_to)
);
COMMENT ON TABLE aftersale.flow_override IS 'A shop''s own terms, and outcomes where the source states none.';
COMMENT ON COLUMN aftersale.flow_override.shop_id IS 'Shop.';
COMMENT ON COLUMN aftersale.flow_override.flow IS 'Flow.';
COMMENT ON COLUMN aftersale.flow_override.state IS 'State whose deadline is the shop''s own.';
COMMENT ON COLUMN aftersale.flow_override.country IS 'Country; * is every country.';
COMMENT ON COLUMN aftersale.flow_override.term IS 'The term instead of the flow''s; NULL: the flow''s.';
COMMENT ON COLUMN aftersale.flow_override.timeout_to IS 'The state after the timeout instead of the flow''s; NULL: the flow''s.';
COMMENT ON COLUMN aftersale.flow_override.timeout_outcome IS 'The outcome after the timeout instead of the flow''s; NULL: the flow''s.';
COMMENT ON COLUMN aftersale.flow_override.effective_from IS 'In force from this instant on, judged when the state is entered.';
COMMENT ON COLUMN aftersale.flow_override.effective_to IS 'No longer in force at this instant.';

CREATE TABLE aftersale.return_fee (
    shop_id bigint NOT NULL REFERENCES aftersale.shop ON DELETE CASCADE,
    kind text NOT NULL CHECK (kind IN ('restocking', 'return_freight')),
    flow text NOT NULL DEFAULT '*',
    country text NOT NULL DEFAULT '*',
    percent numeric(5,2) NOT NULL DEFAULT 0 CHECK (percent >= 0 AND percent <= 100),
    fixed numeric NOT NULL DEFAULT 0 CHECK (fixed >= 0 AND fixed < 'Infinity'),
    cap numeric CHECK (cap >= 0 AND cap < 'Infinity'),
    waived_reasons text[] NOT NULL DEFAULT '{}' CHECK (array_position(waived_reasons, NULL) IS NULL),
    effective_from timestamptz NOT NULL DEFAULT '-infinity',
    effective_to timestamptz NOT NULL DEFAULT 'infinity',
    PRIMARY KEY (shop_id, kind, flow, country, effective_from),
    CHECK (effective_from < effective_to)
);
COMMENT ON TABLE aftersale.return_fee IS 'What a shop keeps back of a refund (TTRET-05), where a flow''s transition says so: once a request, never more than the refund.';
COMMENT ON COLUMN aftersale.return_fee.shop_id IS 'Shop.';
COMMENT ON COLUMN aftersale.return_fee.kind IS 'restocking (the handling of the return) or return_freight (its transport).';
COMMENT ON COLUMN aftersale.return_fee.flow IS 'Flow; * is every flow.';
COMMENT ON COLUMN aftersale.return_fee.country IS 'Country; * is every country. Of several rows of a kind the most particular holds.';
COMMENT ON COLUMN aftersale.return_fee.percent IS 'Percent of the goods that are refunded, 0 to 100, rounded half up to the minor unit.';
COMMENT ON COLUMN aftersale.return_fee.fixed IS 'A fixed amount, in the request''s currency, on top of the share.';
COMMENT ON COLUMN aftersale.return_fee.cap IS 'The most that is kept back, in the request''s currency; NULL: no cap.';
COMMENT ON COLUMN aftersale.return_fee.waived_reasons IS 'Reasons of the buyer for which the fee is waived.';
COMMENT ON COLUMN aftersale.return_fee.effective_from IS 'In force for requests opened from this instant on.';
COMMENT ON COLUMN aftersale.return_fee.effective_to IS 'No longer in force for requests opened at this instant.';

CREATE TABLE aftersale.shop_role_permission (
    shop_id bigint NOT NULL REFERENCES aftersale.shop ON DELETE CASCADE,
    role text NOT NULL,
    permission text NOT NULL,
    granted boolean NOT NULL DEFAULT true,
    granted_by text,
    granted_at timestamptz,
    PRIMARY KEY (shop_id, role, permission)
);
COMMENT ON TABLE aftersale.shop_role_permission IS 'A shop''s own roles and permissions, over the platform''s.';
COMMENT ON COLUMN aftersale.shop_role_permission.shop_id IS 'Shop.';
COMMENT ON COLUMN aftersale.shop_role_permission.role IS 'Role, the platform''s or the shop''s own.';
COMMENT ON COLUMN aftersale.shop_role_permission.permission IS 'Permission, such as agree_refund; * is every permission that no other row of the shop names.';
COMMENT ON COLUMN aftersale.shop_role_permission.granted IS 'true adds the permission to the role, false takes it away.';
COMMENT ON COLUMN aftersale.shop_role_permission.granted_by IS 'The actor who called grant_permission(); NULL: written by hand.';
COMMENT ON COLUMN aftersale.shop_role_permission.granted_at IS 'When; NULL: written by hand.';

CREATE TABLE aftersale.member (
    shop_id bigint NOT NULL REFERENCES aftersale.shop ON DELETE CASCADE,
    actor text NOT NULL CHECK (actor NOT IN ('merchant', 'buyer', 'platform', 'carrier', 'erp', 'system')),
    role text NOT NULL,
    PRIMARY KEY (shop_id, actor)
);
COMMENT ON TABLE aftersale.member IS 'The people of a shop and the role of each.';
COMMENT ON COLUMN aftersale.member.shop_id IS 'Shop.';
COMMENT ON COLUMN aftersale.member.actor IS 'Name of the person, as events record it.';
COMMENT ON COLUMN aftersale.member.role IS 'Role.';

CREATE TABLE aftersale.login (
    login name NOT NULL,
    shop_id bigint NOT NULL REFERENCES aftersale.shop ON DELETE CASCADE,
    actor text NOT NULL,
    may_speak boolean NOT NULL DEFAULT false,
    PRIMARY KEY (login, shop_id)
);
COMMENT ON TABLE aftersale.login IS 'Which shops a database role works for, and as whom.';
COMMENT ON COLUMN aftersale.login.login IS 'Database role.';
COMMENT ON COLUMN aftersale.login.shop_id IS 'A shop that the role sees and works for.';
COMMENT ON COLUMN aftersale.login.actor IS 'The actor that the role acts as.';
COMMENT ON COLUMN aftersale.login.may_speak IS 'Whether it may name another actor (the ERP''s service account).';

CREATE TABLE aftersale.access (
    login name NOT NULL,
    capability text NOT NULL CHECK (capability IN ('service', 'employee', 'reporter', 'sweeper', 'outbox')),
    PRIMARY KEY (login, capability)
);
COMMENT ON TABLE aftersale.access IS 'What grant_access() granted, so that it can be taken back and granted anew.';
COMMENT ON COLUMN aftersale.access.login IS 'Database role.';
COMMENT ON COLUMN aftersale.access.capability IS 'Capability: service, employee, reporter, sweeper or outbox.';
