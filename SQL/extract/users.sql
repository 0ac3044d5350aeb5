SELECT
  id AS user_id, created_at, email, visitor_id, referral_code, activated_at, email_verified_at, plan
FROM users
