import metamorphic_log  # type: ignore[import-untyped]
import pytest
from hypothesis import given
from hypothesis import strategies as st

from zi_tlog.checkpoint import Checkpoint, CheckpointError, open_checkpoint, parse_checkpoint
from zi_tlog.error import LogError
from zi_tlog.note import Note, Signer
from zi_tlog.tree import EMPTY_ROOT

SIGNER = Signer("ledger.example/audit", bytes(range(32)))
NEXT = Signer("ledger.example/audit", bytes(32))
STRANGER = Signer("stranger.example", bytes(32))
HEAD = Checkpoint("ledger.example/audit", 3, b"r" * 32, ("an extension",))


def test_a_signed_checkpoint_opens_here_and_in_a_strangers_library() -> None:
    data = HEAD.sign(SIGNER)
    head = metamorphic_log.checkpoint_verify(data.decode(), [SIGNER.key.vkey])
    assert open_checkpoint(data, SIGNER.verifier) == HEAD
    assert (head.origin, head.size, head.root) == (HEAD.origin, HEAD.size, HEAD.root)


def test_during_a_key_rotation_either_key_opens_it() -> None:
    data = HEAD.sign(SIGNER, NEXT)
    assert open_checkpoint(data, SIGNER.verifier) == open_checkpoint(data, NEXT.verifier) == HEAD


def test_only_a_key_named_like_the_origin_signs() -> None:
    with pytest.raises(CheckpointError):
        HEAD.sign(STRANGER)
    with pytest.raises(CheckpointError):
        HEAD.sign()


def test_a_checkpoint_under_another_known_key_is_refused() -> None:
    note = Note(HEAD.text, (STRANGER.sign(HEAD.text),)).format()
    with pytest.raises(CheckpointError, match="not signed by that log's key"):
        open_checkpoint(note, STRANGER.verifier)


@given(
    st.integers(1, 2**63 - 1),
    st.binary(min_size=32, max_size=32),
    st.lists(st.sampled_from(["a", "b c"]), max_size=3),
)
def test_a_checkpoint_is_read_back_as_it_was_written(size: int, root: bytes, extensions: list[str]) -> None:
    head = Checkpoint("origin", size, root, tuple(extensions))
    assert parse_checkpoint(head.text) == head


@pytest.mark.parametrize(
    "text",
    [
        "origin\n3\n",
        "origin\n03\nAippeebat6pa5MPl5F9+l3ESp+Y1k4INvsHsc4ok+Tw=\n",
        "origin\n٣\nAippeebat6pa5MPl5F9+l3ESp+Y1k4INvsHsc4ok+Tw=\n",
        "origin\n0\nAippeebat6pa5MPl5F9+l3ESp+Y1k4INvsHsc4ok+Tw=\n",
        "origin\n3\nAAAA\n",
        "\n3\nAippeebat6pa5MPl5F9+l3ESp+Y1k4INvsHsc4ok+Tw=\n",
        "origin\n3\nAippeebat6pa5MPl5F9+l3ESp+Y1k4INvsHsc4ok+Tw=\n\n",
        "origin\n3\nAippeebat6pa5MPl5F9+l3ESp+Y1k4INvsHsc4ok+Tw=",
    ],
)
def test_a_malformed_checkpoint_is_refused(text: str) -> None:
    with pytest.raises(LogError):
        parse_checkpoint(text)


@pytest.mark.parametrize(("size", "root"), [(-1, EMPTY_ROOT), (2**63, EMPTY_ROOT), (1, b"short")])
def test_a_checkpoint_that_no_log_has_is_not_made(size: int, root: bytes) -> None:
    with pytest.raises(CheckpointError):
        Checkpoint("origin", size, root)


def test_the_largest_log_has_a_checkpoint() -> None:
    assert parse_checkpoint(Checkpoint("origin", 2**63 - 1, EMPTY_ROOT).text).size == 2**63 - 1


def test_an_empty_log_has_a_checkpoint() -> None:
    assert parse_checkpoint(Checkpoint("origin", 0, EMPTY_ROOT).text).size == 0
