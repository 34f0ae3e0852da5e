#include "replay/record_json.hpp"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/timestamp.pb.h>
#include <google/protobuf/util/time_util.h>

#include <algorithm>
#include <cctype>
#include <chrono>
#include <cstdint>
#include <memory>
#include <vector>

#include "common/model/topics.hpp"
#include "common/model/uuid.hpp"
#include "entstream/v1/change.pb.h"
#include "entstream/v1/container.pb.h"
#include "entstream/v1/control.pb.h"
#include "entstream/v1/state.pb.h"

namespace entstream::replay {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;
using google::protobuf::Timestamp;
using google::protobuf::util::TimeUtil;

namespace {

std::string base64_of(std::string_view octets) {
    constexpr std::string_view digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::string text;
    for (std::size_t i = 0; i < octets.size(); i += 3) {
        std::uint32_t bits = 0;
        for (std::size_t j = 0; j < 3; ++j) {
            bits = bits << 8U | (i + j < octets.size() ? static_cast<std::uint8_t>(octets[i + j]) : 0U);
        }
        for (std::size_t j = 0; j < 4; ++j) {
            text += i + j > octets.size() ? '=' : digits[bits >> (18 - 6 * j) & 63U];
        }
    }
    return text;
}

bool is_text(std::string_view octets) {
    try {
        static_cast<void>(nlohmann::json(octets).dump());
    } catch (const nlohmann::json::exception&) {
        return false;
    }
    return std::none_of(octets.begin(), octets.end(), [](unsigned char c) { return c < ' ' && std::isspace(c) == 0; });
}

/// "KIND_USER" of Kind: "user". \param type  "AnswerStatus": values begin with ANSWER_STATUS_
std::string word_of(const std::string& type, const std::string& name) {
    std::size_t prefix = 1;
    for (std::size_t i = 0; i < type.size(); ++i) {
        prefix += i > 0 && std::isupper(static_cast<unsigned char>(type[i])) != 0 ? 2 : 1;
    }
    std::string word = prefix < name.size() ? name.substr(prefix) : name;
    std::transform(word.begin(), word.end(), word.begin(), [](unsigned char c) { return std::tolower(c); });
    return word;
}

nlohmann::json bytes_to_json(const FieldDescriptor& field, const std::string& octets) {
    if (field.name().find("uuid") != std::string::npos) {
        if (const auto uuid = Uuid::from_bytes(octets)) {
            return uuid->to_text();
        }
    }
    return octets_to_json(octets);
}

nlohmann::json message_to_json(const Message& message) {
    if (const auto* time = dynamic_cast<const Timestamp*>(&message)) {
        return TimeUtil::ToString(*time);
    }
    return to_json(message);
}

nlohmann::json single_to_json(const Message& message, const Reflection& reflection, const FieldDescriptor& field) {
    switch (field.cpp_type()) {
        case FieldDescriptor::CPPTYPE_MESSAGE:
            return message_to_json(reflection.GetMessage(message, &field));
        case FieldDescriptor::CPPTYPE_ENUM:
            return word_of(field.enum_type()->name(), reflection.GetEnum(message, &field)->name());
        case FieldDescriptor::CPPTYPE_BOOL:
            return reflection.GetBool(message, &field);
        case FieldDescriptor::CPPTYPE_UINT64:
            return reflection.GetUInt64(message, &field);
        case FieldDescriptor::CPPTYPE_INT64:
            return reflection.GetInt64(message, &field);
        case FieldDescriptor::CPPTYPE_UINT32:
            return reflection.GetUInt32(message, &field);
        case FieldDescriptor::CPPTYPE_INT32:
            return reflection.GetInt32(message, &field);
        default: {
            const std::string text = reflection.GetString(message, &field);
            return field.type() == FieldDescriptor::TYPE_BYTES ? bytes_to_json(field, text) : octets_to_json(text);
        }
    }
}

/// Our messages repeat strings, octets and messages only.
nlohmann::json repeated_to_json(const Message& message, const Reflection& reflection, const FieldDescriptor& field) {
    nlohmann::json list = nlohmann::json::array();
    for (int i = 0; i < reflection.FieldSize(message, &field); ++i) {
        if (field.cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {
            list.push_back(message_to_json(reflection.GetRepeatedMessage(message, &field, i)));
        } else {
            list.push_back(bytes_to_json(field, reflection.GetRepeatedString(message, &field, i)));
        }
    }
    return list;
}

std::unique_ptr<Message> message_of_changes(std::string_view key) {
    ParsedKey parsed;
    if (!parse_key(key, parsed)) {
        return nullptr;
    }
    switch (parsed.kind) {
        case KeyKind::log_identity:
            return std::make_unique<v1::LogIdentity>();
        case KeyKind::source_description:
            return std::make_unique<v1::SourceDescription>();
        case KeyKind::heartbeat:
            return std::make_unique<v1::Heartbeat>();
        case KeyKind::purge_mark:
            return std::make_unique<v1::PurgeMark>();
        default:
            return std::make_unique<v1::Change>();
    }
}

std::unique_ptr<Message> message_of_state(std::string_view key) {
    const std::string kind = kind_of(key);
    if (kind == "search" || kind == "watch") {
        return std::make_unique<v1::SearchState>();
    }
    if (kind == "source") {
        return std::make_unique<v1::SourceState>();
    }
    if (kind == "owner") {
        return std::make_unique<v1::OwnerState>();
    }
    if (kind == "holders") {
        return std::make_unique<v1::HolderState>();
    }
    if (kind == "container") {
        return std::make_unique<v1::ContainerState>();
    }
    if (kind == "answer") {
        return std::make_unique<v1::ControlAnswer>();
    }
    if (kind == "control") {
        return std::make_unique<v1::ControlState>();
    }
    if (kind == "reconcile") {
        return std::make_unique<v1::ReconcileState>();
    }
    return kind == "purge" ? std::make_unique<v1::PurgeState>() : nullptr;
}

std::unique_ptr<Message> message_of(TopicKind topic, std::string_view key) {
    if (topic == TopicKind::control) {
        return std::make_unique<v1::ControlRequest>();
    }
    return topic == TopicKind::state ? message_of_state(key) : message_of_changes(key);
}

nlohmann::json value_to_json(TopicKind topic, std::string_view key, std::string_view value) {
    const std::unique_ptr<Message> message = message_of(topic, key);
    if (message && message->ParseFromArray(value.data(), static_cast<int>(value.size()))) {
        return to_json(*message);
    }
    return {{"undecodable", octets_to_json(value)}};
}

std::string time_to_text(std::chrono::system_clock::time_point time) {
    const auto milliseconds = std::chrono::duration_cast<std::chrono::milliseconds>(time.time_since_epoch());
    return TimeUtil::ToString(TimeUtil::MillisecondsToTimestamp(milliseconds.count()));
}

}  // namespace

nlohmann::json octets_to_json(std::string_view octets) {
    return is_text(octets) ? nlohmann::json(octets) : nlohmann::json{{"base64", base64_of(octets)}};
}

nlohmann::json to_json(const Message& message) {
    const Reflection& reflection = *message.GetReflection();
    std::vector<const FieldDescriptor*> fields;
    reflection.ListFields(message, &fields);
    nlohmann::json object = nlohmann::json::object();
    for (const FieldDescriptor* field : fields) {
        object[field->name()] = field->is_repeated() ? repeated_to_json(message, reflection, *field)
                                                     : single_to_json(message, reflection, *field);
    }
    if (message.GetDescriptor() != v1::Change::descriptor() || !object.contains("attributes")) {
        return object;
    }
    // What one looks for by name.
    nlohmann::json attributes = nlohmann::json::object();
    for (const nlohmann::json& attribute : object["attributes"]) {
        attributes[attribute.value("name", "")] = attribute.value("values", nlohmann::json::array());
    }
    object["attributes"] = attributes;
    return object;
}

std::string kind_of(std::string_view key) {
    return std::string(key.substr(0, key.find('/')));
}

nlohmann::json to_json(TopicKind topic, const kafka::Record& record) {
    nlohmann::json line = {{"offset", record.offset()},
                           {"time", time_to_text(record.timestamp())},
                           {"key", octets_to_json(record.key())},
                           {"kind", octets_to_json(kind_of(record.key()))}};
    nlohmann::json headers = nlohmann::json::object();
    record.each_header(
        [&](const kafka::Header& header) { headers[std::string(header.name)] = octets_to_json(header.value); });
    if (!headers.empty()) {
        line["headers"] = headers;
    }
    line["value"] = record.value() ? value_to_json(topic, record.key(), *record.value()) : nlohmann::json();
    return line;
}

}  // namespace entstream::replay
