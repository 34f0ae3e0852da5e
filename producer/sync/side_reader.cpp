#include "producer/sync/side_reader.hpp"

#include <ldap.h>
#include <strings.h>

#include <algorithm>
#include <utility>

#include "common/ldap/dn.hpp"
#include "producer/sync/search_request.hpp"

namespace entstream::producer::sync {

namespace {

// Gives up an operation whose answers nobody reads to the end.
class Operation {
  public:
    Operation(const ldap::Connection& connection, int id) : connection_(connection), id_(id) {}
    Operation(const Operation&) = delete;
    Operation& operator=(const Operation&) = delete;
    ~Operation() {
        if (!ended_) {
            ldap_abandon_ext(connection_.handle(), id_, nullptr, nullptr);
        }
    }

    [[nodiscard]] int id() const { return id_; }
    void ended() { ended_ = true; }

  private:
    const ldap::Connection& connection_;
    int id_;
    bool ended_ = false;
};

// Whether the stream's entries carry this attribute.
bool is_published(const SearchConfig& config, const char* attribute) {
    return std::any_of(config.attributes.begin(), config.attributes.end(), [&](const std::string& name) {
        return name == "+" || strcasecmp(name.c_str(), attribute) == 0;
    });
}

Uuid take_uuid(const ldap::Connection& connection, ProviderKind provider, const SearchConfig& config,
               EntryMessage& entry) {
    const char* const attribute = uuid_attribute(provider);
    const Attribute* const found = find_attribute(entry.attributes, attribute);
    const std::optional<Uuid> uuid =
        found == nullptr || found->values.empty() ? std::nullopt : parse_uuid(provider, found->values.front());
    if (!uuid) {
        throw ldap::LdapError(LDAP_INSUFFICIENT_ACCESS, "", ldap::ErrorClass::config,
                              "LDAP server " + connection.config().uri + ": an entry without " + attribute +
                                  ": let ldap.bind_dn read this attribute");
    }
    if (!is_published(config, attribute)) {
        entry.attributes.erase(entry.attributes.begin() + (found - entry.attributes.data()));
    }
    return *uuid;
}

// An entry that is not there is an answer; without the search's base there is none, whatever was asked.
ldap::LdapError base_is_gone(const ldap::Connection& connection, const SearchConfig& search) {
    return {LDAP_NO_SUCH_OBJECT, "",
            "LDAP server " + connection.config().uri + ": search \"" + search.name + "\": its base \"" + search.base +
                "\" is not there any more; nothing is removed because of that: rename it back, or set the base of this "
                "search to its new name"};
}

std::string in_parentheses(const std::string& filter) {
    return filter.starts_with('(') ? filter : "(" + filter + ")";
}

}  // namespace

struct SideReader::Question {
    std::size_t search;
    std::string base;
    Scope scope;
    std::string filter;
    std::optional<Uuid> uuid{};  ///< only the entry with this one; its attribute's name depends on the provider
};

SideReader::SideReader(ProducerConfig config, std::stop_token stop)
    : config_(std::move(config)), stop_(std::move(stop)) {
    config_.searches = all_searches(config_);
}

void SideReader::use_server(const std::string& uri) {
    if (config_.ldap.uri != uri) {
        config_.ldap.uri = uri;
        connection_.reset();
    }
}

std::optional<EntryMessage> SideReader::read_dn(std::size_t search, const std::string& dn) {
    const SearchConfig& config = config_.searches.at(search);
    const std::optional<std::string> normalised = ldap::normalise_dn(dn);
    const std::optional<std::string> base = ldap::normalise_dn(config.base);
    std::optional<EntryMessage> result;
    if (normalised && base && in_scope(*normalised, *base, config.scope)) {
        ask({search, dn, Scope::base, config.filter}, [&result](EntryMessage entry) { result = std::move(entry); });
    }
    return result;
}

std::optional<EntryMessage> SideReader::read_uuid(std::size_t search, const Uuid& uuid) {
    const SearchConfig& config = config_.searches.at(search);
    std::optional<EntryMessage> result;
    ask({search, config.base, config.scope, config.filter, uuid},
        [&result](EntryMessage entry) { result = std::move(entry); });
    return result;
}

void SideReader::read_below(std::size_t search, const std::string& dn, const std::function<void(EntryMessage)>& each) {
    const SearchConfig& config = config_.searches.at(search);
    const std::optional<std::string> top = ldap::normalise_dn(dn);
    const std::optional<std::string> base = ldap::normalise_dn(config.base);
    if (!top || !base) {
        return;
    }
    const auto without_top = [&](EntryMessage entry) {
        if (ldap::normalise_dn(entry.dn) != top) {
            each(std::move(entry));
        }
    };
    if (config.scope == Scope::subtree && in_scope(*top, *base, Scope::subtree)) {
        ask({search, dn, Scope::subtree, config.filter}, without_top);
    } else if (in_scope(*base, *top, Scope::subtree)) {
        ask({search, config.base, config.scope, config.filter}, without_top);
    }
}

void SideReader::read_matching(std::size_t search, const std::string& filter,
                               const std::function<void(EntryMessage)>& each) {
    const SearchConfig& config = config_.searches.at(search);
    ask({search, config.base, config.scope, "(&" + in_parentheses(config.filter) + in_parentheses(filter) + ")"}, each);
}

void SideReader::read_all(std::size_t search, const std::function<void(EntryMessage)>& each) {
    const SearchConfig& config = config_.searches.at(search);
    ask({search, config.base, config.scope, config.filter}, each);
}

void SideReader::ask(const Question& question, const std::function<void(EntryMessage)>& each) {
    const bool reused = connection_ != nullptr;
    bool answered = false;
    const auto note = [&](EntryMessage entry) {
        answered = true;
        each(std::move(entry));
    };
    try {
        ask_once(question, note);
    } catch (const ldap::LdapError& error) {
        if (error.error_class() != ldap::ErrorClass::transient) {
            throw;
        }
        connection_.reset();
        // The server may have closed a connection that had been idle.
        if (!reused || answered || error.result_code() != LDAP_SERVER_DOWN) {
            throw;
        }
        ask_once(question, note);
    }
}

void SideReader::ask_once(const Question& question, const std::function<void(EntryMessage)>& each) {
    if (connection_ == nullptr) {
        auto connection = std::make_unique<ldap::Connection>(config_.ldap, stop_);
        provider_ = provider_kind(*connection);
        connection_ = std::move(connection);
    }
    const ldap::Connection& connection = *connection_;
    const SearchConfig& config = config_.searches.at(question.search);
    std::vector<std::string> attributes = requested_attributes(config, provider_);
    if (!is_published(config, uuid_attribute(provider_))) {
        attributes.emplace_back(uuid_attribute(provider_));
    }
    const std::string filter = question.uuid
                                   ? "(&" + in_parentheses(question.filter) + "(" + uuid_attribute(provider_) + "=" +
                                         uuid_value(provider_, *question.uuid) + "))"
                                   : question.filter;
    const std::string doing = "reading entries of search \"" + config.name + '"';
    Operation operation(connection,
                        send_search(connection, {question.base, question.scope, filter, attributes}, nullptr, doing));
    while (true) {
        const ldap::MessagePtr message = connection.receive_or_fail(operation.id(), doing);
        switch (ldap_msgtype(message.get())) {
            case LDAP_RES_SEARCH_ENTRY: {
                EntryMessage entry;
                entry.search = question.search;
                entry.state = EntryState::add;
                read_entry(connection, message.get(), entry);
                entry.uuid = take_uuid(connection, provider_, config, entry);
                each(std::move(entry));
                break;
            }
            case LDAP_RES_SEARCH_RESULT: {
                operation.ended();
                if (connection.result_of(message.get()).code != LDAP_NO_SUCH_OBJECT) {
                    connection.check_result(message.get(), doing);
                } else if (ldap::normalise_dn(question.base) == ldap::normalise_dn(config.base)) {
                    throw base_is_gone(connection, config);
                }
                return;
            }
            default:
                break;
        }
    }
}

}  // namespace entstream::producer::sync
