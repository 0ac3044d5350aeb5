-- What docs/commissions.md defines beside the commissions: adjustments without their sale, payouts beside their lines, partners'
-- fees, resellers' accounts. Fees are those of the tests' program (Job.program), in minor units and millionths.

-- One of 0 has no sale either, which no other table would tell of.
CREATE TABLE r_commission_exceptions AS
SELECT transaction_id, day AS "day:day", kind, value AS "amount:money", buyer AS user_id, 'original_unknown' AS reason
FROM trade, params AS p WHERE NOT is_sale AND original IS NULL AND day BETWEEN p.from_day AND p.to_day
UNION ALL
SELECT x.transaction_id, z.day, x.kind, 0, x.user_id, 'original_unknown'
FROM transactions AS x JOIN zone_day AS z
  ON z.day = (SELECT y.day FROM zone_day AS y WHERE y.start_us <= x.occurred_at ORDER BY y.start_us DESC LIMIT 1), params AS p
WHERE x.amount = 0 AND x.kind IN ('refund', 'chargeback', 'dispute_won') AND z.day BETWEEN p.from_day AND p.to_day
  AND NOT EXISTS (SELECT 1 FROM tx AS s WHERE s.is_sale AND s.transaction_id = x.reference_id
    AND (s.occurred_at < x.occurred_at OR s.occurred_at = x.occurred_at AND s.transaction_id < x.transaction_id));

-- Payouts that the run sees, and the lines that they list: what is a UUID names one.
CREATE TABLE known_payout AS
SELECT o.*, lower(o.status) AS state, lower(o.status) IN ('pending', 'processing', 'completed') AS takes
FROM payouts AS o, params AS p WHERE o.processed_at IS NULL OR o.processed_at < p.end_us;

CREATE TABLE entry AS
SELECT o.payout_id, o.partner_id, o.takes, lower(j.value) AS id, length(j.value) = 36
  AND lower(replace(j.value, '-', '')) NOT GLOB '*[^0-9a-f]*' AND j.value LIKE '________-____-____-____-____________'
  AND length(replace(j.value, '-', '')) = 32 AS is_id
FROM known_payout AS o, json_each('["' || replace(coalesce(o.commission_ids, ''), ' ', '","') || '"]') AS j
WHERE j.value <> '';

CREATE TABLE taken AS SELECT id, count(*) AS times FROM entry WHERE takes AND is_id GROUP BY id;
CREATE UNIQUE INDEX taken_id ON taken (id);
CREATE INDEX line_id ON line (id);

CREATE TABLE listing AS
SELECT e.payout_id, sum(e.is_id) AS lines, coalesce(sum(l.amount), 0) AS amount, max(t.times > 1) AS is_twice,
  max(NOT e.is_id) AS has_word, max(l.id IS NULL) AS has_stranger, max(l.id IS NOT NULL) AS has_known,
  max(l.partner_id <> e.partner_id) AS is_of_another
FROM entry AS e LEFT JOIN line AS l ON e.is_id AND l.id = e.id LEFT JOIN taken AS t ON e.is_id AND t.id = e.id
GROUP BY e.payout_id;
CREATE UNIQUE INDEX listing_payout ON listing (payout_id);

CREATE TABLE r_payout_register AS
SELECT payout_id, partner_id, CASE WHEN is_own THEN amount END AS "amount:money", upper(currency) AS currency,
  CASE unit WHEN 1 THEN printf('%d', amount) WHEN 1000 THEN printf('%d.%03d', amount / 1000, amount % 1000)
    ELSE printf('%d.%02d', amount / 100, amount % 100) END AS own_amount,
  state AS status, processed_at AS "processed_at:instant", method, lines, lines_amount AS "lines_amount:money",
  CASE WHEN is_own AND takes THEN amount - lines_amount END AS "difference:money",
  CASE WHEN NOT takes THEN NULL
    WHEN is_twice THEN 'line_paid_twice'
    WHEN has_stranger THEN CASE WHEN has_word OR has_known OR processed_at IS NULL THEN 'unknown_line'
      -- Before the first line there is could be paid.
      WHEN processed_at < (SELECT z.start_us FROM zone_day AS z WHERE z.day = (SELECT min(ready_on) FROM line))
        THEN 'before_records' ELSE 'unknown_line' END
    WHEN is_of_another THEN 'line_of_another'
    WHEN state = 'completed' AND processed_at IS NULL THEN 'no_processed_at'
    WHEN lines > 0 AND is_own AND lines_amount <> amount THEN 'amount_differs' END AS note
FROM (
  SELECT o.*, c.unit, upper(o.currency) = p.currency AS is_own, coalesce(l.lines, 0) AS lines,
    coalesce(l.amount, 0) AS lines_amount, is_twice, has_word, has_stranger, has_known, is_of_another
  FROM known_payout AS o JOIN currency_unit AS c ON c.currency = upper(o.currency) LEFT JOIN listing AS l USING (payout_id), params AS p);

-- Fees: once, on the partnership's first day; for each month, or quarter, on its first day or the partnership's.
CREATE TABLE fee (tier, fee, often, amount);
INSERT INTO fee VALUES
  ('tier1', 'setup', 'once', 30000), ('tier1', 'monthly_license', 'month', 10001),
  ('tier2', 'integration', 'once', 2500), ('tier2', 'custom_card', 'once', 1), ('tier2', 'support', 'month', 999),
  ('tier2', 'co_marketing_budget', 'quarter', -4321);
INSERT INTO fee SELECT DISTINCT tier, 'support', 'month', 1500 FROM partners WHERE tier NOT IN ('tier1', 'tier2');
INSERT INTO fee SELECT DISTINCT tier, 'co_marketing_budget', 'quarter', -2500 FROM partners WHERE tier NOT IN ('tier1', 'tier2');
-- In millionths of a month's net revenue.
CREATE TABLE fee_share (tier, ppm);
INSERT INTO fee_share VALUES ('tier1', 125000);
INSERT INTO fee_share SELECT DISTINCT tier, 33333 FROM partners WHERE tier NOT IN ('tier1', 'tier2');

CREATE TABLE month AS
SELECT first, CAST(strftime('%s', first * 86400, 'unixepoch', '+1 month', '-1 day') AS INTEGER) / 86400 AS last,
  CAST(strftime('%m', first * 86400, 'unixepoch') AS INTEGER) AS number
FROM (SELECT day AS first FROM zone_day WHERE strftime('%d', day * 86400, 'unixepoch') = '01');

CREATE TABLE payer_partner AS
SELECT q.partner_id, q.tier, lower(q.status) = 'active' AS is_active, q.status_since,
  (SELECT z.day FROM zone_day AS z WHERE z.start_us <= q.created_at ORDER BY z.start_us DESC LIMIT 1) AS began
FROM partners AS q WHERE lower(q.partner_type) IN ('whitelabel', 'technology');

CREATE TABLE due_fee AS
SELECT q.partner_id, f.fee, q.began AS day, q.began AS period_start, q.began AS period_end, f.amount
FROM payer_partner AS q JOIN fee AS f USING (tier) WHERE f.often = 'once'
UNION ALL SELECT q.partner_id, f.fee, max(m.first, q.began), m.first, m.last, f.amount
FROM payer_partner AS q JOIN fee AS f USING (tier) JOIN month AS m ON m.last >= q.began WHERE f.often = 'month'
UNION ALL SELECT q.partner_id, f.fee, max(m.first, q.began), a.first, z.last, f.amount
FROM payer_partner AS q JOIN fee AS f USING (tier) JOIN month AS m ON m.last >= q.began AND (m.number % 3 = 1 OR q.began > m.first)
JOIN month AS a ON a.first <= m.first AND a.first > m.first - 85 AND a.number % 3 = 1
JOIN month AS z ON z.first >= m.first AND z.first < m.first + 85 AND z.number % 3 = 0
WHERE f.often = 'quarter';

CREATE TABLE month_share AS
SELECT q.partner_id, m.first, m.last, s.ppm, sum(h.revenue) AS net
FROM payer_partner AS q JOIN fee_share AS s USING (tier) JOIN happened AS h ON h.partner_id = q.partner_id
JOIN month AS m ON h.day BETWEEN m.first AND m.last GROUP BY 1, 2, 3, 4;

CREATE TABLE r_partner_fees AS
SELECT d.partner_id, fee, d.day AS "day:day", period_start AS "period_start:day", period_end AS "period_end:day",
  amount AS "amount:money", NULL AS "base_amount:money", NULL AS "rate:ratio"
FROM due_fee AS d JOIN payer_partner AS q USING (partner_id) JOIN zone_day AS z ON z.day = d.day, params AS p
WHERE d.day BETWEEN p.from_day AND p.to_day AND (is_active OR q.status_since IS NOT NULL AND z.start_us < q.status_since)
UNION ALL
SELECT partner_id, 'revenue_share', last, first, last, amount, net, ppm FROM (
  SELECT *, CASE WHEN net < 0 THEN -1 ELSE 1 END * ((2 * abs(net) * ppm + 1000000) / 2000000) AS amount FROM month_share), params AS p
WHERE amount <> 0 AND last BETWEEN p.from_day AND p.to_day;

-- Resellers' accounts: the months that the window touches; of everything those in which anything happened to anybody.
CREATE TABLE account_sale AS
SELECT a.account_id, t.day - CAST(strftime('%d', t.day * 86400, 'unixepoch') AS INTEGER) + 1 AS month, t.value
FROM reseller_accounts AS a JOIN trade AS t ON t.vendor_id = a.vendor_id OR t.buyer = a.user_id WHERE t.is_sale;

CREATE TABLE vendor_month AS
SELECT vendor_id, day - CAST(strftime('%d', day * 86400, 'unixepoch') AS INTEGER) + 1 AS month, count(*) AS calls
FROM call GROUP BY 1, 2;
CREATE UNIQUE INDEX vendor_month_month ON vendor_month (vendor_id, month);

CREATE TABLE usage_month AS
SELECT m.first AS month, m.last FROM month AS m, params AS p
WHERE m.first <= p.to_day AND (p.from_day > 4 AND m.last >= p.from_day OR p.from_day = 4 AND (m.last >= p.to_day
  OR m.first IN (SELECT month FROM account_sale) OR m.first IN (SELECT month FROM vendor_month)));

CREATE TABLE account_month AS
SELECT m.month, m.last, a.account_id, a.partner_id, lower(a.plan) AS plan, coalesce(v.calls, 0) AS calls,
  CASE lower(a.plan) WHEN 'starter' THEN 100 WHEN 'professional' THEN 500 END AS included,
  (SELECT count(*) FROM account_sale AS s WHERE s.account_id = a.account_id AND s.month = m.month) AS sales,
  (SELECT coalesce(sum(value), 0) FROM account_sale AS s WHERE s.account_id = a.account_id AND s.month = m.month) AS revenue
FROM usage_month AS m, reseller_accounts AS a LEFT JOIN vendor_month AS v ON v.vendor_id = a.vendor_id AND v.month = m.month;

CREATE TABLE r_reseller_usage AS
SELECT month AS "month:day", account_id, partner_id, plan, calls, included AS included_calls,
  (2000000 * calls + included) / (2 * included) AS "usage:ratio", coalesce(max(0, calls - included), 0) AS calls_over, sales,
  revenue AS "revenue:money", last <= p.to_day AS "complete:boolean"
FROM account_month, params AS p;
