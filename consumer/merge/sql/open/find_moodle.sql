-- Tables that could be mdl_config of some Moodle in this database: their name ends in "config", and they have the
-- columns name and value. Reads the catalogue only.
SELECT namespace.nspname AS schema, left(class.relname, -length('config')) AS prefix
FROM pg_catalog.pg_class AS class
JOIN pg_catalog.pg_namespace AS namespace ON namespace.oid = class.relnamespace
WHERE class.relkind IN ('r', 'p')
  AND class.relname LIKE '%config'
  AND (SELECT count(*)
       FROM pg_catalog.pg_attribute AS attribute
       WHERE attribute.attrelid = class.oid AND attribute.attname IN ('name', 'value') AND NOT attribute.attisdropped) = 2
  AND pg_catalog.has_schema_privilege(namespace.oid, 'USAGE')
  AND pg_catalog.has_table_privilege(class.oid, 'SELECT')
ORDER BY 1, 2
