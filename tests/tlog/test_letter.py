import base64
import zlib
from dataclasses import replace
from hashlib import sha256

import pytest

from zi_tlog.error import LogError
from zi_tlog.letter import ATTACHED, Code, LetterError, attached, open_code, parts_of_code
from zi_tlog.letter_goods import COMPLETE, CodeGoods, CodeProduct, GoodsError, parse_goods
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


GOODS = CodeGoods.of([CodeProduct("Kecap", "B-1", "10 kg"), CodeProduct("Sambal", "B-2", "2,5 kg")], 2)
WITH_GOODS = replace(CODE, goods=GOODS)


def signed_lines(lines: bytes, *, after: bytes = b"") -> str:
    """Sign any lines as the office's key would sign a list."""
    deflate = zlib.compressobj(9, zlib.DEFLATED, -15)
    packed = deflate.compress(lines) + deflate.flush() + after
    return signed_packed(packed)


def signed_packed(packed: bytes) -> str:
    text = base64.b32encode(packed).decode().rstrip("=")
    signature = KEY.sign(f"zona/letter/v2\n{CODE.number}\n{text}\n")
    payload = signature.key_id + signature.value + packed
    return f"{ADDRESS}{CODE.number}?c={base64.b32encode(payload).decode().rstrip('=')}"


def test_a_code_with_products_is_an_address_with_the_list_in_its_query() -> None:
    text = WITH_GOODS.sign(ADDRESS, KEY)
    place, encoded = parts_of_code(text)
    assert place == "https://office.example/certificates/verify/SKI-2026-000017?c="
    assert set(encoded) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567")
    assert open_code(text, ADDRESS, KEY.verifier) == WITH_GOODS
    assert parts_of_code(CODE.sign(ADDRESS, KEY)) == (CODE.sign(ADDRESS, KEY),)


def test_the_signed_text_of_a_list_names_its_number() -> None:
    assert WITH_GOODS.text.startswith("zona/letter/v2\nSKI-2026-000017\n")
    assert WITH_GOODS.sign(ADDRESS, KEY) == signed_packed(WITH_GOODS._packed)


def test_no_changed_character_of_a_code_with_products_is_let_through() -> None:
    text = WITH_GOODS.sign(ADDRESS, KEY)
    for place, letter in enumerate(text):
        changed = text[:place] + ("A" if letter != "A" else "B") + text[place + 1 :]
        with pytest.raises(LogError):
            open_code(changed, ADDRESS, KEY.verifier)


def test_a_list_under_another_number_or_address_is_refused() -> None:
    text = WITH_GOODS.sign(ADDRESS, KEY)
    with pytest.raises(LetterError, match="not signed by the office's key"):
        open_code(text.replace("000017?", "000018?"), ADDRESS, KEY.verifier)
    with pytest.raises(LetterError, match="leads elsewhere"):
        open_code(text.replace("office", "0ffice"), ADDRESS, KEY.verifier)
    with pytest.raises(LetterError, match="not signed by the office's key"):
        open_code(WITH_GOODS.sign(ADDRESS, Signer(KEY.key.name, bytes(32))), ADDRESS, KEY.verifier)


@pytest.mark.parametrize("encoded", ["", "!", "A", "AB", "me", "AA======", "=", "Ä"])
def test_a_list_is_canonical_base32(encoded: str) -> None:
    with pytest.raises(LetterError):
        open_code(f"{ADDRESS}{CODE.number}?c={encoded}", ADDRESS, KEY.verifier)


LINES = b"ski_post_border\n2026-12-01T02:32:00.000000Z\n-\nPT Contoh\n" + b"0" * 64 + b"\n"


def test_signed_lines_are_read_back() -> None:
    code = open_code(signed_lines(LINES + b"1\n-\nKecap\tB-1\t10 kg\n"), ADDRESS, KEY.verifier)
    assert code.goods == CodeGoods((CodeProduct("Kecap", "B-1", "10 kg"),), 1, COMPLETE)


@pytest.mark.parametrize(
    "text",
    [
        signed_lines(LINES),
        signed_lines(LINES + b"1\n-\nKecap\tB-1\t10 kg"),
        signed_lines(LINES + b"1\n-\nKecap\tB-1\n"),
        signed_lines(LINES + b"1\n-\nKecap\tB-1\t\n"),
        signed_lines(LINES + b"2\n-\nKecap\tB-1\t10 kg\n"),
        signed_lines(LINES + b"1\nabc\nKecap\tB-1\t10 kg\n"),
        signed_lines(LINES + b"x\n-\n"),
        signed_lines("٣\n-\n".encode()),
        signed_lines(LINES + "٣\n-\n".encode()),
        signed_lines(b"\xff"),
        signed_lines(LINES + b"0\n-\n", after=b"more"),
        signed_lines(LINES + b"0\n-\n" + bytes(100_000)),
        signed_packed(b"\xff\xff"),
        signed_packed(b""),
    ],
)
def test_signed_lines_that_say_nothing_clear_are_no_code(text: str) -> None:
    with pytest.raises(LogError):
        open_code(text, ADDRESS, KEY.verifier)


def test_what_is_left_out_of_a_code_is_committed_to() -> None:
    products = [CodeProduct(f"Kecap {place}", "B-1", "10 kg") for place in range(5)]
    goods = CodeGoods.of(products, 2)
    assert (len(goods.listed), goods.count, goods.is_complete) == (2, 5, False)
    assert goods.is_list(products)
    assert parse_goods(goods.lines) == goods
    assert not goods.is_list(products[:-1])
    assert not goods.is_list([*products[:-1], products[0]])
    assert not goods.is_list([products[4], *products[1:]])


@pytest.mark.parametrize("field", ["", "a\tb", "a\nb"])
def test_a_field_of_a_product_is_one_line(field: str) -> None:
    with pytest.raises(GoodsError):
        CodeProduct("Kecap", field, "10 kg")


@pytest.mark.parametrize("holder", ["A", "AB", "ABC", "ABCD", "ABCDE", "ABCDEF", "ABCDEFG"])
def test_a_code_with_products_of_any_length_is_read_back(holder: str) -> None:
    code = replace(WITH_GOODS, holder=holder)
    text = code.sign(ADDRESS, KEY)
    assert not text.endswith("=")
    assert open_code(text, ADDRESS, KEY.verifier) == code


def test_nothing_else_is_let_in_before_a_code_with_products() -> None:
    text = WITH_GOODS.sign(ADDRESS, KEY)
    with pytest.raises(LetterError, match=NO_CODE):
        open_code(f"{text}#more", ADDRESS, KEY.verifier)
    with pytest.raises(LetterError, match=NO_CODE):
        open_code(f"{text}?c=more", ADDRESS, KEY.verifier)


def test_a_long_list_is_read_back_whole() -> None:
    products = [numbered_product(place) for place in range(200)]
    code = replace(CODE, goods=CodeGoods.of(products, 200))
    assert open_code(code.sign(ADDRESS, KEY), ADDRESS, KEY.verifier) == code


def numbered_product(place: int) -> CodeProduct:
    return CodeProduct(f"Kecap {place}", f"B-{place}", f"{place} kg")


NOT_ONE_LINE = r"^Each field of a product in a code is one line and not empty\.$"
NO_PRODUCTS = r"^The code says nothing of products\.$"
NOT_THREE = r"^A product of the code is not one line of three fields\.$"
BOTH = r"^The code says of its products both that they are all and that they are not\.$"


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (signed_lines(b"\xff"), r"\bletter's code\b"),
        (signed_lines(b"a\nb\nc\nd\ne\n1\n"), NO_CODE),
        (signed_lines(LINES + b"1\n-\nKecap\tB-1\t10 kg"), NO_CODE),
        (signed_lines(LINES + b"1\n-\nKecap\tB-1\t" + b"k" * 100_000 + b"\n"), NO_CODE),
        (signed_packed(b"\xff\xff"), NO_CODE),
        (signed_packed(b""), NO_CODE),
        (signed_lines(LINES + b"1\n-\nKecap\tB-1\t\n"), NOT_ONE_LINE),
        (signed_lines(LINES + b"x\n-\n"), NO_PRODUCTS),
        (signed_lines(LINES + "\u0661\n-\nKecap\tB-1\t10 kg\n".encode()), NO_PRODUCTS),
        (signed_lines(LINES + b"1\n-\nKecap\tB-1\n"), NOT_THREE),
        (signed_lines(LINES + b"2\n-\nKecap\tB-1\t10 kg\n"), BOTH),
        (signed_lines(LINES + b"1\nabc\nKecap\tB-1\t10 kg\n"), BOTH),
        (f"{ADDRESS}1", NO_CODE),
        (f"{ADDRESS}1?c=!", NO_CODE),
        (f"{ADDRESS}1?c=AB", NO_CODE),
        (f"{ADDRESS}1?c=AAAAAAAA?c=AAAAAAAA", NO_CODE),
        (
            f"{ADDRESS}1?c={base64.b32encode(bytes(69) + bytes([0x17])).decode()}",
            "not signed by the office's key",
        ),
    ],
)
def test_each_code_that_is_refused_has_its_sentence(text: str, sentence: str) -> None:
    with pytest.raises(LogError, match=sentence):
        open_code(text, ADDRESS, KEY.verifier)


def test_a_list_that_is_left_out_whole_is_still_a_list() -> None:
    code = open_code(signed_lines(LINES + b"0\n-\n"), ADDRESS, KEY.verifier)
    assert code.goods == CodeGoods((), 0, COMPLETE)


def test_a_field_less_than_a_list_has_is_none() -> None:
    for lines in ([], ["1"]):
        with pytest.raises(GoodsError, match=NO_PRODUCTS):
            parse_goods(lines)


def test_a_code_from_before_may_have_any_address() -> None:
    address = "https://office.example/?c=verify/"
    assert open_code(CODE.sign(address, KEY), address, KEY.verifier) == CODE


def test_a_picture_has_its_parts_at_the_first_query() -> None:
    assert parts_of_code("a?c=b?c=c") == ("a?c=", "b?c=c")


def test_the_digest_of_what_is_left_out_is_over_its_lines() -> None:
    goods = CodeGoods.of([numbered_product(1), numbered_product(2)], 0)
    assert goods.rest == sha256(b"Kecap 1\tB-1\t1 kg\nKecap 2\tB-2\t2 kg\n").hexdigest()
