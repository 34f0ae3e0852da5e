-- From role_triple and role_wait to entstream.role_candidate: what was looked at waits, or does not any more.
DELETE FROM entstream.role_candidate
WHERE ctid = ANY (ARRAY(SELECT known.place
                        FROM role_triple AS triple
                        CROSS JOIN LATERAL (SELECT ctid AS place
                                            FROM entstream.role_candidate
                                            WHERE uuid = triple.user_uuid AND role_id = triple.role_id
                                              AND context_id = triple.context_id AND source = {source}
                                            LIMIT 1) AS known
                        WHERE NOT EXISTS (SELECT
                                          FROM role_wait AS waiting
                                          WHERE waiting.user_uuid = triple.user_uuid AND waiting.role_id = triple.role_id
                                            AND waiting.context_id = triple.context_id)));

INSERT INTO entstream.role_candidate (source, uuid, role_id, context_id, candidate)
SELECT {source}, user_uuid, role_id, context_id, candidate
FROM role_wait
WHERE NOT known
ON CONFLICT (uuid, role_id, context_id, source) DO UPDATE SET candidate = excluded.candidate
