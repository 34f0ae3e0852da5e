-- entstream.run: also what replays have done. planned_at: when one began.

ALTER TABLE entstream.run
    DROP CONSTRAINT run_kind_check,
    ADD CONSTRAINT run_kind_check CHECK (kind IN ('first_start', 'sync', 'resync', 'apply')),
    ADD COLUMN options text,
    ADD COLUMN ended_at timestamptz,
    ADD COLUMN outcome text;
