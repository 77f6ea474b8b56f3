"""The content of a letter of the office: facts, a statement, and sections in both languages, with its signatories. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from zi_contracts.integrity.office_letters import IssuedKind
from zi_letters.content import BilingualText, LabelledLine, OfficeParty, Party, Signatory
from zi_letters.sections import ContentWithoutProducts, LetterSection, line, lines
from zi_rules.office_letter_wording import OfficeLetterKind, OfficeLetterWording, WordingText


@dataclass(frozen=True)
class LetterIssuer:
    """The office as its letters name it, where they are verified, the verifier key of their codes, and their wording."""

    office: OfficeParty
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


def content_of(
    draft: LetterDraft, issuer: LetterIssuer, signer_name: str, salt: str
) -> ContentWithoutProducts:
    """State the letter in the office's wording. Letters of before have their code after a `#`, which a phone keeps to itself.

    Raises ValidationError for a text that a letter can't show."""
    wording, kind = issuer.wording, OfficeLetterKind(draft.kind)
    return ContentWithoutProducts(
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


def bilingual(text: WordingText) -> BilingualText:
    return BilingualText(id=text.id, en=text.en)


def _facts(facts: Sequence[tuple[str, str]], labels: Mapping[str, WordingText]) -> list[LabelledLine]:
    return [
        LabelledLine(label=bilingual(labels[name]), value=part)
        for name, value in facts
        for part in lines(value)
    ]
