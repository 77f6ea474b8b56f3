"""The promise in the answer to a filing, held against a log that its message came into and one that it never reached."""

import json
from collections.abc import Sequence
from pathlib import Path

from tests.intake.front import COMPLAINT, Front
from tests.verify.test_promise import WITNESSES, WitnessedLog, pins

from zi_tlog.note import Signer, Verifier, parse_note, parse_vkey
from zi_tlog.policy import Group, Log, Policy, Witness
from zi_tlog.promise import open_promise
from zi_verify.main import main
from zi_verify.promise import PromiseReport, check_promise
from zi_verify.status import ExitStatus

HOUR = 3600


class OfficeLog(WitnessedLog):
    """The log of the office of `front`, signed by a key of this test."""

    def __init__(self, front: Front, entries: Sequence[bytes]) -> None:
        origin = front.office.settings.log_origin
        signer = Signer(origin, bytes(32))
        witnesses = tuple(
            Witness(name, each.key) for name, each in zip(("kampus", "pers"), WITNESSES, strict=True)
        )
        policy = Policy((Log(signer.key),), witnesses, (Group("luar", 2, ("kampus", "pers")),), "luar")
        super().__init__(entries, policy, signer)
        self.trusted = policy


async def filed(front: Front) -> tuple[bytes, bytes]:
    """The body of the 201, and the message that the store has and the bus may lose."""
    answer = await front.client.post("/intake/api/complaints", json=COMPLAINT)
    message = front.office.store.message(answer.json()["event_id"])
    assert message is not None
    return answer.content, message


async def judged(front: Front, body: bytes, log: OfficeLog, now: int) -> PromiseReport:
    key = parse_vkey((await front.client.get("/intake/api/promise-key")).text.strip())
    return check_promise(body, log, pins(key, log.trusted), now)


def promised(front: Front, body: bytes) -> int:
    """The POSIX second at which the promise is due."""
    note = json.loads(body)["promise"].encode()
    by = open_promise(note, Verifier(parse_vkey(front.office.promises.vkey))).by
    assert by is not None
    return int(by.timestamp())


async def test_a_filing_that_reached_the_log_in_time_is_a_promise_kept(front: Front) -> None:
    body, message = await filed(front)
    due, log = promised(front, body), OfficeLog(front, [message])
    log.cosign(due - HOUR, due - HOUR)
    assert (await judged(front, body, log, due + HOUR)).status is ExitStatus.PASSED


async def test_a_filing_that_the_house_dropped_after_its_201_is_shown_to_anybody(
    front: Front, tmp_path: Path
) -> None:
    body, _ = await filed(front)
    _, another = await filed(front)
    due, log = promised(front, body), OfficeLog(front, [another])
    log.cosign(due - HOUR, due - HOUR)
    assert (await judged(front, body, log, due - HOUR)).status is ExitStatus.NOT_WITNESSED_YET
    log.cosign(due + HOUR, due + HOUR)
    report = await judged(front, body, log, due + 2 * HOUR)
    assert report.status is ExitStatus.PROMISE_BROKEN
    assert report.broken is not None
    for name, data in log.files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(data)
    (tmp_path / "broken.txt").write_bytes(report.broken)
    text = ["promise", str(tmp_path / "broken.txt"), "--log", str(tmp_path)]
    assert main(text) == ExitStatus.NOT_COMPARED.code


async def test_the_same_filing_again_promises_the_same_to_the_byte(front: Front) -> None:
    key = {"Idempotency-Key": "0b9f1b5e-3c35-4f0e-9a57-0d1f6f3f9a10"}
    first = await front.client.post("/intake/api/complaints", json=COMPLAINT, headers=key)
    front.clock.pass_days(30)
    again = await front.client.post("/intake/api/complaints", json=COMPLAINT, headers=key)
    assert parse_note(first.json()["promise"].encode()) == parse_note(again.json()["promise"].encode())
