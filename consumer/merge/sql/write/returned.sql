-- Groups whose return is complete: whom they did not name again has left the cohort with this transaction.
DELETE FROM entstream.former_member
WHERE ctid = ANY (ARRAY(
    SELECT former.place
    FROM entstream.link AS cohort
    CROSS JOIN LATERAL (SELECT ctid AS place
                        FROM entstream.former_member
                        WHERE group_uuid = cohort.uuid AND source = {source}
                        OFFSET 0) AS former
    WHERE cohort.source = {source} AND cohort.kind = 'cohort' AND cohort.status = 'returning'
      AND cohort.version < {first_offset}));

UPDATE entstream.link
SET status = 'active'
WHERE source = {source} AND kind = 'cohort' AND status = 'returning' AND version < {first_offset}
