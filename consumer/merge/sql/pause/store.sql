-- An operator pauses a source, or all of them. What is paused already stays so since then.
INSERT INTO entstream.property (name, value)
VALUES ({name}, jsonb_build_object(
    'since', to_char(clock_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'), 'by', {by}, 'why', {why})::text)
ON CONFLICT (name) DO NOTHING
