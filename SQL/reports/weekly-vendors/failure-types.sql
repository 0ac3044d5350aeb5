-- One row per kind of failure.
SELECT
  CASE failure_type
    WHEN 'hangup' THEN 'Hang-up'
    WHEN 'rejection' THEN 'Rejection'
    WHEN 'timeout' THEN 'Timeout'
    WHEN 'busy' THEN 'Busy'
    ELSE failure_type
  END AS failure,
  COUNT(*) AS calls,
  SUM(estimated_lost_revenue) AS lost_revenue,
  SUM(customer_intent_score) AS intent,
  SUM(call_duration) AS seconds,
  SUM(CASE WHEN followup_sent THEN 1 ELSE 0 END) AS followed_up
FROM vendor_connection_analytics
WHERE created_at >= :from_instant AND created_at < :until_instant
GROUP BY failure_type
ORDER BY calls DESC, failure_type
