-- In which course category the cohorts of groups are to be, where the mapping says so. context_id: where they were put;
-- NULL: Moodle has no such category, or several, and the cohort stays where it is.

CREATE TABLE entstream.cohort_category (
    source text COLLATE "C" NOT NULL,
    uuid uuid NOT NULL,
    category text NOT NULL,
    context_id bigint,
    PRIMARY KEY (uuid, source)
);
CREATE INDEX cohort_category_waits ON entstream.cohort_category (source) WHERE context_id IS NULL;
