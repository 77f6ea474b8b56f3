"""Steps of a woman who makes food, and of the officials who help her, towards her number in their browsers, by the words on the buttons."""

import re
from collections.abc import Mapping, Sequence

from playwright.sync_api import Page, expect
from tests.journeys import mails
from tests.journeys.browser import Visitor
from tests.journeys.door import whole
from tests.journeys.house import await_
from tests.journeys.letters import PICTURE

DESK = "/umkm/desk/"
REQUEST = "/mentoring-requests/new"


def kitchen(name: str) -> dict[str, str]:
    """Return the fields of the front door's form; nothing of it is needed but a name, a product and where it is made."""
    return {
        "business.name": f"Dapur {name}",
        "products.0.name": f"Nugget {name}",
        "district": "nunukan",
        "place.address": f"Jalan {name} 1, Nunukan",
        "reporter.name": f"Bunga {name}",
        "reporter.email": mails.address(name),
    }


class Maker:
    """She has a phone, reads what comes next, and does it."""

    def __init__(self, visitor: Visitor, name: str) -> None:
        self.visitor = visitor
        self.name = name
        self.ticket = self.code = ""

    @classmethod
    def of(cls, visitor: Visitor, name: str, case: Mapping[str, str]) -> "Maker":
        """Return a maker who has filed already, with the ticket and code that she wrote down."""
        maker = cls(visitor, name)
        maker.ticket, maker.code = case["ticket"], case["code"]
        maker.opens()
        return maker

    @property
    def here(self) -> str:
        return f"/umkm/cases/{self.ticket}"

    @property
    def page(self) -> Page:
        return self.visitor.page

    def look(self) -> str:
        """At her way."""
        self.visitor.go(self.here)
        return self.visitor.text

    def next(self) -> str:
        """The one thing that is to be done, or that there is nothing to do."""
        self.look()
        return self.page.locator("#field-command h2").inner_text()

    def wrong(self) -> Sequence[str]:
        """Return the fields that the page marks as wrong."""
        return [
            str(each.get_attribute("href")).removeprefix("#field-")
            for each in self.page.get_by_role("alert").get_by_role("link").all()
        ]

    # -- at the front door

    def keeps(self) -> None:
        self.ticket, self.code = self.page.locator(".keep dd").all_inner_texts()

    def opens(self) -> None:
        """Her way, from the page that asks for ticket and code; the mentoring desk has heard of her then."""
        self.visitor.open_case(self.ticket, self.code)
        self.visitor.follow("Ke pendampingan")
        await_(self._arrived)

    def _arrived(self) -> bool:
        self.page.reload()
        return self.page.locator("#field-command").count() == 1

    # -- at her own place

    def answers(self, wrong: str) -> int:
        """One part of the list, in which all is well but `wrong`; how many drawings it has."""
        for each in self.page.locator('[value="yes"]').all():
            each.check()
        for each in self.page.locator(f'[name="said.{wrong}"][value="no"]').all():
            each.check()
        drawings = self.page.locator("main svg[role=img]").count()
        self.visitor.press("Simpan dan lanjutkan")
        return drawings

    def shows(self, button: str, **typed: str) -> None:
        """A picture."""
        self.visitor.write(typed)
        self.page.set_input_files("[name=file]", PICTURE)
        self.visitor.press(button)

    # -- what she takes along

    def downloads(self, link: str) -> bytes:
        with self.page.expect_download() as download:
            self.page.get_by_role("link", name=link, exact=True).click()
        return download.value.path().read_bytes()

    def proof(self) -> bytes:
        """Of her request, once the ledger has all of it."""
        self.visitor.go(f"/track/{self.ticket}")
        await_(self._all_entered)
        self.visitor.unfold("Bukti")
        return await_(
            lambda: whole(self.downloads("Unduh bukti"))
        )  # looks are in it too, which the page does not list

    def _all_entered(self) -> bool:
        self.page.reload()
        return "Belum masuk catatan publik" not in self.visitor.text


class MentoringDesk:
    """Somebody of the office, at the desk of mentoring."""

    def __init__(self, visitor: Visitor, person: str) -> None:
        self.visitor = visitor
        visitor.go(DESK)
        visitor.press(person)

    @property
    def page(self) -> Page:
        return self.visitor.page

    def opens(self, ticket: str) -> None:
        self.visitor.go(f"{DESK}cases/{ticket}")

    def follows(self, ticket: str) -> None:
        """By the search of the desk: a list of many may have the case on a later page."""
        self.visitor.go(DESK)
        self.visitor.unfold("Cari pendampingan")
        self.visitor.write({"wanted": ticket})
        self.visitor.press("Cari")
        assert self.visitor.path == f"{DESK}cases/{ticket}"

    def follows_finding(self, ticket: str, item: str) -> None:
        """From the list of what waits for somebody to look."""
        self.visitor.go(f"{DESK}lists/findings")
        self.visitor.write({"ticket": ticket})
        self.visitor.press("Tampilkan")
        self.page.locator(f'a[href$="{ticket}#finding-{item}"]').click()
        self.page.wait_for_load_state("domcontentloaded")

    def looks_at(self, name: str) -> None:
        """A picture that is closed until it is opened, in a window of its own."""
        with self.page.expect_popup() as popup:
            self.page.get_by_role("button", name=re.compile(f"^{re.escape(name)}")).first.click()
        expect(popup.value.locator("img")).to_have_count(1)
        popup.value.close()
