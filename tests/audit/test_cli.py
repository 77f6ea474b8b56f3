"""`zi-audit` as an operator runs it, and the writer as a process that can be killed."""

import asyncio
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from tests.audit.log_home import OFFICE, Sender
from tests.audit.test_writer import entries, publish, settings_in, size
from tests.nats_server import NatsServer, free_port
from tests.until import until

from zi_audit.cli import main

pytestmark = pytest.mark.journey


def environment(nats: NatsServer, folder: Path) -> dict[str, str]:
    return os.environ | {
        "ZI_DATA": str(folder),
        "ZI_OFFICE": OFFICE,
        "ZI_NATS_URL": nats.url,
        "ZI_NATS_SEED": str(nats.seed("audit-writer")),
        "ZI_LISTEN": f"127.0.0.1:{free_port()}",
    }


def start(nats: NatsServer, folder: Path) -> subprocess.Popen[bytes]:
    with (folder / "writer.log").open("ab") as log:
        command = [sys.executable, "-m", "zi_audit.writer"]
        return subprocess.Popen(command, env=environment(nats, folder), stdout=log, stderr=log)


def stop(process: subprocess.Popen[bytes], how: signal.Signals) -> int:
    process.send_signal(how)
    return process.wait(timeout=30)


async def test_a_killed_writer_loses_nothing_and_logs_nothing_twice(
    nats: NatsServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = settings_in(tmp_path)
    said = {service: [one.content for one in Sender(service).say(400)] for service in ("intake", "notify")}
    publishing = asyncio.gather(*(publish(nats, service, contents) for service, contents in said.items()))
    for _ in range(3):
        before = size(settings)
        process = start(nats, tmp_path)
        await until(lambda before=before: size(settings) > before or size(settings) == 800)  # type: ignore[misc]
        stop(process, signal.SIGKILL)
    await publishing
    process = start(nats, tmp_path)
    await until(lambda: size(settings) == 800)
    assert stop(process, signal.SIGTERM) == -signal.SIGTERM
    for service, contents in said.items():
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
    await publish(nats, "intake", [one.content for one in Sender("intake").say(1)])
    await until(lambda: size(settings) == 1)
    second = start(nats, tmp_path)
    assert await asyncio.to_thread(second.wait, 30) == 3
    assert "Another process is working" in (tmp_path / "writer.log").read_text()
    assert stop(first, signal.SIGTERM) == -signal.SIGTERM


@pytest.mark.parametrize("arguments", [["fsck"], ["reconcile", "--service", "intake"]])
def test_where_nothing_is_the_tools_say_so(
    arguments: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("ZI_DATA", str(tmp_path))
    assert main(arguments) == 2
    assert "ZI_DATA" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []
