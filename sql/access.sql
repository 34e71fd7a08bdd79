-- Access: permissions of members, rights of database roles, personal data.

CREATE FUNCTION aftersale.has_permission(shop_id bigint, permission text, actor text DEFAULT NULL) RETURNS boolean
LANGUAGE C STABLE PARALLEL RESTRICTED
AS 'MODULE_PATHNAME', 'aftersale_has_permission';
COMMENT ON FUNCTION aftersale.has_permission(bigint, text, text) IS
'Whether an actor of a shop has a permission by his role there (KS-02, DOUYIN-03). actor: NULL is the session itself; the ERP itself (the owner of the tables, a login with may_speak) has every permission as long as it names nobody. A role that has nothing to do with the shop: false. NULL where shop_id or permission is NULL. Example: SELECT aftersale.has_permission(1, ''agree_refund'', ''alice'');';

CREATE FUNCTION aftersale.grant_permission(shop_id bigint, role text, permission text, granted boolean DEFAULT true,
    actor text DEFAULT NULL) RETURNS text
LANGUAGE C VOLATILE PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'aftersale_grant_permission';
COMMENT ON FUNCTION aftersale.grant_permission(bigint, text, text, boolean, text) IS
'Gives a permission to a role of one shop, or takes it away (granted => false), over what the platform''s roles have (DOUYIN-03, KS-03). Whoever has permission grant_permission, as the main account has, may grant what he has himself. actor: who grants; NULL: the session itself. Writes aftersale.shop_role_permission as the owner of the tables, with who and when. Returns a sentence. Errors: RA070 the actor has not grant_permission, or not what he grants; RA071, RA072 the session may not act for the shop or the actor; RA010 no such shop; RA032 NULL. Example: SELECT aftersale.grant_permission(1, ''operator'', ''agree_refund'');';

-- ---- rights of database roles ----

CREATE FUNCTION aftersale.access_statements(role name, capability text) RETURNS SETOF text
LANGUAGE plpgsql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    reads boolean := access_statements.capability IN ('service', 'employee', 'reporter');
    tables_owner oid := (SELECT c.relowner FROM pg_catalog.pg_class c WHERE c.oid = pg_catalog.to_regclass('aftersale.installation'));
    relation record;
BEGIN
    PERFORM aftersale.require_installed();
    RETURN NEXT format('GRANT USAGE ON SCHEMA aftersale TO %I', access_statements.role);
    FOR relation IN
        SELECT c.relname, c.relkind FROM pg_catalog.pg_class c
        WHERE c.relnamespace = 'aftersale'::regnamespace AND c.relowner = tables_owner AND c.relkind IN ('r', 'p', 'v', 'S')
        ORDER BY c.relkind = 'S', c.relname COLLATE "C"
    LOOP
        IF relation.relkind = 'S' THEN
            IF access_statements.capability = 'service' THEN
                RETURN NEXT format('GRANT USAGE ON SEQUENCE aftersale.%I TO %I', relation.relname, access_statements.role);
            END IF;
        ELSIF (CASE
            WHEN relation.relname IN ('personal', 'heartbeat') THEN false
            WHEN relation.relname IN ('installation', 'login', 'access') THEN true
            WHEN access_statements.capability = 'outbox' THEN relation.relname IN ('shop', 'refund', 'binding_outbox')
            ELSE reads END)
        THEN
            RETURN NEXT format('GRANT SELECT ON aftersale.%I TO %I', relation.relname, access_statements.role);
        END IF;
    END LOOP;
    FOR relation IN
        SELECT r.privileges, r.name
        FROM (VALUES
            ('service', 1, 'INSERT, UPDATE', 'request'),
            ('service', 2, 'INSERT (shop_id, order_ref, currency, paid), UPDATE (paid)', 'order_balance'),
            ('service', 3, 'SELECT (shop_id, request_id, visible_until, erased_at), INSERT (shop_id, request_id, buyer_name, phone, address, visible_until), UPDATE (buyer_name, phone, address, visible_until)', 'personal'),
            ('service', 4, 'INSERT, UPDATE, DELETE', 'warehouse'),
            ('service', 5, 'INSERT, UPDATE, DELETE', 'warehouse_version'),
            ('service', 6, 'INSERT, UPDATE, DELETE', 'default_warehouse'),
            ('service', 7, 'INSERT, UPDATE, DELETE', 'warehouse_product'),
            ('service', 8, 'INSERT, UPDATE, DELETE', 'rule'),
            ('service', 10, 'INSERT, UPDATE, DELETE', 'return_policy'),
            ('employee', 1, 'UPDATE (action, actor, on_behalf_of, payload)', 'request'),
            ('service', 9, 'SELECT (finished_at, complete)', 'heartbeat'),
            ('service', 10, 'INSERT (shop_id, external_ref, flow, field, code, reported_at, due_at, payload), UPDATE (payload, status, request_id, state, covers, closes, event_seq, handled_at, sqlstate, message)', 'platform_message'),
            ('employee', 2, 'SELECT (finished_at, complete)', 'heartbeat'),
            ('reporter', 1, 'SELECT (finished_at, complete)', 'heartbeat'),
            ('sweeper', 1, 'SELECT (shop_id, request_id, act_at, attempts), UPDATE (action, actor, act_at, attempts, fault)', 'request'),
            ('sweeper', 2, 'SELECT, UPDATE', 'heartbeat'),
            ('service', 11, 'UPDATE (handled_at)', 'binding_outbox'),
            ('service', 12, 'UPDATE (settled_at)', 'binding_conflict'),
            ('outbox', 1, 'UPDATE (status, claimed_until, attempts, platform_ref, error)', 'refund'),
            ('outbox', 2, 'UPDATE (handled_at)', 'binding_outbox')
        ) AS r(capability, place, privileges, name)
        WHERE r.capability = access_statements.capability
          -- before migrate() there may be tables that are not there yet
          AND pg_catalog.to_regclass('aftersale.' || r.name) IS NOT NULL
        ORDER BY r.place
    LOOP
        RETURN NEXT format('GRANT %s ON aftersale.%I TO %I', relation.privileges, relation.name, access_statements.role);
    END LOOP;
END
$function$;
COMMENT ON FUNCTION aftersale.access_statements(name, text) IS
'The statements by which grant_access() gives a database role a capability, for reading before running. Error RA001: the tables are not installed. Example: SELECT aftersale.access_statements(''alice'', ''employee'');';

CREATE FUNCTION aftersale.require_access_owner(role name, capability text) RETURNS name
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    capabilities constant text[] := ARRAY['service', 'employee', 'reporter', 'sweeper', 'outbox'];
    tables_owner oid;
BEGIN
    PERFORM aftersale.require_installed();
    SELECT c.relowner INTO tables_owner FROM pg_catalog.pg_class c WHERE c.oid = 'aftersale.installation'::regclass;
    IF require_access_owner.capability IS NULL OR require_access_owner.capability <> ALL (capabilities) THEN
        RAISE EXCEPTION USING ERRCODE = 'RA073',
            MESSAGE = format('capability "%s" does not exist (RA073)', require_access_owner.capability),
            HINT = format('There are: %s.', array_to_string(capabilities, ', '));
    END IF;
    IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles r WHERE r.rolname = require_access_owner.role) THEN
        RAISE EXCEPTION USING ERRCODE = 'RA073',
            MESSAGE = format('role "%s" does not exist (RA073)', require_access_owner.role),
            HINT = 'Name a role of the database: CREATE ROLE alice LOGIN;';
    END IF;
    IF NOT pg_catalog.pg_has_role(current_user, tables_owner, 'USAGE') THEN
        RAISE EXCEPTION USING ERRCODE = 'RA074',
            MESSAGE = format('role "%s" does not own the tables of aftersale (RA074)', current_user),
            HINT = format('The owner does it, or a superuser: SET ROLE %I;', pg_catalog.pg_get_userbyid(tables_owner));
    END IF;
    IF pg_catalog.pg_has_role(require_access_owner.role, tables_owner, 'USAGE') THEN
        RAISE EXCEPTION USING ERRCODE = 'RA073',
            MESSAGE = format('role "%s" has the rights of the tables'' owner already (RA073)', require_access_owner.role),
            HINT = 'Capabilities are for roles that do not own the tables.';
    END IF;
    RETURN pg_catalog.pg_get_userbyid(tables_owner);
END
$function$;
COMMENT ON FUNCTION aftersale.require_access_owner(name, text) IS
'The owner of the tables, where the session may grant and revoke the capability for the role; else an error: RA073 no such capability or role, RA074 the session is neither the owner nor a superuser. Example: SELECT aftersale.require_access_owner(''alice'', ''employee'');';

CREATE FUNCTION aftersale.set_sweepers() RETURNS void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    sweepers text := (SELECT string_agg(format('%I', a.login), ', ' ORDER BY a.login)
                      FROM aftersale.access a JOIN pg_catalog.pg_roles r ON r.rolname = a.login WHERE a.capability = 'sweeper');
    policy record;
BEGIN
    -- roles in place of a row-level test, so that nobody else's queries pay for it
    FOR policy IN
        SELECT * FROM (VALUES ('sweeper_reads', 'FOR SELECT', 'USING (true)'),
                              ('sweeper_acts', 'FOR UPDATE', 'USING (act_at IS NOT NULL) WITH CHECK (true)')) AS p(name, command, expression)
    LOOP
        IF EXISTS (SELECT FROM pg_catalog.pg_policy p
                   WHERE p.polrelid = 'aftersale.request'::regclass AND p.polname = policy.name) THEN
            EXECUTE format('DROP POLICY %I ON aftersale.request', policy.name);
        END IF;
        IF sweepers IS NOT NULL THEN
            EXECUTE format('CREATE POLICY %I ON aftersale.request %s TO %s %s', policy.name, policy.command, sweepers, policy.expression);
        END IF;
    END LOOP;
END
$function$;
COMMENT ON FUNCTION aftersale.set_sweepers() IS
'Lets the policies of aftersale.request that are the sweeper''s own hold for the roles that have the capability, and nobody else. Called by grant_access() and revoke_access(); needs the rights of the tables'' owner. Example: SELECT aftersale.set_sweepers();';

CREATE FUNCTION aftersale.grant_access(role name, capability text) RETURNS text
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    statement text;
    missing text;
BEGIN
    PERFORM aftersale.require_access_owner(grant_access.role, grant_access.capability);
    IF EXISTS (SELECT FROM aftersale.access a WHERE a.login = grant_access.role AND a.capability <> grant_access.capability
               AND 'sweeper' IN (a.capability, grant_access.capability)) THEN
        RAISE EXCEPTION USING ERRCODE = 'RA073',
            MESSAGE = format('role "%s" cannot be a sweeper and something else (RA073)', grant_access.role),
            DETAIL = 'The sweeper sees the keys of every shop''s requests; with another capability it would see the requests.',
            HINT = 'Give the sweeper a role of its own.';
    END IF;
    IF grant_access.capability = 'sweeper' THEN
        -- its policies need this lock: taken before any right is written, or a vacuum of the table could deadlock
        LOCK TABLE aftersale.request IN ACCESS EXCLUSIVE MODE;
    END IF;
    FOR statement IN SELECT s FROM aftersale.access_statements(grant_access.role, grant_access.capability) AS s LOOP
        IF statement LIKE 'GRANT USAGE ON SCHEMA%' AND pg_catalog.has_schema_privilege(grant_access.role, 'aftersale', 'USAGE') THEN
            CONTINUE;
        END IF;
        EXECUTE statement;
    END LOOP;
    -- EXECUTE is PUBLIC's, unless an administrator took it away
    FOR statement IN
        SELECT format('GRANT EXECUTE ON %s %s TO %I', CASE p.prokind WHEN 'p' THEN 'PROCEDURE' ELSE 'FUNCTION' END,
                      p.oid::regprocedure, grant_access.role)
        FROM pg_catalog.pg_proc p
        WHERE p.pronamespace = 'aftersale'::regnamespace AND NOT pg_catalog.has_function_privilege(grant_access.role, p.oid, 'EXECUTE')
          AND (SELECT r.rolsuper FROM pg_catalog.pg_roles r WHERE r.rolname = current_user)
        ORDER BY p.oid::regprocedure::text COLLATE "C"
    LOOP
        EXECUTE statement;
    END LOOP;
    missing := CASE
        WHEN NOT pg_catalog.has_schema_privilege(grant_access.role, 'aftersale', 'USAGE')
            THEN format('GRANT USAGE ON SCHEMA aftersale TO %I', grant_access.role)
        WHEN EXISTS (SELECT FROM pg_catalog.pg_proc p
                     WHERE p.pronamespace = 'aftersale'::regnamespace AND NOT pg_catalog.has_function_privilege(grant_access.role, p.oid, 'EXECUTE'))
            THEN format('GRANT EXECUTE ON ALL ROUTINES IN SCHEMA aftersale TO %I', grant_access.role)
    END;
    IF missing IS NOT NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'RA074',
            MESSAGE = format('role "%s" may not hand on what capability "%s" needs (RA074)', current_user, grant_access.capability),
            HINT = format('An administrator runs: %s; or grant_access() itself.', missing);
    END IF;
    -- whoever calls, the triggers of the table are its owner's
    PERFORM aftersale.execute_as_owner('aftersale.access', format('INSERT INTO aftersale.access (login, capability) VALUES (%L, %L) ON CONFLICT DO NOTHING',
        grant_access.role, grant_access.capability));
    IF grant_access.capability = 'sweeper' THEN
        PERFORM aftersale.execute_as_owner('aftersale.access', 'SELECT aftersale.set_sweepers()');
    END IF;
    RETURN format('role "%s" has capability "%s"', grant_access.role, grant_access.capability)
        || CASE WHEN grant_access.capability <> 'sweeper'
                 AND NOT EXISTS (SELECT FROM aftersale.login l WHERE l.login = grant_access.role)
                THEN '; for which shops says aftersale.login, where it has no row yet' ELSE '' END;
END
$function$;
COMMENT ON FUNCTION aftersale.grant_access(name, text) IS
'Gives a database role all the rights on schema, tables, sequences and functions that a capability needs, in one call. role: a role that does not own the tables; capability: service (the ERP''s service account: opens requests, acts, keeps balances, warehouses, rules and personal data), employee (a person: reads, acts), reporter (reads), sweeper (runs CALL aftersale.sweep() over all shops and nothing else; never together with another capability), outbox (claims and confirms refunds). For which shops, and as whom, is said by rows of aftersale.login; the sweeper needs none. Run by the owner of the tables or a superuser; repeating it brings the rights up to date. Returns a sentence. Errors: RA073 no such capability or role, RA074 not the owner, or lacking a right that would be handed on; RA001. Example: SELECT aftersale.grant_access(''alice'', ''employee'');';

CREATE FUNCTION aftersale.revoke_access(role name, capability text) RETURNS text
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    tables_owner name := aftersale.require_access_owner(revoke_access.role, revoke_access.capability);
    statement text;
    kept text;
BEGIN
    -- everything goes, then what the role's other capabilities need comes back;
    -- rights on the schema may have been granted by the owner and by an administrator
    IF EXISTS (SELECT FROM pg_catalog.pg_namespace n, pg_catalog.aclexplode(n.nspacl) x
               WHERE n.nspname = 'aftersale' AND pg_catalog.pg_get_userbyid(x.grantee) = revoke_access.role) THEN
        EXECUTE format('REVOKE ALL ON SCHEMA aftersale FROM %I', revoke_access.role);
    END IF;
    IF EXISTS (SELECT FROM pg_catalog.pg_namespace n, pg_catalog.aclexplode(n.nspacl) x
               WHERE n.nspname = 'aftersale' AND pg_catalog.pg_get_userbyid(x.grantee) = revoke_access.role) THEN
        PERFORM aftersale.execute_as_owner('aftersale.access', format('REVOKE ALL ON SCHEMA aftersale FROM %I', revoke_access.role));
    END IF;
    FOR statement IN
        SELECT format('REVOKE ALL ON aftersale.%I FROM %I', c.relname, revoke_access.role)
        FROM pg_catalog.pg_class c
        WHERE c.relnamespace = 'aftersale'::regnamespace AND c.relkind IN ('r', 'p', 'v', 'S')
          AND pg_catalog.pg_get_userbyid(c.relowner) = tables_owner
    LOOP
        PERFORM aftersale.execute_as_owner('aftersale.access', statement);
    END LOOP;
    PERFORM aftersale.execute_as_owner('aftersale.access', format('DELETE FROM aftersale.access WHERE login = %L AND capability = %L',
        revoke_access.role, revoke_access.capability));
    IF revoke_access.capability = 'sweeper' THEN
        PERFORM aftersale.execute_as_owner('aftersale.access', 'SELECT aftersale.set_sweepers()');
    END IF;
    FOR kept IN SELECT a.capability FROM aftersale.access a WHERE a.login = revoke_access.role ORDER BY a.capability LOOP
        PERFORM aftersale.grant_access(revoke_access.role, kept);
    END LOOP;
    RETURN format('role "%s" no longer has capability "%s"', revoke_access.role, revoke_access.capability);
END
$function$;
COMMENT ON FUNCTION aftersale.revoke_access(name, text) IS
'Takes a capability from a database role: all its rights on the tables of aftersale go, also those granted by hand, and what its other capabilities need is granted anew. Rows of aftersale.login stay: delete those too, or the role still acts for its shops once it is granted anything again. Returns a sentence. Errors: as of grant_access(). Example: SELECT aftersale.revoke_access(''alice'', ''employee'');';

-- ---- personal data ----

CREATE FUNCTION aftersale.personal_changed() RETURNS trigger
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $function$
BEGIN
    IF TG_OP = 'INSERT' AND NEW.visible_until IS NULL THEN
        -- TEMU-31: the flow says how long they may be seen
        SELECT min(aftersale.deadline(CASE t.starts WHEN 'ordered' THEN r.ordered_at ELSE r.opened_at END, t.term, c.calendar))
        INTO NEW.visible_until
        FROM aftersale.request r
        JOIN aftersale.flow_timer t ON t.flow = r.flow AND t.version = r.flow_version AND t.kind = 'mask'
        JOIN aftersale.shop_country c ON c.shop_id = r.shop_id AND c.country = r.country
        WHERE r.shop_id = NEW.shop_id AND r.request_id = NEW.request_id;
    END IF;
    IF TG_OP = 'UPDATE' THEN
        IF (NEW.shop_id, NEW.request_id) IS DISTINCT FROM (OLD.shop_id, OLD.request_id) THEN
            RAISE EXCEPTION USING ERRCODE = 'RA027', MESSAGE = 'personal data cannot be moved to another request (RA027)',
                HINT = 'Erase them, and write them anew: SELECT aftersale.erase_personal(shop_id, request_id);';
        END IF;
        NEW.salt := OLD.salt;
        NEW.digest := OLD.digest;
        NEW.erased_at := OLD.erased_at;
        IF (NEW.buyer_name, NEW.phone, NEW.address) IS NOT DISTINCT FROM (OLD.buyer_name, OLD.phone, OLD.address) THEN
            RETURN NEW;
        END IF;
    END IF;
    IF coalesce(NEW.buyer_name, NEW.phone, NEW.address::text) IS NULL THEN
        -- without its salt the digest tells nothing any more
        NEW.salt := NULL;
        NEW.erased_at := CASE WHEN TG_OP = 'UPDATE' THEN aftersale.clock() END;
        IF TG_OP = 'INSERT' THEN
            NEW.digest := NULL;
        END IF;
    ELSE
        NEW.salt := uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid());
        NEW.digest := sha256(NEW.salt || convert_to(jsonb_build_array(NEW.buyer_name, NEW.phone, NEW.address)::text, 'UTF8'));
        NEW.erased_at := NULL;
    END IF;
    RETURN NEW;
END
$function$;
COMMENT ON FUNCTION aftersale.personal_changed() IS
'Trigger function of aftersale.personal: keeps a salted digest of the data, which stays when the data and the salt are erased; sets visible_until by the flow''s timers of kind mask, where the INSERT leaves it out (TEMU-31). For install() only. Error RA027: the key was changed.';

CREATE FUNCTION aftersale.erase_personal(shop_id bigint, request_id bigint) RETURNS boolean
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $function$
BEGIN
    PERFORM aftersale.require_installed();
    UPDATE aftersale.personal p SET buyer_name = NULL, phone = NULL, address = NULL
    WHERE p.shop_id = erase_personal.shop_id AND p.request_id = erase_personal.request_id AND p.erased_at IS NULL;
    RETURN FOUND;
END
$function$;
COMMENT ON FUNCTION aftersale.erase_personal(bigint, bigint) IS
'Erases the buyer''s name, phone and address of a request for good; a digest whose salt is erased with them stays. History is untouched: it never held them. Needs UPDATE on aftersale.personal (the owner, a service account). Returns whether there was something to erase. Example: SELECT aftersale.erase_personal(1, 42);';

CREATE FUNCTION aftersale.mask(value text, kept int) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $function$
SELECT CASE
    WHEN value IS NULL THEN NULL
    WHEN length(value) <= 2 * abs(kept) THEN '***'
    WHEN kept >= 0 THEN left(value, kept) || '***'
    ELSE '***' || right(value, -kept) END
$function$;
COMMENT ON FUNCTION aftersale.mask(text, int) IS
'A text of which only the first kept characters are shown, or the last where kept is negative; nothing of it where it is not at least twice as long. NULL: NULL. Example: SELECT aftersale.mask(''Alice'', 1); gives A***.';

CREATE FUNCTION aftersale.is_tables_owner() RETURNS boolean
LANGUAGE sql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $function$
SELECT pg_catalog.pg_has_role(current_user, c.relowner, 'USAGE')
FROM pg_catalog.pg_class c
WHERE c.oid = pg_catalog.to_regclass('aftersale.installation')
$function$;
COMMENT ON FUNCTION aftersale.is_tables_owner() IS
'Whether the session has the rights of the role that owns the tables, or is a superuser; NULL before install(). Example: SELECT aftersale.is_tables_owner();';
