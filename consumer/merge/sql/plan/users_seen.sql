-- Whether everybody of user_seen is linked by a record that is as new as his, so that his says nothing that was not applied.
ANALYZE user_seen (uuid);

SELECT NOT EXISTS (SELECT
                   FROM user_seen AS seen
                   LEFT JOIN LATERAL (SELECT version
                                      FROM entstream.link
                                      WHERE uuid = seen.uuid AND kind = 'user' AND source = {source}
                                      LIMIT 1) AS link ON true
                   WHERE link.version IS NULL OR link.version < seen.version) AS are_known
