#include "replay/plan_file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <cerrno>
#include <fstream>
#include <optional>
#include <system_error>
#include <utility>

#include "common/runtime/exit_code.hpp"
#include "consumer/map/mapper.hpp"

namespace entstream::replay {

using consumer::merge::PlannedObject;
using consumer::merge::PlanTotal;
using consumer::merge::ReplayScope;
using runtime::ExitCode;
using runtime::ProgramError;

namespace {

constexpr int plan_format = 3;

[[noreturn]] void refuse_file(const std::string& name, const std::string& why) {
    throw ProgramError(ExitCode::bad_data, "plan " + name + ": " + why);
}

[[noreturn]] void raise_of_file(const std::string& name) {
    throw ProgramError(ExitCode::config, "plan " + name + ": " + std::generic_category().message(errno));
}

nlohmann::json scope_as_json(const ReplayScope& scope) {
    nlohmann::json json = {{"users", scope.users},
                           {"cohorts", scope.cohorts},
                           {"roles", scope.roles},
                           {"force", scope.force},
                           {"whole", scope.whole},
                           {"anew", scope.anew},
                           {"by_records", scope.by_records},
                           {"update_only", scope.update_only},
                           {"lock", scope.lock}};
    const auto add = [&json](const char* name, const std::optional<Uuid>& uuid) {
        if (uuid) {
            json[name] = uuid->to_text();
        }
    };
    add("person", scope.person);
    add("cohort", scope.cohort);
    add("role_object", scope.role_object);
    return json;
}

ReplayScope scope_of(const nlohmann::json& json) {
    const auto uuid = [&json](const char* name) {
        return json.contains(name) ? Uuid::from_text(json.at(name).get<std::string>()) : std::nullopt;
    };
    return {.users = json.at("users"),
            .cohorts = json.at("cohorts"),
            .roles = json.at("roles"),
            .force = json.at("force"),
            .by_records = json.at("by_records"),
            .whole = json.at("whole"),
            .anew = json.at("anew"),
            .update_only = json.at("update_only"),
            .lock = json.at("lock"),
            .person = uuid("person"),
            .cohort = uuid("cohort"),
            .role_object = uuid("role_object")};
}

void check_head(const std::string& name, const nlohmann::json& head, const consumer::ConsumerConfig& config) {
    if (head.value("entstream_plan", 0) != plan_format) {
        refuse_file(name, "it is no plan of this version of entstream-replay: make it anew with --simulate --save");
    }
    if (head.at("target") != config.target) {
        refuse_file(name,
                    fmt::format("it is of target {}, not of {}", head.at("target").get<std::string>(), config.target));
    }
    if (head.at("mapping") != consumer::map::fingerprint(config.mapping)) {
        refuse_file(name, "the mapping has changed since it was made: make it anew with --simulate --save");
    }
}

}  // namespace

PlanWriter::PlanWriter(std::string name, const consumer::ConsumerConfig& config) : name_(std::move(name)) {
    constexpr mode_t owner_only = 0600;
    const int file = ::open(name_.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, owner_only);
    file_.reset(file < 0 ? nullptr : ::fdopen(file, "w"));
    if (!file_) {
        raise_of_file(name_);
    }
    line(nlohmann::json({{"entstream_plan", plan_format},
                         {"target", config.target},
                         {"mapping", consumer::map::fingerprint(config.mapping)}})
             .dump());
}

void PlanWriter::begin(const std::string& source, const ReplayScope& scope, const Planned& planned) {
    nlohmann::json totals = nlohmann::json::array();
    for (const PlanTotal& total : planned.totals) {
        totals.push_back(
            {{"entity", total.entity}, {"action", total.action}, {"reason", total.reason}, {"objects", total.objects}});
    }
    line(nlohmann::json(
             {{"source", source}, {"scope", scope_as_json(scope)}, {"log_end", planned.log_end}, {"totals", totals}})
             .dump());
}

void PlanWriter::add_object(const std::string& object) {
    line(object);
}

void PlanWriter::add(const consumer::merge::ReplayUnit& unit) {
    line(unit);
}

void PlanWriter::line(const std::string& text) {
    if (std::fwrite(text.data(), 1, text.size(), file_.get()) != text.size() || std::fputc('\n', file_.get()) == EOF) {
        raise_of_file(name_);
    }
}

void PlanWriter::close() {
    if (std::fclose(file_.release()) != 0) {
        raise_of_file(name_);
    }
}

std::string object_as_text(const PlannedObject& object) {
    return nlohmann::json({{"object",
                            {{"entity", object.entity},
                             {"action", object.action},
                             {"uuid", object.uuid},
                             {"parent", object.parent},
                             {"subject", object.subject},
                             {"moodle_id", object.moodle_id},
                             {"changes", object.changes},
                             {"role_id", object.role_id},
                             {"context_id", object.context_id}}}})
        .dump();
}

void read_plan_file(const std::string& name, const consumer::ConsumerConfig& config,
                    const std::function<void(const SavedPlan&)>& begin,
                    const std::function<void(const PlannedObject&)>& object,
                    const std::function<void(const consumer::merge::ReplayUnit&)>& unit) {
    std::ifstream file(name);
    std::string line;
    if (!file || !std::getline(file, line)) {
        refuse_file(name, "it cannot be read");
    }
    try {
        check_head(name, nlohmann::json::parse(line), config);
        while (std::getline(file, line)) {
            const auto json = nlohmann::json::parse(line);
            if (json.contains("object")) {
                const auto& one = json.at("object");
                object({.entity = one.at("entity"),
                        .action = one.at("action"),
                        .uuid = one.at("uuid"),
                        .parent = one.at("parent"),
                        .subject = one.at("subject"),
                        .moodle_id = one.at("moodle_id"),
                        .changes = one.at("changes"),
                        .reason = {},
                        .role_id = one.at("role_id"),
                        .context_id = one.at("context_id")});
                continue;
            }
            if (!json.contains("scope")) {
                unit(line);
                continue;
            }
            SavedPlan saved;
            saved.source = json.at("source");
            saved.scope = scope_of(json.at("scope"));
            saved.planned.log_end = json.at("log_end");
            for (const auto& total : json.at("totals")) {
                saved.planned.totals.push_back({.entity = total.at("entity"),
                                                .action = total.at("action"),
                                                .reason = total.at("reason"),
                                                .objects = total.at("objects")});
            }
            begin(saved);
        }
    } catch (const nlohmann::json::exception& damage) {
        refuse_file(name, std::string("it is damaged: ") + damage.what());
    }
}

}  // namespace entstream::replay
