import asyncio
import json
from pathlib import Path
from uuid import uuid4

import httpx
import pytest
from tests.intake.acts import KEEP_MENTORING, MENTORED, PHOTO, after, item
from tests.intake.front import TEXT, Front, code, opened
from tests.intake.test_uploads import attach, photo
from tests.taken_evidence import take
from tests.tlog.sample_evidence import AUDIT_KEY, ORIGIN, POLICY, MemoryLog, pack
from tests.until import until

from zi_intake.web.evidence import TAKEN_ALONG, files_left_out
from zi_tlog.evidence_v1 import MAX_ZIP_BYTES
from zi_verify.receipt import check_receipt
from zi_verify.report import ReceiptReport
from zi_verify.status import ExitStatus
from zi_verify.verdict import Failed, Matching


async def logged(
    front: Front, ticket: str, count: int | None = None, log: MemoryLog | None = None
) -> MemoryLog:
    """The ledger has the first `count` acts of this case, or all of them, and gives its evidence of it."""
    log = log or MemoryLog()
    messages = [step.message for step in await front.office.steps(ticket)]
    at = front.clock.now()
    log.append([b'{"subject":"another case"}', *messages[:count]], at)
    packed = pack(log, indexes=range(1, log.size), signer=AUDIT_KEY, case=ticket)
    front.ledger[f"cases/{ticket}/evidence"] = httpx.Response(200, content=packed)
    return log


def address(filed: dict[str, str]) -> str:
    return f"/intake/api/cases/{filed['ticket']}/evidence"


async def fetched(front: Front, filed: dict[str, str]) -> bytes:
    answer = await front.client.get(address(filed), headers=code(filed))
    assert answer.status_code == 200, answer.text
    assert answer.headers["Content-Type"] == "application/zip"
    assert len(answer.content) == int(answer.headers["Content-Length"])
    return answer.content


def checked(front: Front, data: bytes) -> ReceiptReport:
    return check_receipt(data, POLICY, int(front.clock.now().timestamp()))


async def test_the_evidence_proves_the_acts_and_ones_own_words_with_salts(front: Front) -> None:
    filed = await front.file()
    await front.handled(filed, ("acknowledge", None))
    await logged(front, filed["ticket"])
    data = await fetched(front, filed)
    report = checked(front, data)
    assert (report.verdict, report.shortfalls) == (Matching(), ())
    evidence = take(data)
    assert evidence.entries == [step.message for step in await front.office.steps(filed["ticket"])]
    texts = {item.field: item.plaintext.decode() for item in evidence.private}
    assert (texts["text"], len(texts)) == (TEXT, 6)
    assert evidence.files[f"promises/{filed['event_id']}"] == filed["promise"].encode()


async def test_what_is_complete_is_said_by_the_key_of_the_promises(front: Front) -> None:
    filed = await front.file()
    await logged(front, filed["ticket"])
    evidence = take(await fetched(front, filed))
    assert evidence.files["manifest.vkey"].decode().strip() == front.office.promises.vkey
    assert evidence.files["promise.vkey"].decode().strip() == front.office.promises.vkey
    manifest = evidence.manifest
    assert (manifest.case, manifest.origin, manifest.purpose) == (filed["ticket"], ORIGIN, "own")
    assert list(manifest.aggregates.values()) == [1]


async def test_what_the_ledger_does_not_have_yet_comes_with_its_promise(front: Front) -> None:
    filed = await front.file()
    await front.handled(filed, ("acknowledge", None))
    await logged(front, filed["ticket"], 1)
    data = await fetched(front, filed)
    report = checked(front, data)
    assert report.verdict == Matching()
    assert [shortfall.status for shortfall in report.shortfalls] == [ExitStatus.NOT_WITNESSED_YET]
    [pending] = take(data).pending
    assert json.loads(pending)["type"] == "zi.intake.case_acknowledged"


async def test_a_case_that_the_ledger_has_nothing_of_is_promised_and_not_proven(front: Front) -> None:
    filed = await front.file()
    await logged(front, filed["ticket"], 0)
    data = await fetched(front, filed)
    assert isinstance(checked(front, data).verdict, Failed)
    assert take(data).pending == [front.office.store.message(filed["event_id"])]


async def test_acts_of_other_services_come_along(front: Front) -> None:
    filed = await front.file()
    log = await logged(front, filed["ticket"])
    notify = json.loads(log.entries[1]) | {
        "source": json.loads(log.entries[1])["source"].replace("intake", "notify"),
        "type": "zi.notify.delivery_requested",
        "aggregate": filed["event_id"],
        "id": str(uuid4()),
        "data": {},
    }
    log.append([json.dumps(notify).encode()], front.clock.now())
    packed = pack(log, indexes=[1, 2], signer=AUDIT_KEY, case=filed["ticket"])
    front.ledger[f"cases/{filed['ticket']}/evidence"] = httpx.Response(200, content=packed)
    report = checked(front, await fetched(front, filed))
    assert report.verdict == Matching()
    assert [entry.type for entry in report.entries] == [
        "zi.intake.complaint_filed",
        "zi.notify.delivery_requested",
    ]


async def test_a_message_that_the_ledger_has_in_other_words_is_shown_as_it_is_in_both(front: Front) -> None:
    """Somebody changed the store: what it says now is a second version, which fits nothing."""
    filed = await front.file()
    [step] = await front.office.steps(filed["ticket"])
    log = MemoryLog()
    log.append([step.message.replace(b"tarakan", b"bulungan")], front.clock.now())
    packed = pack(log, indexes=[0], signer=AUDIT_KEY, case=filed["ticket"])
    front.ledger[f"cases/{filed['ticket']}/evidence"] = httpx.Response(200, content=packed)
    verdict = checked(front, await fetched(front, filed)).verdict
    assert isinstance(verdict, Failed)
    assert any("stands after version 1" in finding.render("en") for finding in verdict.findings)


async def test_the_ledger_is_asked_as_whoever_has_the_case(front: Front) -> None:
    filed = await front.file()
    await logged(front, filed["ticket"])
    await fetched(front, filed)
    [query] = [each for each in front.asked_of_ledger if each.url.path.endswith("/evidence")]
    token = query.headers["Authorization"].removeprefix("Bearer ")
    assert await front.office.tokens.verify(token) == filed["ticket"]


async def test_without_the_ledger_there_is_no_evidence_but_the_case_is_still_shown(tmp_path: Path) -> None:
    async with opened(tmp_path, ledger_away=True) as front:
        filed = await front.file()
        refused = await front.client.get(address(filed), headers=code(filed))
        assert (refused.status_code, refused.headers["Retry-After"]) == (503, "30")
        assert [step["ledger"] for step in (await front.track(filed))["timeline"]] == [None]


@pytest.mark.parametrize("content", [b"no zip", b""])
async def test_what_the_ledger_gives_and_is_no_evidence_is_not_passed_on(
    front: Front, content: bytes
) -> None:
    filed = await front.file()
    front.ledger[f"cases/{filed['ticket']}/evidence"] = httpx.Response(200, content=content)
    assert (await front.client.get(address(filed), headers=code(filed))).status_code == 503


async def test_what_the_ledger_has_of_another_case_is_not_passed_on(front: Front) -> None:
    filed, other = await front.file(), await front.file()
    await logged(front, other["ticket"])
    packed = front.ledger[f"cases/{other['ticket']}/evidence"]
    front.ledger[f"cases/{filed['ticket']}/evidence"] = packed
    assert (await front.client.get(address(filed), headers=code(filed))).status_code == 503


async def test_the_evidence_is_for_who_has_the_code(front: Front) -> None:
    filed = await front.file()
    assert (await front.client.get(address(filed))).status_code == 401
    assert (await front.client.get(address(filed), headers=front.staff())).status_code == 401


async def test_one_case_waits_once(front: Front) -> None:
    filed, other = await front.file(), await front.file()
    for each in (filed, other):
        await logged(front, each["ticket"])
    packing = front.office.packing
    async with packing._turn:  # none is made before all have asked
        asking = [
            asyncio.create_task(front.client.get(address(each), headers=code(each)))
            for each in (filed, filed, other)
        ]
        await until(lambda: len(packing._waiting) == 2 and any(each.done() for each in asking))
    answers = await asyncio.gather(*asking)
    assert sorted(answer.status_code for answer in answers) == [200, 200, 503]
    [busy] = [answer for answer in answers if answer.status_code == 503]
    assert "is being made right now" in busy.json()["detail"] or "sedang dibuat" in busy.json()["detail"]
    assert busy.headers["Retry-After"] == "20"
    await fetched(front, filed)


async def test_nothing_is_left_on_the_disk(front: Front) -> None:
    filed = await front.file()
    await logged(front, filed["ticket"])
    before = sorted(path.name for path in front.office.settings.folder.iterdir())
    await fetched(front, filed)
    assert sorted(path.name for path in front.office.settings.folder.iterdir()) == before


async def test_a_full_disk_is_said_to_be_one(front: Front, monkeypatch: pytest.MonkeyPatch) -> None:
    filed = await front.file()
    await logged(front, filed["ticket"])
    monkeypatch.setattr("zi_tlog.evidence_zip.EvidenceWriter.seal", full)
    refused = await front.client.get(address(filed), headers=code(filed))
    assert refused.status_code == 503


def full(*_: object, **__: object) -> None:
    raise OSError(28, "No space left on device")


async def test_many_versions_are_read_a_few_at_a_time(front: Front, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("zi_intake.web.evidence.AT_ONCE", 2)
    monkeypatch.setattr("zi_intake.read.projections.AT_ONCE", 2)
    filed = await front.file()
    await front.handled(filed, ("acknowledge", None), ("assign", {"officer": "officer-ani"}))
    await front.handled(filed, *(("ask", {"text": f"Pertanyaan {number}"}) for number in range(1)))
    await logged(front, filed["ticket"], 3)
    report = checked(front, await fetched(front, filed))
    assert report.verdict == Matching()
    assert len(report.entries) == len(await front.office.steps(filed["ticket"])) == 4


async def test_what_does_not_fit_is_left_out_and_said(front: Front, monkeypatch: pytest.MonkeyPatch) -> None:
    filed = await front.mentored()
    files = [(await attach(front, filed, photo(color), code(filed))).json() for color in ("red", "blue")]
    await logged(front, filed["ticket"])
    size = (await front.office.steps(filed["ticket"]))[1].parsed["data"]["size"]
    for room, there in ((2_000_000, 2), (size, 1), (0, 0)):
        monkeypatch.setattr("zi_intake.web.evidence.TAKEN_ALONG", room)
        data = await fetched(front, filed)
        items = [item.item_id for item in take(data).private if item.field == "attachment"]
        assert sorted(items) == sorted(each["item"]["item"] for each in files[:there])
        remarks = [remark.en for remark in checked(front, data).remarks]
        left = f"{2 - there} private contents that entries commit to are not in the zip"
        assert any(left in each for each in remarks) == (there < 2)


def test_the_earliest_files_are_taken_along_and_a_smaller_one_still_fits() -> None:
    added = [
        PHOTO.model_copy(update={"size": size, "items": (item("attachment"),)})
        for size in (50_000_000, 40_000_000, 30_000_000, 1)
    ]
    assert files_left_out(after(*MENTORED, KEEP_MENTORING, *added)) == {
        added[1].items[0].item,
        added[3].items[0].item,
    }
    assert files_left_out(after(*MENTORED)) == frozenset()
    assert TAKEN_ALONG * 4 // 3 < MAX_ZIP_BYTES - 20_000_000
