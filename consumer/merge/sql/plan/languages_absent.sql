-- In their place: the first of what the rule gives besides (language_delta) that the site lists, or nothing.
UPDATE user_delta AS delta
SET lang = chosen.lang
FROM (SELECT person.uuid, person.version,
             coalesce((array_agg(other.lang ORDER BY other.place) FILTER (WHERE other.lang IS NOT NULL))[1], '') AS lang
      FROM user_delta AS person
      LEFT JOIN language_delta AS other
          ON other.uuid = person.uuid AND other.version = person.version AND other.lang = ANY ({languages})
      WHERE person.lang <> '' AND person.lang <> ALL ({languages})
      GROUP BY person.uuid, person.version) AS chosen
WHERE delta.uuid = chosen.uuid AND delta.version = chosen.version
