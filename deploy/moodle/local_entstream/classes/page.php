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
 * The status page as HTML.
 *
 * @package    local_entstream
 * @copyright  2026 The authors of entstream
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */

namespace local_entstream;

use core\output\notification;
use html_table;
use html_writer;
use stdClass;

/**
 * What administrators see of entstream.
 */
class page {
    /** Seconds after which a watermark is old: the directory's sign of life comes every few seconds. */
    private const OLD_WATERMARK = 300;

    /** Seconds after which the consumer does not run: it gives a sign of life every few seconds. */
    private const OLD_LEASE = 60;

    /** @var status what is shown */
    private status $status;

    /**
     * Looks at nothing yet.
     *
     * @param status $status what is shown
     */
    public function __construct(status $status) {
        $this->status = $status;
    }

    /**
     * The content below the heading.
     *
     * @param \core_renderer $output for notifications
     * @param int $now Unix seconds
     * @return string HTML
     */
    public function html($output, int $now): string {
        $state = $this->status->state();
        if ($state !== status::READY) {
            return $this->why_not($output, $state);
        }
        $sources = $this->status->sources();
        $first = $this->status->first_start();
        return $this->warnings($output, $sources, $now) .
            ($first === null ? $this->sources($sources, $now) . $this->waiting($output) : $this->first_start($output, $first)) .
            $this->objects();
    }

    /**
     * Why nothing can be shown, and what helps.
     *
     * @param \core_renderer $output for notifications
     * @param string $state one of status's constants
     * @return string HTML
     */
    private function why_not($output, string $state): string {
        $html = $output->notification(
            self::text("state_{$state}"),
            $state === status::NO_SCHEMA ? notification::NOTIFY_INFO : notification::NOTIFY_ERROR
        );
        if ($state === status::NO_RIGHTS) {
            $html .= html_writer::tag('pre', s($this->status->grant()));
        }
        return $html;
    }

    /**
     * What an administrator should look after at once.
     *
     * @param \core_renderer $output for notifications
     * @param stdClass[] $sources as status::sources() gives them
     * @param int $now Unix seconds
     * @return string HTML
     */
    private function warnings($output, array $sources, int $now): string {
        $html = '';
        $lease = $this->status->lease();
        if ($lease === null || $now - $lease->renewed > self::OLD_LEASE) {
            $html .= $output->notification(self::text('notrunning'), notification::NOTIFY_WARNING);
        }
        $paused = $this->status->paused();
        foreach ($paused as $source) {
            $text = $source === '' ? self::text('pausedall') : self::text('paused', s($source));
            $html .= $output->notification($text, notification::NOTIFY_WARNING);
        }
        foreach ($sources as $source) {
            if (in_array('', $paused, true) || in_array($source->source, $paused, true)) {
                continue; // Nothing is applied, so its watermark says nothing about the directory.
            }
            if ($source->watermark !== null && $now - $source->watermark > self::OLD_WATERMARK) {
                $html .= $output->notification(self::text('oldwatermark', s($source->source)), notification::NOTIFY_WARNING);
            }
        }
        return $html;
    }

    /**
     * What the first start would do.
     *
     * @param \core_renderer $output for notifications
     * @param stdClass $first as status::first_start() gives it
     * @return string HTML
     */
    private function first_start($output, stdClass $first): string {
        $table = self::table(['entity', 'action', 'objects', 'reason']);
        foreach ($first->totals as $total) {
            $table->data[] = [
                s(self::word('entity', $total->entity)),
                s(self::word('action', $total->action)),
                (int)$total->objects,
                s(reason::text($total->reason)),
            ];
        }
        return $output->notification(self::text('firststart', userdate($first->planned)), notification::NOTIFY_WARNING) .
            html_writer::table($table);
    }

    /**
     * Where each source stands.
     *
     * @param stdClass[] $sources as status::sources() gives them
     * @param int $now Unix seconds
     * @return string HTML
     */
    private function sources(array $sources, int $now): string {
        if (!$sources) {
            return html_writer::tag('p', self::text('nosources'));
        }
        $table = self::table(['target', 'source', 'position', 'watermark', 'age', 'written']);
        foreach ($sources as $source) {
            $table->data[] = [
                s($source->target),
                s($source->source),
                s($source->next_offset),
                $source->watermark === null ? self::loading($source) : userdate($source->watermark),
                $source->watermark === null ? '' : format_time(max(0, $now - $source->watermark)),
                userdate($source->updated),
            ];
        }
        return html_writer::table($table);
    }

    /**
     * What stands in place of the watermark while there is none.
     *
     * @param stdClass $source of status::sources()
     * @return string text
     */
    private static function loading(stdClass $source): string {
        return self::text($source->rebuilding ? 'rebuilding' : 'firstload');
    }

    /**
     * How many objects wait, and what helps.
     *
     * @param \core_renderer $output for notifications
     * @return string HTML
     */
    private function waiting($output): string {
        $html = html_writer::tag('h3', self::text('waiting'));
        $counts = $this->status->waiting();
        if (!$counts) {
            return $html . $output->notification(self::text('nothingwaits'), notification::NOTIFY_SUCCESS);
        }
        $table = self::table(['what', 'objects', 'remedy']);
        foreach ($counts as $name => $objects) {
            $table->data[] = [self::text("waiting_{$name}"), $objects, self::text(self::remedy_of($name))];
        }
        return $html . html_writer::table($table);
    }

    /**
     * The text that says what helps.
     *
     * @param string $name of status::waiting()
     * @return string a key of the language file
     */
    private static function remedy_of(string $name): string {
        return 'remedy_' . preg_replace('/^(parked|found|unmapped|held)(user|cohort|role|member|role_assignment)$/', '$1', $name);
    }

    /**
     * The objects that wait.
     *
     * @return string HTML
     */
    private function objects(): string {
        $objects = $this->status->objects();
        if (!$objects) {
            return '';
        }
        $table = self::table(['list', 'source', 'entry', 'reason', 'since']);
        foreach ($objects as $object) {
            $table->data[] = [
                self::text("list_{$object->list}"),
                s($object->source),
                s($object->entry),
                s(reason::text($object->reason) . ($object->objects === null ? '' : " ({$object->objects})")),
                $object->since === null ? '' : userdate($object->since),
            ];
        }
        return html_writer::tag('h3', self::text('longest', status::MOST_OBJECTS)) . html_writer::table($table);
    }

    /**
     * An empty table.
     *
     * @param string[] $columns keys of the language file, without their "column_"
     * @return html_table
     */
    private static function table(array $columns): html_table {
        $table = new html_table();
        $table->head = array_map(fn(string $column) => self::text("column_{$column}"), $columns);
        $table->data = [];
        return $table;
    }

    /**
     * A word of entstream.
     *
     * @param string $kind entity or action
     * @param string $word what entstream has stored
     * @return string the word in the language of whoever looks; one that the plugin does not know stays as it is
     */
    private static function word(string $kind, string $word): string {
        $key = "{$kind}_{$word}";
        return get_string_manager()->string_exists($key, 'local_entstream') ? self::text($key) : $word;
    }

    /**
     * A text of the plugin.
     *
     * @param string $key of the language file
     * @param mixed $a what is put in
     * @return string
     */
    private static function text(string $key, $a = null): string {
        return get_string($key, 'local_entstream', $a);
    }
}
