#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "tests/chaos/directory_view.hpp"
#include "tests/support/servers_info.hpp"

namespace entstream::chaos {

/// Whether Moodle is what the directory says. Reads both by itself, with nothing of the programs under test: members
/// are resolved by normalised DN to the entry that has it and its entryUUID, and the mapping (the built-in one) is
/// written down here a second time.
///
/// Where the directory does not say: a value of a group that names nobody may still stand for whoever had that DN once
/// (a rename does not end a membership while the group has the old DN); such members may be there or not.
class Oracle {
  public:
    explicit Oracle(test::ServersInfo servers) : servers_(std::move(servers)) {}

    /// Every difference, as a line to read; empty when there is none.
    /// \throws std::exception a server does not answer
    std::vector<std::string> differences();

    /// Takes note of who has which DN now: before people are renamed.
    void note(const DirectoryView& view);
    /// From now on the account of a person and the cohort of a group must stay the rows that they are. Call it when
    /// there is no difference.
    void remember_rows();
    /// Everything, for a new Moodle.
    void forget();

  private:
    struct Moodle;
    using Members = std::map<std::string, bool>;  ///< username -> must be there (else: may be)

    Moodle read_moodle() const;
    Members members_of(const GroupEntry& group, const DirectoryView& view) const;
    void compare_people(const DirectoryView& view, const Moodle& moodle, std::vector<std::string>& lines) const;
    void compare_cohorts(const DirectoryView& view, const Moodle& moodle, std::vector<std::string>& lines) const;
    void compare_roles(const DirectoryView& view, const Moodle& moodle, std::vector<std::string>& lines) const;

    test::ServersInfo servers_;
    std::map<std::string, std::set<std::string>> once_at_;  ///< UUIDs by normalised DN
    std::map<std::string, long> account_rows_;              ///< mdl_user.id by UUID
    std::map<std::string, long> cohort_rows_;
};

}  // namespace entstream::chaos
