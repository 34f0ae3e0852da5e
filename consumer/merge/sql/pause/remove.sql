-- An operator lets a source, or all of them, go on.
DELETE FROM entstream.property WHERE name = {name}
