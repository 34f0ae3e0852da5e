<?php
// Pages of administrators: those that the plugin's settings.php adds.

class admin_externalpage {
    public function __construct(
        public string $name,
        public lang_string $visiblename,
        public moodle_url $url,
        public string $capability
    ) {
    }
}

class admin_root {
    public array $pages = [];

    public function add(string $parent, admin_externalpage $page): void {
        if ($parent !== 'localplugins') {
            throw new coding_exception("Moodle has no '$parent' for local plugins");
        }
        $this->pages[$page->name] = $page;
    }
}

function admin_externalpage_setup(string $name): void {
    global $CFG;
    $ADMIN = new admin_root();
    $hassiteconfig = true;
    require($CFG->dirroot . '/local/entstream/settings.php');
    $page = $ADMIN->pages[$name] ?? throw new coding_exception("settings.php adds no page '$name'");
    if (!is_file($CFG->dirroot . $page->url->path)) {
        throw new coding_exception("settings.php names the address {$page->url->path}, where nothing is");
    }
    get_string($page->visiblename->key, $page->visiblename->component);
    require_capability($page->capability, context_system::instance());
}
