-- What an entry that shall be forgotten still is here, as a JSON object. Holds the lease's row until the end of the
-- transaction, so that no batch is applied meanwhile.
WITH lease AS MATERIALIZED (
    SELECT token FROM entstream.lease FOR UPDATE
)
SELECT jsonb_build_object(
    'present', EXISTS (SELECT FROM entstream.link
                       WHERE uuid = {uuid} AND status IN ('active', 'returning', 'kept')),
    'held', EXISTS (SELECT FROM entstream.held WHERE uuid = {uuid} OR parent = {uuid}),
    'account', (SELECT account.id FROM entstream.link
                JOIN {moodle.user} AS account ON account.id = link.moodle_id
                WHERE link.uuid = {uuid} AND link.kind = 'user' AND account.deleted = 0),
    'cohort', (SELECT cohort.id FROM entstream.link
               JOIN {moodle.cohort} AS cohort ON cohort.id = link.moodle_id
               WHERE link.uuid = {uuid} AND link.kind = 'cohort'))
FROM lease
