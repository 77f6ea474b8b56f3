"""A permit (IP CPPOB) for which the office is late at every step, and whose revocation its business contests twice: once somebody else lets it
stay, and once somebody else revokes it."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
from tests.journeys.certificates import OpenedCase, nib_of
from tests.journeys.door import good
from tests.journeys.house import House, await_
from tests.journeys.mentoring import API, MENTOR, Mentoring

import zi_rules

OWN_PROPOSAL = "urn:zona:problem:own_proposal"
WORDS = {
    "return": "Denah tidak terbaca, mohon unggah lagi.",
    "propose": "Dapur ditemukan kosong.",
    "announce": "Sesuai berita acara.",
    "object": "Dapur kami hanya direnovasi.",
    "drop": "Renovasi terbukti, izin tetap.",
    "confirm": "Sudah tutup menurut pemeriksaan kedua.",
}
OBJECTION = """
[objection]
period = { amount = 14, unit = "calendar_days" }
source = "Keputusan Kepala Balai Contoh 1/2026"
source_status = "unverified"
"""


def office_that_hears_objections(folder: Path) -> dict[str, str]:
    """Return the settings of an office whose rules give a business fourteen days to object."""
    folder.mkdir()
    shipped = (Path(zi_rules.__file__).parent / "data" / "permits.toml").read_text(encoding="utf-8")
    (folder / "permits.toml").write_text(shipped.replace("\nversion = 1\n", "\nversion = 2\n") + OBJECTION)
    return {"ZI_RULES": str(folder)}


def ready_for_a_permit(mentoring: Mentoring, name: str) -> OpenedCase:
    case = mentoring.mentored(name, nib=nib_of(name))
    mentoring.looked_at_itself(case)
    mentoring.visited(case)
    mentoring.complete(case)
    return case


# -- its clocks


def late_at_every_step(house: House, mentoring: Mentoring, case: OpenedCase) -> None:
    """3, 20 and 7 working days run out, each is an entry of the ledger; while the business owes something the clock stands still."""
    mentoring.done(case, "apply-for-permit")
    overdue(house, mentoring, case, "permit_account", 1)
    [waits] = tasks(mentoring, "officer", case)
    assert (waits["task"], waits["is_missed"]) == ("account", True)
    mentoring.done(case, "verify-account", person="officer")

    promised = permit_of(mentoring, case)["due"]
    mentoring.done(case, "return-permit", {"note": WORDS["return"]}, "evaluator")
    returned = permit_of(mentoring, case)
    assert (returned["stage"], returned["stopped_at"] is not None) == ("returned", True)
    assert WORDS["return"] in page(mentoring, case)
    assert tasks(mentoring, "evaluator", case) == []
    pass_by(house, promised)  # nothing is late: the business has not sent it yet
    mentoring.done(case, "apply-for-permit")
    moved = permit_of(mentoring, case)
    assert (moved["stage"], moved["is_late"]) == ("evaluation", False)
    assert moved["due"] > promised
    overdue(house, mentoring, case, "permit_evaluation", 2)
    mentoring.done(case, "find-fit", {}, "evaluator")
    overdue(house, mentoring, case, "permit_issue", 3)
    mentoring.done(case, "issue-permit", person="head")
    missed = [step for step in mentoring.steps(case) if step == "deadline_missed"]
    assert len(missed) == 3  # none for the time in which the clock stood still
    everybody_sees(mentoring)
    await_(lambda: compensations(mentoring, case) == 3)


def overdue(house: House, mentoring: Mentoring, case: OpenedCase, clock: str, number: int) -> None:
    """Let the clock that runs now run out; the desk, the business and the ledger see it."""
    running = permit_of(mentoring, case)
    assert (running["clock"], running["is_late"]) == (clock, False)
    pass_by(house, running["due"])
    await_(lambda: mentoring.steps(case).count("deadline_missed") == number)
    assert permit_of(mentoring, case)["is_late"] is True
    assert "Terlambat" in page(mentoring, case)


def pass_by(house: House, due: str) -> None:
    """Move the clock of the house to the day after a moment."""
    left = datetime.fromisoformat(due) - house.now()
    house.later(days=left // timedelta(days=1) + 1)


def everybody_sees(mentoring: Mentoring) -> None:
    register = good(mentoring.client.get(f"{API}/permits"))
    figures = {each.pop("clock"): each for each in register["promises"]}
    late = {"in_time": 0, "missed": 1, "running": 0, "stopped": 0, "stops": 0}
    assert figures == {
        "permit_account": late,
        "permit_evaluation": late | {"stops": 1},
        "permit_issue": late,
    }


def compensations(mentoring: Mentoring, case: OpenedCase) -> int:
    """Return how many the office owes for this case, as the unit for integrity lists them."""
    headers = mentoring.staff("zone") | {"Accept": "text/html"}
    listed = mentoring.client.get(f"/integrity/desk/compensation?ticket={case['ticket']}", headers=headers)
    return len(
        {part.partition('"')[0] for part in listed.text.split('href="/integrity/desk/compensation/')[1:]}
    )


# -- its revocation


def contested_twice(mentoring: Mentoring, case: OpenedCase) -> None:
    """Nobody decides about an objection to what they have proposed or decided themselves."""
    number = permit_of(mentoring, case)["permits"][0]["number"]
    announced(mentoring, case, "officer", "supervisor")
    assert mentoring.tell(case, "confirm-revocation", {"note": "Cepat."}, "head").status_code == 409
    contested(mentoring, case)
    refuse(mentoring, case, "supervisor")
    assert tasks(mentoring, "supervisor", case) == []
    assert [each["task"] for each in tasks(mentoring, "head", case)] == ["revocation"]
    mentoring.done(case, "drop-revocation", {"note": WORDS["drop"]}, "head")
    assert standing(mentoring, number) == ("valid", True, None)
    assert WORDS["drop"] in page(mentoring, case)

    announced(mentoring, case, "officer", "head")
    contested(mentoring, case)
    refuse(mentoring, case, "head")
    reads_what_is_objected(mentoring, case, "supervisor")
    mentoring.done(case, "confirm-revocation", {"note": WORDS["confirm"]}, "supervisor")
    assert standing(mentoring, number) == ("revoked", False, "production_moved")
    assert mentoring.tell(case, "object-to-revocation", {"note": "Lagi."}).status_code == 409
    assert mentoring.tell(case, "send-registration", {"product": 1}).status_code == 409
    assert mentoring.steps(case)[-8:] == [
        *("revocation_proposed", "revocation_announced", "revocation_contested", "revocation_dropped"),
        *("revocation_proposed", "revocation_announced", "revocation_contested", "permit_revoked"),
    ]


def announced(mentoring: Mentoring, case: OpenedCase, proposes: str, decides: str) -> None:
    why = {"reason": "production_moved", "note": WORDS["propose"]}
    mentoring.done(case, "propose-revocation", why, proposes)
    mentoring.done(case, "announce-revocation", {"note": WORDS["announce"]}, decides)
    [permit] = permit_of(mentoring, case)["permits"]
    assert (permit["standing"], permit["holds"]) == ("announced", True)
    assert permit["objection_until"]


def contested(mentoring: Mentoring, case: OpenedCase) -> None:
    body = {"note": WORDS["object"]}
    for person in ("head", MENTOR):
        assert mentoring.tell(case, "object-to-revocation", body, person).status_code in (401, 403)
    mentoring.done(case, "object-to-revocation", body)
    [permit] = permit_of(mentoring, case)["permits"]
    assert (permit["standing"], permit["holds"]) == ("contested", True)
    assert WORDS["announce"] in page(mentoring, case)


def refuse(mentoring: Mentoring, case: OpenedCase, decided: str) -> None:
    """Neither by who decided nor by who proposed or mentored it."""
    for command in ("confirm-revocation", "drop-revocation"):
        refusal = mentoring.tell(case, command, {"note": "Tetap."}, decided)
        assert (refusal.status_code, refusal.json()["type"]) == (409, OWN_PROPOSAL)
        for person in ("officer", "evaluator", MENTOR):
            assert mentoring.tell(case, command, {"note": "Tetap."}, person).status_code == 403


def reads_what_is_objected(mentoring: Mentoring, case: OpenedCase, person: str) -> None:
    """Closed until it is opened, which the vault records."""
    where, headers = f"/umkm/desk/cases/{case['ticket']}", mentoring.staff(person) | {"Accept": "text/html"}
    assert WORDS["object"] not in mentoring.client.get(where, headers=headers).text
    opened = await_(lambda: _opened(mentoring.client.post(f"{where}/open", headers=headers), WORDS["object"]))
    assert WORDS["propose"] in opened


def _opened(answer: httpx.Response, wanted: str) -> str | None:
    return answer.text if wanted in answer.text else None


# -- what is asked again and again


def permit_of(mentoring: Mentoring, case: OpenedCase) -> Any:
    return mentoring.read(case)["permit"]


def standing(mentoring: Mentoring, number: str) -> tuple[str, bool, str | None]:
    permit = good(mentoring.client.get(f"{API}/permits/{number}"))
    return permit["standing"], permit["holds"], permit["reason"]


def tasks(mentoring: Mentoring, person: str, case: OpenedCase) -> list[Any]:
    """Return what the desk shows to this official about the permit of the case."""
    query = {"q": case["ticket"]}
    listed = mentoring.client.get(f"{API}/desk/permits", params=query, headers=mentoring.staff(person))
    return list(good(listed)["permits"])


def page(mentoring: Mentoring, case: OpenedCase) -> str:
    """Return the page of the case as its business reads it."""
    headers = {"Authorization": case["Authorization"], "Accept": "text/html", "Accept-Language": "id"}
    answer = mentoring.client.get(f"/umkm/cases/{case['ticket']}", headers=headers)
    assert answer.status_code == 200, answer.text
    return answer.text
