-- Triggers, last: a restore loads data before they exist.

DO $do$
DECLARE
    table_name text;
BEGIN
    FOREACH table_name IN ARRAY ARRAY['installation', 'calendar', 'flow', 'flow_state', 'flow_transition', 'flow_timer', 'flow_override', 'return_fee',
        'shop', 'shop_country', 'role_permission', 'shop_role_permission', 'member', 'login', 'rule', 'access', 'site', 'attachment']
    LOOP
        EXECUTE pg_catalog.format('CREATE TRIGGER config_changed AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON aftersale.%I
            FOR EACH STATEMENT EXECUTE FUNCTION aftersale.config_changed()', table_name);
    END LOOP;
END
$do$;

-- Routing: what routing_guard.c watches over.
DO $do$
DECLARE
    table_name text;
BEGIN
    FOREACH table_name IN ARRAY ARRAY['warehouse', 'warehouse_version', 'default_warehouse']
    LOOP
        EXECUTE pg_catalog.format('CREATE TRIGGER routing_lock BEFORE INSERT OR UPDATE OR DELETE ON aftersale.%I
            FOR EACH ROW EXECUTE FUNCTION aftersale.routing_lock()', table_name);
        EXECUTE pg_catalog.format('CREATE TRIGGER routing_truncate BEFORE TRUNCATE ON aftersale.%I
            FOR EACH STATEMENT EXECUTE FUNCTION aftersale.routing_truncate()', table_name);
    END LOOP;
END
$do$;
CREATE TRIGGER warehouse_version_check AFTER INSERT OR UPDATE OR DELETE ON aftersale.warehouse_version
    FOR EACH ROW EXECUTE FUNCTION aftersale.warehouse_version_check();
CREATE TRIGGER default_warehouse_check AFTER INSERT OR UPDATE OR DELETE ON aftersale.default_warehouse
    FOR EACH ROW EXECUTE FUNCTION aftersale.default_warehouse_check();
CREATE TRIGGER warehouse_product_inserted AFTER INSERT ON aftersale.warehouse_product
    REFERENCING NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION aftersale.warehouse_product_check();
CREATE TRIGGER warehouse_product_updated AFTER UPDATE ON aftersale.warehouse_product
    REFERENCING NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION aftersale.warehouse_product_check();

-- One path: every act, of a person, a batch or the clock, passes these.
CREATE TRIGGER aftersale_decide BEFORE INSERT OR UPDATE ON aftersale.request
    FOR EACH ROW EXECUTE FUNCTION aftersale.request_decide();
CREATE TRIGGER aftersale_record_insert AFTER INSERT ON aftersale.request
    REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION aftersale.request_record();
CREATE TRIGGER aftersale_record_update AFTER UPDATE ON aftersale.request
    REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION aftersale.request_record();
CREATE TRIGGER aftersale_keep BEFORE DELETE ON aftersale.request
    FOR EACH ROW EXECUTE FUNCTION aftersale.request_keep();
CREATE TRIGGER aftersale_keep_truncate BEFORE TRUNCATE ON aftersale.request
    FOR EACH STATEMENT EXECUTE FUNCTION aftersale.request_keep();

CREATE TRIGGER personal_changed BEFORE INSERT OR UPDATE ON aftersale.personal
    FOR EACH ROW EXECUTE FUNCTION aftersale.personal_changed();
CREATE TRIGGER aftersale_keep BEFORE DELETE ON aftersale.shop
    FOR EACH ROW EXECUTE FUNCTION aftersale.in_use_keep();
CREATE TRIGGER aftersale_keep BEFORE DELETE ON aftersale.flow
    FOR EACH ROW EXECUTE FUNCTION aftersale.in_use_keep();
CREATE TRIGGER aftersale_keep BEFORE DELETE OR UPDATE OF flow, version, name ON aftersale.flow_timer
    FOR EACH ROW EXECUTE FUNCTION aftersale.in_use_keep();
-- After config_changed, by name: the caches must have forgotten the calendars first.
CREATE TRIGGER zz_calendar_grew AFTER UPDATE ON aftersale.calendar
    REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION aftersale.calendar_grew();

-- Rules are checked when they are saved, and overlaps reported.
CREATE TRIGGER rule_check BEFORE INSERT OR UPDATE ON aftersale.rule
    FOR EACH ROW EXECUTE FUNCTION aftersale.rule_check();
CREATE TRIGGER rule_overlaps_insert AFTER INSERT ON aftersale.rule
    REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION aftersale.rule_overlaps();
CREATE TRIGGER rule_overlaps_update AFTER UPDATE ON aftersale.rule
    REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION aftersale.rule_overlaps();

-- Who reports speaks for the platform.
CREATE TRIGGER message_check BEFORE INSERT OR UPDATE OF shop_id, external_ref, flow, field, code, reported_at, due_at, payload ON aftersale.platform_message
    FOR EACH ROW EXECUTE FUNCTION aftersale.message_check();
