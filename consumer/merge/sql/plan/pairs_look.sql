-- Whether the pairs that are looked at are so many that all accounts are read sooner than theirs are looked up: a page of 8 kB
-- takes the time of two look-ups.
SELECT (SELECT count(*) FROM member_plan) + (SELECT count(*) FROM affected)
           > 3 * (pg_relation_size('entstream.link') + pg_relation_size('{moodle.user}')) / 8192 AS reads_all_accounts
