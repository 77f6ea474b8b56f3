"""The content of each kind of letter: from the statement that was found compliant, for its holder, with its signatory, in the office's
wording. Pure."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from operator import not_
from typing import Annotated, Literal

from babel import Locale
from pydantic import Field

from zi_certificates.domain.changes import StatementChange
from zi_certificates.domain.printed_product import one_line, printed_quantity
from zi_certificates.domain.statement import StatedProduct, Statement, TestResult
from zi_chassis.domain import Value
from zi_letters.content import (
    LONGEST_LINE,
    BilingualText,
    LabelledLine,
    LetterContent,
    Line,
    OfficeParty,
    Party,
    Signatory,
)
from zi_rules.certificate.amendments import AmendableField, field_of
from zi_rules.certificate.kind import CertificateKind, Goods
from zi_rules.certificate.letter_wording import (
    LetterHeading,
    LetterLabels,
    LetterLayout,
    LetterText,
    LetterWording,
)
from zi_rules.certificate.rule_set import CertificateRules
from zi_rules.certificate.validity import last_valid_day

SIGNATURES = "pejabat secara pribadi, dan segel kantor / the official's own, and the office's seal"
# Codes of two letters that name groups of countries, no known place, or what programs are tested with.
NO_COUNTRY = frozenset({"EU", "EZ", "QO", "UN", "XA", "XB", "ZZ"})
COUNTRIES = {
    language: {
        code: name
        for code, name in Locale(language).territories.items()
        if len(code) == 2 and code not in NO_COUNTRY
    }
    for language in ("id", "en")
}


class LetterProduct(Value):
    """One row of the table of products."""

    product: Line
    registration_number: Line | None
    hs_code: Line
    batch: Line
    manufactured: date
    expires: date
    quantity: Line


class LetterResult(Value):
    """One line of a certificate of analysis."""

    parameter: Line
    result: Line | None
    method: Line | None


class LetterAnalysis(Value):
    """A certificate of analysis of the product in row `number` of the table."""

    number: int
    dated: date
    batch: Line | None
    results: tuple[LetterResult, ...]


class CertificateSignatory(Signatory):
    """`nip` is the official's number in the civil service; with a `personal_signature` the letter is nothing without the one of this
    official."""

    nip: Line | None = None
    personal_signature: Annotated[bool, Field(exclude_if=not_)] = False


class WordingPin(Value):
    """The wording of the letter, so that the same content can be made again from it."""

    version: int
    digest: str


class CertificateContent(LetterContent):
    """`number_format` is how the office writes the number; `is_sample` is a preview that nobody may take for a letter."""

    code_format: Literal["v2"] = "v2"
    letterhead: tuple[Line, ...] = ()
    layout: LetterLayout = LetterLayout.INDONESIAN_FIRST
    number_format: Line = "{number}"
    legal_bases: tuple[BilingualText, ...] = ()
    validity: BilingualText
    products: Annotated[tuple[LetterProduct, ...], Field(min_length=1)]
    analyses: tuple[LetterAnalysis, ...] = ()
    signer: CertificateSignatory
    wording: WordingPin
    is_sample: bool = False


@dataclass(frozen=True)
class IssuingOffice:
    """The office as its letters name it, where they are verified, the verifier key of their codes, and their wording."""

    office: OfficeParty
    address: str
    code_key: str
    wording: LetterWording


@dataclass(frozen=True)
class CompliantApplication:
    """The application that was found compliant, without the products that were `refused`; `holder`, `producer` and `consignee` come from
    the vault. `amended` is what differs from the letter that it amends."""

    ticket: str
    statement: Statement
    replaces: str | None
    holder: Party
    producer: str = ""
    consignee: str = ""
    refused: Sequence[StatedProduct] = ()
    amended: Collection[StatementChange] = ()


def signatory(
    name: str,
    role: str,
    wording: LetterWording,
    *,
    is_acting: bool,
    official: str = "",
    personal_signature: bool = False,
) -> CertificateSignatory:
    """Name the signatory by their role, or as the wording knows them."""
    positions, known = wording.positions, wording.signatory(official)
    position = positions.head if role == "staff:head" else positions.signer
    if known is not None and known.position is not None:
        position = known.position
    return CertificateSignatory(
        name=one_line(name),
        position=positions.acting if is_acting else position,
        nip=None if known is None else known.nip,
        personal_signature=personal_signature,
    )


def content_of(
    kind: str,
    applied: CompliantApplication,
    issuer: IssuingOffice,
    signer: CertificateSignatory,
    signed: date,
    rules: CertificateRules,
    salt: str,
) -> CertificateContent:
    """State one letter; `signed` is the day of the signature at the office's place; `salt` is another one in each letter."""
    letter, goods = CertificateKind(kind), Goods(applied.statement.goods)
    wording, products = issuer.wording, applied.statement.products
    head, validity = wording.letterhead, wording.validity_of(letter, goods)
    return CertificateContent(
        salt=salt,
        title=_bilingual(wording.titles[letter]),
        office=_at_the_head(issuer.office, head),
        letterhead=() if head is None else head.lines,
        layout=wording.layout_of(letter),
        number_format="{number}" if wording.numbering is None else wording.numbering.pattern,
        legal_bases=tuple(_bilingual(each.text) for each in wording.bases_of(letter, goods)),
        holder=applied.holder,
        statement=_bilingual(wording.statements[letter]),
        facts=tuple(_facts(letter, goods, applied, rules, wording.labels, signer)),
        products=tuple(map(_product, products)),
        analyses=tuple(_analyses(products)),
        valid_until=last_valid_day(letter, goods, signed, rules),
        validity=_bilingual(wording.labels.validity_undecided if validity is None else validity.text),
        signer=signer,
        address=issuer.address,
        code_key=issuer.code_key,
        wording=WordingPin(version=wording.version, digest=wording.digest),
    )


def _at_the_head(office: OfficeParty, head: LetterHeading | None) -> OfficeParty:
    """Name the office as the wording's letterhead does, if it has one."""
    return office if head is None else office.model_copy(update={"name": head.name, "address": head.address})


def holder(name: str, address: str) -> Party:
    """Name and address as the company wrote them, on one line each."""
    return Party(name=one_line(name), address=one_line(address))


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
    signer: CertificateSignatory,
) -> Iterator[LabelledLine]:
    goods_name, products = rules.names.goods[goods], applied.statement.products
    yield LabelledLine(label=_bilingual(labels.application), value=applied.ticket)
    yield LabelledLine(label=_bilingual(labels.goods), value=f"{goods_name.id} / {goods_name.en}")
    if kind.direction == "import":
        yield from _rows(labels.origin, (country(each.country) for each in products))
        yield from _rows(labels.port_of_entry, (each.port for each in products))
        yield from _rows(labels.arrival, [_day(applied.statement.arrives)])
    else:
        bound_for = applied.statement.country
        yield from _rows(
            labels.destination,
            [country(bound_for)] if bound_for else (country(each.country) for each in products),
        )
        yield from _rows(labels.port_of_destination, (each.port for each in products))
    yield from _rows(labels.invoice, (each.invoice for each in products))
    yield from _rows(labels.transport, (each.transport_document or "" for each in products))
    yield from _rows(labels.producer, applied.producer.splitlines())
    yield from _rows(labels.consignee, applied.consignee.splitlines())
    yield from _annex_rows(kind, goods, applied.statement, rules)
    yield from _rows(labels.refused, (f"{each.product} ({each.batch})" for each in applied.refused))
    if signer.personal_signature:
        yield LabelledLine(label=_bilingual(labels.signatures), value=SIGNATURES)
    if applied.replaces is not None:
        yield LabelledLine(label=_bilingual(labels.replaces), value=applied.replaces)
    yield from _rows(labels.amended, _amended(applied, labels))


def _day(day: date | None) -> str:
    """Write a day as the page writes those of products."""
    return "" if day is None else f"{day:%d-%m-%Y}"


def _amended(applied: CompliantApplication, labels: LetterLabels) -> Iterator[str]:
    """Name each field that was amended, with the rows of its products in the table; what was refused has no row."""
    rows = {each.number: row for row, each in enumerate(applied.statement.products, 1)}
    fields: dict[AmendableField, set[int]] = {}
    for change in applied.amended:
        if change.item is None or change.item in rows:
            places = fields.setdefault(AmendableField(field_of(change.where)), set())
            places.update(rows[each] for each in (change.item,) if each is not None)
    for field, places in fields.items():
        name = labels.amended_field(field)
        both = " / ".join(dict.fromkeys((name.id, name.en)))
        yield f"{both} ({', '.join(map(str, sorted(places)))})" if places else both


def _annex_rows(
    kind: CertificateKind, goods: Goods, statement: Statement, rules: CertificateRules
) -> Iterator[LabelledLine]:
    """List what the country of destination asks for, such as the producer's number there, as far as the rules name it."""
    for annex in rules.annexes:
        if annex.country == statement.country and annex.covers(kind, goods):
            for name, label in annex.fields.items():
                yield from _rows(LetterText(id=label.id, en=label.en), [statement.annex_fields.get(name, "")])


def _rows(text: LetterText, values: Iterable[str]) -> Iterator[LabelledLine]:
    """List each value once, as many on a line as fit."""
    label, line = _bilingual(text), ""
    for value in dict.fromkeys(filter(None, map(one_line, values))):
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
        product=one_line(stated.product),
        registration_number=stated.registration_number and one_line(stated.registration_number),
        hs_code=one_line(stated.hs_code),
        batch=one_line(stated.batch),
        manufactured=stated.manufactured,
        expires=stated.expires,
        quantity=printed_quantity(stated),
    )


def _analyses(products: Sequence[StatedProduct]) -> Iterator[LetterAnalysis]:
    for place, product in enumerate(products, 1):
        if product.analysis is not None:
            yield LetterAnalysis(
                number=place,
                dated=product.analysis.dated,
                batch=one_line(product.analysis.batch or "") or None,
                results=tuple(map(_result, product.analysis.results)),
            )


def _result(tested: TestResult) -> LetterResult:
    return LetterResult(
        parameter=one_line(tested.parameter),
        result=one_line(tested.result or "") or None,
        method=one_line(tested.method or "") or None,
    )
