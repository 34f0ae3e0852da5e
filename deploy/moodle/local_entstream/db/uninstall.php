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
 * Keeps what entstream needs from being deleted with the plugin.
 *
 * @package    local_entstream
 * @copyright  2026 The authors of entstream
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */

/**
 * Refuses while entstream serves this Moodle. Moodle deletes the rows of config_plugins together with their plugin, and
 * entstream has its note of the position there: without it, entstream takes the database for one that was restored in
 * part, and stops. An exception at this point leaves everything as it is.
 *
 * @return bool
 */
function xmldb_local_entstream_uninstall(): bool {
    global $DB;

    $status = new \local_entstream\status($DB);
    if (get_config('local_entstream', 'position') && $status->has_schema()) {
        throw new moodle_exception('uninstallrefused', 'local_entstream');
    }
    return true;
}
