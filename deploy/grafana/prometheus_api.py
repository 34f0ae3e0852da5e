"""Asks Prometheus what a dashboard asks, without Grafana: the queries of the panels, with values for their variables."""

import json
import pathlib
import re
import urllib.parse
import urllib.request

FOLDER = pathlib.Path(__file__).resolve().parent


def dashboards():
    """name -> dashboard, of dashboards/*.json"""
    return {file.stem: json.loads(file.read_text()) for file in sorted(FOLDER.glob("dashboards/*.json"))}


def expression_of(target, variables, rate_interval):
    """The query with its variables replaced: those that are not given stand for everything."""

    def value(match):
        name = match.group(1)
        return rate_interval if name == "__rate_interval" else variables.get(name, ".*")

    return re.sub(r"\$\{?(\w+)\}?", value, target["expr"])


class Prometheus:
    """url: http://127.0.0.1:9090. Every call raises RuntimeError with Prometheus' words if it refuses the query."""

    def __init__(self, url):
        self.url = url.rstrip("/")

    def get(self, path, **parameters):
        address = f"{self.url}/api/v1/{path}?{urllib.parse.urlencode(parameters)}"
        try:
            with urllib.request.urlopen(address, timeout=30) as answer:
                return json.load(answer)["data"]
        except urllib.error.HTTPError as error:
            raise RuntimeError(f"{parameters.get('query', path)}: {error.read().decode()}") from error

    def now(self, expression, time=None):
        """[(labels, value), ...]"""
        more = {} if time is None else {"time": time}
        data = self.get("query", query=expression, **more)
        if data["resultType"] == "scalar":
            return [({}, float(data["result"][1]))]
        return [(series["metric"], float(series["value"][1])) for series in data["result"]]

    def over_time(self, expression, start, end, step):
        """[(labels, [(time, value), ...]), ...]"""
        data = self.get("query_range", query=expression, start=start, end=end, step=step)
        return [(series["metric"], [(time, float(value)) for time, value in series["values"]]) for series in data["result"]]
