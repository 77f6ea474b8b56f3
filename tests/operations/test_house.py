"""The operator's command knows every service of the house, in both ways of running it."""

import re
from pathlib import Path

import yaml
from tests.operations.small_house import SmallHouse

from zi_chassis.bus.topology import Topology
from zi_chassis.settings import LISTENERS
from zi_operations.house import SERVICES, VAULTS, WRITER, HouseOfData, HouseSettings

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


def test_an_index_is_left_out_of_a_backup_under_each_name_that_compose_gives_it(small: SmallHouse) -> None:
    """In a cluster the second process of audit has one of its own, and what nobody has classified counts as a key."""
    named = re.findall(
        r"ZI_INDEX_DATABASE: /var/lib/zona/(\S+?)}", Path("deploy/cluster/compose.yml").read_text()
    )
    assert named == ["audit/index-2.db"]
    for name in ("audit/index.db", *named):
        for end in ("", "-wal", "-shm"):
            (small.folder / f"{name}{end}").write_text("made again from the published log")
    data, keys = small.house.files()
    assert not [path for path in (*data, *keys) if "index" in path.name]


def test_each_process_of_a_service_is_asked_by_its_own_address() -> None:
    several = HouseOfData(HouseSettings(intake_url="http://intake-1:8000, http://intake-2:8000"))
    assert several.urls("intake") == ["http://intake-1:8000", "http://intake-2:8000"]
    assert HouseOfData(HouseSettings(port=8080)).urls("intake") == [
        f"http://127.0.0.1:{8080 + LISTENERS['intake']}"
    ]
