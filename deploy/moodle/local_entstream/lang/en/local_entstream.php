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
 * Texts in English.
 *
 * @package    local_entstream
 * @copyright  2026 The authors of entstream
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */

defined('MOODLE_INTERNAL') || die();

$string['action_adopted'] = 'adopted';
$string['action_created'] = 'created';
$string['action_gone'] = 'gone';
$string['action_held'] = 'held';
$string['action_kept'] = 'kept';
$string['action_parked'] = 'parked';
$string['action_released'] = 'released';
$string['action_removed'] = 'removed';
$string['action_revived'] = 'revived';
$string['action_spared'] = 'spared';
$string['action_suspended'] = 'suspended';
$string['action_updated'] = 'updated';
$string['column_action'] = 'Action';
$string['column_age'] = 'Age';
$string['column_entity'] = 'Kind';
$string['column_entry'] = 'Entry';
$string['column_list'] = 'List';
$string['column_objects'] = 'Objects';
$string['column_position'] = 'Position on the log';
$string['column_reason'] = 'Reason';
$string['column_remedy'] = 'What helps';
$string['column_since'] = 'Since';
$string['column_source'] = 'Source';
$string['column_target'] = 'Target';
$string['column_watermark'] = 'Equals the directory as of';
$string['column_what'] = 'What waits';
$string['column_written'] = 'Last written';
$string['entity_cohort'] = 'cohorts';
$string['entity_enrolment'] = 'enrolments';
$string['entity_member'] = 'members';
$string['entity_role'] = 'roles';
$string['entity_role_assignment'] = 'role assignments';
$string['entity_user'] = 'users';
$string['firstload'] = 'First load in progress';
$string['firststart'] = 'This Moodle has people already, so entstream has written nothing yet: it waits for an approval since {$a}. entstream-consumer --plan shows each object, --approve start lets it begin. It would do this:';
$string['list_misplaced'] = 'Not in its category';
$string['list_parked'] = 'Parked';
$string['list_profile'] = 'Profile field';
$string['list_refused'] = 'Refused';
$string['list_unmapped'] = 'Unmapped';
$string['list_unplaced'] = 'Not placed';
$string['longest'] = 'Waiting longest (at most {$a})';
$string['nosources'] = 'No directory has been connected yet.';
$string['nothingwaits'] = 'Nothing waits.';
$string['notrunning'] = 'entstream-consumer does not run: changes of the directory do not arrive. Start it, or look at its log.';
$string['oldwatermark'] = 'Source {$a}: the directory has given no sign of life for more than five minutes. Look at the logs of entstream-producer and entstream-consumer.';
$string['paused'] = 'Source {$a} is paused: its changes wait. entstream-replay resume lets them go on.';
$string['pausedall'] = 'entstream is paused: changes of the directory wait. entstream-replay resume lets them go on.';
$string['pluginname'] = 'entstream';
$string['privacy:metadata'] = 'The entstream plugin names the cohorts and role assignments that entstream makes, and shows where entstream stands. It stores no personal data of its own.';
$string['reason_accountauth'] = 'the account has auth {$a->auth}, which users.adopt.auth does not list';
$string['reason_accountdeleted'] = 'the account was deleted in Moodle';
$string['reason_accountfound'] = 'account found by {$a->key}, not adopted: {$a->reason}';
$string['reason_accountidnumber'] = 'the account has another ID number';
$string['reason_accountprotected'] = 'the account is a site administrator\'s or the guest\'s';
$string['reason_accounttaken'] = 'the account is another entry\'s';
$string['reason_anotherentry'] = 'another entry of the directory has it too';
$string['reason_anothergroup'] = 'another group of the directory has it too';
$string['reason_approval'] = 'waits for approval';
$string['reason_attributesmissing'] = '{$a->field}: the entry has nothing that its rule reads ({$a->attributes}); complete the entry in the directory, or exclude it with select in [roles]';
$string['reason_category'] = 'Moodle has no course category of the ID number \'{$a->number}\', or several';
$string['reason_categorystays'] = 'Moodle has no course category of the ID number \'{$a->number}\', or several: the cohort stays where it is';
$string['reason_characters'] = '{$a->field}: characters that Moodle does not allow in it were left out; add transliterate = true to its rule, or a regex, so that no two people come to the same name';
$string['reason_checkbox'] = 'a checkbox takes 0 or 1';
$string['reason_cohortcategory'] = '{$a->field}: the entry names no course category that the mapping knows; correct the entry, let the rule of {$a->field} in [cohorts] know it (regex, table, default), or exclude the entry with select';
$string['reason_cohortcomponent'] = 'the cohort has component \'{$a->component}\', which cohorts.adopt.components does not list';
$string['reason_cohortfound'] = 'cohort found by {$a->key}, not adopted: {$a->reason}';
$string['reason_cohortlevel'] = '{$a->field}: the entry names no level that the mapping knows; correct the entry, let the rule of {$a->field} in [cohorts] know it (regex, table, default), or exclude the entry with select';
$string['reason_cohortplace'] = '{$a->field}: {$a->value} is neither system nor coursecat; correct the entry, let the rule of {$a->field} in [cohorts] know it (regex, table, default), or exclude the entry with select';
$string['reason_cohorttaken'] = 'the cohort is another group\'s';
$string['reason_date'] = 'a date must be in seconds: date = "unix" in its rule';
$string['reason_idnumbertaken'] = 'idnumber taken';
$string['reason_menu'] = 'the value is no option of the menu';
$string['reason_noaddress'] = '{$a->field}: what the entry gives is no address; correct the entry in the directory, or give the field a default in the mapping';
$string['reason_nolevel'] = '{$a->field}: \'{$a->value}\' is not a context level; add its code to table of level in [roles.fields], or exclude the entry with select';
$string['reason_norule'] = '{$a->field}: the mapping has no rule for it, which roles below system level need; write one in [roles.fields]';
$string['reason_nothing'] = '{$a->field}: the entry gives nothing for it; complete the entry in the directory, or give the field a default in the mapping';
$string['reason_otherassignment'] = 'another component\'s assignment waits for approval';
$string['reason_profile'] = 'profile.{$a->field}: {$a->reason}';
$string['reason_profilefield'] = 'Moodle has no profile field of this short name';
$string['reason_profiletype'] = 'entstream does not fill profile fields of type {$a->type}';
$string['reason_refusedparked'] = 'refused by the database: SQLSTATE {$a->code}';
$string['reason_refusedrecord'] = 'the database refuses it: SQLSTATE {$a->code}';
$string['reason_roleplace'] = 'Moodle lacks its role or context';
$string['reason_severalaccounts'] = 'several accounts have it';
$string['reason_severalcohorts'] = 'several cohorts have it';
$string['reason_unknown'] = '{$a->field}: the entry names no {$a->field} that the mapping knows; correct the entry, let the rule of {$a->field} in [roles.fields] know it (regex, table), or exclude the entry with select';
$string['reason_usernametaken'] = 'username taken';
$string['rebuilding'] = 'Rebuild in progress';
$string['remedy_candidates'] = 'Adoption asks: entstream-consumer --approve adopt lets entstream have them.';
$string['remedy_found'] = 'The reason is below. Mend the account or cohort, the directory, or what may be adopted; what waits for approval gets it by entstream-consumer --approve adopt.';
$string['remedy_gone'] = 'Somebody deleted them in Moodle. They are not made again.';
$string['remedy_held'] = 'So many people or memberships would go at once that entstream waits for a decision: entstream-consumer --held shows them, --approve held or --reject held decides.';
$string['remedy_misplaced'] = 'Moodle has no course category of that ID number, or several. They are moved when it has one.';
$string['remedy_parked'] = 'Another account or cohort has the name, or Moodle lacks the course category. The reason is below. Rename it, make it, or correct the directory.';
$string['remedy_profile'] = 'Moodle lacks the profile field, or the field does not take the value. Make it, or correct the mapping.';
$string['remedy_refused'] = 'A constraint or trigger of this site does not allow it. The reason has the SQLSTATE.';
$string['remedy_unmapped'] = 'The entry in the directory is incomplete. The reason names the fields.';
$string['remedy_unplaced'] = 'Moodle has no such role, course or category, has several of that identifier, or does not allow the role at that level. Make it, or correct the directory.';
$string['state_norights'] = 'The database user of Moodle may not read what entstream has noted. A database administrator has to run this, as the owner of the schema entstream:';
$string['state_noschema'] = 'entstream has not been at work in this database yet: it has no schema named entstream. Start entstream-consumer; it makes the schema itself.';
$string['state_notpostgresql'] = 'entstream works with PostgreSQL only, and the database of this Moodle is of another kind.';
$string['state_otherversion'] = 'The schema entstream of this database is of a version that this plugin does not know. Install the plugin that belongs to the entstream-consumer in use.';
$string['status'] = 'entstream status';
$string['uninstallrefused'] = 'entstream serves this Moodle, and Moodle would delete entstream\'s note of its position together with the plugin. Stop entstream-consumer and remove the schema entstream from the database first; or leave the plugin installed.';
$string['waiting'] = 'What waits';
$string['waiting_candidates'] = 'Role assignments of other components that entstream would adopt';
$string['waiting_foundcohort'] = 'Groups for which a cohort was found that they do not get';
$string['waiting_founduser'] = 'Persons for whom an account was found that they do not get';
$string['waiting_gone'] = 'Accounts and cohorts that were deleted in Moodle';
$string['waiting_heldcohort'] = 'Releases of cohorts that are held';
$string['waiting_heldmember'] = 'Removals of cohort members that are held';
$string['waiting_heldrole_assignment'] = 'Removals of role assignments that are held';
$string['waiting_helduser'] = 'Suspensions of accounts that are held';
$string['waiting_misplaced'] = 'Cohorts that are not in their course category';
$string['waiting_parkedcohort'] = 'Cohorts that wait for their ID number or their course category';
$string['waiting_parkeduser'] = 'Persons whose username is taken';
$string['waiting_profile'] = 'Values of profile fields';
$string['waiting_refused'] = 'Records that the database refuses';
$string['waiting_unmappedcohort'] = 'Groups that cannot be mapped in full';
$string['waiting_unmappedrole'] = 'Role objects that cannot be mapped';
$string['waiting_unmappeduser'] = 'Persons who cannot be mapped in full';
$string['waiting_unplaced'] = 'Role objects that Moodle cannot place';
