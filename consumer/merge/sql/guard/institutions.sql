-- From removal_plan to guard_part: suspensions by institution, and those that are held: too many for the institution, whatever
-- the whole source is. Its accounts are counted, by one look at all accounts, only where more than {guard.removals} would leave.
INSERT INTO guard_part (part, fresh, let_through, held)
SELECT counted.part, counted.fresh, coalesce(running.let_through, 0), coalesce(running.held, 0)
FROM (SELECT part, count(*) AS fresh
      FROM removal_plan
      WHERE entity = '{entity}' AND NOT known AND part <> ''
      GROUP BY part) AS counted
LEFT JOIN entstream.guard_window AS running
    ON running.source = {source} AND running.entity = '{entity}' AND running.part = counted.part
       AND running.ends_at > now();

UPDATE guard_part
SET linked = counted.accounts
FROM (SELECT account.institution, count(*) AS accounts
      FROM {moodle.user} AS account
      JOIN entstream.link ON link.moodle_id = account.id AND link.kind = 'user'
      WHERE link.source = {source} AND link.status IN ('active', 'kept')
        AND account.institution IN (SELECT part FROM guard_part WHERE held = 0 AND let_through + fresh > {guard.removals})
      GROUP BY account.institution) AS counted
WHERE counted.institution = guard_part.part
  AND EXISTS (SELECT FROM guard_part AS many WHERE many.held = 0 AND many.let_through + many.fresh > {guard.removals});

UPDATE guard_part
SET holds = true
WHERE held > 0
   OR let_through + fresh > greatest({guard.removals}, (let_through + linked) * {guard.institution_percent} / 100);

INSERT INTO guard_plan (entity, let_through, held, linked, part)
SELECT '{entity}', CASE WHEN holds THEN 0 ELSE fresh END, CASE WHEN holds THEN fresh ELSE 0 END, linked, part
FROM guard_part;

SELECT part, fresh, let_through + fresh AS expected, let_through + linked AS accounts, held > 0 AS known
FROM guard_part
WHERE holds
ORDER BY part
