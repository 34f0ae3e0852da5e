#pragma once

#include <pqxx/stream_to>
#include <pqxx/transaction_base>

#include <concepts>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/model/uuid.hpp"

namespace entstream::consumer::merge {

/// Rows for a table, by COPY, written as text in pieces of many rows: libpqxx's own way, field by field and row by row,
/// takes as much of the client's time as all the rest of it for members.
///
/// One at a time in a transaction. Errors of the server come as pqxx::sql_error, with complete() at the latest.
class CopyRows {
  public:
    CopyRows(pqxx::transaction_base& transaction, const std::string& table, const std::vector<std::string>& columns)
        : stream_(transaction, table, columns) {}

    /// A row, in the order of the columns; an optional without value is NULL.
    template <typename... Fields>
    void row(const Fields&... fields) {
        const char* separator = "";
        ((text_ += std::exchange(separator, "\t"), append(fields)), ...);
        end_row();
    }

    /// Must be called once all rows are written.
    void complete();

  private:
    void append(std::string_view value);
    void append(const Uuid& value) { value.append_text_to(text_); }
    template <std::integral Value>
    void append(Value value) {
        if constexpr (std::same_as<Value, bool>) {
            text_ += value ? 't' : 'f';
        } else {
            text_ += std::to_string(value);
        }
    }
    template <typename Value>
    void append(const std::optional<Value>& value) {
        if (value) {
            append(*value);
        } else {
            text_ += "\\N";
        }
    }
    void end_row();
    void flush();

    pqxx::stream_to stream_;
    std::string text_;  ///< rows that are not handed over yet
};

}  // namespace entstream::consumer::merge
