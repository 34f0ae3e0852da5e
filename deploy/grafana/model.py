"""Grafana's JSON model, as far as our dashboards need it: three kinds of panels, and a dashboard of rows of them."""

import string

SCHEMA_VERSION = 39  # of Grafana 11
COLUMNS = 24
DATASOURCE = {"type": "prometheus", "uid": "${datasource}"}

# Seconds behind the directory: warning and critical, as in deploy/prometheus/entstream_alerts.yml.
LATE = [(None, "green"), (120, "orange"), (600, "red")]
ANY_IS_BAD = [(None, "green"), (1, "orange")]
NEUTRAL = [(None, "blue")]
YES_NO = {"1": ("yes", "green"), "0": ("no", "red")}


def _thresholds(steps):
    return {"mode": "absolute", "steps": [{"color": color, "value": value} for value, color in steps]}


def _mappings(texts):
    options = {value: {"text": text, "color": color, "index": i} for i, (value, (text, color)) in enumerate(texts.items())}
    return [{"type": "value", "options": options}] if texts else []


def _panel(kind, title, description, targets, unit, steps=(), texts=None, overrides=()):
    return {
        "type": kind,
        "title": title,
        "description": description,
        "datasource": DATASOURCE,
        "targets": targets,
        "fieldConfig": {
            "defaults": {
                "unit": unit,
                "thresholds": _thresholds(steps or NEUTRAL),
                "mappings": _mappings(texts or {}),
                "color": {"mode": "palette-classic" if kind == "timeseries" else "thresholds"},
            },
            "overrides": list(overrides),
        },
    }


def _target(ref, expression, **more):
    return {"refId": ref, "datasource": DATASOURCE, "expr": " ".join(expression.split()), **more}


def stat(title, description, expression, unit, steps=(), texts=None):
    """One number of now."""
    panel = _panel("stat", title, description, [_target("A", expression, instant=True, range=False)], unit, steps, texts)
    panel["options"] = {
        "colorMode": "background",
        "graphMode": "none",
        "justifyMode": "center",
        "textMode": "value",
        "reduceOptions": {"calcs": ["lastNotNull"], "fields": "", "values": False},
    }
    return panel


def graph(title, description, series, unit, steps=()):
    """Lines over time. series: (expression, legend) pairs."""
    targets = [
        _target(ref, expression, legendFormat=legend, range=True, instant=False)
        for ref, (expression, legend) in zip(string.ascii_uppercase, series)
    ]
    panel = _panel("timeseries", title, description, targets, unit, steps)
    custom = {"lineWidth": 1, "fillOpacity": 10, "showPoints": "never", "spanNulls": False}
    if steps:
        custom["thresholdsStyle"] = {"mode": "dashed"}
    panel["fieldConfig"]["defaults"]["custom"] = custom
    panel["fieldConfig"]["defaults"]["min"] = 0
    panel["options"] = {
        "legend": {"displayMode": "list", "placement": "bottom", "showLegend": True},
        "tooltip": {"mode": "multi", "sort": "desc"},
    }
    return panel


def table(title, description, labels, columns, unit, descending=True):
    """A line for each combination of labels, sorted by the first column.
    labels: (label, heading) pairs; columns: (heading, expression, unit, steps) of now."""
    targets, overrides, names = [], [], dict(labels)
    for ref, (heading, expression, column_unit, steps) in zip(string.ascii_uppercase, columns):
        targets.append(_target(ref, expression, format="table", instant=True, range=False))
        names["Value" if len(columns) == 1 else f"Value #{ref}"] = heading
        properties = [{"id": "unit", "value": column_unit}]
        if steps:
            properties.append({"id": "thresholds", "value": _thresholds(steps)})
            properties.append({"id": "custom.cellOptions", "value": {"type": "color-background", "mode": "basic"}})
        overrides.append({"matcher": {"id": "byName", "options": heading}, "properties": properties})
    panel = _panel("table", title, description, targets, unit, (), None, overrides)
    panel["options"] = {"showHeader": True, "cellHeight": "sm"}
    panel["transformations"] = [
        {"id": "merge", "options": {}},
        {
            "id": "organize",
            "options": {
                "excludeByName": {"Time": True},
                "renameByName": names,
                "indexByName": {name: index for index, name in enumerate(names)},
            },
        },
        {"id": "sortBy", "options": {"fields": {}, "sort": [{"field": columns[0][0], "desc": descending}]}},
    ]
    return panel


def _variable(name, label, query):
    return {
        "name": name,
        "label": label,
        "type": "query",
        "datasource": DATASOURCE,
        "query": {"query": query, "refId": "Variable"},
        "definition": query,
        "refresh": 2,
        "sort": 1,
        "includeAll": True,
        "multi": True,
        "allValue": ".*",
        "current": {"text": ["All"], "value": ["$__all"]},
    }


def dashboard(title, description, rows, variables=()):
    """rows: (height, [panel, ...]), each row as wide as the screen. variables: (name, label, query) triples."""
    panels, y = [], 0
    for height, row in rows:
        x = 0
        for index, panel in enumerate(row):
            width = (index + 1) * COLUMNS // len(row) - x
            panels.append({"id": len(panels) + 1, "gridPos": {"x": x, "y": y, "w": width, "h": height}, **panel})
            x += width
        y += height
    source = {"name": "datasource", "label": "Prometheus", "type": "datasource", "query": "prometheus", "current": {}}
    return {
        "title": title,
        "description": description,
        "tags": ["entstream"],
        "schemaVersion": SCHEMA_VERSION,
        "editable": True,
        "refresh": "10s",
        "time": {"from": "now-1h", "to": "now"},
        "timezone": "browser",
        "graphTooltip": 1,
        "templating": {"list": [source, *(_variable(*variable) for variable in variables)]},
        "links": [
            {"type": "dashboards", "title": "entstream", "tags": ["entstream"], "asDropdown": True, "keepTime": True, "includeVars": True}
        ],
        "annotations": {"list": []},
        "panels": panels,
    }
