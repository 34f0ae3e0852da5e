-- Pairs of (group or role object, user) whose rows in Moodle must be looked at again. Duplicates do no harm.
CREATE TEMP TABLE affected (
    parent_kind varchar(5) COLLATE "C" NOT NULL,
    parent uuid NOT NULL,
    member uuid NOT NULL
) ON COMMIT DROP
