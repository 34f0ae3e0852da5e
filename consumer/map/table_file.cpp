#include "consumer/map/table_file.hpp"

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <optional>
#include <sstream>
#include <string_view>
#include <utility>
#include <vector>

#include "consumer/map/text.hpp"

namespace entstream::consumer::map {

namespace {

using config::Fault;
using config::Node;
using config::Reading;

constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";
constexpr std::size_t most_faults = 10;  // a wrong separator makes every line wrong

/// The lines of a CSV file, one record after the other.
class CsvRecords {
  public:
    struct Record {
        std::size_t line{};  ///< where it begins, 1 = the first
        std::vector<std::string> fields;
        std::optional<Fault> fault;
    };

    explicit CsvRecords(std::string_view text) : text_(text) {
        if (text_.starts_with(byte_order_mark)) {
            text_.remove_prefix(byte_order_mark.size());
        }
    }

    /// Lines without anything are passed over; nullopt: that was the last one.
    std::optional<Record> next() {
        while (at_ < text_.size()) {
            Record record;
            record.line = line_;
            do {
                record.fields.push_back(field(record.fault));
            } while (take_separator());
            end_line();
            if (record.fault || record.fields.size() > 1 || !record.fields.front().empty()) {
                return record;
            }
        }
        return std::nullopt;
    }

  private:
    [[nodiscard]] char peek() const { return at_ < text_.size() ? text_[at_] : '\n'; }

    /// The first separator of the file is that of all of it.
    [[nodiscard]] bool is_separator(char c) const {
        return separator_ == '\0' ? c == ',' || c == ';' : c == separator_;
    }

    bool take_separator() {
        if (!is_separator(peek())) {
            return false;
        }
        separator_ = text_[at_++];
        return true;
    }

    void end_line() {
        while (peek() != '\n') {
            ++at_;
        }
        ++at_;
        ++line_;
    }

    void skip_blanks() {
        while (peek() == ' ' || peek() == '\t' || peek() == '\r') {
            ++at_;
        }
    }

    std::string field(std::optional<Fault>& fault) {
        skip_blanks();
        if (peek() == '"') {
            return quoted(fault);
        }
        const std::size_t start = at_;
        while (peek() != '\n' && !is_separator(peek())) {
            ++at_;
        }
        return clean(std::string(text_.substr(start, at_ - start)));
    }

    std::string quoted(std::optional<Fault>& fault) {
        std::string value;
        for (++at_; at_ < text_.size(); ++at_) {
            if (text_[at_] == '"' && text_.substr(at_ + 1, 1) != "\"") {
                break;
            }
            at_ += text_[at_] == '"' ? 1 : 0;
            line_ += text_[at_] == '\n' ? 1 : 0;
            value += text_[at_];
        }
        if (at_ == text_.size()) {
            fault = Fault{.what = "has a \" that is not closed", .remedy = R"(close it; write "" for a " in a text)"};
            return value;
        }
        ++at_;
        skip_blanks();
        if (peek() != '\n' && !is_separator(peek())) {
            fault = Fault{.what = "has text behind a closing \"", .remedy = R"(write "" for a " in a text)"};
        }
        return clean(value);
    }

    std::string_view text_;
    std::size_t at_ = 0;
    std::size_t line_ = 1;
    char separator_ = '\0';  ///< not known yet
};

/// What is wrong with a record, seen by itself.
std::optional<Fault> fault_of(const CsvRecords::Record& record) {
    for (const std::string& field : record.fields) {
        if (!is_utf8(field)) {
            return Fault{.what = "is not UTF-8", .remedy = "save the file as UTF-8"};
        }
    }
    if (record.fault) {
        return record.fault;
    }
    if (record.fields.size() != 2) {
        return Fault{.what = "has " + std::to_string(record.fields.size()) +
                             (record.fields.size() == 1 ? " column" : " columns") + " where there must be two",
                     .remedy = "write text;result or text,result, and \"...\" around a text with the separator in it"};
    }
    if (record.fields.front().empty()) {
        return Fault{.what = "has nothing in the first column", .remedy = "write the text there, or remove the line"};
    }
    return std::nullopt;
}

std::optional<std::string> content_of(const std::filesystem::path& file, const Node& node, const std::string& key,
                                      Reading& reading) {
    std::error_code ignored;
    const bool directory = std::filesystem::is_directory(file, ignored);
    std::ifstream stream;
    if (!directory) {
        stream.open(file, std::ios::binary);
    }
    if (!stream.is_open()) {
        reading.add(node, key,
                    {"cannot read the table '" + file.string() +
                         "': " + (directory ? std::string("it is a directory") : std::string(std::strerror(errno))),
                     "name a CSV file that this program may read, relative to the configuration file's folder"});
        return std::nullopt;
    }
    std::ostringstream content;
    content << stream.rdbuf();
    return content.str();
}

}  // namespace

std::map<std::string, std::string> read_table_file(const Node& node, const std::string& key, Reading& reading) {
    std::map<std::string, std::string> table;
    const std::string* name = node.text();
    if (name == nullptr || name->empty()) {
        reading.add(node, key, {"must be text: the path of a CSV file", "write it in quotes"});
        return table;
    }
    const std::filesystem::path file = reading.file().parent_path() / *name;
    const auto content = content_of(file, node, key, reading);
    if (!content) {
        return table;
    }
    std::map<std::string, std::size_t> lines;
    std::size_t faults = 0;
    CsvRecords records(*content);
    while (auto record = records.next()) {
        std::optional<Fault> fault = fault_of(*record);
        if (!fault) {
            const std::string text = well_formed(record->fields[0]);
            const auto [known, is_new] = lines.emplace(text, record->line);
            if (is_new) {
                table.emplace(text, well_formed(record->fields[1]));
            } else {
                fault = Fault{.what = "names '" + text + "' again, after line " + std::to_string(known->second),
                              .remedy = "keep one of them"};
            }
        }
        if (fault && ++faults <= most_faults) {
            reading.add({.value = {}, .place = file.string() + ':' + std::to_string(record->line)}, key,
                        std::move(*fault));
        }
    }
    if (faults > most_faults) {
        reading.add({.value = {}, .place = file.string()}, key,
                    {"has " + std::to_string(faults - most_faults) + " more lines that are wrong",
                     "correct the first ones: it may be the same everywhere"});
    } else if (faults == 0 && table.empty()) {
        reading.add({.value = {}, .place = file.string()}, key,
                    {"has no line", "write one for each text: text;result"});
    }
    return table;
}

}  // namespace entstream::consumer::map
