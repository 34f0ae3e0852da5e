"""usage: alert_rules.py

deploy/prometheus: promtool accepts the rules and the sample configuration, and their tests pass. Each alert has a
severity, a summary, a description and a link to its section of the runbook; reads, as its tests do, nothing but what
docs/metrics.md has; fires in one test at least; and is silent
in another one whose input has its metrics. docs/runbook.md and docs/fr/exploitation.md have a section for each alert, in
one order, and for nothing else; the panels that they send the reader to are there.
"""

import json
import pathlib
import re
import subprocess
import sys

import yaml

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests/deploy"))
sys.dont_write_bytecode = True
import metric_names  # noqa: E402

PROMETHEUS = ROOT / "deploy/prometheus"
METRIC = re.compile(r"\b(?:entstream_\w+|node_\w+|process_\w+|up)\b(?=[{\[) ]|$)")
RECORDED = re.compile(r"entstream:\w+")


def promtool(*arguments):
    run = subprocess.run(["promtool", *map(str, arguments)], capture_output=True, text=True, check=False)
    if run.returncode != 0:
        sys.exit(f"promtool {' '.join(map(str, arguments))}:\n{run.stdout}{run.stderr}")


def rules(name):
    groups = yaml.safe_load((PROMETHEUS / name).read_text())["groups"]
    return [rule for group in groups for rule in group["rules"]]


def metrics_of(expression, recorded):
    """What an expression reads in the end: recorded series stand for those that they are made of."""
    found = set(METRIC.findall(expression))
    for name in RECORDED.findall(expression):
        found |= metrics_of(recorded[name], recorded)
    return found


def is_of_all(expression):
    """Whether a test's expression, where it gives nothing, says that no alert fires."""
    return re.search(r'ALERTS(\{alertstate="firing"\})?[)\[\s]|ALERTS(\{alertstate="firing"\})?$', expression)


def problems():
    recorded = {rule["record"]: rule["expr"] for rule in rules("entstream_recording.yml")}
    alerts = {rule["alert"]: rule for rule in rules("entstream_alerts.yml")}
    tests = [test for file in sorted(PROMETHEUS.glob("tests/*.yml")) for test in yaml.safe_load(file.read_text())["tests"]]
    for name, alert in alerts.items():
        if alert["labels"].get("severity") not in ("critical", "warning"):
            yield f"{name}: no severity, or one that is neither critical nor warning"
        for annotation in ("summary", "description"):
            if not alert["annotations"].get(annotation, "").strip():
                yield f"{name}: no {annotation}"
        if alert["annotations"].get("runbook_url") != f"docs/runbook.md#{name.lower()}":
            yield f"{name}: runbook_url is not docs/runbook.md#{name.lower()}"
        wanted = metrics_of(alert["expr"], recorded)
        fires = silent = False
        for test in tests:
            inputs = {series["series"].split("{")[0] for series in test["input_series"]}
            has_input = bool(wanted & inputs) if " or " in alert["expr"] else wanted & inputs == wanted
            for expectation in test.get("promql_expr_test", []):
                text = str(expectation["exp_samples"])
                fires = fires or f'alertname="{name}"' in text
                if expectation["exp_samples"] == [] and (is_of_all(expectation["expr"]) or f'"{name}"' in expectation["expr"]):
                    # What an "unless" or an exemption names may be missing: that makes an alert louder.
                    silent = silent or has_input or not (wanted - inputs - exempting(alert["expr"], recorded))
        if not fires:
            yield f"{name}: fires in no test"
        if not silent:
            yield f"{name}: no test shows it silent with its metrics ({', '.join(sorted(wanted))})"


def exempting(expression, recorded):
    """The metrics that only stand behind "unless"."""
    return {
        metric
        for name in re.findall(r"unless on \([^)]*\) (entstream:\w+)", expression)
        for metric in metrics_of(recorded[name], recorded)
    }


def problems_of_names():
    known = metric_names.catalogue()
    for rule in rules("entstream_recording.yml") + rules("entstream_alerts.yml"):
        for problem in metric_names.problems_of(rule["expr"], known):
            yield f"{rule.get('alert', rule.get('record'))}: {problem}"
    for file in sorted(PROMETHEUS.glob("tests/*.yml")):
        for test in yaml.safe_load(file.read_text())["tests"]:
            for series in test["input_series"]:
                for problem in metric_names.problems_of(series["series"], known):
                    yield f"{file.name}: {test['name']}: {problem}"


def problems_of_runbooks():
    names = [rule["alert"] for rule in rules("entstream_alerts.yml")]
    panels = {
        panel["title"]
        for file in (ROOT / "deploy/grafana/dashboards").glob("*.json")
        for panel in json.loads(file.read_text())["panels"]
    }
    for page in ("docs/runbook.md", "docs/fr/exploitation.md"):
        text = (ROOT / page).read_text()
        sections = re.findall(r"^## (.+)$", text, re.MULTILINE)
        if sections != names:
            differing = [pair for pair in zip(sections + [None], names + [None]) if pair[0] != pair[1]]
            yield f"{page}: its sections are not the alerts, in their order: {differing[0][0]} where {differing[0][1]} is due"
        for anchor in set(re.findall(r"\]\(#(\w+)\)", text)) - {name.lower() for name in names}:
            yield f"{page}: links to #{anchor}, which no section has"
        parts = re.split(r"^## ", text, flags=re.MULTILINE)[1:]
        words = ("**Users see**", "**Look at**", "**It is over**") if "fr/" not in page else ("**On voit**", "**Regarder**", "**Fini**")
        for part in parts:
            for word in words:
                if word not in part:
                    yield f"{page}: {part.split()[0]} does not say: {word}"
        for question in re.findall(r'(?:"|« )([A-Z][^"»]*\?)(?:"| »)', text):
            if " ".join(question.split()) not in panels:
                yield f'{page}: no dashboard has the panel "{question}"'
        severities = dict(re.findall(r"^## (\w+)\n\n\*(critical|warning)", text, re.MULTILINE))
        for rule in rules("entstream_alerts.yml"):
            if severities.get(rule["alert"]) != rule["labels"]["severity"]:
                yield f"{page}: {rule['alert']} is {rule['labels']['severity']}"


def main():
    promtool("check", "rules", PROMETHEUS / "entstream_recording.yml", PROMETHEUS / "entstream_alerts.yml")
    promtool("check", "config", PROMETHEUS / "prometheus.yml")
    promtool("test", "rules", *sorted(PROMETHEUS.glob("tests/*.yml")))
    found = [*problems(), *problems_of_names(), *problems_of_runbooks()]
    if found:
        sys.exit("\n".join(found))
    print(f"{len(rules('entstream_alerts.yml'))} alerts fire when they should, and only then")


main()
