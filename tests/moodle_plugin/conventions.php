<?php
// usage: php conventions.php FOLDER
// Whether the plugin in FOLDER keeps Moodle's rules for plugins. Prints what breaks one, a line each.
// Exit status: 0 none, 1 some, 2 wrong call.

declare(strict_types=1);

const COMPONENT = 'local_entstream';
const OLDEST_MOODLE = 2024100700;

define('MOODLE_INTERNAL', true);
define('MATURITY_ALPHA', 50);
define('MATURITY_BETA', 100);
define('MATURITY_RC', 150);
define('MATURITY_STABLE', 200);

$problems = [];
function problem(string $text): void {
    global $problems;
    $problems[] = $text;
}

/** @return string[] the PHP files below a folder, as paths relative to it */
function php_files(string $folder): array {
    $files = [];
    foreach (new RecursiveIteratorIterator(new RecursiveDirectoryIterator($folder, FilesystemIterator::SKIP_DOTS)) as $file) {
        if ($file->getExtension() === 'php') {
            $files[] = substr($file->getPathname(), strlen($folder) + 1);
        }
    }
    sort($files);
    return $files;
}

/** The tokens of a file without comments and spaces, as texts. */
function code_of(string $text): array {
    $code = [];
    foreach (PhpToken::tokenize($text) as $token) {
        if (!$token->isIgnorable()) {
            $code[] = $token;
        }
    }
    return $code;
}

/** What holds for every file. */
function check_file(string $file, string $text): void {
    $header = '~^<\?php\n// This file is part of Moodle - https://moodle\.org/\n//\n// Moodle is free software: .*GNU General Public '
        . 'License.*version 3.*\(at your option\) any later version\..*\n\n/\*\*\n(?: \*.*\n)*?'
        . ' \* @package    local_entstream\n(?: \*.*\n)*? \* @license    https?://www\.gnu\.org/copyleft/gpl\.html GNU GPL v3 '
        . 'or later\n \*/\n~sU';
    if (!preg_match($header, substr($text, 0, 2000))) {
        problem("$file: does not begin with Moodle's licence header and a file comment with @package and @license");
    }
    if (!str_ends_with($text, "\n") || str_ends_with($text, "\n\n")) {
        problem("$file: does not end with one line end");
    }
    $superglobals = ['$_GET', '$_POST', '$_REQUEST', '$_COOKIE', '$_SERVER', '$_SESSION', '$_FILES', '$_ENV', '$GLOBALS'];
    $is_guarded = false;
    foreach (code_of($text) as $place => $token) {
        if ($token->is(T_CLOSE_TAG)) {
            problem("$file: line $token->line: closing tag");
        }
        if ($token->is(T_VARIABLE) && in_array($token->text, $superglobals)) {
            problem("$file: line $token->line: $token->text; Moodle has required_param() and the like");
        }
        if ($token->is(['eval', 'exec', 'system', 'shell_exec', 'passthru', 'var_dump', 'print_r', 'error_log'])) {
            problem("$file: line $token->line: $token->text");
        }
        $is_guarded = $is_guarded || $token->is(T_NAMESPACE) && $place === 0;
    }
    $defines_only = str_starts_with($file, 'db/') && str_contains($text, "\nfunction xmldb_");
    $is_script = preg_match('~^require\(__DIR__ \. \'/\.\./\.\./config\.php\'\);$~m', $text) === 1;
    if (!$is_guarded && !$defines_only && !$is_script && !str_contains($text, "\ndefined('MOODLE_INTERNAL') || die();\n")) {
        problem("$file: neither a namespace nor defined('MOODLE_INTERNAL') || die(); anybody could call it");
    }
    foreach (explode("\n", $text) as $number => $line) {
        if (str_contains($line, "\t") || rtrim($line) !== $line) {
            problem("$file: line " . ($number + 1) . ': tab, or space at the end');
        }
        if (mb_strlen_of($line) > 132 && !str_starts_with($line, '$string[')) {
            problem("$file: line " . ($number + 1) . ': longer than 132 characters');
        }
    }
}

function mb_strlen_of(string $text): int {
    return preg_match_all('/./us', $text);
}

function check_version(string $folder): void {
    $plugin = new stdClass();
    (static function (string $file, stdClass $plugin): void {
        include($file);
    })("$folder/version.php", $plugin);
    if (($plugin->component ?? null) !== COMPONENT) {
        problem('version.php: component is not ' . COMPONENT);
    }
    if (!is_int($plugin->version ?? null) || !preg_match('/^20\d\d(0[1-9]|1[0-2])([0-2]\d|3[01])\d\d$/', (string)$plugin->version)) {
        problem('version.php: version is not YYYYMMDDXX');
    }
    if (($plugin->requires ?? null) !== OLDEST_MOODLE) {
        problem('version.php: requires is not ' . OLDEST_MOODLE . ' (Moodle 4.5)');
    }
    if (($plugin->supported ?? null) !== [405, 502]) {
        problem('version.php: supported is not [405, 502], what entstream-consumer supports');
    }
    if (!in_array($plugin->maturity ?? null, [MATURITY_ALPHA, MATURITY_BETA, MATURITY_RC, MATURITY_STABLE], true)) {
        problem('version.php: no maturity');
    }
    if (!is_string($plugin->release ?? null) || $plugin->release === '') {
        problem('version.php: no release');
    }
}

/** @return string[] by key */
function strings_of(string $file): array {
    $string = [];
    include($file);
    return $string;
}

/** @return string[] what is put into a text */
function values_of(string $text): array {
    preg_match_all('/\{\$a(?:->[a-z]+)?\}/', $text, $found);
    $values = array_unique($found[0]);
    sort($values);
    return $values;
}

/** What code and Moodle itself ask for, in every language, in the same order. */
function check_languages(string $folder, array $files): void {
    $english = strings_of("$folder/lang/en/" . COMPONENT . '.php');
    if (!isset($english['pluginname'])) {
        problem('lang/en: no pluginname');
    }
    foreach (glob("$folder/lang/*") as $language) {
        $name = 'lang/' . basename($language);
        $texts = strings_of("$language/" . COMPONENT . '.php');
        $written = preg_match_all('/^\$string\[/m', file_get_contents("$language/" . COMPONENT . '.php'));
        if ($written !== count($texts)) {
            problem("$name: a key stands there twice");
        }
        $sorted = $texts;
        ksort($sorted, SORT_STRING);
        if (array_keys($sorted) !== array_keys($texts)) {
            problem("$name: keys are not sorted");
        }
        foreach (array_diff_key($english, $texts) as $key => $text) {
            problem("$name: lacks $key");
        }
        foreach (array_diff_key($texts, $english) as $key => $text) {
            problem("$name: has $key, English does not");
        }
        foreach (array_intersect_key($texts, $english) as $key => $text) {
            if (trim($text) === '' || values_of($text) !== values_of($english[$key])) {
                problem("$name: $key is empty, or has not the same {\$a} as English");
            }
        }
    }
    if (count(glob("$folder/lang/*")) < 2) {
        problem('lang: French is missing');
    }
    // Keys that the code names; those that it puts together from parts are tried by the tests of the page.
    foreach ($files as $file) {
        $text = file_get_contents("$folder/$file");
        preg_match_all("/(?:self::text\('|(?:get_string|lang_string|moodle_exception)\(')([a-z_:]+)'/", $text, $named);
        foreach ($named[1] as $key) {
            if (!isset($english[$key])) {
                problem("$file: text '$key' is in no language file");
            }
        }
    }
}

function check_privacy(string $folder, array $files): void {
    eval('namespace core_privacy\local\metadata; interface null_provider { public static function get_reason(): string; }');
    if (!in_array('classes/privacy/provider.php', $files)) {
        problem('classes/privacy/provider.php is missing');
        return;
    }
    include("$folder/classes/privacy/provider.php");
    $class = COMPONENT . '\privacy\provider';
    if (!is_a($class, \core_privacy\local\metadata\null_provider::class, true)) {
        problem("classes/privacy/provider.php: $class is no null_provider");
    } else if (!isset(strings_of("$folder/lang/en/" . COMPONENT . '.php')[$class::get_reason()])) {
        problem('classes/privacy/provider.php: its reason is in no language file');
    }
}

/** Classes are found by their path. */
function check_classes(string $folder, array $files): void {
    foreach ($files as $file) {
        if (!str_starts_with($file, 'classes/')) {
            continue;
        }
        $text = file_get_contents("$folder/$file");
        $parts = explode('/', substr($file, strlen('classes/'), -strlen('.php')));
        $class = array_pop($parts);
        $namespace = implode('\\', [COMPONENT, ...$parts]);
        if (!preg_match('/^namespace ' . preg_quote($namespace) . ';$/m', $text) || !preg_match("/^class $class\\b/m", $text)) {
            problem("$file: is not class $namespace\\$class, under which Moodle looks for it");
        }
    }
}

/** The schema is read through Moodle's connection, and nothing is written. */
function check_database_use(string $folder, array $files): void {
    foreach ($files as $file) {
        $text = file_get_contents("$folder/$file");
        if (preg_match('/->(insert|update|delete|set_field|execute|start_delegated)[a-z_]*\(|\bset_config\(|\bunset_config\(/', $text, $found)) {
            problem("$file: writes ($found[0])");
        }
        if (preg_match('/\b(pg_connect|pg_query|new PDO)\b/', $text, $found)) {
            problem("$file: uses a connection of its own ($found[0])");
        }
    }
    $index = file_get_contents("$folder/index.php");
    foreach (["require_login();", "admin_externalpage_setup('local_entstream_status');", "require_capability('moodle/site:config'"] as $call) {
        if (!str_contains($index, $call)) {
            problem("index.php: lacks $call");
        }
    }
    if (!str_contains(file_get_contents("$folder/settings.php"), "'moodle/site:config'")) {
        problem('settings.php: the page is not for moodle/site:config');
    }
}

if ($argc !== 2 || !is_dir($argv[1])) {
    fwrite(STDERR, "usage: php conventions.php FOLDER\n");
    exit(2);
}
$folder = rtrim($argv[1], '/');
$files = php_files($folder);
foreach ($files as $file) {
    check_file($file, file_get_contents("$folder/$file"));
}
foreach (['version.php', 'settings.php', 'index.php', 'lang/en/local_entstream.php'] as $needed) {
    if (!in_array($needed, $files)) {
        problem("$needed is missing");
    }
}
if (!$problems) {
    check_version($folder);
    check_languages($folder, $files);
    check_privacy($folder, $files);
    check_classes($folder, $files);
    check_database_use($folder, $files);
}
foreach ($problems as $text) {
    echo "$text\n";
}
exit($problems ? 1 : 0);
