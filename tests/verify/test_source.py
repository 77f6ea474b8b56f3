import gzip
import os
import socket
import threading
import time
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from tests.verify.sample_log import POLICY, SampleLog, sample_messages
from tests.verify.web_log import Manners, WebLog

from zi_verify.error import VerifyError
from zi_verify.main import main
from zi_verify.memory import Memory
from zi_verify.replay import Demand, LogReport, replay
from zi_verify.source import MAX_FILE_BYTES, DeniedError, FolderSource, ZipSource
from zi_verify.status import ExitStatus
from zi_verify.verdict import Included
from zi_verify.web_source import ReadLimits, is_same_server, open_source, place_name

Serve = Callable[[Manners], str]
LOG = "/audit/log"


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Serve]:
    SampleLog(tmp_path, sample_messages(600))
    servers: list[WebLog] = []

    def start(manners: Manners) -> str:
        servers.append(WebLog(tmp_path, manners))
        return servers[-1].url

    yield start
    for server in servers:
        server.stop()


def replayed(url: str, token: str | None = None) -> LogReport:
    demand = Demand(POLICY, is_pinned=True)
    return replay(open_source(url, token), demand, Memory(None), lambda size, total: None)


@pytest.mark.parametrize("is_gzipped", [False, True])
def test_a_log_behind_http_passes(serve: Serve, is_gzipped: bool) -> None:
    report = replayed(serve(Manners(is_gzipped=is_gzipped)))
    assert (report.verdict, report.read_entries) == (Included(), True)


def test_entries_are_read_with_the_auditors_token(serve: Serve) -> None:
    report = replayed(serve(Manners(token="secret")), "secret")
    assert (report.verdict, report.read_entries) == (Included(), True)


def test_without_the_token_only_hashes_are_checked_and_bundles_are_not_asked_for_again(serve: Serve) -> None:
    manners = Manners(token="secret")
    report = replayed(serve(manners))
    assert (report.verdict, report.read_entries) == (Included(), False)
    assert (
        sum("/entries/" in target for target in manners.requests) == 3
    )  # for a quote of another log, for the first stretch, and for its first tile


def test_a_connection_that_the_server_closed_is_opened_again(serve: Serve) -> None:
    assert replayed(serve(Manners(hangs_up_after=2))).verdict == Included()


def test_the_policy_is_read_beside_the_log(serve: Serve) -> None:
    assert open_source(serve(Manners()), None).policy() == POLICY.format()


def test_tiles_that_may_not_be_read_stop_the_check(serve: Serve) -> None:
    with pytest.raises(DeniedError, match="--token-file"):
        replayed(serve(Manners(answers={f"{LOG}/tile/0/000": (403, b"")})))


@pytest.mark.parametrize("status", [302, 500])
def test_an_answer_that_is_no_file_stops_the_check(serve: Serve, status: int) -> None:
    with pytest.raises(VerifyError, match=f"answered {status}"):
        replayed(serve(Manners(answers={f"{LOG}/checkpoint": (status, b"")})))


def test_an_endless_file_is_cut_off(serve: Serve) -> None:
    endless = {f"{LOG}/checkpoint": (200, bytes(MAX_FILE_BYTES + 1))}
    with pytest.raises(VerifyError, match="larger than any file"):
        replayed(serve(Manners(answers=endless)))
    with pytest.raises(VerifyError, match="larger than any file"):
        replayed(serve(Manners(answers=endless, is_gzipped=True)))


@pytest.mark.parametrize("url", ["http://", "http://host:port/log", "https:///log"])
def test_what_is_no_address_is_refused(url: str) -> None:
    with pytest.raises(VerifyError, match="is not an address"):
        open_source(url, None)


def test_a_server_that_is_not_there_is_named() -> None:
    with pytest.raises(VerifyError, match="can't be fetched"):
        open_source("http://127.0.0.1:1/log", None).read("checkpoint")


def test_a_server_that_hangs_up_again_and_again_is_named() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:

        def hang_up() -> None:
            for _ in range(2):
                connection, _ = server.accept()
                connection.recv(1000)
                connection.close()

        thread = threading.Thread(target=hang_up)
        thread.start()
        with pytest.raises(VerifyError, match="can't be fetched"):
            open_source(f"http://127.0.0.1:{server.getsockname()[1]}/log", None).read("checkpoint")
        thread.join()


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(VerifyError, match="is not a folder or a zip"):
        open_source(str(tmp_path / "nowhere"), None)


def test_a_folder_gives_files_and_no_folders(tmp_path: Path) -> None:
    log = SampleLog(tmp_path, sample_messages(3))
    source = FolderSource(log.folder)
    assert source.read("checkpoint") == log.checkpoint
    assert source.read("tile") is source.read("checkpoint/x") is source.read("none") is None
    assert source.policy() == POLICY.format()


def test_an_unreadable_file_is_named(tmp_path: Path) -> None:
    os.symlink("loop", tmp_path / "loop")
    with pytest.raises(VerifyError, match="loop can't be read"):
        FolderSource(tmp_path).read("loop")


def zipped(folder: Path, prefix: str = "") -> Path:
    path = folder / "log.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in sorted((folder / "log").rglob("*")):
            archive.write(file, prefix + str(file.relative_to(folder / "log")))
    return path


@pytest.mark.parametrize("prefix", ["", "copy/of/the-log/"])
def test_a_log_in_a_zip_passes_wherever_it_lies_in_it(tmp_path: Path, prefix: str) -> None:
    log = SampleLog(tmp_path / "log", sample_messages(600))
    log.write("checkpoints/600/checkpoint", b"deeper than the real one")
    path = zipped(tmp_path, prefix)
    assert open_source(str(path), None).policy() == POLICY.format()
    report = replayed(str(path))
    assert (report.verdict, report.read_entries) == (Included(), True)


def test_the_policy_may_be_called_by_its_short_name(tmp_path: Path) -> None:
    log = SampleLog(tmp_path / "log", sample_messages(3))
    (log.folder / "witness-policy").rename(log.folder / "policy")
    for place in (str(log.folder), str(zipped(tmp_path))):
        assert open_source(place, None).policy() == POLICY.format()


def test_a_zip_without_a_log_has_no_file(tmp_path: Path) -> None:
    (tmp_path / "log").mkdir()
    source = ZipSource(zipped(tmp_path))
    assert source.read("checkpoint") is source.policy() is None


def test_a_zip_that_is_none_is_named(tmp_path: Path) -> None:
    (tmp_path / "log.zip").write_bytes(b"nonsense")
    with pytest.raises(VerifyError, match="can't be read"):
        open_source(str(tmp_path / "log.zip"), None)


def test_a_zip_with_two_files_of_one_name_is_refused(tmp_path: Path) -> None:
    SampleLog(tmp_path / "log", sample_messages(3))
    path = zipped(tmp_path)
    with pytest.warns(UserWarning, match="Duplicate"), zipfile.ZipFile(path, "a") as archive:
        archive.writestr("checkpoint", b"another one")
    with pytest.raises(VerifyError, match="same name"):
        ZipSource(path)


def test_a_damaged_or_endless_file_in_a_zip_is_named(tmp_path: Path) -> None:
    log = SampleLog(tmp_path / "log", sample_messages(3))
    log.write("tile/0/000.p/3", bytes(MAX_FILE_BYTES + 1))
    path = zipped(tmp_path)
    with pytest.raises(VerifyError, match="larger than any file"):
        ZipSource(path).read("tile/0/000.p/3")
    data = path.read_bytes()
    at = data.index(b"checkpoint") + len("checkpoint") + 5
    path.write_bytes(data[:at] + bytes([data[at] ^ 255]) + data[at + 1 :])
    with pytest.raises(VerifyError, match="checkpoint can't be read"):
        ZipSource(path).read("checkpoint")


def test_a_token_is_told_to_its_own_server_only() -> None:
    here = "https://office.example/audit/log"
    assert is_same_server("https://office.example/old/log", here)
    for other in (
        "http://office.example/old",
        "https://office.example:8443/old",
        "https://stranger.example/",
    ):
        assert not is_same_server(other, here)


# -- hostile places


@contextmanager
def raw_server(answer: Callable[[socket.socket], None]) -> Iterator[str]:
    """Takes one connection after the other and lets `answer` do what it likes with it."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.05)
        is_over = threading.Event()

        def serve() -> None:
            while not is_over.is_set():
                try:
                    connection, _ = server.accept()
                except TimeoutError:
                    continue
                with connection, suppress(OSError):
                    connection.recv(1000)
                    answer(connection)

        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.getsockname()[1]}/log"
        finally:
            is_over.set()
            thread.join()


def drip(head: bytes, piece: bytes) -> Callable[[socket.socket], None]:
    def answer(connection: socket.socket) -> None:
        connection.sendall(head)
        while True:
            connection.sendall(piece)
            time.sleep(0.01)

    return answer


@pytest.mark.parametrize(
    ("head", "piece"),
    [
        (b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n", b"x"),
        (b"HTTP/1.1 200 OK\r\nX-Long: ", b"x"),
        (b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"1\r\nx\r\n"),
    ],
)
@pytest.mark.parametrize("limits", [ReadLimits(file=0.1), ReadLimits(run=0.1)])
def test_a_server_that_drips_is_left(head: bytes, piece: bytes, limits: ReadLimits) -> None:
    with (
        raw_server(drip(head, piece)) as url,
        pytest.raises(VerifyError, match=r"too slow|timed out"),
    ):
        open_source(url, None, limits).read("checkpoint")


def test_the_time_of_a_run_is_over_for_all_files(serve: Serve) -> None:
    source = open_source(serve(Manners()), None, ReadLimits(run=-1))
    for _ in range(2):
        with pytest.raises(VerifyError, match="too slow"):
            source.read("checkpoint")


def test_a_server_that_drips_does_not_silence_a_watch(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("zi_verify.main._POLL_SECONDS", 0.1)
    with raw_server(drip(b"HTTP/1.1 200 OK\r\nX-Long: ", b"x")) as url:
        assert main(["watch", url, "--once"]) == ExitStatus.NOTHING_CHECKED.code
    assert "UNREACHABLE" in capsys.readouterr().out


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nshort",
        b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 50\r\n\r\n"
        + gzip.compress(bytes(999), 0)[:50],
    ],
)
def test_an_answer_that_is_cut_off_is_no_damaged_file(answer: bytes) -> None:
    with (
        raw_server(lambda connection: connection.sendall(answer)) as url,
        pytest.raises(VerifyError, match="can't be fetched"),
    ):
        open_source(url, None).read("checkpoint")


@pytest.mark.parametrize(
    "url",
    [
        "http://office.example@stranger.example/log",
        "http://office.example/log?of=this",
        "http://office.example/log#this",
        "http://[::1/log",
        "http://kantör.example/log",
        "http://office.example:99999/log",
    ],
)
def test_an_address_with_more_than_a_place_in_it_is_refused(url: str) -> None:
    for use in (lambda: open_source(url, None), lambda: place_name(url)):
        with pytest.raises(VerifyError, match="is not an address"):
            use()


def test_a_path_in_any_letters_is_asked_for(serve: Serve) -> None:
    manners = Manners()
    assert open_source(f"{serve(manners)}/bukü besar", None).read("checkpoint") is None
    assert manners.requests == ["/audit/log/buk%C3%BC%20besar/checkpoint"]


def test_one_place_has_one_name() -> None:
    names = {
        place_name(url)
        for url in (
            "https://office.example/audit/log",
            "https://OFFICE.example:443//audit//log/",
            "https://office.example/audit/log/",
        )
    }
    assert names == {"https://office.example/audit/log"}
    assert place_name("http://office.example:8080/audit/log") == "http://office.example:8080/audit/log"


def test_a_double_slash_is_no_other_server(serve: Serve) -> None:
    manners = Manners()
    url = serve(manners).replace("/audit/log", "//stranger.example//audit/log")
    open_source(url, None).read("checkpoint")
    assert manners.requests == ["/stranger.example/audit/log/checkpoint"]


@pytest.mark.parametrize("content", [b"", b"\n", b"one two", b"one\ntwo", b"ein\xc3\xbc", b"a\x00b"])
def test_a_token_that_is_none_is_not_left_out(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], content: bytes
) -> None:
    SampleLog(tmp_path / "log", sample_messages(3))
    (tmp_path / "token").write_bytes(content)
    assert main(["log", str(tmp_path / "log"), "--token-file", str(tmp_path / "token")]) == 2
    assert "holds no token" in capsys.readouterr().err


def test_a_link_out_of_the_folder_is_not_followed(tmp_path: Path) -> None:
    log = SampleLog(tmp_path / "log", sample_messages(3))
    (tmp_path / "secret").write_bytes(log.checkpoint)
    for target in (tmp_path / "secret", tmp_path / "log-of-others"):
        (log.folder / "checkpoint").unlink()
        (log.folder / "checkpoint").symlink_to(target)
        target.write_bytes(log.checkpoint)
        with pytest.raises(VerifyError, match="leads out of the folder"):
            FolderSource(log.folder).read("checkpoint")
    (log.folder / "kept").write_bytes(log.checkpoint)
    (log.folder / "checkpoint").unlink()
    (log.folder / "checkpoint").symlink_to("kept")
    (tmp_path / "alias").symlink_to(log.folder)
    assert FolderSource(tmp_path / "alias").read("checkpoint") == log.checkpoint


def test_a_pipe_in_the_folder_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "checkpoint")
    with pytest.raises(VerifyError, match="no ordinary file"):
        FolderSource(tmp_path).read("checkpoint")


def test_a_zip_with_two_logs_side_by_side_is_not_chosen_from(tmp_path: Path) -> None:
    for name in ("a", "b"):
        SampleLog(tmp_path / "log" / name, sample_messages(3))
    with pytest.raises(VerifyError, match=r"several logs \(a/, b/\)"):
        open_source(str(zipped(tmp_path)), None)


def test_a_zip_with_another_log_below_says_that_it_was_not_checked(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    SampleLog(tmp_path / "log", sample_messages(3))
    SampleLog(tmp_path / "log/origins/1", sample_messages(5))
    assert main(["log", str(zipped(tmp_path))]) == 0
    assert "another log, which was not checked: origins/1/" in capsys.readouterr().out
