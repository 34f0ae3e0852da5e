#include "consumer/merge/settled_accounts.hpp"

#include <pqxx/stream_from>
#include <xxhash.h>

#include <charconv>
#include <random>
#include <utility>

#include "consumer/merge/user_columns.hpp"

namespace entstream::consumer::merge {

namespace {

/// The text before the next tab, which is taken off the line with it.
std::string_view next_text(std::string_view& line) {
    const std::size_t end = line.find('\t');
    const std::string_view text = line.substr(0, end);
    line.remove_prefix(end == std::string_view::npos ? line.size() : end + 1);
    return text;
}

}  // namespace

SettledAccounts::SettledAccounts(std::vector<std::size_t> fields) : fields_(std::move(fields)) {
    std::random_device random;
    seed_ = static_cast<std::uint64_t>(random()) << 32U | random();
}

std::uint64_t SettledAccounts::digest(std::string_view text) const {
    return XXH3_64bits_withSeed(text.data(), text.size(), seed_);
}

void SettledAccounts::add(std::string_view line) {
    if (line.ends_with('\n')) {
        line.remove_suffix(1);
    }
    if (line.find('\\') != std::string_view::npos) {
        return;
    }
    const auto uuid = Uuid::from_text(next_text(line));
    const std::string_view number = next_text(line);
    Offset version = 0;
    const auto parsed = std::from_chars(number.data(), number.data() + number.size(), version);
    if (!uuid || parsed.ec != std::errc() || parsed.ptr != number.data() + number.size()) {
        return;
    }
    const auto [account, is_new] = accounts_.try_emplace(*uuid, Account{.version = version, .place = digests_.size()});
    if (!is_new) {
        return;
    }
    for (std::size_t i = 0; i < fields_.size(); ++i) {
        digests_.push_back(digest(next_text(line)));
    }
}

bool SettledAccounts::is_settled(const UserDelta& user) const {
    const auto found = accounts_.find(user.uuid);
    if (found == accounts_.end() || !user.present || !user.problem.empty() || user.version != found->second.version) {
        return false;
    }
    std::size_t given = 0;
    for (std::size_t i = 0; i < fields_.size(); ++i) {
        const auto& text = user.fields.at(fields_[i]);
        if (text && digest(*text) != digests_[found->second.place + i]) {
            return false;
        }
        given += text ? 1 : 0;
    }
    // Whatever else he is given was not compared.
    for (const auto& text : user.fields) {
        given -= text ? 1 : 0;
    }
    return given == 0;
}

void SettledAccounts::take_out(std::vector<UserDelta>& users) {
    std::erase_if(users, [this](const UserDelta& user) {
        const bool is_out = is_settled(user) && !left_in_.contains(user.uuid);
        if (!is_out) {
            left_in_.insert(user.uuid);
        }
        return is_out;
    });
}

std::vector<std::size_t> mapped_fields(const map::UserMapping& mapping) {
    std::vector<std::size_t> fields;
    for (std::size_t i = 0; i < user_field_count; ++i) {
        bool is_mapped = mapping.fields.at(i).has_value();
        for (const map::UserType& type : mapping.types) {
            is_mapped = is_mapped || type.fields.at(i).has_value();
        }
        if (is_mapped) {
            fields.push_back(i);
        }
    }
    return fields;
}

SettledAccounts read_settled_accounts(pqxx::transaction_base& transaction, SqlTemplates sql,
                                      const map::UserMapping& mapping, bool lists_languages) {
    const std::vector<std::size_t> fields = mapped_fields(mapping);
    if (fields.empty()) {
        return {};
    }
    sql.set("user.settled", sql("plan/account_settled"));
    sql.set("user.compared", compared_user_columns(fields));
    sql.set("lists_languages", lists_languages ? "true" : "false");
    SettledAccounts accounts(fields);
    // COPY takes a query in the place of a table.
    pqxx::stream_from stream(transaction, "(" + sql("plan/accounts_settled") + ")");
    std::string line;
    while (stream.get_raw_line(line)) {
        accounts.add(line);
    }
    stream.complete();
    return accounts;
}

}  // namespace entstream::consumer::merge
