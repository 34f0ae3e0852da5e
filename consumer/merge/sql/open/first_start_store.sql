-- What the first start would do takes the place of what was planned before and not approved.
DELETE FROM entstream.run WHERE kind = 'first_start' AND approved_at IS NULL;

INSERT INTO entstream.run (kind, target, planned_by, records, totals)
VALUES ('first_start', {target}, {owner}, {records}, {totals})
