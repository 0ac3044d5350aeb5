-- One row per partner and week with a click or a timed signup, those to hold first.
SELECT
  f.partner_id,
  COALESCE(d.company_name, f.partner_id) AS name,
  d.status, f.week, f.clicks, f.accepted, f.bot_share, f.self_share, f.velocity_share,
  f.duplicate_share, f.peak_hour, f.top_address_share, f.timed_signups, f.median_seconds,
  f.fast_share, f.hold, f.reason,
  CASE WHEN f.hold THEN 'hold' ELSE '' END AS advice,
  CASE WHEN f.hold THEN 1 ELSE 0 END AS holds
FROM fraud_signals AS f
LEFT JOIN partner_dimension AS d ON d.partner_id = f.partner_id
WHERE f.week BETWEEN :from AND :to
ORDER BY CASE WHEN f.hold THEN 0 ELSE 1 END, f.clicks DESC, f.partner_id, f.week
