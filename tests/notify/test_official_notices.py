"""Officials are told of their work: at once, before a deadline, at it, and by a list each morning; once, and only of what they may know."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from itertools import product
from pathlib import Path
from typing import Any, cast, get_args
from uuid import UUID, uuid5

import pytest

from zi_chassis.bus.lanes import LaneMessage
from zi_chassis.clock import Clock
from zi_chassis.domain import Act
from zi_chassis.storage.database import Database, Tx
from zi_chassis.storage.origins import Origin
from zi_chassis.storage.store import Store
from zi_chassis.web.language import Catalogue
from zi_contracts.message import Message
from zi_notify.addresses.recipient_keys import RecipientKeys
from zi_notify.channels.channel import Attempted, ChannelProviders
from zi_notify.domain.case_facts import CaseFacts, CaseKind
from zi_notify.domain.delivery import (
    BeginHandingOver,
    DeliveryRequested,
    HoldUnconfirmed,
    NotTaken,
    ReportNotReachable,
    ReportNotTaken,
    delivery_id,
)
from zi_notify.domain.printed_letter import PrintedLetterStatus
from zi_notify.domain.recipient import ChooseFrequency, StopRecipient
from zi_notify.messaging.published import decider, letters, recipients, switches
from zi_notify.notices.policies import Policies, load_policies
from zi_notify.notices.rounds import OfficialRounds
from zi_notify.read import work_table
from zi_notify.read.channel_tables import ChannelProjection
from zi_notify.read.printed_letters import LetterProjection, LetterReader, letter_page
from zi_notify.read.projections import DeliveryProjection
from zi_notify.sending.admission import Admission, MailLimits
from zi_notify.sending.contacts import Contacts, NotTheirsError, Vaults
from zi_notify.sending.message_writers import MailWriter
from zi_notify.sending.official_contacts import MOST_LISTED, OfficialContacts, list_lines
from zi_notify.sending.sending_lane import SendingLane
from zi_notify.sending.turns import Turns
from zi_notify.texts.letter import VERSION, Addressee, Letterhead, Templates
from zi_notify.texts.team_text import team_text
from zi_rules.configuration import UnusableConfigurationError
from zi_rules.message_channels import load_message_channels

EXAMPLES = Path(__file__).parents[1] / "contracts/examples"
KEYS = RecipientKeys(b"a secret")
TICKET = "0EXAMP1E0"
FILED = datetime(2026, 12, 1, 2, tzinfo=UTC)  # a Tuesday, 10:00 WITA
DUE = datetime(2026, 12, 8, 7, 30, tzinfo=UTC)
PEOPLE = """
version = 2
outside = ["agency"]
official = [
  { account = "head", roles = ["head"], superior = "agency" },
  { account = "chief", roles = ["supervisor"], superior = "head", appointed_for = ["conduct"] },
  { account = "second", roles = ["supervisor"], superior = "agency" },
  { account = "ani", roles = ["officer"], superior = "chief" },
  { account = "budi", roles = ["officer"], superior = "second" },
  { account = "ina", roles = ["integrity"], superior = "head" },
]
"""
REMINDER = "official_reminder"
ACCOUNTS = ("head", "chief", "second", "ani", "budi", "ina")


class House:
    """Notify's store and policies, and the messages that reach it."""

    def __init__(self, folder: Path) -> None:
        (folder / "people.toml").write_text(PEOPLE)
        (folder / "official_addresses.toml").write_text(
            "".join(f'[[official]]\naccount = "{each}"\nemail = "{each}@x.example"\n' for each in ACCOUNTS)
        )
        self.folder, self.positions = folder, dict[str, int]()
        self.policies: Policies = load_policies(folder, KEYS)
        self.store = self.opened()

    def opened(self) -> Store:
        store = Store(
            service="notify",
            office="office",
            database=Database(self.folder / "notify.db"),
            deciders=[decider, recipients, letters, switches],
            projections=[DeliveryProjection(), LetterProjection(), ChannelProjection()],
            tables=work_table.TABLES,
        )
        store.open()
        return store

    def restarted(self) -> None:
        self.store.close()
        self.store = self.opened()

    def rounds(self) -> OfficialRounds:
        return OfficialRounds(self.store, Clock(), self.policies.officials, self.policies.lapses)

    async def hear(
        self,
        type_: str,
        ticket: str = TICKET,
        *,
        at: datetime = FILED,
        by: tuple[str, str] = ("", ""),
        **data: Any,
    ) -> None:
        known = json.loads((EXAMPLES / f"{type_}.json").read_bytes())
        sender = type_.split(".")[1]
        position = self.positions[sender] = self.positions.get(sender, 0) + 1
        actor, role = by
        known |= {
            "subject": ticket,
            "position": position,
            "id": str(uuid5(UUID(int=position), ticket + type_)),
            "aggregate": str(uuid5(UUID(int=1), ticket)),
            "time": at.isoformat(),
            **({"actor": actor, "actorrole": role} if actor else {}),
            "data": known["data"] | data,
        }
        raw = json.dumps(known).encode()
        lane_message = LaneMessage(position, raw, Message.parse(raw))
        await self.store.receive(
            sender, [lane_message], lambda tx, message: self.policies.react(tx, message, at)
        )

    async def filed(
        self,
        ticket: str = TICKET,
        *,
        at: datetime = FILED,
        by: tuple[str, str] = ("public", "public"),
        **data: Any,
    ) -> None:
        fields: dict[str, Any] = {
            "kind": "product",
            "confidentiality": "named",
            "confidential": False,
            "reachable_by": [],
        }
        fields |= {"due": DUE.isoformat(), "acknowledge_by": DUE.isoformat(), **data}
        await self.hear("zi.intake.complaint_filed", ticket, at=at, by=by, **fields)

    async def assigned(self, officer: str, ticket: str = TICKET, by: str = "chief", **more: Any) -> None:
        await self.hear(
            "zi.intake.case_assigned",
            ticket,
            by=(by, "staff:supervisor"),
            officer=officer,
            reachable_by=[],
            **more,
        )

    def requests(self) -> list[DeliveryRequested]:
        rows = self.store.read(lambda tx: tx.execute("SELECT id FROM deliveries ORDER BY position"))
        states = (self.store.load(decider, UUID(row["id"]))[1] for row in rows)
        return [state.request for state in states if state.request is not None]

    def notices(self) -> list[tuple[str | None, str]]:
        """To which official went which notice."""
        return [(each.official, each.template) for each in self.requests() if each.official]

    def lists(self, account: str) -> list[str]:
        found = self.store.read(lambda tx: self.policies.officials.items(tx, account))
        return [facts.ticket for facts in found]

    async def choose(self, account: str, command: Any) -> None:
        recipient = self.policies.officials.addresses.recipient(account)
        assert recipient is not None
        await self.store.handle(recipients, recipient, command)


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    house = House(tmp_path)
    yield house
    house.store.close()


def wita(hour: int, minute: int = 0, day: int = 2) -> datetime:
    return datetime(2026, 12, day, hour, minute, tzinfo=UTC) - timedelta(hours=8)


# -- at once


async def test_an_officer_is_told_of_a_case_that_somebody_else_gave_them(house: House) -> None:
    await house.filed()
    await house.assigned("ani")
    assert house.notices() == [("ani", "official_assigned")]
    (request,) = [each for each in house.requests() if each.official]
    assert (request.ticket, request.by.causation, request.by.correlation) == (TICKET, None, None)


async def test_whoever_takes_a_case_is_not_told_that_they_took_it(house: House) -> None:
    await house.filed()
    await house.assigned("ani", by="ani")
    assert house.notices() == []


async def test_a_message_that_comes_again_tells_nobody_twice(house: House) -> None:
    await house.filed()
    await house.assigned("ani")
    house.positions["intake"] -= 1
    await house.assigned("ani")
    assert house.notices() == [("ani", "official_assigned")]


async def test_in_quiet_hours_a_notice_waits_and_is_not_lost(house: House) -> None:
    await house.filed()
    await house.assigned("ani", at=wita(22, day=1))
    (request,) = [each for each in house.requests() if each.official]
    assert request.send_after == wita(6, day=2)
    house.restarted()
    due = house.store.read(lambda tx: tx.execute("SELECT due FROM deliveries WHERE to_official = 1"))
    assert datetime.fromisoformat(due[0]["due"]) == wita(6, day=2)


async def test_a_missed_deadline_is_told_to_the_officer_and_to_the_superior(house: House) -> None:
    await house.filed()
    await house.assigned("budi", by="budi")
    await house.hear("zi.intake.deadline_missed", officials=["budi"], due=DUE.isoformat())
    assert set(house.notices()) == {("budi", "official_missed"), ("second", "official_escalated")}
    assert all(each.binding for each in house.requests() if each.official)


async def test_who_had_the_case_before_is_not_told_of_it_any_more(house: House) -> None:
    await house.filed(confidential=True)
    await house.assigned("ani", by="ani")
    await house.assigned("budi", by="budi")
    await house.hear("zi.intake.deadline_missed", officials=["ani", "budi"], due=DUE.isoformat())
    assert "ani" not in {account for account, _ in house.notices()}


async def test_a_complaint_about_the_service_is_escalated_only_to_who_sees_every_topic(house: House) -> None:
    """`second` is the superior of whoever has it, and is not appointed: whether it is about bribery no message says."""
    await house.filed(kind="service")
    await house.assigned("budi", by="budi")
    await house.hear("zi.intake.deadline_missed", officials=["budi"], due=DUE.isoformat())
    assert set(house.notices()) == {("budi", "official_missed"), ("chief", "official_escalated")}
    assert house.lists("second") == []


async def test_nobody_but_its_officer_is_told_of_a_case_from_before(house: House) -> None:
    await house.assigned("ani")
    await house.hear("zi.intake.deadline_missed", officials=["ani"], due=DUE.isoformat())
    assert {account for account, _ in house.notices()} == {"ani"}


async def test_a_conflict_of_interest_is_told_at_once_to_the_superior_and_the_unit_and_names_nothing(
    house: House,
) -> None:
    await house.hear("zi.integrity.conflict_declared", by=("ani", "staff:officer"), official="ani")
    assert set(house.notices()) == {("chief", "official_conflict"), ("ina", "official_conflict")}
    assert {(each.ticket, each.binding, each.send_after) for each in house.requests()} == {("", True, None)}


async def test_an_official_of_the_unit_is_not_told_of_their_own_conflict(house: House) -> None:
    await house.hear("zi.integrity.conflict_declared", by=("ina", "staff:integrity"), official="ina")
    assert house.notices() == [("head", "official_conflict")]


async def test_a_report_about_an_official_is_told_to_nobody(house: House) -> None:
    """It names nobody, so that whoever it is about could be among those who are told."""
    await house.hear("zi.integrity.conflict_reported")
    assert house.notices() == []


async def test_the_head_has_nobody_above_and_the_unit_is_told(house: House) -> None:
    await house.hear("zi.integrity.conflict_declared", by=("head", "staff:head"), official="head")
    assert house.notices() == [("ina", "official_conflict")]


async def test_a_request_for_confidential_data_is_told_to_supervisors_of_another_line(house: House) -> None:
    await house.filed(confidential=True)
    await house.hear("zi.intake.disclosure_requested", by=("ani", "staff:officer"), reachable_by=[])
    assert house.notices() == [("second", "official_disclosure")]


async def test_an_emergency_does_not_wait_for_the_morning(house: House) -> None:
    await house.filed()
    await house.hear(
        *("zi.intake.case_triaged",),
        at=wita(23),
        by=("ani", "staff:officer"),
        emergency=True,
        reachable_by=[],
    )
    assert set(house.notices()) == {("chief", "official_emergency"), ("second", "official_emergency")}
    assert all(each.send_after is None for each in house.requests() if each.official)


async def test_a_claim_that_somebody_is_ill_does_not_wait_for_the_morning(house: House) -> None:
    await house.filed(at=wita(23), confidential=True, illness_claimed=True, judge_by=DUE.isoformat())
    named = {(account, "official_illness", TICKET) for account in ("chief", "second")}
    unnamed = {(account, "official_illness_unnamed", "") for account in ("ani", "budi")}
    notices = [each for each in house.requests() if each.official]
    assert {(each.official, each.template, each.ticket) for each in notices} == named | unnamed
    assert {(each.send_after, each.binding) for each in notices} == {(None, True)}


async def test_who_judges_what_may_be_an_emergency_is_reminded_until_it_is_judged(house: House) -> None:
    later = (DUE + timedelta(days=10)).isoformat()
    await house.filed(illness_claimed=True, judge_by=DUE.isoformat(), acknowledge_by=later, due=later)
    await ticked(house, wita(8, day=7))
    reminders = {(each.official, each.until) for each in house.requests() if each.template == REMINDER}
    assert reminders == {("chief", DUE), ("second", DUE)}


# -- an objection against the answer to a request for information


async def objected(house: House, **more: Any) -> None:
    """`ani` had it in hand and `chief` approved her answer."""
    await house.hear("zi.intake.information_requested", by=("public", "public"), reachable_by=[])
    await house.assigned("ani", by="ani")
    fields: dict[str, Any] = {"reachable_by": [], "drafted_by": "ani"}
    await house.hear("zi.intake.case_answered", by=("chief", "staff:supervisor"), **fields)
    await house.hear(
        "zi.intake.case_reopened",
        by=("public", "public"),
        **{"state": "acknowledged", "objection": True, "due": DUE.isoformat(), "reachable_by": [], **more},
    )


async def test_an_objection_is_told_to_who_may_decide_it_and_not_to_who_answered(house: House) -> None:
    await objected(house)
    assert house.notices() == [("second", "official_objection")]
    await ticked(house, wita(8, day=7))
    about_it = {account for account, template in house.notices() if template == REMINDER}
    assert about_it == {"second"}
    assert {account for account in ACCOUNTS if house.lists(account)} == {"second"}


async def test_an_objection_is_the_head_s_where_every_supervisor_was_involved(house: House) -> None:
    await house.assigned("second", by="second")
    await objected(house)
    assert [each for each in house.notices() if each[1] == "official_objection"] == [
        ("head", "official_objection")
    ]


async def test_a_notice_that_waits_is_not_sent_to_who_was_involved_once_there_is_an_objection(
    house: House,
) -> None:
    await objected(house)
    request = next(each for each in house.requests() if each.official)
    replied = request.model_copy(update={"template": "official_replied"})
    may = {
        account: house.store.read(
            lambda tx, account=account: house.policies.officials.may_still_be_told(tx, account, replied)
        )
        for account in ("ani", "chief", "second")
    }
    assert may == {"ani": False, "chief": False, "second": True}


# -- the morning list


async def test_the_list_comes_once_on_a_working_morning(house: House) -> None:
    await house.filed()
    await house.assigned("ani", by="ani")
    for moment in (wita(7, 29), wita(7, 30), wita(7, 31), wita(11)):
        house.restarted()
        await ticked(house, moment)
        assert len(house.notices()) == (0 if moment < wita(7, 30) else 1)
    assert house.notices() == [("ani", "official_morning")]
    await ticked(house, wita(8, day=3))
    assert house.notices() == [("ani", "official_morning")] * 2


async def ticked(house: House, now: datetime, rounds: OfficialRounds | None = None) -> None:
    rounds = rounds or house.rounds()
    rounds._clock = FixedClock(now)
    await rounds.tick()
    assert rounds.reason is None


class FixedClock(Clock):
    def __init__(self, at: datetime) -> None:
        super().__init__()
        self._at = at

    def now(self) -> datetime:
        return self._at


@pytest.mark.parametrize(
    "now", [wita(8, day=5), wita(8, day=6), wita(12)], ids=["saturday", "sunday", "noon"]
)
async def test_no_list_comes_on_a_day_off_or_after_the_morning(house: House, now: datetime) -> None:
    await house.filed()
    await house.assigned("ani", by="ani")
    await ticked(house, now)
    assert "official_morning" not in [template for _, template in house.notices()]


async def test_a_process_that_died_while_it_wrote_the_lists_writes_all_of_them_again(house: House) -> None:
    for number, officer in enumerate(("ani", "budi")):
        await house.filed(f"0EXAMP1E{number}")
        await house.assigned(officer, f"0EXAMP1E{number}", by=officer)

    class Died(Exception):
        pass

    def half(tx: Any) -> Any:
        reactions = house.policies.officials.morning(tx, wita(8))
        assert len(reactions) == 2
        raise Died

    with pytest.raises(Died):
        await house.store.decide_all(half)
    house.restarted()
    await ticked(house, wita(8, 1))
    assert sorted(house.notices()) == [("ani", "official_morning"), ("budi", "official_morning")]


class CountedReads:
    """A transaction that counts the open cases it lists."""

    def __init__(self, tx: Any) -> None:
        self._tx, self.cases = tx, 0

    def execute(self, statement: str, *values: object) -> list[Any]:
        rows: list[Any] = self._tx.execute(statement, *values)
        self.cases += len(rows) if "FROM case_facts WHERE is_open" in statement else 0
        return rows


async def test_open_cases_are_read_once_for_all_lists_and_then_by_who_has_them(house: House) -> None:
    with_team(house, "ani", "budi")
    for number, officer in enumerate(("ani", "budi", "budi")):
        await house.filed(f"0EXAMP1E{number}")
        await house.assigned(officer, f"0EXAMP1E{number}", by=officer)
    notices, read = house.policies.officials, dict[str, int]()

    def morning(tx: Any) -> Any:
        counted = CountedReads(tx)
        reactions = notices.morning(cast(Tx, counted), wita(8))
        read["all"] = counted.cases
        return reactions

    def list_of(tx: Any) -> None:
        for account in ("ani", "budi", "ina", "chief"):
            counted = CountedReads(tx)
            notices.items(cast(Tx, counted), account)
            read[account] = counted.cases

    await house.store.decide_all(morning)
    house.store.read(list_of)
    assert sorted(house.notices()) == [("ani", "official_morning"), ("budi", "official_morning")]
    assert to_team(house) == [("official_morning", "")]
    assert read == {"all": 3, "ani": 1, "budi": 2, "ina": 0, "chief": 3}


async def test_what_nobody_has_is_on_the_list_of_those_who_give_it_out(house: House) -> None:
    await house.filed("0EXAMP1E0")
    await house.filed("0EXAMP1E1", kind="service", confidential=True)
    await house.filed("0EXAMP1E2", confidential=True)
    assert house.lists("chief") == ["0EXAMP1E0", "0EXAMP1E1", "0EXAMP1E2"]
    assert house.lists("second") == ["0EXAMP1E0", "0EXAMP1E2"]
    assert [house.lists(each) for each in ("head", "ani", "budi", "ina")] == [[], [], [], []]


async def test_an_application_is_on_the_list_of_its_evaluator_and_of_nobody_with_an_interest(
    house: House,
) -> None:
    drafted = ("zi.certificates.application_drafted", "0EXAMP1E5")
    await house.hear(*drafted, business_ref="b" * 64)
    await house.hear(
        "zi.certificates.data_sent", "0EXAMP1E5", due=DUE.isoformat(), state="queued", holder="office"
    )
    assert house.lists("second") == house.lists("chief") == ["0EXAMP1E5"]
    await house.hear("zi.integrity.conflict_declared", "one", official="second", business_ref="b" * 64)
    assert (house.lists("second"), house.lists("chief")) == ([], ["0EXAMP1E5"])
    await house.hear("zi.integrity.conflict_cleared", "one", official="second", business_ref="b" * 64)
    assert house.lists("second") == ["0EXAMP1E5"]


async def test_an_erased_case_is_on_no_list_and_nothing_of_it_is_kept(house: House) -> None:
    await house.filed()
    await house.assigned("ani", by="ani")
    await house.hear("zi.intake.data_subject_erased", reachable_by=[])
    assert house.lists("ani") == []
    assert house.store.read(lambda tx: tx.execute("SELECT COUNT(*) AS n FROM case_facts"))[0]["n"] == 0


async def test_whoever_wants_the_list_alone_gets_besides_only_what_binds(house: House) -> None:
    reader = Act(at=FILED, actor="a-reader", role="public")
    await house.choose("ani", ChooseFrequency(by=reader, frequency="daily"))
    await house.filed()
    await house.assigned("ani")
    assert house.notices() == []
    await ticked(house, wita(8))
    await house.hear("zi.intake.deadline_missed", officials=["ani"], due=DUE.isoformat())
    assert [name for account, name in house.notices() if account == "ani"] == [
        "official_morning",
        "official_missed",
    ]
    await house.choose("ani", StopRecipient(by=reader))
    await house.choose("ani", ChooseFrequency(by=reader, frequency="at_once"))
    await house.assigned("ani")
    assert house.notices()[-1] == ("ani", "official_assigned")


# -- reminders


async def test_a_deadline_is_told_before_it_passes_and_once(house: House) -> None:
    await house.filed()
    await house.assigned("ani", by="ani")
    moments = (wita(15, day=4), wita(17, day=4), wita(18, day=4), wita(17, day=7))
    for now in moments:
        house.restarted()
        await ticked(house, now)
    reminders = [each for each in house.requests() if each.template == "official_reminder"]
    assert [(each.official, each.until, each.by.at) for each in reminders] == [("ani", DUE, moments[1])]


async def test_a_new_deadline_is_told_anew_and_one_that_has_passed_is_not(house: House) -> None:
    await house.filed()
    await house.assigned("ani", by="ani")
    await ticked(house, wita(14, day=7))
    later = DUE + timedelta(days=7)
    await house.hear("zi.intake.citizen_replied", due=later.isoformat(), holder="office", reachable_by=[])
    await ticked(house, wita(14, day=14))
    reminders = [each.until for each in house.requests() if each.template == "official_reminder"]
    assert reminders == [DUE, later]
    await house.filed("0EXAMP1E9")
    await ticked(house, DUE + timedelta(minutes=1))
    assert len([each for each in house.requests() if each.template == "official_reminder"]) == 2


async def test_while_nobody_has_the_case_those_who_give_it_out_are_reminded(house: House) -> None:
    await house.filed()
    await ticked(house, wita(14, day=7))
    reminded = [account for account, name in house.notices() if name == "official_reminder"]
    assert sorted(account or "" for account in reminded) == ["chief", "second"]


# -- an interest that is declared later

FORMER, NUMBER = "b" * 64, "c" * 64


async def taken(house: House, ticket: str = "0EXAMP1E5") -> None:
    """An application of a business that `budi` has in hand."""
    await house.hear("zi.certificates.application_drafted", ticket, business_ref=FORMER)
    due = {"due": DUE.isoformat(), "state": "evaluation", "holder": "office"}
    await house.hear("zi.certificates.data_sent", ticket, **due)
    await house.hear("zi.certificates.application_taken", ticket, by=("budi", "staff:evaluator"), **due)


async def renamed(house: House) -> None:
    fields = {"former_ref": FORMER, "business_ref": NUMBER, "reachable_by": []}
    await house.hear("zi.intake.business_number_given", "0EXAMP1E9", **fields)


@pytest.mark.parametrize("declared", [FORMER, NUMBER], ids=["as it was noted", "by its number"])
async def test_who_declares_an_interest_in_what_they_have_in_hand_is_told_nothing_more(
    house: House, declared: str
) -> None:
    await taken(house)
    assert house.lists("budi") == ["0EXAMP1E5"]
    await renamed(house)
    await house.hear("zi.integrity.conflict_declared", "one", official="budi", business_ref=declared)
    assert (house.lists("budi"), house.lists("second")) == ([], ["0EXAMP1E5"])
    await ticked(house, wita(14, day=7))
    await house.hear(
        *("zi.certificates.deadline_missed", "0EXAMP1E5"),
        by=("system:certificates", "system:certificates"),
        officials=["budi"],
        due=DUE.isoformat(),
    )
    named = [each for each in house.requests() if each.ticket == "0EXAMP1E5" and each.official == "budi"]
    assert named == []
    assert ("second", "official_reminder") in house.notices()


async def sent(house: House, official: str, template: str) -> bool:
    """Tell if a notice that was requested reaches the address of the official now."""
    (request,) = [each for each in house.requests() if (each.official, each.template) == (official, template)]
    officials = OfficialContacts(house.store, house.policies.officials, Catalogue("zi_notify"))
    contacts = Contacts(cast(Vaults, None), Clock(), officials)
    try:
        return (await contacts.of(request)).address == f"{official}@x.example"
    except NotTheirsError:
        return False


async def test_a_notice_that_waited_is_withheld_where_the_case_is_another_s_by_then(house: House) -> None:
    await house.filed()
    await house.assigned("ani", at=wita(22, day=1))
    assert await sent(house, "ani", "official_assigned")
    await house.assigned("budi", by="chief", at=wita(23, day=1))
    assert not await sent(house, "ani", "official_assigned")
    assert await sent(house, "budi", "official_assigned")
    await house.hear("zi.intake.data_subject_erased", reachable_by=[])
    assert not await sent(house, "budi", "official_assigned")


async def test_a_moved_complaint_is_on_the_morning_list_of_appointed_people_alone(house: House) -> None:
    await house.filed()
    await house.assigned("ani")
    assert [each for each in ACCOUNTS if house.lists(each)] == ["ani"]
    await house.hear("zi.intake.moved_to_appointed", due=DUE.isoformat())
    assert [each for each in ACCOUNTS if house.lists(each)] == ["chief"]


async def test_a_notice_that_waited_is_withheld_once_the_complaint_went_to_appointed_people(
    house: House,
) -> None:
    await house.filed()
    await house.assigned("ani", at=wita(22, day=1))
    assert await sent(house, "ani", "official_assigned")
    await house.hear("zi.intake.moved_to_appointed")
    assert not await sent(house, "ani", "official_assigned")


async def test_a_notice_that_waited_is_withheld_after_an_interest_was_declared(house: House) -> None:
    await taken(house)
    await ticked(house, wita(14, day=7))
    assert await sent(house, "budi", "official_reminder")
    await house.hear("zi.integrity.conflict_declared", "one", official="budi", business_ref=FORMER)
    assert not await sent(house, "budi", "official_reminder")


class TakesAll:
    name, repeats_once = None, False

    async def hand_over(self, message: EmailMessage) -> Attempted:
        return Attempted("handed_over")


async def test_what_is_done_for_a_notice_to_an_official_names_no_cause(house: House) -> None:
    await house.filed()
    await house.assigned("ani")
    await house.assigned("budi")
    officials = OfficialContacts(house.store, house.policies.officials, Catalogue("zi_notify"))
    providers = ChannelProviders("email", load_message_channels()[0].email, [TakesAll()])
    writer = MailWriter(
        KEYS,
        Admission(house.store, KEYS, MailLimits()),
        Letterhead("a@x.example", "x.example", "http://x.example/"),
        Templates(),
    )
    lane = SendingLane(house.store, FixedClock(wita(12)), providers, writer, Turns())
    contacts = Contacts(cast(Vaults, None), Clock(), officials)
    to = house.store.read(lambda tx: tx.execute("SELECT id FROM deliveries ORDER BY position"))
    for row in to:
        assert await lane._deliver(contacts, UUID(row["id"]), Origin())
    ends = house.store.read(lambda tx: tx.execute("SELECT state, reason FROM deliveries ORDER BY position"))
    assert [(row["state"], row["reason"]) for row in ends] == [
        ("withheld", "not_theirs"),
        ("handed_over", None),
    ]
    written = [json.loads(row.message) for row in house.store.messages(0, 99)]
    assert {each["subject"] for each in written} == {"officials"}
    assert all({"causation", "correlation"}.isdisjoint(each) for each in written)


@pytest.mark.parametrize(
    ("filed", "may_answer"),
    [
        ({}, True),
        ({"kind": "service"}, False),
        ({"confidential": True}, False),
        ({"confidentiality": "confidential"}, False),
        ({"confidentiality": "anonymous"}, False),
        (None, False),
    ],
)
async def test_what_is_not_for_all_at_the_office_is_not_answered_by_a_reply(
    house: House, filed: dict[str, Any] | None, may_answer: bool
) -> None:
    """Nor what nothing is known of."""
    if filed is not None:
        await house.filed(**filed)
    by = Act(at=FILED, actor="system:notify", role="system:notify")
    fields = {
        "by": by,
        "ticket": TICKET,
        "channel": "email",
        "template": "answered",
        "template_version": VERSION,
    }
    request = DeliveryRequested.model_validate({**fields, "language": "en", "cause": UUID(int=3)})
    admission = Admission(house.store, KEYS, MailLimits())
    addressee = await admission.admit(UUID(int=2), request, "obviously.invented@example.com", by)
    assert isinstance(addressee, Addressee)
    assert addressee.may_answer is may_answer


async def test_a_missed_deadline_reaches_the_mentor_whom_no_other_message_names(house: House) -> None:
    missed = {"officials": ["budi"], "due": DUE.isoformat()}
    await house.hear("zi.umkm.deadline_missed", by=("system:umkm", "system:umkm"), **missed)
    assert await sent(house, "budi", "official_missed")


async def test_nobody_who_reads_the_ledger_finds_out_whom_a_message_was_told_to(house: House) -> None:
    await house.filed()
    await house.assigned("ani")
    (request,) = [each for each in house.requests() if each.official]
    (message,) = house.store.read(lambda tx: tx.execute("SELECT id FROM deliveries WHERE to_official = 1"))
    position = UUID(int=house.positions["intake"])
    caused_by = uuid5(position, f"{TICKET}zi.intake.case_assigned")
    guesses = {uuid5(caused_by, f"{request.template} {account}") for account in ACCOUNTS}
    assert request.cause not in guesses
    assert UUID(message["id"]) not in {delivery_id(guess, "email") for guess in guesses}
    assert request.cause == KEYS.occasion(str(caused_by), request.template, "ani")


# -- letters for what reached nobody


async def test_a_notice_that_was_given_up_becomes_one_letter_where_the_data_says_so(house: House) -> None:
    by = Act(at=FILED, actor="system:notify", role="system:notify")
    await house.filed(reachable_by=["email"])
    for event in ("case_acknowledged", "case_answered"):
        await house.hear(f"zi.intake.{event}", reachable_by=["email"])
    for row in house.store.read(lambda tx: tx.execute("SELECT id FROM deliveries")):
        failed = ReportNotReachable(by=by, reason_class="no_address")
        await house.store.handle(decider, UUID(row["id"]), failed)
    for _ in range(2):
        house.restarted()
        await ticked(house, wita(13))
    queued = house.store.read(lambda tx: tx.execute("SELECT ticket, template, state FROM printed_letters"))
    assert [(row["ticket"], row["template"], row["state"]) for row in queued] == [
        (TICKET, "answered", "waiting")
    ]


@pytest.mark.parametrize(
    ("result", "printed"), [("permanent", ["answered"]), ("uncertain", []), (None, [])], ids=str
)
async def test_what_is_held_for_an_address_that_nothing_reached_becomes_a_letter(
    house: House, result: NotTaken | None, printed: list[str]
) -> None:
    """The mail that asks for the confirmation never arrived, so that nobody can confirm; not where it may have, or is still on its way."""
    by, address = Act(at=FILED, actor="system:notify", role="system:notify"), UUID(int=9)
    await house.filed(reachable_by=["email"])
    for event in ("case_acknowledged", "case_answered"):
        await house.hear(f"zi.intake.{event}", reachable_by=["email"])
    asking, *waiting = house.store.read(lambda tx: tx.execute("SELECT id FROM deliveries ORDER BY position"))
    begin = BeginHandingOver(by=by, attempt=1, recipient=address)
    await house.store.handle(decider, UUID(asking["id"]), begin)
    for row in waiting:
        await house.store.handle(decider, UUID(row["id"]), HoldUnconfirmed(by=by, recipient=address))
    if result is not None:
        failed = ReportNotTaken(by=by, attempt=1, reason_class=result, once=True)
        await house.store.handle(decider, UUID(asking["id"]), failed)
    for _ in range(2):
        await ticked(house, wita(13))
    queued = house.store.read(lambda tx: tx.execute("SELECT template FROM printed_letters"))
    assert [row["template"] for row in queued] == printed


async def test_no_letter_is_queued_of_a_case_of_which_nobody_knows_if_there_is_a_name(house: House) -> None:
    by = Act(at=FILED, actor="system:notify", role="system:notify")
    await house.filed("0EXAMP1E1", anonymous=True, reachable_by=["email"])
    for ticket in ("0EXAMP1E1", "0EXAMP1E2"):
        await house.hear("zi.intake.case_answered", ticket, reachable_by=["email"])
    for row in house.store.read(lambda tx: tx.execute("SELECT id FROM deliveries")):
        failed = ReportNotReachable(by=by, reason_class="no_address")
        await house.store.handle(decider, UUID(row["id"]), failed)
    await ticked(house, wita(13))
    await house.hear("zi.intake.case_answered", "0EXAMP1E3", reachable_by=[])
    assert house.store.read(lambda tx: tx.execute("SELECT 1 FROM printed_letters")) == []


async def test_the_letters_of_an_erased_case_wait_no_more(house: House) -> None:
    for ticket in (TICKET, "0EXAMP1E1"):
        await house.filed(ticket)
        await house.hear("zi.intake.case_answered", ticket, reachable_by=[])
    await house.hear("zi.intake.data_subject_erased", reachable_by=[])
    found = house.store.read(lambda tx: tx.execute("SELECT ticket, settlement FROM printed_letters"))
    assert {row["ticket"]: row["settlement"] for row in found} == {TICKET: "erased", "0EXAMP1E1": None}


async def test_a_request_to_erase_what_was_passed_on_is_told_and_its_refusal_printed_and_shown(
    house: House,
) -> None:
    for number, kind in enumerate(("certificate", "mentoring")):
        ticket = f"0EXAMP1E{number}"
        await house.hear(f"zi.intake.{kind}_requested", ticket, by=("owner", "applicant"), reachable_by=[])
        await house.hear("zi.intake.erasure_requested", ticket, by=("ani", "staff:officer"), reachable_by=[])
        await house.hear("zi.intake.erasure_refused", ticket, by=("chief", "staff:head"), reachable_by=[])
        reader = LetterReader("second", house.policies.officials.audience)
        page = house.store.read(
            lambda tx, reader=reader, ticket=ticket: letter_page(
                tx, reader, PrintedLetterStatus.WAITING, ticket, 0, 9
            )
        )
        assert [each.template for each in page.rows] == ["erasure_refused"]
    tickets = [each.ticket for each in house.requests() if each.template == "official_erasure"]
    assert set(tickets) == {"0EXAMP1E0", "0EXAMP1E1"}


@pytest.mark.parametrize(
    ("asker", "enterer", "notices"),
    [
        ("ani", None, {("chief", TICKET), ("second", TICKET)}),
        ("chief", None, {("second", TICKET)}),
        ("ani", "chief", {("second", TICKET)}),
        ("chief", "second", {("head", "")}),
    ],
)
async def test_an_erasure_waits_for_a_supervisor_who_may_agree_or_else_for_the_head(
    house: House, asker: str, enterer: str | None, notices: set[tuple[str, str]]
) -> None:
    """The head is named no case: they decide without seeing it."""
    await house.filed(**({"by": (enterer, "staff:officer")} if enterer else {}))
    await house.hear("zi.intake.erasure_requested", by=(asker, "staff:supervisor"), reachable_by=[])
    requested = [each for each in house.requests() if each.template.startswith("official_erasure")]
    assert {(str(each.official), each.ticket) for each in requested} == notices


async def test_no_letter_goes_to_somebody_whose_data_was_erased(house: House) -> None:
    by = Act(at=FILED, actor="system:notify", role="system:notify")
    await house.filed()
    await house.hear("zi.intake.case_answered", reachable_by=["email"])
    (row,) = house.store.read(lambda tx: tx.execute("SELECT id FROM deliveries"))
    await house.store.handle(decider, UUID(row["id"]), ReportNotReachable(by=by, reason_class="erased"))
    await ticked(house, wita(13))
    assert house.store.read(lambda tx: tx.execute("SELECT 1 FROM printed_letters")) == []


# -- the words of the list


def test_the_list_says_what_is_late_what_is_due_and_how_much_more_there_is(house: House) -> None:
    facts = CaseFacts(service="intake", ticket=TICKET, due=DUE)
    catalogue = Catalogue("zi_notify")
    late_line = list_lines(
        [facts.model_copy(update={"officer": "ani"})], "en", DUE + timedelta(hours=1), catalogue
    )
    assert late_line == "- 0EXAMP1E0: late since 8 December 2026, 15:30 WITA"
    many = list_lines([facts] * (MOST_LISTED + 3), "id", FILED, catalogue).splitlines()
    assert (len(many), many[-1]) == (MOST_LISTED + 1, "dan 3 lagi di meja Anda")
    assert many[0] == "- 0EXAMP1E0: batas waktu 8 Desember 2026 pukul 15.30 WITA (belum ada petugasnya)"
    assert list_lines([], "en", FILED, catalogue) == "Nothing waits for you any more."


# -- who sees which letter is decided in the store


def every_case() -> Iterator[CaseFacts]:
    kinds = get_args(CaseKind)
    people, businesses = (None, "ani", "ANI", 'a"ni%'), (None, "b1", "B1")
    for number, (kind, confidential, filed_by, officer, business) in enumerate(
        product(kinds, (False, True), people, people, businesses)
    ):
        yield CaseFacts(
            service="intake",
            ticket=f"{number:09}",
            kind=kind,
            is_confidential=confidential,
            filed_by=filed_by,
            officer=officer,
            business=business,
        )


async def test_the_list_has_the_letters_that_the_rule_lets_somebody_see_and_no_other(house: House) -> None:
    cases = {facts.ticket: facts for facts in every_case()}
    with house.store.database.transaction() as tx:
        for ticket, facts in cases.items():
            work_table._write(tx, facts)
            tx.execute(
                "INSERT INTO printed_letters (id, ticket, template, language, state, queued, changed)"
                " VALUES (?, ?, 'answered', 'id', 'waiting', ?, ?)",
                *(str(uuid5(UUID(int=1), ticket)), ticket, FILED.isoformat(), FILED.isoformat()),
            )
        for account in ("ani", "second", 'a"ni%'):
            tx.execute("INSERT INTO official_interests VALUES (?, ?, 'b1')", f"of {account}", account)
    for account in ("head", "chief", "second", "ani", "budi", 'a"ni%', "nobody"):
        reader = LetterReader(account, house.policies.officials.audience)
        interests = frozenset({"b1"}) if account in ("ani", "second", 'a"ni%') else frozenset()
        wanted = {ticket for ticket, facts in cases.items() if reader.sees(facts, interests)}
        page = house.store.read(
            lambda tx, reader=reader: letter_page(tx, reader, PrintedLetterStatus.WAITING, "", 0, len(cases))
        )
        assert {each.ticket for each in page.rows} == wanted, account
        assert page.total == len(wanted)


# -- the chats of teams


def with_team(house: House, *members: str) -> None:
    """Have the office describe the chat of a team."""
    people = ", ".join(f'"{each}"' for each in members)
    team = f'team = [{{ name = "regu", service = "tgram", members = [{people}] }}]'
    (house.folder / "message_channels.toml").write_text(
        f"version = 2\nemail = {{ retry_minutes = [1] }}\nmessenger = {{ retry_minutes = [1], {team} }}\n"
    )
    house.policies = load_policies(house.folder, KEYS, load_message_channels(house.folder)[0])


def to_team(house: House) -> list[tuple[str, str]]:
    return [(each.template, each.ticket) for each in house.requests() if each.team == "regu"]


async def late(house: House, officer: str = "budi") -> None:
    await house.hear("zi.intake.deadline_missed", officials=[officer], due=DUE.isoformat())


async def test_a_team_gets_once_what_any_of_its_members_gets(house: House) -> None:
    with_team(house, "chief", "second", "budi")
    await house.filed()
    await house.assigned("budi", by="budi")
    await house.hear(
        *("zi.intake.case_triaged",), by=("ani", "staff:officer"), emergency=True, reachable_by=[]
    )
    await late(house)
    house.positions["intake"] -= 1
    await late(house)
    assert to_team(house) == [("official_emergency", TICKET), ("official_escalated", TICKET)]
    assert ("budi", "official_missed") in house.notices()  # what is one official's own stays in their mail
    requests = [each for each in house.requests() if each.team]
    assert {(each.channel, each.official, each.by.causation) for each in requests} == {
        ("messenger", None, None)
    }


@pytest.mark.parametrize(
    "filing",
    [{"confidential": True}, {"kind": "service"}, {"by": ("ani", "applicant")}],
    ids=["in confidence", "about the service", "of a member"],
)
async def test_a_team_is_told_nothing_of_a_case_that_not_all_of_it_may_know(
    house: House, filing: dict[str, Any]
) -> None:
    with_team(house, "chief", "second", "ani")
    await house.filed(**filing)
    await house.assigned("budi", by="budi")
    await late(house)
    await ticked(house, wita(8, day=7))
    assert to_team(house) == []
    assert house.notices() != []


@pytest.mark.parametrize(
    ("members", "is_expected"),
    [(("ina",), True), (("chief",), True), (("ina", "chief"), False), (("ina", "ani"), False)],
)
async def test_what_names_no_case_goes_to_a_team_of_which_each_member_gets_it(
    house: House, members: tuple[str, ...], is_expected: bool
) -> None:
    """Whoever declared the conflict, or tried to open too much, may read the chat."""
    with_team(house, *members)
    await house.hear("zi.integrity.conflict_declared", by=("ani", "staff:officer"), official="ani")
    assert to_team(house) == ([("official_conflict", "")] if is_expected else [])


async def test_a_team_gets_the_morning_list_and_each_reminder_once_in_its_language(house: House) -> None:
    with_team(house, "chief", "second")
    await house.filed()
    await house.filed("0EXAMP1E1", confidential=True)
    for _ in range(2):
        house.restarted()
        await ticked(house, wita(8, day=7))
    assert sorted(to_team(house)) == [("official_morning", ""), ("official_reminder", TICKET)]
    contacts = OfficialContacts(house.store, house.policies.officials, Catalogue("zi_notify"))
    team = contacts.team("regu")
    assert team is not None
    assert await contacts.team_lines(team, FILED) == (
        "- 0EXAMP1E0: batas waktu 8 Desember 2026 pukul 15.30 WITA (belum ada petugasnya)"
    )
    assert contacts.team("another") is None
    (listed,) = [each for each in house.requests() if each.team and not each.ticket]
    times = (wita(11, 59, day=7), wita(12, day=7), wita(8, day=8))
    assert [house.policies.officials.is_late_list(listed, at) for at in times] == [False, True, True]


async def test_the_list_of_a_busy_team_is_short_enough_for_every_service(house: House) -> None:
    with_team(house, "chief")
    late_since = datetime(2026, 9, 30, 7, 30, tzinfo=UTC)
    facts = CaseFacts(service="intake", ticket=TICKET, kind="product", is_confidential=False, due=late_since)
    with house.store.database.transaction() as tx:
        for number in range(60):
            work_table._write(tx, facts.model_copy(update={"ticket": f"0EXAMP{number:03}"}))
    await ticked(house, wita(8, day=7))
    (listed,) = [each for each in house.requests() if each.team]
    contacts = OfficialContacts(house.store, house.policies.officials, Catalogue("zi_notify"))
    team = contacts.team("regu")
    assert team is not None
    head = Letterhead("a@x.example", "x.example", "https://layanan.balai-pom-tarakan.example/")
    text = team_text(listed, Templates(), head, await contacts.team_lines(team, wita(8, day=7)))
    assert "dan 45 lagi di meja Anda" in text
    assert len(text) < 2000  # Discord takes no more


async def test_a_chat_is_named_no_application_that_a_member_filed(house: House) -> None:
    """Intake tells who filed it, and certificates what is open."""
    requested = ("zi.intake.certificate_requested", "0EXAMP1E5")
    await house.hear(*requested, by=("ani", "applicant"), business_ref=FORMER, reachable_by=[])
    await taken(house)
    found = dict[tuple[str, ...], list[str]]()
    for members in (("budi",), ("budi", "ani")):
        with_team(house, *members)
        officials = house.policies.officials
        team = officials.teams.of("regu")
        assert team is not None
        items = house.store.read(lambda tx, team=team, of=officials: of.team_items(tx, team))
        found[members] = [each.ticket for each in items]
    assert found == {("budi",): ["0EXAMP1E5"], ("budi", "ani"): []}


def test_a_team_has_members_of_the_office_alone(house: House) -> None:
    with pytest.raises(UnusableConfigurationError, match=r"stranger is not in people\.toml"):
        with_team(house, "chief", "stranger")
