from pathlib import Path
from random import Random
from subprocess import run

import pytest
from PIL import Image, ImageFilter
from tests.letters.sample_letter import CODE_KEY, CONTENT, CONTENT_BEFORE, issued, message

from zi_certificates.letters.content import CertificateContent
from zi_letters.qr_code import qr_picture
from zi_letters.rendering import code_text, unsealed_page
from zi_rules.letter_template import load_letter_templates

PRINTED_MM = 56
NAMES = (
    "Sambal Bajak Contoh Pedas 200 g",
    "Biskuit Kelapa Contoh",
    "Krim Wajah Contoh Malam",
    "Kecap Contoh",
)


def test_equal_texts_have_equal_pictures() -> None:
    assert qr_picture("https://office.example/1#a") == qr_picture("https://office.example/1#a")
    assert qr_picture("https://office.example/1#a") != qr_picture("https://office.example/1#b")


def ordinary(products: int) -> CertificateContent:
    """State a letter with products as importers name them."""
    chance, [product, _] = Random(products), CONTENT.products
    listed = [
        product.model_copy(
            update={
                "product": f"{chance.choice(NAMES)} {place}",
                "batch": f"B-{chance.randrange(10**6)}",
                "quantity": f"{chance.randrange(1, 9999)},5 kg (karton isi {chance.randrange(6, 48)})",
            }
        )
        for place in range(products)
    ]
    return CONTENT.model_copy(update={"products": tuple(listed)})


def wordy() -> CertificateContent:
    """State a letter that has no room in its code for all of its products."""
    chance, [product, _] = Random(1), CONTENT.products
    names = ("".join(chance.choices("abcdefghijklmnopqrstuvwxyz ", k=200)).strip() for _ in range(20))
    return CONTENT.model_copy(
        update={"products": tuple(product.model_copy(update={"product": name}) for name in names)}
    )


def module_mm(text: str, printed: float) -> float:
    """Width of one module of the picture with its quiet zone, as it is printed."""
    return printed / int(qr_picture(text).decode().partition('width="')[2].partition('"')[0])


def test_a_code_from_before_stays_as_coarse_as_it_was() -> None:
    text = code_text(CONTENT_BEFORE, message(CONTENT_BEFORE), CODE_KEY)
    assert module_mm(text, 44) >= 0.5


@pytest.mark.parametrize(("content", "least"), [(ordinary(1), 0.6), (ordinary(20), 0.5), (wordy(), 0.44)])
def test_a_code_stays_coarse_enough_for_a_phone(content: CertificateContent, least: float) -> None:
    assert module_mm(code_text(content.render(), message(content), CODE_KEY), PRINTED_MM) >= least


@pytest.mark.parametrize(
    ("content", "dots_per_inch"),
    [(ordinary(20), 150), (wordy(), 200)],
    ids=["twenty products", "more than fits"],
)
def test_the_printed_code_is_read_from_a_blurred_picture_of_the_page(
    tmp_path: Path, content: CertificateContent, dots_per_inch: int
) -> None:
    """Blurred by a third of a module, as by a phone that is held a little too near."""
    entry, template = issued(tmp_path, message(content)), load_letter_templates()[0].content
    (tmp_path / "letter.pdf").write_bytes(unsealed_page(content.render(), template, entry, CODE_KEY))
    draw = ["pdftoppm", "-r", str(dots_per_inch), "-gray", tmp_path / "letter.pdf", tmp_path / "page"]
    run(draw, check=True, capture_output=True)
    *_, last = sorted(tmp_path.glob("page-*"))
    Image.open(last).filter(ImageFilter.GaussianBlur(dots_per_inch / 25.4 * 0.44 / 3)).save(last, "png")
    read = run(["zbarimg", "--quiet", "--raw", last], check=True, capture_output=True)
    assert read.stdout.decode().strip() == code_text(content.render(), entry.message, CODE_KEY)
