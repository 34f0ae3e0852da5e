-- Where a source stands. Reads only.
SELECT log_id, next_offset, last_sequence, owner_epoch, owner,
       (extract(epoch FROM watermark) * 1000000)::bigint AS watermark, NULL::bigint AS begun_at
FROM entstream.position
WHERE target = {target} AND source = {source}
