"""The office says in a file who it is; whatever is missing in it, or said twice, is refused with the file and the field."""

from pathlib import Path

import pytest
from tests.office_folder import office_folder

from zi_rules.calendar import load_calendars
from zi_rules.configuration import UnusableConfigurationError
from zi_rules.district import load_districts
from zi_rules.office import load_office
from zi_rules.standard import load_standards

OFFICE = """version = 1
code = "balai-pom-rimba"
name = "Balai POM di Rimba"
address = "Jalan Contoh 1, Rimba"
timezone = "Asia/Jakarta"
mail_from = "layanan@rimba.example"
"""
LOGO = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><path d="M0 0h9v9z" fill="#123"/></svg>'


def folder_with(folder: Path, text: str, logo: str | None = None) -> Path:
    (folder / "office.toml").write_text(text)
    if logo is not None:
        (folder / "logo.svg").write_text(logo)
    return folder


def test_a_house_without_a_folder_is_the_office_of_the_demo() -> None:
    office = load_office()
    assert (office.data.code, office.is_own, office.logo) == ("balai-pom-tarakan", False, None)
    assert office.data.digest == office.configuration.digest
    assert office.data.contact.phone is None


def test_an_office_says_who_it_is(tmp_path: Path) -> None:
    office = load_office(folder_with(tmp_path, OFFICE))
    assert (office.data.name, office.data.timezone.key, office.is_own) == (
        "Balai POM di Rimba",
        "Asia/Jakarta",
        True,
    )


def test_a_changed_logo_is_another_content_of_the_office(tmp_path: Path) -> None:
    text = OFFICE + 'logo = "logo.svg"\n'
    first = load_office(folder_with(tmp_path, text, LOGO))
    second = load_office(folder_with(tmp_path, text, LOGO.replace("#123", "#124")))
    assert (first.logo, second.logo) == (LOGO.encode(), LOGO.replace("#123", "#124").encode())
    assert first.configuration.digest != second.configuration.digest


@pytest.mark.parametrize(
    ("text", "field"),
    [
        (OFFICE.replace('name = "Balai POM di Rimba"\n', ""), "name: Field required"),
        (OFFICE.replace("Asia/Jakarta", "Asia/Rimba"), "timezone: "),
        (OFFICE.replace("balai-pom-rimba", "Balai POM"), "code: "),
        (OFFICE.replace("Balai POM di Rimba", "Balai \\u200b"), "name: write it on one line"),
        (OFFICE + 'fax = "1"\n', "fax: "),
        (OFFICE + '[contact]\nmap = "javascript:alert(1)"\n', "contact.map: "),
        (OFFICE + 'logo_digest = "00"\n', "logo_digest: leave it out"),
        (OFFICE + 'logo = "logo.svg"\n', "logo: there is no file logo.svg beside it"),
        (OFFICE + 'logo = "../office.toml"\n', "logo: there is no file"),
        (OFFICE + "logo = 1\n", "logo: there is no file 1"),
    ],
)
def test_a_bad_field_is_named_with_its_file(tmp_path: Path, text: str, field: str) -> None:
    with pytest.raises(UnusableConfigurationError) as refused:
        load_office(folder_with(tmp_path, text))
    assert f"{tmp_path / 'office.toml'} can't be used. " in str(refused.value)
    assert field in str(refused.value)


@pytest.mark.parametrize(
    ("logo", "reason"),
    [
        (f"<!-- {'x' * 10_240} -->{LOGO}", "bytes, more than 10240"),
        (f"<!DOCTYPE svg>{LOGO}", "document type"),
        ("GIF89a", "no SVG: "),
        ("<html/>", "It is no SVG"),
        (LOGO.replace("<path", "<script/><path"), "It holds script"),
        (LOGO.replace("<path", '<path onclick="x()"'), "It holds path"),
        (LOGO.replace("<path", '<image href="https://elsewhere.example/x.png"/><path'), "It holds image"),
    ],
)
def test_a_logo_is_lines_and_colours_alone(tmp_path: Path, logo: str, reason: str) -> None:
    with pytest.raises(UnusableConfigurationError, match=r"logo\.svg can't be used as a logo\.") as refused:
        load_office(folder_with(tmp_path, OFFICE + 'logo = "logo.svg"\n', logo))
    assert reason in str(refused.value)


def test_an_office_that_says_who_it_is_brings_what_nobody_else_can_say(tmp_path: Path) -> None:
    folder_with(tmp_path, OFFICE)
    with pytest.raises(UnusableConfigurationError, match=r"districts\.toml is missing"):
        load_districts(tmp_path)
    with pytest.raises(UnusableConfigurationError, match=r"calendar\.toml is missing"):
        load_calendars(tmp_path)


def test_an_office_decides_by_no_standard_of_another(tmp_path: Path) -> None:
    office_folder(tmp_path, name="Balai POM di Rimba")
    assert {each.office for each in load_standards(tmp_path)} == {"Balai POM di Rimba"}
    standard = tmp_path / "standards" / "complaint.toml"
    standard.write_text(standard.read_text().replace("di Rimba", "di Muara"))
    with pytest.raises(UnusableConfigurationError, match="office: it is Balai POM di Muara") as refused:
        load_standards(tmp_path)
    assert str(standard) in str(refused.value)


def test_one_office_has_one_clock(tmp_path: Path) -> None:
    folder_with(tmp_path, OFFICE)
    shipped = Path("rules/zi_rules/data/demo/office/calendar.toml").read_text()
    (tmp_path / "calendar.toml").write_text(shipped)
    with pytest.raises(UnusableConfigurationError, match="one office has one clock") as refused:
        load_calendars(tmp_path)
    assert "timezone: it is Asia/Makassar" in str(refused.value)
    assert f"{tmp_path / 'office.toml'} it is Asia/Jakarta" in str(refused.value)
    (tmp_path / "calendar.toml").write_text(shipped.replace("Asia/Makassar", "Asia/Jakarta"))
    assert load_calendars(tmp_path).current.timezone.key == "Asia/Jakarta"
