"""What a process is told once."""

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import get_type_hints

import pytest
from tests.office_folder import office_folder

from zi_chassis.setting_forms import BusAddress, HostAndPort, Origin, WebAddress
from zi_chassis.settings import DemoInEarnestError, NoOfficeError, NoRulesError, Settings
from zi_chassis.unusable_setting import UnusableSettingError


@pytest.mark.parametrize(
    "name", ["WITNESSES", "TILES", "RULES", "NATS_SEED", "CLOCK_SHIFT", "OFFICE", "DATA"]
)
def test_an_empty_setting_is_none(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """A compose file that passes a variable on says it as an empty text; a path of it would be the folder that the process stands in."""
    unset = Settings(service="audit-writer")
    monkeypatch.setenv(f"ZI_{name}", "")
    assert Settings(service="audit-writer") == unset


def test_every_setting_can_be_set_through_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    addresses = {"contoh-satu": "https://gateway.example/kirim?kunci=rahasia"}
    of_type: dict[object, tuple[str, object]] = {
        str: ("text", "text"),
        int: ("7", 7),
        bool: ("1", True),
        Path | None: ("/somewhere", Path("/somewhere")),
        Path: ("/somewhere", Path("/somewhere")),
        dict[str, str]: (json.dumps(addresses), addresses),
    }
    fields = {name: field.annotation for name, field in Settings.model_fields.items()}
    values = {name: of_type[type_] for name, type_ in fields.items() if name != "billing"}
    values |= {"billing": ("gateway", "gateway"), "files": ("s3://bucket/prefix", "s3://bucket/prefix")}
    of_form = {
        WebAddress: "http://a.example",
        Origin: "http://b.example",
        BusAddress: "nats://c.example:4222",
    }
    forms = {**of_form, HostAndPort: "d.example:25"}
    for name, hint in get_type_hints(Settings, include_extras=True).items():
        if hint in forms:
            values[name] = (forms[hint], forms[hint])
    for name, (text, _) in values.items():
        monkeypatch.setenv(f"ZI_{name.upper()}", text)
    expected = {name: value for name, (_, value) in values.items()} | {"log_origin": "text/demo"}
    settings = Settings(service="text")
    assert settings.model_dump() == expected
    assert "rahasia" not in repr(settings)


@pytest.mark.parametrize("text", ["https://gateway.example/rahasia", '["rahasia"]', '{"contoh-satu": 7}'])
def test_addresses_of_gateways_that_are_no_object_of_texts_are_refused(
    monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    monkeypatch.setenv("ZI_GATEWAY_URLS", text)
    with pytest.raises(
        UnusableSettingError, match="ZI_GATEWAY_URLS is no JSON object of addresses by name"
    ) as refused:
        Settings(service="notify")
    assert "rahasia" not in str(refused.value)


def test_processes_that_start_together_get_one_secret(tmp_path: Path) -> None:
    starts = [Settings(service="intake", data=tmp_path) for _ in range(8)]
    for turn in range(20):
        with ThreadPoolExecutor(8) as together:
            made = set(together.map(lambda process, turn=turn: process.secret(f"names-{turn}"), starts))
        assert made == {starts[0].secret(f"names-{turn}")}
    assert len(list((tmp_path / "intake" / "secrets").iterdir())) == 20


def test_money_is_played_with_in_a_demo_and_where_an_operator_says_so() -> None:
    assert Settings(service="certificates").billing == ""
    assert Settings(service="certificates", demo=True).billing == "simulator"
    assert Settings(service="certificates", billing="simulator").billing == "simulator"


@pytest.mark.parametrize(
    "addresses",
    [
        {"public_url": "https://office.example"},
        {"issuer": "https://sso.office.example"},
        {"issuer": "http://sso.office.example"},
        {"issuer": "http://localhost:8081/realms/zona"},
    ],
)
def test_a_demo_is_refused_where_real_people_could_come(addresses: dict[str, str]) -> None:
    with pytest.raises(DemoInEarnestError, match="ZI_DEMO=1"):
        Settings(service="intake", demo=True, **addresses).refuse_demo_in_earnest()
    Settings(service="intake", demo=False, **addresses).refuse_demo_in_earnest()


def test_a_demo_beside_its_own_provider_starts() -> None:
    Settings(service="intake", demo=True).refuse_demo_in_earnest()
    demo = Settings(
        service="intake", demo=True, public_url="http://10.0.0.5:8080", issuer="http://10.0.0.5:8081"
    )
    demo.refuse_demo_in_earnest()


def test_outside_of_a_demo_nobody_pays_in_play() -> None:
    with pytest.raises(DemoInEarnestError, match="ZI_BILLING=simulator"):
        Settings(service="certificates", billing="simulator").refuse_demo_in_earnest()


def test_certificates_are_looked_for_where_make_up_runs_them_unless_told_otherwise() -> None:
    assert Settings(service="intake", port=9000).certificates_url == "http://127.0.0.1:9011"
    assert Settings(service="intake", port=9000).umkm_url == "http://127.0.0.1:9012"
    elsewhere = Settings(service="intake", certificates_url="http://certificates:8000")
    assert elsewhere.certificates_url == "http://certificates:8000"


def test_a_folder_of_rules_that_is_named_and_not_there_is_refused(tmp_path: Path) -> None:
    assert Settings(service="intake", data=tmp_path).rules_folder == tmp_path / "rules"
    assert Settings(service="intake", data=tmp_path, rules=tmp_path).rules_folder == tmp_path
    with pytest.raises(NoRulesError, match=r"ZI_RULES names .*/lost, and there is no such folder"):
        _ = Settings(service="intake", rules=tmp_path / "lost").rules_folder
    with pytest.raises(NoRulesError):
        _ = Settings(service="intake", rules=tmp_path / "lost").office_edition


def test_mails_of_another_office_carry_its_own_name() -> None:
    """The domain in a Message-ID is the sender's, so that no office writes in the name of another."""
    assert Settings(service="notify").mail_domain == "balai-pom-tarakan.example"
    assert Settings(service="notify", office="loka-pom-rimba").mail_domain == "loka-pom-rimba.example"
    named = Settings(service="notify", mail_from="Layanan <halo@rimba.example>")
    assert (named.mail_from, named.mail_domain) == ("Layanan <halo@rimba.example>", "rimba.example")
    assert (
        Settings(service="notify", mail_from="a@b.example", mail_domain="c.example").mail_domain
        == "c.example"
    )


def test_who_the_office_is_comes_from_its_folder(tmp_path: Path) -> None:
    office_folder(
        tmp_path / "rules", code="balai-pom-rimba", name="Balai POM di Rimba", mail_from="halo@rimba.example"
    )
    settings = Settings(service="notify", data=tmp_path)
    assert (settings.office, settings.office_name) == ("balai-pom-rimba", "Balai POM di Rimba")
    assert (settings.mail_from, settings.mail_domain) == ("halo@rimba.example", "rimba.example")
    assert settings.log_origin == "zona.example/balai-pom-rimba"
    settings.refuse_no_office()


def test_a_process_is_of_the_office_that_it_began_as(tmp_path: Path) -> None:
    folder = office_folder(tmp_path / "rules", name="Balai POM di Rimba")
    settings = Settings(service="notify", data=tmp_path)
    (folder / "office.toml").write_text("not any more")
    assert settings.office_name == "Balai POM di Rimba"


def test_two_names_of_one_office_are_refused(tmp_path: Path) -> None:
    office_folder(tmp_path / "rules", code="balai-pom-rimba")
    with pytest.raises(
        NoOfficeError, match=r"ZI_OFFICE is loka-pom-muara, and in .*office\.toml code is balai-pom-rimba"
    ):
        Settings(service="intake", data=tmp_path, office="loka-pom-muara")
    assert Settings(service="intake", data=tmp_path, office="balai-pom-rimba").office == "balai-pom-rimba"


def test_a_house_in_earnest_needs_somebody_whose_house_it_is(tmp_path: Path) -> None:
    with pytest.raises(NoOfficeError, match=r"rules/office\.toml is missing.*docs/office\.md"):
        Settings(service="intake", data=tmp_path).refuse_no_office()
    Settings(service="intake", data=tmp_path, demo=True).refuse_no_office()


def test_a_bad_file_of_the_office_is_refused_at_the_first_look(tmp_path: Path) -> None:
    office_folder(tmp_path / "rules", timezone="Asia/Rimba")
    with pytest.raises(NoOfficeError, match=r"office\.toml can't be used\. timezone: "):
        Settings(service="intake", data=tmp_path)
