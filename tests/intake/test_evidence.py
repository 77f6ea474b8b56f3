from pathlib import Path

import httpx
from tests.intake.front import TEXT, Front, code, opened

from zi_tlog.evidence import unpack_evidence

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
    for item in evidence.private:
        assert item.matches
        assert item.digest.encode() in evidence.entries[0].message


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
