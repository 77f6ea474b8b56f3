"""A forum on the service standards and its minutes, step by step over plain HTTP: planned, heard, answered, its standard amended, its actions."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from html import unescape
from uuid import uuid4

import httpx
from tests.integrity.web.test_standards import TEXT
from tests.journeys.house import House
from tests.web.browsing import hidden

PUBLIC, DESK = "/integrity/forum", "/integrity/desk"
STANDARDS = "/integrity/desk/standards"
PROPOSALS = (
    *("Buka pada hari Sabtu", "Papan tarif di depan loket", "Pengaduan layanan dijawab dalam 3 hari"),
    *("Kursi roda di ruang tunggu", "Nomor antrean daring", "Ruang laktasi", "Layanan di Tanjung Selor"),
    *("Formulir bahasa Inggris", "Air minum", "Parkir gratis", "Wifi", "Jam istirahat bergantian"),
)
ACCEPTED, IN_PART, ON_PAPER = (1, 2, 3), 4, (4, 8, 12)
DEADLINE = 3  # the proposal that the amended standard follows, and the working days that it asks for
DRAFT_DAYS = 5  # the working days of the draft about which the forum is asked
OUTCOMES = dict.fromkeys(ACCEPTED, "accepted") | {IN_PART: "accepted_in_part"}
COMPLAINT = {
    "kind": "service",
    "confidentiality": "anonymous",
    "language": "en",
    "district": "tarakan",
    "text": "Nobody was at the counter at ten.",
}
ENGLISH = {"Accept": "text/html", "Accept-Language": "en"}
OFFICE_TIME, A_DAY = timedelta(hours=8), timedelta(days=1)


class Forum:
    def __init__(self, house: House, client: httpx.Client) -> None:
        self.house, self.client, self.number = house, client, ""

    def sent(self, path: str, person: str = "", **form: str) -> httpx.Response:
        headers = (self.house.staff(person) if person else {}) | ENGLISH
        form = {"key": str(uuid4()), **form}
        return self.client.post(path, data=form, headers=headers, follow_redirects=True)

    def post(self, path: str, person: str = "", **form: str) -> str:
        answer = self.sent(path, person, **form)
        assert answer.status_code == 200, answer.text
        return answer.text

    def get(self, path: str) -> str:
        return unescape(self.client.get(path, headers=ENGLISH, follow_redirects=True).text)

    @property
    def here(self) -> str:
        return f"{PUBLIC}/{self.number}"

    @property
    def desk(self) -> str:
        return f"{DESK}/forum/{self.number}"

    @property
    def minutes(self) -> str:
        return f"{DESK}/minutes/{self.number}"

    # -- before and while it takes place

    def planned_and_opened(self) -> None:
        """It begins now, as it did on 19 July 2022, and contributions end in a day."""
        page = self.post(f"{DESK}/forum", "zone", **self.plan())
        self.number = re.findall(r"FKP-(\d{4}-\d+)", page)[0]
        self.post(f"{self.desk}/open", "zone")

    def plan(self) -> dict[str, str]:
        begins = self.house.now() + OFFICE_TIME
        return {
            "theme": "Standar pelayanan Balai POM di Tarakan, 19 Juli 2022",
            "begins": f"{begins:%Y-%m-%dT%H:%M}",
            "closes_on": f"{begins + A_DAY:%Y-%m-%dT%H:%M}",
            "forum_place": "Aula",
            "target.users": "2",
            "target.civil_society": "1",
            "target.media": "1",
            "quorum": "2",
        }

    def codes(self, group: str, count: int) -> list[str]:
        page = self.post(f"{self.desk}/codes", "zone", group=group, kind="attendance", count=str(count))
        return re.findall(r"<code>([0-9A-Z-]{14})</code>", page)

    def hears_all(self, codes: list[str]) -> None:
        for nth, title in enumerate(PROPOSALS, start=1):
            texts = {"proposal_title": title, "proposal_text": f"{title}, karena perlu."}
            if nth in ON_PAPER:
                self.post(f"{self.desk}/paper", "officer", group="users", **texts)
            else:
                self.post(f"{self.here}/propose", forum_code=codes[nth % len(codes)], **texts)
            self.post(f"{self.desk}/proposals/{nth}/publish", "zone")

    def answers_all(self) -> None:
        """Once the time for contributions is over."""
        self.post(f"{self.desk}/close", "zone")
        for nth, title in enumerate(PROPOSALS, start=1):
            outcome = OUTCOMES.get(nth, "refused")
            settled = {"outcome": outcome, "grounds": f"{title}: {outcome}, menurut anggaran."}
            settled |= {"component.jangka_waktu": "yes"} if nth == DEADLINE else {}
            self.post(f"{self.desk}/proposals/{nth}/settle", "zone", **settled)

    # -- its minutes

    def point(self, place: int, proposal: int, agreement: str) -> None:
        fields = {
            "issue": PROPOSALS[proposal - 1],
            "agreement": agreement,
            "owner": "supervisor",
            "due": "2030-09-30",
            "proposals": str(proposal),
        }
        form = {f"{name}.{place}": text for name, text in fields.items()}
        self.post(f"{self.minutes}/point", "zone", point=str(place), **form)

    def signature(self, page: str) -> dict[str, str]:
        return {
            name: re.findall(rf'name="{name}" value="([^"]*)"', page)[0] for name in ("edition", "digest")
        }

    # -- the standard that it amends

    def consults(self) -> str:
        """Ask in this forum about the standard of complaints as it is, until tomorrow; the address of the draft."""
        draft = self.sent(STANDARDS, "zone", service="complaint").url.path
        text = {**TEXT, **normative(DRAFT_DAYS), "before": self.before(draft)}
        self.post(f"{draft}/text", "zone", **text)
        until = f"{self.house.now() + OFFICE_TIME + A_DAY:%Y-%m-%d}"
        fields = {"manner": "forum", "forum": f"FKP-{self.number}", "until": until}
        assert "What the public reads" in self.post(f"{draft}/consult", "zone", **fields)
        return draft

    def before(self, draft: str) -> str:
        """The digest of the text that the head and the team see now."""
        page = self.client.get(draft, headers=self.house.staff("zone") | ENGLISH)
        return hidden(page, "before")

    @contextmanager
    def amended_standard(self, draft: str) -> Iterator[str]:
        """Adopted by the head as the forum agreed, until the block ends; the number of its decree."""
        self.post(f"{draft}/close", "zone", summary="Dua belas usulan; satu mengubah standar.")
        text = {**TEXT, **normative(DEADLINE), "before": self.before(draft)}
        self.post(f"{draft}/text", "zone", **text, follows=f"FKP-{self.number}/{DEADLINE}")
        today = f"{self.house.now() + OFFICE_TIME:%Y-%m-%d}"
        adoption = {"before": self.before(draft), "effective_from": today}
        adopted = self.post(f"{draft}/adopt", "head", **adoption)
        try:
            yield re.findall(r"SP-\d{4}-\d{6}", adopted)[0]
        finally:
            self.post(f"{draft}/withdraw", "head", standard_end="issued_in_error")

    # -- what was agreed

    def follows_actions(self, decree: str) -> None:
        """Nobody closes what they did themselves, or what is theirs to do."""
        listed = self.get(f"{PUBLIC}/actions?forum={self.number}")
        actions = sorted(set(re.findall(r"/integrity/forum/actions/([0-9a-f-]{36})", listed)))
        assert len(actions) == len(OUTCOMES)
        for nth, action in enumerate(actions):
            address, reporter, other = (
                f"{DESK}/actions/{action}",
                *(("supervisor", "zone"), ("zone", "head"))[nth % 2],
            )
            evidence = {"evidence": f"Dikerjakan, lihat {decree}.", "standard": decree}
            self.post(f"{address}/evidence", reporter, **evidence)
            assert self.sent(f"{address}/close", reporter).status_code in (403, 409)
            self.post(f"{address}/close", other)
            assert decree in self.get(f"{PUBLIC}/actions/{action}")
        assert f"Done: {len(OUTCOMES)}" in self.get(f"{PUBLIC}/actions?forum={self.number}&state=closed")


def normative(days: int) -> dict[str, str]:
    return {"period.tiers.normative.amount": str(days)}
