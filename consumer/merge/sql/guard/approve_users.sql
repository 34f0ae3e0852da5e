-- Approved: users are planned again as leaving, by the record whose removal was held, unless a newer one is in.
INSERT INTO user_delta (uuid, version, present, created_at, retried)
SELECT uuid, version, false, '', true
FROM held_chosen
WHERE entity = 'user'
