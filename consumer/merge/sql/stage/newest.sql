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

DELETE FROM member_delta AS member
USING (SELECT parent_kind, parent, value, max(version) AS version
       FROM member_delta
       GROUP BY parent_kind, parent, value
       HAVING count(*) > 1) AS newest
WHERE member.parent = newest.parent AND member.value = newest.value AND member.parent_kind = newest.parent_kind
  AND member.version < newest.version;

DELETE FROM user_delta AS person
USING (SELECT uuid, max(version) AS version FROM user_delta GROUP BY uuid HAVING count(*) > 1) AS newest
WHERE person.uuid = newest.uuid AND person.version < newest.version;

DELETE FROM cohort_delta AS cohort
USING (SELECT uuid, max(version) AS version FROM cohort_delta GROUP BY uuid HAVING count(*) > 1) AS newest
WHERE cohort.uuid = newest.uuid AND cohort.version < newest.version;

DELETE FROM role_delta AS object
USING (SELECT uuid, max(version) AS version FROM role_delta GROUP BY uuid HAVING count(*) > 1) AS newest
WHERE object.uuid = newest.uuid AND object.version < newest.version;

DELETE FROM member_delta AS member
USING user_delta AS person
WHERE member.value = person.uuid AND member.member = person.uuid AND member.parent_kind = 'group'
  AND member.version < person.version;

DELETE FROM profile_delta AS profile
USING user_delta AS person
WHERE profile.uuid = person.uuid AND profile.version < person.version
