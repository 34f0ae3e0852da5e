"""usage: queries_answer.py PROMETHEUS

Every query of every panel of deploy/grafana gives at least one number, and Prometheus evaluates every rule of
deploy/prometheus and has data for everything that it names: no query can be empty because a name or a label in it is wrong.
Waits for what Prometheus has not asked for yet.
"""

import math
import pathlib
import re
import sys
import time

import yaml

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "deploy/grafana"))
sys.dont_write_bytecode = True
from prometheus_api import Prometheus, dashboards, expression_of  # noqa: E402

PATIENCE = 30
SELECTOR = re.compile(r"\b((?:entstream[_:]|node_|process_)\w+|up)(\{[^}]*\})?")


def panel_queries():
    for name, dashboard in dashboards().items():
        for panel in dashboard["panels"]:
            for target in panel["targets"]:
                yield f"{name}: {panel['title']}", expression_of(target, {}, "1m")


def rule_queries():
    for file in ("entstream_recording.yml", "entstream_alerts.yml"):
        for group in yaml.safe_load((ROOT / "deploy/prometheus" / file).read_text())["groups"]:
            for rule in group["rules"]:
                name = rule.get("alert", rule.get("record"))
                for metric, labels in set(SELECTOR.findall(rule["expr"])):
                    yield f"{name}: {metric}", metric + labels
                if "record" in rule:
                    yield name, rule["record"]


def has_answer(prometheus, query):
    return any(not math.isnan(value) for _, value in prometheus.now(query))


def main():
    prometheus = Prometheus(sys.argv[1])
    waiting = [*panel_queries(), *rule_queries()]
    asked, deadline = len(waiting), time.monotonic() + PATIENCE
    while True:
        waiting = [(name, query) for name, query in waiting if not has_answer(prometheus, query)]
        if not waiting or time.monotonic() > deadline:
            break
        time.sleep(0.5)
    rules = [rule for group in prometheus.get("rules")["groups"] for rule in group["rules"]]
    wrong = [f"no answer: {name}:\n    {query}" for name, query in waiting]
    wrong += [f"rule {rule['name']}: {rule['health']} {rule.get('lastError', '')}" for rule in rules if rule["health"] != "ok"]
    if wrong:
        sys.exit("\n".join(wrong))
    print(f"{asked} queries have an answer, {len(rules)} rules are evaluated")


main()
