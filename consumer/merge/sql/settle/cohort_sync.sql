-- After the commit: enrol_cohort's scheduled task must run once more, from start to end, because cohort members changed.
-- A request waits until the task is idle and remembers its lastruntime as baseline; when the task is idle again with
-- another lastruntime and has not failed, a run has begun after our commit and ended. All clocks involved are Moodle's.
-- Requests with the same baseline are one. A task that is missing or disabled has nothing to catch up.
DELETE FROM entstream.touch
WHERE kind = 'cohort_sync'
  AND NOT EXISTS (SELECT FROM {moodle.task_scheduled} WHERE classname = {sync_task} AND disabled = 0);

DELETE FROM entstream.touch
USING {moodle.task_scheduled} AS task
WHERE task.classname = {sync_task} AND task.timestarted IS NULL AND coalesce(task.faildelay, 0) = 0
  AND touch.kind = 'cohort_sync' AND touch.baseline <> coalesce(task.lastruntime, 0);

UPDATE entstream.touch
SET baseline = coalesce(task.lastruntime, 0)
FROM {moodle.task_scheduled} AS task
WHERE task.classname = {sync_task} AND task.timestarted IS NULL
  AND touch.kind = 'cohort_sync' AND touch.baseline IS NULL;

DELETE FROM entstream.touch AS double
USING entstream.touch AS kept
WHERE double.kind = 'cohort_sync' AND kept.kind = 'cohort_sync'
  AND double.baseline IS NOT DISTINCT FROM kept.baseline AND double.id > kept.id;

-- Asked for at most once a minute, also after a run that failed; Moodle sets nextruntime anew after each run.
WITH asked AS (
    UPDATE {moodle.task_scheduled} AS task
    SET nextruntime = 0
    WHERE task.classname = {sync_task} AND task.timestarted IS NULL AND task.nextruntime > 0
      AND EXISTS (SELECT FROM entstream.touch WHERE kind = 'cohort_sync' AND baseline IS NOT NULL)
      AND NOT EXISTS (SELECT
                      FROM entstream.property
                      WHERE name = 'cohort_sync_asked_at'
                        AND value::bigint > extract(epoch FROM clock_timestamp())::bigint - 60)
    RETURNING task.id
)
INSERT INTO entstream.property (name, value)
SELECT 'cohort_sync_asked_at', extract(epoch FROM clock_timestamp())::bigint::text
FROM asked
ON CONFLICT (name) DO UPDATE SET value = excluded.value
