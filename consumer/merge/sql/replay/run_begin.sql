-- A replay begins. Old rows go here, because only replays add any.
DELETE FROM entstream.run WHERE kind <> 'first_start' AND planned_at < now() - interval '400 days';

INSERT INTO entstream.run (kind, target, planned_by, records, totals, options)
VALUES ({kind}, {target}, {owner}, 0, '[]', {options})
RETURNING id
