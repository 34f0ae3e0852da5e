-- Approved: groups are planned again as gone, by the record whose removal was held, unless a newer one is in.
INSERT INTO cohort_delta (uuid, version, present, name, idnumber, description, deleted, retried)
SELECT uuid, version, false, '', '', '', false, true
FROM held_chosen
WHERE entity = 'cohort'
