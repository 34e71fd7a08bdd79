
-- The outbox of refunds: what the ERP pays, or orders the platform to pay.
-- Polling is the contract; what the platform does by itself is never offered.

CREATE TYPE aftersale.refund_claim AS (
    shop_id bigint,
    refund_id bigint,
    request_id bigint,
    order_ref text,
    amount numeric,
    currency text,
    reason text,
    executed_by text,
    idempotency_key text,
    attempts int,
    claimed_until timestamptz
);
COMMENT ON TYPE aftersale.refund_claim IS
'A refund that a worker has claimed: its keys, amount in currency, who executes it (instruct: the platform is to be told, shop: the seller pays), the key under which it is to be sent, how often it was claimed, until when the worker has it.';

CREATE FUNCTION aftersale.claim_refunds(shop_id bigint, max_rows int, lease interval DEFAULT '5 minutes')
RETURNS SETOF aftersale.refund_claim
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    now timestamptz := aftersale.clock();
BEGIN
    PERFORM aftersale.require_installed();
    IF claim_refunds.shop_id IS NULL OR max_rows IS NULL OR lease IS NULL OR max_rows < 0 OR lease <= interval '0' THEN
        RAISE EXCEPTION USING ERRCODE = 'RA032',
            MESSAGE = 'claim_refunds() needs a shop, a number of rows from 0 on and a lease above 0 (RA032)';
    END IF;
    RETURN QUERY
    -- materialized: as a plain subquery it may be scanned again for each row, with its LIMIT
    WITH due AS MATERIALIZED (
        SELECT q.refund_id
        FROM aftersale.refund q
        WHERE q.shop_id = claim_refunds.shop_id
          AND (q.status = 'pending' OR (q.status IN ('claimed', 'failed') AND q.claimed_until < now))
          AND q.executed_by <> 'platform'
        ORDER BY q.refund_id
        LIMIT max_rows
        FOR NO KEY UPDATE SKIP LOCKED)
    UPDATE aftersale.refund r
    SET status = 'claimed', claimed_until = now + lease, attempts = r.attempts + 1
    FROM due
    WHERE r.shop_id = claim_refunds.shop_id AND r.refund_id = due.refund_id
    RETURNING r.shop_id, r.refund_id, r.request_id, r.order_ref, r.amount, r.currency, r.reason, r.executed_by,
        r.idempotency_key, r.attempts, r.claimed_until;
END
$function$;
COMMENT ON FUNCTION aftersale.claim_refunds(bigint, int, interval) IS
'Hands a worker at most max_rows refunds of a shop, oldest first, for the time of the lease: those that are pending, those that failed and are due again, and those whose lease ran out. Refunds that another worker is claiming are left out, and what the platform executes by itself is never offered. Send each under its idempotency_key, then call confirm_refund(). Error RA032: an argument is missing or out of range. Example: SELECT refund_id, amount, currency, idempotency_key FROM aftersale.claim_refunds(1, 100, ''5 minutes'');';

CREATE FUNCTION aftersale.confirm_refund(shop_id bigint, refund_id bigint, status text, platform_ref text DEFAULT NULL, error text DEFAULT NULL)
RETURNS text
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    known aftersale.refund;
BEGIN
    PERFORM aftersale.require_installed();
    IF confirm_refund.status IS NULL OR confirm_refund.status NOT IN ('done', 'failed') THEN
        RAISE EXCEPTION USING ERRCODE = 'RA032',
            MESSAGE = format('status "%s" of a refund is neither done nor failed (RA032)', confirm_refund.status);
    END IF;
    SELECT * INTO known FROM aftersale.refund r
    WHERE r.shop_id = confirm_refund.shop_id AND r.refund_id = confirm_refund.refund_id
    FOR NO KEY UPDATE;
    IF NOT FOUND THEN
        RAISE EXCEPTION USING ERRCODE = 'RA046',
            MESSAGE = format('refund "%s" of shop "%s" does not exist (RA046)', confirm_refund.refund_id, confirm_refund.shop_id),
            HINT = 'Refunds are rows of table aftersale.refund.';
    END IF;
    IF known.status = 'done' THEN
        IF confirm_refund.status = 'done' AND known.platform_ref IS NOT DISTINCT FROM confirm_refund.platform_ref THEN
            RETURN 'done';
        END IF;
        RAISE EXCEPTION USING ERRCODE = 'RA047',
            MESSAGE = format('refund "%s" of shop "%s" is done already (RA047)', known.refund_id, known.shop_id),
            DETAIL = format('It was confirmed with reference %s, now "%s" with reference %s is reported.',
                coalesce('"' || known.platform_ref || '"', 'none'), confirm_refund.status, coalesce('"' || confirm_refund.platform_ref || '"', 'none')),
            HINT = 'Compare with the platform: the same refund may have been sent under two keys.';
    END IF;
    IF known.status IN ('held', 'pending') AND known.attempts = 0 THEN
        RAISE EXCEPTION USING ERRCODE = 'RA047',
            MESSAGE = format('refund "%s" of shop "%s" was never claimed (RA047)', known.refund_id, known.shop_id),
            HINT = 'Claim it first: SELECT * FROM aftersale.claim_refunds(shop_id, max_rows, lease).';
    END IF;
    UPDATE aftersale.refund r
    SET status = confirm_refund.status,
        platform_ref = confirm_refund.platform_ref,
        error = confirm_refund.error,
        -- a failed one is offered again, each time twice as late, at most after a day
        claimed_until = CASE WHEN confirm_refund.status = 'failed' THEN
            aftersale.clock() + least(interval '1 day', interval '1 minute' * power(2, least(r.attempts - 1, 20))) END
    WHERE r.shop_id = confirm_refund.shop_id AND r.refund_id = confirm_refund.refund_id
      AND (r.status <> confirm_refund.status OR r.error IS DISTINCT FROM confirm_refund.error);
    RETURN confirm_refund.status;
END
$function$;
COMMENT ON FUNCTION aftersale.confirm_refund(bigint, bigint, text, text, text) IS
'Reports what became of a claimed refund: status done or failed, the platform''s own key platform_ref, the error where it failed. The same report again changes nothing and gives the same answer; another one for a refund that is done is an error. A failed refund is offered again after a minute, then after two, at most after a day. Returns the status. Errors: RA032 another status, RA046 no such refund, RA047 done with other content, or never claimed. Example: SELECT aftersale.confirm_refund(1, 7, ''done'', ''R-4711'');';

CREATE FUNCTION aftersale.release_refunds(shop_id bigint) RETURNS bigint
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    released bigint;
BEGIN
    PERFORM aftersale.require_installed();
    UPDATE aftersale.shop s SET refunds_held = false WHERE s.shop_id = release_refunds.shop_id AND s.refunds_held;
    IF NOT FOUND AND NOT EXISTS (SELECT FROM aftersale.shop s WHERE s.shop_id = release_refunds.shop_id) THEN
        RAISE EXCEPTION USING ERRCODE = 'RA010',
            MESSAGE = format('shop "%s" does not exist (RA010)', release_refunds.shop_id),
            HINT = 'Shops are rows of table aftersale.shop.';
    END IF;
    UPDATE aftersale.refund r SET status = 'pending' WHERE r.shop_id = release_refunds.shop_id AND r.status = 'held';
    GET DIAGNOSTICS released = ROW_COUNT;
    RETURN released;
END
$function$;
COMMENT ON FUNCTION aftersale.release_refunds(bigint) IS
'Refunds of a new shop are held, so that loading the past pays nobody. Releases those held so far and lets later ones go straight to the outbox. Look at them first: refunds that were paid long ago are to be set to done by the owner. Returns how many were released. Error RA010: no such shop. Example: SELECT aftersale.release_refunds(1);';

-- A partial refund that the merchant negotiated with the buyer (TEMU-20 to TEMU-26).

CREATE FUNCTION aftersale.propose_refund(shop_id bigint, order_ref text, amount numeric, items jsonb, evidence text[], remark text,
    actor text DEFAULT NULL) RETURNS aftersale.decision
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    shop record;
    balance record;
    blocking record;
    line record;
    site record;
    sites bigint;
    asked numeric := amount;
    by_quantity boolean := coalesce(jsonb_typeof(items) = 'array', false) AND jsonb_path_exists(items, '$[*].quantity');
    lines jsonb;
    problem text;
    rule text;
    hint text;
    result aftersale.decision;
BEGIN
    PERFORM aftersale.require_installed();
    SELECT s.* INTO shop FROM aftersale.shop s WHERE s.shop_id = propose_refund.shop_id;
    IF NOT FOUND THEN
        RAISE EXCEPTION USING ERRCODE = 'RA010',
            MESSAGE = format('shop "%s" does not exist (RA010)', propose_refund.shop_id),
            HINT = 'Shops are rows of table aftersale.shop.';
    END IF;
    SELECT count(*) AS currencies, min(b.currency) AS currency, min(b.paid - b.refunded) AS remaining
    INTO balance
    FROM aftersale.order_balance b
    WHERE b.shop_id = propose_refund.shop_id AND b.order_ref = propose_refund.order_ref;
    SELECT r.request_id, r.flow, r.state INTO blocking
    FROM aftersale.request r
    JOIN aftersale.flow_state s ON s.flow = r.flow AND s.version = r.flow_version AND s.state = r.state
    WHERE r.shop_id = propose_refund.shop_id AND r.order_ref = propose_refund.order_ref AND NOT s.final AND r.state <> 'proposed'
    ORDER BY r.request_id LIMIT 1;

    IF NOT coalesce(shop.settings -> 'features' ? 'negotiated_refund', false) THEN
        problem := format('shop "%s" may not negotiate refunds', propose_refund.shop_id);
        rule := 'TEMU-20';
        hint := 'Once the platform has opened the feature: UPDATE aftersale.shop SET settings = settings || ''{"features": ["negotiated_refund"]}'';';
    ELSIF balance.currencies = 0 THEN
        problem := format('order "%s" is not known', propose_refund.order_ref);
        rule := 'TEMU-22';
        hint := 'Insert what was paid into aftersale.order_balance.';
    ELSIF balance.currencies > 1 THEN
        problem := format('order "%s" was paid in several currencies', propose_refund.order_ref);
        rule := 'TEMU-22';
    ELSIF balance.remaining <= 0 THEN
        problem := format('order "%s" is fully refunded', propose_refund.order_ref);
        rule := 'TEMU-22';
    ELSIF blocking.request_id IS NOT NULL THEN
        problem := format('request %s (%s, %s) of order "%s" is open', blocking.request_id, blocking.flow, blocking.state, propose_refund.order_ref);
        rule := 'TEMU-26';
        hint := 'Have it cancelled first.';
    ELSIF (asked IS NOT NULL) = by_quantity THEN
        problem := 'a negotiated refund has either an amount or quantities';
        rule := 'TEMU-23';
        hint := 'Give amount, or items such as [{"line_no": 1, "product": "P1", "quantity": 1, "ordered": 3, "paid": 30.00}].';
    ELSIF coalesce(cardinality(evidence), 0) = 0 OR EXISTS (SELECT FROM unnest(evidence) e WHERE coalesce(btrim(e), '') = '') THEN
        problem := 'a negotiated refund needs evidence of the agreement';
        rule := 'TEMU-23';
        hint := 'Usually a screenshot of the chat: ARRAY[''chat-1.png''].';
    ELSIF coalesce(btrim(remark), '') = '' THEN
        problem := 'a negotiated refund needs a remark';
        rule := 'TEMU-23';
    END IF;

    IF problem IS NULL AND by_quantity THEN
        asked := 0;
        lines := '[]';
        FOR line IN
            SELECT i.item, i.place, i.item ->> 'product' AS product,
                CASE WHEN jsonb_typeof(i.item -> 'line_no') = 'number' THEN (i.item ->> 'line_no')::numeric ELSE i.place END AS line_no,
                CASE WHEN jsonb_typeof(i.item -> 'quantity') = 'number' THEN (i.item ->> 'quantity')::numeric END AS quantity,
                CASE WHEN jsonb_typeof(i.item -> 'ordered') = 'number' THEN (i.item ->> 'ordered')::numeric END AS ordered,
                CASE WHEN jsonb_typeof(i.item -> 'paid') = 'number' THEN (i.item ->> 'paid')::numeric END AS paid
            FROM jsonb_array_elements(items) WITH ORDINALITY i(item, place)
        LOOP
            -- pieces that were refunded before are not refundable again
            line.ordered := line.ordered - coalesce((
                SELECT sum(x.quantity) FROM aftersale.item x
                JOIN aftersale.request r ON r.shop_id = x.shop_id AND r.request_id = x.request_id
                WHERE r.shop_id = propose_refund.shop_id AND r.order_ref = propose_refund.order_ref
                  AND x.line_no = line.line_no AND x.refunded > 0), 0);
            IF line.quantity IS NULL OR line.ordered IS NULL OR line.paid IS NULL OR line.paid < 0 THEN
                problem := format('item %s lacks "quantity", "ordered" or "paid"', line.place);
            ELSIF line.quantity < 1 OR line.quantity > line.ordered OR line.quantity <> trunc(line.quantity) THEN
                problem := format('item %s: quantity %s is not a whole number from 1 to %s', line.place, line.quantity, line.ordered);
            END IF;
            EXIT WHEN problem IS NOT NULL;
            -- half up to the minor unit
            line.paid := round(line.paid * line.quantity / (line.item ->> 'ordered')::numeric, aftersale.minor_units(balance.currency));
            asked := asked + line.paid;
            lines := lines || jsonb_build_array(line.item || jsonb_build_object('amount', line.paid));
        END LOOP;
        IF problem IS NOT NULL THEN
            rule := 'TEMU-23';
            hint := 'Give for each line: quantity (to refund), ordered (pieces of the line), paid (for all of them).';
        END IF;
    ELSIF problem IS NULL THEN
        lines := items;
    END IF;

    IF problem IS NULL AND NOT (asked > 0 AND asked <= balance.remaining) THEN
        problem := format('%s %s is not above zero and at most what remains of order "%s", %s', asked, balance.currency, propose_refund.order_ref, balance.remaining);
        rule := 'TEMU-23';
    ELSIF problem IS NULL AND asked = balance.remaining
        AND NOT coalesce((shop.settings -> 'negotiated_full_refund')::boolean, false) THEN
        problem := format('%s %s is all that remains of order "%s": that is no partial refund', asked, balance.currency, propose_refund.order_ref);
        rule := 'TEMU-23';
        hint := 'Use the normal refund. The shop''s setting {"negotiated_full_refund": true} allows it here.';
    END IF;
    IF problem IS NOT NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'RA048', MESSAGE = format('%s (RA048, %s)', problem, rule), HINT = coalesce(hint, '');
    END IF;

    -- the site is the shop's country with the order's currency
    SELECT count(*), min(c.country) INTO sites, problem
    FROM aftersale.shop_country c
    WHERE c.shop_id = propose_refund.shop_id AND c.currency = balance.currency;
    IF sites = 0 THEN
        RAISE EXCEPTION USING ERRCODE = 'RA011',
            MESSAGE = format('shop "%s" sells in no country with currency "%s" (RA011)', propose_refund.shop_id, balance.currency),
            HINT = 'Countries are rows of table aftersale.shop_country.';
    END IF;
    INSERT INTO aftersale.request (shop_id, flow, order_ref, reason, country, currency, amount, items, actor, payload)
    VALUES (propose_refund.shop_id, shop.platform || '/negotiated_refund', propose_refund.order_ref, 'refund by agreement', problem,
        balance.currency, asked, lines, propose_refund.actor,
        jsonb_build_object('evidence', to_jsonb(evidence), 'remark', remark))
    RETURNING request.shop_id, request.request_id, request.external_ref, request.last_action, NULL, request.state, request.outcome,
        request.due_at, request.amount, request.currency, request.event_seq, NULL, NULL
    INTO result;
    RETURN result;
END
$function$;
COMMENT ON FUNCTION aftersale.propose_refund(bigint, text, numeric, jsonb, text[], text, text) IS
'Proposes a partial refund that the merchant negotiated with the buyer (TEMU-20 to TEMU-26): a request in state proposed, which refunds when it is confirmed: act(shop_id, request_id, ''confirm''). order_ref: an order with a row in aftersale.order_balance; amount in its currency, or NULL and items with quantity, ordered and paid a line; evidence and remark: of the agreement; actor: who proposes. refund_amount of the result is what is proposed. Errors: RA010 unknown shop, RA011 no country with the order''s currency, RA048 the shop lacks the feature, the order does not allow it, another request of the order is open, or the content is not exactly one of amount and quantities within what remains. Example: SELECT request_id, state FROM aftersale.propose_refund(1, ''PO-1'', 5.00, NULL, ARRAY[''chat.png''], ''agreed by chat'');';
