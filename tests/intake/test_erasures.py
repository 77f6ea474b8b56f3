"""The event first, then the key; whatever happens in between or is restored, nothing erased is ever told again."""

import shutil
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from tests.chassis.house import running
from tests.intake import acts
from tests.intake.erasures import approve, closed, erased, with_erasure_request
from tests.intake.front import EMAIL, NAME, TEXT, Front, code, nothing, opened
from tests.intake.lines import CONDUCT, office_of_lines
from tests.intake.test_evidence import fetched, logged
from tests.taken_evidence import take
from tests.until import until

from zi_chassis.domain import UnavailableError, WrongRoleError
from zi_chassis.vault.erasure import ErasureRunner, UnsettledError, recorded
from zi_chassis.vault.keystore import Keystore
from zi_chassis.vault.requests import VaultService
from zi_contracts.message import Message, UnreadableMessageError
from zi_contracts.vault import VaultRequest
from zi_intake.domain.case import refusals
from zi_intake.domain.case.decide import decide
from zi_intake.messaging.erasures import TYPE, approved_by, erasure_runner
from zi_intake.vault_answers import READABLE

OFFICE = "balai-pom-tarakan"
PERSONAL = (NAME, EMAIL, TEXT)


def key_of(front: Front, filed: Any) -> bytes:
    key = front.office.keys.key(front.office.names.data_subject(filed["ticket"]))
    assert key is not None
    return key.secret


def key_files(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.glob("intake/keys.db*"))


def again(front: Front) -> ErasureRunner:
    """A process that has just begun."""
    front.office.vault.locked = True
    return erasure_runner(front.office.store, front.office.vault, front.office.names)


async def stream(*messages: bytes) -> AsyncIterator[Message]:
    for message in messages:
        yield Message.parse(message)


async def erased_and_restored(tmp_path: Path) -> tuple[Any, bytes, bytes]:
    """Erase a case, with its folder of before in "restored"; return the case, its key and the message of the erasure."""
    async with opened(tmp_path / "now") as front:
        filed = await with_erasure_request(front)
        secret = key_of(front, filed)
    shutil.copytree(tmp_path / "now", tmp_path / "restored")
    async with opened(tmp_path / "now") as front:
        await approve(front, filed)
        erasure = (await front.office.steps(filed["ticket"]))[-1].message
    return filed, secret, erasure


async def test_an_approved_erasure_is_an_event_and_the_key_is_in_no_file(front: Front) -> None:
    filed = await with_erasure_request(front)
    secret = key_of(front, filed)
    assert secret in key_files(front.folder)
    done = (await approve(front, filed)).json()
    assert secret not in key_files(front.folder)
    last = (await front.office.steps(filed["ticket"]))[-1].parsed
    assert (last["type"], last["actor"], last["actorrole"]) == (TYPE, "supervisor-budi", "staff:supervisor")
    assert last["data"] == {
        "state": "closed",
        "holder": "citizen",
        "language": "id",
        "reachable_by": [],
        "reason": "subject_request",
        "asked_by": "officer-ani",
        "person_ref": None,
    }
    destroyed = front.office.keys.destroyed(front.office.names.data_subject(filed["ticket"]))
    assert destroyed is not None
    assert str(destroyed.event) == done["event_id"]
    assert front.office.erasures.reason is None


async def test_approving_again_changes_nothing(front: Front) -> None:
    filed = await erased(front)
    assert (await approve(front, filed)).json()["event_id"] is None


async def test_an_officer_alone_and_a_supervisor_alone_erase_nothing(front: Front) -> None:
    filed = await closed(front)
    boss = front.staff("supervisor-budi", "supervisor")
    body = {"reason": "no_longer_needed"}
    assert (await front.act(filed, "ask-erasure", body, boss)).status_code == 200
    answer = await front.act(filed, "approve-erasure", None, boss)
    officer = await front.act(filed, "approve-erasure")
    assert [each.json()["type"].rpartition(":")[2] for each in (answer, officer)] == [
        "four_eyes",
        "wrong_role",
    ]
    assert key_of(front, filed)


async def test_a_refused_erasure_leaves_everything_readable(front: Front) -> None:
    filed = await with_erasure_request(front)
    refusal = {"reason": "not_the_data_subject"}
    refused = await front.act(filed, "refuse-erasure", refusal, front.staff("budi", "supervisor"))
    assert refused.status_code == 200
    assert (await front.track(filed))["words"] == "shown"
    step = (await front.track(filed, **{"Accept-Language": "en"}))["timeline"][-1]["text"]
    assert step == (
        "The personal data of this case was not erased. Why: whoever asked is not the person whose data it is."
    )


async def test_an_open_case_is_erased_on_a_lawful_demand_only(front: Front) -> None:
    filed = await front.file()
    wish = await front.act(filed, "ask-erasure", {"reason": "subject_request"})
    assert wish.json()["type"] == "urn:zona:problem:too_early_to_erase"
    await front.handled(filed, ("ask-erasure", {"reason": "lawful_order"}))
    assert (await approve(front, filed)).json()["state"] == "closed"
    listed = await front.client.get("/intake/api/cases?show=all", headers=front.staff())
    assert [(row["state"], row["erasure"]) for row in listed.json()] == [("closed", "done")]


@pytest.mark.parametrize("reason", [None, "", "curiosity", f"ask {NAME}"])
async def test_the_reason_is_one_of_a_closed_list(front: Front, reason: str | None) -> None:
    filed = await closed(front)
    assert (await front.act(filed, "ask-erasure", {"reason": reason})).status_code == 422


async def test_the_list_shows_what_waits_for_a_supervisor(front: Front) -> None:
    filed = await with_erasure_request(front)
    await closed(front)
    reopened = await front.act(filed, "reopen", None, code(filed))
    assert reopened.status_code == 200
    listed = await front.client.get("/intake/api/cases?show=erasure", headers=front.staff())
    assert [(row["ticket"], row["erasure"]) for row in listed.json()] == [(filed["ticket"], "asked")]


async def test_nothing_of_an_erased_case_is_told_to_anybody_nor_recorded_as_told(front: Front) -> None:
    filed = await erased(front)
    steps = len(await front.office.steps(filed["ticket"]))
    answer = await front.client.get(f"/intake/api/cases/{filed['ticket']}", headers=code(filed))
    desk = await front.act(filed, "personal-data", {"purpose": "handling"})
    assert (answer.json()["words"], answer.json()["messages"]) == ("erased", [])
    assert (desk.status_code, desk.json()["type"]) == (409, "urn:zona:problem:erased")
    request = VaultRequest(ticket=filed["ticket"], fields=("reporter.email",), purpose="notify_status")
    vault = VaultService(READABLE, front.reading.answer)
    reply = await vault.answer("notify", request.model_dump_json(exclude_none=True).encode())
    assert (reply.error, reply.fields) == ("erased", {})
    assert not any(personal in answer.text + desk.text for personal in PERSONAL)
    assert len(await front.office.steps(filed["ticket"])) == steps


async def test_nothing_is_added_to_an_erased_case(front: Front) -> None:
    filed = await erased(front)
    for command, body in (("reopen", None), ("reopen", {"text": "Me again."}), ("withdraw", None)):
        refused = await front.act(filed, command, body, code(filed))
        assert (refused.status_code, refused.json()["type"]) == (409, "urn:zona:problem:erased")
    files = {"file": ("a.jpg", b"\xff\xd8\xff", "image/jpeg")}
    where = f"/intake/api/cases/{filed['ticket']}/attachments"
    refused = await front.client.post(where, files=files, headers=code(filed))
    assert refused.json()["type"] == "urn:zona:problem:erased"


async def test_the_evidence_of_an_erased_case_holds_every_entry_and_nothing_private(front: Front) -> None:
    filed = await erased(front)
    await logged(front, filed["ticket"])
    evidence = take(await fetched(front, filed))
    assert evidence.entries == [step.message for step in await front.office.steps(filed["ticket"])]
    assert evidence.private == []
    assert not any(personal.encode() in data for personal in PERSONAL for data in evidence.files.values())


async def test_a_crash_before_the_key_was_destroyed_is_made_good_before_anything_is_told(
    front: Front, monkeypatch: pytest.MonkeyPatch
) -> None:
    filed = await with_erasure_request(front)
    with monkeypatch.context() as broken:

        def die(*_: object) -> None:
            raise UnavailableError("The disk is gone.")

        broken.setattr(Keystore, "destroy", die)
        assert (await approve(front, filed)).status_code == 200
        assert front.office.erasures.reason is not None
    assert key_of(front, filed)
    assert (await front.act(filed, "personal-data", {"purpose": "handling"})).status_code == 409
    assert await again(front).unlock(nothing())
    assert front.office.keys.destroyed(front.office.names.data_subject(filed["ticket"]))


async def test_the_follower_finishes_by_itself_what_failed(
    front: Front, monkeypatch: pytest.MonkeyPatch
) -> None:
    filed = await with_erasure_request(front)
    tries: list[int] = []
    destroy = Keystore.destroy

    def at_the_third(keys: Keystore, *keys_given: Any) -> None:
        tries.append(1)
        if len(tries) < 3:
            raise UnavailableError("The key store is being read.")
        destroy(keys, *keys_given)

    monkeypatch.setattr(Keystore, "destroy", at_the_third)
    assert (await approve(front, filed)).status_code == 200
    follower = again(front)
    async with running(lambda: follower.run(nothing)):
        await until(lambda: follower.reason is None)
    assert len(tries) == 3


async def test_a_vault_is_locked_until_its_stream_was_read_and_nothing_is_recorded_as_opened(
    front: Front,
) -> None:
    filed = await front.file()
    again(front)
    desk = await front.act(filed, "personal-data", {"purpose": "handling"})
    answer = await front.client.get(f"/intake/api/cases/{filed['ticket']}", headers=code(filed))
    evidence = await front.client.get(f"/intake/api/cases/{filed['ticket']}/evidence", headers=code(filed))
    assert [each.status_code for each in (desk, answer, evidence)] == [503, 200, 503]
    assert (answer.json()["words"], answer.json()["messages"]) == ("not_now", [])
    assert len(await front.office.steps(filed["ticket"])) == 1
    assert (await front.file())["state"] == "filed"  # filing waits for nobody


async def test_a_stream_that_can_not_be_read_leaves_the_vault_locked(front: Front) -> None:
    await front.file()
    erasing = again(front)

    async def broken() -> AsyncIterator[Message]:
        raise UnreadableMessageError("data: missing")
        yield

    assert not await erasing.unlock(broken())
    assert front.office.vault.locked
    assert "UnreadableMessageError" in str(erasing.reason)
    assert await erasing.apply()
    assert erasing.reason is not None  # the own store alone unlocks nothing


async def test_a_process_whose_databases_were_away_opens_nothing_before_all_is_applied_again(
    front: Front,
) -> None:
    filed, erasing = await front.file(), front.office.erasures

    async def lost_meanwhile() -> AsyncIterator[Message]:
        erasing.lock()
        return
        yield

    erasing.lock()
    assert (await front.track(filed))["words"] == "not_now"
    assert not await erasing.unlock(lost_meanwhile())
    assert front.office.vault.locked
    assert erasing.reason is not None
    assert await erasing.unlock(nothing())
    assert erasing.reason is None
    assert (await front.track(filed))["words"] != "not_now"


async def test_a_loss_while_the_vault_is_being_unlocked_opens_it_for_no_moment(
    front: Front, monkeypatch: pytest.MonkeyPatch
) -> None:
    erasing, vault, seen_open = again(front), front.office.vault, list[bool]()
    unlock = vault.unlock

    def interrupted(*locks: int) -> bool:
        erasing.lock()
        is_open = unlock(*locks)
        seen_open.append(not vault.locked)
        return is_open

    monkeypatch.setattr(vault, "unlock", interrupted)
    assert not await erasing.unlock(nothing())
    assert seen_open == [False]
    assert erasing.reason is not None


async def test_a_restored_store_and_restored_keys_learn_the_erasure_from_the_stream(tmp_path: Path) -> None:
    filed, secret, erasure = await erased_and_restored(tmp_path)
    async with opened(tmp_path / "restored") as front:
        assert key_of(front, filed) == secret
        assert await again(front).unlock(stream(erasure))
        assert secret not in key_files(front.folder)
        assert (await front.track(filed))["words"] == "erased"
        desk = await front.act(filed, "personal-data", {"purpose": "handling"})
        assert desk.json()["type"] == "urn:zona:problem:erased"


async def test_where_the_stream_was_lost_too_the_ledger_is_brought_by_an_operator(tmp_path: Path) -> None:
    _, secret, erasure = await erased_and_restored(tmp_path)
    brought = tmp_path / "erasures"
    async with opened(tmp_path / "restored") as front:
        assert await again(front).unlock(recorded(nothing(), brought, approved_by(OFFICE)))
        assert secret in key_files(front.folder)
        brought.write_bytes(erasure + b"\n")
        assert await again(front).unlock(recorded(nothing(), brought, approved_by(OFFICE)))
        assert secret not in key_files(front.folder)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (b'"/zi/balai-pom-tarakan/intake"', b'"/zi/another-office/intake"'),
        (b'"/zi/balai-pom-tarakan/intake"', b'"/zi/balai-pom-tarakan/notify"'),
        (b'"asked_by":"officer-ani"', b'"asked_by":"supervisor-budi"'),
        (b'"staff:supervisor"', b'"staff:officer"'),
    ],
)
async def test_an_erasure_of_somebody_else_or_of_one_official_alone_destroys_no_key(
    tmp_path: Path, before: bytes, after: bytes
) -> None:
    filed, secret, erasure = await erased_and_restored(tmp_path)
    assert before in erasure
    brought = tmp_path / "erasures"
    async with opened(tmp_path / "restored") as front:
        forged = stream(erasure.replace(before, after))
        assert await again(front).unlock(recorded(forged, brought, approved_by(OFFICE)))
        assert key_of(front, filed) == secret
        brought.write_bytes(erasure.replace(before, after))
        assert not await again(front).unlock(recorded(nothing(), brought, approved_by(OFFICE)))
        assert key_of(front, filed) == secret


@pytest.mark.parametrize("line", [b"no message", b""])
async def test_what_is_brought_has_to_be_erasures(front: Front, tmp_path: Path, line: bytes) -> None:
    """The filing's own message, or no message at all."""
    filed = await front.file()
    (tmp_path / "erasures").write_bytes(line or (await front.office.steps(filed["ticket"]))[0].message)
    assert not await again(front).unlock(recorded(nothing(), tmp_path / "erasures", approved_by(OFFICE)))
    assert front.office.vault.locked


async def test_restored_keys_alone_are_destroyed_again_from_the_own_store(tmp_path: Path) -> None:
    async with opened(tmp_path) as front:
        filed = await with_erasure_request(front)
        secret = key_of(front, filed)
    shutil.copy(tmp_path / "intake" / "keys.db", tmp_path / "keys.backup")
    async with opened(tmp_path) as front:
        await approve(front, filed)
    shutil.copy(tmp_path / "keys.backup", tmp_path / "intake" / "keys.db")
    assert secret in key_files(tmp_path)
    async with opened(tmp_path) as front:
        assert secret not in key_files(tmp_path)
        assert (await front.track(filed))["words"] == "erased"


async def test_a_restored_house_tells_nothing_before_all_erasures_are_known(tmp_path: Path) -> None:
    """Its streams are lost, and so are all copies of the log: nothing in the house knows of the erasure."""
    filed, secret, erasure = await erased_and_restored(tmp_path)

    async def unknown() -> None:
        raise UnsettledError

    async with opened(tmp_path / "restored") as front:
        runner = again(front)
        assert not await runner.unlock(nothing(), unknown)
        assert runner.reason is not None
        assert "zona erasures" in runner.reason
        assert (await front.track(filed))["words"] == "not_now"
        assert await runner.unlock(stream(erasure))
        assert secret not in key_files(front.folder)
        assert (await front.track(filed))["words"] == "erased"


async def test_a_complaint_for_appointed_people_is_erased_by_two_of_them(tmp_path: Path) -> None:
    async with office_of_lines(tmp_path, supervised=True) as front:
        filed, wati = await front.file(CONDUCT), front.staff("officer-wati")
        page = await front.client.get(
            f"/desk/cases/{filed['ticket']}", headers={"Accept": "text/html", "Accept-Language": "en"} | wati
        )
        assert "Ask for the erasure" in page.text
        answer = await front.act(filed, "ask-erasure", {"reason": "lawful_order"}, wati)
        assert answer.status_code == 200
        dedi = front.staff("supervisor-dedi", "supervisor")
        assert (await front.act(filed, "approve-erasure", headers=dedi)).status_code == 200


def test_heads_erase_what_only_they_see_and_nothing_else() -> None:
    first, second = (
        acts.officer(f"head-{name}").model_copy(update={"role": "staff:head"}) for name in ("hana", "hadi")
    )
    asking = acts.ASK_ERASURE.model_copy(update={"by": first, "reason": "lawful_order"})
    case = acts.after(asking, state=acts.after(*acts.FOR_APPOINTED))
    with pytest.raises(refusals.FourEyesError):
        decide(acts.APPROVE_ERASURE.model_copy(update={"by": first}), case)
    assert decide(acts.APPROVE_ERASURE.model_copy(update={"by": second}), case)
    with pytest.raises(WrongRoleError):
        decide(asking, acts.after(*acts.CLOSED))


@pytest.mark.parametrize("command", [acts.APPROVE_ERASURE, acts.REFUSE_ERASURE])
def test_a_head_decides_in_an_ordinary_case_where_nobody_else_can(command: Any) -> None:
    head = acts.officer("head-hana").model_copy(update={"role": "staff:head"})
    deciding = command.model_copy(update={"by": head})
    case = acts.after(*acts.ERASURE_ASKED)
    with pytest.raises(WrongRoleError):
        decide(deciding, case)
    [decided] = decide(deciding.model_copy(update={"nobody_else": True}), case)
    assert decided.by == head
