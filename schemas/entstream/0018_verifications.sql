-- entstream.run: also what verifications have found.

ALTER TABLE entstream.run
    DROP CONSTRAINT run_kind_check,
    ADD CONSTRAINT run_kind_check CHECK (kind IN ('first_start', 'sync', 'resync', 'apply', 'verify'));
