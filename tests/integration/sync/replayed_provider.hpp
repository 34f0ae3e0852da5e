#pragma once

#include <deque>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "common/model/uuid.hpp"
#include "producer/sync/messages.hpp"

namespace entstream::test {

/// A provider that says what a test wrote down. It accepts one connection after the other, answers the bind and the
/// questions before the first search as slapd does (suffix dc=fr, every base exists, no contextCSN), sends the script
/// as the answers of the first search with a Sync Request Control, further scripts as those of the next ones, and keeps
/// each connection until the other side closes it. A search for which no script is left gets no answer.
class ReplayedProvider {
  public:
    /// One LDAPMessage of the script without its message id: protocolOp and, if any, controls, as BER.
    using Script = std::vector<std::string>;

    /// As the last of a script: the first octets of a message; nothing comes after it, not even answers.
    static constexpr const char* cut = "cut";

    /// \param root_class  objectClass of the root DSE: by default it calls itself OpenLDAP
    explicit ReplayedProvider(Script script, std::string root_class = "OpenLDAProotDSE");
    ~ReplayedProvider();
    ReplayedProvider(const ReplayedProvider&) = delete;
    ReplayedProvider& operator=(const ReplayedProvider&) = delete;

    /// The answers of the search after those that have a script already.
    void then(Script script);

    [[nodiscard]] std::string uri() const;
    /// Value of the last Sync Request Control; empty as long as none has come.
    [[nodiscard]] std::string request() const;
    /// Of all of them.
    [[nodiscard]] std::vector<std::string> requests() const;

  private:
    void serve();
    void serve(int connection);
    std::string answer(const std::string& octets);

    std::string root_class_;
    mutable std::mutex mutex_;
    std::deque<Script> scripts_;
    std::vector<std::string> requests_;
    bool silent_ = false;
    int listener_ = -1;
    int port_ = 0;
    std::jthread thread_;
};

/// One BER value; only lengths below 128.
std::string tlv(int tag, const std::string& content);
/// A BOOLEAN under this tag.
std::string flag(int tag, bool value);
/// Value of a Sync State Control.
std::string state_value(producer::sync::EntryState state, const Uuid& uuid,
                        const std::optional<std::string>& cookie = {});

/// SearchResultEntry uid=`uid`,ou=people,dc=fr with that uid. `state_value`: value of its Sync State Control; empty:
/// none.
std::string entry_message(const std::string& uid, const std::string& state_value);
/// IntermediateResponse with a Sync Info value.
std::string info_message(const std::string& value);
/// SearchResultDone with this code; `done_value`: value of its Sync Done Control; empty: none.
std::string done_message(int code, const std::string& done_value = "");
/// SearchResultReference to another server.
std::string reference_message();

}  // namespace entstream::test
