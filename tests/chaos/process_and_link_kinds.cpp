#include <algorithm>
#include <csignal>

#include "tests/chaos/kinds.hpp"

namespace entstream::chaos {

namespace {

using std::chrono::milliseconds;
using test::TcpProxy;

constexpr std::size_t few = 3;

void add_server_kinds(std::vector<Kind>& kinds, const std::string& name) {
    kinds.push_back({name + " killed", [name](Round& round) {
                         round.change();
                         round.system.set().kill(name);
                         round.change(few);
                         round.system.hold(round.some_time());
                         round.system.set().start(name);
                         round.change(few);
                     }});
    kinds.push_back({name + " restarted", [name](Round& round) {
                         round.change();
                         round.system.set().restart(name);
                         round.change(few);
                     }});
    kinds.push_back({name + " stopped for a while", [name](Round& round) {
                         round.change();
                         round.system.signal_server(name, SIGSTOP);
                         if (name != "ldap") {
                             round.change(few);
                         }
                         round.system.hold(round.some_time());
                         round.system.signal_server(name, SIGCONT);
                         round.change(few);
                     }});
}

void add_program_kinds(std::vector<Kind>& kinds, const std::string& name, Program& (System::*program)()) {
    kinds.push_back({name + " killed", [program](Round& round) {
                         round.change();
                         (round.system.*program)().kill();
                         round.change();
                         (round.system.*program)().start();
                         round.change(few);
                     }});
    kinds.push_back({name + " killed again and again", [program](Round& round) {
                         for (int i = 0; i < 4; ++i) {
                             round.change(few);
                             round.system.hold(milliseconds(round.random.below(800)));
                             (round.system.*program)().kill();
                             (round.system.*program)().start();
                         }
                     }});
    kinds.push_back({name + " restarted", [program](Round& round) {
                         round.change();
                         (round.system.*program)().stop();
                         round.change();
                         (round.system.*program)().start();
                         round.change(few);
                     }});
    kinds.push_back({name + " stopped for a while", [program](Round& round) {
                         round.change(few);
                         (round.system.*program)().signal(SIGSTOP);
                         round.change();
                         round.system.hold(round.some_time());
                         (round.system.*program)().signal(SIGCONT);
                         round.change(few);
                     }});
}

void add_link_kinds(std::vector<Kind>& kinds, const std::string& name, System::Link link) {
    using Break = std::function<void(TcpProxy&)>;
    const auto add = [&](const std::string& what, const Break& break_it) {
        kinds.push_back({name + " " + what, [link, break_it](Round& round) {
                             TcpProxy& proxy = round.system.link(link);
                             round.change();
                             break_it(proxy);
                             round.change();
                             round.system.hold(round.some_time());
                             round.change(few);
                             proxy.pass();
                             round.change(few);
                         }});
    };
    using Acks = TcpProxy::Acks;
    add("cut", [](TcpProxy& proxy) { proxy.cut(); });
    add("hangs", [](TcpProxy& proxy) { proxy.black_hole(Acks::kept); });
    add("unplugged", [](TcpProxy& proxy) { proxy.black_hole(Acks::lost); });
    add("half open, server gone", [](TcpProxy& proxy) { proxy.lose_servers(Acks::kept); });
    add("half open, server unplugged", [](TcpProxy& proxy) { proxy.lose_servers(Acks::lost); });
    add("half open, client gone", [](TcpProxy& proxy) { proxy.lose_clients(Acks::kept); });
}

}  // namespace

milliseconds Round::some_time() {
    static const std::vector<int> times = {100, 300, 300, 1000, 1000, 3000, 3000, 8000, 20000};
    return std::min(longest_hold, milliseconds(random.one_of(times)));
}

std::vector<Kind> process_and_link_kinds() {
    std::vector<Kind> kinds;
    for (const char* name : {"ldap", "kafka", "postgres"}) {
        add_server_kinds(kinds, name);
    }
    add_program_kinds(kinds, "producer", &System::producer);
    add_program_kinds(kinds, "consumer", &System::consumer);
    kinds.push_back({"both programs dead", [](Round& round) {
                         round.change(few);
                         round.system.producer().kill();
                         round.system.consumer().kill();
                         round.change();
                         round.change();
                         round.system.consumer().start();
                         round.system.producer().start();
                     }});
    add_link_kinds(kinds, "producer-ldap", System::Link::producer_ldap);
    add_link_kinds(kinds, "producer-kafka", System::Link::producer_kafka);
    add_link_kinds(kinds, "consumer-kafka", System::Link::consumer_kafka);
    add_link_kinds(kinds, "consumer-postgres", System::Link::consumer_postgres);
    return kinds;
}

std::vector<Kind> all_kinds() {
    std::vector<Kind> kinds = process_and_link_kinds();
    for (const auto& more : {directory_kinds(), neighbour_kinds()}) {
        kinds.insert(kinds.end(), more.begin(), more.end());
    }
    return kinds;
}

}  // namespace entstream::chaos
