-- Takes ownership of a source by raising its epoch. Waits for a transaction of the former owner (lock_timeout).
INSERT INTO entstream.position AS position (target, source, owner_epoch, owner)
VALUES ({target}, {source}, 1, {owner})
ON CONFLICT (target, source) DO UPDATE
SET owner_epoch = position.owner_epoch + 1, owner = excluded.owner, updated_at = clock_timestamp()
RETURNING log_id, next_offset, last_sequence, owner_epoch, owner,
          (extract(epoch FROM watermark) * 1000000)::bigint AS watermark
