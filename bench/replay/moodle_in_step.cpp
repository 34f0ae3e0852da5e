#include "bench/replay/moodle_in_step.hpp"

#include <fmt/format.h>
#include <pqxx/pqxx>

#include <chrono>
#include <iostream>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>

#include "bench/figure.hpp"
#include "bench/first_load/consumer_run.hpp"
#include "bench/plain_database.hpp"
#include "tests/support/region.hpp"

namespace entstream::bench {

MoodleInStep::MoodleInStep(int people)
    : people_(people),
      server_set_(test::ServerSet::Disk::not_waited_for),
      servers_(test::ServersInfo::from(server_set_.environment())),
      pipeline_(servers_, "step", dir_.path()) {
    const Stopwatch watch;
    const test::RegionOptions region{.schools = 0, .people = people, .seed = 1};
    log_ = publish_region(servers_, pipeline_, region, dir_.path());
    const double published = watch.seconds();
    test::load_moodle(servers_, region, dir_.path());
    const ConsumerRun load = apply_log(servers_, pipeline_, log_);
    start_both();
    pipeline_.stop();
    // A Moodle that has been there for a while: autovacuum would do the same, in the midst of what is measured.
    PlainDatabase database(servers_);
    database.execute("SET client_min_messages = error");  // the server's own tables are not ours
    database.execute("VACUUM ANALYZE");
    std::cerr << fmt::format(
        "a region of {} people, {} memberships and {} roles: published in {:.0f} s, in Moodle in {:.0f} s, with all "
        "else {:.0f} s\n",
        log_.users, log_.members, log_.role_members, published, load.everything, watch.seconds());
}

void MoodleInStep::start_both() {
    constexpr double patience_with_both = 600;
    pipeline_.start_producer();
    pipeline_.start_consumer();
    pqxx::connection database(servers_.conninfo());
    const Stopwatch watch;
    // The producer says so when it has compared all of it.
    const auto has_watermark = [&] {
        pqxx::nontransaction work(database);
        return work.exec1("SELECT bool_and(watermark IS NOT NULL) FROM entstream.position")[0].as<bool>();
    };
    const auto says = [](const test::Process& process, const char* words) {
        return process.err().find(words) != std::string::npos;
    };
    while (!says(pipeline_.producer(), "streaming: ") || !says(pipeline_.consumer(), "caught up") || !has_watermark()) {
        if (!pipeline_.producer().running() || !pipeline_.consumer().running() ||
            watch.seconds() > patience_with_both) {
            throw std::runtime_error("waiting for both programs:\n" + pipeline_.output());
        }
        std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
}

MoodleInStep& moodle_in_step(int people) {
    static std::unique_ptr<MoodleInStep> last;
    if (!last || last->people() != people) {
        last.reset();  // two at once would be in each other's way
        last = std::make_unique<MoodleInStep>(people);
    }
    last->server_set().start("ldap");
    return *last;
}

}  // namespace entstream::bench
