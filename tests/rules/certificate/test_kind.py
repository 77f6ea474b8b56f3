"""Kinds of letters and goods."""

from zi_rules.certificate.kind import CertificateKind, Direction, Goods
from zi_rules.registration_number import Commodity


def test_import_letters_are_ski_and_export_letters_ske() -> None:
    imports = {kind for kind in CertificateKind if kind.direction is Direction.IMPORT}
    assert imports == {CertificateKind.SKI_BORDER, CertificateKind.SKI_POST_BORDER}


def test_every_commodity_is_traded_as_product_and_as_ingredient() -> None:
    assert sorted(goods.commodity for goods in Goods) == sorted(2 * list(Commodity))
    assert Goods.BAHAN_KOSMETIK.commodity is Commodity.KOSMETIK
