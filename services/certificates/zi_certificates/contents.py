"""What each letter says: from what was stated and found compliant, for whom, and by whom it is signed. The words of the kinds are the
office's own, as no model of them has been seen. Pure.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from babel import Locale

from zi_certificates.domain.statement import Product as Stated
from zi_certificates.domain.statement import Statement
from zi_certificates.letter import Both, Content, Fact, Person, Place, Product
from zi_contracts.text import one_spelling
from zi_rules.certificate.kind import CertificateKind, Goods
from zi_rules.certificate.rule_set import CertificateRules
from zi_rules.certificate.validity import last_valid_day

LONGEST = 300
SPOKEN = {language: Locale(language).territories for language in ("id", "en")}
TITLES: Mapping[CertificateKind, Both] = {
    CertificateKind.SKI_BORDER: Both(
        id="Surat Keterangan Impor (SKI) Border", en="Import Letter (SKI Border)"
    ),
    CertificateKind.SKI_POST_BORDER: Both(
        id="Surat Keterangan Impor (SKI) Post Border", en="Import Letter (SKI Post Border)"
    ),
    CertificateKind.SKE_HEALTH: Both(
        id="Surat Keterangan Ekspor: Sertifikat Kesehatan", en="Health Certificate"
    ),
    CertificateKind.SKE_FREE_SALE: Both(
        id="Surat Keterangan Ekspor: Sertifikat Bebas Jual", en="Certificate of Free Sale"
    ),
    CertificateKind.SKE_CPP: Both(
        id="Surat Keterangan Ekspor: Sertifikat Produk Farmasi", en="Certificate of a Pharmaceutical Product"
    ),
    CertificateKind.SKE_CPKB: Both(
        id="Surat Keterangan Ekspor: Sertifikat CPKB", en="Statement on Good Cosmetics Manufacturing Practice"
    ),
    CertificateKind.SKE_TO_WHOM_IT_MAY_CONCERN: Both(
        id="Surat Keterangan Ekspor", en="To Whom It May Concern"
    ),
}
STATEMENTS: Mapping[CertificateKind, Both] = {
    CertificateKind.SKI_BORDER: Both(
        id="Produk di bawah ini, dalam satu pengiriman dengan faktur yang disebut di atas, memenuhi persyaratan untuk "
        "dimasukkan ke wilayah Indonesia.",
        en="The products below, in the one shipment of the invoice named above, meet the requirements for entering Indonesia.",
    ),
    CertificateKind.SKI_POST_BORDER: Both(
        id="Produk di bawah ini, dalam satu pengiriman dengan faktur yang disebut di atas, memenuhi persyaratan untuk "
        "dimasukkan ke wilayah Indonesia dan diedarkan.",
        en="The products below, in the one shipment of the invoice named above, meet the requirements for entering Indonesia "
        "and being sold there.",
    ),
    CertificateKind.SKE_HEALTH: Both(
        id="Produk di bawah ini layak dikonsumsi atau dipakai manusia.",
        en="The products below are fit for human consumption or use.",
    ),
    CertificateKind.SKE_FREE_SALE: Both(
        id="Produk di bawah ini diedarkan secara bebas di Indonesia.",
        en="The products below are freely sold in Indonesia.",
    ),
    CertificateKind.SKE_CPP: Both(
        id="Produk di bawah ini terdaftar di Indonesia dengan nomor yang disebut, dan pembuatnya diawasi.",
        en="The products below are registered in Indonesia under the numbers named, and their maker is inspected.",
    ),
    CertificateKind.SKE_CPKB: Both(
        id="Produk di bawah ini dibuat di sarana yang menerapkan Cara Pembuatan Kosmetika yang Baik (CPKB).",
        en="The products below are made where Good Cosmetics Manufacturing Practice (CPKB) is applied.",
    ),
    CertificateKind.SKE_TO_WHOM_IT_MAY_CONCERN: Both(
        id="Produk di bawah ini dikenal oleh kantor ini dan boleh diekspor.",
        en="The products below are known to this office and may be exported.",
    ),
}
APPLICATION = Both(id="Nomor permohonan", en="Application")
GOODS = Both(id="Jenis barang", en="Goods")
ORIGIN = Both(id="Negara asal", en="Country of origin")
DESTINATION = Both(id="Negara tujuan", en="Country of destination")
PORT_OF_ENTRY = Both(id="Pelabuhan masuk", en="Port of entry")
PORT_OF_DESTINATION = Both(id="Pelabuhan tujuan", en="Port of destination")
INVOICE = Both(id="Faktur", en="Invoice")
TRANSPORT = Both(id="Dokumen angkut", en="Transport document")
REPLACES = Both(id="Menggantikan surat nomor", en="Takes the place of letter")
HEAD, ACTING, SIGNER = "Kepala Balai", "Plh. Kepala Balai", "Pejabat penanda tangan"


@dataclass(frozen=True)
class Letterhead:
    """What stands on every letter of the office: who it is, where its letters are verified, and the verifier key of the codes."""

    office: Place
    address: str
    code_key: str


@dataclass(frozen=True)
class Applied:
    """What was applied for and found compliant; `holder` comes from the vault."""

    ticket: str
    statement: Statement
    replaces: str | None
    holder: Place


def signer(name: str, role: str, *, is_acting: bool) -> Person:
    position = ACTING if is_acting else HEAD if role == "staff:head" else SIGNER
    return Person(name=_line(name), position=position)


def content_of(
    kind: str,
    applied: Applied,
    head: Letterhead,
    by: Person,
    signed: date,
    rules: CertificateRules,
    salt: str,
) -> Content:
    """`signed` is the day of the signature at the office's place; `salt` is the letter's own."""
    letter, goods = CertificateKind(kind), Goods(applied.statement.goods)
    return Content(
        salt=salt,
        title=TITLES[letter],
        office=head.office,
        holder=applied.holder,
        statement=STATEMENTS[letter],
        facts=tuple(_facts(letter, goods, applied, rules)),
        products=tuple(map(_product, applied.statement.products)),
        valid_until=last_valid_day(letter, goods, signed, rules),
        signer=by,
        address=head.address,
        code_key=head.code_key,
    )


def holder(name: str, address: str) -> Place:
    """As the company wrote it, on one line each."""
    return Place(name=_line(name), address=_line(address))


def country(code: str) -> str:
    """In both languages, or the code where neither has a name for it."""
    names = dict.fromkeys(names.get(code, code) for names in SPOKEN.values())
    return " / ".join(names)


def _facts(kind: CertificateKind, goods: Goods, applied: Applied, rules: CertificateRules) -> Iterator[Fact]:
    named, products = rules.names.goods[goods], applied.statement.products
    yield Fact(label=APPLICATION, value=applied.ticket)
    yield Fact(label=GOODS, value=f"{named.id} / {named.en}")
    if kind.direction == "import":
        yield from _rows(ORIGIN, (country(each.country) for each in products))
        yield from _rows(PORT_OF_ENTRY, (each.port for each in products))
    else:
        bound_for = applied.statement.country
        yield from _rows(
            DESTINATION, [country(bound_for)] if bound_for else (country(each.country) for each in products)
        )
        yield from _rows(PORT_OF_DESTINATION, (each.port for each in products))
    yield from _rows(INVOICE, (each.invoice for each in products))
    yield from _rows(TRANSPORT, (each.transport_document or "" for each in products))
    if applied.replaces is not None:
        yield Fact(label=REPLACES, value=applied.replaces)


def _rows(label: Both, values: Iterable[str]) -> Iterator[Fact]:
    """Each value once, as many on a line as go."""
    line = ""
    for value in dict.fromkeys(filter(None, map(_line, values))):
        longer = f"{line}, {value}" if line else value
        if line and len(longer) > LONGEST:
            yield Fact(label=label, value=line)
            longer = value
        line = longer
    if line:
        yield Fact(label=label, value=line)


def _product(stated: Stated) -> Product:
    return Product(
        product=_line(stated.product),
        registration_number=stated.registration_number and _line(stated.registration_number),
        hs_code=_line(stated.hs_code),
        batch=_line(stated.batch),
        expires=stated.expires,
        quantity=_quantity(stated),
    )


def _quantity(stated: Stated) -> str:
    """1200.5 kg in bottles -> 1200,5 kg (bottle)."""
    return _line(f"{_plain(stated.quantity)} {stated.unit} ({stated.pack})")[:LONGEST]


def _plain(amount: Decimal) -> str:
    written = f"{amount:f}"
    return (written.rstrip("0").rstrip(".") if "." in written else written).replace(".", ",")


def _line(text: str) -> str:
    return " ".join(one_spelling(text).split())
