#include "common/requests/request.hpp"

#include <algorithm>

#include "common/ldap/dn.hpp"
#include "common/ldap/filter.hpp"
#include "common/model/uuid.hpp"
#include "common/runtime/exit_code.hpp"

namespace entstream::requests {

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

std::optional<Refusal> check_reconcile(const v1::Reconcile& reconcile) {
    switch (reconcile.what_case()) {
        case v1::Reconcile::kEverything:
            if (!reconcile.everything()) {
                break;
            }
            return std::nullopt;
        case v1::Reconcile::kSearch:
            return std::nullopt;
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

[[noreturn]] void refuse_words(const std::string& option, const std::string& why) {
    throw runtime::ProgramError(
        runtime::ExitCode::usage,
        option + ": " + why +
            "; it is one of: reconcile, reconcile ENTRY, reconcile search NAME, resync, republish ENTRY, approve, "
            "approve VIEW, purge DAYS, purge UUID; ENTRY is a UUID, a DN or a filter in parentheses");
}

void set_purge(v1::Purge& purge, const std::string& word) {
    const bool number = !word.empty() && word.size() < 6 &&
                        std::all_of(word.begin(), word.end(), [](unsigned char c) { return c >= '0' && c <= '9'; });
    if (number) {
        purge.set_older_than_days(static_cast<std::uint32_t>(std::stoul(word)));
    } else {
        purge.set_uuid(word);
    }
}

}  // namespace

bool is_request_id(std::string_view text) {
    const auto allowed = [](unsigned char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '_' ||
               c == '-';
    };
    return !text.empty() && text.size() <= longest_id && std::all_of(text.begin(), text.end(), allowed);
}

std::optional<Refusal> check(const v1::ControlRequest& request, std::string_view key) {
    if (!is_request_id(request.request_id()) || request.request_id() != key) {
        return Refusal{.reason = "request_id and the key of the record are not the same 1 to 64 of A-Z a-z 0-9 . _ -",
                       .remedy = "use one such text for both"};
    }
    switch (request.task_case()) {
        case v1::ControlRequest::kReconcile:
            return check_reconcile(request.reconcile());
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

v1::EntryChoice entry_of(const std::string& word) {
    v1::EntryChoice entry;
    if (word.starts_with('(')) {
        entry.set_filter(word);
    } else if (Uuid::from_text(word)) {
        entry.set_uuid(word);
    } else {
        entry.set_dn(word);
    }
    return entry;
}

v1::ControlRequest from_words(const std::vector<std::string>& words, const std::string& option) {
    v1::ControlRequest request;
    const std::string task = words.empty() ? "" : words[0];
    const std::size_t more = words.empty() ? 0 : words.size() - 1;
    if (task == "reconcile" && more == 0) {
        request.mutable_reconcile()->set_everything(true);
    } else if (task == "reconcile" && more == 1) {
        *request.mutable_reconcile()->mutable_entry() = entry_of(words[1]);
    } else if (task == "reconcile" && more == 2 && words[1] == "search") {
        request.mutable_reconcile()->set_search(words[2]);
    } else if (task == "resync" && more == 0) {
        request.mutable_resync();
    } else if (task == "republish" && more == 1) {
        *request.mutable_republish()->mutable_entry() = entry_of(words[1]);
    } else if (task == "approve" && more <= 1) {
        request.mutable_approve()->set_view(more == 0 ? "" : words[1]);
    } else if (task == "purge" && more == 1) {
        set_purge(*request.mutable_purge(), words[1]);
    } else {
        refuse_words(option, task.empty() ? "it asks for nothing" : "these words mean nothing");
    }
    return request;
}

}  // namespace entstream::requests
