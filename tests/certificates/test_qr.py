from tests.certificates.letters import CODE_KEY, CONTENT, message

from zi_certificates.letter import code
from zi_certificates.qr import picture


def test_equal_texts_have_equal_pictures() -> None:
    assert picture("https://office.example/1#a") == picture("https://office.example/1#a")
    assert picture("https://office.example/1#a") != picture("https://office.example/1#b")


def test_a_letters_code_stays_coarse_enough_for_a_phone() -> None:
    """At 44 mm each module is half a millimetre or more, its quiet zone of four modules included."""
    drawn = picture(code(CONTENT, message(), CODE_KEY)).decode()
    side = int(drawn.partition('width="')[2].partition('"')[0])
    assert 44 / side >= 0.5
