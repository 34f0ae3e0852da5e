#pragma once

#include <cstddef>
#include <map>

#include "producer/index/index.hpp"

namespace entstream::producer::publish {

/// The deletions with the highest CSNs that were published, a few of each server id.
class NewestDeletions {
  public:
    static constexpr std::size_t most_of_a_server = 16;
    using OfServer = std::map<index::PackedCsn, index::EntryRef>;

    /// Nothing happens when the CSN is not known.
    void note(const index::EntryRef& ref, const index::PackedCsn& csn) {
        if (!csn.known()) {
            return;
        }
        OfServer& of_server = by_server_[csn.sid()];
        of_server.insert_or_assign(csn, ref);
        if (of_server.size() > most_of_a_server) {
            of_server.erase(of_server.begin());
        }
    }

    [[nodiscard]] const OfServer& of(unsigned sid) const {
        static const OfServer none;
        const auto found = by_server_.find(sid);
        return found == by_server_.end() ? none : found->second;
    }

  private:
    std::map<unsigned, OfServer> by_server_;
};

}  // namespace entstream::producer::publish
