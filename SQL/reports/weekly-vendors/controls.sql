-- What the sheets must add up to, from the tables alone: no join can lose or double a row here.
SELECT
  (SELECT COALESCE(SUM(attempts), 0) FROM vendor_weekly WHERE week BETWEEN :from AND :to)
    AS attempts,
  (SELECT COALESCE(SUM(hangups + rejections + timeouts + busy), 0) FROM vendor_weekly
    WHERE week BETWEEN :from AND :to) AS failures,
  (SELECT COALESCE(SUM(lost_revenue), 0) FROM vendor_weekly WHERE week BETWEEN :from AND :to)
    AS lost_revenue,
  (SELECT COUNT(*) FROM vendor_connection_analytics
    WHERE created_at >= :from_instant AND created_at < :until_instant) AS failed_calls,
  (SELECT COUNT(DISTINCT vendor_id) FROM leads WHERE week BETWEEN :from AND :to) AS leads,
  (SELECT COALESCE(SUM(lost_revenue), 0) FROM leads WHERE week BETWEEN :from AND :to)
    AS leads_lost_revenue,
  (SELECT COUNT(DISTINCT l.vendor_id) FROM leads AS l
    WHERE l.week BETWEEN :from AND :to
      AND NOT EXISTS (
        SELECT 1 FROM vendor_dimension AS d
        WHERE d.vendor_id = l.vendor_id
          AND (COALESCE(d.phone, '') <> '' OR COALESCE(d.email, '') <> ''))) AS not_importable
