#!/usr/bin/env python3
"""usage: config_schemas.py PRODUCER CONSUMER

The JSON Schemas of schemas/config, judged by a validator that is not ours: they are sound, every configuration file of
deploy/ keeps to them, and a file with a wrong key, a wrong type or a wrong choice does not, as the programs say too.
"""

import copy
import json
import pathlib
import subprocess
import sys
import tempfile
import tomllib

import jsonschema

ROOT = pathlib.Path(__file__).resolve().parents[2]
FAILURES = []


def fail(text):
    FAILURES.append(text)
    print("FAILED:", text, file=sys.stderr)


def validator_of(program):
    schema = json.loads((ROOT / f"schemas/config/{program}.schema.json").read_text())
    jsonschema.Draft7Validator.check_schema(schema)
    return jsonschema.Draft7Validator(schema)


def problems(validator, document):
    return [f"{'/'.join(map(str, error.absolute_path))}: {error.message}" for error in validator.iter_errors(document)]


def refused_by(program, text):
    """Whether the program itself refuses the file, and what it says."""
    with tempfile.NamedTemporaryFile("w", suffix=".toml") as file:
        file.write(text)
        file.flush()
        done = subprocess.run([program, "--check-config", "--config", file.name], capture_output=True, text=True, check=False)
    return done.returncode, done.stderr


def with_value(document, path, value):
    changed = copy.deepcopy(document)
    place = changed
    for step in path[:-1]:
        place = place[step] if isinstance(step, int) else place.setdefault(step, {})
    place[path[-1]] = value
    return changed


WRONG = {
    "producer": [
        (["sauce"], "region"),
        (["ldap", "uris"], "ldap://127.0.0.1"),
        (["kafka", "replication_factor"], "three"),
        (["search", 0, "scope"], "everything"),
        (["search", 0, "atributes"], ["uid"]),
        (["producer", "heartbeat_interval"], "10 s"),
        (["producer", "queue_bytes"], "64 MB"),
    ],
    "consumer": [
        (["targets"], "moodle"),
        (["database", "port"], "5432"),
        (["users", "leaving"], "delete"),
        (["users", "fields"], {"adress": "${street}"}),
        (["users", "fields"], {"username": {"value": "${uid}", "case": "Lower"}}),
        (["users", "fields"], {"username": {"first_of": [{"when": "(uid=*)", "vaule": "${uid}"}]}}),
        (["users", "type"], [{"name": "pupil"}]),
        (["users", "type"], [{"name": "pupil", "filter": "(uid=*)", "fields": {"citty": "${l}"}}]),
        (["cohorts", "from_people"], [{"name": "classes", "attribute": "ENTEleveClasses"}]),
        (["roles", "keys"], {"course": "name"}),
        (["log", "level"], "loud"),
    ],
}


def main():
    samples = 0
    for kind, program in zip(("producer", "consumer"), sys.argv[1:3], strict=True):
        validator = validator_of(f"entstream-{kind}")
        files = sorted((ROOT / "deploy").glob(f"**/{kind}.toml"))
        samples += len(files)
        for file in files:
            for problem in problems(validator, tomllib.loads(file.read_text())):
                fail(f"{file.relative_to(ROOT)}: {problem}")
        # What the program prints as a sample keeps to it, but for the required keys that it leaves empty.
        printed = subprocess.run([program, "--help-config"], capture_output=True, text=True, check=True).stdout
        for problem in problems(validator, tomllib.loads(printed)):
            if not problem.startswith("search/0/kind: '' is not one of"):
                fail(f"{kind} --help-config: {problem}")

        sample = tomllib.loads((ROOT / f"deploy/config/{kind}.toml").read_text())
        for path, value in WRONG[kind]:
            if not problems(validator, with_value(sample, path, value)):
                fail(f"{kind}: {'.'.join(map(str, path))} = {value!r} passes the schema")
        status, said = refused_by(program, "sauce = 1\n" + (ROOT / f"deploy/config/{kind}.toml").read_text())
        if status != 78 or "sauce: is not a key of this file" not in said:
            fail(f"{kind}: the program takes a key that the schema refuses: status {status}, {said}")
    if samples < 8:
        fail(f"only {samples} configuration files were found in deploy/")
    if FAILURES:
        return 1
    print(f"{samples} files keep to the schemas, {sum(map(len, WRONG.values()))} wrong ones do not")
    return 0


if __name__ == "__main__":
    sys.exit(main())
