"""The witnesses' words: asked for beside the log's growth, checked, published, and in doubt decisive."""

import asyncio
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from tests.audit.log_home import OFFICE, Home, Sender
from tests.audit.witness_house import Neighbours, unnamed
from tests.until import until

from zi_audit.files.halt import HaltError, Reason
from zi_audit.files.published_log import PublishedLog
from zi_audit.files.status import Fault
from zi_audit.files.tile_folder import CHECKPOINT, COSIGNED, POLICY
from zi_audit.writer.log import TransparencyLog
from zi_audit.writer.witnesses import Times, Witnesses, witnesses_of
from zi_audit.writer.write_lock import WriteLock
from zi_chassis.settings import Settings
from zi_tlog.checkpoint import Checkpoint
from zi_tlog.cosignature import CLOCK_SKEW, Cosigner
from zi_tlog.note import parse_note
from zi_tlog.policy import parse_policy
from zi_tlog.proof import verify_proof
from zi_tlog.witness import format_cosignatures

QUICK = Times(pace=0.01, look=0.05, renew=60.0, confirm=0.05)


@pytest.fixture
def neighbours(tmp_path: Path) -> Iterator[Neighbours]:
    neighbours = Neighbours(tmp_path / "neighbours")
    yield neighbours
    neighbours.close()


def started(home: Home, neighbours: Neighbours, times: Times = QUICK) -> tuple[TransparencyLog, Witnesses]:
    """A fresh start of the writer's part that asks."""
    log = home.opened()
    return log, Witnesses(log, home.tiles, home.witnesses, neighbours.client(), WriteLock(), times)


@asynccontextmanager
async def asking(witnesses: Witnesses) -> AsyncIterator[asyncio.Task[None]]:
    task = asyncio.create_task(witnesses.run())
    yield task
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def grow(log: TransparencyLog, witnesses: Witnesses, sender: Sender, count: int = 1) -> None:
    await witnesses._lock.write(log.append, sender.say(count))
    witnesses.tell()


def cosigned_size(home: Home) -> int:
    witnessed = PublishedLog(home.tiles).witnessed()
    return -1 if witnessed is None else witnessed[1].size


def cosigners_of(home: Home, path: str = CHECKPOINT) -> dict[str, int]:
    return dict(parse_policy(home.read(POLICY)).endorsement(home.read(path)).cosigned)


async def test_what_is_published_is_cosigned_soon_and_receipts_carry_it(
    home: Home, neighbours: Neighbours, intake: Sender
) -> None:
    neighbours.witness("ombudsman", home.signer.key.vkey)
    home.witnesses = neighbours.policy()
    log, witnesses = started(home, neighbours)
    await witnesses.confirm()
    async with asking(witnesses):
        for count in (1, 299, 5):
            await grow(log, witnesses, intake, count)
            await until(lambda: cosigned_size(home) == len(intake.sent))
    assert cosigners_of(home).keys() == {"ombudsman"}
    assert home.read(CHECKPOINT) == home.read(COSIGNED)
    proof = PublishedLog(home.tiles).receipt(7, intake.sent[7].leaf_hash)
    assert proof is not None
    policy = parse_policy(home.read(POLICY))
    assert verify_proof(proof, intake.sent[7].content, policy).cosigned.keys() == {"ombudsman"}


async def test_a_receipt_waits_for_the_quorum_while_the_log_goes_on(
    home: Home, neighbours: Neighbours, intake: Sender
) -> None:
    outage = neighbours.witness("ombudsman", home.signer.key.vkey)
    home.witnesses = neighbours.policy()
    log, witnesses = started(home, neighbours)
    outage.status = 503
    published = PublishedLog(home.tiles)
    async with asking(witnesses):
        await grow(log, witnesses, intake, 3)
        await until(lambda: witnesses.statuses[0].fault is Fault.REFUSED)
        assert published.receipt(0, intake.sent[0].leaf_hash) is None
        await grow(log, witnesses, intake, 3)
        signed = published.signed()
        assert signed is not None
        assert signed[1].size == 6
        outage.status = None
        await until(lambda: published.receipt(5, intake.sent[5].leaf_hash) is not None)
    assert witnesses.statuses[0].fault is None


async def test_one_that_stands_still_does_not_keep_the_others_from_a_quorum(
    home: Home, neighbours: Neighbours, intake: Sender
) -> None:
    for name in ("ombudsman", "campus", "press"):
        neighbours.witness(name, home.signer.key.vkey)
    home.witnesses = neighbours.policy("two", "group two 2 ombudsman campus press\n")
    neighbours.outages["press"].hold.clear()
    log, witnesses = started(home, neighbours)
    async with asking(witnesses):
        for _ in range(5):
            await grow(log, witnesses, intake)
            await until(lambda: cosigned_size(home) == len(intake.sent))
        assert cosigners_of(home).keys() == {"ombudsman", "campus"}
        assert neighbours.outages["press"].requests == 1
        neighbours.outages["press"].hold.set()
        await until(lambda: witnesses.statuses[2].size == 5)
        await until(lambda: cosigners_of(home).keys() == {"ombudsman", "campus", "press"})


async def test_all_of_a_quorum_cosign_the_same_checkpoint_however_fast_the_log_grows(
    home: Home, neighbours: Neighbours, intake: Sender
) -> None:
    for name in ("ombudsman", "campus"):
        neighbours.witness(name, home.signer.key.vkey)
    home.witnesses = neighbours.policy("both", "group both all ombudsman campus\n")
    log, witnesses = started(home, neighbours)
    async with asking(witnesses):
        while cosigned_size(home) < 20:
            await grow(log, witnesses, intake)
    assert cosigners_of(home, COSIGNED).keys() == {"ombudsman", "campus"}


async def test_a_restart_keeps_the_cosignatures_and_asks_from_what_the_witness_tells(
    home: Home, neighbours: Neighbours, intake: Sender
) -> None:
    outage = neighbours.witness("ombudsman", home.signer.key.vkey)
    home.witnesses = neighbours.policy()
    log, witnesses = started(home, neighbours)
    async with asking(witnesses):
        await grow(log, witnesses, intake, 300)
        await until(lambda: cosigned_size(home) == 300)
    before = home.read(CHECKPOINT)
    log, witnesses = started(home, neighbours)
    assert home.read(CHECKPOINT) == before
    log.append(intake.say(300))
    log, witnesses = started(home, neighbours)
    requests = outage.requests
    await witnesses.confirm()
    assert (outage.requests - requests, cosigned_size(home)) == (2, 600)


async def test_a_quiet_log_is_cosigned_anew_so_that_it_can_be_told_from_a_stalled_one(
    home: Home, neighbours: Neighbours, intake: Sender
) -> None:
    now = [int(time.time()) - 60]
    neighbours.witness("ombudsman", home.signer.key.vkey, clock=lambda: now[0])
    home.witnesses = neighbours.policy()
    log, witnesses = started(home, neighbours, Times(0.01, 0.01, 0.02, 0.05))
    async with asking(witnesses):
        await grow(log, witnesses, intake)
        await until(lambda: cosigned_size(home) == 1)
        now[0] += 60
        await until(lambda: cosigners_of(home) == {"ombudsman": now[0]})
    assert len(parse_note(home.read(CHECKPOINT)).signatures) == 2


@pytest.mark.parametrize(
    ("status", "body", "fault"),
    [
        (404, b"", Fault.UNKNOWN_LOG),
        (403, b"", Fault.REFUSED),
        (400, b"", Fault.REFUSED),
        (500, b"", Fault.REFUSED),
        (422, b"", Fault.CONFLICT),
        (200, b"no line", Fault.UNUSABLE),
        (200, b"\xff", Fault.UNUSABLE),
        (200, b"x" * 100_000, Fault.UNUSABLE),
        (409, b"many\n", Fault.UNUSABLE),
        (409, b"0\n", Fault.REFUSED),
    ],
)
async def test_whatever_else_a_witness_answers_is_shown_and_stops_nothing(
    home: Home, neighbours: Neighbours, intake: Sender, status: int, body: bytes, fault: Fault
) -> None:
    outage = neighbours.witness("ombudsman", home.signer.key.vkey)
    home.witnesses = neighbours.policy()
    log, witnesses = started(home, neighbours)
    outage.status, outage.body = status, body
    async with asking(witnesses) as task:
        await grow(log, witnesses, intake, 2)
        await until(lambda: witnesses.statuses[0].fault is fault)
        await grow(log, witnesses, intake, 2)
        await until(lambda: outage.requests > 5)
        assert not task.done()
    assert cosigners_of(home) == {}


async def test_a_cosignature_that_does_not_hold_is_not_published(
    home: Home, neighbours: Neighbours, intake: Sender
) -> None:
    outage = neighbours.witness("ombudsman", home.signer.key.vkey)
    home.witnesses = neighbours.policy()
    log, witnesses = started(home, neighbours)
    log.append(intake.say(2))
    other = Checkpoint(log.origin, 2, bytes(32)).text
    impostor = Cosigner(neighbours.cosigners["ombudsman"].key.name, bytes(32))
    genuine = neighbours.cosigners["ombudsman"].cosign(other, 1_790_000_000)
    for signature in (genuine, impostor.cosign(parse_note(home.read(CHECKPOINT)).text, 1_790_000_000)):
        outage.status, outage.body = 200, format_cosignatures([signature])
        async with asking(witnesses):
            await until(lambda: witnesses.statuses[0].fault is Fault.UNUSABLE)
    assert len(parse_note(home.read(CHECKPOINT)).signatures) == 1


@pytest.mark.parametrize("second", [4_102_444_800, 253_402_300_800, 2**63 - 1])
async def test_a_cosignature_of_the_future_stops_nothing_and_is_not_published(
    home: Home, neighbours: Neighbours, intake: Sender, second: int
) -> None:
    await is_not_published(home, neighbours, intake, second)


@pytest.mark.parametrize("late", [CLOCK_SKEW + 60, 86_400])
async def test_a_cosignature_older_than_its_tree_stops_nothing_and_is_not_published(
    home: Home, neighbours: Neighbours, intake: Sender, late: int
) -> None:
    await is_not_published(home, neighbours, intake, int(time.time()) - late)


async def is_not_published(home: Home, neighbours: Neighbours, intake: Sender, second: int) -> None:
    outage = neighbours.witness("ombudsman", home.signer.key.vkey)
    home.witnesses = neighbours.policy()
    log, witnesses = started(home, neighbours)
    log.append(intake.say(2))
    text = parse_note(home.read(CHECKPOINT)).text
    outage.status = 200
    outage.body = format_cosignatures([neighbours.cosigners["ombudsman"].cosign(text, second)])
    async with asking(witnesses) as task:
        await until(lambda: outage.requests > 1)
        assert not task.done()
    assert witnesses.statuses[0].fault is Fault.CLOCK
    assert cosigners_of(home) == {}


async def test_a_witness_with_a_late_clock_takes_nothing_from_the_quorum_of_the_others(
    home: Home, neighbours: Neighbours, intake: Sender
) -> None:
    neighbours.witness("ombudsman", home.signer.key.vkey, clock=lambda: int(time.time()) - 3600)
    neighbours.witness("campus", home.signer.key.vkey)
    home.witnesses = neighbours.policy("either", "group either any ombudsman campus\n")
    log, witnesses = started(home, neighbours)
    async with asking(witnesses):
        for _ in range(3):
            await grow(log, witnesses, intake)
            await until(lambda: cosigned_size(home) == len(intake.sent))
    assert cosigners_of(home, COSIGNED).keys() == {"campus"}


async def test_a_witness_with_a_late_clock_confirms_what_was_signed_last(
    home: Home, neighbours: Neighbours, intake: Sender
) -> None:
    neighbours.witness("ombudsman", home.signer.key.vkey, clock=lambda: int(time.time()) - 3600)
    home.witnesses = neighbours.policy()
    log, witnesses = started(home, neighbours)
    log.append(intake.say(3))
    await witnesses.confirm()
    assert witnesses.statuses[0].fault is Fault.CLOCK
    assert cosigners_of(home) == {}


async def test_a_witness_that_can_not_be_reached_is_silent(
    home: Home, neighbours: Neighbours, intake: Sender
) -> None:
    neighbours.witness("ombudsman", home.signer.key.vkey)
    policy = neighbours.policy().format().replace(b"ombudsman.example\n", b"127.0.0.1:1\n")
    home.witnesses = parse_policy(policy)
    log, witnesses = started(home, neighbours)
    async with asking(witnesses):
        await grow(log, witnesses, intake)
        await until(lambda: witnesses.statuses[0].fault is Fault.SILENT)


async def test_a_witness_without_an_address_is_listed_and_not_waited_for(
    home: Home, neighbours: Neighbours
) -> None:
    neighbours.witness("ombudsman", home.signer.key.vkey)
    home.witnesses = unnamed(neighbours.policy())
    _, witnesses = started(home, neighbours)
    await witnesses.confirm()
    assert [(word.name, word.url) for word in witnesses.statuses] == [("ombudsman", "")]


async def test_a_witness_that_knows_of_more_than_the_log_does_stops_it(
    home: Home, neighbours: Neighbours, intake: Sender
) -> None:
    outage = neighbours.witness("ombudsman", home.signer.key.vkey)
    home.witnesses = neighbours.policy()
    log, witnesses = started(home, neighbours)
    outage.status, outage.body = 409, b"9\n"
    await grow(log, witnesses, intake)
    async with asking(witnesses) as task:
        await asyncio.wait({task})
        (halt,) = task.exception().exceptions  # type: ignore[union-attr]
    assert (halt.reason, "9 entries" in str(halt)) == (Reason.CONTRADICTED, True)


async def test_a_witness_that_is_ahead_of_what_it_is_asked_but_not_of_the_log_is_asked_again(
    home: Home, neighbours: Neighbours, intake: Sender
) -> None:
    outage = neighbours.witness("ombudsman", home.signer.key.vkey)
    home.witnesses = neighbours.policy()
    log, witnesses = started(home, neighbours)
    await grow(log, witnesses, intake)
    outage.hold.clear()
    async with asking(witnesses):
        await until(lambda: outage.requests == 1)
        log.append(intake.say(2))
        outage.status, outage.body = 409, b"3\n"
        outage.hold.set()
        await until(lambda: witnesses.statuses[0].fault is Fault.AHEAD)
        outage.status = None
        await until(lambda: cosigned_size(home) == 3)


async def test_nothing_is_signed_after_a_start_before_a_witness_has_spoken(
    home: Home, neighbours: Neighbours, intake: Sender
) -> None:
    outage = neighbours.witness("ombudsman", home.signer.key.vkey)
    home.opened().append(intake.say(3))
    home.witnesses = neighbours.policy()
    _, witnesses = started(home, neighbours)
    outage.status = 503
    with pytest.raises(HaltError) as halted:
        await witnesses.confirm()
    assert halted.value.reason is Reason.UNCONFIRMED
    assert "ombudsman" in str(halted.value)
    outage.status = None
    await witnesses.confirm()
    assert cosigned_size(home) == 3


async def test_one_of_several_witnesses_is_enough_to_start(
    home: Home, neighbours: Neighbours, intake: Sender
) -> None:
    for name in ("ombudsman", "campus"):
        neighbours.witness(name, home.signer.key.vkey)
    home.witnesses = neighbours.policy("both", "group both all ombudsman campus\n")
    neighbours.outages["campus"].status = 503
    _, witnesses = started(home, neighbours)
    await witnesses.confirm()
    assert [word.fault for word in witnesses.statuses] == [None, Fault.REFUSED]


async def test_a_log_that_a_witness_never_heard_of_starts_only_at_its_beginning(
    home: Home, neighbours: Neighbours, intake: Sender
) -> None:
    neighbours.witness("ombudsman")
    home.witnesses = neighbours.policy()
    log, witnesses = started(home, neighbours)
    await witnesses.confirm()
    log.append(intake.say(2))
    _, witnesses = started(home, neighbours)
    with pytest.raises(HaltError) as halted:
        await witnesses.confirm()
    assert halted.value.reason is Reason.UNCONFIRMED


async def test_everything_lost_or_restored_is_noticed_by_the_witness(
    home: Home, neighbours: Neighbours, intake: Sender, tmp_path: Path
) -> None:
    neighbours.witness("ombudsman", home.signer.key.vkey)
    home.witnesses = neighbours.policy()
    log, witnesses = started(home, neighbours)
    async with asking(witnesses):
        await grow(log, witnesses, intake, 5)
        await until(lambda: cosigned_size(home) == 5)
    for count in (0, 3):
        lost = Home(tmp_path / f"lost-{count}", witnesses=home.witnesses)
        log, witnesses = started(lost, neighbours)
        log.append(intake.sent[:count])
        with pytest.raises(ExceptionGroup) as halted:
            await witnesses.confirm()
        assert isinstance(halted.value.exceptions[0], HaltError)
        assert halted.value.exceptions[0].reason is Reason.CONTRADICTED
        lost.close()


@pytest.mark.parametrize("more", [0, 2])
async def test_another_history_is_noticed_by_the_witness(
    home: Home, neighbours: Neighbours, intake: Sender, tmp_path: Path, more: int
) -> None:
    neighbours.witness("ombudsman", home.signer.key.vkey)
    home.witnesses = neighbours.policy()
    log, witnesses = started(home, neighbours)
    async with asking(witnesses):
        await grow(log, witnesses, intake, 5)
        await until(lambda: cosigned_size(home) == 5)
    forged = Home(tmp_path / "forged", witnesses=home.witnesses)
    log, witnesses = started(forged, neighbours)
    log.append(Sender("intake", case="ANOTHER00").say(5 + more))
    with pytest.raises(HaltError) as halted:
        await witnesses.confirm()
    assert halted.value.reason is Reason.CONTRADICTED
    forged.close()


async def test_only_cosigned_checkpoints_stay_readable(
    home: Home, neighbours: Neighbours, intake: Sender
) -> None:
    outage = neighbours.witness("ombudsman", home.signer.key.vkey)
    home.witnesses = neighbours.policy()
    log, witnesses = started(home, neighbours)
    async with asking(witnesses):
        outage.status = 503
        home.clock.pass_by(60)
        await grow(log, witnesses, intake)
        log.keep_checkpoint()
        assert home.tiles.history() == []
        outage.status = None
        await until(lambda: home.tiles.history() == [1])
    assert cosigners_of(home, "checkpoints/1").keys() == {"ombudsman"}


@pytest.mark.parametrize("path", [COSIGNED, "checkpoints/3"])
def test_a_kept_checkpoint_of_another_history_stops_the_log(home: Home, intake: Sender, path: str) -> None:
    log = home.opened()
    log.append(intake.say(3))
    log.append(intake.say(1))
    other = Checkpoint(home.signer.key.name, 2, bytes(32)).sign(home.signer)
    (home.folder / "tiles" / path).write_bytes(other)
    with pytest.raises(HaltError) as halted:
        home.opened()
    assert halted.value.reason is Reason.REGRESSION


def settings_with(folder: Path, content: bytes | None) -> Settings:
    settings = Settings(service="audit-writer", office=OFFICE, data=folder)
    if content is not None:
        (folder / "witnesses").write_bytes(content)
    return settings


def test_the_operators_file_names_the_witnesses(neighbours: Neighbours, home: Home, tmp_path: Path) -> None:
    neighbours.witness("ombudsman", home.signer.key.vkey)
    policy = neighbours.policy()
    assert witnesses_of(settings_with(tmp_path, policy.format())) == policy
    elsewhere = Settings(service="audit-writer", data=tmp_path / "no", witnesses=tmp_path / "witnesses")
    assert witnesses_of(elsewhere) == policy


def test_without_a_file_nobody_is_asked(tmp_path: Path) -> None:
    assert witnesses_of(settings_with(tmp_path, None)).witnesses == ()


def test_a_folder_in_the_place_of_the_file_holds_it(
    neighbours: Neighbours, home: Home, tmp_path: Path
) -> None:
    """As compose has it, whose volumes are folders."""
    neighbours.witness("ombudsman", home.signer.key.vkey)
    policy, settings = neighbours.policy(), settings_with(tmp_path, None)
    (tmp_path / "witnesses").mkdir()
    assert witnesses_of(settings).witnesses == ()
    (tmp_path / "witnesses/witnesses").write_bytes(policy.format())
    assert witnesses_of(settings) == policy


def test_a_file_that_was_named_and_is_not_there_is_refused(tmp_path: Path) -> None:
    named = Settings(service="audit-writer", data=tmp_path, witnesses=tmp_path / "mistyped")
    with pytest.raises(HaltError, match=r"ZI_WITNESSES names .*mistyped, and no file is there") as halted:
        witnesses_of(named)
    assert halted.value.reason is Reason.FAILURE


def test_a_file_that_says_nothing_clear_is_refused(tmp_path: Path, home: Home) -> None:
    for content in (b"nonsense\n", f"log {home.signer.key.vkey}\nquorum none\n".encode()):
        with pytest.raises(HaltError, match="witnesses"):
            witnesses_of(settings_with(tmp_path, content))
