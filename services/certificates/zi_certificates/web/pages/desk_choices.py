"""The lists of reasons and places that officials choose from, and the company whose data they open."""

from collections.abc import Mapping, Sequence
from typing import Any

from zi_certificates.domain.application.state import Application
from zi_certificates.use_cases.dossier import Dossier
from zi_certificates.web import labels
from zi_certificates.web.form_errors import refused_form
from zi_certificates.web.form_fields import checked_values
from zi_certificates.web.official import Official
from zi_certificates.web.page_context import names_of
from zi_certificates.web.presenters import say_of
from zi_chassis.domain import DomainError, UnavailableError
from zi_chassis.web.form import Form
from zi_rules.certificate.finding import Finding
from zi_rules.certificate.reason import (
    FindingReason,
    OverrideReason,
    ReinstatementReason,
    ReleaseReason,
    StandingReason,
)
from zi_rules.certificate.rule_set import CertificateRules

COMPANY = ("company.name", "company.address", "company.nib", "account.warehouse")
FOUND, MORE = "found", "more"
AMENDMENT_REASON, EXCEPTION_REASON, RETURN_REASON = "amendment.reason", "exception.reason", "return.reason"
# Rows of a form for faults that the rules do not find: at first, and beyond which no more are offered.
PICKS, MOST_PICKS = 3, 48
WHERE = (
    "items",
    "kinds",
    "country",
    "arrives",
    "hs_codes",
    "account",
    "registration_number",
    "hs_code",
    "batch",
)
WHERE_MORE = (
    "product",
    "manufactured",
    "expires",
    "quantity",
    "unit",
    "pack",
    "port",
    "invoice",
    "analysis",
    "analysis.results",
    "transport_document",
    "letter.producer",
    "letter.consignee",
    "circumstances",
    "annex_fields",
)


class NothingPickedError(DomainError):
    """A question or a refusal without a reason from the list."""

    def __init__(self) -> None:
        super().__init__("Pick at least one reason, and say where it applies.")


class OtherFindingsError(DomainError):
    """The rules do not find any more what was ticked: a day has begun, or the account has changed since the page was opened."""

    def __init__(self) -> None:
        super().__init__("The rules find something else by now: look again, and tick what holds.")


def choices_context(
    official: Official, rules: CertificateRules, state: Application, form: Form
) -> dict[str, Any]:
    """Return the template variables of the lists to choose from."""
    names = names_of(official.request, official.office, rules)
    products = state.statement.products if state.statement else ()
    documents = [f"documents.{each}" for each in rules.names.documents]
    return {
        "reasons": [(each.value, names.reason(each)) for each in FindingReason],
        "places": [(each, names.field(each)) for each in (*WHERE, *WHERE_MORE, *documents)],
        "products": [(str(each.number), f"{each.number}. {each.product}") for each in products],
        "releases": [(each.value, names.release(each)) for each in ReleaseReason],
        "standings": [(each.value, names.standing(each)) for each in StandingReason],
        "reinstatements": [(each.value, names.reinstatement(each)) for each in ReinstatementReason],
        "overrides": [(each.value, names.override(each)) for each in OverrideReason],
        "finding_id": finding_id,
        "picks": picks_in(form),
        "has_more_picks": picks_in(form) < MOST_PICKS,
        "field_labels": {name: say_of(official.request)(label) for name, label in labels.DECISION.items()},
    }


async def open_company_fields(official: Official, ticket: str) -> Mapping[str, str]:
    fields = await official.office.vault.read(ticket, COMPANY, "evaluation", token=official.person.token)
    return {name: fields[name] for name in COMPANY if name in fields}


async def open_parties(official: Official, dossier: Dossier) -> Mapping[str, str]:
    """Return producer and consignee as the present revision states them."""
    statement = dossier.state.statement
    if statement is None or not statement.parties:
        return {}
    vault, token = official.office.vault, official.person.token
    read: dict[str, str] = {}
    for each in statement.parties:
        lies = statement.ticket_of(each.item, dossier.ticket)
        opened = await vault.disclosed(lies, (each,), "evaluation", token)
        read |= {each.field: opened[each.item].text} if each.item in opened else {}
    return read


async def open_reasons(official: Official, dossier: Dossier) -> Mapping[str, str]:
    """Return why the company amends a letter, why an exception is asked for and why a signer sent it back, in the words of each."""
    draft, override, sent_back = dossier.state.draft, dossier.state.override, dossier.sent_back
    written = {
        AMENDMENT_REASON: () if draft is None or draft.amends is None else draft.amends.items,
        EXCEPTION_REASON: () if override is None else override.items,
        RETURN_REASON: () if sent_back is None else sent_back.items,
    }
    items = tuple(item for each in written.values() for item in each)
    if not items:
        return {}
    vault, token = official.office.vault, official.person.token
    opened = await vault.disclosed(dossier.ticket, items, "evaluation", token)
    return {
        name: opened[item.item].text for name, each in written.items() for item in each if item.item in opened
    }


async def open_answers(official: Official, dossier: Dossier) -> list[str]:
    """Return the applicant's answers in words, in the order of what they answer."""
    sent = dossier.answered_in_words
    if sent is None:
        return []
    vault, token = official.office.vault, official.person.token
    opened = await vault.disclosed(dossier.ticket, sent.items, "evaluation", token)
    return [opened[each.item].text for each in sent.items if each.item in opened]


def unread_form(official: Official, form: Form, error: Exception) -> Form:
    sentence = error if isinstance(error, DomainError) else UnavailableError()
    return refused_form(official.request, form, sentence, "open")


def reasons_in(form: Form, found: Sequence[Finding]) -> list[dict[str, Any]]:
    wanted = set(checked_values(form, FOUND))
    ticked = [each for each in found if finding_id(each) in wanted]
    if wanted.difference(map(finding_id, ticked)):
        raise OtherFindingsError
    by_rule = [{"reason": each.reason.value, "where": each.where, "item": each.item} for each in ticked]
    by_hand = [_by_hand(form, number) for number in range(picks_in(form))]
    picked = [*by_rule, *(each for each in by_hand if each)]
    if not picked:
        raise NothingPickedError
    return picked


def finding_id(found: Finding) -> str:
    """Name what the rules found, so that a form that stayed open means it and not what stands in its place by now."""
    return f"{found.reason.value}.{found.where}.{'' if found.item is None else found.item}"


def picks_in(form: Form) -> int:
    """Return how many rows for faults the form has: those that it was sent with, and more where its official asked for them."""
    numbers = [name.split(".")[1] for name in form.values if name.startswith("reasons.")]
    sent = [int(each) + 1 for each in numbers if each.isdecimal() and len(each) < 4]
    rows = max([PICKS, *sent]) + (PICKS if form.value(MORE) else 0)
    return min(rows, MOST_PICKS)


def _by_hand(form: Form, number: int) -> dict[str, Any] | None:
    reason, where, item = (form.value(f"reasons.{number}.{part}") for part in ("reason", "where", "item"))
    if not reason and not where:
        return None
    if not reason or not where:
        raise NothingPickedError
    return {"reason": reason, "where": where, "item": int(item) if item.isdecimal() else None}
