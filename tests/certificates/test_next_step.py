from dataclasses import replace

import pytest
from tests.certificates.officials import BUSINESS, applicant, named
from tests.certificates.steps import statement

from zi_certificates.account import Account, AccountOpened, Check, Details
from zi_certificates.account import initial as no_account
from zi_certificates.application import Application, Status
from zi_certificates.next_step import NextStep, next_step

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
BEGUN, LISTED = (Application(status=Status.DRAFT, statement=each) for each in (EMPTY, statement()))


def step(
    application: Application, account: Account, *, lacks: bool = False, is_priced: bool = True
) -> NextStep:
    return next_step(application, account, lacks=lacks, is_priced=is_priced)


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


def test_what_has_no_tariff_cannot_be_submitted() -> None:
    assert step(LISTED, VERIFIED, is_priced=False) == "no_tariff"


def test_a_change_of_a_verified_account_holds_nothing_up() -> None:
    assert step(LISTED, replace(VERIFIED, check=Check.WAITING)) == "submit"


def test_every_state_has_a_next_step() -> None:
    said = {status: step(replace(LISTED, status=status), VERIFIED) for status in Status}
    assert said[Status.AWAITING_PAYMENT] == "pay"
    assert said[Status.NEED_DATA] == "answer"
    assert said[Status.REJECTED] == "resubmit"
    assert said[Status.ISSUED] == "download"
    assert said[Status.REVOKED] == said[Status.SUSPENDED] == said[Status.SUPERSEDED] == "standing"
    assert said[Status.WITHDRAWN] == said[Status.EXPIRED] == "over"
