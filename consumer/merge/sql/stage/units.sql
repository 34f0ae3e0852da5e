-- Stages what a plan of a replay has to do again, of one kind of object: of a JSON array of the rows of plan/units.sql.
INSERT INTO {unit.table}
SELECT {unit.columns}
FROM jsonb_array_elements({units}::jsonb) AS unit
CROSS JOIN LATERAL jsonb_populate_record(NULL::{unit.table}, unit -> 'row') AS staged
WHERE unit ->> 'kind' = '{unit.kind}'
