
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
    IF known.status = 'void' THEN
        RAISE EXCEPTION USING ERRCODE = 'RA047',
            MESSAGE = format('refund "%s" of shop "%s" is void (RA047)', known.refund_id, known.shop_id),
            DETAIL = 'The platform''s word on its request has undone it.',
            HINT = 'Where it was paid all the same, have the platform''s present state imported.';
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
'Reports what became of a claimed refund: status done or failed, the platform''s own key platform_ref, the error where it failed. The same report again changes nothing and gives the same answer; another one for a refund that is done is an error. A failed refund is offered again after a minute, then after two, at most after a day. Returns the status. Errors: RA032 another status, RA046 no such refund, RA047 done with other content, void, or never claimed. Example: SELECT aftersale.confirm_refund(1, 7, ''done'', ''R-4711'');';

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

CREATE FUNCTION aftersale.notify_refunds() RETURNS bigint
LANGUAGE C VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS 'MODULE_PATHNAME', 'aftersale_notify_refunds';
COMMENT ON FUNCTION aftersale.notify_refunds() IS
'Sends NOTIFY aftersale_refunds, with shop_id as payload, for every shop that has refunds to claim: at once when a refund is new, or the first after all were claimed, of the same ones again after two minutes, then after four, at most an hour apart. CALL aftersale.sweep() does it by itself at its end. A convenience: polling claim_refunds() is the contract. Not in a transaction that is to be prepared, which refuses NOTIFY. Returns how many shops were told. Error RA074: the session is neither the owner of the tables nor a sweeper. Example: SELECT aftersale.notify_refunds();';

-- A partial refund that the merchant negotiated with the buyer (TEMU-20 to TEMU-26).

CREATE FUNCTION aftersale.propose_refund(shop_id bigint, order_ref text, amount numeric, items jsonb, evidence text[], remark text,
    actor text DEFAULT NULL) RETURNS aftersale.decision
LANGUAGE C VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS 'MODULE_PATHNAME', 'aftersale_propose_refund';
COMMENT ON FUNCTION aftersale.propose_refund(bigint, text, numeric, jsonb, text[], text, text) IS
'Proposes a partial refund that the merchant negotiated with the buyer (TEMU-20 to TEMU-26): a request in state proposed, which refunds when it is confirmed: act(shop_id, request_id, ''confirm''). order_ref: an order with a row in aftersale.order_balance; amount in its currency, or NULL and items with quantity, ordered and paid a line; evidence and remark: of the agreement; actor: who proposes. refund_amount of the result is what is proposed. Errors: RA010 unknown shop, RA011 no country with the order''s currency, RA012 a currency without minor units, RA041 an amount finer than the currency, RA048 the shop lacks the feature, the order does not allow it, another request of the order is open (shop.settings negotiated_blocked_by ''return_refund'': one of that kind), or the content is not exactly one of amount and quantities within what remains. Example: SELECT request_id, state FROM aftersale.propose_refund(1, ''PO-1'', 5.00, NULL, ARRAY[''chat.png''], ''agreed by chat'');';
