SELECT id AS account_id, partner_id, plan, vendor_id, user_id
FROM reseller_accounts
