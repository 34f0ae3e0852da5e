-- Languages that people of user_delta are to have and the site does not list ($CFG->langlist).
SELECT DISTINCT lang
FROM user_delta
WHERE lang <> '' AND lang <> ALL ({languages})
ORDER BY lang
