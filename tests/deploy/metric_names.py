"""What docs/metrics.md lists, against the metrics, labels and values that a PromQL expression names."""

import pathlib
import re

PAGE = pathlib.Path(__file__).resolve().parents[2] / "docs/metrics.md"
# What Prometheus adds, what a rule of ours records, and what is not ours.
ADDED = {"job", "instance"}
NOT_OURS = re.compile(r"up|node_filesystem_(avail|size)_bytes|entstream:\w+|ALERTS")
SELECTOR = re.compile(r"\b((?:entstream[_:]|node_|process_)\w+|up)\b(?:\{([^}]*)\})?")
MATCHER = re.compile(r'(\w+)\s*(=~|!~|!=|=)\s*"([^"]*)"')
BUCKETS = re.compile(r"_(bucket|sum|count)$")


def cells(line):
    return [cell.strip() for cell in line.strip().strip("|").split("|")]


def names_in(cell):
    return re.findall(r"`([^`]+)`", cell)


def catalogue():
    """metric -> (its type, label -> its values; none where it is a configured name)"""
    metrics, values = {}, {}
    for line in PAGE.read_text().splitlines():
        row = cells(line)
        if re.match(r"\| `(entstream|process)_", line):
            metrics[names_in(row[0])[0]] = (row[1].split(",")[0], names_in(row[2]))
        elif re.match(r"\| `\w+` \|", line):
            for metric in names_in(row[1]):
                values[metric, names_in(row[0])[0]] = set(names_in(row[2]))
    return {name: (kind, {label: values.get((name, label), set()) for label in labels}) for name, (kind, labels) in metrics.items()}


def problems_of(expression, known):
    """Names that the programs do not have; they would make a query empty."""
    for name, matchers in SELECTOR.findall(expression):
        if NOT_OURS.fullmatch(name):
            continue
        metric = name if name in known else BUCKETS.sub("", name)
        if metric not in known or (metric != name) != (known[metric][0] == "histogram"):
            yield f"docs/metrics.md has no {name}"
            continue
        labels = known[metric][1]
        for label, operator, text in MATCHER.findall(matchers):
            if label in ADDED or (label == "le" and metric != name):
                continue
            if label not in labels:
                yield f"{name} has no label {label}"
            elif labels[label] and not text.startswith("$"):
                for value in text.split("|") if "~" in operator else [text]:
                    if value not in labels[label]:
                        yield f"{name}: {label} is never {value}"
