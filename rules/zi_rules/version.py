"""Rule data in versions: what is begun under one is judged by it to the end, whatever comes into force since."""

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from functools import partial
from pathlib import Path
from typing import Annotated, Generic, Protocol, Self, TypeVar, overload

from pydantic import PositiveInt, StringConstraints, model_validator

from zi_rules.configuration import C, Configuration, Configured, UnusableConfigurationError, read
from zi_rules.data_files import read_folder
from zi_rules.provenance import Sourced, Text

Code = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,63}$")]
# Finds the content that the service adopted under this kind, id and version.
ContentLookup = Callable[[str, str, int], bytes | None]


class NoVersionError(ValueError):
    """The office has no such rules on the day, or has lost those that something was begun under."""


class Pinned(Protocol):
    """A reference of an event to a version; it has no digest if it is from before digests were pinned."""

    @property
    def id(self) -> str: ...

    @property
    def version(self) -> int: ...

    @property
    def digest(self) -> str | None: ...


class Versioned(Configured, Sourced):
    id: Code
    version: PositiveInt
    title: Text
    effective_from: date
    effective_to: date | None = None

    @model_validator(mode="after")
    def _ends_after_it_begins(self) -> Self:
        if self.effective_to is not None and self.effective_to < self.effective_from:
            raise ValueError(f"{self.id} can't end before it begins")
        return self

    def is_in_force(self, day: date) -> bool:
        return self.effective_from <= day and (self.effective_to is None or day <= self.effective_to)


V = TypeVar("V", bound=Versioned)


def in_force(versions: Iterable[V], day: date) -> V:
    """The newest of those in force: a later version replaces an earlier one that names no end."""
    candidates = [each for each in versions if each.is_in_force(day)]
    if not candidates:
        raise NoVersionError(f"The office must publish rules that are in force on {day}.")
    return max(candidates, key=lambda each: each.effective_from)


def refuse_gap(look: Callable[[], object]) -> None:
    """Look for what holds today. Raises UnusableConfigurationError where the office's files leave a gap, so that nobody could be served."""
    try:
        look()
    except NoVersionError as error:
        raise UnusableConfigurationError(
            f"{error} Keep the file of those that hold today beside the one of a later day."
        ) from error


def no_content(kind: str, id: str, version: int) -> None:
    """Find nothing: the lookup of a service that has adopted nothing yet."""


def with_earlier(
    content_of: ContentLookup, kind: str, folder: str, office_folder: Path | None
) -> ContentLookup:
    """Look in the store first, then among the files of earlier versions, which decide nothing new: what was begun under one before its
    content was kept in the store is judged by it too."""

    def find(of_kind: str, id: str, version: int) -> bytes | None:
        content = content_of(of_kind, id, version)
        if content is not None:
            return content
        earlier = read_folder(kind, f"{folder}/earlier", office_folder)
        return next((each.content for each in earlier if (each.id, each.version) == (id, version)), None)

    return find


class Editions(Sequence[C], Generic[C]):
    """The versions of one kind in the office's files; `pinned` finds every version ever adopted, also after its file is gone."""

    def __init__(
        self,
        model: type[C],
        kind: str,
        configurations: Sequence[Configuration],
        content_of: ContentLookup = no_content,
    ) -> None:
        self.configurations = tuple(configurations)
        self._read = partial(read, model)
        self._kind = kind
        self._content_of = content_of
        self._in_files = tuple(map(self._read, self.configurations))
        self._known = {(each.id, each.version): each for each in self._in_files}

    @overload
    def __getitem__(self, index: int) -> C: ...

    @overload
    def __getitem__(self, index: slice) -> Sequence[C]: ...

    def __getitem__(self, index: int | slice) -> C | Sequence[C]:
        return self._in_files[index]

    def __len__(self) -> int:
        return len(self._in_files)

    def pinned(self, pin: Pinned) -> C:
        """Return the version that something was begun under, whatever came into force since. Raises NoVersionError."""
        edition = self._known.get((pin.id, pin.version)) or self._recalled(pin.id, pin.version)
        if pin.digest not in (None, edition.digest):
            raise NoVersionError(
                f"{pin.id} version {pin.version} is not what something was begun under: bring its first content back."
            )
        return edition

    def _recalled(self, id: str, version: int) -> C:
        content = self._content_of(self._kind, id, version)
        if content is None:
            raise NoVersionError(f"Keep {id} version {version}: something was begun under it.")
        configuration = Configuration(self._kind, id, version, content, f"{id} version {version}")
        return self._known.setdefault((id, version), self._read(configuration))


def load_versions(
    model: type[V], kind: str, folder: str, office_folder: Path | None, content_of: ContentLookup = no_content
) -> Editions[V]:
    find = with_earlier(content_of, kind, folder, office_folder)
    versions = Editions(model, kind, read_folder(kind, folder, office_folder), find)
    refuse_repeats([f"{each.id}, {each.version}" for each in versions])
    refuse_repeats([f"{each.id}, {each.effective_from}" for each in versions])
    return versions


def refuse_repeats(keys: Sequence[str]) -> None:
    if repeated := sorted({key for key in keys if keys.count(key) > 1}):
        raise ValueError(f"each of these must occur only once: {'; '.join(repeated)}")
