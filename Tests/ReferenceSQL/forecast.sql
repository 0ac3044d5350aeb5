-- Section 8 of the specification, `product_forecast`, as docs/metrics-growth.md says it: units of the 28 days after the window.
--
-- Figures are floating point and compared within a tolerance. Which method is taken is not: only where two errors are the same to
-- nine digits, either may be, and then it is the one that was found (`found_method`).

CREATE TABLE follows AS
SELECT s.product_id, max(min(s.day), p.to_day - 363) AS first, p.to_day - max(min(s.day), p.to_day - 363) + 1 AS n
FROM sold AS s, params AS p
WHERE NOT EXISTS (SELECT 1 FROM products AS x WHERE x.product_id = s.product_id AND x.delisted_at < p.end_us)
GROUP BY s.product_id HAVING max(s.day) > p.to_day - 364;

-- Every day has its place i, from 0 on. A week's units end with it.
CREATE TABLE series (product_id, i INTEGER, u REAL, week REAL, PRIMARY KEY (product_id, i)) WITHOUT ROWID;
INSERT INTO series
WITH RECURSIVE place(product_id, first, n, i) AS (
  SELECT product_id, first, n, 0 FROM follows
  UNION ALL SELECT product_id, first, n, i + 1 FROM place WHERE i + 1 < n)
SELECT q.product_id, q.i, coalesce(s.units, 0),
  sum(coalesce(s.units, 0.0)) OVER (PARTITION BY q.product_id ORDER BY q.i ROWS 6 PRECEDING)
FROM place AS q LEFT JOIN sold AS s ON s.product_id = q.product_id AND s.day = q.first + q.i;

-- How it is forecast, and the mean absolute difference of a week from the one before; rare is a sale less often than every 1.32nd day.
CREATE TABLE product_kind AS
SELECT f.product_id, n, total, scale, CASE WHEN n < 14 THEN 'young' WHEN 100 * n > 132 * selling THEN 'rare' ELSE 'regular' END AS kind
FROM follows AS f
JOIN (SELECT product_id, sum(u) AS total, sum(u > 0) AS selling FROM series GROUP BY product_id) USING (product_id)
LEFT JOIN (
  SELECT b.product_id, nullif(avg(abs(b.week - a.week)), 0) AS scale
  FROM series AS b JOIN series AS a ON a.product_id = b.product_id AND a.i = b.i - 7
  WHERE a.i >= 6 GROUP BY b.product_id) USING (product_id);

-- Where the backtest forecasts from: 28, 35, 42 and 49 days before the end, with at least 28 days before.
CREATE TABLE origin AS
SELECT product_id, kind, n - 28 - 7 * k AS o FROM product_kind JOIN (SELECT 0 AS k UNION ALL VALUES (1), (2), (3))
WHERE kind <> 'young' AND n - 28 - 7 * k >= 28;
CREATE INDEX origin_product ON origin (product_id, o);

CREATE TABLE ahead AS
WITH RECURSIVE h(h) AS (SELECT 1 UNION ALL SELECT h + 1 FROM h WHERE h < 28) SELECT h, (h - 1) / 7 AS w FROM h;

-- Every forecast that is asked for: of the backtest (o is its origin), and of the days to come (o is the length of the series).
CREATE TABLE asked_forecast AS
SELECT product_id, kind, o FROM origin UNION ALL SELECT product_id, kind, n FROM product_kind;

CREATE TABLE guess (product_id, o INTEGER, h INTEGER, method, u REAL, PRIMARY KEY (product_id, o, h, method)) WITHOUT ROWID;

INSERT INTO guess
SELECT q.product_id, q.o, h, 'mean', total / n FROM asked_forecast AS q JOIN product_kind USING (product_id), ahead
WHERE q.kind = 'young';

INSERT INTO guess
SELECT q.product_id, q.o, h, 'seasonal_naive', s.u FROM asked_forecast AS q, ahead
JOIN series AS s ON s.product_id = q.product_id AND s.i = q.o - 7 + (h - 1) % 7 WHERE q.kind <> 'young';

-- Holt-Winters as Winters writes it, additive: level a(u - season) + (1 - a)(level + trend), trend b(level - earlier level)
-- + (1 - b) trend, season c(u - level) + (1 - c) season. s0 is the season of the day to come, s6 that of the day before.
-- States of two weeks: their mean, no trend, each weekday's mean distance from it.
CREATE TABLE weighting AS
SELECT row_number() OVER (ORDER BY a, b, c) AS place, a, b, c
FROM (SELECT 0.05 AS a UNION ALL VALUES (0.15), (0.35)), (SELECT 0.0 AS b UNION ALL VALUES (0.02), (0.1)),
  (SELECT 0.05 AS c UNION ALL VALUES (0.2));

CREATE TABLE first_state AS
SELECT m.product_id, m.level, (SELECT min(o) FROM origin AS g WHERE g.product_id = m.product_id) AS first_o, m.n,
  max(avg) FILTER (WHERE d = 0) - level AS s0, max(avg) FILTER (WHERE d = 1) - level AS s1, max(avg) FILTER (WHERE d = 2) - level AS s2,
  max(avg) FILTER (WHERE d = 3) - level AS s3, max(avg) FILTER (WHERE d = 4) - level AS s4, max(avg) FILTER (WHERE d = 5) - level AS s5,
  max(avg) FILTER (WHERE d = 6) - level AS s6
FROM (SELECT k.product_id, k.n, avg(s.u) AS level FROM product_kind AS k JOIN series AS s USING (product_id)
    WHERE k.kind = 'regular' AND k.n >= 56 AND s.i < 14 GROUP BY k.product_id) AS m
JOIN (SELECT product_id, i % 7 AS d, avg(u) AS avg FROM series WHERE i < 14 GROUP BY 1, 2) AS w USING (product_id)
GROUP BY m.product_id;

-- The weights with the least squared errors of a day before the first forecast of the backtest.
CREATE TABLE weighted AS
WITH RECURSIVE tried(product_id, first_o, place, a, b, c, i, level, trend, s0, s1, s2, s3, s4, s5, s6, squares) AS (
  SELECT product_id, first_o, place, a, b, c, 14, level, 0.0, s0, s1, s2, s3, s4, s5, s6, 0.0 FROM first_state, weighting
  UNION ALL
  SELECT t.product_id, first_o, place, a, b, c, t.i + 1,
    a * (u - s0) + (1 - a) * (level + trend),
    b * (a * (u - s0) + (1 - a) * (level + trend) - level) + (1 - b) * trend,
    s1, s2, s3, s4, s5, s6,
    c * (u - (a * (u - s0) + (1 - a) * (level + trend))) + (1 - c) * s0,
    squares + (u - level - trend - s0) * (u - level - trend - s0)
  FROM tried AS t JOIN series AS s ON s.product_id = t.product_id AND s.i = t.i WHERE t.i < first_o)
SELECT product_id, a, b, c FROM (
  SELECT *, row_number() OVER (PARTITION BY product_id ORDER BY squares, place) AS rank FROM tried WHERE i = first_o)
WHERE rank = 1;

CREATE TABLE smoothed AS
WITH RECURSIVE run(product_id, n, a, b, c, i, level, trend, s0, s1, s2, s3, s4, s5, s6) AS (
  SELECT product_id, n, a, b, c, 14, level, 0.0, s0, s1, s2, s3, s4, s5, s6 FROM first_state JOIN weighted USING (product_id)
  UNION ALL
  SELECT t.product_id, n, a, b, c, t.i + 1,
    a * (u - s0) + (1 - a) * (level + trend),
    b * (a * (u - s0) + (1 - a) * (level + trend) - level) + (1 - b) * trend,
    s1, s2, s3, s4, s5, s6,
    c * (u - (a * (u - s0) + (1 - a) * (level + trend))) + (1 - c) * s0
  FROM run AS t JOIN series AS s ON s.product_id = t.product_id AND s.i = t.i)
SELECT r.* FROM run AS r JOIN asked_forecast AS q ON q.product_id = r.product_id AND q.o = r.i;

INSERT INTO guess
SELECT product_id, i, h, 'holt_winters', max(0, level + h * trend +
  CASE (h - 1) % 7 WHEN 0 THEN s0 WHEN 1 THEN s1 WHEN 2 THEN s2 WHEN 3 THEN s3 WHEN 4 THEN s4 WHEN 5 THEN s5 ELSE s6 END)
FROM smoothed, ahead;

-- Sizes of sales, days between sales, and the share of days with one follow exponentially, each from the mean of its first values
-- on: the k-th with weight max(w, 1/k). Croston begins with a sale, so days before the first one of a series are no interval.
CREATE TABLE followed AS
WITH RECURSIVE run(product_id, i, sales, size, gap, share, last) AS (
  SELECT product_id, 0, 0, 0.0, 0.0, 0.0, NULL FROM product_kind WHERE kind = 'rare'
  UNION ALL
  SELECT r.product_id, r.i + 1, sales + (u > 0),
    CASE WHEN u > 0 THEN max(0.1, 1.0 / (sales + 1)) * u + (1 - max(0.1, 1.0 / (sales + 1))) * size ELSE size END,
    CASE WHEN u > 0 AND sales > 0 THEN max(0.1, 1.0 / sales) * (r.i - last) + (1 - max(0.1, 1.0 / sales)) * gap ELSE gap END,
    max(0.03, 1.0 / (r.i + 1)) * (u > 0) + (1 - max(0.03, 1.0 / (r.i + 1))) * share,
    CASE WHEN u > 0 THEN r.i ELSE last END
  FROM run AS r JOIN series AS s ON s.product_id = r.product_id AND s.i = r.i)
SELECT r.* FROM run AS r JOIN asked_forecast AS q ON q.product_id = r.product_id AND q.o = r.i;

-- Syntetos and Boylan take half of the weight off Croston's quotient; Teunter, Syntetos and Babai take the share of days.
INSERT INTO guess
SELECT product_id, i, h, 'croston_sba', CASE WHEN sales > 1 THEN (1 - 0.1 / 2) * size / gap ELSE size / i END FROM followed, ahead
UNION ALL SELECT product_id, i, h, 'croston_tsb', share * size FROM followed, ahead;

-- The backtest: mean absolute error of a week's units, and root mean squared errors of a day, by weeks ahead.
CREATE TABLE tested AS
SELECT product_id, method, sum(abs(error)) / count(*) AS mae FROM (
  SELECT g.product_id, method, sum(g.u - s.u) AS error
  FROM origin AS q JOIN guess AS g USING (product_id, o) JOIN ahead USING (h)
  JOIN series AS s ON s.product_id = g.product_id AND s.i = g.o + h - 1
  GROUP BY g.product_id, method, g.o, w)
GROUP BY product_id, method;

CREATE TABLE wide AS
SELECT product_id, method, w, max(deviation) OVER (PARTITION BY product_id, method ORDER BY w) AS deviation FROM (
  SELECT g.product_id, method, w, sqrt(avg((g.u - s.u) * (g.u - s.u))) AS deviation
  FROM origin AS q JOIN guess AS g USING (product_id, o) JOIN ahead USING (h)
  JOIN series AS s ON s.product_id = g.product_id AND s.i = g.o + h - 1
  GROUP BY g.product_id, method, w);

-- Without a backtest: how far weeks differed so far; of young products, days from their mean.
INSERT INTO wide
SELECT product_id, 'seasonal_naive', w, deviation FROM (
  SELECT k.product_id, sqrt(avg((b.u - a.u) * (b.u - a.u))) AS deviation
  FROM product_kind AS k JOIN series AS b USING (product_id) JOIN series AS a ON a.product_id = b.product_id AND a.i = b.i - 7
  WHERE k.kind = 'regular' AND k.n < 56 GROUP BY k.product_id), (SELECT DISTINCT w FROM ahead)
UNION ALL
SELECT product_id, 'mean', w, deviation FROM (
  SELECT k.product_id, sqrt(sum((s.u - total / n) * (s.u - total / n)) / (n - 1)) AS deviation
  FROM product_kind AS k JOIN series AS s USING (product_id) WHERE k.kind = 'young' AND k.n > 1 GROUP BY k.product_id),
  (SELECT DISTINCT w FROM ahead);
CREATE UNIQUE INDEX wide_week ON wide (product_id, method, w);

-- The better one, if it is better: of regular products than the naive method, of rare ones than that by the share of days.
CREATE TABLE chosen AS
SELECT k.*, n.mae AS naive_mae, CASE k.method WHEN usual THEN x.mae ELSE y.mae END AS mae FROM (
  SELECT k.*, CASE
      WHEN x.mae IS NULL OR y.mae IS NULL THEN usual
      WHEN abs(y.mae - x.mae) <= 1e-9 * (1 + x.mae) AND f.method IN (usual, other) THEN f.method
      WHEN y.mae < x.mae THEN other ELSE usual END AS method
  FROM (SELECT *, CASE kind WHEN 'young' THEN 'mean' WHEN 'rare' THEN 'croston_tsb' ELSE 'seasonal_naive' END AS usual,
      CASE kind WHEN 'rare' THEN 'croston_sba' WHEN 'regular' THEN 'holt_winters' END AS other FROM product_kind) AS k
  LEFT JOIN tested AS x ON x.product_id = k.product_id AND x.method = usual
  LEFT JOIN tested AS y ON y.product_id = k.product_id AND y.method = other
  LEFT JOIN found_method AS f ON f.product_id = k.product_id) AS k
LEFT JOIN tested AS n ON n.product_id = k.product_id AND n.method = 'seasonal_naive'
LEFT JOIN tested AS x ON x.product_id = k.product_id AND x.method = usual
LEFT JOIN tested AS y ON y.product_id = k.product_id AND y.method = other;

-- Of rare products, the least units that a tenth and nine tenths of days do not exceed.
CREATE TABLE decile AS
SELECT product_id, min(u) FILTER (WHERE 10 * days >= n) AS low, min(u) FILTER (WHERE 10 * days >= 9 * n) AS high FROM (
  SELECT k.product_id, n, u, count(*) OVER (PARTITION BY k.product_id ORDER BY u) AS days
  FROM product_kind AS k JOIN series USING (product_id) WHERE kind = 'rare')
GROUP BY product_id;

-- Nine tenths of a normal distribution lie below 1.2815515655446004 standard deviations.
CREATE TABLE r_product_forecast AS
SELECT c.product_id, p.to_day + h AS "forecast_date:day", u AS "units:real2",
  CASE kind WHEN 'rare' THEN min(low, u) ELSE max(0, u - 1.2815515655446004 * deviation) END AS "units_low:real2",
  CASE kind WHEN 'rare' THEN max(high, u) ELSE u + 1.2815515655446004 * deviation END AS "units_high:real2",
  c.method, mae AS "mae:real4", naive_mae AS "naive_mae:real4", mae / scale AS "mase:real4", naive_mae / scale AS "naive_mase:real4",
  p.to_day AS "as_of:day"
FROM chosen AS c JOIN guess AS g ON g.product_id = c.product_id AND g.o = c.n AND g.method = c.method JOIN ahead USING (h)
LEFT JOIN wide AS d ON d.product_id = c.product_id AND d.method = c.method AND d.w = ahead.w
LEFT JOIN decile AS e ON e.product_id = c.product_id, params AS p;
