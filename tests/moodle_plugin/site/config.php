<?php
// A Moodle of which there is only what the plugin uses, over a real PostgreSQL: the tests copy this folder, put the plugin into
// local/entstream, and call local/entstream/index.php. The environment says what kind of site it is:
//   SITE_DATABASE      how to reach the database (libpq)
//   SITE_DBFAMILY      its kind, postgres by default
//   SITE_LANGUAGE      en by default
//   SITE_CAPABILITIES  what the one who is logged in may, moodle/site:config by default; empty: nothing

declare(strict_types=1);

define('MOODLE_INTERNAL', true);
set_error_handler(fn(int $level, string $text, string $file, int $line) => throw new ErrorException($text, 0, $level, $file, $line));

$CFG = new stdClass();
$CFG->dirroot = __DIR__;
$CFG->libdir = __DIR__ . '/lib';

function setting(string $name, string $default): string {
    $value = getenv($name);
    return $value === false ? $default : $value;
}

spl_autoload_register(function (string $class): void {
    $file = __DIR__ . '/local/entstream/classes/' . str_replace('\\', '/', substr($class, strlen('local_entstream\\'))) . '.php';
    if (str_starts_with($class, 'local_entstream\\') && is_file($file)) {
        require($file);
    }
});

class moodle_exception extends Exception {
    public function __construct(string $errorcode, string $component = '') {
        parent::__construct($component === '' ? $errorcode : get_string($errorcode, $component));
    }
}

/** Moodle's database layer, as far as the plugin uses it, with its rules for texts of SQL. */
class moodle_database {
    private ?PgSql\Connection $connection = null;

    public function get_dbfamily(): string {
        return setting('SITE_DBFAMILY', 'postgres');
    }

    public function get_records_sql(string $sql, ?array $params = null, int $limitfrom = 0, int $limitnum = 0): array {
        if (preg_match('/\?|(?<!:):[a-z][a-z0-9_]*|\$[1-9]|[{}]/', $sql, $found)) {
            throw new coding_exception("Moodle would take '$found[0]' for a parameter or a table: $sql");
        }
        $this->connection ??= pg_connect(setting('SITE_DATABASE', ''));
        pg_query($this->connection, 'SET default_transaction_read_only = on');
        $rows = [];
        $result = pg_query($this->connection, $sql . ($limitnum ? " LIMIT $limitnum OFFSET $limitfrom" : ''));
        while ($row = pg_fetch_assoc($result)) {
            $key = reset($row);
            if (isset($rows[$key])) {
                throw new coding_exception("two rows begin with '$key': $sql");
            }
            $rows[$key] = (object)$row;
        }
        return $rows;
    }
}

class coding_exception extends Exception {
}

class context_system {
    public static function instance(): self {
        return new self();
    }
}

class moodle_url {
    public function __construct(public string $path) {
    }
}

class lang_string {
    public function __construct(public string $key, public string $component) {
    }
}

class html_table {
    public array $head = [];
    public array $data = [];
}

class html_writer {
    public static function tag(string $tag, string $content): string {
        return "<$tag>$content</$tag>\n";
    }

    public static function table(html_table $table): string {
        $html = '|' . implode('|', $table->head) . "|\n";
        foreach ($table->data as $row) {
            if (count($row) !== count($table->head)) {
                throw new coding_exception('a row of a table has not as many cells as its head');
            }
            $html .= '|' . implode('|', $row) . "|\n";
        }
        return $html;
    }
}

class core_renderer {
    public function header(): string {
        return "<html>\n";
    }

    public function heading(string $text): string {
        return "<h2>$text</h2>\n";
    }

    public function notification(string $text, string $kind): string {
        return "[$kind] $text\n";
    }

    public function footer(): string {
        return "</html>\n";
    }
}

class_alias(site_notification::class, 'core\output\notification');
class site_notification {
    public const NOTIFY_SUCCESS = 'success';
    public const NOTIFY_INFO = 'info';
    public const NOTIFY_WARNING = 'warning';
    public const NOTIFY_ERROR = 'error';
}

function get_string(string $key, string $component, mixed $a = null): string {
    $string = get_string_manager()->load_component_strings($component, setting('SITE_LANGUAGE', 'en'));
    $text = $string[$key] ?? throw new coding_exception("no text '$key'");
    if (is_object($a)) {
        return preg_replace_callback('/\{\$a->([a-z]+)\}/', fn(array $found) => $a->{$found[1]}, $text);
    }
    return str_replace('{$a}', (string)$a, $text);
}

/** Moodle's texts, as far as the plugin uses them. */
class string_manager {
    public function load_component_strings(string $component, string $lang, bool $disablecache = false,
                                           bool $disablelocal = false): array {
        $string = [];
        include(__DIR__ . "/local/entstream/lang/$lang/$component.php");
        return $string;
    }

    public function string_exists(string $identifier, string $component): bool {
        return isset($this->load_component_strings($component, 'en')[$identifier]);
    }
}

function get_string_manager(): string_manager {
    return new string_manager();
}

function get_config(string $plugin, string $name): string|false {
    global $DB;
    $rows = $DB->get_records_sql("SELECT name, value FROM mdl_config_plugins WHERE plugin = '$plugin' AND name = '$name'");
    return $rows ? reset($rows)->value : false;
}

function s(mixed $text): string {
    return htmlspecialchars((string)$text);
}

function userdate(mixed $time): string {
    return gmdate('Y-m-d H:i', (int)$time);
}

function format_time(int $seconds): string {
    return "$seconds s";
}

function require_login(): void {
    $GLOBALS['logged_in'] = true;
}

function require_capability(string $capability, context_system $context): void {
    if (empty($GLOBALS['logged_in']) || !in_array($capability, explode(',', setting('SITE_CAPABILITIES', 'moodle/site:config')))) {
        throw new moodle_exception("nopermissions: $capability");
    }
}

$DB = new moodle_database();
$OUTPUT = new core_renderer();
