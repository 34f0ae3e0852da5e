-- The groups of a batch, as COPY brings them. A name or idnumber that is empty could not be mapped (problem says why):
-- Moodle's value stays. Also the form in which a cohort waits in entstream.parked.
CREATE TEMP TABLE cohort_delta (
    uuid uuid NOT NULL,
    version bigint NOT NULL,
    present boolean NOT NULL,
    name text NOT NULL,
    idnumber text NOT NULL,
    description text NOT NULL,
    deleted boolean NOT NULL,
    problem text,
    retried boolean NOT NULL DEFAULT false
) ON COMMIT DROP
