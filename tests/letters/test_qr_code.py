from tests.letters.sample_letter import CODE_KEY, CONTENT, message

from zi_letters.qr_code import qr_picture
from zi_letters.rendering import code_text


def test_equal_texts_have_equal_pictures() -> None:
    assert qr_picture("https://office.example/1#a") == qr_picture("https://office.example/1#a")
    assert qr_picture("https://office.example/1#a") != qr_picture("https://office.example/1#b")


def test_a_letters_code_stays_coarse_enough_for_a_phone() -> None:
    """At 44 mm each module is half a millimetre or more, its quiet zone of four modules included."""
    drawn = qr_picture(code_text(CONTENT.render(), message(), CODE_KEY)).decode()
    side = int(drawn.partition('width="')[2].partition('"')[0])
    assert 44 / side >= 0.5
