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
 * Textes en français.
 *
 * @package    local_entstream
 * @copyright  2026 The authors of entstream
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */

defined('MOODLE_INTERNAL') || die();

$string['action_adopted'] = 'repris';
$string['action_created'] = 'créés';
$string['action_gone'] = 'supprimés dans Moodle';
$string['action_held'] = 'retenus';
$string['action_kept'] = 'gardés';
$string['action_parked'] = 'en attente';
$string['action_released'] = 'abandonnés';
$string['action_removed'] = 'retirés';
$string['action_revived'] = 'rouverts';
$string['action_spared'] = 'laissés tels quels';
$string['action_suspended'] = 'suspendus';
$string['action_updated'] = 'modifiés';
$string['column_action'] = 'Action';
$string['column_age'] = 'Âge';
$string['column_entity'] = 'Type';
$string['column_entry'] = 'Entrée';
$string['column_list'] = 'Liste';
$string['column_objects'] = 'Objets';
$string['column_position'] = 'Position dans le journal';
$string['column_reason'] = 'Motif';
$string['column_remedy'] = 'Que faire';
$string['column_since'] = 'Depuis';
$string['column_source'] = 'Source';
$string['column_target'] = 'Cible';
$string['column_watermark'] = 'Conforme à l\'annuaire du';
$string['column_what'] = 'Ce qui attend';
$string['column_written'] = 'Dernière écriture';
$string['entity_cohort'] = 'cohortes';
$string['entity_enrolment'] = 'inscriptions aux cours';
$string['entity_member'] = 'membres de cohortes';
$string['entity_role'] = 'objets de rôle';
$string['entity_role_assignment'] = 'attributions de rôles';
$string['entity_user'] = 'comptes';
$string['firstload'] = 'Premier chargement en cours';
$string['firststart'] = 'Ce Moodle a déjà des utilisateurs, et entstream n\'a donc encore rien écrit : il attend un accord depuis {$a}. entstream-consumer --plan montre chaque objet, --approve start le laisse commencer. Voici ce qu\'il ferait :';
$string['list_misplaced'] = 'Hors de sa catégorie';
$string['list_parked'] = 'En attente';
$string['list_profile'] = 'Champ de profil';
$string['list_refused'] = 'Refusé';
$string['list_unmapped'] = 'Incomplet';
$string['list_unplaced'] = 'Sans emplacement';
$string['longest'] = 'En attente depuis le plus longtemps ({$a} au plus)';
$string['nosources'] = 'Aucun annuaire n\'est encore relié.';
$string['nothingwaits'] = 'Rien n\'est en attente.';
$string['notrunning'] = 'entstream-consumer ne fonctionne pas : les changements de l\'annuaire n\'arrivent plus. Démarrez-le, ou consultez son journal.';
$string['oldwatermark'] = 'Source {$a} : l\'annuaire n\'a pas donné signe de vie depuis plus de cinq minutes. Consultez les journaux de entstream-producer et entstream-consumer.';
$string['paused'] = 'La source {$a} est en pause : ses changements attendent. entstream-replay resume la relance.';
$string['pausedall'] = 'entstream est en pause : les changements de l\'annuaire attendent. entstream-replay resume le relance.';
$string['pluginname'] = 'entstream';
$string['privacy:metadata'] = 'Le plugin entstream donne un nom aux cohortes et aux attributions de rôles créées par entstream, et montre où en est entstream. Il n\'enregistre lui-même aucune donnée personnelle.';
$string['reason_accountauth'] = 'le compte utilise l\'authentification {$a->auth}, que users.adopt.auth ne cite pas';
$string['reason_accountdeleted'] = 'le compte a été supprimé dans Moodle';
$string['reason_accountfound'] = 'compte trouvé par {$a->key}, non repris : {$a->reason}';
$string['reason_accountidnumber'] = 'le compte a un autre numéro d\'identification';
$string['reason_accountprotected'] = 'le compte est celui d\'un administrateur du site ou du visiteur anonyme';
$string['reason_accounttaken'] = 'le compte est celui d\'une autre entrée';
$string['reason_anotherentry'] = 'une autre entrée de l\'annuaire l\'a aussi';
$string['reason_anothergroup'] = 'un autre groupe de l\'annuaire l\'a aussi';
$string['reason_approval'] = 'attend un accord';
$string['reason_attributesmissing'] = '{$a->field} : l\'entrée n\'a rien de ce que lit sa règle ({$a->attributes}) ; complétez l\'entrée dans l\'annuaire, ou écartez-la par select dans [roles]';
$string['reason_category'] = 'Moodle n\'a pas de catégorie de cours dont le numéro d\'identification est « {$a->number} », ou en a plusieurs';
$string['reason_categorystays'] = 'Moodle n\'a pas de catégorie de cours dont le numéro d\'identification est « {$a->number} », ou en a plusieurs : la cohorte reste où elle est';
$string['reason_characters'] = '{$a->field} : des caractères que Moodle n\'y admet pas ont été omis ; ajoutez transliterate = true à sa règle, ou une expression régulière, pour que deux personnes n\'arrivent pas au même nom';
$string['reason_checkbox'] = 'une case à cocher prend 0 ou 1';
$string['reason_cohortcategory'] = '{$a->field} : l\'entrée ne nomme aucune catégorie de cours que les règles connaissent ; corrigez l\'entrée, complétez la règle de {$a->field} dans [cohorts] (regex, table, default), ou écartez l\'entrée par select';
$string['reason_cohortcomponent'] = 'la cohorte est du composant « {$a->component} », que cohorts.adopt.components ne cite pas';
$string['reason_cohortfound'] = 'cohorte trouvée par {$a->key}, non reprise : {$a->reason}';
$string['reason_cohortlevel'] = '{$a->field} : l\'entrée ne nomme aucun niveau que les règles connaissent ; corrigez l\'entrée, complétez la règle de {$a->field} dans [cohorts] (regex, table, default), ou écartez l\'entrée par select';
$string['reason_cohortplace'] = '{$a->field} : {$a->value} n\'est ni system ni coursecat ; corrigez l\'entrée, complétez la règle de {$a->field} dans [cohorts] (regex, table, default), ou écartez l\'entrée par select';
$string['reason_cohorttaken'] = 'la cohorte est celle d\'un autre groupe';
$string['reason_date'] = 'une date doit être en secondes : date = "unix" dans sa règle';
$string['reason_idnumbertaken'] = 'numéro d\'identification déjà pris';
$string['reason_menu'] = 'la valeur n\'est pas une option du menu';
$string['reason_noaddress'] = '{$a->field} : ce que donne l\'entrée n\'est pas une adresse ; corrigez l\'entrée dans l\'annuaire, ou donnez au champ une valeur par défaut dans les règles';
$string['reason_nolevel'] = '{$a->field} : « {$a->value} » n\'est pas un niveau de contexte ; ajoutez son code à la table de level dans [roles.fields], ou écartez l\'entrée par select';
$string['reason_norule'] = '{$a->field} : il n\'y a pas de règle pour ce champ, dont les rôles au-dessous du niveau system ont besoin ; écrivez-en une dans [roles.fields]';
$string['reason_nothing'] = '{$a->field} : l\'entrée ne donne rien pour ce champ ; complétez l\'entrée dans l\'annuaire, ou donnez au champ une valeur par défaut dans les règles';
$string['reason_otherassignment'] = 'l\'attribution d\'un autre composant attend un accord';
$string['reason_profile'] = 'champ de profil {$a->field} : {$a->reason}';
$string['reason_profilefield'] = 'Moodle n\'a pas de champ de profil de ce nom abrégé';
$string['reason_profiletype'] = 'entstream ne remplit pas les champs de profil de type {$a->type}';
$string['reason_refusedparked'] = 'refusé par la base de données : SQLSTATE {$a->code}';
$string['reason_refusedrecord'] = 'la base de données le refuse : SQLSTATE {$a->code}';
$string['reason_roleplace'] = 'Moodle n\'a pas son rôle ou son contexte';
$string['reason_severalaccounts'] = 'plusieurs comptes l\'ont';
$string['reason_severalcohorts'] = 'plusieurs cohortes l\'ont';
$string['reason_unknown'] = '{$a->field} : l\'entrée ne nomme rien que les règles connaissent ; corrigez l\'entrée, complétez la règle de {$a->field} dans [roles.fields] (regex, table), ou écartez l\'entrée par select';
$string['reason_usernametaken'] = 'nom d\'utilisateur déjà pris';
$string['rebuilding'] = 'Reconstruction en cours';
$string['remedy_candidates'] = 'L\'adoption demande une décision : entstream-consumer --approve adopt les donne à entstream.';
$string['remedy_found'] = 'Le motif est ci-dessous. Corrigez le compte ou la cohorte, l\'annuaire, ou ce qui peut être adopté ; ce qui attend un accord l\'obtient par entstream-consumer --approve adopt.';
$string['remedy_gone'] = 'Quelqu\'un les a supprimés dans Moodle. Ils ne sont pas recréés.';
$string['remedy_held'] = 'Tant de personnes ou d\'appartenances disparaîtraient d\'un coup qu\'entstream attend une décision : entstream-consumer --held les montre, --approve held ou --reject held décide.';
$string['remedy_misplaced'] = 'Moodle n\'a pas de catégorie de cours de ce numéro d\'identification, ou en a plusieurs. Elles y seront déplacées dès qu\'il y en aura une.';
$string['remedy_parked'] = 'Le nom est déjà pris par un autre compte ou une autre cohorte, ou Moodle n\'a pas la catégorie de cours. Le motif est ci-dessous. Renommez-le, créez-la, ou corrigez l\'annuaire.';
$string['remedy_profile'] = 'Moodle n\'a pas ce champ de profil, ou le champ n\'accepte pas la valeur. Créez-le, ou corrigez les règles.';
$string['remedy_refused'] = 'Une contrainte ou un déclencheur propre à ce site s\'y oppose. Le motif contient le code SQLSTATE.';
$string['remedy_unmapped'] = 'L\'entrée de l\'annuaire est incomplète. Le motif nomme les champs.';
$string['remedy_unplaced'] = 'Moodle n\'a pas ce rôle, ce cours ou cette catégorie, en a plusieurs de cet identifiant, ou ne permet pas le rôle à ce niveau. Créez-le, ou corrigez l\'annuaire.';
$string['state_norights'] = 'L\'utilisateur de base de données de Moodle n\'a pas le droit de lire les notes d\'entstream. Un administrateur de la base de données doit exécuter ceci, en tant que propriétaire du schéma entstream :';
$string['state_noschema'] = 'entstream n\'a pas encore travaillé dans cette base de données : le schéma entstream n\'existe pas. Démarrez entstream-consumer ; il le crée lui-même.';
$string['state_notpostgresql'] = 'entstream ne fonctionne qu\'avec PostgreSQL, et la base de données de ce Moodle est d\'un autre type.';
$string['state_otherversion'] = 'Le schéma entstream de cette base de données est d\'une version que ce plugin ne connaît pas. Installez le plugin qui accompagne l\'entstream-consumer utilisé.';
$string['status'] = 'État d\'entstream';
$string['uninstallrefused'] = 'entstream alimente ce Moodle, et Moodle supprimerait avec le plugin la note qu\'entstream tient de sa position. Arrêtez d\'abord entstream-consumer et retirez le schéma entstream de la base de données ; ou laissez le plugin installé.';
$string['waiting'] = 'Ce qui attend';
$string['waiting_candidates'] = 'Attributions de rôles d\'autres composants qu\'entstream adopterait';
$string['waiting_foundcohort'] = 'Groupes pour lesquels une cohorte a été trouvée sans leur être attribuée';
$string['waiting_founduser'] = 'Personnes pour lesquelles un compte a été trouvé sans leur être attribué';
$string['waiting_gone'] = 'Comptes et cohortes supprimés dans Moodle';
$string['waiting_heldcohort'] = 'Abandons de cohortes retenus';
$string['waiting_heldmember'] = 'Retraits de membres de cohortes retenus';
$string['waiting_heldrole_assignment'] = 'Retraits d\'attributions de rôles retenus';
$string['waiting_helduser'] = 'Suspensions de comptes retenues';
$string['waiting_misplaced'] = 'Cohortes qui ne sont pas dans leur catégorie de cours';
$string['waiting_parkedcohort'] = 'Cohortes qui attendent leur identifiant ou leur catégorie de cours';
$string['waiting_parkeduser'] = 'Personnes dont le nom d\'utilisateur est déjà pris';
$string['waiting_profile'] = 'Valeurs de champs de profil';
$string['waiting_refused'] = 'Enregistrements refusés par la base de données';
$string['waiting_unmappedcohort'] = 'Groupes incomplets';
$string['waiting_unmappedrole'] = 'Objets de rôle incomplets';
$string['waiting_unmappeduser'] = 'Personnes incomplètes';
$string['waiting_unplaced'] = 'Objets de rôle que Moodle ne peut pas placer';
