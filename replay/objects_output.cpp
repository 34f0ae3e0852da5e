#include "replay/objects_output.hpp"

#include <fmt/color.h>
#include <fmt/format.h>
#include <fmt/ostream.h>
#include <nlohmann/json.hpp>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <ostream>
#include <string_view>

#include "consumer/app/planning.hpp"

namespace entstream::replay {

using consumer::merge::PlannedObject;
using consumer::merge::PlanTotal;

namespace {

fmt::text_style style_of(const std::string& action) {
    if (action == "created" || action == "revived" || action == "adopted") {
        return fmt::fg(fmt::terminal_color::green);
    }
    if (action == "removed" || action == "suspended" || action == "released") {
        return fmt::fg(fmt::terminal_color::red);
    }
    return fmt::fg(action == "updated" ? fmt::terminal_color::cyan : fmt::terminal_color::yellow);
}

std::string text_of(const nlohmann::json& value) {
    return value.is_null() ? "(nothing)" : value.is_string() ? '\'' + value.get<std::string>() + '\'' : value.dump();
}

/// "role assignments"
std::string words_for(const std::string& entity) {
    std::string words = entity + 's';
    std::replace(words.begin(), words.end(), '_', ' ');
    return words;
}

}  // namespace

Format format_of(bool json) {
    if (json) {
        return Format::json;
    }
    const char* const no_color = std::getenv("NO_COLOR");
    return isatty(STDOUT_FILENO) != 0 && (no_color == nullptr || *no_color == '\0') ? Format::colours : Format::table;
}

void ObjectsOutput::add(const std::string& source, const PlannedObject& object) {
    if (format_ == Format::json) {
        nlohmann::json line = consumer::app::to_json(object);
        line["source"] = source;
        if (object.uuid.empty()) {
            line.erase("uuid");
        }
        fmt::print(out_, "{}\n", line.dump());
        return;
    }
    constexpr const char* line = "{:<16} {:<10} {:<36}  {}\n";
    if (!std::exchange(begun_, true)) {
        fmt::print(out_, line, "ENTITY", "ACTION", "UUID", "WHAT");
    }
    std::string what = object.subject;
    if (!object.parent.empty()) {
        what += (what.empty() ? "in group " : ", in group ") + object.parent;
    }
    if (!object.reason.empty()) {
        what += (what.empty() ? "" : ": ") + object.reason;
    }
    std::string action = fmt::format("{:<10}", object.action);
    if (format_ == Format::colours) {
        action = fmt::format(style_of(object.action), "{}", action);
    }
    fmt::print(out_, "{:<16} {} {:<36}  {}\n", object.entity, action, object.uuid, what);
    if (!object.changes.empty()) {
        const auto changes = nlohmann::json::parse(object.changes);
        for (const auto& [field, values] : changes.items()) {
            fmt::print(out_, "{:<28}{}: {} -> {}\n", "", field, text_of(values.at(0)), text_of(values.at(1)));
        }
    }
}

void ObjectsOutput::totals(const std::vector<PlanTotal>& totals) {
    if (format_ == Format::json) {
        nlohmann::json all = nlohmann::json::array();
        for (const PlanTotal& total : totals) {
            all.push_back({{"entity", total.entity}, {"action", total.action}, {"objects", total.objects}});
            if (!total.reason.empty()) {
                all.back()["reason"] = total.reason;
            }
        }
        fmt::print(out_, "{}\n", nlohmann::json({{"totals", all}}).dump());
        return;
    }
    if (begun_) {
        fmt::print(out_, "\n");
    }
    std::int64_t differences = 0;
    for (const PlanTotal& total : totals) {
        differences += is_difference(total.action) ? total.objects : 0;
        fmt::print(out_, "{:>10}  {} {}{}\n", total.objects, words_for(total.entity), total.action,
                   total.reason.empty() ? "" : ": " + total.reason);
    }
    fmt::print(out_, "{:>10}  differences\n", differences);
}

bool is_difference(const std::string& action) {
    return action != "parked" && action != "spared" && action != "gone" && action != "kept" && action != "held";
}

}  // namespace entstream::replay
