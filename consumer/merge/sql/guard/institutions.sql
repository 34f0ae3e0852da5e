-- From removal_plan to guard_part: removals of {entity} by institution, and whether those of any can only be judged by what it has.
INSERT INTO guard_part (entity, part, fresh, let_through, held, linked)
SELECT '{entity}', counted.part, counted.fresh, coalesce(running.let_through, 0), coalesce(running.held, 0),
       coalesce(running.linked, 0)
FROM (SELECT part, count(*) AS fresh
      FROM removal_plan
      WHERE entity = '{entity}' AND NOT known AND part <> ''
      GROUP BY part) AS counted
LEFT JOIN entstream.guard_window AS running
    ON running.source = {source} AND running.entity = '{entity}' AND running.part = counted.part
       AND running.ends_at > now();

SELECT EXISTS (SELECT FROM guard_part AS part WHERE {guard.undecided}) AS undecided
