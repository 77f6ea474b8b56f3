"""Entries that were asked for and not given out: never a pass."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tests.verify.sample_log import SampleLog, sample_messages
from tests.verify.web_log import Manners, WebLog

from zi_verify.main import main
from zi_verify.status import ExitStatus

LOG = "/audit/log"
DENIED = ExitStatus.NOT_READ.code
Run = Callable[..., tuple[int, str]]


@pytest.fixture
def run(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Iterator[Run]:
    SampleLog(tmp_path / "log", sample_messages(600))
    (tmp_path / "token").write_text("secret\n")
    servers: list[WebLog] = []

    def run(manners: Manners, *options: str, token: bool = True) -> tuple[int, str]:
        servers.append(WebLog(tmp_path / "log", manners))
        with_token = ["--token-file", str(tmp_path / "token")] if token else []
        code = main(["log", servers[-1].url, *with_token, *options])
        written = capsys.readouterr()
        return code, written.out + written.err

    yield run
    for server in servers:
        server.stop()


@pytest.mark.parametrize("status", [401, 403])
@pytest.mark.parametrize(("bundle", "first"), [("000", 0), ("001", 256), ("002.p/88", 512)])
def test_a_token_that_is_denied_from_some_entry_on_is_not_a_pass(
    run: Run, status: int, bundle: str, first: int
) -> None:
    code, output = run(Manners("secret", answers={f"{LOG}/tile/entries/{bundle}": (status, b"")}))
    assert code == DENIED
    assert f"The first entry that could not be read is {first}" in output
    assert output.splitlines()[-2] == "exit status 7: not read"


def test_an_expired_token_is_not_a_pass_in_indonesian_either(run: Run) -> None:
    code, output = run(Manners("another"), "--language", "id")
    assert code == DENIED
    assert "Entri pertama yang tidak dapat dibaca adalah 0" in output


def test_a_token_that_is_denied_for_the_checkpoint_is_told_apart_from_no_network(run: Run) -> None:
    code, output = run(Manners(answers={f"{LOG}/checkpoint": (401, b"")}))
    assert (code, "the token is wrong or has expired" in output) == (DENIED, True)
    code, output = run(Manners(answers={f"{LOG}/checkpoint": (401, b"")}), token=False)
    assert (code, "give a token with --token-file" in output) == (ExitStatus.NOTHING_CHECKED.code, True)


def test_entries_that_are_withheld_from_an_auditor_are_not_a_pass(run: Run, tmp_path: Path) -> None:
    for bundle in (tmp_path / "log/tile/entries").rglob("*"):
        if bundle.is_file():
            bundle.unlink()
    code, output = run(Manners())
    assert (code, "The first entry that could not be read is 0" in output) == (DENIED, True)


def test_entries_can_be_demanded_without_a_token(run: Run) -> None:
    assert run(Manners("secret"), "--entries", "messages", token=False)[0] == DENIED
    assert run(Manners(), "--entries", "messages", token=False)[0] == 0


def test_what_was_not_asked_for_is_said_and_is_a_pass(run: Run) -> None:
    code, output = run(Manners("secret"), token=False)
    assert (code, "From entry 0 on the entries are not readable" in output) == (0, True)
    manners = Manners("secret")
    code, output = run(manners, "--entries", "none")
    assert (code, "The entries were not asked for" in output) == (0, True)
    assert not any("/entries/" in target for target in manners.requests)


def test_a_predecessor_needs_entries(run: Run, tmp_path: Path) -> None:
    code, output = run(Manners(), "--entries", "none", "--predecessor", str(tmp_path / "log"))
    assert (code, "--predecessor" in output) == (ExitStatus.NOTHING_CHECKED.code, True)


def test_after_a_denial_the_next_run_goes_on(run: Run) -> None:
    """Entries that were read before the token expired are not read again, as after any interruption."""
    denied = {f"{LOG}/tile/entries/002.p/88": (401, b"")}
    assert run(Manners("secret", answers=denied))[0] == DENIED
    assert run(Manners("secret"))[0] == 0
