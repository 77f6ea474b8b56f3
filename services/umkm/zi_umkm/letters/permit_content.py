"""The content of a permit (IP CPPOB) in the office's wording. Pure."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from zi_contracts.umkm import PermitPath
from zi_letters.content import BilingualText, LabelledLine, Party, Signatory
from zi_letters.sections import ContentWithoutProducts, line, lines
from zi_rules.permit import PermitWording, PermitWords
from zi_umkm.letters.writing import MentoringLetterIssuer


@dataclass(frozen=True)
class PermitHolder:
    name: str
    place: str


@dataclass(frozen=True)
class PermitDraft:
    """The part of a permit besides the office's wording; `valid_until` None is printed as not decided."""

    holder: PermitHolder
    path: PermitPath
    valid_until: date | None
    renews: str | None
    signer: str


def holder_of(fields: Mapping[str, str]) -> PermitHolder | None:
    """Read the business from what it stated at the front door; None where it has no name or no place."""
    name = fields.get("business.name", "").strip()
    place = _place(fields.get("place", "")) or fields.get("business.address", "").strip()
    return PermitHolder(name, place) if name and place else None


def _place(text: str) -> str:
    """Return the address of the place of production, which is stated as a structure."""
    try:
        stated = json.loads(text)
    except ValueError:
        return text.strip()
    return str(stated.get("address") or "").strip() if isinstance(stated, dict) else ""


def permit_content(
    draft: PermitDraft, wording: PermitWording, issuer: MentoringLetterIssuer, salt: str
) -> ContentWithoutProducts:
    """Raises ValidationError for a text that a letter can't show."""
    labels, until = wording.labels, draft.valid_until
    undecided = wording.validity_undecided
    validity = f"{undecided.id} / {undecided.en}" if until is None else until.strftime("%d-%m-%Y")
    facts = [
        (labels.holder, draft.holder.name),
        (labels.place, draft.holder.place),
        (labels.valid_until, validity),
    ]
    facts += [] if draft.renews is None else [(labels.renews, draft.renews)]
    statement = wording.statements.commitment if draft.path == "commitment" else wording.statements.standard
    return ContentWithoutProducts(
        salt=salt,
        title=_both(wording.title),
        office=issuer.office,
        holder=Party(name=line(draft.holder.name), address=line(draft.holder.place)),
        statement=_both(statement),
        facts=tuple(
            LabelledLine(label=_both(label), value=part) for label, value in facts for part in lines(value)
        ),
        valid_until=until,
        signer=Signatory(name=line(draft.signer), position=wording.position),
        address=issuer.address,
        code_key=issuer.code_key,
    )


def _both(words: PermitWords) -> BilingualText:
    return BilingualText(id=words.id, en=words.en)
