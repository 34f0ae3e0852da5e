-- A sign of life of the process that serves this Moodle; no row is changed where it is another one by now. Also what
-- begins a transaction that moves no position: its row lock keeps the transactions of two owners apart.
UPDATE entstream.lease
SET renewed_at = clock_timestamp()
WHERE token = {token}
