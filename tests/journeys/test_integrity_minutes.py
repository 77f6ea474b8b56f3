"""The office of Tarakan holds its forum of 19 July 2022 again, on its service standards, and follows what was agreed to the end."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import httpx
import pytest
from tests.journeys.house import House, await_

pytestmark = pytest.mark.journey

PUBLIC, DESK = "/integrity/forum", "/integrity/desk"
PROPOSALS = (
    *("Buka pada hari Sabtu", "Papan tarif di depan loket", "Jawaban pengaduan dalam 5 hari"),
    *("Kursi roda di ruang tunggu", "Nomor antrean daring", "Ruang laktasi", "Layanan di Tanjung Selor"),
    *("Formulir bahasa Inggris", "Air minum", "Parkir gratis", "Wifi", "Jam istirahat bergantian"),
)
ACCEPTED = (1, 2, 3)
ENGLISH = {"Accept": "text/html", "Accept-Language": "en"}


@pytest.fixture
def client(house: House) -> Iterator[httpx.Client]:
    with house.client() as client:
        yield client


class Forum:
    def __init__(self, house: House, client: httpx.Client) -> None:
        self.house, self.client, self.number = house, client, ""

    def post(self, path: str, person: str = "", **form: str) -> str:
        headers = (self.house.staff(person) if person else {}) | ENGLISH
        answer = self.client.post(
            path, data={"key": str(uuid4()), **form}, headers=headers, follow_redirects=True
        )
        assert answer.status_code == 200, answer.text
        return answer.text

    def get(self, path: str) -> str:
        return self.client.get(path, headers=ENGLISH, follow_redirects=True).text

    def planned_and_opened(self) -> None:
        """The clock is the machine's: the forum begins now, as it did on 19 July 2022."""
        begins = datetime.now(UTC) + timedelta(hours=8)
        form = {
            "theme": "Standar pelayanan Balai POM di Tarakan, 19 Juli 2022",
            "begins": f"{begins:%Y-%m-%dT%H:%M}",
            "closes_on": f"{begins + timedelta(days=1):%Y-%m-%dT%H:%M}",
            "forum_place": "Aula",
            "target.users": "2",
            "target.civil_society": "1",
            "target.media": "1",
            "quorum": "2",
        }
        page = self.post(f"{DESK}/forum", "zone", **form)
        self.number = re.findall(r"FKP-(\d{4}-\d+)", page)[0]
        self.post(f"{DESK}/forum/{self.number}/open", "zone")

    def codes(self, group: str, count: int) -> list[str]:
        page = self.post(
            f"{DESK}/forum/{self.number}/codes", "zone", group=group, kind="attendance", count=str(count)
        )
        return re.findall(r"\b[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}\b", page)[:count]

    def signature(self, page: str) -> dict[str, str]:
        return {
            name: re.findall(rf'name="{name}" value="([^"]*)"', page)[0] for name in ("edition", "digest")
        }


def test_the_forum_of_tarakan_from_its_proposals_to_its_last_action(
    house: House, client: httpx.Client
) -> None:
    forum = Forum(house, client)
    forum.planned_and_opened()
    users, media = forum.codes("users", 2), forum.codes("media", 1)
    here, desk = f"{PUBLIC}/{forum.number}", f"{DESK}/minutes/{forum.number}"
    for place, proposal in enumerate(PROPOSALS):
        code = (users + media)[place % 3]
        forum.post(
            f"{here}/propose",
            forum_code=code,
            proposal_title=proposal,
            proposal_text=f"{proposal}, karena perlu.",
        )
        forum.post(f"{DESK}/forum/{forum.number}/proposals/{place + 1}/publish", "zone")
    for code in users + media:
        assert "You have signed the attendance" in forum.post(f"{here}/attendance", forum_code=code)
    for nth, accepted in enumerate(ACCEPTED):
        forum.post(
            f"{desk}/point",
            "zone",
            **{"point": "0", "issue.0": PROPOSALS[nth], "agreement.0": f"{PROPOSALS[nth]}: setuju."},
            **{"owner.0": "supervisor", "due.0": "2030-09-30", "proposals.0": str(accepted)},
        )
    forum.post(f"{desk}/dissent", "zone", **{"point": "1", "group.1": "media", "dissent.1": "Minggu juga."})
    forum.post(f"{desk}/attendance", "zone")

    signed = forum.signature(forum.get(f"{here}/minutes"))
    forum.post(f"{here}/minutes", forum_code=users[0], **signed)
    forum.post(
        f"{desk}/point",
        "zone",
        **{"point": "3", "issue.3": PROPOSALS[2], "agreement.3": "Dalam 10 hari."},
        **{"owner.3": "supervisor", "due.3": "2030-12-31", "proposals.3": "3"},
    )
    assert "these are void, and everybody signs again" in forum.get(f"{here}/minutes")
    signed = forum.signature(forum.get(f"{here}/minutes"))
    for code in (users[0], media[0]):
        forum.post(f"{here}/minutes", forum_code=code, **signed)
    assert "BA-" in forum.post(f"{desk}/sign", "head", **signed)
    public = forum.get(f"{here}/minutes")
    assert "Signed by the head and by the public" in public
    assert "Minggu juga." in public

    listed = forum.get(f"{PUBLIC}/actions?forum={forum.number}")
    actions = sorted(set(re.findall(r"/integrity/forum/actions/([0-9a-f-]{36})", listed)))
    assert len(actions) == 3
    for action in actions:
        forum.post(
            f"{DESK}/actions/{action}/evidence", "supervisor", evidence="Dikerjakan, lihat papan pengumuman."
        )
        forum.post(f"{DESK}/actions/{action}/close", "zone")
    assert "Done: 3" in forum.get(f"{PUBLIC}/actions?forum={forum.number}&state=closed")
    await_(lambda: "The sealed file, and how to verify it" in forum.get(f"{here}/minutes"))
