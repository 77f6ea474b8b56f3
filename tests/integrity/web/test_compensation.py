"""From a missed deadline to a closed compensation, as the citizen, the office and everybody see it."""

from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from tests.integrity.inside import InsideIntegrity, named, opened

from zi_chassis.storage.timers import TimerLoop
from zi_contracts import integrity as contract
from zi_contracts.message import Message
from zi_integrity.domain.compensation_terms import cause_of, texts_of
from zi_integrity.messaging.timers import DueCommands
from zi_integrity.read.compensations import (
    CompensationFilter,
    QuarterCount,
    counted,
    counts_of,
    listed,
    quarter_of,
)
from zi_integrity.web.pages.compensation import quarter_lines

TICKET, OTHER = "3C7K9M2QB", "5W8R2N4T8"
LATE_OFFICER = "officer-ani"
PUBLIC, DESK = "/integrity/compensation", "/integrity/desk/compensation"
TEXT, PROOF, WHY = "Maaf, jawaban kami terlambat.", "Surat nomor 12", "Petugas cadangan ditunjuk"


async def filed(inside: InsideIntegrity, ticket: str = TICKET) -> None:
    case = named(ticket)
    data: dict[str, Any] = {
        "state": "filed",
        "holder": "office",
        "language": "id",
        "reachable_by": ["email"],
        "confidentiality": "named",
        "district": "tarakan",
        "topic": "other",
        "standard": {"id": "s", "version": 1, "tier": "normatif", "source_status": "unverified"},
        "due": "2026-12-07T01:00:00Z",
        "items": [],
    }
    owner = str(named(f"owner {ticket}"))
    await inside.hear(
        "intake", "consultation_filed", data, subject=ticket, aggregate=case, actor=owner, role="public"
    )


async def missed(
    inside: InsideIntegrity, ticket: str = TICKET, clock: str = "answer", **changes: Any
) -> UUID:
    data = {
        "state": "assigned",
        "holder": "office",
        "language": "id",
        "reachable_by": ["email"],
        "service": "consultation",
        "clock": clock,
        "due": "2026-12-07T01:00:00Z",
        "standard": {"id": "s", "version": 1, "digest": "5" * 64},
        "officials": [LATE_OFFICER],
        "reported_late": False,
    }
    await inside.hear("intake", "deadline_missed", data | changes, subject=ticket, aggregate=named(ticket))
    rows = await inside.office.store.query(
        lambda tx: listed(tx, CompensationFilter(ticket=ticket, show="all"), inside.clock.now(), 9, 0)
    )
    return rows[-1].compensation


def types(inside: InsideIntegrity) -> list[str]:
    rows = inside.office.store.messages(0, 1_000)
    found = [Message.parse(row.message) for row in rows]
    return [each.event for each in found if each.event.startswith("compensation_")]


async def test_a_missed_deadline_becomes_a_given_compensation(tmp_path: Path) -> None:
    async with opened(tmp_path) as inside:
        await filed(inside)
        id = await missed(inside)
        owner, team = inside.owner(TICKET), inside.person("zone-wulan", "integrity")
        head = inside.person("head-umar", "head")
        page = await owner.get(f"{PUBLIC}/cases/{TICKET}?lang=en")
        assert "A letter of apology" in page.text
        assert "not decided by this office" in page.text
        await team.post(f"{DESK}/{id}/offer", {"offer_text": TEXT})
        assert TEXT in (await owner.get(f"{PUBLIC}/cases/{TICKET}")).text
        assert (await owner.post(f"{PUBLIC}/cases/{TICKET}/{id}", {"answer": "accept"})).status_code in (
            200,
            303,
        )
        await team.post(f"{DESK}/{id}/give", {"proof": "letter_sent", "proof_text": PROOF})
        assert PROOF in (await owner.get(f"{PUBLIC}/cases/{TICKET}")).text
        await head.post(f"{DESK}/{id}/cause", {"cause": "absence", "cause_text": WHY})
        assert types(inside) == [
            f"compensation_{step}"
            for step in ("opened", "offered", "accepted", "given", "cause_found", "closed")
        ]
        closed = await head.get(f"{DESK}/{id}?lang=en")
        assert TEXT not in closed.text
        texts = await head.post(f"{DESK}/{id}/open")
        assert all(text in texts.text for text in (TEXT, PROOF, WHY))
        stored = b"".join(row.message for row in inside.office.store.messages(0, 1_000))
        assert not [text for text in (TEXT, PROOF, WHY) if text.encode() in stored]


async def test_the_citizens_texts_are_erased_and_the_cause_stays(tmp_path: Path) -> None:
    async with opened(tmp_path) as inside:
        await filed(inside)
        id = await missed(inside)
        owner, team = inside.owner(TICKET), inside.person("zone-wulan", "integrity")
        head = inside.person("head-umar", "head")
        await team.post(f"{DESK}/{id}/offer", {"offer_text": TEXT})
        path = f"/integrity/desk/contributors/{texts_of(id)}"
        await team.post(f"{path}/request-erasure", {"reason": "subject_request"})
        assert "erased for good" in (await head.post(f"{path}/approve-erasure")).text
        assert (await head.post(f"{DESK}/{id}/open")).status_code == 409
        assert (await owner.get(f"{PUBLIC}/cases/{TICKET}")).status_code == 200
        await head.post(f"{DESK}/{id}/cause", {"cause": "absence", "cause_text": WHY})
        texts = await head.post(f"{DESK}/{id}/open")
        assert (WHY in texts.text, TEXT in texts.text) == (True, False)
        cause = f"/integrity/desk/contributors/{cause_of(id)}"
        refused = await team.post(f"{cause}/request-erasure", {"reason": "subject_request"})
        assert refused.status_code == 409


async def test_who_had_the_case_is_refused_and_keeps_what_was_typed(tmp_path: Path) -> None:
    async with opened(tmp_path) as inside:
        await filed(inside)
        id = await missed(inside)
        guilty = inside.person(LATE_OFFICER, "officer")
        assert "a colleague decides" in (await guilty.get(f"{DESK}/{id}?lang=en")).text
        refused = await guilty.post(f"{DESK}/{id}/offer", {"offer_text": TEXT})
        assert refused.status_code == 409
        await inside.hear(
            "intake",
            "case_assigned",
            {
                "state": "assigned",
                "holder": "office",
                "language": "id",
                "reachable_by": [],
                "officer": "zone-wulan",
            },
            subject=TICKET,
            aggregate=named(TICKET),
        )
        later = await inside.person("zone-wulan", "integrity").post(
            f"{DESK}/{id}/offer", {"offer_text": TEXT}
        )
        assert later.status_code == 409
        assert types(inside) == ["compensation_opened"]


async def test_a_refused_form_says_what_is_missing_and_keeps_the_rest(tmp_path: Path) -> None:
    async with opened(tmp_path) as inside:
        await filed(inside)
        id = await missed(inside)
        team, head = inside.person("zone-wulan", "integrity"), inside.person("head-umar", "head")
        assert (await team.post(f"{DESK}/{id}/offer", {"offer_text": " "})).status_code == 422
        assert (await team.post(f"{DESK}/{id}/offer", {"offer_text": "x" * 2_001})).status_code == 422
        assert (
            await team.post(f"{DESK}/{id}/offer", {"offer_text": TEXT, "forms.car": "yes"})
        ).status_code == 409
        await team.post(f"{DESK}/{id}/offer", {"offer_text": TEXT})
        assert (await team.post(f"{DESK}/{id}/answer", {"answer": "accept"})).status_code == 422
        early = await team.post(f"{DESK}/{id}/give", {"proof": "letter_sent", "proof_text": PROOF})
        assert (early.status_code, PROOF in early.text) == (409, True)
        waiver = {"answer": "waive", "how": "phone"}
        by_itself = await team.post(f"{DESK}/{id}/answer?lang=en", waiver)
        assert (by_itself.status_code, "a colleague records" in by_itself.text) == (409, True)
        await head.post(f"{DESK}/{id}/answer", waiver)
        assert (
            await head.post(f"{DESK}/{id}/cause", {"cause": "fate", "cause_text": WHY})
        ).status_code == 409
        assert (
            await team.post(f"{DESK}/{id}/cause", {"cause": "absence", "cause_text": WHY})
        ).status_code == 403
        assert types(inside)[-1] == "compensation_waived"


@pytest.mark.parametrize("form", [{}, {"answer": ""}, {"answer": "yes"}])
async def test_only_an_answer_answers(tmp_path: Path, form: dict[str, str]) -> None:
    async with opened(tmp_path) as inside:
        await filed(inside)
        id = await missed(inside)
        owner, team = inside.owner(TICKET), inside.person("zone-wulan", "integrity")
        await team.post(f"{DESK}/{id}/offer", {"offer_text": TEXT})
        page = await owner.post(f"{PUBLIC}/cases/{TICKET}/{id}?lang=en", form)
        assert page.status_code == 422
        assert page.text.count("This field is needed.") == 2  # in the summary and at the field
        assert "Accept it" in page.text
        assert types(inside)[-1] == "compensation_offered"


async def test_whose_waiver_an_official_recorded_can_still_accept(tmp_path: Path) -> None:
    async with opened(tmp_path) as inside:
        await filed(inside)
        id = await missed(inside)
        owner, team = inside.owner(TICKET), inside.person("zone-wulan", "integrity")
        head = inside.person("head-umar", "head")
        await head.post(f"{DESK}/{id}/cause", {"cause": "absence", "cause_text": WHY})
        await team.post(f"{DESK}/{id}/offer", {"offer_text": TEXT})
        await head.post(f"{DESK}/{id}/answer", {"answer": "waive", "how": "phone"})
        assert types(inside)[-2:] == ["compensation_waived", "compensation_closed"]
        page = await owner.get(f"{PUBLIC}/cases/{TICKET}?lang=en")
        assert "An official recorded that you do not want it" in page.text
        await owner.post(f"{PUBLIC}/cases/{TICKET}/{id}", {"answer": "accept"})
        [count] = await inside.office.store.query(lambda tx: counts_of(tx, quarter_of(inside.clock.now())))
        assert (count.waived, count.waiting) == (0, 1)
        await team.post(f"{DESK}/{id}/give", {"proof": "letter_sent", "proof_text": PROOF})
        assert types(inside)[-3:] == ["compensation_accepted", "compensation_given", "compensation_closed"]


async def test_strangers_and_other_citizens_see_nothing_of_it(tmp_path: Path) -> None:
    async with opened(tmp_path) as inside:
        await filed(inside)
        await filed(inside, OTHER)
        id = await missed(inside)
        assert (await inside.stranger().get(f"{PUBLIC}/cases/{TICKET}")).status_code in (303, 401)
        other = inside.owner(OTHER)
        assert (await other.get(f"{PUBLIC}/cases/{TICKET}")).status_code in (303, 401)
        assert (await other.post(f"{PUBLIC}/cases/{OTHER}/{id}", {"answer": "waive"})).status_code == 404
        assert "owe you no compensation" in (await other.get(f"{PUBLIC}/cases/{OTHER}?lang=en")).text
        assert (await inside.person("signer-intan", "signer").get(DESK)).status_code == 403
        opening = await inside.person("signer-intan", "signer").post(f"{DESK}/{id}/open")
        assert (opening.status_code, TICKET in opening.text) == (403, False)
        assert (await inside.person("zone-wulan", "integrity").get(f"{DESK}/{named('x')}")).status_code == 404
        assert types(inside) == ["compensation_opened"]


async def test_a_repeated_message_opens_one_and_a_second_clock_another(tmp_path: Path) -> None:
    async with opened(tmp_path) as inside:
        await filed(inside)
        await missed(inside, clock="acknowledge")
        await missed(inside, reported_late=True)
        assert types(inside) == ["compensation_opened"] * 2
        page = await inside.person("head-umar", "head").get(f"{DESK}?lang=en")
        assert "2 compensations" in page.text
        assert "reported late" in page.text


async def test_the_office_that_is_late_again_is_shown_to_everybody_without_the_ticket(tmp_path: Path) -> None:
    async with opened(tmp_path) as inside:
        await filed(inside)
        id = await missed(inside)
        assert "Nothing is overdue." in (await inside.stranger().get(f"{PUBLIC}?lang=en")).text
        inside.clock.at += timedelta(days=30)
        loop = TimerLoop(inside.office.store, inside.clock, DueCommands(inside.office.store))
        await loop.tick()
        await loop.tick()
        assert types(inside) == ["compensation_opened", "compensation_overdue", "compensation_overdue"]
        page = await inside.stranger().get(f"{PUBLIC}?lang=en")
        assert "1 compensation is overdue" in page.text
        assert str(id)[:8].upper() in page.text
        assert TICKET not in page.text
        assert "Fewer than five" in page.text
        assert (page.text.count("Questions"), page.text.count("too few to tell")) == (1, 2)
        assert len(page.content) < 40_000


async def test_an_overdue_service_is_named_only_with_at_least_five(tmp_path: Path) -> None:
    async with opened(tmp_path) as inside:
        for number in range(6):
            await missed(inside, clock=f"c{number}")
        await filed(inside, OTHER)
        for number in range(5):
            await missed(inside, OTHER, service="ski", clock=f"c{number}")
        inside.clock.at += timedelta(days=30)
        all_large = (await inside.stranger().get(f"{PUBLIC}?lang=en")).text
        assert "too few to tell" not in all_large.split('id="overdue"')[1]
        await missed(inside, service="complaint")
        inside.clock.at += timedelta(days=30)
        page = (await inside.stranger().get(f"{PUBLIC}?lang=en")).text
        assert page.split('id="overdue"')[1].count("too few to tell") == 6
        assert page.split('id="overdue"')[1].count("Questions") == 6


async def test_the_list_has_pages_filters_and_a_true_count(tmp_path: Path) -> None:
    async with opened(tmp_path) as inside:
        for number in range(45):
            await missed(inside, clock=f"c{number}")
        await filed(inside, OTHER)
        await missed(inside, OTHER, service="ski")
        head = inside.person("head-umar", "head")
        assert "46 compensations" in (await head.get(f"{DESK}?lang=en")).text
        assert "Page 2 of 2" in (await head.get(f"{DESK}?page=2&lang=en")).text
        found = await head.get(f"{DESK}?ticket={OTHER.lower()}&lang=en")
        assert "1 compensation" in found.text
        assert "0 compensations" in (await head.get(f"{DESK}?ticket=nothing&lang=en")).text
        assert "1 compensation" in (await head.get(f"{DESK}?service=ski&show=all&lang=en")).text
        assert "0 compensations" in (await head.get(f"{DESK}?show=closed&lang=en")).text
        now = inside.clock.now()
        overdue = CompensationFilter(show="overdue")
        assert await inside.office.store.query(lambda tx: counted(tx, overdue, now)) == 0


@pytest.mark.parametrize(
    ("counts", "lines"),
    [
        ([("complaint", 4)], None),
        ([("complaint", 9)], [("complaint",)]),
        ([("complaint", 9), ("ski", 2)], None),
        ([("complaint", 9), ("consultation", 8), ("ski", 2)], [("complaint",), ("consultation", "ski")]),
    ],
)
def test_small_services_are_told_together_or_not_at_all(counts: Any, lines: Any) -> None:
    quarter = quarter_lines(
        [QuarterCount("2026-Q4", service, number, number, 0) for service, number in counts]
    )
    assert (None if quarter is None else [line.services for line in quarter]) == lines


def test_a_small_part_of_a_count_is_not_told() -> None:
    [line] = quarter_lines([QuarterCount("2026-Q4", "complaint", 20, 12, 2)]) or []
    assert (line.delivered, line.waived, line.waiting) in [(12, None, 6), (None, None, None)]


def test_the_contract_stands_in_the_registry() -> None:
    assert {model.__name__ for model in contract.MODELS} >= {"CompensationOpened", "CompensationClosed"}
