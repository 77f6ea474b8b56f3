"""The content of a letter of the office: facts, a statement, and sections in both languages, with its signatories. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated

from pydantic import Field

from zi_chassis.domain import Value
from zi_contracts.integrity.office_letters import IssuedKind
from zi_contracts.text import VisibleText, one_spelling
from zi_letters.content import LONGEST_LINE, BilingualText, LabelledLine, LetterContent, Party, Signatory
from zi_rules.office_letter_wording import OfficeLetterKind, OfficeLetterWording, WordingText

Paragraphs = Annotated[str, Field(min_length=1, max_length=20_000), VisibleText(lines=True, tidies=False)]


class LetterParagraphs(Value):
    """The text of a section in Indonesian and in English; the same twice is printed once."""

    id: Paragraphs
    en: Paragraphs


class LetterSection(Value):
    heading: BilingualText
    text: LetterParagraphs


class OfficeLetterContent(LetterContent):
    """`signers` are those who signed besides `signer`, such as the public of a forum."""

    sections: tuple[LetterSection, ...] = ()
    signers: tuple[Signatory, ...] = ()


@dataclass(frozen=True)
class LetterIssuer:
    """The office as its letters name it, where they are verified, the verifier key of their codes, and their wording."""

    office: Party
    address: str
    code_key: str
    wording: OfficeLetterWording


@dataclass(frozen=True)
class LetterDraft:
    """The part of a letter that is not the office's wording: `subject` is one line for its code; `facts` by the name of their label."""

    kind: IssuedKind
    subject: str
    facts: Sequence[tuple[str, str]] = ()
    sections: Sequence[LetterSection] = ()
    signers: Sequence[Signatory] = ()


def content_of(draft: LetterDraft, issuer: LetterIssuer, signer_name: str, salt: str) -> OfficeLetterContent:
    """State the letter in the office's wording. Raises ValidationError for a text that a letter can't show."""
    wording, kind = issuer.wording, OfficeLetterKind(draft.kind)
    return OfficeLetterContent(
        salt=salt,
        title=bilingual(wording.titles[kind]),
        office=issuer.office,
        holder=Party(name=line(draft.subject), address=issuer.office.name),
        statement=bilingual(wording.statements[kind]),
        facts=tuple(_facts(draft.facts, wording.labels)),
        sections=tuple(draft.sections),
        signers=tuple(draft.signers),
        valid_until=None,
        signer=Signatory(name=line(signer_name), position=wording.positions.head),
        address=issuer.address,
        code_key=issuer.code_key,
    )


def section(heading: tuple[str, str], text: tuple[str, str]) -> LetterSection:
    """Make a section of (Indonesian, English) pairs."""
    return LetterSection(
        heading=BilingualText(id=line(heading[0]), en=line(heading[1])),
        text=LetterParagraphs(id=_paragraphs(text[0]), en=_paragraphs(text[1])),
    )


def bilingual(text: WordingText) -> BilingualText:
    return BilingualText(id=text.id, en=text.en)


def line(text: str) -> str:
    return " ".join(one_spelling(text).split())


def _paragraphs(text: str) -> str:
    return one_spelling(text, lines=True).strip()


def _facts(facts: Sequence[tuple[str, str]], labels: Mapping[str, WordingText]) -> list[LabelledLine]:
    return [
        LabelledLine(label=bilingual(labels[name]), value=part)
        for name, value in facts
        for part in _parts(line(value))
    ]


def _parts(value: str) -> list[str]:
    """Cut a value that is longer than a line."""
    return [value[at : at + LONGEST_LINE] for at in range(0, len(value), LONGEST_LINE)]
