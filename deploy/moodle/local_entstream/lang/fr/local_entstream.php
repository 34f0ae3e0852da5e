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

$string['column_age'] = 'Âge';
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
$string['list_parked'] = 'En attente';
$string['list_refused'] = 'Refusé';
$string['list_unmapped'] = 'Incomplet';
$string['longest'] = 'En attente depuis le plus longtemps ({$a} au plus)';
$string['nosources'] = 'Aucun annuaire n\'est encore relié.';
$string['nothingwaits'] = 'Rien n\'est en attente.';
$string['notrunning'] = 'entstream-consumer ne fonctionne pas : les changements de l\'annuaire n\'arrivent plus. Démarrez-le, ou consultez son journal.';
$string['oldwatermark'] = 'Source {$a} : l\'annuaire n\'a pas donné signe de vie depuis plus de cinq minutes. Consultez les journaux de entstream-producer et entstream-consumer.';
$string['pluginname'] = 'entstream';
$string['privacy:metadata'] = 'Le plugin entstream donne un nom aux cohortes et aux attributions de rôles créées par entstream, et montre où en est entstream. Il n\'enregistre lui-même aucune donnée personnelle.';
$string['rebuilding'] = 'Reconstruction en cours';
$string['remedy_candidates'] = 'L\'adoption demande une décision : entstream-consumer --approve adopt les donne à entstream.';
$string['remedy_gone'] = 'Quelqu\'un les a supprimés dans Moodle. Ils ne sont pas recréés.';
$string['remedy_held'] = 'Tant de personnes ou d\'appartenances disparaîtraient d\'un coup qu\'entstream attend une décision : entstream-consumer --held les montre, --approve held ou --reject held décide.';
$string['remedy_misplaced'] = 'Moodle n\'a pas de catégorie de cours de ce numéro d\'identification, ou en a plusieurs. Elles y seront déplacées dès qu\'il y en aura une.';
$string['remedy_parked'] = 'Le nom est déjà pris par un autre compte ou une autre cohorte. Renommez-le, ou corrigez l\'annuaire.';
$string['remedy_profile'] = 'Moodle n\'a pas ce champ de profil, ou le champ n\'accepte pas la valeur. Créez-le, ou corrigez les règles.';
$string['remedy_refused'] = 'Une contrainte ou un déclencheur propre à ce site s\'y oppose. Le motif contient le code SQLSTATE.';
$string['remedy_unmapped'] = 'L\'entrée de l\'annuaire est incomplète. Le motif nomme les champs.';
$string['remedy_unplaced'] = 'Moodle n\'a pas ce rôle, ce cours ou cette catégorie. Créez-le, ou corrigez l\'annuaire.';
$string['state_norights'] = 'L\'utilisateur de base de données de Moodle n\'a pas le droit de lire les notes d\'entstream. Un administrateur de la base de données doit exécuter ceci, en tant que propriétaire du schéma entstream :';
$string['state_noschema'] = 'entstream n\'a pas encore travaillé dans cette base de données : le schéma entstream n\'existe pas. Démarrez entstream-consumer ; il le crée lui-même.';
$string['state_notpostgresql'] = 'entstream ne fonctionne qu\'avec PostgreSQL, et la base de données de ce Moodle est d\'un autre type.';
$string['state_otherversion'] = 'Le schéma entstream de cette base de données est d\'une version que ce plugin ne connaît pas. Installez le plugin qui accompagne l\'entstream-consumer utilisé.';
$string['status'] = 'État d\'entstream';
$string['uninstallrefused'] = 'entstream alimente ce Moodle, et Moodle supprimerait avec le plugin la note qu\'entstream tient de sa position. Arrêtez d\'abord entstream-consumer et retirez le schéma entstream de la base de données ; ou laissez le plugin installé.';
$string['waiting'] = 'Ce qui attend';
$string['waiting_candidates'] = 'Attributions de rôles d\'autres composants qu\'entstream adopterait';
$string['waiting_gone'] = 'Comptes et cohortes supprimés dans Moodle';
$string['waiting_held'] = 'Suppressions retenues';
$string['waiting_misplaced'] = 'Cohortes qui ne sont pas dans leur catégorie de cours';
$string['waiting_parkedcohort'] = 'Cohortes qui attendent leur identifiant, leur catégorie de cours ou une décision';
$string['waiting_parkeduser'] = 'Personnes dont le nom d\'utilisateur est déjà pris';
$string['waiting_profile'] = 'Valeurs de champs de profil';
$string['waiting_refused'] = 'Enregistrements refusés par la base de données';
$string['waiting_unmappedcohort'] = 'Groupes incomplets';
$string['waiting_unmappedrole'] = 'Objets de rôle incomplets';
$string['waiting_unmappeduser'] = 'Personnes incomplètes';
$string['waiting_unplaced'] = 'Objets de rôle que Moodle ne peut pas placer';
