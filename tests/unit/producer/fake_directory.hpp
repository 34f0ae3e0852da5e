#pragma once

#include <map>
#include <string>
#include <vector>

#include "producer/producer_config.hpp"
#include "producer/publish/side_reads.hpp"

namespace entstream::producer::test {

/// A directory for side reads. Holds entries by search; what a test puts here is what a question finds.
class FakeDirectory : public publish::SideReads {
  public:
    /// The entry is in the content of message.search, with this image.
    void put(const sync::EntryMessage& message);
    void remove(std::size_t search, const Uuid& uuid) { content_[search].erase(uuid); }

    std::optional<sync::EntryMessage> read_dn(std::size_t search, const std::string& dn) override;
    std::optional<sync::EntryMessage> read_uuid(std::size_t search, const Uuid& uuid) override;
    void read_below(std::size_t search, const std::string& dn,
                    const std::function<void(sync::EntryMessage)>& each) override;
    /// Of filters it knows (attribute=value) only.
    void read_matching(std::size_t search, const std::string& filter,
                       const std::function<void(sync::EntryMessage)>& each) override;

    std::size_t questions = 0;               ///< asked so far
    bool unreachable = false;                ///< every question throws
    std::optional<std::size_t> images_left;  ///< until it becomes so

  private:
    void ask();

    std::map<std::size_t, std::map<Uuid, sync::EntryMessage>> content_;
};

}  // namespace entstream::producer::test
