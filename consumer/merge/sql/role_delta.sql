-- The role objects of a batch, as COPY brings them. One that cannot be mapped (problem says why) is not present.
CREATE TEMP TABLE role_delta (
    uuid uuid NOT NULL,
    version bigint NOT NULL,
    present boolean NOT NULL,
    role text NOT NULL,
    level smallint NOT NULL,
    context_key text NOT NULL,
    identifier text NOT NULL,
    deleted boolean NOT NULL,
    problem text
) ON COMMIT DROP
