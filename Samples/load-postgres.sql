-- From the texts of load-postgres.sh into the typed tables: of each key the last row whose values are of their types.

INSERT INTO users (id, email, visitor_id, referral_code, plan, activated_at, email_verified_at, created_at)
SELECT DISTINCT ON (user_id)
  nullif(user_id, ''),
  nullif(email, ''),
  nullif(visitor_id, ''),
  nullif(referral_code, ''),
  nullif(plan, ''),
  nullif(activated_at, '')::timestamptz AT TIME ZONE 'UTC',
  nullif(email_verified_at, '')::timestamptz AT TIME ZONE 'UTC',
  nullif(created_at, '')::timestamptz AT TIME ZONE 'UTC'
FROM raw_users
WHERE user_id <> ''
  AND pg_temp.valid(activated_at, 'timestamptz')
  AND pg_temp.valid(email_verified_at, 'timestamptz')
  AND pg_temp.valid(created_at, 'timestamptz')
ORDER BY user_id, row_number DESC
ON CONFLICT DO NOTHING;

INSERT INTO vendors (id, name, category, phone, email, address, followup_sent_at, user_id)
SELECT DISTINCT ON (vendor_id)
  nullif(vendor_id, ''),
  nullif(name, ''),
  nullif(category, ''),
  nullif(phone, ''),
  nullif(email, ''),
  nullif(address, ''),
  nullif(followup_sent_at, '')::timestamptz AT TIME ZONE 'UTC',
  nullif(user_id, '')
FROM raw_vendors
WHERE vendor_id <> ''
  AND name <> ''
  AND pg_temp.valid(followup_sent_at, 'timestamptz')
ORDER BY vendor_id, row_number DESC
ON CONFLICT DO NOTHING;

INSERT INTO products (id, name, supplier_id, category, listed_at, delisted_at)
SELECT DISTINCT ON (product_id)
  nullif(product_id, ''),
  nullif(name, ''),
  nullif(supplier_id, ''),
  nullif(category, ''),
  nullif(listed_at, '')::timestamptz AT TIME ZONE 'UTC',
  nullif(delisted_at, '')::timestamptz AT TIME ZONE 'UTC'
FROM raw_products
WHERE product_id <> ''
  AND name <> ''
  AND pg_temp.valid(listed_at, 'timestamptz')
  AND pg_temp.valid(delisted_at, 'timestamptz')
ORDER BY product_id, row_number DESC
ON CONFLICT DO NOTHING;

INSERT INTO calls (id, vendor_id, session_id, outcome, duration_seconds, intent_score, estimated_value, started_at)
SELECT DISTINCT ON (call_id)
  nullif(call_id, ''),
  nullif(vendor_id, ''),
  nullif(session_id, ''),
  nullif(outcome, ''),
  nullif(duration_seconds, '')::integer,
  nullif(intent_score, '')::integer,
  nullif(estimated_value, '')::numeric,
  nullif(started_at, '')::timestamptz
FROM raw_calls
WHERE call_id <> ''
  AND vendor_id <> '' AND outcome <> '' AND started_at <> '' AND duration_seconds ~ '^[0-9]+$' AND intent_score ~ '^([1-9]|10|)$' AND estimated_value !~ '-'
  AND pg_temp.valid(duration_seconds, 'integer')
  AND pg_temp.valid(intent_score, 'integer')
  AND pg_temp.valid(estimated_value, 'numeric')
  AND pg_temp.valid(started_at, 'timestamptz')
ORDER BY call_id, row_number DESC
ON CONFLICT DO NOTHING;

INSERT INTO transactions (id, kind, amount, currency, user_id, vendor_id, product_id, quantity, reference_id, visitor_id, billing_interval, interval_count, subscription_id, occurred_at)
SELECT DISTINCT ON (transaction_id)
  nullif(transaction_id, ''),
  nullif(kind, ''),
  nullif(amount, '')::numeric,
  nullif(currency, ''),
  nullif(user_id, ''),
  nullif(vendor_id, ''),
  nullif(product_id, ''),
  nullif(quantity, '')::integer,
  nullif(reference_id, ''),
  nullif(visitor_id, ''),
  nullif("interval", ''),
  nullif(interval_count, '')::integer,
  nullif(subscription_id, ''),
  nullif(occurred_at, '')::timestamptz
FROM raw_transactions
WHERE transaction_id <> ''
  AND amount <> '' AND amount !~ '-' AND occurred_at <> '' AND length(currency) = 3 AND kind IN ('purchase', 'booking', 'subscription', 'vendor_subscription', 'refund', 'chargeback', 'dispute_won') AND quantity !~ '^(0|-)'
  AND pg_temp.valid(amount, 'numeric')
  AND pg_temp.valid(quantity, 'integer')
  AND pg_temp.valid(interval_count, 'integer')
  AND pg_temp.valid(occurred_at, 'timestamptz')
ORDER BY transaction_id, row_number DESC
ON CONFLICT DO NOTHING;

INSERT INTO click_events (id, event, visitor_id, user_id, referral_code, product_id, session_id, context, clicked_at)
SELECT DISTINCT ON (click_id)
  nullif(click_id, ''),
  nullif(event, ''),
  nullif(visitor_id, ''),
  nullif(user_id, ''),
  nullif(referral_code, ''),
  nullif(product_id, ''),
  nullif(session_id, ''),
  jsonb_strip_nulls(jsonb_build_object('ip', nullif(ip, ''), 'user_agent', nullif(user_agent, ''), 'url', nullif(url, ''), 'campaign', nullif(campaign, ''))),
  nullif(clicked_at, '')::timestamptz
FROM raw_clicks
WHERE click_id <> ''
  AND event IN ('click', 'view', 'add_to_cart', 'search', 'other') AND clicked_at <> ''
  AND pg_temp.valid(clicked_at, 'timestamptz')
ORDER BY click_id, row_number DESC
ON CONFLICT DO NOTHING;

INSERT INTO partners (id, user_id, partner_type, tier, company_name, referral_code, commission_rate, status, status_since, parent_partner_id, email, settings, created_at)
SELECT DISTINCT ON (partner_id)
  nullif(partner_id, ''),
  nullif(user_id, ''),
  nullif(partner_type, ''),
  nullif(tier, ''),
  nullif(company_name, ''),
  nullif(referral_code, ''),
  nullif(commission_rate, '')::numeric,
  nullif(status, ''),
  nullif(status_since, '')::timestamptz AT TIME ZONE 'UTC',
  nullif(parent_partner_id, ''),
  nullif(email, ''),
  jsonb_strip_nulls(jsonb_build_object('payment_method', nullif(payment_method, ''), 'country', nullif(country, ''))),
  nullif(created_at, '')::timestamptz AT TIME ZONE 'UTC'
FROM raw_partners
WHERE partner_id <> ''
  AND partner_type IN ('affiliate', 'reseller', 'whitelabel', 'technology') AND status IN ('pending', 'active', 'suspended', 'terminated')
  AND pg_temp.valid(commission_rate, 'numeric')
  AND pg_temp.valid(status_since, 'timestamptz')
  AND pg_temp.valid(created_at, 'timestamptz')
ORDER BY partner_id, row_number DESC
ON CONFLICT DO NOTHING;

INSERT INTO partner_payouts (id, partner_id, amount, currency, payment_method, payment_details, status, commission_ids, processed_at)
SELECT DISTINCT ON (payout_id)
  nullif(payout_id, ''),
  nullif(partner_id, ''),
  nullif(amount, '')::numeric,
  nullif(currency, ''),
  nullif(method, ''),
  jsonb_strip_nulls(jsonb_build_object('reported_by', nullif(reported_by, ''), 'withheld', nullif(withheld, ''))),
  nullif(status, ''),
  to_jsonb(string_to_array(nullif(commission_ids, ''), ' ')),
  nullif(processed_at, '')::timestamptz AT TIME ZONE 'UTC'
FROM raw_payouts
WHERE payout_id <> ''
  AND partner_id IN (SELECT id FROM partners) AND amount <> '' AND length(currency) = 3 AND status IN ('pending', 'processing', 'completed', 'failed', 'cancelled')
  AND pg_temp.valid(amount, 'numeric')
  AND pg_temp.valid(processed_at, 'timestamptz')
ORDER BY payout_id, row_number DESC
ON CONFLICT DO NOTHING;

INSERT INTO tax_profiles (partner_id, form, form_received_at, legal_name, business_name, classification, tin_type, tin, address_line1, address_line2, city, state, postal_code, country, email, backup_withholding, second_tin_notice)
SELECT DISTINCT ON (partner_id)
  nullif(partner_id, ''),
  nullif(form, ''),
  nullif(form_received_at, '')::timestamptz AT TIME ZONE 'UTC',
  nullif(legal_name, ''),
  nullif(business_name, ''),
  nullif(classification, ''),
  nullif(tin_type, ''),
  nullif(tin, ''),
  nullif(address_line1, ''),
  nullif(address_line2, ''),
  nullif(city, ''),
  nullif(state, ''),
  nullif(postal_code, ''),
  nullif(country, ''),
  nullif(email, ''),
  nullif(backup_withholding, '')::boolean,
  nullif(second_tin_notice, '')::boolean
FROM raw_tax_profiles
WHERE partner_id <> ''
  AND partner_id IN (SELECT id FROM partners) AND form IN ('W-9', 'W-8BEN', 'W-8BEN-E', 'none')
  AND pg_temp.valid(form_received_at, 'timestamptz')
  AND pg_temp.valid(backup_withholding, 'boolean')
  AND pg_temp.valid(second_tin_notice, 'boolean')
ORDER BY partner_id, row_number DESC
ON CONFLICT DO NOTHING;

INSERT INTO reseller_accounts (id, partner_id, plan, vendor_id, user_id)
SELECT DISTINCT ON (account_id)
  nullif(account_id, ''),
  nullif(partner_id, ''),
  nullif(plan, ''),
  nullif(vendor_id, ''),
  nullif(user_id, '')
FROM raw_reseller_accounts
WHERE account_id <> ''
  AND partner_id IN (SELECT id FROM partners) AND plan IN ('starter', 'professional', 'enterprise')
ORDER BY account_id, row_number DESC
ON CONFLICT DO NOTHING;

INSERT INTO exchange_rates (currency, day, rate)
SELECT DISTINCT ON (currency, day)
  nullif(currency, ''),
  nullif(day, '')::date,
  nullif(rate, '')::numeric
FROM raw_exchange_rates
WHERE currency <> ''
  AND day <> ''
  AND length(currency) = 3 AND day <> '' AND rate <> '' AND rate !~ '-'
  AND pg_temp.valid(day, 'date')
  AND pg_temp.valid(rate, 'numeric')
ORDER BY currency, day, row_number DESC
ON CONFLICT DO NOTHING;

SELECT source || ': ' || rows || ' rows, ' || raw - rows || ' left out' FROM (VALUES
  ('users', (SELECT count(*) FROM users), (SELECT count(*) FROM raw_users)),
  ('vendors', (SELECT count(*) FROM vendors), (SELECT count(*) FROM raw_vendors)),
  ('products', (SELECT count(*) FROM products), (SELECT count(*) FROM raw_products)),
  ('calls', (SELECT count(*) FROM calls), (SELECT count(*) FROM raw_calls)),
  ('transactions', (SELECT count(*) FROM transactions), (SELECT count(*) FROM raw_transactions)),
  ('clicks', (SELECT count(*) FROM click_events), (SELECT count(*) FROM raw_clicks)),
  ('partners', (SELECT count(*) FROM partners), (SELECT count(*) FROM raw_partners)),
  ('payouts', (SELECT count(*) FROM partner_payouts), (SELECT count(*) FROM raw_payouts)),
  ('tax_profiles', (SELECT count(*) FROM tax_profiles), (SELECT count(*) FROM raw_tax_profiles)),
  ('reseller_accounts', (SELECT count(*) FROM reseller_accounts), (SELECT count(*) FROM raw_reseller_accounts)),
  ('exchange_rates', (SELECT count(*) FROM exchange_rates), (SELECT count(*) FROM raw_exchange_rates))
) AS loaded (source, rows, raw) WHERE raw > 0;
