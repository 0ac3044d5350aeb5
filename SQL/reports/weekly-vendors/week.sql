-- The figures of a week, in one row.
SELECT
  w.vendors, w.attempts, w.connected, w.failures, w.lost_revenue,
  l.leads, l.missed_opportunities, l.leads_lost_revenue,
  c.failed_calls, c.followed_up, c.converted
FROM (
  SELECT
    COUNT(DISTINCT vendor_id) AS vendors,
    COALESCE(SUM(attempts), 0) AS attempts,
    COALESCE(SUM(connected), 0) AS connected,
    COALESCE(SUM(hangups + rejections + timeouts + busy), 0) AS failures,
    COALESCE(SUM(lost_revenue), 0) AS lost_revenue
  FROM vendor_weekly
  WHERE week BETWEEN :from AND :to
) AS w
CROSS JOIN (
  SELECT
    COUNT(DISTINCT vendor_id) AS leads,
    COALESCE(SUM(missed_opportunities), 0) AS missed_opportunities,
    COALESCE(SUM(lost_revenue), 0) AS leads_lost_revenue
  FROM leads
  WHERE week BETWEEN :from AND :to
) AS l
CROSS JOIN (
  SELECT
    COUNT(*) AS failed_calls,
    COALESCE(SUM(CASE WHEN followup_sent THEN 1 ELSE 0 END), 0) AS followed_up,
    COALESCE(SUM(CASE WHEN converted_after_followup THEN 1 ELSE 0 END), 0) AS converted
  FROM vendor_connection_analytics
  WHERE created_at >= :from_instant AND created_at < :until_instant
) AS c
