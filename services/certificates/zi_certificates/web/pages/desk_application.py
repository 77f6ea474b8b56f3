"""The page of one application for officials; personal data is opened on request, and the vault records it first."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import uuid4

from fastapi import APIRouter
from fastapi.responses import Response

from zi_certificates.container import CertificatesOffice
from zi_certificates.domain.application.deadlines import ends_soon
from zi_certificates.domain.application.state import Application, ApplicationStatus
from zi_certificates.domain.changes import cells
from zi_certificates.messaging.upstream import interests_of
from zi_certificates.roles import CALLING, OVERRIDING, REFUNDING
from zi_certificates.use_cases.access import NoSuchApplicationError
from zi_certificates.use_cases.amendment_calls import amendable_on
from zi_certificates.use_cases.amendment_time import amended_holds
from zi_certificates.use_cases.dossier import Dossier, dossier_of
from zi_certificates.web import master_labels
from zi_certificates.web.bodies import LONGEST_PASSPHRASE
from zi_certificates.web.form_errors import UNREAD
from zi_certificates.web.official import Official, SomeOfficial
from zi_certificates.web.page_context import findings_of, history_of, names_of, rules_context
from zi_certificates.web.pages.desk_choices import (
    choices_context,
    open_answers,
    open_company_fields,
    open_parties,
    open_reasons,
    unread_form,
)
from zi_chassis.web.form import Form
from zi_chassis.web.idempotency import key_of
from zi_chassis.web.page import pages_of
from zi_rules.certificate.rule_set import CertificateRules

router = APIRouter(include_in_schema=False)


@router.get("/certificates/desk/applications/{ticket}")
async def application_page(official: SomeOfficial, ticket: str) -> Response:
    return await show_application(official, ticket, Form())


async def show_application(
    official: Official,
    ticket: str,
    form: Form,
    status: int = 200,
    opened: Mapping[str, str] | None = None,
    answers: Sequence[str] = (),
) -> Response:
    office, now = official.office, official.office.clock.now()
    dossier = await dossier_for_desk(office, ticket)
    state, rules = dossier.state, office.rules.of(dossier.state, now)
    history = await history_of(official.request, office, dossier)
    hindered = await _is_hindered(official, dossier)
    holds = await office.store.query(lambda tx: amended_holds(tx, state, office.rules, now))
    context = {
        **rules_context(official.request, office, rules),
        **choices_context(official, rules, state, form),
        "parked": dossier.parked,
        "decrees": office.rules.decrees(state, now),
        "ticket": dossier.ticket,
        "state": state,
        "state_name": state.status.value,
        "person": official.person,
        **_urgency(state, now),
        **_personal_context(office, state),
        "flags": [each for each in history if each.event == "conflict_flagged"],
        "hindered": hindered,
        **_stated_context(official, dossier, rules),
        "used": [] if hindered else await office.master_use.used_by(state.statement),
        "missing": findings_of(office, dossier),
        "opened": opened,
        "answers": answers,
        "history": history,
        "may": _may(official, state, hindered=hindered, amended_holds=holds),
        "amended_holds": holds,
        "form": form,
        "key": str(key_of(form) or uuid4()),
    }
    return pages_of(official.request).render(official.request, "desk_application.html", status, **context)


def _urgency(state: Application, now: datetime) -> dict[str, Any]:
    overdue = state.due is not None and state.holder == "office" and state.due < now
    return {"overdue": overdue, "ends_soon": ends_soon(state, now)}


def _personal_context(office: CertificatesOffice, state: Application) -> dict[str, Any]:
    """The letters that lack the personal signature which they promise, and whether there is a service that makes it."""
    return {
        "unsigned": [each for each in state.letters if each.lacks_signature],
        "has_signing_service": office.personal.is_used,
        "longest_passphrase": LONGEST_PASSPHRASE,
    }


def _stated_context(official: Official, dossier: Dossier, rules: CertificateRules) -> dict[str, Any]:
    """The account, the statement with its changes, what words answer in it, and its letters."""
    return {
        "account": dossier.account if dossier.account.opened else None,
        "master": master_labels,
        "comparisons": dossier.comparisons(),
        "cells": cells,
        "in_words": dossier.answered_in_words,
        "successors": dossier.successors,
        "letters": _letter_contexts(official, dossier, rules),
    }


def _letter_contexts(official: Official, dossier: Dossier, rules: CertificateRules) -> list[dict[str, Any]]:
    """The letters, each with the fields that officials called wrong, and those that they can call wrong beside them."""
    named = names_of(official.request, official.office, rules)
    letters = {each.id: each for each in dossier.state.letters}
    contexts = []
    for each in dossier.letters:
        if (letter := letters.get(each.letter)) is None:  # signed since the case was read
            continue
        amendable = amendable_on(dossier.state, each.letter, official.office.rules)
        all_called = letter.to_amend and not letter.called_fields
        more = [] if all_called else sorted(amendable - letter.called_fields)
        contexts.append(
            {
                **vars(each),
                "id": each.letter,
                "sealed": each.file is not None,
                "to_amend": letter.to_amend,
                "called_fields": letter.called_fields,
                "amendable": [(field.value, named.field(field)) for field in more],
            }
        )
    return contexts


async def dossier_for_desk(office: CertificatesOffice, ticket: str) -> Dossier:
    dossier = await dossier_of(office.store, await office.access.request(ticket))
    if dossier.state.statement is None:
        raise NoSuchApplicationError
    return dossier


async def _is_hindered(official: Official, dossier: Dossier) -> bool:
    if dossier.row is None or official.person.sub in dossier.row.excused:
        return False
    if official.person.sub in dossier.row.recused:
        return True
    interests = await official.office.store.query(lambda tx: interests_of(tx, official.person.sub))
    return any(each.business_ref in dossier.row.businesses for each in interests)


def _may(official: Official, state: Application, *, hindered: bool, amended_holds: bool) -> dict[str, bool]:
    """Return which forms the page shows to this official; the decider decides again."""
    in_evaluation, is_assignee = (
        state.status is ApplicationStatus.EVALUATION,
        state.officer == official.person.sub,
    )
    overseer = official.has(*OVERRIDING)
    override = state.override
    return {
        "evaluate": in_evaluation and is_assignee and not hindered,
        "release": in_evaluation and (is_assignee or (overseer and not official.has("evaluator"))),
        "sign": state.status is ApplicationStatus.APPROVAL
        and official.may_sign
        and not hindered
        and amended_holds
        and official.person.sub not in state.hands,
        "sign_personally": state.signed is not None and state.signed.by.actor == official.person.sub,
        "call": official.has(*CALLING) and not hindered,
        "stand": official.may_sign and not hindered,
        "refund": official.has(*REFUNDING) and not hindered,
        "ask_override": overseer and override is None,
        "decide_override": overseer
        and override is not None
        and official.person.sub not in (override.by.actor, override.official),
    }


@router.post("/certificates/desk/applications/{ticket}/open")
async def open_company(official: SomeOfficial, ticket: str) -> Response:
    """Show the company once, as the answer to the form; the vault records it first. It is the company that an officer has verified, in
    whose name the letter will be."""
    form = Form.of(await official.request.form())
    dossier = await dossier_for_desk(official.office, ticket)
    if dossier.row is not None:
        await official.office.access.refuse_conflicted_with(official.person.sub, dossier.row)
    try:
        opened = await open_company_fields(official, dossier.account.verified_ticket or dossier.ticket)
        parties = await open_parties(official, dossier)
        reason = await open_reasons(official, dossier)
        answers = await open_answers(official, dossier)
    except UNREAD as error:
        return await show_application(official, ticket, unread_form(official, form, error), 503)
    return await show_application(
        official, ticket, Form(), opened={**opened, **parties, **reason}, answers=answers
    )
