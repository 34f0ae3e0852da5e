#include <csignal>

#include "tests/chaos/kinds.hpp"

namespace entstream::chaos {

namespace {

/// While the producer does what it does at this moment, or while it stands still: then all comes at once.
void with_or_without_backlog(Round& round, const std::function<void()>& change) {
    const bool backlog = round.random.one_in(2);
    if (backlog) {
        round.system.producer().signal(SIGSTOP);
    }
    change();
    round.change(3);
    if (backlog) {
        round.system.producer().signal(SIGCONT);
    }
}

/// Backup, changes that are published, and the backup restored between `before` and `after`.
void roll_back(Round& round, const std::function<void()>& before, const std::function<void()>& after) {
    round.change();
    const auto file = round.system.backup();
    round.change();
    round.change();
    round.settle();
    before();
    round.system.restore(file);
    after();
}

}  // namespace

std::vector<Kind> directory_kinds() {
    std::vector<Kind> kinds;
    const auto add = [&](const std::string& name, const std::function<void(Round&)>& run) {
        kinds.push_back({name, run});
    };
    add("rollback, producer down, then written to", [](Round& round) {
        roll_back(
            round, [&] { round.system.producer().stop(); },
            [&] {
                round.change();
                round.system.producer().start();
            });
    });
    add("rollback, producer down, nothing written", [](Round& round) {
        roll_back(
            round, [&] { round.system.producer().stop(); }, [&] { round.system.producer().start(); });
    });
    add("rollback, producer up, written to first", [](Round& round) {
        roll_back(
            round, [&] { round.system.link(System::Link::producer_ldap).cut(); },
            [&] {
                round.change();
                round.system.link(System::Link::producer_ldap).pass();
            });
    });
    add("rollback, producer up", [](Round& round) {
        roll_back(
            round, [] {}, [&] { round.change(); });
    });
    add("person deleted and added again",
        [](Round& round) { with_or_without_backlog(round, [&] { round.writer.remove_and_add_again(round.random); }); });
    add("person added, deleted, added under backlog",
        [](Round& round) { with_or_without_backlog(round, [&] { round.writer.add_under_backlog(round.random); }); });
    add("uids swapped, groups untouched",
        [](Round& round) { with_or_without_backlog(round, [&] { round.writer.swap_uids(round.random, false); }); });
    add("uids swapped, groups mended",
        [](Round& round) { with_or_without_backlog(round, [&] { round.writer.swap_uids(round.random, true); }); });
    add("container renamed", [](Round& round) {
        with_or_without_backlog(round, [&] { round.writer.rename_container(round.random, false); });
    });
    add("container renamed, groups mended", [](Round& round) {
        with_or_without_backlog(round, [&] { round.writer.rename_container(round.random, true); });
    });
    add("container moved out", [](Round& round) {
        round.writer.move_container_in();
        round.settle();
        with_or_without_backlog(round, [&] { round.writer.move_container_out(); });
    });
    add("container moved in", [](Round& round) {
        round.writer.move_container_out();
        round.writer.add_people_outside(round.random);
        round.settle();
        with_or_without_backlog(round, [&] { round.writer.move_container_in(); });
    });
    add("container moved out and in", [](Round& round) {
        with_or_without_backlog(round, [&] {
            round.writer.move_container_out();
            round.writer.add_people_outside(round.random);
            round.writer.move_container_in();
        });
    });
    add("group renamed",
        [](Round& round) { with_or_without_backlog(round, [&] { round.writer.rename_group(round.random); }); });
    add("many members changed",
        [](Round& round) { with_or_without_backlog(round, [&] { round.writer.change_many_members(round.random); }); });
    add("role object unknown",
        [](Round& round) { with_or_without_backlog(round, [&] { round.writer.make_role_unknown(round.random); }); });
    add("role objects known again", [](Round& round) {
        round.writer.make_role_unknown(round.random);
        round.settle();
        with_or_without_backlog(round, [&] { round.writer.make_role_known(); });
    });
    return kinds;
}

}  // namespace entstream::chaos
