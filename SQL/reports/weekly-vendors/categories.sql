-- One row per category of vendors with calls in the week.
SELECT
  COALESCE(d.category, '(no category)') AS category,
  COUNT(DISTINCT w.vendor_id) AS vendors,
  SUM(w.attempts) AS attempts,
  SUM(w.connected) AS connected,
  SUM(w.hangups + w.rejections + w.timeouts + w.busy) AS failures,
  SUM(w.lost_revenue) AS lost_revenue
FROM vendor_weekly AS w
LEFT JOIN vendor_dimension AS d ON d.vendor_id = w.vendor_id
WHERE w.week BETWEEN :from AND :to
GROUP BY COALESCE(d.category, '(no category)')
ORDER BY lost_revenue DESC, category
