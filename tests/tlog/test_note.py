from pathlib import Path

import metamorphic_log  # type: ignore[import-untyped]
import pytest
from hypothesis import given
from hypothesis import strategies as st

from zi_tlog.error import LogError
from zi_tlog.note import (
    MAX_NOTE_BYTES,
    Note,
    NoteError,
    NoteKey,
    Signature,
    Signer,
    Verifier,
    open_note,
    parse_note,
    parse_signatures,
    parse_skey,
    parse_vkey,
)

VECTORS = Path(__file__).parent / "vectors"
GO_NOTE = (VECTORS / "go_note.txt").read_bytes()
GO_VKEY = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
GO_SKEY = "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz"
SIGNER = Signer("ledger.example/audit", bytes(range(32)))
OTHER = Signer("ledger.example/audit", bytes(32))
TEXT = "one\n\ntwo\n"


def test_the_note_of_the_go_package_verifies_and_is_made_again_to_the_byte() -> None:
    signer, note = parse_skey(GO_SKEY), parse_note(GO_NOTE)
    assert open_note(note, [Verifier(parse_vkey(GO_VKEY))]) == note.signatures
    assert signer.note(note.text) == GO_NOTE
    assert (signer.key.vkey, signer.skey) == (GO_VKEY, GO_SKEY)


def test_the_example_of_the_specification_is_read_and_written_back_to_the_byte() -> None:
    data = (VECTORS / "quasimodo.note").read_bytes()
    note = parse_note(data)
    assert note.text.endswith("\n\ned è subito sera.\n")
    assert [signature.name for signature in note.signatures] == ["quasimodo.example/salvatore"]
    assert note.format() == data


def test_the_key_of_the_worked_vector_has_its_published_form() -> None:
    assert SIGNER.key.vkey == "ledger.example/audit+2a52108c+AQOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4"


def test_a_strangers_library_accepts_our_note() -> None:
    assert metamorphic_log.verify_signed_note(SIGNER.note(TEXT).decode(), [SIGNER.key.vkey]) == 1


def test_a_text_may_hold_empty_lines() -> None:
    assert parse_note(SIGNER.note(TEXT)).text == TEXT


def test_signatures_of_unknown_keys_are_ignored() -> None:
    forged = Signature(SIGNER.key.name, OTHER.key.key_id, b"nonsense")
    note = parse_note(SIGNER.note(TEXT)).signed(forged)
    assert open_note(note, [SIGNER.verifier]) == (SIGNER.sign(TEXT),)


def test_a_broken_signature_of_a_known_key_spoils_the_note() -> None:
    broken = Signature(OTHER.key.name, OTHER.key.key_id, SIGNER.sign(TEXT).value)
    with pytest.raises(NoteError, match="does not fit the text"):
        open_note(parse_note(SIGNER.note(TEXT)).signed(broken), [SIGNER.verifier, OTHER.verifier])


def test_a_signature_of_the_wrong_length_does_not_hold() -> None:
    broken = Note(TEXT, (Signature(SIGNER.key.name, SIGNER.key.key_id, b"short"),))
    with pytest.raises(NoteError):
        open_note(broken, [SIGNER.verifier])


def test_a_note_that_no_known_key_signed_is_refused_and_its_signers_are_named() -> None:
    with pytest.raises(NoteError, match="signed by ledger"):
        open_note(parse_note(SIGNER.note(TEXT)), [OTHER.verifier])


def test_a_repeated_signature_counts_once() -> None:
    signature = SIGNER.sign(TEXT)
    assert open_note(Note(TEXT, (signature, signature)), [SIGNER.verifier]) == (signature,)
    assert Note(TEXT, (signature,)).signed(signature) == Note(TEXT, (signature,))


def test_a_note_of_the_largest_length_is_read() -> None:
    rest = len(Note("\n", (SIGNER.sign("\n"),)).format())
    text = "x" * (MAX_NOTE_BYTES - rest) + "\n"
    data = SIGNER.note(text)
    assert len(data) == MAX_NOTE_BYTES
    assert open_note(parse_note(data), [SIGNER.verifier])


def test_sixty_four_signatures_are_accepted_and_more_are_not() -> None:
    lines = tuple(Signature(f"w{number}", bytes(4), b"x") for number in range(65))
    assert parse_note(Note(TEXT, lines[:64]).format()).signatures == lines[:64]
    with pytest.raises(NoteError, match="too many"):
        parse_note(Note(TEXT, lines).format())


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"text\n",
        b"text\n\n",
        b"text\n\n\n",
        b"text\n\xe2\x80\x94 name AAAAAAA=\n",
        b"text\n\n- name AAAAAAA=\n",
        b"text\n\n\xe2\x80\x94 name AAAAAAA=",
        b"text\n\n\xe2\x80\x94 na+me AAAAAAA=\n",
        b"text\n\n\xe2\x80\x94 name AAAA\n",
        b"text\n\n\xe2\x80\x94 name AAAAAAB=\n",
        b"text\n\n\xe2\x80\x94 name AAAAA\n",
        b"te\txt\n\n\xe2\x80\x94 name AAAAAAA=\n",
        b"te\xffxt\n\n\xe2\x80\x94 name AAAAAAA=\n",
        b"x" * (MAX_NOTE_BYTES + 1),
    ],
)
def test_a_malformed_note_is_refused(data: bytes) -> None:
    with pytest.raises(LogError):
        parse_note(data)


@pytest.mark.parametrize("block", ["", "\n", "no newline"])
def test_signature_lines_end_with_a_newline(block: str) -> None:
    with pytest.raises(LogError):
        parse_signatures(block)


@pytest.mark.parametrize("text", ["", "no newline", "a\rb\n", "\ud800\n"])
def test_a_text_that_no_note_can_have_is_not_signed(text: str) -> None:
    with pytest.raises(NoteError):
        SIGNER.sign(text)


@pytest.mark.parametrize("name", ["", "a b", "a+b", "a\u00a0b", "a\nb", "a\x01b", "\ud800"])
def test_a_key_name_has_no_spaces_and_no_plus_sign(name: str) -> None:
    with pytest.raises(NoteError):
        Signer(name, bytes(32))


@pytest.mark.parametrize(("algorithm", "public"), [(2, bytes(32)), (1, bytes(31))])
def test_other_kinds_of_keys_are_refused(algorithm: int, public: bytes) -> None:
    with pytest.raises(NoteError):
        NoteKey("name", algorithm, public)


def test_a_witness_key_signs_no_notes() -> None:
    with pytest.raises(NoteError, match="not an Ed25519 note key"):
        Verifier(NoteKey("name", 4, bytes(32)))


def test_a_public_key_that_is_no_point_accepts_nothing() -> None:
    assert not Verifier(NoteKey("name", 1, b"\xff" * 32)).holds(TEXT, bytes(64))


@pytest.mark.parametrize(
    "text", ["", "name", GO_VKEY.replace("c74", "c75"), GO_VKEY + "\n", "n+00000000+AA==", "n+00000000+A"]
)
def test_a_malformed_verifier_key_is_refused(text: str) -> None:
    with pytest.raises(LogError):
        parse_vkey(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        GO_SKEY.replace("c74", "c75"),
        GO_SKEY.replace("+AY", "+BY"),
        "PRIVATE+KEY+n+00000000+AQ==",
        GO_SKEY[:-1],
    ],
)
def test_a_malformed_signing_key_is_refused(text: str) -> None:
    with pytest.raises(LogError):
        parse_skey(text)


@given(
    st.text(st.characters(exclude_categories=("Cs", "Cc"))),
    st.lists(st.binary(min_size=1), min_size=1, max_size=5),
)
def test_a_note_is_read_back_as_it_was_written(text: str, values: list[bytes]) -> None:
    note = Note(
        text + "\n", tuple(Signature(f"key{number}", bytes(4), value) for number, value in enumerate(values))
    )
    assert parse_note(note.format()) == note


@given(st.binary())
def test_whatever_bytes_come_only_a_log_error_is_raised(data: bytes) -> None:
    for hostile in (data, b"text\n\n" + data, GO_NOTE[:-20] + data, data + GO_NOTE):
        try:
            open_note(parse_note(hostile), [Verifier(parse_vkey(GO_VKEY))])
        except LogError:
            continue
        assert hostile == GO_NOTE


def test_no_byte_of_a_note_can_be_changed() -> None:
    for at in range(len(GO_NOTE)):
        altered = GO_NOTE[:at] + bytes([GO_NOTE[at] ^ 1]) + GO_NOTE[at + 1 :]
        with pytest.raises(LogError):
            open_note(parse_note(altered), [Verifier(parse_vkey(GO_VKEY))])
