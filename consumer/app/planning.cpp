#include "consumer/app/planning.hpp"

#include <fmt/format.h>
#include <fmt/ostream.h>
#include <nlohmann/json.hpp>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <exception>
#include <optional>
#include <ostream>
#include <string_view>
#include <utility>

#include "common/model/uuid.hpp"
#include "consumer/app/cancels_at_stop.hpp"
#include "consumer/app/log_to_end.hpp"
#include "consumer/map/mapper.hpp"
#include "consumer/merge/approvals.hpp"
#include "consumer/merge/database.hpp"

namespace entstream::consumer::app {

using merge::PlannedObject;
using merge::PlanTotal;
using runtime::ExitCode;

namespace {

constexpr std::string_view start_choice = "start";
constexpr std::string_view all_adoptions = "adopt";
constexpr std::string_view one_adoption = "adopt=";

/// "users", as tables name them.
std::string plural(const std::string& entity) {
    std::string words = entity + 's';
    std::replace(words.begin(), words.end(), '_', ' ');
    return words;
}

/// Sums the totals whose reasons differ.
std::vector<PlanTotal> without_reasons(const std::vector<PlanTotal>& totals) {
    std::vector<PlanTotal> sums;
    for (const PlanTotal& total : totals) {
        const auto known = std::find_if(sums.begin(), sums.end(), [&](const PlanTotal& sum) {
            return sum.entity == total.entity && sum.action == total.action;
        });
        if (known == sums.end()) {
            sums.push_back({.entity = total.entity, .action = total.action, .reason = {}, .objects = total.objects});
        } else {
            known->objects += total.objects;
        }
    }
    return sums;
}

void print_table(const ConsumerConfig& config, const LogsPlan& plan, std::ostream& out) {
    fmt::print(out, "What the logs would do to {}, {} records read; nothing was written.\n\n",
               merge::describe(config.database), plan.records);
    if (plan.totals.empty()) {
        fmt::print(out, "nothing\n");
    } else {
        constexpr const char* line = "{:<18}{:<12}{:>10}\n";
        fmt::print(out, line, "ENTITY", "ACTION", "OBJECTS");
        for (const PlanTotal& total : without_reasons(plan.totals)) {
            fmt::print(out, line, plural(total.entity), total.action, total.objects);
        }
    }
    bool has_reasons = false;
    for (const PlanTotal& total : plan.totals) {
        if (!total.reason.empty()) {
            fmt::print(out, "{}{:>10}  {} {}: {}\n", std::exchange(has_reasons, true) ? "" : "\n", total.objects,
                       plural(total.entity), total.action, total.reason);
        }
    }
    if (!plan.is_complete) {
        fmt::print(out, "\nThe directory was not read to its end yet: more will follow.\n");
    }
}

}  // namespace

void add_totals(std::vector<PlanTotal>& sums, const std::vector<PlanTotal>& totals) {
    for (const PlanTotal& total : totals) {
        const auto known = std::find_if(sums.begin(), sums.end(), [&](const PlanTotal& sum) {
            return sum.entity == total.entity && sum.action == total.action && sum.reason == total.reason;
        });
        if (known == sums.end()) {
            sums.push_back(total);
        } else {
            known->objects += total.objects;
        }
    }
}

nlohmann::json to_json(const PlannedObject& object) {
    nlohmann::json line = {{"entity", object.entity}, {"action", object.action}, {"uuid", object.uuid}};
    const auto add_text = [&line](const char* key, const std::string& text) {
        if (!text.empty()) {
            line[key] = text;
        }
    };
    add_text("parent", object.parent);
    add_text("subject", object.subject);
    add_text("reason", object.reason);
    const auto add_id = [&line](const char* key, std::int64_t id) {
        if (id > 0) {
            line[key] = id;
        }
    };
    add_id("moodle_id", object.moodle_id);
    add_id("role_id", object.role_id);
    add_id("context_id", object.context_id);
    if (!object.changes.empty()) {
        line["changes"] = nlohmann::json::parse(object.changes);
    }
    return line;
}

LogsPlan plan_logs(const ConsumerConfig& config, const runtime::StopSignal& stop,
                   const std::function<void(const PlannedObject&)>& take, const std::function<void()>& busy) {
    const map::Mapper mapper(config.mapping);
    merge::LogPlanner planner(config);
    LogsPlan plan;
    for (const std::string& source : config.sources) {
        const auto read = [&](const merge::StoredPosition& start, const std::function<void(Batch &&)>& stage) {
            const LogRead log = read_to_present_end(
                config, source, mapper,
                {.log_id = start.log_id, .next_offset = start.next_offset, .last_sequence = start.last_sequence}, stop,
                [&busy](std::int64_t, std::int64_t) {
                    if (busy) {
                        busy();
                    }
                },
                stage);
            plan.stopped = log.stopped;
            plan.records += log.records;
            plan.is_complete =
                plan.is_complete && log.topic_is_there && (log.has_watermark || start.watermark.has_value());
        };
        std::vector<PlanTotal> totals;
        try {
            const CancelsAtStop cancels(planner, stop);
            totals = planner.plan(source, read, take);
        } catch (const std::exception& failure) {
            if (!stop.requested()) {
                throw;
            }
            spdlog::debug("{}", failure.what());
            plan.stopped = true;
        }
        if (plan.stopped) {
            break;
        }
        add_totals(plan.totals, totals);
    }
    return plan;
}

std::vector<std::string> lines_of(const std::vector<PlanTotal>& totals) {
    std::vector<std::pair<std::string, std::string>> lines;
    for (const PlanTotal& total : without_reasons(totals)) {
        const std::string words = fmt::format("{} {}", total.action, total.objects);
        if (lines.empty() || lines.back().first != total.entity) {
            lines.emplace_back(total.entity, words);
        } else {
            lines.back().second += ", " + words;
        }
    }
    std::vector<std::string> texts;
    texts.reserve(lines.size());
    for (const auto& [entity, words] : lines) {
        texts.push_back(plural(entity) + ": " + words);
    }
    return texts;
}

ExitCode print_plan(const ConsumerConfig& config, bool json, const runtime::StopSignal& stop, std::ostream& out) {
    std::function<void(const PlannedObject&)> take;
    if (json) {
        take = [&out](const PlannedObject& object) { fmt::print(out, "{}\n", to_json(object).dump()); };
    }
    const LogsPlan plan = plan_logs(config, stop, take, {});
    if (plan.stopped) {
        return ExitCode::ok;
    }
    if (!json) {
        print_table(config, plan, out);
        return ExitCode::ok;
    }
    nlohmann::json totals = nlohmann::json::array();
    for (const PlanTotal& total : plan.totals) {
        totals.push_back(
            {{"entity", total.entity}, {"action", total.action}, {"reason", total.reason}, {"objects", total.objects}});
    }
    fmt::print(out, "{}\n",
               nlohmann::json({{"totals", totals}, {"records", plan.records}, {"complete", plan.is_complete}}).dump());
    return ExitCode::ok;
}

bool is_plan_choice(const std::string& value) {
    return value == start_choice || value == all_adoptions ||
           (value.starts_with(one_adoption) && Uuid::from_text(value.substr(one_adoption.size())));
}

ExitCode approve_planned(const ConsumerConfig& config, const std::vector<std::string>& values, std::ostream& out) {
    bool is_refused = false;
    for (const std::string& value : values) {
        if (value == start_choice) {
            const bool approved = merge::approve_first_start(config);
            fmt::print(out, "{}\n",
                       approved ? "the first start is approved: the consumer that waits for it goes on"
                                : "no first start waits for an approval");
            is_refused = is_refused || !approved;
            continue;
        }
        std::optional<Uuid> person;
        if (value.starts_with(one_adoption)) {
            person = Uuid::from_text(value.substr(one_adoption.size()));
        }
        const std::int64_t approved = merge::approve_adoptions(config, person);
        fmt::print(out, "{} adoptions are approved{}\n", approved,
                   approved > 0 ? ": the next sweep of the consumer does them" : "");
        is_refused = is_refused || (approved == 0 && person);
    }
    return is_refused ? ExitCode::refused : ExitCode::ok;
}

}  // namespace entstream::consumer::app
