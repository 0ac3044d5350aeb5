-- Sections 3, 4 and 7 of the specification: owners, attribution, partners' days.

CREATE TABLE first_sale AS
SELECT buyer, occurred_at, transaction_id, day FROM (
  SELECT *, row_number() OVER (PARTITION BY buyer ORDER BY occurred_at, transaction_id) AS place
  FROM trade WHERE is_sale AND buyer IS NOT NULL)
WHERE place = 1;
CREATE UNIQUE INDEX first_sale_buyer ON first_sale (buyer);

CREATE TABLE last_touch AS SELECT question, partner_id FROM step WHERE place = places;
CREATE UNIQUE INDEX last_touch_question ON last_touch (question);

CREATE TABLE address AS
SELECT *, CASE WHEN domain = '@gmail.com' THEN replace(plain, '.', '') ELSE plain END || domain AS alike FROM (
  SELECT owner, domain, CASE WHEN instr(local, '+') > 0 THEN substr(local, 1, instr(local, '+') - 1) ELSE local END
    AS plain FROM (
    SELECT owner, substr(email, 1, instr(email, '@') - 1) AS local, substr(email, instr(email, '@')) AS domain FROM (
      SELECT 'user ' || user_id AS owner, lower(trim(email)) AS email FROM users WHERE instr(email, '@') > 0
      UNION ALL SELECT 'partner ' || partner_id, lower(trim(email)) FROM partner WHERE instr(email, '@') > 0)));
CREATE UNIQUE INDEX address_owner ON address (owner);

CREATE TABLE window_us AS
SELECT coalesce((SELECT start_us FROM zone_day WHERE day = p.from_day), -9e18) AS from_us, p.end_us FROM params AS p;

CREATE TABLE candidate AS
SELECT u.user_id, u.created_at, f.occurred_at AS sold_at,
  CASE WHEN u.created_at >= w.from_us THEN
    coalesce(
      (SELECT c.partner_id FROM partner AS c WHERE c.referral_code = u.referral_code
        AND (c.status = 'active' OR c.status_since IS NOT NULL AND u.created_at < c.status_since)),
      (SELECT partner_id FROM last_touch WHERE question = 'signup ' || u.user_id)) END AS by_signup,
  CASE WHEN f.occurred_at >= w.from_us AND f.occurred_at - u.created_at BETWEEN 0 AND 7776000000000 THEN
    (SELECT partner_id FROM last_touch WHERE question = 'sale ' || f.transaction_id) END AS by_sale
FROM users AS u, window_us AS w LEFT JOIN first_sale AS f ON f.buyer = u.user_id
WHERE u.created_at < w.end_us;

CREATE TABLE referral AS
SELECT c.user_id, p.partner_id, p.referral_code, c.sold_at,
  CASE WHEN by_signup IS NOT NULL THEN c.created_at ELSE c.sold_at END AS created_at,
  by_signup IS NOT NULL OR c.sold_at = c.created_at AS is_signup,
  CASE WHEN p.user_id = c.user_id THEN 'self_user' WHEN a.alike = b.alike THEN 'same_email' END AS reason
FROM candidate AS c JOIN partner AS p ON p.partner_id = coalesce(c.by_signup, c.by_sale)
LEFT JOIN address AS a ON a.owner = 'user ' || c.user_id
LEFT JOIN address AS b ON b.owner = 'partner ' || p.partner_id;
CREATE UNIQUE INDEX referral_user ON referral (user_id);

CREATE TABLE r_referrals AS
SELECT partner_id, user_id AS referred_user_id, referral_code,
  CASE WHEN reason IS NOT NULL THEN 'rejected' WHEN sold_at IS NOT NULL THEN 'qualified' ELSE 'converted' END AS status,
  CASE WHEN reason IS NULL THEN sold_at END AS "conversion_date:instant", reason, created_at AS "created_at:instant"
FROM referral;

-- Attribution. Weights are whole numbers, so that remainders are exact; those of time are floating point. By time no shares tie but those of one instant, which are the same number; two touches a microsecond apart differ in the 12th
-- digit of their share, which may be small.
CREATE TABLE model (model);
INSERT INTO model VALUES ('first'), ('last'), ('linear'), ('position'), ('time_decay');

CREATE TABLE way AS
SELECT t.transaction_id, t.value, coalesce(s.partner_id, 'direct') AS partner_id, coalesce(s.place, 1) AS place,
  coalesce(s.places, 1) AS places, t.occurred_at - coalesce(s.clicked_at, t.occurred_at) AS age
FROM trade AS t JOIN params AS p ON t.day BETWEEN p.from_day AND p.to_day
LEFT JOIN step AS s ON s.question = 'sale ' || t.transaction_id
WHERE t.is_sale;

CREATE TABLE weighed AS
SELECT w.*, m.model, CASE m.model
  WHEN 'first' THEN place = 1
  WHEN 'last' THEN place = places
  WHEN 'linear' THEN 1.0
  WHEN 'position' THEN CASE WHEN places <= 2 THEN 1.0
    WHEN place IN (1, places) THEN 2.0 * (places - 2) ELSE 1.0 END
  ELSE pow(2.0, -age / 604800000000.0) END AS weight
FROM way AS w, model AS m;

CREATE TABLE shared AS
SELECT *, value - sum(whole) OVER (PARTITION BY transaction_id, model) AS left_over,
  row_number() OVER (PARTITION BY transaction_id, model
    ORDER BY CASE model WHEN 'time_decay' THEN share - whole ELSE cast(value * weight AS integer) % cast(total AS integer) END DESC,
      place) AS turn
FROM (SELECT *, cast(share + 1e-9 AS integer) AS whole FROM (
  SELECT *, value * weight / total AS share FROM (
    SELECT *, sum(weight) OVER (PARTITION BY transaction_id, model) AS total FROM weighed)));

CREATE TABLE r_attribution AS
SELECT transaction_id, model, partner_id, sum(whole + (turn <= left_over)) AS "amount:money"
FROM shared GROUP BY 1, 2, 3;
