"""A setting that can't be used is told in a sentence, before anything is opened or written."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from zi_chassis.settings import Settings
from zi_chassis.unusable_setting import UnusableSettingError, read_named
from zi_operations.house import HouseSettings

ROOT = Path(__file__).parents[2]
NAMED = re.compile(r"\bZI_[A-Z_]+[A-Z]\b")


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("PORT", "abc", "a whole number is expected"),
        ("PORT", "70000", "at most 65521 is expected"),
        ("PORT", "0", "at least 1 is expected"),
        ("DEMO", "perhaps", "1 or 0 is expected"),
        ("PROMISE_HOURS", "1000", "at most 720 is expected"),
        ("BILLING", "cash", "one of '', 'simulator' or 'gateway' is expected"),
        ("SMTP", "mail", "host:port is expected, such as mail.example:587"),
        ("SMTP", "mail:smtp", "host:port is expected, such as mail.example:587"),
        ("LISTEN", "0.0.0.0:70000", "host:port is expected, such as mail.example:587"),
        ("PUBLIC_URL", "layanan", "an address such as https://layanan.example is expected, without a path"),
        (
            *("PUBLIC_URL", "https://a.example/zona"),
            "an address such as https://layanan.example is expected, without a path",
        ),
        (
            *("PUBLIC_URL", "https://a.example:port"),
            "an address such as https://layanan.example is expected, without a path",
        ),
        ("INTAKE_URL", "intake:8000", "an address such as https://layanan.example is expected"),
        ("NATS_URL", "nats:4222", "an address such as nats://127.0.0.1:4222 is expected"),
        ("FILES", "https://bucket", "https://bucket is no address of a bucket"),
    ],
)
def test_a_value_is_told_with_its_setting_and_what_is_expected(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, expected: str
) -> None:
    monkeypatch.setenv(f"ZI_{name}", value)
    with pytest.raises(UnusableSettingError) as refused:
        Settings(service="intake")
    assert str(refused.value).startswith(f"ZI_{name} is '{value}': {expected}")
    assert str(refused.value).count(" is expected") <= 1  # what follows from it is not told as another one


def test_no_secret_is_repeated(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZI_BILLING_URL", "https://office:hidden@gateway example")
    monkeypatch.setenv("ZI_GATEWAY_URLS", "hidden")
    with pytest.raises(UnusableSettingError, match="ZI_BILLING_URL is set to what is not shown") as refused:
        Settings(service="intake")
    assert "hidden" not in str(refused.value)


def test_an_address_of_the_office_may_end_with_a_slash() -> None:
    assert Settings(service="intake", public_url="https://a.example/").public_url == "https://a.example"


@pytest.mark.parametrize(
    ("misspelt", "meant"),
    [
        ("ZI_PULIC_URL", "ZI_PUBLIC_URL"),
        ("ZI_SMPT", "ZI_SMTP"),
        ("ZI_WITNESS", "ZI_WITNESSES"),
        ("ZI_BACKUP", "ZI_BACKUPS"),
    ],
)
def test_a_name_that_is_nearly_a_setting_is_refused(
    monkeypatch: pytest.MonkeyPatch, misspelt: str, meant: str
) -> None:
    monkeypatch.setenv(misspelt, "1")
    for read in (lambda: Settings(service="intake"), HouseSettings):
        with pytest.raises(UnusableSettingError, match=f"There is no setting {misspelt}: {meant} is meant"):
            read()


def test_no_name_of_a_deployment_is_taken_for_a_misspelt_one(monkeypatch: pytest.MonkeyPatch) -> None:
    deployed = (ROOT / "docker-compose.yml", ROOT / "docs" / "operations.md", *(ROOT / "deploy").rglob("*"))
    texts = [path.read_text(errors="replace") for path in deployed if path.is_file()]
    names = {name for text in texts for name in NAMED.findall(text)}
    names |= {f"ZI_{field}".upper() for field in HouseSettings.model_fields}
    assert len(names) > 100
    for name in names:
        monkeypatch.setenv(name, "")
    Settings(service="intake")
    HouseSettings()


def test_a_file_that_can_not_be_read_is_told_with_the_setting_that_names_it(tmp_path: Path) -> None:
    with pytest.raises(UnusableSettingError, match=r"ZI_SEAL_KEY names .*lost.pem, which can't be read"):
        read_named(tmp_path / "lost.pem", "SEAL_KEY")
    with pytest.raises(UnusableSettingError, match=r"can't be read \(Is a directory\)"):
        read_named(tmp_path, "SEAL_KEY")


@pytest.mark.journey
@pytest.mark.parametrize(
    ("setting", "sentence"),
    [
        ({"ZI_SMTP": "mail"}, "ZI_SMTP is 'mail': host:port is expected, such as mail.example:587."),
        ({"ZI_NATS_SEED": "/lost.nk"}, "ZI_NATS_SEED names /lost.nk, which can't be read"),
        ({"ZI_RULES": "/lost"}, "ZI_RULES names /lost, and there is no such folder"),
    ],
)
def test_a_service_ends_with_the_sentence_and_its_status(
    tmp_path: Path, setting: dict[str, str], sentence: str
) -> None:
    around = {**os.environ, "ZI_DEMO": "1", "ZI_DATA": str(tmp_path), **setting}
    line = [sys.executable, "-m", "zi_notify.main"]
    ended = subprocess.run(line, capture_output=True, text=True, check=False, cwd=ROOT, env=around)
    assert ended.returncode == 3
    last = json.loads((ended.stdout + ended.stderr).splitlines()[-1])
    assert last["message"].startswith(f"it does not start. {sentence}")
