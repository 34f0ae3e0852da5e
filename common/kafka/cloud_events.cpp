#include "common/kafka/cloud_events.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <iterator>

#include "common/model/topics.hpp"

namespace entstream::kafka {

namespace {

enum Place : std::size_t { content_type, spec_version, source, id, type, time, subject, log_id, schema };

}  // namespace

std::string_view event_type(v1::Kind kind, v1::Operation operation) {
    const auto choose = [operation](std::string_view create, std::string_view update, std::string_view remove) {
        if (operation == v1::OPERATION_CREATE) {
            return create;
        }
        return operation == v1::OPERATION_DELETE ? remove : update;
    };
    switch (kind) {
        case v1::KIND_USER:
            return choose("entstream.user.create", "entstream.user.update", "entstream.user.delete");
        case v1::KIND_GROUP:
            return choose("entstream.group.create", "entstream.group.update", "entstream.group.delete");
        case v1::KIND_ROLE:
            return choose("entstream.role.create", "entstream.role.update", "entstream.role.delete");
        case v1::KIND_MEMBER:
            return choose("entstream.member.create", "entstream.member.update", "entstream.member.delete");
        default:
            return "entstream.unknown";
    }
}

CloudEvents::CloudEvents(std::string_view source_name, std::string log_id_text)
    : source_("/entstream/" + std::string(source_name)), log_id_(std::move(log_id_text)), id_(log_id_ + '/') {
    headers_[content_type] = {.name = "content-type", .value = "application/protobuf"};
    headers_[spec_version] = {.name = "ce_specversion", .value = "1.0"};
    headers_[source] = {.name = "ce_source", .value = source_};
    headers_[id].name = "ce_id";
    headers_[type].name = "ce_type";
    headers_[time].name = "ce_time";
    headers_[subject].name = "ce_subject";
    headers_[log_id] = {.name = log_id_header, .value = log_id_};
    headers_[schema] = {.name = schema_version_header, .value = schema_version};
}

std::span<const Header> CloudEvents::headers(std::string_view type_name, std::uint64_t sequence,
                                             std::string_view subject_text,
                                             std::chrono::system_clock::time_point when) {
    id_.resize(log_id_.size() + 1);
    fmt::format_to(std::back_inserter(id_), "{}", sequence);
    const auto whole = std::chrono::floor<std::chrono::seconds>(when);
    const auto micros = std::chrono::duration_cast<std::chrono::microseconds>(when - whole).count();
    // The calendar costs more than all the rest of the headers: it is asked once a second.
    if (whole != time_second_ || time_length_ == 0) {
        const auto written = fmt::format_to_n(time_.data(), time_.size(), "{:%FT%T}.",
                                              fmt::gmtime(std::chrono::system_clock::to_time_t(whole)));
        time_second_ = whole;
        time_length_ = written.size;
    }
    const auto fraction = fmt::format_to_n(time_.data() + time_length_, time_.size() - time_length_, "{:06}Z", micros);
    headers_[id].value = id_;
    headers_[type].value = type_name;
    headers_[time].value = {time_.data(), time_length_ + fraction.size};
    headers_[subject].value = subject_text;
    return headers_;
}

}  // namespace entstream::kafka
