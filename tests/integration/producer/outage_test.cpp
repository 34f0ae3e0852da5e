// What the log says while the directory is away.

#include "tests/integration/producer/producer_fixture.hpp"
#include "tests/integration/sync/slapd.hpp"
#include "tests/support/wait.hpp"

namespace entstream::test {
namespace {

class DirectoryOutage : public ProducerTest {
  protected:
    void SetUp() override {
        info_.ldap_uri = slapd_.uri();
        info_.ldap_bind_dn = Slapd::reader_dn;
        ldap_password_ = Slapd::password;
        base_ = Slapd::suffix;
        directory_ = DirectoryClient(slapd_.uri(), Slapd::admin_dn, Slapd::password);
    }

    bool said(const std::string& words) { return program_->err().find(words) != std::string::npos; }

    void await_heartbeats(int more) {
        log().rest();
        const int wanted = log().heartbeats() + more;
        ASSERT_TRUE(wait_until([&] {
            log().rest();
            return log().heartbeats() >= wanted;
        })) << program_->err();
    }

    Slapd slapd_;
};

TEST_F(DirectoryOutage, SignsOfLifeGoOnAndTheWatermarkStays) {
    start();
    await_streaming();
    ASSERT_TRUE(wait_until([this] {
        log().rest();
        return log().watermark().has_value();
    }));
    slapd_.stop();
    ASSERT_TRUE(wait_until([this] { return said("connecting again in"); })) << program_->err();
    await_heartbeats(2);  // the first may be one of the session
    const auto watermark = log().watermark();
    await_heartbeats(2);
    EXPECT_EQ(log().watermark(), watermark);
    slapd_.start();
    await_streaming();
}

}  // namespace
}  // namespace entstream::test
