"""`zi-audit` as an operator runs it, and the writer as a process that can be killed."""

import asyncio
import os
import signal
import subprocess
import sys
from hashlib import sha256
from pathlib import Path

import pytest
from tests.audit.log_home import OFFICE, ORIGIN, Sender
from tests.audit.test_writer import acknowledged, entries, publish, settings_in, size
from tests.nats_server import NatsServer
from tests.ports import free_port
from tests.until import PATIENCE, until

from zi_audit.cli import main
from zi_audit.files.tile_folder import CHECKPOINT, PENDING, POLICY, TileFolder, tiles_of
from zi_chassis.settings import Settings
from zi_tlog.note import parse_note
from zi_tlog.succession import quoted

pytestmark = pytest.mark.journey


def environment(nats: NatsServer, folder: Path) -> dict[str, str]:
    return os.environ | {
        "ZI_DATA": str(folder),
        "ZI_OFFICE": OFFICE,
        "ZI_DEMO": "1",
        "ZI_NATS_URL": nats.url,
        "ZI_NATS_SEED": str(nats.seed("audit-writer")),
        "ZI_LISTEN": f"127.0.0.1:{free_port()}",
    }


def start(nats: NatsServer, folder: Path) -> subprocess.Popen[bytes]:
    with (folder / "writer.log").open("ab") as log:
        command = [sys.executable, "-m", "zi_audit.writer.main"]
        return subprocess.Popen(command, env=environment(nats, folder), stdout=log, stderr=log)


def stop(process: subprocess.Popen[bytes], how: signal.Signals) -> int:
    process.send_signal(how)
    return process.wait(timeout=PATIENCE)


async def test_a_killed_writer_loses_nothing_and_logs_nothing_twice(
    nats: NatsServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = settings_in(tmp_path)
    sent = {service: [each.content for each in Sender(service).say(400)] for service in ("intake", "notify")}
    publishing = asyncio.gather(*(publish(nats, service, contents) for service, contents in sent.items()))
    for _ in range(3):
        before = size(settings)
        process = start(nats, tmp_path)
        await until(lambda before=before: size(settings) > before or size(settings) == 800)  # type: ignore[misc]
        stop(process, signal.SIGKILL)
    await publishing
    process = start(nats, tmp_path)
    await until(lambda: size(settings) == 800)
    assert stop(process, signal.SIGTERM) == -signal.SIGTERM
    for service, contents in sent.items():
        assert [entry for entry in entries(settings) if f"/{service}".encode() in entry] == contents
    monkeypatch.setenv("ZI_DATA", str(tmp_path))
    monkeypatch.setenv("ZI_OFFICE", OFFICE)
    assert main(["fsck"]) == 0
    assert "800 entries" in capsys.readouterr().out
    tile = tmp_path / "audit-writer/tiles/tile/0/000"
    tile.write_bytes(bytes(32) + tile.read_bytes()[32:])
    assert main(["fsck"]) == 1
    assert "tile/0/000" in capsys.readouterr().out


async def test_two_writers_on_one_folder_are_refused(nats: NatsServer, tmp_path: Path) -> None:
    settings = settings_in(tmp_path)
    first = start(nats, tmp_path)
    await publish(nats, "intake", [each.content for each in Sender("intake").say(1)])
    await until(lambda: size(settings) == 1)
    second = start(nats, tmp_path)
    assert await asyncio.to_thread(second.wait, 30) == 3
    assert "Another process is working" in (tmp_path / "writer.log").read_text()
    assert stop(first, signal.SIGTERM) == -signal.SIGTERM


def contents(sender: Sender, count: int) -> list[bytes]:
    return [arrival.content for arrival in sender.say(count)]


def signed_by(settings: Settings) -> set[bytes]:
    note = parse_note(TileFolder(tiles_of(settings)).read(CHECKPOINT) or b"")
    return {signature.key_id for signature in note.signatures}


def lose_database(settings: Settings) -> None:
    for path in settings.folder.glob("ledger.db*"):
        path.unlink()


@pytest.fixture
def operator(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """`main` works on the same folder as the writer."""
    monkeypatch.setenv("ZI_DATA", str(tmp_path))
    monkeypatch.setenv("ZI_OFFICE", OFFICE)
    return settings_in(tmp_path)


async def recorded(nats: NatsServer, audit: Sender, policy: bytes) -> None:
    """As audit does it."""
    data = {"origin": ORIGIN, "policy": policy.decode(), "digest": sha256(policy).hexdigest()}
    message = audit.message(type="zi.audit.witness_policy_adopted", data=data)
    await publish(nats, "audit", [audit.send(message).content])


async def waiting_policy(settings: Settings) -> bytes:
    tiles = TileFolder(tiles_of(settings))
    await until(lambda: tiles.read(PENDING))
    return tiles.read(PENDING) or b""


async def test_a_key_is_replaced_by_two_commands(
    nats: NatsServer, tmp_path: Path, operator: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    intake, audit, tiles = Sender("intake"), Sender("audit"), TileFolder(tiles_of(operator))
    ids = []
    for command in (["rotate-key", "--days", "0"], ["retire-key"], ["fsck"]):
        process = start(nats, tmp_path)
        await publish(nats, "intake", contents(intake, 3))
        await until(lambda: size(operator) == len(intake.sent) + len(audit.sent))
        if ids:
            await recorded(nats, audit, await waiting_policy(operator))
            await until(lambda: tiles.read(PENDING) is None)
        ids.append(signed_by(operator))
        assert await asyncio.to_thread(main, command) == (0 if command == ["fsck"] else 2)
        stop(process, signal.SIGTERM)
        capsys.readouterr()
        assert await asyncio.to_thread(main, command) == 0
    assert ids[1] == ids[0] | ids[2]
    assert len(ids[0]) == len(ids[2]) == 1
    assert "11 entries" in capsys.readouterr().out


async def test_a_new_policy_is_in_the_log_before_it_is_published_whenever_the_writer_is_killed(
    nats: NatsServer, tmp_path: Path, operator: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    intake, audit, tiles = Sender("intake"), Sender("audit"), TileFolder(tiles_of(operator))

    async def grown(count: int = 0) -> None:
        await publish(nats, "intake", contents(intake, count))
        await until(lambda: size(operator) == len(intake.sent) + len(audit.sent))

    process = start(nats, tmp_path)
    await grown(3)
    stop(process, signal.SIGKILL)
    published = tiles.read(POLICY) or b""
    assert await asyncio.to_thread(main, ["rotate-key", "--days", "0"]) == 0
    for _ in range(2):
        process = start(nats, tmp_path)
        wanted = await waiting_policy(operator)
        await grown(2)
        stop(process, signal.SIGKILL)
        assert tiles.read(POLICY) == published != wanted
        assert await asyncio.to_thread(main, ["fsck"]) == 0
    capsys.readouterr()
    assert await asyncio.to_thread(main, ["retire-key"]) == 2
    assert "is not published yet" in capsys.readouterr().err
    process = start(nats, tmp_path)
    await recorded(nats, audit, wanted + b"# another one\n")
    await grown(1)
    assert tiles.read(POLICY) == published
    stop(process, signal.SIGKILL)
    await recorded(nats, audit, wanted)
    process = start(nats, tmp_path)
    await grown()
    stop(process, signal.SIGKILL)  # the entry is in the log, and who knows how far the policy came
    assert tiles.read(POLICY) in (published, wanted)
    process = start(nats, tmp_path)
    await until(lambda: tiles.read(POLICY) == wanted and tiles.read(PENDING) is None)
    await grown(1)
    stop(process, signal.SIGKILL)
    assert await asyncio.to_thread(main, ["retire-key"]) == 0


async def test_both_ways_out_are_commands_and_no_message_is_missing_after_them(
    nats: NatsServer, tmp_path: Path, operator: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    intake, tiles = Sender("intake"), tiles_of(operator)
    process = start(nats, tmp_path)
    await publish(nats, "intake", contents(intake, 5))
    await until(lambda: size(operator) == 5)
    stop(process, signal.SIGKILL)
    lose_database(operator)
    assert await asyncio.to_thread(main, ["refill"]) == 0
    assert await asyncio.to_thread(main, ["fsck"]) == 0
    process = start(nats, tmp_path)
    await publish(nats, "intake", contents(intake, 5))
    await until(lambda: size(operator) == 10)
    await acknowledged(nats, 10)
    stop(process, signal.SIGTERM)
    lose_database(operator)
    old = entries(operator)
    bundle = tiles / "tile/entries/000.p/10"
    bundle.write_bytes(bundle.read_bytes().replace(b"invented", b"honest__"))
    assert await asyncio.to_thread(main, ["refill"]) == 2
    assert "fsck" in capsys.readouterr().err
    assert await asyncio.to_thread(main, ["new-origin", "--origin", f"{ORIGIN}/2"]) == 0
    for count in (3, 2):
        process = start(nats, tmp_path)
        await publish(nats, "intake", contents(intake, count))
        await until(lambda: size(operator) == 1 + len(intake.sent))
        stop(process, signal.SIGKILL)
    new = entries(operator)
    continued = quoted(new[0])
    assert continued is not None
    assert (continued.origin, continued.size) == (operator.log_origin, 10)
    assert old == [arrival.content for arrival in intake.sent[:10]]
    assert new[1:] == [arrival.content for arrival in intake.sent]
    assert await asyncio.to_thread(main, ["fsck"]) == 0


async def test_a_new_origin_goes_on_where_the_old_log_could_be_read_to(
    nats: NatsServer, tmp_path: Path, operator: Settings
) -> None:
    sent = {name: Sender(name) for name in ("intake", "notify")}
    process = start(nats, tmp_path)
    for name, sender in sent.items():
        await publish(nats, name, contents(sender, 5))
    await until(lambda: size(operator) == 10)
    stop(process, signal.SIGKILL)
    assert await asyncio.to_thread(main, ["new-origin", "--origin", f"{ORIGIN}/2"]) == 0
    for name, sender in sent.items():
        await publish(nats, name, contents(sender, 5))
    process = start(nats, tmp_path)
    await until(lambda: size(operator) == 11)
    stop(process, signal.SIGTERM)
    for sender in sent.values():
        later = [arrival.content for arrival in sender.sent[5:]]
        assert [entry for entry in entries(operator)[1:] if entry in later] == later


@pytest.mark.parametrize("arguments", [["fsck"], ["reconcile", "--service", "intake"]])
def test_where_nothing_is_the_tools_say_so(
    arguments: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("ZI_DATA", str(tmp_path))
    assert main(arguments) == 2
    assert "ZI_DATA" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []
