#include "producer/sync/message_queue.hpp"

#include <gtest/gtest.h>

#include <string>
#include <thread>
#include <utility>

namespace entstream::producer::sync {
namespace {

using namespace std::chrono_literals;

// Long enough never to be over in a test that passes.
constexpr auto patience = 1min;

Message entry(const std::string& dn, std::size_t octets = 0) {
    EntryMessage message;
    message.dn = dn;
    message.attributes = {{"jpegPhoto", {std::string(octets, 'x')}}};
    return message;
}

void push(MessageQueue& queue, Message message) {
    std::vector<Message> messages;
    messages.push_back(std::move(message));
    queue.push_all(messages);
    EXPECT_TRUE(messages.empty());
}

std::string dn_of(const Message& message) {
    return std::get<EntryMessage>(message).dn;
}

TEST(MessageQueue, KeepsTheOrderAndGivesAtMostWhatWasAskedFor) {
    MessageQueue queue(1 << 20);
    for (const char* dn : {"a", "b", "c"}) {
        push(queue, entry(dn));
    }
    const std::vector<Message> two = queue.pop_all(2, patience);
    ASSERT_EQ(two.size(), 2U);
    EXPECT_EQ(dn_of(two[0]), "a");
    EXPECT_EQ(dn_of(two[1]), "b");
    EXPECT_EQ(dn_of(queue.pop_all(2, patience).at(0)), "c");
    EXPECT_TRUE(queue.pop_all(2, 0ms).empty());
}

TEST(MessageQueue, IsBoundInOctetsNotInMessages) {
    MessageQueue queue(100000);
    push(queue, entry("small"));
    EXPECT_FALSE(queue.full());
    push(queue, entry("large", 100000));
    EXPECT_TRUE(queue.full());
    EXPECT_EQ(dn_of(queue.pop_all(1, patience).at(0)), "small");
    EXPECT_TRUE(queue.full());
    queue.pop_all(1, patience);
    EXPECT_FALSE(queue.full());
}

TEST(MessageQueue, IdSetsCount) {
    IdSetMessage set;
    set.uuids.resize(10000);
    EXPECT_GT(memory_of(set), 160000U);
    EntryMessage roomy;
    roomy.attributes.reserve(24);
    EXPECT_GT(memory_of(Message(std::move(roomy))), 24 * sizeof(Attribute)) << "reserved is used up as well";
}

TEST(MessageQueue, AWaitingReaderIsWoken) {
    MessageQueue queue(1);
    std::jthread writer([&queue] { push(queue, entry("a")); });
    EXPECT_EQ(queue.pop_all(1, patience).size(), 1U);
}

TEST(MessageQueue, AWaitingWriterIsWoken) {
    MessageQueue queue(1);
    push(queue, entry("a"));
    std::jthread reader([&queue] { queue.pop_all(1, patience); });
    queue.wait_for_room(patience);
    EXPECT_FALSE(queue.full());
}

TEST(MessageQueue, ClosingWakesBothAndDropsWhatIsThere) {
    MessageQueue queue(1);
    push(queue, entry("a"));
    {
        std::jthread writer([&queue] { queue.wait_for_room(patience); });
        queue.close();
    }
    EXPECT_TRUE(queue.pop_all(1, patience).empty());
    push(queue, entry("b"));
    EXPECT_TRUE(queue.pop_all(1, patience).empty());
}

}  // namespace
}  // namespace entstream::producer::sync
