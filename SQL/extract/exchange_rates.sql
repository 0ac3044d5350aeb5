SELECT currency, day, rate
FROM exchange_rates
