"""A configuration that decides something: its name, its version, its content, and the digest that pins it.

The content is what a file says, not how it is written: comments and spacing change nothing; every value does, and so does the order in
which things are said, because people are shown them in it.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from functools import cached_property
from hashlib import sha256
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, ConfigDict, Field, PositiveInt, ValidationError
from pydantic_core import ErrorDetails

from zi_rules.provenance import SourceStatus


class UnusableConfigurationError(ValueError):
    """A file of the office's rules can't be used; the message names the file and what is wrong in it."""


class _Header(BaseModel):
    """The name of a configuration; a file with the only configuration of its kind may leave it out."""

    model_config = ConfigDict(frozen=True, extra="ignore", strict=True)

    id: Annotated[str, Field(min_length=1, max_length=200)]
    version: PositiveInt = 1
    source_status: Annotated[SourceStatus | None, Field(strict=False)] = None
    effective_from: date | None = None


class Configured(BaseModel):
    """A model that was read from a configuration, with its id, version and digest."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str = ""
    version: PositiveInt = 1
    digest: str = ""


@dataclass(frozen=True)
class Configuration:
    """`origin` is the place that it was read from, for error messages."""

    kind: str
    id: str
    version: int
    content: bytes
    origin: str
    source_status: str | None = None
    effective_from: date | None = None

    @cached_property
    def digest(self) -> str:
        return sha256(self.content).hexdigest()


C = TypeVar("C", bound=Configured)


def name(kind: str, table: Mapping[str, Any], origin: str, id: str = "") -> Configuration:
    """Name the content of a table; `id` is for one that does not name itself. Raises UnusableConfigurationError."""
    try:
        header = _Header.model_validate({"id": table.get("decree_id", id), **table})
        content = canonical(table)
    except ValueError as error:
        raise _unusable(origin, error) from error
    return Configuration(
        kind, header.id, header.version, content, origin, header.source_status, header.effective_from
    )


def read(model: type[C], configuration: Configuration) -> C:
    """Raises UnusableConfigurationError."""
    named = {"id": configuration.id, "version": configuration.version, "digest": configuration.digest}
    try:
        return model.model_validate(json.loads(configuration.content) | named)
    except ValueError as error:
        raise _unusable(configuration.origin, error) from error


def canonical(table: Mapping[str, Any]) -> bytes:
    """Serialise a table in the one form that is hashed."""
    return json.dumps(
        table,
        default=_written,
        ensure_ascii=False,
        separators=(",", ":"),
        allow_nan=False,
    ).encode()


def _written(value: object) -> str:
    if isinstance(value, date | datetime | time):
        return value.isoformat()
    raise ValueError(f"{type(value).__name__} has no place in a configuration")


def _unusable(origin: str, error: ValueError) -> UnusableConfigurationError:
    problems = map(_problem, error.errors()) if isinstance(error, ValidationError) else [str(error)]
    return UnusableConfigurationError(f"{origin} can't be used. {'; '.join(problems)}")


def _problem(error: ErrorDetails) -> str:
    where, what = ".".join(map(str, error["loc"])), error["msg"].removeprefix("Value error, ")
    return f"{where}: {what}" if where else what
