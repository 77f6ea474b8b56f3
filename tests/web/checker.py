"""The page that checks evidence, in a real browser: as a file that was saved, or behind an address."""

import asyncio
import base64
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
from playwright.sync_api import Browser, Page
from tests.audit.log_home import OFFICE
from tests.ports import free_port

from zi_audit.main import create_app
from zi_chassis.settings import Settings

SECURE, INSECURE = "http://localhost", "http://zona.example"
# Runs the page's own check on files given as (name, base64) and gives what of the report does not depend on a page.
_CHECK = """
async (cases) => {
  const bytes = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0))
  const reports = []
  for (const { files, letter, pinned, policy, letterKey, now } of cases) {
    const chosen = files.map(([name, text]) => new File([bytes(text)], name))
    const report = await check({ files: chosen, letter, pinned, policy, letterKey, now })
    const findings = report.findings.map(({ file, why, index }) => ({ file, why: why.en, index }))
    reports.push({ ...report, findings, remarks: report.remarks.map((each) => each.en), entries: report.entries.length })
  }
  return reports
}
"""


@dataclass(frozen=True)
class Chosen:
    """A reader's input: files as (name, bytes), the text of a letter's code, keys from elsewhere; and the data that the office wrote into the page."""

    files: Sequence[tuple[str, bytes]] = ()
    letter: str = ""
    pinned: bytes = b""
    policy: bytes = b""
    letter_key: str = ""
    now: int = 1_800_000_000

    def arguments(self) -> dict[str, Any]:
        return {
            "files": [(name, base64.b64encode(data).decode()) for name, data in self.files],
            "letter": self.letter,
            "pinned": self.pinned.decode("utf-8", "replace"),
            "policy": self.policy.decode("utf-8", "replace"),
            "letterKey": self.letter_key,
            "now": self.now,
        }


def page_of(folder: Path, query: str = "?lang=en", **settings: object) -> httpx.Response:
    """The answer with the page, of an audit service whose tiles are in `folder`."""
    more: Any = {
        "nats_url": f"nats://127.0.0.1:{free_port()}",
        "certificates_url": "http://127.0.0.1:9",
        **settings,
    }
    app = create_app(
        Settings(service="audit", office=OFFICE, data=folder, tiles=str(folder / "tiles"), **more)
    )

    async def got() -> httpx.Response:
        transport = httpx.ASGITransport(app=app)
        async with httpx.AsyncClient(transport=transport, base_url="http://zona.example") as client:
            return await client.get(f"/audit/verify{query}")

    with ThreadPoolExecutor(1) as beside:  # a browser's own loop runs in this thread
        return beside.submit(lambda: asyncio.run(got())).result()


class Checker:
    """One reader with the page open; requests and errors of the page are noted."""

    def __init__(
        self, browser: Browser, address: str, answer: httpx.Response | None = None, **more: Any
    ) -> None:
        self.context = browser.new_context(viewport={"width": 360, "height": 740}, locale="en", **more)
        self.page: Page = self.context.new_page()
        self.requests: list[str] = []
        self.errors: list[str] = []
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.on(
            "console", lambda message: self.errors.append(message.text) if message.type == "error" else None
        )
        if answer is not None:
            headers = {name: value for name, value in answer.headers.items() if name != "content-length"}
            self.page.route(address, lambda route: route.fulfill(body=answer.content, headers=headers))
        self._address = address

    def open(self) -> "Checker":
        self.page.goto(self._address)
        return self

    def check(self, cases: Iterable[Chosen]) -> list[dict[str, Any]]:
        """The reports of the page's own check, without its form."""
        reports: list[dict[str, Any]] = self.page.evaluate(_CHECK, [case.arguments() for case in cases])
        return reports

    def choose(self, *files: tuple[str, bytes], pinned: str = "", letter: str = "") -> str:
        """By the form, as a person does; gives what the result says."""
        payloads: Any = [
            {"name": name, "mimeType": "application/octet-stream", "buffer": data} for name, data in files
        ]
        self.page.set_input_files("#files", payloads)
        self.page.fill("#pins", pinned)
        self.page.fill("#letter", letter)
        self.page.click("#go")
        self.page.wait_for_selector("#verdict:focus")
        return self.page.inner_text("#result")

    @property
    def sign(self) -> str:
        """The kind of the sign: good, warning, bad, or nothing of these."""
        return str(self.page.locator("#result .notice").get_attribute("class")).removeprefix("notice").strip()
