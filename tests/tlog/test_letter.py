import base64
from dataclasses import replace

import pytest

from zi_tlog.error import LogError
from zi_tlog.letter import ATTACHED, Code, LetterError, attached, open_code
from zi_tlog.note import Signer

KEY = Signer("ledger.example/letters", bytes(range(64, 96)))
ADDRESS = "https://office.example/certificates/verify/"
CODE = Code(
    "SKI-2026-000017", "ski_post_border", "2026-12-01T02:32:00.000000Z", "-", "PT Contoh Rasa", "0" * 64
)
NO_CODE = r"^This is not the code of a letter\.$"


def test_a_signed_code_is_an_address_and_says_what_was_signed() -> None:
    text = CODE.sign(ADDRESS, KEY)
    assert text.startswith("https://office.example/certificates/verify/SKI-2026-000017#")
    assert open_code(text, ADDRESS, KEY.verifier) == CODE
    assert len(text) < 500


@pytest.mark.parametrize("holder", ["A", "AB", "ABC"])
def test_a_code_of_any_length_is_read_back(holder: str) -> None:
    code = replace(CODE, holder=holder)
    text = code.sign(ADDRESS, KEY)
    assert "=" not in text
    assert open_code(text, ADDRESS, KEY.verifier) == code


def test_equal_codes_have_equal_texts() -> None:
    assert CODE.sign(ADDRESS, KEY) == CODE.sign(ADDRESS, KEY)


def test_a_code_of_another_key_is_refused() -> None:
    other = Signer(KEY.key.name, bytes(32))
    with pytest.raises(LetterError, match=r"^The letter's code is not signed by the office's key\.$"):
        open_code(CODE.sign(ADDRESS, other), ADDRESS, KEY.verifier)


def test_a_code_with_another_address_or_number_before_it_is_refused() -> None:
    text = CODE.sign(ADDRESS, KEY)
    for changed in (text.replace("office", "0ffice"), text.replace("000017#", "000018#")):
        with pytest.raises(LetterError, match=r"^The address in the letter's code leads elsewhere\.$"):
            open_code(changed, ADDRESS, KEY.verifier)


def test_no_changed_character_of_a_code_is_let_through() -> None:
    text = CODE.sign(ADDRESS, KEY)
    for place, letter in enumerate(text):
        changed = text[:place] + ("A" if letter != "A" else "B") + text[place + 1 :]
        with pytest.raises(LogError):
            open_code(changed, ADDRESS, KEY.verifier)


@pytest.mark.parametrize(
    "payload", [b"", b"x" * 68, b"x" * 68 + b"a\nb\n", b"x" * 68 + b"a\nb\nc\nd\ne\n\n", b"x" * 68 + b"\xff"]
)
def test_what_says_nothing_clear_is_no_code(payload: bytes) -> None:
    encoded = base64.urlsafe_b64encode(payload).decode().rstrip("=")
    with pytest.raises(LogError):
        open_code(f"{ADDRESS}1#{encoded}", ADDRESS, KEY.verifier)


def test_the_lines_of_a_code_are_text_and_as_many_as_it_has() -> None:
    for lines, expected in ((b"\xff", r"\bletter's code\b"), (b"a\nb\n", NO_CODE)):
        encoded = base64.urlsafe_b64encode(b"x" * 68 + lines).decode().rstrip("=")
        with pytest.raises(LogError, match=expected):
            open_code(f"{ADDRESS}1#{encoded}", ADDRESS, KEY.verifier)


def test_a_code_begins_at_the_first_sign_for_it() -> None:
    place, _, encoded = CODE.sign(ADDRESS, KEY).partition("#")
    with pytest.raises(LetterError, match=NO_CODE):
        open_code(f"{place}#more#{encoded}", ADDRESS, KEY.verifier)


@pytest.mark.parametrize("encoded", ["!", "A", "AB", "+w", "AA=="])
def test_a_code_is_canonical_base64url(encoded: str) -> None:
    with pytest.raises(LetterError, match=NO_CODE):
        open_code(f"{ADDRESS}1#{encoded}", ADDRESS, KEY.verifier)


def test_a_line_of_a_code_is_one_line_and_not_empty() -> None:
    for holder in ("", "PT\nContoh"):
        with pytest.raises(LetterError, match=r"^The lines of a letter's code are not empty\.$"):
            Code(CODE.number, CODE.kind, CODE.issued, CODE.valid_until, holder, CODE.content)


def test_a_letter_carries_its_files_and_no_others() -> None:
    files = dict.fromkeys(ATTACHED, b"")
    assert attached(files) == files
    for wrong in ({**files, "more": b""}, {"content.json": b""}):
        with pytest.raises(
            LetterError, match=r"^A letter carries these files and no others: content\.json, letter"
        ):
            attached(wrong)
