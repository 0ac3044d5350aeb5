-- One row per month of signup, as of the newest run, the latest first.
SELECT cohort, users, referrers, clicks, referred, qualified, revenue, viral_coefficient, as_of
FROM referral_stats
ORDER BY cohort DESC
