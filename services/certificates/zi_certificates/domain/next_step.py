"""The next step of an applicant, or that there is nothing to do. Pure."""

from collections.abc import Iterable
from typing import Literal, assert_never

from zi_certificates.domain.account import Account, Check
from zi_certificates.domain.application.state import (
    Application,
    ApplicationStatus,
)
from zi_contracts.certificates import PublishedFinding

NextStep = Literal[
    "account",
    "particulars",
    "products",
    "missing",
    "verification",
    "no_tariff",
    "submit",
    "pay",
    "queue",
    "evaluation",
    "answer",
    "resubmit",
    "signature",
    "sealing",
    "download",
    "standing",
    "over",
]


Part = Literal["particulars", "items", "documents"]
PARTS_OF_THE_WHOLE = ("kinds", "goods", "country", "circumstances", "annex_fields", "arrives")


def to_correct(findings: Iterable[PublishedFinding]) -> tuple[Part, ...]:
    """Return the parts of the application that the findings are about, in their order."""
    return tuple(dict.fromkeys(map(_part, findings)))


def _part(finding: PublishedFinding) -> Part:
    part = finding.where.partition(".")[0]
    if part == "documents":
        return "documents"
    return "particulars" if part in PARTS_OF_THE_WHOLE and finding.item is None else "items"


def next_step(
    application: Application, account: Account, *, account_lacks: bool, lacks: bool, is_priced: bool
) -> NextStep:
    """`lacks` is whether the rules find something missing or wrong, `account_lacks` whether they do so in the account,
    `is_priced` whether the office has said what it costs.
    """
    match application.status:
        case ApplicationStatus.UNKNOWN | ApplicationStatus.DRAFT:
            if account_lacks and account.verified is None:
                return "account"
            return _to_submit(application, account, lacks=lacks, is_priced=is_priced)
        case ApplicationStatus.AWAITING_PAYMENT:
            return "pay"
        case ApplicationStatus.QUEUED | ApplicationStatus.RESUBMITTED:
            return "queue"
        case ApplicationStatus.EVALUATION:
            return "evaluation"
        case ApplicationStatus.NEED_DATA:
            return "answer"
        case ApplicationStatus.REJECTED:
            return "resubmit"
        case ApplicationStatus.APPROVAL:
            return "signature"
        case ApplicationStatus.ISSUED_UNSEALED:
            return "sealing"
        case ApplicationStatus.ISSUED:
            return "download"
        case ApplicationStatus.SUSPENDED | ApplicationStatus.REVOKED | ApplicationStatus.SUPERSEDED:
            return "standing"
        case ApplicationStatus.EXPIRED | ApplicationStatus.WITHDRAWN:
            return "over"
        case _:
            assert_never(application.status)


def _to_submit(application: Application, account: Account, *, lacks: bool, is_priced: bool) -> NextStep:
    if account.details is None or account.check is Check.REFUSED:
        return "account"
    if application.statement is None:
        return "particulars"
    if not application.statement.products:
        return "products"
    if lacks:
        return "missing"
    if account.verified is None:
        return "verification"
    return "submit" if is_priced else "no_tariff"
