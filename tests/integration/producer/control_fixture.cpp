#include "tests/integration/producer/control_fixture.hpp"

#include "common/kafka/log_reader.hpp"
#include "common/kafka/producer.hpp"
#include "common/model/topics.hpp"
#include "tests/support/wait.hpp"

namespace entstream::test {

void ControlTest::write_control(const std::string& key, const std::string& value) {
    kafka::Producer control(kafka_, Topics::of(kafka_.topic_prefix, source_).control);
    control.send(key, value, {});
    control.flush();
}

void ControlTest::ask(const std::string& id, const std::function<void(v1::ControlRequest&)>& describe) {
    v1::ControlRequest request;
    request.set_request_id(id);
    request.set_asked_by("a test");
    describe(request);
    write_control(id, request.SerializeAsString());
}

std::optional<std::string> ControlTest::state(const std::string& key) {
    std::optional<std::string> last;
    kafka::read_to_end(kafka_, Topics::of(kafka_.topic_prefix, source_).state, [&](const kafka::Record& record) {
        if (record.key() == key) {
            last = record.value() ? std::optional(std::string(*record.value())) : std::nullopt;
        }
    });
    return last;
}

std::optional<v1::ControlAnswer> ControlTest::answer(const std::string& id) {
    const auto value = state("answer/" + id);
    v1::ControlAnswer answer;
    if (!value || !answer.ParseFromString(*value)) {
        return std::nullopt;
    }
    return answer;
}

v1::ControlAnswer ControlTest::await_answer(const std::string& id) {
    std::optional<v1::ControlAnswer> last;
    EXPECT_TRUE(wait_until([&] {
        last = answer(id);
        return last && (last->status() == v1::ANSWER_STATUS_DONE || last->status() == v1::ANSWER_STATUS_REFUSED);
    })) << (last ? last->ShortDebugString() : std::string("no answer to ") + id)
        << '\n'
        << program_->err();
    return last.value_or(v1::ControlAnswer());
}

}  // namespace entstream::test
