#!/usr/bin/env python3
"""usage: make_dashboards.py [--check]

Writes dashboards/*.json, which Grafana reads, from what stands here; with --check it only says which of them differ.
Change a dashboard here, not in the JSON files: its title is an operator's question, its description says how to read
the answer.
"""

import json
import pathlib
import sys

from model import ANY_IS_BAD, LATE, NEUTRAL, YES_NO, dashboard, graph, stat, table

FOLDER = pathlib.Path(__file__).resolve().parent / "dashboards"

SOURCE = '{source=~"$source"}'
TARGET = '{target=~"$target"}'


def lag(selector=""):
    """Seconds behind, per target and source, as the recording rule entstream:lag_seconds has it."""
    watermark = f"entstream_target_watermark_timestamp_seconds{selector}"
    return f"""time() - ((max by (target, source) ({watermark})
        or max by (target, source) (last_over_time({watermark}[1d]))) > 0)"""


def of_each_pair(per_target, selector=""):
    """A number of a target, for each source that it has."""
    return f"""max by (target, source) (entstream_target_position_offset{selector}) * 0
        + on (target) group_left () {per_target}"""


def quantiles(metric, selector, by):
    """50 % and 99 % of a histogram."""
    return [
        (f"histogram_quantile({q}, sum by (le, {by}) (rate({metric}_bucket{selector}[$__rate_interval])))", f"{name} {{{{{by}}}}}")
        for q, name in (("0.5", "half of"), ("0.99", "99 % of"))
    ]


def process_of(metric, anchor):
    """A metric of the process that has the series `anchor`."""
    return f"{metric} and on (job, instance) {anchor}"


def process_graphs(anchor, program):
    return [
        graph(
            "How much memory does it take?",
            "Resident memory of the process. It follows the number of entries, and rises no further after a first load.",
            [(process_of("process_resident_memory_bytes", anchor), "{{instance}}")],
            "bytes",
        ),
        graph(
            "How much of a processor does it use?",
            "1 is one core. A first load or a refresh uses all of one, an ordinary day next to nothing.",
            [(process_of("rate(process_cpu_seconds_total[$__rate_interval])", anchor), "{{instance}}")],
            "percentunit",
        ),
        graph(
            "How near is it to its limit of open files?",
            "Files and connections that it has open, as a part of what it may have. At 100 % it cannot connect to anything any more; an "
            "alert comes at 80 %.",
            [(process_of("process_open_fds / process_max_fds", anchor), "{{instance}}")],
            "percentunit",
        ),
        graph(
            "What does it complain about?",
            "Warnings and errors in its log per minute, and lines that were left out because the same had just been said. The log "
            "itself says what.",
            [
                (f'rate(entstream_log_lines_total{{program="{program}", level=~"warn|error"}}[$__rate_interval]) * 60', "{{level}} {{instance}}"),
                (f'rate(entstream_log_lines_suppressed_total{{program="{program}"}}[$__rate_interval]) * 60', "left out {{instance}}"),
            ],
            "short",
        ),
    ]


def region():
    each = "max by (target, source)"
    rows = [
        (4, [
            stat(
                "How far behind is the worst?",
                "Everything that a directory said before this time is in every Moodle. It rises whoever is dead: directory, producer, "
                "Kafka, consumer or database.",
                f"max({lag()})", "s", LATE,
            ),
            stat(
                "How many are late?",
                "Pairs of a directory and a Moodle that are more than two minutes behind. Also while a directory is read as a whole.",
                f"sum(({lag()}) > bool 120)", "none", ANY_IS_BAD,
            ),
            stat(
                "Do removals wait for a decision?",
                "The guard holds them because they were too many at once: entstream-replay held, then approve or reject.",
                "sum(entstream_target_held)", "none", ANY_IS_BAD,
            ),
            stat(
                "Are there dead letters?",
                "Records that could not be applied and wait for somebody: entstream-replay dlq list.",
                "sum(entstream_target_dead_letters_waiting)", "none", ANY_IS_BAD,
            ),
            stat(
                "Is a directory cut off?",
                "Their producer runs but has no connection to any of their servers.",
                "sum(max by (source) (entstream_source_connected) == bool 0)", "none", [(None, "green"), (1, "red")],
            ),
            stat(
                "Does a process not answer?",
                "Producers and consumers of which Prometheus gets no metrics: they do not run, or their port cannot be reached.",
                'sum(up{job=~"entstream-(producer|consumer)"} == bool 0)', "none", [(None, "green"), (1, "red")],
            ),
        ]),
        (9, [
            table(
                "Which Moodle is how far behind which directory?",
                "Worst first. Lag: everything that the directory said before is in. Last change: when somebody or something last "
                "changed in the directory that this Moodle has. Parked: what waits for something that Moodle lacks.",
                [("target", "Moodle"), ("source", "Directory")],
                [
                    ("Lag", lag(), "s", LATE),
                    ("Last change", f"{each} (entstream_target_last_change_timestamp_seconds > 0) * 1000", "dateTimeFromNow", None),
                    ("Held", of_each_pair("sum by (target) (entstream_target_held)"), "none", ANY_IS_BAD),
                    ("Parked", of_each_pair("sum by (target) (entstream_target_parked)"), "none", None),
                    ("Dead letters", of_each_pair("max by (target) (entstream_target_dead_letters_waiting)"), "none", ANY_IS_BAD),
                    ("Paused", f"{each} (entstream_target_paused)", "none", ANY_IS_BAD),
                    ("Not applied yet", f"{each} (entstream_target_end_offset) - {each} (entstream_target_position_offset)", "none", None),
                ],
                "none",
            ),
        ]),
        (8, [
            graph(
                "How did the lag develop?",
                "Seconds behind, for each Moodle and directory. In quiet hours it swings below the interval of heartbeats (10 s).",
                [(lag(), "{{target}} behind {{source}}")], "s", LATE,
            ),
            graph(
                "How much changes in the directories?",
                "Records per second that each producer puts on its log.",
                [("sum by (source) (rate(entstream_source_changes_total[$__rate_interval]))", "{{source}}")], "cps",
            ),
            graph(
                "How much is written to the Moodles?",
                "Accounts, cohorts, memberships and roles per second.",
                [("sum by (target) (rate(entstream_target_applied_total[$__rate_interval]))", "{{target}}")], "cps",
            ),
            graph(
                "How much room has Kafka's log?",
                "Free part of the file system of each broker's log. Below 15 %, or when a day more would fill it, there is an alert.",
                [('node_filesystem_avail_bytes{job="entstream-kafka-disk"} / node_filesystem_size_bytes', "{{instance}} {{mountpoint}}")],
                "percentunit",
            ),
        ]),
        (7, [
            table(
                "What does each process do?",
                "Its state, how long it has been in it, when it was started, and its version. \"waiting_…\": for a server, or for "
                "somebody's approval.",
                [("program", "Program"), ("instance", "Process"), ("state", "State"), ("version", "Version")],
                [
                    (
                        "Since",
                        """max by (program, instance, state, version) (
                            (entstream_state == 1) * on (program, instance) group_left ()
                            max by (program, instance) (entstream_state_since_timestamp_seconds)
                            * on (program, instance) group_left (version) entstream_build_info) * 1000""",
                        "dateTimeFromNow", None,
                    ),
                    (
                        "Started",
                        """max by (program, instance, state, version) (
                            (entstream_state == 1) * on (job, instance) group_left () process_start_time_seconds
                            * on (program, instance) group_left (version) entstream_build_info) * 1000""",
                        "dateTimeFromNow", None,
                    ),
                ],
                "dateTimeFromNow",
            ),
            table(
                "Which certificate ends next?",
                "Of the files that the programs are configured with. An alert comes 21 days before.",
                [("program", "Program"), ("instance", "Process"), ("use", "Used for")],
                [
                    (
                        "Ends in",
                        "min by (program, instance, use) (entstream_certificate_expiry_timestamp_seconds) - time()",
                        "s", [(None, "red"), (2 * 86400, "orange"), (21 * 86400, "green")],
                    ),
                ],
                "s",
                descending=False,
            ),
        ]),
    ]
    return dashboard("entstream: the region", "Every directory and every Moodle on one screen, worst first.", rows)


def source():
    by_source = "max by (source)"
    rows = [
        (4, [
            stat(
                "Is the directory being followed?", "Whether there is a session with one of its servers.",
                f"min({by_source} (entstream_source_connected{SOURCE}))", "none", texts=YES_NO,
            ),
            stat(
                "How far behind is the log?",
                "Everything that the directory said before is on the log. It does not move during a refresh.",
                f"max(time() - ({by_source} (entstream_source_watermark_timestamp_seconds{SOURCE}) > 0))", "s", LATE,
            ),
            stat(
                "Does its producer live?",
                "Since its last committed heartbeat: every 10 s, also when nothing changes.",
                f"max(time() - ({by_source} (entstream_source_heartbeat_timestamp_seconds{SOURCE}) > 0))", "s",
                [(None, "green"), (30, "orange"), (120, "red")],
            ),
            stat(
                "When did it last change?", "When the last change was put on the log.",
                f"max(entstream_source_last_change_timestamp_seconds{SOURCE} > 0) * 1000", "dateTimeFromNow", NEUTRAL,
            ),
            stat(
                "How many entries does it have?", "People, groups and role objects on the log, without memberships.",
                f'sum(entstream_source_entries{{source=~"$source", entity!="member"}})', "short", NEUTRAL,
            ),
            stat(
                "Do entries wait for approval?",
                "Entries that no search shows any more since a filter, a base or the directory was changed. They are kept.",
                f"sum({by_source} (entstream_source_withheld_entries{SOURCE}))", "none", ANY_IS_BAD,
            ),
        ]),
        (4, [
            stat(
                "When did it last say something?", "Be it that nothing is new: the producer asks every few seconds.",
                f"max(entstream_source_last_contact_timestamp_seconds{SOURCE} > 0) * 1000", "dateTimeFromNow", NEUTRAL,
            ),
            stat(
                "From where would a restart go on?",
                "The time of the newest change that the stored cookies have: what came since is asked for again. Older than the last "
                "change during a refresh only; nothing where cookies tell no time (389 Directory Server).",
                f"max(entstream_source_cookie_timestamp_seconds{SOURCE} > 0) * 1000", "dateTimeFromNow", NEUTRAL,
            ),
            stat(
                "When was a refresh last complete?", "Of everything or, after a lost connection, of what had changed.",
                f"max(entstream_source_refresh_completed_timestamp_seconds{SOURCE} > 0) * 1000", "dateTimeFromNow", NEUTRAL,
            ),
            stat(
                "How long did the last refresh take?", "Or how long it has been going on.",
                f"""max(
                    (time() - {by_source} (entstream_source_refresh_started_timestamp_seconds{SOURCE}) and {by_source} (entstream_source_refresh_running{SOURCE}) == 1)
                    or ({by_source} (entstream_source_refresh_completed_timestamp_seconds{SOURCE}) - {by_source} (entstream_source_refresh_started_timestamp_seconds{SOURCE}) >= 0))""",
                "s", NEUTRAL,
            ),
            stat(
                "When was all of it compared with the log?",
                "By the daily reconcile, or by a refresh that read everything. An alert comes after three days.",
                f"max(entstream_source_reconcile_completed_timestamp_seconds{SOURCE} > 0) * 1000", "dateTimeFromNow", NEUTRAL,
            ),
        ]),
        (8, [
            graph(
                "What changes, and how?", "Records per second on the log, by kind and operation.",
                [(f"sum by (entity, operation) (rate(entstream_source_changes_total{SOURCE}[$__rate_interval]))", "{{entity}} {{operation}}")], "cps",
            ),
            graph(
                "How long until a change is on the log?",
                "csn_to_observed: from the directory's write, by its clock, until the producer has it; observed_to_committed: until "
                "consumers may read it.",
                quantiles("entstream_source_stage_duration_seconds", SOURCE, "stage"), "s",
            ),
            graph(
                "How many entries are there?", "On the log, by kind. A sudden fall is a deletion of many.",
                [(f"{by_source.replace('source', 'source, entity')} (entstream_source_entries{SOURCE})", "{{source}} {{entity}}")], "short",
            ),
        ]),
        (8, [
            graph(
                "How far is reading it as a whole?",
                "Entries seen by the refresh, those that are expected, and those that the daily reconcile has seen.",
                [
                    (f"{by_source} (entstream_source_refresh_entries{SOURCE})", "refresh {{source}}"),
                    (f"{by_source} (entstream_source_refresh_expected_entries{SOURCE})", "expected {{source}}"),
                    (f"{by_source} (entstream_source_reconcile_entries{SOURCE})", "reconcile {{source}}"),
                ],
                "short",
            ),
            graph(
                "When does it read as a whole?",
                "1 while a refresh or a reconcile goes on. A refresh from the cookie is over in a moment.",
                [
                    (f"{by_source} (entstream_source_refresh_running{SOURCE})", "refresh {{source}}"),
                    (f"{by_source} (entstream_source_reconcile_running{SOURCE})", "reconcile {{source}}"),
                ],
                "none",
            ),
            graph(
                "Why is it read again?", "Refreshes in the last hour by reason. resume: from the cookie, only what changed.",
                [(f"sum by (reason) (increase(entstream_source_refreshes_total{SOURCE}[1h]))", "{{reason}}")], "short",
            ),
            graph(
                "Why was the connection lost?", "Sessions that ended or could not be begun, in the last hour.",
                [(f"sum by (reason) (increase(entstream_source_connections_lost_total{SOURCE}[1h]))", "{{reason}}")], "short",
            ),
        ]),
        (8, [
            graph(
                "Does the producer keep up with the directory?",
                "Messages that it has read and not published yet. When they take producer.queue_bytes the directory has to wait.",
                [(f"{by_source} (entstream_source_queue_messages{SOURCE})", "{{source}}")], "short",
            ),
            graph(
                "How much memory do they take?", "Bytes of the messages that wait.",
                [(f"{by_source} (entstream_source_queue_bytes{SOURCE})", "{{source}}")], "bytes",
            ),
            graph(
                "Does Kafka take the transactions?",
                "Transactions per second. Aborted ones are published again; many of them: look at the brokers.",
                [(f"sum by (result) (rate(entstream_source_transactions_total{SOURCE}[$__rate_interval]))", "{{result}}")], "cps",
            ),
            graph(
                "How long does a transaction take?", "From its first record until it is visible.",
                quantiles("entstream_source_transaction_duration_seconds", SOURCE, "source"), "s",
            ),
        ]),
        (8, [
            graph(
                "How large are the transactions?", "Records of each. Single changes: a few; in a refresh they grow to thousands.",
                quantiles("entstream_source_transaction_records", SOURCE, "source"), "short",
            ),
            graph(
                "How fast does the log grow?", "Offsets per second at the end of the changes topic, markers of transactions included.",
                [(f"{by_source} (rate(entstream_source_log_end_offset{SOURCE}[$__rate_interval]))", "{{source}}")], "cps",
            ),
            graph(
                "Are there messages that cannot be read?",
                "In the last hour, by what is wrong with them (docs/metrics.md). The session ends then, and the next one goes on from the "
                "cookies.",
                [(f"sum by (reason) (increase(entstream_source_unreadable_entries_total{SOURCE}[1h]))", "{{reason}}")], "short",
            ),
            graph(
                "Did it begin anew, or was it fenced?",
                "In the last hour. Fenced: another process with the same source has taken over. Rebuilt: index read back from the log.",
                [
                    (f"sum by (source) (increase(entstream_source_rebuilds_total{SOURCE}[1h]))", "rebuilt {{source}}"),
                    (f"sum by (source) (increase(entstream_source_fenced_total{SOURCE}[1h]))", "fenced {{source}}"),
                ],
                "short",
            ),
        ]),
        (7, process_graphs(f"entstream_source_connected{SOURCE}", "entstream-producer")),
    ]
    return dashboard(
        "entstream: a directory", "Whether a directory is followed, what it says, and what it costs.", rows,
        [("source", "Directory", "label_values(entstream_source_connected, source)")],
    )


def target():
    each = "max by (target, source)"
    by_target = "max by (target)"
    rows = [
        (4, [
            stat(
                "How far behind is it?",
                "Everything that the directories said before is in. It rises whoever is dead: directory, producer, Kafka, consumer "
                "or database.",
                f"max({lag(TARGET)})", "s", LATE,
            ),
            stat(
                "Is its database there?", "Whether the consumer has a connection to it.",
                f"min({by_target} (entstream_target_connected{TARGET}))", "none", texts=YES_NO,
            ),
            stat(
                "Do removals wait for a decision?",
                "The guard holds them because they were too many at once: entstream-replay held, then approve or reject.",
                f"sum(entstream_target_held{TARGET})", "none", ANY_IS_BAD,
            ),
            stat(
                "Are there dead letters?", "Records that could not be applied and wait for somebody: entstream-replay dlq list.",
                f"sum({by_target} (entstream_target_dead_letters_waiting{TARGET}))", "none", ANY_IS_BAD,
            ),
            stat(
                "When did it last change?", "When the last change was written to this Moodle.",
                f"max(entstream_target_last_applied_timestamp_seconds{TARGET} > 0) * 1000", "dateTimeFromNow", NEUTRAL,
            ),
        ]),
        (4, [
            stat(
                "How long has the oldest removal been held?", "Of those that wait for a decision. An alert comes after three days.",
                f"max(time() - ({by_target} (entstream_target_held_oldest_timestamp_seconds{TARGET}) > 0) or {by_target} (entstream_target_connected{TARGET}) * 0)",
                "s", [(None, "green"), (1, "orange"), (3 * 86400, "red")],
            ),
            stat(
                "Was its database restored from a backup?",
                "How many of its directories were found at an older offset than before, in the last week.",
                f"sum(time() - {each} (entstream_target_position_restored_timestamp_seconds{TARGET}) < bool 7 * 86400)", "none", ANY_IS_BAD,
            ),
            stat(
                "When was it verified?", "Directory, log and Moodle compared: entstream-replay verify, meant for every night.",
                f"max(entstream_target_verify_completed_timestamp_seconds{TARGET} > 0) * 1000", "dateTimeFromNow", NEUTRAL,
            ),
            stat(
                "What differed then?", "Accounts, cohorts, memberships and roles that are not as the directory says.",
                f"sum(entstream_target_verify_differences{TARGET})", "none", ANY_IS_BAD,
            ),
        ]),
        (8, [
            graph(
                "How did the lag develop?", "Seconds behind each directory. In quiet hours it swings below the interval of heartbeats (10 s).",
                [(lag(TARGET), "{{target}} behind {{source}}")], "s", LATE,
            ),
            graph(
                "How long until a change is in Moodle?",
                "csn_to_applied: from the directory's write, by its clock; committed_to_applied: from Kafka on. First loads are not counted.",
                quantiles("entstream_target_stage_duration_seconds", TARGET, "stage"), "s",
            ),
            graph(
                "How much of the log is not applied yet?", "Offsets between the end of the log and what Moodle has.",
                [(f"{each} (entstream_target_end_offset{TARGET}) - {each} (entstream_target_position_offset{TARGET})", "{{target}} {{source}}")], "short",
            ),
        ]),
        (8, [
            graph(
                "What is done in Moodle?", "Per second, by kind and action.",
                [(f"sum by (entity, action) (rate(entstream_target_applied_total{TARGET}[$__rate_interval]))", "{{entity}} {{action}}")], "cps",
            ),
            graph(
                "What needs nothing to be done?", "Records per second that were older than what is there, not selected, or the same.",
                [(f"sum by (reason) (rate(entstream_target_skipped_total{TARGET}[$__rate_interval]))", "{{reason}}")], "cps",
            ),
            graph(
                "What waits for something that Moodle lacks?",
                "Parked, by reason: a username or idnumber that somebody else has (conflict), a course, role or profile field "
                "(missing_reference), or what the database refuses.",
                [(f"sum by (entity, reason) (entstream_target_parked{TARGET})", "{{entity}} {{reason}}")], "short",
            ),
            graph(
                "Which removals does the guard hold?", "By kind. Nobody has lost anything yet.",
                [(f"sum by (entity) (entstream_target_held{TARGET})", "{{entity}}")], "short",
            ),
        ]),
        (8, [
            graph(
                "Where does the time go?", "Seconds per second that each step of a batch takes in the database; all together, 1 is all of the time.",
                [(f"sum by (step) (rate(entstream_target_sql_seconds_total{TARGET}[$__rate_interval]))", "{{step}}")], "percentunit",
            ),
            graph(
                "How long does a batch take?", "From its first record until it is committed.",
                quantiles("entstream_target_batch_duration_seconds", TARGET, "target"), "s",
            ),
            graph(
                "How many batches are applied?", "Transactions per second in the database.",
                [(f"sum by (target) (rate(entstream_target_batches_total{TARGET}[$__rate_interval]))", "{{target}}")], "cps",
            ),
            graph(
                "How large are the batches?", "Records that are applied in one transaction: one in quiet hours, thousands in a first load.",
                quantiles("entstream_target_batch_records", TARGET, "target"), "short",
            ),
            graph(
                "How many records are read ahead?", "Decoded while the database is busy with the batch before.",
                [(f"{each} (entstream_target_prefetched_records{TARGET})", "{{target}} {{source}}")], "short",
            ),
        ]),
        (8, [
            graph(
                "Why do records become dead letters?", "In the last hour, by reason.",
                [(f"sum by (reason) (increase(entstream_target_dead_letters_total{TARGET}[1h]))", "{{reason}}")], "short",
            ),
            graph(
                "Do memberships wait for their people?", "Members of cohorts or roles whose account is not there (yet).",
                [(f"{by_target} (entstream_target_pending_members{TARGET})", "{{target}}")], "short",
            ),
            graph(
                "Who was spared?", "Removals in the last hour that were not done because the account is an administrator's or another method's.",
                [(f"sum by (entity) (increase(entstream_target_spared_total{TARGET}[1h]))", "{{entity}}")], "short",
            ),
            graph(
                "Does the database make trouble?", "In the last hour: transactions that were tried again, connections made anew, take-overs.",
                [
                    (f"sum by (class) (increase(entstream_target_retries_total{TARGET}[1h]))", "retry: {{class}}"),
                    (f"sum by (target) (increase(entstream_target_reconnects_total{TARGET}[1h]))", "reconnects {{target}}"),
                    (f"sum by (target) (increase(entstream_target_fenced_total{TARGET}[1h]))", "fenced {{target}}"),
                ],
                "short",
            ),
        ]),
        (7, [
            table(
                "What was found by the last verification?", "Differences by kind of object, seen from Moodle.",
                [("target", "Moodle"), ("entity", "Entity"), ("kind", "Kind")],
                [("Differences", f"sum by (target, entity, kind) (entstream_target_verify_differences{TARGET})", "none", ANY_IS_BAD)],
                "none",
            ),
            table(
                "Which runs were asked for?", "Runs of entstream-replay since the consumer was started, and how they ended.",
                [("target", "Moodle"), ("command", "Command"), ("result", "Result")],
                [("Runs", f"sum by (target, command, result) (entstream_target_runs_total{TARGET})", "none", None)],
                "none",
            ),
            table(
                "When was each last run?",
                "Also before the consumer was started; those of the nightly verification too. Failed: the last one broke off or left "
                "something undone.",
                [("target", "Moodle"), ("command", "Command")],
                [
                    ("Ended", f"max by (target, command) (entstream_target_run_completed_timestamp_seconds{TARGET} > 0) * 1000", "dateTimeFromNow", None),
                    (
                        "Failed",
                        f"""max by (target, command) (entstream_target_run_failed_timestamp_seconds{TARGET} > bool 0)
                        * (max by (target, command) (entstream_target_run_failed_timestamp_seconds{TARGET})
                        >= bool max by (target, command) (entstream_target_run_completed_timestamp_seconds{TARGET}))
                        and max by (target, command) (entstream_target_run_completed_timestamp_seconds{TARGET}) > 0""",
                        "none", ANY_IS_BAD,
                    ),
                ],
                "dateTimeFromNow",
            ),
        ]),
        (7, process_graphs(f"entstream_target_connected{TARGET}", "entstream-consumer")),
    ]
    return dashboard(
        "entstream: a Moodle", "Whether a Moodle is up to date, what waits, and where the time goes.", rows,
        [("target", "Moodle", "label_values(entstream_target_connected, target)")],
    )


DASHBOARDS = {"region": region, "source": source, "target": target}


def main():
    differ = []
    for name, make in DASHBOARDS.items():
        file = FOLDER / f"{name}.json"
        text = json.dumps(make(), indent=1, ensure_ascii=False) + "\n"
        if "--check" in sys.argv[1:]:
            if not file.is_file() or file.read_text() != text:
                differ.append(f"{file} is not what make_dashboards.py makes. Remedy: run deploy/grafana/make_dashboards.py")
        else:
            FOLDER.mkdir(exist_ok=True)
            file.write_text(text)
    if differ:
        sys.exit("\n".join(differ))


if __name__ == "__main__":
    main()
