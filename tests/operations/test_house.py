"""The operator's command knows every service of the house, in both ways of running it."""

import re
from pathlib import Path

import yaml

from zi_chassis.topology import Topology
from zi_operations.house import SERVICES, VAULTS, WRITER, HouseSettings

COMPOSE = yaml.safe_load(Path("docker-compose.yml").read_text())["services"]
ZONA = COMPOSE["zona"]


def test_every_member_of_the_topology_is_backed_up() -> None:
    assert {*SERVICES, WRITER} == set(Topology.read(Path("deploy/nats/topology.toml")).root)


def test_compose_gives_it_the_database_of_every_service() -> None:
    for name in HouseSettings.model_fields:
        if name.endswith("_database"):
            service, kind = re.fullmatch(r"(.+?)(_keys)?_database", name).groups()
            theirs = COMPOSE[service.replace("_", "-")]["environment"]
            assert (
                ZONA["environment"][f"ZI_{name.upper()}"]
                == theirs["ZI_KEYS_DATABASE" if kind else "ZI_DATABASE"]
            )
    assert {f"{name}_keys_database" for name in VAULTS} <= set(HouseSettings.model_fields)


def test_compose_mounts_everything_that_a_service_keeps() -> None:
    mounted = {volume.split(":")[1] for volume in ZONA["volumes"]}
    for name in (*SERVICES, WRITER):
        assert {volume.split(":")[1] for volume in COMPOSE[name]["volumes"]} <= mounted
