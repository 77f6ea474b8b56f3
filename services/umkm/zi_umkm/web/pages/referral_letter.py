"""The letter to the district's health office: whose products these are, why they are registered there, what to bring, and where the
ledger has the referral. It is written when somebody looks, because what is personal in it lies in the vault.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from fastapi import APIRouter
from fastapi.responses import Response
from pydantic import TypeAdapter

from zi_chassis.web.language import msgid
from zi_chassis.web.page import pages_of
from zi_chassis.web.problem import NotFoundError
from zi_contracts.message import Message
from zi_contracts.umkm import ProductsReferred
from zi_contracts.vault import ItemRef
from zi_umkm.domain.business import BusinessProduct, on_track
from zi_umkm.domain.case.state import MentoringCase
from zi_umkm.use_cases.dossier import MentoringDossier
from zi_umkm.web.official import CurrentOfficial
from zi_umkm.web.page_context import history_of, ruled
from zi_umkm.web.pages.case_owner import CurrentOwner
from zi_umkm.web.pages.vault_reader import IDENTITY, Opened, Reader, reader_of_official, reader_of_owner
from zi_umkm.web.rule_names import RuleNames

REFERRED = ProductsReferred.type.rpartition(".")[2]

router = APIRouter(include_in_schema=False)


class NoLetterError(NotFoundError):
    """No referral holds now; the sentence says why, and what comes."""


@router.get("/umkm/cases/{ticket}/referral-letter")
async def own_letter(owner: CurrentOwner) -> Response:
    return await _letter(reader_of_owner(owner))


@router.post("/umkm/desk/cases/{ticket}/referral-letter")
async def letter_at_the_desk(official: CurrentOfficial, ticket: str) -> Response:
    return await _letter(await reader_of_official(official, ticket))


async def _letter(reader: Reader) -> Response:
    office, dossier = reader.office, await reader.office.dossiers.of(reader.mentoring_request)
    state = dossier.state
    raw = referral_of(dossier)
    products, notes = referred(state), notes_of(raw)
    opened = await reader.opened(IDENTITY, [*notes, *(item for each in products for item in each.items)])
    context = ruled(reader.request, office, office.rules.of(state, office.clock.now()), state)
    named: RuleNames = context["names"]
    [step] = await history_of(reader.request, office, [raw], named)
    context |= {
        "ticket": reader.mentoring_request.ticket,
        "back": reader.back,
        "for_desk": reader.is_official,
        "address": office.settings.office_address,
        "district": state.business.district if state.business else reader.mentoring_request.district,
        "facts": reader.who(opened, state),
        "products": [_product(state, each, opened, named) for each in products],
        "notes": [opened.texts[each.item] for each in notes if each.item in opened.texts],
        "step": step,
    }
    return pages_of(reader.request).render(reader.request, "referral_letter.html", 200, **context)


def referral_of(dossier: MentoringDossier) -> bytes:
    """Return the referral that holds, as it was published; raise NoLetterError where there is none."""
    written = [each for each in dossier.messages if Message.parse(each).event == REFERRED]
    if dossier.state.referred and written:
        return written[-1]
    raise NoLetterError(_why_none(dossier.state, was_written=bool(written)))


def _why_none(state: MentoringCase, *, was_written: bool) -> str:
    if on_track(state.triaged, "pirt"):
        return msgid(
            "The letter is not written yet. Your mentor writes it; as soon as it is ready you find it here."
        )
    if was_written:
        return msgid(
            "The letter does not hold any more: the business came back from the health office, or changed what it makes. "
            "The way of its products is decided again."
        )
    if state.triaged:
        return msgid("No product here goes to the health office, so there is no letter to it.")
    return msgid(
        "Which way the products go is not decided yet. A letter is written for those of the health office."
    )


def referred(state: MentoringCase) -> Sequence[BusinessProduct]:
    return [
        each for each in (state.business.products if state.business else ()) if each.number in state.referred
    ]


def notes_of(referral: bytes) -> tuple[ItemRef, ...]:
    """Return the notes of the mentor in a referral."""
    return TypeAdapter(tuple[ItemRef, ...]).validate_python(Message.parse(referral).data["items"])


def _product(
    state: MentoringCase, product: BusinessProduct, opened: Opened, named: RuleNames
) -> Mapping[str, Any]:
    return {
        "number": product.number,
        "name": opened.name_of(product) or named.kind(product.kind),
        "kind": product.kind,
        "traits": product.traits,
        "triaged": next((each for each in state.triaged if each.product == product.number), None),
    }
