"""Forms that were refused: each error at its field, and the status of the answer."""

from collections.abc import Mapping, Sequence

from fastapi import Request
from pydantic import ValidationError

from zi_certificates.container import CertificatesOffice
from zi_certificates.domain.account import AccountChangedError
from zi_certificates.domain.application.errors import (
    ChangedMeanwhileError,
    IncompleteError,
    NotReplaceableError,
)
from zi_certificates.use_cases.trade_lists import UnlistedProductsError
from zi_certificates.web.page_context import names_of
from zi_chassis.domain import DomainError, ErasedError, UnavailableError
from zi_chassis.vault.requests import UnknownTicketError, VaultRefusedError, VaultUnavailableError
from zi_chassis.web.form import Form
from zi_chassis.web.page import pages_of
from zi_chassis.web.problem import FIELDS, field_errors
from zi_chassis.web.refused_form import refused_at, sentence_of
from zi_chassis.web.refused_form import status_of as form_status
from zi_rules.certificate.item_list import LineProblem
from zi_rules.certificate.reason import LineFault
from zi_rules.certificate.rule_set import CertificateRules

UNREAD = (VaultUnavailableError, VaultRefusedError, UnknownTicketError, UnavailableError, ErasedError)


class UnreadableItemError(DomainError):
    """The fields of one product can't be read; the problems are by column, as in a table."""

    def __init__(self, problems: Sequence[LineProblem]) -> None:
        super().__init__("The product can't be read: correct what is marked.")
        self.problems = problems


def refused_form(
    request: Request, form: Form, error: Exception, field: str, error_fields: Mapping[str, str] | None = None
) -> Form:
    """Return the form as it was typed, with a sentence at each wrong field; errors of no field of the form are context at `field`. What was
    looked at is forgotten only where the sentence says that it has changed."""
    match error:
        case ValidationError():
            sentences = field_errors(request, error)
            places = {name: _field_of(name, field, error_fields or {}) for name in sentences}
            return form.refused({places[name]: sentence for name, sentence in sentences.items()})
        case UnreadableItemError(problems=problems):
            names = names_of(request, request.app.state.office, _in_force(request))
            typed = {LineFault.CELL_EMPTY: pages_of(request).say(request, FIELDS["missing"])}
            wrong = [
                (each.column or field, typed.get(each.fault) or names.line(each.fault, each.what))
                for each in problems
            ]
            return form.refused(dict(reversed(wrong)))
        case UnlistedProductsError(parts=parts) if field == "product":
            return form.refused({each.field: sentence_of(request, each.error) for each in parts})
        case ChangedMeanwhileError() | AccountChangedError():
            return refused_at(request, form.without("revision"), error, field)
        case NotReplaceableError():
            return form.refused({"replaces": sentence_of(request, error)})
        case _:
            return refused_at(request, form, error, field)


def _in_force(request: Request) -> CertificateRules:
    office: CertificatesOffice = request.app.state.office
    return office.rules.in_force(office.clock.now())


def _field_of(name: str, field: str, error_fields: Mapping[str, str]) -> str:
    """Return the field where an error is context: that of hs_codes.3 is hs_codes."""
    part = name.partition(".")[0]
    whole = name if part == "annex_fields" else part
    return error_fields.get(part, whole) or field


def status_of(error: Exception) -> int:
    return (
        422
        if isinstance(error, UnreadableItemError | IncompleteError | UnlistedProductsError)
        else form_status(error)
    )
