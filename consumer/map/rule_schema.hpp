#pragma once

#include <optional>
#include <string>

#include "common/config/node.hpp"
#include "common/config/property.hpp"
#include "common/config/reading.hpp"
#include "common/config/schema.hpp"
#include "consumer/map/mapping_config.hpp"

/// How a rule is written in a configuration file: a template, or a table.
namespace entstream::consumer::map {

/// Adds a key that takes a rule; the rule's present state is the key's default.
void add_rule(config::Schema& schema, const std::string& name, FieldRule& rule, const std::string& description,
              bool required = false);

/// A key that takes a rule, still without its reader.
config::Property rule_property(const FieldRule& current, const std::string& description);

/// Whether a text is a filter that can be evaluated here; which institutions there are is not looked at.
std::optional<config::Fault> check_selection(const std::string& text);

/// Reads a rule from a node, in the place of what it was; reports what is wrong under `key`.
void read_rule(const config::Node& node, const std::string& key, config::Reading& reading, FieldRule& rule);

}  // namespace entstream::consumer::map
