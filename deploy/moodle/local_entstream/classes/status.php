<?php
// This file is part of Moodle - https://moodle.org/
//
// Moodle is free software: you can redistribute it and/or modify
// it under the terms of the GNU General Public License as published by
// the Free Software Foundation, either version 3 of the License, or
// (at your option) any later version.
//
// Moodle is distributed in the hope that it will be useful,
// but WITHOUT ANY WARRANTY; without even the implied warranty of
// MERCHANTABILITY or FITNESS FOR A PARTICULAR PURPOSE.  See the
// GNU General Public License for more details.
//
// You should have received a copy of the GNU General Public License
// along with Moodle.  If not, see <https://www.gnu.org/licenses/>.

/**
 * What entstream has noted in Moodle's database.
 *
 * @package    local_entstream
 * @copyright  2026 The authors of entstream
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */

namespace local_entstream;

use moodle_database;
use stdClass;

/**
 * Reads the schema that entstream-consumer keeps in Moodle's database. Never writes, and reads no personal data: counts, UUIDs
 * and reasons at most. A query is run only where the rights for it are there, so none fails.
 */
class status {
    /** Everything can be shown. */
    public const READY = 'ready';
    /** Moodle's database is not PostgreSQL. */
    public const NOT_POSTGRESQL = 'notpostgresql';
    /** entstream has never been at work here. */
    public const NO_SCHEMA = 'noschema';
    /** Moodle's database user may not read all that is shown here. */
    public const NO_RIGHTS = 'norights';
    /** The schema is that of an entstream that this plugin does not know. */
    public const OTHER_VERSION = 'otherversion';

    /** The most objects that objects() returns. */
    public const MOST_OBJECTS = 100;

    /** What is read, by table: these columns. Former versions of entstream lack the tables of LATER. */
    private const COLUMNS = [
        'position' => ['target', 'source', 'next_offset', 'watermark', 'rebuild_begun_at', 'updated_at'],
        'link' => ['status'],
        'role_object' => ['source', 'uuid', 'role', 'level', 'context_key', 'identifier', 'role_id', 'context_id'],
        'parked' => ['source', 'kind', 'uuid', 'reason', 'parked_at'],
        'unmapped' => ['source', 'kind', 'uuid', 'problem', 'since'],
        'lease' => ['token', 'owner', 'renewed_at'],
        'refused' => ['source', 'key', 'reason', 'since'],
        'held' => ['entity'],
        'profile_value' => ['source', 'field', 'waits'],
        'cohort_category' => ['source', 'uuid', 'category', 'context_id'],
        'role_candidate' => ['uuid'],
        'run' => ['kind', 'planned_at', 'approved_at', 'totals'],
        'property' => ['name'],
    ];

    /** Tables that came after the first version. */
    private const LATER = [
        'unmapped', 'lease', 'refused', 'held', 'profile_value', 'cohort_category', 'role_candidate', 'run',
    ];

    /** The schema, whether it may be used, and by whom it is read. */
    private const SCHEMA = "
        SELECT nspname, CASE WHEN has_schema_privilege(oid, 'USAGE') THEN 1 ELSE 0 END AS usable,
               quote_ident(current_user) AS reader
          FROM pg_catalog.pg_namespace
         WHERE nspname = 'entstream'";

    /** Every column of the schema, and whether it may be read. */
    private const READABLE = "
        SELECT c.relname || '.' || a.attname AS place,
               CASE WHEN has_column_privilege(c.oid, a.attnum, 'SELECT') THEN 1 ELSE 0 END AS readable
          FROM pg_catalog.pg_namespace n
          JOIN pg_catalog.pg_class c ON c.relnamespace = n.oid AND c.relkind IN ('r', 'p', 'v')
          JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
         WHERE n.nspname = 'entstream'";

    /** Where each source stands; times in Unix seconds. */
    private const SOURCES = "
        SELECT target || '/' || source AS place, target, source, next_offset,
               CAST(extract(epoch FROM watermark) AS bigint) AS watermark,
               CAST(extract(epoch FROM updated_at) AS bigint) AS updated,
               CASE WHEN rebuild_begun_at IS NULL THEN 0 ELSE 1 END AS rebuilding
          FROM entstream.position
      ORDER BY target, source";

    /** The last sign of life of the process that serves this Moodle. */
    private const LEASE = "
        SELECT owner, CAST(extract(epoch FROM renewed_at) AS bigint) AS renewed
          FROM entstream.lease
         WHERE token <> ''";

    /** What the first start on a Moodle that has people would do, and waits for. */
    private const FIRST_START = "
        SELECT CAST(extract(epoch FROM planned_at) AS bigint) AS planned, totals
          FROM entstream.run
         WHERE kind = 'first_start' AND approved_at IS NULL AND NOT EXISTS (SELECT status FROM entstream.link)
      ORDER BY planned_at DESC";

    /** What an operator has paused: sources, or '' for all. */
    private const PAUSED = "
        SELECT substr(name, length('pause/') + 1) AS source
          FROM entstream.property
         WHERE name = 'pause' OR name LIKE 'pause/%'
      ORDER BY name";

    /** How many objects wait for what, by the table that must be there. */
    private const WAITING = [
        'parked' => "
            SELECT CASE WHEN reason LIKE '%, not adopted: %' THEN 'found' ELSE 'parked' END || kind AS name, count(*) AS objects
              FROM entstream.parked
          GROUP BY 1",
        'unmapped' => "SELECT 'unmapped' || kind AS name, count(*) AS objects FROM entstream.unmapped GROUP BY kind",
        'refused' => "SELECT 'refused' AS name, count(*) AS objects FROM entstream.refused",
        'held' => "SELECT 'held' || entity AS name, count(*) AS objects FROM entstream.held GROUP BY entity",
        'profile_value' => "SELECT 'profile' AS name, count(*) AS objects FROM entstream.profile_value WHERE waits IS NOT NULL",
        'cohort_category' => "
            SELECT 'misplaced' AS name, count(uuid) AS objects
              FROM entstream.cohort_category
             WHERE context_id IS NULL",
        'role_candidate' => "SELECT 'candidates' AS name, count(uuid) AS objects FROM entstream.role_candidate",
        'role_object' => "
            SELECT 'unplaced' AS name, count(*) AS objects
              FROM entstream.role_object
             WHERE role_id IS NULL OR context_id IS NULL",
        'link' => "SELECT 'gone' AS name, count(*) AS objects FROM entstream.link WHERE status = 'gone_in_moodle'",
    ];

    /**
     * The objects that wait, by the table that must be there; what these texts say has no personal data: the identifier of a
     * role object at level user (30), a username, is left out.
     */
    private const OBJECTS = [
        'parked' => "
            SELECT 'parked' AS list, source, kind || '/' || uuid AS entry, reason,
                   CAST(extract(epoch FROM parked_at) AS bigint) AS since, CAST(NULL AS bigint) AS objects
              FROM entstream.parked",
        'unmapped' => "
            SELECT 'unmapped' AS list, source, kind || '/' || uuid AS entry, problem AS reason,
                   CAST(extract(epoch FROM since) AS bigint) AS since, CAST(NULL AS bigint) AS objects
              FROM entstream.unmapped",
        'refused' => "
            SELECT 'refused' AS list, source, key AS entry, reason, CAST(extract(epoch FROM since) AS bigint) AS since,
                   CAST(NULL AS bigint) AS objects
              FROM entstream.refused",
        'cohort_category' => "
            SELECT 'misplaced' AS list, source, 'cohort/' || uuid AS entry, 'coursecat, idnumber ' || category AS reason,
                   CAST(NULL AS bigint) AS since, CAST(NULL AS bigint) AS objects
              FROM entstream.cohort_category
             WHERE context_id IS NULL",
        'role_object' => "
            SELECT 'unplaced' AS list, source, 'role/' || uuid AS entry,
                   role || ': ' || CASE level WHEN 10 THEN 'system' WHEN 30 THEN 'user' WHEN 40 THEN 'coursecat'
                                                WHEN 50 THEN 'course' WHEN 70 THEN 'module' ELSE 'block' END ||
                   CASE level WHEN 10 THEN '' WHEN 30 THEN '' ELSE ', ' || context_key || ' ' || identifier END AS reason,
                   CAST(NULL AS bigint) AS since, CAST(NULL AS bigint) AS objects
              FROM entstream.role_object
             WHERE role_id IS NULL OR context_id IS NULL",
        'profile_value' => "
            SELECT 'profile' AS list, source, 'field ' || field AS entry, waits AS reason, CAST(NULL AS bigint) AS since,
                   count(*) AS objects
              FROM entstream.profile_value
             WHERE waits IS NOT NULL
          GROUP BY source, field, waits",
    ];

    /** @var moodle_database Moodle's own connection */
    private moodle_database $db;

    /** @var array|null whether a column may be read, by "table.column" of the schema; null: not looked yet */
    private ?array $readable = null;

    /**
     * Looks at nothing yet.
     *
     * @param moodle_database $db Moodle's own connection
     */
    public function __construct(moodle_database $db) {
        $this->db = $db;
    }

    /**
     * Whether entstream has its schema in this database.
     *
     * @return bool
     */
    public function has_schema(): bool {
        return $this->schema() !== null;
    }

    /**
     * What can be shown.
     *
     * @return string one of the constants above
     */
    public function state(): string {
        if ($this->db->get_dbfamily() !== 'postgres') {
            return self::NOT_POSTGRESQL;
        }
        $schema = $this->schema();
        if ($schema === null) {
            return self::NO_SCHEMA;
        }
        if ($this->unknown_columns()) {
            return self::OTHER_VERSION;
        }
        return $schema->usable && !$this->unreadable() ? self::READY : self::NO_RIGHTS;
    }

    /**
     * What a database administrator has to run where rights are missing.
     *
     * @return string statements of SQL, one a line
     */
    public function grant(): string {
        $reader = $this->schema()->reader;
        $statements = ["GRANT USAGE ON SCHEMA entstream TO {$reader};"];
        foreach (self::COLUMNS as $table => $columns) {
            if ($this->has_table($table)) {
                $statements[] = 'GRANT SELECT (' . implode(', ', $columns) . ") ON entstream.{$table} TO {$reader};";
            }
        }
        return implode("\n", $statements);
    }

    /**
     * Where each source stands.
     *
     * @return stdClass[] target, source, next_offset, watermark (null: the first load goes on), updated, rebuilding
     */
    public function sources(): array {
        return array_values($this->db->get_records_sql(self::SOURCES));
    }

    /**
     * The process that serves this Moodle.
     *
     * @return stdClass|null owner (host and process), renewed; null: none
     */
    public function lease(): ?stdClass {
        $rows = $this->has_table('lease') ? $this->db->get_records_sql(self::LEASE) : [];
        return $rows ? reset($rows) : null;
    }

    /**
     * What the first start would do, where it waits for an approval.
     *
     * @return stdClass|null planned (Unix seconds), totals (of entity, action, objects, reason); null: it does not wait
     */
    public function first_start(): ?stdClass {
        $rows = $this->has_table('run') ? $this->db->get_records_sql(self::FIRST_START, null, 0, 1) : [];
        if (!$rows) {
            return null;
        }
        $row = reset($rows);
        $row->totals = json_decode($row->totals);
        return $row;
    }

    /**
     * What an operator has paused.
     *
     * @return string[] sources; '' stands for all of them
     */
    public function paused(): array {
        return array_column($this->db->get_records_sql(self::PAUSED), 'source');
    }

    /**
     * How many objects wait.
     *
     * @return int[] by what they wait for, without those of which there are none
     */
    public function waiting(): array {
        $counts = [];
        foreach (self::WAITING as $table => $sql) {
            if (!$this->has_table($table)) {
                continue;
            }
            foreach ($this->db->get_records_sql($sql) as $row) {
                $counts[$row->name] = (int)$row->objects;
            }
        }
        return array_filter($counts);
    }

    /**
     * The objects that have waited longest.
     *
     * @return stdClass[] list, source, entry (kind and UUID, or key), reason, since (null: not known), objects (null: it is
     *     one); MOST_OBJECTS of them at the most
     */
    public function objects(): array {
        $parts = array_intersect_key(self::OBJECTS, array_filter(self::OBJECTS, [$this, 'has_table'], ARRAY_FILTER_USE_KEY));
        $sql = "SELECT row_number() OVER (ORDER BY since, source, entry, list) AS place, list, source, entry, reason, since, objects
                  FROM (" . implode(' UNION ALL ', $parts) . ") waiting
              ORDER BY 1";
        return array_values($this->db->get_records_sql($sql, null, 0, self::MOST_OBJECTS));
    }

    /**
     * The schema.
     *
     * @return stdClass|null usable, reader; null: there is none
     */
    private function schema(): ?stdClass {
        if ($this->db->get_dbfamily() !== 'postgres') {
            return null;
        }
        $rows = $this->db->get_records_sql(self::SCHEMA);
        return $rows ? reset($rows) : null;
    }

    /**
     * Whether the schema has this table.
     *
     * @param string $table one of COLUMNS
     * @return bool
     */
    private function has_table(string $table): bool {
        return array_key_exists($table . '.' . self::COLUMNS[$table][0], $this->readable());
    }

    /**
     * Columns that this page reads and the schema does not have.
     *
     * @return string[] "table.column"
     */
    private function unknown_columns(): array {
        $unknown = [];
        foreach ($this->read_columns() as $place => $table) {
            $may_lack = in_array($table, self::LATER) && !$this->has_table($table);
            if (!$may_lack && !array_key_exists($place, $this->readable())) {
                $unknown[] = $place;
            }
        }
        return $unknown;
    }

    /**
     * Columns that are there and may not be read.
     *
     * @return string[] "table.column"
     */
    private function unreadable(): array {
        return array_keys(array_filter(
            array_intersect_key($this->readable(), $this->read_columns()),
            fn(bool $readable) => !$readable
        ));
    }

    /**
     * The columns of COLUMNS.
     *
     * @return string[] the table, by "table.column"
     */
    private function read_columns(): array {
        $places = [];
        foreach (self::COLUMNS as $table => $columns) {
            foreach ($columns as $column) {
                $places["{$table}.{$column}"] = $table;
            }
        }
        return $places;
    }

    /**
     * The columns of the schema.
     *
     * @return bool[] whether it may be read, by "table.column"
     */
    private function readable(): array {
        if ($this->readable === null) {
            $rows = $this->db->get_records_sql(self::READABLE);
            $this->readable = array_map(fn(stdClass $row) => (bool)$row->readable, $rows);
        }
        return $this->readable;
    }
}
