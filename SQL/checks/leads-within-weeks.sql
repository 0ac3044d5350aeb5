-- Leads with more than their vendor's week has: a lead's calls are some of that week's.
SELECT
  l.week, l.vendor_id, l.missed_opportunities, w.hangups, w.rejections, l.lost_revenue,
  w.lost_revenue AS lost_revenue_of_week
FROM leads AS l
LEFT JOIN vendor_weekly AS w ON w.week = l.week AND w.vendor_id = l.vendor_id
WHERE l.week BETWEEN :from_week AND :to
  AND (w.vendor_id IS NULL
    OR l.missed_opportunities < 1
    OR l.missed_opportunities > w.hangups + w.rejections
    OR l.lost_revenue > w.lost_revenue)
ORDER BY l.week, l.vendor_id
