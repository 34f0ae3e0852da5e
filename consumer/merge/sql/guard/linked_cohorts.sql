-- How many cohorts the source has here. Reads a table as a whole: only asked where a removal may be one too many.
SELECT count(*)
FROM entstream.link
WHERE source = {source} AND kind = 'cohort' AND status IN ('active', 'returning', 'kept')
