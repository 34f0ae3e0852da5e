#pragma once

#include <functional>
#include <string>

#include "tests/support/pipeline.hpp"
#include "tests/support/servers_info.hpp"

namespace entstream::demo {

/// The end of the demo: entstream-replay finds no difference, somebody changes Moodle by hand, a forced run heals it.
/// \param say  gets the lines to show
/// \returns what went wrong; empty: nothing
std::string show_replay(const test::ServersInfo& servers, const test::Pipeline& pipeline,
                        const std::function<void(const std::string&)>& say);

}  // namespace entstream::demo
