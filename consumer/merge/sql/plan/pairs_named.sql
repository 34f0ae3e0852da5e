-- plan/pairs.sql where affected is empty: the server knows more of one table than of two together.
(SELECT parent_kind, parent, member, present AS planned
 FROM member_plan
 WHERE member IS NOT NULL AND (present OR former = member))
