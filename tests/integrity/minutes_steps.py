"""The attendance, the minutes and the actions of one forum, as commands."""

from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from typing import Any
from uuid import UUID, uuid5

from zi_chassis.domain import Act, Command, Decider
from zi_contracts.vault import ItemRef
from zi_integrity.domain import action, attendance
from zi_integrity.domain.attendance import Group
from zi_integrity.domain.minutes import messages as minutes
from zi_integrity.domain.minutes.messages import AGREEMENT, GroupAttendance, QuorumRule

DAY = timedelta(days=1)
FORUM_BEGINS = datetime(2022, 7, 19, 2, 0, tzinfo=UTC)
DUE = date(2022, 9, 30)
SPACE = UUID("5d1f1a1e-0000-4000-8000-000000000014")


def named(name: str) -> UUID:
    return uuid5(SPACE, name)


FORUM = named("forum")


def act(role: str, actor: str = "", at: datetime = FORUM_BEGINS) -> Act:
    return Act(at=at, actor=actor or f"{role.rpartition(':')[2]}-one", role=role)


TEAM, HEAD, PROGRAM = act("staff:integrity"), act("staff:head"), act("system:integrity")


def item(name: str, field: str = AGREEMENT) -> ItemRef:
    return ItemRef(item=named(f"item {name}"), field=field, digest=digest(name))


def digest(text: str) -> str:
    return sha256(text.encode()).hexdigest()


def public(person: str) -> Act:
    return act("public", str(named(person)))


def signed_in(person: str, group: Group = "users") -> attendance.SignAttendance:
    return attendance.SignAttendance(by=public(person), forum=FORUM, participant=named(person), group=group)


def _person(group: Group, name: str) -> attendance.ListedPerson:
    return attendance.ListedPerson(group=group, data_subject=named(name), name=item(name, "contact.name"))


def listed(*groups: Group, list: str = "list", part: int = 1, after: int = 0) -> attendance.ListAttendance:
    people = tuple(_person(group, f"{list} {part} {place}") for place, group in enumerate(groups))
    return attendance.ListAttendance(
        by=TEAM, forum=FORUM, list=named(list), part=part, after=after, people=people
    )


def strike(number: int) -> attendance.StrikeAttendance:
    return attendance.StrikeAttendance(by=TEAM, number=number, reason="was_absent")


SCAN = attendance.ScanAttendance(by=TEAM, forum=FORUM, scan=item("scan", "attendance.scan"))
ISSUE = item("issue", "minutes.issue")


def point(name: str = "a", number: int | None = None, *, agreed: bool = True) -> minutes.RecordPoint:
    return minutes.RecordPoint(
        by=TEAM,
        forum=FORUM,
        request=named(f"point {name}"),
        point=number,
        owner="supervisor" if agreed else None,
        due=DUE if agreed else None,
        proposals=(named("proposal"),),
        body_digest=digest(name),
        items=(ISSUE, item(name)) if agreed else (ISSUE,),
    )


def dissent(name: str = "no", number: int = 1) -> minutes.RecordDissent:
    return minutes.RecordDissent(
        by=TEAM,
        request=named(f"dissent {name}"),
        point=number,
        group="civil_society",
        body_digest=digest(name),
        items=(item(name, "minutes.dissent"),),
    )


RULE = QuorumRule(id="forum_minutes", version=1, digest=digest("rule"), public_signatures=2, groups=2)


def counted(users: int, media: int = 0, provider: int = 3, rule: QuorumRule = RULE) -> minutes.TakeAttendance:
    counts: tuple[tuple[Group, int], ...] = (("users", users), ("media", media), ("provider", provider))
    return minutes.TakeAttendance(
        by=TEAM,
        forum=FORUM,
        counts=tuple(GroupAttendance(group=group, people=people, target=2) for group, people in counts),
        rule=rule,
        groups_reached=bool(users) + bool(media),
    )


ENOUGH = counted(4, 2)
WRITTEN = (point("a"), point("b"), dissent(), ENOUGH)


def head_signs(edition: int = 4, text: str = "text") -> minutes.SignMinutes:
    return minutes.SignMinutes(
        by=HEAD, edition=edition, digest=digest(text), content=item(text, "letter.content")
    )


def citizen_signs(
    person: str = "sari", edition: int = 4, text: str = "text", group: Group = "users"
) -> minutes.SignMinutes:
    return minutes.SignMinutes(
        by=public(person),
        edition=edition,
        digest=digest(text),
        content=item(f"{text} again", "letter.content"),
        participant=named(person),
        group=group,
    )


AGREED = (*WRITTEN, citizen_signs("sari"), head_signs(), citizen_signs("budi", group="media"))
NO_QUORUM = (point("a"), counted(2), minutes.RecordWithoutQuorum(by=TEAM))

SUPERVISOR = act("staff:supervisor")
OPEN = action.OpenForumAction(
    by=PROGRAM,
    forum=FORUM,
    point=1,
    owner="supervisor",
    due=DUE,
    proposals=(named("proposal"),),
    items=(item("a"),),
)
REPORT = action.ReportForumAction(
    by=SUPERVISOR, request=named("report"), body_digest="r", items=(item("r", "action.note"),)
)
EVIDENCE = action.EvidenceForumAction(
    by=SUPERVISOR,
    request=named("evidence"),
    body_digest="e",
    items=(item("e", "action.evidence"),),
    standard="complaint-3",
)
CLOSE = action.CloseForumAction(by=TEAM, roles=frozenset({"integrity"}))
REOPEN = action.ReopenForumAction(
    by=TEAM, request=named("reopen"), body_digest="w", items=(item("w", "action.reason"),)
)
LATE = action.MarkForumActionLate(by=PROGRAM, due=DUE)


def state_after(decider: Decider[Any], *commands: Command) -> Any:
    state = decider.initial
    for command in commands:
        for event in decider.decide(command, state):
            state = decider.evolve(state, event)
    return state


def names_after(decider: Decider[Any], *commands: Command) -> list[str]:
    """The names of the events of the last command."""
    *before, last = commands
    return [type(event).__name__ for event in decider.decide(last, state_after(decider, *before))]
