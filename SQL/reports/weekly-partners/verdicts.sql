-- One row per verdict on clicks.
SELECT
  CASE verdict
    WHEN 'accepted' THEN 'Accepted'
    WHEN 'duplicate' THEN 'Duplicate'
    WHEN 'bot' THEN 'Bot'
    WHEN 'velocity' THEN 'Too many from one address'
    WHEN 'self_click' THEN 'Partner''s own'
    WHEN 'inactive_partner' THEN 'Partner not active'
    WHEN 'unknown_code' THEN 'Code of no partner'
    ELSE verdict
  END AS verdict_name,
  SUM(clicks) AS clicks,
  COUNT(DISTINCT partner_id) AS partner_count
FROM click_quality
WHERE "day" BETWEEN :from AND :to
GROUP BY verdict
ORDER BY SUM(clicks) DESC, verdict
