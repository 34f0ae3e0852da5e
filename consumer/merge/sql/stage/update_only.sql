-- Only what is linked is refreshed: whoever is not linked, or left, is taken out of the stage.
DELETE FROM user_delta AS delta
WHERE NOT delta.present
   OR NOT EXISTS (SELECT FROM entstream.link WHERE uuid = delta.uuid AND kind = 'user' AND source = {source});

DELETE FROM cohort_delta AS delta
WHERE NOT delta.present
   OR NOT EXISTS (SELECT FROM entstream.link WHERE uuid = delta.uuid AND kind = 'cohort' AND source = {source});

DELETE FROM role_delta AS delta
WHERE NOT delta.present
   OR NOT EXISTS (SELECT FROM entstream.role_object WHERE uuid = delta.uuid AND source = {source})
