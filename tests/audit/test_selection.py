"""The entries that fit a question: the same as somebody finds who looks at each entry, on either database."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from random import Random

import pytest
from tests.audit.log_home import OFFICE, ORIGIN, Sender

from zi_audit.domain.chain import Break
from zi_audit.domain.facets import NAMES, in_force
from zi_audit.domain.question import EntryFilter, Indexed, Question
from zi_audit.read.index import Index
from zi_audit.read.selection import VagueSearchError
from zi_chassis.office_clock import office_zone
from zi_chassis.storage.database import Database

CASES = ("7K3M9Q2XA", "0BFXR71NC", "ledger")
OFFICIALS = ("official-1", "official-2", "official-3")
DISTRICTS = ("tarakan", "malinau")
TYPES = ("complaint_filed", "case_assigned", "case_answered", "case_closed")
BEGUN = datetime(2026, 12, 1, tzinfo=UTC)
ENTRIES, QUESTIONS = 300, 60


@pytest.fixture
def index(place: str) -> Iterator[Index]:
    database = Database(place)
    index = Index(database, OFFICE)
    index.open(ORIGIN)
    yield index
    database.close()


def some_life(chance: Random) -> list[bytes]:
    """Messages of two senders about a few cases, with strange times, forgeries and repetitions among it."""
    senders = [Sender("intake"), Sender("certificates")]
    return [_message(chance, senders) for _ in range(ENTRIES)]


def _message(chance: Random, senders: Sequence[Sender]) -> bytes:
    sender, at = chance.choice(senders), BEGUN + timedelta(minutes=chance.randrange(20_000))
    data: dict[str, object] = {}
    if chance.random() < 0.3:
        data["district"] = chance.choice(DISTRICTS)
    if chance.random() < 0.3:
        data["officer"] = chance.choice(OFFICIALS)
    if chance.random() < 0.2:
        data["evaluators"] = chance.sample(OFFICIALS, 2)
    if chance.random() < 0.2:
        data |= {"business_ref": f"{chance.randrange(3)}" * 64}
    if chance.random() < 0.2:
        data |= {"person_ref": f"{chance.randrange(3)}" * 64}
    content = sender.message(
        subject=chance.choice(CASES),
        type=f"zi.{sender.service}.{chance.choice(TYPES)}",
        actor=chance.choice(OFFICIALS),
        actorrole=chance.choice(("public", "staff:officer", "system:intake")),
        time="soon" if chance.random() < 0.05 else at.isoformat(),
        data=data,
    )
    if chance.random() < 0.05:
        return content  # said again with the next one's position, which then breaks the chain
    if chance.random() < 0.03:
        return b"no message"
    return sender.send(content).content


def random_question(chance: Random) -> Question:
    """A question with a few conditions."""
    ways = {
        "case": lambda: tuple(chance.sample(CASES, chance.randint(1, 2))),
        "actor": lambda: tuple(chance.sample(OFFICIALS, chance.randint(1, 2))),
        "type": lambda: tuple(f"zi.intake.{each}" for each in chance.sample(TYPES, chance.randint(1, 3))),
        "role": lambda: ("staff:officer",),
        "service": lambda: (chance.choice(("intake", "certificates", "unknown", "nobody")),),
        "district": lambda: tuple(chance.sample(DISTRICTS, chance.randint(1, 2))),
        "assignee": lambda: (chance.choice(OFFICIALS),),
        "official": lambda: tuple(chance.sample(OFFICIALS, chance.randint(1, 2))),
        "business": lambda: ("0" * 64,),
        "person": lambda: ("1" * 64,),
        "anomaly": lambda: chance.choice((("any",), ("missing", "altered"))),
        "weekday": lambda: tuple(chance.sample(range(1, 8), 2)),
        "from_hour": lambda: chance.randrange(24),
        "until_hour": lambda: chance.randrange(25),
        "since": lambda: BEGUN + timedelta(minutes=chance.randrange(10_000)),
        "until": lambda: BEGUN + timedelta(minutes=chance.randrange(10_000, 20_000)),
        "least_hours": lambda: chance.randrange(100),
        "most_hours": lambda: chance.randrange(100, 300),
        "measured_from": lambda: f"zi.intake.{chance.choice(TYPES)}",
    }
    conditions = {name: ways[name]() for name in chance.sample(sorted(ways), chance.randint(0, 3))}
    return Question(
        **conditions,  # type: ignore[arg-type]
        order=chance.choice(("oldest", "newest")),
        limit=chance.choice((1, 7, 1000)),
    )


def fits(entry: Indexed, question: Question, took: float | None) -> bool:
    """By looking at it."""
    found = {"case": [entry.case], "actor": [entry.actor], "role": [entry.role], "type": [entry.type]}
    found |= {"service": [entry.service], **in_force(entry.fields, entry.of_case)}  # type: ignore[dict-item]
    names = ("case", "actor", "role", "service", "type", *NAMES)
    if any(not set(getattr(question, n)) & set(found.get(n, ())) for n in names if getattr(question, n)):
        return False
    kinds = set(Break) if "any" in question.anomaly else set(question.anomaly)
    if question.anomaly and entry.anomaly not in kinds:
        return False
    there = None if entry.time is None else entry.time.astimezone(office_zone())
    if question.weekday and (there is None or there.isoweekday() not in question.weekday):
        return False
    if question.hours and (there is None or there.hour not in question.hours):
        return False
    for bound, is_within in (
        (question.since, lambda: entry.time >= question.since),  # type: ignore[operator]
        (question.until, lambda: entry.time < question.until),  # type: ignore[operator]
    ):
        if bound is not None and (entry.time is None or not is_within()):
            return False
    least, most = question.least_hours, question.most_hours
    if (least is not None or most is not None) and took is None:
        return False
    return (least is None or took >= least * 3600) and (most is None or took <= most * 3600)  # type: ignore[operator]


def since_step(entries: Sequence[Indexed], entry: Indexed, type: str | None) -> float | None:
    """Since the last step of that type in the same case; without a type since the last step there was."""
    if type is None:
        return entry.waited
    steps = [
        e
        for e in entries[: entry.index]
        if e.case == entry.case and e.type == type and e.time is not None and e.service != "unknown"
    ]
    return (entry.time - steps[-1].time).total_seconds() if steps and entry.time else None  # type: ignore[operator]


def test_a_question_finds_what_looking_at_each_entry_finds(index: Index) -> None:
    chance = Random(0)
    life = some_life(chance)
    for start in range(0, ENTRIES, 110):
        index.add(start, life[start : start + 110])
    entries = index.entries(EntryFilter(), ENTRIES)
    assert len(entries) == ENTRIES
    assert len({entry.anomaly for entry in entries}) > 3
    for _ in range(QUESTIONS):
        question = random_question(chance)
        want = [e for e in entries if fits(e, question, since_step(entries, e, question.measured_from))]
        if question.order == "newest":
            want.reverse()
        check_pages(index, question, [entry.index for entry in want])


def check_pages(index: Index, question: Question, want: list[int]) -> None:
    page = index.page(question)
    assert page.total == len(want), question
    assert [entry.index for entry in page.entries] == want[: question.limit], question
    if page.next is None:
        assert len(want) <= question.limit
        return
    following = index.page(question.model_copy(update={"cursor": page.next}))
    assert [entry.index for entry in following.entries] == want[question.limit : 2 * question.limit], question
    assert following.total is None


@pytest.mark.parametrize(
    ("begin", "end", "hours"),
    [
        (None, None, []),
        (8, 10, [8, 9]),
        (22, 2, [22, 23, 0, 1]),
        (20, None, [20, 21, 22, 23]),
        (None, 2, [0, 1]),
        (20, 0, [20, 21, 22, 23]),
        (5, 5, [*range(5, 24), *range(5)]),
    ],
)
def test_hours_go_over_midnight(begin: int | None, end: int | None, hours: list[int]) -> None:
    assert list(EntryFilter(from_hour=begin, until_hour=end).hours) == hours


def add(index: Index, *contents: bytes) -> None:
    index.add(index.size(), list(contents))


def indexes(index: Index, **question: object) -> list[int]:
    return [entry.index for entry in index.page(Question.model_validate(question)).entries]


def test_an_hour_and_a_weekday_are_those_of_the_office(index: Index) -> None:
    intake = Sender("intake")
    for time in ("2026-12-04T15:59:59Z", "2026-12-04T16:00:00Z", "2026-12-05T00:00:00Z"):
        add(index, intake.send(intake.message(time=time)).content)
    assert indexes(index, weekday=[5]) == [0]
    assert indexes(index, weekday=[6]) == [1, 2]
    assert indexes(index, from_hour=23, until_hour=1) == [0, 1]


def test_what_a_case_was_said_to_be_holds_for_its_later_entries(index: Index) -> None:
    intake, notify = Sender("intake"), Sender("notify", type="delivery_requested")
    add(
        index,
        intake.send(intake.message(data={"district": "malinau", "commodity": "obat"})).content,
        notify.send(notify.message(data={})).content,
        intake.send(intake.message(type="zi.intake.case_assigned", data={"officer": "o-1"})).content,
        intake.send(intake.message(type="zi.intake.case_answered", data={})).content,
        intake.send(intake.message(type="zi.intake.case_assigned", data={"officer": "o-2"})).content,
        intake.send(intake.message(subject="ANOTHER00", data={"district": "tarakan"})).content,
    )
    assert indexes(index, district=["malinau"]) == [0, 1, 2, 3, 4]
    assert indexes(index, assignee=["o-1"]) == [2, 3]
    assert indexes(index, official=["o-1"]) == [2]
    assert indexes(index, assignee=["o-2"], district=["malinau"]) == [4]
    [answered] = index.page(Question(type=("zi.intake.case_answered",))).entries
    assert answered.of_case == {"district": "malinau", "commodity": "obat", "assignee": "o-1"}
    assert answered.fields == {}


def test_whoever_speaks_in_anothers_name_moves_no_case(index: Index) -> None:
    """By a foreign office, by another service in its own lane, and by repeating what was said before."""
    intake, notify = Sender("intake"), Sender("notify")
    filed = intake.send(intake.message(data={"district": "malinau", "holder": "office"})).content
    forged = {"type": "zi.intake.complaint_filed", "data": {"district": "tarakan", "holder": "citizen"}}
    add(
        index,
        filed,
        intake.message(source="/zi/elsewhere/intake", time="2030-01-01T00:00:00Z", **forged),
        notify.send(notify.message(time="2030-01-01T00:00:00Z", **forged)).content,
        intake.send(intake.message(data={"district": "tana_tidung"})).content,
        filed,
        intake.send(intake.message(time="2026-11-24T02:02:03.000004Z", data={})).content,
    )
    entries = index.page(Question()).entries
    assert [entry.anomaly for entry in entries] == [
        None,
        "unknown_sender",
        "wrong_type",
        None,
        "repeated",
        None,
    ]
    assert (entries[5].of_case["district"], entries[5].of_case["holder"]) == ("tana_tidung", "office")
    assert entries[5].waited == 3600
    assert indexes(index, district=["tarakan"]) == [1, 2]
    assert indexes(index, anomaly=["any"]) == [1, 2, 4]
    assert indexes(index, anomaly=["any"], district=["tarakan"], service=["unknown"]) == [1]


def test_a_business_is_found_by_any_of_its_references(index: Index) -> None:
    umkm = Sender("umkm", case="ANOTHER00")
    temporary, later, other = "1" * 64, "2" * 64, "3" * 64
    add(
        index,
        umkm.send(umkm.message(data={"business_ref": temporary})).content,
        umkm.send(umkm.message(data={"business_ref": later, "former_ref": temporary})).content,
        umkm.send(umkm.message(data={"business_ref": other, "former_ref": later})).content,
        umkm.send(umkm.message(subject="7K3M9Q2XA", data={"business_ref": other})).content,
        umkm.send(umkm.message(subject="0BFXR71NC", data={"business_ref": "4" * 64})).content,
    )
    for ref in (temporary, later, other):
        assert indexes(index, business=[ref]) == [0, 1, 2, 3]
    assert indexes(index, business=["4" * 64]) == [4]


def test_how_long_a_step_took_is_counted_from_the_last_step_of_a_type(index: Index) -> None:
    intake = Sender("intake")

    def say(hour: int, type: str) -> None:
        add(index, intake.send(intake.message(time=f"2026-12-01T{hour:02}:00:00Z", type=type)).content)

    for hour, type in ((0, "filed"), (1, "asked"), (5, "answered"), (6, "filed"), (9, "answered")):
        say(hour, f"zi.intake.{type}")
    answered = index.page(Question(type=("zi.intake.answered",), measured_from="zi.intake.filed")).entries
    assert [entry.took for entry in answered] == [5 * 3600, 3 * 3600]
    assert [entry.waited for entry in answered] == [4 * 3600, 3 * 3600]
    assert indexes(index, measured_from="zi.intake.filed", least_hours=4, type=["zi.intake.answered"]) == [2]
    assert indexes(index, measured_from="zi.intake.filed", most_hours=3.5, type=["zi.intake.answered"]) == [4]
    assert indexes(index, least_hours=4) == [2]
    assert indexes(index, measured_from="zi.intake.nothing", least_hours=0) == []


def test_a_search_finds_a_thing_by_any_of_its_names(index: Index) -> None:
    intake, certificates = Sender("intake", case="0BFXR71NC"), Sender("certificates", case="ANOTHER00")
    add(
        index,
        *(each.content for each in intake.say(2)),
        certificates.send(certificates.message(data={"number": "PW.01/2026/7", "letter": "f" * 8})).content,
    )

    def searched(text: str) -> list[int]:
        return indexes(index, search=text)

    assert searched("0BFXR71NC") == searched("obfx-r7lnc") == searched(" 0bfxr71nc ") == [0, 1]
    assert searched("PW.01/2026/7") == searched("PW.01") == [2]
    assert searched("PW.") == []
    assert searched("2") == [2]
    assert searched("99") == searched("９") == searched("nobody") == searched("%") == searched("￿") == []
    assert searched(str(intake.event_id(2))) == searched(str(intake.event_id(2)).upper())
    assert 1 in searched(str(intake.event_id(2)))
    assert indexes(index, search="0BFXR71NC", service=["certificates"]) == []
    assert index.page(Question(search="2")).total == 1


def test_a_search_that_means_too_much_is_refused(index: Index) -> None:
    intake = Sender("intake")
    add(index, *(intake.send(intake.message(actor=f"actor-{n}")).content for n in range(120)))
    with pytest.raises(VagueSearchError):
        indexes(index, search="actor-")
    assert indexes(index, search="actor-11") == [11, *range(110, 120)]


def test_a_value_that_two_entries_of_a_multiple_question_share_is_counted_once(index: Index) -> None:
    intake = Sender("intake")
    add(index, intake.send(intake.message(data={"evaluators": ["e-1", "e-2"]})).content)
    page = index.page(Question(official=("e-1", "e-2")))
    assert (page.total, [entry.index for entry in page.entries]) == (1, [0])


def test_the_same_name_twice_asks_once(index: Index) -> None:
    add(index, *(each.content for each in Sender("intake").say(2)))
    assert index.page(Question(service=("intake", "intake"))).total == 2
