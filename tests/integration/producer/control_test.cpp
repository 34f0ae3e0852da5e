// The producer is asked on its control topic, and answers on the state topic.

#include <algorithm>
#include <array>

#include "common/kafka/client.hpp"
#include "common/kafka/log_reader.hpp"
#include "common/kafka/topic_admin.hpp"
#include "common/kafka/transactional_producer.hpp"
#include "common/model/topics.hpp"
#include "entstream/v1/change.pb.h"
#include "tests/integration/producer/control_fixture.hpp"
#include "tests/support/wait.hpp"

namespace entstream::test {
namespace {

using Events = std::vector<std::string>;

class Control : public ControlTest {
  protected:
    void SetUp() override {
        add_user("eva");
        add_user("max");
        add_group("g", {user_dn("eva"), user_dn("max")});
        start();
        await_streaming();
        events();
    }

    /// As an administrator's tool does.
    void delete_topic(const std::string& topic) {
        const kafka::ClientHandle client = kafka::make_client(RD_KAFKA_PRODUCER, kafka::make_conf(kafka_, {}));
        const kafka::QueueHandle queue(rd_kafka_queue_new(client.get()));
        std::array<rd_kafka_DeleteTopic_t*, 1> topics = {rd_kafka_DeleteTopic_new(topic.c_str())};
        rd_kafka_DeleteTopics(client.get(), topics.data(), topics.size(), nullptr, queue.get());
        const kafka::EventHandle answer(rd_kafka_queue_poll(queue.get(), -1));
        rd_kafka_DeleteTopic_destroy(topics[0]);
        ASSERT_EQ(rd_kafka_event_error(answer.get()), RD_KAFKA_RESP_ERR_NO_ERROR);
    }
    [[nodiscard]] bool says(const std::string& words) const { return program_->err().find(words) != std::string::npos; }

    void ask_republish(const std::string& id, const std::string& dn) {
        ask(id, [&](v1::ControlRequest& request) { request.mutable_republish()->mutable_entry()->set_dn(dn); });
    }
};

TEST_F(Control, RepublishPublishesAnUnchangedPersonAndHisMemberships) {
    const Exit asked = run_program({"--ask", "republish", user_dn("eva")});
    EXPECT_EQ(asked.status, 0) << asked.err;
    EXPECT_NE(asked.out.find("done, 1 entries compared, 2 records published, 0 removals"), std::string::npos)
        << asked.out;
    EXPECT_EQ(events(), (Events{"update user eva", "update member g eva"}));
    expect_log_equals_directory();
}

TEST_F(Control, RepublishOfAGroupPublishesAllItsMembers) {
    ask("1", [&](v1::ControlRequest& request) { request.mutable_republish()->mutable_entry()->set_filter("(cn=g)"); });
    EXPECT_EQ(await_answer("1").published(), 3U);
    Events all = events();
    std::sort(all.begin(), all.end());
    EXPECT_EQ(all, (Events{"update group g", "update member g eva", "update member g max"}));
}

TEST_F(Control, WhatNamesNobodyIsRefusedWithReasonAndStatus) {
    const Exit asked = run_program({"--ask", "republish", user_dn("nobody")});
    EXPECT_EQ(asked.status, 1) << asked.err;
    EXPECT_NE(asked.out.find("refused: no search of this source shows such an entry"), std::string::npos) << asked.out;
    EXPECT_EQ(run_program({"--ask", "dance"}).status, 2);
    EXPECT_EQ(events(), Events{});
}

TEST_F(Control, MalformedRequestsAreRefusedAndTheStreamGoesOn) {
    write_control("garbage", "\xff\xff\xff");
    write_control("a key with spaces", "");
    ask("no-task", [](v1::ControlRequest&) {});
    ask("bad-filter",
        [](v1::ControlRequest& request) { request.mutable_republish()->mutable_entry()->set_filter("(uid="); });
    ask("no-such-search", [](v1::ControlRequest& request) { request.mutable_reconcile()->set_search("staff"); });
    v1::ControlRequest other;
    other.set_request_id("other");
    other.mutable_resync();
    write_control("one", other.SerializeAsString());
    for (const char* id : {"garbage", "offset-1", "no-task", "bad-filter", "no-such-search", "one"}) {
        const v1::ControlAnswer refused = await_answer(id);
        EXPECT_EQ(refused.status(), v1::ANSWER_STATUS_REFUSED) << id;
        EXPECT_FALSE(refused.reason().empty()) << id;
        EXPECT_FALSE(refused.remedy().empty()) << id;
    }
    add_user("ida");
    EXPECT_EQ(events(), Events{"create user ida"});
}

TEST_F(Control, ARequestIsDoneOnceHoweverOftenItIsWritten) {
    ask_republish("once", user_dn("eva"));
    await_answer("once");
    ask_republish("once", user_dn("max"));
    ask_republish("twice", user_dn("eva"));
    await_answer("twice");
    EXPECT_EQ(events(), (Events{"update user eva", "update member g eva", "update user eva", "update member g eva"}));
    stop();
    start();
    await_streaming();
    ask_republish("once", user_dn("max"));
    EXPECT_EQ(events(), Events{});
}

TEST_F(Control, WhatWasAskedWhileItWasAwayIsDoneInOrder) {
    kill();
    ask_republish("1", user_dn("max"));
    ask_republish("2", user_dn("eva"));
    start();
    await_streaming();
    await_answer("2");
    EXPECT_EQ(events(), (Events{"update user max", "update member g max", "update user eva", "update member g eva"}));
    EXPECT_FALSE(answer("1")->has_request()) << "the person is still named";
}

TEST_F(Control, AResyncReadsEverythingAndPublishesDifferencesOnly) {
    ask("all", [](v1::ControlRequest& request) { request.mutable_resync(); });
    const v1::ControlAnswer done = await_answer("all");
    EXPECT_EQ(done.status(), v1::ANSWER_STATUS_DONE);
    EXPECT_GE(done.entries_compared(), 4U);
    EXPECT_EQ(done.published(), 0U);
    EXPECT_EQ(events(), Events{});
    await_streaming();
    kill();
    start();
    await_streaming();
    EXPECT_EQ(program_->err().find("asking for everything"), std::string::npos) << "it has its cookies again";
}

TEST_F(Control, APurgeTakesTheDeletionsOfSomebodyOutOfTheLog) {
    directory_.remove_value(group_dn("g"), "member", user_dn("eva"));
    remove_user("eva");
    events();
    std::string uuid;
    std::int64_t deleted_at = 0;
    const std::string topic = Topics::of(kafka_.topic_prefix, source_).changes;
    kafka::read_to_end(kafka_, topic, [&](const kafka::Record& record) {
        v1::Change change;
        if (record.value() && record.key().starts_with("user/") &&
            change.ParseFromArray(record.value()->data(), static_cast<int>(record.value()->size())) &&
            change.operation() == v1::OPERATION_DELETE) {
            uuid = std::string(record.key().substr(5));
            deleted_at = record.offset();
            EXPECT_EQ(change.removals().cause(), v1::CAUSE_PERSIST);
            EXPECT_EQ(change.removals().users(), 1U);
        }
    });
    ask("old", [](v1::ControlRequest& request) { request.mutable_purge()->set_older_than_days(1); });
    EXPECT_EQ(await_answer("old").removals(), 0U) << "it is of today";
    ask("her", [&](v1::ControlRequest& request) { request.mutable_purge()->set_uuid(uuid); });
    EXPECT_EQ(await_answer("her").removals(), 2U) << "her entry and her membership";
    bool forgotten = false;
    v1::PurgeMark mark;
    kafka::read_to_end(kafka_, topic, [&](const kafka::Record& record) {
        forgotten = record.key() == "user/" + uuid ? !record.value() : forgotten;
        if (record.key() == "meta/purge") {
            EXPECT_TRUE(mark.ParseFromString(std::string(*record.value())));
        }
    });
    EXPECT_TRUE(forgotten);
    EXPECT_EQ(mark.highest_purged_offset(), static_cast<std::uint64_t>(deleted_at));
    events();
    expect_log_equals_directory();
}

TEST_F(Control, AControlTopicThatIsDeletedAndMadeAnewIsReadFromItsStart) {
    const std::string topic = Topics::of(kafka_.topic_prefix, source_).control;
    kafka_.replication_factor = 1;
    for (const char* id : {"1", "2"}) {
        ask_republish(id, user_dn("eva"));
        await_answer(id);
    }
    // By an administrator, whose first request has an offset that was read already; or by the producer before him.
    const std::string made_anew = "topic " + topic + " does not exist any more, and is made anew";
    delete_topic(topic);
    ASSERT_TRUE(wait_until([&] { return says(made_anew) || !kafka::TopicAdmin(kafka_).exists(topic); }));
    kafka::TopicAdmin(kafka_).ensure({kafka::TopicSpec::compacted(topic)});
    ask_republish("3", user_dn("max"));
    EXPECT_EQ(await_answer("3").status(), v1::ANSWER_STATUS_DONE);
    // By the producer.
    delete_topic(topic);
    ASSERT_TRUE(wait_until([&] { return says(made_anew) && kafka::TopicAdmin(kafka_).exists(topic); }))
        << program_->err();
    ask_republish("4", user_dn("max"));
    EXPECT_EQ(await_answer("4").status(), v1::ANSWER_STATUS_DONE);
    add_user("ida");
    const Events all = events();
    EXPECT_EQ(std::count(all.begin(), all.end(), "update user max"), 2);
    EXPECT_EQ(std::count(all.begin(), all.end(), "create user ida"), 1);
}

TEST_F(Control, WhatAChangedFilterHidesIsRemovedWhenThatIsApproved) {
    stop();
    users_filter_ = "(uid=m*)";
    start();
    await_streaming();
    EXPECT_EQ(events(), Events{}) << "it was not withheld";
    ask("yes", [](v1::ControlRequest& request) { request.mutable_approve(); });
    EXPECT_EQ(await_answer("yes").removals(), 1U);
    Events all = events();
    EXPECT_EQ(std::count(all.begin(), all.end(), "delete user eva"), 1);
    EXPECT_EQ(log().users().count("eva"), 0U);
    EXPECT_EQ(log().users().count("max"), 1U);
}

TEST_F(Control, KeysOfTheStateTopicThatANewerVersionWroteAreLeftAlone) {
    stop();
    {
        const std::string topic = Topics::of(kafka_.topic_prefix, source_).state;
        kafka::TransactionalProducer writer(kafka_, "test." + source_, {topic});
        writer.init();
        writer.begin();
        writer.produce(topic, "of-a-later-version/x", "anything");
        writer.commit();
    }
    start();
    await_streaming();
    EXPECT_EQ(events(), Events{});
    EXPECT_EQ(state("of-a-later-version/x"), "anything");
}

}  // namespace
}  // namespace entstream::test
