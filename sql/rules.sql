
-- ---- the marketplaces' rules: what they are, where they live, what they advise ----

CREATE TYPE aftersale.rule_entry AS (
    platform text,
    rule text,
    says text,
    place text,
    standing text
);
COMMENT ON TYPE aftersale.rule_entry IS
'A rule of a marketplace: platform code; number; what it says, in a sentence; where it lives here (NULL: not built in this version); its standing: stated by the source, a reading (assumption) where it is silent, external, or informational. See rules().';

CREATE FUNCTION aftersale.rules() RETURNS SETOF aftersale.rule_entry
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $function$
SELECT * FROM (VALUES
    ('temu', 'TEMU-01', 'Platform customer service may send the merchant a ticket, before or after the sale; a ticket about a product has no order.', 'pack temu, flow temu/ticket', 'stated'),
    ('temu', 'TEMU-02', 'A ticket is answered effectively within one business day of its creation.', 'pack temu, flow temu/ticket', 'stated'),
    ('temu', 'TEMU-03', 'Without an answer in time evidence is waived and the platform decides; that is no refund yet.', 'pack temu, flow temu/ticket', 'stated'),
    ('temu', 'TEMU-04', 'Where tickets stand in the seller centre.', NULL, 'informational'),
    ('temu', 'TEMU-05', 'Tickets are looked at once a day at least.', 'view worklist, unhandled', 'informational'),
    ('temu', 'TEMU-06', 'Returned goods are inspected first, then the refund is approved.', 'pack temu, flow temu/return_refund', 'stated'),
    ('temu', 'TEMU-07', 'After inspection a part may be refunded: above zero, at most what is refundable.', 'pack temu, flow temu/return_refund', 'stated'),
    ('temu', 'TEMU-08', 'A missing item or part is reviewed within one business day; what happens after that is not said.', 'pack temu, flow temu/missing_item', 'stated'),
    ('temu', 'TEMU-09', 'A parcel that is signed for but was not received is reviewed within one business day; what happens after that is not said.', 'pack temu, flow temu/not_received', 'stated'),
    ('temu', 'TEMU-10', 'A buyer''s cancellation before shipment is reviewed within 24 hours, and refused once the order is shipped.', 'pack temu, flow temu/cancel', 'stated'),
    ('temu', 'TEMU-11', 'Where returns and refunds stand in the seller centre.', NULL, 'informational'),
    ('temu', 'TEMU-12', 'Returns and refunds are looked at once a day at least.', 'view worklist, unhandled', 'informational'),
    ('temu', 'TEMU-13', 'Where return modes are set up.', NULL, 'informational'),
    ('temu', 'TEMU-14', 'On sites that book labels a fallback channel may be set up for goods that are bulky or overweight.', 'pack temu, flow temu/return_refund, table site', 'stated'),
    ('temu', 'TEMU-15', 'On sites that book none the feature is activated first, and the only channel is the merchant''s own label.', 'pack temu, flow temu/return_refund, table site', 'stated'),
    ('temu', 'TEMU-16', 'Returns cross borders between the European sites but for the UK, and never in the US.', 'pack temu, table site; set_warehouse(), return_warehouse()', 'stated'),
    ('temu', 'TEMU-17', 'A label that comes too late, or that the platform finds false, means a full refund without a return.', 'pack temu, flow temu/return_refund', 'stated'),
    ('temu', 'TEMU-18', 'Names of return warehouses differ within a shop.', 'set_warehouse(), warehouse_version', 'stated'),
    ('temu', 'TEMU-19', 'The carrier of a merchant''s label is one of the published list.', 'pack temu, flow temu/return_refund, table carrier', 'stated'),
    ('temu', 'TEMU-20', 'Negotiated refunds have to be activated for the shop.', 'propose_refund(), shop.settings', 'stated'),
    ('temu', 'TEMU-21', 'Where negotiated refunds stand in the seller centre.', NULL, 'informational'),
    ('temu', 'TEMU-22', 'An order that does not qualify is refused with a reason.', 'propose_refund()', 'stated'),
    ('temu', 'TEMU-23', 'A negotiated refund is of a quantity or an amount, with evidence and a remark, and not of all.', 'propose_refund(), src/kernel/negotiate.c', 'stated'),
    ('temu', 'TEMU-24', 'A negotiated refund is confirmed a second time before it runs.', 'pack temu, flow temu/negotiated_refund', 'stated'),
    ('temu', 'TEMU-25', 'Confirmed, it runs at once as a refund by agreement, without the buyer''s approval.', 'pack temu, flow temu/negotiated_refund', 'stated'),
    ('temu', 'TEMU-26', 'Another open case of the order has to be cancelled first.', 'pack temu, flow temu/negotiated_refund', 'stated'),
    ('temu', 'TEMU-27', 'A refund-only strategy matches by reason and amount together, and refunds without a step of the merchant.', 'pack temu, flow temu/refund_only; table rule', 'stated'),
    ('temu', 'TEMU-28', 'The ratio of a partial refund is 5% to 100%, both included.', 'type refund_ratio, refund_amount()', 'stated'),
    ('temu', 'TEMU-29', 'Reships are looked at once a day at least.', 'view worklist, unhandled', 'informational'),
    ('temu', 'TEMU-30', 'A reship through customer service comes as a ticket with the buyer''s address.', 'pack temu, flow temu/reship_ticket', 'stated'),
    ('temu', 'TEMU-31', 'That address is visible for 48 hours.', 'view buyer, flow_timer of kind mask', 'stated'),
    ('temu', 'TEMU-32', 'Within one business day the merchant says whether he can reship, with the tracking number where goods were sent.', 'pack temu, flow temu/reship_ticket', 'stated'),
    ('temu', 'TEMU-33', 'Where reship tickets stand in the seller centre.', NULL, 'informational'),
    ('temu', 'TEMU-34', 'A reship that the buyer asks for is approved and its waybill uploaded within seven days, else it is rejected.', 'pack temu, flow temu/reship', 'stated'),
    ('temu', 'TEMU-35', 'Where the reship list stands in the seller centre.', NULL, 'informational'),
    ('temu', 'TEMU-36', 'Which features are regular, and which have to be applied for or activated.', 'propose_refund(); pack temu, flow temu/return_refund; shop_country.settings', 'stated'),
    ('temu', 'TEMU-37', 'There may be several return warehouses beside the default one.', 'set_warehouse()', 'stated'),
    ('temu', 'TEMU-38', 'At most 500 products are linked at a time; a product twice counts once.', 'link_products()', 'stated'),
    ('temu', 'TEMU-39', 'A country may have several local warehouses.', 'set_warehouse()', 'stated'),
    ('temu', 'TEMU-40', 'The first warehouse of a country becomes its default, which can be replaced and not deleted.', 'set_warehouse(), set_default_warehouse()', 'stated'),
    ('temu', 'TEMU-41', 'The default accepts every product.', 'return_warehouse()', 'stated'),
    ('temu', 'TEMU-42', 'Products that are all linked to one same warehouse go there, any others all to the default; never split.', 'return_warehouse(), src/kernel/routing.c', 'stated'),
    ('temu', 'TEMU-43', 'Refused return parcels are charged for both legs; charges are published, and objected to within their window.', 'pack temu, flow temu/refused_parcel', 'external'),
    ('tiktok_sea', 'TTSEA-01', 'Parcels that are refused or not delivered go to the merchant''s local return address first.', 'pack tiktok_sea, flow tiktok_sea/failed_delivery', 'stated'),
    ('tiktok_sea', 'TTSEA-02', 'Else they go to the carrier''s warehouse and are destroyed or abandoned later.', 'pack tiktok_sea, flow tiktok_sea/failed_delivery', 'stated'),
    ('tiktok_sea', 'TTSEA-03', 'They return by themselves where delivery failed and the address was recorded, and in force, before the order was created.', 'return_address_before(); pack tiktok_sea, openings', 'stated'),
    ('tiktok_sea', 'TTSEA-04', 'Orders older than the address go to the carrier''s warehouse, whenever delivery failed.', 'pack tiktok_sea, openings', 'stated'),
    ('tiktok_sea', 'TTSEA-05', 'There they are held for 14 days.', 'pack tiktok_sea, state held_at_carrier', 'stated'),
    ('tiktok_sea', 'TTSEA-06', 'Within these days the buyer, and nobody else, may have the parcel delivered again, at the platform''s expense.', 'pack tiktok_sea, action request_redelivery', 'stated'),
    ('tiktok_sea', 'TTSEA-07', 'After them the parcel is destroyed or abandoned.', 'pack tiktok_sea, state held_at_carrier', 'reading'),
    ('tiktok_sea', 'TTSEA-08', 'Orders newer than the address return under the number that they have.', 'pack tiktok_sea, state returning', 'stated'),
    ('tiktok_sea', 'TTSEA-09', 'The merchant needs no ticket for that.', 'pack tiktok_sea, state returning; advice()', 'stated'),
    ('tiktok_sea', 'TTSEA-10', 'A return that has arrived costs the merchant nothing.', 'pack tiktok_sea, action receive; table charge', 'stated'),
    ('tiktok_sea', 'TTSEA-11', 'A parcel that returns by itself cannot be delivered again.', 'pack tiktok_sea, action request_redelivery', 'stated'),
    ('tiktok_sea', 'TTSEA-12', 'Where that return fails, the parcel is destroyed or abandoned, without another hold.', 'pack tiktok_sea, action return_failed', 'stated'),
    ('tiktok_sea', 'TTSEA-13', 'A parcel is returned free of charge once.', 'pack tiktok_sea, openings', 'stated'),
    ('tiktok_sea', 'TTSEA-14', 'A return that failed for the merchant''s reasons is his loss; for others he may open a ticket.', 'pack tiktok_sea, actions return_failed, open_ticket; table charge', 'reading'),
    ('tiktok_sea', 'TTSEA-15', 'A parcel that is said to be returned and was not received may be investigated by a ticket.', 'pack tiktok_sea, action open_ticket', 'stated'),
    ('tiktok_sea', 'TTSEA-16', 'Where the return address is kept.', 'set_warehouse(), set_default_warehouse()', 'informational'),
    ('tiktok_sea', 'TTSEA-17', 'A return takes 7 to 15 days from the last failed attempt.', 'pack tiktok_sea, flow_timer return_overdue; view alert', 'informational'),
    ('tiktok_sea', 'TTSEA-18', 'Before the address takes effect the hold applies, after it the return.', 'return_address_before(); pack tiktok_sea, openings', 'reading'),
    ('douyin', 'DOUYIN-01', 'Goods are shipped and the buyer asks for a refund only: strategies decide, or people.', 'pack douyin, flow douyin/shipped_refund_only', 'stated'),
    ('douyin', 'DOUYIN-02', 'Where strategies are set up.', 'load_pack(douyin, shop_id), table rule', 'informational'),
    ('douyin', 'DOUYIN-03', 'The main account may set up strategies; a sub-account may where it was granted that.', 'pack douyin, role_permission; rule_check(), grant_permission()', 'stated'),
    ('douyin', 'DOUYIN-04', 'Shipped means that a valid tracking number was uploaded in an accepted way, not that a carrier scanned it.', 'pack douyin, flow douyin/shipped_refund_only, openings', 'stated'),
    ('douyin', 'DOUYIN-05', 'Once the ERP has cancelled the shipment, the refund is agreed to.', 'pack douyin, rule A', 'stated'),
    ('douyin', 'DOUYIN-06', 'A small amount is agreed to at once, up to the merchant''s threshold.', 'pack douyin, rule B', 'stated'),
    ('douyin', 'DOUYIN-07', 'One parcel whose goods are all refunded is intercepted; a success is agreed to, and the merchant bears the fee.', 'pack douyin, rule C', 'stated'),
    ('douyin', 'DOUYIN-08', 'It may be agreed to refund once the buyer refuses the parcel; the deadline stays until the platform gives another.', 'pack douyin, rule D, state awaiting_refusal', 'stated'),
    ('douyin', 'DOUYIN-09', 'There are these four strategies; which goes first is the shop''s to say, and two of them stay armed.', 'pack douyin, rules A to D', 'stated'),
    ('douyin', 'DOUYIN-10', 'A queue lists what waits for the merchant.', 'view worklist', 'informational'),
    ('douyin', 'DOUYIN-11', 'The merchant decides within 48 hours, or the platform refunds.', 'pack douyin, flow douyin/shipped_refund_only', 'stated'),
    ('douyin', 'DOUYIN-12', 'Cases are found by order, buyer, phone and day of application.', 'view worklist, view buyer', 'stated'),
    ('douyin', 'DOUYIN-13', 'Cases are decided singly or many at once.', 'act(), act_many()', 'stated'),
    ('douyin', 'DOUYIN-14', 'Intercept and agree to refund after the refusal first, or have the buyer withdraw or amend.', 'pack douyin, flow_advice; allowed_actions(), advice()', 'informational'),
    ('douyin', 'DOUYIN-15', 'A rejection has a reason, and evidence where the reason demands it.', 'pack douyin, table reason', 'stated'),
    ('douyin', 'DOUYIN-16', 'A groundless rejection may be penalised.', 'pack douyin, flow_advice; advice()', 'informational'),
    ('douyin', 'DOUYIN-17', 'The buyer may withdraw an application or modify it; another amount or type starts the clock anew.', 'pack douyin, flow douyin/shipped_refund_only', 'reading'),
    ('tiktok', 'TTRET-01', 'Where return settings stand.', NULL, 'informational'),
    ('tiktok', 'TTRET-02', 'The merchant sets how long the buyer can apply for a return.', 'table return_policy, return_eligibility(); pack tiktok, openings', 'stated'),
    ('tiktok', 'TTRET-03', 'He sets the conditions of a return.', 'table return_policy, return_eligibility()', 'stated'),
    ('tiktok', 'TTRET-04', 'He sets by which way money is refunded.', 'table return_policy, return_eligibility()', 'stated'),
    ('tiktok', 'TTRET-05', 'He sets whether a fee for the handling is kept back.', 'table return_fee; pack tiktok, flow tiktok/return_refund', 'stated'),
    ('tiktok', 'TTRET-06', 'He sets whether a reason is required.', 'table return_policy, return_eligibility(); pack tiktok, openings', 'stated'),
    ('tiktok', 'TTRET-07', 'The buyer applies within the window, with reason and evidence.', 'table return_policy, return_eligibility(); pack tiktok, openings', 'stated'),
    ('tiktok', 'TTRET-08', 'The seller approves or refuses by the conditions.', 'pack tiktok, flow tiktok/return_refund; pack tiktok_limits', 'stated'),
    ('tiktok', 'TTRET-09', 'Approved, the buyer ships to the address that he was given.', 'pack tiktok, action approve; return_warehouse()', 'stated'),
    ('tiktok', 'TTRET-10', 'The seller confirms receipt and inspects.', 'pack tiktok, state awaiting_inspection', 'stated'),
    ('tiktok', 'TTRET-11', 'What is in order is refunded.', 'pack tiktok, state awaiting_inspection', 'stated'),
    ('tiktok', 'TTRET-12', 'Both may write to each other throughout.', 'pack tiktok, action message', 'informational'),
    ('tiktok', 'TTRET-13', 'A dispute is negotiated first.', 'pack tiktok, state dispute', 'stated'),
    ('tiktok', 'TTRET-14', 'Where that fails the platform decides.', 'pack tiktok, state platform_review', 'stated'),
    ('tiktok', 'TTRET-15', 'Both sides give evidence.', 'pack tiktok, actions submit_evidence, escalate', 'stated'),
    ('tiktok', 'TTRET-16', 'Good practice: answer quickly, instruct clearly, learn from feedback.', 'pack tiktok, flow_advice; advice()', 'informational'),
    ('kuaishou', 'KS-01', 'The merchant may enter the return''s tracking number for the buyer.', 'pack kuaishou, flow kuaishou/return_refund', 'stated'),
    ('kuaishou', 'KS-02', 'Main account, administrator and customer-service administrator may, and a sub-account with permission agree_refund.', 'pack kuaishou, role_permission', 'stated'),
    ('kuaishou', 'KS-03', 'Other roles may once they are granted that permission.', 'pack kuaishou, role_permission; grant_permission()', 'stated'),
    ('kuaishou', 'KS-04', 'The platform has an interface for it.', NULL, 'external'),
    ('kuaishou', 'KS-05', 'It can be done in three places.', NULL, 'informational'),
    ('kuaishou', 'KS-06', 'Where the button stands in the list.', NULL, 'informational'),
    ('kuaishou', 'KS-07', 'Carrier and tracking number are both given.', 'pack kuaishou, flow kuaishou/return_refund', 'stated'),
    ('kuaishou', 'KS-08', 'Where the button stands in the case.', NULL, 'informational'),
    ('kuaishou', 'KS-09', 'It can be done while the buyer''s shipment is awaited.', 'pack kuaishou, flow kuaishou/return_refund', 'stated'),
    ('kuaishou', 'KS-10', 'Before receipt of an insured return without a number is confirmed, singly or among many, it is advised to upload one; that does not block.', 'pack kuaishou, flow_advice; advice()', 'stated'),
    ('kuaishou', 'KS-11', 'History shows the upload as the merchant''s, for the buyer; a number that is there is not overwritten.', 'pack kuaishou, flow kuaishou/return_refund; event.on_behalf_of', 'reading'))
    AS r(platform, rule, says, place, standing)
$function$;
COMMENT ON FUNCTION aftersale.rules() IS
'Every rule of every marketplace that this extension is about: platform, rule (its number, as in events and refusals), says (a sentence), place (where it lives: pack rows, a function, a table, a file of the kernel; NULL: not built in this version), standing (stated, reading, external, informational). Example: SELECT rule, says, place FROM aftersale.rules() WHERE platform = ''douyin'';';

CREATE TYPE aftersale.advice_line AS (
    request_id bigint,
    action text,
    advice text,
    rule text
);
COMMENT ON TYPE aftersale.advice_line IS
'What the platform advises before an action on a request: see advice().';

CREATE FUNCTION aftersale.advice(shop_id bigint, request_ids bigint[], action text DEFAULT NULL) RETURNS SETOF aftersale.advice_line
LANGUAGE plpgsql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $function$
BEGIN
    PERFORM aftersale.require_installed();
    RETURN QUERY
        SELECT r.request_id, a.action, a.advice, a.rule
        FROM aftersale.request r
        JOIN aftersale.flow_advice a ON a.flow = r.flow AND a.version = r.flow_version
        WHERE r.shop_id = advice.shop_id AND r.request_id = ANY (advice.request_ids) AND r.closed_at IS NULL
          AND (a.state IS NULL OR a.state = r.state)
          AND (advice.action IS NULL OR a.action = advice.action)
          AND r.attributes @> a.condition
        ORDER BY r.request_id, a.action, a.name;
END
$function$;
COMMENT ON FUNCTION aftersale.advice(bigint, bigint[], text) IS
'What the platform advises before an action: rows of flow_advice that hold for these requests of a shop as they are now. request_ids: one, or all that are to be acted on together (KS-10: whoever confirms many is told of each that it concerns); action: NULL is every action. Nothing is blocked or changed; requests that are closed, unknown or not the session''s have none. Error RA001. Example: SELECT * FROM aftersale.advice(1, ARRAY[42], ''confirm_receipt'');';
