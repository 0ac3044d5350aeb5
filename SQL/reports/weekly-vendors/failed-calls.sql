-- One row per failed call of the week, as it happened.
SELECT
  c.created_at, c.call_id, c.vendor_id,
  COALESCE(d.name, c.vendor_id) AS name,
  d.category,
  c.failure_type, c.call_duration, c.customer_intent_score, c.estimated_lost_revenue,
  c.followup_sent, c.converted_after_followup, c.session_id
FROM vendor_connection_analytics AS c
LEFT JOIN vendor_dimension AS d ON d.vendor_id = c.vendor_id
WHERE c.created_at >= :from_instant AND c.created_at < :until_instant
ORDER BY c.created_at, c.call_id
