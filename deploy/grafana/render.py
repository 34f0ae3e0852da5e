#!/usr/bin/env python3
"""usage: render.py PROMETHEUS OUTPUT_FOLDER [--minutes N] [--end SECONDS]

Draws each dashboard as an SVG, from the queries in dashboards/*.json and what Prometheus answers to them: what an operator
sees in Grafana, more or less. docs/pictures/README.md says how the pictures there were made.
    PROMETHEUS      http://127.0.0.1:9090
    --minutes N     the time that is shown (10)
    --end SECONDS   its end, as seconds since 1970 (now)
"""

import argparse
import datetime
import math
import pathlib
import re
import time
from xml.sax.saxutils import escape

from prometheus_api import Prometheus, dashboards, expression_of

WIDTH, CELL, GAP, HEAD = 1320, 36, 8, 46  # pixels; a cell is one unit of gridPos.h
POINTS = 150  # of a line, at most
LINES_IN_LEGEND = 4
PALETTE = ["#3274d9", "#e0752d", "#56a64b", "#a352cc", "#e02f44", "#0ab0a6", "#b877d9", "#7c6a0a", "#705da0", "#447ebc"]
COLORS = {"green": "#56a64b", "orange": "#ef843c", "red": "#d44a3a", "blue": "#5794f2"}


# --- values as text ---------------------------------------------------------------------------------------------


def significant(value):
    text = f"{value:.3g}" if abs(value) < 1000 else f"{value:.0f}"
    return "0" if float(text) == 0 else text


def seconds_text(value):
    for most, unit, name in ((1e-3, 1e-6, "µs"), (1, 1e-3, "ms"), (120, 1, "s"), (7200, 60, "min"), (172800, 3600, "h")):
        if abs(value) < most:
            return f"{significant(value / unit)} {name}"
    return f"{significant(value / 86400)} days"


def with_prefix(value, base, names):
    power = 0
    while abs(value) >= base and power + 1 < len(names):
        value, power = value / base, power + 1
    return f"{significant(value)} {names[power]}".strip()


def value_text(value, unit, now):
    if math.isnan(value):
        return "–"
    if unit == "s":
        return "0 s" if value == 0 else seconds_text(value)
    if unit == "dateTimeFromNow":
        return f"{seconds_text(max(0.0, now - value / 1000))} ago"
    if unit == "bytes":
        return with_prefix(value, 1024, ["B", "KiB", "MiB", "GiB", "TiB"])
    if unit == "percentunit":
        return f"{significant(value * 100)} %"
    return with_prefix(value, 1000, ["", "K", "M", "G"]) + ("/s" if unit == "cps" else "")


def color_of(value, thresholds):
    color = "blue"
    for step in thresholds["steps"]:
        if step["value"] is None or value >= step["value"]:
            color = step["color"]
    return COLORS[color]


# --- drawing ----------------------------------------------------------------------------------------------------


def text_at(x, y, text, size=12, color="#24292f", anchor="start", weight="normal"):
    more = "" if weight == "normal" else f' font-weight="{weight}"'
    return f'<text x="{x:.0f}" y="{y:.0f}" font-size="{size}" fill="{color}" text-anchor="{anchor}"{more}>{escape(text)}</text>'


def cut(text, width, size=12):
    most = max(4, int(width / (size * 0.58)))
    return text if len(text) <= most else text[: most - 1] + "…"


class Box:
    """The inside of a panel, below its title."""

    def __init__(self, panel):
        at = panel["gridPos"]
        column = (WIDTH + GAP) / 24
        self.x, self.y = at["x"] * column, HEAD + at["y"] * CELL
        self.w, self.h = at["w"] * column - GAP, at["h"] * CELL - GAP
        self.top = self.y + 30


def draw_stat(box, panel, values, now):
    defaults = panel["fieldConfig"]["defaults"]
    numbers = [value for _, value in values if not math.isnan(value)]
    text, color = "no data", "#8c8c8c"
    if numbers:
        text, color = value_text(numbers[0], defaults["unit"], now), color_of(numbers[0], defaults["thresholds"])
        for mapping in defaults["mappings"]:
            named = mapping["options"].get(f"{numbers[0]:g}")
            if named:
                text, color = named["text"], COLORS[named["color"]]
    height = box.y + box.h - box.top - 6
    yield f'<rect x="{box.x + 6:.0f}" y="{box.top:.0f}" width="{box.w - 12:.0f}" height="{height:.0f}" rx="3" fill="{color}"/>'
    size = min(26, int((box.w - 20) / (0.62 * len(text))))
    yield text_at(box.x + box.w / 2, box.top + height / 2 + size / 3, text, size, "#ffffff", "middle", "bold")


def draw_table(box, panel, columns, now):
    """columns: one list of (labels, value) for each query."""
    organize = next(t["options"] for t in panel["transformations"] if t["id"] == "organize")
    names = organize["renameByName"]
    labels = [label for label in names if not label.startswith("Value")]
    headings = [heading for name, heading in names.items() if name.startswith("Value")]
    settings = {o["matcher"]["options"]: {p["id"]: p["value"] for p in o["properties"]} for o in panel["fieldConfig"]["overrides"]}
    rows = {}
    for index, values in enumerate(columns):
        for found, value in values:
            rows.setdefault(tuple(found.get(label, "") for label in labels), {})[index] = value
    descending = next(t["options"] for t in panel["transformations"] if t["id"] == "sortBy")["sort"][0]["desc"]
    order = sorted(rows.items(), key=lambda row: row[1].get(0, -math.inf), reverse=descending)
    y = box.top + 8
    shown = max(1, int((box.y + box.h - y - 8) / 22))
    lines = [[names[label] for label in labels] + headings]
    for key, values in order[:shown]:
        lines.append(list(key) + [value_text(values.get(i, math.nan), settings[h]["unit"], now) for i, h in enumerate(headings)])
    wanted = [max(6, *(len(line[column]) for line in lines)) for column in range(len(lines[0]))]
    places = [box.x + 10 + (box.w - 16) * sum(wanted[:column]) / sum(wanted) for column in range(len(wanted) + 1)]
    for line, texts in enumerate(lines):
        for column, text in enumerate(texts):
            x, width = places[column], places[column + 1] - places[column]
            color = "#24292f" if line > 0 else "#57606a"
            steps = settings[headings[column - len(labels)]].get("thresholds") if column >= len(labels) else None
            value = order[line - 1][1].get(column - len(labels)) if line > 0 else None
            if steps and value is not None:
                fill, color = color_of(value, steps), "#ffffff"
                yield f'<rect x="{x - 5:.0f}" y="{y - 14:.0f}" width="{width - 4:.0f}" height="19" rx="2" fill="{fill}"/>'
            yield text_at(x, y, cut(text, width), 12 if line > 0 else 11, color, weight="normal" if line > 0 else "bold")
        y += 22
    if len(order) > shown:
        yield text_at(box.x + box.w - 10, box.top + 8, f"{len(order) - shown} more", 10, "#8c8c8c", "end")


def nice_step(most):
    rough = most / 4
    power = 10 ** math.floor(math.log10(rough))
    return next(power * factor for factor in (1, 2, 5, 10) if power * factor >= rough)


def draw_graph(box, panel, lines, start, end, now):
    """lines: (legend, [(time, value), ...]) pairs."""
    unit = panel["fieldConfig"]["defaults"]["unit"]
    lines = [(legend, [(t, v) for t, v in points if not math.isnan(v)]) for legend, points in lines]
    lines = sorted(((legend, points) for legend, points in lines if points), key=lambda line: -max(v for _, v in line[1]))
    most = max([v for _, points in lines for _, v in points], default=0) or 1
    base = 2**20 if unit == "bytes" else 1
    step = nice_step(most / base) * base
    top = math.ceil(most / step) * step
    left, right, upper, lower = box.x + 64, box.x + box.w - 12, box.top + 4, box.y + box.h - 42

    def place(t, v):
        return left + (t - start) / (end - start) * (right - left), lower - v / top * (lower - upper)

    for index in range(int(round(top / step)) + 1):
        _, y = place(start, index * step)
        yield f'<path d="M{left:.0f} {y:.1f}H{right:.0f}" stroke="#e4e7eb"/>'
        yield text_at(left - 6, y + 4, value_text(index * step, unit, now), 10, "#57606a", "end")
    marks = 3 if box.w < 400 else 5
    for index in range(marks):
        t = start + (end - start) * index / (marks - 1)
        anchor = "start" if index == 0 else "end" if index == marks - 1 else "middle"
        clock = datetime.datetime.fromtimestamp(t, datetime.timezone.utc).strftime("%H:%M:%S")
        yield text_at(place(t, 0)[0], lower + 14, clock, 10, "#57606a", anchor)
    for step_ in panel["fieldConfig"]["defaults"]["thresholds"]["steps"]:
        if step_["value"] and step_["value"] <= top and "thresholdsStyle" in panel["fieldConfig"]["defaults"]["custom"]:
            _, y = place(start, step_["value"])
            yield f'<path d="M{left:.0f} {y:.1f}H{right:.0f}" stroke="{COLORS[step_["color"]]}" stroke-dasharray="4 3"/>'
    # Lines at nought all the time lie on each other: one stands for all of them.
    seen = [line for line in lines if max(v for _, v in line[1]) > 0] or lines[:1]
    for index, (_, points) in enumerate(seen):
        path, last = "", None
        for t, v in points:
            x, y = place(t, v)
            path += f"{'M' if last is None or t - last > 3 * (end - start) / POINTS else 'L'}{x:.1f} {y:.1f}"
            last = t
        yield f'<path d="{path}" fill="none" stroke="{PALETTE[index % len(PALETTE)]}" stroke-width="1.4"/>'
    x, y = left, lower + 32
    for index, (legend, _) in enumerate(seen[:LINES_IN_LEGEND]):
        width = 14 + 6.2 * len(legend) + 12
        if x + width > right and index > 0:
            yield text_at(x, y, f"+ {len(seen) - index}", 10, "#57606a")
            break
        yield f'<rect x="{x:.0f}" y="{y - 6:.0f}" width="10" height="4" fill="{PALETTE[index % len(PALETTE)]}"/>'
        yield text_at(x + 14, y, cut(legend, right - x - 14, 10), 10)
        x += width
    if not lines:
        yield text_at(box.x + box.w / 2, (upper + lower) / 2, "no data", 12, "#8c8c8c", "middle")


def legend_of(target, labels):
    return re.sub(r"\{\{(\w+)\}\}", lambda match: labels.get(match.group(1), ""), target["legendFormat"]).strip()


def draw(dashboard, prometheus, start, end):
    height = HEAD + max(p["gridPos"]["y"] + p["gridPos"]["h"] for p in dashboard["panels"]) * CELL
    step = max(1, math.ceil((end - start) / POINTS))
    rate_interval = f"{max(4 * step, 10)}s"
    yield f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" font-family="Helvetica, Arial, sans-serif">'
    yield f'<rect width="{WIDTH}" height="{height}" fill="#f4f5f5"/>'
    yield text_at(4, 28, dashboard["title"], 20, weight="bold")
    shown = [datetime.datetime.fromtimestamp(t, datetime.timezone.utc).strftime("%H:%M") for t in (start, end)]
    yield text_at(WIDTH - 4, 28, f"{shown[0]} to {shown[1]} UTC", 13, "#57606a", "end")
    for panel in dashboard["panels"]:
        box = Box(panel)
        yield f'<rect x="{box.x:.0f}" y="{box.y:.0f}" width="{box.w:.0f}" height="{box.h:.0f}" rx="3" fill="#fff" stroke="#d8dce0"/>'
        size = 12 if len(panel["title"]) * 7.2 < box.w - 16 else 10
        yield text_at(box.x + 8, box.y + 20, cut(panel["title"], box.w - 12, size), size, weight="bold")
        expressions = [expression_of(target, {}, rate_interval) for target in panel["targets"]]
        if panel["type"] == "timeseries":
            lines = [
                (legend_of(target, labels), points)
                for target, expression in zip(panel["targets"], expressions)
                for labels, points in prometheus.over_time(expression, start, end, step)
            ]
            yield from draw_graph(box, panel, lines, start, end, end)
        else:
            answers = [prometheus.now(expression, end) for expression in expressions]
            yield from draw_stat(box, panel, answers[0], end) if panel["type"] == "stat" else draw_table(box, panel, answers, end)
    yield "</svg>"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("prometheus")
    parser.add_argument("output", type=pathlib.Path)
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--end", type=float, default=time.time())
    options = parser.parse_args()
    options.output.mkdir(parents=True, exist_ok=True)
    for name, dashboard in dashboards().items():
        file = options.output / f"{name}.svg"
        lines = draw(dashboard, Prometheus(options.prometheus), options.end - options.minutes * 60, options.end)
        file.write_text("\n".join(lines) + "\n")
        print(f"{file}: {file.stat().st_size} bytes")


if __name__ == "__main__":
    main()
