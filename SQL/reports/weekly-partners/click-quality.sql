-- One row per partner with a click, and one for the codes of no partner: what became of the clicks.
SELECT
  q.partner_id,
  CASE WHEN q.partner_id = '' THEN '(code of no partner)'
    ELSE COALESCE(d.company_name, q.partner_id) END AS name,
  q.clicks, q.accepted, q.duplicates, q.bots, q.velocity, q.self_clicks, q.inactive, q.unknown
FROM (
  SELECT
    partner_id,
    SUM(clicks) AS clicks,
    SUM(CASE WHEN verdict = 'accepted' THEN clicks ELSE 0 END) AS accepted,
    SUM(CASE WHEN verdict = 'duplicate' THEN clicks ELSE 0 END) AS duplicates,
    SUM(CASE WHEN verdict = 'bot' THEN clicks ELSE 0 END) AS bots,
    SUM(CASE WHEN verdict = 'velocity' THEN clicks ELSE 0 END) AS velocity,
    SUM(CASE WHEN verdict = 'self_click' THEN clicks ELSE 0 END) AS self_clicks,
    SUM(CASE WHEN verdict = 'inactive_partner' THEN clicks ELSE 0 END) AS inactive,
    SUM(CASE WHEN verdict = 'unknown_code' THEN clicks ELSE 0 END) AS unknown
  FROM click_quality
  WHERE "day" BETWEEN :from AND :to
  GROUP BY partner_id
) AS q
LEFT JOIN partner_dimension AS d ON d.partner_id = q.partner_id
ORDER BY q.clicks DESC, q.partner_id
