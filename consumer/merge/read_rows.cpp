#include "consumer/merge/read_rows.hpp"

#include <pqxx/result>

namespace entstream::consumer::merge {

void read_rows(pqxx::transaction_base& transaction, const std::string& query,
               const std::function<void(const pqxx::row&)>& take) {
    constexpr const char* next_rows = "FETCH 5000 FROM read_rows";
    transaction.exec("DECLARE read_rows NO SCROLL CURSOR FOR " + query);
    for (pqxx::result rows = transaction.exec(next_rows); !rows.empty(); rows = transaction.exec(next_rows)) {
        for (const auto& row : rows) {
            take(row);
        }
    }
    transaction.exec("CLOSE read_rows");
}

}  // namespace entstream::consumer::merge
