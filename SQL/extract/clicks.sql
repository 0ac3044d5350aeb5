SELECT
  id AS click_id, clicked_at, event, visitor_id, user_id, referral_code, product_id, session_id,
  context ->> 'ip' AS ip, context ->> 'user_agent' AS user_agent, context ->> 'url' AS url,
  context ->> 'campaign' AS campaign
FROM click_events
WHERE clicked_at >= :from AND clicked_at < :to
