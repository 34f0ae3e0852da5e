#pragma once

#include "consumer/consumer_config.hpp"
#include "consumer/merge/adoption.hpp"
#include "consumer/merge/sql_templates.hpp"

namespace entstream::consumer::merge {

/// What the SQL has to know of the configuration, whatever the source.
void set_configured_values(SqlTemplates& sql, const ConsumerConfig& config, const Quote& quote);

}  // namespace entstream::consumer::merge
