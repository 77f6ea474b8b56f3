import json
from datetime import date
from io import BytesIO
from pathlib import Path
from random import Random

import pikepdf
import pytest
from pydantic import ValidationError
from tests.letters.sample_letter import (
    ADDRESS,
    CODE_KEY,
    CONTENT,
    CONTENT_BEFORE,
    TEMPLATE,
    before,
    issued,
    message,
    unsealed,
)

from zi_certificates.letters.content import CertificateContent
from zi_letters.content import digest
from zi_letters.rendering import code_text, page_of, unsealed_page
from zi_letters.template import NoTemplateError, find_template
from zi_rules.letter_template import load_letter_templates
from zi_tlog.letter import ATTACHED, open_code
from zi_tlog.letter_goods import CodeProduct
from zi_tlog.policy import parse_policy
from zi_tlog.proof import parse_proof, verify_proof


def carried(pdf: bytes) -> dict[str, bytes]:
    with pikepdf.open(BytesIO(pdf)) as opened:
        return {name: spec.get_file().read_bytes() for name, spec in opened.attachments.items()}


def test_equal_letters_are_equal_to_the_byte(tmp_path: Path) -> None:
    assert unsealed(tmp_path / "a") == unsealed(tmp_path / "b")


def test_a_page_can_be_made_again_from_what_it_carries(tmp_path: Path) -> None:
    pdf = unsealed(tmp_path)
    files = carried(pdf)
    assert set(files) == set(ATTACHED)
    assert page_of(files) == pdf


def test_the_page_is_pdf_a_in_indonesian(tmp_path: Path) -> None:
    with pikepdf.open(BytesIO(unsealed(tmp_path))) as pdf:
        assert pdf.open_metadata().pdfa_status == "3B"
        assert str(pdf.Root.Lang) == "id"
        assert "SKI-2026-000001" in str(pdf.docinfo["/Title"])


def test_a_letter_with_many_products_has_many_pages(tmp_path: Path) -> None:
    content = CONTENT.model_copy(update={"products": CONTENT.products * 60, "valid_until": None})
    with pikepdf.open(BytesIO(unsealed(tmp_path, content, message(content)))) as pdf:
        assert len(pdf.pages) > 2


def test_the_receipt_inside_proves_the_entry_that_issued_it(tmp_path: Path) -> None:
    files = carried(unsealed(tmp_path))
    entry = files["issued.json"]
    verify_proof(parse_proof(files["issued.tlog-proof"]), entry, parse_policy(files["witness-policy"]))
    data = json.loads(entry)["data"]
    assert data["content"] == digest(files["content.json"])
    assert data["template"] == digest(files["letter.typ"]) == digest(TEMPLATE)


def test_the_template_is_a_configuration_whose_digest_is_the_one_that_is_signed_for() -> None:
    configuration = load_letter_templates()[0]
    assert (configuration.kind, configuration.id, configuration.version) == ("letter_template", "letter", 3)
    assert configuration.digest == digest(TEMPLATE)


def test_a_letter_signed_for_with_an_earlier_template_is_made_with_what_was_kept_of_it() -> None:
    earlier = TEMPLATE + b"// of last year\n"
    stored = {digest(earlier): earlier}
    assert find_template(digest(earlier), [TEMPLATE], stored.get) == earlier
    assert find_template(digest(TEMPLATE), [b"newer", TEMPLATE], stored.get) == TEMPLATE
    with pytest.raises(NoTemplateError, match="0000"):
        find_template("0" * 64, [TEMPLATE], stored.get)


def test_a_content_has_one_spelling() -> None:
    rendered = CONTENT.render()
    assert CertificateContent.model_validate_json(rendered).render() == rendered
    shuffled = dict(reversed(list(json.loads(rendered).items())))
    assert CertificateContent.model_validate(shuffled).render() == rendered


def test_every_change_of_a_content_changes_its_digest() -> None:
    changes = {"salt": "5b" * 32, "valid_until": None, "address": "https://0ffice.example/", "facts": ()}
    digests = {digest(CONTENT.model_copy(update={name: value}).render()) for name, value in changes.items()}
    assert len(digests | {digest(CONTENT.render())}) == 5


def test_a_line_of_a_letter_is_one_line() -> None:
    with pytest.raises(ValidationError):
        CertificateContent.model_validate(
            CONTENT.model_dump() | {"holder": {"name": "PT\nContoh", "address": "x"}}
        )


def test_the_page_can_not_be_led_by_what_an_applicant_writes(tmp_path: Path) -> None:
    """Text of the content is shown as it is, whatever it would mean to the typesetter."""
    holder = CONTENT.holder.model_copy(update={"name": '#read("letter.typ") $x$ *PT*'})
    content = CONTENT.model_copy(update={"holder": holder})
    pdf = unsealed_page(content.render(), TEMPLATE, issued(tmp_path, message(content)), CODE_KEY)
    assert carried(pdf)["content.json"] == content.render()


def test_a_letter_from_before_is_made_with_its_own_template_and_its_own_code(tmp_path: Path) -> None:
    """Its content has neither the lines that came later nor a list in its code."""
    template = before().content
    entry = issued(tmp_path, message(CONTENT_BEFORE, template))
    files = carried(unsealed_page(CONTENT_BEFORE, template, entry, CODE_KEY))
    code = files["code.txt"].decode()
    assert "#" in code
    assert open_code(code, ADDRESS, CODE_KEY.verifier).goods is None


def test_the_code_carries_every_product_as_long_as_a_phone_can_read_it() -> None:
    listed = [
        each.model_copy(update={"batch": f"B-{place}"}) for place, each in enumerate(CONTENT.products * 10)
    ]
    content = CONTENT.model_copy(update={"products": tuple(listed)})
    text = code_text(content.render(), message(content), CODE_KEY)
    goods = open_code(text, ADDRESS, CODE_KEY.verifier).goods
    assert goods is not None
    assert [(each.product, each.batch, each.quantity) for each in goods.listed] == [
        (each.product, each.batch, each.quantity) for each in listed
    ]


def test_products_that_have_no_room_are_told_by_number_and_digest() -> None:
    chance = Random(3)
    names = ["".join(chance.choices("abcdefghijklmnop ", k=250)).strip() for _ in range(20)]
    listed = tuple(CONTENT.products[0].model_copy(update={"product": name}) for name in names)
    content = CONTENT.model_copy(update={"products": listed})
    text = code_text(content.render(), message(content), CODE_KEY)
    goods = open_code(text, ADDRESS, CODE_KEY.verifier).goods
    assert goods is not None
    assert (0 < len(goods.listed) < 20, goods.count, goods.is_complete) == (True, 20, False)
    products = [CodeProduct(each.product, each.batch, each.quantity) for each in listed]
    assert goods.is_list(products)
    assert not goods.is_list([*products[:-1], products[0]])


def test_a_holder_that_leaves_no_room_still_gets_a_code() -> None:
    chance = Random(3)
    name = "".join(chr(chance.randrange(0x4E00, 0x9FA5)) for _ in range(300))
    content = CONTENT.model_copy(update={"holder": CONTENT.holder.model_copy(update={"name": name})})
    opened = open_code(code_text(content.render(), message(content), CODE_KEY), ADDRESS, CODE_KEY.verifier)
    assert (opened.holder, opened.goods and opened.goods.listed) == (name, ())


@pytest.mark.parametrize(("until", "line"), [(date(2027, 1, 31), "2027-01-31"), (None, "-")])
def test_the_code_says_what_the_letter_says(until: date | None, line: str) -> None:
    content = CONTENT.model_copy(update={"valid_until": until})
    opened = open_code(code_text(content.render(), message(content), CODE_KEY), ADDRESS, CODE_KEY.verifier)
    assert (opened.number, opened.kind, opened.valid_until) == ("SKI-2026-000001", "ski_post_border", line)
    assert (opened.holder, opened.content) == ("PT Contoh Rasa", digest(content.render()))
