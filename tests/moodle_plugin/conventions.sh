#!/usr/bin/env bash
# usage: conventions.sh
# The Moodle plugin of deploy/moodle is valid PHP and keeps Moodle's rules for plugins (conventions.php), and a plugin that
# breaks one of them is noticed. It knows every reason that entstream stores (reasons.php), and a new one is noticed.
# The scripts of sed have what PHP calls a variable.
# shellcheck disable=SC2016
set -euo pipefail
export LC_ALL=C.UTF-8

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
plugin=$here/../../deploy/moodle/local_entstream
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failures=0

fail() {
  echo "FAILED: $*"
  failures=$((failures + 1))
}

# is_php FILE...
is_php() { printf '%s\0' "$@" | xargs -0 -n 1 php -l >"$work/problems" 2>&1; }

keeps_the_rules() { php "$here/conventions.php" "$1" >"$work/problems" 2>&1; }

# must_be_noticed FILE SED-SCRIPT: a copy of the plugin with this change.
must_be_noticed() {
  rm -rf "$work/plugin"
  cp -r "$plugin" "$work/plugin"
  sed -i -E "$2" "$work/plugin/$1"
  if cmp -s "$plugin/$1" "$work/plugin/$1"; then
    fail "this test changes nothing: $1: $2"
  elif is_php "$work/plugin/$1" && keeps_the_rules "$work/plugin"; then
    fail "it is not noticed when $1 is changed by: $2"
  fi
}

# must_be_missed FILE
must_be_missed() {
  rm -rf "$work/plugin"
  cp -r "$plugin" "$work/plugin"
  rm "$work/plugin/$1"
  if keeps_the_rules "$work/plugin"; then fail "it is not noticed when $1 is missing"; fi
}

mapfile -d '' files < <(find "$plugin" -name '*.php' -print0)
if ! { is_php "${files[@]}" && keeps_the_rules "$plugin"; }; then
  cat "$work/problems"
  fail "deploy/moodle/local_entstream breaks Moodle's rules"
fi

must_be_noticed version.php 's/local_entstream.;$/local_entstreams'"'"';/'
must_be_noticed version.php 's/2026[0-9]+/26/'
must_be_noticed version.php '/->requires/d'
must_be_noticed version.php 's/405, 502/401, 502/'
must_be_noticed version.php '/->maturity/d'
must_be_noticed version.php '/->release/d'
must_be_noticed version.php '/MOODLE_INTERNAL/d'
must_be_noticed version.php '/either version 3/d'
must_be_noticed version.php 's/;$/'"'"';/'
must_be_noticed settings.php 's/moodle\/site:config/moodle\/site:viewreports/'
must_be_noticed index.php '/^require_login/d'
must_be_noticed index.php '/^require_capability/d'
must_be_noticed index.php 's/time\(\)/$_GET['"'"'now'"'"']/'
must_be_noticed index.php '$a ?>'
must_be_noticed index.php 's/^echo.*/& /'
must_be_noticed index.php 's/^echo \$OUTPUT->header.*/& \/\/ '"$(printf '%0140d' 0)"'/'
must_be_noticed classes/page.php 's/^namespace .*/namespace local_other;/'
must_be_noticed classes/page.php "s/'nothingwaits'/'nothing'/"
must_be_noticed classes/status.php 's/->get_records_sql\(self::SOURCES/->execute(self::SOURCES/'
must_be_noticed classes/status.php 's/^ \* @license.*//'
must_be_noticed classes/privacy/provider.php 's/implements .*//'
must_be_noticed classes/privacy/provider.php "s/'privacy:metadata'/'privacy:nothing'/"
must_be_noticed db/uninstall.php "s/'uninstallrefused'/'refused'/"
must_be_noticed lang/en/local_entstream.php "/'pluginname'/d"
must_be_noticed lang/en/local_entstream.php "/'status'/d"
must_be_noticed lang/fr/local_entstream.php "/'nosources'/d"
must_be_noticed lang/fr/local_entstream.php "s/'pluginname'/'name'/"
must_be_noticed lang/fr/local_entstream.php "s/'waiting'/'aaaa'/"
must_be_noticed lang/fr/local_entstream.php 's/\{\$a\} au plus/beaucoup/'
must_be_noticed lang/fr/local_entstream.php 's/(reason_profiletype.*)\{\$a->type\}/\1{$a->kind}/'
must_be_noticed lang/fr/local_entstream.php "s/= 'Cible'/= ''/"
must_be_missed lang/fr/local_entstream.php
must_be_missed version.php
must_be_missed classes/privacy/provider.php

# knows_the_reasons ROOT: of the sources there.
knows_the_reasons() { php "$here/reasons.php" "$1" "$work/site" >"$work/problems" 2>&1; }

# a_new_reason_is_noticed FILE SED-SCRIPT: of consumer, changed by that.
a_new_reason_is_noticed() {
  rm -rf "$work/sources"
  mkdir -p "$work/sources/consumer"
  cp -r "$here"/../../consumer/{map,merge} "$work/sources/consumer"
  sed -i -E "$2" "$work/sources/consumer/$1"
  if cmp -s "$here/../../consumer/$1" "$work/sources/consumer/$1"; then
    fail "this test changes nothing: $1: $2"
  elif knows_the_reasons "$work/sources"; then
    fail "it is not noticed when consumer/$1 is changed by: $2"
  fi
}

cp -r "$here/site" "$work/site"
mkdir "$work/site/local"
cp -r "$plugin" "$work/site/local/entstream"
if ! knows_the_reasons "$here/../.."; then
  cat "$work/problems"
  fail "deploy/moodle/local_entstream does not know all reasons that entstream stores"
fi
a_new_reason_is_noticed map/mapper.cpp 's/is no address/is not an address/'
a_new_reason_is_noticed map/cohorts.cpp 's/is neither system nor/is not even/'
a_new_reason_is_noticed merge/failure.cpp 's/the database refuses it/the database does not take it/'
a_new_reason_is_noticed merge/summary.cpp 's/"spared"/"excused"/'
a_new_reason_is_noticed merge/sql/plan/conflicts.sql "s/\{field\} taken/{field} is taken/"
a_new_reason_is_noticed merge/sql/plan/profile.sql 's/no option of the menu/in no menu/'
a_new_reason_is_noticed merge/sql/plan/report.sql 's/lacks its role/has not its role/'
a_new_reason_is_noticed merge/sql/plan/users_adopt.sql 's/the account has another ID number/the ID number differs/'

[[ $failures -eq 0 ]] || exit 1
echo "the plugin keeps Moodle's rules, and what breaks one is noticed"
