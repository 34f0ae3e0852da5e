#include "consumer/read/find_entry.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "consumer/map/mapping_schema.hpp"
#include "tests/unit/read/log_records.hpp"

namespace entstream::consumer::read {
namespace {

const Uuid zoe = Uuid::from_name("zoe");
const Uuid some_class = Uuid::from_name("some class");

class FindEntryTest : public testing::Test {
  protected:
    /// "<offset> <is it meant>" of what is found.
    std::string found(const std::string& whom, const std::vector<Uuid>& known = {}) {
        EntryFinder finder(mapper_, whom, known);
        for (const LogRecord& record : records_) {
            finder.look_at(record);
        }
        std::string text;
        for (const FoundEntry& entry : finder.found()) {
            text += (text.empty() ? "" : ", ") + std::to_string(entry.offset) + (entry.is_meant ? "" : " once");
        }
        return text;
    }

    map::Mapper mapper_{map::default_mapping()};                                      // NOLINT
    LogRecords log_;                                                                  // NOLINT
    std::vector<LogRecord> records_ = {                                               // NOLINT
                                       log_.identity(1),                              // 0
                                       log_.user(ana, "Ana1"),                        // 1
                                       log_.group(some_class, "4EME1"),               // 2
                                       log_.user(zoe, "zoe1"),                        // 3
                                       log_.raw(user_key(zoe), "no protobuf"),        // 4
                                       log_.user(ana, "Ana2", v1::OPERATION_UPDATE),  // 5
                                       log_.tombstone(user_key(ana)),                 // 6
                                       log_.member(v1::KIND_GROUP, some_class, "uid=ana", ana)};
};

TEST_F(FindEntryTest, TheNewestRecordOfAUuidIsFoundWhateverItsKind) {
    EXPECT_EQ(found(ana.to_text()), "5");
    EXPECT_EQ(found(some_class.to_text()), "2");
    EXPECT_EQ(found(Uuid::from_name("nobody").to_text()), "");
}

TEST_F(FindEntryTest, AUsernameIsWhatTheMappingGives) {
    EXPECT_EQ(found("ANA2"), "5");
    EXPECT_EQ(found("zoe1"), "3");
    EXPECT_EQ(found("nobody"), "");
}

TEST_F(FindEntryTest, AFormerNameFindsWhoHadItUnlessSomebodyHasItNow) {
    EXPECT_EQ(found("ana1"), "5 once");
    records_.push_back(log_.user(zoe, "ana1", v1::OPERATION_UPDATE));
    EXPECT_EQ(found("ana1"), std::to_string(log_.next_offset - 1));
    records_.push_back(log_.removal(user_key(zoe), v1::KIND_USER, zoe));
    EXPECT_EQ(found("zoe1"), std::to_string(log_.next_offset - 1) + " once");
}

TEST_F(FindEntryTest, ADnIsComparedInItsCanonicalSpelling) {
    v1::Change change;
    change.set_kind(v1::KIND_USER);
    change.set_operation(v1::OPERATION_UPDATE);
    change.set_uuid(zoe.to_bytes());
    change.set_dn("uid=Zoé,ou=People,dc=example");
    records_.push_back(log_.change(user_key(zoe), change));
    EXPECT_EQ(found("UID = zoé , ou=people,DC=example"), std::to_string(log_.next_offset - 1));
}

TEST_F(FindEntryTest, WhatTheDatabaseKnowsByThatNameIsMeantToo) {
    EXPECT_EQ(found("zoe1.left7", {zoe}), "3");
}

}  // namespace
}  // namespace entstream::consumer::read
