-- Accounts that were in Moodle before and became those of entries; which account somebody waits for, and which one he may
-- have by an administrator's word.

ALTER TABLE entstream.link
    ADD COLUMN adopted boolean NOT NULL DEFAULT false,
    ADD COLUMN auth text;

ALTER TABLE entstream.parked
    ADD COLUMN candidate bigint,
    ADD COLUMN approved bigint;

-- What the first start on a site that has people would do, and whether an administrator has approved it.
CREATE TABLE entstream.run (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    kind text COLLATE "C" NOT NULL CHECK (kind IN ('first_start')),
    target text NOT NULL,
    planned_at timestamptz NOT NULL DEFAULT now(),
    planned_by text NOT NULL,
    records bigint NOT NULL,
    totals jsonb NOT NULL,
    approved_at timestamptz
);
