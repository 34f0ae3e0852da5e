-- A verification has ended, somehow. Old rows go here too, where no replay ever runs.
DELETE FROM entstream.run WHERE kind <> 'first_start' AND planned_at < now() - interval '400 days';

INSERT INTO entstream.run (kind, target, planned_at, planned_by, records, totals, options, ended_at, outcome)
VALUES ('verify', {target}, {begun_at}, {owner}, {records}, {totals}, {options}, clock_timestamp(), {outcome})
