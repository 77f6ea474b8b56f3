"""The message: a CloudEvents 1.0 envelope, strict in its own attributes, tolerant of types and attributes to come."""

from typing import Annotated, Any, Literal, Self
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

Slug = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,63}$")]
Sha256Hex = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
MessageType = Annotated[str, Field(pattern=r"^zi\.[a-z][a-z0-9]*\.[a-z][a-z0-9_]*$", max_length=120)]
Source = Annotated[str, Field(pattern=r"^/zi/[a-z0-9-]+/[a-z][a-z0-9]*$", max_length=200)]
ShortText = Annotated[str, Field(min_length=1, max_length=200)]

FIRST_PREVIOUS = "0" * 64


class UnreadableMessageError(ValueError):
    """The bytes are not a message of this house; they name what is wrong and never quote what they hold."""


class Message(BaseModel):
    """One stored event as its sender discloses it; attributes not known here are let through unread. `time` is when it was recorded, unless
    `recordedtime` says that; then it is when it happened."""

    model_config = ConfigDict(frozen=True, extra="ignore", strict=True)

    specversion: Literal["1.0"]
    id: UUID
    source: Source
    type: MessageType
    subject: ShortText
    time: AwareDatetime
    recordedtime: AwareDatetime | None = None
    datacontenttype: Literal["application/json"]
    aggregate: UUID
    version: Annotated[int, Field(ge=1)]
    position: Annotated[int, Field(ge=1)]
    previous: Sha256Hex
    actor: ShortText
    actorrole: ShortText
    causation: ShortText | None = None
    correlation: ShortText | None = None
    request: ShortText | None = None
    commitment: Sha256Hex
    data: dict[str, Any]

    @classmethod
    def parse(cls, content: bytes) -> Self:
        try:
            return cls.model_validate_json(content)
        except ValidationError as refused:
            raise UnreadableMessageError(_what_is_wrong(refused)) from None

    @property
    def service(self) -> str:
        """The sender: the last part of `source`."""
        return self.source.rpartition("/")[2]

    @property
    def event(self) -> str:
        """The name of the event: the last part of `type`."""
        return self.type.rpartition(".")[2]


def _what_is_wrong(refused: ValidationError) -> str:
    wrong = refused.errors(include_url=False, include_input=False, include_context=False)
    return "; ".join(f"{'.'.join(map(str, each['loc'])) or 'message'}: {each['type']}" for each in wrong)
