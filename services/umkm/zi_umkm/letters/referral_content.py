"""The content of the letter to the health office: whose products these are, why they are registered there, and how to answer. Pure."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from zi_chassis.domain import Value
from zi_letters.content import BilingualText, LabelledLine, Line, Party, Signatory
from zi_letters.sections import LetterSection, SectionedContent, line, lines, section
from zi_rules.mentoring.referral_letter import ReferralLetterRules
from zi_rules.mentoring.rule_set import MentoringRules
from zi_rules.office_letter_wording import WordingText
from zi_umkm.domain.business import BusinessProduct
from zi_umkm.domain.case.state import MentoringCase
from zi_umkm.domain.referral_code import printed_code
from zi_umkm.letters.writing import MentoringLetterIssuer

NONE = "-"


class PrintedProduct(Value):
    """A product as the code on the letter repeats it; what is not made yet has neither batch nor quantity."""

    product: Line
    batch: Line = NONE
    quantity: Line = NONE


class ReferralContent(SectionedContent):
    """`products` stand in the code on the page, so that a list under a copied code is noticed."""

    code_format: Literal["v2"] = "v2"
    products: tuple[PrintedProduct, ...]


@dataclass(frozen=True)
class ReferralDraft:
    """The parts that are not the office's wording; `fields` are the business's own statements, `names` of its products by number."""

    ticket: str
    district: str
    fields: Mapping[str, str]
    names: Mapping[int, str]
    note: str | None
    code: str
    open_until: date
    answer_at: str
    signer: str


def referral_content(
    draft: ReferralDraft,
    case: MentoringCase,
    rules: MentoringRules,
    wording: ReferralLetterRules,
    issuer: MentoringLetterIssuer,
    salt: str,
) -> ReferralContent:
    """Raises ValidationError for a text that a letter can't show."""
    products = [case.stated(number) for number in case.to_refer]
    name = line(draft.fields.get("business.name", "")) or NONE
    return ReferralContent(
        salt=salt,
        title=_both(wording.title),
        office=issuer.office,
        holder=Party(name=name, address=_place(draft.fields) or NONE),
        statement=_both(wording.statement),
        facts=tuple(_facts(draft, wording)),
        products=tuple(PrintedProduct(product=line(_name(each, draft, rules))) for each in products),
        sections=tuple(_sections(draft, case, products, rules, wording)),
        valid_until=None,
        signer=Signatory(name=line(draft.signer), position=wording.position.id),
        address=issuer.address,
        code_key=issuer.code_key,
    )


def _facts(draft: ReferralDraft, wording: ReferralLetterRules) -> list[LabelledLine]:
    facts = (
        ("to", f"{wording.recipient.id}, {draft.district}"),
        ("case", draft.ticket),
        ("business", draft.fields.get("business.name", "")),
        ("responsible", draft.fields.get("reporter.name", "")),
        ("address", _place(draft.fields)),
        ("nib", draft.fields.get("business.nib", "")),
        ("answer_at", draft.answer_at),
        ("code", printed_code(draft.code)),
        ("code_until", draft.open_until.strftime("%d-%m-%Y")),
    )
    return [
        LabelledLine(label=_both(wording.labels[label]), value=part)
        for label, value in facts
        for part in lines(value)
    ]


def _sections(
    draft: ReferralDraft,
    case: MentoringCase,
    products: Sequence[BusinessProduct],
    rules: MentoringRules,
    wording: ReferralLetterRules,
) -> list[LetterSection]:
    listed = [_lines_of(each, draft, case, rules) for each in products]
    texts = {
        "products": ("\n".join(id for id, _ in listed), "\n".join(en for _, en in listed)),
        "note": (draft.note or "", draft.note or ""),
        "answer": (wording.answer.id, wording.answer.en),
    }
    headings = {name: (wording.headings[name].id, wording.headings[name].en) for name in texts}
    return [section(headings[name], text) for name, text in texts.items() if text[0]]


def _lines_of(
    product: BusinessProduct, draft: ReferralDraft, case: MentoringCase, rules: MentoringRules
) -> tuple[str, str]:
    """Word a product in Indonesian and in English: its name, its kind, and the rule that leads to the health office."""
    kind = rules.names.products.get(product.kind)
    triaged = next((each for each in case.triaged if each.product == product.number), None)
    track = next((each for each in rules.tracks if triaged and each.code == triaged.track_ruling), None)
    name = line(_name(product, draft, rules))
    reasons = ("", "") if track is None else (track.reason.id, track.reason.en)
    kinds = (product.kind, product.kind) if kind is None else (kind.id, kind.en)
    id, en = (
        f"{product.number}. {name}: {line(each)}. {line(why)}"
        for each, why in zip(kinds, reasons, strict=True)
    )
    return id, en


def _name(product: BusinessProduct, draft: ReferralDraft, rules: MentoringRules) -> str:
    """Name a product as its business does; where it has none, by its kind."""
    kind = rules.names.products.get(product.kind)
    return draft.names.get(product.number) or (product.kind if kind is None else kind.id)


def _place(fields: Mapping[str, str]) -> str:
    """Return where the business is: its address, or that of the place where it makes its food."""
    if address := fields.get("business.address"):
        return address
    try:
        place = json.loads(fields.get("place", "{}"))
    except ValueError:
        return ""
    return str(place.get("address") or "") if isinstance(place, dict) else ""


def _both(text: WordingText) -> BilingualText:
    return BilingualText(id=text.id, en=text.en)
