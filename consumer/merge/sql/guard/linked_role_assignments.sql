-- How many role assignments of ours there are. Reads many rows: only asked where a removal may be one too many.
SELECT count(*) FROM {moodle.role_assignments} WHERE component = {component} AND itemid = 0
