-- The users of a batch, as COPY brings them. A text that is NULL is not mapped, or cannot be (problem says why): Moodle's
-- value stays.
-- Also the form in which a user waits in entstream.parked. No lock on anything that lasts.
CREATE TEMP TABLE user_delta (
    uuid uuid NOT NULL,
    version bigint NOT NULL,
    present boolean NOT NULL,
    created_at text COLLATE "C" NOT NULL,
    problem text,
    username text,
    idnumber text,
    firstname text,
    lastname text,
    email text,
    institution text,
    department text,
    phone1 text,
    phone2 text,
    address text,
    city text,
    country text,
    lang text,
    retried boolean NOT NULL DEFAULT false,
    CHECK (username <> '')
) ON COMMIT DROP
