SELECT
  id AS dispute_id, commission_id, transaction_id, partner_id, opened_at, resolved_at, outcome
FROM commission_disputes
