"""usage: dashboards.py

deploy/grafana: the dashboards are what make_dashboards.py makes; they obey Grafana's JSON model; every panel has a
question as its title, a description and a unit; no data source is named by its uid; panels do not overlap; every query
is PromQL (promtool), with variables that the dashboard has and metrics, labels and values that docs/metrics.md has. Every
metric of docs/metrics.md is shown by a panel; docs/pictures has a picture with every panel.
"""

import html
import json
import pathlib
import re
import subprocess
import sys
import tempfile

import jsonschema
import yaml

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests/deploy"))
sys.dont_write_bytecode = True
import metric_names  # noqa: E402

GRAFANA = ROOT / "deploy/grafana"
BUILT_IN = {"__rate_interval", "datasource"}


def cells(panel):
    at = panel["gridPos"]
    return {(x, y) for x in range(at["x"], at["x"] + at["w"]) for y in range(at["y"], at["y"] + at["h"])}


def problems_of(dashboard):
    schema = json.loads((ROOT / "tests/deploy/grafana_dashboard.schema.json").read_text())
    for error in jsonschema.Draft202012Validator(schema).iter_errors(dashboard):
        yield f"{'/'.join(map(str, error.absolute_path))}: {error.message[:300]}"
    variables = {variable["name"] for variable in dashboard["templating"]["list"]}
    used, ids, titles = set(), set(), set()
    for panel in dashboard["panels"]:
        name = panel["title"]
        if panel["id"] in ids or name in titles:
            yield f"{name}: its id or its title is that of another panel"
        ids.add(panel["id"])
        titles.add(name)
        if cells(panel) & used or max(x for x, _ in cells(panel)) > 23:
            yield f"{name}: overlaps another panel, or the edge"
        used |= cells(panel)
        references = [target["refId"] for target in panel["targets"]]
        if len(set(references)) != len(references):
            yield f"{name}: two queries have one refId"
        if panel["type"] == "timeseries" and not all("legendFormat" in target for target in panel["targets"]):
            yield f"{name}: a line without a legend"
        for target in panel["targets"]:
            for variable in set(re.findall(r"\$\{?(\w+)", target["expr"])) - variables - BUILT_IN:
                yield f"{name}: the dashboard has no variable {variable}"


def missing_in_picture(name, dashboard):
    picture = html.unescape((ROOT / f"docs/pictures/{name}.svg").read_text())
    return [
        f"docs/pictures/{name}.svg has no panel \"{panel['title']}\". Remedy: docs/pictures/run.sh"
        for panel in dashboard["panels"]
        if panel["title"] not in picture
    ]


def check_promql(expressions):
    """As the expressions of rules, which promtool parses."""
    rules = [
        {"record": "checked", "expr": expression.replace("$__rate_interval", "1m"), "labels": {"n": str(n)}}
        for n, expression in enumerate(sorted(expressions))
    ]
    with tempfile.NamedTemporaryFile("w", suffix=".yml") as file:
        yaml.safe_dump({"groups": [{"name": "dashboards", "rules": rules}]}, file)
        file.flush()
        run = subprocess.run(["promtool", "check", "rules", file.name], capture_output=True, text=True, check=False)
    return [] if run.returncode == 0 else [run.stdout + run.stderr]


def main():
    found, panels, expressions = [], 0, set()
    made = subprocess.run(
        [sys.executable, "-B", str(GRAFANA / "make_dashboards.py"), "--check"], capture_output=True, text=True, check=False
    )
    if made.returncode != 0:
        found.append(made.stderr)
    files = sorted(GRAFANA.glob("dashboards/*.json"))
    for file in files:
        dashboard = json.loads(file.read_text())
        found += [f"{file.name}: {problem}" for problem in problems_of(dashboard)]
        found += missing_in_picture(file.stem, dashboard)
        panels += len(dashboard["panels"])
        expressions |= {target["expr"] for panel in dashboard["panels"] for target in panel["targets"]}
    found += check_promql(expressions)
    known = metric_names.catalogue()
    found += sorted({problem for expression in expressions for problem in metric_names.problems_of(expression, known)})
    shown = set(re.findall(r"\w+", " ".join(expressions)))
    found += [f"no panel shows {metric}" for metric in known if not shown & {metric, f"{metric}_bucket"}]
    sources = yaml.safe_load((GRAFANA / "provisioning/datasources/prometheus.yml").read_text())["datasources"]
    if [source["type"] for source in sources] != ["prometheus"] or any("uid" in source for source in sources):
        found.append("provisioning/datasources: is not one Prometheus without a uid")
    providers = yaml.safe_load((GRAFANA / "provisioning/dashboards/entstream.yml").read_text())["providers"]
    if [provider["type"] for provider in providers] != ["file"]:
        found.append("provisioning/dashboards: is not one folder of files")
    if found:
        sys.exit("\n".join(found))
    print(f"{len(files)} dashboards with {panels} panels and {len(expressions)} queries are as Grafana reads them")


main()
