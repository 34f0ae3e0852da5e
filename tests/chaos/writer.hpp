#pragma once

#include <string>

#include "tests/chaos/directory_view.hpp"
#include "tests/chaos/oracle.hpp"
#include "tests/chaos/random.hpp"
#include "tests/support/directory_client.hpp"
#include "tests/support/servers_info.hpp"

namespace entstream::chaos {

/// Those who administer the directory: random changes of every ordinary kind, and the directed ones that the faults
/// need. Writes past all proxies. What the directory refuses (a group without members, an entry that is gone after a
/// restore) is left undone: the oracle judges by what is there, not by what was meant.
class Writer {
  public:
    Writer(test::ServersInfo servers, Oracle& oracle) : servers_(std::move(servers)), oracle_(oracle) {}

    /// Once in a fresh directory: a container with people, a place outside all searches, and the witness.
    void prepare(Random& random);
    /// The next value of the witness, a person whom nothing else touches: what was written before it came first.
    /// \returns false: the directory does not answer
    bool write_witness();

    void some_changes(Random& random, std::size_t count);

    void remove_and_add_again(Random& random);  ///< at the same DN, the groups untouched
    void swap_uids(Random& random, bool mend_groups);
    void rename_container(Random& random, bool mend_groups);
    void move_container_out();
    void move_container_in();
    void add_people_outside(Random& random);  ///< below the container that is outside, if there is one
    void rename_group(Random& random);
    void change_many_members(Random& random);
    void make_role_unknown(Random& random);
    void make_role_known();
    /// The value before the person: add to a group, add, delete, add again, add to another group.
    void add_under_backlog(Random& random);

  private:
    class Session;

    test::ServersInfo servers_;
    Oracle& oracle_;
    int count_ = 0;
};

}  // namespace entstream::chaos
