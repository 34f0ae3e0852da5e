"""What the schema of Compose does not say. Reads the output of `docker-compose config`; argument: the repository.

Every network, volume, secret and mounted file or folder that a service names is there; whoever waits for a healthy service waits
for one with a health check; every path below /run/secrets is a secret of that service; no port is open to other
machines.
"""

import os
import re
import sys

import yaml


def problems_of_service(name, service, compose, repository):
    secrets = {secret["source"] for secret in service.get("secrets", [])}
    for kind, used in (("network", service.get("networks", {})), ("secret", secrets)):
        for missing in set(used) - set(compose.get(kind + "s", {})):
            yield f"{kind} {missing} is not defined"
    for volume in service.get("volumes", []):
        source = volume.split(":")[0] if isinstance(volume, str) else volume["source"]
        if source.startswith("/"):
            if not os.path.isfile(source) and not (os.path.isdir(source) and os.listdir(source)):
                yield f"mounts {os.path.relpath(source, repository)}, which is no file or folder of the repository"
        elif source not in compose.get("volumes", {}):
            yield f"volume {source} is not defined"
    for other, wait in service.get("depends_on", {}).items():
        if wait["condition"] == "service_healthy" and "healthcheck" not in compose["services"].get(other, {}):
            yield f"waits for {other} to be healthy, which has no health check"
    for variable, value in service.get("environment", {}).items():
        for secret in re.findall(r"/run/secrets/(\w+)", str(value)):
            if secret not in secrets:
                yield f"{variable} names the secret {secret}, which it is not given"
    for port in service.get("ports", []):
        if not str(port).startswith("127.0.0.1:"):
            yield f"port {port} is open to other machines: publish it on 127.0.0.1"
    if service.get("network_mode") == "host":
        yield "network_mode: host opens its ports to other machines"


def main():
    repository = sys.argv[1]
    compose = yaml.safe_load(sys.stdin)
    problems = [
        f"compose: service {name}: {problem}"
        for name, service in compose["services"].items()
        for problem in problems_of_service(name, service, compose, repository)
    ]
    if problems:
        sys.exit("\n".join(problems))
    print(f"compose: the {len(compose['services'])} services name only what is there, and open no port to other machines")


main()
