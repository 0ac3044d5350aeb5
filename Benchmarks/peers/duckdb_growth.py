"""The business's days and how recurring revenue moved by month, made with DuckDB for the whole job of partners.

The rules are those of the metric definitions (section 9), for zones whose clocks skip no midnight: then a payment's cover ends on
a day of the calendar, and the time of day does not matter.
"""

from duckdb_warehouse import Published

# More of transactions.
COLUMNS = ", period, coalesce(intervals, 1) AS intervals, nullif(subscription_id, '') AS subscription_id"

GROWTH = """
CREATE TABLE products AS
  SELECT product_id, nullif(supplier_id, '') AS supplier_id, coalesce(local_day(epoch_us(listed)), DATE '0001-01-01') AS listed,
    coalesce(local_day(epoch_us(delisted)), DATE '9999-12-31') AS delisted
  FROM products_read QUALIFY products_read.rowid = max(products_read.rowid) OVER (PARTITION BY product_id);

-- Payments of subscriptions, with the last day that each covers: its intervals and three days' grace.
CREATE TABLE payments AS
  SELECT transaction_id, us, day, amount, coalesce('u' || buyer, 'v' || vendor_id) AS customer,
    coalesce('s' || subscription_id, 'p' || product_id, '') AS subscription,
    CAST(day + CASE period WHEN 'week' THEN to_days(7 * intervals::INTEGER) WHEN 'year' THEN to_years(intervals::INTEGER)
                           ELSE to_months(intervals::INTEGER) END AS DATE) + 2 AS last_day,
    amount * CASE period WHEN 'week' THEN 13 ELSE 1 END AS numerator,
    intervals * CASE period WHEN 'week' THEN 3 WHEN 'year' THEN 12 ELSE 1 END AS denominator
  FROM trade WHERE kind IN ('subscription', 'vendor_subscription') AND coalesce(buyer, vendor_id) IS NOT NULL;

-- From when to when a payment is not fully refunded.
CREATE TABLE standing AS
  WITH turns AS (
    SELECT transaction_id, {{'us': us, 'id': transaction_id}} AS since, day, true AS stands FROM payments
    UNION ALL
    SELECT original_id, {{'us': a.us, 'id': a.transaction_id}}, a.day, a.taken < p.minor
    FROM adjustments a JOIN trade p ON p.transaction_id = a.original_id SEMI JOIN payments q ON q.transaction_id = a.original_id
    WHERE a.follows)
  SELECT customer, subscription, t.*, lead(since) OVER (PARTITION BY t.transaction_id ORDER BY since) AS until, p.us AS paid_us, last_day,
    numerator, denominator
  FROM turns t JOIN payments p USING (transaction_id);

-- The payment that counts from each of these instants on: the latest that stands. Of several on a day the last one shows.
CREATE TABLE segments AS
  WITH counting AS (
    SELECT e.customer, e.subscription, e.since, any_value(e.day) AS day,
      arg_max({{'last': p.last_day, 'numerator': p.numerator, 'denominator': p.denominator}},
        {{'us': p.paid_us, 'id': p.transaction_id}}) FILTER (p.stands) AS payment
    FROM standing e JOIN standing p ON p.customer = e.customer AND p.subscription = e.subscription AND p.since <= e.since
      AND (p.until IS NULL OR p.until > e.since)
    GROUP BY e.customer, e.subscription, e.since),
  daily AS (
    SELECT customer, subscription, day, arg_max(CASE WHEN payment IS NULL THEN {{'last': DATE '0001-01-01', 'numerator': 0, 'denominator': 1}}
      ELSE payment END, since) AS payment
    FROM counting GROUP BY customer, subscription, day)
  SELECT customer, day AS first, least(payment.last, lead(day) OVER (PARTITION BY customer, subscription ORDER BY day) - 1) AS last,
    payment.numerator::HUGEINT AS numerator, payment.denominator::HUGEINT AS denominator
  FROM daily QUALIFY first <= last;

-- From which day on a customer's exact sum, rounded once, is another one.
CREATE TABLE steps AS
  WITH scales AS (
    SELECT customer, list_reduce(list(DISTINCT denominator), lambda a, b: lcm(a, b)) AS scale FROM segments GROUP BY customer),
  changes AS (
    SELECT customer, first AS day, numerator * (scale // denominator) AS change, scale FROM segments JOIN scales USING (customer)
    UNION ALL
    SELECT customer, last + 1, -numerator * (scale // denominator), scale FROM segments JOIN scales USING (customer)),
  sums AS (
    SELECT customer, day, round_div(CAST(sum(sum(change)) OVER (PARTITION BY customer ORDER BY day) AS HUGEINT), any_value(scale)) AS amount
    FROM changes GROUP BY customer, day)
  SELECT customer, day, CAST(amount AS BIGINT) AS amount, CAST(lag(amount, 1, 0) OVER (PARTITION BY customer ORDER BY day) AS BIGINT) AS before
  FROM sums;

CREATE TABLE movements AS
  WITH ends AS (
    SELECT customer, CAST(date_trunc('month', day) AS DATE) AS month, arg_max(amount, day) AS after FROM steps GROUP BY ALL),
  moves AS (
    SELECT month, after, lag(after, 1, 0) OVER before AS before,
      coalesce(max(after) OVER (PARTITION BY customer ORDER BY month ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0) > 0 AS was
    FROM ends WINDOW before AS (PARTITION BY customer ORDER BY month)),
  named AS (
    SELECT month, after - before AS change, CASE WHEN before = 0 AND was THEN 'reactivated' WHEN before = 0 THEN 'new'
      WHEN after = 0 THEN 'churned' WHEN after > before THEN 'expansion' ELSE 'contraction' END AS movement
    FROM moves WHERE after <> before),
  months AS (
    SELECT CAST(month AS DATE) AS month
    FROM generate_series((SELECT date_trunc('month', min(day)) FROM days), DATE '{to}' + 1 - INTERVAL 1 MONTH, INTERVAL 1 MONTH) t(month))
  SELECT month, movement, coalesce(sum(change), 0) AS amount, count(change) AS customers FROM months LEFT JOIN named USING (month) GROUP BY ALL;

CREATE TABLE money AS
  SELECT day, sum(revenue) AS revenue, sum(net) AS net, sum(orders) AS orders FROM (
    SELECT day, amount AS revenue, amount AS net, 1 AS orders FROM trade UNION ALL SELECT day, 0, -refunded, 0 FROM refunds) GROUP BY day;

-- Each supplier's days, as each person's.
CREATE TABLE supplied AS
  SELECT supplier_id, day, lead(day) OVER (PARTITION BY supplier_id ORDER BY day) AS next
  FROM (SELECT DISTINCT supplier_id, day FROM trade JOIN products USING (product_id) WHERE supplier_id IS NOT NULL);

CREATE TABLE suppliers AS
  WITH changes AS (
    SELECT day, 1 AS change FROM supplied UNION ALL SELECT least(day + 30, coalesce(next, day + 30)), -1 FROM supplied)
  SELECT day, sum(change) AS change FROM changes GROUP BY day;

CREATE MACRO growth(now, before) AS
  CASE WHEN before <> 0 THEN CAST(round_div((now - before)::HUGEINT * 1000000 * sign(before)::HUGEINT, abs(before)::HUGEINT) AS BIGINT)
    ::DECIMAL(18, 0) * 0.000001 END;

CREATE TABLE business AS
  SELECT d.day, coalesce(n.users, 0) AS new_users, coalesce(a.users, 0) AS activated_users, coalesce(revenue, 0) AS revenue,
    coalesce(net, 0) AS net, coalesce(orders, 0) AS orders,
    sum(coalesce(r.change, 0)) OVER running AS mrr, sum(coalesce(r.customers, 0)) OVER running AS subscribers,
    coalesce(p.listed, 0) AS listed, coalesce(s.sold, 0) AS sold, sum(coalesce(u.change, 0)) OVER running AS active_suppliers
  FROM days d
    LEFT JOIN (SELECT created AS day, count(*) AS users FROM users GROUP BY ALL) n ON n.day = d.day
    LEFT JOIN (SELECT activated AS day, count(*) AS users FROM users GROUP BY ALL) a ON a.day = d.day
    LEFT JOIN money m ON m.day = d.day
    LEFT JOIN (SELECT day, sum(amount - before) AS change, sum((amount > 0)::INTEGER - (before > 0)::INTEGER) AS customers
               FROM steps GROUP BY day) r ON r.day = d.day
    LEFT JOIN (SELECT d.day, count(*) AS listed FROM days d JOIN products ON d.day >= listed AND d.day < delisted GROUP BY d.day) p
      ON p.day = d.day
    LEFT JOIN (SELECT day, count(DISTINCT product_id) AS sold FROM trade GROUP BY day) s ON s.day = d.day
    LEFT JOIN suppliers u ON u.day = d.day
  WINDOW running AS (ORDER BY d.day);
"""


def trailing(name, days):
    """An SQL expression: how a column's sum over days compares with that of as many days before."""
    now = f"sum({name}) OVER (ORDER BY b.day ROWS {days - 1} PRECEDING)"
    before = f"sum({name}) OVER (ORDER BY b.day ROWS BETWEEN {2 * days - 1} PRECEDING AND {days} PRECEDING)"
    return f"growth({now}, coalesce({before}, 0))"


KINDS = ["new", "reactivated", "expansion", "contraction", "churned"]
MOVED = [f"{{money:coalesce(sum(amount) FILTER (movement = '{kind}'), 0)}} AS \"{kind}\"" for kind in KINDS]
CUSTOMERS = [f"coalesce(sum(customers) FILTER (movement = '{kind}'), 0) AS {kind}_customers" for kind in KINDS]

WAREHOUSE = {
    "growth_metrics": Published(
        """metric_date DATE NOT NULL, new_users BIGINT NOT NULL, activated_users BIGINT NOT NULL, revenue {money} NOT NULL,
           net_revenue {money} NOT NULL, orders BIGINT NOT NULL, mrr {money} NOT NULL, arr {money} NOT NULL,
           active_subscribers BIGINT NOT NULL, products_listed BIGINT NOT NULL, products_sold BIGINT NOT NULL,
           active_suppliers BIGINT NOT NULL, dau BIGINT NOT NULL, wau BIGINT NOT NULL, mau BIGINT NOT NULL,
           revenue_growth_7 {ratio}, revenue_growth_30 {ratio}, user_growth_7 {ratio}, user_growth_30 {ratio}""",
        ["metric_date"],
        [],
        f"""
        SELECT b.day AS metric_date, new_users, activated_users, {{money:revenue}} AS revenue, {{money:net}} AS net_revenue, orders,
          {{money:mrr}} AS mrr, {{money:12 * mrr}} AS arr, subscribers AS active_subscribers, listed AS products_listed,
          sold AS products_sold, active_suppliers, d.persons AS dau, w.persons AS wau, m.persons AS mau,
          {trailing("net", 7)} AS revenue_growth_7, {trailing("net", 30)} AS revenue_growth_30,
          {trailing("new_users", 7)} AS user_growth_7, {trailing("new_users", 30)} AS user_growth_30
        FROM business b JOIN active(1) d USING (day) JOIN active(7) w USING (day) JOIN active(30) m USING (day)""",
    ),
    "mrr_movements": Published(
        """month DATE NOT NULL, opening {money} NOT NULL, new {money} NOT NULL, new_customers BIGINT NOT NULL,
           reactivated {money} NOT NULL, reactivated_customers BIGINT NOT NULL, expansion {money} NOT NULL,
           expansion_customers BIGINT NOT NULL, contraction {money} NOT NULL, contraction_customers BIGINT NOT NULL,
           churned {money} NOT NULL, churned_customers BIGINT NOT NULL, closing {money} NOT NULL""",
        ["month"],
        [],
        f"""
        SELECT month, {", ".join(MOVED)}, {", ".join(CUSTOMERS)},
          {{money:sum(sum(amount)) OVER (ORDER BY month)}} AS closing, closing - {{money:sum(amount)}} AS opening
        FROM movements GROUP BY month""",
    ),
}
