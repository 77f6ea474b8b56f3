"""Applications that time alone moves, over real processes whose clock is moved on while they run."""

from datetime import datetime

import pytest
from tests.journeys.certificates import PAID, SKI, SUBMITTED, WANTED, Certificates
from tests.journeys.house import House, await_

from zi_rules.calendar import Pause, load_calendar

pytestmark = pytest.mark.journey

COMPANY = "Kopi"


def test_what_is_not_paid_or_not_completed_expires_and_the_office_s_clock_stands_while_it_waits(
    own_house: House,
) -> None:
    own_house.restart_later(0)
    with own_house.client() as client:
        certificates = Certificates(client, own_house.staff)
        unpaid = certificates.requested(COMPANY)
        certificates.open_account(unpaid)
        certificates.drafted(unpaid, SKI)
        certificates.submitted(unpaid)
        late = certificates.queued(COMPANY, account=unpaid)
        waiting = certificates.queued(COMPANY, account=unpaid)
        for case in (late, waiting):
            assert certificates.take() == case["ticket"]
            certificates.decide("evaluator", case, "ask-data", WANTED)
        promised = certificates.read(waiting)["due"]

        own_house.later(days=4)
        await_(lambda: certificates.read(unpaid)["state"] == "expired")
        assert certificates.steps(unpaid)[-1] == "application_expired"
        certificates.mailed(unpaid, COMPANY, *SUBMITTED, "application_expired_unpaid")
        certificates.upload(waiting, "invoice")
        sent = await_(
            lambda: certificates.tell(waiting, "send-data", certificates.revision(waiting)).json()["due"]
        )
        steps = {step["event"]: step["at"] for step in certificates.read(waiting)["timeline"]}
        assert open_between(promised, sent) == open_between(steps["data_asked"], steps["data_sent"])
        certificates.mailed(waiting, COMPANY, *PAID, "data_asked", "data_sent")

        own_house.later(days=27)
        await_(lambda: certificates.read(late)["state"] == "expired")
        assert certificates.decisions(late)[-2:] == ["data_asked", "application_expired"]
        certificates.mailed(late, COMPANY, *PAID, "data_asked", "application_expired_not_completed")
        assert certificates.read(waiting)["state"] == "evaluation"
        await_(lambda: certificates.decisions(waiting)[-2:] == ["data_sent", "deadline_missed"])


def open_between(begin: str, end: str) -> float:
    """For how many seconds the office was open."""
    pause = Pause(began=datetime.fromisoformat(begin), ended=datetime.fromisoformat(end))
    return load_calendar().open_time_in(pause).total_seconds()
