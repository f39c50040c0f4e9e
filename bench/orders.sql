SET threads = @THREADS@;
SELECT count(*),
       count(*) - count(id),
       count(id) - count(DISTINCT id),
       count(*) - count(email),
       count(*) FILTER (WHERE NOT regexp_matches(email, '^[^@\s]+@[^@\s]+\.[^@\s]+$')),
       count(*) FILTER (WHERE status NOT IN ('placed', 'shipped', 'returned', 'cancelled')),
       count(*) FILTER (WHERE country NOT IN ('DE', 'FR', 'GB', 'IT', 'JP', 'NL', 'PL', 'US')),
       count(*) FILTER (WHERE NOT amount BETWEEN 0 AND 10000),
       avg(amount),
       stddev_samp(amount),
       quantile_cont(amount, [0.5, 0.99]),
       max(created_at)
FROM @READ@,
              columns = {'id': 'BIGINT', 'email': 'VARCHAR', 'status': 'VARCHAR',
                         'country': 'VARCHAR', 'amount': 'DECIMAL(18, 2)',
                         'created_at': 'TIMESTAMP', 'comment': 'VARCHAR'});
