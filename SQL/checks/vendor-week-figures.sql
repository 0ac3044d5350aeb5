-- Vendors' weeks whose figures contradict each other.
SELECT
  week, vendor_id, attempts, connected, hangups, rejections, timeouts, busy, connection_rate,
  mean_intent, lost_revenue
FROM vendor_weekly
WHERE week BETWEEN :from_week AND :to
  AND (attempts < connected + hangups + rejections + timeouts + busy
    OR (connection_rate IS NULL) <> (connected + hangups + rejections + timeouts + busy = 0)
    OR connection_rate < 0 OR connection_rate > 1
    OR (mean_intent IS NULL) <> (hangups + rejections + timeouts + busy = 0)
    OR mean_intent < 1 OR mean_intent > 10
    OR lost_revenue < 0
    OR (lost_revenue > 0 AND hangups + rejections + timeouts + busy = 0))
ORDER BY week, vendor_id
