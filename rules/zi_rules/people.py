"""The officials of the office by their accounts, and the systems that enter reports for it: to whom each answers, and which topics each official is
appointed for.

Two officials are of one line where one of them is above the other, however far. Whose line is not stated up to somebody outside of the
office is of no known line, and nobody is taken for independent of them.
"""

from collections.abc import Collection, Iterator
from datetime import date
from pathlib import Path
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, PositiveInt, StringConstraints, model_validator

from zi_rules.configuration import Configured
from zi_rules.data_files import read_file
from zi_rules.listed import Listed
from zi_rules.version import Code, Editions, refuse_repeats

PEOPLE = "people"
# The identity provider's opaque name: no space and no @, so that a name or an address can't slip in. The file is published.
AccountName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9._|:-]+$", max_length=128)]
# Whoever is appointed for a topic needs one of these: the desk lets nobody else in, and the topic's complaints would be hidden from all.
APPOINTABLE = frozenset({"supervisor", "officer", "head"})


class ListedOfficial(BaseModel):
    """`superior` is an official of this list, or one of `outside`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    account: AccountName
    roles: Annotated[frozenset[Code], Field(min_length=1)]
    superior: AccountName | None = None
    appointed_for: frozenset[Code] = frozenset()


class EnteringSystem(Listed):
    """A system that may enter reports, to the end of the day `until`. `keeper` is the official who keeps its secret and works on none of them."""

    account: AccountName
    keeper: AccountName
    entries_a_day: PositiveInt
    until: date


class People(Configured):
    """`outside` are those whom officials answer to beyond this office, such as the agency or its inspectorate."""

    outside: frozenset[AccountName] = frozenset()
    officials: tuple[ListedOfficial, ...] = Field((), alias="official")
    systems: tuple[EnteringSystem, ...] = Field((), alias="system")

    @model_validator(mode="after")
    def _leads_somewhere(self) -> Self:
        refuse_repeats([each.account for each in self.officials])
        known = {each.account for each in self.officials} | self.outside
        for each in self.officials:
            if each.superior is not None and each.superior not in known:
                raise ValueError(
                    f"{each.superior}, the superior of {each.account}, is neither listed nor outside"
                )
            if each.appointed_for and each.roles.isdisjoint(APPOINTABLE):
                raise ValueError(f"{each.account} is appointed, but has no role at the desk")
            if each.account in self.superiors(each.account):
                raise ValueError(f"{each.account} is their own superior")
        return self

    @model_validator(mode="after")
    def _systems_are_kept(self) -> Self:
        refuse_repeats([each.code for each in self.systems])
        officials = [each.account for each in self.officials]
        refuse_repeats([*officials, *(each.account for each in self.systems)])
        for each in self.systems:
            if each.keeper not in officials:
                raise ValueError(f"{each.keeper}, the keeper of {each.code}, is no official of this list")
            self._refuse_lone_keeper(each)
        return self

    def _refuse_lone_keeper(self, system: EnteringSystem) -> None:
        """Raise where nobody else could work on what comes in by the system about a topic for appointed officials."""
        for topic in sorted(self.topics_taken):
            if self.appointed_for(topic) == {system.keeper}:
                raise ValueError(
                    f"{system.keeper} keeps the key of {system.code} and is alone appointed for {topic}"
                )

    def superiors(self, account: str) -> tuple[str, ...]:
        """Return those above, the nearest first, as far as it is stated."""
        return tuple(self._climb(account))

    def _climb(self, account: str) -> Iterator[str]:
        superiors = {each.account: each.superior for each in self.officials}
        above = superiors.get(account)
        for _ in self.officials:  # so that a circle ends
            if above is None:
                return
            yield above
            above = superiors.get(above)

    def are_independent(self, first: str, second: str) -> bool:
        """Return whether both lines are known and neither is above the other."""
        lines = self.superiors(first), self.superiors(second)
        known = all(line and line[-1] in self.outside for line in lines)
        return known and first != second and first not in lines[1] and second not in lines[0]

    def independent_of(self, account: str, role: str, among: Collection[str] | None = None) -> frozenset[str]:
        """Return those with this role who are of another line; `among` narrows them down."""
        return frozenset(
            each.account
            for each in self.officials
            if role in each.roles
            and (among is None or each.account in among)
            and self.are_independent(each.account, account)
        )

    def with_role(self, role: str) -> tuple[str, ...]:
        """Return those with this role, in the order of the file."""
        return tuple(each.account for each in self.officials if role in each.roles)

    def system_of(self, account: str, day: date) -> EnteringSystem | None:
        """Return the system that enters reports under this account on the day."""
        return next((each for each in self.systems if each.account == account and day <= each.until), None)

    def keeper_of(self, account: str | None) -> str | None:
        """Return who keeps the secret of the system with this account, also of one whose time is over; None where it is no system's."""
        return next((each.keeper for each in self.systems if each.account == account), None)

    def system_named(self, code: str | None) -> EnteringSystem | None:
        """Return the system of this code, also one whose time is over."""
        return next((each for each in self.systems if each.code == code), None)

    def roles_of(self, account: str) -> frozenset[str]:
        return frozenset(role for each in self.officials if each.account == account for role in each.roles)

    def appointed_for(self, topic: str) -> frozenset[str]:
        return frozenset(each.account for each in self.officials if topic in each.appointed_for)

    @property
    def topics_taken(self) -> frozenset[str]:
        """Return the topics that anybody is appointed for."""
        return frozenset(topic for each in self.officials for topic in each.appointed_for)

    def topics_of(self, account: str) -> frozenset[str]:
        """Return the topics that this official is appointed for."""
        return frozenset(
            topic for each in self.officials if each.account == account for topic in each.appointed_for
        )


def load_people(office_folder: Path | None = None) -> Editions[People]:
    """Raises UnusableConfigurationError."""
    return Editions(People, PEOPLE, [read_file(PEOPLE, "people.toml", office_folder)])
