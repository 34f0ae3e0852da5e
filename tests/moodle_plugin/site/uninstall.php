<?php
// Uninstalls the plugin, as far as the plugin has a say in it.

require(__DIR__ . '/config.php');
require(__DIR__ . '/local/entstream/db/uninstall.php');
xmldb_local_entstream_uninstall();
echo "uninstalled\n";
