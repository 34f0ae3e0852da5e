-- Sweep: of the parked cohorts between {after} and {last}, in the order of their UUIDs, those whose idnumber is free by
-- now get another chance: nobody has it, or only released cohorts, which give way. Where cohorts are adopted, all of them get it.
-- mdl_cohort has no index on it: its holders are found by one look at the table.
WITH look AS MATERIALIZED (
    SELECT uuid, wanted, payload
    FROM entstream.parked
    WHERE source = {source} AND kind = 'cohort' AND uuid > {after} AND uuid <= {last}
), holder AS MATERIALIZED (
    SELECT look.uuid, cohort.id
    FROM look
    JOIN {moodle.cohort} AS cohort ON cohort.idnumber = look.wanted
), stays AS MATERIALIZED (
    SELECT holder.uuid
    FROM holder
    LEFT JOIN LATERAL (SELECT uuid, source, status
                       FROM entstream.link
                       WHERE moodle_id = holder.id AND kind = 'cohort'
                       LIMIT 1) AS link ON true
    WHERE NOT coalesce(link.status = 'released' OR link.uuid = holder.uuid AND link.source = {source}, false)
)
INSERT INTO cohort_delta
SELECT again.*
FROM look
CROSS JOIN LATERAL jsonb_populate_record(NULL::cohort_delta, look.payload || '{"retried": true}') AS again
WHERE NOT EXISTS (SELECT FROM stays WHERE stays.uuid = look.uuid) OR cardinality({cohorts.adopt.components}) > 0
