from dataclasses import replace

import pytest
from tests.certificates.officials import BUSINESS, applicant, named
from tests.certificates.steps import statement

from zi_certificates.domain.account import Account, AccountOpened, Check, Details
from zi_certificates.domain.account import initial as no_account
from zi_certificates.domain.application.state import (
    Application,
    ApplicationStatus,
)
from zi_certificates.domain.next_step import NextStep, next_step, to_correct
from zi_contracts.certificates import PublishedFinding

DETAILS = Details(acts_for_others=False, hs_codes=("21039012",), items=())
OPENED = AccountOpened(
    by=applicant(),
    reference="3C7K9M2Q5",
    business_ref=BUSINESS,
    data_subject=named("applicant"),
    details=DETAILS,
)
WAITING = replace(no_account, opened=OPENED, details=DETAILS, revision=1)
VERIFIED = replace(WAITING, check=Check.VERIFIED, verified=DETAILS)
EMPTY = statement().model_copy(update={"products": ()})
BEGUN, LISTED = (Application(status=ApplicationStatus.DRAFT, statement=each) for each in (EMPTY, statement()))


def step(
    application: Application,
    account: Account,
    *,
    account_lacks: bool = False,
    lacks: bool = False,
    is_priced: bool = True,
) -> NextStep:
    return next_step(application, account, account_lacks=account_lacks, lacks=lacks, is_priced=is_priced)


@pytest.mark.parametrize(
    ("application", "account", "lacks", "expected"),
    [
        (Application(), no_account, False, "account"),
        (Application(), WAITING, False, "particulars"),
        (BEGUN, WAITING, True, "products"),
        (LISTED, WAITING, True, "missing"),
        (LISTED, WAITING, False, "verification"),
        (LISTED, replace(VERIFIED, check=Check.REFUSED), False, "account"),
        (LISTED, VERIFIED, False, "submit"),
    ],
)
def test_before_it_is_submitted_the_first_thing_that_is_not_there_comes_next(
    application: Application, account: Account, lacks: bool, expected: NextStep
) -> None:
    assert step(application, account, lacks=lacks) == expected


def test_an_account_that_lacks_something_is_completed_before_anybody_waits_for_its_verification() -> None:
    assert step(LISTED, WAITING, account_lacks=True) == "account"
    assert step(LISTED, VERIFIED, account_lacks=True) == "submit"


@pytest.mark.parametrize(
    ("where", "item", "part"),
    [
        ("documents.invoice", None, "documents"),
        ("documents.bill_of_lading/air_waybill", 2, "documents"),
        ("registration_number", 1, "items"),
        ("items", None, "items"),
        ("country", 1, "items"),
        ("country", None, "particulars"),
        ("annex_fields.gacc_registration", None, "particulars"),
    ],
)
def test_what_the_office_asks_for_leads_to_where_it_is_put_right(
    where: str, item: int | None, part: str
) -> None:
    assert to_correct([PublishedFinding(reason="document_unreadable", where=where, item=item)]) == (part,)


def test_what_is_asked_for_several_times_in_one_place_leads_there_once() -> None:
    places = ("documents.invoice", "batch", "documents.packing_list")
    findings = [PublishedFinding(reason="document_unreadable", where=where) for where in places]
    assert to_correct(findings) == ("documents", "items")


def test_what_has_no_tariff_cannot_be_submitted() -> None:
    assert step(LISTED, VERIFIED, is_priced=False) == "no_tariff"


def test_a_change_of_a_verified_account_holds_nothing_up() -> None:
    assert step(LISTED, replace(VERIFIED, check=Check.WAITING)) == "submit"


def test_every_state_has_a_next_step() -> None:
    steps = {status: step(replace(LISTED, status=status), VERIFIED) for status in ApplicationStatus}
    assert steps[ApplicationStatus.AWAITING_PAYMENT] == "pay"
    assert steps[ApplicationStatus.NEED_DATA] == "answer"
    assert steps[ApplicationStatus.REJECTED] == "resubmit"
    assert steps[ApplicationStatus.ISSUED] == "download"
    assert (
        steps[ApplicationStatus.REVOKED]
        == steps[ApplicationStatus.SUSPENDED]
        == steps[ApplicationStatus.SUPERSEDED]
        == "standing"
    )
    assert steps[ApplicationStatus.WITHDRAWN] == steps[ApplicationStatus.EXPIRED] == "over"
