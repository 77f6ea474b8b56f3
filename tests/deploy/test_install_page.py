"""docs/install.md: every block of commands is run here, or says that it is not; and what they make is what the programs take."""

import json
import os
import re
import subprocess
from pathlib import Path

import pytest
import yaml
from deploy.embedded.programs import binary
from tests.certificates.tools import require
from tests.journeys.test_office import made_by_the_page

from zi_chassis.settings import LISTENERS, Settings

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "install.md").read_text()
BLOCK = re.compile(r"^```(\S+)( untried)?\n(.*?)^```", re.MULTILINE | re.DOTALL)
UNIT = ROOT / "deploy" / "systemd" / "zona@.service"
PUBLIC, SIGN_IN = "https://layanan.muara-contoh.example", "https://masuk.muara-contoh.example"
HIGHEST_EXPOSURE = 2.5  # of 10, as systemd-analyze counts it


class Installed:
    """The files that the commands of the page made, below a folder of the test instead of /etc."""

    def __init__(self, folder: Path) -> None:
        self.etc = folder / "etc"
        self.caddyfile = folder / "Caddyfile"
        tried = [text for _, untried, text in BLOCK.findall(PAGE) if not untried]
        around = {"ETC": str(self.etc), "ZONA": str(ROOT), "CADDYFILE": str(self.caddyfile)}
        command = ["sh", "-euc", "\n".join(tried)]
        subprocess.run(command, env=os.environ | around, cwd=folder, check=True, capture_output=True)

    def settings(self, name: str) -> dict[str, str]:
        lines = (self.etc / name).read_text().splitlines()
        return dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Installed:
    return Installed(tmp_path_factory.mktemp("install"))


def test_each_block_is_run_here_or_says_that_it_is_not() -> None:
    """A paragraph before it says so to people, and a word to this test."""
    blocks = list(BLOCK.finditer(PAGE))
    assert PAGE.count("```") == 2 * len(blocks)
    assert {found[1] for found in blocks} == {"sh"}
    for found in blocks:
        before = PAGE[: found.start()].rstrip().rpartition("\n\n")[2]
        assert ("ot tried here" in before) == bool(found[2]), found[3]
    assert sum(not found[2] for found in blocks) >= 6


@pytest.mark.parametrize(("name", "first_port"), [("muara-contoh", 8080), ("hulu-contoh", 8100)])
def test_the_settings_are_those_of_an_office_that_starts(
    installed: Installed, name: str, first_port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    for variable in [each for each in os.environ if each.startswith("ZI_")]:
        monkeypatch.delenv(variable)
    for variable, value in installed.settings(f"{name}.env").items():
        monkeypatch.setenv(variable, value)
    rules = Path(os.environ["ZI_RULES"])
    assert rules == installed.etc / name
    if not rules.exists():
        made_by_the_page(rules)  # step 2
    settings = Settings(service="runner", data=installed.etc)
    settings.refuse_demo_in_earnest()
    settings.refuse_no_office()
    assert (settings.demo, settings.port, settings.warning) == (False, first_port, None)
    assert max(LISTENERS.values()) < 20
    assert (installed.etc / f"{name}.env").stat().st_mode & 0o077 == 0


def test_two_offices_share_no_port_folder_or_name(installed: Installed) -> None:
    first, second = (installed.settings(f"{name}.env") for name in ("muara-contoh", "hulu-contoh"))
    variables = ("ZI_PORT", "ZI_RULES", "ZI_PUBLIC_URL", "ZI_LOG_ORIGIN", "ZI_ISSUER", "ZI_BACKUPS")
    assert [name for name in variables if first[name] == second[name]] == []


def test_caddy_takes_the_file_and_leads_both_names_to_the_house(installed: Installed) -> None:
    command = [binary("caddy"), "adapt", "--adapter", "caddyfile", "--config", str(installed.caddyfile)]
    adapted = json.loads(subprocess.run(command, capture_output=True, check=True).stdout)
    routes = adapted["apps"]["http"]["servers"]["srv0"]["routes"]
    led = {
        route["match"][0]["host"][0]: re.findall(r'"dial": "([^"]+)"', json.dumps(route)) for route in routes
    }
    settings = installed.settings("muara-contoh.env")
    assert led == {
        settings["ZI_PUBLIC_URL"].removeprefix("https://"): [f"127.0.0.1:{settings['ZI_PORT']}"],
        SIGN_IN.removeprefix("https://"): ["127.0.0.1:8081"],
    }
    assert "log" not in json.dumps(adapted["apps"]["http"])


def test_the_realm_knows_the_public_address_alone(installed: Installed) -> None:
    text = (installed.etc / "realm.json").read_text()
    [client] = json.loads(text)["clients"]
    assert client["redirectUris"] == [f"{PUBLIC}/sign-in/callback"]
    assert "localhost" not in text


def test_compose_has_all_that_it_wants_and_the_addresses_are_one(installed: Installed) -> None:
    settings = installed.settings("compose.env")
    compose = (ROOT / "docker-compose.yml").read_text()
    assert set(re.findall(r"\$\{(\w+):\?", compose)) <= {name for name, value in settings.items() if value}
    passed = set(re.findall(r"\$\{(ZI_\w+)", compose)) | set(
        re.findall(r"^ +(ZI_\w+):$", compose, re.MULTILINE)
    )
    assert {name for name in settings if name.startswith("ZI_") and not name.startswith("ZI_DB_")} <= passed
    assert settings["ZI_ISSUER"] == f"{settings['ZI_KEYCLOAK_URL']}/realms/zona"
    assert settings["ZI_DEMO"] == "0"
    keycloak = yaml.safe_load(compose)["services"]["keycloak"]
    assert keycloak["environment"]["KC_HOSTNAME"].startswith("${ZI_KEYCLOAK_URL:-")
    assert any(volume.startswith("${ZI_KEYCLOAK_REALM:-") for volume in keycloak["volumes"])
    lines = (installed.etc / "compose.env").read_text().splitlines()
    named = [line.partition("=")[0] for line in lines if line and not line.startswith("#")]
    assert len(named) == len(set(named)), "one of two values would be without effect"
    assert (installed.etc / "compose.env").stat().st_mode & 0o077 == 0


def directives() -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for line in UNIT.read_text().splitlines():
        name, is_set, value = line.partition("=")
        if is_set and not line.startswith("#"):
            found.setdefault(name, []).append(value)
    return found


def test_the_unit_runs_what_the_journeys_run_and_writes_in_the_folder_of_its_office_alone() -> None:
    unit = directives()
    assert unit["ExecStart"] == ["/opt/zona/.venv/bin/python -m deploy.embedded"]
    assert unit["User"] == unit["Group"] == ["zona-%i"]
    assert unit["EnvironmentFile"] == ["/etc/zona/%i.env"]
    assert "ZI_DATA=/var/lib/zona/%i" in unit["Environment"][0]
    assert (unit["StateDirectory"], unit["ProtectSystem"]) == (["zona/%i"], ["strict"])
    assert unit["ReadWritePaths"] == ["-/var/backups/zona/%i"]
    assert "/var/backups/zona/muara-contoh" in PAGE
    assert (unit["NoNewPrivileges"], unit["CapabilityBoundingSet"]) == (["yes"], [""])


def test_systemd_takes_the_unit_and_finds_it_confined(tmp_path: Path) -> None:
    require("systemd-analyze", "systemd")
    here = tmp_path / "zona@.service"
    here.write_text(UNIT.read_text().replace("/opt/zona", str(ROOT)))
    (tmp_path / "zona@muara-contoh.service").symlink_to(here)
    analyze = ("systemd-analyze", "--man=no")
    verified = subprocess.run(
        [*analyze, "verify", tmp_path / "zona@muara-contoh.service"],
        capture_output=True,
        text=True,
        check=False,
    )
    ours = [line for line in verified.stderr.splitlines() if "zona@" in line]
    assert (verified.returncode, ours) == (0, [])
    judged = subprocess.run(
        ["systemd-analyze", "security", "--offline=yes", "--no-pager", str(here)],
        capture_output=True,
        text=True,
        check=True,
    )
    [exposure] = re.findall(r"Overall exposure level for .*?: ([\d.]+)", judged.stdout)
    assert float(exposure) <= HIGHEST_EXPOSURE
