<?php
// usage: php reasons.php ROOT SITE
// Whether the plugin knows every reason that the sources of entstream in ROOT can store, and says each of them in French.
// SITE is a copy of the folder site with the plugin in local/entstream. Prints what it does not, a line each.
// Exit status: 0 nothing, 1 something, 2 wrong call.

declare(strict_types=1);

if ($argc !== 3 || !is_dir("$argv[1]/consumer") || !is_file("$argv[2]/config.php")) {
    fwrite(STDERR, "usage: php reasons.php ROOT SITE\n");
    exit(2);
}
[, $root, $site] = $argv;
putenv('SITE_LANGUAGE=fr');
require("$site/config.php");

const KEY = 'reason_';
$problems = [];
function problem(string $text): void {
    global $problems;
    $problems[] = $text;
}

/** Whether a text is words for people: at least two, or a part of such. */
function has_words(string $text): bool {
    return preg_match('/[a-z]{2,} [a-z]|[a-z]{3,} $|^[ ,;:]+ ?[a-z]{3,}/i', $text) === 1;
}

/** @return string[] the words of the texts of a file of SQL, without what the program sets in */
function words_of_sql(string $sql): array {
    preg_match_all("/'((?:[^']|'')*)'/", preg_replace('/^\s*--.*$/m', '', $sql), $found);
    $words = [];
    foreach ($found[1] as $text) {
        array_push($words, ...preg_split('/\{[a-z_.]+\}/', str_replace("''", "'", $text)));
    }
    return $words;
}

/** @return string[] the texts of C++ in a piece of code; those that follow one another are one */
function words_of_code(string $code): array {
    preg_match_all('/"((?:[^"\\\\]|\\\\.)*)"/', preg_replace('/"\s*"/', '', $code), $found);
    return array_map(stripcslashes(...), $found[1]);
}

/** @return string[] the arguments of each call of a function of C++, and the bodies of its definitions */
function uses_of(string $function, string $code): array {
    preg_match_all('/\b' . $function . '(\((?:[^()"]|"(?:[^"\\\\]|\\\\.)*"|(?1))*\))(\s*\{[^{}]*\})?/', $code, $found);
    return array_map(fn(string $call, string $body) => $call . $body, $found[1], $found[2]);
}

/** @return string[][] what the sources put into reasons, by file */
function said(string $root): array {
    $said = [];
    foreach (glob("$root/consumer/merge/sql/*/*.sql") as $file) {
        $sql = file_get_contents($file);
        if (preg_match('/INSERT INTO (park_plan|user_adopt|cohort_adopt|profile_plan)\b/', $sql) || str_ends_with($file, '/report.sql')) {
            $said[$file] = words_of_sql($sql);
        }
    }
    foreach (glob("$root/consumer/map/*.cpp") as $file) {
        $said[$file] = words_of_code(implode("\n", uses_of('problem_with', file_get_contents($file))));
    }
    foreach (['failure', 'target_sweep'] as $name) {
        $file = "$root/consumer/merge/$name.cpp";
        $said[$file] = array_filter(words_of_code(file_get_contents($file)), fn(string $text) => str_contains($text, 'SQLSTATE'));
    }
    return array_map(fn(array $words) => array_values(array_unique(array_filter($words, has_words(...)))), $said);
}

/** The text with each value in its place. */
function filled(string $text, array $values): string {
    return preg_replace_callback('/\{\$a->([a-z]+)\}/', fn(array $found) => $values[$found[1]] ?? "X {$found[1]} 1", $text);
}

$reasons = fn(string $lang) => array_filter(get_string_manager()->load_component_strings('local_entstream', $lang),
    fn(string $key) => str_starts_with($key, KEY), ARRAY_FILTER_USE_KEY);
$english = $reasons('en');
$french = $reasons('fr');

$count = 0;
foreach (said($root) as $file => $words) {
    foreach ($words as $text) {
        $count++;
        if (!array_filter($english, fn(string $known) => str_contains($known, $text))) {
            problem(basename($file) . ": '$text' is in no text of the plugin (" . KEY . '..., lang/en)');
        }
    }
}
if ($count < 50) {
    problem("only $count parts of reasons were found in the sources: this test does not see them any more");
}

$inner = ['several accounts have it', 'plusieurs comptes l\'ont'];
foreach ($english as $key => $text) {
    $values = ['field' => 'email', 'code' => '23514', 'type' => 'social'];
    $stored = filled($text, $values + ['reason' => $inner[0]]);
    $expected = filled($french[$key], $values + ['reason' => $inner[1]]);
    $shown = \local_entstream\reason::text($stored);
    if ($shown !== $expected) {
        problem("'$stored' is shown as '$shown', not as '$expected'");
    }
    foreach (['. ', ' | '] as $between) {
        $shown = \local_entstream\reason::text("$stored$between$inner[0]");
        if ($shown !== "$expected$between$inner[1]" && !str_contains($text, '{$a->reason}')) {
            problem("with another one after '$between', '$stored' is shown as '$shown'");
        }
    }
}
foreach (['something that entstream says another day', '', 'username taken. something else', "username taken\n"] as $unknown) {
    if (\local_entstream\reason::text($unknown) !== $unknown) {
        problem("'$unknown' does not stay as it is");
    }
}
$words = preg_grep('/^[a-z_]+$/', words_of_code(file_get_contents("$root/consumer/merge/summary.cpp")));
if (count($words) < 10) {
    problem('summary.cpp: this test does not see its words any more');
}
foreach ($words as $word) {
    if (!array_filter(['entity', 'action'], fn(string $kind) => get_string_manager()->string_exists("{$kind}_$word", 'local_entstream'))) {
        problem("summary.cpp: the plugin has no word for '$word' (entity_$word or action_$word)");
    }
}
foreach ($problems as $text) {
    echo "$text\n";
}
exit($problems ? 1 : 0);
