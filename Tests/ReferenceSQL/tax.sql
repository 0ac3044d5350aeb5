-- Section 11 of the specification: 1099s of a tax year. Of a tax number only what is published stands in a result.

CREATE TABLE tax_day AS
SELECT a.start_us AS first_us, z.start_us AS next_us, CASE WHEN p.tax_year <= 2025 THEN 600 ELSE 2000 END * p.unit AS threshold
FROM params AS p
JOIN zone_day AS a ON a.day = strftime('%s', p.tax_year || '-01-01') / 86400
JOIN zone_day AS z ON z.day = strftime('%s', (p.tax_year + 1) || '-01-01') / 86400;

-- A profile with its number's digits; only a W-9 has one. `fault` is NULL where it may be somebody's.
CREATE TABLE filed AS
SELECT *, is_w9 AND fault IS NULL AS is_valid FROM (
  SELECT *, CASE
      WHEN NOT is_w9 OR trim(coalesce(tin, '')) = '' THEN 'tin_missing'
      WHEN digits GLOB '*[^0-9]*' OR length(digits) <> 9 OR digits = '123456789'
        OR digits = replace('#########', '#', substr(digits, 1, 1)) THEN 'tin_invalid'
      WHEN type = 'SSN' AND (area IN ('000', '666') OR area LIKE '9%' OR middle = '00' OR digits LIKE '%0000'
        OR digits IN ('078051120', '219099999', '457555462')) THEN 'tin_invalid'
      WHEN type = 'ITIN' AND NOT (area LIKE '9%' AND (middle BETWEEN '50' AND '65' OR middle BETWEEN '70' AND '88'
        OR middle BETWEEN '90' AND '92' OR middle BETWEEN '94' AND '99')) THEN 'tin_invalid'
      WHEN type = 'ATIN' AND NOT (area LIKE '9%' AND middle = '93') THEN 'tin_invalid' END AS fault
  FROM (
    SELECT *, substr(digits, 1, 3) AS area, substr(digits, 4, 2) AS middle FROM (
      SELECT *, lower(trim(form)) = 'w-9' AS is_w9, lower(trim(form)) LIKE 'w-8%' AS is_w8, upper(trim(tin_type)) AS type,
        replace(replace(tin, '-', ''), ' ', '') AS digits, lower(trim(classification)) AS class,
        lower(trim(backup_withholding)) IN ('true', 't', '1', 'yes') AS must_withhold
      FROM tax_profiles)));
CREATE UNIQUE INDEX filed_partner ON filed (partner_id);

CREATE TABLE paid AS
SELECT o.*, lower(trim(o.status)) AS state, upper(trim(o.currency)) AS code, upper(trim(o.currency)) = p.currency AS is_own, c.unit AS own_unit,
  CASE WHEN lower(trim(o.status)) <> 'completed' OR o.processed_at IS NULL OR o.processed_at >= p.end_us THEN 'not_completed'
    WHEN o.processed_at < t.first_us OR o.processed_at >= t.next_us THEN 'other_year'
    WHEN upper(trim(o.currency)) <> p.currency THEN 'other_currency'
    WHEN lower(trim(o.reported_by)) = 'network' THEN 'network' END AS early,
  CASE WHEN f.is_valid THEN 'number ' || coalesce(f.type, '') || ' ' || f.digits ELSE 'partner ' || o.partner_id END AS recipient
FROM payouts AS o JOIN currency_unit AS c ON c.currency = upper(trim(o.currency)) LEFT JOIN filed AS f ON f.partner_id = o.partner_id,
  params AS p, tax_day AS t;

CREATE TABLE recipient AS
SELECT r.*, CASE WHEN is_w8 THEN 'foreign'
    WHEN withheld <> 0 THEN 'form'
    WHEN is_w9 AND class IN ('c_corporation', 's_corporation', 'llc_c', 'llc_s') THEN 'corporation'
    WHEN is_w9 AND class IN ('tax_exempt', 'government') THEN class
    WHEN amount < threshold THEN 'below_threshold' ELSE 'form' END AS bucket,
  CASE WHEN is_w8 THEN NULL WHEN f.partner_id IS NULL THEN 'tin_missing' ELSE fault END AS exception
FROM (
  SELECT recipient, min(partner_id) AS speaker, count(*) AS payments, sum(amount) AS amount, sum(coalesce(withheld, 0)) AS withheld,
    min(processed_at) AS first_at, max(processed_at) AS last_at, sum((2 * amount * 24 + 100) / 200) AS share
  FROM paid WHERE early IS NULL GROUP BY recipient) AS r
LEFT JOIN filed AS f ON f.partner_id = r.speaker, tax_day;
CREATE UNIQUE INDEX recipient_recipient ON recipient (recipient);

-- Without a key for tax numbers nobody has a code. Nine digits of a postal code are a ZIP code without its hyphen.
CREATE TABLE r_form_1099_nec AS
SELECT p.tax_year,
  (SELECT group_concat(partner_id, ' ') FROM (SELECT DISTINCT partner_id FROM paid AS o
    WHERE o.recipient = r.recipient AND early IS NULL ORDER BY partner_id)) AS partner_ids,
  f.legal_name, CASE WHEN f.is_valid THEN f.type END AS tin_type,
  CASE WHEN f.is_valid THEN '***-**-' || substr(f.digits, 6) END AS tin, r.amount AS "nonemployee_compensation:money",
  r.withheld AS "federal_tax_withheld:money", CASE bucket WHEN 'form' THEN 'form' ELSE 'no_form' END AS decision,
  nullif(bucket, 'form') AS reason, exception, speaker AS recipient_id, f.business_name, q.company_name AS partner_name,
  CASE WHEN is_w9 THEN 'W-9' WHEN is_w8 THEN upper(trim(f.form)) ELSE lower(trim(f.form)) END AS form,
  f.form_received_at AS "form_received_at:instant", f.class AS classification, f.address_line1, f.address_line2, f.city, f.state,
  CASE WHEN length(f.postal_code) = 9 AND f.postal_code NOT GLOB '*[^0-9]*'
    THEN substr(f.postal_code, 1, 5) || '-' || substr(f.postal_code, 6) ELSE f.postal_code END AS postal_code,
  f.country, f.email, lower(trim(f.second_tin_notice)) IN ('true', 't', '1', 'yes') AS "second_tin_notice:boolean", payments,
  first_at AS "first_paid_at:instant", last_at AS "last_paid_at:instant",
  CASE WHEN NOT coalesce(is_w8, FALSE) AND (exception IS NOT NULL OR f.must_withhold) THEN share ELSE 0 END AS "withholding_due:money",
  NULL AS tin_code
FROM recipient AS r LEFT JOIN filed AS f ON f.partner_id = r.speaker LEFT JOIN partners AS q ON q.partner_id = r.speaker, params AS p;

CREATE TABLE r_form_1099_payments AS
SELECT payout_id, o.partner_id,
  CASE WHEN is_own THEN o.amount ELSE (2 * o.amount * p.unit + own_unit) / (2 * own_unit) END AS "amount:money",
  processed_at AS "processed_at:instant", coalesce(early, bucket) AS bucket, p.tax_year,
  CASE WHEN early IS NULL THEN r.speaker END AS recipient_id, state AS status, code AS currency,
  CASE WHEN NOT is_own THEN CASE own_unit WHEN 1 THEN printf('%d', o.amount)
    WHEN 1000 THEN printf('%d.%03d', o.amount / 1000, o.amount % 1000)
    ELSE printf('%d.%02d', o.amount / 100, o.amount % 100) END END AS own_amount,
  CASE WHEN is_own THEN o.withheld END AS "withheld:money", method, lower(trim(reported_by)) AS reported_by,
  CASE coalesce(early, bucket)
    WHEN 'not_completed' THEN CASE WHEN state <> 'completed' THEN 'the payout is ' || state
      WHEN processed_at IS NULL THEN 'nobody says when it was paid'
      ELSE 'paid after ' || date(p.to_day * 86400, 'unixepoch') END
    WHEN 'other_year' THEN 'paid in ' || strftime('%Y', 86400 *
      (SELECT z.day FROM zone_day AS z WHERE z.start_us <= processed_at ORDER BY z.start_us DESC LIMIT 1), 'unixepoch')
    WHEN 'other_currency' THEN 'paid in ' || code
    WHEN 'network' THEN 'the payment network reports it on a 1099-K'
    WHEN 'foreign' THEN 'the recipient gave a form W-8'
    WHEN 'corporation' THEN 'the recipient is a corporation'
    WHEN 'tax_exempt' THEN 'the recipient is tax-exempt'
    WHEN 'government' THEN 'the recipient is a government'
    WHEN 'below_threshold' THEN 'the recipient was paid less than the threshold'
    ELSE 'on the recipient''s form' END AS reason
FROM paid AS o LEFT JOIN recipient AS r ON r.recipient = o.recipient, params AS p;
