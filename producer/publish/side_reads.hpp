#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <utility>

#include "common/model/uuid.hpp"
#include "producer/sync/messages.hpp"

namespace entstream::producer::publish {

/// Up to here entries are asked for one by one; beyond, the whole search is read, which is faster.
inline constexpr std::size_t most_single_reads = 1000;

/// Questions to the directory beside the stream, answered at once; see sync::SideReader, which is the one that asks a
/// real provider. Entries come only from within the search's base, scope and filter, with state `add`.
/// All functions throw when there is no complete answer, also when the search's base is not there.
class SideReads {
  public:
    SideReads() = default;
    SideReads(const SideReads&) = delete;
    SideReads& operator=(const SideReads&) = delete;
    virtual ~SideReads() = default;

    /// A session with the provider begins: what answered before may be another server now.
    virtual void new_session() {}

    virtual std::optional<sync::EntryMessage> read_dn(std::size_t search, const std::string& dn) = 0;
    virtual std::optional<sync::EntryMessage> read_uuid(std::size_t search, const Uuid& uuid) = 0;
    /// All entries below `dn`, without itself.
    virtual void read_below(std::size_t search, const std::string& dn,
                            const std::function<void(sync::EntryMessage)>& each) = 0;

    /// The entries of the search that this filter matches as well.
    virtual void read_matching(std::size_t search, const std::string& filter,
                               const std::function<void(sync::EntryMessage)>& each) = 0;

    /// All entries of the search, whose base this is.
    void read_all(std::size_t search, const std::string& base, const std::function<void(sync::EntryMessage)>& each) {
        if (auto image = read_dn(search, base)) {
            each(std::move(*image));
        }
        read_below(search, base, each);
    }
};

}  // namespace entstream::producer::publish
