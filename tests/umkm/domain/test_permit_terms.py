"""The promises to an applicant over the office's calendar: they stand still while the applicant repairs."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from tests.umkm import steps as usual
from tests.umkm.steps import CERTIFICATE, DAY, MONDAY

from zi_rules.calendar import load_calendars
from zi_rules.permit import PermitRenewal, PermitRules, PermitValidity, load_permit_rules
from zi_rules.provenance import SourceStatus
from zi_rules.standard import Term
from zi_rules.version import Editions
from zi_umkm.domain.case.permit import PermitPromise
from zi_umkm.domain.case.permit_state import NO_PERMIT, PermitFile, PermitStage, StoppedPromise
from zi_umkm.domain.permit_terms import PermitTerms

SHIPPED = load_permit_rules()
TERMS = PermitTerms(SHIPPED, load_calendars())
SOURCED = {"source": "Decree", "source_status": SourceStatus.UNVERIFIED}


def decided() -> PermitTerms:
    """An office that has decided everything."""
    editions = Editions(PermitRules, "permit_rules", SHIPPED.configurations)
    rules = editions[0].model_copy(
        update={
            "validity": PermitValidity(years=5, **SOURCED),
            "renewal": PermitRenewal(days=180, **SOURCED),
            "objection": Term.model_validate({"period": {"amount": 14, "unit": "calendar_days"}, **SOURCED}),
        }
    )
    editions._in_files = (rules,)
    return PermitTerms(editions, load_calendars())


def returned(promise: PermitPromise | None, stopped_at: datetime | None = MONDAY + 2 * DAY) -> PermitFile:
    """Whose account somebody else has verified."""
    return PermitFile(
        stage=PermitStage.RETURNED, account_verified=True, promise=promise, stopped_at=stopped_at
    )


def local(at: datetime) -> date:
    return TERMS.day(at)


def test_a_promise_ends_at_closing_time_of_its_last_working_day() -> None:
    account = TERMS.promise("permit_account", MONDAY)
    assert (account.clock, account.since) == ("permit_account", MONDAY)
    assert local(account.due) == date(2026, 12, 10)
    assert account.promised_by.rules == TERMS.pin
    assert account.promised_by.rules.digest


@pytest.mark.parametrize(
    ("applied", "last_day"),
    [
        # 1 January is a holiday, and so is 5 January 2027 (Isra Mikraj).
        (datetime(2026, 12, 30, 1, tzinfo=UTC), date(2027, 1, 6)),
        (datetime(2026, 12, 31, 1, tzinfo=UTC), date(2027, 1, 7)),
        # After closing time on 31 December it counts from the next opening on.
        (datetime(2026, 12, 31, 12, tzinfo=UTC), date(2027, 1, 8)),
        # Nyepi, Idul Fitri and the days off around them: 18 to 24 March 2026.
        (datetime(2026, 3, 16, 1, tzinfo=UTC), date(2026, 3, 26)),
    ],
)
def test_three_working_days_leave_out_the_days_off_at_the_turn_of_the_year_and_at_idul_fitri(
    applied: datetime, last_day: date
) -> None:
    assert local(TERMS.promise("permit_account", applied).due) == last_day


def test_days_off_in_which_the_applicant_repairs_give_the_office_no_time() -> None:
    """Returned on the last day but one before Idul Fitri and sent again after it: two working days, in nine days."""
    promise = TERMS.promise("permit_evaluation", datetime(2026, 3, 2, 1, tzinfo=UTC))
    stopped, again = datetime(2026, 3, 16, 2, tzinfo=UTC), datetime(2026, 3, 25, 2, tzinfo=UTC)
    assert local(promise.due) == date(2026, 4, 7)
    moved = TERMS.promise_to_applicant(returned(promise, stopped), again)
    assert local(moved.due) == date(2026, 4, 9)


@pytest.mark.parametrize(
    "file", [NO_PERMIT, returned(None), returned(TERMS.promise("permit_account", MONDAY), None)]
)
def test_who_applies_for_the_first_time_is_promised_the_first_step(file: PermitFile) -> None:
    assert TERMS.promise_to_applicant(file, MONDAY) == TERMS.promise("permit_account", MONDAY)


def test_the_clock_stands_still_while_the_applicant_repairs() -> None:
    promise = TERMS.promise("permit_evaluation", MONDAY)
    again = TERMS.promise_to_applicant(returned(promise), MONDAY + 4 * DAY)
    assert (again.clock, again.since) == ("permit_evaluation", MONDAY)
    calendar = TERMS.calendars.current
    stopped = [MONDAY + n * DAY for n in (3, 4)]
    assert all(calendar.is_working_day(local(each)) for each in stopped)
    two_later = [day for n in range(1, 8) if calendar.is_working_day(day := local(promise.due + n * DAY))][1]
    assert local(again.due) == two_later


def test_a_promise_that_was_broken_before_stays_broken() -> None:
    promise = TERMS.promise("permit_account", MONDAY)
    again = TERMS.promise_to_applicant(returned(promise, promise.due + DAY), promise.due + 9 * DAY)
    assert again.due == promise.due


def test_an_application_that_the_signer_gave_back_is_evaluated_anew() -> None:
    again = TERMS.promise_to_applicant(returned(TERMS.promise("permit_issue", MONDAY)), MONDAY + 4 * DAY)
    assert again == TERMS.promise("permit_evaluation", MONDAY + 4 * DAY)


def test_an_account_that_has_to_be_verified_again_is_promised_before_the_evaluation() -> None:
    unverified = replace(returned(TERMS.promise("permit_evaluation", MONDAY)), account_verified=False)
    again = TERMS.promise_to_applicant(unverified, MONDAY + 4 * DAY)
    assert again == TERMS.promise("permit_account", MONDAY + 4 * DAY)


def test_whoever_verified_an_account_gets_no_days_for_its_evaluation_by_giving_it_back() -> None:
    promise, anew = TERMS.promise("permit_evaluation", MONDAY), MONDAY + 4 * DAY
    stopped = PermitFile(stopped_evaluation=StoppedPromise(promise, MONDAY + 2 * DAY))
    assert TERMS.promise_of_evaluation(stopped, anew) == TERMS.promise_to_applicant(returned(promise), anew)
    assert TERMS.promise_of_evaluation(NO_PERMIT, anew) == TERMS.promise("permit_evaluation", anew)


def test_nothing_is_computed_that_the_office_has_not_decided() -> None:
    assert TERMS.valid_until(MONDAY) is None
    assert TERMS.objection_until(MONDAY) is None
    assert TERMS.renewable_from(CERTIFICATE) is None
    assert TERMS.expires_at(CERTIFICATE) is None
    assert TERMS.expires_at(None) is None
    ending = CERTIFICATE.model_copy(update={"valid_until": date(2031, 12, 7)})
    assert TERMS.renewable_from(ending) is None


def test_an_office_that_decides_it_gets_its_days() -> None:
    terms = decided()
    until = terms.valid_until(MONDAY)
    assert until == date(2031, 12, 7)
    ending = CERTIFICATE.model_copy(update={"valid_until": until})
    end, opens = terms.expires_at(ending), terms.renewable_from(ending)
    assert end is not None
    assert opens is not None
    assert (terms.day(end), terms.day(opens)) == (date(2031, 12, 8), date(2031, 6, 10))
    assert end.astimezone(UTC) == datetime(2031, 12, 7, 16, tzinfo=UTC)
    assert terms.objection_until(MONDAY) == MONDAY + 14 * DAY
    assert terms.configurations == SHIPPED.configurations


def test_nothing_is_of_low_risk_where_nothing_was_triaged() -> None:
    assert TERMS.path(usual.after(*usual.ASSIGNED)) == "standard"


def test_a_commitment_is_enough_where_every_product_is_of_low_risk() -> None:
    state = usual.after(*usual.TRIAGED)
    assert TERMS.path(state) == "standard"
    low = usual.triaged().model_copy(update={"risk": "low"})
    assert (
        TERMS.path(usual.after(*usual.ASSIGNED, usual.changed(usual.TRIAGE, outcomes=(low,)))) == "commitment"
    )
