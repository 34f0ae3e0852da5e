#include "consumer/merge/removal_totals.hpp"

#include <fmt/format.h>

#include <string>

namespace entstream::consumer {

ObjectCounts RemovalTotals::seen_counts() const {
    ObjectCounts counts;
    for (const Seen& removal : seen) {
        switch (removal.kind) {
            case KeyKind::group:
                ++counts.groups;
                break;
            case KeyKind::role:
                ++counts.roles;
                break;
            case KeyKind::member:
                ++counts.members;
                break;
            default:
                ++counts.users;
                break;
        }
    }
    return counts;
}

namespace merge {

void note_removals(pqxx::transaction_base& transaction, SqlTemplates sql, const std::vector<RemovalTotals>& removals) {
    std::string rows;
    for (const RemovalTotals& of_cause : removals) {
        const ObjectCounts seen = of_cause.seen_counts();
        rows += fmt::format("{}({}, {}, {}, {}, {}, {}, {}, {}, {}, {})", rows.empty() ? "" : ", ", of_cause.generation,
                            transaction.quote(of_cause.cause), of_cause.announced.users, of_cause.announced.groups,
                            of_cause.announced.roles, of_cause.announced.members, seen.users, seen.groups, seen.roles,
                            seen.members);
    }
    sql.set("removals", rows);
    transaction.exec(sql("write/removals_note"));
}

}  // namespace merge

}  // namespace entstream::consumer
