-- Sources as they are today, whatever the window: the contracts' columns in their order, enumerated words as the contract spells them.

CREATE TABLE r_vendor_dimension AS
SELECT vendor_id, name, category, phone, email, address, followup_sent_at AS "followup_sent_at:instant", user_id FROM vendors;

CREATE TABLE r_product_dimension AS
SELECT product_id, name, supplier_id, category, listed_at AS "listed_at:instant", delisted_at AS "delisted_at:instant" FROM products;

-- A rate in hundred-millionths of a percent as a fraction of six decimals.
CREATE TABLE r_partner_dimension AS
SELECT partner_id, referral_code, lower(partner_type) AS partner_type, tier, lower(status) AS status,
  created_at AS "created_at:instant", user_id, email, company_name, (2 * commission_rate + 10000) / 20000 AS "commission_rate:ratio",
  parent_partner_id, payment_method, country, status_since AS "status_since:instant"
FROM partners;
