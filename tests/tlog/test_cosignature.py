from pathlib import Path

import pytest

from zi_tlog.cosignature import CLOCK_SKEW, CosignatureVerifier, Cosigner, cosigned_at, is_dated
from zi_tlog.note import NoteError, Signer, open_note, parse_note
from zi_tlog.proof import parse_proof

VECTORS = Path(__file__).parent / "vectors"
WITNESS = Cosigner("witness.example/w1", bytes(range(32, 64)))


def test_the_worked_vector_is_made_again_to_the_byte() -> None:
    note = parse_note(parse_proof((VECTORS / "three_entries.tlog-proof").read_bytes()).checkpoint)
    witness = Cosigner("witness.example/w1", bytes(range(32, 64)))
    assert witness.key.vkey == "witness.example/w1+20324abe+BCmsuuFBvMrwsi4alNNNC8c2HlJtC/4SyJeUvJMilm3X"
    assert witness.cosign(note.text, 1767000000) == note.signatures[1]
    assert open_note(note, [witness.verifier]) == (note.signatures[1],)


def test_the_example_of_the_specification_carries_its_time() -> None:
    data = (VECTORS / "behind_the_sofa.checkpoint").read_bytes()
    note = parse_note(data)
    assert cosigned_at(note.signatures[1]) == 1679315147
    assert note.format() == data


def test_a_cosignature_holds_for_its_own_time_only() -> None:
    value = WITNESS.cosign("text\n", 100).value
    assert WITNESS.verifier.holds("text\n", value)
    assert not WITNESS.verifier.holds("text\n", (101).to_bytes(8, "big") + value[8:])
    assert not WITNESS.verifier.holds("other\n", value)


@pytest.mark.parametrize("time", [1, 2**63 - 1])
def test_the_first_and_the_last_second_can_be_signed(time: int) -> None:
    signature = WITNESS.cosign("text\n", time)
    assert cosigned_at(signature) == time
    assert WITNESS.verifier.holds("text\n", signature.value)


def test_a_time_beyond_the_largest_does_not_hold() -> None:
    with pytest.raises(NoteError):
        WITNESS.cosign("text\n", 2**63)
    assert not WITNESS.verifier.holds("text\n", b"\xff" * 72)


@pytest.mark.parametrize("time", [-1, 0])
def test_no_time_is_not_signed(time: int) -> None:
    with pytest.raises(NoteError):
        WITNESS.cosign("text\n", time)


def test_a_time_is_dated_up_to_the_skew_of_two_clocks() -> None:
    now = 1_700_000_000
    times = (0, 1, now, now + CLOCK_SKEW, now + CLOCK_SKEW + 1)
    assert [is_dated(time, now) for time in times] == [False, True, True, True, False]
    assert [is_dated(time) for time in times] == [False, True, True, True, True]


def test_a_note_key_is_no_witness_key() -> None:
    with pytest.raises(NoteError, match="not a cosignature key"):
        CosignatureVerifier(Signer("log", bytes(32)).key)


def test_a_witness_key_has_a_seed_of_32_bytes() -> None:
    with pytest.raises(NoteError):
        Cosigner("w", b"short")
