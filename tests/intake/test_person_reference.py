"""Repeats are seen by auditors and by nobody else, a dump of the database tells nobody who filed, and an erasure ends the reference for good."""

import shutil
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from tests.intake.erasures import ASK_ERASURE, ENDING, approve
from tests.intake.front import COMPLAINT, CONSULTATION, EMAIL, NAME, PHONE, Front, code, nothing, opened

from zi_chassis.domain import UnavailableError
from zi_chassis.vault.erasure import recorded
from zi_chassis.vault.keystore import Keystore
from zi_contracts.message import Message
from zi_intake.bodies.filings import Reporter
from zi_intake.domain.case.filings import ComplaintFiled
from zi_intake.messaging.erasures import approved_by, erasure_runner
from zi_intake.use_cases.person_reference import normalised_contact

OTHER = "wati.contoh@warga.example"


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[Front]:
    async with opened(tmp_path, person_references=True) as front:
        yield front


def by(email: str | None = EMAIL, phone: str | None = None, **more: Any) -> dict[str, Any]:
    return COMPLAINT | {"reporter": {"name": NAME, "email": email, "phone": phone}} | more


async def disclosed(front: Front, filed: Any, step: int = 0) -> str | None:
    """Return the reference in the message of a step."""
    reference = (await front.office.steps(filed["ticket"]))[step].parsed["data"]["person_ref"]
    assert reference is None or isinstance(reference, str)
    return reference


async def reference(front: Front, body: dict[str, Any], to: str = "complaints") -> str | None:
    return await disclosed(front, await front.file(body, to=to))


async def erased(front: Front, body: dict[str, Any]) -> Any:
    filed = await front.file(body)
    await front.handled(filed, *ENDING, ASK_ERASURE)
    assert (await approve(front, filed)).status_code == 200
    return filed


def key_files(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.glob("intake/keys.db*"))


async def test_no_reference_is_given_unless_the_office_decides_so(front: Front) -> None:
    assert await reference(front, by()) is None
    with front.office.keys._database.reading() as tx:
        assert tx.execute("SELECT * FROM contacts") == tx.execute("SELECT * FROM contact_key") == []


async def test_a_repeat_has_the_reference_of_the_first(house: Front) -> None:
    first = await reference(house, by())
    assert first is not None
    named = CONSULTATION | {"confidentiality": "named", "reporter": {"name": "Wati", "email": EMAIL.upper()}}
    assert await reference(house, named, "consultations") == first
    assert await reference(house, by(OTHER)) not in (None, first)


@pytest.mark.parametrize(
    ("typed", "contact"),
    [
        ((EMAIL, PHONE), f"email {EMAIL}"),
        (("Bunga.Contoh@Warga.Example", None), f"email {EMAIL}"),
        ((None, PHONE), "phone 6281100001234"),
        ((None, "0811 0000 1234"), "phone 6281100001234"),
        ((None, "0062-811-0000-1234"), "phone 6281100001234"),
        ((None, "+62 (0)811/0000.1234"), "phone 6281100001234"),
        ((None, "+60 3 1234 5678"), "phone 60312345678"),
        ((None, None), None),
    ],
)
def test_a_contact_is_the_same_however_it_is_typed(
    typed: tuple[str | None, str | None], contact: str | None
) -> None:
    email, phone = typed
    assert normalised_contact(Reporter(name=NAME, email=email, phone=phone)) == contact
    assert normalised_contact(None) is None


async def test_who_asks_for_confidence_or_stays_anonymous_has_no_reference(house: Front) -> None:
    assert await reference(house, by(confidentiality="confidential")) is None
    assert await reference(house, COMPLAINT | {"confidentiality": "anonymous", "reporter": None}) is None
    assert await reference(house, by(None, None)) is None


async def test_sending_a_filing_again_changes_nothing(house: Front) -> None:
    key = "8a1f3c52-7d0e-4b57-9a51-0f6f7d2b1c11"
    first = await house.file(by(), key)
    assert await house.file(by(), key) == first
    assert len(await house.office.steps(first["ticket"])) == 1


async def test_a_dump_of_the_database_does_not_tell_whether_a_known_address_filed(tmp_path: Path) -> None:
    """A dishonest official has the store, its secrets and the program, tries an address, and gets another reference each time."""
    async with opened(tmp_path / "office", person_references=True) as front:
        real = await reference(front, by())
        assert real is not None
        assert real.encode() in front.everything_kept()
        assert real.encode() in key_files(front.folder)
    for attempt in ("one", "other"):
        shutil.copytree(tmp_path / "office", tmp_path / attempt)
        for file in (tmp_path / attempt / "intake").glob("keys.db*"):
            file.unlink()
        async with opened(tmp_path / attempt, person_references=True) as stolen:
            assert await reference(stolen, by()) not in (None, real)


async def test_nothing_in_the_database_follows_from_an_address_alone(tmp_path: Path) -> None:
    """Two houses with the same secrets, to which the same person writes, have no reference in common."""
    found: list[str | None] = []
    for folder in (tmp_path / "one", tmp_path / "other"):
        if found:
            shutil.copytree(tmp_path / "one" / "intake" / "secrets", folder / "intake" / "secrets")
        async with opened(folder, person_references=True) as front:
            found.append(await reference(front, by()))
    assert found[0] != found[1]


async def test_an_erasure_ends_the_reference_and_names_it(house: Front) -> None:
    filed = await erased(house, by())
    old = await disclosed(house, filed)
    assert old is not None
    assert await disclosed(house, filed, -1) == old
    new = await reference(house, by())
    assert new not in (None, old)
    assert await reference(house, by()) == new
    assert old.encode() not in key_files(house.folder)


async def test_an_erasure_leaves_the_references_of_others(house: Front) -> None:
    other = await reference(house, by(OTHER))
    await erased(house, by())
    assert await reference(house, by(OTHER)) == other


async def test_a_second_erasure_under_an_ended_reference_leaves_the_new_one(house: Front) -> None:
    earlier = await house.file(by())
    await erased(house, by())
    new = await reference(house, by())
    await house.handled(earlier, *ENDING, ASK_ERASURE)
    await approve(house, earlier)
    assert await reference(house, by()) == new


async def test_restored_keys_do_not_bring_an_ended_reference_back(tmp_path: Path) -> None:
    """The backup knows the contact from a case that stands; the case that was erased came after it."""
    async with opened(tmp_path, person_references=True) as front:
        old = await reference(front, by())
    shutil.copy(tmp_path / "intake" / "keys.db", tmp_path / "keys.backup")
    async with opened(tmp_path, person_references=True) as front:
        assert await disclosed(front, await erased(front, by())) == old
    shutil.copy(tmp_path / "keys.backup", tmp_path / "intake" / "keys.db")
    assert str(old).encode() in key_files(tmp_path)
    async with opened(tmp_path, person_references=True) as front:
        assert str(old).encode() not in key_files(tmp_path)
        assert await reference(front, by()) not in (None, old)


async def test_a_restored_house_learns_of_ended_references_from_its_stream(tmp_path: Path) -> None:
    async with opened(tmp_path, person_references=True) as front:
        old = await reference(front, by())
        filed = await front.file(by())
        await front.handled(filed, *ENDING, ASK_ERASURE)
    shutil.copytree(tmp_path / "intake", tmp_path / "backup")
    async with opened(tmp_path, person_references=True) as front:
        await approve(front, filed)
        message = (await front.office.steps(filed["ticket"]))[-1].message
    shutil.rmtree(tmp_path / "intake")
    shutil.copytree(tmp_path / "backup", tmp_path / "intake")

    async def stream() -> AsyncIterator[Message]:
        yield Message.parse(message)

    async with opened(tmp_path, person_references=True) as front:
        restarted(front)
        published = recorded(stream(), tmp_path / "erasures", approved_by("balai-pom-tarakan"))
        assert await front.office.erasures.unlock(published)
        assert await reference(front, by()) not in (None, old)


def restarted(front: Front) -> None:
    """A process that has not read the erasures of its stream yet."""
    front.office.vault.locked = True
    front.office.erasures = erasure_runner(front.office.store, front.office.vault, front.office.names)


async def test_no_reference_is_given_before_every_recorded_erasure_is_applied(house: Front) -> None:
    known = await reference(house, by())
    restarted(house)
    assert await reference(house, by()) is None
    assert await house.office.erasures.unlock(nothing())
    assert await reference(house, by()) == known


async def test_an_erasure_that_is_not_applied_yet_gives_no_old_reference(
    house: Front, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as broken:

        def die(*_: object) -> None:
            raise UnavailableError("The disk is full.")

        broken.setattr(Keystore, "destroy", die)
        filed = await erased(house, by())
    old = await disclosed(house, filed)
    assert await reference(house, by()) is None
    assert await house.office.erasures.apply()
    assert await reference(house, by()) not in (None, old)


async def test_a_key_store_that_can_not_be_written_refuses_the_filing(
    house: Front, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> str:
        raise OSError("No space left on device")

    monkeypatch.setattr(Keystore, "reference", full)
    before = house.recorded
    refused = await house.client.post("/intake/api/complaints", json=by())
    assert refused.status_code == 503
    assert house.recorded == before


async def test_an_office_that_decides_otherwise_keeps_nothing_of_the_contacts(tmp_path: Path) -> None:
    async with opened(tmp_path, person_references=True) as front:
        old = await reference(front, by())
    async with opened(tmp_path) as front:
        assert str(old).encode() not in key_files(tmp_path)
        assert await reference(front, by()) is None
    async with opened(tmp_path, person_references=True) as front:
        assert await reference(front, by()) not in (None, old)


async def test_neither_who_filed_nor_who_handles_a_case_is_shown_its_reference(house: Front) -> None:
    """Somebody who files under an address that is not theirs learns nothing of its owner's cases."""
    mine, strangers = await house.file(by()), await house.file(by())
    known = str(await disclosed(house, mine))
    assert await disclosed(house, strangers) == known
    await house.handled(mine, *ENDING[:2])
    ticket, page = mine["ticket"], {"Accept": "text/html"}
    answers = [
        await house.client.get(f"/intake/api/cases/{ticket}", headers=code(mine)),
        await house.client.get(f"/track/{ticket}", headers=code(mine) | page),
        await house.client.get("/intake/api/cases?show=all", headers=house.staff()),
        await house.client.get(f"/desk/cases/{ticket}", headers=house.staff() | page),
        await house.act(mine, "personal-data", {"purpose": "handling"}),
        await house.act(mine, "answer", {"text": "Done."}),
    ]
    assert [answer.status_code for answer in answers] == [200] * len(answers)
    assert not any(known[:12] in answer.text for answer in answers)


async def test_events_from_before_references_are_read_as_they_were(house: Front) -> None:
    filing = (await house.office.state((await house.file(by()))["ticket"])).filing
    assert isinstance(filing, ComplaintFiled)
    old = filing.model_dump(exclude={"person_ref"})
    assert ComplaintFiled.model_validate(old) == filing.model_copy(update={"person_ref": None})
