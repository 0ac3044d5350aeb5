-- One row per vendor with calls in the week, beside its week before.
SELECT
  w.vendor_id,
  COALESCE(d.name, w.vendor_id) AS name,
  d.category,
  w.attempts, w.connected, w.failures,
  w.hangups, w.rejections, w.timeouts, w.busy,
  w.lost_revenue,
  w.mean_intent,
  COALESCE(p.lost_revenue, 0) AS previous_lost_revenue,
  w.lost_revenue - COALESCE(p.lost_revenue, 0) AS lost_revenue_change
FROM (
  SELECT
    vendor_id,
    SUM(attempts) AS attempts,
    SUM(connected) AS connected,
    SUM(hangups + rejections + timeouts + busy) AS failures,
    SUM(hangups) AS hangups,
    SUM(rejections) AS rejections,
    SUM(timeouts) AS timeouts,
    SUM(busy) AS busy,
    SUM(lost_revenue) AS lost_revenue,
    -- Of several weeks, each counts by its failures.
    SUM(mean_intent * (hangups + rejections + timeouts + busy))
      / NULLIF(SUM(hangups + rejections + timeouts + busy), 0) AS mean_intent
  FROM vendor_weekly
  WHERE week BETWEEN :from AND :to
  GROUP BY vendor_id
) AS w
LEFT JOIN (
  SELECT vendor_id, SUM(lost_revenue) AS lost_revenue
  FROM vendor_weekly
  WHERE week BETWEEN :previous_from AND :previous_to
  GROUP BY vendor_id
) AS p ON p.vendor_id = w.vendor_id
LEFT JOIN vendor_dimension AS d ON d.vendor_id = w.vendor_id
ORDER BY w.lost_revenue DESC, w.vendor_id
