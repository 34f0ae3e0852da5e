-- The members of a batch, as COPY brings them. member is NULL while nobody known has the DN.
CREATE TEMP TABLE member_delta (
    parent_kind varchar(5) COLLATE "C" NOT NULL,
    parent uuid NOT NULL,
    value uuid NOT NULL,
    version bigint NOT NULL,
    present boolean NOT NULL,
    member uuid
) ON COMMIT DROP
