"""Applications that time alone moves, over real processes whose clock is moved on while they run."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from tests.certificates.retaining import KEPT_A_YEAR
from tests.certificates.stand_in_gateway import StandInGateway
from tests.journeys.beside import beside, serving
from tests.journeys.certificates import (
    API,
    PAID,
    SKI,
    SUBMITTED,
    WANTED,
    Certificates,
    OpenedCase,
    item_of,
)
from tests.journeys.door import Door, good
from tests.journeys.house import House, await_
from tests.journeys.mentoring import SECOND_MENTOR
from tests.journeys.over_gateway import OverGateway
from tests.journeys.refund_story import pay_back

import zi_rules
from zi_chassis.office_clock import office_zone
from zi_rules.calendar import Pause, load_calendar

pytestmark = pytest.mark.journey

COMPANY = "Kopi"
NO_LONGER_NEEDED = {"reason": "no_longer_needed"}
INCOMPLETE, SHIPMENT_OVER = "urn:zona:problem:incomplete", "urn:zona:problem:shipment_over"
ENDS = "It is for one shipment, that of the invoice on the letter, and ends with it."


RULES = Path(zi_rules.__file__).parent / "data" / "certificates" / "rancangan.toml"
PAID_BEFORE, PAID_LATER = 50_000, 75_000


def test_what_is_not_paid_or_not_completed_expires_and_the_office_s_clock_stands_while_it_waits(
    own_house: House, tmp_path: Path
) -> None:
    """Meanwhile the office's letters become dearer, and its rules ask for the day of arrival: what was submitted before is not touched. The
    payment comes after the end, over a gateway that was asked before. A year later the time for which data are kept is over."""
    changing_rules(tmp_path / "rules", datetime.now(office_zone()).date() + timedelta(days=3))
    (tmp_path / "rules" / "certificate_retention.toml").write_text(KEPT_A_YEAR.format(version=2, years=1))
    gateway = StandInGateway()
    with beside(serving(gateway.app())) as address, own_house.client() as client:
        own_house.environment |= {"ZI_BILLING": "gateway", "ZI_BILLING_URL": f"{address}/v1"}
        own_house.environment |= {"ZI_RULES": str(tmp_path / "rules")}
        own_house.restart_later(0)
        gateway.secret = (own_house.data / "certificates" / "secrets" / "billing").read_bytes()
        certificates = OverGateway(client, own_house.staff, gateway)
        unpaid = certificates.requested(COMPANY)
        certificates.open_account(unpaid)
        certificates.drafted(unpaid, SKI)
        bill = certificates.submitted(unpaid)
        assert bill["amount"] == PAID_BEFORE
        late = certificates.queued(COMPANY, account=unpaid)
        waiting = certificates.queued(COMPANY, account=unpaid)
        for case in (late, waiting):
            assert certificates.take() == case["ticket"]
            certificates.decide("evaluator", case, "ask-data", WANTED)
        promised = certificates.read(waiting)["due"]

        own_house.later(days=2)
        await_(lambda: "deadline_near" in certificates.steps(unpaid))
        own_house.later(days=2)
        await_(lambda: certificates.read(unpaid)["state"] == "expired")
        assert certificates.steps(unpaid)[-1] == "application_expired"
        paid_too_late(certificates, own_house, unpaid, bill)
        ended = ("deadline_near_payment", "application_expired_unpaid", "payment_too_late")
        certificates.mailed(unpaid, COMPANY, *SUBMITTED, *ended)
        certificates.upload(waiting, "invoice")
        sent = await_(
            lambda: certificates.tell(waiting, "send-data", certificates.revision(waiting)).json()["due"]
        )
        steps = {step["event"]: step["at"] for step in certificates.read(waiting)["timeline"]}
        assert open_between(promised, sent) == open_between(steps["data_asked"], steps["data_sent"])
        certificates.mailed(waiting, COMPANY, *PAID, "data_asked", "attachment_received", "data_sent")
        number = judged_by_the_new_rules(certificates, unpaid, own_house.now().date())

        own_house.later(days=22)
        await_(lambda: certificates.decisions(late)[-1] == "deadline_near")
        own_house.later(days=5)
        await_(lambda: certificates.read(late)["state"] == "expired")
        assert certificates.decisions(late)[-2:] == ["deadline_near", "application_expired"]
        reminded = ("data_asked", "deadline_near_completion", "application_expired_not_completed")
        certificates.mailed(late, COMPANY, *PAID, *reminded)
        over_with_its_shipment(certificates, unpaid, number)
        assert certificates.read(waiting)["state"] == "evaluation"
        await_(lambda: certificates.decisions(waiting)[-2:] == ["data_sent", "deadline_missed"])
        own_house.later(days=366)
        erased_by_three(certificates, Door(client, own_house.staff), late, unpaid)
    refused_at_the_next_start(own_house, tmp_path / "rules")


def paid_too_late(certificates: OverGateway, house: House, case: OpenedCase, bill: Mapping[str, Any]) -> None:
    """The money buys nothing any more, however often its notice comes, and goes back by two officials; nobody has a bill of their own paid
    with it."""
    other = good(certificates.client.get(f"{API}/register"))
    code = bill["bill"]
    certificates.gateway.pay(code, bill["amount"], house.now(), f"bank-{code}")
    notice, signature = certificates.gateway.notice(code)
    for unpaid in [each for each in certificates.gateway.bills if each != code]:
        replayed = notice.replace(code.encode(), unpaid.encode())
        assert certificates.notified(replayed, signature).status_code == 403
    for _ in range(2):
        answer = certificates.notified(notice, signature).json()
        assert (answer["outcome"], answer["reason"]) == ("refused", "too_late")
    assert certificates.read(case)["state"] == "expired"
    assert certificates.steps(case).count("payment_refused") == 1
    again = certificates.tell(case, "submit", certificates.revision(case))
    assert again.status_code == 409
    pay_back(certificates, case, bill["amount"])
    assert good(certificates.client.get(f"{API}/register")) == other


def erased_by_three(certificates: Certificates, door: Door, late: OpenedCase, account: OpenedCase) -> None:
    """One puts data up whose time is over, the front door asks for their erasure, and another one decides; the account keeps its own."""
    stands = certificates.official("officer-2", f"retention/{account['ticket']}/end")
    assert (stands.status_code, stands.json()["type"]) == (409, "urn:zona:problem:account_stands")
    assert late["ticket"] in kept_in(certificates, "due")
    with pytest.raises(AssertionError, match="409"):
        door.office(late, "ask-erasure", NO_LONGER_NEEDED)
    certificates.does("officer-2", f"retention/{late['ticket']}/end")
    await_(lambda: door.office(late, "ask-erasure", NO_LONGER_NEEDED))
    assert kept_in(certificates, "asked") == [late["ticket"]]
    door.office(late, "approve-erasure", person="supervisor")
    await_(lambda: kept_in(certificates, "erased") == [late["ticket"]])


def kept_in(certificates: Certificates, view: str) -> list[str]:
    """Return the tickets in one of the lists about how long data are kept."""
    headers = certificates.staff("officer-2")
    answer = good(certificates.client.get(f"{API}/retention", params={"view": view}, headers=headers))
    return [each["ticket"] for each in answer["applications"]]


def open_between(begin: str, end: str) -> float:
    """For how many seconds the office was open."""
    pause = Pause(began=datetime.fromisoformat(begin), ended=datetime.fromisoformat(end))
    return load_calendar().open_time_in(pause).total_seconds()


def changing_rules(folder: Path, day: date) -> None:
    """Rules and tariffs beside those of today, which hold from a day on."""
    for each in ("certificates", "certificate_tariffs"):
        (folder / each).mkdir(parents=True)
    text = RULES.read_text()
    begins = text.index("effective_from")
    dated = text[:begins] + f"effective_from = {day}" + text[text.index("\n", begins) :]
    newer = dated.replace("version = 2", "version = 3", 1).replace('day = "submission"', 'day = "arrival"')
    assert newer.count('day = "arrival"') == 1
    (folder / "certificates" / "rancangan_3.toml").write_text(newer)
    kinds = '["ski_border", "ski_post_border"]'
    (folder / "certificate_tariffs" / "dearer.toml").write_text(
        f'id = "dearer_tariffs"\nversion = 1\neffective_from = {day}\n[[tariffs]]\nkinds = {kinds}\nrupiah = {PAID_LATER}\n'
        'per = "application"\nsource = "A test"\nsource_status = "unverified"\n'
    )


def judged_by_the_new_rules(certificates: Certificates, account: OpenedCase, today: date) -> str:
    """Nothing but the day of arrival is missing, and is missed. Return the number of the letter, which can be amended until then."""
    case = certificates.requested(COMPANY, account={"ticket": account["ticket"], "code": account["code"]})
    arriving = SKI | {"arrives": str(today + timedelta(days=9))}
    certificates.done(case, "statement", arriving)
    certificates.done(case, "items", {"items": [item_of(SKI)]})
    certificates.complete(case)
    certificates.done(case, "statement", SKI)
    assert [each["where"] for each in certificates.read(case)["findings"]] == ["arrives"]
    # Before that it is refused for files that are on their way.
    await_(
        lambda: certificates.tell(case, "submit", certificates.revision(case)).json()["type"] == INCOMPLETE
    )
    certificates.done(case, "statement", arriving)
    bill = certificates.submitted(case)
    assert bill["amount"] == PAID_LATER
    certificates.pay(bill)
    await_(lambda: certificates.read(case)["state"] == "queued")
    [letter] = certificates.issued(case, "evaluator-2", SECOND_MENTOR)
    amending = amendment_of(certificates, account, letter["number"])
    assert amending.status_code == 200, amending.text
    return str(letter["number"])


def amendment_of(certificates: Certificates, account: OpenedCase, number: str) -> httpx.Response:
    """Begin it; the company leaves it at that."""
    case = certificates.requested(COMPANY, account={"ticket": account["ticket"], "code": account["code"]})
    wanted = {"number": number, "reason": "details_changed", "text": "Faktur lain."}
    answer = certificates.tell(case, "amendment", wanted)
    if answer.is_success:
        certificates.done(case, "withdraw")
    return answer


def over_with_its_shipment(certificates: Certificates, account: OpenedCase, number: str) -> None:
    """The goods have arrived: whoever verifies the letter is warned, and it can't be amended any more."""
    headers = {"Accept": "text/html", "Accept-Language": "en"}
    page = certificates.client.get(f"/certificates/verify/{number}", headers=headers)
    assert (page.status_code, ENDS in page.text) == (200, True), page.text
    late = amendment_of(certificates, account, number)
    assert (late.status_code, late.json()["type"]) == (409, SHIPMENT_OVER)


def refused_at_the_next_start(house: House, rules: Path) -> None:
    """A table that applications are judged by was changed without another version."""
    house.stop()
    table = rules / "certificate_tariffs" / "dearer.toml"
    table.write_text(table.read_text().replace(str(PAID_LATER), str(PAID_BEFORE)))
    house.begin()
    await_(lambda: "dearer_tariffs version 1 has had another content since" in house.logs())
