-- Reference data: the same for every shop, loaded by packs, named by text keys.

CREATE TABLE aftersale.installation (
    schema_version int NOT NULL,
    installed_at timestamptz NOT NULL DEFAULT pg_catalog.now(),
    one_row boolean PRIMARY KEY DEFAULT true CHECK (one_row),
    migrated_at timestamptz
);
COMMENT ON TABLE aftersale.installation IS 'One row: the version of these tables.';
COMMENT ON COLUMN aftersale.installation.schema_version IS 'Version of the tables; migrate() raises it. The library works with its own and the one before.';
COMMENT ON COLUMN aftersale.installation.installed_at IS 'When install() ran.';
COMMENT ON COLUMN aftersale.installation.one_row IS 'Always true: keeps the table at one row.';
COMMENT ON COLUMN aftersale.installation.migrated_at IS 'When migrate() brought the tables to their version; NULL: install() made them of it.';
INSERT INTO aftersale.installation (schema_version) VALUES (2);

CREATE TABLE aftersale.calendar (
    name text PRIMARY KEY,
    calendar aftersale.business_calendar NOT NULL,
    title text,
    source text
);
COMMENT ON TABLE aftersale.calendar IS 'Named business calendars.';
COMMENT ON COLUMN aftersale.calendar.name IS 'The name by which shops and functions refer to the calendar.';
COMMENT ON COLUMN aftersale.calendar.calendar IS 'Working time: zone, weekly spans, days off, working weekends, special hours.';
COMMENT ON COLUMN aftersale.calendar.title IS 'For people.';
COMMENT ON COLUMN aftersale.calendar.source IS 'Where its holidays come from, with licence.';

CREATE TABLE aftersale.holiday (
    calendar text NOT NULL REFERENCES aftersale.calendar ON UPDATE CASCADE ON DELETE CASCADE,
    day date NOT NULL,
    works boolean NOT NULL DEFAULT false,
    name text,
    PRIMARY KEY (calendar, day)
);
COMMENT ON TABLE aftersale.holiday IS 'Names of the dates that a calendar''s value has as off or on, for people and explain_deadline(). The value alone decides.';
COMMENT ON COLUMN aftersale.holiday.calendar IS 'Calendar.';
COMMENT ON COLUMN aftersale.holiday.day IS 'Date.';
COMMENT ON COLUMN aftersale.holiday.works IS 'True: a make-up day, which works; false: a day off.';
COMMENT ON COLUMN aftersale.holiday.name IS 'Name of the holiday.';

CREATE TABLE aftersale.flow (
    flow text NOT NULL,
    version int NOT NULL,
    platform text NOT NULL,
    kind text NOT NULL,
    title text,
    initial_state text NOT NULL,
    judged_at text NOT NULL DEFAULT 'opened' CHECK (judged_at IN ('opened', 'ordered')),
    effective_from timestamptz NOT NULL DEFAULT '-infinity',
    effective_to timestamptz NOT NULL DEFAULT 'infinity',
    rule text,
    standing text NOT NULL DEFAULT 'own' CHECK (standing IN ('stated', 'reading', 'external', 'informational', 'own')),
    pack text,
    PRIMARY KEY (flow, version),
    CHECK (version > 0),
    CHECK (effective_from < effective_to)
);
COMMENT ON TABLE aftersale.flow IS 'State machines: one kind of request on one platform, versioned and effective-dated.';
COMMENT ON COLUMN aftersale.flow.flow IS 'Name, platform/kind, such as temu/ticket.';
COMMENT ON COLUMN aftersale.flow.version IS 'Version; a request keeps the version that it was opened under.';
COMMENT ON COLUMN aftersale.flow.platform IS 'Platform code: temu, tiktok, tiktok_sea, douyin, kuaishou, or your own.';
COMMENT ON COLUMN aftersale.flow.kind IS 'Kind of request: ticket, refund_only, return_refund, reship, ...';
COMMENT ON COLUMN aftersale.flow.title IS 'For people.';
COMMENT ON COLUMN aftersale.flow.initial_state IS 'The state in which a request opens.';
COMMENT ON COLUMN aftersale.flow.judged_at IS 'Which instant chooses the version in force: opened (the request) or ordered (the order).';
COMMENT ON COLUMN aftersale.flow.effective_from IS 'In force from this instant on.';
COMMENT ON COLUMN aftersale.flow.effective_to IS 'No longer in force at this instant.';
COMMENT ON COLUMN aftersale.flow.rule IS 'The rule''s number, such as TEMU-01.';
COMMENT ON COLUMN aftersale.flow.standing IS 'stated by the source, a reading (assumption), external, informational, or own.';
COMMENT ON COLUMN aftersale.flow.pack IS 'The pack that loaded it; NULL: your own.';

CREATE TABLE aftersale.flow_state (
    flow text NOT NULL,
    version int NOT NULL,
    state text NOT NULL,
    title text,
    final boolean NOT NULL DEFAULT false,
    waits_for text,
    term aftersale.sla_term,
    starts text NOT NULL DEFAULT 'entered' CHECK (starts IN ('entered', 'opened', 'ordered')),
    pause text NOT NULL DEFAULT 'wall' CHECK (pause IN ('wall', 'working')),
    rule text,
    standing text NOT NULL DEFAULT 'own' CHECK (standing IN ('stated', 'reading', 'external', 'informational', 'own')),
    PRIMARY KEY (flow, version, state),
    FOREIGN KEY (flow, version) REFERENCES aftersale.flow ON UPDATE CASCADE ON DELETE CASCADE
);
COMMENT ON TABLE aftersale.flow_state IS 'The states of a flow, each with the term of its deadline.';
COMMENT ON COLUMN aftersale.flow_state.flow IS 'Flow.';
COMMENT ON COLUMN aftersale.flow_state.version IS 'Version of the flow.';
COMMENT ON COLUMN aftersale.flow_state.state IS 'State, such as requested.';
COMMENT ON COLUMN aftersale.flow_state.title IS 'For people.';
COMMENT ON COLUMN aftersale.flow_state.final IS 'Nothing more is expected in this state; it has no deadline.';
COMMENT ON COLUMN aftersale.flow_state.waits_for IS 'Who has to act in this state: merchant, buyer, platform, carrier. NULL: nobody.';
COMMENT ON COLUMN aftersale.flow_state.term IS 'How long the state may last; NULL: no deadline of its own.';
COMMENT ON COLUMN aftersale.flow_state.starts IS 'From when the term counts: entered (the state), opened (the request) or ordered (the order).';
COMMENT ON COLUMN aftersale.flow_state.pause IS 'How a pause of its deadline is given back: wall, as long as it lasted; working, the working time in it, in working time.';
COMMENT ON COLUMN aftersale.flow_state.rule IS 'The rule''s number.';
COMMENT ON COLUMN aftersale.flow_state.standing IS 'stated, reading, external, informational or own.';

CREATE TABLE aftersale.flow_timer (
    flow text NOT NULL,
    version int NOT NULL,
    name text NOT NULL,
    state text,
    kind text NOT NULL DEFAULT 'warning' CHECK (kind IN ('warning', 'mask', 'alert')),
    term aftersale.sla_term NOT NULL,
    starts text NOT NULL DEFAULT 'before_due' CHECK (starts IN ('before_due', 'entered', 'opened', 'ordered')),
    pause text NOT NULL DEFAULT 'none' CHECK (pause IN ('none', 'wall', 'working')),
    notify text,
    rule text,
    standing text NOT NULL DEFAULT 'own' CHECK (standing IN ('stated', 'reading', 'external', 'informational', 'own')),
    PRIMARY KEY (flow, version, name),
    FOREIGN KEY (flow, version) REFERENCES aftersale.flow ON UPDATE CASCADE ON DELETE CASCADE,
    FOREIGN KEY (flow, version, state) REFERENCES aftersale.flow_state ON UPDATE CASCADE,
    CONSTRAINT flow_timer_mask CHECK (kind <> 'mask' OR (state IS NULL AND starts IN ('opened', 'ordered') AND pause = 'none'))
);
COMMENT ON TABLE aftersale.flow_timer IS 'Secondary promises of a flow beside its deadlines: warnings, the moment an address must be masked, lead times. When one runs out, an event of its name is written and nothing else moves.';
COMMENT ON COLUMN aftersale.flow_timer.flow IS 'Flow.';
COMMENT ON COLUMN aftersale.flow_timer.version IS 'Version of the flow.';
COMMENT ON COLUMN aftersale.flow_timer.name IS 'Name: the action of its event, and a signal that a rule may watch.';
COMMENT ON COLUMN aftersale.flow_timer.state IS 'The state that arms it when it is entered, and ends it when it is left; NULL: the request, from its opening on.';
COMMENT ON COLUMN aftersale.flow_timer.kind IS 'warning (somebody has to act), mask (the buyer''s personal data are hidden from then on, TEMU-31) or alert (something took too long, TTSEA-17). A final state ends warnings and alerts, not masks.';
COMMENT ON COLUMN aftersale.flow_timer.term IS 'How long after its start, or before the deadline.';
COMMENT ON COLUMN aftersale.flow_timer.starts IS 'From when it counts: before_due (the deadline of its state, backwards, in working time where the term is), entered (its state), opened (the request) or ordered (the order).';
COMMENT ON COLUMN aftersale.flow_timer.pause IS 'While the deadline is paused: none, it goes on; wall or working, it stands and is given that time back. One before_due follows its deadline anyhow.';
COMMENT ON COLUMN aftersale.flow_timer.notify IS 'Whom to tell, for the worklist: a role of the shop, such as supervisor; NULL: whoever works on it.';
COMMENT ON COLUMN aftersale.flow_timer.rule IS 'The rule''s number.';
COMMENT ON COLUMN aftersale.flow_timer.standing IS 'stated, reading, external, informational or own.';

CREATE TABLE aftersale.flow_transition (
    flow text NOT NULL,
    version int NOT NULL,
    from_state text NOT NULL,
    action text NOT NULL,
    priority int NOT NULL DEFAULT 0,
    to_state text NOT NULL,
    actors text[] NOT NULL DEFAULT '{merchant}',
    permission text,
    needs text[] NOT NULL DEFAULT '{}',
    condition jsonb NOT NULL DEFAULT '{}' CHECK (pg_catalog.jsonb_typeof(condition) = 'object'),
    requires jsonb NOT NULL DEFAULT '{}' CHECK (pg_catalog.jsonb_typeof(requires) = 'object'),
    on_behalf_of text,
    outcome text,
    effect jsonb NOT NULL DEFAULT '{}' CHECK (pg_catalog.jsonb_typeof(effect) = 'object'),
    clock text NOT NULL DEFAULT 'restart' CHECK (clock IN ('restart', 'keep', 'pause', 'resume', 'extend')),
    rule text,
    standing text NOT NULL DEFAULT 'own' CHECK (standing IN ('stated', 'reading', 'external', 'informational', 'own')),
    PRIMARY KEY (flow, version, from_state, action, priority),
    FOREIGN KEY (flow, version) REFERENCES aftersale.flow ON UPDATE CASCADE ON DELETE CASCADE,
    FOREIGN KEY (flow, version, from_state) REFERENCES aftersale.flow_state ON UPDATE CASCADE,
    FOREIGN KEY (flow, version, to_state) REFERENCES aftersale.flow_state ON UPDATE CASCADE
);
COMMENT ON TABLE aftersale.flow_transition IS 'What each action does in each state; the action timeout is what the clock does when the deadline has passed, the action open, from the initial state, in which state a request opens, or that it is refused.';
COMMENT ON COLUMN aftersale.flow_transition.flow IS 'Flow.';
COMMENT ON COLUMN aftersale.flow_transition.version IS 'Version of the flow.';
COMMENT ON COLUMN aftersale.flow_transition.from_state IS 'The state in which the action is allowed.';
COMMENT ON COLUMN aftersale.flow_transition.action IS 'The action, such as reply; timeout is the clock''s.';
COMMENT ON COLUMN aftersale.flow_transition.priority IS 'Among transitions of one action in one state, the highest priority whose condition holds is taken.';
COMMENT ON COLUMN aftersale.flow_transition.to_state IS 'The state afterwards; the same state is allowed.';
COMMENT ON COLUMN aftersale.flow_transition.actors IS 'Who may act: merchant, buyer, platform, carrier, erp, system.';
COMMENT ON COLUMN aftersale.flow_transition.permission IS 'The permission that a member of the shop needs; NULL: none.';
COMMENT ON COLUMN aftersale.flow_transition.needs IS 'Payload keys that must be given and not be empty, such as {remark,evidence}.';
COMMENT ON COLUMN aftersale.flow_transition.condition IS 'The transition is considered only where the payload contains this object, such as {"is_effective": false}.';
COMMENT ON COLUMN aftersale.flow_transition.requires IS 'The transition is considered only where the request meets all members of this object: {"attributes": {...}} (its attributes contain them), {"settings": {...}} (the settings of the shop in its country do, over those of the platform''s site), {"carrier": "listed"} or {"reject_reason": "no_evidence"} (the payload''s, in the platform''s lists), {"policy": "eligible"}, {"return_address": "before_order"}, {"never": {"action": "arrive"}}, ... See the reference of flows.';
COMMENT ON COLUMN aftersale.flow_transition.on_behalf_of IS 'For whom the act is, where it names nobody (KS-11); NULL: nobody.';
COMMENT ON COLUMN aftersale.flow_transition.outcome IS 'What is recorded as the request''s outcome; NULL leaves it.';
COMMENT ON COLUMN aftersale.flow_transition.effect IS 'What else happens, such as {"refund": {"of": "given_or_asked", "executed_by": "platform"}}; {}: nothing. See the reference of flows.';
COMMENT ON COLUMN aftersale.flow_transition.clock IS 'restart: the deadline is computed for the new state; keep: it stays as it is; pause: it stands; resume: it goes on, later by the time it stood; extend: it moves, once, by the term of the effect.';
COMMENT ON COLUMN aftersale.flow_transition.rule IS 'The rule''s number.';
COMMENT ON COLUMN aftersale.flow_transition.standing IS 'stated, reading, external, informational or own.';

CREATE TABLE aftersale.flow_advice (
    flow text NOT NULL,
    version int NOT NULL,
    name text NOT NULL,
    state text,
    action text NOT NULL,
    condition jsonb NOT NULL DEFAULT '{}' CHECK (pg_catalog.jsonb_typeof(condition) = 'object'),
    advice text NOT NULL,
    rule text,
    standing text NOT NULL DEFAULT 'own' CHECK (standing IN ('stated', 'reading', 'external', 'informational', 'own')),
    PRIMARY KEY (flow, version, name),
    FOREIGN KEY (flow, version) REFERENCES aftersale.flow ON UPDATE CASCADE ON DELETE CASCADE,
    FOREIGN KEY (flow, version, state) REFERENCES aftersale.flow_state ON UPDATE CASCADE
);
COMMENT ON TABLE aftersale.flow_advice IS 'What a platform advises before an action is taken. It blocks nothing: advice() tells it.';
COMMENT ON COLUMN aftersale.flow_advice.flow IS 'Flow.';
COMMENT ON COLUMN aftersale.flow_advice.version IS 'Version of the flow.';
COMMENT ON COLUMN aftersale.flow_advice.name IS 'Name.';
COMMENT ON COLUMN aftersale.flow_advice.state IS 'The state in which it holds; NULL: any.';
COMMENT ON COLUMN aftersale.flow_advice.action IS 'The action before which it is told.';
COMMENT ON COLUMN aftersale.flow_advice.condition IS 'What the request''s attributes must contain, such as {"freight_insurance": true}; {}: nothing.';
COMMENT ON COLUMN aftersale.flow_advice.advice IS 'The advice, for people.';
COMMENT ON COLUMN aftersale.flow_advice.rule IS 'The rule''s number.';
COMMENT ON COLUMN aftersale.flow_advice.standing IS 'stated, reading, external, informational or own.';

CREATE TABLE aftersale.role_permission (
    platform text NOT NULL,
    role text NOT NULL,
    permission text NOT NULL,
    rule text,
    PRIMARY KEY (platform, role, permission)
);
COMMENT ON TABLE aftersale.role_permission IS 'The permissions of a platform''s roles.';
COMMENT ON COLUMN aftersale.role_permission.platform IS 'Platform code.';
COMMENT ON COLUMN aftersale.role_permission.role IS 'Role of a shop''s member, such as administrator.';
COMMENT ON COLUMN aftersale.role_permission.permission IS 'Permission, such as agree_refund; * is every permission (the main account).';
COMMENT ON COLUMN aftersale.role_permission.rule IS 'The rule''s number.';

CREATE TABLE aftersale.site (
    platform text NOT NULL,
    site text NOT NULL,
    settings jsonb NOT NULL CHECK (pg_catalog.jsonb_typeof(settings) = 'object'),
    effective_from timestamptz NOT NULL DEFAULT '-infinity',
    effective_to timestamptz NOT NULL DEFAULT 'infinity',
    rule text,
    standing text NOT NULL DEFAULT 'own' CHECK (standing IN ('stated', 'reading', 'external', 'informational', 'own')),
    PRIMARY KEY (platform, site, effective_from),
    CHECK (effective_from < effective_to)
);
COMMENT ON TABLE aftersale.site IS 'What a platform offers on each of its sites. A shop''s own settings go over it, but for what it forbids.';
COMMENT ON COLUMN aftersale.site.platform IS 'Platform code.';
COMMENT ON COLUMN aftersale.site.site IS 'The site: shop_country.site, or the country where that is NULL.';
COMMENT ON COLUMN aftersale.site.settings IS 'auto_label (the platform books return labels), region (returns cross borders within it, TEMU-16), cross_border (false: never, whatever the shop sets), cross_border_needs (the setting that must be true for it).';
COMMENT ON COLUMN aftersale.site.effective_from IS 'In force from this instant on.';
COMMENT ON COLUMN aftersale.site.effective_to IS 'No longer in force at this instant.';
COMMENT ON COLUMN aftersale.site.rule IS 'The rule''s number.';
COMMENT ON COLUMN aftersale.site.standing IS 'stated, reading, external, informational or own.';

CREATE TABLE aftersale.carrier (
    platform text NOT NULL,
    code text NOT NULL,
    carrier text NOT NULL,
    name text,
    region text NOT NULL DEFAULT '*',
    aliases text[] NOT NULL DEFAULT '{}',
    PRIMARY KEY (platform, code, region)
);
COMMENT ON TABLE aftersale.carrier IS 'Carriers with the platform''s codes.';
COMMENT ON COLUMN aftersale.carrier.platform IS 'Platform code.';
COMMENT ON COLUMN aftersale.carrier.code IS 'The platform''s code of the carrier.';
COMMENT ON COLUMN aftersale.carrier.carrier IS 'Our name of the carrier, the same on every platform.';
COMMENT ON COLUMN aftersale.carrier.name IS 'For people.';
COMMENT ON COLUMN aftersale.carrier.region IS 'Region of the list; * is everywhere.';
COMMENT ON COLUMN aftersale.carrier.aliases IS 'Other codes met for the same carrier.';

CREATE TABLE aftersale.reason (
    platform text NOT NULL,
    kind text NOT NULL,
    code text NOT NULL,
    title text,
    evidence_needed boolean NOT NULL DEFAULT false,
    rule text,
    PRIMARY KEY (platform, kind, code)
);
COMMENT ON TABLE aftersale.reason IS 'Reasons that buyers and merchants give, by the platform''s codes.';
COMMENT ON COLUMN aftersale.reason.platform IS 'Platform code.';
COMMENT ON COLUMN aftersale.reason.kind IS 'Kind of request, or of act: reject.';
COMMENT ON COLUMN aftersale.reason.code IS 'The platform''s code.';
COMMENT ON COLUMN aftersale.reason.title IS 'For people.';
COMMENT ON COLUMN aftersale.reason.evidence_needed IS 'Whether the platform demands evidence with this reason.';
COMMENT ON COLUMN aftersale.reason.rule IS 'The rule''s number.';

CREATE TABLE aftersale.status_code (
    platform text NOT NULL,
    field text NOT NULL DEFAULT 'status',
    code text NOT NULL,
    flow text NOT NULL DEFAULT '*',
    state text,
    title text,
    aliases text[] NOT NULL DEFAULT '{}',
    covers text[] NOT NULL DEFAULT '{}',
    action text,
    standing text NOT NULL DEFAULT 'own' CHECK (standing IN ('stated', 'reading', 'external', 'informational', 'own')),
    PRIMARY KEY (platform, field, code, flow)
);
COMMENT ON TABLE aftersale.status_code IS 'What the platforms'' status codes mean in our states.';
COMMENT ON COLUMN aftersale.status_code.platform IS 'Platform code.';
COMMENT ON COLUMN aftersale.status_code.field IS 'The platform''s field.';
COMMENT ON COLUMN aftersale.status_code.code IS 'The platform''s code, as text.';
COMMENT ON COLUMN aftersale.status_code.flow IS 'The flow for which it holds; * is every flow of the platform that has no row of its own.';
COMMENT ON COLUMN aftersale.status_code.state IS 'Our state; NULL: the code says nothing of the state.';
COMMENT ON COLUMN aftersale.status_code.title IS 'For people.';
COMMENT ON COLUMN aftersale.status_code.aliases IS 'Other spellings met for the same code; they are read, never written.';
COMMENT ON COLUMN aftersale.status_code.covers IS 'Finer states of ours that the platform does not tell apart from state: a request in one of them stays there.';
COMMENT ON COLUMN aftersale.status_code.action IS 'The platform''s action that the code reports, where several of a flow lead to the state; NULL: the first of them by name.';
COMMENT ON COLUMN aftersale.status_code.standing IS 'stated, reading, external, informational or own.';

CREATE TABLE aftersale.flow_choice (
    platform text NOT NULL,
    type text NOT NULL DEFAULT '*',
    reason text NOT NULL DEFAULT '*',
    flow text NOT NULL,
    priority int NOT NULL DEFAULT 0,
    rule text,
    standing text NOT NULL DEFAULT 'own' CHECK (standing IN ('stated', 'reading', 'external', 'informational', 'own')),
    PRIMARY KEY (platform, type, reason)
);
COMMENT ON TABLE aftersale.flow_choice IS 'Which flow a request takes that is opened without naming one.';
COMMENT ON COLUMN aftersale.flow_choice.platform IS 'Platform code, as of the shop.';
COMMENT ON COLUMN aftersale.flow_choice.type IS 'The platform''s code of the type of request, or our kind: request.attributes, member type; * is every type.';
COMMENT ON COLUMN aftersale.flow_choice.reason IS 'The buyer''s reason: request.reason; * is every reason.';
COMMENT ON COLUMN aftersale.flow_choice.flow IS 'The flow.';
COMMENT ON COLUMN aftersale.flow_choice.priority IS 'The highest of the rows that fit is taken; among equals one that names the type, then one that names the reason.';
COMMENT ON COLUMN aftersale.flow_choice.rule IS 'The rule''s number.';
COMMENT ON COLUMN aftersale.flow_choice.standing IS 'stated, reading, external, informational or own.';
