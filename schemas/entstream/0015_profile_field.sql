-- Which profile field a value was written to: one that is deleted in Moodle and made anew has another id.

ALTER TABLE entstream.profile_value ADD COLUMN field_id bigint;
