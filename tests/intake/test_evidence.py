from pathlib import Path

import httpx
import pytest
from tests.intake.acts import KEEP, MENTORED, PHOTO, after, item
from tests.intake.front import TEXT, Front, code, opened
from tests.intake.test_attaching import attach, photo

from zi_intake.evidence import TAKEN_ALONG, files_left_out
from zi_tlog.evidence_v1 import MAX_ZIP_BYTES, unpack_evidence

POLICY = b"log zona.example/log+00000000+AAAA\nquorum none\n"


async def test_the_evidence_holds_messages_promises_and_ones_own_words_with_salts(front: Front) -> None:
    filed = await front.file()
    await front.handled(filed, ("acknowledge", None))
    front.ledger["witness-policy"] = httpx.Response(200, content=POLICY)
    front.ledger[f"receipts/{filed['event_id']}"] = httpx.Response(200, content=b"c2sp.org/tlog-proof@v1\n")
    answer = await front.client.get(f"/intake/api/cases/{filed['ticket']}/evidence", headers=code(filed))
    evidence = unpack_evidence(answer.content)
    first, second = sorted(evidence.entries, key=lambda entry: entry.event_id != filed["event_id"])
    assert first.message == front.office.store.message(filed["event_id"])
    assert (first.promise, first.proof) == (filed["promise"].encode(), b"c2sp.org/tlog-proof@v1\n")
    assert (second.proof, second.promise is None) == (None, False)
    assert (evidence.policy, evidence.unchecked) == (POLICY, ())
    assert evidence.promise_key == front.office.promises.vkey


async def test_every_private_item_matches_a_digest_in_the_messages(front: Front) -> None:
    filed = await front.file()
    front.ledger["witness-policy"] = httpx.Response(200, content=POLICY)
    answer = await front.client.get(f"/intake/api/cases/{filed['ticket']}/evidence", headers=code(filed))
    evidence = unpack_evidence(answer.content)
    assert {item.field: item.plaintext.decode() for item in evidence.private}["text"] == TEXT
    assert len(evidence.private) == 6
    for each in evidence.private:
        assert each.matches
        assert each.digest.encode() in evidence.entries[0].message


async def test_without_the_ledger_there_is_no_evidence_but_the_case_is_still_shown(tmp_path: Path) -> None:
    async with opened(tmp_path, ledger_away=True) as front:
        filed = await front.file()
        refused = await front.client.get(f"/intake/api/cases/{filed['ticket']}/evidence", headers=code(filed))
        assert (refused.status_code, refused.headers["Retry-After"]) == (503, "30")
        assert [step["ledger"] for step in (await front.track(filed))["timeline"]] == [None]


async def test_the_evidence_is_for_who_has_the_code(front: Front) -> None:
    filed = await front.file()
    where = f"/intake/api/cases/{filed['ticket']}/evidence"
    assert (await front.client.get(where)).status_code == 401
    assert (await front.client.get(where, headers=front.staff())).status_code == 401


async def test_what_does_not_fit_is_left_out_and_said(front: Front, monkeypatch: pytest.MonkeyPatch) -> None:
    filed = await front.mentored()
    front.ledger["witness-policy"] = httpx.Response(200, content=POLICY)
    files = [(await attach(front, filed, photo(color), code(filed))).json() for color in ("red", "blue")]
    size = (await front.office.steps(filed["ticket"]))[1].said["data"]["size"]
    where = f"/intake/api/cases/{filed['ticket']}/evidence"
    for room, there in ((2_000_000, 2), (size, 1), (0, 0)):
        monkeypatch.setattr("zi_intake.evidence.TAKEN_ALONG", room)
        answer = await front.client.get(where, headers=code(filed) | {"Accept-Language": "en"})
        evidence = unpack_evidence(answer.content)
        items = [item.item_id for item in evidence.private if item.field == "attachment"]
        assert items == [each["item"]["item"] for each in files[:there]]
        assert evidence.timeline is not None
        assert (f"{2 - there} files did not fit" in evidence.timeline) == (there < 2)
        assert len(evidence.entries) == 3


def test_the_earliest_files_are_taken_along_and_a_smaller_one_still_fits() -> None:
    added = [
        PHOTO.model_copy(update={"size": size, "items": (item("attachment"),)})
        for size in (50_000_000, 40_000_000, 30_000_000, 1)
    ]
    assert files_left_out(after(*MENTORED, KEEP, *added)) == {added[1].items[0].item, added[3].items[0].item}
    assert files_left_out(after(*MENTORED)) == frozenset()
    assert TAKEN_ALONG * 4 // 3 < MAX_ZIP_BYTES - 20_000_000
