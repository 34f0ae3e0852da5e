-- A window of the guard for each institution beside that of the whole source (part is then empty).

ALTER TABLE entstream.guard_window
    ADD COLUMN part text COLLATE "C" NOT NULL DEFAULT '',
    DROP CONSTRAINT guard_window_pkey,
    ADD PRIMARY KEY (source, entity, part);
