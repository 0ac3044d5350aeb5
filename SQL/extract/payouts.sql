SELECT
  id AS payout_id, partner_id, amount, currency, status, processed_at, payment_method AS method,
  payment_details ->> 'reported_by' AS reported_by,
  (payment_details ->> 'withheld')::numeric AS withheld,
  (
    SELECT string_agg(c.id, ' ' ORDER BY c.place)
    FROM jsonb_array_elements_text(commission_ids) WITH ORDINALITY AS c (id, place)
  ) AS commission_ids
FROM partner_payouts
