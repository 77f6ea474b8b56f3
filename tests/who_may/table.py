"""Ask a decider what it answers to every party that gives one of its commands, and write that down as a page."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from zi_chassis.domain import Act, Command, Decider, DomainError

CITIZENS = ("public", "applicant")
STAFF = tuple(
    f"staff:{role}"
    for role in (
        *("officer", "supervisor", "mentor", "evaluator", "signer", "head"),
        *("integrity", "upg", "survey", "auditor", "ops", "entry"),
    )
)
PROGRAMS = tuple(
    f"system:{service}" for service in ("intake", "umkm", "certificates", "notify", "audit", "integrity")
)
BY_CODE = ("health_office",)
ROLES = (*CITIZENS, *BY_CODE, *STAFF, *PROGRAMS)
NAMES = {
    "public": "citizen with the code",
    "applicant": "applicant signed in",
    "health_office": "health office with a letter's code",
    **{role: role.removeprefix("staff:") for role in STAFF},
    **{role: f"program {role.removeprefix('system:')}" for role in PROGRAMS},
}
ANYBODY = "anybody"
STRANGER = "somebody-without-a-part"


@dataclass(frozen=True)
class Row:
    """One command in a situation in which its right party is accepted; `people`: those who have a part in it, by the part."""

    command: Command
    history: Sequence[Command] = ()
    people: Mapping[str, str] = field(default_factory=dict)
    situation: str = ""

    @property
    def name(self) -> str:
        return type(self.command).__name__ + (f", {self.situation}" if self.situation else "")


@dataclass(frozen=True)
class Aggregate:
    service: str
    decider: Decider[Any]
    rows: Sequence[Row]

    @property
    def name(self) -> str:
        return f"{self.service}: {self.decider.name}"

    def state(self, history: Iterable[Command]) -> Any:
        state = self.decider.initial
        for command in history:
            for event in self.decider.decide(command, state):
                state = self.decider.evolve(state, event)
        return state

    def accepts(self, command: Command, state: Any) -> bool:
        """Tell if the command makes an event; a decider refuses with DomainError only."""
        try:
            return bool(self.decider.decide(command, state))
        except DomainError:
            return False

    def accepted(self, row: Row, roles: Sequence[str] = ROLES) -> dict[str, tuple[str, ...]]:
        """By part, and for anybody who has none: the roles in which the command is accepted."""
        state, at = self.state(row.history), row.command.by.at
        people = {ANYBODY: STRANGER, **row.people}
        return {
            part: tuple(
                role
                for role in roles
                if self.accepts(_by_actor(row.command, Act(at=at, actor=actor, role=role)), state)
            )
            for part, actor in people.items()
        }


def _by_actor(command: Command, by: Act) -> Command:
    return command.model_copy(update={"by": by})


def page(aggregates: Sequence[Aggregate]) -> str:
    return HEAD + "\n".join(_section(aggregate) for aggregate in aggregates)


def _section(aggregate: Aggregate) -> str:
    head = f"## {aggregate.name}\n\n| command | who may | only as | never as |\n|---|---|---|---|\n"
    return head + "".join(_line(row, aggregate.accepted(row)) for row in aggregate.rows)


def _line(row: Row, accepted: Mapping[str, tuple[str, ...]]) -> str:
    anybody = accepted[ANYBODY]
    parts = {part: roles for part, roles in accepted.items() if part != ANYBODY}
    only = {part: [role for role in roles if role not in anybody] for part, roles in parts.items()}
    never = {part: [role for role in anybody if role not in roles] for part, roles in parts.items()}
    return f"| {row.name} | {_named(anybody)} | {_parts(only)} | {_parts(never)} |\n"


def _parts(parts: Mapping[str, Sequence[str]]) -> str:
    return "; ".join(f"{part}: {_named(roles)}" for part, roles in parts.items() if roles)


def _named(roles: Sequence[str]) -> str:
    return ", ".join(NAMES[role] for role in roles)


HEAD = """# Who may do what

Each line is one command of one aggregate, in a situation in which its right party is accepted. It was made by giving the command to the
aggregate's decider as every role, as somebody without a part in the case and as each person who has one; what stands in no column is
refused. `make test` compares this page with the code: a new command without a line fails, and so does a change of who may.

Roles are those of the sign-in. *Citizen with the code* is whoever shows the code of the case, or the token made from it; *program* is a
service that acts by itself, by a timer or because of a message. Routes ask for the role once more before the aggregate does.

"""
