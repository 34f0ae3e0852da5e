-- Pairs of (group or role object, user) whose rows in Moodle are looked at: a subquery. Those of affected, and whom the member
-- records of this plan name (planned), which are not written a second time. A pair may be there twice.
(SELECT parent_kind, parent, member, false AS planned
 FROM affected
 UNION ALL
 SELECT parent_kind, parent, member, present
 FROM member_plan
 WHERE member IS NOT NULL AND (present OR former = member))
