"""The commands of officials about the permit of a case: each form of its section runs one."""

from collections.abc import Awaitable, Callable, Mapping

from zi_chassis.web.form import Form
from zi_chassis.web.idempotency import key_of
from zi_umkm.messaging.upstream import MentoringRequest
from zi_umkm.roles import CHECKING, EVALUATING, SIGNING
from zi_umkm.web.api.permits import acting
from zi_umkm.web.bodies import ProposeRevocationBody, ReturnPermitBody
from zi_umkm.web.form_fields import chosen, text_of
from zi_umkm.web.official import DeskOfficial

Done = Callable[[DeskOfficial, MentoringRequest, Form], Awaitable[object]]


async def _verify_account(official: DeskOfficial, request: MentoringRequest, form: Form) -> None:
    await official.office.permits.verify_account(request, official.act(*CHECKING), key_of(form), _step(form))


async def _find_fit(official: DeskOfficial, request: MentoringRequest, form: Form) -> None:
    await official.office.permits.find_fit(request, official.act(*EVALUATING), key_of(form), step=_step(form))


async def _issue(official: DeskOfficial, request: MentoringRequest, form: Form) -> None:
    await official.office.permit_issuing.issue(
        request, official.act(*SIGNING), official.person, key_of(form), _step(form)
    )


async def _return(official: DeskOfficial, request: MentoringRequest, form: Form) -> None:
    note = _note(form, "permit")
    stage = (await official.office.mentoring.state(request)).permit.stage
    by = official.act(*acting(official.person, stage))
    await official.office.permits.return_(request, by, key_of(form), note, _step(form))


async def _propose(official: DeskOfficial, request: MentoringRequest, form: Form) -> None:
    reason = chosen(form, "reason.revocation", official.office.rules.permits.now.reasons)
    note, by = text_of(form, "propose.revocation"), official.act(*CHECKING)
    body = ProposeRevocationBody.model_validate({"reason": reason, **_unless_blank(note)})
    await official.office.permits.propose_revocation(
        request, by, key_of(form), body.reason, body.note, _step(form)
    )


async def _announce(official: DeskOfficial, request: MentoringRequest, form: Form) -> None:
    note, by = _note(form, "decide.revocation"), official.act(*SIGNING)
    await official.office.permits.announce_revocation(request, by, key_of(form), note, _step(form))


async def _confirm(official: DeskOfficial, request: MentoringRequest, form: Form) -> None:
    note, by = _note(form, "decide.revocation"), official.act(*SIGNING)
    await official.office.permits.confirm_revocation(request, by, key_of(form), note, _step(form))


async def _drop(official: DeskOfficial, request: MentoringRequest, form: Form) -> None:
    note, by = _note(form, "drop.revocation"), official.act(*SIGNING)
    await official.office.permits.drop_revocation(request, by, key_of(form), note, _step(form))


def _step(form: Form) -> int:
    """Return the number of steps that the permit had had on the page; -1, which never is, from a page that does not say it."""
    text = form.value("step")
    return int(text) if text.isdecimal() and len(text) < 7 else -1


def _note(form: Form, field: str) -> str:
    return ReturnPermitBody.model_validate(_unless_blank(text_of(form, field))).note


def _unless_blank(note: str | None) -> dict[str, str]:
    """Leave a blank text out, so that it is missing and not wrong."""
    return {} if note is None else {"note": note}


# For each command the field at which a refusal is shown, and what is done.
PERMIT_COMMANDS: Mapping[str, tuple[str, Done]] = {
    "verify-account": ("permit", _verify_account),
    "find-fit": ("permit", _find_fit),
    "issue-permit": ("permit", _issue),
    "return-permit": ("permit", _return),
    "propose-revocation": ("propose.revocation", _propose),
    "announce-revocation": ("decide.revocation", _announce),
    "confirm-revocation": ("decide.revocation", _confirm),
    "drop-revocation": ("drop.revocation", _drop),
}
