-- Takes ownership of a source by raising its epoch. Waits for a transaction of the former owner (lock_timeout).
-- Whoever begins at the start of the log notes when: deletions that were purged before are none that he could miss.
WITH claimed AS (
    INSERT INTO entstream.position AS position (target, source, owner_epoch, owner)
    VALUES ({target}, {source}, 1, {owner})
    ON CONFLICT (target, source) DO UPDATE
    SET owner_epoch = position.owner_epoch + 1, owner = excluded.owner, updated_at = clock_timestamp()
    RETURNING log_id, next_offset, last_sequence, owner_epoch, owner, watermark
), begins AS (
    INSERT INTO entstream.property (name, value)
    SELECT 'begun_at/' || {source}, clock_timestamp()::text
    FROM claimed
    WHERE next_offset = 0
    ON CONFLICT (name) DO UPDATE SET value = excluded.value
)
SELECT log_id, next_offset, last_sequence, owner_epoch, owner,
       (extract(epoch FROM watermark) * 1000000)::bigint AS watermark,
       (SELECT (extract(epoch FROM value::timestamptz) * 1000000)::bigint
        FROM entstream.property
        WHERE name = 'begun_at/' || {source}) AS begun_at
FROM claimed
