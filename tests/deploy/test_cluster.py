"""The cluster is the house of docker-compose.yml and nothing weaker: it takes each service from there, and names what it adds in both files alike."""

import json
import os
import re
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
import yaml
from bench import chaos, chaos_cluster
from deploy.embedded.programs import binary

from zi_chassis.provision import StandaloneStreamsError, main, refuse_standalone_streams

FOLDER = Path("deploy/cluster")


class Loader(yaml.SafeLoader):
    """Reads compose's own tags as the value that stands behind them."""


def _value(loader: Loader, _: str, node: yaml.Node) -> Any:
    if isinstance(node, yaml.MappingNode):
        return loader.construct_mapping(node, deep=True)
    if isinstance(node, yaml.SequenceNode):
        return loader.construct_sequence(node, deep=True)
    assert isinstance(node, yaml.ScalarNode)
    return loader.construct_scalar(node)


Loader.add_multi_constructor("!", _value)  # type: ignore[no-untyped-call]

HOUSE = yaml.safe_load(Path("docker-compose.yml").read_text())["services"]
CLUSTER = yaml.load((FOLDER / "compose.yml").read_text(), Loader)["services"]
SETTINGS = dict(
    line.split("=", 1)
    for line in (FOLDER / "compose.env").read_text().splitlines()
    if "=" in line and not line.startswith("#")
)
SERVICES = ("intake", "umkm", "certificates", "integrity", "notify", "audit")
ADDED = {name: service for name, service in CLUSTER.items() if "extends" in service}
# What makes a container hard to break out of, and what it is made of.
FIXED = (
    "read_only",
    "cap_add",
    "cap_drop",
    "security_opt",
    "tmpfs",
    "pids_limit",
    "ports",
    "privileged",
    "healthcheck",
)


@pytest.mark.parametrize("name", CLUSTER)
def test_nothing_of_the_cluster_has_more_rights_than_in_the_house(name: str) -> None:
    service = CLUSTER[name]
    assert not set(FIXED) & service.keys()
    origin = service.get("extends", {"file": "docker-compose.yml", "service": name})
    assert origin["file"] == "docker-compose.yml"
    assert HOUSE[origin["service"]]["cap_drop"] == ["ALL"]
    # The one step that is no service: the house's image of PostgreSQL with the user of that.
    if name == "pair":
        assert (service["image"], service["user"]) == (HOUSE["postgres"]["image"], HOUSE["postgres"]["user"])
    else:
        assert not {"image", "user"} & service.keys()


def test_each_service_and_the_writer_has_two_processes_and_the_gateway_asks_both() -> None:
    for name in (*SERVICES, "audit-writer"):
        assert ADDED[f"{name}-2"]["extends"]["service"] == name
        assert all(name in network["aliases"] for network in ADDED[f"{name}-2"]["networks"].values())
    upstreams = CLUSTER["gateway"]["environment"]
    for name in SERVICES:
        assert CLUSTER[name]["networks"]["front"]["aliases"] == [f"{name}-1"]
        assert upstreams[f"ZI_{name.upper()}_UPSTREAM"] == f"{name}-1:8000 {name}-2:8000"


def test_the_servers_are_named_alike_wherever_they_are_named() -> None:
    nats = [name for name in CLUSTER if re.fullmatch(r"nats(-\d)?", name)]
    postgres = [name for name in CLUSTER if re.fullmatch(r"postgres(-\d)?", name)]
    assert SETTINGS["ZI_NATS_URL"].split(",") == [f"nats://{name}:4222" for name in nats]
    assert SETTINGS["ZI_NATS_REPLICAS"] == str(len(nats)) == "3"
    routes = CLUSTER["keys"]["environment"]["ZI_NATS_ROUTES"]
    assert routes.split(",") == [f"{name}:6222" for name in nats]
    assert [CLUSTER[name]["environment"]["ZI_NATS_NAME"] for name in nats] == nats
    assert SETTINGS["ZI_POSTGRES_HOSTS"].split(",") == postgres
    assert CLUSTER["pair"]["environment"]["PGHOST"] == SETTINGS["ZI_POSTGRES_HOSTS"]
    assert all(CLUSTER[name]["environment"]["ZI_POSTGRES_NAME"] == name for name in postgres)
    assert [Path(file).is_file() for file in SETTINGS["COMPOSE_FILE"].split(":")] == [True, True]
    volumes = [volume for name in (*nats[1:], *postgres[1:]) for volume in CLUSTER[name]["volumes"]]
    own_volumes = [volume.split(":")[0] for volume in volumes if not volume.startswith("./")]
    assert len(own_volumes) == len(set(own_volumes)) == 3


def test_every_address_of_a_database_leads_to_whichever_server_takes_what_is_written() -> None:
    text = Path("docker-compose.yml").read_text()
    assert re.findall(r"postgresql://\S+@(?!\$\{ZI_POSTGRES_HOSTS:-postgres\}/)", text) == []
    connecting = [
        service["environment"]
        for service in HOUSE.values()
        if "ZI_POSTGRES_HOSTS" in json.dumps(service.get("environment", {}))
    ]
    assert len(connecting) > len(SERVICES)
    assert all("PGTARGETSESSIONATTRS" in environment for environment in connecting)


def test_the_copy_is_the_only_one_that_may_replicate_from_elsewhere() -> None:
    lines = [line.split() for line in (FOLDER / "pg_hba.conf").read_text().splitlines() if line[0] != "#"]
    elsewhere = [line for line in lines if line[0] == "host" and line[3] == "all"]
    assert [(line[1], line[2], line[4]) for line in elsewhere] == [
        ("replication", "replica", "scram-sha-256"),
        ("all", "all", "scram-sha-256"),
    ]
    assert (
        "ZI_DB_REPLICA="
        in subprocess.run(["sh", "deploy/compose-env"], capture_output=True, text=True, check=True).stdout
    )


def test_an_archive_that_the_new_leader_does_not_know_ends_so_that_it_begins_anew(tmp_path: Path) -> None:
    """Its receiver would connect to that one again and again, where its slot is not."""
    stubs = {
        "psql": 'case "$*" in *coalesce*) echo missing ;; esac',
        "pg_receivewal": 'case "$*" in *create-slot*) ;; *) echo "$$" > "$STUBS/receiver"; exec sleep 60 ;; esac',
        "pg_basebackup": "exit 1",
    }
    for name, text in stubs.items():
        (tmp_path / name).write_text(f"#!/bin/bash\n{text}\n")
        (tmp_path / name).chmod(0o755)
    environment = {
        "PATH": f"{tmp_path}:{os.environ['PATH']}",
        "STUBS": str(tmp_path),
        "ZI_ARCHIVE": str(tmp_path / "archive"),
        "ZI_ARCHIVE_LOOK": "0.1",
    }
    script = ["bash", "deploy/postgres/archive.sh", "run"]
    ended = subprocess.run(script, env=environment, capture_output=True, text=True, timeout=60, check=False)
    assert ended.returncode == 1
    assert "begins anew" in ended.stderr


def test_servers_of_a_cluster_know_each_other_by_a_password_that_only_they_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ZI_DATA", str(tmp_path))
    store = ["--store", str(tmp_path / "streams")]
    assert main(["keys", *store]) == 0
    config = tmp_path / "nats" / "nats.conf"
    assert "server_name" not in config.read_text()
    assert main(["keys", *store, "--routes", "nats:6222,nats-2:6222"]) == 0
    written = config.read_text()
    secret = (tmp_path / "nats" / "keys" / "route").read_text()
    assert config.stat().st_mode & 0o077 == 0
    assert len(secret) == 64
    for name in ("nats", "nats-2"):
        assert f'"nats://route:{secret}@{name}:6222"' in written
    assert f'authorization {{ user: route, password: "{secret}"' in written
    environment = {**os.environ, "ZI_NATS_NAME": "nats-2"}
    subprocess.run([binary("nats-server"), "-t", "-c", config], env=environment, check=True)
    assert main(["keys", *store, "--routes", "nats:6222,nats-2:6222"]) == 0
    assert config.read_text() == written


def test_streams_of_a_server_alone_are_not_given_to_a_cluster_that_would_remove_them(tmp_path: Path) -> None:
    streams = tmp_path / "jetstream" / "INTAKE" / "streams" / "ZI_INTAKE"
    refuse_standalone_streams(tmp_path)
    streams.mkdir(parents=True)
    with pytest.raises(StandaloneStreamsError, match="without data"):
        refuse_standalone_streams(tmp_path)
    (tmp_path / "jetstream" / "$SYS").mkdir()
    refuse_standalone_streams(tmp_path)


def test_the_gateway_asks_several_processes_and_one_as_before(tmp_path: Path) -> None:
    def adapted(**more: str) -> str:
        command = [binary("caddy"), "adapt", "--config", "deploy/caddy/Caddyfile", "--adapter", "caddyfile"]
        environment = {"HOME": str(tmp_path), **more}
        return subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout

    assert "health_checks" not in adapted()
    several = adapted(**CLUSTER["gateway"]["environment"])
    for name in SERVICES:
        assert f'"uri":"/{name}/health"' in several
        assert f'[{{"dial":"{name}-1:8000"}},{{"dial":"{name}-2:8000"}}]' in several


def test_each_fault_of_the_cluster_has_a_row_without_a_loss() -> None:
    results = chaos_cluster.RESULTS.read()
    assert chaos.wrong(results, chaos_cluster.FAULTS) == {}
    assert not any(status for run in results["runs"] for status in run["reconcile"].values())
    assert all(run["mails"]["came"] == run["mails"]["expected"] for run in results["runs"])


def test_a_server_of_nats_that_is_dead_is_passed_over(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """docker gives a container that it starts again the process id 0, into whose network nothing can look."""

    def look(command: Sequence[str]) -> str:
        if command[2] == "0":
            raise subprocess.CalledProcessError(1, command)
        stream = {"name": chaos_cluster.STREAM, "cluster": {"leader": "nats-3"}}
        return json.dumps({"account_details": [{"stream_detail": [stream]}]})

    monkeypatch.setattr(chaos_cluster, "run", look)
    monkeypatch.setattr(chaos_cluster.ClusterHouse, "pid", lambda _, name: {"nats": 0}.get(name, 7))
    assert chaos_cluster.ClusterHouse(tmp_path).first_of_nats() == "nats-3"


def test_the_next_version_has_other_read_models_of_each_service() -> None:
    """Its recipe changes what the sources have."""
    for image in chaos_cluster.NEXT_IMAGES.values():
        package = image.removeprefix("zona-").partition(":")[0]
        files = (Path("services") / package / f"zi_{package}" / "read").glob("*.py")
        assert any(re.search(r"^    version = [0-9]+$", file.read_text(), re.MULTILINE) for file in files)


def test_no_server_of_postgresql_waits_for_a_step_that_writes_to_it() -> None:
    """A leader that was paired commits nothing without its copy, so both are started before anything is written, and that waits for no copy."""
    servers = {"postgres", "postgres-2"}
    assert all(
        "depends_on" not in service for name in servers for service in (CLUSTER[name], HOUSE["postgres"])
    )
    databases = CLUSTER["databases"]
    assert databases["depends_on"] == {name: {"condition": "service_started"} for name in servers}
    assert databases["environment"]["PGOPTIONS"] == "-c synchronous_commit=local"
    assert set(CLUSTER["pair"]["depends_on"]) == {"databases"}
    assert (FOLDER / "compose.yml").read_text().count("depends_on: !override") == 3


def test_the_doctor_asks_each_process_and_the_archive_whichever_server_leads() -> None:
    for name in ("zona", "backups"):
        for service in (*SERVICES, "audit-writer"):
            urls = CLUSTER[name]["environment"][f"ZI_{service.replace('-', '_').upper()}_URL"]
            assert urls == f"http://{service}-1:8000,http://{service}-2:8000"
    # The second one is a name of compose by itself.
    assert CLUSTER["audit-writer"]["networks"] == {"inside": {"aliases": ["audit-writer-1"]}}
    archive = CLUSTER["archive"]["environment"]
    assert (archive["PGHOST"], archive["PGTARGETSESSIONATTRS"]) == (SETTINGS["ZI_POSTGRES_HOSTS"], "primary")
    assert archive["PGUSER"] == "replica"


class Server:
    """The folder of the server `postgres`, whose programs are stubs: what the other one says is in `there`, what this one's folder says in `here`."""

    stubs: Mapping[str, str] = {
        "psql": 'echo "$*" >> "$STUBS/statements"\n'
        'case "$*" in *pg_is_in_recovery\\(\\),*) if [ -s "$STUBS/there" ]; then cat "$STUBS/there"; else exit 2; fi ;; esac',
        "pg_isready": 'case "$*" in *postgres-2*) exit "$(cat "$STUBS/isready")" ;; *) exit 2 ;; esac',
        "pg_controldata": 'cat "$STUBS/here"',
        "pg_basebackup": 'while [ "$1" != --pgdata ]; do shift; done\n'
        'mkdir -p "$2/base" "$2/aside-of-the-other" && echo other > "$2/base/1" && echo 17 > "$2/PG_VERSION"',
        "docker-entrypoint.sh": "echo started",
        "sleep": "echo waits; exit 9",
    }

    def __init__(self, folder: Path) -> None:
        self.data, self.stubs_folder = folder / "data", folder / "stubs"
        for each in (self.data, self.stubs_folder):
            each.mkdir()
        for name, text in self.stubs.items():
            (self.stubs_folder / name).write_text(f"#!/bin/bash\n{text}\n")
            (self.stubs_folder / name).chmod(0o755)
        self.other()

    def other(self, role: str = "", timeline: int = 1, house: int = 7, isready: int | None = None) -> None:
        (self.stubs_folder / "there").write_text(f"{role}|{house}|{timeline}\n" if role else "")
        (self.stubs_folder / "isready").write_text(str((0 if role else 2) if isready is None else isready))

    def holds(self, timeline: int = 1, *, paired: bool = True, copy: bool = False) -> None:
        """Give this server data of its own."""
        (self.data / "PG_VERSION").write_text("17\n")
        (self.data / "own").write_text("own")
        names = '"postgres-2"' if paired else ""
        (self.data / "postgresql.auto.conf").write_text(f"synchronous_standby_names = '{names}'\n")
        (self.stubs_folder / "here").write_text(
            "Database system identifier:           7\n"
            f"Latest checkpoint's TimeLineID:       {timeline}\n"
            f"Latest checkpoint's PrevTimeLineID:   {timeline - 1}\nMin recovery ending loc's timeline:   0\n"
        )
        if copy:
            (self.data / "standby.signal").touch()

    def __call__(self, *words: str) -> str:
        """Return what the script says, and `started` where it starts PostgreSQL, `waits` where it waits."""
        environment = {
            "PATH": f"{self.stubs_folder}:{os.environ['PATH']}",
            "PGDATA": str(self.data),
            "STUBS": str(self.stubs_folder),
            "ZI_DB_REPLICA": "secret",
            "ZI_POSTGRES_NAME": "postgres",
            "ZI_POSTGRES_OTHER": "postgres-2",
        }
        script = ["bash", str(FOLDER / "postgres.sh"), *words]
        ended = subprocess.run(script, env=environment, capture_output=True, text=True, check=False)
        return ended.stderr + ended.stdout

    def statements(self) -> str:
        file = self.stubs_folder / "statements"
        return file.read_text() if file.exists() else ""


@pytest.fixture
def server(tmp_path: Path) -> Server:
    return Server(tmp_path)


def test_a_server_that_was_paired_leads_only_by_the_word_of_the_other_or_of_the_operator(
    server: Server,
) -> None:
    server.holds()
    assert "waits" in (answer := server("start", "postgres"))
    assert "postgres.sh alone" in answer
    server.other("t")
    assert server("start", "postgres") == "started\n"
    server.other()
    assert "started" not in server("alone")
    assert server("start", "postgres") == "started\n"


def test_a_server_whose_question_is_refused_does_not_lead_either(server: Server) -> None:
    server.holds(paired=False)
    server.other(isready=0)
    assert "waits" in server("start", "postgres")


def test_a_copy_starts_whatever_the_other_says(server: Server) -> None:
    server.holds(copy=True)
    assert server("start", "postgres") == "started\n"
    server.other("f", timeline=2)
    assert server("start", "postgres") == "started\n"


@pytest.mark.parametrize(
    ("other", "own_timeline", "sentence"),
    [
        ({"role": "f", "timeline": 2}, 1, "rejoin"),
        ({"role": "f", "timeline": 1}, 2, "older data: stop it"),
        ({"role": "t", "timeline": 2}, 1, "newer data"),
        ({"role": "f", "house": 8}, 1, "another house"),
        ({"role": "t", "house": 8}, 1, "another house"),
    ],
)
def test_of_two_servers_the_one_with_older_data_is_named(
    server: Server, other: dict[str, Any], own_timeline: int, sentence: str
) -> None:
    server.holds(own_timeline, paired=False)
    server.other(**other)
    answer = server("start", "postgres")
    assert sentence in answer
    assert "started" not in answer


@pytest.mark.parametrize("other", [{"role": "f", "timeline": 1}, {"role": "f", "timeline": 9, "house": 8}])
def test_newer_data_and_those_of_another_house_are_not_put_aside(
    server: Server, other: dict[str, Any]
) -> None:
    server.holds(2)
    server.other(**other)
    server("rejoin")
    assert (server.data / "own").exists()


def test_an_empty_folder_leads_only_by_the_word_of_the_operator(server: Server) -> None:
    assert "postgres.sh first" in server("start", "postgres")
    server.other("t")
    assert "waits" in server("start", "postgres")
    server("first")
    server.other()
    assert "waits" in server("start", "postgres")
    server("first")
    assert server("start", "postgres") == "started\n"
    assert list(server.data.iterdir()) == []


def test_a_server_is_promoted_only_where_the_other_is_silent_or_a_copy(server: Server) -> None:
    server.holds(copy=True)
    for other in ({"role": "f"}, {"isready": 0}, {"isready": 1}, {"role": "t", "timeline": 2}):
        server.other(**other)
        server("promote")
        assert "pg_promote" not in server.statements()
    server.other()
    server("promote")
    assert "pg_promote" in server.statements()


@pytest.mark.parametrize("command", ["start", "rejoin"])
def test_an_interrupted_copy_begins_anew_and_takes_nothing_of_what_stands_aside(
    server: Server, command: str
) -> None:
    server.other("f", timeline=2)
    for folder in ("base", "unfinished", "aside-1"):
        (server.data / folder).mkdir()
        (server.data / folder / "former").touch()
    server(command)
    assert (server.data / "base" / "1").exists()
    assert sorted(each.name for each in server.data.iterdir()) == [
        "PG_VERSION",
        "aside-1",
        "base",
        "standby.signal",
    ]


def test_who_rejoins_has_its_former_data_aside_and_is_told_how_to_remove_them(server: Server) -> None:
    server.holds()
    server.other("f", timeline=2)
    answer = server("rejoin")
    assert "erased persons" in answer
    assert "rm -r" in answer
    [aside] = server.data.glob("aside-*")
    assert (aside / "own").exists()
    assert (server.data / "standby.signal").exists()


def test_what_an_interrupted_rejoin_left_goes_aside_too(server: Server) -> None:
    server.holds()
    (server.data / "PG_VERSION").unlink()
    server.other("f", timeline=2)
    assert "started" in server("start", "postgres")
    [aside] = server.data.glob("aside-*")
    assert (aside / "own").exists()
