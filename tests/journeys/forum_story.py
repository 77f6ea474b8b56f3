"""The office of Tarakan holds its forum of 19 July 2022 again: it hears twelve proposals on its service standards, answers each, amends the
standard of complaints by what was agreed, and follows every action to the end.

The clock is the machine's. A consultation on a draft lasts a day at least, which no story waits for: the draft follows an accepted proposal of
this forum, and the head adopts it under the waiver for a higher rule, from today on, the earliest day there is. At the end the standard is
withdrawn, so that the other stories of this house go on by what ships.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from html import unescape
from typing import Any
from uuid import uuid4

import httpx
import pytest
from tests.integrity.web.test_standards import TEXT
from tests.journeys.door import Door, Filed, opened
from tests.journeys.house import House, await_
from tests.web.browsing import hidden

from zi_rules.calendar import load_calendars
from zi_rules.period import WorkingDays

pytestmark = pytest.mark.journey

PUBLIC, DESK = "/integrity/forum", "/integrity/desk"
STANDARDS = "/integrity/desk/standards"
PROPOSALS = (
    *("Buka pada hari Sabtu", "Papan tarif di depan loket", "Pengaduan layanan dijawab dalam 3 hari"),
    *("Kursi roda di ruang tunggu", "Nomor antrean daring", "Ruang laktasi", "Layanan di Tanjung Selor"),
    *("Formulir bahasa Inggris", "Air minum", "Parkir gratis", "Wifi", "Jam istirahat bergantian"),
)
ACCEPTED, IN_PART, ON_PAPER = (1, 2, 3), 4, (4, 8, 12)
DEADLINE = 3  # the proposal that the amended standard follows, and the working days that it asks for
OUTCOMES = dict.fromkeys(ACCEPTED, "accepted") | {IN_PART: "accepted_in_part"}
COMPLAINT = {
    "kind": "service",
    "confidentiality": "anonymous",
    "language": "en",
    "district": "tarakan",
    "text": "Nobody was at the counter at ten.",
}
ENGLISH = {"Accept": "text/html", "Accept-Language": "en"}
OFFICE_TIME = timedelta(hours=8)
A_DAY, BRIEFLY = timedelta(days=1), timedelta(seconds=8)


@pytest.fixture
def client(house: House) -> Iterator[httpx.Client]:
    with house.client() as client:
        yield client


class Forum:
    def __init__(self, house: House, client: httpx.Client) -> None:
        self.house, self.client, self.number = house, client, ""
        self.begins = self.closes = datetime.now(UTC)

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

    def planned_and_opened(self, lasts: timedelta = A_DAY) -> None:
        """The forum begins now, as it did on 19 July 2022."""
        self.house.staff("zone")  # signed in before the time for contributions runs
        page = self.post(f"{DESK}/forum", "zone", **self.plan(lasts))
        self.number = re.findall(r"FKP-(\d{4}-\d+)", page)[0]
        self.post(f"{self.desk}/open", "zone")

    def plan(self, lasts: timedelta) -> dict[str, str]:
        """The form of the plan; contributions end so long from now."""
        self.closes = (datetime.now(UTC) + lasts).replace(microsecond=0)
        begins, closes = self.begins + OFFICE_TIME, self.closes + OFFICE_TIME
        return {
            "theme": "Standar pelayanan Balai POM di Tarakan, 19 Juli 2022",
            "begins": f"{begins:%Y-%m-%dT%H:%M}",
            "closes_on": f"{closes:%Y-%m-%dT%H:%M:%S}",
            "forum_place": "Aula",
            "target.users": "2",
            "target.civil_society": "1",
            "target.media": "1",
            "quorum": "2",
        }

    def codes(self, group: str, count: int) -> list[str]:
        page = self.post(f"{self.desk}/codes", "zone", group=group, kind="attendance", count=str(count))
        return re.findall(r"\b[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}\b", page)[:count]

    def hears_all(self, codes: list[str]) -> None:
        """Twelve proposals, and more time where the machine is too slow for them."""
        for nth, title in enumerate(PROPOSALS, start=1):
            if self.closes - datetime.now(UTC) < BRIEFLY / 2:
                self.post(f"{self.desk}/change", "zone", **self.plan(BRIEFLY))
            texts = {"proposal_title": title, "proposal_text": f"{title}, karena perlu."}
            if nth in ON_PAPER:
                self.post(f"{self.desk}/paper", "officer", group="users", **texts)
            else:
                self.post(f"{self.here}/propose", forum_code=codes[nth % len(codes)], **texts)
            self.post(f"{self.desk}/proposals/{nth}/publish", "zone")

    def answers_all(self) -> None:
        """Once the time for contributions is over."""
        await_(lambda: self.post(f"{self.desk}/close", "zone"), pause=0.2)
        for nth, title in enumerate(PROPOSALS, start=1):
            outcome = OUTCOMES.get(nth, "refused")
            settled = {"outcome": outcome, "grounds": f"{title}: {outcome}, menurut anggaran."}
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

    # -- the standard that it amended

    @contextmanager
    def amended_standard(self) -> Iterator[str]:
        """Adopted by the head as the zone team drafted it, until the block ends; the number of its decree."""
        begun = self.sent(STANDARDS, "zone", service="complaint")
        draft = begun.url.path
        terms = {**TEXT, "period.tiers.normative.amount": str(DEADLINE), "before": hidden(begun, "before")}
        saved = self.sent(f"{draft}/text", "zone", **terms, follows=f"FKP-{self.number}/{DEADLINE}")
        assert saved.status_code == 200, saved.text
        adoption = {
            "before": hidden(saved, "before"),
            "effective_from": f"{datetime.now(UTC) + OFFICE_TIME:%Y-%m-%d}",
            "waiver": "higher_law",
            "waiver_statement": "Peraturan rekaan tentang jangka waktu.",
        }
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


def answered_by(client: httpx.Client, filed: Filed) -> tuple[str, str]:
    """The tracking page, and the time until which it promises the answer."""
    headers = opened(client, filed) | ENGLISH
    page = unescape(client.get(f"/track/{filed['ticket']}", headers=headers).text)
    return page, re.findall(r"You get the answer by (.*?)\.</p>", page)[0]


def test_the_forum_of_tarakan_from_its_proposals_to_its_last_action(
    house: House, client: httpx.Client
) -> None:
    forum, door = Forum(house, client), Door(client, house.staff)
    filed_before = door.file(COMPLAINT)
    before, promise_before = door.track(filed_before), answered_by(client, filed_before)[1]

    forum.planned_and_opened(BRIEFLY)
    codes = [*forum.codes("users", 2), *forum.codes("media", 1)]
    forum.hears_all(codes)
    for code in codes:
        assert "You have signed the attendance" in forum.post(f"{forum.here}/attendance", forum_code=code)
    forum.answers_all()
    everybody_reads_the_answers(forum)
    minutes_are_signed(forum, codes)

    with forum.amended_standard() as decree:
        filed_after = await_(lambda: under(door, decree), pause=0.2)
        after, (page_after, promise_after) = door.track(filed_after), answered_by(client, filed_after)
        page_before, kept_promise = answered_by(client, filed_before)
        assert door.track(filed_before) | {"timeline": []} == before | {"timeline": []}
        assert (kept_promise, decree in page_before, decree in page_after) == (promise_before, False, True)
        assert after["standard"]["version"] > before["standard"]["version"]
        assert (is_due_in(5, before), is_due_in(DEADLINE, after)) == (True, True)
        assert promise_after != promise_before
        public = forum.get("/integrity/standards/complaint")
        assert decree in public
        assert f"FKP-{forum.number}/{DEADLINE}" in public
        assert "working days to 3 working days." in public
        forum.follows_actions(decree)
    shipped = before["standard"]
    await_(lambda: door.track(door.file(COMPLAINT))["standard"] == shipped, pause=0.2)
    assert door.track(filed_after)["due"] == after["due"]
    await_(lambda: "The sealed file, and how to verify it" in forum.get(f"{forum.here}/minutes"))


def is_due_in(working_days: int, tracked: Any) -> bool:
    """Counted by the office's calendar from the filing on."""
    received = datetime.fromisoformat(tracked["timeline"][0]["at"])
    due = load_calendars().current.add(WorkingDays(working_days), received)
    return due == datetime.fromisoformat(tracked["due"])


def under(door: Door, decree: str) -> Filed | None:
    """The next complaint, once it is promised what the decree says."""
    filed = door.file(COMPLAINT)
    return filed if door.track(filed)["standard"]["number"] == decree else None


def everybody_reads_the_answers(forum: Forum) -> None:
    page = forum.get(forum.here)
    assert (
        f"12 proposals, of which {len(ON_PAPER)} from paper; 0 wait for moderation, 0 for an answer." in page
    )
    cards = page.split('<section class="card">')[1:]
    outcomes = [next(word for word in ("in part", "Accepted", "Refused") if word in card) for card in cards]
    assert [outcomes.count(word) for word in ("Accepted", "in part", "Refused")] == [3, 1, 8]
    for nth, title in enumerate(PROPOSALS, start=1):
        grounds = f"{title}: {OUTCOMES.get(nth, 'refused')}, menurut anggaran."
        assert grounds in forum.get(f"{forum.here}/proposals/{nth}")


def minutes_are_signed(forum: Forum, codes: list[str]) -> None:
    """With one dissent, and anew after a change; by the head and two of the public."""
    first, *_, last = codes
    for proposal in OUTCOMES:
        forum.point(0, proposal, f"{PROPOSALS[proposal - 1]}: setuju.")
    forum.post(
        f"{forum.minutes}/dissent", "zone", **{"point": "1", "group.1": "media", "dissent.1": "Minggu juga."}
    )
    forum.post(f"{forum.minutes}/attendance", "zone")
    signed = forum.signature(forum.get(f"{forum.here}/minutes"))
    forum.post(f"{forum.here}/minutes", forum_code=first, **signed)
    forum.point(DEADLINE, DEADLINE, "Dijawab dalam 3 hari kerja.")
    assert "these are void, and everybody signs again" in forum.get(f"{forum.here}/minutes")
    signed = forum.signature(forum.get(f"{forum.here}/minutes"))
    for code in (first, last):
        forum.post(f"{forum.here}/minutes", forum_code=code, **signed)
    assert "BA-" in forum.post(f"{forum.minutes}/sign", "head", **signed)
    public = forum.get(f"{forum.here}/minutes")
    assert "Signed by the head and by the public" in public
    assert "Minggu juga." in public
