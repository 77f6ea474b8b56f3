from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zi_tlog.checkpoint import Checkpoint, parse_checkpoint
from zi_tlog.cosignature import Cosigner, cosigned_at
from zi_tlog.error import LogError
from zi_tlog.note import NoteError, Signer, parse_note, parse_signatures
from zi_tlog.witness import (
    MAX_REQUEST_BYTES,
    AddCheckpoint,
    WitnessError,
    format_cosignatures,
    format_size,
    monitoring_path,
    parse_add_checkpoint,
    parse_cosignatures,
    parse_size,
)

VECTORS = Path(__file__).parent / "vectors"
LOG = Signer("ledger.example/audit", bytes(range(32)))
WITNESS = Cosigner("witness.example/w1", bytes(range(32, 64)))
STRANGER = Cosigner("witness.example/w2", bytes(32))
CHECKPOINT = Checkpoint(LOG.key.name, 3, b"r" * 32).sign(LOG)
HASH_LINE = b"Aippeebat6pa5MPl5F9+l3ESp+Y1k4INvsHsc4ok+Tw=\n"

requests = st.builds(
    AddCheckpoint,
    st.integers(0, 2**63 - 1),
    st.lists(st.binary(min_size=32, max_size=32), max_size=63).map(tuple),
    st.binary(max_size=300),
)


def test_the_example_of_the_specification_is_read_and_written_back_to_the_byte() -> None:
    data = (VECTORS / "behind_the_sofa.add-checkpoint").read_bytes()
    request = parse_add_checkpoint(data)
    assert (request.old, len(request.proof)) == (20852014, 4)
    assert parse_checkpoint(parse_note(request.checkpoint).text).size == 20852163
    assert request.format() == data


def test_the_answer_of_the_specification_is_read_and_written_back_to_the_byte() -> None:
    data = (VECTORS / "three_cosignatures.txt").read_bytes()
    lines = parse_signatures(data.decode())
    assert [line.name for line in lines] == ["witness.example/w1", "witness.example/w1", "witness.example/w2"]
    assert format_cosignatures(lines) == data


@given(requests)
def test_a_request_is_read_back_as_it_was_written(request: AddCheckpoint) -> None:
    assert parse_add_checkpoint(request.format()) == request


@given(st.binary(max_size=200) | st.binary(max_size=200).map(lambda end: b"old 1\n" + HASH_LINE + end))
def test_whatever_is_read_has_no_other_spelling(data: bytes) -> None:
    try:
        request = parse_add_checkpoint(data)
    except LogError:
        return
    assert request.format() == data


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"old 0\n",
        b"old 0\nc",
        b"\nold 0\n\n",
        b"old -1\n\n",
        b"old 01\n\n",
        b"old  1\n\n",
        b"old 1 \n\n",
        b"old 1\r\n\r\n",
        b"Old 1\n\n",
        b"old 9223372036854775808\n\n",
        b"old 1\nAAAA\n\n",
        b"old 1\n" + HASH_LINE.replace(b"Tw=", b"Tx=") + b"\n",
        b"old 1\n" + HASH_LINE * 64 + b"\n",
        b"old \xff\n\n",
    ],
)
def test_a_malformed_request_is_refused(data: bytes) -> None:
    with pytest.raises(LogError):
        parse_add_checkpoint(data)


def test_a_proof_of_63_lines_and_a_body_of_the_largest_size_are_read() -> None:
    request = parse_add_checkpoint(b"old 1\n" + HASH_LINE * 63 + b"\n" + CHECKPOINT)
    assert len(request.proof) == 63
    head = b"old 0\n\n"
    assert parse_add_checkpoint(head + b"c" * (MAX_REQUEST_BYTES - len(head))).old == 0
    with pytest.raises(WitnessError, match="longer"):
        parse_add_checkpoint(head + b"c" * (MAX_REQUEST_BYTES - len(head) + 1))


@pytest.mark.parametrize(("old", "proof"), [(-1, ()), (2**63, ()), (1, (b"short",)), (1, (bytes(32),) * 64)])
def test_a_request_that_no_witness_would_read_is_not_made(old: int, proof: tuple[bytes, ...]) -> None:
    with pytest.raises(WitnessError):
        AddCheckpoint(old, proof, CHECKPOINT)


@given(st.integers(0, 2**63 - 1))
def test_a_told_size_is_read_back(size: int) -> None:
    assert parse_size(format_size(size)) == size


@pytest.mark.parametrize("data", [b"", b"5", b"05\n", b" 5\n", b"5\n\n", b"-1\n", b"\xff\n"])
def test_a_size_told_in_another_way_is_not_believed(data: bytes) -> None:
    with pytest.raises(LogError):
        parse_size(data)


def test_of_an_answer_only_what_known_witnesses_signed_counts() -> None:
    text = parse_note(CHECKPOINT).text
    answer = format_cosignatures([STRANGER.cosign(text, 7), WITNESS.cosign(text, 1767000000)])
    (cosignature,) = parse_cosignatures(answer, CHECKPOINT, [WITNESS.verifier])
    assert (cosignature.name, cosigned_at(cosignature)) == (WITNESS.key.name, 1767000000)


def test_a_cosignature_of_another_checkpoint_spoils_the_answer() -> None:
    other = Checkpoint(LOG.key.name, 4, b"s" * 32)
    answer = format_cosignatures([WITNESS.cosign(other.text, 1767000000)])
    with pytest.raises(NoteError, match="does not fit"):
        parse_cosignatures(answer, CHECKPOINT, [WITNESS.verifier])


def test_an_answer_of_strangers_alone_is_no_answer() -> None:
    answer = format_cosignatures([STRANGER.cosign(parse_note(CHECKPOINT).text, 7)])
    with pytest.raises(NoteError, match="No known key"):
        parse_cosignatures(answer, CHECKPOINT, [WITNESS.verifier])


def test_an_answer_that_is_no_text_is_named() -> None:
    with pytest.raises(LogError, match=r"\banswer of the witness\b"):
        parse_cosignatures(b"\xff", CHECKPOINT, [WITNESS.verifier])


def test_the_largest_old_size_can_be_asked_with() -> None:
    assert AddCheckpoint(2**63 - 1, (), CHECKPOINT).old == 2**63 - 1


def test_a_log_is_watched_under_the_hash_of_its_origin() -> None:
    digest = "5fd2dc0beb4ce54da5050cf6d5c75248b023abad441c3cecde3976fbe9da4fe4"
    assert monitoring_path("example.com/behind-the-sofa") == f"{digest}/checkpoint"
