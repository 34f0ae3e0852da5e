-- The same for the members that are known (plan/pairs_look.sql).
SELECT count(*) > 3 * pg_relation_size('entstream.membership') / 8192 AS reads_all_members
FROM member_delta
