SELECT
  id AS call_id, vendor_id, started_at, duration_seconds, outcome, session_id, intent_score,
  estimated_value
FROM calls
WHERE started_at >= :from AND started_at < :to
