-- From affected to account_now: accounts that are no entry's, by the UUIDs that are made of their ids.
INSERT INTO account_now
SELECT wanted.uuid, account.id, 'active', account.deleted = 0
FROM (SELECT DISTINCT member AS uuid FROM affected WHERE member BETWEEN {nobody.first} AND {nobody.last}) AS wanted
CROSS JOIN LATERAL (SELECT id, deleted
                    FROM {moodle.user}
                    WHERE id = ('x' || right(wanted.uuid::text, 12))::bit(48)::bigint
                    LIMIT 1) AS account
