-- The same for the links of the people of user_delta (plan/pairs_look.sql).
SELECT count(*) > 3 * pg_relation_size('entstream.link') / 8192 AS reads_all_links
FROM user_delta
