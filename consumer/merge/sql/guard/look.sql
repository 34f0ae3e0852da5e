-- How many removals of {entity} the plan has, and what the running window has seen of them.
ANALYZE removal_plan (uuid);

SELECT counted.fresh, counted.known,
       coalesce(running.let_through, 0) AS let_through, coalesce(running.held, 0) AS held,
       coalesce(running.linked, 0) AS linked
FROM (SELECT count(*) FILTER (WHERE NOT known) AS fresh, count(*) FILTER (WHERE known) AS known
      FROM removal_plan
      WHERE entity = '{entity}') AS counted
LEFT JOIN entstream.guard_window AS running
    ON running.source = {source} AND running.entity = '{entity}' AND running.part = '' AND running.ends_at > now()
