"""Standards that the office adopted as decrees: read from the message that announces them, and in force before those of files."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256
from typing import Protocol

from zi_rules.configuration import Configuration, UnusableConfigurationError, read
from zi_rules.standard import (
    STANDARD,
    ServiceStandard,
    standard_configuration,
    standard_in_force,
)
from zi_rules.version import Editions, Pinned

StandardCheck = Callable[[ServiceStandard], None]


class AnnouncedStandard(Protocol):
    """A standard as a message announces it: its terms as canonical JSON, their SHA-256, and what the message says of them."""

    @property
    def service(self) -> str: ...
    @property
    def id(self) -> str: ...
    @property
    def version(self) -> int: ...
    @property
    def digest(self) -> str: ...
    @property
    def content(self) -> str: ...
    @property
    def effective_from(self) -> date: ...
    @property
    def effective_to(self) -> date | None: ...


class AdoptedContent(Protocol):
    """A standard as a service adopted it, and the times between which it did so."""

    @property
    def id(self) -> str: ...
    @property
    def version(self) -> int: ...
    @property
    def content(self) -> bytes: ...
    @property
    def number(self) -> str | None: ...
    @property
    def adopted_at(self) -> datetime: ...
    @property
    def ended_at(self) -> datetime | None: ...


@dataclass(frozen=True)
class Decree:
    """A standard that the office adopted; `number` is that of its letter, and it was in use here from `adopted_at` until `ended_at`."""

    standard: ServiceStandard
    number: str | None
    adopted_at: datetime
    ended_at: datetime | None = None

    def is_in_use(self, at: datetime | None) -> bool:
        """At a moment of the past, or, without one, now."""
        if at is None:
            return self.ended_at is None
        return self.adopted_at <= at and (self.ended_at is None or at < self.ended_at)


class Standards:
    """The standards that a service decides by. `revision` grows when the decrees change. `check` raises ValueError for a decree that does
    not fit what else the service decides by."""

    def __init__(
        self, files: Editions[ServiceStandard], check: StandardCheck = lambda standard: None
    ) -> None:
        self._files = files
        self.check = check
        self._decrees: tuple[Decree, ...] = ()
        self.revision = 0

    @property
    def configurations(self) -> tuple[Configuration, ...]:
        return self._files.configurations

    def take(self, adopted: Iterable[AdoptedContent]) -> None:
        """Decide by these decrees from now on, which are all, in the order of their adoption.

        Raises UnusableConfigurationError for one in use that does not fit, because what it is laid over was changed since.
        """
        decrees = tuple(map(_decree, adopted))
        for each in decrees:
            if each.is_in_use(None):
                self._refuse_unfit(each.standard)
        self._decrees = decrees
        self.revision += 1  # last: who sees it sees the decrees too

    def read(self, message: AnnouncedStandard) -> Configuration:
        """Read the standard that a message announces. Raises UnusableConfigurationError, also where its content is not what the message
        says of it."""
        configuration = _announced(message)
        self._refuse_unfit(read(ServiceStandard, configuration))
        return configuration

    def _refuse_unfit(self, standard: ServiceStandard) -> None:
        try:
            self.check(standard)
        except ValueError as error:
            named = f"The adopted standard {standard.decree_id} version {standard.version}"
            raise UnusableConfigurationError(f"{named} can't be decided by here. {error}") from error

    def in_force(self, service: str, day: date) -> ServiceStandard:
        """A decree that has taken effect comes before the files. Raises NoStandardError."""
        decree = self.decree_in_force(service, day)
        return standard_in_force(self._in_files(), service, day) if decree is None else decree.standard

    def decree_in_force(self, service: str, day: date, at: datetime | None = None) -> Decree | None:
        """The newest of those that have taken effect on the day and are in use now, or were at a moment of the past."""
        in_force = [
            each
            for each in self._decrees
            if each.standard.service == service and each.standard.is_in_force(day) and each.is_in_use(at)
        ]
        newest_last = sorted(in_force, key=lambda each: each.standard.effective_from)
        return newest_last[-1] if newest_last else None

    def decree_of(self, pin: Pinned) -> Decree | None:
        """Find the decree of a version, also of one that has ended; None for a version of a file."""
        found = (each for each in self._decrees if _is_same(each.standard, pin))
        return next(found, None)

    def documents(self) -> frozenset[str]:
        """List the documents that any decree asks for, also one that has ended: what is judged by it may still bring them."""
        stated = (track for each in self._decrees for track in each.standard.documents.values())
        return frozenset(code for track in stated for document in track for code in document.any_of)

    def pinned(self, pin: Pinned) -> ServiceStandard:
        """Raises NoVersionError."""
        return self._files.pinned(pin)

    def _in_files(self) -> Iterator[ServiceStandard]:
        """Those of files, but for versions that a decree took back."""
        ended = [each.standard for each in self._decrees if each.ended_at is not None]
        return (each for each in self._files if not any(_is_same(each, other) for other in ended))


def _announced(message: AnnouncedStandard) -> Configuration:
    content, origin = message.content.encode(), f"the adopted standard {message.id} version {message.version}"
    if sha256(content).hexdigest() != message.digest:
        raise UnusableConfigurationError(f"{origin} has not the content of its digest {message.digest}.")
    configuration = standard_configuration(content, origin)
    standard = read(ServiceStandard, configuration)
    stated = (standard.service, standard.id, standard.version, standard.effective_from, standard.effective_to)
    named = (message.service, message.id, message.version, message.effective_from, message.effective_to)
    if stated != named:
        raise UnusableConfigurationError(f"{origin} is named {named}, and its content says {stated}.")
    return configuration


def _decree(adopted: AdoptedContent) -> Decree:
    origin = f"{adopted.id} version {adopted.version}"
    configuration = Configuration(STANDARD, adopted.id, adopted.version, adopted.content, origin)
    return Decree(read(ServiceStandard, configuration), adopted.number, adopted.adopted_at, adopted.ended_at)


def _is_same(standard: Pinned, pin: Pinned) -> bool:
    return (standard.id, standard.version) == (pin.id, pin.version)
