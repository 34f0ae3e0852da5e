#pragma once

#include <stop_token>

#include "producer/publish/side_reads.hpp"
#include "producer/sync/side_reader.hpp"

namespace entstream::producer::app {

/// The side reads of a real provider.
class LdapSideReads : public publish::SideReads {
  public:
    LdapSideReads(const ProducerConfig& config, std::stop_token stop) : reader_(config, std::move(stop)) {}

    /// Asks this server from now on: another one may lag behind the stream.
    void use_server(const std::string& uri) { reader_.use_server(uri); }

    void new_session() override { reader_.reconnect(); }
    std::optional<sync::EntryMessage> read_dn(std::size_t search, const std::string& dn) override {
        return reader_.read_dn(search, dn);
    }
    std::optional<sync::EntryMessage> read_uuid(std::size_t search, const Uuid& uuid) override {
        return reader_.read_uuid(search, uuid);
    }
    void read_below(std::size_t search, const std::string& dn,
                    const std::function<void(sync::EntryMessage)>& each) override {
        reader_.read_below(search, dn, each);
    }

    void read_matching(std::size_t search, const std::string& filter,
                       const std::function<void(sync::EntryMessage)>& each) override {
        reader_.read_matching(search, filter, each);
    }

  private:
    sync::SideReader reader_;
};

}  // namespace entstream::producer::app
