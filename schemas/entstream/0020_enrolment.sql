-- Enrolments that entstream made beside role assignments in courses (roles.enrol): it suspends no others, and makes none of them
-- a second time by itself.

CREATE TABLE entstream.enrolment (
    user_id bigint NOT NULL,
    enrol_id bigint NOT NULL,
    PRIMARY KEY (user_id, enrol_id)
);
