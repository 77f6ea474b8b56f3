"""Whoever the topology names is run by `make up` and by compose, and what the gateway sends on goes to somebody who is there."""

import re
from itertools import pairwise
from pathlib import Path

import pytest
import yaml
from deploy.embedded import witness
from deploy.embedded.greeting import greeting
from deploy.embedded.programs import Program, ports, programs

from zi_audit.files.tile_folder import POLICY
from zi_chassis.bus.topology import Topology
from zi_chassis.settings import Settings
from zi_rules.office import load_office
from zi_tlog.policy import parse_policy

TOPOLOGY = Topology.read(Path("deploy/nats/topology.toml"))
MEMBERS = list(TOPOLOGY.root)
COMPOSE = yaml.safe_load(Path("docker-compose.yml").read_text())["services"]
LONG_RUNNING = {name: service for name, service in COMPOSE.items() if service["restart"] != "no"}


@pytest.fixture
def embedded(tmp_path: Path) -> list[Program]:
    return programs(Settings(service="runner", data=tmp_path), identity=True, mailbox=True)


def test_every_member_of_the_topology_is_run_by_make_up_under_its_own_key(embedded: list[Program]) -> None:
    seeds = {program.name: program.environment.get("ZI_NATS_SEED", "") for program in embedded}
    assert all(seeds[name].endswith(f"/{name}.nk") for name in MEMBERS)


def test_every_member_of_the_topology_is_run_by_compose_under_its_own_key() -> None:
    seeds = {name: COMPOSE[name]["environment"]["ZI_NATS_SEED"] for name in MEMBERS}
    assert all(seed.endswith(f"/{name}.nk") for name, seed in seeds.items())


def test_every_key_is_handed_to_the_user_of_its_service() -> None:
    handed = dict(re.findall(r"chown (\d+) keys/([\w-]+)\.nk", COMPOSE["keys"]["command"][-1]))
    users = {user: name for name in MEMBERS for user in [COMPOSE[name]["user"].split(":")[0]]}
    assert {user: name for user, name in handed.items() if name != "provisioner"} == users


def test_no_two_programs_of_make_up_share_a_port(embedded: list[Program]) -> None:
    chosen = ports(Settings(service="runner"), embedded)
    assert len(chosen) == len(set(chosen))
    assert all(8080 <= port < 8100 for port in chosen)


def test_every_upstream_of_the_gateway_is_named_by_both_runs(embedded: list[Program]) -> None:
    wanted = set(re.findall(r"\{\$(ZI_\w+_UPSTREAM)", Path("deploy/caddy/Caddyfile").read_text()))
    gateway = next(program for program in embedded if program.name == "gateway")
    assert wanted <= set(gateway.environment)
    assert wanted <= set(COMPOSE["gateway"]["environment"])


def test_the_witness_of_both_runs_watches_the_log_of_the_house_and_those_put_into_its_folder(
    embedded: list[Program],
) -> None:
    ours = next(program.command for program in embedded if program.name == "witness")
    compose = [word for option in COMPOSE["witness"]["command"] for word in option.split("=")]
    for command in (ours, compose):
        policies = [value for option, value in pairwise(command) if option == "--policy"]
        assert [Path(path).name for path in policies] == [POLICY, "logs"]


def test_the_witness_of_make_up_does_not_wait_for_a_policy_in_a_bucket(tmp_path: Path) -> None:
    settings = Settings(service="runner", data=tmp_path, tiles="s3://bucket/log")
    command = witness.arguments(settings)
    assert [value for option, value in pairwise(command) if option == "--policy"] == [
        str(tmp_path / "witness" / "logs")
    ]
    assert "does not watch the log" in greeting(settings, identity=False, mailbox=False)
    settings = Settings(service="runner", data=tmp_path)
    assert "does not watch the log" not in greeting(settings, identity=False, mailbox=False)


def test_what_the_witness_of_compose_signed_last_is_kept_apart_from_its_folder() -> None:
    """A volume that is restored takes its folder back and not this file."""
    options = dict(option.split("=", 1) for option in COMPOSE["witness"]["command"] if "=" in option)
    volumes = dict(volume.split(":")[:2] for volume in COMPOSE["witness"]["volumes"])
    places = {path: name for name, path in volumes.items()}
    apart = str(Path(options["--last-signed"]).parent)
    assert places[apart] != places[options["--data"]]
    assert options["--last-signed"] in COMPOSE["witness-key"]["command"][0]
    assert f"{places[apart]}:{apart}" in COMPOSE["witness-key"]["volumes"]


def test_the_witness_of_make_up_is_named_to_the_log_unless_the_office_names_its_own(tmp_path: Path) -> None:
    settings = Settings(service="runner", data=tmp_path)
    witness.prepare(settings)
    named = parse_policy((tmp_path / "witnesses").read_bytes())
    assert [(each.name, each.url) for each in named.witnesses] == [
        ("witness-in-the-same-house", "http://127.0.0.1:8090/witness")
    ]
    assert named.quorum == "witness-in-the-same-house"
    (tmp_path / "witnesses").write_text("quorum none\n")
    witness.prepare(settings)
    assert (tmp_path / "witnesses").read_text() == "quorum none\n"


def test_the_witness_of_make_up_is_named_where_it_listens_in_this_run(tmp_path: Path) -> None:
    for port in (8080, 9080):
        witness.prepare(Settings(service="runner", data=tmp_path, port=port))
        [named] = parse_policy((tmp_path / "witnesses").read_bytes()).witnesses
        assert named.url == f"http://127.0.0.1:{port + 10}/witness"


def test_what_an_office_wrote_about_its_witnesses_stays_as_it_is(tmp_path: Path) -> None:
    witness.prepare(Settings(service="runner", data=tmp_path))
    first = (tmp_path / "witnesses").read_text()
    for written in (first.replace("witness-in-the-same-house", "ours"), "no policy at all\n"):
        (tmp_path / "witnesses").write_text(written)
        witness.prepare(Settings(service="runner", data=tmp_path, port=9080))
        assert (tmp_path / "witnesses").read_text() == written


def test_the_witness_of_compose_is_named_to_the_log_where_the_log_looks() -> None:
    command = COMPOSE["witness-key"]["command"][-1]
    assert "witness witness-in-the-same-house $$key http://witness:8000/witness" in command
    assert COMPOSE["audit-writer"]["environment"]["ZI_WITNESSES"] is None
    assert "cd /var/lib/zona/witnesses\ntest -e witnesses" in command
    assert "witnesses:/var/lib/zona/witnesses:ro" in COMPOSE["audit-writer"]["volumes"]


@pytest.mark.parametrize("name", LONG_RUNNING)
def test_what_runs_in_compose_is_watched_and_has_no_rights_to_spare(name: str) -> None:
    service = LONG_RUNNING[name]
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert "healthcheck" in service
    assert all(str(port).startswith("127.0.0.1:") for port in service.get("ports", []))


def test_only_the_first_start_of_keycloak_may_write_outside_of_volumes() -> None:
    assert [name for name, service in COMPOSE.items() if not service["read_only"]] == ["keycloak"]


BUCKET = {
    "AWS_ACCESS_KEY_ID": "${ZI_BUCKET_KEY_ID:-}",
    "AWS_SECRET_ACCESS_KEY": "${ZI_BUCKET_SECRET:-}",
    "AWS_REGION": "${ZI_BUCKET_REGION:-}",
    "AWS_ENDPOINT_URL": "${ZI_BUCKET_ENDPOINT:-}",
}
KEEPERS_OF_BACKUPS = {"zona", "backups"}


def of_buckets(service: str) -> dict[str, str | None]:
    environment = COMPOSE[service].get("environment") or {}
    return {name: value for name, value in environment.items() if name.startswith("AWS_")}


def test_the_account_of_the_backups_is_given_to_those_that_make_them_and_to_nobody_else() -> None:
    """Whoever reads the environment of a service that answers the internet could remove the backups otherwise."""
    for name in COMPOSE:
        if name in KEEPERS_OF_BACKUPS:
            assert of_buckets(name) == dict.fromkeys(BUCKET)
        else:
            assert of_buckets(name) in ({}, BUCKET)
        assert "env_file" not in COMPOSE[name]
    assert "AWS_" not in Path("deploy/cluster/compose.yml").read_text()


def test_whoever_reads_a_bucket_has_the_account_of_the_services_there() -> None:
    reading = {
        name
        for name, service in COMPOSE.items()
        if {"ZI_TILES", "ZI_FILES"} & (service.get("environment") or {}).keys()
    } - KEEPERS_OF_BACKUPS
    assert reading >= {"intake", "audit", "audit-writer", "reconcile"}
    assert [name for name in reading if of_buckets(name) != BUCKET] == []


def test_the_image_of_the_operator_is_built_with_the_others() -> None:
    """`zona` has a profile, and compose builds what has one only where the profile is named: it would be of the version before."""
    pages = [Path("Makefile"), Path("README.md"), *Path("docs").glob("*.md")]
    command = re.compile(r"(?:docker compose|\$\(COMPOSE\))([^`\n]*? build\b|[^`\n]* --build\b)")
    found = [how for page in pages for how in command.findall(page.read_text(encoding="utf-8"))]
    assert len(found) >= 4
    assert {how.strip() for how in found} == {"--profile tools build"}


def test_no_password_has_a_default() -> None:
    text = Path("docker-compose.yml").read_text()
    assert not re.search(r"\$\{(ZI_DB_\w+|KEYCLOAK_ADMIN):?-", text)


# Settings that compose decides by its layout, or that hold for `make up` alone.
SET_BY_THE_LAYOUT = {
    "data": "a volume at the default place of the image",
    "port": "one port inside, the same in each container",
    "service": "each program names itself",
    "clock_shift": "for demonstrations on an empty folder",
    "jwks_url": "the discovery document names it",
    "group_commit": "measured by the bench alone",
    "private_webhooks": "for tests alone: in a container every webhook leads to the public network",
}
IN_ALL_SERVICES = {
    "office",
    "log_origin",
    "demo",
    "public_url",
    "nats_url",
    "nats_seed",
    "database",
    "otlp_endpoint",
}
RUN_BY = {"audit": ("audit", "audit-writer")}


def settings_read_by(service: str) -> set[str]:
    """Those that its processes read; an auditor's command line has its own environment."""
    files = [file for file in Path("services", service).rglob("*.py") if file.name != "cli.py"]
    code = "\n".join(file.read_text() for file in files)
    return {field for field in Settings.model_fields if re.search(rf"settings\.{field}\b", code)}


READERS_OF_RULES = ("intake", "umkm", "certificates", "integrity", "notify", "audit", "audit-writer")


@pytest.mark.parametrize("name", READERS_OF_RULES)
def test_every_service_of_compose_reads_who_the_office_is(name: str) -> None:
    """Each puts the office's code into its messages, and its name on its pages."""
    assert "${ZI_RULES:-./deploy/rules}:/var/lib/zona/rules:ro" in COMPOSE[name]["volumes"]


def test_compose_names_no_office() -> None:
    """A container that is told another office than its folder says does not start."""
    named = Path("docker-compose.yml").read_text() + Path("deploy/compose-env").read_text()
    office = load_office()
    assert not office.is_own
    assert [each for each in (office.data.code, office.data.name) if each in named] == []


@pytest.mark.parametrize("service", ["intake", "umkm", "certificates", "integrity", "notify", "audit"])
def test_what_an_operator_may_set_reaches_the_container_that_reads_it(service: str) -> None:
    wanted = (settings_read_by(service) | IN_ALL_SERVICES) - SET_BY_THE_LAYOUT.keys()
    passed = set().union(*(COMPOSE[name]["environment"] for name in RUN_BY.get(service, (service,))))
    assert {field for field in wanted if f"ZI_{field.upper()}" not in passed} == set()


def test_every_setting_is_explained_or_decided_by_the_layout() -> None:
    page = Path("docs/operations.md").read_text()
    assert {
        field
        for field in Settings.model_fields.keys() - SET_BY_THE_LAYOUT.keys()
        if f"`ZI_{field.upper()}`" not in page
    } == set()
