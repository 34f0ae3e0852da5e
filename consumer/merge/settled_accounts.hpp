#pragma once

#include <pqxx/transaction_base>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "common/model/uuid.hpp"
#include "consumer/delta.hpp"
#include "consumer/map/mapping_config.hpp"
#include "consumer/merge/sql_templates.hpp"

namespace entstream::consumer::merge {

/// Accounts that a forced replay need not plan: they are linked, in order, and have the texts that the record gives
/// that was applied. Decides nothing: whoever is not proven equal here is planned. Of each text 64 bits of a hash with
/// a random seed are kept: about 100 octets an account where seven fields are mapped.
///
/// Not thread-safe.
class SettledAccounts {
  public:
    /// Nobody is settled.
    SettledAccounts() = default;
    /// \param fields  that the mapping can give, as user_field_names
    explicit SettledAccounts(std::vector<std::size_t> fields);

    /// A line of COPY: UUID, version, and the fields, with tabs between. One with anything to unescape is passed over.
    void add(std::string_view line);

    /// Takes out whoever is settled, unless an earlier record of his was left in: the newest of those counts.
    void take_out(std::vector<UserDelta>& users);

  private:
    struct Account {
        Offset version{};
        std::size_t place{};  ///< of its first digest
    };

    [[nodiscard]] bool is_settled(const UserDelta& user) const;
    [[nodiscard]] std::uint64_t digest(std::string_view text) const;

    std::vector<std::size_t> fields_;
    std::uint64_t seed_{};
    std::unordered_map<Uuid, Account> accounts_;
    std::vector<std::uint64_t> digests_;
    std::unordered_set<Uuid> left_in_;
};

/// Fields that some rule of the mapping gives.
std::vector<std::size_t> mapped_fields(const map::UserMapping& mapping);

/// Reads them. \param sql  with the values of source and site \param lists_languages  whether the site has a list of
/// them
SettledAccounts read_settled_accounts(pqxx::transaction_base& transaction, SqlTemplates sql,
                                      const map::UserMapping& mapping, bool lists_languages);

}  // namespace entstream::consumer::merge
