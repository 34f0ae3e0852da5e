#include "producer/control/request.hpp"

#include <algorithm>

#include "common/ldap/dn.hpp"
#include "common/ldap/filter.hpp"
#include "common/model/uuid.hpp"

namespace entstream::producer::control {

namespace {

constexpr std::size_t longest_id = 64;

std::optional<Refusal> check_uuid(const std::string& text) {
    if (Uuid::from_text(text)) {
        return std::nullopt;
    }
    return Refusal{.reason = "uuid is not a UUID", .remedy = "give it as 8-4-4-4-12 hexadecimal digits"};
}

std::optional<Refusal> check_entry(const v1::EntryChoice& entry) {
    switch (entry.by_case()) {
        case v1::EntryChoice::kUuid:
            return check_uuid(entry.uuid());
        case v1::EntryChoice::kDn:
            if (entry.dn().empty() || !ldap::normalise_dn(entry.dn())) {
                return Refusal{.reason = "dn is not a distinguished name", .remedy = "give it as RFC 4514 says"};
            }
            return std::nullopt;
        case v1::EntryChoice::kFilter:
            if (const auto filter = ldap::Filter::parse(entry.filter()); !filter) {
                return Refusal{.reason = "filter cannot be read, " + filter.error().to_text(),
                               .remedy = "give it as RFC 4515 says"};
            }
            return std::nullopt;
        case v1::EntryChoice::BY_NOT_SET:
            break;
    }
    return Refusal{.reason = "it names no entry", .remedy = "give uuid, dn or filter"};
}

std::optional<Refusal> check_reconcile(const v1::Reconcile& reconcile, const ProducerConfig& config) {
    switch (reconcile.what_case()) {
        case v1::Reconcile::kEverything:
            if (!reconcile.everything()) {
                break;
            }
            return std::nullopt;
        case v1::Reconcile::kSearch: {
            const bool known =
                std::any_of(config.searches.begin(), config.searches.end(),
                            [&](const SearchConfig& search) { return search.name == reconcile.search(); });
            if (!known) {
                return Refusal{.reason = "this source has no search of that name",
                               .remedy = "give a name that its configuration has ([[search]])"};
            }
            return std::nullopt;
        }
        case v1::Reconcile::kEntry:
            return check_entry(reconcile.entry());
        case v1::Reconcile::WHAT_NOT_SET:
            break;
    }
    return Refusal{.reason = "it does not say what to reconcile", .remedy = "set everything, search or entry"};
}

std::optional<Refusal> check_purge(const v1::Purge& purge) {
    switch (purge.what_case()) {
        case v1::Purge::kOlderThanDays:
            if (purge.older_than_days() > 0) {
                return std::nullopt;
            }
            break;
        case v1::Purge::kUuid:
            return check_uuid(purge.uuid());
        case v1::Purge::WHAT_NOT_SET:
            break;
    }
    return Refusal{.reason = "it does not say what to purge", .remedy = "set older_than_days (at least 1) or uuid"};
}

}  // namespace

bool is_request_id(std::string_view text) {
    const auto allowed = [](unsigned char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '_' ||
               c == '-';
    };
    return !text.empty() && text.size() <= longest_id && std::all_of(text.begin(), text.end(), allowed);
}

std::optional<Refusal> check(const v1::ControlRequest& request, std::string_view key, const ProducerConfig& config) {
    if (!is_request_id(request.request_id()) || request.request_id() != key) {
        return Refusal{.reason = "request_id and the key of the record are not the same 1 to 64 of A-Z a-z 0-9 . _ -",
                       .remedy = "use one such text for both"};
    }
    switch (request.task_case()) {
        case v1::ControlRequest::kReconcile:
            return check_reconcile(request.reconcile(), config);
        case v1::ControlRequest::kRepublish:
            return check_entry(request.republish().entry());
        case v1::ControlRequest::kPurge:
            return check_purge(request.purge());
        case v1::ControlRequest::kResync:
        case v1::ControlRequest::kApprove:
            return std::nullopt;
        case v1::ControlRequest::TASK_NOT_SET:
            break;
    }
    return Refusal{.reason = "it names no task that this version of entstream-producer knows",
                   .remedy = "set reconcile, resync, republish, approve or purge; or update entstream-producer"};
}

std::string task_name(const v1::ControlRequest& request) {
    switch (request.task_case()) {
        case v1::ControlRequest::kReconcile:
            return "reconcile";
        case v1::ControlRequest::kResync:
            return "resync";
        case v1::ControlRequest::kRepublish:
            return "republish";
        case v1::ControlRequest::kApprove:
            return "approve";
        case v1::ControlRequest::kPurge:
            return "purge";
        case v1::ControlRequest::TASK_NOT_SET:
            break;
    }
    return {};
}

bool is_short(const v1::ControlRequest& request) {
    return request.has_republish() || request.has_approve() ||
           (request.has_reconcile() && request.reconcile().has_entry());
}

}  // namespace entstream::producer::control
