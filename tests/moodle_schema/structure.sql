-- One line per fact about the tables named in :tables (a comma-separated list; empty: every mdl_ table), so that
-- two databases can be compared with diff. Nothing in it depends on OIDs, owners or the name of the schema.
\pset format unaligned
\pset tuples_only on
\pset fieldsep ' | '
\pset null NULL

CREATE TEMPORARY TABLE checked AS
SELECT pg_class.oid AS id, pg_class.relname AS name
FROM pg_class
WHERE pg_class.relkind = 'r' AND pg_class.relname LIKE 'mdl\_%'
  AND pg_class.relnamespace = current_schema()::regnamespace
  AND (:'tables' = '' OR pg_class.relname = ANY (string_to_array(:'tables', ',')));

SELECT 'table', name FROM checked ORDER BY name;

SELECT 'column', columns.table_name, ordinal_position, column_name, data_type,
       coalesce(character_maximum_length::text, '-'),
       coalesce(numeric_precision || ',' || numeric_scale, '-'),
       CASE is_nullable WHEN 'YES' THEN 'NULL' ELSE 'NOT NULL' END,
       coalesce(replace(column_default, current_schema() || '.', ''), 'no default'), coalesce(collation_name, '-')
FROM information_schema.columns JOIN checked ON checked.name = columns.table_name
WHERE columns.table_schema = current_schema()
ORDER BY columns.table_name, ordinal_position;

SELECT 'index', checked.name, replace(pg_get_indexdef(indexrelid), ' ' || current_schema() || '.', ' '),
       CASE WHEN indisvalid AND indisready THEN 'valid' ELSE 'invalid' END
FROM pg_index JOIN checked ON checked.id = indrelid
ORDER BY 2, 3;

SELECT 'constraint', checked.name, conname, pg_get_constraintdef(pg_constraint.oid)
FROM pg_constraint JOIN checked ON checked.id = conrelid
ORDER BY 2, 3;

SELECT 'sequence', checked.name, owned.relname, seqtypid::regtype, seqstart, seqincrement, seqmin, seqmax, seqcache,
       seqcycle, attname
FROM pg_depend
JOIN checked ON checked.id = refobjid
JOIN pg_class AS owned ON owned.oid = objid AND owned.relkind = 'S'
JOIN pg_sequence ON seqrelid = owned.oid
JOIN pg_attribute ON attrelid = refobjid AND attnum = refobjsubid
WHERE pg_depend.classid = 'pg_class'::regclass
ORDER BY 2, 3;

SELECT 'trigger', checked.name, tgname
FROM pg_trigger JOIN checked ON checked.id = tgrelid
WHERE NOT tgisinternal
ORDER BY 2, 3;
