-- Of a stretch of the log that was staged in several batches: each key keeps its newest state. A DELETE of a group or role
-- object ends what was said of its members before, also if it came back; what a person's attributes named before his
-- newest record counts no more.
DELETE FROM member_delta AS member
USING (SELECT parent_kind, uuid, max(version) AS version
       FROM (SELECT 'group' AS parent_kind, uuid, version FROM cohort_delta WHERE deleted
             UNION ALL
             SELECT 'role', uuid, version FROM role_delta WHERE deleted) AS gone
       GROUP BY parent_kind, uuid) AS gone
WHERE member.parent = gone.uuid AND member.parent_kind = gone.parent_kind AND member.version < gone.version;

DELETE FROM member_delta
WHERE ctid IN (SELECT ctid
               FROM (SELECT ctid, row_number() OVER (PARTITION BY parent_kind, parent, value ORDER BY version DESC) AS nth
                     FROM member_delta) AS member
               WHERE nth > 1);

DELETE FROM user_delta
WHERE ctid IN (SELECT ctid
               FROM (SELECT ctid, row_number() OVER (PARTITION BY uuid ORDER BY version DESC) AS nth
                     FROM user_delta) AS person
               WHERE nth > 1);

DELETE FROM cohort_delta
WHERE ctid IN (SELECT ctid
               FROM (SELECT ctid, row_number() OVER (PARTITION BY uuid ORDER BY version DESC) AS nth
                     FROM cohort_delta) AS cohort
               WHERE nth > 1);

DELETE FROM role_delta
WHERE ctid IN (SELECT ctid
               FROM (SELECT ctid, row_number() OVER (PARTITION BY uuid ORDER BY version DESC) AS nth
                     FROM role_delta) AS object
               WHERE nth > 1);

DELETE FROM member_delta AS member
USING user_delta AS person
WHERE member.value = person.uuid AND member.member = person.uuid AND member.parent_kind = 'group'
  AND member.version < person.version;

DELETE FROM profile_delta AS profile
USING user_delta AS person
WHERE profile.uuid = person.uuid AND profile.version < person.version
