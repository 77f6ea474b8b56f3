"""The content of each kind of letter: from the statement that was found compliant, for its holder, with its signatory, in the office's
wording. Pure."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Annotated

from babel import Locale
from pydantic import Field

from zi_certificates.domain.statement import StatedProduct, Statement
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
from zi_rules.certificate.letter_wording import LetterLabels, LetterText, LetterWording, SignatoryPositions
from zi_rules.certificate.rule_set import CertificateRules
from zi_rules.certificate.validity import last_valid_day

COUNTRIES = {language: Locale(language).territories for language in ("id", "en")}


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
    """The office as its letters name it, where they are verified, the verifier key of their codes, and their wording."""

    office: Party
    address: str
    code_key: str
    wording: LetterWording


@dataclass(frozen=True)
class CompliantApplication:
    """The application that was found compliant; `holder` comes from the vault."""

    ticket: str
    statement: Statement
    replaces: str | None
    holder: Party


def signatory(name: str, role: str, positions: SignatoryPositions, *, is_acting: bool) -> Signatory:
    head_or_signer = positions.head if role == "staff:head" else positions.signer
    position = positions.acting if is_acting else head_or_signer
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
        title=_bilingual(issuer.wording.titles[letter]),
        office=issuer.office,
        holder=applied.holder,
        statement=_bilingual(issuer.wording.statements[letter]),
        facts=tuple(_facts(letter, goods, applied, rules, issuer.wording.labels)),
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
    kind: CertificateKind,
    goods: Goods,
    applied: CompliantApplication,
    rules: CertificateRules,
    labels: LetterLabels,
) -> Iterator[LabelledLine]:
    goods_name, products = rules.names.goods[goods], applied.statement.products
    yield LabelledLine(label=_bilingual(labels.application), value=applied.ticket)
    yield LabelledLine(label=_bilingual(labels.goods), value=f"{goods_name.id} / {goods_name.en}")
    if kind.direction == "import":
        yield from _rows(labels.origin, (country(each.country) for each in products))
        yield from _rows(labels.port_of_entry, (each.port for each in products))
    else:
        bound_for = applied.statement.country
        yield from _rows(
            labels.destination,
            [country(bound_for)] if bound_for else (country(each.country) for each in products),
        )
        yield from _rows(labels.port_of_destination, (each.port for each in products))
    yield from _rows(labels.invoice, (each.invoice for each in products))
    yield from _rows(labels.transport, (each.transport_document or "" for each in products))
    if applied.replaces is not None:
        yield LabelledLine(label=_bilingual(labels.replaces), value=applied.replaces)


def _rows(text: LetterText, values: Iterable[str]) -> Iterator[LabelledLine]:
    """List each value once, as many on a line as fit."""
    label, line = _bilingual(text), ""
    for value in dict.fromkeys(filter(None, map(_line, values))):
        longer = f"{line}, {value}" if line else value
        if line and len(longer) > LONGEST_LINE:
            yield LabelledLine(label=label, value=line)
            longer = value
        line = longer
    if line:
        yield LabelledLine(label=label, value=line)


def _bilingual(text: LetterText) -> BilingualText:
    return BilingualText(id=text.id, en=text.en)


def _product(stated: StatedProduct) -> LetterProduct:
    return LetterProduct(
        product=_line(stated.product),
        registration_number=stated.registration_number and _line(stated.registration_number),
        hs_code=_line(stated.hs_code),
        batch=_line(stated.batch),
        expires=stated.expires,
        quantity=_quantity(stated),
    )


def _quantity(stated: StatedProduct) -> str:
    """Write 1200.5 kg in bottles as `1200,5 kg (bottle)`."""
    return _line(f"{_plain(stated.quantity)} {stated.unit} ({stated.pack})")[:LONGEST_LINE]


def _plain(amount: Decimal) -> str:
    written = f"{amount:f}"
    return (written.rstrip("0").rstrip(".") if "." in written else written).replace(".", ",")


def _line(text: str) -> str:
    return " ".join(one_spelling(text).split())
