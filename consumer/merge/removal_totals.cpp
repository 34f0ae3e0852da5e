#include "consumer/merge/removal_totals.hpp"

#include <fmt/format.h>

#include <string>

namespace entstream::consumer::merge {

void note_removals(pqxx::transaction_base& transaction, SqlTemplates sql, const std::vector<RemovalTotals>& removals) {
    std::string rows;
    for (const RemovalTotals& of_cause : removals) {
        rows += fmt::format("{}({}, {}, {}, {}, {}, {}, {}, {}, {}, {})", rows.empty() ? "" : ", ", of_cause.generation,
                            transaction.quote(of_cause.cause), of_cause.announced.users, of_cause.announced.groups,
                            of_cause.announced.roles, of_cause.announced.members, of_cause.seen.users,
                            of_cause.seen.groups, of_cause.seen.roles, of_cause.seen.members);
    }
    sql.set("removals", rows);
    transaction.exec(sql("removals_note"));
}

}  // namespace entstream::consumer::merge
