"""A mentor's phone with a browser of its own, which can be without connection, restarted, and have a wrong clock."""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from io import BytesIO
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.sync_api import BrowserContext, Locator, Page, Playwright, expect, sync_playwright
from tests.journeys.browser import ARGUMENTS, PATIENCE_MS, PHONE, program

VISITS = "/umkm/visits/"


class Device:
    """`folder` is what stays on it when its browser is closed."""

    def __init__(self, playwright: Playwright, folder: Path, origin: str, language: str = "en") -> None:
        self._playwright = playwright
        self._folder = folder
        self._language = language
        self.origin = origin
        self.context: BrowserContext
        self.page: Page
        self.start()

    # -- the device itself

    def start(self) -> None:
        self.context = self._playwright.chromium.launch_persistent_context(
            self._folder,
            executable_path=program(),
            args=ARGUMENTS,
            viewport=PHONE,
            locale=self._language,
            accept_downloads=True,
        )
        self.context.set_default_timeout(PATIENCE_MS)
        self.page = self.context.pages[0]

    def restart(self, connected: bool = True) -> None:
        """As after an empty battery; what was only in the browser's memory is gone."""
        self.context.close()
        self.start()
        self.connect(connected)
        self.open()

    def close(self) -> None:
        self.context.close()

    def connect(self, connected: bool) -> None:
        self.context.set_offline(not connected)

    def has_cookie(self, name: str, value: str | None) -> None:
        self.context.clear_cookies(name=name)
        if value is not None:
            lasting: Any = {"name": name, "value": value, "url": self.origin, "expires": time.time() + 3600}
            self.context.add_cookies([lasting])

    def open(self, path: str = VISITS) -> None:
        self.page.goto(self.origin + path)

    # -- the page

    def prepare(self, case: str = "") -> None:
        """Online: the page is kept, and a visit that is on offer, to this case if one is named, is taken along."""
        self.open()
        expect(self.page.locator("#kept")).to_contain_text("Works without connection")
        self.page.locator('#list [data-slot="more"] button', has_text=case).first.click()
        expect(self.page.locator("#visit h1")).to_be_visible()

    def open_visit(self) -> None:
        self.page.locator('#list [data-slot="own"] a').first.click()
        expect(self.page.locator("#visit h1")).to_be_visible()

    def items(self) -> list[str]:
        found = self.page.locator("#visit .item")
        return [str(each.get_attribute("data-item")) for each in found.all()]

    def form(self, item: str) -> Locator:
        form = self.page.locator(f'#visit [data-item="{item}"]')
        form.evaluate("form => { form.closest('details').open = true }")
        return form

    def answer(self, item: str, outcome: str = "yes", note: str = "", grade: str = "") -> None:
        """One answer, which is on the disk when this returns."""
        form = self.form(item)
        form.locator(f'input[value="{outcome}"]').check()
        if grade:
            form.locator("select").select_option(grade)
        self.await_stored(item)
        if note:
            form.locator("textarea").fill(note)
            form.locator("textarea").blur()
            self.await_stored(item)

    def await_stored(self, item: str) -> None:
        expect(self.form(item).locator('[data-slot="state"]').first).to_have_text(
            "Answered, waits to be sent"
        )

    def add_photos(self, item: str, pictures: Sequence[bytes]) -> None:
        form = self.form(item)
        before = form.locator(".photos li").count()
        files: Any = [
            {"name": f"{place}.jpg", "mimeType": "image/jpeg", "buffer": each}
            for place, each in enumerate(pictures)
        ]
        form.locator('input[type="file"]').set_input_files(files)
        expect(form.locator(".photos li")).to_have_count(before + len(pictures))

    def sign(self, side: str, name: str = "") -> None:
        """With a finger or, with a name, by the keyboard."""
        part = self.page.locator(f'.signing[data-side="{side}"]')
        if name:
            part.locator("input").fill(name)
        else:
            self._draw(part.locator("canvas"))
        part.get_by_role("button", name="Keep the signature").click()
        expect(part.locator('[data-slot="signed"]')).to_have_text("Signed, waits to be sent.")

    def _draw(self, canvas: Locator) -> None:
        canvas.scroll_into_view_if_needed()
        box = canvas.bounding_box()
        assert box is not None
        mouse = self.page.mouse
        mouse.move(box["x"] + 20, box["y"] + 40)
        mouse.down()
        mouse.move(box["x"] + 120, box["y"] + 90, steps=5)
        mouse.up()

    def send(self) -> None:
        self.page.locator("#send").click()
        self.settled()

    def settled(self) -> None:
        """Nothing is under way any more."""
        expect(self.page.locator("#send")).to_be_enabled()

    @property
    def waiting(self) -> str:
        return self.page.locator("#waiting").inner_text()

    def report(self) -> dict[str, int]:
        """Return the number of answers by their fate."""
        parts = self.page.locator("#report details").all()
        return {str(each.get_attribute("data-fate")): each.locator("li").count() for each in parts}

    def stored(self) -> dict[str, int]:
        """Rows on the device by kind, as they lie in its database."""
        return dict(self.page.evaluate(STORED))

    def readable(self, *texts: str) -> list[str]:
        """Return those of the texts that stand on the disk as they are."""
        files = [_read(path) for path in self._folder.rglob("*") if path.is_file()]
        return [
            text
            for text in texts
            if any(text.encode() in content or text.encode("utf-16-le") in content for content in files)
        ]


def _read(path: Path) -> bytes:
    """A browser that runs removes files of its own meanwhile."""
    with suppress(FileNotFoundError):
        return path.read_bytes()
    return b""


STORED = """async () => {
  const done = (asked) => new Promise((done, failed) => {
    asked.onsuccess = () => done(asked.result); asked.onerror = () => failed(asked.error)
  })
  const db = await done(indexedDB.open("zi-visits", 1))
  const rows = await done(db.transaction("records").objectStore("records").getAll())
  const files = await done(db.transaction("files").objectStore("files").count())
  db.close()
  const counts = { file: files }
  for (const { kind } of rows) counts[kind] = (counts[kind] || 0) + 1
  return counts
}"""


@contextmanager
def playing() -> Iterator[Playwright]:
    program()
    with sync_playwright() as playwright:
        yield playwright


def picture(number: int, width: int = 2400, height: int = 1800) -> bytes:
    """A photo as phones take them, with the place where it was taken; each another one."""
    image = Image.effect_noise((width // 8, height // 8), 40 + number).resize((width, height)).convert("RGB")
    image.paste((number * 20 % 256, 90, 60), (0, 0, width // 2, height // 2))
    exif = Image.Exif()
    exif[0x010F] = "ZonaPhone"
    exif.get_ifd(0x8825)[1] = "N"
    content = BytesIO()
    image.save(content, "JPEG", quality=80, exif=exif)
    return content.getvalue()
