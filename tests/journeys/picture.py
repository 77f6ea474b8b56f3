"""Draws the tracking page for the README, its head beside its steps, on a house of its own.

python -m tests.journeys.picture docs/tracking.png
"""

import sys
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from PIL import Image
from playwright.sync_api import Browser
from tests.intake.sample_files import photo
from tests.journeys import mails
from tests.journeys.browser import PHONE, Visitor, chromium
from tests.journeys.door import Door, Filed
from tests.journeys.house import House, await_

HEIGHT = 1060
GAP = 40
SCALE = 1.75
COLOURS = 64
COMPLAINT = {
    "kind": "product",
    "confidentiality": "named",
    "language": "id",
    "district": "tarakan",
    "text": "Sambal botol ini saya beli hari Sabtu. Tutupnya menggembung, baunya asam, "
    "dan di label tidak ada tanggal kedaluwarsa.",
    "reporter": {"name": "Siti Rekaan", "email": "siti.rekaan@contoh.example"},
    "product": {"commodity": "pangan_olahan", "name": "Sambal Rekaan Pedas"},
}
QUESTION = "Terima kasih atas laporan Anda. Di kios mana Anda membelinya?"
REPLY = "Di Kios Rekaan, Jalan Contoh 12, dekat pelabuhan."


def draw(house: House, browser: Browser) -> Image.Image:
    with house.client() as client:
        filed = handled(Door(client, house.staff))
    visitor = Visitor(browser, house.public_url, device_scale_factor=SCALE)
    visitor.open_case(filed["ticket"], filed["code"])
    steps = visitor.page.locator("h2:has(+ .hint)").bounding_box()
    assert steps is not None
    return beside(part(visitor, 0), part(visitor, steps["y"] - GAP / 2))


def part(visitor: Visitor, top: float) -> Image.Image:
    frame: Any = {"x": 0, "y": top, "width": PHONE["width"], "height": HEIGHT}
    return Image.open(BytesIO(visitor.page.screenshot(full_page=True, clip=frame)))


def beside(left: Image.Image, right: Image.Image) -> Image.Image:
    both = Image.new("RGB", (left.width + GAP + right.width, left.height), "white")
    both.paste(left, (0, 0))
    both.paste(right, (left.width + GAP, 0))
    return both


def handled(door: Door) -> Filed:
    """Step by step, as in life: each mail is on its way before the next thing happens."""
    filed = door.file(COMPLAINT)
    door.attach(filed, photo())
    settled(door, filed, 1)
    mails.confirm(door.client, COMPLAINT["reporter"]["email"])
    door.office(filed, "acknowledge")
    settled(door, filed, 2)
    door.office(filed, "assign", {"officer": "officer"})
    door.office(filed, "personal-data", {"purpose": "handling"})
    settled(door, filed, 3)
    door.office(filed, "ask", {"text": QUESTION})
    settled(door, filed, 4)
    door.citizen(filed, "reply", {"text": REPLY})
    settled(door, filed, 5)
    return filed


def settled(door: Door, filed: Filed, sent: int) -> None:
    def is_settled() -> bool:
        tracked = door.track(filed)
        states = [mail["state"] for mail in tracked["deliveries"]]
        return states == ["handed_over"] * sent and all(step["ledger"] for step in tracked["timeline"])

    await_(is_settled)


def main() -> None:
    with TemporaryDirectory() as folder, House(Path(folder) / "var") as house, chromium() as browser:
        draw(house, browser).quantize(COLOURS).save(Path(sys.argv[1]), optimize=True)


if __name__ == "__main__":
    main()
