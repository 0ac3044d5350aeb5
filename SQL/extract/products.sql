SELECT id AS product_id, name, supplier_id, category, listed_at, delisted_at
FROM products
