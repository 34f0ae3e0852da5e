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
 * What the plugin says to Moodle's privacy API.
 *
 * @package    local_entstream
 * @copyright  2026 The authors of entstream
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */

namespace local_entstream\privacy;

/**
 * The plugin stores nothing of its own: the status page shows counts, and UUIDs with reasons.
 */
class provider implements \core_privacy\local\metadata\null_provider {
    /**
     * Why there is nothing to export or delete.
     *
     * @return string a key of the language file
     */
    public static function get_reason(): string {
        return 'privacy:metadata';
    }
}
