-- Limits that markets of TikTok Shop are known to give sellers and buyers.  Not in the source of our rules: from sellers' academies of the markets and
-- other public material, and they change; so they are a shop's to load, after pack tiktok, as its own terms, which it may alter and end.

--@shop
-- A shop's countries alone.  Silence at the review approves: a return goes on to the buyer, a refund is made by the platform.  US: two business days, four
-- above 100 USD, which a term cannot say.  The receipt's review counts from the buyer's tracking number, and goes on while the parcel is inspected.
INSERT INTO aftersale.flow_override (shop_id, flow, state, country, term, timeout_to, timeout_outcome, effective_from)
SELECT c.shop_id, 'tiktok/return_refund', l.state, l.country, l.term::aftersale.sla_term, l.timeout_to, l.outcome, l.effective_from::timestamptz
FROM (VALUES
    ('US', 'requested', '2 business days', 'awaiting_buyer_ship', 'approved by silence', '2026-02-01 00:00-05'),
    ('US', 'refund_requested', '2 business days', 'approved_by_silence', 'approved by silence', '2026-02-01 00:00-05'),
    ('ID', 'requested', '48 hours', 'awaiting_buyer_ship', 'approved by silence', '-infinity'),
    ('ID', 'refund_requested', '48 hours', 'approved_by_silence', 'approved by silence', '-infinity'),
    ('ID', 'awaiting_buyer_ship', '5 days', NULL, NULL, '-infinity'),
    ('ID', 'return_in_transit', '8 days', 'approved_by_silence', 'approved by silence', '-infinity'),
    ('ID', 'awaiting_inspection', NULL, 'approved_by_silence', 'approved by silence', '-infinity'),
    ('TH', 'requested', '1 business day', 'awaiting_buyer_ship', 'approved by silence', '-infinity'),
    ('TH', 'refund_requested', '1 business day', 'approved_by_silence', 'approved by silence', '-infinity'),
    ('TH', 'return_in_transit', '10 days', 'approved_by_silence', 'approved by silence', '-infinity'),
    ('TH', 'awaiting_inspection', NULL, 'approved_by_silence', 'approved by silence', '-infinity'),
    ('VN', 'requested', '1 business day', 'awaiting_buyer_ship', 'approved by silence', '-infinity'),
    ('VN', 'refund_requested', '1 business day', 'approved_by_silence', 'approved by silence', '-infinity'),
    -- the buyer has 48 hours to answer an offer of a part, wherever it is made
    ('*', 'awaiting_buyer_response', '48 hours', NULL, NULL, '-infinity'))
    AS l(country, state, term, timeout_to, outcome, effective_from)
JOIN aftersale.shop AS c ON c.shop_id = $1 AND c.platform = 'tiktok'
WHERE l.country = '*' OR EXISTS (SELECT FROM aftersale.shop_country AS k WHERE k.shop_id = c.shop_id AND k.country = l.country)
ON CONFLICT DO NOTHING
