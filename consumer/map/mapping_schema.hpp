#pragma once

#include "common/config/node.hpp"
#include "common/config/schema.hpp"
#include "consumer/map/mapping_config.hpp"

/// The keys of a mapping in a configuration file.
namespace entstream::consumer::map {

/// Keys of [users], which must be the schema's current section, then [[users.type]] and [users.fields].
void add_user_mapping(config::Schema& schema, UserMapping& mapping);

/// [cohorts], [[cohorts.from_people]], [cohorts.fields], [roles], [roles.fields], [roles.keys]
void add_group_mappings(config::Schema& schema, CohortMapping& cohorts, RoleMapping& roles);

/// Empties the sections of rules that the file replaces: each section is either all the file's or all built in.
void clear_replaced_sections(const config::Node& root, MappingConfig& mapping);

/// Reports fields that Moodle cannot do without and that the mapping has no rule for.
void check_mapping(const MappingConfig& mapping, const config::Node& root, config::Reading& reading);

/// The built-in mapping, read.
MappingConfig default_mapping();

}  // namespace entstream::consumer::map
