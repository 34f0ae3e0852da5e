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
