"""The page where a company chooses the letter that it amends, and says why."""

from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import RedirectResponse, Response

from zi_certificates.messaging.upstream import account_of
from zi_certificates.read.letters import LetterRow, valid_letters_of
from zi_certificates.use_cases.dossier import dossier_of
from zi_certificates.web import labels
from zi_certificates.web.bodies import AmendmentBody
from zi_certificates.web.form_fields import filled_in, letter_number
from zi_certificates.web.pages.application_owner import (
    ApplicationOwner,
    Owner,
    part_context,
    submit_form,
    translated_labels,
)
from zi_certificates.web.presenters import say_of
from zi_chassis.web.form import Form
from zi_chassis.web.idempotency import key_of
from zi_chassis.web.page import pages_of

PAGE = 20

router = APIRouter(include_in_schema=False)


@router.get("/certificates/applications/{ticket}/amend")
async def amendment_page(
    owner: Owner,
    letter: Annotated[str, Query(max_length=40)] = "",
    page: Annotated[int, Query(ge=1, le=100_000)] = 1,
) -> Response:
    return await _amendment_page(owner, Form({"number": letter}), page)


async def _amendment_page(owner: ApplicationOwner, form: Form, page: int = 1, status: int = 200) -> Response:
    office, dossier = owner.office, await dossier_of(owner.office.store, owner.intake_request)
    if dossier.state.draft is not None and status == 200:
        return RedirectResponse(owner.address, 303)
    letters, total = await _valid_letters(owner, page)
    rules = office.rules.of(dossier.state, office.clock.now())
    here, say = f"{owner.address}/amend", say_of(owner.request)
    context = {
        **part_context(owner, dossier, form, rules),
        "reasons": [(value, say(label)) for value, label in labels.AMENDMENTS.items()],
        "letters": letters,
        "total": total,
        "previous": f"{here}?page={page - 1}" if page > 1 else None,
        "next_page": f"{here}?page={page + 1}" if page * PAGE < total else None,
        "field_labels": translated_labels(owner, labels.AMENDMENT),
    }
    return pages_of(owner.request).render(owner.request, "amendment.html", status, **context)


async def _valid_letters(owner: ApplicationOwner, page: int) -> tuple[list[LetterRow], int]:
    office, request = owner.office, owner.intake_request
    today = office.rules.day(office.clock.now())
    return await office.store.query(
        lambda tx: valid_letters_of(
            tx, account_of(tx, request), request.series, today, (page - 1) * PAGE, PAGE
        )
    )


@router.post("/certificates/applications/{ticket}/amend")
async def begin_amendment(owner: Owner) -> Response:
    form = Form.of(await owner.request.form())

    async def again(refused: Form, status: int) -> Response:
        return await _amendment_page(owner, refused, status=status)

    return await submit_form(owner, form, "number", again, _begin(owner, form), owner.address)


async def _begin(owner: ApplicationOwner, form: Form) -> None:
    typed = {name: form.value(name).strip() for name in labels.AMENDMENT}
    body = AmendmentBody.model_validate(filled_in(**typed | {"number": letter_number(form, "number")}))
    await owner.office.amending.begin(owner.intake_request, owner.by, key_of(form), body.wanted)
