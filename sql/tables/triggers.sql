-- Triggers, last: a restore loads data before they exist.

DO $do$
DECLARE
    table_name text;
BEGIN
    FOREACH table_name IN ARRAY ARRAY['installation', 'calendar', 'flow', 'flow_state', 'flow_transition', 'flow_override',
        'shop', 'shop_country', 'role_permission', 'shop_role_permission', 'member', 'login', 'rule']
    LOOP
        EXECUTE pg_catalog.format('CREATE TRIGGER config_changed AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON aftersale.%I
            FOR EACH STATEMENT EXECUTE FUNCTION aftersale.config_changed()', table_name);
    END LOOP;
END
$do$;
