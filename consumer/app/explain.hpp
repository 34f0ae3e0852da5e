#pragma once

#include <iosfwd>
#include <string>

#include "common/runtime/exit_code.hpp"
#include "consumer/consumer_config.hpp"

namespace entstream::consumer::app {

/// `--explain`: prints where what Moodle has of a person (group, role object) comes from: the newest record on the log,
/// the filters and rules that made each value of it, what Moodle has, and what waits and why. Reads the logs of all
/// sources from their start, and the database in a READ ONLY transaction; joins no consumer group, moves no position,
/// and disturbs no consumer. Personal data goes to `out` and nowhere else. \param whom  UUID, DN or username \returns
/// ok, or no_such_entry where no log has such an entry \throws config::ConfigError, kafka::Error, merge::Unreachable,
/// merge::AccessRefused, merge::TargetError
runtime::ExitCode explain(const ConsumerConfig& config, const std::string& whom, std::ostream& out);

}  // namespace entstream::consumer::app
