#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "tests/support/directory_client.hpp"
#include "tests/support/servers_info.hpp"

namespace entstream::demo {

/// One change of the directory and what must be seen in Moodle because of it.
struct LiveChange {
    std::string title;              ///< "new pupil"
    std::function<void()> prepare;  ///< brings the directory to where the change starts; may be empty
    std::string prepared;           ///< query that is true when Moodle has followed the preparation; may be empty
    std::function<void()> change;   ///< returns when the directory has answered
    std::string expected;           ///< query that gives one row, true when Moodle shows the change
    std::string shown;              ///< query that gives one text: what appeared
    std::function<void()> afterwards = {};  ///< what the administrators of the directory do later; may be empty
};

/// The changes of the demo, over people, classes and courses that the directory really holds: new pupil, pupil changes
/// class, teacher renamed, subtree rename, pupil leaves, teacher gets a role. `client` must outlive the result.
std::vector<LiveChange> live_changes(const test::ServersInfo& servers, test::DirectoryClient& client);

}  // namespace entstream::demo
