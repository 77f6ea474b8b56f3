"""The content of each kind of letter: from the statement that was found compliant, for its holder, with its signatory.

No model of these letters has been seen: their wording is the office's own. Pure."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Annotated

from babel import Locale
from pydantic import Field

from zi_certificates.domain.statement import Product, Statement
from zi_chassis.domain import Value
from zi_contracts.text import one_spelling
from zi_letters.content import (
    LONGEST_LINE,
    BilingualText,
    LabelledLine,
    LetterContent,
    Line,
    Party,
    Signatory,
)
from zi_rules.certificate.kind import CertificateKind, Goods
from zi_rules.certificate.rule_set import CertificateRules
from zi_rules.certificate.validity import last_valid_day

COUNTRIES = {language: Locale(language).territories for language in ("id", "en")}
TITLES: Mapping[CertificateKind, BilingualText] = {
    CertificateKind.SKI_BORDER: BilingualText(
        id="Surat Keterangan Impor (SKI) Border", en="Import Letter (SKI Border)"
    ),
    CertificateKind.SKI_POST_BORDER: BilingualText(
        id="Surat Keterangan Impor (SKI) Post Border", en="Import Letter (SKI Post Border)"
    ),
    CertificateKind.SKE_HEALTH: BilingualText(
        id="Surat Keterangan Ekspor: Sertifikat Kesehatan", en="Health Certificate"
    ),
    CertificateKind.SKE_FREE_SALE: BilingualText(
        id="Surat Keterangan Ekspor: Sertifikat Bebas Jual", en="Certificate of Free Sale"
    ),
    CertificateKind.SKE_CPP: BilingualText(
        id="Surat Keterangan Ekspor: Sertifikat Produk Farmasi", en="Certificate of a Pharmaceutical Product"
    ),
    CertificateKind.SKE_CPKB: BilingualText(
        id="Surat Keterangan Ekspor: Sertifikat CPKB", en="Statement on Good Cosmetics Manufacturing Practice"
    ),
    CertificateKind.SKE_TO_WHOM_IT_MAY_CONCERN: BilingualText(
        id="Surat Keterangan Ekspor", en="To Whom It May Concern"
    ),
}
STATEMENTS: Mapping[CertificateKind, BilingualText] = {
    CertificateKind.SKI_BORDER: BilingualText(
        id="Produk di bawah ini, dalam satu pengiriman dengan faktur yang disebut di atas, memenuhi persyaratan untuk "
        "dimasukkan ke wilayah Indonesia.",
        en="The products below, in the one shipment of the invoice named above, meet the requirements for entering Indonesia.",
    ),
    CertificateKind.SKI_POST_BORDER: BilingualText(
        id="Produk di bawah ini, dalam satu pengiriman dengan faktur yang disebut di atas, memenuhi persyaratan untuk "
        "dimasukkan ke wilayah Indonesia dan diedarkan.",
        en="The products below, in the one shipment of the invoice named above, meet the requirements for entering Indonesia "
        "and being sold there.",
    ),
    CertificateKind.SKE_HEALTH: BilingualText(
        id="Produk di bawah ini layak dikonsumsi atau dipakai manusia.",
        en="The products below are fit for human consumption or use.",
    ),
    CertificateKind.SKE_FREE_SALE: BilingualText(
        id="Produk di bawah ini diedarkan secara bebas di Indonesia.",
        en="The products below are freely sold in Indonesia.",
    ),
    CertificateKind.SKE_CPP: BilingualText(
        id="Produk di bawah ini terdaftar di Indonesia dengan nomor yang disebut, dan pembuatnya diawasi.",
        en="The products below are registered in Indonesia under the numbers named, and their maker is inspected.",
    ),
    CertificateKind.SKE_CPKB: BilingualText(
        id="Produk di bawah ini dibuat di sarana yang menerapkan Cara Pembuatan Kosmetika yang Baik (CPKB).",
        en="The products below are made where Good Cosmetics Manufacturing Practice (CPKB) is applied.",
    ),
    CertificateKind.SKE_TO_WHOM_IT_MAY_CONCERN: BilingualText(
        id="Produk di bawah ini dikenal oleh kantor ini dan boleh diekspor.",
        en="The products below are known to this office and may be exported.",
    ),
}
APPLICATION = BilingualText(id="Nomor permohonan", en="Application")
GOODS = BilingualText(id="Jenis barang", en="Goods")
ORIGIN = BilingualText(id="Negara asal", en="Country of origin")
DESTINATION = BilingualText(id="Negara tujuan", en="Country of destination")
PORT_OF_ENTRY = BilingualText(id="Pelabuhan masuk", en="Port of entry")
PORT_OF_DESTINATION = BilingualText(id="Pelabuhan tujuan", en="Port of destination")
INVOICE = BilingualText(id="Faktur", en="Invoice")
TRANSPORT = BilingualText(id="Dokumen angkut", en="Transport document")
REPLACES = BilingualText(id="Menggantikan surat nomor", en="Takes the place of letter")
HEAD, ACTING, SIGNER = "Kepala Balai", "Plh. Kepala Balai", "Pejabat penanda tangan"


class LetterProduct(Value):
    """One row of the table of products."""

    product: Line
    registration_number: Line | None
    hs_code: Line
    batch: Line
    expires: date
    quantity: Line


class CertificateContent(LetterContent):
    products: Annotated[tuple[LetterProduct, ...], Field(min_length=1)]


@dataclass(frozen=True)
class IssuingOffice:
    """The office as its letters name it, where they are verified, and the verifier key of their codes."""

    office: Party
    address: str
    code_key: str


@dataclass(frozen=True)
class CompliantApplication:
    """The application that was found compliant; `holder` comes from the vault."""

    ticket: str
    statement: Statement
    replaces: str | None
    holder: Party


def signatory(name: str, role: str, *, is_acting: bool) -> Signatory:
    position = ACTING if is_acting else HEAD if role == "staff:head" else SIGNER
    return Signatory(name=_line(name), position=position)


def content_of(
    kind: str,
    applied: CompliantApplication,
    issuer: IssuingOffice,
    signer: Signatory,
    signed: date,
    rules: CertificateRules,
    salt: str,
) -> CertificateContent:
    """State one letter; `signed` is the day of the signature at the office's place; `salt` is another one in each letter."""
    letter, goods = CertificateKind(kind), Goods(applied.statement.goods)
    return CertificateContent(
        salt=salt,
        title=TITLES[letter],
        office=issuer.office,
        holder=applied.holder,
        statement=STATEMENTS[letter],
        facts=tuple(_facts(letter, goods, applied, rules)),
        products=tuple(map(_product, applied.statement.products)),
        valid_until=last_valid_day(letter, goods, signed, rules),
        signer=signer,
        address=issuer.address,
        code_key=issuer.code_key,
    )


def holder(name: str, address: str) -> Party:
    """Name and address as the company wrote them, on one line each."""
    return Party(name=_line(name), address=_line(address))


def country(code: str) -> str:
    """Name a country in both languages, or by its code where neither has a name for it."""
    names = dict.fromkeys(names.get(code, code) for names in COUNTRIES.values())
    return " / ".join(names)


def _facts(
    kind: CertificateKind, goods: Goods, applied: CompliantApplication, rules: CertificateRules
) -> Iterator[LabelledLine]:
    goods_name, products = rules.names.goods[goods], applied.statement.products
    yield LabelledLine(label=APPLICATION, value=applied.ticket)
    yield LabelledLine(label=GOODS, value=f"{goods_name.id} / {goods_name.en}")
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
        yield LabelledLine(label=REPLACES, value=applied.replaces)


def _rows(label: BilingualText, values: Iterable[str]) -> Iterator[LabelledLine]:
    """List each value once, as many on a line as fit."""
    line = ""
    for value in dict.fromkeys(filter(None, map(_line, values))):
        longer = f"{line}, {value}" if line else value
        if line and len(longer) > LONGEST_LINE:
            yield LabelledLine(label=label, value=line)
            longer = value
        line = longer
    if line:
        yield LabelledLine(label=label, value=line)


def _product(stated: Product) -> LetterProduct:
    return LetterProduct(
        product=_line(stated.product),
        registration_number=stated.registration_number and _line(stated.registration_number),
        hs_code=_line(stated.hs_code),
        batch=_line(stated.batch),
        expires=stated.expires,
        quantity=_quantity(stated),
    )


def _quantity(stated: Product) -> str:
    """Write 1200.5 kg in bottles as `1200,5 kg (bottle)`."""
    return _line(f"{_plain(stated.quantity)} {stated.unit} ({stated.pack})")[:LONGEST_LINE]


def _plain(amount: Decimal) -> str:
    written = f"{amount:f}"
    return (written.rstrip("0").rstrip(".") if "." in written else written).replace(".", ",")


def _line(text: str) -> str:
    return " ".join(one_spelling(text).split())
