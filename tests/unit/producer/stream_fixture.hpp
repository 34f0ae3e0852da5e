#pragma once

#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "producer/publish/publisher.hpp"
#include "producer/publish/restore.hpp"
#include "producer/publish/stream.hpp"
#include "tests/unit/producer/fake_directory.hpp"
#include "tests/unit/producer/fake_log.hpp"

namespace entstream::producer::test {

using Attributes = std::map<std::string, std::vector<std::string>>;
using Events = std::vector<std::string>;

/// CSN number n of server `sid`; they ascend with n.
std::string csn(int n, int sid = 0);
/// An OpenLDAP cookie with one CSN.
std::string cookie(int n, int sid = 0);

/// A producer between a directory that the test plays and a log in memory. Entries are known by a name: their UUID is
/// made from it, and events() names them by it.
class StreamTest : public ::testing::Test {
  protected:
    // Positions of the searches.
    static constexpr std::size_t users = 0;
    static constexpr std::size_t groups = 1;
    static constexpr std::size_t roles = 2;

    StreamTest();

    /// A new process: restores from the log and opens a session. \returns the cookies it would send
    std::vector<std::optional<std::string>> start();
    /// A new session of the same process.
    std::vector<std::optional<std::string>> reconnect();
    /// A first start with an empty directory: all searches in persist.
    void start_streaming();
    /// Ends the refresh of these searches without a word.
    void end_refresh(const std::vector<std::size_t>& searches, const std::optional<std::string>& with_cookie);

    Uuid uuid(const std::string& name);
    sync::EntryMessage entry(std::size_t search, const std::string& name, const std::string& dn, int change,
                             Attributes attributes);
    /// User `uid=<name>,ou=people,dc=org` with sn.
    sync::EntryMessage user(const std::string& name, int change, const std::string& sn = "x");
    sync::EntryMessage group(const std::string& name, int change, const std::vector<std::string>& members);
    static std::string user_dn(const std::string& name) { return "uid=" + name + ",ou=people,dc=org"; }

    void send(sync::Message message) { stream_->handle(std::move(message)); }
    /// In persist: with its state and the cookie of its change.
    void persist(sync::EntryMessage message, sync::EntryState state, int change);
    void persist_delete(std::size_t search, const std::string& name, const std::string& dn, int change);
    void id_set(std::size_t search, bool deletes, const std::vector<std::string>& names);
    void refresh_delete(std::size_t search, const std::optional<std::string>& with_cookie);
    void refresh_present(std::size_t search, const std::optional<std::string>& with_cookie);

    /// Commits, and says what the log got since the last call, one line a record; meta records are left out.
    Events events();
    /// Compaction runs: the log has the last record of each key only.
    void compact_log();
    /// Another program writes to the changes topic; events() does not tell. \pre events() were called
    void write_foreign(const std::string& key, const std::optional<std::string>& value);
    /// What the next start would find so.
    publish::Damage damage_of_log();
    /// The log has only its first records.
    void truncate_log(std::size_t records);
    /// The state topic's word on a search.
    v1::SearchState state(std::size_t search);

    /// What the log says there is, one line an entry or member: restored by a process of its own.
    std::vector<std::string> content_of_log();
    std::vector<std::string> content_of_index() { return content(process_->index); }

    ProducerConfig config_;
    FakeLog log_;
    FakeDirectory directory_;
    sync::ProviderState provider_;
    publish::Stream* stream_ = nullptr;  ///< of the running process

  private:
    struct Process {
        index::Index index;
        publish::Restored restored;
        std::unique_ptr<publish::Publisher> publisher;
        std::unique_ptr<publish::Stream> stream;
    };

    void restore(Process& process);
    std::string describe(const FakeLog::Record& record);
    std::string name_of(const std::string& octets);
    std::vector<std::string> content(const index::Index& index);

    std::unique_ptr<Process> process_;
    std::map<std::string, std::string> names_;  ///< by octets of the UUID
    std::size_t told_ = 0;                      ///< records that events() has returned
};

}  // namespace entstream::producer::test
