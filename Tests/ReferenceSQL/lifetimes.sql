-- The estimates beside section 10: what is expected of each customer by the fitted models, and whether they are fitted.
--
-- BG/NBD: P. S. Fader, B. G. S. Hardie, K. L. Lee, "Counting your customers the easy way" (2005). Gamma-Gamma: the same, "RFM and
-- CLV" (2005), and Hardie's note on it. Time is in days, money in minor units. A greatest likelihood is not looked for here:
-- `purchase_model` and `spend_model` hold the parameters that were found (no row: no fit), and points around them are tried.

CREATE TABLE repeating AS
SELECT b.buyer, b.days - 1 AS x, b.last_day - b.first_day AS tx, p.to_day - b.first_day AS t,
  CASE WHEN b.days > 1 THEN (b.sales - f.sales) * 1.0 / (b.days - 1) END AS mean
FROM bought AS b
JOIN (SELECT t.buyer, sum(t.value) AS sales FROM trade AS t JOIN bought AS b ON b.buyer = t.buyer AND b.first_day = t.day
  WHERE t.is_sale GROUP BY t.buyer) AS f ON f.buyer = b.buyer, params AS p;

-- Steps away from a model, in logarithms of its parameters: along each alone, and along all at once.
CREATE TABLE stride AS
SELECT a.d AS d1, b.d AS d2, c.d AS d3, e.d AS d4, size
FROM (SELECT -1 AS d UNION ALL VALUES (0), (1)) AS a, (SELECT -1 AS d UNION ALL VALUES (0), (1)) AS b,
  (SELECT -1 AS d UNION ALL VALUES (0), (1)) AS c, (SELECT -1 AS d UNION ALL VALUES (0), (1)) AS e,
  (SELECT 0.001 AS size UNION ALL VALUES (0.01), (0.1), (1.0));

CREATE TABLE purchase_point AS
SELECT 0 AS point, r, alpha, a, b FROM purchase_model
UNION ALL SELECT row_number() OVER (), r * exp(d1 * size), alpha * exp(d2 * size), a * exp(d3 * size), b * exp(d4 * size)
FROM purchase_model, stride WHERE abs(d1) + abs(d2) + abs(d3) + abs(d4) IN (1, 4);

-- Equation 6: B(a, b + x) / B(a, b) G(r + x) alpha^r / (G(r) (alpha + t)^(r + x)), and for x > 0 the same with tx in place of t and
-- B(a + 1, b + x - 1) in place of B(a, b + x), added. G(r + x) / G(r) is r (r + 1) ... (r + x - 1).
CREATE TABLE purchase_factor AS
WITH RECURSIVE f(point, x, value) AS (
  SELECT point, 0, r * ln(alpha) FROM purchase_point
  UNION ALL SELECT f.point, x + 1, value + ln(r + x) + ln((b + x) / (a + b + x)) FROM f JOIN purchase_point USING (point)
  WHERE x < (SELECT max(x) FROM repeating))
SELECT f.point, f.x, value, r, alpha, CASE WHEN f.x > 0 THEN value + ln(a / (b + f.x - 1)) END AS lost
FROM f JOIN purchase_point USING (point) WHERE f.x IN (SELECT x FROM repeating);
CREATE INDEX purchase_factor_x ON purchase_factor (x);

CREATE TABLE purchase_likelihood AS
SELECT point, sum(times * CASE WHEN lost IS NULL THEN alive
    ELSE max(alive, lost) + ln(1 + exp(min(alive, lost) - max(alive, lost))) END) AS value
FROM (
  SELECT f.point, times, value - (r + x) * ln(alpha + t) AS alive, lost - (r + x) * ln(alpha + tx) AS lost
  FROM (SELECT x, tx, t, count(*) AS times FROM repeating GROUP BY x, tx, t) JOIN purchase_factor AS f USING (x))
GROUP BY point;

CREATE TABLE spend_point AS
SELECT 0 AS point, p, q, gamma FROM spend_model
UNION ALL SELECT row_number() OVER (), p * exp(d1 * size), q * exp(d2 * size), gamma * exp(d3 * size)
FROM spend_model, stride WHERE d4 = 0 AND abs(d1) + abs(d2) + abs(d3) IN (1, 3);

-- The logarithm of the gamma function as C. Lanczos has it, with g = 7 and the nine coefficients of P. Godfrey.
CREATE TABLE lanczos (k, c);
INSERT INTO lanczos VALUES (1, 676.5203681218851), (2, -1259.1392167224028), (3, 771.32342877765313), (4, -176.61502916214059),
  (5, 12.507343278686905), (6, -0.13857109526572012), (7, 9.9843695780195716e-6), (8, 1.5056327351493116e-7);

CREATE TABLE spend_factor AS
SELECT point, x, p, q, gamma, sum(sign * value) AS beta FROM (
  SELECT point, x, p, q, gamma, sign,
    0.91893853320467274 + (z - 0.5) * ln(z + 6.5) - (z + 6.5) + ln(0.99999999999980993 + sum(c / (z - 1 + k))) AS value
  FROM (
    SELECT s.*, x, 1 AS sign, p * x AS z FROM spend_point AS s, (SELECT DISTINCT x FROM repeating WHERE x > 0)
    UNION ALL SELECT s.*, x, 1, q FROM spend_point AS s, (SELECT DISTINCT x FROM repeating WHERE x > 0)
    UNION ALL SELECT s.*, x, -1, p * x + q FROM spend_point AS s, (SELECT DISTINCT x FROM repeating WHERE x > 0)), lanczos
  GROUP BY point, x, sign, z)
GROUP BY point, x;
CREATE INDEX spend_factor_x ON spend_factor (x);

-- Equation 1b: 1 / (m B(px, q)) (gamma / (gamma + m x))^q (m x / (gamma + m x))^(p x) of a mean m of x purchases.
CREATE TABLE spend_likelihood AS
SELECT point, sum(q * ln(gamma / (gamma + mean * x)) + p * x * ln(mean * x / (gamma + mean * x)) - ln(mean) - beta) AS value
FROM repeating JOIN spend_factor USING (x) WHERE mean > 0 GROUP BY point;

-- Points that are likelier than what was found, by more than a fit is exact to.
CREATE TABLE r_better_models AS
SELECT 'purchase_model' AS model, l.point, l.value, f.value AS found FROM purchase_likelihood AS l, purchase_likelihood AS f
WHERE f.point = 0 AND l.value > f.value + 1e-9 * (1 + abs(f.value))
UNION ALL SELECT 'spend_model', l.point, l.value, f.value FROM spend_likelihood AS l, spend_likelihood AS f
WHERE f.point = 0 AND l.value > f.value + 1e-9 * (1 + abs(f.value));

CREATE TABLE r_fits AS
SELECT 'purchase_model' AS model FROM purchase_model UNION ALL SELECT 'spend_model' FROM spend_model;

-- Equation 10, the purchases to be expected in 365 days of a customer who is still there, by Gauss's series as the paper has it.
CREATE TABLE likely AS
WITH RECURSIVE f(x, t, r, alpha, a, b, z, j, term, total) AS (
  SELECT x, t, r, alpha, a, b, 365 / (alpha + t + 365), 0, 1.0, 1.0 FROM (SELECT DISTINCT x, t FROM repeating), purchase_model
  UNION ALL
  SELECT x, t, r, alpha, a, b, z, j + 1, term * (r + x + j) * (b + x + j) / ((a + b + x - 1 + j) * (j + 1)) * z,
    total + term * (r + x + j) * (b + x + j) / ((a + b + x - 1 + j) * (j + 1)) * z
  FROM f WHERE j < 20000 AND (j < 10 OR abs(term) > 1e-18 * abs(total)))
SELECT x, t, (a + b + x - 1) / (a - 1) * (1 - pow((alpha + t) / (alpha + t + 365), r + x) * total) AS purchases
FROM (SELECT *, row_number() OVER (PARTITION BY x, t ORDER BY j DESC) AS place FROM f) WHERE place = 1;
CREATE UNIQUE INDEX likely_x ON likely (x, t);

CREATE TABLE estimate AS
SELECT h.buyer, CASE WHEN h.x > 0 THEN 1 / (1 + a / (b + h.x - 1) * pow((alpha + h.t) / (alpha + h.tx), r + h.x))
    WHEN r IS NOT NULL THEN 1.0 END AS alive,
  l.purchases,
  -- Gamma-Gamma's mean of all customers and the customer's own, by their weights; there is none of all where q is at most 1.
  CASE WHEN h.x = 0 THEN CASE WHEN q > 1 THEN p * gamma / (q - 1) END
    WHEN p * h.x + q > 1 AND q <> 1 THEN
      (q - 1) / (p * h.x + q - 1) * (p * gamma / (q - 1)) + p * h.x / (p * h.x + q - 1) * h.mean END AS spend
FROM repeating AS h LEFT JOIN purchase_model ON TRUE LEFT JOIN spend_model ON TRUE LEFT JOIN likely AS l ON l.x = h.x AND l.t = h.t;
CREATE UNIQUE INDEX estimate_buyer ON estimate (buyer);

CREATE TABLE r_customer_ltv AS
SELECT c.*, purchases * alive AS "expected_purchases_365:real6", alive AS "probability_alive:real6",
  spend / unit AS "expected_average_value:realmoney", purchases * alive * spend / unit AS "bgnbd_ltv:realmoney", to_day AS "as_of:day"
FROM customer_row AS c JOIN estimate AS e ON e.buyer = c.user_id, params;
