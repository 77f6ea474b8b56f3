"""Whoever wants a human finds one at the foot of every page; what the office does not know is not named."""

from pathlib import Path

import httpx
import pytest
from tests.office_folder import office_folder

from zi_chassis.office_contact import ways_to_reach
from zi_chassis.service import Service
from zi_chassis.settings import Settings
from zi_rules.office import load_office

CONTACT = """
[contact]
hours = { id = "Senin 08.00 {WIB}", en = "Monday, 08:00 {WIB}" }
phone = "+62 800 0000 000"
whatsapp = "+62 800-0000-001"
mail = "tanya@rimba.example"
map = "https://map.example/?at=1&z=2"
halobpom = "1500533"
lapor = "https://www.lapor.go.id"
"""


def with_contact(folder: Path, contact: str) -> Path:
    file = office_folder(folder) / "office.toml"
    file.write_text(file.read_text().partition("[contact]")[0] + contact)
    return folder


@pytest.mark.parametrize(
    ("language", "written"),
    [
        ("id", ("Jam buka: Senin 08.00 {WIB}", "Telepon: ")),
        ("en", ("Opening hours: Monday, 08:00 {WIB}", "Phone: ")),
    ],
)
async def test_every_page_says_how_to_reach_a_human(
    tmp_path: Path, language: str, written: tuple[str, ...]
) -> None:
    with_contact(tmp_path / "rules", CONTACT)
    service = Service(Settings(service="intake", data=tmp_path))
    transport = httpx.ASGITransport(app=service.app)
    async with httpx.AsyncClient(transport=transport, base_url="http://zona.example") as client:
        headers = {"Accept": "text/html", "Accept-Language": language}
        page = (await client.get("/intake/nowhere", headers=headers)).text
    for part in (
        *written,
        '<a href="tel:+628000000000">+62 800 0000 000</a>',
        '<a href="https://wa.me/628000000001">',
        '<a href="mailto:tanya@rimba.example">',
        '<a href="https://map.example/?at=1&amp;z=2">map.example/?at=1&amp;z=2</a>',
        '<a href="tel:1500533">',
        '<a href="https://www.lapor.go.id">www.lapor.go.id</a>',
    ):
        assert part in page


def test_what_is_unknown_is_left_out(tmp_path: Path) -> None:
    assert ways_to_reach(load_office(with_contact(tmp_path, "")).data) == []
