-- Another cohorts.prefix, the school year: the cohorts of the former one are released before the log is read again. Their
-- members and visibility stay, the component is cleared so that administrators can edit them, and we forget them: each
-- group gets a new cohort. Rows are locked in id order.
WITH ours AS MATERIALIZED (
    SELECT cohort.id
    FROM {moodle.cohort} AS cohort
    WHERE cohort.component = {component}
      AND cohort.id IN (SELECT moodle_id FROM entstream.link WHERE kind = 'cohort' AND source = {source})
    ORDER BY cohort.id
    FOR UPDATE
), released AS (
    UPDATE {moodle.cohort} AS cohort
    SET component = '', timemodified = extract(epoch FROM clock_timestamp())::bigint
    WHERE cohort.id IN (SELECT id FROM ours)
    RETURNING cohort.id
), forgotten AS (
    DELETE FROM entstream.link WHERE kind = 'cohort' AND source = {source}
    RETURNING unlocked AND status IN ('active', 'returning') AS unlocked
), categories AS (
    DELETE FROM entstream.cohort_category WHERE source = {source}
), former AS (
    DELETE FROM entstream.former_member WHERE source = {source}
)
-- Those whose lock was released have no component any more.
SELECT (SELECT count(*) FROM released) + (SELECT count(*) FROM forgotten WHERE unlocked)
