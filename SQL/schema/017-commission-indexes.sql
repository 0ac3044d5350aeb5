-- What is asked of commissions is a partner's days, or what it has to get: the index answers both alone. Nothing asks for a
-- transaction, whose index was as long as the IDs'.
DROP INDEX commissions_transaction_id;
DROP INDEX commissions_partner_id;
CREATE INDEX commissions_partner_id ON commissions (partner_id, "day", status, amount);
