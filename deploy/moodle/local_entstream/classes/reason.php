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
 * Why something waits, in the language of whoever looks.
 *
 * @package    local_entstream
 * @copyright  2026 The authors of entstream
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */

namespace local_entstream;

/**
 * entstream stores its reasons in English. The English texts of the plugin whose keys begin with "reason_" are these, word for
 * word: by them a stored reason is recognized, and said in another language.
 */
class reason {
    /** What the keys of these texts begin with. */
    private const KEY = 'reason_';

    /** What may stand for some of the values; else anything. */
    private const VALUES = ['field' => '[^:;|]+', 'code' => '[0-9A-Z]+', 'type' => '\w+'];

    /** What stands between reasons of which there are several. */
    private const BETWEEN = [' | ', '. '];

    /** @var string[]|null regular expressions by key of the language file, the longest first; null: not made yet */
    private static ?array $patterns = null;

    /**
     * A reason, in the language of whoever looks.
     *
     * @param string $stored as entstream has stored it
     * @return string text, not HTML; one that is not known stays as it is
     */
    public static function text(string $stored): string {
        return self::known($stored) ?? $stored;
    }

    /**
     * A reason that is known.
     *
     * @param string $stored as entstream has stored it
     * @return string|null text; null: it is not known
     */
    private static function known(string $stored): ?string {
        foreach (self::patterns() as $key => $pattern) {
            if (preg_match($pattern, $stored, $found)) {
                $values = array_filter($found, 'is_string', ARRAY_FILTER_USE_KEY);
                if (isset($values['reason'])) {
                    $values['reason'] = self::text($values['reason']);
                }
                return get_string($key, 'local_entstream', (object)$values);
            }
        }
        foreach (self::BETWEEN as $between) {
            $parts = explode($between, $stored);
            $texts = count($parts) > 1 ? array_map([self::class, 'known'], $parts) : [null];
            if (!in_array(null, $texts, true)) {
                return implode($between, $texts);
            }
        }
        return null;
    }

    /**
     * What recognizes each reason.
     *
     * @return string[] regular expressions by key of the language file
     */
    private static function patterns(): array {
        if (self::$patterns === null) {
            // Without what administrators may have written in place of them.
            $english = get_string_manager()->load_component_strings('local_entstream', 'en', true, true);
            $texts = array_filter($english, fn(string $key) => str_starts_with($key, self::KEY), ARRAY_FILTER_USE_KEY);
            uasort($texts, fn(string $one, string $other) => strlen($other) <=> strlen($one));
            self::$patterns = array_map([self::class, 'pattern'], $texts);
        }
        return self::$patterns;
    }

    /**
     * What recognizes a reason.
     *
     * @param string $text of the language file
     * @return string regular expression, with a name for each value
     */
    private static function pattern(string $text): string {
        $pattern = '';
        $known = [];
        foreach (preg_split('/\{\$a->([a-z]+)\}/', $text, -1, PREG_SPLIT_DELIM_CAPTURE) as $place => $part) {
            if ($place % 2 === 0) {
                $pattern .= preg_quote($part, '/');
            } else if (in_array($part, $known)) {
                $pattern .= "\\k<{$part}>";
            } else {
                $known[] = $part;
                $pattern .= "(?<{$part}>" . (self::VALUES[$part] ?? '.*') . ')';
            }
        }
        return "/^{$pattern}\$/Dsu";
    }
}
