-- The plan in short: how many objects have the same entity, action and reason.
SELECT entity, action, coalesce(reason, '') AS reason, count(*) AS objects
FROM ({report}) AS object
GROUP BY entity, action, coalesce(reason, '')
ORDER BY min(place), action, 3
