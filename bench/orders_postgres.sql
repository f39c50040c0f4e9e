SELECT count(*),
       count(*) - count(id),
       (SELECT count(*) FROM (SELECT FROM orders GROUP BY id HAVING count(*) > 1) AS twice),
       count(*) - count(email),
       count(*) FILTER (WHERE email !~ '^[^@\s]+@[^@\s]+\.[^@\s]+$'),
       count(*) FILTER (WHERE status NOT IN ('placed', 'shipped', 'returned', 'cancelled')),
       count(*) FILTER (WHERE country NOT IN ('DE', 'FR', 'GB', 'IT', 'JP', 'NL', 'PL', 'US')),
       count(*) FILTER (WHERE amount < 0 OR amount > 10000),
       avg(amount),
       stddev_samp(amount),
       percentile_cont(ARRAY[0.5, 0.99]) WITHIN GROUP (ORDER BY amount),
       max(created_at)
FROM orders
