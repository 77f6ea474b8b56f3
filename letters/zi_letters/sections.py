"""The content of a letter with sections in both languages and with more than one signatory. Pure."""

from typing import Annotated, Literal

from pydantic import Field

from zi_chassis.domain import Value
from zi_contracts.text import VisibleText, one_spelling
from zi_letters.content import LONGEST_LINE, BilingualText, LetterContent, Signatory

Paragraphs = Annotated[str, Field(min_length=1, max_length=20_000), VisibleText(lines=True, tidies=False)]


class LetterParagraphs(Value):
    """The text of a section in Indonesian and in English; the same twice is printed once."""

    id: Paragraphs
    en: Paragraphs


class LetterSection(Value):
    heading: BilingualText
    text: LetterParagraphs


class SectionedContent(LetterContent):
    """`signers` are those who signed besides `signer`, such as the public of a forum."""

    sections: tuple[LetterSection, ...] = ()
    signers: tuple[Signatory, ...] = ()


class ContentWithoutProducts(SectionedContent):
    """Its code is in the query of its address, so that whoever scans it gets the verdict without a script; it lists no products."""

    code_format: Literal["v2"] = "v2"
    products: tuple[()] = ()


def section(heading: tuple[str, str], text: tuple[str, str]) -> LetterSection:
    """Make a section of (Indonesian, English) pairs."""
    return LetterSection(
        heading=BilingualText(id=line(heading[0]), en=line(heading[1])),
        text=LetterParagraphs(id=_paragraphs(text[0]), en=_paragraphs(text[1])),
    )


def line(text: str) -> str:
    return " ".join(one_spelling(text).split())


def lines(value: str) -> list[str]:
    """Cut a value that is longer than a line."""
    tidy = line(value)
    return [tidy[at : at + LONGEST_LINE] for at in range(0, len(tidy), LONGEST_LINE)]


def _paragraphs(text: str) -> str:
    return one_spelling(text, lines=True).strip()
